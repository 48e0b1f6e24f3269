// Peer group: whom is a seller compared with? With the sellers of the same market, because markets differ in size,
// season and price for reasons no seller controls. Somebody's market is that of the assignment in force, else the one
// in `people`; people without a market form a group of their own. With `seller.group = "all"` everybody is one group.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <dualtrack/base/column.hpp>
#include <dualtrack/org/organisation.hpp>
#include <dualtrack/org/policy.hpp>

namespace dualtrack::measure {

/// Everybody's group. Groups are in the byte order of their names, the nameless one last.
struct peer_groups {
    text_column names;         // markets, sorted
    vec<std::uint32_t> market; // row of names, or no_index; [n_people]
    vec<std::uint32_t> group;  // 0 .. n_groups - 1; [n_people]
    std::uint32_t n_groups = 0;
};

/// The assignment of a person that covers a day, else their last one before it, or no_index.
inline std::uint32_t assignment_on(const org::organisation& organisation, std::uint32_t person,
                                   std::int32_t day) noexcept {
    const auto& assignments = organisation.assignments;
    if (assignments.first.empty()) return no_index;
    std::uint32_t found = no_index;
    for (std::uint32_t i = assignments.first[person]; i < assignments.first[person + 1] && assignments.start[i] <= day;
         ++i)
        found = i;
    return found;
}

/// The role of a person on a day: of the assignment in force, else of the person; "" when neither says.
inline std::string_view role_on(const org::organisation& organisation, std::uint32_t person,
                                std::int32_t day) noexcept {
    const std::uint32_t assignment = assignment_on(organisation, person, day);
    const auto& assigned = organisation.assignments.role;
    if (assignment != no_index && assigned.has(assignment)) return assigned.names[assigned.code[assignment]];
    const auto& own = organisation.people.role;
    return own.has(person) ? own.names[own.code[person]] : std::string_view();
}

/// First day of the unbroken run of assignments up to `day` that have the role of that day; the beginning of time where
/// the first assignment has it already, or nothing is assigned.
inline std::int32_t role_since(const org::organisation& organisation, std::uint32_t person, std::int32_t day) noexcept {
    const auto& assignments = organisation.assignments;
    std::uint32_t at = assignment_on(organisation, person, day);
    if (at == no_index) return std::numeric_limits<std::int32_t>::min();
    const std::string_view role = role_on(organisation, person, day);
    const std::uint32_t first = assignments.first[person];
    while (at > first && role_on(organisation, person, assignments.start[at - 1]) == role) --at;
    return at == first ? std::numeric_limits<std::int32_t>::min() : assignments.start[at];
}

inline peer_groups peer_groups_on(const org::organisation& organisation, std::int32_t day, org::peer_group rule,
                                  std::pmr::memory_resource* memory) {
    const std::uint32_t n_people = organisation.n_people();
    peer_groups out{text_column(memory), vec<std::uint32_t>(n_people, no_index, memory),
                    vec<std::uint32_t>(n_people, 0, memory), 1};
    std::map<std::string_view, std::uint32_t> rows;
    const auto market_of = [&](std::uint32_t person) -> std::string_view {
        const std::uint32_t assignment = assignment_on(organisation, person, day);
        const auto& assigned = organisation.assignments.market;
        if (assignment != no_index && assigned.has(assignment)) return assigned.names[assigned.code[assignment]];
        const auto& own = organisation.people.market;
        return own.has(person) ? own.names[own.code[person]] : std::string_view();
    };
    for (std::uint32_t person = 0; person < n_people; ++person)
        if (const auto name = market_of(person); !name.empty()) rows.emplace(name, 0);
    text_builder names(memory);
    std::uint32_t n = 0;
    for (auto& [name, row] : rows) {
        names.push(name);
        row = n++;
    }
    out.names = text_builder::finish(std::move(names));
    out.n_groups = rule == org::peer_group::all ? 1 : n + 1;
    for (std::uint32_t person = 0; person < n_people; ++person) {
        const auto name = market_of(person);
        if (!name.empty()) out.market[person] = rows.find(name)->second;
        if (rule == org::peer_group::market) out.group[person] = name.empty() ? n : out.market[person];
    }
    return out;
}

} // namespace dualtrack::measure
