// Which assumption brings the uncertainty: the experiment at points where all of them are drawn at once.
#include <cmath>

#include <dualtrack/simulate/sobol.hpp>

#include "run/simulation.hpp"

namespace dualtrack::run {
namespace {

using simulate::assumption;

/// Whole numbers stay whole, each as likely.
double value_at(const assumption& one, double place) {
    if (!one.is_whole) return one.low + (one.high - one.low) * place;
    return std::min(one.high, std::floor(one.low + (one.high - one.low + 1.0) * place));
}

/// Mean differences of every arm at every point of a sample.
struct sampled {
    std::vector<std::vector<double>> mean; // [arm][point]
};

} // namespace

result<void> run_sobol(const run_context& run, const model_request& request, const simulate::experiment_plan& plan,
                       std::span<const assumption> varied, const assumed_experiment& at, simulation_tables& to) {
    const auto n_points = static_cast<std::size_t>(request.policy.simulation.sobol_points);
    const auto seed = static_cast<std::uint64_t>(request.policy.simulation.seed);
    const std::size_t n_arms = plan.arms.size(), n_metrics = plan.metrics.size();
    const double n_runs = static_cast<double>(n_points) * static_cast<double>(varied.size() + 2);
    double n_done = 0.0;
    std::vector<assumption> values(varied.begin(), varied.end());
    bool is_over = false; // the clock stopped it, inside a point or after one
    // Sample A, B, or A with one assumption from B.
    const auto sample = [&](bool is_b, std::size_t from_b) -> result<sampled> {
        sampled out;
        out.mean.resize(n_arms);
        for (std::size_t point = 0; point < n_points && !is_over; ++point) {
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i].value =
                    value_at(values[i], simulate::sobol_place(seed, static_cast<std::uint32_t>(i),
                                                              static_cast<std::uint32_t>(point), is_b || i == from_b));
            const run_context part = part_of(run, n_done / n_runs, (n_done + 1.0) / n_runs);
            n_done += 1.0;
            DUALTRACK_TRY(const simulate::experiment found, at(values, part));
            is_over = is_cut({&found}) || is_time_up(plan);
            for (std::size_t a = 0; a < n_arms; ++a) {
                const simulate::moments& difference = found.outcomes[a * n_metrics].difference;
                out.mean[a].push_back(difference.n > 0 ? difference.mean : numeric::not_a_number);
            }
        }
        return out;
    };
    DUALTRACK_TRY(const sampled at_a, sample(false, varied.size()));
    DUALTRACK_TRY(const sampled at_b, sample(true, varied.size()));
    for (std::size_t i = 0; i < varied.size(); ++i) {
        DUALTRACK_TRY(const sampled at_i, sample(false, i));
        if (is_over) {
            note_cut(request.preset, "the Sobol indices before " + std::string(varied[i].name), to);
            return outcome::success();
        }
        for (std::size_t a = 0; a < n_arms; ++a) {
            if (plan.arms[a].baseline == a) continue;
            simulate::moments all;
            for (const sampled* each : {&at_a, &at_b})
                for (const double difference : each->mean[a]) all.add(difference);
            const simulate::sobol_index found =
                simulate::sobol_of(at_a.mean[a], at_b.mean[a], at_i.mean[a], plan.stop.tail);
            simulate::sobol_table& rows = to.sobol;
            rows.preset.emplace_back(request.preset);
            rows.policy.emplace_back(plan.arms[a].name);
            rows.against.emplace_back(plan.arms[plan.arms[a].baseline].name);
            rows.metric.emplace_back(plan.metrics[0].name);
            rows.parameter.emplace_back(varied[i].name);
            rows.grade.emplace_back(1, varied[i].grade);
            push(rows.horizon_periods, plan.metrics[0].horizon_periods);
            push(rows.points, static_cast<std::int64_t>(n_points));
            push(rows.n, plan.stop.most);
            push_finite(rows.low, varied[i].low);
            push_finite(rows.high, varied[i].high);
            push_finite(rows.first, found.first);
            push_finite(rows.first_half_width, found.first_half_width);
            push_finite(rows.total, found.total);
            push_finite(rows.total_half_width, found.total_half_width);
            push_finite(rows.spread, all.sd());
        }
    }
    return outcome::success();
}

} // namespace dualtrack::run
