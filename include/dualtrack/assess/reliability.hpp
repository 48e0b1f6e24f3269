// Reliability: how far would somebody else have said the same? The policy believes one manager at .52 and one peer at
// .37, because that is what published studies found; here the company's own ratings say what they are worth, to be set
// beside those figures. If they disagree much, change the policy: the engine never does it on its own.
//
//   alpha   = m / (m - 1) (1 - sum var(item) / var(sum of items)), over raters' whole answers of m items
//   ICC(1)  = (MSB - MSW) / (MSB + (k0 - 1) MSW),  k0 = (N - sum n_i^2 / N) / (a - 1): one rater, different raters for
//             different people;  ICC(k) = (MSB - MSW) / MSB: the mean of k0 of them
//   ICC(2)  = P / (P + R + E),  ICC(3) = P / (P + E): one rater with severity left in and taken out;  P, R, E the
//             variances of people, raters and the rest, by Henderson's first method (balanced data: the two-way ANOVA)
//   likelihood: V_i = E (I + lambda J); d/dlambda of the (restricted) profile likelihood is 0
// References: Cronbach (1951); Shrout and Fleiss, Psychological Bulletin 86 (1979); Henderson, Biometrics 9 (1953);
// Searle, Casella and McCulloch, Variance Components (1992); standard error of ICC(1): Swiger and others (1964).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <dualtrack/assess/severity.hpp>

