// Who had sold how much when a seat that is filled by now came free: what the winner was measured against then.
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "run/decided.hpp"

namespace dualtrack::run {

/// Sales a month of people in the year before a seat came free, minor units.
struct sold_book {
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> of; // by (vacancy, person)
    /// Negative where not known.
    [[nodiscard]] double monthly(std::uint32_t person, std::uint32_t vacancy) const {
        const auto found = of.find({vacancy, person});
        return found == of.end() ? -1.0 : found->second;
    }
};

/// For the candidates and winners of seats filled within the policy's hazard_months.
/// @param first rows of candidates a vacancy; errors: those of measure::scope_of
[[nodiscard]] result<sold_book> sold_before(const run_context& run, const measured& facts, const org::policy& policy,
                                            std::span<const seat> seats, std::span<const std::uint32_t> first);

} // namespace dualtrack::run
