#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/text.hpp>

#include "ingest/arrow_mock.hpp"
#include "ingest/contract.hpp"
#include "ingest/table.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::ingest;
using mock::cells;
using mock::layout;
using mock::raw;

using texts = std::vector<std::string>;
using i128 = __int128_t;

constexpr std::array<std::string_view, 3> outcomes{"won", "lost", "open"};

std::string said(const error& wrong) {
    return std::string(wrong.code) + " " + std::to_string(wrong.row) + ": " + wrong.message;
}

template <class T> std::vector<std::string> as_texts(const result<T>& read, auto&& text_of) {
    if (!read) return {said(read.error())};
    std::vector<std::string> out;
    for (std::size_t i = 0; i < read.value().size(); ++i) out.push_back(text_of(read.value(), i));
    return out;
}
std::string or_null(bool there, auto&& text) {
    return there ? std::string(text()) : "null";
}

/// What a reader gives for a column, one text a row; an error is one text of its own.
texts read_all(std::shared_ptr<const input_table> table, std::string_view column, cell_kind kind,
               presence need = presence::optional, const run_context& run = {}) {
    const auto text_rows = [](const text_column& t, std::size_t i) { return or_null(t.has(i), [&] { return t[i]; }); };
    switch (kind) {
    case cell_kind::id:
        return as_texts(read_ids(run, table, column, need), text_rows);
    case cell_kind::text:
        return as_texts(read_text(run, table, column, need), text_rows);
    case cell_kind::date:
        return as_texts(read_dates(run, *table, column, need), [](const auto& v, std::size_t i) {
            return or_null(v[i] != no_date, [&] { return std::string(calendar::format_iso_date(v[i]).view()); });
        });
    case cell_kind::money:
        return as_texts(read_money(run, *table, column, need), [](const auto& v, std::size_t i) {
            return or_null(v[i] != no_money, [&] { return integer_text(v[i]); });
        });
    case cell_kind::number:
        return as_texts(read_numbers(run, *table, column, need), [](const auto& v, std::size_t i) {
            return or_null(v.has(i), [&] { return number_text(v.value[i]); });
        });
    case cell_kind::integer:
        return as_texts(read_integers(run, *table, column, need), [](const auto& v, std::size_t i) {
            return or_null(v.has(i), [&] { return integer_text(v.value[i]); });
        });
    case cell_kind::flag:
        return as_texts(read_flags(run, *table, column, need), [](const auto& v, std::size_t i) {
            return or_null(v[i] != 2, [&] { return integer_text(v[i]); });
        });
    case cell_kind::word:
        return as_texts(read_words(run, *table, column, outcomes, need), [](const auto& v, std::size_t i) {
            return or_null(v[i] != 255, [&] { return std::string(outcomes[v[i]]); });
        });
    case cell_kind::category: {
        const auto read = read_categories(run, *table, column, need);
        if (!read) return {said(read.error())};
        texts out;
        for (std::size_t i = 0; i < read.value().code.size(); ++i)
            out.push_back(
                or_null(read.value().has(i), [&] { return std::string(read.value().names[read.value().code[i]]); }));
        return out;
    }
    }
    return {};
}

/// One table of one column in batches of the rows given.
std::shared_ptr<const input_table> table_of(std::string_view table, const std::vector<mock::column_spec>& batches,
                                            const std::vector<std::int64_t>& n_rows, std::int64_t parent_offset = 0) {
    static mock::ledger book;
    mock::stream_spec spec;
    spec.schema = mock::make_struct({batches.front()});
    for (std::size_t b = 0; b < batches.size(); ++b)
        spec.batches.push_back(mock::make_batch(n_rows[b], {batches[b]}, parent_offset));
    ArrowArrayStream stream = mock::make_stream(book, spec);
    table_set set;
    const auto added = add_stream(set, table, &stream);
    EXPECT_TRUE(added) << (added ? "" : std::string(added.error().code) + ": " + added.error().message);
    EXPECT_EQ(stream.release, nullptr);
    return added ? set.tables.front() : nullptr;
}

/// A column of a table of the contract that takes cells of the kind, none of them personal.
std::pair<std::string_view, std::string_view> home_of(cell_kind kind) {
    switch (kind) {
    case cell_kind::id:
        return {"people", "person_id"};
    case cell_kind::text:
        return {"people", "name"};
    case cell_kind::date:
        return {"people", "hired"};
    case cell_kind::money:
        return {"deals", "amount"};
    case cell_kind::number:
        return {"panel", "value"};
    case cell_kind::integer:
        return {"vacancies", "reports"};
    case cell_kind::flag:
        return {"vacancies", "external"};
    case cell_kind::word:
        return {"deals", "outcome"};
    default:
        return {"people", "role"};
    }
}

/// A column of one Arrow type, and what every row of it must read as.
struct widening {
    std::string_view label;
    cell_kind kind;
    std::string format;
    cells rows;
    texts expected;
};

