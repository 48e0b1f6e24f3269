#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "planted_rows.hpp"

namespace {

using namespace dualtrack;
using test::results_of;
using test::row_lists;

row_lists team() {
    return {{"people",
             {R"({"person_id":"m","role":"Sales Manager"})", R"({"person_id":"a","manager_id":"m"})",
              R"({"person_id":"b","manager_id":"m"})", R"({"person_id":"c","manager_id":"m"})"}},
            {"pay",
             {R"({"person_id":"m","start":"2023-01-01","base":90000,"target_variable":30000,"paid_variable":20000})",
              R"({"person_id":"a","start":"2023-01-01","base":60000,"target_variable":60000,"paid_variable":90000})",
              R"({"person_id":"b","start":"2023-01-01","base":60000,"target_variable":61000,"paid_variable":30000})",
              R"({"person_id":"c","start":"2023-01-01","base":50000})"}},
            {"vacancies",
             {R"({"vacancy_id":"v1","role":"Sales Manager","opens":"2024-01-01"})",
              R"({"vacancy_id":"v2","role":"Director","opens":"2024-01-01"})"}},
            {"candidates",
             {R"({"vacancy_id":"v1","person_id":"a"})", R"({"vacancy_id":"v2","person_id":"b"})",
              R"({"vacancy_id":"v1","person_id":"c"})"}}};
}

constexpr const char* year_2023 = R"({"version":1,"as_of":"2023-12-31"})";

std::string field(const std::string& table, const std::string& key, const std::string& name) {
    const auto at = table.find(key);
    if (at == std::string::npos) return "no row";
    const auto begin = table.rfind('{', at);
    const auto row = table.substr(begin, table.find('}', at) - begin);
    const auto found = row.find("\"" + name + "\":");
    const auto value = found + name.size() + 3;
    return row.substr(value,
                      row.find(',', value) == std::string::npos ? std::string::npos : row.find(',', value) - value);
}

// By hand: manager 120,000 at target, 110,000 paid. a 120,000 / 150,000; b 121,000 / 90,000; c 50,000 without variable
// pay.
TEST(pay, inversion_counts_reports_above_the_manager_at_target_and_at_actual_pay) {
    const std::string teams = results_of(team(), "pay", year_2023).at("pay_inversion");
    EXPECT_EQ(field(teams, R"("manager_id":"m")", "n_reports"), "3");
    EXPECT_EQ(field(teams, R"("manager_id":"m")", "share_above_at_target"), "0.3333333333333333")
        << "b alone; equal is not above";
    EXPECT_EQ(field(teams, R"("manager_id":"m")", "share_above_at_actual"), "0.5")
        << "a of a and b; c's variable is not known";
    EXPECT_EQ(field(teams, R"("manager_id":"m")", "largest_gap"), "40000") << "a: 150,000 - 110,000";
}

TEST(pay, of_a_role_that_nobody_holds_is_said_to_come_from_published_ratios) {
    EXPECT_EQ(field(results_of(team(), "pay", year_2023).at("offers"), R"("person_id":"b")", "offer_source"),
              "\"ratio\"");
    const auto said = test::findings_of(team(), "pay", "pay.role_unheld");
    ASSERT_EQ(said.size(), 1U);
    EXPECT_NE(said[0].find("the role of 1 seat (Director)"), std::string::npos) << said[0];
    row_lists held = team();
    held["vacancies"].pop_back();
    held["candidates"].erase(held["candidates"].begin() + 1);
    EXPECT_TRUE(test::findings_of(held, "pay", "pay.role_unheld").empty());
}

// By hand: the seat of v1 pays what m has at target, 120,000; a has 120,000 at attainment 1, so break-even is 1.
TEST(pay, offer_is_the_median_of_those_in_the_role) {
    const std::string offers = results_of(team(), "pay", year_2023).at("offers");
    EXPECT_EQ(field(offers, R"("person_id":"a")", "pay_now_expected"), "120000");
    EXPECT_EQ(field(offers, R"("person_id":"a")", "pay_offer_expected"), "120000");
    EXPECT_EQ(field(offers, R"("person_id":"a")", "change"), "0");
    EXPECT_EQ(field(offers, R"("person_id":"a")", "break_even_attainment"), "1");
    EXPECT_EQ(field(offers, R"("person_id":"c")", "change"), "70000");
    EXPECT_EQ(field(offers, R"("person_id":"c")", "break_even_attainment"), "null") << "no variable pay to move";
}

// By hand: nobody is a Director: 1.66 x 60,000 + 1.85 x 61,000 = 99,600 + 112,850 = 212,450.
TEST(pay, offer_without_anybody_in_the_role_uses_the_published_ratios_and_says_so) {
    const std::string offers = results_of(team(), "pay", year_2023).at("offers");
    EXPECT_EQ(field(offers, R"("person_id":"b")", "pay_offer_expected"), "212450");
    EXPECT_EQ(field(offers, R"("person_id":"b")", "offer_source"), "\"ratio\"");
    EXPECT_EQ(field(offers, R"("person_id":"a")", "offer_source"), "\"role\"");
}

TEST(pay, now_rests_on_the_attainment_to_expect_not_on_last_years) {
    row_lists tables = team();
    tables["deals"] = {R"({"deal_id":"1","owner_id":"a","amount":300,"closed":"2023-06-01","outcome":"won"})",
                       R"({"deal_id":"2","owner_id":"b","amount":10,"closed":"2023-07-01","outcome":"won"})",
                       R"({"deal_id":"3","owner_id":"c","amount":50,"closed":"2023-07-01","outcome":"won"})"};
    for (const char* who : {"a", "b", "c"})
        tables["quotas"].push_back(R"({"person_id":")" + std::string(who) +
                                   R"(","start":"2023-01-01","end":"2024-01-01","amount":100})");
    const std::string offers = results_of(tables, "pay", year_2023).at("offers");
    const double expected = std::stod(field(offers, R"("person_id":"a")", "expected_attainment"));
    EXPECT_GT(expected, 1.0);
    EXPECT_LT(expected, 3.0) << "one deal of 300 on a quota of 100 is not three times the seller";
}

