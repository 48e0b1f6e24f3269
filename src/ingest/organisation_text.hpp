// The words of errors and findings: sentences put together from texts and numbers, without locale, and what was
// observed shown escaped and short.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/text.hpp>

namespace dualtrack::ingest {

inline constexpr std::size_t observed_bytes = 64; // of a cell, in a message

inline void append_text(std::string& to, std::string_view text) {
    to.append(text);
}

inline void append_text(std::string& to, std::integral auto number) {
    to.append(integer_text(static_cast<std::int64_t>(number)));
}
inline void append_text(std::string& to, double number) {
    to.append(number_text(number));
}

/// One sentence from its parts.
template <class... Parts> [[nodiscard]] std::string say(const Parts&... parts) {
    std::string text;
    (append_text(text, parts), ...);
    return text;
}

/// A cell as people read it: quoted, control characters escaped, cut after 64 bytes (never inside a character).
[[nodiscard]] inline std::string quoted(std::string_view cell) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "\"";
    std::size_t kept = cell.size();
    if (kept > observed_bytes) {
        kept = observed_bytes;
        while (kept > 0 && (static_cast<unsigned char>(cell[kept]) & 0xC0U) == 0x80U) --kept;
    }
    for (std::size_t i = 0; i < kept; ++i) {
        const auto byte = static_cast<unsigned char>(cell[i]);
        if (byte == '"' || byte == '\\') {
            text.push_back('\\');
            text.push_back(cell[i]);
        } else if (byte < 0x20U || byte == 0x7FU) {
            text.append("\\x");
            text.push_back(digits[byte >> 4U]);
            text.push_back(digits[byte & 15U]);
        } else {
            text.push_back(cell[i]);
        }
    }
    if (kept < cell.size()) text.append("...");
    text.push_back('"');
    return text;
}

/// A day as 2024-02-29; days outside the years 1 to 9999 as their number.
[[nodiscard]] inline std::string day_text(std::int32_t day) {
    const calendar::iso_date_text text = calendar::format_iso_date(day);
    return text.size == 0 ? say("day ", day) : std::string(text.view());
}

} // namespace dualtrack::ingest
