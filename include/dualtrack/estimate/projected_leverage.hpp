// Leverages where exact ones are too dear: random signs are fitted, and a leverage is the share of the sign's square
// that the fit takes. The plain ratio is biased where leverage is near 1; moments of the draws take the bias off:
//   1 / (1 - P) ~ (1 / M~) (1 - V / M~^2 + b / M~) ,   P~ = P_ / (P_ + M_) , M~ = 1 - P~
//   V = (M~^2 Va + P~^2 Vb - 2 P~ M~ Cab) / (P_ + M_)^2 ,   b = (M~ Va - P~ Vb + (M~ - P~) Cab) / (P_ + M_)^2
// with P_, M_ the means of q^2 and (z - q)^2 over draws and Va, Vb, Cab the covariances of these means.
// Reference: Kline, Saggio, Solvsten 2020, computational appendix; Di Addario, Kline, Saggio, Solvsten.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include <dualtrack/estimate/least_squares.hpp>
#include <dualtrack/estimate/random_signs.hpp>

namespace dualtrack::estimate {

struct projected_leverages {
    std::vector<double> leverage;         // P, by the plain ratio; 1 for those who stayed
    std::vector<double> inflate;          // 1 / (1 - P), corrected; 0 for those who stayed
    std::vector<double> adjusted;         // (I - H_i)^+ e of each match over root n: residuals with the seller left out
    std::vector<std::uint32_t> open_unit; // sellers some direction of whom nothing is known of without them
    std::vector<double> open;             // these directions over root n, one after the other, by matches of the seller
};

namespace detail {

inline constexpr double projected_tolerance = 1e-4;    // of a draw's energy
inline constexpr std::int64_t sellers_a_block = 16384; // for threads

/// Sums over draws of one match: q^2, (z - q)^2 and their products.
struct leverage_moments {
    double a = 0.0, b = 0.0, aa = 0.0, bb = 0.0, ab = 0.0;
};

/// Sums over draws, by match and by seller's pairs of matches.
struct leverage_sums {
    std::vector<leverage_moments> moments;
    std::vector<std::uint64_t> corner; // where the pairs of a seller begin
    std::vector<double> H;             // (X_i x)(X_i x)'

    explicit leverage_sums(const match_columns& matches) : moments(matches.size()), corner{0} {
        for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
            const std::uint64_t m = matches.matches_of(unit);
            corner.push_back(corner.back() + (m > 1 ? m * m : 0));
        }
        H.assign(corner.back(), 0.0);
    }
    /// Adds one block of fitted draws of one seller. @param x what was fitted, by manager
    void add(const match_columns& matches, std::size_t unit, std::uint64_t seed, std::int64_t block,
             std::span<const double> x, std::vector<eight_signs>& fitted) {
        constexpr std::size_t W = block_width;
        const std::size_t first = matches.first_match[unit], size = matches.matches_of(unit);
        eight_signs mean{}, level{};
        fitted.resize(2 * size); // the fit, and the signs
        for (std::size_t a = 0; a < size; ++a) {
            const double n = matches.weight[first + a], root = std::sqrt(n);
            fitted[size + a] = signs_of(seed, first + a, block, sign_kind::match);
            for (std::size_t c = 0; c < W; ++c) {
                mean[c] += root * fitted[size + a][c];
                level[c] += n * x[matches.group[first + a] * W + c];
            }
        }
        for (std::size_t c = 0; c < W; ++c) {
            mean[c] /= matches.unit_weight[unit];
            level[c] /= matches.unit_weight[unit];
        }
        for (std::size_t a = 0; a < size; ++a) {
            const double root = std::sqrt(matches.weight[first + a]);
            leverage_moments& to = moments[first + a];
            for (std::size_t c = 0; c < W; ++c) {
                fitted[a][c] = root * (x[matches.group[first + a] * W + c] - level[c]);
                const double q = root * mean[c] + fitted[a][c];
                const double rest = fitted[size + a][c] - q;
                const double qa = q * q, qb = rest * rest;
                to.a += qa;
                to.b += qb;
                to.aa += qa * qa;
                to.bb += qb * qb;
                to.ab += qa * qb;
            }
        }
        double* const into = H.data() + corner[unit];
        for (std::size_t a = 0; a < size; ++a)
            for (std::size_t b = 0; b <= a; ++b) {
                double sum = 0.0;
                for (std::size_t c = 0; c < W; ++c) sum += fitted[a][c] * fitted[b][c];
                into[a * size + b] += sum;
            }
    }
};

/// P and 1 / (1 - P) from sums over k draws.
inline void set_leverage(const leverage_moments& s, double k, double& leverage, double& inflate) {
    const double Pm = s.a / k, Mm = s.b / k, total = Pm + Mm;
    const double Va = (s.aa / k - Pm * Pm) / (k - 1.0), Vb = (s.bb / k - Mm * Mm) / (k - 1.0);
    const double Cab = (s.ab / k - Pm * Mm) / (k - 1.0);
    const double P = Pm / total, M = Mm / total;
    leverage = P;
    if (!(M > 1e-8)) return;
    const double V = (M * M * Va + P * P * Vb - 2.0 * P * M * Cab) / (total * total);
    const double b = (M * Va - P * Vb + (M - P) * Cab) / (total * total);
    inflate = std::max(1.0, 1.0 / M * (1.0 - V / (M * M) + b / M));
}

} // namespace detail

