#include <string>

#include <gtest/gtest.h>

#include "planted_rows.hpp"

namespace {

using namespace dualtrack;
using test::results_of;
using test::simulation_policy;
using test::simulation_refusal;

const std::string small = R"("presets":["prg2010_as_run"],"replications":96,"periods":60,"tornado_replications":16)";

TEST(simulation, needs_no_data) {
    const auto tables = results_of({}, "simulation", simulation_policy(small));
    for (const char* name : {"outcomes", "differences", "trajectories", "quantiles", "inputs", "tornado", "runs"})
        EXPECT_NE(tables.at(name).find("prg2010_as_run"), std::string::npos) << name;
    EXPECT_NE(tables.at("runs").find(R"("n":96)"), std::string::npos);
    EXPECT_NE(tables.at("runs").find(R"("stop_reason":"most")"), std::string::npos);
    EXPECT_NE(tables.at("runs").find(R"("worst_grade":"4")"), std::string::npos);
}

TEST(simulation, check_13_is_the_same_for_any_number_of_threads) {
    const std::string policy =
        simulation_policy(R"("presets":["prg2010_as_run","prg2011","lazear2004"],"replications":300,)"
                          R"("periods":25,"tornado_replications":64)");
    const auto one = results_of({}, "simulation", policy, 1);
    for (const int threads : {2, 3, 8}) EXPECT_EQ(results_of({}, "simulation", policy, threads), one);
}

TEST(simulation, compares_rules_with_random_and_never_with_the_start) {
    const auto tables = results_of({}, "simulation", simulation_policy(small));
    EXPECT_NE(tables.at("differences").find(R"("against":"PH random")"), std::string::npos);
    EXPECT_NE(simulation_refusal(small + R"(,"baseline":"start")").find("/simulation/baseline"), std::string::npos);
    EXPECT_NE(simulation_refusal(small + R"(,"baseline":"start")").find("the state at the start is none"),
              std::string::npos);
}

TEST(simulation, says_which_name_is_not_known_and_where) {
    EXPECT_NE(simulation_refusal(R"("presets":["prg2010_as_run","nonsense"])").find("/simulation/presets/1"),
              std::string::npos);
    EXPECT_NE(simulation_refusal(R"("presets":["kane1970","kane1970"])").find("twice"), std::string::npos);
    EXPECT_NE(simulation_refusal(small + R"(,"policies":["best","finest"])").find("/simulation/policies/1"),
              std::string::npos);
    EXPECT_NE(simulation_refusal(small + R"(,"policies":["best_worst"])").find("expected one probability"),
              std::string::npos);
    EXPECT_NE(simulation_refusal(small + R"x(,"policies":["best_worst(1.5)"])x").find("from 0 to 1"),
              std::string::npos);
    EXPECT_NE(simulation_refusal(small + R"(,"policies":["best(1"])").find("/simulation/policies/0"),
              std::string::npos);
    EXPECT_NE(simulation_refusal(small + R"(,"packages":["dual_track"])").find("/simulation/packages"),
              std::string::npos);
    EXPECT_NE(simulation_refusal(small + R"(,"stop_metrics":["speed"])").find("/simulation/stop_metrics"),
              std::string::npos);
    EXPECT_NE(simulation_refusal(small + R"(,"parameters":{"delta":[1,2]})").find("/simulation/parameters/delta"),
              std::string::npos);
    EXPECT_NE(simulation_refusal(small + R"(,"parameters":{"competence_sd":0})").find("competence_sd"),
              std::string::npos);
    EXPECT_NE(simulation_refusal(small + R"(,"parameters":{"level_seats":[1,2.5]})").find("level_seats"),
              std::string::npos);
    for (const char* name : {"retire_above", "own_branch"})
        EXPECT_NE(simulation_refusal(small + R"(,"parameters":{")" + name + R"(":60.5})").find(name),
                  std::string::npos);
    EXPECT_NE(simulation_refusal(R"("presets":["prg2011"],"parameters":{"branch":2.5})").find("a whole number"),
              std::string::npos);
    EXPECT_NE(simulation_refusal(R"("presets":["lazear2004"],"parameters":{"persons":9.5})").find("a whole number"),
              std::string::npos);
    EXPECT_NE(simulation_refusal(small + R"(,"parameters":7)").find("/simulation/parameters"), std::string::npos);
    EXPECT_NE(simulation_refusal(small + R"(,"parameters":{"colour":7})").find("/simulation/parameters/colour"),
              std::string::npos);
}

// The sensitivity table of the published models: 3 levels 1/6/36, PH best 67.6 (.03), against 74.9 of worst.
TEST(simulation, takes_another_pyramid_from_the_policy_and_marks_what_was_changed) {
    const auto tables = results_of(
        {}, "simulation",
        simulation_policy(R"("presets":["prg2010_as_run"],"replications":200,"tornado":false,"policies":["PH best"],)"
                          R"("parameters":{"level_seats":[1,6,36],"responsibility":[1,0.6,0.2],"delta":2})"));
    EXPECT_NE(tables.at("inputs").find(R"("parameter":"delta")"), std::string::npos);
    EXPECT_NE(tables.at("inputs").find(R"("value_from":"policy")"), std::string::npos);
    const double mean = std::stod(test::field_of(tables.at("outcomes"), R"("policy":"PH best")", "mean"));
    EXPECT_NEAR(mean, 67.6, 0.05 + 4 * 0.9 / std::sqrt(200.0));
    EXPECT_EQ(tables.at("tornado"), "[]");
}

TEST(simulation, stops_early_once_it_is_precise_enough) {
    const auto tables = results_of(
        {}, "simulation",
        simulation_policy(R"("presets":["prg2010_as_run"],"replications":100000,"periods":100,"tornado":false,)"
                          R"("policies":["PH best"],"absolute_tolerance":0.5)"));
    EXPECT_NE(tables.at("runs").find(R"("n":256)"), std::string::npos);
    EXPECT_NE(tables.at("runs").find(R"("stop_reason":"precise")"), std::string::npos);
}

TEST(simulation, published_closed_forms_stand_beside_what_was_simulated) {
    const auto tables =
        results_of({}, "simulation", simulation_policy(R"("presets":["lazear2004","kane1970"],"replications":64)"));
    EXPECT_NE(tables.at("outcomes").find("0.23975006"), std::string::npos);
    EXPECT_NE(tables.at("outcomes").find(R"("policy":"closed form")"), std::string::npos);
    EXPECT_NE(tables.at("outcomes").find("efficiency_of_stayers"), std::string::npos);
}

TEST(simulation, can_be_stopped_by_the_host) {
    run_context run;
    run.progress = [](void*, double) { return 1; };
    const auto result =
        run::find_analysis("simulation")
            ->run(run, test::data_of({}, run_context()), ingest::parse_policy(simulation_policy(small)).value());
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().kind, status::cancelled);
}

} // namespace
