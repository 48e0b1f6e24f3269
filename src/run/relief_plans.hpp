// The plans of quota relief of a policy, read out of their JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <dualtrack/base/result.hpp>

namespace dualtrack::run {

struct relief_plan {
    std::string name;
    std::int64_t quota_minor = 0, relief_minor = 0; // a year
    std::int64_t n_mentees = 0;
    double gain_minor = 0.0; // a mentee and year
    bool has_range = false;
    double gain_low_minor = 0.0, gain_high_minor = 0.0; // 95 %
    std::string mentor_id;                              // "": none named
};

/// Errors: policy.type, policy.missing_key, policy.unknown_key, policy.range, policy.duplicate_rule, with the pointer.
[[nodiscard]] result<std::vector<relief_plan>> read_relief_plans(std::string_view json);

} // namespace dualtrack::run
