// A host that knows nothing but dualtrack.h: what the tests of the C ABI use.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dualtrack.h"

namespace host {

struct freed {
    void operator()(dtk_error* p) const { dtk_error_free(p); }
    void operator()(dtk_policy* p) const { dtk_policy_free(p); }
    void operator()(dtk_tables* p) const { dtk_tables_free(p); }
    void operator()(dtk_data* p) const { dtk_data_free(p); }
    void operator()(dtk_result* p) const { dtk_result_free(p); }
    void operator()(dtk_cancel* p) const { dtk_cancel_free(p); }
    void operator()(dtk_value_added* p) const { dtk_value_added_free(p); }
};
template <class T> using handle = std::unique_ptr<T, freed>;

/// What a call said: status, and the error object read out and freed.
struct answer {
    dtk_status status = DTK_OK;
    std::string code, message, where;
    std::int64_t row = -1;
};

/// `error` is taken by reference: it is read after the call that is the other argument.
inline answer read(dtk_status status, dtk_error*& error) {
    const handle<dtk_error> owned(std::exchange(error, nullptr));
    return {status, dtk_error_code(owned.get()), dtk_error_message(owned.get()), dtk_error_where(owned.get()),
            dtk_error_row(owned.get())};
}

inline constexpr std::string_view people = R"([{"person_id":"m"},{"person_id":"s1","manager_id":"m","market":"east"},
    {"person_id":"s2","manager_id":"m","market":"east"}])";
inline constexpr std::string_view deals = R"([
    {"deal_id":"d1","owner_id":"s1","amount":100.01,"opened":"2023-02-01","closed":"2023-02-11","outcome":"won"},
    {"deal_id":"d2","owner_id":"s2","amount":50,"opened":"2023-06-01","closed":"2023-06-30","outcome":"won"},
    {"deal_id":"d3","owner_id":"s2","opened":"2023-06-01","closed":"2023-07-01","outcome":"lost"}])";
inline constexpr std::string_view credits =
    R"([{"deal_id":"d1","person_id":"s1","share":0.5},{"deal_id":"d1","person_id":"s2","share":0.5}])";

using texts = std::vector<std::pair<std::string_view, std::string_view>>;
inline const texts small{{"people", people}, {"deals", deals}, {"credits", credits}};

inline answer parse(std::string_view json, handle<dtk_policy>& out) {
    dtk_error* error = nullptr;
    dtk_policy* policy = nullptr;
    const dtk_status status = dtk_policy_parse(json.data(), json.size(), &policy, &error);
    out.reset(policy);
    return read(status, error);
}

inline answer tables_of(const texts& rows, handle<dtk_tables>& out) {
    dtk_error* error = nullptr;
    dtk_tables* tables = nullptr;
    if (const auto status = dtk_tables_new(&tables, &error); status != DTK_OK) return read(status, error);
    out.reset(tables);
    for (const auto& [name, json] : rows)
        if (const auto status = dtk_tables_add_json(tables, name.data(), name.size(), json.data(), json.size(), &error);
            status != DTK_OK)
            return read(status, error);
    return {};
}

inline answer data_of(const texts& rows, handle<dtk_data>& out, const dtk_run_options* options = nullptr) {
    handle<dtk_tables> tables;
    if (auto said = tables_of(rows, tables); said.status != DTK_OK) return said;
    dtk_error* error = nullptr;
    dtk_data* data = nullptr;
    const dtk_status status = dtk_data_new(tables.release(), options, &data, &error);
    out.reset(data);
    return read(status, error);
}

inline answer run(const dtk_data* data, std::string_view analysis, handle<dtk_result>& out,
                  const dtk_policy* policy = nullptr, const dtk_run_options* options = nullptr) {
    dtk_error* error = nullptr;
    dtk_result* result = nullptr;
    const dtk_status status = dtk_run(data, policy, analysis.data(), analysis.size(), options, &result, &error);
    out.reset(result);
    return read(status, error);
}

inline std::string json_of(const dtk_result* result, std::string_view table) {
    char* text = nullptr;
    std::size_t bytes = 0;
    if (dtk_result_json(result, table.data(), table.size(), &text, &bytes, nullptr) != DTK_OK) return "failed";
    std::string out(text, bytes);
    dtk_text_free(text);
    return out;
}

inline dtk_run_options options() {
    dtk_run_options out;
    std::memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    return out;
}

/// Every table and the record of an analysis over the small organisation, as one text.
inline std::string golden() {
    handle<dtk_data> data;
    handle<dtk_result> result;
    if (data_of(small, data).status != DTK_OK || run(data.get(), "measures", result).status != DTK_OK) return "failed";
    std::string out;
    for (std::size_t i = 0; i < dtk_result_n_tables(result.get()); ++i)
        out += json_of(result.get(), dtk_result_table_name(result.get(), i));
    const char* record = dtk_result_record(result.get());
    return out + (record == nullptr ? "no record" : record);
}

} // namespace host
