// Value added of a panel that is kept between runs. Effects alone come from spells: matches, links of managers and the
// border are rebuilt from them, never changed by += and -=, so that nothing drifts.
//   h_i = sum (y - y0) / W_i ;   q_i = sum (y - y0)^2 - W_i h_i^2 ;   d_t = D_t - sum_{i in t} h_i
// Errors, shrunken effects and components: kept_value_added.hpp.
// Nothing is carried over from the last solution: where the panel is the same, the bytes are the same, however often it
// was solved; and where values are kept, whatever was done in between (sums of spells round in the order in which rows
// came). (Starting from the effects of the month before saves 0 to 15 % of the iterations, which is not worth
// bytes that depend on history.)
#pragma once

#include <vector>

#include <dualtrack/estimate/energy_pcg.hpp>
#include <dualtrack/estimate/panel_state.hpp>

namespace dualtrack::estimate {

/// Codes of a state that have rows, ascending: number k of a result is code [k].
struct codes_in_use {
    std::vector<std::uint32_t> unit, group, period;
    std::vector<std::uint32_t> group_number, period_number; // of a code, or no_index
};

/// Spells of sellers with rows, one after the other, codes as they are.
struct kept_spells {
    codes_in_use codes;
    vec<std::uint32_t> first; // spells of seller number i: [first[i], first[i + 1])
    vec<panel_spell> spell;
    explicit kept_spells(std::pmr::memory_resource* memory) : first(memory), spell(memory) {}
    [[nodiscard]] std::span<const panel_spell> of(std::size_t i) const noexcept {
        return std::span<const panel_spell>(spell).subspan(first[i], first[i + 1] - first[i]);
    }
};

inline kept_spells spells_of(const run_context& run, const panel_store& store) {
    kept_spells out(run.memory);
    codes_in_use& codes = out.codes;
    store.read_all(codes.unit, out.first, out.spell);
    codes.group_number.assign(store.n_groups(), no_index);
    codes.period_number.assign(store.n_periods(), no_index);
    std::vector<std::int64_t> begins(store.n_periods() + 1, 0);
    for (const panel_spell& s : out.spell) {
        codes.group_number[s.group] = 0;
        ++begins[s.first];
        --begins[s.end()];
    }
    std::int64_t present = 0;
    for (std::uint32_t t = 0; t < codes.period_number.size(); ++t) {
        present += begins[t];
        if (present == 0) continue;
        codes.period_number[t] = static_cast<std::uint32_t>(codes.period.size());
        codes.period.push_back(t);
    }
    for (std::uint32_t j = 0; j < codes.group_number.size(); ++j) {
        if (codes.group_number[j] == no_index) continue;
        codes.group_number[j] = static_cast<std::uint32_t>(codes.group.size());
        codes.group.push_back(j);
    }
    return out;
}

namespace detail {

/// Sums of spells by match: sellers in order, inside a seller managers in order.
inline match_columns matches_of(const run_context& run, const panel_store& store, const kept_spells& spells) {
    const codes_in_use& codes = spells.codes;
    match_columns out(run.memory);
    const std::size_t n = codes.unit.size();
    out.first_match.reserve(n + 1);
    out.first_match.push_back(0);
    out.unit_weight.reserve(n);
    out.origin.reserve(n);
    out.shift.reserve(n);
    for (auto* const column : {&out.group, &out.n_rows}) column->reserve(spells.spell.size()); // what is too much stays
    for (auto* const column : {&out.weight, &out.sum, &out.squares}) column->reserve(spells.spell.size()); // untouched
    std::vector<panel_spell> own;
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t unit = codes.unit[i];
        own.assign(spells.of(i).begin(), spells.of(i).end());
        double sum = 0.0;
        for (const panel_spell& s : own) sum += s.sum;
        const double weight = store.rows_of(unit);
        const double shift = sum / weight;
        if (own.size() > 1)
            std::sort(own.begin(), own.end(), [](const panel_spell& a, const panel_spell& b) {
                return a.group != b.group ? a.group < b.group : a.first < b.first;
            });
        const std::size_t first = out.group.size();
        for (std::size_t k = 0; k < own.size(); ++k) {
            if (k == 0 || own[k].group != own[k - 1].group) {
                out.group.push_back(codes.group_number[own[k].group]);
                out.n_rows.push_back(0);
                out.sum.push_back(0.0);
            }
            out.n_rows.back() += own[k].length;
            out.sum.back() += own[k].sum;
        }
        for (std::size_t m = first; m < out.group.size(); ++m) {
            out.weight.push_back(out.n_rows[m]);
            out.sum[m] -= out.weight[m] * shift;
            out.squares.push_back(0.0);
        }
        out.squares[first] = std::max(0.0, store.squares(unit) - weight * shift * shift); // all of the seller's
        out.unit_weight.push_back(weight);
        out.origin.push_back(store.origin(unit));
        out.shift.push_back(shift);
        out.first_match.push_back(static_cast<std::uint32_t>(out.group.size()));
    }
    return out;
}

/// What periods add up to; presence of movers is written down in `matches`, for the border.
inline period_sums sum_periods(const panel_store& store, const kept_spells& spells, match_columns& matches) {
    const codes_in_use& codes = spells.codes;
    const std::size_t T = codes.period.size();
    period_block block;
    block.start(T);
    std::vector<double> level(T + 1, 0.0); // differences of the sum of h over those present
    std::vector<weight_run> runs;
    matches.first_presence.assign(1, 0);
    for (std::size_t i = 0; i < codes.unit.size(); ++i) {
        runs.clear();
        for (const panel_spell& s : spells.of(i)) { // periods without any row are left out, so a spell stays a run
            const std::uint32_t from = codes.period_number[s.first];
            if (!runs.empty() && runs.back().to == from)
                runs.back().to += s.length;
            else
                runs.push_back({from, from + s.length, 1.0});
        }
        block.add(runs, matches.unit_weight[i]);
        for (const weight_run& run : runs) {
            level[run.from] += matches.shift[i];
            level[run.to] -= matches.shift[i];
        }
        if (matches.matches_of(i) > 1) {
            matches.presence.push_back(static_cast<std::uint32_t>(runs.size()));
            for (const weight_run& run : runs) {
                matches.presence.push_back(run.from);
                matches.presence.push_back(run.to);
            }
            for (const panel_spell& s : spells.of(i)) {
                matches.presence.push_back(codes.period_number[s.first]);
                matches.presence.push_back(codes.group_number[s.group]);
            }
        }
        matches.first_presence.push_back(static_cast<std::uint32_t>(matches.presence.size()));
    }
    double shifts = 0.0;
    for (std::size_t t = 0; t < T; ++t) {
        shifts += level[t];
        block.sum[t] = store.period_sum(codes.period[t]).value() - shifts;
    }
    return block.finish();
}

inline result<void> check_rows_to_solve(const panel_state& state) {
    if (state.n_rows() >= 2) return outcome::success();
    return fail(status::data, "data.range",
                "expected at least 2 rows to estimate from, found " +
                    integer_text(static_cast<std::int64_t>(state.n_rows())),
                "panel");
}

} // namespace detail

