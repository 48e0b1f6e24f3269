#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "ingest/organisation_columns.hpp"
#include "ingest/organisation_ids.hpp"

using namespace dualtrack;
using namespace dualtrack::ingest;

namespace {

text_column texts(const std::vector<std::string>& from) {
    text_builder builder;
    for (const std::string& text : from) builder.push(text);
    return text_builder::finish(std::move(builder));
}

std::string random_id(std::mt19937_64& random) {
    static constexpr std::size_t lengths[] = {1, 3, 4, 7, 8, 9, 12, 15, 16, 17, 18, 24, 40};
    std::string id;
    for (std::size_t n = lengths[random() % std::size(lengths)]; n > 0; --n) id.push_back("abAB01-"[random() % 7]);
    return id;
}

} // namespace

TEST(salesforce_ids, meet_in_both_spellings) {
    // 0015000000Gv7qJ: the second group has no capital, the third has G, v7q, J.
    EXPECT_EQ(canonical_id("0015000000Gv7qJAAR"), "0015000000Gv7qJ");
    EXPECT_EQ(canonical_id("0015000000Gv7qJAAS"), "0015000000Gv7qJAAS");   // not the checksum
    EXPECT_EQ(canonical_id("0015000000Gv7q-AAB"), "0015000000Gv7q-AAB");   // not of letters and digits
    EXPECT_EQ(canonical_id("0015000000Gv7qJAAR "), "0015000000Gv7qJAAR "); // 19 characters
    EXPECT_EQ(canonical_id("AAAAAAAAAAAAAAA555"), "AAAAAAAAAAAAAAA");
    EXPECT_EQ(canonical_id("aaaaaaaaaaaaaaaAAA"), "aaaaaaaaaaaaaaa");
}

TEST(id_keys, are_equal_for_equal_ids_alone) {
    std::mt19937_64 random(1);
    std::unordered_map<std::string, id_key> keys;
    for (int i = 0; i < 20'000; ++i) {
        const std::string id = random_id(random);
        // A copy that ends where its memory does: reading on would be seen by the address sanitizer.
        const std::vector<char> bytes(id.begin(), id.end());
        const id_key key = key_of(std::string_view(bytes.data(), bytes.size()));
        const auto [known, is_new] = keys.emplace(id, key);
        EXPECT_EQ(known->second, key);
    }
    std::set<std::pair<std::uint64_t, std::uint64_t>> distinct;
    for (const auto& [id, key] : keys) distinct.emplace(key.head, key.tail);
    EXPECT_EQ(distinct.size(), keys.size());
}

