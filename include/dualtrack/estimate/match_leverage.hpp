// How much of a match its own fit rests on: with leverage P = 1 the match fits itself whatever it is, and nothing can
// be learned from leaving it out.
//   P_m = n_m [ 1 / W_i + v_m' Z v_m ] ,   v_m = unit_j - sum_k p_ik unit_k ,   H_ab = sqrt(n_a n_b) v_a' Z v_b
// Only pairs of managers who share a seller are asked of Z, and these the selected inverse has, exactly.
// Reference: Kline, Saggio, Solvsten, Econometrica 88 (2020) 1859.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/matches.hpp>
#include <dualtrack/estimate/selected_inverse.hpp>

namespace dualtrack::estimate {

/// Sellers with two managers or more, one at a time: their own corner of the inverse.
struct mover_corner {
    std::size_t first = 0, size = 0; // matches [first, first + size)
    std::vector<double> Z;           // Z between the seller's managers; [size][size]
    std::vector<double> Zp;          // Z p, and p' Z p
    double pZp = 0.0;

    /// v_a' Z v_b.
    [[nodiscard]] double between(std::size_t a, std::size_t b) const noexcept {
        return Z[a * size + b] - Zp[a] - Zp[b] + pZp;
    }
};

namespace detail {

/// Reads the corner of one seller. @param entry (a, b) -> entry of a matrix on the pattern
template <class Entry>
void read_corner(const match_columns& matches, std::span<const double> match_weight, std::size_t unit, Entry&& entry,
                 mover_corner& out) {
    out.first = matches.first_match[unit];
    out.size = matches.matches_of(unit);
    out.Z.resize(out.size * out.size);
    out.Zp.assign(out.size, 0.0);
    double total = 0.0;
    for (std::size_t a = 0; a < out.size; ++a) total += match_weight[out.first + a];
    for (std::size_t a = 0; a < out.size; ++a)
        for (std::size_t b = 0; b <= a; ++b) {
            const double z = entry(matches.group[out.first + a], matches.group[out.first + b]);
            out.Z[a * out.size + b] = out.Z[b * out.size + a] = z;
        }
    out.pZp = 0.0;
    for (std::size_t a = 0; a < out.size; ++a) {
        for (std::size_t b = 0; b < out.size; ++b)
            out.Zp[a] += out.Z[a * out.size + b] * match_weight[out.first + b] / total;
        out.pZp += out.Zp[a] * match_weight[out.first + a] / total;
    }
}

} // namespace detail

/// Calls f(unit, corner) for every seller with two managers or more, ascending.
template <class F>
void for_movers(const match_columns& matches, std::span<const double> match_weight,
                const selected_inverse<double>& inverse, F&& f) {
    mover_corner corner;
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        if (matches.matches_of(unit) < 2) continue;
        detail::read_corner(
            matches, match_weight, unit, [&](std::uint32_t a, std::uint32_t b) { return inverse.at(a, b); }, corner);
        f(unit, corner);
    }
}

/// P of every match; 1 for those who stayed. [n_matches]
inline std::vector<double> exact_leverages(const match_columns& matches, const selected_inverse<double>& inverse) {
    std::vector<double> out(matches.size(), 1.0);
    for_movers(matches, matches.weight, inverse, [&](std::size_t unit, const mover_corner& corner) {
        for (std::size_t a = 0; a < corner.size; ++a) {
            const double n = matches.weight[corner.first + a];
            out[corner.first + a] = n / matches.unit_weight[unit] + n * corner.between(a, a);
        }
    });
    return out;
}

} // namespace dualtrack::estimate
