// One organisation, however its tables are cut, ordered and encoded, and however many threads read them.
#include <gtest/gtest.h>

#include <numeric>

#include "ingest/organisation_fingerprint.hpp"
#include "ingest/organisation_tables.hpp"

using namespace dualtrack;
using namespace dualtrack::testing;

namespace {

/// An organisation at random: some people with long or odd ids, moves between managers, deals with shares.
grids random_company(std::uint64_t seed, std::size_t n_people, std::size_t n_deals) {
    std::mt19937_64 random(seed);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    const auto date = [&](std::size_t day) {
        return std::string(calendar::format_iso_date(static_cast<std::int32_t>(18'000 + day)).view());
    };
    const auto share_text = [](std::size_t eighths) {
        static constexpr const char* texts[] = {"0", "0.125", "0.25", "0.375", "0.5", "0.625", "0.75", "0.875", "1"};
        return std::string(texts[eighths]);
    };
    std::vector<std::string> people;
    for (std::size_t i = 0; i < n_people; ++i) {
        std::string id = "p" + std::to_string(i);
        if (i % 7 == 3) id = "a.rather.long.name." + std::to_string(i) + "@example.com";
        if (i % 11 == 5) id = "P" + std::to_string(i);
        people.push_back(id);
    }
    grids tables;
    tables["people"] = {{"person_id", "name", "hired", "role", "market", "manager_id"}, {}};
    for (std::size_t i = 0; i < n_people; ++i)
        tables["people"].add({people[i], "", i % 3 == 0 ? "" : date(below(100)), i % 2 == 0 ? "seller" : "manager",
                              "m" + std::to_string(below(4)),
                              i == 0        ? ""
                              : i % 13 == 7 ? "unknown"
                                            : people[below(i)]});
    tables["assignments"] = {{"person_id", "manager_id", "start", "end", "team"}, {}};
    for (std::size_t i = 1; i < n_people; ++i) {
        std::size_t from = below(200);
        for (std::size_t k = below(4); k > 0; --k) {
            const std::size_t to = from + 1 + below(200);
            tables["assignments"].add({people[i], below(9) == 0 ? "" : people[below(i)], date(from),
                                       k == 1 && below(2) == 0 ? "" : date(to), "t" + std::to_string(below(3))});
            from = to + below(2) * 5;
        }
    }
    tables["deals"] = {
        {"deal_id", "owner_id", "amount", "currency", "opened", "closed", "outcome", "segment", "list_price"}, {}};
    tables["credits"] = {{"deal_id", "person_id", "share", "kind"}, {}};
    tables["participants"] = {{"deal_id", "person_id", "part", "joined"}, {}};
    for (std::size_t i = 0; i < n_deals; ++i) {
        const std::string id = (i % 5 == 2 ? "a-deal-with-a-long-id-" : "d") + std::to_string(1'000'000 + i * 7);
        const std::size_t opened = below(300);
        static constexpr const char* outcomes[] = {"won", "won", "lost", "open"};
        const std::string outcome = outcomes[below(4)];
        tables["deals"].add({id, people[below(n_people)], std::to_string(below(100'000)) + ".25",
                             below(3) == 0 ? "USD" : "", below(5) == 0 ? "" : date(opened),
                             outcome == "open" ? "" : date(opened + below(90)), outcome,
                             below(4) == 0 ? "" : "s" + std::to_string(below(3)), below(2) == 0 ? "" : "99.5"});
        if (below(3) > 0) {
            const std::size_t one = below(9);
            const std::size_t two = below(9 - one);
            tables["credits"].add({id, people[below(n_people)], share_text(one), "revenue"});
            tables["credits"].add({id, people[below(n_people)], share_text(two), ""});
            tables["credits"].add({id, people[below(n_people)], share_text(8 - one - two), "revenue"});
        }
        if (below(4) == 0) tables["credits"].add({id, people[below(n_people)], share_text(below(9)), "overlay"});
        static constexpr const char* parts[] = {"", "seller", "manager", "mentor"};
        for (std::size_t k = below(4); k > 0; --k)
            tables["participants"].add(
                {id, people[below(n_people)], parts[below(4)], below(2) == 0 ? "" : date(opened)});
    }
    tables["quotas"] = {{"person_id", "start", "end", "amount", "scope"}, {}};
    tables["sales"] = {{"person_id", "start", "end", "amount", "currency"}, {}};
    tables["activities"] = {{"actor_id", "subject_id", "deal_id", "kind", "start", "minutes"}, {}};
    for (std::size_t i = 0; i < 3 * n_people; ++i) {
        const std::size_t start = below(12) * 30;
        tables["quotas"].add({people[below(n_people)], date(start), date(start + 30), std::to_string(below(3) * 1000),
                              below(3) == 0 ? "team" : ""});
        tables["sales"].add({people[below(n_people)], date(start), date(start + 30), std::to_string(below(5)),
                             below(2) == 0 ? "EUR" : "USD"});
        tables["activities"].add({people[below(n_people)], below(2) == 0 ? "" : people[below(n_people)],
                                  below(3) == 0 ? tables["deals"].rows[below(n_deals)][0] : "",
                                  std::string(org::activity_words[below(3)]), date(below(4)),
                                  below(3) == 0 ? "" : std::to_string(below(3) * 15)});
    }
    tables["pay"] = {{"person_id", "start", "end", "base", "target_variable"}, {}};
    for (std::size_t i = 0; i < n_people; ++i) {
        tables["pay"].add({people[i], date(0), date(100), std::to_string(50'000 + below(9) * 1000), "1000"});
        if (below(2) == 0) tables["pay"].add({people[i], date(100), "", std::to_string(60'000 + below(9) * 1000), ""});
    }
    return tables;
}

void shuffle_rows(grids& tables, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (auto& [name, table] : tables)
        for (std::size_t i = table.rows.size(); i > 1; --i)
            std::swap(table.rows[i - 1], table.rows[static_cast<std::size_t>(random() % i)]);
}

std::uint64_t print_of(const grids& tables, bool with_rows, int threads = 1, const shape& how = {}) {
    const built outcome = build(tables, threads, how);
    EXPECT_TRUE(outcome.has_value()) << outcome.error().where << ": " << outcome.error().message;
    return outcome.has_value() ? fingerprint_of(outcome.value()->organisation, with_rows) : 0;
}

} // namespace

TEST(organisation, does_not_depend_on_row_order) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        grids tables = random_company(seed, 20 + 10 * seed, 40 * seed);
        const std::uint64_t expected = print_of(tables, false);
        for (std::uint64_t order = 1; order <= 8; ++order) {
            shuffle_rows(tables, order);
            EXPECT_EQ(print_of(tables, false), expected) << seed << " " << order;
        }
    }
}

TEST(organisation, changes_when_one_cell_does) {
    grids tables = random_company(3, 40, 100);
    const std::uint64_t expected = print_of(tables, false);
    for (const char* name : {"assignments", "participants", "quotas", "sales", "activities", "pay"}) {
        grids other = tables;
        other[name].rows.pop_back();
        const built outcome = build(other);
        ASSERT_TRUE(outcome.has_value()) << name;
        EXPECT_NE(fingerprint_of(outcome.value()->organisation), expected) << name;
    }
    tables["deals"].set(5, "list_price", "12345.5");
    EXPECT_NE(print_of(tables, false), expected);
}

TEST(organisation, does_not_depend_on_chunks_slices_or_encoding) {
    const grids tables = random_company(11, 60, 300);
    const std::uint64_t expected = print_of(tables, true);
    for (const std::size_t chunk : {1U, 7U, 64U, 100'000U})
        for (const std::size_t slice : {0U, 1U, 8U, 63U})
            for (const bool dictionary : {false, true})
                for (const bool wide : {false, true})
                    EXPECT_EQ(print_of(tables, true, 1, {chunk, slice, dictionary, wide}), expected)
                        << chunk << " " << slice << " " << dictionary << " " << wide;
}

TEST(organisation, does_not_depend_on_threads) {
    grids tables = random_company(5, 1'500, 30'000); // more than one block of rows
    const std::uint64_t ordered = print_of(tables, true);
    for (const int threads : {2, 8}) EXPECT_EQ(print_of(tables, true, threads), ordered);
    const std::uint64_t expected = print_of(tables, false);
    shuffle_rows(tables, 1);
    const std::uint64_t shuffled = print_of(tables, true);
    for (const int threads : {2, 8}) EXPECT_EQ(print_of(tables, true, threads), shuffled);
    EXPECT_EQ(print_of(tables, false, 2), expected);
}

TEST(organisation, does_not_depend_on_threads_when_it_is_refused) {
    grids tables = random_company(6, 500, 35'000);
    for (std::size_t i = 33'000; i < 35'000; i += 777) tables["deals"].set(i, "owner_id", "nobody" + std::to_string(i));
    for (const int threads : {1, 2, 8}) {
        const built outcome = build(tables, threads);
        ASSERT_FALSE(outcome.has_value());
        EXPECT_EQ(outcome.error().row, 33'000);
        EXPECT_NE(outcome.error().message.find("\"nobody33000\""), std::string::npos);
    }
}

TEST(organisation, changes_only_names_when_people_are_renamed) {
    grids tables = random_company(9, 50, 200);
    const auto amounts = [](const built& outcome) {
        std::int64_t sum = 0;
        for (const std::int64_t amount : outcome.value()->organisation.deals.amount) sum += amount;
        return sum;
    };
    const built before = build(tables);
    ASSERT_TRUE(before.has_value());
    for (auto& row : tables["people"].rows) row[1] = "Somebody Else";
    const built after = build(tables);
    ASSERT_TRUE(after.has_value());
    EXPECT_EQ(amounts(before), amounts(after));
    EXPECT_NE(fingerprint_of(before.value()->organisation), fingerprint_of(after.value()->organisation));
    for (auto& row : tables["people"].rows) row[1] = "";
    EXPECT_EQ(fingerprint_of(before.value()->organisation, true), print_of(tables, true));
}
