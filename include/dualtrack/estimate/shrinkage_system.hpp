// The equations of effects and of what managers share, as one sparse system, for many managers.
//   psi = u + s ,  u ~ N(0, tau2 I) ,  s ~ N(0, omega2 Lambda^-1)   (own; shared along the network or within a market)
//     [ S_h/sigma2 + I/tau2    -I/tau2                ] [psi]   [ b_h/sigma2 ]
//     [ -I/tau2                 I/tau2 + Lambda/omega2 ] [ s ] = [ 0          ]        posterior covariance = inverse
// Every off-diagonal entry is negative, so the same factor and the same selected inverse serve as for the effects.
// Reference: Besag, York, Mollie 1991.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <dualtrack/estimate/selected_inverse.hpp>
#include <dualtrack/estimate/shrinkage_prior.hpp>

namespace dualtrack::estimate {

/// The joint system of one prior, and its factor.
struct shrinkage_system {
    manager_graph graph;              // nodes: linked managers, then shared parts
    std::vector<double> data;         // S_h/sigma2 part of each link, before it was merged
    std::vector<std::uint8_t> role;   // of each link: 0 data, 1 own-shared, 2 Lambda
    std::vector<double> own_diagonal; // data part of diagonals
    std::vector<double> lambda_diagonal;
    std::vector<std::uint32_t> shared; // node of the shared part of each manager; empty: exchangeable
    std::size_t n_linked = 0, n_shared = 0;
    factor_pattern pattern;

