#include <dualtrack/assess/evidence.hpp>
#include <dualtrack/assess/halo.hpp>
#include <dualtrack/assess/readiness.hpp>

#include <array>
#include <cmath>
#include <vector>

#include <dualtrack/base/random.hpp>

#include <gtest/gtest.h>

namespace {

using namespace dualtrack;
using assess::observation;
using assess::source;
using assess::spearman_brown;

// The table of Conway and Huffcutt's figures for 1, 2, 3, 5 and 8 raters: supervisor .52 .68 .76 .84 .90, peer .37 ...
// .82.
TEST(spearman_brown, gives_the_published_reliabilities_of_several_raters) {
    const std::array<double, 5> k{1, 2, 3, 5, 8};
    const std::array<double, 5> supervisor{.52, .68, .76, .84, .90};
    const std::array<double, 5> peer{.37, .54, .64, .75, .82};
    const std::array<double, 5> report{.30, .46, .56, .68, .77};
    for (std::size_t i = 0; i < k.size(); ++i) {
        EXPECT_NEAR(spearman_brown(.52, k[i]), supervisor[i], 0.005);
        EXPECT_NEAR(spearman_brown(.37, k[i]), peer[i], 0.005);
        EXPECT_NEAR(spearman_brown(.30, k[i]), report[i], 0.005);
    }
}

// By hand: one manager, rho .52, g .65: lambda^2 = .338, information .338/.662 = .510574, precision 1.510574.
// z = 1: mean = sqrt(.338) / .662 / 1.510574 = .581378; sd = .813634.
TEST(evidence, of_one_manager_is_weighed_as_by_hand) {
    const std::vector<observation> one{{source::manager, 1.0, 0.52, 1, 0.65}};
    std::vector<assess::weighed> lines(1);
    const auto judged = assess::weigh(one, lines);
    EXPECT_NEAR(judged.mean, std::sqrt(0.338) / 0.662 / (1.0 + 0.338 / 0.662), 1e-15);
    EXPECT_NEAR(judged.mean, 0.581378, 1e-6);
    EXPECT_NEAR(judged.sd, 0.813634, 1e-6);
    EXPECT_NEAR(lines[0].weight + judged.prior_weight, 1.0, 1e-15);
}

TEST(evidence, of_nobody_is_the_prior) {
    const auto judged = assess::weigh({}, {});
    EXPECT_EQ(judged.mean, 0.0);
    EXPECT_EQ(judged.sd, 1.0);
    EXPECT_EQ(judged.prior_weight, 1.0);
}

TEST(evidence, weights_sum_to_one_and_weighted_observations_to_the_mean) {
    random::stream draw(random::place{.seed = 5});
    for (int round = 0; round < 20000; ++round) {
        std::vector<observation> all(random::below(draw, 10));
        for (observation& one : all)
            one = {source::peer, 2.0 * random::normal(draw), 0.05 + 0.9 * random::uniform(draw), 1, 0.65};
        std::vector<assess::weighed> lines(all.size());
        auto judged = assess::weigh(all, lines);
        assess::weighed flag;
        if (round % 2 == 0) flag = assess::apply_cap(judged, lines, -0.5, 0.44, 0.65);
        double weights = judged.prior_weight + flag.weight;
        double mean = flag.weight * flag.observed;
        for (const auto& line : lines) {
            weights += line.weight;
            mean += line.weight * line.observed;
        }
        EXPECT_NEAR(weights, 1.0, 1e-12);
        EXPECT_NEAR(mean, judged.mean, 1e-12);
        EXPECT_TRUE(flag.weight == 0.0 || std::fabs(judged.mean + 0.5) < 1e-12);
        EXPECT_TRUE(round % 2 != 0 || judged.mean <= -0.5 + 1e-12);
    }
}

// The articles' mistake: parts 5, 5 and nothing are 5, not 3.33. A third source that says nothing changes nothing.
TEST(evidence, that_is_missing_is_not_a_zero) {
    const std::vector<observation> two{{source::manager, 1.2, 0.52, 1, 0.65}, {source::peer, 1.2, 0.64, 3, 0.65}};
    std::vector<assess::weighed> lines(2);
    const auto both = assess::weigh(two, lines);
    const std::vector<observation> with_zero{two[0], two[1], {source::report, 0.0, 0.56, 3, 0.65}};
    std::vector<assess::weighed> three(3);
    const auto zero = assess::weigh(with_zero, three);
    EXPECT_GT(both.mean, zero.mean) << "somebody who said 0 pulls down; nobody does not";
    EXPECT_GT(both.sd, zero.sd) << "and nobody leaves the interval wider";
}

// The worked example of the source articles: three parts, two of them 5 and one not asked. Averaged with a nought it is
// 3.33; it is 5. With a third part that was asked and is a nought, it is 3.33.
TEST(evidence, of_parts_5_5_and_nothing_is_5_and_not_3_33) {
    const auto part = [](source from, double said) {
        return observation{from, said * std::sqrt(0.5 * 0.65), 0.5, 1, 0.65};
    };
    const auto without_prior = [](std::span<const observation> parts) {
        std::vector<assess::weighed> lines(parts.size());
        const auto judged = assess::weigh(parts, lines);
        return judged.mean / (1.0 - judged.prior_weight);
    };
    const std::vector<observation> two{part(source::manager, 5), part(source::peer, 5)};
    EXPECT_NEAR(without_prior(two), 5.0, 1e-12);
    const std::vector<observation> three{two[0], two[1], part(source::report, 0)};
    EXPECT_NEAR(without_prior(three), 10.0 / 3.0, 1e-12);
}

/// One person drawn from the measurement model itself.
struct drawn {
    double theta = 0.0;
    std::vector<observation> observations;
};

drawn draw_person(random::stream& draw, const std::vector<std::pair<source, int>>& sources) {
    constexpr double g = 0.65;
    drawn out;
    out.theta = random::normal(draw);
    for (const auto& [from, k] : sources) {
        const double rho = from == source::manager ? 0.52 : from == source::peer ? 0.37 : 0.30;
        const double perspective = random::normal(draw);
        double sum = 0.0;
        for (int rater = 0; rater < k; ++rater)
            sum += std::sqrt(g * rho) * out.theta + std::sqrt((1.0 - g) * rho) * perspective +
                   std::sqrt(1.0 - rho) * random::normal(draw);
        const double z = sum / k / std::sqrt(rho + (1.0 - rho) / k);
        out.observations.push_back({from, z, spearman_brown(rho, k), k, g});
    }
    return out;
}

TEST(evidence, intervals_cover_the_planted_truth_as_often_as_they_say) {
    for (const auto& sources :
         {std::vector<std::pair<source, int>>{{source::manager, 1}, {source::peer, 3}, {source::report, 4}},
          std::vector<std::pair<source, int>>{{source::peer, 2}}}) {
        int in_80 = 0;
        int in_95 = 0;
        double implied = 0.0;
        double tt = 0.0, mm = 0.0, tm = 0.0;
        constexpr int n = 10000;
        for (int i = 0; i < n; ++i) {
            random::stream draw(random::place{.seed = 77, .entity = static_cast<std::uint32_t>(i)});
            const auto person = draw_person(draw, sources);
            std::vector<assess::weighed> lines(person.observations.size());
            const auto judged = assess::weigh(person.observations, lines);
            in_80 += std::fabs(person.theta - judged.mean) <= 1.281552 * judged.sd ? 1 : 0;
            in_95 += std::fabs(person.theta - judged.mean) <= 1.959964 * judged.sd ? 1 : 0;
            implied = std::sqrt(1.0 - judged.sd * judged.sd);
            tt += person.theta * person.theta;
            mm += judged.mean * judged.mean;
            tm += person.theta * judged.mean;
        }
        EXPECT_NEAR(in_80 / static_cast<double>(n), 0.80, 0.015);
        EXPECT_NEAR(in_95 / static_cast<double>(n), 0.95, 0.01);
        EXPECT_NEAR(tm / std::sqrt(tt * mm), implied, 0.02) << "correlation with the truth is what the loadings imply";
    }
}

/// One person with severity in every source; the estimate is compared with one that solves the whole normal system at
/// once.
TEST(halo, gives_the_exact_posterior_of_constructs_and_severities_together) {
    // By hand: one construct, one source, lambda^2 = .338, severity variance v: theta and b are confounded. Precision
    // of theta alone: cov = 1 - l^2 / (l^2 + psi + v) with l^2 + psi = 1.
    std::array<std::vector<observation>, assess::n_constructs> about;
    about[0] = {{source::manager, 1.0, 0.52, 1, 0.65, 0.25}};
    std::array<double, assess::n_observed_sources> variance{};
    variance[static_cast<std::size_t>(source::manager)] = 0.25;
    const assess::halo one(about, variance);
    about[0][0].z -= one.severity(source::manager);
    std::vector<assess::weighed> lines(1);
    const auto judged = assess::weigh(about[0], lines);
    EXPECT_NEAR(judged.mean, std::sqrt(0.338) / 1.25, 1e-14);
    std::array<double, assess::n_constructs> alone{};
    alone[0] = 1.0;
    EXPECT_NEAR(judged.sd * judged.sd + one.added_variance(alone), 1.0 - 0.338 / 1.25, 1e-14);
}

TEST(halo, keeps_intervals_of_readiness_honest_when_one_mild_boss_rates_all_nine) {
    const auto weight = assess::scaled_weights({.29, .29, .28, .27, .25, .24, .20, .12, .12});
    constexpr double v = 0.09;
    int with_halo = 0;
    int without = 0;
    constexpr int n = 10000;
    for (int i = 0; i < n; ++i) {
        random::stream draw(random::place{.seed = 31, .entity = static_cast<std::uint32_t>(i)});
        const double severity = std::sqrt(v) * random::normal(draw);
        std::array<std::vector<observation>, assess::n_constructs> about;
        double truth = 0.0;
        for (std::size_t c = 0; c < about.size(); ++c) {
            const double theta = random::normal(draw);
            truth += weight[c] * theta;
            about[c] = {{source::manager, std::sqrt(0.338) * theta + std::sqrt(0.662) * random::normal(draw) + severity,
                         0.52, 1, 0.65, v}};
        }
        const auto covers = [&](const std::array<double, assess::n_observed_sources>& variance) {
            auto adjusted = about;
            const assess::halo halo(adjusted, variance);
            std::array<assess::judgement, assess::n_constructs> judged;
            std::vector<assess::weighed> lines(1);
            for (std::size_t c = 0; c < adjusted.size(); ++c) {
                adjusted[c][0].z -= halo.severity(source::manager);
                judged[c] = assess::weigh(adjusted[c], lines);
            }
            assess::readiness_rules rules;
            rules.weight = weight;
            const auto out = assess::readiness_of(rules, judged, std::array<std::int64_t, assess::n_constructs>{}, 1,
                                                  halo.added_variance(weight));
            return std::fabs(truth - out.z) <= numeric::interval_95 * out.sd;
        };
        std::array<double, assess::n_observed_sources> variance{};
        without += covers(variance) ? 1 : 0;
        variance[static_cast<std::size_t>(source::manager)] = v;
        with_halo += covers(variance) ? 1 : 0;
    }
    EXPECT_NEAR(with_halo / static_cast<double>(n), 0.95, 0.01);
    EXPECT_LT(without / static_cast<double>(n), 0.92) << "nine opinions of one person taken for nine";
}

TEST(readiness, is_exactly_the_weighted_sum_of_its_constructs) {
    assess::readiness_rules rules;
    rules.weight = assess::scaled_weights({.29, .29, .28, .27, .25, .24, .20, .12, .12});
    std::array<assess::judgement, assess::n_constructs> judged;
    for (std::size_t c = 0; c < judged.size(); ++c) judged[c] = {0.1 * static_cast<double>(c) - 0.3, 0.8, 0.64, 0.64};
    const std::array<std::int64_t, assess::n_constructs> sources{2, 2, 2, 2, 2, 2, 2, 2, 2};
    const auto out = assess::readiness_of(rules, judged, sources, 3);
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t c = 0; c < judged.size(); ++c) {
        sum += rules.weight[c] * judged[c].mean;
        squares += rules.weight[c] * rules.weight[c];
    }
    EXPECT_EQ(out.z, sum);
    EXPECT_NEAR(squares, 1.0, 1e-15);
    EXPECT_NEAR(out.sd, 0.8, 1e-15);
}

