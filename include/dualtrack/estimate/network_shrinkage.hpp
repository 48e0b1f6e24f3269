// What is left of effects once what managers differ by is taken into account, for many managers: the joint posterior of
// the sparse system, prior variances by restricted maximum likelihood.
//   slope in log tau2     (u'u / tau2 - (M - tr(P_uu) / tau2)) / 2 ;   in log omega2 likewise of s'Lambda s
//   information           v_i' S (v_j - psi(v_j)) / (2 sigma2) ,  v = (u, s) ,  psi(v): posterior mean, were v the data
// and Newton steps until both move by less than 1 %: 4 to 10 rounds, where the fixed point tau2 <- u'u / (M - tr ..)
// takes 60 and more along the ridge between own and shared.
// Joint, not one by one: errors of neighbouring managers move together, and so must what is taken off.
// Reference: Gilmour, Thompson, Cullis 1995 (average information).
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/projected_shrinkage.hpp>

namespace dualtrack::estimate {

namespace detail {

/// The closed form (psi'S^2 psi - sigma2 tr S) / tr S^2, halved between own and shared.
inline prior_variances prior_start(const shrinkage_equations& equations, std::size_t n_linked, bool has_shared) {
    const manager_graph& graph = equations.graph;
    double bb = 0.0, trace = 0.0, squares = 0.0;
    for (std::size_t j = 0; j < graph.size(); ++j) {
        bb += equations.b[j] * equations.b[j];
        trace += graph.diagonal[j];
        squares += graph.diagonal[j] * graph.diagonal[j];
        for (std::uint64_t l = graph.first[j]; l < graph.first[j + 1]; ++l)
            squares += graph.weight[l] * graph.weight[l];
    }
    const double noise = equations.sigma2 * static_cast<double>(n_linked) / trace; // of an average effect
    const double start = std::max((bb - equations.sigma2 * trace) / squares, 0.05 * noise);
    return {has_shared ? 0.5 * start : start, has_shared ? 0.5 * start : 1.0};
}

/// Climbs the restricted likelihood from `at` by its average information. False when the top was not found.
/// @param slope (prior) -> result of the slope there
template <class Slope> result<bool> find_prior(prior_variances& at, bool has_shared, Slope&& slope) {
    constexpr int most_rounds = 40;
    double own_longest = 1.5, shared_longest = 1.5; // of a step, on logarithms; halved where it turns back
    double own_last = 0.0, shared_last = 0.0;
    for (int round = 0; round < most_rounds; ++round) {
        const double total = at.tau2 + (has_shared ? at.omega2 : 0.0);
        DUALTRACK_TRY(const prior_slope up, slope(at));
        const double own = 1.01 * up.own_own + 1e-12, shared = 1.01 * up.shared_shared + 1e-12;
        const auto bounded = [&](double step, double from, double longest) { // no variance below .001 of all
            return std::max(std::clamp(step, -longest, longest), std::min(0.0, numeric::log(1e-3 * total / from)));
        };
        double own_step = up.own / own, shared_step = 0.0;
        if (has_shared)
            own_step = (shared * up.own - up.own_shared * up.shared) / (own * shared - up.own_shared * up.own_shared);
        own_step = bounded(own_step, at.tau2, own_longest);
        if (has_shared) { // what is best beside the step that is taken
            shared_step = bounded((up.shared - up.own_shared * own_step) / shared, at.omega2, shared_longest);
            own_step = bounded((up.own - up.own_shared * shared_step) / own, at.tau2, own_longest);
        }
        if (own_step * own_last < 0.0) own_longest *= 0.5;
        if (shared_step * shared_last < 0.0) shared_longest *= 0.5;
        own_last = own_step;
        shared_last = shared_step;
        const prior_variances next{at.tau2 * numeric::exp(own_step), at.omega2 * numeric::exp(shared_step)};
        const auto stands = [&](double from, double to) {
            return std::fabs(to - from) <= 0.01 * std::max(from, 0.05 * total);
        };
        const bool found = stands(at.tau2, next.tau2) && (!has_shared || stands(at.omega2, next.omega2));
        at = next;
        if (found) return true;
    }
    return false;
}

/// What is told of managers by a posterior.
inline shrunken_effects effects_of(const posterior_summary& from, const shrinkage_system& system,
                                   const shared_prior& shared, const manager_components& components,
                                   const linked_managers& linked, std::span<const double> gamma_variance,
                                   std::size_t Q) {
    const std::size_t m = linked.manager.size();
    const bool has_shared = system.n_shared > 0;
    shrunken_effects out;
    out.mean.assign(components.of.size(), 0.0);
    out.sd = out.centred_mean = out.centred_sd = out.prior_sd = out.centred_prior_sd = out.mean;
    out.tau2 = from.prior.tau2;
    out.omega2 = has_shared ? from.prior.omega2 : 0.0;
    out.prior_total_sd = std::sqrt(out.tau2 + out.omega2);
    if (!has_shared) out.exchangeable_reml = out.tau2;
    const auto share_of = [&](std::uint32_t j) {
        return components.group_weight[j] / components.weight[components.of[j]];
    };
    std::vector<double> mean(components.size(), 0.0), D_mean(components.size() * Q, 0.0);
    std::vector<double> squared_share(components.size(), 0.0), row(Q);
    for (std::size_t a = 0; a < m; ++a) {
        const std::uint32_t j = linked.manager[a];
        const double share = share_of(j);
        mean[components.of[j]] += share * from.x[a];
        squared_share[components.of[j]] += share * share;
        for (std::size_t q = 0; q < Q; ++q) D_mean[components.of[j] * Q + q] += share * from.D[a * Q + q];
    }
    for (std::uint32_t a = 0; a < m; ++a) {
        const std::uint32_t j = linked.manager[a];
        const std::uint32_t part = components.of[j];
        const auto own = std::span<const double>(from.D).subspan(a * Q, Q);
        for (std::size_t q = 0; q < Q; ++q) row[q] = own[q] - D_mean[part * Q + q];
        out.mean[j] = from.x[a];
        out.centred_mean[j] = from.x[a] - mean[part];
        const double border = Q > 0 ? bilinear(own, gamma_variance, own) : 0.0;
        const double border_centred = Q > 0 ? bilinear(row, gamma_variance, row) : 0.0;
        out.sd[j] = std::sqrt(std::max(0.0, from.variance[a] + border));
        out.centred_sd[j] = std::sqrt(std::max(0.0, from.centred_variance[a] + border_centred));
        out.prior_sd[j] = out.prior_total_sd;
        const double own_prior = out.tau2 * std::max(0.0, 1.0 - 2.0 * share_of(j) + squared_share[part]);
        out.centred_prior_sd[j] = std::sqrt(own_prior + out.omega2 * std::max(0.0, shared.centred_variance[a]));
    }
    for (std::size_t j = 0; j < components.of.size(); ++j)
        if (linked.number[j] == no_index) out.sd[j] = out.prior_sd[j] = out.prior_total_sd;
    return out;
}

/// The joint posterior by its factor. @pre the pattern is set
inline result<posterior_summary> exact_posterior(shrinkage_system& system, const shrinkage_equations& equations,
                                                 const manager_components& components, const linked_managers& linked,
                                                 prior_kind kind, const prior_variances& prior, double c,
                                                 std::span<const double> B_h, std::size_t Q) {
    const std::size_t m = linked.manager.size();
    const std::size_t nodes = system.graph.size();
    set_prior(system, prior.tau2, prior.omega2, c);
    posterior at = posterior_of(system, equations, linked, prior.tau2, prior.omega2, c);
    posterior_summary out;
    out.prior = prior;
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
    out.D.assign(nodes * Q, 0.0);
    for (std::size_t a = 0; a < m; ++a)
        for (std::size_t q = 0; q < Q; ++q) out.D[a * Q + q] = B_h[linked.manager[a] * Q + q] / equations.sigma2;
    if (Q > 0) solve(system.pattern, at.factor, out.D, Q);
    for (std::uint32_t a = 0; a < m; ++a) {
        out.variance.push_back(at.inverse.at(a, a));
        out.centred_variance.push_back(out.variance[a] - 2.0 * side[a] + corner[components.of[linked.manager[a]]]);
    }
    out.x = std::move(at.x);
    return out;
}

} // namespace detail

/// What shrinkage of many managers starts from.
struct shrinkage_task {
    const two_way& problem;
    const shrinkage_equations& equations;
    prior_kind kind = prior_kind::exchangeable;
    std::span<const std::uint32_t> market{};
    std::span<const double> B_h{}, gamma_variance{}; // of the border; empty: variances only
    std::size_t Q = 0;
    double flop_limit = 0.0;     // of a factor; beyond it everything is drawn
    bool may_draw_traces = true; // in the search for the prior, where that costs less than a factor
    std::int64_t draws = 200;
    std::uint64_t seed = 1;
};

/// Shrinks with prior variances by REML. @param only_prior whether nothing but the prior is asked for
inline result<shrunken_effects> shrink_network(const run_context& run, const shrinkage_task& task,
                                               bool only_prior = false) {
    const manager_components& components = task.problem.components;
    const linked_managers linked = linked_of(components);
    const std::size_t m = linked.manager.size();
    shrunken_effects out;
    out.mean.assign(components.of.size(), 0.0);
    out.sd = out.centred_mean = out.centred_sd = out.prior_sd = out.centred_prior_sd = out.mean;
    if (m == 0) return out;
    shrinkage_system system =
        detail::system_of(run, task.equations, task.problem.graph, linked, task.kind, task.market);
    const double round = task.may_draw_traces ? detail::cost_of_probes(system) : numeric::infinity;
    elimination_order order =
        minimum_degree(system.graph, only_prior ? std::min(task.flop_limit, round) : task.flop_limit);
    const bool is_exact = order.is_complete(system.graph.size());
    const bool is_drawn = !is_exact || order.flops > round; // the search for the prior
    if (is_exact) system.pattern = pattern_of(system.graph, std::move(order.order), false);
    const bool has_shared = system.n_shared > 0;
    DUALTRACK_TRY(const detail::shared_prior shared,
                  detail::shared_prior_of(run, task.problem, system, task.kind, linked,
                                          is_exact ? numeric::infinity : task.flop_limit, task.draws, task.seed));
    detail::prior_variances prior = detail::prior_start(task.equations, m, has_shared);
    DUALTRACK_TRY(
        const bool converged,
        detail::find_prior(prior, has_shared, [&](const detail::prior_variances& at) -> result<detail::prior_slope> {
            if (is_cancelled(run)) return cancelled_failure();
            detail::set_prior(system, at.tau2, at.omega2, shared.c);
            if (is_drawn) return detail::slope_by_probes(run, system, task.equations, linked, at, shared.c, task.seed);
            return detail::posterior_of(system, task.equations, linked, at.tau2, at.omega2, shared.c).slope;
        }));
    if (only_prior) {
        out.tau2 = prior.tau2;
        out.omega2 = has_shared ? prior.omega2 : 0.0;
        out.converged = converged;
        return out;
    }
    DUALTRACK_TRY(const detail::posterior_summary made,
                  is_exact ? detail::exact_posterior(system, task.equations, components, linked, task.kind, prior,
                                                     shared.c, task.B_h, task.Q)
                           : detail::drawn_posterior(run, task.problem, system, task.equations, linked, prior, shared.c,
                                                     task.B_h, task.Q, task.draws, task.seed));
    out = detail::effects_of(made, system, shared, components, linked, task.gamma_variance, task.Q);
    out.converged = converged;
    out.is_exact = is_exact;
    return out;
}

} // namespace dualtrack::estimate
