#include <dualtrack/assess/performance.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <vector>

#include <dualtrack/base/random.hpp>

#include <gtest/gtest.h>

namespace {

using namespace dualtrack;
using assess::judge_deals;
using assess::judge_months;
using assess::performance_evidence;

assess::performance_posterior judged(const performance_evidence& evidence, int threads = 1) {
    run_context run;
    run.threads = threads;
    auto out = judge_deals(run, evidence, 0.25);
    EXPECT_TRUE(out);
    return std::move(out).value();
}

void add(performance_evidence& to, const std::vector<double>& deals, double months) {
    double amount = 0.0;
    double squares = 0.0;
    for (const double deal : deals) {
        amount += deal;
        squares += deal * deal;
    }
    to.amount.push_back(amount);
    to.square_sum.push_back(squares);
    to.absolute_sum.push_back(amount);
    to.n_credits.push_back(static_cast<double>(deals.size()));
    to.effective_months.push_back(months);
}

struct planted {
    performance_evidence evidence;
    std::vector<double> lambda;
};

/// Sellers whose skill is Gamma(shape, shape), whose deals come by a Poisson process and are of one size.
planted plant(std::uint64_t seed, std::size_t n, double shape, double deals_expected) {
    planted out;
    for (std::size_t i = 0; i < n; ++i) {
        random::stream draw(random::place{.seed = seed, .entity = static_cast<std::uint32_t>(i)});
        const double lambda = random::gamma(draw, shape) / shape;
        const auto count = static_cast<std::size_t>(random::poisson(draw, lambda * deals_expected));
        add(out.evidence, std::vector<double>(count, 1000.0), 12.0);
        out.lambda.push_back(lambda);
    }
    return out;
}

// By hand: four sellers of 12 months and deals of 10 each: 8, 10, 10 and 12 deals. The market expects 10 deals of
// everyone (e = 10); no more spread than chance makes, so everybody is drawn to the middle.
TEST(performance, draws_everyone_to_the_middle_when_chance_explains_the_differences) {
    performance_evidence evidence;
    for (const int n : {8, 10, 10, 12}) add(evidence, std::vector<double>(static_cast<std::size_t>(n), 10.0), 12.0);
    const auto out = judged(evidence);
    EXPECT_EQ(out.prior_shape, assess::detail::highest_shape);
    EXPECT_DOUBLE_EQ(out.per_month, 400.0 / 48.0);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(out.multiple[i], 1.0, 0.001);
        EXPECT_NEAR(out.probability_top[i], 0.25, 0.01);
    }
}

// By hand: with alpha known the posterior is Gamma(alpha + S, alpha + e); multiple = (alpha + S) / (alpha + e).
TEST(performance, is_the_gamma_posterior_of_effective_deals) {
    const auto market = plant(3, 300, 2.0, 6.0);
    const auto out = judged(market.evidence);
    for (const std::size_t i : {0UL, 17UL, 299UL}) {
        const double s = market.evidence.amount[i] / 1000.0;
        const double e = out.per_month * 12.0 / 1000.0;
        EXPECT_NEAR(out.multiple[i], (out.prior_shape + s) / (out.prior_shape + e), 1e-12);
        const double sd = std::sqrt(numeric::trigamma(out.prior_shape + s) / numeric::trigamma(out.prior_shape));
        EXPECT_NEAR(out.sd[i], sd, 1e-12);
    }
}

TEST(performance, recovers_the_planted_spread_of_skill_without_bias) {
    double sum = 0.0;
    constexpr int n_markets = 60;
    for (std::uint64_t seed = 0; seed < n_markets; ++seed)
        sum += 1.0 / judged(plant(seed, 400, 4.0, 10.0).evidence).prior_shape;
    EXPECT_NEAR(sum / n_markets, 0.25, 0.01) << "variance of skill, 1 / alpha";
}

