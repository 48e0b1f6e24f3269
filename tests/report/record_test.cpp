#include "report/record.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "ingest/json_reader.hpp"
#include "report/every_kind.hpp"
#include "report/policy.hpp"

namespace {

using namespace dualtrack;

sha256_digest digest_of(const every_kind::table& table, int threads = 1) {
    run_context run;
    run.threads = threads;
    auto digest = report::digest_result(run, report::view_of(table));
    EXPECT_TRUE(digest.has_value());
    return digest.value().ordered;
}

table_digest input(std::string name, std::int64_t n_rows) {
    table_digest out;
    out.name = std::move(name);
    out.n_rows = n_rows;
    out.columns.push_back({"person_id", "id", sha256_of("cells of " + out.name), 1});
    digest_order(out);
    out.set = sha256_of("set of " + out.name);
    return out;
}

struct run_of_a_day {
    org::policy policy;
    std::vector<table_digest> inputs{input("deals", 7), input("people", 3)};
    every_kind::table sellers;
    every_kind::table findings;
    std::string_view version = "0.1.0";
    std::string_view analysis = "measures";
    std::int32_t as_of = 19782;

    std::string record(int threads = 1) const {
        std::vector<table_view> views{report::view_of(sellers), report::view_of(findings)};
        views[1].name = "findings";
        run_context run;
        run.threads = threads;
        report::record_input in;
        in.library_version = version;
        in.abi = 0;
        in.analysis = analysis;
        in.policy = &policy;
        in.as_of = as_of;
        in.inputs = inputs;
        in.results = views;
        auto made = report::make_record(in, run);
        EXPECT_TRUE(made.has_value());
        return made ? std::move(made).value() : std::string();
    }

private:
    using table_view = report::table_view;
};

/// The text of a member of the top object, as it stands in a canonical text.
std::string member(const std::string& text, std::string_view key) {
    const auto read = ingest::read_json(text, ingest::policy_json_limits, status::policy);
    EXPECT_TRUE(read.has_value()) << text;
    const auto& document = read.value();
    const std::uint32_t at = ingest::find_member(document, 0, key);
    EXPECT_NE(at, 0U) << key;
    const std::uint32_t after = document.nodes[at].end;
    const std::size_t begin = document.nodes[at].byte;
    std::size_t end = text.size() - 1;
    if (after < document.nodes.size()) end = document.nodes[after].byte - 1;
    return text.substr(begin, end - begin);
}

TEST(record, holds_what_a_run_was_made_of) {
    const run_of_a_day day;
    const std::string record = day.record();
    const std::string core = member(record, "core");
    EXPECT_EQ(member(core, "library_version"), "\"0.1.0\"");
    EXPECT_EQ(member(core, "abi"), "0");
    EXPECT_EQ(member(core, "analysis"), "\"measures\"");
    EXPECT_EQ(member(core, "as_of"), "\"2024-02-29\"");
    EXPECT_EQ(member(core, "run_id"), "null");
    EXPECT_EQ(member(core, "policy"), report::policy_json(day.policy));
    EXPECT_EQ(member(core, "policy_digest"), "\"" + hex_of(sha256_of(report::policy_json(day.policy))) + "\"");
    const std::string inputs = member(core, "inputs");
    EXPECT_NE(inputs.find("\"hash_ordered\":\"" + hex_of(day.inputs[0].ordered) + "\""), std::string::npos);
    EXPECT_NE(inputs.find("\"hash_set\":\"" + hex_of(*day.inputs[1].set) + "\""), std::string::npos);
    EXPECT_NE(inputs.find("\"kind\":\"id\",\"name\":\"person_id\",\"nulls\":1"), std::string::npos) << inputs;
    EXPECT_NE(inputs.find("\"rows\":7,\"table\":\"deals\""), std::string::npos) << inputs;
    EXPECT_EQ(member(core, "results"),
              "[{\"hash\":\"" + hex_of(digest_of(day.sellers)) + "\",\"rows\":3,\"table\":\"sellers\"}]");
    EXPECT_NE(member(core, "findings").find("\"rows\":3,\"table\":\"findings\""), std::string::npos);
}

TEST(record, core_is_vouched_for_by_its_hash) {
    const std::string record = run_of_a_day().record();
    EXPECT_EQ(member(record, "core_hash"), "\"" + hex_of(sha256_of(member(record, "core"))) + "\"");
    EXPECT_NE(member(record, "build").find("\"compiler\":"), std::string::npos);
    EXPECT_EQ(member(record, "core").find("compiler"), std::string::npos);
}

TEST(record, core_has_one_text) {
    audit::decision_record record;
    record.library_version = "0.1.0";
    record.abi = 0;
    record.analysis = "pay";
    record.policy_json = "{\"version\":1}";
    record.as_of = 0;
    record.run_id = "r";
    table_digest pay;
    pay.name = "pay";
    pay.n_rows = 2;
    pay.columns.push_back({"base", "money", sha256_of("base"), 1});
    pay.ordered = sha256_of("ordered");
    pay.set = sha256_of("set");
    record.inputs.push_back(pay);
    table_digest offers;
    offers.name = "offers";
    offers.ordered = sha256_of("offers");
    record.results.push_back(offers);
    const auto hex = [](std::string_view text) { return hex_of(sha256_of(text)); };
    const auto twice = [](std::string_view text) {
        const sha256_digest once = sha256_of(text);
        return hex_of(sha256_of({reinterpret_cast<const char*>(once.data()), once.size()}));
    };
    EXPECT_EQ(member(report::record_json(record), "core"),
              "{\"abi\":0,\"analysis\":\"pay\",\"as_of\":\"1970-01-01\",\"input_hash_ordered\":\"" + twice("ordered") +
                  "\",\"input_hash_set\":\"" + twice("set") + "\",\"inputs\":[{\"columns\":[{\"hash\":\"" +
                  hex("base") + "\",\"kind\":\"money\",\"name\":\"base\",\"nulls\":1}],\"hash_ordered\":\"" +
                  hex("ordered") + "\",\"hash_set\":\"" + hex("set") + "\",\"rows\":2,\"table\":\"pay\"}]," +
                  "\"library\":\"dualtrack\",\"library_version\":\"0.1.0\",\"policy\":{\"version\":1}," +
                  "\"policy_digest\":\"" + hex("{\"version\":1}") + "\",\"record_version\":1,\"result_hash\":\"" +
                  twice("offers") + "\",\"results\":[{\"hash\":\"" + hex("offers") +
                  "\",\"rows\":0,\"table\":\"offers\"}],\"run_id\":\"r\"}");
}

TEST(record, is_the_same_for_the_same_run) {
    const std::string one = run_of_a_day().record();
    EXPECT_EQ(run_of_a_day().record(), one);
    EXPECT_EQ(run_of_a_day().record(2), one);
    run_of_a_day other;
    std::swap(other.inputs[0], other.inputs[1]);
    EXPECT_EQ(other.record(), one);
}

TEST(record, changes_with_everything_that_matters) {
    std::set<std::string> hashes;
    const auto add = [&](auto change) {
        run_of_a_day day;
        change(day);
        EXPECT_TRUE(hashes.insert(member(day.record(), "core_hash")).second) << hashes.size();
    };
    add([](run_of_a_day&) {});
    add([](run_of_a_day& day) { day.version = "0.1.1"; });
    add([](run_of_a_day& day) { day.analysis = "pay"; });
    add([](run_of_a_day& day) { day.as_of = 19783; });
    add([](run_of_a_day& day) { day.as_of = no_date; });
    add([](run_of_a_day& day) { day.policy.run_id = "friday"; });
    add([](run_of_a_day& day) { day.policy.performance.top_share = 0.2; });
    add([](run_of_a_day& day) { day.inputs.pop_back(); });
    add([](run_of_a_day& day) { day.inputs[0].n_rows = 8; });
    add([](run_of_a_day& day) { day.inputs[0].ordered[31] ^= 1U; });
    add([](run_of_a_day& day) { (*day.inputs[0].set)[0] ^= 128U; });
    add([](run_of_a_day& day) { day.inputs[1].columns[0].n_missing = 0; });
    add([](run_of_a_day& day) { day.sellers.amount.minor[0] += 1; });
    add([](run_of_a_day& day) { day.findings.amount.minor[0] += 1; });
    EXPECT_EQ(hashes.size(), 14U);
}

TEST(record, names_the_run_and_the_day_when_they_are_known) {
    run_of_a_day day;
    day.policy.run_id = "2024 \"Q1\"";
    day.as_of = no_date;
    const std::string core = member(day.record(), "core");
    EXPECT_EQ(member(core, "run_id"), "\"2024 \\\"Q1\\\"\"");
    EXPECT_EQ(member(core, "as_of"), "null");
}

TEST(record, of_no_policy_is_that_of_the_defaults) {
    report::record_input in;
    in.library_version = "0.1.0";
    in.analysis = "measures";
    const auto none = report::make_record(in);
    const org::policy defaults;
    in.policy = &defaults;
    const auto given = report::make_record(in);
    ASSERT_TRUE(none.has_value() && given.has_value());
    EXPECT_EQ(none.value(), given.value());
}

// ---- digests of results ---------------------------------------------------------------------------------------------

TEST(result_digest, ignores_chunks_threads_and_values_under_missing_ones) {
    every_kind::table table;
    const sha256_digest plain = digest_of(table);
    EXPECT_EQ(digest_of(table, 2), plain);
    table.note = every_kind::one_chunk_a_row(table.note);
    table.ids = every_kind::one_chunk_a_row(table.ids);
    EXPECT_EQ(digest_of(table), plain);
    table.share.value[2] = std::numeric_limits<double>::quiet_NaN();
    table.n_deals.value[1] = 77;
    EXPECT_EQ(digest_of(table), plain);
}

TEST(result_digest, changes_with_every_cell_of_every_kind) {
    std::set<sha256_digest> seen;
    const auto add = [&](auto change) {
        every_kind::table table;
        change(table);
        EXPECT_TRUE(seen.insert(digest_of(table)).second) << seen.size();
    };
    add([](every_kind::table&) {});
    add([](every_kind::table& t) { t.person.index[0] = 1; });
    add([](every_kind::table& t) { t.person.index[0] = no_index; });
    add([](every_kind::table& t) { t.amount.minor[0] = 123457; });
    add([](every_kind::table& t) { t.amount.minor[1] = 0; });
    add([](every_kind::table& t) { t.closed.day[2] = 0; });
    add([](every_kind::table& t) { t.closed.day[0] = 1; });
    add([](every_kind::table& t) { t.review.value[0] = 0; });
    add([](every_kind::table& t) { t.review.value[2] = 0; });
    add([](every_kind::table& t) { t.style.code[0] = 1; });
    add([](every_kind::table& t) { t.style.code[1] = 0; });
    add([](every_kind::table& t) { t.market.code[0] = 0; });
    add([](every_kind::table& t) { t.market.code[1] = 0; });
    add([](every_kind::table& t) { t.reason[1] = "x"; });
    add([](every_kind::table& t) { t.note = every_kind::texts({nullptr, nullptr, "caf\xC3\xA9\n"}); });
    add([](every_kind::table& t) { t.note = every_kind::texts({"", "", "caf\xC3\xA9\n"}); });
    add([](every_kind::table& t) { t.share.value[0] = 0.1 + 2e-17; });
    add([](every_kind::table& t) { t.share.valid[2] = 1; });
    add([](every_kind::table& t) { t.n_deals.value[0] += 1; });
    add([](every_kind::table& t) { t.n_deals.valid[1] = 1; });
}

TEST(result_digest, has_one_zero) {
    every_kind::table table;
    table.share.value = {0.0, 0.0, 0.0};
    table.share.valid.clear();
    const sha256_digest plain = digest_of(table);
    table.share.value[1] = -0.0;
    EXPECT_EQ(digest_of(table), plain);
}

TEST(result_digest, speaks_of_values_and_not_of_indices) {
    every_kind::table table;
    const sha256_digest plain = digest_of(table);
    table.markets = every_kind::texts({"south", "unused", "north"});
    table.market.code = {0, no_index, 2};
    EXPECT_EQ(digest_of(table), plain);
}

TEST(result_digest, knows_the_order_of_rows_and_the_name_of_the_table) {
    every_kind::table table;
    report::table_view view = report::view_of(table);
    const auto plain = report::digest_result({}, view);
    view.name = "teams";
    const auto renamed = report::digest_result({}, view);
    ASSERT_TRUE(plain.has_value() && renamed.has_value());
    EXPECT_NE(plain.value().ordered, renamed.value().ordered);
    EXPECT_FALSE(plain.value().set.has_value());
    std::swap(table.n_deals.value[0], table.n_deals.value[2]);
    EXPECT_NE(digest_of(table), plain.value().ordered);
}

}  // namespace
