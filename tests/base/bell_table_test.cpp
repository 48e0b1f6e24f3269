#include <cmath>

#include <gtest/gtest.h>

#include <dualtrack/base/bell_table.hpp>

namespace {

using namespace dualtrack;

TEST(bell_table, agrees_with_the_exact_curve_everywhere) {
    double worst = 0.0;
    double worst_density = 0.0;
    for (int i = -90000; i <= 90000; ++i) {
        const double z = i * 1e-4;
        const auto one = numeric::bell(z);
        worst = std::max(worst, std::fabs(one.below - numeric::normal_cdf(z)));
        worst_density = std::max(worst_density, std::fabs(one.density - numeric::normal_pdf(z)));
    }
    EXPECT_LT(worst, 3e-10);
    EXPECT_GT(worst, 0.0) << "a table, not the curve itself";
    EXPECT_LT(worst_density, 5e-5);
}

TEST(bell_table, is_exact_at_its_points_and_at_the_ends) {
    for (int i = -511; i < 512; ++i) {
        const double z = i / 64.0;
        EXPECT_EQ(numeric::bell(z).below, z < 0.0 ? 1.0 - numeric::normal_cdf(-z) : numeric::normal_cdf(z)) << z;
    }
    EXPECT_EQ(numeric::bell(-numeric::infinity).below, 0.0);
    EXPECT_EQ(numeric::bell(numeric::infinity).below, 1.0);
    EXPECT_EQ(numeric::bell(8.0).density, 0.0);
}

TEST(bell_table, never_falls) {
    double before = 0.0;
    for (int i = -80000; i <= 80000; ++i) {
        const double now = numeric::bell(i * 1e-4).below;
        ASSERT_GE(now, before - 1e-15) << i;
        before = now;
    }
}

} // namespace
