// What the company's own ratings are worth, beside what the policy takes them to be worth, and how mild or severe each
// rater is, as tables.
#pragma once

#include <array>
#include <concepts>
#include <type_traits>

#include <dualtrack/assess/construct.hpp>
#include <dualtrack/base/describe.hpp>

namespace dualtrack::assess {

enum class reliability_status : std::uint8_t {
    two_way,       // people crossed with raters
    one_way,       // several raters a person, who rated nobody else
    one_rater,     // nobody has a second rater
    no_spread,     // everybody is given the same
    split_half,    // behaviour: odd against even months
    no_two_halves, // behaviour that does not agree with itself, or of too few people
};
inline constexpr std::array<std::string_view, 6> reliability_status_words{"two_way",   "one_way",    "one_rater",
                                                                          "no_spread", "split_half", "no_two_halves"};

/// One row a source and construct, and one a competency where several inform it; by source, construct, competency.
struct reliability_table {
    word_column source, construct;
    text_list competency;
    column<std::int64_t> n_people, n_raters, n_ratings, n_items;
    column<double> raters_a_person, alpha, icc_1, icc_1_sd, icc_k, icc_reml, icc_ml, severity_share, single_rater,
        assumed;
    word_column status;

    explicit reliability_table(std::pmr::memory_resource* memory)
        : source(source_words, memory), construct(construct_words, memory), competency(memory), n_people(memory),
          n_raters(memory), n_ratings(memory), n_items(memory), raters_a_person(memory), alpha(memory), icc_1(memory),
          icc_1_sd(memory), icc_k(memory), icc_reml(memory), icc_ml(memory), severity_share(memory),
          single_rater(memory), assumed(memory), status(reliability_status_words, memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, reliability_table>
void describe(Visitor& visit, Table& table) {
    visit.table("reliability", "how far raters agree in this company's own ratings, beside what the policy assumes");
    visit.column("source", unit::text, "whose ratings; behaviour: what people did", table.source);
    visit.column("construct", unit::text, "what they are about", table.construct);
    visit.column("competency", unit::text, "of this competency or question alone; empty: all of the construct",
                 table.competency);
    visit.column("n_people", unit::count, "people rated", table.n_people);
    visit.column("n_raters", unit::count, "different named raters, and ratings without a name", table.n_raters);
    visit.column("n_ratings", unit::count, "ratings", table.n_ratings);
    visit.column("n_items", unit::count, "competencies or questions", table.n_items);
    visit.column("raters_a_person", unit::ratio, "raters a person, as the analysis of variance counts them",
                 table.raters_a_person);
    visit.column("alpha", unit::share, "Cronbach's alpha over the items of raters who answered all", table.alpha);
    visit.column("icc_1", unit::share, "reliability of one rater, severity left in: one-way analysis of variance",
                 table.icc_1);
    visit.column("icc_1_sd", unit::share, "its standard error", table.icc_1_sd);
    visit.column("icc_k", unit::share, "reliability of the mean of raters_a_person raters", table.icc_k);
    visit.column("icc_reml", unit::share, "as icc_1, by restricted maximum likelihood", table.icc_reml);
    visit.column("icc_ml", unit::share, "as icc_1, by maximum likelihood", table.icc_ml);
    visit.column("severity_share", unit::share, "share of raters' severity in the variance of single ratings",
                 table.severity_share);
    visit.column("single_rater", unit::share,
                 "reliability of one rater as this data has it: with severity taken out where raters rated several",
                 table.single_rater);
    visit.column("assumed", unit::share, "reliability of one rater in the policy", table.assumed);
    visit.column("status", unit::text,
                 "two_way, one_way, one_rater (nobody has a second), no_spread, split_half, no_two_halves",
                 table.status);
}

/// One row a source and named rater (self-ratings have none); by source, rater.
struct raters_table {
    id_column rater_id;
    word_column source;
    column<std::int64_t> n_ratings;
    column<double> severity, severity_sd;
    flag_column connected;

    raters_table(const text_column& ids, std::pmr::memory_resource* memory)
        : rater_id(ids, memory), source(source_words, memory), n_ratings(memory), severity(memory), severity_sd(memory),
          connected(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, raters_table>
void describe(Visitor& visit, Table& table) {
    visit.table("raters", "how mild (above 0) or severe (below 0) raters are, which is taken out of what they say");
    visit.column("rater_id", unit::id, "the rater", table.rater_id);
    visit.column("source", unit::text, "as which source", table.source);
    visit.column("n_ratings", unit::count, "ratings given", table.n_ratings);
    visit.column("severity", unit::standard_deviations, "mildness that could be told; 0 where it could not",
                 table.severity);
    visit.column("severity_sd", unit::standard_deviations, "what stays open of it", table.severity_sd);
    visit.column("connected", unit::flag, "no: nobody else rated the people this rater rated", table.connected);
}

} // namespace dualtrack::assess
