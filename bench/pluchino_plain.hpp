// The pyramid of Pluchino, Rapisarda and Garofalo 2010 (as run) as a good programmer would write it in an afternoon:
// vectors of people, the generator and distributions of the standard library. What the engine's speed is measured
// against, in the same run; its draws are its own, so that only means agree.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include <dualtrack/simulate/hierarchy.hpp>

namespace dualtrack::bench {

class plain_pyramid {
  public:
    plain_pyramid(simulate::strategy rule, simulate::transfer effect, std::uint64_t seed)
        : rule_(rule), effect_(effect), random_(seed) {
        for (const int n : {1, 5, 11, 21, 41, 81}) {
            levels_.emplace_back();
            for (int i = 0; i < n; ++i) levels_.back().push_back(hired());
        }
    }

    double year() {
        for (auto& level : levels_)
            for (person& one : level) {
                ++one.age;
                if (one.competence < 4.0 || one.age > 60) one.is_here = false;
            }
        for (std::size_t k = 0; k + 1 < levels_.size(); ++k)
            for (person& seat : levels_[k]) {
                if (seat.is_here) continue;
                person* best = nullptr;
                candidates_.clear();
                for (person& other : levels_[k + 1]) {
                    if (!other.is_here) continue;
                    if (rule_ == simulate::strategy::random)
                        candidates_.push_back(&other);
                    else if (best == nullptr ||
                             (rule_ == simulate::strategy::best ? other.competence > best->competence
                                                                : other.competence < best->competence))
                        best = &other;
                }
                if (rule_ == simulate::strategy::random && !candidates_.empty())
                    best = candidates_[std::uniform_int_distribution<std::size_t>(0, candidates_.size() - 1)(random_)];
                if (best == nullptr) continue;
                seat = *best;
                best->is_here = false;
                if (effect_ == simulate::transfer::peter)
                    seat.competence = std::clamp(competence_(random_), 4.0, 10.0);
                else
                    seat.competence = std::clamp(seat.competence + change_(random_), 4.0, 10.0);
            }
        for (person& seat : levels_.back())
            if (!seat.is_here) seat = hired();
        double sum = 0.0;
        constexpr std::array<double, 6> responsibility{1.0, .9, .8, .6, .4, .2};
        for (std::size_t k = 0; k < levels_.size(); ++k)
            for (const person& one : levels_[k]) sum += one.is_here ? one.competence * responsibility[k] : 0.0;
        return 100.0 * sum / 595.0;
    }

  private:
    struct person {
        double competence = 0.0;
        int age = 0;
        bool is_here = true;
    };

    person hired() {
        person out;
        out.competence = std::clamp(competence_(random_), 1.0, 10.0);
        do out.age = static_cast<int>(age_(random_) + 0.5);
        while (out.age < 18 || out.age > 60);
        return out;
    }

    simulate::strategy rule_;
    simulate::transfer effect_;
    std::mt19937_64 random_;
    std::normal_distribution<double> competence_{7.0, 2.0}, age_{25.0, 5.0};
    std::uniform_real_distribution<double> change_{-1.0, 1.0};
    std::vector<std::vector<person>> levels_;
    std::vector<person*> candidates_;
};

} // namespace dualtrack::bench
