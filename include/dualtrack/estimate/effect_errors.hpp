// How sure an effect is. Months of one seller are alike for reasons of their own, so the default leaves out one seller
// at a time instead of trusting rows one by one.
//   homoskedastic   sigma2 [ S^+ + U Ct^+ U' ]
//   leave one out   S^+KS^+ + Y U' + U Y' + U H U' ,   K = sum_i u_i u_i' ,  u_i = X_i' (I - H_i)^+ e_i ,
//                   h_i = Ct^+ (U'u_i - g_i) ,  Y = S^+ sum_i u_i h_i' ,  H = sum_i h_i h_i' ,  g_i = sum_r w z_r e*_r
// The diagonal of S^+KS^+ is exact: the selected inverse of S + epsilon K on dual numbers. Everything is centred on the
// row-weighted mean of the component, not on the manager that happens to be grounded.
// Reference: Kline, Saggio, Solvsten 2020 (leave-out); Griewank, Walther 2008 (dual numbers).
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/dual.hpp>
#include <dualtrack/estimate/least_squares.hpp>
#include <dualtrack/estimate/match_leverage.hpp>

namespace dualtrack::estimate {

/// A symmetric matrix between managers that share sellers: its selected entries, and what centres them.
struct centred_entries {
    selected_inverse<double> raw;
    std::vector<double> side, corner; // raw pi by manager; pi' raw pi by component

