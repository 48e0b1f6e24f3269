// What reward packages and steps back do to the people of a simulated firm: who mentors whom, how managers are
// reviewed, and what becomes of those who leave a manager's post.
//     mentoring   mentor's y times 1 - q; mentee's y times 1 + G/B, after the end half of it every half_life months
//     demotion    ln(team's output / what the records of its reps foretell) + noise, over a year, below ln(1 -
//     threshold)
// Reference: source article 002 (mentoring with quota relief); what a demotion looks at is an assumption.
#pragma once

#include <dualtrack/simulate/sales_world.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace dualtrack::simulate::detail {

/// A manager goes back to selling, on the first empty seat; leaves the firm if there is none.
inline void step_down(const sales_model& model, const sales_manager& m, sales_world& world) {
    sales_seats& seats = world.seats;
    if (seats.empty.empty()) return;
    const std::size_t seat = seats.empty.front();
    seats.empty.erase(seats.empty.begin());
    person_draw p;
    p.person = m.person;
    p.talent = m.talent;
    p.collaboration = m.collaboration;
    p.value = m.value;
    p.hero_noise = m.hero_noise;
    p.readiness_noise = m.readiness_noise;
    p.collaboration_noise = m.collaboration_noise;
    p.rep_threshold = m.rep_threshold;
    p.group = m.group;
    // Knows the work: comes back with the skill, the record and the tenure of the time as a rep.
    seat_person(p, seat, std::max(m.tenure, static_cast<float>(model.a.ramp_months) + 1.0F), seats);
    seats.field(seat_field::skill)[seat] = m.skill;
    seats.field(seat_field::record)[seat] = m.record;
    seats.field(seat_field::hazard)[seat] = m.rep_hazard;
    seats.was_candidate[seat] = m.was_candidate ? 1 : 0;
    seats.n_posts[seat] = m.n_posts;
}

/// The manager goes at the start of the next period.
inline void leave_post(std::size_t team, sales_seats& seats) {
    const auto id = static_cast<std::uint32_t>(team);
    const auto at = std::lower_bound(seats.managers_leaving.begin(), seats.managers_leaving.end(), id);
    if (at == seats.managers_leaving.end() || *at != id) seats.managers_leaving.insert(at, id);
}

/// Once a year: the best sellers by their record mentor those with the lowest.
inline void assign_mentors(const sales_model& model, const reward_packages& extra, sales_scratch& s,
                           sales_world& world) {
    sales_seats& seats = world.seats;
    const float* record = seats.field(seat_field::record);
    const float* tenure = seats.field(seat_field::tenure);
    float* boost = seats.field(seat_field::boost);
    s.seat.clear();
    for (std::uint32_t seat = 0; seat < seats.n; ++seat) {
        if (boost[seat] < 1.0F) boost[seat] = 1.0F; // last year's mentors
        if (seats.field(seat_field::occupied)[seat] > 0) s.seat.push_back(seat);
    }
    std::sort(s.seat.begin(), s.seat.end(), [&](std::uint32_t x, std::uint32_t y) {
        return record[x] != record[y] ? record[x] > record[y] : seats.persons()[x] < seats.persons()[y];
    });
    const auto fewest = static_cast<float>(model.a.candidate_tenure);
    std::size_t low = s.seat.size(), n_mentors = 0;
    for (std::size_t i = 0; i < low && static_cast<double>(n_mentors) < extra.mentors; ++i) {
        if (tenure[s.seat[i]] < fewest) continue;
        ++n_mentors;
        boost[s.seat[i]] = static_cast<float>(1.0 - extra.quota_relief);
        for (double k = 0; k + 0.5 < extra.mentees && low > i + 1; ++k)
            boost[s.seat[--low]] = static_cast<float>(1.0 + extra.mentee_gain);
    }
    // Who is no mentee any more loses the gain by halves.
    const auto kept = static_cast<float>(numeric::exp(-12.0 * numeric::log(2.0) / extra.half_life));
    for (std::size_t i = n_mentors; i < low; ++i) {
        float& b = boost[s.seat[i]];
        if (b > 1.0F) b = 1.0F + (b - 1.0F) * kept;
    }
}

/// What a team should have sold by the records of its reps, beside what it sold; reviewed every year in the post.
inline void review_managers(const sales_model& model, const sales_arm& arm, std::uint32_t replication, sales_scratch& s,
                            sales_world& world) {
    sales_seats& seats = world.seats;
    for (std::size_t team = 0; team < seats.n_teams(); ++team) {
        sales_manager& m = seats.managers[team];
        ++m.months;
        for (std::size_t seat = seats.first[team]; seat < seats.first[team + 1]; ++seat) {
            m.team_output += static_cast<double>(seats.field(seat_field::output)[seat]);
            m.expected_output += static_cast<double>(s.expected[seat]);
            m.reviewed_months += static_cast<double>(seats.field(seat_field::occupied)[seat]);
        }
        if (m.months % 12 != 0) continue;
        if (m.expected_output > 0 && m.team_output > 0) {
            const double z = normal_double_of(draw(model.seed, replication, m.person, world.period, purpose::look)[0]);
            const double seen = numeric::log(m.team_output / m.expected_output) +
                                model.a.month_noise / std::sqrt(m.reviewed_months) * z;
            if (seen < numeric::log1p(-std::min(arm.packages.demotion, 0.999))) {
                m.steps_down = true;
                leave_post(team, seats);
            }
        }
        m.team_output = m.expected_output = m.reviewed_months = 0;
    }
}

} // namespace dualtrack::simulate::detail
