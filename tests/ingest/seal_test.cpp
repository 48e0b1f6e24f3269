// Memory that its producer writes into after it was handed over is noticed by debug builds.
#include "ingest/seal.hpp"

#include <cstring>

#include <gtest/gtest.h>

#include "ingest/organisation_tables.hpp"

using namespace dualtrack;
using namespace dualtrack::testing;

namespace {

ingest::table_set handed_over(const shape& how = {}) {
    ingest::table_set set;
    for (const auto& [name, table] : small_company())
        if (!add_grid(set, name, table, how)) ADD_FAILURE() << name;
    return set;
}

/// A buffer of a column in the producer's hands.
char* buffer_of(const ingest::table_set& set, std::string_view table, std::string_view column, int buffer,
                std::size_t batch = 0) {
    const auto found = set.find(table);
    const ArrowArray& array = *found->batches[batch]->children[ingest::find_column(*found, column)];
    return static_cast<char*>(const_cast<void*>(array.buffers[buffer]));
}

std::string said(const result<void>& outcome) {
    return outcome ? "fine" : std::string(outcome.error().code) + " at " + outcome.error().where;
}

} // namespace

TEST(seals, hold_while_nobody_writes) {
    for (const shape& how : {shape{}, shape{.chunk_rows = 1}, shape{.slice = 3}, shape{.dictionary = true},
                             shape{.wide_offsets = true}, shape{.zone = "UTC"}})
        EXPECT_EQ(said(ingest::check_seals(handed_over(how))), "fine");
}

TEST(seals, break_when_a_number_a_text_a_border_or_a_null_changes) {
    if (!ingest::seals_batches) GTEST_SKIP() << "a release build";
    struct change {
        std::string_view table, column;
        int buffer;
        std::ptrdiff_t at;
        shape how;
    };
    for (const change& one :
         {change{"deals", "amount", 1, 3, {}}, change{"deals", "closed", 1, 0, {}}, change{"deals", "amount", 0, 0, {}},
          change{"people", "person_id", 2, 4, {}}, change{"people", "person_id", 1, 4, {}},
          change{"people", "person_id", 1, 8, {.wide_offsets = true}},
          change{"people", "market", 1, 0, {.dictionary = true}}}) {
        const ingest::table_set set = handed_over(one.how);
        buffer_of(set, one.table, one.column, one.buffer)[one.at] ^= 1;
        EXPECT_EQ(said(ingest::check_seals(set)), "arrow.mutated at " + std::string(one.table))
            << one.column << " buffer " << one.buffer;
        buffer_of(set, one.table, one.column, one.buffer)[one.at] ^= 1;
        EXPECT_EQ(said(ingest::check_seals(set)), "fine");
    }
}

TEST(seals, do_not_mind_what_lies_around_the_rows) {
    const ingest::table_set set = handed_over({.slice = 5});
    std::memset(buffer_of(set, "deals", "amount", 1), 0x55, 5 * sizeof(double));
    EXPECT_EQ(said(ingest::check_seals(set)), "fine");
}

TEST(seals, name_the_batch) {
    if (!ingest::seals_batches) GTEST_SKIP() << "a release build";
    const ingest::table_set set = handed_over({.chunk_rows = 1});
    buffer_of(set, "deals", "amount", 1, 2)[0] ^= 1;
    const auto outcome = ingest::check_seals(set);
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().message.find("found batch 2 changed"), std::string::npos) << outcome.error().message;
}

TEST(seals, are_looked_at_before_an_organisation_is_built_and_stay_with_it) {
    if (!ingest::seals_batches) GTEST_SKIP() << "a release build";
    ingest::table_set set = handed_over();
    buffer_of(set, "credits", "share", 1)[7] ^= 1;
    const auto refused = ingest::build_organisation(run_context{}, std::move(set));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "arrow.mutated");
    const auto built = ingest::build_organisation(run_context{}, handed_over());
    ASSERT_TRUE(built);
    buffer_of(built.value()->tables, "people", "person_id", 2)[0] ^= 1;
    EXPECT_EQ(said(ingest::check_seals(built.value()->tables)), "arrow.mutated at people");
}
