// What is known of sales, row by row: this seller, under this manager, in this period, sold that. Rows may come in any
// order; they are brought into one order (by seller, then period, manager and value), so that no result depends on how
// they came. Rows that are in that order already are used where they lie.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/parallel.hpp>

namespace dualtrack::estimate {

/// Rows of a panel, codes 0..n-1. Every unit, group and period has a row; weights are above 0. [n_rows] each
struct panel_rows {
    std::span<const std::uint32_t> unit, group, period; // seller, manager, period
    std::span<const double> value, weight;              // weight empty: 1 each
    std::vector<std::span<const double>> controls;      // [n_controls][n_rows]
    std::uint32_t n_units = 0, n_groups = 0, n_periods = 0;
    [[nodiscard]] std::size_t size() const noexcept { return value.size(); }
};

/// The rows in their one order; views of the caller's columns where these are in order, else of own copies.
struct ordered_rows {
    panel_rows rows;
    vec<std::uint32_t> first; // rows of unit i: [first[i], first[i + 1]); [n_units + 1]
    vec<std::uint32_t> unit, group, period;
    vec<double> value, weight;
    vec<vec<double>> controls;

    explicit ordered_rows(std::pmr::memory_resource* memory)
        : first(memory), unit(memory), group(memory), period(memory), value(memory), weight(memory), controls(memory) {}
    [[nodiscard]] double weight_of(std::size_t row) const noexcept {
        return rows.weight.empty() ? 1.0 : rows.weight[row];
    }
};

namespace detail {

/// The same run for a loop that is short enough not to be stopped in its middle, and that reports no progress.
inline run_context uninterrupted(run_context run) noexcept {
    run.cancelled = nullptr;
    run.progress = nullptr;
    return run;
}

/// Whether row a comes before row b of the same unit.
inline bool row_before(const panel_rows& rows, std::size_t a, std::size_t b) noexcept {
    if (rows.period[a] != rows.period[b]) return rows.period[a] < rows.period[b];
    if (rows.group[a] != rows.group[b]) return rows.group[a] < rows.group[b];
    if (rows.value[a] != rows.value[b]) return rows.value[a] < rows.value[b];
    if (!rows.weight.empty() && rows.weight[a] != rows.weight[b]) return rows.weight[a] < rows.weight[b];
    for (const auto& control : rows.controls)
        if (control[a] != control[b]) return control[a] < control[b];
    return false;
}

/// Whether the rows are in their order; where they are, `first` is filled in.
inline bool is_ordered(const panel_rows& rows, vec<std::uint32_t>& first) {
    const std::size_t n = rows.size();
    first.resize(rows.n_units + std::size_t{1});
    std::uint32_t n_seen = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (i == 0 || rows.unit[i] != rows.unit[i - 1]) {
            if (rows.unit[i] != n_seen) return false; // every unit has a row
            first[n_seen++] = static_cast<std::uint32_t>(i);
        } else if (rows.period[i] <= rows.period[i - 1] && row_before(rows, i, i - 1)) {
            return false;
        }
    }
    first[rows.n_units] = static_cast<std::uint32_t>(n);
    return n_seen == rows.n_units;
}

/// A row while rows without weights and controls are moved.
struct moved_row {
    double value;
    std::uint32_t unit, group, period;
};

/// Brings plain rows into their order by units, in parts of limited size: rows of a part are first moved to buckets of
/// units that fit the cache, then each bucket is put in order where nothing has to be waited for.
inline void move_rows(const run_context& run, const panel_rows& rows, ordered_rows& out) {
    const std::size_t n = rows.size();
    out.unit.resize(n);
    out.group.resize(n);
    out.period.resize(n);
    out.value.resize(n);
    constexpr std::size_t part_rows = std::size_t{1} << 25, bucket_rows = std::size_t{1} << 15;
    std::vector<std::uint32_t> bucket_of(rows.n_units); // of a unit, within its part
    for (std::uint32_t part_begin = 0; part_begin < rows.n_units;) {
        std::uint32_t part_end = part_begin;    // units of the part
        std::vector<std::uint32_t> bucket_unit; // first unit of each bucket
        const std::size_t base = out.first[part_begin];
        for (std::size_t bucket_from = base; part_end < rows.n_units; ++part_end) {
            if (out.first[part_end + std::size_t{1}] - base > part_rows && part_end > part_begin) break;
            if (bucket_unit.empty() || out.first[part_end + std::size_t{1}] - bucket_from > bucket_rows) {
                bucket_unit.push_back(part_end);
                bucket_from = out.first[part_end];
            }
            bucket_of[part_end] = static_cast<std::uint32_t>(bucket_unit.size() - 1);
        }
        vec<moved_row> moved(out.first[part_end] - base, run.memory);
        std::vector<std::uint32_t> next;
        for (const std::uint32_t unit : bucket_unit) next.push_back(static_cast<std::uint32_t>(out.first[unit] - base));
        const std::uint32_t width = part_end - part_begin;
        for (std::size_t i = 0; i < n; ++i)
            if (rows.unit[i] - part_begin < width)
                moved[next[bucket_of[rows.unit[i]]]++] = {rows.value[i], rows.unit[i], rows.group[i], rows.period[i]};
        bucket_unit.push_back(part_end);
        const auto settle = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
            std::vector<moved_row> own;
            std::vector<std::uint32_t> at;
            for (std::int64_t b = begin; b < end; ++b) {
                const std::uint32_t from = bucket_unit[static_cast<std::size_t>(b)];
                const std::uint32_t to = bucket_unit[static_cast<std::size_t>(b) + 1];
                const std::size_t first = out.first[from];
                own.resize(out.first[to] - first);
                at.assign(out.first.begin() + from, out.first.begin() + to);
                for (std::size_t i = first; i < out.first[to]; ++i) {
                    const moved_row& row = moved[i - base];
                    own[at[row.unit - from]++ - first] = row;
                }
                const auto before = [](const moved_row& a, const moved_row& c) {
                    if (a.period != c.period) return a.period < c.period;
                    return a.group != c.group ? a.group < c.group : a.value < c.value;
                };
                for (std::uint32_t unit = from; unit < to; ++unit) {
                    const auto begin_of = own.begin() + static_cast<std::ptrdiff_t>(out.first[unit] - first);
                    const auto end_of =
                        own.begin() + static_cast<std::ptrdiff_t>(out.first[unit + std::size_t{1}] - first);
                    if (!std::is_sorted(begin_of, end_of, before)) std::sort(begin_of, end_of, before);
                }
                for (std::size_t k = 0; k < own.size(); ++k) {
                    out.unit[first + k] = own[k].unit;
                    out.group[first + k] = own[k].group;
                    out.period[first + k] = own[k].period;
                    out.value[first + k] = own[k].value;
                }
            }
        };
        static_cast<void>(for_blocks(uninterrupted(run), static_cast<std::int64_t>(bucket_unit.size() - 1), 8, settle));
        part_begin = part_end;
    }
    out.rows.unit = out.unit;
    out.rows.group = out.group;
    out.rows.period = out.period;
    out.rows.value = out.value;
}

} // namespace detail

