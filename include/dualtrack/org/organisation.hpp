// The organisation: who was there when, who reported to whom, what they sold and with whom, what was expected and paid.
// It is built once by `ingest` from the tables of the data contract, checked wholly, and immutable afterwards; every
// analysis reads it. People are sorted by id, so a smaller index is a smaller id and every tie broken by index is
// broken by id. Whatever a policy has to judge (future dates, quotas at or below zero, managers nobody knows) is still
// in here, with its input row, so that the run that has the policy can refuse it or list it as a finding.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <dualtrack/base/column.hpp>

namespace dualtrack::org {

enum class deal_outcome : std::uint8_t { won, lost, open };
enum class credit_kind : std::uint8_t { revenue, overlay };
enum class part : std::uint8_t { seller, manager, mentor, specialist, executive };
enum class quota_scope : std::uint8_t { own, team };
enum class left_reason : std::uint8_t { resigned, dismissed, other, unknown };

// The words of tables.md, in the order of the enums above.
inline constexpr std::array<std::string_view, 3> outcome_words{"won", "lost", "open"};
inline constexpr std::array<std::string_view, 2> credit_kind_words{"revenue", "overlay"};
inline constexpr std::array<std::string_view, 5> part_words{"seller", "manager", "mentor", "specialist", "executive"};
inline constexpr std::array<std::string_view, 2> quota_scope_words{"own", "team"};
inline constexpr std::array<std::string_view, 3> left_reason_words{"resigned", "dismissed", "other"};
inline constexpr std::array<std::string_view, 15> activity_words{
    "one_to_one", "group_coaching", "deal_review",    "ride_along", "goal_setting",
    "evaluation", "mentoring",      "lead_shared",    "advice",     "recognition",
    "training",   "project_lead",   "acting_manager", "selling",    "admin"};
inline constexpr std::array<std::string_view, 8> rating_source_words{
    "self", "peer", "report", "manager", "panel", "interviewer", "assessment_centre", "test"};
inline constexpr std::array<std::string_view, 9> motive_words{"voice",       "giving_back", "sharing_skill",
                                                              "burnout",     "progress",    "money",
                                                              "recognition", "only_path",   "developing_people"};

/// One row a person, sorted by id. [n_people] each; an absent optional column is empty.
struct people_columns {
    text_column id;
    text_column name;              // may be empty
    vec<std::int32_t> hired;       // day, or no_date
    vec<std::int32_t> left;        // first day not employed, or no_date
    vec<std::uint8_t> left_reason; // org::left_reason
    category_column role;
    category_column market;
    vec<std::uint32_t> manager_now;    // person, or no_index
    vec<std::uint8_t> manager_unknown; // 1 = a manager id was given that no person has (see orphans)
    vec<std::int64_t> row;             // input row
};

/// Who reported to whom, half-open [start, end), sorted by (person, start); never overlapping for one person.
struct assignment_columns {
    vec<std::uint32_t> first; // assignments of person p: [first[p], first[p + 1]); [n_people + 1]
    vec<std::uint32_t> person;
    vec<std::uint32_t> manager; // or no_index: reports to nobody
    vec<std::int32_t> start;
    vec<std::int32_t> end; // or int32 max when open
    category_column role, team, market;
    vec<std::int64_t> row;
};

/// One row a deal, in input order: nothing that is computed may depend on that order.
struct deal_columns {
    text_column id;
    vec<std::uint32_t> owner;    // person
    vec<std::int64_t> amount;    // minor units of its currency, or no_money
    vec<std::uint32_t> currency; // row of `currencies`, or no_index; empty: no deal names one
    vec<std::int32_t> opened;    // or no_date; empty when absent
    vec<std::int32_t> closed;    // or no_date
    vec<std::uint8_t> outcome;   // org::deal_outcome
    category_column segment;
    text_column account_id;       // may be empty
    vec<std::int64_t> list_price; // minor units, or no_money; empty when absent
};

/// Who was credited with a deal: rows of deal d are [first[d], first[d + 1]), within it sorted by (kind, person).
struct credit_columns {
    vec<std::uint32_t> first; // [n_deals + 1]; empty when there is no table
    vec<std::uint32_t> person;
    vec<double> share;      // 0..1
    vec<std::uint8_t> kind; // org::credit_kind; empty: all revenue
};

/// Who worked on a deal: rows of deal d are [first[d], first[d + 1]), within it sorted by (person, part, joined).
struct participant_columns {
    vec<std::uint32_t> first; // [n_deals + 1]; empty when there is no table
    vec<std::uint32_t> person;
    vec<std::uint8_t> part;   // org::part; default seller
    vec<std::int32_t> joined; // or no_date
};

/// Totals by period for organisations without deals, and quotas: half-open [start, end), sorted by (person, start,
/// row).
struct period_columns {
    vec<std::uint32_t> person;
    vec<std::int32_t> start, end;
    vec<std::int64_t> amount;    // minor units of its currency
    vec<std::uint32_t> currency; // row of `currencies`, or no_index; empty: none named
    vec<std::uint8_t> scope;     // org::quota_scope; quotas only
    vec<std::int64_t> row;
};

struct activity_columns { // sorted by (actor, start, kind, subject, deal, minutes)
    vec<std::uint32_t> actor;
    vec<std::uint32_t> subject; // or no_index
    vec<std::uint32_t> deal;    // row of deals, or no_index
    vec<std::uint8_t> kind;     // index into activity_words
    vec<std::int32_t> start;
    column<double> minutes;
    vec<std::int64_t> row;
};

inline constexpr double score_units = 1073741824.0; // 2^30

struct rating_columns {       // by person, rows of one person in input order
    vec<std::uint32_t> first; // ratings of person p: [first[p], first[p + 1])
    vec<std::uint32_t> rater; // or no_index
    vec<std::uint32_t> score; // of its scale, in 2^-30: exact sums, in any order
    vec<std::int32_t> date;
    vec<std::uint16_t> kind;  // what is rated and in which capacity, in one number: millions of rows are kept
    text_column competencies; // sorted, distinct
    vec<std::uint32_t> row;   // of the input; empty: as here

