#include "run/retained.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "run/mentoring.hpp"
#include "run/relief_plans.hpp"
#include "run/retention_actions.hpp"

namespace dualtrack::run {
namespace {

/// Everybody who has said why they want to lead.
std::map<std::uint32_t, retained_person> with_motives(const org::organisation& organisation, std::int32_t as_of,
                                                      const org::retention_policy& policy,
                                                      org::findings_table& findings) {
    auto said = assess::motives_on(organisation, as_of, policy.look_back_months);
    if (said.n_future > 0)
        add_finding(findings, {org::severity::warning, "data.future_dated", "motives", "date", -1, -1, said.n_future,
                               integer_text(said.n_future) + " motives are dated after as_of; left out"});
    std::map<std::uint32_t, retained_person> out;
    for (assess::person_motives& one : said.people) {
        retained_person& to = out[one.person];
        to.person = one.person;
        to.motives = std::move(one.motives);
        to.wants_management = one.wants_management;
    }
    return out;
}

/// Adds whom a decision passes over; of several seats the one that raises the risk most counts.
void add_passed_over(const decided& decisions, std::map<std::uint32_t, retained_person>& to) {
    for (const passed_over_row& row : decisions.passed_over) {
        if (row.winner_is > 1) continue; // nobody was chosen
        retained_person& one = to[row.who.person];
        one.person = row.who.person;
        const std::uint8_t is = row.winner_is == 0 ? 2 : 1;
        const bool weaker =
            std::tuple(one.passed_over, one.risk.exit_probability) >= std::tuple(is, row.who.risk.exit_probability);
        if (one.vacancy != no_index && weaker) continue;
        one.passed_over = is;
        one.vacancy = row.vacancy;
        one.facts = row.who.facts;
        one.risk = row.who.risk;
    }
}

/// Minutes a week of mentoring that relief is recommended for, by mentor.
std::map<std::uint32_t, double> mentoring_minutes(const retained& all) {
    std::map<std::uint32_t, double> out;
    if (!all.facts) return out;
    for (const mentor_line& mentor : best_programme(*all.facts).mentors)
        out[mentor.person] =
            static_cast<double>(mentor.mentees.size()) * all.all->policy.relief.minutes_per_mentee_week;
    return out;
}

void plan_for(const retained& all, const std::vector<decide::retention_action>& actions,
              const std::map<std::uint32_t, double>& mentoring, retained_person& one) {
    constexpr auto sharing_skill = static_cast<std::uint8_t>(2); // of org::motive_words
    static_assert(org::motive_words[sharing_skill] == "sharing_skill");
    const org::policy& policy = all.all->policy;
    one.actions = actions;
    one.minutes_freed = policy.retention.relief_share * policy.relief.week_minutes;
    const bool shares = std::any_of(one.motives.begin(), one.motives.end(), [&](const auto& motive) {
        return motive.motive == sharing_skill && motive.strength >= policy.retention.least_strength;
    });
    if (const auto granted = mentoring.find(one.person); shares && granted != mentoring.end()) {
        one.minutes_freed += granted->second;
        for (decide::retention_action& action : one.actions)
            if (action.motive == sharing_skill && action.needs_relief) action.minutes_week = granted->second;
    }
    one.plan = decide::plan_actions(one.actions, one.motives, one.minutes_freed, policy.retention.least_strength);
    if (const career* path = all.all->find(one.person); path != nullptr) {
        const track_standing& leading = path->tracks[static_cast<std::size_t>(decide::track::management)];
        const bool has_next = leading.level < all.all->ladder.of(decide::track::management).size();
        one.may_be_considered = has_next && decide::may_promise(leading.has_time, leading.time, policy.paths);
    }
}

} // namespace

result<std::shared_ptr<const retained>>
retain_people(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    const org::organisation& organisation = data->organisation;
    const bool has_seats = organisation.has_vacancies && organisation.has_candidates;
    const bool has_sales = organisation.has_deals || organisation.has_sales;
    if (!organisation.has_motives && !(has_seats && has_sales))
        return fail(status::schema, "schema.missing_table",
                    "expected the table motives, or vacancies and candidates with deals or sales; found none",
                    "motives");
    auto out = std::make_shared<retained>();
    DUALTRACK_TRY(const auto actions, read_actions(policy.retention.actions));
    DUALTRACK_TRY(out->all, careers_of(part_of(run, 0.0, 0.5), data, policy));
    const org::policy& on_day = out->all->policy;
    out->findings = org::findings_table(run.memory);
    add_findings(out->findings, out->all->findings);
    if (has_seats && has_sales) {
        DUALTRACK_TRY(out->decisions, decide_promotions(part_of(run, 0.5, 0.9), data, on_day));
        out->facts = out->decisions->facts;
        out->readiness = out->decisions->readiness;
    } else {
        if (has_sales) {
            DUALTRACK_TRY(out->facts, measure_organisation(part_of(run, 0.5, 0.7), data, on_day));
        }
        if (organisation.has_ratings || organisation.has_answers || organisation.has_activities) {
            DUALTRACK_TRY(out->readiness, assess_people(part_of(run, 0.7, 0.9), data, on_day, on_day.as_of));
        }
        add_finding(out->findings, {org::severity::note, "retention.no_seats", "vacancies", "", -1, -1, 1,
                                    "without vacancies, candidates and sales nobody is known to be passed over; "
                                    "everybody has the base risk"});
    }
    out->has_pay = organisation.has_pay;
    if (out->has_pay) {
        DUALTRACK_TRY(out->pay, pay_by_level(run, *out->all));
    }
    auto people = with_motives(organisation, on_day.as_of, policy.retention, out->findings);
    const auto& rules = policy.promotion.passed_over;
    for (auto& [person, one] : people) one.risk = decide::risk_of(rules, {});
    if (out->decisions) add_passed_over(*out->decisions, people);
    const auto mentoring = mentoring_minutes(*out);
    const double base = decide::exit_probability(rules, 1.0, 0.0);
    for (auto& [person, one] : people) {
        if (one.passed_over == 0) one.risk = {1.0, base, base, base};
        plan_for(*out, actions, mentoring, one);
        out->people.push_back(std::move(one));
    }
    return std::shared_ptr<const retained>(std::move(out));
}

} // namespace dualtrack::run
