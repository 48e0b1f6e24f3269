// How surprising is a count or a waiting time: the gamma distribution and, with it, Poisson and chi-square.
//     gamma_p(a, x) = 1 / gamma(a) * integral of t^(a-1) e^-t from 0 to x;   gamma_q = 1 - gamma_p
//     chi_square_q(x, df) = gamma_q(df / 2, x / 2): the chance of a statistic of at least x
//     gamma_quantile(p, a) = the x with gamma_p(a, x) = p
// Both halves are computed without subtracting, so a chance of 1e-200 keeps its digits.
// Measured against mpmath for shapes from 1e-6 to 1e9, relative: gamma_p and gamma_q 2e-14 down to 1e-20 and 3e-13 down
// to 1e-290; quantiles 1e-13 for shapes from 0.05 on (below, a quantile is as ill-conditioned as 1 / shape). At most
// 4,000 terms; shapes beyond 1e9 lose digits in proportion to the square root of the shape.
// Reference: Legendre's continued fraction and the power series; Loader 2000 for the leading factor; Temme 1979 for
// large a next to x = a; Newton in log x, where log P is concave (so it converges from anywhere).
#pragma once

#include <dualtrack/base/gamma.hpp>

#include <cmath>

namespace dualtrack::numeric {

/// The two sides of a distribution at a point; they add up to 1, and the smaller one has all its digits.
struct two_tails {
    double lower;
    double upper;
};

namespace detail {

constexpr double clamp_probability(double p) noexcept {
    return p < 0.0 ? 0.0 : p > 1.0 ? 1.0 : p;
}

/// Both tails, when one of them is known in full; rounding never takes a probability out of 0..1.
constexpr two_tails tails_of_lower(double lower) noexcept {
    const double probability = clamp_probability(lower);
    return {probability, 1.0 - probability};
}

constexpr two_tails tails_of_upper(double upper) noexcept {
    const double probability = clamp_probability(upper);
    return {1.0 - probability, probability};
}

/// x^a e^-x / gamma(a + 1). @pre a > 0, x > 0, both finite
inline double gamma_leading_factor(double a, double x) noexcept {
    if (a >= 8.0) {
        const double share = (x - a) / a;
        const double deviance = a * (x < 0.6 * a ? share - log(x / a) : log1p_deviance(share));
        return exp(-(deviance + stirling_error(a))) / std::sqrt(0x1.921fb54442d18p+2 * a);
    }
    if (x < 0x1p-1000) return exp(a * log(x) - log_gamma(a + 1.0));
    const rounded logarithm = log_rounded(x);
    const rounded product = two_prod(a, logarithm.value);
    const rounded difference = two_sum(product.value, -x);
    const double normalizer = a <= 2.0 ? log_gamma_1p(a) : log_gamma(a + 1.0);
    const rounded exponent = two_sum(difference.value, -normalizer);
    return exp_sum(exponent.value, exponent.rest + (difference.rest + product.rest + a * logarithm.rest));
}

/// The power series of gamma_p, divided by the leading factor. @pre x <= a, or both small
inline double gamma_series(double a, double x) noexcept {
    double term = 1.0;
    double sum = 1.0;
    for (double n = 1.0; n < 4000.0; n += 1.0) {
        term *= x / (a + n);
        sum += term;
        if (term < sum * 0x1p-55) break;
    }
    return sum;
}

/// Legendre's continued fraction of gamma_q, divided by the leading factor times a. @pre x >= a, x >= 1
inline double gamma_fraction(double a, double x) noexcept {
    constexpr double tiny = 0x1p-900;
    double b = x + 1.0 - a;
    double c = 1.0 / tiny;
    double d = 1.0 / b;
    double value = d;
    for (double n = 1.0; n < 4000.0; n += 1.0) {
        const double numerator = -n * (n - a);
        b += 2.0;
        d = numerator * d + b;
        c = b + numerator / c;
        if (d == 0.0) d = tiny;
        if (c == 0.0) c = tiny;
        d = 1.0 / d;
        const double factor = d * c;
        value *= factor;
        if (std::fabs(factor - 1.0) < 0x1p-54) break;
    }
    return value;
}

/// Both tails for a large shape and x near it, by Temme's uniform expansion.
inline two_tails gamma_temme(double a, double deviance_share, bool above) noexcept {
    const double eta = above ? std::sqrt(2.0 * deviance_share) : -std::sqrt(2.0 * deviance_share);
    const double deviance = a * deviance_share;
    const double inverse = 1.0 / a;
    double correction = 0.0;
    for (int k = 4; k >= 0; --k) correction = correction * inverse + polynomial<14>(temme_table[k], eta);
    correction *= exp(-deviance) / std::sqrt(0x1.921fb54442d18p+2 * a);
    const double root = std::sqrt(deviance);
    const double tail = 0.5 * (root < 0.48 ? erfc(root) : erfc_tail(root, 0.0, {deviance, 0.0}));
    const double near = above ? tail + correction : tail - correction;
    return above ? tails_of_upper(near) : tails_of_lower(near);
}

/// Both tails for a shape below 1 next to 0, where neither series nor fraction keeps the digits of the upper tail.
inline two_tails gamma_small(double a, double x) noexcept {
    // P = e^u (1 + a S), u = a log x - log gamma(1 + a), S = sum of (-x)^n / (n! (a + n)) from n = 1 on
    double term = 1.0;
    double sum = 0.0;
    for (double n = 1.0; n < 60.0; n += 1.0) {
        term *= -x / n;
        sum += term / (a + n);
        if (std::fabs(term) < 0x1p-58) break;
    }
    const double u = a * log(x) - log_gamma_1p(a);
    const double power = exp(u);
    const double part = power * a * sum;
    return {clamp_probability(power + part), clamp_probability(-expm1(u) - part)};
}

} // namespace detail

/// gamma_p and gamma_q at once. NaN unless shape > 0 is finite and x >= 0.
inline two_tails gamma_tails(double shape, double x) noexcept {
    if (!(shape > 0.0 && shape < infinity && x >= 0.0)) return {not_a_number, not_a_number};
    if (x == 0.0) return {0.0, 1.0};
    if (x == infinity) return {1.0, 0.0};
    if (shape < 1.0 && x < 1.1) return detail::gamma_small(shape, x);
    if (shape >= 1000.0) {
        const double share = (x - shape) / shape;
        const double deviance_share = detail::log1p_deviance(share);
        if (deviance_share < 0.02) return detail::gamma_temme(shape, deviance_share, x > shape);
    }
    const double leading = detail::gamma_leading_factor(shape, x);
    if (x <= shape) {
        return detail::tails_of_lower(leading * detail::gamma_series(shape, x));
    }
    return detail::tails_of_upper(leading * (shape * detail::gamma_fraction(shape, x)));
}

/// The probability that a gamma variable of this shape (scale 1) stays below x.
inline double gamma_p(double shape, double x) noexcept {
    return gamma_tails(shape, x).lower;
}

/// The probability that a gamma variable of this shape (scale 1) exceeds x.
inline double gamma_q(double shape, double x) noexcept {
    return gamma_tails(shape, x).upper;
}

/// The probability of a chi-square statistic of at least x under chance alone.
inline double chi_square_q(double x, double degrees_of_freedom) noexcept {
    return gamma_tails(0.5 * degrees_of_freedom, 0.5 * x).upper;
}

namespace detail {

/// The x whose lower tail is `lower` and whose upper tail is `upper`; the smaller of the two counts.
inline double gamma_quantile_of(double lower, double upper, double shape) noexcept {
    if (lower == 0.0) return 0.0;
    if (upper == 0.0) return infinity;
    const bool by_lower = lower <= upper;
    const double wanted = by_lower ? lower : upper;
    // Wilson and Hilferty's cube, or the first term of the series far down.
    const double z = by_lower ? normal_quantile(lower) : -normal_quantile(upper);
    const double spread = 1.0 / (9.0 * shape);
    const double cube_root = 1.0 - spread + z * std::sqrt(spread);
    double log_x = (log(lower) + log_gamma(shape + 1.0)) / shape;
    if (shape >= 1.0 && cube_root > 0.3) log_x = log(shape) + 3.0 * log(cube_root);
    if (log_x > 20.0 + log(shape + 1.0)) log_x = 20.0 + log(shape + 1.0);
    if (shape < 1.0 && !by_lower && log_x > 0.0) log_x = 0.0;
    double log_low = -infinity;
    double log_high = infinity;
    for (int step = 0; step < 200; ++step) {
        const double x = exp(log_x);
        if (x == 0.0) return 0.0;
        const two_tails found = gamma_tails(shape, x);
        const double tail = by_lower ? found.lower : found.upper;
        const bool too_high = by_lower ? tail > wanted : tail < wanted;
        (too_high ? log_high : log_low) = log_x;
        // d log(tail) / d log(x) = +- x * density / tail
        const double slope = shape * gamma_leading_factor(shape, x) / tail;
        const double relative = (tail - wanted) / wanted;
        const double gap = std::fabs(relative) < 0.1 ? log1p(relative) : log(tail / wanted);
        double change = (by_lower ? -gap : gap) / slope;
        if (std::fabs(change) < 1e-8) return x + x * change;
        const double next = log_x + change;
        if (!(next > log_low && next < log_high)) { // also NaN
            if (log_low == -infinity)
                change = -1.0;
            else if (log_high == infinity)
                change = 1.0;
            else
                change = 0.5 * (log_low + log_high) - log_x;
        }
        if (std::fabs(change) < 1e-15) return x;
        log_x += change;
    }
    return exp(log_x);
}

} // namespace detail

/// The x that a gamma variable of this shape (scale 1) stays below with probability p.
inline double gamma_quantile(double p, double shape) noexcept {
    if (!(p >= 0.0 && p <= 1.0 && shape > 0.0 && shape < infinity)) return not_a_number;
    return detail::gamma_quantile_of(p, 1.0 - p, shape);
}

/// The x that a gamma variable of this shape (scale 1) exceeds with probability q; keeps the digits of a small q.
inline double gamma_upper_quantile(double q, double shape) noexcept {
    if (!(q >= 0.0 && q <= 1.0 && shape > 0.0 && shape < infinity)) return not_a_number;
    return detail::gamma_quantile_of(1.0 - q, q, shape);
}

} // namespace dualtrack::numeric
