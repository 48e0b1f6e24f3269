// Teams: what the people of each manager brought, quarter by quarter, apart from what the manager sold alone. A credit
// belongs to the team of the manager its seller reported to on the closing day; it never moves when the seller does.
//
//   amount = credits of the reports;  own_amount = credits of the manager
//   quota = the manager's team quota where one is given for the period, else the reports' own quotas for the days they
//   reported here; the two are never added
//   attainment = attained_amount / quota, with the credits of the days that have the quota (quota_days.hpp): under a
//   team quota those of everybody below, since that of a manager of managers is carried by their people
//   exits = those of the reports counted in n_reports who left in the period, so never more than these; an exit is
//   regretted when the person was not dismissed and was more likely than not in the market's top share
//   regretted_retention = 1 - regretted exits / reports in the top share
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/describe.hpp>
#include <dualtrack/measure/panel.hpp>
#include <dualtrack/org/policy.hpp>

namespace dualtrack::measure {

inline constexpr std::array<std::string_view, 2> quota_source_words{"team", "reports"};

/// Why a number of a row is null.
enum class team_status : std::uint8_t { ok, no_quota, no_top_seller, no_quota_no_top_seller, no_reports };
inline constexpr std::array<std::string_view, 5> team_status_words{"ok", "no_quota", "no_top_seller",
                                                                   "no_quota_no_top_seller", "no_reports"};

/// One row a manager and period in which anybody reported to them; by manager, then time.
struct teams_table {
    id_column manager_id;
    date_column start, end;
    column<std::int64_t> n_reports;
    money_column amount, own_amount, quota;
    column<double> attainment;
    column<std::int64_t> exits, regretted_exits;
    column<double> regretted_retention;
    word_column quota_source;
    money_column attained_amount;
    word_column status;
    vec<std::int64_t> beside_quota; // the part of amount, in minor units, on days without the quota; no column

