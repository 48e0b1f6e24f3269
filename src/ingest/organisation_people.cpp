#include <algorithm>
#include <array>

#include "ingest/organisation_build.hpp"

namespace dualtrack::ingest {

namespace {

using org::severity;

std::string_view bare(std::string_view id) noexcept {
    constexpr std::string_view space = " \t\r\n\f\v";
    const std::size_t from = id.find_first_not_of(space);
    if (from == std::string_view::npos) return {};
    return id.substr(from, id.find_last_not_of(space) - from + 1);
}

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Order of ids without surrounding space and without ASCII case.
int compare_bare(std::string_view left, std::string_view right) noexcept {
    left = bare(left);
    right = bare(right);
    const std::size_t n = std::min(left.size(), right.size());
    for (std::size_t i = 0; i < n; ++i) {
        const auto a = static_cast<unsigned char>(lower(left[i]));
        const auto b = static_cast<unsigned char>(lower(right[i]));
        if (a != b) return a < b ? -1 : 1;
    }
    return left.size() == right.size() ? 0 : left.size() < right.size() ? -1 : 1;
}

/// Ids that a person would read as one: equal but for case and surrounding space.
void list_lookalikes(building& site) {
    const org::people_columns& people = site.made.people;
    const std::size_t n = people.id.size();
    if (n < 2) return;
    const text_lookup ids(people.id, site.run.memory);
    const auto id = [&](std::uint32_t person) { return canonical_id(ids.at(person)); };
    std::uint32_t person = 1;
    while (person < n && compare_bare(id(person - 1), id(person)) < 0) ++person;
    if (person == n) return; // they ascend without case too, so no two are alike
    vec<std::uint32_t> order(n, site.run.memory);
    for (std::uint32_t i = 0; i < n; ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
        const int compared = compare_bare(id(left), id(right));
        return compared != 0 ? compared < 0 : left < right;
    });
    vec<std::array<std::int64_t, 2>> pairs(site.run.memory); // later row, earlier row
    for (std::size_t i = 1; i < n; ++i) {
        if (compare_bare(id(order[i - 1]), id(order[i])) != 0) continue;
        const std::int64_t a = people.row[order[i - 1]];
        const std::int64_t b = people.row[order[i]];
        pairs.push_back({std::min(a, b), std::max(a, b)});
    }
    std::sort(pairs.begin(), pairs.end());
    constexpr auto most = static_cast<std::size_t>(org::findings_per_code);
    for (std::size_t i = 0; i < std::min(pairs.size(), most); ++i)
        add_finding(site.findings,
                    {severity::warning, "data.lookalike_id", "people", "person_id", pairs[i][0], pairs[i][1], 1,
                     "two ids are equal but for case and surrounding space; taken as two people"});
    if (pairs.size() > most)
        add_finding(site.findings, {severity::warning, "data.lookalike_id", "people", "person_id", -1, -1,
                                    static_cast<std::int64_t>(pairs.size() - most), "more ids of this kind"});
}

/// A text column in another row order, in memory of its own.
text_column reordered(const text_column& from, std::span<const std::uint32_t> order,
                      std::pmr::memory_resource* memory) {
    const text_lookup rows(from, memory);
    text_builder builder(memory);
    builder.borders.reserve(order.size() + 1);
    for (const std::uint32_t row : order) {
        if (from.has(row))
            builder.push(rows.at(row));
        else
            builder.push_missing();
    }
    return text_builder::finish(std::move(builder));
}

struct prefixed_row {
    std::uint64_t prefix; // first eight bytes of the id, the first one highest
    std::uint32_t row;
};

/// Rows by the bytes of their ids.
vec<std::uint32_t> rows_by_id(const text_column& ids, std::pmr::memory_resource* memory) {
    const text_lookup lookup(ids, memory);
    vec<prefixed_row> rows(ids.size(), memory);
    for (std::uint32_t row = 0; row < ids.size(); ++row) {
        const std::string_view id = canonical_id(lookup.at(row));
        std::uint64_t prefix = 0;
        for (std::size_t i = 0; i < 8; ++i)
            prefix = prefix << 8U | (i < id.size() ? static_cast<unsigned char>(id[i]) : 0U);
        rows[row] = {prefix, row};
    }
    std::sort(rows.begin(), rows.end(), [&](const prefixed_row& left, const prefixed_row& right) {
        if (left.prefix != right.prefix) return left.prefix < right.prefix;
        return canonical_id(lookup.at(left.row)) < canonical_id(lookup.at(right.row));
    });
    vec<std::uint32_t> order(ids.size(), memory);
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = rows[i].row;
    return order;
}

} // namespace

