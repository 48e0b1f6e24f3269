// The analysis `value_added`: how much more the same sellers sell under each manager.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include <dualtrack/base/text.hpp>
#include <dualtrack/estimate/value_added.hpp>

#include "run/analysis.hpp"
#include "run/tables.hpp"
#include "run/value_added.hpp"

namespace dualtrack::run {
namespace {

using namespace dualtrack::estimate;

/// Two digits, which is all the iteration promises.
double two_digits(double x) {
    if (!(x > 0.0)) return x;
    double scale = 1.0;
    while (x * scale < 10.0 && scale < 1e18) scale *= 10.0;
    return std::round(x * scale) / scale;
}

value_added_table managers_table(const estimated_value_added& made, std::pmr::memory_resource* memory) {
    const value_added_result& fit = *made.fit;
    value_added_table out(*made.panel->group_ids, memory);
    for (std::uint32_t j = 0; j < fit.effect.size(); ++j) {
        out.manager_id.index.push_back(made.panel->group_row[j]);
        push_finite(out.effect, fit.effect[j]);
        push_finite(out.se, fit.se[j]);
        push_finite(out.effect_shrunk, fit.shrunk[j]);
        push_finite(out.low, fit.low[j]);
        push_finite(out.high, fit.high[j]);
        push_finite(out.probability_top_tenth, fit.top_tenth[j]);
        out.n_rows.value.push_back(static_cast<std::int64_t>(fit.problem.n_rows[j]));
        out.n_sellers.value.push_back(fit.n_sellers[j]);
        out.n_movers.value.push_back(fit.n_movers[j]);
        out.component.value.push_back(std::int64_t{fit.problem.components.of[j]} + 1);
        out.status.code.push_back(static_cast<std::uint8_t>(fit.status[j]));
    }
    return out;
}

sellers_effects_table sellers_table(const estimated_value_added& made, std::pmr::memory_resource* memory) {
    const value_added_result& fit = *made.fit;
    const match_columns& matches = fit.problem.matches;
    const seller_effects sellers = effects_of_sellers(fit);
    sellers_effects_table out(*made.panel->unit_ids, memory);
    for (std::uint32_t i = 0; i < matches.n_units(); ++i) {
        std::int64_t n_rows = 0;
        for (std::size_t m = matches.first_match[i]; m < matches.first_match[i + std::size_t{1}]; ++m)
            n_rows += matches.n_rows[m];
        out.seller_id.index.push_back(made.panel->unit_row[i]);
        push_finite(out.effect, sellers.effect[i]);
        push_finite(out.se, sellers.se[i]);
        out.n_rows.value.push_back(n_rows);
        out.n_managers.value.push_back(matches.matches_of(i));
        out.component.value.push_back(std::int64_t{fit.problem.components.of[matches.group[matches.first_match[i]]]} +
                                      1);
        out.status.code.push_back(static_cast<std::uint8_t>(sellers.status[i]));
    }
    return out;
}

/// Whether the variances would count periods as managers: a manager they rest on cannot be told from a period.
bool is_confounded(const value_added_result& fit) {
    const match_columns& matches = fit.problem.matches;
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit)
        for (std::size_t m = matches.first_match[unit]; m < matches.first_match[unit + 1]; ++m)
            if (fit.in_leave_out_set[unit] != 0 && fit.fit.confounded[matches.group[m]] != 0) return true;
    return false;
}

variance_table variances(const estimated_value_added& made, std::pmr::memory_resource* memory) {
    const value_added_result& fit = *made.fit;
    const variance_components& v = fit.variance;
    variance_table out(memory);
    constexpr double none = numeric::not_a_number;
    const auto add = [&](variance_term term, double naive, double corrected, double se) {
        out.term.code.push_back(static_cast<std::uint8_t>(term));
        push_finite(out.naive, naive);
        push_finite(out.corrected, corrected);
        push_finite(out.se, se);
    };
    if (is_confounded(fit)) {
        for (const variance_term term : {variance_term::managers, variance_term::sellers, variance_term::covariance})
            add(term, none, none, none);
    } else {
        add(variance_term::managers, v.managers, v.managers_corrected, v.managers_se);
        add(variance_term::sellers, v.sellers, v.sellers_corrected, none);
        add(variance_term::covariance, v.covariance, v.covariance_corrected, none);
    }
    const auto correlation = [](double cov, double a, double b) {
        return a > 0.0 && b > 0.0 ? cov / std::sqrt(a * b) : numeric::not_a_number;
    };
    if (is_confounded(fit))
        add(variance_term::correlation, none, none, none);
    else
        add(variance_term::correlation, correlation(v.covariance, v.managers, v.sellers),
            correlation(v.covariance_corrected, v.managers_corrected, v.sellers_corrected), none);
    const auto n_rows = static_cast<double>(fit.problem.rows.rows.size());
    const auto n_matches = static_cast<double>(fit.problem.matches.size());
    add(variance_term::noise_row, fit.fit.rss / n_rows, fit.fit.df_row > 0 ? fit.fit.sigma2_row : none, none);
    add(variance_term::noise_match, fit.fit.rss_match / n_matches, fit.fit.df_match > 0 ? fit.fit.sigma2_match : none,
        none);
    const shrinkage_outcome& shrunk = fit.shrinkage;
    const bool any_told = std::any_of(fit.status.begin(), fit.status.end(),
                                      [](effect_status s) { return s > effect_status::insufficient_df; });
    const bool has_prior = any_told && !shrunk.effects.mean.empty();
    add(variance_term::prior_independent, has_prior ? shrunk.tau2_closed : none, has_prior ? shrunk.effects.tau2 : none,
        none);
    const bool has_shared =
        has_prior && (shrunk.prior == org::effect_prior::market || shrunk.prior == org::effect_prior::network);
    add(variance_term::prior_shared, none, has_shared ? shrunk.effects.omega2 : none, none);
    return out;
}

components_table components(const estimated_value_added& made, std::pmr::memory_resource* memory) {
    const value_added_result& fit = *made.fit;
    const match_columns& matches = fit.problem.matches;
    const std::size_t n = fit.problem.components.size();
    std::vector<std::int64_t> sellers(n, 0), movers(n, 0), rows(n, 0), pairs(n, 0), bridges(n, 0), left(n, 0);
    for (std::size_t unit = 0; unit < matches.n_units(); ++unit) {
        const std::uint32_t c = fit.problem.components.of[matches.group[matches.first_match[unit]]];
        ++sellers[c];
        movers[c] += matches.matches_of(unit) > 1 ? 1 : 0;
        bridges[c] += fit.bridges.is_bridge[unit];
        pairs[c] += matches.matches_of(unit);
        const std::int64_t own = std::int64_t{fit.problem.rows.first[unit + 1]} - fit.problem.rows.first[unit];
        rows[c] += own;
        left[c] += fit.in_leave_out_set[unit] != 0 ? own : 0;
    }
    components_table out(memory);
    for (std::size_t c = 0; c < n; ++c) {
        out.component.value.push_back(static_cast<std::int64_t>(c) + 1);
        out.n_managers.value.push_back(fit.problem.components.n_groups[c]);
        out.n_sellers.value.push_back(sellers[c]);
        out.n_movers.value.push_back(movers[c]);
        out.n_rows.value.push_back(rows[c]);
        out.n_matches.value.push_back(pairs[c]);
        out.n_bridges.value.push_back(bridges[c]);
        push_finite(out.lambda_2, two_digits(fit.lambda_2[c]));
        out.rows_in_leave_out_set.value.push_back(left[c]);
    }
    return out;
}

estimation_table estimation(const estimated_value_added& made, const org::policy& policy,
                            std::pmr::memory_resource* memory) {
    const value_added_panel& panel = *made.panel;
    const value_added_result& fit = *made.fit;
    estimation_table out(memory);
    const auto count = [&](std::string_view name, std::size_t n) { out.add(name, static_cast<double>(n)); };
    out.add_word("outcome", panel.outcome);
    if (!panel.period_word.empty()) out.add_word("period", panel.period_word);
    out.add("rows_given", static_cast<double>(panel.n_given));
    count("rows_used", panel.value.size());
    out.add("rows_of_weight_0", static_cast<double>(panel.n_zero_weight));
    out.add("rows_of_oneself", static_cast<double>(panel.n_own));
    out.add("rows_without_logarithm", static_cast<double>(panel.n_no_logarithm));
    out.add("rows_without_quota", static_cast<double>(panel.n_no_quota));
    out.add("months_leading_others", static_cast<double>(panel.n_leading));
    count("sellers", fit.problem.matches.n_units());
    count("managers", fit.effect.size());
    count("matches", fit.problem.matches.size());
    count("components", fit.problem.components.size());
    out.add("df_row", static_cast<double>(fit.fit.df_row));
    out.add("df_match", static_cast<double>(fit.fit.df_match));
    if (fit.fit.df_row > 0) out.add("sigma2_row", fit.fit.sigma2_row);
    if (fit.fit.df_match > 0) out.add("sigma2_match", fit.fit.sigma2_match);
    out.add_word("se", org::effect_error_words[static_cast<std::size_t>(policy.value_added.se)]);
    if (!fit.shrinkage.effects.mean.empty()) {
        out.add_word("prior", org::effect_prior_words[static_cast<std::size_t>(fit.shrinkage.prior)]);
        out.add_word("prior_variance", fit.shrinkage.integrated ? "integrated" : "estimated");
        out.add("sigma2_shrinkage", fit.shrinkage.sigma2);
        out.add("nu2", fit.shrinkage.nu2);
        out.add("prior_sd", fit.shrinkage.effects.prior_total_sd);
    }
    out.add_word("leverages", fit.is_exact ? "exact" : "projected");
    if (!fit.is_exact) out.add("draws", fit.n_draws);
    out.add("solve_error_bound", fit.fit.solve_error_bound);
    return out;
}

void say_findings(const estimated_value_added& made, org::findings_table& to) {
    const value_added_result& fit = *made.fit;
    const std::string_view table = made.data->organisation.has_panel ? "panel" : "assignments";
    for (const std::uint32_t k : fit.fit.collinear)
        add_finding(to, {org::severity::warning, "value_added.collinear_column", "panel", made.panel->control_names[k],
                         -1, -1, 1, "says nothing beyond sellers, periods and the columns before it; left out"});
    std::int64_t confounded = 0;
    for (const effect_status s : fit.status) confounded += s == effect_status::period_confounded ? 1 : 0;
    if (confounded > 0)
        add_finding(to,
                    {org::severity::warning, "value_added.period_confounded", table, "", -1, -1, confounded,
                     "all sellers of these managers changed at once: the manager cannot be told from the period, and "
                     "variances that rest on them are not given"});
    constexpr double weak = 0.1;
    if (fit.variance.weak_share > weak)
        add_finding(to, {org::severity::warning, "value_added.level_variance_weak", table, "", -1, -1, 1,
                         "one direction of the graph carries most of what the level variance rests on; look at "
                         "prior_independent and prior_shared instead of the variance of managers"});
    const shrinkage_outcome& shrunk = fit.shrinkage;
    if (shrunk.exchangeable_reml > 0.0 && shrunk.tau2_closed > 0.0) {
        const double ratio = shrunk.tau2_closed / shrunk.exchangeable_reml;
        if (ratio < 0.8 || ratio > 1.25)
            add_finding(to, {org::severity::note, "value_added.prior_not_exchangeable", table, "", -1, -1, 1,
                             "managers who share sellers resemble each other: intervals of an exchangeable prior would "
                             "be too short"});
    }
    std::int64_t turned = 0;
    for (std::size_t j = 0; j < fit.effect.size(); ++j) turned += fit.effect[j] * fit.shrunk[j] < 0.0 ? 1 : 0;
    if (turned > 0)
        add_finding(to, {org::severity::note, "value_added.sign_turned", table, "", -1, -1, turned,
                         "the estimate and the effect to expect are on different sides of the average: few sellers "
                         "changed to or from these managers, whose other managers are off themselves; the estimate "
                         "alone says next to nothing"});
    if (!fit.is_exact)
        add_finding(to, {org::severity::warning, "value_added.not_exact", table, "", -1, -1, 1,
                         "the graph of managers is too dense for exact errors within /value_added/exact_inverse_flops: "
                         "standard errors and widths of intervals rest on " +
                             number_text(fit.n_draws) + " random draws and may be off by " +
                             number_text(std::round(100.0 / std::sqrt(2.0 * fit.n_draws))) +
                             " %; effects and shrunken effects do not; variances corrected for noise are left out"});
    constexpr double most = 1.5;
    if (fit.fit.df_match > 0 && fit.fit.df_row > 0 && fit.fit.sigma2_match > most * fit.fit.sigma2_row)
        add_finding(to, {org::severity::note, "value_added.serial_correlation", table, "", -1, -1, 1,
                         "results of a seller are alike over time: seller-manager means vary " +
                             number_text(std::round(fit.fit.sigma2_match / fit.fit.sigma2_row * 10.0) / 10.0) +
                             " times as much as rows say; row_scale errors would be too small"});
}

} // namespace

