// Every field of the policy, once: its place, kind, unit, bounds, meaning, and what its default rests on. The parser,
// the canonical JSON, the JSON Schema and the documentation all walk this table; nothing else lists the fields. The
// default is what a fresh `policy` holds. Grades: A peer-reviewed, full text checked; B peer-reviewed, abstract or
// secondary; C practitioner; J judgement of this project; standard: a rule of an outside standard. A new field is a
// member of the struct and a row here.
#pragma once

#include <array>

#include <dualtrack/org/policy_field.hpp>

namespace dualtrack::org {

inline constexpr std::array<policy_section, 6> policy_sections{{
    {"data", "what is done with input that is doubtful but usable"},
    {"seller", "how sellers and teams are measured"},
    {"performance", "how luck is taken out of sales"},
    {"pay", "how pay is compared"},
    {"readiness", "how readiness to lead is judged; nothing in it looks at sales"},
    {"grid", "where the boxes of performance and readiness are cut"},
}};

inline constexpr auto policy_fields = std::to_array<policy_field>({
    detail::required(detail::field<&policy::version>("/version", "version", 1, 1,
                                                     "version of the policy format; the only one there is",
                                                     "this project", "standard")),
    detail::date<&policy::as_of>(
        "/as_of",
        "the day the organisation is looked at: nothing after it is read; null: the last closing date of the data",
        "this project: a library without a clock gives the same result tomorrow", "J"),
    detail::field<&policy::currency>("/currency", unit::text, 1, 16,
                                     "reporting currency as it is written in the tables; null: the only one there is",
                                     "ISO 4217", "standard"),
    detail::field<&policy::run_id>("/run_id", unit::text, 1, 256, "the caller's name for the run, kept in its record",
                                   "this project", "J"),
    detail::field<&policy::window_months>(
        "/window_months", unit::months, 1, 120, "how far back from as_of sales count",
        "Benson, Li, Shue 2019, QJE 134:2085: sales relative to the firm over 12 months", "A"),
    detail::field<&policy::fiscal_year_start_month>("/fiscal_year_start_month", "month of the year", 1, 12,
                                                    "first month of the fiscal year, for fiscal quarters",
                                                    "this project: the calendar year", "J"),
    detail::choice<&policy::data, &data_policy::nonpositive_quota>(
        "/data/nonpositive_quota", quota_rule_words,
        "a quota of zero or less: error refuses the run, exclude leaves the row out and lists it as a finding",
        "this project: nothing is mended silently", "J"),
    detail::choice<&policy::data, &data_policy::orphan_manager>(
        "/data/orphan_manager", orphan_rule_words,
        "a manager id that no person has: error refuses the run, finding goes on without that manager",
        "this project: exports often lack people who left", "J"),
    detail::choice<&policy::data, &data_policy::future_dated>(
        "/data/future_dated", future_rule_words,
        "rows dated after as_of: exclude leaves them out and lists them as findings, error refuses the run",
        "this project: a decision must not know its future", "J"),
    detail::field<&policy::data, &data_policy::maximum_attainment>(
        "/data/maximum_attainment", unit::ratio, 0.1, 1000, "attainment above it is listed as a finding",
        "this project: five times the quota is more often a wrong quota than a right sale", "J"),
    detail::choice<&policy::data, &data_policy::over_maximum>(
        "/data/over_maximum", maximum_rule_words,
        "attainment above the maximum: keep reports it as it is, cap reports the maximum", "this project", "J"),
    detail::choice<&policy::seller, &seller_policy::team_period>(
        "/seller/team_period", team_period_words, "period of a row of the table teams; quarters are fiscal",
        "this project: teams are reviewed by the quarter", "J"),
    detail::choice<&policy::seller, &seller_policy::group>(
        "/seller/group", peer_group_words, "with whom a seller is compared: people of the same market, or all",
        "this project: territories differ more than sellers do", "J"),
    detail::field<&policy::seller, &seller_policy::spread_evidence>(
        "/seller/spread_evidence", "log likelihood", 0, 20,
        "how much likelier sellers of a market must be to differ in win rate before they are told apart",
        "this project: a likelihood-ratio test at 5 % on the border of the parameter space", "J"),
    detail::field<&policy::seller, &seller_policy::regretted_probability>(
        "/seller/regretted_probability", unit::probability, 0, 1,
        "an exit is regretted from this probability on that the person was in the top share", "this project", "J"),
    detail::field<&policy::performance, &performance_policy::ramp_months>(
        "/performance/ramp_months", unit::months, 0, 24,
        "months until a new seller is expected to sell as much as the others, in even steps",
        "Bridge Group 2024 (secondary): 5 months, range 3-12", "C"),
    detail::field<&policy::performance, &performance_policy::top_share>(
        "/performance/top_share", unit::share, 0.01, 0.5,
        "the best share of sellers that probability_top_quartile speaks of", "this project: a quarter", "J"),
    detail::field<&policy::pay, &pay_policy::horizon_months>("/pay/horizon_months", unit::months, 1, 60,
                                                             "how far back pay that was really paid is looked at",
                                                             "this project: one pay year", "J"),
    detail::field<&policy::pay, &pay_policy::manager_base_ratio>(
        "/pay/manager_base_ratio", unit::ratio, 0, 10,
        "base pay of a seat nobody holds, as a multiple of the candidate's",
        "Benson, Li, Shue 2019, QJE 134:2085, table I: managers to reps, derived", "A"),
    detail::field<&policy::pay, &pay_policy::manager_variable_ratio>(
        "/pay/manager_variable_ratio", unit::ratio, 0, 10,
        "target variable pay of a seat nobody holds, as a multiple of the candidate's",
        "Benson, Li, Shue 2019, QJE 134:2085, table I: median commission, managers to reps, derived", "A"),
    detail::field<&policy::readiness, &readiness_policy::weight, &construct_weights::develops_others>(
        "/readiness/weight/develops_others", "correlation", 0, 1,
        "weight of develops_others: .29: consideration .48 (same source) capped", "[JPI] Judge, Piccolo, Ilies 2004",
        "B"),
    detail::field<&policy::readiness, &readiness_policy::weight, &construct_weights::holds_accountable>(
        "/readiness/weight/holds_accountable", "correlation", 0, 1,
        "weight of holds_accountable: initiating structure .29", "Judge, Piccolo, Ilies 2004", "B"),
    detail::field<&policy::readiness, &readiness_policy::weight, &construct_weights::organised>(
        "/readiness/weight/organised", "correlation", 0, 1, "weight of organised: conscientiousness .28",
        "Judge, Bono, Ilies, Gerhardt 2002", "B"),
    detail::field<&policy::readiness, &readiness_policy::weight, &construct_weights::thinks_in_systems>(
        "/readiness/weight/thinks_in_systems", "correlation", 0, 1, "weight of thinks_in_systems: intelligence .27",
        "Judge, Colbert, Ilies 2004", "B"),
    detail::field<&policy::readiness, &readiness_policy::weight, &construct_weights::collaborates>(
        "/readiness/weight/collaborates", "correlation", 0, 1,
        "weight of collaborates: collaboration and mentoring .25", "Benson, Li, Shue 2019: sign right, size judged",
        "J"),
    detail::field<&policy::readiness, &readiness_policy::weight, &construct_weights::regulates_emotion>(
        "/readiness/weight/regulates_emotion", "correlation", 0, 1,
        "weight of regulates_emotion: emotional stability .24", "Judge, Bono, Ilies, Gerhardt 2002", "B"),
    detail::field<&policy::readiness, &readiness_policy::weight, &construct_weights::influences>(
        "/readiness/weight/influences", "correlation", 0, 1, "weight of influences: results without authority .20",
        "this project", "J"),
    detail::field<&policy::readiness, &readiness_policy::weight, &construct_weights::curious>(
        "/readiness/weight/curious", "correlation", 0, 1, "weight of curious: asks about motives .12", "this project",
        "J"),
    detail::field<&policy::readiness, &readiness_policy::weight, &construct_weights::emotional_intelligence>(
        "/readiness/weight/emotional_intelligence", "correlation", 0, 1,
        "weight of emotional_intelligence: rated by others .12", "Harms, Crede 2010", "B"),
    detail::field<&policy::readiness, &readiness_policy::reliability, &source_reliabilities::self>(
        "/readiness/reliability/self", "reliability", 0.01, 0.99, "reliability of one's own ratings, after centring",
        "Conway, Huffcutt 1997: rho .34 with supervisors", "B"),
    detail::field<&policy::readiness, &readiness_policy::reliability, &source_reliabilities::peer>(
        "/readiness/reliability/peer", "reliability", 0.01, 0.99, "reliability of one peer", "Conway, Huffcutt 1997",
        "B"),
    detail::field<&policy::readiness, &readiness_policy::reliability, &source_reliabilities::report>(
        "/readiness/reliability/report", "reliability", 0.01, 0.99, "reliability of one report",
        "Conway, Huffcutt 1997", "B"),
    detail::field<&policy::readiness, &readiness_policy::reliability, &source_reliabilities::manager>(
        "/readiness/reliability/manager", "reliability", 0.01, 0.99, "reliability of one manager",
        "Viswesvaran, Ones, Schmidt 1996", "B"),
    detail::field<&policy::readiness, &readiness_policy::reliability, &source_reliabilities::panel>(
        "/readiness/reliability/panel", "reliability", 0.01, 0.99, "reliability of one interview panel",
        "Huffcutt, Culbertson, Weyhrauch 2013", "B"),
    detail::field<&policy::readiness, &readiness_policy::reliability, &source_reliabilities::interviewer>(
        "/readiness/reliability/interviewer", "reliability", 0.01, 0.99, "reliability of one structured interviewer",
        "Huffcutt, Culbertson, Weyhrauch 2013", "B"),
    detail::field<&policy::readiness, &readiness_policy::reliability, &source_reliabilities::assessment_centre>(
        "/readiness/reliability/assessment_centre", "reliability", 0.01, 0.99, "reliability of one assessment centre",
        "this project: no source for its reliability", "J"),
    detail::field<&policy::readiness, &readiness_policy::reliability, &source_reliabilities::test>(
        "/readiness/reliability/test", "reliability", 0.01, 0.99, "reliability of one test",
        "this project: depends on the test; put its manual's figure here", "J"),
    detail::field<&policy::readiness, &readiness_policy::shared_perspective>(
        "/readiness/shared_perspective", "share", 0.05, 1, "what a source's view shares with the other sources'",
        "derived from Conway, Huffcutt 1997: .34 between supervisor and peer", "B"),
    detail::field<&policy::readiness, &readiness_policy::collaborators_validity>(
        "/readiness/collaborators_validity", "share", 0.01, 1,
        "how far the number of people somebody works with speaks of collaborating, as a squared correlation",
        "this project: a correlation of .5", "J"),
    detail::field<&policy::readiness, &readiness_policy::self_leniency>(
        "/readiness/self_leniency", "standard deviations", 0, 2,
        "how much milder self-ratings are, where there are too few to centre them among themselves",
        "Heidemeier, Moser 2009, Western samples", "B"),
    detail::field<&policy::readiness, &readiness_policy::severity_sd>(
        "/readiness/severity_sd", "standard deviations", 0, 2, "spread of raters' severity that is looked for",
        "this project", "J"),
    detail::field<&policy::readiness, &readiness_policy::ready_at>("/readiness/ready_at", "standard deviations", -3, 3,
                                                                   "readiness_z from which somebody is ready",
                                                                   "this project", "J"),
    detail::field<&policy::readiness, &readiness_policy::ready_probability>(
        "/readiness/ready_probability", "probability", 0, 1, "probability from which the status is ready",
        "this project", "J"),
    detail::field<&policy::readiness, &readiness_policy::fewest_sources>(
        "/readiness/fewest_sources", "count", 1, 8, "independent sources a required construct needs",
        "this project, from Spearman-Brown", "J"),
    detail::field<&policy::readiness, &readiness_policy::required>(
        "/readiness/required", "text", 0, 9, "constructs that need that many sources: people and task leadership",
        "this project", "J"),
    detail::field<&policy::readiness, &readiness_policy::competencies>(
        "/readiness/competencies", "text", 0, 500,
        "names of competencies in ratings that mean a construct, as 'their name = construct'", "this project", "J"),
    detail::field<&policy::readiness, &readiness_policy::look_back_months>(
        "/readiness/look_back_months", "months", 1, 120, "how far back ratings, answers and activities count",
        "this project", "J"),
    detail::field<&policy::readiness, &readiness_policy::questions_a_person>(
        "/readiness/questions_a_person", "count", 0, 20, "how many things to ask next are listed for each person",
        "this project", "J"),
    detail::field<&policy::readiness, &readiness_policy::trial_reliability>(
        "/readiness/trial_reliability", "reliability", 0.01, 0.99,
        "how much a trial assignment tells about a construct it shows",
        "this project: as much as one structured interviewer", "J"),
    detail::structured<&policy::readiness, &readiness_policy::questions>(
        "/readiness/questions", 65536,
        "questions of the structured interview with their anchors, construct and red flag",
        "this project's wording of practitioners' articles", "J"),
    detail::field<&policy::grid, &grid_policy::performance_low>("/grid/performance_low", "standard deviations", -5, 5,
                                                                "performance_z below which performance is low",
                                                                "a third of a normal distribution", "standard"),
    detail::field<&policy::grid, &grid_policy::performance_high>("/grid/performance_high", "standard deviations", -5, 5,
                                                                 "performance_z from which it is high",
                                                                 "a third of a normal distribution", "standard"),
    detail::field<&policy::grid, &grid_policy::readiness_low>("/grid/readiness_low", "standard deviations", -5, 5,
                                                              "readiness_z below which readiness is low",
                                                              "this project", "J"),
    detail::field<&policy::grid, &grid_policy::readiness_high>("/grid/readiness_high", "standard deviations", -5, 5,
                                                               "readiness_z from which it is high",
                                                               "this project: where ready begins", "J"),
    detail::field<&policy::grid, &grid_policy::compare_months>(
        "/grid/compare_months", "months", 0, 60, "how long before as_of the earlier grid of grid_moves is; 0: none",
        "this project", "J"),
});

} // namespace dualtrack::org
