#include "report/policy.hpp"

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/json_text.hpp>

#include "report/canonical_json.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

namespace dualtrack::report {
namespace {

using org::field_kind;
using org::policy_field;

json_value value_of(const policy_field& field, const org::policy& policy) {
    const org::field_value value = field.get(policy);
    if (std::holds_alternative<std::monostate>(value)) return {};
    switch (field.kind) {
    case field_kind::number: return std::get<double>(value);
    case field_kind::integer: return std::get<std::int64_t>(value);
    case field_kind::boolean: return std::get<bool>(value);
    case field_kind::choice: return field.words[static_cast<std::size_t>(std::get<std::int64_t>(value))];
    case field_kind::text: return std::get<std::string>(value);
    case field_kind::date:
        return calendar::format_iso_date(static_cast<std::int32_t>(std::get<std::int64_t>(value))).view();
    case field_kind::text_list: {
        json_value::list texts;
        for (const std::string& text : std::get<std::vector<std::string>>(value)) texts.emplace_back(text);
        return texts;
    }
    case field_kind::structured: break;
    }
    return canonical_text{std::get<std::string>(value)};
}

/// Calls f(word, is_last) for the words of a JSON Pointer.
template <class F>
void for_words(std::string_view path, F&& f) {
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t slash = std::min(path.find('/'), path.size());
        f(path.substr(0, slash), slash == path.size());
        path.remove_prefix(slash);
    }
}

json_value schema_of(const policy_field& field) {
    json_value out;
    const auto type_or_null = [&](std::string_view type) {
        if (field.required) out["type"] = type;
        else out["type"] = json_value::list{type, "null"};
    };
    switch (field.kind) {
    case field_kind::number:
    case field_kind::integer:
        out["type"] = field.kind == field_kind::number ? "number" : "integer";
        out["minimum"] = field.low;
        out["maximum"] = field.high;
        break;
    case field_kind::boolean: out["type"] = "boolean"; break;
    case field_kind::choice: {
        out["type"] = "string";
        json_value::list words(field.words.begin(), field.words.end());
        out["enum"] = std::move(words);
        break;
    }
    case field_kind::text:
        type_or_null("string");
        out["minLength"] = 1;
        out["maxLength"] = field.high;
        break;
    case field_kind::date:
        type_or_null("string");
        out["format"] = "date";
        break;
    case field_kind::text_list: {
        json_value text;
        text["type"] = "string";
        out["type"] = "array";
        out["items"] = std::move(text);
        out["minItems"] = field.low;
        out["maxItems"] = field.high;
        break;
    }
    case field_kind::structured: break;
    }
    out["description"] = field.text;
    out["default"] = value_of(field, org::policy());
    out["x-unit"] = field.unit;
    out["x-source"] = field.source;
    out["x-grade"] = field.grade;
    out["x-since"] = field.since;
    return out;
}

}  // namespace

std::string policy_json(const org::policy& policy, std::span<const policy_field> fields) {
    json_value out;
    for (const policy_field& field : fields) {
        json_value* place = &out;
        for_words(field.path, [&](std::string_view word, bool) { place = &(*place)[word]; });
        *place = value_of(field, policy);
    }
    return canonical_json(out);
}

std::string policy_schema(std::span<const policy_field> fields) {
    json_value out;
    out["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    out["title"] = "dualtrack policy";
    out["type"] = "object";
    out["additionalProperties"] = false;
    json_value::list required;
    for (const policy_field& field : fields) {
        json_value* place = &out;
        for_words(field.path, [&](std::string_view word, bool is_last) {
            place = &(*place)["properties"][word];
            if (is_last) return;
            (*place)["type"] = "object";
            (*place)["additionalProperties"] = false;
            for (const org::policy_section& section : org::policy_sections)
                if (section.name == word) (*place)["description"] = section.text;
        });
        *place = schema_of(field);
        if (field.required) required.emplace_back(field.path.substr(1));
    }
    out["required"] = std::move(required);
    return canonical_json(out);
}

std::string policy_table_markdown(std::span<const policy_field> fields) {
    std::string out = "| field | default | bounds | unit | meaning | source | grade | since |\n"
                      "|---|---|---|---|---|---|---|---|\n";
    const auto cell = [&](std::string_view text) {
        out.append("| ");
        for (const char c : text) {
            if (c == '|') out.push_back('\\');
            out.push_back(c);
        }
        out.push_back(' ');
    };
    for (const policy_field& field : fields) {
        std::string path("`");
        path.append(field.path).push_back('`');
        cell(path);
        cell(field.required ? std::string("required") : canonical_json(value_of(field, org::policy())));
        std::string bounds;
        for (std::size_t i = 0; i < field.words.size(); ++i) bounds.append(i == 0 ? "" : ", ").append(field.words[i]);
        const bool has_range = field.kind == field_kind::number || field.kind == field_kind::integer;
        if (has_range) {
            append_json_number(bounds, field.low);
            bounds.append(" to ");
            append_json_number(bounds, field.high);
        }
        cell(bounds);
        cell(field.unit);
        cell(field.text);
        cell(field.source);
        cell(field.grade);
        cell(field.since);
        out.append("|\n");
    }
    return out;
}

}  // namespace dualtrack::report
