// What others got wrong, or might: one test each, by the letter of the design's list. (r) is in
// run/value_added_test.cpp.
#include <chrono>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "estimate/panels.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::test;

panel_columns weak_chain(std::uint32_t rows = 100000) {
    panel_columns out = published_panel(design::hard, rows);
    out.close();
    return out;
}

/// Effects of managers by sweeping out sellers, periods and managers in turn until coefficients stand still.
std::vector<double> by_projections(const panel_columns& panel, double stop, int most) {
    std::vector<double> alpha(panel.n_units, 0.0), psi(panel.n_groups, 0.0), phi(panel.n_periods, 0.0);
    const auto sweep = [&](const std::vector<std::uint32_t>& own, std::vector<double>& effect) {
        std::vector<double> sum(effect.size(), 0.0), n(effect.size(), 0.0);
        for (std::size_t r = 0; r < own.size(); ++r) {
            sum[own[r]] += panel.value[r] - alpha[panel.unit[r]] - psi[panel.group[r]] - phi[panel.period[r]];
            n[own[r]] += 1.0;
        }
        double moved = 0.0;
        for (std::size_t k = 0; k < effect.size(); ++k) {
            effect[k] += sum[k] / n[k];
            moved = std::max(moved, std::fabs(sum[k] / n[k]));
        }
        return moved;
    };
    for (int round = 0; round < most; ++round) {
        sweep(panel.unit, alpha);
        sweep(panel.period, phi);
        if (sweep(panel.group, psi) < stop) break;
    }
    return psi;
}

double largest_difference(const value_added_result& made, std::vector<double> psi) {
    made.problem.components.centre(psi);
    double most = 0.0;
    for (std::size_t j = 0; j < psi.size(); ++j) most = std::max(most, std::fabs(psi[j] - made.fit.psi[j]));
    return most;
}

TEST(value_added_pitfall, a_stopping_when_coefficients_stand_still_is_wrong_on_a_weak_chain) {
    const panel_columns panel = weak_chain();
    const auto made = estimated(panel);
    EXPECT_LE(made->fit.solve_error_bound, 1e-6);
    EXPECT_GT(largest_difference(*made, by_projections(panel, 1e-4, 100000)), 1e-3);
}

TEST(value_added_pitfall, b_ten_thousand_more_iterations_do_not_drift) {
    const auto made = estimated(weak_chain());
    manager_solver jacobi = made->solver;
    jacobi.kind = solver_kind::jacobi;
    std::vector<double> exact(made->problem.b), iterated(made->problem.b);
    solve_managers(made->solver, exact, 1);
    int iterations = 0;
    estimate::detail::block_gradients(jacobi, iterated, 1, 0.0, 10000, iterations);
    made->problem.components.centre(iterated);
    for (std::size_t j = 0; j < exact.size(); ++j) EXPECT_NEAR(iterated[j], exact[j], 1e-8);
}

TEST(value_added_pitfall, c_errors_are_centred_and_do_not_depend_on_who_is_grounded) {
    const panel_columns panel = random_panel(3, 30, 8, 10, 0.3);
    panel_columns turned = panel;
    for (std::uint32_t& j : turned.group) j = panel.n_groups - 1 - j;
    const auto one = estimated(panel), other = estimated(turned);
    for (std::size_t j = 0; j < panel.n_groups; ++j) {
        EXPECT_GT(one->se[j], 0.0);
        EXPECT_NEAR(one->se[j], other->se[panel.n_groups - 1 - j], 1e-12);
        EXPECT_NEAR(one->effect[j], other->effect[panel.n_groups - 1 - j], 1e-12);
    }
}

