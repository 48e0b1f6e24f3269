// What a company does for each motive, read out of its policy.
#pragma once

#include <string_view>
#include <vector>

#include <dualtrack/base/result.hpp>
#include <dualtrack/decide/retention.hpp>

namespace dualtrack::run {

/// Every motive has at least one action.
/// Errors: policy.type, policy.missing_key, policy.unknown_key, policy.range, with the pointer.
[[nodiscard]] result<std::vector<decide::retention_action>> read_actions(std::string_view json);

} // namespace dualtrack::run
