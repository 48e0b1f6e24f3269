// What a company decides about careers beside the promotion itself: the ladder, what is done for people who were passed
// over, and how a mentor's quota is lowered.
#pragma once

#include <cstdint>
#include <string>

#include <dualtrack/org/ladder.hpp>

namespace dualtrack::org {

/// Where people stand on the ladder and how long the next level takes.
struct paths_policy {
    std::string ladder = std::string(default_ladder); // canonical JSON
    std::int32_t horizon_months = 12;
    std::int32_t history_months = 24;
    double typical_months = 18.0;
    double typical_weight = 8.0; // person-quarters
    double interval = 0.80;
    double close_probability = 0.5;
    friend bool operator==(const paths_policy&, const paths_policy&) = default;
};

/// What is done for somebody who was passed over.
struct retention_policy {
    std::int32_t look_back_months = 12;
    double least_strength = 0.3;
    double relief_share = 0.05;
    std::string actions = std::string(default_actions); // canonical JSON
    friend bool operator==(const retention_policy&, const retention_policy&) = default;
};

/// What mentoring against a lower quota costs and brings.
struct relief_policy {
    std::string plans = "[]"; // canonical JSON
    bool structured = true;
    double gain_share = 0.15, gain_share_new = 0.19, gain_share_sd = 0.036, gain_share_opt_in = 0.0;
    std::int32_t new_months = 12;
    double given_gain_sd = 0.21; // of the gain
    double mentee_sd = 0.5;      // of the gain
    double bottom_share = 0.2, top_share = 0.2;
    double bottom_multiple = 0.1, middle_multiple = 1.0, top_multiple = 0.2;
    double half_year_persistence = 0.90;
    double cost_share = 1.0;
    double minutes_per_mentee_week = 80.0, week_minutes = 2400.0;
    std::int32_t most_mentees = 6;
    std::int32_t most_places = 0; // 0: no limit
    double mentor_probability = 0.5;
    friend bool operator==(const relief_policy&, const relief_policy&) = default;
};

} // namespace dualtrack::org
