// Passed over: what a promotion does to those who did not get it. A seller who outsold the winner is 2.2 times as
// likely to leave in the next twelve months, any other candidate 1.35 times; an interview with the hiring manager and
// honest feedback halves the excess, an outsider in the seat doubles it.
//
//   hazard ratio = 1 + (multiplier - 1) x .5 [interviewed] x 2 [an outsider won]
//   monthly hazard h = -ln(1 - yearly exits) / 12 x exp(-1.5 (rank - 1/2)) / mean of that over ranks,
//   rank: place among the team's sellers, 0 last to 1 first (the best stay longer, which is why passing them over
//   costs so much); raised by the ratio for 12 months from the decision:
//   P(leaves within 12 months) = 1 - exp(-h (ratio x months still raised + the months after)); base: ratio 1
// mitigated: the same once the person has had the interview; whoever had it already keeps their figure, because
// nothing else that was tried has a published effect.
// References: Benson, Li and Shue, QJE 134 (2019) 2085, table VIII (A, derived); Benson, Li and Shue 2022, table 7
// (Aw); Dlugos and Keller, AMJ 64 (2021) 63 (B); base rate of exits: .20 to .36 a year (B/C).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/exp_log.hpp>
#include <dualtrack/org/policy_decide.hpp>

namespace dualtrack::decide {

enum class answer : std::uint8_t { no, yes, unknown };

/// One candidate who did not get the seat.
struct passed_over_case {
    answer outsold = answer::unknown;     // the winner; unknown of an outsider
    answer interviewed = answer::unknown; // counts as no
    bool external = false;                // an outsider won
    double months_since = 0.0;            // since the decision
    double rank = -1.0;                   // among the team's sellers, 0 last to 1 first; negative: not known
};

/// What it does to the risk that they leave within the next twelve months.
struct passed_over_risk {
    double hazard_ratio = 1.0;
    double base_probability = 0.0;      // had they not been passed over
    double exit_probability = 0.0;      // as it is
    double mitigated_probability = 0.0; // with every mitigation of published effect that is still open
};

/// How many times likelier somebody leaves.
[[nodiscard]] inline double hazard_ratio(const org::passed_over_policy& rules, const passed_over_case& one) noexcept {
    double excess = (one.outsold == answer::yes ? rules.outsold_hazard : rules.applicant_hazard) - 1.0;
    if (one.interviewed == answer::yes) excess *= rules.interview_factor;
    if (one.external) excess *= rules.external_factor;
    return std::max(0.0, 1.0 + excess);
}

/// How much likelier somebody of a rank leaves than the average seller; 1 where the rank is not known.
[[nodiscard]] inline double rank_factor(const org::passed_over_policy& rules, double rank) noexcept {
    if (!(rules.rank_slope > 0.0) || rank < 0.0) return 1.0;
    const double half = 0.5 * rules.rank_slope;
    const double mean = (numeric::exp(half) - numeric::exp(-half)) / rules.rank_slope;
    return numeric::exp(-rules.rank_slope * (rank - 0.5)) / mean;
}

/// P(leaves within 12 months) at a ratio that holds until `hazard_months` after the decision.
[[nodiscard]] inline double exit_probability(const org::passed_over_policy& rules, double ratio, double months_since,
                                             double rank = -1.0) noexcept {
    constexpr double year = 12.0;
    const double monthly = -numeric::log1p(-rules.yearly_exit) / year * rank_factor(rules, rank);
    const double raised = std::clamp(static_cast<double>(rules.hazard_months) - months_since, 0.0, year);
    return -numeric::expm1(-monthly * (ratio * raised + (year - raised)));
}

/// The risk of one candidate.
[[nodiscard]] inline passed_over_risk risk_of(const org::passed_over_policy& rules,
                                              const passed_over_case& one) noexcept {
    passed_over_case interviewed = one;
    interviewed.interviewed = answer::yes;
    passed_over_risk out;
    out.hazard_ratio = hazard_ratio(rules, one);
    out.base_probability = exit_probability(rules, 1.0, one.months_since, one.rank);
    out.exit_probability = exit_probability(rules, out.hazard_ratio, one.months_since, one.rank);
    out.mitigated_probability = exit_probability(rules, hazard_ratio(rules, interviewed), one.months_since, one.rank);
    return out;
}

/// One candidate of a vacancy. `sales` is what they sold a month before the decision, minor units; negative: not known.
struct seat_candidate {
    std::uint32_t person = no_index;
    double sales = -1.0;
    answer interviewed = answer::unknown;
    double rank = -1.0; // among the team's sellers, 0 last to 1 first; negative: not known
};

/// A candidate who was passed over, with the risk.
struct passed_over_person {
    std::uint32_t person = no_index;
    passed_over_case facts;
    passed_over_risk risk;
};

/// Whether one candidate sold more than the winner.
[[nodiscard]] constexpr answer outsold(double own_sales, double winner_sales) noexcept {
    if (own_sales < 0.0 || winner_sales < 0.0) return answer::unknown;
    return own_sales > winner_sales ? answer::yes : answer::no;
}

/// Everybody a decision passes over, in the order of the candidates.
/// @param winner a person, or no_index: an outsider got the seat, or would
[[nodiscard]] inline std::vector<passed_over_person> passed_over_of(const org::passed_over_policy& rules,
                                                                    std::span<const seat_candidate> candidates,
                                                                    std::uint32_t winner, double winner_sales,
                                                                    double months_since = 0.0) {
    std::vector<passed_over_person> out;
    for (const seat_candidate& one : candidates) {
        if (one.person == winner) continue;
        const passed_over_case facts{winner == no_index ? answer::unknown : outsold(one.sales, winner_sales),
                                     one.interviewed, winner == no_index, months_since, one.rank};
        out.push_back({one.person, facts, risk_of(rules, facts)});
    }
    return out;
}

/// What was tried against such exits and has a published effect.
struct mitigation {
    std::string_view name, source, grade;
    double factor = 1.0; // what it leaves of the excess hazard
};

[[nodiscard]] inline std::array<mitigation, 2> published_mitigations(const org::passed_over_policy& rules) noexcept {
    constexpr std::string_view source = "Dlugos, Keller 2021, AMJ 64:63";
    return {{{"interview_and_feedback", source, "B", rules.interview_factor},
             {"internal_winner", source, "B", rules.external_factor > 0.0 ? 1.0 / rules.external_factor : 1.0}}};
}

} // namespace dualtrack::decide
