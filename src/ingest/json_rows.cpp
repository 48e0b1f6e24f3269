// JSON rows become Arrow arrays of the types the contract asks for, and go on as any other table: there is one way in.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>
#include <unordered_map>
#include <utility>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/text.hpp>

#include "ingest/arrow_check.hpp"
#include "ingest/arrow_text.hpp"
#include "ingest/json_reader.hpp"
#include "ingest/table.hpp"

namespace dualtrack::ingest {
namespace {

using outcome::success;

/// Cells of a whole table: rows times columns. JSON rows may leave cells out, arrays may not.
constexpr std::size_t most_cells = 200'000'000;

/// One key of the rows, with the rows that have it.
struct key_column {
    std::string_view name;
    std::vector<std::uint32_t> row, node;
    const contract_column* contract = nullptr;
};

/// What one released struct owns.
struct built_memory {
    std::vector<std::uint8_t> validity;
    std::vector<char> values;
    std::vector<std::int32_t> offsets;
    std::array<const void*, 3> buffers{};
    std::string name;
    std::vector<ArrowArray> arrays;
    std::vector<ArrowArray*> array_pointers;
    std::vector<ArrowSchema> schemas;
    std::vector<ArrowSchema*> schema_pointers;
};

void release_array(ArrowArray* array) {
    auto* memory = static_cast<built_memory*>(array->private_data);
    for (ArrowArray& child : memory->arrays)
        if (child.release != nullptr) child.release(&child);
    array->release = nullptr;
    delete memory;
}

void release_schema(ArrowSchema* schema) {
    auto* memory = static_cast<built_memory*>(schema->private_data);
    for (ArrowSchema& child : memory->schemas)
        if (child.release != nullptr) child.release(&child);
    schema->release = nullptr;
    delete memory;
}

struct built_column {
    owned<ArrowSchema> schema;
    owned<ArrowArray> array;
};

/// A column on the way from JSON to Arrow.
class column_builder {
  public:
    column_builder(const json_document& document, std::string_view table, const key_column& key, std::size_t n_rows)
        : document_(document), table_(table), key_(key), n_rows_(n_rows), memory_(std::make_unique<built_memory>()) {}

    result<built_column> build() {
        if (key_.contract == nullptr) return finish("n", 0); // never read: it is there to be counted
        DUALTRACK_TRY(const json_kind kind, one_kind());
        if (kind == json_kind::null) return finish("n", 0);
        mark_rows();
        switch (key_.contract->kind) {
        case cell_kind::date:
            return dates(kind);
        case cell_kind::flag:
            if (kind == json_kind::boolean) return flags();
            return kind == json_kind::number ? numbers() : unexpected(kind, "true or false");
        case cell_kind::money:
        case cell_kind::number:
        case cell_kind::integer:
            return kind == json_kind::number ? numbers() : unexpected(kind, "a number");
        case cell_kind::id:
            if (kind == json_kind::text) return texts();
            return kind == json_kind::number ? integers("a string or an integer")
                                             : unexpected(kind, "a string or an integer");
        case cell_kind::category:
            if (kind == json_kind::text) return texts();
            if (kind == json_kind::boolean) return flags();
            return kind == json_kind::number ? integers("a string or an integer") : unexpected(kind, "a string");
        case cell_kind::text:
        case cell_kind::word:
            return kind == json_kind::text ? texts() : unexpected(kind, "a string");
        }
        return unexpected(kind, "a cell");
    }

  private:
    [[nodiscard]] const json_node& node(std::size_t i) const { return document_.nodes[key_.node[i]]; }
    [[nodiscard]] std::string_view text(std::size_t i) const { return text_of(document_, key_.node[i]); }
    [[nodiscard]] std::string found(std::size_t i) const {
        if (key_.contract->is_personal) return "[redacted]";
        const json_node& cell = node(i);
        if (cell.kind == json_kind::text) return shown(text(i));
        if (cell.kind == json_kind::number) return cell.integral ? integer_text(cell.whole) : number_text(cell.real);
        if (cell.kind == json_kind::boolean) return cell.truth ? "true" : "false";
        return std::string(json_kind_words[static_cast<std::size_t>(cell.kind)]);
    }
    [[nodiscard]] auto wrong(status kind, std::string_view code, std::string_view expected, std::size_t i,
                             std::string_view hint = {}) const {
        return fail(kind, code,
                    "expected " + std::string(expected) + ", found " + found(i) + " at byte " +
                        integer_text(node(i).byte) + std::string(hint),
                    place(table_, key_.name), key_.row[i]);
    }
    [[nodiscard]] result<built_column> unexpected(json_kind kind, std::string_view expected) const {
        for (std::size_t i = 0; i < key_.node.size(); ++i)
            if (node(i).kind == kind)
                return wrong(status::schema, "schema.type", expected, i,
                             kind == json_kind::text ? "; text is never parsed" : "");
        return fail(status::internal, "internal.exception", "expected a cell of the kind", place(table_, key_.name));
    }
    /// The kind that all cells of the column have that are not null.
    result<json_kind> one_kind() const {
        json_kind kind = json_kind::null;
        for (std::size_t i = 0; i < key_.node.size(); ++i) {
            const json_kind cell = node(i).kind;
            if (cell == json_kind::null) continue;
            if (cell == json_kind::list || cell == json_kind::object)
                return wrong(status::schema, "schema.type", "a cell", i);
            if (kind == json_kind::null) kind = cell;
            if (kind != cell)
                return wrong(status::schema, "schema.type",
                             std::string(json_kind_words[static_cast<std::size_t>(kind)]) + " as in the rows before",
                             i);
        }
        return kind;
    }
    [[nodiscard]] bool has(std::size_t i) const { return node(i).kind != json_kind::null; }

