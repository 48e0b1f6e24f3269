// Small input tables for tests, written as text cells: the contract says what kind a column is, "" is a missing cell.
// One grid can be handed over in many Arrow shapes (chunks, slices, dictionaries, 64-bit offsets) that must all mean
// the same.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dualtrack/base/calendar.hpp>

#include "ingest/contract.hpp"
#include "ingest/organisation.hpp"

namespace dualtrack::testing {

using ingest::cell_kind;

/// A table as people write it down.
struct grid {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;

    [[nodiscard]] std::size_t column(std::string_view name) const {
        return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) - columns.begin());
    }
    /// Writes one cell; a new column is empty elsewhere.
    void set(std::size_t row, std::string_view name, std::string value) {
        if (column(name) == columns.size()) {
            columns.emplace_back(name);
            for (auto& cells : rows) cells.emplace_back();
        }
        rows[row][column(name)] = std::move(value);
    }
    void add(std::vector<std::string> cells) {
        cells.resize(columns.size());
        rows.push_back(std::move(cells));
    }
    void drop(std::string_view name) {
        const std::size_t at = column(name);
        columns.erase(columns.begin() + static_cast<std::ptrdiff_t>(at));
        for (auto& cells : rows) cells.erase(cells.begin() + static_cast<std::ptrdiff_t>(at));
    }
};

using grids = std::map<std::string, grid>;

/// In which Arrow shape a grid is handed over.
struct shape {
    std::size_t chunk_rows = 1'000'000'000;
    std::size_t slice = 0;     // rows of garbage before each chunk
    bool dictionary = false;   // text as dictionaries
    bool wide_offsets = false; // 64-bit offsets
    std::string zone = {};     // dates as timestamps in seconds, of this time zone
};

/// Memory behind one Arrow array or schema of the tests; freed by its release.
struct arrow_memory {
    std::vector<std::vector<std::uint64_t>> words; // buffers, eight bytes each
    std::vector<const void*> buffers;
    std::string format, name;
    std::vector<std::unique_ptr<ArrowArray>> arrays;
    std::vector<std::unique_ptr<ArrowSchema>> schemas;
    std::vector<ArrowArray*> array_children;
    std::vector<ArrowSchema*> schema_children;

    void* buffer(std::size_t bytes) { return words.emplace_back(bytes / 8 + 1).data(); }
};

inline void release_array(ArrowArray* array) {
    for (std::int64_t i = 0; i < array->n_children; ++i)
        if (array->children[i]->release != nullptr) array->children[i]->release(array->children[i]);
    if (array->dictionary != nullptr && array->dictionary->release != nullptr)
        array->dictionary->release(array->dictionary);
    delete static_cast<arrow_memory*>(array->private_data);
    array->release = nullptr;
}
inline void release_schema(ArrowSchema* schema) {
    for (std::int64_t i = 0; i < schema->n_children; ++i)
        if (schema->children[i]->release != nullptr) schema->children[i]->release(schema->children[i]);
    if (schema->dictionary != nullptr && schema->dictionary->release != nullptr)
        schema->dictionary->release(schema->dictionary);
    delete static_cast<arrow_memory*>(schema->private_data);
    schema->release = nullptr;
}

inline ArrowSchema make_schema(std::string format, std::string name) {
    auto* memory = new arrow_memory;
    memory->format = std::move(format);
    memory->name = std::move(name);
    ArrowSchema schema{};
    schema.format = memory->format.c_str();
    schema.name = memory->name.c_str();
    schema.flags = ARROW_FLAG_NULLABLE;
    schema.release = release_schema;
    schema.private_data = memory;
    return schema;
}

inline ArrowArray make_array(arrow_memory* memory, std::size_t rows, std::size_t offset) {
    ArrowArray array{};
    array.length = static_cast<std::int64_t>(rows);
    array.offset = static_cast<std::int64_t>(offset);
    array.null_count = -1;
    array.n_buffers = static_cast<std::int64_t>(memory->buffers.size());
    array.buffers = memory->buffers.data();
    array.release = release_array;
    array.private_data = memory;
    return array;
}

