// One experiment: several rules of promotion, each tried on the same simulated organisations. Rules are compared
// organisation by organisation, with the same people and the same luck, which takes most of the chance out of the
// difference; a difference in percent is formed for each organisation and then averaged.
// Replications run in blocks of 64; blocks may run on any thread, but are merged in their order, in waves of a fixed
// size, so that the result never depends on the number of threads and memory does not grow with the replications
// (but for the outcomes kept for quantiles: four bytes each, a million a figure, then a sketch of 130 KB).
// A host that is short of time may stop between waves: the only thing by which a result depends on the machine.
#pragma once

#include <dualtrack/base/parallel.hpp>
#include <dualtrack/base/result.hpp>
#include <dualtrack/simulate/statistics.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dualtrack::simulate {

/// What is measured of an organisation. A figure that is not defined in an organisation is NaN and left out.
struct metric {
    std::string_view name, unit;
    std::int64_t horizon_periods = 0; // periods from the start that it covers
    bool higher_is_better = true;
    bool relative = false; // differences in percent of the baseline
};

/// One rule with its packages.
struct experiment_arm {
    std::string name;
    std::size_t baseline = 0; // arm that it is compared with; itself: with none
    std::size_t group = 0;    // arms of one group compete for being the best
};

struct experiment_plan {
    std::vector<experiment_arm> arms;
    std::vector<metric> metrics;
    std::string_view trajectory;           // the metric followed period by period
    std::vector<std::int64_t> points;      // its periods, ascending; [n_points]
    std::vector<std::size_t> stop_metrics; // metrics that decide when to stop
    stopping_rule stop;
    std::int64_t most_kept = 1'000'000; // up to so many organisations quantiles are selected exactly
    std::function<bool()> time_is_up;   // asked between waves, on the calling thread; empty: never
};

/// At most so many organisations are kept for the quantiles of a trajectory.
inline constexpr std::int64_t most_kept_trajectories = 1024;

/// What is known of one arm and metric.
struct arm_outcome {
    moments level, difference;
    std::int64_t n_worse = 0; // pairs in which the arm did worse than its baseline
    double n_best = 0.0;      // organisations in which it was the best of its group, ties split
    std::vector<float> kept;  // outcomes by replication, as long as there are at most a million organisations
    quantile_sketch sketch;   // in their place, once there are more
};

enum class stop_reason : std::uint8_t { most, precise, time };

struct experiment {
    std::int64_t n = 0;
    stop_reason stopped = stop_reason::most;
    std::vector<arm_outcome> outcomes;   // [arm x metric], arm-major
    std::vector<moments> trajectory;     // [arm x point]
    std::vector<std::vector<float>> fan; // [arm x point], first replications
};

namespace detail {

/// What one block of replications found.
struct block_outcome {
    std::vector<arm_outcome> outcomes;
    std::vector<moments> trajectory;
    std::vector<float> fan; // [replication x arm x point], if kept
};

/// The figures of one organisation under all arms, added to a block.
inline void add_replication(const experiment_plan& plan, std::span<const double> figures,
                            std::vector<arm_outcome>& to) {
    const std::size_t n_arms = plan.arms.size(), n_metrics = plan.metrics.size();
    for (std::size_t m = 0; m < n_metrics; ++m) {
        const metric& what = plan.metrics[m];
        const double sign = what.higher_is_better ? 1.0 : -1.0;
        for (std::size_t a = 0; a < n_arms; ++a) {
            arm_outcome& out = to[a * n_metrics + m];
            const double x = figures[a * n_metrics + m];
            out.kept.push_back(static_cast<float>(x));
            if (x != x) continue;
            out.level.add(x);
            const std::size_t group = plan.arms[a].group;
            std::size_t n_equal = 0;
            bool is_best = true;
            for (std::size_t b = 0; b < n_arms && is_best; ++b) {
                if (plan.arms[b].group != group) continue;
                const double y = figures[b * n_metrics + m];
                if (sign * y > sign * x) is_best = false;
                if (y == x) ++n_equal;
            }
            if (is_best) out.n_best += 1.0 / static_cast<double>(n_equal);
            const double base = figures[plan.arms[a].baseline * n_metrics + m];
            if (plan.arms[a].baseline == a || base != base || (what.relative && base == 0.0)) continue;
            const double difference = what.relative ? 100.0 * (x / base - 1.0) : x - base;
            out.difference.add(difference);
            if (sign * difference < 0.0) ++out.n_worse;
        }
    }
}

/// Outcomes of a block, where they are kept or counted. Undefined ones are kept with the others and counted nowhere.
inline void keep(const std::vector<float>& from, std::size_t most, arm_outcome& to) {
    if (!to.sketch.is_started() && to.kept.size() + from.size() <= most) {
        to.kept.insert(to.kept.end(), from.begin(), from.end());
        return;
    }
    if (!to.sketch.is_started()) {
        std::erase_if(to.kept, [](float x) { return x != x; });
        to.sketch.start(to.kept);
        to.kept = {};
    }
    for (const float x : from)
        if (x == x) to.sketch.add(x);
}

inline void merge_block(const experiment_plan& plan, experiment& to, block_outcome&& from) {
    for (std::size_t i = 0; i < to.outcomes.size(); ++i) {
        arm_outcome& out = to.outcomes[i];
        arm_outcome& in = from.outcomes[i];
        out.level.merge(in.level);
        out.difference.merge(in.difference);
        out.n_worse += in.n_worse;
        out.n_best += in.n_best;
        keep(in.kept, static_cast<std::size_t>(plan.most_kept), out);
    }
    const std::size_t n_points = to.trajectory.size();
    for (std::size_t i = 0; i < n_points; ++i) to.trajectory[i].merge(from.trajectory[i]);
    for (std::size_t i = 0; i < from.fan.size(); ++i) to.fan[i % n_points].push_back(from.fan[i]);
}

inline std::vector<moments> asked_differences(const experiment_plan& plan, const experiment& of) {
    std::vector<moments> out;
    for (std::size_t a = 0; a < plan.arms.size(); ++a)
        for (const std::size_t m : plan.stop_metrics)
            if (plan.arms[a].baseline != a) out.push_back(of.outcomes[a * plan.metrics.size() + m].difference);
    return out;
}

} // namespace detail

