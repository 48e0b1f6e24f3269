// Business case: what a promotion earns and costs over the horizon, line by line, in cents that add up to the net
// value.
//
//   team_effect        = margin x team sales a month x (H - R/2) x E[exp(effect - r^2/2) - 1]      R: manager's ramp
//   own_sales_lost     = -margin x own sales a month x B/2                                          B: backfill's ramp
//   accounts_reassigned= -margin x own sales a month x .15 x (12 - B/2)   on what the backfill sells in the first year
//   passed_over_exits  = -(E - least),  E = sum_j [P(j leaves) - P(j would have left anyway)] x cost of j's leaving
//   cost of leaving    = j's accounts_reassigned + the larger of j's own_sales_lost and .8 x j's pay
//   stayers_dip        = -margin x sum of the months' sales of those who outsold the winner and stay x (1 - exp(-.33))
//   pay_change         = -(pay offered - pay expected where they are) x H / 12
//   development_cost   = -.05 x a year's pay at target
// least: the smallest E of any choice among the seat's willing candidates. Somebody gets the seat, so what passing
// people over costs in any case is no cost of this choice (the policy may charge all of it). What replacing a leaver
// costs holds the sales lost until the successor has ramped, so the two are not added.
// Months are counted from the promotion; ramps rise in even steps, so a ramp of R months costs R/2 of them. Own sales
// are what is to be expected with luck taken out, never last year's number. Every amount is one of cents; the net value
// is their sum. `low` and `high` are the 95 % interval of what is uncertain in a line, or the published range of its
// figure, as `basis` says. Sources: business_lines below.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/decide/net_value.hpp>
#include <dualtrack/decide/passed_over.hpp>
#include <dualtrack/org/policy_decide.hpp>

namespace dualtrack::decide {

enum class business_line : std::uint8_t {
    team_effect,
    own_sales_lost,
    accounts_reassigned,
    passed_over_exits,
    stayers_dip,
    pay_change,
    development_cost
};
inline constexpr std::size_t n_business_lines = 7;
inline constexpr std::array<std::string_view, n_business_lines> business_line_words{
    "team_effect", "own_sales_lost", "accounts_reassigned", "passed_over_exits",
    "stayers_dip", "pay_change",     "development_cost"};

inline constexpr std::array<std::string_view, n_business_lines> business_line_sources{
    "Benson, Li, Shue 2019, QJE 134:2085 (A; residual J); ramp: Watkins, The First 90 Days (C); margin: policy",
    "sales expected with luck taken out; ramp of a backfill: Bridge Group 2024 (C)",
    "Shi, Sridhar, Grewal, Lilien 2017: 13.2 to 17.6 % of reassigned accounts' sales in a year (B)",
    "Benson, Li, Shue 2019 table VIII (A), 2022 table 7 (Aw); Dlugos, Keller 2021 (B); cost of replacing: Gallup (C)",
    "Benson, Li, Shue 2019, table VIII: -.332 (.112) log points for 3 months (A)",
    "analysis pay: the seat's pay less what can be expected in the present job",
    "policy: share of a year's pay at target (J)"};

enum class range_basis : std::uint8_t { interval, published, fixed, unknown };
inline constexpr std::array<std::string_view, 4> range_basis_words{"interval_95", "published_range", "fixed",
                                                                   "unknown"};

/// Somebody the promotion would pass over.
struct passed_over_cost {
    double monthly = 0.0;     // sales to expect a month, minor units
    double pay_target = -1.0; // a year, minor units; negative: not known
    bool outsold = false;     // the winner
    passed_over_risk risk;
};

/// What the business case of one candidate for one seat rests on. Minor units; negative where not known.
struct case_facts {
    double team_monthly = 0.0;            // sales to expect a month of the reports
    double own_monthly = 0.0;             // of the candidate, with luck taken out
    own_parts own;                        // how uncertain that is, from own_parts_of
    double own_low = 1.0, own_high = 1.0; // 2.5 % and 97.5 % points of own sales, as multiples of their mean
    double pay_target = -1.0;             // a year
    bool pay_is_known = false;
    double pay_change = 0.0;   // a year, signed
    double pay_variable = 0.0; // part of present pay that moves with own sales
    std::vector<passed_over_cost> others;
    double exits_anyway = 0.0; // what exits cost whoever of the candidates gets the seat

