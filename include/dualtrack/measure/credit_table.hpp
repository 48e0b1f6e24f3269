// The credit table: every won deal of the window with everybody credited with it and the manager of that day, to the
// cent. It is what a seller or a manager checks when a total surprises them. Overlay credit has its own column and adds
// to nothing.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <numeric>
#include <type_traits>
#include <vector>

#include <dualtrack/base/describe.hpp>
#include <dualtrack/measure/credit.hpp>
#include <dualtrack/measure/sales_sums.hpp>
#include <dualtrack/org/reporting_lines.hpp>

namespace dualtrack::measure {

/// One row a deal and person credited; by deal id, then person id.
struct credit_table {
    id_column deal_id, person_id, manager_id;
    date_column closed;
    money_column amount, overlay_amount;

    credit_table(const text_column& deals, const text_column& people, std::pmr::memory_resource* memory)
        : deal_id(deals, memory), person_id(people, memory), manager_id(people, memory), closed(memory), amount(memory),
          overlay_amount(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, credit_table>
void describe(Visitor& visit, Table& table) {
    visit.table("credit", "every won deal of the window, as credited");
    visit.column("deal_id", unit::id, "the deal", table.deal_id);
    visit.column("person_id", unit::id, "who is credited", table.person_id);
    visit.column("manager_id", unit::id, "whom that person reported to on the closing day", table.manager_id);
    visit.column("closed", unit::date, "closing day", table.closed);
    visit.column("amount", unit::currency, "revenue credit; the amounts of a deal sum to it", table.amount);
    visit.column("overlay_amount", unit::currency, "overlay credit, shown beside revenue and never added to it",
                 table.overlay_amount);
}

namespace detail {

/// Rows of the decided, won deals of the window in the byte order of their ids.
inline std::vector<std::uint32_t> won_deals_by_id(const org::organisation& organisation, const scope& window) {
    std::vector<std::uint32_t> deals;
    for (std::uint32_t deal = 0; deal < organisation.n_deals(); ++deal)
        if (is_decided(organisation, window, deal) && is_won(organisation, deal)) deals.push_back(deal);
    const text_column& id = organisation.deals.id;
    const auto by_id = [&](std::uint32_t a, std::uint32_t b) { return id[a] < id[b]; };
    if (!std::is_sorted(deals.begin(), deals.end(), by_id)) std::sort(deals.begin(), deals.end(), by_id);
    return deals;
}

} // namespace detail

inline credit_table credit_rows(const org::organisation& organisation, const org::reporting_lines& lines,
                                const scope& window, std::pmr::memory_resource* memory) {
    credit_table out(organisation.deals.id, organisation.people.id, memory);
    deal_credit credit;
    std::vector<std::uint32_t> people;
    for (const std::uint32_t deal : detail::won_deals_by_id(organisation, window)) {
        credit_of_deal(organisation, deal, window.amount_of_deal(organisation, deal), credit);
        people.assign(credit.person.begin(), credit.person.end());
        people.insert(people.end(), credit.overlay_person.begin(), credit.overlay_person.end());
        std::sort(people.begin(), people.end());
        people.erase(std::unique(people.begin(), people.end()), people.end());
        const std::int32_t day = organisation.deals.closed[deal];
        for (const std::uint32_t person : people) {
            const auto own = std::lower_bound(credit.person.begin(), credit.person.end(), person);
            const bool has_revenue = own != credit.person.end() && *own == person;
            std::int64_t overlay = 0;
            for (std::size_t i = 0; i < credit.overlay_person.size(); ++i)
                if (credit.overlay_person[i] == person) overlay += credit.overlay_amount[i];
            out.deal_id.index.push_back(deal);
            out.person_id.index.push_back(person);
            out.manager_id.index.push_back(lines.manager_on(person, day).manager);
            out.closed.day.push_back(day);
            out.amount.minor.push_back(
                has_revenue ? credit.amount[static_cast<std::size_t>(own - credit.person.begin())] : 0);
            out.overlay_amount.minor.push_back(overlay);
        }
    }
    return out;
}

} // namespace dualtrack::measure
