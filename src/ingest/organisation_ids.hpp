// Ids are how rows of different tables mean the same person or deal. They are compared by their bytes, except that a
// Salesforce id has two spellings: 15 characters where case matters, and 18 with a checksum of the case of the first
// 15; both are one id. Tables come with tens of millions of ids, so an id of up to 16 bytes travels in two machine
// words, and where a column repeats or follows the order of the table it refers to, it is matched by that and never
// looked up. Reference: Salesforce Help, "Salesforce ID formats" (the checksum of 18-character ids).
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/parallel.hpp>

namespace dualtrack::ingest {

/// The spelling by which an id is compared: an 18-character Salesforce id as its 15 characters, any other as it is.
[[nodiscard]] std::string_view plain_salesforce_id(std::string_view eighteen) noexcept;
[[nodiscard]] inline std::string_view canonical_id(std::string_view id) noexcept {
    return id.size() == 18 ? plain_salesforce_id(id) : id;
}

/// An id in two words: the bytes themselves, zero-padded, up to 16 (ids have no NUL); a hash of longer ones.
struct id_key {
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    friend bool operator==(const id_key&, const id_key&) = default;
};

[[nodiscard]] id_key key_of_long_id(std::string_view id) noexcept;

namespace detail {

template <class Word> [[nodiscard]] inline std::uint64_t load(const char* from) noexcept {
    Word word{};
    std::memcpy(&word, from, sizeof word);
    return word;
}

/// Up to 8 bytes in a word without reading beyond them.
[[nodiscard]] inline std::uint64_t load_short(const char* from, std::size_t n) noexcept {
    if constexpr (std::endian::native == std::endian::little) {
        if (n == 8) return load<std::uint64_t>(from);
        if (n >= 4) {
            const std::uint64_t high = load<std::uint32_t>(from + n - 4) >> (8U * (8U - n));
            return load<std::uint32_t>(from) | high << 32U;
        }
    }
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < n; ++i) word |= std::uint64_t{static_cast<unsigned char>(from[i])} << (8U * i);
    return word;
}

} // namespace detail

/// @pre id is canonical
[[nodiscard]] inline id_key key_of(std::string_view id) noexcept {
    const std::size_t n = id.size();
    if (n <= 8) return {detail::load_short(id.data(), n), 0};
    if (n > 16) return key_of_long_id(id);
    if constexpr (std::endian::native == std::endian::little) {
        const std::uint64_t tail = n == 16 ? detail::load<std::uint64_t>(id.data() + 8)
                                           : detail::load<std::uint64_t>(id.data() + n - 8) >> (8U * (16U - n));
        return {detail::load<std::uint64_t>(id.data()), tail};
    }
    return {detail::load_short(id.data(), 8), detail::load_short(id.data() + 8, n - 8)};
}

[[nodiscard]] inline std::uint64_t hash_of(const id_key& key, std::uint64_t seed) noexcept {
    std::uint64_t h = (key.head ^ seed) * 0x9E3779B97F4A7C15U;
    h = (h ^ (h >> 32U) ^ key.tail) * 0xD6E8FEB86659FD93U;
    h = (h ^ (h >> 29U)) * 0xBF58476D1CE4E5B9U;
    return h ^ (h >> 32U);
}

/// Reads the rows of a text column in ascending order without searching the run of each.
class text_cursor {
  public:
    text_cursor() = default;
    /// @pre row < from.size()
    text_cursor(const text_column& from, std::int64_t row) noexcept
        : chunk_(&from.chunk_of(static_cast<std::size_t>(row))) {}
    /// @pre row is not before the row of the last call, and is in the column
    [[nodiscard]] bool has(std::int64_t row) noexcept {
        advance(row);
        return chunk_->has(row - chunk_->first_row);
    }
    /// @pre as has, and the row is there
    [[nodiscard]] std::string_view at(std::int64_t row) noexcept {
        advance(row);
        return chunk_->at(row - chunk_->first_row);
    }

  private:
    void advance(std::int64_t row) noexcept {
        while (row - chunk_->first_row >= chunk_->n_rows) ++chunk_;
    }
    const text_chunk* chunk_ = nullptr;
};

/// Reads rows of a text column in any order: the run of a row is found by a directory, not by search.
class text_lookup {
  public:
    text_lookup() = default;
    text_lookup(const text_column& from, std::pmr::memory_resource* memory);
    /// @pre the row is in the column and there
    [[nodiscard]] std::string_view at(std::int64_t row) const noexcept {
        const text_chunk* chunk = chunks_;
        if (!directory_.empty()) {
            chunk += directory_[static_cast<std::size_t>(row >> directory_shift)];
            while (row - chunk->first_row >= chunk->n_rows) ++chunk;
        }
        return chunk->at(row - chunk->first_row);
    }
    /// Asks for the memory that says where the text of a row is.
    void prefetch_index(std::int64_t row) const noexcept {
        const text_chunk* chunk = chunks_;
        if (!directory_.empty()) {
            chunk += directory_[static_cast<std::size_t>(row >> directory_shift)];
            while (row - chunk->first_row >= chunk->n_rows) ++chunk;
        }
        const std::int64_t width = chunk->layout == text_layout::offsets32   ? 4
                                   : chunk->layout == text_layout::offsets64 ? 8
                                                                             : 16;
        __builtin_prefetch(static_cast<const char*>(chunk->index) + (row - chunk->first_row) * width);
    }

