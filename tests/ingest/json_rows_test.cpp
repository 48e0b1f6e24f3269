#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/text.hpp>

#include "ingest/arrow_mock.hpp"
#include "ingest/contract.hpp"
#include "ingest/table.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::ingest;

constexpr auto optional = presence::optional;

/// The table of rows that are good.
std::shared_ptr<const input_table> rows_of(std::string_view table, std::string_view json) {
    table_set set;
    const auto added = add_json_rows(set, table, json);
    EXPECT_TRUE(added) << (added ? "" : std::string(added.error().code) + ": " + added.error().message);
    return added ? set.find(table) : nullptr;
}

/// The failure of rows that are not; the set must be as before.
error refusal_of(std::string_view table, std::string_view json) {
    table_set set;
    EXPECT_TRUE(add_json_rows(set, "candidates", "[]"));
    const auto added = add_json_rows(set, table, json);
    EXPECT_FALSE(added) << json;
    EXPECT_EQ(set.tables.size(), 1U);
    if (added) return {};
    return added.error();
}

TEST(json_rows, are_read_by_the_kinds_of_the_contract) {
    const auto deals = rows_of("deals", R"([
        {"deal_id": "d1", "owner_id": 7, "amount": 19.99, "closed": "2024-02-29", "outcome": "won", "segment": "mid"},
        {"deal_id": "d2", "owner_id": 8, "amount": null, "outcome": "lost"},
        {"outcome": "open", "owner_id": -9, "deal_id": "d \"3\" \u00e9", "amount": 100, "opened": "1969-12-31"}])");
    ASSERT_NE(deals, nullptr);
    EXPECT_EQ(deals->n_rows, 3);
    const auto id = read_ids({}, deals, "deal_id", presence::required);
    const auto owner = read_ids({}, deals, "owner_id", presence::required);
    const auto amount = read_money({}, *deals, "amount", optional);
    const auto closed = read_dates({}, *deals, "closed", optional);
    const auto opened = read_dates({}, *deals, "opened", optional);
    const auto outcome = read_words({}, *deals, "outcome", org::outcome_words, presence::required);
    const auto segment = read_categories({}, *deals, "segment", optional);
    ASSERT_TRUE(id && owner && amount && closed && opened && outcome && segment);
    EXPECT_EQ(id.value()[0], "d1");
    EXPECT_EQ(id.value()[2], "d \"3\" \xC3\xA9");
    EXPECT_EQ(owner.value()[0], "7");
    EXPECT_EQ(owner.value()[2], "-9");
    EXPECT_EQ(amount.value(), (vec<std::int64_t>{1999, no_money, 10000}));
    EXPECT_EQ(closed.value(), (vec<std::int32_t>{19782, no_date, no_date}));
    EXPECT_EQ(opened.value(), (vec<std::int32_t>{no_date, no_date, -1}));
    EXPECT_EQ(outcome.value(), (vec<std::uint8_t>{0, 1, 2}));
    EXPECT_EQ(segment.value().code, (vec<std::uint32_t>{0, no_index, no_index}));
}

TEST(json_rows, take_flags_as_booleans_or_zero_and_one) {
    const auto words =
        rows_of("candidates", R"([{"selected": true, "consents": 1}, {"selected": false, "consents": 0}, {}])");
    EXPECT_EQ(read_flags({}, *words, "selected", optional).value(), (vec<std::uint8_t>{1, 0, 2}));
    EXPECT_EQ(read_flags({}, *words, "consents", optional).value(), (vec<std::uint8_t>{1, 0, 2}));
    const auto two = rows_of("candidates", R"([{"selected": 1}, {"selected": 2}])");
    EXPECT_EQ(read_flags({}, *two, "selected", optional).error().row, 1);
}

TEST(json_rows, take_categories_as_text_integers_or_booleans) {
    for (const auto& [json, first] :
         std::vector<std::pair<std::string, std::string>>{{R"([{"sex": "f"}, {}])", "f"},
                                                          {R"([{"sex": 12}, {}])", "12"},
                                                          {R"([{"sex": true}, {"sex": null}])", "true"}}) {
        const auto table = rows_of("demographics", json);
        const auto read = read_categories({}, *table, "sex", optional);
        ASSERT_TRUE(read) << json;
        EXPECT_EQ(read.value().names[read.value().code[0]], first);
        EXPECT_FALSE(read.value().has(1));
    }
}

