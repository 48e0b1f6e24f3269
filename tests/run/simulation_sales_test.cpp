// The sales model through the analysis: presets, rules and packages by name, what is refused, the start from a
// company's own data.
#include <cmath>
#include <string>
#include <vector>

#include <dualtrack/base/exp_log.hpp>
#include <gtest/gtest.h>

#include "planted_rows.hpp"

namespace {

using namespace dualtrack;
using test::field_of;
using test::results_of;
using test::row_lists;
using test::row_text;
using test::simulation_policy;
using test::simulation_refusal;

const std::string quick = R"("replications":40,"tornado_replications":8,"periods":24)";

TEST(simulation_sales, shows_both_estimates_of_what_managers_are_worth_and_both_horizons) {
    const auto tables = results_of({}, "simulation", simulation_policy(quick));
    for (const char* preset : {"bls2019", "lss2015"})
        EXPECT_NE(tables.at("differences").find(preset), std::string::npos) << preset;
    EXPECT_NE(tables.at("differences").find(R"("horizon_periods":24)"), std::string::npos);
    EXPECT_NE(tables.at("differences").find(R"("horizon_periods":12)"), std::string::npos);
    EXPECT_EQ(tables.at("outcomes").find("worst_seller"), std::string::npos) << "never offered";
    EXPECT_EQ(tables.at("differences").find(R"("against":"random")"), std::string::npos);
    EXPECT_NE(tables.at("tornado").find(R"("parameter":"K")"), std::string::npos);
    EXPECT_EQ(tables.at("tornado").find(R"("parameter":"bA")"), std::string::npos) << "measured, not assumed";
}

TEST(simulation_sales, every_assumption_of_grade_4_is_in_the_tornado_or_has_no_range) {
    const auto tables = results_of({}, "simulation", simulation_policy(quick + R"(,"presets":["bls2018"])"));
    for (const char* name : {"sE",   "sA", "sU",           "w",   "K",  "x0", "xA", "xM",  "xz", "phi", "smax", "d",
                             "smin", "m",  "months_empty", "wit", "a0", "a1", "dt", "tau", "hm", "ex"})
        EXPECT_NE(tables.at("tornado").find(R"("parameter":")" + std::string(name) + "\""), std::string::npos) << name;
}

TEST(simulation_sales, check_13_is_the_same_for_any_number_of_threads) {
    const std::string policy =
        simulation_policy(R"("presets":["bls2019"],"replications":130,"periods":18,"tornado_replications":65,)"
                          R"("decision_replications":2,"policies":["readiness","test_drive"])");
    const auto one = results_of({}, "simulation", policy, 1);
    for (const int threads : {2, 3, 8}) EXPECT_EQ(results_of({}, "simulation", policy, threads), one);
}

TEST(simulation_sales, every_preset_rule_and_package_runs_by_its_name) {
    const auto tables = results_of(
        {}, "simulation",
        simulation_policy(
            R"x("presets":["bls2018","bls2019","lss2015","no_retention","raw_sales","cold_start"],)x"
            R"x("replications":4,"tornado":false,"policies":["best_seller","worst_seller","seniority","random",)x"
            R"x("readiness","predicted_va(-0.1,0.3)","band(0.6,0.9)","lottery(0.2)","test_drive(2,6,0.1)",)x"
            R"x("mixed_random(0.3)","best_worst(0.47)","hybrid(0.5)","external","observed","oracle",)x"
            R"x("readiness + dual_track + not_yet_talk + mentoring(6,0.05,12,5) + quota_relief(0.2) )x"
            R"x(+ demotion(0.2) + training(0.5,0.3)"])x"));
    EXPECT_NE(tables.at("outcomes").find("test_drive(2, 6, 0.1)"), std::string::npos);
    EXPECT_NE(tables.at("outcomes").find("demotion(0.2) + training(0.5, 0.3)"), std::string::npos);
    EXPECT_EQ(tables.at("tornado"), "[]");
    // Nobody competes with a bound for being the best.
    EXPECT_EQ(field_of(tables.at("differences"), R"("policy":"oracle")", "p_regret").substr(0, 1), "0");
}

