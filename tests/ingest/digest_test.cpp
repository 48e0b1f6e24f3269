#include "ingest/digest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/organisation_tables.hpp"

namespace {

using namespace dualtrack;
using dualtrack::testing::grid;
using dualtrack::testing::shape;

table_digest digest_of(const grid& from, const std::string& name = "deals", const shape& how = {}, int threads = 1) {
    ingest::table_set set;
    const auto added = dualtrack::testing::add_grid(set, name, from, how);
    EXPECT_TRUE(added.has_value()) << added.error().message;
    run_context run;
    run.threads = threads;
    auto digest = ingest::digest_table(run, set.tables.front());
    EXPECT_TRUE(digest.has_value()) << digest.error().message;
    return digest ? std::move(digest).value() : table_digest();
}

grid deals() { return dualtrack::testing::small_company().at("deals"); }

TEST(table_digest, is_pinned) {
    // Computed by the rules in digest.hpp with another implementation (Python's hashlib and struct).
    grid one{{"deal_id", "owner_id", "amount", "outcome"}, {{"d1", "ann", "2.5", "won"}, {"d2", "bob", "", "lost"}}};
    const table_digest digest = digest_of(one);
    ASSERT_EQ(digest.columns.size(), 4U);
    EXPECT_EQ(digest.columns[0].name, "amount");
    EXPECT_EQ(digest.columns[0].kind, "money");
    EXPECT_EQ(digest.columns[0].n_missing, 1);
    EXPECT_EQ(hex_of(digest.columns[0].hash), "be0d13af37676a42126df7a4bb9677e60686851699d90cac323a497292ca2038");
    EXPECT_EQ(hex_of(digest.columns[1].hash), "6f915293e3bd530ca329d41e776b18bcb2a8c9a48de62424f5b1c5cf7136e171");
    EXPECT_EQ(hex_of(digest.ordered), "90db74b0760de6f42a3aa283a16ec134da9c9b0d31afedccf0b769a110b800a8");
    EXPECT_EQ(hex_of(*digest.set), "08c99ff09518a96172d897ceaeacb046878a9c45746b1f51fb9bc811204f6c8e");
}

TEST(table_digest, ignores_chunks_slices_dictionaries_offset_widths_and_threads) {
    for (const auto& [name, table] : dualtrack::testing::small_company()) {
        const table_digest plain = digest_of(table, name);
        for (const std::size_t chunk : {std::size_t{1}, std::size_t{2}, std::size_t{1000}})
            for (const std::size_t slice : {0U, 1U, 7U, 8U, 64U})
                for (const bool dictionary : {false, true})
                    for (const bool wide : {false, true}) {
                        const table_digest other = digest_of(table, name, {chunk, slice, dictionary, wide}, 2);
                        ASSERT_EQ(other.ordered, plain.ordered) << name << chunk << slice << dictionary << wide;
                        ASSERT_EQ(other.set, plain.set) << name << chunk << slice << dictionary << wide;
                    }
    }
}

TEST(table_digest, ignores_the_order_of_columns_and_columns_beyond_the_contract) {
    grid table = deals();
    const table_digest plain = digest_of(table);
    table.set(0, "comment", "something");
    EXPECT_EQ(digest_of(table).ordered, plain.ordered);
    std::swap(table.columns[0], table.columns[2]);
    for (auto& row : table.rows) std::swap(row[0], row[2]);
    EXPECT_EQ(digest_of(table).ordered, plain.ordered);
    EXPECT_EQ(digest_of(table).set, plain.set);
}

TEST(table_digest, of_the_set_ignores_the_order_of_rows_and_the_ordered_one_does_not) {
    grid table = deals();
    const table_digest plain = digest_of(table);
    std::mt19937_64 engine(3);
    for (int i = 0; i < 20; ++i) {
        std::shuffle(table.rows.begin(), table.rows.end(), engine);
        const table_digest other = digest_of(table);
        EXPECT_EQ(other.set, plain.set);
        EXPECT_EQ(other.ordered == plain.ordered, table.rows == deals().rows);
    }
}

TEST(table_digest, changes_with_every_cell) {
    const grid table = deals();
    std::set<std::string> seen{hex_of(digest_of(table).ordered)};
    std::set<std::string> sets{hex_of(*digest_of(table).set)};
    for (std::size_t row = 0; row < table.rows.size(); ++row)
        for (std::size_t column = 0; column < table.columns.size(); ++column) {
            grid other = table;
            std::string& cell = other.rows[row][column];
            const auto kind = dualtrack::testing::kind_of("deals", table.columns[column]);
            if (kind == ingest::cell_kind::date) cell = cell == "2024-12-24" ? "" : "2024-12-24";
            else if (kind == ingest::cell_kind::money) cell = cell.empty() ? "0" : "";
            else if (kind == ingest::cell_kind::word) cell = cell == "open" ? "won" : "open";
            else cell += "x";
            EXPECT_TRUE(seen.insert(hex_of(digest_of(other).ordered)).second) << row << " " << table.columns[column];
            EXPECT_TRUE(sets.insert(hex_of(*digest_of(other).set)).second) << row << " " << table.columns[column];
        }
    EXPECT_EQ(seen.size(), 1 + table.rows.size() * table.columns.size());
}

TEST(table_digest, tells_two_equal_rows_from_one) {
    grid table = deals();
    table.rows.push_back(table.rows[0]);
    EXPECT_NE(digest_of(table).set, digest_of(deals()).set);
}

TEST(table_digest, does_not_mix_up_neighbouring_texts) {
    grid one{{"person_id", "name"}, {{"ab", "c"}}};
    grid two{{"person_id", "name"}, {{"a", "bc"}}};
    EXPECT_NE(digest_of(one, "people").set, digest_of(two, "people").set);
    EXPECT_NE(digest_of(one, "people").ordered, digest_of(two, "people").ordered);
}

TEST(table_digest, knows_a_missing_number_from_zero_and_one_zero) {
    const auto of = [](std::string amount) {
        const grid table{{"deal_id", "owner_id", "amount", "outcome"}, {{"d", "a", std::move(amount), "won"}}};
        return digest_of(table).ordered;
    };
    EXPECT_NE(of(""), of("0"));
    EXPECT_EQ(of("-0.0"), of("0"));
    const auto share = [](std::string value) {
        const grid table{{"deal_id", "person_id", "share"}, {{"d", "a", std::move(value)}}};
        return digest_of(table, "credits").ordered;
    };
    EXPECT_EQ(share("-0.0"), share("0"));
    EXPECT_NE(share("0.5"), share("0.50000000000000011"));
}

TEST(table_digest, of_no_rows_knows_its_columns) {
    const grid none{{"person_id", "name"}, {}};
    const table_digest digest = digest_of(none, "people");
    EXPECT_EQ(digest.n_rows, 0);
    EXPECT_EQ(digest.columns.size(), 2U);
    EXPECT_NE(digest.ordered, digest_of({{"person_id"}, {}}, "people").ordered);
    EXPECT_NE(digest.set, digest_of({{"person_id"}, {}}, "people").set);
}

TEST(table_digest, is_the_same_over_many_blocks_and_threads) {
    grid table{{"person_id", "start", "end", "amount"}, {}};
    for (int i = 0; i < 140000; ++i)
        table.rows.push_back({"p" + std::to_string(i % 5000), "2024-01-01", "2024-02-01", std::to_string(i)});
    const table_digest one = digest_of(table, "sales");
    const table_digest two = digest_of(table, "sales", {1000, 3, false, true}, 2);
    EXPECT_EQ(one.ordered, two.ordered);
    EXPECT_EQ(one.set, two.set);
    EXPECT_EQ(one.n_rows, 140000);
}

}  // namespace
