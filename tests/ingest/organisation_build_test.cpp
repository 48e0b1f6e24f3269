// What an organisation says about tables that can be true: worked examples by hand, sentinels, orders, findings.
#include <gtest/gtest.h>

#include <limits>
#include <memory_resource>

#include "ingest/organisation_fingerprint.hpp"
#include "ingest/organisation_tables.hpp"

using namespace dualtrack;
using namespace dualtrack::testing;

namespace {

constexpr std::int32_t open_end = std::numeric_limits<std::int32_t>::max();

std::int32_t day(std::string_view text) {
    return calendar::parse_iso_date(text).value();
}

template <class T> std::vector<T> values(const vec<T>& from) {
    return {from.begin(), from.end()};
}
using indices = std::vector<std::uint32_t>;

std::shared_ptr<const ingest::checked_data> built_from(const grids& tables) {
    built outcome = build(tables);
    EXPECT_TRUE(outcome.has_value()) << outcome.error().code << ": " << outcome.error().message;
    return outcome.value();
}

std::int64_t count_of(const org::findings_table& findings, std::string_view code) {
    std::int64_t n = 0;
    for (std::size_t i = 0; i < findings.size(); ++i)
        if (findings.code[i] == code) n += findings.count.value[i];
    return n;
}

} // namespace

TEST(organisation, sorts_people_by_id_and_takes_the_others_along) {
    const auto data = built_from(small_company());
    const org::organisation& made = data->organisation;
    ASSERT_EQ(made.n_people(), 3U);
    EXPECT_EQ(made.people.id[0], "ann");
    EXPECT_EQ(made.people.id[1], "bob");
    EXPECT_EQ(made.people.id[2], "max");
    EXPECT_EQ(made.people.name[2], "Max");
    EXPECT_EQ(values(made.people.hired),
              (std::vector<std::int32_t>{day("2021-06-01"), day("2020-01-01"), day("2019-01-01")}));
    EXPECT_EQ(values(made.people.left), (std::vector<std::int32_t>{day("2024-09-01"), no_date, no_date}));
    EXPECT_EQ(values(made.people.left_reason), (std::vector<std::uint8_t>{0, 3, 3}));
    EXPECT_EQ(values(made.people.manager_now), (indices{2, 2, no_index}));
    EXPECT_EQ(values(made.people.row), (std::vector<std::int64_t>{2, 1, 0}));
    EXPECT_EQ(made.people.market.names[made.people.market.code[0]], "south");
    EXPECT_TRUE(made.has_people && made.has_deals && made.has_pay && !made.has_sales && !made.has_panel);
}

TEST(organisation, keeps_deals_in_input_order_with_sentinels_for_what_is_missing) {
    const auto data = built_from(small_company());
    const org::organisation& made = data->organisation;
    EXPECT_EQ(made.deals.id[0], "d2");
    EXPECT_EQ(values(made.deals.owner), (indices{1, 0, 0, 1}));
    EXPECT_EQ(values(made.deals.amount), (std::vector<std::int64_t>{10001, 25000, 8000, no_money}));
    EXPECT_EQ(values(made.deals.closed),
              (std::vector<std::int32_t>{day("2024-02-01"), day("2024-03-01"), day("2024-04-01"), no_date}));
    EXPECT_EQ(values(made.deals.outcome), (std::vector<std::uint8_t>{0, 0, 1, 2}));
    EXPECT_FALSE(made.deals.segment.has(3));
    EXPECT_TRUE(made.deals.currency.empty());
    EXPECT_TRUE(made.deals.list_price.empty());
}

TEST(organisation, brings_credits_together_by_deal) {
    const auto data = built_from(small_company());
    const org::credit_columns& credits = data->organisation.credits;
    // d2: ann, bob; d1: ann, bob, then Max's overlay; d3 and d4: nobody.
    EXPECT_EQ(values(credits.first), (indices{0, 2, 5, 5, 5}));
    EXPECT_EQ(values(credits.person), (indices{0, 1, 0, 1, 2}));
    EXPECT_EQ(values(credits.share), (std::vector<double>{0.5, 0.5, 0.75, 0.25, 1.0}));
    EXPECT_EQ(values(credits.kind), (std::vector<std::uint8_t>{0, 0, 0, 0, 1}));
}

