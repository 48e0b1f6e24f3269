// In which order managers are eliminated so that little has to be computed: always one with the fewest links left.
// Elimination joins the neighbours of a manager to each other; the joined set is kept as an element, not as links, and
// degrees are bounded from above by sums of element sizes, so that the work stays near linear. Managers with the same
// neighbours are eliminated together. The few who are linked to very many come last, and of them only bits are kept
// (whom does an element touch?): else every elimination would look through all of their links again.
// Counting stops as soon as the factor is going to be dearer than the caller allows: with n left, and d links at the
// least, (n - d) d^2 + d^3 / 3 operations are still to come (on every design tried this stays below what came), and
// what was spent on looking through lists counts too. Reference: Amestoy, Davis, Duff, "An approximate minimum degree
// ordering algorithm", SIMAX 17 (1996); written from it.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include <dualtrack/estimate/degree_queue.hpp>
#include <dualtrack/estimate/manager_graph.hpp>

namespace dualtrack::estimate {

struct elimination_order {
    std::vector<std::uint32_t> order; // order[k] is eliminated k-th; empty when the limit was passed
    double flops = 0.0;               // sum of c (c + 2) over column counts c, as far as counted
    [[nodiscard]] bool is_complete(std::size_t n) const noexcept { return order.size() == n; }
};

namespace detail {

/// The graph while it is eliminated. A vertex is principal (it stands for `weight` vertices, its chain), merged into
/// another's chain, a live element (eliminated, its list: who was joined), or gone. A principal vertex lists first the
/// elements it is in, then neighbours in none of these.
class quotient_graph {
  public:
    explicit quotient_graph(const manager_graph& graph)
        : n_(graph.size()), begin_(n_, 0), n_entries_(n_, 0), n_elements_(n_, 0), degree_(n_, 0), chain_(n_, no_index),
          chain_end_(n_, 0), hash_(n_, 0), bucket_(n_, no_index), bucket_next_(n_, no_index), weight_(n_, 1),
          is_element_(n_, 0), touched_(n_, 0), stamp_(n_, 0), mark_(n_, 0), queue_(n_) {
        find_hubs(graph);
        pool_.reserve(2 * graph.to.size() + n_);
        for (std::uint32_t v = 0; v < n_; ++v) {
            chain_end_[v] = v;
            begin_[v] = pool_.size();
            if (weight_[v] == 0) continue;
            for (std::uint64_t l = graph.first[v]; l < graph.first[v + std::size_t{1}]; ++l) {
                const std::uint32_t u = graph.to[l];
                if (weight_[u] != 0)
                    pool_.push_back(u);
                else
                    touched_[v] |= std::uint64_t{1} << (std::find(hubs_.begin(), hubs_.end(), u) - hubs_.begin());
            }
            n_entries_[v] = degree_[v] = static_cast<std::uint32_t>(pool_.size() - begin_[v]);
        }
        collect_at_ = pool_.size() + pool_.size() / 2 + n_;
        for (std::uint32_t v = static_cast<std::uint32_t>(n_); v-- > 0;)
            if (weight_[v] != 0) queue_.put(v, degree_[v]);
        n_left_ = static_cast<std::uint32_t>(n_ - hubs_.size());
    }

    /// Eliminates everybody; false once that takes more than `flop_limit`.
    bool run(elimination_order& out, double flop_limit) {
        while (n_left_ > 0) {
            const std::uint32_t pivot = queue_.take_least();
            eliminate(pivot);
            for (std::uint32_t v = pivot; v != no_index; v = chain_[v]) out.order.push_back(v);
            const double outside = static_cast<double>(degree_[pivot]) + std::popcount(touched_[pivot]);
            for (std::uint32_t k = 0; k < n_eliminated_; ++k) out.flops += (outside + k) * (outside + k + 2.0);
            const double left = n_left_;
            const double width = std::min(left, static_cast<double>(degree_[pivot]));
            const double to_come = (left - width) * width * width + width * width * width / 3.0;
            if (out.flops + to_come + work_a_look * static_cast<double>(n_looks_) > flop_limit) return false;
        }
        for (std::size_t k = 0; k < hubs_.size(); ++k) {
            const auto later = static_cast<double>(hubs_.size() - 1 - k);
            out.flops += later * (later + 2.0);
            out.order.push_back(hubs_[k]);
        }
        return out.flops <= flop_limit;
    }

  private:
    static constexpr double work_a_look = 16.0; // an entry of a list read at random, in operations of the factor

