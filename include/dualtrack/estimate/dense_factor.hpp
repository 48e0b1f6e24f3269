// The factor L D L' of the graph of few managers nearly all of whom are linked: no pattern to be found or followed,
// only rows of numbers. One manager of each component is grounded, as in sparse_factor.hpp. Reference: Golub, Van Loan,
// "Matrix Computations", 2013, ch. 4.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/manager_components.hpp>

namespace dualtrack::estimate {

struct dense_factor {
    std::size_t n = 0;
    std::vector<std::uint8_t> grounded;
    std::vector<double> lower; // row i: L_i0 .. L_i,i-1; [n (n - 1) / 2]
    std::vector<double> pivot; // D; 1 where grounded
    [[nodiscard]] const double* row(std::size_t i) const noexcept {
        return lower.data() + (i > 0 ? i * (i - 1) / 2 : 0);
    }
};

namespace detail {

/// Sum of a_k b_k, four at a time.
inline double product_sum(const double* a, const double* b, std::size_t n) noexcept {
    double s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0;
    std::size_t k = 0;
    for (; k + 4 <= n; k += 4) {
        s0 += a[k] * b[k];
        s1 += a[k + 1] * b[k + 1];
        s2 += a[k + 2] * b[k + 2];
        s3 += a[k + 3] * b[k + 3];
    }
    for (; k < n; ++k) s0 += a[k] * b[k];
    return (s0 + s1) + (s2 + s3);
}

} // namespace detail

inline dense_factor dense_factor_of(const manager_graph& graph, const manager_components& components) {
    dense_factor out;
    const std::size_t n = out.n = graph.size();
    out.grounded.assign(n, 0);
    std::vector<std::uint8_t> has_ground(components.size(), 0);
    for (std::size_t j = n; j-- > 0;)
        if (has_ground[components.of[j]] == 0) has_ground[components.of[j]] = out.grounded[j] = 1;
    out.lower.assign(n > 0 ? n * (n - 1) / 2 : 0, 0.0);
    out.pivot.assign(n, 1.0);
    for (std::size_t i = 0; i < n; ++i) {
        if (out.grounded[i] != 0) continue;
        double* const own = out.lower.data() + (i > 0 ? i * (i - 1) / 2 : 0);
        for (std::uint64_t l = graph.first[i]; l < graph.first[i + 1] && graph.to[l] < i; ++l)
            if (out.grounded[graph.to[l]] == 0) own[graph.to[l]] = -graph.weight[l];
        for (std::size_t k = 0; k < i; ++k) // own[k]: L_ik D_k
            if (out.grounded[k] == 0) own[k] -= detail::product_sum(own, out.row(k), k);
        double pivot = graph.diagonal[i];
        for (std::size_t k = 0; k < i; ++k) {
            const double scaled = own[k] / out.pivot[k];
            pivot -= own[k] * scaled;
            own[k] = scaled;
        }
        out.pivot[i] = pivot;
    }
    return out;
}

/// Solves for several right-hand sides at once, in place. @param x [n][width]; grounded rows become 0
inline void solve(const dense_factor& factor, std::span<double> x, std::size_t width) {
    const std::size_t n = factor.n;
    for (std::size_t i = 0; i < n; ++i) {
        const double* const row = factor.row(i);
        for (std::size_t c = 0; c < width && factor.grounded[i] != 0; ++c) x[i * width + c] = 0.0;
        for (std::size_t k = 0; k < i && factor.grounded[i] == 0; ++k)
            for (std::size_t c = 0; c < width; ++c) x[i * width + c] -= row[k] * x[k * width + c];
    }
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t c = 0; c < width; ++c) x[i * width + c] /= factor.pivot[i];
    for (std::size_t i = n; i-- > 0;) {
        if (factor.grounded[i] != 0) continue;
        const double* const row = factor.row(i);
        for (std::size_t k = 0; k < i; ++k)
            for (std::size_t c = 0; c < width; ++c) x[k * width + c] -= row[k] * x[i * width + c];
    }
}

} // namespace dualtrack::estimate
