#include <dualtrack/measure/panel.hpp>

#include <vector>

#include <gtest/gtest.h>

#include "small_organisation.hpp"

namespace {

using namespace dualtrack;
using measure::prorated;

std::int32_t day(const char* iso) {
    return *calendar::parse_iso_date(iso);
}

// By hand: 31 days of January at 10.00 a day; ten of them are 100.00.
TEST(panel, prorates_by_calendar_days) {
    EXPECT_EQ(prorated(31000, day("2024-01-01"), day("2024-02-01"), day("2024-01-11"), day("2024-01-21")), 10000);
}

TEST(panel, parts_of_a_division_add_up_to_the_whole) {
    for (const std::int64_t amount : {10001LL, -777LL, 1LL, 9'000'000'000'000'000LL})
        for (int pieces = 1; pieces < 60; ++pieces) {
            std::int64_t sum = 0;
            for (int i = 0; i < pieces; ++i) sum += prorated(amount, 0, 91, 91 * i / pieces, 91 * (i + 1) / pieces);
            EXPECT_EQ(sum, amount);
        }
}

TEST(panel, gives_nothing_outside_the_period) {
    EXPECT_EQ(prorated(100, 10, 20, 0, 10), 0);
    EXPECT_EQ(prorated(100, 10, 20, 20, 30), 0);
    EXPECT_EQ(prorated(100, 10, 20, 5, 30), 100);
    EXPECT_EQ(prorated(100, 10, 20, 15, 15), 0);
}

struct laid_out {
    std::shared_ptr<const ingest::checked_data> data;
    measure::scope window;
    org::reporting_lines lines;
    measure::panel cells;
};

laid_out layout(std::shared_ptr<const ingest::checked_data> data, const char* policy) {
    const auto parsed = test::policy_of(policy);
    auto window = test::scope_of(*data, parsed);
    auto lines = org::reporting_lines_of(data->organisation, std::pmr::get_default_resource());
    const std::vector<std::uint8_t> sells(data->organisation.n_people(), 1);
    auto cells = measure::layout_panel(run_context{}, data->organisation, lines, window, sells);
    return {std::move(data), std::move(window), std::move(lines), std::move(cells)};
}

TEST(panel, never_mixes_two_managers_in_one_cell) {
    const auto it =
        layout(test::data_of(
                   {{"people", R"([{"person_id":"m1"},{"person_id":"m2"},{"person_id":"s"}])"},
                    {"assignments", R"([{"person_id":"s","manager_id":"m1","start":"2024-01-01","end":"2024-02-15"},
                                           {"person_id":"s","manager_id":"m2","start":"2024-02-15"}])"},
                    {"deals", R"([{"deal_id":"1","owner_id":"s","amount":1,"closed":"2024-03-31","outcome":"won"}])"}}),
               R"({"version":1,"window_months":3})");
    const std::uint32_t s = 2;
    ASSERT_EQ(it.cells.first[s + 1] - it.cells.first[s], 4U) << "January, February before and after the 15th, March";
    const auto manager_on = [&](const char* iso) {
        return it.cells.manager[it.cells.cell_of(s, day(iso), calendar::month_of_day(day(iso)))];
    };
    EXPECT_EQ(manager_on("2024-01-31"), 0U);
    EXPECT_EQ(manager_on("2024-02-14"), 0U);
    EXPECT_EQ(manager_on("2024-02-15"), 1U) << "half-open: the first day of the new assignment is the new manager's";
    EXPECT_EQ(manager_on("2024-03-31"), 1U);
}

TEST(panel, counts_no_day_before_hiring_after_leaving_or_between_assignments) {
    const auto it =
        layout(test::data_of(
                   {{"people", R"([{"person_id":"m"},{"person_id":"s","hired":"2024-01-11","left":"2024-05-21"}])"},
                    {"assignments", R"([{"person_id":"s","manager_id":"m","start":"2024-01-11","end":"2024-03-01"},
                                           {"person_id":"s","manager_id":"m","start":"2024-04-01","end":"2024-05-21"}])"},
                    {"deals", R"([{"deal_id":"1","owner_id":"s","amount":1,"closed":"2024-06-30","outcome":"won"}])"}}),
               R"({"version":1,"window_months":6})");
    std::int32_t active = 0;
    std::int32_t gap = 0;
    for (std::uint32_t cell = it.cells.first[1]; cell < it.cells.first[2]; ++cell) {
        const std::int32_t days = it.cells.end_of(1, cell) - it.cells.start[cell];
        active += it.cells.state[cell] == measure::active ? days : 0;
        gap += it.cells.state[cell] == measure::between_assignments ? days : 0;
    }
    EXPECT_EQ(active, 21 + 29 + 30 + 20);
    EXPECT_EQ(gap, 31);
}

TEST(panel, expects_nothing_of_anybody_after_they_left) {
    const auto it =
        layout(test::data_of(
                   {{"people", R"([{"person_id":"s","left":"2024-02-01"},{"person_id":"t"}])"},
                    {"quotas", R"([{"person_id":"s","start":"2024-01-01","end":"2024-04-01","amount":910},
                                      {"person_id":"t","start":"2024-01-01","end":"2024-04-01","amount":910},
                                      {"person_id":"t","start":"2024-01-01","end":"2024-04-01","amount":5000,"scope":"team"}])"},
                    {"deals", R"([{"deal_id":"1","owner_id":"t","amount":1,"closed":"2024-03-31","outcome":"won"}])"}}),
               R"({"version":1,"window_months":3})");
    std::vector<std::int64_t> quota(it.cells.start.size(), 0);
    measure::spread_quotas(it.cells, it.data->organisation.quotas, {}, quota);
    std::int64_t of_s = 0;
    std::int64_t of_t = 0;
    for (std::uint32_t cell = it.cells.first[0]; cell < it.cells.first[1]; ++cell) of_s += quota[cell];
    for (std::uint32_t cell = it.cells.first[1]; cell < it.cells.first[2]; ++cell) of_t += quota[cell];
    EXPECT_EQ(of_s, 31000) << "31 of 91 days at 10.00";
    EXPECT_EQ(of_t, 91000) << "the team quota is not added";
}

} // namespace
