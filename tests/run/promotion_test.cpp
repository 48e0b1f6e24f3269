// The analysis `promotion` on organisations small enough to follow, and on random ones for what must always hold.
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <dualtrack/assess/construct.hpp>

#include "planted_rows.hpp"
#include "run/decided.hpp"

namespace {

using namespace dualtrack;
using test::results_of;
using test::row_lists;
using test::row_text;

constexpr const char* year_2023 = R"({"version":1,"as_of":"2023-12-31"})";

/// Team "north" under m: a sells most and is rated low, b sells as the others and is rated high, c and d are between.
/// Two seats, both for that team: v1 open; v2 filled by d in May, before which a had sold more than d.
row_lists team() {
    row_lists out;
    const std::map<std::string, double> rated{{"a", 2.0}, {"b", 5.0}, {"c", 3.0}, {"d", 3.4}, {"e", 3.2}};
    const std::map<std::string, double> sells{{"a", 90000}, {"b", 30000}, {"c", 28000}, {"d", 32000}, {"e", 25000}};
    out["people"] = {R"({"person_id":"m","role":"Sales Manager","hired":"2015-01-01"})",
                     R"({"person_id":"gone","hired":"2015-01-01","left":"2023-09-01"})"};
    for (const auto& [who, score] : rated) {
        out["people"].push_back(row_text().text("person_id", who).text("hired", "2020-01-01").done());
        out["assignments"].push_back(row_text()
                                         .text("person_id", who)
                                         .text("manager_id", "m")
                                         .text("start", "2020-01-01")
                                         .text("team", "north")
                                         .done());
        out["pay"].push_back(row_text()
                                 .text("person_id", who)
                                 .text("start", "2020-01-01")
                                 .number("base", 60000)
                                 .number("target_variable", 40000)
                                 .done());
        for (int month = 0; month < 24; ++month)
            for (int k = 0; k < 2; ++k)
                out["deals"].push_back(
                    row_text()
                        .text("deal_id", who + integer_text(month) + "-" + integer_text(k))
                        .text("owner_id", who)
                        .number("amount", sells.at(who) / 2.0 * (k == 0 ? 0.8 : 1.2))
                        .day("closed", calendar::add_months(*calendar::parse_iso_date("2022-01-15"), month))
                        .text("outcome", "won")
                        .done());
        for (const auto construct : assess::construct_words)
            for (const std::string rater : {"m", "c", "d", "e"}) {
                if (rater == who) continue;
                out["ratings"].push_back(row_text()
                                             .text("person_id", who)
                                             .text("rater_id", rater)
                                             .text("source", rater == "m" ? "manager" : "peer")
                                             .text("competency", std::string(construct))
                                             .number("score", score)
                                             .number("scale_min", 1)
                                             .number("scale_max", 5)
                                             .text("date", "2023-10-01")
                                             .done());
            }
    }
    out["vacancies"] = {
        R"({"vacancy_id":"v1","role":"Sales Manager","team":"north","opens":"2023-12-01"})",
        R"({"vacancy_id":"v2","role":"Sales Manager","team":"north","opens":"2023-05-01","filled_by":"d"})"};
    out["candidates"] = {R"({"vacancy_id":"v1","person_id":"a","consents":true})",
                         R"({"vacancy_id":"v1","person_id":"b","consents":true,"interviewed":true})",
                         R"({"vacancy_id":"v1","person_id":"c"})",
                         R"({"vacancy_id":"v1","person_id":"e","consents":false})",
                         R"({"vacancy_id":"v1","person_id":"gone","consents":true})",
                         R"({"vacancy_id":"v2","person_id":"a","consents":true})",
                         R"({"vacancy_id":"v2","person_id":"c","interviewed":true})",
                         R"({"vacancy_id":"v2","person_id":"d","selected":true})"};
    return out;
}

std::shared_ptr<const run::decided> decided_of(const row_lists& tables, std::string_view policy = year_2023) {
    auto out = run::decide_promotions(run_context{}, test::data_of(tables), test::policy_of(policy));
    if (!out) throw std::runtime_error(test::said(out.error()));
    return std::move(out).value();
}

const run::seat_verdict& candidate(const run::decided& all, const std::string& vacancy, const std::string& person) {
    const auto& organisation = all.facts->data->organisation;
    for (const run::seat_verdict& one : all.candidates)
        if (organisation.vacancies.id[one.vacancy] == vacancy && organisation.people.id[one.person] == person)
            return one;
    throw std::runtime_error("no candidate " + person);
}

/// Rows of a JSON table that hold all of `keys`.
std::vector<std::string> rows_with(const std::string& table, const std::vector<std::string>& keys) {
    std::vector<std::string> out;
    for (std::size_t at = table.find('{'); at != std::string::npos; at = table.find('{', at + 1)) {
        const std::string row = table.substr(at, table.find('}', at) - at + 1);
        bool has = true;
        for (const std::string& key : keys) has = has && row.find(key) != std::string::npos;
        if (has) out.push_back(row);
    }
    return out;
}

double number_in(const std::string& row, const std::string& name) {
    const auto at = row.find("\"" + name + "\":");
    return at == std::string::npos ? std::nan("") : std::stod(row.substr(at + name.size() + 3));
}

TEST(promotion, top_seller_rated_low_is_not_promoted_and_the_others_have_their_reasons) {
    const auto all = decided_of(team());
    const auto recommended = [&](const char* who) { return candidate(*all, "v1", who).verdict.recommended; };
    EXPECT_NE(recommended("a"), decide::decision::promote);
    EXPECT_NE(recommended("c"), decide::decision::promote) << "nobody asked";
    EXPECT_NE(recommended("e"), decide::decision::promote) << "does not want it";
    EXPECT_EQ(recommended("gone"), decide::decision::not_now);
    EXPECT_EQ(candidate(*all, "v1", "gone").status, decide::candidate_status::not_employed);
    const auto& a = candidate(*all, "v1", "a");
    const auto& b = candidate(*all, "v1", "b");
    EXPECT_GT(a.facts.record[0].value, b.facts.record[0].value);
    EXPECT_LT(a.verdict.effect.mean, b.verdict.effect.mean);
    EXPECT_EQ(b.rank, 1);
    const std::string reasons = results_of(team(), "promotion", year_2023).at("reasons");
    EXPECT_EQ(rows_with(reasons, {R"("person_id":"c")", "consent_unknown"}).size(), 1U);
    EXPECT_EQ(rows_with(reasons, {R"("person_id":"e")", "consent_refused"}).size(), 1U);
    EXPECT_EQ(rows_with(reasons, {R"("person_id":"a")", "readiness_below_limit"}).size(), 1U);
    EXPECT_EQ(rows_with(reasons, {R"("person_id":"gone")", "not_employed", "no_actionable_path"}).size(), 1U);
}

// By hand: the team of v1 without the candidate; every seller's own pace is what the posterior expects of them.
TEST(promotion, team_is_who_reports_there_without_the_candidate) {
    const auto all = decided_of(team());
    double team_sales = 0.0;
    for (const char* who : {"a", "c", "d", "e"}) {
        const auto& people = all->facts->data->organisation.people.id;
        for (std::uint32_t p = 0; p < people.size(); ++p)
            if (people[p] == who) team_sales += all->expected[p].monthly;
    }
    const auto& b = candidate(*all, "v1", "b");
    EXPECT_NEAR(b.money.team_monthly, team_sales, 1e-6 * team_sales);
    EXPECT_NEAR(b.terms.gain_scale, 0.10 * team_sales * 21.0, 1e-6 * team_sales);
    EXPECT_GT(b.money.own_monthly, 2.5e6) << "cents a month; sold 30,000";
    EXPECT_LT(b.money.own_monthly, 3.5e6);
    const auto& a = candidate(*all, "v1", "a");
    EXPECT_LT(a.money.own_monthly, 9e6) << "luck is taken out of 90,000 a month";
}

TEST(promotion, pay_change_is_the_offer_of_the_analysis_pay) {
    const auto tables = results_of(team(), "promotion", year_2023);
    const std::string offers = results_of(team(), "pay", year_2023).at("offers");
    for (const char* who : {"a", "b", "c"}) {
        const std::string person = R"("person_id":")" + std::string(who) + "\"";
        const auto line = rows_with(tables.at("business_case"), {person, R"("vacancy_id":"v1")", "\"pay_change\""});
        const auto offer = rows_with(offers, {person, R"("vacancy_id":"v1")"});
        ASSERT_EQ(line.size(), 1U);
        ASSERT_EQ(offer.size(), 1U);
        EXPECT_NEAR(number_in(line[0], "amount"), -2.0 * number_in(offer[0], "change"), 0.011) << "two years";
    }
}

