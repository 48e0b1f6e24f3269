// How an experiment becomes the rows of the result tables.
#include <algorithm>
#include <array>

#include <dualtrack/base/text.hpp>
#include <dualtrack/simulate/draws.hpp>

#include "run/simulation.hpp"
#include "run/wall_clock.hpp"

namespace dualtrack::run {
namespace {

/// What is kept, without organisations in which the figure is not defined.
std::vector<float> defined(const std::vector<float>& kept) {
    std::vector<float> out;
    out.reserve(kept.size());
    std::copy_if(kept.begin(), kept.end(), std::back_inserter(out), [](float x) { return x == x; });
    return out;
}

std::string_view difference_unit(const simulate::metric& metric) {
    return metric.relative ? std::string_view("percent of the baseline") : metric.unit;
}

double largest(double a, double b) {
    return b > a || a != a ? b : a;
}

/// Rows of histograms of one metric, in bins that all arms share.
void add_histogram(std::string_view preset, const simulate::experiment_plan& plan, const simulate::experiment& found,
                   std::size_t m, simulate::histograms_table& rows) {
    constexpr std::size_t n_bins = 20;
    const std::size_t n_metrics = plan.metrics.size();
    simulate::histogram shape;
    shape.low = numeric::infinity;
    shape.high = -numeric::infinity;
    for (std::size_t a = 0; a < plan.arms.size(); ++a) {
        shape.low = std::min(shape.low, found.outcomes[a * n_metrics + m].level.low);
        shape.high = std::max(shape.high, found.outcomes[a * n_metrics + m].level.high);
    }
    if (!(shape.low < shape.high)) return; // none, or all alike
    const double width = (shape.high - shape.low) / static_cast<double>(n_bins);
    for (std::size_t a = 0; a < plan.arms.size(); ++a) {
        const simulate::arm_outcome& one = found.outcomes[a * n_metrics + m];
        if (one.level.n == 0) continue;
        shape.count.assign(n_bins, 0);
        for (const float x : one.kept)
            if (x == x) shape.add(static_cast<double>(x));
        const bool is_sketched = one.sketch.is_started();
        double before = 0.0;
        for (std::size_t bin = 0; bin < n_bins; ++bin) {
            const double from = shape.low + width * static_cast<double>(bin);
            const double to = bin + 1 == n_bins ? shape.high : shape.low + width * static_cast<double>(bin + 1);
            double inside = static_cast<double>(shape.count[bin]);
            if (is_sketched) {
                const double up_to = bin + 1 == n_bins ? static_cast<double>(one.level.n) : one.sketch.count_up_to(to);
                inside = up_to - before;
                before = up_to;
            }
            rows.preset.emplace_back(preset);
            rows.policy.emplace_back(plan.arms[a].name);
            rows.metric.emplace_back(plan.metrics[m].name);
            push(rows.horizon_periods, plan.metrics[m].horizon_periods);
            push_finite(rows.low, from);
            push_finite(rows.high, to);
            push_finite(rows.share, inside / static_cast<double>(one.level.n));
            rows.approximate.value.push_back(is_sketched ? 1 : 0);
        }
    }
}

} // namespace

void add_experiment(std::string_view preset, const simulate::experiment_plan& plan, simulate::experiment& found,
                    const org::simulation_policy& policy, std::int64_t periods,
                    std::span<const simulate::assumption> assumptions, simulation_tables& to) {
    const double tail = 1.0 - policy.confidence;
    const std::size_t n_metrics = plan.metrics.size(), n_points = plan.points.size();
    for (std::size_t a = 0; a < plan.arms.size(); ++a) {
        const simulate::experiment_arm& arm = plan.arms[a];
        for (std::size_t m = 0; m < n_metrics; ++m) {
            const simulate::metric& metric = plan.metrics[m];
            simulate::arm_outcome& one = found.outcomes[a * n_metrics + m];
            const bool any = one.level.n > 0;
            const bool is_sketched = one.sketch.is_started();
            std::vector<float> kept = defined(one.kept);
            simulate::outcomes_table& levels = to.outcomes;
            levels.preset.emplace_back(preset);
            levels.policy.emplace_back(arm.name);
            levels.metric.emplace_back(metric.name);
            levels.unit.emplace_back(metric.unit);
            push(levels.horizon_periods, metric.horizon_periods);
            push(levels.n, one.level.n);
            const double level = any ? one.level.mean : numeric::not_a_number;
            const double level_width = simulate::half_width(one.level, tail);
            push_finite(levels.mean, level);
            push_finite(levels.low, level - level_width);
            push_finite(levels.high, level + level_width);
            push_finite(levels.sd, one.level.sd());
            push_finite(levels.half_width, level_width);
            push_finite(levels.min, one.level.low);
            push_finite(levels.max, one.level.high);
            push_finite(levels.worst_5, !any          ? numeric::not_a_number
                                        : is_sketched ? one.sketch.tail_mean(0.05, !metric.higher_is_better)
                                                      : simulate::tail_mean(kept, 0.05, !metric.higher_is_better));
            if (!any) continue;
            for (const double p : {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95}) {
                to.quantiles.preset.emplace_back(preset);
                to.quantiles.policy.emplace_back(arm.name);
                to.quantiles.metric.emplace_back(metric.name);
                push(to.quantiles.horizon_periods, metric.horizon_periods);
                push_finite(to.quantiles.probability, p);
                push_finite(to.quantiles.value,
                            is_sketched ? one.sketch.quantile(p) : simulate::select_quantile(kept, p));
                to.quantiles.approximate.value.push_back(is_sketched ? 1 : 0);
            }
            if (arm.baseline == a) continue;
            const double n = static_cast<double>(one.difference.n);
            simulate::differences_table& pairs = to.differences;
            pairs.preset.emplace_back(preset);
            pairs.policy.emplace_back(arm.name);
            pairs.against.emplace_back(plan.arms[arm.baseline].name);
            pairs.metric.emplace_back(metric.name);
            pairs.unit.emplace_back(difference_unit(metric));
            push(pairs.horizon_periods, metric.horizon_periods);
            push(pairs.n, one.difference.n);
            const double difference = one.difference.n > 0 ? one.difference.mean : numeric::not_a_number;
            const double width = simulate::half_width(one.difference, tail);
            push_finite(pairs.mean, difference);
            push_finite(pairs.low, difference - width);
            push_finite(pairs.high, difference + width);
            push_finite(pairs.half_width, width);
            push_finite(pairs.sd, one.difference.sd());
            push_finite(pairs.p_regret, static_cast<double>(one.n_worse) / n);
            // Alone in its group there is nothing to be the best of.
            const auto n_rivals = std::count_if(plan.arms.begin(), plan.arms.end(),
                                                [&](const auto& other) { return other.group == arm.group; });
            push_finite(pairs.p_best,
                        n_rivals > 1 ? one.n_best / static_cast<double>(one.level.n) : numeric::not_a_number);
        }
        for (std::size_t p = 0; p < n_points; ++p) {
            const simulate::moments& here = found.trajectory[a * n_points + p];
            std::vector<float>& fan = found.fan[a * n_points + p];
            simulate::trajectories_table& way = to.trajectories;
            way.preset.emplace_back(preset);
            way.policy.emplace_back(arm.name);
            way.metric.emplace_back(plan.trajectory);
            push(way.period, plan.points[p]);
            push_finite(way.mean, here.mean);
            push_finite(way.half_width, simulate::half_width(here, tail));
            const std::array<column<double>*, 5> columns{&way.q05, &way.q25, &way.q50, &way.q75, &way.q95};
            constexpr std::array<double, 5> shares{0.05, 0.25, 0.5, 0.75, 0.95};
            for (std::size_t q = 0; q < 5; ++q)
                push_finite(*columns[q],
                            fan.empty() ? numeric::not_a_number : simulate::select_quantile(fan, shares[q]));
        }
    }
    for (std::size_t m = 0; m < n_metrics; ++m)
        if (plan.metrics[m].name == plan.metrics[0].name) add_histogram(preset, plan, found, m, to.histograms);
    to.runs.preset.emplace_back(preset);
    push(to.runs.seed, policy.seed);
    push(to.runs.key_layout, simulate::key_layout);
    push(to.runs.periods, periods);
    push(to.runs.n, found.n);
    const bool is_cut = found.stopped == simulate::stop_reason::time;
    to.runs.stop_reason.emplace_back(is_cut                                            ? "time"
                                     : found.stopped == simulate::stop_reason::precise ? "precise"
                                                                                       : "most");
    to.runs.not_reproducible.value.push_back(0);
    char worst = '1';
    for (const simulate::assumption& each : assumptions) worst = std::max(worst, each.grade);
    to.runs.worst_grade.emplace_back(1, worst);
    if (is_cut)
        note_cut(preset, "the comparison of rules, after " + integer_text(found.n) + " organisations a rule", to);
}

std::function<bool()> clock_until(double seconds) {
    if (!(seconds < numeric::infinity)) return {};
    return [seconds] { return seconds_by_the_clock() >= seconds; };
}

bool is_time_up(const simulate::experiment_plan& plan) {
    return plan.time_is_up && plan.time_is_up();
}

double part_of_time(double until, double share) {
    if (!(until < numeric::infinity)) return until;
    const double now = seconds_by_the_clock();
    return now + share * (until - now);
}

bool is_cut(std::initializer_list<const simulate::experiment*> any) {
    return std::any_of(any.begin(), any.end(),
                       [](const auto* each) { return each->stopped == simulate::stop_reason::time; });
}

void note_cut(std::string_view preset, std::string what, simulation_tables& to) {
    to.runs.not_reproducible.value.back() = 1;
    add_finding(to.findings,
                {org::severity::warning, "simulation.not_reproducible", "simulation", "", -1, -1, 1,
                 std::string(preset) + ": the limit of time (/simulation/max_seconds) stopped " + std::move(what) +
                     "; another machine, or this one another time, gets to other figures"});
}

void add_assumptions(std::string_view preset, std::span<const simulate::assumption> assumptions,
                     simulation_tables& to) {
    for (const simulate::assumption& each : assumptions) {
        to.inputs.preset.emplace_back(preset);
        to.inputs.parameter.emplace_back(each.name);
        to.inputs.unit_of.emplace_back(each.unit);
        push_finite(to.inputs.value, each.value);
        push_finite(to.inputs.preset_value, each.preset_value);
        to.inputs.value_from.emplace_back(each.value_from);
        to.inputs.grade.emplace_back(1, each.grade);
        to.inputs.source.emplace_back(each.source);
        to.inputs.meaning.emplace_back(each.meaning);
    }
}

void add_tornado(std::string_view preset, const simulate::experiment_plan& plan, const simulate::assumption& varied,
                 const simulate::experiment& at_value, const simulate::experiment& at_low,
                 const simulate::experiment& at_high, simulation_tables& to) {
    const std::size_t n_metrics = plan.metrics.size();
    for (std::size_t a = 0; a < plan.arms.size(); ++a) {
        if (plan.arms[a].baseline == a) continue;
        const auto pairs = [&](const simulate::experiment& of) { return of.outcomes[a * n_metrics].difference; };
        const double tail = plan.stop.tail;
        simulate::tornado_table& rows = to.tornado;
        rows.preset.emplace_back(preset);
        rows.policy.emplace_back(plan.arms[a].name);
        rows.against.emplace_back(plan.arms[plan.arms[a].baseline].name);
        rows.metric.emplace_back(plan.metrics[0].name);
        rows.parameter.emplace_back(varied.name);
        rows.grade.emplace_back(1, varied.grade);
        push(rows.horizon_periods, plan.metrics[0].horizon_periods);
        push(rows.n, pairs(at_value).n);
        push_finite(rows.value, varied.value);
        push_finite(rows.low, varied.low);
        push_finite(rows.high, varied.high);
        push_finite(rows.diff, pairs(at_value).mean);
        push_finite(rows.diff_at_low, pairs(at_low).mean);
        push_finite(rows.diff_at_high, pairs(at_high).mean);
        double widest = numeric::not_a_number;
        for (const simulate::experiment* of : {&at_value, &at_low, &at_high})
            widest = largest(widest, simulate::half_width(pairs(*of), tail));
        push_finite(rows.half_width, widest);
    }
}

} // namespace dualtrack::run
