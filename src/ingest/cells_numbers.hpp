// Fixed-width cells and what they widen to. A widening is exact or refused, with two exceptions that the contract
// names: money is rounded to minor units, half to even, and a timestamp is floored to its day. Loops run over whole
// runs of cells and only learn that something is wrong; which cell it was, and why, is asked afterwards.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/column.hpp>
#include <dualtrack/base/text.hpp>

#include "ingest/arrow_text.hpp"
#include "ingest/arrow_type.hpp"
#include "ingest/cells.hpp"

namespace dualtrack::ingest {

__extension__ typedef __int128 wide_int;

/// IEEE 754 binary16.
[[nodiscard]] inline float widen_half(std::uint16_t half) noexcept {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16U;
    const std::uint32_t exponent = (half >> 10U) & 31U;
    const std::uint32_t fraction = half & 0x3FFU;
    if (exponent == 31U) return std::bit_cast<float>(sign | 0x7F800000U | (fraction << 13U));
    if (exponent != 0U) return std::bit_cast<float>(sign | ((exponent + 112U) << 23U) | (fraction << 13U));
    const float tiny = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0U ? -tiny : tiny;
}

/// The i-th value of a fixed-width buffer, counted in elements (bits for bool).
template <physical kind> [[nodiscard]] inline auto load_cell(const char* values, std::int64_t i) noexcept {
    if constexpr (kind == physical::boolean)
        return bit_at(reinterpret_cast<const std::uint8_t*>(values), i);
    else if constexpr (kind == physical::int8)
        return load_at<std::int8_t>(values, i);
    else if constexpr (kind == physical::uint8)
        return load_at<std::uint8_t>(values, i);
    else if constexpr (kind == physical::int16)
        return load_at<std::int16_t>(values, i);
    else if constexpr (kind == physical::uint16)
        return load_at<std::uint16_t>(values, i);
    else if constexpr (kind == physical::int32 || kind == physical::date32)
        return load_at<std::int32_t>(values, i);
    else if constexpr (kind == physical::uint32)
        return load_at<std::uint32_t>(values, i);
    else if constexpr (kind == physical::uint64)
        return load_at<std::uint64_t>(values, i);
    else if constexpr (kind == physical::float16)
        return widen_half(load_at<std::uint16_t>(values, i));
    else if constexpr (kind == physical::float32)
        return load_at<float>(values, i);
    else if constexpr (kind == physical::float64)
        return load_at<double>(values, i);
    else if constexpr (kind == physical::decimal128)
        return load_at<wide_int>(values, i);
    else
        return load_at<std::int64_t>(values, i); // int64, date64, timestamps
}

/// What was wrong with a cell.
struct cell_fault {
    std::string_view code;
    std::string expected, found;
};

[[nodiscard]] std::string wide_text(wide_int number);
/// An unscaled decimal with its point: 12345 at scale 2 is "123.45".
[[nodiscard]] std::string decimal_text(wide_int unscaled, std::int32_t scale);

template <class T> [[nodiscard]] std::string found_text(T value) {
    if constexpr (std::is_floating_point_v<T>)
        return number_text(static_cast<double>(value));
    else
        return wide_text(static_cast<wide_int>(value));
}

template <class T> [[nodiscard]] bool is_finite(T value) noexcept {
    return std::abs(value) <= std::numeric_limits<T>::max();
}

/// Days.
struct to_days {
    using out = std::int32_t;
    static constexpr std::string_view expected = "a date (date32, date64 or a timestamp)";
    static constexpr bool reads(physical kind) noexcept {
        return kind == physical::date32 || kind == physical::date64 || is_timestamp(kind);
    }
    static constexpr std::int64_t units_per_day(physical kind) noexcept {
        switch (kind) {
        case physical::seconds:
            return 86400;
        case physical::date64:
        case physical::milliseconds:
            return 86400000;
        case physical::microseconds:
            return 86400000000;
        case physical::nanoseconds:
            return 86400000000000;
        default:
            return 1;
        }
    }
    /// @returns whether the cell is good
    template <physical kind, class T> [[nodiscard]] bool convert(T value, out& day) const noexcept {
        std::int64_t days = value;
        if constexpr (kind != physical::date32) days = calendar::floor_to_days(value, units_per_day(kind));
        day = static_cast<std::int32_t>(days);
        return static_cast<std::uint64_t>(days) - static_cast<std::uint64_t>(std::int64_t{calendar::first_iso_day}) <=
               static_cast<std::uint64_t>(std::int64_t{calendar::last_iso_day} - calendar::first_iso_day);
    }
    template <physical kind, class T> [[nodiscard]] cell_fault explain(T value) const {
        return {"data.range", "a date of the years 1 to 9999",
                found_text(value) + (kind == physical::date32 ? " days" : " units") + " from 1970-01-01"};
    }
};

/// Minor units.
struct to_minor {
    using out = std::int64_t;
    std::int32_t scale = 0;
    static constexpr std::string_view expected = "an amount (float, integer or decimal128)";
    static constexpr bool reads(physical kind) noexcept {
        return is_whole_number(kind) || is_floating(kind) || kind == physical::decimal128;
    }
    [[nodiscard]] bool convert_decimal(wide_int unscaled, out& minor) const noexcept;

