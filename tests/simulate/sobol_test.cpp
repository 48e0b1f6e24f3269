#include <dualtrack/simulate/sobol.hpp>

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace dualtrack;
using namespace dualtrack::simulate;

/// Indices of every input of a function of inputs between 0 and 1.
template <class F> std::vector<sobol_index> indices(std::size_t n_inputs, std::uint32_t n_points, F&& f) {
    std::vector<double> at_a, at_b;
    std::vector<std::vector<double>> at_i(n_inputs);
    std::vector<double> x(n_inputs);
    const auto value = [&](std::uint32_t point, bool is_b, std::size_t from_b) {
        for (std::uint32_t i = 0; i < n_inputs; ++i) x[i] = sobol_place(5, i, point, is_b || i == from_b);
        return f(x);
    };
    for (std::uint32_t point = 0; point < n_points; ++point) {
        at_a.push_back(value(point, false, n_inputs));
        at_b.push_back(value(point, true, n_inputs));
        for (std::size_t i = 0; i < n_inputs; ++i) at_i[i].push_back(value(point, false, i));
    }
    std::vector<sobol_index> out;
    for (const std::vector<double>& each : at_i) out.push_back(sobol_of(at_a, at_b, each, 0.05));
    return out;
}

// y = 4 x0 + 2 x1 of uniforms: variances 16/12 and 4/12, so 0.8 and 0.2; x2 has no part.
TEST(sobol, shares_of_a_sum_are_those_of_the_variances) {
    const auto found = indices(3, 4000, [](const std::vector<double>& x) { return 4 * x[0] + 2 * x[1]; });
    const double truth[] = {0.8, 0.2, 0.0};
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(found[i].first, truth[i], 2.0 * found[i].first_half_width + 1e-12) << i;
        EXPECT_NEAR(found[i].total, truth[i], 2.0 * found[i].total_half_width + 1e-12) << i;
        EXPECT_LT(found[i].first_half_width, 0.06);
    }
    EXPECT_EQ(found[2].total, 0.0);
}

// Ishigami's function, a = 7, b = .1: first .3139 .4424 0, total .5576 .4424 .2437 (Saltelli et al. 2010).
TEST(sobol, recovers_the_published_indices_of_ishigami) {
    const auto found = indices(3, 20000, [](const std::vector<double>& x) {
        const auto angle = [&](std::size_t i) { return (2 * x[i] - 1) * 3.14159265358979; };
        return std::sin(angle(0)) + 7 * std::pow(std::sin(angle(1)), 2) +
               0.1 * std::pow(angle(2), 4) * std::sin(angle(0));
    });
    const double first[] = {0.3139, 0.4424, 0.0}, total[] = {0.5576, 0.4424, 0.2437};
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(found[i].first, first[i], 0.03) << i;
        EXPECT_NEAR(found[i].total, total[i], 0.03) << i;
    }
}

TEST(sobol, intervals_cover_the_truth_as_often_as_they_say) {
    int n_first = 0, n_total = 0;
    constexpr int n_tries = 300;
    constexpr std::uint32_t n_points = 200;
    for (std::uint32_t i = 0; i < n_tries; ++i) {
        std::vector<double> a, b, ab;
        for (std::uint32_t point = 0; point < n_points; ++point) {
            const std::uint32_t at = i * n_points + point;
            const auto x = [&](std::uint32_t which, bool second) { return sobol_place(8, which, at, second); };
            a.push_back(3 * x(0, false) + x(1, false) * x(0, false));
            b.push_back(3 * x(0, true) + x(1, true) * x(0, true));
            ab.push_back(3 * x(0, true) + x(1, false) * x(0, true));
        }
        const sobol_index found = sobol_of(a, b, ab, 0.1);
        // y = x0 (3 + x1): E[y | x0] = 3.5 x0, variance 3.5^2 / 12; the rest E[x0^2] / 12 = 1 / 36. E[y | x1] =
        // (3 + x1) / 2, variance .25 / 12: known x1, that would go.
        const double alone = 3.5 * 3.5 / 12, all = alone + 1.0 / 36;
        n_first += std::fabs(found.first - alone / all) <= found.first_half_width ? 1 : 0;
        n_total += std::fabs(found.total - (1.0 - 0.25 / 12 / all)) <= found.total_half_width ? 1 : 0;
    }
    EXPECT_NEAR(n_first / double{n_tries}, 0.9, 0.07);
    EXPECT_NEAR(n_total / double{n_tries}, 0.9, 0.07);
}

TEST(sobol, is_unknown_where_nothing_differs_or_there_are_too_few_points) {
    const auto is_known = [](const sobol_index& index) { return index.first == index.first; };
    const std::vector<double> flat{1, 1, 1, 1}, two{1, 2}, some{1, 2, 3, 4}, other{2, 1, 4, 3};
    const std::vector<double> hole{1, 2, numeric::not_a_number, 4};
    EXPECT_FALSE(is_known(sobol_of(flat, flat, flat, 0.05)));
    EXPECT_FALSE(is_known(sobol_of(two, two, two, 0.05)));
    EXPECT_FALSE(is_known(sobol_of(some, hole, some, 0.05)));
    EXPECT_TRUE(is_known(sobol_of(some, other, some, 0.05)));
}

} // namespace