inline const std::uint8_t* validity_of(arrow_memory& memory, const std::vector<std::string>& cells) {
    auto* bits = static_cast<std::uint8_t*>(memory.buffer(cells.size() / 8 + 1));
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (!cells[i].empty()) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | (1U << (i % 8)));
    return bits;
}

inline ArrowArray text_array(const std::vector<std::string>& cells, std::size_t slice, bool wide, bool nulls) {
    auto* memory = new arrow_memory;
    std::string bytes;
    const std::size_t width = wide ? 8 : 4;
    auto* borders = static_cast<char*>(memory->buffer((cells.size() + 1) * width));
    for (std::size_t i = 0; i <= cells.size(); ++i) {
        const auto at = static_cast<std::int64_t>(bytes.size());
        const auto short_at = static_cast<std::int32_t>(at);
        if (wide)
            std::memcpy(borders + i * width, &at, width);
        else
            std::memcpy(borders + i * width, &short_at, width);
        if (i < cells.size()) bytes += cells[i];
    }
    auto* text = static_cast<char*>(memory->buffer(bytes.size()));
    if (!bytes.empty()) std::memcpy(text, bytes.data(), bytes.size());
    memory->buffers = {nulls ? validity_of(*memory, cells) : nullptr, borders, text};
    return make_array(memory, cells.size() - slice, slice);
}

template <class Value>
ArrowArray fixed_array(const std::vector<std::string>& cells, std::size_t slice, Value (*parse)(const std::string&)) {
    auto* memory = new arrow_memory;
    auto* values = static_cast<Value*>(memory->buffer(cells.size() * sizeof(Value)));
    for (std::size_t i = 0; i < cells.size(); ++i) values[i] = cells[i].empty() ? Value{77} : parse(cells[i]);
    memory->buffers = {validity_of(*memory, cells), values};
    return make_array(memory, cells.size() - slice, slice);
}

inline double parse_number(const std::string& cell) {
    double number = 0.0;
    std::from_chars(cell.data(), cell.data() + cell.size(), number);
    return number;
}
inline std::int64_t parse_whole(const std::string& cell) {
    std::int64_t number = 0;
    std::from_chars(cell.data(), cell.data() + cell.size(), number);
    return number;
}
inline std::int32_t parse_day(const std::string& cell) {
    return calendar::parse_iso_date(cell).value();
}
/// One second before the next day begins.
inline std::int64_t parse_last_second(const std::string& cell) {
    return std::int64_t{parse_day(cell)} * 86'400 + 86'399;
}

/// The kind of a column beyond the contract is text.
inline cell_kind kind_of(std::string_view table, std::string_view column) {
    const auto* known = ingest::find_contract_table(table);
    const auto* cell = known == nullptr ? nullptr : ingest::find_contract_column(*known, column);
    return cell == nullptr ? cell_kind::text : cell->kind;
}

inline std::string format_of(cell_kind kind, const shape& how) {
    switch (kind) {
    case cell_kind::date:
        return how.zone.empty() ? "tdD" : "tss:" + how.zone;
    case cell_kind::money:
    case cell_kind::number:
        return "g";
    case cell_kind::integer:
    case cell_kind::flag:
        return "l";
    default:
        return how.dictionary ? "i" : how.wide_offsets ? "U" : "u";
    }
}

