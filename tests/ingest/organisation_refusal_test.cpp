// What cannot be true is refused with code, table.column, row and a sentence, and leaves nothing behind.
#include <gtest/gtest.h>

#include "ingest/organisation_fingerprint.hpp"
#include "ingest/organisation_tables.hpp"

using namespace dualtrack;
using namespace dualtrack::testing;

namespace {

struct refusal {
    status kind = status::data;
    std::string_view code;
    std::string where;
    std::int64_t row = -1;
    std::string message; // that must occur in it
};

void expect_refused(const grids& tables, const refusal& expected) {
    static const std::uint64_t good = fingerprint_of(build(small_company()).value()->organisation, true);
    for (const int threads : {1, 2}) {
        const built outcome = build(tables, threads);
        ASSERT_FALSE(outcome.has_value()) << "expected " << expected.code;
        EXPECT_EQ(outcome.error().kind, expected.kind);
        EXPECT_EQ(outcome.error().code, expected.code);
        EXPECT_EQ(outcome.error().where, expected.where);
        EXPECT_EQ(outcome.error().row, expected.row) << outcome.error().message;
        EXPECT_NE(outcome.error().message.find(expected.message), std::string::npos) << outcome.error().message;
    }
    const built again = build(small_company());
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_EQ(fingerprint_of(again.value()->organisation, true), good);
}

/// The small company with one cell changed.
grids with(std::string_view table, std::size_t row, std::string_view column, std::string value) {
    grids tables = small_company();
    tables[std::string(table)].set(row, column, std::move(value));
    return tables;
}

} // namespace

TEST(people, refuses_two_rows_of_one_person) {
    expect_refused(with("people", 2, "person_id", "max"),
                   {status::data, "data.duplicate_id", "people.person_id", 0,
                    "expected one row a person, found \"max\" again, also row 2"});
}

TEST(people, refuses_both_spellings_of_a_salesforce_id) {
    grids tables = small_company();
    tables["people"].add({"0015000000Gv7qJ"});
    tables["people"].add({"0015000000Gv7qJAAR"});
    expect_refused(tables, {status::data, "data.duplicate_id", "people.person_id", 3, "also row 4"});
}

TEST(people, refuses_leaving_before_hiring) {
    expect_refused(with("people", 2, "left", "2021-05-31"),
                   {status::data, "data.date", "people.left", 2,
                    "expected a leaving date on or after the hiring date 2021-06-01, found 2021-05-31"});
    EXPECT_TRUE(build(with("people", 2, "left", "2021-06-01")).has_value());
}

TEST(people, refuses_a_missing_id) {
    expect_refused(with("people", 1, "person_id", ""), {status::data, "data.null", "people.person_id", 1, ""});
}

TEST(people, refuses_an_unknown_leaving_reason) {
    expect_refused(with("people", 2, "left_reason", "promoted"),
                   {status::data, "data.category", "people.left_reason", 2, "resigned"});
}

TEST(schema, refuses_a_table_without_a_required_column) {
    grids tables = small_company();
    tables["deals"].drop("outcome");
    tables["quotas"].drop("amount");
    expect_refused(tables, {status::schema, "schema.missing_column", "deals.outcome", -1, "how it ended"});
}

TEST(schema, refuses_deals_without_people) {
    grids tables;
    tables["deals"] = small_company()["deals"];
    expect_refused(tables, {status::schema, "schema.missing_table", "people", -1, "deals"});
}

TEST(schema, refuses_credits_without_deals) {
    grids tables = small_company();
    tables.erase("deals");
    tables.erase("participants");
    expect_refused(tables, {status::schema, "schema.missing_table", "deals", -1, "credits"});
}

TEST(schema, refuses_candidates_without_vacancies) {
    grids tables = small_company();
    tables.erase("vacancies");
    expect_refused(tables, {status::schema, "schema.missing_table", "vacancies", -1, "candidates"});
}