    /// The bitmap of rows that have a cell.
    void mark_rows() {
        memory_->validity.resize((n_rows_ + 7) / 8);
        for (std::size_t i = 0; i < key_.row.size(); ++i) {
            if (!has(i)) continue;
            const std::uint32_t row = key_.row[i];
            memory_->validity[row / 8] = static_cast<std::uint8_t>(memory_->validity[row / 8] | (1U << (row % 8)));
            ++n_there_;
        }
        memory_->buffers[0] = memory_->validity.data();
    }
    template <class T> void put(std::uint32_t row, T value) {
        std::memcpy(memory_->values.data() + row * sizeof(T), &value, sizeof value);
    }
    result<built_column> dates(json_kind kind) {
        if (kind != json_kind::text) return unexpected(kind, "a date \"YYYY-MM-DD\"");
        memory_->values.resize(n_rows_ * sizeof(std::int32_t));
        for (std::size_t i = 0; i < key_.row.size(); ++i) {
            if (!has(i)) continue;
            const std::optional<std::int32_t> day = calendar::parse_iso_date(text(i));
            if (!day) return wrong(status::data, "data.date", "a date \"YYYY-MM-DD\"", i);
            put(key_.row[i], *day);
        }
        return finish("tdD", 2);
    }
    result<built_column> flags() {
        memory_->values.resize((n_rows_ + 7) / 8);
        for (std::size_t i = 0; i < key_.row.size(); ++i) {
            const std::uint32_t row = key_.row[i];
            if (has(i) && node(i).truth)
                memory_->values[row / 8] = static_cast<char>(memory_->values[row / 8] | (1 << (row % 8)));
        }
        return finish("b", 2);
    }
    result<built_column> integers(std::string_view expected) {
        memory_->values.resize(n_rows_ * sizeof(std::int64_t));
        for (std::size_t i = 0; i < key_.row.size(); ++i) {
            if (!has(i)) continue;
            if (!node(i).integral) return wrong(status::schema, "schema.type", expected, i);
            put(key_.row[i], node(i).whole);
        }
        return finish("l", 2);
    }
    /// Integers when all cells are written as integers, so that none loses a digit; doubles otherwise.
    result<built_column> numbers() {
        bool all_whole = true;
        for (std::size_t i = 0; i < key_.row.size(); ++i) all_whole = all_whole && (!has(i) || node(i).integral);
        if (all_whole) return integers("an integer");
        memory_->values.resize(n_rows_ * sizeof(double));
        constexpr std::int64_t exact = std::int64_t{1} << 53;
        for (std::size_t i = 0; i < key_.row.size(); ++i) {
            if (!has(i)) continue;
            if (node(i).integral && (node(i).whole > exact || node(i).whole < -exact))
                return wrong(status::data, "data.range", "whole numbers of at most 2^53 beside fractions", i);
            put(key_.row[i], number_of(node(i)));
        }
        return finish("g", 2);
    }
    result<built_column> texts() {
        std::vector<std::uint32_t> node_of(n_rows_, 0);
        for (std::size_t i = 0; i < key_.row.size(); ++i)
            if (has(i)) node_of[key_.row[i]] = key_.node[i];
        memory_->offsets.reserve(n_rows_ + 1);
        memory_->offsets.push_back(0);
        for (const std::uint32_t at : node_of) {
            // The text as a whole is below 1 GiB, so offsets of 32 bits hold it.
            if (at != 0) {
                const std::string_view cell = text_of(document_, at);
                memory_->values.insert(memory_->values.end(), cell.begin(), cell.end());
            }
            memory_->offsets.push_back(static_cast<std::int32_t>(memory_->values.size()));
        }
        return finish("u", 3);
    }
    built_column finish(const char* format, std::int64_t n_buffers) {
        built_column built;
        auto named = std::make_unique<built_memory>();
        named->name = key_.name;
        ArrowSchema schema{};
        schema.format = format;
        schema.name = named->name.c_str();
        schema.flags = ARROW_FLAG_NULLABLE;
        schema.release = release_schema;
        schema.private_data = named.release();
        built.schema = owned<ArrowSchema>(schema);
        const bool is_text = n_buffers == 3;
        if (is_text) memory_->buffers[1] = memory_->offsets.data();
        if (n_buffers >= 2) memory_->buffers[is_text ? 2 : 1] = memory_->values.data();
        ArrowArray array{};
        array.length = static_cast<std::int64_t>(n_rows_);
        array.null_count = static_cast<std::int64_t>(n_rows_) - n_there_;
        array.n_buffers = n_buffers;
        array.buffers = memory_->buffers.data();
        array.release = release_array;
        array.private_data = memory_.release();
        built.array = owned<ArrowArray>(array);
        return built;
    }

