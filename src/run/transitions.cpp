#include "run/transitions.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <string>
#include <utility>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/text.hpp>

namespace dualtrack::run {
namespace {

using diagnose::scored_part;
using diagnose::sold;

constexpr double days_a_month = 30.4375;
constexpr std::int32_t fewest_days_before = 90;

/// A new manager and the first day with a report.
struct newcomer {
    std::uint32_t person = 0, row = 0;
    std::int32_t first_day = 0;
};

std::vector<newcomer> newcomers_of(const diagnosed& all) {
    const org::organisation& organisation = all.organisation();
    const measured& facts = *all.facts;
    std::int32_t first_deal = std::numeric_limits<std::int32_t>::max();
    for (std::uint32_t deal = 0; deal < organisation.n_deals(); ++deal)
        if (organisation.deals.closed[deal] != no_date &&
            organisation.deals.outcome[deal] != static_cast<std::uint8_t>(org::deal_outcome::open))
            first_deal = std::min(first_deal, organisation.deals.closed[deal]);
    if (first_deal == std::numeric_limits<std::int32_t>::max()) return {};
    const std::int32_t border = std::max(calendar::add_months(facts.window.end, -facts.policy.transition.months),
                                         calendar::add_months(first_deal, 3));
    std::vector<std::int32_t> first(organisation.n_people(), std::numeric_limits<std::int32_t>::max());
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        const measure::employment employed = measure::employment_of(organisation, person);
        for (const org::reporting_span& span : facts.lines.spans_of(person)) {
            if (span.manager == no_index || span.assumed) continue; // "now" says nothing of since when
            const std::int32_t from = std::max(span.start, employed.from);
            if (from < std::min(span.end, employed.to)) first[span.manager] = std::min(first[span.manager], from);
        }
    }
    std::vector<newcomer> out;
    for (std::uint32_t row = 0; row < all.managers.size(); ++row) {
        const std::uint32_t person = all.managers[row].person;
        if (first[person] >= border && calendar::add_months(first[person], 1) <= facts.window.end)
            out.push_back({person, row, first[person]});
    }
    return out;
}

/// Something that happened to somebody on a day.
struct event {
    std::uint32_t person = 0;
    std::int32_t day = 0;
    double value = 0.0;
    friend bool operator<(const event& a, const event& b) noexcept {
        return a.person != b.person ? a.person < b.person : a.day != b.day ? a.day < b.day : a.value < b.value;
    }
};

/// Events by person and day, and any stretch of them.
class event_list {
  public:
    void add(std::uint32_t person, std::int32_t day, double value) { events_.push_back({person, day, value}); }
    void take(const event_list& other) { events_.insert(events_.end(), other.events_.begin(), other.events_.end()); }
    void finish() { std::sort(events_.begin(), events_.end()); } // whatever order they were added in
    template <class F> void each(std::uint32_t person, std::int32_t from, std::int32_t to, F&& f) const {
        auto at = std::lower_bound(events_.begin(), events_.end(), event{person, from, -1e300});
        for (; at != events_.end() && at->person == person && at->day < to; ++at) f(at->value);
    }