template <class T>
widening of(std::string_view label, cell_kind kind, std::string format, std::vector<std::optional<T>> rows,
            texts expected) {
    return {label, kind, std::move(format), mock::raw_cells(rows), std::move(expected)};
}

i128 wide(std::int64_t high_part, std::int64_t times) {
    return static_cast<i128>(high_part) * times;
}

std::vector<widening> widenings() {
    using o8 = std::optional<std::int8_t>;
    constexpr auto null = std::nullopt;
    const cells ids{"a", null, "0051800000AbCdEfGH", "b", "", null, "\xC3\xA9t\xC3\xA9", "exactly12byt"};
    cells real_ids = ids;
    real_ids[4] = "c";
    const texts id_texts{"a", "null", "0051800000AbCdEfGH", "b", "c", "null", "\xC3\xA9t\xC3\xA9", "exactly12byt"};
    texts text_texts = id_texts;
    text_texts[4] = "";
    const cells word_cells{"won", "won", "lost", null, "open", "lost", "won", null};
    const texts word_texts{"won", "won", "lost", "null", "open", "lost", "won", "null"};
    const cells role_cells{"seller", "expert", null, "seller", "", "seller", "lead of a very large team", "expert"};
    const texts role_texts{"seller", "expert", "null", "seller", "", "seller", "lead of a very large team", "expert"};
    std::vector<widening> all;
    for (const std::string format : {"u", "U", "vu"}) {
        all.push_back({"text", cell_kind::text, format, ids, text_texts});
        all.push_back({"id", cell_kind::id, format, real_ids, id_texts});
        all.push_back({"word", cell_kind::word, format, word_cells, word_texts});
        all.push_back({"category", cell_kind::category, format, role_cells, role_texts});
    }
    for (const cell_kind kind : {cell_kind::id, cell_kind::category}) {
        all.push_back(of<std::int8_t>("int8", kind, "c", {0, null, -128, 127}, {"0", "null", "-128", "127"}));
        all.push_back(of<std::uint8_t>("uint8", kind, "C", {0, null, 255}, {"0", "null", "255"}));
        all.push_back(of<std::int16_t>("int16", kind, "s", {7, null, -32768}, {"7", "null", "-32768"}));
        all.push_back(of<std::uint16_t>("uint16", kind, "S", {7, null, 65535}, {"7", "null", "65535"}));
        all.push_back(of<std::int32_t>("int32", kind, "i", {1, null, -2147483647 - 1}, {"1", "null", "-2147483648"}));
        all.push_back(of<std::uint32_t>("uint32", kind, "I", {1, null, 4294967295U}, {"1", "null", "4294967295"}));
        all.push_back(of<std::int64_t>("int64", kind, "l", {1, null, INT64_MIN, INT64_MAX},
                                       {"1", "null", "-9223372036854775808", "9223372036854775807"}));
        all.push_back(
            of<std::uint64_t>("uint64", kind, "L", {1, null, UINT64_MAX}, {"1", "null", "18446744073709551615"}));
        all.push_back({"null", kind, "n", {null, null, null}, {"null", "null", "null"}});
    }
    all.push_back(of<std::uint8_t>("bool", cell_kind::category, "b", {1, null, 0}, {"true", "null", "false"}));

    // Dates: a timestamp is floored in its own unit, before 1970 as well.
    const texts days{"1970-01-01", "null", "1969-12-31", "2024-02-29", "0001-01-01", "9999-12-31"};
    const std::vector<std::int64_t> numbers{0, 0, -1, 19782, -719162, 2932896};
    std::vector<std::optional<std::int32_t>> day_cells;
    for (const std::int64_t day : numbers) day_cells.push_back(static_cast<std::int32_t>(day));
    day_cells[1] = null;
    all.push_back(of("date32", cell_kind::date, "tdD", day_cells, days));
    const std::vector<std::pair<std::string, std::int64_t>> units{
        {"tdm", 86400000}, {"tss:", 86400}, {"tsm:", 86400000}, {"tsu:", 86400000000}, {"tsm:Europe/Berlin", 86400000}};
    for (const auto& [format, per_day] : units) {
        std::vector<std::optional<std::int64_t>> first, last;
        for (const std::int64_t day : numbers) {
            first.push_back(day * per_day);
            last.push_back(day * per_day + per_day - 1);
        }
        first[1] = null;
        last[1] = null;
        all.push_back(of("timestamp at the first unit of the day", cell_kind::date, format, first, days));
        all.push_back(of("timestamp at the last unit of the day", cell_kind::date, format, last, days));
    }
    all.push_back(of<std::int64_t>(
        "nanoseconds", cell_kind::date, "tsn:UTC", {-1, 0, 86399999999999, 86400000000000, null, INT64_MIN, INT64_MAX},
        {"1969-12-31", "1970-01-01", "1970-01-01", "1970-01-02", "null", "1677-09-21", "2262-04-11"}));

    // Money: minor units, half to even.
    all.push_back(
        of<double>("float64", cell_kind::money, "g",
                   {0.0, -0.0, 19.99, 0.125, 0.375, -0.125, -0.375, 1e13, null, 22517998136852.48, 22517998136852.49,
                    90071992547409.92, -92233720368547000.0, 5e-324},
                   {"0", "0", "1999", "12", "38", "-12", "-38", "1000000000000000", "null", "2251799813685248",
                    "2251799813685249", "9007199254740992", "-9223372036854701056", "0"}));
    all.push_back(of<float>("float32", cell_kind::money, "f", {0.5F, null, -1.25F, 16777216.0F},
                            {"50", "null", "-125", "1677721600"}));
    all.push_back(of<std::uint16_t>("float16", cell_kind::money, "e", {0x3E00, null, 0xBC00, 0x7BFF, 0x0001},
                                    {"150", "null", "-100", "6550400", "0"}));
    all.push_back(of<std::int8_t>("int8", cell_kind::money, "c", {-128, o8{}, 127}, {"-12800", "null", "12700"}));
    all.push_back(of<std::uint8_t>("uint8", cell_kind::money, "C", {255, null}, {"25500", "null"}));
    all.push_back(of<std::int16_t>("int16", cell_kind::money, "s", {-32768, null}, {"-3276800", "null"}));
    all.push_back(of<std::uint16_t>("uint16", cell_kind::money, "S", {65535, null}, {"6553500", "null"}));
    all.push_back(of<std::int32_t>("int32", cell_kind::money, "i", {INT32_MIN, null}, {"-214748364800", "null"}));
    all.push_back(of<std::uint32_t>("uint32", cell_kind::money, "I", {UINT32_MAX, null}, {"429496729500", "null"}));
    all.push_back(of<std::int64_t>("int64", cell_kind::money, "l", {INT64_MAX / 100, null, -(INT64_MAX / 100)},
                                   {"9223372036854775800", "null", "-9223372036854775800"}));
    all.push_back(
        of<std::uint64_t>("uint64", cell_kind::money, "L", {INT64_MAX / 100, null}, {"9223372036854775800", "null"}));
    all.push_back(of<i128>("decimal of cents", cell_kind::money, "d:12,2", {1999, null, -1, INT64_MAX},
                           {"1999", "null", "-1", "9223372036854775807"}));
    all.push_back(
        of<i128>("decimal without places", cell_kind::money, "d:12,0", {20, null, -3}, {"2000", "null", "-300"}));
    all.push_back(
        of<i128>("decimal of hundreds", cell_kind::money, "d:12,-2", {20, null, -3}, {"200000", "null", "-30000"}));
    all.push_back(of<i128>("decimal of mills", cell_kind::money, "d:12,3", {125, 135, -125, -135, 126, 124, null},
                           {"12", "14", "-12", "-14", "13", "12", "null"}));
    all.push_back(of<i128>("decimal of twenty places", cell_kind::money, "d:38,20",
                           {wide(1999, 1000000000000000000), wide(5, 100000000000000000), wide(15, 100000000000000000),
                            wide(5, 100000000000000000) + 1, null},
                           {"1999", "0", "2", "1", "null"}));
    all.push_back(of<i128>("decimal of more places than digits", cell_kind::money, "d:38,60",
                           {1, wide(INT64_MAX, INT64_MAX), null}, {"0", "0", "null"}));
    all.push_back({"null", cell_kind::money, "n", {null, null}, {"null", "null"}});

    // Numbers: exact, or rounded once.
    all.push_back(of<double>("float64", cell_kind::number, "g", {0.1, -0.0, null, 5e-324, 1.7976931348623157e308},
                             {"0.1", "0", "null", "5e-324", "1.7976931348623157e+308"}));
    all.push_back(
        of<float>("float32", cell_kind::number, "f", {0.1F, null, -0.0F}, {"0.10000000149011612", "null", "0"}));
    all.push_back(
        of<std::uint16_t>("float16", cell_kind::number, "e", {0x3555, null, 0x8000, 0x0001, 0x7BFF, 0x8001},
                          {"0.333251953125", "null", "0", "5.960464477539063e-08", "65504", "-5.960464477539063e-08"}));
    all.push_back(of<std::int64_t>("int64", cell_kind::number, "l", {1LL << 53, null, -(1LL << 53)},
                                   {"9007199254740992", "null", "-9007199254740992"}));
    all.push_back(
        of<std::uint64_t>("uint64", cell_kind::number, "L", {1ULL << 53, null}, {"9007199254740992", "null"}));
    all.push_back(of<std::int8_t>("int8", cell_kind::number, "c", {-1, o8{}}, {"-1", "null"}));
    all.push_back(
        of<i128>("decimal", cell_kind::number, "d:10,4", {3333, null, -1, 0}, {"0.3333", "null", "-1e-04", "0"}));
    all.push_back(of<i128>("decimal with many digits", cell_kind::number, "d:38,38",
                           {wide(1000000000000000000, 1000000000000000000) * 33 + 1, null}, {"0.33", "null"}));
    all.push_back(of<i128>("decimal of millions", cell_kind::number, "d:38,-6", {wide(INT64_MAX, 1), null, 2},
                           {"9.223372036854776e+24", "null", "2e+06"}));

    all.push_back(
        of<std::int32_t>("int32", cell_kind::integer, "i", {INT32_MIN, null, 5}, {"-2147483648", "null", "5"}));
    all.push_back(
        of<std::uint64_t>("uint64", cell_kind::integer, "L", {INT64_MAX, null}, {"9223372036854775807", "null"}));
    all.push_back(of<double>("whole float64", cell_kind::integer, "g", {4.0, null, -0.0, 9007199254740992.0},
                             {"4", "null", "0", "9007199254740992"}));
    all.push_back(of<i128>("whole decimal", cell_kind::integer, "d:38,2", {400, null, -100}, {"4", "null", "-1"}));
    all.push_back(of<i128>("decimal of thousands", cell_kind::integer, "d:38,-3", {4, null, 0}, {"4000", "null", "0"}));

    all.push_back(of<std::uint8_t>("bool", cell_kind::flag, "b", {1, 0, null, 1, 1, 0, 0, 1, null, 1},
                                   {"1", "0", "null", "1", "1", "0", "0", "1", "null", "1"}));
    all.push_back(of<std::int8_t>("int8", cell_kind::flag, "c", {1, o8{}, 0}, {"1", "null", "0"}));
    all.push_back(of<std::uint64_t>("uint64", cell_kind::flag, "L", {1, null, 0}, {"1", "null", "0"}));
    all.push_back({"null", cell_kind::flag, "n", {null}, {"null"}});
    return all;
}

