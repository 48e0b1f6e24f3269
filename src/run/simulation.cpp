// The analysis `simulation`: what becomes of a sales organisation under one rule of promotion or another, and the
// published models that the rules come from. It needs no data; what it says follows from the assumptions it lists.
#include "run/simulation.hpp"

#include <algorithm>

#include <dualtrack/simulate/sales_inputs.hpp>

#include "run/analysis.hpp"
#include "run/tables.hpp"
#include "run/wall_clock.hpp"

namespace dualtrack::run {
namespace {

result<void> run_preset(const model_request& request, simulation_tables& to) {
    return is_sales_preset(request.preset) ? run_sales_model(request, to) : run_published_model(request, to);
}

/// Every model is known and named once.
result<void> check_presets(const std::vector<std::string>& presets) {
    std::vector<std::string_view> known(simulate::sales_presets.begin(), simulate::sales_presets.end());
    const std::span<const std::string_view> published = published_presets();
    known.insert(known.end(), published.begin(), published.end());
    for (std::size_t i = 0; i < presets.size(); ++i) {
        if (std::find(known.begin(), known.end(), presets[i]) == known.end())
            return fail(status::policy, "policy.range", expected_name("a model", known, presets[i]),
                        place_in("presets", i));
        if (std::count(presets.begin(), presets.end(), presets[i]) > 1)
            return fail(status::policy, "policy.duplicate_rule",
                        "expected different models, found \"" + presets[i].substr(0, 64) + "\" twice",
                        place_in("presets", i));
    }
    return outcome::success();
}

/// An override must be a parameter of one of the models.
result<void> check_names(const org::simulation_policy& policy, const simulation_tables& made) {
    DUALTRACK_TRY(const auto overrides, read_overrides(policy.parameters));
    for (const override_value& each : overrides) {
        const auto is_it = [&](const std::pmr::string& name) {
            return name == std::string_view(each.name) || name.starts_with(each.name + "/");
        };
        if (std::any_of(made.inputs.parameter.begin(), made.inputs.parameter.end(), is_it)) continue;
        std::vector<std::string_view> known;
        for (const std::string_view name : made.inputs.parameter) {
            const std::string_view list = name.substr(0, name.find('/'));
            if (std::find(known.begin(), known.end(), list) == known.end()) known.push_back(list);
        }
        if (std::find_if(made.inputs.preset.begin(), made.inputs.preset.end(), is_sales_preset) !=
            made.inputs.preset.end())
            known.insert(known.end(), {"spans", "levels"});
        return fail(status::policy, "policy.unknown_key", expected_name("a parameter of the models", known, each.name),
                    "/simulation/parameters/" + each.name);
    }
    return outcome::success();
}

template <class Table>
void add_table(analysis_result& out, std::string_view name, const std::shared_ptr<const simulation_tables>& all,
               const Table& table) {
    out.tables.emplace_back(name, [all, &table] { return result_table::made{all, report::view_of(table)}; });
}

} // namespace

result<std::shared_ptr<analysis_result>>
run_simulation(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    return run_simulation_with(run, std::move(data), policy, {}, false);
}

result<std::shared_ptr<analysis_result>> run_simulation_with(const run_context& run,
                                                             std::shared_ptr<const ingest::checked_data> data,
                                                             const org::policy& policy, std::span<const host_rule> host,
                                                             bool host_is_single_threaded) {
    auto tables = std::make_shared<simulation_tables>(run.memory);
    std::vector<std::string> presets = policy.simulation.presets;
    if (presets.empty()) presets = org::simulation_policy().presets;
    DUALTRACK_TRYV(check_presets(presets));
    // All that the policy says is checked before the first model runs, which may take minutes.
    simulation_tables named(run.memory);
    for (const std::string& preset : presets) {
        DUALTRACK_TRYV(
            run_preset({run, policy, preset, data, host, host_is_single_threaded, numeric::infinity, true}, named));
    }
    DUALTRACK_TRYV(check_names(policy.simulation, named));
    const bool is_limited = policy.simulation.max_seconds > 0.0;
    const double end = is_limited ? seconds_by_the_clock() + policy.simulation.max_seconds : numeric::infinity;
    for (std::size_t i = 0; i < presets.size(); ++i) {
        const double n = static_cast<double>(presets.size());
        const run_context part = part_of(run, static_cast<double>(i) / n, static_cast<double>(i + 1) / n);
        // What time is left is shared among the models that are left.
        double until = end;
        if (is_limited) {
            const double now = seconds_by_the_clock();
            until = now + (end - now) / static_cast<double>(presets.size() - i);
        }
        DUALTRACK_TRYV(run_preset({part, policy, presets[i], data, host, host_is_single_threaded, until}, *tables));
    }
    for (const std::string& preset : presets)
        if (!host.empty() && !is_sales_preset(preset))
            add_finding(tables->findings, {org::severity::warning, "simulation.rule_left_out", "simulation", "", -1, -1,
                                           static_cast<std::int64_t>(host.size()),
                                           preset + ": a published model knows its own rules alone; those of the host "
                                                    "are compared in the sales models"});
    auto out = start_result("simulation", data, policy, policy.as_of);
    const std::shared_ptr<const simulation_tables> all = tables;
    add_table(*out, "outcomes", all, all->outcomes);
    add_table(*out, "differences", all, all->differences);
    add_table(*out, "trajectories", all, all->trajectories);
    add_table(*out, "quantiles", all, all->quantiles);
    add_table(*out, "histograms", all, all->histograms);
    add_table(*out, "decisions", all, all->decisions);
    add_table(*out, "inputs", all, all->inputs);
    add_table(*out, "tornado", all, all->tornado);
    add_table(*out, "sobol", all, all->sobol);
    add_table(*out, "runs", all, all->runs);
    add_findings_table(*out, all->findings);
    return out;
}

described_analysis describe_simulation() {
    described_analysis out{
        {"simulation",
         "what becomes of an organisation under one rule of promotion or another, under the assumptions listed",
         {},
         {},
         {}},
        {}};
    auto* memory = std::pmr::get_default_resource();
    out.add(simulate::outcomes_table(memory));
    out.add(simulate::differences_table(memory));
    out.add(simulate::trajectories_table(memory));
    out.add(simulate::quantiles_table(memory));
    out.add(simulate::histograms_table(memory));
    out.add(simulate::decisions_table(memory));
    out.add(simulate::inputs_table(memory));
    out.add(simulate::tornado_table(memory));
    out.add(simulate::sobol_table(memory));
    out.add(simulate::runs_table(memory));
    return out;
}

} // namespace dualtrack::run
