// The result tables of a readiness assessment, written from what was judged.
#pragma once

#include <dualtrack/assess/readiness_tables.hpp>
#include <dualtrack/assess/reliability_table.hpp>

#include "run/assessed.hpp"

namespace dualtrack::run {

[[nodiscard]] assess::readiness_table readiness_rows(const assessed& all, std::pmr::memory_resource* memory);
[[nodiscard]] assess::explanations_table explanation_rows(const assessed& all, std::pmr::memory_resource* memory);
[[nodiscard]] assess::constructs_table construct_rows(const run_context& run, const assessed& all);
[[nodiscard]] assess::evidence_table evidence_rows(const assessed& all, std::pmr::memory_resource* memory);
[[nodiscard]] assess::questions_table question_rows(const assessed& all, std::pmr::memory_resource* memory);
[[nodiscard]] assess::trials_table trial_rows(const assessed& all, std::pmr::memory_resource* memory);
[[nodiscard]] assess::raters_table rater_rows(const assessed& all, std::pmr::memory_resource* memory);
[[nodiscard]] assess::reliability_table reliability_rows(const assessed& all, std::pmr::memory_resource* memory);

} // namespace dualtrack::run
