// Organisations with planted managers, built directly as columns: who joins which deals how often, what joining adds to
// the win rate, how the reports grow, and who coaches. Every number of the truth is an argument.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/random.hpp>
#include <dualtrack/base/text.hpp>

#include "ingest/organisation.hpp"

namespace dualtrack::test {

struct planted_manager {
    double join_logit = -1.0; // of an average deal
    double help = 0.0;        // added to the win rate when joined early
    double growth = 0.0;      // of the reports, log points a year
    double late_if_won = 0.0, late_if_lost = 0.0;
    double coaching = 1.0; // sessions a report and month
};

struct planted_organisation {
    std::vector<planted_manager> managers;
    int reports = 5; // of each
    int months = 12;
    double deals_a_month = 3.3; // of each seller
    double win_rate = 0.45;
    double win_slope = 0.02; // a standard deviation of log amount
    double join_slope = 1.0; // logit
    double book_sd = 0.3;    // of sellers' usual size, log
    std::uint64_t seed = 1;
    std::int32_t first_day = *calendar::parse_iso_date("2022-01-01");

    [[nodiscard]] std::int32_t end() const { return calendar::add_months(first_day, months); }
    [[nodiscard]] double join_probability(std::size_t manager, double z) const {
        return 1.0 / (1.0 + std::exp(-(managers[manager].join_logit + join_slope * z)));
    }
    [[nodiscard]] double win_probability(double z) const { return std::clamp(win_rate + win_slope * z, 0.02, 0.98); }
    /// Expected relative change of a team's sales when its manager joins only a part of what was joined.
    [[nodiscard]] double expected_change(std::size_t manager, double part_kept) const {
        constexpr int n = 4001; // the midpoint rule over the normal distribution
        double with = 0.0;
        double without = 0.0;
        for (int i = 0; i < n; ++i) {
            const double z = numeric::normal_quantile((i + 0.5) / n);
            const double amount = std::exp(0.8 * z);
            const double p = win_probability(z);
            const double joined = std::min(0.98, p + managers[manager].help) - p;
            with += amount * (p + join_probability(manager, z) * joined);
            without += amount * (p + part_kept * join_probability(manager, z) * joined);
        }
        return without / with - 1.0;
    }
    [[nodiscard]] double share_joined(std::size_t manager) const {
        constexpr int n = 2001;
        double sum = 0.0;
        for (int i = 0; i < n; ++i) sum += join_probability(manager, numeric::normal_quantile((i + 0.5) / n));
        return sum / n;
    }
};

/// Managers are the people 0 .. n - 1, their reports follow, team by team.
inline std::shared_ptr<const ingest::checked_data> data_of(const planted_organisation& plan) {
    auto out = std::make_shared<ingest::checked_data>();
    org::organisation& org = out->organisation;
    random::stream draw(random::place{.seed = plan.seed, .purpose = 11});
    const auto n_managers = static_cast<std::uint32_t>(plan.managers.size());
    const auto n_reports = static_cast<std::uint32_t>(plan.reports);
    const std::uint32_t n_people = n_managers * (1 + n_reports);
    const std::int32_t hired = plan.first_day - 2000;
    constexpr std::int32_t for_good = std::numeric_limits<std::int32_t>::max();

    text_builder ids;
    for (std::uint32_t i = 0; i < n_people; ++i) ids.push((i < n_managers ? "m" : "s") + integer_text(100000 + i));
    org.people.id = text_builder::finish(std::move(ids));
    org.people.hired.assign(n_people, hired);
    org.people.left.assign(n_people, no_date);
    org.people.left_reason.assign(n_people, 3);
    org.people.manager_now.assign(n_people, no_index);
    org.people.manager_unknown.assign(n_people, 0);
    for (std::uint32_t i = 0; i < n_people; ++i) org.people.row.push_back(i);
    org.assignments.first.push_back(0);
    for (std::uint32_t i = 0; i < n_people; ++i) {
        if (i >= n_managers) {
            org.assignments.person.push_back(i);
            org.assignments.manager.push_back((i - n_managers) / n_reports);
            org.assignments.start.push_back(hired);
            org.assignments.end.push_back(for_good);
            org.assignments.row.push_back(i);
        }
        org.assignments.first.push_back(static_cast<std::uint32_t>(org.assignments.person.size()));
    }

    text_builder deal_ids, segments;
    for (const char* name : {"large", "middle", "small"}) segments.push(name);
    org.deals.segment.names = text_builder::finish(std::move(segments));
    org.participants.first.push_back(0);
    std::uint32_t n_deals = 0;
    for (std::uint32_t seller = n_managers; seller < n_people; ++seller) {
        const std::uint32_t manager = (seller - n_managers) / n_reports;
        const planted_manager& boss = plan.managers[manager];
        const double book = plan.book_sd * random::normal(draw);
        for (int month = 0; month < plan.months; ++month) {
            const std::int32_t start = calendar::add_months(plan.first_day, month);
            const double middle = (month + 0.5 - 0.5 * plan.months) / 12.0;
            const auto n = random::poisson(draw, plan.deals_a_month * std::exp(boss.growth * middle));
            for (std::int64_t i = 0; i < n; ++i) {
                const double z = random::normal(draw);
                const auto segment = static_cast<std::uint32_t>(random::below(draw, 3));
                const bool joined = random::uniform(draw) < plan.join_probability(manager, z);
                const double p = plan.win_probability(z);
                const bool won = random::uniform(draw) < std::min(0.98, p + (joined ? boss.help : 0.0));
                const bool late = random::uniform(draw) < (won ? boss.late_if_won : boss.late_if_lost) && !joined;
                const std::int32_t closed = start + static_cast<std::int32_t>(random::below(draw, 28));
                const std::int32_t life = 20 + static_cast<std::int32_t>(random::below(draw, 80));
                deal_ids.push("d" + integer_text(n_deals++));
                org.deals.owner.push_back(seller);
                org.deals.amount.push_back(static_cast<std::int64_t>(std::exp(13.0 - 0.5 * segment + book + 0.8 * z)));
                org.deals.opened.push_back(closed - life);
                org.deals.closed.push_back(closed);
                org.deals.outcome.push_back(static_cast<std::uint8_t>(won ? 0 : 1));
                org.deals.segment.code.push_back(segment);
                if (joined || late) {
                    org.participants.person.push_back(manager);
                    org.participants.part.push_back(static_cast<std::uint8_t>(org::part::manager));
                    org.participants.joined.push_back(late ? closed - life / 10 : closed - life + life / 4);
                }
                org.participants.person.push_back(seller);
                org.participants.part.push_back(static_cast<std::uint8_t>(org::part::seller));
                org.participants.joined.push_back(closed - life);
                org.participants.first.push_back(static_cast<std::uint32_t>(org.participants.person.size()));
            }
        }
    }
    org.deals.id = text_builder::finish(std::move(deal_ids));

    for (std::uint32_t manager = 0; manager < n_managers; ++manager)
        for (int month = 0; month < plan.months; ++month) { // sorted by actor, start, kind, subject
            const std::int32_t day = calendar::add_months(plan.first_day, month) + 9;
            for (std::uint32_t i = 0; i < n_reports; ++i) {
                const auto n = random::poisson(draw, plan.managers[manager].coaching);
                for (std::int64_t k = 0; k < n; ++k) {
                    org.activities.actor.push_back(manager);
                    org.activities.subject.push_back(n_managers + manager * n_reports + i);
                    org.activities.deal.push_back(no_index);
                    org.activities.kind.push_back(0);
                    org.activities.start.push_back(day);
                    org.activities.minutes.value.push_back(45.0);
                    org.activities.row.push_back(0);
                }
            }
        }
    org.has_people = org.has_assignments = org.has_deals = org.has_participants = org.has_activities = true;
    return out;
}

} // namespace dualtrack::test
