#include <cmath>

#include <gtest/gtest.h>

#include <dualtrack/estimate/backtest.hpp>
#include <dualtrack/estimate/effect_noise.hpp>

#include "estimate/panels.hpp"

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
    EXPECT_EQ(figure(made, backtest_policy_word::as_decided, 1).n, 2);
    EXPECT_TRUE(std::isnan(figure(made, backtest_policy_word::as_decided, 1).low)) << "never another choice";
    EXPECT_DOUBLE_EQ(figure(made, backtest_policy_word::random, 0).value, (0.1 + 0.2) / 2);
    EXPECT_DOUBLE_EQ(figure(made, backtest_policy_word::as_decided, 0).value, 0.05);
    // Two vacancies drawn again and again give 0, .2 or .4; t with one degree of freedom is 12.706 instead of 1.960,
    // and sqrt(2): .2 +- .2 * 9.168. Drawing again shows all of the errors of two people who stand in one vacancy each.
    const double reach = 0.2 * 12.7062 / 1.959964 * std::sqrt(2.0);
    const backtest_figure& lift = figure(made, backtest_policy_word::readiness, 1);
    EXPECT_NEAR(lift.low, 0.2 - reach, 1e-5);
    EXPECT_NEAR(lift.high, 0.2 + reach, 1e-5);
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
            inside[i] += fitted.low[i] <= b[i] && b[i] <= fitted.high[i] ? 1.0 / draws : 0.0;
        }
    }
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(sum[i], b[i], 0.006) << i;
        EXPECT_GE(inside[i], 0.925) << i;
        EXPECT_LE(inside[i], 0.985) << i;
    }
    EXPECT_NEAR(residual, 0.2, 0.02);
}

// With few managers their spread is hardly known: intervals have to be wide, and not wider than that.
TEST(backtest, few_managers_give_intervals_that_keep_their_promise_and_no_more) {
    const std::array<double, 4> b{0.02, -0.088, 0.23, 0.07};
    constexpr int draws = 400;
    for (const int n : {9, 14}) {
        double inside = 0.0;
        for (std::uint32_t k = 0; k < draws; ++k) {
            const fitted_record fitted = try_policies(planted(9000 + k, n, b, 0.2), 2, 1).fitted;
            ASSERT_TRUE(fitted.is_known);
            for (std::size_t i = 1; i < 4; ++i)
                inside += fitted.low[i] <= b[i] && b[i] <= fitted.high[i] ? 1.0 / (3 * draws) : 0.0;
        }
        EXPECT_GE(inside, 0.93) << n; // .95 less three errors of 1,200 intervals
        EXPECT_LE(inside, 0.975) << n;
    }
}

// Two managers by hand: a_AB = 1, b = (1, -1) gives effects +-1/2, and V = sigma2 / 4 [[1, -1], [-1, 1]].
TEST(backtest, errors_of_two_managers_who_share_one_seller_mirror_each_other) {
    test::panel_columns panel;
    panel.add(0, 0, 0, 1.0);
    panel.add(0, 0, 1, 2.0);
    panel.add(0, 1, 2, 0.0);
    panel.add(0, 1, 3, 1.0);
    panel.add(1, 0, 0, 3.0);
    panel.add(1, 0, 1, 3.5);
    panel.add(1, 1, 2, 2.0);
    panel.add(1, 1, 3, 3.0);
    panel.close();
    const auto made = test::estimated(panel, test::without_periods());
    const std::vector<std::uint32_t> managers{0, 1};
    const std::vector<double> V = noise_between(*made, managers);
    ASSERT_EQ(V.size(), 4U);
    const double sigma2 = std::max(made->fit.sigma2_match, made->fit.sigma2_row);
    EXPECT_GT(sigma2, 0.0);
    EXPECT_NEAR(V[0], sigma2 / 8.0, 1e-14); // S = [[2, -2], [-2, 2]]
    EXPECT_NEAR(V[1], -sigma2 / 8.0, 1e-14);
    EXPECT_NEAR(V[3], sigma2 / 8.0, 1e-14);
}

