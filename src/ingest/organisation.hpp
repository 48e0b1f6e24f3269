// From the host's tables to the organisation: ids become dense indices, rows that belong together meet, and everything
// that cannot be true is an error with table, column and row. What is doubtful but usable becomes a finding.
#pragma once

#include <memory>

#include <dualtrack/org/findings.hpp>
#include <dualtrack/org/organisation.hpp>

#include "ingest/table.hpp"

namespace dualtrack::ingest {

/// What dtk_data holds: the organisation, the tables its views point into, and what was doubtful.
struct checked_data {
    table_set tables; // kept: text views point into them, and the record digests them
    org::organisation organisation;
    org::findings_table findings; // of the data alone; a run adds its own
};

/// Checks every table of the data contract that is there and builds the organisation.
/// Errors in a fixed order: table by name, column in the order of tables.md, row; then the rules across tables.
[[nodiscard]] result<std::shared_ptr<const checked_data>> build_organisation(const run_context& run,
                                                                             table_set&& tables);

} // namespace dualtrack::ingest
