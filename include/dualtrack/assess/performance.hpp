// Performance with luck taken out: last year's number is skill and fortune together, and where a year hangs on a few
// large deals it is mostly fortune. Each seller's total is weighed by how many deals of typical size it rests on: a
// total made of many deals is believed, a total made of one mega-deal is drawn towards what the market expects.
//
// For seller i of a market: E_i = market sales per effective month x effective months of i (months in ramp count by how
// far the ramp has come), c_i the size that carries the total, S_i = amount_i / c_i, e_i = E_i / c_i:
//     lambda_i ~ Gamma(alpha, alpha),  S_i | lambda_i ~ Poisson(lambda_i e_i),  so lambda_i | S_i ~ Gamma(alpha + S_i,
//     alpha + e_i)
//     c_i = (sum a^2 + mean a^2 of the market) / (sum a + mean a of the market)
// c_i = sum a^2 / sum a over i's won deals, drawn towards the market's by one deal of the market's kind: the sizes that
// a seller sells are learned from the deals won. Undrawn, a single tiny win would say that this seller deals in tiny
// sums, of which the year should have brought thousands. A mega-deal still outweighs the one borrowed.
// alpha is found by marginal likelihood of what each seller's own deals say (c_i = sum a^2 / sum a, the market's where
// there are none): with drawn units the sparse totals of a market of few large deals look more alike than they are, and
// intervals come out too narrow. z and sd are mean and standard deviation of ln(lambda_i) over the posterior,
// centred and scaled by the prior (so 0 is the market's expectation and a seller without deals has z = 0, sd = 1);
// probability_top is P(lambda_i > the prior's upper quantile).
// With monthly totals only: y = ln(1 + amount of the month), one-way random effects by analysis of variance, normal
// posterior. References: Buehlmann and Straub (credibility); Morris, JASA 78 (1983) 47; Searle, Variance Components
// (1992).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/gamma.hpp>
#include <dualtrack/base/incomplete_gamma.hpp>
#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/base/parallel.hpp>

