#include "run/measured.hpp"

#include <utility>

#include <dualtrack/assess/performance.hpp>
#include <dualtrack/measure/cycle.hpp>

#include "run/doubts.hpp"

namespace dualtrack::run {
namespace {

/// What a seller of a group sold a day, one value a reported period, as ln(1 + sales of a month at that pace): a
/// quarter's total is one thing known of a seller, not three.
struct period_logs {
    std::vector<std::uint32_t> first{0};
    std::vector<double> y;
};

period_logs logs_of(const measured& facts, const std::vector<std::uint32_t>& members) {
    constexpr double days_a_month = 30.4375;
    constexpr std::int32_t fewest_days = 10; // a shorter stretch says little about a pace
    const org::period_columns& sales = facts.data->organisation.sales;
    period_logs out;
    std::size_t row = 0; // rows are sorted by person, members ascend
    for (const std::uint32_t person : members) {
        const measure::employment employed = measure::employment_of(facts.data->organisation, person);
        while (row < sales.person.size() && sales.person[row] < person) ++row;
        for (; row < sales.person.size() && sales.person[row] == person; ++row) {
            const std::int64_t amount =
                facts.window.sales_amount.empty() ? sales.amount[row] : facts.window.sales_amount[row];
            const std::int32_t from = std::max({sales.start[row], employed.from});
            const std::int32_t to = std::min({sales.end[row], employed.to});
            const bool inside = sales.end[row] > facts.window.start && sales.start[row] < facts.window.end;
            if (!inside || amount == no_money || to - from < fewest_days) continue;
            const double pace = static_cast<double>(amount) / 100.0 / static_cast<double>(to - from) * days_a_month;
            out.y.push_back(numeric::log1p(std::max(0.0, pace)));
        }
        out.first.push_back(static_cast<std::uint32_t>(out.y.size()));
    }
    return out;
}

/// What to expect of sellers known by totals: each one's multiple of a pace that, over all of them, brings what the
/// market brought. (A mean of logarithms says how sellers compare, not how much a market sells.)
void expect_totals(measured& out, const std::vector<std::uint32_t>& members, std::span<const double> multiple) {
    std::vector<double> amount;
    std::vector<double> weight; // months at the pace of the market
    for (std::size_t i = 0; i < members.size(); ++i) {
        const auto months = measure::detail::active_months_of(out.data->organisation, out.cells, members[i], 0.0);
        amount.push_back(static_cast<double>(out.sellers.won_amount.minor[members[i]]));
        weight.push_back(multiple[i] * months.plain);
    }
    const double total = numeric::fixed_sum(amount);
    const double months = numeric::fixed_sum(weight);
    if (!(total > 0.0) || !(months > 0.0)) return;
    for (std::size_t i = 0; i < members.size(); ++i) out.expected_amount[members[i]] = weight[i] * total / months;
}

result<void> take_luck_out(const run_context& run, measured& out, std::span<const measure::sales_sums> sums) {
    const org::organisation& organisation = out.data->organisation;
    const double top_share = out.policy.performance.top_share;
    measure::sellers_table& sellers = out.sellers;
    const auto by_group = sellers_by_group(out.groups, out.cells, out.leads);
    for (std::size_t group = 0; group < by_group.size(); ++group) {
        const auto& everybody = by_group[group];
        const auto n_groups = static_cast<double>(by_group.size());
        const run_context part =
            part_of(run, static_cast<double>(group) / n_groups, static_cast<double>(group + 1) / n_groups);
        std::vector<std::uint32_t> members;
        assess::performance_evidence evidence;
        for (const std::uint32_t person : everybody) {
            const auto months =
                measure::detail::active_months_of(organisation, out.cells, person, out.policy.performance.ramp_months);
            if (!(months.effective > 0.0)) continue;
            members.push_back(person);
            evidence.amount.push_back(static_cast<double>(sums[person].won_amount));
            evidence.square_sum.push_back(static_cast<double>(sums[person].square_amount));
            evidence.absolute_sum.push_back(static_cast<double>(sums[person].absolute_amount));
            evidence.n_credits.push_back(static_cast<double>(sums[person].won) + sums[person].taken_back);
            evidence.effective_months.push_back(months.effective);
        }
        assess::performance_posterior judged;
        if (organisation.has_deals) {
            DUALTRACK_TRY(judged, assess::judge_deals(part, evidence, top_share));
        } else {
            const period_logs logs = logs_of(out, members);
            judged = assess::judge_months(logs.first, logs.y, top_share);
            expect_totals(out, members, judged.multiple);
        }
        for (std::size_t i = 0; i < members.size(); ++i) {
            const std::uint32_t person = members[i];
            const auto put = [&](column<double>& to, double value) {
                to.value[person] = value;
                if (!to.valid.empty()) to.valid[person] = 1;
            };
            put(sellers.performance_z, judged.z[i]);
            put(sellers.performance_sd, judged.sd[i]);
            put(sellers.probability_top_quartile, judged.probability_top[i]);
            out.sales_multiple[person] = judged.multiple[i];
            out.sales_shape[person] = judged.shape[i];
            if (organisation.has_deals && judged.per_month > 0.0)
                out.expected_amount[person] = judged.multiple[i] * judged.per_month * evidence.effective_months[i];
        }
    }
    return outcome::success();
}

} // namespace

std::vector<double> expected_attainment(const measured& facts) {
    const measure::sellers_table& sellers = facts.sellers;
    const measure::panel& cells = facts.cells;
    std::vector<double> out(sellers.size(), -1.0);
    for (std::uint32_t person = 0; person < sellers.size(); ++person) {
        if (sellers.quota.minor[person] == no_money || facts.expected_amount[person] < 0.0) continue;
        std::int64_t active = 0;
        std::int64_t with_quota = 0;
        for (std::uint32_t cell = cells.first[person]; cell < cells.first[person + 1]; ++cell) {
            if (cells.state[cell] != measure::active) continue;
            const std::int32_t days = cells.end_of(person, cell) - cells.start[cell];
            active += days;
            with_quota += cells.under_own_quota[cell] != 0 ? days : 0;
        }
        if (with_quota == 0) continue;
        out[person] = facts.expected_amount[person] * (static_cast<double>(with_quota) / static_cast<double>(active)) /
                      static_cast<double>(sellers.quota.minor[person]);
    }
    return out;
}

result<std::shared_ptr<const measured>> measure_organisation(const run_context& run,
                                                             std::shared_ptr<const ingest::checked_data> data,
                                                             const org::policy& policy, bool performance_alone) {
    const org::organisation& organisation = data->organisation;
    if (!organisation.has_people)
        return fail(status::schema, "schema.missing_table", "expected the table people, found none", "people");
    if (!organisation.has_deals && !organisation.has_sales)
        return fail(status::schema, "schema.missing_table",
                    "expected the table deals or the table sales, found neither", "deals");

    DUALTRACK_TRY(measure::scope window, measure::scope_of(run, organisation, policy));
    org::reporting_lines lines = org::reporting_lines_of(organisation, run.memory);
    DUALTRACK_TRY(const auto sells, measure::who_sells(part_of(run, 0.0, 0.1), organisation, window));
    measure::panel cells = measure::layout_panel(run, organisation, lines, window, sells);
    measure::spread_quotas(cells, organisation.quotas, window.quota_amount, cells.quota);
    vec<measure::sales_sums> sums(run.memory);
    column<double> median_days(run.memory);
    if (organisation.has_deals) {
        DUALTRACK_TRY(sums, measure::sum_sales(part_of(run, 0.1, 0.6), organisation, window, cells));
        if (!performance_alone) {
            DUALTRACK_TRY(median_days, measure::median_cycle_days(part_of(run, 0.6, 0.8), organisation, window, sums));
        }
    } else {
        sums.assign(organisation.n_people(), {});
        measure::spread_totals(cells, organisation.sales, window.sales_amount, cells.amount);
    }
    measure::peer_groups groups = measure::peer_groups_on(organisation, window.as_of, policy.seller.group, run.memory);
    std::vector<std::uint8_t> leads = measure::who_leads(organisation, lines, window, cells, groups);
    std::vector<std::uint32_t> over_maximum;
    measure::sellers_table sellers =
        measure::measure_sellers(run, organisation, lines, window, policy, cells, groups, leads, sums, median_days,
                                 over_maximum, !performance_alone);
    auto out = std::make_shared<measured>(measured{std::move(data),
                                                   policy,
                                                   std::move(window),
                                                   std::move(lines),
                                                   std::move(cells),
                                                   std::move(groups),
                                                   std::move(sellers),
                                                   std::move(leads),
                                                   {},
                                                   {},
                                                   {}});
    out->sellers.market.names = &out->groups.names; // the names moved with the groups
    out->sales_multiple.assign(organisation.n_people(), -1.0);
    out->expected_amount.assign(organisation.n_people(), -1.0);
    out->sales_shape.assign(organisation.n_people(), 0.0);
    DUALTRACK_TRYV(take_luck_out(part_of(run, 0.8, 1.0), *out, sums));
    if (organisation.has_deals && organisation.has_sales)
        add_finding(out->window.findings, {org::severity::note, "data.assumed", "sales", "", -1, -1, 1,
                                           "deals are given, so the totals in sales are not used"});
    say_assumed_managers(*out);
    say_over_maximum(*out, over_maximum);
    say_quota_gaps(*out);
    say_clawbacks(*out, sums);
    say_not_recorded(*out);
    return std::shared_ptr<const measured>(std::move(out));
}

} // namespace dualtrack::run
