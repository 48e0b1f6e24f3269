// Growth, odds and likelihoods need exp and log, and the host's C library computes them differently from version to
// version. These are our own, so that a score has the same bytes on every machine: + - * / and tables only.
//     exp(x) = 2^k * 2^(i/128) * exp(r),   |r| <= log(2)/256;      log(x) = k log 2 + log c + log1p(r),   r = x/(2^k c)
//     - 1
// Both carry what rounding takes away from the reduced argument r, which is exact here without fused multiply-add.
// Measured against mpmath over the whole range, subnormal numbers included, in units in the last place (ulp):
//     exp 0.51    expm1 0.85    log 0.51    log1p 0.51
// Special values: as IEEE 754 has it; log of a negative number and any function of NaN give the positive quiet NaN.
// Reference: Tang, "Table-driven implementation of the exponential function", ACM TOMS 15 (1989); of the logarithm,
// ACM TOMS 16 (1990). Round to nearest is assumed: arithmetic_is_exact() in numeric.hpp tells.
#pragma once

#include <dualtrack/base/exp_log_table.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#ifdef __FAST_MATH__
#error "dualtrack promises the same bytes everywhere: -ffast-math breaks that promise"
#endif

namespace dualtrack::numeric {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

namespace detail {

/// Round to the nearest integer by adding and taking away 3 * 2^51; |x| < 2^51.
inline constexpr double round_shift = 0x1.8p52;

/// exp(x) as (head + head * rest) * 2^exponent. @pre |x| < 1000
struct exp_parts {
    double head; // 2^(i/128), in [1, 2)
    double rest;
    int exponent;
};

constexpr exp_parts split_exp(double x) noexcept {
    const double k = (x * 0x1.71547652b82fep+7 + round_shift) - round_shift;
    const double r = (x - k * 0x1.62e42fefc0000p-8) - k * -0x1.c610ca86c3899p-44;
    const auto whole = static_cast<std::int32_t>(k);
    const exp_entry& entry = exp_table[whole & 127];
    const double rr = r * r;
    const double rest = entry.tail + r + rr * (0.5 + r * (1.0 / 6)) + rr * rr * (1.0 / 24 + r * (1.0 / 120));
    return {entry.head, rest, whole >> 7};
}

/// 2^exponent. @pre -1022 <= exponent <= 1023
constexpr double power_of_two(int exponent) noexcept {
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

/// exp where the result or its scale may leave the normal range.
constexpr double exp_at_the_ends(const exp_parts& parts) noexcept {
    if (parts.exponent > 0) return (parts.head + parts.head * parts.rest) * 2.0 * power_of_two(parts.exponent - 1);
    // A subnormal result: round once, at the place where it ends, by adding and taking away 1 in a scale of 2^-1022.
    const double scaled = parts.head * power_of_two(parts.exponent + 1022);
    const double product = scaled * parts.rest;
    const double sum = scaled + product;
    if (sum >= 1.0) return sum * 0x1p-1022;
    const double lost = (scaled - sum) + product;
    const double shifted = 1.0 + sum;
    const double shifted_lost = ((1.0 - shifted) + sum) + lost;
    return ((shifted + shifted_lost) - 1.0) * 0x1p-1022;
}

/// log(2^k z (1 + low/z)) in two parts, for a normal positive z and a much smaller low.
struct two_parts {
    double head;
    double rest;
};

constexpr two_parts log_parts(double z, double low, int k) noexcept {
    constexpr std::uint64_t offset = 0x3fe6000000000000;
    const auto z_bits = std::bit_cast<std::uint64_t>(z);
    const std::uint64_t above = z_bits - offset;
    const log_entry& entry = log_table[(above >> 45) & 127];
    const int shift = static_cast<int>(static_cast<std::int64_t>(above) >> 52);
    const auto scaled_bits = z_bits - (above & 0xfff0000000000000);
    const double scaled = std::bit_cast<double>(scaled_bits);
    // r = scaled / c - 1: both products and the first difference are exact, what the sum loses is kept.
    const double scaled_head = std::bit_cast<double>(scaled_bits & 0xffffffff00000000);
    const double r_head = scaled_head * entry.inverse - 1.0;
    const double r_rest = (scaled - scaled_head) * entry.inverse;
    const double r = r_head + r_rest;
    double r_lost = (r_head - r) + r_rest;
    if (low != 0.0) r_lost += low * power_of_two(-shift) * entry.inverse * (1.0 - r);
    const double exponent = static_cast<double>(k + shift);
    const double base = exponent * 0x1.62e42fefa3800p-1 + entry.head; // exact
    const double head = base + r;
    const double rr = r * r;
    const double tail = rr * r * ((1.0 / 3 - r * 0.25) + rr * ((0.2 - r * (1.0 / 6)) + rr * (1.0 / 7 - r * 0.125)));
    const double rest = ((base - head) + r) + (r_lost + (entry.tail + exponent * 0x1.ef35793c76730p-45));
    return {head, rest - 0.5 * rr + tail};
}

} // namespace detail

namespace detail {

constexpr double join_exp(const exp_parts& parts) noexcept {
    if (parts.exponent < -1021 || parts.exponent > 1022) return exp_at_the_ends(parts);
    const double scale = std::bit_cast<double>(std::bit_cast<std::uint64_t>(parts.head) +
                                               (static_cast<std::uint64_t>(parts.exponent) << 52));
    return scale + scale * parts.rest;
}

constexpr bool has_exp(double x) noexcept {
    return x > -0x1.74910d52d3052p+9 && x < 0x1.62e42fefa39f0p+9;
}

constexpr double exp_beyond(double x) noexcept {
    return x != x ? not_a_number : x > 0.0 ? infinity : 0.0;
}

} // namespace detail

constexpr double exp(double x) noexcept {
    if (!detail::has_exp(x)) return detail::exp_beyond(x);
    return detail::join_exp(detail::split_exp(x));
}

/// exp(x + rest) where rest is what a rounded x has lost, below 2^-30.
constexpr double exp_sum(double x, double rest) noexcept {
    if (!detail::has_exp(x)) return detail::exp_beyond(x);
    detail::exp_parts parts = detail::split_exp(x);
    parts.rest += rest + rest * parts.rest;
    return detail::join_exp(parts);
}

/// exp(x) - 1, precise also next to 0.
constexpr double expm1(double x) noexcept {
    if (!(x > -38.0)) return x != x ? not_a_number : -1.0;
    if (x > 38.0) return exp(x);
    if (x < 0x1p-54 && x > -0x1p-54) return x;
    const double k = (x * 0x1.71547652b82fep+7 + detail::round_shift) - detail::round_shift;
    const double r_head = x - k * 0x1.62e42fefc0000p-8;
    const double r_rest = k * -0x1.c610ca86c3899p-44;
    const double r = r_head - r_rest;
    const double r_lost = (r_head - r) - r_rest;
    const double rr = r * r;
    // exp(r) - 1 - r, and with it scale * (1 + tail) * exp(r) - 1 summed from the largest part on
    const double curve =
        rr * (0.5 + r * (1.0 / 6)) + rr * rr * (1.0 / 24 + r * (1.0 / 120 + r * (1.0 / 720))) + (r_lost + r * r_lost);
    const auto whole = static_cast<std::int32_t>(k);
    const detail::exp_entry& entry = detail::exp_table[whole & 127];
    const double scale = entry.head * detail::power_of_two(whole >> 7);
    const double base = scale - 1.0;
    const double base_lost = scale > 1.0 ? (scale - base) - 1.0 : scale - (1.0 + base);
    const double linear = scale * r;
    const double sum = base + linear;
    const double sum_lost = whole == 0 ? 0.0 : (base - sum) + linear;
    return sum + (sum_lost + (base_lost + scale * (entry.tail + curve + entry.tail * r)));
}

/// The natural logarithm.
constexpr double log(double x) noexcept {
    if (!(x >= 0x1p-1022 && x < infinity)) {
        if (x != x || x < 0.0) return not_a_number;
        if (x == 0.0) return -infinity;
        if (x == infinity) return infinity;
        const detail::two_parts parts = detail::log_parts(x * 0x1p52, 0.0, -52);
        return parts.head + parts.rest;
    }
    const detail::two_parts parts = detail::log_parts(x, 0.0, 0);
    return parts.head + parts.rest;
}

/// log(1 + x), precise also next to 0.
constexpr double log1p(double x) noexcept {
    if (!(x > -1.0 && x < 0x1p53)) return x == -1.0 ? -infinity : log(x);
    if (x < 0x1p-54 && x > -0x1p-54) return x;
    if (x < 0x1p-8 && x > -0x1p-8) {
        const double xx = x * x;
        const double tail = xx * x * ((1.0 / 3 - x * 0.25) + xx * ((0.2 - x * (1.0 / 6)) + xx * (1.0 / 7 - x * 0.125)));
        return x + (tail - 0.5 * xx);
    }
    const double sum = 1.0 + x;
    const double lost = x < 1.0 ? x - (sum - 1.0) : 1.0 - (sum - x);
    const detail::two_parts parts = detail::log_parts(sum, lost, 0);
    return parts.head + parts.rest;
}

} // namespace dualtrack::numeric
