#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <dualtrack/base/random.hpp>
#include <dualtrack/org/organisation.hpp>

#include "planted_rows.hpp"

namespace {

using namespace dualtrack;
using test::has;
using test::results_of;
using test::row_lists;
using test::rows_with;

constexpr const char* year_2023 = R"({"version":1,"as_of":"2023-12-31"})";

double number(const std::string& row, const std::string& name) {
    const auto at = row.find("\"" + name + "\":");
    return at == std::string::npos ? -1e9 : std::stod(row.substr(at + name.size() + 3));
}

/// Nine people, each with one motive.
row_lists nine_motives() {
    row_lists out = test::random_rows(11, 40, 2500);
    for (std::string& row : out["people"]) // nobody has left
        if (const auto left = row.find(",\"left\""); left != std::string::npos) row = row.substr(0, left) + "}";
    for (std::size_t i = 0; i < org::motive_words.size(); ++i)
        out["motives"].push_back(R"({"person_id":"p10)" + integer_text(static_cast<std::int64_t>(10 + i)) +
                                 R"(","motive":")" + std::string(org::motive_words[i]) +
                                 R"(","strength":0.9,"date":"2023-10-01"})");
    return out;
}

TEST(retention, every_motive_gives_its_own_family_of_actions) {
    const std::map<std::string, std::string> family{{"voice", "access_to_decision_makers"},
                                                    {"giving_back", "paid_time_for_a_cause"},
                                                    {"sharing_skill", "mentoring_with_quota_relief"},
                                                    {"burnout", "find_and_cut_the_source"},
                                                    {"progress", "skills_training_conference"},
                                                    {"money", "pay_at_par_on_the_expert_track"},
                                                    {"recognition", "title_and_standing"},
                                                    {"only_path", "show_the_expert_ladder"},
                                                    {"developing_people", "trial_assignments"}};
    const std::string actions = results_of(nine_motives(), "retention", year_2023).at("actions");
    for (const auto& [motive, action] : family) {
        const auto rows = rows_with(actions, "\"motive\":\"" + motive + "\"");
        ASSERT_FALSE(rows.empty()) << motive << actions;
        for (const std::string& row : rows) EXPECT_TRUE(has(row, "\"action\":\"" + action + "\"")) << row;
    }
}

TEST(retention, minutes_fit_what_is_freed_and_reviews_come_after_the_start) {
    row_lists tables = nine_motives();
    for (const std::string_view motive : org::motive_words) // one person who wants everything
        tables["motives"].push_back(R"({"person_id":"p1030","motive":")" + std::string(motive) +
                                    R"(","strength":0.8,"date":"2023-11-01"})");
    const auto results = results_of(tables, "retention", year_2023);
    for (const std::string& row : rows_with(results.at("retention"), "\"person_id\""))
        EXPECT_LE(number(row, "minutes_week"), number(row, "capacity_minutes_week")) << row;
    const auto all = rows_with(results.at("actions"), R"("person_id":"p1030")");
    ASSERT_EQ(all.size(), 9U) << "every motive has its action, also where its minutes have to wait";
    double minutes = 0.0;
    for (const std::string& row : all) {
        minutes += number(row, "minutes_week");
        EXPECT_LT(row.substr(row.find("\"start\":") + 9, 10), row.substr(row.find("\"review\":") + 10, 10)) << row;
        EXPECT_GE(number(row, "review_every_days"), 1) << row;
    }
    EXPECT_LE(minutes,
              number(rows_with(results.at("retention"), R"("person_id":"p1030")")[0], "capacity_minutes_week"));
    EXPECT_FALSE(rows_with(results.at("actions"), R"("waits":true)").empty());
}

