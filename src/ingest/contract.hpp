// The data contract as data: every input table and column by its fixed name, what a cell of it means to the business,
// and what kind of cell it is. The structural checks look at these columns alone, JSON rows get their types from here,
// and the catalog prints it. The order of the rows is the order in which errors are reported.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <dualtrack/org/organisation.hpp>

namespace dualtrack::ingest {

/// What a cell holds; the readers of table.hpp say which Arrow types widen to it.
enum class cell_kind : std::uint8_t { id, text, date, money, number, integer, flag, word, category };
inline constexpr std::array<std::string_view, 9> cell_kind_words{"id",      "text", "date", "money",   "number",
                                                                 "integer", "flag", "word", "category"};

/// One column of an input table. A name that ends in '*' stands for every column with that beginning.
struct contract_column {
    std::string_view name;
    cell_kind kind = cell_kind::text;
    bool is_required = false;
    std::string_view meaning;
    std::span<const std::string_view> words; // of a word column
    bool is_personal = false;                // its cells are never shown in a message
};

struct contract_table {
    std::string_view name, meaning;
    std::span<const contract_column> columns;
};

namespace contract {

using enum cell_kind;
inline constexpr bool required = true;
inline constexpr bool optional = false;
inline constexpr bool personal = true;

inline constexpr contract_column people[]{
    {"person_id", id, required, "who, the same id in every table", {}},
    {"name", text, optional, "as shown in reports; no result depends on it", {}, personal},
    {"hired", date, optional, "first day employed", {}},
    {"left", date, optional, "first day no longer employed", {}},
    {"left_reason", word, optional, "why the person left", org::left_reason_words, personal},
    {"role", category, optional, "the role now", {}},
    {"market", category, optional, "the market now", {}},
    {"manager_id", id, optional, "the manager now, used only where assignments say nothing", {}},
};
inline constexpr contract_column assignments[]{
    {"person_id", id, required, "who reported", {}},
    {"manager_id", id, optional, "to whom; null: to nobody", {}},
    {"start", date, required, "first day", {}},
    {"end", date, optional, "first day after; null: still so", {}},
    {"role", category, optional, "role in that time", {}},
    {"team", category, optional, "team in that time", {}},
    {"market", category, optional, "market in that time", {}},
};
inline constexpr contract_column deals[]{
    {"deal_id", id, required, "the deal", {}},
    {"owner_id", id, required, "the seller who owns it", {}},
    {"amount", money, optional, "value of the deal in its currency", {}},
    {"currency", category, optional, "currency code; null: the reporting currency", {}},
    {"opened", date, optional, "day it was opened", {}},
    {"closed", date, optional, "day it was won or lost", {}},
    {"outcome", word, required, "how it ended", org::outcome_words},
    {"segment", category, optional, "customer segment", {}},
    {"account_id", id, optional, "the customer", {}},
    {"list_price", money, optional, "value before discount", {}},
};
inline constexpr contract_column credits[]{
    {"deal_id", id, required, "the deal", {}},
    {"person_id", id, required, "who is credited", {}},
    {"share", number, required, "share of the amount, 0 to 1; revenue shares of a deal total 1", {}},
    {"kind", word, optional, "revenue, or overlay beside it; null: revenue", org::credit_kind_words},
};
inline constexpr contract_column participants[]{
    {"deal_id", id, required, "the deal", {}},
    {"person_id", id, required, "who worked on it", {}},
    {"part", word, optional, "in which part; null: seller", org::part_words},
    {"joined", date, optional, "first day on the deal", {}},
};
inline constexpr contract_column sales[]{
    {"person_id", id, required, "who sold", {}},
    {"start", date, required, "first day of the period", {}},
    {"end", date, required, "first day after the period", {}},
    {"amount", money, required, "sales in the period", {}},
    {"currency", category, optional, "currency code; null: the reporting currency", {}},
};
inline constexpr contract_column quotas[]{
    {"person_id", id, required, "whose quota", {}},
    {"start", date, required, "first day of the period", {}},
    {"end", date, required, "first day after the period", {}},
    {"amount", money, required, "quota of the period", {}},
    {"scope", word, optional, "own, or of the team led; null: own", org::quota_scope_words},
};
inline constexpr contract_column activities[]{
    {"actor_id", id, required, "who did it", {}},   {"subject_id", id, optional, "with or for whom", {}},
    {"deal_id", id, optional, "on which deal", {}}, {"kind", word, required, "what it was", org::activity_words},
    {"start", date, required, "on which day", {}},  {"minutes", number, optional, "how long", {}},
};
inline constexpr contract_column ratings[]{
    {"person_id", id, required, "who is rated", {}},
    {"rater_id", id, optional, "by whom", {}},
    {"source", word, required, "in which capacity", org::rating_source_words},
    {"competency", category, required, "what is rated", {}},
    {"score", number, required, "the rating", {}, personal},
    {"scale_min", number, required, "lowest rating of the scale", {}},
    {"scale_max", number, required, "highest rating of the scale", {}},
    {"date", date, required, "when", {}},
};
inline constexpr contract_column answers[]{
    {"person_id", id, required, "who was interviewed", {}},
    {"question", category, required, "question of the structured interview", {}},
    {"score", number, required, "anchored score, 1 to 5", {}, personal},
    {"red_flag", flag, optional, "a red flag of the anchors was met", {}, personal},
    {"interviewer_id", id, optional, "by whom", {}},
    {"date", date, required, "when", {}},
};
inline constexpr contract_column motives[]{
    {"person_id", id, required, "whose motive", {}},
    {"motive", word, required, "why the person would lead, stay or go", org::motive_words, personal},
    {"strength", number, required, "0 to 1", {}, personal},
    {"date", date, required, "when it was said", {}},
    {"wants_management", flag, optional, "wants to lead people", {}, personal},
};
inline constexpr contract_column pay[]{
    {"person_id", id, required, "whose pay", {}},
    {"start", date, required, "first day", {}},
    {"end", date, optional, "first day after; null: still so", {}},
    {"base", money, required, "base pay a year", {}, personal},
    {"target_variable", money, optional, "variable pay a year at target", {}, personal},
    {"paid_variable", money, optional, "variable pay paid in the period", {}, personal},
    {"currency", category, optional, "currency code; null: the reporting currency", {}},
};
inline constexpr contract_column vacancies[]{
    {"vacancy_id", id, required, "the seat", {}},
    {"role", category, required, "role of the seat", {}},
    {"team", category, optional, "team of the seat", {}},
    {"manager_id", id, optional, "to whom the seat reports", {}},
    {"opens", date, required, "first day of the seat", {}},
    {"reports", integer, optional, "how many people the seat leads", {}},
    {"filled_by", id, optional, "who got it", {}},
    {"external", flag, optional, "filled from outside", {}},
};
inline constexpr contract_column candidates[]{
    {"vacancy_id", id, required, "the seat", {}},
    {"person_id", id, required, "who stands for it", {}},
    {"interviewed", flag, optional, "was interviewed", {}},
    {"selected", flag, optional, "was chosen", {}},
    {"consents", flag, optional, "agrees to be considered", {}},
};
inline constexpr contract_column exchange_rates[]{
    {"currency", category, required, "currency code", {}},
    {"date", date, required, "from which day", {}},
    {"rate", number, required, "reporting currency for one unit", {}},
};
inline constexpr contract_column demographics[]{
    {"person_id", id, required, "who", {}},
    {"*", category, optional, "a protected attribute; nothing that scores or decides reads it", {}, personal},
};
inline constexpr contract_column panel[]{
    {"unit_id", category, required, "the seller", {}},         {"group_id", category, required, "the manager", {}},
    {"period", integer, required, "number of the period", {}}, {"value", number, required, "the outcome", {}},
    {"weight", number, optional, "weight of the row", {}},     {"x_*", number, optional, "a control", {}},
};

} // namespace contract

/// Every input table, in the order of the data contract.
inline constexpr std::array<contract_table, 17> contract_tables{{
    {"people", "one row a person", contract::people},
    {"assignments", "who reported to whom, when; half-open [start, end)", contract::assignments},
    {"deals", "one row a deal", contract::deals},
    {"credits", "who is credited with which share of a deal", contract::credits},
    {"participants", "who worked on a deal", contract::participants},
    {"sales", "totals by period, for organisations without deals", contract::sales},
    {"quotas", "what was expected of whom in a period", contract::quotas},
    {"activities", "coaching, helping and other work with people", contract::activities},
    {"ratings", "360s, interviews and assessments", contract::ratings},
    {"answers", "the structured interview", contract::answers},
    {"motives", "why people would lead, stay or go", contract::motives},
    {"pay", "base and variable pay in a period", contract::pay},
    {"vacancies", "seats to fill, and seats filled in the past", contract::vacancies},
    {"candidates", "who stands for which seat", contract::candidates},
    {"exchange_rates", "rates to the reporting currency", contract::exchange_rates},
    {"demographics", "protected attributes, kept from everything that scores or decides; no analysis reads them yet",
     contract::demographics},
    {"panel", "direct input of value_added", contract::panel},
}};

/// A table of the contract, or nullptr.
[[nodiscard]] constexpr const contract_table* find_contract_table(std::string_view table) noexcept {
    for (const contract_table& known : contract_tables)
        if (known.name == table) return &known;
    return nullptr;
}

/// The column of the contract that a column of that name is, or nullptr for one beyond the contract.
[[nodiscard]] constexpr const contract_column* find_contract_column(const contract_table& table,
                                                                    std::string_view column) noexcept {
    for (const contract_column& known : table.columns) {
        if (known.name == column) return &known;
        if (known.name.back() == '*' && column.starts_with(known.name.substr(0, known.name.size() - 1))) return &known;
    }
    return nullptr;
}

} // namespace dualtrack::ingest
