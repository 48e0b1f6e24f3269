// What must not change, and what must change in a known way, when a panel is written down differently.
#include <gtest/gtest.h>

#include "estimate/panels.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::test;

void expect_same(const value_added_result& a, const value_added_result& b, double tolerance) {
    ASSERT_EQ(a.effect.size(), b.effect.size());
    for (std::size_t j = 0; j < a.effect.size(); ++j) {
        ASSERT_EQ(a.status[j], b.status[j]) << j;
        const auto near = [&](double x, double y) {
            ASSERT_EQ(x == x, y == y) << j;
            if (x == x) {
                ASSERT_NEAR(x, y, tolerance) << j;
            }
        };
        near(a.effect[j], b.effect[j]);
        near(a.se[j], b.se[j]);
        near(a.shrunk[j], b.shrunk[j]);
        near(a.low[j], b.low[j]);
        near(a.high[j], b.high[j]);
    }
}

TEST(value_added_invariance, a_constant_on_every_row_changes_nothing) {
    panel_columns panel = random_panel(2, 60, 10, 8, 0.25, true, 1);
    const auto one = estimated(panel);
    for (double& y : panel.value) y += 12.5;
    const auto other = estimated(panel);
    expect_same(*one, *other, 1e-10); // adding 12.5 rounds every row
    EXPECT_NEAR(one->variance.sellers_corrected, other->variance.sellers_corrected, 1e-11);
}

TEST(value_added_invariance, a_factor_on_every_row_goes_through) {
    panel_columns panel = random_panel(2, 60, 10, 8, 0.25, true, 1);
    const auto one = estimated(panel);
    for (double& y : panel.value) y *= 4.0; // exact in binary
    const auto other = estimated(panel);
    // A prior of spreads has a floor in the unit of logarithms; what does not know it scales exactly.
    for (std::size_t j = 0; j < one->effect.size(); ++j) {
        if (!(one->se[j] == one->se[j])) continue;
        EXPECT_NEAR(4.0 * one->effect[j], other->effect[j], 1e-12);
        EXPECT_NEAR(4.0 * one->se[j], other->se[j], 1e-12);
        EXPECT_NEAR(4.0 * one->shrunk[j], other->shrunk[j], 1e-6);
    }
    EXPECT_NEAR(16.0 * one->variance.managers_corrected, other->variance.managers_corrected, 1e-10);
    EXPECT_NEAR(16.0 * one->fit.sigma2_match, other->fit.sigma2_match, 1e-11);
}

TEST(value_added_invariance, names_of_sellers_managers_and_periods_are_only_names) {
    const panel_columns panel = random_panel(5, 50, 9, 7, 0.25);
    panel_columns other = panel;
    for (std::uint32_t& i : other.unit) i = panel.n_units - 1 - i;
    for (std::uint32_t& j : other.group) j = (j * 4 + 2) % panel.n_groups; // 4 and 9 have no common factor
    const auto one = estimated(panel), renamed = estimated(other);
    for (std::uint32_t j = 0; j < panel.n_groups; ++j) {
        const std::uint32_t k = (j * 4 + 2) % panel.n_groups;
        ASSERT_EQ(one->status[j], renamed->status[k]);
        if (!(one->se[j] == one->se[j])) continue;
        EXPECT_NEAR(one->effect[j], renamed->effect[k], 1e-12);
        EXPECT_NEAR(one->se[j], renamed->se[k], 1e-12);
        EXPECT_NEAR(one->shrunk[j], renamed->shrunk[k], 1e-9);
    }
}

TEST(value_added_invariance, sellers_who_never_change_add_nothing_to_effects) {
    panel_columns panel = random_panel(6, 40, 8, 6, 0.3);
    org::value_added_policy policy = without_periods();
    policy.reference = org::effect_reference::population;
    const auto one = estimated(panel, policy);
    random::stream draw(random::place{.seed = 3, .purpose = 77});
    for (std::uint32_t i = 0; i < 25; ++i)
        for (std::uint32_t t = 0; t < 6; ++t) panel.add(panel.n_units + i, i % 8, t, 3.0 * random::normal(draw));
    panel.close();
    const auto other = estimated(panel, policy);
    for (std::size_t j = 1; j < 8; ++j) // rows move the mean that effects are measured from, not their differences
        EXPECT_NEAR(one->effect[j] - one->effect[0], other->effect[j] - other->effect[0], 1e-12);
}

TEST(value_added_invariance, a_row_split_into_two_of_half_the_weight_is_the_row) {
    const panel_columns panel = random_panel(7, 40, 8, 6, 0.3);
    panel_columns other;
    for (std::size_t r = 0; r < panel.value.size(); ++r)
        for (int half = 0; half < (r % 3 == 0 ? 2 : 1); ++half)
            other.add(panel.unit[r], panel.group[r], panel.period[r], panel.value[r], r % 3 == 0 ? 0.5 : 1.0);
    const double n = static_cast<double>(other.value.size()), before = static_cast<double>(panel.value.size());
    other.close(); // weights of mean 1: each row now weighs n / before times as much
    const auto one = estimated(panel), split = estimated(other);
    EXPECT_NEAR(one->fit.sigma2_match * n / before, split->fit.sigma2_match, 1e-11);
    EXPECT_EQ(one->fit.df_match, split->fit.df_match);
    for (std::size_t j = 0; j < one->effect.size(); ++j) {
        EXPECT_NEAR(one->effect[j], split->effect[j], 1e-12);
        EXPECT_NEAR(one->se[j], split->se[j], 1e-11);
    }
}

TEST(value_added_invariance, two_organisations_in_one_table_are_two_organisations) {
    const panel_columns first = random_panel(8, 40, 9, 6, 0.3), second = random_panel(9, 30, 6, 6, 0.3);
    panel_columns both;
    for (std::size_t r = 0; r < first.value.size(); ++r)
        both.add(first.unit[r], first.group[r], first.period[r], first.value[r]);
    for (std::size_t r = 0; r < second.value.size(); ++r) // months of their own, too
        both.add(100 + second.unit[r], 100 + second.group[r], 100 + second.period[r], second.value[r]);
    both.close();
    for (const auto se : {org::effect_error::leave_seller_out, org::effect_error::row_scale}) {
        org::value_added_policy policy;
        policy.se = se;
        const auto a = estimated(first, policy), b = estimated(second, policy), ab = estimated(both, policy);
        ASSERT_EQ(ab->problem.components.size(), 2U);
        EXPECT_EQ(ab->fit.df_row, a->fit.df_row + b->fit.df_row);
        EXPECT_NEAR(ab->fit.rss, a->fit.rss + b->fit.rss, 1e-10);
        const double pooled = se == org::effect_error::row_scale ? ab->fit.sigma2_row : 0.0;
        for (std::size_t j = 0; j < 15; ++j) {
            const auto& own = j < 9 ? *a : *b;
            const std::size_t k = j < 9 ? j : j - 9;
            EXPECT_NEAR(ab->effect[j], own.effect[k], 1e-11);
            const double scale = pooled > 0.0 ? std::sqrt(pooled / own.fit.sigma2_row) : 1.0;
            EXPECT_NEAR(ab->se[j], scale * own.se[k], 1e-10) << j;
        }
    }
}

} // namespace
