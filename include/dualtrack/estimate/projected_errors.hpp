// Standard errors where exact ones are too dear.
//   leave one out   the spread of what random signs of whole sellers do to the effects:
//                   S^+ sum_i z_i u_i + U h ,  h = Ct^+ sum_i z_i (U'u_i - g_i)
//   homoskedastic   sigma2 [ diag S^+ by draws, what is known from the neighbours exactly, + U Ct^+ U' ]
// Some of the draws are kept, from which the errors of sellers' effects are read when somebody asks.
// Reference: Kline, Saggio, Solvsten 2020; Siden, Lindgren, Bolin, Villani 2018 (conditioning).
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/drawn_variance.hpp>
#include <dualtrack/estimate/effect_errors.hpp>
#include <dualtrack/estimate/projected_leverage.hpp>

namespace dualtrack::estimate {

namespace detail {

/// Keeps draws for the errors of sellers: all, or as many as memory should hold, 64 at least.
inline void keep_draws(effect_covariance& out, std::size_t n, std::size_t Q, std::int64_t n_blocks) {
    constexpr std::int64_t most_numbers = 40000000, fewest = 8;
    const auto room = most_numbers / static_cast<std::int64_t>(block_width * std::max<std::size_t>(n, 1));
    out.n_kept = static_cast<std::size_t>(std::min(n_blocks, std::max(fewest, room))) * block_width;
    out.kept.assign(n * out.n_kept, 0.0F);
    out.kept_border.assign(Q * out.n_kept, 0.0F);
}

inline void keep_block(std::vector<float>& into, std::size_t n_kept, std::int64_t block, std::span<const double> x) {
    const std::size_t at = static_cast<std::size_t>(block) * block_width;
    if (at >= n_kept) return;
    for (std::size_t i = 0; i < x.size(); ++i)
        into[i / block_width * n_kept + at + i % block_width] = static_cast<float>(x[i]);
}

/// sum_i z_i g_i for all draws, [border][draws]: what sellers' residuals do to the border.
inline result<std::vector<double>> border_of_signs(const run_context& run, const two_way& problem,
                                                   const least_squares& fit, const projected_leverages& leverages,
                                                   std::int64_t n_blocks, std::uint64_t seed) {
    const match_columns& matches = problem.matches;
    const panel_rows& rows = problem.rows.rows;
    const std::size_t Q = problem.edge.size();
    const std::size_t width = static_cast<std::size_t>(n_blocks) * block_width;
    using sums = std::vector<double>;
    return map_reduce_blocks<sums>(
        quietly(run), Q > 0 ? static_cast<std::int64_t>(matches.n_units()) : 0, sellers_a_block,
        [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
            sums out(Q * width, 0.0), g(Q, 0.0), shift, sign(width);
            for (auto unit = static_cast<std::size_t>(begin); unit < static_cast<std::size_t>(end); ++unit) {
                const std::size_t first = matches.first_match[unit], m = matches.matches_of(unit);
                shift.assign(m, 0.0);
                for (std::size_t a = 0; a < m && m > 1; ++a)
                    shift[a] = leverages.adjusted[first + a] - fit.match_residual[first + a];
                const double level = own_mean(matches, unit, fit.psi);
                for_spells(matches, problem.rows, unit, [&](std::size_t match, std::size_t from, std::size_t to) {
                    const double own = fit.psi[matches.group[match]] - level - shift[match - first];
                    for (std::size_t row = from; row < to; ++row) {
                        const double d = (rows.value[row] - matches.origin[unit]) - matches.shift[unit];
                        const double f = problem.edge.fitted(rows, row, fit.gamma) - fit.unit_border[unit];
                        const double we = problem.rows.weight_of(row) * (d - own - f);
                        if (problem.edge.n_periods > 0) g[rows.period[row]] += we;
                        for (std::size_t k = 0; k < problem.edge.n_controls; ++k)
                            g[problem.edge.n_periods + k] += we * problem.edge.control[k][row];
                    }
                });
                for (std::int64_t block = 0; block < n_blocks; ++block) {
                    const eight_signs z = signs_of(seed, unit, block, sign_kind::seller);
                    std::copy(z.begin(), z.end(),
                              sign.begin() + static_cast<std::ptrdiff_t>(block) * std::ptrdiff_t{block_width});
                }
                for (std::size_t q = 0; q < Q; ++q) {
                    if (g[q] == 0.0) continue;
                    double* const into = out.data() + q * width;
                    for (std::size_t d = 0; d < width; ++d) into[d] += g[q] * sign[d];
                    g[q] = 0.0;
                }
            }
            return out;
        },
        [](sums&& a, sums&& b) {
            for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
            return std::move(a);
        });
}

/// x += X' sqrt(n) (values of a seller's matches) for a block of signs.
inline void add_seller(const match_columns& matches, std::size_t unit, std::span<const double> value, double scale,
                       const eight_signs& z, std::span<double> x) {
    const std::size_t first = matches.first_match[unit];
    double sum = 0.0;
    for (std::size_t a = 0; a < value.size(); ++a) sum += matches.weight[first + a] * value[a];
    for (std::size_t a = 0; a < value.size(); ++a) {
        const double n = matches.weight[first + a];
        const double u = scale * (n * value[a] - n / matches.unit_weight[unit] * sum);
        double* const to = x.data() + matches.group[first + a] * block_width;
        for (std::size_t c = 0; c < block_width; ++c) to[c] += z[c] * u;
    }
}

/// The covariance that leaves one seller out, by random signs of sellers.
inline result<effect_covariance> projected_sandwich(const run_context& run, const two_way& problem,
                                                    const manager_solver& solver, const least_squares& fit,
                                                    const projected_leverages& leverages, std::int64_t draws,
                                                    std::uint64_t seed) {
    constexpr std::size_t W = block_width;
    const match_columns& matches = problem.matches;
    const std::size_t n = problem.graph.size(), Q = problem.edge.size();
    const std::int64_t n_blocks = blocks_of_draws(draws);
    const double noise = fit.df_match > 0 ? std::sqrt(std::max(0.0, fit.sigma2_match)) : 0.0;
    effect_covariance out;
    out.is_sandwich = true;
    out.variance.assign(n, 0.0);
    keep_draws(out, n, Q, n_blocks);
    DUALTRACK_TRY(const auto G, border_of_signs(run, problem, fit, leverages, n_blocks, seed));
    struct block {
        std::vector<double> x, h, step;
    };
    const auto make = [&](std::int64_t b, block& kept) {
        kept.x.assign(n * W, 0.0);
        kept.h.assign(Q * W, 0.0);
        for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
            const std::size_t m = matches.matches_of(unit);
            if (m < 2) continue;
            add_seller(matches, unit, std::span(leverages.adjusted).subspan(matches.first_match[unit], m), 1.0,
                       signs_of(seed, unit, b, sign_kind::seller), kept.x);
        }
        std::size_t at = 0;
        for (std::size_t k = 0; k < leverages.open_unit.size(); ++k) {
            const std::size_t unit = leverages.open_unit[k], m = matches.matches_of(unit);
            add_seller(matches, unit, std::span(leverages.open).subspan(at, m), noise,
                       signs_of(seed, k, b, sign_kind::open), kept.x);
            at += m;
        }
        if (Q > 0) { // h = Ct^+ (U'u - g)
            for (std::size_t j = 0; j < n; ++j)
                for (std::size_t q = 0; q < Q; ++q)
                    for (std::size_t c = 0; c < W; ++c) kept.h[q * W + c] += fit.U[j * Q + q] * kept.x[j * W + c];
            kept.step.resize(Q);
            for (std::size_t c = 0; c < W; ++c) {
                for (std::size_t q = 0; q < Q; ++q)
                    kept.step[q] = kept.h[q * W + c] -
                                   G[q * static_cast<std::size_t>(n_blocks) * W + static_cast<std::size_t>(b) * W + c];
                fit.Ct.solve(kept.step);
                for (std::size_t q = 0; q < Q; ++q) kept.h[q * W + c] = kept.step[q];
            }
        }
        solve_graph_block(solver, kept.x, projected_tolerance);
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t q = 0; q < Q; ++q)
                for (std::size_t c = 0; c < W; ++c) kept.x[j * W + c] += fit.U[j * Q + q] * kept.h[q * W + c];
    };
    const auto take = [&](std::int64_t b, const block& kept) {
        for (std::size_t i = 0; i < kept.x.size(); ++i)
            out.variance[i / W] += kept.x[i] * kept.x[i] / draws_of(n_blocks);
        keep_block(out.kept, out.n_kept, b, kept.x);
        keep_block(out.kept_border, out.n_kept, b, kept.h);
    };
    DUALTRACK_TRYV(for_draw_blocks<block>(run, n_blocks, make, take));
    return out;
}