/// Every way to lay a column out: sliced in child, in parent, in both, unaligned, with garbage, with or without a null
/// count.
std::vector<layout> layouts() {
    std::vector<layout> all;
    for (const std::int64_t before : {0, 1, 7, 8, 63, 64})
        for (const std::int64_t in_parent : {std::int64_t{0}, before / 2, before})
            for (const bool unaligned : {false, true})
                for (const bool garbage : {false, true})
                    for (const bool unknown : {false, true}) {
                        layout how;
                        how.before = before;
                        how.after = before % 5;
                        how.in_parent = in_parent;
                        how.unaligned = unaligned;
                        how.garbage_under_nulls = garbage;
                        how.null_count_unknown = unknown;
                        how.always_bitmap = unknown;
                        all.push_back(how);
                    }
    return all;
}

std::string said(const layout& how) {
    return std::to_string(how.before) + " before, " + std::to_string(how.in_parent) + " of them in the parent" +
           (how.unaligned ? ", unaligned" : "") + (how.garbage_under_nulls ? ", garbage under nulls" : "") +
           (how.null_count_unknown ? ", null count unknown" : "");
}

TEST(cells, of_every_type_widen_exactly_however_they_are_laid_out) {
    for (const widening& one : widenings()) {
        const auto [table, column] = home_of(one.kind);
        for (const layout& how : layouts()) {
            const auto spec = mock::make_column(std::string(column), one.format, one.rows, how);
            const auto made = table_of(table, {spec}, {static_cast<std::int64_t>(one.rows.size())}, how.in_parent);
            ASSERT_EQ(read_all(made, column, one.kind), one.expected)
                << one.label << " " << one.format << ": " << said(how);
        }
    }
}

