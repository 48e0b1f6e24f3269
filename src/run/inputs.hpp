// The data contract as the catalog prints it.
#pragma once

#include <vector>

#include "ingest/contract.hpp"
#include "report/catalog.hpp"

namespace dualtrack::run {

/// Every input table of the contract with its columns.
[[nodiscard]] inline std::vector<report::input_description> describe_inputs() {
    std::vector<report::input_description> out;
    for (const ingest::contract_table& table : ingest::contract_tables) {
        report::input_description& each = out.emplace_back();
        each.name = table.name;
        each.meaning = table.meaning;
        for (const ingest::contract_column& column : table.columns)
            each.columns.push_back({column.name, ingest::cell_kind_words[static_cast<std::size_t>(column.kind)],
                                    column.meaning, column.is_required, column.words});
    }
    return out;
}

} // namespace dualtrack::run
