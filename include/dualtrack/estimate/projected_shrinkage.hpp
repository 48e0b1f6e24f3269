// Shrinkage where the factor of the joint system is too dear: the posterior by conjugate gradients, traces of
// restricted maximum likelihood by random signs, variances by draws.
//   M - tr(P_uu) / tau2 = E[ z'z - z'E A^-1 E'z / tau2 ] ,   E = (I, -I): own parts of (psi, s)
// In this form the traces are accurate where the data say little too: what is estimated is then near the identity, and
// signs have no error along a diagonal. Signs are kept from round to round, so that the fixed point has one answer.
// Reference: Hutchinson 1990 (traces by random signs).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/shared_prior.hpp>

namespace dualtrack::estimate {

namespace detail {

/// Probes a trace takes: 64, more for few managers, whose sums average less out, and most where own and shared parts
/// have to be told from each other.
[[nodiscard]] inline std::int64_t probes_for(const shrinkage_system& system) noexcept {
    constexpr std::int64_t usual = 64, enough = 2000;
    const std::int64_t most = system.n_shared > 0 ? 256 : 128;
    return std::clamp(usual * enough / std::max<std::int64_t>(1, static_cast<std::int64_t>(system.n_linked)), usual,
                      most);
}

/// The flops of a factor that takes as long as one round by probes: a factor and its inverse look at every entry three
/// times, and a solve takes about 25 iterations.
[[nodiscard]] inline double cost_of_probes(const shrinkage_system& system) noexcept {
    const auto entries = static_cast<double>(system.graph.to.size() + 10 * system.graph.size());
    return 25.0 / 3.0 * static_cast<double>(probes_for(system)) * entries;
}

/// The slope of the restricted likelihood, traces by probes. @pre the prior is set in the system
inline result<prior_slope> slope_by_probes(const run_context& run, const shrinkage_system& system,
                                           const shrinkage_equations& equations, const linked_managers& linked,
                                           const prior_variances& at, double c, std::uint64_t seed) {
    constexpr std::size_t W = block_width;
    constexpr double tolerance = 1e-3;
    const std::size_t m = system.n_linked;
    const std::size_t nodes = system.graph.size();
    const joint_solver solver(system, at.tau2);
    const bool few_shared = system.n_shared <= 8 * W; // markets: one after the other, without probes
    const std::int64_t n_probes = blocks_of_draws(probes_for(system));
    const std::int64_t n_units = few_shared ? static_cast<std::int64_t>((system.n_shared + W - 1) / W) : 0;
    struct block {
        std::vector<double> x, z;
        double own = 0.0, shared = 0.0;
    };
    std::vector<double> mean = right_side(system, equations, linked);
    prior_slope out;
    double own = 0.0, shared = 0.0;
    DUALTRACK_TRYV(for_draw_blocks<block>(
        run, 1 + n_probes + n_units,
        [&](std::int64_t b, block& kept) {
            kept.own = kept.shared = 0.0;
            if (b == 0) {
                solver.solve<1>(mean, 1e-6);
                out = information_of(system, mean, at, [&](std::span<double> y) { solver.solve<2>(y, tolerance); });
                return;
            }
            kept.x.assign(nodes * W, 0.0);
            if (b > n_probes) { // inverse of the shared nodes themselves
                const std::size_t from = m + static_cast<std::size_t>(b - 1 - n_probes) * W;
                for (std::size_t k = 0; k < W && from + k < nodes; ++k) kept.x[(from + k) * W + k] = 1.0;
                solver.solve<W>(kept.x, tolerance);
                for (std::size_t k = 0; k < W && from + k < nodes; ++k)
                    kept.shared += system.lambda_diagonal[from + k] * kept.x[(from + k) * W + k] / at.omega2;
                return;
            }
            kept.z.assign(nodes * W, 0.0); // right-hand sides to multiply with
            for (std::size_t a = 0; a < m; ++a) {
                const eight_signs z = signs_of(seed, linked.manager[a], b - 1, sign_kind::own_probe);
                for (std::size_t k = 0; k < W; ++k) {
                    kept.x[a * W + k] += z[k];
                    if (!system.shared.empty()) kept.x[system.shared[a] * W + k] -= z[k];
                }
            }
            // Signs of the shared part are scaled to the size of those of the own part; they average out of each other.
            const double scale = std::sqrt(at.tau2 / at.omega2);
            for (std::size_t v = m; v < nodes && !few_shared; ++v) {
                const eight_signs z = signs_of(seed, v, b - 1, sign_kind::shared_probe);
                for (std::size_t k = 0; k < W; ++k) kept.z[v * W + k] = scale * z[k];
            }
            for (std::size_t i = m * W; i < kept.x.size(); ++i) kept.x[i] += kept.z[i];
            solver.solve<W>(kept.x, tolerance);
            for (std::size_t a = 0; a < m; ++a) {
                const eight_signs z = signs_of(seed, linked.manager[a], b - 1, sign_kind::own_probe);
                for (std::size_t k = 0; k < W; ++k) {
                    const double s = system.shared.empty() ? 0.0 : kept.x[system.shared[a] * W + k];
                    kept.own += z[k] * (kept.x[a * W + k] - s) / at.tau2;
                }
            }
            for (std::size_t v = m; v < nodes && !few_shared; ++v)
                for (std::size_t k = 0; k < W; ++k) {
                    double row = c * system.lambda_diagonal[v] * kept.x[v * W + k];
                    for (std::uint64_t l = system.graph.first[v]; l < system.graph.first[v + 1]; ++l)
                        if (system.role[l] == 2) row -= c * system.data[l] * kept.x[system.graph.to[l] * W + k];
                    kept.shared += kept.z[v * W + k] * row / at.tau2; // z'Lambda P z / omega2, by the scale
                }
        },
        [&](std::int64_t b, const block& kept) {
            own += kept.own;
            shared += b > n_probes ? kept.shared * draws_of(n_probes) : kept.shared;
        }));
    set_slope(system, squares_of(system, mean, c), at, own / draws_of(n_probes), shared / draws_of(n_probes), out);
    return out;
}

/// The joint posterior by draws. @param B_h [n_groups][Q]
inline result<posterior_summary> drawn_posterior(const run_context& run, const two_way& problem,
                                                 shrinkage_system& system, const shrinkage_equations& equations,
                                                 const linked_managers& linked, const prior_variances& prior, double c,
                                                 std::span<const double> B_h, std::size_t Q, std::int64_t draws,
                                                 std::uint64_t seed) {
    constexpr std::size_t W = block_width;
    const std::size_t m = system.n_linked;
    const std::size_t nodes = system.graph.size();
    set_prior(system, prior.tau2, prior.omega2, c);
    const joint_solver solver(system, prior.tau2);
    const bool is_network = system.kind == prior_kind::network;
    struct block {
        std::vector<double> x, y, by_group;
    };
    posterior_summary out;
    out.prior = prior;
    out.x = right_side(system, equations, linked);
    solver.solve<1>(out.x, 1e-11);

    // The manager, and along a network what of the shared part is theirs: conditional on all else.
    const double coupling = 1.0 / prior.tau2;
    const auto local = [&](std::size_t a, double psi, double s) {
        const double D = system.graph.diagonal[a];
        if (!is_network) return psi / D;
        const double Ds = system.graph.diagonal[system.shared[a]];
        return (Ds * psi + coupling * s) / (D * Ds - coupling * coupling);
    };
    conditional_variances sums(m);
    const std::int64_t n_blocks = blocks_of_draws(draws);
    DUALTRACK_TRYV(for_draw_blocks<block>(
        run, n_blocks,
        [&](std::int64_t b, block& kept) {
            kept.y.assign(nodes * W, 0.0);
            if (is_network)
                add_network_noise(problem, linked, seed, b, std::sqrt(c / prior.omega2),
                                  std::span<double>(kept.y).subspan(m * W), kept.by_group);
            else
                for (std::size_t v = m; v < nodes; ++v) {
                    const eight_signs z = signs_of(seed, v, b, sign_kind::shared_manager);
                    for (std::size_t k = 0; k < W; ++k) kept.y[v * W + k] += z[k] / std::sqrt(prior.omega2);
                }
            kept.by_group.assign(problem.graph.size() * W, 0.0);
            add_match_signs(problem.matches, equations.weight, seed, b, sign_kind::match, kept.by_group);
            const double data = 1.0 / std::sqrt(equations.sigma2), own = 1.0 / std::sqrt(prior.tau2);
            for (std::size_t a = 0; a < m; ++a) {
                const std::uint32_t j = linked.manager[a];
                const eight_signs z = signs_of(seed, j, b, sign_kind::own);
                for (std::size_t k = 0; k < W; ++k) {
                    kept.y[a * W + k] += data * kept.by_group[j * W + k] + own * z[k];
                    if (!system.shared.empty()) kept.y[system.shared[a] * W + k] -= own * z[k];
                }
            }
            kept.x = kept.y;
            solver.solve<W>(kept.x, drawn_tolerance);
        },
        [&](std::int64_t, const block& kept) {
            sums.add(problem.components, linked, kept.x, [&](std::size_t a, std::size_t k) {
                return local(a, kept.y[a * W + k], is_network ? kept.y[system.shared[a] * W + k] : 0.0);
            });
        }));
    sums.finish(problem.components, linked, draws_of(n_blocks), [&](std::size_t a) { return local(a, 1.0, 0.0); });
    out.variance = std::move(sums.own);
    out.centred_variance = std::move(sums.centred);

    out.D.assign(m * Q, 0.0);
    DUALTRACK_TRYV(for_draw_blocks<block>(
        run, static_cast<std::int64_t>((Q + W - 1) / W),
        [&](std::int64_t b, block& kept) {
            const std::size_t from = static_cast<std::size_t>(b) * W;
            kept.x.assign(nodes * W, 0.0);
            for (std::size_t a = 0; a < m; ++a)
                for (std::size_t k = 0; k < W && from + k < Q; ++k)
                    kept.x[a * W + k] = B_h[linked.manager[a] * Q + from + k] / equations.sigma2;
            solver.solve<W>(kept.x, 1e-6);
        },
        [&](std::int64_t b, const block& kept) {
            const std::size_t from = static_cast<std::size_t>(b) * W;
            for (std::size_t a = 0; a < m; ++a)
                for (std::size_t k = 0; k < W && from + k < Q; ++k) out.D[a * Q + from + k] = kept.x[a * W + k];
        }));
    return out;
}

} // namespace detail

} // namespace dualtrack::estimate
