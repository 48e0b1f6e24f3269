#include <algorithm>
#include <cstring>
#include <string>

#include <dualtrack/base/text.hpp>

#include "ingest/arrow_check.hpp"
#include "ingest/arrow_text.hpp"

namespace dualtrack::ingest {
namespace {

using outcome::success;

/// One array to look into: elements [start, start + n) of it, and how a fault in element i is told.
struct stretch {
    std::string_view table, column;
    const ArrowArray* array = nullptr;
    std::int64_t start = 0;
    std::int64_t n = 0;
    std::int64_t first_row = 0; // -1: a dictionary, whose elements are no rows

    [[nodiscard]] auto fault(std::string_view code, std::string message, std::int64_t i) const {
        if (first_row < 0 && i >= 0) message += " in dictionary entry " + integer_text(i);
        if (first_row < 0 && i < 0) message += " in the dictionary";
        return fail(status::data, code, std::move(message), column.empty() ? std::string(table) : place(table, column),
                    first_row < 0 || i < 0 ? -1 : first_row + i);
    }
    [[nodiscard]] const std::uint8_t* validity() const noexcept {
        return array->n_buffers == 0 ? nullptr : static_cast<const std::uint8_t*>(array->buffers[0]);
    }
    [[nodiscard]] bool has(std::int64_t i) const noexcept {
        return validity() == nullptr || bit_at(validity(), start + i);
    }
    /// Calls f(begin, end) for every run of elements that are there.
    template <class F> bool each_present(F&& f) const {
        if (validity() == nullptr) return n == 0 || f(std::int64_t{0}, n);
        return each_run(validity(), start, n,
                        [&f](std::int64_t begin, std::int64_t end, bool set) { return !set || f(begin, end); });
    }
};

template <class T> T load(const void* buffer, std::int64_t i) noexcept {
    T value;
    std::memcpy(&value, static_cast<const char*>(buffer) + i * static_cast<std::int64_t>(sizeof(T)), sizeof value);
    return value;
}

/// The declared null count against the bitmap, over the array's own range.
result<void> check_nulls(const stretch& at) {
    const ArrowArray& array = *at.array;
    if (array.null_count < 0 || array.n_buffers == 0) return success();
    if (at.validity() == nullptr) {
        if (array.null_count > 0)
            return at.fault("arrow.null_count",
                            "expected a bitmap for " + integer_text(array.null_count) + " nulls, found none", -1);
        return success();
    }
    const std::int64_t found = array.length - count_set(at.validity(), array.offset, array.length);
    if (found != array.null_count)
        return at.fault("arrow.null_count",
                        "expected " + integer_text(array.null_count) + " nulls as declared, found " +
                            integer_text(found) + " in the bitmap",
                        -1);
    return success();
}

template <class Offset> result<void> check_offsets(const stretch& at) {
    if (at.n == 0) return success();
    const void* borders = at.array->buffers[1];
    const auto border = [&](std::int64_t i) { return load<Offset>(borders, at.start + i); };
    if (border(0) < 0)
        return at.fault("arrow.offsets",
                        "expected an offset of 0 or more, found " + integer_text(std::int64_t{border(0)}), 0);
    // One comparison finds both a border that falls and a cell that is too long; which of them is asked only then.
    using distance = std::make_unsigned_t<Offset>;
    bool is_odd = false;
    for (std::int64_t i = 0; i < at.n; ++i)
        is_odd |= static_cast<distance>(static_cast<distance>(border(i + 1)) - static_cast<distance>(border(i))) >
                  static_cast<distance>(longest_cell);
    for (std::int64_t i = 0; is_odd && i < at.n; ++i) {
        if (border(i + 1) < border(i))
            return at.fault("arrow.offsets",
                            "expected offsets that do not fall, found " + integer_text(std::int64_t{border(i + 1)}) +
                                " after " + integer_text(std::int64_t{border(i)}),
                            i);
        if (border(i + 1) > longest_array)
            return at.fault("arrow.offsets",
                            "expected offsets up to 2^40, found " + integer_text(std::int64_t{border(i + 1)}), i);
        if (std::int64_t{border(i + 1)} - border(i) > longest_cell && at.has(i))
            return at.fault("limit.string",
                            "expected at most 1 MiB of text, found " +
                                integer_text(std::int64_t{border(i + 1)} - border(i)) + " bytes",
                            i);
    }
    if (border(at.n) > longest_array)
        return at.fault("arrow.offsets",
                        "expected offsets up to 2^40, found " + integer_text(std::int64_t{border(at.n)}), 0);
    if (border(at.n) > border(0) && at.array->buffers[2] == nullptr)
        return at.fault(
            "arrow.buffers",
            "expected " + integer_text(std::int64_t{border(at.n)} - border(0)) + " bytes of text, found NULL", -1);
    return success();
}

result<void> check_views(const stretch& at) {
    const ArrowArray& array = *at.array;
    const std::int64_t n_buffers = array.n_buffers - 3;
    const void* sizes = array.buffers[array.n_buffers - 1];
    if (n_buffers > 0 && sizes == nullptr)
        return at.fault("arrow.buffers", "expected the sizes of " + integer_text(n_buffers) + " buffers, found NULL",
                        -1);
    for (std::int64_t k = 0; k < n_buffers; ++k)
        if (load<std::int64_t>(sizes, k) < 0)
            return at.fault("arrow.view",
                            "expected a buffer size of 0 or more, found " + integer_text(load<std::int64_t>(sizes, k)),
                            -1);
    std::int64_t bad = -1;
    std::string_view code;
    std::string message;
    const auto wrong = [&](std::int64_t i, std::string_view which, std::string text) {
        bad = i;
        code = which;
        message = std::move(text);
        return false;
    };
    const char* views = static_cast<const char*>(array.buffers[1]);
    const auto check_one = [&](std::int64_t i) {
        const char* view = views + (at.start + i) * 16;
        const auto length = load<std::int32_t>(view, 0);
        if (length < 0) return wrong(i, "arrow.view", "expected a length of 0 or more, found " + integer_text(length));
        if (length <= 12) return true;
        if (length > longest_cell)
            return wrong(i, "limit.string", "expected at most 1 MiB of text, found " + integer_text(length) + " bytes");
        const auto buffer = load<std::int32_t>(view, 2);
        const auto offset = load<std::int32_t>(view, 3);
        if (buffer < 0 || buffer >= n_buffers)
            return wrong(i, "arrow.view",
                         "expected one of " + integer_text(n_buffers) + " buffers, found number " +
                             integer_text(buffer));
        const auto size = load<std::int64_t>(sizes, buffer);
        if (offset < 0 || std::int64_t{offset} + length > size)
            return wrong(i, "arrow.view",
                         "expected a range within " + integer_text(size) + " bytes, found " + integer_text(length) +
                             " bytes from " + integer_text(offset));
        const char* text = static_cast<const char*>(array.buffers[2 + buffer]);
        if (text == nullptr)
            return wrong(i, "arrow.buffers", "expected text in buffer " + integer_text(buffer) + ", found NULL");
        if (std::memcmp(text + offset, view + 4, 4) != 0)
            return wrong(i, "arrow.view", "expected the prefix to repeat the text, found another");
        return true;
    };
    at.each_present([&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
            if (!check_one(i)) return false;
        return true;
    });
    if (bad >= 0) return at.fault(code, std::move(message), bad);
    return success();
}

template <class Index> result<void> check_indices(const stretch& at, std::int64_t n_entries) {
    const void* indices = at.array->buffers[1];
    const auto index = [&](std::int64_t i) { return load<Index>(indices, at.start + i); };
    const auto is_outside = [n_entries](Index value) {
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(value)) >= static_cast<std::uint64_t>(n_entries);
    };
    std::int64_t bad = -1;
    at.each_present([&](std::int64_t begin, std::int64_t end) {
        bool found = false;
        for (std::int64_t i = begin; i < end; ++i) found |= is_outside(index(i));
        for (std::int64_t i = begin; found && i < end; ++i) {
            if (!is_outside(index(i))) continue;
            bad = i;
            return false;
        }
        return true;
    });
    if (bad < 0) return success();
    std::string found;
    if constexpr (std::is_signed_v<Index>) {
        found = integer_text(index(bad));
    } else {
        found = index(bad) > static_cast<std::uint64_t>(most_rows)
                    ? "one above 2147483647"
                    : integer_text(static_cast<std::int64_t>(index(bad)));
    }
    return at.fault("arrow.dictionary", "expected an index below " + integer_text(n_entries) + ", found " + found, bad);
}

result<void> check_indices(const stretch& at, physical kind, std::int64_t n_entries) {
    switch (kind) {
    case physical::int8:
        return check_indices<std::int8_t>(at, n_entries);
    case physical::uint8:
        return check_indices<std::uint8_t>(at, n_entries);
    case physical::int16:
        return check_indices<std::int16_t>(at, n_entries);
    case physical::uint16:
        return check_indices<std::uint16_t>(at, n_entries);
    case physical::int32:
        return check_indices<std::int32_t>(at, n_entries);
    case physical::uint32:
        return check_indices<std::uint32_t>(at, n_entries);
    case physical::int64:
        return check_indices<std::int64_t>(at, n_entries);
    default:
        return check_indices<std::uint64_t>(at, n_entries);
    }
}

result<void> check_structure(const stretch& at, physical kind) {
    DUALTRACK_TRYV(check_nulls(at));
    switch (kind) {
    case physical::utf8:
        return check_offsets<std::int32_t>(at);
    case physical::large_utf8:
        return check_offsets<std::int64_t>(at);
    case physical::utf8_view:
        return check_views(at);
    default:
        return success();
    }
}

/// UTF-8 of text whose borders hold. Runs of rows are looked at as one piece while they are ASCII, which nearly all
/// are.
template <class Offset> result<void> check_utf8(const stretch& at, bool is_redacted) {
    const void* borders = at.array->buffers[1];
    const char* text = static_cast<const char*>(at.array->buffers[2]);
    const auto border = [&](std::int64_t i) { return static_cast<std::int64_t>(load<Offset>(borders, at.start + i)); };
    std::int64_t bad = -1;
    at.each_present([&](std::int64_t begin, std::int64_t end) {
        if (border(begin) == border(end)) return true;
        if (is_ascii(text + border(begin), static_cast<std::size_t>(border(end) - border(begin)))) return true;
        for (std::int64_t i = begin; i < end; ++i) {
            if (is_utf8(text + border(i), static_cast<std::size_t>(border(i + 1) - border(i)))) continue;
            bad = i;
            return false;
        }
        return true;
    });
    if (bad < 0) return success();
    const std::string_view cell(text + border(bad), static_cast<std::size_t>(border(bad + 1) - border(bad)));
    return at.fault("data.utf8", "expected text in UTF-8, found " + (is_redacted ? "[redacted]" : shown(cell)), bad);
}

result<void> check_utf8_views(const stretch& at, bool is_redacted) {
    text_chunk chunk;
    chunk.layout = text_layout::views;
    chunk.n_rows = at.n;
    chunk.index = static_cast<const char*>(at.array->buffers[1]) + at.start * 16;
    chunk.buffers = at.array->buffers + 2;
    std::int64_t bad = -1;
    at.each_present([&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const std::string_view cell = chunk.at(i);
            if (is_utf8(cell.data(), cell.size())) continue;
            bad = i;
            return false;
        }
        return true;
    });
    if (bad < 0) return success();
    return at.fault("data.utf8", "expected text in UTF-8, found " + (is_redacted ? "[redacted]" : shown(chunk.at(bad))),
                    bad);
}

