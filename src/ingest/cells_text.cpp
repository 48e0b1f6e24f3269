#include <array>
#include <charconv>
#include <cstring>

#include <dualtrack/base/text.hpp>

#include "ingest/cells.hpp"

namespace dualtrack::ingest {
namespace {

using outcome::success;

/// What an id must be.
enum class text_rule : std::uint8_t { any, id };

/// The sixteen bytes by which Arrow's views layout tells a text.
struct text_view {
    std::array<char, 16> bytes{};
};

/// Memory that text columns made here live in, and the table their bytes may still be in.
struct made_text {
    std::shared_ptr<const input_table> table;
    vec<text_view> views;      // [n_rows]: dictionaries
    vec<const void*> buffers;  // of all batches
    vec<std::int64_t> borders; // [n_rows + 1]: integers
    vec<char> characters;
    vec<std::uint8_t> validity; // bitmap, when there are nulls

    explicit made_text(std::pmr::memory_resource* memory)
        : views(memory), buffers(memory), borders(memory), characters(memory), validity(memory) {}
};

std::shared_ptr<made_text> make_text(const run_context& run, std::shared_ptr<const input_table> table) {
    auto made = std::allocate_shared<made_text>(std::pmr::polymorphic_allocator<made_text>(run.memory), run.memory);
    made->table = std::move(table);
    return made;
}

bool is_id(std::string_view text) noexcept {
    return !text.empty() && std::memchr(text.data(), 0, text.size()) == nullptr;
}

error explain_text(const cell_column& column, std::string_view text, std::int64_t row) {
    if (text.empty()) return {status::data, "data.range", "expected an id, found empty text", column.where(), row};
    return {status::data, "data.utf8", "expected an id without a NUL byte, found " + column.found(shown(text)),
            column.where(), row};
}

/// Finds the first cell of a run that is no id. All bytes of the run are searched at once: NUL hardly ever occurs.
template <physical kind>
std::int64_t find_no_id(const cell_window& window, std::int64_t begin, std::int64_t end) noexcept {
    bool is_odd = kind == physical::utf8_view;
    if constexpr (kind != physical::utf8_view) {
        for (std::int64_t i = begin; i < end; ++i) is_odd |= text_cell<kind>(window, i).empty();
        const std::string_view last = text_cell<kind>(window, end - 1);
        const char* first = text_cell<kind>(window, begin).data();
        const auto bytes = static_cast<std::size_t>(last.data() + last.size() - first);
        is_odd = is_odd || (bytes > 0 && std::memchr(first, 0, bytes) != nullptr);
    }
    for (std::int64_t i = begin; is_odd && i < end; ++i)
        if (!is_id(text_cell<kind>(window, i))) return i;
    return -1;
}

result<void> check_cells(const run_context& run, const cell_column& column, text_rule rule, presence need) {
    if (rule == text_rule::any && need == presence::optional) return success();
    return visit_text(column.plan.type.kind, [&](auto layout) {
        constexpr physical kind = decltype(layout)::value;
        return each_piece(
            run, column, [&](const cell_window& window, std::int64_t begin, std::int64_t end) -> result<void> {
                std::int64_t null = -1;
                std::int64_t bad = -1;
                each_cell_run(window, begin, end, [&](std::int64_t from, std::int64_t stop, bool there) {
                    if (!there && need == presence::required) null = from;
                    if (there && rule == text_rule::id) bad = find_no_id<kind>(window, from, stop);
                    return null < 0 && bad < 0;
                });
                if (null >= 0) return column.missing_at(window.first_row + null);
                if (bad < 0) return success();
                return outcome::failure(explain_text(column, text_cell<kind>(window, bad), window.first_row + bad));
            });
    });
}

/// The host's own buffers as a text column.
text_column borrow(const run_context& run, const cell_column& column, std::shared_ptr<const input_table> table) {
    text_column out(run.memory);
    out.n_rows = column.n_rows();
    out.chunks.reserve(column.windows.size());
    for (const cell_window& window : column.windows) {
        text_chunk chunk;
        chunk.first_row = window.first_row;
        chunk.n_rows = window.n_rows;
        chunk.validity = window.validity;
        chunk.validity_offset = window.start;
        const physical kind = column.plan.type.kind;
        const std::int64_t width = kind == physical::utf8 ? 4 : kind == physical::large_utf8 ? 8 : 16;
        chunk.index = window.values() + window.start * width;
        if (kind == physical::utf8_view) {
            chunk.layout = text_layout::views;
            chunk.buffers = window.array->buffers + 2;
        } else {
            chunk.layout = kind == physical::utf8 ? text_layout::offsets32 : text_layout::offsets64;
            chunk.bytes = static_cast<const char*>(window.array->buffers[2]);
        }
        out.chunks.push_back(chunk);
    }
    out.owner = std::move(table);
    return out;
}

/// Large dictionaries are cut into buffers of this size, so that the place of a text in its buffer fits 32 bits.
constexpr std::int64_t buffer_bits = 30;

text_view view_of(std::string_view text, std::int32_t buffer, std::int32_t offset) noexcept {
    text_view view;
    const auto length = static_cast<std::int32_t>(text.size());
    std::memcpy(view.bytes.data(), &length, 4);
    if (length <= 12) {
        if (length > 0) std::memcpy(view.bytes.data() + 4, text.data(), text.size());
        return view;
    }
    std::memcpy(view.bytes.data() + 4, text.data(), 4);
    std::memcpy(view.bytes.data() + 8, &buffer, 4);
    std::memcpy(view.bytes.data() + 12, &offset, 4);
    return view;
}

/// The bitmap of a byte a row.
void pack_validity(const vec<std::uint8_t>& valid, vec<std::uint8_t>& bits) {
    bits.assign((valid.size() + 7) / 8, 0);
    for (std::size_t i = 0; i < valid.size(); ++i)
        bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | (static_cast<unsigned>(valid[i]) << (i % 8)));
}

/// Views of a dictionary's texts, beside the buffers they point into.
template <physical kind>
void view_entries(const cell_window& entries, text_rule rule, dictionary_entries<text_view>& into,
                  vec<const void*>& buffers) {
    const ArrowArray& array = *entries.array;
    if constexpr (kind == physical::utf8_view) {
        buffers.insert(buffers.end(), array.buffers + 2, array.buffers + array.n_buffers - 1);
    } else if (entries.n_rows > 0) {
        const std::string_view last = text_cell<kind>(entries, entries.n_rows - 1);
        const char* bytes = static_cast<const char*>(array.buffers[2]);
        const std::int64_t n = bytes == nullptr ? 0 : last.data() + last.size() - bytes;
        for (std::int64_t from = 0; from < n; from += std::int64_t{1} << buffer_bits) buffers.push_back(bytes + from);
    }
    into.value.resize(static_cast<std::size_t>(entries.n_rows));
    into.states.resize(static_cast<std::size_t>(entries.n_rows), dictionary_entries<text_view>::missing);
    each_cell_run(entries, 0, entries.n_rows, [&](std::int64_t i, std::int64_t end, bool there) {
        for (; there && i < end; ++i) {
            const auto at = static_cast<std::size_t>(i);
            const std::string_view text = text_cell<kind>(entries, i);
            if constexpr (kind == physical::utf8_view) {
                into.value[at] = load_at<text_view>(entries.values(), entries.start + i);
            } else {
                const std::int64_t place =
                    text.size() <= 12 ? 0 : text.data() - static_cast<const char*>(array.buffers[2]);
                into.value[at] = view_of(text, static_cast<std::int32_t>(place >> buffer_bits),
                                         static_cast<std::int32_t>(place & ((std::int64_t{1} << buffer_bits) - 1)));
            }
            const bool good = rule == text_rule::any || is_id(text);
            into.states[at] = good ? dictionary_entries<text_view>::there : dictionary_entries<text_view>::wrong;
        }
        return true;
    });
}

/// Decimal text of an integer of any width.
struct digits {
    std::array<char, 24> text{};
    std::size_t size = 0;
    template <class T> explicit digits(T number) noexcept {
        size =
            static_cast<std::size_t>(std::to_chars(text.data(), text.data() + text.size(), number).ptr - text.data());
    }
    [[nodiscard]] std::string_view view() const noexcept { return {text.data(), size}; }
};

/// How many characters the decimal text of an integer has.
template <class T> std::int64_t digits_of(T number) noexcept {
    auto magnitude = static_cast<std::uint64_t>(number);
    std::int64_t n = 1;
    if constexpr (std::is_signed_v<T>) {
        if (number < 0) {
            magnitude = 0U - magnitude;
            ++n;
        }
    }
    for (; magnitude >= 10000U; magnitude /= 10000U) n += 4;
    return n + (magnitude >= 10U ? 1 : 0) + (magnitude >= 100U ? 1 : 0) + (magnitude >= 1000U ? 1 : 0);
}

/// Views of a dictionary's integers as text; their characters are kept in `characters`, one buffer a batch.
template <class T>
void view_integers(const cell_window& entries, dictionary_entries<text_view>& into, vec<char>& characters) {
    into.value.resize(static_cast<std::size_t>(entries.n_rows));
    into.states.resize(static_cast<std::size_t>(entries.n_rows), dictionary_entries<text_view>::missing);
    each_cell_run(entries, 0, entries.n_rows, [&](std::int64_t i, std::int64_t end, bool there) {
        for (; there && i < end; ++i) {
            const digits number(load_at<T>(entries.values(), entries.start + i));
            const auto at = static_cast<std::int32_t>(characters.size());
            if (number.size > 12)
                characters.insert(characters.end(), number.text.begin(), number.text.begin() + number.size);
            into.value[static_cast<std::size_t>(i)] = view_of(number.view(), 0, at);
            into.states[static_cast<std::size_t>(i)] = dictionary_entries<text_view>::there;
        }
        return true;
    });
}

result<text_column> read_dictionary(const run_context& run, const cell_column& column, text_rule rule, presence need,
                                    std::shared_ptr<const input_table> table) {
    const std::shared_ptr<made_text> made = make_text(run, std::move(table));
    const physical kind = column.plan.values.kind;
    const std::size_t n_batches = column.windows.size();
    vec<dictionary_entries<text_view>> all(run.memory);
    all.reserve(n_batches);
    vec<std::size_t> first_buffer(run.memory);
    vec<vec<char>> characters(n_batches, run.memory);
    for (std::size_t b = 0; b < n_batches; ++b) {
        const cell_window entries = entries_of(column.windows[b]);
        dictionary_entries<text_view>& into = all.emplace_back(run.memory);
        first_buffer.push_back(made->buffers.size());
        if (is_text(kind)) {
            visit_text(kind,
                       [&](auto layout) { view_entries<decltype(layout)::value>(entries, rule, into, made->buffers); });
            continue;
        }
        visit_index(kind, [&](auto tag) { view_integers<typename decltype(tag)::type>(entries, into, characters[b]); });
        made->buffers.push_back(nullptr);
    }
    if (!is_text(kind)) {
        vec<std::size_t> first_character(run.memory);
        for (const vec<char>& batch : characters) {
            first_character.push_back(made->characters.size());
            made->characters.insert(made->characters.end(), batch.begin(), batch.end());
        }
        for (std::size_t b = 0; b < n_batches; ++b) made->buffers[b] = made->characters.data() + first_character[b];
    }

    const auto n_rows = static_cast<std::size_t>(column.n_rows());
    made->views.resize(n_rows);
    vec<std::uint8_t> valid(run.memory);
    if (has_missing(column)) valid.resize(n_rows, 1);
    const sink<text_view> to{made->views.data(), valid.empty() ? nullptr : valid.data(), {}, need};
    DUALTRACK_TRYV(gather(run, column, all, to, [&](const cell_window& entries, std::int64_t entry, std::int64_t row) {
        return visit_text(kind, [&](auto layout) {
            return explain_text(column, text_cell<decltype(layout)::value>(entries, entry), row);
        });
    }));
    if (!valid.empty()) pack_validity(valid, made->validity);

    text_column out(run.memory);
    out.n_rows = column.n_rows();
    for (std::size_t b = 0; b < n_batches; ++b) {
        text_chunk chunk;
        chunk.first_row = column.windows[b].first_row;
        chunk.n_rows = column.windows[b].n_rows;
        chunk.layout = text_layout::views;
        chunk.index = made->views.data() + chunk.first_row;
        chunk.buffers = made->buffers.data() + first_buffer[b];
        chunk.validity = made->validity.empty() ? nullptr : made->validity.data();
        chunk.validity_offset = chunk.first_row;
        out.chunks.push_back(chunk);
    }
    out.owner = made;
    return out;
}

/// Integers as their decimal text: lengths first, then the characters, both in parallel.
template <class T>
result<text_column> read_integer_text(const run_context& run, const cell_column& column, presence need,
                                      std::shared_ptr<const input_table> table) {
    const std::shared_ptr<made_text> made = make_text(run, std::move(table));
    const auto n_rows = static_cast<std::size_t>(column.n_rows());
    made->borders.resize(n_rows + 1);
    std::int64_t* borders = made->borders.data();
    DUALTRACK_TRYV(
        each_piece(run, column, [&](const cell_window& window, std::int64_t begin, std::int64_t end) -> result<void> {
            std::int64_t null = -1;
            each_cell_run(window, begin, end, [&](std::int64_t i, std::int64_t stop, bool there) {
                if (!there && need == presence::required) null = i;
                for (; there && i < stop; ++i)
                    borders[window.first_row + i + 1] = digits_of(load_at<T>(window.values(), window.start + i));
                return null < 0;
            });
            if (null >= 0) return column.missing_at(window.first_row + null);
            return success();
        }));
    for (std::size_t i = 0; i < n_rows; ++i) borders[i + 1] += borders[i];
    made->characters.resize(static_cast<std::size_t>(borders[n_rows]));
    char* const characters = made->characters.data();
    DUALTRACK_TRYV(
        each_piece(run, column, [&](const cell_window& window, std::int64_t begin, std::int64_t end) -> result<void> {
            each_cell_run(window, begin, end, [&](std::int64_t i, std::int64_t stop, bool there) {
                for (; there && i < stop; ++i) {
                    const std::int64_t row = window.first_row + i;
                    std::to_chars(characters + borders[row], characters + borders[row + 1],
                                  load_at<T>(window.values(), window.start + i));
                }
                return true;
            });
            return success();
        }));
    text_column out(run.memory);
    out.n_rows = column.n_rows();
    for (const cell_window& window : column.windows) {
        text_chunk chunk;
        chunk.first_row = window.first_row;
        chunk.n_rows = window.n_rows;
        chunk.layout = text_layout::offsets64;
        chunk.index = borders + window.first_row;
        chunk.bytes = made->characters.data();
        chunk.validity = window.validity;
        chunk.validity_offset = window.start;
        out.chunks.push_back(chunk);
    }
    out.owner = made;
    return out;
}

/// A column of type null: every row is missing.
result<text_column> read_nulls(const run_context& run, const cell_column& column, presence need) {
    if (need == presence::required && column.n_rows() > 0) return column.missing_at(0);
    const std::shared_ptr<made_text> made = make_text(run, nullptr);
    made->borders.resize(static_cast<std::size_t>(column.n_rows()) + 1);
    made->validity.resize(static_cast<std::size_t>(column.n_rows() + 7) / 8);
    text_column out(run.memory);
    out.n_rows = column.n_rows();
    text_chunk chunk;
    chunk.n_rows = out.n_rows;
    chunk.layout = text_layout::offsets64;
    chunk.index = made->borders.data();
    chunk.validity = made->validity.data();
    out.chunks.push_back(chunk);
    out.owner = made;
    return out;
}

} // namespace

