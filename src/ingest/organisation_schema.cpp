#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <dualtrack/base/nearest.hpp>
#include <dualtrack/org/protected.hpp>

#include "ingest/organisation_build.hpp"

namespace dualtrack::ingest {

namespace {

/// Which tables hold the rows that a table's ids name.
struct table_need {
    std::string_view table;
    std::string_view needs;
};
constexpr std::array<table_need, 16> table_needs{{
    {"activities", "people"},
    {"answers", "people"},
    {"assignments", "people"},
    {"candidates", "people"},
    {"candidates", "vacancies"},
    {"credits", "deals"},
    {"credits", "people"},
    {"deals", "people"},
    {"demographics", "people"},
    {"motives", "people"},
    {"participants", "deals"},
    {"participants", "people"},
    {"pay", "people"},
    {"quotas", "people"},
    {"ratings", "people"},
    {"sales", "people"},
}};

/// Names of columns for a sentence: at most ten of them.
std::string name_list(const std::vector<std::string_view>& names) {
    std::string text;
    const std::size_t shown = std::min<std::size_t>(names.size(), 10);
    for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0) text += ", ";
        text += quoted(names[i]);
    }
    if (names.size() > shown) text += say(" and ", names.size() - shown, " more");
    return text;
}

/// A name as people may write it: `Deal ID` and `dealid` are deal_id.
std::string plain_name(std::string_view name) {
    std::string out;
    for (const char each : name)
        if (each >= 'A' && each <= 'Z')
            out.push_back(static_cast<char>(each - 'A' + 'a'));
        else if (each != '_' && each != ' ' && each != '-')
            out.push_back(each);
    return out;
}

/// The end of a sentence that misses a column.
std::string mistyped_text(std::string_view name) {
    return name.empty() ? std::string() : say("; the nearest name found is ", quoted(name));
}

/// Whether letters of a name were left out, and no others put in: `grpid` for groupid.
bool is_abbreviation(std::string_view plain, std::string_view target) {
    if (plain.empty() || plain.front() != target.front()) return false;
    std::size_t met = 0;
    for (const char each : target)
        if (met < plain.size() && plain[met] == each) ++met;
    return met == plain.size();
}

/// Whether a name looks like another one mistyped.
bool is_near(std::string_view name, std::string_view known) {
    constexpr std::size_t longest = 64;
    if (name.size() > longest || known.back() == '*') return false;
    const std::string plain = plain_name(name);
    const std::string target = plain_name(known);
    const bool is_long = std::min(plain.size(), target.size()) >= 6;
    return edit_distance(plain, target) <= (is_long || is_abbreviation(plain, target) ? 2U : 1U);
}

/// The column of a table, unknown to the contract, that looks most like a known one that is missing, or "".
std::string_view mistyped_of(const input_table& table, const contract_table& known, std::string_view missing) {
    std::string_view found;
    std::size_t least = 0;
    for (std::int64_t i = 0; i < table.schema->n_children; ++i) {
        const std::string_view name = table.schema->children[i]->name;
        if (find_contract_column(known, name) != nullptr || org::is_protected_name(name) || !is_near(name, missing))
            continue;
        const std::size_t distance = edit_distance(plain_name(name), plain_name(missing));
        if (!found.empty() && (distance > least || (distance == least && name >= found))) continue;
        found = name;
        least = distance;
    }
    return found;
}

void list_columns_beyond(building& site, const input_table& table, const contract_table& known) {
    std::vector<std::string_view> extra;
    std::vector<std::string_view> hidden;
    for (std::int64_t i = 0; i < table.schema->n_children; ++i) {
        const std::string_view name = table.schema->children[i]->name;
        if (find_contract_column(known, name) != nullptr) continue;
        (org::is_protected_name(name) ? hidden : extra).push_back(name);
    }
    std::sort(extra.begin(), extra.end());
    std::sort(hidden.begin(), hidden.end());
    for (const contract_column& column : known.columns) {
        if (find_column(table, column.name) >= 0) continue;
        const std::string_view name = mistyped_of(table, known, column.name);
        if (name.empty()) continue;
        add_finding(site.findings,
                    {org::severity::warning, "schema.mistyped_column", table.name, name, -1, -1, 1,
                     say("no analysis reads a column ", quoted(name), "; the nearest known name is ", column.name)});
        std::erase(extra, name);
    }
    for (const std::string_view name : hidden)
        add_finding(site.findings, {org::severity::warning, "schema.protected_column", table.name, name, -1, -1, 1,
                                    "a protected attribute outside demographics was not read"});
    if (!extra.empty())
        add_finding(site.findings, {org::severity::note, "schema.extra_column", table.name, "", -1, -1,
                                    static_cast<std::int64_t>(extra.size()),
                                    say("columns that no analysis reads: ", name_list(extra))});
}

} // namespace

result<void> check_schema(building& site) {
    std::vector<const input_table*> by_name;
    for (const auto& table : site.tables.tables) by_name.push_back(table.get());
    std::sort(by_name.begin(), by_name.end(),
              [](const input_table* left, const input_table* right) { return left->name < right->name; });
    for (const input_table* table : by_name) {
        const contract_table* known = find_contract_table(table->name);
        if (known == nullptr)
            return fail(status::argument, "argument.table_name",
                        say("expected a table of the data contract, found ", quoted(table->name)), table->name);
        for (const table_need& need : table_needs)
            if (need.table == table->name && !site.tables.find(need.needs))
                return fail(status::schema, "schema.missing_table",
                            say("expected a table ", need.needs, ", whose rows ", table->name, " names, found none"),
                            std::string(need.needs));
        for (const contract_column& column : known->columns)
            if (column.is_required && find_column(*table, column.name) < 0)
                return fail(status::schema, "schema.missing_column",
                            say("expected a column ", column.name, " (", column.meaning, "), found none",
                                mistyped_text(mistyped_of(*table, *known, column.name))),
                            say(table->name, ".", column.name));
        list_columns_beyond(site, *table, *known);
    }
    return outcome::success();
}

} // namespace dualtrack::ingest
