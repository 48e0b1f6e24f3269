// Solvers on graphs that are easy and hard: chains, stars, grids, trees, expanders, two expanders joined by one seller.
#include <algorithm>
#include <cmath>
#include <ctime>

#include <gtest/gtest.h>

#include "estimate/dense_oracle.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::test;

/// A panel of pairs: each link is a seller who had both managers, in two periods each.
panel_columns linked_pairs(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& links) {
    panel_columns out;
    random::stream draw(random::place{.seed = 41, .purpose = 81});
    std::uint32_t seller = 0;
    for (const auto& [a, b] : links) {
        for (std::uint32_t t = 0; t < 4; ++t) out.add(seller, t < 2 ? a : b, t, random::normal(draw));
        ++seller;
    }
    out.close();
    return out;
}

struct named_graph {
    const char* name;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> links;
};

std::vector<named_graph> graphs() {
    std::vector<named_graph> out;
    random::stream draw(random::place{.seed = 42, .purpose = 81});
    const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random::below(draw, n)); };
    for (const std::uint32_t districts : {50U, 500U, 5000U}) {
        named_graph chain{"chain", {}};
        for (std::uint32_t d = 0; d < districts; ++d) {
            for (std::uint32_t k = 0; k < 6; ++k) chain.links.push_back({4 * d + k % 4, 4 * d + (k + 1 + k / 4) % 4});
            if (d > 0) chain.links.push_back({4 * d - 1, 4 * d});
        }
        out.push_back(chain);
    }
    named_graph star{"star", {}}, barbell{"barbell", {}}, tree{"tree", {}}, grid{"grid", {}}, expander{"expander", {}};
    named_graph hub{"hub", {}}, joined{"two expanders", {}};
    for (std::uint32_t k = 1; k < 2000; ++k) star.links.push_back({0, k});
    for (std::uint32_t side = 0; side < 2; ++side)
        for (std::uint32_t k = 0; k < 4000; ++k)
            barbell.links.push_back({200 * side + below(200), 200 * side + below(200)});
    for (std::uint32_t k = 0; k < 50; ++k) barbell.links.push_back({k == 0 ? 0 : 400 + k - 1, k == 49 ? 200 : 400 + k});
    for (std::uint32_t k = 1; k < 4000; ++k) tree.links.push_back({k, (k - 1) / 2});
    for (std::uint32_t k = 0; k < 3600; ++k) {
        if (k % 60 != 59) grid.links.push_back({k, k + 1});
        if (k + 60 < 3600) grid.links.push_back({k, k + 60});
    }
    for (std::uint32_t k = 0; k < 8000; ++k) expander.links.push_back({below(2000), below(2000)});
    for (std::uint32_t k = 1; k < 6000; ++k) hub.links.push_back({k, below(std::min(k, 1 + k / 20))});
    for (std::uint32_t side = 0; side < 2; ++side)
        for (std::uint32_t k = 0; k < 6000; ++k)
            joined.links.push_back({1500 * side + below(1500), 1500 * side + below(1500)});
    joined.links.push_back({0, 1500});
    for (named_graph* g : {&star, &barbell, &tree, &grid, &expander, &hub, &joined}) {
        g->links.erase(
            std::remove_if(g->links.begin(), g->links.end(), [](const auto& l) { return l.first == l.second; }),
            g->links.end());
        out.push_back(*g);
    }
    return out;
}

TEST(manager_solver, approximate_elimination_needs_few_iterations_on_every_graph) {
    for (const named_graph& graph : graphs()) {
        const panel_columns panel = linked_pairs(graph.links);
        const two_way problem = two_way_of(run_context{}, panel.rows(), false);
        manager_solver exact;
        exact.graph = &problem.graph;
        exact.components = &problem.components;
        const auto order = minimum_degree(problem.graph, 1e12);
        ASSERT_TRUE(order.is_complete(panel.n_groups));
        exact.pattern = pattern_of(problem.graph, order.order, true);
        exact.factor = factor_of(problem.graph, exact.pattern);
        std::vector<double> truth(problem.b), x(problem.b);
        solve_managers(exact, truth, 1);
        manager_solver solver = exact;
        solver.kind = solver_kind::approximate;
        solver.approximate = approximate_factor_of(problem.graph, 1);
        ASSERT_TRUE(solve_managers(solver, x, 1)) << graph.name;
        EXPECT_LE(solver.iterations, 80) << graph.name << " " << panel.n_groups;
        double most = 0.0, size = 0.0;
        for (std::size_t j = 0; j < x.size(); ++j) {
            most = std::max(most, std::fabs(x[j] - truth[j]));
            size = std::max(size, std::fabs(truth[j]));
        }
        EXPECT_LE(most, 1e-8 * size) << graph.name;
    }
}

