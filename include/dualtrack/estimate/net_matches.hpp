// Matches with periods and controls taken out, of some of the sellers: what variance components and shrinkage start
// from, who both take the border as known.
#pragma once

#include <cstdint>
#include <vector>

#include <dualtrack/estimate/least_squares.hpp>
#include <dualtrack/estimate/leave_out_set.hpp>

namespace dualtrack::estimate {

/// The part of a problem that sellers in use make up, managers numbered anew, net of the border.
struct net_matches {
    match_columns matches;
    std::vector<double> level;  // mean of a match, net; [n_matches]
    std::vector<double> within; // squares within a match, net, of those who stayed; [n_matches]
    std::uint32_t n_groups = 0;
    explicit net_matches(std::pmr::memory_resource* memory) : matches(memory) {}
};

inline net_matches net_matches_of(const run_context& run, const two_way& problem, const least_squares& fit,
                                  const std::vector<std::uint8_t>& in_use) {
    const match_columns& from = problem.matches;
    net_matches out(run.memory);
    std::vector<std::uint32_t> number(problem.graph.size(), no_index);
    for (std::size_t unit = 0; unit < from.n_units(); ++unit)
        for (std::size_t m = from.first_match[unit]; m < from.first_match[unit + 1] && in_use[unit] != 0; ++m)
            number[from.group[m]] = 0;
    for (std::uint32_t& j : number)
        if (j == 0) j = out.n_groups++;
    out.matches.first_match.push_back(0);
    for (std::size_t unit = 0; unit < from.n_units(); ++unit) {
        if (in_use[unit] == 0) continue;
        const double mean = from.mean_of(unit) - fit.unit_border[unit];
        out.matches.unit_weight.push_back(from.unit_weight[unit]);
        out.matches.origin.push_back(mean);
        out.matches.shift.push_back(0.0);
        for (std::size_t m = from.first_match[unit]; m < from.first_match[unit + 1]; ++m) {
            const double s = from.sum[m] - from.weight[m] * fit.match_border[m];
            out.matches.group.push_back(number[from.group[m]]);
            out.matches.n_rows.push_back(from.n_rows[m]);
            out.matches.weight.push_back(from.weight[m]);
            out.matches.sum.push_back(s);
            out.matches.squares.push_back(from.squares[m]);
            out.level.push_back(mean + s / from.weight[m]);
            out.within.push_back(0.0);
        }
        if (from.matches_of(unit) == 1) {
            double squares = 0.0;
            for (std::size_t row = problem.rows.first[unit]; row < problem.rows.first[unit + 1]; ++row) {
                double d = (problem.rows.rows.value[row] - from.origin[unit]) - from.shift[unit];
                if (problem.edge.size() > 0)
                    d -= problem.edge.fitted(problem.rows.rows, row, fit.gamma) - fit.unit_border[unit];
                squares += problem.rows.weight_of(row) * d * d;
            }
            out.within.back() = squares;
        }
        out.matches.first_match.push_back(static_cast<std::uint32_t>(out.matches.group.size()));
    }
    return out;
}

} // namespace dualtrack::estimate
