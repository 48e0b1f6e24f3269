// The analysis `readiness`: who shows the behaviour of a leader, with every piece of evidence in view, and what nobody
// has been asked yet. Readiness never sees sales; the grid sets it beside performance, which does.
#include <limits>

#include <dualtrack/assess/grid_table.hpp>
#include <dualtrack/measure/scope.hpp>

#include "run/analysis.hpp"
#include "run/assessed.hpp"
#include "run/measured.hpp"
#include "run/readiness_tables.hpp"
#include "run/tables.hpp"

namespace dualtrack::run {
namespace {

/// Performance and readiness of one person on one day.
struct standing {
    std::uint32_t person = 0;
    double performance = 0.0, performance_sd = 0.0, readiness = 0.0, readiness_sd = 0.0;
};

/// People judged in both ways, ascending.
std::vector<standing> standings_of(const assessed& all, const measured& facts) {
    std::vector<standing> out;
    const measure::sellers_table& sellers = facts.sellers;
    for (std::size_t i = 0; i < all.people.size(); ++i) {
        const std::uint32_t person = all.people[i];
        if (!sellers.performance_z.has(person) || !facts.cells.sells(person)) continue;
        out.push_back({person, sellers.performance_z.value[person], sellers.performance_sd.value[person],
                       all.verdict[i].z, all.verdict[i].sd});
    }
    return out;
}

assess::grid_table grid_rows(const org::organisation& organisation, const org::grid_policy& cuts,
                             const std::vector<standing>& people, std::pmr::memory_resource* memory) {
    assess::grid_table out(organisation.people.id, memory);
    for (const standing& one : people) {
        const auto performance = assess::level_probabilities(one.performance, one.performance_sd, cuts.performance_low,
                                                             cuts.performance_high);
        const auto readiness =
            assess::level_probabilities(one.readiness, one.readiness_sd, cuts.readiness_low, cuts.readiness_high);
        std::size_t likeliest = 0;
        for (std::size_t box = 1; box < 9; ++box)
            if (performance[box / 3] * readiness[box % 3] > performance[likeliest / 3] * readiness[likeliest % 3])
                likeliest = box;
        for (std::size_t box = 0; box < 9; ++box) {
            out.person_id.index.push_back(one.person);
            out.performance.code.push_back(static_cast<std::uint8_t>(box / 3));
            out.readiness.code.push_back(static_cast<std::uint8_t>(box % 3));
            out.probability.value.push_back(performance[box / 3] * readiness[box % 3]);
            out.likeliest.value.push_back(box == likeliest ? 1 : 0);
        }
    }
    return out;
}

assess::grid_moves_table move_rows(const org::organisation& organisation, const std::vector<standing>& before,
                                   std::int32_t day_before, const std::vector<standing>& now, std::int32_t day_now,
                                   std::pmr::memory_resource* memory) {
    assess::grid_moves_table out(organisation.people.id, memory);
    std::size_t i = 0;
    for (const standing& one : now) {
        while (i < before.size() && before[i].person < one.person) ++i;
        if (i == before.size() || before[i].person != one.person) continue;
        const auto spread = [](double a, double b) { return std::sqrt(a * a + b * b); };
        out.person_id.index.push_back(one.person);
        out.before.day.push_back(day_before);
        out.now.day.push_back(day_now);
        out.performance_change.value.push_back(one.performance - before[i].performance);
        out.performance_change_sd.value.push_back(spread(one.performance_sd, before[i].performance_sd));
        out.readiness_change.value.push_back(one.readiness - before[i].readiness);
        out.readiness_change_sd.value.push_back(spread(one.readiness_sd, before[i].readiness_sd));
    }
    return out;
}

/// Performance as of a day, when there is anything to measure it by; amounts that cannot be measured leave the grid
/// empty.
result<std::vector<standing>> standings_on(const run_context& run, const assessed& all, std::int32_t as_of) {
    const org::organisation& organisation = all.data->organisation;
    if (!organisation.has_deals && !organisation.has_sales) return std::vector<standing>{};
    org::policy policy = all.policy;
    policy.as_of = as_of;
    policy.data.nonpositive_quota = org::quota_rule::exclude; // quotas have no part in performance
    policy.data.future_dated = org::future_rule::exclude;
    const auto facts = measure_organisation(run, all.data, policy);
    if (!facts && facts.error().kind == status::data) return std::vector<standing>{}; // sales that cannot be measured
    if (!facts) return outcome::failure(facts.error());
    return standings_of(all, *facts.value());
}

/// The last day on which anything is known to have changed: who is employed, who reports to whom, which deals and
/// seats are open; or no_date.
std::int32_t last_change(const org::organisation& organisation) {
    constexpr std::int32_t still_open = std::numeric_limits<std::int32_t>::max();
    std::int32_t last = no_date;
    for (const auto* days : {&organisation.people.hired, &organisation.people.left, &organisation.assignments.start,
                             &organisation.assignments.end, &organisation.deals.opened, &organisation.vacancies.opens})
        for (const std::int32_t day : *days)
            if (day != still_open) last = std::max(last, day);
    return last;
}

} // namespace

result<std::shared_ptr<analysis_result>>
run_readiness(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    const org::organisation& organisation = data->organisation;
    if (!organisation.has_people)
        return fail(status::schema, "schema.missing_table", "expected the table people, found none", "people");
    std::int32_t as_of = policy.as_of;
    if (as_of == no_date) as_of = last_evidence_day(organisation);
    const bool asked = as_of != no_date;
    if (as_of == no_date) as_of = measure::detail::last_known_day(organisation); // nobody was asked yet
    if (as_of == no_date) as_of = last_change(organisation);
    const bool dated = as_of != no_date;
    if (!dated) as_of = 0; // nothing has happened yet: nobody is known, whatever the day
    DUALTRACK_TRY(const auto all, assess_people(part_of(run, 0.0, 0.6), data, policy, as_of));
    auto out = start_result("readiness", data, policy, as_of);
    out->tables_read = {"people", "assignments", "ratings",      "answers", "activities",
                        "deals",  "credits",     "participants", "sales",   "exchange_rates"};
    auto* memory = run.memory;
    run_context later; // for tables made when somebody asks for them: nobody watches or stops that
    later.memory = memory;
    later.threads = run.threads;
    out->tables.push_back(
        result_table("readiness", [all, memory] { return made_of(all, readiness_rows(*all, memory)); }));
    out->tables.push_back(
        result_table("constructs", [all, later] { return made_of(all, construct_rows(later, *all)); }));
    out->tables.push_back(
        result_table("explanations", [all, memory] { return made_of(all, explanation_rows(*all, memory)); }));
    out->tables.push_back(
        result_table("evidence", [all, memory] { return made_of(all, evidence_rows(*all, memory)); }));
    out->tables.push_back(
        result_table("questions", [all, memory] { return made_of(all, question_rows(*all, memory)); }));
    out->tables.push_back(result_table("trials", [all, memory] { return made_of(all, trial_rows(*all, memory)); }));
    out->tables.push_back(result_table("raters", [all, memory] { return made_of(all, rater_rows(*all, memory)); }));
    out->tables.push_back(
        result_table("reliability", [all, memory] { return made_of(all, reliability_rows(*all, memory)); }));

    DUALTRACK_TRY(const auto now, standings_on(part_of(run, 0.6, 0.8), *all, as_of));
    out->tables.push_back(result_table::of(
        "grid", std::make_shared<const assess::grid_table>(grid_rows(organisation, policy.grid, now, memory))));
    std::vector<standing> before;
    const std::int32_t day_before = calendar::add_months(as_of, -policy.grid.compare_months);
    if (policy.grid.compare_months > 0 && !now.empty()) {
        run_context quiet = part_of(run, 0.8, 1.0);
        org::policy blind_to_later = policy;
        blind_to_later.data.future_dated = org::future_rule::exclude;
        DUALTRACK_TRY(const auto then, assess_people(quiet, data, blind_to_later, day_before));
        DUALTRACK_TRY(before, standings_on(quiet, *then, day_before));
    }
    out->tables.push_back(result_table::of("grid_moves", std::make_shared<const assess::grid_moves_table>(move_rows(
                                                             organisation, before, day_before, now, as_of, memory))));

    org::findings_table findings(memory);
    if (policy.as_of == no_date)
        add_finding(findings,
                    {org::severity::note, "data.assumed", "", "", -1, -1, 1,
                     !dated ? "as_of is not in the policy and nothing in the data is dated; 1970-01-01 stands for it"
                            : "as_of is not in the policy; the last day " +
                                  std::string(asked ? "with evidence, " : "in the data, ") +
                                  std::string(calendar::format_iso_date(as_of).view()) + ", is used"});
    if (!organisation.has_ratings && !organisation.has_answers && !organisation.has_activities)
        add_finding(findings, {org::severity::note, "readiness.no_evidence", "ratings", "", -1, -1,
                               static_cast<std::int64_t>(all->people.size()),
                               "no ratings, answers or activities: nothing to judge anybody by; the table questions "
                               "says whom to ask about what"});
    add_findings(findings, all->findings);
    add_findings_table(*out, findings);
    return out;
}

described_analysis describe_readiness() {
    const text_column none;
    described_analysis out{{"readiness",
                            "who shows the behaviour of a leader, blind to sales, and what nobody has been asked yet",
                            {{"people"}},
                            {"assignments", "ratings", "answers", "activities", "deals", "credits", "participants",
                             "sales", "exchange_rates"},
                            {}},
                           {}};
    auto* memory = std::pmr::get_default_resource();
    out.add(assess::readiness_table(none, memory));
    out.add(assess::constructs_table(none, memory));
    out.add(assess::explanations_table(none, memory));
    out.add(assess::evidence_table(none, memory));
    out.add(assess::questions_table(none, memory));
    out.add(assess::trials_table(none, memory));
    out.add(assess::raters_table(none, memory));
    out.add(assess::reliability_table(memory));
    out.add(assess::grid_table(none, memory));
    out.add(assess::grid_moves_table(none, memory));
    return out;
}

} // namespace dualtrack::run
