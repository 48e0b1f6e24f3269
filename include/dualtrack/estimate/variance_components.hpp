// How much of the spread of results is managers, how much sellers, and do good sellers get good managers? Variances of
// estimated effects are too large by their noise, so the noise is estimated by leaving one match out, and taken off.
//   V_m = n_m^2 var_m ,   var_m = (ybar_m - ybar) e_m / (1 - P_m)   (movers);   within-match variance / n_m   (stayers)
//   x_m = Z v_m ,  g = Z pi ,  A = [diag(N_j) - N pi pi'] / (N - 1) ,  K = sum_m V_m v_m v_m'
//   managers    c_psi   = tr(A S^+KS^+)
//   covariance  c_cov   = sum_m V_m ((x_m)_j - g'v_m) / (N - 1) - c_psi
//   sellers     c_alpha = c_psi + sum_m V_m (1 / W_i - 1 / N - 2 (p_i'x_m - g'v_m) - v_m'x_m) / (N - 1)
// ybar is centred on the weighted mean of matches, so that another currency changes nothing; `reference` centres
// sqrt(n) ybar as the reference programs do. Periods and controls are taken as known.
// Reference: Kline, Saggio, Solvsten 2020; Andrews, Gill, Schank, Upward 2008 (homoskedastic form).
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/numeric.hpp>
#include <dualtrack/estimate/dual.hpp>
#include <dualtrack/estimate/least_squares.hpp>
#include <dualtrack/estimate/leave_out_set.hpp>
#include <dualtrack/estimate/match_leverage.hpp>
#include <dualtrack/estimate/net_matches.hpp>
#include <dualtrack/org/policy_estimate.hpp>

namespace dualtrack::estimate {

/// NaN where not known.
struct variance_components {
    double managers = numeric::not_a_number, sellers = managers, covariance = managers; // plug-in
    double managers_corrected = managers, sellers_corrected = managers, covariance_corrected = managers;
    double managers_se = managers;
    double weak_share = managers; // l_1^2 / sum l^2 over eigenvalues of A S^+
    std::uint64_t n_rows = 0;     // of the leave-out set
    bool is_exact = true;
};

namespace detail {

/// What the formulas need of one graph: its factor, g = Z pi, and K on the links.
struct component_parts {
    manager_graph graph;
    manager_components whole;
    factor_pattern pattern;
    sparse_factor<double> factor;
    selected_inverse<double> inverse;
    std::vector<double> psi, g, K_diagonal, K_link;
    double total = 0.0;
    explicit component_parts(std::pmr::memory_resource* memory) : graph(memory) {}

    void times_A(std::span<double> x, std::size_t width) const { // x <- A x
        std::vector<double> mean(width, 0.0);
        const std::size_t n = graph.size();
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t c = 0; c < width; ++c) mean[c] += whole.group_weight[j] * x[j * width + c];
        for (double& m : mean) m /= total;
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t c = 0; c < width; ++c)
                x[j * width + c] = whole.group_weight[j] * (x[j * width + c] - mean[c]) / (total - 1.0);
    }
    void times_K(std::vector<double>& x, std::size_t width) const {
        std::vector<double> out(x.size(), 0.0);
        for (std::size_t j = 0; j < graph.size(); ++j)
            for (std::size_t c = 0; c < width; ++c) {
                double sum = K_diagonal[j] * x[j * width + c];
                for (std::uint64_t l = graph.first[j]; l < graph.first[j + 1]; ++l)
                    sum += K_link[l] * x[graph.to[l] * width + c];
                out[j * width + c] = sum;
            }
        x = std::move(out);
    }
    void times_Z(std::vector<double>& x, std::size_t width) const { solve(pattern, factor, x, width); }
};

/// tr((A Z)^2) or tr((A Z K Z)^2): over unit vectors where they are few, else over random signs.
inline double trace_of_square(const component_parts& parts, bool with_K, std::uint64_t seed) {
    const std::size_t n = parts.graph.size();
    constexpr std::size_t few = 256;
    constexpr std::size_t n_probes = 64;
    const std::size_t width = n <= few ? n : n_probes;
    std::vector<double> probe(n * width, 0.0);
    for (std::size_t j = 0; j < n; ++j) {
        if (n <= few) {
            probe[j * width + j] = 1.0;
            continue;
        }
        const auto words =
            random::block_of({.seed = seed, .entity = static_cast<std::uint32_t>(j), .purpose = purpose_probe}, 0);
        for (std::size_t c = 0; c < width; ++c)
            probe[j * width + c] = (words[c / 32] >> (c % 32) & 1) != 0 ? 1.0 : -1.0;
    }
    std::vector<double> x(probe);
    for (int round = 0; round < 2; ++round) {
        parts.times_Z(x, width);
        if (with_K) {
            parts.times_K(x, width);
            parts.times_Z(x, width);
        }
        parts.times_A(x, width);
    }
    double sum = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += probe[i] * x[i];
    return n <= few ? sum : sum / static_cast<double>(n_probes);
}

