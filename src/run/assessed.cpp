#include "run/assessed.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/nearest.hpp>
#include <dualtrack/base/text.hpp>
#include <dualtrack/measure/panel.hpp>
#include <dualtrack/measure/peer_group.hpp>

namespace dualtrack::run {
namespace {

using assess::n_constructs;
using assess::n_rated_sources;

assess::measurement_model model_of(const org::readiness_policy& policy) {
    assess::measurement_model out;
    const auto& r = policy.reliability;
    out.reliability = {r.self, r.peer, r.report, r.manager, r.panel, r.interviewer, r.assessment_centre, r.test};
    out.shared = policy.shared_perspective;
    out.self_leniency = policy.self_leniency;
    out.severity_sd = policy.severity_sd;
    return out;
}

result<assess::readiness_rules> rules_of(const org::readiness_policy& policy) {
    assess::readiness_rules out;
    const auto& w = policy.weight;
    out.weight = assess::scaled_weights({w.develops_others, w.holds_accountable, w.organised, w.thinks_in_systems,
                                         w.collaborates, w.regulates_emotion, w.influences, w.curious,
                                         w.emotional_intelligence});
    if (std::all_of(out.weight.begin(), out.weight.end(), [](double one) { return one == 0.0; }))
        return fail(status::policy, "policy.range", "expected a weight above 0, found none", "/readiness/weight");
    for (std::size_t i = 0; i < policy.required.size(); ++i) {
        const std::size_t found = find_construct(policy.required[i]);
        if (found == n_constructs)
            return fail(status::policy, "policy.range",
                        "expected a construct, found \"" + policy.required[i] + "\"; the nearest is " +
                            std::string(nearest_word(policy.required[i], assess::construct_words)),
                        "/readiness/required/" + integer_text(static_cast<std::int64_t>(i)));
        out.required[found] = true;
    }
    out.fewest_sources = policy.fewest_sources;
    out.ready_at = policy.ready_at;
    out.ready_probability = policy.ready_probability;
    return out;
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

/// Construct of every competency code of the ratings: its own name, or what the policy says it means; n_constructs
/// where neither says and the policy leaves such ratings out.
result<std::vector<std::uint8_t>> constructs_of(const org::organisation& organisation,
                                                const org::readiness_policy& policy, org::findings_table& findings) {
    std::map<std::string, std::size_t, std::less<>> meant;
    for (std::size_t i = 0; i < policy.competencies.size(); ++i) {
        const std::string& line = policy.competencies[i];
        const std::size_t sign = line.rfind('=');
        const std::string_view construct =
            sign == std::string::npos ? std::string_view() : trimmed(std::string_view(line).substr(sign + 1));
        if (find_construct(construct) == n_constructs)
            return fail(status::policy, "policy.range", "expected \"their name = construct\", found \"" + line + "\"",
                        "/readiness/competencies/" + integer_text(static_cast<std::int64_t>(i)));
        meant.insert_or_assign(std::string(trimmed(std::string_view(line).substr(0, sign))), find_construct(construct));
    }
    const auto& competency = organisation.ratings.competency;
    std::vector<std::uint8_t> out(competency.names.size(), n_constructs);
    std::vector<std::size_t> unknown;
    for (std::size_t code = 0; code < out.size(); ++code) {
        const std::string_view name = competency.names[code];
        const auto mapped = meant.find(name);
        out[code] = static_cast<std::uint8_t>(mapped != meant.end() ? mapped->second : find_construct(name));
        if (out[code] == n_constructs) unknown.push_back(code);
    }
    if (unknown.empty()) return out;
    std::vector<std::int64_t> n(out.size(), 0), first(out.size(), -1);
    for (std::size_t row = 0; row < competency.code.size(); ++row)
        if (n[competency.code[row]]++ == 0) first[competency.code[row]] = static_cast<std::int64_t>(row);
    std::erase_if(unknown, [&](std::size_t code) { return n[code] == 0; });
    // In the order of their names, so that the order of rows has no part in what is said.
    std::sort(unknown.begin(), unknown.end(),
              [&](std::size_t a, std::size_t b) { return competency.names[a] < competency.names[b]; });
    std::string others;
    for (std::size_t i = 0; i < unknown.size(); ++i) {
        const std::string name(competency.names[unknown[i]]);
        const std::string nearest(nearest_word(name, assess::construct_words));
        if (policy.unknown_competency == org::competency_rule::exclude)
            add_finding(findings, {org::severity::warning, "readiness.unknown_competency", "ratings", "competency",
                                   first[unknown[i]], -1, n[unknown[i]],
                                   "\"" + name +
                                       "\" is neither a construct of readiness nor a name of "
                                       "/readiness/competencies; its ratings are left out; the nearest is " +
                                       nearest});
        constexpr std::size_t most_named = 20;
        if (i > 0 && i < most_named) others += (i > 1 ? ", " : "; also unknown: ") + name;
    }
    if (unknown.empty() || policy.unknown_competency == org::competency_rule::exclude) return out;
    const std::string_view name = competency.names[unknown.front()];
    return fail(status::data, "data.category",
                "expected a construct of readiness or a name of /readiness/competencies, found \"" + std::string(name) +
                    "\"; the nearest is " + std::string(nearest_word(name, assess::construct_words)) + others,
                "ratings.competency", first[unknown.front()]);
}

/// Tells of rows left out: the first hundred, then how many more.
class left_out {
  public:
    left_out(org::findings_table& to, org::severity level, std::string_view code, std::string_view table,
             std::string_view column)
        : to_(to), level_(level), code_(code), table_(table), column_(column) {}
    ~left_out() {
        if (more_ > 0) add_finding(to_, {level_, code_, table_, column_, -1, -1, more_, ""});
    }
    left_out(const left_out&) = delete;
    left_out& operator=(const left_out&) = delete;
    void row(std::size_t row, const char* text) {
        if (listed_++ < org::findings_per_code)
            add_finding(to_, {level_, code_, table_, column_, static_cast<std::int64_t>(row), -1, 1, text});
        else
            ++more_;
    }

  private:
    org::findings_table& to_;
    org::severity level_;
    std::string_view code_, table_, column_;
    std::int64_t listed_ = 0, more_ = 0;
};

/// The error of a row of the future where the policy refuses them.
result<void> refuse_future(const assessed& all, std::string_view table, std::string_view column, std::int32_t day,
                           std::int64_t row) {
    const auto text = [](std::int32_t date) { return std::string(calendar::format_iso_date(date).view()); };
    return fail(status::data, "data.date", "expected no date after as_of " + text(all.end - 1) + ", found " + text(day),
                std::string(table) + "." + std::string(column), row);
}

/// Activities of the future: counted as one finding, or refused; nothing looks at them.
result<void> judge_activities(assessed& all) {
    const auto& activities = all.data->organisation.activities;
    std::int64_t count = 0;
    std::size_t first = 0;
    for (std::size_t i = 0; i < activities.start.size(); ++i) {
        if (activities.start[i] < all.end) continue;
        if (count++ == 0 || activities.row[i] < activities.row[first]) first = i;
    }
    if (count == 0) return outcome::success();
    if (all.policy.data.future_dated == org::future_rule::error)
        return refuse_future(all, "activities", "start", activities.start[first], activities.row[first]);
    add_finding(all.findings,
                {org::severity::warning, "data.future_dated", "activities", "start", activities.row[first], -1, count,
                 integer_text(count) + (count == 1 ? " row is" : " rows are") + " dated after as_of; left out"});
    return outcome::success();
}

/// Refuses or tells of the ratings that do not count.
result<void> judge_ratings(const assessed& all, org::findings_table& findings) {
    const auto& ratings = all.data->organisation.ratings;
    left_out future(findings, org::severity::warning, "data.future_dated", "ratings", "date");
    left_out own(findings, org::severity::error, "data.excluded", "ratings", "rater_id");
    for (std::size_t i = 0; i < ratings.person.size(); ++i) {
        const rating_use use = use_of_rating(all, i);
        if (use == rating_use::after_as_of && all.policy.data.future_dated == org::future_rule::error)
            return refuse_future(all, "ratings", "date", ratings.date[i], static_cast<std::int64_t>(i));
        if (use == rating_use::after_as_of) future.row(i, "dated after as_of; left out");
        if (use == rating_use::not_by_themselves) own.row(i, "a self-rating by somebody else; left out");
        if (use == rating_use::by_themselves) own.row(i, "people who rate themselves are the source self; left out");
    }
    return outcome::success();
}

/// Calls `with` for every rating that counts.
template <class With> void each_rating(const assessed& all, With&& with) {
    const auto& ratings = all.data->organisation.ratings;
    for (std::size_t i = 0; i < ratings.person.size(); ++i) {
        if (use_of_rating(all, i) != rating_use::counts) continue;
        const bool says_self = ratings.source[i] == static_cast<std::uint8_t>(assess::source::self);
        const double share = (ratings.score[i] - ratings.scale_min[i]) / (ratings.scale_max[i] - ratings.scale_min[i]);
        with(ratings.person[i], assess::rating{says_self ? no_index : ratings.rater[i],
                                               static_cast<std::uint32_t>(std::floor(
                                                   std::clamp(share, 0.0, 1.0) * assess::rating_units + 0.5)),
                                               ratings.source[i], all.competency_means[ratings.competency.code[i]]});
    }
}

/// The answers of interviews that count, as ratings.
struct answered {
    std::vector<std::uint32_t> person;
    std::vector<assess::rating> rows;
};

result<void> add_answers(assessed& all, answered& out) {
    const auto& answers = all.data->organisation.answers;
    std::vector<const interview_question*> question(answers.question.names.size(), nullptr);
    for (std::size_t code = 0; code < question.size(); ++code) {
        const std::string_view name = answers.question.names[code];
        std::vector<std::string_view> known;
        for (const interview_question& one : all.questions) {
            if (one.id == name) question[code] = &one;
            known.push_back(one.id);
        }
        if (question[code] == nullptr) {
            const auto first = std::find(answers.question.code.begin(), answers.question.code.end(), code) -
                               answers.question.code.begin();
            return fail(status::data, "data.category",
                        "expected a question of /readiness/questions, found \"" + std::string(name) +
                            "\"; the nearest is " + std::string(nearest_word(name, known)),
                        "answers.question", first);
        }
    }
    left_out future(all.findings, org::severity::warning, "data.future_dated", "answers", "date");
    for (std::size_t i = 0; i < answers.person.size(); ++i) {
        if (answers.date[i] >= all.end) {
            if (all.policy.data.future_dated == org::future_rule::error)
                return refuse_future(all, "answers", "date", answers.date[i], static_cast<std::int64_t>(i));
            future.row(i, "dated after as_of; left out");
            continue;
        }
        if (answers.date[i] < all.start) continue;
        const interview_question& asked = *question[answers.question.code[i]];
        out.person.push_back(answers.person[i]);
        out.rows.push_back(
            {answers.interviewer[i],
             static_cast<std::uint32_t>(std::floor((answers.score[i] - 1.0) / 4.0 * assess::rating_units + 0.5)),
             static_cast<std::uint8_t>(assess::source::interviewer), static_cast<std::uint8_t>(asked.informs)});
        if (!answers.red_flag.empty() && answers.red_flag[i] == 1 && asked.has_cap)
            all.flags.push_back({answers.person[i], static_cast<std::uint8_t>(asked.informs), asked.cap});
    }
    std::sort(all.flags.begin(), all.flags.end(), [](const red_flag& a, const red_flag& b) {
        return std::pair(a.person, a.about) != std::pair(b.person, b.about)
                   ? std::pair(a.person, a.about) < std::pair(b.person, b.about)
                   : a.cap < b.cap;
    });
    return outcome::success();
}

/// Ratings that tell nobody apart: everybody has the same score, or there is one alone. They are not used.
void say_no_spread(assessed& all) {
    for (std::size_t from = 0; from < n_rated_sources; ++from)
        for (std::size_t about = 0; about < n_constructs; ++about) {
            const assess::rating_norm& norm = all.norms[from][about];
            if (norm.n == 0 || norm.sd > 0.0) continue;
            const std::string group = " of the source " + std::string(assess::source_words[from]) + " about " +
                                      std::string(assess::construct_words[about]);
            add_finding(all.findings,
                        {org::severity::warning, "readiness.no_spread", "ratings", "score", -1, -1, norm.n,
                         norm.n == 1 ? "the only rating" + group + " cannot be compared; not used"
                                     : "all " + integer_text(norm.n) + " ratings" + group +
                                           " are the same and tell nobody apart; not used"});
        }
}

/// Takes raters' severity out of every source where it can be told.
void fit_severities(assessed& all) {
    all.rescale.fill(1.0);
    std::array<std::int64_t, n_rated_sources> n_nameless{};
    for (const assess::rating& row : all.book.rows) n_nameless[row.from] += row.rater == no_index ? 1 : 0;
    const std::uint32_t n_people = all.data->organisation.n_people();
    for (std::size_t from = 0; from < n_rated_sources; ++from) {
        if (from == static_cast<std::size_t>(assess::source::self)) continue;
        const auto pairs = assess::pairs_of(all.book, all.norms, static_cast<assess::source>(from));
        const double open = all.model.severity_sd * all.model.severity_sd;
        const double nameless =
            assess::is_one_person(static_cast<assess::source>(from)) ? static_cast<double>(n_nameless[from]) : 0.0;
        if (pairs.empty()) {
            if (nameless > 0.0) all.rescale[from] = std::sqrt(std::max(0.25, 1.0 - open));
            continue;
        }
        auto fit = assess::fit_severity(pairs, n_people, 1.0 - all.model.reliability[from], all.model.severity_sd);
        if (fit.n_not_connected > 0)
            add_finding(all.findings, {org::severity::note, "readiness.raters_not_connected", "ratings", "rater_id", -1,
                                       -1, fit.n_not_connected,
                                       integer_text(fit.n_not_connected) + " of " + integer_text(fit.n_raters) +
                                           " raters of the source " + std::string(assess::source_words[from]) +
                                           " rated people whom nobody else rated; their severity cannot be told from "
                                           "what these people deserve"});
        // Ratings have unit variance with their raters' severity in it: without it they spread less.
        std::vector<double> spread;
        std::vector<double> weight;
        spread.reserve(pairs.size());
        weight.reserve(pairs.size());
        for (const assess::rated_pair& pair : pairs) {
            const double severity = fit.of_rater[pair.rater];
            spread.push_back(pair.n * (severity * severity + fit.variance[pair.rater]));
            weight.push_back(pair.n);
        }
        all.rescale[from] = std::sqrt(std::max(0.25, 1.0 - (numeric::fixed_sum(spread) + nameless * open) /
                                                               (numeric::fixed_sum(weight) + nameless)));
        all.severity[from] = std::move(fit);
    }
}

void score_behaviours(const run_context& run, assessed& all) {
    const org::organisation& organisation = all.data->organisation;
    std::vector<std::pair<std::int32_t, std::int32_t>> employed(organisation.n_people());
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        // In the role of the last day: whoever was promoted in between did the former job before.
        const measure::employment when = measure::employment_of(organisation, person);
        employed[person] = {std::max(when.from, measure::role_since(organisation, person, all.end - 1)), when.to};
    }
    const auto habits = assess::count_habits(organisation, calendar::add_months(all.end, -12), all.end, employed);
    // Peers have the same market and the same role: a manager mentors because it is the job.
    const auto groups = measure::peer_groups_on(organisation, all.end - 1, org::peer_group::market, run.memory);
    std::map<std::pair<std::uint32_t, std::string_view>, std::vector<std::uint32_t>> members;
    for (const std::uint32_t person : all.people)
        members[{groups.group[person], measure::role_on(organisation, person, all.end - 1)}].push_back(person);
    for (std::size_t about = 0; about < n_constructs; ++about) {
        const bool counted = std::find(assess::habit_of.begin(), assess::habit_of.end(),
                                       static_cast<assess::construct>(about)) != assess::habit_of.end();
        if (!counted) continue;
        all.behaviour_z[about].assign(organisation.n_people(), 0.0);
        all.behaviour_reliability[about].assign(organisation.n_people(), 0.0);
        for (const auto& [peers, group] : members) {
            const auto scores = assess::score_behaviour(habits, group, static_cast<assess::construct>(about));
            if (!(scores.reliability > 0.0)) continue;
            for (std::size_t i = 0; i < scores.person.size(); ++i) {
                all.behaviour_z[about][scores.person[i]] = scores.z[i];
                all.behaviour_reliability[about][scores.person[i]] = scores.reliability;
            }
        }
    }
}

} // namespace

rating_use use_of_rating(const assessed& all, std::size_t row) noexcept {
    const auto& ratings = all.data->organisation.ratings;
    if (ratings.date[row] >= all.end) return rating_use::after_as_of;
    if (ratings.date[row] < all.start) return rating_use::too_early;
    if (all.competency_means[ratings.competency.code[row]] == n_constructs) return rating_use::unknown;
    const bool says_self = ratings.source[row] == static_cast<std::uint8_t>(assess::source::self);
    const bool is_self = ratings.rater[row] == ratings.person[row];
    if (ratings.rater[row] == no_index || says_self == is_self) return rating_use::counts;
    return says_self ? rating_use::not_by_themselves : rating_use::by_themselves;
}

std::int32_t last_evidence_day(const org::organisation& organisation) noexcept {
    std::int32_t last = no_date;
    for (const auto* days : {&organisation.ratings.date, &organisation.answers.date, &organisation.activities.start})
        for (const std::int32_t day : *days) last = std::max(last, day);
    return last;
}

person_evidence evidence_of(const assessed& all, std::uint32_t person) {
    person_evidence out;
    gather_evidence(all, person, out);
    return out;
}

void gather_evidence(const assessed& all, std::uint32_t person, person_evidence& out) {
    for (auto& observations : out.about) observations.clear();
    assess::observe_ratings(all.book, all.norms, all.model, all.severity, all.rescale, person, out.about);
    std::array<double, assess::n_observed_sources> severity_variance{};
    for (std::size_t c = 0; c < n_constructs; ++c) {
        for (const assess::observation& one : out.about[c]) {
            double& own = severity_variance[static_cast<std::size_t>(one.from)];
            own = std::max(own, one.severity_variance);
        }
        if (!all.behaviour_z[c].empty() && all.behaviour_reliability[c][person] > 0.0)
            out.about[c].push_back({assess::source::behaviour, all.behaviour_z[c][person],
                                    all.behaviour_reliability[c][person], 1,
                                    c == static_cast<std::size_t>(assess::construct::collaborates)
                                        ? all.policy.readiness.collaborators_validity
                                        : all.model.shared,
                                    0.0});
    }
    const assess::halo halo(out.about, severity_variance);
    for (std::size_t c = 0; c < n_constructs; ++c) {
        for (assess::observation& one : out.about[c]) one.z -= halo.severity(one.from);
        std::array<double, n_constructs> alone{};
        alone[c] = 1.0;
        out.added_to[c] = halo.added_variance(alone);
    }
    out.added_variance = halo.added_variance(all.rules.weight);
}

construct_judgement judge_construct(const assessed& all, std::uint32_t person, std::size_t about,
                                    const person_evidence& evidence) {
    construct_judgement out;
    judge_construct(all, person, about, evidence, out);
    return out;
}

void judge_construct(const assessed& all, std::uint32_t person, std::size_t about, const person_evidence& evidence,
                     construct_judgement& out) {
    out.flag = {};
    out.lines.resize(evidence.about[about].size());
    out.judged = assess::weigh(evidence.about[about], out.lines);
    out.judged.sd = std::sqrt(out.judged.sd * out.judged.sd + evidence.added_to[about]);
    const auto flag = std::lower_bound(all.flags.begin(), all.flags.end(), std::pair(person, about),
                                       [](const red_flag& a, const auto& key) {
                                           return a.person != key.first ? a.person < key.first : a.about < key.second;
                                       });
    if (flag != all.flags.end() && flag->person == person && flag->about == about)
        out.flag = assess::apply_cap(out.judged, out.lines, flag->cap,
                                     all.model.reliability[static_cast<std::size_t>(assess::source::interviewer)],
                                     all.model.shared);
}

result<std::shared_ptr<const assessed>> assess_people(const run_context& run,
                                                      std::shared_ptr<const ingest::checked_data> data,
                                                      const org::policy& policy, std::int32_t as_of) {
    auto out = std::make_shared<assessed>();
    out->data = std::move(data);
    out->policy = policy;
    out->end = as_of + 1;
    out->start = calendar::add_months(out->end, -policy.readiness.look_back_months);
    out->model = model_of(policy.readiness);
    DUALTRACK_TRY(out->rules, rules_of(policy.readiness));
    DUALTRACK_TRY(out->questions, read_interview(policy.readiness.questions));
    const org::organisation& organisation = out->data->organisation;
    const std::uint32_t n_people = organisation.n_people();
    for (std::uint32_t person = 0; person < n_people; ++person) {
        const measure::employment employed = measure::employment_of(organisation, person);
        if (as_of >= employed.from && as_of < employed.to) out->people.push_back(person);
    }
    DUALTRACK_TRY(out->competency_means, constructs_of(organisation, policy.readiness, out->findings));
    {
        answered interviews;
        DUALTRACK_TRYV(judge_activities(*out));
        DUALTRACK_TRYV(judge_ratings(*out, out->findings));
        DUALTRACK_TRYV(add_answers(*out, interviews));
        const auto each = [&](const auto& with) {
            each_rating(*out, with);
            for (std::size_t i = 0; i < interviews.person.size(); ++i) with(interviews.person[i], interviews.rows[i]);
        };
        DUALTRACK_TRY(out->book, assess::book_of(part_of(run, 0.0, 0.3), each, n_people));
    }
    out->norms = assess::norms_of(out->book, out->model.self_leniency);
    say_no_spread(*out);
    fit_severities(*out);
    score_behaviours(run, *out);

    const std::size_t n = out->people.size();
    out->verdict.resize(n);
    out->judged.resize(n);
    out->n_sources.resize(n);
    out->n_raters.resize(n);
    DUALTRACK_TRYV(
        for_blocks(part_of(run, 0.5, 1.0), static_cast<std::int64_t>(n), 512,
                   [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                       person_evidence evidence;
                       construct_judgement judgement;
                       for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
                           gather_evidence(*out, out->people[i], evidence);
                           std::array<bool, assess::source_words.size()> seen{};
                           for (std::size_t c = 0; c < n_constructs; ++c) {
                               judge_construct(*out, out->people[i], c, evidence, judgement);
                               out->judged[i][c] = judgement.judged;
                               out->n_sources[i][c] = assess::independent_sources(evidence.about[c]);
                               out->n_raters[i][c] = 0;
                               for (const assess::observation& one : evidence.about[c]) {
                                   out->n_raters[i][c] += one.n_raters;
                                   seen[static_cast<std::size_t>(one.from)] = true;
                               }
                           }
                           seen[static_cast<std::size_t>(assess::source::self)] = false;
                           out->verdict[i] = assess::readiness_of(out->rules, out->judged[i], out->n_sources[i],
                                                                  std::count(seen.begin(), seen.end(), true),
                                                                  evidence.added_variance);
                       }
                   }));
    return std::shared_ptr<const assessed>(std::move(out));
}

} // namespace dualtrack::run
