// Person-years a second of the pyramid of 2010 as run: the engine by instruction set, the plain program, and how many
// times faster the engine is, both measured in turn in one run (the gate: 6 or more, of CPU time, one thread).
#include "pluchino_plain.hpp"

#include <ctime>

#include <algorithm>
#include <string>

#include <benchmark/benchmark.h>
#include <dualtrack/simulate/pluchino.hpp>

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

void run_engine(const hierarchy_policy& policy, std::size_t n, instruction_set set) {
    static const hierarchy_rules rules = rules_of(hierarchy_preset::prg2010_as_run);
    std::vector<double> efficiency(n * (years + 1));
    std::vector<hierarchy_counts> counts(n);
    simulate_hierarchies(rules, policy, 1, 0, n, years, efficiency, counts, set);
    benchmark::DoNotOptimize(efficiency.data());
}

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <class F> double best_of_7(F&& f) {
    double best = 1e9;
    for (int i = 0; i < 7; ++i) {
        const double from = cpu_seconds();
        f();
        best = std::min(best, cpu_seconds() - from);
    }
    return best;
}

void against_plain(benchmark::State& state, hierarchy_policy policy, instruction_set set) {
    if (!has(set)) return state.SkipWithError("not on this machine");
    constexpr std::size_t n_plain = 4, n_engine = 32;
    double plain = 1.0, engine = 1.0;
    for (auto _ : state) {
        plain = best_of_7([&] { run_plain(policy, n_plain); }) / n_plain;
        engine = best_of_7([&] { run_engine(policy, n_engine, set); }) / n_engine;
    }
    state.counters["times_plain"] = plain / engine;
    state.counters["person_years_per_s"] = seats * years / engine;
    state.counters["plain_person_years_per_s"] = seats * years / plain;
    state.counters["ns_per_year"] = 1e9 * engine / years;
}

[[maybe_unused]] const bool registered = [] {
    const std::pair<const char*, strategy> rules[] = {
        {"best", strategy::best}, {"worst", strategy::worst}, {"random", strategy::random}};
    const std::pair<const char*, instruction_set> sets[] = {{"plain", instruction_set::plain},
                                                            {"sse2", instruction_set::sse2},
                                                            {"avx2", instruction_set::avx2},
                                                            {"avx512", instruction_set::avx512}};
    for (const auto& [rule, which] : rules)
        for (const auto effect : {transfer::common_sense, transfer::peter})
            for (const auto& [name, set] : sets) {
                const hierarchy_policy policy{which, 0.0, effect};
                const std::string label =
                    std::string("prg2010/") + (effect == transfer::peter ? "PH " : "CS ") + rule + "/" + name;
                benchmark::RegisterBenchmark(
                    label.c_str(), [policy, set](benchmark::State& state) { against_plain(state, policy, set); })
                    ->Iterations(1)
                    ->Unit(benchmark::kMillisecond);
            }
    return true;
}();

} // namespace
