// The analysis `pay`: where reports earn more than their manager, and what a seat would pay each candidate.
#include <dualtrack/measure/pay.hpp>

#include "run/analysis.hpp"
#include "run/measured.hpp"
#include "run/tables.hpp"

namespace dualtrack::run {

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
    out->tables.push_back(result_table::of("offers", std::make_shared<const measure::offers_table>(measure::offers(
                                                         run, organisation, window, policy.pay, pay, attainment))));
    add_findings_table(*out, facts ? facts->window.findings : window.findings);
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
