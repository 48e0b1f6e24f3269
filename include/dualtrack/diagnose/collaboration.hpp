// Collaboration: do the reports of a manager work with each other, or does everything run through the manager? Two of
// them work together when both are on one decided deal of the window: credited, or taking part as seller, specialist or
// mentor. Reports are those of the last day that counts.
//
//   collaborating_pairs = pairs of reports who share a deal / all pairs;  isolated = reports who share one with nobody
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <dualtrack/diagnose/joining.hpp>
#include <dualtrack/measure/credit.hpp>
#include <dualtrack/measure/sales_sums.hpp>

namespace dualtrack::diagnose {

/// One a row of managers; reports who sell.
struct collaboration {
    std::vector<std::int64_t> n_sellers, n_pairs, isolated;
    explicit collaboration(std::size_t n) : n_sellers(n, 0), n_pairs(n, 0), isolated(n, 0) {}
};

namespace detail {

/// Pairs of people as they are met, brought down to the different ones whenever they have doubled.
struct pair_set {
    std::vector<std::uint64_t> pairs;
    std::size_t limit = 1U << 16U;
    void add(std::uint32_t a, std::uint32_t b) {
        if (a > b) std::swap(a, b);
        pairs.push_back(std::uint64_t{a} << 32U | b);
        if (pairs.size() < limit) return;
        tidy();
        limit = std::max(limit, 2 * pairs.size());
    }
    void tidy() {
        std::sort(pairs.begin(), pairs.end());
        pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    }
};

} // namespace detail

/// @param manager_now of each person on the last day that counts, or no_index; @param sells [n_people]
inline result<collaboration> collaboration_of(const run_context& run, const org::organisation& organisation,
                                              const measure::scope& window, std::span<const std::uint32_t> manager_now,
                                              std::span<const std::uint8_t> sells,
                                              std::span<const std::uint32_t> row_of, std::size_t n_rows) {
    collaboration out(n_rows);
    const std::int64_t n_deals = organisation.n_deals();
    const std::int64_t block_size = measure::detail::deals_per_block;
    std::vector<detail::pair_set> found(static_cast<std::size_t>(count_workers(run, n_deals, block_size)));
    const auto& participants = organisation.participants;
    const auto gather = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t worker) {
        detail::pair_set& own = found[static_cast<std::size_t>(worker)];
        std::vector<std::uint32_t> on;
        for (auto deal = static_cast<std::uint32_t>(begin); deal < static_cast<std::uint32_t>(end); ++deal) {
            if (!measure::detail::is_decided(organisation, window, deal)) continue;
            on.clear();
            measure::each_credited(organisation, deal, [&](std::uint32_t person) { on.push_back(person); });
            if (!participants.first.empty())
                for (std::uint32_t i = participants.first[deal]; i < participants.first[deal + 1]; ++i) {
                    const auto part = static_cast<org::part>(participants.part[i]);
                    if (part == org::part::seller || part == org::part::specialist || part == org::part::mentor)
                        on.push_back(participants.person[i]);
                }
            for (std::size_t i = 1; i < on.size(); ++i)
                for (std::size_t j = 0; j < i; ++j)
                    if (on[i] != on[j] && manager_now[on[i]] != no_index && manager_now[on[i]] == manager_now[on[j]])
                        own.add(on[i], on[j]);
        }
    };
    DUALTRACK_TRYV(for_blocks(run, n_deals, block_size, gather));
    detail::pair_set all;
    for (auto& own : found) {
        own.tidy();
        all.pairs.insert(all.pairs.end(), own.pairs.begin(), own.pairs.end());
        own.pairs = {};
    }
    all.tidy();
    std::vector<std::uint8_t> has_partner(organisation.n_people(), 0);
    for (const std::uint64_t pair : all.pairs) {
        const auto a = static_cast<std::uint32_t>(pair >> 32U);
        const auto b = static_cast<std::uint32_t>(pair);
        if (sells[a] == 0 || sells[b] == 0 || row_of[manager_now[a]] == no_index) continue;
        has_partner[a] = has_partner[b] = 1;
        ++out.n_pairs[row_of[manager_now[a]]];
    }
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        if (sells[person] == 0 || manager_now[person] == no_index || row_of[manager_now[person]] == no_index) continue;
        ++out.n_sellers[row_of[manager_now[person]]];
        if (has_partner[person] == 0) ++out.isolated[row_of[manager_now[person]]];
    }
    return out;
}

} // namespace dualtrack::diagnose
