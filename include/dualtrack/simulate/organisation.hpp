// What a simulated sales organisation is assumed to be: its shape, and every number that says how talent, managers and
// luck make sales and make people leave. Nothing here is evidence of the customer's own firm; each number carries where
// it comes from and how far it can be trusted, and the worst grade used belongs beside every result.
//     value of a manager    v = bA A + bQ Q + sE z,   sv^2 = bA^2 + bQ^2 + 2 bA bQ rho + sE^2      (log points)
//     output of a rep       y = exp(sA A + skill + hero lift + w v) x ramp,   1 = average rep, ramped, neutral manager
// No quota is in the model: sales are sales. A quota set at last year's result would turn the year after a manager who
// sold for the team into a failure on paper (75% of it, although the team sells more than it would alone).
// Presets: bls2018 (the reference of the tests, tuned to an unsupported figure), bls2019 (default), lss2015 (boss
// effects ten times smaller), no_retention (a manager's value does not move quits), cold_start (no burn-in).
// References: Benson, Li, Shue 2018 (NBER 24343), 2019 (QJE 134:2085); Lazear, Shaw, Stanton 2015 (JOLE 33:823); others
// at their rows.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace dualtrack::simulate {

/// The assumptions of the sales model; the initial values are those of the preset bls2018. Symbols as in the table.
struct sales_assumptions {
    double talent_on_value = -0.20;       // bA, log points per sd
    double collaboration_on_value = 0.20; // bQ
    double talent_collaboration = 0.21;   // rho
    double value_noise = 0.37;            // sE
    double talent_spread = 0.5;           // sA, log
    double month_noise = 0.6;             // sU, log
    double direct_share = 0.5;            // w: the part of v that works at once, the rest works through learning
    double ramp_months = 5;
    double manager_time = 2.0;        // K, rep-equivalents
    double hero_level = -1.0;         // x0, logit
    double hero_talent = 0.8;         // xA
    double hero_value = 1.0;          // xM
    double hero_noise = 0.5;          // xz
    double coaching_crowd_out = 1.25; // phi
    double learning = 0.19;           // g, log a year
    double skill_most = 0.25;         // smax
    double dependence = 0.6;          // d, a year
    double skill_least = -0.25;       // smin
    double tails_coaching = 1.0;      // m of the best and the worst fifth; 1 = all alike
    double months_empty = 2.0;        // mean
    double quit_hazard = 0.030;       // h0, a month
    double value_on_quits = 0.358;    // th, per sd of v
    double passed_over_ratio = 2.0;   // HR
    double passed_over_months = 12;
    double interview_relief = 0.5; // iv
    double insider_relief = 1.0;   // ext; 1 = off
    double witness_ratio = 1.3;    // wit
    double witness_months = 6;
    double acceptance_level = 1.5;  // a0
    double acceptance_pay = 3.0;    // a1
    double manager_pay = 1.15;      // payM, x the median rep
    double dual_track_relief = 0.6; // dt
    double readiness_noise = 0.7;   // tau, sd of v
    double trial_noise = 0.78;      // sd of v
    double collaboration_noise = 0.5;
    double manager_exit = 0.015;   // hm, a month
    double exhaustion = 0.0;       // ex
    double candidate_tenure = 12;  // months
    double passed_over_rank = 0.8; // rank by sales from which a candidate can be passed over
    double discount = 0.08;        // a year, of revenue_discounted
    double group_share = 0.5;      // of the group whose selection is watched
    double witness_talent = 0.5;   // A above which a rep notices
    double leaders_share = 0.5;    // w_up: what reaches a team of the value of the leader above its manager
};

/// The shape of the firm and the horizon. `spans` gives every team its own number of rep seats; empty: all alike.
struct sales_shape {
    std::int32_t n_teams = 10;
    std::int32_t span = 6;
    std::vector<std::int32_t> spans;
    std::vector<std::int32_t> levels; // teams of a director, directors of the one above, ...; empty: managers alone
    std::int32_t months = 60;
    std::int32_t burn_in_months = 36; // under `random`, the same for every policy
    std::int32_t start_tenure_months = 36;
    bool own_team_only = false;       // candidates: the reps of the team
    bool outside_if_declined = false; // all decline: an outsider instead of the first in order
    bool managers_step_down = false;  // managers who go take an empty rep seat where there is one
    bool monthly_noise = false;       // luck of each month drawn, instead of integrated out
};

[[nodiscard]] inline std::size_t n_teams_of(const sales_shape& shape) noexcept {
    return shape.spans.empty() ? static_cast<std::size_t>(shape.n_teams) : shape.spans.size();
}
[[nodiscard]] inline std::int32_t span_of(const sales_shape& shape, std::size_t team) noexcept {
    return shape.spans.empty() ? shape.span : shape.spans[team];
}

/// Standard deviation of managerial value.
[[nodiscard]] inline double value_spread(const sales_assumptions& a) noexcept {
    return std::sqrt(a.talent_on_value * a.talent_on_value + a.collaboration_on_value * a.collaboration_on_value +
                     2 * a.talent_on_value * a.collaboration_on_value * a.talent_collaboration +
                     a.value_noise * a.value_noise);
}

} // namespace dualtrack::simulate
