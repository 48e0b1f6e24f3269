#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rated_rows.hpp"
#include "run/assessed.hpp"
#include "run/readiness_tables.hpp"

namespace {

using namespace dualtrack;
using test::add_ratings;
using test::random_rows;
using test::results_of;
using test::row_lists;
using test::row_text;

const char* const year_2023 = R"({"version":1,"as_of":"2023-12-31"})";

/// Replaces the value of a field in every row by what `make` gives.
template <class Make> void change(row_lists& tables, const std::string& table, const std::string& field, Make&& make) {
    for (std::string& row : tables[table]) {
        const auto at = row.find("\"" + field + "\":");
        if (at == std::string::npos) continue;
        const auto begin = at + field.size() + 3;
        const auto end = row.find_first_of(",}", begin);
        row = row.substr(0, begin) + make() + row.substr(end);
    }
}

double number_after(const std::string& text, const std::string& where, const std::string& field) {
    const auto row = text.find(where);
    if (row == std::string::npos) throw std::runtime_error("no row with " + where);
    return std::stod(text.substr(text.find("\"" + field + "\":", row) + field.size() + 3));
}

std::string refused(const row_lists& tables, const char* policy = year_2023) {
    auto result = run::find_analysis("readiness")->run(run_context{}, test::data_of(tables), test::policy_of(policy));
    return result ? "accepted" : test::said(result.error());
}

const std::vector<std::string> blind_tables{"readiness", "constructs",   "evidence", "questions",
                                            "trials",    "explanations", "raters",   "reliability"};

TEST(readiness, does_not_see_amounts_quotas_pay_or_outcomes) {
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        row_lists tables = random_rows(seed, 11, 25);
        add_ratings(tables, seed, 12);
        const auto before = results_of(tables, "readiness", year_2023);
        random::stream draw(random::place{.seed = seed, .purpose = 12});
        const auto money = [&] { return number_text(static_cast<double>(1 + random::below(draw, 99999999)) / 100.0); };
        change(tables, "deals", "amount", money);
        change(tables, "quotas", "amount", money);
        for (const char* column : {"base", "target_variable", "paid_variable"}) change(tables, "pay", column, money);
        for (std::string& row : tables["deals"]) // every outcome anew; what the contract asks of it comes along
            if (const auto at = row.find("\"outcome\":"); row.find("\"closed\"") != std::string::npos) {
                const bool won = random::below(draw, 2) == 0;
                const bool has_amount = row.find("\"amount\":") != std::string::npos;
                row = row.substr(0, at) + "\"outcome\":\"" + (won ? "won" : "lost") + "\"" +
                      (won && !has_amount ? ",\"amount\":" + money() : "") + row.substr(row.find_first_of(",}", at));
            }
        const auto after = results_of(tables, "readiness", year_2023);
        for (const std::string& name : blind_tables)
            ASSERT_EQ(before.at(name), after.at(name)) << name << " at seed " << seed;
    }
}

TEST(readiness, is_the_same_bytes_for_any_row_order_and_thread_count) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        row_lists tables = random_rows(seed, 30, 200);
        add_ratings(tables, seed, 35);
        const auto expected = results_of(tables, "readiness", year_2023);
        EXPECT_EQ(results_of(tables, "readiness", year_2023, 4), expected);
        test::shuffle_rows(tables, seed);
        EXPECT_EQ(results_of(tables, "readiness", year_2023), expected);
    }
}

std::shared_ptr<const run::assessed> assessed_of(const row_lists& tables) {
    auto all = run::assess_people(run_context{}, test::data_of(tables), org::policy{},
                                  *calendar::parse_iso_date("2023-12-31"));
    if (!all) throw std::runtime_error(test::said(all.error()));
    return std::move(all).value();
}

