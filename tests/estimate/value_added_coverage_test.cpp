// What the intervals promise, counted: 95 % of them hold the truth, for errors that are independent, uneven, or alike
// over time, on organisations that are well and badly connected. Designs are fixed, errors are drawn. Each promise is
// counted twice: with few draws every day, where a share may miss its band by two simulation errors, and with 500 draws
// and no such margin in DISABLED_full (CTest label `long`).
#include <cmath>
#include <cstdio>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "estimate/panels.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::test;

enum class noise { independent, uneven, autoregressive };

/// Errors of sd .6 on the rows of a panel, by seller and time.
std::vector<double> errors_of(const panel_columns& panel, noise kind, random::stream& draw) {
    std::vector<double> out(panel.value.size());
    double last = 0.0;
    for (std::size_t r = 0; r < out.size(); ++r) {
        const bool first = r == 0 || panel.unit[r] != panel.unit[r - 1];
        double e = random::normal(draw);
        if (kind == noise::autoregressive) e = last = first ? e : 0.6 * last + 0.8 * e;
        if (kind == noise::uneven) e *= 0.5 + 1.0 * (panel.unit[r] % 3) / 2.0;
        out[r] = 0.6 * e;
    }
    return out;
}

/// A territory of `n_groups` managers in districts of five; sellers move mostly inside and to the next district.
panel_columns territory(std::uint32_t n_units, std::uint32_t n_groups, std::uint32_t n_periods, std::uint64_t seed,
                        double across = 0.1, double moves = 0.06) {
    random::stream draw(random::place{.seed = seed, .purpose = 78});
    panel_columns out;
    const std::uint32_t districts = (n_groups + 4) / 5;
    for (std::uint32_t i = 0; i < n_units; ++i) {
        auto j = static_cast<std::uint32_t>(random::below(draw, n_groups));
        for (std::uint32_t t = 0; t < n_periods; ++t) {
            if (t > 0 && random::uniform(draw) < moves) {
                std::uint32_t d = j / 5;
                if (random::uniform(draw) < across) d = (d + 1) % districts;
                j = std::min(n_groups - 1, 5 * d + static_cast<std::uint32_t>(random::below(draw, 5)));
            }
            out.add(i, j, t, 0.0);
        }
    }
    out.close();
    return out;
}

/// Intervals that hold the truth; draws count as wholes, since intervals of one draw err together.
struct coverage {
    double inside = 0.0, n = 0.0;
    double draws = 0.0, sum = 0.0, squares = 0.0; // of shares of a draw
    void add(int in, int of) {
        if (of == 0) return;
        inside += in;
        n += of;
        const double share_of_draw = static_cast<double>(in) / of;
        draws += 1.0;
        sum += share_of_draw;
        squares += share_of_draw * share_of_draw;
    }
    [[nodiscard]] double share() const { return inside / n; }
    [[nodiscard]] double error() const {
        const double mean = sum / draws;
        return std::sqrt(std::max(0.0, squares / draws - mean * mean) / draws);
    }
};

enum class length { everyday, full };

/// The share lies in [low, high]: as counted in a full run, within two simulation errors in an everyday one.
void expect_within(const coverage& counted, double low, double high, length how, const std::string& what) {
    const double margin = how == length::full ? 0.0 : 2.0 * counted.error();
    EXPECT_GE(counted.share(), low - margin) << what << ", simulation error " << counted.error();
    EXPECT_LE(counted.share(), high + margin) << what << ", simulation error " << counted.error();
    EXPECT_LT(counted.error(), how == length::full ? 0.008 : 0.02) << what;
    if (how == length::full)
        std::printf("%s: %.4f, simulation error %.4f\n", what.c_str(), counted.share(), counted.error());
}

/// Counts whether effect +- 1.96 se holds the truth (0 for every manager: least squares does not mind which).
coverage covered(panel_columns panel, noise kind, org::effect_error se, int draws) {
    org::value_added_policy policy;
    policy.se = se;
    policy.prior = org::effect_prior::independent;
    coverage out;
    for (int k = 0; k < draws; ++k) {
        random::stream draw(random::place{.seed = 11, .replication = static_cast<std::uint32_t>(k), .purpose = 79});
        panel.value = errors_of(panel, kind, draw);
        const auto made = estimated(panel, policy);
        int inside = 0, n = 0;
        for (std::size_t j = 0; j < panel.n_groups; ++j) {
            if (!(made->se[j] > 0.0)) continue;
            inside += std::fabs(made->effect[j]) <= 1.959964 * made->se[j] ? 1 : 0;
            ++n;
        }
        out.add(inside, n);
    }
    return out;
}