inline result<projected_leverages> project_leverages(const run_context& run, const two_way& problem,
                                                     const manager_solver& solver, const least_squares& fit,
                                                     std::int64_t draws, std::uint64_t seed) {
    const match_columns& matches = problem.matches;
    const std::size_t n = problem.graph.size();
    const auto n_units = static_cast<std::int64_t>(matches.n_units());
    detail::leverage_sums sums(matches);
    const std::int64_t n_blocks = blocks_of_draws(draws);
    const auto make = [&](std::int64_t block, std::vector<double>& x) {
        x.assign(n * block_width, 0.0);
        add_match_signs(matches, matches.weight, seed, block, sign_kind::match, x);
        solve_graph_block(solver, x, detail::projected_tolerance);
    };
    const auto take = [&](std::int64_t block, const std::vector<double>& x) {
        return for_blocks(quietly(run), n_units, detail::sellers_a_block,
                          [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                              std::vector<eight_signs> fitted;
                              for (auto unit = static_cast<std::size_t>(begin); unit < static_cast<std::size_t>(end);
                                   ++unit)
                                  if (matches.matches_of(unit) > 1) sums.add(matches, unit, seed, block, x, fitted);
                          });
    };
    DUALTRACK_TRYV(for_draw_blocks<std::vector<double>>(run, n_blocks, make, take));
    projected_leverages out;
    out.leverage.assign(matches.size(), 1.0);
    out.inflate.assign(matches.size(), 0.0);
    const auto k = static_cast<double>(n_blocks) * static_cast<double>(block_width);
    for (std::size_t m = 0; m < matches.size(); ++m)
        if (sums.moments[m].a + sums.moments[m].b > 0.0)
            detail::set_leverage(sums.moments[m], k, out.leverage[m], out.inflate[m]);
    out.adjusted.assign(matches.size(), 0.0);
    std::vector<double> A;
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::size_t size = matches.matches_of(unit), first = matches.first_match[unit];
        if (size < 2) continue;
        A.resize(size * size);
        for (std::size_t a = 0; a < size; ++a)
            for (std::size_t b = 0; b <= a; ++b)
                A[a * size + b] = A[b * size + a] = (a == b ? 1.0 : 0.0) - sums.H[sums.corner[unit] + a * size + b] / k;
        const std::vector<double> values = symmetric_eigen(A, size);
        for (std::size_t v = 0; v < size; ++v) {
            if (!(values[v] > 0.02)) { // too near to a bridge for drawn leverages
                out.open_unit.push_back(static_cast<std::uint32_t>(unit));
                for (std::size_t a = 0; a < size; ++a)
                    out.open.push_back(A[a * size + v] / std::sqrt(matches.weight[first + a]));
                continue;
            }
            double along = 0.0;
            for (std::size_t a = 0; a < size; ++a)
                along += A[a * size + v] * std::sqrt(matches.weight[first + a]) * fit.match_residual[first + a];
            for (std::size_t a = 0; a < size; ++a)
                out.adjusted[first + a] += A[a * size + v] * along / values[v] / std::sqrt(matches.weight[first + a]);
        }
    }
    return out;
}

} // namespace dualtrack::estimate