TEST(json_rows, keep_every_digit_of_whole_numbers) {
    const auto whole = rows_of("vacancies", R"([{"reports": 9223372036854775807}, {"reports": -1}, {}])");
    const auto read = read_integers({}, *whole, "reports", optional);
    ASSERT_TRUE(read);
    EXPECT_EQ(read.value().value[0], 9223372036854775807);
    EXPECT_EQ(read.value().value[1], -1);
    EXPECT_FALSE(read.value().has(2));
    const auto money = rows_of("pay", R"([{"base": 92233720368547758}])");
    EXPECT_EQ(read_money({}, *money, "base", optional).value()[0], 9223372036854775800);
    const auto mixed = rows_of("credits", R"([{"share": 1}, {"share": 0.25}, {"share": 1e-3}])");
    EXPECT_EQ(read_numbers({}, *mixed, "share", optional).value().value, (vec<double>{1.0, 0.25, 0.001}));
}

TEST(json_rows, may_be_none_or_empty) {
    EXPECT_EQ(rows_of("deals", "[]")->n_rows, 0);
    EXPECT_EQ(rows_of("deals", " [ ] ")->n_rows, 0);
    const auto empty = rows_of("deals", "[{}, {}, {}]");
    EXPECT_EQ(empty->n_rows, 3);
    EXPECT_EQ(find_column(*empty, "deal_id"), -1);
    const auto nulls = rows_of("deals", R"([{"amount": null}, {}])");
    EXPECT_EQ(read_money({}, *nulls, "amount", optional).value(), (vec<std::int64_t>{no_money, no_money}));
    EXPECT_EQ(read_money({}, *nulls, "amount", presence::required).error().code, "data.null");
    EXPECT_EQ(find_column(*rows_of("deals", R"([{}, {"amount": 1}])"), "amount"), 0);
}

TEST(json_rows, leave_keys_beyond_the_contract_unread_and_there_to_be_counted) {
    const auto table =
        rows_of("people", R"([{"shoe": {"size": [43, "wide"]}, "person_id": "a"}, {"person_id": "b", "shoe": 1}])");
    EXPECT_GE(find_column(*table, "shoe"), 0);
    EXPECT_EQ(found_in(*table, "shoe"), found_cells::nulls);
    EXPECT_EQ(read_ids({}, table, "person_id", presence::required).value()[1], "b");
}

struct refused {
    std::string table, json;
    status kind;
    std::string code, where;
    std::int64_t row;
    std::string message;
};

TEST(json_rows, of_wrong_cells_are_refused_with_column_row_and_byte) {
    const std::vector<refused> all{
        {"deals", "{}", status::schema, "schema.type", "deals", -1, "expected an array of objects, found an object"},
        {"deals", "null", status::schema, "schema.type", "deals", -1, "expected an array of objects, found null"},
        {"deals", "[{}, 3]", status::schema, "schema.type", "deals", 1, "expected an object, found a number at byte 5"},
        {"deals", "[[]]", status::schema, "schema.type", "deals", 0, "expected an object, found an array at byte 1"},
        {"deals", R"([{"amount": 1}, {"amount": "1.234,56"}])", status::schema, "schema.type", "deals.amount", 1,
         R"(expected a number as in the rows before, found "1.234,56" at byte 27)"},
        {"deals", R"([{"amount": "1"}])", status::schema, "schema.type", "deals.amount", 0,
         R"(expected a number, found "1" at byte 12; text is never parsed)"},
        {"deals", R"([{"amount": null}, {"amount": true}])", status::schema, "schema.type", "deals.amount", 1,
         "expected a number, found true at byte 30"},
        {"deals", R"([{"amount": [1]}])", status::schema, "schema.type", "deals.amount", 0,
         "expected a cell, found an array at byte 12"},
        {"deals", R"([{"amount": {"value": 1}}])", status::schema, "schema.type", "deals.amount", 0,
         "expected a cell, found an object at byte 12"},
        {"deals", R"([{"deal_id": "a"}, {"deal_id": 1}])", status::schema, "schema.type", "deals.deal_id", 1,
         "expected a string as in the rows before, found 1 at byte 31"},
        {"deals", R"([{"deal_id": 1.5}])", status::schema, "schema.type", "deals.deal_id", 0,
         "expected a string or an integer, found 1.5 at byte 13"},
        {"deals", R"([{"deal_id": true}])", status::schema, "schema.type", "deals.deal_id", 0,
         "expected a string or an integer, found true at byte 13"},
        {"deals", R"([{"outcome": 1}])", status::schema, "schema.type", "deals.outcome", 0,
         "expected a string, found 1 at byte 13"},
        {"deals", R"([{"segment": 1.5}])", status::schema, "schema.type", "deals.segment", 0,
         "expected a string or an integer, found 1.5 at byte 13"},
        {"deals", R"([{"closed": 20240101}])", status::schema, "schema.type", "deals.closed", 0,
         "expected a date \"YYYY-MM-DD\", found 20240101 at byte 12"},
        {"deals", R"([{}, {"closed": "2023-02-29"}])", status::data, "data.date", "deals.closed", 1,
         "expected a date \"YYYY-MM-DD\", found \"2023-02-29\" at byte 16"},
        {"deals", R"([{"closed": "2023-01-01T00:00:00"}])", status::data, "data.date", "deals.closed", 0,
         "expected a date \"YYYY-MM-DD\", found \"2023-01-01T00:00:00\" at byte 12"},
        {"deals", R"([{"closed": ""}])", status::data, "data.date", "deals.closed", 0,
         "expected a date \"YYYY-MM-DD\", found \"\" at byte 12"},
        {"deals", R"([{"amount": 0.5}, {"amount": 9007199254740993}])", status::data, "data.range", "deals.amount", 1,
         "expected whole numbers of at most 2^53 beside fractions, found 9007199254740993 at byte 29"},
        {"candidates", "[]", status::argument, "argument.table_name", "candidates", -1,
         "expected a table that is not there yet, found a second one"},
        {"vacancies", R"([{"external": "yes"}])", status::schema, "schema.type", "vacancies.external", 0,
         "expected true or false, found \"yes\" at byte 14; text is never parsed"},
        {"people", R"([{"name": 5}])", status::schema, "schema.type", "people.name", 0,
         "expected a string, found [redacted] at byte 10"},
        {"pay", R"([{"base": 1}, {"base": "secret"}])", status::schema, "schema.type", "pay.base", 1,
         "expected a number as in the rows before, found [redacted] at byte 23"},
        {"deal", "[]", status::argument, "argument.table_name", "", -1,
         "expected a table of the data contract, found \"deal\"; the nearest known name is deals"},
        {"deals", R"([{"a\u0000b": 1}])", status::schema, "arrow.name", "deals", 0,
         "expected a name without a NUL, found \"a\\x00b\""},
    };
    for (const refused& one : all) {
        const error failure = refusal_of(one.table, one.json);
        EXPECT_EQ(failure.kind, one.kind) << one.json;
        EXPECT_EQ(failure.code, one.code) << one.json;
        EXPECT_EQ(failure.where, one.where) << one.json;
        EXPECT_EQ(failure.row, one.row) << one.json;
        EXPECT_EQ(failure.message, one.message) << one.json;
    }
}

TEST(json_rows, that_are_no_json_are_errors_of_the_data) {
    const std::vector<std::pair<std::string, std::string>> all{
        {"", "json.syntax"},
        {"[", "json.syntax"},
        {"[{]", "json.syntax"},
        {"[{\"amount\": NaN}]", "json.syntax"},
        {"[{'amount': 1}]", "json.syntax"},
        {"[] []", "json.trailing"},
        {"[{\"amount\": 1e400}]", "json.number_range"},
        {"[{\"amount\": 9223372036854775808}]", "json.number_range"},
        {"[{\"name\": \"\xFF\"}]", "json.encoding"},
        {"\xEF\xBB\xBF[]", "json.encoding"},
        {std::string(1000, '['), "json.depth"},
    };
    for (const auto& [json, code] : all) {
        const error failure = refusal_of("deals", json);
        EXPECT_EQ(failure.kind, status::data) << json;
        EXPECT_EQ(failure.code, code) << json;
        EXPECT_EQ(failure.where, "deals") << json;
        EXPECT_NE(failure.message.find("byte "), std::string::npos) << failure.message;
    }
    const error twice = refusal_of("deals", R"([{"amount": 1}, {"amount": 1, "\u0061mount": 2}])");
    EXPECT_EQ(twice.code, "json.duplicate_key");
    EXPECT_EQ(twice.row, 1);
}