TEST(backtest, noise_of_effects_has_the_variances_of_the_errors) {
    const auto panel = test::random_panel(4, 40, 9, 12, 0.1, true, 1);
    org::value_added_policy policy;
    policy.se = org::effect_error::match_scale;
    const auto made = test::estimated(panel, policy);
    const double scale = std::sqrt(std::max(1.0, made->fit.sigma2_row / made->fit.sigma2_match));
    std::vector<std::uint32_t> managers;
    for (std::uint32_t j = 0; j < made->effect.size(); ++j)
        if (made->se[j] > 0.0) managers.push_back(j);
    ASSERT_GT(managers.size(), 5U);
    const std::vector<double> V = noise_between(*made, managers);
    for (std::size_t a = 0; a < managers.size(); ++a)
        EXPECT_NEAR(std::sqrt(V[a * managers.size() + a]), scale * made->se[managers[a]], 1e-10);
}

// A weakly connected organisation: managers who share few sellers have effects whose errors go together, and are large.
TEST(backtest, recovers_coefficients_from_estimated_effects_with_nominal_coverage) {
    const std::array<double, 4> b{0.0, -0.088, 0.23, 0.07};
    constexpr std::uint32_t n_managers = 36;
    test::panel_columns panel = test::random_panel(11, 260, n_managers, 24, 0.02, false, 0);
    constexpr int draws = 250;
    std::array<double, 4> sum{}, inside{};
    org::value_added_policy policy;
    policy.prior = org::effect_prior::independent;
    for (std::uint32_t k = 0; k < draws; ++k) {
        random::stream draw(random::place{.seed = 41, .replication = k, .purpose = 80});
        std::vector<backtest_case> cases(panel.n_groups);
        std::vector<double> effect(panel.n_groups), alpha(panel.n_units);
        for (std::uint32_t j = 0; j < panel.n_groups; ++j) {
            cases[j].vacancy = cases[j].person = j;
            cases[j].chosen = true;
            for (std::size_t i = 0; i < n_record; ++i) {
                cases[j].record[i] = random::normal(draw);
                effect[j] += b[i + 1] * cases[j].record[i];
            }
            effect[j] += 0.2 * random::normal(draw);
        }
        for (double& x : alpha) x = random::normal(draw);
        for (std::size_t r = 0; r < panel.value.size(); ++r)
            panel.value[r] = alpha[panel.unit[r]] + effect[panel.group[r]] + 0.8 * random::normal(draw);
        const auto made = test::estimated(panel, policy);
        ASSERT_EQ(made->problem.components.size(), 1U);
        std::vector<std::uint32_t> managers;
        for (std::uint32_t j = 0; j < panel.n_groups; ++j) {
            cases[j].effect = made->effect[j];
            cases[j].se = made->se[j];
            managers.push_back(j);
        }
        const auto rows = fitted_rows(cases);
        ASSERT_EQ(rows.size(), managers.size());
        const fitted_record fitted = fit_record(cases, rows, noise_between(*made, managers));
        for (std::size_t i = 1; i < 4; ++i) {
            sum[i] += fitted.value[i] / draws;
            inside[i] += fitted.low[i] <= b[i] && b[i] <= fitted.high[i] ? 1.0 / draws : 0.0;
        }
    }
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_NEAR(sum[i], b[i], 0.015) << i;
        EXPECT_GE(inside[i], 0.91) << i; // .95 less three binomial errors
        EXPECT_LE(inside[i], 0.985) << i;
    }
}

TEST(backtest, predicted_lift_of_the_better_rule_is_above_zero) {
    const backtest_result made = try_policies(planted(7, 600, {0.0, -0.09, 0.23, 0.07}, 0.2), 1000, 1);
    EXPECT_GT(figure(made, backtest_policy_word::predicted_effect, 3).low, 0.0);
    EXPECT_LT(figure(made, backtest_policy_word::top_seller, 3).high, 0.0) << "best sellers make worse managers here";
}

TEST(backtest, intervals_of_predicted_lift_carry_the_doubt_about_the_coefficients) {
    auto cases = planted(7, 600, {0.0, -0.09, 0.23, 0.07}, 0.2);
    const auto reach = [](const backtest_figure& f) { return f.high - f.low; };
    const double sure = reach(figure(try_policies(cases, 1000, 1), backtest_policy_word::readiness, 3));
    for (std::size_t i = 0; i < cases.size(); ++i) // the same vacancies, effects known of few
        if (cases[i].vacancy >= 30) cases[i].effect = none;
    EXPECT_GT(reach(figure(try_policies(cases, 1000, 1), backtest_policy_word::readiness, 3)), 2.0 * sure);
}