TEST(references, refuse_an_id_that_nobody_has) {
    struct reference {
        std::string_view table, column;
        std::size_t row;
    };
    for (const reference& one : {reference{"activities", "actor_id", 1},
                                 {"activities", "subject_id", 0},
                                 {"answers", "person_id", 0},
                                 {"answers", "interviewer_id", 0},
                                 {"assignments", "person_id", 1},
                                 {"candidates", "person_id", 2},
                                 {"credits", "person_id", 3},
                                 {"deals", "owner_id", 2},
                                 {"motives", "person_id", 0},
                                 {"participants", "person_id", 1},
                                 {"pay", "person_id", 1},
                                 {"quotas", "person_id", 2},
                                 {"ratings", "person_id", 0},
                                 {"ratings", "rater_id", 0},
                                 {"vacancies", "filled_by", 1}}) {
        SCOPED_TRACE(std::string(one.table) + "." + std::string(one.column));
        expect_refused(with(one.table, one.row, one.column, "nobody"),
                       {status::data, "data.unknown_id", std::string(one.table) + "." + std::string(one.column),
                        static_cast<std::int64_t>(one.row), "expected the id of a person in people, found \"nobody\""});
    }
}

TEST(references, refuse_a_deal_that_is_not_there) {
    expect_refused(with("credits", 2, "deal_id", "d9"), {status::data, "data.unknown_id", "credits.deal_id", 2,
                                                         "expected the id of a deal in deals, found \"d9\""});
    expect_refused(with("participants", 0, "deal_id", "d1 "),
                   {status::data, "data.unknown_id", "participants.deal_id", 0, "\"d1 \""});
    expect_refused(with("activities", 1, "deal_id", "D1"),
                   {status::data, "data.unknown_id", "activities.deal_id", 1, "\"D1\""});
}

TEST(references, refuse_a_vacancy_that_is_not_there) {
    expect_refused(with("candidates", 1, "vacancy_id", "v3"),
                   {status::data, "data.unknown_id", "candidates.vacancy_id", 1, "the id of a vacancy in vacancies"});
}

TEST(references, show_an_odd_id_escaped_and_short) {
    expect_refused(
        with("deals", 0, "owner_id", std::string("a\"\n") + std::string(100, 'x')),
        {status::data, "data.unknown_id", "deals.owner_id", 0, "found \"a\\\"\\x0a" + std::string(61, 'x') + "...\""});
}

TEST(deals, refuse_two_rows_of_one_deal) {
    expect_refused(with("deals", 3, "deal_id", "d1"),
                   {status::data, "data.duplicate_id", "deals.deal_id", 1, "found \"d1\" again, also row 3"});
}

TEST(deals, refuse_closing_before_opening) {
    expect_refused(with("deals", 2, "closed", "2024-01-31"),
                   {status::data, "data.date", "deals.closed", 2,
                    "expected a closing date on or after the opening date 2024-02-01, found 2024-01-31"});
    EXPECT_TRUE(build(with("deals", 2, "closed", "2024-02-01")).has_value());
}

TEST(deals, refuse_a_closed_deal_without_a_closing_date) {
    expect_refused(with("deals", 0, "closed", ""), {status::data, "data.date", "deals.closed", 0,
                                                    "expected the closing date of a won deal, found none"});
    expect_refused(with("deals", 2, "closed", ""), {status::data, "data.date", "deals.closed", 2, "of a lost deal"});
}

TEST(deals, refuse_a_won_deal_without_an_amount) {
    expect_refused(with("deals", 1, "amount", ""),
                   {status::data, "data.null", "deals.amount", 1, "expected the amount of a won deal, found none"});
    EXPECT_TRUE(build(with("deals", 2, "amount", "")).has_value());
}

TEST(deals, refuse_amounts_that_sums_could_not_hold) {
    expect_refused(with("deals", 1, "amount", "90000000000001"),
                   {status::data, "data.numeric_range", "deals.amount", 1,
                    "expected an amount of at most 90000000000000, found 90000000000001"});
    grids tables = small_company();
    for (int i = 0; i < 1001; ++i)
        tables["deals"].add({"x" + std::to_string(i), "bob", "90000000000000", "", "2024-02-01", "won", ""});
    expect_refused(tables, {status::data, "data.numeric_range", "deals.amount", -1, "total less than"});
}

