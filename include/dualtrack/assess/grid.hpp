// The grid of performance and readiness, with probabilities: the usual nine boxes put people into one square by two
// numbers that are both uncertain, and a different square moves a career. Here each person has a probability in every
// box; they sum to 1 and become the one hard box as the errors go to 0. Performance is in it, so the grid does see
// sales; readiness is not changed by that.
//
//   P(box) = P(performance in its column) P(readiness in its row), each normal with the posterior's mean and sd
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <dualtrack/base/normal.hpp>

namespace dualtrack::assess {

inline constexpr std::array<std::string_view, 3> level_words{"low", "middle", "high"};

/// Probabilities of low, middle and high: below the first cut, between, at or above the second.
[[nodiscard]] inline std::array<double, 3> level_probabilities(double mean, double sd, double low_cut,
                                                               double high_cut) noexcept {
    if (!(sd > 0.0))
        return {mean < low_cut ? 1.0 : 0.0, mean >= low_cut && mean < high_cut ? 1.0 : 0.0,
                mean >= high_cut ? 1.0 : 0.0};
    const double below = numeric::normal_cdf((low_cut - mean) / sd);
    const double above = numeric::normal_cdf((mean - high_cut) / sd);
    const double between = 1.0 - below - above;
    return {below, between > 0.0 ? between : 0.0, above};
}

} // namespace dualtrack::assess
