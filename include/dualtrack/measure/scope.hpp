// Scope: which days, which money and which rows a run speaks about. The policy says until which day the data are
// believed
// (`as_of`) and how far back they are read (`window_months`); everything is brought into one reporting currency, and
// what the policy has to judge (deals dated in the future, quotas at or below zero, managers nobody knows) is judged
// here once, so that every measure afterwards sees the same rows.
//
//   window = [as_of + 1 - window_months, as_of + 1), half-open days.   converted = round_half_even(amount * rate on the
//   day), the rate being the latest one dated on or before that day.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/parallel.hpp>
#include <dualtrack/base/result.hpp>
#include <dualtrack/base/text.hpp>
#include <dualtrack/measure/currency.hpp>
#include <dualtrack/org/findings.hpp>
#include <dualtrack/org/organisation.hpp>
#include <dualtrack/org/policy.hpp>

namespace dualtrack::measure {

/// What one run speaks about.
struct scope {
    std::int32_t as_of = no_date; // last day that counts
    std::int32_t start = 0;       // window, half-open [start, end)
    std::int32_t end = 0;
    std::string currency;           // reporting currency, "" when the data name none
    vec<std::int64_t> deal_amount;  // converted; empty: deals.amount is in the reporting currency already
    vec<std::int64_t> sales_amount; // same for sales, quotas; pay rates below
    vec<std::int64_t> quota_amount; // no_money = left out by the policy
    vec<double> pay_rate;           // factor into the reporting currency a pay row; empty: 1
    org::findings_table findings;

    explicit scope(std::pmr::memory_resource* memory)
        : deal_amount(memory), sales_amount(memory), quota_amount(memory), pay_rate(memory), findings(memory) {}

