// Reporting lines: who reported to whom, on any day. A credit, an exit or a coaching hour belongs to the manager of its
// day, not to today's. `assignments` says it; where it says nothing about a day, the manager in `people` (who is the
// manager "now") is taken, and the span is marked as assumed so that a finding can say so.
//
// Spans are half-open: on the first day of a new assignment the new manager counts.
//   manager(p, day) = manager of the assignment of p with start <= day < end, else the manager of p in `people`
// Spans cover all time; who was employed when is in `people`, and clip_to_employment cuts a span to it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

#include <dualtrack/base/column.hpp>
#include <dualtrack/org/organisation.hpp>

namespace dualtrack::org {

/// Levels above a person at which a manager's quota may speak of the person; no organisation is deeper.
inline constexpr std::size_t most_levels = 32;

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

/// Days [start, end); empty when end <= start.
struct day_span {
    std::int32_t start = 0, end = 0;
    [[nodiscard]] constexpr bool is_empty() const noexcept { return end <= start; }
    friend constexpr bool operator==(const day_span&, const day_span&) = default;
};

/// The part of a span on which a person was employed: from the day hired to the day before the one left.
inline day_span clip_to_employment(const organisation& organisation, std::uint32_t person, day_span span) noexcept {
    const auto& people = organisation.people;
    if (!people.hired.empty() && people.hired[person] != no_date)
        span.start = std::max(span.start, people.hired[person]);
    if (!people.left.empty() && people.left[person] != no_date) span.end = std::min(span.end, people.left[person]);
    return span;
}

/// Whether a person was employed on a day. Where nobody said since when, or until when: since ever, or for good.
inline bool is_employed_on(const organisation& organisation, std::uint32_t person, std::int32_t day) noexcept {
    const auto& people = organisation.people;
    if (!people.hired.empty() && people.hired[person] != no_date && day < people.hired[person]) return false;
    return people.left.empty() || people.left[person] == no_date || day < people.left[person];
}

/// The lines seen from above: everybody's reports, by manager, then person, then time.
struct report_lists {
    vec<std::uint32_t> first; // reports of manager m: [first[m], first[m + 1]); [n_people + 1]
    vec<std::uint32_t> person;
    vec<day_span> span;

    explicit report_lists(std::pmr::memory_resource* memory) : first(memory), person(memory), span(memory) {}
};

/// Everybody's reports, from everybody's lines.
inline report_lists report_lists_of(const reporting_lines& lines, std::pmr::memory_resource* memory) {
    report_lists out(memory);
    const std::size_t n_people = lines.first.size() - 1;
    out.first.assign(n_people + 1, 0);
    std::size_t n = 0;
    for (const reporting_span& one : lines.span) {
        if (one.manager == no_index) continue;
        ++out.first[one.manager + 1];
        ++n;
    }
    for (std::size_t m = 0; m < n_people; ++m) out.first[m + 1] += out.first[m];
    vec<std::uint32_t> next(out.first.begin(), out.first.end(), memory);
    out.person.resize(n);
    out.span.resize(n);
    for (std::uint32_t person = 0; person < n_people; ++person)
        for (const reporting_span& one : lines.spans_of(person)) {
            if (one.manager == no_index) continue;
            const std::uint32_t at = next[one.manager]++;
            out.person[at] = person;
            out.span[at] = {one.start, one.end};
        }
    return out;
}

/// Calls f(person) for everybody who reported to a manager on a day and was employed on it, ascending.
template <class F>
void for_reports_on(const organisation& organisation, const report_lists& lists, std::uint32_t manager,
                    std::int32_t day, F&& f) {
    for (std::uint32_t i = lists.first[manager]; i < lists.first[manager + 1]; ++i)
        if (lists.span[i].start <= day && day < lists.span[i].end && is_employed_on(organisation, lists.person[i], day))
            f(lists.person[i]);
}

} // namespace dualtrack::org
