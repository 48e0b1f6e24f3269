// The C ABI: each function turns its arguments into a call of the C++ library, behind the fence. dualtrack.h is the
// specification; nothing is promised here that is not said there.
#include "dualtrack.h"

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dualtrack/base/numeric.hpp>
#include <dualtrack/base/sha256.hpp>
#include <dualtrack/base/version.hpp>

#include "fence.hpp"
#include "handles.hpp"
#include "ingest/digest.hpp"
#include "ingest/policy.hpp"
#include "ingest/seal.hpp"
#include "report/export.hpp"
#include "report/policy.hpp"
#include "report/record.hpp"

using namespace dualtrack;
using capi::guard;

namespace {

auto null_argument(std::string_view name) {
    return fail(status::argument, "argument.null", "expected " + std::string(name) + ", found NULL");
}

result<void> check_arithmetic() {
    if (numeric::arithmetic_is_exact()) return outcome::success();
    return fail(status::internal, "internal.arithmetic",
                "expected IEEE arithmetic without fusing or flushing; the library was built with flags that break it");
}

result<std::string_view> text_argument(const char* text, std::size_t bytes, std::string_view name) {
    if (text == nullptr) return null_argument(name);
    return std::string_view(text, bytes);
}

/// A table of a result by its name.
result<const run::result_table*> find_table(const dtk_result& result, std::string_view name) {
    for (const run::result_table& table : result.value->tables)
        if (table.name() == name) return &table;
    std::string known;
    for (const run::result_table& table : result.value->tables) {
        if (!known.empty()) known += ", ";
        known += table.name();
    }
    return fail(status::argument, "argument.table_name",
                "expected a table of the result (" + known + "), found \"" + std::string(name.substr(0, 64)) + "\"");
}

std::string record_of(const dtk_result& result) {
    std::vector<table_digest> inputs;
    const run_context run;
    for (const std::string_view name : result.value->tables_read) {
        const auto table = result.value->data->tables.find(name);
        if (!table) continue;
        auto digest = ingest::digest_table(run, table);
        if (!digest) throw std::bad_alloc(); // the cells were read before: nothing else can fail now
        inputs.push_back(std::move(digest).value());
    }
    std::vector<report::table_view> views;
    for (const run::result_table& table : result.value->tables) views.push_back(table.get().view);
    report::record_input input;
    input.library_version = library_version;
    input.abi = abi_number;
    input.analysis = result.value->analysis;
    input.policy = &result.value->policy;
    input.as_of = result.value->as_of;
    input.inputs = inputs;
    input.results = views;
    auto record = report::make_record(input, run);
    if (!record) throw std::bad_alloc();
    return std::move(record).value();
}

} // namespace

