// Team deals: every decided deal of the window with whose it was, under which manager, how large it was for that
// seller, and whether the manager took part; and, further back, how many deals the reports won without the manager,
// month by month. All later diagnosis of managers is counting over this.
//
//   size of a deal = ln amount - mean of its segment - n / (n + 2) x the seller's mean of what is left, cut into
//   `amount_classes` classes of equal count. So a large deal is one that is large for its seller: a manager who joins
//   those is compared with the same seller's other large deals.
// Where lost deals have no amount (most systems write 0), the list price is taken; where that is missing too, deals are
// not told apart by size, and a finding says so.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/exp_log.hpp>
#include <dualtrack/base/parallel.hpp>
#include <dualtrack/diagnose/joining.hpp>
#include <dualtrack/measure/peer_group.hpp>
#include <dualtrack/measure/scope.hpp>

namespace dualtrack::diagnose {

inline constexpr std::int32_t no_size = std::numeric_limits<std::int32_t>::min();

/// A decided deal of the window under a manager.
struct team_deal {
    std::int64_t amount = 0; // won, minor units; 0 when lost
    std::uint32_t row = 0;   // of the manager, see team_deals::manager
    std::uint32_t seller = 0;
    std::uint32_t segment = no_index;
    std::int32_t size = no_size; // ln of the amount in 1e-4, then less segment and seller
    std::uint8_t size_class = 0; // 0 .. classes - 1, or classes when the size is not known
    bool won = false, joined = false, late = false;
    bool by_credit_alone = false;
};

enum class size_source : std::uint8_t { amount, list_price, none };

/// Deals by manager; within a manager in no order that may reach a result.
struct team_deals {
    vec<std::uint32_t> manager; // person, ascending; [n_rows]
    vec<std::uint32_t> row_of;  // of a person, or no_index; [n_people]
    vec<std::uint32_t> first;   // deals of row r: [first[r], first[r + 1])
    vec<team_deal> deal;
    vec<std::uint32_t> alone_won;       // won without the manager; [n_rows x n_months], row-major
    vec<std::uint32_t> decided, joined; // all deals by month, and those joined; [n_rows x n_months]
    vec<std::int64_t> market_won;       // won by people who manage nobody; [n_groups x n_months]
    vec<std::uint8_t> sells;            // 1: has a decided deal in the months looked at; [n_people]
    std::int32_t first_month = 0, n_months = 0;
    std::int32_t trend_month = 0; // the trend is read from this one on
    size_source sizes = size_source::none;
    std::int32_t n_classes = 1;

