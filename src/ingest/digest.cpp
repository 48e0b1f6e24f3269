#include "ingest/digest.hpp"

#include "ingest/contract.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dualtrack::ingest {
namespace {

struct date_cells {
    vec<std::int32_t> day;
};
struct money_cells {
    vec<std::int64_t> minor;
};
struct flag_cells {
    vec<std::uint8_t> value;
};
struct word_cells {
    vec<std::uint8_t> code;
    std::span<const std::string_view> words;
};

using cells = std::variant<text_column, date_cells, money_cells, column<double>, column<std::int64_t>, flag_cells,
                           word_cells, category_column>;

struct append_cell {
    cell_bytes& to;
    std::size_t row;

    void operator()(const text_column& c) const {
        const text_chunk& chunk = c.chunk_of(row);
        const std::int64_t place = static_cast<std::int64_t>(row) - chunk.first_row;
        if (chunk.has(place)) to.text(chunk.at(place));
        else to.missing();
    }
    void operator()(const date_cells& c) const { whole_or_missing(c.day[row], c.day[row] != no_date); }
    void operator()(const money_cells& c) const { whole_or_missing(c.minor[row], c.minor[row] != no_money); }
    void operator()(const flag_cells& c) const { whole_or_missing(c.value[row], c.value[row] <= 1); }
    void operator()(const column<std::int64_t>& c) const { whole_or_missing(c.value[row], c.has(row)); }
    void operator()(const column<double>& c) const {
        if (c.has(row)) to.real(c.value[row]);
        else to.missing();
    }
    void operator()(const word_cells& c) const {
        if (c.code[row] < c.words.size()) to.text(c.words[c.code[row]]);
        else to.missing();
    }
    void operator()(const category_column& c) const {
        if (c.has(row)) to.text(c.names[c.code[row]]);
        else to.missing();
    }
    void whole_or_missing(std::int64_t value, bool there) const {
        if (there) to.whole(value);
        else to.missing();
    }
};

result<cells> read_cells(const run_context& run, const std::shared_ptr<const input_table>& table,
                         std::string_view column, const contract_column& known) {
    constexpr presence need = presence::optional;  // nulls were judged when the data was checked
    switch (known.kind) {
    case cell_kind::id: {
        DUALTRACK_TRY(text_column read, read_ids(run, table, column, need));
        return cells(std::move(read));
    }
    case cell_kind::text: {
        DUALTRACK_TRY(text_column read, read_text(run, table, column, need));
        return cells(std::move(read));
    }
    case cell_kind::date: {
        DUALTRACK_TRY(vec<std::int32_t> read, read_dates(run, *table, column, need));
        return cells(date_cells{std::move(read)});
    }
    case cell_kind::money: {
        DUALTRACK_TRY(vec<std::int64_t> read, read_money(run, *table, column, need));
        return cells(money_cells{std::move(read)});
    }
    case cell_kind::number: {
        DUALTRACK_TRY(dualtrack::column<double> read, read_numbers(run, *table, column, need));
        return cells(std::move(read));
    }
    case cell_kind::integer: {
        DUALTRACK_TRY(dualtrack::column<std::int64_t> read, read_integers(run, *table, column, need));
        return cells(std::move(read));
    }
    case cell_kind::flag: {
        DUALTRACK_TRY(vec<std::uint8_t> read, read_flags(run, *table, column, need));
        return cells(flag_cells{std::move(read)});
    }
    case cell_kind::word: {
        DUALTRACK_TRY(vec<std::uint8_t> read, read_words(run, *table, column, known.words, need));
        return cells(word_cells{std::move(read), known.words});
    }
    case cell_kind::category: break;
    }
    DUALTRACK_TRY(category_column read, read_categories(run, *table, column, need));
    return cells(std::move(read));
}

}  // namespace

result<table_digest> digest_table(const run_context& run, std::shared_ptr<const input_table> table) {
    const contract_table* contract = find_contract_table(table->name);
    table_digest out{table->name, table->n_rows, {}, {}, {}};
    std::vector<std::pair<std::string_view, const contract_column*>> known;
    for (std::int64_t i = 0; contract != nullptr && i < table->schema->n_children; ++i) {
        const std::string_view name = table->schema->children[i]->name;
        const contract_column* column = find_contract_column(*contract, name);
        if (column != nullptr) known.emplace_back(name, column);
    }
    std::sort(known.begin(), known.end());
    std::vector<cells> columns;
    columns.reserve(known.size());
    for (const auto& [name, column] : known) {
        DUALTRACK_TRY(cells read, read_cells(run, table, name, *column));
        const auto append = [&read](cell_bytes& to, std::size_t row) { std::visit(append_cell{to, row}, read); };
        const std::string_view kind = cell_kind_words[static_cast<std::size_t>(column->kind)];
        DUALTRACK_TRY(column_digest digest, digest_column(run, name, kind, table->n_rows, append));
        out.columns.push_back(std::move(digest));
        columns.push_back(std::move(read));
    }
    digest_order(out);
    const auto append_row = [&columns](cell_bytes& to, std::size_t row) {
        for (const cells& column : columns) std::visit(append_cell{to, row}, column);
    };
    DUALTRACK_TRYV(digest_set(run, out, append_row));
    return out;
}

}  // namespace dualtrack::ingest
