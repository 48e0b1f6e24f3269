// Person-years a second of the pyramid of 2010 as run: the engine by instruction set, the plain program, and how many
// times faster the engine is, both measured in turn in one run, of CPU time, one thread. `gate` fails below six times.
#include "pluchino_plain.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include <benchmark/benchmark.h>
#include <dualtrack/simulate/pluchino.hpp>

#include "gate.hpp"
#include "simulate/hierarchy_kernels.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::simulate;

constexpr std::int32_t years = 1000;
constexpr double seats = 160.0;

void run_plain(const hierarchy_policy& policy, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        bench::plain_pyramid one(policy.rule, policy.effect, i);
        double sum = 0.0;
        for (int t = 1; t <= years; ++t) sum += one.year();
        benchmark::DoNotOptimize(sum);
    }
}

void run_engine(const hierarchy_policy& policy, std::size_t n, hierarchy_set set) {
    static const hierarchy_rules rules = rules_of(hierarchy_preset::prg2010_as_run);
    std::vector<double> efficiency(n * (years + 1));
    std::vector<hierarchy_counts> counts(n);
    simulate_hierarchies(rules, policy, 1, 0, n, years, efficiency, counts, set);
    benchmark::DoNotOptimize(efficiency.data());
}

/// Seconds of both, the best of seven in turn: noise of the machine meets both alike.
std::pair<double, double> best_of_7(const hierarchy_policy& policy, hierarchy_set set) {
    constexpr std::size_t n_plain = 8, n_engine = 64;
    double plain = 1e9, engine = 1e9;
    for (int turn = 0; turn < 7; ++turn) {
        double from = bench::cpu_seconds();
        run_plain(policy, n_plain);
        plain = std::min(plain, (bench::cpu_seconds() - from) / n_plain);
        from = bench::cpu_seconds();
        run_engine(policy, n_engine, set);
        engine = std::min(engine, (bench::cpu_seconds() - from) / n_engine);
    }
    return {plain, engine};
}

void against_plain(benchmark::State& state, hierarchy_policy policy, hierarchy_set set, bool is_gate) {
    if (!has(set)) return state.SkipWithError("not on this machine");
    double plain = 1.0, engine = 1.0;
    for (auto _ : state) std::tie(plain, engine) = best_of_7(policy, set);
    state.counters["times_plain"] = plain / engine;
    state.counters["person_years_per_s"] = seats * years / engine;
    state.counters["plain_person_years_per_s"] = seats * years / plain;
    state.counters["ns_per_year"] = 1e9 * engine / years;
    if (is_gate && plain < 6.0 * engine)
        bench::fail_gate(state, "the engine is less than six times as fast as the plain program");
}

[[maybe_unused]] const bool registered = [] {
    const std::pair<const char*, strategy> rules[] = {
        {"best", strategy::best}, {"worst", strategy::worst}, {"random", strategy::random}};
    const std::pair<const char*, hierarchy_set> sets[] = {{"plain", hierarchy_set::plain},
                                                            {"sse4", hierarchy_set::sse4},
                                                            {"avx2", hierarchy_set::avx2},
                                                            {"avx512", hierarchy_set::avx512}};
    for (const auto& [rule, which] : rules)
        for (const auto effect : {transfer::common_sense, transfer::peter})
            for (const auto& [name, set] : sets) {
                const hierarchy_policy policy{which, 0.0, effect};
                const std::string case_of = std::string(effect == transfer::peter ? "PH " : "CS ") + rule;
                const std::string label = "prg2010/" + case_of + "/" + name;
                if (set == fastest_set())
                    benchmark::RegisterBenchmark(
                        ("gate/" + case_of).c_str(),
                        [policy, set = set](benchmark::State& state) { against_plain(state, policy, set, true); })
                        ->Iterations(1)
                        ->Unit(benchmark::kMillisecond);
                benchmark::RegisterBenchmark(
                    label.c_str(),
                    [policy, set = set](benchmark::State& state) { against_plain(state, policy, set, false); })
                    ->Iterations(1)
                    ->Unit(benchmark::kMillisecond);
            }
    return true;
}();

} // namespace

int main(int argc, char** argv) {
    return dualtrack::bench::run(argc, argv);
}