TEST(organisation, drops_a_column_of_kinds_that_are_all_revenue) {
    grids tables = small_company();
    tables["credits"].rows[2] = {"d3", "max", "1", ""};
    EXPECT_TRUE(built_from(tables)->organisation.credits.kind.empty());
}

TEST(organisation, takes_a_deal_with_overlay_alone_as_its_owners) {
    grids tables = small_company();
    tables["credits"].rows = {{"d1", "max", "0.3", "overlay"}};
    const auto data = built_from(tables);
    EXPECT_EQ(values(data->organisation.credits.first), (indices{0, 0, 1, 1, 1}));
}

TEST(organisation, sorts_participants_within_a_deal) {
    const auto data = built_from(small_company());
    const org::participant_columns& participants = data->organisation.participants;
    EXPECT_EQ(values(participants.first), (indices{0, 0, 2, 3, 3}));
    EXPECT_EQ(values(participants.person), (indices{0, 1, 2}));
    EXPECT_EQ(values(participants.part), (std::vector<std::uint8_t>{0, 0, 1}));
    EXPECT_EQ(values(participants.joined), (std::vector<std::int32_t>{no_date, no_date, day("2024-02-15")}));
}

TEST(organisation, sorts_assignments_by_person_and_start) {
    grids tables = small_company();
    tables["assignments"].add({"ann", "", "2020-01-01", "2021-06-01"});
    const auto data = built_from(tables);
    const org::assignment_columns& assignments = data->organisation.assignments;
    EXPECT_EQ(values(assignments.first), (indices{0, 2, 3, 3}));
    EXPECT_EQ(values(assignments.start),
              (std::vector<std::int32_t>{day("2020-01-01"), day("2021-06-01"), day("2024-03-01")}));
    EXPECT_EQ(values(assignments.end), (std::vector<std::int32_t>{day("2021-06-01"), open_end, open_end}));
    EXPECT_EQ(values(assignments.manager), (indices{no_index, 2, 2}));
    EXPECT_EQ(values(assignments.row), (std::vector<std::int64_t>{2, 0, 1}));
}

TEST(organisation, sorts_quotas_and_pay_by_person_and_start) {
    const auto data = built_from(small_company());
    const org::organisation& made = data->organisation;
    EXPECT_EQ(values(made.quotas.person), (indices{0, 1, 2}));
    EXPECT_EQ(values(made.quotas.amount), (std::vector<std::int64_t>{120000, 100000, 200000}));
    EXPECT_EQ(values(made.quotas.scope), (std::vector<std::uint8_t>{0, 0, 1}));
    EXPECT_EQ(values(made.pay.person), (indices{0, 1}));
    EXPECT_EQ(values(made.pay.target_variable), (std::vector<std::int64_t>{no_money, 2000000}));
    EXPECT_EQ(values(made.pay.end), (std::vector<std::int32_t>{day("2024-09-01"), open_end}));
}

TEST(organisation, matches_activities_ratings_answers_and_motives) {
    const auto data = built_from(small_company());
    const org::organisation& made = data->organisation;
    EXPECT_EQ(values(made.activities.actor), (indices{2, 2}));
    EXPECT_EQ(values(made.activities.subject), (indices{0, 1})); // by start
    EXPECT_EQ(values(made.activities.deal), (indices{1, no_index}));
    EXPECT_FALSE(made.activities.minutes.has(0));
    EXPECT_EQ(made.activities.minutes.value[1], 30.0);
    EXPECT_EQ(values(made.ratings.rater), (indices{2}));
    EXPECT_EQ(values(made.answers.interviewer), (indices{2}));
    EXPECT_EQ(values(made.motives.wants_management), (std::vector<std::uint8_t>{1}));
}

