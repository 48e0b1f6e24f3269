// The tables of a simulation: what came of each rule, how rules differ when they meet the same luck, the way there, how
// uncertain it is, and which assumptions it stands on. Figures hold under the assumptions listed in `inputs`; they
// follow from them and are no evidence for them.
#pragma once

#include <concepts>
#include <type_traits>

#include <dualtrack/base/describe.hpp>

namespace dualtrack::simulate {

/// One row a preset, rule, metric and horizon.
struct outcomes_table {
    text_list preset, policy, metric, unit;
    column<std::int64_t> horizon_periods, n;
    column<double> mean, low, high, sd, half_width, min, max, worst_5;
    explicit outcomes_table(std::pmr::memory_resource* m)
        : preset(m), policy(m), metric(m), unit(m), horizon_periods(m), n(m), mean(m), low(m), high(m), sd(m),
          half_width(m), min(m), max(m), worst_5(m) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, outcomes_table>
void describe(Visitor& visit, Table& t) {
    visit.table("outcomes", "what came of each rule of promotion, under the assumptions in inputs");
    visit.column("preset", unit::text, "model and its assumptions", t.preset);
    visit.column("policy", unit::text, "rule of promotion, with its reward packages", t.policy);
    visit.column("metric", unit::text, "what is measured", t.metric);
    visit.column("unit", unit::text, "unit of the metric", t.unit);
    visit.column("horizon_periods", unit::count, "periods from the start that the metric covers", t.horizon_periods);
    visit.column("n", unit::count, "organisations simulated for which the metric is defined", t.n);
    visit.column("mean", "the metric's", "mean over organisations; null: defined in none", t.mean);
    visit.column("low", "the metric's", "lower end of the interval of the mean, at the policy's confidence", t.low);
    visit.column("high", "the metric's", "upper end of it", t.high);
    visit.column("sd", "the metric's", "standard deviation between organisations", t.sd);
    visit.column("half_width", "the metric's", "half that interval", t.half_width);
    visit.column("min", "the metric's", "lowest organisation", t.min);
    visit.column("max", "the metric's", "highest organisation", t.max);
    visit.column("worst_5", "the metric's", "mean of the worst 5% of organisations", t.worst_5);
}

/// One row a preset, rule, metric and horizon, against the baseline.
struct differences_table {
    text_list preset, policy, against, metric, unit;
    column<std::int64_t> horizon_periods, n;
    column<double> mean, low, high, half_width, sd, p_regret, p_best;
    explicit differences_table(std::pmr::memory_resource* m)
        : preset(m), policy(m), against(m), metric(m), unit(m), horizon_periods(m), n(m), mean(m), low(m), high(m),
          half_width(m), sd(m), p_regret(m), p_best(m) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, differences_table>
void describe(Visitor& visit, Table& t) {
    visit.table("differences", "each rule against the baseline, both with the same people and the same luck, under the "
                               "assumptions in inputs");
    visit.column("preset", unit::text, "model and its assumptions", t.preset);
    visit.column("policy", unit::text, "rule of promotion, with its reward packages", t.policy);
    visit.column("against", unit::text, "the rule it is compared with, never the state at the start", t.against);
    visit.column("metric", unit::text, "what is measured", t.metric);
    visit.column("unit", unit::text, "unit of the difference: percent of the baseline, or the metric's points", t.unit);
    visit.column("horizon_periods", unit::count, "periods from the start that the metric covers", t.horizon_periods);
    visit.column("n", unit::count, "pairs of organisations", t.n);
    visit.column("mean", "the difference's", "mean of the differences, formed organisation by organisation", t.mean);
    visit.column("low", "the difference's", "lower end of the interval of that mean, at the policy's confidence",
                 t.low);
    visit.column("high", "the difference's", "upper end of it", t.high);
    visit.column("half_width", "the difference's", "half the interval of the mean difference", t.half_width);
    visit.column("sd", "the difference's", "standard deviation of the difference between organisations", t.sd);
    visit.column("p_regret", unit::probability, "share of organisations in which the rule did worse than the baseline",
                 t.p_regret);
    visit.column("p_best", unit::probability, "share of organisations in which no compared rule did better; ties split",
                 t.p_best);
}

/// One row a preset, rule, metric and period shown.
struct trajectories_table {
    text_list preset, policy, metric;
    column<std::int64_t> period;
    column<double> mean, half_width, q05, q25, q50, q75, q95;
    explicit trajectories_table(std::pmr::memory_resource* m)
        : preset(m), policy(m), metric(m), period(m), mean(m), half_width(m), q05(m), q25(m), q50(m), q75(m), q95(m) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, trajectories_table>
void describe(Visitor& visit, Table& t) {
    visit.table("trajectories", "the way of each rule, period by period, under the assumptions in inputs");
    visit.column("preset", unit::text, "model and its assumptions", t.preset);
    visit.column("policy", unit::text, "rule of promotion, with its reward packages", t.policy);
    visit.column("metric", unit::text, "what is measured", t.metric);
    visit.column("period", unit::count, "month or year after the burn-in, from 1; long runs show every so many",
                 t.period);
    visit.column("mean", "the metric's", "mean over all organisations", t.mean);
    visit.column("half_width", "the metric's", "half the interval of the mean", t.half_width);
    visit.column("q05", "the metric's", "one in 20 organisations is below; of the first 1,024", t.q05);
    visit.column("q25", "the metric's", "one in four is below", t.q25);
    visit.column("q50", "the metric's", "median", t.q50);
    visit.column("q75", "the metric's", "one in four is above", t.q75);
    visit.column("q95", "the metric's", "one in 20 is above", t.q95);
}

/// One row a preset, rule, metric, horizon and probability.
struct quantiles_table {
    text_list preset, policy, metric;
    column<std::int64_t> horizon_periods;
    column<double> probability, value;
    flag_column approximate;
    explicit quantiles_table(std::pmr::memory_resource* m)
        : preset(m), policy(m), metric(m), horizon_periods(m), probability(m), value(m), approximate(m) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, quantiles_table>
void describe(Visitor& visit, Table& t) {
    visit.table("quantiles", "how organisations spread around the mean, under the assumptions in inputs");
    visit.column("preset", unit::text, "model and its assumptions", t.preset);
    visit.column("policy", unit::text, "rule of promotion, with its reward packages", t.policy);
    visit.column("metric", unit::text, "what is measured", t.metric);
    visit.column("horizon_periods", unit::count, "periods from the start that the metric covers", t.horizon_periods);
    visit.column("probability", unit::probability, "share of organisations at or below", t.probability);
    visit.column("value", "the metric's", "the quantile", t.value);
    visit.column("approximate", unit::flag,
                 "yes: above a million organisations, from counts between cuts at even ranks of the first million",
                 t.approximate);
}

/// One row a promotion and candidate, on request.
struct decisions_table {
    text_list preset, policy;
    column<std::int64_t> replication, period, vacancy, n_candidates, candidate;
    column<double> score;
    flag_column chosen;
    text_list reason;
    explicit decisions_table(std::pmr::memory_resource* m)
        : preset(m), policy(m), replication(m), period(m), vacancy(m), n_candidates(m), candidate(m), score(m),
          chosen(m), reason(m) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, decisions_table>
void describe(Visitor& visit, Table& t) {
    visit.table("decisions", "every promotion of the organisations asked for, all of them made up");
    visit.column("preset", unit::text, "model and its assumptions", t.preset);
    visit.column("policy", unit::text, "rule of promotion, with its reward packages", t.policy);
    visit.column("replication", unit::count, "the organisation, from 0", t.replication);
    visit.column("period", unit::count, "month or year after the burn-in, from 1", t.period);
    visit.column("vacancy", unit::count, "the vacancy", t.vacancy);
    visit.column("n_candidates", unit::count, "candidates", t.n_candidates);
    visit.column("candidate", unit::count, "person, numbered in the order of coming into the organisation",
                 t.candidate);
    visit.column("score", "the rule's", "what the rule gave; null: it does not score", t.score);
    visit.column("chosen", unit::flag, "who got the post", t.chosen);
    visit.column("reason", unit::text, "why", t.reason);
}

/// One row a preset and assumption.
struct inputs_table {
    text_list preset, parameter, unit_of;
    column<double> value, preset_value;
    text_list value_from, grade, source, meaning;
    explicit inputs_table(std::pmr::memory_resource* m)
        : preset(m), parameter(m), unit_of(m), value(m), preset_value(m), value_from(m), grade(m), source(m),
          meaning(m) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, inputs_table>
void describe(Visitor& visit, Table& t) {
    visit.table("inputs", "every assumption a simulation stands on, and how good the evidence for it is");
    visit.column("preset", unit::text, "model", t.preset);
    visit.column("parameter", unit::text, "name of the assumption, as the policy overrides it", t.parameter);
    visit.column("unit", unit::text, "unit", t.unit_of);
    visit.column("value", "the parameter's", "as used", t.value);
    visit.column("default", "the parameter's", "as the preset has it", t.preset_value);
    visit.column("value_from", unit::text, "preset, policy or data", t.value_from);
    visit.column("grade", unit::text, "1 peer-reviewed, 2 working paper or industry study, 3 article, 4 assumption",
                 t.grade);
    visit.column("source", unit::text, "what the preset's value rests on", t.source);
    visit.column("meaning", unit::text, "what it says", t.meaning);
}

/// One row a preset, rule and varied assumption.
struct tornado_table {
    text_list preset, policy, against, metric, parameter, grade;
    column<std::int64_t> horizon_periods, n;
    column<double> value, low, high, diff, diff_at_low, diff_at_high, half_width;
    explicit tornado_table(std::pmr::memory_resource* m)
        : preset(m), policy(m), against(m), metric(m), parameter(m), grade(m), horizon_periods(m), n(m), value(m),
          low(m), high(m), diff(m), diff_at_low(m), diff_at_high(m), half_width(m) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, tornado_table>
void describe(Visitor& visit, Table& t) {
    visit.table("tornado", "how much each assumption alone moves the difference to the baseline");
    visit.column("preset", unit::text, "model", t.preset);
    visit.column("policy", unit::text, "rule of promotion, with its reward packages", t.policy);
    visit.column("against", unit::text, "the rule it is compared with", t.against);
    visit.column("metric", unit::text, "what is measured", t.metric);
    visit.column("parameter", unit::text, "the assumption varied, all others as in inputs", t.parameter);
    visit.column("grade", unit::text, "grade of the assumption, see inputs", t.grade);
    visit.column("horizon_periods", unit::count, "periods from the start that the metric covers", t.horizon_periods);
    visit.column("n", unit::count, "pairs of organisations a figure", t.n);
    visit.column("value", "the parameter's", "as used elsewhere", t.value);
    visit.column("low", "the parameter's", "lower value tried", t.low);
    visit.column("high", "the parameter's", "higher value tried", t.high);
    visit.column("diff", "the difference's", "difference to the baseline at the value used", t.diff);
    visit.column("diff_at_low", "the difference's", "difference at the lower value", t.diff_at_low);
    visit.column("diff_at_high", "the difference's", "difference at the higher value", t.diff_at_high);
    visit.column("half_width", "the difference's", "largest half-width of the three", t.half_width);
}

/// One row a preset, rule and assumption, all assumptions varied together; on request.
struct sobol_table {
    text_list preset, policy, against, metric, parameter, grade;
    column<std::int64_t> horizon_periods, points, n;
    column<double> low, high, first, first_half_width, total, total_half_width, spread;
    explicit sobol_table(std::pmr::memory_resource* m)
        : preset(m), policy(m), against(m), metric(m), parameter(m), grade(m), horizon_periods(m), points(m), n(m),
          low(m), high(m), first(m), first_half_width(m), total(m), total_half_width(m), spread(m) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, sobol_table>
void describe(Visitor& visit, Table& t) {
    visit.table("sobol",
                "which assumption brings the uncertainty of the difference to the baseline, all varied together");
    visit.column("preset", unit::text, "model", t.preset);
    visit.column("policy", unit::text, "rule of promotion, with its reward packages", t.policy);
    visit.column("against", unit::text, "the rule it is compared with", t.against);
    visit.column("metric", unit::text, "what is measured", t.metric);
    visit.column("parameter", unit::text, "the assumption", t.parameter);
    visit.column("grade", unit::text, "grade of the assumption, see inputs", t.grade);
    visit.column("horizon_periods", unit::count, "periods from the start that the metric covers", t.horizon_periods);
    visit.column("points", unit::count, "points at which all assumptions were drawn between their bounds", t.points);
    visit.column("n", unit::count, "pairs of organisations a point", t.n);
    visit.column("low", "the parameter's", "lower bound", t.low);
    visit.column("high", "the parameter's", "upper bound", t.high);
    visit.column("first", unit::share, "share of the variance that the assumption brings alone; by chance below 0",
                 t.first);
    visit.column("first_half_width", unit::share, "half its interval", t.first_half_width);
    visit.column("total", unit::share, "share that would go away if it were known, alone and together with others",
                 t.total);
    visit.column("total_half_width", unit::share, "half its interval", t.total_half_width);
    visit.column("spread", "the difference's", "standard deviation of the difference over the points", t.spread);
}

/// One row a preset: how it was run.
struct runs_table {
    text_list preset;
    column<std::int64_t> seed, key_layout, periods, n;
    text_list stop_reason;
    flag_column not_reproducible;
    text_list worst_grade;
    explicit runs_table(std::pmr::memory_resource* m)
        : preset(m), seed(m), key_layout(m), periods(m), n(m), stop_reason(m), not_reproducible(m), worst_grade(m) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, runs_table>
void describe(Visitor& visit, Table& t) {
    visit.table("runs", "how each preset was simulated");
    visit.column("preset", unit::text, "model", t.preset);
    visit.column("seed", unit::count, "seed of all chance", t.seed);
    visit.column("key_layout", unit::count, "version of the order of updates and of the keys of chance", t.key_layout);
    visit.column("periods", unit::count, "periods simulated after the burn-in", t.periods);
    visit.column("n", unit::count, "organisations simulated a rule", t.n);
    visit.column(
        "stop_reason", unit::text,
        "precise: every half-width asked for is reached; most: the limit of replications; time: the limit of the "
        "clock",
        t.stop_reason);
    visit.column("not_reproducible", unit::flag,
                 "yes: the clock stopped it, here or before all assumptions were varied; another machine stops "
                 "elsewhere",
                 t.not_reproducible);
    visit.column("worst_grade", unit::text, "grade of the weakest assumption used", t.worst_grade);
}

} // namespace dualtrack::simulate