TEST(manager_solver, order_has_the_fill_of_a_good_one) {
    // A k x k grid by nested dissection has about 31 n log2(n) / 4 entries; minimum degree comes close, natural order
    // not.
    named_graph grid{"grid", {}};
    for (std::uint32_t k = 0; k < 3600; ++k) {
        if (k % 60 != 59) grid.links.push_back({k, k + 1});
        if (k + 60 < 3600) grid.links.push_back({k, k + 60});
    }
    const panel_columns panel = linked_pairs(grid.links);
    const two_way problem = two_way_of(run_context{}, panel.rows(), false);
    const auto order = minimum_degree(problem.graph, 1e12);
    std::vector<std::uint32_t> natural(3600);
    for (std::uint32_t k = 0; k < 3600; ++k) natural[k] = k;
    const auto good = pattern_of(problem.graph, order.order, true).n_entries();
    EXPECT_LT(good, 60000U);
    EXPECT_GT(pattern_of(problem.graph, natural, true).n_entries(), 200000U);
    EXPECT_TRUE(minimum_degree(problem.graph, 1000.0).order.empty()) << "stops where it becomes too dear";
}

TEST(manager_solver, order_has_everybody_once_and_counts_what_the_factor_costs) {
    for (named_graph& graph : graphs()) {
        const auto n = static_cast<std::uint32_t>(graph.links.size());
        for (std::uint32_t k = 0; k < n; ++k) // three managers linked to a fifth of all others each
            if (k % 5 < 3 && graph.links[k].first > 3) graph.links.push_back({graph.links[k].first, k % 5});
        const panel_columns panel = linked_pairs(graph.links);
        const two_way problem = two_way_of(run_context{}, panel.rows(), false);
        const auto order = minimum_degree(problem.graph, 1e12);
        std::vector<std::uint32_t> sorted(order.order);
        std::sort(sorted.begin(), sorted.end());
        ASSERT_EQ(sorted.size(), panel.n_groups) << graph.name;
        for (std::uint32_t j = 0; j < panel.n_groups; ++j) ASSERT_EQ(sorted[j], j) << graph.name;
        const factor_pattern pattern = pattern_of(problem.graph, order.order, false);
        double flops = 0.0;
        for (std::size_t k = 0; k < pattern.size(); ++k) {
            const auto count = static_cast<double>(pattern.first[k + 1] - pattern.first[k]);
            flops += count * (count + 2.0);
        }
        EXPECT_EQ(order.flops, flops) << graph.name;
    }
}

// A few large companies among very many small ones: looking through their links at each elimination would be quadratic.
TEST(manager_solver, order_is_found_in_near_linear_time_where_a_few_managers_are_linked_to_all) {
    const auto spent = [](std::uint32_t n) {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> links;
        for (std::uint32_t k = 5; k < n; ++k) {
            links.push_back({k, k % 5});
            links.push_back({k, (k / 5) % 5});
            if (k % 7 != 0 && k + 1 < n) links.push_back({k, k + 1});
        }
        links.erase(std::remove_if(links.begin(), links.end(), [](const auto& l) { return l.first == l.second; }),
                    links.end());
        const panel_columns panel = linked_pairs(links);
        const two_way problem = two_way_of(run_context{}, panel.rows(), false);
        const std::clock_t begin = std::clock();
        EXPECT_TRUE(minimum_degree(problem.graph, 1e9).is_complete(n));
        return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    };
    EXPECT_LT(spent(160000), 2.0) << "looking at each link of a hub each time takes a minute";
}

