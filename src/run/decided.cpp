#include "run/decided.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include <dualtrack/base/incomplete_gamma.hpp>
#include <dualtrack/base/text.hpp>
#include <dualtrack/decide/slate.hpp>
#include <dualtrack/measure/credit.hpp>

#include "run/doubts.hpp"
#include "run/sold_before.hpp"

namespace dualtrack::run {
namespace {

using decide::answer;

constexpr double days_a_month = 30.4375;

answer answer_of(std::uint8_t flag) noexcept {
    return flag == 1 ? answer::yes : flag == 0 ? answer::no : answer::unknown;
}

bool is_employed(const measured& facts, std::uint32_t person) noexcept {
    const measure::employment employed = measure::employment_of(facts.data->organisation, person);
    return facts.window.as_of >= employed.from && facts.window.as_of < employed.to;
}

// ---- sales to expect ---------------------------------------------------------------------------------------------

/// Months in the window of somebody who sells, those of a ramp counted by how far it has come.
double effective_months(const measured& facts, std::uint32_t person) {
    return measure::detail::active_months_of(facts.data->organisation, facts.cells, person,
                                             facts.policy.performance.ramp_months)
        .effective;
}

/// With totals alone the model speaks of multiples of a market: what the market sold tells how much that is.
std::vector<double> monthly_of_totals(const measured& facts) {
    const measure::sellers_table& sellers = facts.sellers;
    std::vector<double> out(sellers.size(), -1.0);
    for (const auto& members : measure::sellers_by_group(facts.groups, facts.cells, facts.leads)) {
        std::vector<double> sold;
        std::vector<double> expected;
        for (const std::uint32_t person : members) {
            if (facts.sales_multiple[person] < 0.0) continue;
            sold.push_back(static_cast<double>(sellers.won_amount.minor[person]));
            expected.push_back(facts.sales_multiple[person] * effective_months(facts, person));
        }
        const double units = numeric::fixed_sum(expected);
        if (!(units > 0.0)) continue;
        const double per_unit = std::max(0.0, numeric::fixed_sum(sold)) / units;
        for (const std::uint32_t person : members)
            if (facts.sales_multiple[person] >= 0.0) out[person] = facts.sales_multiple[person] * per_unit;
    }
    return out;
}

std::vector<expected_sales> sales_to_expect(const measured& facts) {
    const std::uint32_t n_people = facts.data->organisation.n_people();
    std::vector<expected_sales> out(n_people);
    std::vector<double> monthly;
    if (facts.data->organisation.has_deals) {
        monthly.assign(n_people, -1.0);
        for (std::uint32_t person = 0; person < n_people; ++person) {
            if (facts.expected_amount[person] < 0.0) continue;
            const double months = effective_months(facts, person);
            if (months > 0.0) monthly[person] = facts.expected_amount[person] / months;
        }
    } else
        monthly = monthly_of_totals(facts);
    for (std::uint32_t person = 0; person < n_people; ++person) out[person].monthly = monthly[person];
    return out;
}

/// The law around what is to be expected of one person; worked out for those it is asked of.
void add_law(const measured& facts, std::uint32_t person, expected_sales& to) {
    const double shape = facts.sales_shape[person];
    if (to.monthly < 0.0 || !(shape > 0.0)) return;
    to.parts = decide::own_parts_of(shape);
    to.low = numeric::gamma_quantile(0.025, shape) / shape;
    to.high = numeric::gamma_quantile(0.975, shape) / shape;
}

// ---- what is on record --------------------------------------------------------------------------------------------

/// Mean and spread of a market, of those of whom a figure is known.
struct market_spread {
    double mean = 0.0, sd = 0.0;
};

/// @param value of a person, @param has whether it is known
template <class Value, class Has>
std::vector<market_spread> spreads_of(const measured& facts, Value&& value, Has&& has) {
    std::vector<market_spread> out;
    std::vector<double> values;
    for (const auto& members : measure::sellers_by_group(facts.groups, facts.cells, facts.leads)) {
        values.clear();
        for (const std::uint32_t person : members)
            if (has(person)) values.push_back(value(person));
        market_spread& one = out.emplace_back();
        if (values.empty()) continue;
        const auto n = static_cast<double>(values.size());
        one.mean = numeric::fixed_sum(values) / n;
        for (double& each : values) each = (each - one.mean) * (each - one.mean);
        one.sd = values.size() > 1 ? std::sqrt(numeric::fixed_sum(values) / (n - 1.0)) : 0.0;
    }
    return out;
}

/// Everybody's record of the factors that sales tell; readiness is added by add_readiness.
class record_book {
  public:
    explicit record_book(const measured& facts) : facts_(facts) {
        const auto& sellers = facts.sellers;
        sales_ = spreads_of(
            facts, [&](std::uint32_t p) { return sellers.log_relative_sales.value[p]; },
            [&](std::uint32_t p) { return sellers.log_relative_sales.has(p); });
        collaboration_ = spreads_of(
            facts, [&](std::uint32_t p) { return numeric::log1p(sellers.collaborators_mean.value[p]); },
            [&](std::uint32_t p) { return sellers.collaborators_mean.has(p); });
        alone_ = spreads_of(
            facts, [&](std::uint32_t p) { return static_cast<double>(sellers.lone_wolf.value[p]); },
            [&](std::uint32_t p) { return sellers.lone_wolf.value[p] != 2; });
    }

