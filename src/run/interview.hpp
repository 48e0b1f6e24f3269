// The structured interview of a policy, read out of its JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <dualtrack/assess/construct.hpp>
#include <dualtrack/base/result.hpp>

namespace dualtrack::run {

struct interview_question {
    std::string id, text;
    assess::construct informs = assess::construct::develops_others;
    bool has_cap = false;
    double cap = 0.0; // a red flag keeps the construct at or below it
};

/// Errors: policy.type, policy.missing_key, policy.range, policy.duplicate_rule, with the pointer below
/// /readiness/questions.
[[nodiscard]] result<std::vector<interview_question>> read_interview(std::string_view json);

/// Position of a construct's name, or n_constructs.
[[nodiscard]] std::size_t find_construct(std::string_view name) noexcept;

} // namespace dualtrack::run
