// What the way of choosing managers does to a sales organisation: its revenue, who leaves, who rises. A month goes in a
// fixed order: exits that have become certain; vacant managers' posts, team by team; new people; output, learning and
// the growing wish to leave. Every rule starts from the same organisation (after a burn-in under `random`) and meets
// the same people and the same luck, so that a difference is the rule's doing. Results follow from the assumptions in
// organisation.hpp; they are no evidence for them.
//     skill   s += [g m c e^((1-w) 2 v)(1 - s/smax) - d x (s - smin)] / 12
//     quits   H += h0 e^(-th v/sv)(1 + X)(wit if a witness and A > .5);  X = (HR-1)(iv)(dt)(ext) while passed over
//             exit when H passes -ln u, at the start of the next month;  manager  H += hm (1 + ex x)
//     mentoring   mentor's y times 1 - q; mentee's y times 1 + G/B, after the end half of it every half_life months
#pragma once

#include <dualtrack/simulate/sales_vacancy.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

namespace dualtrack::simulate {
namespace detail {

/// The manager's post of a team goes to the person; the team's reps feel it.
inline void install(const sales_model& model, const sales_arm& arm, std::uint32_t replication, std::size_t team,
                    std::uint32_t vacancy, sales_manager chosen, sales_world& world) {
    const reward_packages& extra = arm.packages;
    if (extra.training_rate > 0) {
        const auto word = draw(model.seed, replication, chosen.person, vacancy, purpose::candidate, 1)[0];
        if (happens(word, extra.training_rate)) chosen.value += static_cast<float>(extra.training_gain * model.spread);
        chosen.hero = hero_tendency(model, chosen.talent, chosen.value, chosen.hero_noise);
    }
    sales_seats& seats = world.seats;
    if (chosen.value < 0) {
        const auto until = static_cast<float>(world.period) + static_cast<float>(model.a.witness_months) - 1.0F;
        for (std::size_t seat = seats.first[team]; seat < seats.first[team + 1]; ++seat)
            if (seats.field(seat_field::occupied)[seat] > 0) seats.field(seat_field::witness_until)[seat] = until;
    }
    if (world.counted) {
        ++world.counts.promotions;
        world.counts.value += static_cast<double>(chosen.value);
        world.counts.negative += chosen.value < 0 ? 1 : 0;
    }
    seat_manager(model, team, chosen, seats);
}

inline sales_manager rep_as_manager(const sales_model& model, std::uint32_t replication, const sales_seats& seats,
                                    std::size_t seat, const person_draw& drawn) {
    const auto get = [&](seat_field which) { return seats.field(which)[seat]; };
    sales_manager m;
    m.person = seats.persons()[seat];
    m.talent = get(seat_field::talent);
    m.collaboration = get(seat_field::collaboration);
    m.value = get(seat_field::value);
    m.hero_noise = get(seat_field::hero_noise);
    m.readiness_noise = get(seat_field::readiness_noise);
    m.collaboration_noise = get(seat_field::collaboration_noise);
    m.skill = get(seat_field::skill);
    m.record = get(seat_field::record);
    m.tenure = get(seat_field::tenure);
    m.rep_hazard = get(seat_field::hazard);
    m.rep_threshold = get(seat_field::threshold);
    m.group = seats.group[seat];
    m.was_candidate = seats.was_candidate[seat] != 0;
    m.hero = drawn.hero;
    m.threshold = drawn.manager_threshold;
    m.n_posts = static_cast<std::uint8_t>(std::min(255, seats.n_posts[seat] + 1));
    // A second post is a new stay: with the old threshold those who stay short would be tried again and again.
    if (m.n_posts > 1)
        m.threshold =
            static_cast<float>(exponential_of(draw(model.seed, replication, m.person, m.n_posts, purpose::exit)[0]));
    return m;
}

/// Step 3, one team.
inline void fill_vacancy(const sales_model& model, const sales_arm& arm, std::uint32_t replication, std::size_t team,
                         sales_scratch& s, sales_world& world) {
    sales_seats& seats = world.seats;
    const std::uint32_t vacancy =
        vacancy_id(seats.n_manager_vacancies[team]++, static_cast<std::uint32_t>(seats.n_teams()),
                   static_cast<std::uint32_t>(team));
    const observed_candidates seen = look_at_candidates(model, arm, replication, team, vacancy, world, s);
    const std::size_t n = seen.n;
    const bool is_external = arm.rule.kind == rule_kind::external;
    if (n > 0 && !is_external) score_vacancy(model, arm, replication, team, seen, s, world);
    s.declined.assign(n, 0);
    const std::size_t winner = n == 0 || is_external ? n : choose(model, n, s, world);
    if (world.counted) count_promotion(model, n, winner, s, world);
    const auto until = static_cast<float>(world.period) + static_cast<float>(model.a.passed_over_months) - 1.0F;
    for (std::size_t k = 0; k < n; ++k) {
        const bool outsold = winner == n || s.sales12[k] > s.sales12[winner];
        if (k != winner && s.rank[k] >= model.a.passed_over_rank && outsold)
            seats.field(seat_field::passed_until)[s.seat[k]] = until;
        if (world.log != nullptr && world.counted)
            world.log->push_back({replication, world.period - static_cast<std::uint32_t>(model.shape.burn_in_months),
                                  vacancy, static_cast<std::uint32_t>(n), s.person[k], s.score[k], !is_external,
                                  k == winner, s.declined[k] != 0});
    }
    if (winner < n) {
        const std::size_t seat = s.seat[winner];
        const sales_manager chosen = rep_as_manager(model, replication, seats, seat,
                                                    person_of(model, replication, seats.persons()[seat], s.drawn));
        vacate(model, replication, seat, s.drawn, world);
        install(model, arm, replication, team, vacancy, chosen, world);
        return;
    }
    const sales_manager outsider = manager_of(model, person_of(model, replication, seats.next_person++, s.drawn));
    install(model, arm, replication, team, vacancy, outsider, world);
}

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

} // namespace detail

/// One month under a rule; `counted`: after the burn-in. The steps are those of version 1 of the key layout.
inline void simulate_month(const sales_model& model, const sales_arm& arm, std::uint32_t replication, sales_scratch& s,
                           sales_world& world) {
    using namespace detail;
    sales_seats& seats = world.seats;
    sales_counts& c = world.counts;
    ++world.period;
    world.cost = 0;
    const float* tenure = seats.field(seat_field::tenure);
    const float* occupied = seats.field(seat_field::occupied);
    for (const std::uint32_t seat : seats.leaving) {
        if (world.counted) {
            ++c.quits;
            c.regretted += seats.field(seat_field::talent)[seat] > 0.8416F ? 1 : 0;
        }
        vacate(model, replication, seat, s.drawn, world);
    }
    seats.leaving.clear();
    s.posts.assign(seats.managers_leaving.begin(), seats.managers_leaving.end());
    seats.managers_leaving.clear();
    for (const std::uint32_t team : s.posts)
        if (seats.managers[team].steps_down || model.shape.managers_step_down)
            step_down(model, seats.managers[team], world);
    for (const std::uint32_t team : s.posts) fill_vacancy(model, arm, replication, team, s, world);
    // New people, on the seats whose time has come, ascending.
    std::size_t kept = 0;
    for (const std::uint32_t seat : seats.empty) {
        if (seats.fill_at[seat] <= static_cast<std::int32_t>(world.period))
            seat_person(person_of(model, replication, seats.next_person++, s.drawn), seat, 1, seats);
        else
            seats.empty[kept++] = seat;
    }
    seats.empty.resize(kept);
    const reward_packages& extra = arm.packages;
    if (extra.mentees > 0 && (static_cast<std::int32_t>(world.period) - model.shape.burn_in_months - 1) % 12 == 0)
        assign_mentors(model, extra, s, world);
    const bool reviewed = extra.demotion > 0;
    if (reviewed) {
        s.expected.resize(seats.n);
        for (std::size_t k = 0; k < seats.n; ++k) {
            const double ramp = std::min(1.0, static_cast<double>(tenure[k]) / model.a.ramp_months);
            const double record = tenure[k] > 1 ? static_cast<double>(seats.field(seat_field::record)[k]) : 0.0;
            s.expected[k] =
                static_cast<float>(numeric::exp(record - 0.5 * model.a.talent_spread * model.a.talent_spread) * ramp *
                                   static_cast<double>(occupied[k] * seats.field(seat_field::boost)[k]));
        }
    }
    const sales_assumptions& a = model.a;
    const bool talked_to = arm.rule.interviewed || extra.not_yet_talk;
    month_constants with{};
    with.talent_spread = static_cast<float>(a.talent_spread);
    with.inverse_ramp = static_cast<float>(a.ramp_months > 0 ? 1.0 / a.ramp_months : 1.0);
    with.inverse_skill_most = static_cast<float>(1.0 / a.skill_most);
    with.skill_least = static_cast<float>(a.skill_least);
    with.tails_coaching = static_cast<float>(a.tails_coaching);
    with.tails_at = static_cast<float>(0.8416 * a.talent_spread);
    with.passed_over = static_cast<float>((a.passed_over_ratio - 1) * (talked_to ? a.interview_relief : 1.0) *
                                          (extra.dual_track ? a.dual_track_relief : 1.0) *
                                          (arm.rule.kind == rule_kind::external ? 1.0 : a.insider_relief));
    with.witness = static_cast<float>(a.witness_ratio);
    with.witness_talent = static_cast<float>(a.witness_talent);
    with.pay_at_par = extra.dual_track ? static_cast<float>(a.manager_pay) : 0.0F;
    with.noise = model.shape.monthly_noise ? static_cast<float>(a.month_noise) : 0.0F;
    with.seed = model.seed;
    with.replication = replication;
    with.period = world.period;
    with.is_first = world.period == 1;
    s.crossed.assign((seats.n_padded + 63) / 64, 0);
    month_sums sums;
    model.kernels.pass_month(seats, with, s.crossed.data(), sums);
    for (std::size_t word = 0; word < s.crossed.size(); ++word)
        for (std::uint64_t left = s.crossed[word]; left != 0; left &= left - 1)
            seats.leaving.push_back(static_cast<std::uint32_t>(word * 64) +
                                    static_cast<std::uint32_t>(std::countr_zero(left)));
    if (reviewed) review_managers(model, arm, replication, s, world);
    for (std::size_t team = 0; team < seats.n_teams(); ++team) {
        seats.manager_hazard[team] += seats.manager_step[team];
        if (seats.manager_hazard[team] > seats.manager_threshold[team]) leave_post(team, seats);
    }
    if (!world.counted) return;
    c.output += sums.output;
    c.cost += world.cost;
    c.pay += sums.pay + a.manager_pay * static_cast<double>(seats.n_teams());
    c.skill += sums.skill;
    c.hero += seats.hero;
    c.top_months += sums.n_top;
    c.seat_months += static_cast<std::int64_t>(seats.n);
    c.empty_months += static_cast<std::int64_t>(seats.empty.size());
    c.rep_months += static_cast<std::int64_t>(seats.n - seats.empty.size());
    c.manager_months += static_cast<std::int64_t>(seats.n_teams());
    const double weight = model.weight[world.period - 1 - static_cast<std::uint32_t>(model.shape.burn_in_months)];
    c.discounted += weight * (sums.output - world.cost);
    c.discount_weights += weight * static_cast<double>(seats.n);
}

} // namespace dualtrack::simulate