result<void> read_people(const reading& from) {
    org::people_columns& people = from.site.made.people;
    const run_context& run = from.site.run;
    const std::size_t n = from.n_rows();
    DUALTRACK_TRYV(from.ids("person_id", presence::required, people.id));
    DUALTRACK_TRYV(from.text("name", presence::optional, people.name));
    place(people.hired, filled(n, no_date, run));
    DUALTRACK_TRYV(from.dates("hired", presence::optional, people.hired));
    place(people.left, filled(n, no_date, run));
    DUALTRACK_TRYV(from.dates("left", presence::optional, people.left));
    DUALTRACK_TRYV(from.refuse(
        "left", "data.date",
        [&](std::size_t row) {
            return people.left[row] != no_date && people.hired[row] != no_date && people.left[row] < people.hired[row];
        },
        [&](std::size_t row) {
            return say("expected a leaving date on or after the hiring date ", day_text(people.hired[row]), ", found ",
                       day_text(people.left[row]));
        }));
    DUALTRACK_TRYV(from.words_or("left_reason", org::left_reason_words,
                                 static_cast<std::uint8_t>(org::left_reason::unknown), people.left_reason));
    DUALTRACK_TRYV(from.categories("role", presence::optional, people.role));
    DUALTRACK_TRYV(from.categories("market", presence::optional, people.market));
    DUALTRACK_TRYV(from.ids("manager_id", presence::optional, from.site.ids.people_manager));
    return outcome::success();
}

result<void> key_people(building& site) {
    org::people_columns& people = site.made.people;
    const run_context& run = site.run;
    const std::size_t n = people.id.size();
    place(people.row, vec<std::int64_t>(n, run.memory));
    for (std::size_t row = 0; row < n; ++row) people.row[row] = static_cast<std::int64_t>(row);
    DUALTRACK_TRY(const equal_rows twice, site.people.build(run, people.id));
    if (twice.row >= 0)
        return fail(status::data, "data.duplicate_id",
                    say("expected one row a person, found ", quoted(people.id[static_cast<std::size_t>(twice.row)]),
                        " again, also row ", twice.row_2),
                    "people.person_id", twice.row);
    if (!site.people.ascends()) {
        const vec<std::uint32_t> order = rows_by_id(people.id, run.memory);
        place(people.id, reordered(people.id, order, run.memory));
        if (people.name.size() > 0) place(people.name, reordered(people.name, order, run.memory));
        if (site.ids.people_manager.size() > 0)
            place(site.ids.people_manager, reordered(site.ids.people_manager, order, run.memory));
        DUALTRACK_TRYV(reorder(run, order, people.hired));
        DUALTRACK_TRYV(reorder(run, order, people.left));
        DUALTRACK_TRYV(reorder(run, order, people.left_reason));
        DUALTRACK_TRYV(reorder(run, order, people.role.code));
        DUALTRACK_TRYV(reorder(run, order, people.market.code));
        DUALTRACK_TRYV(reorder(run, order, people.row));
        DUALTRACK_TRY(const equal_rows none, site.people.build(run, people.id));
        static_cast<void>(none); // distinct in one order, distinct in any
    }
    return site.people.build_table(run, true);
}

result<void> link_people(building& site) {
    org::people_columns& people = site.made.people;
    const std::size_t n = people.id.size();
    const std::size_t n_orphans = site.made.orphans.row.size();
    DUALTRACK_TRY(auto managers, match_managers(site, site.ids.people_manager, n, "people", 0));
    place(people.manager_now, std::move(managers));
    place(people.manager_unknown, filled(n, std::uint8_t{0}, site.run));
    // The orphans were met in the order of ids; a policy judges them in input order.
    org::orphan_columns& orphans = site.made.orphans;
    vec<std::uint32_t> order(site.run.memory);
    for (std::size_t i = n_orphans; i < orphans.row.size(); ++i) {
        const auto person = static_cast<std::size_t>(orphans.row[i]);
        people.manager_unknown[person] = 1;
        orphans.row[i] = people.row[person];
        order.push_back(static_cast<std::uint32_t>(i));
    }
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t left, std::uint32_t right) { return orphans.row[left] < orphans.row[right]; });
    vec<std::int64_t> rows(site.run.memory);
    vec<std::pmr::string> ids(site.run.memory);
    for (const std::uint32_t i : order) {
        rows.push_back(orphans.row[i]);
        ids.push_back(std::move(orphans.id[i]));
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
        orphans.row[n_orphans + i] = rows[i];
        orphans.id[n_orphans + i] = std::move(ids[i]);
    }
    place(site.ids.people_manager, text_column(site.run.memory));
    list_lookalikes(site);
    return check_lines_now(site);
}

} // namespace dualtrack::ingest