    [[nodiscard]] decide::leader_record of(std::uint32_t person) const {
        const auto& sellers = facts_.sellers;
        const std::uint32_t group = facts_.groups.group[person];
        decide::leader_record out;
        const auto put = [&](decide::factor which, bool has, double value, const market_spread& market) {
            decide::recorded& to = out[static_cast<std::size_t>(which)];
            to = has ? decide::recorded{value, 0.0, true} : decide::recorded{0.0, market.sd, false};
        };
        const bool sold = sellers.log_relative_sales.has(person);
        put(decide::factor::own_sales, sold, sold ? sellers.log_relative_sales.value[person] : 0.0, sales_[group]);
        const bool worked = sellers.collaborators_mean.has(person);
        put(decide::factor::collaboration, worked,
            worked ? numeric::log1p(sellers.collaborators_mean.value[person]) - collaboration_[group].mean : 0.0,
            collaboration_[group]);
        const std::uint8_t alone = sellers.lone_wolf.value[person];
        put(decide::factor::lone_wolf, alone != 2, alone != 2 ? alone - alone_[group].mean : 0.0, alone_[group]);
        out[static_cast<std::size_t>(decide::factor::readiness)] = {0.0, 1.0,
                                                                    false}; // nothing known: the average person
        return out;
    }