    explicit team_deals(std::pmr::memory_resource* memory)
        : manager(memory), row_of(memory), first(memory), deal(memory), alone_won(memory), decided(memory),
          joined(memory), market_won(memory), sells(memory) {}
    [[nodiscard]] std::size_t n_rows() const noexcept { return manager.size(); }
    [[nodiscard]] std::span<const team_deal> deals_of(std::size_t row) const noexcept {
        return std::span<const team_deal>(deal).subspan(first[row], first[row + 1] - first[row]);
    }
};

namespace detail {

/// Which column says how large a deal was, lost deals included.
inline size_source size_source_of(const org::organisation& organisation, const measure::scope& window) {
    const auto& deals = organisation.deals;
    std::array<std::int64_t, 2> decided{}, with_amount{}, with_list{};
    for (std::uint32_t deal = 0; deal < organisation.n_deals(); ++deal) {
        if (!measure::detail::is_decided(organisation, window, deal)) continue;
        if (measure::detail::is_clawback(organisation, deal)) continue;
        const std::size_t won = measure::detail::is_won(organisation, deal) ? 1 : 0;
        ++decided[won];
        with_amount[won] += window.amount_of_deal(organisation, deal) > 0 ? 1 : 0;
        if (!deals.list_price.empty()) with_list[won] += deals.list_price[deal] > 0 ? 1 : 0;
    }
    const auto most = [&](const std::array<std::int64_t, 2>& there) { // nine of ten, of won and of lost
        return 10 * there[0] >= 9 * decided[0] && 10 * there[1] >= 9 * decided[1];
    };
    if (most(with_amount)) return size_source::amount;
    if (!deals.list_price.empty() && window.deal_amount.empty() && most(with_list)) return size_source::list_price;
    return size_source::none;
}

/// ln of minor units in 1e-4: whole numbers, so that sums do not depend on their order.
inline std::int32_t log_size(std::int64_t minor) noexcept {
    if (minor <= 0) return no_size;
    return static_cast<std::int32_t>(std::floor(numeric::log(static_cast<double>(minor)) * 1e4 + 0.5));
}

struct mean_of_whole {
    std::int64_t sum = 0, n = 0;
    void add(std::int32_t value) noexcept {
        sum += value;
        ++n;
    }
    /// The mean, drawn towards 0 by as much as `extra` values of 0 would.
    [[nodiscard]] std::int32_t value(std::int64_t extra) const noexcept {
        if (n == 0) return 0;
        return static_cast<std::int32_t>(std::floor(static_cast<double>(sum) / static_cast<double>(n + extra) + 0.5));
    }
};

/// Takes segment and seller out of every size and cuts the sizes into classes.
inline void classify_sizes(const org::organisation& organisation, team_deals& out, std::int32_t n_classes) {
    out.n_classes = out.sizes == size_source::none ? 1 : n_classes;
    if (out.sizes == size_source::none) {
        for (team_deal& one : out.deal) one.size_class = 0;
        return;
    }
    const auto& segments = organisation.deals.segment.names;
    std::vector<mean_of_whole> segment(segments.size() + 1);
    const auto segment_of = [&](const team_deal& one) {
        return one.segment == no_index ? segments.size() : one.segment;
    };
    for (const team_deal& one : out.deal)
        if (one.size != no_size) segment[segment_of(one)].add(one.size);
    std::vector<mean_of_whole> seller(organisation.n_people());
    for (team_deal& one : out.deal) {
        if (one.size == no_size) continue;
        one.size -= segment[segment_of(one)].value(0);
        seller[one.seller].add(one.size);
    }
    constexpr std::int32_t bin = 50; // half a percent
    constexpr std::int32_t reach = 8000;
    std::vector<std::int64_t> count(2 * reach + 1, 0);
    const auto bin_of = [&](std::int32_t size) {
        return static_cast<std::size_t>(std::clamp(size / bin, -reach, reach) + reach);
    };
    std::int64_t total = 0;
    for (team_deal& one : out.deal) {
        if (one.size == no_size) continue;
        one.size -= seller[one.seller].value(2);
        ++count[bin_of(one.size)];
        ++total;
    }
    std::vector<std::uint8_t> class_of(count.size(), 0);
    std::int64_t below = 0;
    for (std::size_t i = 0; i < count.size(); ++i) { // a bin belongs where its middle deal does
        const std::int64_t middle = below + count[i] / 2;
        class_of[i] = static_cast<std::uint8_t>(
            total > 0 ? std::min<std::int64_t>(middle * n_classes / total, n_classes - 1) : 0);
        below += count[i];
    }
    for (team_deal& one : out.deal)
        one.size_class = one.size == no_size ? static_cast<std::uint8_t>(n_classes) : class_of[bin_of(one.size)];
}

} // namespace detail

/// Gathers the deals of every manager who has a row.
/// @param row_of [n_people]: row of a manager, or no_index; rows ascend with the person
/// @param new_since first day of the months that new managers are judged by
inline result<team_deals> team_deals_of(const run_context& run, const org::organisation& organisation,
                                        const org::reporting_lines& lines, const measure::scope& window,
                                        const measure::peer_groups& groups, const selling_times& times,
                                        const org::managers_policy& policy, std::int32_t new_since,
                                        vec<std::uint32_t> row_of) {
    team_deals out(run.memory);
    out.row_of = std::move(row_of);
    for (std::uint32_t person = 0; person < out.row_of.size(); ++person)
        if (out.row_of[person] != no_index) out.manager.push_back(person);
    const std::size_t n_rows = out.manager.size();
    const std::int32_t trend_start = calendar::add_months(window.end, -policy.trend_months);
    const std::int32_t start = std::min({trend_start, new_since, window.start});
    out.first_month = calendar::month_of_day(start);
    out.n_months = calendar::month_of_day(window.end - 1) - out.first_month + 1;
    const auto n_months = static_cast<std::size_t>(out.n_months);
    out.trend_month = calendar::month_of_day(trend_start) - out.first_month;
    struct alignas(16) month_counts { // of a manager: side by side, because every deal counts in several
        std::uint32_t decided = 0, joined = 0, alone_won = 0;
    };
    vec<month_counts> counts(n_rows * n_months, run.memory);
    out.sells.assign(organisation.n_people(), 0);
    const vec<std::uint8_t> manages = who_manages(lines, organisation.n_people(), run.memory);
    out.sizes = detail::size_source_of(organisation, window);
    const auto& deals = organisation.deals;
    const std::int64_t n_deals = organisation.n_deals();
    const std::int64_t block_size = measure::detail::deals_per_block;
    std::vector<vec<team_deal>> by_block(static_cast<std::size_t>(count_blocks(n_deals, block_size)),
                                         vec<team_deal>(run.memory));
    const auto n_workers = static_cast<std::size_t>(count_workers(run, n_deals, block_size));
    std::vector<vec<std::int64_t>> market(n_workers, vec<std::int64_t>(groups.n_groups * n_months, 0, run.memory));
    const auto gather = [&](std::int64_t block, std::int64_t begin, std::int64_t end, std::int64_t worker) {
        vec<team_deal>& found = by_block[static_cast<std::size_t>(block)];
        for (auto deal = static_cast<std::uint32_t>(begin); deal < static_cast<std::uint32_t>(end); ++deal) {
            const std::int32_t day = deals.closed[deal];
            if (deals.outcome[deal] == static_cast<std::uint8_t>(org::deal_outcome::open) || day < start ||
                day >= window.end || measure::detail::is_clawback(organisation, deal))
                continue;
            const deal_seller who = seller_of(organisation, lines, manages, deal);
            std::atomic_ref<std::uint8_t> sells(out.sells[who.seller]);
            if (sells.load(std::memory_order_relaxed) == 0) sells.store(1, std::memory_order_relaxed);
            const bool won = measure::detail::is_won(organisation, deal);
            const auto month = static_cast<std::size_t>(calendar::month_of_day(day) - out.first_month);
            const bool by_manager = out.row_of[who.seller] != no_index;
            if (won && !by_manager)
                ++market[static_cast<std::size_t>(worker)][groups.group[who.seller] * n_months + month];
            const std::uint32_t row = who.manager == no_index ? no_index : out.row_of[who.manager];
            if (row == no_index) continue;
            const joining joined = joining_of(organisation, times, deal, who.manager, policy.late_share);
            const auto add = [](std::uint32_t& to) {
                std::atomic_ref<std::uint32_t>(to).fetch_add(1, std::memory_order_relaxed);
            };
            month_counts& cell = counts[row * n_months + month];
            add(cell.decided);
            if (joined.takes_part) add(cell.joined);
            if (won && !joined.takes_part && !by_manager) add(cell.alone_won);
            if (day < window.start) continue;
            team_deal& one = found.emplace_back();
            one.row = row;
            one.seller = who.seller;
            one.segment = deals.segment.has(deal) ? deals.segment.code[deal] : no_index;
            one.won = won;
            one.joined = joined.takes_part;
            one.late = joined.is_late;
            one.by_credit_alone = joined.by_credit_alone;
            const std::int64_t amount = window.amount_of_deal(organisation, deal);
            if (won) one.amount = std::max<std::int64_t>(amount, 0);
            if (out.sizes != size_source::none)
                one.size = detail::log_size(out.sizes == size_source::amount ? amount : deals.list_price[deal]);
        }
    };
    DUALTRACK_TRYV(for_blocks(run, n_deals, block_size, gather));
    for (auto* all : {&out.alone_won, &out.decided, &out.joined}) all->reserve(counts.size());
    for (const month_counts& cell : counts) {
        out.alone_won.push_back(cell.alone_won);
        out.decided.push_back(cell.decided);
        out.joined.push_back(cell.joined);
    }
    counts = vec<month_counts>(run.memory);
    out.market_won.assign(groups.n_groups * n_months, 0);
    for (const auto& own : market)
        for (std::size_t i = 0; i < own.size(); ++i) out.market_won[i] += own[i];
    out.first.assign(n_rows + 1, 0);
    for (const auto& block : by_block)
        for (const team_deal& one : block) ++out.first[one.row + 1];
    for (std::size_t row = 0; row < n_rows; ++row) out.first[row + 1] += out.first[row];
    vec<std::uint32_t> next(out.first.begin(), out.first.end(), run.memory);
    out.deal.resize(out.first[n_rows]);
    for (auto& block : by_block) {
        for (const team_deal& one : block) out.deal[next[one.row]++] = one;
        block = vec<team_deal>(run.memory);
    }
    detail::classify_sizes(organisation, out, policy.amount_classes);
    return out;
}

} // namespace dualtrack::diagnose
