// The tables of coaching: who got how much of what in which part of the quarter, the same over the weeks of the
// quarter, and the best people whom nobody coaches.
#pragma once

#include <concepts>
#include <type_traits>

#include <dualtrack/base/describe.hpp>
#include <dualtrack/measure/coaching.hpp>

namespace dualtrack::diagnose {

/// One row a manager, tier and part of the quarter with reports or sessions.
struct coaching_table {
    id_column manager_id;
    word_column tier;
    word_column part;
    column<double> report_months;
    column<std::int64_t> sessions;
    column<double> minutes;
    column<double> minutes_per_report_month;
    column<double> one_to_one_minutes;
    column<double> group_coaching_minutes;
    column<double> deal_review_minutes;
    column<double> ride_along_minutes;
    column<double> goal_setting_minutes;
    column<double> evaluation_minutes;
    column<double> mentoring_minutes;

    coaching_table(const text_column& ids, std::pmr::memory_resource* memory)
        : manager_id(ids, memory), tier(measure::tier_words, memory), part(measure::quarter_part_words, memory),
          report_months(memory), sessions(memory), minutes(memory), minutes_per_report_month(memory),
          one_to_one_minutes(memory), group_coaching_minutes(memory), deal_review_minutes(memory),
          ride_along_minutes(memory), goal_setting_minutes(memory), evaluation_minutes(memory),
          mentoring_minutes(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, coaching_table>
void describe(Visitor& visit, Table& table) {
    visit.table("coaching", "who is coached how much, by tier of performance and part of the quarter");
    visit.column("manager_id", unit::id, "the manager", table.manager_id);
    visit.column("tier", unit::text,
                 "tier of the reports by performance with luck taken out: bottom, middle, top, not_judged", table.tier);
    visit.column("part", unit::text, "quarter_end: the last days of a fiscal quarter; rest", table.part);
    visit.column("report_months", unit::months, "days that reports of the tier were here in this part / 30.4375",
                 table.report_months);
    visit.column("sessions", unit::count, "coaching sessions, one a report present", table.sessions);
    visit.column("minutes", unit::minutes, "of coaching, a group session in full for each report present",
                 table.minutes);
    visit.column("minutes_per_report_month", unit::minutes, "minutes / report_months; null without a report",
                 table.minutes_per_report_month);
    visit.column("one_to_one_minutes", unit::minutes, "of them one to one", table.one_to_one_minutes);
    visit.column("group_coaching_minutes", unit::minutes, "of them group coaching", table.group_coaching_minutes);
    visit.column("deal_review_minutes", unit::minutes, "of them deal review", table.deal_review_minutes);
    visit.column("ride_along_minutes", unit::minutes, "of them ride along", table.ride_along_minutes);
    visit.column("goal_setting_minutes", unit::minutes, "of them goal setting", table.goal_setting_minutes);
    visit.column("evaluation_minutes", unit::minutes, "of them evaluation", table.evaluation_minutes);
    visit.column("mentoring_minutes", unit::minutes, "of them mentoring", table.mentoring_minutes);
}

/// One row a tier and week of the quarter, of the whole organisation.
struct coaching_weeks_table {
    word_column tier;
    column<std::int64_t> week;
    column<double> report_weeks;
    column<double> minutes;
    column<double> minutes_per_report_week;

    coaching_weeks_table(std::pmr::memory_resource* memory)
        : tier(measure::tier_words, memory), week(memory), report_weeks(memory), minutes(memory),
          minutes_per_report_week(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, coaching_weeks_table>
void describe(Visitor& visit, Table& table) {
    visit.table("coaching_weeks", "the coaching map: minutes by tier and week of the quarter, all managers together");
    visit.column("tier", unit::text, "tier of the reports", table.tier);
    visit.column("week", unit::count, "week of the fiscal quarter, 1..13; the last one lasts to its end", table.week);
    visit.column("report_weeks", unit::ratio, "days of reports in it / 7", table.report_weeks);
    visit.column("minutes", unit::minutes, "coaching minutes of all managers", table.minutes);
    visit.column("minutes_per_report_week", unit::minutes, "minutes / report_weeks; null without a report",
                 table.minutes_per_report_week);
}

/// One row a person of the top tier without coaching; by person.
struct uncoached_table {
    id_column person_id;
    id_column manager_id;
    word_column tier;
    column<std::int64_t> days_since_one_to_one;
    date_column last_goal_setting;
    date_column last_evaluation;
    flag_column manager_left;

    uncoached_table(const text_column& ids, std::pmr::memory_resource* memory)
        : person_id(ids, memory), manager_id(ids, memory), tier(measure::tier_words, memory),
          days_since_one_to_one(memory), last_goal_setting(memory), last_evaluation(memory), manager_left(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, uncoached_table>
void describe(Visitor& visit, Table& table) {
    visit.table("uncoached", "the best people whom nobody has coached for longer than the policy allows");
    visit.column("person_id", unit::id, "somebody of the top tier whom nobody coached lately", table.person_id);
    visit.column("manager_id", unit::id, "manager on the last day that counts; null when nobody", table.manager_id);
    visit.column("tier", unit::text, "tier of performance", table.tier);
    visit.column("days_since_one_to_one", unit::days,
                 "since the last one-to-one, whoever held it; null when there was none", table.days_since_one_to_one);
    visit.column("last_goal_setting", unit::date, "last time goals were set; null when never", table.last_goal_setting);
    visit.column("last_evaluation", unit::date, "last evaluation; null when never", table.last_evaluation);
    visit.column("manager_left", unit::flag, "whether the manager on record is no longer employed", table.manager_left);
}

} // namespace dualtrack::diagnose
