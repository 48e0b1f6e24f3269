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
    const org::rating_columns& ratings = organisation.ratings;
    const text_column& names = ratings.competencies;
    std::vector<std::uint8_t> out(names.size(), n_constructs);
    std::vector<std::size_t> unknown;
    for (std::size_t code = 0; code < out.size(); ++code) {
        const std::string_view name = names[code];
        const auto mapped = meant.find(name);
        out[code] = static_cast<std::uint8_t>(mapped != meant.end() ? mapped->second : find_construct(name));
        if (out[code] == n_constructs) unknown.push_back(code);
    }
    if (unknown.empty()) return out;
    std::vector<std::int64_t> n(out.size(), 0), first(out.size(), -1);
    for (std::size_t i = 0; i < ratings.kind.size(); ++i) {
        std::int64_t& earliest = first[ratings.competency(i)];
        if (n[ratings.competency(i)]++ == 0 || ratings.input_row(i) < earliest) earliest = ratings.input_row(i);
    }
    std::erase_if(unknown, [&](std::size_t code) { return n[code] == 0; });
    // In the order of their names, so that the order of rows has no part in what is said.
    std::sort(unknown.begin(), unknown.end(), [&](std::size_t a, std::size_t b) { return names[a] < names[b]; });
    std::string others;
    for (std::size_t i = 0; i < unknown.size(); ++i) {
        const std::string name(names[unknown[i]]);
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
    const std::string_view name = names[unknown.front()];
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
    void row(std::int64_t row, const char* text) {
        if (listed_++ < org::findings_per_code)
            add_finding(to_, {level_, code_, table_, column_, row, -1, 1, text});
        else
            ++more_;
    }
    /// Rows besides those named.
    void more(std::int64_t n) { more_ += n; }

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

/// Rows of one kind: how many there are, and the first of them in input order.
struct doubtful_rows {
    struct doubt {
        std::int64_t row = 0;
        rating_use why = rating_use::counts;
    };
    std::vector<doubt> first;
    std::int64_t count = 0;

    void add(doubt one) {
        ++count;
        first.push_back(one);
        if (first.size() > 8 * org::findings_per_code) keep_first();
    }
    void add(const doubtful_rows& other) {
        count += other.count;
        first.insert(first.end(), other.first.begin(), other.first.end());
        keep_first();
    }
    void keep_first() {
        std::sort(first.begin(), first.end(), [](const doubt& a, const doubt& b) { return a.row < b.row; });
        if (first.size() > org::findings_per_code) first.resize(org::findings_per_code);
    }
};

/// Every rating looked at once.
struct ratings_met {
    assess::rating_sums sums;
    doubtful_rows future, own;
};

/// Refuses or tells of the ratings that do not count. @returns the sums of those that do
result<assess::rating_sums> judge_ratings(const run_context& run, assessed& all) {
    const auto& ratings = all.data->organisation.ratings;
    if (ratings.first.empty()) return assess::rating_sums{};
    const auto look = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        ratings_met met;
        for (auto person = static_cast<std::uint32_t>(begin); person < static_cast<std::uint32_t>(end); ++person)
            for (std::size_t i = ratings.first[person]; i < ratings.first[person + 1U]; ++i) {
                const rating_use use = use_of_rating(all, person, i);
                if (use == rating_use::counts) met.sums.add(rating_of(all, i));
                if (use == rating_use::after_as_of) met.future.add({ratings.input_row(i), use});
                if (use == rating_use::not_by_themselves || use == rating_use::by_themselves)
                    met.own.add({ratings.input_row(i), use});
            }
        return met;
    };
    const auto join = [](ratings_met&& left, ratings_met&& right) {
        left.sums.add(right.sums);
        left.future.add(right.future);
        left.own.add(right.own);
        return std::move(left);
    };
    const auto n_people = static_cast<std::int64_t>(ratings.first.size()) - 1;
    DUALTRACK_TRY(ratings_met met, map_reduce_blocks<ratings_met>(run, n_people, 1 << 13, look, join));
    met.future.keep_first();
    met.own.keep_first();
    if (met.future.count > 0 && all.policy.data.future_dated == org::future_rule::error) {
        const std::int64_t row = met.future.first.front().row;
        std::size_t i = 0;
        while (ratings.input_row(i) != row) ++i;
        return outcome::failure(refuse_future(all, "ratings", "date", ratings.date[i], row).error());
    }
    std::vector<doubtful_rows::doubt> doubts(met.future.first);
    doubts.insert(doubts.end(), met.own.first.begin(), met.own.first.end());
    std::sort(doubts.begin(), doubts.end(), [](const auto& a, const auto& b) { return a.row < b.row; });
    left_out future(all.findings, org::severity::warning, "data.future_dated", "ratings", "date");
    left_out own(all.findings, org::severity::error, "data.excluded", "ratings", "rater_id");
    for (const doubtful_rows::doubt& one : doubts) {
        if (one.why == rating_use::after_as_of) future.row(one.row, "dated after as_of; left out");
        if (one.why == rating_use::not_by_themselves) own.row(one.row, "a self-rating by somebody else; left out");
        if (one.why == rating_use::by_themselves)
            own.row(one.row, "people who rate themselves are the source self; left out");
    }
    future.more(met.future.count - static_cast<std::int64_t>(met.future.first.size()));
    own.more(met.own.count - static_cast<std::int64_t>(met.own.first.size()));
    return met.sums;
}

