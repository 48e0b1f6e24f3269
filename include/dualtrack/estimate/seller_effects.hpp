// What is left to a seller once managers and periods have been taken out: how much they bring under an average manager
// in an average period.
//   alpha_i = ybar_i - p_i' psi - zbar_i' gamma ,   se^2 = sigma2_match / W_i + p_i' V p_i + border
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include <dualtrack/base/numeric.hpp>
#include <dualtrack/estimate/effect_errors.hpp>
#include <dualtrack/estimate/value_added_tables.hpp>

namespace dualtrack::estimate {

struct seller_effects {
    std::vector<double> effect, se; // NaN where not known
    std::vector<effect_status> status;
};

namespace detail {

/// What an average row is: controls in their own spread, and periods.
struct border_means {
    std::vector<double> control; // mean of x / scale
    std::vector<double> period;  // share of each period in the rows
};

inline border_means means_of(const two_way& problem) {
    border_means out;
    const panel_rows& rows = problem.rows.rows;
    double total = 0.0;
    out.period.assign(problem.edge.n_periods, 0.0);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const double w = problem.rows.weight_of(row);
        total += w;
        if (problem.edge.n_periods > 0) out.period[rows.period[row]] += w;
    }
    for (double& share : out.period) share /= total;
    for (std::size_t k = 0; k < problem.edge.n_controls; ++k) {
        const double scale = problem.edge.control_scale[k];
        const double origin = rows.controls[k][0];
        double sum = 0.0;
        for (std::size_t row = 0; row < rows.size(); ++row)
            sum += problem.rows.weight_of(row) * (rows.controls[k][row] - origin);
        out.control.push_back(scale > 0.0 ? (origin + sum / total) / scale : 0.0);
    }
    return out;
}

/// Mean square over draws of what errors of managers (and, where they leave sellers out, of the border) do to a seller.
/// @param z the border over the seller's rows, against all rows
inline double drawn_own_variance(const match_columns& matches, const effect_covariance& covariance, std::size_t unit,
                                 const std::vector<double>& z, std::vector<double>& drawn) {
    const std::size_t n = covariance.n_kept;
    drawn.assign(n, 0.0);
    const auto add = [&](double share, const float* from) {
        for (std::size_t d = 0; d < n; ++d) drawn[d] += share * static_cast<double>(from[d]);
    };
    for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1]; ++m)
        add(matches.weight[m] / matches.unit_weight[unit], covariance.kept.data() + matches.group[m] * n);
    for (std::size_t q = 0; q < z.size() && covariance.is_sandwich; ++q)
        if (z[q] != 0.0) add(-z[q], covariance.kept_border.data() + q * n);
    double sum = 0.0;
    for (const double x : drawn) sum += x * x;
    return sum / static_cast<double>(n);
}

} // namespace detail

/// Effects of sellers. @param status of each manager; sellers of managers without an effect have none
inline seller_effects effects_of_sellers(const two_way& problem, const least_squares& fit,
                                         const effect_covariance& covariance,
                                         const std::vector<effect_status>& status) {
    const match_columns& matches = problem.matches;
    const std::size_t Q = problem.edge.size();
    const panel_rows& rows = problem.rows.rows;
    const detail::border_means means = detail::means_of(problem);
    seller_effects out;
    out.effect.assign(matches.n_units(), numeric::not_a_number);
    out.se.assign(matches.n_units(), numeric::not_a_number);
    out.status.assign(matches.n_units(), effect_status::ok);
    std::vector<double> z(Q), turned(Q), y(Q), drawn;
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::size_t first = matches.first_match[unit];
        const std::size_t m = matches.matches_of(unit);
        for (std::size_t i = 0; i < m; ++i) { // the first that applies; sellers are neither bridged nor weak
            effect_status of = status[matches.group[first + i]];
            if (of == effect_status::bridged || of == effect_status::weak)
                of = problem.components.of[matches.group[first]] == 0 ? effect_status::ok
                                                                      : effect_status::other_component;
            out.status[unit] = std::min(out.status[unit], of);
        }
        if (out.status[unit] <= effect_status::not_converged) continue;
        std::fill(z.begin(), z.end(), 0.0); // the border over the seller's rows, against all rows
        double gone = 0.0;
        for (std::size_t row = problem.rows.first[unit]; row < problem.rows.first[unit + 1] && Q > 0; ++row) {
            const double share = problem.rows.weight_of(row) / matches.unit_weight[unit];
            if (problem.edge.n_periods > 0) z[rows.period[row]] += share;
            for (std::size_t k = 0; k < problem.edge.n_controls; ++k)
                if (problem.edge.control_scale[k] > 0.0)
                    z[problem.edge.n_periods + k] += share * rows.controls[k][row] / problem.edge.control_scale[k];
        }
        for (std::size_t k = 0; k < problem.edge.n_controls; ++k)
            if (problem.edge.control_scale[k] > 0.0) z[problem.edge.n_periods + k] -= means.control[k];
        for (std::size_t t = 0; t < problem.edge.n_periods; ++t) z[t] -= means.period[t];
        for (std::size_t q = 0; q < Q; ++q) gone += z[q] * fit.gamma[q];
        out.effect[unit] = matches.mean_of(unit) - detail::own_mean(matches, unit, fit.psi) - gone;
        if (!fit.has_df() || (covariance.inverse.side.empty() && covariance.n_kept == 0)) continue;
        const auto share_of = [&](std::size_t i) { return matches.weight[first + i] / matches.unit_weight[unit]; };
        for (std::size_t q = 0; q < Q; ++q) { // r = U'p - z
            double sum = -z[q];
            for (std::size_t i = 0; i < m; ++i) sum += share_of(i) * fit.U[matches.group[first + i] * Q + q];
            turned[q] = sum;
        }
        const centred_entries& entries = covariance.is_sandwich ? covariance.sandwich : covariance.inverse;
        double own = 0.0;
        if (covariance.n_kept > 0) {
            own = detail::drawn_own_variance(matches, covariance, unit, z, drawn);
        } else {
            for (std::size_t i = 0; i < m; ++i)
                for (std::size_t k = 0; k < m; ++k)
                    own += share_of(i) * share_of(k) *
                           entries.at(problem.components, matches.group[first + i], matches.group[first + k]);
        }
        double variance = 0.0;
        if (covariance.is_sandwich && covariance.n_kept > 0) {
            variance = own;
        } else if (covariance.is_sandwich) {
            std::fill(y.begin(), y.end(), 0.0);
            for (std::size_t i = 0; i < m; ++i)
                for (std::size_t q = 0; q < Q; ++q)
                    y[q] += share_of(i) * covariance.Y[matches.group[first + i] * Q + q];
            double cross = 0.0;
            for (std::size_t q = 0; q < Q; ++q) cross += y[q] * turned[q];
            variance = own + 2.0 * cross + detail::bilinear(turned, covariance.H, turned);
        } else {
            variance = covariance.scale * (own + detail::bilinear(turned, fit.Ct_inverse, turned));
        }
        variance += fit.sigma2_match / matches.unit_weight[unit];
        if (variance >= 0.0) out.se[unit] = std::sqrt(variance);
    }
    return out;
}

} // namespace dualtrack::estimate
