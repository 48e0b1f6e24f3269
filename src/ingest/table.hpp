// Tables as the host handed them over: Arrow structs moved in, checked for structure, not yet read. The readers below
// turn one named column of all batches into a checked column, or into an error that names table, column and row.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/parallel.hpp>
#include <dualtrack/base/result.hpp>

#include "arrow_abi.h"

namespace dualtrack::ingest {

/// An Arrow C struct that is released once, when its owner goes.
template <class Struct> class owned {
  public:
    owned() noexcept { value_.release = nullptr; }
    /// Takes the struct over: the caller's `release` becomes NULL.
    explicit owned(Struct& moved_in) noexcept : value_(moved_in) { moved_in.release = nullptr; }
    owned(owned&& other) noexcept : value_(other.value_) { other.value_.release = nullptr; }
    owned& operator=(owned&& other) noexcept {
        if (this != &other) {
            reset();
            value_ = other.value_;
            other.value_.release = nullptr;
        }
        return *this;
    }
    owned(const owned&) = delete;
    owned& operator=(const owned&) = delete;
    ~owned() { reset(); }
    void reset() noexcept {
        if (value_.release != nullptr) value_.release(&value_);
        value_.release = nullptr;
    }
    [[nodiscard]] bool there() const noexcept { return value_.release != nullptr; }
    Struct* operator->() noexcept { return &value_; }
    const Struct* operator->() const noexcept { return &value_; }
    Struct& operator*() noexcept { return value_; }
    const Struct& operator*() const noexcept { return value_; }

  private:
    Struct value_{};
};

/// Hashes of what a batch holds: where its text lies first, because nothing may be looked up by borders that changed.
struct batch_seal {
    std::uint64_t layout = 0, content = 0;
    friend bool operator==(const batch_seal&, const batch_seal&) = default;
};

/// One table of the host: a schema and its batches, structurally checked. Column text and numbers stay where they are;
/// whoever keeps a view into them keeps the table alive. The host gave the memory away and must not write into it any
/// more.
struct input_table {
    std::string name;
    owned<ArrowSchema> schema;
    std::vector<owned<ArrowArray>> batches;
    std::vector<std::int64_t> first_row; // of each batch
    std::vector<batch_seal> seal;        // of each batch, where batches are sealed (seal.hpp); else empty
    std::int64_t n_rows = 0;
};

/// The tables of a run by name; names are those of the data contract.
struct table_set {
    std::vector<std::shared_ptr<input_table>> tables; // in the order they were added; names are distinct
    [[nodiscard]] std::shared_ptr<const input_table> find(std::string_view name) const noexcept;
};

// Adding (dtk_tables_add*). Structs are moved in whatever comes back; after a failure the set is as before.
[[nodiscard]] result<void> add_stream(table_set& set, std::string_view name, ArrowArrayStream* moved_in);
[[nodiscard]] result<void> add_batch(table_set& set, std::string_view name, ArrowSchema* moved_schema,
                                     ArrowArray* moved_array);
[[nodiscard]] result<void> add_json_rows(table_set& set, std::string_view name, std::string_view json);

/// Whether a null in the column is an error (`data.null`) or stays missing.
enum class presence : std::uint8_t { required, optional };

/// Position of a column in the table's schema, or -1.
[[nodiscard]] std::int64_t find_column(const input_table& table, std::string_view column) noexcept;

/// What a column holds, as far as a reader has to choose (a period may be an integer or a date).
enum class found_cells : std::uint8_t { none, nulls, flags, integers, numbers, dates, text, other };
[[nodiscard]] found_cells found_in(const input_table& table, std::string_view column) noexcept;

/// Time zone of a timestamp column as its producer wrote it, "" for none: dates are taken as written, never converted.
[[nodiscard]] std::string_view time_zone(const input_table& table, std::string_view column) noexcept;

// Readers. Each expects the column to exist (find_column >= 0) and gives one element a row, all batches in order; the
// memory comes from `run.memory`, big columns are read in parallel blocks and the error of the smallest row wins.
// Types that widen exactly are accepted (see reliability.md); anything else is `schema.type` with what was found.
[[nodiscard]] result<text_column> read_text(const run_context& run, std::shared_ptr<const input_table> table,
                                            std::string_view column, presence need);
/// As read_text, and integers become their decimal text; an empty id or one with a NUL byte is an error.
[[nodiscard]] result<text_column> read_ids(const run_context& run, std::shared_ptr<const input_table> table,
                                           std::string_view column, presence need);
/// Days, or no_date. date32, date64, timestamps (floored in their own unit).
[[nodiscard]] result<vec<std::int32_t>> read_dates(const run_context& run, const input_table& table,
                                                   std::string_view column, presence need);
/// Minor units (x 100, half to even), or no_money. Floats, integers, decimal128; NaN and infinity are `data.nan`.
[[nodiscard]] result<vec<std::int64_t>> read_money(const run_context& run, const input_table& table,
                                                   std::string_view column, presence need);
/// Numbers; missing in `valid`. -0.0 becomes 0.0; NaN and infinity are `data.nan`.
[[nodiscard]] result<column<double>> read_numbers(const run_context& run, const input_table& table,
                                                  std::string_view column, presence need);
[[nodiscard]] result<column<std::int64_t>> read_integers(const run_context& run, const input_table& table,
                                                         std::string_view column, presence need);
/// Booleans (or integers 0 and 1): 0, 1, or 2 = missing.
[[nodiscard]] result<vec<std::uint8_t>> read_flags(const run_context& run, const input_table& table,
                                                   std::string_view column, presence need);
/// Words of a fixed list: index into `words`, or 255 = missing; anything else is `data.category` naming the list.
[[nodiscard]] result<vec<std::uint8_t>> read_words(const run_context& run, const input_table& table,
                                                   std::string_view column, std::span<const std::string_view> words,
                                                   presence need);
/// Words of an open set (role, market), or integers taken as text: codes in byte order of the words.
[[nodiscard]] result<category_column> read_categories(const run_context& run, const input_table& table,
                                                      std::string_view column, presence need);

} // namespace dualtrack::ingest
