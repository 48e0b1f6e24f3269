#include "run/value_added_state.hpp"

#include <algorithm>
#include <concepts>
#include <numeric>
#include <type_traits>
#include <utility>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/describe.hpp>
#include <dualtrack/estimate/panel_state_bytes.hpp>
#include <dualtrack/estimate/solve_panel_state.hpp>

#include "ingest/organisation.hpp"
#include "report/export.hpp"
#include "report/table_view.hpp"

namespace dualtrack::run {

/// The rows that are kept, as the table they came in as.
struct kept_panel_table {
    id_column unit_id, group_id;
    date_column date;
    column<std::int64_t> number; // one of the two is the period
    column<double> value;
    bool has_dates = false;
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, kept_panel_table>
void describe(Visitor& visit, Table& table) {
    visit.table("panel", "rows that were kept");
    visit.column("unit_id", unit::id, "the seller", table.unit_id);
    visit.column("group_id", unit::id, "the manager", table.group_id);
    if (table.has_dates)
        visit.column("period", unit::date, "the period", table.date);
    else
        visit.column("period", unit::count, "the period", table.number);
    visit.column("value", "of the outcome", "as it was given", table.value);
}

namespace {

using estimate::byte_reader;
using estimate::byte_writer;
using estimate::panel_rows;
using estimate::panel_spell;
using estimate::panel_state;
using estimate::panel_state_bytes;

constexpr std::string_view magic = "DTKVALUE";
constexpr std::uint32_t version = 1;

result<void> refuse_weights(const org::panel_columns& panel) {
    for (std::size_t row = 0; row < panel.weight.size(); ++row)
        if (!panel.weight.has(row) || panel.weight.value[row] != 1.0)
            return fail(status::argument, "argument.unknown_option",
                        "expected rows of weight 1, since a panel that is kept has no weights, found another",
                        "panel.weight", static_cast<std::int64_t>(row));
    if (panel.controls.empty()) return outcome::success();
    return fail(status::argument, "argument.unknown_option",
                "expected no controls, since a panel that is kept has none, found some",
                "panel." + std::string(panel.control_names.front()));
}

/// Codes that end in order: `order[k]` is the k-th by id.
std::vector<std::uint32_t> by_id(const kept_ids& ids, const std::vector<std::uint32_t>& in_use) {
    std::vector<std::uint32_t> order(in_use);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return ids[a] < ids[b]; });
    return order;
}

struct sorted_ids {
    std::vector<std::uint32_t> order; // codes by id
    std::vector<std::uint32_t> place; // of number k of codes_in_use
};

sorted_ids sort_ids(const kept_ids& ids, const std::vector<std::uint32_t>& in_use) {
    sorted_ids out{by_id(ids, in_use), std::vector<std::uint32_t>(in_use.size())};
    for (std::uint32_t k = 0; k < out.order.size(); ++k) {
        const auto number = std::lower_bound(in_use.begin(), in_use.end(), out.order[k]) - in_use.begin();
        out.place[static_cast<std::size_t>(number)] = k;
    }
    return out;
}

void put_text(byte_writer& to, const std::string& text) {
    to.put(static_cast<std::uint32_t>(text.size()));
    to.out += text;
}

/// Ids that ascend, into `ids`. False: no such bytes.
bool read_ids(byte_reader& from, kept_ids& ids) {
    const auto n = from.get<std::uint32_t>();
    for (std::uint32_t k = 0; k < n; ++k) {
        const auto size = from.get<std::uint32_t>();
        if (from.failed || size == 0 || size > from.in.size()) return false;
        const std::string_view id = from.in.substr(0, size);
        if (k > 0 && !(ids[k - std::size_t{1}] < id)) return false;
        ids.add(id);
        from.in.remove_prefix(size);
    }
    return !from.failed;
}

} // namespace

