// Effects alone, fast: managers, periods and controls at once by conjugate gradients on the whole system, stopped when
// what is left of the error matters to no contrast of managers. For millions of rows where standard errors are not
// asked for.
//   H = [S B; B' C] ,  preconditioner blockdiag(P_S, pivoted Cholesky of C)
//   P_S: LDL' where its factor is small, else Jacobi; from how the energy falls over 12 iterations it is foreseen how
//   many are left, and the cheapest goes on: Jacobi, Chebyshev steps of it where the border costs more than the links,
//   an approximate factor, or dense LDL' (nanoseconds from counts)
//   stop: root of the sum of the last terms alpha_l r_l'z_l <= 2e-8 sigma ;   sigma^2 = (sum q - gathered energy) / df
// At the end the residual is formed anew; where it is larger than the iteration's own, the iteration goes on from
// there. Where it does not get there, a closer factor is made, and at last one without error. Reference: Strakos, Tichy
// 2002 (error from the iteration's own terms).
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/exp_log.hpp>
#include <dualtrack/estimate/joint_system.hpp>

namespace dualtrack::estimate {

/// How far the iteration may go; what is not the default is for tests.
struct pcg_limits {
    int most = 2000;        // iterations with one preconditioner
    bool may_repair = true; // closer factors where these do not do
    double stop = 2e-8;     // in standard errors of any contrast
};

/// Effects without standard errors.
struct effects_only {
    std::vector<double> psi, gamma; // periods have mean 0
    solver_kind kind = solver_kind::exact;
    int iterations = 0, restarts = 0;
    double error_bound = 0.0; // of any contrast, in its own standard errors; a lower estimate of it
    bool converged = false;
};

namespace detail {

/// One way to go on, in nanoseconds.
inline double dense_cost(double n) {
    return 0.35 * n * n * n / 3.0;
}

/// Iterations still to come, from the energy the last six of twelve gained and the six before.
inline double iterations_to_come(double first, double second, double target) {
    if (!(second > target)) return 0.0;
    return first > second ? numeric::log(second / target) / (numeric::log(first / second) / 6.0) : 1e9;
}

/// The iteration: keeps x and its residual, and can go on with another preconditioner.
class energy_iteration {
  public:
    energy_iteration(joint_system& system, std::vector<double> right, double squares, double df)
        : system_(system), right_(std::move(right)), x_(right_.size(), 0.0), r_(right_), z_(right_.size()),
          p_(right_.size()), q_(right_.size()), squares_(squares), df_(df) {}

    /// At most `most` iterations. True once the error is small enough. @param go_on with the preconditioner of before
    bool run(const manager_solver& solver, const chebyshev_steps& steps, int most, double stop, bool go_on = false) {
        if (!go_on) {
            system_.precondition(solver, steps, r_, z_);
            p_ = z_;
            rz_ = system_.dot(r_, z_);
            gain_.clear();
        }
        for (int k = 0; k < most && rz_ > 0.0; ++k, ++iterations) {
            const double pq = system_.apply(p_, q_);
            if (!(pq > 0.0)) break;
            const double alpha = rz_ / pq;
            for (std::size_t i = 0; i < x_.size(); ++i) {
                x_[i] += alpha * p_[i];
                r_[i] -= alpha * q_[i];
            }
            gain_.push_back(alpha * rz_);
            gathered_ += gain_.back();
            residual_energy_ = rz_;
            if (is_small(solver.kind == solver_kind::jacobi, stop)) {
                ++iterations;
                return true;
            }
            system_.precondition(solver, steps, r_, z_);
            const double next = system_.dot(r_, z_);
            const double beta = next / rz_;
            for (std::size_t i = 0; i < p_.size(); ++i) p_[i] = z_[i] + beta * p_[i];
            rz_ = next;
        }
        return !(rz_ > 0.0);
    }

