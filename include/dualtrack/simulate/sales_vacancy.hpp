// A team has lost its manager: who are the candidates, what does the rule say of each, who takes the post, and who is
// passed over. Offers go in the order of the scores until somebody accepts; a star who sells more than the post pays
// often declines. If all decline, the first in order takes it (or an outsider, by option).
//     sales12     record + (sU / sqrt 12) z, one look a person and period
//     acceptance  P = logistic(a0 + a1 ln(Wm / Wi)),   Wi = .5 + .5 e^sales12,  Wm = payM
//     passed over among the best fifth by sales12, and above the winner
#pragma once

#include <dualtrack/simulate/sales_world.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace dualtrack::simulate {
namespace detail {

/// The fewest of n candidates that one must outsell to be of that rank by sales.
inline std::int32_t least_outsold(double rank, std::size_t n) noexcept {
    constexpr std::int32_t never = std::numeric_limits<std::int32_t>::max();
    if (n < 2) return rank <= 0.0 ? 0 : never;
    const double others = static_cast<double>(n - 1);
    if (rank > 1.0) return never;
    auto least = static_cast<std::int32_t>(std::max(0.0, rank * others - 1.0));
    while (static_cast<double>(least) / others < rank) ++least;
    return least;
}

/// Fills the scratch with the candidates of a vacancy as they can be seen.
inline observed_candidates look_at_candidates(const sales_model& model, const sales_arm& arm, std::uint32_t replication,
                                              std::size_t team, std::uint32_t vacancy, const sales_world& world,
                                              sales_scratch& s) {
    const sales_seats& seats = world.seats;
    const auto field = [&](seat_field which) { return seats.field(which); };
    const auto fewest = static_cast<float>(model.a.candidate_tenure);
    const std::size_t from = model.shape.own_team_only ? seats.first[team] : 0;
    const std::size_t to = model.shape.own_team_only ? seats.first[team + 1] : seats.n;
    const float* tenure = field(seat_field::tenure);
    const float* occupied = field(seat_field::occupied);
    if (s.seat.size() < seats.n) s.seat.resize(seats.n);
    std::size_t n = 0;
    std::uint32_t* const seat_of = s.seat.data();
    for (std::size_t seat = from; seat < to; ++seat) {
        seat_of[n] = static_cast<std::uint32_t>(seat);
        n += static_cast<std::size_t>(static_cast<int>(occupied[seat] > 0) & static_cast<int>(tenure[seat] >= fewest));
    }
    const std::size_t room = s.room = padded(n);
    const rule_kind kind = arm.rule.kind;
    const bool for_host = kind == rule_kind::host || world.log != nullptr;
    const bool with_readiness = kind == rule_kind::readiness || kind == rule_kind::band || kind == rule_kind::lottery ||
                                kind == rule_kind::test_drive || kind == rule_kind::hybrid || for_host;
    const bool with_collaboration = kind == rule_kind::predicted_va || for_host;
    const bool with_chance = kind == rule_kind::random || kind == rule_kind::lottery || kind == rule_kind::observed ||
                             kind == rule_kind::mixed_random;
    if (s.n_lower.size() < seats.n_padded) { // candidates for posts above, who may come first, leave this one alone
        s.chance.resize(seats.n_padded);
        s.person.resize(seats.n_padded);
        s.n_lower.resize(seats.n_padded);
        s.flags.resize(seats.n_padded);
        s.rank.resize(seats.n_padded);
        for (std::vector<float>* each : {&s.record, &s.sales12, &s.tenure, &s.collaboration, &s.readiness})
            each->resize(seats.n_padded);
    }
    s.score.assign(room, float_nan);
    s.value.assign(room, float_nan);
    const float inverse_spread = model.spread > 0 ? static_cast<float>(1.0 / model.spread) : 0.0F;
    const auto tau = static_cast<float>(model.a.readiness_noise);
    const auto by_noise = static_cast<float>(model.a.collaboration_noise);
    const float* value = field(seat_field::value);
    const float* record = field(seat_field::record);
    const std::uint32_t* person = seats.persons();
    std::uint32_t* const person_of = s.person.data();
    float *const record_of = s.record.data(), *const tenure_of = s.tenure.data(), *const value_of = s.value.data();
    for (std::size_t k = 0; k < n; ++k) {
        const std::size_t seat = seat_of[k];
        person_of[k] = person[seat];
        record_of[k] = record[seat];
        tenure_of[k] = tenure[seat];
        value_of[k] = value[seat];
    }
    std::fill(person_of + n, person_of + room, 0U);
    std::fill(record_of + n, record_of + room, 0.0F);
    model.kernels.look_at(s.person.data(), s.record.data(), room, model.seed, replication, world.period, vacancy,
                          static_cast<float>(model.a.month_noise / std::sqrt(12.0)), s.sales12.data(),
                          with_chance ? s.chance.data() : nullptr);
    std::fill(s.sales12.data() + n, s.sales12.data() + room, float_infinity);
    if (with_collaboration)
        for (std::size_t k = 0; k < n; ++k)
            s.collaboration[k] = field(seat_field::collaboration)[s.seat[k]] +
                                 by_noise * field(seat_field::collaboration_noise)[s.seat[k]];
    if (with_readiness) {
        const float* readiness_noise = field(seat_field::readiness_noise);
        float* const readiness = s.readiness.data();
        for (std::size_t k = 0; k < n; ++k)
            readiness[k] = value_of[k] * inverse_spread + tau * readiness_noise[seat_of[k]];
    }
    if (for_host)
        for (std::size_t k = 0; k < n; ++k) s.flags[k] = seats.team[s.seat[k]] == team ? 1 : 0;
    model.kernels.count_lower(s.sales12.data(), n, s.n_lower.data());
    if (kind == rule_kind::band)
        for (std::size_t k = 0; k < n; ++k)
            s.rank[k] = n > 1 ? static_cast<double>(s.n_lower[k]) / static_cast<double>(n - 1) : 0.0;
    if (kind == rule_kind::host) {
        s.pay.resize(n);
        s.trial.assign(n, float_nan);
        for (std::size_t k = 0; k < n; ++k)
            s.pay[k] = static_cast<float>(0.5 + 0.5 * numeric::exp(static_cast<double>(s.sales12[k])));
    }
    return {n,
            static_cast<std::uint32_t>(team),
            world.period,
            vacancy,
            s.person.data(),
            s.sales12.data(),
            s.tenure.data(),
            s.collaboration.data(),
            s.readiness.data(),
            s.trial.data(),
            s.pay.data(),
            s.flags.data()};
}

/// The words of candidate k at a vacancy: random score, tie, acceptance, trial.
inline random::words words_of(const sales_model& model, std::uint32_t replication, std::uint64_t vacancy,
                              const sales_scratch& s, std::size_t k) {
    return draw(model.seed, replication, s.person[k], static_cast<std::uint32_t>(vacancy), purpose::candidate);
}

/// What a test drive of candidate k shows; its cost in output is charged.
inline float drive(const sales_model& model, std::uint32_t replication, std::uint64_t vacancy, std::size_t k,
                   double months, double share, const sales_scratch& s, sales_world& world) {
    const std::size_t seat = s.seat[k];
    const double spread = model.a.talent_spread;
    const double sold = spread * static_cast<double>(world.seats.field(seat_field::talent)[seat]) +
                        static_cast<double>(world.seats.field(seat_field::skill)[seat]) - 0.5 * spread * spread;
    world.cost += share * months * numeric::exp(sold);
    const float inverse_spread = model.spread > 0 ? static_cast<float>(1.0 / model.spread) : 0.0F;
    return s.value[k] * inverse_spread +
           static_cast<float>(model.a.trial_noise) * normal_of(words_of(model, replication, vacancy, s, k)[3]);
}

/// Scores of every candidate; the only place where `oracle` and a test drive meet the truth.
inline void score_vacancy(const sales_model& model, const sales_arm& arm, std::uint32_t replication, std::size_t team,
                          const observed_candidates& seen, sales_scratch& s, sales_world& world) {
    const std::size_t n = seen.n;
    switch (arm.rule.kind) {
    case rule_kind::oracle:
        std::copy_n(s.value.begin(), n, s.score.begin());
        return;
    case rule_kind::host:
        if (arm.rule.tries_everybody)
            for (std::size_t k = 0; k < n; ++k)
                s.trial[k] = drive(model, replication, seen.vacancy, k, 3, 0.2, s, world);
        if (!arm.rule.score(seen, s.score.data(), arm.rule.user)) world.failed = true;
        return;
    case rule_kind::test_drive: {
        std::copy_n(s.readiness.begin(), n, s.score.begin());
        s.order.resize(n);
        std::iota(s.order.begin(), s.order.end(), 0U);
        const auto wanted = static_cast<std::size_t>(std::clamp(arm.rule.figures[0], 1.0, 1e6));
        const std::size_t n_tried = std::min(n, wanted);
        std::partial_sort(s.order.begin(), s.order.begin() + static_cast<std::ptrdiff_t>(n_tried), s.order.end(),
                          [&](std::uint32_t x, std::uint32_t y) {
                              return s.readiness[x] != s.readiness[y] ? s.readiness[x] > s.readiness[y] : x < y;
                          });
        for (std::size_t i = 0; i < n_tried; ++i)
            s.score[s.order[i]] = 100.0F + drive(model, replication, seen.vacancy, s.order[i], arm.rule.figures[1],
                                                 arm.rule.figures[2], s, world);
        return;
    }
    default: {
        const candidate_chances chance{s.chance.data(),
                                       draw(model.seed, replication, static_cast<std::uint32_t>(team),
                                            static_cast<std::uint32_t>(seen.vacancy), purpose::choice)};
        score_candidates(arm.rule, model.a, seen, s.rank.data(), chance, s.scoring, s.score.data());
    }
    }
}

/// Asks in the order of the scores; n if an outsider gets the post.
inline std::size_t choose(const sales_model& model, std::uint32_t replication, std::uint32_t vacancy, std::size_t n,
                          sales_scratch& s, sales_world& world) {
    const auto word = [&](std::size_t k, std::size_t which) {
        return words_of(model, replication, vacancy, s, k)[which];
    };
    s.offers = s.score;
    std::size_t first = n;
    for (;;) {
        std::uint32_t at = 0;
        const std::uint32_t n_equal = model.kernels.find_highest(s.offers.data(), s.room, at);
        std::size_t best = n_equal == 0 ? n : at;
        for (std::size_t k = best + 1; n_equal > 1 && k < n; ++k)
            if (s.offers[k] == s.offers[best] && word(k, 1) > word(best, 1)) best = k;
        if (best == n) return model.shape.outside_if_declined ? n : first;
        if (first == n) first = best;
        const double own_pay = 0.5 + 0.5 * numeric::exp(static_cast<double>(s.sales12[best]));
        const double logit =
            model.a.acceptance_level + model.a.acceptance_pay * numeric::log(model.a.manager_pay / own_pay);
        if (happens(word(best, 2), 1.0 / (1.0 + numeric::exp(-logit)))) return best;
        s.declined[best] = 1;
        s.offers[best] = float_nan;
        if (world.counted) ++world.counts.declined;
    }
}

/// What is counted of a promotion. `winner` n: an outsider.
inline void count_promotion(const sales_model& model, std::size_t n, std::size_t winner, sales_scratch& s,
                            sales_world& world) {
    sales_counts& c = world.counts;
    sales_seats& seats = world.seats;
    const std::int32_t least_of_top = least_outsold(0.9, n);
    std::int64_t n_top = 0, n_grouped = 0, n_new = 0;
    const std::uint32_t* const seat_of = s.seat.data();
    const std::int32_t* const n_lower = s.n_lower.data();
    const std::uint8_t* const group = seats.group.data();
    std::uint8_t* const was_candidate = seats.was_candidate.data();
    for (std::size_t k = 0; k < n; ++k) {
        const std::size_t seat = seat_of[k];
        n_grouped += group[seat];
        n_top += n_lower[k] >= least_of_top ? 1 : 0;
        n_new += was_candidate[seat] == 0 ? 1 : 0;
        was_candidate[seat] = 1;
    }
    c.candidacies[0] += static_cast<std::int64_t>(n) - n_grouped;
    c.candidacies[1] += n_grouped;
    c.persons += n_new;
    c.top_candidates += n_top;
    c.top_passed += n_top - (winner < n && s.n_lower[winner] >= least_of_top ? 1 : 0);
    if (winner < n) {
        ++c.chosen[seats.group[s.seat[winner]]];
        ++c.winners;
        const double x = static_cast<double>(s.sales12[winner]) / model.a.talent_spread;
        const double v = static_cast<double>(s.value[winner]);
        c.slope_x += x;
        c.slope_v += v;
        c.slope_xx += x * x;
        c.slope_xv += x * v;
    }
    if (n < 2) return;
    std::int64_t pairs[3];
    model.kernels.count_pairs(s.score.data(), s.value.data(), n, pairs);
    if (pairs[1] == 0 || pairs[2] == 0) return; // all alike: no order
    c.order += static_cast<double>(pairs[0]) / std::sqrt(static_cast<double>(pairs[1]) * static_cast<double>(pairs[2]));
    ++c.n_order;
}

} // namespace detail
} // namespace dualtrack::simulate