    /// Whether a day lies in the window.
    [[nodiscard]] bool covers(std::int32_t day) const noexcept { return day >= start && day < end; }
    /// Amount of a deal in the reporting currency, 0 when it has none.
    [[nodiscard]] std::int64_t amount_of_deal(const org::organisation& organisation,
                                              std::uint32_t deal) const noexcept {
        const std::int64_t amount = deal_amount.empty() ? organisation.deals.amount[deal] : deal_amount[deal];
        return amount == no_money ? 0 : amount;
    }
};

namespace detail {

inline constexpr std::int32_t ever = no_date + 1;
inline constexpr std::int32_t for_good = std::numeric_limits<std::int32_t>::max();

inline std::string date_text(std::int32_t day) {
    return std::string(calendar::format_iso_date(day).view());
}

/// The last day any table speaks about: closing dates first, else totals, else pay and quotas.
inline std::int32_t last_known_day(const org::organisation& organisation) {
    std::int32_t last = no_date;
    const auto& deals = organisation.deals;
    for (std::size_t deal = 0; deal < deals.closed.size(); ++deal)
        if (deals.outcome[deal] != static_cast<std::uint8_t>(org::deal_outcome::open))
            last = std::max(last, deals.closed[deal]);
    if (last != no_date) return last;
    for (const std::int32_t end : organisation.sales.end) last = std::max(last, end - 1);
    if (last != no_date) return last;
    for (const std::int32_t start : organisation.pay.start) last = std::max(last, start);
    for (const std::int32_t end : organisation.quotas.end) last = std::max(last, end - 1);
    return last;
}

/// Rows whose day lies after as_of: an error or one finding a row, as the policy says.
inline result<void> judge_future(scope& out, const org::policy& policy, std::string_view table, std::string_view column,
                                 std::span<const std::int32_t> days, std::span<const std::int64_t> rows) {
    std::int64_t listed = 0;
    std::int64_t more = 0;
    for (std::size_t i = 0; i < days.size(); ++i) {
        if (days[i] == no_date || days[i] <= out.as_of) continue;
        const std::int64_t row = rows.empty() ? static_cast<std::int64_t>(i) : rows[i];
        if (policy.data.future_dated == org::future_rule::error)
            return fail(status::data, "data.date",
                        "expected no date after as_of " + date_text(out.as_of) + ", found " + date_text(days[i]),
                        std::string(table) + "." + std::string(column), row);
        if (listed++ < org::findings_per_code)
            add_finding(out.findings,
                        {org::severity::warning, "data.future_dated", table, column, row, -1, 1,
                         date_text(days[i]) + " lies after as_of " + date_text(out.as_of) + "; left out"});
        else
            ++more;
    }
    if (more > 0)
        add_finding(out.findings, {org::severity::warning, "data.future_dated", table, column, -1, -1, more, ""});
    return outcome::success();
}

/// Rows of a table that begin after as_of: an error, or one finding for all of them, as the policy says. Nothing that
/// is measured up to as_of looks at them. `level`: plans (a quota of next year) are a note, deeds of the future a
/// warning.
inline result<void> judge_later(scope& out, const org::policy& policy, org::severity level, std::string_view table,
                                std::span<const std::int32_t> start, std::span<const std::int64_t> rows) {
    std::int64_t count = 0;
    std::int64_t first = -1;
    std::int32_t day = no_date;
    for (std::size_t i = 0; i < start.size(); ++i) {
        if (start[i] <= out.as_of) continue;
        if (count++ > 0 && rows[i] > first) continue;
        first = rows[i];
        day = start[i];
    }
    if (count == 0) return outcome::success();
    if (policy.data.future_dated == org::future_rule::error)
        return fail(status::data, "data.date",
                    "expected no date after as_of " + date_text(out.as_of) + ", found " + date_text(day),
                    std::string(table) + ".start", first);
    add_finding(out.findings, {level, "data.future_dated", table, "start", first, -1, count,
                               integer_text(count) + (count == 1 ? " row begins" : " rows begin") + " after as_of " +
                                   date_text(out.as_of) + "; left out"});
    return outcome::success();
}

/// Manager ids nobody has: an error or findings, as the policy says.
inline result<void> judge_orphans(scope& out, const org::organisation& organisation, const org::policy& policy) {
    static constexpr std::array<std::string_view, 3> tables{"people", "assignments", "vacancies"};
    const auto& orphans = organisation.orphans;
    for (std::size_t i = 0; i < orphans.row.size(); ++i) {
        const std::string_view table = tables[orphans.table[i]];
        const std::string id(orphans.id[i]);
        if (policy.data.orphan_manager == org::orphan_rule::error)
            return fail(status::data, "data.unknown_id", "expected the id of a person in people, found \"" + id + "\"",
                        std::string(table) + ".manager_id", orphans.row[i]);
        add_finding(out.findings, {org::severity::warning, "data.orphan_manager", table, "manager_id", orphans.row[i],
                                   -1, 1, "manager \"" + id + "\" is not in people; taken as reporting to nobody"});
    }
    return outcome::success();
}

/// Quotas at or below zero: an error, or left out with a finding, as the policy says.
inline result<void> judge_quotas(scope& out, const org::organisation& organisation, const org::policy& policy) {
    const auto& quotas = organisation.quotas;
    for (std::size_t i = 0; i < quotas.amount.size(); ++i) {
        if (quotas.amount[i] > 0) continue;
        const std::string found = money_text(quotas.amount[i]);
        if (policy.data.nonpositive_quota == org::quota_rule::error)
            return fail(status::data, "data.range", "expected a strictly positive quota, found " + found,
                        "quotas.amount", quotas.row[i]);
        if (out.quota_amount.empty()) out.quota_amount.assign(quotas.amount.begin(), quotas.amount.end());
        out.quota_amount[i] = no_money;
        add_finding(out.findings, {org::severity::error, "data.excluded", "quotas", "amount", quotas.row[i], -1, 1,
                                   "quota " + found + " is not above zero; left out"});
    }
    return outcome::success();
}

} // namespace detail

/// The scope of a run, with the findings of what the policy made it leave out.
/// Errors: data.date, data.range, data.unknown_id, data.currency.
inline result<scope> scope_of(const run_context& run, const org::organisation& organisation,
                              const org::policy& policy) {
    scope out(run.memory);
    out.as_of = policy.as_of;
    if (out.as_of == no_date) {
        out.as_of = detail::last_known_day(organisation);
        const bool dated = out.as_of != no_date;
        if (!dated) out.as_of = 0; // nothing has happened yet: results are empty whatever the day
        add_finding(out.findings, {org::severity::note, "data.assumed", "", "", -1, -1, 1,
                                   dated ? "as_of is not in the policy; the last day in the data, " +
                                               detail::date_text(out.as_of) + ", is used"
                                         : "as_of is not in the policy and nothing in the data is dated"});
    }
    out.end = out.as_of + 1;
    out.start = calendar::add_months(out.end, -policy.window_months);
    DUALTRACK_TRYV(detail::judge_orphans(out, organisation, policy));
    DUALTRACK_TRYV(detail::judge_future(out, policy, "deals", "closed", organisation.deals.closed, {}));
    const auto& made = organisation;
    using enum org::severity;
    DUALTRACK_TRYV(detail::judge_later(out, policy, warning, "activities", made.activities.start, made.activities.row));
    DUALTRACK_TRYV(detail::judge_later(out, policy, note, "assignments", made.assignments.start, made.assignments.row));
    DUALTRACK_TRYV(detail::judge_later(out, policy, note, "pay", made.pay.start, made.pay.row));
    DUALTRACK_TRYV(detail::judge_later(out, policy, note, "quotas", made.quotas.start, made.quotas.row));
    DUALTRACK_TRYV(detail::judge_later(out, policy, warning, "sales", made.sales.start, made.sales.row));
    DUALTRACK_TRYV(detail::judge_quotas(out, organisation, policy));

    DUALTRACK_TRY(const std::uint32_t reporting, reporting_currency(organisation, policy.currency));
    out.currency = !policy.currency.empty() ? policy.currency
                   : reporting == no_index  ? std::string()
                                            : std::string(organisation.currencies[reporting]);
    const auto& deals = organisation.deals;
    if (is_mixed(deals.currency, reporting) || is_mixed(organisation.sales.currency, reporting) ||
        is_mixed(organisation.pay.currency, reporting)) {
        const auto say = [&](std::string_view table, const auto& amount, const auto& currency, const auto& rows) {
            say_assumed_currency(out.findings, table, out.currency, amount, currency, rows);
        };
        say("deals", deals.amount, deals.currency, std::span<const std::int64_t>());
        say("sales", organisation.sales.amount, organisation.sales.currency, organisation.sales.row);
        say("pay", organisation.pay.base, organisation.pay.currency, organisation.pay.row);
    }
    DUALTRACK_TRYV(convert(organisation, reporting, "deals", deals.amount, deals.currency, deals.closed, {}, out.start,
                           out.end, out.deal_amount));
    const auto& sales = organisation.sales;
    DUALTRACK_TRYV(convert(organisation, reporting, "sales", sales.amount, sales.currency, sales.start, sales.row,
                           detail::ever, detail::for_good, out.sales_amount));
    const auto& quotas = organisation.quotas;
    const vec<std::int64_t> kept(out.quota_amount, run.memory);
    DUALTRACK_TRYV(convert(organisation, reporting, "quotas", kept.empty() ? quotas.amount : kept, quotas.currency,
                           quotas.start, quotas.row, detail::ever, detail::for_good, out.quota_amount));
    const auto& pay = organisation.pay;
    if (is_mixed(pay.currency, reporting)) {
        out.pay_rate.assign(pay.base.size(), 1.0);
        for (std::size_t i = 0; i < pay.base.size(); ++i) {
            const std::int32_t day = std::max(pay.start[i], std::min(out.as_of, pay.end[i] - 1));
            DUALTRACK_TRY(out.pay_rate[i], factor_of(organisation, code_of(pay.currency, i, reporting), reporting, day,
                                                     "pay", pay.row[i]));
        }
    }
    return out;
}

} // namespace dualtrack::measure
