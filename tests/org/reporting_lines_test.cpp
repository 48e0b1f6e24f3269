#include <gtest/gtest.h>

#include <random>
#include <vector>

#include <dualtrack/org/reporting_lines.hpp>

using namespace dualtrack;
using namespace dualtrack::org;

namespace {

constexpr std::int32_t ever = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t for_good = std::numeric_limits<std::int32_t>::max();

struct line {
    std::uint32_t person, manager;
    std::int32_t start, end;
};

/// People 0..n-1, whose manager now is `now`; assignments sorted by (person, start).
organisation company(std::vector<std::uint32_t> now, const std::vector<line>& lines) {
    organisation made;
    text_builder ids;
    for (std::size_t i = 0; i < now.size(); ++i) ids.push(std::string(1, static_cast<char>('a' + i)));
    made.people.id = text_builder::finish(std::move(ids));
    made.people.manager_now.assign(now.begin(), now.end());
    made.people.hired.assign(now.size(), no_date);
    made.people.left.assign(now.size(), no_date);
    made.assignments.first.assign(now.size() + 1, 0);
    for (const line& one : lines) {
        ++made.assignments.first[one.person + 1];
        made.assignments.person.push_back(one.person);
        made.assignments.manager.push_back(one.manager);
        made.assignments.start.push_back(one.start);
        made.assignments.end.push_back(one.end);
    }
    for (std::size_t i = 0; i < now.size(); ++i) made.assignments.first[i + 1] += made.assignments.first[i];
    return made;
}

std::vector<std::uint32_t> reports_on(const organisation& made, const report_lists& lists, std::uint32_t manager,
                                      std::int32_t day) {
    std::vector<std::uint32_t> people;
    for_reports_on(made, lists, manager, day, [&](std::uint32_t person) { people.push_back(person); });
    return people;
}

} // namespace

TEST(reporting_lines, change_manager_on_the_first_day_of_the_new_assignment) {
    // a reports to b for the days 100..199 and to c from 200 on; before that to whom people says: d.
    const organisation made = company({3, no_index, no_index, no_index}, {{0, 1, 100, 200}, {0, 2, 200, for_good}});
    const reporting_lines lines = reporting_lines_of(made, std::pmr::get_default_resource());
    EXPECT_EQ(lines.manager_on(0, 99).manager, 3U);
    EXPECT_EQ(lines.manager_on(0, 100).manager, 1U);
    EXPECT_EQ(lines.manager_on(0, 199).manager, 1U);
    EXPECT_EQ(lines.manager_on(0, 200).manager, 2U);
    EXPECT_EQ(lines.manager_on(0, 1'000'000).manager, 2U);
    EXPECT_EQ(lines.manager_on(0, ever).manager, 3U);
}

TEST(reporting_lines, mark_the_days_that_only_people_speaks_about) {
    const organisation made = company({2, no_index, no_index}, {{0, 1, 10, 20}, {0, 1, 30, 40}});
    const reporting_lines lines = reporting_lines_of(made, std::pmr::get_default_resource());
    const auto spans = lines.spans_of(0);
    ASSERT_EQ(spans.size(), 5U);
    const std::vector<std::int32_t> borders{ever, 10, 20, 30, 40, for_good};
    for (std::size_t i = 0; i < spans.size(); ++i) {
        EXPECT_EQ(spans[i].start, borders[i]);
        EXPECT_EQ(spans[i].end, borders[i + 1]);
        EXPECT_EQ(spans[i].assumed, i % 2 == 0);
        EXPECT_EQ(spans[i].manager, i % 2 == 0 ? 2U : 1U);
    }
}

TEST(reporting_lines, let_an_assignment_to_nobody_stand) {
    const organisation made = company({1, no_index}, {{0, no_index, 10, 20}});
    const reporting_lines lines = reporting_lines_of(made, std::pmr::get_default_resource());
    EXPECT_EQ(lines.manager_on(0, 15).manager, no_index);
    EXPECT_FALSE(lines.manager_on(0, 15).assumed);
    EXPECT_EQ(lines.manager_on(0, 20).manager, 1U);
    EXPECT_TRUE(lines.manager_on(0, 20).assumed);
}

