// New managers month by month: what they and their people sold, who coached them, who left, against the same people
// before.
#pragma once

#include <dualtrack/diagnose/transition.hpp>
#include <dualtrack/diagnose/transition_table.hpp>

#include "run/diagnosed.hpp"

namespace dualtrack::run {

/// One month of one new manager.
struct transition_line {
    std::uint32_t manager = 0;
    std::int32_t start = 0, end = 0;
    std::int64_t n_reports = 0;
    std::int64_t team_amount = 0; // minor units
    std::int64_t team_baseline = no_money;
    diagnose::transition_month month;
    diagnose::transition_verdict verdict;
};

/// Everybody who first had a report within the policy's months before the last day that counts, and for whom three
/// months of deals before that are known. Errors: data.currency, cancelled.
[[nodiscard]] result<std::vector<transition_line>> score_transitions(const run_context& run, const diagnosed& all);

[[nodiscard]] diagnose::transition_table
transition_rows(const diagnosed& all, const std::vector<transition_line>& lines, std::pmr::memory_resource* memory);

} // namespace dualtrack::run
