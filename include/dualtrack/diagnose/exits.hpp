// Regretted exits: does this manager lose the best people faster than the market does? Exits of people who were more
// likely than not in the top quarter and were not dismissed, over those to expect if the top people here left at their
// market's pace.
//
//   hazard of a market = (regretted exits + 1) / (days of top people + 1 / hazard of all);  expected = days here x
//   hazard
// so that a market with few exits borrows from all (as if one exit at everybody's pace had been seen in it).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/measure/panel.hpp>
#include <dualtrack/measure/peer_group.hpp>
#include <dualtrack/measure/scope.hpp>

namespace dualtrack::diagnose {

/// Whether somebody left for reasons of their own in the window, and when. [n_people]
[[nodiscard]] inline bool left_unasked(const org::organisation& organisation, std::uint32_t person) noexcept {
    const auto& people = organisation.people;
    if (people.left.empty() || people.left[person] == no_date) return false;
    return people.left_reason.empty() ||
           people.left_reason[person] != static_cast<std::uint8_t>(org::left_reason::dismissed);
}

/// One a row of managers.
struct regretted_exits {
    std::vector<std::int64_t> observed;
    std::vector<double> expected;
    explicit regretted_exits(std::size_t n) : observed(n, 0), expected(n, 0.0) {}
};

/// @param top [n_people]: 1 for people in the top share
[[nodiscard]] inline regretted_exits regretted_exits_of(const org::organisation& organisation,
                                                        const org::reporting_lines& lines, const measure::scope& window,
                                                        const measure::peer_groups& groups,
                                                        std::span<const std::uint8_t> top,
                                                        std::span<const std::uint32_t> row_of, std::size_t n_rows) {
    regretted_exits out(n_rows);
    std::vector<std::int64_t> days(groups.n_groups, 0), exits(groups.n_groups, 0);
    std::int64_t all_days = 0;
    std::int64_t all_exits = 0;
    const auto each_stretch = [&](std::uint32_t person, auto&& f) {
        const measure::employment employed = measure::employment_of(organisation, person);
        for (const org::reporting_span& span : lines.spans_of(person)) {
            const std::int32_t from = std::max({span.start, employed.from, window.start});
            const std::int32_t to = std::min({span.end, employed.to, window.end});
            if (from < to) f(span.manager, std::int64_t{to} - from);
        }
    };
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        if (top[person] == 0) continue;
        const std::uint32_t group = groups.group[person];
        each_stretch(person, [&](std::uint32_t, std::int64_t here) { days[group] += here; });
        if (!left_unasked(organisation, person) || !window.covers(organisation.people.left[person] - 1)) continue;
        ++exits[group];
        const std::uint32_t manager = lines.manager_on(person, organisation.people.left[person] - 1).manager;
        if (manager != no_index && row_of[manager] != no_index) ++out.observed[row_of[manager]];
    }
    for (std::uint32_t group = 0; group < groups.n_groups; ++group) {
        all_days += days[group];
        all_exits += exits[group];
    }
    if (all_exits == 0 || all_days == 0) return out;
    const double hazard = static_cast<double>(all_exits) / static_cast<double>(all_days);
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        if (top[person] == 0) continue;
        const std::uint32_t group = groups.group[person];
        const double own =
            (static_cast<double>(exits[group]) + 1.0) / (static_cast<double>(days[group]) + 1.0 / hazard);
        each_stretch(person, [&](std::uint32_t manager, std::int64_t here) {
            if (manager != no_index && row_of[manager] != no_index)
                out.expected[row_of[manager]] += own * static_cast<double>(here);
        });
    }
    return out;
}

} // namespace dualtrack::diagnose
