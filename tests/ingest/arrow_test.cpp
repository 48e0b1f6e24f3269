#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <limits>
#include <new>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ingest/arrow_mock.hpp"
#include "ingest/arrow_text.hpp"
#include "ingest/arrow_type.hpp"
#include "ingest/contract.hpp"
#include "ingest/table.hpp"

// Allocations of the library can be made to fail: the n-th from now on, and all after it. The producer's own never
// fail.
namespace {
long long allocations_left = -1; // -1: none fails
long long allocations_seen = 0;
bool is_refused() {
    if (allocations_left < 0 || dualtrack::mock::open_calls > 0) return false;
    ++allocations_seen;
    return allocations_seen > allocations_left;
}
} // namespace
[[gnu::noinline]] void* operator new(std::size_t size) {
    void* memory = is_refused() ? nullptr : std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return is_refused() ? nullptr : std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace {

using namespace dualtrack;
using namespace dualtrack::ingest;
using mock::cells;
using mock::layout;
using mock::raw;

constexpr std::int64_t n_rows = 10; // of a batch

std::string said(const error& wrong) {
    return std::string(wrong.code) + " at " + wrong.where + ": " + wrong.message;
}

/// Columns of `deals`, one of each layout, and one that is not of the contract. [position in the schema]
enum place_of : std::size_t { deal_id, owner_id, amount, closed, outcome, segment, account_id, shoe_size, n_columns };

std::vector<mock::column_spec> deal_columns(const layout& how = {}, std::int64_t n = n_rows) {
    cells ids, owners, amounts, dates, outcomes, segments, accounts, sizes;
    for (std::int64_t i = 0; i < n; ++i) {
        ids.push_back("deal-" + std::to_string(i));
        owners.push_back("owner " + std::to_string(i % 3));
        amounts.push_back(i % 4 == 1 ? std::nullopt : std::optional<mock::bytes>(raw(static_cast<double>(i))));
        dates.push_back(raw(static_cast<std::int32_t>(19000 + i)));
        outcomes.push_back(i % 2 == 0 ? "won" : "lost");
        segments.push_back("a segment of more than twelve bytes");
        accounts.push_back(raw(i));
        sizes.push_back(raw(43.0F));
    }
    return {mock::make_column("deal_id", "u", ids, how),
            mock::make_column("owner_id", "U", owners, how),
            mock::make_column("amount", "g", amounts, how),
            mock::make_column("closed", "tdD", dates, how),
            mock::make_dictionary("outcome", "c", "u", outcomes, how),
            mock::make_column("segment", "vu", segments, how),
            mock::make_column("account_id", "l", accounts, how),
            mock::make_column("shoe_size", "f", sizes, how)};
}

mock::stream_spec deal_stream(std::int64_t n_batches, const layout& how = {}) {
    mock::stream_spec spec;
    spec.schema = mock::make_struct(deal_columns());
    for (std::int64_t b = 0; b < n_batches; ++b)
        spec.batches.push_back(mock::make_batch(n_rows, deal_columns(how), how.in_parent));
    return spec;
}

/// Adds the stream to a set that has a table already; checks the promises that hold whatever comes back.
std::optional<error> add(mock::stream_spec spec, std::string_view name = "deals") {
    mock::ledger book;
    std::optional<error> failure;
    {
        table_set set;
        ArrowArrayStream other = mock::make_stream(book, deal_stream(1));
        mock::stream_spec people;
        people.schema = mock::make_struct({mock::make_column("person_id", "u", {"a"})});
        ArrowArrayStream first = mock::make_stream(book, people);
        EXPECT_TRUE(add_stream(set, "people", &first));
        ArrowArrayStream stream = mock::make_stream(book, std::move(spec));
        const auto added = add_stream(set, name, &stream);
        EXPECT_EQ(stream.release, nullptr);
        EXPECT_EQ(book.streams_released, 2);
        if (!added) {
            failure = added.error();
            EXPECT_EQ(set.tables.size(), 1U) << "the set is as before";
            EXPECT_EQ(book.arrays_made, book.arrays_released);
            EXPECT_EQ(book.schemas_made, book.schemas_released + 1); // that of people
            EXPECT_TRUE(add_stream(set, "deals", &other)) << "a good call after a bad one";
        } else {
            EXPECT_EQ(set.tables.size(), 2U);
            other.release(&other);
        }
    }
    EXPECT_TRUE(book.balanced());
    return failure;
}

struct fault {
    std::string label;
    std::string code, where;
    std::int64_t row;
    std::function<void(mock::stream_spec&)> spoil;
    status kind = status::data;
};

void expect_fault(const fault& one) {
    mock::stream_spec spec = deal_stream(2);
    one.spoil(spec);
    const auto failure = add(std::move(spec));
    ASSERT_TRUE(failure) << one.label;
    EXPECT_EQ(failure->code, one.code) << one.label << ": " << said(*failure);
    EXPECT_EQ(failure->where, one.where) << one.label << ": " << said(*failure);
    EXPECT_EQ(failure->row, one.row) << one.label << ": " << said(*failure);
    EXPECT_EQ(failure->kind, one.kind) << one.label;
    EXPECT_EQ(failure->message.substr(0, 9), "expected ") << one.label << ": " << failure->message;
}

/// Spoils the struct of one column in the second batch.
auto in_batch(std::size_t column, std::function<void(ArrowArray&)> spoil) {
    return [column, spoil](mock::stream_spec& spec) {
        spec.spoil_batch = [column, spoil](ArrowArray& batch, std::int64_t number) {
            if (number == 1) spoil(column == n_columns ? batch : *batch.children[column]);
        };
    };
}
/// Spoils bytes of a buffer in the second batch; the buffer keeps its size.
auto in_buffer(std::size_t column, std::size_t number, std::size_t at, mock::bytes bytes) {
    return [=](mock::stream_spec& spec) {
        spec.batches[1].children[column].buffers[number].content.replace(at, bytes.size(), bytes);
    };
}
auto in_schema(std::function<void(ArrowSchema&)> spoil) {
    return [spoil](mock::stream_spec& spec) { spec.spoil_schema = spoil; };
}

TEST(arrow, refuses_schemas_that_are_no_table) {
    const auto root = [](std::string label, std::string code, std::function<void(ArrowSchema&)> spoil) {
        return fault{std::move(label), std::move(code), "deals", -1, in_schema(std::move(spoil)), status::schema};
    };
    static ArrowSchema spare{};
    const std::vector<fault> faults{
        root("root format NULL", "arrow.format", [](ArrowSchema& s) { s.format = nullptr; }),
        root("root format empty", "arrow.format", [](ArrowSchema& s) { s.format = ""; }),
        root("root a list", "arrow.format", [](ArrowSchema& s) { s.format = "+l"; }),
        root("root an integer", "arrow.format", [](ArrowSchema& s) { s.format = "i"; }),
        root("root a dictionary", "arrow.children", [](ArrowSchema& s) { s.dictionary = &spare; }),
        root("columns -1", "arrow.children", [](ArrowSchema& s) { s.n_children = -1; }),
        root("columns INT64_MIN", "arrow.children", [](ArrowSchema& s) { s.n_children = INT64_MIN; }),
        root("columns NULL", "arrow.children", [](ArrowSchema& s) { s.children = nullptr; }),
        root("4,097 columns", "limit.columns", [](ArrowSchema& s) { s.n_children = 4097; }),
        root("10^5 columns", "limit.columns", [](ArrowSchema& s) { s.n_children = 100000; }),
        root("INT64_MAX columns", "limit.columns", [](ArrowSchema& s) { s.n_children = INT64_MAX; }),
        root("a column NULL", "arrow.children", [](ArrowSchema& s) { s.children[3] = nullptr; }),
        root("a name NULL", "arrow.name", [](ArrowSchema& s) { s.children[7]->name = nullptr; }),
        root("a name not UTF-8", "arrow.name", [](ArrowSchema& s) { s.children[7]->name = "\xC0\x80"; }),
        {"a name twice", "schema.duplicate_column", "deals.amount", -1,
         in_schema([](ArrowSchema& s) { s.children[7]->name = "amount"; }), status::schema},
        {"an extra name twice", "schema.duplicate_column", "deals.shoe_size", -1,
         in_schema([](ArrowSchema& s) { s.children[2]->name = "shoe_size"; }), status::schema},
        {"format NULL beyond the contract", "arrow.format", "deals.shoe_size", -1,
         in_schema([](ArrowSchema& s) { s.children[7]->format = nullptr; }), status::schema},
        {"format empty beyond the contract", "arrow.format", "deals.shoe_size", -1,
         in_schema([](ArrowSchema& s) { s.children[7]->format = ""; }), status::schema},
        {"children of a number", "arrow.children", "deals.amount", -1,
         in_schema([](ArrowSchema& s) { s.children[2]->n_children = 1; }), status::schema},
        {"children -1 of a number", "arrow.children", "deals.amount", -1,
         in_schema([](ArrowSchema& s) { s.children[2]->n_children = -1; }), status::schema},
        {"indices that are floats", "arrow.dictionary", "deals.outcome", -1,
         in_schema([](ArrowSchema& s) { s.children[outcome]->format = "g"; })},
        {"indices that are text", "arrow.dictionary", "deals.outcome", -1,
         in_schema([](ArrowSchema& s) { s.children[outcome]->format = "u"; })},
        {"a dictionary of a dictionary", "arrow.dictionary", "deals.outcome", -1,
         in_schema([](ArrowSchema& s) { s.children[outcome]->dictionary->dictionary = &spare; })},
        {"a dictionary of structs", "arrow.unsupported", "deals.outcome", -1,
         in_schema([](ArrowSchema& s) { s.children[outcome]->dictionary->format = "+s"; }), status::schema},
        {"a dictionary of nothing", "arrow.format", "deals.outcome", -1,
         in_schema([](ArrowSchema& s) { s.children[outcome]->dictionary->format = nullptr; }), status::schema},
    };
    for (const fault& one : faults) expect_fault(one);
}

TEST(arrow, refuses_formats_that_do_not_exist) {
    static const std::string ten_megabytes(10 << 20, 'i');
    std::vector<const char*> formats{nullptr,
                                     "",
                                     "?",
                                     "w:",
                                     "w:-1",
                                     "w:x",
                                     "tsx:",
                                     "ts",
                                     "tss",
                                     "td",
                                     "tdx",
                                     "tdDD",
                                     "tt",
                                     "ti",
                                     "tDx",
                                     "d:",
                                     "d:10",
                                     "d:0,0",
                                     "d:39,0",
                                     "d:-1,0",
                                     "d:a,b",
                                     "d:10,2,17",
                                     "d:10,2x",
                                     "d:10,2000",
                                     "d:19,2,64",
                                     "d:10,2,128,1",
                                     "+",
                                     "+x",
                                     "+w:",
                                     "+w:-3",
                                     "+ud:a",
                                     "+us:1,",
                                     "+us:200",
                                     "ii",
                                     "v",
                                     "vx",
                                     "vuu",
                                     "\xFF",
                                     " i",
                                     "d:99999999999,2",
                                     ten_megabytes.c_str()};
    for (const char* format : formats)
        expect_fault({format == nullptr ? "NULL" : std::string(format).substr(0, 20), "arrow.format", "deals.amount",
                      -1, in_schema([format](ArrowSchema& s) { s.children[amount]->format = format; }),
                      status::schema});
}

TEST(arrow, refuses_types_of_the_contract_that_do_not_widen_and_lets_them_pass_beyond_it) {
    const std::vector<const char*> formats{"z",    "Z",       "vz",    "w:16",       "+l",       "+L",       "+vl",
                                           "+vL",  "+w:3",    "+m",    "+r",         "+s",       "tts",      "ttm",
                                           "ttu",  "ttn",     "tDs",   "tDn",        "tiM",      "tiD",      "tin",
                                           "+ud:", "+ud:0,1", "+us:5", "d:76,2,256", "d:9,2,32", "d:18,2,64"};
    for (const char* format : formats) {
        expect_fault({format, "arrow.unsupported", "deals.amount", -1,
                      in_schema([format](ArrowSchema& s) { s.children[amount]->format = format; }), status::schema});
        mock::stream_spec spec = deal_stream(1);
        spec.spoil_schema = [format](ArrowSchema& s) { s.children[shoe_size]->format = format; };
        EXPECT_FALSE(add(spec)) << format;
    }
    mock::stream_spec unheard_of = deal_stream(1);
    unheard_of.spoil_schema = [](ArrowSchema& s) { s.children[shoe_size]->format = "xyz"; };
    EXPECT_FALSE(add(unheard_of));
}

TEST(arrow, refuses_extension_types_of_the_contract) {
    const auto entry = [](const std::string& text) { return raw(static_cast<std::int32_t>(text.size())) + text; };
    const std::string plain = raw(std::int32_t{1}) + entry("unit") + entry("currency");
    const std::string extension =
        raw(std::int32_t{2}) + entry("unit") + entry("") + entry("ARROW:extension:name") + entry("uuid");
    expect_fault({"extension", "arrow.unsupported", "deals.amount", -1,
                  [&](mock::stream_spec& spec) { spec.schema.children[amount].metadata = extension; }, status::schema});
    mock::stream_spec harmless = deal_stream(1);
    harmless.schema.children[amount].metadata = plain;
    harmless.schema.children[shoe_size].metadata = extension;
    EXPECT_FALSE(add(harmless));
}

TEST(arrow, refuses_lengths_before_it_computes_with_them) {
    for (const std::int64_t length :
         {std::int64_t{-1}, INT64_MIN, (std::int64_t{1} << 40) + 1, INT64_MAX, INT64_MAX / 2, INT64_MAX - 1}) {
        for (const std::size_t column :
             {std::size_t{n_columns}, std::size_t{amount}, std::size_t{deal_id}, std::size_t{shoe_size}}) {
            expect_fault({"length " + std::to_string(length), "arrow.length", "deals", -1,
                          in_batch(column, [length](ArrowArray& a) { a.length = length; })});
            expect_fault({"offset " + std::to_string(length), "arrow.length", "deals", -1,
                          in_batch(column, [length](ArrowArray& a) { a.offset = length; })});
        }
        expect_fault({"dictionary length", "arrow.length", "deals.outcome", -1,
                      in_batch(outcome, [length](ArrowArray& a) { a.dictionary->length = length; })});
    }
    // Rows are limited by what is declared: nothing is read and nothing is allocated.
    for (const std::int64_t length : {std::int64_t{2147483648}, std::int64_t{2147483647}, std::int64_t{2147483638},
                                      std::int64_t{1} << 32, std::int64_t{1} << 40})
        expect_fault({"rows " + std::to_string(length), "limit.rows", "deals", -1,
                      in_batch(n_columns, [length](ArrowArray& a) { a.length = length; })});
    for (const std::int64_t length : {std::int64_t{2147483637}, std::int64_t{11}})
        expect_fault({"columns shorter than " + std::to_string(length), "arrow.children", "deals", -1,
                      in_batch(n_columns, [length](ArrowArray& a) { a.length = length; }), status::schema});
    expect_fault({"an offset beyond the columns", "arrow.children", "deals", -1,
                  in_batch(n_columns, [](ArrowArray& a) { a.offset = 1; }), status::schema});
    expect_fault({"a column shorter than the batch", "arrow.children", "deals", -1,
                  in_batch(shoe_size, [](ArrowArray& a) { a.length = 9; }), status::schema});
}

TEST(arrow, refuses_batches_that_are_not_of_the_schema) {
    static ArrowArray spare{};
    const auto wrong = [](std::string label, std::string code, std::function<void(ArrowArray&)> spoil,
                          status kind = status::schema) {
        return fault{std::move(label), std::move(code), "deals", -1, in_batch(n_columns, std::move(spoil)), kind};
    };
    const std::vector<fault> faults{
        wrong("a column less", "arrow.children", [](ArrowArray& a) { a.n_children = n_columns - 1; }),
        wrong("a column more", "arrow.children", [](ArrowArray& a) { a.n_children = n_columns + 1; }),
        wrong("columns -1", "arrow.children", [](ArrowArray& a) { a.n_children = -1; }),
        wrong("columns INT64_MAX", "arrow.children", [](ArrowArray& a) { a.n_children = INT64_MAX; }),
        wrong("columns NULL", "arrow.children", [](ArrowArray& a) { a.children = nullptr; }),
        wrong("a column NULL", "arrow.children", [](ArrowArray& a) { a.children[shoe_size] = nullptr; }),
        wrong("a dictionary", "arrow.children", [](ArrowArray& a) { a.dictionary = &spare; }),
        wrong(
            "no buffer", "arrow.buffers", [](ArrowArray& a) { a.n_buffers = 0; }, status::data),
        wrong(
            "two buffers", "arrow.buffers", [](ArrowArray& a) { a.n_buffers = 2; }, status::data),
        wrong(
            "buffers NULL", "arrow.buffers", [](ArrowArray& a) { a.buffers = nullptr; }, status::data),
        wrong(
            "nulls without a bitmap", "arrow.null_count", [](ArrowArray& a) { a.null_count = 1; }, status::data),
    };
    for (const fault& one : faults) expect_fault(one);
    mock::stream_spec spec = deal_stream(3);
    in_batch(n_columns, [](ArrowArray& a) { a.n_children = 3; })(spec);
    const auto failure = add(spec);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->message, "expected 8 columns as in the schema, found 3 in batch 1");
}

TEST(arrow, refuses_rows_that_are_null_as_a_whole) {
    expect_fault({"a null row", "data.null", "deals", 13, [](mock::stream_spec& spec) {
                      spec.batches[1].buffers[0] = {mock::bytes("\xF7\x03", 2)};
                      spec.batches[1].null_count = 1;
                  }});
    mock::stream_spec all_there = deal_stream(1);
    all_there.batches[0].buffers[0] = {mock::bytes("\xFF\x03", 2)};
    all_there.batches[0].null_count = -1;
    EXPECT_FALSE(add(all_there));
}

TEST(arrow, refuses_buffers_that_are_not_those_of_the_type) {
    const std::array<std::pair<std::size_t, std::int64_t>, 5> right{
        {{deal_id, 3}, {owner_id, 3}, {amount, 2}, {closed, 2}, {outcome, 2}}};
    const std::array<std::string, n_columns> names{"deal_id", "owner_id", "amount",     "closed",
                                                   "outcome", "segment",  "account_id", "shoe_size"};
    for (const auto& [column, n] : right)
        for (const std::int64_t declared : {std::int64_t{0}, std::int64_t{1}, std::int64_t{2}, std::int64_t{3},
                                            std::int64_t{4}, std::int64_t{-1}, INT64_MIN, INT64_MAX}) {
            if (declared == n) continue;
            expect_fault({names[column] + " with " + std::to_string(declared), "arrow.buffers",
                          "deals." + names[column], -1,
                          in_batch(column, [declared](ArrowArray& a) { a.n_buffers = declared; })});
        }
    for (const std::int64_t declared : {std::int64_t{0}, std::int64_t{1}, std::int64_t{2}, std::int64_t{-1}, INT64_MAX})
        expect_fault({"views", "arrow.buffers", "deals.segment", -1,
                      in_batch(segment, [declared](ArrowArray& a) { a.n_buffers = declared; })});
    for (const std::size_t column : {deal_id, owner_id, amount, closed, outcome, segment}) {
        expect_fault({"buffers NULL", "arrow.buffers", "deals." + names[column], -1,
                      in_batch(column, [](ArrowArray& a) { a.buffers = nullptr; })});
        expect_fault({"values NULL", "arrow.buffers", "deals." + names[column], -1,
                      in_batch(column, [](ArrowArray& a) { a.buffers[1] = nullptr; })});
        expect_fault({"children of a column", "arrow.children", "deals." + names[column], -1,
                      in_batch(column, [](ArrowArray& a) { a.n_children = 1; })});
    }
    expect_fault({"text NULL", "arrow.buffers", "deals.deal_id", -1,
                  in_batch(deal_id, [](ArrowArray& a) { a.buffers[2] = nullptr; })});
    expect_fault({"sizes NULL", "arrow.buffers", "deals.segment", -1,
                  in_batch(segment, [](ArrowArray& a) { a.buffers[3] = nullptr; })});
    expect_fault({"text of views NULL", "arrow.buffers", "deals.segment", 10,
                  in_batch(segment, [](ArrowArray& a) { a.buffers[2] = nullptr; })});
    expect_fault({"entries NULL", "arrow.buffers", "deals.outcome", -1,
                  in_batch(outcome, [](ArrowArray& a) { a.dictionary->buffers[1] = nullptr; })});
}

TEST(arrow, recounts_the_nulls) {
    for (const std::int64_t declared : {std::int64_t{11}, std::int64_t{-2}, INT64_MIN, INT64_MAX})
        expect_fault({"outside", "arrow.null_count", "deals", -1,
                      in_batch(amount, [declared](ArrowArray& a) { a.null_count = declared; })});
    for (const std::int64_t declared : {0, 1, 2, 4, 10})
        expect_fault({"not those of the bitmap", "arrow.null_count", "deals.amount", -1,
                      in_batch(amount, [declared](ArrowArray& a) { a.null_count = declared; })});
    expect_fault({"without a bitmap", "arrow.null_count", "deals.closed", -1,
                  in_batch(closed, [](ArrowArray& a) { a.null_count = 1; })});
    mock::stream_spec spec = deal_stream(2);
    in_batch(amount, [](ArrowArray& a) { a.null_count = 7; })(spec);
    const auto failure = add(spec);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->message, "expected 7 nulls as declared, found 3 in the bitmap");
    mock::stream_spec unknown = deal_stream(2);
    in_batch(amount, [](ArrowArray& a) { a.null_count = -1; })(unknown);
    EXPECT_FALSE(add(unknown));
}

