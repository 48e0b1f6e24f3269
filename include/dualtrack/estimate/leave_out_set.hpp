// Sellers on whom everything hangs. Without such a seller (an articulation point of the graph of sellers and managers)
// a component falls apart, and what it says of the managers cut off rests on that one career. Corrected variances leave
// such sellers out: repeat {largest component by managers; find all articulation sellers; remove them} until none is
// left, then drop sellers with one row. Reference: Tarjan 1972 (articulation points); Kline, Saggio, Solvsten 2020,
// computational appendix.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include <dualtrack/estimate/manager_graph.hpp>

namespace dualtrack::estimate {

struct articulation {
    std::vector<std::uint8_t> is_bridge; // seller without whom a component falls apart; [n_units]
    std::vector<std::uint8_t> hangs;     // manager on a side of a bridge with at most half of the managers; [n_groups]
};

namespace detail {

/// Links of managers to sellers, among the sellers in use.
struct seller_lists {
    std::vector<std::uint64_t> first; // [n_groups + 1]
    std::vector<std::uint32_t> unit;
};

inline seller_lists sellers_of_managers(const match_columns& matches, std::uint32_t n_groups,
                                        const std::vector<std::uint8_t>& in_use) {
    seller_lists out;
    out.first.assign(n_groups + std::size_t{1}, 0);
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit)
        for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1] && in_use[unit] != 0; ++m)
            ++out.first[matches.group[m] + std::size_t{1}];
    for (std::size_t j = 0; j < n_groups; ++j) out.first[j + 1] += out.first[j];
    out.unit.resize(out.first.back());
    std::vector<std::uint64_t> next(out.first.begin(), out.first.end() - 1);
    for (std::uint32_t unit = 0; unit < matches.n_units(); ++unit)
        for (std::size_t m = matches.first_match[unit];
             m < matches.first_match[unit + std::size_t{1}] && in_use[unit] != 0; ++m)
            out.unit[next[matches.group[m]]++] = unit;
    return out;
}

} // namespace detail

/// Articulation sellers and the managers that hang on them. Depth first, without recursion.
inline articulation articulation_of(const match_columns& matches, std::uint32_t n_groups,
                                    const std::vector<std::uint8_t>& in_use) {
    const std::size_t n_units = matches.n_units();
    const detail::seller_lists lists = detail::sellers_of_managers(matches, n_groups, in_use);
    // Vertices: managers 0 .. n_groups - 1, then sellers.
    const std::size_t n = n_groups + n_units;
    articulation out;
    out.is_bridge.assign(n_units, 0);
    out.hangs.assign(n_groups, 0);
    std::vector<std::uint32_t> found(n, 0), low(n, 0), parent(n, no_index), managers(n, 0);
    std::vector<std::uint32_t> visited; // in order of discovery
    std::vector<std::uint64_t> next(n, 0);
    std::vector<std::uint32_t> stack;
    const auto degree = [&](std::uint32_t v) -> std::uint64_t {
        if (v < n_groups) return lists.first[v + std::size_t{1}] - lists.first[v];
        return matches.matches_of(v - n_groups);
    };
    const auto neighbour = [&](std::uint32_t v, std::uint64_t k) -> std::uint32_t {
        if (v < n_groups) return lists.unit[lists.first[v] + k] + n_groups;
        return matches.group[matches.first_match[v - n_groups] + k];
    };
    struct side { // of a seller: the vertices found after `top` in its subtree, with so many managers
        std::uint32_t seller, top, managers;
    };
    std::vector<side> sides;
    std::vector<std::uint32_t> last(n, 0); // one past the subtree in order of discovery
    for (std::uint32_t root = 0; root < n_groups; ++root) {
        if (found[root] != 0) continue;
        const std::size_t first_side = sides.size();
        const std::size_t first_visited = visited.size();
        visited.push_back(root);
        found[root] = low[root] = static_cast<std::uint32_t>(visited.size());
        managers[root] = 1;
        stack.push_back(root);
        while (!stack.empty()) {
            const std::uint32_t v = stack.back();
            if (next[v] < degree(v)) {
                const std::uint32_t u = neighbour(v, next[v]++);
                if (u == parent[v]) continue;
                if (found[u] != 0) {
                    low[v] = std::min(low[v], found[u]);
                    continue;
                }
                parent[u] = v;
                visited.push_back(u);
                found[u] = low[u] = static_cast<std::uint32_t>(visited.size());
                managers[u] = u < n_groups ? 1 : 0;
                stack.push_back(u);
                continue;
            }
            stack.pop_back();
            last[v] = static_cast<std::uint32_t>(visited.size()) + 1;
            if (stack.empty()) continue;
            const std::uint32_t p = stack.back();
            low[p] = std::min(low[p], low[v]);
            managers[p] += managers[v];
            if (p >= n_groups && low[v] >= found[p]) { // v's subtree is cut off without seller p
                out.is_bridge[p - n_groups] = 1;
                sides.push_back({p, v, managers[v]});
            }
        }
        // Which sides hold at most half of the component's managers: their managers hang on the seller. The rest of the
        // component is a side as well.
        const std::uint32_t total = managers[root];
        std::vector<std::int64_t> ends(visited.size() - first_visited + 1, 0); // marks as differences: a chain is long
        const auto hang = [&](std::size_t from, std::size_t to) {
            ++ends[from - first_visited];
            --ends[to - first_visited];
        };
        for (std::size_t s = first_side; s < sides.size(); ++s) {
            const side& one = sides[s];
            if (2 * one.managers <= total) hang(found[one.top] - 1, last[one.top] - 1);
            // what is outside the seller's subtree is the other side of each of its cut-off subtrees
            if (2 * (total - managers[one.seller]) <= total) {
                hang(first_visited, found[one.seller] - 1);
                hang(last[one.seller] - 1, visited.size());
            }
        }
        std::int64_t marks = 0;
        for (std::size_t i = first_visited; i < visited.size(); ++i) {
            marks += ends[i - first_visited];
            if (marks > 0 && visited[i] < n_groups) out.hangs[visited[i]] = 1;
        }
    }
    return out;
}

