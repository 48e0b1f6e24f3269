#include "report/catalog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ingest/contract.hpp"
#include "ingest/json_reader.hpp"
#include "report/every_kind.hpp"
#include "run/inputs.hpp"

namespace {

using namespace dualtrack;

struct catalog_fixture {
    every_kind::table table;
    std::string text;
    ingest::json_document document{std::pmr::get_default_resource()};

    catalog_fixture() {
        report::analysis_description analysis;
        analysis.name = "measures";
        analysis.meaning = "what each seller and team did";
        analysis.needs = {{"people", "deals"}, {"people", "sales"}};
        analysis.reads = {"quotas"};
        analysis.tables = {report::view_of(table)};
        text = report::catalog_json("0.1.0", std::vector{analysis}, run::describe_inputs());
        auto read = ingest::read_json(text, ingest::policy_json_limits, status::policy);
        EXPECT_TRUE(read.has_value()) << read.error().message;
        if (read) document = std::move(read).value();
    }
    std::uint32_t member(std::uint32_t of, std::string_view key) const {
        return ingest::find_member(document, of, key);
    }
    std::string_view text_at(std::uint32_t of, std::string_view key) const {
        const std::uint32_t at = member(of, key);
        return at == 0 ? std::string_view("(none)") : ingest::text_of(document, at);
    }
    std::vector<std::uint32_t> entries(std::uint32_t list) const {
        std::vector<std::uint32_t> out;
        for (std::uint32_t i = list + 1; i < document.nodes[list].end; i = document.nodes[i].end) out.push_back(i);
        return out;
    }
};

TEST(catalog, says_what_an_analysis_needs) {
    const catalog_fixture catalog;
    const auto analyses = catalog.entries(catalog.member(0, "analyses"));
    ASSERT_EQ(analyses.size(), 1U);
    EXPECT_EQ(catalog.text_at(analyses[0], "name"), "measures");
    EXPECT_EQ(catalog.text_at(0, "version"), "0.1.0");
    EXPECT_NE(catalog.text.find("\"needs\":[[\"people\",\"deals\"],[\"people\",\"sales\"]]"), std::string::npos);
    EXPECT_NE(catalog.text.find("\"reads\":[\"quotas\"]"), std::string::npos);
}

TEST(catalog, lists_the_columns_of_a_result_in_order_with_their_types) {
    const catalog_fixture catalog;
    const auto analyses = catalog.entries(catalog.member(0, "analyses"));
    const auto tables = catalog.entries(catalog.member(analyses[0], "tables"));
    ASSERT_EQ(tables.size(), 1U);
    const auto columns = catalog.entries(catalog.member(tables[0], "columns"));
    const std::vector<std::pair<std::string_view, std::string_view>> expected{
        {"person_id", "utf8"}, {"amount", "float64"}, {"closed", "date32"}, {"review", "bool"}, {"style", "utf8"},
        {"market", "utf8"},    {"reason", "utf8"},    {"note", "utf8"},     {"share", "float64"}, {"n_deals", "int64"}};
    ASSERT_EQ(columns.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(catalog.text_at(columns[i], "name"), expected[i].first);
        EXPECT_EQ(catalog.text_at(columns[i], "type"), expected[i].second);
        EXPECT_NE(catalog.text_at(columns[i], "unit"), "(none)");
        EXPECT_NE(catalog.text_at(columns[i], "meaning"), "(none)");
    }
    EXPECT_NE(catalog.text.find("\"values\":[\"hero\",\"mixed\",\"hero_maker\"]"), std::string::npos);
}

TEST(catalog, holds_the_whole_data_contract) {
    const catalog_fixture catalog;
    const auto inputs = catalog.entries(catalog.member(0, "inputs"));
    ASSERT_EQ(inputs.size(), ingest::contract_tables.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const ingest::contract_table& known = ingest::contract_tables[i];
        EXPECT_EQ(catalog.text_at(inputs[i], "name"), known.name);
        const auto columns = catalog.entries(catalog.member(inputs[i], "columns"));
        ASSERT_EQ(columns.size(), known.columns.size());
        for (std::size_t j = 0; j < columns.size(); ++j) {
            EXPECT_EQ(catalog.text_at(columns[j], "name"), known.columns[j].name);
            EXPECT_EQ(catalog.text_at(columns[j], "kind"),
                      ingest::cell_kind_words[static_cast<std::size_t>(known.columns[j].kind)]);
            const std::uint32_t required = catalog.member(columns[j], "required");
            EXPECT_EQ(catalog.document.nodes[required].truth, known.columns[j].is_required);
            EXPECT_EQ(catalog.member(columns[j], "values") != 0, !known.columns[j].words.empty());
        }
    }
}

TEST(catalog, is_the_same_text_every_time) {
    EXPECT_EQ(catalog_fixture().text, catalog_fixture().text);
    EXPECT_EQ(report::catalog_json("1", {}, {}), "{\"analyses\":[],\"inputs\":[],\"version\":\"1\"}");
}

}  // namespace