TEST(readiness, evidence_table_adds_up_to_the_constructs_and_they_to_readiness) {
    row_lists tables = random_rows(3, 40, 300);
    add_ratings(tables, 3, 46);
    const auto all = assessed_of(tables);
    auto* memory = std::pmr::get_default_resource();
    const auto evidence = run::evidence_rows(*all, memory);
    const auto constructs = run::construct_rows(run_context{}, *all);
    const auto readiness = run::readiness_rows(*all, memory);
    std::map<std::pair<std::uint32_t, int>, std::pair<double, double>> sums; // weight, weight x observed
    int n_flags = 0;
    for (std::size_t i = 0; i < evidence.person_id.index.size(); ++i) {
        auto& own = sums[{evidence.person_id.index[i], evidence.construct.code[i]}];
        own.first += evidence.weight.value[i];
        own.second += evidence.weight.value[i] * evidence.observed_z.value[i];
        n_flags += evidence.source.code[i] == static_cast<std::uint8_t>(assess::source::red_flag) ? 1 : 0;
    }
    EXPECT_GT(n_flags, 0);
    std::map<std::uint32_t, double> z;
    for (std::size_t i = 0; i < constructs.person_id.index.size(); ++i) {
        const auto& own = sums.at({constructs.person_id.index[i], constructs.construct.code[i]});
        EXPECT_NEAR(own.first, 1.0, 1e-12);
        EXPECT_NEAR(own.second, constructs.z.value[i], 1e-12);
        z[constructs.person_id.index[i]] += constructs.weight.value[i] * constructs.z.value[i];
    }
    for (std::size_t i = 0; i < readiness.person_id.index.size(); ++i)
        EXPECT_EQ(readiness.readiness_z.value[i], z.at(readiness.person_id.index[i]));
}

TEST(readiness, red_flag_caps_what_it_speaks_against) {
    row_lists tables = random_rows(4, 40, 100);
    add_ratings(tables, 4, 46);
    const auto all = assessed_of(tables);
    ASSERT_FALSE(all->flags.empty());
    constexpr auto about = static_cast<std::size_t>(assess::construct::holds_accountable);
    for (const run::red_flag& flag : all->flags) {
        const auto at = std::lower_bound(all->people.begin(), all->people.end(), flag.person);
        if (at == all->people.end() || *at != flag.person) continue;
        run::person_judgement one;
        run::judge_person(*all, flag.person, one);
        EXPECT_LE(one.judged[about].mean, flag.cap + 1e-12);
    }
}

TEST(readiness, of_somebody_nobody_spoke_about_is_the_prior_and_says_what_to_ask) {
    row_lists tables = random_rows(5, 12, 30);
    add_ratings(tables, 5, 14);
    tables["people"].push_back(R"({"person_id":"zz","market":"north"})");
    tables.erase("activities");
    const auto results = results_of(tables, "readiness", year_2023);
    const std::string& readiness = results.at("readiness");
    const auto row = readiness.substr(readiness.find(R"("person_id":"zz")"));
    EXPECT_NE(row.find(R"("status":"insufficient_evidence")"), std::string::npos);
    EXPECT_NE(row.find(R"("n_sources":0)"), std::string::npos);
    EXPECT_NE(results.at("explanations").find("Nobody has spoken about 9 of 9 constructs"), std::string::npos);
    EXPECT_NE(results.at("questions").find(R"("person_id":"zz")"), std::string::npos);
}

TEST(readiness, of_an_organisation_that_asked_nobody_yet_is_the_prior_of_everybody_and_says_whom_to_ask) {
    row_lists tables{{"people", {R"({"person_id":"a","hired":"2020-01-01"})", R"({"person_id":"b"})"}}};
    for (const char* policy : {year_2023, R"({"version":1})"}) { // a day is not needed to know that nobody was asked
        const auto results = results_of(tables, "readiness", policy);
        for (const char* id : {"a", "b"}) {
            const std::string row =
                results.at("readiness").substr(results.at("readiness").find("\"person_id\":\"" + std::string(id)));
            EXPECT_EQ(number_after(row, "\"person_id\"", "readiness_z"), 0.0);
            EXPECT_EQ(number_after(row, "\"person_id\"", "readiness_sd"), 1.0);
            EXPECT_NE(row.find(R"("status":"insufficient_evidence")"), std::string::npos);
            EXPECT_NE(results.at("questions").find("\"person_id\":\"" + std::string(id)), std::string::npos);
        }
        EXPECT_EQ(results.at("readiness").find("\"status\":\"develop\""), std::string::npos);
        EXPECT_EQ(results.at("grid"), "[]");
        EXPECT_NE(results.at("trials").find("\"person_id\":\"a\""), std::string::npos);
    }
    auto result =
        run::find_analysis("readiness")->run(run_context{}, test::data_of(tables), test::policy_of(year_2023));
    ASSERT_TRUE(result);
    const std::string findings = report::export_json(result.value()->tables.back().get().view);
    EXPECT_NE(findings.find("\"severity\":\"note\",\"code\":\"readiness.no_evidence\""), std::string::npos) << findings;
    EXPECT_NE(findings.find("\"count\":2"), std::string::npos) << findings;
}

