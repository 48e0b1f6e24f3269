// Coaching coverage: are the best left alone because they do well, and does coaching stop when a quarter ends? Source
// article 003 says both happen. Coaching the best brings little sales by the studies there are; keeping them is what it
// brings (Dixon and Adamson 2011, grade C), so coverage is shown and nothing is promised.
//
//   tiers by performance with luck taken out, within a market: the top `top_share`, the bottom `bottom_share`
//   not coached = nobody held a one-to-one, set goals or evaluated for more than `uncoached_weeks`; whoever did it
//   counts, so that nobody is dropped because a manager left
//   quarter_end_ratio = minutes a report and day in the last days of quarters / on other days
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <dualtrack/measure/coaching.hpp>
#include <dualtrack/org/policy_diagnose.hpp>

namespace dualtrack::diagnose {

/// Tier of everybody, an index into measure::tier_words. @param z performance, @param judged 1 where it is known,
/// @param group of each person; [n_people] each
[[nodiscard]] inline std::vector<std::uint8_t> tiers_of(std::span<const double> z, std::span<const std::uint8_t> judged,
                                                        std::span<const std::uint32_t> group, std::uint32_t n_groups,
                                                        const org::coaching_policy& policy) {
    std::vector<std::uint8_t> out(z.size(), 3);
    std::vector<std::vector<std::uint32_t>> members(n_groups);
    for (std::uint32_t person = 0; person < z.size(); ++person)
        if (judged[person] != 0) members[group[person]].push_back(person);
    for (auto& own : members) {
        std::sort(own.begin(), own.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return z[a] != z[b] ? z[a] > z[b] : a < b; });
        const auto n = static_cast<double>(own.size());
        const auto count = [&](double share) { return static_cast<std::size_t>(std::floor(n * share + 0.5)); };
        const std::size_t n_top = own.size() < 2 ? 0 : std::max<std::size_t>(1, count(policy.top_share));
        const std::size_t n_bottom = std::min(own.size() - n_top, count(policy.bottom_share));
        for (std::size_t i = 0; i < own.size(); ++i) out[own[i]] = i < n_top ? 2 : i >= own.size() - n_bottom ? 0 : 1;
    }
    return out;
}

/// When somebody was last coached, or no_date. [n_people] each
struct last_coached {
    std::vector<std::int32_t> one_to_one, goal_setting, evaluation;
    [[nodiscard]] std::int32_t any(std::uint32_t person) const noexcept {
        return std::max({one_to_one[person], goal_setting[person], evaluation[person]});
    }
};

[[nodiscard]] inline last_coached last_coached_of(const org::organisation& organisation, std::int32_t as_of) {
    last_coached out;
    for (auto* days : {&out.one_to_one, &out.goal_setting, &out.evaluation})
        days->assign(organisation.n_people(), no_date);
    const auto& activities = organisation.activities;
    for (std::size_t row = 0; row < activities.actor.size(); ++row) {
        const std::uint32_t subject = activities.subject[row];
        if (subject == no_index || subject == activities.actor[row] || activities.start[row] > as_of) continue;
        auto* days = activities.kind[row] == 0   ? &out.one_to_one
                     : activities.kind[row] == 4 ? &out.goal_setting
                     : activities.kind[row] == 5 ? &out.evaluation
                                                 : nullptr;
        if (days != nullptr) (*days)[subject] = std::max((*days)[subject], activities.start[row]);
    }
    return out;
}
static_assert(org::activity_words[0] == "one_to_one" && org::activity_words[4] == "goal_setting" &&
              org::activity_words[5] == "evaluation");

/// Whether somebody, employed since `since`, has gone without coaching for longer than allowed.
[[nodiscard]] inline bool is_uncoached(const last_coached& last, std::uint32_t person, std::int32_t since,
                                       std::int32_t as_of, std::int32_t weeks) noexcept {
    const std::int32_t border = as_of - 7 * weeks;
    return since < border && last.any(person) < border;
}

/// Minutes a report and month, group sessions divided by attendance; nothing without a report.
[[nodiscard]] inline std::optional<double> minutes_per_report(const measure::coaching_facts& facts, std::size_t row) {
    constexpr double days_a_month = 30.4375;
    double minutes = 0.0;
    std::int64_t days = 0;
    for (std::size_t tier = 0; tier < measure::n_tiers; ++tier)
        for (std::size_t part = 0; part < measure::n_quarter_parts; ++part) {
            minutes += facts.cell(row, tier, part).shared_minutes;
            days += facts.cell(row, tier, part).report_days;
        }
    if (days == 0) return std::nullopt;
    return minutes / static_cast<double>(days) * days_a_month;
}

/// Coaching a report and day at quarter ends over that on other days; nothing when there was none on other days.
[[nodiscard]] inline std::optional<double> quarter_end_ratio(const measure::coaching_facts& facts, std::size_t row) {
    std::array<double, measure::n_quarter_parts> minutes{};
    std::array<std::int64_t, measure::n_quarter_parts> days{};
    for (std::size_t part = 0; part < measure::n_quarter_parts; ++part)
        for (std::size_t tier = 0; tier < measure::n_tiers; ++tier) {
            minutes[part] += facts.cell(row, tier, part).minutes;
            days[part] += facts.cell(row, tier, part).report_days;
        }
    if (!(minutes[0] > 0.0) || days[0] == 0 || days[1] == 0) return std::nullopt;
    return minutes[1] / static_cast<double>(days[1]) / (minutes[0] / static_cast<double>(days[0]));
}

} // namespace dualtrack::diagnose