  private:
    std::vector<event> events_;
};

/// What a market sold, and on how many days its sellers were there, up to any day.
class market_days {
  public:
    market_days(std::uint32_t n_groups, std::int32_t start, std::int32_t end)
        : start_(start), n_days_(static_cast<std::size_t>(end - start)), amount_(n_groups * (n_days_ + 1), 0),
          sellers_(n_groups * (n_days_ + 1), 0) {}
    /// From any thread: whole numbers add up alike in any order.
    void sell(std::uint32_t group, std::int32_t day, std::int64_t amount) {
        std::atomic_ref<std::int64_t>(amount_[at(group, day) + 1]).fetch_add(amount, std::memory_order_relaxed);
    }
    void be_there(std::uint32_t group, std::int32_t from, std::int32_t to) { // differences, summed twice in finish
        from = std::max(from, start_);
        to = std::min(to, start_ + static_cast<std::int32_t>(n_days_));
        if (from >= to) return;
        ++sellers_[at(group, from) + 1];
        if (to < start_ + static_cast<std::int32_t>(n_days_)) --sellers_[at(group, to) + 1];
    }
    void finish() {
        const std::size_t n_groups = amount_.size() / (n_days_ + 1);
        for (std::size_t group = 0; group < n_groups; ++group) {
            const std::size_t first = group * (n_days_ + 1);
            for (std::size_t day = 1; day <= n_days_; ++day) {
                amount_[first + day] += amount_[first + day - 1];
                sellers_[first + day] += sellers_[first + day - 1];
            }
            std::int64_t total = 0;
            for (std::size_t day = 1; day <= n_days_; ++day) sellers_[first + day] = total += sellers_[first + day];
        }
    }
    /// What a seller of a market sells a day in [from, to), minor units; 0 without anybody there.
    [[nodiscard]] double a_day(std::uint32_t group, std::int32_t from, std::int32_t to) const {
        const std::int64_t sellers = sellers_[at(group, to)] - sellers_[at(group, from)];
        if (sellers <= 0) return 0.0;
        return static_cast<double>(amount_[at(group, to)] - amount_[at(group, from)]) / static_cast<double>(sellers);
    }

  private:
    [[nodiscard]] std::size_t at(std::uint32_t group, std::int32_t day) const {
        return group * (n_days_ + 1) +
               static_cast<std::size_t>(std::clamp(day - start_, 0, static_cast<std::int32_t>(n_days_)));
    }
    std::int32_t start_;
    std::size_t n_days_;
    std::vector<std::int64_t> amount_, sellers_;
};

/// Everything the months are made of.
struct history {
    std::int32_t start = 0;
    event_list sales, coaching; // of people around new managers
    market_days market;
    double coaching_a_month = 0.0; // minutes a report, of the whole organisation in the window
    std::vector<std::uint8_t> top; // 1: in the top quarter of the market; [n_people]
    double top_hazard = 0.0;       // unasked exits a day of top people
};

/// People in the top quarter of their market by performance with luck taken out, now or in the window before.
std::vector<std::uint8_t> top_quarter(const diagnosed& all) {
    std::vector<std::uint8_t> out(all.organisation().n_people(), 0);
    for (const measured* facts : {all.facts.get(), all.before.get()}) {
        if (facts == nullptr) continue;
        std::vector<std::uint8_t> judged(out.size(), 0);
        for (std::uint32_t person = 0; person < out.size(); ++person)
            judged[person] = facts->sellers.performance_z.has(person) ? 1 : 0;
        org::coaching_policy quarter;
        quarter.top_share = facts->policy.performance.top_share;
        const auto tier = diagnose::tiers_of(facts->sellers.performance_z.value, judged, facts->groups.group,
                                             facts->groups.n_groups, quarter);
        for (std::uint32_t person = 0; person < out.size(); ++person)
            if (tier[person] == 2) out[person] = 1;
    }
    return out;
}

double top_hazard_of(const diagnosed& all, const std::vector<std::uint8_t>& top) {
    const org::organisation& organisation = all.organisation();
    const measure::scope& window = all.facts->window;
    std::int64_t days = 0;
    std::int64_t exits = 0;
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        if (top[person] == 0) continue;
        const measure::employment employed = measure::employment_of(organisation, person);
        days += std::max<std::int64_t>(0, std::int64_t{std::min(employed.to, window.end)} -
                                              std::max(employed.from, window.start));
        if (diagnose::left_unasked(organisation, person) && window.covers(organisation.people.left[person] - 1))
            ++exits;
    }
    return days > 0 ? static_cast<double>(exits) / static_cast<double>(days) : 0.0;
}

