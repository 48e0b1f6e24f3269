// dtk_value_added_* as a host calls them: months added, corrected, taken back, saved and loaded, and what is refused.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "host.hpp"

namespace {

using host::answer;
using host::handle;

struct panel_row {
    int seller = 0, manager = 0, month = 0;
    double value = 0.0;
};

/// Twelve sellers under four managers for ten months, each with moves of its own.
std::vector<panel_row> rows_of_a_year() {
    std::vector<panel_row> out;
    for (int month = 0; month < 10; ++month)
        for (int seller = 0; seller < 12; ++seller) {
            if ((seller * 7 + month) % 11 == 0) continue; // gaps
            const int manager = (seller + (month + seller * 3) / 4) % 4;
            const double noise = std::sin(12.9898 * seller + 78.233 * month);
            out.push_back({seller, manager, month, 3.0 + 0.1 * seller + 0.3 * manager + 0.05 * month + 0.2 * noise});
        }
    return out;
}

std::string json_of_rows(const std::vector<panel_row>& rows) {
    std::string out = "[";
    for (const panel_row& row : rows) {
        if (out.size() > 1) out += ',';
        char value[40];
        std::snprintf(value, sizeof value, "%.17g", row.value);
        out += "{\"unit_id\":\"s" + std::to_string(100 - row.seller) + "\",\"group_id\":\"m" +
               std::to_string(row.manager) + "\",\"period\":" + std::to_string(row.month) +
               ",\"value\":" + std::string(value) + "}";
    }
    return out + "]";
}

answer change(dtk_value_added* state, int32_t kind, std::string_view json, std::string_view table = "panel") {
    handle<dtk_tables> tables;
    if (auto said = host::tables_of({{table, json}}, tables); said.status != DTK_OK) return said;
    dtk_error* error = nullptr;
    const dtk_status status = dtk_value_added_append(state, kind, tables.release(), nullptr, &error);
    return host::read(status, error);
}

answer append(dtk_value_added* state, std::string_view json) {
    return change(state, DTK_VALUE_ADDED_APPEND, json);
}

handle<dtk_value_added> opened() {
    dtk_value_added* state = nullptr;
    EXPECT_EQ(dtk_value_added_open(&state, nullptr), DTK_OK);
    return handle<dtk_value_added>(state);
}

answer solve(const dtk_value_added* state, handle<dtk_result>& out, const dtk_policy* policy = nullptr) {
    dtk_error* error = nullptr;
    dtk_result* result = nullptr;
    const dtk_status status = dtk_value_added_solve(state, policy, nullptr, &result, &error);
    out.reset(result);
    return host::read(status, error);
}

std::string tables_of(const dtk_result* result) {
    std::string out;
    for (std::size_t i = 0; i < dtk_result_n_tables(result); ++i) {
        const char* name = dtk_result_table_name(result, i);
        out += std::string(name) + host::json_of(result, name);
    }
    return out;
}

std::string solved(const dtk_value_added* state, const dtk_policy* policy = nullptr) {
    handle<dtk_result> result;
    const answer said = solve(state, result, policy);
    return said.status == DTK_OK ? tables_of(result.get()) : said.code + said.message;
}

std::string at_once(const std::vector<panel_row>& rows, const dtk_policy* policy = nullptr) {
    handle<dtk_data> data;
    handle<dtk_result> result;
    const std::string json = json_of_rows(rows);
    if (host::data_of({{"panel", json}}, data).status != DTK_OK) return "no data";
    if (host::run(data.get(), "value_added", result, policy).status != DTK_OK) return "no result";
    return tables_of(result.get());
}

std::string saved(const dtk_value_added* state) {
    char* bytes = nullptr;
    std::size_t size = 0;
    EXPECT_EQ(dtk_value_added_save(state, &bytes, &size, nullptr), DTK_OK);
    std::string out(bytes, size);
    dtk_text_free(bytes);
    return out;
}

std::tuple<handle<dtk_value_added>, std::string> loaded(std::string_view bytes) {
    dtk_value_added* state = nullptr;
    dtk_error* error = nullptr;
    const dtk_status status = dtk_value_added_load(bytes.data(), bytes.size(), &state, &error);
    handle<dtk_value_added> made(state);
    return {std::move(made), host::read(status, error).code};
}

TEST(c_value_added, months_one_by_one_are_all_rows_at_once) {
    const std::vector<panel_row> rows = rows_of_a_year();
    handle<dtk_policy> raw;
    ASSERT_EQ(host::parse(R"({"version":1,"value_added":{"outcome":"log","se":"match_scale"}})", raw).status, DTK_OK);
    const auto state = opened();
    for (int month = 0; month < 10; ++month) {
        std::vector<panel_row> own;
        for (const panel_row& row : rows)
            if (row.month == month) own.insert(own.begin(), row); // the other way round
        ASSERT_EQ(append(state.get(), json_of_rows(own)).status, DTK_OK);
    }
    const std::string tables = solved(state.get());
    EXPECT_EQ(tables, at_once(rows));
    EXPECT_NE(tables.find("\"manager_id\":\"m3\""), std::string::npos);
    EXPECT_EQ(solved(state.get(), raw.get()), at_once(rows, raw.get())); // any policy
}

TEST(c_value_added, the_record_names_the_rows_by_the_same_digests) {
    const std::vector<panel_row> rows = rows_of_a_year();
    const auto state = opened();
    ASSERT_EQ(append(state.get(), json_of_rows(rows)).status, DTK_OK);
    handle<dtk_result> result, batch;
    handle<dtk_data> data;
    const std::string json = json_of_rows(rows);
    ASSERT_EQ(solve(state.get(), result).status, DTK_OK);
    ASSERT_EQ(host::data_of({{"panel", json}}, data).status, DTK_OK);
    ASSERT_EQ(host::run(data.get(), "value_added", batch).status, DTK_OK);
    const auto set_digest = [](const dtk_result* of) {
        const std::string record = dtk_result_record(of);
        const std::size_t at = record.find("\"input_hash_set\":\"");
        return at == std::string::npos ? std::string("none") : record.substr(at, 82);
    };
    EXPECT_EQ(set_digest(result.get()), set_digest(batch.get()));
    EXPECT_NE(set_digest(result.get()), "none");
}

TEST(c_value_added, late_periods_corrections_and_removals_leave_no_trace) {
    std::vector<panel_row> rows = rows_of_a_year();
    const auto state = opened();
    std::vector<panel_row> known, late;
    for (const panel_row& row : rows) (row.month == 4 || row.month == 0 ? late : known).push_back(row);
    std::vector<panel_row> wrong = known;
    wrong[7].value += 5.0;
    ASSERT_EQ(append(state.get(), json_of_rows(wrong)).status, DTK_OK);
    ASSERT_EQ(append(state.get(), json_of_rows(late)).status, DTK_OK);
    ASSERT_EQ(change(state.get(), DTK_VALUE_ADDED_CORRECT, json_of_rows({known[7]})).status, DTK_OK);
    ASSERT_EQ(append(state.get(), R"([{"unit_id":"a","group_id":"b","period":99,"value":7}])").status, DTK_OK);
    EXPECT_NE(solved(state.get()), at_once(rows));
    ASSERT_EQ(
        change(state.get(), DTK_VALUE_ADDED_REMOVE, R"([{"unit_id":"a","group_id":"b","period":99,"value":7}])").status,
        DTK_OK);
    EXPECT_EQ(solved(state.get()), at_once(rows));
    const auto fresh = opened();
    ASSERT_EQ(append(fresh.get(), json_of_rows(rows)).status, DTK_OK);
    EXPECT_EQ(saved(state.get()), saved(fresh.get()));
}

TEST(c_value_added, comes_back_from_its_bytes_and_goes_on) {
    const std::vector<panel_row> rows = rows_of_a_year();
    std::vector<panel_row> first, rest;
    for (const panel_row& row : rows) (row.month < 6 ? first : rest).push_back(row);
    const auto state = opened();
    ASSERT_EQ(append(state.get(), json_of_rows(first)).status, DTK_OK);
    const std::string bytes = saved(state.get());
    auto [again, code] = loaded(bytes);
    ASSERT_EQ(code, "");
    EXPECT_EQ(saved(again.get()), bytes);
    ASSERT_EQ(append(again.get(), json_of_rows(rest)).status, DTK_OK);
    EXPECT_EQ(solved(again.get()), at_once(rows));
    auto [empty, said] = loaded(saved(opened().get()));
    EXPECT_EQ(said, "");
    ASSERT_EQ(append(empty.get(), json_of_rows(rows)).status, DTK_OK);
    EXPECT_EQ(solved(empty.get()), at_once(rows));
}

TEST(c_value_added, refuses_bytes_that_are_cut_damaged_or_foreign) {
    const auto state = opened();
    ASSERT_EQ(append(state.get(), json_of_rows(rows_of_a_year())).status, DTK_OK);
    const std::string bytes = saved(state.get());
    EXPECT_EQ(std::get<1>(loaded("")), "state.foreign");
    EXPECT_EQ(std::get<1>(loaded("PK a spreadsheet")), "state.foreign");
    for (std::size_t n = 8; n < bytes.size(); n += 1 + n / 5)
        EXPECT_EQ(std::get<1>(loaded(std::string_view(bytes).substr(0, n))), "state.damaged") << n;
    for (std::size_t at = 8; at < bytes.size(); at += 1 + at / 5) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        EXPECT_EQ(std::get<1>(loaded(damaged)), "state.damaged") << at;
    }
}

