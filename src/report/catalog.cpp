#include "report/catalog.hpp"

#include "report/canonical_json.hpp"

#include <array>
#include <utility>
#include <variant>

namespace dualtrack::report {
namespace {

json_value texts(std::span<const std::string_view> words) {
    return json_value::list(words.begin(), words.end());
}

json_value table_json(const table_view& table) {
    json_value out;
    out["name"] = table.name;
    out["meaning"] = table.meaning;
    json_value::list columns;
    for (const column_view& column : table.columns) {
        json_value each;
        each["name"] = column.name;
        each["type"] = arrow_type_word(column.data);
        each["unit"] = column.unit;
        each["meaning"] = column.meaning;
        if (const auto* words = std::get_if<const word_column*>(&column.data)) each["values"] = texts((*words)->words);
        columns.push_back(std::move(each));
    }
    out["columns"] = std::move(columns);
    return out;
}

json_value analysis_json(const analysis_description& analysis) {
    json_value out;
    out["name"] = analysis.name;
    out["meaning"] = analysis.meaning;
    json_value::list needs;
    for (const auto& tables : analysis.needs) needs.push_back(texts(tables));
    out["needs"] = std::move(needs);
    out["reads"] = texts(analysis.reads);
    json_value::list tables;
    for (const table_view& table : analysis.tables) tables.push_back(table_json(table));
    out["tables"] = std::move(tables);
    return out;
}

json_value input_json(const input_description& table) {
    json_value out;
    out["name"] = table.name;
    out["meaning"] = table.meaning;
    json_value::list columns;
    for (const input_column_description& column : table.columns) {
        json_value each;
        each["name"] = column.name;
        each["kind"] = column.kind;
        each["required"] = column.required;
        each["meaning"] = column.meaning;
        if (!column.words.empty()) each["values"] = texts(column.words);
        columns.push_back(std::move(each));
    }
    out["columns"] = std::move(columns);
    return out;
}

}  // namespace

std::string_view arrow_type_word(const column_pointer& column) noexcept {
    constexpr std::array<std::string_view, std::variant_size_v<column_pointer>> words{
        "utf8", "float64", "date32", "bool", "utf8", "utf8", "utf8", "utf8", "float64", "int64"};
    return words[column.index()];
}

std::string catalog_json(std::string_view library_version, std::span<const analysis_description> analyses,
                         std::span<const input_description> inputs) {
    json_value out;
    out["version"] = library_version;
    json_value::list analysis_list;
    for (const analysis_description& analysis : analyses) analysis_list.push_back(analysis_json(analysis));
    out["analyses"] = std::move(analysis_list);
    json_value::list input_list;
    for (const input_description& table : inputs) input_list.push_back(input_json(table));
    out["inputs"] = std::move(input_list);
    return canonical_json(out);
}

}  // namespace dualtrack::report
