// Step back: what would the team sell if the manager took part as little as managers of the market usually do? The part
// of the sales that the manager had a hand in, the part of it that would go on alone, and what joining added to it:
//
//   change = - A f d / p,   A = share of the won amount joined (not late), f = 1 - median / share joined (0 below it),
//   d = joint effect, p = win rate of deals joined;  d / p = 1 - 1 / RR, RR = p / (p - d)
// Nothing of what the manager closed is taken to persist: no study measures it, source articles 000 and 004 say so (J).
// The interval joins the uncertainty of all four (delta method); it is that of the expected change, beside which a
// single year's sales scatter by chance.
#pragma once

#include <algorithm>
#include <cmath>

namespace dualtrack::diagnose {

/// A share with the variance of what is not known of it.
struct uncertain {
    double mean = 0.0, variance = 0.0;
};

/// A share of counts: mean of the beta posterior (Jeffreys' prior) and its variance.
[[nodiscard]] inline uncertain share_of_counts(double part, double whole) noexcept {
    const double mean = (part + 0.5) / (whole + 1.0);
    return {mean, mean * (1.0 - mean) / (whole + 2.0)};
}

/// The same, with the share as it was seen. @pre whole > 0
[[nodiscard]] inline uncertain seen_share(double part, double whole) noexcept {
    return {part / whole, share_of_counts(part, whole).variance};
}

/// A share of amounts: the few large ones count for as many deals as they carry, (sum a)^2 / sum a^2.
[[nodiscard]] inline uncertain share_of_amounts(double part, double whole, double square_sum) noexcept {
    if (!(whole > 0.0) || !(square_sum > 0.0)) return {};
    const double n = whole * whole / square_sum;
    const double smooth = (part / whole * n + 0.5) / (n + 1.0);
    return {part / whole, smooth * (1.0 - smooth) / (n + 2.0)};
}

/// Expected relative change of the team's sales when the share joined falls to `target`.
[[nodiscard]] inline uncertain step_back_of(uncertain amount_joined, uncertain share_joined, double target,
                                            uncertain effect, uncertain win_rate) noexcept {
    if (!(share_joined.mean > target) || !(win_rate.mean > 0.0)) return {};
    const double f = 1.0 - target / share_joined.mean;
    const double f_variance = target * target /
                              (share_joined.mean * share_joined.mean * share_joined.mean * share_joined.mean) *
                              share_joined.variance;
    const double a = amount_joined.mean;
    const double d = effect.mean;
    const double p = win_rate.mean;
    const auto square = [](double x) { return x * x; };
    uncertain out;
    out.mean = -a * f * d / p;
    out.variance = square(f * d / p) * amount_joined.variance + square(a * d / p) * f_variance +
                   square(a * f / p) * effect.variance + square(a * f * d / (p * p)) * win_rate.variance;
    return out;
}

} // namespace dualtrack::diagnose
