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
inline constexpr std::array<std::string_view, 8> field_kind_words{"number", "integer", "boolean", "choice",
                                                                   "text",   "date",    "list of text", "structured"};

/// The value of any field. Nothing: null (a text or date that is not given). Choices are the index of their word, dates
/// days since 1970-01-01, structured values their canonical JSON.
using field_value = std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>>;

struct policy_field {
    std::string_view path;  // JSON Pointer
    field_kind kind = field_kind::number;
    std::string_view unit;
    double low = 0, high = 0;                 // numbers, integers: value; texts: bytes; lists: entries. Both inclusive
    std::span<const std::string_view> words;  // choices only
    std::string_view text, source, grade, since;
    field_value (*get)(const policy&) = nullptr;
    void (*set)(policy&, const field_value&) = nullptr;  // expects the alternative of the kind
    bool required = false;
};

struct policy_section {
    std::string_view name, text;
};

namespace detail {

template <auto... Member>
struct place {
    static constexpr const auto& in(const policy& p) { return (p.*....*Member); }
    static constexpr auto& in(policy& p) { return (p.*....*Member); }
    using type = std::remove_cvref_t<decltype(in(std::declval<policy&>()))>;

    static field_value get(const policy& p) {
        if constexpr (std::is_enum_v<type>) return static_cast<std::int64_t>(in(p));
        else if constexpr (std::is_same_v<type, bool> || std::is_same_v<type, double>) return in(p);
        else if constexpr (std::is_integral_v<type>) return static_cast<std::int64_t>(in(p));
        else if constexpr (std::is_same_v<type, std::string>) {
            if (in(p).empty()) return std::monostate{};
            return in(p);
        } else return in(p);
    }
    static void set(policy& p, const field_value& value) {
        if constexpr (std::is_enum_v<type>) in(p) = static_cast<type>(std::get<std::int64_t>(value));
        else if constexpr (std::is_same_v<type, bool>) in(p) = std::get<bool>(value);
        else if constexpr (std::is_integral_v<type>) in(p) = static_cast<type>(std::get<std::int64_t>(value));
        else if constexpr (std::is_same_v<type, std::string>) {
            const auto* given = std::get_if<std::string>(&value);
            in(p) = given == nullptr ? std::string() : *given;
        } else in(p) = std::get<type>(value);
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
    policy_field out{path, field_kind::number, unit, low, high, {}, text, source, grade, "0.1",
                     &place<Member...>::get, &place<Member...>::set};
    if constexpr (std::is_same_v<type, bool>) out.kind = field_kind::boolean;
    else if constexpr (std::is_integral_v<type>) out.kind = field_kind::integer;
    else if constexpr (std::is_same_v<type, std::string>) out.kind = field_kind::text;
    else if constexpr (std::is_same_v<type, std::vector<std::string>>) out.kind = field_kind::text_list;
    return out;
}

template <auto... Member>
constexpr policy_field choice(std::string_view path, std::span<const std::string_view> words, std::string_view text,
                              std::string_view source, std::string_view grade) {
    static_assert(std::is_enum_v<typename place<Member...>::type>);
    return {path,   field_kind::choice, unit::text, 0,     0, words, text, source,
            grade, "0.1",              &place<Member...>::get, &place<Member...>::set};
}

template <auto... Member>
constexpr policy_field date(std::string_view path, std::string_view text, std::string_view source,
                            std::string_view grade) {
    return {path,   field_kind::date, unit::date, calendar::first_iso_day, calendar::last_iso_day, {}, text, source,
            grade, "0.1",            &place<Member...>::get_date, &place<Member...>::set_date};
}

constexpr policy_field required(policy_field field) {
    field.required = true;
    return field;
}

}  // namespace detail

inline constexpr std::array<policy_section, 4> policy_sections{{
    {"data", "what is done with input that is doubtful but usable"},
    {"seller", "how sellers and teams are measured"},
    {"performance", "how luck is taken out of sales"},
    {"pay", "how pay is compared"},
}};

inline constexpr auto policy_fields = std::to_array<policy_field>({
    detail::required(detail::field<&policy::version>(
        "/version", "version", 1, 1, "version of the policy format; the only one there is", "this project",
        "standard")),
    detail::date<&policy::as_of>(
        "/as_of",
        "the day the organisation is looked at: nothing after it is read; null: the last closing date of the data",
        "this project: a library without a clock gives the same result tomorrow", "J"),
    detail::field<&policy::currency>(
        "/currency", unit::text, 1, 16,
        "reporting currency as it is written in the tables; null: the only one there is", "ISO 4217", "standard"),
    detail::field<&policy::run_id>("/run_id", unit::text, 1, 256, "the caller's name for the run, kept in its record",
                                   "this project", "J"),
    detail::field<&policy::window_months>(
        "/window_months", unit::months, 1, 120, "how far back from as_of sales count",
        "Benson, Li, Shue 2019, QJE 134:2085: sales relative to the firm over 12 months", "A"),
    detail::field<&policy::fiscal_year_start_month>("/fiscal_year_start_month", "month of the year", 1, 12,
                                                    "first month of the fiscal year, for fiscal quarters",
                                                    "this project: the calendar year", "J"),
    detail::choice<&policy::data, &data_policy::nonpositive_quota>(
        "/data/nonpositive_quota", quota_rule_words,
        "a quota of zero or less: error refuses the run, exclude leaves the row out and lists it as a finding",
        "this project: nothing is mended silently", "J"),
    detail::choice<&policy::data, &data_policy::orphan_manager>(
        "/data/orphan_manager", orphan_rule_words,
        "a manager id that no person has: error refuses the run, finding goes on without that manager",
        "this project: exports often lack people who left", "J"),
    detail::choice<&policy::data, &data_policy::future_dated>(
        "/data/future_dated", future_rule_words,
        "rows dated after as_of: exclude leaves them out and lists them as findings, error refuses the run",
        "this project: a decision must not know its future", "J"),
    detail::field<&policy::data, &data_policy::maximum_attainment>(
        "/data/maximum_attainment", unit::ratio, 0.1, 1000, "attainment above it is listed as a finding",
        "this project: five times the quota is more often a wrong quota than a right sale", "J"),
    detail::choice<&policy::data, &data_policy::over_maximum>(
        "/data/over_maximum", maximum_rule_words,
        "attainment above the maximum: keep reports it as it is, cap reports the maximum", "this project", "J"),
    detail::choice<&policy::seller, &seller_policy::team_period>(
        "/seller/team_period", team_period_words, "period of a row of the table teams; quarters are fiscal",
        "this project: teams are reviewed by the quarter", "J"),
    detail::choice<&policy::seller, &seller_policy::group>(
        "/seller/group", peer_group_words, "with whom a seller is compared: people of the same market, or all",
        "this project: territories differ more than sellers do", "J"),
    detail::field<&policy::seller, &seller_policy::spread_evidence>(
        "/seller/spread_evidence", "log likelihood", 0, 20,
        "how much likelier sellers of a market must be to differ in win rate before they are told apart",
        "this project: a likelihood-ratio test at 5 % on the border of the parameter space", "J"),
    detail::field<&policy::seller, &seller_policy::regretted_probability>(
        "/seller/regretted_probability", unit::probability, 0, 1,
        "an exit is regretted from this probability on that the person was in the top share", "this project", "J"),
    detail::field<&policy::performance, &performance_policy::ramp_months>(
        "/performance/ramp_months", unit::months, 0, 24,
        "months until a new seller is expected to sell as much as the others, in even steps",
        "Bridge Group 2024 (secondary): 5 months, range 3-12", "C"),
    detail::field<&policy::performance, &performance_policy::top_share>(
        "/performance/top_share", unit::share, 0.01, 0.5,
        "the best share of sellers that probability_top_quartile speaks of", "this project: a quarter", "J"),
    detail::field<&policy::pay, &pay_policy::horizon_months>(
        "/pay/horizon_months", unit::months, 1, 60, "how far back pay that was really paid is looked at",
        "this project: one pay year", "J"),
    detail::field<&policy::pay, &pay_policy::manager_base_ratio>(
        "/pay/manager_base_ratio", unit::ratio, 0, 10,
        "base pay of a seat nobody holds, as a multiple of the candidate's",
        "Benson, Li, Shue 2019, QJE 134:2085, table I: managers to reps, derived", "A"),
    detail::field<&policy::pay, &pay_policy::manager_variable_ratio>(
        "/pay/manager_variable_ratio", unit::ratio, 0, 10,
        "target variable pay of a seat nobody holds, as a multiple of the candidate's",
        "Benson, Li, Shue 2019, QJE 134:2085, table I: median commission, managers to reps, derived", "A"),
});

}  // namespace dualtrack::org
