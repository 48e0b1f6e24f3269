#include <string>

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

} // namespace