    [[nodiscard]] double at(const manager_components& components, std::uint32_t a, std::uint32_t b) const {
        return raw.at(a, b) - side[a] - side[b] + corner[components.of[a]];
    }
};

/// The covariance of effects, as far as it is ever asked for.
struct effect_covariance {
    centred_entries inverse;  // S^+
    centred_entries sandwich; // S^+KS^+; empty unless leave-one-seller-out
    bool is_sandwich = false;
    double scale = 0.0;           // sigma2 of the homoskedastic form
    std::vector<double> Y, H;     // [n_groups][border], [border][border]
    std::vector<double> variance; // of each effect
    // Drawn instead of exact: errors of managers, and of the border; [n_groups][n_kept], [border][n_kept]
    std::vector<float> kept, kept_border;
    std::size_t n_kept = 0;
};

namespace detail {

/// A seller's adjusted residuals e~ = (I - H)^+ e. @param open directions with an eigenvalue below 1e-8, one after the
/// other: nothing is known of them when the seller is left out
inline std::vector<double> leave_out_residuals(const mover_corner& corner, std::span<const double> root_n,
                                               std::span<const double> e, std::vector<double>& open) {
    const std::size_t m = corner.size;
    open.clear();
    std::vector<double> A(m * m);
    for (std::size_t a = 0; a < m; ++a)
        for (std::size_t b = 0; b < m; ++b)
            A[a * m + b] = (a == b ? 1.0 : 0.0) - root_n[a] * root_n[b] * corner.between(a, b);
    std::vector<double> out(e.begin(), e.end());
    std::vector<double> L(A);
    double least = 1.0;
    for (std::size_t i = 0; i < m && least > 1e-6; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = L[i * m + j];
            for (std::size_t k = 0; k < j; ++k) sum -= L[i * m + k] * L[j * m + k];
            if (i == j) {
                least = std::min(least, sum);
                L[i * m + i] = sum > 0.0 ? std::sqrt(sum) : 0.0;
            } else {
                L[i * m + j] = sum / L[j * m + j];
            }
        }
    if (least > 1e-6) {
        for (std::size_t i = 0; i < m; ++i) {
            for (std::size_t k = 0; k < i; ++k) out[i] -= L[i * m + k] * out[k];
            out[i] /= L[i * m + i];
        }
        for (std::size_t i = m; i-- > 0;) {
            for (std::size_t k = i + 1; k < m; ++k) out[i] -= L[k * m + i] * out[k];
            out[i] /= L[i * m + i];
        }
        return out;
    }
    const std::vector<double> values = symmetric_eigen(A, m);
    std::fill(out.begin(), out.end(), 0.0);
    for (std::size_t c = 0; c < m; ++c) {
        if (!(values[c] > 1e-8)) {
            for (std::size_t i = 0; i < m; ++i) open.push_back(A[i * m + c]);
            continue;
        }
        double along = 0.0;
        for (std::size_t i = 0; i < m; ++i) along += A[i * m + c] * e[i];
        for (std::size_t i = 0; i < m; ++i) out[i] += A[i * m + c] * along / values[c];
    }
    return out;
}

/// Z pi and pi' Z pi with pi the share of a manager in the rows of the component.
inline void centre_inverse(const two_way& problem, const factor_pattern& pattern, const sparse_factor<double>& factor,
                           centred_entries& out) {
    const manager_components& parts = problem.components;
    const std::size_t n = problem.graph.size();
    out.side.resize(n);
    for (std::size_t j = 0; j < n; ++j) out.side[j] = parts.group_weight[j] / parts.weight[parts.of[j]];
    solve(pattern, factor, out.side, 1);
    out.corner.assign(parts.size(), 0.0);
    for (std::size_t j = 0; j < n; ++j)
        out.corner[parts.of[j]] += parts.group_weight[j] / parts.weight[parts.of[j]] * out.side[j];
}

/// K on the links of the graph, and what of the border goes with it.
struct seller_outer_products {
    std::vector<double> diagonal, link; // K; [n_groups], [links]
    std::vector<double> Kg, gKg;        // K g by manager, g'Kg by component
    std::vector<double> uh, hh;         // sum u a', sum a a'; a = U'u - g
};

inline seller_outer_products outer_products(const two_way& problem, const least_squares& fit,
                                            const centred_entries& inverse) {
    const match_columns& matches = problem.matches;
    const manager_graph& graph = problem.graph;
    const std::size_t n = graph.size();
    const std::size_t Q = problem.edge.size();
    seller_outer_products out;
    out.diagonal.assign(n, 0.0);
    out.link.assign(graph.to.size(), 0.0);
    out.Kg.assign(n, 0.0);
    out.gKg.assign(problem.components.size(), 0.0);
    out.uh.assign(n * Q, 0.0);
    out.hh.assign(Q * Q, 0.0);
    mover_corner corner;
    std::vector<double> root_n, e, open, u, a(Q);
    std::vector<double> shift; // what comes to the residual of each row of a match
    std::vector<std::uint32_t> touched;
    const panel_rows& rows = problem.rows.rows;
    // Adds one vector of residuals by match, `adjusted`; with `own` the rows' residuals stand for what it came from.
    const auto add = [&](std::size_t unit, std::span<const double> adjusted, bool own) {
        const std::size_t first = matches.first_match[unit];
        const std::size_t m = matches.matches_of(unit);
        shift.assign(m, 0.0);
        u.assign(m, 0.0);
        if (m > 1) {
            double sum = 0.0;
            for (std::size_t i = 0; i < m; ++i) sum += root_n[i] * adjusted[i];
            double along_g = 0.0;
            for (std::size_t i = 0; i < m; ++i) {
                u[i] = root_n[i] * adjusted[i] - matches.weight[first + i] / matches.unit_weight[unit] * sum;
                shift[i] = adjusted[i] / root_n[i] - (own ? fit.match_residual[first + i] : 0.0);
                along_g += u[i] * inverse.side[matches.group[first + i]];
            }
            for (std::size_t i = 0; i < m; ++i) {
                const std::uint32_t j = matches.group[first + i];
                out.diagonal[j] += u[i] * u[i];
                out.Kg[j] += u[i] * along_g;
                std::uint64_t l = graph.first[j]; // both lists ascend by manager
                for (std::size_t k = 0; k < m; ++k) {
                    if (k == i) continue;
                    const std::uint32_t other = matches.group[first + k];
                    const auto begin = graph.to.begin() + static_cast<std::ptrdiff_t>(l);
                    const auto end = graph.to.begin() + static_cast<std::ptrdiff_t>(graph.first[j + std::size_t{1}]);
                    l = static_cast<std::uint64_t>(std::lower_bound(begin, end, other) - graph.to.begin());
                    out.link[l] += u[i] * u[k];
                }
            }
            out.gKg[problem.components.of[matches.group[first]]] += along_g * along_g;
        }
        if (Q == 0) return;
        std::fill(a.begin(), a.end(), 0.0);
        const double level = own_mean(matches, unit, fit.psi);
        double mean = 0.0; // of z'gamma over the seller
        for (std::size_t row = problem.rows.first[unit]; row < problem.rows.first[unit + 1]; ++row)
            mean += problem.rows.weight_of(row) * problem.edge.fitted(rows, row, fit.gamma);
        mean /= matches.unit_weight[unit];
        for_spells(matches, problem.rows, unit, [&](std::size_t match, std::size_t from, std::size_t to) {
            const double effect = fit.psi[matches.group[match]] - level;
            for (std::size_t row = from; row < to; ++row) {
                const double d = (rows.value[row] - matches.origin[unit]) - matches.shift[unit];
                const double f = problem.edge.fitted(rows, row, fit.gamma) - mean;
                const double residual = own ? d - effect - f : 0.0;
                const double we = problem.rows.weight_of(row) * (residual + shift[match - first]);
                if (problem.edge.n_periods > 0) a[rows.period[row]] -= we;
                for (std::size_t k = 0; k < problem.edge.n_controls; ++k)
                    a[problem.edge.n_periods + k] -= we * problem.edge.control[k][row];
            }
        });
        for (std::size_t i = 0; i < m && m > 1; ++i)
            for (std::size_t q = 0; q < Q; ++q) a[q] += u[i] * fit.U[matches.group[first + i] * Q + q];
        for (std::size_t i = 0; i < m && m > 1; ++i)
            for (std::size_t q = 0; q < Q; ++q) out.uh[matches.group[first + i] * Q + q] += u[i] * a[q];
        touched.clear();
        for (std::uint32_t q = 0; q < Q; ++q)
            if (a[q] != 0.0) touched.push_back(q);
        for (const std::uint32_t q : touched)
            for (const std::uint32_t p : touched) out.hh[q * Q + p] += a[q] * a[p];
    };
    const double noise = fit.df_match > 0 ? std::sqrt(std::max(0.0, fit.sigma2_match)) : 0.0;
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::size_t first = matches.first_match[unit];
        const std::size_t m = matches.matches_of(unit);
        if (m < 2) {
            add(unit, {}, true);
            continue;
        }
        read_corner(
            matches, matches.weight, unit, [&](std::uint32_t j, std::uint32_t k) { return inverse.raw.at(j, k); },
            corner);
        root_n.resize(m);
        e.resize(m);
        for (std::size_t i = 0; i < m; ++i) {
            root_n[i] = std::sqrt(matches.weight[first + i]);
            e[i] = root_n[i] * fit.match_residual[first + i];
        }
        add(unit, leave_out_residuals(corner, root_n, e, open), true);
        for (double& x : open) x *= noise;
        for (std::size_t at = 0; at < open.size(); at += m) add(unit, std::span(open).subspan(at, m), false);
    }
    return out;
}

} // namespace detail

