#include "run/managers_tables.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include <dualtrack/base/incomplete_gamma.hpp>
#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/text.hpp>

namespace dualtrack::run {
namespace {

using diagnose::trap;
using diagnose::uncertain;
using numeric::interval_95;

std::optional<double> share(auto part, auto whole) {
    if (!(whole > 0)) return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(whole);
}

std::optional<double> mean_of(const estimate& of) {
    if (!of) return std::nullopt;
    return of->mean;
}

std::optional<double> end_of(const estimate& of, double side) {
    if (!of) return std::nullopt;
    return of->mean + side * interval_95 * std::sqrt(of->variance);
}

/// Relative changes cannot fall below -1: everything is gone.
std::optional<double> change_end_of(const estimate& of, double side) {
    const auto end = end_of(of, side);
    return end ? std::optional(std::max(-1.0, *end)) : end;
}

void push_interval(column<double>& mean, column<double>& low, column<double>& high, const estimate& of) {
    push(mean, mean_of(of));
    push(low, end_of(of, -1.0));
    push(high, end_of(of, 1.0));
}

void push_change(column<double>& mean, column<double>& low, column<double>& high, const estimate& of) {
    push(mean, mean_of(of) ? std::optional(std::max(-1.0, of->mean)) : std::nullopt);
    push(low, change_end_of(of, -1.0));
    push(high, change_end_of(of, 1.0));
}

std::string signed_text(double value) {
    return (value > 0.0 ? "+" : "") + fixed_text(100.0 * value, 1);
}

/// A value with its 95 % interval: "-12.3 % (95 % interval -20.1 to -4.5)".
std::string with_interval(double value, double low, double high, std::string_view unit) {
    return signed_text(value) + std::string(unit) + " (95 % interval " + signed_text(low) + " to " + signed_text(high) +
           ")";
}

/// A probability out of an estimate, which never makes anything certain.
std::string odds_text(double probability) {
    return probability_text(std::clamp(probability, 1e-9, 1.0 - 1e-9));
}

std::string counted(std::int64_t n, std::string_view one, std::string_view more) {
    return integer_text(n) + " " + std::string(n == 1 ? one : more);
}

/// What was seen, in one sentence, and how sure it is.
std::string seen(const diagnosed& all, std::size_t row, const found_trap& found) {
    const diagnosed_manager& own = all.managers[row];
    const std::string sure = found.probability ? "; probability " + odds_text(*found.probability) : std::string();
    switch (found.what) {
    case trap::control:
        return "took part in " + integer_text(own.deals.joined) + " of " +
               counted(own.deals.n, "decided deal", "decided deals") + " of the team (" + percent_text(found.value) +
               "), more than " + percent_text(found.border) + " in the long run" + sure;
    case trap::no_help:
        return "joining most deals changes the win rate by " +
               with_interval(found.value, *end_of(own.joint_effect, -1.0), *end_of(own.joint_effect, 1.0),
                             " percentage points") +
               " against like deals; less than " + fixed_text(100.0 * found.border, 0) + " points gained with " +
               "probability " + odds_text(*found.probability) + ", which is no proof of none";
    case trap::step_back:
        return "stepping back to what is usual would change the team's sales by " +
               with_interval(found.value, *change_end_of(own.step_back, -1.0), *change_end_of(own.step_back, 1.0),
                             " %") +
               "; a fall of more than " + percent_text(-found.border) + " with probability " +
               odds_text(*found.probability);
    case trap::fading:
        return "what the team wins alone changes by " +
               with_interval(numeric::exp(found.value) - 1.0, numeric::exp(*end_of(own.trend, -1.0)) - 1.0,
                             numeric::exp(*end_of(own.trend, 1.0)) - 1.0, " %") +
               " a year against the market; a decline with probability " + odds_text(*found.probability);
    case trap::own_selling:
        return "own credit is " + percent_text(found.value) + " of what manager and team sold, more than " +
               percent_text(found.border) + " (amounts as booked, not an estimate)";
    case trap::scoreboard: {
        const std::int64_t team = all.board.recognised_team[row];
        return "the team got " + integer_text(team) + " of " +
               counted(team + all.board.recognised_manager[row], "recognition", "recognitions") +
               " given to team and manager; less than " + percent_text(found.border) +
               " in the long run with probability " + odds_text(*found.probability);
    }
    case trap::collaboration:
        return "no two of " + integer_text(all.together.n_sellers[row]) + " selling reports share any of " +
               counted(own.deals.n, "decided deal", "decided deals") + " (as recorded)";
    case trap::uncoached_stars:
        return integer_text(own.n_top_coached) + " of " + counted(own.n_top, "report", "reports") +
               " of the top tier " + (own.n_top_coached == 1 ? "was" : "were") + " coached lately, fewer than " +
               percent_text(found.border) + " (as logged; who is of the top tier is an estimate)";
    case trap::quarter_end: {
        std::int64_t sessions = 0;
        for (std::size_t tier = 0; tier < measure::n_tiers; ++tier)
            sessions += all.coaching.cell(row, tier, 1).sessions;
        return "coaching a day at quarter ends is " + fixed_text(found.value, 2) + " times that of other days (" +
               counted(sessions, "session", "sessions") + " logged there)";
    }
    case trap::regretted_exits: {
        const std::int64_t exits = all.exits.observed[row];
        return integer_text(exits) + " of the best people left where " + fixed_text(all.exits.expected[row], 1) +
               " were to be expected; as many by chance alone with probability " +
               odds_text(numeric::gamma_p(static_cast<double>(exits), all.exits.expected[row]));
    }
    }
    return {};
}

std::string sentence(const diagnosed& all, std::size_t row, const found_trap& found) {
    const auto& advice = diagnose::trap_advices[static_cast<std::size_t>(found.what)];
    return std::string(diagnose::trap_words[static_cast<std::size_t>(found.what)]) + ": " + seen(all, row, found) +
           ". May lead to " + std::string(diagnose::consequence_texts[static_cast<std::size_t>(advice.leads_to)]) +
           ". Next: " + std::string(advice.next) + ".";
}

} // namespace

diagnose::managers_table manager_rows(const diagnosed& all, std::pmr::memory_resource* memory) {
    diagnose::managers_table out(all.organisation().people.id, memory);
    const auto count = [](column<std::int64_t>& to, std::int64_t value, bool is_known = true) {
        push(to, is_known ? std::optional(value) : std::nullopt);
    };
    for (std::size_t row = 0; row < all.managers.size(); ++row) {
        const diagnosed_manager& own = all.managers[row];
        const deal_sums& deals = own.deals;
        const bool joins = all.has_joining && deals.n > 0;
        const auto known = [&](std::optional<double> value) { return joins ? value : std::nullopt; };
        const diagnose::share_posterior involved(deals.joined, deals.n);
        out.manager_id.index.push_back(own.person);
        count(out.n_reports, own.n_reports);
        push(out.involvement_share, known(share(deals.joined, deals.n)));
        push(out.involvement_share_amount, known(share(deals.amount_joined, deals.amount)));
        const std::int64_t own_amount = all.board.own_amount[row];
        const std::int64_t team_amount = all.board.team_amount[row];
        push(out.own_credit_share,
             own_amount >= 0 && team_amount >= 0 ? share(own_amount, own_amount + team_amount) : std::nullopt);
        push(out.independent_win_rate, known(share(own.joint.won_without, own.joint.n_without)));
        push_interval(out.independent_trend, out.independent_trend_low, out.independent_trend_high, own.trend);
        const bool both = own.joint.n_with > 0 && own.joint.n_without > 0;
        push(out.joint_effect_naive,
             joins && both ? std::optional(diagnose::naive_difference(own.joint)) : std::nullopt);
        push_interval(out.joint_effect, out.joint_effect_low, out.joint_effect_high, own.joint_effect);
        push_change(out.step_back_change, out.step_back_low, out.step_back_high, own.step_back);
        push(out.coaching_minutes_per_report, own.coaching_minutes);
        push(out.star_coverage, own.star_coverage);
        push(out.quarter_end_ratio, own.quarter_end_ratio);
        push(out.team_share_of_recognition,
             share(all.board.recognised_team[row], all.board.recognised_team[row] + all.board.recognised_manager[row]));
        push(out.regretted_exit_ratio,
             all.exits.expected[row] > 0.0 ? share(all.exits.observed[row], all.exits.expected[row]) : std::nullopt);
        push(out.report_growth, mean_of(own.report_growth));
        push(out.hero_probability, known(own.hero_probability));
        out.style.code.push_back(static_cast<std::uint8_t>(own.style));
        std::string traps;
        for (const found_trap& found : own.traps) traps += (traps.empty() ? "" : " ") + sentence(all, row, found);
        out.traps.emplace_back(traps);
        count(out.n_deals, deals.n);
        count(out.n_joined, deals.joined, all.has_joining);
        count(out.n_joined_late, deals.late, all.has_joining);
        push(out.late_win_rate, known(share(own.joint.won_late, own.joint.n_late)));
        push(out.involvement_low, joins ? std::optional(involved.low()) : std::nullopt);
        push(out.involvement_high, joins ? std::optional(involved.high()) : std::nullopt);
        push(out.probability_control, known(own.evidence.probability_control));
        push(out.probability_decline, own.trend ? std::optional(own.evidence.probability_decline) : std::nullopt);
        push(out.probability_fall, own.step_back ? std::optional(own.evidence.probability_fall) : std::nullopt);
        const bool matched = all.has_joining && own.joint.is_known;
        push(out.joint_effect_alone, matched ? std::optional(own.joint.difference) : std::nullopt);
        push(out.joint_effect_alone_sd, matched ? std::optional(std::sqrt(own.joint.variance)) : std::nullopt);
        count(out.matched, own.joint.matched[0], all.has_joining);
        count(out.matched_coarser, own.joint.matched[1] + own.joint.matched[2] + own.joint.matched[3], all.has_joining);
        count(out.not_matched, own.joint.unmatched, all.has_joining);
        const diagnose::count_trend& trend = own.trend_alone;
        push(out.independent_trend_alone, trend.is_known ? std::optional(trend.per_year) : std::nullopt);
        push(out.independent_trend_alone_sd, trend.is_known ? std::optional(std::sqrt(trend.variance)) : std::nullopt);
        push_change(out.without_change, out.without_low, out.without_high, own.without);
        out.own_amount.minor.push_back(own_amount);
        out.team_amount.minor.push_back(team_amount);
        count(out.recognised_team, all.board.recognised_team[row], all.organisation().has_activities);
        count(out.recognised_manager, all.board.recognised_manager[row], all.organisation().has_activities);
        count(out.regretted_exits, all.exits.observed[row]);
        push(out.regretted_exits_expected, all.exits.expected[row]);
        push(out.report_growth_sd,
             own.report_growth ? std::optional(std::sqrt(own.report_growth->variance)) : std::nullopt);
        const std::int64_t n = all.together.n_sellers[row];
        push(out.collaborating_pairs,
             all.knows_company() ? share(all.together.n_pairs[row], n * (n - 1) / 2) : std::nullopt);
        count(out.isolated_reports, all.together.isolated[row], all.knows_company());
    }
    return out;
}

diagnose::dependence_table dependence_rows(const diagnosed& all, std::pmr::memory_resource* memory) {
    diagnose::dependence_table out(all.organisation().people.id, memory);
    for (const diagnosed_manager& manager : all.managers)
        for (const dependence_sums& report : manager.reports) {
            const deal_sums& deals = report.deals;
            const auto known = [&](std::optional<double> value) { return all.has_joining ? value : std::nullopt; };
            const diagnose::share_posterior involved(deals.joined, deals.n);
            out.manager_id.index.push_back(manager.person);
            out.person_id.index.push_back(report.person);
            out.n_deals.value.push_back(deals.n);
            out.n_joined.value.push_back(deals.joined);
            out.n_joined_late.value.push_back(deals.late);
            push(out.involvement_share, known(share(deals.joined, deals.n)));
            push(out.involvement_low, known(involved.low()));
            push(out.involvement_high, known(involved.high()));
            push(out.involvement_share_amount, known(share(deals.amount_joined, deals.amount)));
            push(out.win_rate_with, known(share(deals.won_with, deals.joined)));
            push(out.win_rate_without, known(share(deals.won_without, deals.n - deals.joined)));
            out.won_amount.minor.push_back(deals.amount);
            push_change(out.step_back_change, out.step_back_low, out.step_back_high,
                        all.has_joining ? report_step_back(manager, deals) : estimate{});
        }
    return out;
}

diagnose::traps_table trap_rows(const diagnosed& all, std::pmr::memory_resource* memory) {
    diagnose::traps_table out(all.organisation().people.id, memory);
    for (std::size_t row = 0; row < all.managers.size(); ++row)
        for (const found_trap& found : all.managers[row].traps) {
            out.manager_id.index.push_back(all.managers[row].person);
            out.trap.code.push_back(static_cast<std::uint8_t>(found.what));
            push(out.value, found.value);
            push(out.border, found.border);
            push(out.probability, found.probability);
            out.consequence.code.push_back(
                static_cast<std::uint8_t>(diagnose::trap_advices[static_cast<std::size_t>(found.what)].leads_to));
            out.text.emplace_back(sentence(all, row, found));
        }
    return out;
}

diagnose::coaching_table coaching_rows(const diagnosed& all, std::pmr::memory_resource* memory) {
    diagnose::coaching_table out(all.organisation().people.id, memory);
    if (all.coaching.cells.empty()) return out;
    constexpr double days_a_month = 30.4375;
    for (std::size_t row = 0; row < all.managers.size(); ++row)
        for (std::size_t tier = 0; tier < measure::n_tiers; ++tier)
            for (std::size_t part = 0; part < measure::n_quarter_parts; ++part) {
                const measure::coaching_cell& cell = all.coaching.cell(row, tier, part);
                if (cell.report_days == 0 && cell.sessions == 0) continue;
                const double months = static_cast<double>(cell.report_days) / days_a_month;
                out.manager_id.index.push_back(all.managers[row].person);
                out.tier.code.push_back(static_cast<std::uint8_t>(tier));
                out.part.code.push_back(static_cast<std::uint8_t>(part));
                push(out.report_months, months);
                out.sessions.value.push_back(cell.sessions);
                push(out.minutes, cell.minutes);
                push(out.minutes_per_report_month, share(cell.minutes, months));
                push(out.one_to_one_minutes, cell.by_kind[0]);
                push(out.group_coaching_minutes, cell.by_kind[1]);
                push(out.deal_review_minutes, cell.by_kind[2]);
                push(out.ride_along_minutes, cell.by_kind[3]);
                push(out.goal_setting_minutes, cell.by_kind[4]);
                push(out.evaluation_minutes, cell.by_kind[5]);
                push(out.mentoring_minutes, cell.by_kind[6]);
            }
    return out;
}

diagnose::coaching_weeks_table coaching_week_rows(const diagnosed& all, std::pmr::memory_resource* memory) {
    diagnose::coaching_weeks_table out(memory);
    if (all.coaching.cells.empty()) return out;
    for (std::size_t tier = 0; tier < measure::n_tiers; ++tier)
        for (std::size_t week = 0; week < measure::n_quarter_weeks; ++week) {
            const std::int64_t days = all.coaching.week_report_days[tier][week];
            const double minutes = all.coaching.week_minutes[tier][week];
            if (days == 0 && minutes == 0.0) continue;
            const double weeks = static_cast<double>(days) / 7.0;
            out.tier.code.push_back(static_cast<std::uint8_t>(tier));
            out.week.value.push_back(static_cast<std::int64_t>(week) + 1);
            push(out.report_weeks, weeks);
            push(out.minutes, minutes);
            push(out.minutes_per_report_week, share(minutes, weeks));
        }
    return out;
}

diagnose::uncoached_table uncoached_rows(const diagnosed& all, std::pmr::memory_resource* memory) {
    const org::organisation& organisation = all.organisation();
    diagnose::uncoached_table out(organisation.people.id, memory);
    if (all.coached.one_to_one.empty()) return out;
    const std::int32_t as_of = all.facts->window.as_of;
    const auto employed_on = [&](std::uint32_t person) {
        const measure::employment employed = measure::employment_of(organisation, person);
        return as_of >= employed.from && as_of < employed.to;
    };
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        if (all.tier[person] != 2 || !employed_on(person)) continue;
        const std::int32_t since = measure::employment_of(organisation, person).from;
        if (!diagnose::is_uncoached(all.coached, person, since, as_of, all.facts->policy.coaching.uncoached_weeks))
            continue;
        const std::uint32_t manager = all.manager_now[person];
        out.person_id.index.push_back(person);
        out.manager_id.index.push_back(manager);
        out.tier.code.push_back(all.tier[person]);
        const std::int32_t last = all.coached.one_to_one[person];
        push(out.days_since_one_to_one, last == no_date ? std::nullopt : std::optional(as_of - last));
        out.last_goal_setting.day.push_back(all.coached.goal_setting[person]);
        out.last_evaluation.day.push_back(all.coached.evaluation[person]);
        out.manager_left.value.push_back(manager != no_index && !employed_on(manager) ? 1 : 0);
    }
    return out;
}

} // namespace dualtrack::run