TEST(id_index, finds_what_is_there_and_nothing_else) {
    std::mt19937_64 random(2);
    for (const bool sorted : {false, true}) {
        std::set<std::string> distinct;
        while (distinct.size() < 5'000) distinct.insert(std::string(canonical_id(random_id(random))));
        std::vector<std::string> ids(distinct.begin(), distinct.end());
        if (!sorted) std::shuffle(ids.begin(), ids.end(), random);
        const text_column column = texts(ids);
        for (const std::uint64_t seed : {0U, 1U, 99U}) {
            id_index index;
            ASSERT_EQ(index.build({}, column, seed).value().row, -1);
            EXPECT_EQ(index.ascends(), sorted);
            for (const bool with_table : {false, true}) {
                if (with_table) {
                    ASSERT_TRUE(index.build_table({}, true).has_value());
                }
                for (std::uint32_t row = 0; row < ids.size(); ++row) {
                    EXPECT_EQ(index.find(ids[row]), row);
                    EXPECT_EQ(index.find(canonical_id(ids[row]), key_of(canonical_id(ids[row])),
                                         static_cast<std::uint32_t>(random() % ids.size())),
                              row);
                }
                for (int i = 0; i < 5'000; ++i) {
                    const std::string id = random_id(random);
                    if (!distinct.contains(std::string(canonical_id(id)))) {
                        EXPECT_EQ(index.find(id), no_index);
                    }
                }
                EXPECT_EQ(index.find(""), no_index);
            }
        }
    }
}

TEST(id_index, finds_nothing_among_no_ids) {
    const text_column none = texts({});
    id_index index;
    ASSERT_TRUE(index.build({}, none).has_value());
    ASSERT_TRUE(index.build_table({}, true).has_value());
    EXPECT_EQ(index.find("a"), no_index);
}

TEST(id_index, names_the_first_two_rows_of_a_duplicate) {
    for (int threads : {1, 2}) {
        run_context run;
        run.threads = threads;
        const text_column column = texts({"c", "b", "x", "a", "b", "x", "x"});
        id_index index;
        const equal_rows found = index.build(run, column).value();
        EXPECT_EQ(found.row, 1);
        EXPECT_EQ(found.row_2, 4);
    }
}

TEST(id_index, finds_a_duplicate_among_ids_that_ascend) {
    const text_column column = texts({"a", "b", "b", "c"});
    id_index index;
    EXPECT_EQ(index.build({}, column).value().row, 1);
}

TEST(id_index, stays_right_when_ids_are_made_to_collide) {
    // All ids begin their search in the first 64th of the table: another seed has to be found.
    std::vector<std::string> ids;
    std::uint64_t i = 0;
    while (ids.size() < 1'200) {
        std::string id = std::to_string(i++) + "x";
        if (hash_of(key_of(id), 0) >> 32U < (std::uint64_t{1} << 32U) / 64) ids.push_back(std::move(id));
    }
    std::reverse(ids.begin(), ids.end());
    const text_column column = texts(ids);
    id_index index;
    ASSERT_EQ(index.build({}, column).value().row, -1);
    for (std::uint32_t row = 0; row < ids.size(); ++row) EXPECT_EQ(index.find(ids[row]), row);
    EXPECT_EQ(index.find("none"), no_index);
}

TEST(numbered_ids, are_found_by_number_alone) {
    const text_column column = texts({"D0007", "D0003", "D0004"});
    id_index index;
    ASSERT_EQ(index.build({}, column).value().row, -1);
    EXPECT_TRUE(index.is_numbered());
    EXPECT_EQ(index.find("D0007"), 0U);
    EXPECT_EQ(index.find("D0003"), 1U);
    EXPECT_EQ(index.find("D0004"), 2U);
    for (const char* other : {"D0005", "D0002", "D0008", "D00007", "D007", "E0007", "D000:", "D000/", "D-007", "0007",
                              "D", "", "D0007 ", "d0007", "D99999999999990007", "D000000000000000000007"})
        EXPECT_EQ(index.find(other), no_index) << other;
}

TEST(numbered_ids, have_no_leading_zeros_when_their_lengths_differ) {
    const text_column column = texts({"9", "10", "11", "8"});
    id_index index;
    ASSERT_EQ(index.build({}, column).value().row, -1);
    EXPECT_TRUE(index.is_numbered());
    EXPECT_EQ(index.find("9"), 0U);
    EXPECT_EQ(index.find("11"), 2U);
    for (const char* other : {"09", "010", "12", "7", "+9", " 9", "9.0"})
        EXPECT_EQ(index.find(other), no_index) << other;
    const text_column two_ways = texts({"7", "07", "8"}); // not numbered: these are three ids
    ASSERT_EQ(index.build({}, two_ways).value().row, -1);
    EXPECT_FALSE(index.is_numbered());
    EXPECT_EQ(index.find("07"), 1U);
}

TEST(numbered_ids, need_no_memory_when_they_count_the_rows_through) {
    const text_column column = texts({"a.long.prefix.of.ids.8", "a.long.prefix.of.ids.9", "a.long.prefix.of.ids.10"});
    numbered_ids numbers;
    EXPECT_TRUE(numbers.recognise({}, column).value());
    EXPECT_TRUE(numbers.count_through() && numbers.has_rows());
    EXPECT_EQ(numbers.find("a.long.prefix.of.ids.10"), 2U);
    EXPECT_EQ(numbers.find("a.long.prefix_of.ids.10"), no_index);
    EXPECT_EQ(numbers.find("a.long.prefix.of.ids.11"), no_index);
}

TEST(numbered_ids, are_given_up_for_large_gaps_and_long_numbers) {
    id_index index;
    for (const auto& ids : {std::vector<std::string>{"1", "99", "5"},
                            {"12345678901234567", "12345678901234566"},
                            {"a", "b"},
                            {"1", "a"},
                            {"x1", "y2"}}) {
        const text_column column = texts(ids);
        ASSERT_EQ(index.build({}, column).value().row, -1);
        EXPECT_FALSE(index.is_numbered());
        for (std::uint32_t row = 0; row < ids.size(); ++row) EXPECT_EQ(index.find(ids[row]), row);
        EXPECT_EQ(index.find("2"), no_index);
    }
}

TEST(numbered_ids, name_the_first_two_rows_of_a_duplicate) {
    const text_column column = texts({"P3", "P1", "P2", "P1", "P3", "P3"});
    id_index index;
    const equal_rows found = index.build({}, column).value();
    EXPECT_EQ(found.row, 0);
    EXPECT_EQ(found.row_2, 4);
}

TEST(numbered_ids, agree_with_a_map_for_any_width_order_and_gaps) {
    std::mt19937_64 random(4);
    for (int round = 0; round < 200; ++round) {
        const std::size_t width = round % 2 == 0 ? 0 : 6 + random() % 10;
        const std::string prefix(random() % 12, 'q');
        const std::uint64_t lowest = width > 7 ? random() % 90'000'000 : random() % 90'000;
        const auto id_of = [&](std::uint64_t number) {
            std::string digits = std::to_string(number);
            if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
            return prefix + digits;
        };
        std::vector<std::string> ids;
        for (std::uint64_t i = 0; i < 300; ++i)
            if (random() % 3 > 0) ids.push_back(id_of(lowest + i));
        if (round % 3 > 0) std::shuffle(ids.begin(), ids.end(), random);
        std::unordered_map<std::string, std::uint32_t> rows;
        for (std::uint32_t row = 0; row < ids.size(); ++row) rows[ids[row]] = row;
        const text_column column = texts(ids);
        id_index index;
        ASSERT_EQ(index.build({}, column).value().row, -1);
        ASSERT_TRUE(index.build_table({}, true).has_value());
        EXPECT_TRUE(index.is_numbered());
        for (std::uint64_t i = 0; i < 320; ++i) {
            const std::string id = id_of(lowest + i - 10);
            EXPECT_EQ(index.find(id), rows.contains(id) ? rows[id] : no_index) << id;
        }
    }
}

TEST(text_lookup, reads_any_row_of_many_runs) {
    std::vector<std::string> ids;
    for (int i = 0; i < 10'000; ++i) ids.push_back("t" + std::to_string(i * 31));
    const text_column whole = texts(ids);
    text_column cut = whole; // the same bytes in runs of many sizes, some without rows
    cut.chunks.clear();
    for (std::int64_t row = 0, size = 1; row < whole.n_rows; row += size, size = size * 5 % 997) {
        text_chunk chunk = whole.chunks[0];
        chunk.first_row = row;
        chunk.n_rows = std::min(size, whole.n_rows - row);
        chunk.index = static_cast<const char*>(whole.chunks[0].index) + row * 8;
        chunk.validity = nullptr;
        if (size % 3 == 0) {
            text_chunk none = chunk;
            none.n_rows = 0;
            cut.chunks.push_back(none);
        }
        cut.chunks.push_back(chunk);
    }
    const text_lookup lookup(cut, std::pmr::get_default_resource());
    text_cursor cursor(cut, 0);
    for (std::int64_t row = 0; row < whole.n_rows; ++row) {
        EXPECT_EQ(lookup.at(row), ids[static_cast<std::size_t>(row)]);
        EXPECT_EQ(cursor.at(row), ids[static_cast<std::size_t>(row)]);
    }
}

TEST(order_by_key, is_empty_for_rows_in_order_and_else_sorts_them) {
    const std::vector<std::uint32_t> sorted{0, 0, 2, 2};
    const std::vector<int> rank{1, 2, 1, 1};
    const auto less = [&](std::uint32_t a, std::uint32_t b) { return rank[a] < rank[b]; };
    EXPECT_TRUE(order_by_key({}, sorted, 3, less).value().empty());
    const std::vector<std::uint32_t> keys{2, 0, 2, 0};
    const auto order = order_by_key({}, keys, 3, less).value();
    EXPECT_EQ(std::vector<std::uint32_t>(order.begin(), order.end()), (std::vector<std::uint32_t>{3, 1, 0, 2}));
}
