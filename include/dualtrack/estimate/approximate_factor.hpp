// A factor that is close to the manager graph's, of linear size: eliminating a manager replaces the clique among the
// neighbours by a tree drawn at random whose expectation is the clique. Used to precondition where an exact factor
// would fill up.
//   eliminate v with links w_1 <= .. <= w_k, W = sum w:  f_l = w_l / W,  D_v = W;
//   for l < k draw q > l with probability w_q / S_l, S_l = sum_{q > l} w_q, and link l and q with w_l S_l / W
// Reference: Gao, Kyng, Spielman, "Robust and practical solution of Laplacian equations by approximate elimination",
// 2023; written from it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <dualtrack/base/random.hpp>
#include <dualtrack/estimate/minimum_degree.hpp>

namespace dualtrack::estimate {

inline constexpr std::uint32_t purpose_elimination = 4001; // of random numbers: order and samples
inline constexpr std::uint32_t purpose_projection = 4002;
inline constexpr std::uint32_t purpose_probe = 4003;
inline constexpr std::uint32_t purpose_backtest = 4004;

struct approximate_factor {
    std::vector<std::uint32_t> order;
    std::vector<std::uint64_t> first; // entries of the k-th eliminated: [first[k], first[k + 1])
    std::vector<std::uint32_t> to;
    std::vector<double> share, pivot; // f_l; D_v, 0 for the last of a component
    std::uint32_t copies = 1;         // trees a clique was replaced by, each of a part of its weight

    /// x = (L D L')^+ x for `width` interleaved vectors.
    void apply(std::span<double> x, std::size_t width) const {
        const std::size_t n = order.size();
        for (std::size_t k = 0; k < n; ++k) {
            double* const own = x.data() + order[k] * width;
            for (std::uint64_t e = first[k]; e < first[k + 1]; ++e) {
                double* const other = x.data() + to[e] * width;
                for (std::size_t c = 0; c < width; ++c) other[c] += share[e] * own[c];
            }
            const double inverse = pivot[k] > 0.0 ? 1.0 / pivot[k] : 0.0;
            for (std::size_t c = 0; c < width; ++c) own[c] *= inverse;
        }
        for (std::size_t k = n; k-- > 0;) {
            double* const own = x.data() + order[k] * width;
            for (std::uint64_t e = first[k]; e < first[k + 1]; ++e) {
                const double* const other = x.data() + to[e] * width;
                for (std::size_t c = 0; c < width; ++c) own[c] += share[e] * other[c];
            }
        }
    }
};

/// @param copies links are split into so many, and so many trees are drawn for each clique: closer, and dearer
inline approximate_factor approximate_factor_of(const manager_graph& graph, std::uint64_t seed,
                                                std::uint32_t copies = 1) {
    struct link {
        std::uint32_t to;
        double weight;
    };
    const std::size_t n = graph.size();
    approximate_factor out;
    out.copies = copies;
    const double part = 1.0 / copies;
    out.order.reserve(n);
    out.first.push_back(0);
    out.pivot.reserve(n);
    std::vector<std::uint64_t> begin(n); // a vertex's own links lie in one pool, doubled in place when full
    std::vector<std::uint32_t> count(n, 0);
    std::vector<std::uint32_t> room(n, 0);
    std::vector<link> pool(graph.to.size() * copies);
    for (std::size_t v = 0; v < n; ++v) {
        begin[v] = graph.first[v] * copies;
        count[v] = room[v] = static_cast<std::uint32_t>(graph.first[v + 1] - graph.first[v]) * copies;
        for (std::uint64_t l = graph.first[v]; l < graph.first[v + 1]; ++l)
            for (std::uint32_t k = 0; k < copies; ++k) pool[l * copies + k] = {graph.to[l], graph.weight[l] * part};
    }
    const auto append = [&](std::uint32_t v, link what) {
        if (count[v] == room[v]) {
            const std::uint64_t at = pool.size();
            room[v] = std::max<std::uint32_t>(4, 2 * room[v]);
            pool.resize(at + room[v]);
            std::copy_n(pool.begin() + static_cast<std::ptrdiff_t>(begin[v]), count[v],
                        pool.begin() + static_cast<std::ptrdiff_t>(at));
            begin[v] = at;
        }
        pool[begin[v] + count[v]++] = what;
    };
    std::vector<std::uint32_t> start(n);
    std::vector<std::uint32_t> key(n);
    for (std::uint32_t v = 0; v < n; ++v) {
        start[v] = v;
        key[v] = random::block_of({.seed = seed, .entity = v, .purpose = purpose_elimination}, 0)[0];
    }
    std::sort(start.begin(), start.end(),
              [&](std::uint32_t a, std::uint32_t b) { return key[a] != key[b] ? key[a] < key[b] : a < b; });
    detail::degree_queue queue(n);
    std::vector<std::uint32_t> degree(n, 0);
    for (const std::uint32_t v : start) {
        degree[v] = count[v];
        queue.put(v, degree[v]);
    }
    std::vector<std::uint8_t> gone(n, 0);
    std::vector<std::uint32_t> slot(n, no_index);
    std::vector<link> near;
    std::vector<double> above; // S_l
    for (std::size_t step = 0; step < n; ++step) {
        const std::uint32_t v = queue.take_least();
        gone[v] = 1;
        near.clear();
        for (std::uint32_t l = 0; l < count[v]; ++l) {
            const link& one = pool[begin[v] + l];
            if (gone[one.to] != 0) continue;
            if (slot[one.to] == no_index) {
                slot[one.to] = static_cast<std::uint32_t>(near.size());
                near.push_back(one);
            } else {
                near[slot[one.to]].weight += one.weight;
            }
            --degree[one.to];
        }
        std::sort(near.begin(), near.end(), [](const link& a, const link& b) {
            return a.weight != b.weight ? a.weight < b.weight : a.to < b.to;
        });
        double total = 0.0;
        above.assign(near.size() + 1, 0.0);
        for (std::size_t l = near.size(); l-- > 0;) above[l] = above[l + 1] + near[l].weight; // sum from l on
        total = above[0];
        out.order.push_back(v);
        out.pivot.push_back(total);
        random::stream draw({.seed = seed, .entity = v, .replication = 1, .purpose = purpose_elimination});
        for (std::size_t l = 0; l < near.size(); ++l) {
            slot[near[l].to] = no_index;
            out.to.push_back(near[l].to);
            out.share.push_back(near[l].weight / total);
            const double left = above[l + 1];
            for (std::uint32_t k = 0; k < copies && l + 1 < near.size(); ++k) {
                const double level = random::uniform(draw) * left; // of what lies above q
                const auto beyond = std::upper_bound(above.begin() + static_cast<std::ptrdiff_t>(l) + 1, above.end(),
                                                     level, [](double x, double y) { return x > y; });
                auto q = static_cast<std::size_t>(beyond - above.begin()) - 1;
                q = std::clamp(q, l + 1, near.size() - 1);
                const double weight = near[l].weight * left / total * part;
                append(near[l].to, {near[q].to, weight});
                append(near[q].to, {near[l].to, weight});
                ++degree[near[l].to];
                ++degree[near[q].to];
            }
        }
        for (const link& one : near) {
            queue.take(one.to);
            queue.put(one.to, degree[one.to]);
        }
        out.first.push_back(out.to.size());
    }
    return out;
}

} // namespace dualtrack::estimate
