#include <map>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "planted_rows.hpp"
#include "run/measured.hpp"

namespace {

using namespace dualtrack;
using test::append_rows;
using test::random_rows;
using test::results_of;
using test::row_lists;
using test::shuffle_rows;

/// Two sellers, s1 and s2, under m until s2 moves to n on 1 July; worked out by hand below.
row_lists by_hand() {
    return {
        {"people",
         {R"({"person_id":"m"})", R"({"person_id":"n"})", R"({"person_id":"s1","hired":"2022-01-01","market":"east"})",
          R"({"person_id":"s2","hired":"2022-01-01","market":"east"})"}},
        {"assignments",
         {R"({"person_id":"s1","manager_id":"m","start":"2022-01-01"})",
          R"({"person_id":"s2","manager_id":"m","start":"2022-01-01","end":"2023-07-01"})",
          R"({"person_id":"s2","manager_id":"n","start":"2023-07-01"})"}},
        {"deals",
         {R"({"deal_id":"d1","owner_id":"s1","amount":100.01,"opened":"2023-02-01","closed":"2023-02-11","outcome":"won"})",
          R"({"deal_id":"d2","owner_id":"s2","amount":50,"opened":"2023-06-01","closed":"2023-06-30","outcome":"won"})",
          R"({"deal_id":"d3","owner_id":"s2","amount":70,"opened":"2023-06-01","closed":"2023-07-01","outcome":"won"})",
          R"({"deal_id":"d4","owner_id":"s1","opened":"2023-08-01","closed":"2023-08-05","outcome":"lost"})",
          R"({"deal_id":"d5","owner_id":"s1","amount":999,"opened":"2023-08-01","outcome":"open"})"}},
        {"credits",
         {R"({"deal_id":"d1","person_id":"s1","share":0.5})", R"({"deal_id":"d1","person_id":"s2","share":0.5})",
          R"({"deal_id":"d1","person_id":"m","share":1,"kind":"overlay"})"}},
        {"quotas",
         {R"({"person_id":"s1","start":"2023-01-01","end":"2024-01-01","amount":200})",
          R"({"person_id":"s2","start":"2023-01-01","end":"2024-01-01","amount":365})",
          R"({"person_id":"n","start":"2023-07-01","end":"2023-10-01","amount":140,"scope":"team"})"}},
    };
}

std::string row_of(const std::string& table, std::string_view key) {
    const auto at = table.find(key);
    if (at == std::string::npos) return {};
    const auto begin = table.rfind('{', at);
    return table.substr(begin, table.find('}', at) - begin + 1);
}

std::string field(const std::string& row, const std::string& name) {
    const auto at = row.find("\"" + name + "\":");
    if (at == std::string::npos) return "absent";
    const auto begin = at + name.size() + 3;
    return row.substr(begin, row.find_first_of(",}", begin) - begin);
}

TEST(measures, of_two_sellers_agree_with_the_sums_by_hand) {
    const auto results = results_of(by_hand(), "measures");
    const std::string s1 = row_of(results.at("sellers"), R"("person_id":"s1")");
    const std::string s2 = row_of(results.at("sellers"), R"("person_id":"s2")");
    EXPECT_EQ(field(s1, "won_amount"), "50.01") << "half of 100.01, and the odd cent for the smaller id";
    EXPECT_EQ(field(s2, "won_amount"), "170") << "50.00 + 50 + 70";
    EXPECT_EQ(field(s1, "won_count"), "1");
    EXPECT_EQ(field(s1, "lost_count"), "1");
    EXPECT_EQ(field(s1, "win_rate"), "0.5");
    EXPECT_EQ(field(s2, "win_rate"), "1");
    EXPECT_EQ(field(s1, "quota"), "200");
    EXPECT_EQ(field(s1, "attainment"), "0.25005");
    EXPECT_EQ(field(s2, "cycle_days_median"), "29") << "10, 29 and 30 days";
    EXPECT_EQ(field(s1, "months_active"), "12");
    EXPECT_EQ(field(s1, "collaborators_mean"), "2") << "s2 and the overlay of m";
    EXPECT_EQ(field(s1, "lone_wolf"), "false");
    EXPECT_EQ(field(s1, "rank_in_team"), "1") << "alone under m now";
    EXPECT_EQ(field(s2, "manager_id"), "\"n\"");
    EXPECT_EQ(field(row_of(results.at("sellers"), R"("person_id":"m")"), "status"), "\"not_a_seller\"");
    EXPECT_EQ(field(row_of(results.at("sellers"), R"("person_id":"m")"), "overlay_amount"), "100.01");
}

/// The tables that the findings miss.
std::string not_recorded(const row_lists& tables) {
    const run_context run;
    const auto facts = run::measure_organisation(run, test::data_of(tables, run), test::policy_of("{\"version\":1}"));
    const org::findings_table& findings = facts.value()->window.findings;
    std::string out;
    for (std::size_t i = 0; i < findings.size(); ++i)
        if (findings.code[i] == "data.not_recorded") out += findings.table[i];
    return out;
}

TEST(measures, of_what_no_table_speaks_of_are_missing_and_said_so) {
    row_lists tables = by_hand();
    const std::string with = row_of(results_of(tables, "measures").at("sellers"), R"("person_id":"s1")");
    EXPECT_EQ(field(with, "lone_wolf"), "false");
    EXPECT_EQ(field(with, "mentoring_minutes"), "null") << "no table of activities";
    tables["activities"] = {R"({"actor_id":"s2","kind":"mentoring","start":"2023-03-01","minutes":30})"};
    tables.erase("credits");
    const auto results = results_of(tables, "measures");
    const std::string s1 = row_of(results.at("sellers"), R"("person_id":"s1")");
    EXPECT_EQ(field(s1, "lone_wolf"), "null") << "neither credits nor participants";
    EXPECT_EQ(field(s1, "collaborators_mean"), "null");
    EXPECT_EQ(field(s1, "mentoring_minutes"), "0") << "logged of others, so none is none";
    EXPECT_EQ(field(s1, "leads_shared"), "0");
    EXPECT_EQ(not_recorded(tables), "participants");
    tables["participants"] = {R"({"deal_id":"d1","person_id":"s1","part":"seller"})"};
    const auto again = results_of(tables, "measures");
    EXPECT_EQ(field(row_of(again.at("sellers"), R"("person_id":"s1")"), "lone_wolf"), "true");
    EXPECT_EQ(not_recorded(tables), "");
}

TEST(measures, leave_a_credit_with_the_manager_of_its_closing_day) {
    const auto results = results_of(by_hand(), "measures");
    const auto manager_of = [&](const char* key) { return field(row_of(results.at("credit"), key), "manager_id"); };
    EXPECT_EQ(manager_of(R"("deal_id":"d2")"), "\"m\"") << "closed on the last day under m";
    EXPECT_EQ(manager_of(R"("deal_id":"d3")"), "\"n\"") << "closed on the first day under n";
    EXPECT_EQ(row_of(results.at("credit"), R"("deal_id":"d4")"), "") << "a lost deal is credited to nobody";
}

TEST(measures, never_add_a_team_quota_to_the_reports_own) {
    const auto results = results_of(by_hand(), "measures");
    const std::string n = row_of(results.at("teams"), R"("manager_id":"n")");
    EXPECT_EQ(field(n, "start"), "\"2023-07-01\"");
    EXPECT_EQ(field(n, "quota"), "140");
    EXPECT_EQ(field(n, "quota_source"), "\"team\"");
    EXPECT_EQ(field(n, "amount"), "70");
    EXPECT_EQ(field(n, "attainment"), "0.5");
    const std::string m = row_of(results.at("teams"), R"("manager_id":"m")");
    EXPECT_EQ(field(m, "quota_source"), "\"reports\"");
    EXPECT_EQ(field(m, "quota"), "139.32") << "90 of 365 days of 200 and of 365: 49.32 + 90.00";
}

TEST(measures, of_totals_spread_them_over_the_days_of_their_period) {
    const row_lists tables{{"people", {R"({"person_id":"a"})", R"({"person_id":"b"})"}},
                           {"sales",
                            {R"({"person_id":"a","start":"2023-01-16","end":"2023-02-16","amount":310})",
                             R"({"person_id":"b","start":"2023-01-01","end":"2023-04-01","amount":90})"}}};
    const auto results = results_of(tables, "measures", R"({"version":1,"as_of":"2023-03-31","window_months":3})");
    EXPECT_EQ(field(row_of(results.at("seller_months"), R"("person_id":"a")"), "amount"), "160")
        << "16 days of January at 10";
    EXPECT_EQ(field(row_of(results.at("sellers"), R"("person_id":"a")"), "won_amount"), "310");
    EXPECT_EQ(field(row_of(results.at("sellers"), R"("person_id":"a")"), "won_count"), "null");
}

TEST(measures, are_the_same_bytes_for_any_row_order_and_thread_count) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        row_lists tables = random_rows(seed, 40, 600);
        for (const char* analysis : {"measures", "pay"}) {
            const auto expected = results_of(tables, analysis);
            for (const int threads : {2, 8})
                EXPECT_EQ(results_of(tables, analysis, R"({"version":1,"as_of":"2023-12-31"})", threads), expected);
            row_lists shuffled = tables;
            shuffle_rows(shuffled, seed);
            EXPECT_EQ(results_of(shuffled, analysis), expected);
        }
    }
}

