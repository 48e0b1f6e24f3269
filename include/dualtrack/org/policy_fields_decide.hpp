// The fields of the policy that say how a promotion is judged and what it is worth: the coefficients of the predicted
// effect (a backtest on a company's own history writes others), the risk of those passed over, the limits of the
// decision, and the figures of the business case. How a row is read: policy_field.hpp.
#pragma once

#include <dualtrack/org/policy_field.hpp>

namespace dualtrack::org {

inline constexpr auto decide_policy_fields = std::to_array<policy_field>({
    detail::choice<&policy::promotion, &promotion_policy::effect, &effect_coefficients::form>(
        "/promotion/effect/form", effect_form_words,
        "separate: collaboration alone; joint: collaboration and working alone, estimated together, neither "
        "significant",
        "Benson, Li, Shue 2019, QJE 134:2085, tables III and V: the two are never added from separate regressions",
        "A"),
    detail::field<&policy::promotion, &promotion_policy::effect, &effect_coefficients::sales>(
        "/promotion/effect/sales", unit::log_points, -2, 2,
        "change of each report's log sales for one log point of the new manager's own sales above their market",
        "Benson, Li, Shue 2019, QJE 134:2085, table III: -.088, range 0 to -.18; never per sd of attainment", "A"),
    detail::field<&policy::promotion, &promotion_policy::effect, &effect_coefficients::sales_sd>(
        "/promotion/effect/sales_sd", unit::log_points, 0, 2, "standard error of the coefficient of sales",
        "Benson, Li, Shue 2019, QJE 134:2085, table III", "A"),
    detail::field<&policy::promotion, &promotion_policy::effect, &effect_coefficients::collaboration>(
        "/promotion/effect/collaboration", unit::log_points, -2, 2,
        "the same for one log point of 1 + other people on a deal, above the market's mean",
        "Benson, Li, Shue 2019, QJE 134:2085, appendix A14: +.234 after selection, range .10 to .39", "A"),
    detail::field<&policy::promotion, &promotion_policy::effect, &effect_coefficients::collaboration_sd>(
        "/promotion/effect/collaboration_sd", unit::log_points, 0, 2,
        "standard error of the coefficient of collaboration", "Benson, Li, Shue 2019, QJE 134:2085, appendix A14", "A"),
    detail::field<&policy::promotion, &promotion_policy::effect, &effect_coefficients::readiness>(
        "/promotion/effect/readiness", unit::log_points, -2, 2,
        "the same for one standard deviation of readiness to lead",
        "this project: constructs correlate about .25 with leading; .07 is a third of the residual", "J"),
    detail::field<&policy::promotion, &promotion_policy::effect, &effect_coefficients::readiness_sd>(
        "/promotion/effect/readiness_sd", unit::log_points, 0, 2, "standard error of the coefficient of readiness",
        "this project: 0 is one and a half of them away", "J"),
    detail::field<&policy::promotion, &promotion_policy::effect, &effect_coefficients::joint_collaboration>(
        "/promotion/effect/joint_collaboration", unit::log_points, -2, 2,
        "coefficient of collaboration where working alone is judged beside it",
        "Benson, Li, Shue 2019, QJE 134:2085, table V: +.323, not significant", "A"),
    detail::field<&policy::promotion, &promotion_policy::effect, &effect_coefficients::joint_collaboration_sd>(
        "/promotion/effect/joint_collaboration_sd", unit::log_points, 0, 2, "its standard error",
        "Benson, Li, Shue 2019, QJE 134:2085, table V", "A"),
    detail::field<&policy::promotion, &promotion_policy::effect, &effect_coefficients::joint_lone_wolf>(
        "/promotion/effect/joint_lone_wolf", unit::log_points, -2, 2,
        "coefficient of having closed every deal of the window alone, beside collaboration",
        "Benson, Li, Shue 2019, QJE 134:2085, table V: -.198, not significant", "A"),
    detail::field<&policy::promotion, &promotion_policy::effect, &effect_coefficients::joint_lone_wolf_sd>(
        "/promotion/effect/joint_lone_wolf_sd", unit::log_points, 0, 2, "its standard error",
        "Benson, Li, Shue 2019, QJE 134:2085, table V", "A"),
    detail::field<&policy::promotion, &promotion_policy::effect, &effect_coefficients::residual_sd>(
        "/promotion/effect/residual_sd", unit::log_points, 0.001, 2,
        "spread of managers' effects that the record does not tell",
        "Lazear, Shaw, Stanton 2015; Fenizia 2022; Weidmann and others 2025; Benson, Li, Shue 2019 A3: .04 to .35",
        "J"),
    detail::field<&policy::promotion, &promotion_policy::passed_over, &passed_over_policy::yearly_exit>(
        "/promotion/passed_over/yearly_exit", unit::probability, 0, 0.95,
        "share of sellers who leave in a year without being passed over",
        "hbr.org 2017; DePaul; Ebsta 2024: .20 to .36", "C"),
    detail::field<&policy::promotion, &promotion_policy::passed_over, &passed_over_policy::rank_slope>(
        "/promotion/passed_over/rank_slope", unit::log_points, 0, 10,
        "by how much likelier the last of a team leaves than the first, in log hazard, all else as it is",
        "Benson, Li, Shue 2019, QJE 134:2085, table VIII: retention at 12 months +32 points from the last to the "
        "first, derived",
        "A"),
    detail::field<&policy::promotion, &promotion_policy::passed_over, &passed_over_policy::outsold_hazard>(
        "/promotion/passed_over/outsold_hazard", unit::ratio, 0.1, 20,
        "how many times likelier somebody leaves who outsold the winner",
        "Benson, Li, Shue 2019, QJE 134:2085, table VIII: -22.8 points of retention at 12 months, derived; 1.8 to 2.5",
        "A"),
    detail::field<&policy::promotion, &promotion_policy::passed_over, &passed_over_policy::applicant_hazard>(
        "/promotion/passed_over/applicant_hazard", unit::ratio, 0.1, 20, "the same for any other candidate passed over",
        "Benson, Li, Shue 2022, table 7: 1.3 to 1.4; Dlugos, Keller 2021: about 2", "B"),
    detail::field<&policy::promotion, &promotion_policy::passed_over, &passed_over_policy::interview_factor>(
        "/promotion/passed_over/interview_factor", unit::ratio, 0, 5,
        "what an interview with the hiring manager and feedback leaves of the excess",
        "Dlugos, Keller 2021, AMJ 64:63: .4 to .7", "B"),
    detail::field<&policy::promotion, &promotion_policy::passed_over, &passed_over_policy::external_factor>(
        "/promotion/passed_over/external_factor", unit::ratio, 0, 5, "what an outsider as winner makes of the excess",
        "Dlugos, Keller 2021, AMJ 64:63", "B"),
    detail::field<&policy::promotion, &promotion_policy::passed_over, &passed_over_policy::hazard_months>(
        "/promotion/passed_over/hazard_months", unit::months, 0, 60,
        "how long after the decision they are likelier to leave", "Benson, Li, Shue 2019, QJE 134:2085, table VIII",
        "A"),
    detail::field<&policy::promotion, &promotion_policy::passed_over, &passed_over_policy::dip>(
        "/promotion/passed_over/dip", unit::log_points, 0, 3,
        "by how much those who outsold the winner and stay sell less",
        "Benson, Li, Shue 2019, QJE 134:2085, table VIII: -.332 (.112)", "A"),
    detail::field<&policy::promotion, &promotion_policy::passed_over, &passed_over_policy::dip_months>(
        "/promotion/passed_over/dip_months", unit::months, 0, 24, "for how long",
        "Benson, Li, Shue 2019, QJE 134:2085, table VIII", "A"),
    detail::field<&policy::promotion, &promotion_policy::passed_over, &passed_over_policy::replacement_cost>(
        "/promotion/passed_over/replacement_cost", unit::share, 0, 5,
        "cost of replacing a seller who leaves, in years of pay at target",
        "gallup.com/workplace/247391: .5 to 2 x salary; DePaul", "C"),
    detail::choice<&policy::promotion, &promotion_policy::passed_over, &passed_over_policy::charged>(
        "/promotion/passed_over/charged", exits_rule_words,
        "beyond_least: a case is charged with the exits its candidate causes beyond the least that filling the seat "
        "with any willing candidate would cause; all: with every exit that passing people over causes",
        "this project: the seat is filled by somebody, so what every choice costs says nothing against one of them",
        "J"),
    detail::field<&policy::promotion, &promotion_policy::most_harm>(
        "/promotion/most_harm", unit::probability, 0, 1,
        "promote only up to this probability that the reports sell less", "this project", "J"),
    detail::field<&policy::promotion, &promotion_policy::most_net_loss>(
        "/promotion/most_net_loss", unit::probability, 0, 1,
        "promote only up to this probability that the promotion costs more than it brings", "this project", "J"),
    detail::field<&policy::promotion, &promotion_policy::strong_probability>(
        "/promotion/strong_probability", unit::probability, 0, 1,
        "a strong seller is in the top share with at least this probability", "this project: more likely than not",
        "J"),
    detail::field<&policy::promotion, &promotion_policy::development_gain>(
        "/promotion/development_gain", unit::standard_deviations, 0, 3,
        "how far development can raise readiness within the horizon",
        "Lacerenza and others 2017, JAP: .72 to .82 in trained leaders, cut to .5; .3 to .8", "J"),
    detail::field<&policy::promotion, &promotion_policy::review_deviations>(
        "/promotion/review_deviations", unit::standard_deviations, 0, 5,
        "human_review where so many of its standard deviations of readiness would change the decision", "this project",
        "J"),
    detail::field<&policy::promotion, &promotion_policy::review_probability>(
        "/promotion/review_probability", unit::probability, 0, 1,
        "human_review where a probability is as near to its limit", "this project", "J"),
    detail::field<&policy::promotion, &promotion_policy::horizon_months>(
        "/promotion/horizon_months", unit::months, 1, 120, "how far ahead a promotion is counted",
        "this project: Benson, Li, Shue 2019 see effects last; a manager's tenure is 19 to 24 months", "J"),
    detail::field<&policy::promotion, &promotion_policy::margin>(
        "/promotion/margin", unit::share, 0, 1, "profit of one unit of sales",
        "Benson, Li, Shue 2019, QJE 134:2085, appendix D: an illustration; put your own figure here", "A"),
    detail::field<&policy::promotion, &promotion_policy::manager_ramp_months>(
        "/promotion/manager_ramp_months", unit::months, 0, 60,
        "months until a new manager has their full effect, in even steps",
        "Watkins, The First 90 Days: 6.2 months; 3 to 9", "C"),
    detail::field<&policy::promotion, &promotion_policy::backfill_ramp_months>(
        "/promotion/backfill_ramp_months", unit::months, 0, 60,
        "months until who comes after the promoted seller sells in full, in even steps",
        "Bridge Group 2024 (secondary): 5 months, range 3 to 12", "C"),
    detail::field<&policy::promotion, &promotion_policy::accounts_loss>(
        "/promotion/accounts_loss", unit::share, 0, 1,
        "part of a leaver's accounts' sales lost in the first year after they are reassigned",
        "Shi, Sridhar, Grewal, Lilien 2017, J. Marketing 81(2):25: 13.2 to 17.6 %", "B"),
    detail::field<&policy::promotion, &promotion_policy::development_cost>(
        "/promotion/development_cost", unit::share, 0, 5,
        "cost of preparing a new manager, in years of their present pay at target",
        "this project: put your own figure here", "J"),
    detail::field<&policy::promotion, &promotion_policy::team_size>(
        "/promotion/team_size", unit::count, 0.1, 200, "reports of a seat of which nothing is known",
        "Benson, Li, Shue 2019, QJE 134:2085, table I: mean 5.4", "A"),
});

} // namespace dualtrack::org
