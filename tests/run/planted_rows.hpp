// A random organisation as JSON rows, so that a test can shuffle them, rename people, or add a market, and run again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/random.hpp>
#include <dualtrack/base/text.hpp>

#include "measure/small_organisation.hpp"
#include "report/export.hpp"
#include "run/analysis.hpp"

namespace dualtrack::test {

/// Tables as lists of JSON objects.
using row_lists = std::map<std::string, std::vector<std::string>>;

struct row_text {
    std::string json = "{";
    row_text& text(const char* name, const std::string& value) { return raw(name, "\"" + value + "\""); }
    row_text& number(const char* name, double value) { return raw(name, number_text(value)); }
    row_text& day(const char* name, std::int32_t value) {
        return text(name, std::string(calendar::format_iso_date(value).view()));
    }
    row_text& raw(const char* name, const std::string& value) {
        json += (json.size() > 1 ? ",\"" : "\"") + std::string(name) + "\":" + value;
        return *this;
    }
    [[nodiscard]] std::string done() const { return json + "}"; }
};

/// `id_prefix` keeps the order of ids; `market` names where everybody works.
inline row_lists random_rows(std::uint64_t seed, int n_sellers, int n_deals, const std::string& id_prefix = "p",
                             const std::string& market = "north", const std::string& name_suffix = "") {
    random::stream draw(random::place{.seed = seed, .purpose = 9});
    row_lists out;
    const auto below = [&](int n) { return static_cast<int>(random::below(draw, static_cast<std::uint64_t>(n))); };
    const std::int32_t start = *calendar::parse_iso_date("2023-01-01");
    const int n_managers = std::max(1, n_sellers / 6);
    const auto id = [&](int i) {
        const std::string digits = integer_text(1000 + i);
        return id_prefix + digits;
    };
    for (int i = 0; i < n_managers + n_sellers; ++i) {
        row_text row;
        row.text("person_id", id(i)).text("name", "Name " + integer_text(i) + name_suffix).text("market", market);
        row.day("hired", start - 400 + below(500));
        if (i >= n_managers && below(6) == 0) row.day("left", start + 250 + below(200)).text("left_reason", "resigned");
        out["people"].push_back(row.done());
    }
    for (int i = n_managers; i < n_managers + n_sellers; ++i) {
        const int change = start + 30 + below(300);
        out["assignments"].push_back(row_text()
                                         .text("person_id", id(i))
                                         .text("manager_id", id(below(n_managers)))
                                         .day("start", start - 400)
                                         .day("end", change)
                                         .done());
        out["assignments"].push_back(
            row_text().text("person_id", id(i)).text("manager_id", id(below(n_managers))).day("start", change).done());
        for (int quarter = 0; quarter < 4; ++quarter)
            out["quotas"].push_back(row_text()
                                        .text("person_id", id(i))
                                        .day("start", calendar::add_months(start, 3 * quarter))
                                        .day("end", calendar::add_months(start, 3 * quarter + 3))
                                        .number("amount", 1000 + below(900000) / 100.0)
                                        .done());
        out["pay"].push_back(row_text()
                                 .text("person_id", id(i))
                                 .day("start", start - 100)
                                 .number("base", 40000 + below(20000))
                                 .number("target_variable", below(40000))
                                 .number("paid_variable", below(40000))
                                 .done());
    }
    for (int m = 0; m < n_managers; ++m)
        out["pay"].push_back(row_text()
                                 .text("person_id", id(m))
                                 .day("start", start - 100)
                                 .number("base", 70000 + below(20000))
                                 .number("target_variable", 20000)
                                 .done());
    for (int d = 0; d < n_deals; ++d) {
        const std::string deal = id_prefix + "-deal" + integer_text(d);
        const std::int32_t opened = start + below(300);
        const int outcome = below(10);
        const auto owner = [&] { return id(n_managers + below(n_sellers)); };
        row_text row;
        row.text("deal_id", deal).text("owner_id", owner()).day("opened", opened);
        if (outcome < 9) row.day("closed", opened + below(90));
        row.text("outcome", outcome < 6 ? "won" : outcome < 9 ? "lost" : "open");
        if (outcome < 6) row.number("amount", (1 + below(10000000)) / 100.0);
        out["deals"].push_back(row.done());
        if (below(3) > 0) {
            std::vector<int> people(static_cast<std::size_t>(n_sellers));
            std::iota(people.begin(), people.end(), n_managers);
            const int n = 1 + below(std::min(4, n_sellers));
            for (int i = 0; i < n; ++i) {
                std::swap(people[static_cast<std::size_t>(i)],
                          people[static_cast<std::size_t>(i + below(n_sellers - i))]);
                out["credits"].push_back(row_text()
                                             .text("deal_id", deal)
                                             .text("person_id", id(people[static_cast<std::size_t>(i)]))
                                             .number("share", 1.0 / n)
                                             .done());
            }
        }
        if (below(4) == 0) {
            const char* parts[] = {"seller", "manager", "mentor", "specialist"};
            out["participants"].push_back(row_text()
                                              .text("deal_id", deal)
                                              .text("person_id", owner())
                                              .text("part", parts[below(4)])
                                              .day("joined", opened)
                                              .done());
        }
    }
    for (int i = 0; i < n_sellers * 3; ++i)
        out["activities"].push_back(row_text()
                                        .text("actor_id", id(n_managers + below(n_sellers)))
                                        .text("kind", below(2) == 0 ? "mentoring" : "recognition")
                                        .day("start", start + below(365))
                                        .number("minutes", below(90) + 0.25)
                                        .done());
    return out;
}

inline void shuffle_rows(row_lists& tables, std::uint64_t seed) {
    random::stream draw(random::place{.seed = seed, .purpose = 10});
    for (auto& [name, rows] : tables)
        for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random::below(draw, i)]);
}

