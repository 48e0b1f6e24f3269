// What periods add up to over all sellers, as far as managers have no part in it: how many were present in t, in t and
// u, and by how much sales in t were above what the same sellers sold on average.
//   N_t = sum of weights in t ;   C_tu = [t = u] N_t - sum_i w_it w_iu / W_i ;   d_t = sum of deviations in t
// Presence of a seller is a few runs of periods, so sums are kept as differences at the ends of runs and summed once:
// cost runs^2 a seller, not T^2.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/panel_rows.hpp>

namespace dualtrack::estimate {

/// Sums over sellers; empty without periods.
struct period_sums {
    std::size_t n = 0;
    std::vector<double> C, sum; // [n][n], [n]
};

namespace detail {

/// Periods [from, to) with the same weight in each.
struct weight_run {
    std::uint32_t from = 0, to = 0;
    double weight = 0.0;
};

/// The presence of rows [begin, end), which ascend by period, as runs.
inline void runs_of(const ordered_rows& rows, std::size_t begin, std::size_t end, std::vector<weight_run>& out) {
    out.clear();
    for (std::size_t row = begin; row < end;) {
        const std::uint32_t period = rows.rows.period[row];
        double weight = 0.0;
        for (; row < end && rows.rows.period[row] == period; ++row) weight += rows.weight_of(row);
        if (!out.empty() && out.back().to == period && out.back().weight == weight)
            ++out.back().to;
        else
            out.push_back({period, period + 1, weight});
    }
}

/// Sums over some consecutive sellers.
struct period_block {
    std::size_t n = 0;
    std::vector<double> present, sum; // differences of N_t [n + 1]; d_t [n]
    std::vector<double> corner;       // differences of sum w_it w_iu / W_i, t <= u; [n + 1][n + 1]
    std::vector<double> direct;       // the same, not differences, for sellers with many runs; [n][n] or empty

    void start(std::size_t n_periods) {
        n = n_periods;
        present.assign(n + 1, 0.0);
        sum.assign(n, 0.0);
        corner.assign((n + 1) * (n + 1), 0.0);
    }
    /// Adds a seller's presence.
    void add(const std::vector<weight_run>& runs, double total) {
        std::size_t n_present = 0;
        for (const weight_run& run : runs) {
            present[run.from] += run.weight;
            present[run.to] -= run.weight;
            n_present += run.to - run.from;
        }
        if (8 * runs.size() * runs.size() > n_present * n_present) return add_directly(runs, total);
        const std::size_t wide = n + 1;
        for (std::size_t a = 0; a < runs.size(); ++a) {
            double* const from = corner.data() + runs[a].from * wide;
            double* const to = corner.data() + runs[a].to * wide;
            for (std::size_t b = a; b < runs.size(); ++b) {
                const double x = runs[a].weight * runs[b].weight / total;
                from[runs[b].from] += x;
                from[runs[b].to] -= x;
                to[runs[b].from] -= x;
                to[runs[b].to] += x;
            }
        }
    }
    void add_directly(const std::vector<weight_run>& runs, double total) {
        direct.resize(n * n, 0.0);
        for (std::size_t a = 0; a < runs.size(); ++a)
            for (std::size_t t = runs[a].from; t < runs[a].to; ++t)
                for (std::size_t b = a; b < runs.size(); ++b) {
                    const double x = runs[a].weight * runs[b].weight / total;
                    for (std::size_t u = b == a ? t : runs[b].from; u < runs[b].to; ++u) direct[t * n + u] += x;
                }
    }
    void join(const period_block& next) {
        const auto add_to = [](std::vector<double>& to, const std::vector<double>& from) {
            to.resize(std::max(to.size(), from.size()), 0.0);
            for (std::size_t k = 0; k < from.size(); ++k) to[k] += from[k];
        };
        add_to(present, next.present);
        add_to(sum, next.sum);
        add_to(corner, next.corner);
        add_to(direct, next.direct);
    }
    [[nodiscard]] period_sums finish() {
        period_sums out;
        out.n = n;
        out.C.assign(n * n, 0.0);
        const std::size_t wide = n + 1;
        double there = 0.0;
        for (std::size_t t = 0; t < n; ++t) {
            double along = 0.0;
            for (std::size_t u = 0; u < n; ++u) {
                if (t > 0) corner[t * wide + u] += corner[(t - 1) * wide + u];
                along += corner[t * wide + u];
                if (u >= t) out.C[t * n + u] = out.C[u * n + t] = -along - (direct.empty() ? 0.0 : direct[t * n + u]);
            }
            there += present[t];
            out.C[t * n + t] += there;
        }
        out.sum = std::move(sum);
        return out;
    }
};

} // namespace detail

} // namespace dualtrack::estimate