TEST(readiness, leaves_out_with_a_finding_what_somebody_else_says_as_one_self) {
    row_lists tables = random_rows(8, 12, 20);
    add_ratings(tables, 8, 14);
    const auto before = results_of(tables, "readiness", year_2023);
    tables["ratings"].push_back(test::rating_row("p1001", "p1002", "self", "curious", 5));
    EXPECT_EQ(results_of(tables, "readiness", year_2023), before);
    auto result =
        run::find_analysis("readiness")->run(run_context{}, test::data_of(tables), test::policy_of(year_2023));
    ASSERT_TRUE(result);
    EXPECT_NE(
        report::export_json(result.value()->tables.back().get().view).find("a self-rating by somebody else; left out"),
        std::string::npos);
}

TEST(readiness, finds_the_rows_of_the_input_however_they_are_ordered) {
    row_lists tables{{"people", {R"({"person_id":"a"})", R"({"person_id":"b"})", R"({"person_id":"c"})"}}};
    for (const char* who : {"c", "b", "a", "c", "a"})
        tables["ratings"].push_back(test::rating_row(who, "b", "peer", "curious", 3, "2023-11-01"));
    tables["ratings"].push_back(test::rating_row("c", "a", "peer", "curious", 3, "2024-02-01")); // row 5
    tables["ratings"].push_back(test::rating_row("a", "c", "peer", "curious", 3, "2024-02-01")); // row 6
    auto result =
        run::find_analysis("readiness")->run(run_context{}, test::data_of(tables), test::policy_of(year_2023));
    ASSERT_TRUE(result);
    const std::string findings = report::export_json(result.value()->tables.back().get().view);
    const auto own = findings.find("\"code\":\"data.excluded\"");
    ASSERT_NE(own, std::string::npos) << findings;
    EXPECT_NE(findings.find("\"row\":1,", own), std::string::npos) << findings; // b rated b
    const auto later = findings.find("\"code\":\"data.future_dated\"");
    ASSERT_NE(later, std::string::npos);
    EXPECT_NE(findings.find("\"row\":5,", later), std::string::npos);
    EXPECT_NE(findings.find("\"row\":6,", later), std::string::npos);
    tables["ratings"].pop_back();
    tables["ratings"].insert(tables["ratings"].begin(), test::rating_row("c", "a", "peer", "curious", 3, "2024-02-01"));
    EXPECT_NE(refused(tables, R"({"version":1,"as_of":"2023-12-31","data":{"future_dated":"error"}})")
                  .find("ratings.date row 0"),
              std::string::npos);
}

TEST(readiness, with_sources_taken_away_widens_to_what_theory_says) {
    row_lists tables = random_rows(6, 60, 100);
    add_ratings(tables, 6, 70);
    for (const char* name : {"activities", "answers", "participants", "credits", "deals"}) tables.erase(name);
    org::policy no_severity;
    no_severity.readiness.severity_sd = 0.0;
    row_lists one = tables;
    std::erase_if(one["ratings"], [](const std::string& row) { return row.find("\"peer\"") != std::string::npos; });
    auto all =
        run::assess_people(run_context{}, test::data_of(one), no_severity, *calendar::parse_iso_date("2023-12-31"));
    ASSERT_TRUE(all);
    const double implied = std::sqrt(1.0 / (1.0 + assess::information(0.52, 0.65)));
    for (const auto& verdict : all.value()->verdict)
        EXPECT_NEAR(verdict.sd, implied, 1e-12) << "one manager: every construct at rho .52";
}

