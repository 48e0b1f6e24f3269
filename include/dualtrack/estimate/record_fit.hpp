// What a company's own history says of records: the effects of those who were promoted, regressed on what was on record
// the day before.
//   effect = X b + u + error ,   u ~ N(0, tau2 I) ,   error ~ N(0, V)
// V is the covariance of the errors of effects (effect_noise.hpp): two managers who share sellers err together, and one
// who hangs on a single seller errs a lot. b by generalised least squares under V + tau2 I. A few dozen managers do not
// tell tau well, so it is integrated out: 24 values, log-spaced, weighted with the restricted likelihood and a
// half-Cauchy prior of scale .25 (J; published spreads of managers are about .2 of sales). On 120, 240 and 400 sellers'
// histories 95 % intervals then hold planted coefficients in .94 to .97; flat in tau, those of 8 to 15 managers do in
// .98 to 1.00, being up to half again as wide; one best value of tau gives .90 to .94. Intervals are quantiles of the
// mixture. Reference: Harville 1977 (restricted likelihood); Gelman 2006 (half-Cauchy); Chung, Rabe-Hesketh, Choi 2013
// (why not one value of tau).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/estimate/dense.hpp>

namespace dualtrack::estimate {

inline constexpr std::size_t n_record = 3;                  // own sales, collaboration, readiness
inline constexpr std::size_t n_coefficients = n_record + 1; // and a level

/// One candidate of one past vacancy. NaN where not known.
struct backtest_case {
    std::uint32_t vacancy = 0, person = 0;
    bool chosen = false;
    std::array<double, 4> score{};         // top_seller, seniority, readiness, predicted_effect
    std::array<double, n_record> record{}; // on record; 0 (the market's mean) where not known
    double effect = numeric::not_a_number, se = numeric::not_a_number; // added afterwards
};

/// Coefficients of the record.
struct fitted_record {
    std::array<double, n_coefficients> value{}, sd{}, low{}, high{}; // a, b; ends of 95 % intervals
    std::array<double, n_coefficients * n_coefficients> covariance{};
    double residual_sd = 0.0;
    std::size_t n = 0;
    bool is_known = false;
};

namespace detail {

/// The first case of each person among those that count, in the order of cases.
template <class Counts>
std::vector<std::uint32_t> first_of_each_person(std::span<const backtest_case> cases, Counts counts) {
    std::vector<std::uint32_t> out;
    for (std::uint32_t i = 0; i < cases.size(); ++i)
        if (cases[i].effect == cases[i].effect && cases[i].se > 0.0 && counts(cases[i])) out.push_back(i);
    const auto by_person = [&](std::uint32_t a, std::uint32_t b) {
        return cases[a].person != cases[b].person ? cases[a].person < cases[b].person : a < b;
    };
    std::sort(out.begin(), out.end(), by_person);
    const auto same = [&](std::uint32_t a, std::uint32_t b) { return cases[a].person == cases[b].person; };
    out.erase(std::unique(out.begin(), out.end(), same), out.end());
    std::sort(out.begin(), out.end());
    return out;
}

} // namespace detail

/// Rows the fit rests on: each manager whose effect is known once, with the record of the seat they got first.
inline std::vector<std::uint32_t> fitted_rows(std::span<const backtest_case> cases) {
    return detail::first_of_each_person(cases, [](const backtest_case& c) { return c.chosen; });
}
/// One case of everybody whose effect is known, chosen in that case or not.
inline std::vector<std::uint32_t> known_rows(std::span<const backtest_case> cases) {
    return detail::first_of_each_person(cases, [](const backtest_case&) { return true; });
}

inline constexpr double usual_spread = 0.25;    // of what no record tells, as a share of sales: J
inline constexpr std::size_t fewest_fitted = 8; // managers a fit with four coefficients has to have

namespace detail {

/// The fit under one value of tau.
struct fit_at {
    std::array<double, n_coefficients> b{};
    std::array<double, n_coefficients * n_coefficients> covariance{};
    double log_likelihood = 0.0;
};

/// False where a record never differs or two managers err as one. @param noise [n][n], or [n] when they are not related
inline bool fit_under(std::span<const double> X, std::span<const double> y, std::span<const double> noise, double tau2,
                      fit_at& out) {
    constexpr std::size_t k = n_coefficients;
    const std::size_t n = y.size();
    const bool apart = noise.size() == n;
    std::vector<double> size(n), column(n);
    for (std::size_t r = 0; r < n; ++r) size[r] = noise[apart ? r : r * n + r] + tau2;
    independent_columns factor;
    out.log_likelihood = 0.0;
    if (apart) {
        for (const double v : size) out.log_likelihood -= 0.5 * numeric::log(v);
    } else {
        std::vector<double> V(noise.begin(), noise.end());
        for (std::size_t r = 0; r < n; ++r) V[r * n + r] += tau2;
        factor = independent_columns_of(std::move(V), n, 0, size, 1e-12);
        if (factor.rank() < n) return false;
        for (std::size_t r = 0; r < n; ++r) out.log_likelihood -= numeric::log(factor.lower[r * n + r]);
    }
    const auto solve = [&] { // column <- (V + tau2 I)^-1 column
        if (!apart) return factor.solve(column);
        for (std::size_t r = 0; r < n; ++r) column[r] /= size[r];
    };
    std::vector<double> A(k * k, 0.0), b(k, 0.0), of_size(k);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t r = 0; r < n; ++r) column[r] = X[r * k + i];
        solve();
        for (std::size_t r = 0; r < n; ++r) {
            b[i] += column[r] * y[r];
            for (std::size_t j = 0; j < k; ++j) A[i * k + j] += column[r] * X[r * k + j];
        }
    }
    for (std::size_t i = 0; i < k; ++i)
        for (std::size_t j = 0; j < i; ++j) A[i * k + j] = A[j * k + i] = 0.5 * (A[i * k + j] + A[j * k + i]);
    for (std::size_t i = 0; i < k; ++i) of_size[i] = A[i * k + i];
    const independent_columns normal = independent_columns_of(A, k, 0, of_size, 1e-9);
    if (normal.rank() < k) return false;
    for (std::size_t i = 0; i < k; ++i) out.log_likelihood -= numeric::log(normal.lower[i * k + i]);
    normal.solve(b);
    std::vector<double> e(n);
    for (std::size_t r = 0; r < n; ++r) {
        e[r] = y[r];
        for (std::size_t i = 0; i < k; ++i) e[r] -= X[r * k + i] * b[i];
    }
    column = e;
    solve();
    for (std::size_t r = 0; r < n; ++r) out.log_likelihood -= 0.5 * e[r] * column[r];
    const std::vector<double> inverse = normal.inverse();
    std::copy(b.begin(), b.end(), out.b.begin());
    std::copy(inverse.begin(), inverse.end(), out.covariance.begin());
    return true;
}

