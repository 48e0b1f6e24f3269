#include "run/analysis.hpp"

#include <algorithm>
#include <array>

#include <dualtrack/base/version.hpp>

#include "run/inputs.hpp"
#include "run/tables.hpp"

namespace dualtrack::run {
namespace {

constexpr auto all_analyses = std::to_array<analysis>({
    {"backtest", run_backtest, describe_backtest},
    {"managers", run_managers, describe_managers},
    {"measures", run_measures, describe_measures},
    {"pay", run_pay, describe_pay},
    {"promotion", run_promotion, describe_promotion},
    {"readiness", run_readiness, describe_readiness},
    {"paths", run_paths, describe_paths},
    {"retention", run_retention, describe_retention},
    {"relief", run_relief, describe_relief},
    {"simulation", run_simulation, describe_simulation},
    {"value_added", run_value_added, describe_value_added},
});

} // namespace

std::span<const analysis> analyses() noexcept {
    return all_analyses;
}

const analysis* find_analysis(std::string_view name) noexcept {
    const auto* found =
        std::find_if(all_analyses.begin(), all_analyses.end(), [&](const analysis& a) { return a.name == name; });
    return found == all_analyses.end() ? nullptr : found;
}

std::string catalog() {
    std::vector<described_analysis> kept;
    std::vector<report::analysis_description> described;
    for (const analysis& one : all_analyses) {
        kept.push_back(one.describe());
        kept.back().add(org::findings_table());
        described.push_back(kept.back().text);
    }
    return report::catalog_json(library_version, described, describe_inputs());
}

} // namespace dualtrack::run
