#include "run/value_added_panel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include <dualtrack/base/text.hpp>
#include <dualtrack/measure/panel.hpp>
#include <dualtrack/measure/peer_group.hpp>
#include <dualtrack/measure/sales_sums.hpp>
#include <dualtrack/measure/scope.hpp>
#include <dualtrack/org/reporting_lines.hpp>

namespace dualtrack::run {
namespace {

/// One row on its way: codes are rows of the id columns, the period any number, by time.
struct raw_row {
    std::uint32_t unit = 0, group = 0, market = no_index;
    std::int32_t period = 0;
    double value = 0.0, weight = 1.0, quota = 0.0;
};

using org::outcome_kind;

/// Turns the value into the outcome. False where the row has to be left out.
bool take_outcome(outcome_kind outcome, double scale, raw_row& row, value_added_panel& out) {
    switch (outcome) {
    case outcome_kind::log:
        if (!(row.value > 0.0)) {
            ++out.n_no_logarithm;
            return false;
        }
        row.value = numeric::log(row.value);
        return true;
    case outcome_kind::log1p:
        if (!(row.value > -scale)) {
            ++out.n_no_logarithm;
            return false;
        }
        row.value = numeric::log1p(row.value / scale);
        return true;
    case outcome_kind::attainment:
        if (!(row.quota > 0.0)) {
            ++out.n_no_quota;
            return false;
        }
        row.value /= row.quota;
        row.weight = row.quota;
        return true;
    case outcome_kind::any_sale:
        row.value = row.value > 0.0 ? 1.0 : 0.0;
        return true;
    case outcome_kind::by_input:
    case outcome_kind::identity:
        break;
    }
    return true;
}

/// Periods in use, by market where asked for, numbered by market, then time.
class period_codes {
  public:
    period_codes(const std::vector<raw_row>& rows, bool by_market) : by_market_(by_market) {
        for (const raw_row& row : rows) {
            first_ = std::min(first_, row.period);
            last_ = std::max(last_, row.period);
        }
        constexpr std::int64_t most = 1 << 16;
        is_table_ = !by_market && std::int64_t{last_} - first_ < most;
        if (is_table_) table_.assign(static_cast<std::size_t>(last_ - first_ + 1), no_index);
        for (const raw_row& row : rows) {
            if (is_table_)
                table_[static_cast<std::size_t>(row.period - first_)] = 0;
            else
                codes_.emplace(key_of(row), 0U);
        }
        for (std::uint32_t& code : table_)
            if (code == 0) code = n_++;
        for (auto& [key, code] : codes_) code = n_++;
    }
    [[nodiscard]] std::uint32_t size() const noexcept { return n_; }
    [[nodiscard]] std::uint32_t of(const raw_row& row) const {
        return is_table_ ? table_[static_cast<std::size_t>(row.period - first_)] : codes_.find(key_of(row))->second;
    }