TEST(credits, refuse_shares_that_do_not_total_one) {
    expect_refused(with("credits", 3, "share", "0.2"),
                   {status::data, "data.shares", "credits.share", 0,
                    "expected revenue shares of deal \"d1\" that total 1, found 0.95"});
    expect_refused(with("credits", 4, "share", "0.500002"),
                   {status::data, "data.shares", "credits.share", 1, "deal \"d2\" that total 1, found 1.000002"});
    EXPECT_TRUE(build(with("credits", 4, "share", "0.5000009")).has_value());
}

TEST(credits, refuse_a_share_outside_zero_and_one) {
    expect_refused(with("credits", 4, "share", "-0.5"),
                   {status::data, "data.range", "credits.share", 4, "expected a share between 0 and 1, found -0.5"});
    expect_refused(with("credits", 2, "share", "1.5"), {status::data, "data.range", "credits.share", 2, "found 1.5"});
}

TEST(credits, refuse_a_kind_beyond_the_list) {
    expect_refused(with("credits", 1, "kind", "bonus"), {status::data, "data.category", "credits.kind", 1, "overlay"});
}

TEST(assignments, refuse_an_end_that_is_not_after_the_start) {
    for (const char* end : {"2024-03-01", "2024-02-29"})
        expect_refused(with("assignments", 1, "end", end),
                       {status::data, "data.interval", "assignments.end", 1,
                        std::string("expected an end after the start 2024-03-01, found ") + end});
}

TEST(assignments, refuse_overlaps_of_one_person_and_name_both_rows) {
    grids tables = small_company();
    tables["assignments"].add({"bob", "max", "2024-01-01", "2024-03-02"});
    expect_refused(tables, {status::data, "data.overlap", "assignments.start", 1,
                            "expected no two rows of \"bob\" at once, found one from 2024-03-01 on and one from "
                            "2024-01-01 to 2024-03-02, also row 2"});
    tables["assignments"].rows[2][3] = "2024-03-01"; // half-open: they only touch
    EXPECT_TRUE(build(tables).has_value());
}

TEST(assignments, refuse_two_open_ends_of_one_person) {
    grids tables = small_company();
    tables["assignments"].add({"ann", "bob", "2022-06-01", ""});
    expect_refused(tables, {status::data, "data.overlap", "assignments.start", 0, "also row 2"});
}

TEST(assignments, refuse_an_overlap_with_an_earlier_long_one) {
    grids tables = small_company();
    tables["assignments"].rows = {{"bob", "max", "2024-01-01", "2024-12-31"},
                                  {"ann", "max", "2024-01-01", "2024-02-01"},
                                  {"ann", "max", "2024-06-01", "2024-07-01"},
                                  {"bob", "max", "2025-06-01", "2025-07-01"},
                                  {"bob", "max", "2024-12-30", "2025-01-15"}};
    expect_refused(tables, {status::data, "data.overlap", "assignments.start", 0, "also row 4"});
}

TEST(pay, refuses_overlaps_and_ends_before_the_start) {
    grids tables = small_company();
    tables["pay"].add({"bob", "2023-01-01", "2024-01-02", "50000", "", ""});
    expect_refused(tables, {status::data, "data.overlap", "pay.start", 0, "also row 2"});
    expect_refused(with("pay", 1, "end", "2023-12-31"),
                   {status::data, "data.interval", "pay.end", 1, "on or after the start"});
    EXPECT_TRUE(build(with("pay", 1, "end", "2024-01-01")).has_value());
}

TEST(pay, keeps_amounts_out_of_messages) {
    expect_refused(with("pay", 0, "base", "90000000000001"),
                   {status::data, "data.numeric_range", "pay.base", 0, "found [redacted]"});
}

