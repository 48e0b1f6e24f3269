// What value added tells: a row a manager, a row a seller, what share of the spread of sales managers make up, and
// which managers can be compared at all. A number that means nothing is null, and the status says why.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/describe.hpp>

namespace dualtrack::estimate {

/// Effects are in log points where the outcome is a logarithm, else in its own unit.
inline constexpr std::string_view outcome_unit = "of the outcome";

/// The first that applies.
enum class effect_status : std::uint8_t {
    no_movers,
    period_confounded,
    not_converged,
    insufficient_df,
    bridged,
    weak,
    other_component,
    ok
};
inline constexpr std::array<std::string_view, 8> effect_status_words{
    "no_movers", "period_confounded", "not_converged", "insufficient_df", "bridged", "weak", "other_component", "ok"};

/// One row a manager, by id.
struct value_added_table {
    id_column manager_id;
    column<double> effect, se, effect_shrunk, low, high, probability_top_tenth;
    column<std::int64_t> n_rows, n_sellers, n_movers, component;
    word_column status;

    value_added_table(const text_column& ids, std::pmr::memory_resource* memory)
        : manager_id(ids, memory), effect(memory), se(memory), effect_shrunk(memory), low(memory), high(memory),
          probability_top_tenth(memory), n_rows(memory), n_sellers(memory), n_movers(memory), component(memory),
          status(effect_status_words, memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, value_added_table>
void describe(Visitor& visit, Table& table) {
    visit.table("value_added", "how much more the same sellers sell under each manager");
    visit.column("manager_id", unit::id, "the manager", table.manager_id);
    visit.column("effect", outcome_unit,
                 "least squares, against the mean of the component's rows; in the unit of the outcome", table.effect);
    visit.column("se", outcome_unit, "standard error of the effect; few pairs: Student's t with df_match of estimation",
                 table.se);
    visit.column("effect_shrunk", outcome_unit,
                 "the effect to expect: drawn to what managers like this one add; for ranks and comparisons",
                 table.effect_shrunk);
    visit.column("low", outcome_unit, "lower end of the 95 % interval of effect_shrunk", table.low);
    visit.column("high", outcome_unit, "upper end", table.high);
    visit.column("probability_top_tenth", unit::probability,
                 "that the manager is above nine tenths of all managers there could be", table.probability_top_tenth);
    visit.column("n_rows", unit::count, "rows under this manager", table.n_rows);
    visit.column("n_sellers", unit::count, "sellers with rows under this manager", table.n_sellers);
    visit.column("n_movers", unit::count, "of these, sellers who also had another manager", table.n_movers);
    visit.column("component", unit::count, "managers linked by common sellers; 1 is the largest group of them",
                 table.component);
    visit.column("status", unit::text,
                 "ok; no_movers: no seller had another manager; period_confounded: all sellers changed at once; "
                 "not_converged; insufficient_df; bridged: hangs on one seller; weak: the data hardly move what was "
                 "known before; other_component: not comparable with component 1",
                 table.status);
}

/// One row a seller, by id.
struct sellers_effects_table {
    id_column seller_id;
    column<double> effect, se;
    column<std::int64_t> n_rows, n_managers, component;
    word_column status;

    sellers_effects_table(const text_column& ids, std::pmr::memory_resource* memory)
        : seller_id(ids, memory), effect(memory), se(memory), n_rows(memory), n_managers(memory), component(memory),
          status(effect_status_words, memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, sellers_effects_table>
void describe(Visitor& visit, Table& table) {
    visit.table("sellers_effects", "what each seller brings under an average manager in an average period");
    visit.column("seller_id", unit::id, "the seller", table.seller_id);
    visit.column("effect", outcome_unit, "own level, in the unit of the outcome", table.effect);
    visit.column("se", outcome_unit, "standard error of the effect", table.se);
    visit.column("n_rows", unit::count, "rows of the seller", table.n_rows);
    visit.column("n_managers", unit::count, "managers the seller had", table.n_managers);
    visit.column("component", unit::count, "component of these managers", table.component);
    visit.column("status", unit::text, "as in value_added", table.status);
}

enum class variance_term : std::uint8_t {
    managers,
    sellers,
    covariance,
    correlation,
    noise_row,
    noise_match,
    prior_independent,
    prior_shared
};
inline constexpr std::array<std::string_view, 8> variance_term_words{"managers",          "sellers",     "covariance",
                                                                     "correlation",       "noise_row",   "noise_match",
                                                                     "prior_independent", "prior_shared"};

/// One row a term.
struct variance_table {
    word_column term;
    column<double> naive, corrected, se;

    explicit variance_table(std::pmr::memory_resource* memory)
        : term(variance_term_words, memory), naive(memory), corrected(memory), se(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, variance_table>
void describe(Visitor& visit, Table& table) {
    visit.table("variance", "how much of the spread of results is due to whom");
    visit.column("term", unit::text,
                 "managers, sellers, covariance, correlation of the two; noise of rows and of seller-manager means; "
                 "what managers were taken to differ by: of their own, and shared with their surroundings",
                 table.term);
    visit.column("naive", outcome_unit,
                 "variance of the estimates, noise included; of noise: over all rows; of the prior: closed form",
                 table.naive);
    visit.column("corrected", outcome_unit,
                 "with the noise taken out (leaving one match out); of noise: over degrees of freedom; of the prior: "
                 "posterior mean",
                 table.corrected);
    visit.column("se", outcome_unit, "standard error of the corrected value; null where it is not known", table.se);
}

/// One row a component; by number.
struct components_table {
    column<std::int64_t> component, n_managers, n_sellers, n_movers, n_rows, n_matches, n_bridges;
    column<double> lambda_2;
    column<std::int64_t> rows_in_leave_out_set;

    explicit components_table(std::pmr::memory_resource* memory)
        : component(memory), n_managers(memory), n_sellers(memory), n_movers(memory), n_rows(memory), n_matches(memory),
          n_bridges(memory), lambda_2(memory), rows_in_leave_out_set(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, components_table>
void describe(Visitor& visit, Table& table) {
    visit.table("components", "groups of managers that common sellers make comparable");
    visit.column("component", unit::count, "1 is the largest by managers", table.component);
    visit.column("n_managers", unit::count, "managers", table.n_managers);
    visit.column("n_sellers", unit::count, "sellers", table.n_sellers);
    visit.column("n_movers", unit::count, "sellers with two managers or more", table.n_movers);
    visit.column("n_rows", unit::count, "rows", table.n_rows);
    visit.column("n_matches", unit::count, "pairs of a seller and a manager", table.n_matches);
    visit.column("n_bridges", unit::count, "sellers without whom it would fall apart", table.n_bridges);
    visit.column("lambda_2", unit::ratio,
                 "how well linked: second eigenvalue of the normalised graph, 0 falls apart; null for one manager",
                 table.lambda_2);
    visit.column("rows_in_leave_out_set", unit::count, "rows behind the corrected variances",
                 table.rows_in_leave_out_set);
}

/// One row a quantity of the fit: what was used and what was left out.
struct estimation_table {
    text_list quantity;
    column<double> value;
    text_list text;

    explicit estimation_table(std::pmr::memory_resource* memory) : quantity(memory), value(memory), text(memory) {}
    void add(std::string_view name, std::optional<double> number, std::string_view word = {}) {
        quantity.emplace_back(name);
        push(value, number);
        text.emplace_back(word);
    }
    void add_word(std::string_view name, std::string_view word) { add(name, std::nullopt, word); }
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, estimation_table>
void describe(Visitor& visit, Table& table) {
    visit.table("estimation", "how value added was estimated: rows used and left out, choices, noise, error bound");
    visit.column("quantity", unit::text, "what", table.quantity);
    visit.column("value", unit::ratio, "its value, in its own unit", table.value);
    visit.column("text", unit::text, "its value where it is a word", table.text);
}

} // namespace dualtrack::estimate
