// Numbers as the library writes them into sentences: the same characters under every locale.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace dualtrack {

/// Decimal digits of an integer.
[[nodiscard]] inline std::string integer_text(std::int64_t number) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number);
    return std::string(buffer, end.ptr);
}

/// Shortest decimal text that reads back to the same double.
[[nodiscard]] inline std::string number_text(double number) {
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number);
    return std::string(buffer, end.ptr);
}

/// A number with a fixed count of decimals, for sentences people read.
[[nodiscard]] inline std::string fixed_text(double number, int decimals) {
    char buffer[400];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed, decimals);
    return std::string(buffer, end.ptr);
}

/// A share as whole per cent.
[[nodiscard]] inline std::string percent_text(double share) {
    return fixed_text(100.0 * share, 0) + " %";
}

/// A probability as whole per cent; what is not certain never reads as certain.
[[nodiscard]] inline std::string probability_text(double probability) {
    if (probability > 0.0 && probability < 0.005) return "under 1 %";
    if (probability > 0.995 && probability < 1.0) return "over 99 %";
    return percent_text(probability);
}

/// A word of the data contract as people write it: `quota_relief` is "quota relief".
[[nodiscard]] inline std::string plain_text(std::string_view word) {
    std::string out(word);
    std::replace(out.begin(), out.end(), '_', ' ');
    return out;
}

/// Minor units as currency units: whole amounts without decimals, others with two.
[[nodiscard]] inline std::string money_text(std::int64_t minor) {
    const bool negative = minor < 0;
    const std::uint64_t magnitude =
        negative ? 0U - static_cast<std::uint64_t>(minor) : static_cast<std::uint64_t>(minor);
    std::string text = negative ? "-" : "";
    text += integer_text(static_cast<std::int64_t>(magnitude / 100U));
    if (const std::uint64_t cents = magnitude % 100U; cents != 0) {
        text += '.';
        text += static_cast<char>('0' + cents / 10U);
        text += static_cast<char>('0' + cents % 10U);
    }
    return text;
}

} // namespace dualtrack