result<void> value_added_state::change(const run_context& run, ingest::table_set&& tables, panel_change kind) {
    if (tables.tables.size() != 1 || tables.tables.front()->name != "panel")
        return fail(status::argument, "argument.table_name",
                    "expected the table panel and no other, found " +
                        (tables.tables.empty() ? std::string("none") : "\"" + tables.tables.front()->name + "\""));
    const bool is_dates = ingest::found_in(*tables.tables.front(), "period") == ingest::found_cells::dates;
    DUALTRACK_TRY(const auto data, ingest::build_organisation(run, std::move(tables)));
    const org::panel_columns& panel = data->organisation.panel;
    DUALTRACK_TRYV(refuse_weights(panel));
    const std::size_t n = panel.value.size();
    if (n == 0) return outcome::success();
    if (panel_.n_rows() > 0 && is_dates != has_dates_)
        return fail(status::data, "data.range",
                    has_dates_ ? "expected periods that are dates, as those before, found numbers"
                               : "expected periods that are numbers, as those before, found dates",
                    "panel.period");

    // Codes of what is new come after those there; nothing is added before all rows have been found good.
    const auto codes_of = [](const kept_ids& ids, const text_column& names) {
        std::vector<std::uint32_t> out(names.size());
        auto next = static_cast<std::uint32_t>(ids.size());
        for (std::size_t k = 0; k < names.size(); ++k) {
            out[k] = ids.find(names[k]);
            if (out[k] == no_index) out[k] = next++;
        }
        return out;
    };
    const std::vector<std::uint32_t> unit_code = codes_of(units_, panel.unit.names);
    const std::vector<std::uint32_t> group_code = codes_of(groups_, panel.group.names);
    std::vector<std::int32_t> met(panel.period.begin(), panel.period.end());
    std::sort(met.begin(), met.end());
    met.erase(std::unique(met.begin(), met.end()), met.end());
    std::vector<std::int32_t> fresh;
    std::set_difference(met.begin(), met.end(), periods_.begin(), periods_.end(), std::back_inserter(fresh));
    if (periods_.size() + fresh.size() > estimate::detail::most_kept_periods)
        return fail(status::data, "limit.rows", "expected at most 65535 periods, found more", "panel.period");
    const auto place_in = [](const std::vector<std::int32_t>& sorted, std::int32_t period) {
        return static_cast<std::uint32_t>(std::lower_bound(sorted.begin(), sorted.end(), period) - sorted.begin());
    };
    const bool is_later = fresh.empty() || periods_.empty() || fresh.front() > periods_.back();
    std::vector<std::uint32_t> unit(n), group(n), period(n);
    for (std::size_t row = 0; row < n; ++row) {
        unit[row] = unit_code[panel.unit.code[row]];
        group[row] = group_code[panel.group.code[row]];
        const std::uint32_t at = place_in(periods_, panel.period[row]);
        const bool is_known = at < periods_.size() && periods_[at] == panel.period[row];
        period[row] = is_known ? at : static_cast<std::uint32_t>(periods_.size()) + place_in(fresh, panel.period[row]);
    }
    panel_rows rows;
    rows.unit = unit;
    rows.group = group;
    rows.period = period;
    rows.value = panel.value;
    if (kind == panel_change::correct) return panel_.correct(rows);
    if (kind == panel_change::remove) {
        DUALTRACK_TRYV(panel_.remove(rows));
        if (panel_.n_rows() == 0) *this = value_added_state(); // as one that was saved and loaded
        return outcome::success();
    }
    DUALTRACK_TRYV(panel_.check_append(rows));

    for (std::size_t k = 0; k < unit_code.size(); ++k)
        if (unit_code[k] == units_.size()) units_.add(panel.unit.names[k]);
    for (std::size_t k = 0; k < group_code.size(); ++k)
        if (group_code[k] == groups_.size()) groups_.add(panel.group.names[k]);
    std::vector<std::int32_t> all;
    std::set_union(periods_.begin(), periods_.end(), fresh.begin(), fresh.end(), std::back_inserter(all));
    if (!is_later) { // a period before one that is there
        std::vector<std::uint16_t> moved;
        for (std::size_t t = 0; t < panel_.store().n_periods(); ++t)
            moved.push_back(static_cast<std::uint16_t>(place_in(all, periods_[t])));
        panel_.renumber_periods(moved);
        for (std::size_t row = 0; row < n; ++row) period[row] = place_in(all, panel.period[row]);
    }
    periods_ = std::move(all);
    DUALTRACK_TRYV(panel_.append(rows));
    has_dates_ = is_dates;
    return outcome::success();
}

result<ingest::table_set> value_added_state::table() const {
    std::pmr::memory_resource* memory = std::pmr::get_default_resource();
    const estimate::codes_in_use codes = estimate::spells_of(run_context{}, panel_.store()).codes;
    const sorted_ids units = sort_ids(units_, codes.unit);
    const sorted_ids groups = sort_ids(groups_, codes.group);
    const auto names_of = [](const kept_ids& ids, const std::vector<std::uint32_t>& order) {
        text_builder out;
        for (const std::uint32_t code : order) out.push(ids[code]);
        return text_builder::finish(std::move(out));
    };
    struct kept {
        text_column units, groups;
        kept_panel_table table;
    };
    auto owner = std::make_shared<kept>();
    owner->units = names_of(units_, units.order);
    owner->groups = names_of(groups_, groups.order);
    kept_panel_table& to = owner->table;
    to.unit_id = id_column(owner->units, memory);
    to.group_id = id_column(owner->groups, memory);
    to.has_dates = has_dates_;
    estimate::seller_spells own;
    for (std::uint32_t k = 0; k < units.order.size(); ++k) {
        panel_.store().read(units.order[k], own);
        for (const estimate::panel_spell& s : own.spell)
            for (std::uint32_t t = s.first; t < s.end(); ++t) {
                to.unit_id.index.push_back(k);
                to.group_id.index.push_back(groups.place[codes.group_number[s.group]]);
                if (has_dates_)
                    to.date.day.push_back(periods_[t]);
                else
                    to.number.value.push_back(periods_[t]);
            }
        to.value.value.insert(to.value.value.end(), own.value.begin(), own.value.end());
    }
    ingest::table_set out;
    ingest::owned<ArrowArrayStream> stream;
    DUALTRACK_TRYV(report::export_arrow(report::view_of(std::as_const(to)), owner, &*stream));
    DUALTRACK_TRYV(ingest::add_stream(out, "panel", &*stream));
    return out;
}

