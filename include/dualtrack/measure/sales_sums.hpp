// Sales sums: one pass over the deals of the window that adds up, for every person, what they were credited with and with
// whom they worked. Everything is added in whole cents and counts, so neither the order of the rows nor the number of
// threads can change a bit of it.
//
// A deal counts once for each person with a revenue share of it (won or lost alike). Collaborators of a seller on a won
// deal are the other people with credit on it, or taking part as seller, specialist or mentor; a lone wolf has none on any
// closed deal. Reference for both: Benson, Li and Shue, QJE 134 (2019) 2085, appendix A2.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/column.hpp>
#include <dualtrack/base/parallel.hpp>
#include <dualtrack/measure/credit.hpp>
#include <dualtrack/measure/panel.hpp>
#include <dualtrack/measure/scope.hpp>

namespace dualtrack::measure {

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 uint128;
#else
#error "dualtrack needs a compiler with 128-bit integers (gcc or clang on a 64-bit target)"
#endif

/// What one person sold in the window.
struct sales_sums {
    std::int64_t won_amount = 0;      // minor units
    std::int64_t overlay_amount = 0;
    std::int64_t absolute_amount = 0; // credits without sign
    std::int64_t largest_credit = 0;
    uint128 square_amount = 0;        // sum of squared credits
    std::int64_t others_on_won = 0;   // other people, summed over won deals
    std::uint32_t won = 0, lost = 0;
    std::uint32_t closed_with_others = 0;
    std::uint32_t cycles = 0;         // won deals whose length is known

