#include "run/readiness_tables.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include <dualtrack/base/normal.hpp>
#include <dualtrack/base/text.hpp>

namespace dualtrack::run {
namespace {

using assess::n_constructs;
using assess::n_rated_sources;

/// What could be asked next, with what it would bring.
struct possible_question {
    double reduction = 0.0;
    std::size_t about = 0, from = 0;
};

/// Whom to ask about what, best first: one more rater of each source that can be asked.
std::vector<possible_question> questions_for(const assessed& all, std::size_t i, const person_judgement& one) {
    using enum assess::source;
    constexpr std::array<assess::source, 5> can_be_asked{manager, peer, report, interviewer, panel};
    std::vector<possible_question> out;
    for (std::size_t c = 0; c < n_constructs; ++c)
        for (const assess::source from : can_be_asked) {
            const auto s = static_cast<std::size_t>(from);
            std::int64_t raters = 0;
            for (const assess::observation& said : one.evidence.about[c])
                if (said.from == from) raters = said.n_raters;
            if (raters > 0 && (from == manager || from == panel)) continue; // there is one manager, and one panel
            const double open = raters == 0 ? all.model.severity_sd * all.model.severity_sd : 0.0;
            out.push_back({assess::interval_reduction(all.rules, all.verdict[i], one.judged[c], c,
                                                      all.model.reliability[s], raters, all.model.shared, open),
                           c, s});
        }
    std::stable_sort(out.begin(), out.end(),
                     [](const possible_question& a, const possible_question& b) { return a.reduction > b.reduction; });
    // One question a construct: the best source for it.
    std::array<bool, n_constructs> asked{};
    std::erase_if(out, [&](const possible_question& next) {
        return !(next.reduction > 0.0) || std::exchange(asked[next.about], true);
    });
    return out;
}

/// One paragraph, every sentence with its figure.
std::string explain(const assessed& all, std::size_t i, const person_judgement& one) {
    const assess::readiness& verdict = all.verdict[i];
    std::string out = "Readiness " + fixed_text(verdict.z, 2) + " (95 % interval " +
                      fixed_text(verdict.z - numeric::interval_95 * verdict.sd, 2) + " to " +
                      fixed_text(verdict.z + numeric::interval_95 * verdict.sd, 2) + "), probability of at least " +
                      fixed_text(all.rules.ready_at, 2) + ": " + probability_text(verdict.probability_ready) +
                      ", from " + integer_text(verdict.n_sources) +
                      (verdict.n_sources == 1 ? " independent source." : " independent sources.");
    std::size_t best = n_constructs;
    std::size_t worst = n_constructs;
    std::string missing;
    std::int64_t n_missing = 0, n_weighted = 0;
    for (std::size_t c = 0; c < n_constructs; ++c) {
        if (all.rules.weight[c] == 0.0) continue;
        ++n_weighted;
        if (one.evidence.about[c].empty()) {
            ++n_missing;
            missing += (missing.empty() ? "" : ", ") + plain_text(assess::construct_words[c]);
            continue;
        }
        if (best == n_constructs || one.judged[c].mean > one.judged[best].mean) best = c;
        if (worst == n_constructs || one.judged[c].mean < one.judged[worst].mean) worst = c;
    }
    const auto standing = [&](std::size_t c) {
        return plain_text(assess::construct_words[c]) + " at " + fixed_text(one.judged[c].mean, 2) + " (sd " +
               fixed_text(one.judged[c].sd, 2) + ", " + integer_text(one.n_raters[c]) +
               (one.n_raters[c] == 1 ? " rater)" : " raters)");
    };
    if (best != worst)
        out += " Strongest: " + standing(best) + "; weakest: " + standing(worst) + ".";
    else if (best != n_constructs)
        out += (n_weighted - n_missing > 1 ? " All that is known stands equal: " : " Known alone: ") + standing(best) +
               ".";
    if (!missing.empty())
        out += " Nobody has spoken about " + integer_text(n_missing) + " of " + integer_text(n_weighted) +
               " constructs: " + missing + ".";
    auto flag = std::lower_bound(all.flags.begin(), all.flags.end(), all.people[i],
                                 [](const red_flag& a, std::uint32_t person) { return a.person < person; });
    for (std::uint8_t last = n_constructs; flag != all.flags.end() && flag->person == all.people[i]; ++flag)
        if (std::exchange(last, flag->about) != flag->about) // the lowest cap of a construct comes first
            out += " A red flag keeps " + plain_text(assess::construct_words[flag->about]) + " at or below " +
                   fixed_text(flag->cap, 2) + ".";
    std::string required;
    for (std::size_t c = 0; c < n_constructs; ++c)
        if (all.rules.required[c] && one.n_sources[c] < all.rules.fewest_sources)
            required += (required.empty() ? "" : ", ") + plain_text(assess::construct_words[c]) + " (" +
                        integer_text(one.n_sources[c]) + ")";
    if (!required.empty())
        out += " Not judged: fewer than " + integer_text(all.rules.fewest_sources) + " independent sources about " +
               required + ".";
    else if (all.rules.ready_probability > 0.0 && all.rules.ready_probability < 1.0) {
        const double turns_at = all.rules.ready_at + numeric::normal_quantile(all.rules.ready_probability) * verdict.sd;
        out += " Status " + plain_text(assess::readiness_status_words[static_cast<std::size_t>(verdict.status)]) +
               "; it would turn at a readiness of " + fixed_text(turns_at, 2) + ".";
    }
    const auto next = questions_for(all, i, one);
    if (!next.empty())
        out += " Most would change if " +
               std::string(next[0].from == static_cast<std::size_t>(assess::source::peer) ||
                                   next[0].from == static_cast<std::size_t>(assess::source::report)
                               ? "one more "
                               : "the ") +
               plain_text(assess::source_words[next[0].from]) + " spoke about " +
               plain_text(assess::construct_words[next[0].about]) + ": the interval would narrow by " +
               fixed_text(next[0].reduction, 2) + ".";
    return out;
}

} // namespace

assess::readiness_table readiness_rows(const assessed& all, std::pmr::memory_resource* memory) {
    assess::readiness_table out(all.data->organisation.people.id, memory);
    for (std::size_t i = 0; i < all.people.size(); ++i) {
        const assess::readiness& verdict = all.verdict[i];
        out.person_id.index.push_back(all.people[i]);
        out.readiness_z.value.push_back(verdict.z);
        out.readiness_sd.value.push_back(verdict.sd);
        out.readiness_low.value.push_back(verdict.z - numeric::interval_95 * verdict.sd);
        out.readiness_high.value.push_back(verdict.z + numeric::interval_95 * verdict.sd);
        out.probability_ready.value.push_back(verdict.probability_ready);
        out.n_sources.value.push_back(verdict.n_sources);
        out.status.code.push_back(static_cast<std::uint8_t>(verdict.status));
    }
    return out;
}

assess::explanations_table explanation_rows(const assessed& all, std::pmr::memory_resource* memory) {
    assess::explanations_table out(all.data->organisation.people.id, memory);
    person_judgement one;
    for (std::size_t i = 0; i < all.people.size(); ++i) {
        judge_person(all, all.people[i], one);
        out.person_id.index.push_back(all.people[i]);
        out.explanation.emplace_back(explain(all, i, one));
    }
    return out;
}

assess::constructs_table construct_rows(const run_context& run, const assessed& all) {
    assess::constructs_table out(all.data->organisation.people.id, run.memory);
    const std::size_t n = all.people.size() * n_constructs;
    out.person_id.index.resize(n);
    out.construct.code.resize(n);
    for (auto* numbers : {&out.z, &out.sd, &out.weight}) numbers->value.resize(n);
    for (auto* counts : {&out.n_sources, &out.n_raters}) counts->value.resize(n);
    const auto fill = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        person_judgement one;
        for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
            judge_person(all, all.people[i], one);
            for (std::size_t c = 0; c < n_constructs; ++c) {
                const std::size_t row = i * n_constructs + c;
                out.person_id.index[row] = all.people[i];
                out.construct.code[row] = static_cast<std::uint8_t>(c);
                out.z.value[row] = one.judged[c].mean;
                out.sd.value[row] = one.judged[c].sd;
                out.weight.value[row] = all.rules.weight[c];
                out.n_sources.value[row] = one.n_sources[c];
                out.n_raters.value[row] = one.n_raters[c];
            }
        }
    };
    static_cast<void>(for_blocks(run, static_cast<std::int64_t>(all.people.size()), 512, fill));
    return out;
}

