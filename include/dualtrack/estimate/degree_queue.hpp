// Managers by how many links they have left, so that the one with the fewest is found at once. Elimination, exact or
// approximate, takes that one, and changes the number of its neighbours. The last one put in with a number is the first
// taken out with it, so that the order depends on nothing but the calls.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace dualtrack::estimate::detail {

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

} // namespace dualtrack::estimate::detail
