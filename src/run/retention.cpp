// The analysis `retention`: who may leave after a seat went to somebody else, what is recommended for each motive
// within the time that is freed, and what to say in which order.
#include <dualtrack/base/text.hpp>
#include <dualtrack/decide/retention_tables.hpp>

#include "run/analysis.hpp"
#include "run/promotion_tables.hpp"
#include "run/retained.hpp"
#include "run/tables.hpp"
#include "run/talking_points.hpp"

namespace dualtrack::run {
namespace {

constexpr std::string_view interview = "interview_and_feedback";
constexpr std::int32_t interview_review_days = 14;
constexpr std::int32_t interview_every_days = 90;

bool needs_interview(const retained_person& one) {
    return one.passed_over > 0 && one.facts.interviewed != decide::answer::yes;
}

std::string plan_text(const retained_person& one) {
    std::string out;
    const auto add = [&](const std::string& what) { out += (out.empty() ? "Recommended: " : "; ") + what; };
    if (needs_interview(one)) add("an interview with the hiring manager and feedback");
    if (one.plan.empty()) add("ask for the motive first, none is on record");
    for (const decide::planned_action& planned : one.plan) {
        const decide::retention_action& action = one.actions[planned.action];
        add(plain_text(action.name) + (planned.waits ? " from the first review on"
                                       : planned.minutes_week > 0.0
                                           ? " (" + fixed_text(planned.minutes_week, 0) + " min a week)"
                                           : ""));
    }
    return out + ".";
}

decide::retention_table retention_rows(const retained& all, std::pmr::memory_resource* memory) {
    const org::organisation& organisation = all.all->data->organisation;
    decide::retention_table out(organisation.people.id, organisation.vacancies.id, memory);
    for (const retained_person& one : all.people) {
        double minutes = 0.0;
        for (const decide::planned_action& planned : one.plan) minutes += planned.minutes_week;
        out.person_id.index.push_back(one.person);
        out.motive.code.push_back(one.motives.empty() ? std::uint8_t{255} : one.motives.front().motive);
        out.probability_exit_12m.value.push_back(one.risk.exit_probability);
        out.capacity_minutes_week.value.push_back(one.minutes_freed);
        out.plan.emplace_back(plan_text(one));
        out.passed_over.code.push_back(one.passed_over);
        out.vacancy_id.index.push_back(one.vacancy);
        out.outsold_winner.value.push_back(one.passed_over == 0                           ? std::uint8_t{2}
                                           : one.facts.outsold == decide::answer::unknown ? std::uint8_t{2}
                                           : one.facts.outsold == decide::answer::yes     ? std::uint8_t{1}
                                                                                          : std::uint8_t{0});
        push(out.strength, one.motives.empty() ? std::nullopt : std::optional(one.motives.front().strength));
        out.hazard_ratio.value.push_back(one.risk.hazard_ratio);
        out.base_probability_12m.value.push_back(one.risk.base_probability);
        out.mitigated_probability_12m.value.push_back(one.risk.mitigated_probability);
        out.minutes_week.value.push_back(minutes);
        out.may_be_considered.value.push_back(one.may_be_considered ? 1 : 0);
    }
    return out;
}

decide::actions_table action_rows(const retained& all, std::pmr::memory_resource* memory) {
    const std::int32_t as_of = all.all->policy.as_of;
    decide::actions_table out(all.all->data->organisation.people.id, memory);
    const auto add = [&](std::uint32_t person, std::string_view name, std::uint8_t motive, double asked,
                         const decide::planned_action& planned, std::int32_t every, bool relief,
                         std::string_view text) {
        out.person_id.index.push_back(person);
        out.action.emplace_back(name);
        out.motive.code.push_back(motive);
        out.minutes_week.value.push_back(planned.minutes_week);
        out.start.day.push_back(as_of + planned.start_days);
        out.review.day.push_back(as_of + planned.review_days);
        out.review_every_days.value.push_back(every);
        out.minutes_asked.value.push_back(asked);
        out.waits.value.push_back(planned.waits ? 1 : 0);
        out.needs_relief.value.push_back(relief ? 1 : 0);
        out.text.emplace_back(text);
    };
    for (const retained_person& one : all.people) {
        if (needs_interview(one))
            add(one.person, interview, 255, 0.0, {0, 0.0, 1, 1 + interview_review_days, false}, interview_every_days,
                false,
                "the hiring manager says in person why, on which figures, and what would change the answer; halves the "
                "excess risk of leaving (Dlugos, Keller 2021, grade B)");
        for (const decide::planned_action& planned : one.plan) {
            const decide::retention_action& action = one.actions[planned.action];
            add(one.person, action.name, action.motive, action.minutes_week, planned, action.review_every_days,
                action.needs_relief, action.text);
        }
    }
    return out;
}

decide::talking_points_table talking_rows(const retained& all, std::pmr::memory_resource* memory) {
    const org::organisation& organisation = all.all->data->organisation;
    decide::talking_points_table out(organisation.people.id, memory);
    const week_of_managers week = week_on_record(organisation, all.all->policy.as_of, memory);
    for (const retained_person& one : all.people) {
        const auto texts = talking_points(all, one, week);
        for (std::size_t step = 0; step < texts.size(); ++step) {
            out.person_id.index.push_back(one.person);
            out.step.value.push_back(static_cast<std::int64_t>(step) + 1);
            out.topic.code.push_back(static_cast<std::uint8_t>(step));
            out.text.emplace_back(texts[step]);
        }
    }
    return out;
}

} // namespace

result<std::shared_ptr<analysis_result>>
run_retention(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    DUALTRACK_TRY(const auto all, retain_people(run, data, policy));
    auto out = start_result("retention", data, policy, all->all->policy.as_of);
    out->tables_read = {"people",       "assignments", "motives",    "vacancies", "candidates",
                        "ratings",      "answers",     "activities", "deals",     "credits",
                        "participants", "sales",       "quotas",     "pay",       "exchange_rates"};
    auto* memory = run.memory;
    out->tables.push_back(
        result_table("retention", [all, memory] { return made_of(all, retention_rows(*all, memory)); }));
    out->tables.push_back(result_table("actions", [all, memory] { return made_of(all, action_rows(*all, memory)); }));
    out->tables.push_back(
        result_table("talking_points", [all, memory] { return made_of(all, talking_rows(*all, memory)); }));
    out->tables.push_back(result_table("mitigations", [all, memory] {
        const org::organisation& organisation = all->all->data->organisation;
        return made_of(all, all->decisions
                                ? mitigation_rows(*all->decisions, memory)
                                : decide::mitigations_table(organisation.vacancies.id, organisation.people.id, memory));
    }));
    add_findings_table(*out, all->findings);
    return out;
}

described_analysis describe_retention() {
    const text_column none;
    described_analysis out{{"retention",
                            "who may leave after a seat went to somebody else, what is recommended, and what to say",
                            {{"people", "motives", "deals"},
                             {"people", "motives", "sales"},
                             {"people", "motives", "ratings"},
                             {"people", "vacancies", "candidates", "deals"},
                             {"people", "vacancies", "candidates", "sales"}},
                            {"assignments", "motives", "vacancies", "candidates", "ratings", "answers", "activities",
                             "deals", "credits", "participants", "sales", "quotas", "pay", "exchange_rates"},
                            {}},
                           {}};
    auto* memory = std::pmr::get_default_resource();
    out.add(decide::retention_table(none, none, memory));
    out.add(decide::actions_table(none, memory));
    out.add(decide::talking_points_table(none, memory));
    out.add(decide::mitigations_table(none, none, memory));
    return out;
}

} // namespace dualtrack::run
