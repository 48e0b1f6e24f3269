// The analysis `backtest`: had another rule chosen, would the teams have sold more?
#include <dualtrack/estimate/backtest.hpp>
#include <dualtrack/estimate/effect_noise.hpp>

#include <map>
#include <string>

#include <dualtrack/base/text.hpp>
#include <dualtrack/decide/effect.hpp>
#include <dualtrack/measure/seller.hpp>

#include "run/assessed.hpp"
#include "run/measured.hpp"
#include "run/tables.hpp"
#include "run/value_added.hpp"

namespace dualtrack::run {
namespace {

using namespace dualtrack::estimate;

/// A past vacancy with what is to be known of its candidates.
struct scored_cases {
    std::vector<backtest_case> rows; // by vacancy, person
    std::vector<case_status> status;
    std::vector<std::uint32_t> manager; // number in the fit, or no_index
    double unit = 1.0;                  // what one unit of the outcome is in sales: effects are divided by it
    std::int64_t refused = 0;           // deals dated from a decision on, summed over decisions
};

/// Everything scored as of the day before a decision.
class day_before {
  public:
    static result<day_before> of(const run_context& run, const std::shared_ptr<const ingest::checked_data>& data,
                                 const org::policy& policy, std::int32_t day) {
        org::policy then = policy;
        then.as_of = day;
        then.data.future_dated = org::future_rule::exclude; // what comes later is refused: it is not read
        day_before out;
        out.day_ = day;
        out.policy_ = then;
        DUALTRACK_TRY(out.facts_, measure_organisation(run, data, then));
        DUALTRACK_TRY(out.assessed_, assess_people(run, data, then, day));
        // market means of ln(1 + collaborators)
        const measured& facts = *out.facts_;
        out.mean_.assign(facts.groups.n_groups, 0.0);
        const auto members = measure::sellers_by_group(facts.groups, facts.cells, facts.leads);
        std::vector<double> values;
        for (std::size_t g = 0; g < members.size(); ++g) {
            values.clear();
            for (const std::uint32_t p : members[g])
                if (facts.sellers.collaborators_mean.has(p))
                    values.push_back(numeric::log1p(facts.sellers.collaborators_mean.value[p]));
            if (!values.empty()) out.mean_[g] = numeric::fixed_sum(values) / static_cast<double>(values.size());
        }
        return out;
    }

    void score(std::uint32_t person, backtest_case& to) const {
        const measured& facts = *facts_;
        to.score.fill(numeric::not_a_number);
        decide::leader_record record{};
        const auto put = [&](decide::factor which, std::size_t at, double value) {
            record[static_cast<std::size_t>(which)] = {value, 0.0, true};
            to.record[at] = value;
        };
        if (facts.sellers.log_relative_sales.has(person)) {
            to.score[0] = facts.sellers.log_relative_sales.value[person];
            put(decide::factor::own_sales, 0, to.score[0]);
        }
        if (facts.sellers.collaborators_mean.has(person))
            put(decide::factor::collaboration, 1,
                numeric::log1p(facts.sellers.collaborators_mean.value[person]) - mean_[facts.groups.group[person]]);
        const measure::employment employed = measure::employment_of(facts.data->organisation, person);
        if (employed.from <= day_ && employed.from != std::numeric_limits<std::int32_t>::min())
            to.score[1] = static_cast<double>(day_ - employed.from);
        const auto& people = assessed_->people;
        const auto found = std::lower_bound(people.begin(), people.end(), person);
        if (found != people.end() && *found == person) {
            const assess::readiness& verdict = assessed_->verdict[static_cast<std::size_t>(found - people.begin())];
            if (verdict.n_sources > 0) {
                to.score[2] = verdict.z;
                put(decide::factor::readiness, 2, verdict.z);
            }
        }
        to.score[3] = decide::predict(policy_.promotion.effect, record).mean;
    }

