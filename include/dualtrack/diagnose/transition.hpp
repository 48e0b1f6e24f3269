// Transition: how does a seller become a manager? In the first 24 months the scorecard moves from what the manager
// sells to what the team does: the weight of own sales falls by half every six months down to a floor, and the team's
// result, coaching and keeping the best people take the rest. Every part is set against what the same people did
// before, moved by their market, so that nobody is praised for a good territory or blamed for a bad year.
//
//   own_k = max(floor, start x 2^(-(k - 1) / half_months)),  k = 1, 2, ...;  team, development, retention share 1 -
//   own_k team change = sold / matched baseline - 1;  baseline = sum over the reports of what each sold a day in the
//   year before x (market now / market then) x days here (newcomers: what their market sells);  ln of the ratio is
//   taken as normal with variance 1 / n + 1 / n_before, n = (sum a)^2 / sum a^2: the deals that carry a total red: the
//   team at -red_fall or lower and below its baseline with probability red_probability, red_exits of the top quarter
//   gone within the trailing months, or joining more than red_involvement of the deals after the first months amber:
//   score < amber_at x what the same weights give for the baseline
// The design and all its numbers are judgement (J) after source article 000; no study was found.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include <dualtrack/base/exp_log.hpp>
#include <dualtrack/base/normal.hpp>
#include <dualtrack/org/policy_diagnose.hpp>

namespace dualtrack::diagnose {

enum class transition_status : std::uint8_t { green, amber, red };
inline constexpr std::array<std::string_view, 3> transition_status_words{"green", "amber", "red"};

struct transition_weights {
    double own = 0.0, team = 0.0, development = 0.0, retention = 0.0;
};

/// Weights of a month, which sum to 1. @pre month_index >= 1, team_part + development_part <= 1
[[nodiscard]] inline transition_weights weights_of_month(std::int32_t month_index,
                                                         const org::transition_policy& policy) noexcept {
    constexpr double log_2 = 0.6931471805599453;
    transition_weights out;
    out.own = std::min(1.0, std::max(policy.own_floor, policy.own_start * numeric::exp(-log_2 * (month_index - 1) /
                                                                                       policy.own_half_months)));
    const double rest = 1.0 - out.own;
    out.team = rest * policy.team_part;
    out.development = rest * policy.development_part;
    out.retention = rest - out.team - out.development;
    return out;
}

/// Sales and how many deals carry them.
struct sold {
    double amount = 0.0, squares = 0.0;
    void add(double one) noexcept {
        amount += one;
        squares += one * one;
    }
    [[nodiscard]] double carried_by() const noexcept { return squares > 0.0 ? amount * amount / squares : 0.0; }
};

/// A team's sales against its matched baseline.
struct team_change {
    double ratio = 1.0, log_sd = 0.0;
    double probability_below = 0.5; // of the baseline
};

/// @param expected the baseline's amount, @param carried_by how many deals it rests on; nothing without a baseline
/// @param spread of ln ratio before anything is sold
[[nodiscard]] inline std::optional<team_change> team_change_of(const sold& now, double expected, double carried_by,
                                                               double spread) {
    if (!(expected > 0.0) || !(carried_by > 0.0)) return std::nullopt;
    team_change out;
    out.ratio = std::max(0.0, now.amount) / expected;
    const double n = std::max(now.carried_by(), 0.5); // nothing sold is known as half a deal would be
    out.log_sd = std::sqrt(1.0 / n + 1.0 / carried_by);
    const double least = 0.5 / carried_by;
    const double prior = spread * spread;
    const double kept = prior / (prior + out.log_sd * out.log_sd);
    out.probability_below =
        numeric::normal_cdf(-std::sqrt(kept) * numeric::log(std::max(out.ratio, least)) / out.log_sd);
    return out;
}

/// A part of the scorecard now, and what the baseline says of it; nothing when it is not known.
struct scored_part {
    double now = 0.0, before = 0.0;
};

/// What a month of a new manager is judged by.
struct transition_month {
    std::int32_t month_index = 0;
    std::optional<scored_part> own, team, development, retention;
    std::optional<team_change> change;
    std::int64_t top_exits = 0;
    std::optional<double> involvement; // share of the trailing months' deals
};

struct transition_verdict {
    transition_weights weights;
    double score = 0.0, baseline = 0.0;
    double known_weight = 0.0; // of the parts that something is known of; the team's by its change
    transition_status status = transition_status::green;
    bool by_team = false, by_exits = false, by_involvement = false;
};

[[nodiscard]] inline transition_verdict judge_month(const transition_month& month,
                                                    const org::transition_policy& policy) {
    constexpr double most = 2.0; // of the market: one large deal is no score
    transition_verdict out;
    out.weights = weights_of_month(month.month_index, policy);
    const auto count = [&](double weight, const std::optional<scored_part>& part) {
        const scored_part one = part.value_or(scored_part{1.0, 1.0}); // not known: no better and no worse
        out.score += weight * std::clamp(one.now, 0.0, most);
        out.baseline += weight * std::clamp(one.before, 0.0, most);
    };
    count(out.weights.own, month.own);
    count(out.weights.team, month.team);
    count(out.weights.development, month.development);
    count(out.weights.retention, month.retention);
    const auto known = [](double weight, bool is_known) { return is_known ? weight : 0.0; };
    out.known_weight = known(out.weights.own, month.own.has_value()) +
                       known(out.weights.team, month.change.has_value()) +
                       known(out.weights.development, month.development.has_value()) +
                       known(out.weights.retention, month.retention.has_value());
    out.by_team = month.change && month.change->ratio <= 1.0 - policy.red_fall &&
                  month.change->probability_below >= policy.red_probability;
    out.by_exits = month.top_exits >= policy.red_exits;
    out.by_involvement = month.involvement && month.month_index > policy.involvement_after_months &&
                         *month.involvement > policy.red_involvement;
    out.status = out.by_team || out.by_exits || out.by_involvement ? transition_status::red
                 : out.score < policy.amber_at * out.baseline      ? transition_status::amber
                                                                   : transition_status::green;
    return out;
}

} // namespace dualtrack::diagnose
