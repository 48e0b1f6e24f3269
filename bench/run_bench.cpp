// The C ABI as a host meets it: one dtk_run of `measures`, from a team of thirty to 100,000 deals, and its tables as
// Arrow.
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "dualtrack.h"
#include "host_tables.hpp"

namespace {

using namespace dualtrack;

void expect(dtk_status status, dtk_error* error) {
    if (status == DTK_OK) return;
    const std::string message = dtk_error_message(error);
    dtk_error_free(error);
    throw std::runtime_error(message);
}

dtk_data* data_of(const bench::shape& shape) {
    dtk_tables* tables = nullptr;
    dtk_error* error = nullptr;
    expect(dtk_tables_new(&tables, &error), error);
    for (const bench::host_table& table : bench::make_organisation(shape)) {
        ArrowSchema schema;
        ArrowArray array;
        bench::lend(table, schema, array);
        expect(dtk_tables_add_batch(tables, table.name.data(), table.name.size(), &schema, &array, &error), error);
    }
    dtk_data* data = nullptr;
    expect(dtk_data_new(tables, nullptr, &data, &error), error);
    return data;
}

dtk_result* run_measures(const dtk_data* data) {
    constexpr std::string_view analysis = "measures";
    dtk_result* result = nullptr;
    dtk_error* error = nullptr;
    expect(dtk_run(data, nullptr, analysis.data(), analysis.size(), nullptr, &result, &error), error);
    return result;
}

void dtk_run_measures(benchmark::State& state) {
    bench::shape shape;
    shape.deals = static_cast<std::uint32_t>(state.range(0));
    shape.sellers = static_cast<std::uint32_t>(state.range(1));
    shape.markets = static_cast<std::uint32_t>(state.range(2));
    dtk_data* data = data_of(shape);
    for (auto _ : state) dtk_result_free(run_measures(data));
    dtk_data_free(data);
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(dtk_run_measures)
    ->ArgNames({"deals", "sellers", "markets"})
    ->Args({600, 30, 1})
    ->Args({600, 30, 8})
    ->Args({100'000, 1'000, 8})
    ->Unit(benchmark::kMicrosecond);

void table_as_arrow(benchmark::State& state, std::string_view name) {
    dtk_data* data = data_of({});
    dtk_result* result = run_measures(data);
    std::int64_t rows = 0;
    for (auto _ : state) {
        ArrowArrayStream stream;
        dtk_error* error = nullptr;
        expect(dtk_result_table(result, name.data(), name.size(), &stream, &error), error);
        for (ArrowArray batch; stream.get_next(&stream, &batch) == 0 && batch.release != nullptr; batch.release(&batch))
            rows += batch.length;
        stream.release(&stream);
    }
    dtk_result_free(result);
    dtk_data_free(data);
    state.SetItemsProcessed(rows);
}
BENCHMARK_CAPTURE(table_as_arrow, sellers, "sellers")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(table_as_arrow, seller_months, "seller_months")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(table_as_arrow, credit, "credit")->Unit(benchmark::kMicrosecond);

} // namespace
