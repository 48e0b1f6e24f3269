#include "report/export.hpp"

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/json_text.hpp>

#include <limits>

namespace dualtrack::report {
namespace {

/// Appends the cell of one row; null for what is missing.
struct cell_writer {
    std::string& to;
    std::size_t row;

    void missing() const { to.append("null"); }
    void text_or_missing(const text_column* texts, std::uint32_t index) const {
        if (index == no_index || texts == nullptr || !texts->has(index)) missing();
        else append_json_text(to, (*texts)[index]);
    }
    void number(double value) const {
        constexpr double most = std::numeric_limits<double>::max();
        if (value >= -most && value <= most) append_json_number(to, value);
        else missing();
    }

    void operator()(const id_column* c) const { text_or_missing(c->ids, c->index[row]); }
    void operator()(const name_column* c) const { text_or_missing(c->names, c->code[row]); }
    void operator()(const money_column* c) const {
        if (c->minor[row] == no_money) missing();
        else append_json_number(to, static_cast<double>(c->minor[row]) / 100.0);
    }
    void operator()(const date_column* c) const {
        const auto date = calendar::format_iso_date(c->day[row]);
        if (date.size == 0) missing();
        else append_json_text(to, date.view());
    }
    void operator()(const flag_column* c) const {
        if (c->value[row] > 1) missing();
        else to.append(c->value[row] == 1 ? "true" : "false");
    }
    void operator()(const word_column* c) const {
        if (c->code[row] >= c->words.size()) missing();
        else append_json_text(to, c->words[c->code[row]]);
    }
    void operator()(const text_list* c) const { append_json_text(to, (*c)[row]); }
    void operator()(const text_column* c) const {
        if (c->has(row)) append_json_text(to, (*c)[row]);
        else missing();
    }
    void operator()(const column<double>* c) const {
        if (c->has(row)) number(c->value[row]);
        else missing();
    }
    void operator()(const column<std::int64_t>* c) const {
        if (c->has(row)) append_integer(to, c->value[row]);
        else missing();
    }
};

}  // namespace

std::string export_json(const table_view& table) {
    std::string out("[");
    std::vector<std::string> openings;  // {"first": or ,"second":
    for (const column_view& column : table.columns) {
        std::string& opening = openings.emplace_back(openings.empty() ? "{" : ",");
        append_json_text(opening, column.name);
        opening.push_back(':');
    }
    for (std::int64_t row = 0; row < table.n_rows; ++row) {
        if (row != 0) out.push_back(',');
        for (std::size_t i = 0; i < openings.size(); ++i) {
            out.append(openings[i]);
            std::visit(cell_writer{out, static_cast<std::size_t>(row)}, table.columns[i].data);
        }
        out.push_back('}');
    }
    out.push_back(']');
    return out;
}

}  // namespace dualtrack::report
