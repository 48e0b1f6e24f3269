// Nothing of a host's table is read before its structure holds: lengths, offsets, buffers, bitmaps, borders of text,
// indices into dictionaries, UTF-8. The Arrow C data interface carries no buffer sizes, so this is all that can be
// known. Columns beyond the data contract are held to their lengths alone: they are never read. Reference: Apache
// Arrow, "The Arrow C data interface" and "Arrow columnar format".
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <dualtrack/base/result.hpp>

#include "ingest/arrow_type.hpp"
#include "ingest/contract.hpp"
#include "ingest/table.hpp"

namespace dualtrack::ingest {

// Limits of one table, checked before memory is taken.
inline constexpr std::int64_t most_columns = 4096;
inline constexpr std::int64_t most_rows = 2147483647;
inline constexpr std::int64_t most_batches = 1000000;
inline constexpr std::int64_t longest_cell = 1 << 20;                // bytes of one text cell
inline constexpr std::int64_t longest_array = std::int64_t{1} << 40; // before any arithmetic on a declared length

/// A column of the data contract as the host's schema has it.
struct column_plan {
    std::int64_t child = 0; // position in the schema
    std::string_view name;
    const contract_column* contract = nullptr;
    arrow_type type;   // of the cells; of the indices when is_dictionary
    arrow_type values; // of the dictionary
    bool is_dictionary = false;
};

/// What the schema of a table holds of the data contract, in the order of the contract.
struct table_plan {
    std::string_view name;
    std::int64_t n_columns = 0;
    std::vector<column_plan> columns;
};

/// One batch of one column: elements [start, start + n_rows) of the array are rows [first_row, first_row + n_rows).
struct column_window {
    const ArrowArray* array = nullptr;
    std::int64_t start = 0;
    std::int64_t n_rows = 0;
    std::int64_t first_row = 0;
};
[[nodiscard]] column_window window_of(const ArrowArray& batch, std::int64_t child, std::int64_t first_row) noexcept;

/// The table of the contract that has the name, or an error with the name that comes nearest.
[[nodiscard]] result<const contract_table*> known_table(std::string_view name);

/// Checks the schema tree. The plan points into the schema and the contract.
[[nodiscard]] result<table_plan> check_schema(const contract_table& table, const ArrowSchema& schema);

/// One column of a schema that passed check_schema, without checking it again.
[[nodiscard]] column_plan plan_column(const ArrowSchema& schema, std::int64_t child,
                                      const contract_column* contract) noexcept;

/// Checks what can be said of a batch without looking into its buffers: lengths, children, buffer counts.
[[nodiscard]] result<void> check_shape(const table_plan& plan, const ArrowArray& batch, std::int64_t batch_number,
                                       std::int64_t first_row);

/// Checks the buffers of all columns of the contract, column by column over all batches.
[[nodiscard]] result<void> check_content(const table_plan& plan, std::span<const owned<ArrowArray>> batches,
                                         std::span<const std::int64_t> first_rows);

} // namespace dualtrack::ingest
