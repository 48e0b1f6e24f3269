#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

#include <dualtrack/estimate/kept_value_added.hpp>
#include <dualtrack/estimate/panel_state_bytes.hpp>

#include "panels.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::test;

/// Rows by seller and period: what a state ought to hold.
struct ledger {
    struct cell {
        std::uint32_t group = 0;
        double value = 0.0;
    };
    std::map<std::pair<std::uint32_t, std::uint32_t>, cell> cells;

    [[nodiscard]] panel_columns all() const {
        panel_columns out;
        for (const auto& [key, c] : cells) out.add(key.first, c.group, key.second, c.value);
        out.close();
        return out;
    }
};

/// Rows of one call. Codes are left as they are.
panel_rows given(const panel_columns& columns) {
    panel_rows out = columns.rows();
    out.weight = {};
    return out;
}

void shuffle(panel_columns& rows, random::stream& draw) {
    for (std::size_t i = rows.value.size(); i > 1; --i) {
        const auto k = static_cast<std::size_t>(random::below(draw, static_cast<std::uint32_t>(i)));
        std::swap(rows.unit[i - 1], rows.unit[k]);
        std::swap(rows.group[i - 1], rows.group[k]);
        std::swap(rows.period[i - 1], rows.period[k]);
        std::swap(rows.value[i - 1], rows.value[k]);
    }
}

/// A month's manager of a seller: two groups of managers that nobody links, returns to an earlier manager.
std::uint32_t manager_of(std::uint32_t unit, std::uint32_t period, random::stream& draw) {
    const std::uint32_t own = (unit % 2) * 6 + (unit + period / 5 % 2 * 3) % 6; // back and forth between two
    return random::uniform(draw) < 0.1 ? (unit % 2) * 6 + static_cast<std::uint32_t>(random::below(draw, 6)) : own;
}

/// A thousand changes drawn at random, made to both states and to the ledger: months added with gaps and late rows,
/// rows corrected and taken back.
void change_at_random(ledger& truth, panel_state& spells, panel_state& values, std::uint64_t seed) {
    random::stream draw(random::place{.seed = seed, .purpose = 5});
    for (int change = 0; change < 1000; ++change) {
        const double kind = random::uniform(draw);
        panel_columns rows;
        std::vector<double> old;
        if (kind < 0.6 || truth.cells.size() < 20) {
            const auto period = static_cast<std::uint32_t>(change / 25);
            for (int k = 0; k < 3; ++k) {
                const auto unit = static_cast<std::uint32_t>(random::below(draw, 40));
                const std::uint32_t at = random::uniform(draw) < 0.2 && period > 3 ? period - 3 : period;
                if (!truth.cells.emplace(std::pair(unit, at), ledger::cell{}).second) continue;
                auto& cell = truth.cells[{unit, at}];
                cell = {manager_of(unit, at, draw), 5.0 + 0.1 * unit + random::normal(draw)};
                rows.add(unit, cell.group, at, cell.value);
            }
            shuffle(rows, draw);
            ASSERT_TRUE(spells.append(given(rows)));
            ASSERT_TRUE(values.append(given(rows)));
            continue;
        }
        const bool correction = kind < 0.85;
        auto at = truth.cells.begin();
        std::advance(at, random::below(draw, static_cast<std::uint32_t>(truth.cells.size())));
        old.push_back(at->second.value);
        if (correction) at->second.value += random::normal(draw);
        rows.add(at->first.first, at->second.group, at->first.second, at->second.value);
        if (correction) {
            ASSERT_TRUE(spells.correct(given(rows), old));
            ASSERT_TRUE(values.correct(given(rows), old));
        } else {
            truth.cells.erase(at);
            ASSERT_TRUE(spells.remove(given(rows)));
            ASSERT_TRUE(values.remove(given(rows)));
        }
    }
}

void expect_same(const std::vector<double>& a, const std::vector<double>& b, const char* what) {
    ASSERT_EQ(a.size(), b.size()) << what;
    for (std::size_t i = 0; i < a.size(); ++i)
        EXPECT_EQ(std::bit_cast<std::uint64_t>(a[i]), std::bit_cast<std::uint64_t>(b[i])) << what << " " << i;
}

void expect_close(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance) << i;
}

