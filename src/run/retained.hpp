// Everybody with a motive on record, or passed over for a seat, with what is known of them: the risk, the motives, the
// plan. The tables of the analysis retention are written from this.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <dualtrack/decide/passed_over.hpp>
#include <dualtrack/decide/retention.hpp>
#include <dualtrack/decide/retention_tables.hpp>

#include "run/careers.hpp"
#include "run/decided.hpp"
#include "run/ladder_pay.hpp"

namespace dualtrack::run {

struct retained_person {
    std::uint32_t person = 0;
    std::vector<assess::motive_strength> motives; // strongest first
    std::uint8_t wants_management = 2;            // 0, 1, 2: not said
    std::uint8_t passed_over = 0;                 // of decide::passed_over_words
    std::uint32_t vacancy = no_index;
    decide::passed_over_case facts;
    decide::passed_over_risk risk;
    double minutes_freed = 0.0;
    std::vector<decide::retention_action> actions; // the policy's, with the minutes of the person's own mentoring
    std::vector<decide::planned_action> plan;
    bool may_be_considered = false; // for the next level of management
};

struct retained {
    std::shared_ptr<const careers> all;
    std::shared_ptr<const decided> decisions;  // null without vacancies and candidates
    std::shared_ptr<const measured> facts;     // null without deals and totals
    std::shared_ptr<const assessed> readiness; // null without evidence
    level_pay pay;
    bool has_pay = false;
    std::vector<retained_person> people; // ascending
    org::findings_table findings;
};

/// Errors: schema.missing_table, those of read_actions, careers_of, decide_promotions.
[[nodiscard]] result<std::shared_ptr<const retained>>
retain_people(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);

} // namespace dualtrack::run
