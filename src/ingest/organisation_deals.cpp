#include <algorithm>
#include <atomic>

#include "ingest/organisation_build.hpp"

namespace dualtrack::ingest {

namespace {

constexpr auto won = static_cast<std::uint8_t>(org::deal_outcome::won);
constexpr auto open = static_cast<std::uint8_t>(org::deal_outcome::open);

/// Deals dated on a day on which their owner was not employed: usable (a successor may have closed them), but doubtful.
result<void> list_outside_employment(building& site) {
    const org::deal_columns& deals = site.made.deals;
    const org::people_columns& people = site.made.people;
    const auto outside = [&](std::size_t deal) {
        const std::int32_t day = deals.outcome[deal] != open ? deals.closed[deal]
                                 : deals.opened.empty()      ? no_date
                                                             : deals.opened[deal];
        const std::uint32_t owner = deals.owner[deal];
        if (day == no_date) return false;
        return (people.hired[owner] != no_date && day < people.hired[owner]) ||
               (people.left[owner] != no_date && day >= people.left[owner]);
    };
    struct tally {
        std::int64_t count = 0;
        std::int64_t first = -1;
    };
    const auto add = [](tally left, tally right) {
        return tally{left.count + right.count, left.first >= 0 ? left.first : right.first};
    };
    const auto count = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        tally here;
        for (std::int64_t row = begin; row < end; ++row)
            if (outside(static_cast<std::size_t>(row))) here = add(here, {1, row});
        return here;
    };
    DUALTRACK_TRY(const tally found, map_reduce_blocks<tally>(site.run, static_cast<std::int64_t>(deals.id.size()),
                                                              column_block, count, add));
    if (found.count > 0)
        add_finding(site.findings,
                    {org::severity::warning, "data.outside_employment", "deals", "owner_id", found.first, -1,
                     found.count, "deals dated before their owner was hired or after the owner had left"});
    return outcome::success();
}

} // namespace

result<void> read_deals(const reading& from) {
    org::deal_columns& deals = from.site.made.deals;
    const run_context& run = from.site.run;
    const std::size_t n = from.n_rows();
    DUALTRACK_TRYV(from.ids("deal_id", presence::required, deals.id));
    DUALTRACK_TRYV(from.ids("owner_id", presence::required, from.site.ids.deals_owner));
    DUALTRACK_TRYV(from.money("amount", presence::optional, deals.amount));
    if (deals.amount.empty()) place(deals.amount, filled(n, no_money, run));
    DUALTRACK_TRYV(from.currencies(presence::optional, deals.currency, from.site.deals_currencies));
    DUALTRACK_TRYV(from.dates("opened", presence::optional, deals.opened));
    DUALTRACK_TRYV(from.dates("closed", presence::optional, deals.closed));
    if (deals.closed.empty()) place(deals.closed, filled(n, no_date, run));
    DUALTRACK_TRYV(from.words("outcome", org::outcome_words, presence::required, deals.outcome));
    DUALTRACK_TRYV(from.categories("segment", presence::optional, deals.segment));
    DUALTRACK_TRYV(from.ids("account_id", presence::optional, deals.account_id));
    DUALTRACK_TRYV(from.money("list_price", presence::optional, deals.list_price));

    if (!deals.list_price.empty()) {
        // A price below zero is a slip, but for a clawback, which takes back a price as it takes back an amount.
        DUALTRACK_TRYV(from.refuse(
            "list_price", "data.range",
            [&](std::size_t row) {
                const bool takes_back = deals.amount[row] != no_money && deals.amount[row] < 0;
                return deals.list_price[row] < 0 && deals.list_price[row] != no_money && !takes_back;
            },
            [&](std::size_t row) {
                return say("expected a list price of 0 or more, found ", money_text(deals.list_price[row]));
            }));
    }
    DUALTRACK_TRYV(from.refuse(
        "amount", "data.null",
        [&](std::size_t row) { return deals.outcome[row] == won && deals.amount[row] == no_money; },
        [&](std::size_t) { return std::string("expected the amount of a won deal, found none"); }));
    if (!deals.opened.empty()) {
        DUALTRACK_TRYV(from.refuse(
            "closed", "data.date",
            [&](std::size_t row) {
                return deals.closed[row] != no_date && deals.opened[row] != no_date &&
                       deals.closed[row] < deals.opened[row];
            },
            [&](std::size_t row) {
                return say("expected a closing date on or after the opening date ", day_text(deals.opened[row]),
                           ", found ", day_text(deals.closed[row]));
            }));
    }
    DUALTRACK_TRYV(from.refuse(
        "closed", "data.date",
        [&](std::size_t row) { return deals.outcome[row] != open && deals.closed[row] == no_date; },
        [&](std::size_t row) {
            return say("expected the closing date of a ", org::outcome_words[deals.outcome[row]], " deal, found none");
        }));
    DUALTRACK_TRYV(from.list(
        "amount", "data.negative_revenue",
        [&](std::size_t row) {
            return deals.outcome[row] == won && deals.amount[row] < 0 && deals.amount[row] != no_money;
        },
        [&](std::size_t row) { return say("a won deal of ", money_text(deals.amount[row]), " was taken as it is"); }));
    return outcome::success();
}

result<void> key_deals(building& site) {
    const org::deal_columns& deals = site.made.deals;
    DUALTRACK_TRY(const equal_rows twice, site.deals.build(site.run, deals.id));
    if (twice.row < 0) return outcome::success();
    return fail(status::data, "data.duplicate_id",
                say("expected one row a deal, found ", quoted(deals.id[static_cast<std::size_t>(twice.row)]),
                    " again, also row ", twice.row_2),
                "deals.deal_id", twice.row);
}

result<void> link_deals(building& site) {
    org::deal_columns& deals = site.made.deals;
    DUALTRACK_TRY(auto owners, match_people(site, site.ids.deals_owner, deals.id.size(), "deals", "owner_id"));
    place(deals.owner, std::move(owners));
    return list_outside_employment(site);
}

} // namespace dualtrack::ingest
