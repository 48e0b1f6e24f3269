#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <dualtrack/diagnose/hero.hpp>
#include <dualtrack/diagnose/independence.hpp>
#include <dualtrack/diagnose/joint_effect.hpp>
#include <dualtrack/diagnose/spread.hpp>
#include <dualtrack/diagnose/step_back.hpp>
#include <dualtrack/diagnose/transition.hpp>

namespace {

using namespace dualtrack;

// By hand, one stratum: 6 of 8 won with the manager, 2 of 4 without: difference .75 - .5 = .25. W = 8 x 4 / 12 = 2.667.
TEST(joint_effect, of_one_stratum_is_the_difference_of_the_win_rates) {
    std::vector<diagnose::team_deal> deals;
    const auto add = [&](int n, bool joined, bool won) {
        for (int i = 0; i < n; ++i) {
            diagnose::team_deal one;
            one.seller = 7;
            one.joined = joined;
            one.won = won;
            deals.push_back(one);
        }
    };
    add(6, true, true);
    add(2, true, false);
    add(2, false, true);
    add(2, false, false);
    const auto effect = diagnose::joint_effect_of(deals, true);
    ASSERT_TRUE(effect.is_known);
    EXPECT_NEAR(effect.difference, 0.25, 1e-15);
    EXPECT_NEAR(effect.weight, 8.0 * 4.0 / 12.0, 1e-15);
    EXPECT_EQ(effect.matched[0], 12);
    EXPECT_EQ(effect.unmatched, 0);
    // Sato by hand: P = (64 x 2 - 16 x 6 + 32 x (4 - 8) / 2) / 144 = (128 - 96 - 64) / 144 = -.2222;
    // Q = (6 x 2 + 2 x 2) / 24 = .6667; var = (.25 x -.2222 + .6667) / 7.1111 = .0859; the win rate 9 / 14 implies
    // .2296 / 2.6667 = .0861.
    EXPECT_NEAR(effect.variance, 9.0 / 14.0 * (5.0 / 14.0) / effect.weight, 1e-12);
}

// By hand, the classic trap: the manager joins large deals, which both win and lose alike without: in each size the
// difference is 0, yet with 6 / 8 and without 4 / 8 are won.
TEST(joint_effect, compares_large_deals_with_large_ones) {
    std::vector<diagnose::team_deal> deals;
    const auto add = [&](int n, std::uint8_t size, bool joined, bool won) {
        for (int i = 0; i < n; ++i) {
            diagnose::team_deal one;
            one.size_class = size;
            one.joined = joined;
            one.won = won;
            deals.push_back(one);
        }
    };
    add(6, 4, true, true);
    add(2, 4, true, false);
    add(3, 4, false, true);
    add(1, 4, false, false);
    add(1, 0, false, true);
    add(3, 0, false, false);
    const auto effect = diagnose::joint_effect_of(deals, true);
    EXPECT_NEAR(diagnose::naive_difference(effect), 0.25, 1e-15);
    EXPECT_NEAR(effect.difference, 0.0, 1e-15);
    EXPECT_EQ(effect.unmatched, 4) << "small deals had nothing to be compared with";
}

TEST(joint_effect, counts_a_deal_joined_late_as_one_without) {
    std::vector<diagnose::team_deal> deals(4);
    deals[0].joined = deals[1].joined = deals[1].late = true;
    deals[1].won = deals[2].won = true;
    const auto effect = diagnose::joint_effect_of(deals, true);
    EXPECT_EQ(effect.n_early, 1);
    EXPECT_EQ(effect.n_late, 1);
    EXPECT_NEAR(effect.difference, 0.0 - 2.0 / 3.0, 1e-15) << "0 of 1 early, 2 of 3 without";
}

TEST(joint_effect, of_a_manager_who_is_in_every_deal_cannot_be_said) {
    std::vector<diagnose::team_deal> deals(30);
    for (auto& one : deals) one.joined = one.won = true;
    const auto effect = diagnose::joint_effect_of(deals, true);
    EXPECT_FALSE(effect.is_known);
    EXPECT_EQ(effect.unmatched, 30);
}

// By hand: counts that double over a year of even expectation: beta = ln 2.
TEST(independence, trend_of_counts_that_double_is_log_2) {
    std::vector<std::uint32_t> won;
    std::vector<double> expected(25, 1.0);
    for (int month = 0; month <= 24; ++month)
        won.push_back(static_cast<std::uint32_t>(std::lround(10000.0 * std::pow(2.0, month / 12.0))));
    const auto trend = diagnose::trend_of(won, expected);
    ASSERT_TRUE(trend.is_known);
    EXPECT_NEAR(trend.per_year, std::log(2.0), 1e-4);
    for (std::size_t month = 0; month < won.size(); ++month) expected[month] = won[month];
    EXPECT_NEAR(diagnose::trend_of(won, expected).per_year, 0.0, 1e-9) << "as the market does: no trend";
}

// By hand: half of the sales joined, all of it to go (median 0), helping .2 at a win rate of .8: -(.5 x .2 / .8).
TEST(step_back, is_the_joined_part_times_one_less_the_inverse_risk_ratio) {
    const auto change = diagnose::step_back_of({0.5, 0.0}, {0.6, 0.0}, 0.0, {0.2, 0.01}, {0.8, 0.0});
    EXPECT_NEAR(change.mean, -0.125, 1e-15);
    EXPECT_NEAR(change.variance, (0.5 / 0.8) * (0.5 / 0.8) * 0.01, 1e-15);
    EXPECT_EQ(diagnose::step_back_of({0.5, 0.0}, {0.2, 0.0}, 0.3, {0.2, 0.01}, {0.8, 0.0}).mean, 0.0)
        << "who joins less than is usual has nothing to step back from";
}

TEST(spread, of_estimates_that_agree_draws_them_together) {
    const std::vector<double> estimate{0.1, 0.12, 0.08, 0.11, 0.09};
    const std::vector<double> variance(5, 0.01);
    const auto all = diagnose::spread_of(estimate, variance, 0.1, 0.5);
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_LT(std::abs(all.mean[i] - all.centre), std::abs(estimate[i] - 0.1) + 1e-3);
        EXPECT_LT(all.sd[i], 0.1) << "narrower than each alone";
    }
    EXPECT_NEAR(all.centre, 0.1, 0.01);
}

