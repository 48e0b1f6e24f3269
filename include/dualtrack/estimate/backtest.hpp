// Backtest: had another rule chosen, would the teams have sold more? Vacancies of the past are scored with what was on
// record the day before they came free; what counts is the value that those who were chosen, then or later, added
// afterwards, not shrunk (shrinking an outcome would shrink every difference with it).
//   lift of a rule = mean over vacancies of [ effect of whom it would have chosen - effect of whom was chosen ]
// Effects are known only of those who ever led, so a lift speaks of vacancies where both are known; n says how many.
// Fitted: effect_j = a + x_j'b + u_j + error_j, weights 1 / (tau2 + se_j^2), tau2 by moments until it stands still;
// the lift it predicts is over all vacancies. Intervals: vacancies drawn with replacement, 2.5 % and 97.5 %.
// Reference: DerSimonian, Laird 1986 (random-effects regression); Efron 1979 (bootstrap).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <dualtrack/base/numeric.hpp>
#include <dualtrack/base/random.hpp>
#include <dualtrack/estimate/approximate_factor.hpp>
#include <dualtrack/estimate/backtest_tables.hpp>
#include <dualtrack/estimate/dense.hpp>

namespace dualtrack::estimate {

inline constexpr std::size_t n_record = 3; // own sales, collaboration, readiness

/// One candidate of one past vacancy. NaN where not known.
struct backtest_case {
    std::uint32_t vacancy = 0, person = 0;
    bool chosen = false;
    std::array<double, 4> score{};         // top_seller, seniority, readiness, predicted_effect
    std::array<double, n_record> record{}; // on record; 0 (the market's mean) where not known
    double effect = numeric::not_a_number, se = numeric::not_a_number; // added afterwards
};

/// Coefficients of the record.
struct fitted_record {
    std::array<double, n_record + 1> value{}, sd{}; // a, b
    double residual_sd = 0.0;
    std::size_t n = 0;
    bool is_known = false;
};

struct backtest_figure {
    double value = numeric::not_a_number, low = value, high = value;
    std::int64_t n = 0;
};

struct backtest_result {
    std::array<std::array<backtest_figure, n_backtest_metrics>, n_backtest_policies> figure;
    fitted_record fitted;
};

namespace detail {

inline constexpr std::size_t fewest_fitted = 8; // managers a fit with four coefficients has to have

/// Random-effects regression of effects on records, a manager counted once. @param weight how often a case counts
inline fitted_record fit_record(std::span<const backtest_case> cases, std::span<const std::uint32_t> rows) {
    constexpr std::size_t k = n_record + 1;
    fitted_record out;
    out.n = rows.size();
    if (rows.size() < fewest_fitted) return out;
    double tau2 = 0.0;
    for (int round = 0; round < 200; ++round) {
        std::vector<double> A(k * k, 0.0), b(k, 0.0), size(k);
        double w_sum = 0.0;
        const auto x_of = [&](const backtest_case& c, std::size_t i) { return i == 0 ? 1.0 : c.record[i - 1]; };
        for (const std::uint32_t r : rows) {
            const backtest_case& c = cases[r];
            const double w = 1.0 / (tau2 + c.se * c.se);
            w_sum += w;
            for (std::size_t i = 0; i < k; ++i) {
                b[i] += w * x_of(c, i) * c.effect;
                for (std::size_t j = 0; j < k; ++j) A[i * k + j] += w * x_of(c, i) * x_of(c, j);
            }
        }
        for (std::size_t i = 0; i < k; ++i) size[i] = A[i * k + i];
        const independent_columns factor = independent_columns_of(A, k, 0, size, 1e-9);
        if (factor.rank() < k) return out; // a record that never differs says nothing
        factor.solve(b);
        const std::vector<double> inverse = factor.inverse();
        // Moments: sum w e^2 is n - k on average where tau2 is right; Newton on its excess.
        double q = 0.0, slope = 0.0;
        for (const std::uint32_t r : rows) {
            const backtest_case& c = cases[r];
            const double w = 1.0 / (tau2 + c.se * c.se);
            double e = c.effect;
            for (std::size_t i = 0; i < k; ++i) e -= x_of(c, i) * b[i];
            q += w * e * e;
            slope += w * w * e * e;
        }
        for (std::size_t i = 0; i < k; ++i) {
            out.value[i] = b[i];
            out.sd[i] = std::sqrt(inverse[i * k + i]);
        }
        out.residual_sd = std::sqrt(tau2);
        out.is_known = true;
        const double excess = q - (static_cast<double>(rows.size()) - static_cast<double>(k));
        const double next = std::max(0.0, tau2 + excess / slope);
        if (std::fabs(next - tau2) <= 1e-10 * (tau2 + 1.0 / w_sum)) break;
        tau2 = next;
    }
    return out;
}

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
};

inline vacancy_figures figures_of(std::span<const backtest_case> cases, std::size_t begin, std::size_t end,
                                  const fitted_record& fitted) {
    vacancy_figures out;
    for (auto& row : out.value) row.fill(numeric::not_a_number);
    std::size_t chosen = end;
    for (std::size_t i = begin; i < end; ++i)
        if (cases[i].chosen) chosen = i;
    const auto predicted = [&](std::size_t i) {
        double sum = fitted.value[0];
        for (std::size_t k = 0; k < n_record; ++k) sum += fitted.value[k + 1] * cases[i].record[k];
        return sum;
    };
    const double actual = chosen < end ? cases[chosen].effect : numeric::not_a_number;
    const auto put = [&](backtest_policy_word policy, double effect, double agrees, double expected) {
        auto& row = out.value[static_cast<std::size_t>(policy)];
        row[0] = effect;
        row[1] = effect - actual;
        row[2] = agrees;
        row[3] = chosen < end && fitted.is_known ? expected - predicted(chosen) : numeric::not_a_number;
    };
    for (std::size_t which = 0; which < 4; ++which) {
        const std::size_t best = best_of(cases, begin, end, which);
        if (best == end) continue;
        put(static_cast<backtest_policy_word>(which), cases[best].effect,
            chosen < end ? (best == chosen ? 1.0 : 0.0) : numeric::not_a_number, predicted(best));
    }
    double sum = 0.0, known = 0.0, expected = 0.0; // at random: what a candidate gives on average
    for (std::size_t i = begin; i < end; ++i) {
        expected += predicted(i) / static_cast<double>(end - begin);
        if (!(cases[i].effect == cases[i].effect)) continue;
        sum += cases[i].effect;
        known += 1.0;
    }
    put(backtest_policy_word::random, known > 0.0 ? sum / known : numeric::not_a_number,
        chosen < end ? 1.0 / static_cast<double>(end - begin) : numeric::not_a_number, expected);
    if (chosen < end) put(backtest_policy_word::as_decided, actual, 1.0, predicted(chosen));
    return out;
}

} // namespace detail

