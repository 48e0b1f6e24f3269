// Taking tables in: a column of each kind, and the whole organisation from tables to checked data.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "host_tables.hpp"

namespace {

using namespace dualtrack;

/// The input tables of an organisation of 1,000 sellers and 100,000 deals.
const ingest::table_set& tables() {
    static const ingest::table_set* const made = new ingest::table_set(bench::tables_of(bench::make_organisation({})));
    return *made;
}

template <class Read> void read_column(benchmark::State& state, const char* name, Read read) {
    const auto table = tables().find(name);
    const run_context run;
    for (auto _ : state) benchmark::DoNotOptimize(read(run, table));
    state.SetItemsProcessed(state.iterations() * table->n_rows);
}

using table_pointer = std::shared_ptr<const ingest::input_table>;
constexpr auto required = ingest::presence::required;
constexpr auto optional = ingest::presence::optional;

BENCHMARK_CAPTURE(read_column, ids, "credits", [](const run_context& run, const table_pointer& table) {
    return ingest::read_ids(run, table, "deal_id", required);
});
BENCHMARK_CAPTURE(read_column, dates, "deals", [](const run_context& run, const table_pointer& table) {
    return ingest::read_dates(run, *table, "opened", optional);
});
BENCHMARK_CAPTURE(read_column, dates_with_nulls, "deals", [](const run_context& run, const table_pointer& table) {
    return ingest::read_dates(run, *table, "closed", optional);
});
BENCHMARK_CAPTURE(read_column, money, "deals", [](const run_context& run, const table_pointer& table) {
    return ingest::read_money(run, *table, "amount", optional);
});
BENCHMARK_CAPTURE(read_column, numbers, "credits", [](const run_context& run, const table_pointer& table) {
    return ingest::read_numbers(run, *table, "share", required);
});
BENCHMARK_CAPTURE(read_column, words, "deals", [](const run_context& run, const table_pointer& table) {
    return ingest::read_words(run, *table, "outcome", org::outcome_words, required);
});
BENCHMARK_CAPTURE(read_column, categories, "people", [](const run_context& run, const table_pointer& table) {
    return ingest::read_categories(run, *table, "market", optional);
});

/// Structural checks alone: what is done before any cell is read.
void tables_added(benchmark::State& state) {
    const auto host = bench::make_organisation({});
    for (auto _ : state) benchmark::DoNotOptimize(bench::tables_of(host));
    state.SetItemsProcessed(state.iterations() * 100'000);
}
BENCHMARK(tables_added)->Unit(benchmark::kMillisecond);

void organisation_built(benchmark::State& state, bool shuffled) {
    bench::shape shape;
    shape.shuffled = shuffled;
    const auto host = bench::make_organisation(shape);
    run_context run;
    run.threads = static_cast<int>(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(bench::checked(host, run));
    state.SetItemsProcessed(state.iterations() * shape.deals);
}
BENCHMARK_CAPTURE(organisation_built, by_deal, false)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(organisation_built, shuffled, true)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace
