#include "run/diagnosed.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/text.hpp>

namespace dualtrack::run {

void deal_sums::add(const diagnose::team_deal& one) noexcept {
    ++n;
    joined += one.joined ? 1 : 0;
    late += one.late ? 1 : 0;
    if (!one.won) return;
    (one.joined ? won_with : won_without) += 1;
    amount += one.amount;
    amount_joined += one.joined ? one.amount : 0;
    amount_early += one.joined && !one.late ? one.amount : 0;
}

namespace {

using diagnose::uncertain;

/// Whether anybody reported to somebody on a day of the window, and how many did.
std::vector<std::int64_t> count_reports(const org::organisation& organisation, const org::reporting_lines& lines,
                                        const measure::scope& window) {
    std::vector<std::int64_t> out(organisation.n_people(), 0);
    std::vector<std::uint32_t> seen;
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        const measure::employment employed = measure::employment_of(organisation, person);
        seen.clear();
        for (const org::reporting_span& span : lines.spans_of(person)) {
            const std::int32_t from = std::max({span.start, employed.from, window.start});
            const std::int32_t to = std::min({span.end, employed.to, window.end});
            if (from < to && span.manager != no_index) seen.push_back(span.manager);
        }
        std::sort(seen.begin(), seen.end());
        seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
        for (const std::uint32_t manager : seen) ++out[manager];
    }
    return out;
}

std::vector<std::uint32_t> managers_now(const org::organisation& organisation, const org::reporting_lines& lines,
                                        std::int32_t as_of) {
    std::vector<std::uint32_t> out(organisation.n_people(), no_index);
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        const measure::employment employed = measure::employment_of(organisation, person);
        if (as_of >= employed.from && as_of < employed.to) out[person] = lines.manager_on(person, as_of).manager;
    }
    return out;
}

/// Median of what is known of the managers of each group; of all where a group has too few.
class market_medians {
  public:
    market_medians(std::uint32_t n_groups, std::int32_t fewest) : values_(n_groups + 1U), fewest_(fewest) {}
    void add(std::uint32_t group, double value) {
        values_[group].push_back(value);
        values_.back().push_back(value);
    }
    void finish() {
        for (auto& own : values_) std::sort(own.begin(), own.end());
    }
    [[nodiscard]] std::optional<double> of(std::uint32_t group) const {
        const auto& own = values_[group].size() >= static_cast<std::size_t>(fewest_) ? values_[group] : values_.back();
        if (own.empty()) return std::nullopt;
        const std::size_t half = own.size() / 2;
        return own.size() % 2 == 1 ? own[half] : 0.5 * (own[half - 1] + own[half]);
    }

  private:
    std::vector<std::vector<double>> values_;
    std::int32_t fewest_;
};

/// Adds up every manager's deals: by report, and matched with and without the manager.
result<void> sum_deals(const run_context& run, diagnosed& out, const diagnose::team_deals& teams, bool credit_counts) {
    return for_blocks(run, static_cast<std::int64_t>(out.managers.size()), 64,
                      [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                          std::map<std::uint32_t, deal_sums> by_report;
                          for (auto row = static_cast<std::size_t>(begin); row < static_cast<std::size_t>(end); ++row) {
                              diagnosed_manager& own = out.managers[row];
                              by_report.clear();
                              std::vector<std::int64_t> amounts;
                              for (const diagnose::team_deal& one : teams.deals_of(row)) {
                                  own.deals.add(one);
                                  by_report[one.seller].add(one);
                                  if (one.won && one.amount > 0) amounts.push_back(one.amount);
                              }
                              std::sort(amounts.begin(), amounts.end()); // squares are summed in an order of their own
                              for (const std::int64_t amount : amounts)
                                  own.deals.amount_squares += static_cast<double>(amount) * static_cast<double>(amount);
                              for (const auto& [person, sums] : by_report) own.reports.push_back({person, sums});
                              own.joint = diagnose::joint_effect_of(teams.deals_of(row), credit_counts);
                          }
                      });
}

