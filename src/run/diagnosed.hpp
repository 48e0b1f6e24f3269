// Every manager diagnosed as of one day: facts of the team's deals, the estimates made from them, and the verdict. The
// tables of the analysis `managers` are written from this.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include <dualtrack/diagnose/coaching_coverage.hpp>
#include <dualtrack/diagnose/collaboration.hpp>
#include <dualtrack/diagnose/exits.hpp>
#include <dualtrack/diagnose/hero.hpp>
#include <dualtrack/diagnose/independence.hpp>
#include <dualtrack/diagnose/joint_effect.hpp>
#include <dualtrack/diagnose/scoreboard.hpp>
#include <dualtrack/diagnose/spread.hpp>
#include <dualtrack/diagnose/step_back.hpp>
#include <dualtrack/diagnose/team_deals.hpp>
#include <dualtrack/diagnose/traps.hpp>

#include "run/measured.hpp"

namespace dualtrack::run {

/// A value with its standard deviation, when there is one.
using estimate = std::optional<diagnose::uncertain>;

/// What a report's or a team's deals add up to.
struct deal_sums {
    std::int64_t n = 0, joined = 0, late = 0, won_with = 0, won_without = 0;
    std::int64_t amount = 0, amount_joined = 0, amount_early = 0; // won, minor units
    double amount_squares = 0.0;
    void add(const diagnose::team_deal& one) noexcept;
};

/// One report under a manager.
struct dependence_sums {
    std::uint32_t person = 0;
    deal_sums deals;
};

/// A trap somebody is in.
struct found_trap {
    diagnose::trap what = diagnose::trap::control;
    double value = 0.0, border = 0.0;
    std::optional<double> probability;
};

/// One manager.
struct diagnosed_manager {
    std::uint32_t person = 0;
    std::int64_t n_reports = 0;
    deal_sums deals;
    std::vector<dependence_sums> reports; // by person
    diagnose::joint_effect joint;
    estimate joint_effect; // shrunk
    diagnose::count_trend trend_alone;
    estimate trend; // posterior
    estimate step_back, without;
    std::optional<double> usual_share; // joined early in the market: the target of stepping back
    std::optional<double> coaching_minutes, quarter_end_ratio, star_coverage;
    std::int64_t n_top = 0, n_top_coached = 0; // today's reports of the top tier, and those coached lately
    estimate report_growth;
    diagnose::hero_evidence evidence;
    double hero_probability = 0.0;
    diagnose::style style = diagnose::style::insufficient_evidence;
    std::vector<found_trap> traps;
};

struct diagnosed {
    std::shared_ptr<const measured> facts;
    std::vector<diagnosed_manager> managers; // ascending by person
    std::vector<std::uint32_t> row_of;       // [n_people]
    std::vector<std::uint32_t> manager_now;  // on the last day that counts; [n_people], or no_index
    std::vector<std::uint8_t> tier;          // [n_people]
    diagnose::scoreboard board{0};
    diagnose::collaboration together{0};
    diagnose::regretted_exits exits{0};
    measure::coaching_facts coaching;
    diagnose::last_coached coached;
    std::vector<std::uint32_t> decided_by_month, joined_by_month; // [managers x n_months]
    std::int32_t first_month = 0, n_months = 0;
    std::shared_ptr<const measured> before; // the window before, where there is one
    bool has_joining = false;
    org::findings_table findings;

    [[nodiscard]] const org::organisation& organisation() const noexcept { return facts->data->organisation; }
    /// Whether a table says who worked together on a deal.
    [[nodiscard]] bool knows_company() const noexcept {
        return organisation().has_credits || organisation().has_participants;
    }
};

/// The step back of one report's sales, at the manager's joint effect; the win rate with the manager is the report's
/// own as far as it is known, drawn towards the team's by four deals' worth.
[[nodiscard]] estimate report_step_back(const diagnosed_manager& manager, const deal_sums& report);

/// Diagnoses everybody who had a report in the window.
/// Errors: schema.missing_table (people, deals), those of measure_organisation, cancelled.
[[nodiscard]] result<std::shared_ptr<const diagnosed>>
diagnose_managers(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);

} // namespace dualtrack::run
