// What many simulated organisations say together: means with intervals, differences between policies that met the same
// luck, how often a policy loses against another, and when enough have been simulated.
//     moments      n, mean, M2, M3, M4, min, max, merged per block of 64 replications, in block order
//     interval     mean +- t(n - 1) sd / sqrt(n)
//     tail mean    CVaR: the mean of the worst 5%
//     sketch       past a million outcomes: counts and sums between 4,095 cuts at even ranks of the first million, so
//                  that a quantile lies among the values of its bin: its rank is off by less than the share of one bin,
//                  1/4,096 and a little luck of the cuts; values that repeat come out exactly
//     stopping     looked at only at n = 256 x 2^k: every half-width asked for <= max(absolute, relative |mean|)
// Reference: Chan, Golub, LeVeque 1983, "Algorithms for computing the sample variance"; Pebay 2008, SAND2008-6212.
#pragma once

#include <dualtrack/base/beta.hpp>
#include <dualtrack/base/numeric.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace dualtrack::simulate {

/// Replications are computed and merged in blocks of this many, whatever the number of threads.
inline constexpr std::int64_t replication_block = 64;
/// The first look of the stopping rule; then twice as many, and so on.
inline constexpr std::int64_t first_look = 256;

/// Mean and spread of one figure over replications.
struct moments {
    std::int64_t n = 0;
    double mean = 0.0, m2 = 0.0, m3 = 0.0, m4 = 0.0; // sums of powers of the distance from the mean
    double low = numeric::infinity, high = -numeric::infinity;

    void add(double x) noexcept {
        const double before = static_cast<double>(n);
        const double count = before + 1.0;
        const double delta = x - mean;
        const double step = delta / count;
        const double square = step * step;
        const double term = delta * step * before;
        m4 += term * square * (count * count - 3.0 * count + 3.0) + 6.0 * square * m2 - 4.0 * step * m3;
        m3 += term * step * (count - 2.0) - 3.0 * step * m2;
        m2 += term;
        mean += step;
        ++n;
        low = x < low ? x : low;
        high = x > high ? x : high;
    }

    /// Appends those of a later block.
    void merge(const moments& later) noexcept {
        if (later.n == 0) return;
        if (n == 0) {
            *this = later;
            return;
        }
        const double a = static_cast<double>(n), b = static_cast<double>(later.n), all = a + b;
        const double delta = later.mean - mean;
        const double step = delta / all;
        const double square = delta * step;
        m4 += later.m4 + square * step * step * a * b * (a * a - a * b + b * b) +
              6.0 * step * step * (a * a * later.m2 + b * b * m2) + 4.0 * step * (a * later.m3 - b * m3);
        m3 += later.m3 + square * step * a * b * (a - b) + 3.0 * step * (a * later.m2 - b * m2);
        m2 += later.m2 + square * a * b;
        mean += step * b;
        n += later.n;
        low = later.low < low ? later.low : low;
        high = later.high > high ? later.high : high;
    }

    /// Sample variance; NaN below two.
    [[nodiscard]] double variance() const noexcept {
        return n < 2 ? numeric::not_a_number : m2 / static_cast<double>(n - 1);
    }
    [[nodiscard]] double sd() const noexcept { return std::sqrt(variance()); }
    [[nodiscard]] double skewness() const noexcept {
        return m2 > 0.0 ? std::sqrt(static_cast<double>(n)) * m3 / (m2 * std::sqrt(m2)) : numeric::not_a_number;
    }
    [[nodiscard]] double excess_kurtosis() const noexcept {
        return m2 > 0.0 ? static_cast<double>(n) * m4 / (m2 * m2) - 3.0 : numeric::not_a_number;
    }
};

/// Half the width of the interval of the mean; NaN below two. `tail` is 1 - confidence, shared out by the caller where
/// several intervals must hold together.
[[nodiscard]] inline double half_width(const moments& of, double tail) noexcept {
    if (of.n < 2) return numeric::not_a_number;
    const double n = static_cast<double>(of.n);
    return numeric::student_t_quantile(1.0 - 0.5 * tail, n - 1.0) * std::sqrt(of.variance() / n);
}

/// The p-quantile of values, by selection: the ceil(p n)-th smallest. Reorders the values. @pre not empty
[[nodiscard]] inline double select_quantile(std::span<float> values, double p) noexcept {
    const auto n = static_cast<double>(values.size());
    const double rank = std::ceil(p * n) - 1.0;
    const auto at = static_cast<std::ptrdiff_t>(std::clamp(rank, 0.0, n - 1.0));
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return static_cast<double>(values[static_cast<std::size_t>(at)]);
}

/// The mean of the lowest `share` of values (at least one); of the highest if `of_high`. Reorders. @pre not empty
[[nodiscard]] inline double tail_mean(std::span<float> values, double share, bool of_high = false) {
    std::sort(values.begin(), values.end());
    const double wanted = std::floor(share * static_cast<double>(values.size()));
    const auto n = std::max<std::size_t>(1, static_cast<std::size_t>(wanted));
    std::vector<double> tail(n);
    for (std::size_t i = 0; i < n; ++i)
        tail[i] = static_cast<double>(of_high ? values[values.size() - 1 - i] : values[i]);
    return numeric::fixed_sum(tail) / static_cast<double>(n);
}

