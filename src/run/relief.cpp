// The analysis `relief`: what it costs and brings to lower a mentor's quota, for the plans of the policy and for the
// best set of the sellers that were measured. It runs from the policy alone, without any table.
#include <dualtrack/base/normal.hpp>
#include <dualtrack/decide/relief.hpp>
#include <dualtrack/decide/relief_table.hpp>

#include "run/analysis.hpp"
#include "run/measured.hpp"
#include "run/mentoring.hpp"
#include "run/relief_plans.hpp"
#include "run/tables.hpp"

namespace dualtrack::run {
namespace {

struct relief_tables {
    decide::relief_table relief;
    decide::portfolio_table portfolio;
    decide::mentees_table mentees;
    decide::new_quotas_table quotas;

    relief_tables(const text_column& ids, std::pmr::memory_resource* memory)
        : relief(ids, memory), portfolio(memory), mentees(ids, memory), quotas(ids, memory) {}
};

/// A share of an amount for each of n, or none for nobody.
std::int64_t each_of(std::int64_t total, std::int64_t n) {
    return n == 0 ? no_money : decide::to_minor(static_cast<double>(total) / static_cast<double>(n));
}

void add_row(decide::relief_table& to, std::string_view plan, std::uint32_t mentor, std::int64_t quota,
             std::int64_t relief, std::int64_t n, const decide::relief_outcome& what,
             const org::relief_policy& policy) {
    to.plan.emplace_back(plan);
    to.mentor_id.index.push_back(mentor);
    to.quota_relief.minor.push_back(relief);
    to.n_mentees.value.push_back(n);
    to.gain_per_mentee.minor.push_back(each_of(what.gain, n));
    to.gain_low.minor.push_back(each_of(what.gain_low, n));
    to.gain_high.minor.push_back(each_of(what.gain_high, n));
    to.cost.minor.push_back(what.cost);
    to.net.minor.push_back(what.net);
    to.break_even_gain.minor.push_back(what.break_even_gain);
    to.net_year_2.minor.push_back(what.net_year_2);
    to.probability_positive.value.push_back(what.probability_positive);
    to.minutes_week.value.push_back(static_cast<double>(n) * policy.minutes_per_mentee_week);
    to.quota.minor.push_back(quota);
}

void add_row(decide::portfolio_table& to, std::string_view plan, std::int64_t n_mentors, std::int64_t n_mentees,
             std::int64_t relief, const decide::relief_outcome& what) {
    to.plan.emplace_back(plan);
    to.n_mentors.value.push_back(n_mentors);
    to.n_mentees.value.push_back(n_mentees);
    to.quota_relief.minor.push_back(relief);
    to.cost.minor.push_back(what.cost);
    to.gain.minor.push_back(what.gain);
    to.gain_low.minor.push_back(what.gain_low);
    to.gain_high.minor.push_back(what.gain_high);
    to.net.minor.push_back(what.net);
    to.net_year_2.minor.push_back(what.net_year_2);
    to.probability_positive.value.push_back(what.probability_positive);
}

void add_quota(decide::new_quotas_table& to, std::uint32_t person, std::int32_t as_of, std::int64_t amount) {
    to.person_id.index.push_back(person);
    to.start.day.push_back(as_of + 1);
    to.end.day.push_back(calendar::add_months(as_of + 1, 12));
    to.amount.minor.push_back(amount);
    to.scope.code.push_back(static_cast<std::uint8_t>(org::quota_scope::own));
}

/// What a plan's own figures say of the gain of all mentees; without a range of its own it is as uncertain, relative to
/// its size, as the published effect, and mentees differ.
decide::mentoring_gain gain_of(const relief_plan& plan, const org::relief_policy& policy) {
    const auto n = static_cast<double>(plan.n_mentees);
    if (plan.has_range)
        return {n * plan.gain_minor, n * (plan.gain_minor - plan.gain_low_minor) / numeric::interval_95,
                n * (plan.gain_high_minor - plan.gain_minor) / numeric::interval_95};
    const double common = n * policy.given_gain_sd * plan.gain_minor;
    const double own = policy.mentee_sd * plan.gain_minor;
    const double sd = std::sqrt(common * common + n * own * own);
    return {n * plan.gain_minor, sd, sd};
}

/// The mentor of a plan, or no_index.
result<std::uint32_t> mentor_of(const relief_plan& plan, const org::organisation& organisation, std::size_t place) {
    if (plan.mentor_id.empty()) return no_index;
    std::uint32_t low = 0;
    std::uint32_t high = organisation.n_people(); // people are sorted by id
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if (organisation.people.id[middle] < plan.mentor_id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < organisation.n_people() && organisation.people.id[low] == plan.mentor_id) return low;
    return fail(status::policy, "policy.range",
                "expected the id of a person in people, found \"" + plan.mentor_id.substr(0, 64) + "\"",
                "/relief/plans/" + integer_text(static_cast<std::int64_t>(place)) + "/mentor_id");
}

result<void> add_plans(const std::vector<relief_plan>& plans, const org::organisation& organisation,
                       const org::policy& policy, std::int32_t as_of, relief_tables& out) {
    struct whole {
        std::int64_t n_mentors = 0, n_mentees = 0, relief = 0;
        decide::mentoring_gain gain;
    };
    std::vector<std::string_view> names;
    std::vector<whole> sums;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        const relief_plan& plan = plans[i];
        DUALTRACK_TRY(const std::uint32_t mentor, mentor_of(plan, organisation, i));
        const auto gain = gain_of(plan, policy.relief);
        const auto what = decide::judge_relief(plan.relief_minor, plan.n_mentees, gain, policy.relief);
        add_row(out.relief, plan.name, mentor, plan.quota_minor, plan.relief_minor, plan.n_mentees, what,
                policy.relief);
        if (mentor != no_index && as_of != no_date)
            add_quota(out.quotas, mentor, as_of, plan.quota_minor - plan.relief_minor);
        auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), plan.name) - names.begin());
        if (at == names.size()) {
            names.push_back(plan.name);
            sums.emplace_back();
        }
        ++sums[at].n_mentors;
        sums[at].n_mentees += plan.n_mentees;
        sums[at].relief += plan.relief_minor;
        sums[at].gain.minor += gain.minor;
        sums[at].gain.sd_below += gain.sd_below; // what is not known is not known of all of them alike
        sums[at].gain.sd_above += gain.sd_above;
    }
    for (std::size_t at = 0; at < names.size(); ++at)
        add_row(out.portfolio, names[at], sums[at].n_mentors, sums[at].n_mentees, sums[at].relief,
                decide::judge_relief(sums[at].relief, sums[at].n_mentees, sums[at].gain, policy.relief));
    return outcome::success();
}

