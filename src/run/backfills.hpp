// What a slate sets off: who takes an open seat leaves one behind, which somebody has to take, who leaves one behind.
#pragma once

#include <cstdint>
#include <vector>

#include "run/decided.hpp"

namespace dualtrack::run {

/// One seat that comes free.
struct backfill {
    std::uint32_t vacancy = 0; // the open seat the chain starts with
    std::int64_t step = 1;
    std::uint32_t person = no_index; // who leaves
    std::int64_t n_reports = 0;      // whom they lead
    std::uint32_t cover = no_index;  // of them, or no_index: hire from outside
    std::int64_t cost = 0;           // own sales and accounts lost, minor units, positive
};

/// The first candidate of a seat.
[[nodiscard]] std::vector<seat_verdict>::const_iterator candidates_of(const decided& all, std::uint32_t vacancy);

/// The chains of every seat of the slate, by vacancy, then step. Nobody moves twice.
[[nodiscard]] std::vector<backfill> backfill_chains(const decided& all);

} // namespace dualtrack::run
