// The tables of a readiness assessment: the verdict, the nine constructs behind it, every piece of evidence with its
// weight, and what to ask or try next. Each line of a table can be added up to the one above it.
#pragma once

#include <concepts>
#include <type_traits>

#include <dualtrack/assess/construct.hpp>
#include <dualtrack/assess/readiness.hpp>
#include <dualtrack/assess/trial.hpp>
#include <dualtrack/base/describe.hpp>

namespace dualtrack::assess {

/// One row a person employed on the last day that counts; by person.
struct readiness_table {
    id_column person_id;
    column<double> readiness_z, readiness_sd, readiness_low, readiness_high, probability_ready;
    column<std::int64_t> n_sources;
    word_column status;

    readiness_table(const text_column& ids, std::pmr::memory_resource* memory)
        : person_id(ids, memory), readiness_z(memory), readiness_sd(memory), readiness_low(memory),
          readiness_high(memory), probability_ready(memory), n_sources(memory), status(readiness_status_words, memory) {
    }
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, readiness_table>
void describe(Visitor& visit, Table& table) {
    visit.table("readiness", "readiness to lead, blind to sales, with what the evidence leaves open");
    visit.column("person_id", unit::id, "the person", table.person_id);
    visit.column("readiness_z", unit::standard_deviations, "weighted sum of the constructs, 0 = average",
                 table.readiness_z);
    visit.column("readiness_sd", unit::standard_deviations, "its uncertainty, 1 = nothing known", table.readiness_sd);
    visit.column("readiness_low", unit::standard_deviations, "lower end of the 95 % interval", table.readiness_low);
    visit.column("readiness_high", unit::standard_deviations, "upper end of the 95 % interval", table.readiness_high);
    visit.column("probability_ready", unit::probability, "probability that readiness reaches the policy's ready_at",
                 table.probability_ready);
    visit.column("n_sources", unit::count, "different independent sources of evidence", table.n_sources);
    visit.column("status", unit::text, "ready, develop, insufficient_evidence; a recommendation, a person decides",
                 table.status);
}

/// The verdict in words; by person.
struct explanations_table {
    id_column person_id;
    text_list explanation;

    explanations_table(const text_column& ids, std::pmr::memory_resource* memory)
        : person_id(ids, memory), explanation(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, explanations_table>
void describe(Visitor& visit, Table& table) {
    visit.table("explanations", "everybody's readiness in a paragraph: what is strongest, weakest, missing, and what "
                                "would change the verdict");
    visit.column("person_id", unit::id, "the person", table.person_id);
    visit.column("explanation", unit::text, "every sentence has its figure", table.explanation);
}

/// One row a person and construct; by person, then construct.
struct constructs_table {
    id_column person_id;
    word_column construct;
    column<double> z, sd, weight;
    column<std::int64_t> n_sources, n_raters;

    constructs_table(const text_column& ids, std::pmr::memory_resource* memory)
        : person_id(ids, memory), construct(construct_words, memory), z(memory), sd(memory), weight(memory),
          n_sources(memory), n_raters(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, constructs_table>
void describe(Visitor& visit, Table& table) {
    visit.table("constructs", "the nine parts of readiness; the sum of weight x z is readiness_z");
    visit.column("person_id", unit::id, "the person", table.person_id);
    visit.column("construct", unit::text, "the construct", table.construct);
    visit.column("z", unit::standard_deviations, "posterior mean, 0 = average or nothing known", table.z);
    visit.column("sd", unit::standard_deviations, "posterior standard deviation, 1 = nothing known", table.sd);
    visit.column("weight", unit::ratio, "weight in readiness_z, scaled to unit variance", table.weight);
    visit.column("n_sources", unit::count, "independent sources", table.n_sources);
    visit.column("n_raters", unit::count, "raters of all sources", table.n_raters);
}

/// One row a person, construct and source, the prior and a red flag included; by person, construct, source.
struct evidence_table {
    id_column person_id;
    word_column construct, source;
    column<double> observed_z;
    column<std::int64_t> n;
    column<double> reliability, weight;

    evidence_table(const text_column& ids, std::pmr::memory_resource* memory)
        : person_id(ids, memory), construct(construct_words, memory), source(source_words, memory), observed_z(memory),
          n(memory), reliability(memory), weight(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, evidence_table>
void describe(Visitor& visit, Table& table) {
    visit.table("evidence",
                "what every source says and counts for; weights of a construct sum to 1, weight x observed_z to its z");
    visit.column("person_id", unit::id, "the person", table.person_id);
    visit.column("construct", unit::text, "the construct", table.construct);
    visit.column("source", unit::text, "who says it; prior: what is known of anybody", table.source);
    visit.column("observed_z", unit::standard_deviations, "what the source alone would say of the construct",
                 table.observed_z);
    visit.column("n", unit::count, "raters", table.n);
    visit.column("reliability", unit::share, "reliability of their mean; null for the prior and a red flag",
                 table.reliability);
    visit.column("weight", unit::share, "share in the posterior mean", table.weight);
}

/// What to ask whom next; by person, then rank.
struct questions_table {
    id_column person_id;
    column<std::int64_t> rank;
    word_column construct, ask;
    text_list question;
    column<double> interval_reduction;

    questions_table(const text_column& ids, std::pmr::memory_resource* memory)
        : person_id(ids, memory), rank(memory), construct(construct_words, memory), ask(source_words, memory),
          question(memory), interval_reduction(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, questions_table>
void describe(Visitor& visit, Table& table) {
    visit.table("questions", "who still has to be asked what: what would narrow the interval most");
    visit.column("person_id", unit::id, "the person", table.person_id);
    visit.column("rank", unit::count, "1 = ask this first", table.rank);
    visit.column("construct", unit::text, "about which construct", table.construct);
    visit.column("ask", unit::text, "whom: the source", table.ask);
    visit.column("question", unit::text, "the interview question, where an interviewer is asked; else empty",
                 table.question);
    visit.column("interval_reduction", unit::standard_deviations,
                 "how much narrower the 95 % interval of readiness becomes, once the source has spoken of others too",
                 table.interval_reduction);
}

/// The test-drive that tells most about the weakest construct; by person.
struct trials_table {
    id_column person_id;
    word_column trial, construct;
    column<double> sd_now, sd_then, interval_reduction;

    trials_table(const text_column& ids, std::pmr::memory_resource* memory)
        : person_id(ids, memory), trial(trial_words, memory), construct(construct_words, memory), sd_now(memory),
          sd_then(memory), interval_reduction(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, trials_table>
void describe(Visitor& visit, Table& table) {
    visit.table("trials", "a trial of leading that would show most of the construct with the lowest standing");
    visit.column("person_id", unit::id, "the person", table.person_id);
    visit.column("trial", unit::text, "mentor a colleague, lead a project, act as manager", table.trial);
    visit.column("construct", unit::text, "the construct it is to show", table.construct);
    visit.column("sd_now", unit::standard_deviations, "uncertainty of the construct now", table.sd_now);
    visit.column("sd_then", unit::standard_deviations, "uncertainty after the trial", table.sd_then);
    visit.column("interval_reduction", unit::standard_deviations,
                 "how much narrower the 95 % interval of readiness becomes, by all that the trial shows",
                 table.interval_reduction);
}

} // namespace dualtrack::assess
