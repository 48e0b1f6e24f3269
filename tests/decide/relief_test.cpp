#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include <dualtrack/base/random.hpp>
#include <dualtrack/decide/relief.hpp>

namespace {

using namespace dualtrack;
using decide::best_pairs;
using decide::judge_relief;
using decide::mentoring_gain;
using decide::mentoring_pool;

constexpr std::int64_t euros = 100;

// The practitioners' example: 1,000,000 of quota less 200,000; six mentees at 50,000.
TEST(relief, example_of_the_article_nets_100_000_and_breaks_even_at_33_333_33) {
    const org::relief_policy policy;
    const auto what = judge_relief(200'000 * euros, 6, {6.0 * 50'000.0 * euros, 0.0, 0.0}, policy);
    EXPECT_EQ(what.cost, 200'000 * euros);
    EXPECT_EQ(what.gain, 300'000 * euros);
    EXPECT_EQ(what.net, 100'000 * euros);
    EXPECT_EQ(what.break_even_gain, 3'333'333);
    EXPECT_EQ(what.net_year_2, 243'000 * euros) << "300,000 x .90 x .90, twelve months on, without relief";
}

TEST(relief, default_minutes_lift_a_fifth_of_the_quota_for_six_mentees_as_in_the_article) {
    const org::relief_policy policy;
    EXPECT_EQ(decide::relief_for(1'000'000 * euros, 6, policy), 200'000 * euros);
    EXPECT_EQ(decide::relief_for(600'000 * euros + 17, 1, policy), 20'000 * euros + 1) << "rounded once, not a mentee";
    EXPECT_EQ(decide::relief_for(600'000 * euros + 17, 6, policy), 120'000 * euros + 3);
}

TEST(relief, break_even_is_where_net_is_zero) {
    const org::relief_policy policy;
    for (const std::int64_t relief : {600 * euros, 12'000 * euros, 240'000 * euros}) {
        const auto at = judge_relief(relief, 6, {1.0, 0.0, 0.0}, policy).break_even_gain;
        EXPECT_EQ(judge_relief(relief, 6, {6.0 * static_cast<double>(at), 0.0, 0.0}, policy).net, 0) << relief;
    }
    EXPECT_EQ(judge_relief(100, 0, {}, policy).break_even_gain, no_money) << "nobody to break even with";
}

TEST(relief, probability_is_that_of_the_gain_reaching_the_cost) {
    const org::relief_policy policy;
    const auto half = judge_relief(1000, 2, {1000.0, 300.0, 300.0}, policy);
    EXPECT_DOUBLE_EQ(half.probability_positive, 0.5) << "expected gain equals the cost";
    const auto sure = judge_relief(1000, 2, {1500.0, 500.0 / numeric::interval_95, 1.0}, policy);
    EXPECT_NEAR(sure.probability_positive, 0.975, 1e-12) << "the cost lies at the lower end of the interval";
    EXPECT_EQ(sure.gain_low, 1000);
    const auto doubtful = judge_relief(1000, 2, {500.0, 1.0, 500.0 / numeric::interval_95}, policy);
    EXPECT_NEAR(doubtful.probability_positive, 0.025, 1e-12) << "the upper half speaks for costs above the middle";
    EXPECT_EQ(judge_relief(1000, 2, {1000.0, 0.0, 0.0}, policy).probability_positive, 0.0) << "zero is not above zero";
}

// By hand: two mentees of 300 and 400, shared 30 + 40, each spread by half: sqrt(70^2 + 150^2 + 200^2).
TEST(relief, what_nobody_knows_of_mentoring_is_shared_and_does_not_average_out) {
    const std::vector<std::int64_t> gain{300, 400};
    const std::vector<double> common{30.0, 40.0};
    const auto both = decide::add_up(gain, common, 0.5);
    EXPECT_EQ(both.minor, 700.0);
    EXPECT_DOUBLE_EQ(both.sd_below, std::sqrt(70.0 * 70.0 + 150.0 * 150.0 + 200.0 * 200.0));
    const std::vector<std::int64_t> many(10000, 100);
    const std::vector<double> shared(10000, 20.0);
    EXPECT_NEAR(decide::add_up(many, shared, 0.5).sd_below / 1e6, 0.2, 0.001) << "not zero, however many they are";
}

// The effect of mentoring is drawn once a programme, what each mentee makes of it once a mentee.
TEST(relief, probability_and_interval_agree_with_40_000_drawn_programmes) {
    const org::relief_policy policy;
    const std::vector<std::int64_t> gain{500'000, 700'000, 300'000, 900'000, 600'000};
    std::vector<double> common;
    for (const std::int64_t g : gain) common.push_back(0.24 * static_cast<double>(g));
    const std::int64_t relief = 2'500'000;
    const auto what = judge_relief(relief, 5, decide::add_up(gain, common, policy.mentee_sd), policy);
    constexpr int n = 40'000;
    int positive = 0;
    int inside = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
        random::stream draw(random::place{.seed = 8, .entity = i, .purpose = 26});
        const double effect = random::normal(draw);
        double total = 0.0;
        for (std::size_t j = 0; j < gain.size(); ++j)
            total +=
                static_cast<double>(gain[j]) * (1.0 + policy.mentee_sd * random::normal(draw)) + common[j] * effect;
        positive += total > static_cast<double>(relief) ? 1 : 0;
        inside += total >= static_cast<double>(what.gain_low) && total <= static_cast<double>(what.gain_high) ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(positive) / n, what.probability_positive, 0.01);
    EXPECT_NEAR(static_cast<double>(inside) / n, 0.95, 0.005);
}

struct small_case {
    mentoring_pool pool;
    std::uint32_t most_mentees = 1;
    std::int64_t most_places = 0;
};

small_case random_case(std::uint64_t seed) {
    random::stream draw(random::place{.seed = seed, .purpose = 21});
    const auto below = [&](std::uint64_t n) { return static_cast<std::uint32_t>(random::below(draw, n)); };
    small_case out;
    const auto fill = [&](mentoring_pool::side& side, std::uint32_t n, std::uint32_t first) {
        for (std::uint32_t i = 0; i < n; ++i) {
            side.person.push_back(first + i);
            side.group.push_back(below(2));
            side.team.push_back(below(3) == 0 ? no_index : below(3));
            side.minor.push_back(below(12)); // small numbers: many ties
        }
    };
    fill(out.pool.mentors, 1 + below(3), 0);
    fill(out.pool.mentees, below(6), 100);
    out.most_mentees = 1 + below(3);
    out.most_places = below(5);
    return out;
}

/// The best total by trying every way to give every mentee to a mentor of the group or to nobody.
std::int64_t best_by_force(const small_case& it, std::uint32_t mentee, std::vector<std::uint32_t>& used,
                           std::int64_t n_used) {
    if (mentee == it.pool.mentees.size()) return 0;
    std::int64_t best = best_by_force(it, mentee + 1, used, n_used);
    if (it.most_places > 0 && n_used == it.most_places) return best;
    for (std::uint32_t mentor = 0; mentor < it.pool.mentors.size(); ++mentor) {
        if (it.pool.mentors.group[mentor] != it.pool.mentees.group[mentee] || used[mentor] == it.most_mentees) continue;
        ++used[mentor];
        best = std::max(best, it.pool.mentees.minor[mentee] - it.pool.mentors.minor[mentor] +
                                  best_by_force(it, mentee + 1, used, n_used + 1));
        --used[mentor];
    }
    return best;
}

TEST(relief, best_pairs_equal_brute_force_on_2_000_small_cases_and_keep_every_limit) {
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        const small_case it = random_case(seed);
        const auto pairs = best_pairs(it.pool, it.most_mentees, it.most_places);
        std::vector<std::uint32_t> used(it.pool.mentors.size(), 0);
        std::set<std::uint32_t> placed;
        std::int64_t total = 0;
        for (const auto& pair : pairs) {
            ASSERT_EQ(it.pool.mentors.group[pair.mentor], it.pool.mentees.group[pair.mentee]) << seed;
            ASSERT_TRUE(placed.insert(pair.mentee).second) << seed << ": nobody has two mentors";
            ASSERT_LE(++used[pair.mentor], it.most_mentees) << seed;
            total += it.pool.mentees.minor[pair.mentee] - it.pool.mentors.minor[pair.mentor];
        }
        if (it.most_places > 0) {
            ASSERT_LE(static_cast<std::int64_t>(pairs.size()), it.most_places) << seed;
        }
        std::vector<std::uint32_t> none(it.pool.mentors.size(), 0);
        ASSERT_EQ(total, best_by_force(it, 0, none, 0)) << seed;
    }
}

TEST(relief, people_of_one_team_are_paired_where_it_costs_nothing) {
    mentoring_pool pool;
    pool.mentors = {{0, 1}, {0, 0}, {7, 8}, {10, 10}};
    pool.mentees = {{2, 3}, {0, 0}, {8, 7}, {50, 50}};
    const std::vector<decide::mentoring_pair> expected{{0, 1}, {1, 0}};
    EXPECT_EQ(best_pairs(pool, 1, 0), expected);
}

TEST(relief, nobody_is_mentored_for_less_than_it_costs) {
    mentoring_pool pool;
    pool.mentors = {{0}, {0}, {0}, {10}};
    pool.mentees = {{1, 2}, {0, 0}, {0, 0}, {10, 9}};
    EXPECT_TRUE(best_pairs(pool, 6, 0).empty());
    EXPECT_TRUE(best_pairs({}, 6, 0).empty());
}

} // namespace