    const json_document& document_;
    std::string_view table_;
    const key_column& key_;
    std::size_t n_rows_;
    std::unique_ptr<built_memory> memory_;
    std::int64_t n_there_ = 0;
};

/// The keys of all rows, in the order they are first met.
result<std::vector<key_column>> collect_keys(const json_document& document, const contract_table& table,
                                             std::uint32_t& n_rows) {
    std::vector<key_column> keys;
    std::unordered_map<std::string_view, std::size_t> place_of; // looked up alone, never walked
    const json_node& list = document.nodes[0];
    const auto kind_text = [](const json_node& node) {
        return std::string(json_kind_words[static_cast<std::size_t>(node.kind)]);
    };
    if (list.kind != json_kind::list)
        return fail(status::schema, "schema.type", "expected an array of objects, found " + kind_text(list),
                    std::string(table.name));
    n_rows = 0;
    for (std::uint32_t at = first_child(document, 0); at != list.end; at = document.nodes[at].end, ++n_rows) {
        const json_node& object = document.nodes[at];
        if (object.kind != json_kind::object)
            return fail(status::schema, "schema.type",
                        "expected an object, found " + kind_text(object) + " at byte " + integer_text(object.byte),
                        std::string(table.name), n_rows);
        for (std::uint32_t key = first_child(document, at); key != object.end; key = document.nodes[key + 1].end) {
            const std::string_view name = text_of(document, key);
            const auto [known, is_new] = place_of.try_emplace(name, keys.size());
            if (is_new) {
                if (keys.size() == static_cast<std::size_t>(most_columns))
                    return fail(status::schema, "limit.columns", "expected at most 4096 columns, found more",
                                std::string(table.name), n_rows);
                if (name.find('\0') != std::string_view::npos)
                    return fail(status::schema, "arrow.name", "expected a name without a NUL, found " + shown(name),
                                std::string(table.name), n_rows);
                keys.emplace_back().name = name;
                keys.back().contract = find_contract_column(table, name);
            }
            keys[known->second].row.push_back(n_rows);
            keys[known->second].node.push_back(key + 1);
        }
    }
    if (n_rows == 0) // no row names a column: a table without rows has those it must have
        for (const contract_column& column : table.columns)
            if (column.is_required) {
                keys.emplace_back().name = column.name;
                keys.back().contract = &column;
            }
    if (keys.size() * std::size_t{n_rows} > most_cells)
        return fail(status::data, "limit.rows", "expected at most 200000000 cells in JSON rows, found more",
                    std::string(table.name));
    return keys;
}

/// Row that a failure of the JSON text is in, when its pointer says so.
std::int64_t row_of_pointer(std::string_view pointer) noexcept {
    std::int64_t row = -1;
    if (pointer.starts_with('/')) std::from_chars(pointer.data() + 1, pointer.data() + pointer.size(), row);
    return row;
}

} // namespace

result<void> add_json_rows(table_set& set, std::string_view name, std::string_view json) {
    DUALTRACK_TRY(const contract_table* const table, known_table(name));
    if (set.find(name) != nullptr)
        return fail(status::argument, "argument.table_name",
                    "expected a table that is not there yet, found a second one", std::string(name));
    result<json_document> read = read_json(json, table_json_limits, status::data);
    if (!read) {
        const error& failure = read.error();
        return fail(failure.kind, failure.code, failure.message, std::string(table->name),
                    row_of_pointer(failure.where));
    }
    const json_document& document = read.value();
    std::uint32_t n_rows = 0;
    DUALTRACK_TRY(std::vector<key_column> keys, collect_keys(document, *table, n_rows));
    // Errors come in the order of the contract, whatever the order of the keys.
    std::sort(keys.begin(), keys.end(), [](const key_column& a, const key_column& b) {
        if ((a.contract == nullptr) != (b.contract == nullptr)) return b.contract == nullptr;
        return a.contract != b.contract ? a.contract < b.contract : a.name < b.name;
    });

    std::vector<built_column> columns;
    for (const key_column& key : keys) {
        DUALTRACK_TRY(columns.emplace_back(), column_builder(document, table->name, key, n_rows).build());
    }
    auto schemas = std::make_unique<built_memory>();
    auto arrays = std::make_unique<built_memory>();
    schemas->schemas.resize(columns.size());
    schemas->schema_pointers.resize(columns.size());
    arrays->arrays.resize(columns.size());
    arrays->array_pointers.resize(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        schemas->schemas[i] = std::exchange(*columns[i].schema, ArrowSchema{});
        schemas->schema_pointers[i] = &schemas->schemas[i];
        arrays->arrays[i] = std::exchange(*columns[i].array, ArrowArray{});
        arrays->array_pointers[i] = &arrays->arrays[i];
    }
    ArrowSchema schema{};
    schema.format = "+s";
    schema.name = "";
    schema.n_children = static_cast<std::int64_t>(columns.size());
    schema.children = schemas->schema_pointers.data();
    schema.release = release_schema;
    schema.private_data = schemas.release();
    ArrowArray array{};
    array.length = n_rows;
    array.n_buffers = 1;
    array.buffers = arrays->buffers.data();
    array.n_children = static_cast<std::int64_t>(columns.size());
    array.children = arrays->array_pointers.data();
    array.release = release_array;
    array.private_data = arrays.release();
    return add_batch(set, name, &schema, &array);
}

} // namespace dualtrack::ingest
