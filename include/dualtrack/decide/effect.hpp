// Predicted effect: by how much each report's sales would change under this manager, in log points, against an average
// one. Of what is on record before a promotion, sales speak against somebody (each doubling 6.1 %), working with others
// for them, and readiness to lead for them; most of what makes a manager is on no record, and the prediction says so.
//
//   effect = b_sales x log relative sales + b_collaboration x (ln(1 + collaborators) - market mean)
//            + b_readiness x readiness_z + e,      e ~ N(0, residual_sd^2)
//   variance = residual_sd^2 + sum_k [ b_k^2 var(x_k) + x_k^2 var(b_k) + var(b_k) var(x_k) ];  harm = P(effect < 0)
// The coefficients were estimated on sales and collaboration as they stood on record, so a known record counts as it
// is; an unknown one counts as the market's mean with the market's spread. Contributions are multiples of 2^-44, so
// they add up to the prediction to the last bit in any order. In the joint form collaboration and having worked alone
// are judged together; the two separate estimates are never added.
// Reference: Benson, Li and Shue, QJE 134 (2019) 2085, tables III and V; readiness: judgement, until a backtest
// replaces it.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/org/policy_decide.hpp>

namespace dualtrack::decide {

enum class factor : std::uint8_t { own_sales, collaboration, lone_wolf, readiness };
inline constexpr std::size_t n_factors = 4;
inline constexpr std::array<std::string_view, n_factors> factor_words{"own_sales", "collaboration", "lone_wolf",
                                                                      "readiness"};

/// One thing on record; with sd > 0 what is not known of it.
struct recorded {
    double value = 0.0;
    double sd = 0.0;
    bool known = false;
};

/// What is on record of a candidate, by factor.
using leader_record = std::array<recorded, n_factors>;

/// What one log point, or one standard deviation, of a factor says.
struct coefficient {
    double value = 0.0;
    double sd = 0.0;
};

/// The coefficients of a policy, by factor.
[[nodiscard]] constexpr std::array<coefficient, n_factors>
coefficients_of(const org::effect_coefficients& policy) noexcept {
    const bool joint = policy.form == org::effect_form::joint;
    return {{{policy.sales, policy.sales_sd},
             joint ? coefficient{policy.joint_collaboration, policy.joint_collaboration_sd}
                   : coefficient{policy.collaboration, policy.collaboration_sd},
             joint ? coefficient{policy.joint_lone_wolf, policy.joint_lone_wolf_sd} : coefficient{},
             {policy.readiness, policy.readiness_sd}}};
}

struct predicted_effect {
    std::array<double, n_factors> contribution{}; // log points; their sum is `mean`, exactly
    double mean = 0.0, sd = 0.0;
    double probability_harm = 0.5;
};

/// P(a normal number stays below x), a step where nothing is uncertain.
[[nodiscard]] constexpr double probability_under(double x, double mean, double sd) noexcept {
    if (sd > 0.0) return numeric::normal_cdf((x - mean) / sd);
    return mean < x ? 1.0 : 0.0;
}

[[nodiscard]] inline predicted_effect predict(const org::effect_coefficients& policy,
                                              const leader_record& record) noexcept {
    constexpr double grid = 0x1p44;
    const auto b = coefficients_of(policy);
    predicted_effect out;
    double variance = policy.residual_sd * policy.residual_sd;
    for (std::size_t k = 0; k < n_factors; ++k) {
        const recorded& x = record[k];
        out.contribution[k] = numeric::round_half_even(b[k].value * x.value * grid) / grid;
        out.mean += out.contribution[k];
        const double var_b = b[k].sd * b[k].sd;
        const double var_x = x.sd * x.sd;
        variance += b[k].value * b[k].value * var_x + x.value * x.value * var_b + var_b * var_x;
    }
    out.sd = std::sqrt(variance);
    out.probability_harm = probability_under(0.0, out.mean, out.sd);
    return out;
}

} // namespace dualtrack::decide