    teams_table(const text_column& ids, std::pmr::memory_resource* memory)
        : manager_id(ids, memory), start(memory), end(memory), n_reports(memory), amount(memory), own_amount(memory),
          quota(memory), attainment(memory), exits(memory), regretted_exits(memory), regretted_retention(memory),
          quota_source(quota_source_words, memory), attained_amount(memory), status(team_status_words, memory),
          beside_quota(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, teams_table>
void describe(Visitor& visit, Table& table) {
    visit.table("teams",
                "what the people of each manager brought, period by period, apart from the manager's own sales");
    visit.column("manager_id", unit::id, "the manager", table.manager_id);
    visit.column("start", unit::date, "first day of the period inside the window", table.start);
    visit.column("end", unit::date, "first day after it", table.end);
    visit.column("n_reports", unit::count, "different people who reported here on any day of the period",
                 table.n_reports);
    visit.column("amount", unit::currency, "credits of the reports while they reported here", table.amount);
    visit.column("own_amount", unit::currency, "credits of the manager", table.own_amount);
    visit.column("quota", unit::currency, "team quota, else the reports' own quotas for their days here; null without",
                 table.quota);
    visit.column("attainment", unit::ratio, "attained_amount / quota: both of the days that have a quota",
                 table.attainment);
    visit.column("exits", unit::count, "of the reports, those who left in the period", table.exits);
    visit.column("regretted_exits", unit::count, "of them in the top share and not dismissed", table.regretted_exits);
    visit.column("regretted_retention", unit::share, "1 - regretted exits / reports in the top share; null without any",
                 table.regretted_retention);
    visit.column("quota_source", unit::text, "team: the manager's team quota; reports: the sum of the reports' own",
                 table.quota_source);
    visit.column(
        "attained_amount", unit::currency,
        "credits of the days that have the quota: under a team quota of everybody below the manager, else of the "
        "reports; null without a quota",
        table.attained_amount);
    visit.column("status", unit::text,
                 "ok; no_quota: no attainment; no_top_seller: nobody in the top share, so no regretted_retention; "
                 "no_quota_no_top_seller; no_reports: credits alone, of people who had left or not begun",
                 table.status);
}

/// The periods of a window: borders [n_periods + 1], the outer ones those of the window.
inline std::vector<std::int32_t> periods_of(const scope& window, org::team_period length,
                                            std::int32_t fiscal_year_start_month) {
    std::vector<std::int32_t> borders{window.start};
    if (length != org::team_period::window)
        for (std::int32_t month = calendar::month_of_day(window.start) + 1;
             month <= calendar::month_of_day(window.end - 1); ++month) {
            const bool quarter_starts = calendar::fiscal_quarter_index(month, fiscal_year_start_month) !=
                                        calendar::fiscal_quarter_index(month - 1, fiscal_year_start_month);
            if (length == org::team_period::month || quarter_starts)
                borders.push_back(calendar::first_day_of_month(month));
        }
    borders.push_back(window.end);
    return borders;
}

namespace detail {

struct team_sums {
    std::int64_t amount = 0, own_amount = 0, reports_quota = 0, team_quota = 0;
    std::int64_t under_own_quota = 0, reports_under_team_quota = 0; // the parts of amount on days with such a quota
    std::int64_t below_under_team_quota = 0;                        // what comes from further below
    std::int64_t n_reports = 0, n_top = 0, exits = 0, regretted = 0;
    bool has_team_quota = false;
};

inline team_status status_of(const team_sums& team, bool has_quota) noexcept {
    if (team.n_reports == 0) return team_status::no_reports;
    if (team.n_top == 0) return has_quota ? team_status::no_top_seller : team_status::no_quota_no_top_seller;
    return has_quota ? team_status::ok : team_status::no_quota;
}

/// Which period holds a day of the window.
inline std::size_t period_of(std::span<const std::int32_t> borders, std::int32_t day) noexcept {
    return static_cast<std::size_t>(std::upper_bound(borders.begin(), borders.end(), day) - borders.begin()) - 1;
}

} // namespace detail

/// @param probability_top of each person, negative where it is not known; [n_people]
inline teams_table measure_teams(const run_context& run, const org::organisation& organisation,
                                 const org::reporting_lines& lines, const scope& window, const org::policy& policy,
                                 const panel& cells, std::span<const double> probability_top) {
    const std::uint32_t n_people = organisation.n_people();
    const auto borders = periods_of(window, policy.seller.team_period, policy.fiscal_year_start_month);
    const std::size_t n_periods = borders.size() - 1;

    // Row of each manager, in id order: whoever has a report, or a report's credit, on any day of the window.
    vec<std::uint32_t> row(n_people, no_index, run.memory);
    const auto employed_part = [&](std::uint32_t person, const org::reporting_span& span) {
        const employment employed = employment_of(organisation, person);
        return std::pair(std::max({span.start, employed.from, window.start}),
                         std::min({span.end, employed.to, window.end}));
    };
    for (std::uint32_t person = 0; person < n_people; ++person)
        for (const org::reporting_span& span : lines.spans_of(person)) {
            const auto [from, to] = employed_part(person, span);
            if (span.manager != no_index && from < to) row[span.manager] = 0;
        }
    for (std::size_t cell = 0; cell < cells.start.size(); ++cell) // credits that closed after their seller had gone
        if (cells.manager[cell] != no_index && (cells.amount[cell] != 0 || cells.quota[cell] != 0))
            row[cells.manager[cell]] = 0;
    std::uint32_t n_managers = 0;
    for (std::uint32_t& index : row)
        if (index != no_index) index = n_managers++;

    const quota_days team_quotas = quota_days_of(organisation, window, org::quota_scope::team, run.memory);
    std::vector<detail::team_sums> sums(std::size_t{n_managers} * n_periods);
    const auto at = [&](std::uint32_t manager, std::size_t period) -> detail::team_sums& {
        return sums[std::size_t{row[manager]} * n_periods + period];
    };
    std::vector<std::pair<std::uint32_t, std::size_t>> reported; // (manager, period) of one person, once each
    for (std::uint32_t person = 0; person < n_people; ++person) {
        const bool top = probability_top[person] >= policy.seller.regretted_probability;
        reported.clear();
        for (const org::reporting_span& span : lines.spans_of(person)) {
            const auto [from, to] = employed_part(person, span);
            if (span.manager == no_index || from >= to) continue;
            for (std::size_t period = detail::period_of(borders, from); period < n_periods && borders[period] < to;
                 ++period)
                reported.emplace_back(span.manager, period);
        }
        std::sort(reported.begin(), reported.end());
        reported.erase(std::unique(reported.begin(), reported.end()), reported.end());
        for (const auto& [manager, period] : reported) {
            ++at(manager, period).n_reports;
            at(manager, period).n_top += top ? 1 : 0;
        }
        for (std::uint32_t cell = cells.first[person]; cell < cells.first[person + 1]; ++cell) {
            const std::size_t period = detail::period_of(borders, cells.start[cell]);
            if (row[person] != no_index) at(person, period).own_amount += cells.amount[cell];
            const std::uint32_t manager = cells.manager[cell];
            if (manager == no_index || row[manager] == no_index) continue;
            detail::team_sums& team = at(manager, period);
            team.amount += cells.amount[cell];
            team.under_own_quota += cells.under_own_quota[cell] != 0 ? cells.amount[cell] : 0;
            team.reports_under_team_quota += cells.under_team_quota[cell] != 0 ? cells.amount[cell] : 0;
            team.reports_quota += cells.quota[cell];
            if (cells.amount[cell] == 0 || team_quotas.span.empty()) continue;
            std::uint32_t above = manager;
            for (std::size_t level = 1; level < org::most_levels; ++level) {
                above = lines.manager_on(above, cells.start[cell]).manager;
                if (above == no_index) break;
                if (row[above] != no_index && team_quotas.covers(above, cells.start[cell]))
                    at(above, detail::period_of(borders, cells.start[cell])).below_under_team_quota +=
                        cells.amount[cell];
            }
        }
        if (organisation.people.left.empty() || organisation.people.left[person] == no_date) continue;
        const std::int32_t last_day = organisation.people.left[person] - 1;
        if (!window.covers(last_day)) continue;
        const std::uint32_t manager = lines.manager_on(person, last_day).manager;
        const std::size_t period = detail::period_of(borders, last_day);
        if (!std::binary_search(reported.begin(), reported.end(), std::pair(manager, period))) continue;
        detail::team_sums& team = at(manager, period);
        ++team.exits;
        const bool dismissed =
            !organisation.people.left_reason.empty() &&
            organisation.people.left_reason[person] == static_cast<std::uint8_t>(org::left_reason::dismissed);
        if (top && !dismissed) ++team.regretted;
    }
    const auto& quotas = organisation.quotas;
    for (std::size_t i = 0; i < quotas.person.size(); ++i) {
        const std::int64_t amount = window.quota_amount.empty() ? quotas.amount[i] : window.quota_amount[i];
        const bool team_scope =
            !quotas.scope.empty() && quotas.scope[i] == static_cast<std::uint8_t>(org::quota_scope::team);
        if (!team_scope || amount == no_money || row[quotas.person[i]] == no_index) continue;
        for (std::size_t period = 0; period < n_periods; ++period) {
            const std::int32_t from = std::max(quotas.start[i], borders[period]);
            const std::int32_t to = std::min(quotas.end[i], borders[period + 1]);
            if (from >= to) continue;
            at(quotas.person[i], period).has_team_quota = true;
            at(quotas.person[i], period).team_quota += prorated(amount, quotas.start[i], quotas.end[i], from, to);
        }
    }

    teams_table out(organisation.people.id, run.memory);
    for (std::uint32_t manager = 0; manager < n_people; ++manager) {
        if (row[manager] == no_index) continue;
        for (std::size_t period = 0; period < n_periods; ++period) {
            const detail::team_sums& team = at(manager, period);
            if (team.n_reports == 0 && team.amount == 0 && team.reports_quota == 0) continue;
            const std::int64_t quota = team.has_team_quota ? team.team_quota : team.reports_quota;
            const std::int64_t of_reports = team.has_team_quota ? team.reports_under_team_quota : team.under_own_quota;
            const std::int64_t attained = of_reports + (team.has_team_quota ? team.below_under_team_quota : 0);
            out.manager_id.index.push_back(manager);
            out.start.day.push_back(borders[period]);
            out.end.day.push_back(borders[period + 1]);
            out.n_reports.value.push_back(team.n_reports);
            out.amount.minor.push_back(team.amount);
            out.own_amount.minor.push_back(team.own_amount);
            out.quota.minor.push_back(quota > 0 ? quota : no_money);
            out.attainment.value.push_back(quota > 0 ? static_cast<double>(attained) / static_cast<double>(quota)
                                                     : 0.0);
            out.attainment.valid.push_back(quota > 0 ? 1 : 0);
            out.exits.value.push_back(team.exits);
            out.regretted_exits.value.push_back(team.regretted);
            out.regretted_retention.value.push_back(
                team.n_top > 0 ? 1.0 - static_cast<double>(team.regretted) / static_cast<double>(team.n_top) : 0.0);
            out.regretted_retention.valid.push_back(team.n_top > 0 ? 1 : 0);
            out.quota_source.code.push_back(static_cast<std::uint8_t>(quota <= 0 ? 255 : team.has_team_quota ? 0 : 1));
            out.attained_amount.minor.push_back(quota > 0 ? attained : no_money);
            out.beside_quota.push_back(quota > 0 ? team.amount - of_reports : 0);
            out.status.code.push_back(static_cast<std::uint8_t>(detail::status_of(team, quota > 0)));
        }
    }
    return out;
}

} // namespace dualtrack::measure