/// Tries every rule on past vacancies. @param cases by vacancy, then person
inline backtest_result try_policies(std::span<const backtest_case> cases, std::int32_t replications,
                                    std::uint64_t seed) {
    backtest_result out;
    std::vector<std::size_t> border{0}; // vacancies
    std::vector<std::uint32_t> counted; // a case for each manager whose effect is known: of the vacancy they got first
    std::vector<std::uint32_t> people;
    for (std::uint32_t i = 0; i < cases.size(); ++i) {
        if (i > 0 && cases[i].vacancy != cases[i - 1].vacancy) border.push_back(i);
        const backtest_case& c = cases[i];
        if (c.chosen && c.effect == c.effect && c.se > 0.0 &&
            std::find(people.begin(), people.end(), c.person) == people.end()) {
            people.push_back(c.person);
            counted.push_back(i);
        }
    }
    if (!cases.empty()) border.push_back(cases.size());
    out.fitted = detail::fit_record(cases, counted);
    const std::size_t n = border.size() - 1;
    std::vector<detail::vacancy_figures> figures;
    for (std::size_t v = 0; v < n; ++v)
        figures.push_back(detail::figures_of(cases, border[v], border[v + 1], out.fitted));
    std::vector<double> draws;
    std::vector<double> values;
    for (std::size_t policy = 0; policy < n_backtest_policies; ++policy)
        for (std::size_t metric = 0; metric < n_backtest_metrics; ++metric) {
            values.clear();
            for (const auto& one : figures)
                if (one.value[policy][metric] == one.value[policy][metric]) values.push_back(one.value[policy][metric]);
            backtest_figure& to = out.figure[policy][metric];
            to.n = static_cast<std::int64_t>(values.size());
            if (values.empty()) continue;
            to.value = numeric::fixed_sum(values) / static_cast<double>(values.size());
            if (values.size() < 2) continue;
            draws.clear();
            for (std::int32_t k = 0; k < replications; ++k) {
                random::stream draw({.seed = seed,
                                     .entity = static_cast<std::uint32_t>(policy),
                                     .replication = static_cast<std::uint32_t>(k),
                                     .time = static_cast<std::uint32_t>(metric),
                                     .purpose = purpose_backtest});
                double sum = 0.0;
                for (std::size_t i = 0; i < values.size(); ++i) sum += values[random::below(draw, values.size())];
                draws.push_back(sum / static_cast<double>(values.size()));
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
