// Leverages where exact ones are too dear: random signs are fitted, and a leverage is the share of the sign's square
// that the fit takes. The plain ratio is biased where leverage is near 1; moments of the draws take the bias off:
//   1 / (1 - P) ~ (1 / M~) (1 - V / M~^2 + b / M~) ,   P~ = P_ / (P_ + M_) , M~ = 1 - P~
//   V = (M~^2 Va + P~^2 Vb - 2 P~ M~ Cab) / (P_ + M_)^2 ,   b = (M~ Va - P~ Vb + (M~ - P~) Cab) / (P_ + M_)^2
// with P_, M_ the means of q^2 and (z - q)^2 over draws and Va, Vb, Cab the covariances of these means.
// Standard errors likewise: the spread of what random signs of whole sellers do to the effects.
// Reference: Kline, Saggio, Solvsten 2020, computational appendix; Di Addario, Kline, Saggio, Solvsten.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/least_squares.hpp>

namespace dualtrack::estimate {

struct projected_leverages {
    std::vector<double> leverage; // P, by the plain ratio; 1 for those who stayed
    std::vector<double> inflate;  // 1 / (1 - P), corrected; 0 for those who stayed
    std::vector<double> adjusted; // (I - H_i)^+ e of each match over root n: residuals with the seller left out
};

namespace detail {

/// +1 or -1 of an entity in draw d.
inline double random_sign(std::uint64_t seed, std::uint32_t entity, std::uint32_t draw, std::uint32_t kind) noexcept {
    const auto words = random::block_of(
        {.seed = seed, .entity = entity, .replication = draw / 128, .time = kind, .purpose = purpose_projection}, 0);
    return (words[(draw % 128) / 32] >> (draw % 32) & 1U) != 0 ? 1.0 : -1.0;
}

} // namespace detail

inline projected_leverages project_leverages(const two_way& problem, const manager_solver& solver,
                                             const least_squares& fit, int draws, std::uint64_t seed) {
    const match_columns& matches = problem.matches;
    const std::size_t n = problem.graph.size();
    constexpr std::uint32_t block = 8;
    struct moments {
        double a = 0.0, b = 0.0, aa = 0.0, bb = 0.0, ab = 0.0;
    };
    std::vector<moments> sums(matches.size());
    std::vector<std::uint64_t> corner{0}; // H_i = E[(X_i x)(X_i x)'] of each seller, [m][m]
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::uint64_t m = matches.matches_of(unit);
        corner.push_back(corner.back() + (m > 1 ? m * m : 0));
    }
    std::vector<double> H(corner.back(), 0.0), fitted;
    const auto n_draws = static_cast<std::uint32_t>((draws + 7) / 8) * block;
    std::vector<double> x(n * block);
    std::vector<double> signs, mean(block), level(block);
    for (std::uint32_t from = 0; from < n_draws; from += block) {
        std::fill(x.begin(), x.end(), 0.0);
        const auto read_signs = [&](std::size_t unit) { // sqrt(n) z, and its mean by seller
            const std::size_t m = matches.matches_of(unit);
            signs.assign(m * block, 0.0);
            std::fill(mean.begin(), mean.end(), 0.0);
            for (std::size_t a = 0; a < m; ++a) {
                const std::size_t match = matches.first_match[unit] + a;
                const double root = std::sqrt(matches.weight[match]);
                for (std::uint32_t c = 0; c < block; ++c) {
                    signs[a * block + c] =
                        root * detail::random_sign(seed, static_cast<std::uint32_t>(match), from + c, 0);
                    mean[c] += signs[a * block + c] / matches.unit_weight[unit];
                }
            }
        };
        for (std::size_t unit = 0; unit < matches.n_units(); ++unit) { // X'z
            if (matches.matches_of(unit) < 2) continue;
            read_signs(unit);
            for (std::size_t a = 0; a < matches.matches_of(unit); ++a) {
                const std::size_t match = matches.first_match[unit] + a;
                for (std::uint32_t c = 0; c < block; ++c)
                    x[matches.group[match] * block + c] += signs[a * block + c] - matches.weight[match] * mean[c];
            }
        }
        solve_managers(solver, x, block, 1e-6);
        for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
            if (matches.matches_of(unit) < 2) continue;
            read_signs(unit);
            std::fill(level.begin(), level.end(), 0.0);
            for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1]; ++m)
                for (std::uint32_t c = 0; c < block; ++c)
                    level[c] += matches.weight[m] / matches.unit_weight[unit] * x[matches.group[m] * block + c];
            const std::size_t size = matches.matches_of(unit);
            fitted.resize(size * block);
            for (std::size_t a = 0; a < size; ++a) {
                const std::size_t match = matches.first_match[unit] + a;
                const double root = std::sqrt(matches.weight[match]);
                moments& to = sums[match];
                for (std::uint32_t c = 0; c < block; ++c) {
                    fitted[a * block + c] = root * (x[matches.group[match] * block + c] - level[c]);
                    const double q = root * mean[c] + fitted[a * block + c];
                    const double rest = signs[a * block + c] / root - q;
                    const double qa = q * q, qb = rest * rest;
                    to.a += qa;
                    to.b += qb;
                    to.aa += qa * qa;
                    to.bb += qb * qb;
                    to.ab += qa * qb;
                }
            }
            for (std::size_t a = 0; a < size; ++a)
                for (std::size_t b = 0; b < size; ++b)
                    for (std::uint32_t c = 0; c < block; ++c)
                        H[corner[unit] + a * size + b] +=
                            fitted[a * block + c] * fitted[b * block + c] / static_cast<double>(n_draws);
        }
    }
    projected_leverages out;
    out.leverage.assign(matches.size(), 1.0);
    out.inflate.assign(matches.size(), 0.0);
    const auto k = static_cast<double>(n_draws);
    for (std::size_t m = 0; m < matches.size(); ++m) {
        const moments& s = sums[m];
        if (!(s.a + s.b > 0.0)) continue;
        const double Pm = s.a / k, Mm = s.b / k, total = Pm + Mm;
        const double Va = (s.aa / k - Pm * Pm) / (k - 1.0), Vb = (s.bb / k - Mm * Mm) / (k - 1.0);
        const double Cab = (s.ab / k - Pm * Mm) / (k - 1.0);
        const double P = Pm / total, M = Mm / total;
        out.leverage[m] = P;
        if (!(M > 1e-8)) continue;
        const double V = (M * M * Va + P * P * Vb - 2.0 * P * M * Cab) / (total * total);
        const double b = (M * Va - P * Vb + (M - P) * Cab) / (total * total);
        out.inflate[m] = std::max(1.0, 1.0 / M * (1.0 - V / (M * M) + b / M));
    }
    out.adjusted.assign(matches.size(), 0.0);
    std::vector<double> A;
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::size_t size = matches.matches_of(unit), first = matches.first_match[unit];
        if (size < 2) continue;
        A.resize(size * size);
        for (std::size_t a = 0; a < size; ++a)
            for (std::size_t b = 0; b < size; ++b)
                A[a * size + b] = (a == b ? 1.0 : 0.0) - H[corner[unit] + a * size + b];
        const std::vector<double> values = symmetric_eigen(A, size);
        for (std::size_t v = 0; v < size; ++v) {
            if (!(values[v] > 0.02)) continue; // too near to a bridge for drawn leverages
            double along = 0.0;
            for (std::size_t a = 0; a < size; ++a)
                along += A[a * size + v] * std::sqrt(matches.weight[first + a]) * fit.match_residual[first + a];
            for (std::size_t a = 0; a < size; ++a)
                out.adjusted[first + a] += A[a * size + v] * along / values[v] / std::sqrt(matches.weight[first + a]);
        }
    }
    return out;
}