TEST(json_rows, cut_short_anywhere_are_refused) {
    const std::string good =
        R"([{"deal_id": "d1", "owner_id": 7, "amount": 19.99, "closed": "2024-02-29", "outcome": "won"}])";
    ASSERT_NE(rows_of("deals", good), nullptr);
    for (std::size_t n = 0; n < good.size(); ++n) EXPECT_EQ(refusal_of("deals", good.substr(0, n)).kind, status::data);
}

TEST(json_rows, report_the_first_column_of_the_contract_whatever_the_order_of_keys) {
    for (const std::string json :
         {R"([{"amount": "x", "deal_id": true, "closed": 1}])", R"([{"closed": 1, "deal_id": true, "amount": "x"}])",
          R"([{"closed": 1}, {"amount": "x"}, {"deal_id": true}])"})
        EXPECT_EQ(refusal_of("deals", json).where, "deals.deal_id");
}

TEST(json_rows, are_limited_in_columns) {
    std::string json = "[{";
    for (int i = 0; i < 4097; ++i) json += (i == 0 ? "\"k" : ", \"k") + std::to_string(i) + "\": 1";
    const error failure = refusal_of("deals", json + "}]");
    EXPECT_EQ(failure.code, "limit.columns");
    EXPECT_EQ(failure.row, 0);
}

TEST(json_rows, mean_the_same_as_the_arrow_table_of_their_cells) {
    std::string json = "[";
    mock::cells ids, amounts, dates, outcomes;
    for (int i = 0; i < 500; ++i) {
        const std::string id = "deal " + std::to_string(i);
        ids.push_back(id);
        json += std::string(i == 0 ? "" : ",") + "{\"deal_id\": \"" + id + "\"";
        if (i % 3 != 0) {
            amounts.push_back(mock::raw(i / 8.0));
            json += ", \"amount\": " + number_text(i / 8.0);
        } else {
            amounts.push_back(std::nullopt);
        }
        dates.push_back(mock::raw(static_cast<std::int32_t>(i)));
        json += ", \"closed\": \"" + std::string(calendar::format_iso_date(i).view()) + "\"";
        outcomes.push_back(std::string(org::outcome_words[static_cast<std::size_t>(i) % 3]));
        json += ", \"outcome\": \"" + *outcomes.back() + "\"}";
    }
    const auto from_json = rows_of("deals", json + "]");
    const std::vector<mock::column_spec> columns{
        mock::make_column("deal_id", "U", ids), mock::make_column("amount", "g", amounts),
        mock::make_column("closed", "tdD", dates), mock::make_dictionary("outcome", "c", "u", outcomes)};
    mock::ledger book;
    mock::stream_spec spec;
    spec.schema = mock::make_struct(columns);
    spec.batches.push_back(mock::make_batch(500, columns));
    ArrowArrayStream stream = mock::make_stream(book, spec);
    table_set set;
    ASSERT_TRUE(add_stream(set, "deals", &stream));
    const auto from_arrow = set.find("deals");
    EXPECT_EQ(read_money({}, *from_json, "amount", optional).value(),
              read_money({}, *from_arrow, "amount", optional).value());
    EXPECT_EQ(read_dates({}, *from_json, "closed", optional).value(),
              read_dates({}, *from_arrow, "closed", optional).value());
    EXPECT_EQ(read_words({}, *from_json, "outcome", org::outcome_words, optional).value(),
              read_words({}, *from_arrow, "outcome", org::outcome_words, optional).value());
    const auto left = read_ids({}, from_json, "deal_id", optional);
    const auto right = read_ids({}, from_arrow, "deal_id", optional);
    for (std::size_t i = 0; i < 500; ++i) ASSERT_EQ(left.value()[i], right.value()[i]);
}

} // namespace
