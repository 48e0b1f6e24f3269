#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "ingest/organisation_build.hpp"

namespace dualtrack::ingest {

namespace {

/// A number column in full: absent cells and an absent column are missing values.
template <class T> void complete(column<T>& to, std::size_t n, const run_context& run) {
    if (to.size() == n) return;
    place(to, column<T>(n, T{}, run.memory));
    to.valid.assign(n, 0);
}

/// A flag that is no unless it says yes.
void no_unless_yes(vec<std::uint8_t>& flags, std::size_t n, const run_context& run) {
    if (flags.empty()) return place(flags, filled(n, std::uint8_t{0}, run));
    for (std::uint8_t& flag : flags)
        if (flag == 2) flag = 0;
}

/// The ends of the scales of all rows: mostly the same in every row, and then one number stands for all of them.
struct scale_ends {
    vec<double> each;
    double all = 0.0;
    double operator[](std::size_t row) const noexcept { return each.empty() ? all : each[row]; }
};

result<void> read_ends(const reading& from, std::string_view column, scale_ends& to) {
    place(to.each, vec<double>(from.site.run.memory));
    DUALTRACK_TRYV(from.numbers(column, to.each));
    if (to.each.empty() || std::any_of(to.each.begin(), to.each.end(), [&](double end) { return end != to.each[0]; }))
        return outcome::success();
    to.all = to.each[0];
    place(to.each, vec<double>(from.site.run.memory));
    return outcome::success();
}

/// Sources and competencies, together in two bytes a row.
result<void> read_kinds(const reading& from, org::rating_columns& to) {
    const run_context& run = from.site.run;
    vec<std::uint8_t> source(run.memory);
    DUALTRACK_TRYV(from.words("source", org::rating_source_words, presence::required, source));
    category_column competency(run.memory);
    DUALTRACK_TRYV(from.categories("competency", presence::required, competency));
    if (competency.names.size() > org::rating_columns::most_competencies)
        return fail(status::data, "data.category",
                    say("expected at most ", org::rating_columns::most_competencies, " different competencies, found ",
                        competency.names.size()),
                    from.where("competency"));
    place(to.kind, vec<std::uint16_t>(run.memory));
    resize_touched(run, to.kind, source.size());
    for (std::size_t row = 0; row < source.size(); ++row)
        to.kind[row] = static_cast<std::uint16_t>(competency.code[row] * org::rating_columns::n_sources + source[row]);
    place(to.competencies, std::move(competency.names));
    return outcome::success();
}

} // namespace

result<void> read_activities(const reading& from) {
    org::activity_columns& activities = from.site.made.activities;
    const std::size_t n = from.n_rows();
    DUALTRACK_TRYV(from.ids("actor_id", presence::required, from.site.ids.activities_actor));
    DUALTRACK_TRYV(from.ids("subject_id", presence::optional, from.site.ids.activities_subject));
    DUALTRACK_TRYV(from.ids("deal_id", presence::optional, from.site.ids.activities_deal));
    DUALTRACK_TRYV(from.words("kind", org::activity_words, presence::required, activities.kind));
    DUALTRACK_TRYV(from.dates("start", presence::required, activities.start));
    DUALTRACK_TRYV(from.numbers("minutes", presence::optional, activities.minutes));
    complete(activities.minutes, n, from.site.run);
    return from.refuse(
        "minutes", "data.range",
        [&](std::size_t row) { return activities.minutes.value[row] < 0.0 || activities.minutes.value[row] > 1e6; },
        [&](std::size_t row) {
            return say("expected minutes of 0 to 1000000, found ", activities.minutes.value[row]);
        });
}

result<void> link_activities(building& site) {
    org::activity_columns& activities = site.made.activities;
    const run_context& run = site.run;
    const std::size_t n = activities.kind.size();
    DUALTRACK_TRY(auto actors, match_people(site, site.ids.activities_actor, n, "activities", "actor_id"));
    place(activities.actor, std::move(actors));
    DUALTRACK_TRY(auto subjects, match_people(site, site.ids.activities_subject, n, "activities", "subject_id"));
    place(activities.subject, std::move(subjects));
    if (site.ids.activities_deal.size() > 0) {
        DUALTRACK_TRYV(site.deals.build_table(run, false));
    }
    DUALTRACK_TRY(auto deals, match_ids(run, site.ids.activities_deal, n, site.deals,
                                        {"activities", "deal_id", "the id of a deal in deals"}));
    place(activities.deal, std::move(deals));
    place(site.ids.activities_deal, text_column(run.memory));
    // Deals are in input order, which nothing may depend on: rows that differ by their deal alone go by its id.
    const auto deal_before = [&](std::uint32_t left, std::uint32_t right) {
        if (left == right || right == no_index) return false;
        return left == no_index || site.deals.id(left) < site.deals.id(right);
    };
    const auto before = [&](std::uint32_t left, std::uint32_t right) {
        const auto head = [&](std::uint32_t i) {
            return std::make_tuple(activities.start[i], activities.kind[i], activities.subject[i]);
        };
        if (head(left) != head(right)) return head(left) < head(right);
        if (activities.deal[left] != activities.deal[right])
            return deal_before(activities.deal[left], activities.deal[right]);
        const bool has_left = activities.minutes.has(left);
        const bool has_right = activities.minutes.has(right);
        if (has_left != has_right) return !has_left;
        return activities.minutes.value[left] < activities.minutes.value[right];
    };
    DUALTRACK_TRY(const auto order, order_by_key(run, activities.actor, site.people.size(), before));
    place(activities.row, vec<std::int64_t>(n, run.memory));
    for (std::size_t i = 0; i < n; ++i) activities.row[i] = order.empty() ? static_cast<std::int64_t>(i) : order[i];
    DUALTRACK_TRYV(reorder(run, order, activities.actor));
    DUALTRACK_TRYV(reorder(run, order, activities.subject));
    DUALTRACK_TRYV(reorder(run, order, activities.deal));
    DUALTRACK_TRYV(reorder(run, order, activities.kind));
    DUALTRACK_TRYV(reorder(run, order, activities.start));
    DUALTRACK_TRYV(reorder(run, order, activities.minutes.value));
    return reorder(run, order, activities.minutes.valid);
}

result<void> read_ratings(const reading& from) {
    org::rating_columns& ratings = from.site.made.ratings;
    const run_context& run = from.site.run;
    DUALTRACK_TRYV(from.ids("person_id", presence::required, from.site.ids.ratings_person));
    DUALTRACK_TRYV(from.ids("rater_id", presence::optional, from.site.ids.ratings_rater));
    DUALTRACK_TRYV(read_kinds(from, ratings));
    vec<double> score(run.memory);
    DUALTRACK_TRYV(from.numbers("score", score));
    scale_ends lowest, highest;
    DUALTRACK_TRYV(read_ends(from, "scale_min", lowest));
    DUALTRACK_TRYV(read_ends(from, "scale_max", highest));
    constexpr double farthest = 1e15; // no scale goes as far, and the width of one must stay a number
    for (const auto& [name, ends] : {std::pair("scale_min", &lowest), std::pair("scale_max", &highest)}) {
        const scale_ends& end_of = *ends;
        DUALTRACK_TRYV(from.refuse(
            name, "data.range", [&](std::size_t row) { return !(std::abs(end_of[row]) <= farthest); },
            [&](std::size_t row) {
                return say("expected the end of a scale between -1e15 and 1e15, found ", end_of[row]);
            }));
    }
    DUALTRACK_TRYV(from.refuse(
        "scale_max", "data.range", [&](std::size_t row) { return !(lowest[row] < highest[row]); },
        [&](std::size_t row) {
            return say("expected a scale_max above scale_min ", lowest[row], ", found ", highest[row]);
        }));
    DUALTRACK_TRYV(from.refuse(
        "score", "data.range",
        [&](std::size_t row) { return !(score[row] >= lowest[row] && score[row] <= highest[row]); },
        [&](std::size_t row) {
            return say("expected a score on the scale ", lowest[row], " to ", highest[row], ", found [redacted]");
        }));
    place(ratings.score, vec<std::uint32_t>(run.memory));
    resize_touched(run, ratings.score, score.size());
    DUALTRACK_TRYV(for_blocks(run, static_cast<std::int64_t>(score.size()), column_block,
                              [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                                  for (auto row = static_cast<std::size_t>(begin); row < static_cast<std::size_t>(end);
                                       ++row) {
                                      const double share = (score[row] - lowest[row]) / (highest[row] - lowest[row]);
                                      ratings.score[row] = static_cast<std::uint32_t>(
                                          std::floor(std::clamp(share, 0.0, 1.0) * org::score_units + 0.5));
                                  }
                              }));
    place(score, vec<double>(run.memory));
    return from.dates("date", presence::required, ratings.date);
}

result<void> link_ratings(building& site) {
    org::rating_columns& ratings = site.made.ratings;
    const run_context& run = site.run;
    const std::size_t n = ratings.kind.size();
    DUALTRACK_TRY(auto people, match_people(site, site.ids.ratings_person, n, "ratings", "person_id"));
    DUALTRACK_TRY(auto raters, match_people(site, site.ids.ratings_rater, n, "ratings", "rater_id"));
    place(ratings.rater, std::move(raters));
    const auto as_they_came = [](std::uint32_t, std::uint32_t) { return false; };
    DUALTRACK_TRY(auto order, order_by_key(run, people, site.people.size(), as_they_came));
    place(ratings.first, borders_of(run, people, site.people.size()));
    place(people, vec<std::uint32_t>(run.memory));
    DUALTRACK_TRYV(reorder(run, order, ratings.rater));
    DUALTRACK_TRYV(reorder(run, order, ratings.score));
    DUALTRACK_TRYV(reorder(run, order, ratings.date));
    DUALTRACK_TRYV(reorder(run, order, ratings.kind));
    place(ratings.row, std::move(order));
    return outcome::success();
}

result<void> read_answers(const reading& from) {
    org::answer_columns& answers = from.site.made.answers;
    DUALTRACK_TRYV(from.ids("person_id", presence::required, from.site.ids.answers_person));
    DUALTRACK_TRYV(from.categories("question", presence::required, answers.question));
    DUALTRACK_TRYV(from.numbers("score", answers.score));
    DUALTRACK_TRYV(from.refuse(
        "score", "data.range",
        [&](std::size_t row) { return !(answers.score[row] >= 1.0 && answers.score[row] <= 5.0); },
        [](std::size_t) { return std::string("expected a score between 1 and 5, found [redacted]"); }));
    DUALTRACK_TRYV(from.flags("red_flag", presence::optional, answers.red_flag));
    no_unless_yes(answers.red_flag, from.n_rows(), from.site.run);
    DUALTRACK_TRYV(from.ids("interviewer_id", presence::optional, from.site.ids.answers_interviewer));
    return from.dates("date", presence::required, answers.date);
}

result<void> link_answers(building& site) {
    org::answer_columns& answers = site.made.answers;
    const std::size_t n = answers.score.size();
    DUALTRACK_TRY(auto people, match_people(site, site.ids.answers_person, n, "answers", "person_id"));
    place(answers.person, std::move(people));
    DUALTRACK_TRY(auto interviewers, match_people(site, site.ids.answers_interviewer, n, "answers", "interviewer_id"));
    place(answers.interviewer, std::move(interviewers));
    return outcome::success();
}

result<void> read_motives(const reading& from) {
    org::motive_columns& motives = from.site.made.motives;
    DUALTRACK_TRYV(from.ids("person_id", presence::required, from.site.ids.motives_person));
    DUALTRACK_TRYV(from.words("motive", org::motive_words, presence::required, motives.motive));
    DUALTRACK_TRYV(from.numbers("strength", motives.strength));
    DUALTRACK_TRYV(from.refuse(
        "strength", "data.range",
        [&](std::size_t row) { return !(motives.strength[row] >= 0.0 && motives.strength[row] <= 1.0); },
        [](std::size_t) { return std::string("expected a strength between 0 and 1, found [redacted]"); }));
    DUALTRACK_TRYV(from.dates("date", presence::required, motives.date));
    DUALTRACK_TRYV(from.flags("wants_management", presence::optional, motives.wants_management));
    if (motives.wants_management.empty())
        place(motives.wants_management, filled(from.n_rows(), std::uint8_t{2}, from.site.run));
    return outcome::success();
}

result<void> link_motives(building& site) {
    org::motive_columns& motives = site.made.motives;
    DUALTRACK_TRY(auto people,
                  match_people(site, site.ids.motives_person, motives.motive.size(), "motives", "person_id"));
    place(motives.person, std::move(people));
    return outcome::success();
}

} // namespace dualtrack::ingest