  private:
    [[nodiscard]] std::pair<std::uint32_t, std::int32_t> key_of(const raw_row& row) const {
        return {by_market_ ? row.market : 0U, row.period};
    }
    bool by_market_ = false, is_table_ = false;
    std::int32_t first_ = std::numeric_limits<std::int32_t>::max(), last_ = std::numeric_limits<std::int32_t>::min();
    std::vector<std::uint32_t> table_;
    std::map<std::pair<std::uint32_t, std::int32_t>, std::uint32_t> codes_;
    std::uint32_t n_ = 0;
};

/// Rows in their order, codes without gaps: `codes` becomes the used ones, ascending.
void close_gaps(std::vector<std::uint32_t>& codes, std::vector<std::uint32_t>& used) {
    used = codes;
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    for (std::uint32_t& code : codes)
        code = static_cast<std::uint32_t>(std::lower_bound(used.begin(), used.end(), code) - used.begin());
}

result<void> finish(value_added_panel& out, std::vector<raw_row>&& rows, const org::value_added_policy& policy,
                    std::string_view table, std::string_view column) {
    const auto n = static_cast<double>(out.n_given);
    const auto lost = static_cast<double>(out.n_no_logarithm);
    if (out.n_no_logarithm > 0) {
        if (lost > policy.max_excluded_share * n)
            return fail(status::data, "data.range",
                        "expected at most " + number_text(policy.max_excluded_share) +
                            " of the rows without a logarithm (zero or negative), found " +
                            integer_text(out.n_no_logarithm) + " of " + integer_text(out.n_given) +
                            (out.period_word == org::panel_period_words[1]
                                 ? "; quarters have fewer (/value_added/period), or take another outcome"
                                 : "; take another outcome (/value_added/outcome), as attainment where there are "
                                   "quotas, or any_sale"),
                        std::string(table) + "." + std::string(column));
        add_finding(out.findings,
                    {org::severity::warning, "data.excluded", table, column, -1, -1, out.n_no_logarithm,
                     integer_text(out.n_no_logarithm) + " rows have no logarithm (zero or negative); left out"});
    }
    const auto say = [&](std::int64_t count, const char* what) {
        if (count > 0)
            add_finding(out.findings, {org::severity::note, "data.excluded", table, "", -1, -1, count,
                                       integer_text(count) + " rows " + what + "; left out"});
    };
    say(out.n_zero_weight, "have weight 0");
    say(out.n_own, "are of a person under themselves");
    say(out.n_no_quota, "have no quota");
    say(out.n_leading, "are of people while they led others");
    if (out.n_no_quota > 0 && rows.size() < 2)
        return fail(status::data, "data.range",
                    "expected quotas to hold sales against (/value_added/outcome is attainment), found none beside " +
                        integer_text(out.n_no_quota) + " of " + integer_text(out.n_given) + " rows",
                    "quotas.amount");
    if (rows.size() < 2)
        return fail(status::data, "data.range",
                    "expected at least 2 rows to estimate from, found " +
                        integer_text(static_cast<std::int64_t>(rows.size())) + " of " + integer_text(out.n_given),
                    std::string(table));
    bool weighted = false;
    double total = 0.0;
    for (const raw_row& row : rows) {
        weighted = weighted || row.weight != rows.front().weight;
        total += row.weight;
    }
    const double mean = total / static_cast<double>(rows.size());
    const period_codes periods(rows, policy.period_effects == org::period_effects::period_by_market);
    out.n_periods = periods.size();
    constexpr std::uint32_t most_periods = 4000;
    if (policy.period_effects != org::period_effects::none && out.n_periods > most_periods)
        return fail(status::policy, "policy.range",
                    "expected at most 4000 period effects, found " + integer_text(out.n_periods) +
                        "; take quarters or fewer markets",
                    "/value_added/period_effects");
    const std::size_t n_rows = rows.size();
    out.unit.resize(n_rows);
    out.group.resize(n_rows);
    out.period.resize(n_rows);
    out.value.resize(n_rows);
    if (weighted) out.weight.resize(n_rows);
    for (std::size_t i = 0; i < n_rows; ++i) {
        const raw_row& row = rows[i];
        out.unit[i] = row.unit;
        out.group[i] = row.group;
        out.period[i] = periods.of(row);
        out.value[i] = row.value;
        if (weighted) out.weight[i] = row.weight / mean;
    }
    close_gaps(out.unit, out.unit_row);
    close_gaps(out.group, out.group_row);
    return outcome::success();
}

result<void> read_given(const org::policy& policy, const panel_days& days, value_added_panel& out) {
    const org::panel_columns& panel = out.data->organisation.panel;
    const org::value_added_policy& own = policy.value_added;
    outcome_kind outcome = own.outcome == outcome_kind::by_input ? outcome_kind::identity : own.outcome;
    if (outcome == outcome_kind::attainment)
        return fail(status::policy, "policy.range", "expected an outcome that needs no quotas, found attainment",
                    "/value_added/outcome");
    if (own.period_effects == org::period_effects::period_by_market)
        return fail(status::policy, "policy.range",
                    "expected period or none for the table panel, which names no markets, found period_by_market",
                    "/value_added/period_effects");
    out.outcome = org::outcome_kind_words[static_cast<std::size_t>(outcome)];
    out.unit_ids = &panel.unit.names;
    out.group_ids = &panel.group.names;
    // A seller and a manager of the same id are one person.
    std::vector<std::uint32_t> same(panel.unit.names.size(), no_index);
    for (std::uint32_t u = 0, g = 0; u < panel.unit.names.size(); ++u) {
        while (g < panel.group.names.size() && panel.group.names[g] < panel.unit.names[u]) ++g;
        if (g < panel.group.names.size() && panel.group.names[g] == panel.unit.names[u]) same[u] = g;
    }
    std::vector<raw_row> rows;
    std::vector<std::uint32_t> kept;
    rows.reserve(panel.value.size());
    for (std::size_t i = 0; i < panel.value.size(); ++i) {
        raw_row row{panel.unit.code[i], panel.group.code[i], no_index, panel.period[i], panel.value[i], 1.0, 0.0};
        if (days.to != no_date && (row.period < days.from || row.period >= days.to)) continue;
        ++out.n_given;
        if (panel.weight.size() > 0) {
            if (!panel.weight.has(i))
                return fail(status::data, "data.null", "expected a weight, found null", "panel.weight",
                            static_cast<std::int64_t>(i));
            row.weight = panel.weight.value[i];
            if (row.weight == 0.0) {
                ++out.n_zero_weight;
                continue;
            }
        }
        if (same[row.unit] == row.group) {
            if (own.own_rows == org::own_rows_rule::error)
                return fail(status::data, "data.own_rows",
                            "expected a manager other than the seller, found \"" +
                                std::string(panel.unit.names[row.unit]) +
                                "\" for both (/value_added/own_rows = drop leaves such rows out)",
                            "panel.group_id", static_cast<std::int64_t>(i));
            ++out.n_own;
            continue;
        }
        constexpr double most = 1e100; // squares of more overflow
        if (std::fabs(row.value) > most)
            return fail(status::data, "data.range",
                        "expected a value of at most 1e100 in size, found " + number_text(row.value), "panel.value",
                        static_cast<std::int64_t>(i));
        if (!take_outcome(outcome, own.scale, row, out)) continue;
        rows.push_back(row);
        kept.push_back(static_cast<std::uint32_t>(i));
    }
    for (std::size_t k = 0; k < panel.controls.size(); ++k) {
        out.control_names.emplace_back(panel.control_names[k]);
        auto& control = out.controls.emplace_back();
        for (const std::uint32_t i : kept) control.push_back(panel.controls[k][i]);
    }
    return finish(out, std::move(rows), own, "panel", "value");
}

/// The number of the period a month lies in.
std::int32_t period_of(bool quarters, std::int32_t month) {
    return !quarters ? month : (month >= 0 ? month / 3 : (month - 2) / 3);
}

/// Who leads somebody on a day. [n_people]
std::vector<std::uint8_t> leads_on(const org::organisation& organisation, const org::reporting_lines& lines,
                                   std::int32_t day) {
    std::vector<std::uint8_t> out(organisation.n_people(), 0);
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        const measure::employment employed = measure::employment_of(organisation, person);
        if (day < employed.from || day >= employed.to) continue;
        const std::uint32_t manager = lines.manager_on(person, day).manager;
        if (manager != no_index) out[manager] = 1;
    }
    return out;
}

/// Whether most totals are of more than a month.
bool are_long(const org::period_columns& sales) {
    constexpr std::int32_t most_days = 45;
    std::size_t n_long = 0;
    for (std::size_t i = 0; i < sales.start.size(); ++i)
        if (sales.end[i] - sales.start[i] > most_days) ++n_long;
    return 2 * n_long > sales.start.size();
}

using leads_by_month = std::map<std::int32_t, std::vector<std::uint8_t>>;

/// A row a seller, period and manager: sales at the pace of a whole period, weighted by the days behind them.
result<void> gather(const org::organisation& organisation, const org::value_added_policy& own,
                    const measure::panel& cells, const measure::peer_groups& groups, const leads_by_month& leads,
                    outcome_kind outcome, bool quarters, std::vector<raw_row>& rows, value_added_panel& out) {
    struct sum {
        std::int64_t amount = 0, quota = 0;
        std::int32_t days = 0;
    };
    out.period_word = org::panel_period_words[quarters ? 2 : 1];
    std::map<std::pair<std::int32_t, std::uint32_t>, sum> sums_of;
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        sums_of.clear();
        for (std::uint32_t cell = cells.first[person]; cell < cells.first[person + 1]; ++cell) {
            if (cells.state[cell] != measure::active || cells.manager[cell] == no_index) continue;
            const std::int32_t month = calendar::month_of_day(cells.start[cell]);
            if (leads.at(month)[person] != 0) {
                ++out.n_leading;
                continue;
            }
            sum& to = sums_of[{period_of(quarters, month), cells.manager[cell]}];
            to.amount += cells.amount[cell];
            to.quota += cells.quota[cell];
            to.days += cells.end_of(person, cell) - cells.start[cell];
        }
        for (const auto& [key, sums] : sums_of) {
            ++out.n_given;
            const double whole = quarters ? 365.25 / 4.0 : 365.25 / 12.0;
            const double share = std::min(1.0, static_cast<double>(sums.days) / whole);
            raw_row row{person,
                        key.second,
                        groups.market[person],
                        key.first,
                        static_cast<double>(sums.amount) / 100.0,
                        1.0,
                        static_cast<double>(sums.quota) / 100.0};
            if (key.second == person) {
                if (own.own_rows == org::own_rows_rule::error)
                    return fail(status::data, "data.own_rows",
                                "expected a manager other than the seller, found \"" +
                                    std::string(organisation.people.id[person]) + "\" for both",
                                "assignments.manager_id");
                ++out.n_own;
                continue;
            }
            const bool is_whole = share > 0.9; // months differ by three days, which period effects take out
            if (outcome != outcome_kind::attainment && outcome != outcome_kind::any_sale && !is_whole)
                row.value /= share;
            if (!is_whole) row.weight = share;
            if (take_outcome(outcome, own.scale, row, out)) rows.push_back(row);
        }
    }
    return outcome::success();
}

