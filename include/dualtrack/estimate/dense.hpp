// Small dense algebra for the border and for few managers: a Cholesky factor that finds out which columns say nothing
// new, and the eigenvalues of a symmetric matrix. Matrices are [n][n], row by row.
// Reference: Higham 2002, ch. 10 (pivoting); Martin, Reinsch, Wilkinson 1968 and Bowdler et al. 1968 (tridiagonal QL).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dualtrack::estimate {

/// A semi-definite matrix restricted to columns that are independent, factored.
struct independent_columns {
    std::size_t n = 0;
    std::vector<std::size_t> kept, dropped; // columns, in the order taken
    std::vector<double> lower;              // [rank][rank], of the kept columns
    [[nodiscard]] std::size_t rank() const noexcept { return kept.size(); }

    /// x = A^+ x on the kept columns, 0 elsewhere; for right-hand sides in the range of A.
    void solve(std::span<double> x) const {
        const std::size_t r = rank();
        std::vector<double> y(r);
        for (std::size_t i = 0; i < r; ++i) {
            double sum = x[kept[i]];
            for (std::size_t k = 0; k < i; ++k) sum -= lower[i * r + k] * y[k];
            y[i] = sum / lower[i * r + i];
        }
        for (std::size_t i = r; i-- > 0;) {
            double sum = y[i];
            for (std::size_t k = i + 1; k < r; ++k) sum -= lower[k * r + i] * y[k];
            y[i] = sum / lower[i * r + i];
        }
        std::fill(x.begin(), x.end(), 0.0);
        for (std::size_t i = 0; i < r; ++i) x[kept[i]] = y[i];
    }
    /// The inverse on the kept columns, 0 elsewhere; [n][n].
    [[nodiscard]] std::vector<double> inverse() const {
        std::vector<double> out(n * n, 0.0);
        std::vector<double> x(n);
        for (const std::size_t column : kept) {
            std::fill(x.begin(), x.end(), 0.0);
            x[column] = 1.0;
            solve(x);
            for (std::size_t i = 0; i < n; ++i) out[i * n + column] = x[i];
        }
        return out;
    }
};

/// Factors A with the largest remaining pivot first among the first `n_free` columns, the others in their order after
/// them. A column whose pivot falls to `tolerance` times its `size` or below is dropped.
inline independent_columns independent_columns_of(std::vector<double> A, std::size_t n, std::size_t n_free,
                                                  std::span<const double> size, double tolerance) {
    independent_columns out;
    out.n = n;
    std::vector<std::uint8_t> used(n, 0);
    std::vector<std::size_t> order;
    std::vector<std::vector<double>> columns; // of L, by original row
    const auto take = [&](std::size_t c) {
        const double root = std::sqrt(A[c * n + c]);
        std::vector<double> column(n, 0.0);
        for (std::size_t i = 0; i < n; ++i) column[i] = used[i] != 0 ? 0.0 : A[i * n + c] / root;
        used[c] = 1;
        for (std::size_t i = 0; i < n; ++i) {
            if (used[i] != 0) continue;
            for (std::size_t k = 0; k < n; ++k)
                if (used[k] == 0) A[i * n + k] -= column[i] * column[k];
        }
        out.kept.push_back(c);
        columns.push_back(std::move(column));
    };
    for (std::size_t step = 0; step < n_free; ++step) {
        std::size_t best = n;
        for (std::size_t c = 0; c < n_free; ++c)
            if (used[c] == 0 && (best == n || A[c * n + c] > A[best * n + best])) best = c;
        if (!(A[best * n + best] > tolerance * size[best])) {
            for (std::size_t c = 0; c < n_free; ++c)
                if (used[c] == 0) {
                    out.dropped.push_back(c);
                    used[c] = 1;
                }
            break;
        }
        take(best);
    }
    for (std::size_t c = n_free; c < n; ++c) {
        if (A[c * n + c] > tolerance * size[c])
            take(c);
        else {
            out.dropped.push_back(c);
            used[c] = 1;
        }
    }
    const std::size_t r = out.rank();
    out.lower.assign(r * r, 0.0);
    for (std::size_t i = 0; i < r; ++i)
        for (std::size_t k = 0; k <= i; ++k) out.lower[i * r + k] = columns[k][out.kept[i]];
    return out;
}

