#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <dualtrack/base/nearest.hpp>
#include <dualtrack/base/text.hpp>

#include "ingest/cells.hpp"

namespace dualtrack::ingest {
namespace {

using outcome::success;

constexpr std::uint8_t no_word = 255;

/// A fixed list of words, found by length and the outer letters and then compared in full.
class word_finder {
  public:
    explicit word_finder(std::span<const std::string_view> words) : words_(words) {
        slots_.fill(no_word);
        for (std::size_t code = 0; code < words.size(); ++code) {
            std::size_t slot = slot_of(words[code]);
            while (slots_[slot] != no_word) slot = (slot + 1) % slots_.size();
            slots_[slot] = static_cast<std::uint8_t>(code);
        }
    }
    [[nodiscard]] std::uint8_t find(std::string_view text) const noexcept {
        if (text.empty()) return no_word;
        for (std::size_t slot = slot_of(text);; slot = (slot + 1) % slots_.size()) {
            const std::uint8_t code = slots_[slot];
            if (code == no_word || words_[code] == text) return code;
        }
    }

  private:
    static std::size_t slot_of(std::string_view text) noexcept {
        if (text.empty()) return 0;
        return (text.size() * 7U + static_cast<unsigned char>(text.front()) * 31U +
                static_cast<unsigned char>(text.back()) * 3U) %
               512U;
    }
    std::span<const std::string_view> words_;
    std::array<std::uint8_t, 512> slots_{}; // far more than words: a list has less than 255
};

error explain_word(const cell_column& column, std::span<const std::string_view> words, std::string_view text,
                   std::int64_t row) {
    std::string message = "expected one of ";
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) message += ", ";
        message += words[i];
    }
    message += "; found " + column.found(shown(text));
    constexpr std::size_t longest = 64;
    if (!column.plan.contract->is_personal && !text.empty() && text.size() <= longest)
        if (const std::string_view near = nearest_word(text, words); 2 * edit_distance(text, near) <= near.size())
            message += "; the nearest is " + std::string(near);
    return {status::data, "data.category", std::move(message), column.where(), row};
}

template <physical kind>
result<void> read_plain_words(const run_context& run, const cell_column& column, const word_finder& finder,
                              std::span<const std::string_view> words, const sink<std::uint8_t>& to) {
    return each_piece(
        run, column, [&](const cell_window& window, std::int64_t begin, std::int64_t end) -> result<void> {
            std::int64_t bad = -1;
            bool is_null = false;
            each_cell_run(window, begin, end, [&](std::int64_t i, std::int64_t stop, bool there) {
                if (!there) {
                    is_null = !to.set_missing(window.first_row + i, stop - i);
                    if (is_null) bad = i;
                    return !is_null;
                }
                for (; i < stop; ++i) {
                    const std::uint8_t code = finder.find(text_cell<kind>(window, i));
                    to.value[window.first_row + i] = code;
                    if (code != no_word) continue;
                    bad = i;
                    return false;
                }
                return true;
            });
            if (bad < 0) return success();
            if (is_null) return column.missing_at(window.first_row + bad);
            return outcome::failure(explain_word(column, words, text_cell<kind>(window, bad), window.first_row + bad));
        });
}

template <physical kind>
result<void> read_dictionary_words(const run_context& run, const cell_column& column, const word_finder& finder,
                                   std::span<const std::string_view> words, const sink<std::uint8_t>& to) {
    using entries_type = dictionary_entries<std::uint8_t>;
    vec<entries_type> all(run.memory);
    all.reserve(column.windows.size());
    for (const cell_window& window : column.windows) {
        const cell_window entries = entries_of(window);
        entries_type& into = all.emplace_back(run.memory);
        into.value.resize(static_cast<std::size_t>(entries.n_rows));
        into.states.resize(static_cast<std::size_t>(entries.n_rows), entries_type::missing);
        each_cell_run(entries, 0, entries.n_rows, [&](std::int64_t i, std::int64_t end, bool there) {
            for (; there && i < end; ++i) {
                const auto at = static_cast<std::size_t>(i);
                into.value[at] = finder.find(text_cell<kind>(entries, i));
                into.states[at] = into.value[at] == no_word ? entries_type::wrong : entries_type::there;
            }
            return true;
        });
    }
    return gather(run, column, all, to, [&](const cell_window& entries, std::int64_t entry, std::int64_t row) {
        return explain_word(column, words, text_cell<kind>(entries, entry), row);
    });
}

