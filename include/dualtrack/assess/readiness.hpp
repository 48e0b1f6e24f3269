// Readiness to lead: the weighted sum of nine constructs, with as much uncertainty as the evidence leaves. It never
// sees sales: changing every amount, quota, outcome and pay row leaves it the same to the last bit.
//
//   readiness_z = sum_c w_c E theta_c,  w_c = weight_c / sqrt(sum weight^2)  (so that it has unit variance over
//   people); sd^2 = sum_c w_c^2 sd_c^2;   probability_ready = P(z >= ready_at);   interval = z -+ 1.96 sd
// Fewer than two independent sources (self-ratings are not one) on a required construct: insufficient_evidence, and no
// guess.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <dualtrack/assess/construct.hpp>
#include <dualtrack/assess/evidence.hpp>
#include <dualtrack/base/normal.hpp>

namespace dualtrack::assess {

enum class readiness_status : std::uint8_t { ready, develop, insufficient_evidence };
inline constexpr std::array<std::string_view, 3> readiness_status_words{"ready", "develop", "insufficient_evidence"};

/// The judgement rules of a policy.
struct readiness_rules {
    std::array<double, n_constructs> weight{}; // scaled: squares sum to 1
    std::array<bool, n_constructs> required{};
    std::int64_t fewest_sources = 2;
    double ready_at = 0.5;          // readiness_z
    double ready_probability = 0.5; // status ready from this probability on
};

/// Weights scaled to unit variance of the sum over people.
[[nodiscard]] inline std::array<double, n_constructs>
scaled_weights(const std::array<double, n_constructs>& weight) noexcept {
    double squares = 0.0;
    for (const double w : weight) squares += w * w;
    std::array<double, n_constructs> out{};
    for (std::size_t c = 0; c < n_constructs; ++c) out[c] = squares > 0.0 ? weight[c] / std::sqrt(squares) : 0.0;
    return out;
}

struct readiness {
    double z = 0.0, sd = 1.0, probability_ready = 0.0;
    std::int32_t n_sources = 0; // different independent sources on any construct
    readiness_status status = readiness_status::insufficient_evidence;
};

/// Sources that count as independent of the person judged.
[[nodiscard]] inline std::int64_t independent_sources(std::span<const observation> observations) noexcept {
    return std::count_if(observations.begin(), observations.end(),
                         [](const observation& o) { return o.from != source::self; });
}

/// @param judged constructs of one person, @param n_sources independent sources a construct, @param any_source of the
/// person
[[nodiscard]] inline readiness readiness_of(const readiness_rules& rules,
                                            std::span<const judgement, n_constructs> judged,
                                            std::span<const std::int64_t, n_constructs> n_sources,
                                            std::int64_t any_source, double added_variance = 0.0) noexcept {
    readiness out;
    double variance = added_variance;
    bool enough = true;
    for (std::size_t c = 0; c < n_constructs; ++c) {
        out.z += rules.weight[c] * judged[c].mean;
        variance += rules.weight[c] * rules.weight[c] * judged[c].own_variance;
        enough = enough && (!rules.required[c] || n_sources[c] >= rules.fewest_sources);
    }
    out.sd = std::sqrt(variance);
    out.n_sources = static_cast<std::int32_t>(any_source);
    out.probability_ready =
        out.sd > 0.0 ? numeric::normal_cdf((out.z - rules.ready_at) / out.sd) : (out.z >= rules.ready_at ? 1.0 : 0.0);
    out.status = !enough                                            ? readiness_status::insufficient_evidence
                 : out.probability_ready >= rules.ready_probability ? readiness_status::ready
                                                                    : readiness_status::develop;
    return out;
}

/// How much narrower the 95 % interval of readiness would become if one more rater of a source spoke about a construct.
/// @param open_severity variance of the new rater's severity, where nothing is known of the source's yet
[[nodiscard]] inline double interval_reduction(const readiness_rules& rules, const readiness& now,
                                               const judgement& about, std::size_t c, double reliability_one,
                                               std::int64_t raters_now, double shared,
                                               double open_severity = 0.0) noexcept {
    const auto k = static_cast<double>(raters_now);
    const double before = raters_now > 0 ? information(spearman_brown(reliability_one, k), shared) : 0.0;
    const double squared = spearman_brown(reliability_one, k + 1.0) * shared;
    const double after = squared / (1.0 - squared + open_severity);
    const double precision = 1.0 / about.own_variance;
    const double gone = 1.0 / precision - 1.0 / (precision + std::max(0.0, after - before));
    const double sd_then = std::sqrt(std::max(0.0, now.sd * now.sd - rules.weight[c] * rules.weight[c] * gone));
    return 2.0 * numeric::interval_95 * (now.sd - sd_then);
}

} // namespace dualtrack::assess