/// Eigenvalues ascending; on return A holds the eigenvectors as columns. @pre A is symmetric
inline std::vector<double> symmetric_eigen(std::vector<double>& A, std::size_t n) {
    std::vector<double> d(n, 0.0);
    std::vector<double> e(n, 0.0);
    if (n == 0) return d;
    for (std::size_t j = 0; j < n; ++j) d[j] = A[(n - 1) * n + j];
    for (std::size_t i = n - 1; i > 0; --i) { // Householder reduction to tridiagonal form
        double scale = 0.0;
        double h = 0.0;
        for (std::size_t k = 0; k < i; ++k) scale += std::fabs(d[k]);
        if (scale == 0.0) {
            e[i] = d[i - 1];
            for (std::size_t j = 0; j < i; ++j) {
                d[j] = A[(i - 1) * n + j];
                A[i * n + j] = 0.0;
                A[j * n + i] = 0.0;
            }
        } else {
            for (std::size_t k = 0; k < i; ++k) {
                d[k] /= scale;
                h += d[k] * d[k];
            }
            double f = d[i - 1];
            double g = f > 0.0 ? -std::sqrt(h) : std::sqrt(h);
            e[i] = scale * g;
            h -= f * g;
            d[i - 1] = f - g;
            for (std::size_t j = 0; j < i; ++j) e[j] = 0.0;
            for (std::size_t j = 0; j < i; ++j) {
                f = d[j];
                A[j * n + i] = f;
                g = e[j] + A[j * n + j] * f;
                for (std::size_t k = j + 1; k < i; ++k) {
                    g += A[k * n + j] * d[k];
                    e[k] += A[k * n + j] * f;
                }
                e[j] = g;
            }
            f = 0.0;
            for (std::size_t j = 0; j < i; ++j) {
                e[j] /= h;
                f += e[j] * d[j];
            }
            const double hh = f / (h + h);
            for (std::size_t j = 0; j < i; ++j) e[j] -= hh * d[j];
            for (std::size_t j = 0; j < i; ++j) {
                f = d[j];
                g = e[j];
                for (std::size_t k = j; k < i; ++k) A[k * n + j] -= f * e[k] + g * d[k];
                d[j] = A[(i - 1) * n + j];
                A[i * n + j] = 0.0;
            }
        }
        d[i] = h;
    }
    for (std::size_t i = 0; i + 1 < n; ++i) { // accumulate the transformations
        A[(n - 1) * n + i] = A[i * n + i];
        A[i * n + i] = 1.0;
        const double h = d[i + 1];
        if (h != 0.0) {
            for (std::size_t k = 0; k <= i; ++k) d[k] = A[k * n + i + 1] / h;
            for (std::size_t j = 0; j <= i; ++j) {
                double g = 0.0;
                for (std::size_t k = 0; k <= i; ++k) g += A[k * n + i + 1] * A[k * n + j];
                for (std::size_t k = 0; k <= i; ++k) A[k * n + j] -= g * d[k];
            }
        }
        for (std::size_t k = 0; k <= i; ++k) A[k * n + i + 1] = 0.0;
    }
    for (std::size_t j = 0; j < n; ++j) {
        d[j] = A[(n - 1) * n + j];
        A[(n - 1) * n + j] = 0.0;
    }
    A[(n - 1) * n + n - 1] = 1.0;
    for (std::size_t i = 1; i < n; ++i) e[i - 1] = e[i];
    e[n - 1] = 0.0;
    double shift = 0.0;
    double largest = 0.0;
    for (std::size_t l = 0; l < n; ++l) { // QL with implicit shifts
        largest = std::max(largest, std::fabs(d[l]) + std::fabs(e[l]));
        std::size_t m = l;
        while (m + 1 < n && std::fabs(e[m]) > 0x1p-52 * largest) ++m;
        for (int round = 0; m > l && round < 100; ++round) {
            double g = d[l];
            double p = (d[l + 1] - g) / (2.0 * e[l]);
            double r = std::sqrt(p * p + 1.0);
            if (p < 0.0) r = -r;
            d[l] = e[l] / (p + r);
            d[l + 1] = e[l] * (p + r);
            const double next = d[l + 1];
            double h = g - d[l];
            for (std::size_t i = l + 2; i < n; ++i) d[i] -= h;
            shift += h;
            p = d[m];
            double c = 1.0, c2 = 1.0, c3 = 1.0, s = 0.0, s2 = 0.0;
            const double after = e[l + 1];
            for (std::size_t i = m; i-- > l;) {
                c3 = c2;
                c2 = c;
                s2 = s;
                g = c * e[i];
                h = c * p;
                r = std::sqrt(p * p + e[i] * e[i]);
                e[i + 1] = s * r;
                s = e[i] / r;
                c = p / r;
                p = c * d[i] - s * g;
                d[i + 1] = h + s * (c * g + s * d[i]);
                for (std::size_t k = 0; k < n; ++k) {
                    h = A[k * n + i + 1];
                    A[k * n + i + 1] = s * A[k * n + i] + c * h;
                    A[k * n + i] = c * A[k * n + i] - s * h;
                }
            }
            p = -s * s2 * c3 * after * e[l] / next;
            e[l] = s * p;
            d[l] = c * p;
            if (!(std::fabs(e[l]) > 0x1p-52 * largest)) break;
        }
        d[l] += shift;
        e[l] = 0.0;
    }
    std::vector<std::size_t> order(n);
    for (std::size_t i = 0; i < n; ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return d[a] < d[b]; });
    std::vector<double> values(n);
    std::vector<double> vectors(n * n);
    for (std::size_t c = 0; c < n; ++c) {
        values[c] = d[order[c]];
        for (std::size_t k = 0; k < n; ++k) vectors[k * n + c] = A[k * n + order[c]];
    }
    A = std::move(vectors);
    return values;
}