TEST(measures, do_not_see_names) {
    EXPECT_EQ(results_of(random_rows(3, 30, 300, "p", "north", ""), "measures"),
              results_of(random_rows(3, 30, 300, "p", "north", " Jr."), "measures"));
}

TEST(measures, of_renamed_ids_differ_in_the_ids_alone) {
    const auto before = results_of(random_rows(4, 30, 300, "p"), "measures");
    const auto after = results_of(random_rows(4, 30, 300, "q"), "measures");
    for (const auto& [name, table] : before) {
        std::string renamed = after.at(name);
        for (std::size_t at = 0; (at = renamed.find("\"q", at)) != std::string::npos;)
            if (renamed.compare(at, 5, "\"quot") == 0 || renamed.compare(at, 7, "\"quarte") == 0)
                ++at;
            else
                renamed[at + 1] = 'p';
        EXPECT_EQ(renamed, table) << name;
    }
}

TEST(measures, of_a_market_do_not_change_when_another_one_joins) {
    const row_lists north = random_rows(5, 30, 400, "p", "north");
    row_lists both = north;
    append_rows(both, random_rows(6, 50, 700, "z", "south"));
    for (const char* analysis : {"measures", "pay"}) {
        const auto alone = results_of(north, analysis);
        const auto together = results_of(both, analysis);
        for (const auto& [name, table] : alone) {
            const std::string& wider = together.at(name);
            if (name == "offers") continue; // nobody is a candidate here
            ASSERT_GT(wider.size(), table.size());
            EXPECT_EQ(wider.substr(0, table.size() - 1), table.substr(0, table.size() - 1)) << analysis << " " << name;
        }
    }
}