TEST(simulation_sales, packages_for_all_are_given_under_every_rule) {
    const std::string rules = R"("presets":["bls2019"],"policies":["readiness"],"tornado":false,"replications":64)";
    const auto beside = results_of({}, "simulation",
                                   simulation_policy(rules + R"(,"packages":["dual_track"],"baseline":"best_seller")"));
    const auto without = results_of({}, "simulation", simulation_policy(rules));
    EXPECT_LT(std::stod(field_of(beside.at("outcomes"), R"("metric":"attrition")", "mean")),
              std::stod(field_of(without.at("outcomes"), R"("metric":"attrition")", "mean")));
}

TEST(simulation_sales, says_what_is_not_known_and_where) {
    EXPECT_NE(simulation_refusal(R"("policies":["best_seler"])").find("/simulation/policies/0"), std::string::npos);
    EXPECT_NE(simulation_refusal(R"x("policies":["band(0.1,0.2,0.3)"])x").find("at most 2 figures"), std::string::npos);
    EXPECT_NE(simulation_refusal(R"x("policies":["lottery(0)"])x").find("from 0.01 to 1"), std::string::npos);
    EXPECT_NE(simulation_refusal(R"x("policies":["band(0.9,0.7)"])x").find("a lower to a higher rank"),
              std::string::npos);
    EXPECT_NE(simulation_refusal(R"("policies":["random + cake"])").find("reward package"), std::string::npos);
    EXPECT_NE(simulation_refusal(R"("packages":["cake"])").find("/simulation/packages/0"), std::string::npos);
    EXPECT_NE(simulation_refusal(R"("baseline":"start")").find("/simulation/baseline"), std::string::npos);
    EXPECT_NE(simulation_refusal(R"("parameters":{"rho":1.5})").find("/simulation/parameters/rho"), std::string::npos);
    EXPECT_NE(simulation_refusal(R"("parameters":{"teams":2.5})").find("whole number"), std::string::npos);
    EXPECT_NE(simulation_refusal(R"("parameters":{"spans":[]})").find("/simulation/parameters/spans"),
              std::string::npos);
    EXPECT_NE(simulation_refusal(R"("parameters":{"spans":[0]})").find("from 1 to 500"), std::string::npos);
    EXPECT_NE(simulation_refusal(R"("start":"data")").find("schema.missing_table"), std::string::npos);
}

TEST(simulation_sales, an_unknown_name_is_told_the_known_ones_and_the_nearest) {
    const auto says = [](const std::string& simulation, const std::vector<std::string>& parts) {
        const std::string said = simulation_refusal(simulation);
        for (const std::string& part : parts) EXPECT_NE(said.find(part), std::string::npos) << part << "\n" << said;
    };
    says(R"("presets":["bls2091"])",
         {"(bls2019, lss2015,", "kane1970)", "(nearest: bls2019)", "/simulation/presets/0"});
    says(R"("policies":["readyness"])", {"best_seller, random,", "oracle", "(nearest: readiness)"});
    says(R"("policies":["random + dualtrack"])", {"(dual_track, not_yet_talk,", "(nearest: dual_track)"});
    says(R"x("packages":["mentorring(6)"])x", {"(nearest: mentoring)", "/simulation/packages/0"});
    says(R"("parameters":{"span_":6})", {"bA, bQ, rho,", "(nearest: span)", "/simulation/parameters/span_"});
    says(R"("stop_metrics":["revenues"])", {"revenue_discounted", "(nearest: revenue)", "/simulation/stop_metrics/0"});
    says(R"("presets":["prg2011"],"policies":["bst"])", {"(best, worst, random,", "(nearest: best)"});
    EXPECT_EQ(simulation_refusal(R"("presets":["a_model_of_our_own"])").find("nearest"), std::string::npos);
}

TEST(simulation_sales, all_that_the_policy_says_is_checked_before_anything_is_simulated) {
    // The second model refuses at once what the first could have worked on for hours.
    const std::string said = simulation_refusal(R"("presets":["bls2019","prg2011"],"policies":["best_seller"],)"
                                                R"("replications":10000000)");
    EXPECT_NE(said.find("/simulation/policies/0"), std::string::npos) << said;
}