/// Takes the answers of interviews that count as ratings, by person.
result<void> add_answers(assessed& all, assess::rating_sums& sums) {
    std::vector<std::uint32_t> person;
    std::vector<assess::rating> rows;
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
            future.row(static_cast<std::int64_t>(i), "dated after as_of; left out");
            continue;
        }
        if (answers.date[i] < all.start) continue;
        const interview_question& asked = *question[answers.question.code[i]];
        person.push_back(answers.person[i]);
        rows.push_back(
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
    if (rows.empty()) return outcome::success();
    all.answer_first.assign(all.data->organisation.n_people() + 1U, 0);
    for (const std::uint32_t one : person) ++all.answer_first[one + 1U];
    for (std::size_t i = 1; i < all.answer_first.size(); ++i) all.answer_first[i] += all.answer_first[i - 1];
    std::vector<std::uint32_t> next(all.answer_first);
    all.answers.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        sums.add(rows[i]);
        all.answers[next[person[i]]++] = rows[i];
    }
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

/// What every rater said of every person through one source; by (person, rater).
result<std::vector<assess::rated_pair>> pairs_of(const run_context& run, const assessed& all, std::size_t from) {
    constexpr std::int64_t block = 1 << 12, wave = 64 * block; // what is not yet in place stays small
    const auto n_people = static_cast<std::int64_t>(all.data->organisation.n_people());
    std::vector<std::vector<assess::rated_pair>> blocks(static_cast<std::size_t>(wave / block));
    std::vector<assess::rated_pair> out;
    std::int64_t n = 0; // at most: a page that nothing is written to takes no memory
    for (const assess::rating_norm& norm : all.norms[from]) n += norm.n;
    out.reserve(static_cast<std::size_t>(n));
    for (std::int64_t start = 0; start < n_people; start += wave) {
        const auto fill = [&](std::int64_t number, std::int64_t begin, std::int64_t end, std::int64_t) {
            std::vector<assess::rating> rows;
            auto& to = blocks[static_cast<std::size_t>(number)];
            to.clear();
            for (auto person = static_cast<std::uint32_t>(start + begin);
                 person < static_cast<std::uint32_t>(start + end); ++person) {
                gather_ratings(all, person, rows, from);
                assess::append_pairs(rows, person, all.norms, static_cast<assess::source>(from), to);
            }
        };
        const std::int64_t people_of_wave = std::min(wave, n_people - start);
        DUALTRACK_TRYV(for_blocks(run, people_of_wave, block, fill));
        for (std::int64_t number = 0; number < count_blocks(people_of_wave, block); ++number) {
            const auto& one = blocks[static_cast<std::size_t>(number)];
            out.insert(out.end(), one.begin(), one.end());
        }
    }
    return out;
}

