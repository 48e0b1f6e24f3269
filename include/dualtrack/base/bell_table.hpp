// The bell curve from a table, where a sum over many of its values is wanted and not the last digits of one: Phi to
// 3e-10 and its density to 5e-5, a cubic between points 1/64 apart. The points are those of normal_cdf and normal_pdf,
// so that the same bytes come out everywhere.
#pragma once

#include <array>
#include <cstddef>

#include <dualtrack/base/normal.hpp>

namespace dualtrack::numeric {

struct bell_point {
    double below = 0.0;   // P(a standard normal number stays below z)
    double density = 0.0; // there
};

namespace detail {

inline constexpr std::size_t bell_steps = 64; // a unit
inline constexpr std::size_t bell_end = 8;    // beyond it 1 - Phi is below 7e-16

inline constexpr auto bell_points = [] {
    std::array<bell_point, bell_end * bell_steps + 1> out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        const double z = static_cast<double>(i) / static_cast<double>(bell_steps);
        out[i] = {normal_cdf(z), normal_pdf(z)};
    }
    return out;
}();

} // namespace detail

[[nodiscard]] constexpr bell_point bell(double z) noexcept {
    const double size = z < 0.0 ? -z : z;
    if (!(size < static_cast<double>(detail::bell_end))) return {z > 0.0 ? 1.0 : 0.0, 0.0};
    constexpr double step = 1.0 / static_cast<double>(detail::bell_steps);
    const double place = size * static_cast<double>(detail::bell_steps);
    const auto i = static_cast<std::size_t>(place);
    const double t = place - static_cast<double>(i);
    const bell_point& a = detail::bell_points[i];
    const bell_point& b = detail::bell_points[i + 1];
    const double rise = b.below - a.below;
    const double out = step * a.density - rise; // how the slopes at the ends differ from the straight line
    const double in = rise - step * b.density;
    const double above = a.below + t * (rise + (1.0 - t) * (out * (1.0 - t) + in * t));
    return {z < 0.0 ? 1.0 - above : above, a.density + t * (b.density - a.density)};
}

} // namespace dualtrack::numeric