TEST(simulation_sales, teams_may_have_different_spans) {
    const auto tables = results_of(
        {}, "simulation", simulation_policy(quick + R"(,"presets":["bls2019"],"parameters":{"spans":[2,9,4]})"));
    EXPECT_EQ(field_of(tables.at("inputs"), R"("parameter":"spans/mean")", "value"), "5");
    EXPECT_NE(tables.at("inputs").find(R"("value_from":"policy")"), std::string::npos);
}

// As many managers as seats, so that candidates for a director's post may come before any for a manager's.
TEST(simulation_sales, of_teams_of_one_under_directors_runs) {
    for (const char* teams : {"16", "32"}) {
        const auto tall = results_of({}, "simulation",
                                     simulation_policy(R"("presets":["bls2019"],"policies":["random","oracle"],)"
                                                       R"("replications":64,"periods":24,"tornado":false,)"
                                                       R"("parameters":{"span":1,"levels":[1],"teams":)" +
                                                       std::string(teams) + "}"));
        EXPECT_FALSE(tall.at("outcomes").empty());
    }
}

TEST(simulation_sales, leaders_above_the_managers_on_request) {
    const std::string rules = quick + R"(,"presets":["bls2019"],"policies":["readiness"])";
    const auto flat = results_of({}, "simulation", simulation_policy(rules));
    const auto tall = results_of({}, "simulation", simulation_policy(rules + R"(,"parameters":{"levels":[5,2]})"));
    EXPECT_EQ(flat.at("inputs").find("w_up"), std::string::npos) << "no assumption where it plays no part";
    EXPECT_EQ(field_of(tall.at("inputs"), R"("parameter":"w_up")", "grade"), R"("4")");
    EXPECT_EQ(field_of(tall.at("inputs"), R"("parameter":"levels/2")", "value"), "2");
    EXPECT_EQ(field_of(tall.at("inputs"), R"("parameter":"levels/1")", "value_from"), R"("policy")");
    EXPECT_NE(tall.at("tornado").find(R"("parameter":"w_up")"), std::string::npos);
    EXPECT_NE(tall.at("outcomes"), flat.at("outcomes"));
    EXPECT_NE(simulation_refusal(R"("parameters":{"levels":[]})").find("1 to 6 whole numbers"), std::string::npos);
    EXPECT_NE(simulation_refusal(R"("parameters":{"levels":[0]})").find("from 1 to 500"), std::string::npos);
    EXPECT_NE(simulation_refusal(R"("parameters":{"levels":5})").find("/simulation/parameters/levels"),
              std::string::npos);
    EXPECT_NE(simulation_refusal(R"("parameters":{"w_up":0.2})").find("/simulation/parameters/w_up"),
              std::string::npos);
}

// ---- from the company's own data

struct planted_firm {
    int n_teams = 12, span = 25;
    double talent = 0.45, luck = 0.6, exits_a_month = 0.025;
};

/// Two years of monthly totals with planted spreads; who leaves is replaced, so that spans stay.
row_lists firm_rows(const planted_firm& plan) {
    row_lists out;
    random::stream draw(random::place{.seed = 5, .purpose = 9});
    const std::int32_t start = *calendar::parse_iso_date("2022-01-01");
    int next = 1000;
    for (int team = 0; team < plan.n_teams; ++team) {
        const std::string manager = "m" + integer_text(100 + team);
        out["people"].push_back(row_text().text("person_id", manager).day("hired", start - 3000).done());
        for (int seat = 0; seat < plan.span; ++seat) {
            int month = 0;
            while (month < 24) {
                const std::string id = "s" + integer_text(next++);
                const std::int32_t hired = month == 0 ? start - 365 : calendar::add_months(start, month);
                const double level = 10000 * numeric::exp(plan.talent * random::normal(draw));
                int last = month;
                bool leaves = false;
                for (; last < 24 && !leaves; ++last) {
                    const int ramp = month == 0 ? 5 : std::min(5, last - month + 1);
                    const double luck = numeric::exp(plan.luck * random::normal(draw) - 0.5 * plan.luck * plan.luck);
                    out["sales"].push_back(row_text()
                                               .text("person_id", id)
                                               .day("start", calendar::add_months(start, last))
                                               .day("end", calendar::add_months(start, last + 1))
                                               .number("amount", std::floor(level * luck * ramp / 5))
                                               .done());
                    leaves = random::uniform(draw) < plan.exits_a_month;
                }
                row_text row;
                row.text("person_id", id).text("manager_id", manager).day("hired", hired);
                if (leaves) row.day("left", calendar::add_months(start, last)).text("left_reason", "resigned");
                out["people"].push_back(row.done());
                month = last;
            }
        }
    }
    return out;
}

