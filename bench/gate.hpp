// A benchmark that is also a gate: processor time of one thread, and a program that fails where a bar is missed,
// whatever the version of Google Benchmark makes of an error.
#pragma once

#include <algorithm>
#include <ctime>

#include <benchmark/benchmark.h>

namespace dualtrack::bench {

inline double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

inline int& n_failed() {
    static int n = 0;
    return n;
}

inline void fail_gate(benchmark::State& state, const char* why) {
    ++n_failed();
    state.SkipWithError(why);
}

inline int run(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    return n_failed() > 0 ? 1 : 0;
}

} // namespace dualtrack::bench
