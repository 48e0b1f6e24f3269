// Win rate: of the deals that were decided, how many did we win? Two of two is not better than sixty of a hundred. So
// each seller's rate is drawn towards the rate of the market by as much as the market's own spread says: where sellers
// of a market truly differ, little; where their differences are what chance alone would make, wholly.
//
//   won_i ~ Binomial(n_i, p_i), p_i ~ Beta(a, b), s = a + b, mu = a / s;   shrunk_i = (a + won_i) / (s + n_i)
//   log L(mu, s) = sum_i [ sum_{j<won_i} ln(a + j) + sum_{j<lost_i} ln(b + j) - sum_{j<n_i} ln(s + j) ]
// maximised over mu for each s and over s on a logarithmic grid with refinement. The binomial limit (s infinite) is
// kept unless the spread raises the log likelihood by more than `spread_evidence` (1.353: a likelihood-ratio test at 5
// % on the border of the parameter space): then everyone gets the market's rate. The sums are over counts of sellers,
// so a market of any size costs as much as its busiest seller has deals. References: T. Minka, Estimating a Dirichlet
// distribution (2000); Self and Liang, JASA 82 (1987) 605.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/numeric.hpp>

namespace dualtrack::measure {

/// The spread of win rates in one market.
struct win_rate_prior {
    double rate = 0.0;     // mu: what a seller without deals is expected to win, 0..1
    double strength = 0.0; // s: deals the market's rate counts for; 0 = no spread found, everyone has the market's rate
    double gain = 0.0;     // log likelihood over that of no spread
    bool there = false;    // false: nobody has a decided deal
};

namespace detail {

/// How many sellers have more than j wins, losses, deals: what the likelihood needs of a market.
struct count_tails {
    std::vector<std::array<double, 2>> sides; // of wins and of losses, side by side; the shorter one ends in zeros
    std::vector<double> won, lost, decided;