/// Takes raters' severity out of every source where it can be told.
result<void> fit_severities(const run_context& run, assessed& all, const assess::rating_sums& sums) {
    all.rescale.fill(1.0);
    const std::uint32_t n_people = all.data->organisation.n_people();
    for (std::size_t from = 0; from < n_rated_sources; ++from) {
        if (from == static_cast<std::size_t>(assess::source::self)) continue;
        std::vector<assess::rated_pair> pairs;
        if (std::any_of(all.norms[from].begin(), all.norms[from].end(), [](const auto& norm) { return norm.n > 0; })) {
            DUALTRACK_TRY(pairs, pairs_of(run, all, from));
        }
        const double open = all.model.severity_sd * all.model.severity_sd;
        const double nameless =
            assess::is_one_person(static_cast<assess::source>(from)) ? static_cast<double>(sums.nameless[from]) : 0.0;
        if (pairs.empty()) {
            if (nameless > 0.0) all.rescale[from] = std::sqrt(std::max(0.25, 1.0 - open));
            continue;
        }
        auto fit = assess::fit_severity(pairs, n_people, 1.0 - all.model.reliability[from], all.model.severity_sd, run);
        if (is_cancelled(run)) return cancelled_failure();
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
    return outcome::success();
}

void score_behaviours(const run_context& run, assessed& all) {
    const org::organisation& organisation = all.data->organisation;
    const bool has_teams = organisation.has_deals && (organisation.has_credits || organisation.has_participants);
    if (!organisation.has_activities && !has_teams) return; // nothing to count
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

std::int32_t last_evidence_day(const org::organisation& organisation) noexcept {
    std::int32_t last = no_date;
    for (const auto* days : {&organisation.ratings.date, &organisation.answers.date, &organisation.activities.start})
        for (const std::int32_t day : *days) last = std::max(last, day);
    return last;
}

void gather_ratings(const assessed& all, std::uint32_t person, std::vector<assess::rating>& out, std::size_t from) {
    const auto& ratings = all.data->organisation.ratings;
    out.clear();
    if (!ratings.first.empty()) {
        const std::size_t begin = ratings.first[person];
        const std::size_t end = ratings.first[person + 1U];
        if (from != n_rated_sources) {
            for (std::size_t i = begin; i < end; ++i)
                if (ratings.source(i) == from && use_of_rating(all, person, i) == rating_use::counts)
                    out.push_back(rating_of(all, i));
        } else { // source by source, which leaves little to sort
            std::array<std::size_t, n_rated_sources> next{};
            for (std::size_t i = begin; i < end; ++i) ++next[ratings.source(i)];
            for (std::size_t s = 0, place = 0; s < n_rated_sources; ++s) place += std::exchange(next[s], place);
            out.resize(end - begin);
            bool all_count = true;
            for (std::size_t i = begin; i < end; ++i) {
                const bool counts = use_of_rating(all, person, i) == rating_use::counts;
                all_count = all_count && counts;
                assess::rating& row = out[next[ratings.source(i)]++];
                row = rating_of(all, i);
                if (!counts) row.about = n_constructs;
            }
            if (!all_count) std::erase_if(out, [](const assess::rating& row) { return row.about == n_constructs; });
        }
    }
    const bool with_answers = from == n_rated_sources || from == static_cast<std::size_t>(assess::source::interviewer);
    if (with_answers && !all.answer_first.empty())
        for (std::uint32_t i = all.answer_first[person]; i < all.answer_first[person + 1U]; ++i)
            out.push_back(all.answers[i]);
    assess::sort_ratings(out);
}

void gather_evidence(const assessed& all, std::uint32_t person, person_evidence& out, bool of_constructs) {
    for (auto& observations : out.about) observations.clear();
    gather_ratings(all, person, out.ratings);
    assess::observe_ratings(out.ratings, all.norms, all.model, all.severity, all.rescale, person, out.about);
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
        out.added_to[c] = of_constructs ? halo.added_variance(c) : 0.0;
    }
    out.added_variance = halo.added_variance(all.rules.weight);
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

void judge_person(const assessed& all, std::uint32_t person, person_judgement& out, bool of_constructs) {
    gather_evidence(all, person, out.evidence, of_constructs);
    for (std::size_t c = 0; c < n_constructs; ++c) {
        judge_construct(all, person, c, out.evidence, out.scratch);
        out.judged[c] = out.scratch.judged;
        out.n_sources[c] = assess::independent_sources(out.evidence.about[c]);
        out.n_raters[c] = 0;
        for (const assess::observation& one : out.evidence.about[c]) out.n_raters[c] += one.n_raters;
    }
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
    run_context quiet = run;
    quiet.progress = nullptr;
    DUALTRACK_TRYV(judge_activities(*out));
    DUALTRACK_TRY(auto sums, judge_ratings(part_of(run, 0.0, 0.2), *out));
    DUALTRACK_TRYV(add_answers(*out, sums));
    out->norms = assess::norms_of(sums, out->model.self_leniency);
    say_no_spread(*out);
    DUALTRACK_TRYV(fit_severities(quiet, *out, sums));
    score_behaviours(run, *out);

    out->verdict.resize(out->people.size());
    const auto judge = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        person_judgement one;
        for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
            judge_person(*out, out->people[i], one, false);
            std::array<bool, assess::source_words.size()> seen{};
            for (const auto& observations : one.evidence.about)
                for (const assess::observation& o : observations) seen[static_cast<std::size_t>(o.from)] = true;
            seen[static_cast<std::size_t>(assess::source::self)] = false;
            out->verdict[i] =
                assess::readiness_of(out->rules, one.judged, one.n_sources, std::count(seen.begin(), seen.end(), true),
                                     one.evidence.added_variance);
        }
    };
    DUALTRACK_TRYV(for_blocks(part_of(run, 0.5, 1.0), static_cast<std::int64_t>(out->people.size()), 512, judge));
    return std::shared_ptr<const assessed>(std::move(out));
}

} // namespace dualtrack::run
