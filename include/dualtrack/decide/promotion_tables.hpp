// The tables of the analysis `promotion`: the recommendation, its reasons, who would take which seat, and whom that
// passes over. The lines of the business case are in business_tables.hpp.
#pragma once

#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>

#include <dualtrack/base/describe.hpp>
#include <dualtrack/decide/promotion.hpp>

namespace dualtrack::decide {

/// One row a candidate and seat that is still open; by vacancy, then person.
struct promotion_table {
    id_column vacancy_id, person_id;
    word_column decision;
    column<double> predicted_effect, predicted_sd, probability_harm;
    money_column net_value, net_low, net_high;
    column<double> probability_net_loss;
    column<std::int64_t> rank;
    flag_column human_review;
    column<double> readiness_z, probability_ready, break_even_readiness;
    word_column break_even_status;
    column<double> probability_top;
    flag_column consents;
    word_column status;
    text_list explanation;

    promotion_table(const text_column& vacancies, const text_column& people, std::pmr::memory_resource* memory);
};

enum class candidate_status : std::uint8_t { ok, not_employed, insufficient_evidence, no_team_sales };
inline constexpr std::array<std::string_view, 4> candidate_status_words{"ok", "not_employed", "insufficient_evidence",
                                                                        "no_team_sales"};

inline promotion_table::promotion_table(const text_column& vacancies, const text_column& people,
                                        std::pmr::memory_resource* memory)
    : vacancy_id(vacancies, memory), person_id(people, memory), decision(decision_words, memory),
      predicted_effect(memory), predicted_sd(memory), probability_harm(memory), net_value(memory), net_low(memory),
      net_high(memory), probability_net_loss(memory), rank(memory), human_review(memory), readiness_z(memory),
      probability_ready(memory), break_even_readiness(memory), break_even_status(break_even_words, memory),
      probability_top(memory), consents(memory), status(candidate_status_words, memory), explanation(memory) {}

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, promotion_table>
void describe(Visitor& visit, Table& table) {
    visit.table("promotion", "what is recommended for each candidate of each open seat; a person decides");
    visit.column("vacancy_id", unit::id, "the seat", table.vacancy_id);
    visit.column("person_id", unit::id, "the candidate", table.person_id);
    visit.column("decision", unit::text,
                 "recommended: promote: willing, ready, and harm and net loss unlikely enough; develop_first: would be "
                 "after development; expert_track: a strong seller not willing, or not to be promoted; not_now: "
                 "everybody else",
                 table.decision);
    visit.column("predicted_effect", unit::log_points,
                 "change of each report's sales under this manager against an average one; the sum of reasons",
                 table.predicted_effect);
    visit.column("predicted_sd", unit::log_points, "its standard deviation, most of it on no record",
                 table.predicted_sd);
    visit.column("probability_harm", unit::probability, "probability that the reports sell less",
                 table.probability_harm);
    visit.column("net_value", unit::currency, "expected gain less costs over the horizon; the sum of business_case",
                 table.net_value);
    visit.column("net_low", unit::currency, "lower end of its 95 % interval", table.net_low);
    visit.column("net_high", unit::currency, "upper end of its 95 % interval", table.net_high);
    visit.column("probability_net_loss", unit::probability, "probability that it costs more than it brings",
                 table.probability_net_loss);
    visit.column("rank", unit::count, "within the seat: those to promote first, then by net value", table.rank);
    visit.column("human_review", unit::flag,
                 "a person should look before this is followed: too little is known, or it hangs on a figure within "
                 "its doubt of a limit",
                 table.human_review);
    visit.column("readiness_z", unit::standard_deviations, "readiness to lead; null where nothing is known",
                 table.readiness_z);
    visit.column("probability_ready", unit::probability, "probability of being ready; null where nothing is known",
                 table.probability_ready);
    visit.column("break_even_readiness", unit::standard_deviations,
                 "readiness at which the expected net value is zero; null where break_even_status says why",
                 table.break_even_readiness);
    visit.column("break_even_status", unit::text,
                 "reached: at break_even_readiness; never_pays: a loss up to a readiness of 3, which one in 700 has; "
                 "always_pays: a gain down to -3; no_effect: the net value does not hang on readiness",
                 table.break_even_status);
    visit.column("probability_top", unit::probability, "probability of being among the best sellers",
                 table.probability_top);
    visit.column("consents", unit::flag, "whether the candidate wants the seat; null where nobody asked",
                 table.consents);
    visit.column("status", unit::text,
                 "ok; not_employed: on the last day that counts; insufficient_evidence: too few sources speak about "
                 "readiness; no_team_sales: nothing is known of what the team sells, so no gain can be counted",
                 table.status);
    visit.column("explanation", unit::text, "the recommendation in a paragraph, every sentence with its figure",
                 table.explanation);
}

/// What a reason speaks of: the factors of the prediction, then the gates that are closed.
inline constexpr std::array<std::string_view, n_factors + n_gates> reason_words{
    "own_sales", "collaboration", "lone_wolf", "readiness",   "employed",
    "consent",   "evidence",      "not_ready", "likely_harm", "likely_net_loss"};

inline constexpr std::array<std::string_view, 2> path_words{"actionable", "no_actionable_path"};

/// One row a candidate, seat and factor; factors in order, then closed gates (which contribute nothing).
struct reasons_table {
    id_column vacancy_id, person_id;
    word_column factor;
    column<double> contribution;
    text_list code, text;
    column<double> flips_at;
    word_column flips_to;
    column<double> value, value_sd, coefficient;
    word_column path;