/// Range of spreads worth a look.
struct likely_spreads {
    double least, most;

    /// Cuts it to what has weight, one step of slack on either side. False where that is most of it already.
    [[nodiscard]] bool narrowed(std::span<const double> spread, std::span<const double> log_weight) {
        constexpr double negligible = 12.0;
        const double best = *std::max_element(log_weight.begin(), log_weight.end());
        std::size_t first = 0, last = spread.size() - 1;
        while (log_weight[first] < best - negligible) ++first;
        while (log_weight[last] < best - negligible) --last;
        const double low = spread[first > 0 ? first - 1 : 0], high = spread[std::min(last + 1, spread.size() - 1)];
        if (numeric::log(high / low) > 0.7 * numeric::log(most / least)) return false;
        least = low;
        most = high;
        return true;
    }
};

/// The x below which a mixture of normal numbers lies with probability p.
inline double mixture_quantile(std::span<const double> weight, std::span<const double> mean, std::span<const double> sd,
                               double p) {
    const double z = numeric::normal_quantile(p);
    double low = numeric::infinity, high = -numeric::infinity;
    for (std::size_t g = 0; g < mean.size(); ++g) {
        low = std::min(low, mean[g] + z * sd[g]);
        high = std::max(high, mean[g] + z * sd[g]);
    }
    for (int round = 0; round < 80; ++round) {
        const double middle = low + 0.5 * (high - low);
        double below = 0.0;
        for (std::size_t g = 0; g < mean.size(); ++g)
            below += weight[g] * numeric::normal_cdf((middle - mean[g]) / sd[g]);
        (below < p ? low : high) = middle;
    }
    return low + 0.5 * (high - low);
}

} // namespace detail

