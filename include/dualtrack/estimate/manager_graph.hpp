// Who can be compared with whom: two managers are linked when the same seller worked for both, and the link is the
// heavier the longer. Managers that no chain of links joins are in different components; no data compare these.
//   a_jk = sum_i n_ij n_ik / W_i ,   S_jk = -a_jk ,   S_jj = sum_{k != j} a_jk        (S: a weighted graph Laplacian)
// S is what is left of least squares once every seller's own level has been eliminated. Diagonals are summed from the
// links, so rows of S add up to exactly 0 and nothing cancels.
// Reference: Abowd, Kramarz, Margolis 1999 (effects, components); Correia 2016 (elimination).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <dualtrack/estimate/group_matches.hpp>

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

namespace detail {

/// Who is linked to one manager, with weights: sums by manager, and which of these are not 0 as bits of two levels, so
/// that they are read in ascending order at a cost that does not depend on how many managers there are.
class link_row {
  public:
    explicit link_row(std::size_t n) : sum_(n, 0.0), bits_(n / 64 + 1, 0), words_(n / 4096 + 1, 0) {}
    void add(std::uint32_t k, double weight) {
        sum_[k] += weight;
        bits_[k / 64] |= std::uint64_t{1} << (k % 64);
        words_[k / 4096] |= std::uint64_t{1} << (k / 64 % 64);
    }
    /// Calls f(k, weight) in ascending order, and forgets.
    template <class F> void take(F&& f) {
        for (std::size_t high = 0; high < words_.size(); ++high)
            for (; words_[high] != 0; words_[high] &= words_[high] - 1) {
                const std::size_t word = 64 * high + static_cast<std::size_t>(std::countr_zero(words_[high]));
                for (; bits_[word] != 0; bits_[word] &= bits_[word] - 1) {
                    const std::size_t k = 64 * word + static_cast<std::size_t>(std::countr_zero(bits_[word]));
                    f(static_cast<std::uint32_t>(k), sum_[k]);
                    sum_[k] = 0.0;
                }
            }
    }

  private:
    std::vector<double> sum_;
    std::vector<std::uint64_t> bits_, words_;
};

} // namespace detail

/// The graph of managers, put together manager by manager from those who were under them.
/// @param match_weight n of each match, or what stands for it
inline manager_graph manager_graph_of(const run_context& run, const match_columns& matches, std::uint32_t n_groups,
                                      std::span<const double> match_weight) {
    const group_matches by_group = matches_by_group(run, matches, n_groups);
    manager_graph out(run.memory);
    // Rows are written where they would be if no two sellers linked the same managers, then moved together.
    vec<std::uint64_t> at(n_groups + std::size_t{1}, 0, run.memory);
    for (std::size_t j = 0; j < n_groups; ++j) {
        at[j + 1] = at[j];
        for (std::uint64_t k = by_group.first[j]; k < by_group.first[j + 1]; ++k)
            at[j + 1] += matches.matches_of(by_group.unit[k]) - 1;
        at[j + 1] = std::min(at[j + 1], at[j] + n_groups - 1);
    }
    out.to.resize(at.back());
    out.weight.resize(at.back());
    out.diagonal.assign(n_groups, 0.0);
    vec<std::uint32_t> size(n_groups, 0, run.memory);
    constexpr std::uint64_t ahead = 12;
    const auto rows_of = [&](std::int64_t, std::int64_t from, std::int64_t to, std::int64_t) {
        detail::link_row row(n_groups);
        for (auto j = static_cast<std::size_t>(from); j < static_cast<std::size_t>(to); ++j) {
            const std::uint64_t last = by_group.first[j + 1];
            for (std::uint64_t k = by_group.first[j]; k < last; ++k) {
                if (k + 2 * ahead < last) detail::prefetch(matches.first_match.data() + by_group.unit[k + 2 * ahead]);
                if (k + ahead < last) {
                    const std::size_t soon = matches.first_match[by_group.unit[k + ahead]];
                    detail::prefetch(matches.group.data() + soon);
                    detail::prefetch(match_weight.data() + soon);
                }
                const std::uint32_t own = by_group.match[k];
                const std::size_t begin = matches.first_match[by_group.unit[k]];
                const std::size_t end = matches.first_match[by_group.unit[k] + std::size_t{1}];
                double total = 0.0;
                for (std::size_t m = begin; m < end; ++m) total += match_weight[m];
                for (std::size_t m = begin; m < end; ++m)
                    if (m != own) row.add(matches.group[m], match_weight[own] * match_weight[m] / total);
            }
            std::uint64_t next = at[j];
            double sum = 0.0;
            row.take([&](std::uint32_t other, double weight) {
                out.to[next] = other;
                out.weight[next++] = weight;
                sum += weight;
            });
            size[j] = static_cast<std::uint32_t>(next - at[j]);
            out.diagonal[j] = sum;
        }
    };
    constexpr std::int64_t block = 4096;
    static_cast<void>(for_blocks(detail::uninterrupted(run), n_groups, block, rows_of));
    out.first.assign(n_groups + std::size_t{1}, 0);
    for (std::size_t j = 0; j < n_groups; ++j) {
        const std::uint64_t to = out.first[j];
        std::copy_n(out.to.begin() + static_cast<std::ptrdiff_t>(at[j]), size[j],
                    out.to.begin() + static_cast<std::ptrdiff_t>(to));
        std::copy_n(out.weight.begin() + static_cast<std::ptrdiff_t>(at[j]), size[j],
                    out.weight.begin() + static_cast<std::ptrdiff_t>(to));
        out.first[j + 1] = to + size[j];
    }
    out.to.resize(out.first.back());
    out.weight.resize(out.first.back());
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
        for (std::uint64_t l = graph.first[j]; l < graph.first[j + std::size_t{1}] && graph.to[l] < j; ++l) {
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
