#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "planted_rows.hpp"

namespace {

using namespace dualtrack;
using test::has;
using test::refusal;
using test::results_of;
using test::row_lists;
using test::rows_with;

std::string row_of(const std::string& table, const std::string& person, const std::string& track) {
    for (const std::string& row : rows_with(table, "\"person_id\":\"" + person + "\""))
        if (has(row, "\"track\":\"" + track + "\"")) return row;
    return "no row";
}

/// A ladder that asks for attainment and tenure on one track, for mentoring on the other.
const std::string ladder =
    R"({"name":"test","pay_unit":"currency","entry":{"title":"Rep","points":0,"pay":{"low":1,"high":100}},"tracks":{)"
    R"("expert":[{"title":"Senior Rep","points":100,"pay":{"low":50,"high":150},"requirements":[)"
    R"({"measure":"attainment","at_least":1.0,"months":12},{"measure":"tenure_months","at_least":12}]},)"
    R"({"title":"Principal","points":200,"pay":{"low":100,"high":200},"requirements":[)"
    R"({"measure":"attainment","at_least":1.2,"months":12}]}],)"
    R"("management":[{"title":"Team Lead","points":100,"pay":{"low":50,"high":150},"requirements":[)"
    R"({"measure":"mentoring_minutes","at_least":60,"months":12,"action":"mentor Zoe"},)"
    R"({"measure":"lone_wolf","at_most":0}]},)"
    R"({"title":"Head","points":200,"pay":{"low":100,"high":200},"requirements":[)"
    R"({"measure":"months_leading","at_least":6}]}]}})";

std::string policy(const std::string& extra = "") {
    return R"({"version":1,"as_of":"2023-12-31","paths":{"ladder":)" + ladder + extra + "}}";
}

/// a: attainment 1.5, hired long ago; b: .5; c: hired in July, 1.0; m leads and is a Team Lead; x has another job.
row_lists small_team() {
    return {{"people",
             {R"({"person_id":"a","role":"Rep","hired":"2020-01-01","manager_id":"m"})",
              R"({"person_id":"b","role":"Rep","hired":"2020-01-01","manager_id":"m"})",
              R"({"person_id":"c","role":"Rep","hired":"2023-07-01","manager_id":"m"})",
              R"({"person_id":"m","role":"Team Lead","hired":"2019-01-01"})",
              R"({"person_id":"s","role":"Senior Rep","hired":"2019-01-01","manager_id":"m"})",
              R"({"person_id":"p","role":"Principal","hired":"2019-01-01","manager_id":"m"})",
              R"({"person_id":"x","role":"Accountant","hired":"2019-01-01"})"}},
            {"deals",
             {R"({"deal_id":"1","owner_id":"a","amount":150,"closed":"2023-06-01","outcome":"won"})",
              R"({"deal_id":"2","owner_id":"b","amount":50,"closed":"2023-06-01","outcome":"won"})",
              R"({"deal_id":"3","owner_id":"c","amount":50,"closed":"2023-09-01","outcome":"won"})",
              R"({"deal_id":"4","owner_id":"s","amount":90,"closed":"2023-09-01","outcome":"won"})"}},
            {"quotas",
             {R"({"person_id":"a","start":"2023-01-01","end":"2024-01-01","amount":100})",
              R"({"person_id":"b","start":"2023-01-01","end":"2024-01-01","amount":100})",
              R"({"person_id":"c","start":"2023-07-01","end":"2024-01-01","amount":50})",
              R"({"person_id":"s","start":"2023-01-01","end":"2024-01-01","amount":100})"}},
            {"participants", {R"({"deal_id":"4","person_id":"s","part":"seller"})"}}, // nobody else took part in any
            {"activities",
             {R"({"actor_id":"a","subject_id":"b","kind":"mentoring","start":"2023-05-01","minutes":45})",
              R"({"actor_id":"b","subject_id":"c","kind":"mentoring","start":"2023-09-01","minutes":60})"}}};
}

TEST(paths, level_now_and_next_stand_on_both_tracks) {
    const std::string paths = results_of(small_team(), "paths", policy()).at("paths");
    const std::string expert = row_of(paths, "a", "expert");
    EXPECT_TRUE(has(expert, R"("level_now":"Rep","level_next":"Senior Rep","eligible":true,"months_to_ready":0)"))
        << expert;
    const std::string leading = row_of(paths, "a", "management");
    EXPECT_TRUE(has(leading, R"("level_now":"Rep","level_next":"Team Lead","eligible":false)")) << leading;
    EXPECT_TRUE(has(row_of(paths, "s", "expert"), R"("level_now":"Senior Rep","level_next":"Principal")"));
    EXPECT_TRUE(has(row_of(paths, "s", "management"), R"("level_now":"Rep","level_next":"Team Lead")"));
    EXPECT_TRUE(has(row_of(paths, "p", "expert"), R"("level_now":"Principal","level_next":null,"eligible":null)"));
    EXPECT_TRUE(
        has(row_of(paths, "m", "management"), R"("level_now":"Team Lead","level_next":"Head","eligible":true)"));
    EXPECT_TRUE(rows_with(paths, R"("person_id":"x")").empty()) << "an accountant is not on the ladder";
}

// By hand: b has .5 of 1.0; a has mentored 45 of 60 minutes.
TEST(paths, each_gap_has_what_is_there_what_is_asked_and_what_closes_it) {
    const auto results = results_of(small_team(), "paths", policy());
    const auto of_b = rows_with(results.at("gaps"), R"("person_id":"b","track":"expert")");
    ASSERT_EQ(of_b.size(), 1U) << results.at("gaps");
    EXPECT_TRUE(has(of_b[0], R"("level":"Senior Rep","requirement":"attainment","have":0.5,"need":1)")) << of_b[0];
    EXPECT_TRUE(has(of_b[0], "account plan"));
    const auto of_a = rows_with(results.at("gaps"), R"("person_id":"a","track":"management")");
    EXPECT_TRUE(has(of_a[0], R"("requirement":"mentoring_minutes","have":45,"need":60,"action":"mentor Zoe")"))
        << of_a[0];
    EXPECT_TRUE(has(of_a[1], R"("requirement":"lone_wolf","have":1,"need":0)")) << "at most 0";
    EXPECT_EQ(rows_with(results.at("gaps"), R"("person_id":"a","track":"expert")").size(), 0U) << "eligible: no gap";
}

// c was hired on 1 July: 184 days, 6.0 months; 12 are asked.
TEST(paths, time_that_has_to_pass_is_waited_for) {
    const auto results = results_of(small_team(), "paths", policy());
    const std::string row = row_of(results.at("paths"), "c", "expert");
    const auto at = row.find("\"months_to_ready\":");
    EXPECT_NEAR(std::stod(row.substr(at + 18)), 12.0 - 184.0 / 30.4375, 1e-9) << row;
    EXPECT_TRUE(has(rows_with(results.at("gaps"), R"("person_id":"c","track":"expert")")[0], "time has to pass"));
}

TEST(paths, what_nobody_recorded_is_not_known_rather_than_missed) {
    row_lists tables = small_team();
    tables.erase("quotas");
    const auto results = results_of(tables, "paths", policy());
    const std::string row = row_of(results.at("paths"), "a", "expert");
    EXPECT_TRUE(has(row, R"("eligible":null,"months_to_ready":null)")) << row;
    EXPECT_TRUE(has(row, R"("status":"insufficient_evidence")")) << row;
    EXPECT_TRUE(has(rows_with(results.at("gaps"), R"("person_id":"a","track":"expert")")[0], R"("have":null)"));
}

TEST(paths, nobody_skips_the_level_that_leads) {
    row_lists tables = small_team();
    tables["people"].push_back(R"({"person_id":"n","role":"Team Lead","hired":"2019-01-01","manager_id":"m"})");
    const std::string row = row_of(results_of(tables, "paths", policy()).at("paths"), "n", "management");
    EXPECT_TRUE(has(row, R"("months_to_ready":null)") && has(row, R"("status":"level_below_first")"))
        << "nobody reports to n, so no month passes of those that are asked: " << row;
}

TEST(paths, default_ladder_has_the_titles_of_the_articles_and_says_nothing_against_itself) {
    const auto results = results_of(test::random_rows(3, 30, 1500), "paths");
    for (const char* title : {"Senior Business Developer", "Sales Manager"})
        EXPECT_TRUE(has(results.at("paths"), title)) << title;
    EXPECT_EQ(rows_with(results.at("ladder_findings"), "\"warning\"").size(), 0U) << results.at("ladder_findings");
}

TEST(paths, ignores_row_order_and_threads) {
    row_lists tables = test::random_rows(4, 60, 3000);
    const auto results = results_of(tables, "paths");
    EXPECT_FALSE(rows_with(results.at("paths"), R"("status":"gaps")").empty());
    test::shuffle_rows(tables, 9);
    EXPECT_EQ(results_of(tables, "paths", R"({"version":1,"as_of":"2023-12-31"})", 4), results);
}

TEST(paths, the_past_is_not_told_by_the_future) {
    row_lists tables = test::random_rows(6, 30, 1500);
    const std::string mid = R"({"version":1,"as_of":"2023-09-30"})";
    const auto before = results_of(tables, "paths", mid);
    tables["activities"].push_back(R"({"actor_id":"p1010","kind":"mentoring","start":"2023-11-01","minutes":500})");
    tables["deals"].push_back(
        R"({"deal_id":"late","owner_id":"p1010","amount":99999,"closed":"2023-11-02","outcome":"won"})");
    EXPECT_EQ(results_of(tables, "paths", mid), before);
}

TEST(paths, refuses_a_ladder_that_cannot_be_with_its_place) {
    const auto with = [](const std::string& text) {
        return refusal(small_team(), "paths", R"({"version":1,"as_of":"2023-12-31","paths":{"ladder":)" + text + "}}");
    };
    EXPECT_TRUE(has(with("7"), "/paths/ladder"));
    EXPECT_TRUE(has(with(R"({"name":"x","entry":{"title":"a","points":0},"tracks":{"expert":[]}})"), "management"));
    const auto level = [&](const std::string& requirement) {
        return with(R"({"name":"x","entry":{"title":"a","points":0},"tracks":{"management":[],"expert":[{"title":"b",)"
                    R"("points":1,"requirements":[)" +
                    requirement + "]}]}}");
    };
    EXPECT_TRUE(has(level(R"({"measure":"atainment","at_least":1})"), "attainment")) << "the nearest is named";
    EXPECT_TRUE(has(level(R"({"measure":"attainment"})"), "/paths/ladder/tracks/expert/0/requirements/0"));
    EXPECT_TRUE(has(level(R"({"measure":"attainment","at_least":1,"at_most":2})"), "both"));
    EXPECT_TRUE(has(with(R"({"name":"x","entry":{"title":"a","points":0},"tracks":{"management":[],)"
                         R"("expert":[{"title":"a","points":1}]}})"),
                    "twice"));
}

TEST(paths, pay_that_is_lived_otherwise_than_the_ladder_says_is_named) {
    row_lists tables = small_team();
    tables["pay"] = {R"({"person_id":"a","start":"2023-01-01","base":90})",
                     R"({"person_id":"s","start":"2023-01-01","base":40})"};
    const std::string found = results_of(tables, "paths", policy()).at("ladder_findings");
    EXPECT_TRUE(has(found, "ladder.paid_less_than_below")) << found;
    EXPECT_TRUE(has(found, "ladder.pay_outside_band")) << found;
    EXPECT_TRUE(has(found, "ladder.leads_by_sales") == false) << "mentoring is asked of team leads";
}

} // namespace
