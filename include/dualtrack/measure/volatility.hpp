// Volatility: how much do a seller's months differ? Two sellers with the same year can be a steady hand and a gambler.
//
//   volatility = standard deviation of monthly attainment where every month that counts has a quota on all its days,
//   else of monthly sales over their mean
// A month counts when it lies in the window as a whole and the person was active on each of its days: half a month is
// not a bad month. Where there are totals instead of deals, a month counts when totals say what was sold in it: those
// of a quarter do not, because spread over three months they would look steady whatever happened. A total counts for a
// month it lies in, or touches when it is of a week at most. Fewer than three months say nothing.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/measure/panel.hpp>
#include <dualtrack/org/organisation.hpp>

namespace dualtrack::measure {

namespace detail {

/// Whether totals say what a person sold in a month: each of its days lies in one that is about this month.
inline bool totals_tell(const org::period_columns& sales, std::uint32_t person, std::int32_t month) noexcept {
    constexpr std::int32_t a_week = 7;
    const std::int32_t end = calendar::first_day_of_month(month + 1);
    std::int32_t told = calendar::first_day_of_month(month); // days before this one are covered
    const std::int32_t start = told;
    auto row = static_cast<std::size_t>(std::lower_bound(sales.person.begin(), sales.person.end(), person) -
                                        sales.person.begin());
    for (; row < sales.person.size() && sales.person[row] == person && sales.start[row] < end; ++row) {
        if (sales.end[row] <= start) continue;
        const bool inside = sales.start[row] >= start && sales.end[row] <= end;
        if (!inside && sales.end[row] - sales.start[row] > a_week) return false;
        if (sales.start[row] > told) return false;
        told = std::max(told, sales.end[row]);
    }
    return told >= end;
}

} // namespace detail

/// How much a seller's months differ. @returns false, leaving `out` alone, when fewer than three months count or
/// nothing was sold in them
inline bool volatility_of(const org::organisation& organisation, const panel& cells, std::uint32_t person,
                          double& out) {
    std::vector<double> amount;
    std::vector<double> quota;
    bool every_quota = true;
    for (std::uint32_t cell = cells.first[person]; cell < cells.first[person + 1];) {
        const std::int32_t month = calendar::month_of_day(cells.start[cell]);
        std::int64_t month_amount = 0;
        std::int64_t month_quota = 0;
        std::int32_t active_days = 0;
        bool has_quota = true;
        for (; cell < cells.first[person + 1] && calendar::month_of_day(cells.start[cell]) == month; ++cell) {
            month_amount += cells.amount[cell];
            month_quota += cells.quota[cell];
            active_days += cells.state[cell] == active ? cells.end_of(person, cell) - cells.start[cell] : 0;
            has_quota = has_quota && cells.under_own_quota[cell] != 0;
        }
        if (active_days < calendar::days_in_month(month)) continue;
        if (!organisation.has_deals && !detail::totals_tell(organisation.sales, person, month)) continue;
        amount.push_back(static_cast<double>(month_amount));
        quota.push_back(static_cast<double>(month_quota));
        every_quota = every_quota && has_quota && month_quota > 0;
    }
    const std::size_t n = amount.size();
    if (n < 3) return false;
    const double mean_amount = numeric::fixed_sum(amount) / static_cast<double>(n);
    if (!every_quota && !(mean_amount > 0.0)) return false;
    for (std::size_t i = 0; i < n; ++i) amount[i] = every_quota ? amount[i] / quota[i] : amount[i] / mean_amount;
    const double mean = numeric::fixed_sum(amount) / static_cast<double>(n);
    for (double& value : amount) value = (value - mean) * (value - mean);
    out = std::sqrt(numeric::fixed_sum(amount) / static_cast<double>(n - 1));
    return true;
}

} // namespace dualtrack::measure