TEST(pay, does_not_count_people_who_have_left) {
    row_lists tables = team();
    tables["people"].push_back(R"({"person_id":"gone","role":"Sales Manager","left":"2023-06-01"})");
    tables["pay"].push_back(R"({"person_id":"gone","start":"2020-01-01","base":900000,"target_variable":0})");
    const std::string offers = results_of(tables, "pay", year_2023).at("offers");
    EXPECT_EQ(field(offers, R"("person_id":"a")", "pay_offer_expected"), "120000")
        << "what m has, not the mean with gone";
    tables["people"][2] = R"({"person_id":"b","manager_id":"m","left":"2023-12-31"})";
    const auto results = results_of(tables, "pay", year_2023);
    EXPECT_EQ(field(results.at("pay_inversion"), R"("manager_id":"m")", "n_reports"), "2");
    EXPECT_EQ(field(results.at("offers"), R"("person_id":"b")", "pay_now_expected"), "null");
    EXPECT_EQ(test::findings_of(tables, "pay", "pay.unknown"),
              std::vector<std::string>{"1 candidate has no pay on the last day that counts (no row in force, or not "
                                       "employed); the offer has nothing to stand against"});
}

// By hand: 120,000.00 and 120,000.03 have 120,000.015 in the middle, which is 120,000.02 half to even; with 120,000.01
// it is 120,000.005, which is 120,000.00.
TEST(pay, offer_between_two_in_the_role_is_rounded_half_to_even) {
    row_lists tables = team();
    tables["people"].push_back(R"({"person_id":"n","role":"Sales Manager"})");
    for (const auto& [base, middle] :
         {std::pair("120000.03", "120000.02"), std::pair("120000.01", "120000"), std::pair("120000.04", "120000.02")}) {
        row_lists with = tables;
        with["pay"].push_back(R"({"person_id":"n","start":"2023-01-01","base":)" + std::string(base) + "}");
        EXPECT_EQ(field(results_of(with, "pay", year_2023).at("offers"), R"("person_id":"a")", "pay_offer_expected"),
                  middle);
    }
}

TEST(pay, says_what_is_not_known_of_it) {
    EXPECT_EQ(test::findings_of(team(), "pay", "data.assumed", year_2023),
              std::vector<std::string>{"1 row in force names no target variable pay; taken as none"});
    EXPECT_EQ(
        test::findings_of(team(), "pay", "pay.actual_unknown", year_2023),
        std::vector<std::string>{"what 1 person was really paid is not known; share_above_at_actual leaves them out"});
}