/// The outer sixteen bytes and the length of a text: all there is to a short one, so that comparing keys compares
/// texts.
struct word_key {
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    std::uint64_t bytes = 0;
    static constexpr std::size_t whole_up_to = 16;

    word_key() = default;
    explicit word_key(std::string_view text) noexcept : bytes(text.size()) {
        const char* begin = text.data();
        const char* end = begin + text.size();
        if (bytes >= 8) {
            std::memcpy(&head, begin, 8);
            std::memcpy(&tail, end - 8, 8);
        } else if (bytes >= 4) {
            std::memcpy(&head, begin, 4);
            std::memcpy(&tail, end - 4, 4);
        } else if (bytes > 0) {
            head = static_cast<unsigned char>(*begin);
            tail = static_cast<std::uint64_t>(static_cast<unsigned char>(begin[bytes / 2])) << 8U |
                   static_cast<unsigned char>(end[-1]);
        }
    }
    friend bool operator==(const word_key&, const word_key&) = default;

    [[nodiscard]] std::uint64_t hash() const noexcept {
        std::uint64_t value = (head ^ bytes) * 0x9E3779B97F4A7C15U;
        value ^= value >> 32U;
        value = (value ^ tail) * 0xD6E8FEB86659FD93U;
        return value ^ (value >> 32U);
    }
};

/// Distinct words of one block in the order they are met.
class word_collector {
  public:
    explicit word_collector(std::pmr::memory_resource* memory) : words(memory), keys_(memory), slots_(memory) {}
    vec<std::string_view> words;

    std::uint32_t code_of(std::string_view text) {
        if (words.size() * 2 >= slots_.size()) grow();
        const word_key key(text);
        std::size_t slot = start_of(key, text);
        for (; slots_[slot] != no_index; slot = (slot + 1) & (slots_.size() - 1)) {
            const std::uint32_t code = slots_[slot];
            if (keys_[code] == key && (text.size() <= word_key::whole_up_to || words[code] == text)) return code;
        }
        const auto code = static_cast<std::uint32_t>(words.size());
        slots_[slot] = code;
        words.push_back(text);
        keys_.push_back(key);
        return code;
    }

  private:
    /// Long texts may differ in the middle alone, which then has to take part.
    [[nodiscard]] std::size_t start_of(const word_key& key, std::string_view text) const noexcept {
        std::uint64_t value = key.hash();
        for (std::size_t at = 8; at + 8 < text.size(); at += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, text.data() + at, 8);
            value = (value ^ word) * 0x9E3779B97F4A7C15U;
            value ^= value >> 32U;
        }
        return value & (slots_.size() - 1);
    }
    void grow() {
        const std::size_t size = std::max<std::size_t>(16, slots_.size() * 2);
        slots_.assign(size, no_index);
        for (std::uint32_t code = 0; code < words.size(); ++code) {
            std::size_t slot = start_of(keys_[code], words[code]);
            while (slots_[slot] != no_index) slot = (slot + 1) & (size - 1);
            slots_[slot] = code;
        }
    }
    vec<word_key> keys_;
    vec<std::uint32_t> slots_; // a power of two
};

/// All distinct words, sorted by their bytes and copied.
void name_words(const run_context& run, vec<std::string_view>& words, category_column& out) {
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    text_builder names(run.memory);
    for (const std::string_view word : words) names.push(word);
    out.names = text_builder::finish(std::move(names));
}

std::uint32_t rank_of(const vec<std::string_view>& sorted, std::string_view word) noexcept {
    return static_cast<std::uint32_t>(std::lower_bound(sorted.begin(), sorted.end(), word) - sorted.begin());
}

