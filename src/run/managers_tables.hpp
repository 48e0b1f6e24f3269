// The result tables of the analysis `managers`, written from what was diagnosed.
#pragma once

#include <dualtrack/diagnose/coaching_tables.hpp>
#include <dualtrack/diagnose/managers_table.hpp>

#include "run/diagnosed.hpp"

namespace dualtrack::run {

[[nodiscard]] diagnose::managers_table manager_rows(const diagnosed& all, std::pmr::memory_resource* memory);
[[nodiscard]] diagnose::dependence_table dependence_rows(const diagnosed& all, std::pmr::memory_resource* memory);
[[nodiscard]] diagnose::traps_table trap_rows(const diagnosed& all, std::pmr::memory_resource* memory);
[[nodiscard]] diagnose::coaching_table coaching_rows(const diagnosed& all, std::pmr::memory_resource* memory);
[[nodiscard]] diagnose::coaching_weeks_table coaching_week_rows(const diagnosed& all,
                                                                std::pmr::memory_resource* memory);
[[nodiscard]] diagnose::uncoached_table uncoached_rows(const diagnosed& all, std::pmr::memory_resource* memory);

} // namespace dualtrack::run
