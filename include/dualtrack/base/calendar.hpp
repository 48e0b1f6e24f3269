// Every date in the tables is a day; every report is by month or fiscal quarter. A day is the number of days since
// 1970-01-01 in the proleptic Gregorian calendar (Arrow date32), a month is the single number year * 12 + month - 1, so
// that "three months later" is + 3 and months can be array indices. Intervals are half-open [start, end): the day a
// person leaves a team is not a day in the team.
// Nothing here knows a time zone, a locale or a clock. All functions are total: what does not fit is clamped to the
// ends of int32 (about 5.8 million years away), never wrapped.
// Reference: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil, civil_from_days).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace dualtrack::calendar {

inline constexpr std::int32_t first_iso_day = -719162; // 0001-01-01
inline constexpr std::int32_t last_iso_day = 2932896;  // 9999-12-31

/// A date as people write it.
struct civil_date {
    std::int32_t year = 1970;
    std::int32_t month = 1; // 1..12
    std::int32_t day = 1;   // 1..31
    friend constexpr bool operator==(const civil_date&, const civil_date&) = default;
};

/// A quarter of a fiscal year, which bears the number of the calendar year it ends in.
struct fiscal_quarter {
    std::int32_t year = 1970;
    std::int32_t quarter = 1; // 1..4
    friend constexpr bool operator==(const fiscal_quarter&, const fiscal_quarter&) = default;
};

