// The sales model by hand: instruction sets, chance, rules, packages, the ends of every range, and the pitfalls that
// the design warns of.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "simulate/sales_helpers.hpp"

namespace dualtrack::simulate {
namespace {

using namespace sales_testing;

struct outcome_bytes {
    std::vector<double> figures;
    std::vector<float> trajectory;
    friend bool operator==(const outcome_bytes& a, const outcome_bytes& b) {
        return a.figures.size() == b.figures.size() && a.trajectory == b.trajectory &&
               std::memcmp(a.figures.data(), b.figures.data(), a.figures.size() * sizeof(double)) == 0;
    }
};

outcome_bytes outcome(const sales_model& model, const std::vector<sales_arm>& arms, std::uint32_t replication) {
    outcome_bytes out;
    out.figures.assign(arms.size() * n_horizons(model.shape) * sales_metrics.size(), -1);
    out.trajectory.assign(arms.size() * static_cast<std::size_t>(model.shape.months), -1);
    sales_worker worker;
    EXPECT_TRUE(run_organisation(model, arms, replication, worker, out.figures, out.trajectory));
    return out;
}

std::vector<sales_arm> every_rule() {
    std::vector<sales_arm> out;
    for (const rule_description& rule : built_in_rules) out.push_back(arm_named(rule.name));
    return out;
}

// ---- 13: the same bytes everywhere

TEST(sales, check_13_every_instruction_set_gives_the_same_bytes) {
    sales_preset values = preset_of("bls2019");
    values.shape.spans = {1, 7, 16, 33, 4};
    values.shape.monthly_noise = true;
    values.assumptions.tails_coaching = 0.3;
    std::vector<sales_arm> arms = every_rule();
    for (sales_arm& arm : arms) {
        arm.packages.dual_track = true;
        arm.packages.mentees = 3;
        arm.packages.demotion = 0.1;
        arm.packages.training_rate = 0.5;
        arm.packages.training_gain = 0.3;
    }
    for (std::uint32_t replication = 0; replication < 3; ++replication) {
        std::vector<outcome_bytes> found;
        for (const auto set : {instruction_set::plain, instruction_set::avx2, instruction_set::avx512}) {
            if (!has_instructions(set)) continue;
            sales_model model = sales_model_of(values.assumptions, values.shape, 7);
            model.kernels = kernels_for(set);
            found.push_back(outcome(model, arms, replication));
        }
        for (const outcome_bytes& one : found) EXPECT_EQ(one, found.front());
    }
}

TEST(sales, check_13_every_compiler_gives_the_same_bytes) {
    const outcome_bytes found = outcome(model_named("bls2018"), arms_named({"best_seller", "test_drive"}), 3);
    const std::size_t n_arm = 2 * sales_metrics.size();
    EXPECT_EQ(found.figures[0], 0x1.f5d61c051eb85p-1);
    EXPECT_EQ(found.figures[n_arm], 0x1.150790c30d552p+0);
    EXPECT_EQ(found.figures[n_arm + metric_named("skill")], 0x1.fd44de0053314p-5);
    EXPECT_EQ(found.trajectory[119], 0x1.3c3778p+0F);
}

TEST(sales, lanes_draw_what_one_person_at_a_time_would) {
    sales_model model = model_named("bls2018");
    for (const auto set : {instruction_set::plain, instruction_set::avx2, instruction_set::avx512}) {
        if (!has_instructions(set)) continue;
        std::array<person_draw, lane_block> people;
        kernels_for(set).draw_people(model.a, model.spread, 7, 5, 32, people.data());
        for (std::uint32_t i = 0; i < lane_block; ++i) {
            const random::words w = draw(7, 5, 32 + i, 0, purpose::person);
            EXPECT_EQ(people[i].person, 32 + i);
            EXPECT_EQ(people[i].talent, normal_of(w[0]));
            EXPECT_EQ(people[i].hero_noise, normal_of(w[3]));
            EXPECT_NEAR(people[i].rep_threshold, exponential_of(draw(7, 5, 32 + i, 0, purpose::exit)[0]), 2e-6);
            EXPECT_NEAR(people[i].manager_threshold, exponential_of(draw(7, 5, 32 + i, 1, purpose::exit)[0]), 2e-6);
            const double logit = -1.0 + 0.8 * people[i].talent - people[i].value / model.spread +
                                 0.5 * static_cast<double>(people[i].hero_noise);
            EXPECT_NEAR(people[i].hero, 1 / (1 + std::exp(-logit)), 1e-6);
        }
    }
}

TEST(sales, lanes_normal_has_the_bits_of_the_single_one_far_into_the_tails) {
    sales_model model = model_named("bls2018");
    std::size_t n_tail = 0;
    for (std::uint32_t first = 0; first < 40'000; first += lane_block) {
        std::array<person_draw, lane_block> people;
        model.kernels.draw_people(model.a, model.spread, 7, 1, first, people.data());
        for (std::uint32_t i = 0; i < lane_block; ++i) {
            const random::words w = draw(7, 1, first + i, 0, purpose::person);
            ASSERT_EQ(people[i].talent, normal_of(w[0])) << first + i;
            n_tail += std::fabs(people[i].talent) > 3 ? 1U : 0U;
        }
    }
    EXPECT_GT(n_tail, 50U);
}

TEST(sales, nothing_depends_on_what_a_worker_did_before) {
    const sales_model model = model_named("bls2019");
    const std::vector<sales_arm> arms = arms_named({"best_seller", "test_drive"});
    const outcome_bytes fresh = outcome(model, arms, 17);
    sales_worker used;
    outcome_bytes again = fresh;
    for (const std::uint32_t replication : {3U, 99U, 17U}) {
        std::fill(again.figures.begin(), again.figures.end(), -1.0);
        run_organisation(model, arms, replication, used, again.figures, again.trajectory);
    }
    EXPECT_EQ(again, fresh);
}

TEST(sales, an_arm_does_not_depend_on_the_arms_beside_it) {
    const sales_model model = model_named("bls2019");
    const outcome_bytes both = outcome(model, arms_named({"random", "readiness"}), 4);
    const outcome_bytes alone = outcome(model, arms_named({"readiness"}), 4);
    EXPECT_TRUE(std::equal(alone.trajectory.begin(), alone.trajectory.end(),
                           both.trajectory.begin() + static_cast<std::ptrdiff_t>(alone.trajectory.size())));
}

// ---- 14: the same humans; nobody but the oracle sees the truth

TEST(sales, check_14_the_kth_hire_is_the_same_human_under_every_rule) {
    const sales_model model = model_named("bls2018");
    std::map<std::uint32_t, std::array<float, 4>> known;
    std::size_t n_met_again = 0;
    for (const sales_arm& arm : every_rule()) {
        sales_scratch scratch;
        sales_world world;
        start_world(model, 11, scratch, world);
        for (int month = 0; month < 60; ++month) {
            simulate_month(model, arm, constants_of(model, arm), 11, scratch, world);
            for (std::size_t seat = 0; seat < world.seats.n; ++seat) {
                if (world.seats.field(seat_field::occupied)[seat] == 0) continue;
                const auto get = [&](seat_field which) { return world.seats.field(which)[seat]; };
                const std::array<float, 4> traits{get(seat_field::talent), get(seat_field::value),
                                                  get(seat_field::threshold), get(seat_field::hero_noise)};
                const auto [at, is_new] = known.emplace(world.seats.persons()[seat], traits);
                EXPECT_EQ(at->second, traits);
                n_met_again += is_new ? 0 : 1;
            }
        }
    }
    EXPECT_GT(n_met_again, 10'000U);
}

/// Scores of a rule at the first vacancy, the true value and talent of everybody multiplied by `factor` and readings
/// kept.
std::vector<float> scores_with_truth(rule_kind kind, double factor) {
    const sales_model model = model_named("bls2018");
    sales_scratch s;
    sales_world world;
    start_world(model, 2, s, world);
    sales_arm arm;
    arm.rule.kind = kind;
    for (const rule_description& rule : built_in_rules)
        if (rule.kind == kind) arm.rule.figures = rule.figures;
    for (int month = 0; month < 14; ++month)
        simulate_month(model, sales_arm(), constants_of(model, sales_arm()), 2, s, world);
    const observed_candidates seen = detail::look_at_candidates(model, arm, 2, 0, 1000, world, s);
    for (float& value : s.value) value *= static_cast<float>(factor); // after the ratings are in
    for (const seat_field truth :
         {seat_field::value, seat_field::talent, seat_field::hero_noise, seat_field::threshold})
        for (std::size_t seat = 0; seat < world.seats.n; ++seat)
            world.seats.field(truth)[seat] *= static_cast<float>(factor);
    detail::score_vacancy(model, arm, 2, 0, seen, s, world);
    return {s.score.begin(), s.score.begin() + static_cast<std::ptrdiff_t>(seen.n)};
}

TEST(sales, check_14_only_the_oracle_and_a_test_drive_meet_the_truth) {
    for (const rule_description& rule : built_in_rules) {
        if (rule.kind == rule_kind::external) continue;
        const bool meets = scores_with_truth(rule.kind, 1) != scores_with_truth(rule.kind, -3);
        EXPECT_EQ(meets, rule.kind == rule_kind::oracle || rule.kind == rule_kind::test_drive) << rule.name;
    }
}

// ---- 15: the ends of every range

void expect_defined(const sales_shape& shape, const sales_assumptions& a, const char* what) {
    SCOPED_TRACE(what);
    const sales_model model = sales_model_of(a, shape, 7);
    const std::vector<sales_arm> arms = every_rule();
    for (std::uint32_t replication = 0; replication < 4; ++replication) {
        const outcome_bytes found = outcome(model, arms, replication);
        for (std::size_t i = 0; i < found.figures.size(); i += sales_metrics.size()) {
            EXPECT_TRUE(std::isfinite(found.figures[i])) << "revenue";
            EXPECT_FALSE(std::isinf(found.figures[i + metric_named("manager_value")]));
        }
        for (const float month : found.trajectory) EXPECT_TRUE(std::isfinite(month));
    }
}

TEST(sales, check_15_one_team_one_seat_one_month) {
    sales_shape shape;
    shape.n_teams = 1;
    expect_defined(shape, {}, "one team");
    shape.span = 1;
    expect_defined(shape, {}, "one seat");
    shape.months = 1;
    expect_defined(shape, {}, "one month");
    shape.burn_in_months = 0;
    expect_defined(shape, {}, "no burn-in");
    shape = {};
    shape.spans = {1, 1, 40};
    expect_defined(shape, {}, "teams of very different size");
}

TEST(sales, check_15_no_candidate_brings_an_outsider) {
    sales_assumptions a;
    a.candidate_tenure = 240;
    a.manager_exit = 0.2;
    sales_shape shape;
    shape.burn_in_months = 0;
    expect_defined(shape, a, "no candidate");
    const sales_study found = study(sales_model_of(a, shape, 7), arms_named({"best_seller", "external"}), 20);
    EXPECT_EQ(found.of(0, "revenue").mean, found.of(1, "revenue").mean);
    EXPECT_EQ(found.of(0, "merit_tau").n, 0);
    EXPECT_EQ(found.of(0, "passed_over_top").n, 0);
    EXPECT_GT(found.of(0, "promotions").mean, 10);
}

TEST(sales, check_15_all_decline_and_the_first_in_order_takes_it) {
    sales_assumptions a;
    a.acceptance_level = -10;
    a.acceptance_pay = 0;
    sales_shape shape;
    expect_defined(shape, a, "all decline");
    const sales_study insiders = study(sales_model_of(a, shape, 7), arms_named({"oracle"}), 100);
    EXPECT_GT(insiders.of(0, "declined").mean, 20);
    EXPECT_GT(insiders.of(0, "manager_value").mean, .7) << "the first in order has the post";
    shape.outside_if_declined = true;
    const sales_study outsiders = study(sales_model_of(a, shape, 7), arms_named({"oracle"}), 100);
    EXPECT_NEAR(outsiders.of(0, "manager_value").mean, 0, .1) << "an outsider is an average person";
}

TEST(sales, check_15_a_firm_that_everybody_leaves) {
    sales_assumptions a;
    a.quit_hazard = 0.5;
    a.months_empty = 60;
    sales_shape shape;
    expect_defined(shape, a, "nearly empty firm");
    const sales_study found = study(sales_model_of(a, shape, 7), arms_named({"random"}), 20);
    EXPECT_GT(found.of(0, "vacant_share").mean, .9);
}

// ---- rules and packages

TEST(sales, rules_order_the_candidates_as_they_say) {
    const sales_study found = study(model_named("bls2018"), arms_named({"random", "oracle", "worst_seller"}), 100);
    EXPECT_NEAR(found.of(0, "merit_tau").mean, 0, .03);
    EXPECT_EQ(found.of(1, "merit_tau").mean, 1.0);
    EXPECT_EQ(found.of(2, "passed_over_top").mean, 1.0);
}

TEST(sales, mixtures_end_in_the_rules_they_mix) {
    const sales_model model = model_named("bls2018");
    const auto way = [&](const char* name, double figure) {
        sales_arm arm = arm_named(name);
        arm.rule.figures[0] = figure;
        return outcome(model, {arm}, 5).trajectory;
    };
    EXPECT_EQ(way("mixed_random", 0), way("best_seller", 0));
    EXPECT_EQ(way("mixed_random", 1), way("random", 0));
    EXPECT_EQ(way("best_worst", 1), way("best_seller", 0));
    EXPECT_EQ(way("best_worst", 0), way("worst_seller", 0));
    EXPECT_EQ(way("hybrid", 1), way("best_seller", 0));
    EXPECT_NE(way("mixed_random", .5), way("best_seller", 0));
    EXPECT_NE(way("mixed_random", .5), way("random", 0));
}

TEST(sales, observed_promotes_in_proportion_to_the_odds_of_the_study) {
    // Two candidates, one selling twice as much: 1.32 to 1.
    constexpr std::uint32_t n = 40'000;
    const std::array<float, 2> sales{std::log(2.0F), 0.0F};
    promotion_rule rule;
    rule.kind = rule_kind::observed;
    score_scratch scratch;
    int first = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
        const std::array<std::uint32_t, 2> words{draw(1, 0, 0, i, purpose::candidate)[0],
                                                 draw(1, 0, 1, i, purpose::candidate)[0]};
        observed_candidates seen;
        seen.n = 2;
        seen.sales12 = sales.data();
        std::array<float, 2> score{};
        const std::array<double, 2> rank{1, 0};
        score_candidates(rule, {}, seen, rank.data(), {words.data(), {}}, scratch, score.data());
        first += score[0] > score[1] ? 1 : 0;
    }
    const double expected = 1.32 / 2.32;
    EXPECT_NEAR(static_cast<double>(first) / n, expected, 4 * std::sqrt(expected * (1 - expected) / n));
}

TEST(sales, a_test_drive_is_charged) {
    const sales_study found = study(model_named("bls2018"), arms_named({"readiness", "test_drive"}), 200);
    // 1.78 posts a year x 3 candidates x 3 months x 20% of a good rep's output, over 60 seats and 12 months
    EXPECT_EQ(found.of(0, "cost").mean, 0);
    EXPECT_NEAR(found.of(1, "cost").mean, 1.78 * 3 * 3 * .2 / (60 * 12), .0015);
}

/// The mean of a metric under best_seller with a package.
double with_package(std::string_view metric, void (*change)(reward_packages&), const sales_shape& shape = {}) {
    sales_arm arm = arm_named("best_seller");
    change(arm.packages);
    return study(sales_model_of({}, shape, 7), {arm}, 150).of(0, metric).mean;
}

TEST(sales, packages_work_on_what_they_are_for) {
    const auto none = [](reward_packages&) {};
    const auto dual = [](reward_packages& to) { to.dual_track = true; };
    const auto talk = [](reward_packages& to) { to.not_yet_talk = true; };
    const auto training = [](reward_packages& to) {
        to.training_rate = 1;
        to.training_gain = 0.5;
    };
    EXPECT_LT(with_package("attrition", dual), with_package("attrition", none));
    EXPECT_LT(with_package("attrition", talk), with_package("attrition", none));
    EXPECT_GT(with_package("pay_cost", dual), with_package("pay_cost", none)) << "pay at par costs";
    EXPECT_NEAR(with_package("manager_value", training) - with_package("manager_value", none), 0.5 * value_spread({}),
                .02);
}

TEST(sales, mentoring_trades_the_mentors_time_for_the_mentees_gain) {
    const auto relief_alone = [](reward_packages& to) {
        to.mentees = 6;
        to.mentee_gain = 0;
        to.quota_relief = 0.2;
    };
    const auto gain_alone = [](reward_packages& to) {
        to.mentees = 6;
        to.mentee_gain = 0.05;
        to.quota_relief = 0;
    };
    const auto none = [](reward_packages&) {};
    const double base = with_package("revenue", none);
    // Five mentors of sixty, all good sellers, give a fifth.
    EXPECT_LT(with_package("revenue", relief_alone), base * (1 - 5.0 / 60 * .2));
    EXPECT_GT(with_package("revenue", relief_alone), base * (1 - 5.0 / 60 * .2 * 4));
    // Half of the reps are mentees, the least sellers: less than half of 5%.
    EXPECT_GT(with_package("revenue", gain_alone), base * 1.008);
    EXPECT_LT(with_package("revenue", gain_alone), base * 1.03);
}

TEST(sales, demotion_takes_bad_managers_out_and_back_to_selling) {
    const auto demotion = [](reward_packages& to) { to.demotion = 0.15; };
    const auto none = [](reward_packages&) {};
    EXPECT_GT(with_package("promotions", demotion), 1.3 * with_package("promotions", none));
    EXPECT_GT(with_package("revenue", demotion), 1.015 * with_package("revenue", none));
}

TEST(sales, managers_who_step_down_fill_empty_seats) {
    sales_shape shape;
    const auto none = [](reward_packages&) {};
    const double before = with_package("vacant_share", none);
    const double quits = with_package("attrition", none);
    shape.managers_step_down = true;
    EXPECT_LT(with_package("vacant_share", none, shape), before);
    EXPECT_NEAR(with_package("attrition", none, shape), quits, .01) << "they stay as long as anybody else";
}

TEST(sales, a_hosts_rule_is_a_rule_like_any_other) {
    sales_arm mine = arm_named("readiness");
    mine.rule.kind = rule_kind::host;
    mine.rule.score = [](const observed_candidates& seen, float* out, void*) {
        std::copy_n(seen.readiness, seen.n, out);
        return true;
    };
    const sales_model model = model_named("bls2018");
    EXPECT_EQ(outcome(model, {mine}, 3), outcome(model, {arm_named("readiness")}, 3));
    mine.rule.score = [](const observed_candidates& seen, float* out, void*) {
        std::fill_n(out, seen.n, std::numeric_limits<float>::quiet_NaN());
        return true;
    };
    EXPECT_NEAR(study(model, {mine}, 60).of(0, "manager_value").mean, 0, .1) << "nobody eligible: an outsider";
    mine.rule.score = [](const observed_candidates&, float*, void*) { return false; };
    sales_worker worker;
    std::vector<double> figures(2 * sales_metrics.size());
    EXPECT_FALSE(run_organisation(model, std::vector<sales_arm>{mine}, 0, worker, figures, {}));
}

TEST(sales, promotions_are_written_down_with_scores_and_reasons) {
    const sales_model model = model_named("bls2018");
    const std::vector<sales_arm> arms = arms_named({"oracle"});
    std::vector<double> figures(2 * sales_metrics.size());
    sales_worker worker;
    std::vector<std::vector<logged_candidate>> log(1);
    run_organisation(model, arms, 0, worker, figures, {}, log);
    std::map<std::pair<std::uint32_t, std::uint32_t>, int> chosen;
    for (const logged_candidate& one : log[0]) {
        EXPECT_GE(one.period, 1U);
        EXPECT_LE(one.period, 60U);
        chosen[{one.period, one.vacancy}] += one.chosen ? 1 : 0;
    }
    for (const auto& [vacancy, n] : chosen) EXPECT_EQ(n, 1);
    EXPECT_EQ(static_cast<double>(chosen.size()), figures[metric_named("promotions")] * 5);
}

// ---- pitfalls of the design's section 11

TEST(sales, pitfall_2_the_burn_in_is_common_and_the_first_month_depends_on_no_rule_before_it) {
    const sales_model model = model_named("bls2018");
    sales_worker worker;
    const std::vector<sales_arm> arms = arms_named({"best_seller", "random", "oracle"});
    std::vector<double> figures(3 * 2 * sales_metrics.size());
    std::vector<float> way(3 * 60);
    for (std::uint32_t replication = 0; replication < 200; ++replication) {
        run_organisation(model, arms, replication, worker, figures, way);
        if (worker.common.seats.managers_leaving.empty()) {
            EXPECT_EQ(way[0], way[60]); // no post to fill in the first month
            EXPECT_EQ(way[0], way[120]);
        }
    }
}

TEST(sales, pitfall_7_score_noise_is_in_units_of_the_spread_of_value) {
    // With boss effects ten times smaller a readiness score is as valid as before.
    for (const char* preset : {"bls2018", "lss2015"}) {
        const sales_study found = study(model_named(preset), arms_named({"readiness"}), 200);
        EXPECT_NEAR(found.of(0, "merit_tau").mean, .60, .04) << preset;
        EXPECT_NEAR(found.of(0, "manager_value").mean / model_named(preset).spread, 1.36, .15) << preset;
    }
}

TEST(sales, pitfall_8_luck_of_the_months_and_the_look_of_a_decision_are_different_draws) {
    sales_preset values = preset_of("bls2018");
    const sales_model off = sales_model_of(values.assumptions, values.shape, 7);
    values.shape.monthly_noise = true;
    const sales_model on = sales_model_of(values.assumptions, values.shape, 7);
    const std::size_t value = metric_named("manager_value");
    for (std::uint32_t replication = 0; replication < 20; ++replication) {
        const std::vector<sales_arm> arms = arms_named({"best_seller"});
        EXPECT_EQ(outcome(off, arms, replication).figures[value], outcome(on, arms, replication).figures[value]);
    }
}

TEST(sales, pitfall_9_none_is_no_time_at_all) {
    // Without a burn-in the first months count: nobody starts as passed over, as a witness or as leaving.
    const sales_model model = model_named("cold_start");
    sales_scratch scratch;
    sales_world world;
    start_world(model, 0, scratch, world);
    EXPECT_TRUE(world.seats.leaving.empty());
    EXPECT_TRUE(world.seats.managers_leaving.empty());
    for (std::size_t seat = 0; seat < world.seats.n; ++seat) {
        EXPECT_LT(world.seats.field(seat_field::passed_until)[seat], 1);
        EXPECT_LT(world.seats.field(seat_field::witness_until)[seat], 1);
    }
    // Hazards have eleven months to add up, and nobody has been passed over yet.
    const sales_study found = study(model, arms_named({"best_seller"}), 400);
    EXPECT_NEAR(found.of(0, "attrition", 1).mean, .030 * 11, .02);
}

TEST(sales, pitfall_10_the_interview_can_be_told_from_the_score) {
    sales_arm talked = arm_named("best_seller");
    talked.packages.not_yet_talk = true;
    sales_arm silent = arm_named("readiness");
    silent.rule.interviewed = false;
    const std::vector<sales_arm> arms{arm_named("best_seller"), talked, silent, arm_named("readiness"),
                                      arm_named("oracle")};
    const sales_study found = study(model_named("lss2015"), arms, 400);
    EXPECT_GT(found.gain(1).mean, 0.2) << "the interview alone";
    // Reading (a) of the design: the oracle falls behind readiness only because it talks to nobody.
    EXPECT_GT(found.gain(3).mean, found.gain(4).mean);
    EXPECT_GT(found.gain(4).mean, found.gain(2).mean);
}

TEST(sales, worst_seller_is_marked_as_no_advice_by_coming_last) {
    EXPECT_EQ(built_in_rules.back().kind, rule_kind::worst_seller);
}

} // namespace
} // namespace dualtrack::simulate