TEST(arrow, refuses_offsets_that_fall) {
    const auto offset32 = [](std::size_t at, std::int32_t value) { return in_buffer(deal_id, 1, at * 4, raw(value)); };
    const auto offset64 = [](std::size_t at, std::int64_t value) { return in_buffer(owner_id, 1, at * 8, raw(value)); };
    for (std::int64_t row = 0; row < n_rows; ++row) {
        const auto next = static_cast<std::size_t>(row) + 1;
        // The border after the row lies below the one before it; only the first row has nothing below but negative.
        expect_fault({"falling", "arrow.offsets", "deals.deal_id", 10 + row, offset32(next, row == 0 ? -1 : 0)});
        expect_fault({"falling far", "arrow.offsets", "deals.deal_id", 10 + row, offset32(next, INT32_MIN)});
        expect_fault({"falling", "arrow.offsets", "deals.owner_id", 10 + row, offset64(next, row == 0 ? -1 : 0)});
        expect_fault({"falling far", "arrow.offsets", "deals.owner_id", 10 + row, offset64(next, INT64_MIN)});
        expect_fault(
            {"beyond 2^40", "arrow.offsets", "deals.owner_id", 10 + row, offset64(next, (std::int64_t{1} << 40) + 1)});
        expect_fault({"INT64_MAX", "arrow.offsets", "deals.owner_id", 10 + row, offset64(next, INT64_MAX)});
        expect_fault({"a cell above 1 MiB", "limit.string", "deals.deal_id", 10 + row, offset32(next, 1 << 28)});
        expect_fault({"a cell above 1 MiB", "limit.string", "deals.owner_id", 10 + row, offset64(next, 1 << 28)});
    }
    expect_fault({"first below 0", "arrow.offsets", "deals.deal_id", 10, offset32(0, -1)});
    expect_fault({"first below 0", "arrow.offsets", "deals.owner_id", 10, offset64(0, INT64_MIN)});
}

