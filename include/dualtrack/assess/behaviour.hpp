// Behaviour: what people do for others is evidence that needs no rater. Time spent mentoring, leads passed on,
// recognition given, advice and the number of people worked with are counted month by month since the person has the
// present role, compared by rank with people of the same market and role, and believed as far as one half of the months
// foretells the other. (A new manager did the mentoring of a seller before: that says nothing among managers.)
//
//   normal score = Phi^-1((midrank - 1/2) / n), brought to unit variance;  r = correlation of odd and even months'
//   scores; reliability of the whole = 2 r / (1 + r)   (Spearman-Brown; at r <= 0 or with fewer than `fewest_people`
//   nothing is claimed)
// Nothing here looks at amounts, quotas, pay, or at how a deal ended: a deal counts by who is on it and the day it was
// opened. That leaves out one habit that belongs here, steadiness through losing streaks. A streak is known by its lost
// deals alone, and readiness must stay the same to the last bit when every outcome is drawn anew: the two cannot both
// be had, and being blind to sales is the promise that is kept. Nor would steadiness of activity without the streaks
// stand in for it: it follows the calendar and the quarter's end, which say nothing of temper. So regulates_emotion is
// known by what people say of it.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <dualtrack/assess/construct.hpp>
#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/org/organisation.hpp>

namespace dualtrack::assess {

inline constexpr std::size_t fewest_people = 10; // to estimate a reliability from

/// What is counted.
enum class habit : std::uint8_t { mentoring, recognition, leads, advice, collaborators };
inline constexpr std::size_t n_habits = 5;
inline constexpr double fewest_days_a_half = 60; // of employment, to be compared
inline constexpr std::array<construct, n_habits> habit_of{construct::develops_others, construct::develops_others,
                                                          construct::develops_others, construct::influences,
                                                          construct::collaborates};

/// Counts of one person: [habit][odd, even months].
struct habits {
    std::array<std::array<double, 2>, n_habits> sum{};
    std::array<std::array<double, 2>, n_habits> weight{}; // what `sum` is divided by; 0: not known
};

/// Ranks as normal scores of unit variance, ties at their middle; all 0 when everybody is the same.
[[nodiscard]] inline std::vector<double> normal_scores(std::span<const double> values) {
    const std::size_t n = values.size();
    std::vector<std::uint32_t> order(n);
    for (std::size_t i = 0; i < n; ++i) order[i] = static_cast<std::uint32_t>(i);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return values[a] != values[b] ? values[a] < values[b] : a < b; });
    std::vector<double> scores(n, 0.0);
    std::vector<double> squares(n, 0.0);
    for (std::size_t begin = 0; begin < n;) {
        std::size_t end = begin;
        while (end < n && values[order[end]] == values[order[begin]]) ++end;
        const double midrank = 0.5 * static_cast<double>(begin + end + 1);
        const double score = numeric::normal_quantile((midrank - 0.5) / static_cast<double>(n));
        for (std::size_t i = begin; i < end; ++i) {
            scores[order[i]] = score;
            squares[i] = score * score;
        }
        begin = end;
    }
    const double sd = n > 0 ? std::sqrt(numeric::fixed_sum(squares) / static_cast<double>(n)) : 0.0;
    for (double& score : scores) score = sd > 0.0 ? score / sd : 0.0;
    return scores;
}

/// Product-moment correlation; 0 when one side does not vary.
[[nodiscard]] inline double correlation(std::span<const double> a, std::span<const double> b) {
    const auto n = static_cast<double>(a.size());
    if (a.empty()) return 0.0;
    const double mean_a = numeric::fixed_sum(a) / n;
    const double mean_b = numeric::fixed_sum(b) / n;
    std::vector<double> aa(a.size()), bb(a.size()), ab(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        aa[i] = (a[i] - mean_a) * (a[i] - mean_a);
        bb[i] = (b[i] - mean_b) * (b[i] - mean_b);
        ab[i] = (a[i] - mean_a) * (b[i] - mean_b);
    }
    const double spread = std::sqrt(numeric::fixed_sum(aa) * numeric::fixed_sum(bb));
    return spread > 0.0 ? numeric::fixed_sum(ab) / spread : 0.0;
}

