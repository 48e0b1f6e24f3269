// Net value as a distribution: a promotion is worth what the team gains less what is lost, and both are uncertain. The
// gain follows the predicted effect; own sales lost follow what is known of the candidate's own sales with luck taken
// out; whether those passed over leave is one throw of a coin each.
//
//   net = A (exp(effect - r^2 / 2) - 1) - L - fixed,   effect ~ N(mean, sd^2),  r: residual sd of any manager's effect
//   L: the law of what may be lost (loss_law.hpp)
// Dividing by exp(r^2 / 2), the mean over average managers, keeps a candidate of whom nothing is known at a gain of 0:
// not knowing is no asset. P(net < x) = sum_l P(L = l) P(gain < x + l + fixed) in closed form, its quantiles by
// Newton's method; what draws would show, without random numbers.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <dualtrack/base/bell_table.hpp>
#include <dualtrack/base/normal.hpp>
#include <dualtrack/decide/effect.hpp>
#include <dualtrack/decide/loss_law.hpp>

namespace dualtrack::decide {

/// The gain from the team as a law: scale (exp(effect - r^2 / 2) - 1).
struct gain_law {
    double scale = 0.0;                   // minor units: what a team that sells e times as much would bring
    double mean = 0.0, sd = 0.0, r = 0.0; // log points

    [[nodiscard]] double expected() const noexcept { return scale * numeric::expm1(mean + 0.5 * (sd * sd - r * r)); }
    [[nodiscard]] double quantile(double p) const noexcept {
        const double z = sd > 0.0 ? sd * numeric::normal_quantile(p) : 0.0;
        return times(mean + z - 0.5 * r * r);
    }
    /// scale (e^x - 1), finite for coefficients no data would give.
    [[nodiscard]] double times(double x) const noexcept {
        constexpr double most = 40.0;
        return scale * numeric::expm1(std::min(x, most));
    }
    /// A probability and the density there.
    struct point {
        double below = 0.0, density = 0.0;
    };
    /// The effect at which the gain is x; -infinity where it is more than x at any effect.
    [[nodiscard]] double effect_for(double x) const noexcept {
        if (!(scale > 0.0)) return x > 0.0 ? numeric::infinity : -numeric::infinity;
        const double multiple = 1.0 + x / scale;
        return multiple > 0.0 ? numeric::log(multiple) + 0.5 * r * r : -numeric::infinity;
    }
    /// P(gain < x).
    [[nodiscard]] double below(double x) const noexcept {
        const double effect = effect_for(x);
        if (effect == numeric::infinity || effect == -numeric::infinity) return effect > 0.0 ? 1.0 : 0.0;
        return probability_under(effect, mean, sd);
    }
};

namespace detail {

/// P(gain - L - fixed < x), and the density there, over n losses with their probabilities.
/// @pre gain.scale > 0, gain.sd > 0
template <class Probability, class Value>
gain_law::point net_at(const gain_law& gain, std::size_t n, Probability&& probability, Value&& value,
                       double x_and_fixed) noexcept {
    constexpr double nothing = 1e-12;
    const double shift = 0.5 * gain.r * gain.r - gain.mean;
    const double over_sd = 1.0 / gain.sd;
    const double over_scale = 1.0 / gain.scale;
    gain_law::point out;
    for (std::size_t i = 0; i < n; ++i) {
        const double p = probability(i);
        if (!(p > nothing)) continue;
        const double multiple = 1.0 + (x_and_fixed + value(i)) * over_scale;
        if (!(multiple > 0.0)) continue;
        const auto one = numeric::bell((numeric::log(multiple) + shift) * over_sd);
        out.below += p * one.below;
        out.density += p * one.density / multiple;
    }
    out.below = std::min(1.0, out.below);
    out.density *= over_sd * over_scale;
    return out;
}

/// The same law on a quarter of the values, each at the mean of four.
struct coarse_law {
    static constexpr std::size_t n_cells = loss_law::n_cells / 4;
    std::array<double, n_cells> probability{}, value{};

    explicit coarse_law(const loss_law& fine) noexcept {
        for (std::size_t cell = 0; cell < loss_law::n_cells; ++cell) {
            probability[cell / 4] += fine.probability[cell];
            value[cell / 4] += fine.probability[cell] * fine.value(cell);
        }
        for (std::size_t cell = 0; cell < n_cells; ++cell)
            if (probability[cell] > 0.0) value[cell] /= probability[cell];
    }
};

} // namespace detail

/// P(gain - L - fixed < x).
[[nodiscard]] inline double probability_net_below(const gain_law& gain, const loss_law& loss, double fixed,
                                                  double x) noexcept {
    if (loss.step > 0.0 && gain.scale > 0.0 && gain.sd > 0.0)
        return detail::net_at(
                   gain, loss_law::n_cells, [&](std::size_t i) { return loss.probability[i]; },
                   [&](std::size_t i) { return loss.value(i); }, x + fixed)
            .below;
    double out = 0.0;
    for (std::size_t cell = 0; cell < (loss.step > 0.0 ? loss_law::n_cells : 1); ++cell)
        out += loss.probability[cell] * gain.below(x + loss.value(cell) + fixed);
    return std::min(1.0, out);
}

/// P(net < 0) for effects of one candidate: at which effect the gain pays for each possible loss is worked out once.
struct net_loss_law {
    static constexpr std::size_t n_groups = 8;
    std::array<double, loss_law::n_cells> probability{}, pays_at{}; // log points, rising
    std::array<double, n_groups> of_group{};
    std::size_t n = 1;