TEST(promotion, lines_and_reasons_add_up_in_the_tables) {
    const auto tables = results_of(team(), "promotion", year_2023);
    const auto rows = rows_with(tables.at("promotion"), {});
    ASSERT_EQ(rows.size(), 5U) << "the seat that is filled has none";
    for (const std::string& row : rows) {
        const auto at = row.find("\"person_id\":");
        const std::string person = row.substr(at, row.find(',', at) - at);
        double effect = 0.0;
        for (const std::string& reason : rows_with(tables.at("reasons"), {person}))
            effect += number_in(reason, "contribution");
        EXPECT_EQ(effect, number_in(row, "predicted_effect")) << person;
        std::int64_t cents = 0;
        for (const std::string& line : rows_with(tables.at("business_case"), {person}))
            cents += std::llround(100.0 * number_in(line, "amount"));
        EXPECT_EQ(cents, std::llround(100.0 * number_in(row, "net_value"))) << person;
    }
}

// v2 went to d in May: a, who had sold more than d until then, and c, who had not and was interviewed.
TEST(passed_over, those_of_a_filled_seat_are_measured_by_the_year_before_it) {
    const std::string rows = results_of(team(), "promotion", year_2023).at("passed_over");
    const auto a = rows_with(rows, {R"("vacancy_id":"v2")", R"("person_id":"a")"});
    const auto c = rows_with(rows, {R"("vacancy_id":"v2")", R"("person_id":"c")"});
    ASSERT_EQ(a.size(), 1U);
    ASSERT_EQ(c.size(), 1U);
    EXPECT_NE(a[0].find(R"("outsold_winner":true)"), std::string::npos) << a[0];
    EXPECT_DOUBLE_EQ(number_in(a[0], "hazard_ratio"), 2.2);
    EXPECT_NE(c[0].find(R"("outsold_winner":false)"), std::string::npos);
    EXPECT_DOUBLE_EQ(number_in(c[0], "hazard_ratio"), 1.175) << "interviewed";
    const double since = 245.0 / 30.4375; // May 1 to the end of December 31
    // First of five: rank (4 + .5) / 5 = .9, which leaves less often than the average.
    const double rank = std::exp(-1.5 * 0.4) / ((std::exp(0.75) - std::exp(-0.75)) / 1.5);
    EXPECT_NEAR(number_in(a[0], "exit_probability_12m"),
                1.0 - std::pow(0.73, rank * (2.2 * (12.0 - since) + since) / 12.0), 1e-9);
    EXPECT_TRUE(rows_with(rows, {R"("vacancy_id":"v2")", R"("person_id":"d")"}).empty()) << "the winner";
    EXPECT_TRUE(rows_with(rows, {R"("person_id":"gone")"}).empty());
}