TEST(organisation, brings_ratings_together_by_person_and_keeps_their_rows) {
    grids tables = small_company();
    tables["ratings"].rows = {{"max", "bob", "peer", "curious", "5", "1", "5", "2024-06-01"},
                              {"ann", "bob", "peer", "organised", "2", "1", "5", "2024-06-01"},
                              {"bob", "max", "manager", "curious", "4", "1", "10", "2024-06-01"},
                              {"ann", "max", "manager", "curious", "4", "1", "5", "2024-06-01"}};
    const auto data = built_from(tables);
    const org::rating_columns& made = data->organisation.ratings;
    EXPECT_EQ(values(made.first), (indices{0, 2, 3, 4})); // ann, bob, max
    EXPECT_EQ(values(made.row), (indices{1, 3, 2, 0}));
    const auto share = [](double of_scale) { return static_cast<std::uint32_t>(of_scale * org::score_units + 0.5); };
    EXPECT_EQ(values(made.score), (indices{share(0.25), share(0.75), share(1.0 / 3.0), share(1.0)}));
    const auto peer = made.source(0), manager = made.source(1);
    EXPECT_EQ(org::rating_source_words[peer], "peer");
    EXPECT_EQ(org::rating_source_words[manager], "manager");
    EXPECT_EQ(made.competencies[made.competency(0)], "organised");
    for (const std::size_t i : {1U, 2U, 3U}) EXPECT_EQ(made.competencies[made.competency(i)], "curious");
    EXPECT_EQ(values(built_from(small_company())->organisation.ratings.row), indices{}) << "in order already";
}

TEST(organisation, sorts_vacancies_and_their_candidates) {
    const auto data = built_from(small_company());
    const org::organisation& made = data->organisation;
    EXPECT_EQ(made.vacancies.id[0], "v1");
    EXPECT_EQ(values(made.vacancies.filled_by), (indices{1, no_index}));
    EXPECT_EQ(values(made.vacancies.manager), (indices{no_index, 2}));
    EXPECT_FALSE(made.vacancies.reports.has(0));
    EXPECT_EQ(made.vacancies.reports.value[1], 4);
    EXPECT_EQ(values(made.candidates.vacancy), (indices{0, 1, 1}));
    EXPECT_EQ(values(made.candidates.person), (indices{1, 0, 1}));
    EXPECT_EQ(values(made.candidates.selected), (std::vector<std::uint8_t>{1, 2, 2}));
}

TEST(organisation, keeps_unknown_managers_for_the_policy_to_judge) {
    grids tables = small_company();
    tables["people"].set(1, "manager_id", "gone");
    tables["people"].set(0, "manager_id", "board");
    tables["assignments"].set(1, "manager_id", "left");
    tables["vacancies"].set(0, "manager_id", "new");
    const auto data = built_from(tables);
    const org::orphan_columns& orphans = data->organisation.orphans;
    EXPECT_EQ(values(orphans.table), (std::vector<std::uint8_t>{1, 0, 0, 2}));
    EXPECT_EQ(values(orphans.row), (std::vector<std::int64_t>{1, 0, 1, 0}));
    EXPECT_EQ(orphans.id[0], "left");
    EXPECT_EQ(orphans.id[1], "board");
    EXPECT_EQ(orphans.id[2], "gone");
    EXPECT_EQ(values(data->organisation.people.manager_unknown), (std::vector<std::uint8_t>{0, 1, 1}));
    EXPECT_EQ(values(data->organisation.people.manager_now), (indices{2, no_index, no_index}));
}