TEST(performance, intervals_cover_the_planted_skill_as_often_as_they_say) {
    constexpr std::uint64_t n_markets = 8;
    constexpr std::size_t n = 2500;
    const double prior_mean = numeric::digamma(4.0) - numeric::log(4.0); // of the planted skill
    const double prior_sd = std::sqrt(numeric::trigamma(4.0));
    double bias = 0.0;
    double p_top = 0.0;
    int covered = 0;
    int n_top = 0;
    const double cut = numeric::gamma_quantile(0.75, 4.0) / 4.0;
    for (std::uint64_t seed = 0; seed < n_markets; ++seed) {
        const auto market = plant(100 + seed, n, 4.0, 10.0);
        const auto out = judged(market.evidence);
        for (std::size_t i = 0; i < n; ++i) {
            const double truth = (numeric::log(market.lambda[i]) - prior_mean) / prior_sd;
            covered += std::fabs(truth - out.z[i]) <= 1.959964 * out.sd[i] ? 1 : 0;
            bias += (out.z[i] - truth) / static_cast<double>(n * n_markets);
            p_top += out.probability_top[i];
            n_top += market.lambda[i] > cut ? 1 : 0;
        }
    }
    EXPECT_NEAR(bias, 0.0, 0.015);
    EXPECT_NEAR(static_cast<double>(covered) / (n * n_markets), 0.95, 0.007);
    EXPECT_NEAR(p_top / (n * n_markets), static_cast<double>(n_top) / (n * n_markets), 0.01)
        << "probabilities of the top quartile add up to its size";
}

// By hand: ten sellers with ten deals of 100 and one whose only win is 1. The market's mean deal is 10,001 / 101 =
// 99.0198 and its mean square 1,000,001 / 101 = 9,900.99, so the unit of the one win is (1 + 9,900.99) / (1 + 99.0198)
// = 99.0003: it counts for about a hundredth of a deal, not for one of the 909 tiny ones that the year should have
// brought. What is known of this seller is what is known of one who won nothing: less than nothing was not sold.
TEST(performance, of_a_single_tiny_win_is_known_as_little_as_of_none) {
    performance_evidence tiny;
    performance_evidence none;
    for (int i = 0; i < 10; ++i) {
        const std::vector<double> deals(static_cast<std::size_t>(i % 2 == 0 ? 14 : 6), 100.0);
        add(tiny, deals, 12.0);
        add(none, deals, 12.0);
    }
    add(tiny, {1.0}, 12.0);
    add(none, {}, 12.0);
    const auto with = judged(tiny);
    EXPECT_NEAR(assess::detail::drawn_unit(1.0, 1.0, 1000001.0 / 101.0, 10001.0 / 101.0), 99.0003, 1e-4);
    EXPECT_NEAR(with.shape[10] - with.prior_shape, 1.0 / 99.0003, 1e-6) << "a hundredth of a deal";
    EXPECT_GT(with.sd[10], 0.98) << "one deal says next to nothing";
    EXPECT_GT(with.z[10], -2.0);
    EXPECT_NEAR(with.multiple[10], with.prior_shape / (with.prior_shape + 10001.0 / 11.0 / 99.0003), 0.01)
        << "as of somebody without any win, of whom 9.2 deals were to be expected";
    const auto without = judged(none);
    EXPECT_NEAR(without.sd[10], 1.0, 1e-12);
}

TEST(performance, of_many_small_deals_is_believed) {
    performance_evidence evidence;
    for (int i = 0; i < 20; ++i) add(evidence, std::vector<double>(static_cast<std::size_t>(6 + i % 9), 1000.0), 12.0);
    add(evidence, std::vector<double>(100, 50.0), 12.0); // half the market's sales, in a hundred small deals
    add(evidence, std::vector<double>(1, 5000.0), 12.0); // the same in one
    const auto out = judged(evidence);
    EXPECT_LT(out.sd[20], 0.7 * out.sd[21]);
    EXPECT_LT(out.z[20], out.z[21]) << "half is known to be half, or may be bad luck";
}

