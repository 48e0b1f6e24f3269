// Sellers: what each person sold in the window, how it compares with their market, and how it came about.
//
//   attainment = credited on days with an own quota / own quota (spread over calendar days), see quota_days.hpp
//   s = credited / months active, in currency units a month
//   log_relative_sales = ln(1 + s) - mean over the market's active sellers of ln(1 + s)
// References: Benson, Li and Shue, QJE 134 (2019) 2085; the definitions are in measures.md section 1.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <dualtrack/base/numeric.hpp>
#include <dualtrack/measure/panel.hpp>
#include <dualtrack/measure/peer_group.hpp>
#include <dualtrack/measure/sales_sums.hpp>
#include <dualtrack/measure/sellers_table.hpp>
#include <dualtrack/measure/volatility.hpp>
#include <dualtrack/measure/win_rate.hpp>
#include <dualtrack/org/policy.hpp>

namespace dualtrack::measure {

/// Who leads others on the last day that counts and has no quota of their own, where own quotas are given at all: a
/// manager with a hand in a few deals is no weak seller, and would only pull down what a market seems to sell.
/// [n_people]
inline std::vector<std::uint8_t> who_leads(const org::organisation& organisation, const org::reporting_lines& lines,
                                           const scope& window, const panel& cells, const peer_groups& groups) {
    const std::uint32_t n_people = organisation.n_people();
    std::vector<std::uint8_t> leads(n_people, 0);
    std::vector<std::uint8_t> with_quota(n_people, 0);
    std::vector<std::uint8_t> quota_in_group(groups.n_groups, 0);
    for (std::uint32_t person = 0; person < n_people; ++person) {
        for (std::uint32_t cell = cells.first[person]; cell < cells.first[person + 1]; ++cell)
            if (cells.quota[cell] != 0) with_quota[person] = quota_in_group[groups.group[person]] = 1;
        const employment employed = employment_of(organisation, person);
        if (window.as_of < employed.from || window.as_of >= employed.to) continue;
        const std::uint32_t manager = lines.manager_on(person, window.as_of).manager;
        if (manager != no_index) leads[manager] = 1;
    }
    for (std::uint32_t person = 0; person < n_people; ++person)
        if (with_quota[person] != 0 || quota_in_group[groups.group[person]] == 0) leads[person] = 0;
    return leads;
}

/// Sellers of one peer group, ascending by id; those who lead others are left out.
inline std::vector<std::vector<std::uint32_t>> sellers_by_group(const peer_groups& groups, const panel& cells,
                                                                std::span<const std::uint8_t> leads) {
    std::vector<std::vector<std::uint32_t>> out(groups.n_groups);
    for (std::uint32_t person = 0; person < groups.group.size(); ++person)
        if (cells.sells(person) && leads[person] == 0) out[groups.group[person]].push_back(person);
    return out;
}

namespace detail {

inline void count_activities(const org::organisation& organisation, const scope& window, sellers_table& out) {
    const auto& activities = organisation.activities;
    const auto kind_of = [](std::string_view word) {
        return static_cast<std::uint8_t>(std::find(org::activity_words.begin(), org::activity_words.end(), word) -
                                         org::activity_words.begin());
    };
    const std::uint8_t mentoring = kind_of("mentoring");
    const std::uint8_t lead_shared = kind_of("lead_shared");
    const std::uint8_t recognition = kind_of("recognition");
    for (std::size_t i = 0; i < activities.actor.size(); ++i) {
        if (!window.covers(activities.start[i])) continue;
        const std::uint32_t actor = activities.actor[i];
        if (activities.kind[i] == mentoring && activities.minutes.size() > 0 && activities.minutes.has(i))
            out.mentoring_minutes.value[actor] += activities.minutes.value[i]; // rows are sorted: a fixed order
        if (activities.kind[i] == lead_shared) ++out.leads_shared.value[actor];
        if (activities.kind[i] == recognition) ++out.recognition_count.value[actor];
    }
}

inline void rank_in_teams(sellers_table& out, const panel& cells) {
    std::vector<std::uint32_t> order;
    for (std::uint32_t person = 0; person < out.size(); ++person)
        if (cells.sells(person) && out.manager_id.index[person] != no_index)
            order.push_back(person);
        else
            out.rank_in_team.set_missing(person);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        if (out.manager_id.index[a] != out.manager_id.index[b])
            return out.manager_id.index[a] < out.manager_id.index[b];
        if (out.won_amount.minor[a] != out.won_amount.minor[b])
            return out.won_amount.minor[a] > out.won_amount.minor[b];
        return a < b;
    });
    std::size_t team_start = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const bool same_team = i > 0 && out.manager_id.index[order[i]] == out.manager_id.index[order[i - 1]];
        if (!same_team) team_start = i;
        const bool tied = same_team && out.won_amount.minor[order[i]] == out.won_amount.minor[order[i - 1]];
        out.rank_in_team.value[order[i]] =
            tied ? out.rank_in_team.value[order[i - 1]] : static_cast<std::int64_t>(i - team_start) + 1;
    }
}

