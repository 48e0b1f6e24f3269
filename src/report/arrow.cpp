#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "report/export.hpp"

namespace dualtrack::report {
namespace {

constexpr std::int64_t batch_rows = 65536;
constexpr std::size_t batch_text_bytes = 16U << 20U; // of a utf8 column; a batch is cut in half as long as it has more
constexpr std::size_t most_text_bytes = 0x7FFFFFFF;  // of a single cell: offsets have 32 bits

// ---- what one released struct owns ----

struct schema_memory {
    std::string name, metadata;
    std::vector<ArrowSchema> children;
    std::vector<ArrowSchema*> pointers;
};

struct array_memory {
    std::vector<std::uint8_t> validity;
    std::vector<char> values;
    std::vector<std::int32_t> offsets;
    std::array<const void*, 3> buffers{};
    std::vector<ArrowArray> children;
    std::vector<ArrowArray*> pointers;
};

/// Children that were moved away have release NULL already; the rest goes with the parent.
template <class Struct, class Memory> void release_struct(Struct* released) {
    auto* memory = static_cast<Memory*>(released->private_data);
    for (Struct* child : memory->pointers)
        if (child->release != nullptr) child->release(child);
    released->release = nullptr;
    released->private_data = nullptr;
    delete memory;
}

// ---- schema ----

struct format_of {
    const char* operator()(const money_column*) const { return "g"; }
    const char* operator()(const date_column*) const { return "tdD"; }
    const char* operator()(const flag_column*) const { return "b"; }
    const char* operator()(const column<double>*) const { return "g"; }
    const char* operator()(const column<std::int64_t>*) const { return "l"; }
    template <class Text> const char* operator()(const Text*) const { return "u"; }
};

void append_number(std::string& to, std::size_t number) {
    const auto narrow = static_cast<std::int32_t>(number);
    to.append(reinterpret_cast<const char*>(&narrow), sizeof narrow);
}

/// Unit and meaning travel as the field's metadata, in Arrow's encoding: counted pairs of counted bytes.
std::string metadata_of(const column_view& column) {
    std::string text;
    append_number(text, 2);
    const std::array<std::pair<std::string_view, std::string_view>, 2> pairs{
        {{"unit", column.unit}, {"meaning", column.meaning}}};
    for (const auto& [key, value] : pairs) {
        append_number(text, key.size());
        text += key;
        append_number(text, value.size());
        text += value;
    }
    return text;
}

ArrowSchema make_field(const column_view& column) {
    auto memory = std::make_unique<schema_memory>();
    memory->name = column.name;
    memory->metadata = metadata_of(column);
    ArrowSchema field{};
    field.format = std::visit(format_of{}, column.data);
    field.name = memory->name.c_str();
    field.metadata = memory->metadata.data();
    field.flags = ARROW_FLAG_NULLABLE;
    field.release = release_struct<ArrowSchema, schema_memory>;
    field.private_data = memory.release();
    return field;
}

/// Deletes what a half-made struct owns when making it fails.
template <class Struct, class Memory> struct half_made {
    std::unique_ptr<Memory> memory = std::make_unique<Memory>();
    half_made() = default;
    half_made(const half_made&) = delete;
    half_made& operator=(const half_made&) = delete;
    ~half_made() {
        if (memory == nullptr) return;
        for (Struct& child : memory->children)
            if (child.release != nullptr) child.release(&child);
    }
    void adopt(std::size_t n) {
        memory->children.reserve(n);
        memory->pointers.reserve(n);
    }
    void add(const Struct& child) {
        memory->children.push_back(child);
        memory->pointers.push_back(&memory->children.back());
    }
};

ArrowSchema make_schema(const table_view& table) {
    half_made<ArrowSchema, schema_memory> made;
    made.adopt(table.columns.size());
    for (const column_view& column : table.columns) made.add(make_field(column));
    ArrowSchema schema{};
    schema.format = "+s";
    schema.name = "";
    schema.n_children = static_cast<std::int64_t>(made.memory->children.size());
    schema.children = made.memory->pointers.data();
    schema.release = release_struct<ArrowSchema, schema_memory>;
    schema.private_data = made.memory.release();
    return schema;
}

// ---- arrays ----

/// Rows of a text column; neighbours mostly lie in one run of it, so that run is looked at first.
class text_cursor {
  public:
    explicit text_cursor(const text_column& text) : text_(text) {}
    [[nodiscard]] bool has(std::size_t row) {
        return chunk_of(row).has(static_cast<std::int64_t>(row) - chunk_->first_row);
    }
    [[nodiscard]] std::string_view at(std::size_t row) {
        return chunk_of(row).at(static_cast<std::int64_t>(row) - chunk_->first_row);
    }

