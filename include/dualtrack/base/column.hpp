// Columns: the only shape in which data lives here. A table is a struct of columns of equal length; row i of the
// table is element i of each. Money is int64 in minor units (cents), dates are int32 days since 1970-01-01, a person
// is an index into the people table (which is sorted by id, so index order is id order). What is missing is missing:
// a sentinel for dates, money and indices, a validity byte elsewhere, never 0 and never NaN.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace dualtrack {

/// All large memory comes from the memory resource of the run (the host's allocator hook).
template <class T> using vec = std::pmr::vector<T>;

inline constexpr std::int32_t no_date = std::numeric_limits<std::int32_t>::min();
inline constexpr std::int64_t no_money = std::numeric_limits<std::int64_t>::min();
inline constexpr std::uint32_t no_index = std::numeric_limits<std::uint32_t>::max();

/// Values with a validity byte a row; `valid` stays empty while every value is there.
template <class T> struct column {
    vec<T> value;
    vec<std::uint8_t> valid; // empty, or 1 = there, 0 = missing; [value.size()]

    column() = default;
    explicit column(std::pmr::memory_resource* memory) : value(memory), valid(memory) {}
    column(std::size_t n, T fill, std::pmr::memory_resource* memory) : value(n, fill, memory), valid(memory) {}

    [[nodiscard]] std::size_t size() const noexcept { return value.size(); }
    [[nodiscard]] bool has(std::size_t row) const noexcept { return valid.empty() || valid[row] != 0; }
    void set_missing(std::size_t row) {
        if (valid.empty()) valid.assign(value.size(), 1);
        valid[row] = 0;
        value[row] = T{};
    }
};

/// Adds a row; nothing: a missing one.
template <class T> void push(column<T>& to, std::optional<std::type_identity_t<T>> row) {
    if (!row && to.valid.empty()) to.valid.assign(to.value.size(), 1);
    if (!row || !to.valid.empty()) to.valid.push_back(row ? 1 : 0);
    to.value.push_back(row.value_or(T{}));
}

/// Adds a row; a number that is not finite is missing.
inline void push_finite(column<double>& to, double number) {
    push(to, number - number == 0.0 ? std::optional(number) : std::nullopt);
}

/// How the bytes of one run of text rows are laid out in the host's memory.
enum class text_layout : std::uint8_t { offsets32, offsets64, views };

/// A run of consecutive text rows whose bytes stay where the host put them.
struct text_chunk {
    std::int64_t first_row = 0;
    std::int64_t n_rows = 0;
    text_layout layout = text_layout::offsets32;
    const void* index = nullptr; // offsets [n_rows + 1] or 16-byte views [n_rows], already shifted to first_row
    const char* bytes = nullptr; // offsets layouts: the text
    const void* const* buffers = nullptr;   // views layout: the variadic buffers
    const std::uint8_t* validity = nullptr; // bitmap, or null when every row is there
    std::int64_t validity_offset = 0;       // bit of first_row in the bitmap

    [[nodiscard]] bool has(std::int64_t i) const noexcept {
        if (validity == nullptr) return true;
        const auto bit = static_cast<std::uint64_t>(validity_offset + i);
        return ((validity[bit >> 3U] >> (bit & 7U)) & 1U) != 0;
    }

    /// Text of the i-th row of this run. @pre has(i)
    [[nodiscard]] std::string_view at(std::int64_t i) const noexcept {
        const auto* base = static_cast<const char*>(index);
        if (layout == text_layout::offsets32) {
            std::int32_t border[2];
            std::memcpy(border, base + i * 4, sizeof border); // buffers may be unaligned
            return {bytes + border[0], static_cast<std::size_t>(border[1] - border[0])};
        }
        if (layout == text_layout::offsets64) {
            std::int64_t border[2];
            std::memcpy(border, base + i * 8, sizeof border);
            return {bytes + border[0], static_cast<std::size_t>(border[1] - border[0])};
        }
        const char* view = base + i * 16;
        std::int32_t length = 0;
        std::memcpy(&length, view, sizeof length);
        if (length <= 12) return {view + 4, static_cast<std::size_t>(length)};
        std::int32_t place[2]; // buffer index, offset in it
        std::memcpy(place, view + 8, sizeof place);
        return {static_cast<const char*>(buffers[place[0]]) + place[1], static_cast<std::size_t>(length)};
    }
};

