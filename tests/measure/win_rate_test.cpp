#include <dualtrack/measure/win_rate.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

#include <dualtrack/base/random.hpp>

#include <gtest/gtest.h>

namespace {

using namespace dualtrack;
using measure::fit_win_rates;
using measure::shrunk_win_rate;

std::vector<std::int64_t> repeat(std::int64_t value, std::size_t n) {
    return std::vector<std::int64_t>(n, value);
}

TEST(win_rate, of_nobodys_deals_is_not_there) {
    EXPECT_FALSE(fit_win_rates(std::vector<std::int64_t>{0, 0}, std::vector<std::int64_t>{0, 0}).there);
    EXPECT_FALSE(fit_win_rates({}, {}).there);
}

TEST(win_rate, without_spread_is_the_markets_for_everyone) {
    const auto prior = fit_win_rates(repeat(60, 30), repeat(40, 30));
    ASSERT_TRUE(prior.there);
    EXPECT_EQ(prior.strength, 0.0);
    EXPECT_DOUBLE_EQ(shrunk_win_rate(prior, 60, 40), 0.6);
    EXPECT_DOUBLE_EQ(shrunk_win_rate(prior, 2, 0), 0.6);
}

TEST(win_rate, of_a_market_that_never_lost_is_one) {
    const auto prior = fit_win_rates(repeat(3, 5), repeat(0, 5));
    EXPECT_DOUBLE_EQ(shrunk_win_rate(prior, 3, 0), 1.0);
}

// By hand: with a + b = 20 and mu = .5, six of eight is (10 + 6) / (20 + 8).
TEST(win_rate, shrinks_by_the_strength_of_the_market) {
    measure::win_rate_prior prior;
    prior.there = true;
    prior.rate = 0.5;
    prior.strength = 20.0;
    EXPECT_DOUBLE_EQ(shrunk_win_rate(prior, 6, 2), 16.0 / 28.0);
}

struct planted {
    std::vector<std::int64_t> won, lost;
    std::vector<double> truth;
};

planted plant(std::uint64_t seed, std::size_t n, double a, double b, int deals) {
    planted out;
    random::stream draw(random::place{.seed = seed, .purpose = 1});
    for (std::size_t i = 0; i < n; ++i) {
        const double x = random::gamma(draw, a);
        const double y = random::gamma(draw, b);
        const double rate = x / (x + y);
        std::int64_t won = 0;
        for (int deal = 0; deal < deals; ++deal) won += random::uniform(draw) < rate ? 1 : 0;
        out.won.push_back(won);
        out.lost.push_back(deals - won);
        out.truth.push_back(rate);
    }
    return out;
}

TEST(win_rate, recovers_a_planted_market_and_beats_raw_rates) {
    const auto market = plant(7, 2000, 12.0, 8.0, 30);
    const auto prior = fit_win_rates(market.won, market.lost);
    EXPECT_NEAR(prior.rate, 0.6, 0.01);
    EXPECT_NEAR(prior.strength, 20.0, 3.0);
    double raw = 0.0;
    double shrunk = 0.0;
    for (std::size_t i = 0; i < market.truth.size(); ++i) {
        const double won = static_cast<double>(market.won[i]);
        raw += (won / 30.0 - market.truth[i]) * (won / 30.0 - market.truth[i]);
        const double value = shrunk_win_rate(prior, market.won[i], market.lost[i]);
        shrunk += (value - market.truth[i]) * (value - market.truth[i]);
    }
    EXPECT_NEAR(shrunk / raw, 30.0 / 50.0, 0.03) << "n / (n + s): what the best predictor leaves of the raw error";
}

TEST(win_rate, calls_chance_spread_in_at_most_one_of_twenty_markets) {
    int false_alarms = 0;
    constexpr int n_markets = 400;
    for (int seed = 0; seed < n_markets; ++seed) {
        random::stream draw(random::place{.seed = static_cast<std::uint64_t>(seed), .purpose = 2});
        std::vector<std::int64_t> won(20, 0);
        std::vector<std::int64_t> lost(20, 0);
        for (std::size_t i = 0; i < won.size(); ++i)
            for (int deal = 0; deal < 50; ++deal) (random::uniform(draw) < 0.63 ? won[i] : lost[i]) += 1;
        false_alarms += fit_win_rates(won, lost).strength > 0.0 ? 1 : 0;
    }
    EXPECT_LT(false_alarms, n_markets * 8 / 100);
    EXPECT_GT(false_alarms, 0) << "a test that is never wrong is not a 5 % test";
}

TEST(win_rate, does_not_depend_on_the_order_of_sellers) {
    auto market = plant(9, 200, 3.0, 2.0, 20);
    const auto forward = fit_win_rates(market.won, market.lost);
    std::reverse(market.won.begin(), market.won.end());
    std::reverse(market.lost.begin(), market.lost.end());
    const auto backward = fit_win_rates(market.won, market.lost);
    EXPECT_EQ(forward.rate, backward.rate);
    EXPECT_EQ(forward.strength, backward.strength);
}

} // namespace