/// The joint effects of all managers, each drawn towards what holds for all, and each team's own trend.
void estimate_effects(diagnosed& out, const diagnose::team_deals& teams, const std::vector<double>& expected,
                      const org::managers_policy& policy) {
    std::vector<std::size_t> rows;
    std::vector<double> value, variance;
    const auto n_months = static_cast<std::size_t>(teams.n_months);
    const auto skipped = static_cast<std::size_t>(teams.trend_month);
    for (std::size_t row = 0; row < out.managers.size(); ++row) {
        const diagnose::joint_effect& joint = out.managers[row].joint;
        if (!joint.is_known) continue;
        rows.push_back(row);
        value.push_back(joint.difference);
        variance.push_back(joint.variance);
    }
    const auto all = diagnose::spread_of(value, variance, policy.effect_spread, 2.0 * policy.effect_spread);
    for (std::size_t i = 0; i < rows.size(); ++i)
        out.managers[rows[i]].joint_effect =
            uncertain{all.mean[i], all.sd[i] * all.sd[i] + policy.unmatched_sd * policy.unmatched_sd};
    for (std::size_t row = 0; row < out.managers.size(); ++row) {
        diagnosed_manager& own = out.managers[row];
        own.trend_alone =
            diagnose::trend_of(std::span(teams.alone_won).subspan(row * n_months + skipped, n_months - skipped),
                               std::span(expected).subspan(row * n_months + skipped, n_months - skipped));
        if (own.trend_alone.is_known) own.trend = diagnose::trend_posterior(own.trend_alone, policy.trend_spread);
    }
}

void forecast_step_back(diagnosed& out, const org::managers_policy& policy) {
    const measure::peer_groups& groups = out.facts->groups;
    const auto early = [](const diagnosed_manager& one) { return one.deals.joined - one.deals.late; };
    market_medians usual(groups.n_groups, policy.fewest_in_market);
    for (const diagnosed_manager& one : out.managers)
        if (one.deals.n >= policy.fewest_deals)
            usual.add(groups.group[one.person], static_cast<double>(early(one)) / static_cast<double>(one.deals.n));
    usual.finish();
    for (diagnosed_manager& one : out.managers) {
        one.usual_share = usual.of(groups.group[one.person]);
        if (!one.joint_effect || !one.usual_share || one.deals.amount <= 0 || one.deals.n == 0) continue;
        const uncertain amount =
            diagnose::share_of_amounts(static_cast<double>(one.deals.amount_early),
                                       static_cast<double>(one.deals.amount), one.deals.amount_squares);
        const uncertain share = diagnose::seen_share(static_cast<double>(early(one)), static_cast<double>(one.deals.n));
        const uncertain rate =
            diagnose::share_of_counts(static_cast<double>(one.joint.won_early), static_cast<double>(one.joint.n_early));
        one.step_back = diagnose::step_back_of(amount, share, *one.usual_share, *one.joint_effect, rate);
        one.without = diagnose::step_back_of(amount, share, 0.0, *one.joint_effect, rate);
    }
}

/// Change of the reports' performance since the window before, where there is one.
result<void> measure_growth(const run_context& run, diagnosed& out, const org::policy& policy) {
    const measure::scope& window = out.facts->window;
    const auto& deals = out.organisation().deals;
    const std::int32_t before_start = calendar::add_months(window.start, -policy.window_months);
    const bool has_before = std::any_of(deals.closed.begin(), deals.closed.end(),
                                        [&](std::int32_t day) { return day >= before_start && day < window.start; });
    if (!has_before) return outcome::success();
    org::policy earlier = policy;
    earlier.as_of = window.start - 1;
    earlier.data.nonpositive_quota = org::quota_rule::exclude;
    earlier.data.future_dated = org::future_rule::exclude;
    const auto facts = measure_organisation(run, out.facts->data, earlier, true);
    if (!facts && facts.error().kind == status::data) return outcome::success(); // it cannot be measured back then
    if (!facts) return outcome::failure(facts.error());
    out.before = facts.value();
    const measure::sellers_table& now = out.facts->sellers;
    const measure::sellers_table& then = facts.value()->sellers;
    std::vector<double> change(out.managers.size(), 0.0), variance(out.managers.size(), 0.0);
    std::vector<std::int64_t> n(out.managers.size(), 0);
    for (std::uint32_t person = 0; person < now.size(); ++person) {
        const std::uint32_t manager = out.manager_now[person];
        if (manager == no_index || !now.performance_z.has(person) || !then.performance_z.has(person)) continue;
        const std::uint32_t row = out.row_of[manager];
        if (row == no_index) continue;
        change[row] += now.performance_z.value[person] - then.performance_z.value[person];
        variance[row] += now.performance_sd.value[person] * now.performance_sd.value[person] +
                         then.performance_sd.value[person] * then.performance_sd.value[person];
        ++n[row];
    }
    for (std::size_t row = 0; row < out.managers.size(); ++row) {
        if (n[row] == 0) continue;
        const auto count = static_cast<double>(n[row]);
        out.managers[row].report_growth = uncertain{change[row] / count, variance[row] / (count * count)};
    }
    return outcome::success();
}

