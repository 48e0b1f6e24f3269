// Manager value added on the published designs at a million rows: effects alone, and everything the analysis gives.
// Seconds of one thread. Counters: iterations of the solver, and the largest error against a direct factor.
#include <benchmark/benchmark.h>

#include <cmath>
#include <map>

#include "../tests/estimate/panels.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::test;

const panel_columns& panel_of(design kind) {
    static std::map<design, panel_columns> kept;
    const auto found = kept.find(kind);
    if (found != kept.end()) return found->second;
    panel_columns panel = published_panel(kind, 1000000);
    panel.close();
    return kept.emplace(kind, std::move(panel)).first->second;
}

std::vector<double> exact_effects(const panel_columns& panel) {
    const two_way problem = two_way_of(run_context{}, panel.rows(), true);
    manager_solver solver;
    solver.graph = &problem.graph;
    solver.components = &problem.components;
    solver.pattern = pattern_of(problem.graph, minimum_degree(problem.graph, numeric::infinity).order, true);
    solver.factor = factor_of(problem.graph, solver.pattern);
    return fit_two_way(problem, solver).psi;
}

void effects(benchmark::State& state) {
    const panel_columns& panel = panel_of(static_cast<design>(state.range(0)));
    effects_only made;
    for (auto _ : state) {
        made = estimate_effects(run_context{}, panel.rows(), true, 1);
        benchmark::DoNotOptimize(made.psi.data());
    }
    const std::vector<double> exact = exact_effects(panel);
    double error = 0.0;
    for (std::size_t j = 0; j < exact.size(); ++j) error = std::max(error, std::fabs(exact[j] - made.psi[j]));
    state.counters["iterations"] = made.iterations;
    state.counters["error"] = error;
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(panel.value.size()));
}
BENCHMARK(effects)->DenseRange(0, 3)->Unit(benchmark::kMillisecond);

/// 12,000 rows and 50 managers: everything, as a customer of that size would run it.
void everything(benchmark::State& state) {
    panel_columns panel = published_panel(design::geo, 12000);
    panel.close();
    for (auto _ : state) {
        auto made = estimate_value_added(run_context{}, panel.rows(), {}).value();
        benchmark::DoNotOptimize(made.get());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(panel.value.size()));
}
BENCHMARK(everything)->Unit(benchmark::kMillisecond);

} // namespace
