// The factor L D L' of the manager graph, so that effects are solved for directly and exactly. One manager of each
// component is grounded (its effect set to 0): differences are all the data speak of, levels are put back afterwards.
//   A = P (S with the grounded rows removed) P' = L D L' ,   up-looking, by rows, along the elimination tree
// The code is a template of its number, so that the same factor also carries derivatives (dual.hpp).
// Reference: Davis, "Direct Methods for Sparse Linear Systems", 2006, ch. 4.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/minimum_degree.hpp>

namespace dualtrack::estimate {

/// Where the factor has entries; shared by every factor of the same graph.
struct factor_pattern {
    std::vector<std::uint32_t> order, position; // k-th eliminated vertex, and back
    std::vector<std::uint8_t> grounded;         // by vertex
    std::vector<std::uint32_t> parent;          // elimination tree, by position; no_index at roots
    std::vector<std::uint64_t> first;           // entries of column k of L: [first[k], first[k + 1]); [n + 1]
    [[nodiscard]] std::size_t size() const noexcept { return order.size(); }
    [[nodiscard]] std::uint64_t n_entries() const noexcept { return first.empty() ? 0 : first.back(); }
};

template <class Number> struct sparse_factor {
    std::vector<std::uint32_t> row; // of each entry, ascending within a column
    std::vector<Number> lower;      // entries of L below its unit diagonal
    std::vector<Number> pivot;      // D
};

/// The pattern of the factor. @param ground whether the last vertex of each component is grounded
inline factor_pattern pattern_of(const manager_graph& graph, std::vector<std::uint32_t> order, bool ground) {
    const std::size_t n = graph.size();
    factor_pattern out;
    out.order = std::move(order);
    out.position.resize(n);
    for (std::uint32_t k = 0; k < n; ++k) out.position[out.order[k]] = k;
    out.grounded.assign(n, 0);
    out.parent.assign(n, no_index);
    std::vector<std::uint64_t> count(n, 0);
    std::vector<std::uint32_t> flag(n, no_index);
    const auto walk = [&](bool counting) {
        std::fill(flag.begin(), flag.end(), no_index);
        for (std::uint32_t k = 0; k < n; ++k) {
            flag[k] = k;
            const std::uint32_t v = out.order[k];
            if (out.grounded[v] != 0) continue;
            for (std::uint64_t l = graph.first[v]; l < graph.first[v + std::size_t{1}]; ++l) {
                if (out.grounded[graph.to[l]] != 0) continue;
                std::uint32_t i = out.position[graph.to[l]];
                if (i > k) continue;
                for (; flag[i] != k; i = out.parent[i]) {
                    if (out.parent[i] == no_index) out.parent[i] = k;
                    if (counting) ++count[i];
                    flag[i] = k;
                }
            }
        }
    };
    walk(false);
    if (ground) { // the root of a tree is the last vertex of its component
        for (std::uint32_t k = 0; k < n; ++k)
            if (out.parent[k] == no_index) out.grounded[out.order[k]] = 1;
        std::fill(out.parent.begin(), out.parent.end(), no_index);
    }
    std::fill(out.parent.begin(), out.parent.end(), no_index);
    walk(true);
    out.first.assign(n + 1, 0);
    for (std::size_t k = 0; k < n; ++k) out.first[k + 1] = out.first[k] + count[k];
    return out;
}

/// Factors diag - links. @param link_value of link l of the graph, positive where S has a negative entry
template <class Number, class LinkValue, class Diagonal>
sparse_factor<Number> factor_of(const manager_graph& graph, const factor_pattern& pattern, LinkValue&& link_value,
                                Diagonal&& diagonal) {
    const std::size_t n = graph.size();
    sparse_factor<Number> out;
    out.row.resize(pattern.n_entries());
    out.lower.resize(pattern.n_entries());
    out.pivot.resize(n);
    std::vector<Number> work(n, Number(0.0));
    std::vector<std::uint32_t> path(n);
    std::vector<std::uint32_t> stack(n);
    std::vector<std::uint32_t> flag(n, no_index);
    std::vector<std::uint64_t> filled(pattern.first.begin(), pattern.first.end() - (n > 0 ? 1 : 0));
    for (std::uint32_t k = 0; k < n; ++k) {
        flag[k] = k;
        const std::uint32_t v = pattern.order[k];
        if (pattern.grounded[v] != 0) {
            out.pivot[k] = Number(1.0);
            continue;
        }
        std::size_t top = n;
        for (std::uint64_t l = graph.first[v]; l < graph.first[v + std::size_t{1}]; ++l) {
            if (pattern.grounded[graph.to[l]] != 0) continue;
            std::uint32_t i = pattern.position[graph.to[l]];
            if (i > k) continue;
            work[i] = work[i] - link_value(l);
            std::size_t depth = 0;
            for (; flag[i] != k; i = pattern.parent[i]) {
                path[depth++] = i;
                flag[i] = k;
            }
            while (depth > 0) stack[--top] = path[--depth];
        }
        Number pivot = diagonal(v);
        for (; top < n; ++top) {
            const std::uint32_t i = stack[top];
            const Number y = work[i];
            work[i] = Number(0.0);
            for (std::uint64_t e = pattern.first[i]; e < filled[i]; ++e) work[out.row[e]] -= out.lower[e] * y;
            const Number l_ki = y / out.pivot[i];
            pivot -= l_ki * y;
            out.row[filled[i]] = k;
            out.lower[filled[i]] = l_ki;
            ++filled[i];
        }
        out.pivot[k] = pivot;
    }
    return out;
}

/// The factor of S itself (with its grounded rows removed).
inline sparse_factor<double> factor_of(const manager_graph& graph, const factor_pattern& pattern) {
    return factor_of<double>(
        graph, pattern, [&](std::uint64_t l) { return graph.weight[l]; },
        [&](std::uint32_t j) { return graph.diagonal[j]; });
}

/// Solves for several right-hand sides at once, in place. @param x [n][width] by vertex; grounded rows become 0
inline void solve(const factor_pattern& pattern, const sparse_factor<double>& factor, std::span<double> x,
                  std::size_t width) {
    const std::size_t n = pattern.size();
    std::vector<double> y(n * width);
    for (std::size_t k = 0; k < n; ++k) {
        const std::size_t v = pattern.order[k];
        for (std::size_t c = 0; c < width; ++c) y[k * width + c] = pattern.grounded[v] != 0 ? 0.0 : x[v * width + c];
    }
    for (std::size_t k = 0; k < n; ++k) {
        const double* const from = y.data() + k * width;
        for (std::uint64_t e = pattern.first[k]; e < pattern.first[k + 1]; ++e) {
            double* const to = y.data() + factor.row[e] * width;
            const double l = factor.lower[e];
            for (std::size_t c = 0; c < width; ++c) to[c] -= l * from[c];
        }
    }
    for (std::size_t k = n; k-- > 0;) {
        double* const to = y.data() + k * width;
        for (std::size_t c = 0; c < width; ++c) to[c] /= factor.pivot[k];
        for (std::uint64_t e = pattern.first[k]; e < pattern.first[k + 1]; ++e) {
            const double* const from = y.data() + factor.row[e] * width;
            const double l = factor.lower[e];
            for (std::size_t c = 0; c < width; ++c) to[c] -= l * from[c];
        }
    }
    for (std::size_t k = 0; k < n; ++k) {
        const std::size_t v = pattern.order[k];
        for (std::size_t c = 0; c < width; ++c) x[v * width + c] = pattern.grounded[v] != 0 ? 0.0 : y[k * width + c];
    }
}

} // namespace dualtrack::estimate
