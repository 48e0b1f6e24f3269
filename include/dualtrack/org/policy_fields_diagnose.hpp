// The fields of the policy that say how managers are diagnosed. How a row is read: policy_field.hpp.
#pragma once

#include <dualtrack/org/policy_field.hpp>

namespace dualtrack::org {

inline constexpr auto diagnose_policy_fields = std::to_array<policy_field>({
    detail::field<&policy::managers, &managers_policy::control_share>(
        "/managers/control_share", unit::share, 0.05, 0.95,
        "a manager who takes part in more than this share of the team's deals is in the control trap",
        "source articles 000 and 004; no study found", "J"),
    detail::field<&policy::managers, &managers_policy::maker_share>("/managers/maker_share", unit::share, 0.0, 0.9,
                                                                    "a hero-maker takes part in less than this share",
                                                                    "source articles 000 and 004; no study found", "J"),
    detail::field<&policy::managers, &managers_policy::maker_probability>(
        "/managers/maker_probability", unit::probability, 0.5, 0.999, "how sure that has to be", "this project", "J"),
    detail::field<&policy::managers, &managers_policy::maker_decline>(
        "/managers/maker_decline", unit::probability, 0.0, 1.0,
        "a hero-maker's people decline, against the market, with less than this probability", "this project", "J"),
    detail::field<&policy::managers, &managers_policy::hero_probability>(
        "/managers/hero_probability", unit::probability, 0.05, 0.999, "called hero from this probability on",
        "this project", "J"),
    detail::field<&policy::managers, &managers_policy::step_back_fall>(
        "/managers/step_back_fall", unit::share, 0.0, 0.9,
        "a team is dependent when its sales would fall by more than this if the manager stepped back",
        "source article 004: a size is not given", "J"),
    detail::field<&policy::managers, &managers_policy::little_help>(
        "/managers/little_help", unit::share, 0.0, 0.5,
        "joining that adds less than this to the win rate is little help: a trap for a manager who joins most deals, "
        "from even odds on",
        "this project: one deal in thirty-three", "J"),
    detail::field<&policy::managers, &managers_policy::fewest_deals>(
        "/managers/fewest_deals", unit::count, 2, 1000, "fewer decided deals of the team are insufficient evidence",
        "this project: the interval of a share is then wider than .4", "J"),
    detail::field<&policy::managers, &managers_policy::fewest_reports>(
        "/managers/fewest_reports", unit::count, 1, 50, "fewer reports are insufficient evidence", "this project", "J"),
    detail::field<&policy::managers, &managers_policy::late_share>(
        "/managers/late_share", unit::share, 0.0, 0.9,
        "joining in this last part of a deal's life is counted apart: it cannot have helped much, and winners are "
        "joined more often",
        "this project", "J"),
    detail::field<&policy::managers, &managers_policy::amount_classes>(
        "/managers/amount_classes", unit::count, 1, 10,
        "classes of deal size within which deals with and without the manager are compared: five remove some 90 % of a "
        "bias",
        "Cochran 1968, Biometrics 24:295", "B"),
    detail::field<&policy::managers, &managers_policy::trend_months>(
        "/managers/trend_months", unit::months, 6, 120, "how far back the trend of what reports win alone is read",
        "this project: a year's counts cannot tell a trend from chance", "J"),
    detail::field<&policy::managers, &managers_policy::effect_spread>(
        "/managers/effect_spread", unit::ratio, 0.001, 1,
        "how much managers' true effects on the win rate are expected to differ: scale of a Rayleigh prior on their "
        "standard deviation",
        "this project: no study of joining deals found", "J"),
    detail::field<&policy::managers, &managers_policy::trend_spread>(
        "/managers/trend_spread", unit::ratio, 0.001, 2,
        "how much teams' yearly trends differ before anything is seen of them, as a standard deviation in log points",
        "this project", "J"),
    detail::field<&policy::managers, &managers_policy::unmatched_sd>(
        "/managers/unmatched_sd", unit::ratio, 0.0, 0.5,
        "what matching by seller, segment and size may leave in the effect, as a standard deviation; widens every "
        "interval",
        "this project", "J"),
    detail::field<&policy::managers, &managers_policy::fewest_in_market>(
        "/managers/fewest_in_market", unit::count, 1, 1000,
        "managers a market needs for a median of its own; else that of the whole organisation is used", "this project",
        "J"),
    detail::field<&policy::managers, &managers_policy::own_credit_trap>(
        "/managers/own_credit_trap", unit::share, 0.0, 1.0,
        "own credit above this share of what manager and team sell together is a trap",
        "this project; some own selling is productive (Dixon, Adamson 2011: 27 % of manager excellence)", "J"),
    detail::field<&policy::managers, &managers_policy::recognition_trap>(
        "/managers/recognition_trap", unit::share, 0.0, 1.0,
        "a team that gets less than this share of the recognition given to team and manager is a trap",
        "source article 004; no study found", "J"),
    detail::field<&policy::managers, &managers_policy::exits_trap>(
        "/managers/exits_trap", unit::ratio, 0.1, 100,
        "regretted exits at this multiple of what the market's hazards lead to expect are a trap", "this project", "J"),
    detail::field<&policy::coaching, &coaching_policy::top_share>(
        "/coaching/top_share", unit::share, 0.01, 0.5, "the best share of sellers, by performance with luck taken out",
        "Dixon, Adamson 2011: bottom 20, middle 60, top 20 %", "C"),
    detail::field<&policy::coaching, &coaching_policy::bottom_share>(
        "/coaching/bottom_share", unit::share, 0.01, 0.5, "the lowest share of sellers",
        "Dixon, Adamson 2011: bottom 20, middle 60, top 20 %", "C"),
    detail::field<&policy::coaching, &coaching_policy::uncoached_weeks>(
        "/coaching/uncoached_weeks", "weeks", 1, 104,
        "weeks without one-to-one, goal setting or evaluation after which somebody counts as not coached",
        "source article 003; the length is this project's", "J"),
    detail::field<&policy::coaching, &coaching_policy::quarter_end_days>(
        "/coaching/quarter_end_days", unit::days, 1, 60,
        "last days of a quarter, in which coaching gives way to closing",
        "source article 003; the length is this project's", "J"),
    detail::field<&policy::coaching, &coaching_policy::coverage_trap>(
        "/coaching/coverage_trap", unit::share, 0.0, 1.0,
        "a smaller share of the best sellers who are coached is a trap",
        "source article 003; no study finds a sales gain, keeping them is the gain (Dixon, Adamson 2011)", "J"),
    detail::field<&policy::coaching, &coaching_policy::quarter_end_trap>(
        "/coaching/quarter_end_trap", unit::ratio, 0.0, 1.0,
        "coaching a day at quarter ends below this multiple of other days is a trap", "this project", "J"),
    detail::field<&policy::transition, &transition_policy::months>(
        "/transition/months", unit::months, 1, 60, "months for which a new manager is scored",
        "Sales Management Association: manager tenure 19-24 months", "C"),
    detail::field<&policy::transition, &transition_policy::own_start>(
        "/transition/own_start", unit::share, 0.0, 1.0, "weight of own sales in the first month", "this project", "J"),
    detail::field<&policy::transition, &transition_policy::own_half_months>(
        "/transition/own_half_months", unit::months, 0.5, 60, "months in which the weight of own sales falls by half",
        "this project", "J"),
    detail::field<&policy::transition, &transition_policy::own_floor>("/transition/own_floor", unit::share, 0.0, 1.0,
                                                                      "the weight of own sales never falls below this",
                                                                      "this project", "J"),
    detail::field<&policy::transition, &transition_policy::team_part>("/transition/team_part", unit::share, 0.0, 1.0,
                                                                      "part of the rest that goes to the team's result",
                                                                      "this project", "J"),
    detail::field<&policy::transition, &transition_policy::development_part>(
        "/transition/development_part", unit::share, 0.0, 1.0,
        "part of the rest that goes to developing people; what is left is for keeping them", "this project", "J"),
    detail::field<&policy::transition, &transition_policy::trailing_months>(
        "/transition/trailing_months", unit::months, 1, 24,
        "months over which team, coaching, exits and joining are looked back on", "source article 000: six months",
        "J"),
    detail::field<&policy::transition, &transition_policy::change_spread>(
        "/transition/change_spread", unit::ratio, 0.01, 2,
        "how much new managers truly change what the same people sell, as a standard deviation in log points",
        "Lazear, Shaw, Stanton 2015; Fenizia 2022; Benson, Li, Shue 2019: true manager value added, .04-.35", "B"),
    detail::field<&policy::transition, &transition_policy::red_fall>(
        "/transition/red_fall", unit::share, 0.01, 0.9,
        "red when the team sells this much less than its matched baseline", "source article 000: an anecdote of -23 %",
        "J"),
    detail::field<&policy::transition, &transition_policy::red_probability>(
        "/transition/red_probability", unit::probability, 0.5, 0.999,
        "how sure it has to be that the team is truly below its baseline", "this project", "J"),
    detail::field<&policy::transition, &transition_policy::red_exits>(
        "/transition/red_exits", unit::count, 1, 20,
        "red when so many people of the top quarter left within the trailing months",
        "source article 000: an anecdote of two", "J"),
    detail::field<&policy::transition, &transition_policy::red_involvement>(
        "/transition/red_involvement", unit::share, 0.05, 1.0,
        "red when the manager takes part in more than this share of the team's deals",
        "source article 000; no study found", "J"),
    detail::field<&policy::transition, &transition_policy::involvement_after_months>(
        "/transition/involvement_after_months", unit::months, 0, 60,
        "months in which a new manager may take part as much as it needs",
        "this project; new managers break even after 6.2 months (Watkins, The First 90 Days)", "C"),
    detail::field<&policy::transition, &transition_policy::amber_at>(
        "/transition/amber_at", unit::ratio, 0.1, 1.0, "amber below this multiple of the baseline's score",
        "this project", "J"),
});

} // namespace dualtrack::org
