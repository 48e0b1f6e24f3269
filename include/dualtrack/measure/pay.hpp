// Pay: in most sales firms the best sellers may earn more than their manager, so a promotion can be a pay cut. For each
// team: how many reports stand above the manager, at target pay and at what was really paid. For a candidate: what they
// can expect where they are (at the attainment to expect of them, not at last year's), what the seat would pay, and the
// attainment at which the two are equal.
//
//   at target = base + target variable;   actual = base and paid variable of the last `horizon_months`, per year
//   pay_now_expected = base + target variable x expected attainment;   break_even = (offer - base) / target variable
// The offer is the median at-target pay of those who hold the vacancy's role on the last day that counts (of two in the
// middle the mean, half to even); where nobody does, 1.66 x base and 1.85 x variable, the ratios of managers to reps in
// Benson, Li and Shue, QJE 134 (2019) 2085, table I (grade A, derived).
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/describe.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/measure/panel.hpp>
#include <dualtrack/measure/peer_group.hpp>
#include <dualtrack/org/policy.hpp>

namespace dualtrack::measure {

/// One row a manager with at least one report whose pay is known; by manager.
struct pay_inversion_table {
    id_column manager_id;
    column<std::int64_t> n_reports;
    column<double> share_above_at_target, share_above_at_actual;
    money_column largest_gap;
    money_column manager_at_target, manager_at_actual;