/// Fits effects on records. @param noise covariance of the errors of `rows`, [n][n]; empty: their own se, not related
inline fitted_record fit_record(std::span<const backtest_case> cases, std::span<const std::uint32_t> rows,
                                std::span<const double> noise) {
    constexpr std::size_t k = n_coefficients;
    constexpr std::size_t n_values = 24;
    const std::size_t n = rows.size();
    fitted_record out;
    out.n = n;
    if (n < fewest_fitted) return out;
    std::vector<double> X(n * k), y(n), V(noise.begin(), noise.end());
    double spread = 0.0, mean = 0.0;
    for (std::size_t r = 0; r < n; ++r) {
        const backtest_case& c = cases[rows[r]];
        X[r * k] = 1.0;
        for (std::size_t i = 1; i < k; ++i) X[r * k + i] = c.record[i - 1];
        y[r] = c.effect;
        mean += c.effect / static_cast<double>(n);
        if (noise.empty()) V.push_back(c.se * c.se);
    }
    for (const double x : y) spread += (x - mean) * (x - mean) / static_cast<double>(n - 1);
    double level = 0.0; // effects are differences: a common shift costs nothing, says nothing and keeps V regular
    for (std::size_t r = 0; r < n && !noise.empty(); ++r) level += noise[r * n + r] / static_cast<double>(n);
    for (double& v : V) v += level;
    double precision = 0.0;
    for (std::size_t r = 0; r < n; ++r)
        precision += 1.0 / (noise.empty() ? V[r] : noise[r * n + r]) / static_cast<double>(n);
    const double typical = 1.0 / std::sqrt(precision); // noise of one effect; the surest count most
    detail::likely_spreads range{0.05 * typical, 8.0 * std::max(typical, std::min(std::sqrt(spread), usual_spread))};
    detail::fit_at at;
    std::vector<detail::fit_at> fits;
    std::vector<double> tau, weight;
    bool can_be_told = true;
    const auto lay_out = [&](std::size_t count) {
        fits.clear();
        tau.clear();
        weight.clear();
        const double step = numeric::log(range.most / range.least) / static_cast<double>(count - 1);
        for (std::size_t g = 0; g < count && can_be_told; ++g) {
            const double sd = range.least * numeric::exp(step * static_cast<double>(g));
            can_be_told = detail::fit_under(X, y, V, sd * sd, at);
            tau.push_back(sd);
            fits.push_back(at);
            // half-Cauchy, on a logarithmic grid
            weight.push_back(at.log_likelihood + numeric::log(sd / (sd * sd + usual_spread * usual_spread)));
        }
        return can_be_told;
    };
    for (int round = 0; round < 4; ++round) {
        if (!lay_out(n_values / 2)) return out;
        if (!range.narrowed(tau, weight)) break;
    }
    if (!lay_out(n_values)) return out;
    const double best = *std::max_element(weight.begin(), weight.end());
    double total = 0.0, tau2 = 0.0;
    for (double& w : weight) total += w = numeric::exp(w - best);
    for (std::size_t g = 0; g < n_values; ++g) {
        weight[g] /= total;
        tau2 += weight[g] * tau[g] * tau[g];
        for (std::size_t i = 0; i < k; ++i) out.value[i] += weight[g] * fits[g].b[i];
    }
    std::vector<double> means(n_values), sds(n_values);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j)
            for (std::size_t g = 0; g < n_values; ++g)
                out.covariance[i * k + j] +=
                    weight[g] *
                    (fits[g].covariance[i * k + j] + (fits[g].b[i] - out.value[i]) * (fits[g].b[j] - out.value[j]));
        out.sd[i] = std::sqrt(out.covariance[i * k + i]);
        for (std::size_t g = 0; g < n_values; ++g) {
            means[g] = fits[g].b[i];
            sds[g] = std::sqrt(fits[g].covariance[i * k + i]);
        }
        out.low[i] = detail::mixture_quantile(weight, means, sds, 0.025);
        out.high[i] = detail::mixture_quantile(weight, means, sds, 0.975);
    }
    out.residual_sd = std::sqrt(tau2);
    out.is_known = true;
    return out;
}

} // namespace dualtrack::estimate