void cover_coaching(diagnosed& out, const org::report_lists& lists, const org::policy& policy) {
    const org::organisation& organisation = out.organisation();
    if (!organisation.has_activities) {
        add_finding(out.findings, {org::severity::note, "managers.no_activities", "activities", "", -1, -1, 1,
                                   "nothing is known of coaching: the columns about it are null, nobody is listed as "
                                   "uncoached and nobody can be called a hero-maker"});
        return;
    }
    const measure::scope& window = out.facts->window;
    out.coaching = measure::coaching_of(organisation, out.facts->lines, lists, window, policy.fiscal_year_start_month,
                                        policy.coaching.quarter_end_days, out.tier, out.row_of, out.managers.size());
    if (out.coaching.without_minutes > 0)
        add_finding(out.findings, {org::severity::note, "managers.session_without_minutes", "activities", "minutes", -1,
                                   -1, out.coaching.without_minutes,
                                   "coaching sessions without minutes are counted as sessions of no length"});
    out.coached = diagnose::last_coached_of(organisation, window.as_of);
    std::vector<std::int64_t> top(out.managers.size(), 0), covered(out.managers.size(), 0);
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        const std::uint32_t manager = out.manager_now[person];
        if (out.tier[person] != 2 || manager == no_index || out.row_of[manager] == no_index) continue;
        const std::int32_t since = measure::employment_of(organisation, person).from;
        ++top[out.row_of[manager]];
        if (!diagnose::is_uncoached(out.coached, person, since, window.as_of, policy.coaching.uncoached_weeks))
            ++covered[out.row_of[manager]];
    }
    for (std::size_t row = 0; row < out.managers.size(); ++row) {
        diagnosed_manager& own = out.managers[row];
        own.coaching_minutes = diagnose::minutes_per_report(out.coaching, row);
        own.quarter_end_ratio = diagnose::quarter_end_ratio(out.coaching, row);
        own.n_top = top[row];
        own.n_top_coached = covered[row];
        if (top[row] > 0) own.star_coverage = static_cast<double>(covered[row]) / static_cast<double>(top[row]);
    }
}

/// Traps of one manager, in the order of diagnose::trap_words.
std::vector<found_trap> traps_of(const diagnosed& all, std::size_t row, const org::policy& policy) {
    using diagnose::trap;
    const diagnosed_manager& own = all.managers[row];
    const org::managers_policy& rules = policy.managers;
    std::vector<found_trap> out;
    const bool has_deals = all.has_joining && own.deals.n >= rules.fewest_deals;
    const auto ratio = [](auto part, auto whole) { return static_cast<double>(part) / static_cast<double>(whole); };
    if (has_deals && own.evidence.probability_control >= 0.5)
        out.push_back({trap::control, ratio(own.deals.joined, own.deals.n), rules.control_share,
                       own.evidence.probability_control});
    if (has_deals && own.evidence.probability_control >= 0.5 && own.joint_effect) {
        const double little = diagnose::probability_below(own.joint_effect->mean, std::sqrt(own.joint_effect->variance),
                                                          rules.little_help);
        if (little >= 0.5) out.push_back({trap::no_help, own.joint_effect->mean, rules.little_help, little});
    }
    if (has_deals && own.step_back && own.evidence.probability_fall >= 0.5)
        out.push_back({trap::step_back, own.step_back->mean, -rules.step_back_fall, own.evidence.probability_fall});
    if (has_deals && own.trend && own.evidence.probability_decline >= 0.8)
        out.push_back({trap::fading, own.trend->mean, 0.0, own.evidence.probability_decline});
    const std::int64_t sold = all.board.own_amount[row] + all.board.team_amount[row];
    if (sold > 0 && all.board.own_amount[row] > 0 && ratio(all.board.own_amount[row], sold) > rules.own_credit_trap)
        out.push_back({trap::own_selling, ratio(all.board.own_amount[row], sold), rules.own_credit_trap, {}});
    const std::int64_t recognised = all.board.recognised_team[row] + all.board.recognised_manager[row];
    if (recognised > 0) {
        const diagnose::share_posterior share(all.board.recognised_team[row], recognised);
        if (const double sure = share.below(rules.recognition_trap); sure >= 0.8)
            out.push_back(
                {trap::scoreboard, ratio(all.board.recognised_team[row], recognised), rules.recognition_trap, sure});
    }
    if (has_deals && all.knows_company() && all.together.n_sellers[row] >= 3 && all.together.n_pairs[row] == 0)
        out.push_back({trap::collaboration, 0.0, 0.0, {}});
    if (own.star_coverage && *own.star_coverage < policy.coaching.coverage_trap)
        out.push_back({trap::uncoached_stars, *own.star_coverage, policy.coaching.coverage_trap, {}});
    if (own.quarter_end_ratio && *own.quarter_end_ratio < policy.coaching.quarter_end_trap)
        out.push_back({trap::quarter_end, *own.quarter_end_ratio, policy.coaching.quarter_end_trap, {}});
    if (all.exits.observed[row] >= 2 && all.exits.expected[row] > 0.0 &&
        static_cast<double>(all.exits.observed[row]) / all.exits.expected[row] >= rules.exits_trap)
        out.push_back({trap::regretted_exits,
                       static_cast<double>(all.exits.observed[row]) / all.exits.expected[row],
                       rules.exits_trap,
                       {}});
    return out;
}

