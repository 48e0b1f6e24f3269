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
/// taken out.
struct person_evidence {
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
    assess::rating_book book;
    assess::rating_norms norms{};
    std::array<assess::severities, assess::n_rated_sources> severity; // of raters
    std::array<double, assess::n_rated_sources> rescale{};
    std::array<std::vector<double>, assess::n_constructs> behaviour_z, behaviour_reliability; // [n_people] or empty
    std::vector<red_flag> flags;                                                              // by person, construct
    std::vector<std::uint32_t> people;      // judged: employed on the last day; ascending
    std::vector<assess::readiness> verdict; // [people]
    std::vector<std::array<assess::judgement, assess::n_constructs>> judged;         // [people]
    std::vector<std::array<std::int64_t, assess::n_constructs>> n_sources, n_raters; // [people]
    org::findings_table findings;
};

/// What is known of one person.
[[nodiscard]] person_evidence evidence_of(const assessed& all, std::uint32_t person);
/// The same into what held that of somebody else, without asking for memory anew.
void gather_evidence(const assessed& all, std::uint32_t person, person_evidence& out);

/// The judgement of one construct from its evidence, a red flag included; `lines` gets one entry an observation.
struct construct_judgement {
    assess::judgement judged;
    std::vector<assess::weighed> lines;
    assess::weighed flag; // weight 0: none
};
[[nodiscard]] construct_judgement judge_construct(const assessed& all, std::uint32_t person, std::size_t about,
                                                  const person_evidence& evidence);
void judge_construct(const assessed& all, std::uint32_t person, std::size_t about, const person_evidence& evidence,
                     construct_judgement& out);

/// Judges everybody as of a day.
/// Errors: data.category (a competency or question nobody knows), data.date, policy.range, cancelled.
[[nodiscard]] result<std::shared_ptr<const assessed>> assess_people(const run_context& run,
                                                                    std::shared_ptr<const ingest::checked_data> data,
                                                                    const org::policy& policy, std::int32_t as_of);

/// Whether a row of `ratings` counts, and if not, why.
enum class rating_use : std::uint8_t { counts, too_early, after_as_of, not_by_themselves, by_themselves, unknown };
[[nodiscard]] rating_use use_of_rating(const assessed& all, std::size_t row) noexcept;

/// The last day with evidence about behaviour or ratings, or no_date.
[[nodiscard]] std::int32_t last_evidence_day(const org::organisation& organisation) noexcept;

} // namespace dualtrack::run