/// The covariance of effects. @param sigma2 of the homoskedastic form; @pre the solver is exact
inline effect_covariance covariance_of(const two_way& problem, const manager_solver& solver, const least_squares& fit,
                                       bool leave_seller_out, double sigma2) {
    const std::size_t n = problem.graph.size();
    const std::size_t Q = problem.edge.size();
    effect_covariance out;
    out.scale = sigma2;
    out.is_sandwich = leave_seller_out;
    out.inverse.raw = selected_inverse_of(solver.pattern, solver.factor);
    detail::centre_inverse(problem, solver.pattern, solver.factor, out.inverse);
    out.variance.assign(n, 0.0);
    if (!leave_seller_out) {
        for (std::uint32_t j = 0; j < n; ++j) {
            const auto u = std::span<const double>(fit.U).subspan(j * Q, Q);
            out.variance[j] =
                sigma2 * (out.inverse.at(problem.components, j, j) + detail::bilinear(u, fit.Ct_inverse, u));
        }
        return out;
    }
    detail::seller_outer_products sums = detail::outer_products(problem, fit, out.inverse);
    const auto factor = factor_of<dual>(
        problem.graph, solver.pattern, [&](std::uint64_t l) { return dual(problem.graph.weight[l], -sums.link[l]); },
        [&](std::uint32_t j) { return dual(problem.graph.diagonal[j], sums.diagonal[j]); });
    const auto both = selected_inverse_of(solver.pattern, factor);
    out.sandwich.raw.pattern = both.pattern;
    out.sandwich.raw.row = both.row;
    out.sandwich.raw.entry.resize(both.entry.size());
    out.sandwich.raw.diagonal.resize(n);
    for (std::size_t e = 0; e < both.entry.size(); ++e) out.sandwich.raw.entry[e] = -both.entry[e].rate;
    for (std::size_t j = 0; j < n; ++j) out.sandwich.raw.diagonal[j] = -both.diagonal[j].rate;
    out.sandwich.side = sums.Kg;
    solve(solver.pattern, solver.factor, out.sandwich.side, 1);
    out.sandwich.corner = sums.gKg;
    out.H = sums.hh;
    if (Q > 0) { // Ct^+ A Ct^+
        detail::times(out.H, fit.Ct_inverse, Q);
        std::vector<double> turned(Q * Q);
        for (std::size_t q = 0; q < Q; ++q)
            for (std::size_t p = 0; p < Q; ++p) turned[p * Q + q] = out.H[q * Q + p];
        detail::times(turned, fit.Ct_inverse, Q);
        out.H = std::move(turned);
    }
    out.Y = std::move(sums.uh);
    detail::times(out.Y, fit.Ct_inverse, Q);
    if (Q > 0) solve_managers(solver, out.Y, Q);
    for (std::uint32_t j = 0; j < n; ++j) {
        const auto u = std::span<const double>(fit.U).subspan(j * Q, Q);
        double cross = 0.0;
        for (std::size_t q = 0; q < Q; ++q) cross += u[q] * out.Y[j * Q + q];
        out.variance[j] = out.sandwich.at(problem.components, j, j) + 2.0 * cross + detail::bilinear(u, out.H, u);
    }
    return out;
}

} // namespace dualtrack::estimate