TEST(cells, of_every_type_mean_the_same_in_dictionaries_of_every_index_type) {
    // Every index type meets every layout, though not with every type of cell.
    std::size_t turn = 0;
    for (const widening& one : widenings()) {
        if (one.format == "n") continue;
        const auto [table, column] = home_of(one.kind);
        for (const std::string index : {"c", "C", "s", "S", "i", "I", "l", "L"})
            for (const layout& how : layouts()) {
                if (how.unaligned != how.garbage_under_nulls || ++turn % 5 != 0) continue;
                const auto spec = mock::make_dictionary(std::string(column), index, one.format, one.rows, how);
                const auto made = table_of(table, {spec}, {static_cast<std::int64_t>(one.rows.size())}, how.in_parent);
                ASSERT_EQ(read_all(made, column, one.kind), one.expected)
                    << one.label << " " << one.format << " by " << index << ": " << said(how);
            }
    }
}

TEST(cells, do_not_depend_on_how_rows_are_cut_into_batches) {
    for (const widening& one : widenings()) {
        const auto [table, column] = home_of(one.kind);
        const std::size_t n = one.rows.size();
        for (std::size_t first = 0; first <= n; ++first)
            for (std::size_t second = first; second <= n; ++second)
                for (const bool by_dictionary : {false, true}) {
                    if (by_dictionary && one.format == "n") continue;
                    std::vector<mock::column_spec> batches;
                    std::vector<std::int64_t> n_rows;
                    layout how;
                    for (const auto& [from, to] : {std::pair{std::size_t{0}, first}, {first, second}, {second, n}}) {
                        const cells part(one.rows.begin() + static_cast<std::ptrdiff_t>(from),
                                         one.rows.begin() + static_cast<std::ptrdiff_t>(to));
                        batches.push_back(by_dictionary
                                              ? mock::make_dictionary(std::string(column), "s", one.format, part, how)
                                              : mock::make_column(std::string(column), one.format, part, how));
                        n_rows.push_back(static_cast<std::int64_t>(part.size()));
                        how.before += 3; // every batch has a layout of its own
                    }
                    const auto made = table_of(table, batches, n_rows);
                    ASSERT_EQ(read_all(made, column, one.kind), one.expected)
                        << one.label << " " << one.format << " cut at " << first << " and " << second;
                }
    }
}

