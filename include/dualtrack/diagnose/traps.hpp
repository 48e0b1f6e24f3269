// Traps: what a manager falls into, each with the number that shows it, what it leads to, and what to do next. Source
// article 004 names nine consequences of playing the hero, one of them a gain that does not last; they are given here
// in this project's words. None of them has been measured (no study found, grade J): they are what to watch for, not
// what will happen.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace dualtrack::diagnose {

enum class trap : std::uint8_t {
    control,
    no_help,
    step_back,
    fading,
    own_selling,
    scoreboard,
    collaboration,
    uncoached_stars,
    quarter_end,
    regretted_exits
};
inline constexpr std::size_t n_traps = 10;
inline constexpr std::array<std::string_view, n_traps> trap_words{
    "control",    "no_help",       "step_back",       "fading",      "own_selling",
    "scoreboard", "collaboration", "uncoached_stars", "quarter_end", "regretted_exits"};

enum class consequence : std::uint8_t {
    short_lived_gain,
    dependence,
    bottleneck,
    stunted_growth,
    lost_standing,
    no_ownership,
    lost_talent,
    overload,
    fall_when_gone
};
inline constexpr std::array<std::string_view, 9> consequence_words{
    "short_lived_gain", "dependence",  "bottleneck", "stunted_growth", "lost_standing",
    "no_ownership",     "lost_talent", "overload",   "fall_when_gone"};

/// What a consequence means, as the end of a sentence that begins with "Leads to ".
inline constexpr std::array<std::string_view, 9> consequence_texts{
    "more closed now, at the price of later",
    "people who wait for the manager instead of selling",
    "deals that move no faster than one person's calendar",
    "people who do not learn to close",
    "sellers whose customers turn to the manager instead of them",
    "results that nobody in the team feels to be their own",
    "the best people leaving for where they may grow",
    "a manager without time for the team",
    "sales that fall as soon as the manager steps back"};

/// What each trap leads to, and what to do next.
struct trap_advice {
    consequence leads_to;
    std::string_view next;
};
inline constexpr std::array<trap_advice, n_traps> trap_advices{{
    {consequence::bottleneck,
     "Let the reports lead the next ten deals of usual size, and coach before and after, not in them"},
    {consequence::overload,
     "Leave the next ten deals of usual size to the reports, compare how many are won, and give the time to coaching"},
    {consequence::fall_when_gone,
     "Hand over account by account, the most dependent reports first, and watch their win rate alone each month"},
    {consequence::stunted_growth, "Find with each report the step where deals are lost alone, and practise that step"},
    {consequence::lost_standing, "Pass own accounts on over the next two quarters, with a date for each"},
    {consequence::no_ownership, "Let the reports present their results themselves, by name"},
    {consequence::dependence, "Pair reports on deals and let them coach each other"},
    {consequence::lost_talent, "Put a standing one-to-one with each of the best into the calendar this week"},
    {consequence::short_lived_gain, "Keep the one-to-ones of the last two weeks of the quarter"},
    {consequence::lost_talent, "Ask those who left and those who stay why, before the next vacancy is filled"},
}};

} // namespace dualtrack::diagnose
