// Paths: how far somebody is from the next level of each track, and how long it takes. A gap is how much a measure
// misses what the level asks, in standard deviations of that measure; what decides is the largest gap. How long such a
// gap takes to close is not assumed but looked up: everybody who stood before the same requirements in the past, how
// large their largest gap was, and when they first met everything.
//
//   h_j = (closed in quarter j + w h) / (still open at its start + w)        over the most similar past cases
//   h   = (closed in any quarter + w h_0) / (open at the start of any + w)   quarters before a wait has passed left out
//   P(closed within j quarters) = 1 - (1 - h_1) .. (1 - h_j), straight lines within a quarter
//   h_0 = 1 - .5^(3 / typical months), w = typical_weight: where history says little the typical time speaks, and where
//   few were seen so long, the other quarters do
// Those who find it easy close first, so the hazard falls as time goes on: 1 / h_j grows in a straight line when the
// chances of people differ as a beta distribution. After the last quarter that history shows, the line through the
// hazards of its first and second half goes on. Time that simply has to pass (tenure) is looked up with it: those who
// waited as many quarters may have lost again meanwhile what they had; nobody is ready before it has passed.
// Where an organisation is changing, the past closes gaps at the past's pace; the figures do not foresee the change.
// Reference: Kaplan, Meier, JASA 53 (1958) 457; Fader, Hardie, J. Interactive Marketing 21 (2007) 76. Similar cases: of
// the same wait and the same largest gap, nearest in its size.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <dualtrack/base/exp_log.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/decide/ladder.hpp>
#include <dualtrack/org/policy_paths.hpp>

namespace dualtrack::decide {

inline constexpr std::int32_t step_months = 3; // history is looked at by the quarter
inline constexpr std::int32_t most_steps = 40; // ten years
inline constexpr std::size_t similar_cases = 200;
inline constexpr std::size_t fewest_of_same_gap = 50;

/// How far a value is from what is asked, in units of `spread`; zero or less: met.
[[nodiscard]] constexpr double shortfall(const requirement& asked, double have, double spread) noexcept {
    const double missing = asked.at_least ? asked.need - have : have - asked.need;
    return missing / (spread > 0.0 ? spread : 1.0);
}

/// Somebody who had a gap at some time in the past, and what came of it.
struct closing_case {
    std::int32_t wait = 0;  // quarters that had to pass in any case
    std::uint32_t gap = 0;  // which other requirement was missed by most
    double size = 0.0;      // by how much, in standard deviations; zero or less: none
    std::int32_t steps = 0; // quarters until everything was met, or until it was last seen open
    bool closed = false;
    friend bool operator==(const closing_case&, const closing_case&) = default;
};

/// Quarters a wait stands for when cases are compared; long waits are alike.
[[nodiscard]] inline std::int32_t wait_quarters(double months) noexcept {
    constexpr double most = 8.0;
    return static_cast<std::int32_t>(std::ceil(std::clamp(months / step_months, 0.0, most)));
}

namespace detail {

/// Mixes cases that do not differ in what they are looked up by, so that any stretch of them stands for all of them:
/// left in the order of what came of them, the first of many with the same gap would be those seen for a quarter only.
/// The i-th goes to the place of the fraction of i x the golden ratio, whatever the order they came in.
template <class Same> void mix_equal(std::vector<closing_case>& cases, Same&& same) {
    std::vector<std::pair<std::uint32_t, closing_case>> run;
    for (std::size_t begin = 0, end = 0; begin < cases.size(); begin = end) {
        while (end < cases.size() && same(cases[begin], cases[end])) ++end;
        run.clear();
        for (std::size_t i = begin; i < end; ++i)
            run.emplace_back(static_cast<std::uint32_t>(i - begin + 1) * 2654435769U, cases[i]);
        std::sort(run.begin(), run.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (std::size_t i = begin; i < end; ++i) cases[i] = run[i - begin].second;
    }
}

} // namespace detail

/// Past cases of one level, in the order in which they are looked up.
struct closing_history {
    std::vector<closing_case> by_wait; // by wait, then size
    std::vector<closing_case> by_gap;  // by wait, gap, then size

