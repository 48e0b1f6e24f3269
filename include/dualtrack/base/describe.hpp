// One description of every result table. A table type has a free function
//     template <class Visitor, class Table> void describe(Visitor& visit, Table& table)
// found by argument-dependent lookup, that calls `visit.column(name, unit, meaning, table.member)` once a column, in
// output order, and `visit.table(name, meaning)` first. Arrow export, JSON export, the catalog and the documentation
// all walk this one description; nothing else lists the columns of a result.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <dualtrack/base/column.hpp>

namespace dualtrack {

/// Rows of another table by index, shown to the host as that table's ids (utf8).
struct id_column {
    vec<std::uint32_t> index;         // row of `ids`, or no_index
    const text_column* ids = nullptr; // outlives the result: it belongs to the organisation

    id_column() = default;
    id_column(const text_column& ids_in, std::pmr::memory_resource* memory) : index(memory), ids(&ids_in) {}
};

/// Amounts in minor units, shown as float64 in currency units.
struct money_column {
    vec<std::int64_t> minor; // or no_money
    money_column() = default;
    explicit money_column(std::pmr::memory_resource* memory) : minor(memory) {}
};

/// Days since 1970-01-01, shown as date32.
struct date_column {
    vec<std::int32_t> day; // or no_date
    date_column() = default;
    explicit date_column(std::pmr::memory_resource* memory) : day(memory) {}
};

/// Yes or no, or not known.
struct flag_column {
    vec<std::uint8_t> value; // 0, 1, or 2 = missing
    flag_column() = default;
    explicit flag_column(std::pmr::memory_resource* memory) : value(memory) {}
};

/// A word of a fixed list (a status, a decision), shown as utf8.
struct word_column {
    vec<std::uint8_t> code;                  // index into words, or 255 = missing
    std::span<const std::string_view> words; // static storage
    word_column() = default;
    word_column(std::span<const std::string_view> words_in, std::pmr::memory_resource* memory)
        : code(memory), words(words_in) {}
};

/// A category (market, role) passed through to the result, shown as utf8.
struct name_column {
    vec<std::uint32_t> code;            // row of `names`, or no_index
    const text_column* names = nullptr; // outlives the result
    name_column() = default;
    name_column(const text_column& names_in, std::pmr::memory_resource* memory) : code(memory), names(&names_in) {}
};

/// Free text made by the library (reasons, findings), shown as utf8.
using text_list = vec<std::pmr::string>;

// The other column kinds of a result are column<double> (float64) and column<std::int64_t> (int64).

/// Units of result columns, as the catalog prints them.
namespace unit {
inline constexpr std::string_view id = "id";
inline constexpr std::string_view text = "text";
inline constexpr std::string_view date = "date";
inline constexpr std::string_view currency = "currency";
inline constexpr std::string_view count = "count";
inline constexpr std::string_view share = "share";             // 0..1
inline constexpr std::string_view probability = "probability"; // 0..1
inline constexpr std::string_view ratio = "ratio";
inline constexpr std::string_view days = "days";
inline constexpr std::string_view months = "months";
inline constexpr std::string_view minutes = "minutes";
inline constexpr std::string_view log_points = "log points";
inline constexpr std::string_view standard_deviations = "standard deviations";
inline constexpr std::string_view flag = "yes/no";
} // namespace unit

} // namespace dualtrack
