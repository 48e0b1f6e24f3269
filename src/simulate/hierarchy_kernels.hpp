// Many pyramids at once, as fast as the machine allows. The same rules, keys and sums as hierarchy.hpp, to the byte, on
// every instruction set: which one runs never changes a number.
// How: seats in padded arrays, departures found by one comparison a vector, the best of a level by vector maxima of
// 16-bit keys of competence (exact numbers are looked at where keys are equal), luck drawn several registers at a time.
// Sixteen organisations advance together through the phases of a step: what one of them waits for, the others have
// ready; what they draw comes in full batches; and no branch depends on luck.
#pragma once

#include <dualtrack/simulate/hierarchy.hpp>

#include <cstdint>
#include <span>

namespace dualtrack::simulate {

/// What the pyramids are compiled for (the sales model: lanes.hpp).
enum class hierarchy_set : std::uint8_t { plain, sse4, avx2, avx512 };

/// True if this machine and build have it; `plain` always is there.
[[nodiscard]] bool has(hierarchy_set which) noexcept;
/// The fastest there is.
[[nodiscard]] hierarchy_set fastest_set() noexcept;

/// Runs organisations [first, first + n); efficiency[i * (periods + 1) + t], counts[i]. A pyramid that the vector code
/// does not know (own branches, redrawn normals, over 2048 seats) runs as hierarchy.hpp has it.
void simulate_hierarchies(const hierarchy_rules& rules, const hierarchy_policy& policy, std::uint64_t seed,
                          std::uint32_t first, std::size_t n, std::int32_t periods, std::span<double> efficiency,
                          std::span<hierarchy_counts> counts, hierarchy_set set);

} // namespace dualtrack::simulate