result<history> history_of(const run_context& run, const diagnosed& all, const std::vector<newcomer>& newcomers) {
    const org::organisation& organisation = all.organisation();
    const measured& facts = *all.facts;
    const std::int32_t end = facts.window.end;
    const std::int32_t start = calendar::add_months(end, -facts.policy.transition.months - 12);
    history out{start, {}, {}, market_days(facts.groups.n_groups, start, end), 0.0, {}, 0.0};

    std::vector<std::uint8_t> is_new(organisation.n_people(), 0);
    for (const newcomer& one : newcomers) is_new[one.person] = 1;
    std::vector<std::uint8_t> wanted(is_new);
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person)
        for (const org::reporting_span& span : facts.lines.spans_of(person))
            if (span.manager != no_index && is_new[span.manager] != 0) wanted[person] = 1;

    org::policy longer = facts.policy; // the same money, further back
    longer.as_of = facts.window.as_of;
    longer.window_months = facts.policy.transition.months + 12;
    longer.data.nonpositive_quota = org::quota_rule::exclude;
    longer.data.future_dated = org::future_rule::exclude;
    longer.data.orphan_manager = org::orphan_rule::finding;
    DUALTRACK_TRY(const measure::scope window, measure::scope_of(run, organisation, longer));
    struct seen_by_worker {
        event_list sales;
        measure::deal_credit credit;
    };
    const std::int64_t n_deals = organisation.n_deals();
    constexpr std::int64_t block_size = measure::detail::deals_per_block;
    std::vector<seen_by_worker> seen(static_cast<std::size_t>(count_workers(run, n_deals, block_size)));
    std::vector<std::uint8_t> sells(organisation.n_people(), 0);
    const auto gather = [&](std::int64_t, std::int64_t begin, std::int64_t stop, std::int64_t worker) {
        seen_by_worker& own = seen[static_cast<std::size_t>(worker)];
        for (auto deal = static_cast<std::uint32_t>(begin); deal < static_cast<std::uint32_t>(stop); ++deal) {
            if (!measure::detail::is_decided(organisation, window, deal)) continue;
            const bool won = measure::detail::is_won(organisation, deal);
            const std::int32_t day = organisation.deals.closed[deal];
            measure::credit_of_deal(organisation, deal, won ? window.amount_of_deal(organisation, deal) : 0,
                                    own.credit);
            for (std::size_t i = 0; i < own.credit.person.size(); ++i) {
                const std::uint32_t person = own.credit.person[i];
                std::atomic_ref<std::uint8_t> flag(sells[person]);
                if (flag.load(std::memory_order_relaxed) == 0) flag.store(1, std::memory_order_relaxed);
                if (!won) continue;
                if (facts.leads[person] == 0) out.market.sell(facts.groups.group[person], day, own.credit.amount[i]);
                if (wanted[person] != 0) own.sales.add(person, day, static_cast<double>(own.credit.amount[i]));
            }
        }
    };
    DUALTRACK_TRYV(for_blocks(run, n_deals, block_size, gather));
    for (const seen_by_worker& own : seen) out.sales.take(own.sales);
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        if (sells[person] == 0 || facts.leads[person] != 0) continue;
        const measure::employment employed = measure::employment_of(organisation, person);
        out.market.be_there(facts.groups.group[person], employed.from, employed.to);
    }
    out.market.finish();
    out.sales.finish();

    const auto& activities = organisation.activities;
    for (std::size_t i = 0; i < activities.actor.size(); ++i) {
        const std::uint32_t subject = activities.subject[i];
        if (activities.kind[i] >= measure::n_coaching_kinds || subject == no_index || wanted[subject] == 0) continue;
        if (facts.lines.manager_on(subject, activities.start[i]).manager != activities.actor[i]) continue;
        if (activities.minutes.size() > 0 && activities.minutes.has(i))
            out.coaching.add(subject, activities.start[i], activities.minutes.value[i]);
    }
    out.coaching.finish();
    double minutes = 0.0;
    std::int64_t days = 0;
    for (const measure::coaching_cell& cell : all.coaching.cells) {
        minutes += cell.minutes;
        days += cell.report_days;
    }
    if (days > 0) out.coaching_a_month = minutes / static_cast<double>(days) * days_a_month;
    out.top = top_quarter(all);
    out.top_hazard = top_hazard_of(all, out.top);
    return out;
}

