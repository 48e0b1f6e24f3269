// Months are compared with months: no part of a month, and no total that is of several.
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "planted_rows.hpp"

namespace {

using namespace dualtrack;
using test::field_of;
using test::results_of;
using test::row_lists;

std::string volatility(const row_lists& tables, const char* as_of = "2023-06-30", int months = 6) {
    return field_of(results_of(tables, "measures",
                               R"({"version":1,"as_of":")" + std::string(as_of) + R"(","window_months":)" +
                                   integer_text(months) + "}")
                        .at("sellers"),
                    R"("person_id":"a")", "volatility");
}

row_lists deals_of_months(const std::vector<int>& amounts, const std::string& person = R"({"person_id":"a"})") {
    row_lists out{{"people", {person}}};
    int month = 0;
    for (const int amount : amounts) {
        ++month;
        out["deals"].push_back(test::row_text()
                                   .text("deal_id", "d" + integer_text(month))
                                   .text("owner_id", "a")
                                   .number("amount", amount)
                                   .text("closed", "2023-0" + integer_text(month) + "-20")
                                   .text("outcome", "won")
                                   .done());
    }
    return out;
}

// By hand: 20 in each of five whole months; the month of hiring, with a day of nothing, is no month.
TEST(volatility, leaves_out_the_month_in_which_somebody_was_hired_or_left) {
    EXPECT_EQ(volatility(deals_of_months({2, 20, 20, 20, 20, 20}, R"({"person_id":"a","hired":"2023-01-18"})")), "0");
    EXPECT_EQ(volatility(deals_of_months({20, 20, 20, 20, 20, 2}, R"({"person_id":"a","left":"2023-06-21"})")), "0");
    EXPECT_NE(volatility(deals_of_months({2, 20, 20, 20, 20, 20}, R"({"person_id":"a","hired":"2023-01-01"})")), "0");
}

TEST(volatility, leaves_out_the_months_that_the_window_cuts) {
    EXPECT_EQ(volatility(deals_of_months({2, 20, 20, 20, 20, 2}), "2023-06-20", 5), "0")
        << "20 January to 20 June: February to May are whole";
}

// By hand: 10, 20, 30 a month: mean 20, sd 10.
TEST(volatility, of_monthly_totals_is_that_of_the_months) {
    row_lists tables{{"people", {R"({"person_id":"a"})"}},
                     {"sales",
                      {R"({"person_id":"a","start":"2023-01-01","end":"2023-02-01","amount":10})",
                       R"({"person_id":"a","start":"2023-02-01","end":"2023-03-01","amount":20})",
                       R"({"person_id":"a","start":"2023-03-01","end":"2023-04-01","amount":30})"}}};
    EXPECT_EQ(volatility(tables), "0.5") << "April to June were not reported: they are not months without sales";
    tables["sales"][2] = R"({"person_id":"a","start":"2023-03-01","end":"2023-03-31","amount":30})";
    EXPECT_EQ(volatility(tables), "null") << "of March a day is not known, and two months say nothing";
}

TEST(volatility, is_not_made_up_from_totals_of_quarters) {
    EXPECT_EQ(volatility({{"people", {R"({"person_id":"a"})"}},
                          {"sales",
                           {R"({"person_id":"a","start":"2023-01-01","end":"2023-04-01","amount":10})",
                            R"({"person_id":"a","start":"2023-04-01","end":"2023-07-01","amount":50})"}}}),
              "null");
}

TEST(volatility, of_weekly_totals_may_split_a_week_at_the_end_of_a_month) {
    row_lists tables{{"people", {R"({"person_id":"a"})"}}};
    const std::int32_t monday = *calendar::parse_iso_date("2022-12-26");
    for (int week = 0; week < 30; ++week)
        tables["sales"].push_back(test::row_text()
                                      .text("person_id", "a")
                                      .day("start", monday + 7 * week)
                                      .day("end", monday + 7 * week + 7)
                                      .number("amount", 70)
                                      .done());
    const double found = std::stod(volatility(tables));
    EXPECT_GT(found, 0.0);
    EXPECT_LT(found, 0.06) << "10 a day: months differ by their days alone";
}

} // namespace
