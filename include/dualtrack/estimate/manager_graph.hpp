// Who can be compared with whom: two managers are linked when the same seller worked for both, and the link is the
// heavier the longer. Managers that no chain of links joins are in different components; no data compare these.
//   a_jk = sum_i n_ij n_ik / W_i ,   S_jk = -a_jk ,   S_jj = sum_{k != j} a_jk        (S: a weighted graph Laplacian)
// S is what is left of least squares once every seller's own level has been eliminated. Diagonals are summed from the
// links, so rows of S add up to exactly 0 and nothing cancels.
// Reference: Abowd, Kramarz, Margolis 1999 (effects, components); Correia 2016 (elimination).
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <dualtrack/estimate/matches.hpp>

namespace dualtrack::estimate {

struct manager_graph {
    vec<std::uint64_t> first; // links of manager j: [first[j], first[j + 1]), ascending; [n + 1]
    vec<std::uint32_t> to;    // both directions
    vec<double> weight;       // a_jk
    vec<double> diagonal;     // S_jj, [n]

    explicit manager_graph(std::pmr::memory_resource* memory)
        : first(memory), to(memory), weight(memory), diagonal(memory) {}
    [[nodiscard]] std::size_t size() const noexcept { return diagonal.size(); }
    [[nodiscard]] std::size_t n_links() const noexcept { return to.size() / 2; }

    /// out = S x; rows as sums of differences, so that a constant gives exactly 0.
    void apply(std::span<const double> x, std::span<double> out) const {
        for (std::size_t j = 0; j < size(); ++j) {
            const double own = x[j];
            double sum = 0.0;
            for (std::uint64_t l = first[j]; l < first[j + 1]; ++l) sum += weight[l] * (own - x[to[l]]);
            out[j] = sum;
        }
    }
};

/// The graph of managers. @param match_weight n of each match, or what stands for it
inline manager_graph manager_graph_of(const run_context& run, const match_columns& matches, std::uint32_t n_groups,
                                      std::span<const double> match_weight) {
    std::size_t n_raw = 0;
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::size_t m = matches.matches_of(unit);
        n_raw += m * (m - 1) / 2;
    }
    vec<std::uint32_t> low(run.memory);
    vec<std::uint32_t> high(run.memory);
    vec<double> weight(run.memory);
    low.reserve(n_raw);
    high.reserve(n_raw);
    weight.reserve(n_raw);
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::size_t begin = matches.first_match[unit];
        const std::size_t end = matches.first_match[unit + 1];
        if (end - begin < 2) continue;
        double total = 0.0;
        for (std::size_t m = begin; m < end; ++m) total += match_weight[m];
        for (std::size_t a = begin; a < end; ++a)
            for (std::size_t b = a + 1; b < end; ++b) {
                low.push_back(matches.group[a]);
                high.push_back(matches.group[b]);
                weight.push_back(match_weight[a] * match_weight[b] / total);
            }
    }
    // Two stable counting sorts: links of a pair end up side by side, in the order of sellers.
    vec<std::uint32_t> order(n_raw, run.memory);
    {
        vec<std::uint32_t> by_high(n_raw, run.memory);
        vec<std::uint32_t> next(n_groups + std::size_t{1}, 0, run.memory);
        const auto place = [&](const vec<std::uint32_t>& key, const auto& from, vec<std::uint32_t>& into) {
            std::fill(next.begin(), next.end(), 0U);
            for (const std::uint32_t k : key) ++next[k + std::size_t{1}];
            for (std::size_t k = 0; k < n_groups; ++k) next[k + 1] += next[k];
            for (std::size_t i = 0; i < n_raw; ++i) {
                const std::uint32_t edge = from(i);
                into[next[key[edge]]++] = edge;
            }
        };
        place(
            high, [](std::size_t i) { return static_cast<std::uint32_t>(i); }, by_high);
        place(
            low, [&](std::size_t i) { return by_high[i]; }, order);
    }
    std::size_t n_merged = 0;
    vec<double> merged(run.memory);
    vec<std::uint32_t> merged_low(run.memory);
    vec<std::uint32_t> merged_high(run.memory);
    for (std::size_t i = 0; i < n_raw; ++i) {
        const std::uint32_t edge = order[i];
        if (n_merged > 0 && merged_low[n_merged - 1] == low[edge] && merged_high[n_merged - 1] == high[edge]) {
            merged[n_merged - 1] += weight[edge];
            continue;
        }
        merged_low.push_back(low[edge]);
        merged_high.push_back(high[edge]);
        merged.push_back(weight[edge]);
        ++n_merged;
    }
    manager_graph out(run.memory);
    out.first.assign(n_groups + std::size_t{1}, 0);
    for (std::size_t e = 0; e < n_merged; ++e) {
        ++out.first[merged_low[e] + std::size_t{1}];
        ++out.first[merged_high[e] + std::size_t{1}];
    }
    for (std::size_t j = 0; j < n_groups; ++j) out.first[j + 1] += out.first[j];
    out.to.resize(2 * n_merged);
    out.weight.resize(2 * n_merged);
    vec<std::uint64_t> next(out.first.begin(), out.first.end(), run.memory);
    // Edges are sorted by (low, high): first all links downwards, then all links upwards keeps every row ascending.
    for (std::size_t e = 0; e < n_merged; ++e) {
        const std::uint64_t at = next[merged_high[e]]++;
        out.to[at] = merged_low[e];
        out.weight[at] = merged[e];
    }
    for (std::size_t e = 0; e < n_merged; ++e) {
        const std::uint64_t at = next[merged_low[e]]++;
        out.to[at] = merged_high[e];
        out.weight[at] = merged[e];
    }
    out.diagonal.assign(n_groups, 0.0);
    for (std::size_t j = 0; j < n_groups; ++j)
        for (std::uint64_t l = out.first[j]; l < out.first[j + 1]; ++l) out.diagonal[j] += out.weight[l];
    return out;
}

