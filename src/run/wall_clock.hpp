// The clock on the wall, for the one thing that may depend on it: when a simulation with a limit of time stops.
#pragma once

namespace dualtrack::run {

/// Seconds since some moment of the past; never goes back.
[[nodiscard]] double seconds_by_the_clock() noexcept;

} // namespace dualtrack::run
