// A published panel that comes month by month into a panel kept between runs: seconds to add every month, to solve, and
// to add the last month and solve again; what is kept; effects against those of all rows at once.
//   value_added_months DESIGN ROWS [shuffled] [values] [batch] [two]     DESIGN: easy, geo, hard, akm
// `shuffled`: sellers of a month in any order; `values`: values are kept too; `batch`: all rows at once beside it;
// `two`: two threads to solve.
// Prints one JSON object. Processor seconds of one run; with two threads seconds of the clock.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include <dualtrack/estimate/panel_state_bytes.hpp>
#include <dualtrack/estimate/solve_panel_state.hpp>

#include "../../tests/estimate/panels.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::test;

class stopwatch {
  public:
    explicit stopwatch(bool by_clock) : by_clock_(by_clock), last_(now()) {}
    double lap() {
        const double before = last_;
        last_ = now();
        return last_ - before;
    }

  private:
    [[nodiscard]] double now() const {
        if (!by_clock_) return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    }
    bool by_clock_;
    double last_;
};

/// Column `from` in the given order; `from` is given back at once.
template <class T> void reorder(std::vector<T>& from, const std::vector<std::uint32_t>& order) {
    std::vector<T> out(from.size());
    for (std::size_t i = 0; i < order.size(); ++i) out[i] = from[order[i]];
    from.swap(out);
}

} // namespace

int main(int n_args, char** args) {
    if (n_args < 3) return 2;
    const std::string name = args[1];
    const design kind = name == "easy"   ? design::easy
                        : name == "geo"  ? design::geo
                        : name == "hard" ? design::hard
                                         : design::akm;
    bool shuffled = false, batch = false;
    run_context run;
    kept_rows kept = kept_rows::spells;
    for (int k = 3; k < n_args; ++k) {
        const std::string word = args[k];
        shuffled = shuffled || word == "shuffled";
        batch = batch || word == "batch";
        if (word == "two") run.threads = 2;
        if (word == "values") kept = kept_rows::values;
    }
    panel_columns panel = published_panel(kind, static_cast<std::uint32_t>(std::strtoul(args[2], nullptr, 10)));
    panel.weight = {};
    const std::size_t n = panel.value.size();
    const std::uint32_t T = *std::max_element(panel.period.begin(), panel.period.end()) + 1;
    std::vector<std::size_t> first(T + std::size_t{1}, 0);
    {
        for (const std::uint32_t t : panel.period) ++first[t + std::size_t{1}];
        for (std::size_t t = 0; t < T; ++t) first[t + 1] += first[t];
        std::vector<std::size_t> next(first);
        std::vector<std::uint32_t> order(n);
        for (std::size_t i = 0; i < n; ++i) order[next[panel.period[i]]++] = static_cast<std::uint32_t>(i);
        published_source draw(99);
        for (std::size_t t = 0; shuffled && t < T; ++t)
            for (std::size_t i = first[t + 1]; i > first[t] + 1; --i)
                std::swap(order[i - 1], order[first[t] + draw.below(static_cast<std::uint32_t>(i - first[t]))]);
        reorder(panel.unit, order);
        reorder(panel.group, order);
        reorder(panel.period, order);
        reorder(panel.value, order);
    }
    const auto month = [&](std::size_t t) {
        panel_rows out;
        out.unit = std::span<const std::uint32_t>(panel.unit).subspan(first[t], first[t + 1] - first[t]);
        out.group = std::span<const std::uint32_t>(panel.group).subspan(first[t], first[t + 1] - first[t]);
        out.period = std::span<const std::uint32_t>(panel.period).subspan(first[t], first[t + 1] - first[t]);
        out.value = std::span<const double>(panel.value).subspan(first[t], first[t + 1] - first[t]);
        return out;
    };
    stopwatch watch(run.threads > 1);
    panel_state state(kept);
    for (std::size_t t = 0; t + 1 < T; ++t)
        if (!state.append(month(t))) return 1;
    const double most = watch.lap();
    const kept_effects earlier = effects_of(run, state, true, 1).value();
    const double solve_before = watch.lap();
    if (!state.append(month(T - 1))) return 1;
    const double last = watch.lap();
    const kept_spells spells = spells_of(run, state.store());
    const two_way problem = two_way_of(run, state, spells, true);
    const double rebuild = watch.lap();
    const effects_only made = effects_of(problem, 1);
    const double iterate = watch.lap();
    std::printf(
        "{\"rows\": %zu, \"managers\": %zu, \"append_all\": %.3f, \"solve_before_the_last_month\": %.3f, "
        "\"rows_of_the_last_month\": %zu, \"append_last_month\": %.4f, \"rebuild\": %.3f, \"iterate\": %.3f, "
        "\"end_to_end\": %.3f, \"last_month_and_solve\": %.3f, \"kind\": %d, \"iterations\": %d, \"bound\": %.1e, "
        "\"state_mb\": %.1f",
        n, spells.codes.group.size(), most + last, solve_before, first[T] - first[T - 1], last, rebuild, iterate,
        most + last + rebuild + iterate, last + rebuild + iterate, static_cast<int>(made.kind), made.iterations,
        made.error_bound, static_cast<double>(state.store().bytes()) / 1048576.0);
    watch.lap();
    {
        const std::string bytes = panel_state_bytes::save(state);
        const double save = watch.lap();
        if (!panel_state_bytes::load(bytes)) return 1;
        std::printf(", \"saved_mb\": %.1f, \"save\": %.3f, \"load\": %.3f",
                    static_cast<double>(bytes.size()) / 1048576.0, save, watch.lap());
    }
    if (batch) {
        panel.close();
        watch.lap();
        const effects_only whole = estimate_effects(run, panel.rows(), true, 1);
        double error = 0.0;
        for (std::size_t j = 0; j < whole.psi.size(); ++j)
            error = std::max(error, std::fabs(whole.psi[j] - made.psi[j]));
        std::printf(", \"all_rows_at_once\": %.3f, \"difference\": %.1e", watch.lap(), error);
    }
    std::printf("}\n");
    return earlier.fit.converged && made.converged ? 0 : 1;
}