    /// Forms the residual anew; true where it is worth no more than 4 times what the iteration thought, or too little
    /// to matter.
    bool residual_is_true(const manager_solver& solver, const chebyshev_steps& steps, double stop) {
        system_.apply(x_, q_);
        for (std::size_t i = 0; i < r_.size(); ++i) r_[i] = right_[i] - q_[i];
        system_.precondition(solver, steps, r_, z_);
        return !(system_.dot(r_, z_) > std::max(4.0 * residual_energy_, stop * stop * sigma2()));
    }

    /// Energy of iterations [from, to) of the last run.
    [[nodiscard]] double gained(std::size_t from, std::size_t to) const {
        double sum = 0.0;
        for (std::size_t k = from; k < std::min(to, gain_.size()); ++k) sum += gain_[k];
        return sum;
    }
    [[nodiscard]] double sigma2() const { return std::max(squares_ - gathered_, 1e-14 * squares_) / df_; }
    [[nodiscard]] std::vector<double>& solution() { return x_; }

    int iterations = 0;
    double error_bound = 0.0;

  private:
    /// Looks back over 4 iterations, over more where each gains little.
    [[nodiscard]] bool is_small(bool is_slow, double stop) {
        const std::size_t n = gain_.size();
        std::size_t look_back = 4;
        if (is_slow && (n < 8 || gained(n - 4, n) > 0.05 * gained(n - 8, n - 4)))
            look_back = std::max<std::size_t>(8, n / 8);
        error_bound = std::sqrt(gained(n - std::min(look_back, n), n) / sigma2());
        return n >= look_back && error_bound <= stop;
    }

    joint_system& system_;
    std::vector<double> right_, x_, r_, z_, p_, q_;
    std::vector<double> gain_;
    double squares_, df_, gathered_ = 0.0, rz_ = 0.0, residual_energy_ = 0.0;
};

/// Which way is the cheapest from here, after 12 iterations of Jacobi that gained `first` and `second`.
inline chebyshev_steps choose_way(manager_solver& solver, double n_border, double first, double second, double target,
                                  std::uint64_t seed) {
    const auto n = static_cast<double>(solver.graph->size());
    const auto E = static_cast<double>(solver.graph->to_factor().n_links());
    const double links = 3.0 * E, border = n * n_border, rest = 20.0 * n;
    const double left = iterations_to_come(first, second, target);
    chebyshev_steps steps;
    double best = left * (links + border + rest);
    constexpr int n_steps = 4;
    const double by_steps = 1.4 / n_steps * left * (n_steps * (links + 4.0 * n) + border + rest);
    const double approximate = 700.0 * E + 25.0 * (links + border + rest + 10.0 * E);
    if (left > 24.0 && by_steps < best && solver.graph->n_hubs() == 0) {
        best = by_steps;
        steps.n = n_steps;
    }
    if (n <= 1500.0 && E >= 0.05 * n * n && solver.graph->n_hubs() == 0 &&
        dense_cost(n) < std::min(best, approximate)) {
        solver.dense = dense_factor_of(*solver.graph, *solver.components);
        solver.kind = solver_kind::dense;
    } else if (approximate < best) {
        solver.approximate = approximate_factor_of(solver.graph->to_factor(), seed);
        solver.kind = solver_kind::approximate;
    }
    return steps;
}

/// Jacobi or approximate factor for S alone, whichever should take less time.
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
    double rz = product_sum(r.data(), z.data(), n), first = 0.0, second = 0.0;
    for (int k = 0; k < 12 && rz > 0.0; ++k) {
        graph.apply(p, q);
        const double pq = product_sum(p.data(), q.data(), n);
        if (!(pq > 0.0)) break;
        const double alpha = rz / pq;
        (k < 6 ? first : second) += alpha * rz;
        for (std::size_t j = 0; j < n; ++j) r[j] -= alpha * q[j];
        precondition();
        const double next = product_sum(r.data(), z.data(), n);
        for (std::size_t j = 0; j < n; ++j) p[j] = z[j] + next / rz * p[j];
        rz = next;
    }
    const double left = 12.0 + iterations_to_come(first, second, 1e-14 * (first + second));
    if (left * c <= 700.0 * E + 25.0 * (c + 10.0 * E)) return;
    solver.kind = solver_kind::approximate;
    solver.approximate = approximate_factor_of(graph.to_factor(), seed);
}

} // namespace detail

