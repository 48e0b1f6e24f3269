// What the tables `questions` and `trials` promise is checked by asking: the answer is added to the input and the whole
// assessment is run again.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "rated_rows.hpp"
#include "run/assessed.hpp"
#include "run/readiness_tables.hpp"

namespace {

using namespace dualtrack;
using test::add_ratings;
using test::random_rows;
using test::rating_row;
using test::row_lists;

std::shared_ptr<const run::assessed> assessed_of(const row_lists& tables, const org::policy& policy) {
    auto all =
        run::assess_people(run_context{}, test::data_of(tables), policy, *calendar::parse_iso_date("2023-12-31"));
    if (!all) throw std::runtime_error(test::said(all.error()));
    return std::move(all).value();
}

std::size_t place_of(const run::assessed& all, std::string_view id) {
    for (std::size_t i = 0; i < all.people.size(); ++i)
        if (all.data->organisation.people.id[all.people[i]] == id) return i;
    throw std::runtime_error("nobody of that id");
}

double width_of(const run::assessed& all, std::string_view id) {
    return 2.0 * numeric::interval_95 * all.verdict[place_of(all, id)].sd;
}

/// Thirteen people with ratings of everything but some constructs, and one more who has rated nobody yet. Every source
/// has said something of two people about everything, so that there is a spread to set one more rating against.
row_lists tables_with_gaps() {
    row_lists tables = random_rows(21, 11, 40);
    for (const char* name : {"activities", "participants", "credits"}) tables.erase(name);
    add_ratings(tables, 21, 12);
    std::size_t n = 0;
    std::erase_if(tables["ratings"], [&](const std::string& row) {
        return ++n % 3 == 0 || row.find("\"curious\"") != std::string::npos ||
               row.find("\"organised\"") != std::string::npos;
    });
    for (std::size_t from = 1; from < assess::n_rated_sources; ++from)
        for (const auto& construct : assess::construct_words)
            for (const int i : {0, 1})
                tables["ratings"].push_back(rating_row("p" + integer_text(1000 + i), "p1009",
                                                       std::string(assess::source_words[from]), std::string(construct),
                                                       2 + 2 * i));
    tables["people"].push_back(R"({"person_id":"new","market":"north"})");
    return tables;
}

const std::vector<std::string> asked{"manager", "peer", "report", "interviewer", "panel"};

auto judged_of(const run::assessed& all, const std::string& id) {
    run::person_judgement one;
    run::judge_person(all, all.people[place_of(all, id)], one);
    return one.judged;
}

TEST(questions, narrow_the_interval_by_what_they_promise_when_the_answer_is_added_and_all_is_run_again) {
    const row_lists tables = tables_with_gaps();
    org::policy policy;
    policy.readiness.severity_sd = 0.0;
    policy.readiness.questions_a_person = 20;
    const auto before = assessed_of(tables, policy);
    const auto questions = run::question_rows(*before, std::pmr::get_default_resource());
    std::map<std::string, int> checked;
    for (std::size_t i = 0; i < questions.person_id.index.size(); ++i) {
        const std::string id(before->data->organisation.people.id[questions.person_id.index[i]]);
        if (id != "p1003" && id != "p1007" && id != "new") continue;
        row_lists then = tables;
        then["ratings"].push_back(rating_row(
            id, id == "new" ? "p1000" : "new", std::string(assess::source_words[questions.ask.code[i]]),
            std::string(assess::construct_words[questions.construct.code[i]]), 1 + static_cast<double>(i % 5)));
        EXPECT_NEAR(questions.interval_reduction.value[i],
                    width_of(*before, id) - width_of(*assessed_of(then, policy), id), 1e-9)
            << id << " " << assess::source_words[questions.ask.code[i]];
        ++checked[id];
    }
    EXPECT_EQ(checked["p1003"], 9) << "one question a construct";
    EXPECT_EQ(checked["p1007"], 9);
    EXPECT_EQ(checked["new"], 9);
}

TEST(questions, ask_first_what_narrows_most_of_all_that_could_be_asked) {
    const row_lists tables = tables_with_gaps();
    for (const double severity_sd : {0.0, 0.3}) {
        org::policy policy;
        policy.readiness.severity_sd = severity_sd;
        policy.readiness.questions_a_person = 1;
        const auto before = assessed_of(tables, policy);
        const auto questions = run::question_rows(*before, std::pmr::get_default_resource());
        for (const std::string id : {"p1004", "p1006"}) {
            const std::size_t person = place_of(*before, id);
            double most = 0.0, of_first = 0.0;
            for (std::size_t c = 0; c < assess::n_constructs; ++c)
                for (const std::string& source : asked) {
                    run::person_evidence evidence;
                    run::gather_evidence(*before, before->people[person], evidence);
                    const bool has =
                        std::any_of(evidence.about[c].begin(), evidence.about[c].end(), [&](const auto& one) {
                            return assess::source_words[static_cast<std::size_t>(one.from)] == source;
                        });
                    if (has && (source == "manager" || source == "panel")) continue; // there is one of each
                    row_lists then = tables;
                    then["ratings"].push_back(
                        rating_row(id, "new", source, std::string(assess::construct_words[c]), 3));
                    const double narrower = width_of(*before, id) - width_of(*assessed_of(then, policy), id);
                    most = std::max(most, narrower);
                    for (std::size_t i = 0; i < questions.person_id.index.size(); ++i)
                        if (questions.person_id.index[i] == before->people[person] &&
                            questions.construct.code[i] == c && assess::source_words[questions.ask.code[i]] == source)
                            of_first = narrower;
                }
            EXPECT_GT(most, 0.0);
            // With severities in play the promise is an approximation: the first may miss the best by a little.
            EXPECT_NEAR(of_first, most, severity_sd > 0.0 ? 0.15 * most : 1e-9) << id;
        }
    }
}

TEST(questions, promise_nearly_what_happens_when_the_new_raters_severity_is_unknown) {
    const row_lists tables = tables_with_gaps();
    org::policy policy;
    policy.readiness.questions_a_person = 20;
    const auto before = assessed_of(tables, policy);
    const auto questions = run::question_rows(*before, std::pmr::get_default_resource());
    double promised = 0.0, happened = 0.0;
    for (std::size_t i = 0; i < questions.person_id.index.size(); ++i) {
        const std::string id(before->data->organisation.people.id[questions.person_id.index[i]]);
        if (id != "p1003" && id != "p1007") continue;
        row_lists then = tables;
        then["ratings"].push_back(rating_row(id, "new", std::string(assess::source_words[questions.ask.code[i]]),
                                             std::string(assess::construct_words[questions.construct.code[i]]), 3));
        promised += questions.interval_reduction.value[i];
        happened += width_of(*before, id) - width_of(*assessed_of(then, policy), id);
    }
    EXPECT_GT(promised / happened, 0.75) << "the answer also tells of the rater's severity, which is not promised";
    EXPECT_LT(promised / happened, 1.05);
}

TEST(trials, are_the_ones_that_narrow_most_when_they_are_done_and_rated) {
    const row_lists tables = tables_with_gaps();
    org::policy policy;
    policy.readiness.severity_sd = 0.0;
    policy.readiness.reliability.assessment_centre = policy.readiness.trial_reliability; // how the result comes back
    const auto before = assessed_of(tables, policy);
    const auto trials = run::trial_rows(*before, std::pmr::get_default_resource());
    int checked = 0;
    for (std::size_t i = 0; i < trials.person_id.index.size(); ++i) {
        const std::string id(before->data->organisation.people.id[trials.person_id.index[i]]);
        if (id != "p1003" && id != "p1007" && id != "new") continue;
        const std::size_t weakest = trials.construct.code[i];
        for (std::size_t c = 0; c < assess::n_constructs; ++c)
            EXPECT_LE(judged_of(*before, id)[weakest].mean, judged_of(*before, id)[c].mean);
        double best = 0.0;
        for (std::size_t t = 0; t < assess::n_trials; ++t) {
            if (!assess::shown_by_trial[t][weakest]) continue;
            row_lists then = tables;
            for (std::size_t c = 0; c < assess::n_constructs; ++c)
                if (assess::shown_by_trial[t][c])
                    then["ratings"].push_back(rating_row(id, id == "new" ? "p1000" : "new", "assessment_centre",
                                                         std::string(assess::construct_words[c]), 2));
            const auto after = assessed_of(then, policy);
            const double narrower = width_of(*before, id) - width_of(*after, id);
            best = std::max(best, narrower);
            if (t != trials.trial.code[i]) continue;
            EXPECT_NEAR(trials.interval_reduction.value[i], narrower, 1e-9);
            EXPECT_NEAR(trials.sd_now.value[i], judged_of(*before, id)[weakest].sd, 1e-12);
            EXPECT_NEAR(trials.sd_then.value[i], judged_of(*after, id)[weakest].sd, 1e-9);
        }
        EXPECT_NEAR(trials.interval_reduction.value[i], best, 1e-9);
        ++checked;
    }
    EXPECT_EQ(checked, 3);
}

TEST(explanation, has_no_sentence_without_a_figure) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        row_lists tables = random_rows(seed, 11, 25);
        add_ratings(tables, seed, 12);
        tables["people"].push_back(R"({"person_id":"nobody spoke of"})");
        const auto all = assessed_of(tables, org::policy{});
        const auto table = run::explanation_rows(*all, std::pmr::get_default_resource());
        for (std::size_t i = 0; i < table.explanation.size(); ++i) {
            std::string rest(table.explanation[i]);
            ASSERT_FALSE(rest.empty());
            while (!rest.empty()) {
                const std::size_t end = rest.find(". ");
                const std::string sentence = rest.substr(0, end);
                EXPECT_NE(sentence.find_first_of("0123456789"), std::string::npos) << sentence;
                rest = end == std::string::npos ? "" : rest.substr(end + 2);
            }
        }
    }
}

} // namespace
