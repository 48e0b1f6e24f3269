#include "run/mentoring.hpp"

#include <algorithm>

#include <dualtrack/decide/relief_table.hpp>

namespace dualtrack::run {
namespace {

/// Place of everybody's performance within the group: a code of tier_words, 255 where performance is not known.
std::vector<std::uint8_t> tiers_of(const measured& facts, const org::relief_policy& policy) {
    const measure::sellers_table& sellers = facts.sellers;
    std::vector<std::uint8_t> out(sellers.size(), 255);
    for (auto members : measure::sellers_by_group(facts.groups, facts.cells, facts.leads)) {
        std::erase_if(members, [&](std::uint32_t person) { return !sellers.performance_z.has(person); });
        std::sort(members.begin(), members.end(), [&](std::uint32_t a, std::uint32_t b) {
            const double left = sellers.performance_z.value[a];
            const double right = sellers.performance_z.value[b];
            return left != right ? left < right : a < b;
        });
        for (std::size_t i = 0; i < members.size(); ++i) {
            const double place = (static_cast<double>(i) + 0.5) / static_cast<double>(members.size());
            out[members[i]] = place < policy.bottom_share ? 0 : place > 1.0 - policy.top_share ? 2 : 1;
        }
    }
    return out;
}

/// Sales to expect of a seller in a year, minor units; negative where nothing is known.
double yearly_sales(const measured& facts, std::uint32_t person) {
    const double expected = facts.expected_amount[person];
    const bool judged = expected >= 0.0;
    const double months = measure::detail::active_months_of(facts.data->organisation, facts.cells, person,
                                                            judged ? facts.policy.performance.ramp_months : 0.0)
                              .effective;
    if (!(months > 0.0)) return -1.0;
    return (judged ? expected : static_cast<double>(facts.sellers.won_amount.minor[person])) / months * 12.0;
}

} // namespace

mentoring_programme best_programme(const measured& facts) {
    const org::organisation& organisation = facts.data->organisation;
    const org::relief_policy& policy = facts.policy.relief;
    const measure::sellers_table& sellers = facts.sellers;
    const auto tier = tiers_of(facts, policy);
    const double multiple[] = {policy.bottom_multiple, policy.middle_multiple, policy.top_multiple};
    mentoring_programme out;
    decide::mentoring_pool pool;
    std::vector<std::int64_t> quota;
    std::vector<mentee_line> mentees;
    const auto push = [&](decide::mentoring_pool::side& side, std::uint32_t person, std::int64_t minor) {
        side.person.push_back(person);
        side.group.push_back(facts.groups.group[person]);
        side.team.push_back(sellers.manager_id.index[person]);
        side.minor.push_back(minor);
    };
    for (std::uint32_t person = 0; person < sellers.size(); ++person) {
        const auto employed = measure::employment_of(organisation, person);
        const bool there = employed.from <= facts.window.as_of && facts.window.as_of < employed.to;
        if (!there || tier[person] == 255 || !sellers.probability_top_quartile.has(person)) continue;
        const bool is_new =
            organisation.people.hired.size() > person && organisation.people.hired[person] != no_date &&
            calendar::add_months(organisation.people.hired[person], policy.new_months) > facts.window.as_of;
        if (sellers.probability_top_quartile.value[person] >= policy.mentor_probability) {
            if (is_new) continue;
            ++out.n_could_mentor;
            if (sellers.quota.minor[person] == no_money) {
                ++out.n_without_quota;
                continue;
            }
            quota.push_back(decide::to_minor(static_cast<double>(sellers.quota.minor[person]) /
                                             sellers.months_active.value[person] * 12.0));
            push(
                pool.mentors, person,
                decide::to_minor(policy.cost_share * static_cast<double>(decide::relief_for(quota.back(), 1, policy))));
            continue;
        }
        const double sales = yearly_sales(facts, person);
        if (sales < 0.0) continue;
        const double share = !policy.structured ? policy.gain_share_opt_in
                             : is_new           ? policy.gain_share_new
                                                : policy.gain_share;
        mentee_line line{person, tier[person], decide::to_minor(sales),
                         decide::to_minor(share * multiple[tier[person]] * sales),
                         policy.gain_share_sd * multiple[tier[person]] * sales};
        ++out.n_could_be_mentored;
        push(pool.mentees, person, line.gain);
        mentees.push_back(line);
    }
    for (const auto& pair :
         decide::best_pairs(pool, static_cast<std::uint32_t>(policy.most_mentees), policy.most_places)) {
        const std::uint32_t mentor = pool.mentors.person[pair.mentor];
        if (out.mentors.empty() || out.mentors.back().person != mentor)
            out.mentors.push_back({mentor, quota[pair.mentor], 0, {}});
        auto& line = out.mentors.back();
        line.mentees.push_back(mentees[pair.mentee]);
        line.relief = decide::relief_for(quota[pair.mentor], line.mentees.size(), policy);
    }
    return out;
}

} // namespace dualtrack::run
