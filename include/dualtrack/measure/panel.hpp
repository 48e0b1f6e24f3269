// The rep-month panel: what each seller brought month by month, and under whom. A month in which the manager changed is
// two cells, so that every credit belongs to the manager of its day and every later question (a team's quarter, a
// manager's value added) is a sum over cells.
//
// A person's days are active from `hired` (or the first assignment) until `left` (or the end of the last assignment),
// without the gaps between two assignments. Quotas and totals are spread over the calendar days of their period:
//     cents up to day t = round_half_even(amount * days up to t / days of the period),  a part = the difference of two,
// so that the parts of any division add up to the whole. A day on which a quota begins or ends is a border of cells
// too, so that sales can be held against a quota on the same days.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/column.hpp>
#include <dualtrack/measure/quota_days.hpp>
#include <dualtrack/measure/scope.hpp>
#include <dualtrack/org/reporting_lines.hpp>

namespace dualtrack::measure {

/// What a person was on the days of a cell.
enum cell_state : std::uint8_t { not_yet_hired, has_left, between_assignments, active };

/// Cells of one seller after the other, by time. [n_cells] each, unless said.
struct panel {
    vec<std::uint32_t>
        first; // cells of person p: [first[p], first[p + 1]); none for those who do not sell; [n_people + 1]
    vec<std::int32_t> start;    // first day; a cell ends where the next begins, the last at the end of the window
    vec<std::uint32_t> manager; // person, or no_index
    vec<std::uint8_t> state;    // a cell_state
    vec<std::int64_t> amount;   // credited, minor units
    vec<std::uint32_t> won, lost;
    vec<std::int64_t> quota;                    // own quota, minor units
    vec<std::uint8_t> under_own_quota;          // 1: an own quota counts on the days of the cell
    vec<std::uint8_t> under_team_quota;         // 1: the manager has a team quota for them
    std::int32_t first_month = 0, n_months = 0; // calendar months the window touches
    std::int32_t window_end = 0;

    explicit panel(std::pmr::memory_resource* memory)
        : first(memory), start(memory), manager(memory), state(memory), amount(memory), won(memory), lost(memory),
          quota(memory), under_own_quota(memory), under_team_quota(memory) {}

