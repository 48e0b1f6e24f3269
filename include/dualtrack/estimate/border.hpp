// The border: what is taken out of everybody alike (periods, controls) so that a manager is not praised for a good
// year. Sellers are eliminated from it as they are from the managers:
//   B_jt = sum_i (n_ijt - p_ij w_it) ,   C_tu = [t = u] N_t - sum_i w_it w_iu / W_i ,   d_t = sum of deviations in t
// A control enters by its deviation from the seller's own mean, scaled to unit spread. Presence of a seller is a few
// runs of periods, so the sums are kept as differences at the ends of runs and summed once: cost runs^2 a seller.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/matches.hpp>

namespace dualtrack::estimate {

struct border {
    std::size_t n_periods = 0, n_controls = 0; // columns: periods, then controls
    vec<double> B;                             // [n_groups][size()]
    std::vector<double> C, d;                  // [size()][size()], [size()]
    vec<vec<double>> control;                  // deviations, scaled; [n_controls][n_rows]
    std::vector<double> control_scale;         // what a control was divided by; 0: it never varies within a seller

    explicit border(std::pmr::memory_resource* memory) : B(memory), control(memory) {}
    [[nodiscard]] std::size_t size() const noexcept { return n_periods + n_controls; }
    [[nodiscard]] std::span<const double> row(std::size_t group) const noexcept {
        return std::span<const double>(B).subspan(group * size(), size());
    }
    /// What the border says of one row.
    [[nodiscard]] double fitted(const panel_rows& rows, std::size_t at, std::span<const double> gamma) const noexcept {
        double sum = n_periods > 0 ? gamma[rows.period[at]] : 0.0;
        for (std::size_t k = 0; k < n_controls; ++k) sum += control[k][at] * gamma[n_periods + k];
        return sum;
    }
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

inline void add_controls(const ordered_rows& ordered, const match_columns& matches, border& out) {
    const panel_rows& rows = ordered.rows;
    const std::size_t n = rows.size();
    for (std::size_t k = 0; k < out.n_controls; ++k) {
        vec<double>& deviation = out.control.emplace_back();
        deviation.resize(n);
        double squares = 0.0;
        double level = 0.0;
        double total = 0.0;
        for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
            const std::size_t begin = ordered.first[unit];
            const std::size_t end = ordered.first[unit + 1];
            const double origin = rows.controls[k][begin];
            double sum = 0.0;
            for (std::size_t row = begin; row < end; ++row)
                sum += ordered.weight_of(row) * (rows.controls[k][row] - origin);
            const double mean = sum / matches.unit_weight[unit];
            for (std::size_t row = begin; row < end; ++row) {
                const double w = ordered.weight_of(row);
                deviation[row] = (rows.controls[k][row] - origin) - mean;
                squares += w * deviation[row] * deviation[row];
                level += w * rows.controls[k][row] * rows.controls[k][row];
                total += w;
            }
        }
        const bool varies = squares > 1e-24 * level;
        const double scale = varies ? std::sqrt(squares / total) : 0.0;
        out.control_scale.push_back(scale);
        for (double& x : deviation) x = varies ? x / scale : 0.0;
    }
}

} // namespace detail

/// Assembles the border. @param with_periods whether the periods of the rows are in it
inline border border_of(const run_context& run, const ordered_rows& ordered, const match_columns& matches,
                        bool with_periods) {
    const panel_rows& rows = ordered.rows;
    border out(run.memory);
    out.n_periods = with_periods ? rows.n_periods : 0;
    out.n_controls = rows.controls.size();
    const std::size_t size = out.size();
    const std::size_t T = out.n_periods;
    out.C.assign(size * size, 0.0);
    out.d.assign(size, 0.0);
    out.B.assign(rows.n_groups * size, 0.0);
    if (size == 0) return out;
    detail::add_controls(ordered, matches, out);

    const std::size_t wide = T + 1;
    std::vector<double> corner(wide * wide, 0.0); // differences of C
    vec<double> edge(T > 0 ? rows.n_groups * wide : 0, 0.0, run.memory);
    std::vector<detail::weight_run> runs;
    std::vector<detail::weight_run> part;
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::size_t begin = ordered.first[unit];
        const std::size_t end = ordered.first[unit + 1];
        const bool is_mover = matches.matches_of(unit) > 1;
        const double origin = matches.origin[unit];
        const double shift = matches.shift[unit];
        if (T > 0) {
            detail::runs_of(ordered, begin, end, runs);
            for (const detail::weight_run& a : runs)
                for (const detail::weight_run& b : runs) {
                    const double x = a.weight * b.weight / matches.unit_weight[unit];
                    corner[a.from * wide + b.from] -= x;
                    corner[a.from * wide + b.to] += x;
                    corner[a.to * wide + b.from] += x;
                    corner[a.to * wide + b.to] -= x;
                }
            for (std::size_t row = begin; row < end; ++row) {
                const double w = ordered.weight_of(row);
                const std::size_t t = rows.period[row];
                out.C[t * size + t] += w;
                out.d[t] += w * ((rows.value[row] - origin) - shift);
            }
            if (is_mover) {
                for_spells(matches, ordered, unit, [&](std::size_t match, std::size_t from, std::size_t to) {
                    detail::runs_of(ordered, from, to, part);
                    double* const into = edge.data() + matches.group[match] * wide;
                    for (const detail::weight_run& run_of : part) {
                        into[run_of.from] += run_of.weight;
                        into[run_of.to] -= run_of.weight;
                    }
                });
                for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1]; ++m) {
                    const double share = matches.weight[m] / matches.unit_weight[unit];
                    double* const into = edge.data() + matches.group[m] * wide;
                    for (const detail::weight_run& run_of : runs) {
                        into[run_of.from] -= share * run_of.weight;
                        into[run_of.to] += share * run_of.weight;
                    }
                }
            }
        }
        for (std::size_t k = 0; k < out.n_controls; ++k)
            for (std::size_t row = begin; row < end; ++row) {
                const double wx = ordered.weight_of(row) * out.control[k][row];
                out.d[T + k] += wx * ((rows.value[row] - origin) - shift);
                if (T > 0) out.C[rows.period[row] * size + T + k] += wx;
                for (std::size_t l = k; l < out.n_controls; ++l)
                    out.C[(T + k) * size + T + l] += wx * out.control[l][row];
                if (is_mover) out.B[rows.group[row] * size + T + k] += wx;
            }
    }
    for (std::size_t t = 0; t < T; ++t)
        for (std::size_t u = 0; u < T; ++u) {
            if (t > 0) corner[t * wide + u] += corner[(t - 1) * wide + u];
        }
    for (std::size_t t = 0; t < T; ++t) {
        double along = 0.0;
        for (std::size_t u = 0; u < T; ++u) {
            along += corner[t * wide + u];
            out.C[t * size + u] += along;
        }
    }
    for (std::size_t j = 0; T > 0 && j < rows.n_groups; ++j) {
        double along = 0.0;
        for (std::size_t t = 0; t < T; ++t) {
            along += edge[j * wide + t];
            out.B[j * size + t] = along;
        }
    }
    for (std::size_t a = 0; a < size; ++a) // one triangle was summed where controls are
        for (std::size_t b = a + 1; b < size; ++b) out.C[b * size + a] = out.C[a * size + b];
    return out;
}

} // namespace dualtrack::estimate
