// The model of a sales organisation run into the result tables.
#include <string>

#include "run/simulation.hpp"

namespace dualtrack::run {

bool is_sales_preset(std::string_view) noexcept {
    return false;
}

result<void> run_sales_model(const model_request& request, simulation_tables&) {
    return fail(status::policy, "policy.range",
                "expected a model that is built in, found \"" + std::string(request.preset) + "\"",
                "/simulation/presets");
}

} // namespace dualtrack::run
