// The published pyramids written once more, in double precision and as plainly as the paper tells them: a list of
// people a level, no scheduling, ages kept as ages. It shares the keys of chance with the library and nothing else.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include <dualtrack/simulate/hierarchy.hpp>

namespace dualtrack::test {

struct reference_person {
    double competence = 0.0;
    int age = 0;
    std::uint32_t id = 0;
};

class reference_pyramid {
  public:
    reference_pyramid(simulate::hierarchy_rules rules, simulate::hierarchy_policy policy, std::uint64_t seed,
                      std::uint32_t replication)
        : rules_(std::move(rules)), policy_(policy), seed_(seed), replication_(replication),
          ages_(simulate::age_table(rules_.age_mean, rules_.age_sd)) {
        for (const int n : rules_.level_seats) {
            levels.emplace_back(static_cast<std::size_t>(n));
            filled_.emplace_back(static_cast<std::size_t>(n), 0U);
        }
        for (auto& level : levels)
            for (auto& seat : level) seat = hired();
    }

    void step(int t) {
        moves.assign(levels.size(), 0);
        exits.assign(levels.size(), 0);
        hires = dismissed = retired = 0;
        if (t % rules_.periods_a_year == 0)
            for (auto& level : levels)
                for (auto& seat : level)
                    if (seat) ++seat->age;
        for (std::size_t k = 0; k < levels.size(); ++k)
            for (auto& seat : levels[k]) {
                if (!seat) continue;
                const bool is_weak = seat->competence < rules_.dismiss_below;
                if (!is_weak && seat->age <= rules_.retire_above) continue;
                ++(is_weak ? dismissed : retired);
                ++exits[k];
                seat.reset();
            }
        for (std::size_t k = 0; k + 1 < levels.size(); ++k)
            for (std::size_t i = 0; i < levels[k].size(); ++i)
                if (!levels[k][i]) promote_into(k, i, t);
        for (auto& seat : levels.back())
            if (!seat) {
                seat = hired();
                ++hires;
            }
    }

    double efficiency() const {
        double sum = 0.0, full = 0.0;
        for (std::size_t k = 0; k < levels.size(); ++k)
            for (const auto& seat : levels[k]) {
                sum += seat ? seat->competence * rules_.responsibility[k] : 0.0;
                full += 10.0 * rules_.responsibility[k];
            }
        return 100.0 * sum / full;
    }

    std::vector<std::vector<std::optional<reference_person>>> levels;
    std::vector<int> moves; // promotions into each level in the last step
    std::vector<int> exits;
    int hires = 0, dismissed = 0, retired = 0;

  private:
    static double clipped(double c, double low) { return c < low ? low : c > 10.0 ? 10.0 : c; }

    double fresh(std::uint32_t word, double low) const {
        if (!rules_.redraws) return clipped(rules_.mean + rules_.sd * simulate::normal_double_of(word), low);
        const double from = numeric::normal_cdf((1.0 - rules_.mean) / rules_.sd);
        const double to = numeric::normal_cdf((10.0 - rules_.mean) / rules_.sd);
        const double u = from + random::uniform_24(word) * (to - from);
        return clipped(rules_.mean + rules_.sd * numeric::normal_quantile(u), low);
    }

    reference_person hired() {
        const auto words = simulate::draw(seed_, replication_, n_people_, 0, 1);
        return {fresh(words[0], 1.0), simulate::age_of(ages_, words[1]), n_people_++};
    }

    void promote_into(std::size_t k, std::size_t i, int t) {
        auto& below = levels[k + 1];
        const auto n_seats = static_cast<std::uint32_t>(levels[k].size());
        const std::uint32_t vacancy = filled_[k][i] * n_seats + static_cast<std::uint32_t>(i);
        std::uint32_t number = static_cast<std::uint32_t>(i);
        for (std::size_t above = 0; above < k; ++above) number += static_cast<std::uint32_t>(levels[above].size());
        std::vector<std::size_t> held;
        const std::size_t branch = below.size() / levels[k].size();
        for (std::size_t j = 0; j < below.size(); ++j)
            if (below[j] && (!rules_.own_branch || j / branch == i)) held.push_back(j);
        if (held.empty()) return;
        const auto words = simulate::draw(seed_, replication_, number, vacancy, 8);
        simulate::strategy rule = t <= rules_.warm_up ? simulate::strategy::best : policy_.rule;
        const bool coin = random::uniform_24(words[0]) < policy_.share;
        if (rule == simulate::strategy::best_worst) rule = coin ? simulate::strategy::best : simulate::strategy::worst;
        if (rule == simulate::strategy::mixed_random)
            rule = coin ? simulate::strategy::random : simulate::strategy::best;
        std::size_t chosen = held[0];
        if (rule == simulate::strategy::random) {
            chosen = held[random::pick_32(words[1], static_cast<std::uint32_t>(held.size()))];
        } else {
            const double sign = rule == simulate::strategy::best ? 1.0 : -1.0;
            const auto tie = [&](std::size_t j) {
                return simulate::draw(seed_, replication_, below[j]->id, vacancy, 4)[1];
            };
            for (const std::size_t j : held) {
                const double gain = sign * (below[j]->competence - below[chosen]->competence);
                if (gain > 0.0 || (gain == 0.0 && tie(j) > tie(chosen))) chosen = j;
            }
        }
        ++filled_[k][i];
        ++moves[k];
        reference_person one = *below[chosen];
        below[chosen].reset();
        const auto word = simulate::draw(seed_, replication_, one.id, static_cast<std::uint32_t>(k + 1), 3)[0];
        one.competence = policy_.effect == simulate::transfer::peter
                             ? fresh(word, rules_.promoted_floor)
                             : clipped(one.competence + rules_.delta * (2.0 * random::uniform_24(word) - 1.0),
                                       rules_.promoted_floor);
        levels[k][i] = one;
    }

    simulate::hierarchy_rules rules_;
    simulate::hierarchy_policy policy_;
    std::uint64_t seed_;
    std::uint32_t replication_;
    std::array<std::uint32_t, 42> ages_;
    std::vector<std::vector<std::uint32_t>> filled_;
    std::uint32_t n_people_ = 0;
};

} // namespace dualtrack::test