TEST(arrow, takes_a_cell_of_one_mebibyte_and_not_a_byte_more) {
    for (const std::string format : {"u", "U", "vu"})
        for (const std::size_t more : {0U, 1U}) {
            mock::stream_spec spec;
            const cells rows{"short", std::nullopt, std::string((1U << 20U) + more, 'x')};
            spec.schema = mock::make_struct({mock::make_column("name", format, rows)});
            spec.batches.push_back(mock::make_batch(3, {mock::make_column("name", format, rows)}));
            const auto failure = add(spec, "activities");
            EXPECT_FALSE(failure) << "not of the contract there";
            table_set set;
            mock::ledger book;
            ArrowArrayStream stream = mock::make_stream(book, spec);
            const auto added = add_stream(set, "people", &stream);
            EXPECT_EQ(static_cast<bool>(added), more == 0);
            if (added) continue;
            EXPECT_EQ(added.error().code, "limit.string");
            EXPECT_EQ(added.error().row, 2);
        }
}

TEST(arrow, refuses_views_that_point_elsewhere) {
    const auto view = [](std::size_t row, std::size_t at, std::int32_t value) {
        return in_buffer(segment, 1, row * 16 + at, raw(value));
    };
    for (std::int64_t row = 0; row < n_rows; ++row) {
        const auto at = static_cast<std::size_t>(row);
        for (const std::int32_t value : {-1, INT32_MIN})
            expect_fault({"length below 0", "arrow.view", "deals.segment", 10 + row, view(at, 0, value)});
        for (const std::int32_t value : {1, -1, INT32_MAX, INT32_MIN})
            expect_fault({"buffer that is not there", "arrow.view", "deals.segment", 10 + row, view(at, 8, value)});
        for (const std::int32_t value : {-1, INT32_MIN, INT32_MAX, 350 - 34})
            expect_fault({"range beyond the buffer", "arrow.view", "deals.segment", 10 + row, view(at, 12, value)});
        expect_fault({"too long for the buffer", "arrow.view", "deals.segment", 10 + row, view(at, 0, 351)});
        expect_fault({"too long", "limit.string", "deals.segment", 10 + row, view(at, 0, INT32_MAX)});
        expect_fault({"another prefix", "arrow.view", "deals.segment", 10 + row, view(at, 4, 0x20202020)});
    }
    expect_fault({"size below 0", "arrow.view", "deals.segment", -1, in_buffer(segment, 3, 0, raw(std::int64_t{-1}))});
    expect_fault(
        {"size too small", "arrow.view", "deals.segment", 19, in_buffer(segment, 3, 0, raw(std::int64_t{349}))});
}

