#include <cmath>

#include <gtest/gtest.h>

#include <dualtrack/base/random.hpp>
#include <dualtrack/decide/effect.hpp>

namespace {

using namespace dualtrack;
using namespace dualtrack::decide;

leader_record record_of(double sales, double collaboration, double readiness, double readiness_sd) {
    return {{{sales, 0.0, true}, {collaboration, 0.0, true}, {0.0, 0.0, true}, {readiness, readiness_sd, true}}};
}

// By hand: twice the market's sales, .4 log collaborators above it, readiness 1 (sd .4):
// -.088 ln 2 + .23 x .4 + .07 = .1010030; variance .04 + ln2^2 .045^2 + .16 x .144^2 + (.0784 x .01 + .0025 + .0004).
TEST(effect, adds_up_what_is_on_record) {
    const auto out = predict({}, record_of(std::log(2.0), 0.4, 1.0, 0.4));
    EXPECT_NEAR(out.contribution[0], -0.088 * std::log(2.0), 1e-13);
    EXPECT_NEAR(out.contribution[1], 0.092, 1e-13);
    EXPECT_EQ(out.contribution[2], 0.0) << "working alone counts in the joint form only";
    EXPECT_NEAR(out.contribution[3], 0.07, 1e-13);
    EXPECT_NEAR(out.mean, 0.101003048110725, 1e-12);
    const double variance =
        0.04 + std::pow(std::log(2.0) * 0.045, 2) + 0.16 * 0.144 * 0.144 + 0.000784 + 0.0025 + 0.0004;
    EXPECT_NEAR(out.sd, std::sqrt(variance), 1e-14);
    EXPECT_NEAR(out.probability_harm, 0.5 * std::erfc(out.mean / out.sd / std::sqrt(2.0)), 1e-14);
}

TEST(effect, a_doubling_of_own_sales_costs_six_point_one_log_points) {
    const double once = predict({}, record_of(0.3, 0.0, 0.0, 0.0)).mean;
    const double twice = predict({}, record_of(0.3 + std::log(2.0), 0.0, 0.0, 0.0)).mean;
    EXPECT_NEAR(100.0 * (twice - once), -6.1, 0.005);
}

TEST(effect, joint_form_judges_collaboration_and_working_alone_together) {
    org::effect_coefficients joint;
    joint.form = org::effect_form::joint;
    leader_record record = record_of(0.0, 0.5, 0.0, 0.0);
    record[2].value = 0.6; // alone, where 40 % of the market are
    const auto out = predict(joint, record);
    EXPECT_NEAR(out.contribution[1], 0.1615, 1e-13);
    EXPECT_NEAR(out.contribution[2], -0.1188, 1e-13);
    EXPECT_NEAR(out.sd, std::sqrt(0.04 + 0.25 * 0.234 * 0.234 + 0.36 * 0.208 * 0.208), 1e-14);
}

TEST(effect, contributions_add_up_to_the_last_bit_in_any_order) {
    random::stream draw(random::place{.seed = 4, .purpose = 3});
    org::effect_coefficients joint;
    joint.form = org::effect_form::joint;
    for (int i = 0; i < 20000; ++i) {
        leader_record record;
        for (recorded& one : record) one = {2.0 * random::normal(draw), 0.1, true};
        const auto out = predict(joint, record);
        const auto& c = out.contribution;
        ASSERT_EQ(((c[0] + c[1]) + c[2]) + c[3], out.mean);
        ASSERT_EQ(((c[3] + c[1]) + c[0]) + c[2], out.mean);
        ASSERT_EQ((c[2] + c[3]) + (c[1] + c[0]), out.mean);
    }
}

TEST(effect, what_is_not_known_widens_and_does_not_move) {
    leader_record known = record_of(0.0, 0.0, 0.0, 0.3);
    leader_record unknown = known;
    unknown[0] = {0.0, 0.9, false};
    EXPECT_EQ(predict({}, unknown).mean, predict({}, known).mean);
    EXPECT_GT(predict({}, unknown).sd, predict({}, known).sd);
    org::effect_coefficients certain;
    certain.residual_sd = certain.sales_sd = certain.collaboration_sd = certain.readiness_sd = 0.0;
    EXPECT_EQ(predict(certain, record_of(1.0, 0.0, 0.0, 0.0)).probability_harm, 1.0) << "no doubt left: a step";
}

// Planted: coefficients and inputs drawn from what the prediction says of them; the truth must fall into its interval.
TEST(effect, intervals_hold_the_planted_effect_as_often_as_they_say) {
    const org::effect_coefficients policy;
    random::stream draw(random::place{.seed = 11, .purpose = 3});
    int inside = 0;
    int harmed = 0;
    double promised_harm = 0.0;
    double sum_xy = 0.0;
    double sum_xx = 0.0;
    constexpr int n = 40000;
    for (int i = 0; i < n; ++i) {
        const double sales = 0.6 * random::normal(draw);
        const double collaboration = 0.5 * random::normal(draw);
        const double sd = 0.4;
        const double readiness = std::sqrt(1.0 - sd * sd) * random::normal(draw); // posterior mean
        const double true_readiness = readiness + sd * random::normal(draw);
        const double truth = (policy.sales + policy.sales_sd * random::normal(draw)) * sales +
                             (policy.collaboration + policy.collaboration_sd * random::normal(draw)) * collaboration +
                             (policy.readiness + policy.readiness_sd * random::normal(draw)) * true_readiness +
                             policy.residual_sd * random::normal(draw);
        const auto out = predict(policy, record_of(sales, collaboration, readiness, sd));
        inside += std::fabs(truth - out.mean) < 1.959963984540054 * out.sd ? 1 : 0;
        harmed += truth < 0.0 ? 1 : 0;
        promised_harm += out.probability_harm;
        sum_xy += out.mean * truth;
        sum_xx += out.mean * out.mean;
    }
    EXPECT_NEAR(inside / static_cast<double>(n), 0.95, 0.006);
    EXPECT_NEAR(harmed / static_cast<double>(n), promised_harm / n, 0.008);
    EXPECT_NEAR(sum_xy / sum_xx, 1.0, 0.04) << "calibrated slope";
}

} // namespace
