#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <dualtrack/base/random.hpp>
#include <dualtrack/decide/ladder.hpp>
#include <dualtrack/decide/path.hpp>

namespace {

using namespace dualtrack;
using decide::closing_case;
using decide::closing_history;

org::paths_policy without_prior() {
    org::paths_policy out;
    out.typical_weight = 0.0;
    return out;
}

TEST(shortfall, is_what_is_missing_in_units_of_the_spread) {
    EXPECT_DOUBLE_EQ(decide::shortfall({"attainment", 1.0, true, 12, ""}, 0.8, 0.4), 0.5);
    EXPECT_DOUBLE_EQ(decide::shortfall({"lone_wolf", 0.0, false, 12, ""}, 1.0, 0.5), 2.0);
    EXPECT_EQ(decide::shortfall({"attainment", 1.0, true, 12, ""}, 1.0, 0.4), 0.0) << "exactly what is asked is met";
    EXPECT_DOUBLE_EQ(decide::shortfall({"x", 1.0, true, 12, ""}, 0.25, 0.0), 0.75) << "without a spread, as it is";
}

// By hand: four cases; closed in quarter 1, closed in quarter 2, open after 2 quarters, open after 1.
// h1 = 1/4, h2 = 1/2: closed by quarter 1 .25, by quarter 2 1 - .75 x .5 = .625; the hazard does not fall, so it stays.
TEST(closing_curve, worked_example_by_hand) {
    const std::vector<closing_case> cases{
        {0, 0, 1.0, 1, true}, {0, 0, 1.0, 2, true}, {0, 0, 1.0, 2, false}, {0, 0, 1.0, 1, false}};
    const auto curve = decide::closing_curve(cases, without_prior());
    EXPECT_DOUBLE_EQ(curve[1], 0.25);
    EXPECT_DOUBLE_EQ(curve[2], 0.625);
    EXPECT_DOUBLE_EQ(curve[3], 0.8125) << "beyond what history shows, the hazard of its later quarters";
    EXPECT_DOUBLE_EQ(decide::months_until(curve, 0.25), 3.0);
    EXPECT_DOUBLE_EQ(decide::months_until(curve, 0.4375), 4.5) << "half way through the second quarter";
    EXPECT_DOUBLE_EQ(decide::probability_by(curve, 4.5), 0.4375);
}

// By hand, weight 2, a typical hazard of 1/2 (median 3 months): over all quarters (2 + 2 x 1/2) / (6 + 2) = 3/8; then
// h1 = (1 + 2 x 3/8) / (4 + 2) = 7/24 and h2 = (1 + 2 x 3/8) / (2 + 2) = 7/16.
TEST(closing_curve, few_seen_in_a_quarter_are_drawn_to_the_other_quarters) {
    const std::vector<closing_case> cases{
        {0, 0, 1.0, 1, true}, {0, 0, 1.0, 2, true}, {0, 0, 1.0, 2, false}, {0, 0, 1.0, 1, false}};
    org::paths_policy rules;
    rules.typical_months = 3.0;
    rules.typical_weight = 2.0;
    const auto curve = decide::closing_curve(cases, rules);
    EXPECT_NEAR(curve[1], 7.0 / 24.0, 1e-12);
    EXPECT_NEAR(curve[2], 1.0 - 17.0 / 24.0 * 9.0 / 16.0, 1e-12);
}

TEST(closing_curve, without_history_is_the_typical_time) {
    const org::paths_policy rules; // median 18 months
    const auto curve = decide::closing_curve({}, rules);
    EXPECT_NEAR(decide::months_until(curve, 0.5), 18.0, 1e-9);
    EXPECT_EQ(curve[0], 0.0);
    for (std::size_t j = 1; j < curve.size(); ++j) EXPECT_GT(curve[j], curve[j - 1]);
}

TEST(closing_curve, says_infinite_where_nobody_ever_closed_such_a_gap) {
    std::vector<closing_case> cases(500, {0, 0, 3.0, 8, false});
    const auto time = decide::time_to_close(closing_history(cases), 0, 3.0, 0.0, without_prior());
    EXPECT_EQ(time.median, numeric::infinity);
    EXPECT_EQ(time.probability_within, 0.0);
}

TEST(time_to_close, waits_for_what_simply_has_to_pass) {
    const org::paths_policy rules;
    const auto met = decide::time_to_close(closing_history(), 0, -1.0, 7.5, rules);
    EXPECT_EQ(met.median, 7.5);
    EXPECT_EQ(met.low, 7.5);
    EXPECT_EQ(met.high, 7.5);
    EXPECT_EQ(met.probability_within, 1.0);
    EXPECT_EQ(decide::time_to_close(closing_history(), 0, 0.0, 13.0, rules).probability_within, 0.0)
        << "a year is the horizon";
    const auto both = decide::time_to_close(closing_history(), 0, 1.0, 30.0, rules);
    EXPECT_EQ(both.median, 30.0) << "the typical 18 months pass meanwhile";
    EXPECT_GT(both.high, 30.0);
}

TEST(time_to_close, looks_at_cases_of_the_same_gap_and_size_where_there_are_enough) {
    std::vector<closing_case> cases;
    for (int i = 0; i < 300; ++i) {
        cases.push_back({0, 0, 0.1 + 0.001 * i, 1, true});
        cases.push_back({0, 0, 5.0 + 0.001 * i, 8, false});
        cases.push_back({0, 1, 0.1 + 0.001 * i, 8, false});
    }
    const closing_history history(cases);
    const auto small = decide::time_to_close(history, 0, 0.2, 0.0, without_prior());
    const auto large = decide::time_to_close(history, 0, 5.1, 0.0, without_prior());
    const auto other = decide::time_to_close(history, 1, 0.2, 0.0, without_prior());
    EXPECT_EQ(small.n_similar, 200);
    EXPECT_EQ(small.high, 2.7) << "all close within a quarter, evenly";
    EXPECT_EQ(large.median, numeric::infinity);
    EXPECT_EQ(other.median, numeric::infinity);
}

TEST(time_to_close, those_who_waited_may_have_lost_again_what_they_had) {
    std::vector<closing_case> cases;
    for (int i = 0; i < 100; ++i) cases.push_back({2, 0, -0.5, i % 2 == 0 ? 2 : 6, i % 2 == 0});
    const auto time = decide::time_to_close(closing_history(cases), 0, -0.5, 5.0, without_prior());
    EXPECT_DOUBLE_EQ(time.probability_within, 0.5) << "half of them were ready after the wait";
    EXPECT_EQ(time.low, 5.0) << "and nobody before it had passed";
    EXPECT_EQ(time.n_similar, 100);
}

TEST(time_to_close, many_with_the_same_gap_are_stood_for_by_some_of_each_kind) {
    // 1,000 people with no mentoring at all: half seen for a quarter only, a quarter each closing in the third and
    // eighth.
    std::vector<closing_case> cases;
    for (int i = 0; i < 1000; ++i)
        cases.push_back(i % 2 == 0   ? closing_case{0, 0, 0.3, 1, false}
                        : i % 4 == 1 ? closing_case{0, 0, 0.3, 3, true}
                                     : closing_case{0, 0, 0.3, 8, true});
    org::paths_policy rules = without_prior();
    rules.horizon_months = 12;
    const auto time = decide::time_to_close(closing_history(cases), 0, 0.3, 0.0, rules);
    EXPECT_EQ(time.n_similar, 200);
    EXPECT_NEAR(time.probability_within, 0.5, 0.03) << "of those who were seen so long";
    EXPECT_NEAR(time.high, 24.0, 1.0);
}

TEST(time_to_close, ignores_the_order_of_cases) {
    std::vector<closing_case> cases;
    random::stream draw(random::place{.seed = 4, .purpose = 22});
    for (int i = 0; i < 400; ++i)
        cases.push_back({0, static_cast<std::uint32_t>(random::below(draw, 2)),
                         0.25 * static_cast<double>(1 + random::below(draw, 6)),
                         static_cast<std::int32_t>(random::below(draw, 6)), random::below(draw, 3) == 0});
    const org::paths_policy rules;
    const auto before = decide::time_to_close(closing_history(cases), 0, 0.6, 0.0, rules);
    std::reverse(cases.begin(), cases.end());
    const auto after = decide::time_to_close(closing_history(cases), 0, 0.6, 0.0, rules);
    EXPECT_EQ(before.median, after.median);
    EXPECT_EQ(before.low, after.low);
    EXPECT_EQ(before.high, after.high);
    EXPECT_EQ(before.probability_within, after.probability_within);
}

/// A gap that shrinks and grows: a mean-reverting walk, met once it is zero or less.
struct walk {
    std::vector<double> size; // by quarter
    walk(std::uint64_t seed, std::uint32_t person, int quarters) {
        random::stream draw(random::place{.seed = seed, .entity = person, .purpose = 23});
        const double home = 0.7 + 0.6 * random::normal(draw);
        double at = home + 0.8 * random::normal(draw);
        for (int q = 0; q < quarters; ++q) {
            size.push_back(at);
            at = home + 0.7 * (at - home) + 0.45 * random::normal(draw);
        }
    }
    /// Quarters after `from` until first met, or -1.
    [[nodiscard]] int met_after(std::size_t from) const {
        for (std::size_t q = from + 1; q < size.size(); ++q)
            if (!(size[q] > 0.0)) return static_cast<int>(q - from);
        return -1;
    }
};

// 80 % intervals looked up in 8 quarters of history against what the same people did in the 16 quarters after.
TEST(time_to_close, intervals_hold_as_often_as_they_say_and_probabilities_are_calibrated) {
    constexpr std::size_t today = 8;
    org::paths_policy rules;
    double inside = 0.0;
    std::uint32_t n_asked = 0;
    double expected = 0.0;
    double within = 0.0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        std::vector<walk> walks;
        for (std::uint32_t person = 0; person < 400; ++person) walks.emplace_back(seed, person, 49);
        std::vector<closing_case> cases;
        for (const walk& one : walks)
            for (std::size_t start = 0; start < today; ++start) {
                if (!(one.size[start] > 0.0)) continue;
                const int met = one.met_after(start);
                const auto seen = static_cast<std::int32_t>(today - start);
                cases.push_back({0, 0, one.size[start], met > 0 && met <= seen ? met : seen, met > 0 && met <= seen});
            }
        const closing_history history(cases);
        for (const walk& one : walks) {
            if (!(one.size[today] > 0.0)) continue;
            const auto time = decide::time_to_close(history, 0, one.size[today], 0.0, rules);
            const int met = one.met_after(today);
            // Somewhere within the quarter that ends then; never within ten years is beyond every finite end.
            random::stream draw(random::place{.seed = seed, .entity = n_asked, .purpose = 24});
            const double months = met < 0 ? numeric::infinity : 3.0 * (met - random::uniform(draw));
            ++n_asked;
            inside += months >= time.low && (months <= time.high) ? 1.0 : 0.0;
            expected += time.probability_within;
            within += months <= rules.horizon_months ? 1.0 : 0.0;
        }
    }
    const double asked = n_asked;
    EXPECT_GT(asked, 5000.0);
    EXPECT_NEAR(within / asked, expected / asked, 0.02) << "P(closed within the horizon)";
    EXPECT_NEAR(inside / asked, 0.80, 0.04) << "an 80 % interval";
    RecordProperty("coverage", std::to_string(inside / asked));
}

