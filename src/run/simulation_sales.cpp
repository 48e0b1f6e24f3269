// The model of a sales organisation run into the result tables.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <string>

#include <dualtrack/base/json_text.hpp>
#include <dualtrack/simulate/sales_inputs.hpp>
#include <dualtrack/simulate/sales_metrics.hpp>

#include "run/simulation.hpp"
#include "run/simulation_start.hpp"

namespace dualtrack::run {
namespace {

using simulate::assumption;
using simulate::sales_arm;

auto refuse(std::string_view where, std::string message) {
    return fail(status::policy, "policy.range", std::move(message), std::string(where));
}

std::string number_text(double value) {
    std::string out;
    append_json_number(out, value);
    return out;
}

/// An arm of the experiment and how it is printed.
struct named_arm {
    std::string name;
    sales_arm arm;
};

// ---- rules and packages by name

struct package_description {
    std::string_view name;
    std::size_t n_figures;
    std::array<double, 5> figures, low, high;
    void (*apply)(std::span<const double>, simulate::reward_packages&);
};

constexpr std::array<package_description, 6> packages{{
    {"dual_track", 0, {}, {}, {}, [](std::span<const double>, simulate::reward_packages& to) { to.dual_track = true; }},
    {"not_yet_talk",
     0,
     {},
     {},
     {},
     [](std::span<const double>, simulate::reward_packages& to) { to.not_yet_talk = true; }},
    {"mentoring",
     4,
     {6, 0.05, 12, 5},
     {1, 0, 0.1, 1},
     {1000, 10, 1200, 100000},
     [](std::span<const double> figures, simulate::reward_packages& to) {
         to.mentees = figures[0];
         to.mentee_gain = figures[1];
         to.half_life = figures[2];
         to.mentors = figures[3];
     }},
    {"quota_relief",
     1,
     {0.2},
     {0},
     {1},
     [](std::span<const double> figures, simulate::reward_packages& to) { to.quota_relief = figures[0]; }},
    {"demotion",
     1,
     {0.2},
     {0.001},
     {0.999},
     [](std::span<const double> figures, simulate::reward_packages& to) { to.demotion = figures[0]; }},
    {"training",
     2,
     {0.5, 0.3},
     {0, -10},
     {1, 10},
     [](std::span<const double> figures, simulate::reward_packages& to) {
         to.training_rate = figures[0];
         to.training_gain = figures[1];
     }},
}};

/// The figures given, the usual ones for the rest. Errors: policy.range
template <std::size_t N>
result<std::vector<double>> figures_of_rule(const named_rule& given, std::size_t n, const std::array<double, N>& usual,
                                            const std::array<double, N>& low, const std::array<double, N>& high,
                                            std::string_view where) {
    if (given.figures.size() > n)
        return refuse(where, "expected at most " + number_text(static_cast<double>(n)) + " figures after " +
                                 given.name + ", found " + number_text(static_cast<double>(given.figures.size())));
    std::vector<double> out(usual.begin(), usual.begin() + static_cast<std::ptrdiff_t>(n));
    std::copy(given.figures.begin(), given.figures.end(), out.begin());
    for (std::size_t i = 0; i < n; ++i)
        if (!(out[i] >= low[i] && out[i] <= high[i]))
            return refuse(where, "expected figures of " + given.name + " from " + number_text(low[i]) + " to " +
                                     number_text(high[i]) + ", found " + number_text(out[i]));
    return out;
}

template <class List> std::vector<std::string_view> names_of(const List& list) {
    std::vector<std::string_view> out;
    for (const auto& each : list) out.push_back(each.name);
    return out;
}

result<void> add_package(const named_rule& given, std::string_view where, simulate::reward_packages& to) {
    for (const package_description& each : packages) {
        if (each.name != given.name) continue;
        DUALTRACK_TRY(const auto figures,
                      figures_of_rule(given, each.n_figures, each.figures, each.low, each.high, where));
        each.apply(figures, to);
        return outcome::success();
    }
    return refuse(where, expected_name("a reward package", names_of(packages), given.name));
}

std::string printed(std::span<const named_rule> parts) {
    std::string out;
    for (const named_rule& part : parts) {
        out.append(out.empty() ? "" : " + ").append(part.name);
        for (std::size_t i = 0; i < part.figures.size(); ++i)
            out.append(i == 0 ? "(" : ", ").append(number_text(part.figures[i]));
        if (!part.figures.empty()) out += ")";
    }
    return out;
}

result<named_arm> arm_of(std::string_view text, std::string_view where, const model_request& request) {
    DUALTRACK_TRY(const auto parts, read_rules(text, where));
    named_arm out;
    out.name = printed(parts);
    bool found = false;
    for (const host_rule& rule : request.host)
        if (rule.name == parts[0].name) {
            if (!parts[0].figures.empty()) return refuse(where, "expected a rule of the host without figures");
            out.arm.rule = rule.rule;
            found = true;
        }
    for (const simulate::rule_description& rule : simulate::built_in_rules) {
        if (found || rule.name != parts[0].name) continue;
        DUALTRACK_TRY(const auto figures,
                      figures_of_rule(parts[0], rule.n_figures, rule.figures, rule.low, rule.high, where));
        if (rule.kind == simulate::rule_kind::band && !(figures[0] < figures[1]))
            return refuse(where, "expected a band from a lower to a higher rank, found " + out.name);
        std::copy(figures.begin(), figures.end(), out.arm.rule.figures.begin());
        out.arm.rule.kind = rule.kind;
        out.arm.rule.interviewed = rule.interviewed;
        found = true;
    }
    if (!found) {
        std::vector<std::string_view> known = names_of(simulate::built_in_rules);
        for (const host_rule& rule : request.host) known.push_back(rule.name);
        return refuse(where, expected_name("a rule of promotion", known, parts[0].name));
    }
    for (std::size_t i = 1; i < parts.size(); ++i) {
        DUALTRACK_TRYV(add_package(parts[i], where, out.arm.packages));
    }
    const std::vector<std::string>& for_all = request.policy.simulation.packages;
    for (std::size_t i = 0; i < for_all.size(); ++i) {
        const std::string at = place_in("packages", i);
        DUALTRACK_TRY(const auto given, read_rules(for_all[i], at));
        for (const named_rule& package : given) {
            DUALTRACK_TRYV(add_package(package, at, out.arm.packages));
        }
    }
    return out;
}

/// The rules compared, the baseline among them; in the experiment plan too.
result<std::vector<sales_arm>> arms_for(const model_request& request, simulate::experiment_plan& plan) {
    const org::simulation_policy& policy = request.policy.simulation;
    std::vector<std::string> wanted = policy.policies;
    const bool usual = wanted.empty();
    for (const host_rule& rule : request.host) wanted.push_back(rule.name);
    if (usual)
        for (const std::string_view name : {"random", "readiness", "readiness + dual_track", "test_drive", "band",
                                            "predicted_va", "lottery", "seniority", "oracle"})
            wanted.emplace_back(name);
    const std::string baseline = policy.baseline.empty() ? "best_seller" : policy.baseline;
    std::vector<named_arm> arms;
    const auto place_of = [&](const std::string& name) {
        return static_cast<std::size_t>(
            std::find_if(arms.begin(), arms.end(), [&](const named_arm& arm) { return arm.name == name; }) -
            arms.begin());
    };
    DUALTRACK_TRY(named_arm base, arm_of(baseline, "/simulation/baseline", request));
    const std::string base_name = base.name;
    if (usual) arms.push_back(base);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        DUALTRACK_TRY(named_arm arm, arm_of(wanted[i], place_in("policies", i), request));
        if (place_of(arm.name) == arms.size()) arms.push_back(std::move(arm));
    }
    if (place_of(base_name) == arms.size()) arms.push_back(std::move(base));
    std::vector<sales_arm> out;
    for (const named_arm& each : arms) {
        // What no firm should or could follow does not compete for being the best.
        const bool is_bound = each.arm.rule.kind == simulate::rule_kind::oracle ||
                              each.arm.rule.kind == simulate::rule_kind::worst_seller;
        plan.arms.push_back({each.name, place_of(base_name), is_bound ? std::size_t{1} : std::size_t{0}});
        out.push_back(each.arm);
    }
    return out;
}

// ---- assumptions

std::vector<assumption> assumptions_of(std::string_view preset, const simulate::sales_preset& values) {
    std::vector<assumption> out;
    const std::size_t n =
        values.shape.levels.empty() ? simulate::n_sales_inputs_without_levels : simulate::sales_inputs.size();
    for (const simulate::sales_input& input : std::span(simulate::sales_inputs).first(n)) {
        assumption& one = out.emplace_back();
        one.name = input.name;
        one.unit = input.unit;
        one.value = one.preset_value = simulate::value_of(input, values);
        one.low = input.low;
        one.high = input.high;
        one.grade = input.grade;
        one.source = input.source;
        one.meaning = input.meaning;
        one.is_whole = input.number == nullptr;
        for (const simulate::preset_source& own : simulate::preset_sources)
            if (own.preset == preset && own.input == input.name) {
                one.grade = own.grade;
                one.source = own.source;
            }
        if (one.name == "sE" && preset == "lss2015") {
            one.low = one.value * 0.5;
            one.high = one.value * 1.5;
        }
    }
    return out;
}

result<void> use_assumptions(std::span<const assumption> assumptions, simulate::sales_preset& values) {
    for (std::size_t i = 0; i < assumptions.size(); ++i) {
        const simulate::sales_input& input = simulate::sales_inputs[i];
        const double value = assumptions[i].value;
        const bool whole = input.number != nullptr || value == std::floor(value);
        if (!(value >= input.least && value <= input.most) || !whole)
            return refuse("/simulation/parameters/" + std::string(input.name),
                          std::string(whole ? "expected a number from " : "expected a whole number from ") +
                              number_text(input.least) + " to " + number_text(input.most) + ", found " +
                              number_text(value));
        simulate::set_value(input, value, values);
    }
    return outcome::success();
}

/// The list "spans": rep seats of each team. Errors: policy.range
result<void> use_spans(std::span<const override_value> overrides, simulate::sales_shape& shape) {
    for (const override_value& each : overrides) {
        if (each.name != "spans") continue;
        if (!each.is_list || each.values.empty() || each.values.size() > 2000)
            return refuse("/simulation/parameters/spans", "expected an array of 1 to 2000 whole numbers");
        shape.spans.clear();
        for (const double span : each.values) {
            if (!(span >= 1 && span <= 500 && span == std::floor(span)))
                return refuse("/simulation/parameters/spans",
                              "expected whole numbers from 1 to 500, found " + number_text(span));
            shape.spans.push_back(static_cast<std::int32_t>(span));
        }
    }
    return outcome::success();
}

/// The list "levels": teams of a director, directors of the one above, and so on. Errors: policy.range
result<void> use_levels(std::span<const override_value> overrides, simulate::sales_shape& shape) {
    for (const override_value& each : overrides) {
        if (each.name != "levels") continue;
        constexpr std::string_view where = "/simulation/parameters/levels";
        if (!each.is_list || each.values.empty() || each.values.size() > 6)
            return refuse(where, "expected an array of 1 to 6 whole numbers: teams of a director, directors of the "
                                 "one above, ...");
        for (const double n_below : each.values) {
            if (!(n_below >= 1 && n_below <= 500 && n_below == std::floor(n_below)))
                return refuse(where, "expected whole numbers from 1 to 500, found " + number_text(n_below));
            shape.levels.push_back(static_cast<std::int32_t>(n_below));
        }
    }
    return outcome::success();
}

/// What is shown of levels among the assumptions.
void add_levels(const simulate::sales_shape& shape, std::vector<assumption>& to) {
    constexpr std::array<std::string_view, 6> names{"levels/1", "levels/2", "levels/3",
                                                    "levels/4", "levels/5", "levels/6"};
    for (std::size_t level = 0; level < shape.levels.size(); ++level) {
        assumption& one = to.emplace_back();
        one.name = names[level];
        one.unit = level == 0 ? "teams" : "leaders";
        one.value = shape.levels[level];
        one.preset_value = numeric::not_a_number;
        one.source = "given by the policy";
        one.meaning = level == 0 ? "teams that a leader above the managers leads"
                                 : "leaders of the level below that a leader of the next level leads";
        one.value_from = "policy";
    }
}

// ---- the experiment

void set_metrics(const simulate::sales_shape& shape, simulate::experiment_plan& plan) {
    for (std::size_t horizon = 0; horizon < simulate::n_horizons(shape); ++horizon)
        for (const simulate::sales_metric& each : simulate::sales_metrics)
            plan.metrics.push_back(
                {each.name, each.unit, horizon == 0 ? shape.months : 12, each.higher_is_better, each.relative});
    plan.trajectory = simulate::sales_metrics[0].name;
    for (std::int64_t month = 1; month <= shape.months; ++month) plan.points.push_back(month);
}

struct kept_log {
    std::vector<std::vector<simulate::logged_candidate>> of; // [replication x arm]
};

result<simulate::experiment> simulate_arms(const run_context& run, const simulate::sales_model& model,
                                           std::span<const sales_arm> arms, const simulate::experiment_plan& plan,
                                           kept_log* log) {
    const std::size_t n_arms = arms.size(), n_figures = n_arms * plan.metrics.size();
    const std::size_t n_points = n_arms * static_cast<std::size_t>(model.shape.months);
    const bool with_way = !plan.points.empty();
    std::vector<simulate::sales_worker> workers(
        static_cast<std::size_t>(count_workers(run, plan.stop.most, simulate::replication_block)));
    std::atomic<bool> stopped{false};
    const std::size_t n_logged = log == nullptr ? 0 : log->of.size() / n_arms;
    auto found = simulate::run_experiment(
        run, plan,
        [&](std::int64_t first, std::int64_t n, std::int64_t worker, std::span<double> figures,
            std::span<float> trajectory) {
            for (std::int64_t i = 0; i < n && !stopped.load(std::memory_order_relaxed); ++i) {
                const auto at = static_cast<std::size_t>(i), replication = static_cast<std::size_t>(first) + at;
                std::span<std::vector<simulate::logged_candidate>> logs;
                if (replication < n_logged) logs = std::span(log->of).subspan(replication * n_arms, n_arms);
                const auto way = with_way ? trajectory.subspan(at * n_points, n_points) : std::span<float>();
                if (!simulate::run_organisation(model, arms, static_cast<std::uint32_t>(replication),
                                                workers[static_cast<std::size_t>(worker)],
                                                figures.subspan(at * n_figures, n_figures), way, logs))
                    stopped.store(true, std::memory_order_relaxed);
            }
        });
    if (stopped.load())
        return fail(status::cancelled, "simulation.rule_failed", "the host's rule of promotion refused a vacancy");
    return found;
}

void add_decisions(const model_request& request, const simulate::experiment_plan& plan, const kept_log& log,
                   simulation_tables& to) {
    simulate::decisions_table& rows = to.decisions;
    for (std::size_t i = 0; i < log.of.size(); ++i)
        for (const simulate::logged_candidate& each : log.of[i]) {
            rows.preset.emplace_back(request.preset);
            rows.policy.emplace_back(plan.arms[i % plan.arms.size()].name);
            push(rows.replication, each.replication);
            push(rows.period, each.period);
            push(rows.vacancy, each.vacancy);
            push(rows.n_candidates, each.n_candidates);
            push(rows.candidate, each.person);
            const bool scored = each.scored && each.score == each.score;
            push(rows.score, scored ? std::optional(static_cast<double>(each.score)) : std::nullopt);
            rows.chosen.value.push_back(each.chosen ? 1 : 0);
            rows.reason.emplace_back(each.chosen     ? (each.declined ? "took it when all had declined" : "accepted")
                                     : each.declined ? "declined"
                                     : scored        ? "scored lower"
                                                     : "not eligible");
        }
}

/// Assumptions are varied for the first rules alone, as many as a reader takes in.
struct few_rules {
    simulate::experiment_plan plan;
    std::vector<sales_arm> arms;
};

few_rules first_rules(const model_request& request, std::span<const sales_arm> arms,
                      const simulate::experiment_plan& plan) {
    constexpr std::size_t most_arms = 4;
    few_rules out{plan, {}};
    out.plan.arms.clear();
    const std::size_t base = plan.arms[0].baseline;
    for (std::size_t a = 0; a < arms.size(); ++a) {
        const std::size_t room_for_base = out.plan.arms.empty() || a < base ? 1 : 0;
        if (a != base && out.plan.arms.size() + room_for_base >= most_arms) continue;
        out.plan.arms.push_back(plan.arms[a]);
        out.arms.push_back(arms[a]);
    }
    const auto is_base = [&](const simulate::experiment_arm& arm) { return arm.name == plan.arms[base].name; };
    const auto at = std::find_if(out.plan.arms.begin(), out.plan.arms.end(), is_base) - out.plan.arms.begin();
    for (simulate::experiment_arm& arm : out.plan.arms) arm.baseline = static_cast<std::size_t>(at);
    out.plan.points.clear();
    out.plan.time_is_up = nullptr;
    out.plan.stop.most = request.policy.simulation.tornado_replications;
    out.plan.stop.absolute = out.plan.stop.relative = 0;
    return out;
}

simulate::sales_model with_values(const simulate::sales_model& model, std::span<const assumption> values) {
    simulate::sales_preset changed{model.a, model.shape};
    for (const assumption& each : values)
        for (const simulate::sales_input& input : simulate::sales_inputs)
            if (input.name == each.name) simulate::set_value(input, each.value, changed);
    return simulate::sales_model_of(changed.assumptions, changed.shape, model.seed);
}

/// Varies the assumptions that rest on judgement: one at a time, and all together if asked for.
result<void> vary_assumptions(const run_context& run, const model_request& request, const simulate::sales_model& model,
                              std::span<const sales_arm> arms, const simulate::experiment_plan& plan,
                              std::span<const assumption> assumptions, simulation_tables& to) {
    few_rules few = first_rules(request, arms, plan);
    few.plan.time_is_up = clock_until(request.until);
    std::vector<assumption> varied;
    for (const assumption& each : assumptions)
        if (each.low != each.high && each.grade == '4') varied.push_back(each);
    const bool with_tornado = request.policy.simulation.tornado,
               with_sobol = request.policy.simulation.sobol_points > 0;
    const auto at = [&](std::span<const assumption> values, const run_context& part) {
        return simulate_arms(part, with_values(model, values), few.arms, few.plan, nullptr);
    };
    const double share = !with_sobol ? 1.0 : with_tornado ? 0.1 : 0.0;
    if (with_tornado) {
        const double n_steps = 1.0 + 2.0 * static_cast<double>(varied.size());
        double done = 0.0;
        const auto step = [&](std::span<const assumption> values) {
            const run_context part = part_of(run, share * done / n_steps, share * (done + 1.0) / n_steps);
            ++done;
            return at(values, part);
        };
        DUALTRACK_TRY(const simulate::experiment usual, step({}));
        for (const assumption& each : varied) {
            const auto stop_here = [&] {
                note_cut(request.preset, "the tornado before " + std::string(each.name), to);
                return outcome::success();
            };
            if (is_time_up(few.plan)) return stop_here();
            assumption low = each, high = each;
            low.value = each.low;
            high.value = each.high;
            DUALTRACK_TRY(const simulate::experiment at_low, step({&low, 1}));
            DUALTRACK_TRY(const simulate::experiment at_high, step({&high, 1}));
            if (is_cut({&usual, &at_low, &at_high})) return stop_here();
            add_tornado(request.preset, few.plan, each, usual, at_low, at_high, to);
        }
    }
    if (!with_sobol) return outcome::success();
    return run_sobol(part_of(run, share, 1.0), request, few.plan, varied, at, to);
}

} // namespace

