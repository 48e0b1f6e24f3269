// Solves S x = r for the managers: directly where the factor is cheap, else by conjugate gradients that stop when the
// error matters to no contrast of managers.
//   ||x - x_k||^2_S = sum_{l >= k} alpha_l r_l' z_l                                 (Strakos, Tichy 2002)
//   | c'(x_k - x) | <= se(c'x) ||x - x_k||_S / sigma   for every contrast c
// The sum of the last terms is therefore the error, and the rule stops on it, never on changes of coefficients.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <dualtrack/estimate/approximate_factor.hpp>
#include <dualtrack/estimate/dense_factor.hpp>
#include <dualtrack/estimate/sparse_factor.hpp>

namespace dualtrack::estimate {

enum class solver_kind : std::uint8_t { exact, jacobi, approximate, dense };

struct manager_solver {
    const manager_graph* graph = nullptr; // both outlive the solver
    const manager_components* components = nullptr;
    solver_kind kind = solver_kind::exact;
    factor_pattern pattern;
    sparse_factor<double> factor;
    approximate_factor approximate;
    dense_factor dense;
    int most_iterations = 2000; // then a better factor is made, and then one without error
    mutable int iterations = 0; // of the last iterative solve
    mutable bool converged = true;

    /// z = P r for `width` interleaved vectors. Factors know hubs too: these have nothing on the right.
    void precondition(std::span<double> z, std::size_t width) const {
        if (graph->n_hubs() == 0 || kind == solver_kind::jacobi) return apply_factor(z, width);
        std::vector<double> all(z.begin(), z.end());
        all.resize(graph->to_factor().size() * width, 0.0);
        apply_factor(all, width);
        std::copy_n(all.begin(), z.size(), z.begin());
    }
    void apply_factor(std::span<double> z, std::size_t width) const {
        if (kind == solver_kind::exact)
            estimate::solve(pattern, factor, z, width);
        else if (kind == solver_kind::approximate)
            approximate.apply(z, width);
        else if (kind == solver_kind::dense)
            estimate::solve(dense, z, width);
        else
            for (std::size_t j = 0; j < graph->size(); ++j) {
                const double inverse = graph->diagonal[j] > 0.0 ? 1.0 / graph->diagonal[j] : 0.0;
                for (std::size_t c = 0; c < width; ++c) z[j * width + c] *= inverse;
            }
    }
};

namespace detail {

/// Takes the plain mean of each component off each of `width` interleaved vectors.
inline void project(const manager_components& components, std::span<double> x, std::size_t width) {
    std::vector<double> mean(components.size() * width, 0.0);
    const std::size_t n = components.of.size();
    for (std::size_t j = 0; j < n; ++j)
        for (std::size_t c = 0; c < width; ++c) mean[components.of[j] * width + c] += x[j * width + c];
    for (std::size_t k = 0; k < components.size(); ++k)
        for (std::size_t c = 0; c < width; ++c) mean[k * width + c] /= static_cast<double>(components.n_groups[k]);
    for (std::size_t j = 0; j < n; ++j)
        for (std::size_t c = 0; c < width; ++c) x[j * width + c] -= mean[components.of[j] * width + c];
}

/// Takes the weighted mean of each component off each of `width` interleaved vectors.
inline void centre(const manager_components& components, std::span<double> x, std::size_t width) {
    std::vector<double> mean(components.size() * width, 0.0);
    const std::size_t n = components.of.size();
    for (std::size_t j = 0; j < n; ++j)
        for (std::size_t c = 0; c < width; ++c)
            mean[components.of[j] * width + c] += components.group_weight[j] * x[j * width + c];
    for (std::size_t k = 0; k < components.size(); ++k)
        for (std::size_t c = 0; c < width; ++c) mean[k * width + c] /= components.weight[k];
    for (std::size_t j = 0; j < n; ++j)
        for (std::size_t c = 0; c < width; ++c) x[j * width + c] -= mean[components.of[j] * width + c];
}

/// S x for `width` interleaved vectors.
inline void apply_graph(const manager_graph& graph, std::span<const double> x, std::span<double> out,
                        std::size_t width) {
    std::vector<double> sum(width);
    for (std::size_t j = 0; j < graph.size(); ++j) {
        const double* const own = x.data() + j * width;
        std::fill(sum.begin(), sum.end(), 0.0);
        for (std::uint64_t l = graph.first[j]; l < graph.first[j + 1]; ++l) {
            const double* const other = x.data() + graph.to[l] * width;
            const double w = graph.weight[l];
            for (std::size_t c = 0; c < width; ++c) sum[c] += w * (own[c] - other[c]);
        }
        for (std::size_t c = 0; c < width; ++c) out[j * width + c] = sum[c];
    }
    graph.add_hubs(x, out, width);
}

/// Conjugate gradients on one block; stops a column at `relative` times the energy it has gathered.
inline bool block_gradients(const manager_solver& solver, std::span<double> x, std::size_t width, double relative,
                            int most, int& iterations) {
    const std::size_t n = solver.graph->size();
    const std::size_t size = n * width;
    std::vector<double> r(x.begin(), x.end());
    project(*solver.components, r, width);
    std::fill(x.begin(), x.end(), 0.0);
    std::vector<double> z(r);
    solver.precondition(z, width);
    project(*solver.components, z, width);
    std::vector<double> p(z);
    std::vector<double> q(size);
    std::vector<double> rz(width, 0.0), pq(width), alpha(width), energy(width, 0.0), next(width);
    std::vector<std::vector<double>> gain(width);
    std::vector<std::uint8_t> done(width, 0);
    for (std::size_t i = 0; i < size; ++i) rz[i % width] += r[i] * z[i];
    for (std::size_t c = 0; c < width; ++c) done[c] = rz[c] > 0.0 ? 0 : 1;
    for (iterations = 0; iterations < most; ++iterations) {
        bool all = true;
        for (std::size_t c = 0; c < width; ++c) all = all && done[c] != 0;
        if (all) return true;
        apply_graph(*solver.graph, p, q, width);
        std::fill(pq.begin(), pq.end(), 0.0);
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t c = 0; c < width; ++c) pq[c] += p[j * width + c] * q[j * width + c];
        for (std::size_t c = 0; c < width; ++c) alpha[c] = done[c] == 0 && pq[c] > 0.0 ? rz[c] / pq[c] : 0.0;
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t c = 0; c < width; ++c) {
                x[j * width + c] += alpha[c] * p[j * width + c];
                r[j * width + c] -= alpha[c] * q[j * width + c];
            }
        const auto k = static_cast<std::size_t>(iterations);
        const std::size_t look_back = solver.kind == solver_kind::jacobi ? std::max<std::size_t>(8, k / 8) : 4;
        for (std::size_t c = 0; c < width; ++c) {
            if (done[c] != 0) continue;
            gain[c].push_back(alpha[c] * rz[c]);
            energy[c] += gain[c].back();
            if (gain[c].size() < look_back) continue;
            double last = 0.0;
            for (std::size_t l = gain[c].size() - look_back; l < gain[c].size(); ++l) last += gain[c][l];
            if (!(std::sqrt(last) > relative * std::sqrt(energy[c]))) done[c] = 1;
        }
        z = r;
        solver.precondition(z, width);
        project(*solver.components, z, width);
        std::fill(next.begin(), next.end(), 0.0);
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t c = 0; c < width; ++c) next[c] += r[j * width + c] * z[j * width + c];
        for (std::size_t c = 0; c < width; ++c) {
            if (!(next[c] > 0.0)) done[c] = 1;
            const double beta = rz[c] > 0.0 ? next[c] / rz[c] : 0.0;
            for (std::size_t j = 0; j < n && done[c] == 0; ++j)
                p[j * width + c] = z[j * width + c] + beta * p[j * width + c];
            rz[c] = next[c];
        }
    }
    return false;
}

} // namespace detail

