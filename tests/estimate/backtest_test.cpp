#include <cmath>

#include <gtest/gtest.h>

#include <dualtrack/estimate/backtest.hpp>

namespace {

using namespace dualtrack;
using namespace dualtrack::estimate;

constexpr double none = numeric::not_a_number;

backtest_case candidate(std::uint32_t vacancy, std::uint32_t person, bool chosen, std::array<double, 4> score,
                        double effect) {
    backtest_case out;
    out.vacancy = vacancy;
    out.person = person;
    out.chosen = chosen;
    out.score = score;
    out.effect = effect;
    out.se = 0.1;
    return out;
}
const backtest_figure& figure(const backtest_result& from, backtest_policy_word policy, std::size_t metric) {
    return from.figure[static_cast<std::size_t>(policy)][metric];
}

// By hand. Vacancy 0: chosen 1 (effect -.1), best seller 1, readiest 2 (effect .3). Vacancy 1: chosen 4 (.2), best
// seller 3 (not known), readiest 4. Lift of readiness: (.4 + 0) / 2; of the best seller: 0 in vacancy 0 alone.
TEST(backtest, of_two_vacancies_by_hand) {
    const std::vector<backtest_case> cases{
        candidate(0, 1, true, {2.0, 10, 0.1, -.1}, -0.1), candidate(0, 2, false, {1.0, 20, 0.9, .1}, 0.3),
        candidate(1, 3, false, {2.0, 5, 0.0, -.1}, none), candidate(1, 4, true, {1.0, 3, 0.5, .1}, 0.2)};
    const backtest_result made = try_policies(cases, 500, 1);
    EXPECT_DOUBLE_EQ(figure(made, backtest_policy_word::readiness, 1).value, 0.2);
    EXPECT_EQ(figure(made, backtest_policy_word::readiness, 1).n, 2);
    EXPECT_DOUBLE_EQ(figure(made, backtest_policy_word::readiness, 2).value, 0.5) << "agrees in vacancy 1";
    EXPECT_DOUBLE_EQ(figure(made, backtest_policy_word::top_seller, 1).value, 0.0);
    EXPECT_EQ(figure(made, backtest_policy_word::top_seller, 1).n, 1);
    EXPECT_TRUE(std::isnan(figure(made, backtest_policy_word::top_seller, 1).low)) << "one vacancy has no interval";
    EXPECT_DOUBLE_EQ(figure(made, backtest_policy_word::random, 0).value, (0.1 + 0.2) / 2);
    EXPECT_DOUBLE_EQ(figure(made, backtest_policy_word::as_decided, 0).value, 0.05);
    EXPECT_DOUBLE_EQ(figure(made, backtest_policy_word::readiness, 1).low, 0.0);
    EXPECT_DOUBLE_EQ(figure(made, backtest_policy_word::readiness, 1).high, 0.4);
    EXPECT_FALSE(made.fitted.is_known) << "two managers do not fit four coefficients";
}

TEST(backtest, without_cases_says_nothing) {
    const backtest_result made = try_policies({}, 500, 1);
    EXPECT_EQ(figure(made, backtest_policy_word::readiness, 1).n, 0);
    EXPECT_TRUE(std::isnan(figure(made, backtest_policy_word::readiness, 1).value));
}

/// Vacancies whose chosen candidate's later effect follows planted coefficients.
std::vector<backtest_case> planted(std::uint32_t seed, int n, const std::array<double, 4>& b, double residual_sd) {
    random::stream draw(random::place{.seed = seed, .purpose = 80});
    std::vector<backtest_case> out;
    for (int v = 0; v < n; ++v)
        for (std::uint32_t c = 0; c < 3; ++c) {
            backtest_case one;
            one.vacancy = static_cast<std::uint32_t>(v);
            one.person = static_cast<std::uint32_t>(v) * 3 + c;
            one.chosen = c == 0;
            double mean = b[0];
            for (std::size_t k = 0; k < n_record; ++k) {
                one.record[k] = random::normal(draw);
                mean += b[k + 1] * one.record[k];
            }
            one.score = {one.record[0], one.record[1], one.record[2], mean};
            one.se = 0.05 + 0.2 * random::uniform(draw);
            one.effect = c == 0 ? mean + residual_sd * random::normal(draw) + one.se * random::normal(draw) : none;
            out.push_back(one);
        }
    return out;
}

TEST(backtest, recovers_planted_coefficients_with_nominal_coverage) {
    const std::array<double, 4> b{0.02, -0.088, 0.23, 0.07};
    constexpr int draws = 400;
    std::array<double, 4> sum{}, inside{};
    double residual = 0.0;
    for (std::uint32_t k = 0; k < draws; ++k) {
        const auto cases = planted(k + 1, 60, b, 0.2);
        const fitted_record fitted = try_policies(cases, 2, 1).fitted;
        ASSERT_TRUE(fitted.is_known);
        residual += fitted.residual_sd / draws;
        for (std::size_t i = 0; i < 4; ++i) {
            sum[i] += fitted.value[i] / draws;
            inside[i] += std::fabs(fitted.value[i] - b[i]) <= 1.96 * fitted.sd[i] ? 1.0 / draws : 0.0;
        }
    }
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(sum[i], b[i], 0.006) << i;
        EXPECT_GE(inside[i], 0.91) << i;
        EXPECT_LE(inside[i], 0.98) << i;
    }
    EXPECT_NEAR(residual, 0.2, 0.02);
}

TEST(backtest, predicted_lift_of_the_better_rule_is_above_zero) {
    const backtest_result made = try_policies(planted(7, 600, {0.0, -0.09, 0.23, 0.07}, 0.2), 1000, 1);
    EXPECT_GT(figure(made, backtest_policy_word::predicted_effect, 3).low, 0.0);
    EXPECT_LT(figure(made, backtest_policy_word::top_seller, 3).high, 0.0) << "best sellers make worse managers here";
}

TEST(backtest, draws_depend_on_the_seed_alone) {
    const auto cases = planted(3, 40, {0.0, -0.09, 0.23, 0.07}, 0.2);
    const auto one = try_policies(cases, 300, 5), other = try_policies(cases, 300, 5),
               third = try_policies(cases, 300, 6);
    EXPECT_EQ(figure(one, backtest_policy_word::random, 3).low, figure(other, backtest_policy_word::random, 3).low);
    EXPECT_NE(figure(one, backtest_policy_word::random, 3).low, figure(third, backtest_policy_word::random, 3).low);
}

} // namespace
