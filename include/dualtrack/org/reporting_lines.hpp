// Reporting lines: who reported to whom, on any day. A credit, an exit or a coaching hour belongs to the manager of its
// day, not to today's. `assignments` says it; where it says nothing about a day, the manager in `people` (who is the
// manager "now") is taken, and the span is marked as assumed so that a finding can say so.
//
// Spans are half-open: on the first day of a new assignment the new manager counts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

#include <dualtrack/base/column.hpp>
#include <dualtrack/org/organisation.hpp>

namespace dualtrack::org {

/// A stretch of days [start, end) in which a person reported to one manager.
struct reporting_span {
    std::int32_t start = 0, end = 0;
    std::uint32_t manager = no_index; // person, or no_index: reports to nobody
    bool assumed = false;             // taken from `people`, because no assignment covers these days
};

/// Everybody's spans, covering all time without overlap, ascending.
struct reporting_lines {
    vec<std::uint32_t> first; // spans of person p: [first[p], first[p + 1]); [n_people + 1]
    vec<reporting_span> span;

    explicit reporting_lines(std::pmr::memory_resource* memory) : first(memory), span(memory) {}

    [[nodiscard]] std::span<const reporting_span> spans_of(std::uint32_t person) const noexcept {
        return std::span<const reporting_span>(span).subspan(first[person], first[person + 1] - first[person]);
    }
    /// The span that covers a day.
    [[nodiscard]] const reporting_span& manager_on(std::uint32_t person, std::int32_t day) const noexcept {
        const auto own = spans_of(person);
        if (own.size() <= 8) {
            std::size_t i = 0;
            while (i + 1 < own.size() && own[i + 1].start <= day) ++i;
            return own[i];
        }
        const auto after = std::upper_bound(own.begin(), own.end(), day,
                                            [](std::int32_t d, const reporting_span& s) { return d < s.start; });
        return after == own.begin() ? *own.begin() : *(after - 1);
    }
};

/// The reporting lines of an organisation.
inline reporting_lines reporting_lines_of(const organisation& organisation, std::pmr::memory_resource* memory) {
    constexpr std::int32_t ever = std::numeric_limits<std::int32_t>::min();
    constexpr std::int32_t for_good = std::numeric_limits<std::int32_t>::max();
    reporting_lines out(memory);
    const auto& assignments = organisation.assignments;
    const std::uint32_t n_people = organisation.n_people();
    out.first.reserve(n_people + 1U);
    out.first.push_back(0);
    for (std::uint32_t person = 0; person < n_people; ++person) {
        const std::uint32_t now =
            organisation.people.manager_now.empty() ? no_index : organisation.people.manager_now[person];
        std::int32_t covered = ever;
        if (!assignments.first.empty())
            for (std::uint32_t i = assignments.first[person]; i < assignments.first[person + 1]; ++i) {
                if (assignments.start[i] > covered) out.span.push_back({covered, assignments.start[i], now, true});
                out.span.push_back({assignments.start[i], assignments.end[i], assignments.manager[i], false});
                covered = assignments.end[i];
            }
        if (covered < for_good) out.span.push_back({covered, for_good, now, true});
        out.first.push_back(static_cast<std::uint32_t>(out.span.size()));
    }
    return out;
}

} // namespace dualtrack::org
