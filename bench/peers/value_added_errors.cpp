// What errors of manager effects cost on a published panel, step by step; effects alone: value_added_panel.cpp.
//   value_added_errors DESIGN ROWS exact|projected|all RUNS [THREADS]     DESIGN: easy, geo, hard, akm
// Prints one JSON object, seconds by the clock and CPU seconds, each the least of the runs:
//   errors    leverages, standard errors that leave one seller out, corrected variances (exact only), after the fit
//   shrink    prior variances, shrunken effects and their intervals
//   whole     everything estimate_value_added does, from columns in memory
// `all` takes the policy's own choice and times `whole` alone.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "../../tests/estimate/panels.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::test;

/// The least of several runs.
struct least_time {
    double seconds = 1e300, cpu = 1e300;

    template <class F> void run(F&& f) {
        const auto begin = std::chrono::steady_clock::now();
        const std::clock_t ticks = std::clock();
        f();
        cpu = std::min(cpu, static_cast<double>(std::clock() - ticks) / CLOCKS_PER_SEC);
        seconds = std::min(seconds, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    void print(const char* name) const {
        if (seconds < 1e300) std::printf(", \"%s\": %.4f, \"%s_cpu\": %.4f", name, seconds, name, cpu);
    }
};

} // namespace

int main(int n_args, char** args) {
    if (n_args < 5) return 2;
    const std::string name = args[1], how = args[3];
    const design kind = name == "easy"   ? design::easy
                        : name == "geo"  ? design::geo
                        : name == "hard" ? design::hard
                                         : design::akm;
    panel_columns panel = published_panel(kind, static_cast<std::uint32_t>(std::strtoul(args[2], nullptr, 10)));
    panel.close();
    run_context run;
    if (n_args > 5) run.threads = static_cast<int>(std::strtol(args[5], nullptr, 10));
    const long runs = std::strtol(args[4], nullptr, 10);
    org::value_added_policy policy;
    if (how == "projected") policy.exact_inverse_flops = 0;
    if (how == "exact") policy.exact_inverse_flops = 1e13;
    const auto seed = static_cast<std::uint64_t>(policy.seed);
    least_time fit, errors, shrink, whole;
    double prior_sd = 0.0;
    if (how == "all") {
        for (long k = 0; k < runs; ++k)
            whole.run([&] {
                prior_sd = estimate_value_added(run, panel.rows(), policy).value()->shrinkage.effects.prior_total_sd;
            });
    } else {
        value_added_result out(run.memory);
        fit.run([&] {
            out.problem = two_way_of(run, panel.rows(), true);
            estimate::detail::choose_solver(out, policy.exact_inverse_flops, seed);
            out.fit = fit_two_way(out.problem, out.solver);
        });
        for (long k = 0; k < runs; ++k) {
            errors.run([&] {
                if (out.is_exact) {
                    out.covariance =
                        covariance_of(run, out.problem, out.solver, out.fit, true, out.fit.sigma2_match).value();
                    out.leverage = exact_leverages(out.problem.matches, out.covariance.inverse.raw);
                    out.in_leave_out_set = leave_out_set(run, out.problem.matches, panel.n_groups);
                    out.variance = variance_components_of(
                        run, net_matches_of(run, out.problem, out.fit, out.in_leave_out_set), policy.centring,
                        noise_form::leave_match_out, 0.0, policy.exact_inverse_flops, seed);
                } else {
                    auto leverages =
                        project_leverages(run, out.problem, out.solver, out.fit, policy.projections, seed).value();
                    out.covariance = projected_covariance(run, out.problem, out.solver, out.fit, leverages, true,
                                                          out.fit.sigma2_match, policy.projections, seed)
                                         .value();
                    out.leverage = std::move(leverages.leverage);
                }
            });
            shrink.run([&] {
                out.shrinkage = shrink_effects(run, out.problem, out.solver, out.fit, out.covariance.variance,
                                               out.leverage, policy, {})
                                    .value();
            });
        }
        prior_sd = out.shrinkage.effects.prior_total_sd;
    }
    std::printf("{\"rows\": %zu, \"managers\": %u, \"threads\": %d, \"prior_sd\": %.6f", panel.value.size(),
                panel.n_groups, run.threads, prior_sd);
    fit.print("fit");
    errors.print("errors");
    shrink.print("shrink");
    whole.print("whole");
    std::printf("}\n");
    return 0;
}
