// Quota days: on which days was a person given anything to reach? Quotas seldom cover every day of a window (a new
// seller gets the first one after the ramp, a plan starts with the fiscal year), and a year's sales over a quarter's
// quota would make anybody a star. So sales are held against a quota on the days that have one, and on no other.
//
//   attainment = credited on days with a quota / quota of these days
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/column.hpp>
#include <dualtrack/measure/scope.hpp>
#include <dualtrack/org/organisation.hpp>
#include <dualtrack/org/reporting_lines.hpp>

namespace dualtrack::measure {

/// Days of the window on which each person has a quota of one kind: joined stretches, ascending.
struct quota_days {
    vec<std::uint32_t> first; // stretches of person p: [first[p], first[p + 1]); [n_people + 1]
    vec<org::day_span> span;

    explicit quota_days(std::pmr::memory_resource* memory) : first(memory), span(memory) {}

    [[nodiscard]] std::span<const org::day_span> spans_of(std::uint32_t person) const noexcept {
        return std::span<const org::day_span>(span).subspan(first[person], first[person + 1] - first[person]);
    }
    [[nodiscard]] bool covers(std::uint32_t person, std::int32_t day) const noexcept {
        const auto own = spans_of(person);
        return std::any_of(own.begin(), own.end(),
                           [day](const org::day_span& days) { return days.start <= day && day < days.end; });
    }
};

/// Days with a quota of that kind; quotas that the policy leaves out give none.
inline quota_days quota_days_of(const org::organisation& organisation, const scope& window, org::quota_scope kind,
                                std::pmr::memory_resource* memory) {
    quota_days out(memory);
    const auto& quotas = organisation.quotas;
    const std::uint32_t n_people = organisation.n_people();
    out.first.reserve(n_people + 1U);
    out.first.push_back(0);
    std::size_t row = 0; // rows are sorted by (person, start)
    for (std::uint32_t person = 0; person < n_people; ++person) {
        const std::size_t begin = out.span.size();
        for (; row < quotas.person.size() && quotas.person[row] == person; ++row) {
            const auto scope_of_row =
                quotas.scope.empty() ? org::quota_scope::own : static_cast<org::quota_scope>(quotas.scope[row]);
            const std::int64_t amount = window.quota_amount.empty() ? quotas.amount[row] : window.quota_amount[row];
            const org::day_span days{std::max(quotas.start[row], window.start), std::min(quotas.end[row], window.end)};
            if (scope_of_row != kind || amount == no_money || days.is_empty()) continue;
            if (out.span.size() > begin && days.start <= out.span.back().end)
                out.span.back().end = std::max(out.span.back().end, days.end);
            else
                out.span.push_back(days);
        }
        out.first.push_back(static_cast<std::uint32_t>(out.span.size()));
    }
    return out;
}

} // namespace dualtrack::measure
