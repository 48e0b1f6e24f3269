// Organisations whose leaders, effects and exits are known: teams of sellers with deals, ratings and pay, one open seat
// a team and one filled in the last year, built directly as columns. What is true is drawn from what evidence says (the
// defaults of the policy with their uncertainty), never from what the library computes.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <dualtrack/assess/construct.hpp>
#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/random.hpp>
#include <dualtrack/base/text.hpp>

#include "ingest/organisation.hpp"

namespace dualtrack::test {

/// One way of choosing managers is tried on organisations like this.
struct seats_plan {
    std::uint64_t seed = 1;
    std::uint32_t n_teams = 4, per_team = 8;
    double territory_sd = 0.35; // 1.62: sales as dispersed as raw territories
    std::int32_t as_of = *calendar::parse_iso_date("2025-12-31");
};

/// What is true of a seller, and what is on record of them.
struct true_seller {
    double monthly = 0.0;         // expected sales, minor units
    double readiness = 0.0;       // standard normal
    double residual = 0.0;        // of the effect as a manager
    double recorded = 0.0;        // sold in the last twelve months, minor units
    double log_sales = 0.0;       // ln(1 + units a month) above the market
    double collaboration = 0.0;   // ln(1 + others a deal) above the market
    double rank = 0.5;            // by recorded sales in the team, 0 last to 1 first
    double effect = 0.0;          // on each report's log sales, as a manager
    std::uint8_t interviewed = 0; // for the open seat
};

/// Somebody passed over by the filled seat of a team, and whether they left in the year after as_of.
struct true_exit {
    std::uint32_t vacancy = 0, person = 0;
    double probability = 0.0;
    bool left = false;
};

struct planted_seats {
    std::shared_ptr<const ingest::checked_data> data;
    std::array<double, 3> b{};       // true coefficients of sales, collaboration, readiness
    std::vector<true_seller> people; // managers first
    std::vector<true_exit> exits;
};

/// P(leaves within a year) as published (Benson, Li, Shue 2019, table VIII; 2022; Dlugos, Keller 2021).
inline double published_exit(double rank, bool passed_over, bool outsold, bool interviewed, double months_since) {
    const double monthly =
        -std::log(0.73) / 12.0 * std::exp(-1.5 * (rank - 0.5)) / ((std::exp(0.75) - std::exp(-0.75)) / 1.5);
    const double excess = !passed_over ? 0.0 : ((outsold ? 2.2 : 1.35) - 1.0) * (interviewed ? 0.5 : 1.0);
    const double raised = std::clamp(12.0 - months_since, 0.0, 12.0);
    return 1.0 - std::exp(-monthly * (12.0 + excess * raised));
}

inline planted_seats plant(const seats_plan& plan) {
    planted_seats out;
    auto data = std::make_shared<ingest::checked_data>();
    org::organisation& org = data->organisation;
    random::stream draw(random::place{.seed = plan.seed, .purpose = 41});
    const auto chance = [&](double p) { return random::uniform(draw) < p; };
    constexpr std::int32_t for_good = std::numeric_limits<std::int32_t>::max();
    constexpr std::int32_t n_months = 24;
    const std::int32_t end = plan.as_of + 1;
    const std::int32_t hired = end - 2500;
    const std::uint32_t first = plan.n_teams; // of the sellers
    const std::uint32_t n_people = first + plan.n_teams * plan.per_team;
    const auto team_of = [&](std::uint32_t seller) { return (seller - first) / plan.per_team; };
    out.people.resize(n_people);
    out.b = {-0.088 + 0.045 * random::normal(draw), 0.23 + 0.144 * random::normal(draw),
             0.07 + 0.05 * random::normal(draw)};

    text_builder ids, teams;
    for (std::uint32_t i = 0; i < n_people; ++i) ids.push((i < first ? "m" : "s") + integer_text(1000 + i));
    for (std::uint32_t t = 0; t < plan.n_teams; ++t) teams.push("t" + integer_text(100 + t));
    org.people.id = text_builder::finish(std::move(ids));
    org.assignments.team.names = text_builder::finish(std::move(teams));
    org.people.hired.assign(n_people, hired);
    org.people.left.assign(n_people, no_date);
    org.people.left_reason.assign(n_people, 3);
    org.people.manager_now.assign(n_people, no_index);
    org.people.manager_unknown.assign(n_people, 0);
    org.assignments.first.push_back(0);
    for (std::uint32_t i = 0; i < n_people; ++i) {
        org.people.row.push_back(i);
        if (i >= first) {
            org.assignments.person.push_back(i);
            org.assignments.manager.push_back(team_of(i));
            org.assignments.start.push_back(hired);
            org.assignments.end.push_back(for_good);
            org.assignments.team.code.push_back(team_of(i));
            org.assignments.row.push_back(i);
        }
        org.assignments.first.push_back(static_cast<std::uint32_t>(org.assignments.person.size()));
        org.pay.person.push_back(i);
        org.pay.start.push_back(hired);
        org.pay.end.push_back(for_good);
        org.pay.base.push_back(6'000'000);
        org.pay.target_variable.push_back(5'000'000);
        org.pay.paid_variable.push_back(no_money);
        org.pay.currency.push_back(no_index);
        org.pay.row.push_back(i);
    }

    // Deals of two years; the second one counts for the open seats.
    std::vector<std::vector<double>> sold(n_people, std::vector<double>(n_months * 31, 0.0)); // by day
    const std::int32_t start = calendar::add_months(end, -n_months);
    text_builder deal_ids;
    org.participants.first.push_back(0);
    std::uint32_t n_deals = 0;
    std::vector<double> others(n_people, 0.0), wins(n_people, 0.0);
    for (std::uint32_t who = first; who < n_people; ++who) {
        const double book = plan.territory_sd * random::normal(draw);
        const double skill = 0.354 * random::normal(draw);
        const double kappa = chance(0.4) ? 0.0 : std::exp(0.53 * random::normal(draw));
        const double rate = 1.5 * std::exp(skill);
        out.people[who].monthly = rate * std::exp(14.5 + book + 0.5 * 0.64);
        for (std::int32_t month = 0; month < n_months; ++month) {
            const std::int32_t from = calendar::add_months(start, month);
            const auto n = random::poisson(draw, rate);
            for (std::int64_t k = 0; k < n; ++k) {
                const auto amount = static_cast<std::int64_t>(std::exp(14.5 + book + 0.8 * random::normal(draw)));
                const std::int32_t day = from + static_cast<std::int32_t>(random::below(draw, 28));
                deal_ids.push("d" + integer_text(1000000 + n_deals++));
                org.deals.owner.push_back(who);
                org.deals.amount.push_back(amount);
                org.deals.closed.push_back(day);
                org.deals.outcome.push_back(0);
                std::vector<std::uint32_t> with{who};
                for (std::int64_t left = std::min<std::int64_t>(6, random::poisson(draw, kappa)); left > 0; --left) {
                    const auto other = first + static_cast<std::uint32_t>(random::below(draw, n_people - first));
                    if (std::find(with.begin(), with.end(), other) == with.end()) with.push_back(other);
                }
                sold[who][static_cast<std::size_t>(day - start)] += static_cast<double>(amount);
                if (day >= calendar::add_months(end, -12)) {
                    others[who] += static_cast<double>(with.size() - 1);
                    wins[who] += 1.0;
                }
                std::sort(with.begin(), with.end());
                for (const std::uint32_t one : with) {
                    org.participants.person.push_back(one);
                    org.participants.part.push_back(
                        static_cast<std::uint8_t>(one == who ? org::part::seller : org::part::specialist));
                    org.participants.joined.push_back(no_date);
                }
                org.participants.first.push_back(static_cast<std::uint32_t>(org.participants.person.size()));
            }
        }
    }
    org.deals.id = text_builder::finish(std::move(deal_ids));
    const auto sold_between = [&](std::uint32_t who, std::int32_t from, std::int32_t to) {
        double sum = 0.0;
        for (std::int32_t day = std::max(from, start); day < to; ++day)
            sum += sold[who][static_cast<std::size_t>(day - start)];
        return sum;
    };

    // Leadership, and what raters see of it.
    std::array<double, assess::n_constructs> weight{.29, .29, .28, .27, .25, .24, .20, .12, .12};
    double square = 0.0;
    for (const double w : weight) square += w * w;
    std::vector<std::array<double, assess::n_constructs>> theta(n_people);
    for (auto& of : theta)
        for (double& one : of) one = random::normal(draw);
    std::vector<double> severity(n_people);
    for (double& one : severity) one = 0.3 * random::normal(draw);
    std::vector<std::string> names(assess::construct_words.begin(), assess::construct_words.end());
    std::sort(names.begin(), names.end());
    text_builder competencies;
    for (const std::string& one : names) competencies.push(one);
    org.ratings.competencies = text_builder::finish(std::move(competencies));
    org.ratings.first.assign(first + 1U, 0); // nobody rates managers
    for (std::uint32_t who = first; who < n_people; ++who) {
        for (const auto& [source, reliability, n_raters] :
             {std::tuple(3, 0.52, 1U), std::tuple(1, 0.37, 4U)}) { // of rating_source_words: manager, peer
            std::array<double, assess::n_constructs> view{};
            for (double& one : view) one = random::normal(draw);
            for (std::uint32_t k = 1; k <= n_raters; ++k) {
                const std::uint32_t rater =
                    source == 3 ? team_of(who) : first + (who - first + k * 5) % (n_people - first);
                for (std::size_t c = 0; c < assess::n_constructs; ++c) {
                    const double x = std::sqrt(0.65 * reliability) * theta[who][c] +
                                     std::sqrt(0.35 * reliability) * view[c] +
                                     std::sqrt(1.0 - reliability) * random::normal(draw) + severity[rater];
                    const auto competency =
                        std::find(names.begin(), names.end(), assess::construct_words[c]) - names.begin();
                    const double score = std::clamp(3.0 + 0.7 * x, 1.0, 5.0); // of 1 to 5
                    org.ratings.rater.push_back(rater);
                    org.ratings.kind.push_back(
                        static_cast<std::uint16_t>(competency * org::rating_columns::n_sources + source));
                    org.ratings.score.push_back(
                        static_cast<std::uint32_t>((score - 1.0) / 4.0 * org::score_units + 0.5));
                    org.ratings.date.push_back(end - 60);
                }
            }
        }
        org.ratings.first.push_back(static_cast<std::uint32_t>(org.ratings.rater.size()));
    }

    // What each would do as a manager.
    double mean_sales = 0.0, mean_others = 0.0;
    const double n_sellers = n_people - first;
    for (std::uint32_t who = first; who < n_people; ++who) {
        true_seller& one = out.people[who];
        one.recorded = sold_between(who, calendar::add_months(end, -12), end);
        one.log_sales = std::log1p(one.recorded / 12.0 / 100.0);
        one.collaboration = std::log1p(wins[who] > 0.0 ? others[who] / wins[who] : 0.0);
        mean_sales += one.log_sales / n_sellers;
        mean_others += one.collaboration / n_sellers;
        for (std::size_t c = 0; c < assess::n_constructs; ++c)
            one.readiness += weight[c] * theta[who][c] / std::sqrt(square);
        one.residual = 0.20 * random::normal(draw);
    }
    for (std::uint32_t who = first; who < n_people; ++who) {
        true_seller& one = out.people[who];
        one.log_sales -= mean_sales;
        one.collaboration -= mean_others;
        one.effect = out.b[0] * one.log_sales + out.b[1] * one.collaboration + out.b[2] * one.readiness + one.residual;
        double below = 0.0;
        for (std::uint32_t other = first; other < n_people; ++other)
            if (team_of(other) == team_of(who))
                below += out.people[other].recorded < one.recorded    ? 1.0
                         : out.people[other].recorded == one.recorded ? 0.5
                                                                      : 0.0;
        one.rank = below / plan.per_team;
    }

    // An open seat of each team, and one that somebody of the team got within the last year.
    text_builder vacancy_ids;
    for (const char* kind : {"open", "past"})
        for (std::uint32_t t = 0; t < plan.n_teams; ++t) vacancy_ids.push(kind + integer_text(100 + t));
    org.vacancies.id = text_builder::finish(std::move(vacancy_ids));
    org.vacancies.team.names = org.assignments.team.names;
    for (std::uint32_t v = 0; v < 2 * plan.n_teams; ++v) {
        const bool open = v < plan.n_teams;
        const std::uint32_t team = v % plan.n_teams;
        const std::int32_t opens = open ? end - 20 : end - 20 - static_cast<std::int32_t>(random::below(draw, 320));
        const std::uint32_t from = first + team * plan.per_team;
        std::uint32_t winner = no_index;
        std::vector<double> before;
        for (std::uint32_t who = from; who < from + plan.per_team; ++who)
            before.push_back(sold_between(who, calendar::add_months(opens, -12), opens));
        if (!open) {
            winner = from + static_cast<std::uint32_t>(random::below(draw, plan.per_team));
            if (chance(0.4))
                winner =
                    from + static_cast<std::uint32_t>(std::max_element(before.begin(), before.end()) - before.begin());
        }
        org.vacancies.team.code.push_back(team);
        org.vacancies.manager.push_back(no_index);
        org.vacancies.opens.push_back(opens);
        org.vacancies.reports.value.push_back(0);
        org.vacancies.reports.valid.push_back(0);
        org.vacancies.filled_by.push_back(winner);
        org.vacancies.external.push_back(0);
        for (std::uint32_t who = from; who < from + plan.per_team; ++who) {
            const bool interviewed = chance(0.5);
            org.candidates.vacancy.push_back(v);
            org.candidates.person.push_back(who);
            org.candidates.interviewed.push_back(interviewed ? 1 : 0);
            org.candidates.selected.push_back(who == winner ? 1 : 0);
            org.candidates.consents.push_back(1);
            if (open) out.people[who].interviewed = interviewed ? 1 : 0;
            if (open || who == winner) continue;
            const bool outsold = before[who - from] > before[winner - from];
            const double p = published_exit(out.people[who].rank, true, outsold, interviewed, (end - opens) / 30.4375);
            out.exits.push_back({v, who, p, chance(p)});
        }
    }
    org.has_people = org.has_assignments = org.has_deals = org.has_participants = org.has_ratings = org.has_pay =
        org.has_vacancies = org.has_candidates = true;
    out.data = std::move(data);
    return out;
}

} // namespace dualtrack::test