    /// Those linked to more than 3 sqrt n others, 64 at most, wait for the end.
    void find_hubs(const manager_graph& graph) {
        const double many = std::max(16.0, 3.0 * std::sqrt(static_cast<double>(n_)));
        const auto size = [&](std::uint32_t v) { return graph.first[v + std::size_t{1}] - graph.first[v]; };
        for (std::uint32_t v = 0; v < n_; ++v)
            if (static_cast<double>(size(v)) > many) hubs_.push_back(v);
        std::stable_sort(hubs_.begin(), hubs_.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return size(a) > size(b); });
        if (hubs_.size() > 64) hubs_.resize(64);
        for (const std::uint32_t v : hubs_) weight_[v] = 0;
    }

    void join(std::uint32_t v) {
        if (weight_[v] <= 0) return; // gone, or there already
        degree_of_new_ += static_cast<std::uint32_t>(weight_[v]);
        weight_[v] = -weight_[v]; // below 0: in the new element
        queue_.take(v);
        pool_.push_back(v);
    }

    void append_chain(std::uint32_t to, std::uint32_t v) {
        chain_[chain_end_[to]] = v;
        chain_end_[to] = chain_end_[v];
        weight_[v] = 0;
    }

    void eliminate(std::uint32_t pivot) {
        if (pool_.size() > collect_at_) collect();
        n_eliminated_ = static_cast<std::uint32_t>(weight_[pivot]);
        weight_[pivot] = 0;
        degree_of_new_ = 0;
        const std::uint64_t first = pool_.size();
        const std::uint64_t own = begin_[pivot];
        for (std::uint32_t k = n_elements_[pivot]; k < n_entries_[pivot]; ++k) join(pool_[own + k]);
        for (std::uint32_t k = 0; k < n_elements_[pivot]; ++k) {
            const std::uint32_t e = pool_[own + k];
            if (is_element_[e] == 0) continue;
            for (std::uint32_t m = 0; m < n_entries_[e]; ++m) join(pool_[begin_[e] + m]);
            n_looks_ += n_entries_[e];
            touched_[pivot] |= touched_[e];
            is_element_[e] = 0;
        }
        const std::uint64_t last = pool_.size();
        count_outside(first, last);
        for (std::uint64_t at = first; at < last; ++at) bound_degree(pivot, pool_[at]);
        merge_alike(first, last);
        n_left_ -= n_eliminated_;
        std::uint64_t kept = first;
        for (std::uint64_t at = first; at < last; ++at) {
            const std::uint32_t v = pool_[at];
            if (weight_[v] == 0) continue;
            weight_[v] = -weight_[v];
            const auto size = static_cast<std::uint32_t>(weight_[v]);
            degree_[v] = std::min(degree_[v] + degree_of_new_ - size, n_left_ - size);
            queue_.put(v, degree_[v]);
            pool_[kept++] = v;
        }
        pool_.resize(kept);
        begin_[pivot] = first;
        n_entries_[pivot] = static_cast<std::uint32_t>(kept - first);
        n_elements_[pivot] = 0;
        degree_[pivot] = degree_of_new_;
        is_element_[pivot] = kept > first ? 1 : 0;
    }

    /// For every element near the new one: how much of it lies outside, as stamp - base.
    void count_outside(std::uint64_t first, std::uint64_t last) {
        base_ += n_ + 1;
        for (std::uint64_t at = first; at < last; ++at) {
            const std::uint32_t v = pool_[at];
            n_looks_ += n_elements_[v] + n_entries_[v];
            for (std::uint32_t k = 0; k < n_elements_[v]; ++k) {
                const std::uint32_t e = pool_[begin_[v] + k];
                if (is_element_[e] == 0) continue;
                if (stamp_[e] < base_) stamp_[e] = base_ + degree_[e];
                stamp_[e] -= static_cast<std::uint64_t>(-std::int64_t{weight_[v]});
            }
        }
    }

