// Managers with planted truth: what is found has to be what was planted, as often as the intervals say.
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <dualtrack/base/random.hpp>

#include "measure/small_organisation.hpp"
#include "planted_managers.hpp"
#include "run/diagnosed.hpp"

namespace {

using namespace dualtrack;
using test::planted_manager;
using test::planted_organisation;

std::shared_ptr<const run::diagnosed> diagnose(const planted_organisation& plan, std::int32_t window_months) {
    org::policy policy;
    policy.as_of = plan.end() - 1;
    policy.window_months = window_months;
    auto out = run::diagnose_managers(run_context{}, test::data_of(plan), policy);
    if (!out) throw std::runtime_error(test::said(out.error()));
    return std::move(out).value();
}

constexpr double z_95 = 1.959963984540054;

/// Managers of three kinds, each a little different from the next.
planted_manager some_manager(random::stream& draw, double join_logit, double help, double growth, double coaching) {
    planted_manager out;
    out.join_logit = join_logit + 0.3 * random::normal(draw);
    out.help = std::max(0.0, help + 0.02 * random::normal(draw));
    out.growth = growth;
    out.coaching = coaching;
    return out;
}
planted_manager some_hero(random::stream& draw) {
    return some_manager(draw, 1.1, 0.10, -0.12, 0.4);
}
planted_manager some_mixed(random::stream& draw) {
    return some_manager(draw, -0.62, 0.06, 0.0, 1.0);
}
planted_manager some_maker(random::stream& draw) {
    return some_manager(draw, -2.2, 0.04, 0.06, 1.6);
}

TEST(managers_truth, joining_the_big_deals_is_not_taken_for_help) {
    constexpr std::uint64_t n_seeds = 1000;
    int n = 0;
    int covered = 0;
    int naive_covered = 0;
    double naive_sum = 0.0;
    double sum = 0.0;
    for (std::uint64_t seed = 1; seed <= n_seeds; ++seed) {
        planted_organisation plan;
        plan.seed = seed;
        plan.win_slope = 0.10;
        plan.join_slope = 2.0;
        plan.months = 24;
        plan.managers.assign(6, planted_manager{.join_logit = -0.5});
        const auto found = diagnose(plan, 24);
        for (const auto& one : found->managers) {
            ASSERT_TRUE(one.joint_effect.has_value());
            const double sd = std::sqrt(one.joint_effect->variance);
            covered += std::abs(one.joint_effect->mean) <= z_95 * sd ? 1 : 0;
            sum += one.joint_effect->mean;
            const double naive = diagnose::naive_difference(one.joint);
            const auto variance = [](std::int64_t won, std::int64_t of) {
                const double p = static_cast<double>(won) / static_cast<double>(of);
                return p * (1.0 - p) / static_cast<double>(of);
            };
            const double naive_sd = std::sqrt(variance(one.joint.won_with, one.joint.n_with) +
                                              variance(one.joint.won_without, one.joint.n_without));
            naive_covered += std::abs(naive) <= z_95 * naive_sd ? 1 : 0;
            naive_sum += naive;
            ++n;
        }
    }
    RecordProperty("adjusted_coverage", std::to_string(covered / static_cast<double>(n)));
    RecordProperty("naive_coverage", std::to_string(naive_covered / static_cast<double>(n)));
    std::printf("adjusted covers %.4f (mean %.4f), naive covers %.4f (mean %.4f) of %d\n",
                covered / static_cast<double>(n), sum / n, naive_covered / static_cast<double>(n), naive_sum / n, n);
    EXPECT_GE(covered, 0.93 * n);
    EXPECT_LT(naive_covered, 0.50 * n);
}

TEST(managers_truth, help_is_recovered_with_intervals_that_cover) {
    int n = 0;
    int covered = 0;
    double found_sum = 0.0;
    double truth_sum = 0.0;
    double alone_sum = 0.0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        random::stream draw(random::place{.seed = seed, .purpose = 12});
        planted_organisation plan;
        plan.seed = seed;
        for (int i = 0; i < 10; ++i)
            plan.managers.push_back({.join_logit = -0.6 + 0.5 * random::normal(draw),
                                     .help = 0.10 + 0.06 * random::normal(draw),
                                     .late_if_won = 0.10,
                                     .late_if_lost = 0.02});
        plan.months = 18;
        const auto found = diagnose(plan, 18);
        for (std::size_t i = 0; i < plan.managers.size(); ++i) {
            const auto& one = found->managers[i];
            const double sd = std::sqrt(one.joint_effect->variance);
            covered += std::abs(one.joint_effect->mean - plan.managers[i].help) <= z_95 * sd ? 1 : 0;
            found_sum += one.joint_effect->mean;
            alone_sum += one.joint.difference;
            truth_sum += plan.managers[i].help;
            ++n;
        }
    }
    std::printf("planted %.4f, found %.4f (each alone %.4f), covered %.4f of %d\n", truth_sum / n, found_sum / n,
                alone_sum / n, covered / static_cast<double>(n), n);
    EXPECT_NEAR(found_sum / truth_sum, 1.0, 0.10);
    EXPECT_GE(covered, 0.93 * n);
    EXPECT_LE(covered, 0.985 * n) << "wider than it has to be";
}

