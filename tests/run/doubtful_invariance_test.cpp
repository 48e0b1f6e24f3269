// Doubtful data too give the same bytes for any row order and thread count, and the same findings but for their rows.
#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "planted_rows.hpp"

namespace {

using namespace dualtrack;
using test::row_lists;
using test::row_text;

/// A random organisation with clawbacks, quotas that leave days out, begin within a month, overlap, or are of teams,
/// rows without a currency beside two, and rows of the future.
row_lists doubtful_rows(std::uint64_t seed) {
    row_lists out = test::random_rows(seed, 24, 300);
    random::stream draw(random::place{.seed = seed, .purpose = 77});
    const auto below = [&](int n) { return static_cast<int>(random::below(draw, static_cast<std::uint64_t>(n))); };
    const std::int32_t start = *calendar::parse_iso_date("2023-01-01");
    const auto person = [&] { return "p" + integer_text(1000 + below(28)); };
    auto& quotas = out["quotas"];
    for (std::size_t i = quotas.size(); i-- > 0;)
        if (below(5) == 0) quotas.erase(quotas.begin() + static_cast<std::ptrdiff_t>(i));
    for (int i = 0; i < 30; ++i) {
        const int from = below(400);
        row_text row;
        row.text("person_id", i < 8 ? "p100" + integer_text(below(4)) : person());
        row.day("start", start + from)
            .day("end", start + from + 1 + below(80))
            .number("amount", 1 + below(99999) / 7.0);
        quotas.push_back(row.text("scope", i < 8 ? "team" : "own").done());
    }
    for (int i = 0; i < 40; ++i) {
        row_text row;
        row.text("deal_id", "x" + integer_text(i)).text("owner_id", person()).day("opened", start + below(30));
        row.day("closed", start + 30 + below(360)).text("outcome", "won");
        row.number("amount", (below(3) == 0 ? -1 : 1) * (1 + below(1000000)) / 100.0);
        if (below(2) == 0) row.text("currency", below(2) == 0 ? "EUR" : "USD");
        out["deals"].push_back(row.done());
    }
    out["exchange_rates"] = {R"({"currency":"USD","date":"2022-01-01","rate":0.93})",
                             R"({"currency":"USD","date":"2023-05-01","rate":0.87})"};
    out["vacancies"] = {R"({"vacancy_id":"v","role":"Sales Manager","opens":"2024-01-01"})"};
    for (int i = 4; i < 12; ++i)
        out["candidates"].push_back(R"({"vacancy_id":"v","person_id":"p)" + integer_text(1000 + i) + R"("})");
    return out;
}

struct outcome_of_run {
    std::map<std::string, std::string> tables;
    std::vector<std::tuple<std::string, std::string, std::int64_t, std::string>> findings; // code, table, count, text
    bool operator==(const outcome_of_run&) const = default;
};

outcome_of_run run_of(const row_lists& tables, std::string_view analysis, int threads) {
    run_context run;
    run.threads = threads;
    auto result = run::find_analysis(analysis)->run(run, test::data_of(tables, run),
                                                    test::policy_of(R"({"version":1,"as_of":"2023-12-31"})"));
    if (!result) throw std::runtime_error(test::said(result.error()));
    outcome_of_run out;
    for (const auto& table : result.value()->tables) {
        const auto& made = table.get();
        if (table.name() != "findings") {
            out.tables[std::string(table.name())] = report::export_json(made.view);
            continue;
        }
        const auto* found = static_cast<const org::findings_table*>(made.owner.get());
        for (std::size_t i = 0; i < found->size(); ++i)
            out.findings.emplace_back(found->code[i], found->table[i], found->count.value[i], found->text[i]);
    }
    std::sort(out.findings.begin(), out.findings.end());
    return out;
}

TEST(doubtful_data, give_the_same_bytes_for_any_row_order_and_thread_count) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        const row_lists tables = doubtful_rows(seed);
        row_lists shuffled = tables;
        test::shuffle_rows(shuffled, seed);
        for (const char* analysis : {"measures", "pay"}) {
            const outcome_of_run expected = run_of(tables, analysis, 1);
            for (const int threads : {1, 2, 8}) {
                const outcome_of_run found = run_of(shuffled, analysis, threads);
                EXPECT_EQ(found.tables, expected.tables) << analysis << ", seed " << seed;
                EXPECT_EQ(found.findings, expected.findings) << analysis << ", seed " << seed;
            }
            for (const char* code : {"data.quota_gap", "data.overlap", "data.clawback", "data.assumed",
                                     "data.future_dated", "data.negative_revenue"})
                EXPECT_TRUE(std::any_of(expected.findings.begin(), expected.findings.end(),
                                        [&](const auto& one) { return std::get<0>(one) == code; }))
                    << code << " is not in the data of seed " << seed;
        }
    }
}

TEST(doubtful_data, lose_no_cent) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        const auto tables = run_of(doubtful_rows(seed), "measures", 2).tables;
        const auto sum_of = [&](const char* table, const std::string& name) {
            std::int64_t cents = 0;
            const std::string& text = tables.at(table);
            const std::string key = "\"" + name + "\":";
            for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
                const std::string value = text.substr(at + key.size(), 24);
                if (value[0] != 'n') cents += static_cast<std::int64_t>(std::floor(std::stod(value) * 100.0 + 0.5));
            }
            return cents;
        };
        EXPECT_EQ(sum_of("sellers", "won_amount"), sum_of("credit", "amount"));
        EXPECT_EQ(sum_of("seller_months", "amount"), sum_of("credit", "amount"));
        EXPECT_EQ(sum_of("sellers", "quota"), sum_of("seller_months", "quota"));
    }
}

} // namespace
