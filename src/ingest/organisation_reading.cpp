#include <atomic>

#include "ingest/organisation_build.hpp"

namespace dualtrack::ingest {

namespace {

constexpr std::int64_t largest_amount = 9'000'000'000'000'000;    // minor units, of one cell
constexpr std::int64_t largest_total = 9'000'000'000'000'000'000; // of the absolute values of a column

/// What a message may show of a cell: personal cells stay hidden.
std::string shown(const reading& from, std::string_view column, std::int64_t amount) {
    const contract_table* table = find_contract_table(from.table->name);
    const contract_column* known = table == nullptr ? nullptr : find_contract_column(*table, column);
    return known == nullptr || known->is_personal ? std::string("[redacted]") : money_text(amount);
}

} // namespace

result<void> reading::ids(std::string_view column, presence need, text_column& to) const {
    if (!has(column)) return outcome::success();
    DUALTRACK_TRY(auto read, read_ids(site.run, table, column, need));
    place(to, std::move(read));
    return outcome::success();
}

result<void> reading::text(std::string_view column, presence need, text_column& to) const {
    if (!has(column)) return outcome::success();
    DUALTRACK_TRY(auto read, read_text(site.run, table, column, need));
    place(to, std::move(read));
    return outcome::success();
}

result<void> reading::dates(std::string_view column, presence need, vec<std::int32_t>& to) const {
    if (!has(column)) return outcome::success();
    DUALTRACK_TRY(auto read, read_dates(site.run, *table, column, need));
    place(to, std::move(read));
    const std::string_view zone = time_zone(*table, column);
    if (!zone.empty() && zone != "UTC" && zone != "Etc/UTC" && zone != "+00:00")
        add_finding(
            site.findings,
            {org::severity::note, "data.timezone", table->name, column, -1, -1, static_cast<std::int64_t>(n_rows()),
             say("days are those of the timestamps as written, their time zone ", quoted(zone), " was not applied")});
    return outcome::success();
}

result<void> reading::money(std::string_view column, presence need, vec<std::int64_t>& to) const {
    if (!has(column)) return outcome::success();
    DUALTRACK_TRY(auto read, read_money(site.run, *table, column, need));
    const auto magnitude = [&](std::size_t row) {
        return read[row] == no_money ? std::int64_t{0} : read[row] < 0 ? -read[row] : read[row];
    };
    std::atomic<bool> one_too_large{false};
    const auto total_of_block = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        std::int64_t total = 0;
        for (auto row = static_cast<std::size_t>(begin); row < static_cast<std::size_t>(end); ++row) {
            const std::int64_t amount = magnitude(row);
            if (amount > largest_amount) {
                one_too_large.store(true, std::memory_order_relaxed);
                return largest_total;
            }
            total = std::min(largest_total, total + amount);
        }
        return total;
    };
    DUALTRACK_TRY(const std::int64_t total,
                  map_reduce_blocks<std::int64_t>(
                      site.run, table->n_rows, column_block, total_of_block, [](std::int64_t left, std::int64_t right) {
                          return left > largest_total - right ? largest_total : left + right;
                      }));
    if (one_too_large.load()) {
        DUALTRACK_TRYV(refuse(
            column, "data.numeric_range", [&](std::size_t row) { return magnitude(row) > largest_amount; },
            [&](std::size_t row) {
                return say("expected an amount of at most 90000000000000, found ", shown(*this, column, read[row]));
            }));
    }
    if (total >= largest_total)
        return fail(status::data, "data.numeric_range",
                    "expected amounts that total less than 90000000000000000, found more", where(column));
    place(to, std::move(read));
    return outcome::success();
}

result<void> reading::numbers(std::string_view column, presence need, dualtrack::column<double>& to) const {
    if (!has(column)) return outcome::success();
    DUALTRACK_TRY(auto read, read_numbers(site.run, *table, column, need));
    place(to, std::move(read));
    return outcome::success();
}

result<void> reading::numbers(std::string_view column, vec<double>& to) const {
    if (!has(column)) return outcome::success();
    DUALTRACK_TRY(auto read, read_numbers(site.run, *table, column, presence::required));
    place(to, std::move(read.value));
    return outcome::success();
}

result<void> reading::flags(std::string_view column, presence need, vec<std::uint8_t>& to) const {
    if (!has(column)) return outcome::success();
    DUALTRACK_TRY(auto read, read_flags(site.run, *table, column, need));
    place(to, std::move(read));
    return outcome::success();
}

result<void> reading::words(std::string_view column, std::span<const std::string_view> list, presence need,
                            vec<std::uint8_t>& to) const {
    if (!has(column)) return outcome::success();
    DUALTRACK_TRY(auto read, read_words(site.run, *table, column, list, need));
    place(to, std::move(read));
    return outcome::success();
}

result<void> reading::words_or(std::string_view column, std::span<const std::string_view> list, std::uint8_t standard,
                               vec<std::uint8_t>& to) const {
    if (!has(column)) {
        place(to, filled(n_rows(), standard, site.run));
        return outcome::success();
    }
    DUALTRACK_TRYV(words(column, list, presence::optional, to));
    for (std::uint8_t& word : to)
        if (word == 255) word = standard;
    return outcome::success();
}

result<void> reading::categories(std::string_view column, presence need, category_column& to) const {
    if (!has(column)) return outcome::success();
    DUALTRACK_TRY(auto read, read_categories(site.run, *table, column, need));
    place(to, std::move(read));
    return outcome::success();
}

result<void> reading::currencies(presence need, vec<std::uint32_t>& to, text_column& words_met) const {
    if (!has("currency")) return outcome::success();
    DUALTRACK_TRY(auto read, read_categories(site.run, *table, "currency", need));
    if (read.names.size() == 0) return outcome::success();
    place(to, std::move(read.code));
    place(words_met, std::move(read.names));
    return outcome::success();
}

} // namespace dualtrack::ingest
