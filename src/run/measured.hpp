// What every analysis starts from: the organisation measured under a policy. Facts of sellers and teams, with luck
// taken out, and the panel they were summed from.
#pragma once

#include <memory>
#include <vector>

#include <dualtrack/measure/panel.hpp>
#include <dualtrack/measure/peer_group.hpp>
#include <dualtrack/measure/sales_sums.hpp>
#include <dualtrack/measure/scope.hpp>
#include <dualtrack/measure/seller.hpp>
#include <dualtrack/org/reporting_lines.hpp>

#include "ingest/organisation.hpp"

namespace dualtrack::run {

struct measured {
    std::shared_ptr<const ingest::checked_data> data; // outlives everything below
    org::policy policy;
    measure::scope window;
    org::reporting_lines lines;
    measure::panel cells;
    measure::peer_groups groups;
    measure::sellers_table sellers;
    std::vector<std::uint8_t> leads;     // see measure::who_leads
    std::vector<double> sales_multiple;  // posterior mean of sales over the market's expectation; negative: not known
    std::vector<double> expected_amount; // currency minor units to expect in the window; negative: not known
    std::vector<double> sales_shape;     // of the gamma posterior around sales_multiple; 0: not known
};

/// Attainment to expect of everybody: the sales to expect on the days with a quota over this quota; negative without.
[[nodiscard]] std::vector<double> expected_attainment(const measured& facts);

/// Measures sellers; teams and the rest are made from it on request.
/// @param performance_alone without length of cycles and volatility, for whoever compares performance with another time
/// Errors: schema.missing_table, those of measure::scope_of, cancelled.
[[nodiscard]] result<std::shared_ptr<const measured>>
measure_organisation(const run_context& run, std::shared_ptr<const ingest::checked_data> data,
                     const org::policy& policy, bool performance_alone = false);

} // namespace dualtrack::run