TEST(arrow, refuses_indices_outside_the_dictionary) {
    for (std::int64_t row = 0; row < n_rows; ++row)
        for (const char index : {'\x03', '\x7F', '\x80', '\xFF'})
            expect_fault({"index", "arrow.dictionary", "deals.outcome", 10 + row,
                          in_buffer(outcome, 1, static_cast<std::size_t>(row), mock::bytes(1, index))});
    expect_fault({"dictionary NULL", "arrow.dictionary", "deals.outcome", -1,
                  in_batch(outcome, [](ArrowArray& a) { a.dictionary = nullptr; })});
    static ArrowArray spare{};
    expect_fault({"dictionary unasked", "arrow.dictionary", "deals.amount", -1,
                  in_batch(amount, [](ArrowArray& a) { a.dictionary = &spare; })});
    expect_fault({"dictionary of a dictionary", "arrow.dictionary", "deals.outcome", -1,
                  in_batch(outcome, [](ArrowArray& a) { a.dictionary->dictionary = &spare; })});
    expect_fault({"entry not UTF-8", "data.utf8", "deals.outcome", -1, [](mock::stream_spec& spec) {
                      spec.batches[1].children[outcome].dictionary->buffers[2].content[0] = '\xFF';
                  }});
    expect_fault({"entries that fall", "arrow.offsets", "deals.outcome", -1, [](mock::stream_spec& spec) {
                      spec.batches[1].children[outcome].dictionary->buffers[1].content.replace(8, 4,
                                                                                               raw(std::int32_t{-5}));
                  }});
    expect_fault({"nulls of entries", "arrow.null_count", "deals.outcome", -1,
                  [](mock::stream_spec& spec) { spec.batches[1].children[outcome].dictionary->null_count = 2; }});
}

