// Hero or hero-maker: does this manager do the people's selling, or make them sell? A hero has to show two things at
// once: the manager is in most of the team's deals (the control trap), and the team fades without (what the reports win
// alone declines against the market) or would fall if the manager stepped back. Either alone is no verdict: managers
// join what is large, new or going wrong, and that is their job.
//
//   hero_probability = P(share joined > control_share) x max(P(trend < 0), P(step_back_change < -step_back_fall))
//   hero         from hero_probability on
//   hero_maker   P(share joined < maker_share) >= maker_probability, coaching at or above the market's median,
//                P(trend < 0) < maker_decline
//   insufficient_evidence   fewer than fewest_deals decided deals or fewest_reports reports, or nothing in the data
//   that
//                           says who took part in a deal;  mixed   everybody else
// That hero mode makes people decline later rests on anecdotes (source articles 000 and 004), no study was found (J):
// a verdict is a reason to look and to talk, and a person decides.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include <dualtrack/base/beta.hpp>
#include <dualtrack/base/normal.hpp>
#include <dualtrack/org/policy_diagnose.hpp>

namespace dualtrack::diagnose {

enum class style : std::uint8_t { hero, mixed, hero_maker, insufficient_evidence };
inline constexpr std::array<std::string_view, 4> style_words{"hero", "mixed", "hero_maker", "insufficient_evidence"};

/// A share seen in counts: beta posterior from Jeffreys' prior.
struct share_posterior {
    double a = 0.5, b = 0.5;
    share_posterior(std::int64_t part, std::int64_t whole)
        : a(static_cast<double>(part) + 0.5), b(static_cast<double>(whole - part) + 0.5) {}
    [[nodiscard]] double above(double share) const noexcept { return numeric::beta_tails(a, b, share).upper; }
    [[nodiscard]] double below(double share) const noexcept { return numeric::beta_tails(a, b, share).lower; }
    /// Ends of the 95 % interval; none or all of the cases seen leaves it open on that side, so that it holds what was
    /// seen (Brown, Cai and DasGupta, Statistical Science 16 (2001) 101: the modified Jeffreys interval).
    [[nodiscard]] double low() const noexcept { return a == 0.5 ? 0.0 : numeric::beta_quantile(0.025, a, b); }
    [[nodiscard]] double high() const noexcept { return b == 0.5 ? 1.0 : numeric::beta_quantile(0.975, a, b); }
};

/// P(x < border) of a normal posterior; a value known for certain is below or not.
[[nodiscard]] inline double probability_below(double mean, double sd, double border) noexcept {
    if (sd > 0.0) return numeric::normal_cdf((border - mean) / sd);
    return mean < border ? 1.0 : 0.0;
}

/// What a verdict rests on.
struct hero_evidence {
    bool joining_is_known = false;
    std::int64_t n_deals = 0, n_reports = 0;
    double probability_control = 0.0; // P(share > control_share)
    double probability_maker = 0.0;   // P(share < maker_share)
    double probability_decline = 0.5; // P(trend < 0)
    double probability_fall = 0.0;    // P(step_back_change < -step_back_fall)
    bool coaches = false;             // at or above the market's median
};

[[nodiscard]] inline double hero_probability_of(const hero_evidence& evidence) noexcept {
    return evidence.probability_control * std::max(evidence.probability_decline, evidence.probability_fall);
}

[[nodiscard]] inline style style_of(const hero_evidence& evidence, const org::managers_policy& policy) noexcept {
    if (!evidence.joining_is_known || evidence.n_deals < policy.fewest_deals ||
        evidence.n_reports < policy.fewest_reports)
        return style::insufficient_evidence;
    if (hero_probability_of(evidence) >= policy.hero_probability) return style::hero;
    if (evidence.probability_maker >= policy.maker_probability && evidence.coaches &&
        evidence.probability_decline < policy.maker_decline)
        return style::hero_maker;
    return style::mixed;
}

} // namespace dualtrack::diagnose
