// A simulated organisation that starts from the company's own: what its tables can tell takes the place of the preset.
#pragma once

#include <vector>

#include <dualtrack/simulate/organisation.hpp>

#include "run/simulation.hpp"

namespace dualtrack::run {

/// Puts what is measured in the place of assumptions, marked "data", and the spans of the teams into the shape; what
/// cannot be measured stays as it is and is named in a finding. Errors: schema.missing_table
[[nodiscard]] result<void> start_from_data(const model_request& request, std::vector<simulate::assumption>& assumptions,
                                           simulate::sales_shape& shape, org::findings_table& findings);

} // namespace dualtrack::run
