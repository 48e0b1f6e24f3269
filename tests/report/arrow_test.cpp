#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <dualtrack/base/text.hpp>

#include "ingest/table.hpp"
#include "report/every_kind.hpp"
#include "report/export.hpp"

// Allocations can be made to fail: the n-th from now on, and all after it.
namespace {
std::atomic<long long> allocations_left{-1};
}
[[gnu::noinline]] void* operator new(std::size_t size) {
    void* memory = nullptr;
    if (allocations_left < 0 || allocations_left.fetch_sub(1) > 0)
        memory = std::malloc(size == 0 ? 1 : size);
    else
        allocations_left = 0;
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace {

using namespace dualtrack;
using report::export_arrow;
using report::view_of;

/// Cell of an exported column as text, read by the rules of the format alone.
std::string cell(const ArrowSchema& schema, const ArrowArray& array, std::int64_t row) {
    const auto bit = [row](const void* bits) {
        return ((static_cast<unsigned>(static_cast<const unsigned char*>(bits)[row / 8]) >> (row % 8)) & 1U) != 0;
    };
    if (array.buffers[0] != nullptr && !bit(array.buffers[0])) return "null";
    const std::string format = schema.format;
    const void* values = array.buffers[1];
    if (format == "g") return number_text(static_cast<const double*>(values)[row]);
    if (format == "l") return integer_text(static_cast<const std::int64_t*>(values)[row]);
    if (format == "tdD") return "day " + integer_text(static_cast<const std::int32_t*>(values)[row]);
    if (format == "b") return bit(values) ? "yes" : "no";
    const auto* offsets = static_cast<const std::int32_t*>(values);
    return std::string(static_cast<const char*>(array.buffers[2]) + offsets[row],
                       static_cast<std::size_t>(offsets[row + 1] - offsets[row]));
}

std::string metadata(const ArrowSchema& schema, const std::string& wanted) {
    const char* at = schema.metadata;
    const auto number = [&at] {
        std::int32_t n = 0;
        std::memcpy(&n, at, sizeof n);
        at += sizeof n;
        return n;
    };
    const auto text = [&] {
        const std::int32_t n = number();
        std::string out(at, static_cast<std::size_t>(n));
        at += n;
        return out;
    };
    for (std::int32_t pairs = number(); pairs > 0; --pairs) {
        const std::string key = text();
        const std::string value = text();
        if (key == wanted) return value;
    }
    return "(none)";
}

struct exported {
    ArrowArrayStream stream{};
    ArrowSchema schema{};
    std::vector<ArrowArray> batches;

    template <class Table> explicit exported(const Table& table, std::shared_ptr<const void> owner = nullptr) {
        EXPECT_TRUE(export_arrow(view_of(table), std::move(owner), &stream));
        EXPECT_EQ(stream.get_schema(&stream, &schema), 0);
        for (;;) {
            ArrowArray batch{};
            EXPECT_EQ(stream.get_next(&stream, &batch), 0);
            if (batch.release == nullptr) break;
            batches.push_back(batch);
        }
    }
    exported(const exported&) = delete;
    exported& operator=(const exported&) = delete;
    ~exported() {
        if (stream.release != nullptr) stream.release(&stream);
        if (schema.release != nullptr) schema.release(&schema);
        for (ArrowArray& batch : batches)
            if (batch.release != nullptr) batch.release(&batch);
    }
    [[nodiscard]] std::vector<std::string> column(std::int64_t i) const {
        std::vector<std::string> out;
        for (const ArrowArray& batch : batches)
            for (std::int64_t row = 0; row < batch.length; ++row)
                out.push_back(cell(*schema.children[i], *batch.children[i], row));
        return out;
    }
};

TEST(arrow_export, gives_every_kind_of_column_its_type_and_its_cells) {
    const every_kind::table table;
    const exported out(table);
    using texts = std::vector<std::string>;
    const std::vector<std::pair<std::string, std::pair<std::string, texts>>> expected{
        {"person_id", {"u", {"p \"3\"", "p1", "null"}}},     {"amount", {"g", {"1234.56", "null", "-0.05"}}},
        {"closed", {"tdD", {"day 0", "day 19782", "null"}}}, {"review", {"b", {"yes", "no", "null"}}},
        {"style", {"u", {"hero_maker", "null", "hero"}}},    {"market", {"u", {"south", "null", "north"}}},
        {"reason", {"u", {"why", "", "tab\there"}}},         {"note", {"u", {"", "null", "caf\xC3\xA9\n"}}},
        {"share", {"g", {"0.1", "1e-07", "null"}}},          {"n_deals", {"l", {"9007199254740993", "null", "0"}}},
    };
    ASSERT_EQ(out.schema.n_children, static_cast<std::int64_t>(expected.size()));
    EXPECT_STREQ(out.schema.format, "+s");
    ASSERT_EQ(out.batches.size(), 1U);
    EXPECT_EQ(out.batches[0].n_buffers, 1);
    for (std::int64_t i = 0; i < out.schema.n_children; ++i) {
        const auto& [name, rest] = expected[static_cast<std::size_t>(i)];
        EXPECT_EQ(out.schema.children[i]->name, name);
        EXPECT_EQ(out.schema.children[i]->format, rest.first) << name;
        EXPECT_EQ(out.schema.children[i]->flags, ARROW_FLAG_NULLABLE);
        EXPECT_EQ(out.column(i), rest.second) << name;
        const auto n_null = std::count(rest.second.begin(), rest.second.end(), "null");
        EXPECT_EQ(out.batches[0].children[i]->null_count, n_null) << name;
        EXPECT_EQ(out.batches[0].children[i]->buffers[0] == nullptr, n_null == 0) << name;
        EXPECT_EQ(out.batches[0].children[i]->n_buffers, rest.first == "u" ? 3 : 2) << name;
    }
    EXPECT_EQ(metadata(*out.schema.children[1], "unit"), "currency");
    EXPECT_EQ(metadata(*out.schema.children[1], "meaning"), "how much");
    EXPECT_EQ(metadata(*out.schema.children[1], "other"), "(none)");
}

TEST(arrow_export, does_not_depend_on_how_ids_lie_in_memory) {
    every_kind::table table;
    const exported whole(table);
    const text_column ids = every_kind::one_chunk_a_row(table.ids);
    const text_column notes = every_kind::one_chunk_a_row(table.note);
    table.person.ids = &ids;
    table.note = notes;
    const exported cut(table);
    for (std::int64_t i = 0; i < whole.schema.n_children; ++i) EXPECT_EQ(whole.column(i), cut.column(i));
}

/// A long table of few columns: a number, an id and a note.
struct long_table {
    text_column ids;
    column<std::int64_t> number;
    id_column person;
    text_list note;
    flag_column even;

    explicit long_table(std::int64_t n) {
        text_builder builder;
        for (int i = 0; i < 1000; ++i) builder.push("person " + std::to_string(i));
        ids = text_builder::finish(std::move(builder));
        person = id_column(ids, std::pmr::get_default_resource());
        for (std::int64_t i = 0; i < n; ++i) {
            number.value.push_back(i);
            person.index.push_back(i % 7 == 3 ? no_index : static_cast<std::uint32_t>(i * 7919 % 1000));
            note.emplace_back(std::to_string(i));
            even.value.push_back(i % 2 == 0 ? 1 : 0);
        }
    }
    long_table(const long_table&) = delete;
    long_table& operator=(const long_table&) = delete;
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, long_table>
void describe(Visitor& visit, Table& t) {
    visit.table("panel", "a long table");
    visit.column("number", unit::count, "its row", t.number);
    visit.column("person_id", unit::id, "who", t.person);
    visit.column("note", unit::text, "note", t.note);
    visit.column("even", unit::flag, "whether the row is even", t.even);
}

TEST(arrow_export, makes_batches_of_65536_rows) {
    for (const std::int64_t n : {0, 1, 7, 8, 9, 65535, 65536, 65537, 140000}) {
        const long_table table(n);
        const exported out(table);
        EXPECT_EQ(static_cast<std::int64_t>(out.batches.size()), (n + 65535) / 65536);
        for (std::size_t b = 0; b + 1 < out.batches.size(); ++b) EXPECT_EQ(out.batches[b].length, 65536);
        std::int64_t row = 0;
        for (const ArrowArray& batch : out.batches)
            for (std::int64_t i = 0; i < batch.length; ++i, ++row) {
                ASSERT_EQ(cell(*out.schema.children[0], *batch.children[0], i), std::to_string(row));
                ASSERT_EQ(cell(*out.schema.children[1], *batch.children[1], i),
                          row % 7 == 3 ? "null" : "person " + std::to_string(row * 7919 % 1000));
                ASSERT_EQ(cell(*out.schema.children[2], *batch.children[2], i), std::to_string(row));
                ASSERT_EQ(cell(*out.schema.children[3], *batch.children[3], i), row % 2 == 0 ? "yes" : "no");
            }
        EXPECT_EQ(row, n);
    }
}

TEST(arrow_export, cuts_batches_whose_text_is_long) {
    long_table table(40);
    for (auto& note : table.note) note.assign(1 << 20, 'x');
    const exported out(table);
    std::int64_t n = 0;
    for (const ArrowArray& batch : out.batches) {
        n += batch.length;
        EXPECT_LE(static_cast<const std::int32_t*>(batch.children[2]->buffers[1])[batch.length], 16 << 20);
    }
    EXPECT_EQ(n, 40);
    EXPECT_GT(out.batches.size(), 2U);
    long_table one(2);
    one.note[1].assign(17 << 20, 'y'); // a cell longer than a batch wants to be is a batch of its own
    const exported alone(one);
    ASSERT_EQ(alone.batches.size(), 2U);
    EXPECT_EQ(cell(*alone.schema.children[2], *alone.batches[1].children[2], 0).size(), 17U << 20U);
}

TEST(arrow_export, keeps_the_result_for_the_stream_and_lets_arrays_outlive_both) {
    auto table = std::make_shared<every_kind::table>();
    const std::weak_ptr<every_kind::table> watched = table;
    auto out = std::make_unique<exported>(*table, table);
    table.reset();
    EXPECT_FALSE(watched.expired()) << "the stream keeps what it reads";
    out->stream.release(&out->stream);
    EXPECT_EQ(out->stream.release, nullptr);
    EXPECT_TRUE(watched.expired()) << "arrays own their buffers";
    EXPECT_EQ(out->column(0), (std::vector<std::string>{"p \"3\"", "p1", "null"}));
    EXPECT_EQ(out->column(8), (std::vector<std::string>{"0.1", "1e-07", "null"}));
}

TEST(arrow_export, lets_children_be_moved_out_and_released_in_any_order) {
    const every_kind::table table;
    for (int order = 0; order < 4; ++order) {
        exported out(table);
        ArrowArray& batch = out.batches[0];
        ArrowArray moved = *batch.children[0];
        batch.children[0]->release = nullptr;
        ArrowSchema moved_field = *out.schema.children[0];
        out.schema.children[0]->release = nullptr;
        if ((order & 1) != 0) batch.release(&batch);
        if ((order & 2) != 0) out.schema.release(&out.schema);
        EXPECT_STREQ(moved_field.name, "person_id");
        EXPECT_EQ(cell(moved_field, moved, 0), "p \"3\"");
        moved.release(&moved);
        moved_field.release(&moved_field);
        EXPECT_EQ(moved.release, nullptr);
        EXPECT_EQ(moved_field.release, nullptr);
    }
}

TEST(arrow_export, may_be_released_on_any_thread) {
    const long_table table(200000);
    exported out(table);
    std::vector<std::thread> threads;
    for (ArrowArray& batch : out.batches) threads.emplace_back([&batch] { batch.release(&batch); });
    threads.emplace_back([&out] { out.stream.release(&out.stream); });
    threads.emplace_back([&out] { out.schema.release(&out.schema); });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(out.stream.release, nullptr);
}

TEST(arrow_export, gives_the_schema_again_and_stays_at_the_end) {
    const every_kind::table table;
    exported out(table);
    ArrowSchema again{};
    EXPECT_EQ(out.stream.get_schema(&out.stream, &again), 0);
    EXPECT_STREQ(again.children[2]->name, "closed");
    again.release(&again);
    for (int i = 0; i < 3; ++i) {
        ArrowArray batch{};
        batch.release = [](ArrowArray*) {};
        EXPECT_EQ(out.stream.get_next(&out.stream, &batch), 0);
        EXPECT_EQ(batch.release, nullptr);
    }
    EXPECT_EQ(out.stream.get_last_error(&out.stream), nullptr);
}

TEST(arrow_export, says_when_memory_runs_out_and_goes_on_when_there_is_some) {
    const every_kind::table table;
    const exported whole(table);
    for (const bool of_schema : {true, false}) {
        bool failed = true;
        long long point = 0;
        for (; failed; ++point) {
            ArrowArrayStream stream{};
            ASSERT_TRUE(export_arrow(view_of(table), nullptr, &stream));
            ArrowSchema schema{};
            ArrowArray batch{};
            allocations_left = point;
            const int code = of_schema ? stream.get_schema(&stream, &schema) : stream.get_next(&stream, &batch);
            allocations_left = -1;
            failed = code != 0;
            if (failed) {
                EXPECT_EQ(code, ENOMEM);
                EXPECT_STREQ(stream.get_last_error(&stream), "no memory for the next part of the table");
                EXPECT_EQ(schema.release, nullptr);
                EXPECT_EQ(batch.release, nullptr);
                EXPECT_EQ(of_schema ? stream.get_schema(&stream, &schema) : stream.get_next(&stream, &batch), 0);
                EXPECT_EQ(stream.get_last_error(&stream), nullptr);
            }
            if (!of_schema) {
                EXPECT_EQ(cell(*whole.schema.children[0], *batch.children[0], 0), "p \"3\"");
            }
            if (schema.release != nullptr) schema.release(&schema);
            if (batch.release != nullptr) batch.release(&batch);
            stream.release(&stream);
        }
        EXPECT_GT(point, 10);
    }
}

TEST(arrow_export, throws_nothing_away_when_the_stream_itself_cannot_be_made) {
    const every_kind::table table;
    const report::table_view view = view_of(table);
    bool failed = true;
    for (long long point = 0; failed; ++point) {
        ArrowArrayStream stream{};
        allocations_left = point;
        try {
            failed = !export_arrow(view, nullptr, &stream);
        } catch (const std::bad_alloc&) {
            failed = true;
        }
        allocations_left = -1;
        EXPECT_EQ(stream.release == nullptr, failed);
        if (!failed) stream.release(&stream);
    }
}

TEST(arrow_export, refuses_columns_of_unequal_length_and_a_stream_that_is_not_there) {
    every_kind::table table;
    EXPECT_EQ(export_arrow(view_of(table), nullptr, nullptr).error().code, "argument.null");
    table.amount.minor.pop_back();
    ArrowArrayStream stream{};
    const auto made = export_arrow(view_of(table), nullptr, &stream);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, status::internal);
    EXPECT_EQ(made.error().where, "sellers.amount");
    EXPECT_EQ(stream.release, nullptr);
}

/// Columns under names of the data contract, so that what goes out can come in again.
struct round_table {
    text_column ids, names;
    id_column owner;
    money_column amount;
    date_column closed;
    word_column outcome;
    name_column segment;
    text_list account;
    text_column deal;
    column<double> list_price;

    static constexpr std::array<std::string_view, 3> words{"won", "lost", "open"};
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, round_table>
void describe(Visitor& visit, Table& t) {
    visit.table("deals", "deals");
    visit.column("deal_id", unit::id, "", t.deal);
    visit.column("owner_id", unit::id, "", t.owner);
    visit.column("amount", unit::currency, "", t.amount);
    visit.column("closed", unit::date, "", t.closed);
    visit.column("outcome", unit::text, "", t.outcome);
    visit.column("segment", unit::text, "", t.segment);
    visit.column("account_id", unit::id, "", t.account);
    visit.column("list_price", unit::currency, "", t.list_price);
}

TEST(arrow_export, comes_in_again_as_it_went_out) {
    for (const std::int64_t n : {0, 1, 7, 8, 9, 1000, 65537}) {
        round_table t;
        text_builder ids, names, deals;
        for (int i = 0; i < 50; ++i) ids.push("seller " + std::to_string(i));
        for (const char* name : {"enterprise", "small and medium business",
                                 "\xC3\xB6"
                                 "ffentlich"})
            names.push(name);
        t.ids = text_builder::finish(std::move(ids));
        t.names = text_builder::finish(std::move(names));
        t.owner = id_column(t.ids, std::pmr::get_default_resource());
        t.segment = name_column(t.names, std::pmr::get_default_resource());
        t.outcome = word_column(round_table::words, std::pmr::get_default_resource());
        for (std::int64_t i = 0; i < n; ++i) {
            deals.push("deal " + std::to_string(i));
            t.owner.index.push_back(static_cast<std::uint32_t>(i * 13 % 50));
            // Every cent up to 10^13 of them is the same after a way through float64.
            t.amount.minor.push_back(i % 5 == 0 ? no_money : (i - n / 2) * 10000000019 % 10000000000000);
            t.closed.day.push_back(i % 3 == 0 ? no_date : static_cast<std::int32_t>(i * 31 % 40000 - 20000));
            t.outcome.code.push_back(i % 4 == 3 ? std::uint8_t{255} : static_cast<std::uint8_t>(i % 4));
            t.segment.code.push_back(i % 6 == 0 ? no_index : static_cast<std::uint32_t>(i % 3));
            t.account.emplace_back("account " + std::to_string(i % 77));
            t.list_price.value.push_back(static_cast<double>(i));
        }
        t.deal = text_builder::finish(std::move(deals));
        for (std::int64_t i = 0; i < n; i += 9) t.list_price.set_missing(static_cast<std::size_t>(i));

        ArrowArrayStream stream{};
        ASSERT_TRUE(export_arrow(view_of(t), nullptr, &stream));
        ingest::table_set set;
        const auto added = ingest::add_stream(set, "deals", &stream);
        ASSERT_TRUE(added) << added.error().message;
        const auto table = set.find("deals");
        ASSERT_EQ(table->n_rows, n);
        const auto optional = ingest::presence::optional;
        const auto deal = ingest::read_ids({}, table, "deal_id", ingest::presence::required);
        const auto owner = ingest::read_ids({}, table, "owner_id", ingest::presence::required);
        const auto amount = ingest::read_money({}, *table, "amount", optional);
        const auto closed = ingest::read_dates({}, *table, "closed", optional);
        const auto outcome = ingest::read_words({}, *table, "outcome", round_table::words, optional);
        const auto segment = ingest::read_categories({}, *table, "segment", optional);
        const auto price = ingest::read_money({}, *table, "list_price", optional);
        ASSERT_TRUE(deal && owner && amount && closed && outcome && segment && price);
        for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
            ASSERT_EQ(deal.value()[i], t.deal[i]);
            ASSERT_EQ(owner.value()[i], t.ids[t.owner.index[i]]);
            ASSERT_EQ(amount.value()[i], t.amount.minor[i]);
            ASSERT_EQ(closed.value()[i], t.closed.day[i]);
            ASSERT_EQ(outcome.value()[i], t.outcome.code[i]);
            ASSERT_EQ(segment.value().has(i), t.segment.code[i] != no_index);
            if (segment.value().has(i)) {
                ASSERT_EQ(segment.value().names[segment.value().code[i]], t.names[t.segment.code[i]]);
            }
            ASSERT_EQ(price.value()[i], t.list_price.has(i) ? static_cast<std::int64_t>(i) * 100 : no_money);
        }
    }
}

} // namespace
