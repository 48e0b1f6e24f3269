// The matches of every manager, by seller: the way from a manager to all who were under him or her, for sums that are
// put together manager by manager. Sellers with one manager are left out: they say nothing about managers.
#pragma once

#include <cstdint>

#include <dualtrack/estimate/matches.hpp>

namespace dualtrack::estimate {

struct group_matches {
    vec<std::uint64_t> first;       // of manager j: [first[j], first[j + 1])
    vec<std::uint32_t> match, unit; // ascending within a manager
    explicit group_matches(std::pmr::memory_resource* memory) : first(memory), match(memory), unit(memory) {}
};

inline group_matches matches_by_group(const run_context& run, const match_columns& matches, std::uint32_t n_groups) {
    group_matches out(run.memory);
    out.first.assign(n_groups + std::size_t{1}, 0);
    const auto for_movers = [&](auto&& f) {
        for (std::uint32_t unit = 0; unit < matches.n_units(); ++unit)
            if (matches.matches_of(unit) > 1)
                for (std::uint32_t m = matches.first_match[unit]; m < matches.first_match[unit + std::size_t{1}]; ++m)
                    f(unit, m);
    };
    for_movers([&](std::uint32_t, std::uint32_t m) { ++out.first[matches.group[m] + std::size_t{1}]; });
    for (std::size_t j = 0; j < n_groups; ++j) out.first[j + 1] += out.first[j];
    out.match.resize(out.first.back());
    out.unit.resize(out.first.back());
    vec<std::uint64_t> next(out.first.begin(), out.first.end(), run.memory);
    for_movers([&](std::uint32_t unit, std::uint32_t m) {
        const std::uint64_t at = next[matches.group[m]]++;
        out.match[at] = m;
        out.unit[at] = unit;
    });
    return out;
}

} // namespace dualtrack::estimate
