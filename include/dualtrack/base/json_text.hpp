// How text and numbers are written in JSON, so that one value has one spelling: RFC 8785 (JSON Canonicalization
// Scheme), which takes over how ECMAScript prints numbers. A double prints as the shortest digits that read back to it:
//     0.1 -> 0.1     1e21 -> 1e+21     1e-7 -> 1e-7     333333333.33333329 -> 333333333.3333333     -0.0 -> 0
// Reference: RFC 8785 3.2.2; ECMA-262, Number::toString.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dualtrack {

/// Decimal digits of an integer.
template <class String>
void append_integer(String& to, std::int64_t value) {
    std::array<char, 24> digits{};
    const auto done = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    to.append(digits.data(), static_cast<std::size_t>(done.ptr - digits.data()));
}

/// A finite double as ECMAScript prints it. @pre value is finite
template <class String>
void append_json_number(String& to, double value) {
    if (value == 0) {
        to.push_back('0');
        return;
    }
    if (value < 0) {
        to.push_back('-');
        value = -value;
    }
    // Shortest digits "d.ddde+xx", taken apart into the digits and the place of the point.
    std::array<char, 32> text{};
    const auto done = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
    const std::string_view scientific(text.data(), static_cast<std::size_t>(done.ptr - text.data()));
    const std::size_t mark = scientific.find('e');
    std::array<char, 24> digit{};
    int n_digits = 0;
    for (std::size_t i = 0; i < mark; ++i)
        if (scientific[i] != '.') digit[static_cast<std::size_t>(n_digits++)] = scientific[i];
    const std::size_t sign = scientific[mark + 1] == '+' ? 1 : 0;
    int exponent = 0;
    std::from_chars(scientific.data() + mark + 1 + sign, scientific.data() + scientific.size(), exponent);

    const auto append = [&](int from, int until) {
        to.append(digit.data() + from, static_cast<std::size_t>(until - from));
    };
    const auto zeros = [&](int count) {
        for (int i = 0; i < count; ++i) to.push_back('0');
    };
    const int point = exponent + 1;  // digits before the point
    if (n_digits <= point && point <= 21) {
        append(0, n_digits);
        zeros(point - n_digits);
    } else if (0 < point && point <= 21) {
        append(0, point);
        to.push_back('.');
        append(point, n_digits);
    } else if (-6 < point && point <= 0) {
        to.append("0.");
        zeros(-point);
        append(0, n_digits);
    } else {
        append(0, 1);
        if (n_digits > 1) {
            to.push_back('.');
            append(1, n_digits);
        }
        to.push_back('e');
        to.push_back(exponent < 0 ? '-' : '+');
        append_integer(to, exponent < 0 ? -exponent : exponent);
    }
}

/// A text in quotes; only what must be escaped is. @pre UTF-8
template <class String>
void append_json_text(String& to, std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    to.push_back('"');
    std::size_t plain = 0;  // start of what needs no escape
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        to.append(text.data() + plain, i - plain);
        plain = i + 1;
        to.push_back('\\');
        switch (c) {
        case '"': to.push_back('"'); break;
        case '\\': to.push_back('\\'); break;
        case '\b': to.push_back('b'); break;
        case '\t': to.push_back('t'); break;
        case '\n': to.push_back('n'); break;
        case '\f': to.push_back('f'); break;
        case '\r': to.push_back('r'); break;
        default:
            to.append("u00");
            to.push_back(hex[c >> 4U]);
            to.push_back(hex[c & 15U]);
        }
    }
    to.append(text.data() + plain, text.size() - plain);
    to.push_back('"');
}

namespace detail {
/// The character at a place of UTF-8 text; moves the place on. @pre UTF-8, at < text.size()
constexpr char32_t next_character(std::string_view text, std::size_t& at) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
    const char32_t lead = byte(at);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t out = size == 1 ? lead : lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size && at + i < text.size(); ++i) out = (out << 6U) | (byte(at + i) & 0x3FU);
    at += size;
    return out;
}
}  // namespace detail

/// The order of keys in canonical JSON: by UTF-16 code units, so a character beyond U+FFFF comes before U+E000..U+FFFF.
/// @pre UTF-8
[[nodiscard]] constexpr bool canonical_key_less(std::string_view a, std::string_view b) noexcept {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        const char32_t left = detail::next_character(a, i);
        const char32_t right = detail::next_character(b, j);
        if (left == right) continue;
        if ((left > 0xFFFF) == (right > 0xFFFF)) return left < right;
        return left > 0xFFFF ? right >= 0xE000 : left < 0xD800;
    }
    return i >= a.size() && j < b.size();
}

}  // namespace dualtrack
