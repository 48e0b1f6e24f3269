// Which shrinkage fits the data at hand: by market where managers have markets, else along the network; the prior
// integrated out for few managers, its variance estimated for many; one manager at a time only where asked for.
//   closed form (exchangeable effects only): tau2_b = (b'b - sigma2 tr S) / tr S^2 , tr S^2 = sum S_jj^2 + 2 sum a_jk^2
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include <dualtrack/estimate/network_shrinkage.hpp>
#include <dualtrack/estimate/prior_variance.hpp>
#include <dualtrack/org/policy_estimate.hpp>

namespace dualtrack::estimate {

struct shrinkage_outcome {
    shrunken_effects effects;
    org::effect_prior prior = org::effect_prior::network; // as used
    bool integrated = false;
    double tau2_closed = 0.0, exchangeable_reml = 0.0, nu2 = 0.0, sigma2 = 0.0;
};

/// tau2 without a solve.
inline double closed_form_tau2(const manager_graph& graph, std::span<const double> b, double sigma2) {
    double bb = 0.0, trace = 0.0, squares = 0.0;
    for (std::size_t j = 0; j < graph.size(); ++j) {
        bb += b[j] * b[j];
        trace += graph.diagonal[j];
        squares += graph.diagonal[j] * graph.diagonal[j];
        for (std::uint64_t l = graph.first[j]; l < graph.first[j + 1]; ++l)
            squares += graph.weight[l] * graph.weight[l];
    }
    return squares > 0.0 ? (bb - sigma2 * trace) / squares : 0.0;
}

namespace detail {

/// Market where at least two markets have two linked managers each, else network.
inline org::effect_prior prior_by_data(const manager_components& components, std::span<const std::uint32_t> market) {
    if (market.empty()) return org::effect_prior::network;
    std::map<std::uint32_t, int> count;
    for (std::size_t j = 0; j < market.size(); ++j)
        if (market[j] != no_index && components.n_groups[components.of[j]] > 1) ++count[market[j]];
    int large = 0;
    for (const auto& [name, managers] : count) large += managers > 1 ? 1 : 0;
    return large > 1 ? org::effect_prior::market : org::effect_prior::network;
}

/// tau2 / (tau2 + V) psi for each manager alone.
inline shrunken_effects one_by_one(const least_squares& fit, std::span<const double> variance, double tau2) {
    const std::size_t n = fit.psi.size();
    shrunken_effects out;
    out.mean.assign(n, 0.0);
    out.sd.assign(n, std::sqrt(tau2));
    out.prior_sd = out.sd;
    for (std::size_t j = 0; j < n; ++j) {
        if (!(variance[j] > 0.0)) continue;
        const double share = tau2 / (tau2 + variance[j]);
        out.mean[j] = share * fit.psi[j];
        out.sd[j] = std::sqrt(share * variance[j]);
    }
    out.centred_mean = out.mean;
    out.centred_sd = out.sd;
    out.centred_prior_sd = out.prior_sd;
    out.tau2 = tau2;
    out.prior_total_sd = std::sqrt(tau2);
    return out;
}

} // namespace detail

/// Shrinks effects. @param variance of each effect. @pre df_match > 0
inline result<shrinkage_outcome> shrink_effects(const run_context& run, const two_way& problem,
                                                const manager_solver& solver, const least_squares& fit,
                                                std::span<const double> variance, std::span<const double> leverage,
                                                const org::value_added_policy& policy,
                                                std::span<const std::uint32_t> market) {
    shrinkage_outcome out;
    const std::size_t n = problem.graph.size();
    const std::size_t Q = problem.edge.size();
    std::vector<double> net(problem.b);
    for (std::size_t j = 0; j < n; ++j) {
        const auto row = problem.edge.row(j);
        for (std::size_t q = 0; q < Q; ++q) net[j] -= row[q] * fit.gamma[q];
    }
    out.tau2_closed = closed_form_tau2(problem.graph, net, fit.sigma2_match);
    out.prior = policy.prior;
    if (out.prior == org::effect_prior::by_data || (out.prior == org::effect_prior::market && market.empty()))
        out.prior = detail::prior_by_data(problem.components, market);
    if (!(fit.sigma2_match > 1e-24 * (fit.rss + 1e-300))) { // everything is explained: nothing to shrink
        out.prior = org::effect_prior::independent;
        out.effects = detail::one_by_one(fit, variance, std::max(out.tau2_closed, 0.0));
        return out;
    }
    const auto seed = static_cast<std::uint64_t>(policy.seed);
    const shrinkage_equations equations = shrinkage_equations_of(run, problem, solver, fit, leverage, seed);
    out.nu2 = equations.nu2;
    out.sigma2 = equations.sigma2;
    if (out.prior == org::effect_prior::independent) {
        out.effects = detail::one_by_one(fit, variance, std::max(out.tau2_closed, 0.0));
        return out;
    }
    const prior_kind kind = out.prior == org::effect_prior::market         ? prior_kind::market
                            : out.prior == org::effect_prior::exchangeable ? prior_kind::exchangeable
                                                                           : prior_kind::network;
    const std::vector<double> B_h = weighted_border(problem, equations.weight);
    std::vector<double> gamma_variance(fit.Ct_inverse);
    for (double& v : gamma_variance) v *= fit.sigma2_match;
    constexpr std::size_t few = 200;
    const std::size_t linked = linked_of(problem.components).manager.size();
    out.integrated = n - problem.components.size() <= few && linked <= 2 * few;
    if (out.integrated) {
        out.effects =
            integrate_prior(equations, problem.components, problem.graph, kind, market, B_h, gamma_variance, Q);
        out.exchangeable_reml = out.effects.exchangeable_reml;
        return out;
    }
    shrinkage_task task{.problem = problem,
                        .equations = equations,
                        .kind = kind,
                        .market = market,
                        .B_h = B_h,
                        .gamma_variance = gamma_variance,
                        .Q = Q,
                        .flop_limit = policy.exact_inverse_flops,
                        .draws = policy.projections,
                        .seed = seed};
    DUALTRACK_TRY(out.effects, shrink_network(run, task));
    out.exchangeable_reml = out.effects.tau2;
    if (kind == prior_kind::exchangeable) return out;
    task.kind = prior_kind::exchangeable;
    DUALTRACK_TRY(const auto alone, shrink_network(run, task, true));
    out.exchangeable_reml = alone.tau2;
    return out;
}

} // namespace dualtrack::estimate