  private:
    static constexpr int directory_shift = 11;
    const text_chunk* chunks_ = nullptr;
    vec<std::uint32_t> directory_; // run of every 2,048th row; empty when there is one run
};

/// Two rows of one table that hold the same id.
struct equal_rows {
    std::int64_t row = -1;
    std::int64_t row_2 = -1;
};

/// Rows of a table by their id. Ids that ascend in input order need no memory; others a table of one 32-bit word per
/// slot: the row and, in the bits above it, a tag that spares most comparisons. What is found never depends on the
/// order of insertion, on the seed or on threads.
class id_index {
  public:
    id_index() = default;
    /// Indexes a column of ids, all there, which must outlive the index.
    /// @returns the two rows of a duplicate (that of the smallest first row), or -1 twice
    [[nodiscard]] result<equal_rows> build(const run_context& run, const text_column& ids, std::uint64_t seed = 0);
    /// Whether rows ascend by id, so that they can be found without a table.
    [[nodiscard]] bool ascends() const noexcept { return ascends_; }
    [[nodiscard]] bool has_table() const noexcept { return !slots_.empty(); }
    /// Builds the table also for ascending ids, for lookups in no order; `with_keys` keeps the keys beside it.
    [[nodiscard]] result<void> build_table(const run_context& run, bool with_keys);
    [[nodiscard]] std::size_t size() const noexcept { return n_; }
    /// Id of a row, canonical.
    [[nodiscard]] std::string_view id(std::uint32_t row) const noexcept { return canonical_id(text_.at(row)); }
    [[nodiscard]] bool is(std::uint32_t row, std::string_view canonical, const id_key& its_key) const noexcept {
        if (!keys_.empty() && keys_[row] != its_key) return false;
        if (!keys_.empty() && !has_long_ids_ && canonical.size() <= 16) return true;
        const std::string_view other = id(row);
        if (other.size() != canonical.size()) return false;
        return other.size() > 16 ? other == canonical : key_of(other) == its_key;
    }
    /// The row of an id, or no_index. `near` is a guess for ascending ids.
    [[nodiscard]] std::uint32_t find(std::string_view canonical, const id_key& its_key,
                                     std::uint32_t near) const noexcept;
    [[nodiscard]] std::uint32_t find(std::string_view id_as_given) const noexcept {
        const std::string_view canonical = canonical_id(id_as_given);
        return find(canonical, key_of(canonical), 0);
    }
    /// Finds n ids at once, which hides the wait for memory.
    void find_many(const std::string_view* canonical, const id_key* keys, std::size_t n,
                   std::uint32_t* rows) const noexcept;
    static constexpr std::size_t batch = 32;

  private:
    [[nodiscard]] std::uint32_t find_by_order(std::string_view canonical, std::uint32_t near) const noexcept;
    [[nodiscard]] std::uint32_t find_in_table(std::string_view canonical, const id_key& its_key,
                                              std::uint64_t hash) const noexcept;
    [[nodiscard]] std::uint64_t home(std::uint64_t hash) const noexcept {
        return ((hash >> 32U) * slots_.size()) >> 32U;
    }
    [[nodiscard]] std::uint32_t tag(std::uint64_t hash) const noexcept {
        return static_cast<std::uint32_t>(hash) & ~row_mask_;
    }
    [[nodiscard]] result<bool> check_ascending(const run_context& run) const;
    [[nodiscard]] result<void> fill_table(const run_context& run, std::atomic<bool>& doubled,
                                          std::atomic<bool>& crowded);
    void order_rows(std::pmr::memory_resource* memory);
    [[nodiscard]] equal_rows equal_in_order() const;

    const text_column* ids_ = nullptr;
    text_lookup text_;
    std::size_t n_ = 0;
    bool ascends_ = true;
    bool has_long_ids_ = false;
    std::uint64_t seed_ = 0;
    std::uint32_t row_mask_ = 0;
    vec<std::uint32_t> slots_; // tag | row + 1, or 0 = free; at most half full
    vec<std::uint32_t> order_; // rows by id, where the table would be too slow (ids made to collide)
    vec<id_key> keys_;         // of each row, when kept
};

} // namespace dualtrack::ingest