/// Text rows as they came in (not copied where the host's layout allows it); `owner` keeps the bytes alive.
struct text_column {
    vec<text_chunk> chunks;
    std::int64_t n_rows = 0;
    std::shared_ptr<const void> owner;

    text_column() = default;
    explicit text_column(std::pmr::memory_resource* memory) : chunks(memory) {}

    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(n_rows); }

    /// The run that holds `row`. @pre row < size()
    [[nodiscard]] const text_chunk& chunk_of(std::size_t row) const noexcept {
        std::size_t low = 0;
        std::size_t high = chunks.size();
        while (high - low > 1) {
            const std::size_t middle = low + (high - low) / 2;
            if (chunks[middle].first_row <= static_cast<std::int64_t>(row))
                low = middle;
            else
                high = middle;
        }
        return chunks[low];
    }
    [[nodiscard]] bool has(std::size_t row) const noexcept {
        const text_chunk& chunk = chunk_of(row);
        return chunk.has(static_cast<std::int64_t>(row) - chunk.first_row);
    }
    /// @pre has(row)
    [[nodiscard]] std::string_view operator[](std::size_t row) const noexcept {
        const text_chunk& chunk = chunk_of(row);
        return chunk.at(static_cast<std::int64_t>(row) - chunk.first_row);
    }
};

/// Text copied into memory of our own, one run; for ids and names of small tables and for tests.
struct text_builder {
    vec<char> bytes;
    vec<std::int64_t> borders;       // [n_rows + 1]
    vec<std::uint8_t> validity_bits; // bitmap

    explicit text_builder(std::pmr::memory_resource* memory = std::pmr::get_default_resource())
        : bytes(memory), borders(memory), validity_bits(memory) {
        borders.push_back(0);
    }
    void push(std::string_view text) {
        bytes.insert(bytes.end(), text.begin(), text.end());
        close_row(true);
    }
    void push_missing() { close_row(false); }

    /// The rows pushed so far, as a column that owns its bytes.
    [[nodiscard]] static text_column finish(text_builder&& from) {
        std::pmr::memory_resource* memory = from.bytes.get_allocator().resource();
        auto kept =
            std::allocate_shared<text_builder>(std::pmr::polymorphic_allocator<text_builder>(memory), std::move(from));
        text_column out(memory);
        out.n_rows = static_cast<std::int64_t>(kept->borders.size()) - 1;
        text_chunk chunk;
        chunk.n_rows = out.n_rows;
        chunk.layout = text_layout::offsets64;
        chunk.index = kept->borders.data();
        chunk.bytes = kept->bytes.data();
        chunk.validity = kept->validity_bits.data();
        out.chunks.push_back(chunk);
        out.owner = std::move(kept);
        return out;
    }

  private:
    void close_row(bool there) {
        const std::size_t row = borders.size() - 1;
        if (row % 8 == 0) validity_bits.push_back(0);
        if (there) validity_bits.back() = static_cast<std::uint8_t>(validity_bits.back() | (1U << (row % 8)));
        borders.push_back(static_cast<std::int64_t>(bytes.size()));
    }
};

/// Words from a small set (role, market, segment): a code a row, the words once, sorted by their bytes.
struct category_column {
    vec<std::uint32_t> code; // index into names, or no_index; [n_rows], or empty when the column is absent
    text_column names;       // sorted, distinct

    category_column() = default;
    explicit category_column(std::pmr::memory_resource* memory) : code(memory), names(memory) {}
    [[nodiscard]] bool has(std::size_t row) const noexcept { return row < code.size() && code[row] != no_index; }
};

} // namespace dualtrack
