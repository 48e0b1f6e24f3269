// The small things that every check of foreign bytes needs: bitmaps, UTF-8, and showing what was found without harm.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace dualtrack::ingest {

/// Longest piece of observed text in a message, in bytes before escaping.
inline constexpr std::size_t longest_shown = 64;

/// What was observed, for a message: escaped to printable ASCII and cut at `longest` bytes, in double quotes.
[[nodiscard]] std::string shown(std::string_view observed, std::size_t longest = longest_shown);

/// "table.column"
[[nodiscard]] std::string place(std::string_view table, std::string_view column);

/// Bytes before the NUL, or `limit` when there is none so far.
[[nodiscard]] inline std::size_t bounded_length(const char* text, std::size_t limit) noexcept {
    const void* end = std::memchr(text, 0, limit);
    return end == nullptr ? limit : static_cast<std::size_t>(static_cast<const char*>(end) - text);
}

[[nodiscard]] bool is_ascii(const char* text, std::size_t bytes) noexcept;
/// Whether text is UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(const char* text, std::size_t bytes) noexcept;

[[nodiscard]] inline bool bit_at(const std::uint8_t* bits, std::int64_t at) noexcept {
    return ((static_cast<unsigned>(bits[at >> 3]) >> (static_cast<unsigned>(at) & 7U)) & 1U) != 0;
}

/// Calls f(begin, end, is_set) for every run of equal bits among n bits from `first`, in order; stops when f returns
/// false. Reads no byte beyond the last bit.
template <class F> bool each_run(const std::uint8_t* bits, std::int64_t first, std::int64_t n, F&& f) {
    std::int64_t begin = 0;
    while (begin < n) {
        const bool set = bit_at(bits, first + begin);
        std::int64_t end = begin + 1;
        while (end < n) {
            const std::int64_t at = first + end;
            if ((at & 7) == 0 && n - end >= 64) {
                std::uint64_t word = 0;
                std::memcpy(&word, bits + (at >> 3), sizeof word);
                if (set) word = ~word;
                if (word == 0) {
                    end += 64;
                    continue;
                }
                if constexpr (std::endian::native == std::endian::little) {
                    end += std::countr_zero(word);
                    break;
                }
            }
            if (bit_at(bits, at) != set) break;
            ++end;
        }
        if (!f(begin, end, set)) return false;
        begin = end;
    }
    return true;
}

/// How many of n bits from `first` are set.
[[nodiscard]] std::int64_t count_set(const std::uint8_t* bits, std::int64_t first, std::int64_t n) noexcept;

} // namespace dualtrack::ingest
