#include <dualtrack/base/beta.hpp>

#include <cmath>

#include <gtest/gtest.h>

#include "golden.hpp"

namespace numeric = dualtrack::numeric;
using golden::row_2;
using golden::row_3;

namespace {

constexpr row_3 beta_rows[] = {
#include "../golden/numeric_beta_inc.inc"
};
constexpr row_3 beta_quantile_rows[] = {
#include "../golden/numeric_beta_quantile.inc"
};
constexpr row_2 t_rows[] = {
#include "../golden/numeric_student_t_cdf.inc"
};
constexpr row_2 t_quantile_rows[] = {
#include "../golden/numeric_student_t_quantile.inc"
};

// The error of a tail grows with the number of digits its exponent needs: 1e-250 has some 600 of e.
double allowed_at(double tail) {
    return tail > 1e-20 ? 3e-14 : 5e-13;
}

TEST(beta, the_distribution_is_within_3e14_of_the_truth_and_5e13_far_out) {
    ASSERT_GE(std::size(beta_rows), 300U);
    for (const row_3& r : beta_rows) {
        const double error = golden::error_of(numeric::beta_inc(r.x, r.y, r.z), r) / r.value;
        EXPECT_LE(error, allowed_at(r.value)) << r.x << " " << r.y << " " << r.z;
    }
}

TEST(beta, the_quantile_is_within_1e13_of_the_truth) {
    golden::expect_close<row_3>(beta_quantile_rows, 1e-13, 0.0,
                                [](const row_3& r) { return numeric::beta_quantile(r.x, r.y, r.z); });
}

TEST(student_t, the_distribution_is_within_3e14_of_the_truth_and_5e13_far_out) {
    ASSERT_GE(std::size(t_rows), 300U);
    for (const row_2& r : t_rows) {
        const double error = golden::error_of(numeric::student_t_cdf(r.x, r.y), r) / r.value;
        EXPECT_LE(error, allowed_at(r.value)) << r.x << " " << r.y;
    }
}

TEST(student_t, the_quantile_is_within_1e13_of_the_truth) {
    golden::expect_close<row_2>(t_quantile_rows, 1e-13, 0.0,
                                [](const row_2& r) { return numeric::student_t_quantile(r.x, r.y); });
}

TEST(beta, knows_what_can_be_worked_out_by_hand) {
    EXPECT_DOUBLE_EQ(numeric::beta_inc(1.0, 1.0, 0.3), 0.3) << "flat";
    EXPECT_DOUBLE_EQ(numeric::beta_inc(2.0, 1.0, 0.3), 0.09);
    EXPECT_DOUBLE_EQ(numeric::beta_inc(2.0, 3.0, 0.5), 11.0 / 16.0) << "at least 2 heads in 4 throws";
    EXPECT_DOUBLE_EQ(numeric::beta_inc(0.5, 0.5, 0.25), 1.0 / 3.0) << "the arc sine law";
    EXPECT_DOUBLE_EQ(numeric::beta_quantile(0.09, 2.0, 1.0), 0.3);
    EXPECT_NEAR(numeric::beta_quantile(0.5, 4.0, 4.0), 0.5, 1e-15);
}

TEST(student_t, knows_the_numbers_of_the_textbook) {
    EXPECT_EQ(numeric::student_t_cdf(0.0, 3.0), 0.5);
    EXPECT_DOUBLE_EQ(numeric::student_t_cdf(1.0, 1.0), 0.75) << "one degree of freedom is Cauchy";
    EXPECT_DOUBLE_EQ(numeric::student_t_quantile(0.75, 1.0), 1.0);
    EXPECT_DOUBLE_EQ(numeric::student_t_quantile(0.975, 5.0), 2.5705818356363146);
    EXPECT_DOUBLE_EQ(numeric::student_t_quantile(0.975, 30.0), 2.0422724563012378);
}

TEST(student_t, with_endless_degrees_of_freedom_is_normal) {
    EXPECT_EQ(numeric::student_t_cdf(-1.5, numeric::infinity), numeric::normal_cdf(-1.5));
    EXPECT_EQ(numeric::student_t_quantile(0.9, numeric::infinity), numeric::normal_quantile(0.9));
    EXPECT_NEAR(numeric::student_t_cdf(-1.5, 1e14), numeric::normal_cdf(-1.5), 1e-14);
    EXPECT_NEAR(numeric::student_t_quantile(0.9, 1e14), numeric::normal_quantile(0.9), 1e-13);
}

TEST(student_t, is_symmetric) {
    for (const row_2& r : t_rows) {
        EXPECT_NEAR(numeric::student_t_cdf(r.x, r.y) + numeric::student_t_cdf(-r.x, r.y), 1.0, 2e-16);
    }
    for (int i = 1; i < 512; ++i) {
        const double p = i * 0x1p-10;
        EXPECT_EQ(numeric::student_t_quantile(p, 4.5), -numeric::student_t_quantile(1.0 - p, 4.5));
    }
}

TEST(beta, mirrors_when_the_shapes_change_places) {
    for (const row_3& r : beta_rows) {
        if (1.0 - (1.0 - r.z) != r.z) continue;
        const auto [lower, upper] = numeric::beta_tails(r.x, r.y, r.z);
        const auto mirrored = numeric::beta_tails(r.y, r.x, 1.0 - r.z);
        EXPECT_NEAR(lower, mirrored.upper, 1e-12 * lower + 1e-300);
        EXPECT_NEAR(upper, mirrored.lower, 1e-12 * upper + 1e-300);
        EXPECT_NEAR(lower + upper, 1.0, 3e-16);
    }
}

TEST(beta, never_turns_back) {
    for (const auto& [a, b] : {std::pair{0.1, 0.2}, {1.0, 3.0}, {7.9, 8.1}, {8.0, 8.0}, {500.0, 20.0}, {0.5, 4000.0}}) {
        double last_lower = 0.0;
        double last_upper = 1.0;
        for (int i = 0; i <= 2048; ++i) {
            const auto [lower, upper] = numeric::beta_tails(a, b, i * 0x1p-11);
            ASSERT_GE(lower, last_lower * (1 - 6e-14)) << a << " " << b << " " << i;
            ASSERT_LE(upper, last_upper * (1 + 6e-14)) << a << " " << b << " " << i;
            last_lower = lower;
            last_upper = upper;
        }
    }
}

TEST(beta, the_quantile_undoes_the_distribution) {
    for (const double a : {0.05, 0.5, 1.0, 2.5, 30.0, 1e4, 1e7}) {
        for (const double b : {0.05, 0.5, 1.0, 2.5, 30.0, 1e4, 1e7}) {
            for (const double p : {1e-200, 1e-9, 0.01, 0.3, 0.5}) {
                const double x = numeric::beta_quantile(p, a, b);
                if (x < 1e-290 || x > 0.99) continue; // what a double next to 1 cannot hold
                EXPECT_NEAR(numeric::beta_inc(a, b, x) / p, 1.0, 2e-9) << a << " " << b << " " << p;
            }
        }
    }
}

TEST(beta, ends_where_the_distribution_ends) {
    EXPECT_EQ(numeric::beta_inc(2.0, 3.0, 0.0), 0.0);
    EXPECT_EQ(numeric::beta_inc(2.0, 3.0, 1.0), 1.0);
    EXPECT_EQ(numeric::beta_quantile(0.0, 2.0, 3.0), 0.0);
    EXPECT_EQ(numeric::beta_quantile(1.0, 2.0, 3.0), 1.0);
    EXPECT_EQ(numeric::student_t_cdf(-numeric::infinity, 3.0), 0.0);
    EXPECT_EQ(numeric::student_t_cdf(numeric::infinity, 3.0), 1.0);
    EXPECT_EQ(numeric::student_t_quantile(0.0, 3.0), -numeric::infinity);
    EXPECT_EQ(numeric::student_t_quantile(1.0, 3.0), numeric::infinity);
}

TEST(beta, has_no_answer_outside_its_domain) {
    for (const double bad : {-1.0, 0.0, 1e-101, 2e10, numeric::infinity, numeric::not_a_number}) {
        EXPECT_TRUE(std::isnan(numeric::beta_inc(bad, 1.0, 0.5)));
        EXPECT_TRUE(std::isnan(numeric::beta_inc(1.0, bad, 0.5)));
        EXPECT_TRUE(std::isnan(numeric::beta_quantile(0.5, bad, 1.0)));
        EXPECT_TRUE(std::isnan(numeric::beta_quantile(0.5, 1.0, bad)));
    }
    for (const double bad : {-0.1, 1.1, numeric::not_a_number}) {
        EXPECT_TRUE(std::isnan(numeric::beta_inc(1.0, 1.0, bad)));
        EXPECT_TRUE(std::isnan(numeric::beta_quantile(bad, 1.0, 1.0)));
        EXPECT_TRUE(std::isnan(numeric::student_t_quantile(bad, 1.0)));
    }
    EXPECT_TRUE(std::isnan(numeric::student_t_cdf(1.0, 0.0)));
    EXPECT_TRUE(std::isnan(numeric::student_t_cdf(numeric::not_a_number, 1.0)));
    EXPECT_TRUE(std::isnan(numeric::student_t_quantile(0.5, -1.0)));
}

TEST(beta, is_total_at_the_ends_of_its_domain) {
    const double sizes[] = {1e-100, 1e-30, 1e-3, 1.0, 30.0, 1e5, 1e10};
    for (const double a : sizes) {
        for (const double b : sizes) {
            for (const double x : {5e-324, 1e-10, 0.5, 1.0 - 0x1p-53}) {
                const auto [lower, upper] = numeric::beta_tails(a, b, x);
                EXPECT_TRUE(lower >= 0.0 && lower <= 1.0) << a << " " << b << " " << x << ": " << lower;
                EXPECT_TRUE(upper >= 0.0 && upper <= 1.0) << a << " " << b << " " << x << ": " << upper;
                const double quantile = numeric::beta_quantile(x, a, b);
                EXPECT_TRUE(quantile >= 0.0 && quantile <= 1.0) << a << " " << b << " " << x << ": " << quantile;
            }
        }
    }
    for (const double a : {1e-6, 1e-3, 1.0, 1e3, 1e10, 1e15, 1.1e15, 1e300}) {
        for (const double t : {-1.7e308, -1.0, -5e-324, 5e-324, 1.0, 1.7e308}) {
            const double p = numeric::student_t_cdf(t, a);
            EXPECT_TRUE(p >= 0.0 && p <= 1.0) << t << " " << a << ": " << p;
        }
        for (const double p : {5e-324, 1e-10, 0.3, 1.0 - 0x1p-53}) {
            EXPECT_FALSE(std::isnan(numeric::student_t_quantile(p, a))) << p << " " << a;
        }
    }
}

} // namespace
