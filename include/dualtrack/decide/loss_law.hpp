// What may be lost, as a law: own sales until a backfill has ramped, which are known only up to luck, and whether each
// of those passed over leaves, which is one throw of a coin each.
//
//   L = own_lost x lambda + sum_j cost_j x [j leaves because of it],  lambda ~ gamma of mean 1,  P(leaves) given
// on 64 equally spaced values; each coin and each eighth of lambda moves the law by exact means. No random numbers.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include <dualtrack/base/incomplete_gamma.hpp>
#include <dualtrack/base/numeric.hpp>

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
    constexpr std::size_t last = loss_law::n_cells - 1;
    std::size_t top = 0; // the last cell that holds anything
    // A part of a cell is shared between its two neighbours, which keeps the mean.
    for (const possible_loss& one : losses) {
        if (!(one.probability > 0.0 && one.amount > 0.0)) continue;
        const double by = one.amount / out.step;
        const auto whole = static_cast<std::size_t>(by);
        const double far = one.probability * (by - static_cast<double>(whole));
        const double near = one.probability - far;
        for (std::size_t cell = top + 1; cell-- > 0;) { // from above, so that no cell is moved twice
            const double p = out.probability[cell];
            out.probability[cell] = (1.0 - one.probability) * p;
            out.probability[std::min(cell + whole, last)] += near * p;
            out.probability[std::min(cell + whole + 1, last)] += far * p;
        }
        top = std::min(top + whole + 1, last);
    }
    if (own_is_known) return out;
    const auto before = std::exchange(out.probability, {});
    for (const double part : parts) {
        const double by = own_lost * (part - parts.front()) / out.step;
        const auto whole = static_cast<std::size_t>(by);
        const double far = (by - static_cast<double>(whole)) / static_cast<double>(n_own_parts);
        const double near = 1.0 / static_cast<double>(n_own_parts) - far;
        for (std::size_t cell = 0; cell <= top; ++cell) {
            out.probability[std::min(cell + whole, last)] += near * before[cell];
            out.probability[std::min(cell + whole + 1, last)] += far * before[cell];
        }
    }
    return out;
}

} // namespace dualtrack::decide