    static constexpr std::uint16_t n_sources = static_cast<std::uint16_t>(rating_source_words.size());
    static constexpr std::size_t most_competencies = 65536 / n_sources;
    /// Index into rating_source_words.
    [[nodiscard]] std::uint8_t source(std::size_t i) const noexcept {
        return static_cast<std::uint8_t>(kind[i] % n_sources);
    }
    /// Index into competencies.
    [[nodiscard]] std::size_t competency(std::size_t i) const noexcept { return kind[i] / n_sources; }
    [[nodiscard]] std::int64_t input_row(std::size_t i) const noexcept {
        return row.empty() ? static_cast<std::int64_t>(i) : std::int64_t{row[i]};
    }
};

struct answer_columns { // input order
    vec<std::uint32_t> person;
    category_column question;
    vec<double> score;              // 1..5
    vec<std::uint8_t> red_flag;     // 0, 1
    vec<std::uint32_t> interviewer; // or no_index
    vec<std::int32_t> date;
};

struct motive_columns { // input order
    vec<std::uint32_t> person;
    vec<std::uint8_t> motive; // index into motive_words
    vec<double> strength;     // 0..1
    vec<std::int32_t> date;
    vec<std::uint8_t> wants_management; // 0, 1, 2 = not said
};

struct pay_columns { // sorted by (person, start); yearly amounts, never overlapping for one person
    vec<std::uint32_t> person;
    vec<std::int32_t> start, end;      // end: int32 max when open
    vec<std::int64_t> base;            // minor units a year
    vec<std::int64_t> target_variable; // minor units a year, or no_money
    vec<std::int64_t> paid_variable;   // minor units paid in [start, end), or no_money
    vec<std::uint32_t> currency;
    vec<std::int64_t> row;
};

struct vacancy_columns { // sorted by id
    text_column id;
    category_column role, team;
    vec<std::uint32_t> manager; // or no_index
    vec<std::int32_t> opens;
    column<std::int64_t> reports;
    vec<std::uint32_t> filled_by; // or no_index
    vec<std::uint8_t> external;   // 0, 1
};

struct candidate_columns { // sorted by (vacancy, person)
    vec<std::uint32_t> vacancy, person;
    vec<std::uint8_t> interviewed, selected, consents; // 0, 1, 2 = not said
};

struct exchange_rate_columns {   // sorted by (currency, date)
    vec<std::uint32_t> currency; // row of `currencies`
    vec<std::int32_t> date;
    vec<double> rate; // reporting currency for one unit
};

/// Direct input of value added: unit = seller, group = manager, sorted ids, rows in input order.
struct panel_columns {
    category_column unit, group;
    vec<std::int32_t> period;
    vec<double> value;
    column<double> weight;               // empty when absent
    vec<std::pmr::string> control_names; // x_*
    vec<vec<double>> controls;           // [n_controls][n_rows]
};

/// Manager ids that no person has: judged by the policy (error, or a finding).
struct orphan_columns {
    vec<std::uint8_t> table; // 0 people, 1 assignments, 2 vacancies
    vec<std::int64_t> row;
    vec<std::pmr::string> id;
};

struct organisation {
    people_columns people;
    assignment_columns assignments;
    deal_columns deals;
    credit_columns credits;
    participant_columns participants;
    period_columns sales, quotas;
    activity_columns activities;
    rating_columns ratings;
    answer_columns answers;
    motive_columns motives;
    pay_columns pay;
    vacancy_columns vacancies;
    candidate_columns candidates;
    exchange_rate_columns exchange_rates;
    panel_columns panel;
    orphan_columns orphans;
    text_column currencies; // every currency code met, sorted

    // Which tables were given (a table with no rows was given).
    bool has_people = false, has_assignments = false, has_deals = false, has_credits = false, has_participants = false,
         has_sales = false, has_quotas = false, has_activities = false, has_ratings = false, has_answers = false,
         has_motives = false, has_pay = false, has_vacancies = false, has_candidates = false,
         has_exchange_rates = false, has_demographics = false, has_panel = false;

    [[nodiscard]] std::uint32_t n_people() const noexcept { return static_cast<std::uint32_t>(people.id.size()); }
    [[nodiscard]] std::uint32_t n_deals() const noexcept { return static_cast<std::uint32_t>(deals.id.size()); }
};

} // namespace dualtrack::org