/// Sellers 0..3 under manager 0 until period 5, then all under manager 1; `other_team` adds sellers who stay under 2.
panel_columns replaced_team(bool one_moves_early, bool other_team) {
    random::stream draw(random::place{.seed = 4, .purpose = 77});
    panel_columns out;
    for (std::uint32_t i = 0; i < 4; ++i)
        for (std::uint32_t t = 0; t < 10; ++t) {
            const std::uint32_t change = one_moves_early && i == 0 ? 3 : 5;
            out.add(i, t < change ? 0 : 1, t, 0.1 * i + (t < change ? 0.0 : 0.5) + 0.05 * random::normal(draw));
        }
    for (std::uint32_t i = 4; other_team && i < 7; ++i)
        for (std::uint32_t t = 0; t < 10; ++t) out.add(i, 2, t, 0.05 * random::normal(draw));
    out.close();
    return out;
}

TEST(value_added_pitfall, d_a_replaced_team_is_confounded_with_its_period) {
    const auto alone = estimated(replaced_team(false, false));
    EXPECT_EQ(alone->fit.Ct.rank(), 8U) << "T - 2";
    for (const std::size_t j : {0U, 1U}) {
        EXPECT_EQ(alone->status[j], effect_status::period_confounded);
        EXPECT_TRUE(std::isnan(alone->effect[j]) && std::isnan(alone->se[j]) && std::isnan(alone->shrunk[j]));
    }
    EXPECT_NE(estimated(replaced_team(true, false))->status[0], effect_status::period_confounded);
    EXPECT_NE(estimated(replaced_team(false, true))->status[0], effect_status::period_confounded);
    EXPECT_EQ(estimated(replaced_team(false, false), without_periods())->fit.confounded[0], 0);
}

TEST(value_added_pitfall, e_tenure_beside_the_calendar_drops_one_named_column) {
    panel_columns panel = random_panel(6, 20, 5, 12, 0.3, false, 1);
    std::vector<double> tenure;
    for (std::size_t r = 0; r < panel.value.size(); ++r) tenure.push_back(panel.period[r] + 3.0 * (panel.unit[r] % 4));
    panel.controls.push_back(tenure);
    const auto with = estimated(panel);
    ASSERT_EQ(with->fit.collinear, std::vector<std::uint32_t>{1});
    panel.controls.pop_back();
    const auto without = estimated(panel);
    for (std::size_t j = 0; j < panel.n_groups; ++j) {
        EXPECT_EQ(with->fit.confounded[j], 0);
        EXPECT_NEAR(with->effect[j], without->effect[j], 1e-10);
    }
}

/// Two groups of managers with many common sellers each, joined by one seller.
panel_columns two_islands() {
    panel_columns out;
    random::stream draw(random::place{.seed = 8, .purpose = 77});
    for (std::uint32_t island = 0; island < 2; ++island)
        for (std::uint32_t i = 0; i < 12; ++i)
            for (std::uint32_t t = 0; t < 6; ++t)
                out.add(20 * island + i, 3 * island + (i + t / 2) % 3, t, random::normal(draw));
    for (std::uint32_t t = 0; t < 6; ++t) out.add(50, t < 3 ? 0 : 3, t, random::normal(draw));
    out.close();
    return out;
}

TEST(value_added_pitfall, f_a_bridge_is_flagged_and_nothing_is_divided_by_zero) {
    const auto made = estimated(two_islands(), without_periods());
    std::size_t n_full = 0;
    for (const double P : made->leverage) n_full += P > 1.0 - 1e-9 ? 1 : 0;
    EXPECT_EQ(n_full, 2U) << "both matches of the seller who joins the islands";
    for (std::size_t j = 0; j < 6; ++j) {
        EXPECT_EQ(made->status[j], effect_status::bridged) << "half of the managers on either side";
        EXPECT_TRUE(std::isfinite(made->effect[j]) && std::isfinite(made->se[j]) && std::isfinite(made->shrunk[j]));
    }
    EXPECT_EQ(made->bridges.is_bridge.back(), 1);
    EXPECT_TRUE(std::isfinite(made->variance.managers_corrected));
}

