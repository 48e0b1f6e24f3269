// Where a panel that is kept between runs lies: sellers with their spells, values where they are kept, and a sum a
// period.
//   a seller: y0, sum (y - y0)^2, newest spell {manager, first period, length, sum (y - y0)}: 40 B; an older spell 20 B
//   a period: D_t = sum (y - y0), exact whatever is added and taken back;   a value: 8 B, in blocks of one seller
// The newest spell lies with the seller, so that a month is added by one look at each.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/exact_sum.hpp>
#include <dualtrack/estimate/panel_spells.hpp>

namespace dualtrack::estimate {

enum class kept_rows : std::uint8_t { spells, values };

class panel_store {
  public:
    explicit panel_store(kept_rows kept) noexcept : kept_(kept) {}

    [[nodiscard]] kept_rows kept() const noexcept { return kept_; }
    [[nodiscard]] std::size_t n_units() const noexcept { return seller_.size(); }
    [[nodiscard]] std::uint32_t n_groups() const noexcept { return n_groups_; }
    [[nodiscard]] std::size_t n_periods() const noexcept { return period_sum_.size(); }
    [[nodiscard]] std::uint32_t rows_of(std::size_t unit) const noexcept { return seller_[unit].n_rows; }
    [[nodiscard]] double origin(std::size_t unit) const noexcept { return seller_[unit].origin; }
    [[nodiscard]] double squares(std::size_t unit) const noexcept { return seller_[unit].squares; }
    [[nodiscard]] const exact_sum& period_sum(std::size_t period) const noexcept { return period_sum_[period]; }
    /// First period after all of a seller's rows; 0 without rows.
    [[nodiscard]] std::uint32_t end_of(std::size_t unit) const noexcept { return seller_[unit].last.end(); }
    [[nodiscard]] std::size_t bytes() const noexcept {
        return seller_.bytes() + older_.bytes() + before_.bytes() + newest_block_.bytes() + block_.bytes() +
               block_before_.bytes() + period_sum_.size() * sizeof(exact_sum);
    }

    /// Makes room for codes below these.
    void grow(std::size_t n_units, std::uint32_t n_groups, std::size_t n_periods) {
        if (kept_ == kept_rows::values)
            while (newest_block_.size() < n_units) newest_block_.push(no_index);
        seller_.resize(std::max(seller_.size(), n_units));
        n_groups_ = std::max(n_groups_, n_groups);
        period_sum_.resize(std::max(period_sum_.size(), n_periods));
    }

    /// A seller's spells by time. Values are left alone.
    void read_spells(std::size_t unit, std::vector<panel_spell>& out) const {
        out.clear();
        const seller& of = seller_[unit];
        if (of.n_rows == 0) return;
        out.push_back(of.last);
        for (std::uint32_t k = of.before; k != no_index; k = before_[k]) out.push_back(older_[k]);
        std::reverse(out.begin(), out.end());
    }
    /// A seller's spells by time, with values where they are kept.
    void read(std::size_t unit, seller_spells& out) const {
        read_spells(unit, out.spell);
        out.value.clear();
        if (kept_ == kept_rows::spells) return;
        out.value.resize(seller_[unit].n_rows);
        std::size_t end = out.value.size();
        for (std::uint32_t b = newest_block_[unit]; end > 0; b = block_before_[b]) {
            const std::size_t begin = (end - 1) / block_size * block_size;
            std::copy_n(block_[b].value, end - begin, out.value.begin() + static_cast<std::ptrdiff_t>(begin));
            end = begin;
        }
    }