/// The share of the largest eigenvalue of A S^+ in the sum of their squares.
inline double largest_share(const component_parts& parts, std::uint64_t seed) {
    const std::size_t n = parts.graph.size();
    std::vector<double> x(n);
    for (std::size_t j = 0; j < n; ++j)
        x[j] = random::uniform_24(random::block_of(
                   {.seed = seed, .entity = static_cast<std::uint32_t>(j), .replication = 1, .purpose = purpose_probe},
                   0)[0]) -
               0.5;
    double value = 0.0;
    for (int round = 0; round < 60; ++round) {
        parts.times_A(x, 1);
        parts.times_Z(x, 1);
        double most = 0.0;
        parts.whole.centre(x);
        for (const double v : x) most += v * v;
        value = std::sqrt(most);
        if (!(value > 0.0)) return 0.0;
        for (double& v : x) v /= value;
    }
    const double all = trace_of_square(parts, false, seed);
    return all > 0.0 ? std::min(1.0, value * value / all) : 0.0;
}

} // namespace detail

/// How the noise of a match is taken.
enum class noise_form : std::uint8_t { leave_match_out, homoskedastic };

/// Variance components of one connected set. @param sigma2 of the homoskedastic form
inline variance_components variance_components_of(const run_context& run, const net_matches& net,
                                                  org::leave_out_centring centring, noise_form form, double sigma2,
                                                  double flop_limit, std::uint64_t seed) {
    variance_components out;
    const match_columns& matches = net.matches;
    if (net.n_groups < 2) return out;
    detail::component_parts parts(run.memory);
    std::vector<double> group_weight(net.n_groups, 0.0);
    std::vector<std::uint64_t> group_rows(net.n_groups, 0);
    for (std::size_t m = 0; m < matches.size(); ++m) {
        group_weight[matches.group[m]] += matches.weight[m];
        group_rows[matches.group[m]] += matches.n_rows[m];
        out.n_rows += matches.n_rows[m];
    }
    parts.graph = manager_graph_of(run, matches, net.n_groups, matches.weight);
    parts.whole = components_of(parts.graph, group_weight, group_rows);
    for (const double w : group_weight) parts.total += w;
    const elimination_order order = minimum_degree(parts.graph, flop_limit);
    if (!order.is_complete(net.n_groups)) {
        out.is_exact = false;
        return out;
    }
    parts.pattern = pattern_of(parts.graph, order.order, true);
    parts.factor = factor_of(parts.graph, parts.pattern);
    parts.inverse = selected_inverse_of(parts.pattern, parts.factor);
    parts.psi = group_sums(matches, net.n_groups, matches.sum);
    parts.times_Z(parts.psi, 1);
    parts.whole.centre(parts.psi);
    parts.g.resize(net.n_groups);
    for (std::size_t j = 0; j < net.n_groups; ++j) parts.g[j] = group_weight[j] / parts.total;
    parts.times_Z(parts.g, 1);

    const double N = parts.total;
    std::vector<double> alpha(matches.n_units());
    double alpha_mean = 0.0;
    double level_mean = 0.0; // of the centring
    double reference = 0.0;
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        alpha[unit] = matches.origin[unit] - detail::own_mean(matches, unit, parts.psi);
        alpha_mean += matches.unit_weight[unit] * alpha[unit];
    }
    for (std::size_t m = 0; m < matches.size(); ++m) {
        level_mean += matches.weight[m] * net.level[m];
        reference += std::sqrt(matches.weight[m]) * net.level[m];
    }
    alpha_mean /= N;
    level_mean /= N;
    reference /= static_cast<double>(matches.size());
    out.managers = out.sellers = out.covariance = 0.0;
    for (std::size_t j = 0; j < net.n_groups; ++j) out.managers += group_weight[j] * parts.psi[j] * parts.psi[j];
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const double a = alpha[unit] - alpha_mean;
        out.sellers += matches.unit_weight[unit] * a * a;
        for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1]; ++m)
            out.covariance += matches.weight[m] * parts.psi[matches.group[m]] * a;
    }
    out.managers /= N - 1.0;
    out.sellers /= N - 1.0;
    out.covariance /= N - 1.0;

    parts.K_diagonal.assign(net.n_groups, 0.0);
    parts.K_link.assign(parts.graph.to.size(), 0.0);
    double sum_cov = 0.0;
    double sum_alpha = 0.0;
    double gKg = 0.0;
    std::vector<double> noise;         // V_m of a seller
    std::vector<double> aZ(parts.psi); // Z A psi
    parts.times_A(aZ, 1);
    parts.times_Z(aZ, 1);
    double aTa = 0.0;
    mover_corner corner;
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::size_t first = matches.first_match[unit];
        const std::size_t size = matches.matches_of(unit);
        const double W = matches.unit_weight[unit];
        if (size == 1) {
            const double rows = matches.n_rows[first];
            const double V = form == noise_form::homoskedastic ? W * sigma2
                             : rows > 1.0                      ? W * net.within[first] / (rows - 1.0)
                                                               : 0.0;
            sum_alpha += V * (1.0 / W - 1.0 / N);
            continue;
        }
        detail::read_corner(
            matches, matches.weight, unit, [&](std::uint32_t a, std::uint32_t b) { return parts.inverse.at(a, b); },
            corner);
        const double level = detail::own_mean(matches, unit, parts.psi);
        const double g_mean = detail::own_mean(matches, unit, parts.g);
        const double a_mean = detail::own_mean(matches, unit, aZ);
        noise.assign(size, 0.0);
        double noise_sum = 0.0;
        for (std::size_t a = 0; a < size; ++a) {
            const double n = matches.weight[first + a];
            const std::uint32_t j = matches.group[first + a];
            if (form == noise_form::homoskedastic) {
                noise[a] = n * sigma2;
            } else {
                const double e = matches.sum[first + a] / n - (parts.psi[j] - level);
                const double P = n / W + n * corner.between(a, a);
                const double y = centring == org::leave_out_centring::invariant
                                     ? n * (net.level[first + a] - level_mean)
                                     : std::sqrt(n) * (std::sqrt(n) * net.level[first + a] - reference);
                noise[a] = n * y * e / (1.0 - P);
            }
            noise_sum += noise[a];
            const double gv = parts.g[j] - g_mean;
            const double av = aZ[j] - a_mean;
            const double x_j = corner.Z[a * size + a] - corner.Zp[a];
            const double px = corner.Zp[a] - corner.pZp;
            sum_cov += noise[a] * (x_j - gv);
            sum_alpha += noise[a] * (1.0 / W - 1.0 / N - 2.0 * (px - gv) - corner.between(a, a));
            gKg += noise[a] * gv * gv;
            aTa += noise[a] * av * av;
        }
        for (std::size_t a = 0; a < size; ++a) {
            const std::uint32_t j = matches.group[first + a];
            const double p_a = matches.weight[first + a] / W;
            std::uint64_t l = parts.graph.first[j];
            for (std::size_t b = 0; b < size; ++b) {
                const double p_b = matches.weight[first + b] / W;
                const double k = (a == b ? noise[a] : 0.0) - noise[a] * p_b - p_a * noise[b] + p_a * p_b * noise_sum;
                if (a == b) {
                    parts.K_diagonal[j] += k;
                    continue;
                }
                while (parts.graph.to[l] != matches.group[first + b]) ++l; // both ascend
                parts.K_link[l] += k;
            }
        }
    }
    const auto factor = factor_of<dual>(
        parts.graph, parts.pattern, [&](std::uint64_t l) { return dual(parts.graph.weight[l], -parts.K_link[l]); },
        [&](std::uint32_t j) { return dual(parts.graph.diagonal[j], parts.K_diagonal[j]); });
    const auto both = selected_inverse_of(parts.pattern, factor);
    double c_psi = 0.0;
    for (std::uint32_t j = 0; j < net.n_groups; ++j) c_psi -= group_weight[j] * both.at(j, j).rate;
    c_psi = (c_psi - N * gKg) / (N - 1.0);
    out.managers_corrected = out.managers - c_psi;
    out.covariance_corrected = out.covariance - (sum_cov / (N - 1.0) - c_psi);
    out.sellers_corrected = out.sellers - (c_psi + sum_alpha / (N - 1.0));
    const double se2 = 4.0 * aTa - 2.0 * detail::trace_of_square(parts, true, seed);
    if (se2 > 0.0) out.managers_se = std::sqrt(se2);
    out.weak_share = detail::largest_share(parts, seed);
    return out;
}

} // namespace dualtrack::estimate