/// Days of [from, to) on which somebody reported to a manager, or (no_index) was employed at all.
template <class F>
void each_stretch(const diagnosed& all, std::uint32_t person, std::uint32_t manager, std::int32_t from, std::int32_t to,
                  F&& f) {
    const measure::employment employed = measure::employment_of(all.organisation(), person);
    from = std::max(from, employed.from);
    to = std::min(to, employed.to);
    if (manager == no_index) {
        if (from < to) f(from, to);
        return;
    }
    for (const org::reporting_span& span : all.facts->lines.spans_of(person)) {
        if (span.manager != manager) continue;
        const std::int32_t a = std::max(from, span.start);
        const std::int32_t b = std::min(to, span.end);
        if (a < b) f(a, b);
    }
}

/// What a report brought in a stretch of days, and what was to be expected of the same person.
void add_report(const diagnosed& all, const history& past, const newcomer& manager, std::uint32_t person,
                std::int32_t from, std::int32_t to, sold& now, double& expected, double& spread, std::int64_t& days,
                double& market) {
    const std::uint32_t group = all.facts->groups.group[person];
    const std::int32_t year_before = calendar::add_months(manager.first_day, -12);
    const double market_now = past.market.a_day(group, from, to);
    const double market_before = past.market.a_day(group, std::max(year_before, past.start), manager.first_day);
    std::int64_t here = 0;
    each_stretch(all, person, manager.person, from, to, [&](std::int32_t a, std::int32_t b) {
        here += b - a;
        past.sales.each(person, a, b, [&](double amount) { now.add(amount); });
    });
    if (here == 0) return;
    days += here;
    market += market_now * static_cast<double>(here);
    std::int64_t days_before = 0;
    sold before;
    each_stretch(all, person, no_index, std::max(year_before, past.start), manager.first_day,
                 [&](std::int32_t a, std::int32_t b) {
                     days_before += b - a;
                     past.sales.each(person, a, b, [&](double amount) { before.add(amount); });
                 });
    if (days_before >= fewest_days_before && market_before > 0.0) {
        const double scale = market_now / market_before * static_cast<double>(here) / static_cast<double>(days_before);
        expected += before.amount * scale;
        spread += before.squares * scale * scale;
    } else
        expected += market_now * static_cast<double>(here);
}

