// A second reader of JSON, written from RFC 8259 alone and in another way (recursive, on code points), to compare with.
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace json_oracle {

struct value {
    char kind = '0';  // n null, t true, f false, i integer, r real, s string, k key, [ list, { object
    std::size_t byte = 0;
    std::string text;
    std::int64_t whole = 0;
    double real = 0;
};

struct reader {
    std::string_view s;
    std::size_t at = 0;
    std::vector<value> values;  // in the order of the text

    bool is(char c) const { return at < s.size() && s[at] == c; }
    void skip() {
        while (is(' ') || is('\t') || is('\n') || is('\r')) ++at;
    }
    bool word(std::string_view expected, char kind) {
        if (s.substr(at, expected.size()) != expected) return false;
        values.push_back({kind, at, {}, 0, 0});
        at += expected.size();
        return true;
    }
    std::size_t digits() {
        const std::size_t from = at;
        while (at < s.size() && s[at] >= '0' && s[at] <= '9') ++at;
        return at - from;
    }
    bool number() {
        value v{'i', at, {}, 0, 0};
        if (is('-')) ++at;
        if (is('0')) ++at;
        else if (digits() == 0) return false;
        if (is('.')) {
            v.kind = 'r';
            ++at;
            if (digits() == 0) return false;
        }
        if (is('e') || is('E')) {
            v.kind = 'r';
            ++at;
            if (is('+') || is('-')) ++at;
            if (digits() == 0) return false;
        }
        const std::string text(s.substr(v.byte, at - v.byte));
        if (v.kind == 'i') {
            errno = 0;
            v.whole = std::strtoll(text.c_str(), nullptr, 10);
            if (errno == ERANGE) return false;
        } else {
            v.real = std::strtod(text.c_str(), nullptr);
            const std::string mantissa = text.substr(0, text.find_first_of("eE"));
            if (v.real == 0 && mantissa.find_first_of("123456789") != std::string::npos) return false;
            if (v.real - v.real != 0) return false;
            if (v.real == 0) v.real = 0;
        }
        values.push_back(v);
        return true;
    }
    static void put(std::string& to, std::uint32_t c) {
        if (c < 0x80) to += static_cast<char>(c);
        else if (c < 0x800) {
            to += static_cast<char>(0xC0 | (c >> 6));
            to += static_cast<char>(0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            to += static_cast<char>(0xE0 | (c >> 12));
            to += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
            to += static_cast<char>(0x80 | (c & 0x3F));
        } else {
            to += static_cast<char>(0xF0 | (c >> 18));
            to += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
            to += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
            to += static_cast<char>(0x80 | (c & 0x3F));
        }
    }
    bool hex4(std::uint32_t& out) {
        out = 0;
        for (int i = 0; i < 4; ++i, ++at) {
            if (at >= s.size()) return false;
            const std::string_view all = "0123456789abcdefABCDEF";
            const std::size_t place = all.find(s[at]);
            if (place == std::string_view::npos) return false;
            out = out * 16 + static_cast<std::uint32_t>(place < 16 ? place : place - 6);
        }
        return true;
    }
    /// One code point of UTF-8 that decodes and encodes back to the same bytes.
    bool character(std::string& to) {
        const auto lead = static_cast<unsigned char>(s[at]);
        const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (lead >= 0x80 && lead < 0xC0) return false;
        if (lead >= 0xF8 || at + size > s.size()) return false;
        std::uint32_t c = size == 1 ? lead : size == 2 ? lead & 0x1FU : size == 3 ? lead & 0x0FU : lead & 0x07U;
        for (std::size_t i = 1; i < size; ++i) {
            const auto next = static_cast<unsigned char>(s[at + i]);
            if (next < 0x80 || next > 0xBF) return false;
            c = c * 64 + (next - 0x80U);
        }
        if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return false;
        std::string back;
        put(back, c);
        if (back != s.substr(at, size)) return false;
        to += back;
        at += size;
        return true;
    }
    bool string(char kind) {
        if (!is('"')) return false;
        value v{kind, at, {}, 0, 0};
        for (++at; !is('"');) {
            if (at >= s.size() || static_cast<unsigned char>(s[at]) < 0x20) return false;
            if (!is('\\')) {
                if (!character(v.text)) return false;
                continue;
            }
            ++at;
            if (at >= s.size()) return false;
            const char c = s[at++];
            const std::string_view from = "\"\\/bfnrt";
            const std::string_view to = "\"\\/\b\f\n\r\t";
            if (c != 'u') {
                if (from.find(c) == std::string_view::npos) return false;
                v.text += to[from.find(c)];
                continue;
            }
            std::uint32_t first = 0;
            if (!hex4(first) || (first >= 0xDC00 && first <= 0xDFFF)) return false;
            if (first >= 0xD800 && first <= 0xDBFF) {
                std::uint32_t second = 0;
                if (s.substr(at, 2) != "\\u") return false;
                at += 2;
                if (!hex4(second) || second < 0xDC00 || second > 0xDFFF) return false;
                first = 0x10000 + (first - 0xD800) * 0x400 + (second - 0xDC00);
            }
            put(v.text, first);
        }
        ++at;
        values.push_back(v);
        return true;
    }
    bool any(int depth) {
        skip();
        if (at >= s.size()) return false;
        switch (s[at]) {
        case 'n': return word("null", 'n');
        case 't': return word("true", 't');
        case 'f': return word("false", 'f');
        case '"': return string('s');
        case '[':
        case '{': break;
        default: return number();
        }
        if (depth == 0) return false;
        const bool object = s[at] == '{';
        const char close = object ? '}' : ']';
        values.push_back({s[at++], at - 1, {}, 0, 0});
        values.back().byte = at - 1;
        std::set<std::string> keys;
        skip();
        if (is(close)) {
            ++at;
            return true;
        }
        for (;;) {
            if (object) {
                skip();
                if (!string('k') || !keys.insert(values.back().text).second) return false;
                skip();
                if (!is(':')) return false;
                ++at;
            }
            if (!any(depth - 1)) return false;
            skip();
            if (is(close)) break;
            if (!is(',')) return false;
            ++at;
        }
        ++at;
        return true;
    }
};

/// Whether a text is JSON as the library takes it, with all its values.
inline bool read(std::string_view text, std::vector<value>* out = nullptr) {
    reader r{text, 0, {}};
    if (!r.any(64)) return false;
    r.skip();
    if (r.at != text.size()) return false;
    if (out != nullptr) *out = std::move(r.values);
    return true;
}

}  // namespace json_oracle