TEST(arrow, refuses_indices_of_every_width_outside_the_dictionary) {
    for (const std::string index : {"c", "C", "s", "S", "i", "I", "l", "L"}) {
        auto column = mock::make_dictionary("outcome", index, "u", {"won", "lost", std::nullopt, std::nullopt, "won"});
        const std::size_t width = mock::detail::width_of(index);
        column.array.buffers[1].content.replace(4 * width, width, mock::bytes(width, '\xFE'));
        mock::stream_spec spec;
        spec.schema = mock::make_struct({column});
        spec.batches.push_back(mock::make_batch(5, {column}));
        const auto failure = add(spec);
        ASSERT_TRUE(failure) << index;
        EXPECT_EQ(failure->code, "arrow.dictionary") << index;
        EXPECT_EQ(failure->row, 4) << index;
        // The same under a null is never looked at.
        column.array.buffers[0].content[0] = static_cast<char>(column.array.buffers[0].content[0] & ~0x10);
        column.array.null_count = -1;
        spec.batches[0] = mock::make_batch(5, {column});
        EXPECT_FALSE(add(spec)) << index;
    }
}

/// A decoder written the long way, for comparison.
bool decodes(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80          ? 1
                                   : (lead >> 5U) == 6  ? 2
                                   : (lead >> 4U) == 14 ? 3
                                   : (lead >> 3U) == 30 ? 4
                                                        : 0;
        if (length == 0 || i + length > text.size()) return false;
        std::uint32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next >> 6U) != 2) return false;
            point = (point << 6U) | (next & 63U);
        }
        constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
        if (point < smallest[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
        i += length;
    }
    return true;
}

TEST(arrow, tells_utf8_from_what_only_looks_like_it) {
    const std::array<unsigned char, 25> edges{0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                              0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
                                              0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
    std::size_t n_good = 0;
    for (const unsigned char a : edges)
        for (const unsigned char b : edges)
            for (const unsigned char c : edges)
                for (const unsigned char d : edges) {
                    const std::string four{static_cast<char>(a), static_cast<char>(b), static_cast<char>(c),
                                           static_cast<char>(d)};
                    const bool good = decodes(four);
                    n_good += good ? 1 : 0;
                    ASSERT_EQ(is_utf8(four.data(), 4), good);
                    ASSERT_EQ(is_utf8(four.data(), 3), decodes(four.substr(0, 3)));
                    // The same at every distance from the eight bytes that are looked at together.
                    if (a >= 0xC0) {
                        const std::string late = std::string(6, 'x') + four + "yyyyyyyyy";
                        ASSERT_EQ(is_utf8(late.data(), late.size()), decodes(late));
                    }
                }
    EXPECT_GT(n_good, 100U);
    for (std::size_t at = 0; at < 100; ++at) {
        std::string text(100, 'a');
        EXPECT_TRUE(is_ascii(text.data(), text.size()));
        text[at] = '\x80';
        EXPECT_FALSE(is_ascii(text.data(), text.size()));
        EXPECT_TRUE(is_ascii(text.data(), at));
    }
}

TEST(arrow, refuses_text_that_is_not_utf8_with_its_row_however_the_rows_are_cut) {
    for (const std::string format : {"u", "U", "vu"})
        for (const std::string bad : {"\xFF", "M\xFCller", "a very long name M\xFCller", "cut\xE2\x82", "\xC0\xAF",
                                      "\xED\xA0\x80", "\xF4\x90\x80\x80"}) {
            cells rows(12, "\xC3\xA9");
            rows[3] = std::nullopt;
            rows[7] = bad;
            rows[9] = bad;
            for (std::size_t cut = 0; cut <= rows.size(); ++cut) {
                mock::stream_spec spec;
                spec.schema = mock::make_struct({mock::make_column("segment", format, rows)});
                for (const auto& part : {cells(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(cut)),
                                         cells(rows.begin() + static_cast<std::ptrdiff_t>(cut), rows.end())})
                    spec.batches.push_back(mock::make_batch(static_cast<std::int64_t>(part.size()),
                                                            {mock::make_column("segment", format, part)}));
                const auto failure = add(spec);
                ASSERT_TRUE(failure);
                EXPECT_EQ(failure->code, "data.utf8");
                EXPECT_EQ(failure->row, 7) << "cut at " << cut;
            }
        }
    // A character cut in two by the border of two cells is no character in either.
    mock::stream_spec spec;
    const cells halves{"a\xC3", "\xA9z"};
    spec.schema = mock::make_struct({mock::make_column("segment", "u", halves)});
    spec.batches.push_back(mock::make_batch(2, {mock::make_column("segment", "u", halves)}));
    const auto failure = add(spec);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->row, 0);
    EXPECT_EQ(failure->message, "expected text in UTF-8, found \"a\\xc3\"");
}

