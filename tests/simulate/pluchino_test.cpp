// Acceptance checks of the published pyramids, against print and against a double-precision program of their own. The
// numbers of replications here run in seconds; the full ones are the tests DISABLED_full_..., which the CTest
// simulate.acceptance_checks_at_full_scale runs.
#include <dualtrack/simulate/pluchino.hpp>
#include <dualtrack/simulate/statistics.hpp>

#include <cstring>

#include <gtest/gtest.h>

#include "pluchino_reference.hpp"
#include "simulate/hierarchy_kernels.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::simulate;

constexpr transfer cs = transfer::common_sense, ph = transfer::peter;

/// A figure of many organisations.
template <class F>
moments moments_of(const hierarchy_rules& rules, const hierarchy_policy& policy, std::size_t n, std::int32_t periods,
                   std::uint64_t seed, F&& figure) {
    moments out;
    const auto stride = static_cast<std::size_t>(periods) + 1;
    std::vector<double> efficiency(8 * stride);
    std::vector<hierarchy_counts> counts(8);
    for (std::size_t from = 0; from < n; from += 8) {
        const std::size_t here = std::min<std::size_t>(8, n - from);
        simulate_hierarchies(rules, policy, seed, static_cast<std::uint32_t>(from), here, periods, efficiency, counts,
                             fastest_set());
        for (std::size_t i = 0; i < here; ++i)
            out.add(figure(std::span<const double>(efficiency).subspan(i * stride, stride)));
    }
    return out;
}

double error_of(const moments& m) {
    return m.sd() / std::sqrt(static_cast<double>(m.n));
}

struct asymptote_case {
    transfer effect;
    strategy rule;
    double text, as_run, print;
};
constexpr asymptote_case cases_2010[] = {
    {cs, strategy::best, 78.795, 78.795, 78.7},   {cs, strategy::worst, 67.591, 64.716, 64.7},
    {cs, strategy::random, 72.780, 71.888, 71.9}, {ph, strategy::best, 60.947, 59.440, 59.5},
    {ph, strategy::worst, 83.017, 81.653, 81.7},  {ph, strategy::random, 71.868, 70.541, 70.45}};

void check_asymptotes(std::size_t n, double tolerance, std::uint64_t seed) {
    for (const bool as_run : {false, true})
        for (const asymptote_case& each : cases_2010) {
            const auto rules = rules_of(as_run ? hierarchy_preset::prg2010_as_run : hierarchy_preset::prg2010_text);
            const moments m = moments_of(rules, {each.rule, 0.0, each.effect}, n, 1000, seed,
                                         [](auto efficiency) { return asymptote(efficiency); });
            const double golden = as_run ? each.as_run : each.text;
            EXPECT_NEAR(m.mean, golden, tolerance) << as_run << " " << int(each.effect) << " " << int(each.rule);
            if (as_run) {
                EXPECT_NEAR(m.mean, each.print, 0.25) << "figure 2, by eye";
            }
            EXPECT_LT(m.sd(), 0.6);
        }
}

TEST(pluchino, check_3_reaches_the_12_asymptotes_in_200_replications) {
    check_asymptotes(200, 4.5 * 0.42 / std::sqrt(200.0), 11); // the largest sd between organisations is .42
}
TEST(pluchino, DISABLED_full_check_3_reaches_the_12_asymptotes_in_4000_replications) {
    check_asymptotes(4000, 0.05, 12);
}

TEST(pluchino, check_4_starts_where_the_expectation_says) {
    const auto start = moments_of(rules_of(hierarchy_preset::prg2010_text), {}, 20000, 0, 5,
                                  [](auto efficiency) { return efficiency[0]; });
    EXPECT_NEAR(start.mean, 69.4215, 4.0 * error_of(start)) << "not the 69.68 of the 50 printed organisations";
    double n_weak = 0, n_best = 0, n = 0;
    for (std::uint32_t replication = 0; replication < 2000; ++replication) {
        const hierarchy one(rules_of(hierarchy_preset::prg2010_text), 6, replication);
        for (const float c : one.competence) {
            n_weak += c < 4.0F ? 1 : 0;
            n_best += c == 10.0F ? 1 : 0;
            n += 1;
        }
    }
    const double error = std::sqrt(.0668 * (1 - .0668) / n);
    EXPECT_NEAR(n_weak / n, .0668, 4 * error);
    EXPECT_NEAR(n_best / n, .0668, 4 * error);
}

