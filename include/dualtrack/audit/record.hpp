// The decision record: which library looked at which tables with which policy, and what came out, all by fingerprint.
// It holds no clock and no machine in its core, so the same run a year later gives the same core, byte for byte; how
// the library was built stands beside it.
// Reference: Regulation (EU) 2024/1689, Article 12 (record-keeping); RFC 8785 for its text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/digest.hpp>

namespace dualtrack::audit {

struct decision_record {
    std::string_view library_version;
    std::int32_t abi = 0;
    std::string_view analysis;
    std::string policy_json;         // canonical, with every default
    std::int32_t as_of = no_date;    // as used: the policy's, or the last closing date of the data
    std::string run_id;              // or ""
    std::vector<table_digest> inputs;   // of the tables read, any order
    std::vector<table_digest> results;  // in the order of the result; "findings" among them
};

}  // namespace dualtrack::audit
