// The ladder as it is read from the policy, and what is wrong with it: a ladder on which pay or points end earlier for
// experts than for managers makes leading people the only way up, and its best sellers will ask to lead whether they
// should or not. Equal levels of the two tracks are worth the same: equal points, equal pay bands.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <dualtrack/base/text.hpp>
#include <dualtrack/org/findings.hpp>

namespace dualtrack::decide {

enum class track : std::uint8_t { expert, management };
inline constexpr std::array<std::string_view, 2> track_words{"expert", "management"};

/// What a level asks of one measure.
struct requirement {
    std::string measure;
    double need = 0.0;
    bool at_least = true;
    std::int32_t months = 0; // window of the measure; 0: that of the policy
    std::string action;      // closes the gap; "": the usual one
};

struct ladder_level {
    std::string title;
    std::vector<std::string> roles; // other names of the role
    double points = 0.0;
    bool has_pay = false;
    double pay_low = 0.0, pay_high = 0.0;
    std::vector<requirement> requirements;
};

/// Two tracks from one entry; levels from the first one up.
struct ladder {
    std::string name;
    bool pay_in_entry_units = true;
    ladder_level entry;
    std::array<std::vector<ladder_level>, 2> tracks;

    [[nodiscard]] const std::vector<ladder_level>& of(track which) const {
        return tracks[static_cast<std::size_t>(which)];
    }
};

/// The level of a track that a role names: 0 the entry, 1 the first level and so on; -1 none.
[[nodiscard]] inline int level_of_role(const ladder& one, track which, std::string_view role) {
    const auto names = [&](const ladder_level& level) {
        return role == level.title || std::find(level.roles.begin(), level.roles.end(), role) != level.roles.end();
    };
    if (role.empty()) return -1;
    const auto& levels = one.of(which);
    for (std::size_t i = 0; i < levels.size(); ++i)
        if (names(levels[i])) return static_cast<int>(i) + 1;
    return names(one.entry) ? 0 : -1;
}

/// Something about the ladder that works against its purpose.
struct ladder_finding {
    org::severity level = org::severity::warning;
    std::string_view code;
    int track = -1;    // of track_words, or -1: both
    std::string title; // of the level, or ""
    std::int64_t n_people = -1;
    std::string text;
};

namespace detail {

inline void check_order(const ladder& one, track which, std::vector<ladder_finding>& out) {
    const auto& levels = one.of(which);
    const ladder_level* below = &one.entry;
    for (const ladder_level& level : levels) {
        const auto say = [&](std::string_view code, std::string text) {
            out.push_back({org::severity::warning, code, static_cast<int>(which), level.title, -1, std::move(text)});
        };
        if (!(level.points > below->points))
            say("ladder.points_do_not_rise", level.title + " has " + number_text(level.points) + " points, " +
                                                 below->title + " below it " + number_text(below->points));
        if (level.has_pay && below->has_pay && (level.pay_low < below->pay_low || level.pay_high < below->pay_high))
            say("ladder.pay_inverted", level.title + " pays " + number_text(level.pay_low) + " to " +
                                           number_text(level.pay_high) + ", " + below->title + " below it " +
                                           number_text(below->pay_low) + " to " + number_text(below->pay_high));
        if (level.requirements.empty())
            say("ladder.no_requirements", level.title + " asks for nothing that is measured");
        below = &level;
    }
}

inline void check_pairs(const ladder& one, std::vector<ladder_finding>& out) {
    const auto& experts = one.of(track::expert);
    const auto& managers = one.of(track::management);
    for (std::size_t i = 0; i < std::min(experts.size(), managers.size()); ++i) {
        const ladder_level& expert = experts[i];
        const ladder_level& manager = managers[i];
        const std::string both = expert.title + " and " + manager.title;
        if (expert.points != manager.points) {
            out.push_back({org::severity::warning, "ladder.points_differ", -1, expert.title, -1,
                           both + " are the same step with " + number_text(expert.points) + " and " +
                               number_text(manager.points) + " points"});
            continue;
        }
        const bool differ = expert.has_pay && manager.has_pay &&
                            (expert.pay_low != manager.pay_low || expert.pay_high != manager.pay_high);
        if (differ)
            out.push_back({org::severity::warning, "ladder.pay_unequal", -1, expert.title, -1,
                           both + " have equal points, but pay " + number_text(expert.pay_low) + " to " +
                               number_text(expert.pay_high) + " and " + number_text(manager.pay_low) + " to " +
                               number_text(manager.pay_high)});
    }
}

inline void check_ceiling(const ladder& one, std::vector<ladder_finding>& out) {
    double points[2] = {one.entry.points, one.entry.points};
    double pay[2] = {one.entry.pay_high, one.entry.pay_high};
    bool has_pay = one.entry.has_pay;
    for (std::size_t t = 0; t < 2; ++t)
        for (const ladder_level& level : one.tracks[t]) {
            points[t] = std::max(points[t], level.points);
            if (level.has_pay) pay[t] = std::max(pay[t], level.pay_high);
            has_pay = has_pay || level.has_pay;
        }
    if (points[0] < points[1])
        out.push_back({org::severity::warning, "ladder.management_only_way_up", 0, "", -1,
                       "above " + number_text(points[0]) +
                           " points the only way up is to lead people; management ends at " + number_text(points[1])});
    if (has_pay && pay[0] < pay[1])
        out.push_back(
            {org::severity::warning, "ladder.pay_needs_management", 0, "", -1,
             "pay above " + number_text(pay[0]) + " needs management, which pays up to " + number_text(pay[1])});
}

} // namespace detail

/// Everything the ladder itself says against its purpose, in a fixed order. @param looks_at_people whether a measure
/// speaks about leading people rather than about sales
template <class LooksAtPeople>
[[nodiscard]] std::vector<ladder_finding> check_ladder(const ladder& one, const LooksAtPeople& looks_at_people) {
    std::vector<ladder_finding> out;
    detail::check_ceiling(one, out);
    detail::check_pairs(one, out);
    for (const track which : {track::expert, track::management}) detail::check_order(one, which, out);
    if (const auto& managers = one.of(track::management); !managers.empty() && !managers[0].requirements.empty()) {
        const auto& asked = managers[0].requirements;
        if (std::none_of(asked.begin(), asked.end(), [&](const requirement& r) { return looks_at_people(r.measure); }))
            out.push_back({org::severity::warning, "ladder.leads_by_sales", 1, managers[0].title, -1,
                           managers[0].title + " asks for nothing but sales and time; past sales do not show who leads "
                                               "well (elasticity -.088, Benson, Li, Shue 2019)"});
    }
    return out;
}

} // namespace dualtrack::decide
