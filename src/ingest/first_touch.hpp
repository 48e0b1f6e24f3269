// Large columns begin as zeros, and the system gives each page of them when it is first written. One thread alone would
// wait for that about as long as it takes to read the whole table, so all threads write to the pages first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/parallel.hpp>

namespace dualtrack::ingest {

/// Makes an empty column n zeros long.
/// @pre column.empty()
template <class T> void resize_touched(const run_context& run, vec<T>& column, std::size_t n) {
    static_assert(std::is_trivially_copyable_v<T>);
    constexpr std::size_t page_bytes = 4096;
    constexpr std::size_t worth_it = 4U << 20U;
    column.reserve(n);
    if (run.threads > 1 && n * sizeof(T) >= worth_it) {
        auto* const memory = reinterpret_cast<unsigned char*>(column.data());
        const std::size_t n_pages = n * sizeof(T) / page_bytes;
        const auto touched = for_blocks(run, static_cast<std::int64_t>(n_pages), 256,
                                        [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                                            for (auto page = static_cast<std::size_t>(begin);
                                                 page < static_cast<std::size_t>(end); ++page)
                                                memory[page * page_bytes] = 0;
                                        });
        static_cast<void>(touched); // cancelled or not, the column is filled below
    }
    column.resize(n);
}

} // namespace dualtrack::ingest
