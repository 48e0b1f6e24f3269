// The sales model as one would write it down first: persons as structs, double precision, the formulas as they stand in
// the design, keyed draws one at a time. It is what the vector engine is compared with, on the same keys, and what it
// has to be faster than. It knows the rules of the reference table and no packages but dual_track, and
// leaders above the managers where the shape has them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include <dualtrack/base/random.hpp>
#include <dualtrack/simulate/draws.hpp>
#include <dualtrack/simulate/policies.hpp>
#include <dualtrack/simulate/sales_world.hpp>

namespace dualtrack::simulate::plain_model {

struct person {
    std::uint32_t id = 0;
    double A = 0, Q = 0, v = 0, x = 0, readiness_z = 0, collaboration_z = 0, threshold = 0;
    double H = 0, s = 0, ema = 0;
    bool here = false, has_ema = false;
    int tenure = 0, passed_until = 0, witness_until = 0, exit_at = 0;
    int since = 0, n_posts = 0; // of a manager: period of coming into the post, posts held so far
};

struct figures {
    double revenue = 0, revenue_first_year = 0;
    double quits = 0, regretted = 0, promotions = 0, declined = 0, value = 0, negative = 0, empty = 0;
    double winners = 0, x = 0, v = 0, xx = 0, xv = 0;                 // of the promoted reps: x = sales12 / sA, and v
    double leaders_promoted = 0, leaders_left = 0, leaders_moved = 0; // above the managers
};

class firm {
  public:
    firm(const sales_assumptions& assumptions, const sales_shape& shape, std::uint64_t seed, std::uint32_t replication)
        : a(assumptions), shape_(shape), seed_(seed), replication_(replication), sv(value_spread(assumptions)),
          n(shape.span), n_seats(shape.n_teams * shape.span) {
        reps.resize(static_cast<std::size_t>(n_seats));
        managers.resize(static_cast<std::size_t>(shape.n_teams));
        fill_at.assign(reps.size(), 0);
        n_vacancies.assign(reps.size(), 0);
        n_manager_vacancies.assign(managers.size(), 0);
        for (person& p : reps) {
            p = new_person();
            p.tenure = static_cast<int>(36 * uniform(p.id, 0, purpose::start));
        }
        for (person& p : managers) p = new_manager();
        int n_posts = shape.n_teams;
        for (const int n_below : shape.levels) {
            n_posts = (n_posts + n_below - 1) / n_below;
            upper.emplace_back(static_cast<std::size_t>(n_posts));
            n_upper_vacancies.emplace_back(upper.back().size(), 0U);
            for (person& p : upper.back()) p = new_manager();
        }
    }

    figures run(const sales_arm& arm) {
        figures out;
        const sales_arm burn_in;
        const int from = shape_.burn_in_months, months = shape_.months;
        for (int t = 1; t <= from + months; ++t) {
            counted = t > from;
            const double revenue = month(counted ? arm : burn_in, t, out);
            if (counted) out.revenue += revenue;
            if (counted && t <= from + 12) out.revenue_first_year += revenue;
        }
        out.revenue /= n_seats * months;
        out.revenue_first_year /= n_seats * std::min(12, months);
        return out;
    }

  private:
    random::words words(std::uint32_t entity, std::uint32_t c2, std::uint32_t what) const {
        return draw(seed_, replication_, entity, c2, what);
    }
    double uniform(std::uint32_t entity, std::uint32_t c2, std::uint32_t what) const {
        return random::uniform_24(words(entity, c2, what)[0]);
    }

    person new_person() {
        person p;
        p.id = next_person++;
        const random::words w = words(p.id, 0, purpose::person);
        const double z1 = normal_double_of(w[1]), z2 = normal_double_of(w[2]), z3 = normal_double_of(w[3]);
        p.A = normal_double_of(w[0]);
        p.Q = a.talent_collaboration * p.A + std::sqrt(1 - a.talent_collaboration * a.talent_collaboration) * z1;
        p.v = a.talent_on_value * p.A + a.collaboration_on_value * p.Q + a.value_noise * z2;
        const double logit = a.hero_level + a.hero_talent * p.A - a.hero_value * p.v / sv + a.hero_noise * z3;
        p.x = 1 / (1 + std::exp(-logit));
        const random::words noise = words(p.id, 0, purpose::score_noise);
        p.readiness_z = normal_double_of(noise[0]);
        p.collaboration_z = normal_double_of(noise[1]);
        p.threshold = -std::log(uniform(p.id, 0, purpose::exit));
        p.here = true;
        return p;
    }

    person new_manager() {
        person p = new_person();
        p.threshold = -std::log(uniform(p.id, 1, purpose::exit));
        p.tenure = static_cast<int>(a.candidate_tenure);
        p.n_posts = 1;
        return p;
    }

