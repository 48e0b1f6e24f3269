// The same sellers under different managers: effects of managers, periods and controls by weighted least squares, with
// every seller's own level taken out.
//     [ S  B ] [psi  ]   [ b ]
//     [ B' C ] [gamma] = [ d ] ,   U = S^+ B ,  Ct = C - B'U ,  gamma = Ct^+ (d - U'b) ,  psi = S^+ b - U gamma
//   RSS = sum w e^2 ;   df_row = N - R - (M - components) - rank Ct ;   df_match = K - R - (M - components)
// Connected is not enough once periods are in: where all of a team change managers on one day, the difference between
// the managers *is* the effect of the period. Null vectors v of Ct tell: managers with (U v)_j != 0 are confounded.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <dualtrack/estimate/border.hpp>
#include <dualtrack/estimate/dense.hpp>
#include <dualtrack/estimate/manager_solver.hpp>

namespace dualtrack::estimate {

/// A panel brought to matches, graph and border.
struct two_way {
    ordered_rows rows;
    match_columns matches;
    manager_graph graph;
    manager_components components;
    border edge;
    std::vector<double> b;             // right-hand side of the managers
    std::vector<std::uint64_t> n_rows; // of each manager

    explicit two_way(std::pmr::memory_resource* memory) : rows(memory), matches(memory), graph(memory), edge(memory) {}
};

/// What is kept of a panel: all, or only what effects need.
enum class two_way_parts : std::uint8_t { all, effects };

inline two_way two_way_of(const run_context& run, const panel_rows& panel, bool with_periods,
                          two_way_parts parts = two_way_parts::all) {
    two_way out(run.memory);
    out.rows = order_rows(run, panel);
    period_sums periods;
    out.matches = collapse(run, out.rows, with_periods ? &periods : nullptr);
    const std::uint32_t n_groups = panel.n_groups;
    std::vector<double> group_weight(n_groups, 0.0);
    out.n_rows.assign(n_groups, 0);
    for (std::size_t m = 0; m < out.matches.size(); ++m) {
        group_weight[out.matches.group[m]] += out.matches.weight[m];
        out.n_rows[out.matches.group[m]] += out.matches.n_rows[m];
    }
    out.edge = border_of(run, out.rows, out.matches, periods);
    out.b = group_sums(out.matches, n_groups, out.matches.sum);
    if (parts == two_way_parts::effects) { // before the links, which are the largest part
        out.rows = ordered_rows(run.memory);
        const auto forget = [&](auto& column) { std::decay_t<decltype(column)>(run.memory).swap(column); };
        for (auto* column : {&out.matches.n_rows, &out.matches.first_spell, &out.matches.spell_row,
                             &out.matches.spell_match, &out.matches.first_presence, &out.matches.presence})
            forget(*column);
        for (auto* column : {&out.matches.origin, &out.matches.shift, &out.matches.sum}) forget(*column);
    }
    // Everything else than effects needs who is linked to whom, unless these are too many for anything exact.
    const std::uint32_t most_managers = parts == two_way_parts::effects ? 64 : 2000;
    out.graph = manager_graph_of(run, out.matches, n_groups, out.matches.weight, most_managers);
    out.components = components_of(out.graph, group_weight, out.n_rows);
    return out;
}

struct least_squares {
    std::vector<double> psi;              // row-weighted mean 0 in every component; [n_groups]
    std::vector<double> gamma;            // periods (mean 0), controls in their own spread; [border]
    std::vector<double> U;                // S^+ B; [n_groups][border]
    independent_columns Ct;               // factored on its independent columns
    std::vector<double> Ct_inverse;       // on those; [border][border]
    std::vector<std::uint8_t> confounded; // managers whose effect is a period's; [n_groups]
    std::vector<std::uint32_t> collinear; // controls that were dropped
    std::vector<double> match_border;     // mean of z'gamma in a match less that of the seller; [n_matches]
    std::vector<double> unit_border;      // mean of z'gamma of a seller; [n_units]
    std::vector<double> match_residual;   // e_m
    double rss = 0.0, rss_match = 0.0;
    std::int64_t df_row = 0, df_match = 0;
    /// Whether anything is left to judge errors by: periods may use up what the matches leave.
    [[nodiscard]] bool has_df() const noexcept { return df_row > 0 && df_match > 0; }
    double sigma2_row = 0.0, sigma2_match = 0.0; // 0 without degrees of freedom
    double solve_error_bound = 0.0;              // of any contrast, in its own homoskedastic standard errors
    bool converged = true;
};

namespace detail {

/// Sum over a seller's managers of p_ik psi_k.
inline double own_mean(const match_columns& matches, std::size_t unit, std::span<const double> psi) noexcept {
    double sum = 0.0;
    for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1]; ++m)
        sum += matches.weight[m] * psi[matches.group[m]];
    return sum / matches.unit_weight[unit];
}