TEST(organisation, meets_salesforce_ids_in_both_spellings) {
    grids tables = small_company();
    tables["people"].add({"0015000000Gv7qJ"});
    tables["people"].add({"0015000000Gv7qK"});
    tables["deals"].add({"006500000012345", "0015000000Gv7qJAAR", "5", "", "2024-02-01", "won", ""});
    tables["credits"].add({"006500000012345AAA", "0015000000Gv7qJ", "1", ""});
    const auto data = built_from(tables);
    EXPECT_EQ(data->organisation.people.id[data->organisation.deals.owner[4]], "0015000000Gv7qJ");
    EXPECT_EQ(values(data->organisation.credits.first), (indices{0, 2, 5, 5, 5, 6}));
    tables["deals"].set(4, "owner_id", "0015000000Gv7qJAAZ"); // not the checksum
    EXPECT_FALSE(build(tables).has_value());
}

TEST(organisation, joins_the_currencies_of_all_tables) {
    grids tables = small_company();
    tables["deals"].set(0, "currency", "USD");
    tables["deals"].set(1, "currency", "EUR");
    tables["pay"].set(0, "currency", "CHF");
    tables["exchange_rates"] = {
        {"currency", "date", "rate"},
        {{"USD", "2024-02-01", "0.9"}, {"CHF", "2024-01-01", "1.1"}, {"USD", "2024-01-01", "0.8"}}};
    const auto data = built_from(tables);
    const org::organisation& made = data->organisation;
    ASSERT_EQ(made.currencies.size(), 3U);
    EXPECT_EQ(made.currencies[0], "CHF");
    EXPECT_EQ(made.currencies[1], "EUR");
    EXPECT_EQ(made.currencies[2], "USD");
    EXPECT_EQ(values(made.deals.currency), (indices{2, 1, no_index, no_index}));
    EXPECT_EQ(values(made.pay.currency), (indices{no_index, 0}));
    EXPECT_EQ(values(made.exchange_rates.currency), (indices{0, 2, 2}));
    EXPECT_EQ(values(made.exchange_rates.rate), (std::vector<double>{1.1, 0.8, 0.9}));
}

TEST(organisation, reads_a_panel_without_people) {
    grids tables;
    tables["panel"] = {{"unit_id", "group_id", "period", "value", "x_b", "x_a"},
                       {{"s2", "m1", "1", "2.5", "1", "10"}, {"s1", "m2", "2", "3.5", "2", "20"}}};
    const auto data = built_from(tables);
    const org::panel_columns& panel = data->organisation.panel;
    EXPECT_EQ(values(panel.unit.code), (indices{1, 0}));
    EXPECT_EQ(values(panel.period), (std::vector<std::int32_t>{1, 2}));
    ASSERT_EQ(panel.control_names.size(), 2U);
    EXPECT_EQ(panel.control_names[0], "x_a");
    EXPECT_EQ(values(panel.controls[0]), (std::vector<double>{10, 20}));
    EXPECT_EQ(panel.weight.size(), 0U);
}

TEST(organisation, accepts_no_tables_and_tables_without_rows) {
    EXPECT_EQ(built_from({})->organisation.n_people(), 0U);
    grids tables = small_company();
    for (auto& [name, table] : tables) table.rows.clear();
    const auto data = built_from(tables);
    EXPECT_EQ(data->organisation.n_deals(), 0U);
    EXPECT_TRUE(data->organisation.has_credits);
    EXPECT_EQ(values(data->organisation.credits.first), (indices{0}));
}

TEST(findings, list_columns_that_nobody_reads_and_protected_ones) {
    grids tables = small_company();
    tables["people"].set(0, "Date of Birth", "1990-01-01");
    tables["people"].set(0, "shoe_size", "44");
    tables["people"].set(0, "hat_size", "60");
    const auto data = built_from(tables);
    const org::findings_table& findings = data->findings;
    ASSERT_EQ(findings.size(), 2U);
    EXPECT_EQ(findings.code[0], "schema.protected_column");
    EXPECT_EQ(findings.column[0], "Date of Birth");
    EXPECT_EQ(findings.code[1], "schema.extra_column");
    EXPECT_EQ(findings.count.value[1], 2);
    EXPECT_EQ(findings.text[1], "columns that no analysis reads: \"hat_size\", \"shoe_size\"");
    EXPECT_EQ(fingerprint_of(data->organisation), fingerprint_of(built_from(small_company())->organisation));
}

