// Conjugate gradients for several right-hand sides side by side: the same matrix is read once for all of them, which is
// what takes the time. A column that has converged stands still while the others go on.
//   ||x - x_k||^2_A = sum_{l >= k} alpha_l r_l' z_l                                 (Strakos, Tichy 2002)
// A column stops once the last terms of this sum are `relative`^2 of all it has gathered. Vectors are interleaved: the
// eight numbers of one manager are neighbours in memory.
// Reference: Hestenes, Stiefel 1952; Strakos, Tichy 2002 (error from the iteration's own terms).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <dualtrack/base/parallel.hpp>
#include <dualtrack/estimate/manager_solver.hpp>

namespace dualtrack::estimate {

inline constexpr std::size_t block_width = 8;

struct gradient_rule {
    double relative = 1e-11;
    int most = 2000;
    bool is_slow = true; // a preconditioner of the diagonal alone: the error is looked at over a longer stretch
};

/// x = A^-1 x for W interleaved vectors. False when not converged.
/// @param apply (p, q): q = A p. @param precondition (z): z = P z, in place
template <std::size_t W, class Apply, class Precondition>
bool solve_block(Apply&& apply, Precondition&& precondition, std::span<double> x, const gradient_rule& rule) {
    using lane = std::array<double, W>;
    const std::size_t size = x.size();
    std::vector<double> r(x.begin(), x.end()), z(r), q(size);
    std::fill(x.begin(), x.end(), 0.0);
    precondition(std::span<double>(z));
    std::vector<double> p(z);
    const auto dot = [size](const std::vector<double>& a, const std::vector<double>& b) {
        lane sum{};
        for (std::size_t i = 0; i < size; i += W)
            for (std::size_t c = 0; c < W; ++c) sum[c] += a[i + c] * b[i + c];
        return sum;
    };
    lane rz = dot(r, z), gathered{}, alpha{}, beta{};
    std::array<bool, W> done{};
    for (std::size_t c = 0; c < W; ++c) done[c] = !(rz[c] > 0.0);
    std::vector<lane> gain;
    for (int k = 0; k < rule.most; ++k) {
        if (std::all_of(done.begin(), done.end(), [](bool d) { return d; })) return true;
        apply(std::span<const double>(p), std::span<double>(q));
        const lane pq = dot(p, q);
        for (std::size_t c = 0; c < W; ++c) alpha[c] = !done[c] && pq[c] > 0.0 ? rz[c] / pq[c] : 0.0;
        for (std::size_t i = 0; i < size; i += W)
            for (std::size_t c = 0; c < W; ++c) {
                x[i + c] += alpha[c] * p[i + c];
                r[i + c] -= alpha[c] * q[i + c];
            }
        lane& own = gain.emplace_back();
        const std::size_t look_back = rule.is_slow ? std::max<std::size_t>(4, gain.size() / 8) : 3;
        for (std::size_t c = 0; c < W; ++c) {
            own[c] = alpha[c] * rz[c];
            gathered[c] += own[c];
            if (done[c] || gain.size() < look_back) continue;
            double last = 0.0;
            for (std::size_t l = gain.size() - look_back; l < gain.size(); ++l) last += gain[l][c];
            done[c] = !(last > rule.relative * rule.relative * gathered[c]);
        }
        z = r;
        precondition(std::span<double>(z));
        const lane next = dot(r, z);
        for (std::size_t c = 0; c < W; ++c) {
            done[c] = done[c] || !(next[c] > 0.0);
            beta[c] = done[c] ? 0.0 : next[c] / rz[c];
            rz[c] = next[c];
        }
        for (std::size_t i = 0; i < size; i += W)
            for (std::size_t c = 0; c < W; ++c) p[i + c] = z[i + c] + beta[c] * p[i + c];
    }
    return false;
}

/// x = S^+ x for a block of vectors, weighted mean 0 in every component; may be called from several threads at once.
inline bool solve_graph_block(const manager_solver& solver, std::span<double> x, double relative) {
    constexpr std::size_t W = block_width;
    const manager_graph& graph = *solver.graph;
    detail::project(*solver.components, x, W);
    bool converged = true;
    if (solver.kind == solver_kind::exact) {
        solve(solver.pattern, solver.factor, x, W);
    } else {
        const auto apply = [&](std::span<const double> p, std::span<double> q) {
            for (std::size_t j = 0; j < graph.size(); ++j) {
                const double* const own = p.data() + j * W;
                std::array<double, W> sum{};
                for (std::uint64_t l = graph.first[j]; l < graph.first[j + 1]; ++l) {
                    const double* const other = p.data() + graph.to[l] * W;
                    const double w = graph.weight[l];
                    for (std::size_t c = 0; c < W; ++c) sum[c] += w * (own[c] - other[c]);
                }
                std::copy(sum.begin(), sum.end(), q.begin() + static_cast<std::ptrdiff_t>(j * W));
            }
        };
        const auto precondition = [&](std::span<double> z) {
            solver.precondition(z, W);
            detail::project(*solver.components, z, W);
        };
        converged = solve_block<W>(apply, precondition, x,
                                   {.relative = relative, .is_slow = solver.kind == solver_kind::jacobi});
    }
    detail::centre(*solver.components, x, W);
    return converged;
}

/// The same run without progress: of a step whose part of the whole nobody knows.
[[nodiscard]] inline run_context quietly(run_context run) noexcept {
    run.progress = nullptr;
    return run;
}

/// How many blocks so many draws take: whole blocks of eight.
constexpr std::int64_t blocks_of_draws(std::int64_t draws) noexcept {
    constexpr auto W = static_cast<std::int64_t>(block_width);
    return (std::max<std::int64_t>(draws, 1) + W - 1) / W;
}

/// Makes blocks of draws on the host's threads and takes them one after the other, in order, so that sums over draws
/// are the same for any number of threads. A few blocks are kept at a time, for memory.
/// @param make (block, kept): fills what is kept of a block. @param take (block, kept) -> nothing or result<void>
template <class Kept, class Make, class Take>
[[nodiscard]] result<void> for_draw_blocks(const run_context& run, std::int64_t n_blocks, Make&& make, Take&& take) {
    constexpr std::int64_t wave = 8;
    std::vector<Kept> kept(static_cast<std::size_t>(std::min(wave, n_blocks)));
    for (std::int64_t from = 0; from < n_blocks; from += wave) {
        const std::int64_t count = std::min(wave, n_blocks - from);
        DUALTRACK_TRYV(
            for_blocks(quietly(run), count, 1, [&](std::int64_t b, std::int64_t, std::int64_t, std::int64_t) {
                make(from + b, kept[static_cast<std::size_t>(b)]);
            }));
        for (std::int64_t b = 0; b < count; ++b) {
            Kept& one = kept[static_cast<std::size_t>(b)];
            if constexpr (std::is_void_v<std::invoke_result_t<Take&, std::int64_t, Kept&>>) {
                take(from + b, one);
            } else {
                DUALTRACK_TRYV(take(from + b, one));
            }
        }
    }
    return outcome::success();
}

} // namespace dualtrack::estimate
