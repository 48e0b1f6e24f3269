// What people at each level of the ladder are paid, and what the bands come to in money.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include <dualtrack/measure/pay.hpp>

#include "run/careers.hpp"

namespace dualtrack::run {

struct level_pay {
    std::vector<measure::yearly_pay> of_person;                                    // [n_people]
    std::map<std::pair<std::size_t, std::uint32_t>, std::vector<std::int64_t>> at; // (track, level), target pay, sorted
    double pay_unit = -1.0; // minor units of what bands are written in; negative: not known

    /// Median target pay of a level, minor units; negative when nobody there has a pay on record. The entry is (0, 0).
    [[nodiscard]] double median(std::size_t track, std::uint32_t level) const;
    /// The band of a level in money; no_money where it is not known.
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> band(const decide::ladder_level& level) const;
};

/// Errors: those of measure::scope_of.
[[nodiscard]] result<level_pay> pay_by_level(const run_context& run, const careers& all);

/// What pay says about the ladder as it is lived: bands that are not kept, and steps up that pay less.
void check_pay(const careers& all, const level_pay& pay, std::vector<decide::ladder_finding>& out);

} // namespace dualtrack::run
