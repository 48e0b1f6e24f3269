// Counts (deals, visits, answers) are judged with the gamma function: how likely are so many, given what is usual.
//     gamma(n + 1) = n!,  log_gamma(x) = log gamma(x),  digamma and trigamma its first and second derivative,
//     log_beta(a, b) = log_gamma(a) + log_gamma(b) - log_gamma(a + b)
// for positive arguments; NaN for others, infinity at 0.
// Measured against mpmath: log_gamma 1.6 ulp everywhere, its zeros at 1 and 2 included; digamma and trigamma 6e-16
// relative (digamma absolute where it is below 1); log_beta 1e-14 relative, or 2e-15 absolute near its zeros.
// Reference: Stirling's series; between 1/2 and 3 log_gamma(x) = (x - 1)(x - 2) Q(x) with Q from a table; DiDonato and
// Morris, "Algorithm 708", ACM TOMS 18 (1992) for log_beta; Loader 2000 for the deviance.
#pragma once

#include <dualtrack/base/normal.hpp>

#include <cmath>
#include <cstddef>

namespace dualtrack::numeric {

namespace detail {

inline constexpr double half_log_two_pi = 0x1.d67f1c864beb5p-1;

/// log gamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2). @pre x >= 8
constexpr double stirling_error(double x) noexcept {
    constexpr double c[8] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                             1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
    const double inverse = 1.0 / x;
    return inverse * polynomial<8>(c, inverse * inverse);
}

/// log gamma(x) = to_1 * to_2 * Q(x), where to_1 = x - 1 and to_2 = x - 2 may be known better than x.
/// @pre 1/2 <= x <= 3
constexpr double log_gamma_between(double x, double to_1, rounded to_2) noexcept {
    const int wanted = static_cast<int>((x - 0.5) * 4.0);
    const int i = wanted > 9 ? 9 : wanted;
    const double* const c = log_gamma_table[i];
    const double t = x - (0.625 + 0.25 * i);
    const double curve = t * polynomial<15>(c + 1, t);
    const double quotient = c[0] + curve;
    const double quotient_rest = (c[0] - quotient) + curve;
    const rounded roots = two_prod(to_1, to_2.value);
    const rounded product = two_prod(roots.value, quotient);
    const double rest = roots.value * quotient_rest + (roots.rest + to_1 * to_2.rest) * quotient;
    return product.value + (product.rest + rest);
}

/// log gamma(1 + x), precise also next to 0. @pre -1/2 <= x <= 2
constexpr double log_gamma_1p(double x) noexcept {
    return log_gamma_between(1.0 + x, x, two_sum(x, -1.0));
}

/// The logarithm in two parts, so that head + rest has some 66 bits. @pre x is positive, normal and finite
constexpr rounded log_rounded(double x) noexcept {
    const two_parts parts = log_parts(x, 0.0, 0);
    const double head = parts.head + parts.rest;
    return {head, (parts.head - head) + parts.rest};
}

/// x - log(1 + x), without cancellation. @pre x > -1
constexpr double log1p_deviance(double x) noexcept {
    if (x > 0.5 || x < -0.4) return x - log1p(x);
    const double v = x / (2.0 + x);
    const double vv = v * v;
    // 2 (v^3/3 + v^5/5 + ...); |v| <= 1/4
    double sum = 0.0;
    for (int n = 29; n >= 3; n -= 2) sum = sum * vv + 2.0 / n;
    return v * (x - vv * sum);
}

} // namespace detail

/// The logarithm of the gamma function of a positive number.
constexpr double log_gamma(double x) noexcept {
    if (!(x > 0.0 && x < infinity)) return x == 0.0 || x == infinity ? infinity : not_a_number;
    if (x < 0.5) return x < 0x1p-60 ? -log(x) : detail::log_gamma_1p(x) - log(x);
    if (x < 3.0) return detail::log_gamma_between(x, x - 1.0, two_sum(x, -2.0));
    if (x < 8.0) {
        double product = 1.0;
        for (; x >= 3.0; x -= 1.0) product *= x - 1.0;
        return log(product) + detail::log_gamma_between(x, x - 1.0, {x - 2.0, 0.0});
    }
    if (x > 1e290) return x * (log(x) - 1.0);
    const rounded logarithm = detail::log_rounded(x);
    const rounded product = two_prod(x - 0.5, logarithm.value);
    const rounded difference = two_sum(product.value, -x);
    const double rest = difference.rest + product.rest + (x - 0.5) * logarithm.rest;
    return difference.value + (rest + (detail::half_log_two_pi + detail::stirling_error(x)));
}

/// The derivative of log_gamma.
constexpr double digamma(double x) noexcept {
    if (!(x > 0.0 && x < infinity)) return x == 0.0 ? -infinity : x == infinity ? infinity : not_a_number;
    double shifts = 0.0;
    const int n_shifts = x < 10.0 ? 10 - static_cast<int>(x) : 0;
    for (int i = n_shifts; i-- > 0;) shifts += 1.0 / (x + i); // the small ones first
    x += n_shifts;
    constexpr double c[8] = {1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                             1.0 / 132, -691.0 / 32760, 1.0 / 12,  -3617.0 / 8160};
    const double inverse = 1.0 / x;
    const double square = inverse * inverse;
    return (log(x) - shifts) - (0.5 * inverse + square * detail::polynomial<8>(c, square));
}

/// The second derivative of log_gamma.
constexpr double trigamma(double x) noexcept {
    if (!(x > 0.0 && x < infinity)) return x == 0.0 ? infinity : x == infinity ? 0.0 : not_a_number;
    double shifts = 0.0;
    const int n_shifts = x < 10.0 ? 10 - static_cast<int>(x) : 0;
    for (int i = n_shifts; i-- > 0;) shifts += 1.0 / ((x + i) * (x + i));
    x += n_shifts;
    constexpr double c[8] = {1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510};
    const double inverse = 1.0 / x;
    const double square = inverse * inverse;
    return shifts + (inverse + (0.5 * square + inverse * square * detail::polynomial<8>(c, square)));
}

/// The logarithm of the beta function of two positive numbers.
constexpr double log_beta(double a, double b) noexcept {
    if (!(a > 0.0 && b > 0.0 && a < infinity && b < infinity)) return a == 0.0 || b == 0.0 ? infinity : not_a_number;
    const double p = a < b ? a : b;
    const double q = a < b ? b : a;
    if (q < 8.0) return log_gamma(p) + (log_gamma(q) - log_gamma(p + q));
    const double share = p / q;
    const double errors = detail::stirling_error(q) - detail::stirling_error(p + q);
    if (p < 8.0) return log_gamma(p) + ((p - p * log(p + q)) + (errors - (q - 0.5) * log1p(share)));
    const double curve = (detail::stirling_error(p) + errors) + (detail::half_log_two_pi - 0.5 * log(q));
    return (curve - q * log1p(share)) + (p - 0.5) * log(share / (1.0 + share));
}

} // namespace dualtrack::numeric
