// Quota relief: a star who mentors sells less, so part of the quota is lifted, and what the mentees gain has to pay for
// it. The practitioners' example: 1,000,000 of quota less 200,000, six mentees who each sell 50,000 more: net +100,000,
// and 33,333.33 a mentee would have been enough.
//
//   cost = cost_share x relief                 relief = quota x minutes a mentee / minutes of the week, a mentee
//   gain of mentee j: g_j = share x tier x sales to expect of j in a year
//   total gain ~ Normal(sum g_j, (sum u_j)^2 + sum (mentee_sd g_j)^2)     u_j: what nobody knows of the share itself
//   break-even gain = cost / mentees;   year two = gain x persistence^2, without relief: every month of it lies two
//   half-years after the same month of year one
// The share is 15 to 19 % where mentoring is assigned and about 0 where it is voluntary (Sandvik, Saouma, Seegert,
// Stanton, QJE 135 (2020) 1635 and Management Science 2025, both randomised; grade B).
//
// The best set: within a market every mentor may take every mentee, so a set of k pairs is best with the k largest
// gains and the k cheapest places, and each further pair adds less than the one before. Taking pairs by what they add,
// over all markets, until nothing is left to gain or no place is left, is therefore exactly optimal.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/org/policy.hpp>

namespace dualtrack::decide {

/// What mentees gain together in a year: the middle, and how far it may lie below and above.
struct mentoring_gain {
    double minor = 0.0;    // expected, all mentees
    double sd_below = 0.0; // minor units
    double sd_above = 0.0; // minor units
    friend bool operator==(const mentoring_gain&, const mentoring_gain&) = default;
};

/// The gain of mentees of whom each is expected to gain `gain_minor`; `common_minor` is the uncertainty they share.
inline mentoring_gain add_up(std::span<const std::int64_t> gain_minor, std::span<const double> common_minor,
                             double mentee_sd) {
    mentoring_gain out;
    std::vector<double> gain(gain_minor.size());
    std::vector<double> square(gain_minor.size());
    for (std::size_t i = 0; i < gain.size(); ++i) {
        gain[i] = static_cast<double>(gain_minor[i]);
        square[i] = mentee_sd * gain[i] * mentee_sd * gain[i];
    }
    const double common = numeric::fixed_sum(common_minor);
    out.minor = numeric::fixed_sum(gain);
    out.sd_below = out.sd_above = std::sqrt(common * common + numeric::fixed_sum(square));
    return out;
}

/// What a plan comes to in a year. Amounts in minor units.
struct relief_outcome {
    std::int64_t cost = 0, gain = 0, net = 0, net_year_2 = 0;
    std::int64_t gain_low = 0, gain_high = 0; // of all mentees, 19 times out of 20
    std::int64_t break_even_gain = no_money;  // a mentee; none without mentees
    double probability_positive = 0.0;        // of net above zero
};

inline std::int64_t to_minor(double amount) noexcept {
    constexpr double most = 9e15;
    return static_cast<std::int64_t>(numeric::round_half_even(std::clamp(amount, -most, most)));
}

/// @pre relief_minor and n_mentees at or above zero
inline relief_outcome judge_relief(std::int64_t relief_minor, std::int64_t n_mentees, const mentoring_gain& gain,
                                   const org::relief_policy& policy) noexcept {
    relief_outcome out;
    out.cost = to_minor(policy.cost_share * static_cast<double>(relief_minor));
    out.gain = to_minor(gain.minor);
    out.net = out.gain - out.cost;
    out.gain_low = to_minor(gain.minor - numeric::interval_95 * gain.sd_below);
    out.gain_high = to_minor(gain.minor + numeric::interval_95 * gain.sd_above);
    if (n_mentees > 0) out.break_even_gain = to_minor(static_cast<double>(out.cost) / static_cast<double>(n_mentees));
    out.net_year_2 = to_minor(gain.minor * policy.half_year_persistence * policy.half_year_persistence);
    const double above = gain.minor - static_cast<double>(out.cost);
    const double sd = above > 0.0 ? gain.sd_below : gain.sd_above;
    out.probability_positive = sd > 0.0 ? numeric::normal_cdf(above / sd) : above > 0.0 ? 1.0 : 0.0;
    return out;
}

/// Who could mentor whom: people of one group know the same customers. Amounts in minor units a year; every column of
/// a kind has the same length.
struct mentoring_pool {
    struct side {
        std::vector<std::uint32_t> person, group, team;
        std::vector<std::int64_t> minor; // mentors: cost of one mentee; mentees: expected gain
        [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(person.size()); }
    };
    side mentors, mentees; // nobody is in both
};

/// One mentee placed with one mentor: positions in the pool.
struct mentoring_pair {
    std::uint32_t mentor = 0, mentee = 0;
    friend bool operator==(const mentoring_pair&, const mentoring_pair&) = default;
};

namespace detail {

/// Positions of one side by group, then amount, then position.
inline std::vector<std::uint32_t> by_group(const mentoring_pool::side& side, bool largest_first) {
    std::vector<std::uint32_t> out(side.size());
    for (std::uint32_t i = 0; i < side.size(); ++i) out[i] = i;
    std::sort(out.begin(), out.end(), [&](std::uint32_t a, std::uint32_t b) {
        const std::int64_t left = largest_first ? -side.minor[a] : side.minor[a];
        const std::int64_t right = largest_first ? -side.minor[b] : side.minor[b];
        return std::tuple(side.group[a], left, a) < std::tuple(side.group[b], right, b);
    });
    return out;
}

/// A place with a mentor, a mentee, and what the two add to the total.
struct place_taken {
    std::int64_t adds = 0;
    std::uint32_t mentor = 0, mentee = 0;
};

/// Every pair that adds something, group by group, each adding no more than the one before it in its group.
inline std::vector<place_taken> places_worth_taking(const mentoring_pool& pool, std::span<const std::uint32_t> mentors,
                                                    std::uint32_t most_mentees) {
    const auto mentees = by_group(pool.mentees, true);
    std::vector<place_taken> out;
    std::size_t at = 0;
    for (std::size_t begin = 0, end = 0; begin < mentors.size(); begin = end) {
        const std::uint32_t group = pool.mentors.group[mentors[begin]];
        while (end < mentors.size() && pool.mentors.group[mentors[end]] == group) ++end;
        while (at < mentees.size() && pool.mentees.group[mentees[at]] < group) ++at;
        for (std::size_t place = 0; place < (end - begin) * most_mentees; ++place, ++at) {
            if (at == mentees.size() || pool.mentees.group[mentees[at]] != group) break;
            const std::uint32_t mentor = mentors[begin + place / most_mentees];
            const std::int64_t adds = pool.mentees.minor[mentees[at]] - pool.mentors.minor[mentor];
            if (adds <= 0) break;
            out.push_back({adds, mentor, mentees[at]});
        }
    }
    return out;
}

} // namespace detail

/// The pairs with the largest total of gain less cost, by mentor, then mentee (positions in the pool); pairs that add
/// nothing are left out. Equal totals are settled by position, and who goes to whom, which does not change the total,
/// by team: people of one team first. @param most_places 0: no limit
inline std::vector<mentoring_pair> best_pairs(const mentoring_pool& pool, std::uint32_t most_mentees,
                                              std::int64_t most_places) {
    const auto mentors = detail::by_group(pool.mentors, false);
    auto taken = detail::places_worth_taking(pool, mentors, most_mentees);
    if (const auto places = static_cast<std::size_t>(most_places); places > 0 && taken.size() > places) {
        std::stable_sort(taken.begin(), taken.end(), [](const auto& a, const auto& b) { return a.adds > b.adds; });
        taken.resize(places);
    }
    std::vector<std::uint32_t> free(pool.mentors.size(), 0);
    for (const auto& one : taken) ++free[one.mentor];
    std::sort(taken.begin(), taken.end(), [&](const auto& a, const auto& b) {
        return std::tuple(pool.mentees.group[a.mentee], a.mentee) < std::tuple(pool.mentees.group[b.mentee], b.mentee);
    });
    using place = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>; // group, team, mentor
    std::vector<place> teams;
    for (const std::uint32_t mentor : mentors)
        if (free[mentor] > 0) teams.emplace_back(pool.mentors.group[mentor], pool.mentors.team[mentor], mentor);
    std::sort(teams.begin(), teams.end());
    std::vector<mentoring_pair> out;
    std::vector<std::uint32_t> rest;
    for (const auto& one : taken) {
        const std::uint32_t group = pool.mentees.group[one.mentee];
        const std::uint32_t team = pool.mentees.team[one.mentee];
        auto found = std::lower_bound(teams.begin(), teams.end(), place(group, team, 0));
        const auto here = [&] {
            return found != teams.end() && std::get<0>(*found) == group && std::get<1>(*found) == team;
        };
        while (here() && free[std::get<2>(*found)] == 0) ++found;
        if (team == no_index || !here()) {
            rest.push_back(one.mentee);
            continue;
        }
        --free[std::get<2>(*found)];
        out.push_back({std::get<2>(*found), one.mentee});
    }
    std::size_t next = 0; // mentors and the rest are both in the order of groups, with as many places as people
    for (const std::uint32_t mentee : rest) {
        while (free[mentors[next]] == 0) ++next;
        --free[mentors[next]];
        out.push_back({mentors[next], mentee});
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
        return std::tuple(a.mentor, a.mentee) < std::tuple(b.mentor, b.mentee);
    });
    return out;
}

/// The part of a yearly amount that some mentees together take from the mentor's week, rounded once.
inline std::int64_t relief_for(std::int64_t yearly_minor, std::size_t n_mentees,
                               const org::relief_policy& policy) noexcept {
    return to_minor(static_cast<double>(yearly_minor) * static_cast<double>(n_mentees) *
                    policy.minutes_per_mentee_week / policy.week_minutes);
}

} // namespace dualtrack::decide