    /// Adds a row. @pre the codes are below those of `grow`, and the seller has no row in this period
    void add(std::uint32_t unit, std::uint32_t group, std::uint32_t period, double value) {
        seller& of = seller_[unit];
        if (of.n_rows == 0) {
            of.origin = value;
            of.squares = 0.0;
            of.last = {group, static_cast<std::uint16_t>(period), 1, 0.0};
            of.n_rows = 1;
            if (kept_ == kept_rows::values) push_value(unit, 0, value);
            return;
        }
        const double d = value - of.origin;
        const std::uint32_t end = of.last.end();
        if (period < end) {
            insert(unit, group, period, value);
            return;
        }
        if (period == end && group == of.last.group) {
            ++of.last.length;
            of.last.sum += d;
        } else {
            of.before = push_older(of.last, of.before);
            of.last = {group, static_cast<std::uint16_t>(period), 1, d};
        }
        of.squares += d * d;
        period_sum_[period].add(d);
        if (kept_ == kept_rows::values) push_value(unit, of.n_rows, value);
        ++of.n_rows;
    }

    /// Gives a row another value. @param old its value so far @pre the row is there
    void correct(std::uint32_t unit, std::uint32_t period, double old, double value) {
        read(unit, scratch_);
        if (kept_ == kept_rows::values) {
            scratch_.value[scratch_.rows_before(period)] = value;
            forget_sums(unit);
            state_anew(unit);
            return;
        }
        seller& of = seller_[unit];
        const double before = old - of.origin;
        const double after = value - of.origin;
        scratch_.spell[scratch_.find(period)].sum += after - before;
        of.squares += after * after - before * before;
        period_sum_[period].subtract(before);
        period_sum_[period].add(after);
        write(unit, of.n_rows);
    }

    /// Takes a row out. @pre the row is there
    void remove(std::uint32_t unit, std::uint32_t period, double value) {
        read(unit, scratch_);
        seller& of = seller_[unit];
        const double d = value - of.origin;
        if (kept_ == kept_rows::values) {
            const auto at = static_cast<std::ptrdiff_t>(scratch_.rows_before(period));
            forget_sums(unit);
            scratch_.value.erase(scratch_.value.begin() + at);
        } else {
            of.squares -= d * d;
            period_sum_[period].subtract(d);
        }
        scratch_.remove(scratch_.find(period), period, d);
        if (kept_ == kept_rows::values)
            state_anew(unit);
        else
            write(unit, of.n_rows - 1);
    }

    /// Gives periods new codes, for one that lies between those there. @pre code ascends strictly; [n_periods]
    void renumber_periods(std::span<const std::uint16_t> code) {
        std::vector<exact_sum> sums(code.empty() ? 0 : code.back() + std::size_t{1});
        for (std::size_t t = 0; t < code.size(); ++t) sums[code[t]] = period_sum_[t];
        std::vector<panel_spell> own;
        for (std::size_t unit = 0; unit < seller_.size(); ++unit) {
            read(unit, scratch_);
            own.swap(scratch_.spell);
            scratch_.spell.clear();
            for (const panel_spell& s : own)
                for (std::uint32_t t = s.first; t < s.end(); ++t)
                    scratch_.insert(s.group, code[t], t == s.first ? s.sum : 0.0);
            if (kept_ == kept_rows::values) sum_up(unit);
            write(unit, seller_[unit].n_rows);
        }
        period_sum_ = std::move(sums);
    }

  private:
    friend struct panel_state_bytes;

    struct seller {
        double origin = 0.0, squares = 0.0; // y0; sum (y - y0)^2
        panel_spell last;                   // the newest
        std::uint32_t n_rows = 0;
        std::uint32_t before = no_index; // spells before it, newest first
    };
    static constexpr std::size_t block_size = 8;
    struct value_block {
        double value[block_size] = {};
    };

    std::uint32_t push_older(const panel_spell& spell, std::uint32_t before) {
        std::uint32_t at = free_spell_;
        if (at != no_index) {
            free_spell_ = before_[at];
            older_[at] = spell;
            before_[at] = before;
            return at;
        }
        at = static_cast<std::uint32_t>(older_.size());
        older_.push(spell);
        before_.push(before);
        return at;
    }
    /// Puts down the value of row `n` of a seller. @pre rows before it are there
    void push_value(std::size_t unit, std::uint32_t n, double value) {
        std::uint32_t& newest = newest_block_[unit];
        if (n % block_size == 0) {
            std::uint32_t at = free_block_;
            if (at != no_index) {
                free_block_ = block_before_[at];
                block_before_[at] = newest;
            } else {
                at = static_cast<std::uint32_t>(block_.size());
                block_.push({});
                block_before_.push(newest);
            }
            newest = at;
        }
        block_[newest].value[n % block_size] = value;
    }

