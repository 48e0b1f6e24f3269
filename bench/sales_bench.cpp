// The sales model: organisations of 10 teams of 6 over 36 months of burn-in and 60 months under four rules. The engine,
// for each instruction set, beside the plain double-precision program that the tests compare it with. person_months is
// seats (reps and managers) x periods simulated a second: the engine shares a burn-in among rules, and is not credited
// for what it does not simulate. `gate` runs both in turn, and the program fails below five times.
#include <algorithm>
#include <ctime>
#include <limits>
#include <vector>

#include <benchmark/benchmark.h>

#include "gate.hpp"
#include "plain_sales.hpp"
#include "sales_helpers.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::simulate;

constexpr std::uint32_t n_organisations = 20;
constexpr double n_people = 70, burn_in = 36, months = 60;

std::vector<sales_arm> rules() {
    return sales_testing::arms_named({"best_seller", "random", "readiness", "test_drive"});
}

/// Person-months of one pass.
double run_engine(const sales_model& model, const std::vector<sales_arm>& arms, sales_worker& worker,
                  std::vector<double>& figures, std::vector<float>& way) {
    for (std::uint32_t replication = 0; replication < n_organisations; ++replication)
        run_organisation(model, arms, replication, worker, figures, way);
    benchmark::DoNotOptimize(figures.data());
    return n_organisations * n_people * (burn_in + months * static_cast<double>(arms.size()));
}

double run_plain(const sales_model& model, const std::vector<sales_arm>& arms) {
    for (std::uint32_t replication = 0; replication < n_organisations; ++replication)
        for (const sales_arm& arm : arms) {
            plain_model::firm firm(model.a, model.shape, model.seed, replication);
            benchmark::DoNotOptimize(firm.run(arm).revenue);
        }
    return n_organisations * n_people * (burn_in + months) * static_cast<double>(arms.size());
}

struct engine_memory {
    sales_worker worker;
    std::vector<double> figures;
    std::vector<float> way;
    explicit engine_memory(std::size_t n_arms)
        : figures(n_arms * 2 * sales_metrics.size()), way(n_arms * static_cast<std::size_t>(months)) {}
};

void engine(benchmark::State& state) {
    const auto set = static_cast<instruction_set>(state.range(0));
    if (!has_instructions(set)) {
        state.SkipWithError("this processor does not have the instructions");
        return;
    }
    sales_model model = sales_testing::model_named("bls2018");
    model.kernels = kernels_for(set);
    const std::vector<sales_arm> arms = rules();
    engine_memory memory(arms.size());
    double done = 0;
    for (auto _ : state) done += run_engine(model, arms, memory.worker, memory.figures, memory.way);
    state.counters["person_months"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
}
BENCHMARK(engine)->Name("sales/engine")->ArgName("set")->DenseRange(0, 2)->Unit(benchmark::kMillisecond);

void plain(benchmark::State& state) {
    const sales_model model = sales_testing::model_named("bls2018");
    const std::vector<sales_arm> arms = rules();
    double done = 0;
    for (auto _ : state) done += run_plain(model, arms);
    state.counters["person_months"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
}
BENCHMARK(plain)->Name("sales/plain")->Unit(benchmark::kMillisecond);

/// The best of seven of both, in turn, on processor time.
void gate(benchmark::State& state) {
    const sales_model model = sales_testing::model_named("bls2018");
    const std::vector<sales_arm> arms = rules();
    engine_memory memory(arms.size());
    double fast = 0, slow = 0;
    for (auto _ : state)
        for (int turn = 0; turn < 7; ++turn) {
            double start = bench::cpu_seconds();
            const double by_engine = run_engine(model, arms, memory.worker, memory.figures, memory.way);
            fast = std::max(fast, by_engine / (bench::cpu_seconds() - start));
            start = bench::cpu_seconds();
            const double by_plain = run_plain(model, arms);
            slow = std::max(slow, by_plain / (bench::cpu_seconds() - start));
        }
    state.counters["person_months"] = fast;
    state.counters["ratio"] = fast / slow;
    if (fast < 5 * slow) bench::fail_gate(state, "the engine is less than five times as fast as the plain program");
}
BENCHMARK(gate)->Name("sales/gate")->Unit(benchmark::kMillisecond)->Iterations(1);

} // namespace

int main(int argc, char** argv) {
    return dualtrack::bench::run(argc, argv);
}