inline ArrowArray column_array(cell_kind kind, std::vector<std::string> cells, const shape& how) {
    cells.insert(cells.begin(), how.slice, kind == cell_kind::date ? "1999-12-31" : "9");
    switch (kind) {
    case cell_kind::date:
        return how.zone.empty() ? fixed_array<std::int32_t>(cells, how.slice, parse_day)
                                : fixed_array<std::int64_t>(cells, how.slice, parse_last_second);
    case cell_kind::money:
    case cell_kind::number:
        return fixed_array<double>(cells, how.slice, parse_number);
    case cell_kind::integer:
    case cell_kind::flag:
        return fixed_array<std::int64_t>(cells, how.slice, parse_whole);
    default:
        break;
    }
    if (!how.dictionary) return text_array(cells, how.slice, how.wide_offsets, true);
    std::vector<std::string> words(cells.rbegin(), cells.rend());
    std::sort(words.begin(), words.end(), std::greater<>()); // in no useful order
    words.erase(std::unique(words.begin(), words.end()), words.end());
    words.erase(std::remove(words.begin(), words.end(), std::string()), words.end());
    words.emplace_back("never used");
    auto* memory = new arrow_memory;
    auto* codes = static_cast<std::int32_t*>(memory->buffer(cells.size() * 4));
    for (std::size_t i = 0; i < cells.size(); ++i)
        codes[i] = cells[i].empty()
                       ? 0
                       : static_cast<std::int32_t>(std::find(words.begin(), words.end(), cells[i]) - words.begin());
    memory->buffers = {validity_of(*memory, cells), codes};
    ArrowArray array = make_array(memory, cells.size() - how.slice, how.slice);
    memory->arrays.push_back(std::make_unique<ArrowArray>(text_array(words, 0, how.wide_offsets, false)));
    array.dictionary = memory->arrays.back().get();
    return array;
}

/// Hands a grid over.
inline result<void> add_grid(ingest::table_set& set, const std::string& name, const grid& from, const shape& how = {}) {
    std::size_t begin = 0;
    do {
        const std::size_t end = std::min(from.rows.size(), begin + how.chunk_rows);
        ArrowSchema schema = make_schema("+s", "");
        auto* schema_memory = static_cast<arrow_memory*>(schema.private_data);
        auto* memory = new arrow_memory;
        memory->buffers = {nullptr};
        for (std::size_t column = 0; column < from.columns.size(); ++column) {
            const cell_kind kind = kind_of(name, from.columns[column]);
            std::vector<std::string> cells;
            for (std::size_t row = begin; row < end; ++row) cells.push_back(from.rows[row][column]);
            schema_memory->schemas.push_back(
                std::make_unique<ArrowSchema>(make_schema(format_of(kind, how), from.columns[column])));
            if (schema_memory->schemas.back()->format[0] == 'i') {
                auto* column_memory = static_cast<arrow_memory*>(schema_memory->schemas.back()->private_data);
                column_memory->schemas.push_back(
                    std::make_unique<ArrowSchema>(make_schema(how.wide_offsets ? "U" : "u", "")));
                schema_memory->schemas.back()->dictionary = column_memory->schemas.back().get();
            }
            memory->arrays.push_back(std::make_unique<ArrowArray>(column_array(kind, std::move(cells), how)));
        }
        for (const auto& child : schema_memory->schemas) schema_memory->schema_children.push_back(child.get());
        for (const auto& child : memory->arrays) memory->array_children.push_back(child.get());
        schema.n_children = static_cast<std::int64_t>(from.columns.size());
        schema.children = schema_memory->schema_children.data();
        ArrowArray array = make_array(memory, end - begin, 0);
        array.n_children = schema.n_children;
        array.children = memory->array_children.data();
        DUALTRACK_TRYV(ingest::add_batch(set, name, &schema, &array));
        begin = end;
    } while (begin < from.rows.size());
    return outcome::success();
}

using built = result<std::shared_ptr<const ingest::checked_data>>;

/// Builds the organisation that the grids say.
inline built build(const grids& tables, int threads = 1, const shape& how = {},
                   std::pmr::memory_resource* memory = std::pmr::new_delete_resource()) {
    ingest::table_set set;
    for (const auto& [name, table] : tables) {
        DUALTRACK_TRYV(add_grid(set, name, table, how));
    }
    run_context run;
    run.threads = threads;
    run.memory = memory;
    return ingest::build_organisation(run, std::move(set));
}

