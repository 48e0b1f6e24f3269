// The analysis `managers`: hero or hero-maker, who depends on whom, who is coached, and how new managers do.
#include "run/analysis.hpp"
#include "run/diagnosed.hpp"
#include "run/managers_tables.hpp"
#include "run/tables.hpp"
#include "run/transitions.hpp"

namespace dualtrack::run {

result<std::shared_ptr<analysis_result>>
run_managers(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    DUALTRACK_TRY(const auto all, diagnose_managers(part_of(run, 0.0, 0.9), data, policy));
    DUALTRACK_TRY(auto scored, score_transitions(part_of(run, 0.9, 1.0), *all));
    auto out = start_result("managers", data, policy, all->facts->window.as_of);
    out->tables_read = {"people", "assignments", "deals",      "credits",       "participants",
                        "sales",  "quotas",      "activities", "exchange_rates"};
    auto* memory = run.memory;
    const auto later = [&](std::string_view name, auto make) {
        out->tables.push_back(result_table(name, [all, memory, make] { return made_of(all, make(*all, memory)); }));
    };
    later("managers", manager_rows);
    later("dependence", dependence_rows);
    later("coaching", coaching_rows);
    later("uncoached", uncoached_rows);
    later("transition",
          [lines = std::make_shared<const std::vector<transition_line>>(std::move(scored))](
              const diagnosed& from, std::pmr::memory_resource* with) { return transition_rows(from, *lines, with); });
    later("traps", trap_rows);
    later("coaching_weeks", coaching_week_rows);
    org::findings_table findings(memory);
    add_findings(findings, all->facts->window.findings);
    add_findings(findings, all->findings);
    add_findings_table(*out, findings);
    return out;
}

described_analysis describe_managers() {
    const text_column none;
    described_analysis out{{"managers",
                            "which managers do their people's selling and which make their people sell, how sure that "
                            "is, who depends on whom and who is coached",
                            {{"people", "deals"}},
                            {"assignments", "credits", "participants", "activities", "quotas", "exchange_rates"},
                            {}},
                           {}};
    auto* memory = std::pmr::get_default_resource();
    out.add(diagnose::managers_table(none, memory));
    out.add(diagnose::dependence_table(none, memory));
    out.add(diagnose::coaching_table(none, memory));
    out.add(diagnose::uncoached_table(none, memory));
    out.add(diagnose::transition_table(none, memory));
    out.add(diagnose::traps_table(none, memory));
    out.add(diagnose::coaching_weeks_table(memory));
    return out;
}

} // namespace dualtrack::run
