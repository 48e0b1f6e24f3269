// Most systems number what they keep: "D000000017" or "17". Where all ids of a table are one prefix and a number,
// written either with as many digits each or without leading zeros, an id and its number say the same, and a row is
// found by its number alone: no hashing, no comparing, and where the numbers count the rows through, no memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/parallel.hpp>

#include "ingest/organisation_keys.hpp"

namespace dualtrack::ingest {

namespace detail {

/// The number that up to eight digits say, or -1 when one of them is none.
[[nodiscard]] inline std::int64_t number_of_digits(const char* digits, std::size_t n) noexcept {
    constexpr std::uint64_t zeros = 0x3030303030303030U;
    constexpr std::uint64_t high_halves = 0xF0F0F0F0F0F0F0F0U;
    std::uint64_t text = load_short(digits, n); // the first digit lowest
    if (n < 8) text = text << (8U * (8U - n)) | zeros >> (8U * n);
    if ((text & high_halves) != zeros || ((text + 0x0606060606060606U) & high_halves) != zeros) return -1;
    text = ((text & 0x0F0F0F0F0F0F0F0FU) * 2561U) >> 8U;            // pairs
    text = ((text & 0x00FF00FF00FF00FFU) * 6553601U) >> 16U;        // fours
    text = ((text & 0x0000FFFF0000FFFFU) * 42949672960001U) >> 32U; // all eight
    return static_cast<std::int64_t>(text);
}

} // namespace detail

/// How the ids of a table are numbered, and which row has which number.
class numbered_ids {
  public:
    /// Looks at all ids of a column. @returns false, having looked at few, when they are not numbered
    [[nodiscard]] result<bool> recognise(const run_context& run, const text_column& ids);
    [[nodiscard]] bool there() const noexcept { return n_numbers_ > 0; }
    /// Whether the row follows from the number alone; then no two rows have one id.
    [[nodiscard]] bool count_through() const noexcept { return counts_through_; }
    /// Keeps the row of each number. @returns false when two rows have one number
    [[nodiscard]] result<bool> keep_rows(const run_context& run, const text_column& ids);
    [[nodiscard]] bool has_rows() const noexcept { return counts_through_ || !row_of_.empty(); }

    /// The row of an id, or no_index. @pre has_rows(), id is canonical
    [[nodiscard]] std::uint32_t find(std::string_view id) const noexcept {
        const std::int64_t number = number_of(id);
        const auto at = static_cast<std::uint64_t>(number - lowest_); // wraps for numbers below
        if (number < 0 || at >= n_numbers_) return no_index;
        return counts_through_ ? static_cast<std::uint32_t>(at) : row_of_[at];
    }

  private:
    static constexpr std::size_t most_digits = 16;
    static constexpr std::size_t longest_prefix = 24;

    /// The number after the prefix, however it is written, or -1 when there is none.
    [[nodiscard]] std::int64_t number_in(std::string_view id) const noexcept {
        if (id.size() <= prefix_bytes_ || id.size() > prefix_bytes_ + most_digits) return -1;
        if (prefix_bytes_ <= 8 ? detail::load_short(id.data(), prefix_bytes_) != prefix_word_
                               : id.substr(0, prefix_bytes_) != std::string_view(prefix_, prefix_bytes_))
            return -1;
        const char* digits = id.data() + prefix_bytes_;
        const std::size_t n = id.size() - prefix_bytes_;
        if (n <= 8) return detail::number_of_digits(digits, n);
        const std::int64_t high = detail::number_of_digits(digits, n - 8);
        const std::int64_t low = detail::number_of_digits(digits + (n - 8), 8);
        return high < 0 || low < 0 ? -1 : high * 100'000'000 + low;
    }
    /// The number of an id, or -1 when it is not written as these ids are: another way to write a number is another id.
    [[nodiscard]] std::int64_t number_of(std::string_view id) const noexcept {
        if (has_width_ ? id.size() != id_bytes_ : id.size() > prefix_bytes_ + 1 && id[prefix_bytes_] == '0') return -1;
        return number_in(id);
    }

    char prefix_[longest_prefix]{};
    std::size_t prefix_bytes_ = 0;
    std::uint64_t prefix_word_ = 0;
    bool has_width_ = false;   // as many digits each
    std::size_t id_bytes_ = 0; // of each id, then
    std::int64_t lowest_ = 0;
    std::uint64_t n_numbers_ = 0; // from the lowest to the highest
    bool counts_through_ = false; // number - lowest = row
    vec<std::uint32_t> row_of_;   // of each number, or no_index
};

} // namespace dualtrack::ingest