    /// What the leaders of a team above its manager are worth to it.
    double value_above(std::size_t team) const {
        double sum = 0, weight = 1;
        for (std::size_t level = 0; level < upper.size(); ++level) {
            team /= static_cast<std::size_t>(shape_.levels[level]);
            weight *= a.leaders_share;
            sum += weight * upper[level][team].v;
        }
        return sum;
    }

    void vacate(std::size_t seat, int t) {
        const double u = uniform(static_cast<std::uint32_t>(seat), n_vacancies[seat]++, purpose::fill);
        fill_at[seat] = t + 1 + static_cast<int>(std::floor(std::log(u) / std::log(1 - 1 / a.months_empty)));
        reps[seat].here = false;
    }

    double month(const sales_arm& arm, int t, figures& out) {
        double revenue = 0;
        for (person& p : reps) p.tenure += p.here ? 1 : 0;
        for (std::size_t seat = 0; seat < reps.size(); ++seat) {
            if (!reps[seat].here || reps[seat].exit_at != t) continue;
            if (counted) {
                ++out.quits;
                out.regretted += reps[seat].A > 0.8416 ? 1 : 0;
            }
            vacate(seat, t);
        }
        for (const auto& level : upper)
            for (const person& p : level) out.leaders_left += counted && p.exit_at == t ? 1 : 0;
        for (std::size_t level = upper.size(); level-- > 0;)
            for (std::size_t post = 0; post < upper[level].size(); ++post)
                if (upper[level][post].exit_at == t) revenue -= fill_upper(arm, level, post, t, out);
        for (std::size_t team = 0; team < managers.size(); ++team)
            if (managers[team].exit_at == t) revenue -= fill_post(arm, team, t, out);
        for (std::size_t seat = 0; seat < reps.size(); ++seat)
            if (!reps[seat].here && fill_at[seat] <= t) {
                reps[seat] = new_person();
                reps[seat].tenure = 1;
            }
        const bool talked_to = arm.rule.interviewed;
        const double X = (a.passed_over_ratio - 1) * (talked_to ? a.interview_relief : 1) *
                         (arm.packages.dual_track ? a.dual_track_relief : 1);
        for (std::size_t team = 0; team < managers.size(); ++team) {
            person& m = managers[team];
            const double kappa = std::min(1.0, a.manager_time / (n * m.x));
            const double coaching = std::max(0.0, 1 - a.coaching_crowd_out * m.x);
            const double v = m.v + value_above(team);
            for (std::size_t seat = team * static_cast<std::size_t>(n); seat < (team + 1) * static_cast<std::size_t>(n);
                 ++seat) {
                person& p = reps[seat];
                if (!p.here) {
                    out.empty += counted ? 1 : 0;
                    continue;
                }
                const double lead = std::exp(a.talent_spread * (m.A - p.A) - p.s) - 1;
                const double L = std::log(1 + m.x * kappa * std::max(0.0, lead));
                const double o = a.talent_spread * p.A + p.s + L;
                p.ema = p.has_ema ? p.ema + (o - p.ema) / 6.5 : o;
                p.has_ema = true;
                double y = std::exp(o + a.direct_share * v + std::log(std::min(1.0, p.tenure / a.ramp_months)) -
                                    a.talent_spread * a.talent_spread / 2);
                if (shape_.monthly_noise) {
                    const double xi = normal_double_of(words(p.id, static_cast<std::uint32_t>(t), purpose::month)[0]);
                    y *= std::exp(a.month_noise * xi - a.month_noise * a.month_noise / 2);
                }
                revenue += y;
                p.s += (a.learning * coaching * std::exp((1 - a.direct_share) * 2 * v) * (1 - p.s / a.skill_most) -
                        a.dependence * m.x * (p.s - a.skill_least)) /
                       12;
                const double witness = t <= p.witness_until && p.A > 0.5 ? a.witness_ratio : 1;
                p.H += a.quit_hazard * std::exp(-a.value_on_quits * v / sv) * (1 + (t <= p.passed_until ? X : 0)) *
                       witness;
                if (p.H > p.threshold && p.exit_at == 0) p.exit_at = t + 1;
            }
            m.H += a.manager_exit * (1 + a.exhaustion * m.x);
            if (m.H > m.threshold && m.exit_at == 0) m.exit_at = t + 1;
        }
        for (auto& level : upper)
            for (person& p : level) {
                p.H += a.manager_exit;
                if (p.H > p.threshold && p.exit_at == 0) p.exit_at = t + 1;
            }
        return revenue;
    }