TEST(pay, refuses_amounts_below_zero) {
    for (const char* column : {"base", "target_variable"})
        expect_refused(with("pay", 0, column, "-0.01"), {status::data, "data.range", "pay." + std::string(column), 0,
                                                         "expected an amount of 0 or more, found [redacted]"});
    EXPECT_TRUE(build(with("pay", 0, "base", "0")).has_value());
    EXPECT_TRUE(build(with("pay", 1, "paid_variable", "-5")).has_value()) << "commission may be paid back";
}

TEST(deals, refuse_a_list_price_below_zero_unless_it_is_taken_back) {
    expect_refused(with("deals", 1, "list_price", "-3"),
                   {status::data, "data.range", "deals.list_price", 1, "expected a list price of 0 or more, found -3"});
    grids clawback = with("deals", 1, "list_price", "-300");
    clawback["deals"].set(1, "amount", "-250");
    EXPECT_TRUE(build(clawback).has_value());
}

TEST(ratings, refuse_a_scale_too_wide_for_a_number) {
    grids tables = with("ratings", 0, "scale_min", "-1.7e308");
    tables["ratings"].set(0, "scale_max", "1.7e308");
    expect_refused(tables, {status::data, "data.range", "ratings.scale_min", 0,
                            "expected the end of a scale between -1e15 and 1e15, found -1.7e+308"});
}

TEST(periods, refuse_an_end_that_is_not_after_the_start) {
    expect_refused(with("quotas", 2, "end", "2024-01-01"),
                   {status::data, "data.interval", "quotas.end", 2, "found 2024-01-01"});
    grids tables = small_company();
    tables["sales"] = {{"person_id", "start", "end", "amount"}, {{"bob", "2024-02-01", "2024-01-01", "5"}}};
    expect_refused(tables, {status::data, "data.interval", "sales.end", 0, "after the start 2024-02-01"});
}

TEST(periods, leave_quotas_below_zero_to_the_policy) {
    const built outcome = build(with("quotas", 0, "amount", "-5"));
    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(outcome.value()->organisation.quotas.amount[1], -500);
}

TEST(ratings, refuse_a_scale_upside_down_and_a_score_beside_it) {
    expect_refused(with("ratings", 0, "scale_max", "1"), {status::data, "data.range", "ratings.scale_max", 0,
                                                          "expected a scale_max above scale_min 1, found 1"});
    expect_refused(with("ratings", 0, "score", "5.5"), {status::data, "data.range", "ratings.score", 0,
                                                        "expected a score on the scale 1 to 5, found [redacted]"});
}

TEST(ratings, refuse_an_unknown_source_and_name_the_nearest) {
    expect_refused(with("ratings", 0, "source", "managr"),
                   {status::data, "data.category", "ratings.source", 0, "found \"managr\"; the nearest is manager"});
    expect_refused(with("ratings", 0, "source", ""), {status::data, "data.null", "ratings.source", 0, "found null"});
}

TEST(answers, refuse_a_score_beside_one_to_five) {
    for (const char* score : {"0.99", "5.01"})
        expect_refused(with("answers", 0, "score", score),
                       {status::data, "data.range", "answers.score", 0, "between 1 and 5, found [redacted]"});
}

TEST(motives, refuse_a_strength_beside_zero_to_one) {
    for (const char* strength : {"-0.01", "1.01"})
        expect_refused(with("motives", 0, "strength", strength),
                       {status::data, "data.range", "motives.strength", 0, "between 0 and 1, found [redacted]"});
    expect_refused(with("motives", 0, "motive", "fame"), {status::data, "data.category", "motives.motive", 0, ""});
}

TEST(activities, refuse_minutes_below_zero) {
    expect_refused(with("activities", 0, "minutes", "-1"),
                   {status::data, "data.range", "activities.minutes", 0, "expected minutes of 0 to 1000000, found -1"});
}

