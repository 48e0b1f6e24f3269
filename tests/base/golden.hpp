// Measures a function against a table of tests/golden: rows of arguments, the true value rounded to double, and the
// rest that rounding took away. Errors are in units in the last place (ulp) of the true value.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <gtest/gtest.h>

namespace golden {

struct row {
    double x, value, rest;
};
struct row_2 {
    double x, y, value, rest;
};
struct row_3 {
    double x, y, z, value, rest;
};

inline double ulp_of(double value) {
    int exponent = 0;
    std::frexp(value, &exponent);
    return std::ldexp(1.0, std::max(exponent - 53, -1074));
}

template <class Row> double error_of(double found, const Row& expected) {
    if (found == expected.value && (std::isinf(found) || expected.rest == 0.0)) return 0.0;
    return std::fabs((found - expected.value) - expected.rest);
}

/// Checks |found - true| <= ulps * ulp(true), half an ulp more where the result is subnormal (its rest has no digits).
template <class Row, class F> void expect_within_ulps(std::span<const Row> rows, double ulps, F f) {
    ASSERT_GE(rows.size(), 100U);
    for (const Row& expected : rows) {
        const double allowed = ulps + (std::fabs(expected.value) < 0x1p-1021 ? 0.501 : 0.0);
        const double found = f(expected);
        const double error = error_of(found, expected) / ulp_of(expected.value);
        EXPECT_TRUE(error <= allowed) << "at " << std::hexfloat << expected.x << ": found " << found << ", expected "
                                      << expected.value << ", " << std::defaultfloat << error << " ulp";
    }
}

/// Checks |found - true| <= relative * |true| + absolute.
template <class Row, class F> void expect_close(std::span<const Row> rows, double relative, double absolute, F f) {
    ASSERT_GE(rows.size(), 100U);
    for (const Row& expected : rows) {
        const double found = f(expected);
        const double error = error_of(found, expected);
        EXPECT_TRUE(error <= relative * std::fabs(expected.value) + absolute)
            << "at " << std::hexfloat << expected.x << ": found " << found << ", expected " << expected.value << ", "
            << std::defaultfloat << error / std::fabs(expected.value) << " relative";
    }
}

/// An order-dependent hash of the bits of doubles (FNV-1a over 64-bit words, with a final mix).
class bit_hash {
  public:
    void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
    void add(std::uint64_t word) {
        state_ = (state_ ^ word) * 0x100000001b3;
        state_ ^= state_ >> 29;
    }
    std::uint64_t value() const { return state_; }

  private:
    std::uint64_t state_ = 0xcbf29ce484222325;
};

} // namespace golden