/// Effects of periods less their mean: their level is not known.
std::vector<double> centred(std::vector<double> x) {
    double sum = 0.0;
    for (const double value : x) sum += value;
    for (double& value : x) value -= sum / static_cast<double>(x.size());
    return x;
}

panel_state state_of(const panel_columns& rows, kept_rows kept = kept_rows::values) {
    panel_state out(kept);
    EXPECT_TRUE(out.append(given(rows)));
    return out;
}

std::string_view code_of(const result<void>& done) {
    return done ? std::string_view("ok") : done.error().code;
}

TEST(exact_sum, is_that_of_the_numbers_in_any_order) {
    exact_sum sum;
    sum.add(1e300);
    sum.add(1.0);
    sum.add(-1e300);
    sum.add(0x1p-1074);
    EXPECT_EQ(sum.value(), 1.0);
    sum.subtract(1.0);
    EXPECT_EQ(sum.value(), 0x1p-1074);
    sum.subtract(0x1p-1073);
    EXPECT_EQ(sum.value(), -0x1p-1074);
    sum.add(-0.75);
    EXPECT_EQ(sum.value(), -0.75);
}

TEST(exact_sum, is_rounded_once) {
    const auto sum_of = [](std::initializer_list<double> numbers) {
        exact_sum sum;
        for (const double x : numbers) sum.add(x);
        exact_sum minus;
        for (const double x : numbers) minus.subtract(x);
        EXPECT_EQ(minus.value(), -sum.value());
        return sum.value();
    };
    // A tie between two doubles that something far below decides.
    EXPECT_EQ(sum_of({1.0, 0x1p-53}), 1.0);
    EXPECT_EQ(sum_of({1.0, 0x1p-53, 0x1p-100}), 1.0 + 0x1p-52);
    EXPECT_EQ(sum_of({1.0, 0x1p-53, -0x1p-1074}), 1.0);
    EXPECT_EQ(sum_of({1.0, 0x1p-52, 0x1p-53}), 1.0 + 0x1p-51);
    EXPECT_EQ(sum_of({1.0, 0x1p-52, 0x1p-53, -0x1p-1074}), 1.0 + 0x1p-52);
    // Just above half a unit: rounding to 64 bits first would make it a tie, and round it down.
    EXPECT_EQ(sum_of({0x1p78, 0x1p77, 0x1p25, 0x1p14}), 0x1p78 + 0x1p77 + 0x1p26);
    EXPECT_EQ(sum_of({0x1p78, 0x1p77, 0x1p25}), 0x1p78 + 0x1p77);
    // Every place of the leading bit among limbs, against sums of two, which hardware rounds once.
    for (int e = -1074; e < 1023; ++e) {
        const double a = std::ldexp(1.7, e), b = std::ldexp(1.3, std::max(-1074, e - 53));
        EXPECT_EQ(sum_of({a, b}), a + b) << e;
        EXPECT_EQ(sum_of({a, -b}), a - b) << e;
    }
}

TEST(exact_sum, comes_back_to_nothing_after_everything_was_taken_back) {
    random::stream draw(random::place{.seed = 3, .purpose = 9});
    std::vector<double> numbers;
    for (int i = 0; i < 1000; ++i) numbers.push_back(random::normal(draw) * std::ldexp(1.0, i % 80 - 40));
    exact_sum sum, other;
    for (const double x : numbers) sum.add(x);
    for (std::size_t i = numbers.size(); i-- > 0;) other.add(numbers[i]);
    EXPECT_EQ(sum.settled(), other.settled());
    for (const double x : numbers) sum.subtract(x);
    EXPECT_EQ(sum.value(), 0.0);
    EXPECT_EQ(sum.settled(), exact_sum().settled());
}