    count_tails(std::span<const std::int64_t> won_count, std::span<const std::int64_t> lost_count) {
        std::int64_t most_won = 0;
        std::int64_t most_lost = 0;
        std::int64_t most = 0;
        for (std::size_t i = 0; i < won_count.size(); ++i) {
            most_won = std::max(most_won, won_count[i]);
            most_lost = std::max(most_lost, lost_count[i]);
            most = std::max(most, won_count[i] + lost_count[i]);
        }
        won.assign(static_cast<std::size_t>(most_won), 0.0);
        lost.assign(static_cast<std::size_t>(most_lost), 0.0);
        decided.assign(static_cast<std::size_t>(most), 0.0);
        for (std::size_t i = 0; i < won_count.size(); ++i) {
            if (won_count[i] > 0) won[static_cast<std::size_t>(won_count[i]) - 1] += 1.0;
            if (lost_count[i] > 0) lost[static_cast<std::size_t>(lost_count[i]) - 1] += 1.0;
            if (won_count[i] + lost_count[i] > 0)
                decided[static_cast<std::size_t>(won_count[i] + lost_count[i]) - 1] += 1.0;
        }
        for (auto* tail : {&won, &lost, &decided})
            for (std::size_t j = tail->size(); j-- > 1;) (*tail)[j - 1] += (*tail)[j];
        sides.assign(std::max(won.size(), lost.size()), {0.0, 0.0});
        for (std::size_t j = 0; j < won.size(); ++j) sides[j][0] = won[j];
        for (std::size_t j = 0; j < lost.size(); ++j) sides[j][1] = lost[j];
    }
};

inline double sum_of_logs(const std::vector<double>& tail, double offset) noexcept {
    double sum = 0.0;
    for (std::size_t j = 0; j < tail.size(); ++j) sum += tail[j] * numeric::log(offset + static_cast<double>(j));
    return sum;
}

/// The rate that is likeliest for a given strength: the root of a falling function, by Newton's method between borders
/// that close in. The start decides how many steps it takes, not where it ends.
inline double likeliest_rate(const count_tails& tails, double strength, double start) noexcept {
    double low = 1e-12;
    double high = 1.0 - 1e-12;
    double rate = start;
    for (int step = 0; step < 60; ++step) {
        const std::array<double, 2> offset{strength * rate, strength * (1.0 - rate)};
        std::array<double, 2> sum{0.0, 0.0};
        std::array<double, 2> change{0.0, 0.0};
        double j = 0.0;
        for (const auto& count : tails.sides) {
            for (std::size_t side = 0; side < 2; ++side) {
                const double inverse = 1.0 / (offset[side] + j);
                const double part = count[side] * inverse;
                sum[side] += part;
                change[side] += part * inverse;
            }
            j += 1.0;
        }
        (sum[0] > sum[1] ? low : high) = rate;
        double next = rate + (sum[0] - sum[1]) / (strength * (change[0] + change[1]));
        if (!(next > low && next < high)) next = 0.5 * (low + high);
        if (std::abs(next - rate) <= 1e-13) return next;
        rate = next;
    }
    return rate;
}

inline double log_likelihood(const count_tails& tails, double rate, double strength) noexcept {
    return sum_of_logs(tails.won, strength * rate) + sum_of_logs(tails.lost, strength * (1.0 - rate)) -
           sum_of_logs(tails.decided, strength);
}

} // namespace detail

/// Fits the spread of win rates among the sellers of one market by marginal likelihood.
inline win_rate_prior fit_win_rates(std::span<const std::int64_t> won_count, std::span<const std::int64_t> lost_count,
                                    double spread_evidence = 1.353) {
    win_rate_prior prior;
    std::int64_t won = 0;
    std::int64_t lost = 0;
    for (std::size_t i = 0; i < won_count.size(); ++i) {
        won += won_count[i];
        lost += lost_count[i];
    }
    if (won + lost == 0) return prior;
    prior.there = true;
    prior.rate = static_cast<double>(won) / static_cast<double>(won + lost);
    if (won == 0 || lost == 0) return prior;
    const double none = static_cast<double>(won) * numeric::log(prior.rate) +
                        static_cast<double>(lost) * numeric::log(1.0 - prior.rate);
    const detail::count_tails tails(won_count, lost_count);
    const auto profile = [&](double log_strength, double& rate) {
        const double strength = numeric::exp(log_strength);
        rate = detail::likeliest_rate(tails, strength, rate); // from that of the last strength: a step or two away
        return detail::log_likelihood(tails, rate, strength);
    };
    constexpr double lowest = -2.0; // ln s: a seller's own record nearly alone ... ln 1e6: as good as no spread
    constexpr double highest = 14.0;
    constexpr int n_grid = 33;
    double rate = prior.rate;
    double best = profile(lowest, rate);
    double at = lowest;
    for (int i = 1; i < n_grid; ++i) {
        const double point = lowest + (highest - lowest) * i / (n_grid - 1);
        const double value = profile(point, rate);
        if (value > best) {
            best = value;
            at = point;
        }
    }
    prior.gain = best - none;
    constexpr double most_between_points = 0.5; // log likelihood that a point between two of the grid may still add
    if (prior.gain + most_between_points <= spread_evidence) return prior;
    constexpr double golden = 0.6180339887498949;
    double low = std::max(lowest, at - 0.5);
    double high = std::min(highest, at + 0.5);
    double left = high - golden * (high - low);
    double right = low + golden * (high - low);
    double at_left = profile(left, rate);
    double at_right = profile(right, rate);
    for (int step = 0; step < 24; ++step) { // to 1e-5 of the strength
        if (at_left < at_right) {
            low = left;
            left = right;
            at_left = at_right;
            right = low + golden * (high - low);
            at_right = profile(right, rate);
        } else {
            high = right;
            right = left;
            at_right = at_left;
            left = high - golden * (high - low);
            at_left = profile(left, rate);
        }
    }
    best = profile(0.5 * (low + high), rate);
    prior.gain = best - none;
    if (prior.gain > spread_evidence) {
        prior.strength = numeric::exp(0.5 * (low + high));
        prior.rate = rate;
    }
    return prior;
}

/// A seller's win rate with chance taken out. @pre prior.there
inline double shrunk_win_rate(const win_rate_prior& prior, std::int64_t won_count, std::int64_t lost_count) noexcept {
    if (prior.strength == 0.0) return prior.rate;
    return (prior.strength * prior.rate + static_cast<double>(won_count)) /
           (prior.strength + static_cast<double>(won_count + lost_count));
}

} // namespace dualtrack::measure
