// The hot loops of the sales model - a month, a look at the candidates, their order, new people - compiled for each
// instruction set, and chosen once a run. All give the same bytes.
#pragma once

#include <dualtrack/simulate/lanes.hpp>
#include <dualtrack/simulate/sales_seats.hpp>

#define DUALTRACK_LANES_SET plain
#define DUALTRACK_LANES_TARGET
#define DUALTRACK_LANES_WIDTH 4
#define DUALTRACK_LANES_SQRT(x) _mm_sqrt_ps((__m128)(x))
#define DUALTRACK_LANES_MASK(x) _mm_movemask_ps((__m128)(x))
#define DUALTRACK_LANES_MULTIPLY(x, y) _mm_mul_epu32((__m128i)(x), (__m128i)(y))
#include <dualtrack/simulate/sales_kernels.inc>

#if defined(DUALTRACK_LANES_X86)
#define DUALTRACK_LANES_SET avx2
#define DUALTRACK_LANES_TARGET __attribute__((target("avx2")))
#define DUALTRACK_LANES_WIDTH 8
#define DUALTRACK_LANES_SQRT(x) _mm256_sqrt_ps((__m256)(x))
#define DUALTRACK_LANES_MASK(x) _mm256_movemask_ps((__m256)(x))
#define DUALTRACK_LANES_MULTIPLY(x, y) _mm256_mul_epu32((__m256i)(x), (__m256i)(y))
#include <dualtrack/simulate/sales_kernels.inc>

#define DUALTRACK_LANES_SET avx512
#define DUALTRACK_LANES_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define DUALTRACK_LANES_WIDTH 16
#define DUALTRACK_LANES_SQRT(x) _mm512_maskz_sqrt_ps(0xFFFF, (__m512)(x))
#define DUALTRACK_LANES_MASK(x) _mm512_movepi32_mask((__m512i)(x))
#define DUALTRACK_LANES_MULTIPLY(x, y) _mm512_maskz_mul_epu32(0xFF, (__m512i)(x), (__m512i)(y))
#include <dualtrack/simulate/sales_kernels.inc>
#endif

namespace dualtrack::simulate {

struct sales_kernels {
    decltype(&plain::pass_month) pass_month;
    decltype(&plain::look_at) look_at;
    decltype(&plain::count_lower) count_lower;
    decltype(&plain::count_pairs) count_pairs;
    decltype(&plain::find_highest) find_highest;
    decltype(&plain::draw_people) draw_people;
    decltype(&plain::draw_fills) draw_fills;
};

/// @pre has_instructions(set)
[[nodiscard]] inline sales_kernels kernels_for(instruction_set set) noexcept {
#if defined(DUALTRACK_LANES_X86)
    if (set == instruction_set::avx512)
        return {&avx512::pass_month,   &avx512::look_at,     &avx512::count_lower, &avx512::count_pairs,
                &avx512::find_highest, &avx512::draw_people, &avx512::draw_fills};
    if (set == instruction_set::avx2)
        return {&avx2::pass_month,   &avx2::look_at,     &avx2::count_lower, &avx2::count_pairs,
                &avx2::find_highest, &avx2::draw_people, &avx2::draw_fills};
#endif
    static_cast<void>(set);
    return {&plain::pass_month,   &plain::look_at,     &plain::count_lower, &plain::count_pairs,
            &plain::find_highest, &plain::draw_people, &plain::draw_fills};
}

} // namespace dualtrack::simulate
