// The entries of the inverse that are asked for, and no others: the variances of managers, and the covariances of every
// two managers who share a seller. From the last eliminated to the first,
//   Z_ij = - sum_{k in pat(j)} l_kj Z_ik ,   Z_jj = 1 / d_j - sum_{k in pat(j)} l_kj Z_kj          (i in pat(j))
// gives the inverse on the pattern of L, exactly. On dual numbers over S + epsilon K the rates are -S^-1 K S^-1.
// Reference: Takahashi, Fagan, Chin, "Formation of a sparse bus impedance matrix", PICA 1973.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <dualtrack/estimate/sparse_factor.hpp>

namespace dualtrack::estimate {

template <class Number> struct selected_inverse {
    const factor_pattern* pattern = nullptr; // outlives this
    std::vector<std::uint32_t> row;          // as in the factor
    std::vector<Number> entry, diagonal;     // by position

    /// Entry of two vertices; 0 where one is grounded. @pre both are one vertex, linked, or share a seller
    [[nodiscard]] Number at(std::uint32_t a, std::uint32_t b) const {
        if (pattern->grounded[a] != 0 || pattern->grounded[b] != 0) return Number(0.0);
        const std::uint32_t p = pattern->position[a];
        const std::uint32_t q = pattern->position[b];
        if (p == q) return diagonal[p];
        const auto begin = row.begin() + static_cast<std::ptrdiff_t>(pattern->first[std::min(p, q)]);
        const auto end = row.begin() + static_cast<std::ptrdiff_t>(pattern->first[std::min(p, q) + 1]);
        const auto found = std::lower_bound(begin, end, std::max(p, q));
        return found != end && *found == std::max(p, q) ? entry[static_cast<std::size_t>(found - row.begin())]
                                                        : Number(0.0);
    }
};

/// The inverse on the pattern of the factor.
template <class Number>
selected_inverse<Number> selected_inverse_of(const factor_pattern& pattern, const sparse_factor<Number>& factor) {
    const std::size_t n = pattern.size();
    selected_inverse<Number> out;
    out.pattern = &pattern;
    out.row = factor.row;
    out.entry.resize(factor.lower.size());
    out.diagonal.resize(n);
    std::vector<std::uint32_t> place(n, no_index); // of a row in the column at work
    std::vector<Number> sum;
    for (std::size_t j = n; j-- > 0;) {
        const std::uint64_t begin = pattern.first[j];
        const std::uint64_t end = pattern.first[j + 1];
        const std::size_t count = end - begin;
        sum.assign(count, Number(0.0));
        for (std::size_t i = 0; i < count; ++i) place[factor.row[begin + i]] = static_cast<std::uint32_t>(i);
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint32_t k = factor.row[begin + i];
            const Number l_kj = factor.lower[begin + i];
            sum[i] += l_kj * out.diagonal[k];
            Number own = Number(0.0);
            for (std::uint64_t e = pattern.first[k]; e < pattern.first[k + std::size_t{1}]; ++e) {
                const std::uint32_t at = place[factor.row[e]];
                if (at == no_index) continue;
                const Number z = out.entry[e];
                sum[at] += l_kj * z;
                own += factor.lower[begin + at] * z;
            }
            sum[i] += own;
        }
        Number corner = Number(1.0) / factor.pivot[j];
        for (std::size_t i = 0; i < count; ++i) {
            out.entry[begin + i] = -sum[i];
            corner += factor.lower[begin + i] * sum[i];
            place[factor.row[begin + i]] = no_index;
        }
        out.diagonal[j] = corner;
    }
    return out;
}

} // namespace dualtrack::estimate
