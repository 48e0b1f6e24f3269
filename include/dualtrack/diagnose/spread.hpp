// Spread: what is true of each manager when each is seen through noise, and managers are alike to an unknown degree?
// Every estimate is drawn towards what holds for all, by as much as its noise and their likeness say.
//
//   estimate_m ~ N(theta_m, v_m),  theta_m ~ N(mu, tau^2),  mu ~ N(0, centre_sd^2),  tau ~ Rayleigh(scale) above
//   scale / 5
// tau is not plugged in but averaged over its posterior on a grid, so that intervals hold where managers are few. Its
// prior keeps away from 0: that the data cannot tell managers apart does not make them alike, and a tau of 0 would give
// everybody the same narrow interval. References: Morris, JASA 78 (1983) 47; Gelman, Bayesian Analysis 1 (2006) 515;
// Chung, Rabe-Hesketh, Dorie, Gelman and Liu, Psychometrika 78 (2013) 685 (priors that avoid the boundary).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/exp_log.hpp>
#include <dualtrack/base/numeric.hpp>

namespace dualtrack::diagnose {

/// Posterior of every theta, and what holds for all.
struct spread_posterior {
    std::vector<double> mean, sd;
    double centre = 0.0, centre_sd = 0.0; // mu
    double tau = 0.0;                     // posterior mean
    double new_sd = 0.0;                  // of somebody of whom nothing is known: sqrt(tau^2 + var mu)
};

/// @pre variance > 0; scale > 0; centre_sd > 0
[[nodiscard]] inline spread_posterior spread_of(std::span<const double> estimate, std::span<const double> variance,
                                                double scale, double centre_sd) {
    constexpr std::size_t n_grid = 40;
    constexpr double least = 0.2; // of the scale
    constexpr double most = 4.0;
    const std::size_t n = estimate.size();
    std::array<double, n_grid> tau{}, weight{}, centre{}, centre_variance{};
    std::vector<double> terms(n);
    const double prior_precision = 1.0 / (centre_sd * centre_sd);
    const auto sum_over = [&](auto&& f) {
        for (std::size_t i = 0; i < n; ++i) terms[i] = f(i);
        return numeric::fixed_sum(terms);
    };
    double best = -1e300;
    for (std::size_t k = 0; k < n_grid; ++k) {
        tau[k] = scale * (least + (most - least) * (static_cast<double>(k) + 0.5) / static_cast<double>(n_grid));
        const double t2 = tau[k] * tau[k];
        const double precision = prior_precision + sum_over([&](std::size_t i) { return 1.0 / (variance[i] + t2); });
        const double weighted = sum_over([&](std::size_t i) { return estimate[i] / (variance[i] + t2); });
        const double squares = sum_over([&](std::size_t i) { return estimate[i] * estimate[i] / (variance[i] + t2); });
        const double logs = sum_over([&](std::size_t i) { return numeric::log(variance[i] + t2); });
        centre[k] = weighted / precision;
        centre_variance[k] = 1.0 / precision;
        const double unit = tau[k] / scale;
        weight[k] = numeric::log(unit) -
                    0.5 * (logs + numeric::log(precision) + squares - weighted * weighted / precision + unit * unit);
        best = std::max(best, weight[k]);
    }
    double total = 0.0;
    for (double& one : weight) total += one = numeric::exp(one - best);
    spread_posterior out;
    out.mean.assign(n, 0.0);
    out.sd.assign(n, 0.0);
    double centre_square = 0.0;
    double tau_square = 0.0;
    for (std::size_t k = 0; k < n_grid; ++k) {
        const double share = weight[k] / total;
        const double t2 = tau[k] * tau[k];
        out.centre += share * centre[k];
        centre_square += share * (centre[k] * centre[k] + centre_variance[k]);
        out.tau += share * tau[k];
        tau_square += share * t2;
        for (std::size_t i = 0; i < n; ++i) {
            const double drawn = variance[i] / (variance[i] + t2);
            const double mean = drawn * centre[k] + (1.0 - drawn) * estimate[i];
            out.mean[i] += share * mean;
            out.sd[i] += share * (mean * mean + (1.0 - drawn) * variance[i] + drawn * drawn * centre_variance[k]);
        }
    }
    for (std::size_t i = 0; i < n; ++i) out.sd[i] = std::sqrt(std::max(0.0, out.sd[i] - out.mean[i] * out.mean[i]));
    const double centre_spread = std::max(0.0, centre_square - out.centre * out.centre);
    out.centre_sd = std::sqrt(centre_spread);
    out.new_sd = std::sqrt(centre_spread + tau_square);
    return out;
}

} // namespace dualtrack::diagnose