/// How often 95 % intervals cover planted skill when sizes of deals are spread out: log-normal, and sellers who deal
/// in larger or smaller ones throughout.
double coverage_of_uneven_deals(double sigma, double between, double deals_expected, double* of_few = nullptr) {
    constexpr std::uint64_t n_markets = 4;
    constexpr std::uint32_t n = 1200;
    int covered = 0;
    int few = 0;
    int few_covered = 0;
    for (std::uint64_t seed = 0; seed < n_markets; ++seed) {
        performance_evidence evidence;
        std::vector<double> lambda;
        for (std::uint32_t i = 0; i < n; ++i) {
            random::stream draw(random::place{.seed = 300 + seed, .entity = i});
            lambda.push_back(random::gamma(draw, 4.0) / 4.0);
            const double scale = std::exp(between * random::normal(draw) - 0.5 * between * between);
            std::vector<double> deals(
                static_cast<std::size_t>(random::poisson(draw, lambda.back() * deals_expected / scale)));
            for (double& deal : deals)
                deal = 1000.0 * scale * std::exp(sigma * random::normal(draw) - 0.5 * sigma * sigma);
            add(evidence, deals, 12.0);
        }
        const auto out = judged(evidence);
        const double prior_mean = numeric::digamma(out.prior_shape) - numeric::log(out.prior_shape);
        const double prior_sd = std::sqrt(numeric::trigamma(out.prior_shape));
        for (std::size_t i = 0; i < n; ++i) {
            const double truth = (numeric::log(lambda[i]) - prior_mean) / prior_sd;
            const bool covers = std::fabs(truth - out.z[i]) <= 1.959964 * out.sd[i];
            covered += covers ? 1 : 0;
            if (evidence.n_credits[i] < 1.0 || evidence.n_credits[i] > 2.0) continue;
            ++few;
            few_covered += covers ? 1 : 0;
        }
    }
    if (of_few != nullptr) *of_few = static_cast<double>(few_covered) / few;
    return static_cast<double>(covered) / (n * n_markets);
}

TEST(performance, intervals_cover_where_deals_are_of_very_different_sizes) {
    for (const double sigma : {0.5, 1.0, 1.5})
        for (const double between : {0.0, 0.7})
            for (const double deals : {2.0, 10.0}) {
                double few = 0.0;
                const double all = coverage_of_uneven_deals(sigma, between, deals, &few);
                std::printf(
                    "spread of sizes %.1f, between sellers %.1f, deals %2.0f: covered %.4f, of one or two deals "
                    "%.4f\n",
                    sigma, between, deals, all, few);
                EXPECT_GE(all, 0.93) << sigma << " " << between << " " << deals;
                EXPECT_GE(few, 0.90) << sigma << " " << between << " " << deals;
            }
}

TEST(performance, of_one_mega_deal_counts_less_than_its_amount) {
    performance_evidence evidence;
    for (int i = 0; i < 20; ++i) add(evidence, std::vector<double>(static_cast<std::size_t>(8 + i % 5), 100.0), 12.0);
    std::vector<double> steady(16, 100.0);
    std::vector<double> lucky(4, 100.0);
    lucky.push_back(3000.0);
    add(evidence, steady, 12.0); // 1,600 in sixteen deals
    add(evidence, lucky, 12.0);  // 3,400, of which one deal is 3,000
    const auto out = judged(evidence);
    EXPECT_GT(evidence.amount[21], evidence.amount[20]);
    EXPECT_GT(out.sd[21], out.sd[20]) << "a total that rests on one deal is believed less";
}

TEST(performance, without_the_mega_deal_the_adjusted_rank_moves_less_than_the_raw_one) {
    const auto rank = [](const std::vector<double>& values, std::size_t of) {
        return std::count_if(values.begin(), values.end(), [&](double v) { return v > values[of]; });
    };
    const auto market = plant(5, 200, 3.0, 12.0);
    performance_evidence with = market.evidence;
    performance_evidence without = market.evidence;
    add(with, {1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 20000}, 12.0);
    add(without, {1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000}, 12.0);
    const auto raw = std::abs(rank(with.amount, 200) - rank(without.amount, 200));
    const auto adjusted = std::abs(rank(judged(with).z, 200) - rank(judged(without).z, 200));
    EXPECT_LT(adjusted, raw);
}

