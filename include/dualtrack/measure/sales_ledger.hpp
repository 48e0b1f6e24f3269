// The ledger of sales: what one worker writes down while deals pass by, credit for credit, before the ledgers of all
// workers are joined. Everything is a whole number of cents or a count, so ledgers may be joined in any order.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/column.hpp>
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
    std::int64_t won_amount = 0; // minor units
    std::int64_t overlay_amount = 0;
    std::int64_t absolute_amount = 0; // credits without sign
    std::int64_t largest_credit = 0;
    uint128 square_amount = 0;      // sum of squared credits
    std::int64_t others_on_won = 0; // other people, summed over won deals
    std::uint32_t won = 0, lost = 0;
    std::uint32_t taken_back = 0; // clawbacks: in the amounts, no wins
    std::uint32_t closed_with_others = 0;
    std::uint32_t cycles = 0; // won deals whose length is known

    void add(const sales_sums& other) noexcept {
        won_amount += other.won_amount;
        overlay_amount += other.overlay_amount;
        absolute_amount += other.absolute_amount;
        largest_credit = std::max(largest_credit, other.largest_credit);
        square_amount += other.square_amount;
        others_on_won += other.others_on_won;
        won += other.won;
        lost += other.lost;
        taken_back += other.taken_back;
        closed_with_others += other.closed_with_others;
        cycles += other.cycles;
    }
};

namespace detail {

inline constexpr std::int64_t deals_per_block = 16384;

/// Credits are gathered in batches before they are added: the sums of different people lie far apart in memory, and a
/// batch asks for all of its own before it waits for the first.
inline constexpr std::size_t credits_per_batch = 64;

inline void ask_for(const void* address) noexcept {
    __builtin_prefetch(address, 1);
}

/// Whether a deal was decided inside the window.
inline bool is_decided(const org::organisation& organisation, const scope& window, std::uint32_t deal) noexcept {
    return organisation.deals.outcome[deal] != static_cast<std::uint8_t>(org::deal_outcome::open) &&
           window.covers(organisation.deals.closed[deal]);
}

inline bool is_won(const org::organisation& organisation, std::uint32_t deal) noexcept {
    return organisation.deals.outcome[deal] == static_cast<std::uint8_t>(org::deal_outcome::won);
}

/// Whether a won deal is below zero: a clawback takes money back from an earlier win, and is none itself.
inline bool is_clawback(const org::organisation& organisation, std::uint32_t deal) noexcept {
    return is_won(organisation, deal) && organisation.deals.amount[deal] < 0;
}

/// Days from opening to closing, or no_date.
inline std::int32_t cycle_days(const org::organisation& organisation, std::uint32_t deal) noexcept {
    const auto& deals = organisation.deals;
    if (deals.opened.empty() || deals.opened[deal] == no_date) return no_date;
    return deals.closed[deal] - deals.opened[deal];
}

/// Different people who share in a deal: credited in any way, or taking part as seller, specialist or mentor.
inline std::uint32_t people_on(const org::organisation& organisation, std::uint32_t deal,
                               std::span<const std::uint32_t> credited, std::span<const std::uint32_t> overlay,
                               std::vector<std::uint32_t>& scratch) {
    const auto& participants = organisation.participants;
    const std::uint32_t* const first = participants.first.data();
    const bool alone_in_table = participants.first.empty() || first[deal] == first[deal + 1];
    if (alone_in_table && overlay.empty()) return static_cast<std::uint32_t>(credited.size());
    scratch.assign(credited.begin(), credited.end());
    scratch.insert(scratch.end(), overlay.begin(), overlay.end());
    if (!alone_in_table)
        for (std::uint32_t i = first[deal]; i < first[deal + 1]; ++i) {
            const auto part = static_cast<org::part>(participants.part[i]);
            if (part == org::part::seller || part == org::part::specialist || part == org::part::mentor)
                scratch.push_back(participants.person[i]);
        }
    std::sort(scratch.begin(), scratch.end());
    return static_cast<std::uint32_t>(std::unique(scratch.begin(), scratch.end()) - scratch.begin());
}

/// What one worker of `sum_sales` has added up: integer sums may be joined in any order afterwards. Millions of credits
/// meet a few lines of the cache each, so what nearly every credit adds to is small and lies together, and what seldom
/// happens (a clawback, a deal alone) is counted instead of its opposite.
struct sales_ledger {
    struct cell_sums {
        std::int64_t amount = 0;
        std::uint32_t won = 0, lost = 0;
    };
    struct won_sums {
        uint128 square_amount = 0;
        std::int64_t largest_credit = 0, others_on_won = 0;
    };
    struct rare_sums {
        std::int64_t negative_amount = 0, overlay_amount = 0;
        std::uint32_t closed_alone = 0, won_untimed = 0, taken_back = 0;
    };
    /// A credit on its way into the sums.
    struct entry {
        std::int64_t amount;
        std::uint32_t person, cell;
        std::int32_t day, month; // no day: the cell is certain
        std::uint32_t others;
        bool won, rare, timed, takes_back;
    };
    vec<cell_sums> cells;
    vec<won_sums> won;
    vec<rare_sums> rare;
    std::vector<std::int32_t> month_of_day; // of the days of the window
    deal_credit credit;
    std::vector<std::uint32_t> scratch;
    std::vector<entry> batch = std::vector<entry>(credits_per_batch);
    std::size_t n_in_batch = 0;

