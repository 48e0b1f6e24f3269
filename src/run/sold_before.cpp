#include "run/sold_before.hpp"

#include <algorithm>

#include <dualtrack/measure/credit.hpp>

namespace dualtrack::run {
namespace {

constexpr std::int32_t year_months = 12;
constexpr double days_a_month = 30.4375;
constexpr std::int32_t fewest_days = 10; // a shorter stretch says little about a pace

/// One person whose year before a seat is asked for.
struct asked {
    std::uint32_t person = 0, vacancy = 0;
    std::int32_t start = 0, end = 0; // the year, clipped to employment
    std::int64_t amount = 0;
};

} // namespace

result<sold_book> sold_before(const run_context& run, const measured& facts, const org::policy& policy,
                              std::span<const seat> seats, std::span<const std::uint32_t> first) {
    const org::organisation& organisation = facts.data->organisation;
    std::vector<asked> all;
    const auto ask = [&](std::uint32_t vacancy, std::uint32_t person) {
        const std::int32_t day = organisation.vacancies.opens[vacancy];
        const measure::employment employed = measure::employment_of(organisation, person);
        asked one{person, vacancy, std::max(calendar::add_months(day, -year_months), employed.from),
                  std::min(day, employed.to), 0};
        if (one.end - one.start >= fewest_days) all.push_back(one);
    };
    for (std::uint32_t vacancy = 0; vacancy < seats.size(); ++vacancy) {
        const seat& at = seats[vacancy];
        if (at.is_open || at.months_since >= static_cast<double>(policy.promotion.passed_over.hazard_months)) continue;
        bool winner_listed = at.winner == no_index;
        for (std::uint32_t row = first[vacancy]; row < first[vacancy + 1]; ++row) {
            ask(vacancy, organisation.candidates.person[row]);
            winner_listed = winner_listed || organisation.candidates.person[row] == at.winner;
        }
        if (!winner_listed) ask(vacancy, at.winner);
    }
    sold_book out;
    if (all.empty()) return out;
    std::sort(all.begin(), all.end(), [](const asked& a, const asked& b) {
        return std::pair(a.person, a.vacancy) < std::pair(b.person, b.vacancy);
    });
    std::int32_t earliest = all.front().start;
    for (const asked& one : all) earliest = std::min(earliest, one.start);

    // The same days in the reporting currency, also before the window.
    org::policy longer = policy;
    longer.as_of = facts.window.as_of;
    while (calendar::add_months(facts.window.end, -longer.window_months) > earliest)
        longer.window_months += year_months;
    DUALTRACK_TRY(const measure::scope window, measure::scope_of(run, organisation, longer));

    const auto add = [&](std::uint32_t person, std::int32_t from, std::int32_t to, auto&& amount_in) {
        auto at = std::lower_bound(all.begin(), all.end(), person,
                                   [](const asked& one, std::uint32_t who) { return one.person < who; });
        for (; at != all.end() && at->person == person; ++at)
            if (from < at->end && to > at->start) at->amount += amount_in(*at);
    };
    if (organisation.has_deals) {
        const auto& deals = organisation.deals;
        measure::deal_credit credit;
        for (std::uint32_t deal = 0; deal < organisation.n_deals(); ++deal) {
            const std::int32_t closed = deals.closed[deal];
            if (deals.outcome[deal] != static_cast<std::uint8_t>(org::deal_outcome::won) || closed < earliest ||
                closed > facts.window.as_of)
                continue;
            measure::credit_of_deal(organisation, deal, window.amount_of_deal(organisation, deal), credit);
            for (std::size_t i = 0; i < credit.person.size(); ++i)
                add(credit.person[i], closed, closed + 1, [&](const asked&) { return credit.amount[i]; });
        }
    } else {
        const auto& sales = organisation.sales;
        for (std::size_t row = 0; row < sales.person.size(); ++row) {
            const std::int64_t amount = window.sales_amount.empty() ? sales.amount[row] : window.sales_amount[row];
            if (amount == no_money) continue;
            add(sales.person[row], sales.start[row], sales.end[row], [&](const asked& one) {
                return measure::prorated(amount, sales.start[row], sales.end[row], one.start, one.end);
            });
        }
    }
    for (const asked& one : all)
        out.of[{one.vacancy, one.person}] =
            static_cast<double>(one.amount) / static_cast<double>(one.end - one.start) * days_a_month;
    return out;
}

} // namespace dualtrack::run
