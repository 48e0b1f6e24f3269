#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <dualtrack/base/random.hpp>
#include <dualtrack/decide/business_case.hpp>

namespace {

using namespace dualtrack;
using namespace dualtrack::decide;

constexpr double unit = 100.0; // minor units

std::int64_t amount(const business_case& made, business_line which) {
    return made.line[static_cast<std::size_t>(which)].amount;
}

predicted_effect effect_of(double mean, double sd) {
    predicted_effect out;
    out.mean = mean;
    out.sd = sd;
    out.probability_harm = probability_under(0.0, mean, sd);
    return out;
}

double phi(double z) {
    return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

case_facts plain_case() {
    case_facts facts;
    facts.team_monthly = 500000 * unit;
    facts.own_monthly = 40000 * unit;
    facts.pay_target = 100000 * unit;
    facts.pay_is_known = true;
    facts.pay_change = 12000 * unit;
    return facts;
}

// By hand, horizon 24, margin .1: 21 months of full effect on 500,000 a month: 1,050,000 x (e^.1 - 1) = 110,429.4639;
// own sales 40,000 x .1 x 2.5 = 10,000; accounts 40,000 x .1 x .15 x 9.5 = 5,700; pay 24,000; development 5,000.
TEST(business_case, closed_form_case_agrees_with_the_hand) {
    const org::promotion_policy policy;
    const case_facts facts = plain_case();
    const case_terms terms = case_terms_of(policy, facts);
    const auto effect = effect_of(0.1, 0.2);
    EXPECT_NEAR(expected_net(terms, effect) / unit, 1050000.0 * std::expm1(0.1) - 44700.0, 1e-9 * 1e5);
    EXPECT_NEAR(expected_net(terms, effect) / (105e6 * std::expm1(0.1) - 4470000.0), 1.0, 1e-12);
    const business_case made = case_of(policy, facts, terms, effect);
    EXPECT_EQ(amount(made, business_line::team_effect), 11042946);
    EXPECT_EQ(amount(made, business_line::own_sales_lost), -1000000);
    EXPECT_EQ(amount(made, business_line::accounts_reassigned), -570000);
    EXPECT_EQ(amount(made, business_line::passed_over_exits), 0);
    EXPECT_EQ(amount(made, business_line::stayers_dip), 0);
    EXPECT_EQ(amount(made, business_line::pay_change), -2400000);
    EXPECT_EQ(amount(made, business_line::development_cost), -500000);
    EXPECT_EQ(made.net_value, 6572946);
    // Nothing but the effect is uncertain: loss when e < ln(1 + 44,700 / 1,050,000) + .02.
    const double flip = std::log1p(44700.0 / 1050000.0) + 0.02;
    EXPECT_NEAR(made.probability_net_loss, phi((flip - 0.1) / 0.2), 1e-12);
    const double low = 1050000.0 * std::expm1(0.1 - 1.959963984540054 * 0.2 - 0.02) - 44700.0;
    const double high = 1050000.0 * std::expm1(0.1 + 1.959963984540054 * 0.2 - 0.02) - 44700.0;
    EXPECT_NEAR(made.net_low / unit, low, 0.02);
    EXPECT_NEAR(made.net_high / unit, high, 0.02);
}

// By hand: who outsold the winner sells 30,000 a month and is paid 100,000: accounts .1 x 30,000 x 1.425 and the larger
// of .1 x 30,000 x 2.5 (sales until a successor has ramped) and 80,000 (replacing, which holds them) = 84,275; leaves
// because of it with (1 - .73^2.2) - .27; sells 1 - e^-.33 less for 3 months while there.
TEST(business_case, exits_and_the_dip_of_those_passed_over_are_lines) {
    const org::promotion_policy policy;
    case_facts facts = plain_case();
    passed_over_cost star;
    star.monthly = 30000 * unit;
    star.pay_target = 100000 * unit;
    star.outsold = true;
    star.risk = risk_of(policy.passed_over, {answer::yes, answer::no, false, 0.0});
    facts.others = {star};
    const case_terms terms = case_terms_of(policy, facts);
    const business_case made = case_of(policy, facts, terms, effect_of(0.1, 0.2));
    const double stays = std::pow(0.73, 2.2);
    EXPECT_NEAR(static_cast<double>(amount(made, business_line::passed_over_exits)), -(0.73 - stays) * 8427500.0, 0.51);
    EXPECT_NEAR(static_cast<double>(amount(made, business_line::stayers_dip)),
                -0.1 * 3000000.0 * 3.0 * (1.0 - std::exp(-0.33)) * std::pow(stays, 0.25), 0.51);
    const auto& exits = made.line[static_cast<std::size_t>(business_line::passed_over_exits)];
    EXPECT_EQ(exits.low, -8427500) << "they leave";
    EXPECT_EQ(exits.high, 0) << "they stay";
    // Two cases: with the exit and without.
    const double fixed =
        10000.0 + 5700.0 + 24000.0 + 5000.0 + static_cast<double>(-amount(made, business_line::stayers_dip)) / unit;
    const auto loss_with = [&](double more) {
        return phi((std::log1p((fixed + more) / 1050000.0) + 0.02 - 0.1) / 0.2);
    };
    EXPECT_NEAR(made.probability_net_loss, (0.73 - stays) * loss_with(84275.0) + (0.27 + stays) * loss_with(0.0), 1e-6);
}

TEST(business_case, exits_that_come_whoever_is_chosen_are_no_cost_of_this_choice) {
    const org::promotion_policy policy;
    case_facts facts = plain_case();
    passed_over_cost other;
    other.pay_target = 100000 * unit;
    other.risk = risk_of(policy.passed_over, {answer::no, answer::no, false, 0.0});
    facts.others = {other, other};
    const double each = (0.73 - std::pow(0.73, 1.35)) * 8000000.0; // replacing costs .8 of the pay
    const auto exits_line = [&](double anyway) {
        facts.exits_anyway = anyway;
        return case_of(policy, facts, case_terms_of(policy, facts), effect_of(0.1, 0.2));
    };
    const business_case all = exits_line(0.0);
    const business_case beyond = exits_line(each);
    EXPECT_NEAR(static_cast<double>(amount(all, business_line::passed_over_exits)), -2.0 * each, 0.51);
    EXPECT_NEAR(static_cast<double>(amount(beyond, business_line::passed_over_exits)), -each, 0.51);
    EXPECT_NEAR(static_cast<double>(beyond.net_value - all.net_value), each, 1.01);
    EXPECT_NEAR(beyond.net_high - all.net_high, each, 1.0);
    EXPECT_LT(beyond.probability_net_loss, all.probability_net_loss);
    const auto at = static_cast<std::size_t>(business_line::passed_over_exits);
    EXPECT_NEAR(static_cast<double>(beyond.line[at].high), each, 0.51) << "nobody leaves after all";
    EXPECT_EQ(amount(exits_line(2.0 * each), business_line::passed_over_exits), 0);
}

TEST(business_case, a_leaver_whose_pay_is_not_known_costs_the_sales_lost) {
    const org::promotion_policy policy;
    passed_over_cost other;
    other.monthly = 30000 * unit;
    EXPECT_NEAR(cost_of_exit(policy, other), 0.1 * 30000 * unit * (2.5 + 1.425), 1e-6);
}

TEST(business_case, lines_add_up_to_the_cent_and_lie_within_their_ranges) {
    const org::promotion_policy policy;
    random::stream draw(random::place{.seed = 5, .purpose = 3});
    for (int i = 0; i < 2000; ++i) {
        case_facts facts;
        facts.team_monthly = 1e8 * random::uniform(draw);
        facts.own_monthly = 1e7 * random::uniform(draw);
        const double shape = 0.3 + 20.0 * random::uniform(draw);
        facts.own = own_parts_of(shape);
        facts.own_low = numeric::gamma_quantile(0.025, shape) / shape;
        facts.own_high = numeric::gamma_quantile(0.975, shape) / shape;
        facts.pay_target = 1e7;
        facts.pay_is_known = i % 3 != 0;
        facts.pay_change = 1e6 * random::normal(draw);
        facts.pay_variable = 4e6;
        for (std::uint64_t n = random::below(draw, 6); n > 0; --n)
            facts.others.push_back(
                {1e7 * random::uniform(draw), 1e7, n % 2 == 0,
                 risk_of(policy.passed_over, {n % 2 == 0 ? answer::yes : answer::no, answer::no, false, 0.0})});
        const case_terms terms = case_terms_of(policy, facts);
        const predicted_effect effect = effect_of(0.2 * random::normal(draw), 0.22);
        const business_case made = case_of(policy, facts, terms, effect);
        std::int64_t sum = 0;
        for (const business_amount& line : made.line) {
            sum += line.amount;
            ASSERT_LE(line.low, line.amount);
            ASSERT_GE(line.high, line.amount);
        }
        ASSERT_EQ(sum, made.net_value);
        ASSERT_NEAR(static_cast<double>(made.net_value), expected_net(terms, effect), 4.0) << "seven roundings";
        ASSERT_LT(made.net_low, made.net_high);
        ASSERT_GE(made.probability_net_loss, 0.0);
        ASSERT_LE(made.probability_net_loss, 1.0);
    }
}

TEST(business_case, own_sales_are_those_to_expect_not_last_years) {
    const org::promotion_policy policy;
    case_facts lucky = plain_case();
    lucky.own = own_parts_of(2.0);
    const case_terms terms = case_terms_of(policy, lucky);
    EXPECT_DOUBLE_EQ(terms.own_sales_lost, 0.1 * 40000 * unit * 2.5) << "the mean of what is known, however uncertain";
}

TEST(business_case, without_a_team_or_pay_the_case_still_has_an_answer) {
    const org::promotion_policy policy;
    const case_facts nothing;
    const case_terms terms = case_terms_of(policy, nothing);
    const business_case made = case_of(policy, nothing, terms, effect_of(0.3, 0.2));
    EXPECT_EQ(made.net_value, 0);
    EXPECT_EQ(made.probability_net_loss, 0.0) << "nothing to lose";
    EXPECT_EQ(made.line[static_cast<std::size_t>(business_line::pay_change)].basis, range_basis::unknown);
    case_facts alone = plain_case();
    alone.team_monthly = 0.0;
    EXPECT_EQ(case_of(policy, alone, case_terms_of(policy, alone), effect_of(0.3, 0.2)).probability_net_loss, 1.0)
        << "costs and no team to gain from";
}

TEST(business_case, a_candidate_of_whom_nothing_is_known_promises_no_gain) {
    const org::promotion_policy policy;
    case_facts team;
    team.team_monthly = 1e8;
    EXPECT_NEAR(expected_net(case_terms_of(policy, team), effect_of(0.0, policy.effect.residual_sd)), 0.0, 1e-6);
}

TEST(business_case, stays_finite_where_coefficients_are_beyond_reason) {
    const org::promotion_policy policy;
    case_facts facts = plain_case();
    facts.team_monthly = 9e15;
    for (const double mean : {-60.0, 60.0, 500.0}) {
        const business_case made = case_of(policy, facts, case_terms_of(policy, facts), effect_of(mean, 3.0));
        std::int64_t sum = 0;
        for (const business_amount& line : made.line) sum += line.amount;
        EXPECT_EQ(sum, made.net_value);
        EXPECT_TRUE(std::isfinite(made.net_low) && std::isfinite(made.net_high));
        EXPECT_TRUE(made.probability_net_loss >= 0.0 && made.probability_net_loss <= 1.0);
    }
}

TEST(ramped_months, lose_half_the_ramp) {
    EXPECT_DOUBLE_EQ(ramped_months(24.0, 6.0), 21.0);
    EXPECT_DOUBLE_EQ(ramped_months(3.0, 6.0), 0.75);
    EXPECT_DOUBLE_EQ(ramped_months(6.0, 6.0), 3.0);
    EXPECT_DOUBLE_EQ(ramped_months(6.0, 0.0), 6.0);
}

TEST(own_parts, keep_the_mean_and_rise) {
    for (const double shape : {0.1, 0.5, 1.0, 3.0, 40.0, 5000.0}) {
        const own_parts parts = own_parts_of(shape);
        double sum = 0.0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            sum += parts[i];
            if (i > 0) {
                EXPECT_GT(parts[i], parts[i - 1]) << shape;
            }
        }
        EXPECT_NEAR(sum, 8.0, 1e-9) << shape;
    }
    // Gamma(1) is exponential: the lowest eighth ends at -ln(7/8); its mean is 1 - 7 ln(8/7) by hand.
    EXPECT_NEAR(own_parts_of(1.0).front(), 1.0 - 7.0 * std::log(8.0 / 7.0), 1e-12);
    EXPECT_EQ(own_parts_of(0.0).front(), 1.0) << "known exactly";
}

// Every way the coins can fall, with own sales drawn in 4,000 steps, against the grid.
TEST(net_value, grid_agrees_with_every_case_counted) {
    const std::vector<possible_loss> losses{{0.2, 9e6}, {0.07, 4e6}, {0.11, 1.3e7}, {0.23, 2e6}, {0.05, 7e6}};
    const double shape = 3.0;
    const double own_lost = 2e6;
    const loss_law law = loss_law_of(own_lost, own_parts_of(shape), losses);
    const gain_law gain{1e8, 0.12, 0.21, 0.20};
    const double fixed = 1e6;
    double mean = 0.0;
    double total = 0.0;
    for (std::size_t cell = 0; cell < loss_law::n_cells; ++cell) {
        mean += law.probability[cell] * law.value(cell);
        total += law.probability[cell];
    }
    double expected = own_lost;
    for (const auto& one : losses) expected += one.probability * one.amount;
    EXPECT_NEAR(total, 1.0, 1e-12);
    EXPECT_NEAR(mean / expected, 1.0, 1e-9) << "the grid keeps the mean";
    for (const double x : {-2e7, -5e6, 0.0, 5e6, 2e7}) {
        double exact = 0.0;
        for (unsigned coins = 0; coins < 32; ++coins) {
            double p = 1.0;
            double lost = 0.0;
            for (std::size_t j = 0; j < losses.size(); ++j) {
                const bool leaves = (coins >> j & 1U) != 0;
                p *= leaves ? losses[j].probability : 1.0 - losses[j].probability;
                lost += leaves ? losses[j].amount : 0.0;
            }
            double inner = 0.0;
            constexpr int n = 400;
            for (int i = 0; i < n; ++i)
                inner +=
                    gain.below(x + lost + fixed + own_lost * numeric::gamma_quantile((i + 0.5) / n, shape) / shape) / n;
            exact += p * inner;
        }
        EXPECT_NEAR(probability_net_below(gain, law, fixed, x), exact, 0.002) << x;
    }
}

TEST(net_value, thresholds_agree_with_the_distribution_on_random_cases) {
    random::stream draw(random::place{.seed = 11, .purpose = 3});
    for (int i = 0; i < 500; ++i) {
        std::vector<possible_loss> losses;
        for (std::uint64_t n = random::below(draw, 12); n > 0; --n)
            losses.push_back({0.3 * random::uniform(draw), 2e7 * random::uniform(draw)});
        const loss_law law =
            loss_law_of(5e6 * random::uniform(draw), own_parts_of(0.5 + 5.0 * random::uniform(draw)), losses);
        const double fixed = 1e7 * random::normal(draw);
        const gain_law gain{i % 50 == 0 ? 0.0 : 1e8 * random::uniform(draw), 0.3 * random::normal(draw),
                            0.05 + 0.3 * random::uniform(draw), 0.20};
        const net_loss_law thresholds(gain, law, fixed);
        const double p = probability_net_below(gain, law, fixed, 0.0);
        ASSERT_NEAR(thresholds.probability_at(gain.mean, gain.sd), p, 1e-9);
        for (const double limit : {0.0, 0.1, 0.4, p - 1e-7, p + 1e-7, 1.0})
            ASSERT_EQ(thresholds.is_at_most(limit, gain.mean, gain.sd),
                      thresholds.probability_at(gain.mean, gain.sd) <= limit);
        if (!(gain.scale > 0.0)) continue;
        for (const double share : {0.025, 0.5, 0.975})
            ASSERT_NEAR(probability_net_below(gain, law, fixed, net_quantile(gain, law, fixed, share)), share, 1e-7);
    }
}

TEST(net_value, quantiles_turn_the_distribution_round) {
    const std::vector<possible_loss> losses{{0.2, 9e6}, {0.4, 4e6}};
    const loss_law law = loss_law_of(3e6, own_parts_of(1.5), losses);
    const gain_law gain{5e7, 0.05, 0.25, 0.20};
    for (const double p : {0.001, 0.025, 0.5, 0.975, 0.999}) {
        const double x = net_quantile(gain, law, 2e6, p);
        EXPECT_NEAR(probability_net_below(gain, law, 2e6, x), p, 1e-7) << x;
    }
}

} // namespace
