#include "ingest/arrow_check.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include <dualtrack/base/text.hpp>

#include "ingest/arrow_text.hpp"

namespace dualtrack::ingest {
namespace {

using outcome::success;

/// Where a fault is said to be, and how rows are counted there.
struct spot {
    std::string_view table, column;
    bool in_dictionary = false;
    std::int64_t first_row = 0;

    [[nodiscard]] auto schema(std::string_view code, std::string message) const {
        return fail(status::schema, code, std::move(message), where());
    }
    [[nodiscard]] auto data(std::string_view code, std::string message, std::int64_t element = -1) const {
        if (in_dictionary) {
            message += element < 0 ? " in the dictionary" : " in dictionary entry " + integer_text(element);
            element = -1;
        }
        return fail(status::data, code, std::move(message), where(), element < 0 ? -1 : first_row + element);
    }
    [[nodiscard]] std::string where() const { return column.empty() ? std::string(table) : place(table, column); }
};

std::string expected_found(std::string_view expected, std::string_view found) {
    std::string text = "expected ";
    text += expected;
    text += ", found ";
    text += found;
    return text;
}

/// Whether the schema's metadata names an extension type, whose values mean something else than their storage.
/// Metadata is int32 pairs, then (int32 length, bytes) for each key and value.
bool is_extension(const char* metadata) noexcept {
    if (metadata == nullptr) return false;
    constexpr std::string_view key = "ARROW:extension:name";
    const auto take = [&metadata]() noexcept {
        std::int32_t number = 0;
        std::memcpy(&number, metadata, sizeof number);
        metadata += sizeof number;
        return number;
    };
    const std::int32_t n_pairs = take();
    for (std::int32_t i = 0; i < n_pairs; ++i) {
        const std::int32_t key_bytes = take();
        if (key_bytes < 0) return false;
        if (std::string_view(metadata, static_cast<std::size_t>(key_bytes)) == key) return true;
        metadata += key_bytes;
        const std::int32_t value_length = take();
        if (value_length < 0) return false;
        metadata += value_length;
    }
    return false;
}

result<void> check_type(const spot& at, const ArrowSchema& schema, const arrow_type& type) {
    if (type.kind == physical::malformed) {
        const std::string_view found = schema.format == nullptr ? "NULL" : "";
        return at.schema("arrow.format", expected_found("a format of the Arrow C data interface",
                                                        found.empty() ? shown(type.format) : std::string(found)));
    }
    if (type.kind == physical::unread)
        return at.schema("arrow.unsupported", expected_found("a type that widens exactly to a cell", type_text(type)));
    if (is_extension(schema.metadata))
        return at.schema("arrow.unsupported", expected_found("a plain type", "an extension type"));
    if (schema.n_children != 0)
        return at.schema("arrow.children",
                         expected_found("no children of " + type_text(type), integer_text(schema.n_children)));
    return success();
}

result<void> check_column_schema(const spot& at, const ArrowSchema& schema, const column_plan& column) {
    DUALTRACK_TRYV(check_type(at, schema, column.type));
    if (!column.is_dictionary) return success();
    const spot inside{at.table, at.column, true};
    if (!is_whole_number(column.type.kind))
        return at.data("arrow.dictionary", expected_found("integer indices", type_text(column.type)));
    if (schema.dictionary->dictionary != nullptr)
        return at.data("arrow.dictionary", expected_found("a plain dictionary", "a dictionary of a dictionary"));
    return check_type(inside, *schema.dictionary, column.values);
}

result<void> check_names(const contract_table& table, const ArrowSchema& schema) {
    std::vector<std::pair<std::string_view, std::int64_t>> names;
    names.reserve(static_cast<std::size_t>(schema.n_children));
    for (std::int64_t i = 0; i < schema.n_children; ++i) {
        const ArrowSchema* child = schema.children[i];
        const spot at{table.name, {}};
        if (child == nullptr)
            return at.schema("arrow.children", expected_found("a column at position " + integer_text(i), "NULL"));
        if (child->name == nullptr)
            return at.schema("arrow.name", expected_found("a name for column " + integer_text(i), "NULL"));
        const std::size_t length = bounded_length(child->name, longest_format);
        if (length == longest_format)
            return at.schema("arrow.name", expected_found("a name below 4096 bytes for column " + integer_text(i),
                                                          shown({child->name, length})));
        if (!is_utf8(child->name, length))
            return at.schema("arrow.name", expected_found("a name in UTF-8 for column " + integer_text(i),
                                                          shown({child->name, length})));
        names.emplace_back(std::string_view(child->name, length), i);
    }
    std::sort(names.begin(), names.end());
    const auto twice =
        std::adjacent_find(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
    if (twice != names.end())
        return spot{table.name, twice->first}.schema(
            "schema.duplicate_column", "expected one column of the name, found it at positions " +
                                           integer_text(twice->second) + " and " + integer_text((twice + 1)->second));
    return success();
}

/// How many buffers a column of the type has; text views have any number from there.
std::int64_t buffers_of(physical kind) noexcept {
    return kind == physical::null ? 0 : is_text(kind) ? 3 : 2;
}

result<void> check_lengths(const spot& at, const ArrowArray& array) {
    if (array.length < 0 || array.length > longest_array)
        return at.data("arrow.length", expected_found("a length of 0 to 2^40", integer_text(array.length)));
    if (array.offset < 0 || array.offset > longest_array)
        return at.data("arrow.length", expected_found("an offset of 0 to 2^40", integer_text(array.offset)));
    if (array.null_count < -1 || array.null_count > array.length)
        return at.data("arrow.null_count", expected_found("a null count of -1 to " + integer_text(array.length),
                                                          integer_text(array.null_count)));
    return success();
}

result<void> check_buffers(const spot& at, const ArrowArray& array, physical kind) {
    const std::int64_t n = buffers_of(kind);
    const bool fits =
        kind == physical::utf8_view ? array.n_buffers >= n && array.n_buffers <= most_rows : array.n_buffers == n;
    if (!fits)
        return at.data("arrow.buffers",
                       expected_found(integer_text(n) + (kind == physical::utf8_view ? " buffers or more" : " buffers"),
                                      integer_text(array.n_buffers)));
    if (n == 0) return success();
    if (array.buffers == nullptr) return at.data("arrow.buffers", expected_found("an array of buffers", "NULL"));
    if (array.length > 0 && array.buffers[1] == nullptr)
        return at.data(
            "arrow.buffers",
            expected_found(is_text(kind) && kind != physical::utf8_view ? "a buffer of offsets" : "a buffer of values",
                           "NULL for " + integer_text(array.length) + " rows"));
    if (array.n_children != 0)
        return at.data("arrow.children", expected_found("no children of a column", integer_text(array.n_children)));
    return success();
}

} // namespace

column_window window_of(const ArrowArray& batch, std::int64_t child, std::int64_t first_row) noexcept {
    const ArrowArray* array = batch.children[child];
    return {array, array->offset + batch.offset, batch.length, first_row};
}

column_plan plan_column(const ArrowSchema& schema, std::int64_t child, const contract_column* contract) noexcept {
    const ArrowSchema& from = *schema.children[child];
    column_plan column;
    column.child = child;
    column.name = from.name;
    column.contract = contract;
    column.type = read_format(from.format);
    column.is_dictionary = from.dictionary != nullptr;
    if (column.is_dictionary) column.values = read_format(from.dictionary->format);
    return column;
}

result<table_plan> check_schema(const contract_table& table, const ArrowSchema& schema) {
    const spot at{table.name, {}};
    const arrow_type type = read_format(schema.format);
    if (schema.format == nullptr || type.format != "+s")
        return at.schema("arrow.format", expected_found("a struct of columns, format \"+s\"",
                                                        schema.format == nullptr ? "NULL" : shown(type.format)));
    if (schema.dictionary != nullptr)
        return at.schema("arrow.children", expected_found("a struct of columns", "a dictionary of structs"));
    if (schema.n_children < 0)
        return at.schema("arrow.children", expected_found("a number of columns", integer_text(schema.n_children)));
    if (schema.n_children > most_columns)
        return at.schema("limit.columns", expected_found("at most 4096 columns", integer_text(schema.n_children)));
    if (schema.n_children > 0 && schema.children == nullptr)
        return at.schema("arrow.children", expected_found(integer_text(schema.n_children) + " columns", "NULL"));
    DUALTRACK_TRYV(check_names(table, schema));

    table_plan plan;
    plan.name = table.name;
    plan.n_columns = schema.n_children;
    for (std::int64_t i = 0; i < schema.n_children; ++i) {
        const char* format = schema.children[i]->format;
        const char* name = schema.children[i]->name;
        // A column that nobody reads may have a type that nobody knows, but not none at all.
        if (format == nullptr || *format == 0 || bounded_length(format, longest_format) == longest_format)
            return spot{table.name, name}.schema(
                "arrow.format", expected_found("a format of the Arrow C data interface",
                                               format == nullptr ? "NULL" : shown(read_format(format).format)));
        if (const contract_column* known = find_contract_column(table, name))
            plan.columns.push_back(plan_column(schema, i, known));
    }
    std::sort(plan.columns.begin(), plan.columns.end(), [](const column_plan& a, const column_plan& b) {
        return a.contract != b.contract ? a.contract < b.contract : a.name < b.name;
    });
    for (const column_plan& column : plan.columns) {
        DUALTRACK_TRYV(check_column_schema({table.name, column.name}, *schema.children[column.child], column));
    }
    return plan;
}

result<void> check_shape(const table_plan& plan, const ArrowArray& batch, std::int64_t batch_number,
                         std::int64_t first_row) {
    const spot at{plan.name, {}, false, first_row};
    const std::string in_batch = " in batch " + integer_text(batch_number);
    DUALTRACK_TRYV(check_lengths(at, batch));
    if (batch.length > most_rows - first_row)
        return at.data("limit.rows", expected_found("at most 2147483647 rows", integer_text(first_row + batch.length)));
    if (batch.n_children != plan.n_columns)
        return at.schema("arrow.children", expected_found(integer_text(plan.n_columns) + " columns as in the schema",
                                                          integer_text(batch.n_children) + in_batch));
    if (batch.n_children > 0 && batch.children == nullptr)
        return at.schema("arrow.children",
                         expected_found(integer_text(plan.n_columns) + " columns", "NULL" + in_batch));
    if (batch.dictionary != nullptr)
        return at.schema("arrow.children", expected_found("a struct of columns", "a dictionary" + in_batch));
    if (batch.n_buffers != 1 || batch.buffers == nullptr)
        return at.data("arrow.buffers",
                       expected_found("1 buffer of a struct",
                                      (batch.n_buffers == 1 ? "NULL" : integer_text(batch.n_buffers)) + in_batch));
    for (std::int64_t i = 0; i < batch.n_children; ++i)
        if (batch.children[i] == nullptr)
            return at.schema("arrow.children",
                             expected_found("a column at position " + integer_text(i), "NULL" + in_batch));
    // Lengths hold for every column, read or not; only then do windows mean anything.
    for (std::int64_t i = 0; i < batch.n_children; ++i) {
        const ArrowArray& child = *batch.children[i];
        DUALTRACK_TRYV(check_lengths(at, child));
        if (child.length < batch.offset + batch.length)
            return at.schema("arrow.children", expected_found(integer_text(batch.offset + batch.length) +
                                                                  " rows of column " + integer_text(i),
                                                              integer_text(child.length) + in_batch));
    }
    for (const column_plan& column : plan.columns) {
        const ArrowArray& child = *batch.children[column.child];
        const spot there{plan.name, column.name, false, first_row};
        DUALTRACK_TRYV(check_buffers(there, child, column.type.kind));
        if (column.is_dictionary != (child.dictionary != nullptr))
            return there.data("arrow.dictionary",
                              expected_found(column.is_dictionary ? "a dictionary" : "no dictionary",
                                             (column.is_dictionary ? "NULL" : "one") + in_batch));
        if (!column.is_dictionary) continue;
        const spot inside{plan.name, column.name, true};
        if (child.dictionary->dictionary != nullptr)
            return there.data("arrow.dictionary", expected_found("a plain dictionary", "a dictionary of a dictionary"));
        DUALTRACK_TRYV(check_lengths(inside, *child.dictionary));
        DUALTRACK_TRYV(check_buffers(inside, *child.dictionary, column.values.kind));
    }
    return success();
}

} // namespace dualtrack::ingest
