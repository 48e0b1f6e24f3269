#include <algorithm>
#include <array>
#include <vector>

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
                            say("expected a column ", column.name, " (", column.meaning, "), found none"),
                            say(table->name, ".", column.name));
        list_columns_beyond(site, *table, *known);
    }
    return outcome::success();
}

} // namespace dualtrack::ingest
