// Value added of an organisation, for the analyses that use it.
#pragma once

#include <memory>

#include <dualtrack/estimate/value_added.hpp>

#include "run/value_added_panel.hpp"

namespace dualtrack::run {

struct estimated_value_added {
    std::shared_ptr<const ingest::checked_data> data;
    std::shared_ptr<const value_added_panel> panel;
    std::shared_ptr<const estimate::value_added_result> fit;
};

[[nodiscard]] result<std::shared_ptr<const estimated_value_added>>
estimate_organisation(const run_context& run, std::shared_ptr<const ingest::checked_data> data,
                      const org::policy& policy, panel_days days = {});

} // namespace dualtrack::run
