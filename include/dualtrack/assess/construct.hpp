// Constructs: what leading people takes, in nine parts that others can see. Sales are not among them: a doubling of a
// new manager's own past sales went with 6.1 % lower sales of each report (Benson, Li and Shue, QJE 134, 2019), so past
// sales have weight 0, as has wanting to manage (Weidmann and others, NBER w32699: self-nominated managers -0.1 sd).
// The default weights are correlations with leadership from meta-analyses; policy_fields.hpp names each source.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dualtrack::assess {

enum class construct : std::uint8_t {
    develops_others,        // mentors, coaches, celebrates others, shares leads
    holds_accountable,      // uncomfortable conversations, accountability systems
    organised,              // follows through, planning
    thinks_in_systems,      // talks processes, thinks three quarters ahead
    collaborates,           // multiple personalities toward a shared objective
    regulates_emotion,      // steady in losing streaks
    influences,             // results without formal authority
    curious,                // asks about motivations and aspirations
    emotional_intelligence, // counted from others' ratings only
};
inline constexpr std::size_t n_constructs = 9;
inline constexpr std::array<std::string_view, n_constructs> construct_words{
    "develops_others",   "holds_accountable", "organised", "thinks_in_systems",     "collaborates",
    "regulates_emotion", "influences",        "curious",   "emotional_intelligence"};

/// Where evidence comes from: the sources of `ratings` in their order, behaviour from activities and deals, and the two
/// that only ever stand in an evidence table: a red flag of an interview, and what is known of anybody before any
/// evidence.
enum class source : std::uint8_t {
    self,
    peer,
    report,
    manager,
    panel,
    interviewer,
    assessment_centre,
    test,
    behaviour,
    red_flag,
    prior
};
inline constexpr std::size_t n_rated_sources = 8;
inline constexpr std::size_t n_observed_sources = 9; // with behaviour
inline constexpr std::array<std::string_view, 11> source_words{
    "self", "peer",      "report",   "manager", "panel", "interviewer", "assessment_centre",
    "test", "behaviour", "red_flag", "prior"};

} // namespace dualtrack::assess
