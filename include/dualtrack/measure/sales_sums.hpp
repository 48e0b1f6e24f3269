// Sales sums: one pass over the deals of the window that adds up, for every person, what they were credited with and
// with whom they worked. Everything is added in whole cents and counts, so neither the order of the rows nor the number
// of threads can change a bit of it.
//
// A deal counts once for each person with a revenue share of it (won or lost alike). Collaborators of a seller on a won
// deal are the other people with credit on it, or taking part as seller, specialist or mentor; a lone wolf has none on
// any closed deal. Reference for both: Benson, Li and Shue, QJE 134 (2019) 2085, appendix A2.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/parallel.hpp>
#include <dualtrack/measure/credit.hpp>
#include <dualtrack/measure/panel.hpp>
#include <dualtrack/measure/sales_ledger.hpp>
#include <dualtrack/measure/scope.hpp>

namespace dualtrack::measure {

/// Marks everyone who sells: with a revenue share of a deal decided in the window or still open, or the owner of one
/// without shares, with an own quota in the window, or with totals in it. [n_people], 0 or 1.
inline result<vec<std::uint8_t>> who_sells(const run_context& run, const org::organisation& organisation,
                                           const scope& window) {
    vec<std::uint8_t> sells(organisation.n_people(), 0, run.memory);
    const auto mark = [&](std::uint32_t person) {
        std::atomic_ref<std::uint8_t> flag(sells[person]);
        if (flag.load(std::memory_order_relaxed) == 0) flag.store(1, std::memory_order_relaxed);
    };
    const auto& deals = organisation.deals;
    const auto mark_block = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        for (auto deal = static_cast<std::uint32_t>(begin); deal < static_cast<std::uint32_t>(end); ++deal) {
            const bool open = deals.outcome[deal] == static_cast<std::uint8_t>(org::deal_outcome::open);
            const bool known = deals.opened.empty() || deals.opened[deal] == no_date || deals.opened[deal] < window.end;
            if (!(open ? known : window.covers(deals.closed[deal]))) continue;
            each_credited(organisation, deal, mark);
        }
    };
    DUALTRACK_TRYV(for_blocks(run, organisation.n_deals(), detail::deals_per_block, mark_block));
    const auto mark_periods = [&](const org::period_columns& periods, bool own_only) {
        for (std::size_t i = 0; i < periods.person.size(); ++i) {
            if (own_only && !periods.scope.empty() &&
                periods.scope[i] != static_cast<std::uint8_t>(org::quota_scope::own))
                continue;
            if (periods.start[i] < window.end && periods.end[i] > window.start) mark(periods.person[i]);
        }
    };
    mark_periods(organisation.quotas, true);
    mark_periods(organisation.sales, false);
    return sells;
}

/// Adds up the deals of the window: one `sales_sums` a person, and amounts and counts into the cells of the panel.
inline result<vec<sales_sums>> sum_sales(const run_context& run, const org::organisation& organisation,
                                         const scope& window, panel& cells) {
    const std::int64_t n_deals = organisation.n_deals();
    const auto n_workers = static_cast<std::size_t>(count_workers(run, n_deals, detail::deals_per_block));
    std::vector<detail::sales_ledger> ledgers;
    ledgers.reserve(n_workers);
    for (std::size_t worker = 0; worker < n_workers; ++worker)
        ledgers.emplace_back(window, organisation.n_people(), cells.start.size(), run.memory);
    const auto add_block = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t worker) {
        detail::sales_ledger& own = ledgers[static_cast<std::size_t>(worker)];
        for (auto deal = static_cast<std::uint32_t>(begin); deal < static_cast<std::uint32_t>(end); ++deal)
            if (detail::is_decided(organisation, window, deal)) own.take_deal(organisation, window, cells, deal);
        own.add_batch(cells);
    };
    DUALTRACK_TRYV(for_blocks(run, n_deals, detail::deals_per_block, add_block));
    vec<sales_sums> people(organisation.n_people(), run.memory);
    for (const detail::sales_ledger& own : ledgers) own.finish(cells, people);
    return people;
}

} // namespace dualtrack::measure