TEST(simulation_sales, starts_from_what_the_companys_tables_say) {
    const auto tables = results_of(
        firm_rows({}), "simulation",
        R"({"version":1,"window_months":24,"as_of":"2023-12-31","simulation":{"presets":["bls2019"],"start":"data",)"
        R"("policies":["random"],"replications":16,"tornado_replications":4}})");
    const std::string& inputs = tables.at("inputs");
    const auto value = [&](const std::string& name) {
        return std::stod(field_of(inputs, R"("parameter":")" + name + "\"", "value"));
    };
    const auto from = [&](const std::string& name) {
        return field_of(inputs, R"("parameter":")" + name + "\"", "value_from");
    };
    EXPECT_NEAR(value("sA"), 0.45, 0.06);
    EXPECT_NEAR(value("sU"), 0.6, 0.05);
    EXPECT_NEAR(value("h0") * std::exp(0.5 * 0.358 * 0.358), 0.025, 0.006);
    EXPECT_EQ(value("teams"), 12);
    EXPECT_NEAR(value("span"), 25, 1);
    EXPECT_GT(value("start_tenure"), 24);
    for (const char* name : {"sA", "sU", "h0", "teams", "span", "start_tenure"})
        EXPECT_EQ(from(name), R"("data")") << name;
    for (const char* name : {"K", "tau", "bA", "hm"}) EXPECT_EQ(from(name), R"("preset")") << name;
    EXPECT_EQ(tables.at("tornado").find(R"("parameter":"sA")"), std::string::npos) << "measured, so not varied";
}

TEST(simulation_sales, says_what_the_companys_tables_cannot_tell) {
    row_lists few{
        {"people",
         {R"({"person_id":"m"})", R"({"person_id":"a","manager_id":"m"})", R"({"person_id":"b","manager_id":"m"})"}},
        {"sales",
         {R"({"person_id":"a","start":"2023-01-01","end":"2023-02-01","amount":100})",
          R"({"person_id":"b","start":"2023-01-01","end":"2023-02-01","amount":50})"}}};
    const std::string policy =
        simulation_policy(R"("presets":["bls2019"],"start":"data","tornado":false,"replications":4)");
    const auto tables = results_of(few, "simulation", policy);
    const auto said = test::findings_of(few, "simulation", "simulation.not_measured", policy);
    std::string all;
    for (const auto& text : said) all += text + "\n";
    for (const char* name : {"sA is that of the preset", "sU is that of the preset", "h0 is that of the preset"})
        EXPECT_NE(all.find(name), std::string::npos) << name;
    EXPECT_EQ(field_of(tables.at("inputs"), R"("parameter":"sA")", "value"), "0.5");
    EXPECT_EQ(field_of(tables.at("inputs"), R"("parameter":"teams")", "value"), "1");
}

/// Eleven sellers in two teams under a director, one of them without a manager now, two who left.
row_lists little_firm() {
    row_lists out;
    const auto person = [&](const std::string& id, const std::string& manager, const std::string& left) {
        row_text row;
        row.text("person_id", id).text("hired", "2020-01-01");
        if (!manager.empty()) row.text("manager_id", manager);
        if (!left.empty()) row.text("left", left);
        out["people"].push_back(row.done());
    };
    person("d", "", "");
    person("m1", "d", "");
    person("m2", "d", "");
    for (const char* id : {"a1", "a2", "a3", "a4", "a5", "a6"}) person(id, "m1", "");
    for (const char* id : {"b1", "b2", "b3", "b4"}) person(id, "m2", "");
    person("c1", "", "");
    person("x1", "m1", "2023-06-01");
    person("x2", "m2", "2023-03-01");
    return out;
}

