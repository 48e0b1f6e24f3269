// The two ways a result table leaves the library: as an Arrow stream, and as JSON rows for hosts without Arrow.
#pragma once

#include <memory>
#include <string>

#include <dualtrack/base/result.hpp>

#include "arrow_abi.h"
#include "report/table_view.hpp"

namespace dualtrack::report {

/// Fills `out` with a stream over the table, made chunk by chunk (65,536 rows) as the host asks. `owner` keeps alive
/// what the view points to; the stream, and every array of it, holds a share, so they may be released on any thread, in
/// any order.
[[nodiscard]] result<void> export_arrow(const table_view& table, std::shared_ptr<const void> owner,
                                        ArrowArrayStream* out);

/// The table as a JSON array of objects, one a row; null for what is missing; numbers by std::to_chars (shortest).
[[nodiscard]] std::string export_json(const table_view& table);

} // namespace dualtrack::report
