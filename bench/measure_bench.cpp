// The stages of measuring, each alone, on an organisation of 1,000 sellers and 100,000 deals with three shares a deal.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include <dualtrack/assess/performance.hpp>
#include <dualtrack/measure/credit.hpp>
#include <dualtrack/measure/cycle.hpp>
#include <dualtrack/measure/panel.hpp>
#include <dualtrack/measure/sales_sums.hpp>
#include <dualtrack/measure/scope.hpp>
#include <dualtrack/measure/win_rate.hpp>

#include "host_tables.hpp"

namespace {

using namespace dualtrack;

/// One organisation for all benchmarks, made when the first asks.
const ingest::checked_data& data() {
    static const std::shared_ptr<const ingest::checked_data> made = bench::checked(bench::make_organisation({}));
    return *made;
}

/// Everything that comes before the sums.
struct prepared {
    run_context run;
    measure::scope window;
    org::reporting_lines lines;
    vec<std::uint8_t> sells;
    measure::panel cells;

    static prepared make() {
        run_context run;
        auto window = measure::scope_of(run, data().organisation, org::policy{}).value();
        auto lines = org::reporting_lines_of(data().organisation, run.memory);
        auto sells = measure::who_sells(run, data().organisation, window).value();
        auto cells = measure::layout_panel(run, data().organisation, lines, window, sells);
        return {run, std::move(window), std::move(lines), std::move(sells), std::move(cells)};
    }
};

void count_deals(benchmark::State& state) {
    state.SetItemsProcessed(state.iterations() * data().organisation.n_deals());
}

void split_amount(benchmark::State& state) {
    std::vector<double> shares(static_cast<std::size_t>(state.range(0)), 1.0 / static_cast<double>(state.range(0)));
    std::vector<std::int64_t> parts(shares.size());
    std::int64_t amount = 1'000'000;
    for (auto _ : state) {
        measure::split_amount(++amount, shares, parts);
        benchmark::DoNotOptimize(parts.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(split_amount)->Arg(1)->Arg(3)->Arg(20);

void credit_of_deal(benchmark::State& state) {
    const auto& organisation = data().organisation;
    measure::deal_credit credit;
    for (auto _ : state)
        for (std::uint32_t deal = 0; deal < organisation.n_deals(); ++deal) {
            measure::credit_of_deal(organisation, deal, organisation.deals.amount[deal], credit);
            benchmark::DoNotOptimize(credit.amount.data());
        }
    count_deals(state);
}
BENCHMARK(credit_of_deal)->Unit(benchmark::kMillisecond);

void who_sells(benchmark::State& state) {
    const prepared before = prepared::make();
    for (auto _ : state) benchmark::DoNotOptimize(measure::who_sells(before.run, data().organisation, before.window));
    count_deals(state);
}
BENCHMARK(who_sells)->Unit(benchmark::kMillisecond);

void panel_layout(benchmark::State& state) {
    const prepared before = prepared::make();
    for (auto _ : state) {
        auto cells = measure::layout_panel(before.run, data().organisation, before.lines, before.window, before.sells);
        measure::spread_quotas(cells, data().organisation.quotas, {}, cells.quota);
        benchmark::DoNotOptimize(cells.quota.data());
    }
    state.SetItemsProcessed(state.iterations() * data().organisation.n_people());
}
BENCHMARK(panel_layout)->Unit(benchmark::kMillisecond);

void sum_sales(benchmark::State& state) {
    prepared before = prepared::make();
    before.run.threads = static_cast<int>(state.range(0));
    for (auto _ : state)
        benchmark::DoNotOptimize(measure::sum_sales(before.run, data().organisation, before.window, before.cells));
    count_deals(state);
}
BENCHMARK(sum_sales)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

void cycle_days_median(benchmark::State& state) {
    prepared before = prepared::make();
    const auto sums = measure::sum_sales(before.run, data().organisation, before.window, before.cells).value();
    for (auto _ : state)
        benchmark::DoNotOptimize(measure::median_cycle_days(before.run, data().organisation, before.window, sums));
    count_deals(state);
}
BENCHMARK(cycle_days_median)->Unit(benchmark::kMillisecond);

/// Sellers whose rates truly differ, with `deals` decided deals each on average.
void win_rate_fit(benchmark::State& state) {
    random::stream draw(random::place{});
    std::vector<std::int64_t> won(static_cast<std::size_t>(state.range(0)));
    std::vector<std::int64_t> lost(won.size());
    for (std::size_t i = 0; i < won.size(); ++i) {
        const double rate = 0.3 + 0.3 * random::uniform(draw);
        const auto decided = random::below(draw, 2 * static_cast<std::uint64_t>(state.range(1)));
        for (std::uint64_t deal = 0; deal < decided; ++deal) ++(random::uniform(draw) < rate ? won : lost)[i];
    }
    for (auto _ : state) benchmark::DoNotOptimize(measure::fit_win_rates(won, lost));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(win_rate_fit)
    ->ArgNames({"sellers", "deals"})
    ->Args({30, 60})
    ->Args({1000, 230})
    ->Unit(benchmark::kMicrosecond);

void performance_judged(benchmark::State& state) {
    random::stream draw(random::place{});
    assess::performance_evidence evidence;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        double sum = 0.0;
        double squares = 0.0;
        for (int deal = 0; deal < 40; ++deal) {
            const double amount = 1e6 * numeric::exp(random::normal(draw));
            sum += amount;
            squares += amount * amount;
        }
        evidence.amount.push_back(sum);
        evidence.absolute_sum.push_back(sum);
        evidence.square_sum.push_back(squares);
        evidence.effective_months.push_back(12.0);
    }
    for (auto _ : state) benchmark::DoNotOptimize(assess::judge_deals({}, evidence, 0.25));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(performance_judged)->Arg(30)->Arg(10'000)->Unit(benchmark::kMicrosecond);

} // namespace
