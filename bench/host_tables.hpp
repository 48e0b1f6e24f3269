// Tables as a host would hold them, for the benchmarks: columns in memory of their own, lent as Arrow structs as often
// as asked. The organisation below is that of bench/peers, smaller and drawn with the library's own random numbers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/random.hpp>

#include "arrow_abi.h"
#include "ingest/organisation.hpp"
#include "ingest/table.hpp"

namespace dualtrack::bench {

/// One column: its format and its buffers (validity first); a dictionary holds its words as a column.
struct host_column {
    std::string name, format;
    std::vector<std::vector<char>> buffers;
    bool has_nulls = false;
    std::shared_ptr<host_column> words;
};

struct host_table {
    std::string name;
    std::int64_t n_rows = 0;
    std::vector<std::shared_ptr<host_column>> columns;
};

/// What an exported struct keeps alive.
struct lent {
    std::shared_ptr<const void> owner;
    std::vector<ArrowSchema> schemas;
    std::vector<ArrowSchema*> schema_pointers;
    std::vector<ArrowArray> arrays;
    std::vector<ArrowArray*> array_pointers;
    std::vector<const void*> buffers;
};

template <class Struct> void release_lent(Struct* self) {
    auto* kept = static_cast<lent*>(self->private_data);
    for (ArrowSchema& child : kept->schemas)
        if (child.release != nullptr) child.release(&child);
    for (ArrowArray& child : kept->arrays)
        if (child.release != nullptr) child.release(&child);
    delete kept;
    self->release = nullptr;
}

inline ArrowSchema lend_schema(const std::shared_ptr<host_column>& column) {
    auto* kept = new lent{column, {}, {}, {}, {}, {}};
    ArrowSchema schema{};
    schema.format = column->format.c_str();
    schema.name = column->name.c_str();
    schema.flags = ARROW_FLAG_NULLABLE;
    if (column->words) {
        kept->schemas.push_back(lend_schema(column->words));
        schema.dictionary = kept->schemas.data();
    }
    schema.release = release_lent<ArrowSchema>;
    schema.private_data = kept;
    return schema;
}

inline ArrowArray lend_array(const std::shared_ptr<host_column>& column, std::int64_t n) {
    auto* kept = new lent{column, {}, {}, {}, {}, {}};
    ArrowArray array{};
    array.length = n;
    array.null_count = column->has_nulls ? -1 : 0;
    for (const auto& buffer : column->buffers) kept->buffers.push_back(buffer.empty() ? nullptr : buffer.data());
    array.n_buffers = static_cast<std::int64_t>(kept->buffers.size());
    array.buffers = kept->buffers.data();
    if (column->words) {
        kept->arrays.push_back(lend_array(
            column->words, static_cast<std::int64_t>(column->words->buffers[1].size() / sizeof(std::int32_t)) - 1));
        array.dictionary = kept->arrays.data();
    }
    array.release = release_lent<ArrowArray>;
    array.private_data = kept;
    return array;
}

/// Lends a table as one batch.
inline void lend(const host_table& table, ArrowSchema& schema, ArrowArray& array) {
    auto* of_schema = new lent{};
    auto* of_array = new lent{};
    for (const auto& column : table.columns) {
        of_schema->schemas.push_back(lend_schema(column));
        of_array->arrays.push_back(lend_array(column, table.n_rows));
    }
    for (ArrowSchema& child : of_schema->schemas) of_schema->schema_pointers.push_back(&child);
    for (ArrowArray& child : of_array->arrays) of_array->array_pointers.push_back(&child);
    of_array->buffers = {nullptr};
    schema = {};
    schema.format = "+s";
    schema.name = "";
    schema.n_children = static_cast<std::int64_t>(table.columns.size());
    schema.children = of_schema->schema_pointers.data();
    schema.release = release_lent<ArrowSchema>;
    schema.private_data = of_schema;
    array = {};
    array.length = table.n_rows;
    array.n_buffers = 1;
    array.buffers = of_array->buffers.data();
    array.n_children = schema.n_children;
    array.children = of_array->array_pointers.data();
    array.release = release_lent<ArrowArray>;
    array.private_data = of_array;
}

template <class T> std::vector<char> bytes_of(const std::vector<T>& values) {
    std::vector<char> bytes(values.size() * sizeof(T));
    if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

inline std::vector<char> bits_of(const std::vector<bool>& there) {
    std::vector<char> bits((there.size() + 7) / 8);
    for (std::size_t i = 0; i < there.size(); ++i)
        if (there[i]) bits[i / 8] = static_cast<char>(bits[i / 8] | (1 << (i % 8)));
    return bits;
}

template <class T>
std::shared_ptr<host_column> fixed(std::string name, std::string format, const std::vector<T>& values,
                                   const std::vector<bool>& there = {}) {
    return std::make_shared<host_column>(
        host_column{std::move(name), std::move(format), {bits_of(there), bytes_of(values)}, !there.empty(), {}});
}

inline std::shared_ptr<host_column> text(std::string name, const std::vector<std::string>& values,
                                         const std::vector<bool>& there = {}) {
    std::vector<std::int32_t> offsets{0};
    std::vector<char> bytes;
    for (const std::string& value : values) {
        bytes.insert(bytes.end(), value.begin(), value.end());
        offsets.push_back(static_cast<std::int32_t>(bytes.size()));
    }
    return std::make_shared<host_column>(
        host_column{std::move(name), "u", {bits_of(there), bytes_of(offsets), std::move(bytes)}, !there.empty(), {}});
}

inline std::shared_ptr<host_column> words(std::string name, const std::vector<std::string>& list,
                                          const std::vector<std::int32_t>& code) {
    auto column = fixed(std::move(name), "i", code);
    column->words = text("", list);
    return column;
}

/// `prefix` and a number of a fixed width.
inline std::string id_of(char prefix, std::uint64_t number, std::size_t width) {
    std::string id(width + 1, '0');
    id[0] = prefix;
    for (std::size_t at = width; number > 0; --at, number /= 10) id[at] = static_cast<char>('0' + number % 10);
    return id;
}

inline constexpr std::int32_t window_start = 20089; // 2025-01-01
inline constexpr std::string_view as_of = "2025-12-31";

struct shape {
    std::uint32_t deals = 100'000;
    std::uint32_t sellers = 1'000;
    std::uint32_t markets = 8;
    bool shuffled = false;
};

inline std::vector<host_table> make_organisation(const shape& of) {
    random::stream draw(random::place{});
    const auto below = [&](std::uint64_t n) { return static_cast<std::uint32_t>(random::below(draw, n)); };
    const std::uint32_t managers = std::max(2U, of.sellers / 8);
    const std::uint32_t people = of.sellers + managers;
    std::vector<std::string> person_id, manager_id, market, outcome_words{"won", "lost", "open"}, markets;
    std::vector<std::int32_t> hired, left, market_code;
    std::vector<bool> has_left, has_manager;
    for (std::uint32_t m = 0; m < of.markets; ++m) markets.push_back("market " + id_of('m', m, 2));
    for (std::uint32_t person = 0; person < people; ++person) {
        person_id.push_back(id_of('p', person, 7));
        manager_id.push_back(id_of('p', person < of.sellers ? of.sellers + below(managers) : people - 1, 7));
        has_manager.push_back(person + 1 < people); // the last one leads them all
        hired.push_back(window_start - 10 - static_cast<std::int32_t>(below(3000)));
        has_left.push_back(below(100) < 6 && person < of.sellers);
        left.push_back(window_start + 30 + static_cast<std::int32_t>(below(300)));
        market_code.push_back(static_cast<std::int32_t>(below(of.markets)));
    }
    host_table people_table{"people",
                            people,
                            {text("person_id", person_id), fixed("hired", "tdD", hired),
                             fixed("left", "tdD", left, has_left), words("market", markets, market_code),
                             text("manager_id", manager_id, has_manager)}};

    std::vector<std::string> line_person, line_manager;
    std::vector<std::int32_t> start, end;
    std::vector<bool> ends;
    for (std::uint32_t person = 0; person < of.sellers; ++person) {
        const bool moves = below(3) == 0;
        const std::int32_t day = window_start + 10 + static_cast<std::int32_t>(below(340));
        for (int part = 0; part < (moves ? 2 : 1); ++part) {
            line_person.push_back(person_id[person]);
            line_manager.push_back(part == 0 ? manager_id[person] : id_of('p', of.sellers + below(managers), 7));
            start.push_back(part == 0 ? hired[person] : day);
            end.push_back(day);
            ends.push_back(moves && part == 0);
        }
    }
    host_table lines{"assignments",
                     static_cast<std::int64_t>(start.size()),
                     {text("person_id", line_person), text("manager_id", line_manager), fixed("start", "tdD", start),
                      fixed("end", "tdD", end, ends)}};

    std::vector<std::string> deal_id, owner_id;
    std::vector<double> amount;
    std::vector<std::int32_t> opened, closed, outcome;
    std::vector<bool> is_closed;
    struct credit {
        std::uint32_t deal, person;
        double share;
    };
    std::vector<credit> credits;
    constexpr double shares[3] = {0.6, 0.3, 0.1};
    for (std::uint32_t deal = 0; deal < of.deals; ++deal) {
        const std::uint32_t owner = below(of.sellers);
        const std::uint32_t step = 1 + below(of.sellers / 2 - 1);
        deal_id.push_back(id_of('d', deal, 9));
        owner_id.push_back(person_id[owner]);
        amount.push_back(static_cast<double>(100 + below(50'000)));
        closed.push_back(window_start + static_cast<std::int32_t>(below(365)) - (below(10) == 0 ? 365 : 0));
        opened.push_back(closed.back() - 5 - static_cast<std::int32_t>(below(90)));
        const std::uint32_t kind = below(20);
        outcome.push_back(kind < 2 ? 2 : kind < 11 ? 1 : 0);
        is_closed.push_back(kind >= 2);
        for (std::uint32_t i = 0; i < 3; ++i) credits.push_back({deal, (owner + i * step) % of.sellers, shares[i]});
    }
    if (of.shuffled)
        for (std::uint32_t i = of.deals * 3; i-- > 1;) std::swap(credits[i], credits[below(i + 1)]);
    host_table deals{"deals",
                     of.deals,
                     {text("deal_id", deal_id), text("owner_id", owner_id), fixed("amount", "g", amount),
                      fixed("opened", "tdD", opened), fixed("closed", "tdD", closed, is_closed),
                      words("outcome", outcome_words, outcome)}};
    std::vector<std::string> credit_deal, credit_person;
    std::vector<double> share;
    for (const credit& row : credits) {
        credit_deal.push_back(deal_id[row.deal]);
        credit_person.push_back(person_id[row.person]);
        share.push_back(row.share);
    }
    host_table credit_table{
        "credits",
        static_cast<std::int64_t>(credits.size()),
        {text("deal_id", credit_deal), text("person_id", credit_person), fixed("share", "g", share)}};

    std::vector<std::string> quota_person;
    std::vector<std::int32_t> quota_start, quota_end;
    std::vector<double> quota;
    constexpr std::int32_t borders[5] = {0, 90, 181, 273, 365};
    for (std::uint32_t person = 0; person < of.sellers; ++person)
        for (int quarter = 0; quarter < 4; ++quarter) {
            quota_person.push_back(person_id[person]);
            quota_start.push_back(window_start + borders[quarter]);
            quota_end.push_back(window_start + borders[quarter + 1]);
            quota.push_back(static_cast<double>(100'000 + below(400'000)));
        }
    host_table quotas{"quotas",
                      static_cast<std::int64_t>(quota.size()),
                      {text("person_id", quota_person), fixed("start", "tdD", quota_start),
                       fixed("end", "tdD", quota_end), fixed("amount", "g", quota)}};
    return {people_table, lines, deals, credit_table, quotas};
}

inline ingest::table_set tables_of(const std::vector<host_table>& host) {
    ingest::table_set set;
    for (const host_table& table : host) {
        ArrowSchema schema;
        ArrowArray array;
        lend(table, schema, array);
        if (auto added = ingest::add_batch(set, table.name, &schema, &array); !added)
            throw std::runtime_error(added.error().where + ": " + added.error().message);
    }
    return set;
}

inline std::shared_ptr<const ingest::checked_data> checked(const std::vector<host_table>& host,
                                                           const run_context& run = {}) {
    auto data = ingest::build_organisation(run, tables_of(host));
    if (!data) throw std::runtime_error(data.error().where + ": " + data.error().message);
    return std::move(data).value();
}

} // namespace dualtrack::bench
