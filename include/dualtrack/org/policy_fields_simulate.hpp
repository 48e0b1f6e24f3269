// The fields of the policy that say what a simulation compares. How a row is read: policy_field.hpp.
#pragma once

#include <dualtrack/org/policy_field.hpp>

namespace dualtrack::org {

inline constexpr auto simulate_policy_fields = std::to_array<policy_field>({
    detail::field<&policy::simulation, &simulation_policy::presets>(
        "/simulation/presets", unit::text, 0, 16,
        "models to simulate, none: the default; bls2019, lss2015, bls2018, no_retention, raw_sales, cold_start (sales "
        "organisations); "
        "prg2010_text, prg2010_as_run, fetta2012, prg2011, lazear2004, kane1970 (published models)",
        "two estimates of what managers are worth side by side, because the choice decides the ranking", "J"),
    detail::field<&policy::simulation, &simulation_policy::policies>(
        "/simulation/policies", unit::text, 0, 64,
        "rules of promotion to compare, as \"rule\" or \"rule + package\" with figures in brackets: \"lottery(0.5)\", "
        "\"readiness + dual_track\"; none: the usual ones of each preset",
        "this project", "J"),
    detail::field<&policy::simulation, &simulation_policy::packages>(
        "/simulation/packages", unit::text, 0, 8, "reward packages given under every rule, such as \"dual_track\"",
        "this project", "J"),
    detail::field<&policy::simulation, &simulation_policy::baseline>(
        "/simulation/baseline", unit::text, 1, 200,
        "the rule that others are compared with; null: the usual one of each preset", "this project", "J"),
    detail::structured<&policy::simulation, &simulation_policy::parameters>(
        "/simulation/parameters", 65536,
        "single assumptions in place of the preset's, by name, as an object: {\"sE\": 0.29}; the table inputs lists "
        "all. Lists of a sales model: \"spans\", the rep seats of each team; \"levels\", leaders above the managers: "
        "[5] gives every 5 teams a director, [5, 2] every 2 of those one above, by the same rule and with a stated "
        "share w_up of their value reaching the teams below",
        "this project", "J"),
    detail::choice<&policy::simulation, &simulation_policy::start>(
        "/simulation/start", simulation_start_words,
        "preset: an organisation of the preset's size; data: the company's own spans, tenure, attrition and spread of "
        "sales, as far as they can be measured, the rest from the preset",
        "this project", "J"),
    detail::field<&policy::simulation, &simulation_policy::periods>(
        "/simulation/periods", unit::count, 0, 10000, "periods to simulate; 0: the preset's (60 months; 1000 years)",
        "this project", "J"),
    detail::field<&policy::simulation, &simulation_policy::replications>(
        "/simulation/replications", unit::count, 1, 10000000, "at most so many organisations a rule", "this project",
        "J"),
    detail::field<&policy::simulation, &simulation_policy::absolute_tolerance>(
        "/simulation/absolute_tolerance", "the metric's", 0, 1000000,
        "stop early once the half-width of every difference asked for is as small as this; 0: never", "this project",
        "J"),
    detail::field<&policy::simulation, &simulation_policy::relative_tolerance>(
        "/simulation/relative_tolerance", unit::share, 0, 1, "or as small as this share of the difference; 0: never",
        "this project", "J"),
    detail::field<&policy::simulation, &simulation_policy::stop_metrics>(
        "/simulation/stop_metrics", unit::text, 0, 32, "metrics that decide when to stop; none: the first of the model",
        "this project", "J"),
    detail::field<&policy::simulation, &simulation_policy::max_seconds>(
        "/simulation/max_seconds", "seconds", 0, 1000000,
        "stop by the clock after so many seconds, however far it got; 0: never. Another machine gets further or less "
        "far, so a result that the clock stopped is marked not_reproducible",
        "this project", "J"),
    detail::field<&policy::simulation, &simulation_policy::confidence>(
        "/simulation/confidence", unit::probability, 0.5, 0.9999, "confidence of every interval", "convention", "J"),
    detail::field<&policy::simulation, &simulation_policy::seed>(
        "/simulation/seed", unit::count, 0, 9007199254740991, "seed of all chance; the same seed gives the same result",
        "this project", "J"),
    detail::field<&policy::simulation, &simulation_policy::tornado>(
        "/simulation/tornado", unit::flag, 0, 1,
        "also vary every assumption that rests on judgement, one at a time, between its bounds", "this project", "J"),
    detail::field<&policy::simulation, &simulation_policy::tornado_replications>(
        "/simulation/tornado_replications", unit::count, 2, 1000000, "organisations a rule and varied assumption",
        "this project", "J"),
    detail::field<&policy::simulation, &simulation_policy::sobol_points>(
        "/simulation/sobol_points", unit::count, 0, 65536,
        "also vary all those assumptions of a sales model together, at so many points, and say which share of the "
        "uncertainty each brings (Sobol indices): points x (assumptions + 2) x tornado_replications organisations a "
        "rule; 0: do not",
        "this project", "J"),
    detail::field<&policy::simulation, &simulation_policy::decision_replications>(
        "/simulation/decision_replications", unit::count, 0, 1000,
        "write every promotion of so many organisations to the table decisions", "this project", "J"),
});

} // namespace dualtrack::org
