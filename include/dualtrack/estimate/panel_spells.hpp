// Spells: consecutive periods of one seller under one manager, in 16 bytes however long they are. Sums are deviations
// from a value of the same seller, so that 100,000,000 plus noise stays exact.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <dualtrack/base/column.hpp>

namespace dualtrack::estimate {

struct panel_spell {
    std::uint32_t group = 0;
    std::uint16_t first = 0, length = 0;
    double sum = 0.0; // of y - y0
    [[nodiscard]] std::uint32_t end() const noexcept { return std::uint32_t{first} + length; }
};
static_assert(sizeof(panel_spell) == 16);

/// A list that grows without moving what it holds, so that it never takes twice its size.
template <class T> class growing_list {
  public:
    growing_list() = default;
    ~growing_list() = default;
    growing_list(growing_list&&) noexcept = default;
    growing_list& operator=(growing_list&&) noexcept = default;
    growing_list(const growing_list& from) {
        reserve(from.parts_.size() << shift); // a copied vector would have no room to grow into
        for (; size_ < from.size_; ++size_) parts_[size_ >> shift].push_back(from[size_]);
    }
    growing_list& operator=(const growing_list& from) {
        if (this != &from) *this = growing_list(from);
        return *this;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    T& operator[](std::size_t i) noexcept { return parts_[i >> shift][i & mask]; }
    const T& operator[](std::size_t i) const noexcept { return parts_[i >> shift][i & mask]; }
    void push(const T& value) {
        reserve(size_ + 1);
        parts_[size_ >> shift].push_back(value);
        ++size_;
    }
    /// Up to this size, adding cannot fail.
    void reserve(std::size_t n) {
        while (parts_.size() << shift < n) {
            std::vector<T> part;
            part.reserve(mask + 1);
            parts_.push_back(std::move(part));
        }
    }
    void resize(std::size_t n) {
        while (size_ < n) push(T{});
    }
    [[nodiscard]] std::size_t bytes() const noexcept {
        return parts_.size() * ((mask + 1) * sizeof(T) + sizeof(std::vector<T>));
    }

  private:
    static constexpr std::size_t shift = 12, mask = (std::size_t{1} << shift) - 1;
    std::vector<std::vector<T>> parts_;
    std::size_t size_ = 0;
};

/// A seller's spells by time and, where they are kept, the values of their rows.
struct seller_spells {
    std::vector<panel_spell> spell;
    std::vector<double> value;

    /// The spell a period lies in, or no_index.
    [[nodiscard]] std::size_t find(std::uint32_t period) const noexcept {
        const auto after = std::upper_bound(spell.begin(), spell.end(), period,
                                            [](std::uint32_t p, const panel_spell& s) { return p < s.first; });
        if (after == spell.begin() || (after - 1)->end() <= period) return no_index;
        return static_cast<std::size_t>(after - spell.begin()) - 1;
    }
    /// How many rows come before a period.
    [[nodiscard]] std::size_t rows_before(std::uint32_t period) const noexcept {
        std::size_t n = 0;
        for (const panel_spell& s : spell) {
            if (s.first >= period) break;
            n += std::min<std::size_t>(s.length, period - s.first);
        }
        return n;
    }
    /// Adds a row. @pre no row in this period
    void insert(std::uint32_t group, std::uint32_t period, double d) {
        const auto at = std::upper_bound(spell.begin(), spell.end(), period,
                                         [](std::uint32_t p, const panel_spell& s) { return p < s.first; });
        const bool joins_next = at != spell.end() && at->group == group && at->first == period + 1;
        const bool joins_last = at != spell.begin() && (at - 1)->group == group && (at - 1)->end() == period;
        if (joins_last) {
            panel_spell& last = *(at - 1);
            last.sum += d;
            ++last.length;
            if (joins_next) {
                last.sum += at->sum;
                last.length = static_cast<std::uint16_t>(last.length + at->length);
                spell.erase(at);
            }
        } else if (joins_next) {
            --at->first;
            ++at->length;
            at->sum += d;
        } else {
            spell.insert(at, {group, static_cast<std::uint16_t>(period), 1, d});
        }
    }
    /// Takes a row out. What is left of a spell that falls apart keeps its sum in the first part: only sums over a
    /// seller's rows under one manager are ever used. @pre the row is in spell `at`
    void remove(std::size_t at, std::uint32_t period, double d) {
        panel_spell& from = spell[at];
        from.sum -= d;
        if (from.length == 1) {
            for (std::size_t k = 0; k < spell.size(); ++k)
                if (k != at && spell[k].group == from.group) {
                    spell[k].sum += from.sum; // what it kept, or lacked, of a spell that once fell apart
                    break;
                }
            spell.erase(spell.begin() + static_cast<std::ptrdiff_t>(at));
        } else if (from.first == period) {
            ++from.first;
            --from.length;
        } else if (from.end() == period + 1) {
            --from.length;
        } else {
            const panel_spell rest{from.group, static_cast<std::uint16_t>(period + 1),
                                   static_cast<std::uint16_t>(from.end() - period - 1), 0.0};
            from.length = static_cast<std::uint16_t>(period - from.first);
            spell.insert(spell.begin() + static_cast<std::ptrdiff_t>(at) + 1, rest);
        }
    }
};

} // namespace dualtrack::estimate
