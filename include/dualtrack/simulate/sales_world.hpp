// One simulated sales organisation under one rule: who sits where, who manages whom, and what was counted so far.
//     hero tendency    x = logistic(x0 + xA A - xM v/sv + xz z3);   kappa = min(1, K/(n x));   c = max(0, 1 - phi x)
// Persons are numbered in the order of coming in, and all their traits follow from the number, so that the k-th hire is
// the same human under every rule.
#pragma once

#include <dualtrack/base/exp_log.hpp>
#include <dualtrack/simulate/policies.hpp>
#include <dualtrack/simulate/sales_kernels.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

namespace dualtrack::simulate {

/// A rule with its packages.
struct sales_arm {
    promotion_rule rule;
    reward_packages packages;
};

/// What the counted periods add up to, so far.
struct sales_counts {
    double output = 0, cost = 0, discounted = 0, discount_weights = 0, pay = 0, skill = 0, hero = 0;
    double value = 0, order = 0; // sums over promotions: v of the chosen; Kendall's tau
    std::int64_t seat_months = 0, rep_months = 0, manager_months = 0, top_months = 0, empty_months = 0;
    std::int64_t quits = 0, regretted = 0, promotions = 0, negative = 0, declined = 0, vacated = 0, months_to_fill = 0;
    std::int64_t leaders_promoted = 0, leaders_left = 0, leaders_moved = 0; // posts above managers
    std::int64_t n_order = 0, top_candidates = 0, top_passed = 0, persons = 0, winners = 0;
    std::array<std::int64_t, 2> candidacies{}, chosen{}; // by group
    // Of the chosen: x = sales12 / sA and the true v, for the regression that published slopes come from.
    double slope_x = 0, slope_v = 0, slope_xx = 0, slope_xv = 0;
};

/// One promotion as it is written down on request.
struct logged_candidate {
    std::uint32_t replication = 0, period = 0, vacancy = 0, n_candidates = 0, person = 0;
    float score = 0;
    bool scored = true, chosen = false, declined = false;
};

/// What stays the same over a run.
struct sales_model {
    sales_assumptions a;
    sales_shape shape;
    sales_kernels kernels = kernels_for(best_instructions());
    std::uint64_t seed = 7;
    double spread = 0; // sv
    // A seat is empty for more than k + 1 months where the draw's high 24 bits are below [k].
    std::vector<std::uint32_t> still_empty;
    std::vector<double> weight; // of each counted month in revenue_discounted
};

/// A model ready to run.
[[nodiscard]] inline sales_model sales_model_of(const sales_assumptions& a, const sales_shape& shape,
                                                std::uint64_t seed) {
    sales_model out;
    out.a = a;
    out.shape = shape;
    out.seed = seed;
    out.spread = value_spread(a);
    // u below (1 - q)^k: floor(ln u / ln(1 - q)) >= k
    const double kept = 1.0 - 1.0 / a.months_empty;
    for (double left = kept; left > 0x1p-26 && out.still_empty.size() < 65535; left *= kept)
        out.still_empty.push_back(static_cast<std::uint32_t>(std::ceil(left * 0x1p24 - 0.5))); // (h + .5) 2^-24 < left
    for (std::int32_t month = 1; month <= shape.months; ++month)
        out.weight.push_back(numeric::exp(-static_cast<double>(month) / 12.0 * numeric::log1p(a.discount)));
    return out;
}

/// What was drawn for one replication so far; the same for every rule, so drawn once.
struct sales_draws {
    std::vector<person_draw> people;
    std::size_t n_ordinals = 0;
    std::vector<std::uint32_t> months_to_fill; // [ordinal x seat]
};

struct sales_scratch {
    sales_draws drawn;
    std::vector<std::uint64_t> crossed;
    std::size_t room = 0;              // candidates, padded
    std::vector<std::uint32_t> chance; // the word of a random score
    std::vector<std::uint32_t> seat, person;
    std::vector<float> record, sales12, tenure, collaboration, readiness, trial, pay, score, value, expected;
    std::vector<float> offers; // scores of those who have not declined yet
    std::vector<double> rank;  // for the rules that ask for it
    std::vector<std::int32_t> n_lower;
    std::vector<std::uint8_t> flags, declined;
    std::vector<std::uint32_t> order, posts;
    score_scratch scoring;
};

struct sales_world {
    sales_seats seats;
    sales_counts counts;
    std::vector<logged_candidate>* log = nullptr;
    std::uint32_t period = 0;
    double cost = 0; // charged in this period
    bool counted = false;
    bool failed = false; // the host's rule said stop
};

namespace detail {

inline constexpr float never_reached = 3e38F;
inline constexpr float float_infinity = std::numeric_limits<float>::infinity();
inline constexpr float float_nan = std::numeric_limits<float>::quiet_NaN();

inline float logistic(double x) noexcept {
    return static_cast<float>(1.0 / (1.0 + numeric::exp(-x)));
}

inline float hero_tendency(const sales_model& model, float talent, float value, float noise) noexcept {
    const sales_assumptions& a = model.a;
    const double by_value = model.spread > 0 ? a.hero_value * static_cast<double>(value) / model.spread : 0.0;
    return logistic(a.hero_level + a.hero_talent * static_cast<double>(talent) - by_value +
                    a.hero_noise * static_cast<double>(noise));
}

/// The person of that number.
inline const person_draw& person_of(const sales_model& model, std::uint32_t replication, std::uint32_t person,
                                    sales_draws& drawn) {
    while (drawn.people.size() <= person) {
        const std::size_t from = drawn.people.size();
        drawn.people.resize(from + lane_block);
        model.kernels.draw_people(model.a, model.spread, model.seed, replication, static_cast<std::uint32_t>(from),
                                  drawn.people.data() + from);
    }
    return drawn.people[person];
}

/// How long a seat stays empty at its ordinal-th vacancy.
inline std::int32_t months_to_fill(const sales_model& model, std::uint32_t replication, std::size_t seat,
                                   std::uint32_t ordinal, std::size_t n_padded, sales_draws& drawn) {
    for (; drawn.n_ordinals <= ordinal; ++drawn.n_ordinals) {
        const std::size_t from = drawn.n_ordinals * n_padded;
        if (drawn.months_to_fill.size() < from + n_padded) drawn.months_to_fill.resize(from + n_padded);
        model.kernels.draw_fills(model.seed, replication, static_cast<std::uint32_t>(drawn.n_ordinals), n_padded,
                                 model.still_empty.data(), model.still_empty.size(),
                                 drawn.months_to_fill.data() + from);
    }
    return static_cast<std::int32_t>(drawn.months_to_fill[ordinal * n_padded + seat]);
}

/// What the reps of a team feel of their manager, written to their seats.
inline void spread_manager(const sales_model& model, std::size_t team, sales_seats& seats) {
    const sales_assumptions& a = model.a;
    const sales_manager& m = seats.managers[team];
    const std::size_t from = seats.first[team], to = seats.first[team + 1];
    const double x = static_cast<double>(m.hero), n = static_cast<double>(to - from);
    const double v = static_cast<double>(m.value) + (seats.above.empty() ? 0.0 : seats.above[team]);
    const double kappa = x > 0 ? std::min(1.0, a.manager_time / (n * x)) : 1.0;
    const double coaching = std::max(0.0, 1.0 - a.coaching_crowd_out * x);
    const double per_sd = model.spread > 0 ? v / model.spread : 0.0;
    const auto set = [&](seat_field which, double value) {
        std::fill(seats.field(which) + from, seats.field(which) + to, static_cast<float>(value));
    };
    set(seat_field::team_talent, numeric::exp(a.talent_spread * static_cast<double>(m.talent)));
    set(seat_field::team_lift, x * kappa);
    set(seat_field::team_output, numeric::exp(a.direct_share * v - 0.5 * a.talent_spread * a.talent_spread));
    set(seat_field::team_coaching, a.learning * coaching * numeric::exp((1 - a.direct_share) * 2 * v) / 12);
    set(seat_field::team_dependence, a.dependence * x / 12);
    set(seat_field::team_hazard, a.quit_hazard * numeric::exp(-a.value_on_quits * per_sd));
}

inline sales_manager manager_of(const sales_model& model, const person_draw& p) {
    sales_manager m;
    m.person = p.person;
    m.talent = p.talent;
    m.collaboration = p.collaboration;
    m.value = p.value;
    m.hero_noise = p.hero_noise;
    m.readiness_noise = p.readiness_noise;
    m.collaboration_noise = p.collaboration_noise;
    m.group = p.group;
    m.rep_threshold = p.rep_threshold;
    m.hero = p.hero;
    m.threshold = p.manager_threshold;
    m.tenure = static_cast<float>(model.a.candidate_tenure);
    return m;
}

/// The manager's post goes to `m`.
inline void seat_manager(const sales_model& model, std::size_t team, const sales_manager& m, sales_seats& seats) {
    seats.managers[team] = m;
    seats.manager_hazard[team] = 0;
    seats.manager_threshold[team] = m.threshold;
    seats.manager_step[team] =
        static_cast<float>(model.a.manager_exit * (1 + model.a.exhaustion * static_cast<double>(m.hero)));
    seats.hero = 0;
    for (const sales_manager& each : seats.managers) seats.hero += static_cast<double>(each.hero);
    spread_manager(model, team, seats);
}

/// The person sits down on an empty seat. `seats.empty` is the caller's.
inline void seat_person(const person_draw& p, std::size_t seat, float tenure, sales_seats& seats) {
    const auto set = [&](seat_field which, float value) { seats.field(which)[seat] = value; };
    seats.persons()[seat] = p.person;
    set(seat_field::talent, p.talent);
    set(seat_field::collaboration, p.collaboration);
    set(seat_field::value, p.value);
    set(seat_field::hero_noise, p.hero_noise);
    set(seat_field::readiness_noise, p.readiness_noise);
    set(seat_field::collaboration_noise, p.collaboration_noise);
    set(seat_field::skill, 0);
    set(seat_field::record, 0);
    set(seat_field::hazard, 0);
    set(seat_field::threshold, p.rep_threshold);
    set(seat_field::tenure, tenure);
    set(seat_field::occupied, 1);
    set(seat_field::passed_until, 0);
    set(seat_field::witness_until, 0);
    set(seat_field::boost, 1);
    seats.group[seat] = p.group;
    seats.was_candidate[seat] = 0;
    seats.n_posts[seat] = 0;
}

/// The seat is empty from now on, until a person is found.
inline void vacate(const sales_model& model, std::uint32_t replication, std::size_t seat, sales_draws& drawn,
                   sales_world& world) {
    sales_seats& seats = world.seats;
    const std::int32_t months =
        months_to_fill(model, replication, seat, seats.n_vacancies[seat]++, seats.n_padded, drawn);
    seats.fill_at[seat] = static_cast<std::int32_t>(world.period) + months;
    if (world.counted) {
        ++world.counts.vacated;
        world.counts.months_to_fill += months;
    }
    seats.field(seat_field::occupied)[seat] = 0;
    seats.field(seat_field::tenure)[seat] = 0;
    seats.field(seat_field::threshold)[seat] = never_reached;
    seats.field(seat_field::boost)[seat] = 1;
    const auto id = static_cast<std::uint32_t>(seat);
    seats.empty.push_back(id); // a handful, ascending
    std::uint32_t* at = seats.empty.data() + (seats.empty.size() - 1);
    for (; at != seats.empty.data() && at[-1] > id; --at) *at = at[-1];
    *at = id;
}

} // namespace detail

/// The organisation before its first period: reps by seat, then managers by team.
inline void start_world(const sales_model& model, std::uint32_t replication, sales_scratch& scratch,
                        sales_world& world) {
    sales_seats& seats = world.seats;
    const std::size_t n_teams = n_teams_of(model.shape);
    world.counts = {};
    world.period = 0;
    world.counted = world.failed = false;
    seats.first.assign(1, 0);
    seats.team.clear();
    for (std::size_t team = 0; team < n_teams; ++team) {
        seats.first.push_back(seats.first.back() + static_cast<std::uint32_t>(span_of(model.shape, team)));
        seats.team.resize(seats.first.back(), static_cast<std::uint32_t>(team));
    }
    seats.n = seats.first.back();
    seats.n_padded = std::max(lane_block, padded(seats.n));
    seats.fields.assign(static_cast<std::size_t>(seat_field::count) * seats.n_padded / lane_block, {});
    seats.person.assign(seats.n_padded / lane_block, {});
    std::fill_n(seats.field(seat_field::threshold), seats.n_padded, detail::never_reached);
    std::fill_n(seats.field(seat_field::boost), seats.n_padded, 1.0F);
    seats.fill_at.assign(seats.n, 0);
    seats.n_vacancies.assign(seats.n, 0);
    seats.group.assign(seats.n, 0);
    seats.was_candidate.assign(seats.n, 0);
    seats.n_posts.assign(seats.n, 0);
    seats.n_manager_vacancies.assign(n_teams, 0);
    seats.managers.assign(n_teams, {});
    seats.empty.clear();
    seats.leaving.clear();
    seats.managers_leaving.clear();
    seats.upper.clear();
    seats.above.clear();
    seats.manager_hazard.assign(n_teams, 0);
    seats.manager_step.assign(n_teams, 0);
    seats.manager_threshold.assign(n_teams, 0);
    scratch.drawn.people.clear();
    scratch.drawn.n_ordinals = 0;
    for (std::size_t seat = 0; seat < seats.n; ++seat) {
        const person_draw& p = detail::person_of(model, replication, static_cast<std::uint32_t>(seat), scratch.drawn);
        const double u = random::uniform_24(draw(model.seed, replication, p.person, 0, purpose::start)[0]);
        const auto tenure = static_cast<float>(std::floor(static_cast<double>(model.shape.start_tenure_months) * u));
        detail::seat_person(p, seat, tenure + 1, seats); // step 1 of the first period
    }
    for (std::size_t team = 0; team < n_teams; ++team) {
        const auto person = static_cast<std::uint32_t>(seats.n + team);
        const sales_manager m = detail::manager_of(model, detail::person_of(model, replication, person, scratch.drawn));
        detail::seat_manager(model, team, m, seats);
    }
    seats.next_person = static_cast<std::uint32_t>(seats.n + n_teams);
}

} // namespace dualtrack::simulate