// A million rows; ten million and more in the benchmarks.
TEST(manager_solver, effects_alone_agree_with_the_exact_fit_on_every_design) {
    for (const design kind : {design::easy, design::geo, design::hard, design::akm}) {
        panel_columns panel = published_panel(kind, 1000000);
        panel.close();
        const effects_only fast = estimate_effects(run_context{}, panel.rows(), true, 1);
        EXPECT_TRUE(fast.converged);
        EXPECT_LE(fast.error_bound, 1e-6);
        const two_way problem = two_way_of(run_context{}, panel.rows(), true);
        manager_solver solver;
        solver.graph = &problem.graph;
        solver.components = &problem.components;
        const auto order = minimum_degree(problem.graph, 1e12);
        solver.pattern = pattern_of(problem.graph, order.order, true);
        solver.factor = factor_of(problem.graph, solver.pattern);
        const least_squares exact = fit_two_way(problem, solver);
        for (std::size_t j = 0; j < panel.n_groups; ++j) ASSERT_NEAR(fast.psi[j], exact.psi[j], 1e-9);
    }
}

TEST(manager_solver, effects_alone_are_the_same_bytes_for_any_order_of_rows_and_number_of_threads) {
    panel_columns panel = published_panel(design::geo, 200000); // 2,000 sellers: two blocks, seven buckets
    panel.close();
    const effects_only base = estimate_effects(run_context{}, panel.rows(), true, 1);
    std::vector<std::size_t> order(panel.value.size());
    for (std::size_t r = 0; r < order.size(); ++r) order[r] = r;
    random::stream draw(random::place{.seed = 44, .purpose = 81});
    for (std::size_t r = order.size(); r > 1; --r) std::swap(order[r - 1], order[random::below(draw, r)]);
    panel_columns turned;
    for (const std::size_t r : order) turned.add(panel.unit[r], panel.group[r], panel.period[r], panel.value[r]);
    turned.close();
    for (const int threads : {1, 2, 8}) {
        run_context run;
        run.threads = threads;
        EXPECT_EQ(estimate_effects(run, panel.rows(), true, 1).psi, base.psi) << threads;
        EXPECT_EQ(estimate_effects(run, turned.rows(), true, 1).psi, base.psi) << threads;
        EXPECT_EQ(estimate_effects(run, turned.rows(), true, 1).gamma, base.gamma) << threads;
    }
}

/// The largest difference to effects from a factor without error.
double error_of(const two_way& problem, const effects_only& made) {
    manager_solver solver;
    solver.graph = &problem.graph;
    solver.components = &problem.components;
    solver.pattern = pattern_of(problem.graph, minimum_degree(problem.graph, 1e12).order, true);
    solver.factor = factor_of(problem.graph, solver.pattern);
    const least_squares exact = fit_two_way(problem, solver);
    double most = 0.0;
    for (std::size_t j = 0; j < exact.psi.size(); ++j) most = std::max(most, std::fabs(made.psi[j] - exact.psi[j]));
    return most;
}

/// A house account: one seller who was under every manager; others were under two each, within groups of `circle`.
panel_columns house_account(std::uint32_t n_managers, std::uint32_t circle) {
    panel_columns out;
    random::stream draw(random::place{.seed = 45, .purpose = 81});
    for (std::uint32_t j = 0; j < n_managers; ++j) {
        out.add(0, j, j % 24, 0.01 * (j % 50) + 0.2 * random::normal(draw));
        for (std::uint32_t t = 0; t < 8; ++t) {
            const std::uint32_t other = j - j % circle + (j + 1) % circle;
            out.add(1 + j, t < 4 ? j : std::min(other, n_managers - 1), (j + t) % 24,
                    0.01 * (j % 50) + 0.1 * t + 0.2 * random::normal(draw));
        }
    }
    out.close();
    return out;
}

