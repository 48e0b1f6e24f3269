// Rater severity: some raters give everybody low marks. Where raters and people form one net (people rated by several,
// raters who rated several) it can be told apart from what the rated deserve and is taken out; a rater whose people
// nobody else rated cannot be told from a team that deserves it, and is left as is, with a finding.
//
//   y_ij = a_i + s_j + e,  a_i fixed, s_j ~ N(0, severity_sd^2), e ~ N(0, error_sd^2 / n_ij):
//   s_j = sum_i w_ij (y_ij - a_i) / (sum_i w_ij + (error_sd / severity_sd)^2),  a_i = sum_j w_ij (y_ij - s_j) / sum_j
//   w_ij,
// by Gauss-Seidel in a fixed order. What stays open of s is as important: of four reports who rate nobody else it is
// known who is milder than whom, and nothing of how mild the four are together. With flat a_i each person i gives rater
// j the information 1 / (1 / n_ij + 1 / A_ij) / error_sd^2, A_ij = sum over i's other raters l of 1 / (1 / n_il + 1 /
// c_l), c_l = what is known of l without i (in the same units; (error_sd / severity_sd)^2 before anybody is rated). Of
// the mean severity of i's raters, weighted by n_ij, stays q / (N (N - q)) error_sd^2, N = sum n, q = sum n^2 / (c +
// n): exact when raters and people form a tree; where they form circles severity_sd^2 / (raters of the net), the mean
// that no comparison inside it can tell, is added (never beyond what was open before any rating). References: Searle,
// Variance Components (1992); Scullen, Mount and Goff (2000): raters carry more than half of the variance of ratings;
// Weiss and Freeman (2001) for the messages between people and raters.
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
    std::vector<double> of_rater; // to subtract from a standardised rating; 0 where it cannot be told; [n_people]
    std::vector<double> variance; // of what is left of it after that; [n_people]
    std::vector<double> of_mean;  // the same of the mean severity of whoever rated a person; [n_people]
    std::vector<double> ratings;  // how many somebody gave; [n_people]
    std::vector<std::uint8_t> connected; // 1: severity could be told apart; [n_people]
    std::int64_t n_raters = 0;           // who rated anybody
    std::int64_t n_not_connected = 0;    // of them alone with the people they rated
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

/// What stays open: `variance` of raters and `of_mean` of the rated, by messages between them.
/// @param mode variance of the mean severity of the net a rater belongs to, 0 where nothing is to be added; [n_people]
inline void fit_what_is_left(std::span<const rated_pair> pairs, std::span<const double> mode, double error_variance,
                             double severity_sd, severities& out) {
    const double ridge = error_variance / (severity_sd * severity_sd);
    std::vector<double> told(pairs.size(), 0.0); // by each person of each of its raters
    std::vector<double> known(out.variance.size(), ridge);
    std::vector<double> next(out.variance.size());
    const auto person_end = [&](std::size_t begin) {
        std::size_t end = begin;
        while (end < pairs.size() && pairs[end].person == pairs[begin].person) ++end;
        return end;
    };
    constexpr int most_rounds = 12;
    constexpr double close = 1e-3;
    double moved = 1.0;
    for (int round = 0; round < most_rounds && moved > close; ++round) {
        std::fill(next.begin(), next.end(), ridge);
        for (std::size_t begin = 0; begin < pairs.size();) {
            const std::size_t end = person_end(begin);
            const auto reads = [&](std::size_t i) {
                return 1.0 / (1.0 / pairs[i].n + 1.0 / (known[pairs[i].rater] - told[i]));
            };
            double all = 0.0;
            for (std::size_t i = begin; i < end; ++i) all += reads(i);
            for (const std::size_t first = begin; begin < end; ++begin) {
                const double others = end - first > 1 ? all - reads(begin) : 0.0;
                told[begin] = others > 0.0 ? 1.0 / (1.0 / pairs[begin].n + 1.0 / others) : 0.0;
                next[pairs[begin].rater] += told[begin];
            }
        }
        moved = 0.0;
        for (std::size_t rater = 0; rater < known.size(); ++rater)
            moved = std::max(moved, std::fabs(next[rater] - known[rater]) / known[rater]);
        known.swap(next);
    }
    const double before = severity_sd * severity_sd;
    for (std::size_t rater = 0; rater < known.size(); ++rater)
        out.variance[rater] = std::min(before, error_variance / known[rater] + mode[rater]);
    for (std::size_t begin = 0; begin < pairs.size();) {
        const std::size_t end = person_end(begin);
        double n = 0.0, squares = 0.0, q = 0.0;
        const std::uint32_t person = pairs[begin].person;
        const double added = mode[pairs[begin].rater];
        for (; begin < end; ++begin) {
            const double own = pairs[begin].n;
            n += own;
            squares += own * own;
            q += own * own / (known[pairs[begin].rater] - told[begin] + own);
        }
        out.of_mean[person] = std::min(before * squares / (n * n), error_variance * q / (n * (n - q)) + added);
    }
}

} // namespace detail

/// Severity of every rater of one source. `pairs` in the order (person, rater); the result does not depend on anything
/// else.
/// @param error_variance of one standardised rating about person and rater, @param severity_sd prior spread of severity
[[nodiscard]] inline severities fit_severity(std::span<const rated_pair> pairs, std::uint32_t n_people,
                                             double error_variance, double severity_sd) {
    severities out;
    out.of_rater.assign(n_people, 0.0);
    out.variance.assign(n_people, severity_sd * severity_sd);
    out.of_mean.assign(n_people, 0.0);
    detail::connected_sets sets(std::size_t{2} * n_people); // people first, then raters
    out.ratings.assign(n_people, 0.0);
    auto& weight = out.ratings;
    for (const rated_pair& pair : pairs) {
        sets.join(pair.person, n_people + pair.rater);
        weight[pair.rater] += pair.n;
    }
    std::vector<std::uint32_t> raters_in(std::size_t{2} * n_people, 0); // of each net, at its first node
    std::vector<std::uint32_t> nodes_in(std::size_t{2} * n_people, 0);
    std::vector<std::uint32_t> pairs_in(std::size_t{2} * n_people, 0);
    for (std::uint32_t rater = 0; rater < n_people; ++rater)
        if (weight[rater] > 0.0) {
            ++raters_in[sets.find(n_people + rater)];
            ++nodes_in[sets.find(n_people + rater)];
        }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        ++pairs_in[sets.find(pairs[i].person)];
        if (i == 0 || pairs[i].person != pairs[i - 1].person) ++nodes_in[sets.find(pairs[i].person)];
    }
    out.connected.assign(n_people, 0);
    auto& told = out.connected;
    for (std::uint32_t rater = 0; rater < n_people; ++rater) {
        if (!(weight[rater] > 0.0)) continue;
        ++out.n_raters;
        told[rater] = raters_in[sets.find(n_people + rater)] > 1 ? 1 : 0;
        out.n_not_connected += told[rater] != 0 ? 0 : 1;
    }
    if (!(severity_sd > 0.0)) return out;
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
    std::vector<double> mode(n_people, 0.0); // a net without circles has as many pairs as nodes less one
    for (std::uint32_t rater = 0; rater < n_people; ++rater)
        if (const std::uint32_t net = sets.find(n_people + rater);
            weight[rater] > 0.0 && pairs_in[net] >= nodes_in[net])
            mode[rater] = severity_sd * severity_sd / static_cast<double>(raters_in[net]);
    detail::fit_what_is_left(pairs, mode, error_variance, severity_sd, out);
    return out;
}

} // namespace dualtrack::assess
