// Many people at a time: the hot loops of a simulation are compiled for several instruction sets, and the widest that
// the processor has is looked up when the program runs. Results never depend on it: lane by lane the arithmetic is that
// of one person at a time, and sums go by 16 partial sums (index mod 16, ascending), then by a tree of halves.
// lanes.inc holds the functions on vectors; it is included once an instruction set, by whoever defines the loops.
#pragma once

#include <dualtrack/simulate/draws.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#define DUALTRACK_LANES_X86 1
#endif

namespace dualtrack::simulate {

/// Instruction sets that the hot loops are compiled for.
enum class instruction_set : std::uint8_t { plain, avx2, avx512 };

/// True if this processor has it.
[[nodiscard]] inline bool has_instructions(instruction_set set) noexcept {
#if defined(DUALTRACK_LANES_X86)
    if (set == instruction_set::avx512)
        return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
               __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
    if (set == instruction_set::avx2) return __builtin_cpu_supports("avx2") != 0;
#endif
    return set == instruction_set::plain;
}

/// The widest this processor has.
[[nodiscard]] inline instruction_set best_instructions() noexcept {
    if (has_instructions(instruction_set::avx512)) return instruction_set::avx512;
    return has_instructions(instruction_set::avx2) ? instruction_set::avx2 : instruction_set::plain;
}

/// Arrays are padded to a multiple of this, on every instruction set.
inline constexpr std::size_t lane_block = 16;

/// 16 values as they lie in memory.
template <class T> struct alignas(64) lane_values { T value[lane_block]; };

[[nodiscard]] constexpr std::size_t padded(std::size_t n) noexcept {
    return (n + lane_block - 1) / lane_block * lane_block;
}

/// The tree of halves over 16 partial sums.
template <class T> [[nodiscard]] constexpr T sum_of_lanes(const T* partial) noexcept {
    T part[lane_block];
    for (std::size_t i = 0; i < lane_block; ++i) part[i] = partial[i];
    for (std::size_t half = lane_block / 2; half >= 1; half /= 2)
        for (std::size_t i = 0; i < half; ++i) part[i] = part[i] + part[i + half];
    return part[0];
}

} // namespace dualtrack::simulate