/// One step towards the solution: adds what the residual of both equations calls for. Returns the energy of the step.
inline double refine(const two_way& problem, const manager_solver& solver, least_squares& fit) {
    const std::size_t n = problem.graph.size();
    const std::size_t Q = problem.edge.size();
    std::vector<double> r(n, 0.0);
    problem.graph.apply(fit.psi, r);
    std::vector<double> border_rest(problem.edge.d);
    for (std::size_t j = 0; j < n; ++j) {
        const auto row = problem.edge.row(j);
        double sum = problem.b[j] - r[j];
        for (std::size_t q = 0; q < Q; ++q) {
            sum -= row[q] * fit.gamma[q];
            border_rest[q] -= row[q] * fit.psi[j];
        }
        r[j] = sum;
    }
    for (std::size_t q = 0; q < Q; ++q)
        for (std::size_t p = 0; p < Q; ++p) border_rest[q] -= problem.edge.C[q * Q + p] * fit.gamma[p];
    project(*solver.components, r, 1);
    std::vector<double> y(r);
    fit.converged = solve_managers(solver, y, 1) && fit.converged;
    double energy = 0.0;
    for (std::size_t j = 0; j < n; ++j) energy += r[j] * y[j];
    for (std::size_t j = 0; j < n; ++j)
        for (std::size_t q = 0; q < Q; ++q) border_rest[q] -= fit.U[j * Q + q] * r[j];
    std::vector<double> step(border_rest);
    fit.Ct.solve(step);
    for (std::size_t q = 0; q < Q; ++q) {
        energy += border_rest[q] * step[q];
        fit.gamma[q] += step[q];
    }
    for (std::size_t j = 0; j < n; ++j) {
        double sum = y[j];
        for (std::size_t q = 0; q < Q; ++q) sum -= fit.U[j * Q + q] * step[q];
        fit.psi[j] += sum;
    }
    return std::sqrt(std::max(0.0, energy));
}

/// Finds managers whose effect cannot be told from a period's.
inline void find_confounded(const two_way& problem, const std::vector<double>& Ct, least_squares& fit) {
    const std::size_t n = problem.graph.size();
    const std::size_t Q = problem.edge.size();
    fit.confounded.assign(n, 0);
    for (const std::size_t column : fit.Ct.dropped) {
        if (column >= problem.edge.n_periods) {
            fit.collinear.push_back(static_cast<std::uint32_t>(column - problem.edge.n_periods));
            continue;
        }
        std::vector<double> v(Q);
        for (std::size_t q = 0; q < Q; ++q) v[q] = -Ct[q * Q + column];
        fit.Ct.solve(v);
        v[column] = 1.0;
        std::vector<double> moved(n, 0.0);
        double most = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
            for (std::size_t q = 0; q < Q; ++q) moved[j] += fit.U[j * Q + q] * v[q];
            most = std::max(most, std::fabs(moved[j]));
        }
        double size = 0.0;
        for (const double x : v) size = std::max(size, std::fabs(x));
        const double least = std::max(1e-8 * most, 1e-6 * size); // below: round-off of a vector that moves nobody
        for (std::size_t j = 0; j < n; ++j)
            if (std::fabs(moved[j]) > least) fit.confounded[j] = 1;
    }
}