decide::ladder_level level(const char* title, double points, double low, double high,
                           std::vector<decide::requirement> asked = {{"attainment", 1.0, true, 12, ""}}) {
    return {title, {}, points, true, low, high, std::move(asked)};
}

decide::ladder fair() {
    decide::ladder out;
    out.name = "fair";
    out.entry = level("seller", 0, 0.8, 1.2, {});
    out.tracks[0] = {level("senior", 100, 1.2, 2.0), level("principal", 200, 1.8, 3.0)};
    out.tracks[1] = {level("manager", 100, 1.2, 2.0, {{"probability_ready", 0.5, true, 0, ""}}),
                     level("director", 200, 1.8, 3.0)};
    return out;
}

std::vector<std::string> codes(const decide::ladder& one) {
    std::vector<std::string> out;
    for (const auto& finding :
         decide::check_ladder(one, [](std::string_view measure) { return measure == "probability_ready"; }))
        out.emplace_back(finding.code);
    return out;
}

TEST(ladder, with_equal_points_and_pay_on_both_tracks_has_nothing_to_say) {
    EXPECT_TRUE(codes(fair()).empty());
}

TEST(ladder, that_makes_management_the_only_way_up_is_named) {
    auto one = fair();
    one.tracks[0].pop_back();
    EXPECT_EQ(codes(one), (std::vector<std::string>{"ladder.management_only_way_up", "ladder.pay_needs_management"}));
    one.tracks[0].clear();
    EXPECT_EQ(codes(one), (std::vector<std::string>{"ladder.management_only_way_up", "ladder.pay_needs_management"}));
}

