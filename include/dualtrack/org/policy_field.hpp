// Every field of the policy, once: its place, kind, unit, bounds, meaning, and what its default rests on. The parser,
// the canonical JSON, the JSON Schema and the documentation all walk this table; nothing else lists the fields. The
// default is what a fresh `policy` holds.
// Grades: A peer-reviewed, full text checked; B peer-reviewed, abstract or secondary; C practitioner; J judgement of
// this project; standard: a rule of an outside standard. A new field is a member of the struct and a row here.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/describe.hpp>
#include <dualtrack/org/policy.hpp>

namespace dualtrack::org {

enum class field_kind : std::uint8_t { number, integer, boolean, choice, text, date, text_list, structured };
inline constexpr std::array<std::string_view, 8> field_kind_words{"number", "integer", "boolean",      "choice",
                                                                  "text",   "date",    "list of text", "structured"};

/// The value of any field. Nothing: null (a text or date that is not given). Choices are the index of their word, dates
/// days since 1970-01-01, structured values their canonical JSON.
using field_value = std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>>;

struct policy_field {
    std::string_view path; // JSON Pointer
    field_kind kind = field_kind::number;
    std::string_view unit;
    double low = 0, high = 0;                // numbers, integers: value; texts: bytes; lists: entries. Both inclusive
    std::span<const std::string_view> words; // choices only
    std::string_view text, source, grade, since;
    field_value (*get)(const policy&) = nullptr;
    void (*set)(policy&, const field_value&) = nullptr; // expects the alternative of the kind
    bool required = false;
};

struct policy_section {
    std::string_view name, text;
};

namespace detail {

template <auto... Member> struct place {
    static constexpr const auto& in(const policy& p) { return (p.*....*Member); }
    static constexpr auto& in(policy& p) { return (p.*....*Member); }
    using type = std::remove_cvref_t<decltype(in(std::declval<policy&>()))>;

    static field_value get(const policy& p) {
        if constexpr (std::is_enum_v<type>)
            return static_cast<std::int64_t>(in(p));
        else if constexpr (std::is_same_v<type, bool> || std::is_same_v<type, double>)
            return in(p);
        else if constexpr (std::is_integral_v<type>)
            return static_cast<std::int64_t>(in(p));
        else if constexpr (std::is_same_v<type, std::string>) {
            if (in(p).empty()) return std::monostate{};
            return in(p);
        } else
            return in(p);
    }
    static void set(policy& p, const field_value& value) {
        if constexpr (std::is_enum_v<type>)
            in(p) = static_cast<type>(std::get<std::int64_t>(value));
        else if constexpr (std::is_same_v<type, bool>)
            in(p) = std::get<bool>(value);
        else if constexpr (std::is_integral_v<type>)
            in(p) = static_cast<type>(std::get<std::int64_t>(value));
        else if constexpr (std::is_same_v<type, std::string>) {
            const auto* given = std::get_if<std::string>(&value);
            in(p) = given == nullptr ? std::string() : *given;
        } else
            in(p) = std::get<type>(value);
    }
    static field_value get_date(const policy& p) {
        if (in(p) == no_date) return std::monostate{};
        return static_cast<std::int64_t>(in(p));
    }
    static void set_date(policy& p, const field_value& value) {
        const auto* given = std::get_if<std::int64_t>(&value);
        in(p) = given == nullptr ? no_date : static_cast<std::int32_t>(*given);
    }
};

/// A row for the member at the end of the path of members; its kind follows from the member's type.
template <auto... Member>
constexpr policy_field field(std::string_view path, std::string_view unit, double low, double high,
                             std::string_view text, std::string_view source, std::string_view grade) {
    using type = typename place<Member...>::type;
    policy_field out{path,
                     field_kind::number,
                     unit,
                     low,
                     high,
                     {},
                     text,
                     source,
                     grade,
                     "0.1",
                     &place<Member...>::get,
                     &place<Member...>::set};
    if constexpr (std::is_same_v<type, bool>)
        out.kind = field_kind::boolean;
    else if constexpr (std::is_integral_v<type>)
        out.kind = field_kind::integer;
    else if constexpr (std::is_same_v<type, std::string>)
        out.kind = field_kind::text;
    else if constexpr (std::is_same_v<type, std::vector<std::string>>)
        out.kind = field_kind::text_list;
    return out;
}

template <auto... Member>
constexpr policy_field choice(std::string_view path, std::span<const std::string_view> words, std::string_view text,
                              std::string_view source, std::string_view grade) {
    static_assert(std::is_enum_v<typename place<Member...>::type>);
    return {path,
            field_kind::choice,
            unit::text,
            0,
            0,
            words,
            text,
            source,
            grade,
            "0.1",
            &place<Member...>::get,
            &place<Member...>::set};
}

template <auto... Member>
constexpr policy_field date(std::string_view path, std::string_view text, std::string_view source,
                            std::string_view grade) {
    return {path,
            field_kind::date,
            unit::date,
            calendar::first_iso_day,
            calendar::last_iso_day,
            {},
            text,
            source,
            grade,
            "0.1",
            &place<Member...>::get_date,
            &place<Member...>::set_date};
}

template <auto... Member>
constexpr policy_field structured(std::string_view path, double most_bytes, std::string_view text,
                                  std::string_view source, std::string_view grade) {
    policy_field out = field<Member...>(path, unit::text, 0, most_bytes, text, source, grade);
    out.kind = field_kind::structured;
    return out;
}

constexpr policy_field required(policy_field field) {
    field.required = true;
    return field;
}

} // namespace detail

} // namespace dualtrack::org
