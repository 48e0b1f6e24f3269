#include "run/talking_points.hpp"

#include <algorithm>

#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/base/text.hpp>

namespace dualtrack::run {
namespace {

using decide::track;

constexpr std::int32_t record_months = 12;
constexpr double weeks_a_month = 30.4375 / 7.0;

/// An amount as it is said aloud: whole units, thousands apart.
std::string spoken(std::int64_t minor) {
    const auto units = static_cast<std::int64_t>(numeric::round_half_even(static_cast<double>(minor) / 100.0));
    std::string digits = integer_text(units < 0 ? -units : units);
    for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
    return (units < 0 ? "-" : "") + digits;
}

std::string validate(const retained& all, const retained_person& one) {
    if (!all.facts) return "Say what the person has achieved; no sales are on record.";
    const measure::sellers_table& sellers = all.facts->sellers;
    const std::uint32_t p = one.person;
    if (sellers.won_amount.minor[p] == no_money) return "Say what the person has achieved; no sales are on record.";
    std::string out = "Sold " + spoken(sellers.won_amount.minor[p]) + " in " +
                      fixed_text(sellers.months_active.value[p], 1) + " months";
    if (sellers.attainment.has(p))
        out += ", " + percent_text(sellers.attainment.value[p]) + " of a quota of " + spoken(sellers.quota.minor[p]);
    if (sellers.performance_z.has(p)) {
        const double z = sellers.performance_z.value[p];
        const double sd = sellers.performance_sd.value[p];
        out += ". With luck taken out that is " + fixed_text(z, 2) + " standard deviations against the own market (" +
               fixed_text(z - numeric::interval_95 * sd, 2) + " to " + fixed_text(z + numeric::interval_95 * sd, 2) +
               ", 19 times out of 20); the probability to be in its top share is " +
               probability_text(sellers.probability_top_quartile.value[p]);
    }
    out += ".";
    if (one.passed_over == 2 && one.facts.outsold == decide::answer::yes)
        out += " In the year before the decision that was more than the person chosen sold.";
    return out;
}

std::string performance_and_readiness(const retained& all, const retained_person& one) {
    const std::string apart = "Sales count for nothing in readiness, and readiness for nothing in sales.";
    if (!all.readiness) return apart + " Nothing on record speaks about readiness; say what would be asked of whom.";
    const auto& people = all.readiness->people;
    const auto found = std::lower_bound(people.begin(), people.end(), one.person);
    if (found == people.end() || *found != one.person) return apart + " Nothing on record speaks about readiness.";
    const assess::readiness& verdict = all.readiness->verdict[static_cast<std::size_t>(found - people.begin())];
    std::string out = apart + " Readiness is " + fixed_text(verdict.z, 2) + " (" +
                      fixed_text(verdict.z - numeric::interval_95 * verdict.sd, 2) + " to " +
                      fixed_text(verdict.z + numeric::interval_95 * verdict.sd, 2) + ", 19 times out of 20), from " +
                      integer_text(verdict.n_sources) + " independent sources; the probability to reach " +
                      number_text(all.readiness->rules.ready_at) + " is " +
                      probability_text(verdict.probability_ready) + ".";
    if (verdict.status == assess::readiness_status::insufficient_evidence)
        out += " That is not enough to go by: the table questions of readiness says whom to ask what.";
    return out;
}

std::string ask_why(const retained_person& one) {
    std::string out = "Ask what draws the person to the role, before anything is offered.";
    if (one.motives.empty()) return out + " No motive is on record.";
    out += " On record: ";
    for (std::size_t i = 0; i < one.motives.size(); ++i)
        out += (i > 0 ? ", " : "") + plain_text(org::motive_words[one.motives[i].motive]) + " (" +
               fixed_text(one.motives[i].strength, 2) + ")";
    out += ", on a scale from 0 to 1.";
    if (one.wants_management < 2)
        out += one.wants_management == 1 ? " Said to want to lead people." : " Said not to want to lead people.";
    return out;
}

std::string week_of_a_manager(const retained_person& one, const week_of_managers& week) {
    std::string out;
    if (week.n_managers > 0)
        out += "Here " + integer_text(week.n_managers) + " managers have on record, a week each: coaching " +
               fixed_text(week.coaching_hours, 1) + " h, administration " + fixed_text(week.admin_hours, 1) +
               " h, own selling " + fixed_text(week.selling_hours, 1) + " h. ";
    out +=
        "In practitioners' surveys (grade C) it is coaching 16 %, customers and selling 23 %, administration 31 % of "
        "about 37 h.";
    if (one.person < week.selling_of.size() && week.selling_of[one.person] >= 0.0)
        out += " The person's own record: " + fixed_text(week.selling_of[one.person], 1) + " h of selling a week.";
    return out;
}

std::string months_text(const decide::closing_time& time) {
    const auto months = [](double value) {
        return value < numeric::infinity ? fixed_text(value, 0) : std::string("more than 120");
    };
    return months(time.median) + " months (" + months(time.low) + " to " + months(time.high) + ")";
}

std::string gaps_text(const careers& all, track which, const track_standing& at) {
    std::string out;
    for (const career_gap& gap : at.gaps) {
        const decide::requirement& asked = all.level(which, at.level + 1).requirements[gap.requirement];
        out += (out.empty() ? "" : ", ") + plain_text(asked.measure) + " " +
               (gap.known ? fixed_text(gap.have, 2) : std::string("not known")) + " of " + number_text(asked.need);
    }
    return out;
}

std::string path_of_track(const careers& all, track which, const track_standing& at, bool may_be_considered) {
    const std::string name(all.titles[all.title(which, at.level)]);
    if (at.level == all.ladder.of(which).size())
        return name + " is the top of the " + plain_text(decide::track_words[static_cast<std::size_t>(which)]) +
               " track.";
    const std::string next(all.titles[all.title(which, at.level + 1)]);
    std::string out =
        (which == track::expert ? "Expert track: " : "Management track: ") + name + ", next " + next + ". ";
    if (at.gaps.empty())
        out += "Every requirement is met.";
    else
        out += "Missing: " + gaps_text(all, which, at) + ".";
    if (at.has_time && !at.gaps.empty()) {
        out += at.time.n_similar > 0 ? " " + integer_text(at.time.n_similar) + " past cases with such gaps took " +
                                           months_text(at.time) + " to close them"
                                     : " No past case here shows how long that takes; a step usually takes " +
                                           months_text(at.time) + " (grade C)";
        out += "; within " + integer_text(all.policy.paths.horizon_months) + " months with probability " +
               probability_text(at.time.probability_within) + ".";
    }
    if (which == track::management) {
        if (may_be_considered)
            out += at.gaps.empty() ? " On these figures " + std::string(promise) + " for " + next + "."
                                   : " When these gaps are closed, " + std::string(promise) + " for " + next + ".";
        else
            out += at.has_time
                       ? " Promise nothing here: on these figures the gaps are not expected to close within the "
                         "horizon."
                       : " Promise nothing here: it cannot be said yet when the gaps would close.";
    }
    return out;
}

std::string the_path(const retained& all, const retained_person& one) {
    const career* path = all.all->find(one.person);
    if (path == nullptr) return "The person's role is on no level of the ladder; say which one it is worth.";
    return path_of_track(*all.all, track::expert, path->tracks[0], false) + " " +
           path_of_track(*all.all, track::management, path->tracks[1], one.may_be_considered);
}

std::string pay_in_the_open(const retained& all, const retained_person& one) {
    if (!all.has_pay) return "No pay is on record; bring the figures of both tracks.";
    std::string out;
    const measure::yearly_pay& own = all.pay.of_person[one.person];
    if (own.at_target == no_money)
        out = "The person's pay is not on record.";
    else {
        out = "Pay now: " + spoken(own.at_target) + " a year at target, base " + spoken(own.base) + ".";
        if (all.facts && all.facts->expected_amount[one.person] >= 0.0 &&
            all.facts->sellers.quota.minor[one.person] != no_money) {
            const double attainment = all.facts->expected_amount[one.person] /
                                      static_cast<double>(all.facts->sellers.quota.minor[one.person]);
            const std::int64_t variable = measure::whole_cents(static_cast<double>(own.variable) * attainment);
            if (variable != no_money)
                out += " At the attainment to expect, " + percent_text(attainment) + ", it comes to " +
                       spoken(own.base + variable) + ".";
        }
    }
    const career* path = all.all->find(one.person);
    if (path == nullptr) return out;
    for (const track which : {track::expert, track::management}) {
        const auto t = static_cast<std::size_t>(which);
        const std::uint32_t next = path->tracks[t].level + 1;
        if (next > all.all->ladder.of(which).size()) continue;
        const decide::ladder_level& level = all.all->level(which, next);
        const auto [low, high] = all.pay.band(level);
        out += " " + level.title + " (" + number_text(level.points) + " points)";
        if (low != no_money) out += " pays " + spoken(low) + " to " + spoken(high);
        if (const double median = all.pay.median(t, next); median > 0.0)
            out += std::string(low != no_money ? "," : "") + " median here " + spoken(measure::whole_cents(median));
        if (low == no_money && !(all.pay.median(t, next) > 0.0)) out += " has no pay on record";
        out += ".";
    }
    return out;
}

} // namespace

week_of_managers week_on_record(const org::organisation& organisation, std::int32_t as_of,
                                std::pmr::memory_resource* memory) {
    constexpr std::array<std::string_view, 7> coaching{"one_to_one",   "group_coaching", "deal_review", "ride_along",
                                                       "goal_setting", "evaluation",     "mentoring"};
    week_of_managers out;
    if (!organisation.has_activities) return out;
    const std::int32_t from = calendar::add_months(as_of + 1, -record_months);
    const auto now = leaders_on(organisation, as_of, memory);
    const auto then = leaders_on(organisation, from, memory);
    const double weeks = record_months * weeks_a_month;
    out.selling_of.assign(organisation.n_people(), -1.0);
    double minutes[3] = {0.0, 0.0, 0.0};
    const org::activity_columns& activities = organisation.activities;
    std::vector<std::uint8_t> counted(organisation.n_people(), 0);
    for (std::size_t i = 0; i < activities.actor.size(); ++i) { // rows are sorted: a fixed order
        if (activities.start[i] < from || activities.start[i] > as_of || !activities.minutes.has(i)) continue;
        const std::uint32_t actor = activities.actor[i];
        const std::string_view kind = org::activity_words[activities.kind[i]];
        if (kind == "selling")
            out.selling_of[actor] = std::max(0.0, out.selling_of[actor]) + activities.minutes.value[i] / 60.0 / weeks;
        if (now[actor] == 0 || then[actor] == 0) continue;
        const bool coaches = std::find(coaching.begin(), coaching.end(), kind) != coaching.end();
        if (!coaches && kind != "admin" && kind != "selling") continue;
        minutes[coaches ? 0 : kind == "admin" ? 1 : 2] += activities.minutes.value[i];
        counted[actor] = 1;
    }
    for (const std::uint8_t one : counted) out.n_managers += one;
    if (out.n_managers == 0) return out;
    const double hours = 60.0 * weeks * static_cast<double>(out.n_managers);
    out.coaching_hours = minutes[0] / hours;
    out.admin_hours = minutes[1] / hours;
    out.selling_hours = minutes[2] / hours;
    return out;
}

std::array<std::string, 6> talking_points(const retained& all, const retained_person& one,
                                          const week_of_managers& week) {
    return {validate(all, one), performance_and_readiness(all, one),
            ask_why(one),       week_of_a_manager(one, week),
            the_path(all, one), pay_in_the_open(all, one)};
}

} // namespace dualtrack::run
