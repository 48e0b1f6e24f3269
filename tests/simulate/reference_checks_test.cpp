// Acceptance checks 3 to 12 once more, on the plain double-precision programs, and the vector engines beside them on
// the same keys. What takes long is a test DISABLED_full_..., see pluchino_test.cpp.
#include <dualtrack/simulate/pluchino.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "pluchino_reference.hpp"
#include "simulate/hierarchy_kernels.hpp"
#include "simulate/plain_sales.hpp"
#include "simulate/sales_helpers.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::simulate;
using namespace dualtrack::simulate::sales_testing;

constexpr transfer cs = transfer::common_sense, ph = transfer::peter;

double error_of(const moments& m) {
    return m.sd() / std::sqrt(static_cast<double>(m.n));
}

/// Efficiency of one organisation by the plain program, [0] at the start.
std::vector<double> efficiency_by_reference(const hierarchy_rules& rules, const hierarchy_policy& policy,
                                            std::uint64_t seed, std::uint32_t replication, std::int32_t periods) {
    test::reference_pyramid one(rules, policy, seed, replication);
    std::vector<double> out{one.efficiency()};
    for (std::int32_t t = 1; t <= periods; ++t) {
        one.step(t);
        out.push_back(one.efficiency());
    }
    return out;
}

/// A figure by the plain program and by the engine, organisation by organisation.
struct side_by_side {
    moments by_reference, by_engine;
    int n_apart = 0; // rounding flipped a decision, and the organisation went another way
};
template <class F>
side_by_side both(const hierarchy_rules& rules, const hierarchy_policy& policy, std::uint64_t seed, std::uint32_t n,
                  std::int32_t periods, F&& figure) {
    side_by_side out;
    const auto stride = static_cast<std::size_t>(periods) + 1;
    std::vector<double> fast(n * stride);
    std::vector<hierarchy_counts> counts(n);
    simulate_hierarchies(rules, policy, seed, 0, n, periods, fast, counts, fastest_set());
    for (std::uint32_t i = 0; i < n; ++i) {
        const double plain = figure(efficiency_by_reference(rules, policy, seed, i, periods));
        const double quick = figure(std::span<const double>(fast).subspan(i * stride, stride));
        out.by_reference.add(plain);
        out.by_engine.add(quick);
        out.n_apart += std::fabs(plain - quick) > 1e-4 ? 1 : 0;
    }
    return out;
}

// ---- 4 to 6: the pyramids

TEST(reference, check_4_starts_where_the_expectation_says) {
    constexpr std::uint32_t n = 2000;
    moments start;
    double n_weak = 0, n_best = 0;
    for (std::uint32_t replication = 0; replication < n; ++replication) {
        const test::reference_pyramid one(rules_of(hierarchy_preset::prg2010_text), {}, 5, replication);
        start.add(one.efficiency());
        for (const auto& level : one.levels)
            for (const auto& seat : level) {
                n_weak += seat->competence < 4.0 ? 1 : 0;
                n_best += seat->competence == 10.0 ? 1 : 0;
            }
    }
    EXPECT_NEAR(start.mean, 69.4215, 4 * error_of(start));
    const double error = std::sqrt(.0668 * (1 - .0668) / (160.0 * n));
    EXPECT_NEAR(n_weak / (160.0 * n), .0668, 4 * error);
    EXPECT_NEAR(n_best / (160.0 * n), .0668, 4 * error);
}

TEST(reference, DISABLED_full_check_5_curves_of_figure_3_cross_at_47_percent) {
    const auto rules = rules_of(hierarchy_preset::prg2010_as_run);
    std::map<std::pair<transfer, int>, side_by_side> at;
    int n_apart = 0;
    constexpr std::uint32_t n = 150;
    for (const transfer effect : {cs, ph})
        for (const int percent : {46, 47, 48}) {
            at[{effect, percent}] = both(rules, {strategy::best_worst, percent / 100.0, effect}, 21, n, 1000,
                                         [](auto efficiency) { return asymptote(efficiency); });
            n_apart += at[{effect, percent}].n_apart;
        }
    for (const transfer effect : {cs, ph}) {
        const moments& m = at[{effect, 47}].by_reference;
        EXPECT_NEAR(m.mean, 71.15, .1 + 3 * error_of(m));
    }
    const auto mean = [&](transfer effect, int percent) { return at[{effect, percent}].by_reference.mean; };
    const double noise = 3 * .42 * std::sqrt(2.0 / n);
    EXPECT_LT(mean(cs, 46) - mean(ph, 46), noise);
    EXPECT_GT(mean(cs, 48) - mean(ph, 48), -noise);
    EXPECT_LE(n_apart, 6 * static_cast<int>(n) / 50);
}

struct gain_case {
    transfer effect;
    bool own_branch;
    double share;
    int branch;
    double print, golden;
};
constexpr gain_case cases_2011[] = {
    {ph, false, 1.0, 3, 8.2, 8.16},   {ph, false, 1.0, 4, 6.9, 6.94}, {ph, false, 1.0, 5, 5.9, 5.98},
    {ph, false, 1.0, 6, 5.1, 5.04},   {ph, false, .25, 4, 1.0, 1.11}, {ph, false, .5, 4, 2.5, 2.63},
    {ph, false, .75, 4, 4.5, 4.55},   {ph, true, 1.0, 4, 4.5, 4.38},  {ph, true, 1.0, 3, 0.0, 4.74},
    {cs, false, 1.0, 4, -4.6, -4.43}, {cs, true, 1.0, 4, -3.2, -3.13}};

side_by_side gains(const gain_case& of, std::uint32_t n) {
    auto rules = rules_of(hierarchy_preset::prg2011);
    rules.level_seats = tree_levels(5, of.branch);
    rules.own_branch = of.own_branch;
    return both(rules, {strategy::mixed_random, of.share, of.effect}, 41, n, 2000,
                [](auto efficiency) { return gain_over_warm_up(efficiency, 1000); });
}

TEST(reference, check_6_the_engine_has_the_gains_of_the_plain_program_on_the_same_keys) {
    int n_apart = 0;
    for (const gain_case& each : cases_2011) n_apart += gains(each, 1).n_apart;
    EXPECT_LE(n_apart, 1);
}

TEST(reference, DISABLED_full_check_6_gains_of_2011) {
    int n_apart = 0, n_all = 0;
    for (const gain_case& each : cases_2011) {
        const std::uint32_t n = each.branch >= 5 ? 100 : 400;
        const side_by_side found = gains(each, n);
        n_apart += found.n_apart;
        n_all += static_cast<int>(n);
        EXPECT_NEAR(found.by_reference.mean, each.golden, .3) << each.branch << " " << each.share;
        if (each.print != 0.0) {
            EXPECT_NEAR(found.by_reference.mean, each.print, .3) << each.branch << " " << each.share;
        }
    }
    EXPECT_LE(n_apart, n_all / 50) << "of " << n_all;
}

/// Who sits on which level of the engine's pyramid, by person.
std::map<std::uint32_t, std::size_t> levels_of_people(const hierarchy& of, std::vector<int>& open) {
    std::map<std::uint32_t, std::size_t> out;
    open.assign(of.first_seat.size() - 1, 0);
    for (std::size_t level = 0; level + 1 < of.first_seat.size(); ++level)
        for (std::size_t seat = of.first_seat[level]; seat < of.first_seat[level + 1]; ++seat) {
            if (of.competence[seat] > 0.0F)
                out[of.person[seat]] = level;
            else
                ++open[level];
        }
    return out;
}

TEST(reference, check_6_people_are_conserved_in_every_step_of_the_engine) {
    for (const auto preset : {hierarchy_preset::prg2010_text, hierarchy_preset::prg2010_as_run,
                              hierarchy_preset::fetta2012, hierarchy_preset::prg2011})
        for (const auto rule : {strategy::best, strategy::worst, strategy::random}) {
            auto rules = rules_of(preset);
            rules.dismiss_below = 5.0; // more to do
            hierarchy one(rules, 3, 0);
            const std::size_t n_levels = rules.level_seats.size();
            std::vector<int> open_before, open;
            auto before = levels_of_people(one, open_before);
            for (std::int32_t t = 1; t <= 150; ++t) {
                const hierarchy_counts counted = one.counts;
                one.step(t, {rule, 0.0, t % 2 == 0 ? cs : ph});
                const auto after = levels_of_people(one, open);
                std::vector<int> in(n_levels, 0), out(n_levels, 0), exits(n_levels, 0);
                for (const auto& [person, level] : after) {
                    const auto was = before.find(person);
                    if (was == before.end())
                        ++in[level];
                    else if (was->second != level) {
                        EXPECT_EQ(was->second, level + 1) << "one level a step";
                        ++in[level];
                        ++out[was->second];
                    }
                }
                for (const auto& [person, level] : before) exits[level] += after.count(person) == 0 ? 1 : 0;
                int sum_exits = 0, promotions = 0, by_level = 0;
                for (std::size_t k = 0; k < n_levels; ++k) {
                    EXPECT_EQ(in[k], exits[k] + out[k] - (open[k] - open_before[k]));
                    sum_exits += exits[k];
                    promotions += out[k];
                    by_level += static_cast<int>(n_levels - 1 - k) * exits[k];
                }
                EXPECT_EQ(one.counts.promotions - counted.promotions, promotions);
                EXPECT_EQ(one.counts.hires - counted.hires, in.back());
                EXPECT_EQ(one.counts.dismissals + one.counts.retirements - counted.dismissals - counted.retirements,
                          sum_exits);
                if (open == open_before) {
                    EXPECT_EQ(promotions, by_level) << "N4 + 2 N3 + 3 N2 + 4 N1";
                }
                before = after;
                open_before = open;
            }
        }
}

TEST(reference, check_6_every_instruction_set_hires_as_many_as_leave) {
    for (const auto set : {hierarchy_set::plain, hierarchy_set::sse4, hierarchy_set::avx2, hierarchy_set::avx512}) {
        if (!has(set)) continue;
        constexpr std::size_t n = 24;
        constexpr std::int32_t periods = 300;
        std::vector<double> efficiency(n * (periods + 1));
        std::vector<hierarchy_counts> counts(n);
        simulate_hierarchies(rules_of(hierarchy_preset::prg2011), {strategy::random, 0.0, ph}, 3, 0, n, periods,
                             efficiency, counts, set);
        for (const hierarchy_counts& each : counts) {
            EXPECT_GT(each.hires, 0);
            if (each.vacant_seat_periods == 0) {
                EXPECT_EQ(each.hires, each.dismissals + each.retirements);
            }
        }
    }
}

// All start at 25 +- 5 years of age, so retirements come in waves: a window of 20 years says little without its phase.
TEST(reference, pitfall_2_a_window_of_twenty_years_depends_on_its_phase) {
    auto rules = rules_of(hierarchy_preset::prg2011);
    test::reference_pyramid one(rules, {strategy::best, 0.0, ph}, 3, 0);
    std::vector<int> window(8, 0);
    for (int t = 1; t <= 8 * 240; ++t) {
        one.step(t);
        window[static_cast<std::size_t>((t - 1) / 240)] += one.retired;
    }
    const auto [low, high] = std::minmax_element(window.begin(), window.end());
    EXPECT_GT(*high, 3 * *low);
}

// ---- 8: the hero and the hero-maker, months by hand

