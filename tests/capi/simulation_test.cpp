// dtk_sim_run as a host calls it: its own rule beside the built-in ones, and everything that is refused.
#include <atomic>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "host.hpp"

namespace {

using host::handle;

dtk_status by_readiness(const dtk_sim_candidates* seen, float* score, void*) {
    std::memcpy(score, seen->readiness, seen->n * sizeof(float));
    return DTK_OK;
}

dtk_sim_rule rule_named(const char* name, dtk_sim_policy_fn score = by_readiness, void* user = nullptr) {
    dtk_sim_rule out;
    std::memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    out.name = name;
    out.score = score;
    out.user = user;
    return out;
}

host::answer simulate(const std::vector<dtk_sim_rule>& rules, handle<dtk_result>& out, int threads = 1,
                      const char* policies = R"("readiness")") {
    handle<dtk_policy> policy;
    const std::string json = std::string(R"({"version":1,"simulation":{"presets":["bls2018"],"policies":[)") +
                             policies + R"(],"replications":130,"periods":24,"tornado":false}})";
    if (auto said = host::parse(json, policy); said.status != DTK_OK) return said;
    dtk_error* error = nullptr;
    dtk_result* result = nullptr;
    auto options = host::options();
    options.threads = threads;
    const dtk_status status = dtk_sim_run(policy.get(), rules.data(), rules.size(), &options, &result, &error);
    out.reset(result);
    return host::read(status, error);
}

std::string code_of(const std::vector<dtk_sim_rule>& rules, const char* policies = R"("readiness")") {
    handle<dtk_result> result;
    return simulate(rules, result, 1, policies).code;
}

/// The mean of revenue under a rule.
std::string revenue_of(const dtk_result* result, const std::string& rule) {
    const std::string rows = host::json_of(result, "outcomes");
    const auto at = rows.find("\"policy\":\"" + rule + "\"");
    const auto mean = rows.find("\"mean\":", at);
    return at == std::string::npos ? "no row" : rows.substr(mean, rows.find(',', mean) - mean);
}

TEST(simulation, a_hosts_rule_that_copies_a_built_in_rule_does_as_well_to_the_last_digit) {
    dtk_sim_rule mine = rule_named("mine");
    mine.flags = DTK_SIM_INTERVIEWS; // as readiness does
    handle<dtk_result> one, four;
    ASSERT_EQ(simulate({mine}, one).status, DTK_OK);
    EXPECT_EQ(revenue_of(one.get(), "mine"), revenue_of(one.get(), "readiness"));
    EXPECT_NE(revenue_of(one.get(), "mine"), revenue_of(one.get(), "best_seller"));
    ASSERT_EQ(simulate({mine}, four, 4).status, DTK_OK);
    EXPECT_EQ(host::json_of(one.get(), "outcomes"), host::json_of(four.get(), "outcomes"));
    EXPECT_STREQ(dtk_result_record(one.get()), dtk_result_record(four.get()));
}

TEST(simulation, a_policy_may_name_the_hosts_rule_with_packages) {
    handle<dtk_result> result;
    ASSERT_EQ(simulate({rule_named("mine")}, result, 1, R"("mine + dual_track")").status, DTK_OK);
    EXPECT_NE(revenue_of(result.get(), "mine + dual_track"), "no row");
    EXPECT_NE(revenue_of(result.get(), "mine + dual_track"), revenue_of(result.get(), "mine"));
}

TEST(simulation, candidates_carry_what_the_header_says) {
    struct seen_of {
        int calls = 0;
        bool good = true;
    } seen;
    const auto look = [](const dtk_sim_candidates* c, float* score, void* user) -> dtk_status {
        auto& to = *static_cast<seen_of*>(user);
        ++to.calls;
        to.good = to.good && c->struct_size == sizeof *c && c->n > 0 && c->team < 10 && c->period >= 1;
        for (std::uint32_t i = 0; i < c->n; ++i) {
            to.good = to.good && c->tenure[i] >= 12 && std::fabs(c->sales12[i]) < 10 && c->flags[i] <= 1;
            to.good = to.good && std::isnan(c->trial[i]) && std::fabs(c->collaboration[i]) < 10;
            to.good = to.good && std::fabs(c->pay[i] - (0.5F + 0.5F * std::exp(c->sales12[i]))) < 1e-4F;
            score[i] = c->sales12[i];
        }
        return DTK_OK;
    };
    handle<dtk_result> result;
    ASSERT_EQ(simulate({rule_named("look", look, &seen)}, result).status, DTK_OK);
    EXPECT_TRUE(seen.good);
    EXPECT_GT(seen.calls, 200);
    EXPECT_EQ(revenue_of(result.get(), "look"), revenue_of(result.get(), "best_seller"));
}

TEST(simulation, a_test_drive_for_everybody_is_shown_and_paid_for) {
    const auto by_trial = [](const dtk_sim_candidates* c, float* score, void*) -> dtk_status {
        std::memcpy(score, c->trial, c->n * sizeof(float));
        return DTK_OK;
    };
    dtk_sim_rule mine = rule_named("tried", by_trial);
    mine.flags = DTK_SIM_TRIES_EVERYBODY;
    handle<dtk_result> result;
    ASSERT_EQ(simulate({mine}, result).status, DTK_OK);
    const std::string rows = host::json_of(result.get(), "outcomes");
    const auto at = rows.find(R"("metric":"cost")", rows.find(R"("policy":"tried")"));
    // About 42 candidates x 3 months x 20% of a rep's output, 1.8 posts a year, over 60 seats and 12 months.
    EXPECT_NEAR(std::stod(rows.substr(rows.find("\"mean\":", at) + 7)), 42 * 3 * .2 * 1.8 / (60 * 12), .01);
}

TEST(simulation, a_rule_on_one_thread_is_called_on_one_thread) {
    static std::atomic<int> inside{0}, most{0};
    inside = most = 0;
    const auto slow = [](const dtk_sim_candidates* c, float* score, void*) -> dtk_status {
        const int now = ++inside;
        if (now > most) most = now;
        std::memcpy(score, c->pay, c->n * sizeof(float));
        --inside;
        return DTK_OK;
    };
    dtk_sim_rule mine = rule_named("slow", slow);
    mine.flags = DTK_SIM_SINGLE_THREADED;
    handle<dtk_result> result;
    ASSERT_EQ(simulate({mine}, result, 8).status, DTK_OK);
    EXPECT_EQ(most, 1);
}

TEST(simulation, a_rule_that_fails_stops_the_run) {
    const auto fails = [](const dtk_sim_candidates*, float*, void*) -> dtk_status { return DTK_E_DATA; };
    handle<dtk_result> result;
    const auto said = simulate({rule_named("fails", fails)}, result);
    EXPECT_EQ(said.status, DTK_E_CANCELLED);
    EXPECT_EQ(said.code, "simulation.rule_failed");
    EXPECT_EQ(result, nullptr);
}

TEST(simulation, refuses_rules_that_say_too_little_or_too_much) {
    EXPECT_EQ(code_of({}), "") << "no rule at all is fine";
    EXPECT_EQ(code_of({rule_named("mine", nullptr)}), "argument.null");
    EXPECT_EQ(code_of({rule_named(nullptr)}), "argument.null");
    EXPECT_EQ(code_of({rule_named("oracle")}), "argument.rule_name");
    EXPECT_EQ(code_of({rule_named("mine"), rule_named("mine")}), "argument.rule_name");
    EXPECT_EQ(code_of({rule_named("two words")}), "argument.rule_name");
    EXPECT_EQ(code_of({rule_named("")}), "argument.rule_name");
    dtk_sim_rule odd = rule_named("odd");
    odd.flags = 0x100;
    EXPECT_EQ(code_of({odd}), "argument.unknown_option");
    odd = rule_named("odd");
    odd.struct_size = 4;
    EXPECT_EQ(code_of({odd}), "argument.struct_size");
    EXPECT_EQ(code_of({rule_named("mine")}, R"x("mine(2)")x"), "policy.range");
    dtk_result* result = nullptr;
    EXPECT_EQ(dtk_sim_run(nullptr, nullptr, 1, nullptr, &result, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_sim_run(nullptr, nullptr, 0, nullptr, nullptr, nullptr), DTK_E_ARGUMENT);
}

} // namespace
