// Every assumption of the sales model by name, with its unit, the bounds of what is tried one at a time, where it comes
// from and how far it can be trusted; and the presets. Grades: 1 peer-reviewed, 2 working paper or industry study,
// 3 article, 4 assumption of this project.
#pragma once

#include <dualtrack/simulate/organisation.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace dualtrack::simulate {

struct sales_input {
    std::string_view name, unit;
    double sales_assumptions::*number = nullptr;
    std::int32_t sales_shape::*count = nullptr;
    bool sales_shape::*option = nullptr;
    double least = 0, most = 0; // allowed, both inclusive
    double low = 0, high = 0;   // tried one at a time; equal: not varied
    char grade = '4';
    std::string_view source, meaning;
};

namespace detail {

using assumed = sales_assumptions;
using shaped = sales_shape;
inline constexpr std::string_view judgement = "this project: an assumption";

constexpr sales_input number(std::string_view name, std::string_view unit, double assumed::*member, double least,
                             double most, double low, double high, char grade, std::string_view source,
                             std::string_view meaning) {
    return {name, unit, member, nullptr, nullptr, least, most, low, high, grade, source, meaning};
}
constexpr sales_input count(std::string_view name, std::string_view unit, std::int32_t shaped::*member, double least,
                            double most, std::string_view meaning) {
    return {name, unit, nullptr, member, nullptr, least, most, 0, 0, '4', judgement, meaning};
}
constexpr sales_input option(std::string_view name, bool shaped::*member, std::string_view meaning) {
    return {name, "yes/no", nullptr, nullptr, member, 0, 1, 0, 0, '4', judgement, meaning};
}

} // namespace detail

