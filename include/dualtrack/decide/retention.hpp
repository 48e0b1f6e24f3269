// Somebody who was passed over for a seat: why they wanted it, and what can be done about that. Each motive behind the
// wish to lead has its own family of actions (access to those who decide for who wants a voice, mentoring against a
// lower quota for who wants to pass on a skill, the expert ladder for who sees no other way up ...); they are data of
// the policy, /retention/actions. The strongest motive is served first, and everything planned fits into the time that
// was freed: what does not fit waits for the first review.
//
//   minutes of an action = min(what it takes, what is left of the minutes freed), the strongest motive first
//   minutes freed = mentees x minutes a mentee for a mentor with quota relief, else relief_share x minutes of the week
// "We will consider you" may be said only when every gap on the management track closes within the horizon with at
// least the policy's probability: a promise that cannot be kept costs more than the truth.
// The families follow practitioners' articles; no study of their effect is known, so none is claimed (grade J).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dualtrack/assess/motive.hpp>
#include <dualtrack/decide/path.hpp>
#include <dualtrack/org/policy_paths.hpp>

namespace dualtrack::decide {

/// What the company does for a motive.
struct retention_action {
    std::uint8_t motive = 0; // index into org::motive_words
    std::string name, text;
    double minutes_week = 0.0;
    std::int32_t first_review_days = 30, review_every_days = 90;
    bool needs_relief = false;
};

/// An action with the time it gets.
struct planned_action {
    std::uint32_t action = 0; // of the policy's
    double minutes_week = 0.0;
    std::int32_t start_days = 0, review_days = 0; // after as_of
    bool waits = false;                           // no minutes were left: starts when the first review frees some
};

/// The actions of one person: every motive of at least `least_strength`, or the strongest one, in order of strength.
[[nodiscard]] inline std::vector<planned_action> plan_actions(std::span<const retention_action> actions,
                                                              std::vector<assess::motive_strength> motives,
                                                              double minutes_freed, double least_strength) {
    assess::sort_by_strength(motives);
    std::vector<planned_action> out;
    double left = std::max(0.0, minutes_freed);
    std::int32_t first_review = 0;
    for (std::size_t i = 0; i < motives.size(); ++i) {
        if (i > 0 && motives[i].strength < least_strength) break;
        for (std::uint32_t a = 0; a < actions.size(); ++a) {
            const retention_action& action = actions[a];
            if (action.motive != motives[i].motive) continue;
            planned_action one;
            one.action = a;
            one.minutes_week = std::min(action.minutes_week, left);
            one.waits = action.minutes_week > 0.0 && !(one.minutes_week > 0.0);
            one.start_days = one.waits ? std::max(1, first_review) : 1;
            one.review_days = one.start_days + action.first_review_days;
            if (out.empty()) first_review = one.review_days;
            left -= one.minutes_week;
            out.push_back(one);
        }
    }
    return out;
}

/// Whether consideration for the next level may be promised.
[[nodiscard]] inline bool may_promise(bool time_is_known, const closing_time& time,
                                      const org::paths_policy& rules) noexcept {
    return time_is_known && time.probability_within >= rules.close_probability && time.median <= rules.horizon_months;
}

} // namespace dualtrack::decide
