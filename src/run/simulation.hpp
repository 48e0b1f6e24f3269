// What the models of the analysis `simulation` share: the tables they fill, the arms and assumptions a policy names,
// and how an experiment becomes rows.
#pragma once

#include <functional>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <dualtrack/base/numeric.hpp>
#include <dualtrack/base/result.hpp>
#include <dualtrack/org/findings.hpp>
#include <dualtrack/org/policy.hpp>
#include <dualtrack/simulate/assumption.hpp>
#include <dualtrack/simulate/experiment.hpp>
#include <dualtrack/simulate/histogram_table.hpp>
#include <dualtrack/simulate/outcome_tables.hpp>
#include <dualtrack/simulate/policies.hpp>

#include "ingest/organisation.hpp"
#include "run/analysis.hpp"

namespace dualtrack::run {

struct simulation_tables {
    simulate::outcomes_table outcomes;
    simulate::differences_table differences;
    simulate::trajectories_table trajectories;
    simulate::quantiles_table quantiles;
    simulate::histograms_table histograms;
    simulate::decisions_table decisions;
    simulate::inputs_table inputs;
    simulate::tornado_table tornado;
    simulate::sobol_table sobol;
    simulate::runs_table runs;
    org::findings_table findings;

    explicit simulation_tables(std::pmr::memory_resource* m)
        : outcomes(m), differences(m), trajectories(m), quantiles(m), histograms(m), decisions(m), inputs(m),
          tornado(m), sobol(m), runs(m), findings(m) {}
};

/// "/simulation/policies/3"
[[nodiscard]] std::string place_in(std::string_view list, std::size_t index);

/// A rule of promotion that the host brings.
struct host_rule {
    std::string name;
    simulate::promotion_rule rule;
};

/// One preset to be run.
struct model_request {
    const run_context& run;
    const org::policy& policy;
    std::string_view preset;
    std::shared_ptr<const ingest::checked_data> data; // the company's own, perhaps without any table
    std::span<const host_rule> host = {};             // compared with those the policy names
    bool host_is_single_threaded = false;
    double until = numeric::infinity; // by seconds_by_the_clock()
    bool only_check = false;          // what the policy says; nothing is simulated, and no data looked at
};

/// A rule or package with its figures: "lottery(0.5)".
struct named_rule {
    std::string name;
    std::vector<double> figures;
};

/// "expected a model (a, b, c), found "d" (nearest: a)"
[[nodiscard]] std::string expected_name(std::string_view what, std::span<const std::string_view> known,
                                        std::string_view found);

/// Reads "rule", "rule(0.5)", "rule + package(6, 2)"; the rule first, then its packages.
/// Errors: policy.range at `where`
[[nodiscard]] result<std::vector<named_rule>> read_rules(std::string_view text, std::string_view where);

/// A number or numbers that the policy puts in the place of a preset's.
struct override_value {
    std::string name;
    std::vector<double> values;
    bool is_list = false;
};

/// The object /simulation/parameters. Errors: policy.type
[[nodiscard]] result<std::vector<override_value>> read_overrides(std::string_view json);

/// Every assumption that the policy overrides is replaced, and marked; names that the model lacks are left to others.
/// Errors: policy.type (a list for a single number)
[[nodiscard]] result<void> apply_overrides(std::span<const override_value> overrides,
                                           std::span<simulate::assumption> assumptions);

/// The stopping rule that the policy asks for, of metrics by name; the first metric if it names none.
/// Errors: policy.range (a metric that no model has)
[[nodiscard]] result<void> set_stopping(const org::simulation_policy& policy, simulate::experiment_plan& plan);

/// The analysis, with rules that the host brings. Errors: policy.*, schema.missing_table, cancelled
[[nodiscard]] result<std::shared_ptr<analysis_result>>
run_simulation_with(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy,
                    std::span<const host_rule> host, bool host_is_single_threaded);

/// Rows of outcomes, differences, trajectories, quantiles and runs.
void add_experiment(std::string_view preset, const simulate::experiment_plan& plan, simulate::experiment& found,
                    const org::simulation_policy& policy, std::int64_t periods,
                    std::span<const simulate::assumption> assumptions, simulation_tables& to);

/// What an experiment asks whether its time is up; empty where there is no limit.
[[nodiscard]] std::function<bool()> clock_until(double seconds);
/// The moment at which a share of the time that is left will be over.
[[nodiscard]] double part_of_time(double until, double share);
/// Whether the time is up: asked before each assumption too, since a short experiment ends before it asks.
[[nodiscard]] bool is_time_up(const simulate::experiment_plan& plan);
/// Whether the clock stopped one of them.
[[nodiscard]] bool is_cut(std::initializer_list<const simulate::experiment*> any);
/// Says that the clock stopped something of the last run, and marks it. @pre the run has its row
void note_cut(std::string_view preset, std::string what, simulation_tables& to);

/// Rows of inputs.
void add_assumptions(std::string_view preset, std::span<const simulate::assumption> assumptions, simulation_tables& to);

/// Rows of tornado for one assumption: the same plan at the value used and at both bounds; the first metric.
void add_tornado(std::string_view preset, const simulate::experiment_plan& plan, const simulate::assumption& varied,
                 const simulate::experiment& at_value, const simulate::experiment& at_low,
                 const simulate::experiment& at_high, simulation_tables& to);

/// The experiment at other values of the assumptions varied.
using assumed_experiment =
    std::function<result<simulate::experiment>(std::span<const simulate::assumption>, const run_context&)>;

/// Rows of sobol: all of `varied` drawn together, the first metric. Errors: cancelled, those of `at`
[[nodiscard]] result<void> run_sobol(const run_context& run, const model_request& request,
                                     const simulate::experiment_plan& plan,
                                     std::span<const simulate::assumption> varied, const assumed_experiment& at,
                                     simulation_tables& to);

/// The sales-organisation model: its presets, and one of them run into the tables.
[[nodiscard]] bool is_sales_preset(std::string_view preset) noexcept;
[[nodiscard]] result<void> run_sales_model(const model_request& request, simulation_tables& to);
/// The published models, likewise.
[[nodiscard]] std::span<const std::string_view> published_presets() noexcept;
[[nodiscard]] result<void> run_published_model(const model_request& request, simulation_tables& to);

} // namespace dualtrack::run