  private:
    const measured& facts_;
    std::vector<market_spread> sales_, collaboration_, alone_;
};

void add_readiness(const assessed& all, std::uint32_t person, decide::candidate_facts& to) {
    const auto found = std::lower_bound(all.people.begin(), all.people.end(), person);
    if (found == all.people.end() || *found != person) return;
    const assess::readiness& verdict = all.verdict[static_cast<std::size_t>(found - all.people.begin())];
    const bool known = verdict.n_sources > 0;
    to.record[static_cast<std::size_t>(decide::factor::readiness)] = {verdict.z, verdict.sd, known};
    to.has_evidence = known && verdict.status != assess::readiness_status::insufficient_evidence;
}

// ---- seats --------------------------------------------------------------------------------------------------------

std::vector<seat> seats_of(const measured& facts) {
    const org::organisation& organisation = facts.data->organisation;
    const auto& vacancies = organisation.vacancies;
    std::vector<seat> out(vacancies.id.size());
    for (std::size_t v = 0; v < out.size(); ++v) {
        const bool opened = vacancies.opens[v] <= facts.window.as_of; // who takes a later seat is not known on the day
        const bool filled = opened && (vacancies.filled_by[v] != no_index || vacancies.external[v] == 1);
        out[v].is_open = !filled;
        out[v].external = filled && vacancies.external[v] == 1;
        if (!filled) continue;
        out[v].winner = vacancies.filled_by[v];
        out[v].months_since = static_cast<double>(facts.window.end - vacancies.opens[v]) / days_a_month;
    }
    return out;
}

/// Sellers by the name of the team they are in on the last day.
std::map<std::string_view, std::vector<std::uint32_t>> sellers_by_team(const measured& facts) {
    const org::organisation& organisation = facts.data->organisation;
    const auto& assignments = organisation.assignments;
    std::map<std::string_view, std::vector<std::uint32_t>> out;
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        if (!is_employed(facts, person) || facts.leads[person] != 0) continue;
        const std::uint32_t at = measure::assignment_on(organisation, person, facts.window.as_of);
        if (at == no_index || !assignments.team.has(at) || assignments.end[at] <= facts.window.as_of) continue;
        out[assignments.team.names[assignments.team.code[at]]].push_back(person);
    }
    return out;
}

/// What an average seller of the candidates' markets sells a month; 0 where nothing is known of any.
double average_monthly(const measured& facts, const std::vector<expected_sales>& expected,
                       std::span<const std::uint32_t> people) {
    std::vector<std::uint8_t> wanted(facts.groups.n_groups, 0);
    for (const std::uint32_t person : people) wanted[facts.groups.group[person]] = 1;
    std::vector<double> values;
    for (std::uint32_t person = 0; person < expected.size(); ++person)
        if (expected[person].monthly >= 0.0 && wanted[facts.groups.group[person]] != 0)
            values.push_back(expected[person].monthly);
    return values.empty() ? 0.0 : numeric::fixed_sum(values) / static_cast<double>(values.size());
}

/// Candidates of each vacancy: rows [first[v], first[v + 1]).
std::vector<std::uint32_t> first_candidates(const org::organisation& organisation) {
    std::vector<std::uint32_t> first(organisation.vacancies.id.size() + 1, 0);
    for (const std::uint32_t vacancy : organisation.candidates.vacancy) ++first[vacancy + 1];
    for (std::size_t v = 1; v < first.size(); ++v) first[v] += first[v - 1];
    return first;
}

/// Sales a month in the year before the decision, for "who outsold the winner"; negative: not known.
double sold_monthly(const measured& facts, std::uint32_t person) {
    const auto& sellers = facts.sellers;
    if (sellers.won_amount.minor[person] == no_money || !sellers.months_active.has(person)) return -1.0;
    const double months = sellers.months_active.value[person];
    return months > 0.0 ? std::max(0.0, static_cast<double>(sellers.won_amount.minor[person]) / months) : -1.0;
}

/// Everybody's place among the sellers of the same manager: (sold less + half of those who sold as much) / sellers.
std::vector<double> team_ranks(const measured& facts) {
    const auto& sellers = facts.sellers;
    std::vector<double> out(sellers.size(), -1.0);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> members; // manager, seller
    std::vector<double> sold(sellers.size(), -1.0);
    for (std::uint32_t person = 0; person < sellers.size(); ++person) {
        if (!is_employed(facts, person) || facts.leads[person] != 0 || sellers.manager_id.index[person] == no_index)
            continue;
        sold[person] = sold_monthly(facts, person);
        if (sold[person] >= 0.0) members.emplace_back(sellers.manager_id.index[person], person);
    }
    std::sort(members.begin(), members.end(), [&](const auto& a, const auto& b) {
        if (a.first != b.first) return a.first < b.first;
        return sold[a.second] != sold[b.second] ? sold[a.second] < sold[b.second] : a.second < b.second;
    });
    for (std::size_t begin = 0, end = 0; begin < members.size(); begin = end) {
        while (end < members.size() && members[end].first == members[begin].first) ++end;
        for (std::size_t tie = begin, after = begin; tie < end; tie = after) {
            while (after < end && sold[members[after].second] == sold[members[tie].second]) ++after;
            const double middle = static_cast<double>(tie - begin) + 0.5 * static_cast<double>(after - tie);
            for (std::size_t i = tie; i < after; ++i)
                out[members[i].second] = middle / static_cast<double>(end - begin);
        }
    }
    return out;
}

// ---- one seat -----------------------------------------------------------------------------------------------------

/// What everybody's judgement needs.
struct desk {
    decided& out;
    const record_book& records;
    const measure::offers_table* offers = nullptr;
    const std::vector<std::uint32_t>& first;
    const std::map<std::string_view, std::vector<std::uint32_t>>& teams;
};

/// The people who report to the seat, and what they sell.
void add_team(const desk& d, std::uint32_t vacancy) {
    const org::organisation& organisation = d.out.facts->data->organisation;
    const auto& vacancies = organisation.vacancies;
    seat& at = d.out.seats[vacancy];
    const auto found =
        vacancies.team.has(vacancy) ? d.teams.find(vacancies.team.names[vacancies.team.code[vacancy]]) : d.teams.end();
    std::vector<double> monthly;
    if (found != d.teams.end())
        for (const std::uint32_t person : found->second)
            if (d.out.expected[person].monthly >= 0.0) monthly.push_back(d.out.expected[person].monthly);
    at.n_team = static_cast<std::int64_t>(monthly.size());
    const bool counted = vacancies.reports.has(vacancy) && vacancies.reports.value[vacancy] > 0;
    at.n_reports = !monthly.empty() ? static_cast<double>(monthly.size())
                   : counted        ? static_cast<double>(vacancies.reports.value[vacancy])
                                    : d.out.policy.promotion.team_size;
    at.team_monthly = numeric::fixed_sum(monthly);
    if (!monthly.empty()) return;
    const auto people =
        std::span(organisation.candidates.person).subspan(d.first[vacancy], d.first[vacancy + 1] - d.first[vacancy]);
    at.team_monthly = at.n_reports * average_monthly(*d.out.facts, d.out.expected, people);
}

bool is_in_team(const desk& d, std::uint32_t vacancy, std::uint32_t person) {
    const auto& vacancies = d.out.facts->data->organisation.vacancies;
    if (d.out.seats[vacancy].n_team == 0 || !vacancies.team.has(vacancy)) return false;
    const auto found = d.teams.find(vacancies.team.names[vacancies.team.code[vacancy]]);
    return found != d.teams.end() && std::binary_search(found->second.begin(), found->second.end(), person);
}

std::vector<decide::seat_candidate> employed_candidates(const decided& out, std::uint32_t begin, std::uint32_t end) {
    const auto& candidates = out.facts->data->organisation.candidates;
    std::vector<decide::seat_candidate> all;
    for (std::uint32_t row = begin; row < end; ++row)
        if (is_employed(*out.facts, candidates.person[row]))
            all.push_back({candidates.person[row], sold_monthly(*out.facts, candidates.person[row]),
                           answer_of(candidates.interviewed[row]), out.team_rank[candidates.person[row]]});
    return all;
}

void add_pay(const desk& d, std::uint32_t row, decide::case_facts& to, std::uint32_t person) {
    const measure::yearly_pay& own = d.out.pay[person];
    if (own.at_target != no_money) to.pay_target = static_cast<double>(own.at_target);
    if (d.offers == nullptr || d.offers->change.minor[row] == no_money) return;
    to.pay_is_known = true;
    to.pay_change = static_cast<double>(d.offers->change.minor[row]);
    to.pay_variable = static_cast<double>(d.offers->pay_now_expected.minor[row] - own.base);
}

/// What is known of one candidate; `all` are the seat's candidates, of whom the others would be passed over.
void look_at(const desk& d, std::span<const decide::seat_candidate> all, seat_verdict& to) {
    const measured& facts = *d.out.facts;
    const org::promotion_policy& policy = d.out.policy.promotion;
    const auto& candidates = facts.data->organisation.candidates;
    to.facts.record = d.records.of(to.person);
    to.facts.is_employed = is_employed(facts, to.person);
    to.facts.consents = answer_of(candidates.consents[to.row]);
    add_readiness(*d.out.readiness, to.person, to.facts);
    if (facts.sellers.probability_top_quartile.has(to.person))
        to.facts.probability_top = facts.sellers.probability_top_quartile.value[to.person];

    const expected_sales& own = d.out.expected[to.person];
    const seat& at = d.out.seats[to.vacancy];
    to.money.own_monthly = std::max(0.0, own.monthly);
    to.money.own = own.parts;
    to.money.own_low = own.low;
    to.money.own_high = own.high;
    to.money.team_monthly =
        std::max(0.0, at.team_monthly - (is_in_team(d, to.vacancy, to.person) ? to.money.own_monthly : 0.0));
    add_pay(d, to.row, to.money, to.person);
    for (const auto& one : passed_over_of(policy.passed_over, all, to.person, sold_monthly(facts, to.person))) {
        const measure::yearly_pay& pay = d.out.pay[one.person];
        to.money.others.push_back({d.out.expected[one.person].monthly,
                                   pay.at_target == no_money ? -1.0 : static_cast<double>(pay.at_target),
                                   one.facts.outsold == answer::yes, one.risk});
        to.others.push_back(one.facts);
    }
}

/// Whose choice costs least in exits, of the willing candidates of a seat and each one: those exits come whoever is
/// chosen. @param from position of the first of the seat among all candidates
void charge_exits(const org::promotion_policy& policy, std::span<seat_verdict> of_seat, std::size_t from) {
    if (policy.passed_over.charged == org::exits_rule::all) return;
    std::size_t least = of_seat.size();
    std::vector<double> cost;
    cost.reserve(of_seat.size());
    for (const seat_verdict& one : of_seat) cost.push_back(decide::expected_exits(policy, one.money));
    for (std::size_t i = 0; i < of_seat.size(); ++i) {
        const seat_verdict& one = of_seat[i];
        const bool can_be_chosen = one.facts.is_employed && one.facts.consents != answer::no;
        if (can_be_chosen && (least == of_seat.size() || cost[i] < cost[least])) least = i;
    }
    for (std::size_t i = 0; i < of_seat.size(); ++i) {
        seat_verdict& one = of_seat[i];
        const std::size_t which = least < of_seat.size() && cost[least] < cost[i] ? least : i;
        one.least = static_cast<std::uint32_t>(from + which);
        one.money.exits_anyway = cost[which];
    }
}

/// Judges one candidate of whom everything is known.
void judge_candidate(const decided& out, seat_verdict& to) {
    const org::promotion_policy& policy = out.policy.promotion;
    to.terms = decide::case_terms_of(policy, to.money);
    to.verdict = decide::judge(out.rules, to.facts, to.terms);
    to.value = decide::case_of(policy, to.money, to.terms, to.verdict.effect);
    to.human_review = decide::needs_review(out.rules, to.facts, to.terms, to.verdict) ||
                      (to.verdict.recommended == decide::decision::promote && !to.money.pay_is_known);
    using enum decide::candidate_status;
    to.status = !to.facts.is_employed          ? not_employed
                : !to.facts.has_evidence       ? insufficient_evidence
                : !(to.terms.gain_scale > 0.0) ? no_team_sales
                                               : ok;
}

/// Within a seat: those to promote first, then by net value, effect and id.
void rank_seat(std::span<seat_verdict> seat_candidates) {
    std::vector<std::size_t> order(seat_candidates.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
        const seat_verdict& a = seat_candidates[left];
        const seat_verdict& b = seat_candidates[right];
        const bool a_first = a.verdict.recommended == decide::decision::promote;
        const bool b_first = b.verdict.recommended == decide::decision::promote;
        if (a_first != b_first) return a_first;
        if (a.facts.is_employed != b.facts.is_employed) return a.facts.is_employed;
        if (a.value.net_value != b.value.net_value) return a.value.net_value > b.value.net_value;
        if (a.verdict.effect.mean != b.verdict.effect.mean) return a.verdict.effect.mean > b.verdict.effect.mean;
        return a.person < b.person;
    });
    for (std::size_t i = 0; i < order.size(); ++i) seat_candidates[order[i]].rank = static_cast<std::int64_t>(i) + 1;
}

