// Random signs, eight draws at a time: a sign belongs to an entity (a match, a seller, a manager) and a draw, whoever
// asks for it and in whatever order.
//   E[(a'z)(b'z)] = a'b   for vectors a, b and signs z: means of products over draws are exact on average
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/block_gradients.hpp>
#include <dualtrack/estimate/matches.hpp>

namespace dualtrack::estimate {

/// What signs are for; each has its own.
enum class sign_kind : std::uint32_t {
    match,          // leverages, and the data's part of a posterior
    seller,         // standard errors that leave a seller out
    shared_match,   // the network's part of what is shared
    shared_manager, // the part of what is shared that is everybody's own
    own,            // what is a manager's own
    own_probe,      // traces
    shared_probe,
    open // standard errors: what hangs on one seller
};

using eight_signs = std::array<double, block_width>;

/// +1 or -1 of an entity in draws 8 block to 8 block + 7.
inline eight_signs signs_of(std::uint64_t seed, std::uint64_t entity, std::int64_t block, sign_kind kind) noexcept {
    constexpr std::uint32_t blocks_of_words = 16; // 128 draws in the four words of a place
    const auto b = static_cast<std::uint32_t>(block);
    const auto words = random::block_of({.seed = seed,
                                         .entity = static_cast<std::uint32_t>(entity),
                                         .replication = b / blocks_of_words,
                                         .time = static_cast<std::uint32_t>(kind),
                                         .purpose = purpose_projection},
                                        0);
    const std::uint32_t at = b % blocks_of_words;
    const std::uint32_t bits = words[at / 4] >> (at % 4 * 8);
    eight_signs out;
    for (std::uint32_t c = 0; c < block_width; ++c) out[c] = (bits >> c & 1U) != 0 ? 1.0 : -1.0;
    return out;
}

/// x += X'z of all who had several managers: its covariance over draws is the managers' matrix of these weights.
/// @param x [n_groups][8]
inline void add_match_signs(const match_columns& matches, std::span<const double> weight, std::uint64_t seed,
                            std::int64_t block, sign_kind kind, std::span<double> x) {
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::size_t begin = matches.first_match[unit];
        const std::size_t end = matches.first_match[unit + 1];
        if (end - begin < 2) continue;
        double total = 0.0;
        eight_signs mean{};
        for (std::size_t m = begin; m < end; ++m) {
            const double root = std::sqrt(weight[m]);
            const eight_signs z = signs_of(seed, m, block, kind);
            double* const to = x.data() + matches.group[m] * block_width;
            for (std::size_t c = 0; c < block_width; ++c) {
                to[c] += root * z[c];
                mean[c] += root * z[c];
            }
            total += weight[m];
        }
        for (double& v : mean) v /= total;
        for (std::size_t m = begin; m < end; ++m) {
            double* const to = x.data() + matches.group[m] * block_width;
            for (std::size_t c = 0; c < block_width; ++c) to[c] -= weight[m] * mean[c];
        }
    }
}

} // namespace dualtrack::estimate