void add_best(const measured& facts, const mentoring_programme& best, relief_tables& out) {
    const org::relief_policy& policy = facts.policy.relief;
    std::vector<std::int64_t> all_gains;
    std::vector<double> all_common;
    std::int64_t relief = 0;
    for (const mentor_line& mentor : best.mentors) {
        std::vector<std::int64_t> gains;
        std::vector<double> common;
        for (const mentee_line& mentee : mentor.mentees) {
            gains.push_back(mentee.gain);
            common.push_back(mentee.common);
            const double own = policy.mentee_sd * static_cast<double>(mentee.gain);
            const double sd = std::sqrt(mentee.common * mentee.common + own * own);
            out.mentees.mentor_id.index.push_back(mentor.person);
            out.mentees.mentee_id.index.push_back(mentee.person);
            out.mentees.tier.code.push_back(mentee.tier);
            out.mentees.expected_sales.minor.push_back(mentee.expected_sales);
            out.mentees.gain.minor.push_back(mentee.gain);
            out.mentees.gain_low.minor.push_back(
                decide::to_minor(static_cast<double>(mentee.gain) - numeric::interval_95 * sd));
            out.mentees.gain_high.minor.push_back(
                decide::to_minor(static_cast<double>(mentee.gain) + numeric::interval_95 * sd));
        }
        const auto n = static_cast<std::int64_t>(gains.size());
        add_row(out.relief, decide::best_plan, mentor.person, mentor.quota, mentor.relief, n,
                decide::judge_relief(mentor.relief, n, decide::add_up(gains, common, policy.mentee_sd), policy),
                policy);
        add_quota(out.quotas, mentor.person, facts.window.as_of, mentor.quota - mentor.relief);
        relief += mentor.relief;
        all_gains.insert(all_gains.end(), gains.begin(), gains.end());
        all_common.insert(all_common.end(), common.begin(), common.end());
    }
    const auto n = static_cast<std::int64_t>(all_gains.size());
    add_row(out.portfolio, decide::best_plan, static_cast<std::int64_t>(best.mentors.size()), n, relief,
            decide::judge_relief(relief, n, decide::add_up(all_gains, all_common, policy.mentee_sd), policy));
}

