// How simulated organisations spread over a figure, in bins that all rules of a preset share, so that two rules can be
// laid over each other: a better mean says little where most of both overlap.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include <dualtrack/base/describe.hpp>

namespace dualtrack::simulate {

/// One row a preset, rule, horizon and bin, of the metric that comes first.
struct histograms_table {
    text_list preset, policy, metric;
    column<std::int64_t> horizon_periods;
    column<double> low, high, share;
    flag_column approximate;
    explicit histograms_table(std::pmr::memory_resource* m)
        : preset(m), policy(m), metric(m), horizon_periods(m), low(m), high(m), share(m), approximate(m) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, histograms_table>
void describe(Visitor& visit, Table& t) {
    visit.table("histograms",
                "share of organisations in each of 20 bins, the same for all rules of a preset, under the "
                "assumptions in inputs");
    visit.column("preset", unit::text, "model and its assumptions", t.preset);
    visit.column("policy", unit::text, "rule of promotion, with its reward packages", t.policy);
    visit.column("metric", unit::text, "what is measured", t.metric);
    visit.column("horizon_periods", unit::count, "periods from the start that the metric covers", t.horizon_periods);
    visit.column("low", "the metric's", "where the bin starts", t.low);
    visit.column("high", "the metric's", "where it ends", t.high);
    visit.column("share", unit::share, "organisations in it", t.share);
    visit.column("approximate", unit::flag,
                 "yes: above a million organisations, from counts between cuts at even ranks of the first million",
                 t.approximate);
}

} // namespace dualtrack::simulate
