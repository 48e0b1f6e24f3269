// Matches: all rows of one seller under one manager, summed up in one pass. Everything later (who is linked to whom,
// what the same sellers sold under whom) is a sum over matches, which are far fewer than rows.
//   y0 = first value of seller i;   W = sum w;   h = sum w (y - y0) / W;   deviation d = y - y0 - h
//   a match (i, j): n = sum w,  s = sum w d,  q = sum w d^2;   spell = a run of rows of one match
// Deviations from a value of the same seller keep 100,000,000 plus noise exact.
#pragma once

#include <cstdint>
#include <vector>

#include <dualtrack/estimate/panel_rows.hpp>

namespace dualtrack::estimate {

struct match_columns {
    // a unit (seller) [n_units], its matches, spells: [first[i], first[i + 1])
    vec<std::uint32_t> first_match, first_spell;
    vec<double> unit_weight, origin, shift; // W, y0, h
    // a match, by unit, then group
    vec<std::uint32_t> group, n_rows;
    vec<double> weight, sum, squares; // n, s, q
    // a spell, in row order; its rows end where the next begins
    vec<std::uint32_t> spell_row, spell_match;

    explicit match_columns(std::pmr::memory_resource* memory)
        : first_match(memory), first_spell(memory), unit_weight(memory), origin(memory), shift(memory), group(memory),
          n_rows(memory), weight(memory), sum(memory), squares(memory), spell_row(memory), spell_match(memory) {}

    [[nodiscard]] std::size_t n_units() const noexcept { return unit_weight.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return group.size(); }
    [[nodiscard]] std::uint32_t matches_of(std::size_t unit) const noexcept {
        return first_match[unit + 1] - first_match[unit];
    }
    [[nodiscard]] double mean_of(std::size_t unit) const noexcept { return origin[unit] + shift[unit]; }
};

/// Calls f(match, begin, end) for every spell of a unit, by time.
template <class F> void for_spells(const match_columns& matches, const ordered_rows& rows, std::size_t unit, F&& f) {
    for (std::uint32_t k = matches.first_spell[unit]; k < matches.first_spell[unit + 1]; ++k) {
        const std::uint32_t end =
            k + 1 < matches.first_spell[unit + 1] ? matches.spell_row[k + std::size_t{1}] : rows.first[unit + 1];
        f(matches.spell_match[k], matches.spell_row[k], end);
    }
}

/// Sums rows up by match.
inline match_columns collapse(const run_context& run, const ordered_rows& ordered) {
    const panel_rows& rows = ordered.rows;
    match_columns out(run.memory);
    const std::size_t n_units = rows.n_units;
    out.first_match.reserve(n_units + 1);
    out.first_spell.reserve(n_units + 1);
    out.first_match.push_back(0);
    out.first_spell.push_back(0);
    out.unit_weight.resize(n_units);
    out.origin.resize(n_units);
    out.shift.resize(n_units);
    std::vector<std::uint32_t> own; // groups of the unit, ascending
    for (std::size_t unit = 0; unit < n_units; ++unit) {
        const std::size_t begin = ordered.first[unit];
        const std::size_t end = ordered.first[unit + 1];
        const double origin = rows.value[begin];
        double weight = 0.0;
        double sum = 0.0;
        own.clear();
        const std::size_t first_spell = out.spell_row.size();
        for (std::size_t row = begin; row < end; ++row) {
            const double w = ordered.weight_of(row);
            weight += w;
            sum += w * (rows.value[row] - origin);
            if (row == begin || rows.group[row] != rows.group[row - 1]) {
                out.spell_row.push_back(static_cast<std::uint32_t>(row));
                own.push_back(rows.group[row]);
            }
        }
        out.spell_match.resize(out.spell_row.size());
        const std::vector<std::uint32_t> by_spell = own.size() > 1 ? own : std::vector<std::uint32_t>();
        if (own.size() > 1) {
            std::sort(own.begin(), own.end());
            own.erase(std::unique(own.begin(), own.end()), own.end());
        }
        const std::size_t first = out.group.size();
        out.group.insert(out.group.end(), own.begin(), own.end());
        out.n_rows.resize(out.group.size(), 0);
        out.weight.resize(out.group.size(), 0.0);
        out.sum.resize(out.group.size(), 0.0);
        out.squares.resize(out.group.size(), 0.0);
        const double shift = sum / weight;
        for (std::size_t k = first_spell; k < out.spell_row.size(); ++k) {
            const std::size_t match =
                own.size() == 1
                    ? first
                    : first + static_cast<std::size_t>(
                                  std::lower_bound(own.begin(), own.end(), by_spell[k - first_spell]) - own.begin());
            out.spell_match[k] = static_cast<std::uint32_t>(match);
            const std::size_t last = k + 1 < out.spell_row.size() ? out.spell_row[k + 1] : end;
            double n = 0.0;
            double s = 0.0;
            double q = 0.0;
            for (std::size_t row = out.spell_row[k]; row < last; ++row) {
                const double w = ordered.weight_of(row);
                const double d = (rows.value[row] - origin) - shift;
                n += w;
                s += w * d;
                q += w * d * d;
            }
            out.n_rows[match] += static_cast<std::uint32_t>(last - out.spell_row[k]);
            out.weight[match] += n;
            out.sum[match] += s;
            out.squares[match] += q;
        }
        out.unit_weight[unit] = weight;
        out.origin[unit] = origin;
        out.shift[unit] = shift;
        out.first_match.push_back(static_cast<std::uint32_t>(out.group.size()));
        out.first_spell.push_back(static_cast<std::uint32_t>(out.spell_row.size()));
    }
    return out;
}

} // namespace dualtrack::estimate
