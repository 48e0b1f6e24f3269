// How managers are diagnosed: what counts as taking over the deals of one's people, when a team is called dependent,
// how often the best have to be coached, and how a new manager's first two years are scored. What each default rests
// on stands in policy_fields_diagnose.hpp.
#pragma once

#include <cstdint>

namespace dualtrack::org {

/// Hero or hero-maker.
struct managers_policy {
    double control_share = 0.5;
    double maker_share = 0.25;
    double maker_probability = 0.8;
    double maker_decline = 0.4;
    double hero_probability = 0.6;
    double step_back_fall = 0.10;
    double little_help = 0.03;
    std::int32_t fewest_deals = 20;
    std::int32_t fewest_reports = 2;
    double late_share = 0.25;
    std::int32_t amount_classes = 5;
    std::int32_t trend_months = 24;
    double effect_spread = 0.10;
    double trend_spread = 0.30;
    double unmatched_sd = 0.01;
    std::int32_t fewest_in_market = 5;
    double own_credit_trap = 0.25;
    double recognition_trap = 0.5;
    double exits_trap = 2.0;
    friend bool operator==(const managers_policy&, const managers_policy&) = default;
};

/// Who is coached, and when.
struct coaching_policy {
    double top_share = 0.20;
    double bottom_share = 0.20;
    std::int32_t uncoached_weeks = 8;
    std::int32_t quarter_end_days = 14;
    double coverage_trap = 0.8;
    double quarter_end_trap = 0.5;
    friend bool operator==(const coaching_policy&, const coaching_policy&) = default;
};

/// How a new manager is scored, month by month.
struct transition_policy {
    std::int32_t months = 24;
    double own_start = 0.50;
    double own_half_months = 6.0;
    double own_floor = 0.10;
    double team_part = 0.50;
    double development_part = 0.30;
    std::int32_t trailing_months = 6;
    double change_spread = 0.20;
    double red_fall = 0.20;
    double red_probability = 0.8;
    std::int32_t red_exits = 2;
    double red_involvement = 0.6;
    std::int32_t involvement_after_months = 6;
    double amber_at = 0.9;
    friend bool operator==(const transition_policy&, const transition_policy&) = default;
};

} // namespace dualtrack::org