TEST(value_added_pitfall, g_another_currency_leaves_the_corrected_variances) {
    panel_columns panel = random_panel(2, 60, 10, 8, 0.25);
    const auto one = estimated(panel);
    for (double& y : panel.value) y += std::log(1000.0);
    const auto other = estimated(panel);
    EXPECT_NEAR(one->variance.managers_corrected, other->variance.managers_corrected, 1e-11);
    EXPECT_NEAR(one->variance.sellers_corrected, other->variance.sellers_corrected, 1e-11);
    EXPECT_NEAR(one->variance.covariance_corrected, other->variance.covariance_corrected, 1e-11);
    const run_context run;
    const auto reference = [&](const value_added_result& made) {
        return variance_components_of(run, net_matches_of(run, made.problem, made.fit, made.in_leave_out_set),
                                      org::leave_out_centring::reference, noise_form::leave_match_out, 0.0, 1e12, 1);
    };
    EXPECT_GT(std::fabs(reference(*one).sellers_corrected - reference(*other).sellers_corrected), 1e-6)
        << "the centring of the reference programs is not invariant";
}

// Managers 0-1-2 are a triangle of twos; manager 3 hangs on sellers 6 and 7 at 2; but seller 7 also is the only way to
// manager 4, so 7 goes first, and then manager 3 hangs on seller 6 alone, who has to go as well.
TEST(value_added_pitfall, h_one_round_of_pruning_is_not_enough) {
    panel_columns panel;
    const auto mover = [&](std::uint32_t i, std::initializer_list<std::uint32_t> managers) {
        std::uint32_t t = 0;
        for (const std::uint32_t j : managers) {
            panel.add(i, j, t++, 0.1 * i + 0.3 * j);
            panel.add(i, j, t++, 0.2 * i + 0.1 * j);
        }
    };
    mover(0, {0, 1});
    mover(1, {0, 1});
    mover(2, {1, 2});
    mover(3, {1, 2});
    mover(4, {0, 2});
    mover(6, {2, 3});
    mover(7, {2, 3, 4});
    panel.close();
    const auto made = estimated(panel, without_periods());
    const match_columns& matches = made->problem.matches;
    const auto first = articulation_of(matches, panel.n_groups, std::vector<std::uint8_t>(panel.n_units, 1));
    EXPECT_EQ(first.is_bridge, (std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 1})) << "one round removes seller 7 only";
    EXPECT_EQ(made->in_leave_out_set, (std::vector<std::uint8_t>{1, 1, 1, 1, 1, 0, 0}));
}

TEST(value_added_pitfall, i_the_largest_component_has_most_managers_not_most_rows) {
    panel_columns panel;
    for (std::uint32_t t = 0; t < 40; ++t)
        for (std::uint32_t i = 0; i < 4; ++i) panel.add(i, (t / 10 + i) % 2, t % 8, 0.1 * i + 0.01 * t); // 2 managers
    for (std::uint32_t i = 10; i < 14; ++i)
        for (std::uint32_t k = 0; k < 3; ++k) panel.add(i, 5 + k, k, 0.2 * i - 0.1 * k); // 3 managers
    panel.close();
    const auto made = estimated(panel, without_periods());
    EXPECT_EQ(made->problem.components.of, (std::vector<std::uint32_t>{1, 1, 0, 0, 0}));
    EXPECT_EQ(made->in_leave_out_set[0], 0);
    EXPECT_EQ(made->in_leave_out_set.back(), 1);
}

TEST(value_added_pitfall, j_an_estimated_spread_of_zero_gives_no_interval_of_width_zero) {
    int n_zero = 0;
    for (std::uint32_t k = 0; k < 20; ++k) { // no manager differs from another
        random::stream draw(random::place{.seed = 9, .replication = k, .purpose = 77});
        panel_columns panel;
        for (std::uint32_t i = 0; i < 24; ++i)
            for (std::uint32_t t = 0; t < 8; ++t)
                panel.add(i, (i / 4 + (t >= 4 ? 1 : 0)) % 6, t, 0.6 * random::normal(draw));
        panel.close();
        const auto made = estimated(panel, without_periods());
        if (made->shrinkage.exchangeable_reml > 1e-5) continue;
        ++n_zero;
        for (std::size_t j = 0; j < panel.n_groups; ++j) EXPECT_GT(made->high[j] - made->low[j], 0.1);
    }
    EXPECT_GE(n_zero, 5) << "the test needs panels whose estimated spread is zero";
}

