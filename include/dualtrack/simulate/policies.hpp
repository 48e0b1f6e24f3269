// How a simulated firm chooses its managers, and what people get besides the post. A rule scores the candidates of one
// vacancy and the highest score is asked first; ties go to the higher tie word of the candidate. A rule sees what a
// firm can see: sales over 12 months, tenure, ratings with their noise. Only `oracle` sees the true value of a manager,
// as the bound that no firm can reach. Reward packages come on top of any rule, so that "promotion is not the reward"
// can be tried. `worst_seller` is here to be compared with, never as advice: the model has no effort that it would
// ruin.
//     predicted_va   bs .9 sales12 / sA + bc (Q + .5 z);   band  readiness + 10 where the rank by sales is in [lo, hi)
//     lottery        at random among the best share by readiness;   hybrid  w z(sales12) + (1 - w) z(readiness)
//     test_drive     the k best by readiness: 100 + v/sv + .78 z, at a cost of output;   observed  odds x 1.32 a
//     doubling
// Reference: Benson, Li, Shue 2019, QJE 134:2085 (observed); Pluchino, Rapisarda, Garofalo 2010, 2011 (best_worst,
// mixed_random); the five source articles (band, test drive, packages).
#pragma once

#include <dualtrack/base/exp_log.hpp>
#include <dualtrack/simulate/draws.hpp>
#include <dualtrack/simulate/organisation.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace dualtrack::simulate {

enum class rule_kind : std::uint8_t {
    best_seller,
    worst_seller,
    seniority,
    random,
    readiness,
    predicted_va,
    band,
    lottery,
    test_drive,
    mixed_random,
    best_worst,
    hybrid,
    external,
    observed,
    oracle,
    host
};

/// What a rule may look at: the candidates of one vacancy. [n] each
struct observed_candidates {
    std::size_t n = 0;
    std::uint32_t team = 0, period = 0;
    std::uint64_t vacancy = 0; // key for any draw
    const std::uint32_t* person = nullptr;
    const float* sales12 = nullptr;       // log, 0 = average rep
    const float* tenure = nullptr;        // months
    const float* collaboration = nullptr; // sd, with noise
    const float* readiness = nullptr;     // sd of managers' value, with noise
    const float* trial = nullptr;         // the same after a test drive
    const float* pay = nullptr;           // x the average rep
    const std::uint8_t* flags = nullptr;  // 1: of the team that has the vacancy
};

/// A rule of the host: NaN = not eligible; false stops the run.
using host_score = bool (*)(const observed_candidates& candidates, float* score_out, void* user);

struct promotion_rule {
    rule_kind kind = rule_kind::random;
    std::array<double, 3> figures{};
    bool interviewed = false; // candidates are talked to, which makes being passed over easier to bear
    host_score score = nullptr;
    void* user = nullptr;
    bool tries_everybody = false; // a host's rule that pays for a test drive of every candidate
};

/// A built-in rule: its name, figures and their bounds.
struct rule_description {
    std::string_view name;
    rule_kind kind;
    bool interviewed;
    std::size_t n_figures;
    std::array<double, 3> figures, low, high;
};

inline constexpr std::array<rule_description, 15> built_in_rules{{
    {"best_seller", rule_kind::best_seller, false, 0, {}, {}, {}},
    {"random", rule_kind::random, false, 0, {}, {}, {}},
    {"seniority", rule_kind::seniority, false, 0, {}, {}, {}},
    {"lottery", rule_kind::lottery, false, 1, {0.5}, {0.01}, {1.0}},
    {"band", rule_kind::band, true, 2, {0.70, 0.95}, {0.0, 0.0}, {1.0, 1.01}},
    {"predicted_va", rule_kind::predicted_va, false, 2, {-0.20, 0.20}, {-10, -10}, {10, 10}},
    {"readiness", rule_kind::readiness, true, 0, {}, {}, {}},
    {"test_drive", rule_kind::test_drive, true, 3, {3, 3, 0.2}, {1, 0, 0}, {1000, 60, 10}},
    {"hybrid", rule_kind::hybrid, false, 1, {0.5}, {0.0}, {1.0}},
    {"mixed_random", rule_kind::mixed_random, false, 1, {0.5}, {0.0}, {1.0}},
    {"best_worst", rule_kind::best_worst, false, 1, {0.5}, {0.0}, {1.0}},
    {"observed", rule_kind::observed, false, 0, {}, {}, {}},
    {"external", rule_kind::external, false, 0, {}, {}, {}},
    {"oracle", rule_kind::oracle, false, 0, {}, {}, {}},
    {"worst_seller", rule_kind::worst_seller, false, 0, {}, {}, {}},
}};

/// What people get besides the post.
struct reward_packages {
    bool dual_track = false;   // an expert's career: pay at par, being passed over hurts less
    bool not_yet_talk = false; // every candidate is talked to
    double mentees = 0;        // of each mentor; 0: no mentoring
    double mentee_gain = 0.05; // G / B, share of an average rep's yearly output
    double half_life = 12;     // months, after the end
    double quota_relief = 0;   // q, share of the mentor's output
    double mentors = 5;        // of the firm, chosen anew every year
    double demotion = 0;       // managers this far below prediction step down; 0: none
    double training_rate = 0;  // probability of a training on promotion
    double training_gain = 0;  // sd of v
};

