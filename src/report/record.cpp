#include "report/record.hpp"

#include <dualtrack/base/calendar.hpp>

#include "report/canonical_json.hpp"
#include "report/policy.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

namespace dualtrack::report {
namespace {

/// Appends a cell of a result column in its canonical form.
struct append_cell {
    cell_bytes& to;
    std::size_t row;

    void text_or_missing(const text_column* texts, std::uint32_t index) const {
        if (index == no_index || texts == nullptr || !texts->has(index)) to.missing();
        else to.text((*texts)[index]);
    }
    void whole_or_missing(std::int64_t value, bool there) const {
        if (there) to.whole(value);
        else to.missing();
    }
    void operator()(const id_column* c) const { text_or_missing(c->ids, c->index[row]); }
    void operator()(const name_column* c) const { text_or_missing(c->names, c->code[row]); }
    void operator()(const money_column* c) const { whole_or_missing(c->minor[row], c->minor[row] != no_money); }
    void operator()(const date_column* c) const { whole_or_missing(c->day[row], c->day[row] != no_date); }
    void operator()(const flag_column* c) const { whole_or_missing(c->value[row], c->value[row] <= 1); }
    void operator()(const word_column* c) const {
        if (c->code[row] < c->words.size()) to.text(c->words[c->code[row]]);
        else to.missing();
    }
    void operator()(const text_list* c) const { to.text((*c)[row]); }
    void operator()(const text_column* c) const {
        if (c->has(row)) to.text((*c)[row]);
        else to.missing();
    }
    void operator()(const column<double>* c) const {
        if (c->has(row)) to.real(c->value[row]);
        else to.missing();
    }
    void operator()(const column<std::int64_t>* c) const { whole_or_missing(c->value[row], c->has(row)); }
};

json_value input_json(const table_digest& table) {
    json_value out;
    out["table"] = table.name;
    out["rows"] = table.n_rows;
    out["hash_ordered"] = hex_of(table.ordered);
    if (table.set) out["hash_set"] = hex_of(*table.set);
    json_value::list columns;
    for (const column_digest& column : table.columns) {
        json_value each;
        each["name"] = column.name;
        each["kind"] = column.kind;
        each["hash"] = hex_of(column.hash);
        each["nulls"] = column.n_missing;
        columns.push_back(std::move(each));
    }
    out["columns"] = std::move(columns);
    return out;
}

json_value result_json(const table_digest& table) {
    json_value out;
    out["table"] = table.name;
    out["rows"] = table.n_rows;
    out["hash"] = hex_of(table.ordered);
    return out;
}

/// One hash over the hashes of several tables.
template <class Hash>
std::string hash_all(const std::vector<table_digest>& tables, Hash&& hash_of) {
    sha256 all;
    for (const table_digest& table : tables) {
        const sha256_digest each = hash_of(table);
        all.update(each.data(), each.size());
    }
    return hex_of(all.finish());
}

json_value build_json() {
    json_value out;
#if defined(__clang__)
    out["compiler"] = "clang " __clang_version__;
#elif defined(__GNUC__)
    out["compiler"] = "gcc " __VERSION__;
#else
    out["compiler"] = "unknown";
#endif
    out["cplusplus"] = std::int64_t{__cplusplus};
#if defined(__OPTIMIZE__)
    out["optimized"] = true;
#else
    out["optimized"] = false;
#endif
#if defined(__x86_64__)
    out["architecture"] = "x86_64";
#elif defined(__aarch64__)
    out["architecture"] = "aarch64";
#elif defined(__i386__)
    out["architecture"] = "i386";
#else
    out["architecture"] = "other";
#endif
    return out;
}

}  // namespace

result<table_digest> digest_result(const run_context& run, const table_view& table) {
    constexpr std::string_view kinds[] = {"text", "money", "date", "flag",   "text",
                                          "text", "text",  "text", "number", "integer"};
    static_assert(std::size(kinds) == std::variant_size_v<column_pointer>);
    table_digest out{std::string(table.name), table.n_rows, {}, {}, {}};
    for (const column_view& view : table.columns) {
        const auto append = [&view](cell_bytes& to, std::size_t row) { std::visit(append_cell{to, row}, view.data); };
        const std::string_view kind = kinds[view.data.index()];
        DUALTRACK_TRY(column_digest digest, digest_column(run, view.name, kind, table.n_rows, append));
        out.columns.push_back(std::move(digest));
    }
    digest_order(out);
    return out;
}

std::string record_json(const audit::decision_record& record) {
    json_value core;
    core["record_version"] = 1;
    core["library"] = "dualtrack";
    core["library_version"] = record.library_version;
    core["abi"] = std::int64_t{record.abi};
    core["analysis"] = record.analysis;
    core["policy"] = canonical_text{record.policy_json};
    core["policy_digest"] = hex_of(sha256_of(record.policy_json));
    const auto as_of = calendar::format_iso_date(record.as_of);
    core["as_of"] = as_of.size == 0 ? json_value() : json_value(as_of.view());
    core["run_id"] = record.run_id.empty() ? json_value() : json_value(record.run_id);

    std::vector<table_digest> inputs = record.inputs;
    std::sort(inputs.begin(), inputs.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    json_value::list input_list;
    for (const table_digest& table : inputs) input_list.push_back(input_json(table));
    core["inputs"] = std::move(input_list);
    core["input_hash_ordered"] = hash_all(inputs, [](const table_digest& table) { return table.ordered; });
    core["input_hash_set"] = hash_all(inputs, [](const table_digest& t) { return t.set ? *t.set : t.ordered; });

    json_value::list result_list;
    for (const table_digest& table : record.results) {
        if (table.name == "findings") core["findings"] = result_json(table);
        else result_list.push_back(result_json(table));
    }
    core["results"] = std::move(result_list);
    core["result_hash"] = hash_all(record.results, [](const table_digest& table) { return table.ordered; });

    std::string core_json = canonical_json(core);
    json_value out;
    out["core_hash"] = hex_of(sha256_of(core_json));
    out["core"] = canonical_text{std::move(core_json)};
    out["build"] = build_json();
    return canonical_json(out);
}

result<std::string> make_record(const record_input& input, const run_context& run) {
    audit::decision_record record;
    record.library_version = input.library_version;
    record.abi = input.abi;
    record.analysis = input.analysis;
    const org::policy policy = input.policy != nullptr ? *input.policy : org::policy();
    record.policy_json = policy_json(policy);
    record.as_of = input.as_of;
    record.run_id = policy.run_id;
    record.inputs.assign(input.inputs.begin(), input.inputs.end());
    for (const table_view& table : input.results) {
        DUALTRACK_TRY(table_digest digest, digest_result(run, table));
        record.results.push_back(std::move(digest));
    }
    return record_json(record);
}

}  // namespace dualtrack::report