/// An error about a row of table(), which nobody has seen, as one about its seller and period.
error value_added_state::named(error from) const {
    if (from.row < 0 || from.where.rfind("panel", 0) != 0) return from;
    auto left = static_cast<std::uint64_t>(from.row);
    std::vector<panel_spell> own;
    for (const std::uint32_t unit : by_id(units_, estimate::spells_of(run_context{}, panel_.store()).codes.unit)) {
        if (left >= panel_.store().rows_of(unit)) {
            left -= panel_.store().rows_of(unit);
            continue;
        }
        panel_.store().read_spells(unit, own);
        for (const panel_spell& s : own) {
            if (left >= s.length) {
                left -= s.length;
                continue;
            }
            const std::int32_t period = periods_[s.first + left];
            from.message += ", in the row of seller \"" + units_[unit] + "\" in period " +
                            (has_dates_ ? std::string(calendar::format_iso_date(period).view()) : integer_text(period));
            from.row = -1;
            return from;
        }
    }
    return from;
}

result<std::shared_ptr<analysis_result>> value_added_state::solve(const run_context& run,
                                                                  const org::policy& policy) const {
    DUALTRACK_TRY(auto tables, table());
    auto data = ingest::build_organisation(part_of(run, 0.0, 0.2), std::move(tables));
    if (!data) return named(std::move(data).error());
    auto solved = find_analysis("value_added")->run(part_of(run, 0.2, 1.0), std::move(data).value(), policy);
    if (!solved) return named(std::move(solved).error());
    return solved;
}

std::string value_added_state::save() const {
    // Codes by id, and none that has no rows: the bytes tell nothing of what was there before.
    const estimate::codes_in_use codes = estimate::spells_of(run_context{}, panel_.store()).codes;
    const sorted_ids units = sort_ids(units_, codes.unit);
    const sorted_ids groups = sort_ids(groups_, codes.group);
    estimate::panel_store plain(estimate::kept_rows::values);
    plain.grow(units.order.size(), static_cast<std::uint32_t>(groups.order.size()), codes.period.size());
    estimate::seller_spells own;
    for (std::uint32_t k = 0; k < units.order.size(); ++k) {
        panel_.store().read(units.order[k], own);
        std::size_t n = 0;
        for (const estimate::panel_spell& s : own.spell)
            for (std::uint32_t t = s.first; t < s.end(); ++t)
                plain.add(k, groups.place[codes.group_number[s.group]], codes.period_number[t], own.value[n++]);
    }
    byte_writer to;
    to.out = magic;
    to.put(version);
    to.put(std::uint32_t{!codes.unit.empty() && has_dates_ ? 1U : 0U});
    to.put(static_cast<std::uint32_t>(units.order.size()));
    for (const std::uint32_t code : units.order) put_text(to, units_[code]);
    to.put(static_cast<std::uint32_t>(groups.order.size()));
    for (const std::uint32_t code : groups.order) put_text(to, groups_[code]);
    to.put(static_cast<std::uint32_t>(codes.period.size()));
    for (const std::uint32_t t : codes.period) to.put(periods_[t]);
    to.out += panel_state_bytes::save(panel_state(std::move(plain)));
    return estimate::sealed_bytes(std::move(to.out));
}

result<value_added_state> value_added_state::load(std::string_view bytes) {
    DUALTRACK_TRY(const auto inside, estimate::unsealed_bytes(bytes, magic, version));
    const auto damaged = [] {
        return fail(status::data, "state.damaged", "expected a kept panel, found bytes that cannot be one");
    };
    byte_reader from{inside};
    value_added_state out;
    const auto dates = from.get<std::uint32_t>();
    if (dates > 1 || !read_ids(from, out.units_) || !read_ids(from, out.groups_)) return damaged();
    const auto n_periods = from.get<std::uint32_t>();
    if (n_periods > from.in.size() / 4) return damaged();
    for (std::uint32_t t = 0; t < n_periods; ++t) {
        out.periods_.push_back(from.get<std::int32_t>());
        if (t > 0 && out.periods_[t - std::size_t{1}] >= out.periods_[t]) return damaged();
    }
    if (from.failed) return damaged();
    DUALTRACK_TRY(out.panel_, panel_state_bytes::load(from.in));
    const estimate::panel_store& store = out.panel_.store();
    if (store.kept() != estimate::kept_rows::values || store.n_units() != out.units_.size() ||
        store.n_groups() != out.groups_.size() || store.n_periods() != out.periods_.size())
        return damaged();
    out.has_dates_ = dates == 1;
    return out;
}

} // namespace dualtrack::run
