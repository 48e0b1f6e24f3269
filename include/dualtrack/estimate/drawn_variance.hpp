// Posterior variances where no factor can be afforded: noise of covariance A is drawn and A x = y is solved, so that x
// has the covariance A^-1. What stays uncertain of a manager once everybody else is known is exact and needs no draws;
// only the rest is taken from them:
//   Var(q) = (1 - pi_a)^2 (A_bb^-1)_11 + E[ E(q | all but b)^2 ] ,   E(x_b | all but b) = x_b - A_bb^-1 y_b
// with b the manager (and what is theirs alone of the shared part), q = x_a less the component's mean, pi_a the share
// of a in it. k draws leave an error of sqrt(2 / k) of the drawn part; variances are widened for it as a t interval is.
// Reference: Papandreou, Yuille 2010 (perturb and solve); Siden, Lindgren, Bolin, Villani 2018 (conditioning).
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/estimate/random_signs.hpp>
#include <dualtrack/estimate/shrinkage_system.hpp>

namespace dualtrack::estimate {

namespace detail {

inline constexpr double drawn_tolerance = 1e-4; // of a draw's energy; its error is far below that of the draws

/// out = (diagonal - links) x.
template <std::size_t W>
void apply_links(const manager_graph& graph, std::span<const double> x, std::span<double> out) {
    for (std::size_t j = 0; j < graph.size(); ++j) {
        std::array<double, W> sum{};
        for (std::size_t c = 0; c < W; ++c) sum[c] = graph.diagonal[j] * x[j * W + c];
        for (std::uint64_t l = graph.first[j]; l < graph.first[j + 1]; ++l) {
            const double* const other = x.data() + graph.to[l] * W;
            const double w = graph.weight[l];
            for (std::size_t c = 0; c < W; ++c) sum[c] -= w * other[c];
        }
        std::copy(sum.begin(), sum.end(), out.begin() + static_cast<std::ptrdiff_t>(j * W));
    }
}

/// Solves the joint system of a prior: conjugate gradients, preconditioned with everything but the links between
/// managers, which makes a small own variance (own and shared part nearly one) as easy as any.
class joint_solver {
  public:
    /// @pre the prior is set in the system, which outlives this
    joint_solver(const shrinkage_system& system, double tau2) : system_(system), coupling_(1.0 / tau2) {
        const std::size_t m = system.n_linked;
        inverse_.resize(system.graph.size());
        for (std::size_t v = 0; v < inverse_.size(); ++v) inverse_[v] = system.graph.diagonal[v];
        for (std::size_t a = 0; a < m; ++a) {
            if (!system.shared.empty()) inverse_[system.shared[a]] -= coupling_ * coupling_ / inverse_[a];
            inverse_[a] = 1.0 / inverse_[a];
        }
        for (std::size_t v = m; v < inverse_.size(); ++v) inverse_[v] = 1.0 / inverse_[v];
    }
    template <std::size_t W> bool solve(std::span<double> x, double relative) const {
        return solve_block<W>(
            [&](std::span<const double> p, std::span<double> q) { apply_links<W>(system_.graph, p, q); },
            [&](std::span<double> z) { precondition<W>(z); }, x, {.relative = relative});
    }