TEST(panel_state, is_all_rows_at_once_after_a_thousand_changes) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        ledger truth;
        panel_state spells(kept_rows::spells), values(kept_rows::values);
        change_at_random(truth, spells, values, seed);
        const panel_columns all = truth.all();
        ASSERT_GT(all.value.size(), 800U);
        ASSERT_EQ(values.n_rows(), all.value.size());
        ASSERT_EQ(spells.n_rows(), all.value.size());
        for (const bool with_periods : {false, true}) {
            const effects_only batch = estimate_effects(run_context{}, all.rows(), with_periods, 1);
            const kept_effects kept = effects_of(run_context{}, spells, with_periods, 1).value();
            expect_close(kept.fit.psi, batch.psi, 1e-10);
            expect_close(centred(kept.fit.gamma), centred(batch.gamma), 1e-10);
            expect_close(effects_of(run_context{}, values, with_periods, 1).value().fit.psi, batch.psi, 1e-10);
        }
        const auto batch = estimated(all);
        ASSERT_GE(batch->problem.components.size(), 2U);
        ASSERT_GT(std::count_if(batch->se.begin(), batch->se.end(), [](double se) { return se > 0.0; }), 8);
        const kept_value_added kept = solve(run_context{}, values, {}).value();
        expect_same(kept.fit->effect, batch->effect, "effect");
        expect_same(kept.fit->se, batch->se, "se");
        expect_same(kept.fit->shrunk, batch->shrunk, "shrunk");
        expect_same(kept.fit->low, batch->low, "low");
        expect_same(kept.fit->high, batch->high, "high");
        expect_same(kept.fit->leverage, batch->leverage, "leverage");
        expect_same(kept.fit->lambda_2, batch->lambda_2, "lambda_2");
        expect_same({kept.fit->fit.rss, kept.fit->variance.managers_corrected, kept.fit->variance.sellers_corrected},
                    {batch->fit.rss, batch->variance.managers_corrected, batch->variance.sellers_corrected}, "sums");
        EXPECT_EQ(kept.fit->status, batch->status);
        EXPECT_EQ(kept.fit->in_leave_out_set, batch->in_leave_out_set);
    }
}

TEST(panel_state, of_spells_has_the_matches_and_the_border_of_the_rows) {
    ledger truth;
    panel_state spells(kept_rows::spells), values(kept_rows::values);
    change_at_random(truth, spells, values, 4);
    const panel_columns all = truth.all();
    const two_way batch = two_way_of(run_context{}, all.rows(), true);
    const two_way kept = two_way_of(run_context{}, spells, spells_of(run_context{}, spells.store()), true);
    const auto plain = [](const auto& from) { return std::vector<double>(from.begin(), from.end()); };
    EXPECT_EQ(kept.matches.group, batch.matches.group);
    EXPECT_EQ(kept.matches.n_rows, batch.matches.n_rows);
    EXPECT_EQ(kept.n_rows, batch.n_rows);
    expect_close(plain(kept.matches.sum), plain(batch.matches.sum), 1e-11);
    expect_close(plain(kept.edge.B), plain(batch.edge.B), 1e-11);
    expect_close(kept.edge.C, batch.edge.C, 1e-11);
    expect_close(kept.edge.d, batch.edge.d, 1e-10);
    double own = 0.0, other = 0.0;
    for (const double q : kept.matches.squares) own += q;
    for (const double q : batch.matches.squares) other += q;
    EXPECT_NEAR(own, other, 1e-10 * other);
}

TEST(panel_state, forgets_how_rows_came_where_values_are_kept) {
    ledger truth;
    panel_state spells(kept_rows::spells), values(kept_rows::values);
    change_at_random(truth, spells, values, 5);
    panel_state fresh(kept_rows::values);
    panel_columns rows; // every code that was ever met, for bytes say how many there were
    for (const auto& [key, cell] : truth.cells) rows.add(key.first, cell.group, key.second, cell.value);
    ASSERT_TRUE(fresh.append(given(rows)));
    ASSERT_EQ(fresh.store().n_units(), values.store().n_units());
    EXPECT_EQ(panel_state_bytes::save(values), panel_state_bytes::save(fresh));
}

TEST(panel_state, ignores_the_order_of_rows_within_an_append) {
    panel_columns rows = random_panel(7, 60, 9, 14, 0.2);
    for (const kept_rows kept : {kept_rows::spells, kept_rows::values}) {
        const panel_state one = state_of(rows, kept);
        random::stream draw(random::place{.seed = 8, .purpose = 5});
        panel_columns turned = rows;
        shuffle(turned, draw);
        EXPECT_EQ(panel_state_bytes::save(state_of(turned, kept)), panel_state_bytes::save(one));
        panel_state monthly(kept);
        for (std::uint32_t t = 0; t < rows.n_periods; ++t) {
            panel_columns month;
            for (std::size_t i = 0; i < turned.value.size(); ++i)
                if (turned.period[i] == t) month.add(turned.unit[i], turned.group[i], t, turned.value[i]);
            ASSERT_TRUE(monthly.append(given(month)));
        }
        EXPECT_EQ(panel_state_bytes::save(monthly), panel_state_bytes::save(one));
    }
}

