// In which order managers are eliminated so that little has to be computed: always one with the fewest links left.
// Elimination joins the neighbours of a manager to each other; the joined set is kept as an element, not as links, and
// degrees are bounded from above by sums of element sizes, so that the work stays near linear. Counting stops as soon
// as the factor is known to be dearer than the caller allows. Reference: Amestoy, Davis, Duff, "An approximate minimum
// degree ordering algorithm", SIMAX 17 (1996); written from it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include <dualtrack/estimate/manager_graph.hpp>

namespace dualtrack::estimate {

struct elimination_order {
    std::vector<std::uint32_t> order; // order[k] is eliminated k-th; empty when the limit was passed
    double flops = 0.0;               // sum of c (c + 2) over column counts c, as far as counted
    [[nodiscard]] bool is_complete(std::size_t n) const noexcept { return order.size() == n; }
};

namespace detail {

/// Vertices by degree: doubly linked lists.
class degree_queue {
  public:
    explicit degree_queue(std::size_t n) : head_(n + 1, none), next_(n, none), last_(n, none), degree_(n, 0) {}
    void put(std::uint32_t v, std::uint32_t degree) {
        degree = std::min(degree, static_cast<std::uint32_t>(next_.size()));
        degree_[v] = degree;
        next_[v] = head_[degree];
        last_[v] = none;
        if (head_[degree] != none) last_[head_[degree]] = v;
        head_[degree] = v;
        least_ = std::min(least_, degree);
    }
    void take(std::uint32_t v) {
        if (next_[v] != none) last_[next_[v]] = last_[v];
        if (last_[v] != none)
            next_[last_[v]] = next_[v];
        else
            head_[degree_[v]] = next_[v];
    }
    std::uint32_t take_least() {
        while (head_[least_] == none) ++least_;
        const std::uint32_t v = head_[least_];
        take(v);
        return v;
    }

  private:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> head_, next_, last_, degree_;
    std::uint32_t least_ = std::numeric_limits<std::uint32_t>::max();
};

} // namespace detail

/// An order of little fill; incomplete once the factor would take more than `flop_limit` operations.
inline elimination_order minimum_degree(const manager_graph& graph, double flop_limit) {
    const std::size_t n = graph.size();
    elimination_order out;
    out.order.reserve(n);
    std::vector<std::vector<std::uint32_t>> links(n);    // neighbours not in a common element
    std::vector<std::vector<std::uint32_t>> elements(n); // elements a vertex is in
    std::vector<std::vector<std::uint32_t>> members(n);  // of the element that vertex became
    detail::degree_queue queue(n);
    for (std::size_t v = n; v-- > 0;) {
        for (std::uint64_t l = graph.first[v]; l < graph.first[v + 1]; ++l) links[v].push_back(graph.to[l]);
        queue.put(static_cast<std::uint32_t>(v), static_cast<std::uint32_t>(links[v].size()));
    }
    std::vector<std::uint8_t> gone(n, 0);     // eliminated
    std::vector<std::uint8_t> absorbed(n, 0); // element that is part of another
    std::vector<std::uint32_t> mark(n, 0);
    std::vector<std::uint32_t> outside(n, 0); // members of an element outside the new one; valid where stamped
    std::vector<std::uint32_t> stamped(n, 0);
    std::uint32_t stamp = 0;
    for (std::size_t step = 0; step < n; ++step) {
        const std::uint32_t pivot = queue.take_least();
        out.order.push_back(pivot);
        gone[pivot] = 1;
        ++stamp;
        mark[pivot] = stamp;
        std::vector<std::uint32_t> joined;
        const auto join = [&](std::uint32_t v) {
            if (gone[v] != 0 || mark[v] == stamp) return;
            mark[v] = stamp;
            joined.push_back(v);
        };
        for (const std::uint32_t v : links[pivot]) join(v);
        for (const std::uint32_t e : elements[pivot]) {
            for (const std::uint32_t v : members[e]) join(v);
            absorbed[e] = 1;
            std::vector<std::uint32_t>().swap(members[e]);
        }
        std::vector<std::uint32_t>().swap(links[pivot]);
        std::vector<std::uint32_t>().swap(elements[pivot]);
        const auto count = static_cast<double>(joined.size());
        out.flops += count * (count + 2.0);
        if (out.flops > flop_limit) {
            out.order.clear();
            return out;
        }
        for (const std::uint32_t v : joined)
            for (const std::uint32_t e : elements[v]) {
                if (absorbed[e] != 0) continue;
                if (stamped[e] != stamp) {
                    stamped[e] = stamp;
                    outside[e] = 0;
                    for (const std::uint32_t u : members[e]) outside[e] += gone[u] == 0 && mark[u] != stamp ? 1U : 0U;
                }
            }
        const auto n_left = static_cast<std::uint32_t>(n - step - 1);
        for (const std::uint32_t v : joined) {
            auto& own = elements[v];
            std::uint64_t degree = joined.size() - 1;
            std::size_t kept = 0;
            for (const std::uint32_t e : own) {
                if (absorbed[e] != 0) continue;
                if (outside[e] == 0) { // inside the new element
                    absorbed[e] = 1;
                    std::vector<std::uint32_t>().swap(members[e]);
                    continue;
                }
                degree += outside[e];
                own[kept++] = e;
            }
            own.resize(kept);
            own.push_back(pivot);
            auto& near = links[v];
            near.erase(std::remove_if(near.begin(), near.end(),
                                      [&](std::uint32_t u) { return gone[u] != 0 || mark[u] == stamp; }),
                       near.end());
            degree += near.size();
            queue.take(v);
            queue.put(v, static_cast<std::uint32_t>(std::min<std::uint64_t>(degree, n_left)));
        }
        members[pivot] = std::move(joined);
    }
    return out;
}

} // namespace dualtrack::estimate