void say_what_limits(const measured& facts, const mentoring_programme& best, org::findings_table& findings) {
    if (best.n_without_quota > 0)
        add_finding(findings, {org::severity::note, "relief.no_quota", "quotas", "amount", -1, -1, best.n_without_quota,
                               integer_text(best.n_without_quota) + " of " + integer_text(best.n_could_mentor) +
                                   " who could mentor have no quota that could be lifted"});
    if (!facts.data->organisation.has_deals)
        add_finding(findings, {org::severity::note, "relief.totals", "sales", "amount", -1, -1, 1,
                               "without deals the sales to expect of a mentee are last year's, luck included"});
    if (best.mentors.empty())
        add_finding(findings, {org::severity::note, "relief.nobody", "", "", -1, -1, 1,
                               "no pair of mentor and mentee is expected to bring more than the relief costs (" +
                                   integer_text(best.n_could_mentor) + " could mentor, " +
                                   integer_text(best.n_could_be_mentored) + " could be mentored)"});
}

} // namespace

result<std::shared_ptr<analysis_result>>
run_relief(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    const org::organisation& organisation = data->organisation;
    DUALTRACK_TRY(const auto plans, read_relief_plans(policy.relief.plans));
    const bool has_sales = organisation.has_people && (organisation.has_deals || organisation.has_sales);
    if (plans.empty() && !has_sales)
        return fail(status::schema, "schema.missing_table",
                    "expected plans in the policy (/relief/plans), or the table people with deals or sales; found none "
                    "of them",
                    organisation.has_people ? "deals" : "people");
    std::int32_t as_of = policy.as_of;
    org::findings_table findings(run.memory);
    auto tables = std::make_shared<relief_tables>(organisation.people.id, run.memory);
    std::shared_ptr<const measured> facts;
    if (has_sales) {
        DUALTRACK_TRY(facts, measure_organisation(run, data, policy));
        as_of = facts->window.as_of;
        add_findings(findings, facts->window.findings);
    }
    DUALTRACK_TRYV(add_plans(plans, organisation, policy, as_of, *tables));
    if (has_sales) {
        const auto best = best_programme(*facts);
        add_best(*facts, best, *tables);
        say_what_limits(*facts, best, findings);
    }
    auto out = start_result("relief", data, policy, as_of);
    out->tables_read = {"people", "assignments", "deals",      "credits",       "participants",
                        "sales",  "quotas",      "activities", "exchange_rates"};
    const auto of = [&](std::string_view name, const auto& table) {
        using type = std::decay_t<decltype(table)>;
        out->tables.push_back(result_table::of(name, std::shared_ptr<const type>(tables, &table)));
    };
    of("relief", tables->relief);
    of("quotas", tables->quotas);
    of("mentees", tables->mentees);
    of("portfolio", tables->portfolio);
    add_findings_table(*out, findings);
    return out;
}

described_analysis describe_relief() {
    const text_column none;
    described_analysis out{
        {"relief",
         "what it costs and brings to lower a mentor's quota, and the best set of mentors and mentees",
         {{}, {"people", "deals"}, {"people", "sales"}},
         {"assignments", "credits", "participants", "quotas", "activities", "exchange_rates"},
         {}},
        {}};
    auto* memory = std::pmr::get_default_resource();
    out.add(decide::relief_table(none, memory));
    out.add(decide::new_quotas_table(none, memory));
    out.add(decide::mentees_table(none, memory));
    out.add(decide::portfolio_table(memory));
    return out;
}

} // namespace dualtrack::run
