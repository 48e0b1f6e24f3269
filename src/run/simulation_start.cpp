// What the company's own tables say about the organisation that a simulation starts from.
//     spans: sellers of each manager on the last day that counts; who leads others and has no quota holds no seat
//     start_tenure: twice the mean tenure of the sellers on that day
//     h0: exits a seller-month in the window, over e^(th^2 / 2), what the mix of managers makes of h0
//     sU: months of a seller differ by a coefficient of variation c (pooled): sU^2 = ln(1 + c^2)
//     sA: variance of the log of sellers' mean months within their market, less luck's ln(1 + c^2 / n)
// Months in ramp are left out of both. With people alone, whoever leads nobody in the window is taken for a seller.
#include "run/simulation_start.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <dualtrack/base/exp_log.hpp>
#include <dualtrack/base/json_text.hpp>
#include <dualtrack/base/text.hpp>

#include "run/measured.hpp"

namespace dualtrack::run {
namespace {

using simulate::assumption;

/// Whole months of a seller: how many, their mean and their sum of squared distances.
struct seller_months_sum {
    double n = 0, mean = 0, squares = 0;
};

/// Months from the day `ramped` on.
seller_months_sum months_of(const measure::panel& cells, std::uint32_t person, std::int64_t ramped) {
    seller_months_sum out;
    for (std::int32_t m = 0; m < cells.n_months; ++m) {
        const std::int32_t month = cells.first_month + m;
        const std::int32_t first = calendar::first_day_of_month(month), end = calendar::first_day_of_month(month + 1);
        if (end > cells.window_end) break;
        if (first < ramped) continue;
        double amount = 0;
        std::int32_t covered = first;
        bool whole = true;
        for (std::uint32_t cell = cells.cell_from(person, month);
             cell < cells.first[person + 1] && cells.start[cell] < end; ++cell) {
            if (cells.end_of(person, cell) <= first) continue;
            whole = whole && cells.start[cell] <= covered && cells.state[cell] == measure::active;
            covered = std::max(covered, cells.end_of(person, cell));
            amount += static_cast<double>(cells.amount[cell]);
        }
        if (!whole || covered < end) continue;
        out.n += 1;
        const double step = amount - out.mean;
        out.mean += step / out.n;
        out.squares += step * (amount - out.mean);
    }
    return out;
}

/// Who holds a rep seat: whoever sells, but for leaders without a quota of their own. Leaders are told from sellers
/// here where no quotas are given too: a manager with a hand in some deals is nobody's rep. [n_people]
std::vector<std::uint8_t> who_holds_a_seat(const measured& all) {
    const org::organisation& organisation = all.data->organisation;
    std::vector<std::uint8_t> out(organisation.n_people(), 0);
    for (std::uint32_t person = 0; person < out.size(); ++person) out[person] = all.cells.sells(person) ? 1 : 0;
    for (std::uint32_t person = 0; person < out.size(); ++person) {
        const measure::employment when = measure::employment_of(organisation, person);
        if (!(when.from <= all.window.as_of && all.window.as_of < when.to)) continue;
        const std::uint32_t manager = all.lines.manager_on(person, all.window.as_of).manager;
        if (manager == no_index) continue;
        bool has_quota = false;
        for (std::uint32_t cell = all.cells.first[manager]; cell < all.cells.first[manager + 1]; ++cell)
            has_quota = has_quota || all.cells.quota[cell] != 0;
        if (!has_quota) out[manager] = 0;
    }
    return out;
}

/// With people alone nobody is known to sell: whoever was there in the window and led nobody. [n_people]
std::vector<std::uint8_t> who_leads_nobody(const org::organisation& organisation, const org::reporting_lines& lines,
                                           const measure::scope& window) {
    std::vector<std::uint8_t> out(organisation.n_people(), 0);
    for (std::uint32_t person = 0; person < out.size(); ++person) {
        const measure::employment when = measure::employment_of(organisation, person);
        out[person] = when.from < window.end && when.to > window.start ? 1 : 0;
    }
    const auto ask = [&](std::int32_t day) {
        for (std::uint32_t person = 0; person < out.size(); ++person) {
            const measure::employment when = measure::employment_of(organisation, person);
            if (!(when.from <= day && day < when.to)) continue;
            const std::uint32_t manager = lines.manager_on(person, day).manager;
            if (manager != no_index) out[manager] = 0;
        }
    };
    for (std::int32_t month = calendar::month_of_day(window.start); month <= calendar::month_of_day(window.as_of);
         ++month)
        ask(std::max(window.start, calendar::first_day_of_month(month)));
    ask(window.as_of);
    return out;
}

struct start_facts {
    std::vector<std::uint8_t> holds_seat; // [n_people]
    std::vector<std::int32_t> spans;
    double mean_tenure = -1, hazard = -1, month_noise = -1, talent_spread = -1;
    std::int64_t n_sellers = 0, n_exits = 0, n_months = 0, n_spread = 0, n_without_manager = 0;
};

void measure_people(const org::organisation& organisation, const org::reporting_lines& lines,
                    const measure::scope& window, start_facts& out) {
    std::vector<std::int32_t> reports(organisation.n_people(), 0);
    double tenure = 0;
    std::int64_t n_tenure = 0, days = 0;
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        if (out.holds_seat[person] == 0) continue;
        const measure::employment when = measure::employment_of(organisation, person);
        const std::int32_t from = std::max(when.from, window.start), to = std::min(when.to, window.end);
        if (to > from) days += to - from;
        if (!organisation.people.left.empty() && organisation.people.left[person] != no_date &&
            window.covers(organisation.people.left[person]))
            ++out.n_exits;
        if (!(when.from <= window.as_of && window.as_of < when.to)) continue;
        ++out.n_sellers;
        if (when.from > std::numeric_limits<std::int32_t>::min()) {
            tenure += static_cast<double>(window.as_of - when.from) / 30.4375;
            ++n_tenure;
        }
        const std::uint32_t manager = lines.manager_on(person, window.as_of).manager;
        if (manager != no_index)
            ++reports[manager];
        else
            ++out.n_without_manager;
    }
    for (const std::int32_t span : reports)
        if (span > 0) out.spans.push_back(std::min(span, 500));
    std::sort(out.spans.begin(), out.spans.end()); // who manages whom does not matter to the model
    if (n_tenure >= 10) out.mean_tenure = tenure / static_cast<double>(n_tenure);
    out.n_months = static_cast<std::int64_t>(std::floor(static_cast<double>(days) / 30.4375));
    if (out.n_months >= 120 && out.n_exits > 0)
        out.hazard = static_cast<double>(out.n_exits) / (static_cast<double>(days) / 30.4375);
}

void measure_spread(const measured& all, start_facts& out) {
    const org::organisation& organisation = all.data->organisation;
    struct one {
        std::uint32_t group;
        double log_mean, n;
    };
    std::vector<one> sellers;
    double ratio = 0, n_ratio = 0;
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        if (out.holds_seat[person] == 0) continue;
        const double ramp_days = std::ceil(all.policy.performance.ramp_months * 30.4375);
        const std::int64_t ramped =
            std::int64_t{measure::employment_of(organisation, person).from} + static_cast<std::int64_t>(ramp_days);
        const seller_months_sum months = months_of(all.cells, person, ramped);
        if (months.n < 6 || !(months.mean > 0)) continue;
        ratio += months.squares / (months.mean * months.mean);
        n_ratio += months.n - 1;
        sellers.push_back({all.groups.group[person], numeric::log(months.mean), months.n});
    }
    out.n_spread = static_cast<std::int64_t>(sellers.size());
    if (sellers.size() < 10 || n_ratio < 30) return;
    const double square = ratio / n_ratio; // squared coefficient of variation of a month
    out.month_noise = std::sqrt(numeric::log1p(square));
    std::stable_sort(sellers.begin(), sellers.end(), [](const one& x, const one& y) { return x.group < y.group; });
    double squares = 0, luck = 0, degrees = 0;
    for (std::size_t from = 0; from < sellers.size();) {
        std::size_t to = from;
        double sum = 0;
        for (; to < sellers.size() && sellers[to].group == sellers[from].group; ++to) sum += sellers[to].log_mean;
        const double mean = sum / static_cast<double>(to - from);
        for (std::size_t i = from; i < to; ++i) {
            squares += (sellers[i].log_mean - mean) * (sellers[i].log_mean - mean);
            luck += numeric::log1p(square / sellers[i].n) * (1 - 1 / static_cast<double>(to - from));
        }
        degrees += static_cast<double>(to - from) - 1;
        from = to;
    }
    if (degrees < 9) return;
    out.talent_spread = std::sqrt(std::max(0.0, (squares - luck) / degrees));
}

} // namespace

