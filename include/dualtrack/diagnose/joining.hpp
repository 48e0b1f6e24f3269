// Joining: did the manager take part in a deal of one of their people, and when? Taking part is credit on the deal, a
// part in it as manager or seller, or selling time spent on it. What a system writes by itself is no sign: the row of
// the owner as seller, the owner's credit of a deal that nobody was credited with, and overlay credit. Somebody who
// joins in the last quarter of a deal's life is counted apart: that late the winners are known, and joining a winner is
// not helping.
//
//   seller of a deal = its owner; where credit is given and the owner has none, whoever has most of it; where the owner
//   manages somebody else who is credited, that report (the one with most credit): a manager who enters the reports'
//   deals under the own name still takes part in them
//   late = first sign later than opened + (1 - late_share) x (closed - opened); without a date: not late
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <dualtrack/measure/credit.hpp>
#include <dualtrack/measure/sales_sums.hpp>
#include <dualtrack/org/organisation.hpp>
#include <dualtrack/org/reporting_lines.hpp>

namespace dualtrack::diagnose {

/// Index of an activity's word.
[[nodiscard]] constexpr std::uint8_t activity_kind(std::string_view word) noexcept {
    std::uint8_t kind = 0;
    while (kind < org::activity_words.size() && org::activity_words[kind] != word) ++kind;
    return kind;
}

/// Who spent selling time on which deal, from when on: rows of deal d are [first[d], first[d + 1]).
struct selling_times {
    vec<std::uint32_t> first; // [n_deals + 1]; empty without any
    vec<std::uint32_t> person;
    vec<std::int32_t> start;

