// Bootstrap samples, tie-breaks and simulated careers need chance that anybody can replay. Every random number here is
// a pure function of who it is for: the seed of the run, the entity (a person, a seat), the replication, the time and
// the purpose. There is no state to share, so order and threads cannot matter, and adding a person changes nobody
// else's luck.
//     key      k0 = seed mod 2^32, k1 = seed / 2^32
//     counter  c0 = entity, c1 = replication, c2 = time (or ordinal), c3 = purpose * 256 + block
//     words    4 x 32 bits a block: Philox4x32-10(counter, key)
// A stream hands out the words of one such place in order; after its 256 blocks (1,024 words) it goes on with the key
// (k0, k1 + 0x85EBCA6B), and so on, so that it never runs into another purpose.
// Purposes are never reused or renumbered. 24-bit mappings (one word each) serve the simulation, 53-bit ones all else.
// Reference: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011; Lemire 2019 (below);
// Marsaglia, Tsang 2000 (gamma); Hoermann 1993 (Poisson, transformed rejection PTRS).
#pragma once

#include <dualtrack/base/exp_log.hpp>
#include <dualtrack/base/gamma.hpp>
#include <dualtrack/base/normal.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace dualtrack::random {

using words = std::array<std::uint32_t, 4>;

struct philox_key {
    std::uint32_t k0 = 0;
    std::uint32_t k1 = 0;
};

/// The block function, Philox4x32-10.
constexpr words philox4x32_10(words counter, philox_key key) noexcept {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t product_0 = std::uint64_t{0xD2511F53} * counter[0];
        const std::uint64_t product_2 = std::uint64_t{0xCD9E8D57} * counter[2];
        counter = {
            static_cast<std::uint32_t>(product_2 >> 32) ^ counter[1] ^ key.k0, static_cast<std::uint32_t>(product_2),
            static_cast<std::uint32_t>(product_0 >> 32) ^ counter[3] ^ key.k1, static_cast<std::uint32_t>(product_0)};
        key.k0 += 0x9E3779B9;
        key.k1 += 0xBB67AE85;
    }
    return counter;
}

/// What a random number is for. Purposes 1 to 16,777,215; those of the simulation are 1 to 63.
struct place {
    std::uint64_t seed = 0;
    std::uint32_t entity = 0;
    std::uint32_t replication = 0;
    std::uint32_t time = 0;
    std::uint32_t purpose = 0;
};

/// The four words of a block 0..255 at a place.
constexpr words block_of(const place& at, std::uint32_t block) noexcept {
    return philox4x32_10({at.entity, at.replication, at.time, (at.purpose << 8) + (block & 255)},
                         {static_cast<std::uint32_t>(at.seed), static_cast<std::uint32_t>(at.seed >> 32)});
}

/// A word as a number of (0, 1): odd multiples of 2^-25.
constexpr double uniform_24(std::uint32_t word) noexcept {
    return (static_cast<double>(word >> 8) + 0.5) * 0x1p-24;
}

/// A word as one of 0..n-1 in fixed consumption; the bias is below n / 2^32.
constexpr std::uint32_t pick_32(std::uint32_t word, std::uint32_t n) noexcept {
    return static_cast<std::uint32_t>((std::uint64_t{word} * n) >> 32);
}

/// The words of one place, in order. Copying a stream repeats it.
class stream {
  public:
    constexpr explicit stream(const place& at) noexcept : at_(at) {}

    constexpr std::uint32_t next_word() noexcept {
        const auto offset = static_cast<std::uint32_t>(n_used_ & 3);
        if (offset == 0) {
            const std::uint64_t epoch = n_used_ >> 10;
            place at = at_;
            const auto high =
                static_cast<std::uint32_t>(at.seed >> 32) + static_cast<std::uint32_t>(epoch) * 0x85EBCA6B;
            at.seed = (std::uint64_t{high} << 32) | (at.seed & 0xFFFFFFFF);
            block_ = block_of(at, static_cast<std::uint32_t>(n_used_ >> 2));
        }
        ++n_used_;
        return block_[offset];
    }

    /// The first word is the low half.
    constexpr std::uint64_t next_64() noexcept {
        const std::uint64_t low = next_word();
        return (std::uint64_t{next_word()} << 32) | low;
    }

