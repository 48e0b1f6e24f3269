#include <algorithm>
#include <array>
#include <limits>
#include <tuple>
#include <utility>

#include "ingest/organisation_build.hpp"

namespace dualtrack::ingest {

namespace {

constexpr std::int32_t open_end = std::numeric_limits<std::int32_t>::max();

/// Ends that are not after their start; `may_be_empty` lets an interval of no days pass.
result<void> refuse_intervals(const reading& from, const vec<std::int32_t>& start, const vec<std::int32_t>& end,
                              bool may_be_empty) {
    return from.refuse(
        "end", "data.interval",
        [&, may_be_empty](std::size_t row) { return may_be_empty ? end[row] < start[row] : end[row] <= start[row]; },
        [&, may_be_empty](std::size_t row) {
            return say("expected an end ", may_be_empty ? "on or after" : "after", " the start ", day_text(start[row]),
                       ", found ", day_text(end[row]));
        });
}

/// An end that is missing means: until further notice.
void open_ends(vec<std::int32_t>& end, std::size_t n, const run_context& run) {
    if (end.empty()) return place(end, filled(n, open_end, run));
    for (std::int32_t& day : end)
        if (day == no_date) day = open_end;
}

vec<std::int64_t> row_numbers(std::span<const std::uint32_t> order, std::size_t n, const run_context& run) {
    vec<std::int64_t> rows(n, run.memory);
    for (std::size_t i = 0; i < n; ++i) rows[i] = order.empty() ? static_cast<std::int64_t>(i) : order[i];
    return rows;
}

/// Two intervals of one person that share a day: the pair with the smallest input row. @pre sorted by (person, start)
result<void> refuse_overlaps(const building& site, std::string_view table, const vec<std::uint32_t>& person,
                             const vec<std::int32_t>& start, const vec<std::int32_t>& end,
                             const vec<std::int64_t>& row) {
    std::size_t found = 0;
    std::int64_t found_row = -1;
    std::size_t longest = 0; // the interval of the same person that ends last so far
    std::size_t with = 0;
    for (std::size_t i = 1; i < person.size(); ++i) {
        if (person[i] != person[longest]) {
            longest = i;
            continue;
        }
        if (start[i] < end[longest] && start[i] < end[i]) {
            const std::int64_t smaller = std::min(row[i], row[longest]);
            if (found_row < 0 || smaller < found_row) {
                found_row = smaller;
                found = i;
                with = longest;
            }
        }
        if (end[i] > end[longest]) longest = i;
    }
    if (found_row < 0) return outcome::success();
    const auto span_text = [&](std::size_t i) {
        return end[i] == open_end ? say("from ", day_text(start[i]), " on")
                                  : say("from ", day_text(start[i]), " to ", day_text(end[i]));
    };
    const std::size_t one = row[found] < row[with] ? found : with;
    const std::size_t other = one == found ? with : found;
    return fail(status::data, "data.overlap",
                say("expected no two rows of ", quoted(site.made.people.id[person[one]]), " at once, found one ",
                    span_text(one), " and one ", span_text(other), ", also row ", row[other]),
                say(table, ".start"), row[one]);
}

/// Totals, or quotas of one scope, of one person that share a day: they may be meant so (two products), and are added,
/// or be the same thing told twice. @pre sorted by (person, start)
void list_overlaps(building& site, std::string_view table, const org::period_columns& periods) {
    struct pair_of_rows {
        std::int64_t row, row_2;
        std::uint32_t person;
    };
    vec<pair_of_rows> found(site.run.memory);
    std::array<std::size_t, org::quota_scope_words.size()> longest{}; // of each scope, the one that ends last so far
    std::array<bool, org::quota_scope_words.size()> there{};
    for (std::size_t i = 0; i < periods.person.size(); ++i) {
        if (i > 0 && periods.person[i] != periods.person[i - 1]) there.fill(false);
        const std::size_t scope = periods.scope.empty() ? 0 : periods.scope[i];
        std::size_t& last = longest[scope];
        if (there[scope] && periods.start[i] < periods.end[last])
            found.push_back({std::min(periods.row[i], periods.row[last]), std::max(periods.row[i], periods.row[last]),
                             periods.person[i]});
        if (!there[scope] || periods.end[i] > periods.end[last]) last = i;
        there[scope] = true;
    }
    std::sort(found.begin(), found.end(), [](const pair_of_rows& a, const pair_of_rows& b) {
        return std::pair(a.row, a.row_2) < std::pair(b.row, b.row_2);
    });
    constexpr auto most = static_cast<std::size_t>(org::findings_per_code) / 2; // of each of the two tables
    for (std::size_t i = 0; i < std::min(found.size(), most); ++i)
        add_finding(site.findings,
                    {org::severity::warning, "data.overlap", table, "start", found[i].row, found[i].row_2, 1,
                     say("two rows of ", quoted(site.made.people.id[found[i].person]),
                         " speak of the same days; their amounts are added")});
    if (found.size() > most)
        add_finding(site.findings, {org::severity::warning, "data.overlap", table, "start", -1, -1,
                                    static_cast<std::int64_t>(found.size() - most), "more rows of this kind"});
}

/// Brings totals or quotas into the order of people and time.
result<void> order_periods(building& site, text_column& ids, std::string_view table, org::period_columns& periods) {
    const run_context& run = site.run;
    DUALTRACK_TRY(auto people, match_people(site, ids, periods.start.size(), table, "person_id"));
    place(periods.person, std::move(people));
    const auto rest = [&](std::uint32_t i) {
        return std::make_tuple(periods.start[i], periods.end[i],
                               periods.scope.empty() ? std::uint8_t{0} : periods.scope[i], periods.amount[i],
                               periods.currency.empty() ? no_index : periods.currency[i]);
    };
    DUALTRACK_TRY(const auto order,
                  order_by_key(run, periods.person, site.people.size(),
                               [&](std::uint32_t left, std::uint32_t right) { return rest(left) < rest(right); }));
    place(periods.row, row_numbers(order, periods.start.size(), run));
    DUALTRACK_TRYV(reorder(run, order, periods.person));
    DUALTRACK_TRYV(reorder(run, order, periods.start));
    DUALTRACK_TRYV(reorder(run, order, periods.end));
    DUALTRACK_TRYV(reorder(run, order, periods.amount));
    DUALTRACK_TRYV(reorder(run, order, periods.currency));
    DUALTRACK_TRYV(reorder(run, order, periods.scope));
    list_overlaps(site, table, periods);
    return outcome::success();
}

} // namespace

result<void> read_assignments(const reading& from) {
    org::assignment_columns& assignments = from.site.made.assignments;
    DUALTRACK_TRYV(from.ids("person_id", presence::required, from.site.ids.assignments_person));
    DUALTRACK_TRYV(from.ids("manager_id", presence::optional, from.site.ids.assignments_manager));
    DUALTRACK_TRYV(from.dates("start", presence::required, assignments.start));
    DUALTRACK_TRYV(from.dates("end", presence::optional, assignments.end));
    open_ends(assignments.end, from.n_rows(), from.site.run);
    DUALTRACK_TRYV(refuse_intervals(from, assignments.start, assignments.end, false));
    DUALTRACK_TRYV(from.categories("role", presence::optional, assignments.role));
    DUALTRACK_TRYV(from.categories("team", presence::optional, assignments.team));
    return from.categories("market", presence::optional, assignments.market);
}

result<void> link_assignments(building& site) {
    org::assignment_columns& assignments = site.made.assignments;
    const run_context& run = site.run;
    const std::size_t n = assignments.start.size();
    DUALTRACK_TRY(auto people, match_people(site, site.ids.assignments_person, n, "assignments", "person_id"));
    place(assignments.person, std::move(people));
    DUALTRACK_TRY(auto managers, match_managers(site, site.ids.assignments_manager, n, "assignments", 1));
    place(assignments.manager, std::move(managers));
    place(site.ids.assignments_manager, text_column(run.memory));
    DUALTRACK_TRY(const auto order, order_by_key(run, assignments.person, site.people.size(),
                                                 [&](std::uint32_t left, std::uint32_t right) {
                                                     return assignments.start[left] < assignments.start[right];
                                                 }));
    place(assignments.row, row_numbers(order, n, run));
    DUALTRACK_TRYV(reorder(run, order, assignments.person));
    DUALTRACK_TRYV(reorder(run, order, assignments.manager));
    DUALTRACK_TRYV(reorder(run, order, assignments.start));
    DUALTRACK_TRYV(reorder(run, order, assignments.end));
    DUALTRACK_TRYV(reorder(run, order, assignments.role.code));
    DUALTRACK_TRYV(reorder(run, order, assignments.team.code));
    DUALTRACK_TRYV(reorder(run, order, assignments.market.code));
    place(assignments.first, borders_of(run, assignments.person, site.people.size()));
    DUALTRACK_TRYV(
        refuse_overlaps(site, "assignments", assignments.person, assignments.start, assignments.end, assignments.row));
    return check_lines_over_time(site);
}

result<void> read_sales(const reading& from) {
    org::period_columns& sales = from.site.made.sales;
    DUALTRACK_TRYV(from.ids("person_id", presence::required, from.site.ids.sales_person));
    DUALTRACK_TRYV(from.dates("start", presence::required, sales.start));
    DUALTRACK_TRYV(from.dates("end", presence::required, sales.end));
    DUALTRACK_TRYV(refuse_intervals(from, sales.start, sales.end, false));
    DUALTRACK_TRYV(from.money("amount", presence::required, sales.amount));
    DUALTRACK_TRYV(from.list(
        "amount", "data.negative_revenue", [&](std::size_t row) { return sales.amount[row] < 0; },
        [&](std::size_t row) { return say("a total of ", money_text(sales.amount[row]), " was taken as it is"); }));
    return from.currencies(presence::optional, sales.currency, from.site.sales_currencies);
}

result<void> link_sales(building& site) {
    return order_periods(site, site.ids.sales_person, "sales", site.made.sales);
}

result<void> read_quotas(const reading& from) {
    org::period_columns& quotas = from.site.made.quotas;
    DUALTRACK_TRYV(from.ids("person_id", presence::required, from.site.ids.quotas_person));
    DUALTRACK_TRYV(from.dates("start", presence::required, quotas.start));
    DUALTRACK_TRYV(from.dates("end", presence::required, quotas.end));
    DUALTRACK_TRYV(refuse_intervals(from, quotas.start, quotas.end, false));
    DUALTRACK_TRYV(from.money("amount", presence::required, quotas.amount));
    return from.words_or("scope", org::quota_scope_words, static_cast<std::uint8_t>(org::quota_scope::own),
                         quotas.scope);
}

result<void> link_quotas(building& site) {
    return order_periods(site, site.ids.quotas_person, "quotas", site.made.quotas);
}

result<void> read_pay(const reading& from) {
    org::pay_columns& pay = from.site.made.pay;
    const run_context& run = from.site.run;
    const std::size_t n = from.n_rows();
    DUALTRACK_TRYV(from.ids("person_id", presence::required, from.site.ids.pay_person));
    DUALTRACK_TRYV(from.dates("start", presence::required, pay.start));
    DUALTRACK_TRYV(from.dates("end", presence::optional, pay.end));
    open_ends(pay.end, n, run);
    DUALTRACK_TRYV(refuse_intervals(from, pay.start, pay.end, true));
    DUALTRACK_TRYV(from.money("base", presence::required, pay.base));
    DUALTRACK_TRYV(from.money("target_variable", presence::optional, pay.target_variable));
    if (pay.target_variable.empty()) place(pay.target_variable, filled(n, no_money, run));
    DUALTRACK_TRYV(from.money("paid_variable", presence::optional, pay.paid_variable));
    if (pay.paid_variable.empty()) place(pay.paid_variable, filled(n, no_money, run));
    const auto below_zero = [](const vec<std::int64_t>& amount, std::size_t row) {
        return amount[row] < 0 && amount[row] != no_money;
    };
    for (const auto& [name, column] :
         {std::pair("base", &pay.base), std::pair("target_variable", &pay.target_variable)}) {
        const vec<std::int64_t>& amount = *column;
        DUALTRACK_TRYV(from.refuse(
            name, "data.range", [&](std::size_t row) { return below_zero(amount, row); },
            [](std::size_t) { return std::string("expected an amount of 0 or more, found [redacted]"); }));
    }
    DUALTRACK_TRYV(from.list(
        "paid_variable", "data.negative_pay", [&](std::size_t row) { return below_zero(pay.paid_variable, row); },
        [](std::size_t) { return std::string("variable pay below zero (paid back) was taken as it is"); }));
    DUALTRACK_TRYV(from.currencies(presence::optional, pay.currency, from.site.pay_currencies));
    if (pay.currency.empty()) place(pay.currency, filled(n, no_index, run));
    return outcome::success();
}

result<void> link_pay(building& site) {
    org::pay_columns& pay = site.made.pay;
    const run_context& run = site.run;
    const std::size_t n = pay.start.size();
    DUALTRACK_TRY(auto people, match_people(site, site.ids.pay_person, n, "pay", "person_id"));
    place(pay.person, std::move(people));
    const auto rest = [&](std::uint32_t i) {
        return std::make_tuple(pay.start[i], pay.end[i], pay.base[i], pay.target_variable[i], pay.paid_variable[i],
                               pay.currency[i]);
    };
    DUALTRACK_TRY(const auto order,
                  order_by_key(run, pay.person, site.people.size(),
                               [&](std::uint32_t left, std::uint32_t right) { return rest(left) < rest(right); }));
    place(pay.row, row_numbers(order, n, run));
    DUALTRACK_TRYV(reorder(run, order, pay.person));
    DUALTRACK_TRYV(reorder(run, order, pay.start));
    DUALTRACK_TRYV(reorder(run, order, pay.end));
    DUALTRACK_TRYV(reorder(run, order, pay.base));
    DUALTRACK_TRYV(reorder(run, order, pay.target_variable));
    DUALTRACK_TRYV(reorder(run, order, pay.paid_variable));
    DUALTRACK_TRYV(reorder(run, order, pay.currency));
    return refuse_overlaps(site, "pay", pay.person, pay.start, pay.end, pay.row);
}

} // namespace dualtrack::ingest