// What a seller with more than 64 managers says is kept as that many links to one more vertex, not as links of each
// pair.
TEST(manager_solver, a_seller_with_very_many_managers_is_a_vertex_and_changes_no_effect) {
    const panel_columns panel = house_account(900, 6);
    const run_context run;
    const two_way pairs = two_way_of(run, panel.rows(), true);
    const two_way hub = two_way_of(run, panel.rows(), true, two_way_parts::effects);
    ASSERT_EQ(hub.graph.n_hubs(), 1U);
    EXPECT_GT(pairs.graph.n_links(), 400000U);
    EXPECT_LT(hub.graph.to_factor().n_links(), 2000U);
    EXPECT_EQ(hub.components.of, pairs.components.of) << "circles hang together by the house account alone";
    EXPECT_EQ(hub.components.size(), 1U);
    std::vector<double> x(panel.n_groups), y(x), z(x);
    for (std::size_t j = 0; j < x.size(); ++j) x[j] = static_cast<double>(j * j % 101);
    pairs.graph.apply(x, y);
    hub.graph.apply(x, z);
    for (std::size_t j = 0; j < x.size(); ++j) {
        EXPECT_NEAR(y[j], z[j], 1e-10 * std::fabs(x[j] + 100.0));
        EXPECT_NEAR(pairs.graph.diagonal[j], hub.graph.diagonal[j], 1e-12 * pairs.graph.diagonal[j]);
    }
    const effects_only made = effects_of(run, hub, 1);
    EXPECT_EQ(made.kind, solver_kind::exact) << "the extended graph is all but a tree of circles";
    EXPECT_LE(error_of(pairs, made), 1e-9);
    for (const solver_kind kind : {solver_kind::jacobi, solver_kind::approximate}) {
        manager_solver solver;
        solver.graph = &hub.graph;
        solver.components = &hub.components;
        solver.kind = kind;
        if (kind == solver_kind::approximate) solver.approximate = approximate_factor_of(hub.graph.to_factor(), 1);
        std::vector<double> b(hub.b), exact(hub.b);
        EXPECT_TRUE(solve_managers(solver, b, 1));
        EXPECT_LE(solver.iterations, kind == solver_kind::approximate ? 80 : 2000);
        ASSERT_TRUE(estimate::detail::make_exact(solver));
        solve_managers(solver, exact, 1);
        for (std::size_t j = 0; j < b.size(); ++j) EXPECT_NEAR(b[j], exact[j], 1e-9);
    }
}

TEST(manager_solver, a_seller_with_ten_thousand_managers_costs_as_many_links_and_fits_like_others) {
    const panel_columns panel = house_account(10000, 5);
    const two_way problem = two_way_of(run_context{}, panel.rows(), true);
    EXPECT_EQ(problem.graph.n_hubs(), 1U);
    EXPECT_LT(problem.graph.n_links(), 20000U);
    manager_solver solver;
    solver.graph = &problem.graph;
    solver.components = &problem.components;
    estimate::detail::choose_iterative(solver, problem.b, static_cast<double>(problem.edge.size()), 1);
    const least_squares fit = fit_two_way(problem, solver);
    EXPECT_TRUE(fit.converged);
    EXPECT_LE(fit.solve_error_bound, 1e-6);
    const effects_only alone = estimate_effects(run_context{}, panel.rows(), true, 1);
    for (std::size_t j = 0; j < panel.n_groups; ++j) ASSERT_NEAR(fit.psi[j], alone.psi[j], 1e-8);
}

TEST(manager_solver, few_managers_who_are_all_linked_are_solved_by_a_dense_factor) {
    panel_columns panel = published_panel(design::easy, 80000); // 80 managers, three components' worth of rows
    for (std::uint32_t k = 0; k < 3; ++k)
        for (std::uint32_t t = 0; t < 4; ++t)
            panel.add(900 + k, 80 + (k + t) % 2, t, 0.1 * k + 0.3 * t); // a second one
    panel.true_effect.resize(82);
    panel.close();
    const two_way problem = two_way_of(run_context{}, panel.rows(), true);
    ASSERT_EQ(problem.components.size(), 2U);
    const effects_only made = effects_of(problem, 1);
    EXPECT_EQ(made.kind, solver_kind::dense);
    EXPECT_TRUE(made.converged);
    EXPECT_LE(error_of(problem, made), 1e-9);

    manager_solver dense, sparse;
    for (manager_solver* solver : {&dense, &sparse}) {
        solver->graph = &problem.graph;
        solver->components = &problem.components;
    }
    dense.kind = solver_kind::dense;
    dense.dense = dense_factor_of(problem.graph, problem.components);
    sparse.pattern = pattern_of(problem.graph, minimum_degree(problem.graph, 1e12).order, true);
    sparse.factor = factor_of(problem.graph, sparse.pattern);
    std::vector<double> x(problem.b), y(problem.b);
    solve_managers(dense, x, 1);
    solve_managers(sparse, y, 1);
    for (std::size_t j = 0; j < x.size(); ++j) EXPECT_NEAR(x[j], y[j], 1e-11);
}