    /// How many words have been handed out.
    [[nodiscard]] constexpr std::uint64_t n_used() const noexcept { return n_used_; }

  private:
    place at_;
    words block_{};
    std::uint64_t n_used_ = 0;
};

/// Uniform in (0, 1): odd multiples of 2^-53, never 0 or 1; two words.
constexpr double uniform(stream& words_of) noexcept {
    const std::uint64_t odd = (words_of.next_64() >> 11) | 1;
    return static_cast<double>(odd) * 0x1p-53;
}

/// Standard normal, by inversion; two words.
inline double normal(stream& words_of) noexcept {
    return numeric::normal_quantile(uniform(words_of));
}

/// Exponential of mean 1; two words.
constexpr double exponential(stream& words_of) noexcept {
    return -numeric::log(uniform(words_of));
}

/// One of 0..n-1, each exactly as likely as any other; 0 if n is 0.
constexpr std::uint64_t below(stream& words_of, std::uint64_t n) noexcept {
    if (n <= 1) return 0;
    if (n <= 0xFFFFFFFF) {
        // Lemire: the high half of word * n, refusing the words that would make some results more likely.
        const auto small = static_cast<std::uint32_t>(n);
        const std::uint32_t refused = (0U - small) % small;
        std::uint64_t product = std::uint64_t{words_of.next_word()} * n;
        while (static_cast<std::uint32_t>(product) < refused) product = std::uint64_t{words_of.next_word()} * n;
        return product >> 32;
    }
    const std::uint64_t refused = (0ULL - n) % n;
    std::uint64_t word = words_of.next_64();
    while (word < refused) word = words_of.next_64();
    return word % n;
}

/// Gamma of mean `shape` and scale 1. @pre shape > 0 and finite; otherwise NaN
inline double gamma(stream& words_of, double shape) noexcept {
    if (!(shape > 0.0 && shape < numeric::infinity)) return numeric::not_a_number;
    if (shape < 1.0) {
        // A gamma of shape + 1 times u^(1/shape), in logarithms so that small shapes do not lose the tail.
        const double larger = gamma(words_of, shape + 1.0);
        return numeric::exp(numeric::log(larger) - exponential(words_of) / shape);
    }
    const double d = shape - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    for (;;) {
        const double z = normal(words_of);
        const double root = 1.0 + c * z;
        if (root <= 0.0) continue;
        const double cube = root * root * root;
        if (numeric::log(uniform(words_of)) < 0.5 * z * z + d - d * cube + d * numeric::log(cube)) return d * cube;
    }
}

/// Poisson of the given mean. @pre 0 <= mean <= 1e15; otherwise -1
inline std::int64_t poisson(stream& words_of, double mean) noexcept {
    if (!(mean >= 0.0 && mean <= 1e15)) return -1;
    if (mean < 10.0) {
        // By inversion: the first count whose cumulated probability exceeds u.
        double left = uniform(words_of);
        double probability = numeric::exp(-mean);
        std::int64_t count = 0;
        for (; left >= probability && count < 200; ++count) {
            left -= probability;
            probability *= mean / static_cast<double>(count + 1);
        }
        return count;
    }
    const double root = std::sqrt(mean);
    const double log_mean = numeric::log(mean);
    const double b = 0.931 + 2.53 * root;
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double accepted_at_once = 0.9277 - 3.6224 / (b - 2.0);
    for (;;) {
        const double u = uniform(words_of) - 0.5;
        const double v = uniform(words_of);
        const double edge = 0.5 - std::fabs(u);
        const double count = std::floor((2.0 * a / edge + b) * u + mean + 0.43);
        if (edge >= 0.07 && v <= accepted_at_once) return static_cast<std::int64_t>(count);
        if (count < 0.0 || count > 1e18 || (edge < 0.013 && v > edge)) continue;
        const double density = count * log_mean - mean - numeric::log_gamma(count + 1.0);
        if (numeric::log(v * inverse_alpha / (a / (edge * edge) + b)) <= density)
            return static_cast<std::int64_t>(count);
    }
}

} // namespace dualtrack::random