result<void> read_organisation(const run_context& run, const org::policy& policy, const panel_days& days,
                               value_added_panel& out) {
    const org::organisation& organisation = out.data->organisation;
    const org::value_added_policy& own = policy.value_added;
    org::policy wide = policy;
    wide.window_months = own.history_months;
    DUALTRACK_TRY(measure::scope window, measure::scope_of(run, organisation, wide));
    std::int32_t first = window.end;
    for (std::size_t d = 0; d < organisation.deals.closed.size(); ++d)
        if (organisation.deals.closed[d] != no_date) first = std::min(first, organisation.deals.closed[d]);
    if (!organisation.has_deals)
        for (const std::int32_t start : organisation.sales.start) first = std::min(first, start);
    window.start = std::max(window.start, calendar::first_day_of_month(calendar::month_of_day(first)));
    if (days.from != no_date) window.start = std::max(window.start, days.from);
    if (days.to != no_date) window.end = std::min(window.end, days.to);
    out.as_of = window.as_of;
    if (window.start >= window.end)
        return fail(status::data, "data.range", "expected sales before as_of, found none",
                    organisation.has_deals ? "deals.closed" : "sales.start");
    const org::reporting_lines lines = org::reporting_lines_of(organisation, run.memory);
    DUALTRACK_TRY(const auto sells, measure::who_sells(part_of(run, 0.0, 0.1), organisation, window));
    measure::panel cells = measure::layout_panel(run, organisation, lines, window, sells);
    measure::spread_quotas(cells, organisation.quotas, window.quota_amount, cells.quota);
    if (organisation.has_deals) {
        DUALTRACK_TRYV(measure::sum_sales(part_of(run, 0.1, 0.4), organisation, window, cells));
    } else {
        measure::spread_totals(cells, organisation.sales, window.sales_amount, cells.amount);
    }
    const auto groups = measure::peer_groups_on(organisation, window.as_of, org::peer_group::market, run.memory);
    outcome_kind outcome = own.outcome == outcome_kind::by_input ? outcome_kind::log : own.outcome;
    out.outcome = org::outcome_kind_words[static_cast<std::size_t>(outcome)];
    out.unit_ids = out.group_ids = &organisation.people.id;

    leads_by_month leads;
    for (std::int32_t month = cells.first_month; month < cells.first_month + cells.n_months; ++month) {
        const std::int32_t day = std::clamp(calendar::first_day_of_month(month + 1) - 1, window.start, window.end - 1);
        leads.emplace(month, leads_on(organisation, lines, day));
    }
    std::vector<raw_row> rows;
    bool by_data = own.period == org::panel_period::by_data;
    bool quarters = own.period == org::panel_period::quarter;
    if (by_data && !organisation.has_deals && are_long(organisation.sales)) {
        // Three thirds of one total are no three months: their errors would be one error.
        by_data = false;
        quarters = true;
        add_finding(out.findings, {org::severity::note, "data.assumed", "sales", "end", -1, -1, 1,
                                   "most totals of sales speak of more than a month; quarters are taken"});
    }
    if (cells.manager.empty())
        return fail(status::data, "data.range", "expected anybody who sells in the months looked at, found nobody",
                    organisation.has_deals ? "deals" : "sales");
    if (std::all_of(cells.manager.begin(), cells.manager.end(), [](std::uint32_t m) { return m == no_index; }))
        return fail(status::data, "data.range",
                    "expected sellers with sales while somebody else is their manager, found nobody with a manager",
                    "assignments.manager_id");
    DUALTRACK_TRYV(gather(organisation, own, cells, groups, leads, outcome, quarters, rows, out));
    const auto too_many = [&] {
        return static_cast<double>(out.n_no_logarithm) > own.max_excluded_share * static_cast<double>(out.n_given);
    };
    if (by_data && too_many()) {
        rows.clear();
        add_finding(out.findings, {org::severity::note, "data.assumed", organisation.has_deals ? "deals" : "sales",
                                   "amount", -1, -1, out.n_no_logarithm,
                                   integer_text(out.n_no_logarithm) + " of " + integer_text(out.n_given) +
                                       " months have no logarithm; quarters are taken"});
        out.n_given = out.n_own = out.n_no_logarithm = out.n_no_quota = out.n_leading = 0;
        DUALTRACK_TRYV(gather(organisation, own, cells, groups, leads, outcome, true, rows, out));
    }
    if (own.outcome == outcome_kind::by_input && too_many() && organisation.has_quotas) {
        const std::int64_t without = out.n_no_logarithm;
        rows.clear();
        out.n_given = out.n_own = out.n_no_logarithm = out.n_no_quota = out.n_leading = 0;
        outcome = outcome_kind::attainment;
        out.outcome = org::outcome_kind_words[static_cast<std::size_t>(outcome)];
        DUALTRACK_TRYV(gather(organisation, own, cells, groups, leads, outcome, quarters, rows, out));
        add_finding(out.findings, {org::severity::note, "data.assumed", "quotas", "amount", -1, -1, without,
                                   integer_text(without) +
                                       " rows have no logarithm; sales over quota are taken instead, so effects are in "
                                       "quotas, not in log points"});
    }
    DUALTRACK_TRYV(finish(out, std::move(rows), own, organisation.has_deals ? "deals" : "sales", "amount"));
    bool any_market = false;
    for (const std::uint32_t person : out.group_row) {
        out.market.push_back(groups.market[person]);
        any_market = any_market || groups.market[person] != no_index;
    }
    if (!any_market) out.market.clear();
    org::findings_table all(run.memory);
    org::add_findings(all, window.findings);
    org::add_findings(all, out.findings);
    out.findings = std::move(all);
    return outcome::success();
}

} // namespace

