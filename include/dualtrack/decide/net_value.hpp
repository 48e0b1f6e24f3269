// Net value as a distribution: a promotion is worth what the team gains less what is lost, and both are uncertain. The
// gain follows the predicted effect; own sales lost follow what is known of the candidate's own sales with luck taken
// out; whether those passed over leave is one throw of a coin each.
//
//   net = A (exp(effect - r^2 / 2) - 1) - L - fixed,   effect ~ N(mean, sd^2),  r: residual sd of any manager's effect
//   L = own_lost x lambda + sum_j cost_j x [j leaves because of it],  lambda ~ gamma of mean 1,  P(leaves) given
// Dividing by exp(r^2 / 2), the mean over average managers, keeps a candidate of whom nothing is known at a gain of 0:
// not knowing is no asset. The law of L is worked out on a grid (each coin and each eighth of lambda moved by exact
// means), the rest in closed form: P(net < x) = sum_l P(L = l) P(gain < x + l + fixed). No random numbers.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <dualtrack/base/incomplete_gamma.hpp>
#include <dualtrack/base/normal.hpp>
#include <dualtrack/decide/effect.hpp>

namespace dualtrack::decide {

/// A loss that happens or not.
struct possible_loss {
    double probability = 0.0;
    double amount = 0.0; // minor units, >= 0
};

inline constexpr std::size_t n_own_parts = 8;
/// A gamma variable of mean 1 as eight equally likely values that keep its mean.
using own_parts = std::array<double, n_own_parts>;

/// @param shape of the gamma posterior; 0 or less: known exactly
[[nodiscard]] inline own_parts own_parts_of(double shape) noexcept {
    own_parts out;
    out.fill(1.0);
    constexpr double as_good_as_known = 1e6;
    if (!(shape > 0.0) || shape > as_good_as_known) return out;
    constexpr auto n = static_cast<double>(n_own_parts);
    double below = 0.0;
    for (std::size_t i = 0; i < n_own_parts; ++i) {
        const double quantile =
            i + 1 == n_own_parts ? numeric::infinity : numeric::gamma_quantile(static_cast<double>(i + 1) / n, shape);
        const double up_to = i + 1 == n_own_parts ? 1.0 : numeric::gamma_p(shape + 1.0, quantile);
        out[i] = n * (up_to - below);
        below = up_to;
    }
    return out;
}

/// The law of what is lost, on equally spaced values.
struct loss_law {
    static constexpr std::size_t n_cells = 64;
    double first = 0.0, step = 0.0; // minor units
    std::array<double, n_cells> probability{};