    explicit selling_times(std::pmr::memory_resource* memory) : first(memory), person(memory), start(memory) {}
};

[[nodiscard]] inline selling_times selling_times_of(const org::organisation& organisation,
                                                    std::pmr::memory_resource* memory) {
    constexpr std::uint8_t selling = activity_kind("selling");
    selling_times out(memory);
    const auto& activities = organisation.activities;
    const auto counts = [&](std::size_t row) {
        return activities.kind[row] == selling && activities.deal[row] != no_index;
    };
    std::size_t n = 0;
    for (std::size_t row = 0; row < activities.actor.size(); ++row)
        if (counts(row)) ++n;
    if (n == 0) return out;
    out.first.assign(organisation.n_deals() + 1U, 0);
    out.person.resize(n);
    out.start.resize(n);
    for (std::size_t row = 0; row < activities.actor.size(); ++row)
        if (counts(row)) ++out.first[activities.deal[row] + 1];
    for (std::size_t deal = 1; deal < out.first.size(); ++deal) out.first[deal] += out.first[deal - 1];
    vec<std::uint32_t> next(out.first.begin(), out.first.end(), memory);
    for (std::size_t row = 0; row < activities.actor.size(); ++row) {
        if (!counts(row)) continue;
        const std::uint32_t at = next[activities.deal[row]]++;
        out.person[at] = activities.actor[row];
        out.start[at] = activities.start[row];
    }
    return out;
}

/// What the data can say at all about taking part.
struct joining_sources {
    bool any = false;            // participants, credits or selling time are there
    bool credit_on_lost = false; // lost deals carry credit too, so that credit says nothing of the outcome
};

[[nodiscard]] inline joining_sources joining_sources_of(const org::organisation& organisation,
                                                        const selling_times& times) {
    joining_sources out;
    out.any = organisation.has_participants || organisation.has_credits || !times.first.empty();
    if (organisation.credits.first.empty()) return out;
    for (std::uint32_t deal = 0; deal < organisation.n_deals() && !out.credit_on_lost; ++deal)
        out.credit_on_lost = organisation.deals.outcome[deal] == static_cast<std::uint8_t>(org::deal_outcome::lost) &&
                             organisation.credits.first[deal + 1] > organisation.credits.first[deal];
    return out;
}

/// Whose deal it is, and under whom.
struct deal_seller {
    std::uint32_t seller = no_index;
    std::uint32_t manager = no_index; // on the closing day, or no_index
};

/// Whether anybody ever reports to a person. [n_people]
[[nodiscard]] inline vec<std::uint8_t> who_manages(const org::reporting_lines& lines, std::uint32_t n_people,
                                                   std::pmr::memory_resource* memory) {
    vec<std::uint8_t> out(n_people, 0, memory);
    for (const org::reporting_span& one : lines.span)
        if (one.manager != no_index) out[one.manager] = 1;
    return out;
}

/// @param manages see who_manages: most owners manage nobody, and then nobody else's line has to be looked up
[[nodiscard]] inline deal_seller seller_of(const org::organisation& organisation, const org::reporting_lines& lines,
                                           std::span<const std::uint8_t> manages, std::uint32_t deal) noexcept {
    const std::int32_t day = organisation.deals.closed[deal];
    const std::uint32_t owner = organisation.deals.owner[deal];
    const measure::credit_rows_of rows(organisation.credits, deal);
    if (rows.overlay - rows.begin <= 1 &&
        (rows.begin == rows.overlay || organisation.credits.person[rows.begin] == owner))
        return {owner, lines.manager_on(owner, day).manager};
    const std::uint32_t* const person = organisation.credits.person.data();
    const double* const share = organisation.credits.share.data();
    std::uint32_t most = no_index;   // of everybody credited
    std::uint32_t report = no_index; // of those the owner manages
    const bool is_manager = manages[owner] != 0;
    double most_share = -1.0;
    double report_share = -1.0;
    bool owner_credited = false;
    for (std::uint32_t row = rows.begin; row < rows.overlay; ++row) {
        owner_credited = owner_credited || person[row] == owner;
        if (share[row] > most_share) { // rows ascend by id: the smaller one keeps a tie
            most_share = share[row];
            most = person[row];
        }
        if (is_manager && share[row] > report_share && lines.manager_on(person[row], day).manager == owner) {
            report_share = share[row];
            report = person[row];
        }
    }
    if (report != no_index && report_share > 0.0) return {report, owner};
    const std::uint32_t seller = owner_credited || most_share <= 0.0 ? owner : most;
    return {seller, lines.manager_on(seller, day).manager};
}

/// Whether and when the manager took part.
struct joining {
    bool takes_part = false;
    bool is_late = false;
    bool by_credit_alone = false;
};

[[nodiscard]] inline joining joining_of(const org::organisation& organisation, const selling_times& times,
                                        std::uint32_t deal, std::uint32_t manager, double late_share) noexcept {
    joining out;
    bool is_dated = true;
    std::int32_t earliest = std::numeric_limits<std::int32_t>::max();
    bool has_other_sign = false;
    const auto& participants = organisation.participants;
    if (!participants.first.empty())
        for (std::uint32_t row = participants.first[deal]; row < participants.first[deal + 1]; ++row) {
            if (participants.person[row] != manager) continue;
            const auto part = static_cast<org::part>(participants.part[row]);
            const bool by_itself = part == org::part::seller && organisation.deals.owner[deal] == manager;
            if ((part != org::part::manager && part != org::part::seller) || by_itself) continue;
            has_other_sign = true;
            if (participants.joined.empty() || participants.joined[row] == no_date)
                is_dated = false;
            else
                earliest = std::min(earliest, participants.joined[row]);
        }
    if (!times.first.empty())
        for (std::uint32_t row = times.first[deal]; row < times.first[deal + 1]; ++row) {
            if (times.person[row] != manager) continue;
            has_other_sign = true;
            earliest = std::min(earliest, times.start[row]);
        }
    bool has_credit = false;
    const measure::credit_rows_of rows(organisation.credits, deal);
    for (std::uint32_t row = rows.begin; row < rows.overlay; ++row)
        has_credit =
            has_credit || (organisation.credits.person[row] == manager && organisation.credits.share[row] > 0.0);
    out.takes_part = has_other_sign || has_credit;
    out.by_credit_alone = has_credit && !has_other_sign;
    if (!has_other_sign || !is_dated) return out;
    const std::int32_t life = measure::detail::cycle_days(organisation, deal);
    if (life == no_date || life < 0) return out;
    const std::int32_t opened = organisation.deals.closed[deal] - life;
    out.is_late = static_cast<double>(earliest - opened) > (1.0 - late_share) * static_cast<double>(life);
    return out;
}

} // namespace dualtrack::diagnose
