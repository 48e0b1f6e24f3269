// The tables of managers: the verdict of each with everything it rests on, how much each report depends on the manager,
// and each trap on a line of its own.
#pragma once

#include <concepts>
#include <type_traits>

#include <dualtrack/base/describe.hpp>
#include <dualtrack/diagnose/hero.hpp>
#include <dualtrack/diagnose/traps.hpp>

namespace dualtrack::diagnose {

/// One row a manager with a report in the window; by manager.
struct managers_table {
    id_column manager_id;
    column<std::int64_t> n_reports;
    column<double> involvement_share;
    column<double> involvement_share_amount;
    column<double> own_credit_share;
    column<double> independent_win_rate;
    column<double> independent_trend;
    column<double> joint_effect_naive;
    column<double> joint_effect;
    column<double> joint_effect_low;
    column<double> joint_effect_high;
    column<double> step_back_change;
    column<double> step_back_low;
    column<double> step_back_high;
    column<double> coaching_minutes_per_report;
    column<double> star_coverage;
    column<double> quarter_end_ratio;
    column<double> team_share_of_recognition;
    column<double> regretted_exit_ratio;
    column<double> report_growth;
    column<double> hero_probability;
    word_column style;
    text_list traps;
    column<std::int64_t> n_deals;
    column<std::int64_t> n_joined;
    column<std::int64_t> n_joined_late;
    column<double> late_win_rate;
    column<double> involvement_low;
    column<double> involvement_high;
    column<double> probability_control;
    column<double> probability_decline;
    column<double> probability_fall;
    column<double> joint_effect_alone;
    column<double> joint_effect_alone_sd;
    column<std::int64_t> matched;
    column<std::int64_t> matched_coarser;
    column<std::int64_t> not_matched;
    column<double> independent_trend_low;
    column<double> independent_trend_high;
    column<double> independent_trend_alone;
    column<double> independent_trend_alone_sd;
    column<double> without_change;
    column<double> without_low;
    column<double> without_high;
    money_column own_amount;
    money_column team_amount;
    column<std::int64_t> recognised_team;
    column<std::int64_t> recognised_manager;
    column<std::int64_t> regretted_exits;
    column<double> regretted_exits_expected;
    column<double> report_growth_sd;
    column<double> collaborating_pairs;
    column<std::int64_t> isolated_reports;