void check_leave_one_seller_out(length how) {
    for (const auto& [kind, N, name] :
         {std::tuple(design::easy, 12000U, "easy"), std::tuple(design::geo, 20000U, "geo"),
          std::tuple(design::hard, 40000U, "hard")}) {
        panel_columns panel = published_panel(kind, N);
        panel.close();
        for (const auto& [error, word] :
             {std::pair(noise::independent, "independent"), std::pair(noise::uneven, "uneven"),
              std::pair(noise::autoregressive, "AR(1)")})
            expect_within(covered(panel, error, org::effect_error::leave_seller_out, how == length::full ? 500 : 24),
                          0.93, 0.98, how, std::string("leave one seller out, ") + name + ", " + word);
    }
}

TEST(value_added_coverage, leave_one_seller_out_keeps_its_promise) {
    check_leave_one_seller_out(length::everyday);
}
TEST(value_added_coverage, DISABLED_full_leave_one_seller_out_keeps_its_promise) {
    check_leave_one_seller_out(length::full);
}

// Two districts joined by one seller: the noise of that seller's own change is seen nowhere, so the noise of all
// matches stands for it; intervals without it are far too narrow.
TEST(value_added_coverage, of_managers_who_hang_on_one_seller) {
    panel_columns panel;
    random::stream draw(random::place{.seed = 13, .purpose = 78});
    for (std::uint32_t i = 0; i < 80; ++i) {
        std::uint32_t j = (i < 40 ? 0 : 4) + static_cast<std::uint32_t>(random::below(draw, 4));
        for (std::uint32_t t = 0; t < 24; ++t) {
            if (t % 8 == 7) j = (i < 40 ? 0 : 4) + static_cast<std::uint32_t>(random::below(draw, 4));
            panel.add(i, j, t, 0.0);
        }
    }
    for (std::uint32_t t = 0; t < 24; ++t) panel.add(80, t < 12 ? 0 : 4, t, 0.0);
    panel.close();
    const auto made = estimated(panel);
    for (std::size_t j = 0; j < 8; ++j) EXPECT_EQ(made->status[j], effect_status::bridged);
    for (const noise kind : {noise::independent, noise::autoregressive}) {
        const coverage counted = covered(panel, kind, org::effect_error::leave_seller_out, 400);
        expect_within(counted, 0.93, 0.98, length::everyday, "hanging on one seller");
    }
}

TEST(value_added_pitfall, m_months_alike_over_time_make_errors_of_rows_far_too_small) {
    const panel_columns panel = territory(150, 30, 48, 3);
    EXPECT_LT(covered(panel, noise::autoregressive, org::effect_error::row_scale, 40).share(), 0.80);
    EXPECT_GT(covered(panel, noise::autoregressive, org::effect_error::match_scale, 40).share(), 0.88);
    random::stream draw(random::place{.seed = 12, .purpose = 79});
    panel_columns one = panel;
    one.value = errors_of(panel, noise::autoregressive, draw);
    const auto made = estimated(one);
    EXPECT_GT(made->fit.sigma2_match, 1.5 * made->fit.sigma2_row) << "what raises value_added.serial_correlation";
}

struct shrunken_case {
    std::uint32_t n_groups, n_units;
    double noise_sd, effect_sd, between;
};

/// Coverage of the printed interval of shrunken effects. @param with_markets whether districts are given
coverage shrunken_coverage(panel_columns panel, const shrunken_case& c, std::uint32_t per_district,
                           org::effect_prior prior, bool with_markets, int draws) {
    org::value_added_policy policy;
    policy.prior = prior;
    std::vector<std::uint32_t> market;
    for (std::uint32_t j = 0; j < panel.n_groups && with_markets; ++j) market.push_back(j / per_district);
    coverage out;
    for (int k = 0; k < draws; ++k) {
        random::stream draw(random::place{.seed = 21, .replication = static_cast<std::uint32_t>(k), .purpose = 79});
        std::vector<double> district(panel.n_groups), effect(panel.n_groups);
        for (double& d : district) d = std::sqrt(c.between) * c.effect_sd * random::normal(draw);
        for (std::uint32_t j = 0; j < panel.n_groups; ++j)
            effect[j] = district[j / per_district] + std::sqrt(1.0 - c.between) * c.effect_sd * random::normal(draw);
        for (std::size_t r = 0; r < panel.value.size(); ++r)
            panel.value[r] = effect[panel.group[r]] + c.noise_sd * random::normal(draw);
        const auto made = estimated(panel, policy, market);
        made->problem.components.centre(effect);
        int inside = 0, n = 0;
        for (std::size_t j = 0; j < panel.n_groups; ++j) {
            if (!(made->high[j] > made->low[j])) continue;
            inside += made->low[j] <= effect[j] && effect[j] <= made->high[j] ? 1 : 0;
            ++n;
        }
        out.add(inside, n);
    }
    return out;
}