TEST(pluchino, ages_at_the_start_have_the_printed_distribution) {
    const auto table = age_table(25, 5);
    double sum = 0, square = 0;
    for (std::uint32_t i = 0; i < 1000000; ++i) {
        const double age = age_of(table, static_cast<std::uint32_t>((std::uint64_t{i} << 32) / 1000000));
        sum += age;
        square += age * age;
    }
    EXPECT_NEAR(sum / 1e6, 25.6963, 1e-3);
    EXPECT_NEAR(std::sqrt(square / 1e6 - sum * sum / 1e12), 4.3999, 1e-3);
    EXPECT_EQ(age_of(table, 0), 18);
    EXPECT_EQ(age_of(table, 0xFFFFFFFF), 60);
}

void check_crossing(std::size_t n, double tolerance) {
    const auto rules = rules_of(hierarchy_preset::prg2010_as_run);
    const auto at = [&](transfer effect, double p) {
        return moments_of(rules, {strategy::best_worst, p, effect}, n, 1000, 21,
                          [](auto efficiency) { return asymptote(efficiency); })
            .mean;
    };
    EXPECT_NEAR(at(cs, .47), 71.15, tolerance);
    EXPECT_NEAR(at(ph, .47), 71.15, tolerance);
    // The curves have slopes of +16 and -22 points a unit of p there: a difference of zero within .01 of .47.
    EXPECT_LT(at(cs, .46) - at(ph, .46), tolerance);
    EXPECT_GT(at(cs, .48) - at(ph, .48), -tolerance);
}
TEST(pluchino, check_5_curves_of_figure_3_cross_at_47_percent) {
    check_crossing(200, 0.1 + 4 * .42 / std::sqrt(200.0));
}
TEST(pluchino, DISABLED_full_check_5_curves_of_figure_3_cross_at_47_percent) {
    check_crossing(1500, 0.1);
}

