// The analysis `promotion`: what a promotion would do and be worth, what is recommended for each candidate of each open
// seat and why, who takes which seat, and whom that passes over.
#include "run/analysis.hpp"
#include "run/decided.hpp"
#include "run/promotion_tables.hpp"
#include "run/tables.hpp"

namespace dualtrack::run {

result<std::shared_ptr<analysis_result>>
run_promotion(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    DUALTRACK_TRY(const auto all, decide_promotions(run, data, policy));
    auto out = start_result("promotion", data, policy, all->facts->window.as_of);
    out->tables_read = {"people", "assignments", "deals",      "credits",       "participants",
                        "sales",  "quotas",      "activities", "ratings",       "answers",
                        "pay",    "vacancies",   "candidates", "exchange_rates"};
    auto* memory = run.memory;
    const auto add = [&](std::string_view name, auto rows) {
        out->tables.push_back(result_table(name, [all, memory, rows] { return made_of(all, rows(*all, memory)); }));
    };
    add("promotion", promotion_rows);
    add("reasons", reason_rows);
    add("business_case", business_case_rows);
    add("sensitivity", sensitivity_rows);
    add("slate", slate_rows);
    add("backfills", backfill_rows);
    add("passed_over", passed_over_rows);
    add("mitigations", mitigation_rows);
    add_findings_table(*out, all->findings);
    return out;
}

described_analysis describe_promotion() {
    const text_column none;
    described_analysis out{
        {"promotion",
         "what is recommended for each candidate of each open seat, with its reasons, its business "
         "case, the best slate and whom it passes over",
         {{"people", "deals", "vacancies", "candidates"}, {"people", "sales", "vacancies", "candidates"}},
         {"assignments", "credits", "participants", "quotas", "activities", "ratings", "answers", "pay",
          "exchange_rates"},
         {}},
        {}};
    auto* memory = std::pmr::get_default_resource();
    out.add(decide::promotion_table(none, none, memory));
    out.add(decide::reasons_table(none, none, memory));
    out.add(decide::business_case_table(none, none, memory));
    out.add(decide::sensitivity_table(none, none, memory));
    out.add(decide::slate_table(none, none, memory));
    out.add(decide::backfills_table(none, none, memory));
    out.add(decide::passed_over_table(none, none, memory));
    out.add(decide::mitigations_table(none, none, memory));
    return out;
}

} // namespace dualtrack::run
