#include <dualtrack/base/calendar.hpp>

#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace calendar = dualtrack::calendar;
using calendar::civil_date;

namespace {

constexpr std::int32_t lowest = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t highest = std::numeric_limits<std::int32_t>::max();

std::int32_t day(const char* text) {
    return calendar::parse_iso_date(text).value();
}
std::string text(std::int32_t d) {
    return std::string(calendar::format_iso_date(d).view());
}

TEST(calendar, counts_days_from_1970) {
    EXPECT_EQ(calendar::day_from_civil(1970, 1, 1), 0);
    EXPECT_EQ(calendar::day_from_civil(1969, 12, 31), -1);
    EXPECT_EQ(calendar::day_from_civil(2000, 3, 1), 11017);
    EXPECT_EQ(calendar::day_from_civil(2024, 2, 29), 19782);
    EXPECT_EQ(calendar::day_from_civil(1, 1, 1), calendar::first_iso_day);
    EXPECT_EQ(calendar::day_from_civil(9999, 12, 31), calendar::last_iso_day);
}

TEST(calendar, works_at_compile_time) {
    static_assert(calendar::day_from_civil(2024, 2, 29) == 19782);
    static_assert(calendar::parse_iso_date("2024-02-29") == 19782);
    static_assert(calendar::month_of_day(19782) == 2024 * 12 + 1);
}

// Walks every day of ten thousand years with the school-book rule and compares.
TEST(calendar, agrees_with_counting_every_day_of_the_years_1_to_9999) {
    civil_date expected{1, 1, 1};
    for (std::int32_t d = calendar::first_iso_day; d <= calendar::last_iso_day; ++d) {
        const civil_date found = calendar::civil_from_day(d);
        ASSERT_EQ(found, expected) << "day " << d;
        ASSERT_EQ(calendar::day_from_civil(found), d);
        if (++expected.day > calendar::days_in_month(expected.year, expected.month)) {
            expected.day = 1;
            if (++expected.month > 12) {
                expected.month = 1;
                ++expected.year;
            }
        }
    }
    EXPECT_EQ(expected, (civil_date{10000, 1, 1}));
}

TEST(calendar, round_trips_at_the_ends_of_int32) {
    for (const std::int32_t d : {lowest, lowest + 1, -1, 0, 1, highest - 1, highest}) {
        EXPECT_EQ(calendar::day_from_civil(calendar::civil_from_day(d)), d);
    }
    EXPECT_EQ(calendar::first_day_of_month(highest), highest);
    EXPECT_EQ(calendar::first_day_of_month(lowest), lowest);
    EXPECT_EQ(calendar::add_months(highest, highest), highest);
    EXPECT_EQ(calendar::add_months(lowest, lowest), lowest);
    EXPECT_EQ(calendar::month_index(highest, 12), highest);
    EXPECT_EQ(calendar::overlap_days(lowest, highest, lowest, highest), 4294967295);
}

TEST(calendar, knows_leap_years_by_the_gregorian_rule) {
    EXPECT_TRUE(calendar::is_leap_year(2024));
    EXPECT_FALSE(calendar::is_leap_year(2023));
    EXPECT_FALSE(calendar::is_leap_year(1900));
    EXPECT_TRUE(calendar::is_leap_year(2000));
    EXPECT_TRUE(calendar::is_leap_year(0));
    EXPECT_TRUE(calendar::is_leap_year(-4));
}

TEST(calendar, knows_the_length_of_months) {
    EXPECT_EQ(calendar::days_in_month(2024, 2), 29);
    EXPECT_EQ(calendar::days_in_month(2023, 2), 28);
    EXPECT_EQ(calendar::days_in_month(2023, 4), 30);
    EXPECT_EQ(calendar::days_in_month(2023, 0), 0);
    EXPECT_EQ(calendar::days_in_month(2023, 13), 0);
    EXPECT_EQ(calendar::days_in_month(calendar::month_index(2024, 2)), 29);
}

TEST(calendar, numbers_months_so_that_they_can_be_subtracted) {
    EXPECT_EQ(calendar::month_index(2024, 1), 24288);
    EXPECT_EQ(calendar::month_index(2024, 3) - calendar::month_index(2023, 11), 4);
    EXPECT_EQ(calendar::year_of_month(24287), 2023);
    EXPECT_EQ(calendar::number_of_month(24287), 12);
    EXPECT_EQ(calendar::year_of_month(-1), -1);
    EXPECT_EQ(calendar::number_of_month(-1), 12);
}

TEST(calendar, the_months_tile_the_days) {
    for (std::int32_t m = calendar::month_index(1890, 1); m < calendar::month_index(2410, 1); ++m) {
        const std::int32_t first = calendar::first_day_of_month(m);
        EXPECT_EQ(calendar::first_day_of_month(m + 1) - first, calendar::days_in_month(m));
        EXPECT_EQ(calendar::month_of_day(first), m);
        EXPECT_EQ(calendar::month_of_day(first - 1), m - 1);
        EXPECT_EQ(calendar::month_index(calendar::year_of_month(m), calendar::number_of_month(m)), m);
    }
}

TEST(calendar, adding_months_keeps_to_the_end_of_shorter_months) {
    EXPECT_EQ(calendar::add_months(day("2024-01-31"), 1), day("2024-02-29"));
    EXPECT_EQ(calendar::add_months(day("2023-01-31"), 1), day("2023-02-28"));
    EXPECT_EQ(calendar::add_months(day("2024-02-29"), 12), day("2025-02-28"));
    EXPECT_EQ(calendar::add_months(day("2024-02-29"), -48), day("2020-02-29"));
    EXPECT_EQ(calendar::add_months(day("2024-03-31"), -1), day("2024-02-29"));
    EXPECT_EQ(calendar::add_months(day("2024-12-15"), 1), day("2025-01-15"));
    EXPECT_EQ(calendar::add_months(day("2024-12-15"), 0), day("2024-12-15"));
    EXPECT_EQ(calendar::add_months(day("0001-01-31"), -13), calendar::day_from_civil(-1, 12, 31));
}

TEST(calendar, a_calendar_year_is_a_fiscal_year_from_january) {
    EXPECT_EQ(calendar::fiscal_quarter_of_month(calendar::month_index(2024, 1), 1),
              (calendar::fiscal_quarter{2024, 1}));
    EXPECT_EQ(calendar::fiscal_quarter_of_month(calendar::month_index(2024, 12), 1),
              (calendar::fiscal_quarter{2024, 4}));
}

TEST(calendar, a_fiscal_year_is_named_by_the_year_it_ends_in) {
    EXPECT_EQ(calendar::fiscal_quarter_of_month(calendar::month_index(2023, 10), 10),
              (calendar::fiscal_quarter{2024, 1}));
    EXPECT_EQ(calendar::fiscal_quarter_of_month(calendar::month_index(2024, 9), 10),
              (calendar::fiscal_quarter{2024, 4}));
    EXPECT_EQ(calendar::fiscal_quarter_of_month(calendar::month_index(2024, 1), 2),
              (calendar::fiscal_quarter{2024, 4}));
    EXPECT_EQ(calendar::fiscal_quarter_of_month(calendar::month_index(2024, 2), 2),
              (calendar::fiscal_quarter{2025, 1}));
}

TEST(calendar, fiscal_quarters_hold_three_months_each_for_every_start) {
    for (std::int32_t start = 1; start <= 12; ++start) {
        for (std::int32_t m = -40; m < 40; ++m) {
            const auto quarter = calendar::fiscal_quarter_of_month(m, start);
            const std::int32_t first = calendar::first_month_of_quarter(quarter, start);
            EXPECT_LE(first, m);
            EXPECT_LT(m, first + 3);
            EXPECT_EQ(calendar::fiscal_quarter_index(first + 3, start), calendar::fiscal_quarter_index(m, start) + 1);
            if (quarter.quarter == 1) {
                EXPECT_EQ(calendar::number_of_month(first), start);
            }
        }
    }
}

TEST(calendar, overlap_counts_the_days_of_both_intervals) {
    EXPECT_EQ(calendar::overlap_days(0, 10, 5, 20), 5);
    EXPECT_EQ(calendar::overlap_days(5, 20, 0, 10), 5);
    EXPECT_EQ(calendar::overlap_days(0, 10, 10, 20), 0) << "half-open intervals that touch share no day";
    EXPECT_EQ(calendar::overlap_days(0, 10, 30, 20), 0) << "an interval that ends before it starts is empty";
    EXPECT_EQ(calendar::overlap_days(10, 0, -5, 20), 0);
    EXPECT_EQ(calendar::overlap_days(0, 0, -5, 20), 0);
}

TEST(calendar, overlap_with_the_parts_adds_up_to_the_whole) {
    for (std::int32_t cut = -5; cut < 25; ++cut) {
        EXPECT_EQ(calendar::overlap_days(-5, cut, 3, 17) + calendar::overlap_days(cut, 25, 3, 17), 14);
    }
}

TEST(calendar, reads_only_real_dates_of_ten_characters) {
    EXPECT_EQ(day("1970-01-01"), 0);
    EXPECT_EQ(day("0001-01-01"), calendar::first_iso_day);
    EXPECT_EQ(day("9999-12-31"), calendar::last_iso_day);
    for (const char* bad : {"",           "2024-02-30",  "2023-02-29",  "1900-02-29",  "2024-13-01", "2024-00-01",
                            "2024-01-00", "2024-04-31",  "0000-01-01",  "2024-1-01",   "2024-01-1",  "2024/01/01",
                            "20240101",   " 2024-01-01", "2024-01-01 ", "2024-01-01T", "+024-01-01", "-024-01-01",
                            "2024-0x-01", "2024--1-01",  "2024-01-+1"}) {
        EXPECT_FALSE(calendar::parse_iso_date(bad).has_value()) << bad;
    }
}

TEST(calendar, writes_what_it_reads) {
    EXPECT_EQ(text(0), "1970-01-01");
    EXPECT_EQ(text(19782), "2024-02-29");
    EXPECT_EQ(text(calendar::first_iso_day), "0001-01-01");
    EXPECT_EQ(text(calendar::first_iso_day - 1), "");
    EXPECT_EQ(text(calendar::last_iso_day + 1), "");
    for (std::int32_t d = calendar::first_iso_day; d <= calendar::last_iso_day; d += 97) {
        ASSERT_EQ(calendar::parse_iso_date(calendar::format_iso_date(d).view()), d);
    }
}

TEST(calendar, rounds_timestamps_down_to_the_day_also_before_1970) {
    EXPECT_EQ(calendar::floor_to_days(0, 86400000), 0);
    EXPECT_EQ(calendar::floor_to_days(86399999, 86400000), 0);
    EXPECT_EQ(calendar::floor_to_days(-1, 86400000), -1);
    EXPECT_EQ(calendar::floor_to_days(-86400000, 86400000), -1);
    EXPECT_EQ(calendar::floor_to_days(std::numeric_limits<std::int64_t>::min(), 86400000000000), -106752);
}

} // namespace
