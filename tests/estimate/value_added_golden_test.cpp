// Figures that were worked out elsewhere: by hand, with the reference programs, and with a second program written from
// the design.
#include <gtest/gtest.h>

#include "estimate/panels.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::test;

void expect_near(const std::vector<double>& got, const std::vector<double>& expected, double tolerance) {
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], tolerance) << i;
}

variance_components components_of_set(const value_added_result& made, org::leave_out_centring centring,
                                      noise_form form = noise_form::leave_match_out, double sigma2 = 0.0) {
    const run_context run;
    return variance_components_of(run, net_matches_of(run, made.problem, made.fit, made.in_leave_out_set), centring,
                                  form, sigma2, 1e12, 1);
}

// By hand: links A-B 2*2/4 = 1, B-C 1*1/2, A-C 1*1/2; S psi = b with b = (-3.5, 2.5, 1).
TEST(value_added, of_the_example_by_hand) {
    const auto made = estimated(example_by_hand(), without_periods());
    expect_near(made->problem.b, {-3.5, 2.5, 1.0}, 1e-14);
    expect_near(made->fit.psi, {-58.0 / 55, 74.0 / 55, 63.0 / 55}, 1e-14);
    expect_near(effects_of_sellers(*made).effect, {322.0 / 55, 179.0 / 55, 245.0 / 55, 223.0 / 55}, 1e-13);
    EXPECT_NEAR(made->fit.rss, 6.8, 1e-13);
    EXPECT_EQ(made->fit.df_row, 5);
    EXPECT_EQ(made->fit.df_match, 1);
    EXPECT_NEAR(made->fit.sigma2_row, 1.36, 1e-14);
    EXPECT_NEAR(made->fit.sigma2_match, 0.8, 1e-14);
    expect_near(made->leverage, {0.9, 0.9, 0.8, 0.8, 0.8, 0.8, 1.0}, 1e-14);
    expect_near(made->se, {0.66853732, 1.11013364, 1.17999860}, 1e-8);
    org::value_added_policy policy = without_periods();
    policy.se = org::effect_error::match_scale;
    const auto plain = estimated(example_by_hand(), policy);
    for (std::size_t j = 0; j < 3; ++j)
        EXPECT_NEAR(plain->se[j], std::sqrt(0.8 * std::array{84.0, 216.0, 414.0}[j] / 605.0), 1e-14);
}

TEST(value_added, variances_of_the_example_by_hand) {
    const auto made = estimated(example_by_hand(), without_periods());
    EXPECT_NEAR(made->variance.managers, 81.0 / 55, 1e-13);
    EXPECT_NEAR(made->variance.sellers, 1.0836363636, 1e-10);
    EXPECT_NEAR(made->variance.covariance, -1.0 / 11, 1e-13);
    EXPECT_NEAR(made->variance.managers_corrected, 87.0 / 55, 1e-13);
    EXPECT_NEAR(made->variance.sellers_corrected, 0.7233057851, 1e-10);
    EXPECT_NEAR(made->variance.covariance_corrected, 0.0019834711, 1e-10);
    const auto plain = components_of_set(*made, org::leave_out_centring::invariant, noise_form::homoskedastic, 1.36);
    EXPECT_NEAR(plain.managers_corrected, 1.0276363636, 1e-10);
}

TEST(value_added, shrinkage_of_the_example_by_hand) {
    const auto made = estimated(example_by_hand(), without_periods());
    const run_context run;
    EXPECT_NEAR(closed_form_tau2(made->problem.graph, made->problem.b, 0.8), 1.9176470588, 1e-10);
    shrinkage_equations equations = shrinkage_equations_of(run, made->problem, made->solver, made->fit, {});
    EXPECT_EQ(equations.nu2, 0.0);
    const auto reml = integrate_prior(equations, made->problem.components, made->problem.graph,
                                      prior_kind::exchangeable, {}, {}, {}, 0);
    EXPECT_NEAR(reml.exchangeable_reml, 1.4818689792, 1e-6);
    shrinkage_task task{made->problem, equations};
    task.flop_limit = 1e12;
    const auto sparse = shrink_network(run, task).value();
    EXPECT_NEAR(sparse.tau2, 1.4818689792, 0.03) << "stops within 1 % of a step";
    // sigma2 = tau2 = 1
    equations.sigma2 = 1.0;
    shrinkage_system system = estimate::detail::system_of(
        run, equations, made->problem.graph, linked_of(made->problem.components), prior_kind::exchangeable, {});
    system.pattern = pattern_of(system.graph, minimum_degree(system.graph, 1e12).order, false);
    estimate::detail::set_prior(system, 1.0, 1.0, 1.0);
    const auto at =
        estimate::detail::posterior_of(system, equations, linked_of(made->problem.components), 1.0, 1.0, 1.0);
    expect_near(at.x, {-37.0 / 35, 23.0 / 35, 14.0 / 35}, 1e-14);
    expect_near({std::sqrt(at.inverse.at(0, 0)), std::sqrt(at.inverse.at(1, 1)), std::sqrt(at.inverse.at(2, 2))},
                {0.73678840, 0.73678840, 0.77459667}, 1e-8);
    // Against the row-weighted mean: weights (6, 3, 2) / 11
    const double mean = (6 * at.x[0] + 3 * at.x[1] + 2 * at.x[2]) / 11;
    expect_near({at.x[0] - mean, at.x[1] - mean, at.x[2] - mean}, {-0.73246753, 0.98181818, 0.72467532}, 1e-8);
    const double pi[] = {6.0 / 11, 3.0 / 11, 2.0 / 11};
    for (std::uint32_t j = 0; j < 3; ++j) {
        double variance = at.inverse.at(j, j);
        for (std::uint32_t k = 0; k < 3; ++k) {
            variance -= 2.0 * pi[k] * at.inverse.at(j, k);
            for (std::uint32_t l = 0; l < 3; ++l) variance += pi[k] * pi[l] * at.inverse.at(k, l);
        }
        EXPECT_NEAR(std::sqrt(variance), (std::array{0.30886164, 0.50123814, 0.64208927}[j]), 1e-8);
    }
}

