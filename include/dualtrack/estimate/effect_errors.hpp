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
#include <dualtrack/estimate/seller_outer_products.hpp>

namespace dualtrack::estimate {

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

} // namespace detail

/// The covariance of effects. @param sigma2 of the homoskedastic form; @pre the solver is exact
inline result<effect_covariance> covariance_of(const run_context& run, const two_way& problem,
                                               const manager_solver& solver, const least_squares& fit,
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
    DUALTRACK_TRY(auto sums, detail::outer_products(run, problem, fit, out.inverse));
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