TEST(readiness, grid_sums_to_one_for_everybody) {
    row_lists tables = random_rows(7, 40, 600);
    add_ratings(tables, 7, 46);
    const std::string grid = results_of(tables, "readiness", year_2023).at("grid");
    double sum = 0.0;
    int n = 0;
    int n_likeliest = 0;
    for (std::size_t at = 0; (at = grid.find("\"probability\":", at)) != std::string::npos; ++n) {
        at += 14;
        sum += std::stod(grid.substr(at));
        if (n % 9 == 8) {
            EXPECT_NEAR(sum, 1.0, 1e-9);
            sum = 0.0;
        }
    }
    for (std::size_t at = 0; (at = grid.find("\"likeliest\":true", at)) != std::string::npos; ++at) ++n_likeliest;
    EXPECT_GT(n, 0);
    EXPECT_EQ(n, 9 * n_likeliest);
}

TEST(readiness, names_the_nearest_construct_or_question_to_one_it_does_not_know) {
    row_lists tables{
        {"people", {R"({"person_id":"a"})", R"({"person_id":"b"})"}},
        {"ratings",
         {R"({"person_id":"a","rater_id":"b","source":"peer","competency":"organized","score":3,"scale_min":1,"scale_max":5,"date":"2023-11-01"})"}}};
    EXPECT_EQ(refused(tables),
              "data.category at ratings.competency row 0: expected a construct of readiness or a name of "
              "/readiness/competencies, found \"organized\"; the nearest is organised");
    EXPECT_EQ(
        refused(tables, R"({"version":1,"as_of":"2023-12-31","readiness":{"competencies":["organized = organised"]}})"),
        "accepted");
    row_lists answers{
        {"people", {R"({"person_id":"a"})"}},
        {"answers", {R"({"person_id":"a","question":"hard_conversations","score":3,"date":"2023-11-01"})"}}};
    EXPECT_NE(refused(answers).find("the nearest is hard_conversation"), std::string::npos);
    EXPECT_NE(refused(tables, R"({"version":1,"as_of":"2023-12-31","readiness":{"required":["develop_others"]}})")
                  .find("policy.range at /readiness/required/0"),
              std::string::npos);
    EXPECT_NE(
        refused(tables, R"({"version":1,"as_of":"2023-12-31","readiness":{"questions":[{"id":"x"}]}})").find("policy."),
        std::string::npos);
}

TEST(readiness, does_not_rise_by_repeating_what_one_says_of_oneself) {
    const auto evidence_of_self = [](int n_times) {
        row_lists tables = random_rows(9, 12, 20);
        add_ratings(tables, 9, 14);
        for (int i = 0; i < n_times; ++i)
            tables["ratings"].push_back(row_text()
                                            .text("person_id", "p1001")
                                            .text("source", "self")
                                            .text("competency", "curious")
                                            .number("score", 5)
                                            .number("scale_min", 1)
                                            .number("scale_max", 5)
                                            .day("date", *calendar::parse_iso_date("2023-06-01") + i)
                                            .done());
        return results_of(tables, "readiness", year_2023).at("evidence");
    };
    EXPECT_NE(evidence_of_self(1), evidence_of_self(0));
    EXPECT_EQ(evidence_of_self(5), evidence_of_self(1)) << "one person is one rater, however often they speak";
}