namespace dualtrack::assess {

/// What one market's sellers brought, in id order. [n_sellers of the market] each.
struct performance_evidence {
    std::vector<double> amount;           // currency minor units credited in the window
    std::vector<double> square_sum;       // sum of squared credits
    std::vector<double> absolute_sum;     // sum of credits without sign
    std::vector<double> n_credits;        // how many they are
    std::vector<double> effective_months; // months in the window, ramp counted by how far it has come
    [[nodiscard]] std::size_t size() const noexcept { return amount.size(); }
};

/// How far each seller stands above the market's expectation. [n_sellers of the market] each.
struct performance_posterior {
    std::vector<double> z, sd, probability_top;
    std::vector<double> multiple; // posterior mean of lambda: sales to expect, as a multiple of the market's
    std::vector<double> shape;    // of the gamma distribution of lambda around that mean
    double prior_shape = 0.0;     // alpha
    double per_month = 0.0;       // market sales per effective month, minor units; of deals
    void resize(std::size_t n) {
        z.assign(n, 0.0);
        sd.assign(n, 1.0);
        probability_top.assign(n, 0.0);
        multiple.assign(n, 1.0);
        shape.assign(n, 1.0);
    }
};

namespace detail {

inline constexpr double lowest_shape = 0.02;
inline constexpr double highest_shape = 1e4; // sellers differ by 1 %: as good as not at all

/// The size that carries a seller's total, learned from the seller's credits and one like the market's.
[[nodiscard]] inline double drawn_unit(double square_sum, double absolute_sum, double market_square,
                                       double market_size) noexcept {
    return (square_sum + market_square) / (absolute_sum + market_size);
}

/// d/d(alpha) of the marginal log likelihood of (S, e).
inline result<double> shape_slope(const run_context& run, std::span<const double> s, std::span<const double> e,
                                  double alpha) {
    const double constant = numeric::log(alpha) + 1.0 - numeric::digamma(alpha);
    return map_reduce_blocks<double>(
        run, static_cast<std::int64_t>(s.size()), 2048,
        [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
            double sum = 0.0;
            for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
                sum += numeric::digamma(alpha + s[i]) + constant - numeric::log(alpha + e[i]) -
                       (alpha + s[i]) / (alpha + e[i]);
            return sum;
        },
        [](double left, double right) { return left + right; });
}

/// The likeliest shape, by bisection of the slope on a logarithmic scale, then regula falsi (Illinois).
inline result<double> fit_shape(const run_context& run, std::span<const double> s, std::span<const double> e) {
    double low = numeric::log(lowest_shape);
    double high = numeric::log(highest_shape);
    DUALTRACK_TRY(double slope_low, shape_slope(run, s, e, lowest_shape));
    if (slope_low <= 0.0) return lowest_shape;
    DUALTRACK_TRY(double slope_high, shape_slope(run, s, e, highest_shape));
    if (slope_high >= 0.0) return highest_shape;
    slope_low *= lowest_shape;
    slope_high *= highest_shape;
    int side = 0;
    for (int step = 0; step < 60 && high - low > 1e-9; ++step) {
        double point = 0.5 * (low + high);
        if (step >= 4) point = (low * slope_high - high * slope_low) / (slope_high - slope_low);
        if (!(point > low && point < high)) point = 0.5 * (low + high);
        const double alpha = numeric::exp(point);
        DUALTRACK_TRY(double slope, shape_slope(run, s, e, alpha));
        slope *= alpha; // slope in ln(alpha): comparable in size across the range
        if (slope == 0.0) return alpha;
        if (slope > 0.0) {
            low = point;
            slope_low = slope;
            if (side == 1) slope_high *= 0.5;
            side = 1;
        } else {
            high = point;
            slope_high = slope;
            if (side == -1) slope_low *= 0.5;
            side = -1;
        }
    }
    return numeric::exp(0.5 * (low + high));
}

} // namespace detail

/// Judges the sellers of one market from their deals.
/// @param top_share the share of sellers called top, 0..1; errors: cancelled
inline result<performance_posterior> judge_deals(const run_context& run, const performance_evidence& evidence,
                                                 double top_share) {
    const std::size_t n = evidence.size();
    performance_posterior out;
    out.resize(n);
    std::fill(out.probability_top.begin(), out.probability_top.end(), top_share);
    const double months = numeric::fixed_sum(evidence.effective_months);
    const double total = numeric::fixed_sum(evidence.amount);
    const double absolute = numeric::fixed_sum(evidence.absolute_sum);
    if (!(months > 0.0) || !(total > 0.0) || !(absolute > 0.0)) {
        out.prior_shape = detail::highest_shape;
        std::fill(out.shape.begin(), out.shape.end(), out.prior_shape);
        return out;
    }
    out.per_month = total / months;
    const double squares = numeric::fixed_sum(evidence.square_sum);
    const double n_credits = numeric::fixed_sum(evidence.n_credits);
    std::vector<double> s(n);
    std::vector<double> e(n);
    const auto count_in = [&](std::size_t i, double unit) {
        s[i] = std::max(0.0, evidence.amount[i]) / unit;
        e[i] = out.per_month * evidence.effective_months[i] / unit;
    };
    for (std::size_t i = 0; i < n; ++i)
        count_in(i, evidence.absolute_sum[i] > 0.0 ? evidence.square_sum[i] / evidence.absolute_sum[i]
                                                   : squares / absolute);
    DUALTRACK_TRY(const double alpha, detail::fit_shape(run, s, e));
    out.prior_shape = alpha;
    for (std::size_t i = 0; i < n; ++i)
        count_in(i, detail::drawn_unit(evidence.square_sum[i], evidence.absolute_sum[i], squares / n_credits,
                                       absolute / n_credits));
    const double prior_mean = numeric::digamma(alpha) - numeric::log(alpha);
    const double prior_sd = std::sqrt(numeric::trigamma(alpha));
    const double cut = numeric::gamma_quantile(1.0 - top_share, alpha) / alpha;
    DUALTRACK_TRYV(for_blocks(
        run, static_cast<std::int64_t>(n), 512, [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
            for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
                const double shape = alpha + s[i];
                const double rate = alpha + e[i];
                out.z[i] = (numeric::digamma(shape) - numeric::log(rate) - prior_mean) / prior_sd;
                out.sd[i] = std::sqrt(numeric::trigamma(shape)) / prior_sd;
                out.multiple[i] = shape / rate;
                out.shape[i] = shape;
                out.probability_top[i] = numeric::gamma_q(shape, rate * cut);
            }
        }));
    return out;
}

