// The fields of the policy that say how readiness to lead is judged. How a row is read: policy_field.hpp.
#pragma once

#include <dualtrack/org/policy_field.hpp>

namespace dualtrack::org {

inline constexpr auto assess_policy_fields = std::to_array<policy_field>({
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
    detail::choice<&policy::readiness, &readiness_policy::unknown_competency>(
        "/readiness/unknown_competency", competency_rule_words,
        "ratings of a competency that is neither a construct nor in competencies: refused, or left out with a finding",
        "this project", "J"),
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