inline constexpr auto sales_inputs = std::to_array<sales_input>({
    detail::number("bA", "log points per sd", &sales_assumptions::talent_on_value, -2, 2, 0, 0, '2',
                   "Benson, Li, Shue 2018, NBER 24343", "value of a manager per sd of selling talent"),
    detail::number("bQ", "log points per sd", &sales_assumptions::collaboration_on_value, -2, 2, 0, 0, '2',
                   "Benson, Li, Shue 2018, NBER 24343", "value of a manager per sd of collaboration"),
    detail::number("rho", "correlation", &sales_assumptions::talent_collaboration, -0.99, 0.99, 0, 0, '2',
                   "Benson, Li, Shue 2018, NBER 24343", "correlation of talent and collaboration"),
    detail::number("sE", "log points", &sales_assumptions::value_noise, 0, 3, 0.19, 0.55, '4',
                   "tuned to an unsupported 70% of failed promotions (article 000)",
                   "value of a manager that neither talent nor collaboration tells"),
    detail::number("sA", "log", &sales_assumptions::talent_spread, 0.01, 3, 0.3, 0.8, '4', detail::judgement,
                   "spread of selling talent"),
    detail::number("sU", "log", &sales_assumptions::month_noise, 0, 3, 0.3, 1.0, '4', detail::judgement,
                   "luck of a rep's month"),
    detail::number("w", "share", &sales_assumptions::direct_share, 0, 1, 0.25, 0.75, '4', detail::judgement,
                   "part of a manager's value that works at once; the rest works through learning"),
    detail::number("ramp", "months", &sales_assumptions::ramp_months, 0, 36, 0, 0, '2', "Bridge Group 2024 (secondary)",
                   "until a new rep sells as much as the others"),
    detail::number("K", "reps", &sales_assumptions::manager_time, 0, 20, 1.0, 3.0, '4',
                   "article 004; the number an assumption", "reps' work that a manager who sells can do"),
    detail::number("x0", "logit", &sales_assumptions::hero_level, -5, 5, -2.0, 0.0, '4', detail::judgement,
                   "managers' tendency to sell themselves: level"),
    detail::number("xA", "logit per sd", &sales_assumptions::hero_talent, -5, 5, 0.0, 1.6, '4',
                   "shape: article 000; the number an assumption", "the same: by talent"),
    detail::number("xM", "logit per sd", &sales_assumptions::hero_value, -5, 5, 0.0, 2.0, '4', detail::judgement,
                   "the same: less, by value as a manager"),
    detail::number("xz", "logit", &sales_assumptions::hero_noise, 0, 5, 0.0, 1.0, '4', detail::judgement,
                   "the same: differences that nothing tells"),
    detail::number("phi", "ratio", &sales_assumptions::coaching_crowd_out, 0, 5, 0.6, 2.0, '4', detail::judgement,
                   "coaching lost per share of time spent selling"),
    detail::number("g", "log a year", &sales_assumptions::learning, 0, 2, 0, 0, '2',
                   "Dixon, Adamson 2011, HBR (secondary): +19% with good coaching", "what coaching teaches"),
    detail::number("smax", "log", &sales_assumptions::skill_most, 0.01, 2, 0.15, 0.40, '4', detail::judgement,
                   "most that can be learned"),
    detail::number("d", "a year", &sales_assumptions::dependence, 0, 5, 0.3, 1.2, '4', detail::judgement,
                   "skill lost to a manager who sells for the team"),
    detail::number("smin", "log", &sales_assumptions::skill_least, -2, 0, -0.5, -0.1, '4', detail::judgement,
                   "least skill that is left"),
    detail::number("m", "ratio", &sales_assumptions::tails_coaching, 0, 1, 0.3, 1.0, '4',
                   "Sales Executive Council (secondary, grade 2): coaching helps the middle; article 003 disagrees",
                   "what coaching does for the best and the worst fifth; 1: as much as for the others"),
    detail::number("months_empty", "months", &sales_assumptions::months_empty, 1, 60, 1.0, 4.0, '4',
                   "article 001; the number an assumption", "mean time until an empty rep seat is filled"),
    detail::number("h0", "a month", &sales_assumptions::quit_hazard, 0, 0.5, 0, 0, '2', "weak; industry surveys",
                   "reps' hazard to quit under an average manager"),
    detail::number("th", "per sd of v", &sales_assumptions::value_on_quits, 0, 3, 0, 0, '1',
                   "Hoffman, Tadelis 2021, JPE (secondary): -60%, worst to best decile; Minni 2026 finds none",
                   "how far a good manager keeps people"),
    detail::number("HR", "ratio", &sales_assumptions::passed_over_ratio, 0, 20, 0, 0, '1',
                   "Dlugos, Keller 2021, AMJ (abstract); 2.2 from Benson, Li, Shue 2019", "hazard of the passed over"),
    detail::number("passed_over_months", "months", &sales_assumptions::passed_over_months, 0, 120, 0, 0, '1',
                   "Dlugos, Keller 2021, AMJ (abstract)", "how long it lasts"),
    detail::number("passed_over_rank", "share", &sales_assumptions::passed_over_rank, 0, 1, 0.6, 0.9, '4',
                   detail::judgement, "rank by sales from which a rep expects the post"),
    detail::number("iv", "ratio", &sales_assumptions::interview_relief, 0, 1, 0, 0, '1',
                   "Dlugos, Keller 2021, AMJ (abstract)", "what is left of that where candidates are talked to"),
    detail::number("ext", "ratio", &sales_assumptions::insider_relief, 0, 1, 0, 0, '1',
                   "Dlugos, Keller 2021, AMJ (abstract): .5; off", "what is left of it where an insider won"),
    detail::number("wit", "ratio", &sales_assumptions::witness_ratio, 0, 20, 1.0, 1.6, '4',
                   "articles 000, 001; the number an assumption", "hazard of good reps who saw a bad promotion"),
    detail::number("wit_months", "months", &sales_assumptions::witness_months, 0, 120, 3, 12, '4', detail::judgement,
                   "how long it lasts"),
    detail::number("a0", "logit", &sales_assumptions::acceptance_level, -10, 10, 0.5, 2.5, '4', detail::judgement,
                   "acceptance of an offer at equal pay"),
    detail::number("a1", "logit", &sales_assumptions::acceptance_pay, -20, 20, 0, 6, '4', detail::judgement,
                   "acceptance by the log of what the post pays"),
    detail::number("payM", "x median rep", &sales_assumptions::manager_pay, 0.1, 10, 0, 0, '2',
                   "Benson, Li, Shue 2018, NBER 24343, pay table", "pay of a manager"),
    detail::number("dt", "ratio", &sales_assumptions::dual_track_relief, 0, 1, 0.3, 1.0, '4',
                   "article 001; the number an assumption", "hazard of the passed over left under a dual track"),
    detail::number("tau", "sd of v", &sales_assumptions::readiness_noise, 0, 20, 0.3, 2.0, '4',
                   "this project: validity .82; structured interviews .42: Sackett et al. 2022", "noise of readiness"),
    detail::number("trial_noise", "sd of v", &sales_assumptions::trial_noise, 0, 20, 0.4, 1.5, '4', detail::judgement,
                   "noise of a test drive"),
    detail::number("collaboration_noise", "sd", &sales_assumptions::collaboration_noise, 0, 20, 0.0, 1.0, '4',
                   detail::judgement, "noise of a look at collaboration"),
    detail::number("hm", "a month", &sales_assumptions::manager_exit, 0, 0.5, 0.008, 0.03, '4', detail::judgement,
                   "managers' hazard to go"),
    detail::number("ex", "ratio", &sales_assumptions::exhaustion, 0, 20, 0.0, 2.0, '4',
                   "article 004; the number an assumption", "more of it for managers who sell themselves"),
    detail::number("candidate_tenure", "months", &sales_assumptions::candidate_tenure, 0, 240, 6, 24, '4',
                   detail::judgement, "tenure from which a rep is a candidate"),
    detail::number("discount", "a year", &sales_assumptions::discount, 0, 1, 0, 0, '4', detail::judgement,
                   "how much less a later year counts in revenue_discounted"),
    detail::number("group_share", "share", &sales_assumptions::group_share, 0, 1, 0, 0, '4', detail::judgement,
                   "share of the group whose selection is watched; the groups do not differ"),
    detail::number("witness_talent", "sd", &sales_assumptions::witness_talent, -5, 5, 0.0, 1.0, '4', detail::judgement,
                   "talent above which a rep notices a bad promotion"),
    detail::count("teams", "teams", &sales_shape::n_teams, 1, 2000, "teams, one manager each"),
    detail::count("span", "rep seats", &sales_shape::span, 1, 500, "rep seats of a team"),
    detail::count("burn_in", "months", &sales_shape::burn_in_months, 0, 1200,
                  "months under random before the comparison starts"),
    detail::count("start_tenure", "months", &sales_shape::start_tenure_months, 1, 480,
                  "tenure at the very start is spread evenly below it"),
    detail::option("own_team_only", &sales_shape::own_team_only, "candidates are the reps of the team alone"),
    detail::option("outside_if_declined", &sales_shape::outside_if_declined,
                   "an outsider gets the post that all candidates decline"),
    detail::option("managers_step_down", &sales_shape::managers_step_down,
                   "managers who go take an empty rep seat where there is one"),
    detail::option("monthly_noise", &sales_shape::monthly_noise,
                   "the luck of each month is drawn instead of integrated out: same means, wider spread"),
    // The last one, and an assumption only where the shape has levels.
    detail::number("w_up", "share", &sales_assumptions::leaders_share, 0, 1, 0.2, 0.8, '4',
                   "this project: an assumption; no study was found",
                   "part of the value of the leader above a manager that reaches the team; squared for the next above"),
});
inline constexpr std::size_t n_sales_inputs_without_levels = sales_inputs.size() - 1;