result<std::shared_ptr<const value_added_panel>>
read_value_added_panel(const run_context& run, std::shared_ptr<const ingest::checked_data> data,
                       const org::policy& policy, panel_days days) {
    const org::organisation& organisation = data->organisation;
    if (policy.value_added.outcome == outcome_kind::log1p && !(policy.value_added.scale > 0.0))
        return fail(status::policy, "policy.range",
                    "expected a scale above 0 beside the outcome log1p: the effects depend on it, found none",
                    "/value_added/scale");
    auto out = std::make_shared<value_added_panel>();
    out->data = std::move(data);
    if (organisation.has_panel) {
        DUALTRACK_TRYV(read_given(policy, days, *out));
        if (policy.as_of != no_date) out->as_of = policy.as_of;
        if (organisation.has_deals || organisation.has_sales)
            add_finding(out->findings, {org::severity::note, "data.assumed", "panel", "", -1, -1, 1,
                                        "the table panel is given, so deals and sales are not used"});
        return std::shared_ptr<const value_added_panel>(std::move(out));
    }
    if (!organisation.has_people)
        return fail(status::schema, "schema.missing_table",
                    "expected the table panel, or the tables people and deals or sales, found neither", "panel");
    if (!organisation.has_deals && !organisation.has_sales)
        return fail(status::schema, "schema.missing_table",
                    "expected the table deals or the table sales, found neither", "deals");
    DUALTRACK_TRYV(read_organisation(run, policy, days, *out));
    return std::shared_ptr<const value_added_panel>(std::move(out));
}

} // namespace dualtrack::run