TEST(manager_solver, cliques_sampled_twice_need_fewer_iterations) {
    panel_columns panel = published_panel(design::geo, 1000000);
    panel.close();
    const two_way problem = two_way_of(run_context{}, panel.rows(), false);
    manager_solver solver;
    solver.graph = &problem.graph;
    solver.components = &problem.components;
    solver.kind = solver_kind::approximate;
    std::vector<int> iterations;
    for (const std::uint32_t copies : {1U, 2U}) {
        solver.approximate = approximate_factor_of(problem.graph, 1, copies);
        solver.iterations = 0;
        std::vector<double> x(problem.b);
        EXPECT_TRUE(solve_managers(solver, x, 1));
        iterations.push_back(solver.iterations);
    }
    EXPECT_LT(iterations[1], iterations[0]);
}

// Thirty iterations are not enough for any of the cheap ways on this chain.
TEST(manager_solver, closer_factors_follow_where_one_does_not_do_and_the_end_is_said) {
    panel_columns panel = published_panel(design::geo, 1000000);
    panel.close();
    const two_way problem = two_way_of(run_context{}, panel.rows(), true);
    pcg_limits limits;
    limits.most = 8;
    const effects_only repaired = effects_of(run_context{}, problem, 1, limits);
    EXPECT_TRUE(repaired.converged);
    EXPECT_EQ(repaired.kind, solver_kind::exact) << "after Jacobi, and cliques sampled twice, with 8 iterations each";
    EXPECT_LE(error_of(problem, repaired), 1e-9);
    limits.may_repair = false;
    const effects_only given_up = effects_of(run_context{}, problem, 1, limits);
    EXPECT_FALSE(given_up.converged);
    EXPECT_GT(error_of(problem, given_up), 1e-9);

    manager_solver solver; // the same for one right-hand side, as the whole analysis solves
    solver.graph = &problem.graph;
    solver.components = &problem.components;
    solver.kind = solver_kind::jacobi;
    solver.most_iterations = 10;
    std::vector<double> x(problem.b), exact(problem.b);
    EXPECT_TRUE(solve_managers(solver, x, 1));
    EXPECT_TRUE(estimate::detail::make_exact(solver));
    solve_managers(solver, exact, 1);
    for (std::size_t j = 0; j < x.size(); ++j) EXPECT_NEAR(x[j], exact[j], 1e-9);
}

// A residual that is carried along loses touch with the true one; the exit looks at the true one and goes on.
TEST(manager_solver, a_residual_that_is_not_true_is_found_at_the_exit) {
    panel_columns panel = published_panel(design::geo, 200000);
    panel.close();
    const two_way problem = two_way_of(run_context{}, panel.rows(), true);
    manager_solver solver;
    solver.graph = &problem.graph;
    solver.components = &problem.components;
    solver.kind = solver_kind::jacobi;
    std::vector<double> right(problem.b);
    right.insert(right.end(), problem.edge.d.begin(), problem.edge.d.end());
    double squares = 0.0;
    for (const double q : problem.matches.squares) squares += q;
    estimate::detail::joint_system system(run_context{}, problem);
    estimate::detail::energy_iteration iteration(system, right, squares, static_cast<double>(panel.value.size()));
    const estimate::detail::chebyshev_steps steps;
    ASSERT_TRUE(iteration.run(solver, steps, 2000, 2e-8));
    EXPECT_TRUE(iteration.residual_is_true(solver, steps, 2e-8));
    const std::vector<double> before = iteration.solution();
    iteration.solution()[3] += 1e-3; // as if the sums had drifted
    EXPECT_FALSE(iteration.residual_is_true(solver, steps, 2e-8));
    ASSERT_TRUE(iteration.run(solver, steps, 2000, 2e-8)) << "goes on from the true residual";
    EXPECT_TRUE(iteration.residual_is_true(solver, steps, 2e-8));
    std::vector<double> psi(iteration.solution().begin(), iteration.solution().begin() + panel.n_groups);
    std::vector<double> expected(before.begin(), before.begin() + panel.n_groups);
    problem.components.centre(psi);
    problem.components.centre(expected);
    for (std::size_t j = 0; j < psi.size(); ++j) EXPECT_NEAR(psi[j], expected[j], 1e-8);
}

