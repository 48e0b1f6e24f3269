// Which assumption brings the uncertainty. All assumptions that rest on judgement are varied together, each evenly
// between its bounds, and the spread of the result is shared out among them: `first` is what an assumption brings
// alone, `total` what would go away if it were known, alone and together with others. Where the two differ much,
// assumptions work together, and bars of one at a time mislead. Every point meets the same simulated organisations, so
// their luck is part of no share: more organisations a point make the shares speak of more than these.
//     y_A, y_B    results at n points of two independent samples;  y_i  at the points of A with assumption i from B
//     V           variance of all y_A and y_B
//     first_i     1 - mean (y_B - y_i)^2 / (2 V);    total_i   mean (y_A - y_i)^2 / (2 V)
//     interval    jackknife over the points
// Reference: Sobol 1993; Jansen 1999, Computer Physics Communications 117:35; Saltelli et al. 2010, ibid. 181:259.
#pragma once

#include <dualtrack/simulate/draws.hpp>
#include <dualtrack/simulate/statistics.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace dualtrack::simulate {

/// Where an assumption stands at a point, 0 to 1 between its bounds; `second`: of sample B.
[[nodiscard]] constexpr double sobol_place(std::uint64_t seed, std::uint32_t which, std::uint32_t point,
                                           bool second) noexcept {
    return random::uniform_24(draw(seed, 0, which, point, purpose::assumption)[second ? 1 : 0]);
}

struct sobol_index {
    double first = numeric::not_a_number, first_half_width = numeric::not_a_number;
    double total = numeric::not_a_number, total_half_width = numeric::not_a_number;
};

/// The indices of one assumption; NaN where the results do not differ. [n] each @pre equal sizes
[[nodiscard]] inline sobol_index sobol_of(std::span<const double> at_a, std::span<const double> at_b,
                                          std::span<const double> at_i, double tail) {
    sobol_index out;
    const std::size_t n = at_a.size();
    if (n < 3) return out;
    // Distances from one middle, so that sums of squares do not cancel.
    const double middle = 0.5 * (numeric::fixed_sum(at_a) + numeric::fixed_sum(at_b)) / static_cast<double>(n);
    double sum = 0.0, squares = 0.0, away_b = 0.0, away_a = 0.0;
    const auto squared = [](double x) { return x * x; };
    for (std::size_t j = 0; j < n; ++j) {
        const double a = at_a[j] - middle, b = at_b[j] - middle;
        sum += a + b;
        squares += a * a + b * b;
        away_b += squared(at_b[j] - at_i[j]);
        away_a += squared(at_a[j] - at_i[j]);
    }
    const auto indices = [](double s, double ss, double b, double a, double points) {
        const double variance = (ss - s * s / (2.0 * points)) / (2.0 * points);
        sobol_index one;
        if (!(variance > 0.0)) return one;
        one.first = 1.0 - b / points / (2.0 * variance);
        one.total = a / points / (2.0 * variance);
        return one;
    };
    out = indices(sum, squares, away_b, away_a, static_cast<double>(n));
    moments first, total; // of the indices without one point each
    for (std::size_t j = 0; j < n; ++j) {
        const double a = at_a[j] - middle, b = at_b[j] - middle;
        const sobol_index without = indices(sum - a - b, squares - a * a - b * b, away_b - squared(at_b[j] - at_i[j]),
                                            away_a - squared(at_a[j] - at_i[j]), static_cast<double>(n - 1));
        first.add(without.first);
        total.add(without.total);
    }
    const double t = numeric::student_t_quantile(1.0 - 0.5 * tail, static_cast<double>(n - 1));
    const double share = static_cast<double>(n - 1) / static_cast<double>(n);
    out.first_half_width = t * std::sqrt(share * first.m2);
    out.total_half_width = t * std::sqrt(share * total.m2);
    return out;
}

} // namespace dualtrack::simulate