TEST(panel_state, keeps_a_hundred_million_and_noise_apart) {
    panel_columns rows = random_panel(9, 40, 6, 12, 0.3);
    panel_columns moved = rows;
    for (double& y : moved.value) y += 1e8;
    const auto near = effects_of(run_context{}, state_of(rows, kept_rows::spells), true, 1).value();
    const auto far = effects_of(run_context{}, state_of(moved, kept_rows::spells), true, 1).value();
    expect_close(near.fit.psi, far.fit.psi, 1e-7); // the values themselves are rounded to 1e-8
}

TEST(panel_state, counts_a_spell_that_falls_apart_and_grows_together_again) {
    panel_state state(kept_rows::spells);
    panel_columns rows, hole;
    for (std::uint32_t t = 0; t < 5; ++t) rows.add(0, 0, t, 1.0 + t);
    rows.add(0, 1, 5, 9.0);
    hole.add(0, 0, 2, 3.0);
    ASSERT_TRUE(state.append(given(rows)));
    std::vector<panel_spell> own;
    ASSERT_TRUE(state.remove(given(hole)));
    state.store().read_spells(0, own);
    ASSERT_EQ(own.size(), 3U);
    EXPECT_EQ(own[0].sum + own[1].sum, 0.0 + 1.0 + 3.0 + 4.0); // less y0 = 1
    EXPECT_EQ(own[1].first, 3U);
    panel_columns rest;
    rest.add(0, 0, 3, 4.0);
    rest.add(0, 0, 4, 5.0);
    ASSERT_TRUE(state.remove(given(rest)));
    state.store().read_spells(0, own);
    ASSERT_EQ(own.size(), 2U);
    EXPECT_EQ(own[0].sum, 1.0); // of periods 0 and 1, although the spell that is gone had lent it more
    ASSERT_TRUE(state.append(given(rest)));
    ASSERT_TRUE(state.append(given(hole)));
    state.store().read_spells(0, own);
    ASSERT_EQ(own.size(), 2U);
    EXPECT_EQ(own[0].sum, 1.0 + 2.0 + 3.0 + 4.0);
    EXPECT_EQ(own[0].length, 5U);
}

TEST(panel_state, solves_without_sellers_managers_and_periods_that_are_gone) {
    panel_columns rows = random_panel(11, 30, 5, 10, 0.3);
    panel_state state = state_of(rows);
    panel_columns gone, rest;
    for (std::size_t i = 0; i < rows.value.size(); ++i) {
        const bool leaves = rows.unit[i] == 3 || rows.group[i] == 2 || rows.period[i] == 4;
        (leaves ? gone : rest).add(rows.unit[i], rows.group[i], rows.period[i], rows.value[i]);
    }
    ASSERT_TRUE(state.remove(given(gone)));
    rest.close();
    const auto kept = solve(run_context{}, state, {}).value();
    EXPECT_EQ(kept.panel->codes.group, (std::vector<std::uint32_t>{0, 1, 3, 4}));
    expect_same(kept.fit->effect, estimated(rest)->effect, "effect");
    expect_close(effects_of(run_context{}, state, true, 1).value().fit.psi,
                 estimate_effects(run_context{}, rest.rows(), true, 1).psi, 1e-10);
}

TEST(panel_state, makes_room_for_a_period_between_two) {
    panel_columns rows = random_panel(12, 30, 5, 10, 0.3);
    for (const kept_rows kept : {kept_rows::spells, kept_rows::values}) {
        panel_state state(kept);
        panel_columns known, late;
        for (std::size_t i = 0; i < rows.value.size(); ++i) {
            const std::uint32_t t = rows.period[i];
            if (t == 4)
                late.add(rows.unit[i], rows.group[i], t, rows.value[i]);
            else
                known.add(rows.unit[i], rows.group[i], t > 4 ? t - 1 : t, rows.value[i]);
        }
        ASSERT_TRUE(state.append(given(known)));
        state.renumber_periods(std::vector<std::uint16_t>{0, 1, 2, 3, 5, 6, 7, 8, 9});
        ASSERT_TRUE(state.append(given(late)));
        expect_close(effects_of(run_context{}, state, true, 1).value().fit.psi,
                     estimate_effects(run_context{}, rows.rows(), true, 1).psi, 1e-10);
        if (kept == kept_rows::values) {
            EXPECT_EQ(panel_state_bytes::save(state), panel_state_bytes::save(state_of(rows)));
        }
    }
}

