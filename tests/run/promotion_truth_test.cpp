// Truth: on 500 planted organisations, end to end from deals and ratings, choosing by the predicted effect and by the
// net value gains nearly all that the best predictor gains, and what is predicted comes true as often as it says.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "planted_seats.hpp"
#include "run/analysis.hpp"
#include "run/decided.hpp"

namespace {

using namespace dualtrack;

constexpr std::uint64_t n_seeds = 500;
constexpr double margin = 0.10, pay = 11'000'000.0; // a year at target, minor units

/// What passing over j costs when X gets the seat: chance that it drives j away, times the cost, and the dip before.
double passing_over(const test::true_seller& j, const test::true_seller& x) {
    const bool outsold = j.recorded > x.recorded;
    const double leaves = test::published_exit(j.rank, true, outsold, j.interviewed != 0, 0.0);
    const double anyway = test::published_exit(j.rank, false, false, false, 0.0);
    const double sales = margin * j.monthly;
    const double exits = (leaves - anyway) * (sales * 0.15 * 9.5 + std::max(2.5 * sales, 0.8 * pay));
    const double dip = outsold ? 3.0 * sales * (1.0 - std::exp(-0.33)) * std::pow(1.0 - leaves, 0.25) : 0.0;
    return exits + dip;
}

/// What the promotion of X brings in truth, apart from what is the same for every candidate of the seat.
double true_money(const test::planted_seats& truth, std::uint32_t x, std::uint32_t from, std::uint32_t to) {
    const test::true_seller& who = truth.people[x];
    double team = 0.0;
    double costs = margin * who.monthly * (2.5 + 0.15 * 9.5);
    for (std::uint32_t j = from; j < to; ++j) {
        if (j == x) continue;
        team += truth.people[j].monthly;
        costs += passing_over(truth.people[j], who);
    }
    return margin * team * 21.0 * (std::exp(who.effect - 0.02) - 1.0) - costs;
}

/// What ways of choosing bring, in log points of each report's sales and in money; means a seat.
struct gains {
    double chosen = 0.0, best = 0.0, top_seller = 0.0, oracle = 0.0;
    void print(const char* what) const {
        std::printf("%-34s top seller %12.4f  by the library %12.4f  best predictor %12.4f  oracle %12.4f\n", what,
                    top_seller, chosen, best, oracle);
        std::printf("%-34s of the best predictor's gain %.3f, of the oracle's %.3f\n", "",
                    (chosen - top_seller) / (best - top_seller), (chosen - top_seller) / (oracle - top_seller));
    }
    [[nodiscard]] double of_best() const { return (chosen - top_seller) / (best - top_seller); }
    [[nodiscard]] double of_oracle() const { return (chosen - top_seller) / (oracle - top_seller); }
};

struct found {
    gains effect, money;
    std::vector<double> predicted, sd, true_effect;
    std::vector<double> exit_said;
    std::vector<int> exit_seen;
    double exit_gap = 0.0; // largest difference of a predicted exit from the planted one
    double record_gap = 0.0;
};

found look(double territory_sd) {
    found out;
    const org::policy policy = [] {
        org::policy p;
        p.as_of = test::seats_plan{}.as_of;
        return p;
    }();
    constexpr double n_seats = 4.0 * n_seeds;
    for (std::uint64_t seed = 1; seed <= n_seeds; ++seed) {
        const auto truth = test::plant({.seed = seed, .territory_sd = territory_sd});
        auto run = run::decide_promotions(run_context{}, truth.data, policy);
        if (!run) throw std::runtime_error(run.error().message);
        const run::decided& all = *run.value();
        org::effect_coefficients planted = policy.promotion.effect;
        planted.sales = truth.b[0];
        planted.collaboration = truth.b[1];
        planted.readiness = truth.b[2];
        planted.sales_sd = planted.collaboration_sd = planted.readiness_sd = 0.0;
        for (std::size_t begin = 0, end = 0; begin < all.candidates.size(); begin = end) {
            while (end < all.candidates.size() && all.candidates[end].vacancy == all.candidates[begin].vacancy) ++end;
            const std::uint32_t from = all.candidates[begin].person;
            const std::uint32_t to = from + static_cast<std::uint32_t>(end - begin);
            // By score: predicted effect, effect with true coefficients, sales, truth; the same with the net value.
            std::array<double, 8> best_of;
            best_of.fill(-1e300);
            std::array<double, 8> brings{};
            for (std::size_t i = begin; i < end; ++i) {
                const run::seat_verdict& one = all.candidates[i];
                const test::true_seller& who = truth.people[one.person];
                const auto known = decide::predict(planted, one.facts.record);
                const double money = true_money(truth, one.person, from, to);
                const std::array<double, 8> score{one.verdict.effect.mean,
                                                  known.mean,
                                                  who.recorded,
                                                  who.effect,
                                                  static_cast<double>(one.value.net_value),
                                                  decide::expected_net(one.terms, known),
                                                  who.recorded,
                                                  money};
                for (std::size_t k = 0; k < score.size(); ++k) {
                    if (!(score[k] > best_of[k])) continue;
                    best_of[k] = score[k];
                    brings[k] = k < 4 ? who.effect : money;
                }
                out.predicted.push_back(one.verdict.effect.mean);
                out.sd.push_back(one.verdict.effect.sd);
                out.true_effect.push_back(who.effect);
                out.record_gap = std::max({out.record_gap, std::fabs(one.facts.record[0].value - who.log_sales),
                                           std::fabs(one.facts.record[1].value - who.collaboration)});
            }
            const auto add = [&](gains& to_add, std::size_t k, double unit) {
                to_add.chosen += brings[k] / unit / n_seats;
                to_add.best += brings[k + 1] / unit / n_seats;
                to_add.top_seller += brings[k + 2] / unit / n_seats;
                to_add.oracle += brings[k + 3] / unit / n_seats;
            };
            add(out.effect, 0, 1.0);
            add(out.money, 4, 100.0);
        }
        std::size_t at = 0;
        for (const run::passed_over_row& row : all.passed_over) {
            if (row.winner_is != 0) continue;
            const test::true_exit& exit = truth.exits.at(at++);
            if (exit.vacancy != row.vacancy || exit.person != row.who.person)
                throw std::runtime_error("not the people who were passed over");
            out.exit_said.push_back(row.who.risk.exit_probability);
            out.exit_seen.push_back(exit.left ? 1 : 0);
            out.exit_gap = std::max(out.exit_gap, std::fabs(row.who.risk.exit_probability - exit.probability));
        }
        if (at != truth.exits.size()) throw std::runtime_error("somebody who was passed over is missing");
    }
    return out;
}

const found& usual() {
    static const found out = look(0.35);
    return out;
}

const found& raw_territories() {
    static const found out = look(1.62);
    return out;
}

TEST(truth, what_is_on_record_is_what_was_planted) {
    EXPECT_LT(usual().record_gap, 1e-9);
    EXPECT_LT(raw_territories().record_gap, 1e-9);
}

TEST(truth, choosing_by_predicted_effect_gains_most_of_what_the_best_predictor_gains) {
    usual().effect.print("log points, sd of territories .35");
    raw_territories().effect.print("log points, sd of territories 1.62");
    EXPECT_GE(usual().effect.of_best(), 0.9);
    EXPECT_GE(raw_territories().effect.of_best(), 0.9);
    EXPECT_GE(raw_territories().effect.of_oracle(), 0.6);
}

TEST(truth, choosing_by_net_value_gains_the_same_in_money) {
    usual().money.print("money, sd of territories .35");
    raw_territories().money.print("money, sd of territories 1.62");
    EXPECT_GE(usual().money.of_best(), 0.9);
    EXPECT_GE(raw_territories().money.of_best(), 0.9);
    EXPECT_GE(raw_territories().money.of_oracle(), 0.6);
}

TEST(truth, predicted_effects_are_calibrated) {
    for (const found* one : {&usual(), &raw_territories()}) {
        const auto n = static_cast<double>(one->predicted.size());
        double mean_x = 0.0, mean_y = 0.0;
        for (std::size_t i = 0; i < one->predicted.size(); ++i) {
            mean_x += one->predicted[i] / n;
            mean_y += one->true_effect[i] / n;
        }
        double xx = 0.0, xy = 0.0, covered = 0.0;
        for (std::size_t i = 0; i < one->predicted.size(); ++i) {
            const double x = one->predicted[i] - mean_x;
            xx += x * x;
            xy += x * (one->true_effect[i] - mean_y);
            covered += std::fabs(one->predicted[i] - one->true_effect[i]) <= 1.959963984540054 * one->sd[i] ? 1.0 : 0.0;
        }
        std::printf("slope %.3f, 95 %% intervals hold %.2f %%, mean said %.4f, true %.4f, n %.0f\n", xy / xx,
                    100.0 * covered / n, mean_x, mean_y, n);
        EXPECT_GT(xy / xx, 0.9);
        EXPECT_LT(xy / xx, 1.1);
        EXPECT_GT(covered / n, 0.93);
        EXPECT_LT(covered / n, 0.97);
        EXPECT_NEAR(mean_x, mean_y, 0.02);
    }
}

TEST(truth, predicted_exits_come_true_as_often_as_they_say) {
    const found& all = usual();
    const auto n = static_cast<double>(all.exit_said.size());
    ASSERT_GT(n, 10000.0);
    EXPECT_LT(all.exit_gap, 1e-9) << "the published hazard of each";
    double said = 0.0, seen = 0.0;
    std::vector<std::size_t> order(all.exit_said.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = i;
        said += all.exit_said[i] / n;
        seen += all.exit_seen[i] / n;
    }
    double score = 0.0;
    for (std::size_t i = 0; i < order.size(); ++i)
        score += (all.exit_said[i] - all.exit_seen[i]) * (all.exit_said[i] - all.exit_seen[i]) / n;
    const double skill = 1.0 - score / (seen * (1.0 - seen));
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return all.exit_said[a] != all.exit_said[b] ? all.exit_said[a] < all.exit_said[b] : a < b;
    });
    std::printf("leaves within a year: said %.4f, seen %.4f, Brier skill %.4f, n %.0f\n  decile  said   seen\n", said,
                seen, skill, n);
    for (std::size_t decile = 0; decile < 10; ++decile) {
        const std::size_t begin = order.size() * decile / 10;
        const std::size_t end = order.size() * (decile + 1) / 10;
        const auto size = static_cast<double>(end - begin);
        double p = 0.0, left = 0.0;
        for (std::size_t i = begin; i < end; ++i) {
            p += all.exit_said[order[i]] / size;
            left += all.exit_seen[order[i]] / size;
        }
        std::string bar(static_cast<std::size_t>(100.0 * left), '#');
        bar.resize(80, ' ');
        bar[static_cast<std::size_t>(100.0 * p)] = '|';
        std::printf("  %6zu  %.3f  %.3f  %s\n", decile + 1, p, left, bar.c_str());
        EXPECT_NEAR(p, left, 4.0 * std::sqrt(p * (1.0 - p) / size)) << "decile " << decile + 1;
    }
    EXPECT_GT(skill, 0.0);
    EXPECT_NEAR(said, seen, 3.0 * std::sqrt(seen * (1.0 - seen) / n));
}

} // namespace
