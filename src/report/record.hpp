// The decision record as text: canonical JSON, so that its own hash means something. `core` is the same for the same
// library, policy and tables on every machine; `build` says how this library was compiled and is outside `core_hash`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <dualtrack/audit/record.hpp>
#include <dualtrack/base/parallel.hpp>
#include <dualtrack/base/result.hpp>
#include <dualtrack/org/policy.hpp>

#include "report/table_view.hpp"

namespace dualtrack::report {

/// The digest of a result table: its values in their order, column by column.
[[nodiscard]] result<table_digest> digest_result(const run_context& run, const table_view& table);

/// The text of a record.
[[nodiscard]] std::string record_json(const audit::decision_record& record);

/// What a record is made of once a run is over.
struct record_input {
    std::string_view library_version;
    std::int32_t abi = 0;
    std::string_view analysis;
    const org::policy* policy = nullptr;     // the run_id of the record is the policy's
    std::int32_t as_of = no_date;            // as used
    std::span<const table_digest> inputs;    // of the tables read
    std::span<const table_view> results;     // in the order of the result, findings included
};

/// Hashes the results and writes the record.
[[nodiscard]] result<std::string> make_record(const record_input& input, const run_context& run = {});

}  // namespace dualtrack::report
