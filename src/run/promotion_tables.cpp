#include "run/promotion_tables.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include <dualtrack/base/text.hpp>
#include <dualtrack/decide/flip.hpp>

#include "run/backfills.hpp"

namespace dualtrack::run {
namespace {

using decide::answer;
using decide::factor;
using decide::gate;

std::uint8_t flag_of(answer one) {
    return one == answer::yes ? 1 : one == answer::no ? 0 : 2;
}

std::string money(const decided& all, double minor) {
    const double units = minor / 100.0;
    std::string digits = fixed_text(std::fabs(numeric::round_half_even(units)), 0);
    for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
    const std::string& currency = all.facts->window.currency;
    return (units < -0.5 ? "-" : "") + digits + (currency.empty() ? "" : " " + currency);
}

const decide::recorded& about(const seat_verdict& one, factor which) {
    return one.facts.record[static_cast<std::size_t>(which)];
}

/// What is recommended and on what, every sentence with its figure.
std::string explain(const decided& all, const seat_verdict& one) {
    const decide::verdict& v = one.verdict;
    if (!one.facts.is_employed) return "Not employed on the last day that counts; nothing is recommended.";
    std::string out = "Recommended: ";
    out += decide::decision_words[static_cast<std::size_t>(v.recommended)];
    std::replace(out.begin(), out.end(), '_', ' ');
    out += ". Predicted effect on each report's sales " + fixed_text(100.0 * v.effect.mean, 1) +
           " log points x 100 (sd " + fixed_text(100.0 * v.effect.sd, 1) + "), probability that they sell less " +
           probability_text(v.effect.probability_harm) + ".";
    out += " Net value over " + integer_text(all.policy.promotion.horizon_months) + " months " +
           money(all, static_cast<double>(one.value.net_value)) + " (95 % interval " + money(all, one.value.net_low) +
           " to " + money(all, one.value.net_high) + "), probability of a net loss " +
           probability_text(v.probability_net_loss) + ".";
    const decide::recorded& readiness = about(one, factor::readiness);
    if (readiness.known)
        out += " Readiness " + fixed_text(readiness.value, 2) + " (sd " + fixed_text(readiness.sd, 2) +
               "), probability of being ready " + probability_text(v.probability_ready) + ".";
    else
        out += " Nothing is known of the readiness to lead.";
    if (one.facts.consents == answer::unknown) out += " Nobody has recorded whether the candidate wants the seat.";
    if (!one.money.pay_is_known) out += " The pay, or the pay offered, is not known: the value holds nothing of it.";
    if (one.human_review) out += " A person should look again before this is followed.";
    return out;
}

std::string_view closed_code(const seat_verdict& one, gate which) {
    switch (which) {
    case gate::employed:
        return "not_employed";
    case gate::consent:
        return one.facts.consents == answer::no ? "consent_refused" : "consent_unknown";
    case gate::evidence:
        return "evidence_insufficient";
    case gate::readiness:
        return about(one, factor::readiness).known ? "readiness_below_limit" : "readiness_not_asked";
    case gate::harm:
        return "harm_above_limit";
    case gate::net_loss:
        return "net_loss_above_limit";
    }
    return "";
}

std::string closed_text(const decided& all, const seat_verdict& one, gate which) {
    const decide::verdict& v = one.verdict;
    switch (which) {
    case gate::employed:
        return "Not employed on the last day that counts.";
    case gate::consent:
        return one.facts.consents == answer::no ? "The candidate does not want this seat."
                                                : "Nobody has recorded whether the candidate wants this seat; ask.";
    case gate::evidence:
        return "Fewer than " + integer_text(all.readiness->rules.fewest_sources) +
               " independent sources speak about what leading takes; the table questions of the analysis readiness "
               "says whom to ask what.";
    case gate::readiness:
        if (!about(one, factor::readiness).known)
            return "Nothing is known of the readiness to lead; what was not asked is no verdict.";
        return "Probability of being ready " + probability_text(v.probability_ready) + ", below the limit of " +
               percent_text(all.rules.ready_probability) + ".";
    case gate::harm:
        return "Probability that the reports sell less " + probability_text(v.effect.probability_harm) +
               ", above the limit of " + percent_text(all.rules.most_harm) + ".";
    case gate::net_loss:
        return "Probability of a net loss " + probability_text(v.probability_net_loss) + ", above the limit of " +
               percent_text(all.rules.most_net_loss) + ".";
    }
    return "";
}

std::string factor_text(const decide::recorded& x, factor which, double contribution, double coefficient) {
    const std::string adds =
        ": " + fixed_text(contribution, 3) + " log points on each report's sales, " + fixed_text(coefficient, 3) + " ";
    switch (which) {
    case factor::own_sales:
        if (!x.known) return "Own sales are not known; the market's mean is taken, with its spread.";
        return "Own sales a month are " + fixed_text(numeric::exp(x.value), 2) + " times the market's typical ones" +
               adds + "a log point.";
    case factor::collaboration:
        if (!x.known) return "How many people they sell with is not known; the market's mean is taken.";
        return "Other people on won deals, as ln(1 + people) against the market's mean, " + fixed_text(x.value, 2) +
               adds + "a log point.";
    case factor::lone_wolf:
        if (!x.known) return "Whether they work alone is not known; the market's share is taken.";
        return std::string(x.value > 0.0 ? "Closed every deal of the window alone" : "Closed deals with others") +
               adds + "for working alone.";
    case factor::readiness:
        if (!x.known) return "Nothing is known of the readiness to lead; an average person's is taken.";
        return "Readiness to lead " + fixed_text(x.value, 2) + " (sd " + fixed_text(x.sd, 2) + ")" + adds +
               "a standard deviation.";
    }
    return "";
}

/// What would be recommended once the candidate consents, where that changes the answer.
std::optional<decide::decision> with_consent(const decided& all, const seat_verdict& one) {
    decide::candidate_facts asked = one.facts;
    asked.consents = answer::yes;
    const auto then = decide::judge(all.rules, asked, one.terms).recommended;
    if (then == one.verdict.recommended) return std::nullopt;
    return then;
}

} // namespace

decide::promotion_table promotion_rows(const decided& all, std::pmr::memory_resource* memory) {
    const org::organisation& organisation = all.facts->data->organisation;
    decide::promotion_table out(organisation.vacancies.id, organisation.people.id, memory);
    for (const seat_verdict& one : all.candidates) {
        const decide::verdict& v = one.verdict;
        const decide::recorded& readiness = about(one, factor::readiness);
        out.vacancy_id.index.push_back(one.vacancy);
        out.person_id.index.push_back(one.person);
        out.decision.code.push_back(static_cast<std::uint8_t>(v.recommended));
        out.predicted_effect.value.push_back(v.effect.mean);
        out.predicted_sd.value.push_back(v.effect.sd);
        out.probability_harm.value.push_back(v.effect.probability_harm);
        out.net_value.minor.push_back(one.value.net_value);
        out.net_low.minor.push_back(decide::bounded_cents(one.value.net_low));
        out.net_high.minor.push_back(decide::bounded_cents(one.value.net_high));
        out.probability_net_loss.value.push_back(v.probability_net_loss);
        out.rank.value.push_back(one.rank);
        out.human_review.value.push_back(one.human_review ? 1 : 0);
        push(out.readiness_z, readiness.known ? std::optional(readiness.value) : std::nullopt);
        push(out.probability_ready, readiness.known ? std::optional(v.probability_ready) : std::nullopt);
        const auto even = decide::break_even_readiness(all.rules, one.facts, one.terms);
        push(out.break_even_readiness, even.readiness);
        out.break_even_status.code.push_back(static_cast<std::uint8_t>(even.status));
        push(out.probability_top,
             one.facts.probability_top >= 0.0 ? std::optional(one.facts.probability_top) : std::nullopt);
        out.consents.value.push_back(flag_of(one.facts.consents));
        out.status.code.push_back(static_cast<std::uint8_t>(one.status));
        out.explanation.emplace_back(explain(all, one));
    }
    return out;
}

decide::reasons_table reason_rows(const decided& all, std::pmr::memory_resource* memory) {
    const org::organisation& organisation = all.facts->data->organisation;
    decide::reasons_table out(organisation.vacancies.id, organisation.people.id, memory);
    const auto b = decide::coefficients_of(all.rules.effect);
    for (const seat_verdict& one : all.candidates) {
        const auto line = [&](std::size_t word, double contribution, std::string_view code, const std::string& text,
                              std::optional<double> flips_at, std::optional<decide::decision> flips_to) {
            out.vacancy_id.index.push_back(one.vacancy);
            out.person_id.index.push_back(one.person);
            out.factor.code.push_back(static_cast<std::uint8_t>(word));
            out.contribution.value.push_back(contribution);
            out.code.emplace_back(code);
            out.text.emplace_back(text);
            push(out.flips_at, flips_at);
            out.flips_to.code.push_back(flips_to ? static_cast<std::uint8_t>(*flips_to) : std::uint8_t{255});
        };
        const auto figures = [&](std::optional<double> value, std::optional<double> sd, std::optional<double> each) {
            push(out.value, value);
            push(out.value_sd, sd);
            push(out.coefficient, each);
        };
        bool has_path = one.verdict.recommended == decide::decision::promote;
        const auto leads_up = [&](std::optional<decide::decision> then, bool by_doing_more) {
            const bool up = then && *then < one.verdict.recommended && by_doing_more;
            has_path = has_path || up;
            out.path.code.push_back(up ? std::uint8_t{0} : std::uint8_t{255});
        };
        for (std::size_t k = 0; k < decide::n_factors; ++k) {
            const auto which = static_cast<factor>(k);
            if (b[k].value == 0.0 && b[k].sd == 0.0 && which != factor::readiness) continue; // counts for nothing
            const decide::recorded& x = one.facts.record[k];
            const double contribution = one.verdict.effect.contribution[k];
            const auto flip = decide::flips_at(all.rules, one.facts, one.terms, which);
            std::optional<decide::decision> then;
            if (flip) {
                decide::candidate_facts moved = one.facts;
                moved.record[k].value = *flip;
                then = decide::judge(all.rules, moved, one.terms).recommended;
            }
            const std::string code = std::string(decide::factor_words[k]) + (!x.known             ? "_unknown"
                                                                             : contribution > 0.0 ? "_raises"
                                                                             : contribution < 0.0 ? "_lowers"
                                                                                                  : "_neutral");
            line(k, contribution, code, factor_text(x, which, contribution, b[k].value), flip, then);
            figures(x.known ? std::optional(x.value) : std::nullopt, x.sd, b[k].value);
            const bool more = which == factor::readiness || which == factor::collaboration; // nobody is to sell less
            leads_up(then, more && flip && *flip > x.value);
        }
        for (std::size_t g = 0; g < decide::n_gates; ++g) {
            if (one.verdict.open[g]) continue;
            const auto which = static_cast<gate>(g);
            const auto then = which == gate::consent ? with_consent(all, one) : std::nullopt;
            line(decide::n_factors + g, 0.0, closed_code(one, which), closed_text(all, one, which),
                 then ? std::optional(1.0) : std::nullopt, then);
            const double probability = which == gate::readiness  ? one.verdict.probability_ready
                                       : which == gate::harm     ? one.verdict.effect.probability_harm
                                       : which == gate::net_loss ? one.verdict.probability_net_loss
                                                                 : 0.0;
            const bool unsaid = (which == gate::consent && one.facts.consents == answer::unknown) ||
                                (which == gate::readiness && !about(one, factor::readiness).known);
            figures(unsaid ? std::nullopt : std::optional(probability), std::nullopt, std::nullopt);
            leads_up(then, true);
            if (!has_path) out.path.code.back() = 1;
        }
    }
    return out;
}

decide::business_case_table business_case_rows(const decided& all, std::pmr::memory_resource* memory) {
    const org::organisation& organisation = all.facts->data->organisation;
    decide::business_case_table out(organisation.vacancies.id, organisation.people.id, memory);
    for (const seat_verdict& one : all.candidates)
        for (std::size_t k = 0; k < decide::n_business_lines; ++k) {
            const decide::business_amount& line = one.value.line[k];
            out.vacancy_id.index.push_back(one.vacancy);
            out.person_id.index.push_back(one.person);
            out.line.code.push_back(static_cast<std::uint8_t>(k));
            out.amount.minor.push_back(line.amount);
            out.low.minor.push_back(line.low);
            out.high.minor.push_back(line.high);
            out.basis.code.push_back(static_cast<std::uint8_t>(line.basis));
            out.source.emplace_back(decide::business_line_sources[k]);
        }
    return out;
}

decide::sensitivity_table sensitivity_rows(const decided& all, std::pmr::memory_resource* memory) {
    const org::organisation& organisation = all.facts->data->organisation;
    decide::sensitivity_table out(organisation.vacancies.id, organisation.people.id, memory);
    for (const seat_verdict& one : all.candidates) {
        std::int64_t rank = 0;
        decide::exits_of_choice least;
        if (one.least != no_index) {
            const seat_verdict& cheapest = all.candidates[one.least];
            least = {&cheapest.money.others, &cheapest.others};
        }
        for (const decide::sensitivity& row :
             decide::sensitivities_of(all.policy.promotion, one.facts, one.money, one.others, least)) {
            out.vacancy_id.index.push_back(one.vacancy);
            out.person_id.index.push_back(one.person);
            out.parameter.code.push_back(static_cast<std::uint8_t>(row.moved));
            out.low_value.value.push_back(row.low_value);
            out.high_value.value.push_back(row.high_value);
            const std::int64_t low = decide::bounded_cents(row.net_at_low);
            const std::int64_t high = decide::bounded_cents(row.net_at_high);
            out.net_at_low.minor.push_back(low);
            out.net_at_high.minor.push_back(high);
            out.swing.minor.push_back(high > low ? high - low : low - high);
            out.rank.value.push_back(++rank);
            out.changes_sign.value.push_back((low < 0) != (high < 0) ? 1 : 0);
            out.source.emplace_back(decide::parameter_ranges[static_cast<std::size_t>(row.moved)].source);
        }
    }
    return out;
}

decide::slate_table slate_rows(const decided& all, std::pmr::memory_resource* memory) {
    const org::organisation& organisation = all.facts->data->organisation;
    decide::slate_table out(organisation.vacancies.id, organisation.people.id, memory);
    const auto first_choice = [](const seat_verdict& one) {
        return one.rank == 1 && one.verdict.recommended == decide::decision::promote;
    };
    std::vector<std::int64_t> seats_wanting(organisation.n_people(), 0);
    for (const seat_verdict& one : all.candidates)
        if (first_choice(one)) ++seats_wanting[one.person];
    const auto chains = backfill_chains(all); // by vacancy
    auto step = chains.begin();
    for (std::uint32_t vacancy = 0; vacancy < all.seats.size(); ++vacancy) {
        if (!all.seats[vacancy].is_open) continue;
        const std::uint32_t person = all.slate[vacancy];
        std::int64_t n = 0;
        std::int64_t n_recommended = 0;
        std::uint32_t wanted = no_index;
        std::int64_t net = no_money;
        for (auto at = candidates_of(all, vacancy); at != all.candidates.end() && at->vacancy == vacancy; ++at) {
            ++n;
            n_recommended += at->verdict.recommended == decide::decision::promote ? 1 : 0;
            if (first_choice(*at)) wanted = at->person;
            if (at->person == person) net = at->value.net_value;
        }
        out.vacancy_id.index.push_back(vacancy);
        out.person_id.index.push_back(person);
        out.net_value.minor.push_back(net);
        out.status.code.push_back(person == no_index ? 1 : 0);
        out.n_candidates.value.push_back(n);
        out.n_recommended.value.push_back(n_recommended);
        out.first_choice_id.index.push_back(wanted);
        out.wanted_by.value.push_back(wanted == no_index ? 0 : seats_wanting[wanted]);
        std::int64_t cost = 0;
        for (; step != chains.end() && step->vacancy == vacancy; ++step) cost += step->cost;
        out.backfill_cost.minor.push_back(person == no_index ? no_money : cost);
    }
    return out;
}

decide::backfills_table backfill_rows(const decided& all, std::pmr::memory_resource* memory) {
    const org::organisation& organisation = all.facts->data->organisation;
    decide::backfills_table out(organisation.vacancies.id, organisation.people.id, memory);
    for (const backfill& step : backfill_chains(all)) {
        out.vacancy_id.index.push_back(step.vacancy);
        out.step.value.push_back(step.step);
        out.person_id.index.push_back(step.person);
        out.n_reports.value.push_back(step.n_reports);
        out.cover_id.index.push_back(step.cover);
        out.cost.minor.push_back(step.cost);
    }
    return out;
}

decide::passed_over_table passed_over_rows(const decided& all, std::pmr::memory_resource* memory) {
    const org::organisation& organisation = all.facts->data->organisation;
    decide::passed_over_table out(organisation.vacancies.id, organisation.people.id, memory);
    for (const passed_over_row& row : all.passed_over) {
        out.vacancy_id.index.push_back(row.vacancy);
        out.person_id.index.push_back(row.who.person);
        out.outsold_winner.value.push_back(flag_of(row.who.facts.outsold));
        out.hazard_ratio.value.push_back(row.who.risk.hazard_ratio);
        out.exit_probability_12m.value.push_back(row.who.risk.exit_probability);
        out.mitigated_probability_12m.value.push_back(row.who.risk.mitigated_probability);
        out.base_probability_12m.value.push_back(row.who.risk.base_probability);
        out.winner_id.index.push_back(row.winner);
        out.winner_is.code.push_back(row.winner_is);
        out.external.value.push_back(row.who.facts.external ? 1 : 0);
        out.interviewed.value.push_back(flag_of(row.who.facts.interviewed));
        out.months_since.value.push_back(row.who.facts.months_since);
    }
    return out;
}

decide::mitigations_table mitigation_rows(const decided& all, std::pmr::memory_resource* memory) {
    const org::organisation& organisation = all.facts->data->organisation;
    const auto& rules = all.policy.promotion.passed_over;
    const auto published = decide::published_mitigations(rules);
    decide::mitigations_table out(organisation.vacancies.id, organisation.people.id, memory);
    for (const passed_over_row& row : all.passed_over)
        for (std::size_t k = 0; k < published.size(); ++k) {
            decide::passed_over_case then = row.who.facts;
            const bool interview = k == 0;
            if (interview ? then.interviewed == answer::yes : !then.external || row.winner_is == 0) continue;
            if (interview)
                then.interviewed = answer::yes;
            else
                then.external = false;
            out.vacancy_id.index.push_back(row.vacancy);
            out.person_id.index.push_back(row.who.person);
            out.mitigation.code.push_back(static_cast<std::uint8_t>(k));
            out.factor.value.push_back(published[k].factor);
            out.before.value.push_back(row.who.risk.exit_probability);
            out.after.value.push_back(decide::risk_of(rules, then).exit_probability);
            out.source.emplace_back(std::string(published[k].source) + " (" + std::string(published[k].grade) + ")");
        }
    return out;
}

} // namespace dualtrack::run