    sales_ledger(const scope& window, std::uint32_t n_people, std::size_t n_cells, std::pmr::memory_resource* memory)
        : cells(n_cells, memory), won(n_people, memory), rare(n_people, memory) {
        for (std::int32_t day = window.start; day < window.end; ++day)
            month_of_day.push_back(calendar::month_of_day(day));
    }

    void take_deal(const org::organisation& organisation, const scope& window, const panel& all, std::uint32_t deal) {
        const bool is_won = detail::is_won(organisation, deal);
        const std::int64_t of_deal = is_won ? window.amount_of_deal(organisation, deal) : 0;
        const auto& credits = organisation.credits;
        const credit_rows_of rows(credits, deal);
        std::array<std::int64_t, 16> few;
        if (rows.are_plain(credits) && rows.end - rows.begin <= few.size()) {
            const std::size_t n = rows.end - rows.begin;
            split_amount(of_deal, {credits.share.data() + rows.begin, n}, {few.data(), n});
            take_credits(organisation, window, all, deal, {credits.person.data() + rows.begin, n}, few.data(), {});
            return;
        }
        credit_of_deal(organisation, deal, of_deal, credit);
        take_credits(organisation, window, all, deal, credit.person, credit.amount.data(), credit.overlay_person);
        for (std::size_t i = 0; is_won && i < credit.overlay_person.size(); ++i)
            rare[credit.overlay_person[i]].overlay_amount += credit.overlay_amount[i];
    }

    void take_credits(const org::organisation& organisation, const scope& window, const panel& all, std::uint32_t deal,
                      std::span<const std::uint32_t> person, const std::int64_t* amount,
                      std::span<const std::uint32_t> overlay) {
        const bool is_won = detail::is_won(organisation, deal);
        const std::int32_t day = organisation.deals.closed[deal];
        const std::int32_t month = month_of_day.data()[day - window.start];
        const bool takes_back = is_clawback(organisation, deal);
        const std::uint32_t others = takes_back ? 0 : people_on(organisation, deal, person, overlay, scratch) - 1;
        const bool timed = !is_won || takes_back || cycle_days(organisation, deal) != no_date;
        for (std::size_t i = 0; i < person.size(); ++i) {
            const std::uint32_t whose = person.data()[i];
            ask_for(all.first.data() + whose);
            entry& to = batch.data()[n_in_batch];
            to.amount = amount[i];
            to.person = whose;
            to.day = day;
            to.month = month;
            to.others = others;
            to.won = is_won;
            to.rare = others == 0 || !timed || amount[i] < 0;
            to.timed = timed;
            to.takes_back = takes_back;
            if (++n_in_batch == credits_per_batch) add_batch(all);
        }
    }

    void add_batch(const panel& all) noexcept {
        const std::span<entry> full = std::span(batch).first(std::exchange(n_in_batch, 0));
        for (entry& each : full) {
            each.cell = all.cell_from(each.person, each.month);
            ask_for(cells.data() + each.cell);
            if (each.won) ask_for(won.data() + each.person);
            if (all.has_whole_months(each.person))
                each.day = no_date;
            else
                ask_for(all.start.data() + each.cell + 1);
        }
        for (const entry& each : full) {
            cell_sums& cell =
                cells.data()[each.day == no_date ? each.cell : all.cell_on(each.person, each.day, each.cell)];
            if (each.rare) add_rare(each, cell);
            if (!each.won) {
                ++cell.lost;
                continue;
            }
            ++cell.won;
            cell.amount += each.amount;
            won_sums& sums = won.data()[each.person];
            const auto size = static_cast<std::uint64_t>(each.amount < 0 ? -each.amount : each.amount);
            sums.square_amount += static_cast<uint128>(size) * size;
            sums.largest_credit = std::max(sums.largest_credit, each.amount);
            sums.others_on_won += each.others;
        }
    }

    void add_rare(const entry& each, cell_sums& cell) noexcept {
        rare_sums& sums = rare.data()[each.person];
        sums.closed_alone += each.others == 0 && !each.takes_back ? 1U : 0U;
        sums.taken_back += each.takes_back ? 1U : 0U;
        cell.won -= each.takes_back ? 1U : 0U; // it is about to be counted like the rest
        sums.won_untimed += each.timed ? 0U : 1U;
        sums.negative_amount += std::min<std::int64_t>(each.amount, 0);
    }

    /// Puts what was added into the panel and the sums of all workers.
    void finish(panel& all, vec<sales_sums>& people) const {
        for (std::uint32_t person = 0; person < won.size(); ++person) {
            sales_sums own;
            for (std::uint32_t cell = all.first[person]; cell < all.first[person + 1]; ++cell) {
                const cell_sums& from = cells[cell];
                own.won_amount += from.amount;
                own.won += from.won;
                own.lost += from.lost;
                all.amount[cell] += from.amount;
                all.won[cell] += from.won;
                all.lost[cell] += from.lost;
            }
            own.square_amount = won[person].square_amount;
            own.largest_credit = won[person].largest_credit;
            own.others_on_won = won[person].others_on_won;
            own.overlay_amount = rare[person].overlay_amount;
            own.absolute_amount = own.won_amount - 2 * rare[person].negative_amount;
            own.closed_with_others = own.won + own.lost - rare[person].closed_alone;
            own.taken_back = rare[person].taken_back;
            own.cycles = own.won - rare[person].won_untimed;
            people[person].add(own);
        }
    }
};

} // namespace detail

} // namespace dualtrack::measure
