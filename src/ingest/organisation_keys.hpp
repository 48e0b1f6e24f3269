// Ids are how rows of different tables mean the same person or deal. They are compared by their bytes, except that a
// Salesforce id has two spellings: 15 characters where case matters, and 18 with a checksum of the case of the first
// 15; both are one id. Tables come with tens of millions of ids, so an id of up to 16 bytes travels in two machine
// words, and text is read where the host put it.
// Reference: Salesforce Help, "Salesforce ID formats" (the checksum of 18-character ids).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <dualtrack/base/column.hpp>

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

} // namespace dualtrack::ingest
