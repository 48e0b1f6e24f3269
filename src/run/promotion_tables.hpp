// The result tables of promotion decisions, written from what was decided.
#pragma once

#include <dualtrack/decide/business_tables.hpp>
#include <dualtrack/decide/promotion_tables.hpp>

#include "run/decided.hpp"

namespace dualtrack::run {

[[nodiscard]] decide::promotion_table promotion_rows(const decided& all, std::pmr::memory_resource* memory);
[[nodiscard]] decide::reasons_table reason_rows(const decided& all, std::pmr::memory_resource* memory);
[[nodiscard]] decide::business_case_table business_case_rows(const decided& all, std::pmr::memory_resource* memory);
[[nodiscard]] decide::sensitivity_table sensitivity_rows(const decided& all, std::pmr::memory_resource* memory);
[[nodiscard]] decide::slate_table slate_rows(const decided& all, std::pmr::memory_resource* memory);
[[nodiscard]] decide::backfills_table backfill_rows(const decided& all, std::pmr::memory_resource* memory);
[[nodiscard]] decide::passed_over_table passed_over_rows(const decided& all, std::pmr::memory_resource* memory);
[[nodiscard]] decide::mitigations_table mitigation_rows(const decided& all, std::pmr::memory_resource* memory);

} // namespace dualtrack::run