TEST(arrow, never_shows_names_of_people) {
    mock::stream_spec spec;
    const auto names = mock::make_column("name", "u", {"M\xFCller"});
    spec.schema = mock::make_struct({names});
    spec.batches.push_back(mock::make_batch(1, {names}));
    table_set set;
    mock::ledger book;
    ArrowArrayStream stream = mock::make_stream(book, spec);
    const auto added = add_stream(set, "people", &stream);
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().message, "expected text in UTF-8, found [redacted]");
}

TEST(arrow, does_not_read_columns_beyond_the_contract) {
    mock::stream_spec spec = deal_stream(2);
    in_batch(shoe_size, [](ArrowArray& a) {
        a.buffers = nullptr;
        a.n_buffers = -7;
        a.null_count = -1;
    })(spec);
    EXPECT_FALSE(add(spec));
}

TEST(arrow, reports_the_first_column_of_the_contract_whatever_their_order_in_the_schema) {
    auto columns = deal_columns();
    for (const std::size_t column : {std::size_t{deal_id}, std::size_t{account_id}, std::size_t{closed}})
        columns[column].array.null_count = 5;
    std::sort(columns.begin(), columns.end(),
              [](const auto& a, const auto& b) { return *a.schema.name < *b.schema.name; });
    do {
        mock::stream_spec spec;
        spec.schema = mock::make_struct(columns);
        spec.batches.push_back(mock::make_batch(n_rows, columns));
        const auto failure = add(spec);
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->where, "deals.deal_id");
        std::rotate(columns.begin(), columns.begin() + 1, columns.end());
    } while (*columns.front().schema.name != "account_id");
}

TEST(arrow, keeps_what_the_producer_says_of_its_failure) {
    struct failing {
        std::optional<std::string> reason;
        bool has_last_error;
        std::string expected;
    };
    const std::vector<failing> all{
        {"disk gone", true, ": \"disk gone\""},
        {"line\nbreak", true, ": \"line\\x0abreak\""},
        {std::string(2000, 'x'), true, ": \"" + std::string(512, 'x') + "\"..."},
        {"", true, ": \"\""},
        {std::nullopt, true, ""},
        {"never asked", false, ""},
    };
    for (const failing& one : all) {
        for (const std::int64_t batch : {0, 1, 2}) {
            mock::stream_spec spec = deal_stream(2);
            spec.failing_batch = batch;
            spec.batch_errno = EIO;
            spec.reason = one.reason;
            spec.has_last_error = one.has_last_error;
            const auto failure = add(spec);
            ASSERT_TRUE(failure);
            EXPECT_EQ(failure->code, "arrow.stream");
            EXPECT_EQ(failure->where, "deals");
            EXPECT_EQ(failure->message,
                      "expected batch " + std::to_string(batch) + ", the producer failed with errno 5" + one.expected);
        }
        mock::stream_spec spec = deal_stream(2);
        spec.schema_errno = ENOMEM;
        spec.reason = one.reason;
        spec.has_last_error = one.has_last_error;
        const auto failure = add(spec);
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->code, "arrow.stream");
        EXPECT_EQ(failure->message, "expected a schema, the producer failed with errno 12" + one.expected);
    }
}

TEST(arrow, refuses_streams_that_are_none) {
    table_set set;
    EXPECT_EQ(add_stream(set, "deals", nullptr).error().code, "argument.null");
    ArrowArrayStream released{};
    const auto added = add_stream(set, "deals", &released);
    EXPECT_EQ(added.error().code, "arrow.released");
    EXPECT_EQ(added.error().kind, status::argument);
    for (const bool schema : {false, true}) {
        mock::ledger book;
        ArrowArrayStream stream = mock::make_stream(book, deal_stream(1));
        (schema ? stream.get_schema = nullptr : nullptr);
        if (!schema) stream.get_next = nullptr;
        EXPECT_EQ(add_stream(set, "deals", &stream).error().code, "arrow.stream");
        EXPECT_TRUE(book.balanced());
    }
    expect_fault({"schema released after success", "arrow.stream", "deals", -1,
                  in_schema([](ArrowSchema& s) { s.release(&s); })});
}

TEST(arrow, knows_the_tables_of_the_contract_and_the_nearest_to_others) {
    const std::vector<std::pair<std::string, std::string>> all{
        {"deal", "deals"},    {"Deals", "deals"}, {"peoples", "people"},
        {"person", "people"}, {"", "pay"},        {"exchange_rate", "exchange_rates"}};
    for (const auto& [asked, nearest] : all) {
        const auto failure = add(deal_stream(1), asked);
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->kind, status::argument);
        EXPECT_EQ(failure->code, "argument.table_name");
        EXPECT_EQ(failure->message, "expected a table of the data contract, found \"" + asked +
                                        "\"; the nearest known name is " + nearest);
    }
    EXPECT_EQ(add(deal_stream(1), std::string("deals\0", 6))->code, "argument.table_name");
    EXPECT_EQ(add(deal_stream(1), std::string(1 << 20, 'x'))->code, "argument.table_name");
    EXPECT_EQ(add(deal_stream(1), "people")->message, "expected a table that is not there yet, found a second one");
    for (const contract_table& table : contract_tables) {
        mock::ledger book;
        mock::stream_spec spec;
        spec.schema = mock::make_struct({});
        ArrowArrayStream stream = mock::make_stream(book, spec);
        table_set set;
        EXPECT_TRUE(add_stream(set, table.name, &stream)) << table.name;
        EXPECT_NE(set.find(table.name), nullptr);
        EXPECT_EQ(set.find("nobody"), nullptr);
    }
}

TEST(arrow, takes_tables_without_rows_columns_or_batches) {
    EXPECT_FALSE(add(deal_stream(0)));
    mock::stream_spec no_rows = deal_stream(0);
    for (int i = 0; i < 3; ++i) no_rows.batches.push_back(mock::make_batch(0, deal_columns({}, 0)));
    EXPECT_FALSE(add(no_rows));
    // Without rows there is nothing that buffers would have to hold.
    no_rows.spoil_batch = [](ArrowArray& batch, std::int64_t) {
        for (std::size_t i = 0; i < n_columns; ++i)
            for (std::int64_t k = 0; k < batch.children[i]->n_buffers; ++k) batch.children[i]->buffers[k] = nullptr;
        batch.children[outcome]->dictionary->length = 0;
        batch.children[outcome]->dictionary->null_count = 0;
        batch.children[segment]->n_buffers = 3;
    };
    EXPECT_FALSE(add(no_rows));
    mock::stream_spec no_columns;
    no_columns.schema = mock::make_struct({});
    no_columns.batches.push_back(mock::make_batch(5, {}));
    EXPECT_FALSE(add(no_columns));
}

