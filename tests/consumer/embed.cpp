// A host in C++: inlines a single stage from the installed headers, and runs an analysis with the static library.
#include <dualtrack/dualtrack.hpp>

#include <array>
#include <cstdio>
#include <string>

#include <ingest/organisation.hpp>
#include <ingest/policy.hpp>
#include <ingest/table.hpp>
#include <report/export.hpp>
#include <run/analysis.hpp>

namespace {

dualtrack::result<std::string> sellers_as_json() {
    using namespace dualtrack;
    ingest::table_set tables;
    DUALTRACK_TRYV(ingest::add_json_rows(tables, "people", R"([{"person_id":"ann"},{"person_id":"bob"}])"));
    DUALTRACK_TRYV(ingest::add_json_rows(tables, "deals", R"([
        {"deal_id":"d1","owner_id":"ann","amount":100.25,"closed":"2024-01-15","outcome":"won"},
        {"deal_id":"d2","owner_id":"bob","amount":70,"closed":"2024-02-20","outcome":"won"}])"));
    DUALTRACK_TRY(const auto data, ingest::build_organisation(run_context{}, std::move(tables)));
    DUALTRACK_TRY(const auto policy, ingest::parse_policy(R"({"version":1})"));
    DUALTRACK_TRY(const auto result, run::find_analysis("measures")->run(run_context{}, data, policy));
    for (const auto& table : result->tables)
        if (table.name() == "sellers") return report::export_json(table.get().view);
    return fail(status::internal, "internal.result", "expected a table sellers, found none");
}

} // namespace

int main() {
    // A hundred dollars in three equal parts: no cent is lost.
    constexpr std::array<double, 3> shares{1.0, 1.0, 1.0};
    std::array<std::int64_t, 3> cents{};
    dualtrack::measure::split_amount(10000, shares, cents);
    if (cents[0] + cents[1] + cents[2] != 10000) return 1;

    const auto sellers = sellers_as_json();
    if (!sellers || sellers.value().find("100.25") == std::string::npos) return 2;
    std::puts("embedded in C++");
}