std::array<double, 5> years_by_hand(double first_x, double later_x, double manager_time) {
    const sales_assumptions a;
    std::array<double, 5> out{};
    double s = 0;
    for (int month = 0; month < 60; ++month) {
        const double x = month < 12 ? first_x : later_x;
        const double kappa = x > 0 ? std::min(1.0, manager_time / (6 * x)) : 1.0;
        const double coaching = std::max(0.0, 1 - a.coaching_crowd_out * x);
        const double lift = std::log(1 + x * kappa * std::max(0.0, std::exp(a.talent_spread * 1.5 - s) - 1));
        out[static_cast<std::size_t>(month / 12)] += std::exp(s + lift) / 12;
        s += (a.learning * coaching * (1 - s / a.skill_most) - a.dependence * x * (s - a.skill_least)) / 12;
    }
    return out;
}

TEST(reference, check_8_hero_and_hero_maker_month_by_month) {
    const auto expect = [](const std::array<double, 5>& found, const std::array<double, 5>& printed) {
        for (std::size_t year = 0; year < 5; ++year) EXPECT_NEAR(found[year], printed[year], 1e-4) << year + 1;
    };
    expect(years_by_hand(.8, 0, 2), {1.3412, 1.0033, 1.1470, 1.2195, 1.2542});
    expect(years_by_hand(.8, .8, 2), {1.3412, 1.2933, 1.2657, 1.2495, 1.2398});
    expect(years_by_hand(.1, .1, 2), {1.1651, 1.2438, 1.2835, 1.3028, 1.3121});
    EXPECT_NEAR(years_by_hand(.8, .8, 1)[0], 1.1472, 1e-4);
    EXPECT_NEAR(years_by_hand(.8, .8, 2.5)[4], 1.3495, 1e-4);
}

// No quota is in the model. One that is set at last year's result (a ratchet) would show the year after the hero as a
// failure of those who stayed: three quarters of it, with the team selling more than without any manager.
TEST(reference, pitfall_8_a_quota_set_at_last_years_result_makes_the_cliff_of_the_second_year) {
    const auto years = years_by_hand(.8, 0, 2);
    EXPECT_NEAR(years[1] / years[0], .75, .005);
    EXPECT_GT(years[1], 1.0);
}

// ---- 9 to 12: the sales model

struct plain_gains {
    std::vector<moments> months_60, months_12; // percent against the first rule
    std::vector<double> crn_60, crn_12;        // variance of independent over paired differences
    std::vector<double> slope;                 // of v on sales12 / sA among the promoted
    std::vector<moments> level;
};

plain_gains plain_study(const sales_model& model, const std::vector<std::string>& names, std::uint32_t n) {
    const std::vector<sales_arm> arms = arms_named(names);
    plain_gains out;
    for (auto* each : {&out.months_60, &out.months_12, &out.level}) each->resize(arms.size());
    std::vector<moments> level_12(arms.size()), apart(arms.size()), apart_12(arms.size());
    std::vector<plain_model::figures> sum(arms.size());
    for (std::uint32_t replication = 0; replication < n; ++replication) {
        double base = 0, base_12 = 0;
        for (std::size_t arm = 0; arm < arms.size(); ++arm) {
            plain_model::firm firm(model.a, model.shape, model.seed, replication);
            const plain_model::figures found = firm.run(arms[arm]);
            if (arm == 0) base = found.revenue, base_12 = found.revenue_first_year;
            out.months_60[arm].add(100 * (found.revenue / base - 1));
            out.months_12[arm].add(100 * (found.revenue_first_year / base_12 - 1));
            out.level[arm].add(found.revenue);
            level_12[arm].add(found.revenue_first_year);
            apart[arm].add(found.revenue - base);
            apart_12[arm].add(found.revenue_first_year - base_12);
            sum[arm].winners += found.winners;
            sum[arm].x += found.x;
            sum[arm].v += found.v;
            sum[arm].xx += found.xx;
            sum[arm].xv += found.xv;
        }
    }
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
        const plain_model::figures& f = sum[arm];
        out.slope.push_back((f.winners * f.xv - f.x * f.v) / (f.winners * f.xx - f.x * f.x));
        out.crn_60.push_back((out.level[arm].variance() + out.level[0].variance()) / apart[arm].variance());
        out.crn_12.push_back((level_12[arm].variance() + level_12[0].variance()) / apart_12[arm].variance());
    }
    return out;
}

