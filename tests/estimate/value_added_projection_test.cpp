// Value added where no factor is affordable: what is drawn against what is exact, on panels where both can be had.
#include "estimate/panels.hpp"

#include <algorithm>
#include <cmath>
#include <complex>

#include <gtest/gtest.h>

namespace {

using namespace dualtrack;
using namespace dualtrack::test;

/// Managers in markets of ten.
std::vector<std::uint32_t> markets_of_ten(std::size_t n) {
    std::vector<std::uint32_t> out(n);
    for (std::uint32_t j = 0; j < n; ++j) out[j] = j / 10;
    return out;
}

/// 300 managers in territories; half of what they differ by lies between districts of twenty.
const panel_columns& territories() {
    static const panel_columns made = [] {
        panel_columns panel = published_panel(design::geo, 300000);
        std::vector<double> district(panel.true_effect.size() / 20);
        random::stream draw(random::place{.seed = 8, .purpose = 81});
        for (double& d : district) d = 0.2 * random::normal(draw);
        for (std::size_t r = 0; r < panel.value.size(); ++r) panel.value[r] += district[panel.group[r] / 20];
        panel.close();
        return panel;
    }();
    return made;
}

/// Root mean square of a / b - 1, and the mean of a / b.
struct agreement {
    double spread = 0.0, ratio = 0.0;
};
agreement agreement_of(const std::vector<double>& a, const std::vector<double>& b) {
    agreement out;
    for (std::size_t j = 0; j < a.size(); ++j) {
        const double x = a[j] / b[j];
        out.ratio += x / static_cast<double>(a.size());
        out.spread += (x - 1.0) * (x - 1.0) / static_cast<double>(a.size());
    }
    out.spread = std::sqrt(out.spread);
    return out;
}

/// Shrinkage of the territories, as a task to vary.
struct territories_task {
    std::shared_ptr<const value_added_result> made;
    shrinkage_equations equations;
    linked_managers linked;
    std::vector<double> B_h, gamma_variance;
    std::vector<std::uint32_t> market;
    shrinkage_task task;

