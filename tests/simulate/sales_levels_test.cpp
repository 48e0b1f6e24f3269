// Leaders above the managers: the engine beside the plain double-precision program, people conserved on every level,
// and what a director does to the teams below.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "simulate/plain_sales.hpp"
#include "simulate/sales_helpers.hpp"

namespace dualtrack::simulate {
namespace {

using namespace sales_testing;

sales_model tall_model(std::vector<std::int32_t> levels, double leaders_share = 0.5, std::int32_t n_teams = 12) {
    sales_preset values = preset_of("bls2018");
    values.shape.n_teams = n_teams;
    values.shape.levels = std::move(levels);
    values.assumptions.leaders_share = leaders_share;
    return sales_model_of(values.assumptions, values.shape, 7);
}

const std::vector<std::string> rules{"best_seller", "random", "seniority", "readiness", "predicted_va",
                                     "lottery",     "band",   "oracle",    "test_drive"};

TEST(sales_levels, the_plain_program_agrees_on_the_same_keys) {
    for (const std::vector<std::int32_t>& levels : {std::vector<std::int32_t>{4}, std::vector<std::int32_t>{5, 2}}) {
        const sales_model model = tall_model(levels);
        const std::vector<sales_arm> arms = arms_named(rules);
        constexpr std::uint32_t n = 40;
        const sales_study fast = study(model, arms, n);
        for (std::size_t arm = 0; arm < arms.size(); ++arm) {
            moments level, quits, promoted;
            for (std::uint32_t replication = 0; replication < n; ++replication) {
                plain_model::firm firm(model.a, model.shape, 7, replication);
                const plain_model::figures found = firm.run(arms[arm]);
                level.add(found.revenue);
                quits.add(found.quits / (72 * 5));
                promoted.add(found.leaders_promoted);
                EXPECT_EQ(found.leaders_promoted, found.leaders_left + found.leaders_moved);
            }
            EXPECT_NEAR(100 * level.mean, 100 * fast.of(arm, "revenue").mean, .1) << rules[arm];
            EXPECT_NEAR(100 * quits.mean, 100 * fast.of(arm, "attrition").mean, .1) << rules[arm];
            EXPECT_GT(promoted.mean, .5) << rules[arm];
        }
    }
}

/// Who sits on which level, by person: 0 reps, 1 managers, 2 directors, ...
std::map<std::uint32_t, std::size_t> levels_of_people(const sales_seats& seats) {
    std::map<std::uint32_t, std::size_t> out;
    for (std::size_t seat = 0; seat < seats.n; ++seat)
        if (seats.field(seat_field::occupied)[seat] > 0) out[seats.persons()[seat]] = 0;
    for (const sales_manager& m : seats.managers) out[m.person] = 1;
    for (std::size_t level = 0; level < seats.upper.size(); ++level)
        for (const sales_manager& m : seats.upper[level].leaders) out[m.person] = level + 2;
    return out;
}

TEST(sales_levels, people_are_conserved_on_every_level_in_every_month) {
    for (const char* rule : {"best_seller", "readiness", "external"})
        for (const std::vector<std::int32_t>& levels : {std::vector<std::int32_t>{}, {4}, {5, 2}, {3, 2, 2}}) {
            sales_preset values = preset_of("bls2018");
            values.shape.n_teams = 12;
            values.shape.levels = levels;
            values.shape.burn_in_months = 0;
            values.shape.months = 120;
            values.assumptions.manager_exit = 0.05; // more to do
            const sales_model model = sales_model_of(values.assumptions, values.shape, 7);
            const sales_arm arm = arm_named(rule);
            const std::size_t n_levels = levels.size() + 2;
            sales_scratch scratch;
            sales_world world;
            start_world(model, 3, scratch, world);
            start_levels(model, 3, scratch, world);
            world.counted = true;
            auto before = levels_of_people(world.seats);
            std::size_t n_people = world.seats.n + world.seats.n_teams();
            for (const sales_level& level : world.seats.upper) n_people += level.leaders.size();
            EXPECT_EQ(before.size(), n_people) << "nobody twice";
            int rose = 0, above = 0;
            std::size_t open_before = 0;
            for (int month = 1; month <= 120; ++month) {
                simulate_month(model, arm, constants_of(model, arm), 3, scratch, world);
                const auto after = levels_of_people(world.seats);
                const std::size_t open = world.seats.empty.size();
                EXPECT_EQ(after.size() + open, n_people) << "nobody twice, no post above the reps left empty";
                std::vector<int> in(n_levels, 0), out(n_levels, 0), exits(n_levels, 0);
                for (const auto& [person, level] : after) {
                    const auto was = before.find(person);
                    if (was != before.end() && was->second == level) continue;
                    ++in[level];
                    if (was == before.end()) continue;
                    EXPECT_EQ(was->second + 1, level) << "one level a month, upwards";
                    ++out[was->second];
                    ++rose;
                    above += level > 1 ? 1 : 0;
                }
                for (const auto& [person, level] : before) exits[level] += after.count(person) == 0 ? 1 : 0;
                for (std::size_t k = 0; k < n_levels; ++k) {
                    // promotions in = exits + promotions out + growth (none) - increase of vacancies
                    const int increase = k == 0 ? static_cast<int>(open) - static_cast<int>(open_before) : 0;
                    EXPECT_EQ(in[k], exits[k] + out[k] - increase) << rule << " level " << k << " month " << month;
                }
                before = after;
                open_before = open;
            }
            if (std::string(rule) != "external") {
                EXPECT_GT(rose, 20);
                EXPECT_EQ(above > 0, !levels.empty());
                EXPECT_LE(above, world.counts.leaders_promoted);
            }
            EXPECT_EQ(world.counts.leaders_promoted, world.counts.leaders_left + world.counts.leaders_moved);
        }
}

TEST(sales_levels, nobody_above_changes_no_bit_and_a_weight_of_nothing_no_team) {
    const sales_model flat = tall_model({}), tall = tall_model({4}, 0.0);
    const sales_study one = study(flat, arms_named({"best_seller", "oracle"}), 30);
    const sales_study other = study(tall, arms_named({"best_seller", "oracle"}), 30);
    // Directors still take the best managers away, so the firms differ, but not by what directors do to teams.
    EXPECT_NE(one.of(1, "revenue").mean, other.of(1, "revenue").mean);
    sales_model none = tall_model({4}, 0.0);
    none.a.manager_exit = 0;
    sales_model without = tall_model({});
    without.a.manager_exit = 0;
    // Nobody rises, so the same people sit everywhere but for those hired: their numbers come after the directors.
    none.a.quit_hazard = without.a.quit_hazard = 0;
    EXPECT_EQ(study(none, arms_named({"random"}), 5).of(0, "revenue").mean,
              study(without, arms_named({"random"}), 5).of(0, "revenue").mean);
}

TEST(sales_levels, a_directors_value_reaches_every_team_below_by_its_share) {
    sales_model model = tall_model({4, 3}, 0.5);
    sales_scratch scratch;
    sales_world world;
    start_world(model, 1, scratch, world);
    start_levels(model, 1, scratch, world);
    sales_seats& seats = world.seats;
    ASSERT_EQ(seats.upper.size(), 2U);
    ASSERT_EQ(seats.upper[0].leaders.size(), 3U);
    ASSERT_EQ(seats.upper[1].leaders.size(), 1U);
    for (std::size_t team = 0; team < 12; ++team) {
        const double v = static_cast<double>(seats.managers[team].value) +
                         0.5 * static_cast<double>(seats.upper[0].leaders[team / 4].value) +
                         0.25 * static_cast<double>(seats.upper[1].leaders[0].value);
        const double spread = model.a.talent_spread;
        EXPECT_NEAR(seats.field(seat_field::team_output)[seats.first[team]],
                    std::exp(model.a.direct_share * v - 0.5 * spread * spread), 1e-6);
        EXPECT_NEAR(seats.field(seat_field::team_hazard)[seats.first[team]],
                    model.a.quit_hazard * std::exp(-model.a.value_on_quits * v / model.spread), 1e-7);
    }
    EXPECT_EQ(seats.next_person, 72U + 12U + 3U + 1U) << "after the managers, level by level";
}

TEST(sales_levels, the_last_unit_may_be_smaller_and_a_single_team_may_have_a_director) {
    for (const std::int32_t n_teams : {1, 5, 13})
        for (const std::vector<std::int32_t>& levels : {std::vector<std::int32_t>{4}, {4, 4}, {1}, {500}}) {
            sales_model model = tall_model(levels, 0.5, n_teams);
            model.a.manager_exit = 0.3;
            for (const char* rule : {"oracle", "external", "test_drive", "hybrid", "observed"}) {
                const sales_study found = study(model, arms_named({rule}), 3);
                EXPECT_TRUE(std::isfinite(found.of(0, "revenue").mean)) << rule;
            }
        }
}

TEST(sales_levels, check_13_every_instruction_set_gives_the_same_bytes) {
    std::vector<std::vector<double>> found;
    for (const auto set : {instruction_set::plain, instruction_set::avx2, instruction_set::avx512}) {
        if (!has_instructions(set)) continue;
        sales_model model = tall_model({5, 2});
        model.kernels = kernels_for(set);
        const std::vector<sales_arm> arms = arms_named(rules);
        std::vector<double> figures(arms.size() * 2 * sales_metrics.size());
        sales_worker worker;
        ASSERT_TRUE(run_organisation(model, arms, 2, worker, figures, {}));
        found.push_back(figures);
    }
    for (const auto& each : found)
        for (std::size_t i = 0; i < each.size(); ++i)
            EXPECT_TRUE(each[i] == found[0][i] || (each[i] != each[i] && found[0][i] != found[0][i]));
}

TEST(sales_levels, a_hosts_rule_chooses_directors_as_a_built_in_one_does) {
    sales_arm mine = arm_named("readiness");
    mine.rule.kind = rule_kind::host;
    mine.rule.score = [](const observed_candidates& seen, float* out, void*) {
        std::copy_n(seen.readiness, seen.n, out);
        return true;
    };
    const sales_model model = tall_model({4});
    std::map<std::uint64_t, std::uint32_t> vacancies; // with the period they came in
    sales_arm counting = mine;
    counting.rule.user = &vacancies;
    counting.rule.score = [](const observed_candidates& seen, float* out, void* user) {
        std::copy_n(seen.readiness, seen.n, out);
        auto& known = *static_cast<std::map<std::uint64_t, std::uint32_t>*>(user);
        return known.emplace(seen.vacancy, seen.period).second; // every vacancy has a key of its own
    };
    std::vector<double> figures(2 * sales_metrics.size());
    sales_worker worker;
    EXPECT_TRUE(run_organisation(model, std::vector<sales_arm>{counting}, 0, worker, figures, {}));
    EXPECT_TRUE(std::any_of(vacancies.begin(), vacancies.end(), [](const auto& v) { return v.first >> 32 == 1; }));
    EXPECT_EQ(study(model, {mine}, 5).of(0, "revenue").mean,
              study(model, arms_named({"readiness"}), 5).of(0, "revenue").mean);
}

TEST(sales_levels, choosing_well_pays_more_where_directors_are_chosen_too) {
    const std::vector<std::string> names{"random", "readiness"};
    const sales_study flat = study(tall_model({}), arms_named(names), 200);
    const sales_study tall = study(tall_model({4}), arms_named(names), 200);
    EXPECT_GT(tall.gain(1).mean, flat.gain(1).mean);
}

} // namespace
} // namespace dualtrack::simulate