/// Runs an experiment. simulate(first, n, worker_index, figures, trajectory) computes replications [first, first + n)
/// under every arm into figures[n x arm x metric] and trajectory[n x arm x point].
/// Errors: cancelled
template <class Simulate>
[[nodiscard]] result<experiment> run_experiment(const run_context& run, const experiment_plan& plan,
                                                Simulate&& simulate) {
    const std::size_t n_figures = plan.arms.size() * plan.metrics.size();
    const std::size_t n_points = plan.arms.size() * plan.points.size();
    experiment out;
    out.outcomes.resize(n_figures);
    out.trajectory.resize(n_points);
    out.fan.resize(n_points);
    for (arm_outcome& each : out.outcomes)
        each.kept.reserve(static_cast<std::size_t>(std::min(plan.stop.most, plan.most_kept)));
    // Where time may run out, waves are as short as keeps every thread at work.
    const std::int64_t wave = replication_block * (plan.time_is_up ? std::max(1, run.threads) : 64);
    while (out.n < plan.stop.most) {
        // A wave ends where the rule may look.
        std::int64_t look = first_look;
        while (look <= out.n) look *= 2;
        const std::int64_t from = out.n;
        const std::int64_t to = std::min({plan.stop.most, look, from + wave});
        std::vector<detail::block_outcome> blocks(static_cast<std::size_t>(count_blocks(to - from, replication_block)));
        const double all = static_cast<double>(plan.stop.most);
        const run_context part = part_of(run, static_cast<double>(from) / all, static_cast<double>(to) / all);
        DUALTRACK_TRYV(for_blocks(
            part, to - from, replication_block,
            [&](std::int64_t block, std::int64_t begin, std::int64_t end, std::int64_t worker) {
                const auto n = static_cast<std::size_t>(end - begin);
                std::vector<double> figures(n * n_figures, numeric::not_a_number);
                std::vector<float> trajectory(n * n_points);
                simulate(from + begin, end - begin, worker, std::span<double>(figures), std::span<float>(trajectory));
                detail::block_outcome& made = blocks[static_cast<std::size_t>(block)];
                made.outcomes.resize(n_figures);
                made.trajectory.resize(n_points);
                for (std::size_t i = 0; i < n; ++i) {
                    detail::add_replication(plan, std::span<const double>(figures).subspan(i * n_figures, n_figures),
                                            made.outcomes);
                    for (std::size_t p = 0; p < n_points; ++p)
                        made.trajectory[p].add(static_cast<double>(trajectory[i * n_points + p]));
                }
                if (from + begin < most_kept_trajectories) made.fan = std::move(trajectory);
            }));
        for (detail::block_outcome& block : blocks) detail::merge_block(plan, out, std::move(block));
        out.n = to;
        if (out.n < plan.stop.most && is_look(out.n) && is_precise(plan.stop, detail::asked_differences(plan, out))) {
            out.stopped = stop_reason::precise;
            break;
        }
        if (out.n < plan.stop.most && plan.time_is_up && plan.time_is_up()) {
            out.stopped = stop_reason::time;
            break;
        }
    }
    return out;
}

} // namespace dualtrack::simulate