TEST(cells, that_are_required_refuse_the_first_null) {
    for (const widening& one : widenings()) {
        const auto first_null = std::find(one.rows.begin(), one.rows.end(), std::nullopt) - one.rows.begin();
        if (first_null == static_cast<std::ptrdiff_t>(one.rows.size())) continue;
        const auto [table, column] = home_of(one.kind);
        const texts expected{"data.null " + std::to_string(first_null) + ": expected a value, found null"};
        const auto n = static_cast<std::int64_t>(one.rows.size());
        const auto plain = table_of(table, {mock::make_column(std::string(column), one.format, one.rows)}, {n});
        EXPECT_EQ(read_all(plain, column, one.kind, presence::required), expected) << one.label << " " << one.format;
        if (one.format == "n") continue;
        const auto by_entry =
            table_of(table, {mock::make_dictionary(std::string(column), "i", one.format, one.rows)}, {n});
        EXPECT_EQ(read_all(by_entry, column, one.kind, presence::required), expected) << one.label << " " << one.format;
    }
}

struct refusal {
    std::string_view label;
    cell_kind kind;
    std::string format;
    cells rows; // the last is the one refused
    std::string expected;
};

std::vector<refusal> refusals() {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    std::vector<refusal> all;
    const auto add = [&all](std::string_view label, cell_kind kind, std::string format, mock::bytes good,
                            mock::bytes bad, std::string expected) {
        all.push_back(
            {label, kind, std::move(format), {good, std::nullopt, good, std::move(bad)}, std::move(expected)});
    };
    for (const cell_kind kind : {cell_kind::money, cell_kind::number}) {
        const std::string what = kind == cell_kind::money ? "amount" : "number";
        add("NaN", kind, "g", raw(1.0), raw(nan), "data.nan 3: expected a finite " + what + ", found nan");
        add("infinity", kind, "g", raw(1.0), raw(infinity), "data.nan 3: expected a finite " + what + ", found inf");
        add("minus infinity", kind, "g", raw(1.0), raw(-infinity),
            "data.nan 3: expected a finite " + what + ", found -inf");
        add("NaN of 32 bits", kind, "f", raw(1.0F), raw(std::numeric_limits<float>::quiet_NaN()),
            "data.nan 3: expected a finite " + what + ", found nan");
        add("infinity of 16 bits", kind, "e", raw(std::uint16_t{0x3C00}), raw(std::uint16_t{0xFC00}),
            "data.nan 3: expected a finite " + what + ", found -inf");
        add("NaN of 16 bits", kind, "e", raw(std::uint16_t{0x3C00}), raw(std::uint16_t{0x7E00}),
            "data.nan 3: expected a finite " + what + ", found nan");
    }
    add("amount of 2^63 minor units", cell_kind::money, "g", raw(1.0), raw(92233720368547758.08),
        "data.numeric_range 3: expected an amount of at most 90000000000000, found 92233720368547760");
    add("huge amount", cell_kind::money, "g", raw(1.0), raw(-1e300),
        "data.numeric_range 3: expected an amount of at most 90000000000000, found -1e+300");
    add("int64 amount", cell_kind::money, "l", raw(std::int64_t{1}), raw(INT64_MAX / 100 + 1),
        "data.range 3: expected an amount of at most 90000000000000, found 92233720368547759");
    add("negative int64 amount", cell_kind::money, "l", raw(std::int64_t{1}), raw(INT64_MIN),
        "data.range 3: expected an amount of at most 90000000000000, found -9223372036854775808");
    add("uint64 amount", cell_kind::money, "L", raw(std::uint64_t{1}), raw(UINT64_MAX),
        "data.range 3: expected an amount of at most 90000000000000, found 18446744073709551615");
    add("decimal amount", cell_kind::money, "d:38,2", raw(i128{1}), raw(wide(INT64_MAX, 1) + 1),
        "data.range 3: expected an amount of at most 90000000000000, found 92233720368547758.08");
    add("decimal amount that would be the sentinel", cell_kind::money, "d:38,2", raw(i128{1}),
        raw(-wide(INT64_MAX, 1) - 1),
        "data.range 3: expected an amount of at most 90000000000000, found -92233720368547758.08");
    add("decimal amount of thousands", cell_kind::money, "d:38,-3", raw(i128{1}), raw(wide(INT64_MAX, 1)),
        "data.range 3: expected an amount of at most 90000000000000, found 9223372036854775807e3");
    add("decimal amount far beyond", cell_kind::money, "d:38,-900", raw(i128{0}), raw(i128{1}),
        "data.range 3: expected an amount of at most 90000000000000, found 1e900");
    add("int64 number", cell_kind::number, "l", raw(std::int64_t{1}), raw((std::int64_t{1} << 53) + 1),
        "data.range 3: expected a whole number of at most 2^53, found 9007199254740993");
    add("uint64 number", cell_kind::number, "L", raw(std::uint64_t{1}), raw(UINT64_MAX),
        "data.range 3: expected a whole number of at most 2^53, found 18446744073709551615");
    add("decimal number beyond a double", cell_kind::number, "d:38,-900", raw(i128{0}), raw(i128{-7}),
        "data.numeric_range 3: expected a number that a double can hold, found -7e900");
    add("uint64 integer", cell_kind::integer, "L", raw(std::uint64_t{1}), raw(std::uint64_t{1} << 63U),
        "data.range 3: expected a whole number below 2^63, found 9223372036854775808");
    add("fraction", cell_kind::integer, "g", raw(1.0), raw(1.5),
        "data.range 3: expected a whole number of at most 2^53, found 1.5");
    add("large float", cell_kind::integer, "g", raw(1.0), raw(1e300),
        "data.range 3: expected a whole number of at most 2^53, found 1e+300");
    add("NaN as integer", cell_kind::integer, "g", raw(1.0), raw(nan),
        "data.nan 3: expected a whole number, found nan");
    add("decimal with fraction", cell_kind::integer, "d:9,1", raw(i128{10}), raw(i128{15}),
        "data.range 3: expected a whole number below 2^63, found 1.5");
    add("two as flag", cell_kind::flag, "c", raw(std::int8_t{1}), raw(std::int8_t{2}),
        "data.range 3: expected 0 or 1, found 2");
    add("minus one as flag", cell_kind::flag, "l", raw(std::int64_t{0}), raw(std::int64_t{-1}),
        "data.range 3: expected 0 or 1, found -1");
    add("256 as flag", cell_kind::flag, "i", raw(std::int32_t{0}), raw(std::int32_t{256}),
        "data.range 3: expected 0 or 1, found 256");
    add("year 10000", cell_kind::date, "tdD", raw(std::int32_t{0}), raw(std::int32_t{2932897}),
        "data.range 3: expected a date of the years 1 to 9999, found 2932897 days from 1970-01-01");
    add("the day that marks missing dates", cell_kind::date, "tdD", raw(std::int32_t{0}), raw(INT32_MIN),
        "data.range 3: expected a date of the years 1 to 9999, found -2147483648 days from 1970-01-01");
    add("year 0", cell_kind::date, "tss:", raw(std::int64_t{0}), raw(std::int64_t{-719163} * 86400),
        "data.range 3: expected a date of the years 1 to 9999, found -62135683200 units from 1970-01-01");
    for (const std::string format : {"u", "U", "vu"}) {
        add("empty id", cell_kind::id, format, "a", "", "data.range 3: expected an id, found empty text");
        add("NUL in an id", cell_kind::id, format, "a", std::string("a\0b", 3),
            "data.utf8 3: expected an id without a NUL byte, found \"a\\x00b\"");
        add("unknown word", cell_kind::word, format, "won", "Won",
            "data.category 3: expected one of won, lost, open; found \"Won\"; the nearest is won");
        add("word of the right outline", cell_kind::word, format, "open", "oden",
            "data.category 3: expected one of won, lost, open; found \"oden\"; the nearest is open");
        add("empty word", cell_kind::word, format, "won", "",
            "data.category 3: expected one of won, lost, open; found \"\"");
        add("long word", cell_kind::word, format, "won", std::string(200, 'x'),
            "data.category 3: expected one of won, lost, open; found \"" + std::string(64, 'x') + "\"...");
    }
    return all;
}