void judge(diagnosed& out, const org::policy& policy) {
    const org::managers_policy& rules = policy.managers;
    const measure::peer_groups& groups = out.facts->groups;
    market_medians usual(groups.n_groups, rules.fewest_in_market);
    for (const diagnosed_manager& one : out.managers)
        if (one.coaching_minutes && one.deals.n > 0) usual.add(groups.group[one.person], *one.coaching_minutes);
    usual.finish();
    for (std::size_t row = 0; row < out.managers.size(); ++row) {
        diagnosed_manager& own = out.managers[row];
        diagnose::hero_evidence& evidence = own.evidence;
        evidence.joining_is_known = out.has_joining;
        evidence.n_deals = own.deals.n;
        evidence.n_reports = own.n_reports;
        const diagnose::share_posterior share(own.deals.joined, own.deals.n);
        evidence.probability_control = share.above(rules.control_share);
        evidence.probability_maker = share.below(rules.maker_share);
        if (own.trend)
            evidence.probability_decline =
                diagnose::probability_below(own.trend->mean, std::sqrt(own.trend->variance), 0.0);
        if (own.step_back)
            evidence.probability_fall = diagnose::probability_below(
                own.step_back->mean, std::sqrt(own.step_back->variance), -rules.step_back_fall);
        const auto median = usual.of(groups.group[own.person]);
        evidence.coaches = own.coaching_minutes && median && *own.coaching_minutes >= *median;
        own.hero_probability = diagnose::hero_probability_of(evidence);
        own.style = diagnose::style_of(evidence, rules);
        own.traps = traps_of(out, row, policy);
    }
}

} // namespace

estimate report_step_back(const diagnosed_manager& manager, const deal_sums& report) {
    if (!manager.joint_effect || !manager.usual_share || report.amount <= 0) return {};
    const auto early = static_cast<double>(report.joined - report.late);
    // A report's few amounts are taken to be as uneven as the team's.
    const double squares =
        manager.deals.amount_squares * static_cast<double>(report.amount) / static_cast<double>(manager.deals.amount);
    const uncertain amount = diagnose::share_of_amounts(static_cast<double>(report.amount_early),
                                                        static_cast<double>(report.amount), squares);
    const uncertain share = diagnose::seen_share(early, static_cast<double>(report.n));
    constexpr double borrowed = 4.0;
    const double team_rate = manager.deals.joined > 0 ? static_cast<double>(manager.deals.won_with) /
                                                            static_cast<double>(manager.deals.joined)
                                                      : 0.0;
    const uncertain rate = diagnose::share_of_counts(static_cast<double>(report.won_with) + borrowed * team_rate,
                                                     static_cast<double>(report.joined) + borrowed);
    return diagnose::step_back_of(amount, share, *manager.usual_share, *manager.joint_effect, rate);
}

