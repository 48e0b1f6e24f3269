// The fields of the policy that say how careers beside a promotion are looked at. How a row is read: policy_field.hpp.
#pragma once

#include <dualtrack/org/policy_field.hpp>

namespace dualtrack::org {

inline constexpr auto paths_policy_fields = std::to_array<policy_field>({
    detail::structured<&policy::paths, &paths_policy::ladder>(
        "/paths/ladder", 262144,
        "the career ladder: two tracks with titles, points, pay bands and requirements for each level",
        "titles of practitioners' articles; steps of sourcegraph/handbook (C); thresholds of this project", "J"),
    detail::field<&policy::paths, &paths_policy::horizon_months>("/paths/horizon_months", unit::months, 1, 120,
                                                                 "how soon the gaps must close to be worth speaking of",
                                                                 "this project: one year", "J"),
    detail::field<&policy::paths, &paths_policy::history_months>(
        "/paths/history_months", unit::months, 0, 120,
        "how far back the time is looked at that others took to close such gaps; 0: the typical time alone",
        "this project", "J"),
    detail::field<&policy::paths, &paths_policy::typical_months>(
        "/paths/typical_months", unit::months, 1, 120,
        "median time a level takes where the organisation's own history says little",
        "sourcegraph/handbook, sales career development: one to two years a step", "C"),
    detail::field<&policy::paths, &paths_policy::typical_weight>("/paths/typical_weight", "person-quarters", 0, 1e6,
                                                                 "how much history that typical time counts for",
                                                                 "this project", "J"),
    detail::field<&policy::paths, &paths_policy::interval>("/paths/interval", unit::probability, 0.5, 0.99,
                                                           "probability that months_low to months_high holds",
                                                           "this project", "J"),
    detail::field<&policy::paths, &paths_policy::close_probability>(
        "/paths/close_probability", unit::probability, 0, 1,
        "probability to close every gap within the horizon from which consideration may be promised", "this project",
        "J"),
    detail::field<&policy::retention, &retention_policy::look_back_months>(
        "/retention/look_back_months", unit::months, 1, 120, "how far back motives count", "this project", "J"),
    detail::field<&policy::retention, &retention_policy::least_strength>("/retention/least_strength", unit::share, 0, 1,
                                                                         "strength from which a motive gets an action",
                                                                         "this project", "J"),
    detail::field<&policy::retention, &retention_policy::relief_share>(
        "/retention/relief_share", unit::share, 0, 0.5,
        "share of the week that is freed, and of the quota that is lifted, for somebody who was passed over",
        "this project: two hours of a 40-hour week", "J"),
    detail::structured<&policy::retention, &retention_policy::actions>(
        "/retention/actions", 65536, "what is done for each motive, the minutes it takes and when it is reviewed",
        "families of practitioners' articles; no study of their effect; minutes and dates of this project", "J"),
    detail::structured<&policy::relief, &relief_policy::plans>(
        "/relief/plans", 262144,
        "plans of quota relief: name, quota, quota_relief, n_mentees, gain_per_mentee, and optionally gain_low, "
        "gain_high (95 %) and mentor_id",
        "the company's own figures", "J"),
    detail::field<&policy::relief, &relief_policy::structured>(
        "/relief/structured", unit::flag, 0, 1, "mentoring is assigned and scheduled; false: who wants to may",
        "Sandvik et al. 2025, randomised: assigned +17 to 19 %, voluntary about 0", "B"),
    detail::field<&policy::relief, &relief_policy::gain_share>(
        "/relief/gain_share", unit::share, 0, 1, "yearly gain of a mentee, as a share of the sales to expect of them",
        "Sandvik, Saouma, Seegert, Stanton 2020, randomised: +15 %, range 10-24 %", "B"),
    detail::field<&policy::relief, &relief_policy::gain_share_new>(
        "/relief/gain_share_new", unit::share, 0, 1, "the same for somebody new",
        "Sandvik et al. 2025, randomised: +17 % (2021 abstract) to +19 % (summary)", "B"),
    detail::field<&policy::relief, &relief_policy::gain_share_sd>("/relief/gain_share_sd", unit::share, 0, 1,
                                                                  "uncertainty of that share, common to all mentees",
                                                                  "derived: the range 10-24 % as a 95 % interval", "B"),
    detail::field<&policy::relief, &relief_policy::gain_share_opt_in>("/relief/gain_share_opt_in", unit::share, 0, 1,
                                                                      "the share where mentoring is voluntary",
                                                                      "Sandvik et al. 2025, randomised: about 0", "B"),
    detail::field<&policy::relief, &relief_policy::new_months>("/relief/new_months", unit::months, 0, 60,
                                                               "how long somebody is new", "this project", "J"),
    detail::field<&policy::relief, &relief_policy::given_gain_sd>(
        "/relief/given_gain_sd", "share of the gain", 0, 5,
        "uncertainty of a plan's own gain_per_mentee where it gives no range",
        "derived: as uncertain, relative to its size, as the published effect", "B"),
    detail::field<&policy::relief, &relief_policy::mentee_sd>("/relief/mentee_sd", "share of the gain", 0, 5,
                                                              "how much mentees differ in what they gain",
                                                              "this project", "J"),
    detail::field<&policy::relief, &relief_policy::bottom_share>("/relief/bottom_share", unit::share, 0, 0.5,
                                                                 "lowest tier of performance within a market",
                                                                 "Dixon, Adamson 2011: bottom 20 %", "C"),
    detail::field<&policy::relief, &relief_policy::top_share>("/relief/top_share", unit::share, 0, 0.5,
                                                              "highest tier of performance within a market",
                                                              "Dixon, Adamson 2011: top 20 %", "C"),
    detail::field<&policy::relief, &relief_policy::bottom_multiple>("/relief/bottom_multiple", unit::ratio, 0, 10,
                                                                    "gain of the lowest tier against the middle's",
                                                                    "Dixon, Adamson 2011: little for the weakest", "C"),
    detail::field<&policy::relief, &relief_policy::middle_multiple>("/relief/middle_multiple", unit::ratio, 0, 10,
                                                                    "gain of the middle tier against the published",
                                                                    "Dixon, Adamson 2011", "C"),
    detail::field<&policy::relief, &relief_policy::top_multiple>(
        "/relief/top_multiple", unit::ratio, 0, 10, "gain of the highest tier against the middle's",
        "Dixon, Adamson 2011: little for the stars; a 2011 draft of Lazear, Shaw, Stanton says more", "C"),
    detail::field<&policy::relief, &relief_policy::half_year_persistence>(
        "/relief/half_year_persistence", unit::share, 0, 1, "what is left of a taught gain after six months",
        "Sandvik et al. 2025: more than 90 % kept at 6 months", "B"),
    detail::field<&policy::relief, &relief_policy::cost_share>(
        "/relief/cost_share", unit::share, 0, 2, "sales lost for each unit of quota lifted from the mentor",
        "this project: all of it, as practitioners' articles count", "J"),
    detail::field<&policy::relief, &relief_policy::minutes_per_mentee_week>(
        "/relief/minutes_per_mentee_week", unit::minutes, 1, 2400, "mentor's minutes a week for one mentee",
        "this project: 20 % of a 40-hour week over six mentees, as in a practitioner's article", "J"),
    detail::field<&policy::relief, &relief_policy::week_minutes>(
        "/relief/week_minutes", unit::minutes, 60, 10080, "working minutes of a week", "this project: 40 hours", "J"),
    detail::field<&policy::relief, &relief_policy::most_mentees>("/relief/most_mentees", unit::count, 1, 100,
                                                                 "mentees one mentor can take",
                                                                 "a practitioner's article: six", "J"),
    detail::field<&policy::relief, &relief_policy::most_places>("/relief/most_places", unit::count, 0, 1e9,
                                                                "mentees the whole programme can take; 0: no limit",
                                                                "this project", "J"),
    detail::field<&policy::relief, &relief_policy::mentor_probability>(
        "/relief/mentor_probability", unit::probability, 0, 1,
        "probability to be among the market's top share from which somebody may mentor; below it one may be mentored",
        "this project; sellers learn from better ones: Sandvik et al. 2020", "J"),
});

} // namespace dualtrack::org
