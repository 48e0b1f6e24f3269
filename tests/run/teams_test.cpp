#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "planted_rows.hpp"

namespace {

using namespace dualtrack;
using test::results_of;
using test::row_lists;

/// Rows of a JSON table.
std::vector<std::string> rows_of(const std::string& table) {
    std::vector<std::string> rows;
    for (std::size_t begin = table.find('{'); begin != std::string::npos; begin = table.find('{', begin + 1))
        rows.push_back(table.substr(begin, table.find('}', begin) - begin + 1));
    return rows;
}

std::string field(const std::string& row, const std::string& name) {
    const auto begin = row.find("\"" + name + "\":") + name.size() + 3;
    return row.substr(begin, row.find_first_of(",}", begin) - begin);
}

row_lists team_with_exits() {
    row_lists out{
        {"people",
         {R"({"person_id":"m"})", R"({"person_id":"a","manager_id":"m","left":"2023-05-10","left_reason":"resigned"})",
          R"({"person_id":"b","manager_id":"m","left":"2023-06-30","left_reason":"dismissed"})",
          R"({"person_id":"c","manager_id":"m"})", R"({"person_id":"d","manager_id":"m"})"}}};
    // a sells far more than everybody else, in many deals, so that being in the top share is not in doubt.
    int deal = 0;
    const auto sell = [&](const char* who, int n) {
        for (int i = 0; i < n; ++i)
            out["deals"].push_back(
                test::row_text()
                    .text("deal_id", "d" + integer_text(++deal))
                    .text("owner_id", who)
                    .number("amount", 100)
                    .text("closed", "2023-03-" + std::string(i % 28 < 9 ? "0" : "") + integer_text(1 + i % 28))
                    .text("outcome", "won")
                    .done());
    };
    sell("a", 200);
    sell("b", 20);
    sell("c", 20);
    sell("d", 20);
    sell("m", 5);
    return out;
}

TEST(teams, regret_the_exit_of_a_top_seller_and_no_dismissal) {
    const auto rows = rows_of(results_of(team_with_exits(), "measures").at("teams"));
    ASSERT_EQ(rows.size(), 4U) << "four quarters of 2023";
    EXPECT_EQ(field(rows[1], "exits"), "2") << "a in May, b on the last day of June";
    EXPECT_EQ(field(rows[1], "regretted_exits"), "1");
    EXPECT_EQ(field(rows[1], "regretted_retention"), "0") << "the only one in the top share went";
    EXPECT_EQ(field(rows[0], "regretted_retention"), "1");
    EXPECT_EQ(field(rows[2], "regretted_retention"), "null") << "nobody in the top share is left";
    EXPECT_EQ(field(rows[1], "n_reports"), "4");
    EXPECT_EQ(field(rows[2], "n_reports"), "2");
}

TEST(teams, keep_the_managers_own_sales_apart) {
    const auto rows = rows_of(results_of(team_with_exits(), "measures").at("teams"));
    EXPECT_EQ(field(rows[0], "amount"), "26000");
    EXPECT_EQ(field(rows[0], "own_amount"), "500");
}

/// v leads m and n, who lead sellers; m changes to w on 15 July. Everybody above has a team quota.
row_lists two_levels() {
    row_lists out{{"people",
                   {R"({"person_id":"v"})", R"({"person_id":"w"})", R"({"person_id":"m"})",
                    R"({"person_id":"n","manager_id":"v"})", R"({"person_id":"a","manager_id":"m"})",
                    R"({"person_id":"b","manager_id":"n"})"}},
                  {"assignments",
                   {R"({"person_id":"m","manager_id":"v","start":"2022-01-01","end":"2023-07-15"})",
                    R"({"person_id":"m","manager_id":"w","start":"2023-07-15"})"}},
                  {"deals",
                   {R"({"deal_id":"1","owner_id":"a","amount":100,"closed":"2023-07-14","outcome":"won"})",
                    R"({"deal_id":"2","owner_id":"a","amount":40,"closed":"2023-07-15","outcome":"won"})",
                    R"({"deal_id":"3","owner_id":"b","amount":7,"closed":"2023-07-31","outcome":"won"})",
                    R"({"deal_id":"4","owner_id":"m","amount":1,"closed":"2023-07-16","outcome":"won"})"}}};
    for (const char* who : {"m", "n", "v", "w"})
        out["quotas"].push_back(test::row_text()
                                    .text("person_id", who)
                                    .text("start", "2023-07-01")
                                    .text("end", "2023-10-01")
                                    .number("amount", 200)
                                    .text("scope", "team")
                                    .done());
    return out;
}

// By hand, third quarter: v has a's 100 until the 14th and b's 7; w has a's 40 from the 15th and what m sold.
TEST(teams, of_a_manager_of_managers_sell_against_the_quota_with_everybody_below) {
    const auto quarter = [](const row_lists& tables, const std::string& manager) {
        for (const std::string& row : rows_of(results_of(tables, "measures").at("teams")))
            if (field(row, "manager_id") == "\"" + manager + "\"" && field(row, "start") == "\"2023-07-01\"")
                return row;
        return std::string("no row");
    };
    EXPECT_EQ(field(quarter(two_levels(), "v"), "attained_amount"), "107");
    EXPECT_EQ(field(quarter(two_levels(), "w"), "attained_amount"), "41");
    EXPECT_EQ(field(quarter(two_levels(), "m"), "attained_amount"), "140");
    EXPECT_EQ(field(quarter(two_levels(), "n"), "attainment"), "0.035");
    EXPECT_EQ(field(quarter(two_levels(), "v"), "amount"), "0") << "credits of direct reports";
    EXPECT_EQ(field(quarter(two_levels(), "w"), "amount"), "1");
    EXPECT_TRUE(test::findings_of(two_levels(), "measures", "data.quota_gap").empty());
    row_lists half = two_levels(); // v's quota ends before m's sale of the 16th, by which n is not touched
    half["people"][2] = R"({"person_id":"m","manager_id":"v"})";
    half["assignments"].clear();
    half["quotas"][2] = R"({"person_id":"v","start":"2023-07-01","end":"2023-07-16","amount":100,"scope":"team"})";
    EXPECT_EQ(field(quarter(half, "v"), "attained_amount"), "140");
    EXPECT_EQ(test::findings_of(half, "measures", "data.quota_gap").size(), 1U) << "the 1 that m sold";
    row_lists first_line_alone = two_levels();
    first_line_alone["quotas"].resize(2);
    EXPECT_EQ(field(quarter(first_line_alone, "v"), "attained_amount"), "null");
    EXPECT_EQ(field(quarter(first_line_alone, "m"), "attained_amount"), "140");
}

TEST(teams, come_by_month_by_fiscal_quarter_or_for_the_window_as_the_policy_says) {
    const auto by = [&](const char* policy) {
        return rows_of(results_of(team_with_exits(), "measures", policy).at("teams"));
    };
    EXPECT_EQ(by(R"({"version":1,"as_of":"2023-12-31","seller":{"team_period":"month"}})").size(), 12U);
    EXPECT_EQ(by(R"({"version":1,"as_of":"2023-12-31","seller":{"team_period":"window"}})").size(), 1U);
    const auto fiscal = by(R"({"version":1,"as_of":"2023-12-31","fiscal_year_start_month":2})");
    ASSERT_EQ(fiscal.size(), 5U) << "January alone, three whole quarters, November and December";
    EXPECT_EQ(field(fiscal[0], "end"), "\"2023-02-01\"");
    EXPECT_EQ(field(fiscal[4], "start"), "\"2023-11-01\"");
}

TEST(teams, take_a_credit_that_closed_after_its_seller_had_gone) {
    row_lists tables = team_with_exits();
    tables["deals"].push_back(R"({"deal_id":"late","owner_id":"a","amount":77,"closed":"2023-08-01","outcome":"won"})");
    const auto rows = rows_of(results_of(tables, "measures").at("teams"));
    EXPECT_EQ(field(rows[2], "amount"), "77");
}

TEST(sellers, are_lone_wolves_when_nobody_else_is_on_any_closed_deal) {
    row_lists tables{{"people", {R"({"person_id":"a"})", R"({"person_id":"b"})", R"({"person_id":"c"})"}},
                     {"deals",
                      {R"({"deal_id":"1","owner_id":"a","amount":1,"closed":"2023-03-01","outcome":"won"})",
                       R"({"deal_id":"2","owner_id":"b","amount":1,"closed":"2023-03-01","outcome":"won"})",
                       R"({"deal_id":"3","owner_id":"b","closed":"2023-03-01","outcome":"lost"})"}},
                     {"participants",
                      {R"({"deal_id":"3","person_id":"c","part":"specialist"})",
                       R"({"deal_id":"1","person_id":"c","part":"manager"})",
                       R"({"deal_id":"1","person_id":"c","part":"executive"})"}}};
    const auto rows = rows_of(results_of(tables, "measures").at("sellers"));
    EXPECT_EQ(field(rows[0], "lone_wolf"), "true") << "managers and executives do not make a team";
    EXPECT_EQ(field(rows[1], "lone_wolf"), "false") << "a specialist on a lost deal does";
    EXPECT_EQ(field(rows[1], "collaborators_mean"), "0") << "but only won deals are counted in the mean";
    EXPECT_EQ(field(rows[2], "lone_wolf"), "null") << "no deal of their own";
}

// By hand: 10, 20 and 30 a month on quotas of 20: attainments .5, 1, 1.5, standard deviation .5.
TEST(sellers, volatility_is_the_standard_deviation_of_monthly_attainment) {
    const row_lists tables{{"people", {R"({"person_id":"a"})"}},
                           {"deals",
                            {R"({"deal_id":"1","owner_id":"a","amount":10,"closed":"2023-01-31","outcome":"won"})",
                             R"({"deal_id":"2","owner_id":"a","amount":20,"closed":"2023-02-28","outcome":"won"})",
                             R"({"deal_id":"3","owner_id":"a","amount":30,"closed":"2023-03-31","outcome":"won"})"}},
                           {"quotas",
                            {R"({"person_id":"a","start":"2023-01-01","end":"2023-02-01","amount":20})",
                             R"({"person_id":"a","start":"2023-02-01","end":"2023-03-01","amount":20})",
                             R"({"person_id":"a","start":"2023-03-01","end":"2023-04-01","amount":20})"}}};
    const auto rows = rows_of(results_of(tables, "measures", R"({"version":1,"window_months":3})").at("sellers"));
    EXPECT_EQ(field(rows[0], "volatility"), "0.5");
    EXPECT_EQ(field(rows[0], "attainment"), "1");
    EXPECT_EQ(field(rows[0], "largest_deal_share"), "0.5");
}

// By hand: 100 and 300 a month over 12 months: ln(101) and ln(301), mean in the middle, so half the difference each
// way.
TEST(sellers, log_relative_sales_stand_against_the_mean_of_their_market) {
    const row_lists tables{{"people",
                            {R"({"person_id":"a","market":"x"})", R"({"person_id":"b","market":"x"})",
                             R"({"person_id":"c","market":"y"})"}},
                           {"deals",
                            {R"({"deal_id":"1","owner_id":"a","amount":1200,"closed":"2023-01-31","outcome":"won"})",
                             R"({"deal_id":"2","owner_id":"b","amount":3600,"closed":"2023-02-28","outcome":"won"})",
                             R"({"deal_id":"3","owner_id":"c","amount":9,"closed":"2023-12-31","outcome":"won"})"}}};
    const auto rows = rows_of(results_of(tables, "measures").at("sellers"));
    EXPECT_NEAR(std::stod(field(rows[0], "log_relative_sales")), -0.5 * std::log(301.0 / 101.0), 1e-14);
    EXPECT_NEAR(std::stod(field(rows[1], "log_relative_sales")), 0.5 * std::log(301.0 / 101.0), 1e-14);
    EXPECT_EQ(field(rows[2], "log_relative_sales"), "0") << "alone in the market";
}

TEST(sellers, are_not_compared_with_a_manager_who_has_a_hand_in_a_few_deals_and_no_quota) {
    row_lists tables{
        {"people",
         {R"({"person_id":"a","manager_id":"m"})", R"({"person_id":"b","manager_id":"m"})", R"({"person_id":"m"})"}},
        {"deals",
         {R"({"deal_id":"1","owner_id":"a","amount":1200,"closed":"2023-01-31","outcome":"won"})",
          R"({"deal_id":"2","owner_id":"b","amount":1200,"closed":"2023-02-28","outcome":"won"})",
          R"({"deal_id":"3","owner_id":"m","amount":1,"closed":"2023-12-31","outcome":"won"})"}},
        {"quotas",
         {R"({"person_id":"a","start":"2023-01-01","end":"2024-01-01","amount":100})",
          R"({"person_id":"m","start":"2023-01-01","end":"2024-01-01","amount":500,"scope":"team"})"}}};
    auto rows = rows_of(results_of(tables, "measures").at("sellers"));
    EXPECT_EQ(field(rows[0], "log_relative_sales"), "0") << "a and b sold the same";
    EXPECT_EQ(field(rows[2], "status"), "\"leads\"");
    EXPECT_EQ(field(rows[2], "log_relative_sales"), "null");
    EXPECT_EQ(field(rows[2], "performance_z"), "null");
    EXPECT_EQ(field(rows[2], "won_amount"), "1") << "the facts stay";
    tables["quotas"].push_back(R"({"person_id":"m","start":"2023-01-01","end":"2024-01-01","amount":100})");
    rows = rows_of(results_of(tables, "measures").at("sellers"));
    EXPECT_EQ(field(rows[2], "status"), "\"ok\"") << "an own quota makes a seller of a manager";
    EXPECT_NE(field(rows[0], "log_relative_sales"), "0");
}

TEST(sellers, share_a_rank_when_they_sold_the_same) {
    const row_lists tables{{"people",
                            {R"({"person_id":"a","manager_id":"m"})", R"({"person_id":"b","manager_id":"m"})",
                             R"({"person_id":"c","manager_id":"m"})", R"({"person_id":"m"})"}},
                           {"deals",
                            {R"({"deal_id":"1","owner_id":"a","amount":5,"closed":"2023-01-31","outcome":"won"})",
                             R"({"deal_id":"2","owner_id":"b","amount":7,"closed":"2023-02-28","outcome":"won"})",
                             R"({"deal_id":"3","owner_id":"c","amount":7,"closed":"2023-12-31","outcome":"won"})"}}};
    const auto rows = rows_of(results_of(tables, "measures").at("sellers"));
    EXPECT_EQ(field(rows[0], "rank_in_team"), "3");
    EXPECT_EQ(field(rows[1], "rank_in_team"), "1");
    EXPECT_EQ(field(rows[2], "rank_in_team"), "1");
    EXPECT_EQ(field(rows[3], "rank_in_team"), "null");
}

} // namespace
