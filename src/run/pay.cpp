// The analysis `pay`: where reports earn more than their manager, and what a seat would pay each candidate.
#include <algorithm>
#include <span>

#include <dualtrack/base/text.hpp>
#include <dualtrack/measure/pay.hpp>

#include "run/analysis.hpp"
#include "run/doubts.hpp"
#include "run/measured.hpp"
#include "run/tables.hpp"

namespace dualtrack::run {
namespace {

/// What is not known of pay, and what was assumed of it.
void say_unknown_pay(const org::organisation& organisation, const measure::scope& window,
                     std::span<const measure::yearly_pay> pay, org::findings_table& findings) {
    const auto& rows = organisation.pay;
    std::int64_t n_without_target = 0;
    std::int64_t first = -1;
    for (std::size_t i = 0; i < rows.person.size(); ++i) {
        const bool in_force = rows.start[i] <= window.as_of && window.as_of < rows.end[i];
        if (!in_force || rows.target_variable[i] != no_money || pay[rows.person[i]].at_target == no_money) continue;
        first = n_without_target++ == 0 ? rows.row[i] : std::min(first, rows.row[i]);
    }
    if (n_without_target > 0)
        add_finding(findings,
                    {org::severity::note, "data.assumed", "pay", "target_variable", first, -1, n_without_target,
                     integer_text(n_without_target) +
                         (n_without_target == 1 ? " row in force names" : " rows in force name") +
                         " no target variable pay; taken as none"});
    const auto n_without_actual = std::count_if(pay.begin(), pay.end(), [](const measure::yearly_pay& own) {
        return own.at_target != no_money && own.at_actual == no_money;
    });
    if (n_without_actual > 0)
        add_finding(findings,
                    {org::severity::note, "pay.actual_unknown", "pay", "paid_variable", -1, -1, n_without_actual,
                     "what " + integer_text(n_without_actual) +
                         (n_without_actual == 1 ? " person was" : " people were") +
                         " really paid is not known; share_above_at_actual leaves them out"});
    const auto& candidates = organisation.candidates.person;
    const auto n_unknown = std::count_if(candidates.begin(), candidates.end(),
                                         [&](std::uint32_t person) { return pay[person].at_target == no_money; });
    if (n_unknown > 0)
        add_finding(findings, {org::severity::warning, "pay.unknown", "candidates", "person_id", -1, -1, n_unknown,
                               integer_text(n_unknown) + (n_unknown == 1 ? " candidate has" : " candidates have") +
                                   " no pay on the last day that counts (no row in force, or not employed); the offer "
                                   "has nothing to stand against"});
}

} // namespace

result<std::shared_ptr<analysis_result>>
run_pay(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    const org::organisation& organisation = data->organisation;
    if (!organisation.has_people)
        return fail(status::schema, "schema.missing_table", "expected the table people, found none", "people");
    if (!organisation.has_pay)
        return fail(status::schema, "schema.missing_table", "expected the table pay, found none", "pay");
    std::vector<double> attainment(organisation.n_people(), -1.0);
    std::shared_ptr<const measured> facts;
    if (organisation.has_deals || organisation.has_sales) {
        DUALTRACK_TRY(facts, measure_organisation(run, data, policy));
        attainment = expected_attainment(*facts);
    }
    DUALTRACK_TRY(measure::scope window, measure::scope_of(run, organisation, policy));
    const org::reporting_lines lines = org::reporting_lines_of(organisation, run.memory);
    const auto pay = measure::pay_of_people(organisation, window, policy.pay.horizon_months);
    auto out = start_result("pay", data, policy, window.as_of);
    out->tables_read = {"people", "assignments", "deals",     "credits",    "participants",   "sales",
                        "quotas", "activities",  "vacancies", "candidates", "exchange_rates", "pay"};
    out->tables.push_back(
        result_table::of("pay_inversion", std::make_shared<const measure::pay_inversion_table>(
                                              measure::pay_inversions(run, organisation, lines, window, pay))));
    const auto offers = std::make_shared<const measure::offers_table>(
        measure::offers(run, organisation, window, policy.pay, pay, attainment));
    out->tables.push_back(result_table::of("offers", offers));
    org::findings_table findings(run.memory);
    org::add_findings(findings, facts ? facts->window.findings : window.findings);
    say_unknown_pay(organisation, window, pay, findings);
    say_unheld_roles(organisation, *offers, findings);
    add_findings_table(*out, findings);
    return out;
}

described_analysis describe_pay() {
    const text_column none;
    described_analysis out{
        {"pay",
         "where reports earn more than their manager, and what a seat would pay each candidate",
         {{"people", "pay"}},
         {"assignments", "deals", "credits", "sales", "quotas", "vacancies", "candidates", "exchange_rates"},
         {}},
        {}};
    auto* memory = std::pmr::get_default_resource();
    out.add(measure::pay_inversion_table(none, memory));
    out.add(measure::offers_table(none, none, memory));
    return out;
}

} // namespace dualtrack::run
