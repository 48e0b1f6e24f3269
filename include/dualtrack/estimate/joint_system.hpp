// Managers and border at once, as conjugate gradients need them: H = [S B; B' C] times a vector, and a preconditioner
// made of one for S and the factor of C. Managers are looked at in blocks of fixed size, whose sums are added in order,
// so that threads do not change a bit.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/least_squares.hpp>

namespace dualtrack::estimate::detail {

/// Keeps Jacobi's steps in the interval its spectrum lies in; 1 step: Jacobi itself.
struct chebyshev_steps {
    int n = 1;
    double highest = 2.0; // eigenvalue of Dg^-1 S
};

class joint_system {
  public:
    joint_system(const run_context& run, const two_way& problem)
        : run_(uninterrupted(run)), problem_(problem), n_(problem.graph.size()), Q_(problem.edge.size()),
          partial_(static_cast<std::size_t>(count_blocks(static_cast<std::int64_t>(n_), block)) * (Q_ + 1)), rest_(n_),
          step_(n_) {
        std::vector<double> size(Q_, 0.0);
        for (std::size_t q = 0; q < Q_; ++q) size[q] = problem.edge.C[q * Q_ + q];
        const auto periods_end = size.begin() + static_cast<std::ptrdiff_t>(problem.edge.n_periods);
        if (problem.edge.n_periods > 0)
            std::fill(size.begin(), periods_end, *std::max_element(size.begin(), periods_end));
        C_ = independent_columns_of(problem.edge.C, Q_, problem.edge.n_periods, size, 1e-10);
    }
    [[nodiscard]] std::size_t size() const noexcept { return n_ + Q_; }

    /// to = H from; returns from' H from.
    double apply(const std::vector<double>& from, std::vector<double>& to) {
        for_managers([&](std::size_t b, std::size_t begin, std::size_t end) {
            double* const sums = partial_.data() + b * (Q_ + 1); // B' from, and the product
            std::fill(sums, sums + Q_ + 1, 0.0);
            const double* const border = from.data() + n_;
            double total = 0.0;
            for (std::size_t j = begin; j < end; ++j) {
                const double own = from[j];
                double sum = links_of(j, from.data());
                const double* const row = problem_.edge.B.data() + j * Q_;
                double s0 = 0.0, s1 = 0.0;
                std::size_t k = 0;
                for (; k + 2 <= Q_; k += 2) {
                    s0 += row[k] * border[k];
                    s1 += row[k + 1] * border[k + 1];
                    sums[k] += row[k] * own;
                    sums[k + 1] += row[k + 1] * own;
                }
                for (; k < Q_; ++k) {
                    s0 += row[k] * border[k];
                    sums[k] += row[k] * own;
                }
                sum += s0 + s1;
                to[j] = sum;
                total += own * sum;
            }
            sums[Q_] = total;
        });
        double total = problem_.graph.add_hubs(from, to, 1);
        for (std::size_t k = 0; k < Q_; ++k) to[n_ + k] = 0.0;
        for (std::size_t b = 0; b * (Q_ + 1) < partial_.size(); ++b) {
            const double* const sums = partial_.data() + b * (Q_ + 1);
            for (std::size_t k = 0; k < Q_; ++k) to[n_ + k] += sums[k];
            total += sums[Q_];
        }
        for (std::size_t k = 0; k < Q_; ++k) {
            to[n_ + k] += product_sum(problem_.edge.C.data() + k * Q_, from.data() + n_, Q_);
            total += from[n_ + k] * to[n_ + k];
        }
        return total;
    }

    /// z = P r.
    void precondition(const manager_solver& solver, const chebyshev_steps& steps, const std::vector<double>& r,
                      std::vector<double>& z) {
        const auto managers = std::span<double>(z).first(n_);
        if (solver.kind == solver_kind::jacobi && steps.n > 1) {
            polynomial(steps, r, z);
        } else {
            std::copy(r.begin(), r.begin() + static_cast<std::ptrdiff_t>(n_), z.begin());
            solver.precondition(managers, 1);
        }
        project(problem_.components, managers, 1);
        std::copy(r.begin() + static_cast<std::ptrdiff_t>(n_), r.end(), z.begin() + static_cast<std::ptrdiff_t>(n_));
        C_.solve(std::span<double>(z).subspan(n_));
    }

    [[nodiscard]] double dot(const std::vector<double>& a, const std::vector<double>& b) const {
        return product_sum(a.data(), b.data(), a.size());
    }

  private:
    static constexpr std::int64_t block = 4096;

    template <class F> void for_managers(F&& f) {
        static_cast<void>(for_blocks(run_, static_cast<std::int64_t>(n_), block,
                                     [&](std::int64_t b, std::int64_t begin, std::int64_t end, std::int64_t) {
                                         f(static_cast<std::size_t>(b), static_cast<std::size_t>(begin),
                                           static_cast<std::size_t>(end));
                                     }));
    }

    /// Row j of S times x.
    [[nodiscard]] double links_of(std::size_t j, const double* x) const noexcept {
        const manager_graph& graph = problem_.graph;
        const double own = x[j];
        double s0 = 0.0, s1 = 0.0;
        std::uint64_t l = graph.first[j];
        const std::uint64_t end = graph.first[j + 1];
        for (; l + 2 <= end; l += 2) {
            s0 += graph.weight[l] * (own - x[graph.to[l]]);
            s1 += graph.weight[l + 1] * (own - x[graph.to[l + 1]]);
        }
        if (l < end) s0 += graph.weight[l] * (own - x[graph.to[l]]);
        return s0 + s1;
    }

    /// Some Jacobi steps at once, with Chebyshev's weights: one look at the border less each (Saad 2003, ch. 12.3).
    void polynomial(const chebyshev_steps& steps, const std::vector<double>& r, std::vector<double>& z) {
        const double low = steps.highest / 30.0;
        const double middle = 0.5 * (steps.highest + low), half = 0.5 * (steps.highest - low);
        const auto inverse = [&](std::size_t j) {
            return problem_.graph.diagonal[j] > 0.0 ? 1.0 / problem_.graph.diagonal[j] : 0.0;
        };
        double rho = half / middle;
        for (std::size_t j = 0; j < n_; ++j) z[j] = step_[j] = r[j] * inverse(j) / middle;
        for (int k = 1; k < steps.n; ++k) {
            const double next = 1.0 / (2.0 * middle / half - rho);
            for_managers([&](std::size_t, std::size_t begin, std::size_t end) {
                for (std::size_t j = begin; j < end; ++j)
                    rest_[j] = next * rho * step_[j] + 2.0 * next / half * inverse(j) * (r[j] - links_of(j, z.data()));
            });
            step_.swap(rest_);
            for (std::size_t j = 0; j < n_; ++j) z[j] += step_[j];
            rho = next;
        }
    }

    run_context run_;
    const two_way& problem_;
    std::size_t n_, Q_;
    independent_columns C_;
    std::vector<double> partial_, rest_, step_;
};

} // namespace dualtrack::estimate::detail