/// Brings the rows into their order. @pre fewer than 2^32 rows
inline ordered_rows order_rows(const run_context& run, const panel_rows& rows) {
    ordered_rows out(run.memory);
    out.rows = rows;
    const std::size_t n = rows.size();
    if (detail::is_ordered(rows, out.first)) return out;
    out.first.assign(rows.n_units + std::size_t{1}, 0);
    for (std::size_t i = 0; i < n; ++i) ++out.first[rows.unit[i] + std::size_t{1}];
    for (std::size_t i = 0; i < rows.n_units; ++i) out.first[i + 1] += out.first[i];
    if (rows.weight.empty() && rows.controls.empty()) {
        detail::move_rows(run, rows, out);
        return out;
    }

    vec<std::uint32_t> order(n, run.memory);
    {
        vec<std::uint32_t> next(out.first.begin(), out.first.end(), run.memory);
        for (std::size_t i = 0; i < n; ++i) order[next[rows.unit[i]]++] = static_cast<std::uint32_t>(i);
    }
    const auto before = [&](std::uint32_t a, std::uint32_t b) { return detail::row_before(rows, a, b); };
    for (std::size_t i = 0; i < rows.n_units; ++i) {
        const auto begin = order.begin() + out.first[i];
        const auto end = order.begin() + out.first[i + 1];
        if (!std::is_sorted(begin, end, before)) std::sort(begin, end, before);
    }
    const auto gather = [&]<class T>(std::span<const T> from, vec<T>& to) {
        to.resize(from.size());
        for (std::size_t i = 0; i < from.size(); ++i) to[i] = from[order[i]];
        return std::span<const T>(to);
    };
    out.rows.unit = gather(rows.unit, out.unit);
    out.rows.group = gather(rows.group, out.group);
    out.rows.period = gather(rows.period, out.period);
    out.rows.value = gather(rows.value, out.value);
    out.rows.weight = gather(rows.weight, out.weight);
    for (std::size_t k = 0; k < rows.controls.size(); ++k) out.controls.emplace_back();
    for (std::size_t k = 0; k < rows.controls.size(); ++k)
        out.rows.controls[k] = gather(rows.controls[k], out.controls[k]);
    return out;
}

} // namespace dualtrack::estimate