TEST(readiness, is_not_judged_on_one_source_about_a_required_construct) {
    assess::readiness_rules rules;
    rules.weight = assess::scaled_weights({1, 1, 0, 0, 0, 0, 0, 0, 0});
    rules.required[1] = true;
    std::array<assess::judgement, assess::n_constructs> judged;
    judged[0] = judged[1] = {2.0, 0.1, 0.01, 0.01};
    std::array<std::int64_t, assess::n_constructs> sources{2, 1, 0, 0, 0, 0, 0, 0, 0};
    EXPECT_EQ(assess::readiness_of(rules, judged, sources, 2).status, assess::readiness_status::insufficient_evidence);
    sources[1] = 2;
    EXPECT_EQ(assess::readiness_of(rules, judged, sources, 2).status, assess::readiness_status::ready);
    judged[0].mean = judged[1].mean = 0.1;
    EXPECT_EQ(assess::readiness_of(rules, judged, sources, 2).status, assess::readiness_status::develop);
}

TEST(readiness, question_promises_the_narrowing_that_then_happens) {
    assess::readiness_rules rules;
    rules.weight = assess::scaled_weights({1, 1, 0, 0, 0, 0, 0, 0, 0});
    std::array<assess::judgement, assess::n_constructs> judged;
    const std::array<std::int64_t, assess::n_constructs> sources{};
    std::vector<observation> peers{{source::peer, 0.3, spearman_brown(0.37, 2), 2, 0.65}};
    std::vector<assess::weighed> lines(1);
    judged[0] = assess::weigh(peers, lines);
    const auto before = assess::readiness_of(rules, judged, sources, 0);
    const double promised = assess::interval_reduction(rules, before, judged[0], 0, 0.37, 2, 0.65);
    peers[0].reliability = spearman_brown(0.37, 3);
    judged[0] = assess::weigh(peers, lines);
    const auto after = assess::readiness_of(rules, judged, sources, 0);
    EXPECT_NEAR(promised, 2.0 * numeric::interval_95 * (before.sd - after.sd), 1e-12);
}

} // namespace
