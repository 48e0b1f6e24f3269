// How a reader walks a column: batch by batch, run by run of cells that are there, in parallel blocks whose borders
// depend on the number of rows alone. Values under nulls are never looked at. What goes wrong is told by the smallest
// row.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/parallel.hpp>
#include <dualtrack/base/result.hpp>

#include "ingest/arrow_check.hpp"
#include "ingest/arrow_text.hpp"
#include "ingest/arrow_type.hpp"
#include "ingest/table.hpp"

namespace dualtrack::ingest {

inline constexpr std::int64_t block_rows = 65536;        // a multiple of 8: blocks share no byte of a bitmap
inline constexpr std::int64_t most_serial_rows = 100000; // below that, threads cost more than they bring

/// One batch of a column as the loops see it.
struct cell_window {
    const ArrowArray* array = nullptr;
    const ArrowArray* dictionary = nullptr;
    const std::uint8_t* validity = nullptr; // NULL: every cell is there
    std::int64_t start = 0;                 // element of the buffers that the window begins with
    std::int64_t n_rows = 0;
    std::int64_t first_row = 0;

    [[nodiscard]] const char* values() const noexcept { return static_cast<const char*>(array->buffers[1]); }
};

/// A column that a reader has opened.
struct cell_column {
    const input_table* table = nullptr;
    column_plan plan;
    vec<cell_window> windows;

    explicit cell_column(std::pmr::memory_resource* memory) : windows(memory) {}
    [[nodiscard]] std::int64_t n_rows() const noexcept { return table->n_rows; }
    [[nodiscard]] const arrow_type& cell_type() const noexcept { return plan.is_dictionary ? plan.values : plan.type; }
    [[nodiscard]] std::string where() const { return place(table->name, plan.name); }
    /// What was found, unless it must not be shown.
    [[nodiscard]] std::string found(std::string text) const {
        return plan.contract->is_personal ? std::string("[redacted]") : std::move(text);
    }
    [[nodiscard]] auto fault(std::string_view code, std::string message, std::int64_t row) const {
        return fail(status::data, code, std::move(message), where(), row);
    }
    [[nodiscard]] auto missing_at(std::int64_t row) const {
        return fault("data.null", "expected a value, found null", row);
    }
};

/// Opens a column of the data contract.
[[nodiscard]] result<cell_column> open_column(const run_context& run, const input_table& table,
                                              std::string_view column);

/// The window that a dictionary's own entries make, as if they were a batch.
[[nodiscard]] cell_window entries_of(const cell_window& window) noexcept;

/// The failure of a column whose type does not widen to what is read.
[[nodiscard]] error wrong_type(const cell_column& column, std::string_view expected);

/// A reference to a callable, so that the block loop below is compiled once and not once a caller.
template <class Signature> class callable;
template <class Out, class... Arguments> class callable<Out(Arguments...)> {
  public:
    template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, callable>) callable(F&& f)
    noexcept // meant to convert
        : object_(const_cast<void*>(static_cast<const void*>(std::addressof(f)))),
          call_([](void* object, Arguments... arguments) -> Out {
              return (*static_cast<std::remove_reference_t<F>*>(object))(std::forward<Arguments>(arguments)...);
          }) {}
    Out operator()(Arguments... arguments) const { return call_(object_, std::forward<Arguments>(arguments)...); }

  private:
    void* object_;
    Out (*call_)(void*, Arguments...);
};

/// Calls f(window, begin, end) for pieces of windows that lie in one block, in parallel when there are many rows.
/// f gets cells [begin, end) of the window.
[[nodiscard]] result<void> each_piece(const run_context& run, const cell_column& column,
                                      callable<result<void>(const cell_window&, std::int64_t, std::int64_t)> f);

/// Calls f(begin, end, is_there) for runs of cells in [begin, end) of a window; stops when f returns false.
template <class F> bool each_cell_run(const cell_window& window, std::int64_t begin, std::int64_t end, F&& f) {
    if (window.validity == nullptr) return f(begin, end, true);
    return each_run(window.validity, window.start + begin, end - begin,
                    [&](std::int64_t from, std::int64_t to, bool set) { return f(begin + from, begin + to, set); });
}

/// Number of cells of the window that are missing.
[[nodiscard]] inline std::int64_t count_missing(const cell_window& window) noexcept {
    return window.validity == nullptr ? 0 : window.n_rows - count_set(window.validity, window.start, window.n_rows);
}

/// Integers as their decimal text. The column's bitmaps are shared, so the table must outlive what is returned.
[[nodiscard]] result<text_column> text_of_integers(const run_context& run, const cell_column& column, presence need);

/// @returns whether the column has a null, its dictionary's entries included
[[nodiscard]] bool has_missing(const cell_column& column) noexcept;

/// Calls f with the integral type of dictionary indices as std::type_identity.
template <class F> decltype(auto) visit_index(physical kind, F&& f) {
    switch (kind) {
    case physical::int8:
        return f(std::type_identity<std::int8_t>{});
    case physical::uint8:
        return f(std::type_identity<std::uint8_t>{});
    case physical::int16:
        return f(std::type_identity<std::int16_t>{});
    case physical::uint16:
        return f(std::type_identity<std::uint16_t>{});
    case physical::int32:
        return f(std::type_identity<std::int32_t>{});
    case physical::uint32:
        return f(std::type_identity<std::uint32_t>{});
    case physical::int64:
        return f(std::type_identity<std::int64_t>{});
    default:
        return f(std::type_identity<std::uint64_t>{});
    }
}