/// The homoskedastic covariance by draws.
inline result<effect_covariance> projected_homoskedastic(const run_context& run, const two_way& problem,
                                                         const manager_solver& solver, const least_squares& fit,
                                                         double sigma2, std::int64_t draws, std::uint64_t seed) {
    constexpr std::size_t W = block_width;
    const std::size_t n = problem.graph.size(), Q = problem.edge.size();
    const std::int64_t n_blocks = blocks_of_draws(draws);
    const linked_managers linked = linked_of(problem.components);
    effect_covariance out;
    out.scale = sigma2;
    keep_draws(out, n, 0, n_blocks);
    struct block {
        std::vector<double> x, y;
    };
    conditional_variances sums(linked.manager.size());
    std::vector<double> x_linked(linked.manager.size() * W);
    const auto make = [&](std::int64_t b, block& kept) {
        kept.y.assign(n * W, 0.0);
        add_match_signs(problem.matches, problem.matches.weight, seed, b, sign_kind::match, kept.y);
        kept.x = kept.y;
        solve_graph_block(solver, kept.x, projected_tolerance);
    };
    const auto take = [&](std::int64_t b, const block& kept) {
        for (std::size_t i = 0; i < x_linked.size(); ++i) x_linked[i] = kept.x[linked.manager[i / W] * W + i % W];
        sums.add(problem.components, linked, x_linked, [&](std::size_t a, std::size_t c) {
            const std::uint32_t j = linked.manager[a];
            return kept.y[j * W + c] / problem.graph.diagonal[j];
        });
        keep_block(out.kept, out.n_kept, b, kept.x);
    };
    DUALTRACK_TRYV(for_draw_blocks<block>(run, n_blocks, make, take));
    sums.finish(problem.components, linked, draws_of(n_blocks),
                [&](std::size_t a) { return 1.0 / problem.graph.diagonal[linked.manager[a]]; });
    out.variance.assign(n, 0.0);
    for (std::size_t a = 0; a < linked.manager.size(); ++a) out.variance[linked.manager[a]] = sums.centred[a];
    for (std::size_t j = 0; j < n; ++j) {
        const auto u = std::span<const double>(fit.U).subspan(j * Q, Q);
        out.variance[j] = sigma2 * (out.variance[j] + bilinear(u, fit.Ct_inverse, u));
    }
    return out;
}

} // namespace detail

/// The covariance of effects by draws. @param sigma2 of the homoskedastic form
inline result<effect_covariance> projected_covariance(const run_context& run, const two_way& problem,
                                                      const manager_solver& solver, const least_squares& fit,
                                                      const projected_leverages& leverages, bool leave_seller_out,
                                                      double sigma2, std::int64_t draws, std::uint64_t seed) {
    if (leave_seller_out) return detail::projected_sandwich(run, problem, solver, fit, leverages, draws, seed);
    return detail::projected_homoskedastic(run, problem, solver, fit, sigma2, draws, seed);
}

} // namespace dualtrack::estimate