/// Two sellers, Ann and Bob, who report to Max; Max reports to nobody. Bob came to Max in March 2024.
inline grids small_company() {
    grids tables;
    tables["people"] = {{"person_id", "name", "hired", "left", "left_reason", "role", "market", "manager_id"},
                        {{"max", "Max", "2019-01-01", "", "", "manager", "north", ""},
                         {"bob", "Bob", "2020-01-01", "", "", "seller", "north", "max"},
                         {"ann", "Ann", "2021-06-01", "2024-09-01", "resigned", "seller", "south", "max"}}};
    tables["assignments"] = {{"person_id", "manager_id", "start", "end"},
                             {{"ann", "max", "2021-06-01", ""}, {"bob", "max", "2024-03-01", ""}}};
    tables["deals"] = {{"deal_id", "owner_id", "amount", "opened", "closed", "outcome", "segment"},
                       {{"d2", "bob", "100.01", "2024-01-01", "2024-02-01", "won", "mid"},
                        {"d1", "ann", "250", "2024-01-01", "2024-03-01", "won", "large"},
                        {"d3", "ann", "80", "2024-02-01", "2024-04-01", "lost", "mid"},
                        {"d4", "bob", "", "2024-05-01", "", "open", ""}}};
    tables["credits"] = {{"deal_id", "person_id", "share", "kind"},
                         {{"d1", "ann", "0.75", "revenue"},
                          {"d2", "bob", "0.5", ""},
                          {"d1", "max", "1", "overlay"},
                          {"d1", "bob", "0.25", "revenue"},
                          {"d2", "ann", "0.5", "revenue"}}};
    tables["participants"] = {
        {"deal_id", "person_id", "part", "joined"},
        {{"d3", "max", "manager", "2024-02-15"}, {"d1", "bob", "", ""}, {"d1", "ann", "seller", ""}}};
    tables["quotas"] = {{"person_id", "start", "end", "amount", "scope"},
                        {{"bob", "2024-01-01", "2025-01-01", "1000", ""},
                         {"ann", "2024-01-01", "2025-01-01", "1200", "own"},
                         {"max", "2024-01-01", "2025-01-01", "2000", "team"}}};
    tables["pay"] = {
        {"person_id", "start", "end", "base", "target_variable", "paid_variable"},
        {{"bob", "2024-01-01", "", "60000", "20000", ""}, {"ann", "2024-01-01", "2024-09-01", "65000", "", "9000"}}};
    tables["activities"] = {
        {"actor_id", "subject_id", "deal_id", "kind", "start", "minutes"},
        {{"max", "bob", "", "one_to_one", "2024-03-05", "30"}, {"max", "ann", "d1", "deal_review", "2024-02-05", ""}}};
    tables["ratings"] = {{"person_id", "rater_id", "source", "competency", "score", "scale_min", "scale_max", "date"},
                         {{"bob", "max", "manager", "curious", "4", "1", "5", "2024-06-01"}}};
    tables["answers"] = {{"person_id", "question", "score", "red_flag", "interviewer_id", "date"},
                         {{"bob", "q1", "3", "0", "max", "2024-06-01"}}};
    tables["motives"] = {{"person_id", "motive", "strength", "date", "wants_management"},
                         {{"bob", "voice", "0.5", "2024-06-01", "1"}}};
    tables["vacancies"] = {{"vacancy_id", "role", "team", "manager_id", "opens", "reports", "filled_by", "external"},
                           {{"v2", "manager", "east", "max", "2024-07-01", "4", "", ""},
                            {"v1", "manager", "", "", "2023-07-01", "", "bob", "0"}}};
    tables["candidates"] = {{"vacancy_id", "person_id", "interviewed", "selected", "consents"},
                            {{"v2", "bob", "1", "", "1"}, {"v1", "bob", "1", "1", "1"}, {"v2", "ann", "0", "", ""}}};
    return tables;
}

} // namespace dualtrack::testing
