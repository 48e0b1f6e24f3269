// Manager value added: how much more do the same sellers sell under one manager than under another?
//     y_r = alpha_i + psi_j + z_r' gamma + e_r                (seller i, manager j, periods and controls z, weight w_r)
// alpha is a fixed effect: good sellers meeting good managers do not bias psi. What has to be believed: nobody is moved
// because of last month's luck, effects add up, and there is one manager a row. Everything else is said by a status.
// Months can be appended to a panel that is kept between runs (panel_state.hpp, kept_value_added.hpp): as spells, 16
// bytes each, for effects and for errors by match or row; errors that leave out one seller at a time beside periods,
// and the corrected variance of sellers, need every value, 9 bytes a row more. Such a panel has neither weights nor
// controls, and a solve starts from nothing, so that its bytes never depend on what was solved before.
// Not built, of what the design leaves open: cells of weighted rows between runs; corrected variances where the factor
// is too dear (null, finding value_added.not_exact); drift of effects over time, event studies, Poisson. Built but
// tried at small scale only: weights, controls. Sellers with more than 2,000 managers are vertices of the graph
// (effects alone: more than 64); drawn errors of so large a seller take time that grows with the cube of that number.
// Reference: Abowd, Kramarz, Margolis 1999; Kline, Saggio, Solvsten 2020; Besag, York, Mollie 1991.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <dualtrack/base/beta.hpp>
#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/estimate/connectivity.hpp>
#include <dualtrack/estimate/effect_errors.hpp>
#include <dualtrack/estimate/effect_shrinkage.hpp>
#include <dualtrack/estimate/energy_pcg.hpp>
#include <dualtrack/estimate/projected_errors.hpp>
#include <dualtrack/estimate/seller_effects.hpp>
#include <dualtrack/estimate/value_added_tables.hpp>
#include <dualtrack/estimate/variance_components.hpp>
#include <dualtrack/org/policy.hpp>

namespace dualtrack::estimate {

/// Everything about a panel that was estimated. A number that is not known is NaN here and null in the tables.
struct value_added_result {
    two_way problem;
    manager_solver solver;
    least_squares fit;
    effect_covariance covariance;
    std::vector<double> leverage; // of each match; empty: not computed
    articulation bridges;
    shrinkage_outcome shrinkage;
    variance_components variance;
    std::vector<std::uint8_t> in_leave_out_set;                   // [n_units]
    std::vector<double> lambda_2;                                 // of each component
    std::vector<double> effect, se, shrunk, low, high, top_tenth; // [n_groups]
    std::vector<effect_status> status;
    std::vector<std::uint32_t> n_sellers, n_movers;
    bool is_exact = true;
    double n_draws = 0.0; // what is not exact rests on

    explicit value_added_result(std::pmr::memory_resource* memory) : problem(memory) {}
};

namespace detail {

/// The cheapest solver that does: exact while the factor and its selected inverse are affordable.
inline void choose_solver(value_added_result& out, double exact_flops, std::uint64_t seed) {
    out.solver.graph = &out.problem.graph;
    out.solver.components = &out.problem.components;
    elimination_order order;
    if (out.problem.graph.n_hubs() == 0) order = minimum_degree(out.problem.graph, exact_flops);
    out.is_exact = order.is_complete(out.problem.graph.size());
    if (out.is_exact) {
        out.solver.kind = solver_kind::exact;
        out.solver.pattern = pattern_of(out.problem.graph, order.order, true);
        out.solver.factor = factor_of(out.problem.graph, out.solver.pattern);
        return;
    }
    choose_iterative(out.solver, out.problem.b, static_cast<double>(out.problem.edge.size()), seed);
}

inline void count_sellers(value_added_result& out) {
    const match_columns& matches = out.problem.matches;
    const std::size_t n = out.problem.graph.size();
    out.n_sellers.assign(n, 0);
    out.n_movers.assign(n, 0);
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit)
        for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1]; ++m) {
            ++out.n_sellers[matches.group[m]];
            if (matches.matches_of(unit) > 1) ++out.n_movers[matches.group[m]];
        }
}