    /// Returns what the rule costs.
    double fill_post(const sales_arm& arm, std::size_t team, int t, figures& out) {
        const auto vacancy = vacancy_id(n_manager_vacancies[team]++, static_cast<std::uint32_t>(managers.size()),
                                        static_cast<std::uint32_t>(team));
        std::vector<std::size_t> c;
        for (std::size_t seat = 0; seat < reps.size(); ++seat)
            if (reps[seat].here && reps[seat].tenure >= a.candidate_tenure) c.push_back(seat);
        const std::size_t m = c.size();
        if (m == 0) {
            install(new_manager(), team, t, out);
            return 0;
        }
        std::vector<const person*> seen;
        for (const std::size_t seat : c) seen.push_back(&reps[seat]);
        std::vector<double> sales12(m), readiness(m), rank(m), score(m);
        std::vector<random::words> chance(m);
        for (std::size_t k = 0; k < m; ++k) {
            const person& p = reps[c[k]];
            sales12[k] = p.ema + a.month_noise / std::sqrt(12.0) *
                                     normal_double_of(words(p.id, static_cast<std::uint32_t>(t), purpose::look)[0]);
            readiness[k] = p.v / sv + a.readiness_noise * p.readiness_z;
            chance[k] = words(p.id, vacancy, purpose::candidate);
        }
        for (std::size_t k = 0; k < m; ++k) {
            const auto lower =
                std::count_if(sales12.begin(), sales12.end(), [&](double other) { return other < sales12[k]; });
            rank[k] = m > 1 ? static_cast<double>(lower) / static_cast<double>(m - 1) : 0;
        }
        const double cost = give_scores(arm.rule, seen, sales12, readiness, rank, chance, score);
        std::vector<std::size_t> order(m);
        for (std::size_t k = 0; k < m; ++k) order[k] = k;
        std::sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) {
            return score[x] != score[y] ? score[x] > score[y] : chance[x][1] > chance[y][1];
        });
        std::size_t winner = order[0];
        for (const std::size_t k : order) {
            const double own = 0.5 + 0.5 * std::exp(sales12[k]);
            const double logit = a.acceptance_level + a.acceptance_pay * std::log(a.manager_pay / own);
            if (random::uniform_24(chance[k][2]) < 1 / (1 + std::exp(-logit))) {
                winner = k;
                break;
            }
            out.declined += counted ? 1 : 0;
        }
        for (std::size_t k = 0; k < m; ++k)
            if (k != winner && rank[k] >= 0.8 && sales12[k] > sales12[winner]) reps[c[k]].passed_until = t + 11;
        const person chosen = reps[c[winner]];
        if (counted) {
            const double x = sales12[winner] / a.talent_spread;
            ++out.winners;
            out.x += x;
            out.v += chosen.v;
            out.xx += x * x;
            out.xv += x * chosen.v;
        }
        vacate(c[winner], t);
        install(chosen, team, t, out);
        return cost;
    }

    /// A post above the managers; returns what the rule costs. `exit_at` of the winner marks the post left behind.
    double fill_upper(const sales_arm& arm, std::size_t level, std::size_t post, int t, figures& out) {
        std::vector<person>& below = level == 0 ? managers : upper[level - 1];
        const auto vacancy =
            vacancy_id(n_upper_vacancies[level][post]++, static_cast<std::uint32_t>(upper[level].size()),
                       static_cast<std::uint32_t>(post));
        const auto block = static_cast<std::uint32_t>(level + 1);
        out.leaders_promoted += counted ? 1 : 0;
        std::vector<std::size_t> c;
        std::vector<person> candidates; // months in the firm, the time in the post included
        std::vector<double> sales12, readiness, rank;
        std::vector<random::words> chance;
        for (std::size_t k = 0; k < below.size(); ++k) {
            person p = below[k];
            if (p.exit_at == t) continue;
            p.tenure += t - p.since;
            c.push_back(k);
            candidates.push_back(p);
            const auto look = draw(seed_, replication_, p.id, static_cast<std::uint32_t>(t), purpose::look, block);
            sales12.push_back(p.ema + a.month_noise / std::sqrt(12.0) * normal_double_of(look[0]));
            readiness.push_back(p.v / sv + a.readiness_noise * p.readiness_z);
            chance.push_back(draw(seed_, replication_, p.id, vacancy, purpose::candidate, 2 * block));
        }
        const std::size_t m = c.size();
        person chosen;
        double cost = 0;
        if (m == 0) {
            chosen = new_manager();
        } else {
            std::vector<const person*> seen;
            for (const person& p : candidates) seen.push_back(&p);
            for (const double own : sales12) {
                const auto lower = std::count_if(sales12.begin(), sales12.end(), [&](double x) { return x < own; });
                rank.push_back(m > 1 ? static_cast<double>(lower) / static_cast<double>(m - 1) : 0);
            }
            std::vector<double> score(m);
            cost = give_scores(arm.rule, seen, sales12, readiness, rank, chance, score);
            std::vector<std::size_t> order(m);
            for (std::size_t k = 0; k < m; ++k) order[k] = k;
            std::sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) {
                return score[x] != score[y] ? score[x] > score[y] : chance[x][1] > chance[y][1];
            });
            const double logit = a.acceptance_level + a.acceptance_pay * std::log(a.manager_pay);
            std::size_t winner = order[0];
            for (const std::size_t k : order)
                if (random::uniform_24(chance[k][2]) < 1 / (1 + std::exp(-logit))) {
                    winner = k;
                    break;
                }
            chosen = candidates[winner];
            below[c[winner]].exit_at = t;
            out.leaders_moved += counted && level > 0 ? 1 : 0;
            chosen.n_posts += 1;
            chosen.threshold = -std::log(uniform(chosen.id, static_cast<std::uint32_t>(chosen.n_posts), purpose::exit));
        }
        chosen.H = 0;
        chosen.exit_at = 0;
        chosen.since = t;
        upper[level][post] = chosen;
        return cost;
    }

    double give_scores(const promotion_rule& rule, const std::vector<const person*>& c,
                       const std::vector<double>& sales12, const std::vector<double>& readiness,
                       const std::vector<double>& rank, const std::vector<random::words>& chance,
                       std::vector<double>& score) const {
        const std::size_t m = c.size();
        std::vector<double> sorted = readiness;
        std::sort(sorted.begin(), sorted.end());
        const double median = sorted[m / 2];
        for (std::size_t k = 0; k < m; ++k) {
            const person& p = *c[k];
            const double u = random::uniform_24(chance[k][0]);
            switch (rule.kind) {
            case rule_kind::best_seller:
                score[k] = sales12[k];
                break;
            case rule_kind::worst_seller:
                score[k] = -sales12[k];
                break;
            case rule_kind::seniority:
                score[k] = p.tenure;
                break;
            case rule_kind::test_drive:
            case rule_kind::readiness:
                score[k] = readiness[k];
                break;
            case rule_kind::predicted_va:
                score[k] =
                    -0.2 * 0.9 * sales12[k] / a.talent_spread + 0.2 * (p.Q + a.collaboration_noise * p.collaboration_z);
                break;
            case rule_kind::band:
                score[k] = readiness[k] + (rank[k] >= 0.70 && rank[k] < 0.95 ? 10 : 0);
                break;
            case rule_kind::lottery:
                score[k] = u - (readiness[k] >= median ? 0 : 10);
                break;
            case rule_kind::oracle:
                score[k] = p.v;
                break;
            default:
                score[k] = u;
                break;
            }
        }
        if (rule.kind != rule_kind::test_drive) return 0;
        double cost = 0;
        for (std::size_t k = 0; k < m; ++k) {
            if (readiness[k] < sorted[m - std::min<std::size_t>(3, m)]) continue;
            const person& p = *c[k];
            score[k] = 100 + p.v / sv + a.trial_noise * normal_double_of(chance[k][3]);
            cost += 0.2 * 3 * std::exp(a.talent_spread * p.A + p.s - a.talent_spread * a.talent_spread / 2);
        }
        return cost;
    }

    void install(person chosen, std::size_t team, int t, figures& out) {
        if (chosen.v < 0)
            for (std::size_t seat = team * static_cast<std::size_t>(n); seat < (team + 1) * static_cast<std::size_t>(n);
                 ++seat)
                if (reps[seat].here) reps[seat].witness_until = t + 5;
        if (counted) {
            ++out.promotions;
            out.value += chosen.v;
            out.negative += chosen.v < 0 ? 1 : 0;
        }
        chosen.H = 0;
        chosen.exit_at = 0;
        chosen.threshold = -std::log(uniform(chosen.id, 1, purpose::exit));
        chosen.since = t;
        chosen.n_posts = 1;
        managers[team] = chosen;
    }

    sales_assumptions a;
    sales_shape shape_;
    std::uint64_t seed_;
    std::uint32_t replication_;
    double sv;
    int n, n_seats;
    bool counted = false;
    std::uint32_t next_person = 0;
    std::vector<person> reps, managers;
    std::vector<std::vector<person>> upper; // [level][post]
    std::vector<std::vector<std::uint32_t>> n_upper_vacancies;
    std::vector<int> fill_at;
    std::vector<std::uint32_t> n_vacancies, n_manager_vacancies;
};

} // namespace dualtrack::simulate::plain_model
