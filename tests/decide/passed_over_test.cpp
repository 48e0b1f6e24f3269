#include <cmath>

#include <gtest/gtest.h>

#include <dualtrack/decide/passed_over.hpp>

namespace {

using namespace dualtrack;
using namespace dualtrack::decide;

const org::passed_over_policy rules;

// By hand: at 27 % a year, 1 - .73^2.2 = .4996; half the excess: 1 - .73^1.6 = .3956; an outsider: 1 + .35 x 2 = 1.7.
TEST(passed_over, ratios_and_probabilities_are_the_published_ones) {
    const auto star = risk_of(rules, {answer::yes, answer::no, false, 0.0});
    EXPECT_DOUBLE_EQ(star.hazard_ratio, 2.2);
    EXPECT_NEAR(star.base_probability, 0.27, 1e-15);
    EXPECT_NEAR(star.exit_probability, 1.0 - std::pow(0.73, 2.2), 1e-15);
    EXPECT_NEAR(star.mitigated_probability, 1.0 - std::pow(0.73, 1.6), 1e-15);
    EXPECT_DOUBLE_EQ(hazard_ratio(rules, {answer::no, answer::no, false, 0.0}), 1.35);
    EXPECT_DOUBLE_EQ(hazard_ratio(rules, {answer::no, answer::yes, false, 0.0}), 1.175);
    EXPECT_DOUBLE_EQ(hazard_ratio(rules, {answer::unknown, answer::no, true, 0.0}), 1.7);
}

// Table VIII: -22.8 points of retention after 12 months where 26 % leave in a year.
TEST(passed_over, reproduces_the_retention_the_hazard_was_derived_from) {
    org::passed_over_policy of_study;
    of_study.yearly_exit = 0.26;
    const auto star = risk_of(of_study, {answer::yes, answer::no, false, 0.0});
    EXPECT_NEAR(star.exit_probability - star.base_probability, 0.228, 0.005);
}

TEST(passed_over, an_interview_already_held_leaves_nothing_to_mitigate) {
    const auto told = risk_of(rules, {answer::yes, answer::yes, false, 0.0});
    EXPECT_EQ(told.mitigated_probability, told.exit_probability);
    EXPECT_DOUBLE_EQ(told.hazard_ratio, 1.6);
    const auto silent = risk_of(rules, {answer::yes, answer::unknown, false, 0.0});
    EXPECT_EQ(silent.hazard_ratio, 2.2) << "an interview nobody recorded counts as none";
}

TEST(passed_over, the_raised_hazard_wears_off_twelve_months_after_the_decision) {
    const auto half = risk_of(rules, {answer::yes, answer::no, false, 6.0});
    EXPECT_NEAR(half.exit_probability, 1.0 - std::pow(0.73, (2.2 * 6.0 + 6.0) / 12.0), 1e-15);
    const auto past = risk_of(rules, {answer::yes, answer::no, false, 30.0});
    EXPECT_NEAR(past.exit_probability, past.base_probability, 1e-15);
}

// Table VIII: from the last of a team to the first 12-month retention rises by 32 points.
TEST(passed_over, the_best_of_a_team_stay_longer_and_all_ranks_together_leave_as_often_as_everybody) {
    const auto base = [](double rank) { return exit_probability(rules, 1.0, 0.0, rank); };
    EXPECT_NEAR(base(0.0) - base(1.0), 0.32, 0.015);
    EXPECT_NEAR(base(-1.0), 0.27, 1e-15) << "not known: the average";
    double mean_hazard = 0.0;
    for (int i = 0; i < 1000; ++i) mean_hazard += rank_factor(rules, (i + 0.5) / 1000.0) / 1000.0;
    EXPECT_NEAR(mean_hazard, 1.0, 1e-6);
    const auto star = risk_of(rules, {answer::yes, answer::no, false, 0.0, 1.0});
    EXPECT_NEAR(star.exit_probability, 1.0 - std::pow(1.0 - star.base_probability, 2.2), 1e-14);
}

TEST(passed_over, names_everybody_but_the_winner_and_who_outsold_them) {
    const std::vector<seat_candidate> candidates{
        {4, 100.0, answer::yes}, {7, 250.0, answer::no}, {9, 100.0, answer::no}, {12, -1.0, answer::no}};
    const auto inside = passed_over_of(rules, candidates, 4, 100.0);
    ASSERT_EQ(inside.size(), 3U);
    EXPECT_EQ(inside[0].person, 7U);
    EXPECT_EQ(inside[0].facts.outsold, answer::yes);
    EXPECT_EQ(inside[1].facts.outsold, answer::no) << "as much is not more";
    EXPECT_EQ(inside[2].facts.outsold, answer::unknown) << "whose sales nobody knows";
    const auto outside = passed_over_of(rules, candidates, no_index, -1.0);
    ASSERT_EQ(outside.size(), 4U);
    EXPECT_TRUE(outside[1].facts.external);
    EXPECT_DOUBLE_EQ(outside[1].risk.hazard_ratio, 1.7);
    EXPECT_TRUE(passed_over_of(rules, {}, no_index, -1.0).empty());
}

TEST(passed_over, more_sales_of_ones_own_never_lower_the_risk) {
    double last = 0.0;
    for (double sales = 0.0; sales < 200.0; sales += 10.0) {
        const std::vector<seat_candidate> one{{1, sales, answer::no}, {2, 100.0, answer::no}};
        const double risk = passed_over_of(rules, one, 2, 100.0).front().risk.exit_probability;
        EXPECT_GE(risk, last);
        last = risk;
    }
    EXPECT_GT(last, 0.49);
}

} // namespace
