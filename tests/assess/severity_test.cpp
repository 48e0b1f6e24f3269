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

} // namespace
