// The pyramid of the published models of the Peter principle: levels of seats, each seat held by one person with a
// competence, people who age, retire or are dismissed, and a rule that says who moves up. What a promotion does to
// competence is the assumption that decides everything:
//     common sense      competence carries over:  c' = clip(c + delta U[-1, 1], floor, 10)
//     Peter hypothesis  a fresh draw:             c' = clip(mean + sd z, floor, 10)
//     efficiency        E = 100 sum(c r) / (10 sum(r)), r the responsibility of the seat; a vacant seat counts 0
// Order of a step: age; remove (all levels); fill top-down, seats ascending; hire at the bottom; measure. A person
// moves up one level a step at most: whoever has just come into a level is no candidate, the level above being full by
// then. Departures are scheduled when they become certain. Efficiency is summed in float32 as 16 partial sums by seat
// index mod 16 and a pairwise tree, so that vector code gives the same bytes. Reference: Pluchino, Rapisarda, Garofalo
// 2010, Physica A 389:467; 2011, Physica A 390:3496.
#pragma once

#include <dualtrack/simulate/draws.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dualtrack::simulate {

enum class transfer : std::uint8_t { common_sense, peter };
enum class strategy : std::uint8_t { best, worst, random, best_worst, mixed_random };

/// The shape of a pyramid and the rules of life in it; the initial values are those of 2010, as printed.
struct hierarchy_rules {
    std::vector<std::int32_t> level_seats{1, 5, 11, 21, 41, 81};      // top first
    std::vector<double> responsibility{1.0, 0.9, 0.8, 0.6, 0.4, 0.2}; // [n_levels]
    double mean = 7.0, sd = 2.0;    // competence of hires, and of the promoted under the Peter hypothesis
    double promoted_floor = 1.0;    // lowest competence of the promoted; of hires it is 1
    double delta = 1.0;             // common sense: largest change, absolute
    double dismiss_below = 4.0;     // competence
    std::int32_t retire_above = 60; // years
    double age_mean = 25.0, age_sd = 5.0;
    std::int32_t periods_a_year = 1;
    std::int32_t warm_up = 0; // first so many periods under `best`
    bool own_branch = false;  // candidates: the seat's own subordinates, not all of the next level
    bool redraws = false;     // normals outside [1, 10] are redrawn, not clipped
    friend bool operator==(const hierarchy_rules&, const hierarchy_rules&) = default;
};

/// Who moves up, and what that does to competence.
struct hierarchy_policy {
    strategy rule = strategy::random;
    double share = 0.0; // best_worst: probability of best; mixed_random: of random
    transfer effect = transfer::peter;
    friend bool operator==(const hierarchy_policy&, const hierarchy_policy&) = default;
};

inline constexpr float lowest_competence = 1.0F, highest_competence = 10.0F;
inline constexpr std::int32_t youngest = 18, oldest = 60;
inline constexpr std::size_t most_levels = 8;
inline constexpr std::int32_t most_hierarchy_periods = 20000; // departures are counted in 16 bits

/// Share of ages at or below 18..59 in units of 2^-24: an age is 18 + the number of entries <= h.
[[nodiscard]] inline std::array<std::uint32_t, 42> age_table(double mean, double sd) {
    const auto below = [&](double age) { return numeric::normal_cdf((age - mean) / sd); };
    const double from = below(youngest - 0.5);
    const double width = below(oldest + 0.5) - from;
    std::array<std::uint32_t, 42> out{};
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<std::uint32_t>((below(youngest + 0.5 + static_cast<double>(i)) - from) / width * 0x1p24);
    return out;
}

[[nodiscard]] inline std::int32_t age_of(const std::array<std::uint32_t, 42>& table, std::uint32_t word) noexcept {
    std::int32_t age = youngest;
    for (const std::uint32_t entry : table) age += entry <= (word >> 8) ? 1 : 0;
    return age;
}

/// What is counted over a run, and the efficiency after every step ([0]: at the start).
struct hierarchy_counts {
    std::int64_t dismissals = 0, retirements = 0, promotions = 0, hires = 0, vacant_seat_periods = 0;
};

