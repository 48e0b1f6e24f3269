// Fingerprints of the input tables. They are taken from the checked cells, read as the engine reads them: dictionary or
// plain, int32 or int64, sliced or whole, a table has one fingerprint. Columns outside the data contract have no part
// in it.
#pragma once

#include <memory>

#include <dualtrack/base/digest.hpp>
#include <dualtrack/base/result.hpp>

#include "ingest/table.hpp"

namespace dualtrack::ingest {

/// The digest of one table, with `ordered` and `set`; its columns are sorted by name.
[[nodiscard]] result<table_digest> digest_table(const run_context& run, std::shared_ptr<const input_table> table);

}  // namespace dualtrack::ingest
