#include "run/careers.hpp"

#include <algorithm>
#include <utility>

#include <dualtrack/measure/scope.hpp>

#include "run/assessed.hpp"
#include "run/ladder.hpp"
#include "run/measured.hpp"

namespace dualtrack::run {
namespace {

using decide::track;

/// Everything the ladder asks, each measure and window once.
struct asked_measures {
    std::vector<measure_request> all;
    std::array<std::vector<std::vector<std::uint32_t>>, 2> of_level; // position of each requirement, by track and level
};

asked_measures asked_by(const decide::ladder& ladder, const org::policy& policy) {
    asked_measures out;
    for (std::size_t t = 0; t < 2; ++t)
        for (const decide::ladder_level& level : ladder.tracks[t]) {
            auto& places = out.of_level[t].emplace_back();
            for (const decide::requirement& one : level.requirements) {
                const std::int32_t window = one.months > 0 ? one.months : policy.window_months;
                const measure_request request{one.measure, has_window(one.measure) ? window : 0};
                const auto found = std::find(out.all.begin(), out.all.end(), request);
                places.push_back(static_cast<std::uint32_t>(found - out.all.begin()));
                if (found == out.all.end()) out.all.push_back(request);
            }
        }
    return out;
}

/// Measures of everybody now and at every quarter before: [0] is now. What a day's data do not reach far back enough
/// for is known of nobody.
using measures_by_step = std::vector<std::vector<measure_values>>;

/// The first day of which a measure can speak.
std::int32_t first_day_of(const org::organisation& organisation, std::string_view measure) {
    std::int32_t first = std::numeric_limits<std::int32_t>::max();
    if (measure == "mentoring_minutes" || measure == "leads_shared" || measure == "recognition_count") {
        for (const std::int32_t day : organisation.activities.start) first = std::min(first, day);
        return first;
    }
    for (const std::int32_t day : organisation.deals.closed)
        if (day != no_date) first = std::min(first, day);
    if (!organisation.has_deals)
        for (const std::int32_t day : organisation.sales.start) first = std::min(first, day);
    return first;
}

result<measures_by_step> measure_history(const run_context& run, const careers& all, const asked_measures& asked) {
    constexpr std::int32_t tolerance_days = 31;
    const org::organisation& organisation = all.data->organisation;
    const std::int32_t steps = all.policy.paths.history_months / decide::step_months;
    const std::int32_t end = all.policy.as_of + 1;
    std::vector<std::int32_t> first_day;
    for (const measure_request& one : asked.all)
        first_day.push_back(has_window(one.measure) ? first_day_of(organisation, one.measure) : 0);
    measures_by_step out;
    for (std::int32_t step = 0; step <= steps; ++step) {
        const run_context part = part_of(run, step / (steps + 1.0), (step + 1) / (steps + 1.0));
        const std::int32_t then = calendar::add_months(end, -decide::step_months * step);
        std::vector<measure_request> wanted;
        std::vector<std::size_t> place;
        for (std::size_t i = 0; i < asked.all.size(); ++i) {
            const measure_request& one = asked.all[i];
            const bool reaches = !has_window(one.measure) || step == 0 ||
                                 calendar::add_months(then, -one.months) >= first_day[i] - tolerance_days;
            if (!reaches) continue;
            wanted.push_back(one);
            place.push_back(i);
        }
        const measure_values nobody{std::vector<double>(organisation.n_people(), 0.0),
                                    std::vector<std::uint8_t>(organisation.n_people(), 0)};
        auto& row = out.emplace_back(asked.all.size(), nobody);
        auto values = measures_on(part, all.data, all.policy, then - 1, wanted);
        if (!values) {
            if (step == 0 || values.error().kind != status::data) return outcome::failure(std::move(values).error());
            continue; // what cannot be measured on a day of the past tells nothing of it
        }
        for (std::size_t i = 0; i < place.size(); ++i) row[place[i]] = std::move(values.value()[i]);
        // Whoever has left still has sales in the window, but no gap to close any more.
        for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
            const auto employed = measure::employment_of(organisation, person);
            if (then - 1 >= employed.from && then - 1 < employed.to) continue;
            for (measure_values& one : row) one.known[person] = 0;
        }
    }
    return out;
}

/// Standard deviation of a measure among the people of whom it is known.
double spread_of(const measure_values& of) {
    std::vector<double> known;
    for (std::size_t i = 0; i < of.value.size(); ++i)
        if (of.known[i] != 0) known.push_back(of.value[i]);
    if (known.size() < 2) return 0.0;
    const double mean = numeric::fixed_sum(known) / static_cast<double>(known.size());
    for (double& value : known) value = (value - mean) * (value - mean);
    return std::sqrt(numeric::fixed_sum(known) / static_cast<double>(known.size() - 1));
}

/// The largest gap of one person before one level, of what does not close by waiting, and the wait.
struct largest_gap {
    bool known = false;
    double size = -numeric::infinity; // zero or less: nothing but the wait is missing
    std::uint32_t requirement = 0;
    double wait = 0.0; // months