TEST(hero, probability_is_the_control_trap_times_what_fades_or_falls) {
    diagnose::hero_evidence evidence{true, 100, 5, 0.9, 0.0, 0.5, 0.8, true};
    EXPECT_NEAR(diagnose::hero_probability_of(evidence), 0.72, 1e-15);
    EXPECT_EQ(diagnose::style_of(evidence, {}), diagnose::style::hero);
    evidence.probability_fall = 0.1;
    EXPECT_EQ(diagnose::style_of(evidence, {}), diagnose::style::mixed) << "in most deals, but nothing fades or falls";
    evidence.n_deals = 19;
    EXPECT_EQ(diagnose::style_of(evidence, {}), diagnose::style::insufficient_evidence);
}

TEST(hero, maker_has_to_coach_and_not_to_fade) {
    diagnose::hero_evidence evidence{true, 100, 5, 0.0, 0.95, 0.3, 0.0, true};
    EXPECT_EQ(diagnose::style_of(evidence, {}), diagnose::style::hero_maker);
    evidence.coaches = false;
    EXPECT_EQ(diagnose::style_of(evidence, {}), diagnose::style::mixed) << "leaving people alone is not making heroes";
    evidence.coaches = true;
    evidence.probability_decline = 0.4;
    EXPECT_EQ(diagnose::style_of(evidence, {}), diagnose::style::mixed);
}

TEST(transition, weights_sum_to_one_and_own_sales_fall_by_half_every_six_months) {
    const org::transition_policy policy;
    double last = 1.0;
    for (std::int32_t month = 1; month <= 24; ++month) {
        const auto weights = diagnose::weights_of_month(month, policy);
        EXPECT_NEAR(weights.own + weights.team + weights.development + weights.retention, 1.0, 1e-15);
        EXPECT_LE(weights.own, last);
        EXPECT_GE(weights.own, policy.own_floor);
        last = weights.own;
    }
    EXPECT_NEAR(diagnose::weights_of_month(1, policy).own, 0.5, 1e-15);
    EXPECT_NEAR(diagnose::weights_of_month(7, policy).own, 0.25, 1e-12);
    EXPECT_NEAR(diagnose::weights_of_month(13, policy).own, 0.125, 1e-12);
    EXPECT_EQ(diagnose::weights_of_month(24, policy).own, 0.10);
}

TEST(transition, small_teams_raise_no_alarm_by_two_bad_months) {
    diagnose::sold now;
    for (int deal = 0; deal < 5; ++deal) now.add(100.0); // half of what was to be expected, in five deals
    const auto small = diagnose::team_change_of(now, 1000.0, 20.0, 0.2);
    ASSERT_TRUE(small.has_value());
    EXPECT_NEAR(small->ratio, 0.5, 1e-15);
    EXPECT_NEAR(small->log_sd, 0.5, 1e-15) << "1 / 5 + 1 / 20 = .25";
    // By hand: kept .04 / .29 = .1379; mean -.0956, sd .1857: P = Phi(.515) = .697
    EXPECT_NEAR(small->probability_below, 0.697, 5e-4);
    diagnose::transition_month month;
    month.month_index = 3;
    month.change = small;
    EXPECT_EQ(diagnose::judge_month(month, {}).status, diagnose::transition_status::green);
    EXPECT_NEAR(diagnose::judge_month(month, {}).known_weight, diagnose::weights_of_month(3, {}).team, 1e-15)
        << "nothing but the team's change is known";
    EXPECT_EQ(diagnose::judge_month({}, {}).known_weight, 0.0);
    for (int deal = 0; deal < 495; ++deal) now.add(100.0);
    month.change = diagnose::team_change_of(now, 65000.0, 2000.0, 0.2); // -23 % in 500 deals
    const auto large = diagnose::judge_month(month, {});
    EXPECT_EQ(large.status, diagnose::transition_status::red);
    EXPECT_TRUE(large.by_team);
    EXPECT_FALSE(large.by_exits || large.by_involvement);
}

} // namespace
