// The border: what is taken out of everybody alike (periods, controls) so that a manager is not praised for a good
// year. Sellers are eliminated from it as they are from the managers:
//   B_jt = sum_i (n_ijt - p_ij w_it) ,   C_tu = [t = u] N_t - sum_i w_it w_iu / W_i ,   d_t = sum of deviations in t
// A control enters by its deviation from the seller's own mean, scaled to unit spread. Presence of a seller is a few
// runs of periods, so the sums are kept as differences at the ends of runs and summed once; a manager's row of B is put
// together from his or her matches while it is in the cache. What has no manager in it is in period_sums.hpp.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/group_matches.hpp>

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

/// What managers have to do with controls, and these with each other and with periods: summed row by row.
inline void add_control_products(const ordered_rows& ordered, const match_columns& matches, border& out) {
    const panel_rows& rows = ordered.rows;
    const std::size_t size = out.size();
    const std::size_t T = out.n_periods;
    add_controls(ordered, matches, out);
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::size_t end = ordered.first[unit + 1];
        const bool is_mover = matches.matches_of(unit) > 1;
        for (std::size_t k = 0; k < out.n_controls; ++k)
            for (std::size_t row = ordered.first[unit]; row < end; ++row) {
                const double wx = ordered.weight_of(row) * out.control[k][row];
                out.d[T + k] += wx * ((rows.value[row] - matches.origin[unit]) - matches.shift[unit]);
                if (T > 0) out.C[rows.period[row] * size + T + k] += wx;
                for (std::size_t l = k; l < out.n_controls; ++l)
                    out.C[(T + k) * size + T + l] += wx * out.control[l][row];
                if (is_mover) out.B[rows.group[row] * size + T + k] += wx;
            }
    }
    for (std::size_t a = 0; a < size; ++a) // one triangle was summed
        for (std::size_t b = std::max(a + 1, T); b < size; ++b) out.C[b * size + a] = out.C[a * size + b];
}

/// Adds to the differences of a manager's row of B what one seller says: present under this manager, less the share of
/// the seller's time that was spent there. As the rows say.
inline void add_rows(const ordered_rows& ordered, const match_columns& matches, std::uint32_t match, std::uint32_t unit,
                     std::vector<weight_run>& runs, double* to) {
    const double share = matches.weight[match] / matches.unit_weight[unit];
    runs_of(ordered, ordered.first[unit], ordered.first[unit + std::size_t{1}], runs);
    for (const weight_run& run : runs) {
        to[run.from] -= share * run.weight;
        to[run.to] += share * run.weight;
    }
    for_spells(matches, ordered, unit, [&](std::size_t own, std::size_t from, std::size_t last) {
        if (own != match) return;
        runs_of(ordered, from, last, runs);
        for (const weight_run& run : runs) {
            to[run.from] += run.weight;
            to[run.to] -= run.weight;
        }
    });
}

/// The same of a plain seller, from what was written down of his or her presence: [at, end).
inline void add_presence(const std::uint32_t* at, const std::uint32_t* end, std::uint32_t group, double* to) {
    const std::uint32_t* const runs = at + 1;
    const std::uint32_t* const spells = runs + 2 * *at;
    std::uint32_t under = 0; // periods under this manager, and in all
    std::uint32_t present = 0;
    for (const std::uint32_t* spell = spells; spell < end; spell += 2) {
        if (spell[1] != group) continue;
        const std::uint32_t from = spell[0];
        const std::uint32_t until = spell + 2 < end ? spell[2] : no_index;
        for (const std::uint32_t* run = runs; run < spells && run[0] < until; run += 2) {
            if (run[1] <= from) continue;
            const std::uint32_t first = std::max(from, run[0]);
            const std::uint32_t last = std::min(until, run[1]);
            to[first] += 1.0;
            to[last] -= 1.0;
            under += last - first;
        }
    }
    for (const std::uint32_t* run = runs; run < spells; run += 2) present += run[1] - run[0];
    const double share = static_cast<double>(under) / static_cast<double>(present);
    for (const std::uint32_t* run = runs; run < spells; run += 2) {
        to[run[0]] -= share;
        to[run[1]] += share;
    }
}

} // namespace detail

/// Assembles the border. @param periods what periods add up to; empty: they are not in it
inline border border_of(const run_context& run, const ordered_rows& ordered, const match_columns& matches,
                        const period_sums& periods) {
    border out(run.memory);
    const std::uint32_t n_groups = ordered.rows.n_groups;
    const std::size_t T = out.n_periods = periods.n;
    out.n_controls = ordered.rows.controls.size();
    const std::size_t size = out.size();
    out.C.assign(size * size, 0.0);
    out.d.assign(size, 0.0);
    out.B.assign(n_groups * size, 0.0);
    for (std::size_t t = 0; t < T; ++t) {
        std::copy_n(periods.C.data() + t * T, T, out.C.data() + t * size);
        out.d[t] = periods.sum[t];
    }
    if (T > 0) {
        const group_matches by_group = matches_by_group(run, matches, n_groups);
        const auto presence_of = [&](std::size_t unit) {
            return matches.presence.data() + matches.first_presence[unit];
        };
        constexpr std::uint64_t ahead = 12;
        const auto rows_of = [&](std::int64_t, std::int64_t from, std::int64_t to, std::int64_t) {
            std::vector<double> edge(T + 1);
            std::vector<detail::weight_run> runs;
            for (auto j = static_cast<std::size_t>(from); j < static_cast<std::size_t>(to); ++j) {
                if (by_group.first[j] == by_group.first[j + 1]) continue;
                std::fill(edge.begin(), edge.end(), 0.0);
                const std::uint64_t end = by_group.first[j + 1];
                for (std::uint64_t k = by_group.first[j]; k < end; ++k) {
                    if (k + ahead < end) detail::prefetch(presence_of(by_group.unit[k + ahead]));
                    const std::uint32_t unit = by_group.unit[k];
                    const std::uint32_t* const at = presence_of(unit);
                    const std::uint32_t* const after = presence_of(unit + std::size_t{1});
                    if (at != after)
                        detail::add_presence(at, after, static_cast<std::uint32_t>(j), edge.data());
                    else
                        detail::add_rows(ordered, matches, by_group.match[k], unit, runs, edge.data());
                }
                double along = 0.0;
                for (std::size_t t = 0; t < T; ++t) out.B[j * size + t] = along += edge[t];
            }
        };
        static_cast<void>(for_blocks(detail::uninterrupted(run), n_groups, 256, rows_of));
    }
    if (out.n_controls > 0) detail::add_control_products(ordered, matches, out);
    return out;
}

} // namespace dualtrack::estimate
