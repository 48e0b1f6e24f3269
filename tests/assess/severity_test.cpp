#include <dualtrack/assess/severity.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <dualtrack/base/random.hpp>

#include <gtest/gtest.h>

namespace {

using namespace dualtrack;
using assess::fit_severity;
using assess::rated_pair;

// By hand: two raters, both rated the same two people; rater 2 gives 1 less to each. With a very wide prior: +.5 and
// -.5.
TEST(severity, of_two_raters_of_the_same_people_is_half_their_difference) {
    const std::vector<rated_pair> pairs{{0, 2, 1.0, 1.0}, {0, 3, 0.0, 1.0}, {1, 2, 3.0, 1.0}, {1, 3, 2.0, 1.0}};
    const auto out = fit_severity(pairs, 4, 1.0, 1e6);
    EXPECT_NEAR(out.of_rater[2], 0.5, 1e-6);
    EXPECT_NEAR(out.of_rater[3], -0.5, 1e-6);
    EXPECT_EQ(out.n_not_connected, 0);
}

TEST(severity, of_a_rater_alone_with_a_team_is_not_told_and_counted) {
    const std::vector<rated_pair> pairs{{0, 3, -2.0, 1.0}, {1, 3, -2.0, 1.0}, {2, 4, 1.0, 1.0}};
    const auto out = fit_severity(pairs, 5, 1.0, 0.3);
    EXPECT_EQ(out.n_raters, 2);
    EXPECT_EQ(out.n_not_connected, 2);
    EXPECT_EQ(out.of_rater[3], 0.0);
}

TEST(severity, that_was_planted_is_recovered_as_well_as_theory_says) {
    constexpr std::uint32_t n_people = 3000;
    constexpr int raters_each = 6;
    constexpr double severity_sd = 0.5;
    constexpr double error_variance = 0.6;
    std::vector<double> truth(n_people);
    for (std::uint32_t i = 0; i < n_people; ++i) {
        random::stream draw(random::place{.seed = 3, .entity = i});
        truth[i] = severity_sd * random::normal(draw);
    }
    std::vector<rated_pair> pairs;
    for (std::uint32_t i = 0; i < n_people; ++i) {
        random::stream draw(random::place{.seed = 4, .entity = i});
        const double deserved = random::normal(draw);
        std::vector<std::uint32_t> raters;
        while (raters.size() < raters_each) {
            const auto rater = static_cast<std::uint32_t>(random::below(draw, n_people));
            if (std::find(raters.begin(), raters.end(), rater) == raters.end()) raters.push_back(rater);
        }
        std::sort(raters.begin(), raters.end());
        for (const std::uint32_t rater : raters)
            pairs.push_back(
                {i, rater, deserved + truth[rater] + std::sqrt(error_variance) * random::normal(draw), 1.0});
    }
    const auto out = fit_severity(pairs, n_people, error_variance, severity_sd);
    double ss = 0.0, tt = 0.0, st = 0.0;
    for (std::uint32_t i = 0; i < n_people; ++i) {
        ss += out.of_rater[i] * out.of_rater[i];
        tt += truth[i] * truth[i];
        st += out.of_rater[i] * truth[i];
    }
    // Were everybody's deserts and the other raters' severities known, six ratings would give sqrt(6 v / (6 v + e)) =
    // .845; the person's own mean takes one of the six away (.822), the other raters' unknown severities a little more.
    const double correlation = st / std::sqrt(ss * tt);
    EXPECT_LT(correlation, 0.822);
    EXPECT_GT(correlation, 0.76);
    EXPECT_NEAR(st / ss, 1.0, 0.05) << "a shrunk estimate neither over- nor understates";
}

TEST(severity, is_the_same_for_people_rated_once) {
    const std::vector<rated_pair> pairs{{0, 1, 5.0, 1.0}};
    const auto out = fit_severity(pairs, 2, 1.0, 0.3);
    EXPECT_EQ(out.of_rater[1], 0.0);
}

// By hand: four reports who rate nobody else. Their order can be told; how mild the four are together cannot.
TEST(severity, of_reports_who_rate_only_their_boss_stays_open_together) {
    const std::vector<rated_pair> star{{0, 1, 1.0, 9.0}, {0, 2, 0.5, 9.0}, {0, 3, -0.5, 9.0}, {0, 4, -1.0, 9.0}};
    const auto out = fit_severity(star, 5, 0.7, 0.3);
    EXPECT_NEAR(out.of_mean[0], 0.09 / 4.0, 1e-12);
    EXPECT_LT(out.variance[1], 0.09);
    EXPECT_GT(out.variance[1], 0.09 / 4.0);
    const auto alone = fit_severity(std::vector<rated_pair>{{0, 1, 1.0, 9.0}, {2, 1, 0.0, 9.0}}, 3, 0.7, 0.3);
    EXPECT_NEAR(alone.of_mean[0], 0.09, 1e-12);
    EXPECT_NEAR(alone.variance[1], 0.09, 1e-12);
}

/// Variance of the mean severity of every person's raters, from the whole matrix at once.
std::vector<double> exact_of_mean(const std::vector<rated_pair>& pairs, std::uint32_t n_people, double error_variance,
                                  double severity_sd) {
    const std::size_t m = n_people;
    std::vector<double> total(m, 0.0);
    std::vector<double> n(m * m, 0.0); // people x raters
    for (const rated_pair& pair : pairs) {
        total[pair.person] += pair.n;
        n[pair.person * m + pair.rater] = pair.n;
    }
    std::vector<double> matrix(m * m, 0.0);
    for (std::size_t j = 0; j < m; ++j) matrix[j * m + j] = error_variance / (severity_sd * severity_sd);
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 0; j < m; ++j) {
            matrix[j * m + j] += n[i * m + j];
            if (total[i] > 0.0)
                for (std::size_t l = 0; l < m; ++l) matrix[j * m + l] -= n[i * m + j] * n[i * m + l] / total[i];
        }
    std::vector<double> out(m, 0.0);
    for (std::size_t i = 0; i < m; ++i) {
        if (!(total[i] > 0.0)) continue;
        auto left = matrix; // solve matrix x = weights by elimination; it is positive definite
        std::vector<double> x(n.begin() + static_cast<std::ptrdiff_t>(i * m),
                              n.begin() + static_cast<std::ptrdiff_t>((i + 1) * m));
        for (double& weight : x) weight /= total[i];
        const auto weights = x;
        for (std::size_t k = 0; k < m; ++k)
            for (std::size_t row = k + 1; row < m; ++row) {
                const double factor = left[row * m + k] / left[k * m + k];
                if (factor == 0.0) continue;
                for (std::size_t column = k; column < m; ++column)
                    left[row * m + column] -= factor * left[k * m + column];
                x[row] -= factor * x[k];
            }
        for (std::size_t k = m; k-- > 0;) {
            for (std::size_t column = k + 1; column < m; ++column) x[k] -= left[k * m + column] * x[column];
            x[k] /= left[k * m + k];
        }
        for (std::size_t j = 0; j < m; ++j) out[i] += error_variance * weights[j] * x[j];
    }
    return out;
}

