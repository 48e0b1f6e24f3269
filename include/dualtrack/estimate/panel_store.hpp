// A panel that is kept: sellers with their spells, and a sum a period.  D_t = sum (y - y0), exact whatever is added and
// taken back. Where values are kept, what a seller's spells say is made anew after a correction, so that no trace is
// left of what was there before; where they are not, sums are changed by the difference.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/exact_sum.hpp>
#include <dualtrack/estimate/spell_store.hpp>

namespace dualtrack::estimate {

class panel_store : public spell_store {
  public:
    explicit panel_store(kept_rows kept) noexcept : spell_store(kept) {}

    [[nodiscard]] std::uint32_t n_groups() const noexcept { return n_groups_; }
    [[nodiscard]] std::size_t n_periods() const noexcept { return period_sum_.size(); }
    [[nodiscard]] const exact_sum& period_sum(std::size_t period) const noexcept { return period_sum_[period]; }
    [[nodiscard]] std::size_t bytes() const noexcept {
        return spell_store::bytes() + period_sum_.size() * sizeof(exact_sum);
    }

    /// Makes room for codes below these.
    void grow(std::size_t n_units, std::uint32_t n_groups, std::size_t n_periods) {
        spell_store::grow(n_units);
        n_groups_ = std::max(n_groups_, n_groups);
        period_sum_.resize(std::max(period_sum_.size(), n_periods));
        make_room_in_hand();
    }

    /// Adds a row. @pre the codes are below those of `grow`, and the seller has no row in this period
    void add(std::uint32_t unit, std::uint32_t group, std::uint32_t period, double value) {
        if (period >= end_of(unit))
            period_sum_[period].add(add_last(unit, group, period, value));
        else
            insert(unit, group, period, value);
    }

    /// Makes room so that `remove` cannot fail this many times, nor `correct` ever.
    void reserve_removals(std::size_t n) {
        reserve(n, 0);
        make_room_in_hand();
    }

    /// Gives a row another value. @param old its value so far, not looked at where values are kept @pre the row is
    /// there
    void correct(std::uint32_t unit, std::uint32_t period, double old, double value) {
        take(unit);
        if (kept() == kept_rows::values) {
            forget_sums(unit);
            own_.value[own_.rows_before(period)] = value;
            state_anew(unit);
            return;
        }
        const double before = old - origin(unit);
        const double after = value - origin(unit);
        own_.spell[own_.find(period)].sum += after - before;
        period_sum_[period].subtract(before);
        period_sum_[period].add(after);
        set_level(unit, origin(unit), squares(unit) + (after * after - before * before));
        write(unit, own_, rows_of(unit));
    }

    /// Takes a row out. @pre the row is there
    void remove(std::uint32_t unit, std::uint32_t period, double value) {
        take(unit);
        const double d = value - origin(unit);
        if (kept() == kept_rows::values) {
            forget_sums(unit);
            own_.value.erase(own_.value.begin() + static_cast<std::ptrdiff_t>(own_.rows_before(period)));
            own_.remove(own_.find(period), period, d);
            state_anew(unit);
            return;
        }
        own_.remove(own_.find(period), period, d);
        period_sum_[period].subtract(d);
        set_level(unit, origin(unit), squares(unit) - d * d);
        write(unit, own_, rows_of(unit) - 1);
    }

    /// The same panel with other codes of periods, for one that lies between those there.
    /// @pre code ascends strictly; [n_periods]
    [[nodiscard]] panel_store renumbered(std::span<const std::uint16_t> code) const {
        panel_store out(kept());
        out.grow(n_units(), n_groups_, code.empty() ? 0 : code.back() + std::size_t{1});
        for (std::size_t t = 0; t < code.size(); ++t) out.period_sum_[code[t]] = period_sum_[t];
        seller_spells own;
        for (std::size_t unit = 0; unit < n_units(); ++unit) {
            read(unit, own);
            out.own_.spell.clear();
            for (const panel_spell& s : own.spell)
                for (std::uint32_t t = s.first; t < s.end(); ++t)
                    out.own_.insert(s.group, code[t], t == s.first ? s.sum : 0.0);
            out.own_.value = own.value;
            out.set_level(unit, origin(unit), squares(unit));
            if (kept() == kept_rows::values) out.sum_up(unit);
            out.write(unit, out.own_, rows_of(unit));
        }
        return out;
    }

    /// Puts down a sum that was kept. @pre period < n_periods()
    void set_period_sum(std::size_t period, const exact_sum& sum) noexcept { period_sum_[period] = sum; }

  private:
    /// A row before the seller's last.
    void insert(std::uint32_t unit, std::uint32_t group, std::uint32_t period, double value) {
        reserve(1, 1); // from here on nothing fails
        take(unit);
        const double d = value - origin(unit);
        if (kept() == kept_rows::values) {
            forget_sums(unit);
            own_.value.insert(own_.value.begin() + static_cast<std::ptrdiff_t>(own_.rows_before(period)), value);
            own_.insert(group, period, d);
            state_anew(unit);
            return;
        }
        own_.insert(group, period, d);
        period_sum_[period].add(d);
        set_level(unit, origin(unit), squares(unit) + d * d);
        write(unit, own_, rows_of(unit) + 1);
    }

    /// So that taking a seller in hand cannot fail, also in a copy.
    void make_room_in_hand() {
        own_.spell.reserve(period_sum_.size() + 1);
        own_.value.reserve(period_sum_.size() + 1);
    }
    /// Takes a seller in hand, with room for a row more.
    void take(std::size_t unit) {
        read(unit, own_);
        own_.spell.reserve(own_.spell.size() + 1);
        own_.value.reserve(own_.value.size() + 1);
    }
    /// Calls f(period, y - y0) for every row of a seller in hand.
    template <class F> void for_rows(std::size_t unit, F&& f) {
        std::size_t n = 0;
        for (const panel_spell& s : own_.spell)
            for (std::uint32_t t = s.first; t < s.end(); ++t) f(t, own_.value[n++] - origin(unit));
    }
    /// Takes the seller in hand, as it was read, out of the sums of periods.
    void forget_sums(std::size_t unit) {
        for_rows(unit, [&](std::uint32_t t, double d) { period_sum_[t].subtract(d); });
    }
    /// Puts the seller in hand down, all sums made from its values.
    void state_anew(std::size_t unit) {
        sum_up(unit);
        for_rows(unit, [&](std::uint32_t t, double d) { period_sum_[t].add(d); });
        write(unit, own_, static_cast<std::uint32_t>(own_.value.size()));
    }
    /// Sums of the seller in hand, in the order in which rows come one after the other.
    void sum_up(std::size_t unit) {
        const double origin = own_.value.empty() ? 0.0 : own_.value[0];
        double squares = 0.0;
        std::size_t n = 0;
        for (panel_spell& s : own_.spell) {
            s.sum = 0.0;
            for (std::uint32_t t = 0; t < s.length; ++t) {
                const double d = own_.value[n++] - origin;
                s.sum += d;
                squares += d * d;
            }
        }
        set_level(unit, origin, squares);
    }

    std::uint32_t n_groups_ = 0;
    std::vector<exact_sum> period_sum_;
    seller_spells own_; // the seller in hand
};

} // namespace dualtrack::estimate
