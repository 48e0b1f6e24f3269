// What managers can be expected to differ by, before any data: each of their own, alike within a market, or alike along
// the network of shared sellers; and what the data say of such a prior once the equations are diagonal in it.
//   psi ~ N(0, t G0) ,  G0 = (1 - share) I + share R ,   R: a market's managers share all, or the inverse of the
//   normalised graph + .05 I, scaled to mean variance 1
//   L L' = G0 ,  L' S_h L = Q diag(lambda) Q' ,  W = L Q :   posterior covariance = W diag(1 / (lambda / sigma2 + 1 /
//   t)) W' log likelihood = -1/2 sum_{lambda > 0} [ log(sigma2 + t lambda) + (W'b)^2 / (lambda (sigma2 + t lambda)) ]
// Reference: Besag, York, Mollie 1991 (own and shared part).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/exp_log.hpp>
#include <dualtrack/estimate/dense.hpp>
#include <dualtrack/estimate/shrinkage_noise.hpp>

namespace dualtrack::estimate {

enum class prior_kind : std::uint8_t { exchangeable, market, network };

/// What the data leave of every manager's effect. [n_groups]; managers alone in their component have mean 0
struct shrunken_effects {
    std::vector<double> mean, sd;                          // on the scale of the population
    std::vector<double> centred_mean, centred_sd;          // against the component
    std::vector<double> prior_sd, centred_prior_sd;        // before the data
    double tau2 = 0.0, omega2 = 0.0, prior_total_sd = 0.0; // own, shared; posterior means, or REML
    double exchangeable_reml = 0.0;                        // tau2 without a shared part; 0 where not computed
    bool converged = true, is_exact = true;
};

/// Managers that are linked to somebody, in dense numbering.
struct linked_managers {
    std::vector<std::uint32_t> manager; // of each number
    std::vector<std::uint32_t> number;  // of each manager, or no_index
};

inline linked_managers linked_of(const manager_components& components) {
    linked_managers out;
    out.number.assign(components.of.size(), no_index);
    for (std::uint32_t j = 0; j < components.of.size(); ++j)
        if (components.n_groups[components.of[j]] > 1) {
            out.number[j] = static_cast<std::uint32_t>(out.manager.size());
            out.manager.push_back(j);
        }
    return out;
}

namespace detail {

/// Dg^-1/2 S Dg^-1/2 + .05 I on linked managers, [m][m].
inline std::vector<double> normalised_graph(const manager_graph& graph, const linked_managers& linked) {
    const std::size_t m = linked.manager.size();
    std::vector<double> out(m * m, 0.0);
    for (std::size_t a = 0; a < m; ++a) {
        const std::uint32_t j = linked.manager[a];
        out[a * m + a] = 1.05;
        for (std::uint64_t l = graph.first[j]; l < graph.first[j + std::size_t{1}]; ++l) {
            const std::uint32_t k = graph.to[l];
            out[a * m + linked.number[k]] = -graph.weight[l] / std::sqrt(graph.diagonal[j] * graph.diagonal[k]);
        }
    }
    return out;
}

/// What managers share, R of mean variance 1. [m][m]
inline std::vector<double> shared_part(const manager_graph& graph, const linked_managers& linked, prior_kind kind,
                                       std::span<const std::uint32_t> market) {
    const std::size_t m = linked.manager.size();
    if (kind == prior_kind::market) {
        std::vector<double> out(m * m, 0.0);
        for (std::size_t a = 0; a < m; ++a)
            for (std::size_t b = 0; b < m; ++b) {
                const std::uint32_t own = market[linked.manager[a]];
                out[a * m + b] = a == b || (own != no_index && own == market[linked.manager[b]]) ? 1.0 : 0.0;
            }
        return out;
    }
    const std::vector<double> size(m, 1.0);
    auto factor = independent_columns_of(normalised_graph(graph, linked), m, 0, size, 0.0);
    std::vector<double> out = factor.inverse();
    double mean = 0.0;
    for (std::size_t a = 0; a < m; ++a) mean += out[a * m + a] / static_cast<double>(m);
    for (double& x : out) x /= mean;
    return out;
}

/// One share of the shared part, diagonalised.
struct prior_shape {
    double share = 0.0;
    std::vector<double> lambda, along; // ascending; (W'b)^2 where lambda > 0
    std::vector<double> W, Wc, Wb;     // [m][m], centred, W'b

