// Rater severity: some raters give everybody low marks. Where raters and people form one net (people rated by several,
// raters who rated several) it can be told apart from what the rated deserve and is taken out; a rater whose people
// nobody else rated cannot be told from a team that deserves it, and is left as is, with a finding.
//
//   y_ij = a_i + s_j + e,  a_i fixed, s_j ~ N(0, severity_sd^2), e ~ N(0, error_sd^2 / n_ij):
//   s_j = sum_i w_ij (y_ij - a_i) / (sum_i w_ij + (error_sd / severity_sd)^2),  a_i = sum_j w_ij (y_ij - s_j) / sum_j
//   w_ij,
// by Gauss-Seidel in a fixed order. References: Searle, Variance Components (1992); Scullen, Mount and Goff (2000):
// raters carry more than half of the variance of ratings.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <dualtrack/base/column.hpp>

namespace dualtrack::assess {

/// All that one rater said of one person through one source, averaged.
struct rated_pair {
    std::uint32_t person = 0;
    std::uint32_t rater = 0;
    double mean = 0.0; // standardised ratings
    double n = 0.0;    // of how many
};

struct severities {
    std::vector<double> of_rater;     // to subtract from a standardised rating; 0 where it cannot be told; [n_people]
    std::vector<double> variance;     // of what is left of it after that; [n_people]
    std::int64_t n_raters = 0;        // who rated anybody
    std::int64_t n_not_connected = 0; // of them alone with the people they rated
    int rounds = 0;
};

namespace detail {

/// Groups of raters and people who hang together (union-find with path halving).
class connected_sets {
  public:
    explicit connected_sets(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), std::uint32_t{0}); }
    std::uint32_t find(std::uint32_t node) noexcept {
        while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
        return node;
    }
    void join(std::uint32_t a, std::uint32_t b) noexcept {
        a = find(a);
        b = find(b);
        if (a != b) parent_[std::max(a, b)] = std::min(a, b);
    }

  private:
    std::vector<std::uint32_t> parent_;
};

} // namespace detail

/// Severity of every rater of one source. `pairs` in the order (person, rater); the result does not depend on anything
/// else.
/// @param error_variance of one standardised rating about person and rater, @param severity_sd prior spread of severity
[[nodiscard]] inline severities fit_severity(std::span<const rated_pair> pairs, std::uint32_t n_people,
                                             double error_variance, double severity_sd) {
    severities out;
    out.of_rater.assign(n_people, 0.0);
    out.variance.assign(n_people, severity_sd * severity_sd);
    detail::connected_sets sets(std::size_t{2} * n_people); // people first, then raters
    std::vector<double> weight(n_people, 0.0);
    for (const rated_pair& pair : pairs) {
        sets.join(pair.person, n_people + pair.rater);
        weight[pair.rater] += pair.n;
    }
    std::vector<std::uint32_t> raters_in(std::size_t{2} * n_people, 0);
    for (std::uint32_t rater = 0; rater < n_people; ++rater)
        if (weight[rater] > 0.0) ++raters_in[sets.find(n_people + rater)];
    std::vector<std::uint8_t> told(n_people, 0);
    for (std::uint32_t rater = 0; rater < n_people; ++rater) {
        if (!(weight[rater] > 0.0)) continue;
        ++out.n_raters;
        told[rater] = raters_in[sets.find(n_people + rater)] > 1 ? 1 : 0;
        out.n_not_connected += told[rater] != 0 ? 0 : 1;
    }
    if (!(severity_sd > 0.0) || out.n_raters == out.n_not_connected) return out;
    const double ridge = error_variance / (severity_sd * severity_sd);
    std::vector<double> sum(n_people);
    constexpr int most_rounds = 60;
    for (out.rounds = 1; out.rounds <= most_rounds; ++out.rounds) {
        std::fill(sum.begin(), sum.end(), 0.0);
        for (std::size_t begin = 0; begin < pairs.size();) {
            std::size_t end = begin;
            double total = 0.0;
            double n = 0.0;
            for (; end < pairs.size() && pairs[end].person == pairs[begin].person; ++end) {
                total += pairs[end].n * (pairs[end].mean - out.of_rater[pairs[end].rater]);
                n += pairs[end].n;
            }
            const double deserved = total / n;
            for (; begin < end; ++begin) sum[pairs[begin].rater] += pairs[begin].n * (pairs[begin].mean - deserved);
        }
        double moved = 0.0;
        for (std::uint32_t rater = 0; rater < n_people; ++rater) {
            if (told[rater] == 0) continue;
            const double severity = sum[rater] / (weight[rater] + ridge);
            moved = std::max(moved, std::fabs(severity - out.of_rater[rater]));
            out.of_rater[rater] = severity;
        }
        if (moved < 1e-10) break;
    }
    for (std::uint32_t rater = 0; rater < n_people; ++rater)
        if (told[rater] != 0) out.variance[rater] = error_variance / (weight[rater] + ridge);
    return out;
}

} // namespace dualtrack::assess
