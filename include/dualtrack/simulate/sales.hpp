// What the way of choosing managers does to a sales organisation: its revenue, who leaves, who rises. A month goes in a
// fixed order: exits that have become certain; vacant managers' posts, team by team (after those of leaders above
// them, where there are any); new people; output, learning and the growing wish to leave. Every rule starts from the
// same organisation (after a burn-in under `random`) and meets the same people and the same luck, so that a difference
// is the rule's doing. Results follow from the assumptions in organisation.hpp; they are no evidence for them.
//     skill   s += [g m c e^((1-w) 2 v)(1 - s/smax) - d x (s - smin)] / 12
//     quits   H += h0 e^(-th v/sv)(1 + X)(wit if a witness and A > .5);  X = (HR-1)(iv)(dt)(ext) while passed over
//             exit when H passes -ln u, at the start of the next month;  manager  H += hm (1 + ex x)
#pragma once

#include <dualtrack/simulate/sales_levels.hpp>
#include <dualtrack/simulate/sales_packages.hpp>
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
    chosen.since = world.period;
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
    const std::size_t winner = n == 0 || is_external ? n : choose(model, replication, vacancy, n, s, world);
    if (world.counted) count_promotion(model, n, winner, s, world);
    const auto until = static_cast<float>(world.period) + static_cast<float>(model.a.passed_over_months) - 1.0F;
    const std::int32_t least_of_best = least_outsold(model.a.passed_over_rank, n);
    const float sold = winner < n ? s.sales12[winner] : -float_infinity;
    float* const passed_until = seats.field(seat_field::passed_until);
    const std::uint32_t* const seat_of = s.seat.data();
    const std::int32_t* const n_lower = s.n_lower.data();
    const float* const sales12 = s.sales12.data();
    s.order.resize(n);
    std::uint32_t* const passed = s.order.data(); // listed first: nobody can foretell who they are
    std::size_t n_passed = 0;
    for (std::size_t k = 0; k < n; ++k) {
        passed[n_passed] = seat_of[k];
        n_passed += static_cast<std::size_t>(static_cast<int>(n_lower[k] >= least_of_best) &
                                             static_cast<int>(sales12[k] > sold));
    }
    for (std::size_t i = 0; i < n_passed; ++i) passed_until[passed[i]] = until;
    if (world.log != nullptr && world.counted)
        for (std::size_t k = 0; k < n; ++k)
            world.log->push_back({replication, world.period - static_cast<std::uint32_t>(model.shape.burn_in_months),
                                  vacancy, static_cast<std::uint32_t>(n), s.person[k], s.score[k], !is_external,
                                  k == winner, s.declined[k] != 0});
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

} // namespace detail

/// What the vector loops take from the assumptions, under a rule with its packages.
[[nodiscard]] inline month_constants constants_of(const sales_model& model, const sales_arm& arm) noexcept {
    const reward_packages& extra = arm.packages;
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
    return with;
}

/// One month under a rule; `counted`: after the burn-in. The steps are those of version 1 of the key layout.
inline void simulate_month(const sales_model& model, const sales_arm& arm, month_constants with,
                           std::uint32_t replication, sales_scratch& s, sales_world& world) {
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
    if (!seats.upper.empty()) fill_levels(model, arm, replication, s, world);
    for (const std::uint32_t team : s.posts) fill_vacancy(model, arm, replication, team, s, world);
    // New people, on the seats whose time has come, ascending.
    std::uint32_t* const empty = seats.empty.data();
    const std::int32_t* const fill_at = seats.fill_at.data();
    const auto now = static_cast<std::int32_t>(world.period);
    const std::size_t n_empty = seats.empty.size();
    s.order.resize(n_empty);
    std::uint32_t* const due = s.order.data();
    std::size_t kept = 0, n_due = 0;
    for (std::size_t i = 0; i < n_empty; ++i) {
        const std::uint32_t seat = empty[i];
        const bool is_due = fill_at[seat] <= now;
        due[n_due] = empty[kept] = seat;
        n_due += is_due ? 1 : 0;
        kept += is_due ? 0 : 1;
    }
    seats.empty.resize(kept);
    for (std::size_t i = 0; i < n_due; ++i)
        seat_person(person_of(model, replication, seats.next_person++, s.drawn), due[i], 1, seats);
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
    const std::size_t n_teams = seats.n_teams();
    float* const manager_hazard = seats.manager_hazard.data();
    const float* const manager_step = seats.manager_step.data();
    const float* const manager_threshold = seats.manager_threshold.data();
    for (std::size_t team = 0; team < n_teams; ++team) {
        manager_hazard[team] += manager_step[team];
        if (manager_hazard[team] > manager_threshold[team]) leave_post(team, seats);
    }
    if (!seats.upper.empty()) age_levels(model, seats);
    if (!world.counted) return;
    c.output += sums.output;
    c.cost += world.cost;
    c.pay += sums.pay + model.a.manager_pay * static_cast<double>(n_teams);
    if (!seats.upper.empty()) c.pay += pay_of_levels(model, seats);
    c.skill += sums.skill;
    c.hero += seats.hero;
    c.top_months += sums.n_top;
    c.seat_months += static_cast<std::int64_t>(seats.n);
    c.empty_months += static_cast<std::int64_t>(seats.empty.size());
    c.rep_months += static_cast<std::int64_t>(seats.n - seats.empty.size());
    c.manager_months += static_cast<std::int64_t>(n_teams);
    const double weight = model.weight[world.period - 1 - static_cast<std::uint32_t>(model.shape.burn_in_months)];
    c.discounted += weight * (sums.output - world.cost);
    c.discount_weights += weight * static_cast<double>(seats.n);
}

} // namespace dualtrack::simulate
