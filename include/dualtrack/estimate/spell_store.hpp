// Where sellers with their spells lie, and values where they are kept.
//   a seller: y0, sum (y - y0)^2, newest spell {manager, first period, length, sum (y - y0)}: 42 B; an older spell 20
//   B; a value: 8 B, in blocks of one seller
// The newest spell lies with the seller, so that a month is added by one look at each.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include <dualtrack/estimate/panel_spells.hpp>

namespace dualtrack::estimate {

enum class kept_rows : std::uint8_t { spells, values };

class spell_store {
  public:
    explicit spell_store(kept_rows kept) noexcept : kept_(kept) {}

    [[nodiscard]] kept_rows kept() const noexcept { return kept_; }
    [[nodiscard]] std::size_t n_units() const noexcept { return seller_.size(); }
    [[nodiscard]] std::uint32_t rows_of(std::size_t unit) const noexcept { return seller_[unit].n_rows; }
    [[nodiscard]] double origin(std::size_t unit) const noexcept { return seller_[unit].origin; }
    [[nodiscard]] double squares(std::size_t unit) const noexcept { return seller_[unit].squares; }
    /// First period after all of a seller's rows; 0 without rows.
    [[nodiscard]] std::uint32_t end_of(std::size_t unit) const noexcept { return end_[unit]; }
    [[nodiscard]] std::size_t bytes() const noexcept {
        return seller_.bytes() + end_.bytes() + older_.bytes() + newest_block_.bytes() + block_.bytes();
    }
    /// Asks for a seller ahead of time: sellers of a month lie all over the memory.
    void will_need(std::size_t unit) const noexcept {
        if (unit >= seller_.size()) return;
        prefetch(&seller_[unit]);
        prefetch(&seller_[unit].before); // the end of it may lie in the next line of the cache
    }

    /// Makes room for codes below this.
    void grow(std::size_t n_units) {
        const std::size_t n = std::max(seller_.size(), n_units);
        const std::size_t n_blocks = kept_ == kept_rows::values ? n : 0;
        seller_.reserve(n); // first, so that all lists have one length whatever fails
        end_.reserve(n);
        newest_block_.reserve(n_blocks);
        seller_.resize(n);
        end_.resize(n);
        while (newest_block_.size() < n_blocks) newest_block_.push(no_index);
    }

    /// Makes room so that `write` cannot fail with this many spells and rows more than its seller had.
    void reserve(std::size_t n_spells, std::size_t n_rows) {
        older_.reserve(older_.size() + n_spells);
        if (kept_ == kept_rows::values) block_.reserve(block_.size() + (n_rows + block_size - 1) / block_size);
    }

    /// What deviations of a seller are from, and the sum of their squares.
    void set_level(std::size_t unit, double origin, double squares) noexcept {
        seller_[unit].origin = origin;
        seller_[unit].squares = squares;
    }

    /// Adds a row after all others of its seller; gives y - y0.
    double add_last(std::uint32_t unit, std::uint32_t group, std::uint32_t period, double value) {
        seller& of = seller_[unit];
        if (of.n_rows == 0) {
            of.origin = value;
            of.squares = 0.0;
            of.last = {group, static_cast<std::uint16_t>(period), 0, 0.0};
        }
        const double d = value - of.origin;
        if (kept_ == kept_rows::values) block_.reserve(block_.size() + 1);
        const bool goes_on = period == of.last.end() && group == of.last.group;
        if (!goes_on) { // from here on nothing fails
            of.before = push_older(of.last, of.before);
            of.last = {group, static_cast<std::uint16_t>(period), 0, 0.0};
        }
        if (kept_ == kept_rows::values) push_value(unit, of.n_rows, value);
        ++of.last.length;
        of.last.sum += d;
        of.squares += d * d;
        end_[unit] = static_cast<std::uint16_t>(period + 1);
        ++of.n_rows;
        return d;
    }