TEST(value_added_pitfall, l_the_level_variance_never_reaches_the_shrinkage) {
    // On a weak chain the corrected level variance is below zero; the prior variance is not.
    int below = 0;
    for (std::uint32_t seed = 0; seed < 12 && below == 0; ++seed) {
        random::stream draw(random::place{.seed = seed, .purpose = 77});
        panel_columns panel;
        for (std::uint32_t i = 0; i < 59; ++i)
            for (std::uint32_t k = 0; k < 2; ++k)
                for (std::uint32_t t = 0; t < 2; ++t)
                    panel.add(2 * i + t, i + (k + t) % 2, k, 0.1 * ((i * 7) % 5) + 0.6 * random::normal(draw));
        panel.close();
        const auto made = estimated(panel, without_periods());
        below += made->variance.managers_corrected < 0.0 ? 1 : 0;
        EXPECT_GT(made->shrinkage.effects.tau2 + made->shrinkage.effects.omega2, 0.0);
        for (std::size_t j = 0; j < panel.n_groups; ++j) EXPECT_GT(made->high[j], made->low[j]);
    }
    EXPECT_GT(below, 0) << "the test saw no negative level variance";
}

TEST(value_added_pitfall, n_printed_ranks_do_not_put_weak_managers_at_both_ends) {
    panel_columns panel = published_panel(design::geo, 40000);
    // Ten more managers whom one seller each had for one period.
    random::stream draw(random::place{.seed = 1, .purpose = 77});
    for (std::uint32_t k = 0; k < 10; ++k) {
        panel.true_effect.resize(101 + k, 0.0);
        panel.add(k * 20, 100 + k, 60, 3.0 * 0.6 * random::normal(draw));
    }
    panel.close();
    const auto made = estimated(panel);
    const std::size_t n = panel.n_groups;
    std::vector<std::size_t> raw(n), printed(n);
    std::iota(raw.begin(), raw.end(), std::size_t{0});
    printed = raw;
    std::sort(raw.begin(), raw.end(), [&](std::size_t a, std::size_t b) { return made->effect[a] > made->effect[b]; });
    std::sort(printed.begin(), printed.end(),
              [&](std::size_t a, std::size_t b) { return made->top_tenth[a] > made->top_tenth[b]; });
    const auto poorly_known = [&](std::size_t j) { return made->problem.n_rows[j] == 1; };
    int raw_ends = 0, printed_ends = 0;
    for (std::size_t k = 0; k < 4; ++k) {
        raw_ends += (poorly_known(raw[k]) ? 1 : 0) + (poorly_known(raw[n - 1 - k]) ? 1 : 0);
        printed_ends += poorly_known(printed[k]) ? 1 : 0;
    }
    EXPECT_GE(raw_ends, 4);
    EXPECT_EQ(printed_ends, 0);
}

