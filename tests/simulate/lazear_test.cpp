#include <dualtrack/simulate/lazear.hpp>
#include <dualtrack/simulate/statistics.hpp>

#include <gtest/gtest.h>

namespace {

using namespace dualtrack;
using namespace dualtrack::simulate;

TEST(lazear, check_7_closed_forms_reproduce_the_printed_tables) {
    lazear_assumptions l;
    lazear_figures f = lazear_closed_form(l);
    EXPECT_NEAR(f.share, .2397500611, 1e-9);
    EXPECT_NEAR(f.before, 1.8327056413, 1e-9);
    EXPECT_NEAR(f.after, .9163528206, 1e-9);
    EXPECT_NEAR(f.decline, .9163528206, 1e-9);
    EXPECT_NEAR(f.losers_gain, .2889781814, 1e-9); // phi(k) / (sqrt 2 Phi(k)), k = 1 / sqrt 2
    l.noise_sd = .5;
    l.cut = 2.0;
    f = lazear_closed_form(l);
    EXPECT_NEAR(f.share, .0368191351, 1e-9);
    EXPECT_NEAR(f.before, 2.4457965005, 1e-9);
    EXPECT_NEAR(f.after, 1.9566372004, 1e-9);
    EXPECT_NEAR(f.decline, .4891593001, 1e-9);
    EXPECT_NEAR(f.losers_gain, .0186988996, 1e-9);
}

TEST(lazear, check_7_best_cut_and_waiting) {
    lazear_assumptions l;
    EXPECT_NEAR(optimal_cut(l), 4.0, 1e-9);
    const waiting_figures waiting = lazear_waiting(l);
    EXPECT_NEAR(waiting.wait, 3.0042453513, 1e-9);
    EXPECT_NEAR(waiting.early, 3.0004890114, 1e-9);
    l.noise_sd = .1;
    EXPECT_NEAR(optimal_cut(l), 2.02, 1e-9) << "the print's 2.08 is a rough search";
}

TEST(lazear, check_7_simulation_agrees_with_the_closed_forms) {
    for (const auto& [noise, cut] : {std::pair{1.0, 1.0}, std::pair{.5, 2.0}}) {
        lazear_assumptions l;
        l.noise_sd = noise;
        l.cut = cut;
        moments share, before, after, decline, gain;
        for (std::uint32_t i = 0; i < 100; ++i) {
            const lazear_figures one = simulate_lazear(l, 5, i, 2000);
            share.add(one.share);
            before.add(one.before);
            after.add(one.after);
            decline.add(one.decline);
            gain.add(one.losers_gain);
        }
        const lazear_figures exact = lazear_closed_form(l);
        const auto near = [](const moments& m, double truth) {
            EXPECT_NEAR(m.mean, truth, 4.0 * m.sd() / std::sqrt(static_cast<double>(m.n)));
        };
        near(share, exact.share);
        near(before, exact.before);
        near(after, exact.after);
        near(decline, exact.decline);
        near(gain, exact.losers_gain);
    }
}

TEST(lazear, nobody_promoted_is_unknown_and_not_zero) {
    lazear_assumptions l;
    l.cut = 50.0;
    const lazear_figures f = simulate_lazear(l, 1, 0, 100);
    EXPECT_EQ(f.share, 0.0);
    EXPECT_NE(f.before, f.before);
    EXPECT_NE(f.decline, f.decline);
    EXPECT_EQ(f.losers_gain, f.losers_gain);
}

TEST(kane, check_7_levels_have_the_printed_composition) {
    const double golden[][4] = {{1, 31.0518, 51.7548, 17.1934},  {2, 39.3206, 42.8935, 17.7859},
                                {5, 42.0799, 42.0760, 15.8441},  {10, 41.7323, 41.9211, 16.3466},
                                {20, 40.9478, 41.3977, 17.6545}, {30, 40.5905, 40.9033, 18.5062},
                                {40, 40.4762, 40.4762, 19.0476}};
    for (const auto& row : golden) {
        const kane_vector mix = kane_composition({}, static_cast<std::size_t>(row[0]));
        for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(100.0 * mix[i], row[i + 1], 1e-4) << row[0];
    }
}

TEST(kane, everybody_is_promoted_stays_or_leaves) {
    const kane_flows flows = kane_flows_of({});
    for (std::size_t now = 0; now < 3; ++now) {
        double sum = flows.leaving[now];
        for (std::size_t next = 0; next < 3; ++next) sum += flows.promoted[next][now] + flows.staying[next][now];
        EXPECT_NEAR(sum, 1.0, 1e-15);
    }
}

TEST(kane, stayers_are_better_than_the_promoted_which_is_the_peter_effect) {
    const kane_flows flows = kane_flows_of({});
    EXPECT_NEAR(settled_efficiency(flows.staying), 86.2807, 1e-4);
    EXPECT_NEAR(settled_efficiency(flows.promoted), 84.2857, 1e-4);
}

} // namespace