/// Matches, graph and border of a kept panel; its rows are not looked at.
inline two_way two_way_of(const run_context& run, const panel_state& state, const kept_spells& spells,
                          bool with_periods) {
    two_way out(run.memory);
    const auto n_groups = static_cast<std::uint32_t>(spells.codes.group.size());
    out.matches = detail::matches_of(run, state.store(), spells);
    std::vector<double> group_weight(n_groups, 0.0);
    out.n_rows.assign(n_groups, 0);
    for (std::size_t m = 0; m < out.matches.size(); ++m) {
        group_weight[out.matches.group[m]] += out.matches.weight[m];
        out.n_rows[out.matches.group[m]] += out.matches.n_rows[m];
    }
    out.graph = manager_graph_of(run, out.matches, n_groups, out.matches.weight);
    out.components = components_of(out.graph, group_weight, out.n_rows);
    period_sums periods;
    if (with_periods) periods = detail::sum_periods(state.store(), spells, out.matches);
    ordered_rows no_rows(run.memory);
    no_rows.rows.n_groups = n_groups;
    out.edge = border_of(run, no_rows, out.matches, periods);
    out.b = group_sums(out.matches, n_groups, out.matches.sum);
    return out;
}

struct kept_effects {
    effects_only fit;
    codes_in_use codes; // psi[k] is of manager code codes.group[k]
};

/// Effects without standard errors, whatever is kept. Errors: data.range (fewer than 2 rows).
inline result<kept_effects> effects_of(const run_context& run, const panel_state& state, bool with_periods,
                                       std::uint64_t seed) {
    DUALTRACK_TRYV(detail::check_rows_to_solve(state));
    kept_effects out;
    kept_spells spells = spells_of(run, state.store());
    const two_way problem = two_way_of(run, state, spells, with_periods);
    out.codes = std::move(spells.codes);
    spells = kept_spells(run.memory); // no longer needed
    out.fit = effects_of(problem, seed);
    return out;
}

} // namespace dualtrack::estimate
