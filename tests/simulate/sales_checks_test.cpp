// The acceptance checks of the sales model, by their number in the design: its reference tables, on the engine and on
// the plain double-precision program with the same keys.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "simulate/plain_sales.hpp"
#include "simulate/sales_helpers.hpp"

namespace dualtrack::simulate {
namespace {

using namespace sales_testing;

// ---- 8: the hero and the hero-maker, article 004

/// Years of a team of six average reps under a manager of talent 1.5 and no value who changes x after the first year.
std::array<double, 5> years_under(double first_x, double later_x, double manager_time) {
    sales_assumptions a;
    a.manager_time = manager_time;
    a.quit_hazard = 0;
    sales_shape shape;
    shape.n_teams = 1;
    shape.span = 6;
    const sales_model model = sales_model_of(a, shape, 7);
    sales_scratch scratch;
    sales_world world;
    start_world(model, 0, scratch, world);
    sales_seats& seats = world.seats;
    std::fill_n(seats.field(seat_field::talent), seats.n_padded, 0.0F);
    std::fill_n(seats.field(seat_field::tenure), seats.n_padded, 100.0F);
    std::array<double, 5> out{};
    const double per_rep = std::exp(0.5 * a.talent_spread * a.talent_spread) / 6; // 1 = no effect of a manager
    for (std::size_t year = 0; year < 5; ++year) {
        seats.managers[0].talent = 1.5F;
        seats.managers[0].value = 0;
        seats.managers[0].hero = static_cast<float>(year == 0 ? first_x : later_x);
        detail::spread_manager(model, 0, seats);
        for (int month = 0; month < 12; ++month) {
            month_constants with{};
            with.talent_spread = static_cast<float>(a.talent_spread);
            with.inverse_ramp = 0.2F;
            with.inverse_skill_most = static_cast<float>(1 / a.skill_most);
            with.skill_least = static_cast<float>(a.skill_least);
            with.tails_coaching = 1;
            with.witness = 1;
            with.period = 1;
            std::uint64_t crossed = 0;
            month_sums sums;
            model.kernels.pass_month(seats, with, &crossed, sums);
            out[year] += sums.output * per_rep / 12;
        }
    }
    return out;
}

void expect_years(const std::array<double, 5>& found, const std::array<double, 5>& printed) {
    for (std::size_t year = 0; year < 5; ++year) EXPECT_NEAR(found[year], printed[year], 1e-4) << "year " << year + 1;
}

TEST(sales, check_8_a_hero_leads_two_years_and_a_hero_maker_from_the_third) {
    expect_years(years_under(0.8, 0.0, 2), {1.3412, 1.0033, 1.1470, 1.2195, 1.2542});
    expect_years(years_under(0.8, 0.8, 2), {1.3412, 1.2933, 1.2657, 1.2495, 1.2398});
    expect_years(years_under(0.1, 0.1, 2), {1.1651, 1.2438, 1.2835, 1.3028, 1.3121});
}

TEST(sales, check_8_manager_time_decides_whether_a_hero_ever_leads) {
    EXPECT_NEAR(years_under(0.8, 0.8, 1)[0], 1.1472, 1e-4);
    EXPECT_NEAR(years_under(0.8, 0.8, 2.5)[4], 1.3495, 1e-4);
}

TEST(sales, check_8_mentoring_pays_as_article_002_reckons) {
    EXPECT_EQ(mentoring_net(6, 50'000, 0.2, 1'000'000), 100'000);
    EXPECT_NEAR(mentoring_break_even(6, 0.2, 1'000'000), 33'333.33, 0.005);
}

// ---- 9: the reference table, bls2018, 10 x 6

struct reference_row {
    const char* name;
    double months_60, months_12, attrition, regretted, value, negative, declined;
};
constexpr std::array<reference_row, 11> reference{{
    {"best_seller", 0, 0, 37.5, 6.40, -.197, 68, .87},
    {"random", 2.69, .90, 37.7, 7.90, .031, 47, .22},
    {"seniority", 2.91, .91, 37.6, 7.95, .048, 46, .22},
    {"lottery", 9.18, 2.42, 35.4, 7.52, .287, 20, .19},
    {"band", 9.95, 3.14, 33.8, 6.62, .274, 21, .37},
    {"worst_seller", 10.19, 2.86, 36.1, 7.82, .235, 29, .06},
    {"predicted_va", 12.55, 3.54, 34.9, 7.54, .367, 18, .12},
    {"readiness", 22.07, 6.37, 31.8, 6.57, .605, 2, .18},
    {"test_drive", 22.43, 6.23, 31.6, 6.56, .629, 1, .18},
    {"readiness + dual_track", 23.12, 6.75, 31.2, 6.34, .605, 2, .18},
    {"oracle", 24.23, 6.68, 32.2, 6.93, .738, 0, .17},
}};

std::vector<std::string> reference_names() {
    std::vector<std::string> out;
    for (const reference_row& row : reference) out.emplace_back(row.name);
    return out;
}

/// Shared by the checks that need the 4,000 organisations of the reference table.
const sales_study& reference_study() {
    static const sales_study made = study(model_named("bls2018"), arms_named(reference_names()), 4000);
    return made;
}

TEST(sales, check_9_the_reference_table_comes_out_with_its_own_seed) {
    const sales_study& found = reference_study();
    EXPECT_NEAR(found.of(0, "revenue").mean, .9879, .0005);
    EXPECT_NEAR(found.of(0, "revenue", 1).mean, 1.0061, .0005);
    for (std::size_t arm = 0; arm < reference.size(); ++arm) {
        const reference_row& row = reference[arm];
        SCOPED_TRACE(row.name);
        EXPECT_NEAR(found.gain(arm).mean, row.months_60, .1);
        EXPECT_NEAR(found.gain(arm, 1).mean, row.months_12, .1);
        EXPECT_NEAR(100 * found.of(arm, "attrition").mean, row.attrition, .1);
        EXPECT_NEAR(100 * found.of(arm, "regretted").mean, row.regretted, .03);
        // The print pools all promotions; as a metric an organisation counts once.
        EXPECT_NEAR(found.value[arm], row.value, .0015);
        EXPECT_NEAR(100 * found.negative[arm], row.negative, .6) << "printed to a percent";
        EXPECT_NEAR(found.declined[arm], row.declined, .0065) << "printed to two digits";
        EXPECT_NEAR(found.of(arm, "manager_value").mean, row.value, .02);
        EXPECT_NEAR(found.of(arm, "promotions").mean, 1.78, .02);
        EXPECT_GE(found.of(arm, "vacant_share").mean, .0565);
        EXPECT_LE(found.of(arm, "vacant_share").mean, .0685);
    }
}

TEST(sales, check_9_another_seed_tells_the_same) {
    const std::vector<std::string> names{"best_seller", "random", "readiness", "oracle"};
    const sales_study found = study(model_named("bls2018", 20260901), arms_named(names), 4000);
    for (std::size_t arm = 1; arm < names.size(); ++arm)
        for (const reference_row& row : reference)
            if (names[arm] == row.name) {
                EXPECT_NEAR(found.gain(arm).mean, row.months_60, .5) << row.name;
                EXPECT_NEAR(found.gain(arm, 1).mean, row.months_12, .5) << row.name;
            }
}

TEST(sales, check_9_the_plain_program_agrees_on_the_same_keys) {
    const std::vector<std::string> names = reference_names();
    const std::vector<sales_arm> arms = arms_named(names);
    const sales_model model = model_named("bls2018");
    constexpr std::uint32_t n = 120;
    const sales_study fast = study(model, arms, n);
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
        moments level, year, quits;
        for (std::uint32_t replication = 0; replication < n; ++replication) {
            plain_model::firm firm(model.a, model.shape, 7, replication);
            const plain_model::figures found = firm.run(arms[arm]);
            level.add(found.revenue);
            year.add(found.revenue_first_year);
            quits.add(found.quits / (60 * 5));
        }
        // A tenth of a point: rounding may flip single decisions.
        EXPECT_NEAR(100 * level.mean, 100 * fast.of(arm, "revenue").mean, .1) << names[arm];
        EXPECT_NEAR(100 * year.mean, 100 * fast.of(arm, "revenue", 1).mean, .1) << names[arm];
        EXPECT_NEAR(100 * quits.mean, 100 * fast.of(arm, "attrition").mean, .1) << names[arm];
    }
}

/// Revenue of every rule over 60 and 12 months by the plain double-precision program, against the first rule.
struct plain_gains {
    std::vector<moments> months_60, months_12, attrition, regretted;
};

plain_gains plain_study(const sales_model& model, const std::vector<std::string>& names, std::uint32_t n) {
    const std::vector<sales_arm> arms = arms_named(names);
    plain_gains out;
    for (auto* each : {&out.months_60, &out.months_12, &out.attrition, &out.regretted}) each->resize(arms.size());
    for (std::uint32_t replication = 0; replication < n; ++replication) {
        double base = 0, base_12 = 0;
        for (std::size_t arm = 0; arm < arms.size(); ++arm) {
            plain_model::firm firm(model.a, model.shape, model.seed, replication);
            const plain_model::figures found = firm.run(arms[arm]);
            if (arm == 0) base = found.revenue, base_12 = found.revenue_first_year;
            out.months_60[arm].add(100 * (found.revenue / base - 1));
            out.months_12[arm].add(100 * (found.revenue_first_year / base_12 - 1));
            out.attrition[arm].add(100 * static_cast<double>(found.quits) / (60 * 5));
            out.regretted[arm].add(100 * static_cast<double>(found.regretted) / (60 * 5));
        }
    }
    return out;
}

TEST(sales, DISABLED_full_checks_9_and_10_on_the_reference_in_double_precision) {
    const plain_gains found = plain_study(model_named("bls2018"), reference_names(), 4000);
    for (std::size_t arm = 0; arm < reference.size(); ++arm) {
        SCOPED_TRACE(reference[arm].name);
        EXPECT_NEAR(found.months_60[arm].mean, reference[arm].months_60, .1);
        EXPECT_NEAR(found.months_12[arm].mean, reference[arm].months_12, .1);
        EXPECT_NEAR(found.attrition[arm].mean, reference[arm].attrition, .1);
        EXPECT_NEAR(found.regretted[arm].mean, reference[arm].regretted, .03);
    }
    EXPECT_GT(found.months_60[7].mean, found.months_60[6].mean) << "readiness, predicted_va";
    EXPECT_GT(found.months_60[6].mean, found.months_60[1].mean) << "predicted_va, random";
    EXPECT_LT(plain_study(model_named("lss2015"), {"best_seller", "random"}, 600).months_60[1].mean, 0.0);
}

// ---- 10: what survives small boss effects

TEST(sales, check_10_best_seller_beats_random_where_managers_hardly_matter) {
    const std::vector<std::string> names{"best_seller", "random"};
    EXPECT_LT(study(model_named("lss2015"), arms_named(names), 600).gain(1).mean, -1.0);
    EXPECT_GT(study(model_named("bls2019"), arms_named(names), 600).gain(1).mean, 1.0);
}

TEST(sales, check_10_readiness_beats_predicted_value_beats_random) {
    const sales_study& found = reference_study();
    EXPECT_GT(found.gain(7).mean, found.gain(6).mean);
    EXPECT_GT(found.gain(6).mean, found.gain(1).mean);
}

struct column_of_presets {
    const char* preset;
    void (*change)(sales_assumptions&);
    std::array<double, 6> printed; // random, worst_seller, predicted_va, readiness, test_drive, oracle
};

TEST(sales, check_10_every_column_of_the_table_of_presets_comes_out) {
    const std::vector<std::string> names{"best_seller", "random",     "worst_seller", "predicted_va",
                                         "readiness",   "test_drive", "oracle"};
    const std::array<column_of_presets, 6> columns{{
        {"bls2019", [](sales_assumptions&) {}, {2.1, 9.2, 9.3, 17.9, 18.2, 19.2}},
        {"lss2015", [](sales_assumptions&) {}, {-2.1, 1.0, 0.7, 3.9, 3.7, 2.8}},
        {"lss2015", [](sales_assumptions& a) { a.value_on_quits = 0; }, {-3.2, -1.1, -1.8, 0.8, 0.4, -0.9}},
        {"no_retention", [](sales_assumptions&) {}, {1.4, 7.8, 9.7, 18.2, 18.6, 19.5}},
        {"bls2018", [](sales_assumptions& a) { a.passed_over_ratio = 1; }, {5.6, 13.9, 16.2, 23.5, 23.9, 28.0}},
        {"bls2018", [](sales_assumptions& a) { a.manager_time = 0; }, {10.8, 21.9, 24.3, 34.3, 34.9, 37.1}},
    }};
    for (const column_of_presets& column : columns) {
        sales_preset values = preset_of(column.preset);
        column.change(values.assumptions);
        const sales_study found = study(sales_model_of(values.assumptions, values.shape, 7), arms_named(names), 1000);
        for (std::size_t arm = 1; arm < names.size(); ++arm) {
            // Printed from 4,000; this looks at the first thousand of them.
            const double allowed = 0.1 + 3 * std::sqrt(found.gain(arm).variance() / 1000 * 0.75);
            EXPECT_NEAR(found.gain(arm).mean, column.printed[arm - 1], allowed) << column.preset << " " << names[arm];
        }
    }
}

// ---- 11: indirect inference, and what common random numbers are worth

TEST(sales, check_11_the_slope_among_the_promoted_depends_on_the_rule) {
    const sales_study& found = reference_study();
    EXPECT_NEAR(found.slope[0], -.164, .01);  // best_seller
    EXPECT_NEAR(found.slope[1], -.153, .01);  // random
    EXPECT_NEAR(found.slope[7], -.077, .01);  // readiness
    EXPECT_NEAR(found.slope[10], -.038, .01); // oracle
}

TEST(sales, check_11_common_random_numbers_cut_the_variance_of_differences) {
    const sales_study& found = reference_study();
    const auto gain = [&](std::size_t arm, std::size_t horizon) {
        return found.apart[arm * 2 + horizon] / found.paired[arm * 2 + horizon];
    };
    EXPECT_NEAR(gain(1, 1), 24, 24 * .2);   // random, 12 months
    EXPECT_NEAR(gain(1, 0), 4.6, 4.6 * .2); // 60 months
    EXPECT_NEAR(gain(7, 1), 8.0, 8.0 * .2); // readiness
    EXPECT_NEAR(gain(7, 0), 2.4, 2.4 * .2);
}

// ---- 12: the luck of the months, integrated out or drawn

TEST(sales, check_12_drawing_the_luck_of_each_month_changes_no_mean) {
    const std::vector<sales_arm> arms = arms_named({"best_seller", "readiness"});
    sales_preset values = preset_of("bls2018");
    const sales_study off = study(sales_model_of(values.assumptions, values.shape, 7), arms, 1000);
    values.shape.monthly_noise = true;
    const sales_study on = study(sales_model_of(values.assumptions, values.shape, 7), arms, 1000);
    EXPECT_NEAR(on.gain(1).mean, off.gain(1).mean,
                3 * std::sqrt((on.gain(1).variance() + off.gain(1).variance()) / 1000));
    EXPECT_NEAR(on.of(0, "revenue").mean, off.of(0, "revenue").mean, .003);
    EXPECT_EQ(on.of(0, "attrition").mean, off.of(0, "attrition").mean) << "luck of the months drives no decision";
    EXPECT_GT(on.of(0, "revenue").variance(), off.of(0, "revenue").variance());
}

} // namespace
} // namespace dualtrack::simulate
