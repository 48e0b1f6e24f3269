#include "ingest/cells.hpp"

#include "ingest/contract.hpp"

namespace dualtrack::ingest {

result<cell_column> open_column(const run_context& run, const input_table& table, std::string_view column) {
    const std::int64_t child = find_column(table, column);
    const contract_table* known = find_contract_table(table.name);
    const contract_column* contract = known == nullptr ? nullptr : find_contract_column(*known, column);
    if (child < 0 || contract == nullptr)
        return fail(status::schema, "schema.missing_column", "expected the column, found none of the name",
                    place(table.name, column));
    cell_column opened(run.memory);
    opened.table = &table;
    opened.plan = plan_column(*table.schema, child, contract);
    opened.windows.reserve(table.batches.size());
    for (std::size_t b = 0; b < table.batches.size(); ++b) {
        const column_window from = window_of(*table.batches[b], child, table.first_row[b]);
        cell_window window{from.array, from.array->dictionary, nullptr, from.start, from.n_rows, from.first_row};
        if (from.array->n_buffers > 0 && from.array->null_count != 0)
            window.validity = static_cast<const std::uint8_t*>(from.array->buffers[0]);
        opened.windows.push_back(window);
    }
    return opened;
}

result<void> each_piece(const run_context& run, const cell_column& column,
                        callable<result<void>(const cell_window&, std::int64_t, std::int64_t)> f) {
    run_context context = run;
    context.progress = nullptr; // a column is too small a part of a run to be told
    if (column.n_rows() <= most_serial_rows) context.threads = 1;
    return for_blocks(context, column.n_rows(), block_rows,
                      [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) -> result<void> {
                          auto window = std::upper_bound(
                              column.windows.begin(), column.windows.end(), begin,
                              [](std::int64_t row, const cell_window& w) { return row < w.first_row; });
                          for (--window; window != column.windows.end() && window->first_row < end; ++window) {
                              const std::int64_t from = std::max<std::int64_t>(0, begin - window->first_row);
                              const std::int64_t to = std::min(window->n_rows, end - window->first_row);
                              if (from >= to) continue;
                              DUALTRACK_TRYV(f(*window, from, to));
                          }
                          return outcome::success();
                      });
}

cell_window entries_of(const cell_window& window) noexcept {
    const ArrowArray* from = window.dictionary;
    cell_window entries{from, nullptr, nullptr, from->offset, from->length, 0};
    if (from->n_buffers > 0 && from->null_count != 0)
        entries.validity = static_cast<const std::uint8_t*>(from->buffers[0]);
    return entries;
}

error wrong_type(const cell_column& column, std::string_view expected) {
    const physical found = column.cell_type().kind;
    std::string message = "expected ";
    message += expected;
    message += ", found ";
    if (column.plan.is_dictionary) message += "a dictionary of ";
    message += type_text(column.cell_type());
    const cell_kind kind = column.plan.contract->kind;
    const bool is_name =
        kind == cell_kind::id || kind == cell_kind::text || kind == cell_kind::word || kind == cell_kind::category;
    if (is_text(found) && !is_name) message += "; text is never parsed, so cast the column before it is handed over";
    if (is_floating(found) && kind == cell_kind::id)
        message += "; integers with missing values must stay integers, so cast the column before it is handed over";
    return {status::schema, "schema.type", std::move(message), column.where(), -1};
}

bool has_missing(const cell_column& column) noexcept {
    if (column.cell_type().kind == physical::null) return column.n_rows() > 0;
    for (const cell_window& window : column.windows) {
        if (count_missing(window) > 0) return true;
        if (column.plan.is_dictionary && count_missing(entries_of(window)) > 0) return true;
    }
    return false;
}

std::string_view time_zone(const input_table& table, std::string_view column) noexcept {
    const std::int64_t child = find_column(table, column);
    if (child < 0) return {};
    const ArrowSchema& from = *table.schema->children[child];
    return read_format(from.dictionary == nullptr ? from.format : from.dictionary->format).zone;
}

found_cells found_in(const input_table& table, std::string_view column) noexcept {
    const std::int64_t child = find_column(table, column);
    if (child < 0) return found_cells::none;
    const ArrowSchema& from = *table.schema->children[child];
    const physical kind = read_format(from.dictionary == nullptr ? from.format : from.dictionary->format).kind;
    if (kind == physical::null) return found_cells::nulls;
    if (kind == physical::boolean) return found_cells::flags;
    if (is_text(kind)) return found_cells::text;
    if (is_whole_number(kind)) return found_cells::integers;
    if (is_floating(kind) || kind == physical::decimal128) return found_cells::numbers;
    if (kind == physical::date32 || kind == physical::date64 || is_timestamp(kind)) return found_cells::dates;
    return found_cells::other;
}

} // namespace dualtrack::ingest