    [[nodiscard]] double value(std::size_t cell) const noexcept { return first + step * static_cast<double>(cell); }
    /// The smallest value that is not exceeded with at least this probability.
    [[nodiscard]] double quantile(double p) const noexcept {
        double sum = 0.0;
        for (std::size_t cell = 0; cell < n_cells; ++cell) {
            sum += probability[cell];
            if (sum >= p) return value(cell);
        }
        return value(n_cells - 1);
    }
};

namespace detail {

/// Adds weight x (the law moved up by `by` cells) to `to`; a part of a cell is shared between its two neighbours, which
/// keeps the mean.
inline void add_moved(const std::array<double, loss_law::n_cells>& law, double by, double weight,
                      std::array<double, loss_law::n_cells>& to) noexcept {
    const auto whole = static_cast<std::size_t>(by);
    const double part = by - static_cast<double>(whole);
    const std::size_t last = loss_law::n_cells - 1;
    for (std::size_t cell = 0; cell <= last; ++cell) {
        const double p = weight * law[cell];
        if (p == 0.0) continue;
        to[std::min(cell + whole, last)] += p * (1.0 - part);
        to[std::min(cell + whole + 1, last)] += p * part;
    }
}

} // namespace detail

/// @param own_lost minor units at the mean; @param parts of own sales
[[nodiscard]] inline loss_law loss_law_of(double own_lost, const own_parts& parts,
                                          std::span<const possible_loss> losses) noexcept {
    loss_law out;
    const bool own_is_known = parts.front() == 1.0 && parts.back() == 1.0;
    double most = own_is_known ? 0.0 : own_lost * (parts.back() - parts.front());
    std::size_t n_moves = 1;
    for (const possible_loss& one : losses)
        if (one.probability > 0.0 && one.amount > 0.0) {
            most += one.amount;
            ++n_moves;
        }
    out.first = own_is_known ? own_lost : own_lost * parts.front();
    out.probability[0] = 1.0;
    if (!(most > 0.0)) return out;
    // Each move may round a cell up: room for that, so that nothing is cut off at the end.
    const std::size_t room = std::min(n_moves, loss_law::n_cells / 2);
    out.step = most / static_cast<double>(loss_law::n_cells - 1 - room);
    std::array<double, loss_law::n_cells> next{};
    const auto take = [&] {
        out.probability = next;
        next.fill(0.0);
    };
    for (const possible_loss& one : losses) {
        if (!(one.probability > 0.0 && one.amount > 0.0)) continue;
        detail::add_moved(out.probability, 0.0, 1.0 - one.probability, next);
        detail::add_moved(out.probability, one.amount / out.step, one.probability, next);
        take();
    }
    if (own_is_known) return out;
    for (const double part : parts)
        detail::add_moved(out.probability, own_lost * (part - parts.front()) / out.step,
                          1.0 / static_cast<double>(n_own_parts), next);
    take();
    return out;
}

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
    /// P(gain < x), and its density there (0 where the law is a step).
    struct point {
        double below = 0.0, density = 0.0;
    };
    [[nodiscard]] point at(double x, bool with_density) const noexcept {
        if (!(scale > 0.0)) return {x > 0.0 ? 1.0 : 0.0, 0.0};
        const double multiple = 1.0 + x / scale;
        if (!(multiple > 0.0)) return {};
        const double effect = numeric::log(multiple) + 0.5 * r * r;
        if (!with_density || !(sd > 0.0)) return {probability_under(effect, mean, sd), 0.0};
        const double z = (effect - mean) / sd;
        return {numeric::normal_cdf(z), numeric::normal_pdf(z) / (sd * scale * multiple)};
    }
    [[nodiscard]] double below(double x) const noexcept { return at(x, false).below; }
};

namespace detail {

/// P(gain - L - fixed < x), and the density there.
inline gain_law::point net_at(const gain_law& gain, const loss_law& loss, double fixed, double x,
                              bool with_density) noexcept {
    constexpr double nothing = 1e-12;
    gain_law::point out;
    const std::size_t n = loss.step > 0.0 ? loss_law::n_cells : 1;
    for (std::size_t cell = 0; cell < n; ++cell) {
        if (!(loss.probability[cell] > nothing)) continue;
        const auto one = gain.at(x + loss.value(cell) + fixed, with_density);
        out.below += loss.probability[cell] * one.below;
        out.density += loss.probability[cell] * one.density;
    }
    out.below = std::min(1.0, out.below);
    return out;
}

} // namespace detail

/// P(gain - L - fixed < x).
[[nodiscard]] inline double probability_net_below(const gain_law& gain, const loss_law& loss, double fixed,
                                                  double x) noexcept {
    return detail::net_at(gain, loss, fixed, x, false).below;
}

/// The net value below which a share p of what may happen lies; by Newton's method inside a bracket.
[[nodiscard]] inline double net_quantile(const gain_law& gain, const loss_law& loss, double fixed, double p) noexcept {
    constexpr double far = 1e-9;
    const double lowest = loss.value(0);
    const double highest = loss.step > 0.0 ? loss.value(loss_law::n_cells - 1) : lowest;
    double low = gain.quantile(far) - highest - fixed;
    double high = gain.quantile(1.0 - far) - lowest - fixed;
    const double enough = 1e-11 * (high - low) + 1e-3; // a thousandth of a cent
    double x = std::clamp(gain.quantile(p) - loss.quantile(1.0 - p) - fixed, low, high);
    for (int step = 0; step < 200 && high - low > enough; ++step) {
        const auto now = detail::net_at(gain, loss, fixed, x, true);
        (now.below < p ? low : high) = x;
        double next = x - (now.below - p) / now.density;
        const bool usable = now.density > 0.0 && next > low && next < high;
        if (!usable) next = 0.5 * (low + high);
        const double moved = next > x ? next - x : x - next;
        x = next;
        if (usable && moved < enough) break;
    }
    return x;
}

} // namespace dualtrack::decide