/// Months a person was active in the window, and the same with the months of the ramp counted by how far it has come.
struct active_months {
    double plain = 0.0;
    double effective = 0.0;
};

inline active_months active_months_of(const org::organisation& organisation, const panel& cells, std::uint32_t person,
                                      double ramp_months) noexcept {
    constexpr double days_a_month = 30.4375;
    active_months out;
    const auto& people = organisation.people;
    const bool ramps = ramp_months > 0.0 && !people.hired.empty() && people.hired[person] != no_date;
    const double ramp_end = ramps ? static_cast<double>(people.hired[person]) + ramp_months * days_a_month : 0.0;
    for (std::uint32_t cell = cells.first[person]; cell < cells.first[person + 1]; ++cell) {
        if (cells.state[cell] != active) continue;
        const std::int32_t start = cells.start[cell];
        const std::int32_t end = cells.end_of(person, cell);
        const double in_month = calendar::days_in_month(calendar::month_of_day(start));
        out.plain += static_cast<double>(end - start) / in_month;
        double days = static_cast<double>(end - start);
        if (ramps && start < ramp_end) {
            const double until = std::min(static_cast<double>(end), ramp_end);
            const double middle =
                0.5 * (static_cast<double>(start) + until) - static_cast<double>(people.hired[person]);
            days = (until - start) * middle / (ramp_months * days_a_month) + (static_cast<double>(end) - until);
        }
        out.effective += days / in_month;
    }
    return out;
}

} // namespace detail

