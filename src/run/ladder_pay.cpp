#include "run/ladder_pay.hpp"

#include <algorithm>

#include <dualtrack/decide/relief.hpp>
#include <dualtrack/measure/peer_group.hpp>
#include <dualtrack/measure/scope.hpp>

namespace dualtrack::run {

using decide::track;

double level_pay::median(std::size_t which, std::uint32_t level) const {
    const auto found = at.find({level == 0 ? 0 : which, level});
    if (found == at.end() || found->second.empty()) return -1.0;
    const std::size_t n = found->second.size();
    return 0.5 * (static_cast<double>(found->second[(n - 1) / 2]) + static_cast<double>(found->second[n / 2]));
}

std::pair<std::int64_t, std::int64_t> level_pay::band(const decide::ladder_level& level) const {
    if (!level.has_pay || !(pay_unit > 0.0)) return {no_money, no_money};
    return {decide::to_minor(level.pay_low * pay_unit), decide::to_minor(level.pay_high * pay_unit)};
}

result<level_pay> pay_by_level(const run_context& run, const careers& all) {
    const org::organisation& organisation = all.data->organisation;
    DUALTRACK_TRY(const measure::scope window, measure::scope_of(run, organisation, all.policy));
    level_pay out;
    out.of_person = measure::pay_of_people(organisation, window, all.policy.pay.horizon_months);
    for (const career& one : all.people) {
        const std::size_t on = one.tracks[0].on_track ? 0 : 1;
        const std::string_view role = measure::role_on(organisation, one.person, all.policy.as_of);
        const int level = role.empty() ? static_cast<int>(one.tracks[on].level)
                                       : decide::level_of_role(all.ladder, static_cast<track>(on), role);
        const std::int64_t paid = out.of_person[one.person].at_target;
        if (level < 0 || paid == no_money) continue;
        out.at[{level == 0 ? 0 : on, static_cast<std::uint32_t>(level)}].push_back(paid);
    }
    for (auto& [place, amounts] : out.at) std::sort(amounts.begin(), amounts.end());
    out.pay_unit = all.ladder.pay_in_entry_units ? out.median(0, 0) : 100.0;
    return out;
}

void check_pay(const careers& all, const level_pay& pay, std::vector<decide::ladder_finding>& out) {
    for (std::size_t t = 0; t < 2; ++t) {
        double below = pay.median(0, 0);
        std::string_view below_title = all.ladder.entry.title;
        for (std::uint32_t level = 1; level <= all.ladder.tracks[t].size(); ++level) {
            const decide::ladder_level& at = all.ladder.tracks[t][level - 1];
            const auto found = pay.at.find({t, level});
            if (found == pay.at.end()) {
                if (t == 0 && level == 1)
                    out.push_back(
                        {org::severity::note, "ladder.nobody_there", 0, at.title, 0,
                         "nobody with a pay on record holds " + at.title + ": so far the expert track is on paper"});
                continue;
            }
            const double middle = pay.median(t, level);
            const auto n = static_cast<std::int64_t>(found->second.size());
            if (below > 0.0 && middle < below)
                out.push_back({org::severity::warning, "ladder.paid_less_than_below", static_cast<int>(t), at.title, n,
                               "the median target pay of " + at.title + ", " + money_text(decide::to_minor(middle)) +
                                   ", is below that of " + std::string(below_title) + ", " +
                                   money_text(decide::to_minor(below))});
            const auto band = pay.band(at);
            const std::int64_t low = band.first;
            const std::int64_t high = band.second;
            const auto outside =
                low == no_money ? 0
                                : std::count_if(found->second.begin(), found->second.end(),
                                                [&](std::int64_t amount) { return amount < low || amount > high; });
            if (outside > 0)
                out.push_back({org::severity::note, "ladder.pay_outside_band", static_cast<int>(t), at.title, outside,
                               integer_text(outside) + " of " + integer_text(n) + " in " + at.title +
                                   " have a target pay outside the band " + money_text(low) + " to " +
                                   money_text(high)});
            below = middle;
            below_title = at.title;
        }
    }
}

} // namespace dualtrack::run