result<void> start_from_data(const model_request& request, std::vector<assumption>& assumptions,
                             simulate::sales_shape& shape, org::findings_table& findings) {
    const run_context run = part_of(request.run, 0.0, 0.0);
    const org::organisation& organisation = request.data->organisation;
    const bool people_alone = organisation.has_people && !organisation.has_deals && !organisation.has_sales;
    start_facts facts;
    if (people_alone) {
        DUALTRACK_TRY(const measure::scope window, measure::scope_of(run, organisation, request.policy));
        const org::reporting_lines lines = org::reporting_lines_of(organisation, run.memory);
        facts.holds_seat = who_leads_nobody(organisation, lines, window);
        measure_people(organisation, lines, window, facts);
    } else {
        DUALTRACK_TRY(const auto all, measure_organisation(run, request.data, request.policy));
        facts.holds_seat = who_holds_a_seat(*all);
        measure_people(organisation, all->lines, all->window, facts);
        measure_spread(*all, facts);
    }
    const auto place = [&](std::string_view name) {
        return std::find_if(assumptions.begin(), assumptions.end(),
                            [&](const assumption& a) { return a.name == name; });
    };
    const auto note = [&](std::string_view code, std::string text) {
        for (std::size_t i = 0; i < findings.size(); ++i)
            if (findings.code[i] == code && findings.text[i] == std::string_view(text))
                return; // said for another model
        add_finding(findings, {org::severity::note, code, "simulation", "", -1, -1, 1, std::move(text)});
    };
    const auto use = [&](std::string_view name, bool known, double value, double least, double most,
                         std::string_view why_not) {
        const auto one = place(name);
        if (!known) {
            note("simulation.not_measured", std::string(name) + " is that of the preset: " + std::string(why_not));
            return;
        }
        one->value = std::clamp(value, least, most);
        if (one->value != value)
            note("simulation.outside", std::string(name) + " was measured outside what the model allows and moved "
                                                           "to the nearest value it allows");
        one->value_from = "data";
        one->source = "measured from the company's own tables";
        one->grade = '2';         // one organisation in one window
        one->low = one->high = 0; // a fact of the company is not varied
    };
    if (people_alone)
        note("simulation.people_alone",
             "no deals and no sales are given, so nobody is known to sell: whoever leads nobody "
             "is taken for a seller");
    if (!facts.spans.empty() && facts.spans.size() <= 2000) {
        shape.spans = facts.spans;
        double sum = 0;
        for (const std::int32_t span : facts.spans) sum += span;
        use("teams", true, static_cast<double>(facts.spans.size()), 1, 2000, "");
        use("span", true, std::max(1.0, std::floor(sum / static_cast<double>(facts.spans.size()) + 0.5)), 1, 500, "");
    } else {
        const bool anybody = std::count(facts.holds_seat.begin(), facts.holds_seat.end(), std::uint8_t{1}) > 0;
        const std::string_view why_not = anybody ? "nobody who sells reports to anybody on the last day that counts"
                                                 : "nobody sells in the window (see /as_of and /window_months)";
        use("teams", false, 0, 0, 0, why_not);
        use("span", false, 0, 0, 0, why_not);
    }
    if (facts.n_without_manager > 0)
        note("simulation.no_manager", integer_text(facts.n_without_manager) +
                                          " who sell have no manager on the last day that counts (a vacant team, or "
                                          "nobody is named) and are in no team of the simulated organisation");
    use("start_tenure", facts.mean_tenure > 0, std::max(1.0, std::floor(2 * facts.mean_tenure + 0.5)), 1, 480,
        "fewer than ten sellers have a date of hire");
    const double th = place("th")->value;
    use("h0", facts.hazard > 0, facts.hazard * numeric::exp(-0.5 * th * th), 0.0001, 0.5,
        "nobody who sells left in the window, or it is too short");
    const std::string_view no_sales = "no deals and no sales are given";
    use("sU", facts.month_noise > 0, facts.month_noise, 0.01, 3,
        people_alone ? no_sales : "fewer than ten sellers have six whole months after the ramp");
    use("sA", facts.talent_spread > 0, facts.talent_spread, 0.05, 3,
        people_alone
            ? no_sales
            : "sellers do not differ by more than luck, or fewer than ten have six whole months after the ramp");
    return outcome::success();
}

} // namespace dualtrack::run