TEST(passed_over, an_outsider_in_the_seat_doubles_the_excess) {
    row_lists tables = team();
    tables["vacancies"][1] =
        R"({"vacancy_id":"v2","role":"Sales Manager","team":"north","opens":"2023-12-31","external":true})";
    const std::string rows = results_of(tables, "promotion", year_2023).at("passed_over");
    const auto a = rows_with(rows, {R"("vacancy_id":"v2")", R"("person_id":"a")"});
    ASSERT_EQ(a.size(), 1U);
    EXPECT_DOUBLE_EQ(number_in(a[0], "hazard_ratio"), 1.7);
    EXPECT_NE(a[0].find(R"("outsold_winner":null)"), std::string::npos);
    EXPECT_NE(a[0].find(R"("winner_id":null)"), std::string::npos);
}

TEST(promotion, who_fills_a_seat_after_the_day_is_not_known_on_it) {
    row_lists tables = team();
    tables["vacancies"][1] =
        R"({"vacancy_id":"v2","role":"Sales Manager","team":"north","opens":"2024-02-01","filled_by":"d"})";
    const auto all = decided_of(tables);
    EXPECT_TRUE(all->seats[1].is_open);
    EXPECT_NO_THROW(static_cast<void>(candidate(*all, "v2", "d")));
}

