// Everything value added computes, once more with whole matrices: a design with one column a seller, manager, period
// and control, its normal equations, and a pseudo-inverse by eigenvalues. Slow, short, and written from the
// definitions, not from the engine's formulas.
#pragma once

#include <cmath>
#include <vector>

#include "estimate/panels.hpp"

namespace dualtrack::test {

using matrix = std::vector<std::vector<double>>;

inline matrix zeros(std::size_t n, std::size_t m) {
    return matrix(n, std::vector<double>(m, 0.0));
}
inline matrix product(const matrix& a, const matrix& b) {
    matrix out = zeros(a.size(), b.front().size());
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t k = 0; k < b.size(); ++k)
            for (std::size_t j = 0; j < b.front().size() && a[i][k] != 0.0; ++j) out[i][j] += a[i][k] * b[k][j];
    return out;
}
inline matrix transposed(const matrix& a) {
    matrix out = zeros(a.front().size(), a.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t j = 0; j < a.front().size(); ++j) out[j][i] = a[i][j];
    return out;
}

/// Eigenvalues of a symmetric matrix by Jacobi's rotations, and its pseudo-inverse.
struct spectral {
    std::vector<double> values;
    matrix vectors;
    explicit spectral(matrix a) {
        const std::size_t n = a.size();
        vectors = zeros(n, n);
        for (std::size_t i = 0; i < n; ++i) vectors[i][i] = 1.0;
        for (int sweep = 0; sweep < 60; ++sweep) {
            double off = 0.0, all = 0.0;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) {
                    all += a[i][j] * a[i][j];
                    if (i != j) off += a[i][j] * a[i][j];
                }
            if (off <= 1e-32 * all) break;
            for (std::size_t p = 0; p < n; ++p)
                for (std::size_t q = p + 1; q < n; ++q) {
                    if (a[p][q] == 0.0) continue;
                    const double theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                    const double t = (theta >= 0.0 ? 1.0 : -1.0) / (std::fabs(theta) + std::sqrt(theta * theta + 1.0));
                    const double c = 1.0 / std::sqrt(t * t + 1.0), s = t * c;
                    for (std::size_t k = 0; k < n; ++k) {
                        const double x = a[k][p], y = a[k][q];
                        a[k][p] = c * x - s * y;
                        a[k][q] = s * x + c * y;
                    }
                    for (std::size_t k = 0; k < n; ++k) {
                        const double x = a[p][k], y = a[q][k];
                        a[p][k] = c * x - s * y;
                        a[q][k] = s * x + c * y;
                    }
                    for (std::size_t k = 0; k < n; ++k) {
                        const double x = vectors[k][p], y = vectors[k][q];
                        vectors[k][p] = c * x - s * y;
                        vectors[k][q] = s * x + c * y;
                    }
                }
        }
        for (std::size_t i = 0; i < n; ++i) values.push_back(a[i][i]);
    }
    [[nodiscard]] matrix inverse(double tolerance = 1e-10) const {
        double most = 0.0;
        for (const double v : values) most = std::max(most, std::fabs(v));
        matrix out = zeros(values.size(), values.size());
        for (std::size_t k = 0; k < values.size(); ++k) {
            if (!(std::fabs(values[k]) > tolerance * most)) continue;
            for (std::size_t i = 0; i < values.size(); ++i)
                for (std::size_t j = 0; j < values.size(); ++j) out[i][j] += vectors[i][k] * vectors[j][k] / values[k];
        }
        return out;
    }
};

/// The regression of a panel on everything.
struct dense_fit {
    std::size_t R, M, T, P, N, first_group;
    matrix X;              // [N][R + M + T + P]
    std::vector<double> w; // weights
    matrix inverse;        // (X'WX)^+
    std::vector<double> beta, residual;
    double rss = 0.0;
    std::size_t rank = 0;

    explicit dense_fit(const panel_columns& panel, bool with_periods) {
        R = panel.n_units;
        M = panel.n_groups;
        T = with_periods ? panel.n_periods : 0;
        P = panel.controls.size();
        N = panel.value.size();
        first_group = R;
        X = zeros(N, R + M + T + P);
        for (std::size_t r = 0; r < N; ++r) {
            X[r][panel.unit[r]] = 1.0;
            X[r][R + panel.group[r]] = 1.0;
            if (T > 0) X[r][R + M + panel.period[r]] = 1.0;
            for (std::size_t k = 0; k < P; ++k) X[r][R + M + T + k] = panel.controls[k][r];
            w.push_back(panel.weight.empty() ? 1.0 : panel.weight[r]);
        }
        const std::size_t n = R + M + T + P;
        matrix A = zeros(n, n);
        std::vector<double> b(n, 0.0);
        for (std::size_t r = 0; r < N; ++r)
            for (std::size_t i = 0; i < n; ++i) {
                if (X[r][i] == 0.0) continue;
                b[i] += w[r] * X[r][i] * panel.value[r];
                for (std::size_t j = 0; j < n; ++j) A[i][j] += w[r] * X[r][i] * X[r][j];
            }
        const spectral parts(A);
        double most = 0.0;
        for (const double v : parts.values) most = std::max(most, v);
        for (const double v : parts.values) rank += v > 1e-10 * most ? 1 : 0;
        inverse = parts.inverse();
        beta.assign(n, 0.0);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) beta[i] += inverse[i][j] * b[j];
        for (std::size_t r = 0; r < N; ++r) {
            double e = panel.value[r];
            for (std::size_t i = 0; i < n; ++i) e -= X[r][i] * beta[i];
            residual.push_back(e);
            rss += w[r] * e * e;
        }
    }

    /// The contrast that is the effect of manager j against its component's row-weighted mean.
    [[nodiscard]] std::vector<double> contrast(const value_added_result& made, std::size_t j) const {
        std::vector<double> out(X.front().size(), 0.0);
        const manager_components& parts = made.problem.components;
        for (std::size_t k = 0; k < M; ++k)
            if (parts.of[k] == parts.of[j]) out[R + k] -= parts.group_weight[k] / parts.weight[parts.of[j]];
        out[R + j] += 1.0;
        return out;
    }
    [[nodiscard]] double value_of(const std::vector<double>& c) const {
        double sum = 0.0;
        for (std::size_t i = 0; i < c.size(); ++i) sum += c[i] * beta[i];
        return sum;
    }
    [[nodiscard]] double variance_of(const std::vector<double>& c) const {
        double sum = 0.0;
        for (std::size_t i = 0; i < c.size(); ++i)
            for (std::size_t j = 0; j < c.size() && c[i] != 0.0; ++j) sum += c[i] * inverse[i][j] * c[j];
        return sum;
    }
};

} // namespace dualtrack::test
