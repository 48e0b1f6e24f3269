// Findings: what was doubtful but usable, said once a row, never silently mended. A finding names its table, column and
// row; at most 100 a code are listed, then one row `findings.truncated` carries the count of the rest.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/describe.hpp>

namespace dualtrack::org {

enum class severity : std::uint8_t { error, warning, note };
inline constexpr std::array<std::string_view, 3> severity_words{"error", "warning", "note"};

/// One row a finding, in input order.
struct findings_table {
    word_column severity;
    text_list code, table, column;
    dualtrack::column<std::int64_t> row, row_2;
    dualtrack::column<std::int64_t> count;
    text_list text;

    findings_table() : findings_table(std::pmr::get_default_resource()) {}
    explicit findings_table(std::pmr::memory_resource* memory)
        : severity(severity_words, memory), code(memory), table(memory), column(memory), row(memory), row_2(memory),
          count(memory), text(memory) {}
    [[nodiscard]] std::size_t size() const noexcept { return code.size(); }
};

inline constexpr std::int64_t findings_per_code = 100;

/// What a finding says; `row` and `row_2` are -1 where they mean nothing, `count` is how many rows it speaks for.
struct finding {
    severity level = severity::warning;
    std::string_view code;
    std::string_view table;
    std::string_view column;
    std::int64_t row = -1;
    std::int64_t row_2 = -1;
    std::int64_t count = 1;
    std::string text;
};

/// Appends one finding, keeping to the limit of rows a code.
inline void add_finding(findings_table& to, const finding& what) {
    std::int64_t listed = 0;
    std::size_t truncated = to.size();
    for (std::size_t i = 0; i < to.size(); ++i) {
        if (to.code[i] == what.code) ++listed;
        if (to.code[i] == "findings.truncated" && to.text[i] == what.code) truncated = i;
    }
    if (listed >= findings_per_code && truncated < to.size()) {
        to.count.value[truncated] += what.count;
        return;
    }
    const bool full = listed >= findings_per_code;
    const auto push_number = [](dualtrack::column<std::int64_t>& column, std::int64_t number) {
        push(column, number < 0 ? std::nullopt : std::optional(number));
    };
    to.severity.code.push_back(static_cast<std::uint8_t>(full ? severity::note : what.level));
    to.code.emplace_back(full ? std::string_view("findings.truncated") : what.code);
    to.table.emplace_back(what.table);
    to.column.emplace_back(full ? std::string_view() : what.column);
    push_number(to.row, full ? -1 : what.row);
    push_number(to.row_2, full ? -1 : what.row_2);
    push_number(to.count, what.count);
    to.text.emplace_back(full ? what.code : std::string_view(what.text));
}

/// Appends every finding of `from`.
inline void add_findings(findings_table& to, const findings_table& from) {
    const auto number = [](const dualtrack::column<std::int64_t>& column, std::size_t i) {
        return column.has(i) ? column.value[i] : std::int64_t{-1};
    };
    for (std::size_t i = 0; i < from.size(); ++i)
        add_finding(to, {static_cast<severity>(from.severity.code[i]), from.code[i], from.table[i], from.column[i],
                         number(from.row, i), number(from.row_2, i), number(from.count, i), std::string(from.text[i])});
}

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, findings_table>
void describe(Visitor& visit, Table& table) {
    visit.table("findings", "what was doubtful in the input but usable, or left out as the policy allows");
    visit.column("severity", unit::text, "error: a row was left out as the policy allows; warning; note",
                 table.severity);
    visit.column("code", unit::text, "stable code of the finding", table.code);
    visit.column("table", unit::text, "input table", table.table);
    visit.column("column", unit::text, "input column", table.column);
    visit.column("row", unit::count, "0-based input row, null when it concerns no single row", table.row);
    visit.column("row_2", unit::count, "a second row concerned", table.row_2);
    visit.column("count", unit::count, "how many rows it speaks for", table.count);
    visit.column("text", unit::text, "what was found, in a sentence", table.text);
}

} // namespace dualtrack::org
