// What a run has to say about its own numbers: where something was assumed, left out, or is more than it should be.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/measure/pay.hpp>
#include <dualtrack/measure/team.hpp>
#include <dualtrack/org/findings.hpp>

#include "run/measured.hpp"

namespace dualtrack::run {

/// Where the manager "now" had to stand in for assignments.
void say_assumed_managers(measured& facts);
/// Attainments above the policy's maximum.
void say_over_maximum(measured& facts, const std::vector<std::uint32_t>& people);
/// Attainments that speak of a part of the window, because the quota does.
void say_quota_gaps(measured& facts);
/// Won deals below zero, which count in amounts and not as wins.
void say_clawbacks(measured& facts, std::span<const measure::sales_sums> sums);
/// Tables whose absence leaves columns of sellers empty: who worked together, and what people did besides selling.
void say_not_recorded(measured& facts);
/// Team quotas on days on which nobody reported to their manager, and sales of reports that no quota speaks of.
void say_team_quotas(const measured& facts, const measure::teams_table& teams, org::findings_table& findings);
/// Seats whose role nobody holds: what they pay comes from published ratios.
void say_unheld_roles(const org::organisation& organisation, const measure::offers_table& offers,
                      org::findings_table& findings);

} // namespace dualtrack::run