/// How many posterior sds the 95 % interval of a shrunken effect reaches: the noise was estimated too, from few pairs
/// of seller and manager in a small firm (Student's t). Never further than what was believed before the data.
inline double interval_reach(const least_squares& fit, double sd, double prior_sd) {
    const std::int64_t df = std::min(fit.df_match, fit.df_row);
    const double t = df > 0 ? numeric::student_t_quantile(0.975, static_cast<double>(df)) : numeric::interval_95;
    const double most = sd > 0.0 ? numeric::interval_95 * std::max(1.0, prior_sd / sd) : t;
    return std::min(t, most);
}

/// What is printed of shrunken effects: on the scale of the component, or of the population.
inline void print_shrunken(value_added_result& out, std::size_t j, bool population) {
    const shrunken_effects& from = out.shrinkage.effects;
    if (from.mean.empty()) return;
    const double mean = population ? from.mean[j] : from.centred_mean[j];
    const double sd = population ? from.sd[j] : from.centred_sd[j];
    out.shrunk[j] = mean;
    const double reach = interval_reach(out.fit, sd, population ? from.prior_sd[j] : from.centred_prior_sd[j]);
    out.low[j] = mean - reach * sd;
    out.high[j] = mean + reach * sd;
    constexpr double top_tenth = 1.2815515655446004;
    if (from.sd[j] > 0.0)
        out.top_tenth[j] = numeric::normal_cdf((from.mean[j] - top_tenth * from.prior_total_sd) / from.sd[j]);
}

/// Whether the data hardly move what was known before.
inline bool is_weak(const value_added_result& out, std::size_t j, bool population, double share) {
    const shrunken_effects& from = out.shrinkage.effects;
    if (from.mean.empty()) return false;
    const double after = population ? from.sd[j] : from.centred_sd[j];
    const double before = population ? from.prior_sd[j] : from.centred_prior_sd[j];
    return after * after > share * before * before;
}

inline void set_status(value_added_result& out, const org::value_added_policy& policy) {
    const std::size_t n = out.problem.graph.size();
    const bool by_rows = policy.se == org::effect_error::row_scale; // needs no matches to judge by
    const bool population = policy.reference == org::effect_reference::population;
    out.effect = out.fit.psi;
    out.se.assign(n, numeric::not_a_number);
    out.shrunk = out.low = out.high = out.top_tenth = out.se;
    out.status.assign(n, effect_status::ok);
    for (std::size_t j = 0; j < n; ++j) {
        const bool is_alone = out.problem.components.n_groups[out.problem.components.of[j]] < 2;
        if (is_alone)
            out.status[j] = effect_status::no_movers;
        else if (out.fit.confounded[j] != 0)
            out.status[j] = effect_status::period_confounded;
        else if (!out.fit.converged)
            out.status[j] = effect_status::not_converged;
        else if (!out.fit.has_df())
            out.status[j] = effect_status::insufficient_df;
        else if (out.bridges.hangs[j] != 0)
            out.status[j] = effect_status::bridged;
        else if (is_weak(out, j, population, policy.weak_share))
            out.status[j] = effect_status::weak;
        else if (out.problem.components.of[j] != 0)
            out.status[j] = effect_status::other_component;
        if (is_alone || out.status[j] > effect_status::insufficient_df)
            print_shrunken(out, j, population || is_alone); // alone: what is known of any manager
        if (out.status[j] <= effect_status::not_converged) {
            out.effect[j] = numeric::not_a_number;
            continue;
        }
        if ((by_rows ? out.fit.df_row > 0 : out.fit.has_df()) && !out.covariance.variance.empty() &&
            out.covariance.variance[j] >= 0.0)
            out.se[j] = std::sqrt(out.covariance.variance[j]);
    }
}

} // namespace detail

/// What is known of a panel beyond rows that all have the mean of their seller and manager.
struct known_sums {
    std::vector<double> d; // deviations in each period; empty: no periods
    double squares = 0.0;  // of all deviations
};

namespace detail {

/// Tells the host how far the run is, between steps; false where it asks to stop.
inline bool goes_on(const run_context& run, double share) {
    const double all = run.progress_from + (run.progress_to - run.progress_from) * share;
    return !is_cancelled(run) && (run.progress == nullptr || run.progress(run.progress_user, all) == 0);
}

/// RSS = sum q - b'psi - d'gamma, where the rows do not tell.
inline void take_sums(value_added_result& out, const known_sums& known) {
    least_squares& fit = out.fit;
    double rss = known.squares;
    for (std::size_t j = 0; j < fit.psi.size(); ++j) rss -= out.problem.b[j] * fit.psi[j];
    for (std::size_t t = 0; t < known.d.size(); ++t) rss -= known.d[t] * fit.gamma[t];
    fit.rss = std::max(0.0, rss);
    const double rest = fit.solve_error_bound * std::sqrt(fit.sigma2_row);
    fit.sigma2_row = fit.df_row > 0 ? fit.rss / static_cast<double>(fit.df_row) : 0.0;
    fit.solve_error_bound = fit.sigma2_row > 0.0 ? rest / std::sqrt(fit.sigma2_row) : 0.0;
}

} // namespace detail

