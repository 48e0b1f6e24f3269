// Independence: what do the reports win without their manager, and is it growing or fading, compared with the market?
//
//   won_t ~ Poisson(exp(alpha + beta t) expected_t),  t in years,
//   expected_t = sum over the reports of their days here in month t x what a seller of their market wins a day then
// (days of the ramp counted by how far it has come), so beta is the yearly log change against the market: season,
// growth and the size of the team drop out. Managers' own deals are neither the team's nor the market's. Given their
// sum, the months' counts are multinomial, which leaves beta alone; where they scatter more than chance makes them, the
// variance is scaled up by Pearson's chi-squared over its degrees of freedom (quasi-likelihood). Reference: McCullagh
// and Nelder, Generalized Linear Models (1989) chapter 6.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/exp_log.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/diagnose/step_back.hpp>
#include <dualtrack/diagnose/team_deals.hpp>
#include <dualtrack/measure/panel.hpp>

namespace dualtrack::diagnose {

struct count_trend {
    double per_year = 0.0, variance = 0.0; // log points
    bool is_known = false;
};

inline constexpr std::int64_t fewest_wins_of_trend = 5;

/// Yearly log change of counts against what was expected of them; months of which nothing was expected are left out.
[[nodiscard]] inline count_trend trend_of(std::span<const std::uint32_t> won, std::span<const double> expected) {
    count_trend out;
    std::vector<double> t, weight, count;
    double total = 0.0;
    for (std::size_t month = 0; month < won.size(); ++month) {
        if (!(expected[month] > 0.0)) continue;
        t.push_back(static_cast<double>(month) / 12.0);
        weight.push_back(expected[month]);
        count.push_back(static_cast<double>(won[month]));
        total += count.back();
    }
    const std::size_t n = t.size();
    if (n < 3 || total < static_cast<double>(fewest_wins_of_trend)) return out;
    const double middle = 0.5 * (t.front() + t.back());
    double observed = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        t[i] -= middle;
        observed += count[i] * t[i];
    }
    double beta = 0.0;
    double mean = 0.0;
    double spread = 0.0;
    std::vector<double> fitted(n);
    constexpr double most = 5.0;
    double low = -most;
    double high = most;
    for (int step = 0; step < 60; ++step) { // the slope of the likelihood falls with beta: Newton between borders
        double sum = 0.0;
        double first = 0.0;
        double second = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            fitted[i] = weight[i] * numeric::exp(beta * t[i]);
            sum += fitted[i];
            first += fitted[i] * t[i];
            second += fitted[i] * t[i] * t[i];
        }
        mean = first / sum;
        spread = second / sum - mean * mean;
        for (double& one : fitted) one *= total / sum;
        const double slope = observed - total * mean;
        (slope > 0.0 ? low : high) = beta;
        double next = spread > 0.0 ? beta + slope / (total * spread) : beta;
        if (!(next > low && next < high)) next = 0.5 * (low + high);
        if (std::abs(next - beta) < 1e-10) break;
        beta = next;
    }
    if (!(spread > 0.0)) return out;
    double chi_squared = 0.0;
    for (std::size_t i = 0; i < n; ++i) chi_squared += (count[i] - fitted[i]) * (count[i] - fitted[i]) / fitted[i];
    out.per_year = beta;
    out.variance = std::max(1.0, chi_squared / static_cast<double>(n - 2)) / (total * spread);
    out.is_known = true;
    return out;
}

/// What is believed of a team's trend: beta ~ N(0, spread^2) before its counts are seen.
[[nodiscard]] inline uncertain trend_posterior(const count_trend& seen, double spread) noexcept {
    const double prior = spread * spread;
    const double kept = prior / (prior + seen.variance);
    return {kept * seen.per_year, kept * seen.variance};
}

namespace detail {

/// Days of [from, to) counted by how far the ramp that began with `hired` has come.
[[nodiscard]] inline double ramped_days(std::int32_t hired, double ramp_days, std::int32_t from,
                                        std::int32_t to) noexcept {
    if (to <= from) return 0.0;
    const auto plain = static_cast<double>(to - from);
    if (hired == no_date || !(ramp_days > 0.0) || static_cast<double>(from - hired) >= ramp_days) return plain;
    const double until = std::min(static_cast<double>(to), static_cast<double>(hired) + ramp_days);
    const double middle = 0.5 * (static_cast<double>(from) + until) - static_cast<double>(hired);
    return (until - from) * std::max(0.0, middle) / ramp_days + (static_cast<double>(to) - until);
}

} // namespace detail

/// What each manager's reports would have won month by month if they won as their markets did; [n_rows x n_months].
[[nodiscard]] inline std::vector<double> expected_wins(const org::organisation& organisation,
                                                       const org::reporting_lines& lines,
                                                       const measure::peer_groups& groups, const team_deals& teams,
                                                       std::int32_t window_end, double ramp_months) {
    const auto n_months = static_cast<std::size_t>(teams.n_months);
    constexpr double days_a_month = 30.4375;
    const double ramp_days = ramp_months * days_a_month;
    std::vector<double> market_days(groups.n_groups * n_months, 0.0);
    const auto each_stretch = [&](std::uint32_t person, auto&& f) {
        const measure::employment employed = measure::employment_of(organisation, person);
        const std::int32_t hired = organisation.people.hired.empty() ? no_date : organisation.people.hired[person];
        for (const org::reporting_span& span : lines.spans_of(person)) {
            const std::int32_t from =
                std::max({span.start, employed.from, calendar::first_day_of_month(teams.first_month)});
            const std::int32_t to = std::min({span.end, employed.to, window_end});
            if (from >= to) continue;
            for (std::int32_t month = calendar::month_of_day(from); month <= calendar::month_of_day(to - 1); ++month)
                f(static_cast<std::size_t>(month - teams.first_month), span.manager,
                  detail::ramped_days(hired, ramp_days, std::max(from, calendar::first_day_of_month(month)),
                                      std::min(to, calendar::first_day_of_month(month + 1))));
        }
    };
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person)
        if (teams.sells[person] != 0 && teams.row_of[person] == no_index)
            each_stretch(person, [&](std::size_t month, std::uint32_t, double days) {
                market_days[groups.group[person] * n_months + month] += days;
            });
    std::vector<double> out(teams.n_rows() * n_months, 0.0);
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person)
        if (teams.sells[person] != 0 && teams.row_of[person] == no_index)
            each_stretch(person, [&](std::size_t month, std::uint32_t manager, double days) {
                if (manager == no_index || teams.row_of[manager] == no_index) return;
                const std::size_t cell = groups.group[person] * n_months + month;
                if (market_days[cell] > 0.0)
                    out[teams.row_of[manager] * n_months + month] +=
                        days * static_cast<double>(teams.market_won[cell]) / market_days[cell];
            });
    return out;
}

} // namespace dualtrack::diagnose
