// Sales are held against a quota on the days that have one.
#include <string>

#include <gtest/gtest.h>

#include "planted_rows.hpp"

namespace {

using namespace dualtrack;
using test::field_of;
using test::findings_of;
using test::results_of;
using test::row_lists;

/// a sells 100 in February, 300 in May and 50 in November; the quota is of April to June, 400. b has a quota all year.
row_lists part_of_a_year() {
    return {
        {"people",
         {R"({"person_id":"a","manager_id":"m"})", R"({"person_id":"b","manager_id":"m"})", R"({"person_id":"m"})"}},
        {"deals",
         {R"({"deal_id":"1","owner_id":"a","amount":100,"closed":"2023-02-10","outcome":"won"})",
          R"({"deal_id":"2","owner_id":"a","amount":300,"closed":"2023-05-10","outcome":"won"})",
          R"({"deal_id":"3","owner_id":"a","amount":50,"closed":"2023-11-10","outcome":"won"})",
          R"({"deal_id":"4","owner_id":"b","amount":600,"closed":"2023-05-20","outcome":"won"})"}},
        {"quotas",
         {R"({"person_id":"a","start":"2023-04-01","end":"2023-07-01","amount":400})",
          R"({"person_id":"b","start":"2023-01-01","end":"2024-01-01","amount":1200})"}}};
}

TEST(attainment, holds_sales_against_the_quota_on_the_days_that_have_one) {
    const std::string sellers = results_of(part_of_a_year(), "measures").at("sellers");
    const auto of = [&](const char* name) { return field_of(sellers, R"("person_id":"a")", name); };
    EXPECT_EQ(of("won_amount"), "450") << "the facts stay";
    EXPECT_EQ(of("quota"), "400");
    EXPECT_EQ(of("attained_amount"), "300");
    EXPECT_EQ(of("attainment"), "0.75") << "300 / 400, not 450 / 400";
    EXPECT_EQ(field_of(sellers, R"("person_id":"b")", "attainment"), "0.5");
}

TEST(attainment, says_which_sales_it_leaves_out) {
    const auto findings = findings_of(part_of_a_year(), "measures", "data.quota_gap");
    ASSERT_EQ(findings.size(), 2U) << "of the seller, and of the quarters of the team";
    EXPECT_EQ(findings[0], "attainment of a leaves out 150 credited on the 274 days of the window without a quota");
}

TEST(attainment, of_a_quota_that_begins_within_a_month_splits_the_month) {
    row_lists tables = part_of_a_year();
    tables["quotas"][0] = R"({"person_id":"a","start":"2023-05-10","end":"2023-07-01","amount":400})";
    EXPECT_EQ(field_of(results_of(tables, "measures").at("sellers"), R"("person_id":"a")", "attainment"), "0.75")
        << "the first day counts";
    tables["quotas"][0] = R"({"person_id":"a","start":"2023-05-11","end":"2023-07-01","amount":400})";
    EXPECT_EQ(field_of(results_of(tables, "measures").at("sellers"), R"("person_id":"a")", "attainment"), "0");
    tables["quotas"][0] = R"({"person_id":"a","start":"2023-01-01","end":"2023-05-10","amount":400})";
    EXPECT_EQ(field_of(results_of(tables, "measures").at("sellers"), R"("person_id":"a")", "attainment"), "0.25")
        << "the first day after does not";
}

TEST(attainment, does_not_change_when_one_quota_is_cut_into_parts_that_follow_each_other) {
    const row_lists whole = part_of_a_year();
    row_lists parts = whole;
    parts["quotas"] = {R"({"person_id":"a","start":"2023-04-01","end":"2023-05-10","amount":200})",
                       R"({"person_id":"a","start":"2023-05-10","end":"2023-07-01","amount":200})",
                       whole.at("quotas")[1]};
    const auto attainment = [](const row_lists& tables) {
        return field_of(results_of(tables, "measures").at("sellers"), R"("person_id":"a")", "attainment");
    };
    EXPECT_EQ(attainment(parts), attainment(whole));
}

TEST(attainment, of_a_window_quotas_cover_wholly_is_all_that_was_credited_over_the_quota) {
    const auto results = results_of(test::random_rows(21, 30, 500), "measures");
    const std::string& sellers = results.at("sellers");
    int n = 0;
    for (std::size_t at = sellers.find("\"won_amount\":"); at != std::string::npos;
         at = sellers.find("\"won_amount\":", at + 1)) {
        const auto row = sellers.substr(sellers.rfind('{', at), sellers.find('}', at) - sellers.rfind('{', at) + 1);
        if (field_of(row, "{", "quota") == "null" || row.find("\"left\"") != std::string::npos) continue;
        const double attained = std::stod(field_of(row, "{", "attained_amount"));
        EXPECT_DOUBLE_EQ(std::stod(field_of(row, "{", "attainment")),
                         attained / std::stod(field_of(row, "{", "quota")));
        n += attained == std::stod(field_of(row, "{", "won_amount")) ? 1 : 0;
    }
    EXPECT_GE(n, 20) << "everybody but those with a deal that closed after they left";
}

TEST(teams, hold_the_sales_of_reports_against_their_quotas_on_the_days_that_have_one) {
    const std::string teams = results_of(part_of_a_year(), "measures",
                                         R"({"version":1,"as_of":"2023-12-31","seller":{"team_period":"window"}})")
                                  .at("teams");
    EXPECT_EQ(field_of(teams, "{", "amount"), "1050");
    EXPECT_EQ(field_of(teams, "{", "attained_amount"), "900") << "without the 150 of a on days without a quota";
    EXPECT_EQ(field_of(teams, "{", "quota"), "1600");
    EXPECT_EQ(field_of(teams, "{", "attainment"), "0.5625");
}

TEST(teams, hold_a_team_quota_of_some_weeks_against_the_sales_of_these_weeks) {
    row_lists tables = part_of_a_year();
    tables["quotas"].push_back(
        R"({"person_id":"m","start":"2023-05-15","end":"2023-06-15","amount":1000,"scope":"team"})");
    const std::string teams = results_of(tables, "measures").at("teams");
    const auto second = [&](const char* name) { return field_of(teams, R"("start":"2023-04-01")", name); };
    EXPECT_EQ(second("amount"), "900");
    EXPECT_EQ(second("quota"), "1000");
    EXPECT_EQ(second("attained_amount"), "600") << "b on 20 May; a on 10 May is before";
    EXPECT_EQ(second("attainment"), "0.6");
    EXPECT_EQ(second("quota_source"), "\"team\"");
}

TEST(teams, say_when_nobody_was_there_for_a_team_quota) {
    row_lists tables = part_of_a_year();
    tables["quotas"].push_back(
        R"({"person_id":"b","start":"2023-01-01","end":"2024-01-01","amount":9,"scope":"team"})");
    const auto findings = findings_of(tables, "measures", "data.excluded");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0], "nobody reported to b on 365 days of this team quota; that part of it is left out");
}

