// The building site of an organisation. Every table is taken in three steps, each for all tables before the next, so
// that of several faults always the same one is reported: its columns are there (schema), its cells and rows can be
// true by themselves (read), and it fits the other tables (link). Within a step tables go by name, columns in the order
// of the data contract, rows ascending.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <dualtrack/org/findings.hpp>
#include <dualtrack/org/organisation.hpp>

#include "ingest/contract.hpp"
#include "ingest/organisation_columns.hpp"
#include "ingest/organisation_ids.hpp"
#include "ingest/organisation_text.hpp"
#include "ingest/table.hpp"

namespace dualtrack::ingest {

/// Ids read but not yet matched, by the column they stand in.
struct unmatched_ids {
    text_column people_manager;
    text_column assignments_person, assignments_manager;
    text_column deals_owner;
    text_column credits_deal, credits_person;
    text_column participants_deal, participants_person;
    text_column sales_person, quotas_person, pay_person;
    text_column activities_actor, activities_subject, activities_deal;
    text_column ratings_person, ratings_rater;
    text_column answers_person, answers_interviewer;
    text_column motives_person;
    text_column vacancies_manager, vacancies_filled_by;
    text_column candidates_vacancy, candidates_person;
    text_column demographics_person;
};

struct building {
    const run_context& run;
    const table_set& tables;
    org::organisation& made;
    org::findings_table& findings;
    unmatched_ids ids = {};
    id_index people = {}, deals = {}, vacancies = {};
    text_column deals_currencies = {}, sales_currencies = {}, pay_currencies = {}, rates_currencies = {}; // words met
};

/// One input table while it is read; an absent optional column reads as an empty one.
struct reading {
    building& site;
    std::shared_ptr<const input_table> table;

    [[nodiscard]] std::size_t n_rows() const noexcept { return static_cast<std::size_t>(table->n_rows); }
    [[nodiscard]] bool has(std::string_view column) const noexcept { return find_column(*table, column) >= 0; }
    [[nodiscard]] std::string where(std::string_view column) const { return say(table->name, ".", column); }

    [[nodiscard]] result<void> ids(std::string_view column, presence need, text_column& to) const;
    [[nodiscard]] result<void> text(std::string_view column, presence need, text_column& to) const;
    [[nodiscard]] result<void> dates(std::string_view column, presence need, vec<std::int32_t>& to) const;
    /// Amounts whose absolute values, and their total, stay far from the ends of int64.
    [[nodiscard]] result<void> money(std::string_view column, presence need, vec<std::int64_t>& to) const;
    [[nodiscard]] result<void> numbers(std::string_view column, presence need, dualtrack::column<double>& to) const;
    [[nodiscard]] result<void> numbers(std::string_view column, vec<double>& to) const;
    [[nodiscard]] result<void> flags(std::string_view column, presence need, vec<std::uint8_t>& to) const;
    [[nodiscard]] result<void> words(std::string_view column, std::span<const std::string_view> list, presence need,
                                     vec<std::uint8_t>& to) const;
    /// Words of which a missing one means `standard`; an absent column reads as that word in every row.
    [[nodiscard]] result<void> words_or(std::string_view column, std::span<const std::string_view> list,
                                        std::uint8_t standard, vec<std::uint8_t>& to) const;
    [[nodiscard]] result<void> categories(std::string_view column, presence need, category_column& to) const;
    /// Currency codes: the code of each row (empty when no row names one) and the codes met.
    [[nodiscard]] result<void> currencies(presence need, vec<std::uint32_t>& to, text_column& words_met) const;

    /// Fails on the first row that `wrong` is true of: where is table.column, the sentence is made by `what(row)`.
    template <class Wrong, class What>
    [[nodiscard]] result<void> refuse(std::string_view column, std::string_view code, Wrong&& wrong,
                                      What&& what) const {
        return for_blocks(site.run, table->n_rows, column_block,
                          [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) -> result<void> {
                              for (std::int64_t row = begin; row < end; ++row)
                                  if (wrong(static_cast<std::size_t>(row)))
                                      return fail(status::data, code, what(static_cast<std::size_t>(row)),
                                                  where(column), row);
                              return outcome::success();
                          });
    }

    /// Lists every row that `doubtful` is true of as a finding, up to the limit of rows a code, and counts the rest.
    template <class Doubtful, class What>
    [[nodiscard]] result<void> list(std::string_view column, std::string_view code, Doubtful&& doubtful,
                                    What&& what) const {
        const auto count = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
            std::int64_t n = 0;
            for (std::int64_t row = begin; row < end; ++row) n += doubtful(static_cast<std::size_t>(row)) ? 1 : 0;
            return n;
        };
        const auto add = [](std::int64_t left, std::int64_t right) { return left + right; };
        DUALTRACK_TRY(const std::int64_t found,
                      map_reduce_blocks<std::int64_t>(site.run, table->n_rows, column_block, count, add));
        const std::int64_t listed = std::min(found, org::findings_per_code);
        std::size_t row = 0;
        for (std::int64_t i = 0; i < listed; ++i, ++row) {
            while (!doubtful(row)) ++row;
            add_finding(site.findings, {org::severity::warning, code, table->name, column,
                                        static_cast<std::int64_t>(row), -1, 1, what(row)});
        }
        if (found > listed)
            add_finding(site.findings, {org::severity::warning, code, table->name, column, -1, -1, found - listed,
                                        "more rows of this kind"});
        return outcome::success();
    }
};