    /// Bounds the degree of a member of the new element, drops from its list what that element stands for, and
    /// eliminates it at once where nothing else is left.
    void bound_degree(std::uint32_t pivot, std::uint32_t v) {
        std::uint32_t* const list = pool_.data() + begin_[v];
        std::uint64_t outside = 0;
        std::uint64_t hash = touched_[v];
        std::uint32_t kept = 1; // the new element comes first; the entry that led here goes
        std::uint32_t held = no_index;
        const auto keep = [&](std::uint32_t entry) { // one behind, so that nothing unread is written over
            if (held != no_index) list[kept++] = held;
            held = entry;
            hash += entry;
        };
        std::uint32_t n_elements = 1;
        for (std::uint32_t k = 0; k < n_elements_[v]; ++k) {
            const std::uint32_t e = list[k];
            if (is_element_[e] == 0) continue;
            if (stamp_[e] == base_ && (touched_[e] & ~touched_[pivot]) == 0) {
                is_element_[e] = 0; // nothing that the new one does not say
                continue;
            }
            outside += stamp_[e] - base_;
            ++n_elements;
            keep(e);
        }
        for (std::uint32_t k = n_elements_[v]; k < n_entries_[v]; ++k) {
            const std::uint32_t u = list[k];
            if (weight_[u] <= 0) continue;
            outside += static_cast<std::uint64_t>(weight_[u]);
            keep(u);
        }
        if (held != no_index) list[kept++] = held;
        list[0] = pivot;
        n_elements_[v] = n_elements;
        n_entries_[v] = kept;
        if (kept == 1 && (touched_[v] & ~touched_[pivot]) == 0) {
            const auto size = static_cast<std::uint32_t>(-weight_[v]);
            n_eliminated_ += size;
            degree_of_new_ -= size;
            append_chain(pivot, v);
            return;
        }
        degree_[v] = static_cast<std::uint32_t>(std::min<std::uint64_t>(degree_[v], outside));
        hash_[v] = static_cast<std::uint32_t>(hash % n_);
    }

    /// Merges members that have the same neighbours.
    void merge_alike(std::uint64_t first, std::uint64_t last) {
        for (std::uint64_t at = first; at < last; ++at) {
            const std::uint32_t v = pool_[at];
            if (weight_[v] == 0) continue;
            bucket_next_[v] = bucket_[hash_[v]];
            bucket_[hash_[v]] = v;
        }
        for (std::uint64_t at = first; at < last; ++at) {
            if (weight_[pool_[at]] == 0) continue; // eliminated meanwhile: its hash is an old one
            const std::uint32_t h = hash_[pool_[at]];
            for (std::uint32_t v = bucket_[h]; v != no_index; v = bucket_next_[v]) {
                if (weight_[v] == 0 || bucket_next_[v] == no_index) continue;
                ++mark_now_;
                for (std::uint32_t k = 0; k < n_entries_[v]; ++k) mark_[pool_[begin_[v] + k]] = mark_now_;
                for (std::uint32_t u = bucket_next_[v]; u != no_index; u = bucket_next_[u]) {
                    if (weight_[u] == 0 || n_entries_[u] != n_entries_[v] || n_elements_[u] != n_elements_[v]) continue;
                    if (touched_[u] != touched_[v]) continue;
                    bool alike = true;
                    for (std::uint32_t k = 0; k < n_entries_[u] && alike; ++k)
                        alike = mark_[pool_[begin_[u] + k]] == mark_now_;
                    if (!alike) continue;
                    weight_[v] += weight_[u]; // both below 0
                    append_chain(v, u);
                }
            }
            bucket_[h] = no_index;
        }
    }

    /// Puts what is still needed side by side.
    void collect() {
        std::vector<std::uint32_t> kept;
        kept.reserve(pool_.capacity());
        for (std::uint32_t v = 0; v < n_; ++v) {
            if (weight_[v] == 0 && is_element_[v] == 0) continue;
            const auto from = pool_.begin() + static_cast<std::ptrdiff_t>(begin_[v]);
            begin_[v] = kept.size();
            kept.insert(kept.end(), from, from + n_entries_[v]);
        }
        pool_.swap(kept);
        collect_at_ = std::max(collect_at_, pool_.size() + pool_.size() / 2);
    }

    std::size_t n_;
    std::vector<std::uint64_t> begin_; // of a list in the pool
    std::vector<std::uint32_t> n_entries_, n_elements_;
    std::vector<std::uint32_t> degree_; // of a vertex, from above; of an element: its size
    std::vector<std::uint32_t> chain_, chain_end_, hash_, bucket_, bucket_next_;
    std::vector<std::int32_t> weight_;
    std::vector<std::uint8_t> is_element_;
    std::vector<std::uint64_t> touched_; // hubs next to a vertex or element, as bits
    std::vector<std::uint64_t> stamp_, mark_;
    degree_queue queue_;
    std::vector<std::uint32_t> hubs_, pool_;
    std::uint64_t base_ = 1, mark_now_ = 0, n_looks_ = 0;
    std::size_t collect_at_ = 0;
    std::uint32_t n_left_ = 0, n_eliminated_ = 0, degree_of_new_ = 0;
};

} // namespace detail

/// An order of little fill; incomplete once the factor would take more than `flop_limit` operations.
inline elimination_order minimum_degree(const manager_graph& graph, double flop_limit) {
    elimination_order out;
    out.order.reserve(graph.size());
    if (!detail::quotient_graph(graph).run(out, flop_limit)) out.order.clear();
    return out;
}

} // namespace dualtrack::estimate