    explicit shrinkage_system(std::pmr::memory_resource* memory) : graph(memory) {}
};

namespace detail {

inline shrinkage_system system_of(const run_context& run, const shrinkage_equations& equations,
                                  const manager_graph& graph, const linked_managers& linked, prior_kind kind,
                                  std::span<const std::uint32_t> market) {
    shrinkage_system out(run.memory);
    const std::size_t m = linked.manager.size();
    out.n_linked = m;
    if (kind == prior_kind::network) {
        out.n_shared = m;
        for (std::uint32_t a = 0; a < m; ++a) out.shared.push_back(static_cast<std::uint32_t>(m) + a);
    } else if (kind == prior_kind::market) {
        std::vector<std::uint32_t> node;
        for (std::uint32_t a = 0; a < m; ++a) {
            const std::uint32_t own = market[linked.manager[a]];
            if (own != no_index && own >= node.size()) node.resize(own + std::size_t{1}, no_index);
            std::uint32_t fresh = no_index;
            std::uint32_t& at = own == no_index ? fresh : node[own];
            if (at == no_index) at = static_cast<std::uint32_t>(m + out.n_shared++);
            out.shared.push_back(at);
        }
    }
    const std::size_t n = m + out.n_shared;
    std::vector<std::vector<std::pair<std::uint32_t, std::pair<std::uint8_t, double>>>> rows(n);
    for (std::size_t a = 0; a < m; ++a) {
        const std::uint32_t j = linked.manager[a];
        for (std::uint64_t l = equations.graph.first[j]; l < equations.graph.first[j + std::size_t{1}]; ++l)
            rows[a].push_back({linked.number[equations.graph.to[l]],
                               {std::uint8_t{0}, equations.graph.weight[l] / equations.sigma2}});
        if (!out.shared.empty()) {
            rows[a].push_back({out.shared[a], {std::uint8_t{1}, 1.0}});
            rows[out.shared[a]].push_back({static_cast<std::uint32_t>(a), {std::uint8_t{1}, 1.0}});
        }
    }
    out.lambda_diagonal.assign(n, 0.0);
    for (std::size_t s = m; s < n; ++s) out.lambda_diagonal[s] = kind == prior_kind::network ? 1.05 : 1.0;
    if (kind == prior_kind::network)
        for (std::size_t a = 0; a < m; ++a) {
            const std::uint32_t j = linked.manager[a];
            for (std::uint64_t l = graph.first[j]; l < graph.first[j + std::size_t{1}]; ++l)
                rows[m + a].push_back(
                    {static_cast<std::uint32_t>(m) + linked.number[graph.to[l]],
                     {std::uint8_t{2}, graph.weight[l] / std::sqrt(graph.diagonal[j] * graph.diagonal[graph.to[l]])}});
        }
    out.own_diagonal.assign(n, 0.0);
    out.graph.first.assign(n + 1, 0);
    out.graph.diagonal.assign(n, 0.0);
    for (std::size_t v = 0; v < n; ++v) {
        std::sort(rows[v].begin(), rows[v].end());
        for (const auto& [to, entry] : rows[v]) {
            out.graph.to.push_back(to);
            out.graph.weight.push_back(entry.second);
            out.role.push_back(entry.first);
            if (entry.first == 0) out.own_diagonal[v] += entry.second;
        }
        out.graph.first[v + 1] = out.graph.to.size();
    }
    out.data.assign(out.graph.weight.begin(), out.graph.weight.end());
    return out;
}

/// Puts prior variances into the system.
inline void set_prior(shrinkage_system& system, double tau2, double omega2, double c) {
    for (std::size_t l = 0; l < system.data.size(); ++l)
        system.graph.weight[l] = system.role[l] == 0   ? system.data[l]
                                 : system.role[l] == 1 ? 1.0 / tau2
                                                       : c * system.data[l] / omega2;
    const std::size_t n = system.graph.size();
    for (std::size_t v = 0; v < n; ++v)
        system.graph.diagonal[v] =
            v < system.n_linked ? system.own_diagonal[v] + 1.0 / tau2 : c * system.lambda_diagonal[v] / omega2;
    for (const std::uint32_t s : system.shared) system.graph.diagonal[s] += 1.0 / tau2;
}

/// Everything one prior gives.
struct posterior {
    sparse_factor<double> factor;
    selected_inverse<double> inverse;
    std::vector<double> x; // means of psi and s
    double next_tau2 = 0.0, next_omega2 = 0.0;
};

inline posterior posterior_of(const shrinkage_system& system, const shrinkage_equations& equations,
                              const linked_managers& linked, double tau2, double omega2, double c) {
    posterior out;
    const std::size_t m = system.n_linked;
    out.factor = factor_of(system.graph, system.pattern);
    out.inverse = selected_inverse_of(system.pattern, out.factor);
    out.x.assign(system.graph.size(), 0.0);
    for (std::size_t a = 0; a < m; ++a) out.x[a] = equations.b[linked.manager[a]] / equations.sigma2;
    solve(system.pattern, out.factor, out.x, 1);
    double uu = 0.0, trace_u = 0.0;
    for (std::uint32_t a = 0; a < m; ++a) {
        const double u = out.x[a] - (system.shared.empty() ? 0.0 : out.x[system.shared[a]]);
        uu += u * u;
        trace_u += out.inverse.at(a, a);
        if (!system.shared.empty())
            trace_u += out.inverse.at(system.shared[a], system.shared[a]) - 2.0 * out.inverse.at(a, system.shared[a]);
    }
    out.next_tau2 = uu / std::max(1e-3, static_cast<double>(m) - trace_u / tau2);
    double ss = 0.0, trace_s = 0.0;
    for (auto v = static_cast<std::uint32_t>(m); v < system.graph.size(); ++v) {
        double row = c * system.lambda_diagonal[v] * out.x[v];
        double row_trace = c * system.lambda_diagonal[v] * out.inverse.at(v, v);
        for (std::uint64_t l = system.graph.first[v]; l < system.graph.first[v + std::size_t{1}]; ++l) {
            if (system.role[l] != 2) continue;
            row -= c * system.data[l] * out.x[system.graph.to[l]];
            row_trace -= c * system.data[l] * out.inverse.at(v, system.graph.to[l]);
        }
        ss += out.x[v] * row;
        trace_s += row_trace;
    }
    if (system.n_shared > 0)
        out.next_omega2 = ss / std::max(1e-3, static_cast<double>(system.n_shared) - trace_s / omega2);
    return out;
}

/// What managers share before any data, at omega2 = 1: its scale and the variance of each manager's shared part against
/// the row-weighted mean of the component.
struct shared_prior {
    double c = 1.0;
    std::vector<double> centred_variance; // [n_linked]
};

inline shared_prior shared_prior_of(const shrinkage_system& system, prior_kind kind,
                                    const manager_components& components, const linked_managers& linked) {
    const std::size_t m = system.n_linked;
    shared_prior out;
    out.centred_variance.assign(m, 0.0);
    if (system.n_shared == 0) return out;
    std::vector<double> corner(components.size(), 0.0);
    const auto share_of = [&](std::size_t a) {
        const std::uint32_t j = linked.manager[a];
        return components.group_weight[j] / components.weight[components.of[j]];
    };
    if (kind ==
        prior_kind::market) { // share of the component's rows in each market: pairs of the same market vary alike
        std::map<std::pair<std::uint32_t, std::uint32_t>, double> rows;
        for (std::size_t a = 0; a < m; ++a) rows[{components.of[linked.manager[a]], system.shared[a]}] += share_of(a);
        for (const auto& [key, share] : rows) corner[key.first] += share * share;
        for (std::size_t a = 0; a < m; ++a) {
            const std::uint32_t part = components.of[linked.manager[a]];
            out.centred_variance[a] = 1.0 - 2.0 * rows.find({part, system.shared[a]})->second + corner[part];
        }
        return out;
    }
    manager_graph only(system.graph.weight.get_allocator().resource());
    only.first.push_back(0);
    for (std::size_t v = m; v < 2 * m; ++v) {
        for (std::uint64_t l = system.graph.first[v]; l < system.graph.first[v + 1]; ++l) {
            if (system.role[l] != 2) continue;
            only.to.push_back(system.graph.to[l] - static_cast<std::uint32_t>(m));
            only.weight.push_back(system.data[l]);
        }
        only.first.push_back(only.to.size());
        only.diagonal.push_back(system.lambda_diagonal[v]);
    }
    const elimination_order order = minimum_degree(only, numeric::infinity);
    const factor_pattern pattern = pattern_of(only, order.order, false);
    const auto factor = factor_of(only, pattern);
    const auto inverse = selected_inverse_of(pattern, factor);
    std::vector<double> side(m);
    out.c = 0.0;
    for (std::uint32_t a = 0; a < m; ++a) {
        out.c += inverse.at(a, a) / static_cast<double>(m);
        side[a] = share_of(a);
    }
    solve(pattern, factor, side, 1);
    for (std::size_t a = 0; a < m; ++a) corner[components.of[linked.manager[a]]] += share_of(a) * side[a];
    for (std::uint32_t a = 0; a < m; ++a)
        out.centred_variance[a] = (inverse.at(a, a) - 2.0 * side[a] + corner[components.of[linked.manager[a]]]) / out.c;
    return out;
}

} // namespace detail

} // namespace dualtrack::estimate