namespace detail {

constexpr std::int64_t floor_divide(std::int64_t value, std::int64_t positive_divisor) noexcept {
    const std::int64_t quotient = value / positive_divisor;
    return value % positive_divisor < 0 ? quotient - 1 : quotient;
}

constexpr std::int32_t clamp_to_int32(std::int64_t value) noexcept {
    constexpr std::int64_t low = std::numeric_limits<std::int32_t>::min();
    constexpr std::int64_t high = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::int32_t>(value < low ? low : value > high ? high : value);
}

/// Days since 1970-01-01 of a date whose month is 1..12; days beyond the month count on.
constexpr std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) noexcept {
    const std::int64_t march_year = month <= 2 ? year - 1 : year;
    const std::int64_t era = floor_divide(march_year, 400);
    const std::int64_t year_of_era = march_year - era * 400;
    const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

constexpr std::int64_t two_digits(std::string_view text, std::size_t at) noexcept {
    const int tens = text[at] - '0';
    const int ones = text[at + 1] - '0';
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

} // namespace detail

/// Rounds a count of units down to whole days, also before 1970: -1 ms is the day -1.
/// @pre units_per_day > 0
constexpr std::int64_t floor_to_days(std::int64_t units, std::int64_t units_per_day) noexcept {
    return detail::floor_divide(units, units_per_day);
}

constexpr bool is_leap_year(std::int32_t year) noexcept {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/// @returns 28..31, or 0 if the month is not 1..12
constexpr std::int32_t days_in_month(std::int32_t year, std::int32_t month) noexcept {
    if (month < 1 || month > 12) return 0;
    if (month == 2) return is_leap_year(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

constexpr bool is_valid(const civil_date& date) noexcept {
    return date.day >= 1 && date.day <= days_in_month(date.year, date.month);
}

/// The day of a date. @pre is_valid(date)
constexpr std::int32_t day_from_civil(const civil_date& date) noexcept {
    return detail::clamp_to_int32(detail::days_from_civil(date.year, date.month, date.day));
}

constexpr std::int32_t day_from_civil(std::int32_t year, std::int32_t month, std::int32_t day) noexcept {
    return day_from_civil(civil_date{year, month, day});
}

constexpr civil_date civil_from_day(std::int32_t day) noexcept {
    const std::int64_t shifted = std::int64_t{day} + 719468;
    const std::int64_t era = detail::floor_divide(shifted, 146097);
    const std::int64_t day_of_era = shifted - era * 146097;
    const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t march_month = (5 * day_of_year + 2) / 153;
    const std::int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
    const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    return {static_cast<std::int32_t>(year), static_cast<std::int32_t>(month),
            static_cast<std::int32_t>(day_of_year - (153 * march_month + 2) / 5 + 1)};
}

/// year * 12 + month - 1. @pre month is 1..12
constexpr std::int32_t month_index(std::int32_t year, std::int32_t month) noexcept {
    return detail::clamp_to_int32(std::int64_t{year} * 12 + month - 1);
}

/// The year a month index lies in.
constexpr std::int32_t year_of_month(std::int32_t month) noexcept {
    return static_cast<std::int32_t>(detail::floor_divide(month, 12));
}

/// The number 1..12 of a month index within its year.
constexpr std::int32_t number_of_month(std::int32_t month) noexcept {
    return static_cast<std::int32_t>(month - detail::floor_divide(month, 12) * 12) + 1;
}

/// The month index a day lies in.
constexpr std::int32_t month_of_day(std::int32_t day) noexcept {
    const civil_date date = civil_from_day(day);
    return month_index(date.year, date.month);
}

constexpr std::int32_t first_day_of_month(std::int32_t month) noexcept {
    return detail::clamp_to_int32(detail::days_from_civil(year_of_month(month), number_of_month(month), 1));
}

constexpr std::int32_t days_in_month(std::int32_t month) noexcept {
    return days_in_month(year_of_month(month), number_of_month(month));
}

/// The same day of the month some months later or earlier; the end of a shorter month if it has no such day.
constexpr std::int32_t add_months(std::int32_t day, std::int32_t months) noexcept {
    const civil_date date = civil_from_day(day);
    const std::int64_t month = std::int64_t{date.year} * 12 + date.month - 1 + months;
    const std::int64_t year = detail::floor_divide(month, 12);
    const std::int64_t number = month - year * 12 + 1;
    const std::int32_t length = days_in_month(static_cast<std::int32_t>(year % 400), static_cast<std::int32_t>(number));
    return detail::clamp_to_int32(detail::days_from_civil(year, number, date.day < length ? date.day : length));
}

/// Quarters of fiscal years counted through: consecutive quarters differ by one.
/// @pre fiscal_start_month is 1..12
constexpr std::int32_t fiscal_quarter_index(std::int32_t month, std::int32_t fiscal_start_month) noexcept {
    return static_cast<std::int32_t>(detail::floor_divide(std::int64_t{month} - (fiscal_start_month - 1), 3));
}

/// The fiscal quarter a month index lies in. @pre fiscal_start_month is 1..12
constexpr fiscal_quarter fiscal_quarter_of_month(std::int32_t month, std::int32_t fiscal_start_month) noexcept {
    const std::int32_t index = fiscal_quarter_index(month, fiscal_start_month);
    const std::int64_t started = detail::floor_divide(index, 4);
    return {static_cast<std::int32_t>(started + (fiscal_start_month > 1 ? 1 : 0)),
            static_cast<std::int32_t>(index - started * 4) + 1};
}

/// The month index a fiscal quarter begins with. @pre fiscal_start_month is 1..12
constexpr std::int32_t first_month_of_quarter(const fiscal_quarter& quarter, std::int32_t fiscal_start_month) noexcept {
    const std::int64_t started = std::int64_t{quarter.year} - (fiscal_start_month > 1 ? 1 : 0);
    return detail::clamp_to_int32(started * 12 + (quarter.quarter - 1) * 3 + fiscal_start_month - 1);
}

/// Days that two half-open intervals share; an interval that ends before it starts is empty.
constexpr std::int64_t overlap_days(std::int32_t start_a, std::int32_t end_a, std::int32_t start_b,
                                    std::int32_t end_b) noexcept {
    const std::int64_t start = start_a > start_b ? start_a : start_b;
    const std::int64_t end = end_a < end_b ? end_a : end_b;
    if (end_a < start_a || end_b < start_b) return 0;
    return end > start ? end - start : 0;
}

/// Reads "2024-02-29"; exactly ten characters, years 0001 to 9999, a day that exists, or nothing.
constexpr std::optional<std::int32_t> parse_iso_date(std::string_view text) noexcept {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const std::int64_t century = detail::two_digits(text, 0);
    const std::int64_t year_of_century = detail::two_digits(text, 2);
    const std::int64_t month = detail::two_digits(text, 5);
    const std::int64_t day = detail::two_digits(text, 8);
    if (century < 0 || year_of_century < 0 || month < 0 || day < 0) return std::nullopt;
    const civil_date date{static_cast<std::int32_t>(century * 100 + year_of_century), static_cast<std::int32_t>(month),
                          static_cast<std::int32_t>(day)};
    if (date.year < 1 || !is_valid(date)) return std::nullopt;
    return day_from_civil(date);
}

/// "2024-02-29" without allocation; empty for days outside the years 0001 to 9999.
struct iso_date_text {
    std::array<char, 10> characters{};
    std::size_t size = 0;
    constexpr std::string_view view() const noexcept { return {characters.data(), size}; }
};

constexpr iso_date_text format_iso_date(std::int32_t day) noexcept {
    iso_date_text text;
    if (day < first_iso_day || day > last_iso_day) return text;
    const civil_date date = civil_from_day(day);
    const auto put = [&text](std::size_t at, std::int32_t value) {
        text.characters[at] = static_cast<char>('0' + value / 10);
        text.characters[at + 1] = static_cast<char>('0' + value % 10);
    };
    put(0, date.year / 100);
    put(2, date.year % 100);
    text.characters[4] = '-';
    put(5, date.month);
    text.characters[7] = '-';
    put(8, date.day);
    text.size = text.characters.size();
    return text;
}

} // namespace dualtrack::calendar