TEST(panel_state, refuses_what_it_cannot_keep_and_stays_as_it_was) {
    for (const kept_rows kept : {kept_rows::spells, kept_rows::values}) {
        panel_columns rows = random_panel(13, 20, 4, 8, 0.3);
        panel_state state = state_of(rows, kept);
        const std::string before = panel_state_bytes::save(state);
        const std::uint32_t unit = rows.unit[5], group = rows.group[5], period = rows.period[5];
        const auto one = [&](std::uint32_t i, std::uint32_t j, std::uint32_t t, double y) {
            panel_columns out;
            out.add(19, 0, 20, 1.0); // a row that would do, before the one that does not
            out.add(i, j, t, y);
            return out;
        };
        EXPECT_EQ(code_of(state.append(given(one(unit, group, period, 1.0)))), "data.duplicate_id");
        EXPECT_EQ(code_of(state.append(given(one(19, 1, 20, 1.0)))), "data.duplicate_id");
        EXPECT_EQ(code_of(state.append(given(one(unit, group, 30, numeric::not_a_number)))), "data.nan");
        EXPECT_EQ(code_of(state.append(given(one(unit, group, 70000, 1.0)))), "data.range");
        EXPECT_EQ(state.append(given(one(unit, group, period, 1.0))).error().row, 1);
        for (const double large : {1.01e100, -1e101, 1.7e308}) {
            const auto said = state.append(given(one(unit, group, 30, large)));
            EXPECT_EQ(code_of(said), "data.range");
            EXPECT_EQ(said.error().where, "panel.value");
            EXPECT_EQ(said.error().row, 1);
            EXPECT_EQ(said.error().message.find("expected a value of at most 1e100 in size, found "), 0U);
        }
        const panel_columns weighted = random_panel(1, 5, 2, 4, 0.3, true);
        EXPECT_EQ(code_of(state.append(weighted.rows())), "argument.unknown_option");
        const panel_columns controlled = random_panel(1, 5, 2, 4, 0.3, false, 1);
        EXPECT_EQ(code_of(state.append(controlled.rows())), "argument.unknown_option");
        panel_columns lone;
        lone.add(unit, group, 60, 1.0);
        const std::vector<double> old{rows.value[5]};
        EXPECT_EQ(code_of(state.correct(given(lone), old)), "data.unknown_row");
        EXPECT_EQ(code_of(state.remove(given(lone))), "data.unknown_row");
        lone.unit[0] = 5000; // a seller never met
        EXPECT_EQ(code_of(state.remove(given(lone))), "data.unknown_row");
        lone.unit[0] = unit;
        lone.period[0] = period;
        lone.group[0] = group + 1;
        EXPECT_EQ(code_of(state.correct(given(lone), old)), "data.unknown_row");
        lone.group[0] = group;
        lone.value[0] = -1e200;
        EXPECT_EQ(code_of(state.correct(given(lone), old)), "data.range");
        lone.value[0] = 1.0;
        const std::vector<double> large{2e100}; // an old value nobody can have given
        EXPECT_EQ(code_of(state.correct(given(lone), large)), "data.range");
        const std::vector<double> wrong{rows.value[5] + 1.0};
        if (kept == kept_rows::values) {
            EXPECT_EQ(code_of(state.correct(given(lone), wrong)), "data.unknown_row");
            EXPECT_EQ(code_of(state.remove(given(lone))), "data.unknown_row"); // another value
        } else {
            EXPECT_EQ(code_of(state.correct(given(lone))), "argument.null");
        }
        EXPECT_EQ(panel_state_bytes::save(state), before);
    }
}

