// Everything a promotion decision rests on, worked out once: every open seat with its candidates, their evidence, the
// business case of each, the best slate, and everybody whom a decision of the last year, or the slate, passes over. The
// tables of the analysis are written from this; retention plans start from whom it passes over.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <dualtrack/decide/passed_over.hpp>
#include <dualtrack/decide/promotion.hpp>
#include <dualtrack/decide/promotion_tables.hpp>
#include <dualtrack/measure/pay.hpp>
#include <dualtrack/org/findings.hpp>

#include "run/assessed.hpp"
#include "run/measured.hpp"

namespace dualtrack::run {

/// What is to be expected of one person's sales, luck taken out. Minor units a month; negative: not known.
struct expected_sales {
    double monthly = -1.0;
    double low = 1.0, high = 1.0; // 2.5 % and 97.5 % points as multiples of the mean
    decide::own_parts parts;      // the law around the mean

    expected_sales() { parts.fill(1.0); }
};

/// One seat: still to be filled, or filled by as_of.
struct seat {
    bool is_open = true;
    bool external = false; // an outsider got it
    double months_since = 0.0;
    std::uint32_t winner = no_index; // who got it
    double team_monthly = 0.0;       // sales to expect of the people who report there, a month
    std::int64_t n_team = 0;         // how many of them are known; 0: team_monthly is n reports x an average seller
    double n_reports = 0.0;
};

/// One candidate of an open seat.
struct seat_verdict {
    std::uint32_t vacancy = 0, person = 0;
    std::uint32_t row = 0; // of candidates
    decide::candidate_facts facts;
    decide::case_facts money;
    std::vector<decide::passed_over_case> others; // of money.others
    // Position in `candidates` of whose choice costs least in exits, which come in any case; no_index: all are charged.
    std::uint32_t least = no_index;
    decide::case_terms terms;
    decide::verdict verdict;
    decide::business_case value;
    bool human_review = false;
    std::int64_t rank = 0;
    decide::candidate_status status = decide::candidate_status::ok;
};

/// One person a seat passes over.
struct passed_over_row {
    std::uint32_t vacancy = 0;
    decide::passed_over_person who;
    std::uint32_t winner = no_index;
    std::uint8_t winner_is = 0; // of decide::winner_words
};

struct decided {
    std::shared_ptr<const measured> facts;
    std::shared_ptr<const assessed> readiness;
    org::policy policy;
    decide::decision_rules rules;
    std::vector<measure::yearly_pay> pay; // [n_people]
    std::vector<expected_sales> expected; // [n_people]
    std::vector<double>
        team_rank;           // [n_people] by sales among the team's sellers, 0 last to 1 first; negative: not known
    std::vector<seat> seats; // [n_vacancies]
    std::vector<seat_verdict> candidates;     // of open seats; by vacancy, person
    std::vector<std::uint32_t> slate;         // [n_vacancies] person or no_index
    std::vector<passed_over_row> passed_over; // by vacancy, person
    org::findings_table findings;
};

/// Judges every candidate of every open seat as of the policy's day.
/// Errors: schema.missing_table, those of measure_organisation and assess_people, cancelled.
[[nodiscard]] result<std::shared_ptr<const decided>>
decide_promotions(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);

} // namespace dualtrack::run