    net_loss_law() = default;
    net_loss_law(const gain_law& gain, const loss_law& loss, double fixed) noexcept
        : probability(loss.probability), n(loss.step > 0.0 ? loss_law::n_cells : 1) {
        for (std::size_t cell = 0; cell < n; ++cell) {
            pays_at[cell] = gain.effect_for(loss.value(cell) + fixed);
            of_group[cell * n_groups / loss_law::n_cells] += probability[cell];
        }
    }

    [[nodiscard]] double probability_at(double mean, double sd) const noexcept {
        double out = 0.0;
        const bool smooth = n > 1 && sd > 0.0;
        const double over_sd = smooth ? 1.0 / sd : 0.0;
        for (std::size_t cell = 0; cell < n; ++cell)
            out += probability[cell] * (smooth ? numeric::bell((pays_at[cell] - mean) * over_sd).below
                                               : probability_under(pays_at[cell], mean, sd));
        return std::min(1.0, out);
    }
    /// Whether it is at most `limit`; looks at the ends of each eighth first.
    [[nodiscard]] bool is_at_most(double limit, double mean, double sd) const noexcept {
        if (n > 1 && sd > 0.0) {
            constexpr double doubt = 1e-9;
            constexpr std::size_t size = loss_law::n_cells / n_groups;
            double low = 0.0, high = 0.0;
            for (std::size_t group = 0; group < n_groups; ++group) {
                low += of_group[group] * numeric::bell((pays_at[group * size] - mean) / sd).below;
                high += of_group[group] * numeric::bell((pays_at[group * size + size - 1] - mean) / sd).below;
            }
            if (high < limit - doubt) return true;
            if (low > limit + doubt) return false;
        }
        return probability_at(mean, sd) <= limit;
    }
};

namespace detail {

/// Where a rising probability reaches p: by halving, for laws with steps.
template <class Below> double halve(Below&& below, double p, double low, double high) noexcept {
    const double enough = 1e-11 * (high - low) + 1e-3; // a thousandth of a cent
    for (int step = 0; step < 200 && high - low > enough; ++step) {
        const double middle = low + 0.5 * (high - low);
        (below(middle) < p ? low : high) = middle;
    }
    return low + 0.5 * (high - low);
}

/// The same by Newton's method on the probability's normal quantile, which is nearly a straight line.
/// @returns false where it leaves the bracket or does not settle
template <class At>
bool straighten(At&& at, double target, double settled, double low, double high, double& x) noexcept {
    for (int step = 0; step < 12; ++step) {
        const gain_law::point now = at(x);
        if (!(now.below > 1e-8 && now.below < 1.0 - 1e-8)) return false;
        const double z = numeric::normal_quantile(now.below);
        const double slope = now.density / numeric::normal_pdf(z);
        if (!(slope > 0.0)) return false;
        x -= (z - target) / slope;
        if (!(x > low && x < high)) return false;
        if (std::fabs(z - target) < settled) return true;
    }
    return false;
}

} // namespace detail

/// The net value below which a share p of what may happen lies.
[[nodiscard]] inline double net_quantile(const gain_law& gain, const loss_law& loss, double fixed, double p) noexcept {
    constexpr double far = 1e-9;
    const double lowest = loss.value(0);
    const double highest = loss.step > 0.0 ? loss.value(loss_law::n_cells - 1) : lowest;
    if (!(loss.step > 0.0)) return gain.quantile(p) - lowest - fixed;
    const double low = gain.quantile(far) - highest - fixed;
    const double high = gain.quantile(1.0 - far) - lowest - fixed;
    if (gain.scale > 0.0 && gain.sd > 0.0) {
        // From where gain and loss would stand if both were normal: their distances from the middle as a right angle.
        const double target = numeric::normal_quantile(p);
        const double middle = gain.quantile(0.5) - loss.quantile(0.5);
        const double by_gain = gain.quantile(p) - gain.quantile(0.5);
        const double by_loss = loss.quantile(0.5) - loss.quantile(1.0 - p);
        const double both = std::sqrt(by_gain * by_gain + by_loss * by_loss);
        double x = middle - fixed + (p < 0.5 ? -both : both);
        const detail::coarse_law coarse(loss);
        const bool near =
            x > low && x < high &&
            detail::straighten(
                [&](double at) {
                    return detail::net_at(
                        gain, detail::coarse_law::n_cells, [&](std::size_t i) { return coarse.probability[i]; },
                        [&](std::size_t i) { return coarse.value[i]; }, at + fixed);
                },
                target, 0.03, low, high, x);
        if (near && detail::straighten(
                        [&](double at) {
                            return detail::net_at(
                                gain, loss_law::n_cells, [&](std::size_t i) { return loss.probability[i]; },
                                [&](std::size_t i) { return loss.value(i); }, at + fixed);
                        },
                        target, 1e-6, low, high, x))
            return x;
    }
    return detail::halve([&](double x) { return probability_net_below(gain, loss, fixed, x); }, p, low, high);
}

} // namespace dualtrack::decide