TEST(cells, that_do_not_fit_are_refused_with_their_row_and_what_was_found) {
    for (const refusal& one : refusals()) {
        const auto [table, column] = home_of(one.kind);
        for (const layout& how : layouts()) {
            if (how.unaligned) continue;
            const auto spec = mock::make_column(std::string(column), one.format, one.rows, how);
            const auto made = table_of(table, {spec}, {4}, how.in_parent);
            ASSERT_EQ(read_all(made, column, one.kind), texts{one.expected}) << one.label << ": " << said(how);
        }
        const auto by_entry =
            table_of(table, {mock::make_dictionary(std::string(column), "C", one.format, one.rows)}, {4});
        EXPECT_EQ(read_all(by_entry, column, one.kind), texts{one.expected}) << one.label << " in a dictionary";
    }
}

TEST(cells, of_a_dictionary_entry_that_no_row_uses_are_nobodys_business) {
    for (const refusal& one : refusals()) {
        const auto [table, column] = home_of(one.kind);
        auto spec = mock::make_dictionary(std::string(column), "C", one.format, one.rows);
        spec.array.length = 3; // the row with the wrong cell is cut off, its entry stays
        spec.array.null_count = -1;
        const texts read = read_all(table_of(table, {spec}, {3}), column, one.kind);
        EXPECT_EQ(read.size(), 3U) << one.label << ": " << read.front();
    }
}

