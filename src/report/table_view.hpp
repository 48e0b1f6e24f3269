// A result table seen without its type: the columns that its `describe` names, in order, each a pointer to one of the
// column kinds of base/describe.hpp. Arrow export, JSON export, digests and the catalog are written once against this.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>
#include <vector>

#include <dualtrack/base/describe.hpp>

namespace dualtrack::report {

/// Pointer to the column of a result table; the kind decides the Arrow type.
using column_pointer = std::variant<const id_column*,             // utf8
                                    const money_column*,          // float64, currency units
                                    const date_column*,           // date32
                                    const flag_column*,           // bool
                                    const word_column*,           // utf8
                                    const name_column*,           // utf8
                                    const text_list*,             // utf8, never null
                                    const text_column*,           // utf8
                                    const column<double>*,        // float64
                                    const column<std::int64_t>*>; // int64

struct column_view {
    std::string_view name, unit, meaning;
    column_pointer data;
};

/// A result table as its description tells it. Valid as long as the table it was made from.
struct table_view {
    std::string_view name, meaning;
    std::vector<column_view> columns;
    std::int64_t n_rows = 0;
};

namespace detail {
struct rows_of {
    std::int64_t operator()(const id_column* c) const { return static_cast<std::int64_t>(c->index.size()); }
    std::int64_t operator()(const money_column* c) const { return static_cast<std::int64_t>(c->minor.size()); }
    std::int64_t operator()(const date_column* c) const { return static_cast<std::int64_t>(c->day.size()); }
    std::int64_t operator()(const flag_column* c) const { return static_cast<std::int64_t>(c->value.size()); }
    std::int64_t operator()(const word_column* c) const { return static_cast<std::int64_t>(c->code.size()); }
    std::int64_t operator()(const name_column* c) const { return static_cast<std::int64_t>(c->code.size()); }
    template <class Other> std::int64_t operator()(const Other* c) const {
        return static_cast<std::int64_t>(c->size());
    }
};

struct collector {
    table_view out;
    void table(std::string_view name, std::string_view meaning) {
        out.name = name;
        out.meaning = meaning;
    }
    template <class Column>
    void column(std::string_view name, std::string_view unit, std::string_view meaning, const Column& data) {
        out.columns.push_back({name, unit, meaning, column_pointer(&data)});
    }
};
} // namespace detail

/// The view of a described table.
template <class Table> [[nodiscard]] table_view view_of(const Table& table) {
    detail::collector collector;
    describe(collector, table);
    if (!collector.out.columns.empty())
        collector.out.n_rows = std::visit(detail::rows_of{}, collector.out.columns.front().data);
    return std::move(collector.out);
}

} // namespace dualtrack::report
