// A published panel for the comparison of manager effects: draws it, times the effects, writes columns and effects.
//   value_added_panel DESIGN ROWS FOLDER RUNS     DESIGN: easy, geo, hard, akm
// Prints one JSON object: seconds of one thread and of two, of rows in any order, of one read of the columns, and of
// all that looks at rows (order, matches, sums over periods). Files: i, j, t (uint32), y, net (double), and psi
// (double, by manager) from a direct factor where that costs at most 2e10 operations, else from the run that is timed;
// none where FOLDER is "-". net is y without its periods, for tools that have no third effect.
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

struct timed {
    std::vector<double> wall, cpu;
    template <class F> void add(F&& f) {
        const auto begin = std::chrono::steady_clock::now();
        const std::clock_t ticks = std::clock();
        f();
        cpu.push_back(static_cast<double>(std::clock() - ticks) / CLOCKS_PER_SEC);
        wall.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    [[nodiscard]] double least() const { return *std::min_element(cpu.begin(), cpu.end()); }
};

/// Something that every number of the columns has a part in.
double read_all(const panel_columns& panel) {
    double sum[4] = {};
    std::uint32_t codes = 0;
    const std::size_t n = panel.value.size() / 4 * 4;
    for (std::size_t r = 0; r < n; r += 4)
        for (std::size_t k = 0; k < 4; ++k) {
            sum[k] += panel.value[r + k];
            codes += panel.unit[r + k] ^ panel.group[r + k] ^ panel.period[r + k];
        }
    return sum[0] + sum[1] + sum[2] + sum[3] + codes;
}

/// Puts the rows into any order, the same for the same panel.
void shuffle(panel_columns& panel) {
    published_source draw(1);
    for (std::size_t r = panel.value.size(); r > 1; --r) {
        const std::size_t other = draw.below(static_cast<std::uint32_t>(r));
        std::swap(panel.unit[r - 1], panel.unit[other]);
        std::swap(panel.group[r - 1], panel.group[other]);
        std::swap(panel.period[r - 1], panel.period[other]);
        std::swap(panel.value[r - 1], panel.value[other]);
    }
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
    const long runs = std::strtol(args[4], nullptr, 10);
    malloc_trim(0);
    forget_peak();
    const double before = peak_mb();
    timed one, two, shuffled, read, collapsed;
    effects_only made;
    for (long k = 0; k < runs; ++k) one.add([&] { made = estimate_effects(run_context{}, panel.rows(), true, 1); });
    const double peak = peak_mb();
    bool is_same = true;
    run_context on_two;
    on_two.threads = 2;
    for (long k = 0; k < runs; ++k)
        two.add([&] { is_same = estimate_effects(on_two, panel.rows(), true, 1).psi == made.psi && is_same; });
    volatile double seen = 0.0;
    for (long k = 0; k < runs; ++k) {
        read.add([&] { seen = read_all(panel); });
        collapsed.add([&] {
            const ordered_rows ordered = order_rows(run_context{}, panel.rows());
            period_sums periods;
            seen = static_cast<double>(collapse(run_context{}, ordered, &periods).size());
        });
    }
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
    malloc_trim(0);
    if (folder != "-")
        for (std::size_t r = 0; r < panel.value.size(); ++r) panel.value[r] += made.gamma[panel.period[r]];
    shuffle(panel);
    forget_peak();
    const double before_shuffled = peak_mb();
    const effects_only again = estimate_effects(run_context{}, panel.rows(), true, 1);
    if (folder == "-") is_same = again.psi == made.psi && is_same; // else values were rounded on the way
    const double peak_shuffled = peak_mb();
    for (long k = 0; k < runs; ++k)
        shuffled.add([&] { seen = estimate_effects(run_context{}, panel.rows(), true, 1).error_bound; });
    std::printf("{\"rows\": %zu, \"managers\": %u, \"seconds\": %.4f, \"cpu\": %.4f, \"least_cpu\": %.4f, "
                "\"two_threads_wall\": %.4f, \"two_threads_cpu\": %.4f, \"shuffled_cpu\": %.4f, \"read_cpu\": %.4f, "
                "\"collapse_cpu\": %.4f, \"iterations\": %d, \"bound\": %.2e, \"error\": %.2e, \"same_bytes\": %s, "
                "\"mb_beyond_input\": %.1f, \"shuffled_mb\": %.1f}\n",
                panel.value.size(), panel.n_groups, median(one.wall), median(one.cpu), one.least(), median(two.wall),
                median(two.cpu), median(shuffled.cpu), read.least(), median(collapsed.cpu), made.iterations,
                made.error_bound, error, is_same ? "true" : "false", peak - before, peak_shuffled - before_shuffled);
    return 0;
}
