// Matches: all rows of one seller under one manager, summed up in one pass. Everything later (who is linked to whom,
// what the same sellers sold under whom) is a sum over matches, which are far fewer than rows.
//   y0 = first value of seller i;   W = sum w;   h = sum w (y - y0) / W;   deviation d = y - y0 - h
//   a match (i, j): n = sum w,  s = sum w d,  q = sum w d^2;   spell = a run of rows of one match
// Deviations from a value of the same seller keep 100,000,000 plus noise exact. What periods add up to is gathered on
// the way, while a seller's rows are in the cache (period_sums.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include <dualtrack/estimate/deviations.hpp>
#include <dualtrack/estimate/panel_rows.hpp>
#include <dualtrack/estimate/period_sums.hpp>

namespace dualtrack::estimate {

struct match_columns {
    // a unit (seller) [n_units], its matches, spells, runs: [first[i], first[i + 1])
    vec<std::uint32_t> first_match, first_spell;
    vec<double> unit_weight, origin, shift; // W, y0, h
    // a match, by unit, then group
    vec<std::uint32_t> group, n_rows;
    vec<double> weight, sum, squares; // n, s, q
    // a spell, in row order; its rows end where the next begins
    vec<std::uint32_t> spell_row, spell_match;
    // Presence of plain movers (every row of weight 1, one a period), side by side because it is read out of order:
    // number of runs, begin and end of each run of periods, then first period and group of each spell. Others have
    // none, and are looked up in the rows. Empty where no periods were asked for.
    vec<std::uint32_t> first_presence, presence;

