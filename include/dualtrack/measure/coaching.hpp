// Coaching: who gets the manager's time, of what kind, and in which part of the quarter? Minutes are those a manager
// spends with people who report to them on that day. A group session counts in full for everybody in it, as it does in
// each one's week; only in `shared_minutes`, which says what a manager gives, is it divided by those who attended.
//
//   per report and month = minutes / (days the reports were here / 30.4375)
//   quarter end = the last `quarter_end_days` of a fiscal quarter; week of the quarter 1..13, the last one to its end
// Time without minutes is counted as a session of none. Who belongs to which tier is told by the caller.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/measure/panel.hpp>
#include <dualtrack/measure/scope.hpp>
#include <dualtrack/org/reporting_lines.hpp>

namespace dualtrack::measure {

inline constexpr std::size_t n_coaching_kinds = 7; // the first of org::activity_words: one_to_one .. mentoring
static_assert(org::activity_words[n_coaching_kinds - 1] == "mentoring");

inline constexpr std::array<std::string_view, 4> tier_words{"bottom", "middle", "top", "not_judged"};
inline constexpr std::size_t n_tiers = 4;
inline constexpr std::array<std::string_view, 2> quarter_part_words{"rest", "quarter_end"};
inline constexpr std::size_t n_quarter_parts = 2;
inline constexpr std::size_t n_quarter_weeks = 13;

/// Coaching of one manager, tier and part of the quarter.
struct coaching_cell {
    double minutes = 0.0, shared_minutes = 0.0;
    std::array<double, n_coaching_kinds> by_kind{};
    std::int64_t sessions = 0;
    std::int64_t report_days = 0;
};

struct coaching_facts {
    std::vector<coaching_cell> cells;                                        // [n_rows x n_tiers x n_quarter_parts]
    std::array<std::array<double, n_quarter_weeks>, n_tiers> week_minutes{}; // of all managers
    std::array<std::array<std::int64_t, n_quarter_weeks>, n_tiers> week_report_days{};
    std::int64_t without_minutes = 0; // sessions whose length is not known
    [[nodiscard]] const coaching_cell& cell(std::size_t row, std::size_t tier, std::size_t part) const noexcept {
        return cells[(row * n_tiers + tier) * n_quarter_parts + part];
    }
    [[nodiscard]] coaching_cell& cell(std::size_t row, std::size_t tier, std::size_t part) noexcept {
        return cells[(row * n_tiers + tier) * n_quarter_parts + part];
    }
};

/// What part of a fiscal quarter each day of a window is.
class quarter_days {
  public:
    quarter_days(std::int32_t start, std::int32_t end, std::int32_t fiscal_start_month, std::int32_t end_days)
        : start_(start) {
        const auto n = static_cast<std::size_t>(std::max(end - start, 0));
        part_.resize(n);
        week_.resize(n);
        for (auto& sums : until_) sums.assign(n + 1, 0);
        for (std::size_t i = 0; i < n; ++i) {
            const std::int32_t day = start + static_cast<std::int32_t>(i);
            const std::int32_t month = calendar::month_of_day(day);
            const std::int32_t quarter = calendar::fiscal_quarter_index(month, fiscal_start_month);
            std::int32_t first = month;
            while (calendar::fiscal_quarter_index(first - 1, fiscal_start_month) == quarter) --first;
            const std::int32_t left = calendar::first_day_of_month(first + 3) - day;
            part_[i] = left <= end_days ? 1 : 0;
            week_[i] = static_cast<std::uint8_t>(
                std::min<std::int32_t>((day - calendar::first_day_of_month(first)) / 7, n_quarter_weeks - 1));
            for (std::size_t slot = 0; slot < until_.size(); ++slot)
                until_[slot][i + 1] =
                    until_[slot][i] + (slot == part_[i] || slot == n_quarter_parts + week_[i] ? 1 : 0);
        }
    }
    [[nodiscard]] std::size_t part(std::int32_t day) const noexcept { return part_[at(day)]; }
    [[nodiscard]] std::size_t week(std::int32_t day) const noexcept { return week_[at(day)]; }
    /// Days of [from, to) in a part, in a week. @pre inside the window
    [[nodiscard]] std::int64_t days_in_part(std::int32_t from, std::int32_t to, std::size_t part) const noexcept {
        return until_[part][at(to)] - until_[part][at(from)];
    }
    [[nodiscard]] std::int64_t days_in_week(std::int32_t from, std::int32_t to, std::size_t week) const noexcept {
        return days_in_part(from, to, n_quarter_parts + week);
    }

