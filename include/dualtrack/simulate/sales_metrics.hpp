// The figures of one simulated sales organisation, and the run of one organisation under every rule. Each figure is
// given for the first year and for the whole horizon, because the first year hides most of what a rule does.
#pragma once

#include <dualtrack/simulate/sales.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace dualtrack::simulate {

struct sales_metric {
    std::string_view name, unit;
    bool higher_is_better, relative;
    std::string_view meaning;
};

inline constexpr std::array<sales_metric, 20> sales_metrics{{
    {"revenue", "average rep's month", true, true,
     "sales less what the rule costs, per rep seat and month; 1 = every seat held by an average ramped rep"},
    {"revenue_discounted", "average rep's month", true, true, "the same, later months counting less"},
    {"attrition", "a seat and year", false, false, "reps who quit, per rep seat and year"},
    {"regretted", "a seat and year", false, false, "of them those among the best fifth by true talent"},
    {"top_in_rep_seats", "share", true, false, "share of rep seats held by the best fifth: the base of regretted"},
    {"manager_value", "log points", true, false, "mean true value of those who became managers"},
    {"v_negative_share", "share", false, false, "share of new managers under whom a team sells less than average"},
    {"promotions", "a year", true, false, "posts filled a year"},
    {"declined", "per promotion", false, false, "offers turned down per post filled"},
    {"vacant_share", "share", false, false, "share of rep seats that are empty"},
    {"time_to_fill", "months", false, false, "mean time until an empty rep seat is filled"},
    {"hero_share", "share", false, false, "mean share of the managers' time spent selling themselves"},
    {"skill", "log points", true, false, "mean learned skill of the reps"},
    {"pay_cost", "average rep's pay", false, true, "pay of reps and managers per rep seat and month"},
    {"passed_over_top", "share", false, false, "share of the best tenth of candidates by sales who were not chosen"},
    {"selection_ratio", "ratio", true, false, "promotion rate of the group of the lower rate over the other's"},
    {"below_four_fifths", "share", false, false, "share of organisations in which that ratio is below four fifths"},
    {"merit_tau", "Kendall's tau-b", true, false, "how far scores order the candidates as their true value would"},
    {"chance_gini", "Gini", false, false, "inequality of promotions among those who were candidates"},
    {"cost", "average rep's month", false, false, "what the rule itself costs, per rep seat and month"},
}};

/// All metrics of what has been counted, in the order of sales_metrics; NaN where there is nothing to divide by.
inline void figures_of(const sales_counts& c, std::int32_t months, std::span<double> out) {
    const auto ratio = [](double a, double b) { return b > 0 ? a / b : numeric::not_a_number; };
    const auto of = [](std::int64_t x) { return static_cast<double>(x); };
    const double seats = of(c.seat_months), years = seats / 12, promotions = of(c.promotions);
    double lowest = numeric::not_a_number, below = numeric::not_a_number;
    if (c.candidacies[0] > 0 && c.candidacies[1] > 0 && c.chosen[0] + c.chosen[1] > 0) {
        // Rates compared as products of counts, so that a ratio of exactly four fifths is one.
        const std::int64_t a = c.chosen[0] * c.candidacies[1], b = c.chosen[1] * c.candidacies[0];
        lowest = of(std::min(a, b)) / of(std::max(a, b));
        below = 5 * std::min(a, b) < 4 * std::max(a, b) ? 1.0 : 0.0;
    }
    const double values[] = {ratio(c.output - c.cost, seats),
                             ratio(c.discounted, c.discount_weights),
                             ratio(of(c.quits), years),
                             ratio(of(c.regretted), years),
                             ratio(of(c.top_months), seats),
                             ratio(c.value, promotions),
                             ratio(of(c.negative), promotions),
                             ratio(promotions, static_cast<double>(months) / 12),
                             ratio(of(c.declined), promotions),
                             ratio(of(c.empty_months), seats),
                             ratio(of(c.months_to_fill), of(c.vacated)),
                             ratio(c.hero, of(c.manager_months)),
                             ratio(c.skill, of(c.rep_months)),
                             ratio(c.pay, seats),
                             ratio(of(c.top_passed), of(c.top_candidates)),
                             lowest,
                             below,
                             ratio(c.order, of(c.n_order)),
                             c.persons > 0 ? 1.0 - ratio(of(c.winners), of(c.persons)) : numeric::not_a_number,
                             ratio(c.cost, seats)};
    std::copy(std::begin(values), std::end(values), out.begin());
}

