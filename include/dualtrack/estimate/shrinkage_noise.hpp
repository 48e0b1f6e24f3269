// The noise of a seller's result under one manager: part of it averages out over months, part does not (a territory, a
// product). Matches are weighted accordingly before effects are shrunk.
//   h_m = 1 / (nu2 + s2 / n_m) ;   n_m e_m^2 / (1 - P_m) regressed on (n_m, 1), weights 1 - P_m, coefficients >= 0
//   S_h, b_h: the managers' equations with h for n, net of periods and controls;   sigma2_h = sum h e^2 / df_match
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/least_squares.hpp>

namespace dualtrack::estimate {

/// The managers' equations as shrinkage sees them.
struct shrinkage_equations {
    manager_graph graph;        // S_h
    std::vector<double> b;      // b_h
    std::vector<double> weight; // h of each match
    double sigma2 = 0.0, nu2 = 0.0;

    explicit shrinkage_equations(std::pmr::memory_resource* memory) : graph(memory) {}
};

namespace detail {

/// nu2 and s2 by weighted least squares, not below 0; nu2 = 0 where fewer than 30 matches speak.
inline void fit_noise(const two_way& problem, const least_squares& fit, std::span<const double> leverage, double& nu2,
                      double& s2) {
    double w_sum = 0.0, wx = 0.0, wxx = 0.0, wy = 0.0, wxy = 0.0;
    std::size_t count = 0;
    const match_columns& matches = problem.matches;
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit)
        for (std::size_t m = matches.first_match[unit];
             m < matches.first_match[unit + 1] && matches.matches_of(unit) > 1; ++m) {
            const double w = 1.0 - leverage[m];
            if (!(w > 1e-6)) continue;
            const double x = matches.weight[m];
            const double y = x * fit.match_residual[m] * fit.match_residual[m] / w;
            w_sum += w;
            wx += w * x;
            wxx += w * x * x;
            wy += w * y;
            wxy += w * x * y;
            ++count;
        }
    nu2 = 0.0;
    s2 = 0.0;
    constexpr std::size_t fewest = 30;
    if (count < fewest) return;
    const double determinant = w_sum * wxx - wx * wx;
    if (!(determinant > 1e-9 * w_sum * wxx)) return; // all matches weigh the same
    nu2 = (w_sum * wxy - wx * wy) / determinant;
    s2 = (wxx * wy - wx * wxy) / determinant;
    if (nu2 < 0.0) {
        nu2 = 0.0;
        s2 = wy / w_sum;
    } else if (s2 < 0.0) {
        s2 = 0.0;
        nu2 = wxy / wxx;
    }
}

} // namespace detail

/// The equations of shrinkage. @param leverage of each match; empty: nu2 = 0. @param seed of an approximate factor.
/// @pre df_match > 0
inline shrinkage_equations shrinkage_equations_of(const run_context& run, const two_way& problem,
                                                  const manager_solver& solver, const least_squares& fit,
                                                  std::span<const double> leverage, std::uint64_t seed = 1) {
    const match_columns& matches = problem.matches;
    const auto n_groups = static_cast<std::uint32_t>(problem.graph.size());
    shrinkage_equations out(run.memory);
    double s2 = 0.0;
    if (!leverage.empty()) detail::fit_noise(problem, fit, leverage, out.nu2, s2);
    out.weight.assign(matches.weight.begin(), matches.weight.end());
    if (out.nu2 > 0.0)
        for (double& h : out.weight) h = 1.0 / (out.nu2 + s2 / h);
    out.graph = manager_graph_of(run, matches, n_groups, out.weight);
    out.b.assign(n_groups, 0.0);
    std::vector<double> deviation(matches.size(), 0.0); // of a match's net mean from the seller's, weighted by h
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::size_t begin = matches.first_match[unit];
        const std::size_t end = matches.first_match[unit + 1];
        if (end - begin < 2) continue;
        double total = 0.0;
        double mean = 0.0;
        for (std::size_t m = begin; m < end; ++m) {
            deviation[m] = matches.sum[m] / matches.weight[m] - fit.match_border[m];
            total += out.weight[m];
            mean += out.weight[m] * deviation[m];
        }
        mean /= total;
        for (std::size_t m = begin; m < end; ++m) {
            deviation[m] -= mean;
            out.b[matches.group[m]] += out.weight[m] * deviation[m];
        }
    }
    out.sigma2 = fit.sigma2_match;
    if (!(out.nu2 > 0.0)) return out;
    std::vector<double> psi(out.b); // refitted with h
    manager_solver own;
    own.graph = &out.graph;
    own.components = solver.components;
    own.kind = solver.kind;
    if (solver.kind == solver_kind::exact) {
        own.pattern = solver.pattern;
        own.factor = factor_of(out.graph, own.pattern);
    } else if (solver.kind == solver_kind::approximate) {
        own.approximate = approximate_factor_of(out.graph, seed);
    } else if (solver.kind == solver_kind::dense) {
        own.dense = dense_factor_of(out.graph, *solver.components);
    }
    solve_managers(own, psi, 1, 1e-8);
    double squares = 0.0;
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::size_t begin = matches.first_match[unit];
        const std::size_t end = matches.first_match[unit + 1];
        if (end - begin < 2) continue;
        double total = 0.0;
        double level = 0.0;
        for (std::size_t m = begin; m < end; ++m) {
            total += out.weight[m];
            level += out.weight[m] * psi[matches.group[m]];
        }
        level /= total;
        for (std::size_t m = begin; m < end; ++m) {
            const double e = deviation[m] - (psi[matches.group[m]] - level);
            squares += out.weight[m] * e * e;
        }
    }
    out.sigma2 = squares / static_cast<double>(fit.df_match);
    return out;
}

/// B with h for n: [n_groups][border].
inline std::vector<double> weighted_border(const two_way& problem, std::span<const double> weight) {
    const match_columns& matches = problem.matches;
    const panel_rows& rows = problem.rows.rows;
    const std::size_t Q = problem.edge.size();
    std::vector<double> out(problem.graph.size() * Q, 0.0);
    if (Q == 0) return out;
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::size_t begin = matches.first_match[unit];
        const std::size_t end = matches.first_match[unit + 1];
        if (end - begin < 2) continue;
        double total = 0.0;
        for (std::size_t m = begin; m < end; ++m) total += weight[m];
        for_spells(matches, problem.rows, unit, [&](std::size_t match, std::size_t from, std::size_t to) {
            const double factor = weight[match] / matches.weight[match];
            const auto add = [&](std::size_t column, double x) {
                for (std::size_t m = begin; m < end; ++m)
                    out[matches.group[m] * Q + column] += ((m == match ? 1.0 : 0.0) - weight[m] / total) * x;
            };
            for (std::size_t row = from; row < to; ++row) {
                const double w = factor * problem.rows.weight_of(row);
                if (problem.edge.n_periods > 0) add(rows.period[row], w);
                for (std::size_t k = 0; k < problem.edge.n_controls; ++k)
                    add(problem.edge.n_periods + k, w * problem.edge.control[k][row]);
            }
        });
    }
    return out;
}

} // namespace dualtrack::estimate