    template <physical kind, class T> [[nodiscard]] bool convert(T value, out& minor) const noexcept {
        if constexpr (is_floating(kind)) {
            // Below 2^51 the sum with 1.5 * 2^52 has no fraction bits left: the addition itself rounds, half to even.
            constexpr double shift = 0x1.8p52;
            const double scaled = static_cast<double>(value) * 100.0;
            minor = static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(scaled + shift) -
                                              std::bit_cast<std::uint64_t>(shift));
            return std::abs(scaled) < 0x1p51;
        } else if constexpr (kind == physical::decimal128) {
            return convert_decimal(value, minor);
        } else if constexpr (sizeof(T) < 8) {
            minor = static_cast<std::int64_t>(value) * 100;
            return true;
        } else {
            constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / 100;
            const bool fits = std::is_signed_v<T> ? static_cast<std::int64_t>(value) <= most &&
                                                        static_cast<std::int64_t>(value) >= -most
                                                  : value <= static_cast<T>(most);
            minor = fits ? static_cast<std::int64_t>(value) * 100 : 0;
            return fits;
        }
    }
    /// The rare floats from 2^51 on: they have at most one bit of fraction left.
    template <physical kind, class T> [[nodiscard]] bool convert_rare(T value, out& minor) const noexcept {
        const double scaled = static_cast<double>(value) * 100.0;
        if (!(std::abs(scaled) < 0x1p63)) return false;
        auto whole = static_cast<std::int64_t>(scaled);
        const double rest = scaled - static_cast<double>(whole);
        if (rest == 0.5 && (whole & 1) != 0) ++whole;
        if (rest == -0.5 && (whole & 1) != 0) --whole;
        minor = whole;
        return true;
    }
    template <physical kind, class T> [[nodiscard]] cell_fault explain(T value) const {
        if constexpr (is_floating(kind)) {
            if (!is_finite(value)) return {"data.nan", "a finite amount", found_text(value)};
            return {"data.numeric_range", "an amount of at most 90000000000000", found_text(value)};
        } else if constexpr (kind == physical::decimal128) {
            return {"data.range", "an amount of at most 90000000000000", decimal_text(value, scale)};
        } else {
            return {"data.range", "an amount of at most 90000000000000", found_text(value)};
        }
    }
};

/// Numbers as double.
struct to_number {
    using out = double;
    std::int32_t scale = 0;
    static constexpr std::string_view expected = "a number (float, integer or decimal128)";
    static constexpr bool reads(physical kind) noexcept { return to_minor::reads(kind); }
    /// The double nearest to a decimal.
    [[nodiscard]] bool convert_decimal(wide_int unscaled, out& number) const noexcept;

    template <physical kind, class T> [[nodiscard]] bool convert(T value, out& number) const noexcept {
        if constexpr (is_floating(kind)) {
            number = static_cast<double>(value) + 0.0; // -0.0 becomes 0.0
            return is_finite(value);
        } else if constexpr (kind == physical::decimal128) {
            return convert_decimal(value, number);
        } else {
            number = static_cast<double>(value);
            constexpr std::int64_t exact = std::int64_t{1} << 53;
            if constexpr (sizeof(T) < 8)
                return true;
            else if constexpr (std::is_signed_v<T>)
                return value <= exact && value >= -exact;
            else
                return value <= static_cast<T>(exact);
        }
    }
    template <physical kind, class T> [[nodiscard]] cell_fault explain(T value) const {
        if constexpr (is_floating(kind))
            return {"data.nan", "a finite number", found_text(value)};
        else if constexpr (kind == physical::decimal128)
            return {"data.numeric_range", "a number that a double can hold", decimal_text(value, scale)};
        else
            return {"data.range", "a whole number of at most 2^53", found_text(value)};
    }
};

/// Whole numbers.
struct to_whole {
    using out = std::int64_t;
    std::int32_t scale = 0;
    static constexpr std::string_view expected = "a whole number (integer, or float or decimal128 without fraction)";
    static constexpr bool reads(physical kind) noexcept { return to_minor::reads(kind); }
    [[nodiscard]] bool convert_decimal(wide_int unscaled, out& number) const noexcept;

    template <physical kind, class T> [[nodiscard]] bool convert(T value, out& number) const noexcept {
        if constexpr (is_floating(kind)) {
            if (!(std::abs(value) <= T(0x1p53))) return false;
            number = static_cast<std::int64_t>(value);
            return static_cast<T>(number) == value;
        } else if constexpr (kind == physical::decimal128) {
            return convert_decimal(value, number);
        } else {
            number = static_cast<std::int64_t>(value);
            if constexpr (std::is_same_v<T, std::uint64_t>)
                return value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
            else
                return true;
        }
    }
    template <physical kind, class T> [[nodiscard]] cell_fault explain(T value) const {
        if constexpr (is_floating(kind)) {
            if (!is_finite(value)) return {"data.nan", "a whole number", found_text(value)};
            return {"data.range", "a whole number of at most 2^53", found_text(value)};
        } else if constexpr (kind == physical::decimal128) {
            return {"data.range", "a whole number below 2^63", decimal_text(value, scale)};
        } else {
            return {"data.range", "a whole number below 2^63", found_text(value)};
        }
    }
};

/// Yes or no.
struct to_flag {
    using out = std::uint8_t;
    static constexpr std::string_view expected = "yes or no (bool, or an integer that is 0 or 1)";
    static constexpr bool reads(physical kind) noexcept { return kind == physical::boolean || is_whole_number(kind); }
    template <physical kind, class T> [[nodiscard]] bool convert(T value, out& flag) const noexcept {
        flag = static_cast<std::uint8_t>(value);
        if constexpr (kind == physical::boolean)
            return true;
        else
            return value == T{0} || value == T{1};
    }
    template <physical kind, class T> [[nodiscard]] cell_fault explain(T value) const {
        return {"data.range", "0 or 1", found_text(value)};
    }
};

} // namespace dualtrack::ingest