    [[nodiscard]] double log_likelihood(double t, double sigma2, std::size_t n_null) const {
        double sum = 0.0;
        for (std::size_t k = n_null; k < lambda.size(); ++k) {
            const double v = sigma2 + t * lambda[k];
            sum += numeric::log(v) + along[k] / (lambda[k] * v);
        }
        return -0.5 * sum;
    }
    /// The t of highest likelihood in [low, high].
    [[nodiscard]] double best(double low, double high, double sigma2, std::size_t n_null) const {
        constexpr int steps = 60;
        double at = low;
        double top = log_likelihood(low, sigma2, n_null);
        const double ratio = numeric::exp(numeric::log(high / low) / steps);
        double t = low;
        for (int i = 1; i <= steps; ++i) {
            t *= ratio;
            const double value = log_likelihood(t, sigma2, n_null);
            if (value > top) {
                top = value;
                at = t;
            }
        }
        double from = numeric::log(std::max(low, at / ratio));
        double to = numeric::log(std::min(high, at * ratio));
        constexpr double golden = 0.6180339887498949;
        double x1 = to - golden * (to - from), x2 = from + golden * (to - from);
        double f1 = log_likelihood(numeric::exp(x1), sigma2, n_null);
        double f2 = log_likelihood(numeric::exp(x2), sigma2, n_null);
        for (int i = 0; i < 60 && to - from > 1e-12; ++i) {
            if (f1 < f2) {
                from = x1;
                x1 = x2;
                f1 = f2;
                x2 = from + golden * (to - from);
                f2 = log_likelihood(numeric::exp(x2), sigma2, n_null);
            } else {
                to = x2;
                x2 = x1;
                f2 = f1;
                x1 = to - golden * (to - from);
                f1 = log_likelihood(numeric::exp(x1), sigma2, n_null);
            }
        }
        return numeric::exp(0.5 * (from + to));
    }
};

inline prior_shape shape_of(const shrinkage_equations& equations, const manager_components& components,
                            const linked_managers& linked, const std::vector<double>& shared, double share) {
    const std::size_t m = linked.manager.size();
    prior_shape out;
    out.share = share;
    std::vector<double> G(m * m, 0.0);
    for (std::size_t i = 0; i < m * m && share > 0.0; ++i) G[i] = share * shared[i];
    for (std::size_t a = 0; a < m; ++a) G[a * m + a] += 1.0 - share;
    std::vector<double> L(m * m, 0.0);
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = G[i * m + j];
            for (std::size_t k = 0; k < j; ++k) sum -= L[i * m + k] * L[j * m + k];
            L[i * m + j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / L[j * m + j];
        }
    std::vector<double> SL(m * m, 0.0); // S_h L
    for (std::size_t a = 0; a < m; ++a) {
        const std::uint32_t j = linked.manager[a];
        for (std::uint64_t l = equations.graph.first[j]; l < equations.graph.first[j + std::size_t{1}]; ++l) {
            const std::uint32_t b = linked.number[equations.graph.to[l]];
            for (std::size_t k = 0; k < m; ++k)
                SL[a * m + k] += equations.graph.weight[l] * (L[a * m + k] - L[b * m + k]);
        }
    }
    std::vector<double> T(m * m, 0.0); // L' S_h L
    for (std::size_t a = 0; a < m; ++a)
        for (std::size_t i = 0; i <= a; ++i)
            for (std::size_t k = 0; k < m; ++k) T[i * m + k] += L[a * m + i] * SL[a * m + k];
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t k = 0; k < i; ++k) T[i * m + k] = T[k * m + i] = 0.5 * (T[i * m + k] + T[k * m + i]);
    out.lambda = symmetric_eigen(T, m);
    out.W.assign(m * m, 0.0);
    for (std::size_t a = 0; a < m; ++a)
        for (std::size_t i = 0; i <= a; ++i)
            for (std::size_t k = 0; k < m; ++k) out.W[a * m + k] += L[a * m + i] * T[i * m + k];
    out.Wc = out.W;
    std::vector<double> mean(components.size() * m, 0.0);
    for (std::size_t a = 0; a < m; ++a) {
        const std::uint32_t j = linked.manager[a];
        const double share_of = components.group_weight[j] / components.weight[components.of[j]];
        for (std::size_t k = 0; k < m; ++k) mean[components.of[j] * m + k] += share_of * out.W[a * m + k];
    }
    for (std::size_t a = 0; a < m; ++a)
        for (std::size_t k = 0; k < m; ++k) out.Wc[a * m + k] -= mean[components.of[linked.manager[a]] * m + k];
    out.Wb.assign(m, 0.0);
    for (std::size_t a = 0; a < m; ++a)
        for (std::size_t k = 0; k < m; ++k) out.Wb[k] += out.W[a * m + k] * equations.b[linked.manager[a]];
    for (std::size_t k = 0; k < m; ++k) out.along.push_back(out.Wb[k] * out.Wb[k]);
    return out;
}

} // namespace detail

} // namespace dualtrack::estimate