TEST(simulation_sales, a_manager_of_managers_has_no_team_of_reps_and_a_vacant_team_is_said) {
    row_lists firm = little_firm();
    const std::string policy = R"({"version":1,"as_of":"2023-12-31","window_months":12,"simulation":{"start":"data",)"
                               R"("presets":["bls2019","lss2015"],"policies":["random"],"tornado":false,)"
                               R"("replications":2,"periods":2}})";
    for (const char* id : {"a1", "a2", "a3", "a4", "a5", "a6", "b1", "b2", "b3", "b4", "c1", "x1", "m1"})
        firm["sales"].push_back(row_text()
                                    .text("person_id", id)
                                    .text("start", "2023-02-01")
                                    .text("end", "2023-03-01")
                                    .number("amount", 100)
                                    .done());
    const auto tables = results_of(firm, "simulation", policy);
    const auto value = [&](const std::string& name) {
        return field_of(tables.at("inputs"), R"("parameter":")" + name + "\"", "value");
    };
    EXPECT_EQ(value("teams"), "2") << "m1 sold something, but leads and has no quota: no rep of d";
    EXPECT_EQ(value("spans/mean"), "5");
    EXPECT_EQ(value("start_tenure"), "96") << "four years less a day, twice";
    const auto said = test::findings_of(firm, "simulation", "simulation.no_manager", policy);
    ASSERT_EQ(said.size(), 1U) << "once, not once a model";
    EXPECT_EQ(said[0].substr(0, 2), "1 ");
    // 11 sellers of a whole year, one of five months: one exit in 137 months; x2 sold nothing.
    const double days = 11 * 365 + 151;
    EXPECT_NEAR(std::stod(value("h0")), 1 / (days / 30.4375) * std::exp(-0.5 * 0.358 * 0.358), 1e-9);
}

TEST(simulation_sales, starts_from_people_alone_and_says_so) {
    const std::string policy = R"({"version":1,"as_of":"2023-12-31","window_months":12,"simulation":{"start":"data",)"
                               R"("presets":["bls2019"],"policies":["random"],"tornado":false,)"
                               R"("replications":2,"periods":2}})";
    const auto tables = results_of(little_firm(), "simulation", policy);
    const auto of = [&](const std::string& name, const std::string& what) {
        return field_of(tables.at("inputs"), R"("parameter":")" + name + "\"", what);
    };
    EXPECT_EQ(of("teams", "value"), "2");
    EXPECT_EQ(of("spans/mean", "value"), "5");
    EXPECT_EQ(of("h0", "value_from"), R"("data")");
    const double days = 11 * 365 + 151 + 59; // x2 counts too
    EXPECT_NEAR(std::stod(of("h0", "value")), 2 / (days / 30.4375) * std::exp(-0.5 * 0.358 * 0.358), 1e-9);
    for (const char* name : {"sA", "sU"}) EXPECT_EQ(of(name, "value_from"), R"("preset")") << name;
    EXPECT_EQ(test::findings_of(little_firm(), "simulation", "simulation.people_alone", policy).size(), 1U);
}

TEST(simulation, sobol_indices_on_request_say_which_assumption_brings_the_uncertainty) {
    const std::string asked = R"("presets":["bls2019"],"policies":["readiness"],"tornado":false,"replications":8,)"
                              R"("sobol_points":8,"tornado_replications":8,"periods":24)";
    const auto tables = results_of({}, "simulation", simulation_policy(asked));
    const std::string& rows = tables.at("sobol");
    for (const char* name : {"sE", "sA", "K", "tau"})
        EXPECT_NE(rows.find(R"("parameter":")" + std::string(name) + "\""), std::string::npos) << name;
    EXPECT_EQ(rows.find(R"("parameter":"bA")"), std::string::npos) << "measured, not assumed";
    EXPECT_NE(rows.find(R"("points":8)"), std::string::npos);
    EXPECT_EQ(tables.at("tornado"), "[]");
    EXPECT_EQ(results_of({}, "simulation", simulation_policy(asked), 3).at("sobol"), rows);
    const auto usual = results_of({}, "simulation",
                                  simulation_policy(R"("presets":["bls2019"],"replications":4,)"
                                                    R"("policies":["readiness"],"periods":2,)"
                                                    R"("tornado_replications":2)"));
    EXPECT_EQ(usual.at("sobol"), "[]");
}

} // namespace
