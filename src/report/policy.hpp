// The policy on its way out: as canonical JSON with every default written out (what the record keeps and hashes), as
// JSON Schema for editors and forms, and as a table for the documentation. All three walk the one table of fields.
#pragma once

#include <span>
#include <string>

#include <dualtrack/org/policy_fields.hpp>

namespace dualtrack::report {

/// The whole policy as canonical JSON (RFC 8785); reading it back gives the same policy.
[[nodiscard]] std::string policy_json(const org::policy& policy,
                                      std::span<const org::policy_field> fields = org::policy_fields);

/// JSON Schema (2020-12) of a policy, with unit, source and grade of every field as x-unit, x-source, x-grade, x-since.
[[nodiscard]] std::string policy_schema(std::span<const org::policy_field> fields = org::policy_fields);

/// The fields as a Markdown table.
[[nodiscard]] std::string policy_table_markdown(std::span<const org::policy_field> fields = org::policy_fields);

}  // namespace dualtrack::report
