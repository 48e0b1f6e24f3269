#include "report/export.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <limits>
#include <string>

#include "ingest/json_reader.hpp"
#include "report/canonical_json.hpp"
#include "report/every_kind.hpp"

namespace {

using namespace dualtrack;
using dualtrack::report::json_value;

TEST(json_rows, write_every_kind_of_column) {
    const every_kind::table table;
    EXPECT_EQ(report::export_json(report::view_of(table)),
              "[{\"person_id\":\"p \\\"3\\\"\",\"amount\":1234.56,\"closed\":\"1970-01-01\",\"review\":true,"
              "\"style\":\"hero_maker\",\"market\":\"south\",\"reason\":\"why\",\"note\":\"\",\"share\":0.1,"
              "\"n_deals\":9007199254740993},"
              "{\"person_id\":\"p1\",\"amount\":null,\"closed\":\"2024-02-29\",\"review\":false,\"style\":null,"
              "\"market\":null,\"reason\":\"\",\"note\":null,\"share\":1e-7,\"n_deals\":null},"
              "{\"person_id\":null,\"amount\":-0.05,\"closed\":null,\"review\":null,\"style\":\"hero\","
              "\"market\":\"north\",\"reason\":\"tab\\there\",\"note\":\"caf\xC3\xA9\\n\",\"share\":null,"
              "\"n_deals\":0}]");
}

TEST(json_rows, of_an_empty_table_are_an_empty_array) {
    every_kind::table table;
    table.person.index.clear();
    EXPECT_EQ(report::export_json(report::view_of(table)), "[]");
    EXPECT_EQ(report::export_json({}), "[]");
}

TEST(json_rows, never_hold_what_is_no_number) {
    every_kind::table table;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    table.share.value = {std::numeric_limits<double>::quiet_NaN(), infinity, -infinity};
    table.share.valid.clear();
    const std::string text = report::export_json(report::view_of(table));
    EXPECT_EQ(text.find("nan"), std::string::npos);
    EXPECT_EQ(text.find("inf"), std::string::npos);
    std::size_t n = 0;
    const std::string_view null = "\"share\":null";
    for (std::size_t at = text.find(null); at != std::string::npos; at = text.find(null, at + 1)) ++n;
    EXPECT_EQ(n, 3U);
}

TEST(json_rows, do_not_depend_on_chunks) {
    every_kind::table table;
    const std::string whole = report::export_json(report::view_of(table));
    table.note = every_kind::one_chunk_a_row(table.note);
    table.ids = every_kind::one_chunk_a_row(table.ids);
    EXPECT_EQ(report::export_json(report::view_of(table)), whole);
}

TEST(json_rows, are_json_to_the_reader) {
    const every_kind::table table;
    const std::string text = report::export_json(report::view_of(table));
    const auto read = ingest::read_json(text, ingest::table_json_limits, status::data);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read.value().nodes[0].size, 3U);
    EXPECT_EQ(read.value().nodes[1].size, 10U);
    const auto n = ingest::find_member(read.value(), 1, "n_deals");
    EXPECT_EQ(read.value().nodes[n].whole, 9007199254740993);
}

TEST(json_rows, keep_every_cent) {
    every_kind::table table;
    for (const std::int64_t minor : {std::int64_t{1}, std::int64_t{99}, std::int64_t{-1}, std::int64_t{100},
                                     std::int64_t{123456789012345}, std::int64_t{-999999999999999}}) {
        table.amount.minor[0] = minor;
        const std::string text = report::export_json(report::view_of(table));
        const std::size_t at = text.find("\"amount\":") + 9;
        double value = 0;
        std::from_chars(text.data() + at, text.data() + text.size(), value);
        EXPECT_EQ(value, static_cast<double>(minor) / 100.0);
        EXPECT_EQ(static_cast<std::int64_t>(value * 100.0 + (minor < 0 ? -0.5 : 0.5)), minor);
    }
}

// ---- canonical JSON -------------------------------------------------------------------------------------------------

TEST(canonical_json, writes_the_example_of_rfc_8785) {
    json_value value;
    value["numbers"] = json_value::list{333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001};
    value["string"] = "\xE2\x82\xAC$\x0F\nA'B\"\\\\\"/";
    value["literals"] = json_value::list{json_value(), true, false};
    EXPECT_EQ(report::canonical_json(value),
              "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
              "\"string\":\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

TEST(canonical_json, sorts_keys_as_rfc_8785_does) {
    json_value value;
    value["\xE2\x82\xAC"] = "Euro Sign";
    value["\r"] = "Carriage Return";
    value["\xEF\xAC\xB3"] = "Hebrew Letter Dalet With Dagesh";
    value["1"] = "One";
    value["\xF0\x9F\x98\x80"] = "Emoji: Grinning Face";
    value["\xC2\x80"] = "Control";
    value["\xC3\xB6"] = "Latin Small Letter O With Diaeresis";
    const std::string text = report::canonical_json(value);
    std::size_t last = 0;
    for (const char* each : {"Carriage Return", "One", "Control", "Latin Small", "Euro Sign", "Emoji", "Hebrew"}) {
        const std::size_t at = text.find(each);
        ASSERT_NE(at, std::string::npos) << each;
        EXPECT_GT(at, last) << each;
        last = at;
    }
}

TEST(canonical_json, does_not_depend_on_the_order_members_came_in) {
    json_value one;
    one["b"]["y"] = 1;
    one["b"]["x"] = json_value::list{};
    one["a"] = json_value::object{};
    json_value two;
    two["a"] = json_value::object{};
    two["b"]["x"] = json_value::list{};
    two["b"]["y"] = 1;
    EXPECT_EQ(report::canonical_json(one), "{\"a\":{},\"b\":{\"x\":[],\"y\":1}}");
    EXPECT_EQ(report::canonical_json(two), report::canonical_json(one));
}

TEST(canonical_json, takes_canonical_text_as_it_is) {
    json_value value;
    value["policy"] = report::canonical_text{"{\"version\":1}"};
    value["n"] = std::int64_t{-3};
    EXPECT_EQ(report::canonical_json(value), "{\"n\":-3,\"policy\":{\"version\":1}}");
}

}  // namespace
