// How well a component hangs together: the second eigenvalue of the normalised graph of its managers. Near 0 it all but
// falls apart and levels are uncertain; near 1 everybody can be compared with everybody.
//   lambda_2 = smallest eigenvalue but one of Dg^-1/2 S Dg^-1/2 , by inverse iteration on all components at once
// Reference: Jochmans, Weidner 2019 (connectivity bounds the variance of effects).
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include <dualtrack/base/numeric.hpp>
#include <dualtrack/base/random.hpp>
#include <dualtrack/estimate/manager_solver.hpp>

namespace dualtrack::estimate {

/// lambda_2 of every component to two digits; NaN for a manager alone.
inline std::vector<double> second_eigenvalues(const manager_solver& solver, std::uint64_t seed) {
    const manager_graph& graph = *solver.graph;
    const manager_components& components = *solver.components;
    const std::size_t n = graph.size();
    std::vector<double> out(components.size(), numeric::not_a_number);
    std::vector<double> x(n), mean(components.size()), total(components.size(), 0.0), size(components.size());
    for (std::size_t j = 0; j < n; ++j) {
        x[j] = random::uniform_24(random::block_of(
                   {.seed = seed, .entity = static_cast<std::uint32_t>(j), .replication = 2, .purpose = purpose_probe},
                   0)[0]) -
               0.5;
        total[components.of[j]] += graph.diagonal[j];
    }
    const auto settle = [&] { // x: eigenvector over root Dg; orthogonal to constants in Dg, of norm 1
        std::fill(mean.begin(), mean.end(), 0.0);
        std::fill(size.begin(), size.end(), 0.0);
        for (std::size_t j = 0; j < n; ++j) mean[components.of[j]] += graph.diagonal[j] * x[j];
        for (std::size_t j = 0; j < n; ++j) {
            const std::uint32_t c = components.of[j];
            if (components.n_groups[c] < 2) continue;
            x[j] -= mean[c] / total[c];
            size[c] += graph.diagonal[j] * x[j] * x[j];
        }
        for (std::size_t j = 0; j < n; ++j)
            if (size[components.of[j]] > 0.0) x[j] /= std::sqrt(size[components.of[j]]);
    };
    settle();
    constexpr int most = 60;
    std::vector<double> y(n), before(components.size(), 0.0);
    for (int round = 0; round < most; ++round) {
        for (std::size_t j = 0; j < n; ++j) y[j] = graph.diagonal[j] * x[j];
        solve_managers(solver, y, 1, 1e-6);
        x = y;
        settle();
        graph.apply(x, y);
        std::vector<double> value(components.size(), 0.0); // Rayleigh quotient
        for (std::size_t j = 0; j < n; ++j) value[components.of[j]] += x[j] * y[j];
        bool moving = false;
        for (std::size_t c = 0; c < components.size(); ++c) {
            if (components.n_groups[c] < 2) continue;
            moving = moving || !(std::fabs(value[c] - before[c]) <= 0.001 * value[c]);
            before[c] = out[c] = value[c];
        }
        if (!moving && round > 2) break;
    }
    return out;
}

} // namespace dualtrack::estimate
