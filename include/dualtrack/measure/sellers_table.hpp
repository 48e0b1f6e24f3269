// The sellers table: one row a person with what they sold in the window, how it compares with their market, and how it
// came about. Raw sums stand beside figures with chance taken out (win_rate_shrunk, performance_z), because the first
// are what people talk about and the second are what decisions should rest on. seller.hpp says how each column is
// computed.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <dualtrack/base/describe.hpp>

namespace dualtrack::measure {

enum class seller_status : std::uint8_t { ok, no_sales, not_active, not_a_seller, leads };
inline constexpr std::array<std::string_view, 5> seller_status_words{"ok", "no_sales", "not_active", "not_a_seller",
                                                                     "leads"};

/// One row a person, by id; those who do not sell have the status that says so and no figures.
struct sellers_table {
    id_column person_id, manager_id;
    name_column market;
    money_column won_amount;
    column<std::int64_t> won_count, lost_count;
    column<double> win_rate, win_rate_shrunk;
    money_column quota;
    column<double> attainment, cycle_days_median, months_active, log_relative_sales, volatility, largest_deal_share,
        collaborators_mean;
    flag_column lone_wolf;
    column<double> mentoring_minutes;
    column<std::int64_t> leads_shared, recognition_count, rank_in_team;
    column<double> performance_z, performance_sd, probability_top_quartile;
    money_column overlay_amount, attained_amount;
    word_column status;

    sellers_table(const text_column& ids, const text_column& markets, std::uint32_t n,
                  std::pmr::memory_resource* memory)
        : person_id(ids, memory), manager_id(ids, memory), market(markets, memory), won_amount(memory),
          won_count(n, 0, memory), lost_count(n, 0, memory), win_rate(n, 0.0, memory), win_rate_shrunk(n, 0.0, memory),
          quota(memory), attainment(n, 0.0, memory), cycle_days_median(n, 0.0, memory), months_active(n, 0.0, memory),
          log_relative_sales(n, 0.0, memory), volatility(n, 0.0, memory), largest_deal_share(n, 0.0, memory),
          collaborators_mean(n, 0.0, memory), lone_wolf(memory), mentoring_minutes(n, 0.0, memory),
          leads_shared(n, 0, memory), recognition_count(n, 0, memory), rank_in_team(n, 0, memory),
          performance_z(n, 0.0, memory), performance_sd(n, 0.0, memory), probability_top_quartile(n, 0.0, memory),
          overlay_amount(memory), attained_amount(memory), status(seller_status_words, memory) {
        person_id.index.resize(n);
        manager_id.index.assign(n, no_index);
        market.code.assign(n, no_index);
        won_amount.minor.assign(n, no_money);
        quota.minor.assign(n, no_money);
        lone_wolf.value.assign(n, 2);
        overlay_amount.minor.assign(n, no_money);
        attained_amount.minor.assign(n, no_money);
        status.code.assign(n, static_cast<std::uint8_t>(seller_status::not_a_seller));
    }
    [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(person_id.index.size()); }
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, sellers_table>
void describe(Visitor& visit, Table& table) {
    visit.table("sellers",
                "what each person sold in the window, against their market, with chance taken out beside it");
    visit.column("person_id", unit::id, "the person", table.person_id);
    visit.column("manager_id", unit::id, "manager on the last day that counts", table.manager_id);
    visit.column("market", unit::text, "market of the assignment in force, else of the person", table.market);
    visit.column("won_amount", unit::currency, "credited from won deals, or the totals given", table.won_amount);
    visit.column("won_count", unit::count, "won deals with a revenue share; a clawback (below zero) is none",
                 table.won_count);
    visit.column("lost_count", unit::count, "lost deals with a revenue share", table.lost_count);
    visit.column("win_rate", unit::share, "won / (won + lost)", table.win_rate);
    visit.column("win_rate_shrunk", unit::share, "win rate drawn towards the market as far as chance explains it",
                 table.win_rate_shrunk);
    visit.column("quota", unit::currency, "own quota, spread over calendar days", table.quota);
    visit.column("attainment", unit::ratio, "attained_amount / quota: both of the days that have a quota",
                 table.attainment);
    visit.column("cycle_days_median", unit::days, "median days from opening to closing of won deals",
                 table.cycle_days_median);
    visit.column("months_active", unit::months, "active days in calendar months", table.months_active);
    visit.column("log_relative_sales", unit::log_points, "ln(1 + monthly sales) less the market's mean of it",
                 table.log_relative_sales);
    visit.column("volatility", unit::ratio,
                 "standard deviation of monthly attainment, or of monthly sales over their mean, whole months alone",
                 table.volatility);
    visit.column("largest_deal_share", unit::share, "largest credit / won_amount", table.largest_deal_share);
    visit.column("collaborators_mean", unit::count,
                 "other people on a won deal, on average; null where neither credits nor participants say so",
                 table.collaborators_mean);
    visit.column("lone_wolf", unit::flag,
                 "nobody else on any closed deal; null where neither credits nor participants say so", table.lone_wolf);
    visit.column("mentoring_minutes", unit::minutes, "minutes given as a mentor; null without activities",
                 table.mentoring_minutes);
    visit.column("leads_shared", unit::count, "leads passed to others; null without activities", table.leads_shared);
    visit.column("recognition_count", unit::count,
                 "times others were recognised by this person; null without activities", table.recognition_count);
    visit.column("rank_in_team", unit::count,
                 "rank of won_amount among the manager's sellers, 1 = most, ties share the rank", table.rank_in_team);
    visit.column("performance_z", unit::standard_deviations, "sales with luck taken out, 0 = the market's expectation",
                 table.performance_z);
    visit.column("performance_sd", unit::standard_deviations, "uncertainty of performance_z, 1 = nothing known",
                 table.performance_sd);
    visit.column("probability_top_quartile", unit::probability, "probability to be among the market's top share",
                 table.probability_top_quartile);
    visit.column("overlay_amount", unit::currency, "overlay credit, shown and never added", table.overlay_amount);
    visit.column("attained_amount", unit::currency,
                 "the part of won_amount on days that have a quota; null without a quota", table.attained_amount);
    visit.column(
        "status", unit::text,
        "ok, no_sales, not_active, not_a_seller; leads: has reports and no own quota, so is not compared with sellers",
        table.status);
}

} // namespace dualtrack::measure
