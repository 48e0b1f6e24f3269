// What leaving one seller out at a time says of the noise: each seller's residuals, as they would be had the effects
// been estimated without the seller, and the sums of their outer products.
//   u_i = X_i' (I - H_i)^+ e_i ,   K = sum_i u_i u_i' (on the links of the graph),   a_i = U'u_i - g_i ,  sum_i a_i
//   a_i' g_i = sum over the rows of i of w z (residual with the seller left out)
// A direction that hangs on one seller (eigenvalue of I - H_i below 1e-8) has no residual; the noise of an average
// match stands for it. Sellers are worked on in parts that depend on their number alone; sums of parts are added in
// order. Reference: Kline, Saggio, Solvsten 2020 (leave-out).
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/block_gradients.hpp>
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

/// K on the links of the graph, and what of the border goes with it.
struct seller_outer_products {
    std::vector<double> diagonal, link; // K; [n_groups], [links]
    std::vector<double> Kg, gKg;        // K g by manager, g'Kg by component
    std::vector<double> uh, hh;         // sum u a', sum a a'; a = U'u - g
};

/// Sums of a a', by batches: a product of matrices instead of many outer products.
class outer_sum {
  public:
    void start(std::size_t Q) {
        wide_ = (Q + 3) / 4 * 4;
        sum_.assign(wide_ * wide_, 0.0);
        batch_.assign(rows * wide_, 0.0);
        filled_ = 0;
    }
    /// A row of zeros to be filled; the sum takes it with the next ones.
    [[nodiscard]] std::span<double> next() {
        if (filled_ == rows) flush();
        const auto out = std::span<double>(batch_).subspan(filled_++ * wide_, wide_);
        std::fill(out.begin(), out.end(), 0.0);
        return out;
    }
    void flush() {
        for (std::size_t q = 0; q < wide_; q += 4)
            for (std::size_t p = 0; p <= q; p += 4) {
                double at[4][4] = {};
                for (std::size_t k = 0; k < filled_; ++k) {
                    const double* const a = batch_.data() + k * wide_ + q;
                    const double* const b = batch_.data() + k * wide_ + p;
                    for (std::size_t i = 0; i < 4; ++i)
                        for (std::size_t j = 0; j < 4; ++j) at[i][j] += a[i] * b[j];
                }
                for (std::size_t i = 0; i < 4; ++i)
                    for (std::size_t j = 0; j < 4; ++j) sum_[(q + i) * wide_ + p + j] += at[i][j];
            }
        filled_ = 0;
    }
    /// into += the sum, [Q][Q]. @pre flushed
    void add_to(std::vector<double>& into, std::size_t Q) const {
        for (std::size_t q = 0; q < Q; ++q)
            for (std::size_t p = 0; p < Q; ++p) into[q * Q + p] += sum_[std::max(q, p) * wide_ + std::min(q, p)];
    }

  private:
    static constexpr std::size_t rows = 64;
    std::size_t wide_ = 0, filled_ = 0;
    std::vector<double> sum_, batch_;
};

/// Vectors u and a of some sellers, one after the other.
struct seller_vectors {
    std::vector<std::uint32_t> unit; // of sellers with several managers
    std::vector<double> u, a;        // by matches of each; [border] of each
    outer_sum outer;                 // of a, all sellers
};

/// The vectors of one seller. @param own whether the residuals of rows are in it, or only what is `adjusted` by match
inline void add_vector(const two_way& problem, const least_squares& fit, std::size_t unit,
                       std::span<const double> adjusted, bool own, seller_vectors& out) {
    const match_columns& matches = problem.matches;
    const panel_rows& rows = problem.rows.rows;
    const std::size_t Q = problem.edge.size();
    const std::size_t first = matches.first_match[unit], m = matches.matches_of(unit);
    const std::size_t at = out.u.size();
    if (m > 1) {
        out.unit.push_back(static_cast<std::uint32_t>(unit));
        double sum = 0.0;
        for (std::size_t i = 0; i < m; ++i) sum += std::sqrt(matches.weight[first + i]) * adjusted[i];
        for (std::size_t i = 0; i < m; ++i)
            out.u.push_back(std::sqrt(matches.weight[first + i]) * adjusted[i] -
                            matches.weight[first + i] / matches.unit_weight[unit] * sum);
    }
    if (Q == 0) return;
    const std::span<double> a = out.outer.next();
    const double level = own_mean(matches, unit, fit.psi);
    const double mean = fit.unit_border[unit];
    for_spells(matches, problem.rows, unit, [&](std::size_t match, std::size_t from, std::size_t to) {
        const double effect = fit.psi[matches.group[match]] - level;
        double shift = 0.0; // what comes to the residual of each row of the match
        if (m > 1)
            shift =
                adjusted[match - first] / std::sqrt(matches.weight[match]) - (own ? fit.match_residual[match] : 0.0);
        for (std::size_t row = from; row < to; ++row) {
            const double d = (rows.value[row] - matches.origin[unit]) - matches.shift[unit];
            const double f = problem.edge.fitted(rows, row, fit.gamma) - mean;
            const double residual = own ? d - effect - f : 0.0;
            const double we = problem.rows.weight_of(row) * (residual + shift);
            if (problem.edge.n_periods > 0) a[rows.period[row]] -= we;
            for (std::size_t k = 0; k < problem.edge.n_controls; ++k)
                a[problem.edge.n_periods + k] -= we * problem.edge.control[k][row];
        }
    });
    if (m < 2) return;
    for (std::size_t i = 0; i < m; ++i) {
        const double* const U = fit.U.data() + matches.group[first + i] * Q;
        const double u = out.u[at + i];
        for (std::size_t q = 0; q < Q; ++q) a[q] += u * U[q];
    }
    out.a.insert(out.a.end(), a.begin(), a.begin() + static_cast<std::ptrdiff_t>(Q));
}