/// A column of ids and the table it refers to, as an error names them.
struct id_reference {
    std::string_view table;
    std::string_view column;
    std::string_view target; // "the id of a person in people"
    bool may_be_unknown = false;
};

/// Matches a column of ids with the rows of the table they refer to: a row each, or no_index where the id is missing
/// (an absent column gives no_index in all n rows). An id that is not there is `data.unknown_id`, or no_index where it
/// may be.
[[nodiscard]] result<vec<std::uint32_t>> match_ids(const run_context& run, const text_column& ids, std::size_t n,
                                                   const id_index& index, const id_reference& what);

/// The error of an id that is not there.
[[nodiscard]] result<void> unknown_id(const text_column& ids, std::int64_t row, const id_reference& what);

/// Matches manager ids: unknown ones become no_index and are kept in `orphans` for the policy to judge.
[[nodiscard]] result<vec<std::uint32_t>> match_managers(building& site, const text_column& ids, std::size_t n,
                                                        std::string_view table, std::uint8_t orphan_table);
/// Matches ids of people, or fails.
[[nodiscard]] result<vec<std::uint32_t>> match_people(const building& site, text_column& ids, std::size_t n,
                                                      std::string_view table, std::string_view column);

/// Where the rows of a table go when they are brought together by deal.
struct deal_rows {
    vec<std::uint32_t> first;    // rows of deal d: [first[d], first[d + 1])
    vec<std::uint32_t> position; // new place of each input row; empty: rows are by deal already
};
[[nodiscard]] result<deal_rows> group_by_deal(building& site, const text_column& deal_ids, const id_reference& what);

// Step 1: tables that others need, required columns, extra and protected columns.
[[nodiscard]] result<void> check_schema(building& site);

// Step 2: cells, and rules within a row.
[[nodiscard]] result<void> read_activities(const reading& from);
[[nodiscard]] result<void> read_answers(const reading& from);
[[nodiscard]] result<void> read_assignments(const reading& from);
[[nodiscard]] result<void> read_candidates(const reading& from);
[[nodiscard]] result<void> read_credits(const reading& from);
[[nodiscard]] result<void> read_deals(const reading& from);
[[nodiscard]] result<void> read_demographics(const reading& from);
[[nodiscard]] result<void> read_exchange_rates(const reading& from);
[[nodiscard]] result<void> read_motives(const reading& from);
[[nodiscard]] result<void> read_panel(const reading& from);
[[nodiscard]] result<void> read_participants(const reading& from);
[[nodiscard]] result<void> read_pay(const reading& from);
[[nodiscard]] result<void> read_people(const reading& from);
[[nodiscard]] result<void> read_quotas(const reading& from);
[[nodiscard]] result<void> read_ratings(const reading& from);
[[nodiscard]] result<void> read_sales(const reading& from);
[[nodiscard]] result<void> read_vacancies(const reading& from);

// Step 3: the keys that others refer to, then the references and the rules across rows and tables.
[[nodiscard]] result<void> key_deals(building& site);
[[nodiscard]] result<void> key_people(building& site);
[[nodiscard]] result<void> key_vacancies(building& site);
[[nodiscard]] result<void> link_activities(building& site);
[[nodiscard]] result<void> link_answers(building& site);
[[nodiscard]] result<void> link_assignments(building& site);
[[nodiscard]] result<void> link_candidates(building& site);
[[nodiscard]] result<void> link_credits(building& site);
[[nodiscard]] result<void> link_deals(building& site);
[[nodiscard]] result<void> link_demographics(building& site);
[[nodiscard]] result<void> link_exchange_rates(building& site);
[[nodiscard]] result<void> link_motives(building& site);
[[nodiscard]] result<void> link_participants(building& site);
[[nodiscard]] result<void> link_pay(building& site);
[[nodiscard]] result<void> link_people(building& site);
[[nodiscard]] result<void> link_quotas(building& site);
[[nodiscard]] result<void> link_ratings(building& site);
[[nodiscard]] result<void> link_sales(building& site);
[[nodiscard]] result<void> link_vacancies(building& site);

/// One list of currency codes for all tables; their codes are rewritten to its rows.
[[nodiscard]] result<void> join_currencies(building& site);

/// Reporting lines that run in a circle on any day: `data.cycle` naming the first ten people of it.
[[nodiscard]] result<void> check_lines_now(const building& site);
[[nodiscard]] result<void> check_lines_over_time(const building& site);

} // namespace dualtrack::ingest