// The leave-out set of the public example of felsdvreg, as published with xhdfe.
TEST(value_added, variances_agree_with_the_reference_programs_on_felsdvsimul) {
    panel_columns panel;
    const auto add = [&](std::uint32_t i, std::uint32_t j, std::initializer_list<float> values) {
        for (const float y : values) panel.add(i, j, 0, static_cast<double>(y));
    };
    add(11, 6, {-9.688F, -7.069F});
    add(11, 7, {12.178F, -8.318F, 2.543F});
    add(11, 8, {10.902F, 1.939F, 4.690F});
    add(11, 9, {-2.199F});
    add(12, 6, {-9.553F, -10.243F, -13.932F});
    add(12, 7, {5.769F});
    add(12, 8, {-14.389F});
    add(12, 9, {11.210F});
    panel.close();
    const auto made = estimated(panel, without_periods());
    EXPECT_NEAR(made->fit.sigma2_row, 65.7306655634, 1e-9);
    expect_near(made->leverage, {.625, .80859375, .80859375, .578125, .75, .42578125, .42578125, .578125}, 1e-13);
    const auto reference = components_of_set(*made, org::leave_out_centring::reference);
    EXPECT_NEAR(reference.managers, 34.398203338, 1e-8);
    EXPECT_NEAR(reference.sellers, 2.116676839, 1e-8);
    EXPECT_NEAR(reference.covariance, 2.120109305, 1e-8);
    EXPECT_NEAR(reference.managers_corrected, 6.2254112695, 1e-9);
    EXPECT_NEAR(reference.sellers_corrected, -6.2429443959, 1e-9);
    EXPECT_NEAR(reference.covariance_corrected, 2.6372007926, 1e-9);
    EXPECT_NEAR(made->variance.managers_corrected, 5.3274791163, 1e-9);
    EXPECT_NEAR(made->variance.sellers_corrected, -6.4241617094, 1e-9);
    EXPECT_NEAR(made->variance.covariance_corrected, 2.6339465117, 1e-9);
}

struct published {
    design kind;
    double sum;
    std::uint32_t rows, matches, movers, links, components;
};

// Sums, counts of rows, matches, movers, links and components at 1,000,000 rows, as published with the design.
TEST(value_added, generators_give_the_published_panels) {
    for (const published& expected : {published{design::easy, 124474.407258, 1025229, 51245, 9642, 115192, 1},
                                      published{design::geo, 131798.476949, 1030011, 38069, 9301, 21911, 1},
                                      published{design::hard, 127070.734240, 1028845, 19582, 6102, 7856, 1},
                                      published{design::akm, 77619.667933, 1000000, 182631, 58087, 83240, 25460}}) {
        panel_columns panel = published_panel(expected.kind, 1000000);
        double sum = 0.0;
        for (const double y : panel.value) sum += y;
        EXPECT_NEAR(sum, expected.sum, 1e-5);
        EXPECT_EQ(panel.value.size(), expected.rows);
        const auto without_rows = static_cast<std::uint32_t>(panel.true_effect.size());
        panel.close();
        const two_way problem = two_way_of(run_context{}, panel.rows(), false);
        EXPECT_EQ(problem.matches.size(), expected.matches);
        std::uint32_t movers = 0;
        for (std::size_t i = 0; i < panel.n_units; ++i) movers += problem.matches.matches_of(i) > 1 ? 1U : 0U;
        EXPECT_EQ(movers, expected.movers);
        EXPECT_EQ(problem.graph.n_links(), expected.links);
        EXPECT_EQ(problem.components.size() + without_rows - panel.n_groups, expected.components)
            << "managers without rows count as components of the generator";
    }
}

} // namespace