/// Which sellers the leave-out set keeps; empty of sellers where nothing is left.
inline std::vector<std::uint8_t> leave_out_set(const run_context& run, const match_columns& matches,
                                               std::uint32_t n_groups) {
    static_cast<void>(run);
    const std::size_t n_units = matches.n_units();
    std::vector<std::uint8_t> in_use(n_units, 1);
    std::vector<std::uint32_t> parent(n_groups);
    const auto root = [&](std::uint32_t j) {
        while (parent[j] != j) j = parent[j] = parent[parent[j]];
        return j;
    };
    const auto keep_largest = [&] {
        std::iota(parent.begin(), parent.end(), 0U);
        std::vector<std::uint64_t> rows(n_groups, 0);
        std::vector<std::uint8_t> seen(n_groups, 0);
        for (std::size_t unit = 0; unit < n_units; ++unit)
            for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1] && in_use[unit] != 0;
                 ++m) {
                seen[matches.group[m]] = 1;
                const std::uint32_t a = root(matches.group[matches.first_match[unit]]);
                const std::uint32_t b = root(matches.group[m]);
                if (a != b) parent[std::max(a, b)] = std::min(a, b);
            }
        std::vector<std::uint32_t> size(n_groups, 0);
        for (std::size_t unit = 0; unit < n_units; ++unit)
            for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1] && in_use[unit] != 0; ++m)
                rows[root(matches.group[m])] += matches.n_rows[m];
        for (std::uint32_t j = 0; j < n_groups; ++j)
            if (seen[j] != 0) ++size[root(j)];
        std::uint32_t best = no_index;
        for (std::uint32_t j = 0; j < n_groups; ++j) {
            if (size[j] == 0) continue;
            if (best == no_index || size[j] > size[best] || (size[j] == size[best] && rows[j] > rows[best])) best = j;
        }
        for (std::size_t unit = 0; unit < n_units; ++unit)
            if (in_use[unit] != 0 && root(matches.group[matches.first_match[unit]]) != best) in_use[unit] = 0;
    };
    for (;;) {
        keep_largest();
        const articulation cut = articulation_of(matches, n_groups, in_use);
        bool any = false;
        for (std::size_t unit = 0; unit < n_units; ++unit)
            if (in_use[unit] != 0 && cut.is_bridge[unit] != 0) {
                in_use[unit] = 0;
                any = true;
            }
        if (!any) break;
    }
    for (std::size_t unit = 0; unit < n_units; ++unit) {
        std::uint64_t rows = 0;
        for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1]; ++m)
            rows += matches.n_rows[m];
        if (rows < 2) in_use[unit] = 0;
    }
    keep_largest();
    return in_use;
}

} // namespace dualtrack::estimate
