// The analysis `paths`: where everybody stands on both tracks of the ladder, what is missing for the next level and
// what closes it, how long that takes, and what the ladder itself does against its purpose.
#include <algorithm>

#include <dualtrack/decide/ladder.hpp>
#include <dualtrack/decide/path_tables.hpp>

#include "run/analysis.hpp"
#include "run/careers.hpp"
#include "run/ladder_pay.hpp"
#include "run/tables.hpp"

namespace dualtrack::run {
namespace {

using decide::track;

struct path_tables {
    std::shared_ptr<const careers> all; // holds the titles
    decide::paths_table paths;
    decide::gaps_table gaps;

    path_tables(std::shared_ptr<const careers> from, std::pmr::memory_resource* memory)
        : all(std::move(from)), paths(all->data->organisation.people.id, all->titles, memory),
          gaps(all->data->organisation.people.id, all->titles, memory) {}
};

void push(column<double>& to, double value, bool known) {
    dualtrack::push(to, known && value < numeric::infinity ? std::optional(value) : std::nullopt);
}

void push(column<std::int64_t>& to, std::int64_t value, bool known) {
    dualtrack::push(to, known ? std::optional(value) : std::nullopt);
}

void add_path(path_tables& to, const career& one, track which) {
    using enum decide::path_status;
    const careers& all = *to.all;
    const track_standing& at = one.tracks[static_cast<std::size_t>(which)];
    const bool has_next = at.level < all.ladder.of(which).size();
    decide::paths_table& paths = to.paths;
    const bool missed = std::any_of(at.gaps.begin(), at.gaps.end(), [](const career_gap& gap) { return gap.known; });
    paths.person_id.index.push_back(one.person);
    paths.track.code.push_back(static_cast<std::uint8_t>(which));
    paths.level_now.code.push_back(all.title(which, at.level));
    paths.level_next.code.push_back(has_next ? all.title(which, at.level + 1) : no_index);
    paths.eligible.value.push_back(static_cast<std::uint8_t>(!has_next ? 2 : missed ? 0 : at.gaps.empty() ? 1 : 2));
    push(paths.months_to_ready, at.time.median, has_next && at.has_time);
    push(paths.months_low, at.time.low, has_next && at.has_time);
    push(paths.months_high, at.time.high, has_next && at.has_time);
    push(paths.probability_within_horizon, at.time.probability_within, has_next && at.has_time);
    push(paths.n_requirements, at.n_requirements, has_next);
    push(paths.n_met, at.n_met, has_next);
    push(paths.n_similar, at.time.n_similar, has_next && at.has_time);
    paths.on_track.value.push_back(at.on_track ? 1 : 0);
    paths.status.code.push_back(static_cast<std::uint8_t>(has_next ? at.status : top));
    for (const career_gap& gap : at.gaps) {
        const decide::requirement& asked = all.level(which, at.level + 1).requirements[gap.requirement];
        decide::gaps_table& gaps = to.gaps;
        gaps.person_id.index.push_back(one.person);
        gaps.track.code.push_back(static_cast<std::uint8_t>(which));
        gaps.level.code.push_back(all.title(which, at.level + 1));
        gaps.requirement.emplace_back(asked.measure);
        push(gaps.have, gap.have, gap.known);
        gaps.need.value.push_back(asked.need);
        gaps.action.emplace_back(gap_action(all, asked, gap));
        gaps.comparison.code.push_back(asked.at_least ? 0 : 1);
        push(gaps.months, asked.months, asked.months > 0);
    }
}

decide::ladder_findings_table finding_rows(const std::vector<decide::ladder_finding>& from,
                                           std::pmr::memory_resource* memory) {
    decide::ladder_findings_table out(memory);
    for (const decide::ladder_finding& one : from) {
        out.severity.code.push_back(static_cast<std::uint8_t>(one.level));
        out.code.emplace_back(one.code);
        out.track.code.push_back(static_cast<std::uint8_t>(one.track < 0 ? 255 : one.track));
        out.level.emplace_back(one.title);
        push(out.n_people, one.n_people, one.n_people >= 0);
        out.text.emplace_back(one.text);
    }
    return out;
}

} // namespace

result<std::shared_ptr<analysis_result>>
run_paths(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    const org::organisation& organisation = data->organisation;
    if (organisation.has_people && !organisation.has_deals && !organisation.has_sales && !organisation.has_ratings &&
        !organisation.has_answers && !organisation.has_activities)
        return fail(status::schema, "schema.missing_table",
                    "expected deals, sales, ratings, answers or activities: there is nothing to measure anybody by",
                    "ratings");
    DUALTRACK_TRY(const auto all, careers_of(part_of(run, 0.0, 0.95), data, policy));
    auto out = start_result("paths", data, policy, all->policy.as_of);
    out->tables_read = {"people",  "assignments", "ratings", "answers",      "activities", "deals",
                        "credits", "sales",       "quotas",  "participants", "pay",        "exchange_rates"};
    auto tables = std::make_shared<path_tables>(all, run.memory);
    for (const career& one : all->people)
        for (const track which : {track::expert, track::management}) add_path(*tables, one, which);
    auto found = decide::check_ladder(all->ladder, [](std::string_view measure) { return is_about_leading(measure); });
    if (organisation.has_pay) {
        DUALTRACK_TRY(const auto paid, pay_by_level(run, *all));
        check_pay(*all, paid, found);
    }
    out->tables.push_back(
        result_table::of("paths", std::shared_ptr<const decide::paths_table>(tables, &tables->paths)));
    out->tables.push_back(result_table::of("gaps", std::shared_ptr<const decide::gaps_table>(tables, &tables->gaps)));
    out->tables.push_back(result_table::of(
        "ladder_findings", std::make_shared<const decide::ladder_findings_table>(finding_rows(found, run.memory))));
    add_findings_table(*out, all->findings);
    return out;
}

described_analysis describe_paths() {
    const text_column none;
    described_analysis out{
        {"paths",
         "where everybody stands on both tracks, what the next level takes, and what the ladder does",
         {{"people", "ratings"},
          {"people", "answers"},
          {"people", "activities"},
          {"people", "deals"},
          {"people", "sales"}},
         {"assignments", "ratings", "answers", "activities", "deals", "credits", "participants", "sales", "quotas",
          "pay", "exchange_rates"},
         {}},
        {}};
    auto* memory = std::pmr::get_default_resource();
    out.add(decide::paths_table(none, none, memory));
    out.add(decide::gaps_table(none, none, memory));
    out.add(decide::ladder_findings_table(memory));
    return out;
}

} // namespace dualtrack::run
