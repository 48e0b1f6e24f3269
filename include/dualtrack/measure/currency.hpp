// Currency: one reporting currency for the whole run. A single currency needs nothing; several need a table of exchange
// rates, and never meet without one, because a sum over two currencies is a number that means nothing.
//
//   converted = round_half_even(amount * rate), the rate being the latest one dated on or before the row's day.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/base/result.hpp>
#include <dualtrack/base/text.hpp>
#include <dualtrack/org/findings.hpp>
#include <dualtrack/org/organisation.hpp>

namespace dualtrack::measure {

/// Latest rate of a currency dated on or before a day; 0 when there is none.
inline double rate_on(const org::exchange_rate_columns& rates, std::uint32_t currency, std::int32_t day) noexcept {
    const auto [first, last] = std::equal_range(rates.currency.begin(), rates.currency.end(), currency);
    const auto from = rates.date.begin() + (first - rates.currency.begin());
    const auto to = rates.date.begin() + (last - rates.currency.begin());
    const auto after = std::upper_bound(from, to, day); // sorted by (currency, date)
    return after == from ? 0.0 : rates.rate[static_cast<std::size_t>(after - rates.date.begin()) - 1];
}

/// Which code a row is in: its own, or the reporting one where it names none.
inline std::uint32_t code_of(std::span<const std::uint32_t> currency, std::size_t row,
                             std::uint32_t reporting) noexcept {
    return currency.empty() || currency[row] == no_index ? reporting : currency[row];
}

/// Whether any row is in a currency other than the reporting one.
inline bool is_mixed(std::span<const std::uint32_t> currency, std::uint32_t reporting) noexcept {
    return std::any_of(currency.begin(), currency.end(),
                       [&](std::uint32_t code) { return code != no_index && code != reporting; });
}

/// The factor of one row, or the error that its rate is missing.
inline result<double> factor_of(const org::organisation& organisation, std::uint32_t code, std::uint32_t reporting,
                                std::int32_t day, std::string_view table, std::int64_t row) {
    if (code == reporting) return 1.0;
    const auto name = [&](std::uint32_t c) {
        return c < organisation.currencies.size() ? std::string(organisation.currencies[c]) : "the reporting currency";
    };
    if (!organisation.has_exchange_rates)
        return fail(status::data, "data.currency",
                    "expected one currency (" + name(reporting) + ") or a table exchange_rates, found " + name(code),
                    std::string(table) + ".currency", row);
    const double rate = rate_on(organisation.exchange_rates, code, day);
    if (rate == 0.0)
        return fail(status::data, "data.currency",
                    "expected an exchange rate of " + name(code) + " on or before " +
                        std::string(calendar::format_iso_date(day).view()) + ", found none",
                    std::string(table) + ".currency", row);
    return rate;
}

/// A money column in the reporting currency; stays empty when it is so already. Rows dated outside [from, to) play no
/// part and need no rate.
inline result<void> convert(const org::organisation& organisation, std::uint32_t reporting, std::string_view table,
                            std::span<const std::int64_t> amount, std::span<const std::uint32_t> currency,
                            std::span<const std::int32_t> day, std::span<const std::int64_t> rows, std::int32_t from,
                            std::int32_t to, vec<std::int64_t>& out) {
    if (!is_mixed(currency, reporting)) return outcome::success();
    out.assign(amount.begin(), amount.end());
    for (std::size_t i = 0; i < amount.size(); ++i) {
        const std::uint32_t code = code_of(currency, i, reporting);
        if (amount[i] == no_money || code == reporting || day[i] < from || day[i] >= to) continue;
        const std::int64_t row = rows.empty() ? static_cast<std::int64_t>(i) : rows[i];
        DUALTRACK_TRY(const double rate, factor_of(organisation, code, reporting, day[i], table, row));
        const double converted = numeric::round_half_even(static_cast<double>(amount[i]) * rate);
        if (!(converted < 9e15 && converted > -9e15))
            return fail(status::data, "data.numeric_range",
                        "expected an amount of at most 90000000000000 after conversion", std::string(table) + ".amount",
                        row);
        out[i] = static_cast<std::int64_t>(converted);
    }
    return outcome::success();
}

/// Lists the rows of a table that name no currency where several are in use: they are taken as the reporting one.
inline void say_assumed_currency(org::findings_table& findings, std::string_view table, std::string_view reporting,
                                 std::span<const std::int64_t> amount, std::span<const std::uint32_t> currency,
                                 std::span<const std::int64_t> rows) {
    std::int64_t count = 0;
    std::int64_t first = -1;
    for (std::size_t i = 0; i < amount.size(); ++i) {
        if (amount[i] == no_money || (!currency.empty() && currency[i] != no_index)) continue;
        const std::int64_t row = rows.empty() ? static_cast<std::int64_t>(i) : rows[i];
        first = count++ == 0 ? row : std::min(first, row);
    }
    if (count == 0) return;
    add_finding(findings,
                {org::severity::warning, "data.assumed", table, "currency", first, -1, count,
                 integer_text(count) + (count == 1 ? " row names" : " rows name") +
                     " no currency while others do; taken as " + std::string(reporting) + ", the reporting currency"});
}

/// The code of the reporting currency: the policy's, else the only one met, else the only one that has no rates (they
/// are then rates to it). no_index when the data name no currency at all.
inline result<std::uint32_t> reporting_currency(const org::organisation& organisation, std::string_view wanted) {
    const auto n = static_cast<std::uint32_t>(organisation.currencies.size());
    if (!wanted.empty()) {
        for (std::uint32_t code = 0; code < n; ++code)
            if (organisation.currencies[code] == wanted) return code;
        if (n == 0) return no_index; // nothing names a currency: everything is in the one the policy names
        return n;                    // a currency only the policy names: every row needs a rate
    }
    if (n == 0) return no_index;
    std::vector<std::uint8_t> used(n, 0); // a currency that only exchange_rates names is nobody's
    for (const auto* codes : {&organisation.deals.currency, &organisation.sales.currency, &organisation.quotas.currency,
                              &organisation.pay.currency})
        for (const std::uint32_t code : *codes)
            if (code != no_index) used[code] = 1;
    const auto n_used = std::count(used.begin(), used.end(), std::uint8_t{1});
    if (n_used == 0) return no_index;
    if (n_used == 1)
        return static_cast<std::uint32_t>(std::find(used.begin(), used.end(), std::uint8_t{1}) - used.begin());
    std::uint32_t found = no_index;
    for (std::uint32_t code = 0; code < n; ++code) {
        if (used[code] == 0) continue;
        const auto& rated = organisation.exchange_rates.currency;
        if (std::binary_search(rated.begin(), rated.end(), code)) continue;
        if (found != no_index || !organisation.has_exchange_rates) {
            found = no_index;
            break;
        }
        found = code;
    }
    if (found != no_index) return found;
    std::string met;
    for (std::uint32_t code = 0; code < n; ++code)
        if (used[code] != 0) met += (met.empty() ? "" : ", ") + std::string(organisation.currencies[code]);
    return fail(status::data, "data.currency",
                "expected one currency, or a table exchange_rates and the reporting currency in the policy "
                "(/currency), found " +
                    met,
                "deals.currency");
}

} // namespace dualtrack::measure
