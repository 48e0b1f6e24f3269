// Seller months: what each seller brought, month by month, inside the window. It is the panel by calendar month, for
// those who want to see a year pass: cells of one month are added, whoever the manager was.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/describe.hpp>
#include <dualtrack/measure/panel.hpp>

namespace dualtrack::measure {

/// One row a person and month in which they were active, sold, lost or had a quota; by person, then month.
struct seller_months_table {
    id_column person_id;
    date_column month;
    id_column manager_id;
    money_column amount;
    column<std::int64_t> won_count, lost_count;
    money_column quota;

    seller_months_table(const text_column& ids, std::pmr::memory_resource* memory)
        : person_id(ids, memory), month(memory), manager_id(ids, memory), amount(memory), won_count(memory),
          lost_count(memory), quota(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, seller_months_table>
void describe(Visitor& visit, Table& table) {
    visit.table("seller_months", "what each seller brought, month by month, inside the window");
    visit.column("person_id", unit::id, "the seller", table.person_id);
    visit.column("month", unit::date, "first day of the calendar month", table.month);
    visit.column("manager_id", unit::id, "manager on the last day of the month inside the window", table.manager_id);
    visit.column("amount", unit::currency,
                 "credited from deals won that month, or the month's part of the totals given", table.amount);
    visit.column("won_count", unit::count, "deals won with a revenue share; a clawback (below zero) is none",
                 table.won_count);
    visit.column("lost_count", unit::count, "deals lost with a revenue share", table.lost_count);
    visit.column("quota", unit::currency, "own quota, spread over calendar days; null without one", table.quota);
}

/// The panel by calendar month.
inline seller_months_table seller_months(const run_context& run, const org::organisation& organisation,
                                         const panel& cells) {
    seller_months_table out(organisation.people.id, run.memory);
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        std::uint32_t cell = cells.first[person];
        while (cell < cells.first[person + 1]) {
            const std::int32_t month = calendar::month_of_day(cells.start[cell]);
            std::int64_t amount = 0;
            std::int64_t quota = 0;
            std::int64_t won = 0;
            std::int64_t lost = 0;
            bool is_active = false;
            std::uint32_t manager = no_index;
            for (; cell < cells.first[person + 1] && calendar::month_of_day(cells.start[cell]) == month; ++cell) {
                amount += cells.amount[cell];
                quota += cells.quota[cell];
                won += cells.won[cell];
                lost += cells.lost[cell];
                is_active = is_active || cells.state[cell] == active;
                manager = cells.manager[cell];
            }
            if (!is_active && amount == 0 && quota == 0 && won == 0 && lost == 0) continue;
            out.person_id.index.push_back(person);
            out.month.day.push_back(calendar::first_day_of_month(month));
            out.manager_id.index.push_back(manager);
            out.amount.minor.push_back(amount);
            out.won_count.value.push_back(won);
            out.lost_count.value.push_back(lost);
            out.quota.minor.push_back(quota == 0 ? no_money : quota);
        }
    }
    return out;
}

} // namespace dualtrack::measure
