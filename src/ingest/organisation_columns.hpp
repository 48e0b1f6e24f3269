// Moving columns about: into the organisation without copying, into another row order, and finding that order.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/parallel.hpp>

#include "ingest/first_touch.hpp"

namespace dualtrack::ingest {

/// Puts a column in its place together with its memory resource; plain assignment would copy between resources.
template <class Column> void place(Column& to, Column&& from) noexcept {
    std::destroy_at(&to);
    std::construct_at(&to, std::move(from));
}

inline constexpr std::int64_t column_block = 1 << 16;

/// A column of one value.
template <class T> [[nodiscard]] vec<T> filled(std::size_t n, T value, const run_context& run) {
    return vec<T>(n, value, run.memory);
}

/// The values at `order`; no order leaves the column as it is.
template <class T>
[[nodiscard]] result<void> reorder(const run_context& run, std::span<const std::uint32_t> order, vec<T>& values) {
    if (order.empty() || values.empty()) return outcome::success();
    vec<T> moved(run.memory);
    resize_touched(run, moved, order.size());
    DUALTRACK_TRYV(for_blocks(run, static_cast<std::int64_t>(order.size()), column_block,
                              [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                                  for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
                                      moved[i] = values[order[i]];
                              }));
    place(values, std::move(moved));
    return outcome::success();
}

/// Borders of the rows of each key among ascending keys: rows of key k are [first[k], first[k + 1]).
[[nodiscard]] inline vec<std::uint32_t> borders_of(const run_context& run, std::span<const std::uint32_t> keys,
                                                   std::size_t n_keys) {
    vec<std::uint32_t> first(n_keys + 1, run.memory);
    for (const std::uint32_t key : keys) ++first[key + 1];
    for (std::size_t key = 0; key < n_keys; ++key) first[key + 1] += first[key];
    return first;
}

/// The order of rows by key (all below n_keys), rows of one key as `less` says; empty when they are so already.
/// @pre less is a strict weak order of row numbers; rows that it calls equal stay in input order
template <class Less>
[[nodiscard]] result<vec<std::uint32_t>> order_by_key(const run_context& run, std::span<const std::uint32_t> keys,
                                                      std::size_t n_keys, Less&& less) {
    std::atomic<bool> ordered{true};
    DUALTRACK_TRYV(for_blocks(run, static_cast<std::int64_t>(keys.size()), column_block,
                              [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                                  if (!ordered.load(std::memory_order_relaxed)) return;
                                  for (std::int64_t row = std::max<std::int64_t>(begin, 1); row < end; ++row) {
                                      const auto here = static_cast<std::uint32_t>(row);
                                      if (keys[here - 1] < keys[here]) continue;
                                      if (keys[here - 1] == keys[here] && !less(here, here - 1)) continue;
                                      return ordered.store(false, std::memory_order_relaxed);
                                  }
                              }));
    vec<std::uint32_t> order(run.memory);
    if (ordered.load(std::memory_order_relaxed)) return order;
    vec<std::uint32_t> next(n_keys + 1, run.memory);
    for (const std::uint32_t key : keys) ++next[key + 1];
    for (std::size_t key = 0; key < n_keys; ++key) next[key + 1] += next[key];
    order.resize(keys.size());
    for (std::size_t row = 0; row < keys.size(); ++row) order[next[keys[row]]++] = static_cast<std::uint32_t>(row);
    const auto before = [&](std::uint32_t left, std::uint32_t right) {
        return less(left, right) || (!less(right, left) && left < right);
    };
    DUALTRACK_TRYV(
        for_blocks(run, static_cast<std::int64_t>(n_keys), 1 << 12,
                   [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                       for (auto key = static_cast<std::size_t>(begin); key < static_cast<std::size_t>(end); ++key) {
                           const auto from = order.begin() + static_cast<std::ptrdiff_t>(key == 0 ? 0U : next[key - 1]);
                           const auto to = order.begin() + static_cast<std::ptrdiff_t>(next[key]);
                           if (!std::is_sorted(from, to, before)) std::sort(from, to, before);
                       }
                   }));
    return order;
}

} // namespace dualtrack::ingest
