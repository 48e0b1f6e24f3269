// SHA-256: the fingerprint by which a record says which policy, which tables and which results it speaks of. Anybody
// can check it with a tool of their own.
// Reference: FIPS 180-4, 5.3.3 and 6.2.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace dualtrack {

using sha256_digest = std::array<std::uint8_t, 32>;

namespace detail {

inline constexpr std::array<std::uint32_t, 64> sha256_k{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// One round with the roles of the eight words fixed by position, so that no word moves.
inline void sha256_round(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t& d, std::uint32_t e,
                         std::uint32_t f, std::uint32_t g, std::uint32_t& h, std::uint32_t added) noexcept {
    const std::uint32_t high = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const std::uint32_t choice = g ^ (e & (f ^ g));
    const std::uint32_t first = h + high + choice + added;
    const std::uint32_t low = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const std::uint32_t majority = (a & b) | (c & (a | b));
    d += first;
    h = first + low + majority;
}

}  // namespace detail

/// Takes bytes in any pieces; the digest depends on the bytes alone.
class sha256 {
public:
    void update(const void* bytes, std::size_t size) noexcept {
        const auto* from = static_cast<const std::uint8_t*>(bytes);
        n_bytes_ += size;
        if (n_held_ != 0) {
            const std::size_t taken = size < 64 - n_held_ ? size : 64 - n_held_;
            if (taken != 0) std::memcpy(held_.data() + n_held_, from, taken);
            n_held_ += taken;
            from += taken;
            size -= taken;
            if (n_held_ < 64) return;
            compress(held_.data());
            n_held_ = 0;
        }
        for (; size >= 64; from += 64, size -= 64) compress(from);
        if (size != 0) std::memcpy(held_.data(), from, size);
        n_held_ = size;
    }
    void update(std::string_view text) noexcept { update(text.data(), text.size()); }

    /// The digest of all bytes so far; afterwards the state is that of a fresh one.
    sha256_digest finish() noexcept {
        const std::uint64_t n_bits = n_bytes_ * 8;
        held_[n_held_++] = 0x80;
        if (n_held_ > 56) {
            std::memset(held_.data() + n_held_, 0, 64 - n_held_);
            compress(held_.data());
            n_held_ = 0;
        }
        std::memset(held_.data() + n_held_, 0, 56 - n_held_);
        for (std::size_t i = 0; i < 8; ++i) held_[56 + i] = static_cast<std::uint8_t>(n_bits >> (56 - 8 * i));
        compress(held_.data());
        sha256_digest out;
        for (std::size_t i = 0; i < 32; ++i) out[i] = static_cast<std::uint8_t>(state_[i / 4] >> (24 - 8 * (i % 4)));
        *this = sha256();
        return out;
    }

private:
    void compress(const std::uint8_t* block) noexcept {
        using detail::sha256_k;
        using detail::sha256_round;
        std::array<std::uint32_t, 16> w;
        for (std::size_t i = 0; i < 16; ++i) {
            const std::uint8_t* at = block + 4 * i;
            w[i] = std::uint32_t{at[0]} << 24U | std::uint32_t{at[1]} << 16U | std::uint32_t{at[2]} << 8U | at[3];
        }
        auto [a, b, c, d, e, f, g, h] = state_;
        for (std::size_t i = 0; i < 64; i += 16) {
            if (i != 0) {
                for (std::size_t j = 0; j < 16; ++j) {
                    const std::uint32_t early = w[(j + 1) & 15U];
                    const std::uint32_t late = w[(j + 14) & 15U];
                    w[j] += (std::rotr(early, 7) ^ std::rotr(early, 18) ^ (early >> 3U)) + w[(j + 9) & 15U] +
                            (std::rotr(late, 17) ^ std::rotr(late, 19) ^ (late >> 10U));
                }
            }
            for (std::size_t j = 0; j < 16; j += 8) {
                const std::uint32_t* k = sha256_k.data() + i + j;
                sha256_round(a, b, c, d, e, f, g, h, k[0] + w[j]);
                sha256_round(h, a, b, c, d, e, f, g, k[1] + w[j + 1]);
                sha256_round(g, h, a, b, c, d, e, f, k[2] + w[j + 2]);
                sha256_round(f, g, h, a, b, c, d, e, k[3] + w[j + 3]);
                sha256_round(e, f, g, h, a, b, c, d, k[4] + w[j + 4]);
                sha256_round(d, e, f, g, h, a, b, c, k[5] + w[j + 5]);
                sha256_round(c, d, e, f, g, h, a, b, k[6] + w[j + 6]);
                sha256_round(b, c, d, e, f, g, h, a, k[7] + w[j + 7]);
            }
        }
        const std::array<std::uint32_t, 8> after{a, b, c, d, e, f, g, h};
        for (std::size_t i = 0; i < 8; ++i) state_[i] += after[i];
    }

    std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::uint8_t, 64> held_;
    std::size_t n_held_ = 0;
    std::uint64_t n_bytes_ = 0;
};

/// A digest of one text.
[[nodiscard]] inline sha256_digest sha256_of(std::string_view text) noexcept {
    sha256 hash;
    hash.update(text);
    return hash.finish();
}

/// A digest as 64 hexadecimal digits.
[[nodiscard]] inline std::string hex_of(const sha256_digest& digest) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string out;
    out.reserve(2 * digest.size());
    for (const std::uint8_t byte : digest) {
        out.push_back(hex[byte >> 4U]);
        out.push_back(hex[byte & 15U]);
    }
    return out;
}

}  // namespace dualtrack