    /// A seller's spells by time. Values are left alone.
    void read_spells(std::size_t unit, std::vector<panel_spell>& out) const {
        out.clear();
        const seller& of = seller_[unit];
        if (of.n_rows == 0) return;
        out.push_back(of.last);
        for (std::uint32_t k = of.before; k != no_index; k = older_[k].before) out.push_back(older_[k].spell());
        std::reverse(out.begin(), out.end());
    }
    /// The spells of all sellers with rows, by seller and time: of the k-th [first[k], first[k + 1]).
    void read_all(std::vector<std::uint32_t>& unit, vec<std::uint32_t>& first, vec<panel_spell>& out) const {
        constexpr std::size_t at_once = 32; // chains that are followed side by side, so that memory is waited for once
        std::array<std::uint32_t, at_once> next{};
        std::array<std::vector<panel_spell>, at_once> own;
        first.push_back(0);
        for (std::size_t begin = 0; begin < seller_.size(); begin += at_once) {
            const std::size_t n = std::min(at_once, seller_.size() - begin);
            bool any = false;
            for (std::size_t k = 0; k < n; ++k) {
                const seller& of = seller_[begin + k];
                own[k].clear();
                next[k] = of.n_rows > 0 ? of.before : no_index;
                if (of.n_rows > 0) own[k].push_back(of.last);
                if (next[k] != no_index) prefetch(&older_[next[k]]);
                any = any || next[k] != no_index;
            }
            while (any) {
                any = false;
                for (std::size_t k = 0; k < n; ++k) {
                    if (next[k] == no_index) continue;
                    const older_spell& from = older_[next[k]];
                    own[k].push_back(from.spell());
                    next[k] = from.before;
                    if (next[k] == no_index) continue;
                    prefetch(&older_[next[k]]);
                    any = true;
                }
            }
            for (std::size_t k = 0; k < n; ++k) {
                if (own[k].empty()) continue;
                out.insert(out.end(), own[k].rbegin(), own[k].rend());
                unit.push_back(static_cast<std::uint32_t>(begin + k));
                first.push_back(static_cast<std::uint32_t>(out.size()));
            }
        }
    }
    /// A seller's spells by time, with values where they are kept.
    void read(std::size_t unit, seller_spells& out) const {
        read_spells(unit, out.spell);
        out.value.clear();
        if (kept_ == kept_rows::spells) return;
        out.value.resize(seller_[unit].n_rows);
        std::size_t end = out.value.size();
        for (std::uint32_t b = newest_block_[unit]; end > 0; b = block_[b].before) {
            const std::size_t begin = (end - 1) / block_size * block_size;
            std::copy_n(block_[b].value, end - begin, out.value.begin() + static_cast<std::ptrdiff_t>(begin));
            end = begin;
        }
    }

    /// Puts spells and values in the place of a seller's. y0 and the squares stay.
    void write(std::size_t unit, const seller_spells& from, std::uint32_t n_rows) {
        seller& of = seller_[unit];
        for (std::uint32_t k = of.before; k != no_index;) {
            const std::uint32_t next = older_[k].before;
            older_[k].before = free_spell_;
            free_spell_ = k;
            k = next;
        }
        of.before = no_index;
        of.last = {};
        of.n_rows = n_rows;
        for (std::size_t k = 0; k < from.spell.size(); ++k) {
            if (k > 0) of.before = push_older(of.last, of.before);
            of.last = from.spell[k];
        }
        end_[unit] = static_cast<std::uint16_t>(of.last.end());
        if (kept_ == kept_rows::spells) return;
        for (std::uint32_t b = newest_block_[unit]; b != no_index;) {
            const std::uint32_t next = block_[b].before;
            block_[b].before = free_block_;
            free_block_ = b;
            b = next;
        }
        newest_block_[unit] = no_index;
        for (std::uint32_t n = 0; n < n_rows; ++n) push_value(unit, n, from.value[n]);
    }

  private:
    struct seller {
        double origin = 0.0, squares = 0.0; // y0; sum (y - y0)^2
        panel_spell last;                   // the newest
        std::uint32_t n_rows = 0;
        std::uint32_t before = no_index; // spells before it, newest first
    };
    using sum_bits = std::array<std::uint32_t, 2>;
    struct older_spell { // in 20 bytes, which a double would make 24
        std::uint32_t before = no_index, group = 0;
        std::uint16_t first = 0, length = 0;
        sum_bits sum{};
        [[nodiscard]] panel_spell spell() const noexcept { return {group, first, length, std::bit_cast<double>(sum)}; }
    };
    static_assert(sizeof(older_spell) == 20);
    static void prefetch([[maybe_unused]] const void* at) noexcept {
#if defined(__GNUC__)
        __builtin_prefetch(at);
#endif
    }
    static constexpr std::size_t block_size = 8;
    struct value_block {
        double value[block_size] = {};
        std::uint32_t before = no_index;
    };

    std::uint32_t push_older(const panel_spell& spell, std::uint32_t before) {
        const older_spell made{before, spell.group, spell.first, spell.length, std::bit_cast<sum_bits>(spell.sum)};
        std::uint32_t at = free_spell_;
        if (at == no_index) {
            at = static_cast<std::uint32_t>(older_.size());
            older_.push(made);
        } else {
            free_spell_ = older_[at].before;
            older_[at] = made;
        }
        return at;
    }
    /// Puts down the value of row `n` of a seller. @pre rows before it are there
    void push_value(std::size_t unit, std::uint32_t n, double value) {
        std::uint32_t& newest = newest_block_[unit];
        if (n % block_size == 0) {
            std::uint32_t at = free_block_;
            if (at == no_index) {
                at = static_cast<std::uint32_t>(block_.size());
                block_.push({});
            } else {
                free_block_ = block_[at].before;
            }
            block_[at].before = newest;
            newest = at;
        }
        block_[newest].value[n % block_size] = value;
    }

    kept_rows kept_;
    std::uint32_t free_spell_ = no_index, free_block_ = no_index;
    growing_list<seller> seller_;
    growing_list<std::uint16_t> end_; // of each seller: first period after the rows
    growing_list<older_spell> older_;
    growing_list<std::uint32_t> newest_block_; // of each seller
    growing_list<value_block> block_;
};

} // namespace dualtrack::estimate
