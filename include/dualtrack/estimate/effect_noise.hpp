// How the errors of several managers' effects go together: who shares sellers, errs together.
//   V = max(sigma2_match, sigma2_row) [ S^+ + U Ct^+ U' ]   between the managers asked for
// One scale for all, so that a manager with few sellers is never taken for a sure one by luck. Months of a seller that
// are alike make sigma2_match the larger; where they are not, it is the same number from far fewer degrees of freedom,
// and a few large deals make it too small as easily as too large.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/value_added.hpp>

namespace dualtrack::estimate {

inline constexpr std::size_t most_together = 1000;  // managers; beyond, a whole matrix of them costs too much
inline constexpr std::size_t most_cells = 20000000; // of the solutions for them, [all managers][n]

/// The covariance between managers, [n][n]; empty where there are too many or the noise is not known.
inline std::vector<double> noise_between(const value_added_result& made, std::span<const std::uint32_t> managers) {
    const std::size_t n = managers.size();
    const std::size_t Q = made.problem.edge.size();
    const std::size_t all = made.problem.graph.size();
    if (n == 0 || n > most_together || all * n > most_cells || made.fit.df_match < 1) return {};
    const manager_components& parts = made.problem.components;
    std::vector<double> x(all * n, 0.0);
    for (std::size_t c = 0; c < n; ++c) {
        const std::uint32_t part = parts.of[managers[c]];
        for (std::size_t j = 0; j < all; ++j)
            if (parts.of[j] == part) x[j * n + c] = -parts.group_weight[j] / parts.weight[part];
        x[managers[c] * n + c] += 1.0;
    }
    if (!solve_managers(made.solver, x, n)) return {};
    const double sigma2 = std::max(made.fit.sigma2_match, made.fit.sigma2_row);
    std::vector<double> out(n * n);
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = 0; b <= a; ++b) {
            const auto u = std::span<const double>(made.fit.U).subspan(managers[a] * Q, Q);
            const auto v = std::span<const double>(made.fit.U).subspan(managers[b] * Q, Q);
            const double between = 0.5 * (x[managers[a] * n + b] + x[managers[b] * n + a]);
            out[a * n + b] = out[b * n + a] = sigma2 * (between + detail::bilinear(u, made.fit.Ct_inverse, v));
        }
    return out;
}

} // namespace dualtrack::estimate
