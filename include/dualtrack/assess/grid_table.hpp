// The grid as a table: nine boxes a person, with probabilities.
#pragma once

#include <concepts>
#include <type_traits>

#include <dualtrack/assess/grid.hpp>
#include <dualtrack/base/describe.hpp>

namespace dualtrack::assess {

/// One row a person and box; by person, then performance, then readiness.
struct grid_table {
    id_column person_id;
    word_column performance, readiness;
    column<double> probability;
    flag_column likeliest;

    grid_table(const text_column& ids, std::pmr::memory_resource* memory)
        : person_id(ids, memory), performance(level_words, memory), readiness(level_words, memory), probability(memory),
          likeliest(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, grid_table>
void describe(Visitor& visit, Table& table) {
    visit.table("grid", "performance by readiness: the probability of each of the nine boxes");
    visit.column("person_id", unit::id, "the person", table.person_id);
    visit.column("performance", unit::text, "low, middle, high: sales with luck taken out", table.performance);
    visit.column("readiness", unit::text, "low, middle, high", table.readiness);
    visit.column("probability", unit::probability, "of this box; nine of them sum to 1", table.probability);
    visit.column("likeliest", unit::flag, "the box with the highest probability", table.likeliest);
}

/// How the standing moved between two dates; by person.
struct grid_moves_table {
    id_column person_id;
    date_column before, now;
    column<double> performance_change, performance_change_sd, readiness_change, readiness_change_sd;

    grid_moves_table(const text_column& ids, std::pmr::memory_resource* memory)
        : person_id(ids, memory), before(memory), now(memory), performance_change(memory),
          performance_change_sd(memory), readiness_change(memory), readiness_change_sd(memory) {}
};

template <class Visitor, class Table>
requires std::same_as<std::remove_const_t<Table>, grid_moves_table>
void describe(Visitor& visit, Table& table) {
    visit.table("grid_moves", "how people moved in the grid since the earlier date of the policy");
    visit.column("person_id", unit::id, "the person", table.person_id);
    visit.column("before", unit::date, "the earlier date", table.before);
    visit.column("now", unit::date, "the last day that counts", table.now);
    visit.column("performance_change", unit::standard_deviations, "performance_z now less then",
                 table.performance_change);
    visit.column("performance_change_sd", unit::standard_deviations, "its uncertainty, both dates taken as independent",
                 table.performance_change_sd);
    visit.column("readiness_change", unit::standard_deviations, "readiness_z now less then", table.readiness_change);
    visit.column("readiness_change_sd", unit::standard_deviations,
                 "its uncertainty, both dates taken as independent: at most this", table.readiness_change_sd);
}

} // namespace dualtrack::assess