    managers_table(const text_column& ids, std::pmr::memory_resource* memory)
        : manager_id(ids, memory), n_reports(memory), involvement_share(memory), involvement_share_amount(memory),
          own_credit_share(memory), independent_win_rate(memory), independent_trend(memory), joint_effect_naive(memory),
          joint_effect(memory), joint_effect_low(memory), joint_effect_high(memory), step_back_change(memory),
          step_back_low(memory), step_back_high(memory), coaching_minutes_per_report(memory), star_coverage(memory),
          quarter_end_ratio(memory), team_share_of_recognition(memory), regretted_exit_ratio(memory),
          report_growth(memory), hero_probability(memory), style(style_words, memory), traps(memory), n_deals(memory),
          n_joined(memory), n_joined_late(memory), late_win_rate(memory), involvement_low(memory),
          involvement_high(memory), probability_control(memory), probability_decline(memory), probability_fall(memory),
          joint_effect_alone(memory), joint_effect_alone_sd(memory), matched(memory), matched_coarser(memory),
          not_matched(memory), independent_trend_low(memory), independent_trend_high(memory),
          independent_trend_alone(memory), independent_trend_alone_sd(memory), without_change(memory),
          without_low(memory), without_high(memory), own_amount(memory), team_amount(memory), recognised_team(memory),
          recognised_manager(memory), regretted_exits(memory), regretted_exits_expected(memory),
          report_growth_sd(memory), collaborating_pairs(memory), isolated_reports(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, managers_table>
void describe(Visitor& visit, Table& table) {
    visit.table("managers", "hero or hero-maker: how each manager works, how sure that is, and what to do next");
    visit.column("manager_id", unit::id, "the manager", table.manager_id);
    visit.column("n_reports", unit::count, "different people who reported here on any day of the window",
                 table.n_reports);
    visit.column("involvement_share", unit::share,
                 "decided deals of the team that the manager took part in, as counted; the interval is of the share in "
                 "the long run",
                 table.involvement_share);
    visit.column("involvement_share_amount", unit::share, "the same, by won amount", table.involvement_share_amount);
    visit.column("own_credit_share", unit::share, "own credit / (own credit + credit of the reports)",
                 table.own_credit_share);
    visit.column("independent_win_rate", unit::share, "win rate of deals the manager took no part in",
                 table.independent_win_rate);
    visit.column("independent_trend", unit::log_points,
                 "yearly log change of deals won without the manager, against the market; drawn towards 0 by what its "
                 "noise says",
                 table.independent_trend);
    visit.column("joint_effect_naive", unit::share,
                 "win rate with the manager less win rate without, as it is: it counts as help that managers join what "
                 "is won anyway",
                 table.joint_effect_naive);
    visit.column("joint_effect", unit::share,
                 "the same within seller, segment and size of deal, late joins apart, shrunk across managers",
                 table.joint_effect);
    visit.column("joint_effect_low", unit::share, "lower end of its 95 % interval", table.joint_effect_low);
    visit.column("joint_effect_high", unit::share, "upper end", table.joint_effect_high);
    visit.column("step_back_change", unit::share,
                 "expected change of the team's sales if the manager took part as little as is usual in the market",
                 table.step_back_change);
    visit.column("step_back_low", unit::share, "lower end of its 95 % interval", table.step_back_low);
    visit.column("step_back_high", unit::share, "upper end", table.step_back_high);
    visit.column("coaching_minutes_per_report", unit::minutes,
                 "coaching a report and month; a group session is divided by those who attended",
                 table.coaching_minutes_per_report);
    visit.column("star_coverage", unit::share, "reports of the top tier who were coached lately; null without any",
                 table.star_coverage);
    visit.column("quarter_end_ratio", unit::ratio,
                 "coaching a report and day in the last days of quarters / on other days", table.quarter_end_ratio);
    visit.column("team_share_of_recognition", unit::share,
                 "recognition given to the team / to team and manager, by people outside it; null without any",
                 table.team_share_of_recognition);
    visit.column("regretted_exit_ratio", unit::ratio, "exits of top people / those to expect at their market's pace",
                 table.regretted_exit_ratio);
    visit.column("report_growth", unit::standard_deviations,
                 "mean change of the reports' performance, luck taken out, against the window before",
                 table.report_growth);
    visit.column("hero_probability", unit::probability,
                 "P(control trap) x max(P(the team fades alone), P(it would fall)): how sure the word hero is",
                 table.hero_probability);
    visit.column("style", unit::text,
                 "hero, mixed, hero_maker, insufficient_evidence; a reason to talk, a person decides", table.style);
    visit.column("traps", unit::text,
                 "each trap with the number that shows it, what it leads to and what to do next; empty without any",
                 table.traps);
    visit.column("n_deals", unit::count, "decided deals of the reports in the window", table.n_deals);
    visit.column("n_joined", unit::count, "of them with the manager taking part", table.n_joined);
    visit.column("n_joined_late", unit::count,
                 "of these, joined in the last part of the deal's life: counted as deals without in joint_effect",
                 table.n_joined_late);
    visit.column("late_win_rate", unit::share, "win rate of the deals joined late; null without any",
                 table.late_win_rate);
    visit.column("involvement_low", unit::share,
                 "lower end of the 95 % interval of involvement_share (beta posterior; 0 where none was joined)",
                 table.involvement_low);
    visit.column("involvement_high", unit::share, "upper end; 1 where all were", table.involvement_high);
    visit.column("probability_control", unit::probability,
                 "probability that the true share exceeds the policy's control_share", table.probability_control);
    visit.column("probability_decline", unit::probability,
                 "probability that the reports win less and less alone, against the market", table.probability_decline);
    visit.column("probability_fall", unit::probability,
                 "probability that stepping back costs more than the policy's step_back_fall", table.probability_fall);
    visit.column("joint_effect_alone", unit::share, "joint effect of this manager's deals alone, before shrinkage",
                 table.joint_effect_alone);
    visit.column("joint_effect_alone_sd", unit::share, "its standard error", table.joint_effect_alone_sd);
    visit.column("matched", unit::count, "deals compared within seller, segment and size", table.matched);
    visit.column("matched_coarser", unit::count,
                 "deals compared within less, because there was nothing to compare with", table.matched_coarser);
    visit.column("not_matched", unit::count, "deals that could not be compared", table.not_matched);
    visit.column("independent_trend_low", unit::log_points, "lower end of the 95 % interval of independent_trend",
                 table.independent_trend_low);
    visit.column("independent_trend_high", unit::log_points, "upper end", table.independent_trend_high);
    visit.column("independent_trend_alone", unit::log_points, "the same as the counts alone say",
                 table.independent_trend_alone);
    visit.column("independent_trend_alone_sd", unit::log_points, "its standard error",
                 table.independent_trend_alone_sd);
    visit.column("without_change", unit::share,
                 "expected change of the team's sales if the manager took part in nothing", table.without_change);
    visit.column("without_low", unit::share, "lower end of its 95 % interval", table.without_low);
    visit.column("without_high", unit::share, "upper end", table.without_high);
    visit.column("own_amount", unit::currency, "credited to the manager in the window", table.own_amount);
    visit.column("team_amount", unit::currency, "credited to the reports while they reported here", table.team_amount);
    visit.column("recognised_team", unit::count, "recognitions of reports by people outside the team or by the manager",
                 table.recognised_team);
    visit.column("recognised_manager", unit::count, "recognitions of the manager by anybody but the reports",
                 table.recognised_manager);
    visit.column("regretted_exits", unit::count, "reports of the top share who left without being dismissed",
                 table.regretted_exits);
    visit.column("regretted_exits_expected", unit::count, "to expect at their market's pace",
                 table.regretted_exits_expected);
    visit.column("report_growth_sd", unit::standard_deviations, "uncertainty of report_growth", table.report_growth_sd);
    visit.column("collaborating_pairs", unit::share,
                 "pairs of today's selling reports who share a decided deal; null with fewer than two",
                 table.collaborating_pairs);
    visit.column("isolated_reports", unit::count,
                 "today's selling reports who share no decided deal with another report; null where nothing says so",
                 table.isolated_reports);
}

/// One row a manager and report with decided deals; by manager, then report.
struct dependence_table {
    id_column manager_id;
    id_column person_id;
    column<std::int64_t> n_deals;
    column<std::int64_t> n_joined;
    column<std::int64_t> n_joined_late;
    column<double> involvement_share;
    column<double> involvement_low;
    column<double> involvement_high;
    column<double> involvement_share_amount;
    column<double> win_rate_with;
    column<double> win_rate_without;
    money_column won_amount;
    column<double> step_back_change;
    column<double> step_back_low;
    column<double> step_back_high;

    dependence_table(const text_column& ids, std::pmr::memory_resource* memory)
        : manager_id(ids, memory), person_id(ids, memory), n_deals(memory), n_joined(memory), n_joined_late(memory),
          involvement_share(memory), involvement_low(memory), involvement_high(memory),
          involvement_share_amount(memory), win_rate_with(memory), win_rate_without(memory), won_amount(memory),
          step_back_change(memory), step_back_low(memory), step_back_high(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, dependence_table>
void describe(Visitor& visit, Table& table) {
    visit.table("dependence", "how much each report depends on the manager");
    visit.column("manager_id", unit::id, "the manager", table.manager_id);
    visit.column("person_id", unit::id, "the report", table.person_id);
    visit.column("n_deals", unit::count, "decided deals of the report while reporting here", table.n_deals);
    visit.column("n_joined", unit::count, "of them with the manager taking part", table.n_joined);
    visit.column("n_joined_late", unit::count, "of these, joined in the last part of the deal's life",
                 table.n_joined_late);
    visit.column("involvement_share", unit::share, "n_joined / n_deals, as counted", table.involvement_share);
    visit.column("involvement_low", unit::share,
                 "lower end of its 95 % interval (beta posterior; 0 where none was joined)", table.involvement_low);
    visit.column("involvement_high", unit::share, "upper end; 1 where all were", table.involvement_high);
    visit.column("involvement_share_amount", unit::share, "the same by won amount; null when nothing was won",
                 table.involvement_share_amount);
    visit.column("win_rate_with", unit::share, "win rate with the manager; null without such deals",
                 table.win_rate_with);
    visit.column("win_rate_without", unit::share, "win rate without; null without such deals", table.win_rate_without);
    visit.column("won_amount", unit::currency, "won by the report's deals, whoever was credited", table.won_amount);
    visit.column("step_back_change", unit::share,
                 "expected change of it if the manager took part as little as is usual in the market, at the manager's "
                 "joint effect",
                 table.step_back_change);
    visit.column("step_back_low", unit::share, "lower end of its 95 % interval", table.step_back_low);
    visit.column("step_back_high", unit::share, "upper end", table.step_back_high);
}

/// One row a manager and trap; by manager, then trap.
struct traps_table {
    id_column manager_id;
    word_column trap;
    column<double> value;
    column<double> border;
    column<double> probability;
    word_column consequence;
    text_list text;

    traps_table(const text_column& ids, std::pmr::memory_resource* memory)
        : manager_id(ids, memory), trap(trap_words, memory), value(memory), border(memory), probability(memory),
          consequence(consequence_words, memory), text(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, traps_table>
void describe(Visitor& visit, Table& table) {
    visit.table("traps", "each trap with the number that shows it, what it leads to and what to do next");
    visit.column("manager_id", unit::id, "the manager", table.manager_id);
    visit.column("trap", unit::text, "the trap", table.trap);
    visit.column("value", unit::ratio, "the number that shows it", table.value);
    visit.column("border", unit::ratio, "the border it is beyond", table.border);
    visit.column("probability", unit::probability, "how sure it is that it is beyond; null where it is a plain count",
                 table.probability);
    visit.column("consequence", unit::text,
                 "what it leads to, of the nine of source article 004, in this project's words", table.consequence);
    visit.column("text", unit::text, "the same in sentences, with what to do next", table.text);
}

} // namespace dualtrack::diagnose
