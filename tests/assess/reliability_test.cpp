#include <dualtrack/assess/reliability.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <dualtrack/base/random.hpp>

#include <gtest/gtest.h>

namespace {

using namespace dualtrack;
using assess::rated_pair;

// Shrout and Fleiss, Psychological Bulletin 86 (1979), table 2: six people rated by the same four judges.
std::vector<rated_pair> shrout_and_fleiss() {
    constexpr std::array<std::array<double, 4>, 6> score{
        {{9, 2, 5, 8}, {6, 1, 3, 2}, {8, 4, 6, 8}, {7, 1, 2, 6}, {10, 5, 6, 9}, {6, 2, 4, 7}}};
    std::vector<rated_pair> out;
    for (std::uint32_t person = 0; person < 6; ++person)
        for (std::uint32_t judge = 0; judge < 4; ++judge) out.push_back({person, judge, score[person][judge], 1.0});
    return out;
}

TEST(reliability, of_shrout_and_fleiss_is_as_published) {
    const auto pairs = shrout_and_fleiss();
    const auto one = assess::analyse_one_way(assess::groups_of(pairs));
    ASSERT_TRUE(one);
    EXPECT_NEAR(one->ms_between, 11.24, 0.005);
    EXPECT_NEAR(one->ms_within, 6.26, 0.005);
    EXPECT_EQ(one->raters_a_person, 4.0);
    EXPECT_NEAR(one->icc_1, 0.17, 0.005);
    EXPECT_NEAR(one->icc_k, 0.44, 0.005);
    const auto two = assess::analyse_two_way(pairs, 4);
    ASSERT_TRUE(two);
    EXPECT_NEAR(two->icc_2(), 0.29, 0.005);
    EXPECT_NEAR(two->icc_2(4), 0.62, 0.005);
    EXPECT_NEAR(two->icc_3(), 0.71, 0.005);
    EXPECT_NEAR(two->icc_3(4), 0.91, 0.005);
    EXPECT_NEAR(two->rest, 1.02, 0.005) << "the residual mean square of the two-way analysis";
}

TEST(reliability, alpha_of_items_is_icc_3_of_their_mean) {
    std::vector<double> answers;
    for (const rated_pair& pair : shrout_and_fleiss()) answers.push_back(pair.mean);
    EXPECT_NEAR(*assess::cronbach_alpha(answers, 4), assess::analyse_two_way(shrout_and_fleiss(), 4)->icc_3(4), 1e-12);
}

// By hand: items (1, 2), (2, 4), (3, 6): variances 1 and 4, of the sum 9: alpha = 2 (1 - 5 / 9) = 8 / 9.
TEST(reliability, alpha_is_as_by_hand) {
    EXPECT_NEAR(*assess::cronbach_alpha(std::vector<double>{1, 2, 2, 4, 3, 6}, 2), 8.0 / 9.0, 1e-15);
    EXPECT_FALSE(assess::cronbach_alpha(std::vector<double>{1, 2}, 2)) << "one row";
    EXPECT_FALSE(assess::cronbach_alpha(std::vector<double>{1, 2, 3}, 1)) << "one item";
    EXPECT_FALSE(assess::cronbach_alpha(std::vector<double>{1, 1, 1, 1}, 2)) << "nobody differs";
}

TEST(reliability, by_restricted_likelihood_is_the_analysis_of_variance_where_it_is_balanced) {
    const auto groups = assess::groups_of(shrout_and_fleiss());
    EXPECT_NEAR(*assess::likelihood_icc(groups, true), assess::analyse_one_way(groups)->icc_1, 1e-12);
    // Unrestricted and balanced: MSB is divided by a, not a - 1.
    const auto one = *assess::analyse_one_way(groups);
    const double between = one.ms_between * 5.0 / 6.0;
    EXPECT_NEAR(*assess::likelihood_icc(groups, false), (between - one.ms_within) / (between + 3.0 * one.ms_within),
                1e-12);
}

TEST(reliability, is_not_said_where_it_cannot_be_known) {
    const std::vector<rated_pair> once{{0, 5, 1.0, 1.0}, {1, 6, 2.0, 1.0}, {2, 7, 3.0, 1.0}};
    EXPECT_FALSE(assess::analyse_one_way(assess::groups_of(once))) << "nobody has a second rater";
    EXPECT_FALSE(assess::likelihood_icc(assess::groups_of(once), true));
    const std::vector<rated_pair> one_person{{0, 1, 1.0, 1.0}, {0, 2, 2.0, 1.0}};
    EXPECT_FALSE(assess::analyse_one_way(assess::groups_of(one_person)));
    const std::vector<rated_pair> same{{0, 1, 3.0, 1.0}, {0, 2, 3.0, 1.0}, {1, 1, 3.0, 1.0}, {1, 2, 3.0, 1.0}};
    EXPECT_FALSE(assess::analyse_one_way(assess::groups_of(same))) << "everybody is given the same";
    const std::vector<rated_pair> nested{{0, 2, 1.0, 1.0}, {0, 3, 2.0, 1.0}, {1, 4, 5.0, 1.0}, {1, 5, 3.0, 1.0}};
    EXPECT_FALSE(assess::analyse_two_way(nested, 6)) << "raters of one person each: severity is part of the error";
    EXPECT_TRUE(assess::analyse_one_way(assess::groups_of(nested)));
}

TEST(reliability, below_zero_is_said_as_such_by_unbiased_estimates_and_0_by_likelihood) {
    const std::vector<rated_pair> apart{{0, 2, 0.0, 1.0}, {0, 3, 4.0, 1.0}, {1, 4, 4.0, 1.0}, {1, 5, 0.0, 1.0}};
    const auto groups = assess::groups_of(apart);
    EXPECT_NEAR(assess::analyse_one_way(groups)->icc_1, -1.0, 1e-15);
    EXPECT_EQ(*assess::likelihood_icc(groups, true), 0.0);
}

/// People rated by a few of many raters: `people`, `raters`, `rest` are the planted variances.
std::vector<rated_pair> plant(std::uint64_t seed, std::uint32_t n_people, std::uint32_t n_raters, double people,
                              double raters, double rest) {
    std::vector<double> severity(n_raters);
    for (std::uint32_t j = 0; j < n_raters; ++j) {
        random::stream draw(random::place{.seed = seed, .entity = j, .purpose = 1});
        severity[j] = std::sqrt(raters) * random::normal(draw);
    }
    std::vector<rated_pair> out;
    for (std::uint32_t i = 0; i < n_people; ++i) {
        random::stream draw(random::place{.seed = seed, .entity = i, .purpose = 2});
        const double deserved = std::sqrt(people) * random::normal(draw);
        std::vector<std::uint32_t> by(1 + random::below(draw, 5)); // one to five raters each
        for (std::uint32_t& rater : by) rater = static_cast<std::uint32_t>(random::below(draw, n_raters));
        std::sort(by.begin(), by.end());
        by.erase(std::unique(by.begin(), by.end()), by.end());
        for (const std::uint32_t rater : by)
            out.push_back({i, rater, deserved + severity[rater] + std::sqrt(rest) * random::normal(draw), 1.0});
    }
    return out;
}

TEST(reliability, that_was_planted_is_recovered_without_bias_from_ragged_data) {
    constexpr int n_runs = 60;
    double one = 0.0, two = 0.0, three = 0.0, reml = 0.0, squares = 0.0, said = 0.0;
    for (int run = 0; run < n_runs; ++run) {
        const auto pairs = plant(static_cast<std::uint64_t>(run), 400, 150, 0.37, 0.09, 0.54);
        const auto groups = assess::groups_of(pairs);
        const auto one_way = *assess::analyse_one_way(groups);
        const auto two_way = *assess::analyse_two_way(pairs, 150);
        one += one_way.icc_1 / n_runs;
        squares += (one_way.icc_1 - 0.37) * (one_way.icc_1 - 0.37) / n_runs;
        said += one_way.icc_1_sd / n_runs;
        reml += *assess::likelihood_icc(groups, true) / n_runs;
        two += two_way.icc_2() / n_runs;
        three += two_way.icc_3() / n_runs;
    }
    EXPECT_NEAR(one, 0.37, 0.012);
    EXPECT_NEAR(reml, 0.37, 0.012);
    EXPECT_NEAR(two, 0.37, 0.012);
    EXPECT_NEAR(three, 0.37 / 0.91, 0.012);
    EXPECT_NEAR(said / std::sqrt(squares), 1.0, 0.25) << "the standard error is as large as the errors are";
}

TEST(reliability, does_not_depend_on_the_scale) {
    auto pairs = plant(5, 100, 40, 0.4, 0.1, 0.5);
    const double before = assess::analyse_two_way(pairs, 40)->icc_3();
    const double likely = *assess::likelihood_icc(assess::groups_of(pairs), true);
    for (rated_pair& pair : pairs) pair.mean = 1000.0 + 25.0 * pair.mean;
    EXPECT_NEAR(assess::analyse_two_way(pairs, 40)->icc_3(), before, 1e-9);
    EXPECT_NEAR(*assess::likelihood_icc(assess::groups_of(pairs), true), likely, 1e-9);
}

} // namespace