TEST(severity, that_stays_open_is_nearly_what_the_whole_matrix_says) {
    const std::vector<rated_pair> chain{{0, 3, 0.1, 9.0}, {0, 4, 0.2, 3.0}, {1, 4, 0.0, 9.0},
                                        {1, 5, 0.3, 1.0}, {2, 5, 0.3, 9.0}, {2, 6, 0.4, 9.0}};
    const auto by_chain = exact_of_mean(chain, 7, 0.63, 0.3);
    const auto of_chain = fit_severity(chain, 7, 0.63, 0.3);
    for (const std::size_t i : {0U, 1U, 2U}) EXPECT_NEAR(of_chain.of_mean[i], by_chain[i], 2e-3 * by_chain[i]);
    for (const int each : {2, 3, 5}) {
        constexpr std::uint32_t n_people = 60;
        std::vector<rated_pair> pairs;
        for (std::uint32_t i = 0; i < n_people; ++i) {
            random::stream draw(random::place{.seed = static_cast<std::uint64_t>(each), .entity = i});
            std::vector<std::uint32_t> raters;
            for (int k = 0; k < each; ++k) raters.push_back(static_cast<std::uint32_t>(random::below(draw, n_people)));
            std::sort(raters.begin(), raters.end());
            raters.erase(std::unique(raters.begin(), raters.end()), raters.end());
            for (const std::uint32_t rater : raters) pairs.push_back({i, rater, random::normal(draw), 9.0});
        }
        const auto exact = exact_of_mean(pairs, n_people, 0.63, 0.3);
        const auto out = fit_severity(pairs, n_people, 0.63, 0.3);
        for (std::uint32_t i = 0; i < n_people; ++i) {
            EXPECT_GT(out.of_mean[i], 0.8 * exact[i]);
            EXPECT_LT(out.of_mean[i], 1.3 * exact[i]);
        }
    }
}

TEST(severity, errors_of_a_persons_mean_are_as_large_as_it_says) {
    constexpr std::uint32_t n_people = 6000;
    double squares = 0.0, promised = 0.0;
    std::vector<double> truth(n_people);
    std::vector<rated_pair> pairs;
    for (std::uint32_t i = 0; i < n_people; ++i) {
        random::stream draw(random::place{.seed = 12, .entity = i});
        truth[i] = 0.3 * random::normal(draw);
    }
    for (std::uint32_t i = 0; i < n_people; ++i) { // three raters out of the own team of 40
        random::stream draw(random::place{.seed = 13, .entity = i});
        const double deserved = random::normal(draw);
        std::vector<std::uint32_t> raters;
        while (raters.size() < 3) {
            const auto rater = i / 40 * 40 + static_cast<std::uint32_t>(random::below(draw, 40));
            if (rater != i && std::find(raters.begin(), raters.end(), rater) == raters.end()) raters.push_back(rater);
        }
        std::sort(raters.begin(), raters.end());
        for (const std::uint32_t rater : raters)
            pairs.push_back({i, rater, deserved + truth[rater] + std::sqrt(0.63 / 9.0) * random::normal(draw), 9.0});
    }
    const auto out = fit_severity(pairs, n_people, 0.63, 0.3);
    for (std::size_t at = 0; at < pairs.size(); at += 3) {
        double left = 0.0;
        for (std::size_t k = at; k < at + 3; ++k) left += (truth[pairs[k].rater] - out.of_rater[pairs[k].rater]) / 3.0;
        squares += left * left;
        promised += out.of_mean[pairs[at].person];
    }
    EXPECT_GT(squares / promised, 0.8) << "what no comparison in a net can tell is added once too often in a dense one";
    EXPECT_LT(squares / promised, 1.05);
}

} // namespace
