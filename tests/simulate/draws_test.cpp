#include <dualtrack/simulate/draws.hpp>

#include <gtest/gtest.h>

namespace {

using namespace dualtrack;
using namespace dualtrack::simulate;

TEST(simulation_draws, check_1_reproduces_the_vectors_of_the_key_layout) {
    const random::words zero = random::philox4x32_10({0, 0, 0, 0}, {0, 0});
    EXPECT_EQ(zero, (random::words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    const std::uint32_t ones = 0xffffffff;
    EXPECT_EQ(random::philox4x32_10({ones, ones, ones, ones}, {ones, ones}),
              (random::words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(random::philox4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              (random::words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
    EXPECT_EQ(draw(0x0123456789abcdef, 7, 5, 3, purpose::person),
              (random::words{0xc6012d41, 0x161534d2, 0x74d47c6e, 0xa27e4583}));
    EXPECT_EQ(draw(0x0123456789abcdef, 7, 5, 3, purpose::person, 1),
              (random::words{0x04ae8966, 0x66bd8504, 0x7633cf8f, 0xaea0b703}));
    EXPECT_EQ(draw(2024, 0, 0, 0, purpose::person), (random::words{0x33eab59f, 0x99bf2422, 0x081bbfbe, 0x4bbce495}));
}

TEST(simulation_draws, check_1_reproduces_the_normals_of_the_key_layout) {
    const double fourth[] = {.750275, -1.364144, -.109590, .344432};
    const double fifth[] = {-.831661, .254830, -1.856749, -.536371};
    const auto a = draw(0x0123456789abcdef, 7, 5, 3, purpose::person), b = draw(2024, 0, 0, 0, purpose::person);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(static_cast<double>(normal_of(a[i])), fourth[i], 1.1e-6) << "printed to six digits";
        EXPECT_NEAR(static_cast<double>(normal_of(b[i])), fifth[i], 1.1e-6);
        EXPECT_NEAR(normal_double_of(a[i]), fourth[i], 6e-7);
    }
}

TEST(simulation_draws, check_2_normal_is_right_over_all_words) {
    double largest_error = 0.0, second = 0.0, fourth = 0.0;
    float before = -100.0F;
    int n_inverted = 0, n_asymmetric = 0;
    constexpr std::uint32_t n = 1U << 24;
    for (std::uint32_t h = 0; h < n; ++h) {
        const float z = normal_of(h << 8);
        if (z < before) ++n_inverted;
        before = z;
        if (normal_of(~(h << 8)) != -z) ++n_asymmetric;
        const double x = static_cast<double>(z);
        second += x * x;
        fourth += x * x * x * x;
        largest_error = std::max(largest_error, std::fabs(x - normal_double_of(h << 8)));
    }
    EXPECT_LE(largest_error, 1e-6);
    EXPECT_EQ(n_inverted, 0);
    EXPECT_EQ(n_asymmetric, 0);
    EXPECT_NEAR(second / n, 0.99999992, 1e-6);
    EXPECT_NEAR(fourth / n, 2.99999482, 1e-5);
    EXPECT_NEAR(static_cast<double>(normal_of(0xFFFFFFFF)), 5.419983, 1e-6);
}

TEST(simulation_draws, change_of_competence_is_symmetric_and_never_at_its_ends) {
    EXPECT_EQ(delta_of(0), -1.0F + 0x1p-24F);
    EXPECT_EQ(delta_of(0xFFFFFFFF), 1.0F - 0x1p-24F);
    EXPECT_EQ(delta_of(0x80000000), 0x1p-24F);
    EXPECT_EQ(delta_of(0x12345678), -delta_of(~0x12345678U));
}

TEST(simulation_draws, vacancies_of_a_level_have_different_ids) {
    EXPECT_EQ(vacancy_id(0, 5, 3), 3U);
    EXPECT_EQ(vacancy_id(2, 5, 3), 13U);
    EXPECT_NE(vacancy_id(1, 5, 0), vacancy_id(0, 5, 4));
}

} // namespace