TEST(c_value_added, refuses_what_it_cannot_keep_and_stays_as_it_was) {
    const std::vector<panel_row> rows = rows_of_a_year();
    const auto state = opened();
    EXPECT_EQ(solved(state.get()).substr(0, 10), "data.range"); // no rows yet
    ASSERT_EQ(append(state.get(), json_of_rows(rows)).status, DTK_OK);
    const std::string before = saved(state.get());
    const answer twice = append(state.get(), json_of_rows({{50, 1, 50, 1.0}, rows[9]}));
    EXPECT_EQ(twice.status, DTK_E_DATA);
    EXPECT_EQ(twice.code, "data.duplicate_id");
    EXPECT_EQ(twice.where, "panel.period");
    EXPECT_EQ(twice.row, 1);
    const auto said = [&](int32_t kind, const char* json) { return change(state.get(), kind, json).code; };
    EXPECT_EQ(said(DTK_VALUE_ADDED_CORRECT, R"([{"unit_id":"a","group_id":"m1","period":1,"value":7}])"),
              "data.unknown_row");
    EXPECT_EQ(said(DTK_VALUE_ADDED_REMOVE, R"([{"unit_id":"s100","group_id":"m1","period":77,"value":7}])"),
              "data.unknown_row");
    std::vector<panel_row> other{rows[3]};
    other[0].value += 1.0;
    EXPECT_EQ(change(state.get(), DTK_VALUE_ADDED_REMOVE, json_of_rows(other)).code, "data.unknown_row");
    EXPECT_EQ(said(0, R"([{"unit_id":"a","group_id":"b","period":60,"value":7,"weight":2}])"),
              "argument.unknown_option");
    EXPECT_EQ(said(0, R"([{"unit_id":"a","group_id":"b","period":60,"value":7,"x_tenure":2}])"),
              "argument.unknown_option");
    EXPECT_EQ(said(0, R"([{"unit_id":"a","group_id":"b","value":7}])"), "schema.missing_column");
    EXPECT_EQ(said(0, R"([{"unit_id":"a","group_id":"b","period":60,"value":2e100}])"), "data.range");
    EXPECT_EQ(said(1, R"([{"unit_id":"s99","group_id":"m1","period":0,"value":-1e200}])"), "data.range");
    const answer nobody = append(state.get(), R"([{"unit_id":"a","group_id":"b","period":60,"value":7},
        {"unit_id":"","group_id":"b","period":60,"value":7}])");
    EXPECT_EQ(nobody.code, "data.range");
    EXPECT_EQ(nobody.message, "expected an id, found empty text");
    EXPECT_EQ(nobody.where, "panel.unit_id");
    EXPECT_EQ(nobody.row, 1);
    EXPECT_EQ(append(state.get(), R"([{"unit_id":"a","group_id":"","period":60,"value":7}])").where, "panel.group_id");
    const answer mistyped = append(state.get(), R"([{"unit_id":"a","grp_id":"b","period":60,"value":7}])");
    EXPECT_EQ(mistyped.code, "schema.missing_column");
    EXPECT_NE(mistyped.message.find("the nearest name found is \"grp_id\""), std::string::npos) << mistyped.message;
    EXPECT_EQ(said(7, R"([{"unit_id":"a","group_id":"b","period":60,"value":7}])"), "argument.unknown_option");
    EXPECT_EQ(change(state.get(), 0, host::people, "people").code, "argument.table_name");
    EXPECT_EQ(saved(state.get()), before);
    EXPECT_EQ(said(0, R"([{"unit_id":"a","group_id":"b","period":60,"value":7,"weight":1}])"), "");
}