    void add(const sales_sums& other) noexcept {
        won_amount += other.won_amount;
        overlay_amount += other.overlay_amount;
        absolute_amount += other.absolute_amount;
        largest_credit = std::max(largest_credit, other.largest_credit);
        square_amount += other.square_amount;
        others_on_won += other.others_on_won;
        won += other.won;
        lost += other.lost;
        closed_with_others += other.closed_with_others;
        cycles += other.cycles;
    }
};

namespace detail {

inline constexpr std::int64_t deals_per_block = 16384;

/// Whether a deal was decided inside the window.
inline bool is_decided(const org::organisation& organisation, const scope& window, std::uint32_t deal) noexcept {
    return organisation.deals.outcome[deal] != static_cast<std::uint8_t>(org::deal_outcome::open) &&
           window.covers(organisation.deals.closed[deal]);
}

inline bool is_won(const org::organisation& organisation, std::uint32_t deal) noexcept {
    return organisation.deals.outcome[deal] == static_cast<std::uint8_t>(org::deal_outcome::won);
}

/// Days from opening to closing, or no_date.
inline std::int32_t cycle_days(const org::organisation& organisation, std::uint32_t deal) noexcept {
    const auto& deals = organisation.deals;
    if (deals.opened.empty() || deals.opened[deal] == no_date) return no_date;
    return deals.closed[deal] - deals.opened[deal];
}

/// Different people who share in a deal: credited in any way, or taking part as seller, specialist or mentor.
inline std::uint32_t people_on(const org::organisation& organisation, std::uint32_t deal, const deal_credit& credit,
                               std::vector<std::uint32_t>& scratch) {
    const auto& participants = organisation.participants;
    const bool alone_in_table =
        participants.first.empty() || participants.first[deal] == participants.first[deal + 1];
    if (alone_in_table && credit.overlay_person.empty()) return static_cast<std::uint32_t>(credit.person.size());
    scratch.assign(credit.person.begin(), credit.person.end());
    scratch.insert(scratch.end(), credit.overlay_person.begin(), credit.overlay_person.end());
    if (!alone_in_table)
        for (std::uint32_t i = participants.first[deal]; i < participants.first[deal + 1]; ++i) {
            const auto part = static_cast<org::part>(participants.part[i]);
            if (part == org::part::seller || part == org::part::specialist || part == org::part::mentor)
                scratch.push_back(participants.person[i]);
        }
    std::sort(scratch.begin(), scratch.end());
    return static_cast<std::uint32_t>(std::unique(scratch.begin(), scratch.end()) - scratch.begin());
}

}  // namespace detail

/// Marks everyone who sells: with a revenue share of a deal decided in the window or still open, or the owner of one
/// without shares, with an own quota in the window, or with totals in it. [n_people], 0 or 1.
inline result<vec<std::uint8_t>> who_sells(const run_context& run, const org::organisation& organisation, const scope& window) {
    vec<std::uint8_t> sells(organisation.n_people(), 0, run.memory);
    const auto mark = [&](std::uint32_t person) {
        std::atomic_ref<std::uint8_t> flag(sells[person]);
        if (flag.load(std::memory_order_relaxed) == 0) flag.store(1, std::memory_order_relaxed);
    };
    const auto& deals = organisation.deals;
    const auto& credits = organisation.credits;
    const auto mark_block = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        for (auto deal = static_cast<std::uint32_t>(begin); deal < static_cast<std::uint32_t>(end); ++deal) {
            const bool open = deals.outcome[deal] == static_cast<std::uint8_t>(org::deal_outcome::open);
            const bool known = deals.opened.empty() || deals.opened[deal] == no_date || deals.opened[deal] < window.end;
            if (!(open ? known : window.covers(deals.closed[deal]))) continue;
            bool shared = false;
            if (!credits.first.empty())
                for (std::uint32_t i = credits.first[deal]; i < credits.first[deal + 1]; ++i) {
                    if (!credits.kind.empty() && credits.kind[i] != static_cast<std::uint8_t>(org::credit_kind::revenue))
                        continue;
                    shared = true;
                    mark(credits.person[i]);
                }
            if (!shared) mark(deals.owner[deal]);
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
inline result<vec<sales_sums>> sum_sales(const run_context& run, const org::organisation& organisation, const scope& window,
                                         panel& cells) {
    const std::uint32_t n_people = organisation.n_people();
    const std::int64_t n_deals = organisation.n_deals();
    const auto n_workers = static_cast<std::size_t>(count_workers(run, n_deals, detail::deals_per_block));

    // Every worker adds into tables of its own; integer sums may be added up in any order afterwards.
    struct ledger {
        vec<sales_sums> people;
        vec<std::int64_t> amount;
        vec<std::uint32_t> won, lost;
        deal_credit credit;
        std::vector<std::uint32_t> scratch;
        explicit ledger(std::pmr::memory_resource* memory) : people(memory), amount(memory), won(memory), lost(memory) {}
    };
    std::vector<ledger> ledgers;
    ledgers.reserve(n_workers);
    for (std::size_t worker = 0; worker < n_workers; ++worker) {
        ledger& own = ledgers.emplace_back(run.memory);
        own.people.assign(n_people, {});
        if (worker == 0) continue;  // the first one adds into the panel itself
        own.amount.assign(cells.start.size(), 0);
        own.won.assign(cells.start.size(), 0);
        own.lost.assign(cells.start.size(), 0);
    }
    ledgers[0].amount.swap(cells.amount);
    ledgers[0].won.swap(cells.won);
    ledgers[0].lost.swap(cells.lost);

    const auto add_block = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t worker) {
        ledger& own = ledgers[static_cast<std::size_t>(worker)];
        for (auto deal = static_cast<std::uint32_t>(begin); deal < static_cast<std::uint32_t>(end); ++deal) {
            if (!detail::is_decided(organisation, window, deal)) continue;
            const bool won = detail::is_won(organisation, deal);
            const std::int32_t day = organisation.deals.closed[deal];
            const std::int32_t month = calendar::month_of_day(day);
            credit_of_deal(organisation, deal, won ? window.amount_of_deal(organisation, deal) : 0, own.credit);
            const std::uint32_t others = detail::people_on(organisation, deal, own.credit, own.scratch) - 1;
            const bool timed = won && detail::cycle_days(organisation, deal) != no_date;
            for (std::size_t i = 0; i < own.credit.person.size(); ++i) {
                const std::uint32_t person = own.credit.person[i];
                sales_sums& sums = own.people[person];
                const std::uint32_t cell = cells.cell_of(person, day, month);
                sums.closed_with_others += others > 0 ? 1U : 0U;
                if (!won) {
                    ++sums.lost;
                    ++own.lost[cell];
                    continue;
                }
                const std::int64_t amount = own.credit.amount[i];
                const std::int64_t size = amount < 0 ? -amount : amount;
                ++sums.won;
                sums.cycles += timed ? 1U : 0U;
                sums.won_amount += amount;
                sums.absolute_amount += size;
                sums.largest_credit = std::max(sums.largest_credit, amount);
                sums.square_amount += static_cast<uint128>(static_cast<std::uint64_t>(size)) * static_cast<std::uint64_t>(size);
                sums.others_on_won += others;
                ++own.won[cell];
                own.amount[cell] += amount;
            }
            if (won)
                for (std::size_t i = 0; i < own.credit.overlay_person.size(); ++i)
                    own.people[own.credit.overlay_person[i]].overlay_amount += own.credit.overlay_amount[i];
        }
    };
    DUALTRACK_TRYV(for_blocks(run, n_deals, detail::deals_per_block, add_block));

    for (std::size_t worker = 1; worker < n_workers; ++worker) {
        for (std::uint32_t person = 0; person < n_people; ++person)
            ledgers[0].people[person].add(ledgers[worker].people[person]);
        for (std::size_t cell = 0; cell < cells.start.size(); ++cell) {
            ledgers[0].amount[cell] += ledgers[worker].amount[cell];
            ledgers[0].won[cell] += ledgers[worker].won[cell];
            ledgers[0].lost[cell] += ledgers[worker].lost[cell];
        }
    }
    cells.amount.swap(ledgers[0].amount);
    cells.won.swap(ledgers[0].won);
    cells.lost.swap(ledgers[0].lost);
    return std::move(ledgers[0].people);
}

/// Median length of each person's won deals in days; missing without one. The lengths are gathered person by person.
inline result<column<double>> median_cycle_days(const run_context& run, const org::organisation& organisation,
                                                const scope& window, std::span<const sales_sums> sums) {
    const std::uint32_t n_people = organisation.n_people();
    column<double> out(n_people, 0.0, run.memory);
    vec<std::uint32_t> next(n_people, 0, run.memory);
    std::uint32_t total = 0;
    for (std::uint32_t person = 0; person < n_people; ++person) {
        next[person] = total;
        total += sums[person].cycles;
    }
    vec<std::int32_t> days(total, 0, run.memory);
    const auto n_workers = static_cast<std::size_t>(count_workers(run, organisation.n_deals(), detail::deals_per_block));
    std::vector<deal_credit> credit(n_workers);
    const auto gather = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t worker) {
        deal_credit& people = credit[static_cast<std::size_t>(worker)];
        for (auto deal = static_cast<std::uint32_t>(begin); deal < static_cast<std::uint32_t>(end); ++deal) {
            if (!detail::is_decided(organisation, window, deal) || !detail::is_won(organisation, deal)) continue;
            const std::int32_t length = detail::cycle_days(organisation, deal);
            if (length == no_date) continue;
            credit_of_deal(organisation, deal, 0, people);
            for (const std::uint32_t person : people.person)
                days[std::atomic_ref<std::uint32_t>(next[person]).fetch_add(1, std::memory_order_relaxed)] = length;
        }
    };
    DUALTRACK_TRYV(for_blocks(run, organisation.n_deals(), detail::deals_per_block, gather));
    const auto take_medians = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        for (auto person = static_cast<std::size_t>(begin); person < static_cast<std::size_t>(end); ++person) {
            const std::uint32_t n = sums[person].cycles;
            if (n == 0) continue;
            const auto last = days.begin() + next[person];  // the cursor has moved to the end of the person's days
            const auto first = last - n;
            const auto middle = first + n / 2;
            std::nth_element(first, middle, last);
            out.value[person] = n % 2 == 1 ? *middle : 0.5 * (*middle + *std::max_element(first, middle));
        }
    };
    DUALTRACK_TRYV(for_blocks(run, n_people, 256, take_medians));
    for (std::uint32_t person = 0; person < n_people; ++person)
        if (sums[person].cycles == 0) out.set_missing(person);
    return out;
}

}  // namespace dualtrack::measure