namespace dualtrack::assess {

/// Cronbach's alpha of complete rows; nothing with fewer than 2 rows or items, or where nobody differs.
/// @param answers n_rows x n_items, row-major
[[nodiscard]] inline std::optional<double> cronbach_alpha(std::span<const double> answers, std::size_t n_items) {
    const std::size_t n_rows = n_items > 0 ? answers.size() / n_items : 0;
    if (n_rows < 2 || n_items < 2) return std::nullopt;
    const auto spread = [&](auto&& value_of) { // sum of squared deviations
        double mean = 0.0, sum = 0.0;
        for (std::size_t row = 0; row < n_rows; ++row) mean += value_of(row);
        mean /= static_cast<double>(n_rows);
        for (std::size_t row = 0; row < n_rows; ++row) sum += (value_of(row) - mean) * (value_of(row) - mean);
        return sum;
    };
    double of_items = 0.0;
    for (std::size_t item = 0; item < n_items; ++item)
        of_items += spread([&](std::size_t row) { return answers[row * n_items + item]; });
    const double of_sum = spread([&](std::size_t row) {
        double sum = 0.0;
        for (std::size_t item = 0; item < n_items; ++item) sum += answers[row * n_items + item];
        return sum;
    });
    const auto m = static_cast<double>(n_items);
    if (!(of_sum > 0.0)) return std::nullopt;
    return m / (m - 1.0) * (1.0 - of_items / of_sum);
}

/// All that was said of one person, by how many raters.
struct rated_group {
    double n = 0.0, mean = 0.0;
    double within = 0.0; // sum of squared deviations from the mean
};

/// People as groups of pairs. @pre pairs sorted by person
[[nodiscard]] inline std::vector<rated_group> groups_of(std::span<const rated_pair> pairs) {
    std::vector<rated_group> out;
    for (std::size_t begin = 0; begin < pairs.size();) {
        std::size_t end = begin;
        rated_group one;
        for (; end < pairs.size() && pairs[end].person == pairs[begin].person; ++end) one.mean += pairs[end].mean;
        one.n = static_cast<double>(end - begin);
        one.mean /= one.n;
        for (; begin < end; ++begin) one.within += (pairs[begin].mean - one.mean) * (pairs[begin].mean - one.mean);
        out.push_back(one);
    }
    return out;
}

/// The one-way analysis of variance of people.
struct one_way {
    double ms_between = 0.0, ms_within = 0.0;
    double raters_a_person = 0.0; // k0
    double icc_1 = 0.0, icc_1_sd = 0.0, icc_k = 0.0;
};

/// Nothing with fewer than 2 people, without a second rater of anybody, or without any spread.
[[nodiscard]] inline std::optional<one_way> analyse_one_way(std::span<const rated_group> people) {
    double n = 0.0, squares = 0.0, total = 0.0, within = 0.0, between = 0.0;
    for (const rated_group& one : people) {
        n += one.n;
        squares += one.n * one.n;
        total += one.n * one.mean;
        within += one.within;
    }
    const auto a = static_cast<double>(people.size());
    if (people.size() < 2 || n <= a) return std::nullopt;
    for (const rated_group& one : people) between += one.n * (one.mean - total / n) * (one.mean - total / n);
    one_way out;
    out.ms_between = between / (a - 1.0);
    out.ms_within = within / (n - a);
    if (!(out.ms_between + out.ms_within > 0.0)) return std::nullopt;
    const double k = out.raters_a_person = (n - squares / n) / (a - 1.0);
    const double t = out.icc_1 = (out.ms_between - out.ms_within) / (out.ms_between + (k - 1.0) * out.ms_within);
    out.icc_k = out.ms_between > 0.0 ? (out.ms_between - out.ms_within) / out.ms_between : 0.0;
    out.icc_1_sd = std::sqrt(2.0 * (n - 1.0) / (k * k * (n - a) * (a - 1.0))) * (1.0 - t) * (1.0 + (k - 1.0) * t);
    return out;
}

/// The share of people in the variance of single ratings by maximum likelihood, restricted or not; 0 when people do not
/// differ beyond chance. Nothing where analyse_one_way gives nothing, or where nobody's raters ever differ.
[[nodiscard]] inline std::optional<double> likelihood_icc(std::span<const rated_group> people, bool restricted) {
    double n = 0.0, within = 0.0;
    for (const rated_group& one : people) {
        n += one.n;
        within += one.within;
    }
    if (people.size() < 2 || n <= static_cast<double>(people.size()) || !(within > 0.0)) return std::nullopt;
    const auto slope = [&](double lambda) { // of -2 log likelihood
        double weights = 0.0, squares = 0.0, mean = 0.0, rest = within, pull = 0.0;
        for (const rated_group& one : people) {
            const double weight = one.n / (1.0 + one.n * lambda);
            weights += weight;
            squares += weight * weight;
            mean += weight * one.mean;
        }
        mean /= weights;
        for (const rated_group& one : people) {
            const double weight = one.n / (1.0 + one.n * lambda);
            const double square = weight * (one.mean - mean) * (one.mean - mean);
            rest += square;
            pull += weight * square;
        }
        return restricted ? weights - squares / weights - (n - 1.0) * pull / rest : weights - n * pull / rest;
    };
    if (slope(0.0) >= 0.0) return 0.0;
    double low = 0.0, high = 1.0; // of the share lambda / (1 + lambda)
    constexpr int halvings = 60;
    for (int i = 0; i < halvings; ++i) {
        const double middle = 0.5 * (low + high);
        (slope(middle / (1.0 - middle)) < 0.0 ? low : high) = middle;
    }
    return low;
}

/// Variances of people, raters and the rest.
struct two_way {
    double people = 0.0, raters = 0.0, rest = 0.0;
    [[nodiscard]] double icc_2(double k = 1.0) const noexcept { return people / (people + (raters + rest) / k); }
    [[nodiscard]] double icc_3(double k = 1.0) const noexcept { return people / (people + rest / k); }
};

/// Henderson's first method for people crossed with raters, one value a pair. Nothing where people and raters cannot be
/// told apart: every rater rated one person only, or every person had one rater; or with n_raters 0. Variances may come
/// out below 0, as unbiased estimates do. @pre pairs sorted by person, no pair twice; raters below n_raters
[[nodiscard]] inline std::optional<two_way> analyse_two_way(std::span<const rated_pair> pairs, std::uint32_t n_raters) {
    const auto n = static_cast<double>(pairs.size());
    if (pairs.size() < 4 || n_raters == 0) return std::nullopt;
    struct margin {
        double n = 0.0, sum = 0.0;
    };
    double mean = 0.0;
    for (const rated_pair& pair : pairs) mean += pair.mean;
    mean /= n; // sums of squares about it lose no digits
    std::vector<margin> of_rater(n_raters);
    double all = 0.0, by_person = 0.0, n_people = 0.0, people_squares = 0.0;
    for (std::size_t begin = 0; begin < pairs.size(); ++n_people) {
        margin person;
        const std::uint32_t who = pairs[begin].person;
        for (; begin < pairs.size() && pairs[begin].person == who; ++begin) {
            const double x = pairs[begin].mean - mean;
            all += x * x;
            person.n += 1.0;
            person.sum += x;
            of_rater[pairs[begin].rater].n += 1.0;
            of_rater[pairs[begin].rater].sum += x;
        }
        by_person += person.sum * person.sum / person.n;
        people_squares += person.n * person.n;
    }
    double by_rater = 0.0, raters = 0.0, raters_squares = 0.0;
    for (const margin& rater : of_rater) {
        if (!(rater.n > 0.0)) continue;
        raters += 1.0;
        by_rater += rater.sum * rater.sum / rater.n;
        raters_squares += rater.n * rater.n;
    }
    if (n_people < 2.0 || raters < 2.0 || n_people >= n || raters >= n || !(all > 0.0)) return std::nullopt;
    // With one value a pair: E(by_person) = n P + a R + a E, E(by_rater) = b P + n R + b E, E(all) = n (P + R + E),
    // each less E(of the mean) = (sum n_i^2 P + sum n_j^2 R) / n + E.
    const double p = people_squares / n;
    const double r = raters_squares / n;
    const double a = n_people;
    const double b = raters;
    // all - by_person = (n - a) (R + E); all - by_rater = (n - b) (P + E);
    // by_person = (n - p) P + (a - r) R + (a - 1) E
    const double raters_and_rest = (all - by_person) / (n - a);
    const double people_and_rest = (all - by_rater) / (n - b);
    const double scale = (n - p) + (a - r) - (a - 1.0);
    if (!(std::fabs(scale) > 1e-9 * n)) return std::nullopt;
    two_way out;
    out.rest = ((n - p) * people_and_rest + (a - r) * raters_and_rest - by_person) / scale;
    out.people = people_and_rest - out.rest;
    out.raters = raters_and_rest - out.rest;
    return out;
}

} // namespace dualtrack::assess