/// Categories of cells that `cell(window, i)` gives as text: coded block by block, then all blocks agree on one sorted
/// list.
template <class Cell>
result<category_column> read_plain_categories(const run_context& run, const cell_column& column, presence need,
                                              Cell&& cell) {
    category_column out(run.memory);
    out.code.resize(static_cast<std::size_t>(column.n_rows()));
    const sink<std::uint32_t> to{out.code.data(), nullptr, no_index, need};
    const std::int64_t n_blocks = count_blocks(column.n_rows(), block_rows);
    vec<word_collector> blocks(run.memory);
    blocks.reserve(static_cast<std::size_t>(n_blocks));
    for (std::int64_t b = 0; b < n_blocks; ++b) blocks.emplace_back(run.memory);
    DUALTRACK_TRYV(
        each_piece(run, column, [&](const cell_window& window, std::int64_t begin, std::int64_t end) -> result<void> {
            word_collector& words = blocks[static_cast<std::size_t>((window.first_row + begin) / block_rows)];
            std::int64_t null = -1;
            each_cell_run(window, begin, end, [&](std::int64_t i, std::int64_t stop, bool there) {
                if (!there) {
                    if (!to.set_missing(window.first_row + i, stop - i)) null = i;
                    return null < 0;
                }
                for (; i < stop; ++i) to.value[window.first_row + i] = words.code_of(cell(window, i));
                return true;
            });
            if (null >= 0) return column.missing_at(window.first_row + null);
            return success();
        }));
    vec<std::string_view> all(run.memory);
    for (const word_collector& block : blocks) all.insert(all.end(), block.words.begin(), block.words.end());
    name_words(run, all, out);
    vec<vec<std::uint32_t>> ranks(blocks.size(), run.memory);
    for (std::size_t b = 0; b < blocks.size(); ++b)
        for (const std::string_view word : blocks[b].words) ranks[b].push_back(rank_of(all, word));
    DUALTRACK_TRYV(
        each_piece(run, column, [&](const cell_window& window, std::int64_t begin, std::int64_t end) -> result<void> {
            const vec<std::uint32_t>& rank = ranks[static_cast<std::size_t>((window.first_row + begin) / block_rows)];
            for (std::int64_t i = begin; i < end; ++i) {
                std::uint32_t& code = to.value[window.first_row + i];
                if (code != no_index) code = rank[code];
            }
            return success();
        }));
    return out;
}

/// Categories of dictionaries: only entries that some row uses become names, so that plain and dictionary columns
/// agree.
template <class Cell>
result<category_column> read_dictionary_categories(const run_context& run, const cell_column& column, presence need,
                                                   Cell&& cell) {
    using entries_type = dictionary_entries<std::uint32_t>;
    category_column out(run.memory);
    out.code.resize(static_cast<std::size_t>(column.n_rows()));
    const sink<std::uint32_t> to{out.code.data(), nullptr, no_index, need};
    vec<entries_type> all(run.memory);
    all.reserve(column.windows.size());
    std::uint32_t n_entries = 0;
    vec<std::string_view> words(run.memory); // of all dictionaries, by number of the entry
    for (const cell_window& window : column.windows) {
        const cell_window entries = entries_of(window);
        entries_type& into = all.emplace_back(run.memory);
        into.value.resize(static_cast<std::size_t>(entries.n_rows));
        into.states.resize(static_cast<std::size_t>(entries.n_rows), entries_type::missing);
        words.resize(words.size() + into.value.size());
        each_cell_run(entries, 0, entries.n_rows, [&](std::int64_t i, std::int64_t end, bool there) {
            for (; there && i < end; ++i) {
                const auto number = n_entries + static_cast<std::uint32_t>(i);
                into.value[static_cast<std::size_t>(i)] = number;
                into.states[static_cast<std::size_t>(i)] = entries_type::there;
                words[number] = cell(entries, i);
            }
            return true;
        });
        n_entries += static_cast<std::uint32_t>(entries.n_rows);
    }
    DUALTRACK_TRYV(gather(run, column, all, to, [&](const cell_window&, std::int64_t, std::int64_t row) {
        return error{status::internal, "internal.exception", "expected a category", column.where(), row};
    }));
    vec<std::uint8_t> is_used(n_entries, 0, run.memory);
    for (const std::uint32_t number : out.code)
        if (number != no_index) is_used[number] = 1;
    vec<std::string_view> used(run.memory);
    for (std::uint32_t number = 0; number < n_entries; ++number)
        if (is_used[number] != 0) used.push_back(words[number]);
    name_words(run, used, out);
    vec<std::uint32_t> rank(n_entries, no_index, run.memory);
    for (std::uint32_t number = 0; number < n_entries; ++number)
        if (is_used[number] != 0) rank[number] = rank_of(used, words[number]);
    for (std::uint32_t& number : out.code)
        if (number != no_index) number = rank[number];
    return out;
}