inline constexpr std::array<std::string_view, 6> sales_presets{"bls2019",      "lss2015",   "bls2018",
                                                               "no_retention", "raw_sales", "cold_start"};

/// A preset by name; that of bls2018 for a name that is none.
struct sales_preset {
    sales_assumptions assumptions;
    sales_shape shape;
};
[[nodiscard]] inline sales_preset preset_of(std::string_view name) {
    sales_preset out;
    sales_assumptions& a = out.assumptions;
    if (name == "bls2019") {
        // -.088 x 1.81, .234 x .53 (not significant); sE fitted to sv .34
        a.talent_on_value = -0.16;
        a.collaboration_on_value = 0.12;
        a.talent_collaboration = 0.19;
        a.value_noise = 0.29;
    } else if (name == "lss2015") {
        a.talent_on_value = -0.0156;
        a.collaboration_on_value = 0.0156;
        a.value_noise = 0.0289;
    } else if (name == "no_retention") {
        a.value_on_quits = 0;
    } else if (name == "raw_sales") {
        a.talent_spread = 1.81;
    } else if (name == "cold_start") {
        out.shape.burn_in_months = 0;
    }
    return out;
}

/// What a preset's own numbers rest on, where that differs from the table above; empty: does not differ.
struct preset_source {
    std::string_view preset, input;
    char grade;
    std::string_view source;
};
inline constexpr auto preset_sources = std::to_array<preset_source>({
    {"bls2019", "bA", '1', "Benson, Li, Shue 2019, QJE 134:2085: -.088 x 1.81"},
    {"bls2019", "bQ", '1', "Benson, Li, Shue 2019, QJE 134:2085: .234 x .53, not significant"},
    {"bls2019", "rho", '1', "Benson, Li, Shue 2019, QJE 134:2085"},
    {"bls2019", "sE", '4', "this project: fitted to a spread of .34, Benson, Li, Shue 2019"},
    {"lss2015", "bA", '1', "Lazear, Shaw, Stanton 2015, JOLE: boss effects of .04; shares as in bls2018"},
    {"lss2015", "bQ", '1', "Lazear, Shaw, Stanton 2015, JOLE: boss effects of .04; shares as in bls2018"},
    {"lss2015", "sE", '4', "this project: fitted to boss effects of .04, Lazear, Shaw, Stanton 2015"},
    {"no_retention", "th", '1', "Minni 2026, QJE; Benson, Li, Shue: no link with quits"},
    {"raw_sales", "sA", '1', "Benson, Li, Shue 2019, QJE 134:2085: 1.81 from an IQR of 2.44"},
});

[[nodiscard]] constexpr double value_of(const sales_input& input, const sales_preset& of) {
    if (input.number != nullptr) return of.assumptions.*input.number;
    if (input.count != nullptr) return static_cast<double>(of.shape.*input.count);
    return of.shape.*input.option ? 1.0 : 0.0;
}
/// @pre least <= value <= most
constexpr void set_value(const sales_input& input, double value, sales_preset& of) {
    if (input.number != nullptr)
        of.assumptions.*input.number = value;
    else if (input.count != nullptr)
        of.shape.*input.count = static_cast<std::int32_t>(value);
    else
        of.shape.*input.option = value != 0.0;
}

} // namespace dualtrack::simulate