/// One organisation: seats of all levels one after the other, top first.
class hierarchy {
  public:
    hierarchy(const hierarchy_rules& rules, std::uint64_t seed, std::uint32_t replication)
        : rules_(rules), seed_(seed), replication_(replication), ages_(age_table(rules.age_mean, rules.age_sd)) {
        first_seat.push_back(0);
        for (const std::int32_t n : rules.level_seats)
            first_seat.push_back(first_seat.back() + static_cast<std::size_t>(n));
        const std::size_t n = first_seat.back();
        competence.assign(n, 0.0F);
        person.assign(n, 0);
        leaves_at.assign(n, 0);
        retires_at.assign(n, 0);
        n_filled.assign(n, 0);
        inside_from_ = numeric::normal_cdf((lowest_competence - rules.mean) / rules.sd);
        inside_ = numeric::normal_cdf((highest_competence - rules.mean) / rules.sd) - inside_from_;
        for (std::size_t seat = 0; seat < n; ++seat) hire(seat, 0);
        counts.hires = 0;
        for (std::size_t level = 0; level < rules.level_seats.size(); ++level)
            weight_ += static_cast<double>(rules.level_seats[level]) * rules.responsibility[level];
    }

    /// One period; periods count from 1.
    void step(std::int32_t t, const hierarchy_policy& policy) {
        const std::size_t n_levels = rules_.level_seats.size();
        for (std::size_t seat = 0; seat < competence.size(); ++seat)
            if (is_held(seat) && leaves_at[seat] <= t) {
                ++(competence[seat] < static_cast<float>(rules_.dismiss_below) ? counts.dismissals
                                                                               : counts.retirements);
                vacate(seat);
            }
        hierarchy_policy used = policy;
        if (t <= rules_.warm_up) used.rule = strategy::best;
        for (std::size_t level = 0; level + 1 < n_levels; ++level)
            for (std::size_t seat = first_seat[level]; seat < first_seat[level + 1]; ++seat)
                if (!is_held(seat)) fill(seat, level, t, used);
        for (std::size_t seat = first_seat[n_levels - 1]; seat < competence.size(); ++seat)
            if (!is_held(seat)) hire(seat, t);
        for (std::size_t seat = 0; seat < first_seat[n_levels - 1]; ++seat)
            counts.vacant_seat_periods += is_held(seat) ? 0 : 1;
    }

    [[nodiscard]] double efficiency() const noexcept {
        std::array<float, 16> lane{};
        for (std::size_t level = 0; level < rules_.level_seats.size(); ++level) {
            const auto r = static_cast<float>(rules_.responsibility[level]);
            for (std::size_t seat = first_seat[level]; seat < first_seat[level + 1]; ++seat)
                lane[(seat - first_seat[level]) % 16] += competence[seat] * r;
        }
        for (std::size_t width = 8; width > 0; width /= 2)
            for (std::size_t i = 0; i < width; ++i) lane[i] += lane[i + width];
        return 100.0 * static_cast<double>(lane[0]) / (static_cast<double>(highest_competence) * weight_);
    }

    [[nodiscard]] bool is_held(std::size_t seat) const noexcept { return competence[seat] > 0.0F; }

    std::vector<std::size_t> first_seat;  // [n_levels + 1]
    std::vector<float> competence;        // [n_seats], 0: vacant
    std::vector<std::uint32_t> person;    // [n_seats], numbered in the order of coming
    std::vector<std::int32_t> leaves_at;  // [n_seats], period
    std::vector<std::int32_t> retires_at; // [n_seats], period
    std::vector<std::uint32_t> n_filled;  // [n_seats], vacancies filled so far
    std::uint32_t n_persons = 0;
    hierarchy_counts counts;

  private:
    [[nodiscard]] float fresh_competence(std::uint32_t word, float floor) const noexcept {
        float drawn = 0.0F;
        if (rules_.redraws) {
            // The distribution of a normal redrawn until it is inside, by inversion: one word.
            const double z = numeric::normal_quantile(inside_from_ + random::uniform_24(word) * inside_);
            drawn = static_cast<float>(rules_.mean + rules_.sd * z);
        } else {
            drawn = static_cast<float>(rules_.mean) + static_cast<float>(rules_.sd) * normal_of(word);
        }
        return std::min(std::max(drawn, floor), highest_competence);
    }

    void vacate(std::size_t seat) noexcept { competence[seat] = 0.0F; }

    void schedule(std::size_t seat, std::int32_t t) noexcept {
        const bool is_weak = competence[seat] < static_cast<float>(rules_.dismiss_below);
        leaves_at[seat] = is_weak ? t + 1 : retires_at[seat];
    }

    void hire(std::size_t seat, std::int32_t t) noexcept {
        person[seat] = n_persons++;
        const random::words words = draw(seed_, replication_, person[seat], 0, purpose::person);
        competence[seat] = fresh_competence(words[0], lowest_competence);
        const std::int32_t years_left = rules_.retire_above + 1 - age_of(ages_, words[1]);
        retires_at[seat] = std::max(t + 1, rules_.periods_a_year * (t / rules_.periods_a_year + years_left));
        schedule(seat, t);
        ++counts.hires;
    }

