// The fields of the policy that say how history is read: value added of managers, backtests. How a row is read:
// policy_field.hpp.
#pragma once

#include <dualtrack/org/policy_field.hpp>

namespace dualtrack::org {

inline constexpr auto estimate_policy_fields = std::to_array<policy_field>({
    detail::choice<&policy::value_added, &value_added_policy::outcome>(
        "/value_added/outcome", outcome_kind_words,
        "what of a seller's period is explained; by_input: the value of the table panel as it is, else the logarithm "
        "of sales; attainment: sales over quota, weighted by quota; any_sale: 1 with a sale, else 0",
        "Benson, Li, Shue 2019: log sales; zeros: Chen, Roth 2024", "J"),
    detail::field<&policy::value_added, &value_added_policy::scale>(
        "/value_added/scale", unit::currency, 0, 1e15,
        "log1p alone: sales are divided by it before 1 is added; must be given, the effects depend on it",
        "Chen, Roth 2024: no unit is neutral", "A"),
    detail::choice<&policy::value_added, &value_added_policy::period>(
        "/value_added/period", panel_period_words,
        "length of a period of sales; by_data: months, or calendar quarters where too many months have no logarithm",
        "this project", "J"),
    detail::choice<&policy::value_added, &value_added_policy::period_effects>(
        "/value_added/period_effects", period_effects_words,
        "what is taken out of all sellers alike: nothing, each period, or each period of each market",
        "this project: seasons and growth are nobody's merit", "J"),
    detail::field<&policy::value_added, &value_added_policy::history_months>(
        "/value_added/history_months", unit::months, 2, 600,
        "how far back sales are read for value added; effects need sellers who changed managers", "this project", "J"),
    detail::field<&policy::value_added, &value_added_policy::max_excluded_share>(
        "/value_added/max_excluded_share", unit::share, 0, 1,
        "largest share of rows without a logarithm (zero or negative sales) that may be left out", "this project", "J"),
    detail::choice<&policy::value_added, &value_added_policy::own_rows>(
        "/value_added/own_rows", own_rows_rule_words,
        "rows of a person under themselves as manager: error refuses the run, drop leaves them out", "this project",
        "J"),
    detail::choice<&policy::value_added, &value_added_policy::reference>(
        "/value_added/reference", effect_reference_words,
        "what shrunken effects are compared with: the mean of managers linked by common sellers, or the population of "
        "all managers (wider intervals)",
        "Abowd, Kramarz, Margolis 1999: no comparison across components", "A"),
    detail::choice<&policy::value_added, &value_added_policy::se>(
        "/value_added/se", effect_error_words,
        "standard errors: leaving one seller out (months of a seller may be correlated), or from the spread of "
        "seller-manager means, or of rows",
        "Kline, Saggio, Solvsten 2020; coverage measured in this project", "A"),
    detail::choice<&policy::value_added, &value_added_policy::prior>(
        "/value_added/prior", effect_prior_words,
        "how managers resemble each other: by market, along shared sellers (network), not at all (exchangeable), or "
        "one by one (independent); by_data: market where markets are known, else network",
        "Besag, York, Mollie 1991; rmse and coverage measured in this project", "J"),
    detail::choice<&policy::value_added, &value_added_policy::centring>(
        "/value_added/centring", leave_out_centring_words,
        "of the leave-out variances: invariant to the currency, or as the reference programs centre",
        "Kline, Saggio, Solvsten 2020, and this project", "J"),
    detail::field<&policy::value_added, &value_added_policy::weak_share>(
        "/value_added/weak_share", unit::share, 0.05, 1,
        "an effect is called weak when the data leave more than this share of the variance it could have before",
        "this project", "J"),
    detail::field<&policy::value_added, &value_added_policy::projections>(
        "/value_added/projections", unit::count, 20, 10000,
        "random projections for leverages where exact ones are too dear",
        "this project: 200 leave 5 to 7 % error (Kline, Saggio, Solvsten 2020)", "J"),
    detail::field<&policy::value_added, &value_added_policy::exact_inverse_flops>(
        "/value_added/exact_inverse_flops", "operations", 0, 1e13,
        "up to how many operations exact leverages are computed", "this project: seconds", "J"),
    detail::field<&policy::value_added, &value_added_policy::seed>(
        "/value_added/seed", unit::count, 0, 2147483647, "seed of the random projections", "this project", "J"),
    detail::field<&policy::backtest, &backtest_policy::fewest_months>(
        "/backtest/fewest_months", unit::months, 1, 60,
        "months of sales a chosen manager needs after the decision to be counted", "this project", "J"),
    detail::field<&policy::backtest, &backtest_policy::replications>("/backtest/replications", unit::count, 100, 100000,
                                                                     "bootstrap draws of vacancies behind an interval",
                                                                     "this project", "J"),
    detail::field<&policy::backtest, &backtest_policy::seed>("/backtest/seed", unit::count, 0, 2147483647,
                                                             "seed of the bootstrap", "this project", "J"),
});

} // namespace dualtrack::org
