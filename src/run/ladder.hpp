// The career ladder of a policy, read out of its JSON, and which measures it may ask for.
#pragma once

#include <string_view>

#include <dualtrack/base/result.hpp>
#include <dualtrack/decide/ladder.hpp>

namespace dualtrack::run {

/// Errors: policy.type, policy.missing_key, policy.unknown_key, policy.range, policy.duplicate_rule, with the pointer
/// below /paths/ladder.
[[nodiscard]] result<decide::ladder> read_ladder(std::string_view json);

} // namespace dualtrack::run
