#include <dualtrack/base/numeric.hpp>

#include <bit>
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "golden.hpp"

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace numeric = dualtrack::numeric;
using golden::row;

namespace {

constexpr row exp_rows[] = {
#include "../golden/numeric_exp.inc"
};
constexpr row expm1_rows[] = {
#include "../golden/numeric_expm1.inc"
};
constexpr row log_rows[] = {
#include "../golden/numeric_log.inc"
};
constexpr row log1p_rows[] = {
#include "../golden/numeric_log1p.inc"
};

std::uint64_t bits(double x) {
    return std::bit_cast<std::uint64_t>(x);
}

TEST(numeric, exp_is_within_051_ulp_of_the_truth) {
    golden::expect_within_ulps<row>(exp_rows, 0.51, [](const row& r) { return numeric::exp(r.x); });
}

TEST(numeric, expm1_is_within_085_ulp_of_the_truth) {
    golden::expect_within_ulps<row>(expm1_rows, 0.85, [](const row& r) { return numeric::expm1(r.x); });
}

TEST(numeric, log_is_within_051_ulp_of_the_truth) {
    golden::expect_within_ulps<row>(log_rows, 0.51, [](const row& r) { return numeric::log(r.x); });
}

TEST(numeric, log1p_is_within_051_ulp_of_the_truth) {
    golden::expect_within_ulps<row>(log1p_rows, 0.51, [](const row& r) { return numeric::log1p(r.x); });
}

TEST(numeric, exp_and_log_work_at_compile_time_with_the_same_bits) {
    constexpr double at_compile_time = numeric::log(numeric::exp(0.3) + numeric::log1p(numeric::expm1(0.25)));
    const volatile double a = 0.3, b = 0.25;
    EXPECT_EQ(bits(numeric::log(numeric::exp(a) + numeric::log1p(numeric::expm1(b)))), bits(at_compile_time));
}

TEST(numeric, exp_keeps_to_ieee_at_its_ends) {
    EXPECT_EQ(numeric::exp(0.0), 1.0);
    EXPECT_EQ(numeric::exp(-0.0), 1.0);
    EXPECT_EQ(numeric::exp(numeric::infinity), numeric::infinity);
    EXPECT_EQ(numeric::exp(-numeric::infinity), 0.0);
    EXPECT_EQ(numeric::exp(709.79), numeric::infinity);
    EXPECT_EQ(numeric::exp(1e300), numeric::infinity);
    EXPECT_LT(numeric::exp(0x1.62e42fefa39efp+9), numeric::infinity) << "the largest argument that has a result";
    EXPECT_EQ(numeric::exp(-745.2), 0.0);
    EXPECT_EQ(numeric::exp(-0x1.74910d52d3051p+9), 0x1p-1074) << "the smallest argument that has a result";
    EXPECT_EQ(numeric::exp(-1e300), 0.0);
}

TEST(numeric, expm1_and_log1p_keep_the_sign_of_zero_and_tiny_numbers) {
    for (const double x : {0.0, -0.0, 5e-324, -5e-324, 1e-300, -1e-300, 1e-17}) {
        EXPECT_EQ(bits(numeric::expm1(x)), bits(x));
        EXPECT_EQ(bits(numeric::log1p(x)), bits(x));
    }
    EXPECT_EQ(numeric::expm1(-numeric::infinity), -1.0);
    EXPECT_EQ(numeric::expm1(numeric::infinity), numeric::infinity);
    EXPECT_EQ(numeric::log1p(-1.0), -numeric::infinity);
    EXPECT_EQ(numeric::log1p(numeric::infinity), numeric::infinity);
}

TEST(numeric, log_keeps_to_ieee_at_its_ends) {
    EXPECT_EQ(bits(numeric::log(1.0)), bits(0.0));
    EXPECT_EQ(numeric::log(0.0), -numeric::infinity);
    EXPECT_EQ(numeric::log(-0.0), -numeric::infinity);
    EXPECT_EQ(numeric::log(numeric::infinity), numeric::infinity);
}

TEST(numeric, what_has_no_answer_is_the_positive_quiet_nan) {
    const std::uint64_t nan_bits = 0x7ff8000000000000;
    const double negative_nan = -std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(bits(numeric::log(-1.0)), nan_bits);
    EXPECT_EQ(bits(numeric::log1p(-1.5)), nan_bits);
    for (const double nan : {std::numeric_limits<double>::quiet_NaN(), negative_nan}) {
        EXPECT_EQ(bits(numeric::exp(nan)), nan_bits);
        EXPECT_EQ(bits(numeric::expm1(nan)), nan_bits);
        EXPECT_EQ(bits(numeric::log(nan)), nan_bits);
        EXPECT_EQ(bits(numeric::log1p(nan)), nan_bits);
    }
}

TEST(numeric, exp_and_log_never_turn_back) {
    double last_exp = 0.0;
    double last_log = -numeric::infinity;
    for (int i = 0; i < 200000; ++i) {
        const double x = -750.0 + i * 0.0075;
        ASSERT_GE(numeric::exp(x), last_exp);
        last_exp = numeric::exp(x);
        const double y = 0.5 + i * 0x1p-18;
        ASSERT_GE(numeric::log(y), last_log);
        last_log = numeric::log(y);
    }
}

TEST(numeric, two_sum_and_two_prod_lose_nothing) {
    const auto sum = numeric::two_sum(1e16, 1.0);
    EXPECT_EQ(sum.value, 1e16);
    EXPECT_EQ(sum.rest, 1.0);
    const auto small_first = numeric::two_sum(1.0, -1e16);
    EXPECT_EQ(small_first.value, -1e16);
    EXPECT_EQ(small_first.rest, 1.0);
    const double a = 1.0 + 0x1p-30;
    const auto product = numeric::two_prod(a, a); // 1 + 2^-29 + 2^-60
    EXPECT_EQ(product.value, 1.0 + 0x1p-29);
    EXPECT_EQ(product.rest, 0x1p-60);
    for (const row& r : log_rows) {
        if (std::fabs(r.x) > 1e100 || std::fabs(r.x) < 1e-100 || r.value == 0.0) continue;
        const auto p = numeric::two_prod(r.x, r.value);
        EXPECT_EQ(p.rest, std::fma(r.x, r.value, -p.value));
    }
}

TEST(numeric, sums_nothing_to_zero_and_one_value_to_itself) {
    EXPECT_EQ(bits(numeric::fixed_sum({})), bits(0.0));
    const double value[] = {0.1};
    EXPECT_EQ(numeric::fixed_sum(value), 0.1);
    EXPECT_EQ(numeric::sum_tree{}.value(), 0.0);
}

TEST(numeric, sums_in_lanes_and_a_tree_that_depend_on_the_number_alone) {
    // Three blocks, worked out by hand: ((b0 + b1) + b2), each block by lanes.
    std::vector<double> values;
    for (int i = 0; i < 300; ++i) values.push_back((i % 3 == 0 ? 1e15 : 1.0 / (i + 1)) * (i % 2 == 0 ? 1.0 : -1.0));
    const auto block = [&](std::size_t begin, std::size_t end) {
        double lane[8] = {};
        for (std::size_t i = begin; i < end; ++i) lane[(i - begin) % 8] += values[i];
        return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
    };
    EXPECT_EQ(bits(numeric::fixed_sum(values)), bits((block(0, 128) + block(128, 256)) + block(256, 300)));
}

TEST(numeric, a_tree_of_sums_joins_neighbours_first) {
    const auto tree_of = [](std::initializer_list<double> values) {
        numeric::sum_tree tree;
        for (const double value : values) tree.add(value);
        return tree.value();
    };
    const double a = 1e16, b = 1.0, c = -1e16, d = 3.0, e = 0.7;
    EXPECT_EQ(tree_of({a, b, c}), (a + b) + c);
    EXPECT_EQ(tree_of({a, b, c, d}), (a + b) + (c + d));
    EXPECT_EQ(tree_of({a, b, c, d, e}), ((a + b) + (c + d)) + e);
    EXPECT_EQ(tree_of({a, b, c, d, e, a, b}), ((a + b) + (c + d)) + ((e + a) + b));
}

TEST(numeric, a_million_equal_shares_add_up) {
    const std::vector<double> shares(1000000, 0.1);
    EXPECT_NEAR(numeric::fixed_sum(shares), 100000.0, 1e-10) << "a plain loop is off by 1.3e-6";
}

TEST(numeric, rounds_half_to_even) {
    const double cases[][2] = {{0.5, 0.0},
                               {1.5, 2.0},
                               {2.5, 2.0},
                               {-0.5, -0.0},
                               {-1.5, -2.0},
                               {-2.5, -2.0},
                               {0.0, 0.0},
                               {-0.0, -0.0},
                               {0.49999999999999994, 0.0},
                               {0.5000000000000001, 1.0},
                               {-0.3, -0.0},
                               {4503599627370495.5, 4503599627370496.0},
                               {4503599627370494.5, 4503599627370494.0},
                               {4503599627370497.0, 4503599627370497.0},
                               {1e300, 1e300},
                               {-1e300, -1e300}};
    for (const int mode : {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        for (const auto& [x, expected] : cases) {
            std::fesetround(mode);
            const double found = numeric::round_half_even(x);
            std::fesetround(FE_TONEAREST);
            EXPECT_EQ(bits(found), bits(expected)) << x << " in rounding mode " << mode;
        }
    }
    EXPECT_EQ(numeric::round_half_even(numeric::infinity), numeric::infinity);
    EXPECT_TRUE(std::isnan(numeric::round_half_even(numeric::not_a_number)));
}

TEST(numeric, the_canary_sings_in_a_sound_build) {
    EXPECT_TRUE(numeric::arithmetic_is_exact());
}

TEST(numeric, the_canary_notices_every_other_rounding_mode) {
    for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        ASSERT_EQ(std::fesetround(mode), 0);
        const bool exact = numeric::arithmetic_is_exact();
        std::fesetround(FE_TONEAREST);
        EXPECT_FALSE(exact) << "rounding mode " << mode;
    }
    EXPECT_TRUE(numeric::arithmetic_is_exact());
}

#if defined(__SSE2__)
TEST(numeric, the_canary_notices_flushed_subnormal_numbers) {
    constexpr unsigned flush_to_zero = 0x8000;
    constexpr unsigned denormals_are_zero = 0x0040;
    const unsigned before = _mm_getcsr();
    for (const unsigned flags : {flush_to_zero, denormals_are_zero, flush_to_zero | denormals_are_zero}) {
        _mm_setcsr(before | flags);
        const bool exact = numeric::arithmetic_is_exact();
        _mm_setcsr(before);
        EXPECT_FALSE(exact) << "flags " << flags;
    }
    EXPECT_TRUE(numeric::arithmetic_is_exact());
}
#endif

} // namespace
