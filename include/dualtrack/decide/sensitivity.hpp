// Sensitivity: what the net value hangs on. One figure at a time is moved to the ends of its published range (or of
// what is known of this candidate), all else as it is, and the expected net value is worked out anew: a tornado. Where
// a figure alone turns gain into loss, it should be known better before anybody decides. The ranges are those of the
// defaults' sources; a policy whose own figure lies outside widens them to hold it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include <dualtrack/base/normal.hpp>
#include <dualtrack/decide/business_case.hpp>
#include <dualtrack/decide/promotion.hpp>

namespace dualtrack::decide {

enum class parameter : std::uint8_t {
    readiness_z,
    own_sales,
    team_sales,
    sales_coefficient,
    collaboration_coefficient,
    readiness_coefficient,
    margin,
    manager_ramp_months,
    backfill_ramp_months,
    accounts_loss,
    outsold_hazard,
    applicant_hazard,
    yearly_exit,
    replacement_cost,
    horizon_months
};
inline constexpr std::size_t n_parameters = 15;
inline constexpr std::array<std::string_view, n_parameters> parameter_words{"readiness_z",
                                                                            "own_sales",
                                                                            "team_sales",
                                                                            "sales_coefficient",
                                                                            "collaboration_coefficient",
                                                                            "readiness_coefficient",
                                                                            "margin",
                                                                            "manager_ramp_months",
                                                                            "backfill_ramp_months",
                                                                            "accounts_loss",
                                                                            "outsold_hazard",
                                                                            "applicant_hazard",
                                                                            "yearly_exit",
                                                                            "replacement_cost",
                                                                            "horizon_months"};

struct published_range {
    double low = 0.0, high = 0.0;
    std::string_view source;
};

/// Where the figures may lie. The first three depend on the candidate and seat.
inline constexpr std::array<published_range, n_parameters> parameter_ranges{{
    {0.0, 0.0, "95 % interval of this candidate's readiness"},
    {0.0, 0.0, "95 % interval of this candidate's sales with luck taken out, as a multiple of what is expected"},
    {0.75, 1.25, "this project: a quarter less or more than is expected of the team (J)"},
    {-0.176, 0.001, "Benson, Li, Shue 2019, table III: 95 % interval (A)"},
    {0.10, 0.39, "Benson, Li, Shue 2019, table V, A14 (A)"},
    {0.0, 0.14, "this project: none to twice the default (J)"},
    {0.05, 0.20, "this project: half to twice the default (J)"},
    {3.0, 9.0, "Watkins, The First 90 Days (C)"},
    {3.0, 12.0, "Bridge Group 2024 (C)"},
    {0.132, 0.176, "Shi and others 2017 (B)"},
    {1.8, 2.5, "Benson, Li, Shue 2019, table VIII, derived (A)"},
    {1.0, 2.0, "Benson, Li, Shue 2022 (Aw); Dlugos, Keller 2021 (B)"},
    {0.20, 0.36, "hbr.org 2017; DePaul; Ebsta 2024 (C)"},
    {0.5, 2.0, "Gallup; DePaul (C)"},
    {12.0, 36.0, "this project: a year less or more (J)"},
}};

/// Whom the choice of one candidate passes over.
struct exits_of_choice {
    const std::vector<passed_over_cost>* others = nullptr;
    const std::vector<passed_over_case>* cases = nullptr; // of others
};

struct sensitivity {
    parameter moved = parameter::readiness_z;
    double low_value = 0.0, high_value = 0.0;
    double net_at_low = 0.0, net_at_high = 0.0; // minor units
    [[nodiscard]] double swing() const noexcept {
        return net_at_high > net_at_low ? net_at_high - net_at_low : net_at_low - net_at_high;
    }
};

namespace detail {

/// The policy with one figure moved; readiness, own and team sales are moved in the facts.
inline void move_parameter(parameter which, double value, org::promotion_policy& policy, candidate_facts& candidate,
                           case_facts& facts) noexcept {
    const bool joint = policy.effect.form == org::effect_form::joint;
    switch (which) {
    case parameter::readiness_z:
        candidate.record[static_cast<std::size_t>(factor::readiness)].value = value;
        break;
    case parameter::own_sales:
        facts.own_monthly *= value;
        break;
    case parameter::team_sales:
        facts.team_monthly *= value;
        break;
    case parameter::sales_coefficient:
        policy.effect.sales = value;
        break;
    case parameter::collaboration_coefficient:
        (joint ? policy.effect.joint_collaboration : policy.effect.collaboration) = value;
        break;
    case parameter::readiness_coefficient:
        policy.effect.readiness = value;
        break;
    case parameter::margin:
        policy.margin = value;
        break;
    case parameter::manager_ramp_months:
        policy.manager_ramp_months = value;
        break;
    case parameter::backfill_ramp_months:
        policy.backfill_ramp_months = value;
        break;
    case parameter::accounts_loss:
        policy.accounts_loss = value;
        break;
    case parameter::outsold_hazard:
        policy.passed_over.outsold_hazard = value;
        break;
    case parameter::applicant_hazard:
        policy.passed_over.applicant_hazard = value;
        break;
    case parameter::yearly_exit:
        policy.passed_over.yearly_exit = value;
        break;
    case parameter::replacement_cost:
        policy.passed_over.replacement_cost = value;
        break;
    case parameter::horizon_months:
        policy.horizon_months = static_cast<std::int32_t>(value);
        break;
    }
}

inline double present_value(parameter which, const org::promotion_policy& policy, const candidate_facts& candidate) {
    const bool joint = policy.effect.form == org::effect_form::joint;
    switch (which) {
    case parameter::readiness_z:
        return candidate.record[static_cast<std::size_t>(factor::readiness)].value;
    case parameter::own_sales:
    case parameter::team_sales:
        return 1.0;
    case parameter::sales_coefficient:
        return policy.effect.sales;
    case parameter::collaboration_coefficient:
        return joint ? policy.effect.joint_collaboration : policy.effect.collaboration;
    case parameter::readiness_coefficient:
        return policy.effect.readiness;
    case parameter::margin:
        return policy.margin;
    case parameter::manager_ramp_months:
        return policy.manager_ramp_months;
    case parameter::backfill_ramp_months:
        return policy.backfill_ramp_months;
    case parameter::accounts_loss:
        return policy.accounts_loss;
    case parameter::outsold_hazard:
        return policy.passed_over.outsold_hazard;
    case parameter::applicant_hazard:
        return policy.passed_over.applicant_hazard;
    case parameter::yearly_exit:
        return policy.passed_over.yearly_exit;
    case parameter::replacement_cost:
        return policy.passed_over.replacement_cost;
    case parameter::horizon_months:
        return policy.horizon_months;
    }
    return 0.0;
}

/// What the exits of one choice cost under a policy.
inline double expected_exits_of(const org::promotion_policy& policy, const exits_of_choice& choice) noexcept {
    double out = 0.0;
    for (std::size_t i = 0; i < choice.others->size() && i < choice.cases->size(); ++i) {
        const passed_over_risk risk = risk_of(policy.passed_over, (*choice.cases)[i]);
        out += more_exits(risk) * cost_of_exit(policy, (*choice.others)[i]);
    }
    return out;
}

} // namespace detail

/// The tornado of one candidate: largest swing first, ties in the order of `parameter`.
/// @param cases passed_over_case of each of facts.others, so that their risk can be worked out anew
/// @param least the choice whose exits come in any case, and its cases; none: facts.exits_anyway stays as it is
[[nodiscard]] inline std::vector<sensitivity>
sensitivities_of(const org::promotion_policy& policy, const candidate_facts& candidate, const case_facts& facts,
                 const std::vector<passed_over_case>& cases, const exits_of_choice& least = {}) {
    std::vector<sensitivity> out;
    for (std::size_t k = 0; k < n_parameters; ++k) {
        const auto which = static_cast<parameter>(k);
        const double now = detail::present_value(which, policy, candidate);
        double low = parameter_ranges[k].low;
        double high = parameter_ranges[k].high;
        if (which == parameter::readiness_z) {
            const recorded& readiness = candidate.record[static_cast<std::size_t>(factor::readiness)];
            low = readiness.value - numeric::interval_95 * readiness.sd;
            high = readiness.value + numeric::interval_95 * readiness.sd;
        }
        if (which == parameter::own_sales) {
            low = facts.own_low;
            high = facts.own_high;
        }
        const auto net_at = [&](double value) {
            org::promotion_policy moved = policy;
            candidate_facts who = candidate;
            case_facts what = facts;
            detail::move_parameter(which, value, moved, who, what);
            for (std::size_t i = 0; i < what.others.size() && i < cases.size(); ++i)
                what.others[i].risk = risk_of(moved.passed_over, cases[i]);
            if (least.others != nullptr) what.exits_anyway = detail::expected_exits_of(moved, least);
            return expected_net(case_means_of(moved, what), predict(moved.effect, who.record));
        };
        sensitivity one{which, std::min(low, now), std::max(high, now), 0.0, 0.0};
        one.net_at_low = net_at(one.low_value);
        one.net_at_high = net_at(one.high_value);
        out.push_back(one);
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const sensitivity& a, const sensitivity& b) { return a.swing() > b.swing(); });
    return out;
}

} // namespace dualtrack::decide
