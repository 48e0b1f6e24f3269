// Which row has an id? Where ids are numbered, or where a column repeats or follows the order of the table it refers
// to, a row is found by that; else by a table of 32-bit words. What is found never depends on how it was found.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/parallel.hpp>

#include "ingest/organisation_keys.hpp"
#include "ingest/organisation_numbers.hpp"

namespace dualtrack::ingest {

/// Two rows of one table that hold the same id.
struct equal_rows {
    std::int64_t row = -1;
    std::int64_t row_2 = -1;
};

/// Rows of a table by their id. Ids that ascend in input order need no memory; numbered ones a word per number; others
/// a table of one 32-bit word per slot: the row and, in the bits above it, a tag that spares most comparisons. What is
/// found never depends on the order of insertion, on the seed or on threads.
class id_index {
  public:
    id_index() = default;
    /// Indexes a column of ids, all there, which must outlive the index.
    /// @returns the two rows of a duplicate (that of the smallest first row), or -1 twice
    [[nodiscard]] result<equal_rows> build(const run_context& run, const text_column& ids, std::uint64_t seed = 0);
    /// Whether rows ascend by id, so that they can be found without a table.
    [[nodiscard]] bool ascends() const noexcept { return ascends_; }
    /// Whether rows are found by number, at no cost worth avoiding.
    [[nodiscard]] bool is_numbered() const noexcept { return numbers_.there() && numbers_.has_rows(); }
    /// @pre is_numbered()
    [[nodiscard]] std::uint32_t find_numbered(std::string_view canonical) const noexcept {
        return numbers_.find(canonical);
    }
    /// Builds the table also for ascending ids, for lookups in no order; `with_keys` keeps the keys beside it.
    [[nodiscard]] result<void> build_table(const run_context& run, bool with_keys);
    [[nodiscard]] std::size_t size() const noexcept { return n_; }
    /// Id of a row, canonical.
    [[nodiscard]] std::string_view id(std::uint32_t row) const noexcept { return canonical_id(text_.at(row)); }
    [[nodiscard]] bool is(std::uint32_t row, std::string_view canonical, const id_key& its_key) const noexcept {
        if (!keys_.empty() && keys_[row] != its_key) return false;
        if (!keys_.empty() && !has_long_ids_ && canonical.size() <= 16) return true;
        const std::string_view other = id(row);
        if (other.size() != canonical.size()) return false;
        return other.size() > 16 ? other == canonical : key_of(other) == its_key;
    }
    /// The row of an id, or no_index. `near` is a guess for ascending ids.
    [[nodiscard]] std::uint32_t find(std::string_view canonical, const id_key& its_key,
                                     std::uint32_t near) const noexcept;
    [[nodiscard]] std::uint32_t find(std::string_view id_as_given) const noexcept {
        const std::string_view canonical = canonical_id(id_as_given);
        return find(canonical, key_of(canonical), 0);
    }
    /// Finds n ids at once, which hides the wait for memory.
    void find_many(const std::string_view* canonical, const id_key* keys, std::size_t n,
                   std::uint32_t* rows) const noexcept;
    static constexpr std::size_t batch = 32;

  private:
    [[nodiscard]] std::uint32_t find_by_order(std::string_view canonical, std::uint32_t near) const noexcept;
    [[nodiscard]] std::uint32_t find_in_table(std::string_view canonical, const id_key& its_key,
                                              std::uint64_t hash) const noexcept;
    [[nodiscard]] std::uint64_t home(std::uint64_t hash) const noexcept {
        return ((hash >> 32U) * slots_.size()) >> 32U;
    }
    [[nodiscard]] std::uint32_t tag(std::uint64_t hash) const noexcept {
        return static_cast<std::uint32_t>(hash) & ~row_mask_;
    }
    [[nodiscard]] result<bool> check_ascending(const run_context& run) const;
    [[nodiscard]] result<void> fill_table(const run_context& run, std::atomic<bool>& doubled,
                                          std::atomic<bool>& crowded);
    void order_rows(std::pmr::memory_resource* memory);
    [[nodiscard]] equal_rows equal_in_order() const;

    const text_column* ids_ = nullptr;
    numbered_ids numbers_;
    text_lookup text_;
    std::size_t n_ = 0;
    bool ascends_ = true;
    bool has_long_ids_ = false;
    std::uint64_t seed_ = 0;
    std::uint32_t row_mask_ = 0;
    vec<std::uint32_t> slots_; // tag | row + 1, or 0 = free; at most half full
    vec<std::uint32_t> order_; // rows by id, where the table would be too slow (ids made to collide)
    vec<id_key> keys_;         // of each row, when kept
};

} // namespace dualtrack::ingest