TEST(cells, report_the_smallest_row_for_any_number_of_threads) {
    constexpr std::int64_t n = 300000;
    for (const auto& bad_rows :
         {std::vector<std::int64_t>{299999}, {70000, 250000}, {65536, 65537}, {131071, 5}, {0, 299999}}) {
        cells rows(n, raw(1.0));
        for (const std::int64_t row : bad_rows) rows[static_cast<std::size_t>(row)] = raw(std::nan(""));
        const auto made = table_of("deals", {mock::make_column("amount", "g", rows)}, {n});
        const std::int64_t smallest = *std::min_element(bad_rows.begin(), bad_rows.end());
        for (const int threads : {1, 2, 8}) {
            run_context run;
            run.threads = threads;
            const auto read = read_money(run, *made, "amount", presence::optional);
            ASSERT_FALSE(read);
            EXPECT_EQ(read.error().row, smallest) << threads;
        }
    }
}

TEST(cells, of_large_tables_are_the_same_for_any_number_of_threads_and_batches) {
    constexpr std::size_t n = 140003;
    cells ids, words, roles, amounts, numbers;
    for (std::size_t i = 0; i < n; ++i) {
        const std::string id = "id-" + std::to_string(i * 7919 % 50021);
        ids.push_back(id);
        words.push_back(i % 11 == 0 ? std::nullopt : std::optional<mock::bytes>(outcomes[i * 31 % 3]));
        roles.push_back(i % 13 == 0 ? std::nullopt : std::optional<mock::bytes>("role " + std::to_string(i * 17 % 97)));
        amounts.push_back(i % 5 == 0 ? std::nullopt : std::optional<mock::bytes>(raw(static_cast<double>(i) / 100.0)));
        numbers.push_back(raw(static_cast<std::int64_t>(i) * 1000003));
    }
    struct large {
        cell_kind kind;
        std::string format;
        const cells* rows;
    };
    for (const large& one : {large{cell_kind::id, "u", &ids},
                             {cell_kind::id, "vu", &ids},
                             {cell_kind::word, "u", &words},
                             {cell_kind::category, "U", &roles},
                             {cell_kind::money, "g", &amounts},
                             {cell_kind::id, "l", &numbers},
                             {cell_kind::category, "l", &numbers}}) {
        const auto [table, column] = home_of(one.kind);
        const auto whole = table_of(table, {mock::make_column(std::string(column), one.format, *one.rows)}, {n});
        const texts expected = read_all(whole, column, one.kind);
        ASSERT_EQ(expected.size(), n);
        std::vector<mock::column_spec> parts;
        std::vector<std::int64_t> n_rows;
        for (std::size_t from = 0; from < n;) {
            const std::size_t to = std::min(n, from + 1 + from % 20011);
            parts.push_back(mock::make_column(std::string(column), one.format,
                                              cells(one.rows->begin() + static_cast<std::ptrdiff_t>(from),
                                                    one.rows->begin() + static_cast<std::ptrdiff_t>(to))));
            n_rows.push_back(static_cast<std::int64_t>(to - from));
            from = to;
        }
        const auto cut = table_of(table, parts, n_rows);
        for (const int threads : {1, 4}) {
            run_context run;
            run.threads = threads;
            EXPECT_TRUE(read_all(whole, column, one.kind, presence::optional, run) == expected)
                << one.format << threads;
            EXPECT_TRUE(read_all(cut, column, one.kind, presence::optional, run) == expected) << one.format << threads;
        }
    }
}

TEST(cells, of_a_wrong_type_are_refused_with_what_was_expected_and_found) {
    struct wrong {
        cell_kind kind;
        std::string format, expected;
    };
    const std::vector<wrong> all{
        {cell_kind::money, "u",
         "expected an amount (float, integer or decimal128), found utf8; text is never parsed, so cast the column "
         "before it is "
         "handed over"},
        {cell_kind::number, "vu",
         "expected a number (float, integer or decimal128), found utf8 view; text is never parsed, so cast the column "
         "before it "
         "is handed over"},
        {cell_kind::date, "U",
         "expected a date (date32, date64 or a timestamp), found large_utf8; text is never parsed, so cast the column "
         "before it "
         "is handed over"},
        {cell_kind::date, "i", "expected a date (date32, date64 or a timestamp), found int32"},
        {cell_kind::money, "b", "expected an amount (float, integer or decimal128), found bool"},
        {cell_kind::money, "tdD", "expected an amount (float, integer or decimal128), found date32"},
        {cell_kind::integer, "b",
         "expected a whole number (integer, or float or decimal128 without fraction), found bool"},
        {cell_kind::flag, "g", "expected yes or no (bool, or an integer that is 0 or 1), found float64"},
        {cell_kind::text, "l", "expected text (utf8), found int64"},
        {cell_kind::word, "b", "expected a word of a list (utf8), found bool"},
        {cell_kind::category, "g", "expected a category (utf8 or integer), found float64"},
        {cell_kind::id, "g",
         "expected an id (utf8 or integer), found float64; integers with missing values must stay integers, so cast "
         "the column "
         "before it is handed over"},
        {cell_kind::id, "tsu:UTC", "expected an id (utf8 or integer), found timestamp in microseconds"},
    };
    for (const wrong& one : all) {
        const auto [table, column] = home_of(one.kind);
        const mock::bytes cell(mock::detail::width_of(one.format), '\0');
        const auto plain =
            table_of(table, {mock::make_column(std::string(column), one.format, {cell == "" ? "x" : cell})}, {1});
        EXPECT_EQ(read_all(plain, column, one.kind), texts{"schema.type -1: " + one.expected});
    }
    const auto by_entry = table_of("deals", {mock::make_dictionary("amount", "i", "u", {"1"})}, {1});
    EXPECT_EQ(read_all(by_entry, "amount", cell_kind::money).front().substr(0, 78),
              "schema.type -1: expected an amount (float, integer or decimal128), found a dic");
}

