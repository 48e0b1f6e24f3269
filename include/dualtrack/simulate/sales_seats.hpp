// The people of one simulated sales organisation at one moment: the reps on their seats, the managers of the teams.
// Every field of the rep seats is an array over the seats, padded to the lanes of lanes.hpp, so that a month is a few
// passes over vectors; one organisation of 60 seats takes 6 KB and stays in the nearest cache. An empty seat is marked
// by occupied = 0 and a threshold that nothing reaches.
#pragma once

#include <dualtrack/simulate/lanes.hpp>
#include <dualtrack/simulate/organisation.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dualtrack::simulate {

/// Arrays over the rep seats, in float.
enum class seat_field : std::uint8_t {
    talent,          // A
    collaboration,   // Q
    value,           // v, log points
    hero_noise,      // z3
    readiness_noise, // one look at the person's readiness, sd
    collaboration_noise,
    skill,        // s, learned, log
    record,       // ema: observed log output, ramp and manager taken out
    hazard,       // H, cumulated
    threshold,    // -ln u: leaves when H passes it
    tenure,       // months
    occupied,     // 1 or 0
    passed_until, // last period of being passed over; before the first: none
    witness_until,
    boost,           // output factor of mentoring; 1 = none
    output,          // y of the month
    team_talent,     // of the manager: e^(sA A)
    team_lift,       // x kappa
    team_output,     // e^(w v - sA^2/2)
    team_coaching,   // g c e^(2 (1-w) v) / 12
    team_dependence, // d x / 12
    team_hazard,     // h0 e^(-th v/sv)
    count
};

/// A manager's own state; what they were as a seller stays with them.
struct sales_manager {
    std::uint32_t person = 0;
    float talent = 0, collaboration = 0, value = 0, hero_noise = 0, readiness_noise = 0, collaboration_noise = 0;
    float hero = 0; // x
    float skill = 0, record = 0, tenure = 0, rep_hazard = 0, rep_threshold = 0;
    float threshold = 0;
    std::uint8_t group = 0, n_posts = 1;
    bool steps_down = false;                     // takes an empty rep seat when leaving the post, if there is one
    bool was_candidate = false;                  // as a rep, in the counted periods
    std::uint32_t since = 0;                     // period of coming into the post, 0: before the first
    std::int32_t months = 0;                     // in the post
    double team_output = 0, expected_output = 0; // since the last review
    double reviewed_months = 0;                  // seat-months in them
};

/// The leaders one level above another; the lowest are directors, above the managers of teams.
struct sales_level {
    std::size_t n_below = 1; // posts below each; the last may have fewer
    std::vector<sales_manager> leaders;
    std::vector<float> hazard;
    std::vector<std::uint32_t> n_vacancies;
    std::vector<std::uint32_t> leaving; // at the start of the next period, ascending
};

struct sales_seats {
    std::size_t n = 0, n_padded = 0;
    std::vector<lane_values<float>> fields; // [field x n_padded / 16]
    std::vector<lane_values<std::uint32_t>> person;
    std::vector<std::uint32_t> team;                         // [n]
    std::vector<std::uint32_t> first;                        // [n_teams + 1], seats of a team are adjacent
    std::vector<std::int32_t> fill_at;                       // [n], of empty seats
    std::vector<std::uint32_t> n_vacancies;                  // [n], ordinals used so far
    std::vector<std::uint8_t> group, was_candidate, n_posts; // n_posts: how often a manager before
    std::vector<sales_manager> managers;
    std::vector<float> manager_hazard, manager_step, manager_threshold; // [n_teams]
    std::vector<std::uint32_t> managers_leaving;                        // at the start of the next period, ascending
    double hero = 0;                                                    // sum of x over the managers
    std::vector<std::uint32_t> n_manager_vacancies;                     // [n_teams]
    std::vector<std::uint32_t> empty;                                   // seats, ascending
    std::vector<std::uint32_t> leaving; // reps who go at the start of the next period, ascending
    std::uint32_t next_person = 0;
    std::vector<sales_level> upper; // empty: nobody above the managers
    std::vector<double> above;      // [n_teams], what their leaders add to the value of a manager; empty like upper

    [[nodiscard]] float* field(seat_field which) noexcept {
        return (fields.data() + static_cast<std::size_t>(which) * (n_padded / lane_block))->value;
    }
    [[nodiscard]] const float* field(seat_field which) const noexcept {
        return (fields.data() + static_cast<std::size_t>(which) * (n_padded / lane_block))->value;
    }
    [[nodiscard]] std::uint32_t* persons() noexcept { return person[0].value; }
    [[nodiscard]] const std::uint32_t* persons() const noexcept { return person[0].value; }
    [[nodiscard]] std::size_t n_teams() const noexcept { return managers.size(); }
};

/// A person as drawn: the same under every rule.
struct person_draw {
    std::uint32_t person = 0;
    float talent = 0, collaboration = 0, value = 0, hero_noise = 0, readiness_noise = 0, collaboration_noise = 0;
    float hero = 0;                                 // x, as a manager
    float rep_threshold = 0, manager_threshold = 0; // -ln u of the post
    std::uint8_t group = 0;
};

/// What the monthly pass adds up.
struct month_sums {
    double output = 0, pay = 0, skill = 0;
    std::int64_t n_top = 0;
};

/// The assumptions as the vector loops use them.
struct month_constants {
    float talent_spread, inverse_ramp, inverse_skill_most, skill_least, tails_coaching, tails_at;
    float passed_over, witness, witness_talent; // X and the factor of witnesses
    float pay_at_par;                           // least pay of the passed over, 0: none
    float noise;                                // sU, 0: luck integrated out
    std::uint64_t seed;
    std::uint32_t replication, period;
    bool is_first;
};

} // namespace dualtrack::simulate
