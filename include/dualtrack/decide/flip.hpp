// Flip: the value of one factor alone, all else as it is, nearest to the present one, at which the recommendation
// changes. It tells how much hangs on one figure: where a little more readiness would change the answer, ask again
// first.
//
// Looked for in steps of .05 up to 6 either side, then by bisection to the last bits. While stepping, probabilities are
// compared by their normal quantiles, P(effect < 0) <= h as -mean <= sd x quantile(h), which costs a tenth; what is
// returned is always checked with the recommendation itself.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include <dualtrack/base/normal.hpp>
#include <dualtrack/decide/promotion.hpp>

namespace dualtrack::decide {

inline constexpr double flip_reach = 6.0;
inline constexpr double flip_step = 0.05;

namespace detail {

/// The recommendation as one factor moves and all else stays.
class moving_factor {
  public:
    moving_factor(const decision_rules& rules, const candidate_facts& facts, const case_terms& terms,
                  factor which) noexcept
        : rules_(rules), facts_(facts), terms_(terms), readiness_moves_(which == factor::readiness) {
        const auto b = coefficients_of(rules.effect);
        variance_ = rules.effect.residual_sd * rules.effect.residual_sd;
        for (std::size_t k = 0; k < n_factors; ++k) {
            const recorded& x = facts.record[k];
            const double var_b = b[k].sd * b[k].sd;
            variance_ += b[k].value * b[k].value * x.sd * x.sd + var_b * x.sd * x.sd;
            const bool moves = k == static_cast<std::size_t>(which);
            if (moves) own_ = {b[k].value, var_b};
            if (k == static_cast<std::size_t>(factor::readiness)) readiness_ = {b[k].value, var_b};
            if (moves) continue;
            mean_ += b[k].value * x.value;
            variance_ += x.value * x.value * var_b;
        }
        harm_ = numeric::normal_quantile(std::min(1.0, std::max(0.0, rules.most_harm)));
        ready_ = numeric::normal_quantile(std::min(1.0, std::max(0.0, 1.0 - rules.ready_probability)));
    }

    [[nodiscard]] decision operator()(double value) const noexcept {
        const bool judged = facts_.has_evidence && known_readiness().known;
        if (!facts_.is_employed) return decision::not_now;
        const bool willing = facts_.consents == answer::yes;
        const double mean = mean_ + own_.each * value;
        const double variance = variance_ + value * value * own_.variance;
        const double z = readiness_moves_ ? value : known_readiness().value;
        const bool ready = is_ready(z);
        if (judged && willing) {
            if (ready && may(mean, variance)) return decision::promote;
            const double more = rules_.development_gain;
            if (is_ready(z + more) &&
                may(mean + readiness_.each * more, variance + ((z + more) * (z + more) - z * z) * readiness_.variance))
                return decision::develop_first;
        }
        const bool strong = facts_.probability_top >= rules_.strong_probability;
        const bool not_leading = facts_.consents == answer::no || (judged && willing) || (judged && !ready);
        return strong && not_leading ? decision::expert_track : decision::not_now;
    }

  private:
    struct slope {
        double each = 0.0, variance = 0.0;
    };
    [[nodiscard]] const recorded& known_readiness() const noexcept {
        return facts_.record[static_cast<std::size_t>(factor::readiness)];
    }
    [[nodiscard]] bool is_ready(double z) const noexcept {
        const double sd = known_readiness().sd;
        return known_readiness().known && rules_.ready_at - z <= (sd > 0.0 ? sd * ready_ : 0.0);
    }
    [[nodiscard]] bool may(double mean, double variance) const noexcept {
        const double sd = std::sqrt(variance);
        return -mean <= sd * harm_ && terms_.net_loss.is_at_most(rules_.most_net_loss, mean, sd);
    }

    const decision_rules& rules_;
    const candidate_facts& facts_;
    const case_terms& terms_;
    bool readiness_moves_;
    slope own_, readiness_;
    double mean_ = 0.0, variance_ = 0.0, harm_ = 0.0, ready_ = 0.0;
};

} // namespace detail

/// At the value returned the recommendation is another, just before it the present one; of two as near the higher.
/// Nothing where no value within reach changes it, or the factor is not known or counts for nothing.
[[nodiscard]] inline std::optional<double> flips_at(const decision_rules& rules, const candidate_facts& facts,
                                                    const case_terms& terms, factor which) noexcept {
    const auto k = static_cast<std::size_t>(which);
    const recorded now = facts.record[k];
    const coefficient b = coefficients_of(rules.effect)[k];
    if (!now.known || !facts.is_employed || !facts.has_evidence) return std::nullopt;
    // Other factors move harm and net loss alone, which decide only of the willing.
    if (which != factor::readiness && (facts.consents != answer::yes || (b.value == 0.0 && b.sd == 0.0)))
        return std::nullopt;
    candidate_facts tried = facts;
    const auto decided = [&](double value) {
        tried.record[k].value = value;
        return detail::recommend(rules, tried, terms);
    };
    const decision present = decided(now.value);
    const detail::moving_factor nearly(rules, facts, terms, which);
    const int n_steps = static_cast<int>(flip_reach / flip_step);
    const auto between = [&](double same, double other) {
        for (int i = 0; i < 80; ++i) {
            const double middle = same + 0.5 * (other - same);
            if (middle == same || middle == other) break;
            (decided(middle) == present ? same : other) = middle;
        }
        return other;
    };
    for (int step = 1; step <= n_steps; ++step) {
        std::optional<double> found;
        for (const double side : {1.0, -1.0}) {
            const double value = now.value + side * flip_step * step;
            if (nearly(value) == present || decided(value) == present) continue;
            const double at = between(now.value + side * flip_step * (step - 1), value);
            if (!found || std::fabs(at - now.value) < std::fabs(*found - now.value)) found = at;
        }
        if (found) return found;
    }
    return std::nullopt;
}

} // namespace dualtrack::decide
