// A panel that is kept between runs, so that a month can be added, corrected or taken back without the rows of the
// months before. Sellers may come in any order, and nothing is ever sorted by seller.
// Spells (who was under whom, from when, for how long, with what sum) are all that effects need. Errors that leave out
// one seller at a time beside periods need every value, because months of a seller go together: 9 B a row more, where
// `kept` says so; the result is then, to the byte, that of all rows at once, and a correction leaves no trace.
// One row a seller and period; weights and controls are refused: they would need a cell a row.
#pragma once

#include <cmath>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <dualtrack/base/result.hpp>
#include <dualtrack/base/text.hpp>
#include <dualtrack/estimate/panel_rows.hpp>
#include <dualtrack/estimate/panel_store.hpp>

namespace dualtrack::estimate {

namespace detail {

inline result<void> row_failure(std::size_t row, std::string_view code, std::string message, std::string where) {
    return fail(status::data, code, std::move(message), std::move(where), static_cast<std::int64_t>(row));
}

constexpr std::uint32_t most_kept_periods = 65535;
constexpr double largest_kept = 1e100; // so that no sum of squares overflows

inline bool can_be_kept(double value) noexcept {
    return std::abs(value) <= largest_kept;
}

/// Says why a value cannot be kept. @param what "value"
inline result<void> value_failure(std::size_t row, double value, const char* what) {
    if (!(value - value == 0.0))
        return row_failure(row, "data.nan", std::string("expected a finite ") + what + ", found another",
                           "panel.value");
    return row_failure(row, "data.range",
                       std::string("expected a ") + what + " of at most 1e100 in size, found " + number_text(value),
                       "panel.value");
}

inline result<void> check_kept_rows(const panel_rows& rows) {
    if (!rows.weight.empty())
        return fail(status::argument, "argument.unknown_option",
                    "expected rows of weight 1, since a panel is kept as spells, found weights", "panel.weight");
    if (!rows.controls.empty())
        return fail(status::argument, "argument.unknown_option",
                    "expected no controls, since a panel is kept as spells, found some", "panel");
    if (rows.unit.size() != rows.size() || rows.group.size() != rows.size() || rows.period.size() != rows.size())
        return fail(status::argument, "argument.null", "expected columns of equal length, found others", "panel");
    if (rows.size() >= no_index)
        return fail(status::data, "limit.rows", "expected fewer than 2^32 rows at a time, found more", "panel");
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (!can_be_kept(rows.value[row])) return value_failure(row, rows.value[row], "value");
        if (rows.period[row] >= most_kept_periods)
            return row_failure(row, "data.range", "expected a period below 65535", "panel.period");
        if (rows.unit[row] == no_index || rows.group[row] == no_index)
            return row_failure(row, "data.range", "expected a code, found none", "panel");
    }
    return outcome::success();
}

/// Rows in order of (seller, period); an error where two are the same.
inline result<void> order_of_rows(const panel_rows& rows, std::vector<std::uint32_t>& order) {
    order.resize(rows.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        if (rows.unit[a] != rows.unit[b]) return rows.unit[a] < rows.unit[b];
        if (rows.period[a] != rows.period[b]) return rows.period[a] < rows.period[b];
        return a < b;
    });
    for (std::size_t i = 1; i < order.size(); ++i)
        if (rows.unit[order[i]] == rows.unit[order[i - 1]] && rows.period[order[i]] == rows.period[order[i - 1]])
            return row_failure(order[i], "data.duplicate_id",
                               "expected one row a seller and period, found another, also row " +
                                   integer_text(order[i - 1]),
                               "panel.period");
    return outcome::success();
}

/// Whether rows are new; `order` stays empty where each comes after all of its seller's rows before it.
inline result<void> check_new_rows(const panel_store& store, const panel_rows& rows,
                                   std::vector<std::uint32_t>& order) {
    bool ascends = rows.size() * 16 >= store.n_units(); // below: a look at every seller would cost more
    if (ascends && rows.size() > 0) {
        const std::size_t most = *std::max_element(rows.unit.begin(), rows.unit.end());
        std::vector<std::uint16_t> next(std::min(most, std::max(store.n_units(), rows.size() * 16)) + 1, 0);
        const std::size_t n_known = std::min(next.size(), store.n_units());
        for (std::size_t unit = 0; unit < n_known; ++unit) next[unit] = static_cast<std::uint16_t>(store.end_of(unit));
        for (std::size_t row = 0; row < rows.size() && ascends; ++row) {
            const std::uint32_t unit = rows.unit[row];
            ascends = unit < next.size() && rows.period[row] >= next[unit]; // else codes are far apart, or it is late
            if (ascends) next[unit] = static_cast<std::uint16_t>(rows.period[row] + 1);
        }
    }
    if (ascends) return outcome::success();
    DUALTRACK_TRYV(order_of_rows(rows, order));
    seller_spells own;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const std::uint32_t unit = rows.unit[row];
        if (unit >= store.n_units() || rows.period[row] >= store.end_of(unit)) continue;
        store.read_spells(unit, own.spell);
        if (own.find(rows.period[row]) != no_index)
            return row_failure(row, "data.duplicate_id",
                               "expected a new row, found one of a seller and period that are there already (correct "
                               "it, or remove it first)",
                               "panel.period");
    }
    return outcome::success();
}