TEST(measures, of_a_deal_in_two_parts_with_the_same_shares_have_the_same_totals) {
    row_lists whole{
        {"people",
         {R"({"person_id":"a","manager_id":"m"})", R"({"person_id":"b","manager_id":"m"})", R"({"person_id":"m"})"}},
        {"deals", {R"({"deal_id":"1","owner_id":"a","amount":100.03,"closed":"2023-05-05","outcome":"won"})"}},
        {"credits",
         {R"({"deal_id":"1","person_id":"a","share":0.5})", R"({"deal_id":"1","person_id":"b","share":0.5})"}}};
    row_lists parts = whole;
    parts["deals"] = {R"({"deal_id":"1","owner_id":"a","amount":60.01,"closed":"2023-05-05","outcome":"won"})",
                      R"({"deal_id":"2","owner_id":"a","amount":40.02,"closed":"2023-05-05","outcome":"won"})"};
    parts["credits"].push_back(R"({"deal_id":"2","person_id":"a","share":0.5})");
    parts["credits"].push_back(R"({"deal_id":"2","person_id":"b","share":0.5})");
    const auto amount = [](const row_lists& tables) {
        return field(row_of(results_of(tables, "measures").at("teams"), R"("start":"2023-04-01")"), "amount");
    };
    EXPECT_EQ(amount(whole), "100.03");
    EXPECT_EQ(amount(parts), "100.03");
}

