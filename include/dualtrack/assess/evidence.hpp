// Evidence: what several people's opinions, and a person's own doing, are worth together. One rater sees little: two
// supervisors who rate the same person agree at .52, two peers at .37. So the mean of k raters is believed as far as
// its reliability goes, sources are kept apart because each shares a point of view, and what nobody said stays unsaid:
// it widens the interval and is never counted as a zero.
//
//   rho(k) = k rho / (1 + (k - 1) rho)      (Spearman-Brown);    lambda^2 = rho(k) g, g: what a source shares with the
//   others z_s = lambda theta + noise, both of unit variance;   precision = 1 + sum lambda^2 / (1 - lambda^2) E theta =
//   sum [lambda z_s / (1 - lambda^2)] / precision = sum weight_s observed_s,   observed_s = z_s / lambda, weight_s =
//   lambda^2 / (1 - lambda^2) / precision, and the prior's weight 1 / precision at 0: the weights sum to 1.
// References: Spearman (1910), Brown (1910); reliabilities: Viswesvaran and others (1996), Conway and Huffcutt (1997).
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <dualtrack/assess/construct.hpp>

namespace dualtrack::assess {

/// Reliability of the mean of k raters from that of one.
[[nodiscard]] constexpr double spearman_brown(double reliability, double k) noexcept {
    return k * reliability / (1.0 + (k - 1.0) * reliability);
}

/// What one source says of one person and construct.
struct observation {
    source from = source::prior;
    double z = 0.0;           // mean of its ratings, of unit variance over people with as many raters
    double reliability = 0.0; // of that mean, 0..1
    std::int64_t n_raters = 0;
    double shared = 0.0;            // g: how far the source speaks of the construct itself, 0..1
    double severity_variance = 0.0; // of z, from what could not be told of its raters' severity
};

/// One line of the evidence table.
struct weighed {
    double observed = 0.0; // z / lambda: what the source alone would say of theta
    double weight = 0.0;
};

/// What is known of one construct of one person.
struct judgement {
    double mean = 0.0;
    double sd = 1.0;
    double prior_weight = 1.0;
    double own_variance = 1.0; // with the severity of raters known
};

/// The squared loading of a source: lambda^2.
[[nodiscard]] constexpr double squared_loading(const observation& one) noexcept {
    return one.reliability * one.shared;
}

/// The information of a source: lambda^2 / (1 - lambda^2).
[[nodiscard]] constexpr double information(double reliability, double shared) noexcept {
    const double squared = reliability * shared;
    return squared / (1.0 - squared);
}

/// Weighs observations of one construct; `lines` receives one entry each.
/// @pre lines.size() == observations.size(); 0 < reliability * shared < 1 for each
[[nodiscard]] inline judgement weigh(std::span<const observation> observations, std::span<weighed> lines) noexcept {
    double precision = 1.0;
    for (const observation& one : observations) precision += information(one.reliability, one.shared);
    judgement out;
    for (std::size_t i = 0; i < observations.size(); ++i) {
        lines[i].observed = observations[i].z / std::sqrt(squared_loading(observations[i]));
        lines[i].weight = information(observations[i].reliability, observations[i].shared) / precision;
        out.mean += lines[i].weight * lines[i].observed;
    }
    out.sd = std::sqrt(1.0 / precision);
    out.prior_weight = 1.0 / precision;
    out.own_variance = 1.0 / precision;
    return out;
}

/// The observation that a red flag stands for: as informative as one interviewer, and saying what brings the construct
/// down to `cap`. Nothing (weight 0) when the construct is not above it.
/// @pre lines and judged come from weigh(); `lines` is re-weighted
[[nodiscard]] inline weighed apply_cap(judgement& judged, std::span<weighed> lines, double cap, double reliability,
                                       double shared) noexcept {
    if (judged.mean <= cap) return {};
    const double precision = 1.0 / judged.prior_weight;
    const double added = information(reliability, shared);
    const double shrink = precision / (precision + added);
    weighed flag;
    flag.weight = added / (precision + added);
    flag.observed = (cap - judged.mean * shrink) / flag.weight;
    judged.mean = 0.0;
    for (weighed& line : lines) {
        line.weight *= shrink;
        judged.mean += line.weight * line.observed;
    }
    judged.mean += flag.weight * flag.observed;
    judged.prior_weight *= shrink;
    return flag; // the sd stays: a cap is a rule, it makes nobody better known
}

} // namespace dualtrack::assess
