// The published models run into the result tables: the pyramids of Pluchino and others, Lazear's regression to the
// mean, Kane's flows.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include <dualtrack/simulate/lazear.hpp>
#include <dualtrack/simulate/pluchino.hpp>

#include "run/simulation.hpp"
#include "simulate/hierarchy_kernels.hpp"

namespace dualtrack::run {
namespace {

using simulate::assumption;
using simulate::hierarchy_policy;
using simulate::hierarchy_rules;

auto refuse(std::string_view where, std::string message) {
    return fail(status::policy, "policy.range", std::move(message), std::string(where));
}

/// A number of a pyramid outside what its rules can mean.
result<void> check_rules(const hierarchy_rules& r) {
    const auto wrong = [](std::string_view name, std::string_view expected) {
        return refuse("/simulation/parameters/" + std::string(name), "expected " + std::string(expected));
    };
    if (r.level_seats.size() < 2 || r.level_seats.size() > simulate::most_levels)
        return wrong("level_seats", "from 2 to 8 levels");
    for (const std::int32_t n : r.level_seats)
        if (n < 1 || n > 20000) return wrong("level_seats", "from 1 to 20000 seats a level");
    if (r.responsibility.size() != r.level_seats.size()) return wrong("responsibility", "one number a level");
    for (const double each : r.responsibility)
        if (!(each >= 0.0 && each <= 1000.0)) return wrong("responsibility", "numbers from 0 to 1000");
    if (*std::max_element(r.responsibility.begin(), r.responsibility.end()) <= 0.0)
        return wrong("responsibility", "a level that counts");
    if (!(r.mean >= 1.0 && r.mean <= 10.0)) return wrong("competence_mean", "a number from 1 to 10");
    if (!(r.sd > 0.0 && r.sd <= 100.0)) return wrong("competence_sd", "a number above 0, at most 100");
    if (!(r.promoted_floor >= 1.0 && r.promoted_floor <= 10.0)) return wrong("promoted_floor", "a number from 1 to 10");
    if (!(r.delta >= 0.0 && r.delta <= 10.0)) return wrong("delta", "a number from 0 to 10");
    if (!(r.dismiss_below >= 0.0 && r.dismiss_below <= 10.0)) return wrong("dismiss_below", "a number from 0 to 10");
    if (!(r.age_mean >= 18.0 && r.age_mean <= 60.0)) return wrong("age_mean", "an age from 18 to 60");
    if (!(r.age_sd > 0.0 && r.age_sd <= 1000.0)) return wrong("age_sd", "a number above 0, at most 1000");
    for (std::size_t level = 1; r.own_branch && level < r.level_seats.size(); ++level)
        if (r.level_seats[level] % r.level_seats[level - 1] != 0)
            return wrong("own_branch", "levels in which every seat has as many subordinates");
    return outcome::success();
}

/// Whole numbers of a list.
result<std::vector<std::int32_t>> whole(const override_value& of) {
    std::vector<std::int32_t> out;
    for (const double value : of.values) {
        if (!(value >= 1.0 && value <= 20000.0) || value != static_cast<double>(static_cast<std::int32_t>(value)))
            return refuse("/simulation/parameters/" + of.name, "expected whole numbers from 1 to 20000");
        out.push_back(static_cast<std::int32_t>(value));
    }
    return out;
}

struct whole_number {
    std::string_view name;
    double low, high;
    std::string_view expected;
};
constexpr std::array<whole_number, 3> whole_numbers{{
    {"branch", 1, 10, "a whole number of subordinates from 1 to 10"},
    {"retire_above", 18, 120, "an age of whole years from 18 to 120"},
    {"own_branch", 0, 1, "yes or no (true or false, 1 or 0)"},
}};

result<hierarchy_rules> rules_for(simulate::hierarchy_preset preset, std::span<const override_value> overrides,
                                  std::vector<assumption>& assumptions) {
    hierarchy_rules rules = simulate::rules_of(preset);
    assumptions = simulate::assumptions_of(rules, preset);
    DUALTRACK_TRYV(apply_overrides(overrides, assumptions));
    for (const assumption& each : assumptions)
        for (const auto& [name, low, high, expected] : whole_numbers)
            if (each.name == name &&
                (!(each.value >= low && each.value <= high) || each.value != std::floor(each.value)))
                return refuse("/simulation/parameters/" + std::string(name), "expected " + std::string(expected));
    simulate::set_rules(rules, assumptions);
    for (const override_value& each : overrides) {
        if (each.name == "level_seats") {
            DUALTRACK_TRY(rules.level_seats, whole(each));
        }
        if (each.name == "responsibility") rules.responsibility = each.values;
    }
    DUALTRACK_TRYV(check_rules(rules));
    const std::vector<assumption> levels = simulate::levels_of(rules, preset);
    assumptions.insert(assumptions.end(), levels.begin(), levels.end());
    return rules;
}

struct hierarchy_arm {
    hierarchy_policy policy;
    std::string name;
};

/// Arms of one rule: "best" stands for "CS best" (common sense) and "PH best" (Peter hypothesis).
result<void> add_arms(std::string_view text, std::string_view where, std::vector<hierarchy_arm>& to) {
    DUALTRACK_TRY(const std::vector<named_rule> rules, read_rules(text, where));
    constexpr std::array<std::string_view, 5> words{"best", "worst", "random", "best_worst", "mixed_random"};
    std::string_view name = rules[0].name;
    const bool only_cs = name.starts_with("CS "), only_ph = name.starts_with("PH ");
    if (only_cs || only_ph) name.remove_prefix(3);
    const auto* word = std::find(words.begin(), words.end(), name);
    if (word == words.end())
        return refuse(where, expected_name("a rule of the published models, perhaps after CS or PH", words, name));
    if (rules.size() > 1) return refuse(where, "expected no reward package: the published models have none");
    hierarchy_policy policy;
    policy.rule = static_cast<simulate::strategy>(word - words.begin());
    const bool takes_share = policy.rule >= simulate::strategy::best_worst;
    if (rules[0].figures.size() != (takes_share ? 1U : 0U))
        return refuse(where, takes_share ? "expected one probability, as in best_worst(0.47)" : "expected no figures");
    if (takes_share) policy.share = rules[0].figures[0];
    if (!(policy.share >= 0.0 && policy.share <= 1.0)) return refuse(where, "expected a probability from 0 to 1");
    const std::string shown(text.substr(only_cs || only_ph ? 3 : 0));
    for (const auto effect : {simulate::transfer::common_sense, simulate::transfer::peter}) {
        const bool is_cs = effect == simulate::transfer::common_sense;
        if (is_cs ? only_ph : only_cs) continue;
        policy.effect = effect;
        to.push_back({policy, (is_cs ? "CS " : "PH ") + shown});
    }
    return outcome::success();
}

/// The arms that a policy asks for, each with its baseline.
result<std::vector<hierarchy_arm>> arms_for(const org::simulation_policy& policy, simulate::hierarchy_preset preset,
                                            simulate::experiment_plan& plan) {
    if (!policy.packages.empty())
        return refuse("/simulation/packages", "expected no reward package: the published models have none");
    std::vector<std::string> wanted = policy.policies;
    const std::string usual = preset == simulate::hierarchy_preset::prg2011 ? "best" : "random";
    const std::string baseline = policy.baseline.empty() ? usual : policy.baseline;
    if (baseline == "start" || baseline == "initial")
        return refuse("/simulation/baseline",
                      "expected a rule: the state at the start is none, the first step alone moves it");
    if (wanted.empty() && preset == simulate::hierarchy_preset::prg2011)
        wanted = {"best", "mixed_random(0.25)", "mixed_random(0.5)", "mixed_random(0.75)", "random"};
    else if (wanted.empty())
        wanted = {"best", "worst", "random", "best_worst(0.47)"};
    std::vector<hierarchy_arm> arms, bases;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        DUALTRACK_TRYV(add_arms(wanted[i], place_in("policies", i), arms));
    }
    DUALTRACK_TRYV(add_arms(baseline, "/simulation/baseline", bases));
    const auto has = [](const std::vector<hierarchy_arm>& list, const hierarchy_arm& one) {
        return std::find_if(list.begin(), list.end(),
                            [&](const hierarchy_arm& each) { return each.policy == one.policy; });
    };
    std::vector<hierarchy_arm> distinct;
    for (const hierarchy_arm& each : arms)
        if (has(distinct, each) == distinct.end()) distinct.push_back(each);
    for (const hierarchy_arm& base : bases) {
        const bool is_met = std::any_of(distinct.begin(), distinct.end(), [&](const hierarchy_arm& each) {
            return each.policy.effect == base.policy.effect;
        });
        if (is_met && has(distinct, base) == distinct.end()) distinct.push_back(base);
    }
    for (std::size_t a = 0; a < distinct.size(); ++a) {
        simulate::experiment_arm& arm = plan.arms.emplace_back();
        arm.name = distinct[a].name;
        arm.baseline = a;
        arm.group = distinct[a].policy.effect == simulate::transfer::peter ? 1 : 0;
        for (const hierarchy_arm& base : bases)
            if (bases.size() == 1 || base.policy.effect == distinct[a].policy.effect)
                arm.baseline = static_cast<std::size_t>(has(distinct, base) - distinct.begin());
    }
    return distinct;
}

enum figure : std::size_t { settled, year_20, year_40, gain, dismissed, retired, promoted, vacant };

struct hierarchy_study {
    hierarchy_rules rules;
    std::vector<hierarchy_arm> arms;
    std::vector<figure> figures; // [n_metrics]
    std::int32_t periods = 0;
    std::uint64_t seed = 0;
};

void set_metrics(hierarchy_study& study, simulate::experiment_plan& plan) {
    const std::int32_t year = study.rules.periods_a_year;
    const auto add = [&](figure which, std::string_view name, std::string_view unit, std::int64_t horizon,
                         bool higher_is_better) {
        study.figures.push_back(which);
        plan.metrics.push_back({name, unit, horizon, higher_is_better, false});
    };
    add(settled, "efficiency", "percentage points", study.periods, true);
    if (study.periods > 20 * year) add(year_20, "efficiency", "percentage points", std::int64_t{20} * year, true);
    if (study.periods > 40 * year) add(year_40, "efficiency", "percentage points", std::int64_t{40} * year, true);
    if (study.rules.warm_up > 1 && study.periods > study.rules.warm_up + 1)
        add(gain, "gain_over_warm_up", "percentage points", study.periods, true);
    add(dismissed, "dismissals", "a period", study.periods, false);
    add(retired, "retirements", "a period", study.periods, true);
    add(promoted, "promotions", "a period", study.periods, true);
    add(vacant, "vacant_share", "share of seats above the lowest level", study.periods, false);
    plan.trajectory = "efficiency";
    const std::int32_t step = std::max(1, study.periods / 100);
    for (std::int32_t t = step; t <= study.periods; t += step) plan.points.push_back(t);
}

/// The figures of one organisation.
void measure_organisation(const hierarchy_study& study, const simulate::hierarchy_counts& counts,
                          const simulate::experiment_plan& plan, std::span<const double> efficiency,
                          std::span<double> figures, std::span<float> trajectory) {
    const double n = static_cast<double>(study.periods);
    double seats = 0.0;
    for (std::size_t level = 0; level + 1 < study.rules.level_seats.size(); ++level)
        seats += static_cast<double>(study.rules.level_seats[level]);
    const auto at_year = [&](std::int32_t year) {
        return efficiency[static_cast<std::size_t>(year * study.rules.periods_a_year)];
    };
    for (std::size_t m = 0; m < figures.size(); ++m) switch (study.figures[m]) {
        case settled:
            figures[m] = simulate::asymptote(efficiency, study.rules.warm_up);
            break;
        case year_20:
            figures[m] = at_year(20);
            break;
        case year_40:
            figures[m] = at_year(40);
            break;
        case gain:
            figures[m] = simulate::gain_over_warm_up(efficiency, study.rules.warm_up);
            break;
        case dismissed:
            figures[m] = static_cast<double>(counts.dismissals) / n;
            break;
        case retired:
            figures[m] = static_cast<double>(counts.retirements) / n;
            break;
        case promoted:
            figures[m] = static_cast<double>(counts.promotions) / n;
            break;
        case vacant:
            figures[m] = static_cast<double>(counts.vacant_seat_periods) / (n * seats);
            break;
        }
    for (std::size_t p = 0; p < trajectory.size(); ++p)
        trajectory[p] = static_cast<float>(efficiency[static_cast<std::size_t>(plan.points[p])]);
}

result<simulate::experiment> simulate_study(const run_context& run, const hierarchy_study& study,
                                            const simulate::experiment_plan& plan) {
    const std::size_t n_arms = plan.arms.size(), n_metrics = plan.metrics.size(), n_points = plan.points.size();
    const auto stride = static_cast<std::size_t>(study.periods) + 1;
    const simulate::hierarchy_set set = simulate::fastest_set();
    constexpr std::size_t batch = 16; // so that their efficiencies stay in the cache
    const auto simulate_block = [&](std::int64_t first, std::int64_t n, std::int64_t, std::span<double> figures,
                                    std::span<float> trajectory) {
        std::vector<double> efficiency(batch * stride);
        std::array<simulate::hierarchy_counts, batch> counts;
        for (std::size_t from = 0; from < static_cast<std::size_t>(n); from += batch) {
            const std::size_t here = std::min(batch, static_cast<std::size_t>(n) - from);
            for (std::size_t a = 0; a < n_arms; ++a) {
                simulate::simulate_hierarchies(study.rules, study.arms[a].policy, study.seed,
                                               static_cast<std::uint32_t>(static_cast<std::size_t>(first) + from), here,
                                               study.periods, efficiency, counts, set);
                for (std::size_t i = 0; i < here; ++i) {
                    const std::size_t row = (from + i) * n_arms + a;
                    measure_organisation(
                        study, counts[i], plan, std::span<const double>(efficiency).subspan(i * stride, stride),
                        figures.subspan(row * n_metrics, n_metrics), trajectory.subspan(row * n_points, n_points));
                }
            }
        }
    };
    return simulate::run_experiment(run, plan, simulate_block);
}

result<void> run_hierarchy(const model_request& request, simulate::hierarchy_preset preset, simulation_tables& to) {
    const org::simulation_policy& policy = request.policy.simulation;
    DUALTRACK_TRY(const auto overrides, read_overrides(policy.parameters));
    std::vector<assumption> assumptions;
    hierarchy_study study;
    DUALTRACK_TRY(study.rules, rules_for(preset, overrides, assumptions));
    study.periods = policy.periods > 0 ? policy.periods : simulate::periods_of(preset);
    study.seed = static_cast<std::uint64_t>(policy.seed);
    simulate::experiment_plan plan;
    DUALTRACK_TRY(study.arms, arms_for(policy, preset, plan));
    set_metrics(study, plan);
    DUALTRACK_TRYV(set_stopping(policy, plan));
    add_assumptions(request.preset, assumptions, to);
    if (request.only_check) return outcome::success();
    const double share = policy.tornado ? 0.7 : 1.0;
    plan.time_is_up = clock_until(part_of_time(request.until, share));
    DUALTRACK_TRY(simulate::experiment found, simulate_study(part_of(request.run, 0.0, share), study, plan));
    add_experiment(request.preset, plan, found, policy, study.periods, assumptions, to);
    if (!policy.tornado) return outcome::success();
    plan.time_is_up = clock_until(request.until);
    plan.stop.most = policy.tornado_replications;
    plan.stop.absolute = plan.stop.relative = 0.0;
    plan.points.clear();
    for (const assumption& varied : assumptions) {
        if (varied.low == varied.high) continue;
        const auto stop_here = [&] {
            note_cut(request.preset, "the tornado before " + std::string(varied.name), to);
            return outcome::success();
        };
        if (is_time_up(plan)) return stop_here();
        std::vector<simulate::experiment> at;
        for (const double value : {varied.value, varied.low, varied.high}) {
            hierarchy_study changed = study;
            assumption one = varied;
            one.value = value;
            simulate::set_rules(changed.rules, {&one, 1});
            const run_context part = part_of(request.run, share, 1.0);
            DUALTRACK_TRY(simulate::experiment each, simulate_study(part_of(part, static_cast<double>(at.size()) / 3.0,
                                                                            static_cast<double>(at.size() + 1) / 3.0),
                                                                    changed, plan));
            at.push_back(std::move(each));
        }
        if (is_cut({&at[0], &at[1], &at[2]})) return stop_here();
        add_tornado(request.preset, plan, varied, at[0], at[1], at[2], to);
    }
    return outcome::success();
}

// ---- Lazear and Kane

void add_figure(std::string_view preset, std::string_view policy, std::string_view metric, std::string_view unit,
                std::int64_t horizon, double value, simulation_tables& to) {
    simulate::outcomes_table& rows = to.outcomes;
    rows.preset.emplace_back(preset);
    rows.policy.emplace_back(policy);
    rows.metric.emplace_back(metric);
    rows.unit.emplace_back(unit);
    push(rows.horizon_periods, horizon);
    push(rows.n, 0);
    push(rows.mean, value == value ? std::optional(value) : std::nullopt);
    for (auto* column : {&rows.low, &rows.high, &rows.sd, &rows.half_width, &rows.min, &rows.max, &rows.worst_5})
        push(*column, std::nullopt);
}

constexpr std::string_view lazear_print = "Lazear 2004, J. Political Economy 112:S141";

result<void> run_lazear(const model_request& request, simulation_tables& to) {
    const org::simulation_policy& policy = request.policy.simulation;
    simulate::lazear_assumptions l;
    double persons = 1000.0;
    std::vector<assumption> assumptions;
    const std::array<double*, 9> places{&l.mean,       &l.ability_sd, &l.noise_sd,   &l.cut,  &l.easy_base,
                                        &l.easy_slope, &l.hard_base,  &l.hard_slope, &persons};
    constexpr std::array<std::string_view, 9> names{"ability_mean", "ability_sd", "noise_sd",   "cut",    "easy_base",
                                                    "easy_slope",   "hard_base",  "hard_slope", "persons"};
    constexpr std::array<std::string_view, 9> meanings{"mean ability",
                                                       "standard deviation of ability",
                                                       "standard deviation of luck in a period",
                                                       "output above which people are promoted",
                                                       "pay of the easy job: fixed part",
                                                       "pay of the easy job: part of output",
                                                       "pay of the hard job: fixed part",
                                                       "pay of the hard job: part of output",
                                                       "people a replication"};
    for (std::size_t i = 0; i < places.size(); ++i)
        assumptions.push_back({names[i], "output", *places[i], *places[i], *places[i], *places[i], '1', lazear_print,
                               meanings[i], "preset"});
    DUALTRACK_TRY(const auto overrides, read_overrides(policy.parameters));
    DUALTRACK_TRYV(apply_overrides(overrides, assumptions));
    for (std::size_t i = 0; i < places.size(); ++i) *places[i] = assumptions[i].value;
    const auto wrong = [](std::string_view name, std::string_view expected) {
        return refuse("/simulation/parameters/" + std::string(name), "expected " + std::string(expected));
    };
    if (!(l.ability_sd > 0.0)) return wrong("ability_sd", "a number above 0");
    if (!(l.noise_sd > 0.0)) return wrong("noise_sd", "a number above 0");
    if (!(l.hard_slope > l.easy_slope)) return wrong("hard_slope", "more than easy_slope");
    if (!(persons >= 1.0 && persons <= 1e7) || persons != std::floor(persons))
        return wrong("persons", "a whole number from 1 to 10000000");
    simulate::experiment_plan plan;
    plan.arms.push_back({"simulated", 0, 0});
    for (const std::string_view name : {"share_promoted", "before", "after", "decline", "losers_gain"})
        plan.metrics.push_back({name, name == "share_promoted" ? unit::share : "output", 2, true, false});
    DUALTRACK_TRYV(set_stopping(policy, plan));
    add_assumptions(request.preset, assumptions, to);
    if (request.only_check) return outcome::success();
    plan.time_is_up = clock_until(request.until);
    const auto seed = static_cast<std::uint64_t>(policy.seed);
    DUALTRACK_TRY(
        simulate::experiment found,
        simulate::run_experiment(
            request.run, plan, [&](std::int64_t first, std::int64_t n, std::int64_t, std::span<double> figures, auto) {
                for (std::int64_t i = 0; i < n; ++i) {
                    const simulate::lazear_figures one = simulate::simulate_lazear(
                        l, seed, static_cast<std::uint32_t>(first + i), static_cast<std::uint32_t>(persons));
                    const std::array<double, 5> all{one.share, one.before, one.after, one.decline, one.losers_gain};
                    std::copy(all.begin(), all.end(), figures.begin() + 5 * i);
                }
            }));
    add_experiment(request.preset, plan, found, policy, 2, assumptions, to);
    const simulate::lazear_figures exact = simulate::lazear_closed_form(l);
    const std::array<double, 5> all{exact.share, exact.before, exact.after, exact.decline, exact.losers_gain};
    for (std::size_t m = 0; m < all.size(); ++m)
        add_figure(request.preset, "closed form", plan.metrics[m].name, plan.metrics[m].unit, 2, all[m], to);
    const simulate::waiting_figures waiting = simulate::lazear_waiting(l);
    add_figure(request.preset, "closed form", "optimal_cut", "output", 2, simulate::optimal_cut(l), to);
    add_figure(request.preset, "closed form", "total_output_if_waiting", "output", 3, waiting.wait, to);
    add_figure(request.preset, "closed form", "total_output_if_early", "output", 3, waiting.early, to);
    return outcome::success();
}

result<void> run_kane(const model_request& request, simulation_tables& to) {
    const org::simulation_policy& policy = request.policy.simulation;
    constexpr std::string_view print = "Kane 1970, Management Science 16:B800";
    simulate::kane_assumptions k;
    std::vector<assumption> assumptions{{"alpha", unit::share, k.alpha, k.alpha, k.alpha, k.alpha, '1', print,
                                         "share of the promotable moving up a year", "preset"}};
    DUALTRACK_TRY(const auto overrides, read_overrides(policy.parameters));
    DUALTRACK_TRYV(apply_overrides(overrides, assumptions));
    k.alpha = assumptions[0].value;
    if (!(k.alpha > 0.0 && k.alpha <= 0.5))
        return refuse("/simulation/parameters/alpha", "expected from above 0 to 0.5");
    add_assumptions(request.preset, assumptions, to);
    if (request.only_check) return outcome::success();
    constexpr std::array<std::string_view, 3> names{"share_class_a", "share_class_b", "share_class_c"};
    const std::int64_t n_levels = policy.periods > 0 ? std::min(policy.periods, 40) : 40;
    for (std::int64_t level = 1; level <= n_levels; ++level) {
        const simulate::kane_vector mix = simulate::kane_composition(k, static_cast<std::size_t>(level));
        for (std::size_t i = 0; i < 3; ++i)
            add_figure(request.preset, "deterministic", names[i], unit::share, level, mix[i], to);
        add_figure(request.preset, "deterministic", "efficiency", "percentage points", level,
                   simulate::efficiency_of(mix), to);
    }
    const simulate::kane_flows flows = simulate::kane_flows_of(k);
    add_figure(request.preset, "deterministic", "efficiency_of_stayers", "percentage points", 0,
               simulate::settled_efficiency(flows.staying), to);
    add_figure(request.preset, "deterministic", "efficiency_of_promoted", "percentage points", 0,
               simulate::settled_efficiency(flows.promoted), to);
    simulate::experiment none;
    add_experiment(request.preset, {}, none, policy, n_levels, assumptions, to);
    return outcome::success();
}

} // namespace

std::span<const std::string_view> published_presets() noexcept {
    static constexpr std::array<std::string_view, 6> all{"prg2010_text", "prg2010_as_run", "fetta2012",
                                                         "prg2011",      "lazear2004",     "kane1970"};
    return all;
}

result<void> run_published_model(const model_request& request, simulation_tables& to) {
    if (request.preset == "lazear2004") return run_lazear(request, to);
    if (request.preset == "kane1970") return run_kane(request, to);
    const auto& words = simulate::hierarchy_preset_words;
    const auto which = std::find(words.begin(), words.end(), request.preset) - words.begin();
    return run_hierarchy(request, static_cast<simulate::hierarchy_preset>(which), to);
}

} // namespace dualtrack::run
