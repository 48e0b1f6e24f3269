// The policy: every choice a company makes about how its people are measured and judged, in one place, versioned and
// recorded with each result. `{"version": 1}` is a whole policy: every field has a default, and what the default rests
// on (a study, a survey, a judgement) stands beside it in policy_fields.hpp. The initial values below are the defaults.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <dualtrack/base/column.hpp>
#include <dualtrack/org/interview.hpp>
#include <dualtrack/org/policy_decide.hpp>
#include <dualtrack/org/policy_diagnose.hpp>
#include <dualtrack/org/policy_estimate.hpp>
#include <dualtrack/org/policy_paths.hpp>
#include <dualtrack/org/policy_simulate.hpp>

namespace dualtrack::org {

enum class quota_rule : std::uint8_t { error, exclude };
enum class orphan_rule : std::uint8_t { error, finding };
enum class future_rule : std::uint8_t { exclude, error };
enum class maximum_rule : std::uint8_t { keep, cap };
enum class team_period : std::uint8_t { month, quarter, window };
enum class peer_group : std::uint8_t { market, all };
enum class competency_rule : std::uint8_t { error, exclude };

// The words of a policy, in the order of the enums above.
inline constexpr std::array<std::string_view, 2> quota_rule_words{"error", "exclude"};
inline constexpr std::array<std::string_view, 2> orphan_rule_words{"error", "finding"};
inline constexpr std::array<std::string_view, 2> future_rule_words{"exclude", "error"};
inline constexpr std::array<std::string_view, 2> maximum_rule_words{"keep", "cap"};
inline constexpr std::array<std::string_view, 3> team_period_words{"month", "quarter", "window"};
inline constexpr std::array<std::string_view, 2> peer_group_words{"market", "all"};
inline constexpr std::array<std::string_view, 2> competency_rule_words{"error", "exclude"};

/// What is done with input that is doubtful but usable.
struct data_policy {
    quota_rule nonpositive_quota = quota_rule::error;
    orphan_rule orphan_manager = orphan_rule::finding;
    future_rule future_dated = future_rule::exclude;
    double maximum_attainment = 5.0; // ratio
    maximum_rule over_maximum = maximum_rule::keep;
    friend bool operator==(const data_policy&, const data_policy&) = default;
};

/// How sellers and teams are measured.
struct seller_policy {
    dualtrack::org::team_period team_period = org::team_period::quarter;
    peer_group group = peer_group::market;
    double spread_evidence = 1.353; // log likelihood
    double regretted_probability = 0.5;
    friend bool operator==(const seller_policy&, const seller_policy&) = default;
};

/// How luck is taken out of sales.
struct performance_policy {
    double ramp_months = 5.0;
    double top_share = 0.25;
    friend bool operator==(const performance_policy&, const performance_policy&) = default;
};

struct pay_policy {
    std::int32_t horizon_months = 12;
    double manager_base_ratio = 1.66;
    double manager_variable_ratio = 1.85;
    friend bool operator==(const pay_policy&, const pay_policy&) = default;
};

/// What each construct counts for in readiness; scaled to unit variance when used.
struct construct_weights {
    double develops_others = 0.29, holds_accountable = 0.29, organised = 0.28, thinks_in_systems = 0.27,
           collaborates = 0.25, regulates_emotion = 0.24, influences = 0.20, curious = 0.12,
           emotional_intelligence = 0.12;
    friend bool operator==(const construct_weights&, const construct_weights&) = default;
};

/// Reliability of one rater of each source.
struct source_reliabilities {
    double self = 0.22, peer = 0.37, report = 0.30, manager = 0.52, panel = 0.74, interviewer = 0.44,
           assessment_centre = 0.60, test = 0.70;
    friend bool operator==(const source_reliabilities&, const source_reliabilities&) = default;
};

/// How readiness to lead is judged.
struct readiness_policy {
    construct_weights weight;
    source_reliabilities reliability;
    double shared_perspective = 0.65;
    double collaborators_validity = 0.25;
    double self_leniency = 0.32;
    double severity_sd = 0.30;
    double ready_at = 0.5;
    double ready_probability = 0.5;
    std::int32_t fewest_sources = 2;
    std::vector<std::string> required = {"develops_others", "holds_accountable"};
    std::vector<std::string> competencies; // "their name = construct"
    competency_rule unknown_competency = competency_rule::error;
    std::int32_t look_back_months = 24;
    std::int32_t questions_a_person = 3;
    double trial_reliability = 0.44;
    std::string questions = std::string(default_questions); // canonical JSON
    friend bool operator==(const readiness_policy&, const readiness_policy&) = default;
};

/// Where the boxes of performance and readiness are cut, in standard deviations.
struct grid_policy {
    double performance_low = -0.43, performance_high = 0.43;
    double readiness_low = -0.5, readiness_high = 0.5;
    std::int32_t compare_months = 12;
    friend bool operator==(const grid_policy&, const grid_policy&) = default;
};

struct policy {
    std::int32_t version = 1;
    std::int32_t as_of = no_date; // day, or no_date: the last closing date of the data
    std::string currency;         // reporting currency, or "": the only one there is
    std::string run_id;           // the caller's name for the run, carried into the record; or ""
    std::int32_t window_months = 12;
    std::int32_t fiscal_year_start_month = 1; // 1..12
    data_policy data;
    seller_policy seller;
    performance_policy performance;
    pay_policy pay;
    readiness_policy readiness;
    grid_policy grid;
    managers_policy managers;
    coaching_policy coaching;
    transition_policy transition;
    promotion_policy promotion;
    simulation_policy simulation;
    value_added_policy value_added;
    backtest_policy backtest;
    paths_policy paths;
    retention_policy retention;
    relief_policy relief;
    friend bool operator==(const policy&, const policy&) = default;
};

} // namespace dualtrack::org
