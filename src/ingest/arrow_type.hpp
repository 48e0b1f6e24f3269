// The type of an Arrow column, read from its format string. Only the types that widen exactly to a cell of the data
// contract are told apart; the rest is known but not read, and anything else is malformed. Reference: Apache Arrow,
// "The Arrow C data interface", format strings.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace dualtrack::ingest {

enum class physical : std::uint8_t {
    null,
    boolean,
    int8,
    uint8,
    int16,
    uint16,
    int32,
    uint32,
    int64,
    uint64,
    float16,
    float32,
    float64,
    decimal128,
    date32,
    date64,
    seconds,
    milliseconds,
    microseconds,
    nanoseconds,
    utf8,
    large_utf8,
    utf8_view,
    unread,    // a type of Arrow that no cell of the contract takes
    malformed, // no type of Arrow
};
inline constexpr std::array<std::string_view, 25> physical_words{"null",
                                                                 "bool",
                                                                 "int8",
                                                                 "uint8",
                                                                 "int16",
                                                                 "uint16",
                                                                 "int32",
                                                                 "uint32",
                                                                 "int64",
                                                                 "uint64",
                                                                 "float16",
                                                                 "float32",
                                                                 "float64",
                                                                 "decimal128",
                                                                 "date32",
                                                                 "date64",
                                                                 "timestamp in seconds",
                                                                 "timestamp in milliseconds",
                                                                 "timestamp in microseconds",
                                                                 "timestamp in nanoseconds",
                                                                 "utf8",
                                                                 "large_utf8",
                                                                 "utf8 view",
                                                                 "a type that is not read",
                                                                 "no type"};

struct arrow_type {
    physical kind = physical::malformed;
    std::int32_t scale = 0; // decimal128
    std::string_view zone;  // timestamps; points into the format string
    std::string_view format;
};

inline constexpr std::size_t longest_format = 4096;

/// Reads a format string; NULL, and what runs on for longer than longest_format, is malformed.
[[nodiscard]] arrow_type read_format(const char* format) noexcept;

[[nodiscard]] constexpr bool is_text(physical kind) noexcept {
    return kind == physical::utf8 || kind == physical::large_utf8 || kind == physical::utf8_view;
}
[[nodiscard]] constexpr bool is_whole_number(physical kind) noexcept {
    return kind >= physical::int8 && kind <= physical::uint64;
}
[[nodiscard]] constexpr bool is_floating(physical kind) noexcept {
    return kind >= physical::float16 && kind <= physical::float64;
}
[[nodiscard]] constexpr bool is_timestamp(physical kind) noexcept {
    return kind >= physical::seconds && kind <= physical::nanoseconds;
}

/// Bytes of one value in the data buffer; 0 for null, bool and text.
[[nodiscard]] std::int64_t value_bytes(physical kind) noexcept;

/// The type as a message names it: "int64", "decimal128", "dictionary of utf8", or the format string itself.
[[nodiscard]] std::string type_text(const arrow_type& type);

} // namespace dualtrack::ingest