TEST(c_value_added, names_the_seller_and_the_period_of_a_row_under_itself) {
    const auto state = opened();
    ASSERT_EQ(append(state.get(), json_of_rows(rows_of_a_year())).status, DTK_OK);
    ASSERT_EQ(append(state.get(), R"([{"unit_id":"s95","group_id":"s95","period":41,"value":7}])").status, DTK_OK);
    handle<dtk_result> result;
    const answer said = solve(state.get(), result);
    EXPECT_EQ(said.code, "data.own_rows");
    EXPECT_EQ(said.where, "panel.group_id");
    EXPECT_EQ(said.row, -1); // rows of a panel that came in pieces have no numbers
    EXPECT_NE(said.message.find("in the row of seller \"s95\" in period 41"), std::string::npos) << said.message;
    handle<dtk_policy> drop;
    ASSERT_EQ(host::parse(R"({"version":1,"value_added":{"own_rows":"drop"}})", drop).status, DTK_OK);
    EXPECT_EQ(solve(state.get(), result, drop.get()).status, DTK_OK);
}

TEST(c_value_added, a_null_where_something_is_needed_is_an_error_and_never_a_crash) {
    const auto state = opened();
    dtk_result* result = nullptr;
    dtk_value_added* made = nullptr;
    char* text = nullptr;
    std::size_t size = 0;
    EXPECT_EQ(dtk_value_added_open(nullptr, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_value_added_append(nullptr, 0, nullptr, nullptr, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_value_added_append(state.get(), 0, nullptr, nullptr, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_value_added_solve(nullptr, nullptr, nullptr, &result, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_value_added_solve(state.get(), nullptr, nullptr, nullptr, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_value_added_save(nullptr, &text, &size, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_value_added_save(state.get(), nullptr, &size, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_value_added_save(state.get(), &text, nullptr, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_value_added_load(nullptr, 3, &made, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_value_added_load("abc", 3, nullptr, nullptr), DTK_E_ARGUMENT);
    dtk_run_options options = host::options();
    options.struct_size = 1;
    EXPECT_EQ(dtk_value_added_solve(state.get(), nullptr, &options, &result, nullptr), DTK_E_ARGUMENT);
    dtk_tables* tables = nullptr; // taken, whatever comes: a leak here is seen by the sanitizers
    ASSERT_EQ(dtk_tables_new(&tables, nullptr), DTK_OK);
    EXPECT_EQ(dtk_value_added_append(nullptr, 0, tables, nullptr, nullptr), DTK_E_ARGUMENT);
    ASSERT_EQ(dtk_tables_new(&tables, nullptr), DTK_OK);
    EXPECT_EQ(dtk_value_added_append(state.get(), 0, tables, nullptr, nullptr), DTK_E_ARGUMENT);
    dtk_value_added_free(nullptr);
    EXPECT_EQ(result, nullptr);
    EXPECT_EQ(made, nullptr);
    EXPECT_EQ(text, nullptr);
}

TEST(c_value_added, a_result_outlives_the_panel_and_a_later_month) {
    const std::vector<panel_row> rows = rows_of_a_year();
    handle<dtk_result> result;
    {
        const auto state = opened();
        ASSERT_EQ(append(state.get(), json_of_rows(rows)).status, DTK_OK);
        ASSERT_EQ(solve(state.get(), result).status, DTK_OK);
        ASSERT_EQ(append(state.get(), R"([{"unit_id":"a","group_id":"b","period":60,"value":7}])").status, DTK_OK);
    }
    EXPECT_EQ(tables_of(result.get()), at_once(rows));
}

} // namespace
