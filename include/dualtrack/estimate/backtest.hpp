// Backtest: had another rule chosen, would the teams have sold more? Vacancies of the past are scored with what was on
// record the day before they came free; what counts is the value that those who were chosen, then or later, added
// afterwards, not shrunk (shrinking an outcome would shrink every difference with it).
//   lift of a rule = mean over vacancies of [ effect of whom it would have chosen - effect of whom was chosen ]
// Effects are known only of those who ever led, so a lift speaks of vacancies where both are known; n says how many.
// The lift that fitted coefficients (record_fit.hpp) predict is over all vacancies. Intervals: 2.5 % and 97.5 % of
//   mean + k (mean of vacancies drawn with replacement - mean) + noise ,   k = t_{n-1} / z sqrt(n / (n - 1))
// k widens what a few vacancies drawn again and again make too narrow, as Student's t does; noise: the errors of the
// effects, w'V w, w how often each manager counts, less what vacancies drawn again show of them: they are alike in
// every vacancy a person stands in, and two managers who share sellers err together. Predicted lifts: coefficients from
// their own distribution instead of noise. A rule that never differed from what was done, where both are known, has
// lift 0 and no interval. Reference: Efron 1979 (bootstrap).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <dualtrack/base/beta.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/base/random.hpp>
#include <dualtrack/estimate/approximate_factor.hpp>
#include <dualtrack/estimate/backtest_noise.hpp>
#include <dualtrack/estimate/backtest_tables.hpp>
#include <dualtrack/estimate/record_fit.hpp>

namespace dualtrack::estimate {

struct backtest_figure {
    double value = numeric::not_a_number, low = value, high = value;
    std::int64_t n = 0;
};

struct backtest_result {
    std::array<std::array<backtest_figure, n_backtest_metrics>, n_backtest_policies> figure;
    fitted_record fitted;
};

namespace detail {

/// Position of the best known score among [begin, end); ties go to the smaller id; end when nobody's is known.
inline std::size_t best_of(std::span<const backtest_case> cases, std::size_t begin, std::size_t end,
                           std::size_t which) {
    std::size_t best = end;
    for (std::size_t i = begin; i < end; ++i) {
        const double score = cases[i].score[which];
        if (!(score == score)) continue;
        if (best == end || score > cases[best].score[which]) best = i;
    }
    return best;
}

/// One policy's metrics in one vacancy; NaN where not known.
struct vacancy_figures {
    std::array<std::array<double, n_backtest_metrics>, n_backtest_policies> value;
    std::array<std::size_t, n_backtest_policies> whom; // it would choose; the end of the vacancy where a mean of many
    std::size_t begin = 0, end = 0, chosen = 0;        // cases
    std::array<std::array<double, n_record>, n_backtest_policies>
        record{}; // of whom it would choose, less the chosen's
};

inline constexpr std::size_t lift = 1, agreement = 2, predicted_lift = 3; // of the metrics

inline vacancy_figures figures_of(std::span<const backtest_case> cases, std::size_t begin, std::size_t end,
                                  const fitted_record& fitted) {
    vacancy_figures out;
    for (auto& row : out.value) row.fill(numeric::not_a_number);
    out.whom.fill(end);
    out.begin = begin;
    out.end = end;
    std::size_t& chosen = out.chosen = end;
    for (std::size_t i = begin; i < end; ++i)
        if (cases[i].chosen) chosen = i;
    const double actual = chosen < end ? cases[chosen].effect : numeric::not_a_number;
    const auto put = [&](backtest_policy_word policy, double effect, double agrees,
                         const std::array<double, n_record>& record) {
        const auto at = static_cast<std::size_t>(policy);
        auto& row = out.value[at];
        row[0] = effect;
        row[1] = effect - actual;
        row[2] = agrees;
        if (chosen == end || !fitted.is_known) return;
        row[predicted_lift] = 0.0;
        for (std::size_t k = 0; k < n_record; ++k) {
            out.record[at][k] = record[k] - cases[chosen].record[k];
            row[predicted_lift] += fitted.value[k + 1] * out.record[at][k];
        }
    };
    for (std::size_t which = 0; which < 4; ++which) {
        const std::size_t best = best_of(cases, begin, end, which);
        if (best == end) continue;
        out.whom[which] = best;
        put(static_cast<backtest_policy_word>(which), cases[best].effect,
            chosen < end ? (best == chosen ? 1.0 : 0.0) : numeric::not_a_number, cases[best].record);
    }
    double sum = 0.0, known = 0.0; // at random: what a candidate gives on average
    std::array<double, n_record> average{};
    for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t k = 0; k < n_record; ++k) average[k] += cases[i].record[k] / static_cast<double>(end - begin);
        if (!(cases[i].effect == cases[i].effect)) continue;
        sum += cases[i].effect;
        known += 1.0;
    }
    put(backtest_policy_word::random, known > 0.0 ? sum / known : numeric::not_a_number,
        chosen < end ? 1.0 / static_cast<double>(end - begin) : numeric::not_a_number, average);
    if (chosen < end) put(backtest_policy_word::as_decided, actual, 1.0, cases[chosen].record);
    out.whom[static_cast<std::size_t>(backtest_policy_word::as_decided)] = chosen;
    return out;
}