/// Adds vectors of sellers to the sums by manager.
inline void scatter(const two_way& problem, const std::vector<double>& side, const seller_vectors& from,
                    seller_outer_products& out) {
    const match_columns& matches = problem.matches;
    const manager_graph& graph = problem.graph;
    const std::size_t Q = problem.edge.size();
    const double* u = from.u.data();
    const double* a = from.a.data();
    for (const std::uint32_t unit : from.unit) {
        const std::size_t first = matches.first_match[unit], m = matches.matches_of(unit);
        double along_g = 0.0;
        for (std::size_t i = 0; i < m; ++i) along_g += u[i] * side[matches.group[first + i]];
        for (std::size_t i = 0; i < m; ++i) {
            const std::uint32_t j = matches.group[first + i];
            out.diagonal[j] += u[i] * u[i];
            out.Kg[j] += u[i] * along_g;
            std::uint64_t l = graph.first[j]; // both lists ascend by manager
            for (std::size_t k = 0; k < m; ++k) {
                if (k == i) continue;
                const auto begin = graph.to.begin() + static_cast<std::ptrdiff_t>(l);
                const auto end = graph.to.begin() + static_cast<std::ptrdiff_t>(graph.first[j + std::size_t{1}]);
                l = static_cast<std::uint64_t>(std::lower_bound(begin, end, matches.group[first + k]) -
                                               graph.to.begin());
                out.link[l] += u[i] * u[k];
            }
            double* const into = out.uh.data() + j * Q;
            for (std::size_t q = 0; q < Q; ++q) into[q] += u[i] * a[q];
        }
        out.gKg[problem.components.of[matches.group[first]]] += along_g * along_g;
        u += m;
        a += Q;
    }
}

inline result<seller_outer_products> outer_products(const run_context& run, const two_way& problem,
                                                    const least_squares& fit, const centred_entries& inverse) {
    const match_columns& matches = problem.matches;
    const std::size_t n = problem.graph.size(), Q = problem.edge.size();
    seller_outer_products out;
    out.diagonal.assign(n, 0.0);
    out.link.assign(problem.graph.to.size(), 0.0);
    out.Kg.assign(n, 0.0);
    out.gKg.assign(problem.components.size(), 0.0);
    out.uh.assign(n * Q, 0.0);
    out.hh.assign(Q * Q, 0.0);
    const double noise = fit.df_match > 0 ? std::sqrt(std::max(0.0, fit.sigma2_match)) : 0.0;
    constexpr std::int64_t wave = 8192, part = 512; // sellers at a time, and of one thread's turn
    const auto n_units = static_cast<std::int64_t>(matches.n_units());
    std::vector<seller_vectors> parts(static_cast<std::size_t>(count_blocks(std::min(wave, n_units), part)));
    for (seller_vectors& one : parts) one.outer.start(Q);
    for (std::int64_t from = 0; from < n_units; from += wave) {
        const std::int64_t count = std::min(wave, n_units - from);
        const auto work = [&](std::int64_t block, std::int64_t begin, std::int64_t end, std::int64_t) {
            seller_vectors& to = parts[static_cast<std::size_t>(block)];
            mover_corner corner;
            std::vector<double> root_n, e, open;
            to.unit.clear();
            to.u.clear();
            to.a.clear();
            for (auto unit = static_cast<std::size_t>(from + begin); unit < static_cast<std::size_t>(from + end);
                 ++unit) {
                const std::size_t first = matches.first_match[unit], m = matches.matches_of(unit);
                if (m < 2) {
                    add_vector(problem, fit, unit, {}, true, to);
                    continue;
                }
                read_corner(
                    matches, matches.weight, unit,
                    [&](std::uint32_t j, std::uint32_t k) { return inverse.raw.at(j, k); }, corner);
                root_n.resize(m);
                e.resize(m);
                for (std::size_t i = 0; i < m; ++i) {
                    root_n[i] = std::sqrt(matches.weight[first + i]);
                    e[i] = root_n[i] * fit.match_residual[first + i];
                }
                add_vector(problem, fit, unit, leave_out_residuals(corner, root_n, e, open), true, to);
                for (double& x : open) x *= noise;
                for (std::size_t at = 0; at < open.size(); at += m)
                    add_vector(problem, fit, unit, std::span(open).subspan(at, m), false, to);
            }
        };
        DUALTRACK_TRYV(for_blocks(quietly(run), count, part, work));
        for (std::int64_t block = 0; block < count_blocks(count, part); ++block)
            scatter(problem, inverse.side, parts[static_cast<std::size_t>(block)], out);
    }
    for (seller_vectors& one : parts) {
        one.outer.flush();
        one.outer.add_to(out.hh, Q);
    }
    return out;
}

} // namespace detail

} // namespace dualtrack::estimate
