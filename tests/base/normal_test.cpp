#include <dualtrack/base/normal.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "golden.hpp"

namespace numeric = dualtrack::numeric;
using golden::row;

namespace {

constexpr row erfc_rows[] = {
#include "../golden/numeric_erfc.inc"
};
constexpr row erf_rows[] = {
#include "../golden/numeric_erf.inc"
};
constexpr row cdf_rows[] = {
#include "../golden/numeric_normal_cdf.inc"
};
constexpr row pdf_rows[] = {
#include "../golden/numeric_normal_pdf.inc"
};
constexpr row quantile_rows[] = {
#include "../golden/numeric_normal_quantile.inc"
};

TEST(normal, erfc_is_within_11_tenths_of_an_ulp_of_the_truth) {
    golden::expect_within_ulps<row>(erfc_rows, 1.1, [](const row& r) { return numeric::erfc(r.x); });
}

TEST(normal, erf_is_within_11_tenths_of_an_ulp_of_the_truth) {
    golden::expect_within_ulps<row>(erf_rows, 1.1, [](const row& r) { return numeric::erf(r.x); });
}

TEST(normal, cdf_is_within_13_tenths_of_an_ulp_of_the_truth) {
    golden::expect_within_ulps<row>(cdf_rows, 1.3, [](const row& r) { return numeric::normal_cdf(r.x); });
}

TEST(normal, pdf_is_within_2_ulp_of_the_truth) {
    golden::expect_within_ulps<row>(pdf_rows, 2.0, [](const row& r) { return numeric::normal_pdf(r.x); });
}

TEST(normal, quantile_is_within_8_ulp_of_the_truth) {
    golden::expect_within_ulps<row>(quantile_rows, 8.0, [](const row& r) { return numeric::normal_quantile(r.x); });
}

TEST(normal, knows_the_numbers_of_the_textbook) {
    EXPECT_DOUBLE_EQ(numeric::normal_cdf(1.959963984540054), 0.975);
    EXPECT_DOUBLE_EQ(numeric::normal_quantile(0.975), 1.959963984540054);
    EXPECT_DOUBLE_EQ(numeric::normal_cdf(-1.0), 0.15865525393145705);
    EXPECT_DOUBLE_EQ(numeric::normal_pdf(0.0), 0.3989422804014327);
    EXPECT_EQ(numeric::normal_cdf(0.0), 0.5);
    EXPECT_EQ(numeric::normal_quantile(0.5), 0.0);
}

TEST(normal, ends_where_doubles_end) {
    EXPECT_EQ(numeric::erfc(30.0), 0.0);
    EXPECT_EQ(numeric::erfc(numeric::infinity), 0.0);
    EXPECT_EQ(numeric::erfc(-numeric::infinity), 2.0);
    EXPECT_EQ(numeric::erf(numeric::infinity), 1.0);
    EXPECT_EQ(numeric::erf(-numeric::infinity), -1.0);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(numeric::erf(-0.0)), std::bit_cast<std::uint64_t>(-0.0));
    EXPECT_EQ(numeric::normal_cdf(-numeric::infinity), 0.0);
    EXPECT_EQ(numeric::normal_cdf(numeric::infinity), 1.0);
    EXPECT_EQ(numeric::normal_cdf(-38.5), 0.0);
    EXPECT_GT(numeric::normal_cdf(-38.4), 0.0);
    EXPECT_EQ(numeric::normal_pdf(1e300), 0.0);
    EXPECT_EQ(numeric::normal_quantile(0.0), -numeric::infinity);
    EXPECT_EQ(numeric::normal_quantile(1.0), numeric::infinity);
}

TEST(normal, what_is_no_probability_has_no_quantile) {
    for (const double p : {-0.1, 1.1, -5e-324, numeric::infinity, numeric::not_a_number}) {
        EXPECT_TRUE(std::isnan(numeric::normal_quantile(p))) << p;
    }
    EXPECT_TRUE(std::isnan(numeric::erf(numeric::not_a_number)));
    EXPECT_TRUE(std::isnan(numeric::erfc(numeric::not_a_number)));
    EXPECT_TRUE(std::isnan(numeric::normal_cdf(numeric::not_a_number)));
    EXPECT_TRUE(std::isnan(numeric::normal_pdf(numeric::not_a_number)));
}

TEST(normal, is_symmetric_to_the_bit) {
    for (int i = 1; i < 2048; ++i) {
        const double p = i * 0x1p-12;
        EXPECT_EQ(numeric::normal_quantile(p), -numeric::normal_quantile(1.0 - p));
        const double x = i * 0x1p-8;
        EXPECT_EQ(numeric::erf(-x), -numeric::erf(x));
        EXPECT_EQ(numeric::normal_pdf(-x), numeric::normal_pdf(x));
    }
}

TEST(normal, never_turns_back) {
    double last_cdf = 0.0;
    double last_erf = -1.0;
    double last_quantile = -numeric::infinity;
    for (int i = 0; i < 100000; ++i) {
        const double x = -40.0 + i * 0.0005;
        ASSERT_GE(numeric::normal_cdf(x), last_cdf) << x;
        ASSERT_GE(numeric::erf(x), last_erf) << x;
        const double p = i * 1e-5;
        ASSERT_GE(numeric::normal_quantile(p), last_quantile) << p;
        last_cdf = numeric::normal_cdf(x);
        last_erf = numeric::erf(x);
        last_quantile = numeric::normal_quantile(p);
    }
}

TEST(normal, the_quantile_undoes_the_distribution) {
    for (int i = -370; i <= 0; ++i) {
        const double x = i * 0.1;
        EXPECT_NEAR(numeric::normal_quantile(numeric::normal_cdf(x)), x, 1e-14 * std::fabs(x) + 1e-15);
    }
}

} // namespace