// ---- the whole ----------------------------------------------------------------------------------------------------

void choose_slate(decided& out) {
    std::vector<decide::seat_option> options;
    for (const seat_verdict& one : out.candidates)
        if (one.verdict.recommended == decide::decision::promote && one.value.net_value > 0)
            options.push_back({one.vacancy, one.person, one.value.net_value});
    out.slate = decide::best_slate(out.seats.size(), options);
    std::map<std::uint32_t, std::int64_t> wanted;
    for (const seat_verdict& one : out.candidates)
        if (one.rank == 1 && one.verdict.recommended == decide::decision::promote) ++wanted[one.person];
    for (const auto& [person, seats] : wanted)
        if (seats > 1)
            add_finding(out.findings,
                        {org::severity::note, "promotion.wanted_twice", "candidates", "person_id", -1, -1, seats,
                         "person " + std::string(out.facts->data->organisation.people.id[person]) +
                             " is the first choice of " + integer_text(seats) +
                             " open seats; the slate gives them one"});
}

/// Whom the slate, or a decision of the last year, passes over.
void collect_passed_over(decided& out, const std::vector<std::uint32_t>& first, const sold_book& sold) {
    const auto& rules = out.policy.promotion.passed_over;
    for (std::uint32_t vacancy = 0; vacancy < out.seats.size(); ++vacancy) {
        const seat& at = out.seats[vacancy];
        auto all = employed_candidates(out, first[vacancy], first[vacancy + 1]);
        std::uint32_t winner = out.slate[vacancy];
        double winner_sales = winner == no_index ? -1.0 : sold_monthly(*out.facts, winner);
        std::uint8_t winner_is = winner == no_index ? 2 : 1;
        std::uint32_t shown = winner;
        if (!at.is_open) {
            if (at.months_since >= static_cast<double>(rules.hazard_months)) continue;
            for (decide::seat_candidate& one : all) one.sales = sold.monthly(one.person, vacancy);
            std::erase_if(all, [&](const decide::seat_candidate& one) { return one.person == at.winner; });
            winner = at.external ? no_index : at.winner;
            winner_sales = winner == no_index ? -1.0 : sold.monthly(winner, vacancy);
            winner_is = 0;
            shown = at.winner;
        }
        for (const auto& one : decide::passed_over_of(rules, all, winner, winner_sales, at.months_since))
            out.passed_over.push_back({vacancy, one, shown, winner_is});
    }
}

