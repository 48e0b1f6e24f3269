// The analysis `measures`: what was sold, by whom, under whom, and how sure one can be of it.
#include <algorithm>

#include <dualtrack/measure/credit_table.hpp>
#include <dualtrack/measure/seller_months.hpp>
#include <dualtrack/measure/team.hpp>

#include "run/analysis.hpp"
#include "run/doubts.hpp"
#include "run/measured.hpp"
#include "run/tables.hpp"

namespace dualtrack::run {
namespace {

/// P(top share) of everybody, negative where it is not known.
std::vector<double> probability_top(const measure::sellers_table& sellers) {
    std::vector<double> out(sellers.size(), -1.0);
    for (std::uint32_t person = 0; person < sellers.size(); ++person)
        if (sellers.probability_top_quartile.has(person)) out[person] = sellers.probability_top_quartile.value[person];
    return out;
}

/// Where everything sold was sold before the window, every seller looks like somebody who does not sell.
void say_empty_window(const measured& facts, org::findings_table& findings) {
    const auto& amounts = facts.cells.amount;
    if (std::any_of(amounts.begin(), amounts.end(), [](std::int64_t amount) { return amount != 0; })) return;
    const org::organisation& organisation = facts.data->organisation;
    std::int32_t last = no_date;
    for (std::uint32_t deal = 0; deal < organisation.n_deals(); ++deal)
        if (measure::detail::is_won(organisation, deal)) last = std::max(last, organisation.deals.closed[deal]);
    for (const std::int32_t end : organisation.sales.end) last = std::max(last, end - 1);
    if (last == no_date || last >= facts.window.start) return;
    add_finding(findings, {org::severity::warning, "data.window_empty", organisation.n_deals() > 0 ? "deals" : "sales",
                           "", -1, -1, 1,
                           "nothing was sold in the window " + measure::detail::date_text(facts.window.start) + " to " +
                               measure::detail::date_text(facts.window.as_of) + "; the last sale on record is of " +
                               measure::detail::date_text(last)});
}

} // namespace

result<std::shared_ptr<analysis_result>>
run_measures(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    DUALTRACK_TRY(const auto facts, measure_organisation(run, data, policy));
    auto out = start_result("measures", data, policy, facts->window.as_of);
    out->tables_read = {"people", "assignments", "deals",      "credits",       "participants",
                        "sales",  "quotas",      "activities", "exchange_rates"};
    // The host's allocator outlives the result, its progress callback and cancel token do not.
    run_context later;
    later.memory = run.memory;
    const org::organisation& organisation = data->organisation;
    auto teams = std::make_shared<const measure::teams_table>(measure::measure_teams(
        run, organisation, facts->lines, facts->window, policy, facts->cells, probability_top(facts->sellers)));
    org::findings_table findings(run.memory);
    org::add_findings(findings, facts->window.findings);
    say_empty_window(*facts, findings);
    say_team_quotas(*facts, *teams, findings);
    out->tables.push_back(
        result_table::of("sellers", std::shared_ptr<const measure::sellers_table>(facts, &facts->sellers)));
    out->tables.push_back(result_table("seller_months", [facts, later] {
        return made_of(facts, measure::seller_months(later, facts->data->organisation, facts->cells));
    }));
    out->tables.push_back(result_table::of("teams", std::move(teams)));
    out->tables.push_back(result_table("credit", [facts, later] {
        return made_of(facts,
                       measure::credit_rows(facts->data->organisation, facts->lines, facts->window, later.memory));
    }));
    add_findings_table(*out, findings);
    return out;
}

described_analysis describe_measures() {
    const text_column none;
    described_analysis out{{"measures",
                            "what was sold, by whom and under whom, with chance taken out beside the raw figures",
                            {{"people", "deals"}, {"people", "sales"}},
                            {"assignments", "credits", "participants", "quotas", "activities", "exchange_rates"},
                            {}},
                           {}};
    auto* memory = std::pmr::get_default_resource();
    out.add(measure::sellers_table(none, none, 0, memory));
    out.add(measure::seller_months_table(none, memory));
    out.add(measure::teams_table(none, memory));
    out.add(measure::credit_table(none, none, memory));
    return out;
}

} // namespace dualtrack::run
