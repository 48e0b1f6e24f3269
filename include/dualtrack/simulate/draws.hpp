// The luck of a simulated career: traits at birth, the draw of competence in a new post, the noise a decision is made
// under. Every number is a pure function of whom it is for (seed, replication, person or seat, time), never of the
// policy that is being tried, so that all policies meet the same humans and the same luck.
//     words     Philox4x32-10, key (seed), counter (entity, replication, c2, purpose * 256 + block)
//     h = w / 2^8;   u = (h + .5) 2^-24;   t = (2 h + 1 - 2^24) 2^-24, exact in float32, never 0 or +-1
//     normal z = sqrt(2) erfinv(t);  delta = t;  event: u < p;  exponential -ln u;  pick of m: w m / 2^32
// One word each, fixed consumption, no rejection. The layout of keys is versioned: `key_layout`; purposes are never
// reused or renumbered.
// The float32 normal over all 2^24 words: error below 7.6e-7, no inversion of order, z(~w) = -z(w) to the bit, variance
// 1 - 7e-8; it uses + - * / sqrt alone, so that vector and scalar code give the same bytes.
// Reference: Salmon, Moraes, Dror, Shaw, SC 2011; Giles, "Approximating the erfinv function", GPU Computing Gems 2011;
// Moshier, Cephes (logarithm).
#pragma once

#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/random.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace dualtrack::simulate {

/// Version of the order of updates and of the keys below; part of every result.
inline constexpr std::int32_t key_layout = 1;

/// What a draw is for. Entity is the person, but for `choice` and `fill` (the seat). Blocks: 0; a training on promotion
/// is block 1 of `candidate`; leaders above the managers have blocks of their own, see sales_levels.hpp.
namespace purpose {
inline constexpr std::uint32_t person = 1;      // c2 0. sales: A, z1, z2, z3; published: competence, age
inline constexpr std::uint32_t start = 2;       // c2 0: tenure at the start
inline constexpr std::uint32_t transfer = 3;    // c2 level entered + 256 x earlier entries: competence in the new post
inline constexpr std::uint32_t candidate = 4;   // c2 vacancy id: random score, tie, acceptance, trial noise
inline constexpr std::uint32_t score_noise = 5; // c2 0: readiness, collaboration
inline constexpr std::uint32_t look = 6;        // c2 period: noise of sales12
inline constexpr std::uint32_t month = 7;       // c2 period: xi of monthly noise
inline constexpr std::uint32_t choice = 8;      // c2 vacancy id: strategy coin, random pick
inline constexpr std::uint32_t exit = 9; // c2 post ordinal (0 rep, 1 the first post as a leader, 2 the next): threshold
inline constexpr std::uint32_t fill = 10;       // c2 vacancy ordinal of the seat: months empty
inline constexpr std::uint32_t group = 11;      // c2 0: group for fairness tests
inline constexpr std::uint32_t assumption = 12; // entity: its number, c2 the point: where all are varied together
} // namespace purpose

/// The four words of block 0.
[[nodiscard]] constexpr random::words draw(std::uint64_t seed, std::uint32_t replication, std::uint32_t entity,
                                           std::uint32_t c2, std::uint32_t what, std::uint32_t block = 0) noexcept {
    return random::block_of({seed, entity, replication, c2, what}, block);
}

/// Vacancies of one level: ordinals of a seat start at 0.
[[nodiscard]] constexpr std::uint32_t vacancy_id(std::uint32_t ordinal, std::uint32_t n_seats_of_level,
                                                 std::uint32_t seat_in_level) noexcept {
    return ordinal * n_seats_of_level + seat_in_level;
}

/// Uniform of (-1, 1), exact; also the "common sense" change of competence.
[[nodiscard]] constexpr float delta_of(std::uint32_t word) noexcept {
    return static_cast<float>(static_cast<std::int32_t>(2 * (word >> 8) + 1) - (1 << 24)) * 0x1p-24F;
}

namespace detail {

/// ln x for 0 < x <= 1, float32.
[[nodiscard]] constexpr float log_of_share(float x) noexcept {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const std::int32_t exponent = static_cast<std::int32_t>(bits - 0x3F3504F3U) >> 23;
    const float f = std::bit_cast<float>(bits - (static_cast<std::uint32_t>(exponent) << 23)) - 1.0F;
    const float ff = f * f;
    float y = 7.0376836292e-2F;
    y = y * f - 1.1514610310e-1F;
    y = y * f + 1.1676998740e-1F;
    y = y * f - 1.2420140846e-1F;
    y = y * f + 1.4249322787e-1F;
    y = y * f - 1.6668057665e-1F;
    y = y * f + 2.0000714765e-1F;
    y = y * f - 2.4999993993e-1F;
    y = y * f + 3.3333331174e-1F;
    y = y * f * ff;
    const auto e = static_cast<float>(exponent);
    y = y + e * -2.12194440e-4F;
    y = y - 0.5F * ff;
    return (f + y) + e * 0.693359375F;
}

/// Coefficients of z / t, highest power first; the published ones times sqrt 2.
constexpr float by_root_2(double published) noexcept {
    return static_cast<float>(published * 1.41421356237309504880);
}
inline constexpr std::array<float, 9> normal_body{
    by_root_2(2.81022636e-08),  by_root_2(3.43273939e-07), by_root_2(-3.5233877e-06),
    by_root_2(-4.39150654e-06), by_root_2(0.00021858087),  by_root_2(-0.00125372503),
    by_root_2(-0.00417768164),  by_root_2(0.246640727),    by_root_2(1.50140941)};
inline constexpr std::array<float, 9> normal_tail{
    by_root_2(-0.000200214257), by_root_2(0.000100950558), by_root_2(0.00134934322),
    by_root_2(-0.00367342844),  by_root_2(0.00573950773),  by_root_2(-0.0076224613),
    by_root_2(0.00943887047),   by_root_2(1.00167406),     by_root_2(2.83297682)};

[[nodiscard]] constexpr float polynomial_of(const std::array<float, 9>& c, float x) noexcept {
    float sum = c[0];
    for (std::size_t i = 1; i < 9; ++i) sum = sum * x + c[i];
    return sum;
}

} // namespace detail

/// Standard normal of a word, float32.
[[nodiscard]] inline float normal_of(std::uint32_t word) noexcept {
    const float t = delta_of(word);
    const float size = t < 0.0F ? -t : t;
    const float w = -detail::log_of_share((1.0F - size) * (1.0F + size));
    if (w < 5.0F) return detail::polynomial_of(detail::normal_body, w - 2.5F) * t;
    return detail::polynomial_of(detail::normal_tail, std::sqrt(w) - 3.0F) * t;
}

/// The same normal in double precision, for references and for draws that are rare.
[[nodiscard]] inline double normal_double_of(std::uint32_t word) noexcept {
    return numeric::normal_quantile(random::uniform_24(word));
}

/// Exponential of mean 1.
[[nodiscard]] constexpr double exponential_of(std::uint32_t word) noexcept {
    return -numeric::log(random::uniform_24(word));
}

/// True with probability p.
[[nodiscard]] constexpr bool happens(std::uint32_t word, double p) noexcept {
    return random::uniform_24(word) < p;
}

} // namespace dualtrack::simulate