assess::evidence_table evidence_rows(const assessed& all, std::pmr::memory_resource* memory) {
    assess::evidence_table out(all.data->organisation.people.id, memory);
    const auto line = [&](std::uint32_t person, std::size_t about, assess::source from, double observed, double weight,
                          std::int64_t n, double reliability) {
        out.person_id.index.push_back(person);
        out.construct.code.push_back(static_cast<std::uint8_t>(about));
        out.source.code.push_back(static_cast<std::uint8_t>(from));
        out.observed_z.value.push_back(observed);
        out.n.value.push_back(n);
        out.reliability.value.push_back(reliability);
        out.reliability.valid.push_back(reliability > 0.0 ? 1 : 0);
        out.weight.value.push_back(weight);
    };
    person_evidence evidence;
    construct_judgement judged;
    for (const std::uint32_t person : all.people) {
        gather_evidence(all, person, evidence);
        for (std::size_t c = 0; c < n_constructs; ++c) {
            judge_construct(all, person, c, evidence, judged);
            for (std::size_t s = 0; s < evidence.about[c].size(); ++s)
                line(person, c, evidence.about[c][s].from, judged.lines[s].observed, judged.lines[s].weight,
                     evidence.about[c][s].n_raters, evidence.about[c][s].reliability);
            if (judged.flag.weight > 0.0)
                line(person, c, assess::source::red_flag, judged.flag.observed, judged.flag.weight, 1, 0.0);
            line(person, c, assess::source::prior, 0.0, judged.judged.prior_weight, 0, 0.0);
        }
    }
    return out;
}