TEST(promotion, without_ratings_nobody_is_promoted_and_everybody_is_to_be_looked_at) {
    row_lists tables = team();
    tables.erase("ratings");
    const std::string reasons = results_of(tables, "promotion", year_2023).at("reasons");
    EXPECT_EQ(rows_with(reasons, {R"("person_id":"b")", "readiness_not_asked"}).size(), 1U);
    EXPECT_EQ(rows_with(reasons, {"being ready 0 %"}).size(), 0U) << "what was not asked is not zero";
    const auto all = decided_of(tables);
    for (const run::seat_verdict& one : all->candidates) {
        EXPECT_NE(one.verdict.recommended, decide::decision::promote);
        if (!one.facts.is_employed) continue;
        EXPECT_TRUE(one.human_review);
        EXPECT_EQ(one.status, decide::candidate_status::insufficient_evidence);
    }
    EXPECT_FALSE(
        rows_with(results_of(tables, "promotion", year_2023).at("reasons"), {"evidence_insufficient"}).empty());
}

TEST(promotion, names_the_table_that_is_missing) {
    for (const char* table : {"vacancies", "candidates", "deals"}) {
        row_lists tables = team();
        tables.erase(table);
        if (std::string(table) == "vacancies") tables.erase("candidates");
        const auto result = run::decide_promotions(run_context{}, test::data_of(tables), test::policy_of(year_2023));
        ASSERT_FALSE(result.has_value()) << table;
        EXPECT_EQ(result.error().code, "schema.missing_table");
        EXPECT_EQ(result.error().where, table);
    }
}

TEST(promotion, works_from_monthly_totals_and_without_teams_or_pay) {
    row_lists tables = team();
    for (const char* who : {"a", "b", "c", "d", "e"})
        for (int month = 0; month < 12; ++month)
            tables["sales"].push_back(
                row_text()
                    .text("person_id", who)
                    .day("start", calendar::add_months(*calendar::parse_iso_date("2023-01-01"), month))
                    .day("end", calendar::add_months(*calendar::parse_iso_date("2023-01-01"), month + 1))
                    .number("amount", 20000 + 1000.0 * ((month * 7) % 5) + (who[0] == 'a' ? 30000 : 0))
                    .done());
    tables.erase("deals");
    tables.erase("pay");
    for (std::string& row : tables["vacancies"])
        if (const auto at = row.find(R"("team":"north",)"); at != std::string::npos) row.erase(at, 15);
    const auto all = decided_of(tables);
    const auto& b = candidate(*all, "v1", "b");
    EXPECT_GT(b.terms.gain_scale, 0.0);
    EXPECT_NEAR(all->seats[0].n_reports, 5.4, 1e-12) << "nothing is known of the team: the policy's size";
    EXPECT_FALSE(b.money.pay_is_known);
    EXPECT_NEAR(b.money.own_monthly, 2.2e6, 2e5);
}

TEST(promotion, coefficients_are_replaceable_by_a_fragment_of_policy) {
    const auto tables = team();
    const auto standard = decided_of(tables);
    const auto fitted = decided_of(
        tables, R"({"version":1,"as_of":"2023-12-31","promotion":{"effect":{"sales":0.0,"readiness":0.2}}})");
    const auto& before = candidate(*standard, "v1", "b");
    const auto& after = candidate(*fitted, "v1", "b");
    EXPECT_EQ(after.verdict.effect.contribution[0], 0.0);
    EXPECT_NEAR(after.verdict.effect.contribution[3] / before.verdict.effect.contribution[3], 0.2 / 0.07, 1e-9);
}

