// Sums over the rows of one seller: the only places where every row is looked at, so that several sums run side by
// side. Their order is fixed, whatever the machine: four or eight lanes, joined as a tree.
#pragma once

#include <cstddef>

namespace dualtrack::estimate::detail {

/// Asks for what is going to be read out of order.
inline void prefetch(const void* at) noexcept {
#if defined(__GNUC__)
    __builtin_prefetch(at);
#else
    static_cast<void>(at);
#endif
}

/// Adds up `n` deviations d = y - origin - shift, and adds each to `by_row` where there is one; four sums at a time.
inline void add_deviations(const double* y, std::size_t n, double origin, double shift, double* by_row, double& s,
                           double& q) {
    double s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0, q0 = 0.0, q1 = 0.0, q2 = 0.0, q3 = 0.0;
    std::size_t k = 0;
    for (; k + 4 <= n; k += 4) {
        const double a = (y[k] - origin) - shift, b = (y[k + 1] - origin) - shift;
        const double c = (y[k + 2] - origin) - shift, d = (y[k + 3] - origin) - shift;
        if (by_row != nullptr) {
            by_row[k] += a;
            by_row[k + 1] += b;
            by_row[k + 2] += c;
            by_row[k + 3] += d;
        }
        s0 += a;
        s1 += b;
        s2 += c;
        s3 += d;
        q0 += a * a;
        q1 += b * b;
        q2 += c * c;
        q3 += d * d;
    }
    for (; k < n; ++k) {
        const double a = (y[k] - origin) - shift;
        if (by_row != nullptr) by_row[k] += a;
        s0 += a;
        q0 += a * a;
    }
    s += (s0 + s1) + (s2 + s3);
    q += (q0 + q1) + (q2 + q3);
}

/// Sum of y - origin, eight at a time.
inline double sum_from(const double* y, std::size_t n, double origin) {
    double s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0, s4 = 0.0, s5 = 0.0, s6 = 0.0, s7 = 0.0;
    std::size_t k = 0;
    for (; k + 8 <= n; k += 8) {
        s0 += y[k] - origin;
        s1 += y[k + 1] - origin;
        s2 += y[k + 2] - origin;
        s3 += y[k + 3] - origin;
        s4 += y[k + 4] - origin;
        s5 += y[k + 5] - origin;
        s6 += y[k + 6] - origin;
        s7 += y[k + 7] - origin;
    }
    for (; k < n; ++k) s0 += y[k] - origin;
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
}

} // namespace dualtrack::estimate::detail
