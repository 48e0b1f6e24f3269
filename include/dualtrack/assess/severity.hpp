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
#include <dualtrack/base/parallel.hpp>

namespace dualtrack::assess {

/// All that one rater said of one person through one source, averaged.
struct rated_pair {
    std::uint32_t person = 0;
    std::uint32_t rater = 0;
    double mean = 0.0; // standardised ratings
    double n = 0.0;    // of how many
};

struct severities {
    std::vector<double> of_rater;       // to subtract from a standardised rating; 0 where it cannot be told; [n_people]
    std::vector<double> variance;       // of what is left of it after that; [n_people]
    std::vector<double> of_mean;        // the same of the mean severity of whoever rated a person; [n_people]
    std::vector<std::uint32_t> ratings; // how many somebody gave; [n_people]
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

/// Pairs by rater: pairs of rater r are order[first[r]] ... order[first[r + 1] - 1], ascending.
struct pairs_by_rater {
    std::vector<std::uint32_t> first, order;

    pairs_by_rater(std::span<const rated_pair> pairs, std::size_t n_people)
        : first(n_people + 1, 0), order(pairs.size()) {
        for (const rated_pair& pair : pairs) ++first[pair.rater + 1U];
        for (std::size_t i = 0; i < n_people; ++i) first[i + 1] += first[i];
        for (std::size_t i = 0; i < pairs.size(); ++i) order[first[pairs[i].rater]++] = static_cast<std::uint32_t>(i);
        for (std::size_t i = n_people; i > 0; --i) first[i] = first[i - 1];
        first[0] = 0;
    }
    /// start + what `of(pair)` gives for each pair of the rater, in their order.
    template <class Of> [[nodiscard]] double sum(std::uint32_t rater, double start, Of&& of) const {
        for (std::uint32_t i = first[rater]; i < first[rater + 1U]; ++i) start += of(order[i]);
        return start;
    }
};

inline constexpr std::int64_t severity_block = 1 << 14;

/// Calls f(begin, end) with the pairs of every person, in parallel.
template <class F> void each_person(const run_context& run, std::span<const rated_pair> pairs, F&& f) {
    const auto begins = [&](std::size_t i) { return i == 0 || pairs[i].person != pairs[i - 1].person; };
    const auto of_block = [&](std::int64_t, std::int64_t from, std::int64_t to, std::int64_t) {
        auto i = static_cast<std::size_t>(from);
        while (i < static_cast<std::size_t>(to) && !begins(i)) ++i; // of a person of the block before
        while (i < static_cast<std::size_t>(to)) {
            std::size_t end = i + 1;
            while (end < pairs.size() && !begins(end)) ++end;
            f(i, end);
            i = end;
        }
    };
    static_cast<void>(for_blocks(run, static_cast<std::int64_t>(pairs.size()), severity_block, of_block));
}

/// Sets next[r] = f(r) for every rater, in parallel, and @returns the largest change that `change(r, next)` sees.
template <class F, class Change>
double each_rater(const run_context& run, std::span<double> next, F&& f, Change&& change) {
    const auto of_block = [&](std::int64_t, std::int64_t from, std::int64_t to, std::int64_t) {
        double most = 0.0;
        for (auto rater = static_cast<std::uint32_t>(from); rater < static_cast<std::uint32_t>(to); ++rater) {
            const double value = f(rater);
            most = std::max(most, change(rater, value));
            next[rater] = value;
        }
        return most;
    };
    const auto larger = [](double left, double right) { return std::max(left, right); };
    const auto most =
        map_reduce_blocks<double>(run, static_cast<std::int64_t>(next.size()), severity_block, of_block, larger);
    return most ? most.value() : 0.0;
}

/// Which raters hang together, and what no comparison inside their net can tell: the variance of its mean severity.
/// The latter, by rater and 0 where nothing is to be added, waits in `variance` until it is needed.
inline void connect(std::span<const rated_pair> pairs, double severity_sd, severities& out) {
    const auto n_people = static_cast<std::uint32_t>(out.ratings.size());
    connected_sets sets(std::size_t{2} * n_people); // people first, then raters
    for (const rated_pair& pair : pairs) sets.join(pair.person, n_people + pair.rater);
    std::vector<std::uint32_t> raters_in(std::size_t{2} * n_people, 0); // of each net, at its first node
    std::vector<std::uint32_t> spare_in(std::size_t{2} * n_people, 0);  // nodes less pairs: 1 where there is no circle
    for (std::uint32_t rater = 0; rater < n_people; ++rater)
        if (out.ratings[rater] > 0) {
            ++raters_in[sets.find(n_people + rater)];
            ++spare_in[sets.find(n_people + rater)];
        }
    for (std::size_t i = 0; i < pairs.size(); ++i) // below 0 it wraps around, and is not 1
        spare_in[sets.find(pairs[i].person)] += i == 0 || pairs[i].person != pairs[i - 1].person ? 0U : ~0U;
    std::fill(out.variance.begin(), out.variance.end(), 0.0);
    for (std::uint32_t rater = 0; rater < n_people; ++rater) {
        if (out.ratings[rater] == 0) continue;
        const std::uint32_t net = sets.find(n_people + rater);
        ++out.n_raters;
        out.connected[rater] = raters_in[net] > 1 ? 1 : 0;
        out.n_not_connected += out.connected[rater] != 0 ? 0 : 1;
        // a net without circles has as many pairs as nodes less one
        if (spare_in[net] != 1U) out.variance[rater] = severity_sd * severity_sd / static_cast<double>(raters_in[net]);
    }
}

/// What stays open: `variance` of raters and `of_mean` of the rated, by messages between them.
/// @param out with the variance of the mean severity of the net a rater belongs to in `variance`
inline void fit_what_is_left(const run_context& run, std::span<const rated_pair> pairs, const pairs_by_rater& by_rater,
                             double error_variance, double severity_sd, severities& out) {
    const double ridge = error_variance / (severity_sd * severity_sd);
    std::vector<double> told(pairs.size(), 0.0); // by each person of each of its raters
    std::vector<double> known(out.variance.size(), ridge);
    constexpr int most_rounds = 12;
    constexpr double close = 1e-3;
    double moved = 1.0;
    for (int round = 0; round < most_rounds && moved > close; ++round) {
        each_person(run, pairs, [&](std::size_t begin, std::size_t end) {
            const auto reads = [&](std::size_t i) {
                return 1.0 / (1.0 / pairs[i].n + 1.0 / (known[pairs[i].rater] - told[i]));
            };
            double all = 0.0;
            for (std::size_t i = begin; i < end; ++i) all += reads(i);
            for (std::size_t i = begin; i < end; ++i) {
                const double others = end - begin > 1 ? all - reads(i) : 0.0;
                told[i] = others > 0.0 ? 1.0 / (1.0 / pairs[i].n + 1.0 / others) : 0.0;
            }
        });
        moved = each_rater(
            run, known,
            [&](std::uint32_t rater) { return by_rater.sum(rater, ridge, [&](std::size_t i) { return told[i]; }); },
            [&](std::uint32_t rater, double next) { return std::fabs(next - known[rater]) / known[rater]; });
    }
    const double before = severity_sd * severity_sd;
    const auto& mode = out.variance;
    each_person(run, pairs, [&](std::size_t begin, std::size_t end) {
        double n = 0.0, squares = 0.0, q = 0.0;
        for (std::size_t i = begin; i < end; ++i) {
            const double own = pairs[i].n;
            n += own;
            squares += own * own;
            q += own * own / (known[pairs[i].rater] - told[i] + own);
        }
        out.of_mean[pairs[begin].person] =
            std::min(before * squares / (n * n), error_variance * q / (n * (n - q)) + mode[pairs[begin].rater]);
    });
    for (std::size_t rater = 0; rater < known.size(); ++rater)
        out.variance[rater] = std::min(before, error_variance / known[rater] + mode[rater]);
}

} // namespace detail

/// Severity of every rater of one source. `pairs` in the order (person, rater); the result does not depend on anything
/// else. When the host stops the run, what comes back is not finished.
/// @param error_variance of one standardised rating about person and rater, @param severity_sd prior spread of severity
[[nodiscard]] inline severities fit_severity(std::span<const rated_pair> pairs, std::uint32_t n_people,
                                             double error_variance, double severity_sd, const run_context& run = {}) {
    severities out;
    out.of_rater.assign(n_people, 0.0);
    out.variance.assign(n_people, 0.0);
    out.of_mean.assign(n_people, 0.0);
    out.connected.assign(n_people, 0);
    out.ratings.assign(n_people, 0);
    for (const rated_pair& pair : pairs) out.ratings[pair.rater] += static_cast<std::uint32_t>(pair.n);
    detail::connect(pairs, severity_sd, out);
    if (!(severity_sd > 0.0)) return out;
    const double ridge = error_variance / (severity_sd * severity_sd);
    const detail::pairs_by_rater by_rater(pairs, n_people);
    if (out.n_not_connected < out.n_raters) {
        std::vector<double> deserved(n_people); // of everybody rated
        constexpr int most_rounds = 60;
        for (out.rounds = 1; out.rounds <= most_rounds; ++out.rounds) {
            detail::each_person(run, pairs, [&](std::size_t begin, std::size_t end) {
                double total = 0.0;
                double n = 0.0;
                for (std::size_t i = begin; i < end; ++i) {
                    total += pairs[i].n * (pairs[i].mean - out.of_rater[pairs[i].rater]);
                    n += pairs[i].n;
                }
                deserved[pairs[begin].person] = total / n;
            });
            const double moved = detail::each_rater(
                run, out.of_rater,
                [&](std::uint32_t rater) {
                    if (out.connected[rater] == 0) return 0.0;
                    const double sum = by_rater.sum(rater, 0.0, [&](std::size_t i) {
                        return pairs[i].n * (pairs[i].mean - deserved[pairs[i].person]);
                    });
                    return sum / (static_cast<double>(out.ratings[rater]) + ridge);
                },
                [&](std::uint32_t rater, double next) { return std::fabs(next - out.of_rater[rater]); });
            if (moved < 1e-10) break;
        }
    }
    detail::fit_what_is_left(run, pairs, by_rater, error_variance, severity_sd, out);
    return out;
}

} // namespace dualtrack::assess