extern "C" {

dtk_status dtk_error_status(const dtk_error* error) noexcept {
    return error == nullptr ? DTK_OK : error->status;
}
const char* dtk_error_code(const dtk_error* error) noexcept {
    return error == nullptr ? "" : error->code;
}
const char* dtk_error_message(const dtk_error* error) noexcept {
    return error == nullptr ? "" : error->message;
}
const char* dtk_error_where(const dtk_error* error) noexcept {
    return error == nullptr ? "" : error->where;
}
int64_t dtk_error_row(const dtk_error* error) noexcept {
    return error == nullptr ? -1 : error->row;
}
void dtk_error_free(dtk_error* error) noexcept {
    if (error != nullptr && error != &capi::no_memory) ::operator delete(error);
}

const char* dtk_version(void) noexcept {
    return library_version.data();
}
int32_t dtk_abi_version(void) noexcept {
    return abi_number;
}

dtk_status dtk_cancel_new(dtk_cancel** out, dtk_error** err) noexcept {
    return guard(err, [&]() -> result<void> {
        if (out == nullptr) return null_argument("out");
        *out = nullptr;
        *out = new dtk_cancel;
        return outcome::success();
    });
}
void dtk_cancel_request(dtk_cancel* cancel) noexcept {
    if (cancel != nullptr) cancel->requested.store(true, std::memory_order_relaxed);
}
void dtk_cancel_free(dtk_cancel* cancel) noexcept {
    delete cancel;
}

dtk_status dtk_policy_parse(const char* json, size_t bytes, dtk_policy** out, dtk_error** err) noexcept {
    return guard(err, [&]() -> result<void> {
        if (out == nullptr) return null_argument("out");
        *out = nullptr;
        DUALTRACK_TRY(const auto text, text_argument(json, bytes, "json"));
        auto policy = std::make_unique<dtk_policy>();
        DUALTRACK_TRY(policy->value, ingest::parse_policy(text));
        policy->json = report::policy_json(policy->value);
        policy->digest = hex_of(sha256_of(policy->json));
        *out = policy.release();
        return outcome::success();
    });
}
const char* dtk_policy_json(const dtk_policy* policy) noexcept {
    return policy == nullptr ? nullptr : policy->json.c_str();
}
const char* dtk_policy_digest(const dtk_policy* policy) noexcept {
    return policy == nullptr ? nullptr : policy->digest.c_str();
}
const char* dtk_policy_schema(void) noexcept {
    return capi::guard_value<const char*>(nullptr, [] {
        static const std::string* const schema = new std::string(report::policy_schema()); // never destroyed: see H8
        return schema->c_str();
    });
}
void dtk_policy_free(dtk_policy* policy) noexcept {
    delete policy;
}

dtk_status dtk_tables_new(dtk_tables** out, dtk_error** err) noexcept {
    return guard(err, [&]() -> result<void> {
        if (out == nullptr) return null_argument("out");
        *out = nullptr;
        *out = new dtk_tables;
        return outcome::success();
    });
}
dtk_status dtk_tables_add(dtk_tables* tables, const char* name, size_t name_bytes, ArrowArrayStream* moved_in,
                          dtk_error** err) noexcept {
    return guard(err, [&]() -> result<void> {
        if (moved_in == nullptr) return null_argument("stream");
        if (moved_in->release == nullptr)
            return fail(status::argument, "arrow.released", "expected a stream, found one that was released");
        ingest::owned<ArrowArrayStream> stream(*moved_in); // taken, whatever comes
        if (tables == nullptr) return null_argument("tables");
        DUALTRACK_TRY(const auto text, text_argument(name, name_bytes, "name"));
        return ingest::add_stream(tables->set, text, &*stream);
    });
}
dtk_status dtk_tables_add_batch(dtk_tables* tables, const char* name, size_t name_bytes, ArrowSchema* moved_schema,
                                ArrowArray* moved_array, dtk_error** err) noexcept {
    return guard(err, [&]() -> result<void> {
        ingest::owned<ArrowSchema> schema;
        ingest::owned<ArrowArray> array;
        if (moved_schema != nullptr && moved_schema->release != nullptr)
            schema = ingest::owned<ArrowSchema>(*moved_schema);
        if (moved_array != nullptr && moved_array->release != nullptr) array = ingest::owned<ArrowArray>(*moved_array);
        if (moved_schema == nullptr) return null_argument("schema");
        if (moved_array == nullptr) return null_argument("array");
        if (!schema.there() || !array.there())
            return fail(status::argument, "arrow.released",
                        "expected a schema and an array, found one that was released");
        if (tables == nullptr) return null_argument("tables");
        DUALTRACK_TRY(const auto text, text_argument(name, name_bytes, "name"));
        return ingest::add_batch(tables->set, text, &*schema, &*array);
    });
}
dtk_status dtk_tables_add_json(dtk_tables* tables, const char* name, size_t name_bytes, const char* json, size_t bytes,
                               dtk_error** err) noexcept {
    return guard(err, [&]() -> result<void> {
        if (tables == nullptr) return null_argument("tables");
        DUALTRACK_TRY(const auto table, text_argument(name, name_bytes, "name"));
        DUALTRACK_TRY(const auto rows, text_argument(json, bytes, "json"));
        return ingest::add_json_rows(tables->set, table, rows);
    });
}
void dtk_tables_free(dtk_tables* tables) noexcept {
    delete tables;
}

dtk_status dtk_data_new(dtk_tables* moved_in, const dtk_run_options* options, dtk_data** out,
                        dtk_error** err) noexcept {
    const std::unique_ptr<dtk_tables> tables(moved_in); // taken, whatever comes
    return guard(err, [&]() -> result<void> {
        if (out == nullptr) return null_argument("out");
        *out = nullptr;
        if (tables == nullptr) return null_argument("tables");
        DUALTRACK_TRYV(check_arithmetic());
        capi::run_setup setup;
        DUALTRACK_TRYV(capi::read_options(options, "check", setup));
        auto data = std::make_unique<dtk_data>();
        data->memory = setup.memory;
        DUALTRACK_TRY(data->value, ingest::build_organisation(setup.context, std::move(tables->set)));
        *out = data.release();
        return outcome::success();
    });
}
void dtk_data_free(dtk_data* data) noexcept {
    delete data;
}

dtk_status dtk_run(const dtk_data* data, const dtk_policy* policy, const char* analysis, size_t analysis_bytes,
                   const dtk_run_options* options, dtk_result** out, dtk_error** err) noexcept {
    return guard(err, [&]() -> result<void> {
        if (out == nullptr) return null_argument("out");
        *out = nullptr;
        if (data == nullptr) return null_argument("data");
        DUALTRACK_TRY(const auto name, text_argument(analysis, analysis_bytes, "analysis"));
        const run::analysis* wanted = run::find_analysis(name);
        if (wanted == nullptr) {
            std::string known;
            for (const run::analysis& one : run::analyses())
                known += (known.empty() ? "" : ", ") + std::string(one.name);
            return fail(status::argument, "argument.unknown_option",
                        "expected an analysis (" + known + "), found \"" + std::string(name.substr(0, 64)) + "\"");
        }
        DUALTRACK_TRYV(check_arithmetic());
        capi::run_setup setup;
        DUALTRACK_TRYV(capi::read_options(options, wanted->name.data(), setup));
        auto result = std::make_unique<dtk_result>();
        result->data_memory = data->memory;
        result->memory = setup.memory;
        const org::policy defaults;
        DUALTRACK_TRYV(ingest::check_seals(data->value->tables));
        DUALTRACK_TRY(result->value,
                      wanted->run(setup.context, data->value, policy == nullptr ? defaults : policy->value));
        DUALTRACK_TRYV(ingest::check_seals(data->value->tables));
        *out = result.release();
        return outcome::success();
    });
}

size_t dtk_result_n_tables(const dtk_result* result) noexcept {
    return result == nullptr ? 0 : result->value->tables.size();
}
const char* dtk_result_table_name(const dtk_result* result, size_t index) noexcept {
    if (result == nullptr || index >= result->value->tables.size()) return nullptr;
    return result->value->tables[index].name().data(); // names are literals
}
dtk_status dtk_result_table(const dtk_result* result, const char* table, size_t table_bytes, ArrowArrayStream* out,
                            dtk_error** err) noexcept {
    return guard(err, [&]() -> dualtrack::result<void> {
        if (out == nullptr) return null_argument("out");
        out->release = nullptr;
        if (result == nullptr) return null_argument("result");
        DUALTRACK_TRY(const auto name, text_argument(table, table_bytes, "table"));
        DUALTRACK_TRY(const auto* found, find_table(*result, name));
        const auto& made = found->get();
        auto kept = std::make_shared<const capi::kept_table>(
            capi::kept_table{result->data_memory, result->memory, result->value, made.owner});
        return report::export_arrow(made.view, std::move(kept), out);
    });
}
dtk_status dtk_result_json(const dtk_result* result, const char* table, size_t table_bytes, char** out,
                           size_t* out_bytes, dtk_error** err) noexcept {
    return guard(err, [&]() -> dualtrack::result<void> {
        if (out_bytes != nullptr) *out_bytes = 0;
        if (out == nullptr) return null_argument("out");
        *out = nullptr;
        if (result == nullptr) return null_argument("result");
        DUALTRACK_TRY(const auto name, text_argument(table, table_bytes, "table"));
        DUALTRACK_TRY(const auto* found, find_table(*result, name));
        const std::string json = report::export_json(found->get().view);
        char* text = static_cast<char*>(::operator new(json.size() + 1));
        std::memcpy(text, json.c_str(), json.size() + 1);
        *out = text;
        if (out_bytes != nullptr) *out_bytes = json.size();
        return outcome::success();
    });
}
void dtk_text_free(char* text) noexcept {
    ::operator delete(text);
}

const char* dtk_result_record(const dtk_result* result) noexcept {
    if (result == nullptr) return nullptr;
    return capi::guard_value<const char*>(nullptr, [&] {
        const std::lock_guard<std::mutex> lock(result->record_mutex);
        if (!result->record) result->record = record_of(*result);
        return result->record->c_str();
    });
}
void dtk_result_free(dtk_result* result) noexcept {
    delete result;
}

const char* dtk_catalog(void) noexcept {
    return capi::guard_value<const char*>(nullptr, [] {
        static const std::string* const catalog = new std::string(run::catalog()); // never destroyed: see H8
        return catalog->c_str();
    });
}

} // extern "C"
