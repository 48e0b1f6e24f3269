#include <dualtrack/base/incomplete_gamma.hpp>

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "golden.hpp"

namespace numeric = dualtrack::numeric;
using golden::row_2;

namespace {

constexpr row_2 p_rows[] = {
#include "../golden/numeric_gamma_p.inc"
};
constexpr row_2 q_rows[] = {
#include "../golden/numeric_gamma_q.inc"
};
constexpr row_2 quantile_rows[] = {
#include "../golden/numeric_gamma_quantile.inc"
};

// The error of a tail grows with the number of digits its exponent needs: 1e-250 has some 600 of e.
double allowed_at(double tail) {
    return tail > 1e-20 ? 2e-14 : 3e-13;
}

TEST(incomplete_gamma, the_lower_tail_is_within_2e14_of_the_truth_and_3e13_far_out) {
    for (const row_2& r : p_rows) {
        const double error = golden::error_of(numeric::gamma_p(r.x, r.y), r) / r.value;
        EXPECT_LE(error, allowed_at(r.value)) << r.x << " " << r.y;
    }
}

TEST(incomplete_gamma, the_upper_tail_is_within_2e14_of_the_truth_and_3e13_far_out) {
    for (const row_2& r : q_rows) {
        const double error = golden::error_of(numeric::gamma_q(r.x, r.y), r) / r.value;
        EXPECT_LE(error, allowed_at(r.value)) << r.x << " " << r.y;
    }
}

TEST(incomplete_gamma, the_quantile_is_within_1e13_of_the_truth) {
    golden::expect_close<row_2>(quantile_rows, 1e-13, 0.0,
                                [](const row_2& r) { return numeric::gamma_quantile(r.x, r.y); });
}

TEST(incomplete_gamma, knows_what_can_be_worked_out_by_hand) {
    EXPECT_DOUBLE_EQ(numeric::gamma_q(1.0, 2.0), numeric::exp(-2.0)) << "shape 1 is the exponential";
    EXPECT_DOUBLE_EQ(numeric::gamma_q(3.0, 2.0), 5.0 * numeric::exp(-2.0)) << "Poisson: at most 2 where 2 are usual";
    EXPECT_DOUBLE_EQ(numeric::gamma_p(0.5, 0.5), numeric::erf(std::sqrt(0.5)));
    EXPECT_NEAR(numeric::chi_square_q(3.841458820694124, 1.0), 0.05, 1e-15);
    EXPECT_NEAR(numeric::chi_square_q(18.307038053275146, 10.0), 0.05, 1e-15);
    EXPECT_NEAR(numeric::gamma_quantile(0.95, 0.5) * 2.0, 3.841458820694124, 4e-15);
    EXPECT_DOUBLE_EQ(numeric::gamma_quantile(0.5, 1.0), numeric::log(2.0));
}

TEST(incomplete_gamma, the_tails_add_up_to_one) {
    for (const row_2& r : p_rows) {
        const auto [lower, upper] = numeric::gamma_tails(r.x, r.y);
        EXPECT_NEAR(lower + upper, 1.0, 2e-14);
        EXPECT_GE(lower, 0.0);
        EXPECT_GE(upper, 0.0);
    }
}

TEST(incomplete_gamma, the_methods_meet_without_a_step) {
    // Either side of x = shape, of shape 1 and x 1.1, of shape 1000, and of the border of Temme's expansion.
    const double pairs[][2] = {{0.999999999, 0.5},
                               {0.999999999, 1.09999},
                               {0.5, 1.1},
                               {7.9999999999, 3.0},
                               {20.0, 20.0},
                               {999.9999999, 1000.0},
                               {999.9999999, 900.0},
                               {5000.0, 5000.0 * 1.2139},
                               {5000.0, 5000.0 * 0.8131}};
    for (const auto& [a, x] : pairs) {
        const double here = numeric::gamma_p(a, x);
        const double there = numeric::gamma_p(a * (1 + 1e-11), x * (1 + 1e-11));
        EXPECT_NEAR(here, there, 2e-9 * here) << a << " " << x;
        const double up = numeric::gamma_q(a, x);
        EXPECT_NEAR(up, numeric::gamma_q(a * (1 + 1e-11), x * (1 + 1e-11)), 2e-9 * up) << a << " " << x;
    }
}

TEST(incomplete_gamma, never_turns_back) {
    for (const double shape : {0.01, 0.7, 1.0, 3.0, 55.0, 1000.0, 4000.0}) {
        double last_lower = 0.0;
        double last_upper = 1.0;
        for (int i = 0; i < 2000; ++i) {
            const double x = shape * i * 0.0015;
            const auto [lower, upper] = numeric::gamma_tails(shape, x);
            ASSERT_GE(lower, last_lower * (1 - 4e-14)) << shape << " " << x;
            ASSERT_LE(upper, last_upper * (1 + 4e-14)) << shape << " " << x;
            last_lower = lower;
            last_upper = upper;
        }
    }
}

TEST(incomplete_gamma, the_quantile_undoes_the_distribution_from_either_side) {
    for (const double shape : {0.05, 0.5, 1.0, 2.5, 30.0, 999.0, 1001.0, 1e6, 1e9}) {
        for (const double p : {1e-250, 1e-30, 1e-6, 0.01, 0.3, 0.5}) {
            const double low = numeric::gamma_quantile(p, shape);
            if (low > 1e-300) {
                EXPECT_NEAR(numeric::gamma_p(shape, low) / p, 1.0, 1e-10) << shape << " " << p;
            }
            const double high = numeric::gamma_upper_quantile(p, shape);
            EXPECT_NEAR(numeric::gamma_q(shape, high) / p, 1.0, 1e-10) << shape << " " << p;
        }
    }
}

TEST(incomplete_gamma, ends_where_the_distribution_ends) {
    EXPECT_EQ(numeric::gamma_p(2.0, 0.0), 0.0);
    EXPECT_EQ(numeric::gamma_q(2.0, 0.0), 1.0);
    EXPECT_EQ(numeric::gamma_p(2.0, numeric::infinity), 1.0);
    EXPECT_EQ(numeric::gamma_q(2.0, numeric::infinity), 0.0);
    EXPECT_EQ(numeric::gamma_quantile(0.0, 2.0), 0.0);
    EXPECT_EQ(numeric::gamma_quantile(1.0, 2.0), numeric::infinity);
    EXPECT_EQ(numeric::gamma_quantile(1e-10, 1e-5), 0.0) << "below the smallest double";
}

TEST(incomplete_gamma, has_no_answer_outside_its_domain) {
    for (const double bad : {-1.0, 0.0, numeric::infinity, numeric::not_a_number}) {
        EXPECT_TRUE(std::isnan(numeric::gamma_p(bad, 1.0)));
        EXPECT_TRUE(std::isnan(numeric::gamma_q(bad, 1.0)));
        EXPECT_TRUE(std::isnan(numeric::gamma_quantile(0.5, bad)));
    }
    EXPECT_TRUE(std::isnan(numeric::gamma_p(1.0, -1.0)));
    EXPECT_TRUE(std::isnan(numeric::gamma_p(1.0, numeric::not_a_number)));
    EXPECT_TRUE(std::isnan(numeric::gamma_quantile(1.5, 1.0)));
    EXPECT_TRUE(std::isnan(numeric::gamma_quantile(numeric::not_a_number, 1.0)));
    EXPECT_TRUE(std::isnan(numeric::gamma_upper_quantile(-0.5, 1.0)));
}

TEST(incomplete_gamma, is_total_at_the_ends_of_double) {
    for (const double a : {5e-324, 1e-300, 1e-10, 1.0, 1e10, 1e100, 1.7e308}) {
        for (const double x : {5e-324, 1e-300, 1e-10, 1.0, 1e10, 1e100, 1.7e308}) {
            const auto [lower, upper] = numeric::gamma_tails(a, x);
            EXPECT_TRUE(lower >= 0.0 && lower <= 1.0) << a << " " << x << ": " << lower;
            EXPECT_TRUE(upper >= 0.0 && upper <= 1.0) << a << " " << x << ": " << upper;
        }
        for (const double p : {5e-324, 1e-17, 0.5, 1.0 - 0x1p-53}) {
            EXPECT_TRUE(numeric::gamma_quantile(p, a) >= 0.0) << a << " " << p;
        }
    }
}

} // namespace