/// Effects of managers by sweeping out sellers, periods and managers in turn, with the acceleration of Irons and Tuck,
/// until no effect moves by more than `stop`, or, looked at every 40 rounds, the sum of squares does not: what packages
/// of fixed effects do by default.
std::vector<double> by_irons_tuck(const panel_columns& panel, double stop, int most, int& rounds) {
    const std::size_t n = panel.n_groups + panel.n_periods;
    std::vector<double> seller(panel.n_units);
    std::vector<double> n_seller(panel.n_units), n_group(panel.n_groups), n_period(panel.n_periods);
    for (std::size_t r = 0; r < panel.value.size(); ++r) {
        n_seller[panel.unit[r]] += 1.0;
        n_group[panel.group[r]] += 1.0;
        n_period[panel.period[r]] += 1.0;
    }
    const auto sweep = [&](std::vector<double>& x) { // managers, then periods
        std::fill(seller.begin(), seller.end(), 0.0);
        for (std::size_t r = 0; r < panel.value.size(); ++r)
            seller[panel.unit[r]] += panel.value[r] - x[panel.group[r]] - x[panel.n_groups + panel.period[r]];
        for (std::size_t i = 0; i < seller.size(); ++i) seller[i] /= n_seller[i];
        std::vector<double> sum(panel.n_groups, 0.0), in_period(panel.n_periods, 0.0);
        for (std::size_t r = 0; r < panel.value.size(); ++r)
            sum[panel.group[r]] += panel.value[r] - seller[panel.unit[r]] - x[panel.n_groups + panel.period[r]];
        for (std::size_t j = 0; j < sum.size(); ++j) x[j] = sum[j] / n_group[j];
        for (std::size_t r = 0; r < panel.value.size(); ++r)
            in_period[panel.period[r]] += panel.value[r] - seller[panel.unit[r]] - x[panel.group[r]];
        for (std::size_t t = 0; t < in_period.size(); ++t) x[panel.n_groups + t] = in_period[t] / n_period[t];
    };
    std::vector<double> x(n, 0.0);
    double squares = 0.0;
    for (rounds = 0; rounds < most; ++rounds) {
        std::vector<double> one(x);
        sweep(one);
        std::vector<double> two(one);
        sweep(two);
        double moved = 0.0, along = 0.0, size = 0.0;
        for (std::size_t k = 0; k < n; ++k) {
            moved = std::max(moved, std::fabs(one[k] - x[k]) / (0.1 + std::fabs(x[k])));
            const double bend = two[k] - 2.0 * one[k] + x[k];
            along += (two[k] - one[k]) * bend;
            size += bend * bend;
        }
        for (std::size_t k = 0; k < n; ++k) x[k] = size > 0.0 ? two[k] - along / size * (two[k] - one[k]) : two[k];
        if (moved < stop) break;
        if (rounds % 40 != 39) continue;
        double now = 0.0;
        for (std::size_t r = 0; r < panel.value.size(); ++r) {
            const double e =
                panel.value[r] - seller[panel.unit[r]] - x[panel.group[r]] - x[panel.n_groups + panel.period[r]];
            now += e * e;
        }
        if (std::fabs(now - squares) / (0.1 + now) < stop) break;
        squares = now;
    }
    x.resize(panel.n_groups);
    return x;
}

// On a weak chain every sweep moves little, long before the ends of the chain have heard of each other.
TEST(manager_solver, alternating_projections_stop_early_and_wrong_on_a_weak_chain) {
    panel_columns panel = published_panel(design::hard, 200000);
    panel.close();
    int rounds = 0;
    std::vector<double> swept = by_irons_tuck(panel, 1e-6, 2000, rounds);
    EXPECT_LT(rounds, 2000) << "it says that it has converged";
    const two_way problem = two_way_of(run_context{}, panel.rows(), true);
    problem.components.centre(swept);
    const effects_only made = effects_of(problem, 1);
    double most = 0.0;
    for (std::size_t j = 0; j < swept.size(); ++j) most = std::max(most, std::fabs(swept[j] - made.psi[j]));
    EXPECT_GT(most, 1e-3);
    EXPECT_LE(error_of(problem, made), 1e-9);
}

} // namespace
