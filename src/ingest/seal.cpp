#include "ingest/seal.hpp"

#include <cstring>
#include <string>

#include <dualtrack/base/text.hpp>

#include "ingest/arrow_text.hpp"

namespace dualtrack::ingest {
namespace {

struct hasher {
    std::uint64_t state = 0x9E3779B97F4A7C15U;

    void word(std::uint64_t value) noexcept {
        state = (state ^ value) * 0xD6E8FEB86659FD93U;
        state ^= state >> 32U;
    }
    void bytes(const void* from, std::int64_t n) noexcept {
        if (from == nullptr || n <= 0) return;
        const auto* at = static_cast<const char*>(from);
        for (; n >= 8; n -= 8, at += 8) {
            std::uint64_t value = 0;
            std::memcpy(&value, at, sizeof value);
            word(value);
        }
        std::uint64_t rest = 0;
        std::memcpy(&rest, at, static_cast<std::size_t>(n));
        word(rest);
    }
    void bits(const void* from, std::int64_t first, std::int64_t n) noexcept {
        if (from == nullptr) return;
        each_run(static_cast<const std::uint8_t*>(from), first, n,
                 [this](std::int64_t begin, std::int64_t end, bool set) {
                     word(static_cast<std::uint64_t>(end - begin) * 2U + (set ? 1U : 0U));
                     return true;
                 });
    }
};

/// Which of the two hashes is made.
enum class part : std::uint8_t { layout, content };

template <class Offset>
void hash_text(hasher& hash, part wanted, const ArrowArray& array, std::int64_t start, std::int64_t n) {
    constexpr auto width = static_cast<std::int64_t>(sizeof(Offset));
    const auto* borders = static_cast<const char*>(array.buffers[1]);
    if (n == 0 || borders == nullptr) return;
    if (wanted == part::layout) return hash.bytes(borders + start * width, (n + 1) * width);
    const auto border = [&](std::int64_t i) {
        Offset value{};
        std::memcpy(&value, borders + (start + i) * width, sizeof value);
        return static_cast<std::int64_t>(value);
    };
    if (array.buffers[2] != nullptr)
        hash.bytes(static_cast<const char*>(array.buffers[2]) + border(0), border(n) - border(0));
}

void hash_views(hasher& hash, part wanted, const ArrowArray& array, std::int64_t start, std::int64_t n) {
    const auto* views = static_cast<const char*>(array.buffers[1]);
    if (n == 0 || views == nullptr) return;
    const std::int64_t n_buffers = array.n_buffers - 3;
    const auto* sizes = static_cast<const char*>(array.buffers[array.n_buffers - 1]);
    if (wanted == part::layout) {
        hash.bytes(views + start * 16, n * 16);
        return hash.bytes(sizes, n_buffers * 8);
    }
    for (std::int64_t k = 0; k < n_buffers; ++k) {
        std::int64_t size = 0;
        std::memcpy(&size, sizes + k * 8, sizeof size);
        hash.bytes(array.buffers[2 + k], size);
    }
}

void hash_values(hasher& hash, part wanted, const ArrowArray& array, physical kind, std::int64_t start,
                 std::int64_t n) {
    if (array.n_buffers == 0) return;
    if (wanted == part::content) hash.bits(array.buffers[0], start, n);
    if (kind == physical::utf8) return hash_text<std::int32_t>(hash, wanted, array, start, n);
    if (kind == physical::large_utf8) return hash_text<std::int64_t>(hash, wanted, array, start, n);
    if (kind == physical::utf8_view) return hash_views(hash, wanted, array, start, n);
    if (wanted == part::layout) return;
    if (kind == physical::boolean) return hash.bits(array.buffers[1], start, n);
    const std::int64_t width = value_bytes(kind);
    if (width > 0 && array.buffers[1] != nullptr)
        hash.bytes(static_cast<const char*>(array.buffers[1]) + start * width, n * width);
}

std::uint64_t hash_batch(const table_plan& plan, const ArrowArray& batch, part wanted) noexcept {
    hasher hash;
    for (const column_plan& column : plan.columns) {
        const column_window at = window_of(batch, column.child, 0);
        hash_values(hash, wanted, *at.array, column.type.kind, at.start, at.n_rows);
        if (!column.is_dictionary || at.array->dictionary == nullptr) continue;
        const ArrowArray& words = *at.array->dictionary;
        hash_values(hash, wanted, words, column.values.kind, words.offset, words.length);
    }
    return hash.state;
}

} // namespace

batch_seal seal_of(const table_plan& plan, const ArrowArray& batch) noexcept {
    return {hash_batch(plan, batch, part::layout), hash_batch(plan, batch, part::content)};
}

result<void> check_seals(const table_set& tables) {
    if constexpr (!seals_batches) return outcome::success();
    for (const auto& table : tables.tables) {
        if (table->seal.empty()) continue;
        DUALTRACK_TRY(const contract_table* known, known_table(table->name));
        DUALTRACK_TRY(const table_plan plan, check_schema(*known, *table->schema));
        for (std::size_t i = 0; i < table->seal.size(); ++i)
            if (hash_batch(plan, *table->batches[i], part::layout) != table->seal[i].layout ||
                hash_batch(plan, *table->batches[i], part::content) != table->seal[i].content)
                return fail(status::data, "arrow.mutated",
                            "expected memory that stays as it was handed over, found batch " +
                                integer_text(static_cast<std::int64_t>(i)) +
                                " changed: who moves a table in must not write into it any more",
                            table->name);
    }
    return outcome::success();
}

} // namespace dualtrack::ingest