TEST(teams, name_the_reason_of_every_number_that_is_not_there) {
    row_lists tables = part_of_a_year();
    tables["quotas"].clear();
    std::string teams = results_of(tables, "measures").at("teams");
    EXPECT_EQ(field_of(teams, "{", "attainment"), "null");
    EXPECT_EQ(field_of(teams, "{", "regretted_retention"), "null");
    EXPECT_EQ(field_of(teams, "{", "status"), "\"no_quota_no_top_seller\"");
    teams = results_of(part_of_a_year(), "measures").at("teams");
    EXPECT_EQ(field_of(teams, "{", "status"), "\"no_top_seller\"");
}

TEST(teams, never_count_more_exits_than_reports) {
    row_lists tables = part_of_a_year();
    tables["people"] = {R"({"person_id":"a","manager_id":"m","hired":"2023-06-01","left":"2023-06-01"})",
                        R"({"person_id":"b","manager_id":"m"})", R"({"person_id":"m"})"};
    const std::string teams = results_of(tables, "measures").at("teams");
    EXPECT_EQ(field_of(teams, R"("start":"2023-04-01")", "n_reports"), "1");
    EXPECT_EQ(field_of(teams, R"("start":"2023-04-01")", "exits"), "0")
        << "a left on the day of hiring, and so never reported to anybody";
}

} // namespace