TEST(arrow, drops_batches_without_rows_and_numbers_the_rows_of_the_others) {
    mock::ledger book;
    table_set set;
    mock::stream_spec spec = deal_stream(0);
    for (const std::int64_t n : {0, 3, 0, 0, 5, 1, 0}) spec.batches.push_back(mock::make_batch(n, deal_columns({}, n)));
    ArrowArrayStream stream = mock::make_stream(book, spec);
    ASSERT_TRUE(add_stream(set, "deals", &stream));
    const auto table = set.find("deals");
    EXPECT_EQ(table->n_rows, 9);
    EXPECT_EQ(table->first_row, (std::vector<std::int64_t>{0, 3, 8}));
    EXPECT_EQ(book.arrays_released, 4);
    EXPECT_EQ(find_column(*table, "outcome"), static_cast<std::int64_t>(outcome));
    EXPECT_EQ(find_column(*table, "shoe_size"), static_cast<std::int64_t>(shoe_size));
    EXPECT_EQ(find_column(*table, "shoe"), -1);
}

/// The ways a call may go, of section 3 of the contract.
enum class way { good, bad_name, schema_fails, bad_schema, first_fails, last_fails, bad_last, n_ways };

mock::stream_spec on_its_way(way how, std::int64_t n_batches, const layout& rows) {
    mock::stream_spec spec = deal_stream(n_batches, rows);
    if (how == way::schema_fails) spec.schema_errno = EINVAL;
    if (how == way::bad_schema) spec.spoil_schema = [](ArrowSchema& s) { s.children[1]->name = nullptr; };
    if (how == way::first_fails) spec.failing_batch = 0;
    if (how == way::last_fails) spec.failing_batch = n_batches;
    if (how == way::bad_last)
        spec.spoil_batch = [n_batches](ArrowArray& a, std::int64_t i) {
            if (i + 1 == n_batches) a.children[amount]->n_buffers = 9;
        };
    return spec;
}

std::vector<layout> shapes() {
    layout sliced;
    sliced.before = 9;
    sliced.after = 3;
    layout nested = sliced;
    nested.in_parent = 5;
    nested.unaligned = true;
    return {{}, sliced, nested};
}

TEST(arrow, releases_everything_once_however_a_call_goes) {
    for (int how = 0; how < static_cast<int>(way::n_ways); ++how)
        for (const std::int64_t n_batches : {0, 1, 5})
            for (const layout& rows : shapes()) {
                const way on = static_cast<way>(how);
                const bool is_good = on == way::good || (on == way::bad_last && n_batches == 0);
                const auto failure = add(on_its_way(on, n_batches, rows), on == way::bad_name ? "nothing" : "deals");
                EXPECT_EQ(!failure, is_good) << how << " with " << n_batches;
            }
}

TEST(arrow, gives_everything_back_when_memory_runs_out_at_any_point) {
    for (int how = 0; how < static_cast<int>(way::n_ways); ++how)
        for (const std::int64_t n_batches : {0, 1, 5})
            for (const layout& rows : shapes()) {
                const way on = static_cast<way>(how);
                bool ran_out = true;
                long long n_points = 0;
                for (long long point = 0; ran_out; ++point) {
                    mock::ledger book;
                    ran_out = false;
                    {
                        table_set set;
                        ArrowArrayStream stream = mock::make_stream(book, on_its_way(on, n_batches, rows));
                        const std::string_view name = on == way::bad_name ? "nothing" : "deals";
                        allocations_seen = 0;
                        allocations_left = point;
                        try {
                            const auto added = add_stream(set, name, &stream);
                            allocations_left = -1;
                            EXPECT_EQ(static_cast<bool>(added), set.tables.size() == 1);
                        } catch (const std::bad_alloc&) {
                            allocations_left = -1;
                            ran_out = true;
                            EXPECT_TRUE(set.tables.empty());
                        }
                        EXPECT_EQ(stream.release, nullptr);
                        EXPECT_EQ(book.streams_released, 1);
                    }
                    EXPECT_TRUE(book.balanced()) << how << " with " << n_batches << " at " << point;
                    n_points = point;
                }
                EXPECT_GT(n_points, 0) << how;
            }
}

TEST(arrow, gives_batches_back_when_memory_runs_out_at_any_point) {
    bool ran_out = true;
    for (long long point = 0; ran_out; ++point) {
        mock::ledger book;
        ran_out = false;
        {
            table_set set;
            for (int i = 0; i < 3; ++i) {
                ArrowSchema schema = mock::make_schema(book, mock::make_struct(deal_columns()));
                ArrowArray array = mock::make_array(book, mock::make_batch(n_rows, deal_columns()));
                const bool is_last = i == 2;
                allocations_seen = 0;
                if (is_last) allocations_left = point;
                try {
                    const auto added = add_batch(set, "deals", &schema, &array);
                    allocations_left = -1;
                    EXPECT_TRUE(added);
                } catch (const std::bad_alloc&) {
                    allocations_left = -1;
                    ran_out = true;
                    EXPECT_EQ(set.tables.front()->n_rows, 2 * n_rows);
                    EXPECT_EQ(set.tables.front()->batches.size(), 2U);
                }
                EXPECT_EQ(schema.release, nullptr);
                EXPECT_EQ(array.release, nullptr);
            }
        }
        EXPECT_TRUE(book.balanced()) << point;
    }
}

TEST(arrow, adds_batch_after_batch_to_a_table) {
    mock::ledger book;
    {
        table_set set;
        for (int i = 0; i < 40; ++i) {
            ArrowSchema schema = mock::make_schema(book, mock::make_struct(deal_columns()));
            ArrowArray array = mock::make_array(book, mock::make_batch(i % 3, deal_columns({}, i % 3)));
            ASSERT_TRUE(add_batch(set, "deals", &schema, &array));
            EXPECT_EQ(schema.release, nullptr);
            EXPECT_EQ(array.release, nullptr);
        }
        ASSERT_EQ(set.tables.size(), 1U);
        EXPECT_EQ(set.tables.front()->n_rows, 39);
        EXPECT_EQ(set.tables.front()->batches.size(), 26U);
        EXPECT_EQ(set.tables.front()->first_row.back(), 37);
        ArrowArrayStream stream = mock::make_stream(book, deal_stream(1));
        EXPECT_EQ(add_stream(set, "deals", &stream).error().code, "argument.table_name");
    }
    EXPECT_TRUE(book.balanced());
}

