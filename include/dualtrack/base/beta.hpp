// Shares and comparisons: a win rate of 7 in 10 is a beta distribution of what the true rate may be; a difference
// between few people is a Student t.
//     beta_inc(a, b, x) = 1 / B(a, b) * integral of t^(a-1) (1-t)^(b-1) from 0 to x
//     beta_quantile(p, a, b) = the x with beta_inc(a, b, x) = p
//     student_t_cdf(t, df) = I(df / (df + t^2); df / 2, 1 / 2) / 2 for t <= 0
// Both tails are computed without subtracting, and points next to 1 as their distance from 1.
// Measured against mpmath for a and b from 0.01 to 1e6 and up to 1e9 degrees of freedom, relative: beta_inc and
// student_t_cdf 3e-14 down to 1e-20 and 5e-13 down to 1e-290; their quantiles 1e-13 for shapes from 0.1 on (below, a
// quantile is as ill-conditioned as 1 / shape). Larger shapes lose digits slowly: some 1e-11 at 1e10.
// Reference: the continued fraction of DiDonato and Morris, "Algorithm 708", ACM TOMS 18 (1992); Loader 2000 for the
// leading factor; Abramowitz and Stegun 26.5.22 to start the quantile; safeguarded Newton in log(x / (1 - x)).
#pragma once

#include <dualtrack/base/incomplete_gamma.hpp>

#include <cmath>