assess::questions_table question_rows(const assessed& all, std::pmr::memory_resource* memory) {
    assess::questions_table out(all.data->organisation.people.id, memory);
    const auto most = static_cast<std::size_t>(all.policy.readiness.questions_a_person);
    person_judgement one;
    for (std::size_t i = 0; i < all.people.size(); ++i) {
        judge_person(all, all.people[i], one);
        const auto next = questions_for(all, i, one);
        for (std::size_t rank = 0; rank < std::min(most, next.size()); ++rank) {
            out.person_id.index.push_back(all.people[i]);
            out.rank.value.push_back(static_cast<std::int64_t>(rank) + 1);
            out.construct.code.push_back(static_cast<std::uint8_t>(next[rank].about));
            out.ask.code.push_back(static_cast<std::uint8_t>(next[rank].from));
            const bool interview = next[rank].from == static_cast<std::size_t>(assess::source::interviewer) ||
                                   next[rank].from == static_cast<std::size_t>(assess::source::panel);
            const auto question =
                std::find_if(all.questions.begin(), all.questions.end(), [&](const interview_question& q) {
                    return q.informs == static_cast<assess::construct>(next[rank].about);
                });
            out.question.emplace_back(interview && question != all.questions.end() ? question->text : std::string());
            out.interval_reduction.value.push_back(next[rank].reduction);
        }
    }
    return out;
}

assess::raters_table rater_rows(const assessed& all, std::pmr::memory_resource* memory) {
    assess::raters_table out(all.data->organisation.people.id, memory);
    for (std::size_t from = 0; from < n_rated_sources; ++from) {
        const assess::severities& fit = all.severity[from];
        for (std::uint32_t rater = 0; rater < fit.ratings.size(); ++rater) {
            if (!(fit.ratings[rater] > 0.0)) continue;
            out.rater_id.index.push_back(rater);
            out.source.code.push_back(static_cast<std::uint8_t>(from));
            out.n_ratings.value.push_back(static_cast<std::int64_t>(fit.ratings[rater]));
            out.severity.value.push_back(fit.of_rater[rater]);
            out.severity_sd.value.push_back(std::sqrt(fit.variance[rater]));
            out.connected.value.push_back(fit.connected[rater]);
        }
    }
    return out;
}

assess::trials_table trial_rows(const assessed& all, std::pmr::memory_resource* memory) {
    assess::trials_table out(all.data->organisation.people.id, memory);
    person_judgement one;
    for (std::size_t i = 0; i < all.people.size(); ++i) {
        judge_person(all, all.people[i], one);
        const assess::trial_proposal next = assess::propose_trial(
            all.rules, all.verdict[i], one.judged, all.policy.readiness.trial_reliability, all.model.shared);
        if (!next.found) continue;
        out.person_id.index.push_back(all.people[i]);
        out.trial.code.push_back(static_cast<std::uint8_t>(next.what));
        out.construct.code.push_back(static_cast<std::uint8_t>(next.about));
        out.sd_now.value.push_back(next.sd_now);
        out.sd_then.value.push_back(next.sd_then);
        out.interval_reduction.value.push_back(next.interval_reduction);
    }
    return out;
}

} // namespace dualtrack::run