    /// Puts the scratch in the place of a seller's spells and values.
    void write(std::size_t unit, std::uint32_t n_rows) {
        seller& of = seller_[unit];
        for (std::uint32_t k = of.before; k != no_index;) {
            const std::uint32_t next = before_[k];
            before_[k] = free_spell_;
            free_spell_ = k;
            k = next;
        }
        of.before = no_index;
        of.last = {};
        of.n_rows = n_rows;
        for (std::size_t k = 0; k < scratch_.spell.size(); ++k) {
            if (k > 0) of.before = push_older(of.last, of.before);
            of.last = scratch_.spell[k];
        }
        if (kept_ == kept_rows::spells) return;
        for (std::uint32_t b = newest_block_[unit]; b != no_index;) {
            const std::uint32_t next = block_before_[b];
            block_before_[b] = free_block_;
            free_block_ = b;
            b = next;
        }
        newest_block_[unit] = no_index;
        for (std::uint32_t n = 0; n < n_rows; ++n) push_value(unit, n, scratch_.value[n]);
    }

    /// A row before the seller's last.
    void insert(std::uint32_t unit, std::uint32_t group, std::uint32_t period, double value) {
        read(unit, scratch_);
        seller& of = seller_[unit];
        const double d = value - of.origin;
        if (kept_ == kept_rows::values) {
            forget_sums(unit);
            const auto at = static_cast<std::ptrdiff_t>(scratch_.rows_before(period));
            scratch_.value.insert(scratch_.value.begin() + at, value);
            scratch_.insert(group, period, d);
            state_anew(unit);
            return;
        }
        scratch_.insert(group, period, d);
        of.squares += d * d;
        period_sum_[period].add(d);
        write(unit, of.n_rows + 1);
    }

    // Where values are kept, what a seller's spells say is made anew from the scratch after a change, so that no trace
    // is left of what was there before.

    /// Takes the seller's rows, as they are kept, out of the sums of periods.
    void forget_sums(std::size_t unit) {
        seller_spells own;
        read(unit, own);
        std::size_t n = 0;
        for (const panel_spell& s : own.spell)
            for (std::uint32_t t = s.first; t < s.end(); ++t)
                period_sum_[t].subtract(own.value[n++] - seller_[unit].origin);
    }
    /// Puts the scratch down, its sums made from its values.
    void state_anew(std::size_t unit) {
        sum_up(unit);
        std::size_t n = 0;
        for (const panel_spell& s : scratch_.spell)
            for (std::uint32_t t = s.first; t < s.end(); ++t)
                period_sum_[t].add(scratch_.value[n++] - seller_[unit].origin);
        write(unit, static_cast<std::uint32_t>(scratch_.value.size()));
    }
    /// Sums of the scratch, in the order in which rows come one after the other.
    void sum_up(std::size_t unit) {
        seller& of = seller_[unit];
        of.origin = scratch_.value.empty() ? 0.0 : scratch_.value[0];
        of.squares = 0.0;
        std::size_t n = 0;
        for (panel_spell& s : scratch_.spell) {
            s.sum = 0.0;
            for (std::uint32_t t = 0; t < s.length; ++t) {
                const double d = scratch_.value[n++] - of.origin;
                s.sum += d;
                of.squares += d * d;
            }
        }
    }

    kept_rows kept_;
    std::uint32_t n_groups_ = 0;
    std::uint32_t free_spell_ = no_index, free_block_ = no_index;
    growing_list<seller> seller_;
    growing_list<panel_spell> older_;
    growing_list<std::uint32_t> before_;       // of each older spell: the one before it
    growing_list<std::uint32_t> newest_block_; // of each seller
    growing_list<value_block> block_;
    growing_list<std::uint32_t> block_before_;
    std::vector<exact_sum> period_sum_;
    seller_spells scratch_;
};

} // namespace dualtrack::estimate