namespace dualtrack::numeric {

namespace detail {

/// A point of (0, 1) and its distance from 1, both with all their digits.
struct unit_point {
    double x;
    double y;
};

/// x, or what is left of 1 when y is the smaller one.
constexpr rounded all_of_x(unit_point at) noexcept {
    return at.x <= at.y ? rounded{at.x, 0.0} : two_sum(1.0, -at.y);
}

constexpr rounded all_of_y(unit_point at) noexcept {
    return all_of_x({at.y, at.x});
}

/// a y - b x, what lies between a point and the mean, without loss.
inline double gap_to_mean(double a, double b, const rounded& x, const rounded& y) noexcept {
    const rounded up = two_prod(a, y.value);
    const rounded down = two_prod(b, x.value);
    return (up.value - down.value) + ((up.rest - down.rest) + (a * y.rest - b * x.rest));
}

/// x^a y^b / B(a, b).
inline double beta_leading_factor(double a, double b, unit_point at) noexcept {
    if (a >= 8.0 && b >= 8.0) {
        // Loader's deviance of either side, from the distance to the mean.
        const double total = a + b;
        const rounded x = all_of_x(at);
        const rounded y = all_of_y(at);
        const double gap = gap_to_mean(a, b, x, y);
        const double share_a = -gap / a;
        const double share_b = gap / b;
        const double side_a = share_a < -0.4 ? share_a - log(x.value * (total / a)) : log1p_deviance(share_a);
        const double side_b = share_b < -0.4 ? share_b - log(y.value * (total / b)) : log1p_deviance(share_b);
        const double errors = stirling_error(total) - stirling_error(a) - stirling_error(b);
        const double scale = std::sqrt(a / total * b * 0x1.45f306dc9c883p-3); // ab / (2 pi (a + b))
        return scale * exp(errors - (a * side_a + b * side_b));
    }
    const double log_x = at.x <= at.y ? log(at.x) : log1p(-at.y);
    const double log_y = at.x <= at.y ? log1p(-at.x) : log(at.y);
    const rounded left = two_prod(a, log_x);
    const rounded right = two_prod(b, log_y);
    const rounded sum = two_sum(left.value, right.value);
    const rounded exponent = two_sum(sum.value, -log_beta(a, b));
    return exp_sum(exponent.value, exponent.rest + (sum.rest + (left.rest + right.rest)));
}

/// The continued fraction of the lower tail, without its leading factor. @pre gap = a y - b x >= 0: x is below the mean
inline double beta_fraction(double a, double b, unit_point at, double gap) noexcept {
    const double per_a = 1.0 / a;
    const double first = 1.0 + gap;
    const double step = 1.0 + at.y;
    double p = 1.0;
    double s = a + 1.0;
    double above = 1.0, above_before = 0.0;
    double below = first / (1.0 + per_a), below_before = 1.0;
    double value = above / below;
    for (double n = 1.0; n < 20000.0; n += 1.0) {
        const double share = n * per_a;
        const double weight = n * (b - n) * at.x;
        const double ratio = a / s;
        const double alpha = p * (p + b * per_a) * ratio * ratio * (weight * at.x);
        const double beta = n + weight / s + (1.0 + share) / (1.0 + per_a + share + share) * (first + n * step);
        p = 1.0 + share;
        s += 2.0;
        const double next_above = alpha * above_before + beta * above;
        const double next_below = alpha * below_before + beta * below;
        const double next = next_above / next_below;
        const bool settled = std::fabs(next - value) <= 0x1p-54 * next;
        above_before = above / next_below;
        below_before = below / next_below;
        above = value = next;
        below = 1.0;
        if (settled) break;
    }
    return value;
}

inline two_tails beta_tails_at(double a, double b, unit_point at) noexcept {
    if (at.x <= 0.0) return {0.0, 1.0};
    if (at.y <= 0.0) return {1.0, 0.0};
    const double leading = beta_leading_factor(a, b, at);
    const double gap = gap_to_mean(a, b, all_of_x(at), all_of_y(at));
    if (gap >= 0.0) return tails_of_lower(leading * beta_fraction(a, b, at, gap));
    return tails_of_upper(leading * beta_fraction(b, a, {at.y, at.x}, -gap));
}

/// The point whose lower tail is `lower` and whose upper tail is `upper`; the smaller of the two counts.
inline unit_point beta_quantile_at(double lower, double upper, double a, double b) noexcept {
    if (lower <= 0.0) return {0.0, 1.0};
    if (upper <= 0.0) return {1.0, 0.0};
    const bool by_lower = lower <= upper;
    const double wanted = by_lower ? lower : upper;
    double position = 0.0; // log(x / y)
    if (a > 1.0 && b > 1.0) {
        const double z = by_lower ? -normal_quantile(lower) : normal_quantile(upper);
        const double r = (z * z - 3.0) / 6.0;
        const double s = 1.0 / (2.0 * a - 1.0);
        const double t = 1.0 / (2.0 * b - 1.0);
        const double h = 2.0 / (s + t);
        const double w = z * std::sqrt(h + r > 0.0 ? h + r : 0.0) / h - (t - s) * (r + 5.0 / 6.0 - 2.0 / (3.0 * h));
        position = log(a / b) - 2.0 * w;
    } else {
        const double log_both = log_beta(a, b);
        const double from_below = (log(lower) + log(a) + log_both) / a;
        const double from_above = (log(upper) + log(b) + log_both) / b;
        position = from_below < -0.7 ? from_below : from_above < -0.7 ? -from_above : 0.0;
    }
    double low = -infinity;
    double high = infinity;
    for (int step = 0; step < 300; ++step) {
        const double ratio = exp(-std::fabs(position));
        const double small = ratio / (1.0 + ratio);
        const double large = 1.0 / (1.0 + ratio);
        const unit_point at = position < 0.0 ? unit_point{small, large} : unit_point{large, small};
        if (small == 0.0) return at;
        const two_tails found = beta_tails_at(a, b, at);
        const double tail = by_lower ? found.lower : found.upper;
        const bool too_high = by_lower ? tail > wanted : tail < wanted;
        (too_high ? high : low) = position;
        const double slope = beta_leading_factor(a, b, at) / tail;
        const double relative = (tail - wanted) / wanted;
        const double gap = std::fabs(relative) < 0.1 ? log1p(relative) : log(tail / wanted);
        double change = (by_lower ? -gap : gap) / slope;
        if (std::fabs(change) < 1e-8) {
            // x moves by x y change, y by as much the other way.
            const double move = small * (large * change);
            return position < 0.0 ? unit_point{small + move, large - move} : unit_point{large + move, small - move};
        }
        const double next = position + change;
        if (!(next > low && next < high)) {
            const double stride = 1.0 + 0.5 * std::fabs(position);
            if (low == -infinity)
                change = -stride;
            else if (high == infinity)
                change = stride;
            else
                change = 0.5 * (low + high) - position;
        }
        if (std::fabs(change) < 1e-15) return at;
        position += change;
    }
    const double ratio = exp(-std::fabs(position));
    return position < 0.0 ? unit_point{ratio / (1.0 + ratio), 1.0 / (1.0 + ratio)}
                          : unit_point{1.0 / (1.0 + ratio), ratio / (1.0 + ratio)};
}

inline constexpr double smallest_shape = 1e-100;
inline constexpr double largest_shape = 1e10;
inline constexpr double smallest_freedom = 1e-6;

constexpr bool is_shape(double a) noexcept {
    return a >= smallest_shape && a <= largest_shape;
}

} // namespace detail

/// Both tails of the beta distribution at x. NaN unless both shapes are in [1e-100, 1e10] and 0 <= x <= 1.
inline two_tails beta_tails(double a, double b, double x) noexcept {
    if (!(detail::is_shape(a) && detail::is_shape(b) && x >= 0.0 && x <= 1.0)) return {not_a_number, not_a_number};
    return detail::beta_tails_at(a, b, {x, 1.0 - x});
}

/// The regularised incomplete beta function: the probability that a beta variable stays below x.
inline double beta_inc(double a, double b, double x) noexcept {
    return beta_tails(a, b, x).lower;
}

/// The x that a beta variable stays below with probability p. NaN as above.
inline double beta_quantile(double p, double a, double b) noexcept {
    if (!(detail::is_shape(a) && detail::is_shape(b) && p >= 0.0 && p <= 1.0)) return not_a_number;
    return detail::beta_quantile_at(p, 1.0 - p, a, b).x;
}

/// The probability that a Student t variable stays below t; NaN below 1e-6 degrees of freedom, infinitely many are
/// the normal distribution.
inline double student_t_cdf(double t, double degrees_of_freedom) noexcept {
    if (!(degrees_of_freedom >= detail::smallest_freedom) || t != t) return not_a_number;
    if (degrees_of_freedom > 1e15) return normal_cdf(t);
    if (t == infinity || t == -infinity) return t > 0.0 ? 1.0 : 0.0;
    // x = df / (df + t^2) and y = t^2 / (df + t^2), by the ratio of the smaller to the larger
    const double root = std::sqrt(degrees_of_freedom);
    const double size = std::fabs(t);
    const double ratio = size <= root ? size / root : root / size;
    const double square = ratio * ratio;
    const double small = square / (1.0 + square);
    const double large = 1.0 / (1.0 + square);
    const detail::unit_point at = size <= root ? detail::unit_point{large, small} : detail::unit_point{small, large};
    const double half_tail = 0.5 * detail::beta_tails_at(0.5 * degrees_of_freedom, 0.5, at).lower;
    return t <= 0.0 ? half_tail : 1.0 - half_tail;
}

/// The t that a Student t variable stays below with probability p.
inline double student_t_quantile(double p, double degrees_of_freedom) noexcept {
    if (!(degrees_of_freedom >= detail::smallest_freedom && p >= 0.0 && p <= 1.0)) return not_a_number;
    if (degrees_of_freedom > 1e15) return normal_quantile(p);
    if (p == 0.5) return 0.0;
    const double tail = p < 0.5 ? p : 1.0 - p;
    const double middle = tail > 0.25 ? 2.0 * (0.5 - tail) : 1.0 - 2.0 * tail;
    const detail::unit_point at = detail::beta_quantile_at(2.0 * tail, middle, 0.5 * degrees_of_freedom, 0.5);
    const double size = std::sqrt(at.y / at.x) * std::sqrt(degrees_of_freedom);
    return p < 0.5 ? -size : size;
}

} // namespace dualtrack::numeric