result<std::shared_ptr<const estimated_value_added>>
estimate_organisation(const run_context& run, std::shared_ptr<const ingest::checked_data> data,
                      const org::policy& policy, panel_days days) {
    auto out = std::make_shared<estimated_value_added>();
    out->data = data;
    DUALTRACK_TRY(out->panel, read_value_added_panel(part_of(run, 0.0, 0.5), std::move(data), policy, days));
    DUALTRACK_TRY(out->fit, estimate_value_added(part_of(run, 0.5, 1.0), out->panel->rows(), policy.value_added,
                                                 out->panel->market));
    return std::shared_ptr<const estimated_value_added>(std::move(out));
}

result<std::shared_ptr<analysis_result>>
run_value_added(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    DUALTRACK_TRY(const auto made, estimate_organisation(run, data, policy));
    auto out = start_result("value_added", data, policy, made->panel->as_of);
    out->tables_read = {"people", "assignments", "deals",          "credits", "participants",
                        "sales",  "quotas",      "exchange_rates", "panel"};
    std::pmr::memory_resource* memory = run.memory;
    out->tables.push_back(
        result_table::of("value_added", std::make_shared<const value_added_table>(managers_table(*made, memory))));
    out->tables.push_back(
        result_table("sellers_effects", [made, memory] { return made_of(made, sellers_table(*made, memory)); }));
    out->tables.push_back(
        result_table::of("variance", std::make_shared<const variance_table>(variances(*made, memory))));
    out->tables.push_back(
        result_table::of("components", std::make_shared<const components_table>(components(*made, memory))));
    out->tables.push_back(
        result_table::of("estimation", std::make_shared<const estimation_table>(estimation(*made, policy, memory))));
    org::findings_table findings(memory);
    org::add_findings(findings, made->panel->findings);
    say_findings(*made, findings);
    add_findings_table(*out, findings);
    return out;
}

described_analysis describe_value_added() {
    const text_column none;
    described_analysis out{{"value_added",
                            "how much more the same sellers sell under each manager, and how sure that is",
                            {{"panel"}, {"people", "deals"}, {"people", "sales"}},
                            {"assignments", "credits", "quotas", "exchange_rates"},
                            {}},
                           {}};
    auto* memory = std::pmr::get_default_resource();
    out.add(value_added_table(none, memory));
    out.add(sellers_effects_table(none, memory));
    out.add(variance_table(memory));
    out.add(components_table(memory));
    out.add(estimation_table(memory));
    return out;
}

} // namespace dualtrack::run
