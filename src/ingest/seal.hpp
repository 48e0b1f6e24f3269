// A host that moves its tables in gives their memory away: if it writes into it afterwards, numbers change under the
// run and no result can be trusted. Nothing can stop a host from doing so, but a debug build notices: what a batch
// holds is hashed when it comes in, and again before and after everything that reads it (`arrow.mutated`). Release
// builds go without.
#pragma once

#include <cstdint>

#include <dualtrack/base/result.hpp>

#include "ingest/arrow_check.hpp"
#include "ingest/table.hpp"

namespace dualtrack::ingest {

#ifdef NDEBUG
inline constexpr bool seals_batches = false;
#else
inline constexpr bool seals_batches = true;
#endif

/// A hash of what a batch holds in the columns of the contract: cells and bitmaps of its rows, nothing around them.
/// @pre the batch passed check_shape and check_content
[[nodiscard]] batch_seal seal_of(const table_plan& plan, const ArrowArray& batch) noexcept;

/// Whether the memory of every table is as it came. Errors: arrow.mutated
[[nodiscard]] result<void> check_seals(const table_set& tables);

} // namespace dualtrack::ingest
