// The tables of retention: the risk and the plan of each person, the actions with their dates, and what to say in which
// order. What the measures of published effect would change is in the table mitigations, which promotion has as well.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <dualtrack/base/describe.hpp>
#include <dualtrack/org/organisation.hpp>

namespace dualtrack::decide {

inline constexpr std::array<std::string_view, 3> passed_over_words{"no", "would_be", "yes"};

/// One row a person with a motive on record or passed over; by person.
struct retention_table {
    id_column person_id;
    word_column motive;
    column<double> probability_exit_12m, capacity_minutes_week;
    text_list plan;
    word_column passed_over;
    id_column vacancy_id;
    flag_column outsold_winner;
    column<double> strength, hazard_ratio, base_probability_12m, mitigated_probability_12m, minutes_week;
    flag_column may_be_considered;

    retention_table(const text_column& people, const text_column& vacancies, std::pmr::memory_resource* memory)
        : person_id(people, memory), motive(org::motive_words, memory), probability_exit_12m(memory),
          capacity_minutes_week(memory), plan(memory), passed_over(passed_over_words, memory),
          vacancy_id(vacancies, memory), outsold_winner(memory), strength(memory), hazard_ratio(memory),
          base_probability_12m(memory), mitigated_probability_12m(memory), minutes_week(memory),
          may_be_considered(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, retention_table>
void describe(Visitor& visit, Table& table) {
    visit.table("retention", "people with a motive on record or passed over: their risk of leaving and a plan");
    visit.column("person_id", unit::id, "the person", table.person_id);
    visit.column("motive", unit::text, "strongest motive on record; null where nobody has asked", table.motive);
    visit.column("probability_exit_12m", unit::probability, "probability to leave within twelve months, as it is",
                 table.probability_exit_12m);
    visit.column("capacity_minutes_week", unit::minutes, "minutes a week freed by quota relief",
                 table.capacity_minutes_week);
    visit.column("plan", unit::text, "what is recommended, in a sentence; a person decides", table.plan);
    visit.column("passed_over", unit::text,
                 "yes: somebody else got the seat; would_be: the recommended slate gives it to somebody else; no",
                 table.passed_over);
    visit.column("vacancy_id", unit::id, "the seat that raises the risk most", table.vacancy_id);
    visit.column("outsold_winner", unit::flag, "sold more than the winner in the year before; null where not known",
                 table.outsold_winner);
    visit.column("strength", unit::share, "strength of the motive", table.strength);
    visit.column("hazard_ratio", unit::ratio, "how many times likelier to leave than otherwise", table.hazard_ratio);
    visit.column("base_probability_12m", unit::probability, "the same without having been passed over",
                 table.base_probability_12m);
    visit.column("mitigated_probability_12m", unit::probability,
                 "with every measure of published effect that is still open", table.mitigated_probability_12m);
    visit.column("minutes_week", unit::minutes, "minutes a week the plan takes; never above those freed",
                 table.minutes_week);
    visit.column("may_be_considered", unit::flag,
                 "every gap of the management track is expected to close within the horizon", table.may_be_considered);
}

/// One row a person and action; by person, then in order of the motives' strength.
struct actions_table {
    id_column person_id;
    text_list action;
    word_column motive;
    column<double> minutes_week;
    date_column start, review;
    column<std::int64_t> review_every_days;
    column<double> minutes_asked;
    flag_column waits, needs_relief;
    text_list text;

    actions_table(const text_column& people, std::pmr::memory_resource* memory)
        : person_id(people, memory), action(memory), motive(org::motive_words, memory), minutes_week(memory),
          start(memory), review(memory), review_every_days(memory), minutes_asked(memory), waits(memory),
          needs_relief(memory), text(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, actions_table>
void describe(Visitor& visit, Table& table) {
    visit.table("actions", "what is recommended for each motive, with its time and its reviews");
    visit.column("person_id", unit::id, "the person", table.person_id);
    visit.column("action", unit::text, "name of the action in the policy, or interview_and_feedback", table.action);
    visit.column("motive", unit::text, "the motive it serves; null: every motive", table.motive);
    visit.column("minutes_week", unit::minutes, "minutes a week it gets", table.minutes_week);
    visit.column("start", unit::date, "first day", table.start);
    visit.column("review", unit::date, "first review", table.review);
    visit.column("review_every_days", unit::days, "then every so many days", table.review_every_days);
    visit.column("minutes_asked", unit::minutes, "minutes a week it would take", table.minutes_asked);
    visit.column("waits", unit::flag, "no minutes are left: it starts when the first review frees some", table.waits);
    visit.column("needs_relief", unit::flag, "takes time that has to be freed from the quota", table.needs_relief);
    visit.column("text", unit::text, "what it is", table.text);
}

inline constexpr std::array<std::string_view, 6> talking_steps{
    "validate", "performance_and_readiness", "ask_why", "week_of_a_manager", "the_path", "pay_in_the_open"};

/// One row a person and step; by person, then step.
struct talking_points_table {
    id_column person_id;
    column<std::int64_t> step;
    word_column topic;
    text_list text;

    talking_points_table(const text_column& people, std::pmr::memory_resource* memory)
        : person_id(people, memory), step(memory), topic(talking_steps, memory), text(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, talking_points_table>
void describe(Visitor& visit, Table& table) {
    visit.table("talking_points", "what to say, in this order, with the person's figures");
    visit.column("person_id", unit::id, "the person", table.person_id);
    visit.column("step", unit::count, "1 to 6", table.step);
    visit.column("topic", unit::text, "what the step is about", table.topic);
    visit.column("text", unit::text, "the figures, their source and how sure they are", table.text);
}

} // namespace dualtrack::decide