row_lists random_candidates(std::uint64_t seed) {
    row_lists out = test::random_rows(seed, 40, 900);
    random::stream draw(random::place{.seed = seed, .purpose = 21});
    for (int v = 0; v < 5; ++v) {
        out["vacancies"].push_back(row_text()
                                       .text("vacancy_id", "v" + integer_text(v))
                                       .text("role", "lead")
                                       .text("opens", v < 3 ? "2023-12-20" : "2023-06-20")
                                       .number("reports", 4 + v)
                                       .done());
        if (v >= 3) out["vacancies"].back().insert(1, R"("filled_by":"p1010",)");
        for (int i = 0; i < 40; ++i)
            if (random::below(draw, 4) == 0)
                out["candidates"].push_back(row_text()
                                                .text("vacancy_id", "v" + integer_text(v))
                                                .text("person_id", "p" + integer_text(1006 + i))
                                                .raw("consents", random::below(draw, 2) == 0 ? "true" : "null")
                                                .raw("interviewed", random::below(draw, 2) == 0 ? "true" : "false")
                                                .done());
    }
    for (int i = 0; i < 46; ++i)
        for (const auto construct : assess::construct_words)
            for (int rater = 0; rater < 3; ++rater)
                out["ratings"].push_back(row_text()
                                             .text("person_id", "p" + integer_text(1000 + i))
                                             .text("source", rater == 0 ? "manager" : "peer")
                                             .text("competency", std::string(construct))
                                             .number("score", 1 + static_cast<double>(random::below(draw, 41)) / 10.0)
                                             .number("scale_min", 1)
                                             .number("scale_max", 5)
                                             .text("date", "2023-09-01")
                                             .done());
    return out;
}

TEST(promotion, ignores_row_order_and_threads) {
    row_lists tables = random_candidates(3);
    const auto once = results_of(tables, "promotion");
    EXPECT_EQ(results_of(tables, "promotion", year_2023, 4), once);
    test::shuffle_rows(tables, 5);
    EXPECT_EQ(results_of(tables, "promotion"), once);
    EXPECT_GT(rows_with(once.at("passed_over"), {}).size(), 10U);
}

TEST(promotion, holds_what_it_must_on_random_organisations) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        const auto all = decided_of(random_candidates(seed));
        ASSERT_GT(all->candidates.size(), 10U);
        std::vector<std::uint32_t> seated;
        for (const std::uint32_t person : all->slate)
            if (person != no_index) seated.push_back(person);
        std::sort(seated.begin(), seated.end());
        EXPECT_EQ(std::adjacent_find(seated.begin(), seated.end()), seated.end()) << "nobody twice";
        for (const run::seat_verdict& one : all->candidates) {
            std::int64_t sum = 0;
            for (const auto& line : one.value.line) sum += line.amount;
            EXPECT_EQ(sum, one.value.net_value);
            if (one.verdict.recommended != decide::decision::promote) continue;
            EXPECT_EQ(one.facts.consents, decide::answer::yes);
            EXPECT_TRUE(one.facts.has_evidence);
            EXPECT_GE(one.verdict.probability_ready, all->rules.ready_probability);
        }
    }
}

// A seat more in which nobody stands changes nothing for the others.
TEST(promotion, an_irrelevant_seat_changes_nothing) {
    row_lists tables = team();
    const auto before = results_of(tables, "promotion", year_2023);
    tables["vacancies"].push_back(R"({"vacancy_id":"v9","role":"Director","opens":"2023-12-01"})");
    const auto after = results_of(tables, "promotion", year_2023);
    for (const char* table : {"promotion", "reasons", "business_case", "passed_over", "sensitivity"})
        EXPECT_EQ(after.at(table), before.at(table)) << table;
    EXPECT_EQ(rows_with(after.at("slate"), {R"("vacancy_id":"v9")", "no_cover"}).size(), 1U);
}

} // namespace
