// All of the engine, in the order the data go through it. A host that needs one stage includes that header alone.
#pragma once

#include <dualtrack/base/beta.hpp>
#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/column.hpp>
#include <dualtrack/base/describe.hpp>
#include <dualtrack/base/digest.hpp>
#include <dualtrack/base/exp_log.hpp>
#include <dualtrack/base/exp_log_table.hpp>
#include <dualtrack/base/gamma.hpp>
#include <dualtrack/base/incomplete_gamma.hpp>
#include <dualtrack/base/json_text.hpp>
#include <dualtrack/base/nearest.hpp>
#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/base/parallel.hpp>
#include <dualtrack/base/random.hpp>
#include <dualtrack/base/result.hpp>
#include <dualtrack/base/sha256.hpp>
#include <dualtrack/base/special.hpp>
#include <dualtrack/base/special_table.hpp>
#include <dualtrack/base/text.hpp>
#include <dualtrack/base/version.hpp>

#include <dualtrack/org/findings.hpp>
#include <dualtrack/org/interview.hpp>
#include <dualtrack/org/ladder.hpp>
#include <dualtrack/org/organisation.hpp>
#include <dualtrack/org/policy.hpp>
#include <dualtrack/org/policy_diagnose.hpp>
#include <dualtrack/org/policy_decide.hpp>
#include <dualtrack/org/policy_estimate.hpp>
#include <dualtrack/org/policy_field.hpp>
#include <dualtrack/org/policy_fields.hpp>
#include <dualtrack/org/policy_fields_assess.hpp>
#include <dualtrack/org/policy_fields_diagnose.hpp>
#include <dualtrack/org/policy_fields_decide.hpp>
#include <dualtrack/org/policy_fields_estimate.hpp>
#include <dualtrack/org/policy_fields_measure.hpp>
#include <dualtrack/org/policy_fields_paths.hpp>
#include <dualtrack/org/policy_fields_simulate.hpp>
#include <dualtrack/org/policy_paths.hpp>
#include <dualtrack/org/policy_simulate.hpp>
#include <dualtrack/org/protected.hpp>
#include <dualtrack/org/reporting_lines.hpp>

#include <dualtrack/measure/credit.hpp>
#include <dualtrack/measure/credit_table.hpp>
#include <dualtrack/measure/currency.hpp>
#include <dualtrack/measure/cycle.hpp>
#include <dualtrack/measure/panel.hpp>
#include <dualtrack/measure/pay.hpp>
#include <dualtrack/measure/peer_group.hpp>
#include <dualtrack/measure/quota_days.hpp>
#include <dualtrack/measure/sales_ledger.hpp>
#include <dualtrack/measure/sales_sums.hpp>
#include <dualtrack/measure/scope.hpp>
#include <dualtrack/measure/seller.hpp>
#include <dualtrack/measure/seller_months.hpp>
#include <dualtrack/measure/sellers_table.hpp>
#include <dualtrack/measure/team.hpp>
#include <dualtrack/measure/volatility.hpp>
#include <dualtrack/measure/win_rate.hpp>

#include <dualtrack/assess/behaviour.hpp>
#include <dualtrack/assess/construct.hpp>
#include <dualtrack/assess/evidence.hpp>
#include <dualtrack/assess/grid.hpp>
#include <dualtrack/assess/grid_table.hpp>
#include <dualtrack/assess/halo.hpp>
#include <dualtrack/assess/performance.hpp>
#include <dualtrack/assess/ratings.hpp>
#include <dualtrack/assess/readiness.hpp>
#include <dualtrack/assess/readiness_tables.hpp>
#include <dualtrack/assess/severity.hpp>

#include <dualtrack/decide/passed_over.hpp>
#include <dualtrack/decide/relief.hpp>
#include <dualtrack/decide/relief_table.hpp>

#include <dualtrack/simulate/assumption.hpp>
#include <dualtrack/simulate/draws.hpp>
#include <dualtrack/simulate/experiment.hpp>
#include <dualtrack/simulate/outcome_tables.hpp>
#include <dualtrack/simulate/statistics.hpp>

#include <dualtrack/audit/record.hpp>