TEST(retention, talking_points_come_in_the_order_of_the_article_with_the_persons_figures) {
    const auto results = results_of(nine_motives(), "retention", year_2023);
    const auto rows = rows_with(results.at("talking_points"), R"("person_id":"p1012")");
    ASSERT_EQ(rows.size(), 6U);
    const char* topics[] = {"validate",       "performance_and_readiness", "ask_why", "week_of_a_manager", "the_path",
                            "pay_in_the_open"};
    for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_EQ(number(rows[i], "step"), static_cast<double>(i + 1));
        EXPECT_TRUE(has(rows[i], std::string("\"topic\":\"") + topics[i])) << rows[i];
    }
    const auto sellers = results_of(nine_motives(), "measures", year_2023).at("sellers");
    const std::string own = rows_with(sellers, R"("person_id":"p1012")")[0];
    std::string sold = integer_text(std::llround(number(own, "won_amount"))); // as it is said: thousands apart
    for (std::size_t at = sold.size(); at > 3;) sold.insert(at -= 3, ",");
    EXPECT_TRUE(has(rows[0], "Sold " + sold + " in ")) << rows[0] << own;
    EXPECT_TRUE(has(rows[2], "sharing skill (0.90)")) << rows[2];
    EXPECT_TRUE(has(rows[5], "Pay now: ")) << rows[5];
}

/// A seat filled in the middle of the year: p1006 won it, p1007 to p1012 did not.
row_lists with_a_filled_seat() {
    row_lists out = nine_motives();
    out["vacancies"] = {
        R"({"vacancy_id":"v","role":"Sales Manager","opens":"2023-07-01","filled_by":"p1006","external":false})"};
    for (int i = 6; i <= 12; ++i)
        out["candidates"].push_back(R"({"vacancy_id":"v","person_id":"p10)" + std::string(i < 10 ? "0" : "") +
                                    integer_text(i) + R"(","interviewed":)" + (i % 2 == 0 ? "true" : "false") + "}");
    return out;
}

TEST(retention, passed_over_people_have_the_risk_of_the_published_hazards) {
    const std::string table = results_of(with_a_filled_seat(), "retention", year_2023).at("retention");
    const auto rows = rows_with(table, R"("passed_over":"yes")");
    ASSERT_GE(rows.size(), 3U) << table;
    for (const std::string& row : rows) {
        EXPECT_GE(number(row, "hazard_ratio"), 1.0) << row;
        EXPECT_GE(number(row, "probability_exit_12m"), number(row, "mitigated_probability_12m")) << row;
        EXPECT_GT(number(row, "mitigated_probability_12m"), number(row, "base_probability_12m")) << row;
        EXPECT_TRUE(has(row, R"("vacancy_id":"v")")) << row;
    }
    for (const std::string& row : rows_with(table, R"("passed_over":"no")"))
        EXPECT_NEAR(number(row, "probability_exit_12m"), 0.27, 1e-12) << "the base rate of a year";
}

TEST(retention, each_measure_of_published_effect_stands_with_the_risk_before_and_after) {
    const auto results = results_of(with_a_filled_seat(), "retention", year_2023);
    const auto rows = rows_with(results.at("mitigations"), "interview");
    ASSERT_FALSE(rows.empty()) << results.at("mitigations");
    for (const std::string& row : rows) {
        const std::string person = row.substr(row.find("\"person_id\":"), 19);
        const std::string own = rows_with(results.at("retention"), person)[0];
        EXPECT_LT(number(row, "after"), number(row, "before")) << row;
        EXPECT_EQ(number(row, "before"), number(own, "probability_exit_12m")) << row << own;
        EXPECT_EQ(number(row, "after"), number(own, "mitigated_probability_12m")) << row << own;
    }
}

TEST(retention, whoever_was_not_interviewed_is_to_be_interviewed_first) {
    const auto results = results_of(with_a_filled_seat(), "retention", year_2023);
    const auto rows = rows_with(results.at("actions"), "interview_and_feedback");
    ASSERT_FALSE(rows.empty());
    for (const std::string& row : rows) {
        const std::string person = row.substr(row.find("\"person_id\":"), 20);
        EXPECT_TRUE(has(rows_with(results.at("actions"), person)[0], "interview_and_feedback")) << person;
        EXPECT_TRUE(has(row, R"("motive":null)")) << row;
    }
}