/// Vacancies in which those chosen and those whom readiness would have chosen led later: true effects planted, errors
/// of one manager shared by every vacancy they stand in, and by everybody of the same half.
struct led_later {
    std::vector<backtest_case> cases;
    double true_lift = 0.0; // of readiness, over these vacancies
    related_noise noise;
};
led_later planted_lifts(std::uint32_t seed, std::uint32_t n_vacancies, std::uint32_t n_people, double lift) {
    random::stream draw(random::place{.seed = seed, .purpose = 81});
    constexpr double own_sd = 0.15, half_sd = 0.1;
    std::vector<double> effect(n_people), error(n_people);
    const std::array<double, 2> half{half_sd * random::normal(draw), half_sd * random::normal(draw)};
    for (std::uint32_t p = 0; p < n_people; ++p) {
        effect[p] = 0.2 * random::normal(draw) + (p % 2 == 0 ? lift : 0.0); // the readier half
        error[p] = own_sd * random::normal(draw) + half[p % 2];
    }
    led_later out;
    for (std::uint32_t v = 0; v < n_vacancies; ++v) {
        const auto readiest = 2 * static_cast<std::uint32_t>(random::below(draw, n_people / 2));
        const auto chosen = 2 * static_cast<std::uint32_t>(random::below(draw, n_people / 2)) + 1;
        for (const std::uint32_t p : {std::min(readiest, chosen), std::max(readiest, chosen)})
            out.cases.push_back(
                candidate(v, p, p == chosen, {0.0, 0.0, p == readiest ? 1.0 : 0.0, 0.0}, effect[p] + error[p]));
        out.true_lift += (effect[readiest] - effect[chosen]) / n_vacancies;
    }
    out.noise.row = known_rows(out.cases);
    const auto person = [&](std::uint32_t row) { return out.cases[row].person; };
    for (const std::uint32_t a : out.noise.row)
        for (const std::uint32_t b : out.noise.row)
            out.noise.covariance.push_back((person(a) == person(b) ? own_sd * own_sd : 0.0) +
                                           (person(a) % 2 == person(b) % 2 ? half_sd * half_sd : 0.0));
    return out;
}

TEST(backtest, intervals_of_lifts_hold_the_planted_lift_where_people_stand_in_many_vacancies) {
    for (const auto& [vacancies, people] : {std::pair(4U, 40U), std::pair(12U, 60U), std::pair(40U, 16U)}) {
        constexpr std::uint32_t draws = 400;
        double own = 0.0, blind = 0.0, error = 0.0;
        for (std::uint32_t k = 0; k < draws; ++k) {
            const led_later past = planted_lifts(500 + k, vacancies, people, 0.1);
            const backtest_figure lift =
                figure(try_policies(past.cases, 200, 1, past.noise), backtest_policy_word::readiness, 1);
            EXPECT_EQ(lift.n, vacancies);
            own += lift.low <= past.true_lift && past.true_lift <= lift.high ? 1.0 / draws : 0.0;
            error += (lift.value - past.true_lift) / draws;
            double mean = 0.0, squares = 0.0; // what drawing vacancies again and again comes to
            for (std::size_t i = 0; i < past.cases.size(); i += 2) {
                const bool first_chosen = past.cases[i].chosen;
                const double x = (first_chosen ? -1.0 : 1.0) * (past.cases[i].effect - past.cases[i + 1].effect);
                mean += x / vacancies;
                squares += x * x / vacancies;
            }
            const double reach = 1.96 * std::sqrt((squares - mean * mean) / vacancies);
            blind += std::fabs(mean - past.true_lift) <= reach ? 1.0 / draws : 0.0;
        }
        EXPECT_GE(own, 0.93) << vacancies; // also of the sampling of vacancies, so above .95 where those tell little
        EXPECT_NEAR(error, 0.0, 0.03) << vacancies;
        if (vacancies == 40U) {
            EXPECT_LE(own, 0.98);
            EXPECT_LT(blind, 0.90) << "what drawing again alone promises";
        }
    }
}

TEST(backtest, draws_depend_on_the_seed_alone) {
    const auto cases = planted(3, 40, {0.0, -0.09, 0.23, 0.07}, 0.2);
    const auto one = try_policies(cases, 300, 5), other = try_policies(cases, 300, 5),
               third = try_policies(cases, 300, 6);
    EXPECT_EQ(figure(one, backtest_policy_word::random, 3).low, figure(other, backtest_policy_word::random, 3).low);
    EXPECT_NE(figure(one, backtest_policy_word::random, 3).low, figure(third, backtest_policy_word::random, 3).low);
}

} // namespace