/// Components of linked managers; number 0 is the largest by managers, then by rows, then by smallest manager.
struct manager_components {
    std::vector<std::uint32_t> of; // component of manager j; [n_groups]
    std::vector<std::uint32_t> n_groups;
    std::vector<double> group_weight; // N_j: sum of weights of the rows of manager j
    std::vector<double> weight;       // sum over the component
    [[nodiscard]] std::size_t size() const noexcept { return n_groups.size(); }

    /// Takes the weighted mean of each component off.
    void centre(std::span<double> x) const {
        std::vector<double> mean(size(), 0.0);
        for (std::size_t j = 0; j < of.size(); ++j) mean[of[j]] += group_weight[j] * x[j];
        for (std::size_t c = 0; c < size(); ++c) mean[c] /= weight[c];
        for (std::size_t j = 0; j < of.size(); ++j) x[j] -= mean[of[j]];
    }
    /// Takes the plain mean of each component off: round-off along what S cannot see.
    void project(std::span<double> x) const {
        std::vector<double> mean(size(), 0.0);
        for (std::size_t j = 0; j < of.size(); ++j) mean[of[j]] += x[j];
        for (std::size_t c = 0; c < size(); ++c) mean[c] /= static_cast<double>(n_groups[c]);
        for (std::size_t j = 0; j < of.size(); ++j) x[j] -= mean[of[j]];
    }
};

inline manager_components components_of(const manager_graph& graph, std::span<const double> group_weight,
                                        std::span<const std::uint64_t> group_rows) {
    const std::size_t n = graph.size();
    std::vector<std::uint32_t> parent(n);
    std::iota(parent.begin(), parent.end(), 0U);
    const auto root = [&](std::uint32_t j) {
        while (parent[j] != j) j = parent[j] = parent[parent[j]];
        return j;
    };
    for (std::uint32_t j = 0; j < n; ++j)
        for (std::uint64_t l = graph.first[j]; l < graph.first[j + std::size_t{1}]; ++l) {
            const std::uint32_t a = root(j);
            const std::uint32_t b = root(graph.to[l]);
            if (a != b) parent[std::max(a, b)] = std::min(a, b); // the root is the smallest manager
        }
    std::vector<std::uint32_t> roots;
    std::vector<std::uint32_t> size(n, 0);
    std::vector<std::uint64_t> rows(n, 0);
    for (std::uint32_t j = 0; j < n; ++j) {
        const std::uint32_t r = root(j);
        if (r == j) roots.push_back(j);
        ++size[r];
        rows[r] += group_rows[j];
    }
    std::sort(roots.begin(), roots.end(), [&](std::uint32_t a, std::uint32_t b) {
        if (size[a] != size[b]) return size[a] > size[b];
        if (rows[a] != rows[b]) return rows[a] > rows[b];
        return a < b;
    });
    std::vector<std::uint32_t> number(n, 0);
    manager_components out;
    for (std::uint32_t c = 0; c < roots.size(); ++c) {
        number[roots[c]] = c;
        out.n_groups.push_back(size[roots[c]]);
    }
    out.of.resize(n);
    out.group_weight.assign(group_weight.begin(), group_weight.end());
    out.weight.assign(roots.size(), 0.0);
    for (std::uint32_t j = 0; j < n; ++j) {
        out.of[j] = number[root(j)];
        out.weight[out.of[j]] += group_weight[j];
    }
    return out;
}

/// b_j = sum of the deviations of movers under manager j; those who stayed add nothing.
inline std::vector<double> group_sums(const match_columns& matches, std::uint32_t n_groups,
                                      std::span<const double> match_sum) {
    std::vector<double> out(n_groups, 0.0);
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        if (matches.matches_of(unit) < 2) continue;
        for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1]; ++m)
            out[matches.group[m]] += match_sum[m];
    }
    return out;
}

} // namespace dualtrack::estimate
