// The money behind a recommendation as tables: the lines of each business case, what the answer hangs on most, and what
// each known measure against the exits of people passed over would do.
#pragma once

#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>

#include <dualtrack/base/describe.hpp>
#include <dualtrack/decide/business_case.hpp>
#include <dualtrack/decide/sensitivity.hpp>

namespace dualtrack::decide {

/// One row a candidate, seat and line; by vacancy, person, line.
struct business_case_table {
    id_column vacancy_id, person_id;
    word_column line;
    money_column amount, low, high;
    word_column basis;
    text_list source;

    business_case_table(const text_column& vacancies, const text_column& people, std::pmr::memory_resource* memory)
        : vacancy_id(vacancies, memory), person_id(people, memory), line(business_line_words, memory), amount(memory),
          low(memory), high(memory), basis(range_basis_words, memory), source(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, business_case_table>
void describe(Visitor& visit, Table& table) {
    visit.table("business_case", "what each promotion would bring and cost over the horizon, line by line");
    visit.column("vacancy_id", unit::id, "the seat", table.vacancy_id);
    visit.column("person_id", unit::id, "the candidate", table.person_id);
    visit.column("line", unit::text,
                 "team_effect: the reports sell more or less; own_sales_lost: until a backfill has ramped; "
                 "accounts_reassigned: sales lost with accounts that change hands; passed_over_exits: who leaves for "
                 "being passed over, beyond the least that any choice would cost (/promotion/passed_over/charged); "
                 "stayers_dip: who outsold the winner and stays sells less; pay_change; development_cost",
                 table.line);
    visit.column("amount", unit::currency, "expected, costs negative; the lines add up exactly to net_value",
                 table.amount);
    visit.column("low", unit::currency, "lower end of what is uncertain in this line", table.low);
    visit.column("high", unit::currency, "upper end of it", table.high);
    visit.column("basis", unit::text,
                 "what low and high are: interval_95, published_range, fixed (as the policy says) or unknown (not on "
                 "record, counted as nothing)",
                 table.basis);
    visit.column("source", unit::text, "what the line rests on, with its grade of evidence", table.source);
}

/// One row a candidate, seat and parameter, the one that moves the net value most first.
struct sensitivity_table {
    id_column vacancy_id, person_id;
    word_column parameter;
    column<double> low_value, high_value;
    money_column net_at_low, net_at_high, swing;
    column<std::int64_t> rank;
    flag_column changes_sign;
    text_list source;

    sensitivity_table(const text_column& vacancies, const text_column& people, std::pmr::memory_resource* memory)
        : vacancy_id(vacancies, memory), person_id(people, memory), parameter(parameter_words, memory),
          low_value(memory), high_value(memory), net_at_low(memory), net_at_high(memory), swing(memory), rank(memory),
          changes_sign(memory), source(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, sensitivity_table>
void describe(Visitor& visit, Table& table) {
    visit.table("sensitivity", "what the net value hangs on: one figure at a time moved to the ends of its range");
    visit.column("vacancy_id", unit::id, "the seat", table.vacancy_id);
    visit.column("person_id", unit::id, "the candidate", table.person_id);
    visit.column("parameter", unit::text, "the figure that is moved", table.parameter);
    visit.column("low_value", unit::text, "lower end of its range, in its own unit", table.low_value);
    visit.column("high_value", unit::text, "upper end", table.high_value);
    visit.column("net_at_low", unit::currency, "expected net value there", table.net_at_low);
    visit.column("net_at_high", unit::currency, "and there", table.net_at_high);
    visit.column("swing", unit::currency, "distance of the two", table.swing);
    visit.column("rank", unit::count, "1: the figure with the largest swing", table.rank);
    visit.column("changes_sign", unit::flag, "whether gain and loss depend on it alone", table.changes_sign);
    visit.column("source", unit::text, "where the range is from", table.source);
}

inline constexpr std::array<std::string_view, 2> mitigation_words{"interview_and_feedback", "internal_winner"};

/// One row a person passed over, seat and mitigation that is still open.
struct mitigations_table {
    id_column vacancy_id, person_id;
    word_column mitigation;
    column<double> factor, before, after;
    text_list source;

    mitigations_table(const text_column& vacancies, const text_column& people, std::pmr::memory_resource* memory)
        : vacancy_id(vacancies, memory), person_id(people, memory), mitigation(mitigation_words, memory),
          factor(memory), before(memory), after(memory), source(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, mitigations_table>
void describe(Visitor& visit, Table& table) {
    visit.table("mitigations", "what is known to lower the risk that somebody passed over leaves");
    visit.column("vacancy_id", unit::id, "the seat", table.vacancy_id);
    visit.column("person_id", unit::id, "who is passed over", table.person_id);
    visit.column("mitigation", unit::text, "what would be done", table.mitigation);
    visit.column("factor", unit::ratio, "what it leaves of the excess hazard", table.factor);
    visit.column("before", unit::probability, "probability of leaving within 12 months as it is", table.before);
    visit.column("after", unit::probability, "and with it", table.after);
    visit.column("source", unit::text, "the study and its grade", table.source);
}

} // namespace dualtrack::decide
