// The panel value added is estimated from: the input table `panel` as it is, or sellers' months under their managers.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <dualtrack/estimate/panel_rows.hpp>
#include <dualtrack/org/findings.hpp>
#include <dualtrack/org/policy.hpp>

#include "ingest/organisation.hpp"

namespace dualtrack::run {

struct value_added_panel {
    std::shared_ptr<const ingest::checked_data> data; // outlives everything below
    const text_column* unit_ids = nullptr;            // what a seller's and a manager's row number is a row of
    const text_column* group_ids = nullptr;
    std::vector<std::uint32_t> unit_row, group_row; // [n_units], [n_groups]
    std::vector<std::uint32_t> market;              // of each manager, or no_index; empty: not known
    std::vector<std::uint32_t> unit, group, period; // [n_rows]
    std::vector<double> value, weight;
    std::vector<std::vector<double>> controls;
    std::vector<std::string> control_names;
    std::uint32_t n_periods = 0;
    std::int64_t n_given = 0, n_zero_weight = 0, n_own = 0, n_no_logarithm = 0, n_no_quota = 0, n_leading = 0;
    std::int32_t as_of = no_date;
    std::string_view outcome, period_word;
    org::findings_table findings;

    [[nodiscard]] estimate::panel_rows rows() const {
        estimate::panel_rows out;
        out.unit = unit;
        out.group = group;
        out.period = period;
        out.value = value;
        out.weight = weight;
        out.controls.assign(controls.begin(), controls.end());
        out.n_units = static_cast<std::uint32_t>(unit_row.size());
        out.n_groups = static_cast<std::uint32_t>(group_row.size());
        out.n_periods = n_periods;
        return out;
    }
};

/// Which rows are read: all history, or for a backtest what lies in [from, to).
struct panel_days {
    std::int32_t from = no_date, to = no_date; // no_date: as the policy says
};

/// Errors: schema.missing_table, data.null, data.range, data.own_rows, policy.range, those of measure::scope_of.
[[nodiscard]] result<std::shared_ptr<const value_added_panel>>
read_value_added_panel(const run_context& run, std::shared_ptr<const ingest::checked_data> data,
                       const org::policy& policy, panel_days days = {});

} // namespace dualtrack::run
