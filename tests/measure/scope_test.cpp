#include <dualtrack/measure/scope.hpp>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "small_organisation.hpp"

namespace {

using namespace dualtrack;
using test::data_of;
using test::policy_of;

constexpr const char* two_people = R"([{"person_id":"a"},{"person_id":"b"}])";

std::int32_t day(const char* iso) {
    return *calendar::parse_iso_date(iso);
}

bool has_finding(const org::findings_table& findings, std::string_view code) {
    for (const auto& found : findings.code)
        if (found == code) return true;
    return false;
}

TEST(scope, ends_on_the_last_closing_day_and_says_so_when_the_policy_names_none) {
    const auto data =
        data_of({{"people", two_people},
                 {"deals", R"([{"deal_id":"1","owner_id":"a","amount":1,"closed":"2024-02-29","outcome":"won"},
                                             {"deal_id":"2","owner_id":"a","closed":"2024-01-10","outcome":"lost"},
                                             {"deal_id":"3","owner_id":"a","opened":"2024-09-01","outcome":"open"}])"}});
    const auto scope = test::scope_of(*data, policy_of(R"({"version":1})"));
    EXPECT_EQ(scope.as_of, day("2024-02-29"));
    EXPECT_EQ(scope.start, day("2023-03-01"));
    EXPECT_EQ(scope.end, day("2024-03-01"));
    EXPECT_TRUE(has_finding(scope.findings, "data.assumed"));
}

TEST(scope, leaves_deals_after_as_of_out_with_a_finding_each) {
    const auto data =
        data_of({{"people", two_people},
                 {"deals", R"([{"deal_id":"1","owner_id":"a","amount":1,"closed":"2024-02-29","outcome":"won"},
                                             {"deal_id":"2","owner_id":"a","amount":1,"closed":"2024-03-01","outcome":"won"}])"}});
    const auto scope = test::scope_of(*data, policy_of(R"({"version":1,"as_of":"2024-02-29"})"));
    EXPECT_TRUE(has_finding(scope.findings, "data.future_dated"));
    EXPECT_FALSE(scope.covers(day("2024-03-01")));
    EXPECT_EQ(scope.findings.row.value[0], 1);
}

TEST(scope, refuses_deals_after_as_of_when_the_policy_says_error) {
    const auto data =
        data_of({{"people", two_people},
                 {"deals", R"([{"deal_id":"1","owner_id":"a","amount":1,"closed":"2024-02-29","outcome":"won"},
                                             {"deal_id":"2","owner_id":"a","amount":1,"closed":"2024-03-01","outcome":"won"}])"}});
    const auto scope =
        measure::scope_of(run_context{}, data->organisation,
                          policy_of(R"({"version":1,"as_of":"2024-02-29","data":{"future_dated":"error"}})"));
    ASSERT_FALSE(scope);
    EXPECT_EQ(test::said(scope.error()),
              "data.date at deals.closed row 1: expected no date after as_of 2024-02-29, found 2024-03-01");
}

TEST(scope, refuses_a_quota_at_or_below_zero_or_leaves_it_out_as_the_policy_says) {
    const auto data =
        data_of({{"people", two_people},
                 {"deals", R"([{"deal_id":"1","owner_id":"a","amount":1,"closed":"2024-02-29","outcome":"won"}])"},
                 {"quotas", R"([{"person_id":"a","start":"2024-01-01","end":"2024-02-01","amount":10},
                        {"person_id":"b","start":"2024-01-01","end":"2024-02-01","amount":-3}])"}});
    const auto refused = measure::scope_of(run_context{}, data->organisation, policy_of(R"({"version":1})"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(test::said(refused.error()),
              "data.range at quotas.amount row 1: expected a strictly positive quota, found -3");
    const auto left_out = test::scope_of(*data, policy_of(R"({"version":1,"data":{"nonpositive_quota":"exclude"}})"));
    EXPECT_TRUE(has_finding(left_out.findings, "data.excluded"));
    EXPECT_EQ(left_out.quota_amount[1], no_money);
    EXPECT_EQ(left_out.quota_amount[0], 1000);
}

TEST(scope, lists_a_manager_nobody_knows_or_refuses_as_the_policy_says) {
    const auto data =
        data_of({{"people", R"([{"person_id":"a","manager_id":"ghost"}])"},
                 {"deals", R"([{"deal_id":"1","owner_id":"a","amount":1,"closed":"2024-02-29","outcome":"won"}])"}});
    EXPECT_TRUE(has_finding(test::scope_of(*data, policy_of(R"({"version":1})")).findings, "data.orphan_manager"));
    const auto refused = measure::scope_of(run_context{}, data->organisation,
                                           policy_of(R"({"version":1,"data":{"orphan_manager":"error"}})"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(test::said(refused.error()),
              "data.unknown_id at people.manager_id row 0: expected the id of a person in people, found \"ghost\"");
}

TEST(scope, refuses_two_currencies_without_rates) {
    const auto data = data_of(
        {{"people", two_people},
         {"deals", R"([{"deal_id":"1","owner_id":"a","amount":1,"currency":"EUR","closed":"2024-02-28","outcome":"won"},
                       {"deal_id":"2","owner_id":"a","amount":1,"currency":"USD","closed":"2024-02-29","outcome":"won"}])"}});
    const auto scope = measure::scope_of(run_context{}, data->organisation, policy_of(R"({"version":1})"));
    ASSERT_FALSE(scope);
    EXPECT_EQ(scope.error().code, "data.currency");
    const auto named =
        measure::scope_of(run_context{}, data->organisation, policy_of(R"({"version":1,"currency":"EUR"})"));
    ASSERT_FALSE(named);
    EXPECT_EQ(named.error().where, "deals.currency");
    EXPECT_EQ(named.error().row, 1);
}

// By hand: 10.01 USD at 0.5 is 5.005 EUR, which is 500.5 cents: half to even gives 5.00; 10.03 at 0.5 gives 5.02.
TEST(scope, converts_at_the_latest_rate_on_or_before_the_day_half_to_even) {
    const auto data = data_of(
        {{"people", two_people},
         {"deals",
          R"([{"deal_id":"1","owner_id":"a","amount":10.01,"currency":"USD","closed":"2024-02-10","outcome":"won"},
                       {"deal_id":"2","owner_id":"a","amount":10.03,"currency":"USD","closed":"2024-02-19","outcome":"won"},
                       {"deal_id":"3","owner_id":"a","amount":10,"currency":"USD","closed":"2024-02-20","outcome":"won"},
                       {"deal_id":"4","owner_id":"a","amount":7,"currency":"EUR","closed":"2024-02-20","outcome":"won"}])"},
         {"exchange_rates",
          R"([{"currency":"USD","date":"2024-02-20","rate":0.75},{"currency":"USD","date":"2024-02-01","rate":0.5}])"}});
    const auto scope = test::scope_of(*data, policy_of(R"({"version":1,"currency":"EUR"})"));
    EXPECT_EQ(scope.currency, "EUR");
    EXPECT_EQ(scope.amount_of_deal(data->organisation, 0), 500);
    EXPECT_EQ(scope.amount_of_deal(data->organisation, 1), 502);
    EXPECT_EQ(scope.amount_of_deal(data->organisation, 2), 750);
    EXPECT_EQ(scope.amount_of_deal(data->organisation, 3), 700);
    EXPECT_EQ(test::scope_of(*data, policy_of(R"({"version":1})")).currency, "EUR") << "the one without rates";
}

TEST(scope, names_the_day_a_rate_is_missing_for) {
    const auto data = data_of(
        {{"people", two_people},
         {"deals",
          R"([{"deal_id":"1","owner_id":"a","amount":1,"currency":"USD","closed":"2024-01-31","outcome":"won"}])"},
         {"exchange_rates", R"([{"currency":"USD","date":"2024-02-01","rate":0.5}])"}});
    const auto scope =
        measure::scope_of(run_context{}, data->organisation, policy_of(R"({"version":1,"currency":"EUR"})"));
    ASSERT_FALSE(scope);
    EXPECT_EQ(test::said(scope.error()),
              "data.currency at deals.currency row 0: expected an exchange rate of USD on or before "
              "2024-01-31, found none");
}

std::vector<std::string> texts_of(const org::findings_table& findings, std::string_view code) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < findings.size(); ++i)
        if (findings.code[i] == code) out.emplace_back(findings.text[i]);
    return out;
}

TEST(scope, says_how_many_rows_name_no_currency_beside_several) {
    const auto two = data_of({{"people", two_people},
                              {"deals",
                               R"([{"deal_id":"1","owner_id":"a","amount":1,"closed":"2024-02-28","outcome":"won"},
              {"deal_id":"2","owner_id":"a","amount":1,"currency":"USD","closed":"2024-02-29","outcome":"won"},
              {"deal_id":"3","owner_id":"a","amount":1,"closed":"2024-02-29","outcome":"won"},
              {"deal_id":"4","owner_id":"a","amount":1,"currency":"EUR","closed":"2024-02-29","outcome":"won"},
              {"deal_id":"5","owner_id":"a","opened":"2024-02-29","outcome":"open"}])"},
                              {"exchange_rates", R"([{"currency":"USD","date":"2024-01-01","rate":0.5}])"}});
    const auto scope = test::scope_of(*two, policy_of(R"({"version":1,"as_of":"2024-02-29"})"));
    EXPECT_EQ(
        texts_of(scope.findings, "data.assumed"),
        std::vector<std::string>{"2 rows name no currency while others do; taken as EUR, the reporting currency"});
    EXPECT_EQ(scope.findings.row.value[0], 0);
    EXPECT_EQ(scope.findings.count.value[0], 2);
    const auto one = data_of({{"people", two_people},
                              {"deals",
                               R"([{"deal_id":"1","owner_id":"a","amount":1,"closed":"2024-02-28","outcome":"won"},
              {"deal_id":"2","owner_id":"a","amount":1,"currency":"USD","closed":"2024-02-29","outcome":"won"}])"}});
    EXPECT_TRUE(
        texts_of(test::scope_of(*one, policy_of(R"({"version":1,"as_of":"2024-02-29"})")).findings, "data.assumed")
            .empty())
        << "one currency for all is no assumption worth a word";
}

TEST(scope, counts_what_begins_after_as_of_or_refuses_it_as_the_policy_says) {
    const auto data =
        data_of({{"people", two_people},
                 {"deals", R"([{"deal_id":"1","owner_id":"a","amount":1,"closed":"2024-02-29","outcome":"won"}])"},
                 {"activities", R"([{"actor_id":"a","kind":"mentoring","start":"2024-03-01"}])"},
                 {"assignments", R"([{"person_id":"b","manager_id":"a","start":"2024-04-01"}])"},
                 {"pay", R"([{"person_id":"b","start":"2024-01-01","end":"2024-03-01","base":1},
                     {"person_id":"b","start":"2024-03-01","base":2}])"},
                 {"quotas", R"([{"person_id":"b","start":"2024-04-01","end":"2024-07-01","amount":10},
                        {"person_id":"a","start":"2024-01-01","end":"2024-04-01","amount":10},
                        {"person_id":"a","start":"2024-04-01","end":"2024-07-01","amount":10}])"}});
    const auto scope = test::scope_of(*data, policy_of(R"({"version":1,"as_of":"2024-02-29"})"));
    EXPECT_EQ(texts_of(scope.findings, "data.future_dated"),
              (std::vector<std::string>{
                  "1 row begins after as_of 2024-02-29; left out", "1 row begins after as_of 2024-02-29; left out",
                  "1 row begins after as_of 2024-02-29; left out", "2 rows begin after as_of 2024-02-29; left out"}));
    EXPECT_EQ(scope.findings.table[3], "quotas");
    EXPECT_EQ(scope.findings.row.value[3], 0) << "the first in the order of the input";
    const auto refused =
        measure::scope_of(run_context{}, data->organisation,
                          policy_of(R"({"version":1,"as_of":"2024-02-29","data":{"future_dated":"error"}})"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(test::said(refused.error()),
              "data.date at activities.start row 0: expected no date after as_of 2024-02-29, found 2024-03-01");
}

} // namespace
