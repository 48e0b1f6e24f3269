#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include <dualtrack/base/nearest.hpp>
#include <dualtrack/base/text.hpp>

#include "ingest/arrow_check.hpp"
#include "ingest/arrow_text.hpp"
#include "ingest/seal.hpp"
#include "ingest/table.hpp"

namespace dualtrack::ingest {
namespace {

using outcome::success;

input_table* find_mutable(table_set& set, std::string_view name) noexcept {
    for (const auto& table : set.tables)
        if (table->name == name) return table.get();
    return nullptr;
}

/// What a failed callback of the producer left behind. The text is read at once: the next call may free it.
auto stream_failure(const contract_table& table, ArrowArrayStream& stream, std::string_view asked, int number) {
    std::string message = "expected ";
    message += asked;
    message += ", the producer failed with errno " + integer_text(number);
    const char* text = stream.get_last_error == nullptr ? nullptr : stream.get_last_error(&stream);
    constexpr std::size_t longest_reason = 512;
    if (text != nullptr) message += ": " + shown({text, bounded_length(text, longest_reason + 1)}, longest_reason);
    return fail(status::data, "arrow.stream", std::move(message), std::string(table.name));
}

result<owned<ArrowSchema>> take_schema(const contract_table& table, ArrowArrayStream& stream) {
    if (stream.get_schema == nullptr || stream.get_next == nullptr)
        return fail(status::data, "arrow.stream", "expected a stream with get_schema and get_next, found NULL",
                    std::string(table.name));
    ArrowSchema raw{};
    const int failed = stream.get_schema(&stream, &raw);
    if (failed != 0) return stream_failure(table, stream, "a schema", failed);
    owned<ArrowSchema> schema(raw);
    if (!schema.there())
        return fail(status::data, "arrow.stream", "expected a schema, found a released one", std::string(table.name));
    return schema;
}

/// Takes every batch of the stream. Batches without rows are checked and released.
result<void> drain(const contract_table& table, const table_plan& plan, ArrowArrayStream& stream, input_table& into) {
    for (std::int64_t number = 0;; ++number) {
        ArrowArray raw{};
        const int failed = stream.get_next(&stream, &raw);
        if (failed != 0) return stream_failure(table, stream, "batch " + integer_text(number), failed);
        owned<ArrowArray> batch(raw);
        if (!batch.there()) return success();
        if (number >= most_batches)
            return fail(status::data, "limit.rows", "expected at most 1000000 batches, found more",
                        std::string(table.name));
        DUALTRACK_TRYV(check_shape(plan, *batch, number, into.n_rows));
        if (batch->length == 0) continue;
        const std::int64_t n_rows = batch->length;
        into.batches.push_back(std::move(batch));
        into.first_row.push_back(into.n_rows);
        into.n_rows += n_rows;
    }
}

bool equal_text(const char* a, const char* b) noexcept {
    if (a == nullptr || b == nullptr) return a == b;
    return std::strcmp(a, b) == 0;
}

/// Whether two checked schemas have the same columns of the same types, in the same order. Columns beyond the contract
/// are compared at the top alone, as they are never read.
std::int64_t first_difference(const ArrowSchema& a, const ArrowSchema& b) noexcept {
    const std::int64_t n = std::min(a.n_children, b.n_children);
    for (std::int64_t i = 0; i < n; ++i) {
        const ArrowSchema& left = *a.children[i];
        const ArrowSchema& right = *b.children[i];
        const bool same_dictionary = left.dictionary == nullptr || right.dictionary == nullptr
                                         ? left.dictionary == right.dictionary
                                         : equal_text(left.dictionary->format, right.dictionary->format);
        if (!equal_text(left.name, right.name) || !equal_text(left.format, right.format) || !same_dictionary) return i;
    }
    return a.n_children == b.n_children ? -1 : n;
}

} // namespace

result<const contract_table*> known_table(std::string_view name) {
    if (const contract_table* table = find_contract_table(name)) return table;
    const std::string_view asked = name.substr(0, longest_shown);
    const contract_table* nearest = &contract_tables.front();
    for (const contract_table& table : contract_tables)
        if (edit_distance(asked, table.name) < edit_distance(asked, nearest->name)) nearest = &table;
    return fail(status::argument, "argument.table_name",
                "expected a table of the data contract, found " + shown(name) + "; the nearest known name is " +
                    std::string(nearest->name));
}

std::shared_ptr<const input_table> table_set::find(std::string_view name) const noexcept {
    for (const auto& table : tables)
        if (table->name == name) return table;
    return nullptr;
}

std::int64_t find_column(const input_table& table, std::string_view column) noexcept {
    for (std::int64_t i = 0; i < table.schema->n_children; ++i)
        if (table.schema->children[i]->name == column) return i;
    return -1;
}

result<void> add_stream(table_set& set, std::string_view name, ArrowArrayStream* moved_in) {
    if (moved_in == nullptr) return fail(status::argument, "argument.null", "expected an Arrow stream, found NULL");
    owned<ArrowArrayStream> stream(*moved_in);
    if (!stream.there())
        return fail(status::argument, "arrow.released", "expected an Arrow stream, found a released one");
    DUALTRACK_TRY(const contract_table* known, known_table(name));
    if (find_mutable(set, name) != nullptr)
        return fail(status::argument, "argument.table_name",
                    "expected a table that is not there yet, found a second one", std::string(name));
    auto table = std::make_shared<input_table>();
    table->name = known->name;
    DUALTRACK_TRY(table->schema, take_schema(*known, *stream));
    DUALTRACK_TRY(const table_plan plan, check_schema(*known, *table->schema));
    DUALTRACK_TRYV(drain(*known, plan, *stream, *table));
    DUALTRACK_TRYV(check_content(plan, table->batches, table->first_row));
    if constexpr (seals_batches)
        for (const owned<ArrowArray>& batch : table->batches) table->seal.push_back(seal_of(plan, *batch));
    set.tables.push_back(std::move(table));
    return success();
}

result<void> add_batch(table_set& set, std::string_view name, ArrowSchema* moved_schema, ArrowArray* moved_array) {
    // Each is taken on its own: one that is missing does not keep the other alive.
    owned<ArrowSchema> schema;
    owned<ArrowArray> batch;
    if (moved_schema != nullptr) schema = owned<ArrowSchema>(*moved_schema);
    if (moved_array != nullptr) batch = owned<ArrowArray>(*moved_array);
    if (moved_schema == nullptr || moved_array == nullptr)
        return fail(status::argument, "argument.null", "expected an Arrow schema and an Arrow array, found NULL");
    if (!schema.there() || !batch.there())
        return fail(status::argument, "arrow.released",
                    "expected an Arrow schema and an Arrow array, found a released one");
    DUALTRACK_TRY(const contract_table* known, known_table(name));
    DUALTRACK_TRY(const table_plan plan, check_schema(*known, *schema));
    input_table* table = find_mutable(set, name);
    std::shared_ptr<input_table> fresh;
    if (table == nullptr) {
        fresh = std::make_shared<input_table>();
        fresh->name = known->name;
        table = fresh.get();
    } else if (const std::int64_t i = first_difference(*table->schema, *schema); i >= 0) {
        return fail(status::schema, "arrow.children",
                    "expected the columns of the first batch, found another at position " + integer_text(i) +
                        " in batch " + integer_text(static_cast<std::int64_t>(table->batches.size())),
                    std::string(name));
    }
    const auto number = static_cast<std::int64_t>(table->batches.size());
    if (number >= most_batches)
        return fail(status::data, "limit.rows", "expected at most 1000000 batches, found more", std::string(name));
    const std::int64_t first_row = table->n_rows;
    DUALTRACK_TRYV(check_shape(plan, *batch, number, first_row));
    DUALTRACK_TRYV(check_content(plan, {&batch, 1}, {&first_row, 1}));
    // Everything that can fail comes before anything that shows.
    table->batches.reserve(std::max(table->batches.capacity(), table->batches.size() * 2 + 1));
    table->first_row.reserve(std::max(table->first_row.capacity(), table->first_row.size() * 2 + 1));
    if constexpr (seals_batches) table->seal.reserve(std::max(table->seal.capacity(), table->seal.size() * 2 + 1));
    if (fresh != nullptr) {
        fresh->schema = std::move(schema);
        set.tables.push_back(fresh);
    }
    if (batch->length == 0) return success();
    table->n_rows += batch->length;
    table->first_row.push_back(first_row);
    if constexpr (seals_batches) table->seal.push_back(seal_of(plan, *batch));
    table->batches.push_back(std::move(batch));
    return success();
}

} // namespace dualtrack::ingest