TEST(readiness, leaves_out_with_a_finding_who_rates_themselves_as_a_peer_and_what_is_dated_later) {
    row_lists tables = random_rows(8, 12, 20);
    add_ratings(tables, 8, 14);
    const auto before = results_of(tables, "readiness", year_2023);
    tables["ratings"].push_back(
        R"({"person_id":"p1001","rater_id":"p1001","source":"peer","competency":"curious","score":5,"scale_min":1,"scale_max":5,"date":"2023-11-01"})");
    tables["ratings"].push_back(
        R"({"person_id":"p1001","rater_id":"p1002","source":"peer","competency":"curious","score":5,"scale_min":1,"scale_max":5,"date":"2024-01-01"})");
    EXPECT_EQ(results_of(tables, "readiness", year_2023), before);
    auto result =
        run::find_analysis("readiness")->run(run_context{}, test::data_of(tables), test::policy_of(year_2023));
    ASSERT_TRUE(result);
    const std::string findings = report::export_json(result.value()->tables.back().get().view);
    EXPECT_NE(findings.find("people who rate themselves are the source self"), std::string::npos);
    EXPECT_NE(findings.find("data.future_dated"), std::string::npos);
}

TEST(readiness, leaves_out_ratings_of_an_unknown_competency_with_a_finding_when_the_policy_says_so) {
    row_lists tables = random_rows(8, 12, 20);
    add_ratings(tables, 8, 14);
    const auto before = results_of(tables, "readiness", year_2023);
    for (const char* name : {"organized", "golf", "organized"})
        tables["ratings"].push_back(test::rating_row("p1001", "p1002", "peer", name, 5));
    EXPECT_NE(refused(tables).find("found \"golf\""), std::string::npos) << "the first by name, whatever the row order";
    EXPECT_NE(refused(tables).find("also unknown: organized"), std::string::npos);
    const char* const lenient = R"({"version":1,"as_of":"2023-12-31","readiness":{"unknown_competency":"exclude"}})";
    EXPECT_EQ(results_of(tables, "readiness", lenient), before);
    auto result = run::find_analysis("readiness")->run(run_context{}, test::data_of(tables), test::policy_of(lenient));
    ASSERT_TRUE(result);
    const std::string findings = report::export_json(result.value()->tables.back().get().view);
    EXPECT_NE(findings.find("readiness.unknown_competency"), std::string::npos);
    EXPECT_NE(findings.find("the nearest is organised"), std::string::npos);
    EXPECT_NE(findings.find("\"count\":2"), std::string::npos) << "two ratings of it";
}

TEST(readiness, is_not_better_known_when_raters_names_are_hidden) {
    row_lists tables = random_rows(6, 30, 60);
    for (const char* name : {"activities", "answers", "participants", "credits"}) tables.erase(name);
    add_ratings(tables, 6, 35);
    row_lists hidden = tables;
    for (std::string& row : hidden["ratings"])
        if (const auto at = row.find("\"rater_id\":"); at != std::string::npos)
            row = row.substr(0, at) + row.substr(row.find("\"source\"", at));
    const auto named = assessed_of(tables);
    const auto nameless = assessed_of(hidden);
    ASSERT_EQ(named->people, nameless->people);
    int n = 0;
    for (std::size_t i = 0; i < named->people.size(); ++i) {
        run::person_judgement with_names, without;
        run::judge_person(*named, named->people[i], with_names);
        run::judge_person(*nameless, nameless->people[i], without);
        if (with_names.n_raters != without.n_raters) continue; // one rater twice: without a name two raters
        EXPECT_GT(nameless->verdict[i].sd, named->verdict[i].sd);
        ++n;
    }
    EXPECT_GT(n, 20);
}