/// Counts everybody's habits in [start, end), for every day employed. Rows of `activities` are sorted, so the order of
/// the input has no part in it. @param employed of each person in the role they are compared in, half-open [from, to)
[[nodiscard]] inline std::vector<habits> count_habits(const org::organisation& organisation, std::int32_t start,
                                                      std::int32_t end,
                                                      std::span<const std::pair<std::int32_t, std::int32_t>> employed) {
    std::vector<habits> out(organisation.n_people());
    const std::int32_t first_month = calendar::month_of_day(start);
    const auto half_of = [&](std::int32_t day) {
        return static_cast<std::size_t>((calendar::month_of_day(day) - first_month) % 2);
    };
    const auto& activities = organisation.activities;
    if (organisation.has_activities) {
        std::array<std::size_t, org::activity_words.size()> counted{};
        counted.fill(n_habits);
        const auto map = [&](std::string_view word, habit what) {
            counted[static_cast<std::size_t>(std::find(org::activity_words.begin(), org::activity_words.end(), word) -
                                             org::activity_words.begin())] = static_cast<std::size_t>(what);
        };
        map("mentoring", habit::mentoring);
        map("recognition", habit::recognition);
        map("lead_shared", habit::leads);
        map("advice", habit::advice);
        for (std::uint32_t person = 0; person < out.size(); ++person)
            for (std::int32_t month = first_month; month <= calendar::month_of_day(end - 1); ++month) {
                const std::int64_t days = calendar::overlap_days(std::max(start, calendar::first_day_of_month(month)),
                                                                 std::min(end, calendar::first_day_of_month(month + 1)),
                                                                 employed[person].first, employed[person].second);
                for (std::size_t what = 0; what < 4; ++what)
                    out[person].weight[what][static_cast<std::size_t>((month - first_month) % 2)] +=
                        static_cast<double>(days);
            }
        for (std::size_t row = 0; row < activities.actor.size(); ++row) {
            const std::size_t what = counted[activities.kind[row]];
            const std::int32_t day = activities.start[row];
            const auto& [from, to] = employed[activities.actor[row]];
            if (what == n_habits || day < start || day >= end || day < from || day >= to) continue;
            const bool timed = what == static_cast<std::size_t>(habit::mentoring) && activities.minutes.size() > 0 &&
                               activities.minutes.has(row);
            out[activities.actor[row]].sum[what][half_of(day)] += timed ? activities.minutes.value[row] : 1.0;
        }
        for (habits& own : out)
            for (std::size_t what = 0; what < 4; ++what)
                for (double& days : own.weight[what])
                    if (days < fewest_days_a_half) days = 0.0;
    }
    if (organisation.has_deals && (organisation.has_credits || organisation.has_participants)) {
        const auto& deals = organisation.deals;
        std::vector<std::uint32_t> on;
        constexpr auto what = static_cast<std::size_t>(habit::collaborators);
        for (std::uint32_t deal = 0; deal < organisation.n_deals(); ++deal) {
            const std::int32_t day =
                !deals.opened.empty() && deals.opened[deal] != no_date ? deals.opened[deal] : deals.closed[deal];
            if (day == no_date || day < start || day >= end) continue;
            on.assign(1, deals.owner[deal]);
            if (!organisation.credits.first.empty())
                for (std::uint32_t i = organisation.credits.first[deal]; i < organisation.credits.first[deal + 1]; ++i)
                    on.push_back(organisation.credits.person[i]);
            if (!organisation.participants.first.empty())
                for (std::uint32_t i = organisation.participants.first[deal];
                     i < organisation.participants.first[deal + 1]; ++i) {
                    const auto part = static_cast<org::part>(organisation.participants.part[i]);
                    if (part != org::part::manager && part != org::part::executive)
                        on.push_back(organisation.participants.person[i]);
                }
            std::sort(on.begin(), on.end());
            on.erase(std::unique(on.begin(), on.end()), on.end());
            for (const std::uint32_t person : on) {
                if (day < employed[person].first || day >= employed[person].second) continue;
                out[person].sum[what][half_of(day)] += static_cast<double>(on.size() - 1);
                out[person].weight[what][half_of(day)] += 1.0;
            }
        }
    }
    return out;
}

/// Behaviour of a peer group about one construct: scores of the members for whom it is known, and how reliable they
/// are.
struct behaviour_scores {
    std::vector<std::uint32_t> person;
    std::vector<double> z;
    double half_correlation = 0.0;
    double reliability = 0.0; // 0: claims nothing
};

/// Scores the members of a peer group (ascending) on one construct.
[[nodiscard]] inline behaviour_scores score_behaviour(std::span<const habits> all,
                                                      std::span<const std::uint32_t> members, construct about) {
    behaviour_scores out;
    std::vector<std::size_t> used;
    for (std::size_t what = 0; what < n_habits; ++what)
        if (habit_of[what] == about) used.push_back(what);
    for (const std::uint32_t person : members) {
        bool known = !used.empty();
        for (const std::size_t what : used)
            known = known && all[person].weight[what][0] > 0.0 && all[person].weight[what][1] > 0.0;
        if (known) out.person.push_back(person);
    }
    const std::size_t n = out.person.size();
    if (n < fewest_people) return out;
    const auto scored = [&](auto&& value_of) { // several habits: the scores of their scores' sum
        std::vector<double> sum(n, 0.0);
        std::vector<double> values(n);
        for (const std::size_t what : used) {
            for (std::size_t i = 0; i < n; ++i) values[i] = value_of(all[out.person[i]], what);
            const auto scores = normal_scores(values);
            for (std::size_t i = 0; i < n; ++i) sum[i] += scores[i];
        }
        return normal_scores(sum);
    };
    const auto half = [&](std::size_t h) {
        return scored([h](const habits& own, std::size_t what) { return own.sum[what][h] / own.weight[what][h]; });
    };
    out.half_correlation = correlation(half(0), half(1));
    if (!(out.half_correlation > 0.0)) return out;
    constexpr double most = 0.95;
    out.reliability = std::min(most, 2.0 * out.half_correlation / (1.0 + out.half_correlation));
    out.z = scored([](const habits& own, std::size_t what) {
        return (own.sum[what][0] + own.sum[what][1]) / (own.weight[what][0] + own.weight[what][1]);
    });
    return out;
}

} // namespace dualtrack::assess