/// Judges the sellers of one market from monthly totals alone: values of seller i are y[first[i]] .. y[first[i + 1] -
/// 1], each ln(1 + sales of a month in currency units).
inline performance_posterior judge_months(std::span<const std::uint32_t> first, std::span<const double> y,
                                          double top_share) {
    const std::size_t n = first.empty() ? 0 : first.size() - 1;
    performance_posterior out;
    out.resize(n);
    std::fill(out.probability_top.begin(), out.probability_top.end(), top_share);
    std::vector<double> mean(n, 0.0);
    std::vector<double> weighted;
    std::vector<double> within;
    std::vector<double> squares;
    double n_groups = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        const auto own = y.subspan(first[i], first[i + 1] - first[i]);
        if (own.empty()) continue;
        n_groups += 1.0;
        mean[i] = numeric::fixed_sum(own) / static_cast<double>(own.size());
        weighted.push_back(mean[i] * static_cast<double>(own.size()));
        squares.push_back(static_cast<double>(own.size()) * static_cast<double>(own.size()));
        for (const double value : own) within.push_back((value - mean[i]) * (value - mean[i]));
    }
    const auto n_rows = static_cast<double>(y.size());
    if (n_groups < 2.0 || n_rows <= n_groups) return out;
    const double grand = numeric::fixed_sum(weighted) / n_rows;
    std::vector<double> between;
    for (std::size_t i = 0; i < n; ++i) {
        const double n_own = first[i + 1] - first[i];
        if (n_own > 0.0) between.push_back(n_own * (mean[i] - grand) * (mean[i] - grand));
    }
    const double mean_square_within = numeric::fixed_sum(within) / (n_rows - n_groups);
    const double mean_square_between = numeric::fixed_sum(between) / (n_groups - 1.0);
    const double typical_n = (n_rows - numeric::fixed_sum(squares) / n_rows) / (n_groups - 1.0);
    const double variance = (mean_square_between - mean_square_within) / typical_n;
    if (!(variance > 0.0)) return out;
    if (!(mean_square_within > 0.0)) { // no noise seen: how sure one is cannot be said, but what to expect can
        for (std::size_t i = 0; i < n; ++i)
            if (first[i + 1] > first[i]) out.multiple[i] = numeric::exp(mean[i] - grand);
        return out;
    }
    const double spread = std::sqrt(variance);
    const double cut = numeric::normal_quantile(1.0 - top_share);
    for (std::size_t i = 0; i < n; ++i) {
        const double n_own = first[i + 1] - first[i];
        if (!(n_own > 0.0)) continue;
        const double credibility = n_own * variance / (n_own * variance + mean_square_within);
        out.z[i] = credibility * (mean[i] - grand) / spread;
        out.sd[i] = std::sqrt(1.0 - credibility);
        out.multiple[i] = numeric::exp(credibility * (mean[i] - grand));
        const double known = variance * (1.0 - credibility); // of ln(lambda): the gamma with the same relative spread
        out.shape[i] = known > 0.0 ? 1.0 / numeric::expm1(known) : detail::highest_shape;
        out.probability_top[i] =
            out.sd[i] > 0.0 ? numeric::normal_cdf((out.z[i] - cut) / out.sd[i]) : (out.z[i] > cut ? 1.0 : 0.0);
    }
    return out;
}

} // namespace dualtrack::assess
