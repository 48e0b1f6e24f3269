#include <dualtrack/base/json_text.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

namespace {

using namespace dualtrack;

std::string number(double value) {
    std::string out;
    append_json_number(out, value);
    return out;
}
std::string text(std::string_view value) {
    std::string out;
    append_json_text(out, value);
    return out;
}

TEST(json_number, agrees_with_the_table_of_rfc_8785) {
    const std::pair<std::uint64_t, const char*> samples[]{
        {0x0000000000000000, "0"},
        {0x8000000000000000, "0"},
        {0x0000000000000001, "5e-324"},
        {0x8000000000000001, "-5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {0xffefffffffffffff, "-1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"},
        {0xc340000000000000, "-9007199254740992"},
        {0x4430000000000000, "295147905179352830000"},
        {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"},
        {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
        {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef4f, "999999999999999900000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x41b3de4355555553, "333333333.3333332"},
        {0x41b3de4355555554, "333333333.33333325"},
        {0x41b3de4355555555, "333333333.3333333"},
        {0x41b3de4355555556, "333333333.3333334"},
        {0x41b3de4355555557, "333333333.33333343"},
        {0xbecbf647612f3696, "-0.0000033333333333333333"},
        {0x43143ff3c1cb0959, "1424953923781206.2"},
    };
    for (const auto& [bits, expected] : samples) EXPECT_EQ(number(std::bit_cast<double>(bits)), expected);
}

TEST(json_number, prints_the_examples_of_rfc_8785) {
    EXPECT_EQ(number(333333333.33333329), "333333333.3333333");
    EXPECT_EQ(number(1E30), "1e+30");
    EXPECT_EQ(number(4.50), "4.5");
    EXPECT_EQ(number(2e-3), "0.002");
    EXPECT_EQ(number(0.000000000000000000000000001), "1e-27");
}

TEST(json_number, changes_form_where_ecmascript_does) {
    EXPECT_EQ(number(123456789012345680000.0), "123456789012345680000");
    EXPECT_EQ(number(1e20), "100000000000000000000");
    EXPECT_EQ(number(1e21), "1e+21");
    EXPECT_EQ(number(1.5e21), "1.5e+21");
    EXPECT_EQ(number(1e-6), "0.000001");
    EXPECT_EQ(number(1.5e-6), "0.0000015");
    EXPECT_EQ(number(1e-7), "1e-7");
    EXPECT_EQ(number(1.5e-7), "1.5e-7");
    EXPECT_EQ(number(0.1), "0.1");
    EXPECT_EQ(number(100), "100");
    EXPECT_EQ(number(-1234.5), "-1234.5");
    EXPECT_EQ(number(1e100), "1e+100");
}

TEST(json_number, reads_back_to_the_same_double_and_no_shorter_text_does) {
    std::mt19937_64 engine(1);
    char shorter[64];
    for (int i = 0; i < 50000; ++i) {
        const auto value = std::bit_cast<double>(engine());
        if (value - value != 0) continue;
        const std::string printed = number(value);
        ASSERT_EQ(std::strtod(printed.c_str(), nullptr), value) << printed;
        int n_digits = 0;
        for (const char c : printed.substr(0, printed.find('e')))
            if (c >= '0' && c <= '9' && (n_digits > 0 || c != '0')) ++n_digits;
        while (n_digits > 1 && value == 0) --n_digits;
        if (n_digits < 2 || n_digits > 17) continue;  // integers padded with zeros
        std::snprintf(shorter, sizeof shorter, "%.*e", n_digits - 2, value);
        const std::string digits = printed.substr(0, printed.find('e'));
        if (digits.back() == '0') continue;
        ASSERT_NE(std::strtod(shorter, nullptr), value) << printed << " " << shorter;
    }
}

TEST(json_number, prints_whole_numbers_to_the_last_digit) {
    std::string out;
    append_integer(out, INT64_MIN);
    out += ' ';
    append_integer(out, INT64_MAX);
    out += ' ';
    append_integer(out, 0);
    EXPECT_EQ(out, "-9223372036854775808 9223372036854775807 0");
}

TEST(json_text, escapes_what_must_be_escaped_and_nothing_else) {
    EXPECT_EQ(text(""), "\"\"");
    EXPECT_EQ(text("\xE2\x82\xAC$\x0F\nA'B\"\\\\\"/"), "\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
    EXPECT_EQ(text("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\"");
    EXPECT_EQ(text(std::string_view("\0\x1F", 2)), "\"\\u0000\\u001f\"");
    EXPECT_EQ(text("\x7F\xC2\x80\xE2\x80\xA8\xF0\x9F\x98\x80"), "\"\x7F\xC2\x80\xE2\x80\xA8\xF0\x9F\x98\x80\"");
}

TEST(json_text, escapes_every_control_character) {
    for (int c = 0; c < 0x20; ++c) {
        const std::string got = text(std::string(1, static_cast<char>(c)));
        EXPECT_EQ(got[1], '\\') << c;
    }
}

TEST(json_key, order_is_that_of_utf_16) {
    // RFC 8785 3.2.3: carriage return, "1", U+0080, o umlaut, euro, smiley (a surrogate pair), Hebrew dalet.
    const std::string_view sorted[]{"\r",           "1",               "\xC2\x80",    "\xC3\xB6",
                                    "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xEF\xAC\xB3"};
    for (std::size_t i = 0; i < std::size(sorted); ++i)
        for (std::size_t j = 0; j < std::size(sorted); ++j)
            EXPECT_EQ(canonical_key_less(sorted[i], sorted[j]), i < j) << i << " " << j;
    EXPECT_TRUE(canonical_key_less("", "a"));
    EXPECT_TRUE(canonical_key_less("a", "aa"));
    EXPECT_TRUE(canonical_key_less("A", "a"));
    EXPECT_FALSE(canonical_key_less("a", "a"));
    EXPECT_TRUE(canonical_key_less("\xF0\x90\x80\x80", "\xF0\x90\x80\x81"));  // both beyond U+FFFF
    EXPECT_TRUE(canonical_key_less("\xED\x9F\xBF", "\xF0\x90\x80\x80"));      // U+D7FF before a pair
    EXPECT_FALSE(canonical_key_less("\xEE\x80\x80", "\xF4\x8F\xBF\xBF"));     // U+E000 after any pair
}

}  // namespace