TEST(measures, sum_to_the_same_total_in_every_table) {
    const auto data = test::data_of(random_rows(12, 60, 2000));
    const run_context run;
    auto facts = run::measure_organisation(run, data, test::policy_of(R"({"version":1,"as_of":"2023-12-31"})"));
    ASSERT_TRUE(facts);
    std::int64_t deals = 0;
    for (std::uint32_t deal = 0; deal < data->organisation.n_deals(); ++deal)
        if (measure::detail::is_decided(data->organisation, facts.value()->window, deal) &&
            measure::detail::is_won(data->organisation, deal))
            deals += data->organisation.deals.amount[deal];
    std::int64_t sellers = 0;
    for (const std::int64_t amount : facts.value()->sellers.won_amount.minor)
        sellers += amount == no_money ? 0 : amount;
    std::int64_t cells = 0;
    for (const std::int64_t amount : facts.value()->cells.amount) cells += amount;
    EXPECT_EQ(sellers, deals);
    EXPECT_EQ(cells, deals);
}

TEST(measures, round_overlay_credit_to_the_nearest_cent) {
    row_lists tables = by_hand();
    tables["deals"].push_back(R"({"deal_id":"d6","owner_id":"s1","amount":1,"closed":"2023-09-01","outcome":"won"})");
    tables["credits"].push_back(R"({"deal_id":"d6","person_id":"n","share":0.29,"kind":"overlay"})");
    const auto results = results_of(tables, "measures");
    EXPECT_EQ(field(row_of(results.at("sellers"), R"("person_id":"n")"), "overlay_amount"), "0.29")
        << "100 x 0.29 is a little under 29 in binary";
}

TEST(measures, name_the_table_that_is_missing) {
    auto result =
        run::find_analysis("measures")
            ->run(run_context{}, test::data_of(row_lists{{"people", {R"({"person_id":"a"})"}}}), org::policy{});
    ASSERT_FALSE(result);
    EXPECT_EQ(test::said(result.error()),
              "schema.missing_table at deals row -1: expected the table deals or the table sales, found neither");
}

TEST(measures, of_an_organisation_without_a_single_deal_are_empty_but_there) {
    const auto results = results_of(row_lists{{"people", {R"({"person_id":"a"})"}}, {"deals", {}}}, "measures");
    EXPECT_EQ(field(row_of(results.at("sellers"), R"("person_id":"a")"), "status"), "\"not_a_seller\"");
    EXPECT_EQ(results.at("teams"), "[]");
    EXPECT_EQ(results.at("credit"), "[]");
}

TEST(measures, say_when_everything_was_sold_before_the_window) {
    const row_lists tables = random_rows(3, 12, 200);
    const auto said =
        test::findings_of(tables, "measures", "data.window_empty", R"({"version":1,"as_of":"2030-06-30"})");
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0].substr(0, 76), "nothing was sold in the window 2029-07-01 to 2030-06-30; the last sale on re")
        << said[0];
    EXPECT_TRUE(test::findings_of(tables, "measures", "data.window_empty").empty());
}

} // namespace