    [[nodiscard]] bool is_open() const { return size > 0.0 || wait > 0.0; }
};

struct level_question {
    const decide::ladder_level* level = nullptr;
    const std::vector<std::uint32_t>* places = nullptr; // of the requirements among all that is asked
    std::span<const double> spread;                     // of all that is asked

    [[nodiscard]] largest_gap gap_of(const std::vector<measure_values>& on_day, std::uint32_t person) const {
        largest_gap out{true, -numeric::infinity, 0, 0.0};
        for (std::uint32_t i = 0; i < places->size(); ++i) {
            const decide::requirement& asked = level->requirements[i];
            const std::uint32_t place = (*places)[i];
            if (on_day[place].known[person] == 0) return {};
            if (is_time(asked.measure)) {
                out.wait = std::max(out.wait, decide::shortfall(asked, on_day[place].value[person], 1.0));
                continue;
            }
            const double size = decide::shortfall(asked, on_day[place].value[person], spread[place]);
            if (size > out.size) {
                out.size = size;
                out.requirement = i;
            }
        }
        return out;
    }
};

/// What came of everybody who once stood before a level with a gap.
decide::closing_history history_of(const level_question& level, const measures_by_step& by_step,
                                   std::uint32_t n_people) {
    std::vector<decide::closing_case> cases;
    std::vector<largest_gap> gaps(by_step.size());
    for (std::uint32_t person = 0; person < n_people; ++person) {
        for (std::size_t step = 0; step < by_step.size(); ++step) gaps[step] = level.gap_of(by_step[step], person);
        for (std::size_t start = 1; start < gaps.size(); ++start) {
            if (!gaps[start].known || !gaps[start].is_open()) continue;
            decide::closing_case one{decide::wait_quarters(gaps[start].wait), gaps[start].requirement, gaps[start].size,
                                     0, false};
            for (std::size_t step = start; step-- > 0 && gaps[step].known && !one.closed;) {
                ++one.steps;
                one.closed = !gaps[step].is_open();
            }
            cases.push_back(one);
        }
    }
    return decide::closing_history(std::move(cases));
}

/// The highest level of a track that a person has held up to a day, -1: none, not even the entry.
int highest_held(const org::organisation& organisation, const decide::ladder& ladder, track which, std::uint32_t person,
                 std::int32_t day) {
    int out = decide::level_of_role(ladder, which, measure::role_on(organisation, person, day));
    const auto& assignments = organisation.assignments;
    if (assignments.first.empty()) return out;
    for (std::uint32_t i = assignments.first[person]; i < assignments.first[person + 1]; ++i)
        if (assignments.start[i] <= day && assignments.role.has(i))
            out = std::max(out, decide::level_of_role(ladder, which, assignments.role.names[assignments.role.code[i]]));
    return out;
}

/// Who is on the ladder, and where.
void place_people(careers& all, std::pmr::memory_resource* memory) {
    const org::organisation& organisation = all.data->organisation;
    const std::int32_t day = all.policy.as_of;
    const auto leads = leaders_on(organisation, day, memory);
    std::int64_t n_assumed = 0;
    std::int64_t n_off = 0;
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        const auto employed = measure::employment_of(organisation, person);
        if (day < employed.from || day >= employed.to) continue;
        const std::string_view role = measure::role_on(organisation, person, day);
        const int expert_now = decide::level_of_role(all.ladder, track::expert, role);
        const int leading_now = decide::level_of_role(all.ladder, track::management, role);
        if (!role.empty() && expert_now < 0 && leading_now < 0) {
            ++n_off;
            continue;
        }
        career one;
        one.person = person;
        for (std::size_t t = 0; t < 2; ++t)
            one.tracks[t].level = static_cast<std::uint32_t>(
                std::max(0, highest_held(organisation, all.ladder, static_cast<track>(t), person, day)));
        if (role.empty()) {
            ++n_assumed;
            const bool can_lead = leads[person] != 0 && !all.ladder.of(track::management).empty();
            if (can_lead) one.tracks[1].level = std::max(one.tracks[1].level, 1U);
            one.tracks[1].on_track = true;
            one.tracks[0].on_track = !can_lead;
        } else {
            const bool at_entry = expert_now == 0 || leading_now == 0;
            one.tracks[0].on_track = at_entry || expert_now > 0;
            one.tracks[1].on_track = at_entry || leading_now > 0;
        }
        all.people.push_back(std::move(one));
    }
    if (n_assumed > 0)
        add_finding(all.findings, {org::severity::note, "data.assumed", "people", "role", -1, -1, n_assumed,
                                   integer_text(n_assumed) +
                                       " people have no role; those with reports are taken as first-line managers, the "
                                       "others as at the entry"});
    if (n_off > 0)
        add_finding(all.findings, {org::severity::note, "paths.not_on_ladder", "people", "role", -1, -1, n_off,
                                   integer_text(n_off) + " people have a role that no level of the ladder names"});
}