    [[nodiscard]] std::int32_t end_of(std::uint32_t person, std::uint32_t cell) const noexcept {
        return cell + 1 < first[person + 1] ? start[cell + 1] : window_end;
    }
    /// The first cell that may hold a day of a month: a person has at least one cell a month. @pre the person has cells
    [[nodiscard]] std::uint32_t cell_from(std::uint32_t person, std::int32_t month) const noexcept {
        return first.data()[person] + static_cast<std::uint32_t>(month - first_month);
    }
    /// Whether a person has one cell a month. @pre the person has cells
    [[nodiscard]] bool has_whole_months(std::uint32_t person) const noexcept {
        return first.data()[person + 1] - first.data()[person] == static_cast<std::uint32_t>(n_months);
    }
    /// The cell that holds a day of the window, at `cell` or after it.
    [[nodiscard]] std::uint32_t cell_on(std::uint32_t person, std::int32_t day, std::uint32_t cell) const noexcept {
        const std::uint32_t last = first.data()[person + 1] - 1;
        while (cell < last && start.data()[cell + 1] <= day) ++cell;
        return cell;
    }
    /// The cell of a person that holds a day of the window. @pre the person has cells
    [[nodiscard]] std::uint32_t cell_of(std::uint32_t person, std::int32_t day, std::int32_t month) const noexcept {
        return cell_on(person, day, cell_from(person, month));
    }
    [[nodiscard]] bool sells(std::uint32_t person) const noexcept { return first[person + 1] > first[person]; }
};

/// When a person counts as active, half-open and ascending.
struct employment {
    std::int32_t from = std::numeric_limits<std::int32_t>::min();
    std::int32_t to = std::numeric_limits<std::int32_t>::max();
};

inline employment employment_of(const org::organisation& organisation, std::uint32_t person) noexcept {
    employment out;
    const auto& people = organisation.people;
    const auto& assignments = organisation.assignments;
    const bool assigned = !assignments.first.empty() && assignments.first[person + 1] > assignments.first[person];
    if (!people.hired.empty() && people.hired[person] != no_date)
        out.from = people.hired[person];
    else if (assigned)
        out.from = assignments.start[assignments.first[person]];
    if (!people.left.empty() && people.left[person] != no_date)
        out.to = people.left[person];
    else if (assigned)
        out.to = assignments.end[assignments.first[person + 1] - 1];
    return out;
}

/// The part of an amount spread evenly over [start, end) that falls on [from, to). Parts of a division add up.
inline std::int64_t prorated(std::int64_t amount, std::int32_t start, std::int32_t end, std::int32_t from,
                             std::int32_t to) noexcept {
    const std::int64_t days = std::int64_t{end} - start;
    const auto up_to = [&](std::int32_t day) -> std::int64_t {
        const std::int64_t passed = std::clamp<std::int64_t>(std::int64_t{day} - start, 0, days);
        // amount * passed / days without overflow: split the amount at whole multiples of the period
        const std::int64_t whole = amount / days * passed;
        const std::int64_t rest = amount % days * passed;
        std::int64_t quotient = rest / days;
        std::int64_t remainder = rest % days;
        if (remainder < 0) {
            remainder += days;
            --quotient;
        }
        if (2 * remainder > days || (2 * remainder == days && ((whole + quotient) & 1) != 0)) ++quotient;
        return whole + quotient;
    };
    return to <= from || days <= 0 ? 0 : up_to(to) - up_to(from);
}

namespace detail {

/// Days of a stretch on which a team quota of its manager, or of anybody above, begins or ends to speak of the person.
/// Where nobody above has one, changes above split nothing.
template <class Inside>
bool add_team_quota_borders(const org::reporting_lines& lines, const quota_days& team, const org::reporting_span& span,
                            std::size_t n_above, const Inside& inside) {
    if (span.manager == no_index || n_above >= org::most_levels || team.span.empty()) return false;
    const auto quotas = team.spans_of(span.manager);
    for (const org::day_span& days : quotas) {
        inside(std::clamp(days.start, span.start, span.end));
        inside(std::clamp(days.end, span.start, span.end));
    }
    bool any = !quotas.empty();
    for (const org::reporting_span& above : lines.spans_of(span.manager)) {
        org::reporting_span part = above;
        part.start = std::max(above.start, span.start);
        part.end = std::min(above.end, span.end);
        if (part.start >= part.end || !add_team_quota_borders(lines, team, part, n_above + 1, inside)) continue;
        inside(part.start);
        inside(part.end);
        any = true;
    }
    return any;
}

/// Days on which something changes for a person inside the window, ascending and distinct, with the window's start.
inline void borders_of(const org::organisation& organisation, const org::reporting_lines& lines, const scope& window,
                       const quota_days& own, const quota_days& team, std::uint32_t person,
                       std::vector<std::int32_t>& out) {
    out.clear();
    const auto inside = [&](std::int32_t day) {
        if (day > window.start && day < window.end) out.push_back(day);
    };
    out.push_back(window.start);
    for (std::int32_t month = calendar::month_of_day(window.start) + 1; month <= calendar::month_of_day(window.end - 1);
         ++month)
        inside(calendar::first_day_of_month(month));
    const employment employed = employment_of(organisation, person);
    inside(employed.from);
    inside(employed.to);
    for (const org::reporting_span& span : lines.spans_of(person)) {
        inside(span.start);
        inside(span.end);
        add_team_quota_borders(lines, team, span, 0, inside);
    }
    for (const org::day_span& days : own.spans_of(person)) {
        inside(days.start);
        inside(days.end);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
}

template <class Counts>
void spread(const panel& cells, const org::period_columns& periods, std::span<const std::int64_t> converted,
            const Counts& counts, std::span<std::int64_t> into) {
    for (std::size_t i = 0; i < periods.person.size(); ++i) {
        const std::int64_t amount = converted.empty() ? periods.amount[i] : converted[i];
        const std::uint32_t person = periods.person[i];
        if (amount == no_money || !cells.sells(person)) continue;
        for (std::uint32_t cell = cells.first[person]; cell < cells.first[person + 1]; ++cell) {
            const std::int32_t from = std::max(periods.start[i], cells.start[cell]);
            const std::int32_t to = std::min(periods.end[i], cells.end_of(person, cell));
            if (to <= from || !counts(i, static_cast<cell_state>(cells.state[cell]))) continue;
            into[cell] += prorated(amount, periods.start[i], periods.end[i], from, to);
        }
    }
}

/// Whether a day lies in a gap between two assignments of a person.
inline bool in_gap(const org::assignment_columns& assignments, std::uint32_t person, std::int32_t day) noexcept {
    if (assignments.first.empty()) return false;
    const std::uint32_t begin = assignments.first[person];
    const std::uint32_t end = assignments.first[person + 1];
    for (std::uint32_t i = begin + 1; i < end; ++i)
        if (day >= assignments.end[i - 1] && day < assignments.start[i]) return true;
    return false;
}

} // namespace detail

/// Lays out the cells of everyone who sells (`sells[p] != 0`), with own quotas spread over them.
inline panel layout_panel(const run_context& run, const org::organisation& organisation,
                          const org::reporting_lines& lines, const scope& window, std::span<const std::uint8_t> sells) {
    panel out(run.memory);
    const std::uint32_t n_people = organisation.n_people();
    out.first_month = calendar::month_of_day(window.start);
    out.n_months = calendar::month_of_day(window.end - 1) - out.first_month + 1;
    out.window_end = window.end;
    out.first.reserve(n_people + 1U);
    out.first.push_back(0);
    const quota_days own = quota_days_of(organisation, window, org::quota_scope::own, run.memory);
    const quota_days team = quota_days_of(organisation, window, org::quota_scope::team, run.memory);
    std::vector<std::int32_t> borders;
    for (std::uint32_t person = 0; person < n_people; ++person) {
        if (sells[person] != 0) {
            detail::borders_of(organisation, lines, window, own, team, person, borders);
            const employment employed = employment_of(organisation, person);
            for (const std::int32_t day : borders) {
                out.start.push_back(day);
                out.manager.push_back(lines.manager_on(person, day).manager);
                out.state.push_back(day < employed.from                                     ? not_yet_hired
                                    : day >= employed.to                                    ? has_left
                                    : detail::in_gap(organisation.assignments, person, day) ? between_assignments
                                                                                            : active);
                const std::uint32_t manager = out.manager.back();
                out.under_own_quota.push_back(out.state.back() != has_left && own.covers(person, day) ? 1 : 0);
                out.under_team_quota.push_back(manager != no_index && team.covers(manager, day) ? 1 : 0);
            }
        }
        out.first.push_back(static_cast<std::uint32_t>(out.start.size()));
    }
    const std::size_t n_cells = out.start.size();
    out.amount.assign(n_cells, 0);
    out.won.assign(n_cells, 0);
    out.lost.assign(n_cells, 0);
    out.quota.assign(n_cells, 0);
    return out;
}

/// Spreads totals by period over the cells they fall on.
inline void spread_totals(const panel& cells, const org::period_columns& periods,
                          std::span<const std::int64_t> converted, std::span<std::int64_t> into) {
    detail::spread(
        cells, periods, converted, [](std::size_t, cell_state) { return true; }, into);
}

/// Spreads own quotas over the cells they fall on. A quota that was given for days before hiring counts in full (it was
/// set knowing when the person would start); nothing is expected of anybody after they left.
inline void spread_quotas(const panel& cells, const org::period_columns& quotas,
                          std::span<const std::int64_t> converted, std::span<std::int64_t> into) {
    const auto counts = [&](std::size_t row, cell_state state) {
        const bool own = quotas.scope.empty() || quotas.scope[row] == static_cast<std::uint8_t>(org::quota_scope::own);
        return own && state != has_left;
    };
    detail::spread(cells, quotas, converted, counts, into);
}

} // namespace dualtrack::measure