TEST(reporting_lines, come_from_people_alone_without_assignments) {
    organisation made = company({1, no_index}, {});
    made.assignments = {};
    const reporting_lines lines = reporting_lines_of(made, std::pmr::get_default_resource());
    EXPECT_EQ(lines.manager_on(0, 0).manager, 1U);
    EXPECT_EQ(lines.manager_on(1, 0).manager, no_index);
}

TEST(reporting_lines, give_each_day_to_one_manager_as_a_search_of_all_rows_does) {
    std::mt19937 random(1);
    const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
    for (int round = 0; round < 50; ++round) {
        const std::uint32_t n = 2 + below(8);
        std::vector<std::uint32_t> now;
        std::vector<line> rows;
        for (std::uint32_t person = 0; person < n; ++person) {
            now.push_back(below(3) == 0 ? no_index : below(n));
            std::int32_t from = static_cast<std::int32_t>(below(20));
            for (std::uint32_t k = below(14); k > 0; --k) {
                const std::int32_t to = from + 1 + static_cast<std::int32_t>(below(9));
                rows.push_back({person, below(4) == 0 ? no_index : below(n), from, to});
                from = to + static_cast<std::int32_t>(below(3));
            }
        }
        const organisation made = company(now, rows);
        const reporting_lines lines = reporting_lines_of(made, std::pmr::get_default_resource());
        const report_lists lists = report_lists_of(lines, std::pmr::get_default_resource());
        for (std::int32_t day = -1; day < 160; ++day) {
            std::vector<std::vector<std::uint32_t>> reports(n);
            for (std::uint32_t person = 0; person < n; ++person) {
                std::uint32_t expected = now[person];
                bool assumed = true;
                for (const line& row : rows)
                    if (row.person == person && row.start <= day && day < row.end) {
                        expected = row.manager;
                        assumed = false;
                    }
                EXPECT_EQ(lines.manager_on(person, day).manager, expected);
                EXPECT_EQ(lines.manager_on(person, day).assumed, assumed);
                if (expected != no_index) reports[expected].push_back(person);
            }
            for (std::uint32_t manager = 0; manager < n; ++manager)
                EXPECT_EQ(reports_on(made, lists, manager, day), reports[manager]);
        }
    }
}

TEST(employment, is_half_open_and_clips_spans) {
    organisation made = company({no_index, 0}, {{1, 0, 100, 300}});
    made.people.hired[1] = 150;
    made.people.left[1] = 250;
    EXPECT_FALSE(is_employed_on(made, 1, 149));
    EXPECT_TRUE(is_employed_on(made, 1, 150));
    EXPECT_TRUE(is_employed_on(made, 1, 249));
    EXPECT_FALSE(is_employed_on(made, 1, 250));
    EXPECT_EQ(clip_to_employment(made, 1, {100, 300}), (day_span{150, 250}));
    EXPECT_EQ(clip_to_employment(made, 1, {160, 200}), (day_span{160, 200}));
    EXPECT_TRUE(clip_to_employment(made, 1, {250, 300}).is_empty());
    EXPECT_EQ(clip_to_employment(made, 0, {ever, for_good}), (day_span{ever, for_good}));
    const reporting_lines lines = reporting_lines_of(made, std::pmr::get_default_resource());
    const report_lists lists = report_lists_of(lines, std::pmr::get_default_resource());
    EXPECT_EQ(reports_on(made, lists, 0, 149), (std::vector<std::uint32_t>{}));
    EXPECT_EQ(reports_on(made, lists, 0, 150), (std::vector<std::uint32_t>{1}));
    EXPECT_EQ(reports_on(made, lists, 0, 250), (std::vector<std::uint32_t>{}));
}