inline void append_rows(row_lists& to, const row_lists& from) {
    for (const auto& [name, rows] : from) to[name].insert(to[name].end(), rows.begin(), rows.end());
}

inline std::shared_ptr<const ingest::checked_data> data_of(const row_lists& tables, const run_context& run = {}) {
    ingest::table_set set;
    for (const auto& [name, rows] : tables) {
        std::string json = "[";
        for (const std::string& row : rows) json += (json.size() > 1 ? ",\n" : "") + row;
        if (auto added = ingest::add_json_rows(set, name, json + "]"); !added)
            throw std::runtime_error(said(added.error()));
    }
    auto data = ingest::build_organisation(run, std::move(set));
    if (!data) throw std::runtime_error(said(data.error()));
    return std::move(data).value();
}

/// The result tables of an analysis as JSON, by name, findings left out (they name input rows).
inline std::map<std::string, std::string> results_of(const row_lists& tables, std::string_view analysis,
                                                     std::string_view policy = R"({"version":1,"as_of":"2023-12-31"})",
                                                     int threads = 1) {
    run_context run;
    run.threads = threads;
    auto result = run::find_analysis(analysis)->run(run, data_of(tables, run), policy_of(policy));
    if (!result) throw std::runtime_error(said(result.error()));
    std::map<std::string, std::string> out;
    for (const auto& table : result.value()->tables)
        if (table.name() != "findings") out[std::string(table.name())] = report::export_json(table.get().view);
    return out;
}

/// What an analysis says when it does not run.
inline std::string refusal(const row_lists& tables, std::string_view analysis, const std::string& policy) {
    try {
        results_of(tables, analysis, policy);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "not refused";
}

/// A policy of the simulator.
inline std::string simulation_policy(const std::string& simulation) {
    return R"({"version":1,"simulation":{)" + simulation + "}}";
}

inline std::string simulation_refusal(const std::string& simulation) {
    return refusal({}, "simulation", simulation_policy(simulation));
}

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// The rows of a JSON table that hold a text.
inline std::vector<std::string> rows_with(const std::string& table, const std::string& part) {
    std::vector<std::string> out;
    for (std::size_t from = table.find('{'); from != std::string::npos; from = table.find('{', from + 1)) {
        const std::string row = table.substr(from, table.find('}', from) - from + 1);
        if (has(row, part)) out.push_back(row);
    }
    return out;
}

/// A field of the first row of a JSON table that contains a text; "no row" and "no field" where there is none.
inline std::string field_of(const std::string& table, std::string_view key, const std::string& name) {
    const auto at = table.find(key);
    if (at == std::string::npos) return "no row";
    const auto begin = table[at] == '{' ? at : table.rfind('{', at);
    const std::string row = table.substr(begin, table.find('}', at) - begin + 1);
    const auto found = row.find("\"" + name + "\":");
    if (found == std::string::npos) return "no field";
    const auto value = found + name.size() + 3;
    return row.substr(value, row.find_first_of(",}", value) - value);
}

/// The sentences of the findings of one code, in order.
inline std::vector<std::string> findings_of(const row_lists& tables, std::string_view analysis, std::string_view code,
                                            std::string_view policy = R"({"version":1,"as_of":"2023-12-31"})") {
    auto result = run::find_analysis(analysis)->run(run_context{}, data_of(tables), policy_of(policy));
    if (!result) throw std::runtime_error(said(result.error()));
    std::vector<std::string> out;
    const auto& made = result.value()->tables.back().get();
    const auto* findings = static_cast<const org::findings_table*>(made.owner.get());
    for (std::size_t i = 0; i < findings->size(); ++i)
        if (findings->code[i] == code) out.emplace_back(findings->text[i]);
    return out;
}

} // namespace dualtrack::test
