// What a backtest tells: how each rule of promotion would have done, case by case what was on record and what came of
// it, and the coefficients of a company's own history, ready to be put into its policy.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <dualtrack/base/describe.hpp>

namespace dualtrack::estimate {

enum class backtest_policy_word : std::uint8_t {
    top_seller,
    seniority,
    readiness,
    predicted_effect,
    random,
    as_decided
};
inline constexpr std::size_t n_backtest_policies = 6;
inline constexpr std::array<std::string_view, n_backtest_policies> backtest_policy_words{
    "top_seller", "seniority", "readiness", "predicted_effect", "random", "as_decided"};
inline constexpr std::size_t n_backtest_metrics = 4;
inline constexpr std::array<std::string_view, n_backtest_metrics> backtest_metric_words{"value_added", "lift",
                                                                                        "agreement", "predicted_lift"};

/// One row a policy and metric.
struct backtest_table {
    word_column policy, metric;
    column<double> value, low, high;
    column<std::int64_t> n;

    explicit backtest_table(std::pmr::memory_resource* memory)
        : policy(backtest_policy_words, memory), metric(backtest_metric_words, memory), value(memory), low(memory),
          high(memory), n(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, backtest_table>
void describe(Visitor& visit, Table& table) {
    visit.table("backtest", "how rules of promotion would have done on past vacancies");
    visit.column("policy", unit::text,
                 "who is chosen: the one who sold most, is longest there, is readiest, is predicted the best effect; "
                 "anybody; or whoever was chosen",
                 table.policy);
    visit.column("metric", unit::text,
                 "value_added of whom the rule chooses; lift: that less the value added of whom was chosen; agreement: "
                 "share of vacancies with the same choice; predicted_lift: lift by the fitted coefficients",
                 table.metric);
    visit.column("value", unit::log_points, "mean over the vacancies where it is known; agreement is a share",
                 table.value);
    visit.column(
        "low", unit::log_points,
        "lower end of the 95 % interval over vacancies and the errors of effects (predicted_lift: of coefficients); "
        "null where one vacancy is known, or a lift is of the same choices only",
        table.low);
    visit.column("high", unit::log_points, "upper end", table.high);
    visit.column("n", unit::count, "vacancies where it is known", table.n);
}

/// Why an effect is not known.
enum class case_status : std::uint8_t { ok, never_led, led_before, too_short, not_comparable };
inline constexpr std::array<std::string_view, 5> case_status_words{"ok", "never_led", "led_before", "too_short",
                                                                   "not_comparable"};

/// One row a past vacancy and candidate; by vacancy, then person.
struct backtest_cases_table {
    id_column vacancy_id, person_id;
    date_column decided;
    flag_column chosen;
    column<double> top_seller, seniority, readiness, predicted_effect;
    column<double> effect, se;
    word_column status;

    backtest_cases_table(const text_column& vacancies, const text_column& people, std::pmr::memory_resource* memory)
        : vacancy_id(vacancies, memory), person_id(people, memory), decided(memory), chosen(memory), top_seller(memory),
          seniority(memory), readiness(memory), predicted_effect(memory), effect(memory), se(memory),
          status(case_status_words, memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, backtest_cases_table>
void describe(Visitor& visit, Table& table) {
    visit.table("backtest_cases", "past candidates: what was on record the day before, and what came of it");
    visit.column("vacancy_id", unit::id, "the vacancy", table.vacancy_id);
    visit.column("person_id", unit::id, "the candidate", table.person_id);
    visit.column("decided", unit::date, "first day of the seat; nothing dated from then on is used for a score",
                 table.decided);
    visit.column("chosen", unit::flag, "got the seat", table.chosen);
    visit.column("top_seller", unit::log_points, "log sales against the market then", table.top_seller);
    visit.column("seniority", unit::days, "days since hired", table.seniority);
    visit.column("readiness", unit::standard_deviations, "readiness then", table.readiness);
    visit.column("predicted_effect", unit::log_points, "effect predicted then, with the policy's coefficients",
                 table.predicted_effect);
    visit.column("effect", unit::log_points,
                 "value added as a manager afterwards as a share of sales, not shrunk; null where not known",
                 table.effect);
    visit.column("se", unit::log_points, "its standard error", table.se);
    visit.column("status", unit::text,
                 "ok; never_led; led_before: led others before, so that effect is not of this decision; too_short; "
                 "not_comparable: not linked to the other managers by common sellers",
                 table.status);
}

/// One row a coefficient of the policy.
struct coefficients_table {
    text_list path;
    column<double> value, sd, low, high, in_policy;
    column<std::int64_t> n;

    explicit coefficients_table(std::pmr::memory_resource* memory)
        : path(memory), value(memory), sd(memory), low(memory), high(memory), in_policy(memory), n(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, coefficients_table>
void describe(Visitor& visit, Table& table) {
    visit.table("coefficients", "what the company's own history says of records, beside what its policy says");
    visit.column("path", unit::text, "place in the policy", table.path);
    visit.column("value", unit::log_points, "fitted", table.value);
    visit.column("sd", unit::log_points, "its standard error", table.sd);
    visit.column("low", unit::log_points, "lower end of its 95 % interval", table.low);
    visit.column("high", unit::log_points, "upper end", table.high);
    visit.column("in_policy", unit::log_points, "as the policy of this run has it", table.in_policy);
    visit.column("n", unit::count, "managers it was fitted on", table.n);
}

/// One row: the fragment, as JSON; none where too few managers can be compared.
struct policy_fragment_table {
    text_list json;
    explicit policy_fragment_table(std::pmr::memory_resource* memory) : json(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, policy_fragment_table>
void describe(Visitor& visit, Table& table) {
    visit.table("policy_fragment", "the fitted coefficients, to be merged into a policy");
    visit.column("json", unit::text, "JSON object with the member promotion", table.json);
}

} // namespace dualtrack::estimate
