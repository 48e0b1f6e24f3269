// What managers share before any data: how large it is and how much of it is left once the component's mean is taken
// off, at variance 1. A market's managers share all; along a network what is shared is the inverse of the normalised
// graph + .05 I, scaled to mean variance 1. Where that inverse is too dear, variances are drawn.
// Reference: Besag, York, Mollie 1991.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <dualtrack/estimate/drawn_variance.hpp>

namespace dualtrack::estimate {

namespace detail {

/// What managers share before any data, at omega2 = 1: its scale and the variance of each manager's shared part against
/// the row-weighted mean of the component.
struct shared_prior {
    double c = 1.0;
    std::vector<double> centred_variance; // [n_linked]
};

/// The same from draws of the network's part. @param only normalised graph + .05 I of the linked managers
inline result<shared_prior> drawn_shared_prior(const run_context& run, const two_way& problem,
                                               const manager_graph& only, const linked_managers& linked,
                                               std::int64_t draws, std::uint64_t seed) {
    const std::size_t m = only.size();
    struct block {
        std::vector<double> x, y, by_group;
    };
    conditional_variances sums(m);
    const std::int64_t n_blocks = blocks_of_draws(draws);
    DUALTRACK_TRYV(for_draw_blocks<block>(
        run, n_blocks,
        [&](std::int64_t at, block& kept) {
            kept.y.assign(m * block_width, 0.0);
            add_network_noise(problem, linked, seed, at, 1.0, kept.y, kept.by_group);
            kept.x = kept.y;
            solve_block<block_width>(
                [&](std::span<const double> p, std::span<double> q) { apply_links<block_width>(only, p, q); },
                [&](std::span<double> z) {
                    for (std::size_t i = 0; i < z.size(); ++i) z[i] /= only.diagonal[i / block_width];
                },
                kept.x, {.relative = drawn_tolerance});
        },
        [&](std::int64_t, const block& kept) {
            sums.add(problem.components, linked, kept.x,
                     [&](std::size_t a, std::size_t c) { return kept.y[a * block_width + c] / only.diagonal[a]; });
        }));
    sums.finish(problem.components, linked, draws_of(n_blocks), [&](std::size_t a) { return 1.0 / only.diagonal[a]; });
    shared_prior out;
    out.c = 0.0;
    for (const double v : sums.own) out.c += v / static_cast<double>(m);
    out.centred_variance = std::move(sums.centred);
    for (double& v : out.centred_variance) v /= out.c;
    return out;
}

/// @param flop_limit of the factor of the network; beyond it variances are drawn
inline result<shared_prior> shared_prior_of(const run_context& run, const two_way& problem,
                                            const shrinkage_system& system, prior_kind kind,
                                            const linked_managers& linked, double flop_limit, std::int64_t draws,
                                            std::uint64_t seed) {
    const manager_components& components = problem.components;
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
    const elimination_order order = minimum_degree(only, flop_limit);
    if (!order.is_complete(m)) return drawn_shared_prior(run, problem, only, linked, draws, seed);
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