TEST(findings, offer_the_known_name_that_a_mistyped_column_is_nearest_to) {
    grids tables = small_company();
    tables["deals"].set(0, "Acount ID", "a1");
    tables["deals"].set(0, "hat_size", "60");
    const auto data = built_from(tables);
    const org::findings_table& findings = data->findings;
    ASSERT_EQ(count_of(findings, "schema.mistyped_column"), 1);
    ASSERT_EQ(count_of(findings, "schema.extra_column"), 1);
    EXPECT_EQ(findings.column[0], "Acount ID");
    EXPECT_EQ(findings.text[0], "no analysis reads a column \"Acount ID\"; the nearest known name is account_id");
    EXPECT_EQ(findings.text[1], "columns that no analysis reads: \"hat_size\"");
}

TEST(findings, list_ids_that_look_alike) {
    grids tables = small_company();
    tables["people"].add({"Bob"});
    tables["people"].add({" ann"});
    const auto data = built_from(tables);
    ASSERT_EQ(count_of(data->findings, "data.lookalike_id"), 2);
    EXPECT_EQ(data->findings.row.value[0], 1);
    EXPECT_EQ(data->findings.row_2.value[0], 3);
    EXPECT_EQ(data->findings.row.value[1], 2);
    EXPECT_EQ(data->findings.row_2.value[1], 4);
}

TEST(findings, list_negative_revenue_up_to_the_limit_and_count_the_rest) {
    grids tables = small_company();
    for (int i = 0; i < 150; ++i)
        tables["deals"].add({"n" + std::to_string(i), "bob", "-5.5", "", "2024-02-01", "won", ""});
    const auto data = built_from(tables);
    EXPECT_EQ(count_of(data->findings, "data.negative_revenue"), 100);
    EXPECT_EQ(count_of(data->findings, "findings.truncated"), 50);
    EXPECT_EQ(data->findings.row.value[0], 4);
    EXPECT_EQ(data->findings.text[0], "a won deal of -5.50 was taken as it is");
    EXPECT_EQ(data->organisation.deals.amount[4], -550);
}

TEST(findings, count_deals_outside_the_owners_employment_once) {
    grids tables = small_company();
    tables["deals"].add({"e1", "ann", "1", "", "2021-05-31", "won", ""});
    tables["deals"].add({"e2", "ann", "1", "", "2021-06-01", "won", ""});
    tables["deals"].add({"e3", "ann", "1", "", "2024-08-31", "won", ""});
    tables["deals"].add({"e4", "ann", "1", "", "2024-09-01", "lost", ""});
    tables["deals"].add({"e5", "ann", "1", "2021-05-01", "", "open", ""});
    const auto data = built_from(tables);
    ASSERT_EQ(data->findings.size(), 1U);
    EXPECT_EQ(data->findings.code[0], "data.outside_employment");
    EXPECT_EQ(data->findings.count.value[0], 3);
    EXPECT_EQ(data->findings.row.value[0], 4);
}

TEST(findings, say_that_a_time_zone_was_not_applied) {
    const grids tables = small_company();
    const built utc = build(tables, 1, {.zone = "UTC"});
    ASSERT_TRUE(utc.has_value()) << utc.error().message;
    EXPECT_EQ(utc.value()->findings.size(), 0U);
    const built local = build(tables, 1, {.zone = "Pacific/Kiritimati"});
    ASSERT_TRUE(local.has_value());
    EXPECT_EQ(local.value()->findings.code[0], "data.timezone");
    EXPECT_EQ(local.value()->findings.table[0], "activities");
    EXPECT_EQ(local.value()->findings.column[0], "start");
    EXPECT_NE(local.value()->findings.text[0].find("\"Pacific/Kiritimati\""), std::string::npos);
    const std::uint64_t as_days = fingerprint_of(build(tables).value()->organisation, true);
    EXPECT_EQ(fingerprint_of(utc.value()->organisation, true), as_days);
    EXPECT_EQ(fingerprint_of(local.value()->organisation, true), as_days);
}

