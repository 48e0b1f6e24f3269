#include "run/doubts.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <dualtrack/base/text.hpp>
#include <dualtrack/measure/quota_days.hpp>

namespace dualtrack::run {
namespace {

/// "1 person", "2 people".
std::string people_text(std::int64_t n) {
    return integer_text(n) + (n == 1 ? " person" : " people");
}
std::string days_text(std::int64_t n) {
    return integer_text(n) + (n == 1 ? " day" : " days");
}

} // namespace

void say_assumed_managers(measured& facts) {
    const org::organisation& organisation = facts.data->organisation;
    std::int64_t n_assumed = 0;
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person)
        for (const org::reporting_span& span : facts.lines.spans_of(person)) {
            const measure::employment employed = measure::employment_of(organisation, person);
            const bool in_window = std::max({span.start, facts.window.start, employed.from}) <
                                   std::min({span.end, facts.window.end, employed.to});
            if (span.assumed && span.manager != no_index && in_window) {
                ++n_assumed;
                break;
            }
        }
    if (n_assumed == 0) return;
    add_finding(facts.window.findings, {org::severity::note, "data.assumed", "people", "manager_id", -1, -1, n_assumed,
                                        "assignments say nothing about some days of " + people_text(n_assumed) +
                                            "; the manager of people.manager_id is taken for them"});
}

void say_over_maximum(measured& facts, const std::vector<std::uint32_t>& people) {
    for (const std::uint32_t person : people)
        add_finding(facts.window.findings,
                    {org::severity::warning, "data.over_maximum", "quotas", "amount", -1, -1, 1,
                     "attainment of " + std::string(facts.data->organisation.people.id[person]) + " is above " +
                         number_text(facts.policy.data.maximum_attainment) +
                         (facts.policy.data.over_maximum == org::maximum_rule::cap ? "; capped" : "")});
}

void say_quota_gaps(measured& facts) {
    const measure::panel& cells = facts.cells;
    const measure::sellers_table& sellers = facts.sellers;
    std::int64_t n_listed = 0;
    std::int64_t n_more = 0;
    std::int64_t n_without_sales = 0;
    for (std::uint32_t person = 0; person < sellers.size(); ++person) {
        if (sellers.quota.minor[person] == no_money) continue;
        std::int64_t days = 0;
        for (std::uint32_t cell = cells.first[person]; cell < cells.first[person + 1]; ++cell)
            if (cells.state[cell] == measure::active && cells.under_own_quota[cell] == 0)
                days += cells.end_of(person, cell) - cells.start[cell];
        const std::int64_t beside = sellers.won_amount.minor[person] - sellers.attained_amount.minor[person];
        if (beside == 0) {
            n_without_sales += days > 0 ? 1 : 0;
            continue;
        }
        if (n_listed++ >= org::findings_per_code - 2) { // room for the two rows that count the rest
            ++n_more;
            continue;
        }
        const std::string when = days > 0 ? " on the " + days_text(days) + " of the window without a quota"
                                          : " after leaving or between assignments";
        add_finding(facts.window.findings, {org::severity::warning, "data.quota_gap", "quotas", "person_id", -1, -1, 1,
                                            "attainment of " + std::string(facts.data->organisation.people.id[person]) +
                                                " leaves out " + money_text(beside) + " credited" + when});
    }
    if (n_more > 0)
        add_finding(facts.window.findings, {org::severity::warning, "data.quota_gap", "quotas", "person_id", -1, -1,
                                            n_more, people_text(n_more) + " more of this kind"});
    if (n_without_sales > 0)
        add_finding(facts.window.findings,
                    {org::severity::note, "data.quota_gap", "quotas", "person_id", -1, -1, n_without_sales,
                     people_text(n_without_sales) +
                         " had no quota on some days of the window; nothing was credited to them on these days"});
}

void say_clawbacks(measured& facts, std::span<const measure::sales_sums> sums) {
    if (std::all_of(sums.begin(), sums.end(), [](const measure::sales_sums& own) { return own.taken_back == 0; }))
        return;
    const org::organisation& organisation = facts.data->organisation;
    std::int64_t count = 0;
    std::int64_t first = -1;
    for (std::uint32_t deal = 0; deal < organisation.n_deals(); ++deal) {
        if (!measure::detail::is_decided(organisation, facts.window, deal) ||
            !measure::detail::is_clawback(organisation, deal))
            continue;
        if (count++ == 0) first = deal;
    }
    add_finding(facts.window.findings, {org::severity::note, "data.clawback", "deals", "amount", first, -1, count,
                                        integer_text(count) + (count == 1 ? " won deal is" : " won deals are") +
                                            " below zero: taken off the amounts, and not counted as won"});
}

