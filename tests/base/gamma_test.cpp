#include <dualtrack/base/gamma.hpp>

#include <bit>
#include <cmath>
#include <cstdint>

#include <gtest/gtest.h>

#include "golden.hpp"

namespace numeric = dualtrack::numeric;
using golden::row;
using golden::row_2;

namespace {

constexpr row log_gamma_rows[] = {
#include "../golden/numeric_log_gamma.inc"
};
constexpr row digamma_rows[] = {
#include "../golden/numeric_digamma.inc"
};
constexpr row trigamma_rows[] = {
#include "../golden/numeric_trigamma.inc"
};
constexpr row_2 log_beta_rows[] = {
#include "../golden/numeric_log_beta.inc"
};

TEST(gamma, log_gamma_is_within_16_tenths_of_an_ulp_of_the_truth_also_at_its_zeros) {
    golden::expect_within_ulps<row>(log_gamma_rows, 1.6, [](const row& r) { return numeric::log_gamma(r.x); });
}

TEST(gamma, digamma_is_within_6e16_of_the_truth) {
    golden::expect_close<row>(digamma_rows, 6e-16, 6e-16, [](const row& r) { return numeric::digamma(r.x); });
}

TEST(gamma, trigamma_is_within_6e16_of_the_truth) {
    golden::expect_close<row>(trigamma_rows, 6e-16, 0.0, [](const row& r) { return numeric::trigamma(r.x); });
}

TEST(gamma, log_beta_is_within_1e14_of_the_truth) {
    golden::expect_close<row_2>(log_beta_rows, 1e-14, 2e-15,
                                [](const row_2& r) { return numeric::log_beta(r.x, r.y); });
}

TEST(gamma, is_the_factorial_shifted_by_one) {
    double factorial = 1.0;
    for (int n = 1; n <= 20; ++n) {
        factorial *= n;
        EXPECT_NEAR(numeric::log_gamma(n + 1.0), numeric::log(factorial), 2e-15 * numeric::log(factorial) + 1e-16);
    }
    EXPECT_EQ(numeric::log_gamma(1.0), 0.0);
    EXPECT_EQ(numeric::log_gamma(2.0), 0.0);
    EXPECT_DOUBLE_EQ(numeric::log_gamma(0.5), 0.57236494292470008) << "log sqrt(pi)";
    EXPECT_NEAR(numeric::digamma(1.0), -0.57721566490153286, 4e-16) << "Euler's constant";
    EXPECT_DOUBLE_EQ(numeric::trigamma(1.0), 1.6449340668482264) << "pi^2 / 6";
    EXPECT_DOUBLE_EQ(numeric::log_beta(2.0, 3.0), numeric::log(1.0 / 12.0));
}

TEST(gamma, has_answers_for_positive_numbers_only) {
    for (const double x : {-1.0, -0.5, -numeric::infinity, numeric::not_a_number}) {
        EXPECT_TRUE(std::isnan(numeric::log_gamma(x))) << x;
        EXPECT_TRUE(std::isnan(numeric::digamma(x))) << x;
        EXPECT_TRUE(std::isnan(numeric::trigamma(x))) << x;
        EXPECT_TRUE(std::isnan(numeric::log_beta(x, 1.0))) << x;
        EXPECT_TRUE(std::isnan(numeric::log_beta(1.0, x))) << x;
    }
    EXPECT_EQ(numeric::log_gamma(0.0), numeric::infinity);
    EXPECT_EQ(numeric::log_gamma(numeric::infinity), numeric::infinity);
    EXPECT_EQ(numeric::log_gamma(1.7e308), numeric::infinity);
    EXPECT_EQ(numeric::digamma(0.0), -numeric::infinity);
    EXPECT_EQ(numeric::trigamma(numeric::infinity), 0.0);
    EXPECT_EQ(numeric::log_beta(0.0, 2.0), numeric::infinity);
}

TEST(gamma, log_beta_does_not_care_which_comes_first) {
    for (const row_2& r : log_beta_rows) EXPECT_EQ(numeric::log_beta(r.x, r.y), numeric::log_beta(r.y, r.x));
}

TEST(gamma, each_step_up_multiplies_by_the_argument) {
    for (int i = 1; i < 4000; ++i) {
        const double x = i * 0x1p-7;
        const double step = numeric::log_gamma(x + 1.0) - numeric::log_gamma(x);
        EXPECT_NEAR(step, numeric::log(x), 3e-16 * (1.0 + std::fabs(numeric::log_gamma(x + 1.0)))) << x;
        EXPECT_NEAR(numeric::digamma(x + 1.0) - numeric::digamma(x), 1.0 / x, 1e-15 * (1.0 + 1.0 / x)) << x;
    }
}

TEST(gamma, its_pieces_meet_without_a_step) {
    for (const double border : {0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.75, 3.0, 4.0, 8.0}) {
        const double below = std::nextafter(border, 0.0);
        EXPECT_NEAR(numeric::log_gamma(below), numeric::log_gamma(border), 4e-15 * (1 + numeric::log_gamma(border)));
    }
}

} // namespace
