// Sums of numbers without any rounding: in whatever order numbers come, and whatever is taken back later, the sum is
// the one true sum. For totals that are kept for years and corrected now and then.
//   a double is m 2^k with an integer m: a fixed-point number of 2,100 bits holds every sum of doubles
// Reference: Kulisch, Miranker 1986 (the long accumulator).
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace dualtrack {

class exact_sum {
  public:
    static constexpr std::size_t n_limbs = 68;
    using limbs = std::array<std::int64_t, n_limbs>;

    /// @pre x is finite
    void add(double x) noexcept { put(x, 1); }
    /// @pre x is finite
    void subtract(double x) noexcept { put(x, -1); }

    /// The sum, rounded once.
    [[nodiscard]] double value() const noexcept {
        limbs digits = settled();
        const bool is_negative = digits.back() < 0;
        if (is_negative) {
            for (std::int64_t& digit : digits) digit = -digit;
            carry(digits);
        }
        std::size_t top = n_limbs;
        while (top > 0 && digits[top - 1] == 0) --top;
        if (top == 0) return 0.0;
        const auto digit = [&](std::size_t below) { // of 32 bits each, from the top
            return below < top ? static_cast<std::uint64_t>(digits[top - 1 - below]) : std::uint64_t{0};
        };
        const std::uint64_t head = digit(0) << 32 | digit(1);
        const int room = std::countl_zero(head); // below 32
        const std::uint64_t tail = digit(2) << room;
        std::uint64_t bits = head << room | tail >> 32;
        bool is_cut = (tail & 0xFFFFFFFF) != 0;
        for (std::size_t below = 3; below < top; ++below) is_cut = is_cut || digit(below) != 0;
        if (is_cut) bits |= 1; // what lies below decides a tie, far below the bits that stay
        // One rounding, to 53 bits; ldexp then is exact: below 2^-1022 a sum of doubles has fewer bits than that.
        const double sum = std::ldexp(static_cast<double>(bits), 32 * (static_cast<int>(top) - 2) - room - lowest_bit);
        return is_negative ? -sum : sum;
    }

    /// One representation a sum: digits 0 .. 2^32 - 1 but for the last, which carries the sign.
    [[nodiscard]] limbs settled() const noexcept {
        limbs out = limb_;
        carry(out);
        return out;
    }
    /// @pre `from` came from settled()
    static exact_sum of(const limbs& from) noexcept {
        exact_sum out;
        out.limb_ = from;
        return out;
    }

  private:
    static constexpr int lowest_bit = 1074;
    static constexpr std::int64_t low_half = 0xFFFFFFFF;

    static void carry(limbs& digits) noexcept {
        for (std::size_t i = 0; i + 1 < n_limbs; ++i) {
            const std::int64_t over = digits[i] >> 32; // arithmetic: rounds down
            digits[i] &= low_half;
            digits[i + 1] += over;
        }
    }
    void put(double x, std::int64_t sign) noexcept {
        const auto bits = std::bit_cast<std::uint64_t>(x);
        const std::uint64_t exponent = (bits >> 52) & 0x7FF;
        std::uint64_t m = bits & 0xFFFFFFFFFFFFF;
        if (exponent != 0) m |= std::uint64_t{1} << 52;
        const std::uint64_t place = exponent == 0 ? 0 : exponent - 1;
        const auto at = static_cast<std::size_t>(place >> 5);
        const auto shift = static_cast<unsigned>(place & 31);
        const std::uint64_t low = (m & 0xFFFFFFFF) << shift;
        const std::uint64_t high = (m >> 32) << shift;
        if ((bits >> 63) != 0) sign = -sign;
        limb_[at] += sign * static_cast<std::int64_t>(low & 0xFFFFFFFF);
        limb_[at + 1] += sign * static_cast<std::int64_t>((low >> 32) + (high & 0xFFFFFFFF));
        limb_[at + 2] += sign * static_cast<std::int64_t>(high >> 32);
        if (++n_since_carry_ == std::uint32_t{1} << 29) { // each adds less than 2^33 to a limb
            carry(limb_);
            n_since_carry_ = 0;
        }
    }

    limbs limb_{};
    std::uint32_t n_since_carry_ = 0;
};

} // namespace dualtrack
