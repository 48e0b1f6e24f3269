#include <string>

#include <gtest/gtest.h>

#include "planted_rows.hpp"

namespace {

using namespace dualtrack;
using test::has;
using test::refusal;
using test::results_of;
using test::row_lists;

constexpr const char* article =
    R"({"version":1,"relief":{"plans":[{"name":"article","quota":1000000,"quota_relief":200000,"n_mentees":6,)"
    R"("gain_per_mentee":50000}]}})";

TEST(relief_run, plan_of_the_article_runs_from_the_policy_alone) {
    const auto results = results_of({}, "relief", article);
    const std::string& relief = results.at("relief");
    for (const char* part : {R"("plan":"article")", R"("mentor_id":null)", R"("quota_relief":200000)",
                             R"("n_mentees":6)", R"("gain_per_mentee":50000)", R"("cost":200000)", R"("net":100000)",
                             R"("break_even_gain":33333.33)", R"("net_year_2":243000)"})
        EXPECT_TRUE(has(relief, part)) << part << " in " << relief;
    EXPECT_EQ(results.at("quotas"), "[]") << "a plan without a mentor gives nobody a new quota";
}

TEST(relief_run, range_of_a_plan_is_kept_to_the_cent) {
    const std::string relief =
        results_of({}, "relief",
                   R"({"version":1,"relief":{"plans":[{"name":"p","quota":1000,"quota_relief":200,"n_mentees":2,)"
                   R"("gain_per_mentee":150.25,"gain_low":100,"gain_high":180}]}})")
            .at("relief");
    EXPECT_TRUE(has(relief, R"("gain_low":100,"gain_high":180)")) << relief;
    EXPECT_TRUE(has(relief, R"("net":100.5)")) << relief;
    const auto at = relief.find("\"probability_positive\":") + 23;
    EXPECT_NEAR(std::stod(relief.substr(at)), 0.975, 1e-9) << "the cost, 100 a mentee, is the lower end of the range";
}

TEST(relief_run, without_plans_and_sales_it_says_what_it_needs) {
    EXPECT_TRUE(has(refusal({}, "relief", R"({"version":1})"), "/relief/plans"))
        << refusal({}, "relief", R"({"version":1})");
}

TEST(relief_run, refuses_a_plan_that_cannot_be_with_its_place) {
    const auto with = [](const std::string& plan) {
        return refusal({}, "relief", R"({"version":1,"relief":{"plans":[)" + plan + "]}}");
    };
    EXPECT_TRUE(has(with(R"({"name":"p"})"), "policy.missing_key"));
    EXPECT_TRUE(
        has(with(R"({"name":"p","quota":1,"quota_relief":2,"n_mentees":1,"gain_per_mentee":1})"), "policy.range"))
        << "no more can be lifted than there is";
    EXPECT_TRUE(
        has(with(R"({"name":"p","quota":1,"quota_relief":1,"n_mentees":1.5,"gain_per_mentee":1})"), "policy.type"));
    EXPECT_TRUE(has(with(R"({"name":"p","kwota":1})"), "quota")) << "the nearest key is named";
    EXPECT_TRUE(has(with(R"({"name":"p","quota":1,"quota_relief":1,"n_mentees":1,"gain_per_mentee":1,)"
                         R"("mentor_id":"nobody"})"),
                    "/relief/plans/0/mentor_id"));
    EXPECT_TRUE(has(with("7"), "/relief/plans/0"));
}

row_lists organisation() {
    row_lists tables = test::random_rows(5, 60, 4000);
    return tables;
}

constexpr const char* year_2023 = R"({"version":1,"as_of":"2023-12-31","relief":{"mentor_probability":0.4}})";

TEST(relief_run, best_set_of_a_measured_organisation_ignores_row_order_and_threads) {
    row_lists tables = organisation();
    const auto results = results_of(tables, "relief", year_2023);
    EXPECT_TRUE(has(results.at("relief"), R"("plan":"best")")) << results.at("relief");
    EXPECT_TRUE(has(results.at("portfolio"), R"("plan":"best")"));
    test::shuffle_rows(tables, 3);
    EXPECT_EQ(results_of(tables, "relief", year_2023, 4), results);
}

TEST(relief_run, new_quotas_load_back_as_quotas_of_the_year_after) {
    row_lists tables = organisation();
    const std::string quotas = results_of(tables, "relief", year_2023).at("quotas");
    ASSERT_NE(quotas, "[]");
    EXPECT_TRUE(has(quotas, R"("start":"2024-01-01","end":"2025-01-01")")) << quotas;
    tables["quotas"].clear();
    for (std::size_t from = quotas.find('{'); from != std::string::npos; from = quotas.find('{', from + 1))
        tables["quotas"].push_back(quotas.substr(from, quotas.find('}', from) - from + 1));
    const std::string sellers = results_of(tables, "measures", R"({"version":1,"as_of":"2024-12-31"})").at("sellers");
    const std::string first = tables["quotas"].front();
    const auto amount = first.substr(first.find("\"amount\":") + 9);
    EXPECT_TRUE(has(sellers, "\"quota\":" + amount.substr(0, amount.find(',')))) << first;
}

TEST(relief_run, voluntary_mentoring_pays_for_no_relief) {
    const auto results =
        results_of(organisation(), "relief",
                   R"({"version":1,"as_of":"2023-12-31","relief":{"structured":false,"mentor_probability":0.4}})");
    EXPECT_EQ(results.at("relief"), "[]");
    EXPECT_TRUE(has(results.at("portfolio"), R"("n_mentors":0)")) << results.at("portfolio");
}

} // namespace
