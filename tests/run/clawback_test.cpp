// A clawback takes money back; it is not a win.
#include <string>

#include <gtest/gtest.h>

#include "planted_rows.hpp"

namespace {

using namespace dualtrack;
using test::field_of;
using test::results_of;
using test::row_lists;

/// Three wins of 100 and a loss of a alone in January; in March 80 of it are taken back, shared with b.
row_lists with_clawback() {
    return {
        {"people", {R"({"person_id":"a"})", R"({"person_id":"b"})"}},
        {"deals",
         {R"({"deal_id":"1","owner_id":"a","amount":100,"opened":"2023-01-01","closed":"2023-01-11","outcome":"won"})",
          R"({"deal_id":"2","owner_id":"a","amount":100,"opened":"2023-01-01","closed":"2023-01-11","outcome":"won"})",
          R"({"deal_id":"3","owner_id":"a","amount":100,"opened":"2023-01-01","closed":"2023-01-11","outcome":"won"})",
          R"({"deal_id":"4","owner_id":"a","opened":"2023-01-01","closed":"2023-01-11","outcome":"lost"})",
          R"({"deal_id":"5","owner_id":"a","amount":-80,"opened":"2022-01-01","closed":"2023-03-11","outcome":"won"})"}},
        {"credits",
         {R"({"deal_id":"5","person_id":"a","share":0.5})", R"({"deal_id":"5","person_id":"b","share":0.5})"}}};
}

TEST(clawbacks, are_taken_off_the_amounts_and_are_no_wins) {
    const auto results = results_of(with_clawback(), "measures");
    const auto a = [&](const char* name) { return field_of(results.at("sellers"), R"("person_id":"a")", name); };
    EXPECT_EQ(a("won_amount"), "260");
    EXPECT_EQ(a("won_count"), "3");
    EXPECT_EQ(a("lost_count"), "1");
    EXPECT_EQ(a("win_rate"), "0.75");
    EXPECT_EQ(a("cycle_days_median"), "10") << "the 434 days of the clawback are no sale";
    EXPECT_EQ(a("lone_wolf"), "true") << "b shares in no sale";
    EXPECT_EQ(a("collaborators_mean"), "0");
    const auto b = [&](const char* name) { return field_of(results.at("sellers"), R"("person_id":"b")", name); };
    EXPECT_EQ(b("won_amount"), "-40");
    EXPECT_EQ(b("won_count"), "0");
    EXPECT_EQ(b("win_rate"), "null");
    EXPECT_EQ(b("status"), "\"ok\"");
    const std::string& months = results.at("seller_months");
    EXPECT_EQ(field_of(months, R"("month":"2023-03-01")", "won_count"), "0");
    EXPECT_EQ(field_of(results.at("credit"), R"("deal_id":"5")", "amount"), "-40");
}

TEST(clawbacks, are_counted_in_a_finding) {
    EXPECT_EQ(test::findings_of(with_clawback(), "measures", "data.clawback"),
              std::vector<std::string>{"1 won deal is below zero: taken off the amounts, and not counted as won"});
    row_lists none = with_clawback();
    none["deals"].pop_back();
    none["credits"].clear();
    EXPECT_TRUE(test::findings_of(none, "measures", "data.clawback").empty());
}

TEST(clawbacks, leave_a_deal_won_for_nothing_a_win) {
    row_lists tables = with_clawback();
    tables["deals"].push_back(
        R"({"deal_id":"6","owner_id":"a","amount":0,"opened":"2023-01-01","closed":"2023-01-11","outcome":"won"})");
    EXPECT_EQ(field_of(results_of(tables, "measures").at("sellers"), R"("person_id":"a")", "won_count"), "4");
}

// A manager's figures are of deals that were decided; money taken back later decides none.
TEST(clawbacks, are_no_deals_won_with_or_without_a_manager) {
    row_lists tables = test::random_rows(31, 24, 400);
    const std::string before = results_of(tables, "managers").at("managers");
    for (int i = 0; i < 60; ++i)
        tables["deals"].push_back(test::row_text()
                                      .text("deal_id", "back" + integer_text(i))
                                      .text("owner_id", "p" + integer_text(1004 + i % 24))
                                      .text("opened", "2023-03-01")
                                      .text("closed", "2023-09-01")
                                      .text("outcome", "won")
                                      .number("amount", -10)
                                      .done());
    const std::string after = results_of(tables, "managers").at("managers");
    for (int manager = 1000; manager < 1004; ++manager)
        for (const char* name :
             {"involvement_share", "independent_win_rate", "independent_trend", "joint_effect_naive"}) {
            const std::string key = R"("manager_id":"p)" + integer_text(manager) + "\"";
            EXPECT_EQ(field_of(after, key, name), field_of(before, key, name)) << manager << " " << name;
            EXPECT_NE(field_of(after, key, name), "no field");
        }
}

} // namespace