TEST(arrow, takes_what_there_is_of_a_batch_that_is_none) {
    mock::ledger book;
    table_set set;
    ArrowSchema released_schema{};
    ArrowArray released_array{};
    for (const int missing : {0, 1, 2}) { // 0: NULL, 1: released, 2: there
        for (const int other : {0, 1, 2}) {
            if (missing == 2 && other == 2) continue;
            ArrowSchema schema = mock::make_schema(book, mock::make_struct(deal_columns()));
            ArrowArray array = mock::make_array(book, mock::make_batch(n_rows, deal_columns()));
            const auto added = add_batch(set, "deals",
                                         missing == 0   ? nullptr
                                         : missing == 1 ? &released_schema
                                                        : &schema,
                                         other == 0   ? nullptr
                                         : other == 1 ? &released_array
                                                      : &array);
            ASSERT_FALSE(added);
            EXPECT_EQ(added.error().code, missing == 0 || other == 0 ? "argument.null" : "arrow.released");
            EXPECT_EQ(schema.release == nullptr, missing == 2);
            EXPECT_EQ(array.release == nullptr, other == 2);
            if (missing != 2) schema.release(&schema);
            if (other != 2) array.release(&array);
        }
    }
    EXPECT_TRUE(set.tables.empty());
    EXPECT_TRUE(book.balanced());
}

TEST(arrow, refuses_a_batch_of_another_schema_and_keeps_the_table) {
    mock::ledger book;
    {
        table_set set;
        const auto add_columns = [&](const std::vector<mock::column_spec>& columns) {
            ArrowSchema schema = mock::make_schema(book, mock::make_struct(columns));
            ArrowArray array = mock::make_array(book, mock::make_batch(n_rows, columns));
            return add_batch(set, "deals", &schema, &array);
        };
        ASSERT_TRUE(add_columns(deal_columns()));
        std::vector<std::vector<mock::column_spec>> others(5, deal_columns());
        others[0].pop_back();
        std::swap(others[1][0], others[1][1]);
        others[2][amount].schema.format = "l";
        others[3][shoe_size].schema.name = "hat_size";
        others[4][outcome] = mock::make_column("outcome", "u", cells(n_rows, "won"));
        for (const auto& columns : others) {
            const auto added = add_columns(columns);
            ASSERT_FALSE(added);
            EXPECT_EQ(added.error().code, "arrow.children");
            EXPECT_EQ(added.error().where, "deals");
            EXPECT_NE(added.error().message.find("in batch 1"), std::string::npos) << added.error().message;
            EXPECT_EQ(set.tables.front()->n_rows, n_rows);
        }
        ASSERT_TRUE(add_columns(deal_columns()));
        EXPECT_EQ(set.tables.front()->n_rows, 2 * n_rows);
    }
    EXPECT_TRUE(book.balanced());
}

TEST(arrow, counts_the_rows_of_a_fault_across_batches_that_come_one_by_one) {
    mock::ledger book;
    table_set set;
    for (int i = 0; i < 3; ++i) {
        auto columns = deal_columns();
        if (i == 2) columns[outcome].array.buffers[1].content[4] = '\x50';
        ArrowSchema schema = mock::make_schema(book, mock::make_struct(columns));
        ArrowArray array = mock::make_array(book, mock::make_batch(n_rows, columns));
        const auto added = add_batch(set, "deals", &schema, &array);
        EXPECT_EQ(static_cast<bool>(added), i < 2);
        if (!added) {
            EXPECT_EQ(added.error().row, 24);
        }
    }
}

TEST(arrow, shows_what_it_found_without_harm) {
    EXPECT_EQ(shown("plain"), "\"plain\"");
    EXPECT_EQ(shown("a\"b\\c"), "\"a\\\"b\\\\c\"");
    EXPECT_EQ(shown(std::string("\0\n\x7F\xC3\xA9", 5)), "\"\\x00\\x0a\\x7f\\xc3\\xa9\"");
    EXPECT_EQ(shown(std::string(64, 'a')), "\"" + std::string(64, 'a') + "\"");
    EXPECT_EQ(shown(std::string(65, 'a')), "\"" + std::string(64, 'a') + "\"...");
}

TEST(arrow, walks_bitmaps_run_by_run) {
    for (std::int64_t first = 0; first < 18; ++first)
        for (std::int64_t n = 0; n < 200; n += 1 + n / 20)
            for (const int pattern : {0, 1, 2, 3, 4}) {
                mock::bytes bits;
                std::vector<bool> expected;
                std::int64_t n_set = 0;
                for (std::int64_t i = 0; i < first + n; ++i) {
                    const bool set = pattern == 0   ? false
                                     : pattern == 1 ? true
                                     : pattern == 2 ? i % 2 == 0
                                     : pattern == 3 ? i % 71 != 3
                                                    : i % 97 < 65;
                    mock::detail::set_bit(bits, static_cast<std::size_t>(i), set);
                    if (i < first) continue;
                    expected.push_back(set);
                    n_set += set ? 1 : 0;
                }
                const auto exact = std::make_unique<std::uint8_t[]>(bits.size());
                std::copy(bits.begin(), bits.end(), exact.get());
                std::vector<bool> seen;
                bool alternates = true;
                each_run(exact.get(), first, n, [&](std::int64_t begin, std::int64_t end, bool set) {
                    alternates = alternates && begin == static_cast<std::int64_t>(seen.size()) && begin < end &&
                                 (seen.empty() || seen.back() != set);
                    seen.insert(seen.end(), static_cast<std::size_t>(end - begin), set);
                    return true;
                });
                ASSERT_EQ(seen, expected);
                ASSERT_TRUE(alternates);
                ASSERT_EQ(count_set(exact.get(), first, n), n_set);
            }
}

TEST(contract, names_every_table_and_column_once) {
    std::set<std::string_view> tables;
    for (const contract_table& table : contract_tables) {
        EXPECT_TRUE(tables.insert(table.name).second);
        std::set<std::string_view> columns;
        for (const contract_column& column : table.columns) {
            EXPECT_TRUE(columns.insert(column.name).second) << table.name << "." << column.name;
            EXPECT_FALSE(column.meaning.empty());
            EXPECT_EQ(column.kind == cell_kind::word, !column.words.empty()) << table.name << "." << column.name;
            EXPECT_LT(column.words.size(), 255U);
            EXPECT_EQ(find_contract_column(table, column.name), &column);
        }
    }
    EXPECT_EQ(tables.size(), 17U);
    EXPECT_EQ(find_contract_column(*find_contract_table("panel"), "x_tenure")->kind, cell_kind::number);
    EXPECT_EQ(find_contract_column(*find_contract_table("panel"), "y"), nullptr);
    EXPECT_EQ(find_contract_column(*find_contract_table("demographics"), "sex")->kind, cell_kind::category);
    EXPECT_TRUE(find_contract_column(*find_contract_table("demographics"), "sex")->is_personal);
}

} // namespace