result<std::shared_ptr<const diagnosed>>
diagnose_managers(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy) {
    if (!data->organisation.has_people)
        return fail(status::schema, "schema.missing_table", "expected the table people, found none", "people");
    if (!data->organisation.has_deals)
        return fail(status::schema, "schema.missing_table", "expected the table deals, found none", "deals");
    auto out = std::make_shared<diagnosed>();
    DUALTRACK_TRY(out->facts, measure_organisation(part_of(run, 0.0, 0.4), std::move(data), policy));
    const measured& facts = *out->facts;
    const org::organisation& organisation = facts.data->organisation;
    const measure::scope& window = facts.window;
    const std::uint32_t n_people = organisation.n_people();

    const auto n_reports = count_reports(organisation, facts.lines, window);
    vec<std::uint32_t> row_of(n_people, no_index, run.memory);
    for (std::uint32_t person = 0; person < n_people; ++person) {
        if (n_reports[person] == 0) continue;
        row_of[person] = static_cast<std::uint32_t>(out->managers.size());
        out->managers.emplace_back();
        out->managers.back().person = person;
        out->managers.back().n_reports = n_reports[person];
    }
    const std::size_t n_rows = out->managers.size();
    out->row_of.assign(row_of.begin(), row_of.end());
    out->manager_now = managers_now(organisation, facts.lines, window.as_of);

    const diagnose::selling_times times = diagnose::selling_times_of(organisation, run.memory);
    const diagnose::joining_sources sources = diagnose::joining_sources_of(organisation, times);
    out->has_joining = sources.any;
    DUALTRACK_TRY(const diagnose::team_deals teams,
                  diagnose::team_deals_of(
                      part_of(run, 0.4, 0.6), organisation, facts.lines, window, facts.groups, times, policy.managers,
                      calendar::add_months(window.end, -policy.transition.months), std::move(row_of)));
    if (!sources.any)
        add_finding(out->findings, {org::severity::warning, "managers.joining_unknown", "participants", "", -1, -1, 1,
                                    "no participants, credits or selling time on deals: nothing says which deals a "
                                    "manager took part in, and nobody is called hero or hero-maker"});
    if (sources.any && teams.sizes == diagnose::size_source::none)
        add_finding(out->findings, {org::severity::note, "managers.size_unknown", "deals", "amount", -1, -1, 1,
                                    "lost deals have neither an amount nor a list price: deals with and without the "
                                    "manager are not compared within classes of size"});
    if (organisation.has_credits && !sources.credit_on_lost)
        add_finding(out->findings, {org::severity::note, "managers.credit_on_won_only", "credits", "", -1, -1, 1,
                                    "only won deals carry credit: credit alone does not count as joining where the "
                                    "joint effect is estimated"});
    out->decided_by_month.assign(teams.decided.begin(), teams.decided.end());
    out->joined_by_month.assign(teams.joined.begin(), teams.joined.end());
    out->first_month = teams.first_month;
    out->n_months = teams.n_months;
    DUALTRACK_TRYV(sum_deals(part_of(run, 0.6, 0.7), *out, teams, sources.credit_on_lost));
    if (out->has_joining) {
        const auto expected = diagnose::expected_wins(organisation, facts.lines, facts.groups, teams, window.end,
                                                      policy.performance.ramp_months);
        estimate_effects(*out, teams, expected, policy.managers);
        forecast_step_back(*out, policy.managers);
    }

    out->board = diagnose::scoreboard_of(organisation, facts.lines, window, facts.cells, out->row_of, n_rows);
    DUALTRACK_TRY(out->together, diagnose::collaboration_of(part_of(run, 0.7, 0.8), organisation, window,
                                                            out->manager_now, teams.sells, out->row_of, n_rows));
    std::vector<std::uint8_t> top(n_people, 0), judged(n_people, 0);
    for (std::uint32_t person = 0; person < n_people; ++person) {
        const auto& probability = facts.sellers.probability_top_quartile;
        top[person] = probability.has(person) && probability.value[person] >= policy.seller.regretted_probability;
        judged[person] = facts.sellers.performance_z.has(person) ? 1 : 0;
    }
    out->exits =
        diagnose::regretted_exits_of(organisation, facts.lines, window, facts.groups, top, out->row_of, n_rows);
    out->tier = diagnose::tiers_of(facts.sellers.performance_z.value, judged, facts.groups.group, facts.groups.n_groups,
                                   policy.coaching);
    cover_coaching(*out, org::report_lists_of(facts.lines, run.memory), policy);
    DUALTRACK_TRYV(measure_growth(part_of(run, 0.8, 1.0), *out, policy));
    judge(*out, policy);
    return std::shared_ptr<const diagnosed>(std::move(out));
}

} // namespace dualtrack::run