TEST(grid_moves, are_the_differences_of_two_assessments) {
    row_lists tables = random_rows(7, 40, 600);
    add_ratings(tables, 7, 46);
    for (int i = 6; i < 30; ++i) // what was said before the earlier date
        tables["ratings"].push_back(
            test::rating_row("p" + integer_text(1000 + i), "p1001", "peer", "curious", 1 + i % 5, "2022-10-01"));
    const auto now = results_of(tables, "readiness", R"({"version":1,"as_of":"2023-12-31"})");
    const auto then =
        results_of(tables, "readiness", R"({"version":1,"as_of":"2023-06-30","data":{"future_dated":"exclude"}})");
    const auto moves =
        results_of(tables, "readiness", R"({"version":1,"as_of":"2023-12-31","grid":{"compare_months":6}})")
            .at("grid_moves");
    const auto sellers = [&](const char* day) {
        return results_of(tables, "measures",
                          std::string(R"({"version":1,"as_of":")") + day + R"(","data":{"future_dated":"exclude"}})")
            .at("sellers");
    };
    const std::string sellers_now = sellers("2023-12-31");
    const std::string sellers_then = sellers("2023-06-30");
    int n = 0;
    for (std::size_t at = 0; (at = moves.find("\"person_id\":", at)) != std::string::npos; ++at, ++n) {
        const std::string who = moves.substr(at, moves.find(',', at) - at);
        const auto of = [&](const std::string& table, const char* field) { return number_after(table, who, field); };
        EXPECT_NEAR(of(moves, "readiness_change"),
                    of(now.at("readiness"), "readiness_z") - of(then.at("readiness"), "readiness_z"), 1e-12);
        EXPECT_NEAR(of(moves, "readiness_change_sd"),
                    std::hypot(of(now.at("readiness"), "readiness_sd"), of(then.at("readiness"), "readiness_sd")),
                    1e-12);
        EXPECT_NEAR(of(moves, "performance_change"),
                    of(sellers_now, "performance_z") - of(sellers_then, "performance_z"), 1e-12);
        EXPECT_NE(moves.find("\"before\":\"2023-06-30\"", at), std::string::npos);
    }
    EXPECT_GT(n, 20);
    EXPECT_EQ(results_of(tables, "readiness", R"({"version":1,"as_of":"2023-12-31","grid":{"compare_months":0}})")
                  .at("grid_moves"),
              "[]")
        << "no earlier date, no moves";
}

TEST(grid, is_cut_where_the_policy_says) {
    row_lists tables = random_rows(7, 40, 600);
    add_ratings(tables, 7, 46);
    const auto grid = results_of(tables, "readiness",
                                 R"({"version":1,"as_of":"2023-12-31","grid":{"readiness_low":-5,"readiness_high":5}})")
                          .at("grid");
    double in_the_middle = 0.0;
    int n = 0;
    for (std::size_t at = 0; (at = grid.find("\"readiness\":\"middle\"", at)) != std::string::npos; ++at, ++n)
        in_the_middle += std::stod(grid.substr(grid.find("\"probability\":", at) + 14));
    EXPECT_NEAR(in_the_middle, n / 3.0, 1e-3 * n) << "three boxes of the middle row hold everybody";
}

TEST(readiness, table_of_raters_says_what_is_taken_out) {
    row_lists tables;
    for (int i = 0; i < 60; ++i) tables["people"].push_back(R"({"person_id":"p)" + integer_text(1000 + i) + R"("})");
    random::stream draw(random::place{.seed = 2});
    for (int i = 0; i < 60; ++i) // p1000 is mild about everybody, p1001 severe, the others are neither
        for (int k = 0; k < 4; ++k) {
            const int rater = k < 2 && i > 1 ? k : 2 + (7 * i + 11 * k) % 58;
            if (rater == i) continue;
            for (const auto& construct : assess::construct_words)
                tables["ratings"].push_back(test::rating_row(
                    "p" + integer_text(1000 + i), "p" + integer_text(1000 + rater), "peer", std::string(construct),
                    std::clamp(3 + 0.6 * random::normal(draw) +
                                   (rater == 0   ? 0.6
                                    : rater == 1 ? -0.6
                                                 : 0.0),
                               1.0, 5.0)));
        }
    const auto raters = results_of(tables, "readiness", year_2023).at("raters");
    EXPECT_GT(number_after(raters, R"("rater_id":"p1000")", "severity"), 0.5);
    EXPECT_LT(number_after(raters, R"("rater_id":"p1001")", "severity"), -0.5);
    EXPECT_LT(number_after(raters, R"("rater_id":"p1000")", "severity_sd"), 0.1);
    EXPECT_NE(raters.find("\"connected\":true"), std::string::npos);
}

} // namespace