TEST(findings, list_negative_totals) {
    grids tables = small_company();
    tables["sales"] = {{"person_id", "start", "end", "amount"},
                       {{"bob", "2024-01-01", "2024-02-01", "5"}, {"bob", "2024-02-01", "2024-03-01", "-5"}}};
    const auto data = built_from(tables);
    ASSERT_EQ(data->findings.size(), 1U);
    EXPECT_EQ(data->findings.code[0], "data.negative_revenue");
    EXPECT_EQ(data->findings.table[0], "sales");
    EXPECT_EQ(data->findings.row.value[0], 1);
}

TEST(findings, name_both_rows_of_quotas_and_totals_that_overlap) {
    grids tables = small_company();
    tables["sales"] = {{"person_id", "start", "end", "amount"},
                       {{"bob", "2024-01-15", "2024-02-15", "5"},
                        {"bob", "2024-02-01", "2024-03-01", "5"},
                        {"ann", "2024-01-01", "2024-02-01", "5"},
                        {"ann", "2024-02-01", "2024-03-01", "5"}}};
    tables["quotas"].add({"bob", "2024-06-01", "2024-07-01", "100", "own"});
    tables["quotas"].add({"ann", "2024-01-01", "2025-01-01", "100", "team"}); // beside her own: no overlap
    const auto data = built_from(tables);
    ASSERT_EQ(data->findings.size(), 2U);
    EXPECT_EQ(data->findings.code[0], "data.overlap");
    EXPECT_EQ(data->findings.table[0], "quotas");
    EXPECT_EQ(data->findings.row.value[0], 0);
    EXPECT_EQ(data->findings.row_2.value[0], 3);
    EXPECT_EQ(data->findings.text[0], "two rows of \"bob\" speak of the same days; their amounts are added");
    EXPECT_EQ(data->findings.table[1], "sales");
    EXPECT_EQ(data->findings.row.value[1], 0);
    EXPECT_EQ(data->findings.row_2.value[1], 1);
}

TEST(findings, tell_of_every_overlap_with_a_long_quota_behind) {
    grids tables = small_company(); // bob has a quota of the year
    for (int month = 1; month <= 9; ++month)
        tables["quotas"].add(
            {"bob", "2024-0" + std::to_string(month) + "-01", "2024-0" + std::to_string(month) + "-15", "10", "own"});
    EXPECT_EQ(count_of(built_from(tables)->findings, "data.overlap"), 9);
}

TEST(findings, tell_of_variable_pay_that_was_paid_back) {
    grids tables = small_company();
    tables["pay"].set(1, "paid_variable", "-9000");
    const auto data = built_from(tables);
    ASSERT_EQ(data->findings.size(), 1U);
    EXPECT_EQ(data->findings.code[0], "data.negative_pay");
    EXPECT_EQ(data->findings.row.value[0], 1);
}

TEST(build, stops_when_the_host_asks_and_tells_how_far_it_is) {
    ingest::table_set set;
    for (const auto& [name, table] : small_company()) ASSERT_TRUE(add_grid(set, name, table).has_value());
    std::vector<double> told;
    const auto listen = [](void* user, double share) {
        static_cast<std::vector<double>*>(user)->push_back(share);
        return share > 0.5 && static_cast<std::vector<double>*>(user)->front() < 0.0 ? 1 : 0;
    };
    run_context run;
    run.progress = listen;
    run.progress_user = &told;
    const auto attempt = [&] {
        ingest::table_set again;
        again.tables = set.tables; // tables are shared and unchanged by a build
        return ingest::build_organisation(run, std::move(again));
    };
    EXPECT_TRUE(attempt().has_value());
    EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
    EXPECT_NEAR(told.back(), 1.0, 1e-12);
    told = {-1.0};
    const built stopped = attempt();
    ASSERT_FALSE(stopped.has_value());
    EXPECT_EQ(stopped.error().kind, status::cancelled);
    EXPECT_LT(told.back(), 0.7);
    const std::atomic<bool> cancelled{true};
    run.cancelled = &cancelled;
    run.progress = nullptr;
    EXPECT_EQ(attempt().error().kind, status::cancelled);
    run.cancelled = nullptr;
    EXPECT_TRUE(attempt().has_value());
}