/// Variances of effects, leaving one seller out, by random signs of sellers.
inline std::vector<double> projected_variances(const two_way& problem, const manager_solver& solver,
                                               const least_squares& fit, const projected_leverages& leverages,
                                               int draws, std::uint64_t seed) {
    const match_columns& matches = problem.matches;
    const panel_rows& rows = problem.rows.rows;
    const std::size_t n = problem.graph.size();
    const std::size_t Q = problem.edge.size();
    constexpr std::uint32_t block = 8;
    const auto n_draws = static_cast<std::uint32_t>((draws + 7) / 8) * block;
    std::vector<double> out(n, 0.0);
    std::vector<double> x(n * block), h(Q * block), u, shift, step(Q), g(Q);
    for (std::uint32_t from = 0; from < n_draws; from += block) {
        std::fill(x.begin(), x.end(), 0.0);
        std::fill(h.begin(), h.end(), 0.0);
        for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
            const std::size_t first = matches.first_match[unit];
            const std::size_t m = matches.matches_of(unit);
            u.assign(m, 0.0);
            shift.assign(m, 0.0);
            double sum = 0.0;
            for (std::size_t a = 0; a < m && m > 1; ++a) {
                const double adjusted = leverages.adjusted[first + a];
                u[a] = matches.weight[first + a] * adjusted;
                shift[a] = adjusted - fit.match_residual[first + a];
                sum += u[a];
            }
            for (std::size_t a = 0; a < m && m > 1; ++a)
                u[a] -= matches.weight[first + a] / matches.unit_weight[unit] * sum;
            std::fill(g.begin(), g.end(), 0.0); // g_i
            if (Q > 0) {
                const double level = detail::own_mean(matches, unit, fit.psi);
                for_spells(matches, problem.rows, unit, [&](std::size_t match, std::size_t begin, std::size_t end) {
                    const double own = fit.psi[matches.group[match]] - level;
                    for (std::size_t row = begin; row < end; ++row) {
                        const double d = (rows.value[row] - matches.origin[unit]) - matches.shift[unit];
                        const double f = problem.edge.fitted(rows, row, fit.gamma) - fit.unit_border[unit];
                        const double we = problem.rows.weight_of(row) * (d - own - f + shift[match - first]);
                        if (problem.edge.n_periods > 0) g[rows.period[row]] += we;
                        for (std::size_t k = 0; k < problem.edge.n_controls; ++k)
                            g[problem.edge.n_periods + k] += we * problem.edge.control[k][row];
                    }
                });
            }
            for (std::uint32_t c = 0; c < block; ++c) {
                const double sign = detail::random_sign(seed, static_cast<std::uint32_t>(unit), from + c, 1);
                for (std::size_t a = 0; a < m && m > 1; ++a) x[matches.group[first + a] * block + c] += sign * u[a];
                for (std::size_t q = 0; q < Q; ++q) h[q * block + c] += sign * g[q];
            }
        }
        for (std::uint32_t c = 0; c < block; ++c) { // h = Ct^+ (U'u - g)
            for (std::size_t q = 0; q < Q; ++q) step[q] = -h[q * block + c];
            for (std::size_t j = 0; j < n && Q > 0; ++j)
                for (std::size_t q = 0; q < Q; ++q) step[q] += fit.U[j * Q + q] * x[j * block + c];
            if (Q > 0) fit.Ct.solve(step);
            for (std::size_t q = 0; q < Q; ++q) h[q * block + c] = step[q];
        }
        solve_managers(solver, x, block, 1e-6);
        for (std::size_t j = 0; j < n; ++j)
            for (std::uint32_t c = 0; c < block; ++c) {
                double influence = x[j * block + c];
                for (std::size_t q = 0; q < Q; ++q) influence += fit.U[j * Q + q] * h[q * block + c];
                out[j] += influence * influence / static_cast<double>(n_draws);
            }
    }
    return out;
}

} // namespace dualtrack::estimate
