// A published panel for the comparison of manager effects: draws it, times the effects, writes columns and effects.
//   value_added_panel DESIGN ROWS FOLDER RUNS [THREADS]     DESIGN: easy, geo, hard, akm
// Prints one JSON object. Files: i, j, t (uint32), y, net (double), and psi (double, by manager) from a direct factor
// where that costs at most 2e10 operations, else from the run that is timed; none where FOLDER is "-". net is y without
// its periods, for tools that have no third effect.
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "../../tests/estimate/panels.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::test;

/// The most memory that was resident since the last call of forget_peak.
double peak_mb() {
    std::FILE* file = std::fopen("/proc/self/status", "r");
    char line[256];
    long kb = 0;
    while (file != nullptr && std::fgets(line, sizeof line, file) != nullptr)
        if (std::sscanf(line, "VmHWM: %ld", &kb) == 1) break;
    if (file != nullptr) std::fclose(file);
    return static_cast<double>(kb) / 1024.0;
}
void forget_peak() {
    if (std::FILE* file = std::fopen("/proc/self/clear_refs", "w")) {
        std::fputs("5", file);
        std::fclose(file);
    }
}

template <class T> void write(const std::string& folder, const char* name, const std::vector<T>& values) {
    std::FILE* file = std::fopen((folder + "/" + name).c_str(), "wb");
    if (file == nullptr || std::fwrite(values.data(), sizeof(T), values.size(), file) != values.size()) std::exit(1);
    std::fclose(file);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace

int main(int n_args, char** args) {
    if (n_args < 5) return 2;
    const std::string name = args[1], folder = args[3];
    const design kind = name == "easy"   ? design::easy
                        : name == "geo"  ? design::geo
                        : name == "hard" ? design::hard
                                         : design::akm;
    panel_columns panel = published_panel(kind, static_cast<std::uint32_t>(std::strtoul(args[2], nullptr, 10)));
    panel.close();
    run_context run;
    if (n_args > 5) run.threads = static_cast<int>(std::strtol(args[5], nullptr, 10));
    malloc_trim(0);
    forget_peak();
    const double before = peak_mb();
    std::vector<double> seconds, cpu;
    effects_only made;
    for (long k = 0; k < std::strtol(args[4], nullptr, 10); ++k) {
        const auto begin = std::chrono::steady_clock::now();
        const std::clock_t ticks = std::clock();
        made = estimate_effects(run, panel.rows(), true, 1);
        cpu.push_back(static_cast<double>(std::clock() - ticks) / CLOCKS_PER_SEC);
        seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    const double peak = peak_mb();
    double error = -1.0;
    std::vector<double> psi = made.psi;
    if (panel.value.size() < 50000000) {
        const two_way problem = two_way_of(run_context{}, panel.rows(), true);
        elimination_order order = minimum_degree(problem.graph, 2e10);
        if (order.is_complete(problem.graph.size())) {
            manager_solver solver;
            solver.graph = &problem.graph;
            solver.components = &problem.components;
            solver.pattern = pattern_of(problem.graph, std::move(order.order), true);
            solver.factor = factor_of(problem.graph, solver.pattern);
            psi = fit_two_way(problem, solver).psi;
            error = 0.0;
            for (std::size_t j = 0; j < psi.size(); ++j) error = std::max(error, std::fabs(psi[j] - made.psi[j]));
        }
    }
    if (folder != "-") {
        write(folder, "i", panel.unit);
        write(folder, "j", panel.group);
        write(folder, "t", panel.period);
        write(folder, "y", panel.value);
        write(folder, "psi", psi);
        for (std::size_t r = 0; r < panel.value.size(); ++r) panel.value[r] -= made.gamma[panel.period[r]];
        write(folder, "net", panel.value);
    }
    std::printf("{\"rows\": %zu, \"managers\": %u, \"seconds\": %.4f, \"cpu\": %.4f, \"least_cpu\": %.4f, "
                "\"iterations\": %d, \"bound\": %.2e, \"error\": %.2e, \"mb_beyond_input\": %.1f}\n",
                panel.value.size(), panel.n_groups, median(seconds), median(cpu),
                *std::min_element(cpu.begin(), cpu.end()), made.iterations, made.error_bound, error, peak - before);
    return 0;
}