coverage shrunken_coverage(const shrunken_case& c, org::effect_prior prior, bool with_markets, int draws) {
    return shrunken_coverage(territory(c.n_units, c.n_groups, 24, 5, 0.15, 0.1), c, 5, prior, with_markets, draws);
}

std::string words_of(const shrunken_case& c, const char* prior) {
    return std::string(prior) + ", " + std::to_string(c.n_groups) + " managers, " + std::to_string(c.n_units) +
           " sellers, noise " + std::to_string(c.noise_sd) + ", effects " + std::to_string(c.effect_sd) +
           ", between districts " + std::to_string(c.between);
}

void check_shrunken(const std::vector<shrunken_case>& cases, double high, length how) {
    for (const shrunken_case& c : cases) {
        const int draws = how == length::full ? 500
                          : c.n_groups < 20   ? 500
                          : c.n_groups < 100  ? 120
                          : c.n_groups < 1000 ? 8
                                              : 3;
        expect_within(shrunken_coverage(c, org::effect_prior::market, true, draws), 0.92, high, how,
                      words_of(c, "market"));
    }
}

// 8, 20, 40, 200 managers: spreads integrated out. Markets given, effects independent or half between districts.
TEST(value_added_coverage, shrunken_intervals_keep_their_promise_for_few_managers) {
    check_shrunken({{8, 40, 0.6, 0.2, 0.0},
                    {8, 40, 0.6, 0.2, 0.5},
                    {20, 120, 0.6, 0.2, 0.0},
                    {20, 120, 0.6, 0.2, 0.5},
                    {40, 240, 0.6, 0.2, 0.0},
                    {40, 240, 0.6, 0.2, 0.5},
                    {200, 1200, 0.6, 0.2, 0.5}},
                   0.97, length::everyday);
}
// Where noise drowns the effects, what is assumed of their spread decides. Flat in its sd is on the careful side: .976
// for 20 managers. 1 / (sd + noise) gives .962 there, and .910 for 8 managers half of whose variance is their
// district's.
const std::vector<shrunken_case> drowned{{8, 40, 0.6, 0.05, 0.0}, {20, 120, 1.5, 0.1, 0.0}, {40, 240, 1.5, 0.1, 0.5}};
TEST(value_added_coverage, shrunken_intervals_are_careful_where_noise_drowns_the_effects) {
    check_shrunken(drowned, 0.98, length::everyday);
}
TEST(value_added_coverage, DISABLED_full_shrunken_intervals_are_careful_where_noise_drowns_the_effects) {
    check_shrunken(drowned, 0.98, length::full);
}
TEST(value_added_coverage, shrunken_intervals_keep_their_promise_for_many_managers) {
    check_shrunken({{1000, 5000, 0.6, 0.2, 0.0}, {1000, 5000, 0.6, 0.2, 0.5}}, 0.97, length::everyday); // by REML
}
TEST(value_added_coverage, DISABLED_full_shrunken_intervals_keep_their_promise) {
    for (const double between : {0.0, 0.5})
        check_shrunken({{8, 40, 0.6, 0.2, between},
                        {20, 120, 0.6, 0.2, between},
                        {40, 240, 0.6, 0.2, between},
                        {200, 1200, 0.6, 0.2, between},
                        {1000, 5000, 0.6, 0.2, between}},
                       0.97, length::full);
}

