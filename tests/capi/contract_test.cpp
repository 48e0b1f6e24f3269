// The C ABI as its header promises it, seen by a host that includes nothing else.
#include <atomic>
#include <cfenv>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "host.hpp"

namespace {

using host::data_of;
using host::handle;
using host::json_of;
using host::small;

TEST(c_abi, says_which_version_it_is) {
    EXPECT_STREQ(dtk_version(), DTK_VERSION);
    EXPECT_EQ(dtk_abi_version(), DTK_ABI_VERSION);
}

TEST(c_abi, runs_a_small_organisation_from_json_to_json) {
    handle<dtk_data> data;
    ASSERT_EQ(data_of(small, data).status, DTK_OK);
    handle<dtk_result> result;
    ASSERT_EQ(host::run(data.get(), "measures", result).status, DTK_OK);
    ASSERT_EQ(dtk_result_n_tables(result.get()), 5U);
    EXPECT_STREQ(dtk_result_table_name(result.get(), 4), "findings");
    EXPECT_EQ(dtk_result_table_name(result.get(), 5), nullptr);
    EXPECT_NE(json_of(result.get(), "sellers").find(R"("won_amount":50.01)"), std::string::npos);
}

TEST(c_abi, results_outlive_the_data_and_the_policy_they_came_from) {
    handle<dtk_data> data;
    ASSERT_EQ(data_of(small, data).status, DTK_OK);
    handle<dtk_policy> policy;
    ASSERT_EQ(host::parse(R"({"version":1})", policy).status, DTK_OK);
    handle<dtk_result> result;
    ASSERT_EQ(host::run(data.get(), "measures", result, policy.get()).status, DTK_OK);
    policy.reset();
    data.reset();
    EXPECT_NE(json_of(result.get(), "credit").find("d1"), std::string::npos);
    EXPECT_NE(dtk_result_record(result.get()), nullptr);
}

TEST(c_abi, arrays_outlive_the_result_they_came_from) {
    handle<dtk_data> data;
    ASSERT_EQ(data_of(small, data).status, DTK_OK);
    handle<dtk_result> result;
    ASSERT_EQ(host::run(data.get(), "measures", result).status, DTK_OK);
    ArrowArrayStream stream{};
    ASSERT_EQ(dtk_result_table(result.get(), "sellers", 7, &stream, nullptr), DTK_OK);
    result.reset();
    data.reset();
    ArrowSchema schema{};
    ASSERT_EQ(stream.get_schema(&stream, &schema), 0);
    ArrowArray array{};
    ASSERT_EQ(stream.get_next(&stream, &array), 0);
    stream.release(&stream);
    EXPECT_EQ(array.length, 3);
    EXPECT_STREQ(schema.children[0]->name, "person_id");
    std::thread([&] { array.release(&array); }).join();
    schema.release(&schema);
}

TEST(c_abi, an_exported_table_comes_back_in_as_a_table) {
    handle<dtk_data> data;
    ASSERT_EQ(data_of(small, data).status, DTK_OK);
    handle<dtk_result> result;
    ASSERT_EQ(host::run(data.get(), "measures", result).status, DTK_OK);
    ArrowArrayStream stream{};
    ASSERT_EQ(dtk_result_table(result.get(), "sellers", 7, &stream, nullptr), DTK_OK);
    handle<dtk_tables> tables;
    ASSERT_EQ(host::tables_of({}, tables).status, DTK_OK);
    ASSERT_EQ(dtk_tables_add(tables.get(), "people", 6, &stream, nullptr), DTK_OK);
    EXPECT_EQ(stream.release, nullptr);
    dtk_data* people = nullptr;
    EXPECT_EQ(dtk_data_new(tables.release(), nullptr, &people, nullptr), DTK_OK);
    dtk_data_free(people);
}

TEST(c_abi, takes_a_stream_whatever_the_status) {
    int released = 0;
    ArrowArrayStream stream{};
    stream.private_data = &released;
    stream.get_schema = [](ArrowArrayStream*, ArrowSchema*) { return 5; };
    stream.get_next = [](ArrowArrayStream*, ArrowArray*) { return 5; };
    stream.get_last_error = [](ArrowArrayStream*) -> const char* { return "the producer's own words"; };
    const auto release = [](ArrowArrayStream* self) {
        ++*static_cast<int*>(self->private_data);
        self->release = nullptr;
    };
    dtk_error* error = nullptr;
    stream.release = release;
    auto said = host::read(dtk_tables_add(nullptr, "people", 6, &stream, &error), error);
    EXPECT_EQ(said.code, "argument.null");
    EXPECT_EQ(stream.release, nullptr);
    EXPECT_EQ(released, 1);
    handle<dtk_tables> tables;
    ASSERT_EQ(host::tables_of({}, tables).status, DTK_OK);
    stream.release = release;
    said = host::read(dtk_tables_add(tables.get(), "people", 6, &stream, &error), error);
    EXPECT_EQ(said.code, "arrow.stream");
    EXPECT_NE(said.message.find("the producer's own words"), std::string::npos);
    EXPECT_EQ(released, 2);
    said = host::read(dtk_tables_add(tables.get(), "people", 6, &stream, &error), error);
    EXPECT_EQ(said.code, "arrow.released");
    said = host::read(dtk_tables_add(tables.get(), "people", 6, nullptr, &error), error);
    EXPECT_EQ(said.code, "argument.null");
}

TEST(c_abi, a_null_where_something_is_needed_is_an_error_and_never_a_crash) {
    EXPECT_EQ(dtk_policy_parse(nullptr, 3, nullptr, nullptr), DTK_E_ARGUMENT);
    dtk_policy* policy = nullptr;
    EXPECT_EQ(dtk_policy_parse(nullptr, 3, &policy, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_tables_new(nullptr, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_tables_add_json(nullptr, "people", 6, "[]", 2, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_tables_add_batch(nullptr, "people", 6, nullptr, nullptr, nullptr), DTK_E_ARGUMENT);
    dtk_data* data = nullptr;
    EXPECT_EQ(dtk_data_new(nullptr, nullptr, &data, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_data_new(nullptr, nullptr, nullptr, nullptr), DTK_E_ARGUMENT);
    dtk_result* result = nullptr;
    EXPECT_EQ(dtk_run(nullptr, nullptr, "measures", 8, nullptr, &result, nullptr), DTK_E_ARGUMENT);
    ArrowArrayStream stream{};
    EXPECT_EQ(dtk_result_table(nullptr, "sellers", 7, &stream, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_result_json(nullptr, "sellers", 7, nullptr, nullptr, nullptr), DTK_E_ARGUMENT);
    EXPECT_EQ(dtk_result_record(nullptr), nullptr);
    EXPECT_EQ(dtk_result_n_tables(nullptr), 0U);
    EXPECT_EQ(dtk_result_table_name(nullptr, 0), nullptr);
    EXPECT_EQ(dtk_policy_json(nullptr), nullptr);
    EXPECT_EQ(dtk_policy_digest(nullptr), nullptr);
    EXPECT_EQ(dtk_error_status(nullptr), DTK_OK);
    EXPECT_STREQ(dtk_error_code(nullptr), "");
    EXPECT_STREQ(dtk_error_message(nullptr), "");
    EXPECT_STREQ(dtk_error_where(nullptr), "");
    EXPECT_EQ(dtk_error_row(nullptr), -1);
    EXPECT_EQ(dtk_cancel_new(nullptr, nullptr), DTK_E_ARGUMENT);
    dtk_error_free(nullptr);
    dtk_policy_free(nullptr);
    dtk_tables_free(nullptr);
    dtk_data_free(nullptr);
    dtk_result_free(nullptr);
    dtk_cancel_free(nullptr);
    dtk_cancel_request(nullptr);
    dtk_text_free(nullptr);
}

TEST(c_abi, names_what_it_does_not_know) {
    handle<dtk_data> data;
    ASSERT_EQ(data_of(small, data).status, DTK_OK);
    handle<dtk_result> result;
    const auto unknown = host::run(data.get(), "measure", result);
    EXPECT_EQ(unknown.status, DTK_E_ARGUMENT);
    EXPECT_NE(unknown.message.find("measures, pay"), std::string::npos);
    ASSERT_EQ(host::run(data.get(), "measures", result).status, DTK_OK);
    dtk_error* error = nullptr;
    ArrowArrayStream stream{};
    const auto table = host::read(dtk_result_table(result.get(), "seller", 6, &stream, &error), error);
    EXPECT_EQ(table.code, "argument.table_name");
    EXPECT_EQ(stream.release, nullptr);
    handle<dtk_tables> tables;
    EXPECT_EQ(host::tables_of({{"poeple", "[]"}}, tables).code, "argument.table_name");
}

TEST(c_abi, a_failed_call_changes_nothing_and_the_next_good_one_is_golden) {
    const std::string golden = host::golden();
    ASSERT_NE(golden, "failed");
    const std::vector<host::texts> wrong{
        {{"people", R"([{"person_id":"a"},{"person_id":"a"}])"}, {"deals", "[]"}},
        {{"people", R"([{"person_id":"a","manager_id":"b"},{"person_id":"b","manager_id":"a"}])"}},
        {{"people", host::people}, {"deals", R"([{"deal_id":"1","owner_id":"nobody","outcome":"open"}])"}},
        {{"people", host::people}, {"deals", R"([{"deal_id":"1","owner_id":"s1","outcome":"wun"}])"}},
        {{"people", host::people},
         {"deals", host::deals},
         {"credits", R"([{"deal_id":"d1","person_id":"s1","share":0.4}])"}},
    };
    for (const auto& rows : wrong) {
        handle<dtk_data> data;
        const auto said = data_of(rows, data);
        EXPECT_NE(said.status, DTK_OK);
        EXPECT_FALSE(said.code.empty());
        EXPECT_FALSE(said.message.empty());
        EXPECT_EQ(data, nullptr);
        EXPECT_EQ(host::golden(), golden);
    }
}

TEST(c_abi, a_table_that_failed_can_be_added_again) {
    handle<dtk_tables> tables;
    ASSERT_EQ(host::tables_of({{"people", host::people}}, tables).status, DTK_OK);
    dtk_error* error = nullptr;
    EXPECT_NE(dtk_tables_add_json(tables.get(), "deals", 5, "[{]", 3, &error), DTK_OK);
    dtk_error_free(error);
    EXPECT_EQ(dtk_tables_add_json(tables.get(), "deals", 5, host::deals.data(), host::deals.size(), nullptr), DTK_OK);
    dtk_data* data = nullptr;
    EXPECT_EQ(dtk_data_new(tables.release(), nullptr, &data, nullptr), DTK_OK);
    dtk_data_free(data);
}

TEST(c_abi, refuses_options_it_does_not_know) {
    handle<dtk_data> data;
    auto options = host::options();
    options.struct_size = 4;
    EXPECT_EQ(data_of(small, data, &options).code, "argument.struct_size");
    options = host::options();
    options.reserved = 1;
    EXPECT_EQ(data_of(small, data, &options).code, "argument.unknown_option");
    options = host::options();
    options.threads = -1;
    EXPECT_EQ(data_of(small, data, &options).code, "argument.unknown_option");
    options = host::options();
    options.allocator.deallocate = [](void*, void*, std::size_t, std::size_t) {};
    EXPECT_EQ(data_of(small, data, &options).code, "argument.null");
    struct {
        dtk_run_options known;
        std::int64_t newer;
    } wider{};
    wider.known.struct_size = sizeof wider;
    EXPECT_EQ(data_of(small, data, &wider.known).status, DTK_OK) << "zeros of a newer version mean nothing";
    wider.newer = 1;
    EXPECT_EQ(data_of(small, data, &wider.known).code, "argument.unknown_option");
}

TEST(c_abi, a_cancelled_run_says_so_and_leaves_the_data_usable) {
    dtk_cancel* raw = nullptr;
    ASSERT_EQ(dtk_cancel_new(&raw, nullptr), DTK_OK);
    const handle<dtk_cancel> cancel(raw);
    handle<dtk_data> data;
    ASSERT_EQ(data_of(small, data).status, DTK_OK);
    dtk_cancel_request(cancel.get());
    auto options = host::options();
    options.cancel = cancel.get();
    handle<dtk_result> result;
    EXPECT_EQ(host::run(data.get(), "measures", result, nullptr, &options).status, DTK_E_CANCELLED);
    EXPECT_EQ(result, nullptr);
    EXPECT_EQ(host::run(data.get(), "measures", result).status, DTK_OK);
    handle<dtk_data> never;
    EXPECT_EQ(data_of(small, never, &options).status, DTK_E_CANCELLED);
}

TEST(c_abi, progress_never_falls_and_can_stop_the_run) {
    struct log {
        std::vector<double> shares;
        bool stop = false;
        static int call(void* self, double share, const char* stage) {
            auto& own = *static_cast<log*>(self);
            EXPECT_NE(stage, nullptr);
            own.shares.push_back(share);
            return own.stop ? 1 : 0;
        }
    } seen;
    handle<dtk_data> data;
    auto options = host::options();
    options.progress = log::call;
    options.progress_user = &seen;
    ASSERT_EQ(data_of(small, data, &options).status, DTK_OK);
    seen.shares.clear();
    handle<dtk_result> result;
    ASSERT_EQ(host::run(data.get(), "measures", result, nullptr, &options).status, DTK_OK);
    ASSERT_FALSE(seen.shares.empty());
    for (std::size_t i = 1; i < seen.shares.size(); ++i) EXPECT_GE(seen.shares[i], seen.shares[i - 1]);
    EXPECT_GE(seen.shares.front(), 0.0);
    EXPECT_LE(seen.shares.back(), 1.0);
    seen.stop = true;
    EXPECT_EQ(host::run(data.get(), "measures", result, nullptr, &options).status, DTK_E_CANCELLED);
}

TEST(c_abi, gives_everything_back_to_the_hosts_allocator) {
    struct counted {
        std::atomic<long> live{0};
        std::atomic<long> calls{0};
    } counts;
    auto options = host::options();
    options.allocator.user = &counts;
    options.allocator.allocate = [](void* user, std::size_t bytes, std::size_t alignment) -> void* {
        ++static_cast<counted*>(user)->live;
        ++static_cast<counted*>(user)->calls;
        return ::operator new(bytes, std::align_val_t(alignment));
    };
    options.allocator.deallocate = [](void* user, void* memory, std::size_t, std::size_t alignment) {
        --static_cast<counted*>(user)->live;
        ::operator delete(memory, std::align_val_t(alignment));
    };
    const std::string expected = host::golden();
    {
        handle<dtk_data> data;
        ASSERT_EQ(data_of(small, data, &options).status, DTK_OK);
        handle<dtk_result> result;
        ASSERT_EQ(host::run(data.get(), "measures", result, nullptr, &options).status, DTK_OK);
        ArrowArrayStream stream{};
        ASSERT_EQ(dtk_result_table(result.get(), "credit", 6, &stream, nullptr), DTK_OK);
        std::string all;
        for (std::size_t i = 0; i < 5; ++i) all += json_of(result.get(), dtk_result_table_name(result.get(), i));
        EXPECT_EQ(all + dtk_result_record(result.get()), expected) << "an allocator never changes a number";
        result.reset();
        data.reset();
        EXPECT_GT(counts.live.load(), 0) << "the stream still holds its table";
        stream.release(&stream);
    }
    EXPECT_GT(counts.calls.load(), 20);
    EXPECT_EQ(counts.live.load(), 0);
}

TEST(c_abi, leaves_the_hosts_rounding_alone_and_is_not_touched_by_it) {
    const std::string expected = host::golden();
    for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO, FE_TONEAREST}) {
        std::fesetround(mode);
        const std::string found = host::golden();
        const int after = std::fegetround();
        std::fesetround(FE_TONEAREST);
        EXPECT_EQ(found, expected);
        EXPECT_EQ(after, mode);
    }
}

TEST(c_abi, one_data_serves_many_threads_at_once) {
    handle<dtk_data> data;
    ASSERT_EQ(data_of(small, data).status, DTK_OK);
    handle<dtk_result> shared;
    ASSERT_EQ(host::run(data.get(), "measures", shared).status, DTK_OK);
    const std::string expected = host::golden();
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) {
                handle<dtk_result> own;
                if (host::run(data.get(), "measures", own).status != DTK_OK) ++wrong;
                if (json_of(own.get(), "sellers") != json_of(shared.get(), "sellers")) ++wrong;
                if (std::string(dtk_result_record(shared.get())).empty()) ++wrong;
                handle<dtk_policy> policy;
                if (host::parse("{", policy).code != "json.syntax") ++wrong;
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong.load(), 0);
    EXPECT_EQ(host::golden(), expected);
}

TEST(c_abi, a_policy_shows_its_defaults_and_its_digest) {
    handle<dtk_policy> policy;
    ASSERT_EQ(host::parse(R"({"version":1})", policy).status, DTK_OK);
    EXPECT_NE(std::string(dtk_policy_json(policy.get())).find("\"window_months\":12"), std::string::npos);
    EXPECT_EQ(std::string(dtk_policy_digest(policy.get())).size(), 64U);
    handle<dtk_policy> again;
    ASSERT_EQ(host::parse(dtk_policy_json(policy.get()), again).status, DTK_OK);
    EXPECT_STREQ(dtk_policy_digest(again.get()), dtk_policy_digest(policy.get()));
    const auto said = host::parse(R"({"version":1,"windw_months":3})", again);
    EXPECT_EQ(said.code, "policy.unknown_key");
    EXPECT_EQ(said.where, "/windw_months");
    EXPECT_EQ(again, nullptr);
}

TEST(c_abi, catalog_and_schema_are_json_that_lives_as_long_as_the_library) {
    EXPECT_EQ(dtk_catalog(), dtk_catalog());
    EXPECT_EQ(dtk_policy_schema(), dtk_policy_schema());
    EXPECT_NE(std::string(dtk_catalog()).find("\"probability_top_quartile\""), std::string::npos);
    EXPECT_NE(std::string(dtk_policy_schema()).find("\"window_months\""), std::string::npos);
}

} // namespace
