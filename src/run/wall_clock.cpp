#include "run/wall_clock.hpp"

#include <chrono>

namespace dualtrack::run {

double seconds_by_the_clock() noexcept {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace dualtrack::run