template <class T> [[nodiscard]] T load_at(const void* buffer, std::int64_t i) noexcept {
    T value; // buffers may be unaligned
    std::memcpy(&value, static_cast<const char*>(buffer) + i * static_cast<std::int64_t>(sizeof(T)), sizeof value);
    return value;
}

/// Where results of a column go: one element a row, and a validity byte where asked for.
template <class Out> struct sink {
    Out* value = nullptr;
    std::uint8_t* valid = nullptr; // or NULL
    Out missing{};
    presence need = presence::optional;

    /// Rows [row, row + n) are missing. @returns false when they may not be
    [[nodiscard]] bool set_missing(std::int64_t row, std::int64_t n) const noexcept {
        if (need == presence::required) return false;
        std::fill_n(value + row, n, missing);
        if (valid != nullptr) std::fill_n(valid + row, n, std::uint8_t{0});
        return true;
    }
};

/// The entries of one batch's dictionary, converted once.
template <class Out> struct dictionary_entries {
    enum state : std::uint8_t { there, missing, wrong };
    vec<Out> value;
    vec<std::uint8_t> states;
    explicit dictionary_entries(std::pmr::memory_resource* memory) : value(memory), states(memory) {}
};

/// Looks cells [begin, end) up in the entries of their batch. @returns the first that may not be missing or uses a
/// wrong entry, or -1
template <class Index, class Out>
[[nodiscard]] std::int64_t gather_piece(const cell_window& window, std::int64_t begin, std::int64_t end,
                                        const dictionary_entries<Out>& from, const sink<Out>& to) noexcept {
    using states = dictionary_entries<Out>;
    std::int64_t bad = -1;
    each_cell_run(window, begin, end, [&](std::int64_t i, std::int64_t stop, bool there) {
        if (!there) {
            if (!to.set_missing(window.first_row + i, stop - i)) bad = i;
            return bad < 0;
        }
        for (; i < stop; ++i) {
            const auto entry = static_cast<std::size_t>(load_at<Index>(window.values(), window.start + i));
            const std::int64_t row = window.first_row + i;
            if (from.states[entry] == states::there) {
                to.value[row] = from.value[entry];
            } else if (from.states[entry] == states::wrong || !to.set_missing(row, 1)) {
                bad = i;
                return false;
            }
        }
        return true;
    });
    return bad;
}

/// Looks every row up in its batch's entries. An entry that is wrong is an error only where a row uses it; `explain`
/// gets the entries, the number of one, and the row, and makes the error.
template <class Out>
[[nodiscard]] result<void> gather(const run_context& run, const cell_column& column,
                                  const vec<dictionary_entries<Out>>& entries, const sink<Out>& to,
                                  callable<error(const cell_window&, std::int64_t, std::int64_t)> explain) {
    return each_piece(
        run, column, [&](const cell_window& window, std::int64_t begin, std::int64_t end) -> result<void> {
            const dictionary_entries<Out>& from = entries[static_cast<std::size_t>(&window - column.windows.data())];
            const physical kind = column.plan.type.kind;
            const std::int64_t bad = visit_index(kind, [&](auto tag) {
                return gather_piece<typename decltype(tag)::type>(window, begin, end, from, to);
            });
            if (bad < 0) return outcome::success();
            const std::int64_t row = window.first_row + bad;
            if (window.validity != nullptr && !bit_at(window.validity, window.start + bad))
                return column.missing_at(row);
            const auto entry = visit_index(kind, [&](auto tag) {
                return static_cast<std::int64_t>(
                    load_at<typename decltype(tag)::type>(window.values(), window.start + bad));
            });
            if (from.states[static_cast<std::size_t>(entry)] == dictionary_entries<Out>::missing)
                return column.missing_at(row);
            return outcome::failure(explain(entries_of(window), entry, row));
        });
}

/// Every row missing, as a column of type null has it.
template <class Out> [[nodiscard]] result<void> fill_missing(const cell_column& column, const sink<Out>& to) {
    if (column.n_rows() > 0 && !to.set_missing(0, column.n_rows())) return column.missing_at(0);
    return outcome::success();
}

// Text cells by layout: text_cell<kind>(window, i) is the text of the i-th cell of the window.
template <physical kind>
[[nodiscard]] inline std::string_view text_cell(const cell_window& window, std::int64_t i) noexcept {
    const std::int64_t at = window.start + i;
    if constexpr (kind == physical::utf8_view) {
        const char* view = window.values() + at * 16;
        const auto length = load_at<std::int32_t>(view, 0);
        if (length <= 12) return {view + 4, static_cast<std::size_t>(length)};
        const auto* bytes = static_cast<const char*>(window.array->buffers[2 + load_at<std::int32_t>(view, 2)]);
        return {bytes + load_at<std::int32_t>(view, 3), static_cast<std::size_t>(length)};
    } else {
        using offset = std::conditional_t<kind == physical::utf8, std::int32_t, std::int64_t>;
        const auto begin = load_at<offset>(window.values(), at);
        const auto end = load_at<offset>(window.values(), at + 1);
        return {static_cast<const char*>(window.array->buffers[2]) + begin, static_cast<std::size_t>(end - begin)};
    }
}

template <physical kind> using text_kind = std::integral_constant<physical, kind>;

/// Calls f with the layout of a text type as text_kind. @pre is_text(kind)
template <class F> decltype(auto) visit_text(physical kind, F&& f) {
    switch (kind) {
    case physical::utf8:
        return f(text_kind<physical::utf8>{});
    case physical::large_utf8:
        return f(text_kind<physical::large_utf8>{});
    default:
        return f(text_kind<physical::utf8_view>{});
    }
}

} // namespace dualtrack::ingest