void judge_track(const careers& all, const level_question& question, const decide::closing_history& history,
                 const std::vector<measure_values>& now, bool leads, std::uint32_t person, track_standing& out) {
    using enum decide::path_status;
    bool unknown = false;
    bool blocked = false;
    const auto& requirements = question.level->requirements;
    out.n_requirements = static_cast<std::uint32_t>(requirements.size());
    for (std::uint32_t i = 0; i < requirements.size(); ++i) {
        const decide::requirement& asked = requirements[i];
        const measure_values& of = now[(*question.places)[i]];
        const bool known = of.known[person] != 0;
        const double have = known ? of.value[person] : 0.0;
        const double missing = decide::shortfall(asked, have, 1.0);
        if (known && !(missing > 0.0)) {
            ++out.n_met;
            continue;
        }
        out.gaps.push_back({i, known, have});
        unknown = unknown || !known;
        if (!known || !is_time(asked.measure)) continue;
        blocked = blocked || !asked.at_least || (asked.measure == "months_leading" && !leads);
    }
    out.status = out.gaps.empty() ? ready : unknown ? insufficient_evidence : blocked ? level_below_first : gaps;
    out.has_time = out.status == ready || out.status == gaps;
    if (!out.has_time) return;
    const auto gap = question.gap_of(now, person);
    out.time = decide::time_to_close(history, gap.requirement, gap.size, gap.wait, all.policy.paths);
}

result<void> judge_everybody(const run_context& run, careers& all, const asked_measures& asked,
                             const measures_by_step& by_step) {
    const org::organisation& organisation = all.data->organisation;
    std::vector<double> spread;
    for (const measure_values& one : by_step.front()) spread.push_back(spread_of(one));
    const auto leads = leaders_on(organisation, all.policy.as_of, run.memory);
    for (std::size_t t = 0; t < 2; ++t)
        for (std::uint32_t level = 0; level < all.ladder.tracks[t].size(); ++level) {
            std::vector<std::size_t> before; // whose next level it is
            for (std::size_t i = 0; i < all.people.size(); ++i)
                if (all.people[i].tracks[t].level == level) before.push_back(i);
            if (before.empty()) continue;
            const level_question question{&all.ladder.tracks[t][level], &asked.of_level[t][level], spread};
            const auto history = history_of(question, by_step, organisation.n_people());
            DUALTRACK_TRYV(for_blocks(run, static_cast<std::int64_t>(before.size()), 512,
                                      [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                                          for (auto i = static_cast<std::size_t>(begin);
                                               i < static_cast<std::size_t>(end); ++i) {
                                              career& one = all.people[before[i]];
                                              judge_track(all, question, history, by_step.front(),
                                                          leads[one.person] != 0, one.person, one.tracks[t]);
                                          }
                                      }));
        }
    return outcome::success();
}

} // namespace

const career* careers::find(std::uint32_t person) const {
    const auto found = std::lower_bound(people.begin(), people.end(), person,
                                        [](const career& one, std::uint32_t id) { return one.person < id; });
    return found == people.end() || found->person != person ? nullptr : &*found;
}

result<std::shared_ptr<const careers>>
careers_of(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    const org::organisation& organisation = data->organisation;
    if (!organisation.has_people)
        return fail(status::schema, "schema.missing_table", "expected the table people, found none", "people");
    auto out = std::make_shared<careers>();
    out->findings = org::findings_table(run.memory);
    out->policy = policy;
    DUALTRACK_TRY(out->ladder, read_ladder(policy.paths.ladder));
    text_builder titles(run.memory);
    titles.push(out->ladder.entry.title);
    for (const auto& levels : out->ladder.tracks)
        for (const decide::ladder_level& level : levels) titles.push(level.title);
    out->titles = text_builder::finish(std::move(titles));
    if (organisation.has_deals || organisation.has_sales) {
        DUALTRACK_TRY(const measure::scope window, measure::scope_of(run, organisation, policy));
        out->policy.as_of = window.as_of;
        add_findings(out->findings, window.findings);
    } else if (policy.as_of == no_date) {
        out->policy.as_of = last_evidence_day(organisation);
        if (out->policy.as_of == no_date)
            return fail(status::policy, "policy.missing_key", "expected a date, because nothing in the data is dated",
                        "/as_of");
        add_finding(out->findings,
                    {org::severity::note, "data.assumed", "", "", -1, -1, 1,
                     "as_of is not in the policy; the last day with evidence, " +
                         std::string(calendar::format_iso_date(out->policy.as_of).view()) + ", is used"});
    }
    out->data = std::move(data);
    place_people(*out, run.memory);
    const asked_measures asked = asked_by(out->ladder, out->policy);
    DUALTRACK_TRY(const auto by_step, measure_history(part_of(run, 0.0, 0.8), *out, asked));
    DUALTRACK_TRYV(judge_everybody(part_of(run, 0.8, 1.0), *out, asked, by_step));
    return std::shared_ptr<const careers>(std::move(out));
}

std::string gap_action(const careers& all, const decide::requirement& asked, const career_gap& gap) {
    if (gap.known) return std::string(decide::action_for(asked));
    if (is_about_leading(asked.measure) && !asked.measure.starts_with("team_"))
        return "ask first: " + integer_text(all.policy.readiness.fewest_sources) +
               " independent sources are needed; whom to ask what is in the table questions of readiness";
    return "nothing is on record for this; record it first";
}

} // namespace dualtrack::run
