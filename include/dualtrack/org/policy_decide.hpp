// The part of the policy that says how a promotion is judged and what it is worth. What each default rests on stands
// beside it in policy_fields_decide.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace dualtrack::org {

enum class effect_form : std::uint8_t { separate, joint };
inline constexpr std::array<std::string_view, 2> effect_form_words{"separate", "joint"};

/// What a new manager's record says about the sales of each report, in log points, and how sure that is.
struct effect_coefficients {
    effect_form form = effect_form::separate;
    double sales = -0.088, sales_sd = 0.045;
    double collaboration = 0.23, collaboration_sd = 0.144;
    double readiness = 0.07, readiness_sd = 0.05;
    double joint_collaboration = 0.323, joint_collaboration_sd = 0.234;
    double joint_lone_wolf = -0.198, joint_lone_wolf_sd = 0.208;
    double residual_sd = 0.20;
    friend bool operator==(const effect_coefficients&, const effect_coefficients&) = default;
};

/// Which exits of those passed over a business case is charged with.
enum class exits_rule : std::uint8_t { beyond_least, all };
inline constexpr std::array<std::string_view, 2> exits_rule_words{"beyond_least", "all"};

/// Who leaves after a promotion that passed them over.
struct passed_over_policy {
    double yearly_exit = 0.27;
    double rank_slope = 1.5;
    double outsold_hazard = 2.2, applicant_hazard = 1.35;
    double interview_factor = 0.5, external_factor = 2.0;
    std::int32_t hazard_months = 12;
    double dip = 0.33;
    double dip_months = 3.0;
    double replacement_cost = 0.8;
    exits_rule charged = exits_rule::beyond_least;
    friend bool operator==(const passed_over_policy&, const passed_over_policy&) = default;
};

struct promotion_policy {
    effect_coefficients effect;
    passed_over_policy passed_over;
    double most_harm = 0.35, most_net_loss = 0.40;
    double strong_probability = 0.5;
    double development_gain = 0.5;
    double review_deviations = 0.5, review_probability = 0.05;
    std::int32_t horizon_months = 24;
    double margin = 0.10;
    double manager_ramp_months = 6.0, backfill_ramp_months = 5.0;
    double accounts_loss = 0.15;
    double development_cost = 0.05;
    double team_size = 5.4;
    friend bool operator==(const promotion_policy&, const promotion_policy&) = default;
};

} // namespace dualtrack::org
