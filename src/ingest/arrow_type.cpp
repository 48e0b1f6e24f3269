#include "ingest/arrow_type.hpp"

#include <charconv>
#include <optional>
#include <system_error>

#include "ingest/arrow_text.hpp"

namespace dualtrack::ingest {
namespace {

/// Takes a decimal integer off the front of the text.
std::optional<std::int32_t> take_number(std::string_view& text) noexcept {
    std::int32_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

/// "19,10" or "19,10,256" after "d:".
arrow_type read_decimal(std::string_view rest, arrow_type type) noexcept {
    const std::optional<std::int32_t> precision = take_number(rest);
    if (!precision || !rest.starts_with(',')) return type;
    rest.remove_prefix(1);
    const std::optional<std::int32_t> scale = take_number(rest);
    if (!scale || *scale < -1000 || *scale > 1000) return type;
    std::int32_t bits = 128;
    if (rest.starts_with(',')) {
        rest.remove_prefix(1);
        const std::optional<std::int32_t> given = take_number(rest);
        if (!given || (*given != 32 && *given != 64 && *given != 128 && *given != 256)) return type;
        bits = *given;
    }
    const std::int32_t widest = bits == 32 ? 9 : bits == 64 ? 18 : bits == 128 ? 38 : 76;
    if (!rest.empty() || *precision < 1 || *precision > widest) return type;
    type.kind = bits == 128 ? physical::decimal128 : physical::unread;
    type.scale = *scale;
    return type;
}

/// Whether the text is a list of small numbers such as "0,1,5" (type ids of a union), or empty.
bool is_number_list(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::optional<std::int32_t> number = take_number(text);
        if (!number || *number < 0 || *number > 127) return false;
        if (text.empty()) return true;
        if (text.front() != ',' || text.size() == 1) return false;
        text.remove_prefix(1);
    }
    return true;
}

bool is_width(std::string_view text) noexcept {
    const std::optional<std::int32_t> width = take_number(text);
    return width && *width >= 0 && text.empty();
}

physical read_single(char letter) noexcept {
    switch (letter) {
    case 'n':
        return physical::null;
    case 'b':
        return physical::boolean;
    case 'c':
        return physical::int8;
    case 'C':
        return physical::uint8;
    case 's':
        return physical::int16;
    case 'S':
        return physical::uint16;
    case 'i':
        return physical::int32;
    case 'I':
        return physical::uint32;
    case 'l':
        return physical::int64;
    case 'L':
        return physical::uint64;
    case 'e':
        return physical::float16;
    case 'f':
        return physical::float32;
    case 'g':
        return physical::float64;
    case 'u':
        return physical::utf8;
    case 'U':
        return physical::large_utf8;
    case 'z':
    case 'Z':
        return physical::unread;
    default:
        return physical::malformed;
    }
}

physical read_temporal(std::string_view text) noexcept {
    if (text == "tdD") return physical::date32;
    if (text == "tdm") return physical::date64;
    for (const std::string_view known : {"tts", "ttm", "ttu", "ttn", "tDs", "tDm", "tDu", "tDn", "tiM", "tiD", "tin"})
        if (text == known) return physical::unread;
    if (text.size() < 4 || !text.starts_with("ts") || text[3] != ':') return physical::malformed;
    switch (text[2]) {
    case 's':
        return physical::seconds;
    case 'm':
        return physical::milliseconds;
    case 'u':
        return physical::microseconds;
    case 'n':
        return physical::nanoseconds;
    default:
        return physical::malformed;
    }
}

physical read_nested(std::string_view text) noexcept {
    for (const std::string_view known : {"+l", "+L", "+vl", "+vL", "+s", "+m", "+r"})
        if (text == known) return physical::unread;
    if (text.starts_with("+w:") && is_width(text.substr(3))) return physical::unread;
    if ((text.starts_with("+ud:") || text.starts_with("+us:")) && is_number_list(text.substr(4)))
        return physical::unread;
    return physical::malformed;
}

} // namespace

arrow_type read_format(const char* format) noexcept {
    arrow_type type;
    if (format == nullptr) return type;
    const std::size_t length = bounded_length(format, longest_format);
    const std::string_view text(format, length);
    type.format = text;
    if (length == 0 || length == longest_format) return type;
    if (length == 1) {
        type.kind = read_single(text.front());
    } else if (text == "vu") {
        type.kind = physical::utf8_view;
    } else if (text == "vz") {
        type.kind = physical::unread;
    } else if (text.starts_with("d:")) {
        return read_decimal(text.substr(2), type);
    } else if (text.starts_with("w:")) {
        type.kind = is_width(text.substr(2)) ? physical::unread : physical::malformed;
    } else if (text.front() == 't') {
        type.kind = read_temporal(text);
        if (is_timestamp(type.kind)) type.zone = text.substr(4);
    } else if (text.front() == '+') {
        type.kind = read_nested(text);
    }
    return type;
}

std::int64_t value_bytes(physical kind) noexcept {
    switch (kind) {
    case physical::int8:
    case physical::uint8:
        return 1;
    case physical::int16:
    case physical::uint16:
    case physical::float16:
        return 2;
    case physical::int32:
    case physical::uint32:
    case physical::float32:
    case physical::date32:
        return 4;
    case physical::int64:
    case physical::uint64:
    case physical::float64:
    case physical::date64:
    case physical::seconds:
    case physical::milliseconds:
    case physical::microseconds:
    case physical::nanoseconds:
        return 8;
    case physical::decimal128:
        return 16;
    default:
        return 0;
    }
}

std::string type_text(const arrow_type& type) {
    if (type.kind == physical::unread || type.kind == physical::malformed) return "format " + shown(type.format);
    return std::string(physical_words[static_cast<std::size_t>(type.kind)]);
}

} // namespace dualtrack::ingest
