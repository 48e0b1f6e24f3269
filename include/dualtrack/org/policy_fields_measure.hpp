// The fields of the policy that say how data are taken and sales measured. How a row is read: policy_field.hpp.
#pragma once

#include <dualtrack/org/policy_field.hpp>

namespace dualtrack::org {

inline constexpr auto measure_policy_fields = std::to_array<policy_field>({
    detail::required(detail::field<&policy::version>("/version", "version", 1, 1,
                                                     "version of the policy format; the only one there is",
                                                     "this project", "standard")),
    detail::date<&policy::as_of>(
        "/as_of",
        "the day the organisation is looked at: nothing after it is read; null: the last closing date of the data",
        "this project: a library without a clock gives the same result tomorrow", "J"),
    detail::field<&policy::currency>("/currency", unit::text, 1, 16,
                                     "reporting currency as it is written in the tables; null: the only one there is",
                                     "ISO 4217", "standard"),
    detail::field<&policy::run_id>("/run_id", unit::text, 1, 256, "the caller's name for the run, kept in its record",
                                   "this project", "J"),
    detail::field<&policy::window_months>(
        "/window_months", unit::months, 1, 120, "how far back from as_of sales count",
        "Benson, Li, Shue 2019, QJE 134:2085: sales relative to the firm over 12 months", "A"),
    detail::field<&policy::fiscal_year_start_month>("/fiscal_year_start_month", "month of the year", 1, 12,
                                                    "first month of the fiscal year, for fiscal quarters",
                                                    "this project: the calendar year", "J"),
    detail::choice<&policy::data, &data_policy::nonpositive_quota>(
        "/data/nonpositive_quota", quota_rule_words,
        "a quota of zero or less: error refuses the run, exclude leaves the row out and lists it as a finding",
        "this project: nothing is mended silently", "J"),
    detail::choice<&policy::data, &data_policy::orphan_manager>(
        "/data/orphan_manager", orphan_rule_words,
        "a manager id that no person has: error refuses the run, finding goes on without that manager",
        "this project: exports often lack people who left", "J"),
    detail::choice<&policy::data, &data_policy::future_dated>(
        "/data/future_dated", future_rule_words,
        "rows dated after as_of: exclude leaves them out and lists them as findings, error refuses the run",
        "this project: a decision must not know its future", "J"),
    detail::field<&policy::data, &data_policy::maximum_attainment>(
        "/data/maximum_attainment", unit::ratio, 0.1, 1000, "attainment above it is listed as a finding",
        "this project: five times the quota is more often a wrong quota than a right sale", "J"),
    detail::choice<&policy::data, &data_policy::over_maximum>(
        "/data/over_maximum", maximum_rule_words,
        "attainment above the maximum: keep reports it as it is, cap reports the maximum", "this project", "J"),
    detail::choice<&policy::seller, &seller_policy::team_period>(
        "/seller/team_period", team_period_words, "period of a row of the table teams; quarters are fiscal",
        "this project: teams are reviewed by the quarter", "J"),
    detail::choice<&policy::seller, &seller_policy::group>(
        "/seller/group", peer_group_words, "with whom a seller is compared: people of the same market, or all",
        "this project: territories differ more than sellers do", "J"),
    detail::field<&policy::seller, &seller_policy::spread_evidence>(
        "/seller/spread_evidence", "log likelihood", 0, 20,
        "how much likelier sellers of a market must be to differ in win rate before they are told apart",
        "this project: a likelihood-ratio test at 5 % on the border of the parameter space", "J"),
    detail::field<&policy::seller, &seller_policy::regretted_probability>(
        "/seller/regretted_probability", unit::probability, 0, 1,
        "an exit is regretted from this probability on that the person was in the top share", "this project", "J"),
    detail::field<&policy::performance, &performance_policy::ramp_months>(
        "/performance/ramp_months", unit::months, 0, 24,
        "months until a new seller is expected to sell as much as the others, in even steps",
        "Bridge Group 2024 (secondary): 5 months, range 3-12", "C"),
    detail::field<&policy::performance, &performance_policy::top_share>(
        "/performance/top_share", unit::share, 0.01, 0.5,
        "the best share of sellers that probability_top_quartile speaks of", "this project: a quarter", "J"),
    detail::field<&policy::pay, &pay_policy::horizon_months>("/pay/horizon_months", unit::months, 1, 60,
                                                             "how far back pay that was really paid is looked at",
                                                             "this project: one pay year", "J"),
    detail::field<&policy::pay, &pay_policy::manager_base_ratio>(
        "/pay/manager_base_ratio", unit::ratio, 0, 10,
        "base pay of a seat nobody holds, as a multiple of the candidate's",
        "Benson, Li, Shue 2019, QJE 134:2085, table I: managers to reps, derived", "A"),
    detail::field<&policy::pay, &pay_policy::manager_variable_ratio>(
        "/pay/manager_variable_ratio", unit::ratio, 0, 10,
        "target variable pay of a seat nobody holds, as a multiple of the candidate's",
        "Benson, Li, Shue 2019, QJE 134:2085, table I: median commission, managers to reps, derived", "A"),
});

} // namespace dualtrack::org
