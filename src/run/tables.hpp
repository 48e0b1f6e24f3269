// What the analyses share when they put a result together.
#pragma once

#include <memory>
#include <utility>

#include "run/analysis.hpp"

namespace dualtrack::run {

// The analyses, one source file each.
[[nodiscard]] result<std::shared_ptr<analysis_result>>
run_backtest(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);
[[nodiscard]] described_analysis describe_backtest();

[[nodiscard]] result<std::shared_ptr<analysis_result>>
run_managers(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);
[[nodiscard]] described_analysis describe_managers();
[[nodiscard]] result<std::shared_ptr<analysis_result>>
run_measures(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);
[[nodiscard]] described_analysis describe_measures();
[[nodiscard]] result<std::shared_ptr<analysis_result>>
run_pay(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);
[[nodiscard]] described_analysis describe_pay();

[[nodiscard]] result<std::shared_ptr<analysis_result>>
run_promotion(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);
[[nodiscard]] described_analysis describe_promotion();

[[nodiscard]] result<std::shared_ptr<analysis_result>>
run_readiness(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);
[[nodiscard]] described_analysis describe_readiness();
[[nodiscard]] result<std::shared_ptr<analysis_result>>
run_paths(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);
[[nodiscard]] described_analysis describe_paths();
[[nodiscard]] result<std::shared_ptr<analysis_result>>
run_relief(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);
[[nodiscard]] described_analysis describe_relief();
[[nodiscard]] result<std::shared_ptr<analysis_result>>
run_retention(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);
[[nodiscard]] described_analysis describe_retention();

[[nodiscard]] result<std::shared_ptr<analysis_result>>
run_simulation(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);
[[nodiscard]] described_analysis describe_simulation();

[[nodiscard]] result<std::shared_ptr<analysis_result>>
run_value_added(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);
[[nodiscard]] described_analysis describe_value_added();

/// A result without tables yet.
[[nodiscard]] inline std::shared_ptr<analysis_result> start_result(std::string_view name,
                                                                   std::shared_ptr<const ingest::checked_data> data,
                                                                   const org::policy& policy, std::int32_t as_of) {
    auto out = std::make_shared<analysis_result>();
    out->analysis = name;
    out->data = std::move(data);
    out->policy = policy;
    out->as_of = as_of;
    return out;
}

/// A table made on request, together with the facts its ids and names belong to.
template <class Facts, class Table>
[[nodiscard]] result_table::made made_of(std::shared_ptr<const Facts> facts, Table&& table) {
    struct kept {
        std::shared_ptr<const Facts> facts;
        Table table;
    };
    auto owner = std::make_shared<const kept>(kept{std::move(facts), std::forward<Table>(table)});
    return {owner, report::view_of(owner->table)};
}

/// Adds the last table: the findings of the data, then those of the run.
inline void add_findings_table(analysis_result& out, const org::findings_table& of_run) {
    auto findings = std::make_shared<org::findings_table>(of_run.code.get_allocator().resource());
    org::add_findings(*findings, out.data->findings);
    org::add_findings(*findings, of_run);
    out.tables.push_back(result_table::of("findings", std::shared_ptr<const org::findings_table>(std::move(findings))));
}

} // namespace dualtrack::run