/// Effects of a problem, however it was brought together: the rows themselves are not looked at.
inline effects_only effects_of(const run_context& run, const two_way& problem, std::uint64_t seed,
                               const pcg_limits& limits = {}) {
    manager_solver solver;
    solver.graph = &problem.graph;
    solver.components = &problem.components;
    const std::size_t n = problem.graph.size();
    const manager_graph& to_factor = problem.graph.to_factor();
    const auto E = static_cast<double>(to_factor.n_links());
    const auto Q = static_cast<double>(problem.edge.size());
    double squares = 0.0;
    for (const double q : problem.matches.squares) squares += q;
    double n_rows = 0.0;
    for (const std::uint64_t own : problem.n_rows) n_rows += static_cast<double>(own);
    const double df =
        std::max(1.0, n_rows - static_cast<double>(problem.matches.n_units()) - static_cast<double>(n) - Q);
    std::vector<double> right(problem.b);
    detail::project(problem.components, right, 1);
    right.insert(right.end(), problem.edge.d.begin(), problem.edge.d.end());
    detail::joint_system system(run, problem);
    detail::energy_iteration iteration(system, std::move(right), squares, df);
    detail::chebyshev_steps steps;
    effects_only out;
    elimination_order order;
    if (E <= 32.0 * static_cast<double>(n)) order = minimum_degree(to_factor, 500.0 * E);
    if (order.is_complete(to_factor.size())) {
        solver.pattern = pattern_of(to_factor, std::move(order.order), true);
        solver.factor = factor_of(to_factor, solver.pattern);
    } else {
        solver.kind = solver_kind::jacobi;
        out.converged = iteration.run(solver, steps, std::min(12, limits.most), limits.stop);
        if (!out.converged)
            steps = detail::choose_way(solver, Q, iteration.gained(0, 6), iteration.gained(6, 12),
                                       limits.stop * limits.stop * iteration.sigma2(), seed);
    }
    bool go_on = solver.kind == solver_kind::jacobi && steps.n == 1;
    for (;;) {
        out.converged = out.converged || iteration.run(solver, steps, limits.most, limits.stop, go_on);
        go_on = false;
        for (out.restarts = 0; out.converged && out.restarts < 3; ++out.restarts) {
            if (iteration.residual_is_true(solver, steps, limits.stop)) break;
            out.converged = iteration.run(solver, steps, limits.most, limits.stop);
        }
        if (out.converged || !limits.may_repair || !detail::make_better(solver, seed)) break;
    }
    out.kind = solver.kind;
    out.iterations = iteration.iterations;
    out.error_bound = iteration.error_bound;
    std::vector<double>& x = iteration.solution();
    out.gamma.assign(x.begin() + static_cast<std::ptrdiff_t>(n), x.end());
    x.resize(n);
    out.psi = std::move(x);
    double level = 0.0; // of periods: nothing in the data says it
    for (std::size_t t = 0; t < problem.edge.n_periods; ++t) level += out.gamma[t];
    for (std::size_t t = 0; t < problem.edge.n_periods; ++t)
        out.gamma[t] -= level / static_cast<double>(problem.edge.n_periods);
    detail::centre(problem.components, out.psi, 1);
    return out;
}
inline effects_only effects_of(const two_way& problem, std::uint64_t seed) {
    return effects_of(run_context{}, problem, seed);
}

/// Effects of a panel. Managers confounded with periods are not looked for.
inline effects_only estimate_effects(const run_context& run, const panel_rows& panel, bool with_periods,
                                     std::uint64_t seed) {
    return effects_of(run, two_way_of(run, panel, with_periods, two_way_parts::effects), seed);
}

} // namespace dualtrack::estimate