    territories_task()
        : made([] {
              org::value_added_policy policy;
              policy.prior = org::effect_prior::independent;
              return estimated(territories(), policy);
          }()),
          equations(shrinkage_equations_of({}, made->problem, made->solver, made->fit, made->leverage)),
          linked(linked_of(made->problem.components)), B_h(weighted_border(made->problem, equations.weight)),
          gamma_variance(made->fit.Ct_inverse),
          market(markets_of_ten(linked.number.size())), task{.problem = made->problem,
                                                             .equations = equations,
                                                             .market = market,
                                                             .B_h = B_h,
                                                             .Q = made->problem.edge.size(),
                                                             .flop_limit = 1e12,
                                                             .seed = 5} {
        for (double& v : gamma_variance) v *= made->fit.sigma2_match;
        task.gamma_variance = gamma_variance;
    }
};

// At one and the same prior: means as exact as the factor's, variances within the error of 200 draws.
TEST(value_added_projection, has_the_posterior_of_the_factor) {
    const territories_task from;
    const run_context run;
    const manager_components& components = from.made->problem.components;
    const std::size_t Q = from.task.Q;
    for (const prior_kind kind : {prior_kind::exchangeable, prior_kind::market, prior_kind::network}) {
        shrinkage_system system =
            estimate::detail::system_of(run, from.equations, from.made->problem.graph, from.linked, kind, from.market);
        const auto shared = [&](double flop_limit) {
            return estimate::detail::shared_prior_of(run, from.made->problem, system, kind, from.linked, flop_limit,
                                                     200, 5)
                .value();
        };
        const estimate::detail::shared_prior before = shared(1e12), drawn_before = shared(0.0);
        EXPECT_NEAR(drawn_before.c, before.c, 0.01 * before.c);
        if (kind != prior_kind::exchangeable) {
            EXPECT_LT(agreement_of(drawn_before.centred_variance, before.centred_variance).spread, 0.06);
        }
        const estimate::detail::prior_variances prior{0.03, kind == prior_kind::exchangeable ? 1.0 : 0.02};
        system.pattern = pattern_of(system.graph, minimum_degree(system.graph, 1e12).order, false);
        const auto exact = estimate::detail::exact_posterior(system, from.equations, components, from.linked, kind,
                                                             prior, before.c, from.B_h, Q)
                               .value();
        const auto drawn = estimate::detail::drawn_posterior(run, from.made->problem, system, from.equations,
                                                             from.linked, prior, before.c, from.B_h, Q, 200, 5)
                               .value();
        for (std::size_t a = 0; a < from.linked.manager.size(); ++a) {
            EXPECT_NEAR(drawn.x[a], exact.x[a], 1e-6);
            for (std::size_t q = 0; q < Q; ++q) EXPECT_NEAR(drawn.D[a * Q + q], exact.D[a * Q + q], 1e-4);
        }
        // 200 draws of everything would leave 10 % of a variance; most of it is not drawn.
        const agreement centred = agreement_of(drawn.centred_variance, exact.centred_variance);
        EXPECT_LT(centred.spread, 0.04);
        EXPECT_NEAR(centred.ratio, 1.0, 0.01);
        const agreement whole = agreement_of(drawn.variance, exact.variance);
        EXPECT_LT(whole.spread, 0.2);
        EXPECT_NEAR(whole.ratio, 1.0, 0.2) << "the level is one number, off for all alike";
    }
}

TEST(value_added_projection, finds_the_prior_of_the_factor) {
    territories_task from;
    for (const prior_kind kind : {prior_kind::exchangeable, prior_kind::market, prior_kind::network}) {
        from.task.kind = kind;
        from.task.flop_limit = 1e12;
        const auto exact = shrink_network({}, from.task, true).value();
        from.task.flop_limit = 0.0;
        const auto drawn = shrink_network({}, from.task, true).value();
        const double total = exact.tau2 + exact.omega2;
        EXPECT_NEAR(drawn.tau2, exact.tau2, 0.02 * total);
        EXPECT_NEAR(drawn.omega2, exact.omega2, 0.02 * total);
        EXPECT_TRUE(drawn.converged && exact.converged);
    }
}

// Intervals keep their promise: 220 managers, spreads estimated, 300 panels with effects and noise drawn anew.
TEST(value_added_projection, intervals_cover_planted_effects) {
    panel_columns panel = random_panel(3, 600, 220, 12, 0.2);
    const std::size_t n = panel.n_groups;
    double inside = 0.0, of = 0.0;
    run_context run;
    for (std::uint32_t k = 0; k < 300; ++k) {
        random::stream draw(random::place{.seed = 31, .replication = k, .purpose = 82});
        std::vector<double> effect(n);
        for (double& e : effect) e = 0.2 * random::normal(draw);
        for (std::size_t r = 0; r < panel.value.size(); ++r)
            panel.value[r] = effect[panel.group[r]] + 0.6 * random::normal(draw);
        two_way problem = two_way_of(run, panel.rows(), false);
        manager_solver solver;
        solver.graph = &problem.graph;
        solver.components = &problem.components;
        solver.kind = solver_kind::jacobi;
        const least_squares fit = fit_two_way(problem, solver);
        const shrinkage_equations equations = shrinkage_equations_of(run, problem, solver, fit, {});
        const auto shrunk =
            shrink_network(run, {.problem = problem, .equations = equations, .draws = 40, .seed = k}).value();
        EXPECT_FALSE(shrunk.is_exact);
        problem.components.centre(effect);
        for (std::size_t j = 0; j < n; ++j) {
            const double gap = std::fabs(shrunk.centred_mean[j] - effect[j]);
            inside += gap <= numeric::interval_95 * shrunk.centred_sd[j] ? 1.0 : 0.0;
            of += 1.0;
        }
    }
    EXPECT_GE(inside / of, 0.94);
    EXPECT_LE(inside / of, 0.96);
}

// The whole estimate: nothing that is known of an exact one is missing.
TEST(value_added_projection, leaves_nothing_out_that_an_exact_run_has) {
    org::value_added_policy policy;
    const auto exact = estimated(territories(), policy);
    policy.exact_inverse_flops = 0;
    const auto drawn = estimated(territories(), policy);
    EXPECT_TRUE(exact->is_exact);
    EXPECT_FALSE(drawn->is_exact);
    EXPECT_FALSE(drawn->shrinkage.effects.is_exact);
    double gap = 0.0;
    for (std::size_t j = 0; j < exact->effect.size(); ++j) {
        EXPECT_NEAR(drawn->effect[j], exact->effect[j], 1e-7);
        EXPECT_EQ(std::isnan(drawn->low[j]), std::isnan(exact->low[j]));
        EXPECT_NEAR(drawn->se[j], exact->se[j], 0.25 * exact->se[j]);
        gap = std::max(gap, std::fabs(drawn->shrunk[j] - exact->shrunk[j]) / (exact->high[j] - exact->low[j]));
        EXPECT_NEAR(drawn->high[j] - drawn->low[j], exact->high[j] - exact->low[j],
                    0.1 * (exact->high[j] - exact->low[j]));
        EXPECT_NEAR(drawn->top_tenth[j], exact->top_tenth[j], 0.06);
    }
    EXPECT_LT(gap, 0.02);
}

// Section 4 of the design: leverages by projection are unbiased within 1 % where the plain ratio is not.
TEST(value_added_projection, inflation_is_unbiased_and_errors_agree_with_exact_ones) {
    panel_columns panel = published_panel(design::geo, 20000);
    panel.close();
    org::value_added_policy policy;
    policy.prior = org::effect_prior::independent;
    const auto exact = estimated(panel, policy);
    const auto projected = project_leverages({}, exact->problem, exact->solver, exact->fit, 400, 3).value();
    double ratio = 0.0, n = 0.0, rank = 0.0, drawn_rank = 0.0;
    for (std::size_t m = 0; m < projected.leverage.size(); ++m) {
        rank += exact->leverage[m];
        drawn_rank += projected.leverage[m];
        if (exact->leverage[m] > 0.97) continue;
        EXPECT_NEAR(projected.leverage[m], exact->leverage[m], 0.2);
        ratio += projected.inflate[m] * (1.0 - exact->leverage[m]);
        n += 1.0;
    }
    EXPECT_NEAR(ratio / n, 1.0, 0.01);
    const double movers_and_stayers = static_cast<double>(exact->problem.matches.n_units());
    EXPECT_NEAR(rank, movers_and_stayers + panel.n_groups - static_cast<double>(exact->problem.components.size()),
                1e-8);
    EXPECT_NEAR(drawn_rank, rank, 0.01 * rank);
    for (const org::effect_error form : {org::effect_error::leave_seller_out, org::effect_error::match_scale}) {
        policy.se = form;
        const auto alike = estimated(panel, policy);
        const auto drawn =
            projected_covariance({}, alike->problem, alike->solver, alike->fit, projected,
                                 form == org::effect_error::leave_seller_out, alike->fit.sigma2_match, 400, 3)
                .value();
        std::vector<double> se;
        for (const double v : drawn.variance) se.push_back(std::sqrt(v));
        const agreement managers = agreement_of(se, alike->se);
        EXPECT_NEAR(managers.ratio, 1.0, 0.03);
        const seller_effects sellers = effects_of_sellers(*alike);
        const seller_effects sellers_drawn = effects_of_sellers(alike->problem, alike->fit, drawn, alike->status);
        const agreement of_sellers = agreement_of(sellers_drawn.se, sellers.se);
        EXPECT_LT(managers.spread, form == org::effect_error::leave_seller_out ? 0.07 : 0.01);
        EXPECT_NEAR(of_sellers.ratio, 1.0, 0.01);
        EXPECT_LT(of_sellers.spread, 0.02);
    }
}

// Pitfall (t): what is drawn belongs to whom it is drawn for, and not to the thread that draws it.
TEST(value_added_projection, does_not_depend_on_threads) {
    panel_columns panel = random_panel(4, 700, 230, 10, 0.2, true, 1);
    for (const org::effect_prior prior :
         {org::effect_prior::exchangeable, org::effect_prior::market, org::effect_prior::network}) {
        org::value_added_policy policy;
        policy.prior = prior;
        policy.exact_inverse_flops = 0;
        policy.projections = 80;
        const std::vector<std::uint32_t> market = markets_of_ten(panel.n_groups);
        run_context run;
        const auto one = estimated(panel, policy, market, run);
        const seller_effects sellers = effects_of_sellers(*one);
        for (const int threads : {2, 8}) {
            run.threads = threads;
            const auto other = estimated(panel, policy, market, run);
            EXPECT_EQ(one->leverage, other->leverage);
            EXPECT_EQ(one->se, other->se);
            EXPECT_EQ(one->shrunk, other->shrunk);
            EXPECT_EQ(one->low, other->low);
            EXPECT_EQ(one->top_tenth, other->top_tenth);
            EXPECT_EQ(one->shrinkage.effects.tau2, other->shrinkage.effects.tau2);
            EXPECT_EQ(sellers.se, effects_of_sellers(*other).se);
        }
    }
}

// The rate of the inverse by three ways: dual numbers, a step into the complex plane, and the whole inverse.
TEST(selected_inverse, rates_agree_with_a_complex_step_and_with_the_whole_inverse) {
    using number = std::complex<double>;
    const panel_columns panel = random_panel(6, 60, 18, 8, 0.25);
    const two_way problem = two_way_of(run_context{}, panel.rows(), false);
    const manager_graph& graph = problem.graph;
    const std::size_t n = graph.size();
    const factor_pattern pattern = pattern_of(graph, minimum_degree(graph, 1e9).order, true);
    const auto K_link = [&](std::size_t a, std::size_t b) { return 0.1 + 0.01 * static_cast<double>(a * b % 7); };
    const auto K_diagonal = [](std::size_t j) { return 1.0 + 0.3 * static_cast<double>(j % 5); };
    const auto end_of = [&](std::uint64_t l) { // the vertex whose link l is
        return static_cast<std::size_t>(std::upper_bound(graph.first.begin(), graph.first.end(), l) -
                                        graph.first.begin()) -
               1;
    };
    constexpr double step = 1e-40;
    const auto by_dual = factor_of<dual>(
        graph, pattern, [&](std::uint64_t l) { return dual(graph.weight[l], K_link(end_of(l), graph.to[l])); },
        [&](std::uint32_t j) { return dual(graph.diagonal[j], K_diagonal(j)); });
    const auto by_step = factor_of<number>(
        graph, pattern, [&](std::uint64_t l) { return number(graph.weight[l], step * K_link(end_of(l), graph.to[l])); },
        [&](std::uint32_t j) { return number(graph.diagonal[j], step * K_diagonal(j)); });
    const auto duals = selected_inverse_of(pattern, by_dual);
    const auto steps = selected_inverse_of(pattern, by_step);
    // Gauss-Jordan in long double; grounded rows are those of the identity.
    std::vector<long double> Z(n * n, 0.0L), A(n * n, 0.0L), K(n * n, 0.0L);
    const auto free = [&](std::size_t j) { return pattern.grounded[j] == 0; };
    for (std::size_t j = 0; j < n; ++j) {
        Z[j * n + j] = 1.0L;
        A[j * n + j] = free(j) ? static_cast<long double>(graph.diagonal[j]) : 1.0L;
        K[j * n + j] = free(j) ? static_cast<long double>(K_diagonal(j)) : 0.0L;
        for (std::uint64_t l = graph.first[j]; l < graph.first[j + 1]; ++l) {
            if (!free(j) || !free(graph.to[l])) continue;
            A[j * n + graph.to[l]] = -static_cast<long double>(graph.weight[l]);
            K[j * n + graph.to[l]] = -static_cast<long double>(K_link(j, graph.to[l]));
        }
    }
    for (std::size_t p = 0; p < n; ++p) {
        const long double pivot = A[p * n + p];
        for (std::size_t c = 0; c < n; ++c) {
            A[p * n + c] /= pivot;
            Z[p * n + c] /= pivot;
        }
        for (std::size_t r = 0; r < n; ++r) {
            const long double f = A[r * n + p];
            for (std::size_t c = 0; c < n && r != p; ++c) {
                A[r * n + c] -= f * A[p * n + c];
                Z[r * n + c] -= f * Z[p * n + c];
            }
        }
    }
    std::size_t compared = 0;
    for (std::uint32_t j = 0; j < n; ++j)
        for (std::uint32_t k = 0; k <= j; ++k) {
            if (!free(j) || !free(k) || duals.at(j, k).value == 0.0) continue;
            long double rate = 0.0L, size = 0.0L;
            for (std::size_t a = 0; a < n; ++a)
                for (std::size_t b = 0; b < n; ++b) {
                    const long double term = Z[j * n + a] * K[a * n + b] * Z[b * n + k];
                    rate -= term;
                    size += std::fabs(term);
                }
            const auto exact = static_cast<double>(rate), digits = 1e-12 * static_cast<double>(size);
            EXPECT_NEAR(duals.at(j, k).rate, exact, digits);
            EXPECT_NEAR(steps.at(j, k).imag() / step, exact, digits);
            EXPECT_NEAR(duals.at(j, k).value, static_cast<double>(Z[j * n + k]),
                        1e-12 * std::fabs(duals.at(j, k).value));
            ++compared;
        }
    EXPECT_GT(compared, 2 * n);
}

} // namespace