void say_what_was_assumed(decided& out) {
    std::int64_t filled = 0;
    std::int64_t without_team = 0;
    std::int64_t without_pay = 0;
    for (const seat& at : out.seats) {
        filled += at.is_open ? 0 : 1;
        without_team += at.is_open && at.n_team == 0 ? 1 : 0;
    }
    for (const seat_verdict& one : out.candidates) without_pay += one.money.pay_is_known ? 0 : 1;
    const auto note = [&](std::string_view code, std::string_view table, std::string_view column, std::int64_t n,
                          const std::string& text) {
        if (n > 0) add_finding(out.findings, {org::severity::note, code, table, column, -1, -1, n, text});
    };
    note("promotion.seat_filled", "vacancies", "filled_by", filled,
         integer_text(filled) + " seats are filled; whom those of the last " +
             integer_text(out.policy.promotion.passed_over.hazard_months) + " months passed over is in passed_over");
    note("promotion.team_assumed", "vacancies", "team", without_team,
         "of " + integer_text(without_team) +
             " open seats no seller's assignment names the team; as many average sellers as `reports` says are taken, "
             "or as many as the policy's team_size");
    note("promotion.pay_unknown", "pay", "", without_pay,
         "of " + integer_text(without_pay) +
             " candidates the pay, or the pay offered, is not known; it counts as "
             "unchanged, and what hangs on pay (development, replacing who leaves) is missing from the value");
}

} // namespace