    pay_inversion_table(const text_column& ids, std::pmr::memory_resource* memory)
        : manager_id(ids, memory), n_reports(memory), share_above_at_target(memory), share_above_at_actual(memory),
          largest_gap(memory), manager_at_target(memory), manager_at_actual(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, pay_inversion_table>
void describe(Visitor& visit, Table& table) {
    visit.table("pay_inversion", "teams and how many of their people stand above the manager in pay");
    visit.column("manager_id", unit::id, "the manager", table.manager_id);
    visit.column("n_reports", unit::count, "reports whose pay is known, on the last day that counts", table.n_reports);
    visit.column("share_above_at_target", unit::share, "reports with base + target variable above the manager's",
                 table.share_above_at_target);
    visit.column("share_above_at_actual", unit::share,
                 "reports who were really paid more; null where variable pay is not known",
                 table.share_above_at_actual);
    visit.column("largest_gap", unit::currency,
                 "most by which a report's yearly pay exceeds the manager's, at actual pay where known, else at "
                 "target; negative when nobody's does",
                 table.largest_gap);
    visit.column("manager_at_target", unit::currency, "the manager's yearly base + target variable",
                 table.manager_at_target);
    visit.column("manager_at_actual", unit::currency, "what the manager was paid, per year; null where not known",
                 table.manager_at_actual);
}

inline constexpr std::array<std::string_view, 2> offer_source_words{"role", "ratio"};

/// One row a candidate and vacancy; by vacancy, then person.
struct offers_table {
    id_column vacancy_id, person_id;
    money_column pay_now_expected, pay_offer_expected, change;
    column<double> break_even_attainment, expected_attainment;
    word_column offer_source;

    offers_table(const text_column& vacancies, const text_column& people, std::pmr::memory_resource* memory)
        : vacancy_id(vacancies, memory), person_id(people, memory), pay_now_expected(memory),
          pay_offer_expected(memory), change(memory), break_even_attainment(memory), expected_attainment(memory),
          offer_source(offer_source_words, memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, offers_table>
void describe(Visitor& visit, Table& table) {
    visit.table("offers", "what a seat would pay each candidate against what they can expect where they are");
    visit.column("vacancy_id", unit::id, "the vacancy", table.vacancy_id);
    visit.column("person_id", unit::id, "the candidate", table.person_id);
    visit.column("pay_now_expected", unit::currency, "base + target variable at the attainment to expect, a year",
                 table.pay_now_expected);
    visit.column("pay_offer_expected", unit::currency, "at-target pay of the seat, a year", table.pay_offer_expected);
    visit.column("change", unit::currency, "offer less pay now; negative is a pay cut", table.change);
    visit.column("break_even_attainment", unit::ratio,
                 "attainment in the present job at which the change is zero; null without variable pay",
                 table.break_even_attainment);
    visit.column("expected_attainment", unit::ratio, "attainment to expect: posterior mean of sales over quota, else 1",
                 table.expected_attainment);
    visit.column("offer_source", unit::text, "role: median of those in the role; ratio: published manager/rep ratios",
                 table.offer_source);
}

/// What one person earns. no_money where it is not known.
struct yearly_pay {
    std::int64_t base = no_money;     // in force on the last day that counts
    std::int64_t variable = no_money; // target; 0 when the row names none
    std::int64_t at_target = no_money;
    std::int64_t at_actual = no_money; // per year over the horizon
};

/// Minor units, or no_money for an amount so large that it can only be a slip: it must not wrap around.
inline std::int64_t whole_cents(double amount) noexcept {
    constexpr double most = 9e15;
    return amount < most && amount > -most ? static_cast<std::int64_t>(numeric::round_half_even(amount)) : no_money;
}

/// The middle of two amounts, half to even. @pre a <= b
inline std::int64_t midpoint(std::int64_t a, std::int64_t b) noexcept {
    const std::int64_t half = a + (b - a) / 2;
    const bool is_between = (b - a) % 2 != 0;
    return is_between && half % 2 != 0 ? half + 1 : half;
}

/// Everybody's pay, in the reporting currency: that of people employed on the last day that counts. Pay without an end
/// date ends when its person leaves. [n_people]
inline std::vector<yearly_pay> pay_of_people(const org::organisation& organisation, const scope& window,
                                             std::int32_t horizon_months) {
    std::vector<yearly_pay> out(organisation.n_people());
    const auto& pay = organisation.pay;
    const std::int32_t from = calendar::add_months(window.end, -horizon_months);
    struct paid {
        double amount = 0.0;
        std::int64_t days = 0;
        bool known = true;
    };
    std::vector<paid> actual(organisation.n_people());
    const auto year_days = static_cast<double>(window.end - calendar::add_months(window.end, -12));
    for (std::size_t i = 0; i < pay.person.size(); ++i) {
        const double rate = window.pay_rate.empty() ? 1.0 : window.pay_rate[i];
        const auto converted = [&](std::int64_t amount) {
            return rate == 1.0 ? amount : whole_cents(static_cast<double>(amount) * rate);
        };
        yearly_pay& own = out[pay.person[i]];
        const employment employed = employment_of(organisation, pay.person[i]);
        if (window.as_of < employed.from || window.as_of >= employed.to) continue;
        if (pay.start[i] <= window.as_of && window.as_of < pay.end[i]) {
            own.base = converted(pay.base[i]);
            own.variable = pay.target_variable.empty() || pay.target_variable[i] == no_money
                               ? 0
                               : converted(pay.target_variable[i]);
            if (own.base == no_money || own.variable == no_money)
                own.base = own.variable = no_money;
            else
                own.at_target = own.base + own.variable;
        }
        const std::int32_t begin = std::max(pay.start[i], from);
        const std::int32_t end = std::min(pay.end[i], window.end);
        if (begin >= end) continue;
        paid& sum = actual[pay.person[i]];
        const bool has_paid = !pay.paid_variable.empty() && pay.paid_variable[i] != no_money;
        sum.known = sum.known && has_paid;
        sum.days += end - begin;
        sum.amount += static_cast<double>(converted(pay.base[i])) * static_cast<double>(end - begin) / year_days;
        if (has_paid) // rows are sorted by (person, start): a fixed order
            sum.amount += static_cast<double>(
                prorated(converted(pay.paid_variable[i]), pay.start[i], std::min(pay.end[i], window.end), begin, end));
    }
    for (std::size_t person = 0; person < out.size(); ++person)
        if (actual[person].known && actual[person].days > 0)
            out[person].at_actual =
                whole_cents(actual[person].amount * year_days / static_cast<double>(actual[person].days));
    return out;
}

/// Teams as they are on the last day that counts.
inline pay_inversion_table pay_inversions(const run_context& run, const org::organisation& organisation,
                                          const org::reporting_lines& lines, const scope& window,
                                          std::span<const yearly_pay> pay) {
    struct team {
        std::int64_t n = 0, above_target = 0, n_actual = 0, above_actual = 0, gap = no_money;
    };
    std::vector<team> teams(organisation.n_people());
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        const employment employed = employment_of(organisation, person);
        if (window.as_of < employed.from || window.as_of >= employed.to || pay[person].at_target == no_money) continue;
        const std::uint32_t manager = lines.manager_on(person, window.as_of).manager;
        if (manager == no_index || pay[manager].at_target == no_money) continue;
        team& sums = teams[manager];
        ++sums.n;
        sums.above_target += pay[person].at_target > pay[manager].at_target ? 1 : 0;
        const bool both = pay[person].at_actual != no_money && pay[manager].at_actual != no_money;
        if (both) {
            ++sums.n_actual;
            sums.above_actual += pay[person].at_actual > pay[manager].at_actual ? 1 : 0;
        }
        sums.gap = std::max(sums.gap, both ? pay[person].at_actual - pay[manager].at_actual
                                           : pay[person].at_target - pay[manager].at_target);
    }
    pay_inversion_table out(organisation.people.id, run.memory);
    for (std::uint32_t manager = 0; manager < organisation.n_people(); ++manager) {
        const team& sums = teams[manager];
        if (sums.n == 0) continue;
        out.manager_id.index.push_back(manager);
        out.n_reports.value.push_back(sums.n);
        out.share_above_at_target.value.push_back(static_cast<double>(sums.above_target) / static_cast<double>(sums.n));
        out.share_above_at_actual.value.push_back(
            sums.n_actual > 0 ? static_cast<double>(sums.above_actual) / static_cast<double>(sums.n_actual) : 0.0);
        out.share_above_at_actual.valid.push_back(sums.n_actual > 0 ? 1 : 0);
        out.largest_gap.minor.push_back(sums.gap);
        out.manager_at_target.minor.push_back(pay[manager].at_target);
        out.manager_at_actual.minor.push_back(pay[manager].at_actual);
    }
    return out;
}

/// Offers to the candidates of every vacancy. @param expected_attainment of each person, negative where no quota says
/// so. Candidates whose pay is not known get a row without amounts.
inline offers_table offers(const run_context& run, const org::organisation& organisation, const scope& window,
                           const org::pay_policy& policy, std::span<const yearly_pay> pay,
                           std::span<const double> expected_attainment) {
    const auto& vacancies = organisation.vacancies;
    const auto& candidates = organisation.candidates;
    offers_table out(vacancies.id, organisation.people.id, run.memory);
    std::map<std::string_view, std::vector<std::int64_t>> pay_of_role;
    for (std::size_t vacancy = 0; vacancy < vacancies.id.size(); ++vacancy)
        if (vacancies.role.has(vacancy)) pay_of_role[vacancies.role.names[vacancies.role.code[vacancy]]];
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        if (pay[person].at_target == no_money) continue;
        const auto role = pay_of_role.find(role_on(organisation, person, window.as_of));
        if (role != pay_of_role.end()) role->second.push_back(pay[person].at_target);
    }
    for (auto& [role, amounts] : pay_of_role) std::sort(amounts.begin(), amounts.end());
    std::vector<std::int64_t> seat_pay(vacancies.id.size(), no_money);
    for (std::size_t vacancy = 0; vacancy < seat_pay.size(); ++vacancy) {
        if (!vacancies.role.has(vacancy)) continue;
        const auto& amounts = pay_of_role[vacancies.role.names[vacancies.role.code[vacancy]]];
        const std::size_t n = amounts.size();
        if (n > 0) seat_pay[vacancy] = n % 2 == 1 ? amounts[n / 2] : midpoint(amounts[n / 2 - 1], amounts[n / 2]);
    }
    for (std::size_t i = 0; i < candidates.person.size(); ++i) {
        const std::uint32_t person = candidates.person[i];
        const yearly_pay& own = pay[person];
        const double attainment = expected_attainment[person] < 0.0 ? 1.0 : expected_attainment[person];
        out.vacancy_id.index.push_back(candidates.vacancy[i]);
        out.person_id.index.push_back(person);
        out.expected_attainment.value.push_back(attainment);
        const bool by_role = seat_pay[candidates.vacancy[i]] != no_money;
        const bool known = own.base != no_money;
        const auto rounded = whole_cents;
        const std::int64_t variable = known ? rounded(static_cast<double>(own.variable) * attainment) : no_money;
        const std::int64_t now = variable == no_money ? no_money : own.base + variable;
        const std::int64_t offer = by_role ? seat_pay[candidates.vacancy[i]]
                                   : known ? rounded(policy.manager_base_ratio * static_cast<double>(own.base) +
                                                     policy.manager_variable_ratio * static_cast<double>(own.variable))
                                           : no_money;
        out.pay_now_expected.minor.push_back(now);
        out.pay_offer_expected.minor.push_back(offer);
        out.change.minor.push_back(now == no_money || offer == no_money ? no_money : offer - now);
        out.offer_source.code.push_back(static_cast<std::uint8_t>(offer == no_money ? 255 : by_role ? 0 : 1));
        const bool pays_variable = known && own.variable > 0 && offer != no_money;
        out.break_even_attainment.value.push_back(
            pays_variable ? static_cast<double>(offer - own.base) / static_cast<double>(own.variable) : 0.0);
        out.break_even_attainment.valid.push_back(pays_variable ? 1 : 0);
    }
    return out;
}

} // namespace dualtrack::measure
