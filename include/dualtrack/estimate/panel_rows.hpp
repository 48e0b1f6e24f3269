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

inline bool is_ordered(const panel_rows& rows) noexcept {
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (rows.unit[i] < rows.unit[i - 1]) return false;
        if (rows.unit[i] > rows.unit[i - 1]) continue;
        if (rows.period[i] > rows.period[i - 1]) continue;
        if (row_before(rows, i, i - 1)) return false;
    }
    return true;
}

} // namespace detail

/// Brings the rows into their order. @pre fewer than 2^32 rows
inline ordered_rows order_rows(const run_context& run, const panel_rows& rows) {
    ordered_rows out(run.memory);
    out.rows = rows;
    const std::size_t n = rows.size();
    out.first.assign(rows.n_units + std::size_t{1}, 0);
    for (std::size_t i = 0; i < n; ++i) ++out.first[rows.unit[i] + std::size_t{1}];
    for (std::size_t i = 0; i < rows.n_units; ++i) out.first[i + 1] += out.first[i];
    if (detail::is_ordered(rows)) return out;

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
