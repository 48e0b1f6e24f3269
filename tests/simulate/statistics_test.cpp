#include <dualtrack/simulate/draws.hpp>
#include <dualtrack/simulate/experiment.hpp>

#include <cstring>

#include <gtest/gtest.h>

namespace {

using namespace dualtrack;
using namespace dualtrack::simulate;

// By hand: 1, 2, 4, 9 has mean 4, squared distances 9, 4, 0, 25; cubes -27, -8, 0, 125; fourth powers 81, 16, 0, 625.
TEST(simulation_statistics, moments_are_those_of_the_definition) {
    moments m;
    for (const double x : {1.0, 2.0, 4.0, 9.0}) m.add(x);
    EXPECT_EQ(m.n, 4);
    EXPECT_DOUBLE_EQ(m.mean, 4.0);
    EXPECT_DOUBLE_EQ(m.m2, 38.0);
    EXPECT_NEAR(m.m3, 90.0, 1e-12);
    EXPECT_NEAR(m.m4, 722.0, 1e-11);
    EXPECT_EQ(m.low, 1.0);
    EXPECT_EQ(m.high, 9.0);
    EXPECT_DOUBLE_EQ(m.variance(), 38.0 / 3.0);
}

TEST(simulation_statistics, merging_blocks_gives_the_moments_of_all) {
    moments all, merged;
    for (std::uint32_t block = 0; block < 5; ++block) {
        moments part;
        for (std::uint32_t i = 0; i < 64; ++i) {
            const double x = 100.0 + normal_double_of(draw(3, 0, block * 64 + i, 0, 1)[0]);
            all.add(x);
            part.add(x);
        }
        merged.merge(part);
        merged.merge(moments());
    }
    EXPECT_EQ(merged.n, all.n);
    EXPECT_NEAR(merged.mean, all.mean, 1e-12);
    EXPECT_NEAR(merged.m2, all.m2, 1e-9);
    EXPECT_NEAR(merged.m3, all.m3, 1e-8);
    EXPECT_NEAR(merged.m4, all.m4, 1e-7);
    EXPECT_EQ(merged.low, all.low);
    EXPECT_EQ(merged.high, all.high);
}

// By hand: n = 4, sd = sqrt(38/3), t(3, .975) = 3.182446305.
TEST(simulation_statistics, half_width_is_of_student_and_unknown_below_two) {
    moments m;
    m.add(1.0);
    EXPECT_NE(half_width(m, 0.05), half_width(m, 0.05)) << "one organisation has no interval";
    for (const double x : {2.0, 4.0, 9.0}) m.add(x);
    EXPECT_NEAR(half_width(m, 0.05), 3.182446305 * std::sqrt(38.0 / 3.0) / 2.0, 1e-8);
}

TEST(simulation_statistics, intervals_cover_the_truth_as_often_as_they_say) {
    int n_covered = 0;
    constexpr int n_tries = 2000;
    for (std::uint32_t i = 0; i < n_tries; ++i) {
        moments m;
        for (std::uint32_t j = 0; j < 12; ++j) m.add(5.0 + 2.0 * normal_double_of(draw(9, i, j, 0, 1)[0]));
        if (std::fabs(m.mean - 5.0) <= half_width(m, 0.1)) ++n_covered;
    }
    EXPECT_NEAR(n_covered / double{n_tries}, 0.9, 4.0 * std::sqrt(0.09 / n_tries));
}

TEST(simulation_statistics, quantiles_and_tail_means_are_selected_exactly) {
    std::vector<float> x{5, 1, 4, 2, 3, 6, 8, 7, 10, 9};
    EXPECT_EQ(select_quantile(x, 0.5), 5.0);
    EXPECT_EQ(select_quantile(x, 0.05), 1.0);
    EXPECT_EQ(select_quantile(x, 1.0), 10.0);
    EXPECT_EQ(tail_mean(x, 0.25), 1.5);
    EXPECT_EQ(tail_mean(x, 0.25, true), 9.5);
    EXPECT_EQ(tail_mean(x, 0.01), 1.0) << "at least one";
}

TEST(simulation_statistics, a_sketch_keeps_its_ranks) {
    std::vector<float> first(50000), all;
    quantile_sketch sketch;
    for (std::uint32_t i = 0; i < 200000; ++i) {
        const float x = normal_of(draw(3, i, 0, 0, 1)[0]);
        all.push_back(x);
        if (i < first.size())
            first[i] = x;
        else {
            if (!sketch.is_started()) sketch.start(first);
            sketch.add(x);
        }
    }
    std::sort(all.begin(), all.end());
    for (const double p : {0.0001, 0.01, 0.05, 0.25, 0.5, 0.9, 0.999, 1.0}) {
        const auto found = static_cast<float>(sketch.quantile(p));
        const auto rank = static_cast<double>(std::lower_bound(all.begin(), all.end(), found) - all.begin());
        // Cuts from 50,000 stray from even ranks by chance: half a thousandth is over four standard errors of that.
        EXPECT_NEAR(rank / 200000.0, p, 1.0 / 4096 + 0.0005 + 0.009 * std::sqrt(p * (1 - p))) << p;
    }
    std::vector<float> copy = all;
    EXPECT_NEAR(sketch.tail_mean(0.05, false), tail_mean(copy, 0.05), 2e-3);
    EXPECT_NEAR(sketch.tail_mean(0.05, true), tail_mean(copy, 0.05, true), 2e-3);
    EXPECT_EQ(sketch.quantile(1.0), static_cast<double>(all.back()));
    std::vector<float> none;
    quantile_sketch empty;
    empty.start(none);
    empty.add(3.0F);
    EXPECT_EQ(empty.quantile(0.5), 3.0);
    EXPECT_EQ(empty.tail_mean(0.05, false), 3.0);
}

TEST(simulation_statistics, a_sketch_gives_values_that_repeat_exactly) {
    std::vector<float> kept;
    for (int i = 0; i < 100000; ++i) kept.push_back(static_cast<float>(i % 2));
    quantile_sketch halves;
    halves.start(kept);
    EXPECT_EQ(halves.quantile(0.25), 0.0);
    EXPECT_EQ(halves.quantile(0.5), 0.0);
    EXPECT_EQ(halves.quantile(0.75), 1.0);
    EXPECT_EQ(halves.quantile(0.95), 1.0);
    kept.clear();
    for (int i = 0; i < 100000; ++i) kept.push_back(static_cast<float>(i % 5));
    quantile_sketch fifths;
    fifths.start(kept);
    for (const int i : {4, 3, 2, 1, 0}) fifths.add(static_cast<float>(i));
    EXPECT_EQ(fifths.quantile(0.1), 0.0);
    EXPECT_EQ(fifths.quantile(0.5), 2.0);
    EXPECT_EQ(fifths.quantile(0.95), 4.0);
}

experiment_plan two_arms(std::int64_t most) {
    experiment_plan plan;
    plan.arms = {{"a", 1, 0}, {"b", 1, 0}};
    plan.metrics = {{"level", "points", 1, true, false}, {"cost", "points", 1, false, true}};
    plan.points = {1};
    plan.stop.most = most;
    plan.stop_metrics = {0};
    return plan;
}

/// Arm a is b plus 1 + a little of its own luck; in every seventh organisation the cost of a is not defined.
void simulate_two(std::int64_t first, std::int64_t n, std::int64_t, std::span<double> figures,
                  std::span<float> trajectory) {
    for (std::int64_t i = 0; i < n; ++i) {
        const auto words = draw(1, static_cast<std::uint32_t>(first + i), 0, 0, 1);
        const double common = 10.0 + 5.0 * normal_double_of(words[0]);
        double* row = figures.data() + i * 4;
        row[0] = common + 1.0 + 0.1 * normal_double_of(words[1]);
        row[1] = (first + i) % 7 == 0 ? numeric::not_a_number : 2.0;
        row[2] = common;
        row[3] = 4.0;
        trajectory[static_cast<std::size_t>(2 * i)] = static_cast<float>(row[0]);
        trajectory[static_cast<std::size_t>(2 * i + 1)] = static_cast<float>(row[2]);
    }
}

TEST(simulation_experiment, pairs_organisations_and_leaves_out_what_is_not_defined) {
    const auto plan = two_arms(700);
    const auto found = run_experiment(run_context(), plan, simulate_two).value();
    EXPECT_EQ(found.n, 700);
    const arm_outcome& level = found.outcomes[0];
    EXPECT_NEAR(level.difference.mean, 1.0, 0.02);
    EXPECT_NEAR(level.difference.sd(), 0.1, 0.01) << "the common luck is gone";
    EXPECT_GT(level.level.sd(), 4.0);
    EXPECT_EQ(level.n_worse, 0);
    EXPECT_EQ(level.n_best, 700.0);
    const arm_outcome& cost = found.outcomes[1];
    EXPECT_EQ(cost.level.n, 600);
    EXPECT_DOUBLE_EQ(cost.difference.mean, -50.0) << "percent of the baseline, organisation by organisation";
    EXPECT_EQ(cost.n_worse, 0) << "a lower cost is better";
    EXPECT_EQ(found.outcomes[3].difference.n, 0) << "the baseline has no difference to itself";
    EXPECT_EQ(found.fan[0].size(), 704U - 4U);
}

TEST(simulation_experiment, is_the_same_for_any_number_of_threads) {
    const auto plan = two_arms(9000);
    const auto one = run_experiment(run_context(), plan, simulate_two).value();
    for (const int threads : {2, 3, 8}) {
        run_context run;
        run.threads = threads;
        const auto many = run_experiment(run, plan, simulate_two).value();
        for (std::size_t i = 0; i < one.outcomes.size(); ++i) {
            EXPECT_EQ(0, std::memcmp(&one.outcomes[i].level, &many.outcomes[i].level, sizeof(moments)));
            EXPECT_EQ(0, std::memcmp(&one.outcomes[i].difference, &many.outcomes[i].difference, sizeof(moments)));
            ASSERT_EQ(one.outcomes[i].kept.size(), many.outcomes[i].kept.size());
            EXPECT_EQ(0, std::memcmp(one.outcomes[i].kept.data(), many.outcomes[i].kept.data(),
                                     one.outcomes[i].kept.size() * sizeof(float)));
        }
    }
}

TEST(simulation_experiment, counts_outcomes_between_cuts_once_there_are_too_many_to_keep) {
    auto plan = two_arms(40000);
    const auto exact = run_experiment(run_context(), plan, simulate_two).value();
    plan.most_kept = 10000;
    for (const int threads : {1, 3}) {
        run_context run;
        run.threads = threads;
        const auto found = run_experiment(run, plan, simulate_two).value();
        EXPECT_TRUE(found.outcomes[0].kept.empty());
        EXPECT_EQ(found.outcomes[0].level.mean, exact.outcomes[0].level.mean);
        std::vector<float> kept = exact.outcomes[0].kept;
        EXPECT_NEAR(found.outcomes[0].sketch.quantile(0.5), select_quantile(kept, 0.5), 0.05) << "sd 5";
        EXPECT_NEAR(found.outcomes[0].sketch.quantile(0.05), select_quantile(kept, 0.05), 0.1);
        std::int64_t n = 0;
        for (const std::int64_t each : found.outcomes[1].sketch.count) n += each;
        EXPECT_EQ(n, found.outcomes[1].level.n) << "undefined outcomes are counted nowhere";
        EXPECT_EQ(found.outcomes[3].sketch.quantile(0.9), 4.0) << "all alike";
    }
}

TEST(simulation_experiment, stops_only_at_a_look_and_says_why) {
    auto plan = two_arms(100000);
    plan.stop.absolute = 0.0055; // 1.96 x .1 / sqrt(n): n = 1270, so the look at 2048
    auto found = run_experiment(run_context(), plan, simulate_two).value();
    EXPECT_EQ(found.n, 2048);
    EXPECT_EQ(found.stopped, stop_reason::precise);
    plan.stop.absolute = 1e-9;
    plan.stop.most = 3000;
    found = run_experiment(run_context(), plan, simulate_two).value();
    EXPECT_EQ(found.n, 3000);
    EXPECT_EQ(found.stopped, stop_reason::most);
}

TEST(simulation_experiment, can_be_stopped_by_the_host) {
    run_context run;
    run.progress = [](void*, double done) { return done > 0.3 ? 1 : 0; };
    const auto found = run_experiment(run, two_arms(5000), simulate_two);
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().kind, status::cancelled);
}

} // namespace