    void fill(std::size_t seat, std::size_t level, std::int32_t t, const hierarchy_policy& policy) noexcept {
        std::size_t begin = first_seat[level + 1], end = first_seat[level + 2];
        if (rules_.own_branch) {
            const std::size_t branch = (end - begin) / (first_seat[level + 1] - first_seat[level]);
            begin += (seat - first_seat[level]) * branch;
            end = begin + branch;
        }
        const std::size_t from = choose(seat, level, begin, end, policy);
        if (from == end) return; // nobody below: vacant until the next step
        ++n_filled[seat];
        person[seat] = person[from];
        retires_at[seat] = retires_at[from];
        const std::uint32_t word =
            draw(seed_, replication_, person[seat], static_cast<std::uint32_t>(level + 1), purpose::transfer)[0];
        const auto floor = static_cast<float>(rules_.promoted_floor);
        if (policy.effect == transfer::peter) {
            competence[seat] = fresh_competence(word, floor);
        } else {
            const float moved = competence[from] + static_cast<float>(rules_.delta) * delta_of(word);
            competence[seat] = std::min(std::max(moved, floor), highest_competence);
        }
        vacate(from);
        schedule(seat, t);
        ++counts.promotions;
    }

    /// The seat whose holder moves up, or `end`.
    [[nodiscard]] std::size_t choose(std::size_t seat, std::size_t level, std::size_t begin, std::size_t end,
                                     const hierarchy_policy& policy) const noexcept {
        const std::uint32_t vacancy =
            vacancy_id(n_filled[seat], static_cast<std::uint32_t>(first_seat[level + 1] - first_seat[level]),
                       static_cast<std::uint32_t>(seat - first_seat[level]));
        strategy rule = policy.rule;
        random::words words{};
        if (rule != strategy::best && rule != strategy::worst)
            words = draw(seed_, replication_, static_cast<std::uint32_t>(seat), vacancy, purpose::choice);
        if (rule == strategy::best_worst) rule = happens(words[0], policy.share) ? strategy::best : strategy::worst;
        if (rule == strategy::mixed_random) rule = happens(words[0], policy.share) ? strategy::random : strategy::best;
        if (rule == strategy::random) {
            const auto n =
                std::count_if(competence.begin() + static_cast<std::ptrdiff_t>(begin),
                              competence.begin() + static_cast<std::ptrdiff_t>(end), [](float c) { return c > 0.0F; });
            if (n == 0) return end;
            std::uint32_t left = random::pick_32(words[1], static_cast<std::uint32_t>(n));
            for (std::size_t other = begin; other < end; ++other)
                if (is_held(other) && left-- == 0) return other;
        }
        std::size_t chosen = end, n_equal = 0;
        for (std::size_t other = begin; other < end; ++other) {
            if (!is_held(other)) continue;
            const bool is_better = chosen == end || (rule == strategy::best ? competence[other] > competence[chosen]
                                                                            : competence[other] < competence[chosen]);
            if (is_better) chosen = other, n_equal = 0;
            if (competence[other] == competence[chosen]) ++n_equal;
        }
        if (n_equal < 2) return chosen;
        const float tied = competence[chosen];
        std::uint32_t highest = 0;
        for (std::size_t other = end; other-- > begin;) {
            if (!is_held(other) || competence[other] != tied) continue;
            const std::uint32_t word = draw(seed_, replication_, person[other], vacancy, purpose::candidate)[1];
            if (word >= highest) chosen = other, highest = word; // equal words: the lowest seat
        }
        return chosen;
    }

    hierarchy_rules rules_;
    std::uint64_t seed_;
    std::uint32_t replication_;
    std::array<std::uint32_t, 42> ages_;
    double inside_from_ = 0.0, inside_ = 1.0; // of the normal of competence: below 1, and from 1 to 10
    double weight_ = 0.0;
};

/// Runs one organisation; efficiency[t] after period t, [0] at the start. @pre efficiency is not empty
inline hierarchy_counts simulate_hierarchy(const hierarchy_rules& rules, const hierarchy_policy& policy,
                                           std::uint64_t seed, std::uint32_t replication,
                                           std::span<double> efficiency) {
    hierarchy one(rules, seed, replication);
    efficiency[0] = one.efficiency();
    for (std::size_t t = 1; t < efficiency.size(); ++t) {
        one.step(static_cast<std::int32_t>(t), policy);
        efficiency[t] = one.efficiency();
    }
    return one.counts;
}

} // namespace dualtrack::simulate
