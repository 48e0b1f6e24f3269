// The tables of paths: where everybody stands on both tracks, what is missing for the next level and what closes it,
// and what the ladder itself does against its purpose.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <dualtrack/base/describe.hpp>
#include <dualtrack/decide/ladder.hpp>

namespace dualtrack::decide {

enum class path_status : std::uint8_t { ready, gaps, top, insufficient_evidence, level_below_first };
inline constexpr std::array<std::string_view, 5> path_status_words{"ready", "gaps", "top", "insufficient_evidence",
                                                                   "level_below_first"};

/// One row a person and track; by person, expert first.
struct paths_table {
    id_column person_id;
    word_column track;
    name_column level_now, level_next;
    flag_column eligible;
    column<double> months_to_ready, months_low, months_high, probability_within_horizon;
    column<std::int64_t> n_requirements, n_met, n_similar;
    flag_column on_track;
    word_column status;

    paths_table(const text_column& ids, const text_column& titles, std::pmr::memory_resource* memory)
        : person_id(ids, memory), track(track_words, memory), level_now(titles, memory), level_next(titles, memory),
          eligible(memory), months_to_ready(memory), months_low(memory), months_high(memory),
          probability_within_horizon(memory), n_requirements(memory), n_met(memory), n_similar(memory),
          on_track(memory), status(path_status_words, memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, paths_table>
void describe(Visitor& visit, Table& table) {
    visit.table("paths", "where everybody stands on both tracks of the ladder and how long the next level takes");
    visit.column("person_id", unit::id, "the person", table.person_id);
    visit.column("track", unit::text, "the track", table.track);
    visit.column("level_now", unit::text, "highest level of this track the person has held; the entry where none",
                 table.level_now);
    visit.column("level_next", unit::text, "the level above it; null at the top", table.level_next);
    visit.column("eligible", unit::flag, "every requirement of the next level is met; null where evidence is missing",
                 table.eligible);
    visit.column("months_to_ready", unit::months,
                 "median time until every requirement is met; null beyond ten years or where evidence is missing",
                 table.months_to_ready);
    visit.column("months_low", unit::months, "lower end of the interval (/paths/interval)", table.months_low);
    visit.column("months_high", unit::months, "upper end; null beyond ten years", table.months_high);
    visit.column("probability_within_horizon", unit::probability,
                 "probability that every gap closes within the horizon (/paths/horizon_months)",
                 table.probability_within_horizon);
    visit.column("n_requirements", unit::count, "what the next level asks", table.n_requirements);
    visit.column("n_met", unit::count, "how much of it is met", table.n_met);
    visit.column("n_similar", unit::count, "past cases that the time was looked up in", table.n_similar);
    visit.column("on_track", unit::flag, "the person's role is on this track; both at the entry", table.on_track);
    visit.column("status", unit::text,
                 "ready, gaps, top, insufficient_evidence; level_below_first: asks for what only the level below gives",
                 table.status);
}

inline constexpr std::array<std::string_view, 2> comparison_words{"at_least", "at_most"};

/// One row a person, track and requirement that is not met; by person, track, place in the ladder.
struct gaps_table {
    id_column person_id;
    word_column track;
    name_column level;
    text_list requirement;
    column<double> have, need;
    text_list action;
    word_column comparison;
    column<std::int64_t> months;

    gaps_table(const text_column& ids, const text_column& titles, std::pmr::memory_resource* memory)
        : person_id(ids, memory), track(track_words, memory), level(titles, memory), requirement(memory), have(memory),
          need(memory), action(memory), comparison(comparison_words, memory), months(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, gaps_table>
void describe(Visitor& visit, Table& table) {
    visit.table("gaps", "what is missing for the next level of each track, and what closes it");
    visit.column("person_id", unit::id, "the person", table.person_id);
    visit.column("track", unit::text, "the track", table.track);
    visit.column("level", unit::text, "the next level", table.level);
    visit.column("requirement", unit::text, "the measure that is asked: a column of a result table", table.requirement);
    visit.column("have", unit::ratio, "its value now; null where there is no evidence", table.have);
    visit.column("need", unit::ratio, "the value that is asked", table.need);
    visit.column("action", unit::text, "what closes the gap; a recommendation", table.action);
    visit.column("comparison", unit::text, "at_least or at_most", table.comparison);
    visit.column("months", unit::months, "window of the measure; null: none of its own", table.months);
}

/// One row a finding.
struct ladder_findings_table {
    word_column severity;
    text_list code;
    word_column track;
    text_list level;
    column<std::int64_t> n_people;
    text_list text;

    explicit ladder_findings_table(std::pmr::memory_resource* memory)
        : severity(org::severity_words, memory), code(memory), track(track_words, memory), level(memory),
          n_people(memory), text(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, ladder_findings_table>
void describe(Visitor& visit, Table& table) {
    visit.table("ladder_findings", "what in the ladder makes leading people the only way up, or turns pay around");
    visit.column("severity", unit::text, "warning or note", table.severity);
    visit.column("code", unit::text, "stable code of the finding", table.code);
    visit.column("track", unit::text, "the track; null: both", table.track);
    visit.column("level", unit::text, "title of the level, or empty", table.level);
    visit.column("n_people", unit::count, "people it concerns, where it was seen in the data", table.n_people);
    visit.column("text", unit::text, "the finding with its figures", table.text);
}

} // namespace dualtrack::decide