  private:
    template <std::size_t W> void precondition(std::span<double> z) const {
        const std::size_t m = system_.n_linked;
        const auto& shared = system_.shared;
        for (std::size_t a = 0; a < m && !shared.empty(); ++a)
            for (std::size_t c = 0; c < W; ++c) z[shared[a] * W + c] += coupling_ * inverse_[a] * z[a * W + c];
        for (std::size_t v = m; v < inverse_.size(); ++v)
            for (std::size_t c = 0; c < W; ++c) z[v * W + c] *= inverse_[v];
        for (std::size_t a = 0; a < m; ++a)
            for (std::size_t c = 0; c < W; ++c) {
                const double above = shared.empty() ? 0.0 : coupling_ * z[shared[a] * W + c];
                z[a * W + c] = inverse_[a] * (z[a * W + c] + above);
            }
    }
    const shrinkage_system& system_;
    double coupling_;
    std::vector<double> inverse_;
};

/// y += noise of covariance scale^2 (normalised graph + .05 I) of the linked managers; [n_linked][8].
inline void add_network_noise(const two_way& problem, const linked_managers& linked, std::uint64_t seed,
                              std::int64_t block, double scale, std::span<double> y, std::vector<double>& by_group) {
    constexpr std::size_t W = block_width;
    by_group.assign(problem.graph.size() * W, 0.0);
    add_match_signs(problem.matches, problem.matches.weight, seed, block, sign_kind::shared_match, by_group);
    const double root = scale * std::sqrt(0.05);
    for (std::size_t a = 0; a < linked.manager.size(); ++a) {
        const std::uint32_t j = linked.manager[a];
        const double along = scale / std::sqrt(problem.graph.diagonal[j]);
        const eight_signs z = signs_of(seed, j, block, sign_kind::shared_manager);
        for (std::size_t c = 0; c < W; ++c) y[a * W + c] += along * by_group[j * W + c] + root * z[c];
    }
}

/// Sums over draws of squares of what is known of a manager from all others.
struct conditional_variances {
    std::vector<double> own, centred; // [n_linked]
    std::vector<eight_signs> mean;

    explicit conditional_variances(std::size_t m) : own(m, 0.0), centred(m, 0.0) {}

    [[nodiscard]] static double share_of(const manager_components& parts, std::uint32_t j) noexcept {
        return parts.group_weight[j] / parts.weight[parts.of[j]];
    }
    /// @param local (a, c) -> (A_bb^-1 y_b)_1 of manager a in draw c
    template <class Local>
    void add(const manager_components& parts, const linked_managers& linked, std::span<const double> x, Local&& local) {
        mean.assign(parts.size(), eight_signs{});
        for (std::size_t a = 0; a < own.size(); ++a) {
            const std::uint32_t j = linked.manager[a];
            const double share = share_of(parts, j);
            for (std::size_t c = 0; c < block_width; ++c) mean[parts.of[j]][c] += share * x[a * block_width + c];
        }
        for (std::size_t a = 0; a < own.size(); ++a) {
            const std::uint32_t j = linked.manager[a];
            const double share = share_of(parts, j);
            const eight_signs& level = mean[parts.of[j]];
            for (std::size_t c = 0; c < block_width; ++c) {
                const double at = x[a * block_width + c];
                const double known = at - local(a, c);
                const double contrast = (1.0 - share) * known - (level[c] - share * at);
                own[a] += known * known;
                centred[a] += contrast * contrast;
            }
        }
    }
    /// Makes variances of the sums. @param exact (a) -> (A_bb^-1)_11
    template <class Exact>
    void finish(const manager_components& parts, const linked_managers& linked, double draws, Exact&& exact) {
        for (std::size_t a = 0; a < own.size(); ++a) {
            const double keep = 1.0 - share_of(parts, linked.manager[a]);
            const double fixed = exact(a);
            own[a] = widened(fixed, own[a] / draws, draws);
            centred[a] = widened(keep * keep * fixed, centred[a] / draws, draws);
        }
    }
    /// The variance whose normal interval is as long as the t interval of the draws' degrees of freedom.
    [[nodiscard]] static double widened(double fixed, double drawn, double draws) noexcept {
        constexpr double z2 = numeric::interval_95 * numeric::interval_95;
        const double all = fixed + drawn;
        const double part = all > 0.0 ? drawn / all : 0.0;
        const double longer = 1.0 + (z2 + 1.0) / (4.0 * draws) * part * part;
        return all * longer * longer;
    }
};

[[nodiscard]] inline double draws_of(std::int64_t n_blocks) noexcept {
    return static_cast<double>(n_blocks) * static_cast<double>(block_width);
}

} // namespace detail

} // namespace dualtrack::estimate