TEST(lines, hold_in_a_chain_of_a_million_people) {
    constexpr int n = 1'000'000;
    grids tables;
    tables["people"] = {{"person_id", "manager_id"}, {}};
    tables["people"].rows.reserve(n);
    const auto id = [](int i) { return std::to_string(1'000'000 + i); };
    for (int i = 0; i < n; ++i) tables["people"].rows.push_back({id(i), i + 1 < n ? id(i + 1) : ""});
    built chain = build(tables, 2);
    ASSERT_TRUE(chain.has_value()) << chain.error().message;
    EXPECT_EQ(chain.value()->organisation.people.manager_now[n - 2], static_cast<std::uint32_t>(n - 1));
    tables["people"].rows[n - 1][1] = id(0);
    built circle = build(tables, 2);
    ASSERT_FALSE(circle.has_value());
    EXPECT_EQ(circle.error().code, "data.cycle");
    EXPECT_EQ(circle.error().row, 0);
    EXPECT_NE(circle.error().message.find("(1000000 people)"), std::string::npos);
}

TEST(lines, hold_in_a_deep_chain_that_changes_every_day) {
    // A chain 30,000 deep under whose end somebody new is hung every day: too deep to walk each time.
    constexpr int n = 30'000;
    grids tables;
    tables["people"] = {{"person_id"}, {}};
    tables["assignments"] = {{"person_id", "manager_id", "start", "end"}, {}};
    const auto id = [](int i) { return std::to_string(1'000'000 + i); };
    const auto date = [](int i) { return std::string(calendar::format_iso_date(10'000 + i).view()); };
    for (int i = 0; i < 2 * n; ++i) tables["people"].rows.push_back({id(i)});
    for (int i = 0; i + 1 < n; ++i) tables["assignments"].rows.push_back({id(i), id(i + 1), date(0), ""});
    for (int i = 0; i < n; ++i)
        tables["assignments"].rows.push_back({id(n + i), id(0), date(1 + i), i % 2 == 0 ? date(40'000) : ""});
    built deep = build(tables, 2);
    ASSERT_TRUE(deep.has_value()) << deep.error().message;
    tables["assignments"].rows.push_back({id(n - 1), id(2 * n - 1), date(39'999), ""});
    built circle = build(tables, 2);
    ASSERT_FALSE(circle.has_value());
    EXPECT_EQ(circle.error().code, "data.cycle");
    EXPECT_NE(circle.error().message.find("(30001 people)"), std::string::npos) << circle.error().message;
    tables["assignments"].rows.back() = {id(n - 1), id(2 * n - 2), date(40'000), ""}; // that line has just ended
    EXPECT_TRUE(build(tables).has_value());
}

TEST(organisation, takes_its_memory_from_the_run) {
    struct counting : std::pmr::memory_resource {
        std::size_t n = 0;
        void* do_allocate(std::size_t bytes, std::size_t alignment) override {
            ++n;
            return std::pmr::new_delete_resource()->allocate(bytes, alignment);
        }
        void do_deallocate(void* at, std::size_t bytes, std::size_t alignment) override {
            --n;
            std::pmr::new_delete_resource()->deallocate(at, bytes, alignment);
        }
        bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
    } memory;
    {
        const built outcome = build(small_company(), 1, {}, &memory);
        ASSERT_TRUE(outcome.has_value());
        EXPECT_GT(memory.n, 20U);
        EXPECT_EQ(fingerprint_of(outcome.value()->organisation, true),
                  fingerprint_of(build(small_company()).value()->organisation, true));
    }
    EXPECT_EQ(memory.n, 0U);
}
