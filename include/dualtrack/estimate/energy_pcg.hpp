// Effects alone, fast: managers, periods and controls at once by conjugate gradients on the whole system, stopped when
// what is left of the error matters to no contrast of managers. For millions of rows where standard errors are not
// asked for.
//   H = [S B; B' C] ,  preconditioner blockdiag(P_S, pivoted Cholesky of C) ;  P_S: LDL' where its factor is small,
//   else Jacobi, else an approximate factor, by counts and a probe of 12 Jacobi iterations stop: root of the sum of the
//   last terms alpha_l r_l'z_l <= 2e-8 sigma ;   sigma^2 = (sum q - gathered energy) / df
// Reference: Strakos, Tichy 2002 (error from the iteration's own terms).
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/exp_log.hpp>
#include <dualtrack/estimate/least_squares.hpp>

namespace dualtrack::estimate {

namespace detail {

/// Jacobi or approximate factor, whichever should take less time on this graph (nanoseconds from counts; a probe of 12
/// iterations says how fast Jacobi converges).
inline void choose_iterative(manager_solver& solver, std::span<const double> b, double n_border, std::uint64_t seed) {
    const manager_graph& graph = *solver.graph;
    const std::size_t n = graph.size();
    const auto E = static_cast<double>(graph.n_links());
    const double c = 3.0 * E + static_cast<double>(n) * n_border + 20.0 * static_cast<double>(n);
    std::vector<double> r(b.begin(), b.end()), z(n), p(n), q(n);
    solver.kind = solver_kind::jacobi;
    const auto precondition = [&] {
        z = r;
        solver.precondition(z, 1);
        project(*solver.components, z, 1);
    };
    project(*solver.components, r, 1);
    precondition();
    p = z;
    double rz = 0.0, first = 0.0, second = 0.0;
    for (std::size_t j = 0; j < n; ++j) rz += r[j] * z[j];
    for (int k = 0; k < 12 && rz > 0.0; ++k) {
        graph.apply(p, q);
        double pq = 0.0;
        for (std::size_t j = 0; j < n; ++j) pq += p[j] * q[j];
        if (!(pq > 0.0)) break;
        const double alpha = rz / pq;
        (k < 6 ? first : second) += alpha * rz;
        for (std::size_t j = 0; j < n; ++j) r[j] -= alpha * q[j];
        precondition();
        double next = 0.0;
        for (std::size_t j = 0; j < n; ++j) next += r[j] * z[j];
        for (std::size_t j = 0; j < n; ++j) p[j] = z[j] + next / rz * p[j];
        rz = next;
    }
    double predicted = 12.0;
    if (second > 0.0 && first > second) {
        const double rate = numeric::log(first / second) / 6.0;
        const double target = 1e-14 * (first + second);
        predicted += second > target ? numeric::log(second / target) / rate : 0.0;
    } else if (second > 0.0) {
        predicted = 1e9;
    }
    if (predicted * c <= 700.0 * E + 25.0 * (c + 10.0 * E)) return;
    solver.kind = solver_kind::approximate;
    solver.approximate = approximate_factor_of(graph, seed);
}

} // namespace detail

/// Effects without standard errors.
struct effects_only {
    std::vector<double> psi, gamma;
    solver_kind kind = solver_kind::exact;
    int iterations = 0;
    double error_bound = 0.0; // of any contrast, in its own standard errors; a lower estimate of it
    bool converged = false;
};

/// Effects of a problem, however it was brought together: the rows themselves are not looked at.
inline effects_only effects_of(const two_way& problem, std::uint64_t seed) {
    manager_solver solver;
    solver.graph = &problem.graph;
    solver.components = &problem.components;
    const std::size_t n = problem.graph.size();
    const std::size_t Q = problem.edge.size();
    const auto E = static_cast<double>(problem.graph.n_links());
    elimination_order order;
    if (E <= 32.0 * static_cast<double>(n)) order = minimum_degree(problem.graph, 500.0 * E);
    if (order.is_complete(n)) {
        solver.pattern = pattern_of(problem.graph, std::move(order.order), true);
        solver.factor = factor_of(problem.graph, solver.pattern);
    } else {
        detail::choose_iterative(solver, problem.b, static_cast<double>(Q), seed);
    }
    effects_only out;
    out.kind = solver.kind;
    std::vector<double> size(Q, 0.0);
    for (std::size_t q = 0; q < Q; ++q) size[q] = problem.edge.C[q * Q + q];
    for (std::size_t t = 0; t < problem.edge.n_periods; ++t)
        size[t] = *std::max_element(size.begin(), size.begin() + static_cast<std::ptrdiff_t>(problem.edge.n_periods));
    const independent_columns C = independent_columns_of(problem.edge.C, Q, problem.edge.n_periods, size, 1e-10);
    double squares = 0.0;
    for (const double q : problem.matches.squares) squares += q;
    double n_rows = 0.0;
    for (const std::uint64_t own : problem.n_rows) n_rows += static_cast<double>(own);
    const double df =
        std::max(1.0, n_rows - static_cast<double>(problem.matches.n_units()) - static_cast<double>(n + Q));
    // Vectors are managers, then the border.
    const std::size_t all = n + Q;
    std::vector<double> x(all, 0.0), r(all), z(all), p(all), q(all);
    std::copy(problem.b.begin(), problem.b.end(), r.begin());
    std::copy(problem.edge.d.begin(), problem.edge.d.end(), r.begin() + static_cast<std::ptrdiff_t>(n));
    const auto apply = [&](const std::vector<double>& from, std::vector<double>& to) {
        problem.graph.apply(std::span<const double>(from).first(n), std::span<double>(to).first(n));
        for (std::size_t k = 0; k < Q; ++k) {
            double sum = 0.0;
            for (std::size_t l = 0; l < Q; ++l) sum += problem.edge.C[k * Q + l] * from[n + l];
            to[n + k] = sum;
        }
        for (std::size_t j = 0; j < n; ++j) {
            const double* const row = problem.edge.B.data() + j * Q;
            double sum = 0.0;
            for (std::size_t k = 0; k < Q; ++k) {
                sum += row[k] * from[n + k];
                to[n + k] += row[k] * from[j];
            }
            to[j] += sum;
        }
    };
    const auto precondition = [&] {
        z = r;
        const auto managers = std::span<double>(z).first(n);
        detail::project(problem.components, managers, 1);
        solver.precondition(managers, 1);
        detail::project(problem.components, managers, 1);
        C.solve(std::span<double>(z).subspan(n));
    };
    const auto dot = [&](const std::vector<double>& a, const std::vector<double>& b) {
        double sum = 0.0;
        for (std::size_t i = 0; i < all; ++i) sum += a[i] * b[i];
        return sum;
    };
    precondition();
    p = z;
    double rz = dot(r, z), gathered = 0.0;
    std::vector<double> gain;
    constexpr int most = 2000;
    for (; out.iterations < most && rz > 0.0; ++out.iterations) {
        apply(p, q);
        const double pq = dot(p, q);
        if (!(pq > 0.0)) break;
        const double alpha = rz / pq;
        for (std::size_t i = 0; i < all; ++i) {
            x[i] += alpha * p[i];
            r[i] -= alpha * q[i];
        }
        gain.push_back(alpha * rz);
        gathered += gain.back();
        const std::size_t look_back =
            solver.kind == solver_kind::jacobi ? std::max<std::size_t>(8, gain.size() / 8) : 4;
        double last = 0.0;
        for (std::size_t k = gain.size() - std::min(look_back, gain.size()); k < gain.size(); ++k) last += gain[k];
        const double sigma = std::sqrt(std::max(squares - gathered, 1e-14 * squares) / df);
        out.error_bound = std::sqrt(last) / sigma;
        if (gain.size() >= look_back && out.error_bound <= 2e-8) {
            out.converged = true;
            ++out.iterations;
            break;
        }
        precondition();
        const double next = dot(r, z);
        const double beta = next / rz;
        for (std::size_t i = 0; i < all; ++i) p[i] = z[i] + beta * p[i];
        rz = next;
    }
    out.converged = out.converged || !(rz > 0.0);
    out.psi.assign(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(n));
    out.gamma.assign(x.begin() + static_cast<std::ptrdiff_t>(n), x.end());
    detail::centre(problem.components, out.psi, 1);
    return out;
}

/// Effects of a panel. Managers confounded with periods are not looked for.
inline effects_only estimate_effects(const run_context& run, const panel_rows& panel, bool with_periods,
                                     std::uint64_t seed) {
    return effects_of(two_way_of(run, panel, with_periods), seed);
}

} // namespace dualtrack::estimate