/// The lower triangular root of a covariance, row by row.
inline std::vector<double> lower_root(std::span<const double> A, std::size_t n) {
    std::vector<double> L(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = A[i * n + j];
            for (std::size_t k = 0; k < j; ++k) sum -= L[i * n + k] * L[j * n + k];
            if (i == j)
                L[i * n + i] = sum > 0.0 ? std::sqrt(sum) : 0.0;
            else
                L[i * n + j] = L[j * n + j] > 0.0 ? sum / L[j * n + j] : 0.0;
        }
    return L;
}

/// Coefficients drawn from their distribution. @param root lower root of their covariance
inline std::array<double, n_record> drawn_coefficients(const fitted_record& fitted, std::span<const double> root,
                                                       random::stream& draw) {
    std::array<double, n_coefficients> z{};
    for (double& x : z) x = random::normal(draw);
    std::array<double, n_record> out{};
    for (std::size_t i = 1; i < n_coefficients; ++i) {
        out[i - 1] = fitted.value[i];
        for (std::size_t k = 0; k <= i; ++k) out[i - 1] += root[i * n_coefficients + k] * z[k];
    }
    return out;
}

} // namespace detail

/// Tries every rule on past vacancies. @param cases by vacancy, then person; @param noise how the errors of effects go
/// together, of known_rows(cases) or fitted_rows(cases); who is not in it errs alone
inline backtest_result try_policies(std::span<const backtest_case> cases, std::int32_t replications, std::uint64_t seed,
                                    const related_noise& noise = {}) {
    backtest_result out;
    std::vector<std::size_t> border{0}; // vacancies
    for (std::uint32_t i = 1; i < cases.size(); ++i)
        if (cases[i].vacancy != cases[i - 1].vacancy) border.push_back(i);
    if (!cases.empty()) border.push_back(cases.size());
    const auto fitted_from = fitted_rows(cases);
    out.fitted = fit_record(cases, fitted_from, detail::noise_of_rows(cases, fitted_from, noise));
    std::vector<double> root(n_coefficients * n_coefficients, 0.0);
    if (out.fitted.is_known) root = detail::lower_root(out.fitted.covariance, n_coefficients);
    const std::size_t n = border.size() - 1;
    std::vector<detail::vacancy_figures> figures;
    for (std::size_t v = 0; v < n; ++v)
        figures.push_back(detail::figures_of(cases, border[v], border[v + 1], out.fitted));
    detail::noise_of_means errors(cases, noise), errors_of_one(cases, noise);
    const auto square = [](double x) { return x * x; };
    std::vector<double> draws;
    std::vector<double> values;
    std::vector<std::size_t> from; // the vacancy of each
    for (std::size_t policy = 0; policy < n_backtest_policies; ++policy)
        for (std::size_t metric = 0; metric < n_backtest_metrics; ++metric) {
            values.clear();
            from.clear();
            const bool of_effects = metric < detail::agreement;
            double seen = 0.0; // variances of the errors of each vacancy, as if they were not related
            bool differs = metric != detail::lift && metric != detail::predicted_lift;
            for (std::size_t v = 0; v < figures.size(); ++v) {
                const double value = figures[v].value[policy][metric];
                if (!(value == value)) continue;
                values.push_back(value);
                from.push_back(v);
                differs = differs || value != 0.0;
                if (!of_effects) continue;
                for (const bool alone : {false, true}) {
                    detail::noise_of_means& to = alone ? errors_of_one : errors;
                    to.add(figures[v].begin, figures[v].end, figures[v].whom[policy], 1.0);
                    if (metric == detail::lift) to.add(figures[v].begin, figures[v].end, figures[v].chosen, -1.0);
                }
                seen += square(errors_of_one.take(1.0));
            }
            backtest_figure& to = out.figure[policy][metric];
            to.n = static_cast<std::int64_t>(values.size());
            if (values.empty()) continue;
            const auto count = static_cast<double>(values.size());
            to.value = numeric::fixed_sum(values) / count;
            const double of_errors = of_effects ? square(errors.take(count)) : 0.0; // variance
            if (values.size() < 2 || !differs) continue;
            const double widened = metric == detail::agreement
                                       ? 1.0
                                       : numeric::student_t_quantile(0.975, count - 1.0) / numeric::interval_95 *
                                             std::sqrt(count / (count - 1.0));
            // Vacancies drawn again show errors as if they were not related; never less than the errors of the mean.
            double spread = 0.0;
            for (const double x : values) spread += square(x - to.value) / (count * count);
            const double unseen = of_errors - std::min(seen / (count * count), widened * widened * spread);
            const double noise_sd = std::sqrt(std::max(0.0, unseen));
            std::array<double, n_record> record{}; // mean over vacancies
            for (const std::size_t v : from)
                for (std::size_t r = 0; r < n_record; ++r) record[r] += figures[v].record[policy][r] / count;
            draws.clear();
            for (std::int32_t k = 0; k < replications; ++k) {
                random::stream draw({.seed = seed,
                                     .entity = static_cast<std::uint32_t>(policy),
                                     .replication = static_cast<std::uint32_t>(k),
                                     .time = static_cast<std::uint32_t>(metric),
                                     .purpose = purpose_backtest});
                if (metric == detail::predicted_lift) {
                    const auto b = detail::drawn_coefficients(out.fitted, root, draw);
                    std::array<double, n_record> drawn{};
                    for (std::size_t i = 0; i < values.size(); ++i) {
                        const auto& other = figures[from[random::below(draw, values.size())]].record[policy];
                        for (std::size_t r = 0; r < n_record; ++r) drawn[r] += other[r] / count;
                    }
                    double sum = 0.0;
                    for (std::size_t r = 0; r < n_record; ++r)
                        sum += b[r] * (record[r] + widened * (drawn[r] - record[r]));
                    draws.push_back(sum);
                } else {
                    double sum = 0.0;
                    for (std::size_t i = 0; i < values.size(); ++i) sum += values[random::below(draw, values.size())];
                    double at = to.value + widened * (sum / count - to.value);
                    if (of_effects) at += noise_sd * random::normal(draw);
                    draws.push_back(at);
                }
            }
            std::sort(draws.begin(), draws.end());
            const auto at = [&](double share) {
                const double place = share * static_cast<double>(draws.size() - 1);
                const auto below = static_cast<std::size_t>(place);
                const std::size_t above = std::min(below + 1, draws.size() - 1);
                return draws[below] + (place - static_cast<double>(below)) * (draws[above] - draws[below]);
            };
            to.low = at(0.025);
            to.high = at(0.975);
        }
    return out;
}

} // namespace dualtrack::estimate