bool is_sales_preset(std::string_view preset) noexcept {
    return std::find(simulate::sales_presets.begin(), simulate::sales_presets.end(), preset) !=
           simulate::sales_presets.end();
}

result<void> run_sales_model(const model_request& request, simulation_tables& to) {
    const org::simulation_policy& policy = request.policy.simulation;
    simulate::sales_preset values = simulate::preset_of(request.preset);
    DUALTRACK_TRY(const auto overrides, read_overrides(policy.parameters));
    DUALTRACK_TRYV(use_levels(overrides, values.shape));
    std::vector<assumption> assumptions = assumptions_of(request.preset, values);
    DUALTRACK_TRYV(apply_overrides(overrides, assumptions)); // th of the policy parts h0 from the data
    if (policy.start == org::simulation_start::data && !request.only_check) {
        DUALTRACK_TRYV(start_from_data(request, assumptions, values.shape, to.findings));
    }
    DUALTRACK_TRYV(apply_overrides(overrides, assumptions));
    DUALTRACK_TRYV(use_assumptions(assumptions, values));
    DUALTRACK_TRYV(use_spans(overrides, values.shape));
    if (!values.shape.spans.empty()) {
        const auto total = std::accumulate(values.shape.spans.begin(), values.shape.spans.end(), std::int64_t{0});
        assumption& spans = assumptions.emplace_back();
        spans.name = "spans/mean";
        spans.unit = "rep seats";
        spans.value = static_cast<double>(total) / static_cast<double>(values.shape.spans.size());
        spans.preset_value = simulate::preset_of(request.preset).shape.span;
        spans.grade = policy.start == org::simulation_start::data ? '2' : '4';
        spans.source = "given team by team";
        spans.meaning = "rep seats of a team, each team with its own number, in the place of teams and span";
        spans.value_from = policy.start == org::simulation_start::data ? "data" : "policy";
    }
    add_levels(values.shape, assumptions);
    if (policy.periods > 0) values.shape.months = policy.periods;
    const simulate::sales_model model =
        simulate::sales_model_of(values.assumptions, values.shape, static_cast<std::uint64_t>(policy.seed));
    simulate::experiment_plan plan;
    DUALTRACK_TRY(const std::vector<sales_arm> arms, arms_for(request, plan));
    set_metrics(model.shape, plan);
    DUALTRACK_TRYV(set_stopping(policy, plan));
    add_assumptions(request.preset, assumptions, to);
    if (request.only_check) return outcome::success();
    run_context run = request.run;
    for (const sales_arm& arm : arms)
        if (arm.rule.score != nullptr && request.host_is_single_threaded) run.threads = 1;
    kept_log log;
    log.of.resize(static_cast<std::size_t>(std::min(policy.decision_replications, policy.replications)) * arms.size());
    const double share = policy.sobol_points > 0 ? 0.1 : policy.tornado ? 0.6 : 1.0;
    plan.time_is_up = clock_until(part_of_time(request.until, share));
    DUALTRACK_TRY(simulate::experiment found,
                  simulate_arms(part_of(run, 0.0, share), model, arms, plan, log.of.empty() ? nullptr : &log));
    add_experiment(request.preset, plan, found, policy, model.shape.months, assumptions, to);
    add_decisions(request, plan, log, to);
    if ((policy.tornado || policy.sobol_points > 0) && arms.size() > 1) {
        DUALTRACK_TRYV(vary_assumptions(part_of(run, share, 1.0), request, model, arms, plan, assumptions, to));
    }
    return outcome::success();
}

} // namespace dualtrack::run