  private:
    const text_chunk& chunk_of(std::size_t row) {
        const auto wanted = static_cast<std::int64_t>(row);
        if (chunk_ == nullptr || wanted < chunk_->first_row || wanted >= chunk_->first_row + chunk_->n_rows)
            chunk_ = &text_.chunk_of(row);
        return *chunk_;
    }
    const text_column& text_;
    const text_chunk* chunk_ = nullptr;
};

void set_bit(std::vector<std::uint8_t>& bits, std::size_t at) {
    bits[at / 8] = static_cast<std::uint8_t>(bits[at / 8] | (1U << (at % 8)));
}

/// Makes the buffers of one column for rows [begin, begin + n). Returns false when its text is too long for one batch.
struct array_maker {
    std::size_t begin = 0;
    std::size_t n = 0;
    array_memory& to;
    std::int64_t n_null = 0;
    std::int64_t n_buffers = 2;

    /// The bitmap, made only when something is missing.
    template <class Has> void mark(Has&& has) {
        for (std::size_t i = 0; i < n; ++i) n_null += has(begin + i) ? 0 : 1;
        if (n_null == 0) return;
        to.validity.resize((n + 7) / 8);
        for (std::size_t i = 0; i < n; ++i)
            if (has(begin + i)) set_bit(to.validity, i);
        to.buffers[0] = to.validity.data();
    }
    template <class Out, class Value, class Has> bool fixed(Value&& value, Has&& has) {
        mark(has);
        to.values.resize(n * sizeof(Out));
        for (std::size_t i = 0; i < n; ++i) {
            if (!has(begin + i)) continue; // stays 0
            const Out cell = value(begin + i);
            std::memcpy(to.values.data() + i * sizeof(Out), &cell, sizeof cell);
        }
        to.buffers[1] = to.values.data();
        return true;
    }
    template <class Text, class Has> bool text(Text&& text_at, Has&& has) {
        mark(has);
        n_buffers = 3;
        std::size_t n_bytes = 0;
        for (std::size_t i = 0; i < n; ++i) {
            n_bytes += has(begin + i) ? text_at(begin + i).size() : 0;
            if (n_bytes > (n == 1 ? most_text_bytes : batch_text_bytes)) return false;
        }
        to.values.reserve(n_bytes);
        to.offsets.reserve(n + 1);
        to.offsets.push_back(0);
        for (std::size_t i = 0; i < n; ++i) {
            if (has(begin + i)) {
                const std::string_view cell = text_at(begin + i);
                to.values.insert(to.values.end(), cell.begin(), cell.end());
            }
            to.offsets.push_back(static_cast<std::int32_t>(to.values.size()));
        }
        if (to.values.empty()) to.values.reserve(1); // a pointer, though to nothing
        to.buffers[1] = to.offsets.data();
        to.buffers[2] = to.values.data();
        return true;
    }
    /// Text of another table by row number.
    template <class Index> bool looked_up(const Index& index, const text_column& text_rows) {
        text_cursor cursor(text_rows);
        return text([&](std::size_t row) { return cursor.at(index[row]); },
                    [&](std::size_t row) { return index[row] != no_index; });
    }