/// Estimates value added. Weights are scaled to mean 1 by the caller; the result is kept where it is made, because
/// its parts point at each other and at the columns of the panel, which outlive it. @param market_of_group market of
/// each manager or no_index; empty: none is known @param known sums that the rows do not have (solve_panel_state.hpp)
inline result<std::shared_ptr<const value_added_result>>
estimate_value_added(const run_context& run, const panel_rows& panel, const org::value_added_policy& policy,
                     std::span<const std::uint32_t> market_of_group = {}, const known_sums* known = nullptr) {
    auto made = std::make_shared<value_added_result>(run.memory);
    value_added_result& out = *made;
    const auto seed = static_cast<std::uint64_t>(policy.seed);
    out.problem = two_way_of(run, panel, policy.period_effects != org::period_effects::none);
    if (known != nullptr) out.problem.edge.d = known->d;
    if (!detail::goes_on(run, 0.05)) return cancelled_failure();
    detail::choose_solver(out, policy.exact_inverse_flops, seed);
    out.fit = fit_two_way(out.problem, out.solver);
    if (known != nullptr) detail::take_sums(out, *known);
    if (!detail::goes_on(run, 0.2)) return cancelled_failure();
    detail::count_sellers(out);
    const match_columns& matches = out.problem.matches;
    out.bridges = articulation_of(matches, panel.n_groups, std::vector<std::uint8_t>(matches.n_units(), 1));
    out.in_leave_out_set = leave_out_set(run, matches, panel.n_groups);
    out.lambda_2 = second_eigenvalues(out.solver, seed);
    const bool by_rows = policy.se == org::effect_error::row_scale;
    if (out.is_exact && out.fit.converged) {
        DUALTRACK_TRY(out.covariance, covariance_of(run, out.problem, out.solver, out.fit,
                                                    policy.se == org::effect_error::leave_seller_out,
                                                    by_rows ? out.fit.sigma2_row : out.fit.sigma2_match));
        out.leverage = exact_leverages(matches, out.covariance.inverse.raw);
        if (!detail::goes_on(run, 0.4)) return cancelled_failure();
        out.variance =
            variance_components_of(run, net_matches_of(run, out.problem, out.fit, out.in_leave_out_set),
                                   policy.centring, noise_form::leave_match_out, 0.0, policy.exact_inverse_flops, seed);
    }
    if (!out.is_exact && out.fit.converged) {
        out.n_draws = detail::draws_of(blocks_of_draws(policy.projections));
        DUALTRACK_TRY(auto projected,
                      project_leverages(run, out.problem, out.solver, out.fit, policy.projections, seed));
        DUALTRACK_TRY(out.covariance, projected_covariance(run, out.problem, out.solver, out.fit, projected,
                                                           policy.se == org::effect_error::leave_seller_out,
                                                           by_rows ? out.fit.sigma2_row : out.fit.sigma2_match,
                                                           policy.projections, seed));
        out.leverage = std::move(projected.leverage);
    }
    if (!detail::goes_on(run, 0.7)) return cancelled_failure();
    if (out.fit.converged && out.fit.has_df()) {
        DUALTRACK_TRY(out.shrinkage, shrink_effects(run, out.problem, out.solver, out.fit, out.covariance.variance,
                                                    out.leverage, policy, market_of_group));
    }
    if (known != nullptr)
        out.variance.sellers_corrected = numeric::not_a_number; // rests on those who stayed, row by row
    detail::set_status(out, policy);
    return std::shared_ptr<const value_added_result>(std::move(made));
}

/// Effects of sellers, made when somebody asks for them.
inline seller_effects effects_of_sellers(const value_added_result& made) {
    return effects_of_sellers(made.problem, made.fit, made.covariance, made.status);
}

} // namespace dualtrack::estimate