    reasons_table(const text_column& vacancies, const text_column& people, std::pmr::memory_resource* memory)
        : vacancy_id(vacancies, memory), person_id(people, memory), factor(reason_words, memory), contribution(memory),
          code(memory), text(memory), flips_at(memory), flips_to(decision_words, memory), value(memory),
          value_sd(memory), coefficient(memory), path(path_words, memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, reasons_table>
void describe(Visitor& visit, Table& table) {
    visit.table("reasons", "why this is recommended and what would change it");
    visit.column("vacancy_id", unit::id, "the seat", table.vacancy_id);
    visit.column("person_id", unit::id, "the candidate", table.person_id);
    visit.column(
        "factor", unit::text,
        "own_sales, collaboration, lone_wolf or readiness: factors of the predicted effect; employed, consent, "
        "evidence, not_ready, likely_harm or likely_net_loss: what stands against a promotion",
        table.factor);
    visit.column("contribution", unit::log_points, "its part of predicted_effect; the parts add up exactly",
                 table.contribution);
    visit.column("code", unit::text, "stable code of the reason", table.code);
    visit.column("text", unit::text, "the reason in a sentence with its figures", table.text);
    visit.column("flips_at", unit::text,
                 "value of this factor alone, nearest to the present one, at which the recommendation changes; in the "
                 "unit of value; null where none does",
                 table.flips_at);
    visit.column("flips_to", unit::text, "what would then be recommended", table.flips_to);
    visit.column("value", unit::text,
                 "what is on record: log relative sales, log collaborators above the market's mean, works alone above "
                 "the market's share, readiness_z, a probability, or 1 for yes",
                 table.value);
    visit.column("value_sd", unit::text,
                 "its standard deviation; 0 where the coefficient was estimated on the record as it stands, luck "
                 "included (sales, collaboration): taking luck out of the record too would shrink it twice",
                 table.value_sd);
    visit.column("coefficient", unit::log_points, "what one unit of it says about each report's sales",
                 table.coefficient);
    visit.column("path", unit::text,
                 "actionable: more readiness, more working with others or consent leads to a better recommendation; "
                 "no_actionable_path: what stands in the way cannot be moved by any of them",
                 table.path);
}

inline constexpr std::array<std::string_view, 2> slate_status_words{"recommended", "no_cover"};

/// One row an open seat; by vacancy.
struct slate_table {
    id_column vacancy_id, person_id;
    money_column net_value;
    word_column status;
    column<std::int64_t> n_candidates, n_recommended;
    id_column first_choice_id;
    column<std::int64_t> wanted_by;
    money_column backfill_cost;

    slate_table(const text_column& vacancies, const text_column& people, std::pmr::memory_resource* memory)
        : vacancy_id(vacancies, memory), person_id(people, memory), net_value(memory),
          status(slate_status_words, memory), n_candidates(memory), n_recommended(memory),
          first_choice_id(people, memory), wanted_by(memory), backfill_cost(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, slate_table>
void describe(Visitor& visit, Table& table) {
    visit.table("slate", "who takes which open seat so that all together bring most, nobody twice");
    visit.column("vacancy_id", unit::id, "the seat", table.vacancy_id);
    visit.column("person_id", unit::id, "who is recommended; null where the seat has no cover", table.person_id);
    visit.column("net_value", unit::currency, "net value of this person in this seat", table.net_value);
    visit.column("status", unit::text, "recommended, or no_cover: nobody who is left can be recommended", table.status);
    visit.column("n_candidates", unit::count, "candidates of the seat", table.n_candidates);
    visit.column("n_recommended", unit::count, "of them those with the decision promote", table.n_recommended);
    visit.column("first_choice_id", unit::id, "whom the seat alone would take", table.first_choice_id);
    visit.column("wanted_by", unit::count, "open seats whose first choice is this seat's first choice",
                 table.wanted_by);
    visit.column("backfill_cost", unit::currency, "own sales and accounts lost along the chain of seats this empties",
                 table.backfill_cost);
}

/// One row a step of the chain that a promotion sets off; by vacancy, then step.
struct backfills_table {
    id_column vacancy_id;
    column<std::int64_t> step;
    id_column person_id;
    column<std::int64_t> n_reports;
    id_column cover_id;
    money_column cost;

    backfills_table(const text_column& vacancies, const text_column& people, std::pmr::memory_resource* memory)
        : vacancy_id(vacancies, memory), step(memory), person_id(people, memory), n_reports(memory),
          cover_id(people, memory), cost(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, backfills_table>
void describe(Visitor& visit, Table& table) {
    visit.table("backfills", "the seats that the slate empties, one after the other, and what each costs");
    visit.column("vacancy_id", unit::id, "the open seat the chain starts with", table.vacancy_id);
    visit.column("step", unit::count, "1: the seat left by who takes the open one", table.step);
    visit.column("person_id", unit::id, "who leaves this seat", table.person_id);
    visit.column("n_reports", unit::count, "people they lead there", table.n_reports);
    visit.column("cover_id", unit::id, "of the reports who are ready the readiest; null: hire from outside",
                 table.cover_id);
    visit.column("cost", unit::currency, "own sales and accounts lost until a backfill has ramped", table.cost);
}

inline constexpr std::array<std::string_view, 3> winner_words{"filled", "recommended", "outsider_assumed"};

/// One row a person and seat they did not or would not get; by vacancy, then person.
struct passed_over_table {
    id_column vacancy_id, person_id;
    flag_column outsold_winner;
    column<double> hazard_ratio, exit_probability_12m, mitigated_probability_12m, base_probability_12m;
    id_column winner_id;
    word_column winner_is;
    flag_column external, interviewed;
    column<double> months_since;

    passed_over_table(const text_column& vacancies, const text_column& people, std::pmr::memory_resource* memory)
        : vacancy_id(vacancies, memory), person_id(people, memory), outsold_winner(memory), hazard_ratio(memory),
          exit_probability_12m(memory), mitigated_probability_12m(memory), base_probability_12m(memory),
          winner_id(people, memory), winner_is(winner_words, memory), external(memory), interviewed(memory),
          months_since(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, passed_over_table>
void describe(Visitor& visit, Table& table) {
    visit.table("passed_over", "who did not, or would not, get a seat, and the risk that they leave");
    visit.column("vacancy_id", unit::id, "the seat", table.vacancy_id);
    visit.column("person_id", unit::id, "who is passed over", table.person_id);
    visit.column("outsold_winner", unit::flag,
                 "whether they sold more than the winner in the year before; null of an outsider",
                 table.outsold_winner);
    visit.column("hazard_ratio", unit::ratio, "how many times likelier to leave", table.hazard_ratio);
    visit.column("exit_probability_12m", unit::probability, "probability of leaving within 12 months, as it is",
                 table.exit_probability_12m);
    visit.column("mitigated_probability_12m", unit::probability,
                 "the same after an interview with the hiring manager and feedback, where there was none",
                 table.mitigated_probability_12m);
    visit.column("base_probability_12m", unit::probability, "the same had they not been passed over",
                 table.base_probability_12m);
    visit.column("winner_id", unit::id, "who got the seat, or is recommended for it; null: an outsider",
                 table.winner_id);
    visit.column("winner_is", unit::text,
                 "filled: the seat is taken; recommended: by the slate; outsider_assumed: nobody can be recommended",
                 table.winner_is);
    visit.column("external", unit::flag, "whether an outsider got the seat, or would", table.external);
    visit.column("interviewed", unit::flag, "whether the candidate was interviewed; null where not said",
                 table.interviewed);
    visit.column("months_since", unit::months, "since the seat opened, for one that is filled; else 0",
                 table.months_since);
}

} // namespace dualtrack::decide