/// Net gain of a mentor for a firm, in its currency: k G - q Q (article 002).
[[nodiscard]] constexpr double mentoring_net(double n_mentees, double gain_each, double relief_share,
                                             double quota) noexcept {
    return n_mentees * gain_each - relief_share * quota;
}
/// The gain of each mentee that pays for the relief.
[[nodiscard]] constexpr double mentoring_break_even(double n_mentees, double relief_share, double quota) noexcept {
    return relief_share * quota / n_mentees;
}

namespace detail {

/// Mean 0, sd 1 over n; all 0 where they do not differ.
inline void standardise(const float* from, std::size_t n, double* to) {
    double sum = 0, squares = 0;
    for (std::size_t k = 0; k < n; ++k) sum += static_cast<double>(from[k]);
    const double mean = sum / static_cast<double>(n);
    for (std::size_t k = 0; k < n; ++k) {
        to[k] = static_cast<double>(from[k]) - mean;
        squares += to[k] * to[k];
    }
    const double sd = std::sqrt(squares / static_cast<double>(n));
    for (std::size_t k = 0; k < n; ++k) to[k] = sd > 0 ? to[k] / sd : 0.0;
}

/// The k-th largest of n, k from 1.
inline float largest(const float* from, std::size_t n, std::size_t k, std::vector<float>& scratch) {
    scratch.assign(from, from + n);
    std::nth_element(scratch.begin(), scratch.begin() + static_cast<std::ptrdiff_t>(k - 1), scratch.end(),
                     [](float a, float b) { return a > b; });
    return scratch[k - 1];
}

} // namespace detail

/// The words of a candidate at a vacancy, see purpose::candidate. [n]
struct candidate_chances {
    const std::uint32_t* random;
    random::words choice; // of the vacancy
};

struct score_scratch {
    std::vector<float> sorted;
    std::vector<double> sales, readiness;
};

/// Scores of a built-in rule that sees observables alone. `rank` is the share of candidates with lower sales.
/// @pre candidates.n > 0; the rule is none of test_drive, oracle, external, host
inline void score_candidates(const promotion_rule& rule, const sales_assumptions& a,
                             const observed_candidates& candidates, const double* rank, const candidate_chances& chance,
                             score_scratch& scratch, float* score) {
    const std::size_t n = candidates.n;
    const auto each = [&](auto of) {
        for (std::size_t k = 0; k < n; ++k) score[k] = static_cast<float>(of(k));
    };
    const auto by_chance = [&] { each([&](std::size_t k) { return delta_of(chance.random[k]); }); };
    const auto by_sales = [&](float sign) { each([&](std::size_t k) { return sign * candidates.sales12[k]; }); };
    const double coin = random::uniform_24(chance.choice[0]);
    switch (rule.kind) {
    case rule_kind::best_seller:
        by_sales(1.0F);
        break;
    case rule_kind::worst_seller:
        by_sales(-1.0F);
        break;
    case rule_kind::seniority:
        each([&](std::size_t k) { return candidates.tenure[k]; });
        break;
    case rule_kind::readiness:
        each([&](std::size_t k) { return candidates.readiness[k]; });
        break;
    case rule_kind::predicted_va: {
        const auto by = static_cast<float>(rule.figures[0] * 0.9 / a.talent_spread);
        const auto with = static_cast<float>(rule.figures[1]);
        each([&](std::size_t k) { return by * candidates.sales12[k] + with * candidates.collaboration[k]; });
        break;
    }
    case rule_kind::band:
        each([&](std::size_t k) {
            const bool inside = rank[k] >= rule.figures[0] && rank[k] < rule.figures[1];
            return candidates.readiness[k] + (inside ? 10.0F : 0.0F);
        });
        break;
    case rule_kind::lottery: {
        const double wanted = std::ceil(rule.figures[0] * static_cast<double>(n) - 1e-9);
        const auto n_top = static_cast<std::size_t>(std::clamp(wanted, 1.0, static_cast<double>(n)));
        const float cut = detail::largest(candidates.readiness, n, n_top, scratch.sorted);
        each([&](std::size_t k) {
            return delta_of(chance.random[k]) - (candidates.readiness[k] >= cut ? 0.0F : 10.0F);
        });
        break;
    }
    case rule_kind::hybrid:
        scratch.sales.resize(n);
        scratch.readiness.resize(n);
        detail::standardise(candidates.sales12, n, scratch.sales.data());
        detail::standardise(candidates.readiness, n, scratch.readiness.data());
        each([&](std::size_t k) {
            return rule.figures[0] * scratch.sales[k] + (1.0 - rule.figures[0]) * scratch.readiness[k];
        });
        break;
    case rule_kind::observed: {
        // Gumbel noise on the logarithm of the odds draws each candidate in proportion to them.
        const double by = numeric::log(1.32) / numeric::log(2.0);
        each([&](std::size_t k) {
            return by * static_cast<double>(candidates.sales12[k]) -
                   numeric::log(-numeric::log(random::uniform_24(chance.random[k])));
        });
        break;
    }
    case rule_kind::mixed_random:
        if (coin < rule.figures[0])
            by_chance();
        else
            by_sales(1.0F);
        break;
    case rule_kind::best_worst:
        by_sales(coin < rule.figures[0] ? 1.0F : -1.0F);
        break;
    default:
        by_chance();
        break;
    }
}

} // namespace dualtrack::simulate