TEST(performance, of_somebody_without_deals_or_time_is_not_known) {
    auto market = plant(1, 50, 2.0, 5.0);
    add(market.evidence, {}, 1e-9);
    const auto out = judged(market.evidence);
    EXPECT_NEAR(out.z[50], 0.0, 1e-6);
    EXPECT_NEAR(out.sd[50], 1.0, 1e-6);
    EXPECT_NEAR(out.probability_top[50], 0.25, 1e-6);
}

TEST(performance, of_an_empty_or_saleless_market_has_no_opinion) {
    EXPECT_EQ(judged({}).z.size(), 0U);
    performance_evidence evidence;
    add(evidence, {}, 12.0);
    add(evidence, {}, 12.0);
    const auto out = judged(evidence);
    EXPECT_EQ(out.z[0], 0.0);
    EXPECT_EQ(out.sd[1], 1.0);
    EXPECT_EQ(out.probability_top[0], 0.25);
}

TEST(performance, does_not_depend_on_threads_or_on_the_unit_of_money) {
    const auto market = plant(2, 5000, 2.0, 8.0);
    const auto one = judged(market.evidence, 1);
    const auto eight = judged(market.evidence, 8);
    EXPECT_EQ(one.z, eight.z);
    EXPECT_EQ(one.probability_top, eight.probability_top);
    performance_evidence scaled = market.evidence;
    for (double& v : scaled.amount) v *= 128.0;
    for (double& v : scaled.absolute_sum) v *= 128.0;
    for (double& v : scaled.square_sum) v *= 128.0 * 128.0;
    EXPECT_EQ(judged(scaled).z, one.z);
}

TEST(performance, from_months_recovers_planted_skill_with_the_coverage_it_says) {
    constexpr std::size_t n = 4000;
    constexpr int months = 12;
    std::vector<std::uint32_t> first{0};
    std::vector<double> y;
    std::vector<double> truth;
    for (std::uint32_t i = 0; i < n; ++i) {
        random::stream draw(random::place{.seed = 21, .entity = i});
        truth.push_back(0.5 * random::normal(draw));
        for (int m = 0; m < months; ++m) y.push_back(10.0 + truth.back() + 1.0 * random::normal(draw));
        first.push_back(static_cast<std::uint32_t>(y.size()));
    }
    const auto out = judge_months(first, y, 0.25);
    int covered = 0;
    for (std::size_t i = 0; i < n; ++i) covered += std::fabs(truth[i] / 0.5 - out.z[i]) <= 1.959964 * out.sd[i] ? 1 : 0;
    EXPECT_NEAR(static_cast<double>(covered) / n, 0.95, 0.012);
    EXPECT_NEAR(out.sd[0], std::sqrt(1.0 - 12 * 0.25 / (12 * 0.25 + 1.0)), 0.02);
}

// By hand: two sellers, two months each, y = 1, 3 and 5, 7. Within 4 / 2 = 2, between 2 * (2^2 + 2^2) = 16, n0 = 2:
// variance between = (16 - 2) / 2 = 7; credibility 2 * 7 / (2 * 7 + 2) = .875; z = -+ .875 * 2 / sqrt(7).
TEST(performance, from_months_agrees_with_the_analysis_of_variance_by_hand) {
    const std::vector<std::uint32_t> first{0, 2, 4};
    const std::vector<double> y{1, 3, 5, 7};
    const auto out = judge_months(first, y, 0.25);
    EXPECT_NEAR(out.z[1], 0.875 * 2.0 / std::sqrt(7.0), 1e-14);
    EXPECT_NEAR(out.z[0], -out.z[1], 1e-14);
    EXPECT_NEAR(out.sd[0], std::sqrt(0.125), 1e-14);
}

} // namespace