/// What one worker needs; reused from replication to replication.
struct sales_worker {
    sales_scratch scratch;
    sales_world common, own;
    std::vector<sales_counts> counts; // of the last organisation, [arm]
};

/// The slope of v on sales12 / sA among those who were promoted: what a published regression of managers' value on
/// their earlier sales estimates. A published slope is compared with this one, never taken for bA. NaN if there is
/// none.
[[nodiscard]] inline double promoted_slope(std::span<const sales_counts> counts) noexcept {
    double n = 0, x = 0, v = 0, xx = 0, xv = 0;
    for (const sales_counts& c : counts) {
        n += static_cast<double>(c.winners);
        x += c.slope_x;
        v += c.slope_v;
        xx += c.slope_xx;
        xv += c.slope_xv;
    }
    const double below = n * xx - x * x;
    return below > 0 ? (n * xv - x * v) / below : numeric::not_a_number;
}

/// Horizons that figures are given for: all months, and the first year where there is more than that.
[[nodiscard]] inline std::size_t n_horizons(const sales_shape& shape) noexcept {
    return shape.months > 12 ? 2 : 1;
}

/// One organisation under every arm: a common burn-in under `random`, then each arm on its own copy.
/// figures: [arm x horizon x metric], all months first; revenue of each month to trajectory: [arm x month], or empty.
/// `log`: where promotions are written down, [arm], or empty. False: a host's rule said stop.
inline bool run_organisation(const sales_model& model, std::span<const sales_arm> arms, std::uint32_t replication,
                             sales_worker& worker, std::span<double> figures, std::span<float> trajectory,
                             std::span<std::vector<logged_candidate>> log = {}) {
    const std::int32_t months = model.shape.months;
    constexpr std::size_t n_metrics = sales_metrics.size();
    const std::size_t n_figures = n_metrics * n_horizons(model.shape);
    const sales_arm burn_in;
    worker.counts.resize(arms.size());
    start_world(model, replication, worker.scratch, worker.common);
    start_levels(model, replication, worker.scratch, worker.common);
    month_constants with = constants_of(model, burn_in);
    for (std::int32_t month = 0; month < model.shape.burn_in_months; ++month)
        simulate_month(model, burn_in, with, replication, worker.scratch, worker.common);
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
        sales_world& world = worker.own;
        world = worker.common;
        world.counted = true;
        with = constants_of(model, arms[arm]);
        world.log = log.empty() ? nullptr : &log[arm];
        for (std::int32_t month = 1; month <= months; ++month) {
            const double before = world.counts.output - world.counts.cost;
            simulate_month(model, arms[arm], with, replication, worker.scratch, world);
            if (world.failed) return false;
            if (!trajectory.empty())
                trajectory[arm * static_cast<std::size_t>(months) + static_cast<std::size_t>(month - 1)] =
                    static_cast<float>((world.counts.output - world.counts.cost - before) /
                                       static_cast<double>(world.seats.n));
            if (month == 12 && months > 12)
                figures_of(world.counts, month, figures.subspan(arm * n_figures + n_metrics, n_metrics));
        }
        figures_of(world.counts, months, figures.subspan(arm * n_figures, n_metrics));
        worker.counts[arm] = world.counts;
    }
    return true;
}

} // namespace dualtrack::simulate