result<void> check_text(const stretch& at, physical kind, bool is_redacted) {
    if (at.n == 0) return success();
    switch (kind) {
    case physical::utf8:
        return check_utf8<std::int32_t>(at, is_redacted);
    case physical::large_utf8:
        return check_utf8<std::int64_t>(at, is_redacted);
    case physical::utf8_view:
        return check_utf8_views(at, is_redacted);
    default:
        return success();
    }
}

/// Rows that are missing as a whole have no meaning in a table.
result<void> check_rows(const table_plan& plan, const ArrowArray& batch, std::int64_t first_row) {
    const stretch at{plan.name, {}, &batch, batch.offset, batch.length, first_row};
    DUALTRACK_TRYV(check_nulls(at));
    std::int64_t bad = -1;
    if (at.validity() != nullptr)
        each_run(at.validity(), at.start, at.n, [&bad](std::int64_t begin, std::int64_t, bool set) {
            if (!set) bad = begin;
            return set;
        });
    if (bad >= 0) return at.fault("data.null", "expected a row, found one that is null as a whole", bad);
    return success();
}

} // namespace

result<void> check_content(const table_plan& plan, std::span<const owned<ArrowArray>> batches,
                           std::span<const std::int64_t> first_rows) {
    for (std::size_t b = 0; b < batches.size(); ++b) {
        DUALTRACK_TRYV(check_rows(plan, *batches[b], first_rows[b]));
    }
    for (const column_plan& column : plan.columns) {
        const auto each = [&](auto&& check) -> result<void> {
            for (std::size_t b = 0; b < batches.size(); ++b) {
                const column_window window = window_of(*batches[b], column.child, first_rows[b]);
                DUALTRACK_TRYV(check(
                    stretch{plan.name, column.name, window.array, window.start, window.n_rows, window.first_row}));
            }
            return success();
        };
        const auto entries = [](const stretch& at) {
            const ArrowArray* dictionary = at.array->dictionary;
            return stretch{at.table, at.column, dictionary, dictionary->offset, dictionary->length, -1};
        };
        DUALTRACK_TRYV(each([&](const stretch& at) { return check_structure(at, column.type.kind); }));
        const bool is_redacted = column.contract->is_personal;
        if (!column.is_dictionary) {
            DUALTRACK_TRYV(each([&](const stretch& at) { return check_text(at, column.type.kind, is_redacted); }));
            continue;
        }
        DUALTRACK_TRYV(each([&](const stretch& at) { return check_structure(entries(at), column.values.kind); }));
        DUALTRACK_TRYV(
            each([&](const stretch& at) { return check_indices(at, column.type.kind, at.array->dictionary->length); }));
        DUALTRACK_TRYV(
            each([&](const stretch& at) { return check_text(entries(at), column.values.kind, is_redacted); }));
    }
    return success();
}

} // namespace dualtrack::ingest