namespace detail {

/// A factor without error, whatever it costs; false where its entries would not fit 2^32.
inline bool make_exact(manager_solver& solver) {
    const manager_graph& graph = solver.graph->to_factor();
    elimination_order order = minimum_degree(graph, 1e15);
    if (!order.is_complete(graph.size())) return false;
    solver.pattern = pattern_of(graph, std::move(order.order), true);
    if (solver.pattern.n_entries() >> 32 != 0) return false;
    solver.factor = factor_of(graph, solver.pattern);
    solver.kind = solver_kind::exact;
    return true;
}

/// The next better solver where one did not converge: cliques sampled twice, then no sampling at all.
inline bool make_better(manager_solver& solver, std::uint64_t seed) {
    if (solver.kind == solver_kind::exact || solver.kind == solver_kind::dense) return false;
    if (solver.kind == solver_kind::approximate && solver.approximate.copies > 1) return make_exact(solver);
    solver.approximate = approximate_factor_of(solver.graph->to_factor(), seed, 2);
    solver.kind = solver_kind::approximate;
    return true;
}

} // namespace detail

/// x = S^+ x, weighted mean 0 in every component; [n][width]. False when not converged.
inline bool solve_managers(const manager_solver& solver, std::span<double> x, std::size_t width,
                           double relative = 1e-11) {
    if (solver.kind == solver_kind::exact || solver.kind == solver_kind::dense) {
        detail::project(*solver.components, x, width);
        solver.precondition(x, width);
        detail::centre(*solver.components, x, width);
        return true;
    }
    constexpr std::size_t block = 8;
    const std::size_t n = solver.graph->size();
    bool converged = true;
    manager_solver better; // made where one is needed
    better.graph = nullptr;
    for (std::size_t from = 0; from < width; from += block) {
        const std::size_t part = std::min(block, width - from);
        std::vector<double> y(n * part);
        const auto read = [&] {
            for (std::size_t j = 0; j < n; ++j)
                for (std::size_t c = 0; c < part; ++c) y[j * part + c] = x[j * width + from + c];
        };
        read();
        int iterations = 0;
        const manager_solver* at = better.graph == nullptr ? &solver : &better;
        bool done = detail::block_gradients(*at, y, part, relative, at->most_iterations, iterations);
        solver.iterations = std::max(solver.iterations, iterations);
        while (!done) {
            if (better.graph == nullptr) better = solver;
            if (!detail::make_better(better, 1)) break;
            read();
            done = detail::block_gradients(better, y, part, relative, better.most_iterations, iterations);
        }
        converged = done && converged;
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t c = 0; c < part; ++c) x[j * width + from + c] = y[j * part + c];
    }
    detail::centre(*solver.components, x, width);
    solver.converged = solver.converged && converged;
    return converged;
}

} // namespace dualtrack::estimate