TEST(vacancies, refuse_two_rows_of_one_seat_and_negative_reports) {
    expect_refused(with("vacancies", 1, "vacancy_id", "v2"),
                   {status::data, "data.duplicate_id", "vacancies.vacancy_id", 0, "also row 1"});
    expect_refused(with("vacancies", 0, "reports", "-1"),
                   {status::data, "data.range", "vacancies.reports", 0, "found -1"});
}

TEST(candidates, refuse_two_rows_of_one_person_for_a_seat) {
    grids tables = small_company();
    tables["candidates"].add({"v2", "bob"});
    expect_refused(tables, {status::data, "data.duplicate_id", "candidates.person_id", 0, "also row 3"});
}

TEST(exchange_rates, refuse_a_rate_that_is_not_positive_and_two_rates_a_day) {
    grids tables = small_company();
    tables["exchange_rates"] = {{"currency", "date", "rate"},
                                {{"EUR", "2024-01-01", "1.1"}, {"EUR", "2024-01-02", "0"}}};
    expect_refused(tables, {status::data, "data.range", "exchange_rates.rate", 1, "expected a rate above 0, found 0"});
    tables["exchange_rates"].rows[1] = {"EUR", "2024-01-01", "1.2"};
    expect_refused(tables, {status::data, "data.duplicate_id", "exchange_rates.date", 0, "also row 1"});
}

TEST(lines, refuse_a_person_who_manages_herself) {
    expect_refused(with("people", 0, "manager_id", "max"),
                   {status::data, "data.cycle", "people.manager_id", 0,
                    "expected reporting lines that end, found \"max\" -> \"max\""});
    expect_refused(with("assignments", 1, "manager_id", "bob"),
                   {status::data, "data.cycle", "assignments.manager_id", 1, "\"bob\" -> \"bob\" on 2024-03-01"});
}

TEST(lines, refuse_a_circle_now) {
    expect_refused(with("people", 0, "manager_id", "ann"),
                   {status::data, "data.cycle", "people.manager_id", 2, "\"ann\" -> \"max\" -> \"ann\""});
}

TEST(lines, refuse_a_circle_on_any_day) {
    grids tables = small_company();
    tables["assignments"].add({"max", "bob", "2024-06-01", "2024-06-02"});
    expect_refused(tables, {status::data, "data.cycle", "assignments.manager_id", 1,
                            "found \"bob\" -> \"max\" -> \"bob\" on 2024-06-01"});
    tables["assignments"].rows[2] = {"max", "bob", "2024-02-01", "2024-03-01"}; // ends the day the other begins
    EXPECT_TRUE(build(tables).has_value());
}

TEST(lines, name_the_first_ten_of_a_long_circle) {
    grids tables;
    tables["people"] = {{"person_id", "manager_id"}, {}};
    for (char c = 'a'; c < 'm'; ++c)
        tables["people"].add({std::string(1, c), std::string(1, c == 'l' ? 'a' : static_cast<char>(c + 1))});
    expect_refused(tables,
                   {status::data, "data.cycle", "people.manager_id", 0,
                    "\"a\" -> \"b\" -> \"c\" -> \"d\" -> \"e\" -> \"f\" -> \"g\" -> \"h\" -> \"i\" -> \"j\" -> ... (12 "
                    "people)"});
}

TEST(order_of_errors, is_table_by_name_then_column_then_row) {
    grids tables = small_company();
    tables["pay"].set(1, "end", "2020-01-01");
    tables["credits"].set(4, "share", "7");
    tables["credits"].set(2, "share", "8");
    tables["deals"].set(0, "owner_id", "nobody"); // a rule across tables comes after every cell
    expect_refused(tables, {status::data, "data.range", "credits.share", 2, "found 8"});
    tables["assignments"].set(1, "end", "2020-01-01");
    expect_refused(tables, {status::data, "data.interval", "assignments.end", 1, ""});
    tables["motives"].drop("date");
    expect_refused(tables, {status::schema, "schema.missing_column", "motives.date", -1, ""});
}