TEST(value_added_pitfall, o_large_values_uneven_weights_and_long_chains_stay_exact) {
    panel_columns panel = random_panel(4, 40, 8, 10, 0.3);
    const auto plain = estimated(panel);
    for (double& y : panel.value) y += 1e8;
    const auto large = estimated(panel);
    for (std::size_t j = 0; j < panel.n_groups; ++j) EXPECT_NEAR(large->effect[j], plain->effect[j], 1e-7);

    random::stream draw(random::place{.seed = 3, .purpose = 77});
    panel_columns uneven = random_panel(4, 40, 8, 10, 0.3);
    for (std::size_t r = 0; r < uneven.value.size(); ++r)
        uneven.weight.push_back(std::pow(10.0, -6.0 + 12.0 * random::uniform(draw)));
    double sum = 0.0;
    for (const double w : uneven.weight) sum += w;
    for (double& w : uneven.weight) w *= static_cast<double>(uneven.weight.size()) / sum;
    const auto weighted = estimated(uneven, without_periods());
    EXPECT_LE(weighted->fit.solve_error_bound, 1e-6);
    for (const double e : weighted->effect) EXPECT_TRUE(std::isfinite(e));

    panel_columns star; // a manager linked to all
    for (std::uint32_t j = 1; j <= 3000; ++j)
        for (std::uint32_t k = 0; k < 2; ++k) {
            star.add(2 * j + k, 0, 0, 1.0);
            star.add(2 * j + k, j, 1, 1.0 + 0.001 * j);
        }
    star.close();
    const auto hub = estimated(star, without_periods());
    EXPECT_NEAR(hub->fit.psi[3000] - hub->fit.psi[0], 3.0, 1e-10);

    constexpr std::uint32_t length = 100000; // managers one after the other, each pair joined by one seller
    panel_columns chain;
    for (std::uint32_t j = 0; j + 1 < length; ++j) {
        chain.add(j, j, 0, 0.0);
        chain.add(j, j + 1, 1, 1e-3);
    }
    chain.close();
    const two_way problem = two_way_of(run_context{}, chain.rows(), false);
    manager_solver solver;
    solver.graph = &problem.graph;
    solver.components = &problem.components;
    const auto order = minimum_degree(problem.graph, 1e9);
    ASSERT_TRUE(order.is_complete(length));
    solver.pattern = pattern_of(problem.graph, order.order, true);
    solver.factor = factor_of(problem.graph, solver.pattern);
    std::vector<double> psi(problem.b);
    solve_managers(solver, psi, 1);
    EXPECT_NEAR(psi[length - 1] - psi[0], 1e-3 * (length - 1), 1e-7);
    const auto cut = articulation_of(problem.matches, length, std::vector<std::uint8_t>(length - 1, 1));
    EXPECT_EQ(std::accumulate(cut.is_bridge.begin(), cut.is_bridge.end(), 0U), length - 1);
    static_assert(sizeof(decltype(problem.graph.first)::value_type) == 8, "offsets of links are 64 bits wide");
}

TEST(value_added_pitfall, p_a_seller_with_a_thousand_managers) {
    panel_columns panel;
    for (std::uint32_t j = 0; j < 1000; ++j) panel.add(0, j, j % 7, 0.001 * j);
    for (std::uint32_t j = 0; j < 1000; ++j) {
        panel.add(1 + j / 2, j, 0, 5.0 + 0.001 * j);
        panel.add(1 + j / 2, j, 1, 5.0 + 0.001 * j);
    }
    panel.close();
    const two_way problem = two_way_of(run_context{}, panel.rows(), false);
    EXPECT_EQ(problem.graph.n_links(), 499500U);
    manager_solver solver;
    solver.graph = &problem.graph;
    solver.components = &problem.components;
    solver.kind = solver_kind::approximate;
    solver.approximate = approximate_factor_of(problem.graph, 1);
    std::vector<double> psi(problem.b);
    EXPECT_TRUE(solve_managers(solver, psi, 1));
    EXPECT_NEAR(psi[999] - psi[0], 0.999, 1e-8);
}