  private:
    std::int32_t day_ = 0;
    org::policy policy_;
    std::shared_ptr<const measured> facts_;
    std::shared_ptr<const assessed> assessed_;
    std::vector<double> mean_;
};

/// First and last day of the rows under each manager: effects of those who led before a decision are not of it.
struct led_days {
    std::int32_t from = std::numeric_limits<std::int32_t>::max(), to = std::numeric_limits<std::int32_t>::min();
};

std::vector<led_days> days_of_leading(const org::organisation& organisation, const org::reporting_lines& lines,
                                      std::int32_t as_of) {
    std::vector<led_days> out(organisation.n_people());
    const auto& first = organisation.assignments.first;
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person)
        for (const org::reporting_span& span : lines.spans_of(person)) {
            if (span.manager == no_index) continue;
            // The manager "now" says nothing of earlier days where assignments speak of the person.
            if (span.assumed && !first.empty() && first[person + std::size_t{1}] > first[person]) continue;
            const org::day_span part = org::clip_to_employment(organisation, person, {span.start, span.end});
            const std::int32_t end = std::min(part.end, as_of + 1);
            if (part.start >= end || part.start == std::numeric_limits<std::int32_t>::min()) continue;
            out[span.manager].from = std::min(out[span.manager].from, part.start);
            out[span.manager].to = std::max(out[span.manager].to, end);
        }
    return out;
}

void push(column<double>& to, double number) {
    dualtrack::push(to, number == number ? std::optional(number) : std::nullopt);
}

/// Coefficients of a policy are shares of sales. Effects in logs are that already; effects in quotas or amounts are
/// divided by what a seller brings in on average.
double sales_of_one(const value_added_panel& panel) {
    if (panel.outcome != org::outcome_kind_words[static_cast<std::size_t>(org::outcome_kind::attainment)] &&
        panel.outcome != org::outcome_kind_words[static_cast<std::size_t>(org::outcome_kind::identity)])
        return 1.0;
    std::vector<double> weighted(panel.value);
    for (std::size_t i = 0; i < panel.weight.size(); ++i) weighted[i] *= panel.weight[i]; // mean 1
    const double mean = numeric::fixed_sum(weighted) / static_cast<double>(weighted.size());
    return mean > 0.0 ? mean : 1.0;
}

/// How the errors of the effects go together; of those whom coefficients are fitted on where it is too many of all.
related_noise joint_noise(const scored_cases& cases, const estimated_value_added& value) {
    related_noise out;
    for (const bool all : {true, false}) {
        out.row = all ? known_rows(cases.rows) : fitted_rows(cases.rows);
        std::vector<std::uint32_t> managers;
        for (const std::uint32_t row : out.row) managers.push_back(cases.manager[row]);
        out.covariance = noise_between(*value.fit, managers);
        if (!out.covariance.empty()) break;
    }
    if (out.covariance.empty()) out.row.clear();
    for (double& x : out.covariance) x /= cases.unit * cases.unit;
    return out;
}

result<scored_cases> score_cases(const run_context& run, const std::shared_ptr<const ingest::checked_data>& data,
                                 const org::policy& policy, const estimated_value_added& value) {
    const org::organisation& organisation = data->organisation;
    const auto& vacancies = organisation.vacancies;
    const auto& candidates = organisation.candidates;
    const std::int32_t as_of = value.panel->as_of;
    const org::reporting_lines lines = org::reporting_lines_of(organisation, run.memory);
    const std::vector<led_days> led = days_of_leading(organisation, lines, as_of);
    std::vector<std::uint32_t> number(organisation.n_people(), no_index); // of a manager in the fit
    for (std::uint32_t j = 0; j < value.panel->group_row.size(); ++j) number[value.panel->group_row[j]] = j;

    scored_cases out;
    out.unit = sales_of_one(*value.panel);
    std::map<std::int32_t, day_before> days;
    std::int32_t first_known = std::numeric_limits<std::int32_t>::max();
    for (const std::int32_t day : organisation.deals.closed)
        if (day != no_date) first_known = std::min(first_known, day);
    for (const std::int32_t day : organisation.sales.start) first_known = std::min(first_known, day);
    for (std::size_t i = 0; i < candidates.vacancy.size(); ++i) {
        const std::uint32_t vacancy = candidates.vacancy[i];
        const std::int32_t opens = vacancies.opens[vacancy];
        const bool filled = vacancies.filled_by[vacancy] != no_index || vacancies.external[vacancy] == 1;
        if (!filled || opens > as_of || opens <= first_known) continue;
        auto at = days.find(opens);
        if (at == days.end()) {
            if (is_cancelled(run)) return cancelled_failure();
            run_context quiet = run;
            quiet.progress = nullptr;
            DUALTRACK_TRY(day_before then, day_before::of(quiet, data, policy, opens - 1));
            at = days.emplace(opens, std::move(then)).first;
            for (const std::int32_t day : organisation.deals.closed) out.refused += day >= opens ? 1 : 0;
        }
        backtest_case one;
        one.vacancy = vacancy;
        one.person = candidates.person[i];
        one.chosen = vacancies.filled_by[vacancy] == one.person;
        at->second.score(one.person, one);
        case_status status = case_status::never_led;
        const std::uint32_t j = number[one.person];
        if (j != no_index && led[one.person].from < led[one.person].to) {
            const std::int32_t enough = calendar::add_months(led[one.person].from, policy.backtest.fewest_months);
            if (led[one.person].from < opens)
                status = case_status::led_before;
            else if (led[one.person].to < enough)
                status = case_status::too_short;
            else if (value.fit->problem.components.of[j] != 0 || !(value.fit->se[j] > 0.0))
                status = case_status::not_comparable;
            else {
                status = case_status::ok;
                one.effect = value.fit->effect[j] / out.unit;
                one.se = value.fit->se[j] / out.unit;
            }
        }
        out.rows.push_back(one);
        out.status.push_back(status);
        out.manager.push_back(j);
    }
    return out;
}

backtest_cases_table cases_table(const org::organisation& organisation, const scored_cases& cases,
                                 std::pmr::memory_resource* memory) {
    backtest_cases_table out(organisation.vacancies.id, organisation.people.id, memory);
    for (std::size_t i = 0; i < cases.rows.size(); ++i) {
        const backtest_case& one = cases.rows[i];
        out.vacancy_id.index.push_back(one.vacancy);
        out.person_id.index.push_back(one.person);
        out.decided.day.push_back(organisation.vacancies.opens[one.vacancy]);
        out.chosen.value.push_back(one.chosen ? 1 : 0);
        push(out.top_seller, one.score[0]);
        push(out.seniority, one.score[1]);
        push(out.readiness, one.score[2]);
        push(out.predicted_effect, one.score[3]);
        push(out.effect, one.effect);
        push(out.se, one.se);
        out.status.code.push_back(static_cast<std::uint8_t>(cases.status[i]));
    }
    return out;
}

/// A coefficient, its place in the policy, and what it was before.
struct placed {
    std::string_view name;
    double value, sd, low, high, before;
};

std::vector<placed> placed_coefficients(const fitted_record& fitted, const org::effect_coefficients& policy) {
    return {{"sales", fitted.value[1], fitted.sd[1], fitted.low[1], fitted.high[1], policy.sales},
            {"collaboration", fitted.value[2], fitted.sd[2], fitted.low[2], fitted.high[2], policy.collaboration},
            {"readiness", fitted.value[3], fitted.sd[3], fitted.low[3], fitted.high[3], policy.readiness}};
}

coefficients_table coefficients(const fitted_record& fitted, const org::effect_coefficients& policy,
                                std::pmr::memory_resource* memory) {
    coefficients_table out(memory);
    const auto add = [&](const std::string& name, double value, double sd, double low, double high, double before) {
        out.path.emplace_back("/promotion/effect/" + name);
        push(out.value, value);
        push(out.sd, sd);
        push(out.low, low);
        push(out.high, high);
        push(out.in_policy, before);
        out.n.value.push_back(static_cast<std::int64_t>(fitted.n));
    };
    constexpr double none = numeric::not_a_number;
    for (const placed& one : placed_coefficients(fitted, policy))
        if (fitted.is_known)
            add(std::string(one.name), one.value, one.sd, one.low, one.high, one.before);
        else
            add(std::string(one.name), none, none, none, none, one.before);
    add("residual_sd", fitted.is_known ? fitted.residual_sd : none, none, none, none, policy.residual_sd);
    return out;
}

policy_fragment_table fragment(const fitted_record& fitted, const org::effect_coefficients& policy,
                               std::pmr::memory_resource* memory) {
    policy_fragment_table out(memory);
    if (!fitted.is_known) return out;
    const auto within = [](double x, double low, double high) { return std::min(std::max(x, low), high); };
    std::string json = R"({"promotion":{"effect":{)";
    for (const placed& one : placed_coefficients(fitted, policy))
        json += "\"" + std::string(one.name) + "\":" + number_text(within(one.value, -2.0, 2.0)) + ",\"" +
                std::string(one.name) + "_sd\":" + number_text(within(one.sd, 0.0, 2.0)) + ",";
    json += "\"residual_sd\":" + number_text(within(fitted.residual_sd, 0.001, 2.0)) + "}}}";
    out.json.emplace_back(json);
    return out;
}

} // namespace

