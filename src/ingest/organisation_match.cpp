#include <array>
#include <utility>

#include "ingest/organisation_build.hpp"

namespace dualtrack::ingest {

namespace {

constexpr std::int64_t block_rows = 1 << 15;

/// Rows of one block; equal neighbours are looked up once.
result<void> match_block(const text_column& ids, std::int64_t begin, std::int64_t end, const id_index& index,
                         const id_reference& what, std::uint32_t* out) {
    constexpr std::size_t batch = id_index::batch;
    constexpr std::uint8_t from_before = 254;
    constexpr std::uint8_t missing = 255;
    std::array<std::string_view, batch> wanted;
    std::array<id_key, batch> key;
    std::array<std::uint32_t, batch> found{};
    std::array<std::uint8_t, batch> place_of{};
    std::string_view last_id;
    id_key last_key;
    std::uint32_t last_row = no_index;
    text_cursor cursor(ids, begin);
    for (std::int64_t row = begin; row < end;) {
        const auto n = static_cast<std::size_t>(std::min<std::int64_t>(static_cast<std::int64_t>(batch), end - row));
        std::size_t n_wanted = 0;
        std::uint8_t last_place = from_before;
        for (std::size_t i = 0; i < n; ++i) {
            const std::int64_t here = row + static_cast<std::int64_t>(i);
            if (!cursor.has(here)) {
                place_of[i] = missing;
                continue;
            }
            const std::string_view id = canonical_id(cursor.at(here));
            const id_key its_key = key_of(id);
            const bool again = its_key == last_key && id.size() == last_id.size() && (id.size() <= 16 || id == last_id);
            if (!again) {
                last_id = id;
                last_key = its_key;
                last_place = static_cast<std::uint8_t>(n_wanted);
                wanted[n_wanted] = id;
                key[n_wanted] = its_key;
                ++n_wanted;
            }
            place_of[i] = last_place;
        }
        index.find_many(wanted.data(), key.data(), n_wanted, found.data());
        for (std::size_t i = 0; i < n; ++i) {
            const std::uint32_t target = place_of[i] == missing       ? no_index
                                         : place_of[i] == from_before ? last_row
                                                                      : found[place_of[i]];
            if (target == no_index && place_of[i] != missing && !what.may_be_unknown)
                return unknown_id(ids, row + static_cast<std::int64_t>(i), what);
            out[i] = target;
        }
        if (n_wanted > 0) last_row = found[n_wanted - 1];
        out += n;
        row += static_cast<std::int64_t>(n);
    }
    return outcome::success();
}

/// Rows of one block whose ids say their row by number.
result<void> match_numbered_block(const text_column& ids, std::int64_t begin, std::int64_t end, const id_index& index,
                                  const id_reference& what, std::uint32_t* out) {
    text_cursor cursor(ids, begin);
    for (std::int64_t row = begin; row < end; ++row, ++out) {
        *out = cursor.has(row) ? index.find_numbered(canonical_id(cursor.at(row))) : no_index;
        if (*out == no_index && !what.may_be_unknown && cursor.has(row)) return unknown_id(ids, row, what);
    }
    return outcome::success();
}

} // namespace

result<void> unknown_id(const text_column& ids, std::int64_t row, const id_reference& what) {
    return fail(status::data, "data.unknown_id",
                say("expected ", what.target, ", found ", quoted(ids[static_cast<std::size_t>(row)])),
                say(what.table, ".", what.column), row);
}

result<vec<std::uint32_t>> match_ids(const run_context& run, const text_column& ids, std::size_t n,
                                     const id_index& index, const id_reference& what) {
    if (ids.size() == 0) return vec<std::uint32_t>(n, no_index, run.memory);
    vec<std::uint32_t> rows(run.memory);
    resize_touched(run, rows, n);
    DUALTRACK_TRYV(for_blocks(run, static_cast<std::int64_t>(n), block_rows,
                              [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                                  const auto match = index.is_numbered() ? match_numbered_block : match_block;
                                  return match(ids, begin, end, index, what, rows.data() + begin);
                              }));
    return rows;
}

result<vec<std::uint32_t>> match_people(const building& site, text_column& ids, std::size_t n, std::string_view table,
                                        std::string_view column) {
    DUALTRACK_TRY(auto rows, match_ids(site.run, ids, n, site.people, {table, column, "the id of a person in people"}));
    place(ids, text_column(site.run.memory)); // what was read is no longer needed
    return rows;
}

result<vec<std::uint32_t>> match_managers(building& site, const text_column& ids, std::size_t n, std::string_view table,
                                          std::uint8_t orphan_table) {
    DUALTRACK_TRY(auto rows, match_ids(site.run, ids, n, site.people, {table, "manager_id", "", true}));
    if (ids.size() == 0 || n == 0) return rows;
    org::orphan_columns& orphans = site.made.orphans;
    text_cursor cursor(ids, 0);
    for (std::size_t row = 0; row < n; ++row) {
        const auto here = static_cast<std::int64_t>(row);
        if (rows[row] != no_index || !cursor.has(here)) continue;
        orphans.table.push_back(orphan_table);
        orphans.row.push_back(here);
        orphans.id.emplace_back(cursor.at(here));
    }
    return rows;
}

} // namespace dualtrack::ingest
