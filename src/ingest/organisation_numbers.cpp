#include "ingest/organisation_numbers.hpp"

#include <algorithm>
#include <atomic>
#include <limits>

#include "ingest/organisation_columns.hpp"

namespace dualtrack::ingest {

namespace {

constexpr std::int64_t block_rows = 1 << 16;
constexpr std::size_t few_ids = 1U << 20U;

/// What the ids of some rows have in common.
struct number_range {
    std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
    std::int64_t highest = -1;
    bool has_width = true;  // as many bytes each as the first id of the column
    bool has_zeros = false; // some number has leading zeros
    bool counts_through = true;
};

} // namespace

result<bool> numbered_ids::recognise(const run_context& run, const text_column& ids) {
    const std::size_t n = ids.size();
    if (n == 0) return false;
    const std::string_view first = canonical_id(ids[0]);
    std::size_t digits = 0;
    while (digits < first.size() && first[first.size() - 1 - digits] >= '0' && first[first.size() - 1 - digits] <= '9')
        ++digits;
    if (digits == 0 || digits > most_digits || first.size() - digits > longest_prefix) return false;
    prefix_bytes_ = first.size() - digits;
    std::copy_n(first.data(), prefix_bytes_, prefix_);
    prefix_word_ = prefix_bytes_ <= 8 ? detail::load_short(prefix_, prefix_bytes_) : 0;
    std::atomic<bool> is_numbered{true};
    const std::int64_t first_number = number_in(first);
    const auto look = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        number_range range;
        if (!is_numbered.load(std::memory_order_relaxed)) return range;
        text_cursor cursor(ids, begin);
        for (std::int64_t row = begin; row < end; ++row) {
            const std::string_view id = canonical_id(cursor.at(row));
            const std::int64_t number = number_in(id);
            if (number < 0) {
                is_numbered.store(false, std::memory_order_relaxed);
                return range;
            }
            range.lowest = std::min(range.lowest, number);
            range.highest = std::max(range.highest, number);
            range.has_width = range.has_width && id.size() == first.size();
            range.has_zeros = range.has_zeros || (id.size() > prefix_bytes_ + 1 && id[prefix_bytes_] == '0');
            range.counts_through = range.counts_through && number - first_number == row;
        }
        return range;
    };
    const auto join = [](const number_range& left, const number_range& right) {
        return number_range{std::min(left.lowest, right.lowest), std::max(left.highest, right.highest),
                            left.has_width && right.has_width, left.has_zeros || right.has_zeros,
                            left.counts_through && right.counts_through};
    };
    DUALTRACK_TRY(const number_range range,
                  map_reduce_blocks<number_range>(run, static_cast<std::int64_t>(n), block_rows, look, join));
    if (!is_numbered.load()) return false;
    if (!range.has_width && range.has_zeros) return false; // "7" and "07" are two ids of one number
    const auto n_numbers = static_cast<std::uint64_t>(range.highest - range.lowest) + 1;
    if (n_numbers > (n <= few_ids ? 16 : 2) * std::uint64_t{n}) return false; // mostly gaps
    has_width_ = range.has_width;
    id_bytes_ = first.size();
    lowest_ = range.lowest;
    n_numbers_ = n_numbers;
    counts_through_ = range.counts_through;
    return true;
}

result<bool> numbered_ids::keep_rows(const run_context& run, const text_column& ids) {
    vec<std::uint32_t> row_of(n_numbers_, no_index, run.memory);
    std::atomic<bool> distinct{true};
    DUALTRACK_TRYV(
        for_blocks(run, ids.n_rows, block_rows, [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
            text_cursor cursor(ids, begin);
            for (std::int64_t row = begin; row < end; ++row) {
                const std::int64_t number = number_of(canonical_id(cursor.at(row)));
                const std::atomic_ref<std::uint32_t> cell(row_of[static_cast<std::size_t>(number - lowest_)]);
                if (cell.exchange(static_cast<std::uint32_t>(row), std::memory_order_relaxed) != no_index)
                    distinct.store(false, std::memory_order_relaxed);
            }
        }));
    if (!distinct.load()) {
        n_numbers_ = 0;
        return false;
    }
    place(row_of_, std::move(row_of));
    return true;
}

} // namespace dualtrack::ingest