/// Whether rows are there. @param old values they should have, or nothing
inline result<void> check_known_rows(const panel_store& store, const panel_rows& rows, std::span<const double> old) {
    std::vector<std::uint32_t> order;
    DUALTRACK_TRYV(order_of_rows(rows, order));
    seller_spells own;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        own.spell.clear();
        if (rows.unit[row] < store.n_units()) store.read(rows.unit[row], own);
        const std::size_t at = own.find(rows.period[row]);
        if (at == no_index)
            return row_failure(row, "data.unknown_row",
                               "expected a row that is there, found none of this seller in this period",
                               "panel.period");
        if (own.spell[at].group != rows.group[row])
            return row_failure(row, "data.unknown_row",
                               "expected the manager this row has, found another (remove the row, then append it)",
                               "panel.group_id");
        if (old.empty()) continue;
        if (!can_be_kept(old[row])) return value_failure(row, old[row], "old value");
        if (store.kept() == kept_rows::values && own.value[own.rows_before(rows.period[row])] != old[row])
            return row_failure(row, "data.unknown_row", "expected the value this row has, found another",
                               "panel.value");
    }
    return outcome::success();
}

} // namespace detail

class panel_state {
  public:
    explicit panel_state(kept_rows kept = kept_rows::values) : store_(kept) {}
    explicit panel_state(panel_store&& store) : store_(std::move(store)) {
        for (std::size_t unit = 0; unit < store_.n_units(); ++unit) n_rows_ += store_.rows_of(unit);
    }

    [[nodiscard]] const panel_store& store() const noexcept { return store_; }
    [[nodiscard]] std::uint64_t n_rows() const noexcept { return n_rows_; }

    /// What append would say, without doing it.
    [[nodiscard]] result<void> check_append(const panel_rows& rows) const {
        DUALTRACK_TRYV(detail::check_kept_rows(rows));
        std::vector<std::uint32_t> order;
        return detail::check_new_rows(store_, rows, order);
    }

    /// Adds rows, in any order, also before a seller's last period. After an error nothing has changed. Where memory
    /// runs out half way, rows are taken back: where only spells are kept, sums of sellers that had rows already are
    /// then as before up to round-off. Errors: argument.unknown_option (weights, controls), argument.null, data.range,
    /// data.nan, data.duplicate_id.
    result<void> append(const panel_rows& rows) {
        DUALTRACK_TRYV(detail::check_kept_rows(rows));
        std::vector<std::uint32_t> order;
        DUALTRACK_TRYV(detail::check_new_rows(store_, rows, order));
        std::uint32_t unit = 0, group = 0, period = 0;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            unit = std::max(unit, rows.unit[row] + 1);
            group = std::max(group, rows.group[row] + 1);
            period = std::max(period, rows.period[row] + 1);
        }
        store_.grow(unit, group, period);
        undone_rows undo{store_, rows, order};
        constexpr std::size_t ahead = 24;
        for (; undo.n < rows.size(); ++undo.n) {
            const std::size_t row = undo.row_of(undo.n);
            if (row + ahead < rows.size()) store_.will_need(rows.unit[row + ahead]);
            store_.add(rows.unit[row], rows.group[row], rows.period[row], rows.value[row]);
        }
        undo.n = 0;
        n_rows_ += rows.size();
        return outcome::success();
    }

    /// Gives rows another value; seller, manager and period say which. After an error nothing has changed.
    /// @param old values so far; nothing: not known, which will do where values are kept. Where only spells are kept
    /// they are believed. Errors: those of append; data.unknown_row
    result<void> correct(const panel_rows& rows, std::span<const double> old = {}) {
        DUALTRACK_TRYV(detail::check_kept_rows(rows));
        if (old.size() != rows.size() && !(old.empty() && store_.kept() == kept_rows::values))
            return fail(status::argument, "argument.null", "expected the old value of every row, found another number",
                        "panel.value");
        DUALTRACK_TRYV(detail::check_known_rows(store_, rows, old));
        store_.reserve_removals(0); // from here on nothing fails
        for (std::size_t row = 0; row < rows.size(); ++row)
            store_.correct(rows.unit[row], rows.period[row], old.empty() ? 0.0 : old[row], rows.value[row]);
        return outcome::success();
    }

    /// Takes rows back that are given again as they are. After an error nothing has changed. Where only spells are
    /// kept the value is believed. Errors: those of append; data.unknown_row
    result<void> remove(const panel_rows& rows) {
        DUALTRACK_TRYV(detail::check_kept_rows(rows));
        DUALTRACK_TRYV(detail::check_known_rows(store_, rows, rows.value));
        store_.reserve_removals(rows.size());
        for (std::size_t row = 0; row < rows.size(); ++row)
            store_.remove(rows.unit[row], rows.period[row], rows.value[row]);
        n_rows_ -= rows.size();
        return outcome::success();
    }

    /// Gives periods new codes, for one that lies between those there. @pre code ascends strictly; [n_periods]
    void renumber_periods(std::span<const std::uint16_t> code) { store_ = store_.renumbered(code); }

  private:
    /// Takes rows back that were added when memory runs out half way.
    struct undone_rows {
        panel_store& store;
        const panel_rows& rows;
        const std::vector<std::uint32_t>& order;
        std::size_t n = 0; // rows that were added

        [[nodiscard]] std::size_t row_of(std::size_t k) const noexcept { return order.empty() ? k : order[k]; }
        ~undone_rows() {
            while (n > 0) {
                const std::size_t row = row_of(--n);
                store.remove(rows.unit[row], rows.period[row], rows.value[row]);
            }
        }
    };

    panel_store store_;
    std::uint64_t n_rows_ = 0;
};

} // namespace dualtrack::estimate