void check_network(length how) {
    for (const double between : {0.0, 0.5}) {
        const shrunken_case c{40, 240, 0.6, 0.2, between};
        const int draws = how == length::full ? 500 : 100;
        expect_within(shrunken_coverage(c, org::effect_prior::network, false, draws), 0.90, 0.98, how,
                      words_of(c, "network"));
        panel_columns geo = published_panel(design::geo, 60000); // 60 managers in districts of 20
        geo.close();
        expect_within(shrunken_coverage(geo, c, 20, org::effect_prior::network, false, how == length::full ? 500 : 15),
                      0.90, 0.98, how, "network on geo, between districts " + std::to_string(between));
    }
}
TEST(value_added_coverage, of_a_network_prior_where_no_market_is_known) {
    check_network(length::everyday);
}
TEST(value_added_coverage, DISABLED_full_of_a_network_prior_where_no_market_is_known) {
    check_network(length::full);
}

void check_similar_neighbours(length how) {
    const shrunken_case c{40, 80, 0.9, 0.3, 0.8};
    const int draws = how == length::full ? 500 : 120;
    const coverage exchangeable = shrunken_coverage(c, org::effect_prior::exchangeable, true, draws);
    const coverage market = shrunken_coverage(c, org::effect_prior::market, true, draws);
    EXPECT_LT(exchangeable.share() + 2.0 * exchangeable.error(), market.share() - 0.02);
    expect_within(market, 0.90, 0.97, how, words_of(c, "market")); // two sellers a manager, 80 % between 8 districts
}
TEST(value_added_pitfall, DISABLED_full_k_an_exchangeable_prior_undercovers_where_neighbours_resemble_each_other) {
    check_similar_neighbours(length::full);
}
TEST(value_added_pitfall, k_where_neighbours_resemble_each_other_an_exchangeable_prior_undercovers_and_is_noticed) {
    check_similar_neighbours(length::everyday);
    panel_columns panel = territory(80, 40, 24, 5, 0.15, 0.1);
    random::stream draw(random::place{.seed = 22, .purpose = 79});
    std::vector<double> district(8);
    for (double& d : district) d = 0.5 * random::normal(draw);
    for (std::size_t r = 0; r < panel.value.size(); ++r)
        panel.value[r] = district[panel.group[r] / 5] + 0.6 * random::normal(draw);
    const auto made = estimated(panel);
    const double ratio = made->shrinkage.tau2_closed / made->shrinkage.exchangeable_reml;
    EXPECT_LT(ratio, 0.8) << "what raises value_added.prior_not_exchangeable";
}

// Contrasts of least squares are right on average: 500 draws, within three simulation errors.
TEST(value_added_truth, effects_and_corrected_variances_are_unbiased) {
    panel_columns panel = territory(60, 12, 16, 7);
    random::stream plan(random::place{.seed = 31, .purpose = 79});
    std::vector<double> truth(panel.n_groups), alpha(panel.n_units);
    for (double& x : truth) x = 0.2 * random::normal(plan);
    for (double& x : alpha) x = 0.5 * random::normal(plan);
    org::value_added_policy policy;
    policy.prior = org::effect_prior::independent;
    constexpr int draws = 500;
    std::vector<double> sum(panel.n_groups, 0.0), squares(panel.n_groups, 0.0), centred(truth);
    double managers = 0.0, managers_squares = 0.0, target = 0.0;
    for (int k = 0; k < draws; ++k) {
        random::stream draw(random::place{.seed = 32, .replication = static_cast<std::uint32_t>(k), .purpose = 79});
        for (std::size_t r = 0; r < panel.value.size(); ++r)
            panel.value[r] = alpha[panel.unit[r]] + truth[panel.group[r]] + 0.6 * random::normal(draw);
        const auto made = estimated(panel, policy);
        if (k == 0) {
            made->problem.components.centre(centred);
            const double N = made->problem.components.weight[0];
            for (std::size_t j = 0; j < panel.n_groups; ++j)
                target += made->problem.components.group_weight[j] * centred[j] * centred[j] / (N - 1.0);
            ASSERT_EQ(made->problem.components.size(), 1U);
        }
        for (std::size_t j = 0; j < panel.n_groups; ++j) {
            sum[j] += made->effect[j];
            squares[j] += made->effect[j] * made->effect[j];
        }
        managers += made->variance.managers_corrected;
        managers_squares += made->variance.managers_corrected * made->variance.managers_corrected;
    }
    const auto error_of = [&](double s, double q) { return std::sqrt((q / draws - s * s / draws / draws) / draws); };
    for (std::size_t j = 0; j < panel.n_groups; ++j)
        EXPECT_NEAR(sum[j] / draws, centred[j], 3.0 * error_of(sum[j], squares[j])) << j;
    EXPECT_NEAR(managers / draws, target, 3.0 * error_of(managers, managers_squares));
}

} // namespace