    explicit closing_history(std::vector<closing_case> cases = {}) : by_wait(std::move(cases)) {
        std::erase_if(by_wait, [](const closing_case& one) { return one.steps < 1; });
        const auto key = [](const closing_case& c) { return std::tuple(c.wait, c.size, c.gap, c.steps, c.closed); };
        std::sort(by_wait.begin(), by_wait.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
        by_gap = by_wait;
        std::stable_sort(by_gap.begin(), by_gap.end(), [](const auto& a, const auto& b) {
            return std::tuple(a.wait, a.gap) < std::tuple(b.wait, b.gap);
        });
        detail::mix_equal(by_wait, [](const closing_case& a, const closing_case& b) {
            return std::tuple(a.wait, a.size) == std::tuple(b.wait, b.size);
        });
        detail::mix_equal(by_gap, [](const closing_case& a, const closing_case& b) {
            return std::tuple(a.wait, a.gap, a.size) == std::tuple(b.wait, b.gap, b.size);
        });
    }
};

/// The cases nearest in size, of the same wait, and of the same gap where there are enough of them.
[[nodiscard]] inline std::span<const closing_case> similar_to(const closing_history& history,
                                                              const closing_case& asked) {
    const auto of_wait = std::equal_range(history.by_wait.begin(), history.by_wait.end(), asked,
                                          [](const auto& a, const auto& b) { return a.wait < b.wait; });
    const auto of_gap =
        std::equal_range(history.by_gap.begin(), history.by_gap.end(), asked, [](const auto& a, const auto& b) {
            return std::tuple(a.wait, a.gap) < std::tuple(b.wait, b.gap);
        });
    std::span<const closing_case> from(of_wait.first, of_wait.second);
    if (static_cast<std::size_t>(of_gap.second - of_gap.first) >= fewest_of_same_gap)
        from = std::span<const closing_case>(of_gap.first, of_gap.second);
    const auto at =
        static_cast<std::size_t>(std::lower_bound(from.begin(), from.end(), asked.size,
                                                  [](const auto& c, double size) { return c.size < size; }) -
                                 from.begin());
    std::size_t begin = at;
    std::size_t end = at;
    while (end - begin < std::min(similar_cases, from.size())) {
        const bool left =
            begin > 0 && (end == from.size() || asked.size - from[begin - 1].size <= from[end].size - asked.size);
        if (left)
            --begin;
        else
            ++end;
    }
    return from.subspan(begin, end - begin);
}

/// When a level may be reached. Months; infinite where it is beyond ten years.
struct closing_time {
    double median = 0.0, low = 0.0, high = 0.0;
    double probability_within = 1.0; // the horizon
    std::int64_t n_similar = 0;
};

/// P(closed) after each quarter: [0] = 0, [most_steps].
[[nodiscard]] inline std::array<double, most_steps + 1> closing_curve(std::span<const closing_case> cases,
                                                                      const org::paths_policy& rules) {
    std::array<double, most_steps + 2> open{};
    std::array<double, most_steps + 2> closed{};
    std::int32_t last = 0;
    for (const closing_case& one : cases) {
        const std::int32_t steps = std::min(one.steps, most_steps);
        for (std::int32_t j = 1; j <= steps; ++j) open[static_cast<std::size_t>(j)] += 1.0;
        if (one.closed && one.steps <= most_steps) closed[static_cast<std::size_t>(steps)] += 1.0;
        last = std::max(last, steps);
    }
    const double usual = -numeric::expm1(numeric::log(0.5) * step_months / rules.typical_months);
    const auto drawn_to = [&](double middle, double of_closed, double of_open) {
        const double weight = of_open + rules.typical_weight;
        return weight > 0.0 ? (of_closed + rules.typical_weight * middle) / weight : middle;
    };
    double all_closed = 0.0, all_open = 0.0;
    for (std::int32_t j = cases.empty() ? 1 : std::max(1, cases.front().wait); j <= last; ++j) {
        all_closed += closed[static_cast<std::size_t>(j)];
        all_open += open[static_cast<std::size_t>(j)];
    }
    const double overall = drawn_to(usual, all_closed, all_open);
    const auto hazard = [&](double of_closed, double of_open) { return drawn_to(overall, of_closed, of_open); };
    // The two halves of what history shows: hazard, and the quarter it stands for.
    struct half {
        double closed = 0.0, open = 0.0, quarters = 0.0;
    };
    std::array<half, 2> halves;
    for (std::int32_t j = 1; j <= last; ++j) {
        half& in = halves[j <= (last + 1) / 2 ? 0 : 1];
        in.closed += closed[static_cast<std::size_t>(j)];
        in.open += open[static_cast<std::size_t>(j)];
        in.quarters += open[static_cast<std::size_t>(j)] * j;
    }
    const half& late = halves[halves[1].open > 0.0 ? 1 : 0];
    const double late_hazard = hazard(late.closed, late.open);
    const double late_quarter = late.open > 0.0 ? late.quarters / late.open : 0.0;
    double slope = 0.0; // of 1 / h a quarter
    if (halves[1].open > 0.0 && late_hazard > 0.0) {
        const double early_quarter = halves[0].quarters / halves[0].open;
        const double early_hazard = hazard(halves[0].closed, halves[0].open);
        if (early_hazard > late_hazard)
            slope = (1.0 / late_hazard - 1.0 / early_hazard) / (late_quarter - early_quarter);
    }
    const auto later = [&](std::int32_t j) {
        return late_hazard > 0.0 ? 1.0 / (1.0 / late_hazard + slope * (j - late_quarter)) : 0.0;
    };
    std::array<double, most_steps + 1> out{};
    double still_open = 1.0;
    for (std::int32_t j = 1; j <= most_steps; ++j) {
        const auto at = static_cast<std::size_t>(j);
        still_open *= 1.0 - (j <= last ? hazard(closed[at], open[at]) : later(j));
        out[at] = 1.0 - still_open;
    }
    return out;
}

/// Months at which a curve reaches a probability.
[[nodiscard]] inline double months_until(std::span<const double> curve, double probability) noexcept {
    for (std::size_t j = 1; j < curve.size(); ++j)
        if (curve[j] >= probability) {
            const double part = (probability - curve[j - 1]) / (curve[j] - curve[j - 1]);
            return step_months * (static_cast<double>(j - 1) + part);
        }
    return numeric::infinity;
}

/// P(closed within some months).
[[nodiscard]] inline double probability_by(std::span<const double> curve, double months) noexcept {
    const double at = months / step_months;
    if (!(at < static_cast<double>(curve.size() - 1))) return curve.back();
    const auto j = static_cast<std::size_t>(at);
    return curve[j] + (curve[j + 1] - curve[j]) * (at - static_cast<double>(j));
}

/// How long it takes to meet everything a level asks. @param size of the largest gap that does not close by waiting;
/// zero or less: none. @param wait months that have to pass in any case
[[nodiscard]] inline closing_time time_to_close(const closing_history& history, std::uint32_t gap, double size,
                                                double wait, const org::paths_policy& rules) {
    closing_time out;
    const double horizon = rules.horizon_months;
    wait = std::max(0.0, wait);
    const auto cases = similar_to(history, {wait_quarters(wait), gap, size});
    const bool nothing_but_time = !(size > 0.0) && (cases.empty() || !(wait > 0.0));
    if (nothing_but_time) {
        out.median = out.low = out.high = wait;
        out.probability_within = wait <= horizon ? 1.0 : 0.0;
        return out;
    }
    const auto curve = closing_curve(cases, rules);
    const double tail = 0.5 * (1.0 - rules.interval);
    out.low = std::max(wait, months_until(curve, tail));
    out.median = std::max(wait, months_until(curve, 0.5));
    out.high = std::max(wait, months_until(curve, 1.0 - tail));
    out.probability_within = wait <= horizon ? probability_by(curve, horizon) : 0.0;
    out.n_similar = static_cast<std::int64_t>(cases.size());
    return out;
}

/// What usually closes a gap (judgement of this project, from what practitioners' articles describe).
struct usual_action {
    std::string_view measure, action;
};
inline constexpr std::array<usual_action, 17> usual_actions{{
    {"attainment", "agree an account plan for what is missing of the quota, with a deal review every week"},
    {"win_rate", "review the last ten lost deals together and rehearse the step at which most were lost"},
    {"collaborators_mean", "take a specialist or a colleague into the next three larger deals"},
    {"lone_wolf", "take a specialist or a colleague into the next three larger deals"},
    {"largest_deal_share", "build a second and third account, so that no single deal carries the year"},
    {"probability_top_quartile",
     "time and deals: sales like these over more deals make it clearer where the person stands"},
    {"performance_z", "coaching on the step of the sale where most is lost, measured over the next two quarters"},
    {"mentoring_minutes", "mentor an assigned colleague, against a quota lowered for the time"},
    {"leads_shared", "pass leads outside the own accounts to colleagues, with credit by name"},
    {"recognition_count", "name in each review what a colleague contributed"},
    {"probability_ready",
     "a trial of leading: act as manager or lead a project for a quarter, rated by those who took part"},
    {"readiness_z", "a trial of leading: act as manager or lead a project for a quarter, rated by those who took part"},
    {"develops_others", "mentor two assigned colleagues for a quarter; they rate it afterwards"},
    {"holds_accountable", "lead a project with dates and hold the reviews; those who took part rate it afterwards"},
    {"thinks_in_systems", "own one change of process for three quarters, with what it cost before and after"},
    {"months_leading", "lead a team for the time that is missing"},
    {"team_attainment", "agree with the team what is missing of its quota and coach the middle of it each week"},
}};

[[nodiscard]] inline std::string_view action_for(const requirement& asked) noexcept {
    if (!asked.action.empty()) return asked.action;
    for (const usual_action& one : usual_actions)
        if (one.measure == asked.measure) return one.action;
    if (asked.measure.ends_with("_months")) return "time has to pass";
    return "a trial or a task that shows it, and a look at the figure each quarter";
}

} // namespace dualtrack::decide