    case_facts() { own.fill(1.0); }
};

/// Whole cents; an amount so large that it can only be a slip of the policy or the data stays at the largest one.
[[nodiscard]] inline std::int64_t bounded_cents(double amount) noexcept {
    constexpr double most = 1e15;
    return static_cast<std::int64_t>(numeric::round_half_even(std::clamp(amount, -most, most)));
}

/// Months' worth of full effect in `months` months when a ramp rises evenly over `ramp` of them.
[[nodiscard]] constexpr double ramped_months(double months, double ramp) noexcept {
    if (!(ramp > 0.0)) return months;
    return months >= ramp ? months - 0.5 * ramp : 0.5 * months * months / ramp;
}

/// The parts of the case that do not depend on the predicted effect.
struct case_terms {
    double gain_scale = 0.0;                     // of the gain law
    double own_sales_lost = 0.0, accounts = 0.0; // at the mean; costs are positive
    std::vector<possible_loss> exits;
    double expected_exits = 0.0;
    double exits_anyway = 0.0; // of expected_exits; no cost of this choice
    double dip = 0.0, pay = 0.0, development = 0.0;
    double residual_sd = 0.0;
    loss_law loss; // own sales, accounts and every exit
    net_loss_law net_loss;

    [[nodiscard]] double fixed() const noexcept { return dip + pay + development - exits_anyway; }
    [[nodiscard]] double expected_costs() const noexcept {
        return own_sales_lost + accounts + expected_exits + fixed();
    }
    [[nodiscard]] gain_law gain(const predicted_effect& effect) const noexcept {
        return {gain_scale, effect.mean, effect.sd, residual_sd};
    }
};

namespace detail {

/// Months of sales lost until a backfill has ramped, and months of the first year that the backfill serves.
struct backfill_months {
    double lost = 0.0, served = 0.0;
};
[[nodiscard]] constexpr backfill_months backfill_of(const org::promotion_policy& policy) noexcept {
    const double horizon = policy.horizon_months;
    const double year = std::min(12.0, horizon);
    return {horizon - ramped_months(horizon, policy.backfill_ramp_months),
            ramped_months(year, policy.backfill_ramp_months)};
}

} // namespace detail

/// What it costs when somebody who was passed over leaves, minor units.
[[nodiscard]] inline double cost_of_exit(const org::promotion_policy& policy, const passed_over_cost& who) noexcept {
    const auto backfill = detail::backfill_of(policy);
    const double sales = policy.margin * std::max(0.0, who.monthly);
    return sales * policy.accounts_loss * backfill.served +
           std::max(sales * backfill.lost, policy.passed_over.replacement_cost * who.pay_target);
}

/// By how much likelier somebody leaves because of it.
[[nodiscard]] constexpr double more_exits(const passed_over_risk& risk) noexcept {
    return std::max(0.0, risk.exit_probability - risk.base_probability);
}

/// The terms of the expected net value; their laws stay empty.
[[nodiscard]] inline case_terms case_means_of(const org::promotion_policy& policy, const case_facts& facts) {
    const double horizon = policy.horizon_months;
    const auto backfill = detail::backfill_of(policy);
    const auto& rules = policy.passed_over;
    case_terms out;
    out.residual_sd = policy.effect.residual_sd;
    out.gain_scale =
        policy.margin * std::max(0.0, facts.team_monthly) * ramped_months(horizon, policy.manager_ramp_months);
    const double own = policy.margin * std::max(0.0, facts.own_monthly);
    out.own_sales_lost = own * backfill.lost;
    out.accounts = own * policy.accounts_loss * backfill.served;
    const double dip_share = -numeric::expm1(-rules.dip);
    out.exits.reserve(facts.others.size());
    for (const passed_over_cost& other : facts.others) {
        const double cost = cost_of_exit(policy, other);
        const double more = more_exits(other.risk);
        out.exits.push_back({more, cost});
        out.expected_exits += more * cost;
        if (!other.outsold) continue;
        const double sales = policy.margin * std::max(0.0, other.monthly);
        const double stays = numeric::exp(numeric::log1p(-other.risk.exit_probability) * rules.dip_months / 12.0);
        out.dip += sales * std::min(rules.dip_months, horizon) * dip_share * stays;
    }
    out.exits_anyway = facts.exits_anyway;
    out.pay = facts.pay_is_known ? facts.pay_change * horizon / 12.0 : 0.0;
    out.development = policy.development_cost * std::max(0.0, facts.pay_target);
    return out;
}

[[nodiscard]] inline case_terms case_terms_of(const org::promotion_policy& policy, const case_facts& facts) {
    case_terms out = case_means_of(policy, facts);
    out.loss = loss_law_of(out.own_sales_lost + out.accounts, facts.own, out.exits);
    out.net_loss = net_loss_law({out.gain_scale, 0.0, 0.0, out.residual_sd}, out.loss, out.fixed());
    return out;
}

/// What passing over the others is expected to cost in exits, minor units.
[[nodiscard]] inline double expected_exits(const org::promotion_policy& policy, const case_facts& facts) noexcept {
    double out = 0.0;
    for (const passed_over_cost& other : facts.others) out += more_exits(other.risk) * cost_of_exit(policy, other);
    return out;
}

/// Expected net value in minor units, before each line is rounded to cents.
[[nodiscard]] inline double expected_net(const case_terms& terms, const predicted_effect& effect) noexcept {
    return terms.gain(effect).expected() - terms.expected_costs();
}

[[nodiscard]] inline double probability_net_loss(const case_terms& terms, const predicted_effect& effect) noexcept {
    return terms.net_loss.probability_at(effect.mean, effect.sd);
}

struct business_amount {
    std::int64_t amount = 0, low = 0, high = 0; // minor units, signed: costs are negative
    range_basis basis = range_basis::fixed;
};

struct business_case {
    std::array<business_amount, n_business_lines> line{};
    std::int64_t net_value = 0;           // the sum of the amounts, exactly
    double net_low = 0.0, net_high = 0.0; // 95 % interval, minor units
    double probability_net_loss = 0.0;
};

/// The whole case.
[[nodiscard]] inline business_case case_of(const org::promotion_policy& policy, const case_facts& facts,
                                           const case_terms& terms, const predicted_effect& effect) noexcept {
    constexpr double accounts_mild = 0.132, accounts_hard = 0.176; // Shi and others 2017
    constexpr double dip_sd = 0.112;                               // Benson, Li, Shue 2019, table VIII
    business_case out;
    const auto put = [&](business_line which, double amount, double a, double b, range_basis basis) {
        business_amount& line = out.line[static_cast<std::size_t>(which)];
        line = {bounded_cents(amount), bounded_cents(std::min({a, b, amount})), bounded_cents(std::max({a, b, amount})),
                basis};
        out.net_value += line.amount;
    };
    const gain_law gain = terms.gain(effect);
    put(business_line::team_effect, gain.expected(), gain.quantile(0.025), gain.quantile(0.975), range_basis::interval);
    put(business_line::own_sales_lost, -terms.own_sales_lost, -terms.own_sales_lost * facts.own_high,
        -terms.own_sales_lost * facts.own_low, range_basis::interval);
    const double accounts_a_point = policy.accounts_loss > 0.0 ? terms.accounts / policy.accounts_loss : 0.0;
    put(business_line::accounts_reassigned, -terms.accounts, -accounts_a_point * accounts_hard,
        -accounts_a_point * accounts_mild, range_basis::published);
    own_parts nobody;
    nobody.fill(1.0);
    const loss_law exits = loss_law_of(0.0, nobody, terms.exits);
    put(business_line::passed_over_exits, terms.exits_anyway - terms.expected_exits,
        terms.exits_anyway - exits.quantile(0.975), terms.exits_anyway - exits.quantile(0.025), range_basis::interval);
    const double dip_now = -numeric::expm1(-policy.passed_over.dip);
    const auto dip_at = [&](double dip) {
        return dip_now > 0.0 ? terms.dip * -numeric::expm1(-std::max(0.0, dip)) / dip_now : 0.0;
    };
    put(business_line::stayers_dip, -terms.dip, -dip_at(policy.passed_over.dip + numeric::interval_95 * dip_sd),
        -dip_at(policy.passed_over.dip - numeric::interval_95 * dip_sd), range_basis::interval);
    const double years = policy.horizon_months / 12.0;
    const auto pay_at = [&](double multiple) {
        return facts.pay_is_known ? -(facts.pay_change - facts.pay_variable * (multiple - 1.0)) * years : 0.0;
    };
    put(business_line::pay_change, -terms.pay, pay_at(facts.own_low), pay_at(facts.own_high),
        facts.pay_is_known ? range_basis::interval : range_basis::unknown);
    put(business_line::development_cost, -terms.development, -terms.development, -terms.development,
        facts.pay_target >= 0.0 ? range_basis::fixed : range_basis::unknown);
    out.net_low = net_quantile(gain, terms.loss, terms.fixed(), 0.025);
    out.net_high = net_quantile(gain, terms.loss, terms.fixed(), 0.975);
    out.probability_net_loss = probability_net_loss(terms, effect);
    return out;
}

} // namespace dualtrack::decide