void say_not_recorded(measured& facts) {
    const org::organisation& organisation = facts.data->organisation;
    if (organisation.has_deals && !organisation.has_credits && !organisation.has_participants)
        add_finding(facts.window.findings,
                    {org::severity::note, "data.not_recorded", "participants", "", -1, -1, 1,
                     "neither participants nor credits are given: who worked together is not known, and "
                     "collaborators_mean and lone_wolf are null"});
    if (!organisation.has_activities)
        add_finding(facts.window.findings, {org::severity::note, "data.not_recorded", "activities", "", -1, -1, 1,
                                            "no activities are given: mentoring_minutes, leads_shared and "
                                            "recognition_count are null"});
}

void say_team_quotas(const measured& facts, const measure::teams_table& teams, org::findings_table& findings) {
    const org::organisation& organisation = facts.data->organisation;
    const org::period_columns& quotas = organisation.quotas;
    std::int64_t n_rows = 0;
    for (std::size_t i = 0; i < teams.manager_id.index.size(); ++i) n_rows += teams.beside_quota[i] != 0;
    if (n_rows > 0)
        add_finding(findings, {org::severity::warning, "data.quota_gap", "quotas", "person_id", -1, -1, n_rows,
                               "attainment of " + integer_text(n_rows) +
                                   (n_rows == 1 ? " team and period" : " teams and periods") +
                                   " leaves out what was credited to reports on days without a quota"});
    for (std::size_t i = 0; i < quotas.person.size(); ++i) {
        const std::int64_t amount = facts.window.quota_amount.empty() ? quotas.amount[i] : facts.window.quota_amount[i];
        const bool of_team =
            !quotas.scope.empty() && quotas.scope[i] == static_cast<std::uint8_t>(org::quota_scope::team);
        const std::int32_t from = std::max(quotas.start[i], facts.window.start);
        const std::int32_t to = std::min(quotas.end[i], facts.window.end);
        if (!of_team || amount == no_money || from >= to) continue;
        std::int64_t used = 0; // rows of teams are by manager, then time, and do not overlap
        const auto& managers = teams.manager_id.index;
        auto row = static_cast<std::size_t>(std::lower_bound(managers.begin(), managers.end(), quotas.person[i]) -
                                            managers.begin());
        for (; row < managers.size() && managers[row] == quotas.person[i]; ++row)
            used += std::max(0, std::min(to, teams.end.day[row]) - std::max(from, teams.start.day[row]));
        const std::int64_t unused = std::int64_t{to} - from - used;
        if (unused == 0) continue;
        add_finding(findings, {org::severity::warning, "data.excluded", "quotas", "person_id", quotas.row[i], -1, 1,
                               "nobody reported to " + std::string(organisation.people.id[quotas.person[i]]) + " on " +
                                   days_text(unused) + " of this team quota; that part of it is left out"});
    }
}

void say_unheld_roles(const org::organisation& organisation, const measure::offers_table& offers,
                      org::findings_table& findings) {
    const org::vacancy_columns& vacancies = organisation.vacancies;
    std::int64_t n_seats = 0;
    std::uint32_t last = no_index;
    std::string roles;
    for (std::size_t i = 0; i < offers.vacancy_id.index.size(); ++i) {
        const std::uint32_t vacancy = offers.vacancy_id.index[i]; // candidates are by vacancy
        if (offers.offer_source.code[i] != 1 || vacancy == last || !vacancies.role.has(vacancy)) continue;
        last = vacancy;
        if (n_seats++ == 0) roles = std::string(vacancies.role.names[vacancies.role.code[vacancy]]);
    }
    if (n_seats > 0)
        add_finding(findings, {org::severity::note, "pay.role_unheld", "vacancies", "role", -1, -1, n_seats,
                               "nobody with pay holds the role of " + integer_text(n_seats) +
                                   (n_seats == 1 ? " seat (" : " seats (first: ") + roles +
                                   "); their pay is taken from published ratios of manager to seller (policy /pay)"});
}

} // namespace dualtrack::run