result<std::shared_ptr<const decided>>
decide_promotions(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    const org::organisation& organisation = data->organisation;
    for (const auto& [name, has] :
         {std::pair{"people", organisation.has_people}, std::pair{"vacancies", organisation.has_vacancies},
          std::pair{"candidates", organisation.has_candidates}})
        if (!has)
            return fail(status::schema, "schema.missing_table",
                        "expected the table " + std::string(name) + ", found none", name);
    auto out = std::make_shared<decided>();
    out->policy = policy;
    DUALTRACK_TRY(out->facts, measure_organisation(part_of(run, 0.0, 0.4), data, policy));
    const measured& facts = *out->facts;
    DUALTRACK_TRY(out->readiness, assess_people(part_of(run, 0.4, 0.7), data, policy, facts.window.as_of));
    out->rules = decide::decision_rules_of(policy.promotion, out->readiness->rules.ready_at,
                                           out->readiness->rules.ready_probability);
    add_findings(out->findings, facts.window.findings);
    add_findings(out->findings, out->readiness->findings);
    out->pay = measure::pay_of_people(organisation, facts.window, policy.pay.horizon_months);
    const measure::offers_table offers =
        measure::offers(run, organisation, facts.window, policy.pay, out->pay, expected_attainment(facts));
    if (organisation.has_pay) say_unheld_roles(organisation, offers, out->findings);
    out->expected = sales_to_expect(facts);
    out->team_rank = team_ranks(facts);
    out->seats = seats_of(facts);
    const auto first = first_candidates(organisation);
    const auto teams = sellers_by_team(facts);
    const record_book records(facts);
    const desk d{*out, records, organisation.has_pay ? &offers : nullptr, first, teams};

    std::vector<std::uint8_t> has_law(organisation.n_people(), 0);
    for (std::uint32_t row = 0; row < organisation.candidates.person.size(); ++row) {
        const std::uint32_t vacancy = organisation.candidates.vacancy[row];
        const std::uint32_t person = organisation.candidates.person[row];
        if (!out->seats[vacancy].is_open) continue;
        if (std::exchange(has_law[person], std::uint8_t{1}) == 0) add_law(facts, person, out->expected[person]);
        seat_verdict& one = out->candidates.emplace_back();
        one.vacancy = vacancy;
        one.person = person;
        one.row = row;
    }
    std::vector<std::pair<std::size_t, std::size_t>> of_seat; // candidates [begin, end) of each open seat with any
    for (std::size_t i = 0; i < out->candidates.size(); ++i) {
        if (i == 0 || out->candidates[i].vacancy != out->candidates[i - 1].vacancy) of_seat.emplace_back(i, i);
        of_seat.back().second = i + 1;
    }
    for (std::uint32_t vacancy = 0; vacancy < out->seats.size(); ++vacancy)
        if (out->seats[vacancy].is_open) add_team(d, vacancy);
    DUALTRACK_TRYV(for_blocks(part_of(run, 0.7, 1.0), static_cast<std::int64_t>(of_seat.size()), 8,
                              [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                                  for (auto s = static_cast<std::size_t>(begin); s < static_cast<std::size_t>(end);
                                       ++s) {
                                      const auto [from, to] = of_seat[s];
                                      const std::uint32_t vacancy = out->candidates[from].vacancy;
                                      const auto all = employed_candidates(*out, first[vacancy], first[vacancy + 1]);
                                      const auto seat = std::span(out->candidates).subspan(from, to - from);
                                      for (seat_verdict& one : seat) look_at(d, all, one);
                                      charge_exits(policy.promotion, seat, from);
                                      for (seat_verdict& one : seat) judge_candidate(*out, one);
                                      rank_seat(seat);
                                  }
                              }));
    choose_slate(*out);
    DUALTRACK_TRY(const sold_book sold, sold_before(run, facts, policy, out->seats, first));
    collect_passed_over(*out, first, sold);
    say_what_was_assumed(*out);
    return std::shared_ptr<const decided>(std::move(out));
}

} // namespace dualtrack::run