const std::vector<std::string> four_rules{"best_seller", "random", "readiness", "oracle"};

TEST(reference, DISABLED_full_check_9_another_seed_tells_the_same) {
    const plain_gains found = plain_study(model_named("bls2018", 20260901), four_rules, 4000);
    const double months_60[] = {0, 2.69, 22.07, 24.23}, months_12[] = {0, .90, 6.37, 6.68};
    for (std::size_t arm = 1; arm < 4; ++arm) {
        EXPECT_NEAR(found.months_60[arm].mean, months_60[arm], .5) << four_rules[arm];
        EXPECT_NEAR(found.months_12[arm].mean, months_12[arm], .5) << four_rules[arm];
    }
}

TEST(reference, DISABLED_full_check_11_slopes_among_the_promoted_and_gains_by_common_luck) {
    const plain_gains found = plain_study(model_named("bls2018"), four_rules, 4000);
    const double slopes[] = {-.164, -.153, -.077, -.038};
    for (std::size_t arm = 0; arm < 4; ++arm) EXPECT_NEAR(found.slope[arm], slopes[arm], .01) << four_rules[arm];
    EXPECT_NEAR(found.crn_12[1], 24, 24 * .2) << "random";
    EXPECT_NEAR(found.crn_60[1], 4.6, 4.6 * .2);
    EXPECT_NEAR(found.crn_12[2], 8.0, 8.0 * .2) << "readiness";
    EXPECT_NEAR(found.crn_60[2], 2.4, 2.4 * .2);
}

TEST(reference, check_11_the_engine_has_the_slopes_and_gains_of_the_plain_program_on_the_same_keys) {
    constexpr std::uint32_t n = 100;
    const sales_model model = model_named("bls2018");
    const plain_gains plain = plain_study(model, four_rules, n);
    const sales_study fast = study(model, arms_named(four_rules), n);
    for (std::size_t arm = 0; arm < 4; ++arm) {
        EXPECT_NEAR(fast.slope[arm], plain.slope[arm], .003) << four_rules[arm];
        if (arm == 0) continue;
        EXPECT_NEAR(fast.apart[2 * arm] / fast.paired[2 * arm], plain.crn_60[arm], .03 * plain.crn_60[arm]);
        EXPECT_NEAR(fast.apart[2 * arm + 1] / fast.paired[2 * arm + 1], plain.crn_12[arm], .03 * plain.crn_12[arm]);
    }
}

sales_model noisy_model(bool on) {
    sales_preset values = preset_of("bls2018");
    values.shape.monthly_noise = on;
    return sales_model_of(values.assumptions, values.shape, 7);
}

TEST(reference, check_12_the_engine_draws_the_luck_of_each_month_as_the_plain_program_does) {
    constexpr std::uint32_t n = 60;
    const std::vector<std::string> names{"best_seller", "readiness"};
    const plain_gains plain = plain_study(noisy_model(true), names, n);
    const sales_study fast = study(noisy_model(true), arms_named(names), n);
    for (std::size_t arm = 0; arm < 2; ++arm)
        EXPECT_NEAR(100 * plain.level[arm].mean, 100 * fast.of(arm, "revenue").mean, .1) << names[arm];
    EXPECT_NEAR(plain.months_60[1].mean, fast.gain(1).mean, .1);
}

TEST(reference, DISABLED_full_check_12_drawing_the_luck_of_each_month_changes_no_mean) {
    const std::vector<std::string> names{"best_seller", "readiness"};
    const plain_gains off = plain_study(noisy_model(false), names, 1000);
    const plain_gains on = plain_study(noisy_model(true), names, 1000);
    EXPECT_NEAR(on.months_60[1].mean, off.months_60[1].mean,
                3 * std::sqrt((on.months_60[1].variance() + off.months_60[1].variance()) / 1000));
    EXPECT_GT(on.level[0].variance(), off.level[0].variance());
}

} // namespace
