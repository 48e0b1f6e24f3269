#include <string>

#include <gtest/gtest.h>

#include "planted_rows.hpp"

namespace {

using namespace dualtrack;
using test::results_of;
using test::row_lists;
using test::row_text;

/// Sellers a..f change from manager m to n half way through the year, each in another month; sales by month.
row_lists two_teams() {
    row_lists out;
    out["people"] = {R"({"person_id":"m"})", R"({"person_id":"n"})"};
    const std::string sellers = "abcdef";
    for (std::size_t i = 0; i < sellers.size(); ++i) {
        const std::string id(1, sellers[i]);
        out["people"].push_back(R"({"person_id":")" + id + R"(","hired":"2022-01-01"})");
        const std::string change = "2023-0" + integer_text(static_cast<std::int64_t>(4 + i % 4)) + "-01";
        out["assignments"].push_back(R"({"person_id":")" + id + R"(","manager_id":"m","start":"2022-01-01","end":")" +
                                     change + R"("})");
        out["assignments"].push_back(R"({"person_id":")" + id + R"(","manager_id":"n","start":")" + change + R"("})");
        for (int month = 1; month <= 12; ++month) {
            const std::string number = (month < 10 ? "0" : "") + integer_text(month);
            const std::string next =
                month == 12 ? "2024-01-01"
                            : "2023-" + std::string(month < 9 ? "0" : "") + integer_text(month + 1) + "-01";
            const bool later = month >= 4 + static_cast<int>(i % 4);
            const double amount = 1000.0 * static_cast<double>(i + 1) * (later ? 2.0 : 1.0);
            out["sales"].push_back(row_text()
                                       .text("person_id", id)
                                       .text("start", "2023-" + number + "-01")
                                       .text("end", next)
                                       .number("amount", amount)
                                       .done());
        }
    }
    return out;
}

constexpr const char* as_of = R"({"version":1,"as_of":"2023-12-31"})";

using test::field_of;

/// The error of a run that has to fail.
error refusal(const row_lists& rows, std::string_view policy) {
    auto made = run::find_analysis("value_added")->run(run_context{}, test::data_of(rows), test::policy_of(policy));
    return made ? error{} : std::move(made).error();
}

// By hand: everybody sells twice as much under n as under m, and nothing else differs: ln 2 between the two.
TEST(value_added, of_an_organisation_with_totals_by_month) {
    const auto results = results_of(two_teams(), "value_added", as_of);
    const std::string& table = results.at("value_added");
    const double m = std::stod(field_of(table, R"("manager_id":"m")", "effect"));
    const double n = std::stod(field_of(table, R"("manager_id":"n")", "effect"));
    EXPECT_NEAR(n - m, 0.6931471805599453, 1e-10);
    EXPECT_EQ(field_of(table, R"("manager_id":"m")", "n_movers"), "6");
    EXPECT_EQ(field_of(table, R"("manager_id":"m")", "component"), "1");
    EXPECT_NE(results.at("estimation").find(R"("text":"log")"), std::string::npos);
    EXPECT_NE(results.at("components").find(R"("n_managers":2)"), std::string::npos);
}

TEST(value_added_pitfall, r_rows_of_a_person_under_themselves_are_refused) {
    const row_lists rows = {{"panel",
                             {R"({"unit_id":"a","group_id":"m","period":1,"value":1})",
                              R"({"unit_id":"m","group_id":"m","period":1,"value":1})"}}};
    const error refused = refusal(rows, R"({"version":1})");
    EXPECT_EQ(refused.code, "data.own_rows");
    EXPECT_EQ(refused.where, "panel.group_id");
    EXPECT_EQ(refused.row, 1);
}

TEST(value_added, ignores_the_order_of_rows_and_a_person_who_does_not_sell) {
    row_lists rows = two_teams();
    const auto base = results_of(rows, "value_added", as_of);
    std::reverse(rows["sales"].begin(), rows["sales"].end());
    std::reverse(rows["assignments"].begin(), rows["assignments"].end());
    EXPECT_EQ(base.at("value_added"), results_of(rows, "value_added", as_of).at("value_added"));
    rows["people"].push_back(R"({"person_id":"zz"})");
    EXPECT_EQ(base.at("value_added"), results_of(rows, "value_added", as_of).at("value_added"));
    EXPECT_EQ(base.at("sellers_effects"), results_of(rows, "value_added", as_of).at("sellers_effects"));
}

TEST(value_added, of_an_organisation_without_sales_says_what_is_missing) {
    EXPECT_EQ(refusal({{"people", {R"({"person_id":"m"})"}}}, R"({"version":1})").code, "schema.missing_table");
}

TEST(value_added, of_sellers_without_a_manager_says_so) {
    const error refused = refusal({{"people", {R"({"person_id":"a"})", R"({"person_id":"b"})"}},
                                   {"sales",
                                    {R"({"person_id":"a","start":"2023-01-01","end":"2023-02-01","amount":5})",
                                     R"({"person_id":"b","start":"2023-01-01","end":"2023-02-01","amount":7})"}}},
                                  R"({"version":1,"as_of":"2023-12-31"})");
    EXPECT_EQ(refused.where, "assignments.manager_id");
    EXPECT_NE(refused.message.find("nobody with a manager"), std::string::npos) << refused.message;
}

} // namespace