void check_fetta(std::size_t n, double tolerance) {
    const auto rules = rules_of(hierarchy_preset::fetta2012);
    const asymptote_case cases[] = {{cs, strategy::best, 76.67, 0, 76},   {cs, strategy::worst, 66.11, 0, 66},
                                    {cs, strategy::random, 70.87, 0, 71}, {ph, strategy::best, 59.75, 0, 60},
                                    {ph, strategy::worst, 79.90, 0, 80},  {ph, strategy::random, 69.74, 0, 70}};
    for (const asymptote_case& each : cases) {
        const moments m = moments_of(rules, {each.rule, 0.0, each.effect}, n, 1000, 31,
                                     [](auto efficiency) { return asymptote(efficiency); });
        EXPECT_NEAR(m.mean, each.text, tolerance) << int(each.effect) << " " << int(each.rule);
        EXPECT_NEAR(m.mean, each.print, 1.0);
    }
    const auto start = moments_of(rules, {}, 2000, 0, 5, [](auto efficiency) { return efficiency[0]; });
    EXPECT_NEAR(start.mean, 67.32, 4.0 * error_of(start) + 0.005);
}
TEST(pluchino, check_5_fetta2012_reaches_its_six_asymptotes_in_24_replications) {
    check_fetta(24, 0.04 + 4.5 * .42 / std::sqrt(24.0));
}
TEST(pluchino, DISABLED_full_check_5_fetta2012_reaches_its_six_asymptotes) {
    check_fetta(400, 0.1);
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

void check_gains(bool full) {
    for (const gain_case& each : cases_2011) {
        auto rules = rules_of(hierarchy_preset::prg2011);
        rules.level_seats = tree_levels(5, each.branch);
        rules.own_branch = each.own_branch;
        const std::size_t n = full ? (each.branch >= 5 ? 100 : 400) : each.branch >= 5 || each.own_branch ? 8 : 32;
        const moments m = moments_of(rules, {strategy::mixed_random, each.share, each.effect}, n, 2000, 41,
                                     [](auto efficiency) { return gain_over_warm_up(efficiency, 1000); });
        // Few runs: four standard errors on top of what the golden numbers are known to.
        const double tolerance = full ? 0.3 : 0.13 + 4.5 * error_of(m);
        EXPECT_NEAR(m.mean, each.golden, tolerance) << each.branch << " " << each.share << " " << each.own_branch;
        if (full && each.print != 0.0) {
            EXPECT_NEAR(m.mean, each.print, tolerance);
        }
    }
}
TEST(pluchino, check_6_gains_of_2011) {
    check_gains(false);
}
TEST(pluchino, DISABLED_full_check_6_gains_of_2011) {
    check_gains(true);
}

TEST(pluchino, check_6_people_are_conserved_in_every_step_of_every_model) {
    for (const auto preset : {hierarchy_preset::prg2010_text, hierarchy_preset::prg2010_as_run,
                              hierarchy_preset::fetta2012, hierarchy_preset::prg2011})
        for (const auto effect : {cs, ph}) {
            auto rules = rules_of(preset);
            rules.dismiss_below = 5.0; // more to do
            test::reference_pyramid one(rules, {strategy::random, 0.0, effect}, 3, 0);
            const std::size_t n_levels = rules.level_seats.size();
            for (int t = 1; t <= 150; ++t) {
                std::vector<int> open_before(n_levels, 0), open(n_levels, 0);
                const auto count = [&](std::vector<int>& to) {
                    for (std::size_t k = 0; k < n_levels; ++k)
                        for (const auto& seat : one.levels[k]) to[k] += seat ? 0 : 1;
                };
                count(open_before);
                one.step(t);
                count(open);
                int out_of_below = 0, sum_exits = 0, promotions = 0, by_level = 0;
                for (std::size_t k = 0; k < n_levels; ++k) {
                    // in = exits + promotions out - increase of vacancies; promotions out of k are those into k - 1
                    const int in = k + 1 == n_levels ? one.hires : one.moves[k];
                    EXPECT_EQ(in, one.exits[k] + out_of_below - (open[k] - open_before[k]));
                    out_of_below = one.moves[k];
                    promotions += one.moves[k];
                    sum_exits += one.exits[k];
                    by_level += static_cast<int>(n_levels - 1 - k) * one.exits[k];
                }
                EXPECT_EQ(one.dismissed + one.retired, sum_exits);
                if (open == open_before) {
                    EXPECT_EQ(promotions, by_level) << "N4 + 2 N3 + 3 N2 + 4 N1";
                }
            }
        }
}

TEST(pluchino, engine_agrees_with_the_reference_in_double_precision_on_the_same_keys) {
    for (const auto preset : {hierarchy_preset::prg2010_text, hierarchy_preset::prg2010_as_run,
                              hierarchy_preset::fetta2012, hierarchy_preset::prg2011})
        for (const auto rule :
             {strategy::best, strategy::worst, strategy::random, strategy::best_worst, strategy::mixed_random})
            for (const auto effect : {cs, ph}) {
                auto rules = rules_of(preset);
                if (preset == hierarchy_preset::prg2011) {
                    rules.warm_up = 120;
                    rules.own_branch = rule == strategy::worst;
                }
                constexpr std::int32_t periods = 250;
                constexpr std::uint32_t n = 4;
                std::vector<double> efficiency(n * (periods + 1));
                std::vector<hierarchy_counts> counts(n);
                simulate_hierarchies(rules, {rule, .3, effect}, 77, 0, n, periods, efficiency, counts, fastest_set());
                for (std::uint32_t i = 0; i < n; ++i) {
                    test::reference_pyramid one(rules, {rule, .3, effect}, 77, i);
                    std::int64_t hires = 0, promotions = 0, dismissed = 0, retired = 0;
                    for (std::int32_t t = 0; t <= periods; ++t) {
                        if (t > 0) {
                            one.step(t);
                            hires += one.hires;
                            dismissed += one.dismissed;
                            retired += one.retired;
                            for (const int each : one.moves) promotions += each;
                        }
                        ASSERT_NEAR(efficiency[i * (periods + 1) + static_cast<std::size_t>(t)], one.efficiency(), 2e-5)
                            << hierarchy_preset_words[static_cast<std::size_t>(preset)] << " " << int(rule) << " t "
                            << t;
                    }
                    EXPECT_EQ(counts[i].hires, hires);
                    EXPECT_EQ(counts[i].promotions, promotions);
                    EXPECT_EQ(counts[i].dismissals, dismissed);
                    EXPECT_EQ(counts[i].retirements, retired);
                }
            }
}

/// The published figures on the double-precision program, and the engine beside it on the same keys: an organisation in
/// which rounding flips a decision goes another way, and that must be rare.
TEST(pluchino, DISABLED_full_checks_3_and_5_on_the_reference_in_double_precision) {
    constexpr std::uint32_t n = 96;
    constexpr std::int32_t years = 1000;
    const asymptote_case fetta[] = {{cs, strategy::best, 76.67, 0, 76},   {cs, strategy::worst, 66.11, 0, 66},
                                    {cs, strategy::random, 70.87, 0, 71}, {ph, strategy::best, 59.75, 0, 60},
                                    {ph, strategy::worst, 79.90, 0, 80},  {ph, strategy::random, 69.74, 0, 70}};
    int n_apart = 0, n_all = 0;
    for (const auto preset :
         {hierarchy_preset::prg2010_text, hierarchy_preset::prg2010_as_run, hierarchy_preset::fetta2012})
        for (std::size_t k = 0; k < 6; ++k) {
            const bool is_fetta = preset == hierarchy_preset::fetta2012;
            const asymptote_case& each = is_fetta ? fetta[k] : cases_2010[k];
            const auto rules = rules_of(preset);
            const hierarchy_policy policy{each.rule, 0.0, each.effect};
            const std::uint32_t here = is_fetta ? n / 4 : n;
            std::vector<double> fast(here * (years + 1)), slow(years + 1);
            std::vector<hierarchy_counts> counts(here);
            simulate_hierarchies(rules, policy, 12, 0, here, years, fast, counts, fastest_set());
            moments m;
            for (std::uint32_t i = 0; i < here; ++i) {
                test::reference_pyramid one(rules, policy, 12, i);
                slow[0] = one.efficiency();
                for (std::int32_t t = 1; t <= years; ++t) {
                    one.step(t);
                    slow[static_cast<std::size_t>(t)] = one.efficiency();
                }
                m.add(asymptote(slow));
                const double beside = asymptote(std::span<const double>(fast).subspan(i * (years + 1), years + 1));
                ++n_all;
                if (std::fabs(asymptote(slow) - beside) > 1e-4) ++n_apart;
            }
            const double golden = preset == hierarchy_preset::prg2010_as_run ? each.as_run : each.text;
            EXPECT_NEAR(m.mean, golden, (is_fetta ? 0.04 : 0.003) + 4.0 * error_of(m)) << int(preset) << " " << k;
        }
    EXPECT_LE(n_apart, n_all / 50) << "of " << n_all;
}

hierarchy_rules rules_with(std::vector<std::int32_t> seats, std::vector<double> responsibility) {
    hierarchy_rules rules;
    rules.level_seats = std::move(seats);
    rules.responsibility = std::move(responsibility);
    return rules;
}

TEST(pluchino, check_13_every_instruction_set_gives_the_same_bytes) {
    std::vector<hierarchy_rules> shapes{
        rules_of(hierarchy_preset::prg2010_as_run), rules_of(hierarchy_preset::prg2010_text),
        rules_of(hierarchy_preset::prg2011),        rules_with({1, 6, 36}, {1, .6, .2}),
        rules_with({2, 17, 64, 1}, {3, 2, 1, 0}),   rules_with({1, 1}, {1, 1}),
        rules_with({33, 2, 5}, {1, 2, 3}),          rules_with({5, 130, 300}, {9, 3, 1})};
    shapes[1].dismiss_below = 6.5;
    shapes[1].retire_above = 30;
    shapes[1].age_sd = 10;
    shapes[2].warm_up = 37;
    shapes[4].dismiss_below = 9.5;
    shapes[4].delta = 4;
    for (const hierarchy_rules& rules : shapes)
        for (const auto rule :
             {strategy::best, strategy::worst, strategy::random, strategy::best_worst, strategy::mixed_random})
            for (const auto effect : {cs, ph}) {
                constexpr std::size_t n = 19; // not a multiple of what advances together
                constexpr std::int32_t periods = 100;
                std::vector<double> plain(n * (periods + 1)), fast(plain.size());
                std::vector<hierarchy_counts> plain_counts(n), fast_counts(n);
                simulate_hierarchies(rules, {rule, .4, effect}, 0xABCDEF0123456789, 3, n, periods, plain, plain_counts,
                                     hierarchy_set::plain);
                for (const auto set : {hierarchy_set::sse4, hierarchy_set::avx2, hierarchy_set::avx512}) {
                    if (!has(set)) continue;
                    simulate_hierarchies(rules, {rule, .4, effect}, 0xABCDEF0123456789, 3, n, periods, fast,
                                         fast_counts, set);
                    EXPECT_EQ(0, std::memcmp(plain.data(), fast.data(), plain.size() * sizeof(double))) << int(set);
                    for (std::size_t i = 0; i < n; ++i) {
                        EXPECT_EQ(plain_counts[i].hires, fast_counts[i].hires);
                        EXPECT_EQ(plain_counts[i].promotions, fast_counts[i].promotions);
                        EXPECT_EQ(plain_counts[i].dismissals, fast_counts[i].dismissals);
                        EXPECT_EQ(plain_counts[i].retirements, fast_counts[i].retirements);
                        EXPECT_EQ(plain_counts[i].vacant_seat_periods, fast_counts[i].vacant_seat_periods);
                    }
                }
            }
}

TEST(pluchino, check_13_every_compiler_gives_the_same_bytes) {
    std::vector<double> efficiency(2 * 201);
    std::vector<hierarchy_counts> counts(2);
    simulate_hierarchies(rules_of(hierarchy_preset::prg2010_as_run), {strategy::best_worst, .47, ph}, 2024, 0, 2, 200,
                         efficiency, counts, fastest_set());
    EXPECT_EQ(efficiency[0], 0x1.19eac6fdd947p+6);
    EXPECT_EQ(efficiency[200], 0x1.19a9489ae408ap+6);
    EXPECT_EQ(efficiency[401], 0x1.1e49972044d72p+6);
}

TEST(pluchino, check_15_odd_pyramids_have_defined_results) {
    // Everybody is dismissed every year; a chain of single seats; nobody ever leaves for weakness.
    std::vector<hierarchy_rules> odd{rules_with({1, 5, 11}, {1, .5, .2}), rules_with({1, 1, 1, 1}, {1, 1, 1, 1}),
                                     rules_with({1, 5, 11}, {0, 0, 1}), rules_with({40, 3}, {1, 1})};
    odd[0].dismiss_below = 10.0;
    odd[1].own_branch = true;
    odd[2].dismiss_below = 0.0;
    odd[2].retire_above = 18;
    for (const hierarchy_rules& rules : odd)
        for (const auto rule : {strategy::best, strategy::worst, strategy::random})
            for (const std::int32_t periods : {0, 1, 40}) {
                std::vector<double> efficiency(static_cast<std::size_t>(periods) + 1, -1.0);
                std::vector<hierarchy_counts> counts(1);
                simulate_hierarchies(rules, {rule, 0.0, ph}, 1, 0, 1, periods, efficiency, counts, fastest_set());
                for (const double e : efficiency) {
                    EXPECT_GE(e, 0.0);
                    EXPECT_LE(e, 100.0 + 1e-4);
                }
            }
}

TEST(pluchino, check_15_and_pitfall_5_a_seat_stays_vacant_until_there_is_somebody_below) {
    hierarchy_rules rules = rules_with({3, 1, 4}, {1, 1, 1});
    rules.retire_above = 18; // everybody older than 18 leaves after a year
    hierarchy one(rules, 1, 0);
    const auto open = [&] {
        return std::count_if(one.competence.begin(), one.competence.begin() + 4, [](float c) { return c == 0.0F; });
    };
    one.step(1, {strategy::best, 0.0, ph});
    EXPECT_EQ(open(), 4) << "nobody was below when the seats above fell vacant, all having left at once";
    EXPECT_EQ(one.counts.vacant_seat_periods, 4);
    EXPECT_EQ(one.counts.promotions, 0);
}

TEST(pluchino, pitfall_1_floor_of_the_promoted_is_what_parts_the_printed_rules_from_the_printed_figures) {
    const auto mean = [](hierarchy_preset preset) {
        return moments_of(rules_of(preset), {strategy::worst, 0.0, cs}, 64, 1000, 3,
                          [](auto efficiency) { return asymptote(efficiency); })
            .mean;
    };
    EXPECT_NEAR(mean(hierarchy_preset::prg2010_text) - mean(hierarchy_preset::prg2010_as_run), 67.591 - 64.716, 0.2);
}

TEST(pluchino, pitfall_3_all_levels_are_emptied_before_any_is_filled) {
    // Under `worst` nobody who is about to be dismissed may be promoted first: everybody promoted was fit to stay.
    hierarchy_rules rules = rules_of(hierarchy_preset::prg2010_text);
    hierarchy one(rules, 9, 0);
    for (std::int32_t t = 1; t <= 60; ++t) {
        std::vector<std::uint32_t> weak;
        for (std::size_t seat = 0; seat < one.competence.size(); ++seat)
            if (one.competence[seat] < 4.0F) weak.push_back(one.person[seat]);
        one.step(t, {strategy::worst, 0.0, cs});
        for (std::size_t seat = 0; seat < one.competence.size(); ++seat)
            EXPECT_EQ(std::count(weak.begin(), weak.end(), one.person[seat]), 0);
    }
}

TEST(pluchino, pitfall_4_efficiency_is_measured_after_refilling) {
    hierarchy one(rules_of(hierarchy_preset::prg2010_as_run), 4, 0);
    for (std::int32_t t = 1; t <= 50; ++t) {
        one.step(t, {strategy::random, 0.0, ph});
        EXPECT_EQ(std::count(one.competence.begin(), one.competence.end(), 0.0F), 0) << "measured with every seat held";
    }
}

TEST(pluchino, pitfall_6_change_under_common_sense_is_absolute) {
    hierarchy one(rules_of(hierarchy_preset::prg2010_text), 4, 0);
    std::vector<float> before(4000, 0.0F);
    float largest = 0.0F, largest_share = 0.0F;
    for (std::int32_t t = 1; t <= 200; ++t) {
        for (std::size_t seat = 0; seat < one.competence.size(); ++seat)
            before[one.person[seat]] = one.competence[seat];
        one.step(t, {strategy::worst, 0.0, cs});
        for (std::size_t seat = 0; seat < one.competence.size(); ++seat) {
            const float was = before[one.person[seat]];
            if (was == 0.0F) continue;
            largest = std::max(largest, std::fabs(one.competence[seat] - was));
            largest_share = std::max(largest_share, std::fabs(one.competence[seat] / was - 1.0F));
        }
    }
    EXPECT_LE(largest, 1.0F);
    EXPECT_GT(largest, 0.95F) << "also for people of 4 points, who would move by a tenth of that if it were relative";
    EXPECT_LE(largest_share, 0.26F);
}

TEST(pluchino, adding_years_changes_nothing_of_the_years_before) {
    std::vector<double> shorter(101), longer(301);
    std::vector<hierarchy_counts> counts(1);
    const auto rules = rules_of(hierarchy_preset::prg2010_as_run);
    simulate_hierarchies(rules, {strategy::random, 0.0, ph}, 8, 5, 1, 100, shorter, counts, fastest_set());
    simulate_hierarchies(rules, {strategy::random, 0.0, ph}, 8, 5, 1, 300, longer, counts, fastest_set());
    EXPECT_TRUE(std::equal(shorter.begin(), shorter.end(), longer.begin()));
}

// Section 5: common random numbers shrink the variance of a difference (PH best - random at t = 1000: 1.5 times).
TEST(pluchino, common_luck_makes_differences_less_noisy) {
    const auto rules = rules_of(hierarchy_preset::prg2010_as_run);
    moments best, random, difference;
    std::vector<double> a(41), b(41);
    std::vector<hierarchy_counts> counts(1);
    for (std::uint32_t i = 0; i < 400; ++i) {
        simulate_hierarchies(rules, {strategy::best, 0.0, cs}, 8, i, 1, 40, a, counts, fastest_set());
        simulate_hierarchies(rules, {strategy::random, 0.0, cs}, 8, i, 1, 40, b, counts, fastest_set());
        best.add(a[10]);
        random.add(b[10]);
        difference.add(a[10] - b[10]);
    }
    const double ratio = (best.variance() + random.variance()) / difference.variance();
    EXPECT_NEAR(ratio, 29.0, 0.35 * 29.0) << "CS best - random at t = 10";
}

} // namespace
