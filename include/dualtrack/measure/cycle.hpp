// Cycle: how long did it take to win? The days from opening a deal to closing it, as the median over the deals a seller
// has a share of, because a few deals that dragged on for years say nothing about the others.
//
//   cycle_days_median = middle of the lengths of the won deals of the window; of an even number, the mean of the middle
//   two
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <utility>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/parallel.hpp>
#include <dualtrack/measure/credit.hpp>
#include <dualtrack/measure/sales_sums.hpp>
#include <dualtrack/measure/scope.hpp>

namespace dualtrack::measure {

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
    const bool alone = count_workers(run, organisation.n_deals(), detail::deals_per_block) == 1;
    const auto place_of = [&](std::uint32_t person) { // the order within a person does not matter
        if (alone) return next.data()[person]++;
        return std::atomic_ref<std::uint32_t>(next.data()[person]).fetch_add(1, std::memory_order_relaxed);
    };
    const auto gather = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        std::array<std::pair<std::uint32_t, std::int32_t>, detail::credits_per_batch> batch; // a person, a length
        std::array<std::uint32_t, detail::credits_per_batch> place;
        std::size_t n = 0;
        const auto write_batch = [&] {
            for (std::size_t i = 0; i < n; ++i) detail::ask_for(days.data() + (place[i] = place_of(batch[i].first)));
            for (std::size_t i = 0; i < n; ++i) days.data()[place[i]] = batch[i].second;
            n = 0;
        };
        for (auto deal = static_cast<std::uint32_t>(begin); deal < static_cast<std::uint32_t>(end); ++deal) {
            if (!detail::is_decided(organisation, window, deal) || !detail::is_won(organisation, deal) ||
                detail::is_clawback(organisation, deal))
                continue;
            const std::int32_t length = detail::cycle_days(organisation, deal);
            if (length == no_date) continue;
            each_credited(organisation, deal, [&](std::uint32_t person) {
                detail::ask_for(next.data() + person);
                batch[n++] = {person, length};
                if (n == batch.size()) write_batch();
            });
        }
        write_batch();
    };
    DUALTRACK_TRYV(for_blocks(run, organisation.n_deals(), detail::deals_per_block, gather));
    const auto take_medians = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        for (auto person = static_cast<std::size_t>(begin); person < static_cast<std::size_t>(end); ++person) {
            const std::uint32_t n = sums[person].cycles;
            if (n == 0) continue;
            const auto last = days.begin() + next[person]; // the cursor has moved to the end of the person's days
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

} // namespace dualtrack::measure