/// People who reported to a manager at any time, ascending.
std::vector<std::uint32_t> reports_ever(const org::report_lists& lists, std::uint32_t manager) {
    std::vector<std::uint32_t> out(lists.person.begin() + lists.first[manager],
                                   lists.person.begin() + lists.first[manager + 1]);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

transition_line score_month(const diagnosed& all, const history& past, const newcomer& who,
                            const std::vector<std::uint32_t>& reports, std::int32_t month_index) {
    const org::transition_policy& policy = all.facts->policy.transition;
    transition_line out;
    out.manager = who.person;
    out.start = calendar::add_months(who.first_day, month_index - 1);
    out.end = calendar::add_months(who.first_day, month_index);
    out.month.month_index = month_index;
    const std::int32_t to = out.end;
    const std::int32_t from = std::max(who.first_day, calendar::add_months(to, -policy.trailing_months));
    const std::int32_t year_before = std::max(calendar::add_months(who.first_day, -12), past.start);

    sold now;
    double expected = 0.0;
    double spread = 0.0;
    double market = 0.0;
    std::int64_t days = 0;
    double minutes = 0.0;
    double minutes_before = 0.0;
    std::int64_t days_before = 0;
    std::int64_t top_days = 0;
    std::int64_t n_top = 0;
    for (const std::uint32_t person : reports) {
        const std::int64_t days_until = days;
        add_report(all, past, who, person, from, to, now, expected, spread, days, market);
        if (days == days_until) continue;
        ++out.n_reports;
        each_stretch(all, person, who.person, from, to, [&](std::int32_t a, std::int32_t b) {
            past.coaching.each(person, a, b, [&](double value) { minutes += value; });
            if (past.top[person] != 0) top_days += b - a;
        });
        each_stretch(all, person, no_index, year_before, who.first_day, [&](std::int32_t a, std::int32_t b) {
            days_before += b - a;
            past.coaching.each(person, a, b, [&](double value) { minutes_before += value; });
        });
        if (past.top[person] == 0) continue;
        ++n_top;
        const auto& people = all.organisation().people;
        if (!diagnose::left_unasked(all.organisation(), person)) continue;
        const std::int32_t last = people.left[person] - 1;
        if (last >= from && last < to && all.facts->lines.manager_on(person, last).manager == who.person)
            ++out.month.top_exits;
    }
    out.team_amount = static_cast<std::int64_t>(now.amount);
    // Newcomers' part of the baseline rests on their market, which is known well.
    const double carried_by = spread > 0.0 ? expected * expected / spread : 0.0;
    out.month.change = diagnose::team_change_of(now, expected, carried_by, policy.change_spread);
    if (out.month.change) out.team_baseline = static_cast<std::int64_t>(std::floor(expected + 0.5));
    if (market > 0.0 && expected > 0.0) out.month.team = scored_part{now.amount / market, expected / market};
    if (past.coaching_a_month > 0.0 && days > 0) {
        const auto a_month = [&](double sum, std::int64_t on) {
            return sum / static_cast<double>(on) * days_a_month / past.coaching_a_month;
        };
        out.month.development =
            scored_part{a_month(minutes, days), days_before > 0 ? a_month(minutes_before, days_before) : 1.0};
    }
    if (n_top > 0)
        out.month.retention =
            scored_part{1.0 - static_cast<double>(out.month.top_exits) / static_cast<double>(n_top),
                        numeric::exp(-past.top_hazard * static_cast<double>(top_days) / static_cast<double>(n_top))};

    // Own sales: the year before is the measure, and as much of it is expected as the weight still says.
    const std::uint32_t group = all.facts->groups.group[who.person];
    const double market_now = past.market.a_day(group, from, to);
    const double market_before = past.market.a_day(group, year_before, who.first_day);
    sold own, own_before;
    past.sales.each(who.person, from, to, [&](double amount) { own.add(amount); });
    past.sales.each(who.person, year_before, who.first_day, [&](double amount) { own_before.add(amount); });
    if (market_now > 0.0 && market_before > 0.0) {
        const double planned = diagnose::weights_of_month(month_index, policy).own /
                               std::max(diagnose::weights_of_month(1, policy).own, 1e-9);
        const double before =
            planned * own_before.amount / (market_before * static_cast<double>(who.first_day - year_before));
        const double share = own.amount / (market_now * static_cast<double>(to - from));
        out.month.own = scored_part{std::min(share, before), before}; // more than planned earns nothing
    }

    std::int64_t decided = 0;
    std::int64_t joined = 0;
    for (std::int32_t month = calendar::month_of_day(from); month <= calendar::month_of_day(to - 1); ++month) {
        if (month < all.first_month || month >= all.first_month + all.n_months) continue;
        const std::size_t cell =
            who.row * static_cast<std::size_t>(all.n_months) + static_cast<std::size_t>(month - all.first_month);
        decided += all.decided_by_month[cell];
        joined += all.joined_by_month[cell];
    }
    constexpr std::int64_t fewest_deals = 10;
    if (all.has_joining && decided >= fewest_deals)
        out.month.involvement = static_cast<double>(joined) / static_cast<double>(decided);
    out.verdict = diagnose::judge_month(out.month, policy);
    return out;
}

std::string triggers_of(const transition_line& line, const org::transition_policy& policy) {
    std::string out;
    const auto say = [&](const std::string& text) { out += (out.empty() ? "" : "; ") + text; };
    if (line.verdict.by_team)
        say("team_result: " + percent_text(line.month.change->ratio - 1.0) +
            " against the same people before, moved by their market (below with probability " +
            probability_text(line.month.change->probability_below) + ")");
    if (line.verdict.by_exits)
        say("top_exits: " + integer_text(line.month.top_exits) + " of the top quarter left within " +
            integer_text(policy.trailing_months) + " months");
    if (line.verdict.by_involvement)
        say("involvement: takes part in " + percent_text(*line.month.involvement) + " of the team's deals in month " +
            integer_text(line.month.month_index));
    return out;
}

} // namespace

