// Everything about value added of a panel that is kept between runs: errors, shrunken effects, components.
// Where values are kept, rows are put in their one order and estimated as all rows at once are: the same bytes.
// Where spells are, every row stands in with the mean of its seller and manager, and the sums that only true rows have
// (deviations of periods, of squares) come from the state: everything that rests on matches, presence and these sums is
// the same up to round-off. Two things do not: errors that leave out one seller at a time beside periods (months of one
// seller go together in ways that sums do not tell) are refused, and the corrected variance of sellers is not known.
#pragma once

#include <memory>
#include <vector>

#include <dualtrack/estimate/solve_panel_state.hpp>
#include <dualtrack/estimate/value_added.hpp>

namespace dualtrack::estimate {

/// Rows of a kept panel in their one order, codes without gaps.
struct kept_panel {
    codes_in_use codes;
    std::vector<std::uint32_t> unit, group, period;
    std::vector<double> value; // kept, or the mean of the match

    [[nodiscard]] panel_rows rows() const {
        panel_rows out;
        out.unit = unit;
        out.group = group;
        out.period = period;
        out.value = value;
        out.n_units = static_cast<std::uint32_t>(codes.unit.size());
        out.n_groups = static_cast<std::uint32_t>(codes.group.size());
        out.n_periods = static_cast<std::uint32_t>(codes.period.size());
        return out;
    }
};

/// Errors: data.range (fewer than 2 rows).
inline result<kept_panel> rows_of(const run_context& run, const panel_state& state) {
    DUALTRACK_TRYV(detail::check_rows_to_solve(state));
    const panel_store& store = state.store();
    kept_spells spells = spells_of(run, store);
    kept_panel out;
    out.unit.reserve(state.n_rows());
    out.group.reserve(state.n_rows());
    out.period.reserve(state.n_rows());
    out.value.reserve(state.n_rows());
    seller_spells own;
    for (std::uint32_t i = 0; i < spells.codes.unit.size(); ++i) {
        const std::uint32_t unit = spells.codes.unit[i];
        const auto spell = spells.of(i);
        for (const panel_spell& s : spell)
            for (std::uint32_t t = s.first; t < s.end(); ++t) {
                out.unit.push_back(i);
                out.group.push_back(spells.codes.group_number[s.group]);
                out.period.push_back(spells.codes.period_number[t]);
            }
        if (store.kept() == kept_rows::values) {
            store.read(unit, own);
            out.value.insert(out.value.end(), own.value.begin(), own.value.end());
            continue;
        }
        for (const panel_spell& s : spell) {
            double sum = 0.0, n = 0.0;
            for (const panel_spell& other : spell) {
                if (other.group != s.group) continue;
                sum += other.sum;
                n += other.length;
            }
            out.value.insert(out.value.end(), s.length, store.origin(unit) + sum / n);
        }
    }
    out.codes = std::move(spells.codes);
    return out;
}

struct kept_value_added {
    std::shared_ptr<const kept_panel> panel; // what the result looks at
    std::shared_ptr<const value_added_result> fit;
};

/// @param market_of_group of each code, codes past its end have none; or empty: no markets
/// Errors: data.range (fewer than 2 rows); those of estimate_value_added; where spells are kept also policy.range
/// (errors that leave out one seller at a time, beside periods).
inline result<kept_value_added> solve(const run_context& run, const panel_state& state,
                                      const org::value_added_policy& policy,
                                      std::span<const std::uint32_t> market_of_group = {}) {
    const bool has_values = state.store().kept() == kept_rows::values;
    const bool with_periods = policy.period_effects != org::period_effects::none;
    if (!has_values && with_periods && policy.se == org::effect_error::leave_seller_out)
        return fail(status::policy, "policy.range",
                    "expected match_scale or row_scale for a panel that is kept as spells, found leave_seller_out, "
                    "which needs every value",
                    "/value_added/se");
    kept_value_added out;
    DUALTRACK_TRY(auto rows, rows_of(run, state));
    std::vector<std::uint32_t> market;
    for (const std::uint32_t j : rows.codes.group)
        if (!market_of_group.empty()) market.push_back(j < market_of_group.size() ? market_of_group[j] : no_index);
    out.panel = std::make_shared<const kept_panel>(std::move(rows));
    known_sums known;
    if (!has_values) {
        const kept_spells spells = spells_of(run, state.store());
        match_columns matches = detail::matches_of(run, state.store(), spells);
        for (const double q : matches.squares) known.squares += q;
        if (with_periods) known.d = detail::sum_periods(state.store(), spells, matches).sum;
    }
    DUALTRACK_TRY(out.fit, estimate_value_added(run, out.panel->rows(), policy, market, has_values ? nullptr : &known));
    return out;
}

} // namespace dualtrack::estimate