/// Monthly totals of three sellers with a quota of 100 a month: a sells 300, then 500 and so on, b 100, c 50.
row_lists team_with_totals() {
    row_lists tables = team();
    for (int month = 0; month < 12; ++month)
        for (const auto& [who, amount] : {std::pair("a", 300), std::pair("b", 100), std::pair("c", 50)}) {
            const std::int32_t start = calendar::add_months(*calendar::parse_iso_date("2023-01-01"), month);
            tables["sales"].push_back(test::row_text()
                                          .text("person_id", who)
                                          .day("start", start)
                                          .day("end", calendar::add_months(start, 1))
                                          .number("amount", amount * (month % 2 == 0 ? 0.5 : 1.5))
                                          .done());
        }
    for (const char* who : {"a", "b", "c"})
        tables["quotas"].push_back(R"({"person_id":")" + std::string(who) +
                                   R"(","start":"2023-01-01","end":"2024-01-01","amount":1200})");
    return tables;
}

TEST(pay, rests_on_the_attainment_to_expect_where_there_are_totals_alone) {
    const std::string offers = results_of(team_with_totals(), "pay", year_2023).at("offers");
    const auto expected = [&](const char* who) {
        return std::stod(field(offers, R"("person_id":")" + std::string(who) + "\"", "expected_attainment"));
    };
    EXPECT_GT(expected("a"), 1.5);
    EXPECT_LT(expected("a"), 3.0) << "drawn towards the market: months differ threefold by chance";
    EXPECT_GT(expected("c"), 0.5);
    EXPECT_LT(expected("c"), expected("b"));
    EXPECT_NEAR(expected("a") + expected("b") + expected("c"), 4.5, 1e-9) << "the market's total is not lost";
}

// By hand: without chance in the months, the total of the year is what to expect: 300, 100 and 50 on 100 a month.
TEST(pay, expects_of_steady_totals_what_they_were) {
    row_lists tables = team_with_totals();
    for (std::size_t i = 0; i < tables["sales"].size(); ++i) {
        std::string& row = tables["sales"][i];
        row = row.substr(0, row.find("\"amount\":")) + "\"amount\":" +
              number_text((i % 3 == 0   ? 3000
                           : i % 3 == 1 ? 1000
                                        : 500) *
                          (row.find("-02-01\",\"end") != std::string::npos ? 28.0
                           : row.find("-04-01\",\"end") != std::string::npos ||
                                   row.find("-06-01\",\"end") != std::string::npos ||
                                   row.find("-09-01\",\"end") != std::string::npos ||
                                   row.find("-11-01\",\"end") != std::string::npos
                               ? 30.0
                               : 31.0)) +
              "}"; // as much every day
    }
    const std::string offers = results_of(tables, "pay", year_2023).at("offers");
    const double a = std::stod(field(offers, R"("person_id":"a")", "expected_attainment"));
    const double b = std::stod(field(offers, R"("person_id":"b")", "expected_attainment"));
    EXPECT_NEAR(a / b, 3.0, 1e-3);
}

// By hand: both sell the same and have 900 a year; a's quota is of the last 184 days alone, 450.
TEST(pay, expects_attainment_on_the_days_that_have_a_quota) {
    row_lists tables = team();
    for (int month = 1; month <= 9; ++month)
        for (const char* who : {"a", "b"})
            tables["deals"].push_back(R"({"deal_id":")" + std::string(who) + integer_text(month) + R"(","owner_id":")" +
                                      who + R"(","amount":100,"closed":"2023-0)" + integer_text(month) +
                                      R"(-20","outcome":"won"})");
    tables["quotas"] = {R"({"person_id":"a","start":"2023-07-01","end":"2024-01-01","amount":450})",
                        R"({"person_id":"b","start":"2023-01-01","end":"2024-01-01","amount":900})"};
    const std::string offers = results_of(tables, "pay", year_2023).at("offers");
    EXPECT_NEAR(std::stod(field(offers, R"("person_id":"a")", "expected_attainment")),
                std::stod(field(offers, R"("person_id":"b")", "expected_attainment")) * 184 / 365 * 2, 1e-9)
        << "both sold the same and have the same quota a day, all but";
}

} // namespace