TEST(panel_state, of_spells_gives_errors_and_shrunken_effects_that_need_no_values) {
    ledger truth;
    panel_state spells(kept_rows::spells), values(kept_rows::values);
    change_at_random(truth, spells, values, 7);
    const panel_columns all = truth.all();
    for (const org::effect_error se :
         {org::effect_error::match_scale, org::effect_error::row_scale, org::effect_error::leave_seller_out})
        for (const bool with_periods : {false, true}) {
            org::value_added_policy policy = with_periods ? org::value_added_policy() : without_periods();
            policy.se = se;
            const auto kept = solve(run_context{}, spells, policy);
            if (with_periods && se == org::effect_error::leave_seller_out) {
                EXPECT_EQ(kept.error().code, "policy.range");
                EXPECT_EQ(kept.error().where, "/value_added/se");
                continue;
            }
            const auto batch = estimated(all, policy);
            const value_added_result& fit = *kept.value().fit;
            ASSERT_GT(std::count_if(batch->se.begin(), batch->se.end(), [](double x) { return x > 0.0; }), 8);
            EXPECT_EQ(fit.status, batch->status);
            const auto close = [](const std::vector<double>& a, const std::vector<double>& b) {
                ASSERT_EQ(a.size(), b.size());
                for (std::size_t i = 0; i < a.size(); ++i) {
                    EXPECT_EQ(a[i] == a[i], b[i] == b[i]) << i; // known here and there
                    if (a[i] == a[i]) {
                        EXPECT_NEAR(a[i], b[i], 1e-10) << i;
                    }
                }
            };
            close(fit.effect, batch->effect);
            close(fit.se, batch->se);
            close(fit.shrunk, batch->shrunk);
            close(fit.low, batch->low);
            close(fit.top_tenth, batch->top_tenth);
            close(fit.leverage, batch->leverage);
            close({fit.fit.sigma2_row, fit.fit.sigma2_match, fit.variance.managers_corrected, fit.variance.sellers,
                   fit.variance.covariance_corrected},
                  {batch->fit.sigma2_row, batch->fit.sigma2_match, batch->variance.managers_corrected,
                   batch->variance.sellers, batch->variance.covariance_corrected});
            close(effects_of_sellers(fit).effect, effects_of_sellers(*batch).effect);
            close(effects_of_sellers(fit).se, effects_of_sellers(*batch).se);
            EXPECT_NE(fit.variance.sellers_corrected, fit.variance.sellers_corrected); // not known
        }
}

TEST(panel_state, of_spells_gives_the_same_drawn_errors_where_exact_ones_are_too_dear) {
    const panel_columns all = random_panel(21, 120, 12, 16, 0.2);
    const panel_state spells = state_of(all, kept_rows::spells);
    org::value_added_policy policy;
    policy.se = org::effect_error::match_scale;
    policy.exact_inverse_flops = 1.0;
    const auto batch = estimated(all, policy);
    ASSERT_FALSE(batch->is_exact);
    const auto kept = solve(run_context{}, spells, policy).value();
    ASSERT_FALSE(kept.fit->is_exact);
    for (std::size_t j = 0; j < batch->se.size(); ++j) {
        ASSERT_GT(batch->se[j], 0.0);
        EXPECT_NEAR(kept.fit->effect[j], batch->effect[j], 1e-9);
        EXPECT_NEAR(kept.fit->se[j], batch->se[j], 1e-9);
        EXPECT_NEAR(kept.fit->shrunk[j], batch->shrunk[j], 1e-8);
    }
}

TEST(panel_state, gives_managers_who_arrive_after_the_markets_were_named_no_market) {
    panel_columns rows = random_panel(21, 30, 4, 10, 0.3); // managers 0 .. 3
    const panel_state state = state_of(rows);
    org::value_added_policy policy;
    policy.prior = org::effect_prior::market;
    const std::vector<std::uint32_t> three{0, 0, 1}, four{0, 0, 1, no_index};
    const auto early = solve(run_context{}, state, policy, three);
    const auto named = solve(run_context{}, state, policy, four);
    ASSERT_TRUE(early);
    ASSERT_TRUE(named);
    EXPECT_EQ(early.value().panel->codes.group.size(), 4U);
    expect_same(early.value().fit->effect, named.value().fit->effect, "effect");
    expect_same(early.value().fit->shrunk, named.value().fit->shrunk, "shrunk");
}