TEST(cells, of_personal_columns_are_never_shown) {
    const auto base = table_of("pay", {mock::make_column("base", "g", {raw(1.0), raw(std::nan(""))})}, {2});
    const auto read = read_money({}, *base, "base", presence::required);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message, "expected a finite amount, found [redacted]");
    EXPECT_EQ(read.error().where, "pay.base");
    const auto motive = table_of("motives", {mock::make_column("motive", "u", {"secret"})}, {1});
    const auto word = read_words({}, *motive, "motive", outcomes, presence::required);
    ASSERT_FALSE(word);
    EXPECT_EQ(word.error().message, "expected one of won, lost, open; found [redacted]");
}

TEST(cells, of_text_are_borrowed_from_the_host_and_kept_alive) {
    std::optional<text_column> ids;
    {
        const auto made =
            table_of("people", {mock::make_column("person_id", "u", {"anna", "a longer id than twelve"})}, {2});
        const auto* text = static_cast<const char*>(made->batches[0]->children[0]->buffers[2]);
        auto read = read_ids({}, made, "person_id", presence::required);
        ASSERT_TRUE(read);
        EXPECT_EQ(read.value()[0].data(), text);
        ids = std::move(read).value();
    }
    EXPECT_EQ((*ids)[0], "anna");
    EXPECT_EQ((*ids)[1], "a longer id than twelve");
}

TEST(cells, of_categories_are_numbered_in_byte_order_and_unused_words_have_no_number) {
    const auto made =
        table_of("people", {mock::make_dictionary("role", "c", "u", {"b", "a", "\xC3\xA4", "Z", "a"})}, {5});
    const auto read = read_categories({}, *made, "role", presence::optional);
    ASSERT_TRUE(read);
    ASSERT_EQ(read.value().names.size(), 4U);
    EXPECT_EQ(read.value().names[0], "Z");
    EXPECT_EQ(read.value().names[1], "a");
    EXPECT_EQ(read.value().names[2], "b");
    EXPECT_EQ(read.value().names[3], "\xC3\xA4");
    EXPECT_EQ(read.value().code[0], 2U);
    EXPECT_EQ(read.value().code[1], 1U);
}

TEST(cells, tell_their_time_zone_and_what_they_hold) {
    const auto zoned =
        table_of("people", {mock::make_column("hired", "tsu:Europe/Berlin", {raw(std::int64_t{0})})}, {1});
    EXPECT_EQ(time_zone(*zoned, "hired"), "Europe/Berlin");
    EXPECT_EQ(found_in(*zoned, "hired"), found_cells::dates);
    EXPECT_EQ(found_in(*zoned, "left"), found_cells::none);
    const auto plain = table_of("people", {mock::make_column("hired", "tdD", {raw(std::int32_t{0})})}, {1});
    EXPECT_EQ(time_zone(*plain, "hired"), "");
    const auto period = table_of("panel", {mock::make_column("period", "l", {raw(std::int64_t{0})})}, {1});
    EXPECT_EQ(found_in(*period, "period"), found_cells::integers);
}

TEST(cells, of_a_column_that_is_not_there_or_not_of_the_contract_cannot_be_read) {
    const auto made = table_of("people", {mock::make_column("shoe_size", "g", {raw(43.0)})}, {1});
    for (const std::string_view name : {"shoe_size", "person_id"}) {
        const auto read = read_numbers({}, *made, name, presence::optional);
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().kind, status::schema);
        EXPECT_EQ(read.error().code, "schema.missing_column");
        EXPECT_EQ(read.error().where, "people." + std::string(name));
    }
}

TEST(cells, are_not_read_once_the_host_has_cancelled) {
    const auto made = table_of("deals", {mock::make_column("amount", "g", {raw(1.0)})}, {1});
    const std::atomic<bool> cancelled{true};
    run_context run;
    run.cancelled = &cancelled;
    EXPECT_EQ(read_money(run, *made, "amount", presence::optional).error().code, "cancelled");
}

} // namespace
