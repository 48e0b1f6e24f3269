// The arithmetic under every figure: sums that do not depend on how many threads or how wide a processor worked on
// them, products whose rounding is known, rounding half to even, and a check that the host computes as IEEE 754 says.
//     fixed_sum: rows in blocks of 128, each in 8 lanes; the blocks are added in a tree: ((b0 + b1) + (b2 + b3)) + ...
// The tree depends on the number of rows alone, so the same rows give the same bits everywhere, and the error grows
// with log2(n) rather than n. Per-block values of a parallel loop go through the same tree (sum_tree).
// Reference: Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed. 2002, ch. 4; Dekker 1971 (two_prod).
#pragma once

#include <dualtrack/base/exp_log.hpp>

#include <array>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

static_assert(FLT_EVAL_METHOD == 0, "doubles must be computed as doubles: on i386 build with -msse2 -mfpmath=sse");

namespace dualtrack::numeric {

/// A number as the unevaluated sum of two doubles: what rounding left, and what it took away.
struct rounded {
    double value;
    double rest;
};

/// a + b without loss (Knuth); exact unless it overflows.
constexpr rounded two_sum(double a, double b) noexcept {
    const double sum = a + b;
    const double b_part = sum - a;
    return {sum, (a - (sum - b_part)) + (b - b_part)};
}

/// a * b without loss (Dekker, no fused multiply-add); exact while |a|, |b| < 2^995 and the product is above 2^-968.
constexpr rounded two_prod(double a, double b) noexcept {
    constexpr double splitter = 0x1p27 + 1.0;
    const double a_big = a * splitter;
    const double a_head = a_big - (a_big - a);
    const double a_rest = a - a_head;
    const double b_big = b * splitter;
    const double b_head = b_big - (b_big - b);
    const double b_rest = b - b_head;
    const double product = a * b;
    return {product, ((a_head * b_head - product) + a_head * b_rest + a_rest * b_head) + a_rest * b_rest};
}

/// The nearest whole number, ties to the even one, whatever the rounding mode of the host; keeps the sign of a zero.
constexpr double round_half_even(double x) noexcept {
    constexpr double all_whole = 0x1p52;
    if (!(x > -all_whole && x < all_whole)) return x;
    const auto toward_zero = static_cast<std::int64_t>(x);
    const double lost = x - static_cast<double>(toward_zero); // exact
    const double size = lost < 0.0 ? -lost : lost;
    const bool away = size > 0.5 || (size == 0.5 && toward_zero % 2 != 0);
    const std::int64_t whole = away ? toward_zero + (x < 0.0 ? -1 : 1) : toward_zero;
    constexpr std::uint64_t sign = std::uint64_t{1} << 63;
    const auto magnitude = std::bit_cast<std::uint64_t>(static_cast<double>(whole)) & ~sign;
    return std::bit_cast<double>(magnitude | (std::bit_cast<std::uint64_t>(x) & sign));
}

/// Adds values in a tree of neighbours whose shape depends on their number alone: the tree of map_reduce_blocks.
class sum_tree {
  public:
    constexpr void add(double value) noexcept {
        std::size_t level = 0;
        for (std::uint64_t full = n_; (full & 1) != 0; full >>= 1, ++level) value = partial_[level] + value;
        partial_[level] = value;
        ++n_;
    }

    /// The sum of all values added so far; 0 for none.
    [[nodiscard]] constexpr double value() const noexcept {
        double sum = 0.0;
        bool empty = true;
        for (std::size_t level = 0; level < partial_.size(); ++level) {
            if ((n_ >> level & 1) == 0) continue;
            sum = empty ? partial_[level] : partial_[level] + sum;
            empty = false;
        }
        return sum;
    }