namespace detail {

/// X <- X A for a symmetric A; X is [n][size].
inline void times(std::vector<double>& X, std::span<const double> A, std::size_t size) {
    if (size == 0) return;
    std::vector<double> row(size);
    for (std::size_t at = 0; at < X.size(); at += size) {
        std::fill(row.begin(), row.end(), 0.0);
        for (std::size_t q = 0; q < size; ++q) {
            const double x = X[at + q];
            if (x == 0.0) continue;
            for (std::size_t p = 0; p < size; ++p) row[p] += x * A[q * size + p];
        }
        std::copy(row.begin(), row.end(), X.begin() + static_cast<std::ptrdiff_t>(at));
    }
}

/// x' A y; every row's sum in eight lanes, so that one addition does not wait for the last.
inline double bilinear(std::span<const double> x, std::span<const double> A, std::span<const double> y) {
    constexpr std::size_t lanes = 8;
    const std::size_t n = x.size();
    const std::size_t whole = n / lanes * lanes;
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        if (x[i] == 0.0) continue;
        const double* const row = A.data() + i * n;
        double lane[lanes] = {};
        for (std::size_t k = 0; k < whole; k += lanes)
            for (std::size_t c = 0; c < lanes; ++c) lane[c] += row[k + c] * y[k + c];
        double along = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
        for (std::size_t k = whole; k < n; ++k) along += row[k] * y[k];
        sum += x[i] * along;
    }
    return sum;
}

} // namespace detail

} // namespace dualtrack::estimate