result<text_column> text_of_integers(const run_context& run, const cell_column& column, presence need) {
    if (column.plan.is_dictionary) return read_dictionary(run, column, text_rule::any, need, nullptr);
    return visit_index(column.plan.type.kind, [&](auto tag) {
        return read_integer_text<typename decltype(tag)::type>(run, column, need, nullptr);
    });
}

result<text_column> read_text(const run_context& run, std::shared_ptr<const input_table> table, std::string_view name,
                              presence need) {
    DUALTRACK_TRY(const cell_column column, open_column(run, *table, name));
    const physical kind = column.cell_type().kind;
    if (kind == physical::null) return read_nulls(run, column, need);
    if (!is_text(kind)) return outcome::failure(wrong_type(column, "text (utf8)"));
    if (column.plan.is_dictionary) return read_dictionary(run, column, text_rule::any, need, std::move(table));
    DUALTRACK_TRYV(check_cells(run, column, text_rule::any, need));
    return borrow(run, column, std::move(table));
}

result<text_column> read_ids(const run_context& run, std::shared_ptr<const input_table> table, std::string_view name,
                             presence need) {
    DUALTRACK_TRY(const cell_column column, open_column(run, *table, name));
    const physical kind = column.cell_type().kind;
    if (kind == physical::null) return read_nulls(run, column, need);
    if (!is_text(kind) && !is_whole_number(kind))
        return outcome::failure(wrong_type(column, "an id (utf8 or integer)"));
    if (column.plan.is_dictionary) return read_dictionary(run, column, text_rule::id, need, std::move(table));
    if (is_whole_number(kind))
        return visit_index(kind, [&](auto tag) {
            return read_integer_text<typename decltype(tag)::type>(run, column, need, std::move(table));
        });
    DUALTRACK_TRYV(check_cells(run, column, text_rule::id, need));
    return borrow(run, column, std::move(table));
}

} // namespace dualtrack::ingest
