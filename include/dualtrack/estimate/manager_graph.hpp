// Who can be compared with whom: two managers are linked when the same seller worked for both, and the link is the
// heavier the longer. Managers that no chain of links joins are in different components; no data compare these.
//   a_jk = sum_i n_ij n_ik / W_i ,   S_jk = -a_jk ,   S_jj = sum_{k != j} a_jk        (S: a weighted graph Laplacian)
// S is what is left of least squares once every seller's own level has been eliminated. Diagonals are summed from the
// links, so rows of S add up to exactly 0 and nothing cancels. A seller with very many managers (a house account) would
// link each of them to each: such a seller is a hub, who stays in the graph as one more vertex with links n_ij. Without
// that vertex S is the same: sum over hubs of n_ij (x_j - mean of x over the seller's rows) does its part.
// Reference: Abowd, Kramarz, Margolis 1999 (effects, components); Correia 2016 (elimination).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
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
    // sellers who are not among the links: their managers [hub_first[i], hub_first[i + 1]), with n_ij
    std::vector<std::uint64_t> hub_first{0};
    std::vector<std::uint32_t> hub_group;
    std::vector<double> hub_weight;
    std::shared_ptr<const manager_graph> extended; // with hubs as vertices n, n + 1, ..; null without hubs

    explicit manager_graph(std::pmr::memory_resource* memory)
        : first(memory), to(memory), weight(memory), diagonal(memory) {}
    [[nodiscard]] std::size_t n_hubs() const noexcept { return hub_first.size() - 1; }
    /// The graph to be factored: what it says of managers is what this one says.
    [[nodiscard]] const manager_graph& to_factor() const noexcept { return extended ? *extended : *this; }
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
        add_hubs(x, out, 1);
    }

    /// out += what hubs have to do with it, for `width` interleaved vectors. Returns the part of x' S x of the first.
    double add_hubs(std::span<const double> x, std::span<double> out, std::size_t width) const {
        double energy = 0.0;
        for (std::size_t i = 0; i < n_hubs(); ++i)
            for (std::size_t c = 0; c < width; ++c) {
                double total = 0.0;
                double mean = 0.0;
                for (std::uint64_t k = hub_first[i]; k < hub_first[i + 1]; ++k) {
                    total += hub_weight[k];
                    mean += hub_weight[k] * x[hub_group[k] * width + c];
                }
                mean /= total;
                for (std::uint64_t k = hub_first[i]; k < hub_first[i + 1]; ++k) {
                    const double apart = x[hub_group[k] * width + c] - mean;
                    out[hub_group[k] * width + c] += hub_weight[k] * apart;
                    if (c == 0) energy += hub_weight[k] * apart * apart;
                }
            }
        return energy;
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

namespace detail {

/// Sellers with more than `most` managers become hubs.
inline void find_hubs(const match_columns& matches, std::span<const double> match_weight, std::uint32_t most,
                      manager_graph& out) {
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        if (matches.matches_of(unit) <= most) continue;
        for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1]; ++m) {
            out.hub_group.push_back(matches.group[m]);
            out.hub_weight.push_back(match_weight[m]);
        }
        out.hub_first.push_back(out.hub_group.size());
    }
}

/// Adds hubs to the diagonal, and makes the graph that has them as vertices.
inline void extend(const run_context& run, manager_graph& graph) {
    const std::size_t n = graph.size();
    const std::size_t n_hubs = graph.n_hubs();
    auto made = std::make_shared<manager_graph>(run.memory);
    manager_graph& out = *made;
    out.first.assign(n + n_hubs + 1, 0);
    for (std::size_t j = 0; j < n; ++j) out.first[j + 1] = graph.first[j + 1] - graph.first[j];
    for (const std::uint32_t j : graph.hub_group) ++out.first[j + std::size_t{1}];
    for (std::size_t i = 0; i < n_hubs; ++i) out.first[n + i + 1] = graph.hub_first[i + 1] - graph.hub_first[i];
    for (std::size_t v = 0; v < n + n_hubs; ++v) out.first[v + 1] += out.first[v];
    out.to.resize(out.first.back());
    out.weight.resize(out.first.back());
    out.diagonal.assign(graph.diagonal.begin(), graph.diagonal.end());
    out.diagonal.resize(n + n_hubs, 0.0);
    vec<std::uint64_t> next(out.first.begin(), out.first.end(), run.memory);
    for (std::size_t j = 0; j < n; ++j)
        for (std::uint64_t l = graph.first[j]; l < graph.first[j + 1]; ++l) {
            out.to[next[j]] = graph.to[l];
            out.weight[next[j]++] = graph.weight[l];
        }
    for (std::size_t i = 0; i < n_hubs; ++i) {
        const std::uint64_t begin = graph.hub_first[i];
        const std::uint64_t end = graph.hub_first[i + 1];
        std::vector<double> after(end - begin + 1, 0.0); // sums of weights from k on; so that nothing cancels
        for (std::uint64_t k = end; k-- > begin;) after[k - begin] = after[k - begin + 1] + graph.hub_weight[k];
        double before = 0.0;
        for (std::uint64_t k = begin; k < end; ++k) {
            const std::uint32_t j = graph.hub_group[k];
            const double w = graph.hub_weight[k];
            graph.diagonal[j] += w * (before + after[k - begin + 1]) / after.front();
            before += w;
            for (const auto& [from, other] : {std::pair{std::size_t{j}, n + i}, std::pair{n + i, std::size_t{j}}}) {
                out.to[next[from]] = static_cast<std::uint32_t>(other);
                out.weight[next[from]++] = w;
                out.diagonal[from] += w;
            }
        }
    }
    graph.extended = std::move(made);
}

} // namespace detail

/// The graph of managers, put together manager by manager from those who were under them.
/// @param match_weight n of each match, or what stands for it
/// @param most_managers of a seller who is linked to each of them; who has more is a hub
inline manager_graph manager_graph_of(const run_context& run, const match_columns& matches, std::uint32_t n_groups,
                                      std::span<const double> match_weight, std::uint32_t most_managers = no_index) {
    const group_matches by_group = matches_by_group(run, matches, n_groups);
    manager_graph out(run.memory);
    // Rows are written where they would be if no two sellers linked the same managers, then moved together.
    vec<std::uint64_t> at(n_groups + std::size_t{1}, 0, run.memory);
    for (std::size_t j = 0; j < n_groups; ++j) {
        at[j + 1] = at[j];
        for (std::uint64_t k = by_group.first[j]; k < by_group.first[j + 1]; ++k) {
            const std::uint32_t others = matches.matches_of(by_group.unit[k]) - 1;
            at[j + 1] += others < most_managers ? others : 0;
        }
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
                if (end - begin > most_managers) continue;
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
    detail::find_hubs(matches, match_weight, most_managers, out);
    if (out.n_hubs() > 0) detail::extend(run, out);
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