/// Residuals of rows and matches under psi and gamma.
inline void fit_residuals(const two_way& problem, least_squares& fit) {
    const match_columns& matches = problem.matches;
    const panel_rows& rows = problem.rows.rows;
    fit.match_border.assign(matches.size(), 0.0);
    fit.match_residual.assign(matches.size(), 0.0);
    fit.unit_border.assign(matches.n_units(), 0.0);
    fit.rss = fit.rss_match = 0.0;
    const bool has_border = problem.edge.size() > 0;
    std::vector<double> at(rows.size() > 0 ? 64 : 0);
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::size_t begin = problem.rows.first[unit];
        const std::size_t end = problem.rows.first[unit + 1];
        double mean = 0.0;
        if (has_border) {
            at.resize(std::max(at.size(), end - begin));
            for_spells(matches, problem.rows, unit, [&](std::size_t match, std::size_t from, std::size_t to) {
                for (std::size_t row = from; row < to; ++row) {
                    const double f = problem.edge.fitted(rows, row, fit.gamma);
                    at[row - begin] = f;
                    fit.match_border[match] += problem.rows.weight_of(row) * f;
                }
            });
            for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1]; ++m)
                mean += fit.match_border[m];
            mean /= matches.unit_weight[unit];
            fit.unit_border[unit] = mean;
        }
        const double level = own_mean(matches, unit, fit.psi);
        for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1]; ++m) {
            fit.match_border[m] = has_border ? fit.match_border[m] / matches.weight[m] - mean : 0.0;
            const bool is_mover = matches.matches_of(unit) > 1;
            const double e = is_mover ? matches.sum[m] / matches.weight[m] - fit.match_border[m] -
                                            (fit.psi[matches.group[m]] - level)
                                      : 0.0;
            fit.match_residual[m] = e;
            fit.rss_match += matches.weight[m] * e * e;
        }
        double sum = 0.0;
        for_spells(matches, problem.rows, unit, [&](std::size_t match, std::size_t from, std::size_t to) {
            const double own = fit.psi[matches.group[match]] - level;
            for (std::size_t row = from; row < to; ++row) {
                const double d = (rows.value[row] - matches.origin[unit]) - matches.shift[unit];
                const double e = d - own - (has_border ? at[row - begin] - mean : 0.0);
                sum += problem.rows.weight_of(row) * e * e;
            }
        });
        fit.rss += sum;
    }
}

} // namespace detail

/// Effects by least squares, with the border's part of their variance.
inline least_squares fit_two_way(const two_way& problem, const manager_solver& solver) {
    const std::size_t n = problem.graph.size();
    const std::size_t Q = problem.edge.size();
    least_squares fit;
    fit.U.assign(problem.edge.B.begin(), problem.edge.B.end());
    if (Q > 0) fit.converged = solve_managers(solver, fit.U, Q);
    std::vector<double> Ct(problem.edge.C);
    for (std::size_t j = 0; j < n; ++j) {
        const auto row = problem.edge.row(j);
        for (std::size_t q = 0; q < Q; ++q) {
            if (row[q] == 0.0) continue;
            for (std::size_t p = 0; p < Q; ++p) Ct[q * Q + p] -= row[q] * fit.U[j * Q + p];
        }
    }
    for (std::size_t q = 0; q < Q; ++q)
        for (std::size_t p = 0; p < q; ++p) Ct[q * Q + p] = Ct[p * Q + q] = 0.5 * (Ct[q * Q + p] + Ct[p * Q + q]);
    std::vector<double> size(Q, 0.0);
    double largest = 0.0;
    for (std::size_t t = 0; t < problem.edge.n_periods; ++t) largest = std::max(largest, problem.edge.C[t * Q + t]);
    for (std::size_t q = 0; q < Q; ++q) size[q] = q < problem.edge.n_periods ? largest : problem.edge.C[q * Q + q];
    fit.Ct = independent_columns_of(Ct, Q, problem.edge.n_periods, size, 1e-10);
    fit.Ct_inverse = fit.Ct.inverse();
    detail::find_confounded(problem, Ct, fit);

    fit.psi.assign(n, 0.0);
    fit.gamma.assign(Q, 0.0);
    detail::refine(problem, solver, fit); // from 0: the solution
    detail::refine(problem, solver, fit); // its round-off
    const double rest = detail::refine(problem, solver, fit);
    detail::centre(problem.components, fit.psi, 1);
    detail::fit_residuals(problem, fit);

    const auto N = static_cast<std::int64_t>(problem.rows.rows.size());
    const auto R = static_cast<std::int64_t>(problem.matches.n_units());
    const auto free = static_cast<std::int64_t>(n) - static_cast<std::int64_t>(problem.components.size());
    fit.df_row = N - R - free - static_cast<std::int64_t>(fit.Ct.rank());
    fit.df_match = static_cast<std::int64_t>(problem.matches.size()) - R - free;
    fit.sigma2_row = fit.df_row > 0 ? fit.rss / static_cast<double>(fit.df_row) : 0.0;
    fit.sigma2_match = fit.df_match > 0 ? fit.rss_match / static_cast<double>(fit.df_match) : 0.0;
    fit.solve_error_bound = fit.sigma2_row > 0.0 ? rest / std::sqrt(fit.sigma2_row) : 0.0;
    return fit;
}

} // namespace dualtrack::estimate
