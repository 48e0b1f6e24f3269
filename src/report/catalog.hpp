// The catalog: what this library can be asked, what it needs for it, and what comes back, column by column with units
// and meanings. A host can build a form, a mapping or a documentation page from it without knowing a name beforehand.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/table_view.hpp"

namespace dualtrack::report {

struct analysis_description {
    std::string_view name, meaning;
    std::vector<std::vector<std::string_view>> needs;  // any one of these sets of input tables is enough
    std::vector<std::string_view> reads;               // further tables it looks at when they are there
    std::vector<table_view> tables;                    // result tables, of no rows
};

struct input_column_description {
    std::string_view name, kind, meaning;
    bool required = false;
    std::span<const std::string_view> words;  // the values of a word column
};

struct input_description {
    std::string_view name, meaning;
    std::vector<input_column_description> columns;
};

/// The Arrow type a result column leaves with: utf8, float64, date32, bool or int64.
[[nodiscard]] std::string_view arrow_type_word(const column_pointer& column) noexcept;

/// {"version", "analyses": [{"name", "meaning", "needs", "reads", "tables": [{"name", "meaning", "columns": [{"name",
/// "type", "unit", "meaning", "values"}]}]}], "inputs": [{"name", "meaning", "columns": [{"name", "kind", "required",
/// "meaning", "values"}]}]}, canonical.
[[nodiscard]] std::string catalog_json(std::string_view library_version,
                                       std::span<const analysis_description> analyses,
                                       std::span<const input_description> inputs);

}  // namespace dualtrack::report
