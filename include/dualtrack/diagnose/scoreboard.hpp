// Scoreboard: whose results are they when they are told upward? A manager who books the sales and takes the applause
// leaves a team without either.
//
//   own_credit_share = own credit / (own credit + credit of the reports while they reported here)
//   team_share_of_recognition = recognition given to reports / (to reports + to the manager); what reports give their
//   manager or each other is left out: it is not told upward
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/diagnose/joining.hpp>
#include <dualtrack/measure/panel.hpp>
#include <dualtrack/measure/scope.hpp>

namespace dualtrack::diagnose {

/// One a row of managers.
struct scoreboard {
    std::vector<std::int64_t> own_amount, team_amount;             // credited, minor units
    std::vector<std::int64_t> recognised_team, recognised_manager; // counts
    explicit scoreboard(std::size_t n)
        : own_amount(n, 0), team_amount(n, 0), recognised_team(n, 0), recognised_manager(n, 0) {}
};

/// @param row_of of each person, or no_index
[[nodiscard]] inline scoreboard scoreboard_of(const org::organisation& organisation, const org::reporting_lines& lines,
                                              const measure::scope& window, const measure::panel& cells,
                                              std::span<const std::uint32_t> row_of, std::size_t n_rows) {
    scoreboard out(n_rows);
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person)
        for (std::uint32_t cell = cells.first[person]; cell < cells.first[person + 1]; ++cell) {
            if (row_of[person] != no_index) out.own_amount[row_of[person]] += cells.amount[cell];
            const std::uint32_t manager = cells.manager[cell];
            if (manager != no_index && row_of[manager] != no_index)
                out.team_amount[row_of[manager]] += cells.amount[cell];
        }
    constexpr std::uint8_t recognition = activity_kind("recognition");
    const auto& activities = organisation.activities;
    for (std::size_t i = 0; i < activities.actor.size(); ++i) {
        if (activities.kind[i] != recognition || activities.subject[i] == no_index ||
            !window.covers(activities.start[i]))
            continue;
        const std::uint32_t subject = activities.subject[i];
        const std::uint32_t actor = activities.actor[i];
        const std::uint32_t actors_manager = lines.manager_on(actor, activities.start[i]).manager;
        const std::uint32_t manager = lines.manager_on(subject, activities.start[i]).manager;
        if (manager != no_index && row_of[manager] != no_index && actors_manager != manager && actor != subject)
            ++out.recognised_team[row_of[manager]];
        if (row_of[subject] != no_index && actors_manager != subject) ++out.recognised_manager[row_of[subject]];
    }
    return out;
}

} // namespace dualtrack::diagnose
