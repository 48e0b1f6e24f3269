// The equations of effects and of what managers share, as one sparse system, for many managers.
//   psi = u + s ,  u ~ N(0, tau2 I) ,  s ~ N(0, omega2 Lambda^-1)   (own; shared along the network or within a market)
//     [ S_h/sigma2 + I/tau2    -I/tau2                ] [psi]   [ b_h/sigma2 ]
//     [ -I/tau2                 I/tau2 + Lambda/omega2 ] [ s ] = [ 0          ]        posterior covariance = inverse
// Every off-diagonal entry is negative, so the same factor and the same selected inverse serve as for the effects.
// Reference: Besag, York, Mollie 1991.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
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
    prior_kind kind = prior_kind::exchangeable;
    std::size_t n_linked = 0, n_shared = 0;
    factor_pattern pattern; // where a factor is made

    explicit shrinkage_system(std::pmr::memory_resource* memory) : graph(memory) {}
};

namespace detail {

inline shrinkage_system system_of(const run_context& run, const shrinkage_equations& equations,
                                  const manager_graph& graph, const linked_managers& linked, prior_kind kind,
                                  std::span<const std::uint32_t> market) {
    shrinkage_system out(run.memory);
    const std::size_t m = linked.manager.size();
    out.n_linked = m;
    out.kind = kind;
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
    std::vector<std::uint64_t> count(n + 1, 0); // links of every node; rows are filled ascending below
    for (std::size_t a = 0; a < m; ++a) {
        const std::uint32_t j = linked.manager[a];
        count[a + 1] += equations.graph.first[j + std::size_t{1}] - equations.graph.first[j];
        if (kind == prior_kind::network) count[m + a + 1] += graph.first[j + std::size_t{1}] - graph.first[j];
        if (out.shared.empty()) continue;
        ++count[a + 1];
        ++count[out.shared[a] + std::size_t{1}];
    }
    for (std::size_t v = 0; v < n; ++v) count[v + 1] += count[v];
    out.graph.first.assign(count.begin(), count.end());
    out.graph.to.resize(count[n]);
    out.graph.weight.resize(count[n]);
    out.role.resize(count[n]);
    out.graph.diagonal.assign(n, 0.0);
    out.own_diagonal.assign(n, 0.0);
    out.lambda_diagonal.assign(n, 0.0);
    const auto put = [&](std::size_t from, std::size_t to, std::uint8_t role, double weight) {
        const std::uint64_t at = count[from]++;
        out.graph.to[at] = static_cast<std::uint32_t>(to);
        out.graph.weight[at] = weight;
        out.role[at] = role;
        if (role == 0) out.own_diagonal[from] += weight;
    };
    for (std::size_t a = 0; a < m; ++a) {
        const std::uint32_t j = linked.manager[a];
        for (std::uint64_t l = equations.graph.first[j]; l < equations.graph.first[j + std::size_t{1}]; ++l)
            put(a, linked.number[equations.graph.to[l]], 0, equations.graph.weight[l] / equations.sigma2);
        if (out.shared.empty()) continue;
        put(a, out.shared[a], 1, 1.0);
        put(out.shared[a], a, 1, 1.0);
    }
    for (std::size_t s = m; s < n; ++s) out.lambda_diagonal[s] = kind == prior_kind::network ? 1.05 : 1.0;
    for (std::size_t a = 0; a < m && kind == prior_kind::network; ++a) {
        const std::uint32_t j = linked.manager[a];
        for (std::uint64_t l = graph.first[j]; l < graph.first[j + std::size_t{1}]; ++l)
            put(m + a, m + linked.number[graph.to[l]], 2,
                graph.weight[l] / std::sqrt(graph.diagonal[j] * graph.diagonal[graph.to[l]]));
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

/// How far own and shared parts reach: u'u and s'Lambda s of means x.
struct prior_squares {
    double own = 0.0, shared = 0.0;
};

inline prior_squares squares_of(const shrinkage_system& system, std::span<const double> x, double c) {
    prior_squares out;
    for (std::uint32_t a = 0; a < system.n_linked; ++a) {
        const double u = x[a] - (system.shared.empty() ? 0.0 : x[system.shared[a]]);
        out.own += u * u;
    }
    for (std::size_t v = system.n_linked; v < system.graph.size(); ++v) {
        double row = c * system.lambda_diagonal[v] * x[v];
        for (std::uint64_t l = system.graph.first[v]; l < system.graph.first[v + 1]; ++l)
            if (system.role[l] == 2) row -= c * system.data[l] * x[system.graph.to[l]];
        out.shared += x[v] * row;
    }
    return out;
}

/// Variances of what is a manager's own and of what is shared.
struct prior_variances {
    double tau2 = 0.0, omega2 = 1.0;
};

/// Slope of the restricted likelihood in (log tau2, log omega2), and its average information.
struct prior_slope {
    double own = 0.0, shared = 0.0;
    double own_own = 0.0, own_shared = 0.0, shared_shared = 0.0;
};

/// Average information from means x: how the means of u and s themselves would be explained.
/// @param solve (y): y = A^-1 y for two interleaved vectors
template <class Solve>
prior_slope information_of(const shrinkage_system& system, std::span<const double> x, const prior_variances& at,
                           Solve&& solve) {
    const std::size_t m = system.n_linked;
    std::vector<double> v(2 * m), rhs(2 * system.graph.size(), 0.0);
    for (std::size_t a = 0; a < m; ++a) {
        const double s = system.shared.empty() ? 0.0 : x[system.shared[a]];
        v[2 * a] = (x[a] - s) / at.tau2;
        v[2 * a + 1] = s / at.omega2;
    }
    for (std::size_t a = 0; a < m; ++a)
        for (std::uint64_t l = system.graph.first[a]; l < system.graph.first[a + 1]; ++l) {
            if (system.role[l] != 0) continue;
            for (std::size_t k = 0; k < 2; ++k)
                rhs[2 * a + k] += system.data[l] * (v[2 * a + k] - v[2 * system.graph.to[l] + k]);
        }
    std::vector<double> y(rhs);
    solve(std::span<double>(y));
    prior_slope out;
    for (std::size_t a = 0; a < m; ++a) {
        out.own_own += 0.5 * rhs[2 * a] * (v[2 * a] - y[2 * a]) * at.tau2 * at.tau2;
        out.own_shared += 0.5 * rhs[2 * a] * (v[2 * a + 1] - y[2 * a + 1]) * at.tau2 * at.omega2;
        out.shared_shared += 0.5 * rhs[2 * a + 1] * (v[2 * a + 1] - y[2 * a + 1]) * at.omega2 * at.omega2;
    }
    return out;
}

/// Completes the slope. @param own, shared traces of P_uu / tau2 and Lambda P_ss / omega2
inline void set_slope(const shrinkage_system& system, const prior_squares& squares, const prior_variances& at,
                      double own, double shared, prior_slope& out) {
    out.own = 0.5 * (squares.own / at.tau2 - (static_cast<double>(system.n_linked) - own));
    out.shared = 0.5 * (squares.shared / at.omega2 - (static_cast<double>(system.n_shared) - shared));
}

/// b_h / sigma2 of the linked managers, 0 for shared parts.
inline std::vector<double> right_side(const shrinkage_system& system, const shrinkage_equations& equations,
                                      const linked_managers& linked) {
    std::vector<double> out(system.graph.size(), 0.0);
    for (std::size_t a = 0; a < system.n_linked; ++a) out[a] = equations.b[linked.manager[a]] / equations.sigma2;
    return out;
}

/// Everything one prior gives.
struct posterior {
    sparse_factor<double> factor;
    selected_inverse<double> inverse;
    std::vector<double> x; // means of psi and s
    prior_slope slope;
};

inline posterior posterior_of(const shrinkage_system& system, const shrinkage_equations& equations,
                              const linked_managers& linked, double tau2, double omega2, double c) {
    posterior out;
    const std::size_t m = system.n_linked;
    out.factor = factor_of(system.graph, system.pattern);
    out.inverse = selected_inverse_of(system.pattern, out.factor);
    out.x = right_side(system, equations, linked);
    solve(system.pattern, out.factor, out.x, 1);
    double trace_u = 0.0, trace_s = 0.0;
    for (std::uint32_t a = 0; a < m; ++a) {
        trace_u += out.inverse.at(a, a);
        if (!system.shared.empty())
            trace_u += out.inverse.at(system.shared[a], system.shared[a]) - 2.0 * out.inverse.at(a, system.shared[a]);
    }
    for (auto v = static_cast<std::uint32_t>(m); v < system.graph.size(); ++v) {
        trace_s += c * system.lambda_diagonal[v] * out.inverse.at(v, v);
        for (std::uint64_t l = system.graph.first[v]; l < system.graph.first[v + std::size_t{1}]; ++l)
            if (system.role[l] == 2) trace_s -= c * system.data[l] * out.inverse.at(v, system.graph.to[l]);
    }
    const prior_variances at{tau2, omega2};
    out.slope =
        information_of(system, out.x, at, [&](std::span<double> y) { solve(system.pattern, out.factor, y, 2); });
    set_slope(system, squares_of(system, out.x, c), at, trace_u / tau2, trace_s / omega2, out.slope);
    return out;
}

/// A joint posterior, by whatever way it was found; the border's part of variances is not in them.
struct posterior_summary {
    prior_variances prior;
    std::vector<double> x;                          // means
    std::vector<double> variance, centred_variance; // [n_linked]
    std::vector<double> D;                          // (posterior covariance) B_h / sigma2; [n_linked][border]
};

} // namespace detail

} // namespace dualtrack::estimate