    explicit match_columns(std::pmr::memory_resource* memory)
        : first_match(memory), first_spell(memory), unit_weight(memory), origin(memory), shift(memory), group(memory),
          n_rows(memory), weight(memory), sum(memory), squares(memory), spell_row(memory), spell_match(memory),
          first_presence(memory), presence(memory) {}

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

namespace detail {

/// The matches of some consecutive units, numbered from 0, while they are being summed up.
struct match_block {
    match_columns part;
    period_block periods;
    explicit match_block(std::pmr::memory_resource* memory) : part(memory) {}
};

/// What is known of the unit at hand.
struct unit_scratch {
    std::vector<std::uint32_t> own, by_spell, cut; // groups, ascending; groups of spells; where runs end
    std::vector<weight_run> runs;
    std::vector<std::uint32_t> n_rows; // of its matches
    std::vector<double> weight, sum, squares;
};

/// Where a unit's spells begin, and for a plain unit where its runs end; false where it is not plain.
inline bool find_spells(const ordered_rows& ordered, std::size_t begin, std::size_t end, vec<std::uint32_t>& spell_row,
                        unit_scratch& to) {
    const panel_rows& rows = ordered.rows;
    const std::uint32_t* const group = rows.group.data();
    const std::uint32_t* const period = rows.period.data();
    bool is_plain = rows.weight.empty();
    to.cut.clear();
    to.by_spell.assign(1, group[begin]);
    spell_row.push_back(static_cast<std::uint32_t>(begin));
    std::uint32_t last_group = group[begin];
    std::uint32_t next_period = period[begin] + 1;
    for (std::size_t row = begin + 1; row < end; ++row) {
        if (((group[row] ^ last_group) | (period[row] ^ next_period)) != 0) {
            if (group[row] != last_group) {
                to.by_spell.push_back(group[row]);
                spell_row.push_back(static_cast<std::uint32_t>(row));
            }
            if (period[row] != next_period) {
                to.cut.push_back(static_cast<std::uint32_t>(row));
                is_plain = is_plain && period[row] + 1 != next_period;
            }
            last_group = group[row];
            next_period = period[row];
        }
        ++next_period;
    }
    to.cut.push_back(static_cast<std::uint32_t>(end));
    return is_plain;
}

/// Writes down when a plain mover was present, and under whom from when on.
inline void write_presence(const panel_rows& rows, const unit_scratch& unit, const std::uint32_t* spell_row,
                           vec<std::uint32_t>& out) {
    const std::size_t at = out.size();
    out.resize(at + 1 + 2 * unit.runs.size() + 2 * unit.by_spell.size());
    std::uint32_t* to = out.data() + at;
    *to++ = static_cast<std::uint32_t>(unit.runs.size());
    for (const weight_run& one : unit.runs) {
        *to++ = one.from;
        *to++ = one.to;
    }
    for (std::size_t k = 0; k < unit.by_spell.size(); ++k) {
        *to++ = rows.period[spell_row[k]];
        *to++ = unit.by_spell[k];
    }
}

/// Sums up one unit: appends to `out` and adds to `periods`.
inline void collapse_unit(const ordered_rows& ordered, std::size_t unit, unit_scratch& at, match_columns& out,
                          period_block& periods) {
    const panel_rows& rows = ordered.rows;
    const std::size_t begin = ordered.first[unit];
    const std::size_t end = ordered.first[unit + 1];
    const bool with_periods = periods.n > 0;
    const std::size_t first_spell = out.spell_row.size();
    const bool is_plain = find_spells(ordered, begin, end, out.spell_row, at);
    const std::size_t n_spells = at.by_spell.size();
    const std::size_t first = out.group.size();
    at.own = at.by_spell;
    if (n_spells > 1) {
        std::sort(at.own.begin(), at.own.end());
        at.own.erase(std::unique(at.own.begin(), at.own.end()), at.own.end());
    }
    const std::size_t n_own = at.own.size();
    at.n_rows.assign(n_own, 0);
    at.weight.assign(n_own, 0.0);
    at.sum.assign(n_own, 0.0);
    at.squares.assign(n_own, 0.0);

    const double* const value = rows.value.data();
    const double origin = value[begin];
    double weight = static_cast<double>(end - begin);
    double sum = 0.0;
    if (rows.weight.empty()) {
        sum = sum_from(value + begin, end - begin, origin);
    } else {
        weight = 0.0;
        for (std::size_t row = begin; row < end; ++row) {
            weight += rows.weight[row];
            sum += rows.weight[row] * (value[row] - origin);
        }
    }
    const double shift = sum / weight;
    std::size_t run = 0; // of `cut`: where the run that is being read ends
    for (std::size_t k = 0; k < n_spells; ++k) {
        std::size_t match = 0;
        if (n_own > 16)
            match = static_cast<std::size_t>(std::lower_bound(at.own.begin(), at.own.end(), at.by_spell[k]) -
                                             at.own.begin());
        while (at.own[match] < at.by_spell[k]) ++match;
        std::size_t row = out.spell_row[first_spell + k];
        const std::size_t spell_end = k + 1 < n_spells ? out.spell_row[first_spell + k + 1] : end;
        at.n_rows[match] += static_cast<std::uint32_t>(spell_end - row);
        double n = 0.0;
        double s = 0.0;
        double q = 0.0;
        if (is_plain) {
            n = static_cast<double>(spell_end - row);
            while (row < spell_end) {
                while (at.cut[run] <= row) ++run;
                const std::size_t piece_end = std::min<std::size_t>(at.cut[run], spell_end);
                double* const by_period = with_periods ? periods.sum.data() + rows.period[row] : nullptr;
                add_deviations(value + row, piece_end - row, origin, shift, by_period, s, q);
                row = piece_end;
            }
        }
        for (; row < spell_end; ++row) {
            const double w = ordered.weight_of(row);
            const double d = (value[row] - origin) - shift;
            n += w;
            s += w * d;
            q += w * d * d;
            if (with_periods) periods.sum[rows.period[row]] += w * d;
        }
        out.spell_match.push_back(static_cast<std::uint32_t>(first + match));
        at.weight[match] += n;
        at.sum[match] += s;
        at.squares[match] += q;
    }
    out.group.insert(out.group.end(), at.own.begin(), at.own.end());
    out.n_rows.insert(out.n_rows.end(), at.n_rows.begin(), at.n_rows.end());
    out.weight.insert(out.weight.end(), at.weight.begin(), at.weight.end());
    out.sum.insert(out.sum.end(), at.sum.begin(), at.sum.end());
    out.squares.insert(out.squares.end(), at.squares.begin(), at.squares.end());
    out.unit_weight.push_back(weight);
    out.origin.push_back(origin);
    out.shift.push_back(shift);
    out.first_match.push_back(static_cast<std::uint32_t>(out.group.size()));
    out.first_spell.push_back(static_cast<std::uint32_t>(out.spell_row.size()));
    if (!with_periods) return;
    if (!is_plain) {
        runs_of(ordered, begin, end, at.runs);
    } else {
        at.runs.clear();
        std::size_t from = begin;
        for (const std::uint32_t cut : at.cut) {
            at.runs.push_back({rows.period[from], rows.period[cut - std::size_t{1}] + 1, 1.0});
            from = cut;
        }
        if (n_own > 1) write_presence(rows, at, out.spell_row.data() + first_spell, out.presence);
    }
    periods.add(at.runs, weight);
    out.first_presence.push_back(static_cast<std::uint32_t>(out.presence.size()));
}

/// How many units a block has. Depends on the panel alone, and no threads: sums are the same for any number of these.
inline std::int64_t units_in_block(std::size_t n_units, std::size_t n_periods) {
    const std::size_t memory = (n_periods + 1) * (n_periods + 1); // of a block's sums over periods, kept to 2^21 each
    const std::size_t most = std::max<std::size_t>(1, std::min<std::size_t>(64, (std::size_t{1} << 21) / memory));
    return static_cast<std::int64_t>(std::max<std::size_t>(1024, (n_units + most - 1) / most));
}

/// Puts a column of the blocks behind each other and frees it there. @param offset of the numbers in it, by block
template <class T>
void join_column(std::vector<match_block>& from, vec<T> match_columns::*column, const std::vector<std::size_t>& offset,
                 vec<T>& out) {
    std::size_t size = out.size();
    for (const match_block& block : from) size += (block.part.*column).size();
    out.reserve(size);
    for (std::size_t b = 0; b < from.size(); ++b) {
        vec<T>& own = from[b].part.*column;
        if (offset.empty())
            out.insert(out.end(), own.begin(), own.end());
        else
            for (const T x : own) out.push_back(x + static_cast<T>(offset[b]));
        vec<T>(own.get_allocator()).swap(own);
    }
}

inline void join_blocks(std::vector<match_block>& from, match_columns& out) {
    using columns = match_columns;
    std::vector<std::size_t> match{0}, spell{0}, presence{0};
    for (const match_block& block : from) {
        match.push_back(match.back() + block.part.group.size());
        spell.push_back(spell.back() + block.part.spell_row.size());
        presence.push_back(presence.back() + block.part.presence.size());
    }
    join_column(from, &columns::first_match, match, out.first_match);
    join_column(from, &columns::first_spell, spell, out.first_spell);
    join_column(from, &columns::spell_match, match, out.spell_match);
    join_column(from, &columns::first_presence, presence, out.first_presence);
    for (const auto column : {&columns::group, &columns::n_rows, &columns::spell_row, &columns::presence})
        join_column(from, column, {}, out.*column);
    for (const auto column :
         {&columns::unit_weight, &columns::origin, &columns::shift, &columns::weight, &columns::sum, &columns::squares})
        join_column(from, column, {}, out.*column);
}

} // namespace detail

/// Sums rows up by match, and by period where `periods` is given.
inline match_columns collapse(const run_context& run, const ordered_rows& ordered, period_sums* periods = nullptr) {
    const std::size_t n_units = ordered.rows.n_units;
    const std::size_t T = periods != nullptr ? ordered.rows.n_periods : 0;
    const std::int64_t size = detail::units_in_block(n_units, T);
    const auto n = static_cast<std::int64_t>(n_units);
    const bool alone = count_workers(run, n, size) == 1; // then the matches are put where they stay
    match_columns out(run.memory);
    for (auto* first : {&out.first_match, &out.first_spell, &out.first_presence}) first->push_back(0);
    std::vector<detail::match_block> blocks;
    for (std::int64_t b = 0; b < count_blocks(n, size); ++b) blocks.emplace_back(run.memory);
    const auto work = [&](std::int64_t b, std::int64_t begin, std::int64_t end, std::int64_t) {
        detail::match_block& to = blocks[static_cast<std::size_t>(b)];
        detail::unit_scratch scratch;
        if (T > 0) to.periods.start(T);
        for (std::int64_t unit = begin; unit < end; ++unit)
            detail::collapse_unit(ordered, static_cast<std::size_t>(unit), scratch, alone ? out : to.part, to.periods);
    };
    static_cast<void>(for_blocks(detail::uninterrupted(run), n, size, work));
    if (T > 0 && !blocks.empty()) {
        for (std::size_t b = 1; b < blocks.size(); ++b) blocks.front().periods.join(blocks[b].periods);
        *periods = blocks.front().periods.finish();
    }
    if (!alone) detail::join_blocks(blocks, out);
    return out;
}

} // namespace dualtrack::estimate