/// Area under the ROC curve.
double area(const std::vector<double>& positive, const std::vector<double>& negative) {
    double wins = 0.0;
    for (const double a : positive)
        for (const double b : negative) wins += a > b ? 1.0 : a == b ? 0.5 : 0.0;
    return wins / (static_cast<double>(positive.size()) * static_cast<double>(negative.size()));
}

TEST(managers_truth, heroes_are_told_from_hero_makers) {
    for (const int months : {12, 24}) {
        std::vector<double> heroes, makers;
        int called = 0;
        for (std::uint64_t seed = 1; seed <= 60; ++seed) {
            random::stream draw(random::place{.seed = seed, .purpose = 13});
            planted_organisation plan;
            plan.seed = seed;
            plan.months = months;
            for (int i = 0; i < 3; ++i) plan.managers.push_back(some_hero(draw));
            for (int i = 0; i < 4; ++i) plan.managers.push_back(some_mixed(draw));
            for (int i = 0; i < 3; ++i) plan.managers.push_back(some_maker(draw));
            const auto found = diagnose(plan, months);
            for (std::size_t i = 0; i < 3; ++i) {
                heroes.push_back(found->managers[i].hero_probability);
                makers.push_back(found->managers[7 + i].hero_probability);
                called += found->managers[i].style == diagnose::style::hero ? 1 : 0;
            }
        }
        std::printf("%d months: area %.4f, heroes called %.3f\n", months, area(heroes, makers), called / 180.0);
        EXPECT_GE(area(heroes, makers), months == 24 ? 0.95 : 0.85);
    }
}

TEST(managers_truth, without_heroes_hardly_anybody_is_called_one) {
    for (const int months : {12, 24}) {
        int n = 0;
        int called = 0;
        for (std::uint64_t seed = 1; seed <= 100; ++seed) {
            random::stream draw(random::place{.seed = seed, .purpose = 14});
            planted_organisation plan;
            plan.seed = seed;
            plan.months = months;
            for (int i = 0; i < 7; ++i) plan.managers.push_back(some_mixed(draw));
            for (int i = 0; i < 3; ++i) plan.managers.push_back(some_maker(draw));
            const auto found = diagnose(plan, months);
            for (const auto& one : found->managers) {
                ++n;
                called += one.style == diagnose::style::hero ? 1 : 0;
            }
        }
        std::printf("%d months: called hero %.4f of %d\n", months, called / static_cast<double>(n), n);
        EXPECT_LE(called, 0.02 * n);
    }
}

TEST(managers_truth, step_back_is_forecast_before_it_happens) {
    int n = 0;
    int covered = 0;
    double found_sum = 0.0;
    double truth_sum = 0.0;
    for (std::uint64_t seed = 1; seed <= 250; ++seed) {
        random::stream draw(random::place{.seed = seed, .purpose = 15});
        planted_organisation plan;
        plan.seed = seed;
        plan.months = 12;
        plan.reports = 8;
        for (int i = 0; i < 4; ++i)
            plan.managers.push_back({.join_logit = 0.9, .help = 0.15 + 0.06 * random::normal(draw)});
        for (int i = 0; i < 6; ++i)
            plan.managers.push_back({.join_logit = -1.2, .help = 0.15 + 0.06 * random::normal(draw)});
        const auto found = diagnose(plan, 12);
        const double usual = plan.share_joined(9);
        for (std::size_t i = 0; i < 4; ++i) {
            const auto& forecast = found->managers[i].step_back;
            ASSERT_TRUE(forecast.has_value());
            // What comes of it: from the next day on the manager joins only so much of what was joined before.
            const double outcome = plan.expected_change(i, usual / plan.share_joined(i));
            covered += std::abs(forecast->mean - outcome) <= z_95 * std::sqrt(forecast->variance) ? 1 : 0;
            found_sum += forecast->mean;
            truth_sum += outcome;
            ++n;
        }
    }
    std::printf("outcome %.4f, forecast %.4f, covered %.4f of %d\n", truth_sum / n, found_sum / n,
                covered / static_cast<double>(n), n);
    EXPECT_GE(covered, 0.90 * n);
    EXPECT_LE(covered, 0.98 * n);
    EXPECT_NEAR(found_sum / truth_sum, 1.0, 0.15);
}

} // namespace
