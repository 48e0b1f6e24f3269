// Halo: a mild boss is mild about everything. Where a rater's severity could not be told from what the team deserves
// (severity.hpp), it stands in all nine constructs at once, and nine opinions of one person are not nine opinions. So
// each source's remaining severity is estimated with everything else about the person, what it explains is taken out of
// what the source says, and what stays open widens the interval of readiness.
//
//   z_cs = lambda_cs theta_c + b_s + noise of variance psi_cs = 1 - lambda_cs^2,   theta_c ~ N(0, 1),  b_s ~ N(0, v_s)
//   P_c = 1 + sum_s lambda^2 / psi;   M = diag(1 / v_s) + sum_c [diag(1 / psi_c) - q_c q_c' / P_c],  q_cs = lambda_cs /
//   psi_cs b = M^-1 sum_c [z_c / psi_c - q_c (q_c' z_c) / P_c];   E theta_c = q_c' (z_c - b) / P_c;   Cov = diag(1 / P)
//   + G M^-1 G'
// with rows g_c = q_c / P_c of G: the exact posterior. With every v_s = 0 it is the model of evidence.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/assess/construct.hpp>
#include <dualtrack/assess/evidence.hpp>

namespace dualtrack::assess {

/// Remaining severity of each observed source, and how uncertain weighted sums of constructs are because of it.
class halo {
  public:
    /// @param observations by construct; @param severity_variance of each source's mean rating, in its own units; 0:
    /// none left
    halo(std::span<const std::vector<observation>, n_constructs> observations,
         const std::array<double, n_observed_sources>& severity_variance) {
        for (std::size_t s = 0; s < n_observed_sources; ++s)
            if (severity_variance[s] > 0.0)
                place_[s] = n_++;
            else
                place_[s] = n_observed_sources;
        if (n_ == 0) return;
        std::array<double, n_observed_sources> right{};
        for (std::size_t s = 0; s < n_observed_sources; ++s)
            if (place_[s] < n_) at(place_[s], place_[s]) = 1.0 / severity_variance[s];
        for (std::size_t c = 0; c < n_constructs; ++c) {
            const std::size_t n = observations[c].size();
            std::array<double, n_observed_sources> noise, pull; // of each observation: a source speaks once
            double precision = 1.0;
            double total = 0.0;
            for (std::size_t k = 0; k < n; ++k) {
                const observation& one = observations[c][k];
                const double squared = squared_loading(one);
                noise[k] = 1.0 - squared;
                pull[k] = std::sqrt(squared) / noise[k];
                precision += squared / noise[k];
                total += pull[k] * one.z;
            }
            for (std::size_t k = 0; k < n; ++k) {
                const observation& one = observations[c][k];
                const std::size_t i = place_[static_cast<std::size_t>(one.from)];
                if (i >= n_) continue;
                at(i, i) += 1.0 / noise[k];
                right[i] += one.z / noise[k] - pull[k] * total / precision;
                gain_[c][i] = pull[k] / precision;
                for (std::size_t l = 0; l < n; ++l) {
                    const std::size_t j = place_[static_cast<std::size_t>(observations[c][l].from)];
                    if (j < n_) at(i, j) -= pull[k] * pull[l] / precision;
                }
            }
        }
        factor();
        const auto solved = solve(right);
        for (std::size_t s = 0; s < n_observed_sources; ++s) severity_[s] = place_[s] < n_ ? solved[place_[s]] : 0.0;
    }

    /// What to take off a source's z.
    [[nodiscard]] double severity(source from) const noexcept { return severity_[static_cast<std::size_t>(from)]; }

    /// Variance that remaining severity adds to sum_c weight_c theta_c.
    [[nodiscard]] double added_variance(const std::array<double, n_constructs>& weight) const noexcept {
        if (n_ == 0) return 0.0;
        std::array<double, n_observed_sources> direction{};
        for (std::size_t c = 0; c < n_constructs; ++c)
            for (std::size_t i = 0; i < n_; ++i) direction[i] += weight[c] * gain_[c][i];
        return variance_along(direction);
    }

    /// The same of one construct alone.
    [[nodiscard]] double added_variance(std::size_t about) const noexcept {
        return n_ == 0 ? 0.0 : variance_along(gain_[about]);
    }

  private:
    [[nodiscard]] double variance_along(const std::array<double, n_observed_sources>& direction) const noexcept {
        const auto solved = solve(direction);
        double variance = 0.0;
        for (std::size_t i = 0; i < n_; ++i) variance += direction[i] * solved[i];
        return variance;
    }
    double& at(std::size_t i, std::size_t j) noexcept { return matrix_[i * n_observed_sources + j]; }
    [[nodiscard]] double at(std::size_t i, std::size_t j) const noexcept { return matrix_[i * n_observed_sources + j]; }

    /// Cholesky: the matrix is positive definite, because every prior variance is finite.
    void factor() noexcept {
        for (std::size_t j = 0; j < n_; ++j) {
            for (std::size_t k = 0; k < j; ++k)
                for (std::size_t i = j; i < n_; ++i) at(i, j) -= at(i, k) * at(j, k);
            const double root = std::sqrt(at(j, j));
            for (std::size_t i = j; i < n_; ++i) at(i, j) /= root;
        }
    }
    [[nodiscard]] std::array<double, n_observed_sources>
    solve(std::array<double, n_observed_sources> right) const noexcept {
        for (std::size_t i = 0; i < n_; ++i) {
            for (std::size_t k = 0; k < i; ++k) right[i] -= at(i, k) * right[k];
            right[i] /= at(i, i);
        }
        for (std::size_t i = n_; i-- > 0;) {
            for (std::size_t k = i + 1; k < n_; ++k) right[i] -= at(k, i) * right[k];
            right[i] /= at(i, i);
        }
        return right;
    }

    std::size_t n_ = 0;
    std::array<std::size_t, n_observed_sources> place_{};
    std::array<double, n_observed_sources * n_observed_sources> matrix_{};
    std::array<std::array<double, n_observed_sources>, n_constructs> gain_{};
    std::array<double, n_observed_sources> severity_{};
};

} // namespace dualtrack::assess