result<std::shared_ptr<analysis_result>>
run_backtest(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    const org::organisation& organisation = data->organisation;
    for (const auto& [has, name] :
         {std::pair(organisation.has_people, "people"), std::pair(organisation.has_vacancies, "vacancies"),
          std::pair(organisation.has_candidates, "candidates")})
        if (!has)
            return fail(status::schema, "schema.missing_table",
                        "expected the table " + std::string(name) + ", found none", name);
    if (organisation.has_panel)
        return fail(status::schema, "schema.missing_table",
                    "expected sellers' months from deals or sales, whose days are known; found the table panel",
                    "deals");
    DUALTRACK_TRY(const auto value, estimate_organisation(part_of(run, 0.0, 0.3), data, policy));
    auto cases = std::make_shared<scored_cases>();
    DUALTRACK_TRY(*cases, score_cases(part_of(run, 0.3, 0.9), data, policy, *value));
    const backtest_result tried =
        try_policies(cases->rows, policy.backtest.replications, static_cast<std::uint64_t>(policy.backtest.seed),
                     joint_noise(*cases, *value));

    auto out = start_result("backtest", data, policy, value->panel->as_of);
    out->tables_read = {"people",     "assignments", "deals",   "credits",   "participants", "sales",         "quotas",
                        "activities", "ratings",     "answers", "vacancies", "candidates",   "exchange_rates"};
    std::pmr::memory_resource* memory = run.memory;
    auto table = std::make_shared<backtest_table>(memory);
    for (std::size_t p = 0; p < n_backtest_policies; ++p)
        for (std::size_t m = 0; m < n_backtest_metrics; ++m) {
            const backtest_figure& figure = tried.figure[p][m];
            table->policy.code.push_back(static_cast<std::uint8_t>(p));
            table->metric.code.push_back(static_cast<std::uint8_t>(m));
            push(table->value, figure.value);
            push(table->low, figure.low);
            push(table->high, figure.high);
            table->n.value.push_back(figure.n);
        }
    out->tables.push_back(result_table::of("backtest", std::shared_ptr<const backtest_table>(std::move(table))));
    out->tables.push_back(result_table::of(
        "backtest_cases", std::make_shared<const backtest_cases_table>(cases_table(organisation, *cases, memory))));
    const org::effect_coefficients& effect = policy.promotion.effect;
    out->tables.push_back(result_table::of(
        "coefficients", std::make_shared<const coefficients_table>(coefficients(tried.fitted, effect, memory))));
    out->tables.push_back(result_table::of(
        "policy_fragment", std::make_shared<const policy_fragment_table>(fragment(tried.fitted, effect, memory))));
    org::findings_table findings(memory);
    org::add_findings(findings, value->panel->findings);
    if (cases->unit != 1.0)
        add_finding(findings, {org::severity::note, "backtest.shares_of_sales", "", "", -1, -1, 1,
                               "effects are divided by the mean of the outcome (" +
                                   number_text(std::round(cases->unit * 1000.0) / 1000.0) +
                                   "), so that they are shares of sales as the coefficients of a policy are"});
    if (cases->refused > 0)
        add_finding(findings, {org::severity::note, "backtest.refused", "deals", "closed", -1, -1, cases->refused,
                               "deals dated on or after a decision were refused when that decision was scored (summed "
                               "over decisions)"});
    if (cases->rows.empty())
        add_finding(findings, {org::severity::warning, "backtest.no_cases", "vacancies", "", -1, -1, 1,
                               "no vacancy with candidates was filled within the days of the data"});
    if (!cases->rows.empty() && !tried.fitted.is_known)
        add_finding(findings, {org::severity::note, "backtest.too_few", "vacancies", "", -1, -1,
                               static_cast<std::int64_t>(tried.fitted.n),
                               "too few managers can be compared to fit coefficients of their records"});
    const backtest_figure& lift = tried.figure[static_cast<std::size_t>(backtest_policy_word::predicted_effect)][1];
    if (lift.n > 0)
        add_finding(findings, {org::severity::note, "backtest.known_only", "vacancies", "", -1, -1, lift.n,
                               "value added is known only of those who led at some time; a lift speaks of these"});
    add_findings_table(*out, findings);
    return out;
}

described_analysis describe_backtest() {
    const text_column none;
    described_analysis out{
        {"backtest",
         "how rules of promotion would have done on past vacancies, and what records say of later "
         "value added",
         {{"people", "vacancies", "candidates", "deals"}, {"people", "vacancies", "candidates", "sales"}},
         {"assignments", "credits", "participants", "quotas", "activities", "ratings", "answers", "exchange_rates"},
         {}},
        {}};
    auto* memory = std::pmr::get_default_resource();
    out.add(backtest_table(memory));
    out.add(backtest_cases_table(none, none, memory));
    out.add(coefficients_table(memory));
    out.add(policy_fragment_table(memory));
    return out;
}

} // namespace dualtrack::run