/// Everything about sellers that deals and totals say without a model of luck (the three performance columns stay
/// missing).
/// @param sums what each person sold, @param median_days of won deals, @param capped receives how many attainments
/// exceeded the policy's maximum
inline sellers_table measure_sellers(const run_context& run, const org::organisation& organisation,
                                     const org::reporting_lines& lines, const scope& window, const org::policy& policy,
                                     const panel& cells, const peer_groups& groups, std::span<const std::uint8_t> leads,
                                     std::span<const sales_sums> sums, const column<double>& median_days,
                                     std::vector<std::uint32_t>& over_maximum, bool with_volatility = true) {
    const std::uint32_t n_people = organisation.n_people();
    sellers_table out(organisation.people.id, groups.names, n_people, run.memory);
    std::vector<double> log_sales(n_people, 0.0);
    std::vector<std::uint8_t> compared(n_people, 0);
    detail::count_activities(organisation, window, out);
    const bool knows_company = organisation.has_credits || organisation.has_participants; // who else was on a deal
    for (std::uint32_t person = 0; person < n_people; ++person) {
        const sales_sums& own = sums[person];
        out.person_id.index[person] = person;
        out.market.code[person] = groups.market[person];
        const std::int32_t last_day = std::min(window.as_of, employment_of(organisation, person).to - 1);
        out.manager_id.index[person] = lines.manager_on(person, last_day).manager;
        const auto missing = [&](auto&... columns) { (columns.set_missing(person), ...); };
        missing(out.performance_z, out.performance_sd, out.probability_top_quartile);
        if (!organisation.has_activities) missing(out.mentoring_minutes, out.leads_shared, out.recognition_count);
        if (!cells.sells(person)) {
            missing(out.won_count, out.lost_count, out.win_rate, out.win_rate_shrunk, out.attainment,
                    out.cycle_days_median, out.months_active, out.log_relative_sales, out.volatility,
                    out.largest_deal_share, out.collaborators_mean);
            if (own.overlay_amount != 0) out.overlay_amount.minor[person] = own.overlay_amount;
            continue;
        }
        const double months = detail::active_months_of(organisation, cells, person, 0.0).plain;
        std::int64_t amount = 0;
        std::int64_t attained = 0;
        std::int64_t quota = 0;
        for (std::uint32_t cell = cells.first[person]; cell < cells.first[person + 1]; ++cell) {
            amount += cells.amount[cell];
            attained += cells.under_own_quota[cell] != 0 ? cells.amount[cell] : 0;
            quota += cells.quota[cell];
        }
        const std::int64_t n_closed = std::int64_t{own.won} + own.lost;
        out.status.code[person] = static_cast<std::uint8_t>(!(months > 0.0)                ? seller_status::not_active
                                                            : n_closed == 0 && amount == 0 ? seller_status::no_sales
                                                                                           : seller_status::ok);
        out.won_amount.minor[person] = amount;
        out.overlay_amount.minor[person] = own.overlay_amount;
        out.months_active.value[person] = months;
        if (organisation.has_deals) {
            out.won_count.value[person] = own.won;
            out.lost_count.value[person] = own.lost;
        } else
            missing(out.won_count, out.lost_count);
        if (n_closed > 0) {
            out.win_rate.value[person] = static_cast<double>(own.won) / static_cast<double>(n_closed);
            if (knows_company) out.lone_wolf.value[person] = own.closed_with_others == 0 ? 1 : 0;
        } else
            missing(out.win_rate);
        if (own.won > 0 && knows_company)
            out.collaborators_mean.value[person] = static_cast<double>(own.others_on_won) / own.won;
        else
            missing(out.collaborators_mean);
        if (own.won > 0 && own.won_amount > 0)
            out.largest_deal_share.value[person] =
                std::min(1.0, static_cast<double>(own.largest_credit) / static_cast<double>(own.won_amount));
        else
            missing(out.largest_deal_share);
        if (median_days.size() > person && median_days.has(person))
            out.cycle_days_median.value[person] = median_days.value[person];
        else
            missing(out.cycle_days_median);
        if (quota > 0) {
            out.quota.minor[person] = quota;
            out.attained_amount.minor[person] = attained;
            double attainment = static_cast<double>(attained) / static_cast<double>(quota);
            if (attainment > policy.data.maximum_attainment) {
                over_maximum.push_back(person);
                if (policy.data.over_maximum == org::maximum_rule::cap) attainment = policy.data.maximum_attainment;
            }
            out.attainment.value[person] = attainment;
        } else
            missing(out.attainment);
        double volatility = 0.0;
        if (with_volatility && volatility_of(organisation, cells, person, volatility))
            out.volatility.value[person] = volatility;
        else
            missing(out.volatility);
        if (leads[person] != 0) {
            if (months > 0.0) out.status.code[person] = static_cast<std::uint8_t>(seller_status::leads);
            missing(out.log_relative_sales, out.win_rate_shrunk);
        } else if (months > 0.0) {
            compared[person] = 1;
            log_sales[person] = numeric::log1p(std::max(0.0, static_cast<double>(amount) / 100.0 / months));
        } else
            missing(out.log_relative_sales);
    }
    for (const auto& members : sellers_by_group(groups, cells, leads)) {
        std::vector<double> logs;
        std::vector<std::int64_t> won;
        std::vector<std::int64_t> lost;
        for (const std::uint32_t person : members) {
            if (compared[person] != 0) logs.push_back(log_sales[person]);
            won.push_back(sums[person].won);
            lost.push_back(sums[person].lost);
        }
        const double mean = logs.empty() ? 0.0 : numeric::fixed_sum(logs) / static_cast<double>(logs.size());
        const win_rate_prior prior = fit_win_rates(won, lost, policy.seller.spread_evidence);
        for (std::size_t i = 0; i < members.size(); ++i) {
            const std::uint32_t person = members[i];
            if (compared[person] != 0) out.log_relative_sales.value[person] = log_sales[person] - mean;
            if (prior.there)
                out.win_rate_shrunk.value[person] = shrunk_win_rate(prior, won[i], lost[i]);
            else
                out.win_rate_shrunk.set_missing(person);
        }
    }
    detail::rank_in_teams(out, cells);
    return out;
}

} // namespace dualtrack::measure