TEST(panel_state, needs_two_rows_to_be_solved) {
    EXPECT_EQ(effects_of(run_context{}, panel_state(), true, 1).error().code, "data.range");
    EXPECT_EQ(solve(run_context{}, panel_state(), {}).error().code, "data.range");
}

TEST(panel_state_bytes, come_back_as_the_same_panel) {
    for (const kept_rows kept : {kept_rows::spells, kept_rows::values}) {
        ledger truth;
        panel_state spells(kept_rows::spells), values(kept_rows::values);
        change_at_random(truth, spells, values, 6);
        const panel_state& state = kept == kept_rows::spells ? spells : values;
        const std::string bytes = panel_state_bytes::save(state);
        panel_state again = panel_state_bytes::load(bytes).value();
        EXPECT_EQ(panel_state_bytes::save(again), bytes);
        EXPECT_EQ(again.n_rows(), state.n_rows());
        expect_same(effects_of(run_context{}, again, true, 1).value().fit.psi,
                    effects_of(run_context{}, state, true, 1).value().fit.psi, "psi");
        panel_columns month; // and goes on as the one that was never saved
        for (std::uint32_t unit = 0; unit < 45; ++unit) month.add(unit, unit % 12, 60, 1.0 * unit);
        panel_state other = state;
        ASSERT_TRUE(again.append(given(month)));
        ASSERT_TRUE(other.append(given(month)));
        EXPECT_EQ(panel_state_bytes::save(again), panel_state_bytes::save(other));
    }
}

TEST(panel_state_bytes, of_the_largest_values_come_back) {
    for (const kept_rows kept : {kept_rows::spells, kept_rows::values}) {
        panel_columns rows;
        for (std::uint32_t unit = 0; unit < 30; ++unit)
            for (std::uint32_t t = 0; t < 40; ++t) rows.add(unit, (unit + t) % 3, t, t % 2 == 0 ? 1e100 : -1e100);
        const std::string bytes = panel_state_bytes::save(state_of(rows, kept));
        const auto again = panel_state_bytes::load(bytes);
        ASSERT_TRUE(again);
        EXPECT_EQ(panel_state_bytes::save(again.value()), bytes);
    }
}

TEST(panel_state_bytes, are_refused_when_cut_damaged_foreign_or_of_another_version) {
    const std::string bytes = panel_state_bytes::save(state_of(random_panel(15, 12, 3, 6, 0.3)));
    const auto code = [](std::string_view from) -> std::string_view {
        const auto made = panel_state_bytes::load(from);
        return made ? std::string_view("ok") : made.error().code;
    };
    EXPECT_EQ(code(bytes), "ok");
    EXPECT_EQ(code(""), "state.foreign");
    EXPECT_EQ(code("a table of sales, if anything"), "state.foreign");
    for (std::size_t n = 8; n < bytes.size(); n += 1 + n / 7)
        EXPECT_EQ(code(std::string_view(bytes).substr(0, n)), "state.damaged") << n;
    for (std::size_t at = 8; at < bytes.size(); at += 1 + at / 9) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        EXPECT_EQ(code(damaged), "state.damaged") << at;
    }
    EXPECT_EQ(code(bytes + "x"), "state.damaged");
    const auto resealed = [&](auto&& change) {
        std::string inside = bytes.substr(0, bytes.size() - 32);
        change(inside);
        return sealed_bytes(std::move(inside));
    };
    EXPECT_EQ(code(resealed([](std::string& s) { s[8] = 2; })), "state.version");
    // Whoever makes bytes with a digest of their own is refused all the same, never believed.
    for (std::size_t at = 12; at < bytes.size() - 32; at += 1 + at / 40)
        for (const int bit : {0, 4, 7}) {
            const std::string forged = resealed([&](std::string& s) { s[at] = static_cast<char>(s[at] ^ (1 << bit)); });
            const auto made = panel_state_bytes::load(forged);
            if (made) { // another panel, and a sound one
                EXPECT_EQ(panel_state_bytes::save(made.value()), forged) << at;
            }
        }
    for (std::size_t n = 12; n < bytes.size() - 32; n += 1 + n / 11)
        EXPECT_EQ(code(resealed([&](std::string& s) { s.resize(n); })), "state.damaged") << n;
}

} // namespace