// Ten sellers go from manager 0 to 1 in the same period; two of these once were under manager 2, who ties them to
// others.
TEST(value_added_pitfall, q_a_team_handed_over_at_once_gives_a_precise_difference_and_an_uncertain_level) {
    random::stream draw(random::place{.seed = 5, .purpose = 77});
    panel_columns panel;
    for (std::uint32_t i = 0; i < 10; ++i)
        for (std::uint32_t t = 0; t < 40; ++t)
            panel.add(i,
                      i < 2 && t == 0 ? 2
                      : t < 20        ? 0
                                      : 1,
                      t, 0.3 * (t >= 20 ? 1.0 : 0.0) + 0.3 * random::normal(draw));
    for (std::uint32_t i = 10; i < 40; ++i)
        for (std::uint32_t t = 0; t < 40; ++t) panel.add(i, 2 + (i + t / 8) % 5, t, 0.3 * random::normal(draw));
    panel.close();
    org::value_added_policy policy;
    policy.se = org::effect_error::match_scale;
    const auto made = estimated(panel, policy);
    const auto entry = [&](std::uint32_t a, std::uint32_t b) {
        return made->covariance.inverse.at(made->problem.components, a, b) +
               estimate::detail::bilinear(std::span<const double>(made->fit.U)
                                              .subspan(a * made->problem.edge.size(), made->problem.edge.size()),
                                          made->fit.Ct_inverse,
                                          std::span<const double>(made->fit.U)
                                              .subspan(b * made->problem.edge.size(), made->problem.edge.size()));
    };
    const double difference = std::sqrt(made->fit.sigma2_match * (entry(0, 0) + entry(1, 1) - 2.0 * entry(0, 1)));
    EXPECT_LT(difference * 3.0, made->se[0]);
    EXPECT_LT(difference * 3.0, made->se[1]);
    EXPECT_NEAR(made->effect[1] - made->effect[0], 0.3, 3.0 * difference);
}

TEST(value_added_pitfall, s_shrunken_effects_attenuate_a_planted_slope_and_raw_ones_do_not) {
    // Managers' true effects are 1.0 times a known score; effects are noisy.
    double raw_slope = 0.0, shrunken_slope = 0.0;
    constexpr int draws = 20;
    for (int k = 0; k < draws; ++k) {
        random::stream draw(random::place{.seed = 70, .replication = static_cast<std::uint32_t>(k), .purpose = 77});
        std::vector<double> score(40);
        for (double& x : score) x = 0.2 * random::normal(draw);
        panel_columns panel;
        for (std::uint32_t i = 0; i < 120; ++i) {
            auto j = static_cast<std::uint32_t>(random::below(draw, 40));
            for (std::uint32_t t = 0; t < 4; ++t) {
                if (t == 2) j = static_cast<std::uint32_t>(random::below(draw, 40));
                panel.add(i, j, t, score[j] + 0.6 * random::normal(draw));
            }
        }
        panel.true_effect = score;
        panel.close();
        const auto made = estimated(panel, without_periods());
        double xx = 0.0, xy = 0.0, xs = 0.0, mean = 0.0;
        for (const double x : panel.true_effect) mean += x / static_cast<double>(panel.n_groups);
        for (std::size_t j = 0; j < panel.n_groups; ++j) {
            const double x = panel.true_effect[j] - mean;
            xx += x * x;
            xy += x * made->fit.psi[j];
            xs += x * made->shrinkage.effects.centred_mean[j];
        }
        raw_slope += xy / xx / draws;
        shrunken_slope += xs / xx / draws;
    }
    EXPECT_NEAR(raw_slope, 1.0, 0.15);
    EXPECT_LT(shrunken_slope, 0.8);
}

TEST(value_added_pitfall, t_nothing_depends_on_threads_or_on_the_order_of_rows) {
    const panel_columns panel = random_panel(11, 60, 12, 12, 0.2, true, 1);
    panel_columns turned;
    turned.controls.resize(1);
    for (std::size_t r = panel.value.size(); r-- > 0;) {
        turned.add(panel.unit[r], panel.group[r], panel.period[r], panel.value[r], panel.weight[r]);
        turned.controls[0].push_back(panel.controls[0][r]);
    }
    turned.n_units = panel.n_units;
    turned.n_groups = panel.n_groups;
    turned.n_periods = panel.n_periods;
    run_context two;
    two.threads = 2;
    run_context eight;
    eight.threads = 8;
    const auto base = estimated(panel);
    for (const auto& other : {estimated(turned), estimated(panel, {}, {}, two), estimated(panel, {}, {}, eight)}) {
        EXPECT_EQ(base->effect, other->effect);
        EXPECT_EQ(base->se, other->se);
        EXPECT_EQ(base->shrunk, other->shrunk);
        EXPECT_EQ(base->variance.managers_corrected, other->variance.managers_corrected);
    }
}

} // namespace
