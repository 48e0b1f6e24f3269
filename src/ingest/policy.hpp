// A policy as a host writes it: JSON, read against the table of fields. Nothing is guessed: a key that is not in the
// table is refused with the nearest one that is, 5.0 or "5" is no integer, and a protected attribute is refused by
// name.
#pragma once

#include <span>
#include <string_view>

#include <dualtrack/base/result.hpp>
#include <dualtrack/org/policy_fields.hpp>

namespace dualtrack::ingest {

/// Reads a policy; fields that are not given keep their default.
/// Errors: those of read_json, policy.missing_key, policy.version, policy.protected_field, policy.unknown_key,
/// policy.type, policy.range; `where` is a JSON Pointer. The first of these wins, in this order, then the order of the
/// text.
[[nodiscard]] result<org::policy> parse_policy(std::string_view json,
                                               std::span<const org::policy_field> fields = org::policy_fields);

}  // namespace dualtrack::ingest
