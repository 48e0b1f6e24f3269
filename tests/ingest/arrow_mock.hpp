// A producer of Arrow structs that trusts nobody: every buffer is a heap block of exactly the declared size, every
// release is counted, and what was released is poisoned with 0xDD before it is freed. Cells are given as raw bytes (a
// text, or the bytes of a number), so one column can be laid out in every way Arrow allows: sliced in child or parent,
// unaligned, with garbage around it and under its nulls.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arrow_abi.h"

namespace dualtrack::mock {

using bytes = std::string;
using cells = std::vector<std::optional<bytes>>;

template <class T> bytes raw(T value) {
    bytes text(sizeof value, '\0');
    std::memcpy(text.data(), &value, sizeof value);
    return text;
}
template <class T> cells raw_cells(const std::vector<std::optional<T>>& values) {
    cells out;
    for (const auto& value : values) out.push_back(value ? std::optional<bytes>(raw(*value)) : std::nullopt);
    return out;
}

/// How a column is laid out; none of it changes what the column says.
struct layout {
    std::int64_t before = 0;    // elements of garbage before the first row
    std::int64_t after = 0;     // and after the last
    std::int64_t in_parent = 0; // how many of `before` are skipped by the parent's offset
    bool unaligned = false;     // buffers begin at odd addresses
    bool garbage_under_nulls = false;
    bool null_count_unknown = false;
    bool always_bitmap = false; // a bitmap although nothing is missing
};

struct buffer {
    bytes content;
    bool is_null = false;
};

/// Everything of one array, to be made into a struct; fields may be spoiled before.
struct array_spec {
    std::int64_t length = 0, null_count = 0, offset = 0;
    std::vector<buffer> buffers;
    std::vector<array_spec> children;
    std::shared_ptr<array_spec> dictionary;
    bool unaligned = false;
};
struct schema_spec {
    std::optional<std::string> format, name;
    std::string metadata;
    std::vector<schema_spec> children;
    std::shared_ptr<schema_spec> dictionary;
};
struct column_spec {
    schema_spec schema;
    array_spec array;
};

/// How many calls into the producer are open: tests that make allocations fail spare the producer's own.
inline int open_calls = 0;
struct call_scope {
    call_scope() { ++open_calls; }
    ~call_scope() { --open_calls; }
    call_scope(const call_scope&) = delete;
    call_scope& operator=(const call_scope&) = delete;
};

/// What was made and what was given back.
struct ledger {
    int schemas_made = 0, schemas_released = 0;
    int arrays_made = 0, arrays_released = 0;
    int streams_made = 0, streams_released = 0;
    int wrong_releases = 0; // of something that was not alive
    int calls_after_release = 0;
    [[nodiscard]] bool balanced() const {
        return schemas_made == schemas_released && arrays_made == arrays_released && streams_made == streams_released &&
               wrong_releases == 0 && calls_after_release == 0;
    }
};

namespace detail {

inline constexpr int poison = 0xDD;

/// A heap block of exactly the bytes wanted, so that a sanitizer sees the first byte beyond.
struct block {
    std::unique_ptr<char[]> memory;
    std::size_t size = 0;
    block(const bytes& content, bool unaligned) : size(content.size() + (unaligned ? 1 : 0)) {
        memory = std::make_unique<char[]>(size == 0 ? 1 : size);
        if (!content.empty()) std::memcpy(memory.get() + (unaligned ? 1 : 0), content.data(), content.size());
    }
    block(block&&) = default;
    ~block() {
        if (memory != nullptr) std::memset(memory.get(), poison, size);
    }
};

struct array_memory {
    ledger* book;
    std::vector<block> blocks;
    std::vector<const void*> buffers;
    std::vector<ArrowArray> children;
    std::vector<ArrowArray*> pointers;
    ArrowArray dictionary{};
    bool is_top = false;
};
struct schema_memory {
    ledger* book;
    std::unique_ptr<std::string> format, name, metadata;
    std::vector<ArrowSchema> children;
    std::vector<ArrowSchema*> pointers;
    ArrowSchema dictionary{};
    bool is_top = false;
};

template <class Struct, class Memory> void release_tree(Struct* released) {
    auto* memory = static_cast<Memory*>(released->private_data);
    for (Struct& child : memory->children)
        if (child.release != nullptr) child.release(&child);
    if (memory->dictionary.release != nullptr) memory->dictionary.release(&memory->dictionary);
    if (memory->is_top) {
        if constexpr (std::is_same_v<Struct, ArrowArray>)
            ++memory->book->arrays_released;
        else
            ++memory->book->schemas_released;
    }
    for (auto*& pointer : memory->pointers) pointer = nullptr;
    delete memory;
    std::memset(static_cast<void*>(released), poison, sizeof *released);
    released->release = nullptr;
}

inline ArrowArray make_tree(ledger& book, const array_spec& spec, bool is_top) {
    auto memory = std::make_unique<array_memory>();
    memory->book = &book;
    memory->is_top = is_top;
    for (const buffer& wanted : spec.buffers) {
        if (wanted.is_null) {
            memory->buffers.push_back(nullptr);
            continue;
        }
        memory->blocks.emplace_back(wanted.content, spec.unaligned);
        memory->buffers.push_back(memory->blocks.back().memory.get() + (spec.unaligned ? 1 : 0));
    }
    memory->children.reserve(spec.children.size());
    for (const array_spec& child : spec.children) memory->children.push_back(make_tree(book, child, false));
    for (ArrowArray& child : memory->children) memory->pointers.push_back(&child);
    ArrowArray array{};
    array.length = spec.length;
    array.null_count = spec.null_count;
    array.offset = spec.offset;
    array.n_buffers = static_cast<std::int64_t>(memory->buffers.size());
    array.buffers = memory->buffers.data();
    array.n_children = static_cast<std::int64_t>(memory->pointers.size());
    array.children = memory->pointers.data();
    if (spec.dictionary != nullptr) {
        memory->dictionary = make_tree(book, *spec.dictionary, false);
        array.dictionary = &memory->dictionary;
    }
    array.release = release_tree<ArrowArray, array_memory>;
    array.private_data = memory.release();
    return array;
}

inline ArrowSchema make_tree(ledger& book, const schema_spec& spec, bool is_top) {
    auto memory = std::make_unique<schema_memory>();
    memory->book = &book;
    memory->is_top = is_top;
    if (spec.format) memory->format = std::make_unique<std::string>(*spec.format);
    if (spec.name) memory->name = std::make_unique<std::string>(*spec.name);
    if (!spec.metadata.empty()) memory->metadata = std::make_unique<std::string>(spec.metadata);
    memory->children.reserve(spec.children.size());
    for (const schema_spec& child : spec.children) memory->children.push_back(make_tree(book, child, false));
    for (ArrowSchema& child : memory->children) memory->pointers.push_back(&child);
    ArrowSchema schema{};
    schema.format = memory->format ? memory->format->c_str() : nullptr;
    schema.name = memory->name ? memory->name->c_str() : nullptr;
    schema.metadata = memory->metadata ? memory->metadata->data() : nullptr;
    schema.flags = ARROW_FLAG_NULLABLE;
    schema.n_children = static_cast<std::int64_t>(memory->pointers.size());
    schema.children = memory->pointers.data();
    if (spec.dictionary != nullptr) {
        memory->dictionary = make_tree(book, *spec.dictionary, false);
        schema.dictionary = &memory->dictionary;
    }
    schema.release = release_tree<ArrowSchema, schema_memory>;
    schema.private_data = memory.release();
    return schema;
}

/// Bytes of one element in the data buffer, 0 for bits and text.
inline std::size_t width_of(const std::string& format) {
    if (format == "c" || format == "C") return 1;
    if (format == "s" || format == "S" || format == "e") return 2;
    if (format == "i" || format == "I" || format == "f" || format == "tdD") return 4;
    if (format.rfind("d:", 0) == 0) return 16;
    if (format == "b" || format == "u" || format == "U" || format == "vu" || format == "n") return 0;
    return 8;
}

inline void set_bit(bytes& bits, std::size_t at, bool value) {
    if (bits.size() <= at / 8) bits.resize(at / 8 + 1, '\0');
    if (value) bits[at / 8] = static_cast<char>(bits[at / 8] | (1 << (at % 8)));
}

} // namespace detail

inline ArrowArray make_array(ledger& book, const array_spec& spec) {
    ++book.arrays_made;
    return detail::make_tree(book, spec, true);
}
inline ArrowSchema make_schema(ledger& book, const schema_spec& spec) {
    ++book.schemas_made;
    return detail::make_tree(book, spec, true);
}

/// One column of the format, laid out as asked.
inline column_spec make_column(std::string name, std::string format, const cells& rows, const layout& how = {}) {
    const std::size_t width = detail::width_of(format);
    const auto before = static_cast<std::size_t>(how.before);
    const auto n_all = before + rows.size() + static_cast<std::size_t>(how.after);
    bytes validity, data, offsets, views, long_text;
    std::int64_t n_null = 0;
    const auto push_offset = [&] {
        offsets +=
            format == "u" ? raw(static_cast<std::int32_t>(data.size())) : raw(static_cast<std::int64_t>(data.size()));
    };
    if (format == "u" || format == "U") push_offset();
    for (std::size_t i = 0; i < n_all; ++i) {
        const bool is_row = i >= before && i - before < rows.size();
        const bool there = is_row && rows[i - before].has_value();
        const bool spoil = !is_row || (!there && how.garbage_under_nulls);
        // Garbage is marked as there half of the time: neither its bits nor its bytes may matter.
        const bool bit = is_row ? there : i % 2 == 0;
        detail::set_bit(validity, i, bit);
        if (!bit) ++n_null;
        if (format == "u" || format == "U") {
            if (there)
                data += *rows[i - before];
            else if (spoil)
                data += "\xFF\xFE junk";
            push_offset();
        } else if (format == "vu") {
            bytes view(16, spoil ? '\xFF' : '\0');
            if (!is_row && bit) view = raw(std::int32_t{2}) + "\xFF\xFE" + bytes(10, '\xFF');
            if (there) {
                const bytes& text = *rows[i - before];
                view = raw(static_cast<std::int32_t>(text.size()));
                if (text.size() <= 12) {
                    view += text;
                    view.resize(16, '\0');
                } else {
                    view += text.substr(0, 4) + raw(std::int32_t{0}) + raw(static_cast<std::int32_t>(long_text.size()));
                    long_text += text;
                }
            }
            views += view;
        } else if (format == "b") {
            detail::set_bit(data, i, there ? (*rows[i - before])[0] != 0 : spoil);
        } else if (width > 0) {
            data += there ? *rows[i - before] : bytes(width, spoil ? '\xFF' : '\0');
        }
    }
    column_spec column;
    column.schema.format = format;
    column.schema.name = std::move(name);
    array_spec& array = column.array;
    array.unaligned = how.unaligned;
    array.offset = how.before - how.in_parent;
    array.length = static_cast<std::int64_t>(n_all) - array.offset;
    if (format == "n") {
        array.null_count = array.length;
        return column;
    }
    // The null count speaks of the array's own range, garbage included.
    std::int64_t declared = 0;
    for (std::size_t i = static_cast<std::size_t>(array.offset); i < n_all; ++i)
        declared += ((unsigned{static_cast<unsigned char>(validity[i / 8])} >> (i % 8)) & 1U) != 0 ? 0 : 1;
    const bool has_bitmap = n_null > 0 || how.always_bitmap;
    array.null_count = how.null_count_unknown ? -1 : declared;
    array.buffers.push_back({validity, !has_bitmap});
    if (format == "u" || format == "U") {
        array.buffers.push_back({offsets});
        array.buffers.push_back({data});
    } else if (format == "vu") {
        array.buffers.push_back({views});
        array.buffers.push_back({long_text});
        array.buffers.push_back({raw(static_cast<std::int64_t>(long_text.size()))});
    } else {
        array.buffers.push_back({data});
    }
    return column;
}

/// The same column by way of a dictionary: entries are in the order they are first met, after one that nobody uses.
inline column_spec make_dictionary(std::string name, const std::string& index_format, const std::string& format,
                                   const cells& rows, const layout& how = {}) {
    cells entries;
    entries.push_back(std::nullopt);
    cells indices;
    const auto index_of = [&](const bytes& cell) -> std::int64_t {
        for (std::size_t i = 0; i < entries.size(); ++i)
            if (entries[i] == cell) return static_cast<std::int64_t>(i);
        entries.push_back(cell);
        return static_cast<std::int64_t>(entries.size()) - 1;
    };
    bool null_by_entry = false;
    for (const auto& cell : rows) {
        if (!cell) {
            // A missing cell is told by the index or by the entry, in turn.
            null_by_entry = !null_by_entry;
            if (null_by_entry)
                indices.push_back(raw(std::int64_t{0}).substr(0, detail::width_of(index_format)));
            else
                indices.push_back(std::nullopt);
            continue;
        }
        indices.push_back(raw(index_of(*cell)).substr(0, detail::width_of(index_format)));
    }
    layout around = how;
    around.in_parent = 0;
    around.after = 0; // whatever lies within the length of a dictionary is an entry
    column_spec column = make_column(std::move(name), index_format, indices, how);
    const column_spec values = make_column("", format, entries, around);
    column.schema.dictionary = std::make_shared<schema_spec>(values.schema);
    column.array.dictionary = std::make_shared<array_spec>(values.array);
    return column;
}

/// A batch of columns that all have the same rows.
inline array_spec make_batch(std::int64_t n_rows, const std::vector<column_spec>& columns,
                             std::int64_t parent_offset = 0) {
    array_spec batch;
    batch.length = n_rows;
    batch.offset = parent_offset;
    batch.buffers.push_back({"", true});
    for (const column_spec& column : columns) batch.children.push_back(column.array);
    return batch;
}
inline schema_spec make_struct(const std::vector<column_spec>& columns) {
    schema_spec schema;
    schema.format = "+s";
    schema.name = "";
    for (const column_spec& column : columns) schema.children.push_back(column.schema);
    return schema;
}

/// A stream of batches, and where it fails.
struct stream_spec {
    schema_spec schema;
    std::vector<array_spec> batches;
    int schema_errno = 0;
    std::int64_t failing_batch = -1; // get_next of this number fails with batch_errno
    int batch_errno = 5;
    std::optional<std::string> reason; // get_last_error
    bool has_last_error = true;
    std::function<void(ArrowSchema&)> spoil_schema;
    std::function<void(ArrowArray&, std::int64_t)> spoil_batch;
};

namespace detail {

struct stream_memory {
    ledger* book;
    stream_spec spec;
    std::int64_t next = 0;
    bool has_failed = false;
    std::string text;
};

inline int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
    const call_scope scope;
    auto& memory = *static_cast<stream_memory*>(stream->private_data);
    if (memory.spec.schema_errno != 0) {
        memory.has_failed = true;
        return memory.spec.schema_errno;
    }
    *out = mock::make_schema(*memory.book, memory.spec.schema);
    if (memory.spec.spoil_schema) memory.spec.spoil_schema(*out);
    return 0;
}
inline int get_next(ArrowArrayStream* stream, ArrowArray* out) {
    const call_scope scope;
    auto& memory = *static_cast<stream_memory*>(stream->private_data);
    memory.text.assign(memory.text.size(), '\xDD'); // the text of the last failure is gone by now
    if (memory.next == memory.spec.failing_batch) {
        memory.has_failed = true;
        return memory.spec.batch_errno;
    }
    if (memory.next >= static_cast<std::int64_t>(memory.spec.batches.size())) {
        *out = ArrowArray{};
        return 0;
    }
    *out = mock::make_array(*memory.book, memory.spec.batches[static_cast<std::size_t>(memory.next)]);
    if (memory.spec.spoil_batch) memory.spec.spoil_batch(*out, memory.next);
    ++memory.next;
    return 0;
}
inline const char* get_last_error(ArrowArrayStream* stream) {
    const call_scope scope;
    auto& memory = *static_cast<stream_memory*>(stream->private_data);
    if (!memory.has_failed) ++memory.book->calls_after_release; // asked without need
    if (!memory.spec.reason) return nullptr;
    memory.text = *memory.spec.reason;
    return memory.text.c_str();
}
inline void release_stream(ArrowArrayStream* stream) {
    auto* memory = static_cast<stream_memory*>(stream->private_data);
    ++memory->book->streams_released;
    delete memory;
    std::memset(static_cast<void*>(stream), poison, sizeof *stream);
    stream->release = nullptr;
}

} // namespace detail

inline ArrowArrayStream make_stream(ledger& book, stream_spec spec) {
    ++book.streams_made;
    ArrowArrayStream stream{};
    stream.get_schema = detail::get_schema;
    stream.get_next = detail::get_next;
    stream.get_last_error = spec.has_last_error ? detail::get_last_error : nullptr;
    stream.release = detail::release_stream;
    stream.private_data = new detail::stream_memory{&book, std::move(spec), 0, false, {}};
    return stream;
}

} // namespace dualtrack::mock
