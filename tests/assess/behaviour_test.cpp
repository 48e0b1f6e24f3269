#include <dualtrack/assess/behaviour.hpp>
#include <dualtrack/assess/grid.hpp>

#include <cmath>
#include <vector>

#include <dualtrack/base/random.hpp>
#include <dualtrack/measure/peer_group.hpp>

#include <gtest/gtest.h>

#include "measure/small_organisation.hpp"

namespace {

using namespace dualtrack;
using assess::habits;
using assess::score_behaviour;

// By hand: ranks 1, 2.5, 2.5, 4 of 4: Phi^-1(1/8), Phi^-1(1/2) twice, Phi^-1(7/8), brought to unit variance.
TEST(behaviour, normal_scores_keep_ties_at_their_middle) {
    const std::vector<double> values{1, 7, 7, 9};
    const auto scores = assess::normal_scores(values);
    EXPECT_EQ(scores[1], 0.0);
    EXPECT_EQ(scores[2], 0.0);
    EXPECT_NEAR(scores[3], std::sqrt(2.0), 1e-14);
    EXPECT_NEAR(scores[0], -std::sqrt(2.0), 1e-14);
    EXPECT_EQ(assess::normal_scores(std::vector<double>{3, 3, 3}), (std::vector<double>{0, 0, 0}));
}

/// Advice given each half year: a Poisson count about a rate that differs between people.
std::vector<habits> plant(std::uint64_t seed, std::size_t n, double rate, double spread) {
    std::vector<habits> out(n);
    constexpr auto advice = static_cast<std::size_t>(assess::habit::advice);
    for (std::size_t i = 0; i < n; ++i) {
        random::stream draw(random::place{.seed = seed, .entity = static_cast<std::uint32_t>(i)});
        const double own = rate * numeric::exp(spread * random::normal(draw));
        for (std::size_t half = 0; half < 2; ++half) {
            out[i].sum[advice][half] = static_cast<double>(random::poisson(draw, own));
            out[i].weight[advice][half] = 1.0;
        }
    }
    return out;
}

TEST(behaviour, reliability_of_the_whole_is_that_of_a_second_whole) {
    // What split halves step up to must be how well one year's scores foretell another year's.
    constexpr std::size_t n = 20000;
    std::vector<std::uint32_t> members(n);
    for (std::uint32_t i = 0; i < n; ++i) members[i] = i;
    constexpr auto advice = static_cast<std::size_t>(assess::habit::advice);
    std::vector<habits> one(n), two(n);
    for (std::size_t i = 0; i < n; ++i) {
        random::stream draw(random::place{.seed = 8, .entity = static_cast<std::uint32_t>(i)});
        const double own = 3.0 * numeric::exp(0.5 * random::normal(draw));
        for (auto* year : {&one, &two})
            for (std::size_t half = 0; half < 2; ++half) {
                (*year)[i].sum[advice][half] = static_cast<double>(random::poisson(draw, own));
                (*year)[i].weight[advice][half] = 1.0;
            }
    }
    const auto a = score_behaviour(one, members, assess::construct::influences);
    const auto b = score_behaviour(two, members, assess::construct::influences);
    EXPECT_NEAR(a.reliability, assess::correlation(a.z, b.z), 0.02);
}

TEST(behaviour, claims_nothing_where_halves_do_not_agree_or_people_are_few) {
    std::vector<std::uint32_t> members(2000);
    for (std::uint32_t i = 0; i < members.size(); ++i) members[i] = i;
    const auto chance = score_behaviour(plant(4, 2000, 3.0, 0.0), members, assess::construct::influences);
    EXPECT_LT(chance.reliability, 0.1);
    members.resize(9);
    EXPECT_EQ(score_behaviour(plant(4, 9, 3.0, 1.0), members, assess::construct::influences).reliability, 0.0);
}

TEST(behaviour, of_a_former_role_is_not_compared_with_peers_of_this_one) {
    // b did the mentoring of a seller until June and manages since: only what came after counts.
    const auto data = test::data_of({{"people", R"([{"person_id":"a"},{"person_id":"b"}])"},
                                     {"assignments", R"([
            {"person_id":"a","start":"2022-01-01","role":"Seller"},
            {"person_id":"b","start":"2022-01-01","end":"2023-06-01","role":"Seller"},
            {"person_id":"b","start":"2023-06-01","end":"2023-09-01","role":"Manager","manager_id":"a"},
            {"person_id":"b","start":"2023-09-01","role":"Manager"}])"},
                                     {"activities", R"([
            {"actor_id":"a","kind":"advice","start":"2023-02-03"},
            {"actor_id":"b","kind":"advice","start":"2023-02-03"},
            {"actor_id":"b","kind":"advice","start":"2023-07-04"}])"}});
    const auto& organisation = data->organisation;
    const std::int32_t start = *calendar::parse_iso_date("2023-01-01");
    const std::int32_t end = *calendar::parse_iso_date("2024-01-01");
    const std::int32_t since = measure::role_since(organisation, 1, end - 1);
    EXPECT_EQ(since, *calendar::parse_iso_date("2023-06-01")) << "two assignments with the same role";
    EXPECT_LT(measure::role_since(organisation, 0, end - 1), start);
    const std::vector<std::pair<std::int32_t, std::int32_t>> in_role{{start, end}, {since, end}};
    const auto counted = assess::count_habits(organisation, start, end, in_role);
    constexpr auto advice = static_cast<std::size_t>(assess::habit::advice);
    EXPECT_EQ(counted[0].sum[advice][0] + counted[0].sum[advice][1], 1.0);
    EXPECT_EQ(counted[1].sum[advice][0] + counted[1].sum[advice][1], 1.0);
    EXPECT_EQ(counted[1].weight[advice][0] + counted[1].weight[advice][1], 214.0) << "June to December";
}

TEST(grid, boxes_are_probabilities_that_sum_to_one_and_harden_as_errors_vanish) {
    for (const double mean : {-2.0, -0.43, 0.0, 0.2, 0.43, 3.0})
        for (const double sd : {2.0, 0.5, 0.01, 1e-9, 0.0}) {
            const auto levels = assess::level_probabilities(mean, sd, -0.43, 0.43);
            EXPECT_NEAR(levels[0] + levels[1] + levels[2], 1.0, 1e-12);
            for (const double p : levels) EXPECT_GE(p, 0.0);
        }
    EXPECT_EQ(assess::level_probabilities(0.43, 0.0, -0.43, 0.43)[2], 1.0) << "a cut belongs to the upper box";
    EXPECT_NEAR(assess::level_probabilities(0.5, 1e-6, -0.43, 0.43)[2], 1.0, 1e-12);
    EXPECT_NEAR(assess::level_probabilities(0.0, 1.0, -0.43, 0.43)[1], 0.3328, 1e-4);
}

} // namespace