  private:
    std::array<double, 64> partial_{}; // [level]: the sum of 2^level neighbours, if that bit of n_ is set
    std::uint64_t n_ = 0;
};

inline constexpr std::size_t sum_block_size = 128;

/// The sum of at most one block: 8 lanes by position, added pairwise.
constexpr double sum_block(std::span<const double> values) noexcept {
    const double* at = values.data();
    std::size_t n_left = values.size();
    double lane_0 = 0.0, lane_1 = 0.0, lane_2 = 0.0, lane_3 = 0.0;
    double lane_4 = 0.0, lane_5 = 0.0, lane_6 = 0.0, lane_7 = 0.0;
    for (; n_left >= 8; n_left -= 8, at += 8) {
        lane_0 += at[0];
        lane_1 += at[1];
        lane_2 += at[2];
        lane_3 += at[3];
        lane_4 += at[4];
        lane_5 += at[5];
        lane_6 += at[6];
        lane_7 += at[7];
    }
    if (n_left > 0) lane_0 += at[0];
    if (n_left > 1) lane_1 += at[1];
    if (n_left > 2) lane_2 += at[2];
    if (n_left > 3) lane_3 += at[3];
    if (n_left > 4) lane_4 += at[4];
    if (n_left > 5) lane_5 += at[5];
    if (n_left > 6) lane_6 += at[6];
    return ((lane_0 + lane_4) + (lane_2 + lane_6)) + ((lane_1 + lane_5) + (lane_3 + lane_7));
}

/// The sum of values in an order that depends on their number alone.
constexpr double fixed_sum(std::span<const double> values) noexcept {
    if (values.size() <= sum_block_size) return sum_block(values);
    sum_tree tree;
    while (!values.empty()) {
        const std::size_t n = values.size() < sum_block_size ? values.size() : sum_block_size;
        tree.add(sum_block(values.first(n)));
        values = values.subspan(n);
    }
    return tree.value();
}

/// True if this build and this thread compute doubles as IEEE 754 says: round to nearest even, no fused multiply-add,
/// subnormal numbers kept, no excess precision, no reordering. A run that finds false must not report a figure.
[[nodiscard]] inline bool arithmetic_is_exact() noexcept {
    // Volatile inputs, so that the compiler cannot answer for the machine.
    volatile double one_input = 1.0;
    volatile double tie_input = 0x1p-53;
    volatile double above_tie_input = 0x1.0000000001p-53;
    volatile double factor_input = 0x1.0000001p+0; // 1 + 2^-28, whose square ends in 2^-56
    volatile double normal_input = 0x1p-1022;
    volatile double subnormal_input = 0x1p-1074;
    volatile double big_input = 0x1p53;
    volatile double three_input = 3.0;
    const double one = one_input, tie = tie_input, above_tie = above_tie_input, factor = factor_input;
    const double normal = normal_input, subnormal = subnormal_input, big = big_input, three = three_input;

    // Every product is of inputs read anew: one that is used twice would be computed, and rounded, once.
    volatile double product_output = factor * factor_input;
    const double product = product_output;
    const double a = factor_input, b = factor_input, c = factor_input, d = factor_input;
    const bool products_are_rounded = product == 0x1.0000002p+0 && a * b - product == 0.0 && product - c * d == 0.0;
    const bool sums_go_to_nearest = one + tie == one && -one - tie == -one && one + above_tie == 0x1.0000000000001p+0 &&
                                    -one - above_tie == -0x1.0000000000001p+0;
    const bool subnormals_are_kept =
        normal * 0.5 == 0x1p-1023 && normal * 0.5 != 0.0 && subnormal * 0x1p+100 == 0x1p-974;
    const bool order_is_kept = (big + one) - big == 0.0 && (one + tie) - one == 0.0;
    const bool quotients_and_roots_are_exact =
        one / three == 0x1.5555555555555p-2 && std::sqrt(three) == 0x1.bb67ae8584caap+0;
    return products_are_rounded && sums_go_to_nearest && subnormals_are_kept && order_is_kept &&
           quotients_and_roots_are_exact;
}

} // namespace dualtrack::numeric