    bool operator()(const id_column* c) { return looked_up(c->index, *c->ids); }
    bool operator()(const name_column* c) { return looked_up(c->code, *c->names); }
    bool operator()(const money_column* c) {
        return fixed<double>([c](std::size_t row) { return static_cast<double>(c->minor[row]) / 100.0; },
                             [c](std::size_t row) { return c->minor[row] != no_money; });
    }
    bool operator()(const date_column* c) {
        return fixed<std::int32_t>([c](std::size_t row) { return c->day[row]; },
                                   [c](std::size_t row) { return c->day[row] != no_date; });
    }
    bool operator()(const flag_column* c) {
        const auto has = [c](std::size_t row) { return c->value[row] != 2; };
        mark(has);
        to.values.resize((n + 7) / 8);
        for (std::size_t i = 0; i < n; ++i)
            if (c->value[begin + i] == 1) to.values[i / 8] = static_cast<char>(to.values[i / 8] | (1 << (i % 8)));
        to.buffers[1] = to.values.data();
        return true;
    }
    bool operator()(const word_column* c) {
        return text([c](std::size_t row) { return c->words[c->code[row]]; },
                    [c](std::size_t row) { return c->code[row] != 255; });
    }
    bool operator()(const text_list* c) {
        return text([c](std::size_t row) { return std::string_view((*c)[row]); }, [](std::size_t) { return true; });
    }
    bool operator()(const text_column* c) {
        text_cursor cursor(*c);
        text_cursor bits(*c);
        return text([&](std::size_t row) { return cursor.at(row); }, [&](std::size_t row) { return bits.has(row); });
    }
    template <class T> bool operator()(const column<T>* c) {
        return fixed<T>([c](std::size_t row) { return c->value[row]; }, [c](std::size_t row) { return c->has(row); });
    }
};

/// One column of a batch; with release NULL when its text is too long.
ArrowArray make_column(const column_view& column, std::size_t begin, std::size_t n) {
    auto memory = std::make_unique<array_memory>();
    array_maker maker{begin, n, *memory};
    ArrowArray array{};
    if (!std::visit(maker, column.data)) return array;
    array.length = static_cast<std::int64_t>(n);
    array.null_count = maker.n_null;
    array.n_buffers = maker.n_buffers;
    array.buffers = memory->buffers.data();
    array.release = release_struct<ArrowArray, array_memory>;
    array.private_data = memory.release();
    return array;
}

/// Rows [begin, begin + n) of all columns; with release NULL when some text is too long for one batch.
ArrowArray make_batch(const table_view& table, std::size_t begin, std::size_t n) {
    half_made<ArrowArray, array_memory> made;
    made.adopt(table.columns.size());
    for (const column_view& column : table.columns) {
        const ArrowArray child = make_column(column, begin, n);
        if (child.release == nullptr) return child;
        made.add(child);
    }
    ArrowArray batch{};
    batch.length = static_cast<std::int64_t>(n);
    batch.n_buffers = 1;
    batch.buffers = made.memory->buffers.data();
    batch.n_children = static_cast<std::int64_t>(made.memory->children.size());
    batch.children = made.memory->pointers.data();
    batch.release = release_struct<ArrowArray, array_memory>;
    batch.private_data = made.memory.release();
    return batch;
}

// ---- stream ----

struct stream_memory {
    table_view table;
    std::shared_ptr<const void> owner;
    std::int64_t next_row = 0;
    const char* last_error = nullptr;
};

/// Runs the body of a callback; nothing may be thrown into the host.
template <class Body> int guard(stream_memory& memory, Body&& body) noexcept {
    try {
        memory.last_error = nullptr;
        return body();
    } catch (const std::bad_alloc&) {
        memory.last_error = "no memory for the next part of the table";
        return ENOMEM;
    } catch (...) {
        memory.last_error = "the next part of the table could not be made";
        return EINVAL;
    }
}

int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
    auto& memory = *static_cast<stream_memory*>(stream->private_data);
    return guard(memory, [&] {
        *out = make_schema(memory.table);
        return 0;
    });
}

int get_next(ArrowArrayStream* stream, ArrowArray* out) {
    auto& memory = *static_cast<stream_memory*>(stream->private_data);
    return guard(memory, [&] {
        ArrowArray batch{};
        std::int64_t n = std::min(batch_rows, memory.table.n_rows - memory.next_row);
        while (n > 0 && batch.release == nullptr) {
            batch = make_batch(memory.table, static_cast<std::size_t>(memory.next_row), static_cast<std::size_t>(n));
            if (batch.release != nullptr) break;
            if (n == 1) {
                memory.last_error = "a text is longer than a batch can hold";
                return EINVAL;
            }
            n /= 2;
        }
        memory.next_row += n;
        *out = batch; // release NULL: the end
        return 0;
    });
}

const char* get_last_error(ArrowArrayStream* stream) {
    return static_cast<const stream_memory*>(stream->private_data)->last_error;
}

void release_stream(ArrowArrayStream* stream) {
    delete static_cast<stream_memory*>(stream->private_data);
    stream->private_data = nullptr;
    stream->release = nullptr;
}

} // namespace

result<void> export_arrow(const table_view& table, std::shared_ptr<const void> owner, ArrowArrayStream* out) {
    if (out == nullptr) return fail(status::argument, "argument.null", "expected an Arrow stream to fill, found NULL");
    *out = ArrowArrayStream{};
    for (const column_view& column : table.columns)
        if (std::visit(detail::rows_of{}, column.data) != table.n_rows)
            return fail(status::internal, "internal.exception", "expected columns of equal length",
                        std::string(table.name) + "." + std::string(column.name));
    auto memory = std::make_unique<stream_memory>();
    memory->table = table;
    memory->owner = std::move(owner);
    out->get_schema = get_schema;
    out->get_next = get_next;
    out->get_last_error = get_last_error;
    out->release = release_stream;
    out->private_data = memory.release();
    return outcome::success();
}

} // namespace dualtrack::report
