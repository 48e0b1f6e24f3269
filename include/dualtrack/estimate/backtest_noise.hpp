// How the errors of effects go through to a backtest: to the fit of coefficients, and to means over vacancies. A person
// stands in several vacancies with one and the same error, and managers who share sellers err together:
//   se of a mean = sqrt(w'V w) ,   w: how often each manager counts in it, over the number of vacancies
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <dualtrack/estimate/record_fit.hpp>

namespace dualtrack::estimate {

/// The errors of several people's effects together: cases of each of them, and their covariance, [n][n].
struct related_noise {
    std::vector<std::uint32_t> row;
    std::vector<double> covariance;
};

namespace detail {

/// What the errors of effects do to means over vacancies.
class noise_of_means {
  public:
    noise_of_means(std::span<const backtest_case> cases, const related_noise& noise)
        : cases_(cases), noise_(noise), rows_(known_rows(cases)) {
        const auto by_person = [&](std::uint32_t a, std::uint32_t b) { return cases[a].person < cases[b].person; };
        std::sort(rows_.begin(), rows_.end(), by_person);
        related_.assign(rows_.size() + 1, noise.row.size());
        for (std::size_t r = 0; r < noise.row.size(); ++r) related_[number_of(noise.row[r])] = r;
        weight_.assign(rows_.size(), 0.0);
    }
    /// One vacancy more counts: cases [begin, end), whom of them; all who are known alike where `whom` is end.
    void add(std::size_t begin, std::size_t end, std::size_t whom, double weight) {
        if (whom < end) {
            put(number_of(whom), weight);
            return;
        }
        const auto is_known = [&](std::size_t i) { return cases_[i].effect == cases_[i].effect; };
        double known = 0.0;
        for (std::size_t i = begin; i < end; ++i) known += is_known(i) ? 1.0 : 0.0;
        for (std::size_t i = begin; i < end; ++i)
            if (is_known(i)) put(number_of(i), weight / known);
    }
    /// Standard error of the mean over n vacancies; starts anew.
    double take(double n) {
        double variance = 0.0;
        std::sort(counted_.begin(), counted_.end());
        counted_.erase(std::unique(counted_.begin(), counted_.end()), counted_.end());
        const std::size_t all = noise_.row.size();
        for (const std::size_t p : counted_) {
            if (related_[p] == all) variance += weight_[p] * weight_[p] * cases_[rows_[p]].se * cases_[rows_[p]].se;
            for (const std::size_t q : counted_)
                if (related_[p] < all && related_[q] < all)
                    variance += weight_[p] * weight_[q] * noise_.covariance[related_[p] * all + related_[q]];
        }
        for (const std::size_t p : counted_) weight_[p] = 0.0;
        counted_.clear();
        return std::sqrt(std::max(0.0, variance)) / n;
    }

  private:
    void put(std::size_t person, double weight) {
        if (person == rows_.size()) return;
        weight_[person] += weight;
        counted_.push_back(person);
    }
    /// Of a case's person; one past the last where the error of the effect is not known.
    [[nodiscard]] std::size_t number_of(std::size_t i) const {
        const auto before = [&](std::uint32_t row, std::uint32_t person) { return cases_[row].person < person; };
        const auto found = std::lower_bound(rows_.begin(), rows_.end(), cases_[i].person, before);
        return found != rows_.end() && cases_[*found].person == cases_[i].person
                   ? static_cast<std::size_t>(found - rows_.begin())
                   : rows_.size();
    }
    std::span<const backtest_case> cases_;
    const related_noise& noise_;
    std::vector<std::uint32_t> rows_;  // a case of each person whose effect is known, by person
    std::vector<std::size_t> related_; // place in noise_, or its size
    std::vector<double> weight_;
    std::vector<std::size_t> counted_; // whose weight is not 0
};

/// The covariance of the errors of `rows`; empty where it is not known of all.
inline std::vector<double> noise_of_rows(std::span<const backtest_case> cases, std::span<const std::uint32_t> rows,
                                         const related_noise& noise) {
    std::vector<std::pair<std::uint32_t, std::size_t>> place; // of a person
    for (std::size_t r = 0; r < noise.row.size(); ++r) place.emplace_back(cases[noise.row[r]].person, r);
    std::sort(place.begin(), place.end());
    std::vector<std::size_t> at;
    for (const std::uint32_t row : rows) {
        const auto found = std::lower_bound(place.begin(), place.end(), std::pair(cases[row].person, std::size_t{0}));
        if (found == place.end() || found->first != cases[row].person) return {};
        at.push_back(found->second);
    }
    std::vector<double> out;
    for (const std::size_t a : at)
        for (const std::size_t b : at) out.push_back(noise.covariance[a * noise.row.size() + b]);
    return out;
}

} // namespace detail

} // namespace dualtrack::estimate
