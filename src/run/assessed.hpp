// Everybody's readiness as of one day: the evidence in the order it is weighed, and the judgement that comes of it. The
// tables of the analysis are written from this.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include <dualtrack/assess/behaviour.hpp>
#include <dualtrack/assess/halo.hpp>
#include <dualtrack/assess/ratings.hpp>
#include <dualtrack/assess/readiness.hpp>
#include <dualtrack/org/findings.hpp>
#include <dualtrack/org/policy.hpp>

#include "ingest/organisation.hpp"
#include "run/interview.hpp"

namespace dualtrack::run {

/// What is known of one person: observations by construct, sources ascending, with the severity that could be told
/// taken out. May be used for one person after the other without asking for memory anew.
struct person_evidence {
    std::vector<assess::rating> ratings; // that count, sorted
    std::array<std::vector<assess::observation>, assess::n_constructs> about;
    double added_variance = 0.0;                         // of readiness, from severity that could not be told
    std::array<double, assess::n_constructs> added_to{}; // and of each construct
};

/// A red flag raised in an interview.
struct red_flag {
    std::uint32_t person = 0;
    std::uint8_t about = 0; // construct
    double cap = 0.0;
};

struct assessed {
    std::shared_ptr<const ingest::checked_data> data;
    org::policy policy;
    std::int32_t start = 0, end = 0; // evidence of [start, end)
    assess::readiness_rules rules;
    assess::measurement_model model;
    std::vector<interview_question> questions;
    std::vector<std::uint8_t> competency_means; // construct of each competency code; n_constructs: left out
    std::vector<std::uint32_t> answer_first;    // answers of person p: [answer_first[p], answer_first[p + 1]), or empty
    std::vector<assess::rating> answers;        // of interviews that count
    assess::rating_norms norms{};
    std::array<assess::severities, assess::n_rated_sources> severity; // of raters
    std::array<double, assess::n_rated_sources> rescale{};
    std::array<std::vector<double>, assess::n_constructs> behaviour_z, behaviour_reliability; // [n_people] or empty
    std::vector<red_flag> flags;                                                              // by person, construct
    std::vector<std::uint32_t> people;      // judged: employed on the last day; ascending
    std::vector<assess::readiness> verdict; // [people]
    org::findings_table findings;
};

/// The ratings and answers about a person that count, of one source or of all.
void gather_ratings(const assessed& all, std::uint32_t person, std::vector<assess::rating>& out,
                    std::size_t from = assess::n_rated_sources);
/// What is known of one person. Judgements are made from it whenever somebody asks, so that nothing wide is kept of a
/// million people.
/// @param of_constructs whether added_to is wanted
void gather_evidence(const assessed& all, std::uint32_t person, person_evidence& out, bool of_constructs = true);

/// The judgement of one construct from its evidence, a red flag included; `lines` gets one entry an observation.
struct construct_judgement {
    assess::judgement judged;
    std::vector<assess::weighed> lines;
    assess::weighed flag; // weight 0: none
};
void judge_construct(const assessed& all, std::uint32_t person, std::size_t about, const person_evidence& evidence,
                     construct_judgement& out);

/// Every construct of one person.
struct person_judgement {
    person_evidence evidence;
    std::array<assess::judgement, assess::n_constructs> judged;
    std::array<std::int64_t, assess::n_constructs> n_sources{}, n_raters{};
    construct_judgement scratch;
};
/// @param of_constructs whether the sd of every construct is wanted, and not readiness alone
void judge_person(const assessed& all, std::uint32_t person, person_judgement& out, bool of_constructs = true);

/// Judges everybody as of a day.
/// Errors: data.category (a competency or question nobody knows), data.date, policy.range, cancelled.
[[nodiscard]] result<std::shared_ptr<const assessed>> assess_people(const run_context& run,
                                                                    std::shared_ptr<const ingest::checked_data> data,
                                                                    const org::policy& policy, std::int32_t as_of);

/// Whether a row of `ratings` counts, and if not, why.
enum class rating_use : std::uint8_t { counts, too_early, after_as_of, not_by_themselves, by_themselves, unknown };
[[nodiscard]] inline rating_use use_of_rating(const assessed& all, std::uint32_t person, std::size_t row) noexcept {
    const auto& ratings = all.data->organisation.ratings;
    if (ratings.date[row] >= all.end) return rating_use::after_as_of;
    if (ratings.date[row] < all.start) return rating_use::too_early;
    if (all.competency_means[ratings.competency(row)] == assess::n_constructs) return rating_use::unknown;
    const bool says_self = ratings.source(row) == static_cast<std::uint8_t>(assess::source::self);
    const bool is_self = ratings.rater[row] == person;
    if (ratings.rater[row] == no_index || says_self == is_self) return rating_use::counts;
    return says_self ? rating_use::not_by_themselves : rating_use::by_themselves;
}

/// The rating of a row that counts.
[[nodiscard]] inline assess::rating rating_of(const assessed& all, std::size_t row) noexcept {
    const auto& ratings = all.data->organisation.ratings;
    const bool says_self = ratings.source(row) == static_cast<std::uint8_t>(assess::source::self);
    return {says_self ? no_index : ratings.rater[row], ratings.score[row], ratings.source(row),
            all.competency_means[ratings.competency(row)]};
}

/// The last day with evidence about behaviour or ratings, or no_date.
[[nodiscard]] std::int32_t last_evidence_day(const org::organisation& organisation) noexcept;

} // namespace dualtrack::run
