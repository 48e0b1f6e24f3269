// What is left of an effect once what managers differ by is taken into account, for few managers: every likely prior is
// tried and weighted by how well it explains the data, so that an estimated spread of 0 never gives an interval of
// width 0. 15 totals t (flat in the standard deviation) x 5 shares; mean and variance of the mixture. The border adds
// D Var(gamma) D', D = (posterior covariance) B_h / sigma2.
// Reference: Morris 1983 (why intervals with an estimated prior plugged in are too short).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/shrinkage_prior.hpp>

namespace dualtrack::estimate {

/// Shrinks with the prior integrated out, or taken at its highest likelihood (`integrate` false: for comparison).
/// @param border_spread factor F with F F' = Var(gamma), [border][border]; B_h is [n_groups][border]
inline shrunken_effects integrate_prior(const shrinkage_equations& equations, const manager_components& components,
                                        const manager_graph& graph, prior_kind kind,
                                        std::span<const std::uint32_t> market, std::span<const double> B_h,
                                        std::span<const double> gamma_variance, std::size_t Q, bool integrate = true) {
    const std::size_t n = components.of.size();
    const linked_managers linked = linked_of(components);
    const std::size_t m = linked.manager.size();
    shrunken_effects out;
    out.mean.assign(n, 0.0);
    out.sd = out.centred_mean = out.centred_sd = out.prior_sd = out.centred_prior_sd = out.mean;
    if (m == 0) return out;
    std::size_t n_null = 0; // components of linked managers: directions S cannot see
    for (const std::uint32_t size : components.n_groups) n_null += size > 1 ? 1 : 0;
    std::vector<double> shares{0.0};
    if (kind != prior_kind::exchangeable) shares.insert(shares.end(), {0.25, 0.5, 0.75});
    if (kind == prior_kind::network) shares.push_back(1.0);
    std::vector<double> shared;
    if (kind != prior_kind::exchangeable) shared = detail::shared_part(graph, linked, kind, market);
    std::vector<detail::prior_shape> shapes;
    for (const double share : shares) shapes.push_back(detail::shape_of(equations, components, linked, shared, share));

    const double sigma2 = equations.sigma2;
    const auto& positive = shapes.front().lambda;
    const double c0 = std::sqrt(sigma2 / positive[n_null + (m - n_null) / 2]);
    std::vector<double> best;
    double reml = 0.0;
    double top = 0.0;
    for (std::size_t s = 0; s < shapes.size(); ++s) {
        best.push_back(shapes[s].best(1e-6 * c0 * c0, 1e6 * c0 * c0, sigma2, n_null));
        const double value = shapes[s].log_likelihood(best[s], sigma2, n_null);
        if (s == 0 || value > top) {
            top = value;
            reml = best[s];
        }
    }
    out.exchangeable_reml = best.front();
    struct point {
        std::size_t shape;
        double t, weight;
    };
    std::vector<point> points;
    constexpr int totals = 15;
    double low = 0.05 * c0;
    double high = 8.0 * std::max(c0, std::sqrt(reml));
    // The more managers, the narrower the range of likely spreads: it is laid out anew until steps are fine within it.
    for (int round = 0; round < 4; ++round) {
        points.clear();
        double least = high, greatest = low; // sds that explain the data
        for (std::size_t s = 0; s < shapes.size(); ++s) {
            if (!integrate) {
                if (best[s] == reml) points.push_back({s, reml, shapes[s].log_likelihood(reml, sigma2, n_null)});
                continue;
            }
            for (int i = 0; i < totals; ++i) {
                const double sd = low * numeric::exp(numeric::log(high / low) * i / (totals - 1));
                points.push_back({s, sd * sd, shapes[s].log_likelihood(sd * sd, sigma2, n_null) + numeric::log(sd)});
            }
        }
        double peak = points.front().weight;
        for (const point& p : points) peak = std::max(peak, p.weight);
        constexpr double negligible = 12.0; // log of a weight
        for (const point& p : points) {
            if (p.weight < peak - negligible) continue;
            least = std::min(least, std::sqrt(p.t));
            greatest = std::max(greatest, std::sqrt(p.t));
        }
        const double step = numeric::exp(numeric::log(high / low) / (totals - 1));
        const double next_low = std::max(low, least / step), next_high = std::min(high, greatest * step);
        if (!integrate || numeric::log(next_high / next_low) > 0.7 * numeric::log(high / low)) break;
        low = next_low;
        high = next_high;
    }
    double most = points.front().weight;
    for (const point& p : points) most = std::max(most, p.weight);
    double total = 0.0;
    for (point& p : points) total += p.weight = numeric::exp(p.weight - most);
    for (point& p : points) p.weight /= total;

    std::vector<double> mean(m, 0.0), centred(m, 0.0), second(m, 0.0), centred_second(m, 0.0), centred_prior(m, 0.0);
    std::vector<double> prior(m, 0.0);
    std::vector<double> spread(m * Q, 0.0), centred_spread(m * Q, 0.0); // D
    std::vector<double> v(m), average(m), turned(m * Q);
    for (std::size_t s = 0; s < shapes.size(); ++s) {
        const detail::prior_shape& shape = shapes[s];
        std::fill(average.begin(), average.end(), 0.0);
        double shape_total = 0.0; // sum of weight * t
        for (const point& p : points) {
            if (p.shape != s || p.weight < 1e-12) continue;
            shape_total += p.weight * p.t;
            out.tau2 += p.weight * p.t * (1.0 - shape.share);
            out.omega2 += p.weight * p.t * shape.share;
            out.prior_total_sd += p.weight * std::sqrt(p.t);
            for (std::size_t k = 0; k < m; ++k) {
                v[k] = 1.0 / (std::max(0.0, shape.lambda[k]) / sigma2 + 1.0 / p.t);
                average[k] += p.weight * v[k];
            }
            for (std::size_t a = 0; a < m; ++a) {
                double mu = 0.0, mu_c = 0.0, var = 0.0, var_c = 0.0;
                for (std::size_t k = 0; k < m; ++k) {
                    const double w = shape.W[a * m + k];
                    const double wc = shape.Wc[a * m + k];
                    const double step = v[k] * shape.Wb[k] / sigma2;
                    mu += w * step;
                    mu_c += wc * step;
                    var += w * w * v[k];
                    var_c += wc * wc * v[k];
                }
                mean[a] += p.weight * mu;
                centred[a] += p.weight * mu_c;
                second[a] += p.weight * (var + mu * mu);
                centred_second[a] += p.weight * (var_c + mu_c * mu_c);
            }
        }
        if (shape_total == 0.0) continue;
        for (std::size_t a = 0; a < m; ++a) {
            double own = 0.0, own_c = 0.0;
            for (std::size_t k = 0; k < m; ++k) {
                own += shape.W[a * m + k] * shape.W[a * m + k];
                own_c += shape.Wc[a * m + k] * shape.Wc[a * m + k];
            }
            prior[a] += shape_total * own;
            centred_prior[a] += shape_total * own_c;
        }
        if (Q == 0) continue;
        std::fill(turned.begin(), turned.end(), 0.0);
        for (std::size_t a = 0; a < m; ++a)
            for (std::size_t k = 0; k < m; ++k)
                for (std::size_t q = 0; q < Q; ++q)
                    turned[k * Q + q] += shape.W[a * m + k] * B_h[linked.manager[a] * Q + q];
        for (std::size_t a = 0; a < m; ++a)
            for (std::size_t k = 0; k < m; ++k) {
                const double w = shape.W[a * m + k] * average[k] / sigma2;
                const double wc = shape.Wc[a * m + k] * average[k] / sigma2;
                for (std::size_t q = 0; q < Q; ++q) {
                    spread[a * Q + q] += w * turned[k * Q + q];
                    centred_spread[a * Q + q] += wc * turned[k * Q + q];
                }
            }
    }
    for (std::size_t a = 0; a < m; ++a) {
        const std::uint32_t j = linked.manager[a];
        const auto at = [&](const std::vector<double>& D) {
            const auto row = std::span<const double>(D).subspan(a * Q, Q);
            return Q > 0 ? detail::bilinear(row, gamma_variance, row) : 0.0;
        };
        out.mean[j] = mean[a];
        out.centred_mean[j] = centred[a];
        out.sd[j] = std::sqrt(std::max(0.0, second[a] - mean[a] * mean[a]) + at(spread));
        out.centred_sd[j] = std::sqrt(std::max(0.0, centred_second[a] - centred[a] * centred[a]) + at(centred_spread));
        out.prior_sd[j] = std::sqrt(prior[a]);
        out.centred_prior_sd[j] = std::sqrt(centred_prior[a]);
    }
    const double alone = std::sqrt(out.tau2 + out.omega2);
    for (std::size_t j = 0; j < n; ++j)
        if (linked.number[j] == no_index) out.sd[j] = out.prior_sd[j] = alone;
    return out;
}

} // namespace dualtrack::estimate