/// Categories of integers, plain or in dictionaries: their decimal text is made first and then coded like any other.
result<category_column> read_integer_categories(const run_context& run, const cell_column& column, presence need) {
    DUALTRACK_TRY(const text_column text, text_of_integers(run, column, need));
    cell_column as_text = column;
    for (std::size_t b = 0; b < text.chunks.size(); ++b) {
        as_text.windows[b].validity = text.chunks[b].validity;
        as_text.windows[b].start = text.chunks[b].validity_offset;
    }
    return read_plain_categories(run, as_text, need, [&](const cell_window& window, std::int64_t i) {
        return text.chunks[static_cast<std::size_t>(&window - as_text.windows.data())].at(i);
    });
}

template <class Cell>
result<category_column> read_any_categories(const run_context& run, const cell_column& column, presence need,
                                            Cell&& cell) {
    return column.plan.is_dictionary ? read_dictionary_categories(run, column, need, cell)
                                     : read_plain_categories(run, column, need, cell);
}

} // namespace

result<vec<std::uint8_t>> read_words(const run_context& run, const input_table& table, std::string_view name,
                                     std::span<const std::string_view> words, presence need) {
    DUALTRACK_TRY(const cell_column column, open_column(run, table, name));
    vec<std::uint8_t> codes(static_cast<std::size_t>(column.n_rows()), run.memory);
    const sink<std::uint8_t> to{codes.data(), nullptr, no_word, need};
    const physical kind = column.cell_type().kind;
    if (kind == physical::null) {
        DUALTRACK_TRYV(fill_missing(column, to));
        return codes;
    }
    if (!is_text(kind)) return outcome::failure(wrong_type(column, "a word of a list (utf8)"));
    const word_finder finder(words);
    DUALTRACK_TRYV(visit_text(kind, [&](auto layout) {
        constexpr physical known = decltype(layout)::value;
        return column.plan.is_dictionary ? read_dictionary_words<known>(run, column, finder, words, to)
                                         : read_plain_words<known>(run, column, finder, words, to);
    }));
    return codes;
}

result<category_column> read_categories(const run_context& run, const input_table& table, std::string_view name,
                                        presence need) {
    DUALTRACK_TRY(const cell_column column, open_column(run, table, name));
    const physical kind = column.cell_type().kind;
    if (kind == physical::null) {
        category_column out(run.memory);
        out.code.resize(static_cast<std::size_t>(column.n_rows()));
        DUALTRACK_TRYV(fill_missing(column, sink<std::uint32_t>{out.code.data(), nullptr, no_index, need}));
        out.names = text_builder::finish(text_builder(run.memory));
        return out;
    }
    if (is_text(kind))
        return visit_text(kind, [&](auto layout) {
            return read_any_categories(run, column, need, text_cell<decltype(layout)::value>);
        });
    if (kind == physical::boolean)
        return read_any_categories(run, column, need,
                                   [](const cell_window& window, std::int64_t i) -> std::string_view {
                                       const auto* bits = reinterpret_cast<const std::uint8_t*>(window.values());
                                       return bit_at(bits, window.start + i) ? "true" : "false";
                                   });
    if (is_whole_number(kind)) return read_integer_categories(run, column, need);
    return outcome::failure(wrong_type(column, "a category (utf8 or integer)"));
}

} // namespace dualtrack::ingest
