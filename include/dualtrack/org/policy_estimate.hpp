// The choices behind what is estimated from history: what a manager adds, and how well a rule of promotion would have
// done. Fields, units and sources: policy_fields_estimate.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace dualtrack::org {

enum class outcome_kind : std::uint8_t { by_input, identity, log, log1p, attainment, any_sale };
enum class panel_period : std::uint8_t { by_data, month, quarter };
enum class period_effects : std::uint8_t { none, period, period_by_market };
enum class own_rows_rule : std::uint8_t { error, drop };
enum class effect_reference : std::uint8_t { component_mean, population };
enum class effect_error : std::uint8_t { leave_seller_out, match_scale, row_scale };
enum class effect_prior : std::uint8_t { by_data, market, network, exchangeable, independent };
enum class leave_out_centring : std::uint8_t { invariant, reference };

inline constexpr std::array<std::string_view, 6> outcome_kind_words{"by_input", "identity",   "log",
                                                                    "log1p",    "attainment", "any_sale"};
inline constexpr std::array<std::string_view, 3> panel_period_words{"by_data", "month", "quarter"};
inline constexpr std::array<std::string_view, 3> period_effects_words{"none", "period", "period_by_market"};
inline constexpr std::array<std::string_view, 2> own_rows_rule_words{"error", "drop"};
inline constexpr std::array<std::string_view, 2> effect_reference_words{"component_mean", "population"};
inline constexpr std::array<std::string_view, 3> effect_error_words{"leave_seller_out", "match_scale", "row_scale"};
inline constexpr std::array<std::string_view, 5> effect_prior_words{"by_data", "market", "network", "exchangeable",
                                                                    "independent"};
inline constexpr std::array<std::string_view, 2> leave_out_centring_words{"invariant", "reference"};

/// How a manager's value added is estimated.
struct value_added_policy {
    outcome_kind outcome = outcome_kind::by_input;
    double scale = 0.0; // of log1p, currency; 0: not given
    panel_period period = panel_period::by_data;
    dualtrack::org::period_effects period_effects = org::period_effects::period;
    std::int32_t history_months = 120;
    double max_excluded_share = 0.05;
    own_rows_rule own_rows = own_rows_rule::error;
    effect_reference reference = effect_reference::component_mean;
    effect_error se = effect_error::leave_seller_out;
    effect_prior prior = effect_prior::by_data;
    leave_out_centring centring = leave_out_centring::invariant;
    double weak_share = 0.8;
    std::int32_t projections = 200;
    double exact_inverse_flops = 2e9;
    std::int32_t seed = 1;
    friend bool operator==(const value_added_policy&, const value_added_policy&) = default;
};

/// How rules of promotion are tried out on vacancies of the past.
struct backtest_policy {
    std::int32_t fewest_months = 6;
    std::int32_t replications = 2000;
    std::int32_t seed = 1;
    friend bool operator==(const backtest_policy&, const backtest_policy&) = default;
};

} // namespace dualtrack::org
