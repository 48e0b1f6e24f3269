// The tables of quota relief: what each mentor's relief comes to, who mentors whom, the programme as a whole, and the
// new quotas, in the shape in which quotas come in.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <dualtrack/base/describe.hpp>
#include <dualtrack/org/organisation.hpp>

namespace dualtrack::decide {

/// Name of the plan that is made from the organisation's own sellers.
inline constexpr std::string_view best_plan = "best";

/// One row a plan and mentor; plans of the policy first, in its order.
struct relief_table {
    text_list plan;
    id_column mentor_id;
    money_column quota_relief;
    column<std::int64_t> n_mentees;
    money_column gain_per_mentee, gain_low, gain_high, cost, net, break_even_gain, net_year_2;
    column<double> probability_positive, minutes_week;
    money_column quota;

    relief_table(const text_column& ids, std::pmr::memory_resource* memory)
        : plan(memory), mentor_id(ids, memory), quota_relief(memory), n_mentees(memory), gain_per_mentee(memory),
          gain_low(memory), gain_high(memory), cost(memory), net(memory), break_even_gain(memory), net_year_2(memory),
          probability_positive(memory), minutes_week(memory), quota(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, relief_table>
void describe(Visitor& visit, Table& table) {
    visit.table("relief", "what lowering a mentor's quota costs and what the mentees would have to gain and would");
    visit.column("plan", unit::text, "name of the plan in the policy; best: the best set of the sellers measured",
                 table.plan);
    visit.column("mentor_id", unit::id, "the mentor; null where a plan names none", table.mentor_id);
    visit.column("quota_relief", unit::currency, "yearly quota lifted from the mentor", table.quota_relief);
    visit.column("n_mentees", unit::count, "mentees of this mentor", table.n_mentees);
    visit.column("gain_per_mentee", unit::currency, "yearly sales a mentee is expected to gain, on average",
                 table.gain_per_mentee);
    visit.column("gain_low", unit::currency, "the same, lower end of a 95 % interval", table.gain_low);
    visit.column("gain_high", unit::currency, "the same, upper end", table.gain_high);
    visit.column("cost", unit::currency, "sales expected to be lost with the mentor", table.cost);
    visit.column("net", unit::currency, "gain of all mentees less cost, in the first year, in sales", table.net);
    visit.column("break_even_gain", unit::currency, "gain a mentee at which net is zero", table.break_even_gain);
    visit.column("net_year_2", unit::currency,
                 "what is left of the gain in the second year, twelve months on, without relief", table.net_year_2);
    visit.column("probability_positive", unit::probability, "probability that net is above zero",
                 table.probability_positive);
    visit.column("minutes_week", unit::minutes, "mentor's minutes a week", table.minutes_week);
    visit.column("quota", unit::currency, "the mentor's yearly quota before relief", table.quota);
}

/// One row a plan.
struct portfolio_table {
    text_list plan;
    column<std::int64_t> n_mentors, n_mentees;
    money_column quota_relief, cost, gain, gain_low, gain_high, net, net_year_2;
    column<double> probability_positive;

    explicit portfolio_table(std::pmr::memory_resource* memory)
        : plan(memory), n_mentors(memory), n_mentees(memory), quota_relief(memory), cost(memory), gain(memory),
          gain_low(memory), gain_high(memory), net(memory), net_year_2(memory), probability_positive(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, portfolio_table>
void describe(Visitor& visit, Table& table) {
    visit.table("portfolio", "each plan as a whole; its mentees share what is not known of the effect of mentoring");
    visit.column("plan", unit::text, "name of the plan", table.plan);
    visit.column("n_mentors", unit::count, "mentors", table.n_mentors);
    visit.column("n_mentees", unit::count, "mentees", table.n_mentees);
    visit.column("quota_relief", unit::currency, "yearly quota lifted", table.quota_relief);
    visit.column("cost", unit::currency, "sales expected to be lost with the mentors", table.cost);
    visit.column("gain", unit::currency, "yearly sales expected to be gained with the mentees", table.gain);
    visit.column("gain_low", unit::currency, "the same, lower end of a 95 % interval", table.gain_low);
    visit.column("gain_high", unit::currency, "the same, upper end", table.gain_high);
    visit.column("net", unit::currency, "gain less cost in the first year, in sales", table.net);
    visit.column("net_year_2", unit::currency, "what is left of the gain in the second year, without relief",
                 table.net_year_2);
    visit.column("probability_positive", unit::probability, "probability that net is above zero",
                 table.probability_positive);
}

inline constexpr std::array<std::string_view, 3> tier_words{"bottom", "middle", "top"};

/// One row a mentee of the best set; by mentor, then mentee.
struct mentees_table {
    id_column mentor_id, mentee_id;
    word_column tier;
    money_column expected_sales, gain, gain_low, gain_high;

    mentees_table(const text_column& ids, std::pmr::memory_resource* memory)
        : mentor_id(ids, memory), mentee_id(ids, memory), tier(tier_words, memory), expected_sales(memory),
          gain(memory), gain_low(memory), gain_high(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, mentees_table>
void describe(Visitor& visit, Table& table) {
    visit.table("mentees", "who would mentor whom in the best set");
    visit.column("mentor_id", unit::id, "the mentor", table.mentor_id);
    visit.column("mentee_id", unit::id, "the mentee", table.mentee_id);
    visit.column("tier", unit::text, "place of the mentee's performance within the market", table.tier);
    visit.column("expected_sales", unit::currency, "sales to expect of the mentee in a year", table.expected_sales);
    visit.column("gain", unit::currency, "yearly sales the mentee is expected to gain", table.gain);
    visit.column("gain_low", unit::currency, "the same, lower end of a 95 % interval", table.gain_low);
    visit.column("gain_high", unit::currency, "the same, upper end", table.gain_high);
}

/// One row a mentor: the table `quotas` of the data contract for the year after as_of.
struct new_quotas_table {
    id_column person_id;
    date_column start, end;
    money_column amount;
    word_column scope;

    new_quotas_table(const text_column& ids, std::pmr::memory_resource* memory)
        : person_id(ids, memory), start(memory), end(memory), amount(memory), scope(org::quota_scope_words, memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, new_quotas_table>
void describe(Visitor& visit, Table& table) {
    visit.table("quotas", "mentors' quotas for the year after as_of with the relief taken off, ready to load back");
    visit.column("person_id", unit::id, "the mentor", table.person_id);
    visit.column("start", unit::date, "first day", table.start);
    visit.column("end", unit::date, "first day after", table.end);
    visit.column("amount", unit::currency, "quota less relief", table.amount);
    visit.column("scope", unit::text, "own", table.scope);
}

} // namespace dualtrack::decide
