#include <dualtrack/measure/credit.hpp>

#include <cstdint>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "small_organisation.hpp"

namespace {

using dualtrack::measure::split_amount;

std::vector<std::int64_t> split(std::int64_t amount, const std::vector<double>& shares) {
    std::vector<std::int64_t> parts(shares.size(), -1);
    split_amount(amount, shares, parts);
    return parts;
}

// By hand: 100.00 in thirds is 33.333.. each; the cent left over goes to the first of three equal remainders.
TEST(credit, splits_thirds_of_a_hundred_as_34_33_33_cents) {
    EXPECT_EQ(split(10000, {1.0 / 3, 1.0 / 3, 1.0 / 3}), (std::vector<std::int64_t>{3334, 3333, 3333}));
}

// By hand: 0.10 by .45/.45/.10 is 4.5, 4.5, 1 cents; one cent is left and goes to the smaller id of the tie.
TEST(credit, gives_the_left_cent_to_the_smaller_id_on_ties) {
    EXPECT_EQ(split(10, {0.45, 0.45, 0.10}), (std::vector<std::int64_t>{5, 4, 1}));
}

TEST(credit, gives_the_left_cent_to_the_largest_remainder_first) {
    EXPECT_EQ(split(101, {0.25, 0.75}), (std::vector<std::int64_t>{25, 76})); // 25.25 and 75.75
}

TEST(credit, splits_a_clawback_as_the_mirror_of_a_sale) {
    const auto sale = split(100001, {0.2, 0.3, 0.5});
    const auto clawback = split(-100001, {0.2, 0.3, 0.5});
    for (std::size_t i = 0; i < sale.size(); ++i) EXPECT_EQ(clawback[i], -sale[i]);
}

TEST(credit, gives_nobody_anything_of_shares_that_are_all_zero) {
    EXPECT_EQ(split(500, {0.0, 0.0}), (std::vector<std::int64_t>{0, 0}));
}

TEST(credit, conserves_every_cent_over_many_amounts_and_shares) {
    std::uint64_t state = 88172645463325252ULL;
    const auto next = [&] {
        state ^= state << 13U;
        state ^= state >> 7U;
        state ^= state << 17U;
        return state;
    };
    for (int round = 0; round < 200000; ++round) {
        const std::size_t n = 1 + next() % 20;
        std::vector<double> shares(n);
        double total = 0.0;
        for (double& share : shares) total += share = static_cast<double>(next() % 1000);
        if (total == 0.0) continue;
        for (double& share : shares) share /= total;
        const auto amount = static_cast<std::int64_t>(next() % 9'000'000'000'000'000ULL) - 4'500'000'000'000'000LL;
        const auto parts = split(amount, shares);
        EXPECT_EQ(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}), amount);
        for (std::size_t i = 0; i < n; ++i)
            EXPECT_NEAR(static_cast<double>(parts[i]), static_cast<double>(amount) * shares[i], 2.0);
    }
}

TEST(credit, of_a_deal_without_shares_is_the_owners) {
    const auto data = dualtrack::test::data_of({
        {"people", R"([{"person_id":"a"},{"person_id":"b"}])"},
        {"deals", R"([{"deal_id":"d","owner_id":"b","amount":12.34,"closed":"2024-03-01","outcome":"won"}])"},
    });
    dualtrack::measure::deal_credit credit;
    dualtrack::measure::credit_of_deal(data->organisation, 0, 1234, credit);
    EXPECT_EQ(credit.person, std::vector<std::uint32_t>{1});
    EXPECT_EQ(credit.amount, std::vector<std::int64_t>{1234});
}

TEST(credit, keeps_overlay_apart_from_revenue) {
    const auto data = dualtrack::test::data_of({
        {"people", R"([{"person_id":"a"},{"person_id":"b"},{"person_id":"c"}])"},
        {"deals", R"([{"deal_id":"d","owner_id":"a","amount":100,"closed":"2024-03-01","outcome":"won"}])"},
        {"credits",
         R"([{"deal_id":"d","person_id":"b","share":0.4},{"deal_id":"d","person_id":"c","share":1,"kind":"overlay"},
                        {"deal_id":"d","person_id":"a","share":0.6}])"},
    });
    dualtrack::measure::deal_credit credit;
    dualtrack::measure::credit_of_deal(data->organisation, 0, 10000, credit);
    EXPECT_EQ(credit.person, (std::vector<std::uint32_t>{0, 1}));
    EXPECT_EQ(credit.amount, (std::vector<std::int64_t>{6000, 4000}));
    EXPECT_EQ(credit.overlay_person, std::vector<std::uint32_t>{2});
    EXPECT_EQ(credit.overlay_amount, std::vector<std::int64_t>{10000});
}

} // namespace