// For random ladders and organisations: the promise stands only where the gaps can close within the horizon.
TEST(retention, we_will_consider_you_is_said_only_when_the_gaps_can_close_within_the_horizon) {
    random::stream draw(random::place{.seed = 77, .purpose = 25});
    const auto share = [&] { return random::uniform(draw); };
    int promised = 0;
    int silent = 0;
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        row_lists tables = test::random_rows(100 + seed, 24, 900);
        for (int i = 4; i < 28; ++i)
            tables["motives"].push_back(R"({"person_id":"p1)" + std::string(i < 10 ? "00" : "0") + integer_text(i) +
                                        R"(","motive":"voice","strength":0.5,"date":"2023-10-01"})");
        const double asked = 60.0 * share();
        const std::string policy =
            R"({"version":1,"as_of":"2023-12-31","paths":{"horizon_months":)" +
            integer_text(1 + static_cast<std::int64_t>(random::below(draw, 36))) + R"(,"close_probability":)" +
            number_text(0.1 + 0.8 * share()) + R"(,"typical_months":)" + number_text(2.0 + 20.0 * share()) +
            R"(,"ladder":{"name":"x","entry":{"title":"Rep","points":0},"tracks":{"expert":[],"management":[)"
            R"({"title":"Lead","points":1,"requirements":[{"measure":"mentoring_minutes","at_least":)" +
            number_text(asked) + R"(,"months":6},{"measure":"attainment","at_least":)" + number_text(2.0 * share()) +
            R"(,"months":6}]}]}}}})";
        const auto retention = results_of(tables, "retention", policy);
        const auto paths = results_of(tables, "paths", policy).at("paths");
        const auto parsed = test::policy_of(policy);
        for (const std::string& row : rows_with(retention.at("talking_points"), "\"step\"")) {
            const bool says = has(row, "we will consider you");
            if (!has(row, R"("topic":"the_path")")) {
                EXPECT_FALSE(says) << row;
                continue;
            }
            const std::string person = row.substr(row.find("\"person_id\":"), 19);
            std::string path;
            for (const std::string& one : rows_with(paths, person))
                if (has(one, R"("track":"management")")) path = one;
            const bool known = !path.empty() && !has(path, R"("probability_within_horizon":null)") &&
                               !has(path, R"("level_next":null)");
            const bool can = known && number(path, "probability_within_horizon") >= parsed.paths.close_probability &&
                             !has(path, R"("months_to_ready":null)") &&
                             number(path, "months_to_ready") <= parsed.paths.horizon_months;
            EXPECT_EQ(says, can) << row << path;
            (says ? promised : silent) += 1;
        }
    }
    EXPECT_GT(promised, 10);
    EXPECT_GT(silent, 10);
}

TEST(retention, ignores_row_order_and_threads) {
    row_lists tables = with_a_filled_seat();
    const auto results = results_of(tables, "retention", year_2023);
    test::shuffle_rows(tables, 2);
    EXPECT_EQ(results_of(tables, "retention", year_2023, 4), results);
}

TEST(retention, refuses_a_motive_without_an_action_and_says_which) {
    try {
        results_of(nine_motives(), "retention",
                   R"({"version":1,"as_of":"2023-12-31","retention":{"actions":[{"motive":"voice","action":"a",)"
                   R"("text":"t","minutes_week":1,"first_review_days":1,"review_every_days":1}]}})");
        FAIL();
    } catch (const std::exception& error) {
        EXPECT_TRUE(has(error.what(), "giving_back")) << error.what();
    }
}

TEST(retention, writes_no_adjective_about_anybody) {
    const auto results = results_of(with_a_filled_seat(), "retention", year_2023);
    for (const char* word :
         {"lazy", "weak", "poor", "great", "brilliant", "excellent", "selfish", "difficult", "decided that"})
        for (const auto& [name, table] : results) EXPECT_FALSE(has(table, word)) << name << ": " << word;
}

} // namespace
