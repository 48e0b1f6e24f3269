// Small organisations for tests, written as the JSON rows a host without Arrow would send.
#pragma once

#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <dualtrack/measure/scope.hpp>
#include <dualtrack/org/policy.hpp>

#include "ingest/organisation.hpp"
#include "ingest/policy.hpp"
#include "ingest/table.hpp"

namespace dualtrack::test {

using table_texts = std::initializer_list<std::pair<std::string_view, std::string_view>>;

inline std::string said(const error& e) {
    return std::string(e.code) + " at " + e.where + " row " + std::to_string(e.row) + ": " + e.message;
}

/// The checked data of JSON rows; throws what went wrong, so that a test fails with the sentence.
inline std::shared_ptr<const ingest::checked_data> data_of(table_texts tables, const run_context& run = {}) {
    ingest::table_set set;
    for (const auto& [name, json] : tables)
        if (auto added = ingest::add_json_rows(set, name, json); !added) throw std::runtime_error(said(added.error()));
    auto data = ingest::build_organisation(run, std::move(set));
    if (!data) throw std::runtime_error(said(data.error()));
    return std::move(data).value();
}

inline org::policy policy_of(std::string_view json) {
    auto policy = ingest::parse_policy(json);
    if (!policy) throw std::runtime_error(said(policy.error()));
    return std::move(policy).value();
}

inline measure::scope scope_of(const ingest::checked_data& data, const org::policy& policy) {
    auto scope = measure::scope_of(run_context{}, data.organisation, policy);
    if (!scope) throw std::runtime_error(said(scope.error()));
    return std::move(scope).value();
}

} // namespace dualtrack::test
