// Every field of the policy, once: its place, kind, unit, bounds, meaning, and what its default rests on. The parser,
// the canonical JSON, the JSON Schema and the documentation all walk this table; nothing else lists the fields. The
// default is what a fresh `policy` holds. Grades: A peer-reviewed, full text checked; B peer-reviewed, abstract or
// secondary; C practitioner; J judgement of this project; standard: a rule of an outside standard. A new field is a
// member of its struct and a row in the table of its stage; a new stage is a table joined here.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <dualtrack/org/policy_fields_assess.hpp>
#include <dualtrack/org/policy_fields_decide.hpp>
#include <dualtrack/org/policy_fields_diagnose.hpp>
#include <dualtrack/org/policy_fields_estimate.hpp>
#include <dualtrack/org/policy_fields_measure.hpp>
#include <dualtrack/org/policy_fields_paths.hpp>
#include <dualtrack/org/policy_fields_simulate.hpp>

namespace dualtrack::org {

inline constexpr auto policy_sections = std::to_array<policy_section>({
    {"data", "what is done with input that is doubtful but usable"},
    {"seller", "how sellers and teams are measured"},
    {"performance", "how luck is taken out of sales"},
    {"pay", "how pay is compared"},
    {"readiness", "how readiness to lead is judged; nothing in it looks at sales"},
    {"grid", "where the boxes of performance and readiness are cut"},
    {"managers", "when a manager is called hero or hero-maker, and what each trap starts at"},
    {"coaching", "who counts as coached, and when coaching gives way to closing"},
    {"transition", "how a new manager is scored, month by month"},
    {"promotion", "what a promotion would do, what it is worth, and when it is recommended"},
    {"simulation", "what a simulation of promotion rules compares"},
    {"value_added", "how a manager's value added is estimated"},
    {"backtest", "how rules of promotion are tried out on the past"},
    {"paths", "the career ladder and how long its steps take"},
    {"retention", "what is done for people who were passed over"},
    {"relief", "what mentoring against a lower quota costs and brings"},
});

namespace detail {

/// The tables of the stages one after the other.
template <std::size_t... Size> constexpr auto joined(const std::array<policy_field, Size>&... tables) {
    std::array<policy_field, (Size + ...)> out;
    auto to = out.begin();
    ((to = std::copy(tables.begin(), tables.end(), to)), ...);
    return out;
}

} // namespace detail

inline constexpr auto policy_fields = detail::joined(measure_policy_fields,  //
                                                     assess_policy_fields,   //
                                                     diagnose_policy_fields, //
                                                     decide_policy_fields,   //
                                                     paths_policy_fields,    //
                                                     simulate_policy_fields, //
                                                     estimate_policy_fields);

} // namespace dualtrack::org