  private:
    [[nodiscard]] std::size_t at(std::int32_t day) const noexcept { return static_cast<std::size_t>(day - start_); }
    std::int32_t start_;
    std::vector<std::uint8_t> part_, week_;
    std::array<std::vector<std::int32_t>, n_quarter_parts + n_quarter_weeks> until_;
};

/// @param tier_of [n_people], a tier; @param row_of [n_people]: row of a manager, or no_index
[[nodiscard]] inline coaching_facts coaching_of(const org::organisation& organisation,
                                                const org::reporting_lines& lines, const org::report_lists& lists,
                                                const scope& window, std::int32_t fiscal_start_month,
                                                std::int32_t quarter_end_days, std::span<const std::uint8_t> tier_of,
                                                std::span<const std::uint32_t> row_of, std::size_t n_rows) {
    coaching_facts out;
    out.cells.resize(n_rows * n_tiers * n_quarter_parts);
    const quarter_days quarters(window.start, window.end, fiscal_start_month, quarter_end_days);
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        const employment employed = employment_of(organisation, person);
        for (const org::reporting_span& span : lines.spans_of(person)) {
            if (span.manager == no_index || row_of[span.manager] == no_index) continue;
            const std::int32_t from = std::max({span.start, employed.from, window.start});
            const std::int32_t to = std::min({span.end, employed.to, window.end});
            if (from >= to) continue;
            for (std::size_t part = 0; part < n_quarter_parts; ++part)
                out.cell(row_of[span.manager], tier_of[person], part).report_days +=
                    quarters.days_in_part(from, to, part);
            for (std::size_t week = 0; week < n_quarter_weeks; ++week)
                out.week_report_days[tier_of[person]][week] += quarters.days_in_week(from, to, week);
        }
    }
    const auto& activities = organisation.activities;
    constexpr std::uint8_t group_coaching = 1;
    static_assert(org::activity_words[group_coaching] == "group_coaching");
    const auto give = [&](std::size_t row, std::uint32_t report, double minutes, double attendance) {
        const std::int32_t day = activities.start[row];
        coaching_cell& to = out.cell(row_of[activities.actor[row]], tier_of[report], quarters.part(day));
        to.minutes += minutes;
        to.shared_minutes += minutes / attendance;
        to.by_kind[activities.kind[row]] += minutes;
        ++to.sessions;
        out.week_minutes[tier_of[report]][quarters.week(day)] += minutes;
    };
    std::vector<std::uint32_t> present;
    std::size_t group_begin = 0; // of the rows of one day's group sessions
    double attendance = 1.0;
    for (std::size_t row = 0; row < activities.actor.size(); ++row) { // sorted by actor, start, kind, subject
        const std::uint32_t actor = activities.actor[row];
        const std::int32_t day = activities.start[row];
        if (activities.kind[row] >= n_coaching_kinds || row_of[actor] == no_index || !window.covers(day)) continue;
        const bool is_timed = activities.minutes.size() > 0 && activities.minutes.has(row);
        const double minutes = is_timed ? activities.minutes.value[row] : 0.0;
        const auto reports_here = [&](std::uint32_t person) {
            return person != actor && lines.manager_on(person, day).manager == actor;
        };
        std::uint32_t subject = activities.subject[row];
        if (subject == no_index && activities.deal[row] != no_index)
            subject = organisation.deals.owner[activities.deal[row]];
        const bool is_group = activities.kind[row] == group_coaching;
        if (subject == no_index && is_group) {
            present.clear();
            for_reports_on(organisation, lists, actor, day, [&](std::uint32_t report) { present.push_back(report); });
            std::sort(present.begin(), present.end());
            for (const std::uint32_t report : present) give(row, report, minutes, static_cast<double>(present.size()));
            out.without_minutes += is_timed || present.empty() ? 0 : 1;
            continue;
        }
        if (subject == no_index || !reports_here(subject)) continue;
        if (is_group && row >= group_begin) { // a new day: who was there
            present.clear();
            std::size_t end = row;
            for (; end < activities.actor.size() && activities.actor[end] == actor && activities.start[end] == day &&
                   activities.kind[end] == group_coaching;
                 ++end)
                if (activities.subject[end] != no_index && reports_here(activities.subject[end]))
                    present.push_back(activities.subject[end]);
            group_begin = end;
            std::sort(present.begin(), present.end());
            attendance = static_cast<double>(std::unique(present.begin(), present.end()) - present.begin());
        }
        give(row, subject, minutes, is_group && attendance > 0.0 ? attendance : 1.0);
        out.without_minutes += is_timed ? 0 : 1;
    }
    return out;
}

} // namespace dualtrack::measure