result<std::vector<transition_line>> score_transitions(const run_context& run, const diagnosed& all) {
    const org::transition_policy& policy = all.facts->policy.transition;
    if (policy.team_part + policy.development_part > 1.0)
        return fail(status::policy, "policy.range",
                    "expected team_part and development_part to sum to at most 1, found " +
                        number_text(policy.team_part + policy.development_part),
                    "/transition/development_part");
    std::vector<transition_line> out;
    const auto newcomers = newcomers_of(all);
    if (newcomers.empty()) return out;
    DUALTRACK_TRY(const history past, history_of(run, all, newcomers));
    const org::report_lists lists = org::report_lists_of(all.facts->lines, run.memory);
    std::vector<std::vector<transition_line>> by_newcomer(newcomers.size());
    const auto score = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
            const auto reports = reports_ever(lists, newcomers[i].person);
            for (std::int32_t month = 1; month <= policy.months; ++month) {
                if (calendar::add_months(newcomers[i].first_day, month) > all.facts->window.end) break;
                transition_line line = score_month(all, past, newcomers[i], reports, month);
                if (line.n_reports > 0) by_newcomer[i].push_back(std::move(line));
            }
        }
    };
    DUALTRACK_TRYV(for_blocks(run, static_cast<std::int64_t>(newcomers.size()), 16, score));
    for (const auto& own : by_newcomer) out.insert(out.end(), own.begin(), own.end());
    return out;
}

diagnose::transition_table transition_rows(const diagnosed& all, const std::vector<transition_line>& lines,
                                           std::pmr::memory_resource* memory) {
    diagnose::transition_table out(all.organisation().people.id, memory);
    const auto now = [](const std::optional<scored_part>& part) {
        return part ? std::optional(part->now) : std::nullopt;
    };
    const auto before = [](const std::optional<scored_part>& part) {
        return part ? std::optional(part->before) : std::nullopt;
    };
    for (const transition_line& line : lines) {
        const diagnose::transition_weights& weights = line.verdict.weights;
        out.manager_id.index.push_back(line.manager);
        out.month_index.value.push_back(line.month.month_index);
        push(out.weight_own, weights.own);
        push(out.weight_team, weights.team);
        push(out.weight_development, weights.development);
        push(out.weight_retention, weights.retention);
        push(out.score, line.verdict.score);
        push(out.baseline, line.verdict.baseline);
        out.status.code.push_back(static_cast<std::uint8_t>(line.verdict.status));
        out.triggers.emplace_back(triggers_of(line, all.facts->policy.transition));
        out.start.day.push_back(line.start);
        out.end.day.push_back(line.end);
        out.n_reports.value.push_back(line.n_reports);
        out.team_amount.minor.push_back(line.team_amount);
        out.team_baseline.minor.push_back(line.team_baseline);
        const auto& change = line.month.change;
        const auto end_of = [&](double side) -> std::optional<double> {
            if (!change) return std::nullopt;
            return change->ratio * numeric::exp(side * numeric::interval_95 * change->log_sd) - 1.0;
        };
        push(out.team_change, change ? std::optional(change->ratio - 1.0) : std::nullopt);
        push(out.team_change_low, end_of(-1.0));
        push(out.team_change_high, end_of(1.0));
        push(out.probability_below, change ? std::optional(change->probability_below) : std::nullopt);
        out.top_exits.value.push_back(line.month.top_exits);
        push(out.involvement_share, line.month.involvement);
        push(out.own, now(line.month.own));
        push(out.own_before, before(line.month.own));
        push(out.development, now(line.month.development));
        push(out.development_before, before(line.month.development));
        push(out.retention, now(line.month.retention));
        push(out.retention_before, before(line.month.retention));
        push(out.known_weight, line.verdict.known_weight);
    }
    return out;
}

} // namespace dualtrack::run
