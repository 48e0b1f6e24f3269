// What is left of effects once what managers differ by is taken into account, for many managers: the joint posterior of
// the sparse system, prior variances by restricted maximum likelihood.
//   tau2 <- u'u / (M - tr(P_uu) / tau2) ,  omega2 <- s'Lambda s / (M - tr(Lambda P_ss) / omega2) ,  until both move by
//   1 %
// Joint, not one by one: errors of neighbouring managers move together, and so must what is taken off.
// Reference: Varadhan, Roland 2008 (squared extrapolation of fixed points).
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/shrinkage_system.hpp>

namespace dualtrack::estimate {

/// Shrinks with prior variances by REML. Not exact (and without effects) where the factor would be too dear.
inline shrunken_effects shrink_network(const run_context& run, const shrinkage_equations& equations,
                                       const manager_components& components, const manager_graph& graph,
                                       prior_kind kind, std::span<const std::uint32_t> market,
                                       std::span<const double> B_h, std::span<const double> gamma_variance,
                                       std::size_t Q, double flop_limit) {
    const std::size_t n = components.of.size();
    const linked_managers linked = linked_of(components);
    const std::size_t m = linked.manager.size();
    shrunken_effects out;
    out.mean.assign(n, 0.0);
    out.sd = out.centred_mean = out.centred_sd = out.prior_sd = out.centred_prior_sd = out.mean;
    if (m == 0) return out;
    shrinkage_system system = detail::system_of(run, equations, graph, linked, kind, market);
    const elimination_order order = minimum_degree(system.graph, flop_limit);
    if (!order.is_complete(system.graph.size())) {
        out.is_exact = false;
        return out;
    }
    system.pattern = pattern_of(system.graph, order.order, false);
    const detail::shared_prior shared = detail::shared_prior_of(system, kind, components, linked);
    const double c = shared.c;
    // Start: the closed form (psi'S^2 psi - sigma2 tr S) / tr S^2, halved between own and shared.
    double bb = 0.0, trace = 0.0, squares = 0.0;
    for (std::size_t j = 0; j < n; ++j) {
        bb += equations.b[j] * equations.b[j];
        trace += equations.graph.diagonal[j];
        squares += equations.graph.diagonal[j] * equations.graph.diagonal[j];
        for (std::uint64_t l = equations.graph.first[j]; l < equations.graph.first[j + 1]; ++l)
            squares += equations.graph.weight[l] * equations.graph.weight[l];
    }
    const double noise = equations.sigma2 * static_cast<double>(m) / trace; // of an average effect
    const double start = std::max((bb - equations.sigma2 * trace) / squares, 0.05 * noise);
    const bool has_shared = system.n_shared > 0;
    double tau2 = has_shared ? 0.5 * start : start;
    double omega2 = has_shared ? 0.5 * start : 1.0;
    detail::posterior at;
    int rounds = 0;
    const auto step = [&](double& t, double& o) { // one round of the fixed point; false when it stands still
        const double total = t + (has_shared ? o : 0.0);
        t = std::max(t, 1e-3 * total);
        o = std::max(o, 1e-3 * total);
        detail::set_prior(system, t, o, c);
        at = detail::posterior_of(system, equations, linked, t, o, c);
        ++rounds;
        const double next_t = std::max(at.next_tau2, 1e-3 * total);
        const double next_o = has_shared ? std::max(at.next_omega2, 1e-3 * total) : o;
        const bool still = std::fabs(next_t - t) <= 0.01 * std::max(t, 0.01 * total) &&
                           (!has_shared || std::fabs(next_o - o) <= 0.01 * std::max(o, 0.01 * total));
        t = next_t;
        o = next_o;
        return !still;
    };
    constexpr int most_rounds = 60;
    bool moving = true;
    while (moving && rounds < most_rounds) { // squared extrapolation on logarithms
        const double t0 = numeric::log(tau2), o0 = numeric::log(omega2);
        moving = step(tau2, omega2);
        if (!moving) break;
        const double t1 = numeric::log(tau2), o1 = numeric::log(omega2);
        moving = step(tau2, omega2);
        if (!moving) break;
        const double t2 = numeric::log(tau2), o2 = numeric::log(omega2);
        const double rt = t1 - t0, ro = o1 - o0, vt = t2 - t1 - rt, vo = o2 - o1 - ro;
        const double v2 = vt * vt + vo * vo;
        if (!(v2 > 1e-16)) continue;
        const double alpha = std::clamp(-std::sqrt((rt * rt + ro * ro) / v2), -16.0, -1.0);
        const auto leap = [&](double x0, double r, double v) {
            return numeric::exp(std::clamp(x0 - 2.0 * alpha * r + alpha * alpha * v, x0 - 4.0, x0 + 4.0));
        };
        tau2 = leap(t0, rt, vt);
        omega2 = leap(o0, ro, vo);
    }
    out.converged = !moving;
    detail::set_prior(system, tau2, omega2, c);
    at = detail::posterior_of(system, equations, linked, tau2, omega2, c);
    out.tau2 = tau2;
    out.omega2 = has_shared ? omega2 : 0.0;
    out.prior_total_sd = std::sqrt(out.tau2 + out.omega2);
    if (!has_shared) out.exchangeable_reml = tau2;

    const std::size_t nodes = system.graph.size();
    // Components that share nothing can be centred in one solve; markets tie them together.
    const bool one_by_one = kind == prior_kind::market && components.size() > 1;
    std::vector<double> side(m, 0.0), corner(components.size(), 0.0);
    std::vector<double> solved(nodes);
    for (std::size_t part = 0; part < (one_by_one ? components.size() : 1); ++part) {
        if (one_by_one && components.n_groups[part] < 2) continue;
        std::fill(solved.begin(), solved.end(), 0.0);
        for (std::size_t a = 0; a < m; ++a) {
            const std::uint32_t j = linked.manager[a];
            if (!one_by_one || components.of[j] == part)
                solved[a] = components.group_weight[j] / components.weight[components.of[j]];
        }
        solve(system.pattern, at.factor, solved, 1);
        for (std::size_t a = 0; a < m; ++a) {
            const std::uint32_t j = linked.manager[a];
            if (one_by_one && components.of[j] != part) continue;
            side[a] = solved[a];
            corner[components.of[j]] += components.group_weight[j] / components.weight[components.of[j]] * solved[a];
        }
    }
    std::vector<double> D(nodes * Q, 0.0);
    for (std::size_t a = 0; a < m; ++a)
        for (std::size_t q = 0; q < Q; ++q) D[a * Q + q] = B_h[linked.manager[a] * Q + q] / equations.sigma2;
    if (Q > 0) solve(system.pattern, at.factor, D, Q);
    std::vector<double> mean(components.size(), 0.0), D_mean(components.size() * Q, 0.0);
    for (std::size_t a = 0; a < m; ++a) {
        const std::uint32_t j = linked.manager[a];
        const double share = components.group_weight[j] / components.weight[components.of[j]];
        mean[components.of[j]] += share * at.x[a];
        for (std::size_t q = 0; q < Q; ++q) D_mean[components.of[j] * Q + q] += share * D[a * Q + q];
    }
    std::vector<double> squared_share(components.size(), 0.0), row(Q);
    for (const std::uint32_t j : linked.manager) {
        const double share = components.group_weight[j] / components.weight[components.of[j]];
        squared_share[components.of[j]] += share * share;
    }
    for (std::uint32_t a = 0; a < m; ++a) {
        const std::uint32_t j = linked.manager[a];
        const std::uint32_t part = components.of[j];
        const auto own = std::span<const double>(D).subspan(a * Q, Q);
        for (std::size_t q = 0; q < Q; ++q) row[q] = own[q] - D_mean[part * Q + q];
        const double variance = at.inverse.at(a, a);
        out.mean[j] = at.x[a];
        out.centred_mean[j] = at.x[a] - mean[part];
        out.sd[j] = std::sqrt(std::max(0.0, variance + (Q > 0 ? detail::bilinear(own, gamma_variance, own) : 0.0)));
        out.centred_sd[j] = std::sqrt(std::max(0.0, variance - 2.0 * side[a] + corner[part] +
                                                        (Q > 0 ? detail::bilinear(row, gamma_variance, row) : 0.0)));
        out.prior_sd[j] = out.prior_total_sd;
        const double share = components.group_weight[j] / components.weight[part];
        const double own_prior = out.tau2 * std::max(0.0, 1.0 - 2.0 * share + squared_share[part]);
        out.centred_prior_sd[j] = std::sqrt(own_prior + out.omega2 * std::max(0.0, shared.centred_variance[a]));
    }
    for (std::size_t j = 0; j < n; ++j)
        if (linked.number[j] == no_index) out.sd[j] = out.prior_sd[j] = out.prior_total_sd;
    return out;
}

} // namespace dualtrack::estimate