TEST(ladder, pay_that_needs_management_or_falls_on_the_way_up_is_named) {
    auto one = fair();
    one.tracks[0][1].pay_high = 2.5;
    EXPECT_EQ(codes(one), (std::vector<std::string>{"ladder.pay_needs_management", "ladder.pay_unequal"}));
    one = fair();
    for (auto& levels : one.tracks) levels[1].pay_low = 1.1;
    EXPECT_EQ(codes(one), (std::vector<std::string>{"ladder.pay_inverted", "ladder.pay_inverted"}));
}

TEST(ladder, unequal_points_at_equal_levels_are_named) {
    auto one = fair();
    one.tracks[0][0].points = 90;
    EXPECT_EQ(codes(one), std::vector<std::string>{"ladder.points_differ"});
    one.tracks[0][0].points = 0;
    EXPECT_EQ(codes(one), (std::vector<std::string>{"ladder.points_differ", "ladder.points_do_not_rise"}));
}

TEST(ladder, that_asks_first_managers_for_sales_alone_is_named) {
    auto one = fair();
    one.tracks[1][0].requirements = {{"attainment", 1.2, true, 12, ""}};
    EXPECT_EQ(codes(one), std::vector<std::string>{"ladder.leads_by_sales"});
}

TEST(ladder, finds_the_level_of_a_role_by_title_or_other_name) {
    auto one = fair();
    one.tracks[1][0].roles = {"Team Lead"};
    EXPECT_EQ(decide::level_of_role(one, decide::track::management, "Team Lead"), 1);
    EXPECT_EQ(decide::level_of_role(one, decide::track::management, "director"), 2);
    EXPECT_EQ(decide::level_of_role(one, decide::track::expert, "seller"), 0);
    EXPECT_EQ(decide::level_of_role(one, decide::track::expert, "director"), -1);
    EXPECT_EQ(decide::level_of_role(one, decide::track::expert, ""), -1);
}

} // namespace
