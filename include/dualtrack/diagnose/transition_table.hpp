// The table of new managers, month by month.
#pragma once

#include <concepts>
#include <type_traits>

#include <dualtrack/base/describe.hpp>
#include <dualtrack/diagnose/transition.hpp>

namespace dualtrack::diagnose {

/// One row a new manager and full month; by manager, then month.
struct transition_table {
    id_column manager_id;
    column<std::int64_t> month_index;
    column<double> weight_own;
    column<double> weight_team;
    column<double> weight_development;
    column<double> weight_retention;
    column<double> score;
    column<double> baseline;
    word_column status;
    text_list triggers;
    date_column start;
    date_column end;
    column<std::int64_t> n_reports;
    money_column team_amount;
    money_column team_baseline;
    column<double> team_change;
    column<double> team_change_low;
    column<double> team_change_high;
    column<double> probability_below;
    column<std::int64_t> top_exits;
    column<double> involvement_share;
    column<double> own;
    column<double> own_before;
    column<double> development;
    column<double> development_before;
    column<double> retention;
    column<double> retention_before;
    column<double> known_weight;

    transition_table(const text_column& ids, std::pmr::memory_resource* memory)
        : manager_id(ids, memory), month_index(memory), weight_own(memory), weight_team(memory),
          weight_development(memory), weight_retention(memory), score(memory), baseline(memory),
          status(transition_status_words, memory), triggers(memory), start(memory), end(memory), n_reports(memory),
          team_amount(memory), team_baseline(memory), team_change(memory), team_change_low(memory),
          team_change_high(memory), probability_below(memory), top_exits(memory), involvement_share(memory),
          own(memory), own_before(memory), development(memory), development_before(memory), retention(memory),
          retention_before(memory), known_weight(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, transition_table>
void describe(Visitor& visit, Table& table) {
    visit.table("transition",
                "how new managers do in their first months, against the same people before, moved by their market");
    visit.column("manager_id", unit::id, "the manager", table.manager_id);
    visit.column("month_index", unit::count, "full months since the first report, 1 = the first", table.month_index);
    visit.column("weight_own", unit::share, "weight of own sales; the four weights sum to 1", table.weight_own);
    visit.column("weight_team", unit::share, "weight of the team's result", table.weight_team);
    visit.column("weight_development", unit::share, "weight of developing people", table.weight_development);
    visit.column("weight_retention", unit::share, "weight of keeping the best", table.weight_retention);
    visit.column("score", unit::ratio,
                 "sum of weight x part, each part a multiple of what is usual in the market, at most 2", table.score);
    visit.column("baseline", unit::ratio, "the same weights on what the same people did before, moved by their market",
                 table.baseline);
    visit.column(
        "status", unit::text,
        "green, amber (score below the baseline), red (see triggers); as much of it is known as known_weight says",
        table.status);
    visit.column("triggers", unit::text, "what makes it red, each with its number; empty otherwise", table.triggers);
    visit.column("start", unit::date, "first day of the month", table.start);
    visit.column("end", unit::date, "first day after it", table.end);
    visit.column("n_reports", unit::count, "people who reported here in the trailing months", table.n_reports);
    visit.column("team_amount", unit::currency, "sold by them while here, in the trailing months", table.team_amount);
    visit.column("team_baseline", unit::currency,
                 "what they would have sold as before, moved by their market; null without any past",
                 table.team_baseline);
    visit.column("team_change", unit::share, "team_amount / team_baseline - 1", table.team_change);
    visit.column("team_change_low", unit::share, "lower end of its 95 % interval", table.team_change_low);
    visit.column("team_change_high", unit::share, "upper end", table.team_change_high);
    visit.column("probability_below", unit::probability, "that the team is truly below its baseline",
                 table.probability_below);
    visit.column("top_exits", unit::count, "people of the top quarter who left unasked in the trailing months",
                 table.top_exits);
    visit.column("involvement_share", unit::share, "decided deals of the trailing months that the manager took part in",
                 table.involvement_share);
    visit.column("own", unit::ratio, "own sales as a multiple of an average seller's", table.own);
    visit.column("own_before", unit::ratio, "the same in the year before, falling with the weight", table.own_before);
    visit.column("development", unit::ratio,
                 "coaching a report as a multiple of the organisation's; null without activities", table.development);
    visit.column("development_before", unit::ratio, "the same people in the year before", table.development_before);
    visit.column("retention", unit::share, "top reports who stayed through the trailing months; null without any",
                 table.retention);
    visit.column("retention_before", unit::share, "what the market's hazards lead to expect", table.retention_before);
    visit.column("known_weight", unit::share,
                 "weights of the parts something is known of; the others count as neither better nor worse",
                 table.known_weight);
}

} // namespace dualtrack::diagnose