/// What many outcomes come to once they are too many to be kept.
struct quantile_sketch {
    static constexpr std::size_t n_bins = 4096;
    std::vector<float> cut;          // [n_bins - 1], ascending; bin i ends with cut[i]
    std::vector<std::int64_t> count; // [n_bins]
    std::vector<double> sum;         // [n_bins]
    std::vector<float> least;        // [n_bins], lowest value seen
    float low = std::numeric_limits<float>::infinity(), high = -std::numeric_limits<float>::infinity();

    [[nodiscard]] bool is_started() const noexcept { return !count.empty(); }

    /// Takes over outcomes that were kept so far. Sorts them.
    void start(std::vector<float>& kept) {
        std::sort(kept.begin(), kept.end());
        cut.assign(n_bins - 1, 0.0F);
        for (std::size_t i = 0; i + 1 < n_bins && !kept.empty(); ++i) cut[i] = kept[(i + 1) * kept.size() / n_bins];
        count.assign(n_bins, 0);
        sum.assign(n_bins, 0.0);
        least.assign(n_bins, std::numeric_limits<float>::infinity());
        for (const float x : kept) add(x);
    }

    void add(float x) noexcept {
        const auto bin = static_cast<std::size_t>(std::lower_bound(cut.begin(), cut.end(), x) - cut.begin());
        ++count[bin];
        sum[bin] += static_cast<double>(x);
        least[bin] = x < least[bin] ? x : least[bin];
        low = x < low ? x : low;
        high = x > high ? x : high;
    }

    /// The p-quantile, straight from the lowest value of its bin to the end of it. @pre not empty
    [[nodiscard]] double quantile(double p) const noexcept {
        std::int64_t n = 0, before = 0;
        for (const std::int64_t each : count) n += each;
        const double rank = std::clamp(std::ceil(p * static_cast<double>(n)), 1.0, static_cast<double>(n));
        std::size_t bin = 0;
        while (static_cast<double>(before + count[bin]) < rank) before += count[bin++];
        const double from = static_cast<double>(least[bin]);
        const double to = static_cast<double>(bin + 1 == n_bins ? high : cut[bin]);
        const double steps = static_cast<double>(count[bin] - 1);
        return steps > 0.0 ? from + (to - from) * (rank - static_cast<double>(before) - 1.0) / steps : sum[bin];
    }

    /// How many outcomes are at or below x; outcomes of a bin are taken to lie evenly in it.
    [[nodiscard]] double count_up_to(double x) const noexcept {
        double below = 0.0;
        for (std::size_t i = 0; i < n_bins; ++i) {
            if (count[i] == 0) continue;
            const double from = static_cast<double>(least[i]), n = static_cast<double>(count[i]);
            const double to = static_cast<double>(i + 1 == n_bins ? high : cut[i]);
            if (x < from) break;
            below += x >= to ? n : n * (x - from) / (to - from);
        }
        return below;
    }

    /// The mean of the lowest `share`, or of the highest. @pre not empty
    [[nodiscard]] double tail_mean(double share, bool of_high) const noexcept {
        std::int64_t n = 0;
        for (const std::int64_t each : count) n += each;
        const double wanted = std::max(1.0, std::floor(share * static_cast<double>(n)));
        double left = wanted, total = 0.0;
        for (std::size_t i = 0; i < n_bins && left > 0.0; ++i) {
            const std::size_t bin = of_high ? n_bins - 1 - i : i;
            if (count[bin] == 0) continue;
            const double here = std::min(left, static_cast<double>(count[bin]));
            total += here * sum[bin] / static_cast<double>(count[bin]);
            left -= here;
        }
        return total / wanted;
    }
};

/// Counts in equal bins from `low` to `high`; what lies outside goes to the outermost bins.
struct histogram {
    double low = 0.0, high = 1.0;
    std::vector<std::int64_t> count;

    void add(double x) noexcept {
        const double n = static_cast<double>(count.size());
        const double bin = std::floor((x - low) / (high - low) * n);
        ++count[static_cast<std::size_t>(std::clamp(bin, 0.0, n - 1.0))];
    }
    void merge(const histogram& other) noexcept {
        for (std::size_t i = 0; i < count.size(); ++i) count[i] += other.count[i];
    }
};

/// When to stop. Both tolerances 0: at `most` replications.
struct stopping_rule {
    std::int64_t most = 2048;
    double absolute = 0.0, relative = 0.0;
    double tail = 0.05; // 1 - confidence, of all intervals together
};

/// True if the rule looks at n replications.
[[nodiscard]] constexpr bool is_look(std::int64_t n) noexcept {
    for (std::int64_t look = first_look; look <= n; look *= 2)
        if (look == n) return true;
    return false;
}

/// True if every difference is known well enough; the tail is shared out over them (Bonferroni).
[[nodiscard]] inline bool is_precise(const stopping_rule& rule, std::span<const moments> asked) noexcept {
    if (asked.empty() || (rule.absolute <= 0.0 && rule.relative <= 0.0)) return false;
    const double tail = rule.tail / static_cast<double>(asked.size());
    for (const moments& one : asked) {
        const double allowed = std::max(rule.absolute, rule.relative * std::fabs(one.mean));
        if (!(half_width(one, tail) <= allowed)) return false;
    }
    return true;
}

} // namespace dualtrack::simulate
