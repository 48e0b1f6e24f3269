// Numeric functions: nanoseconds a call over arguments as the measures meet them.
#include <vector>

#include <benchmark/benchmark.h>

#include <dualtrack/base/numeric.hpp>
#include <dualtrack/base/random.hpp>
#include <dualtrack/base/special.hpp>

namespace {

using namespace dualtrack;

std::vector<double> arguments(double low, double high) {
    random::stream draw(random::place{});
    std::vector<double> x(1024);
    for (double& each : x) each = low + (high - low) * random::uniform(draw);
    return x;
}

void one_argument(benchmark::State& state, double (*function)(double), double low, double high) {
    const std::vector<double> x = arguments(low, high);
    for (auto _ : state) {
        double sum = 0.0;
        for (const double each : x) sum += function(each);
        benchmark::DoNotOptimize(sum);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(x.size()));
}

BENCHMARK_CAPTURE(one_argument, exp, numeric::exp, -20.0, 20.0);
BENCHMARK_CAPTURE(one_argument, log, numeric::log, 0.1, 1e6);
BENCHMARK_CAPTURE(one_argument, log1p, numeric::log1p, 0.0, 1e6);
BENCHMARK_CAPTURE(one_argument, log_gamma, numeric::log_gamma, 0.1, 200.0);
BENCHMARK_CAPTURE(one_argument, digamma, numeric::digamma, 0.1, 200.0);
BENCHMARK_CAPTURE(one_argument, trigamma, numeric::trigamma, 0.1, 200.0);
BENCHMARK_CAPTURE(one_argument, erfc, numeric::erfc, -3.0, 6.0);
BENCHMARK_CAPTURE(one_argument, normal_cdf, numeric::normal_cdf, -6.0, 6.0);
BENCHMARK_CAPTURE(one_argument, normal_quantile, numeric::normal_quantile, 0.0, 1.0);

void gamma_q(benchmark::State& state) {
    const auto shape = static_cast<double>(state.range(0));
    const std::vector<double> x = arguments(0.5 * shape, 1.5 * shape);
    for (auto _ : state)
        for (const double each : x) benchmark::DoNotOptimize(numeric::gamma_q(shape, each));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(x.size()));
}
BENCHMARK(gamma_q)->Arg(1)->Arg(20)->Arg(200);

void gamma_quantile(benchmark::State& state) {
    const std::vector<double> p = arguments(0.0, 1.0);
    for (auto _ : state)
        for (const double each : p) benchmark::DoNotOptimize(numeric::gamma_quantile(each, 5.0));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(p.size()));
}
BENCHMARK(gamma_quantile);

void fixed_sum(benchmark::State& state) {
    const std::vector<double> x(static_cast<std::size_t>(state.range(0)), 0.1);
    for (auto _ : state) benchmark::DoNotOptimize(numeric::fixed_sum(x));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(fixed_sum)->Arg(12)->Arg(1 << 16);

void philox(benchmark::State& state) {
    random::stream draw(random::place{});
    for (auto _ : state) benchmark::DoNotOptimize(draw.next_word());
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(philox);

} // namespace
