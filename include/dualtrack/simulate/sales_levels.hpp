// Leaders above the managers: a director leads some teams, the next one some directors, and so on. The design gives no
// equations for them, so this is the least that can be said honestly, and every number of it is an assumption: a leader
// is chosen by the same rule as a manager, from those who hold the posts one level below, and the value of a leader
// reaches every team below in part.
//     value of a team    v = v of its manager + w_up v of its director + w_up^2 v of the one above + ...
//     order of a month   posts of the highest level first, seats ascending: director vacancy -> best manager ->
//                        manager vacancy -> best rep -> rep vacancy, all in the same month
//     candidates         holders of the posts below, seen by what they sold as reps, their rating, months in the firm
//     acceptance         logistic(a0 + a1 ln payM): each level pays payM times the level below
//     exit               H += hm, as managers who do not sell; a new stay draws its own threshold
// Left out: being passed over as a manager, witnesses of a director's promotion, reviews of directors, directors who
// sell. Figures of promotions (posts, value, declined offers, fairness) stay those of the managers of teams. Keys:
// those of managers, with blocks of their own (level 1: directors): look `level`, candidate 2 x level and, for a
// training, 2 x level + 1, choice `level`; persons at the start are numbered after the managers, level by level.
#pragma once

#include <dualtrack/simulate/sales_packages.hpp>
#include <dualtrack/simulate/sales_vacancy.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace dualtrack::simulate {
namespace detail {

/// Writes to every team what the leaders above it are worth to it, where that has changed.
inline void spread_leaders(const sales_model& model, sales_seats& seats) {
    for (std::size_t team = 0; team < seats.n_teams(); ++team) {
        double sum = 0, weight = 1;
        std::size_t unit = team;
        for (const sales_level& level : seats.upper) {
            unit /= level.n_below;
            weight *= model.a.leaders_share;
            sum += weight * static_cast<double>(level.leaders[unit].value);
        }
        if (seats.above[team] == sum) continue;
        seats.above[team] = sum;
        spread_manager(model, team, seats);
    }
}

/// The holders of the posts below a level; level 0 is that of the directors.
inline std::vector<sales_manager>& posts_below(sales_seats& seats, std::size_t level) {
    return level == 0 ? seats.managers : seats.upper[level - 1].leaders;
}

/// Candidates of one post as they can be seen; `s.seat` are their posts.
inline observed_candidates look_at_leaders(const sales_model& model, std::uint32_t replication, std::size_t level,
                                           std::size_t post, std::uint32_t vacancy,
                                           const std::vector<std::uint8_t>& is_open, sales_scratch& s,
                                           sales_world& world) {
    const std::vector<sales_manager>& holders = posts_below(world.seats, level);
    const std::size_t n_below = world.seats.upper[level].n_below;
    const auto block = static_cast<std::uint32_t>(level + 1);
    const std::size_t most = holders.size();
    for (std::vector<float>* each : {&s.sales12, &s.tenure, &s.collaboration, &s.readiness})
        each->resize(std::max(each->size(), most));
    for (std::vector<std::uint32_t>* each : {&s.seat, &s.person, &s.chance}) each->resize(std::max(each->size(), most));
    s.flags.resize(std::max(s.flags.size(), most));
    s.rank.resize(std::max(s.rank.size(), most));
    s.value.assign(most, float_nan);
    s.score.assign(most, float_nan);
    s.trial.assign(most, float_nan);
    s.pay.assign(most, static_cast<float>(model.a.manager_pay));
    const float inverse_spread = model.spread > 0 ? static_cast<float>(1.0 / model.spread) : 0.0F;
    const auto look_noise = static_cast<float>(model.a.month_noise / std::sqrt(12.0));
    std::size_t n = 0;
    for (std::size_t k = 0; k < holders.size(); ++k) {
        const bool is_own = k / n_below == post;
        if (is_open[k] != 0 || (model.shape.own_team_only && !is_own)) continue;
        const sales_manager& m = holders[k];
        const random::words look = draw(model.seed, replication, m.person, world.period, purpose::look, block);
        s.seat[n] = static_cast<std::uint32_t>(k);
        s.person[n] = m.person;
        s.sales12[n] = m.record + look_noise * normal_of(look[0]);
        s.tenure[n] = m.tenure + static_cast<float>(world.period - m.since);
        s.value[n] = m.value;
        s.collaboration[n] = m.collaboration + static_cast<float>(model.a.collaboration_noise) * m.collaboration_noise;
        s.readiness[n] = m.value * inverse_spread + static_cast<float>(model.a.readiness_noise) * m.readiness_noise;
        s.chance[n] = draw(model.seed, replication, m.person, vacancy, purpose::candidate, 2 * block)[0];
        s.flags[n] = is_own ? 1 : 0;
        ++n;
    }
    for (std::size_t k = 0; k < n; ++k) {
        const auto n_lower = std::count_if(s.sales12.begin(), s.sales12.begin() + static_cast<std::ptrdiff_t>(n),
                                           [&](float other) { return other < s.sales12[k]; });
        s.rank[k] = n > 1 ? static_cast<double>(n_lower) / static_cast<double>(n - 1) : 0.0;
    }
    return {n,
            static_cast<std::uint32_t>(post),
            world.period,
            std::uint64_t{block} << 32 | vacancy, // a key of its own for a host's rule
            s.person.data(),
            s.sales12.data(),
            s.tenure.data(),
            s.collaboration.data(),
            s.readiness.data(),
            s.trial.data(),
            s.pay.data(),
            s.flags.data()};
}

/// Scores of the candidates of one post; the truth is seen by `oracle` and in a test drive alone.
inline void score_leaders(const sales_model& model, const sales_arm& arm, std::uint32_t replication, std::size_t level,
                          const observed_candidates& seen, sales_scratch& s, sales_world& world) {
    const auto block = static_cast<std::uint32_t>(level + 1);
    const auto vacancy = static_cast<std::uint32_t>(seen.vacancy);
    const auto try_out = [&](std::size_t k, double months, double share) {
        const sales_manager& m = posts_below(world.seats, level)[s.seat[k]];
        const double spread = model.a.talent_spread;
        const double sold = spread * static_cast<double>(m.talent) + static_cast<double>(m.skill);
        world.cost += share * months * numeric::exp(sold - 0.5 * spread * spread);
        const float inverse_spread = model.spread > 0 ? static_cast<float>(1.0 / model.spread) : 0.0F;
        const auto word = draw(model.seed, replication, m.person, vacancy, purpose::candidate, 2 * block)[3];
        return m.value * inverse_spread + static_cast<float>(model.a.trial_noise) * normal_of(word);
    };
    if (arm.rule.kind == rule_kind::oracle) {
        std::copy_n(s.value.begin(), seen.n, s.score.begin());
    } else if (arm.rule.kind == rule_kind::host) {
        for (std::size_t k = 0; k < seen.n && arm.rule.tries_everybody; ++k) s.trial[k] = try_out(k, 3, 0.2);
        if (!arm.rule.score(seen, s.score.data(), arm.rule.user)) world.failed = true;
    } else if (arm.rule.kind == rule_kind::test_drive) {
        std::copy_n(s.readiness.begin(), seen.n, s.score.begin());
        s.order.resize(seen.n);
        std::iota(s.order.begin(), s.order.end(), 0U);
        std::sort(s.order.begin(), s.order.end(), [&](std::uint32_t x, std::uint32_t y) {
            return s.readiness[x] != s.readiness[y] ? s.readiness[x] > s.readiness[y] : x < y;
        });
        const auto n_tried = static_cast<std::size_t>(std::clamp(arm.rule.figures[0], 1.0, 1e6));
        for (std::size_t i = 0; i < std::min(seen.n, n_tried); ++i)
            s.score[s.order[i]] = 100.0F + try_out(s.order[i], arm.rule.figures[1], arm.rule.figures[2]);
    } else {
        const candidate_chances chance{s.chance.data(),
                                       draw(model.seed, replication, seen.team, vacancy, purpose::choice, block)};
        score_candidates(arm.rule, model.a, seen, s.rank.data(), chance, s.scoring, s.score.data());
    }
}

/// Asks in the order of the scores; n if an outsider gets the post.
inline std::size_t choose_leader(const sales_model& model, std::uint32_t replication, std::size_t level,
                                 std::uint32_t vacancy, std::size_t n, sales_scratch& s) {
    std::vector<std::uint32_t> order;
    for (std::uint32_t k = 0; k < n; ++k)
        if (s.score[k] == s.score[k]) order.push_back(k);
    const auto word = [&](std::uint32_t k, std::size_t which) {
        return draw(model.seed, replication, s.person[k], vacancy, purpose::candidate,
                    2 * static_cast<std::uint32_t>(level + 1))[which];
    };
    std::sort(order.begin(), order.end(), [&](std::uint32_t x, std::uint32_t y) {
        if (s.score[x] != s.score[y]) return s.score[x] > s.score[y];
        return word(x, 1) != word(y, 1) ? word(x, 1) > word(y, 1) : x < y;
    });
    const double logit = model.a.acceptance_level + model.a.acceptance_pay * numeric::log(model.a.manager_pay);
    for (const std::uint32_t k : order)
        if (happens(word(k, 2), 1.0 / (1.0 + numeric::exp(-logit)))) return k;
    return order.empty() || model.shape.outside_if_declined ? n : order.front();
}

/// One vacant post above the managers. `is_open`: of the posts below; the winner's becomes one of them.
inline void fill_leader(const sales_model& model, const sales_arm& arm, std::uint32_t replication, std::size_t level,
                        std::size_t post, std::vector<std::uint8_t>& is_open, sales_scratch& s, sales_world& world) {
    sales_seats& seats = world.seats;
    sales_level& of = seats.upper[level];
    const std::uint32_t vacancy = vacancy_id(of.n_vacancies[post]++, static_cast<std::uint32_t>(of.leaders.size()),
                                             static_cast<std::uint32_t>(post));
    const observed_candidates seen = look_at_leaders(model, replication, level, post, vacancy, is_open, s, world);
    std::size_t winner = seen.n;
    if (seen.n > 0 && arm.rule.kind != rule_kind::external) {
        score_leaders(model, arm, replication, level, seen, s, world);
        winner = choose_leader(model, replication, level, vacancy, seen.n, s);
    }
    sales_manager chosen;
    if (winner < seen.n) {
        chosen = posts_below(seats, level)[s.seat[winner]];
        is_open[s.seat[winner]] = 1;
        chosen.tenure = s.tenure[winner];
        chosen.n_posts = static_cast<std::uint8_t>(std::min(255, chosen.n_posts + 1));
        chosen.threshold = static_cast<float>(
            exponential_of(draw(model.seed, replication, chosen.person, chosen.n_posts, purpose::exit)[0]));
        chosen.steps_down = false;
        world.counts.leaders_moved += world.counted && level > 0 ? 1 : 0;
    } else {
        chosen = manager_of(model, person_of(model, replication, seats.next_person++, s.drawn));
    }
    const reward_packages& extra = arm.packages;
    const auto training = draw(model.seed, replication, chosen.person, vacancy, purpose::candidate,
                               2 * static_cast<std::uint32_t>(level + 1) + 1)[0];
    if (extra.training_rate > 0 && happens(training, extra.training_rate))
        chosen.value += static_cast<float>(extra.training_gain * model.spread);
    chosen.since = world.period;
    of.leaders[post] = chosen;
    of.hazard[post] = 0;
    world.counts.leaders_promoted += world.counted ? 1 : 0;
}

/// Steps 3 and 4 above the managers: who leaves, who moves up. Posts of managers that fall vacant join s.posts.
inline void fill_levels(const sales_model& model, const sales_arm& arm, std::uint32_t replication, sales_scratch& s,
                        sales_world& world) {
    sales_seats& seats = world.seats;
    bool any = false;
    for (const sales_level& level : seats.upper) any = any || !level.leaving.empty();
    if (!any) return;
    std::vector<std::vector<std::uint8_t>> is_open(seats.upper.size() + 1);
    is_open[0].assign(seats.n_teams(), 0);
    for (const std::uint32_t team : s.posts) is_open[0][team] = 1;
    for (std::size_t level = 0; level < seats.upper.size(); ++level) {
        sales_level& of = seats.upper[level];
        is_open[level + 1].assign(of.leaders.size(), 0);
        for (const std::uint32_t post : of.leaving) {
            is_open[level + 1][post] = 1;
            world.counts.leaders_left += world.counted ? 1 : 0;
            if (model.shape.managers_step_down) step_down(model, of.leaders[post], world);
        }
        of.leaving.clear();
    }
    for (std::size_t level = seats.upper.size(); level-- > 0;)
        for (std::size_t post = 0; post < is_open[level + 1].size(); ++post)
            if (is_open[level + 1][post] != 0)
                fill_leader(model, arm, replication, level, post, is_open[level], s, world);
    s.posts.clear();
    for (std::uint32_t team = 0; team < seats.n_teams(); ++team)
        if (is_open[0][team] != 0) s.posts.push_back(team);
    spread_leaders(model, seats);
}

/// Step 9 above the managers.
inline void age_levels(const sales_model& model, sales_seats& seats) {
    for (sales_level& level : seats.upper)
        for (std::uint32_t post = 0; post < level.leaders.size(); ++post) {
            level.hazard[post] += static_cast<float>(model.a.manager_exit);
            if (level.hazard[post] > level.leaders[post].threshold) level.leaving.push_back(post);
        }
}

/// Pay of a month above the managers.
inline double pay_of_levels(const sales_model& model, const sales_seats& seats) noexcept {
    double sum = 0, pay = model.a.manager_pay;
    for (const sales_level& level : seats.upper) {
        pay *= model.a.manager_pay;
        sum += pay * static_cast<double>(level.leaders.size());
    }
    return sum;
}

} // namespace detail

/// The leaders above the managers before the first period, after start_world.
inline void start_levels(const sales_model& model, std::uint32_t replication, sales_scratch& scratch,
                         sales_world& world) {
    sales_seats& seats = world.seats;
    if (model.shape.levels.empty()) return;
    seats.above.assign(seats.n_teams(), 0);
    std::size_t n = seats.n_teams();
    for (const std::int32_t n_below : model.shape.levels) {
        sales_level& level = seats.upper.emplace_back();
        level.n_below = static_cast<std::size_t>(n_below);
        n = (n + level.n_below - 1) / level.n_below;
        level.hazard.assign(n, 0);
        level.n_vacancies.assign(n, 0);
        for (std::size_t post = 0; post < n; ++post)
            level.leaders.push_back(
                detail::manager_of(model, detail::person_of(model, replication, seats.next_person++, scratch.drawn)));
    }
    detail::spread_leaders(model, seats);
}

} // namespace dualtrack::simulate
