// Out of memory is an ordinary error: every allocation of every call fails once, and from there on, and each time the
// call says so, leaks nothing, changes nothing, and the next good call gives the golden result.
#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

#include <gtest/gtest.h>

#include "host.hpp"

namespace {

std::atomic<long> live{0};
std::atomic<long> countdown{-1}; // -1: not armed; 0: fails
std::atomic<bool> for_good{false};

void* take(std::size_t bytes, std::size_t alignment, bool may_throw) {
    if (long left = countdown.load(); left >= 0) {
        if (left == 0) {
            if (!for_good.load()) countdown.store(-1);
            if (may_throw) throw std::bad_alloc();
            return nullptr;
        }
        countdown.store(left - 1);
    }
    void* memory = alignment > alignof(std::max_align_t)
                       ? std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment)
                       : std::malloc(bytes == 0 ? 1 : bytes);
    if (memory == nullptr) std::abort();
    ++live;
    return memory;
}

void give(void* memory) {
    if (memory == nullptr) return;
    --live;
    std::free(memory);
}

} // namespace

// The library's allocations come here, because the dynamic linker prefers the executable's own operators.
void* operator new(std::size_t n) {
    return take(n, 0, true);
}
void* operator new[](std::size_t n) {
    return take(n, 0, true);
}
void* operator new(std::size_t n, std::align_val_t a) {
    return take(n, static_cast<std::size_t>(a), true);
}
void* operator new[](std::size_t n, std::align_val_t a) {
    return take(n, static_cast<std::size_t>(a), true);
}
void* operator new(std::size_t n, const std::nothrow_t&) noexcept {
    return take(n, 0, false);
}
void* operator new[](std::size_t n, const std::nothrow_t&) noexcept {
    return take(n, 0, false);
}
void operator delete(void* p) noexcept {
    give(p);
}
void operator delete[](void* p) noexcept {
    give(p);
}
void operator delete(void* p, std::size_t) noexcept {
    give(p);
}
void operator delete[](void* p, std::size_t) noexcept {
    give(p);
}
void operator delete(void* p, std::align_val_t) noexcept {
    give(p);
}
void operator delete[](void* p, std::align_val_t) noexcept {
    give(p);
}
void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
    give(p);
}
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept {
    give(p);
}
void operator delete(void* p, const std::nothrow_t&) noexcept {
    give(p);
}
void operator delete[](void* p, const std::nothrow_t&) noexcept {
    give(p);
}

namespace {

using host::handle;

/// The whole way: tables, data, run, tables out, record. The status of the first call that failed.
dtk_status whole_way(bool wrong_input) {
    handle<dtk_tables> tables;
    dtk_error* error = nullptr;
    dtk_tables* raw_tables = nullptr;
    if (const auto s = dtk_tables_new(&raw_tables, &error); s != DTK_OK) {
        EXPECT_EQ(raw_tables, nullptr);
        EXPECT_EQ(dtk_error_status(error), s);
        dtk_error_free(error);
        return s;
    }
    tables.reset(raw_tables);
    const std::string_view deals =
        wrong_input ? R"([{"deal_id":"1","owner_id":"nobody","outcome":"open"}])" : host::deals;
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"people", host::people}, {"deals", deals}, {"credits", host::credits}};
    for (const auto& [name, json] : rows)
        if (const auto s = dtk_tables_add_json(raw_tables, name.data(), name.size(), json.data(), json.size(), &error);
            s != DTK_OK) {
            EXPECT_EQ(dtk_error_status(error), s);
            dtk_error_free(error);
            return s;
        }
    dtk_data* raw_data = reinterpret_cast<dtk_data*>(&error); // a canary
    if (const auto s = dtk_data_new(tables.release(), nullptr, &raw_data, &error); s != DTK_OK) {
        EXPECT_EQ(raw_data, nullptr);
        EXPECT_EQ(dtk_error_status(error), s);
        EXPECT_STREQ(dtk_error_code(error), s == DTK_E_NO_MEMORY ? "no_memory" : "data.unknown_id");
        dtk_error_free(error);
        return s;
    }
    const handle<dtk_data> data(raw_data);
    const std::string_view json = R"({"version":1,"run_id":"a run with a rather long name of its own"})";
    dtk_policy* raw_policy = nullptr;
    if (const auto s = dtk_policy_parse(json.data(), json.size(), &raw_policy, nullptr); s != DTK_OK) return s;
    const handle<dtk_policy> policy(raw_policy);
    dtk_result* raw_result = nullptr;
    if (const auto s = dtk_run(data.get(), policy.get(), "measures", 8, nullptr, &raw_result, nullptr); s != DTK_OK) {
        EXPECT_EQ(raw_result, nullptr);
        return s;
    }
    const handle<dtk_result> result(raw_result);
    for (const char* name : {"sellers", "credit"}) {
        ArrowArrayStream stream{};
        if (const auto s = dtk_result_table(result.get(), name, std::strlen(name), &stream, nullptr); s != DTK_OK) {
            EXPECT_EQ(stream.release, nullptr);
            return s;
        }
        ArrowSchema schema{};
        ArrowArray array{};
        const bool got_schema = stream.get_schema(&stream, &schema) == 0;
        const bool got_array = got_schema && stream.get_next(&stream, &array) == 0;
        stream.release(&stream);
        if (schema.release != nullptr) schema.release(&schema);
        if (array.release != nullptr) array.release(&array);
        if (!got_array) return DTK_E_NO_MEMORY;
    }
    char* text = nullptr;
    if (const auto s = dtk_result_json(result.get(), "teams", 5, &text, nullptr, nullptr); s != DTK_OK) {
        EXPECT_EQ(text, nullptr);
        return s;
    }
    dtk_text_free(text);
    return dtk_result_record(result.get()) == nullptr ? DTK_E_NO_MEMORY : DTK_OK;
}

class out_of_memory : public testing::TestWithParam<bool> {};

TEST_P(out_of_memory, is_an_error_at_every_allocation_and_leaks_nothing) {
    const std::string golden = host::golden(); // also makes what lives as long as the library
    dtk_catalog();
    dtk_policy_schema();
    for (const bool wrong_input : {false, true}) {
        const dtk_status expected = wrong_input ? DTK_E_DATA : DTK_OK;
        ASSERT_EQ(whole_way(wrong_input), expected);
        const long before = live.load();
        long points = 0;
        for (;; ++points) {
            for_good.store(GetParam());
            countdown.store(points);
            const dtk_status status = whole_way(wrong_input);
            const bool reached = countdown.load() == (GetParam() ? 0 : -1);
            countdown.store(-1);
            ASSERT_EQ(live.load(), before) << "allocation " << points;
            if (status == expected && !reached) break;
            ASSERT_TRUE(status == expected || status == DTK_E_NO_MEMORY) << status << " at allocation " << points;
            ASSERT_LT(points, 20000);
        }
        EXPECT_GT(points, wrong_input ? 100 : 400) << "a sweep that sees no allocation proves nothing";
    }
    EXPECT_EQ(host::golden(), golden);
}

std::string saved(const dtk_value_added* state) {
    char* bytes = nullptr;
    std::size_t size = 0;
    EXPECT_EQ(dtk_value_added_save(state, &bytes, &size, nullptr), DTK_OK);
    std::string out(bytes, size);
    dtk_text_free(bytes);
    return out;
}

TEST_P(out_of_memory, leaves_a_kept_panel_as_it_was) {
    dtk_value_added* raw = nullptr;
    ASSERT_EQ(dtk_value_added_open(&raw, nullptr), DTK_OK);
    const handle<dtk_value_added> state(raw);
    const auto row = [](int seller, int manager, int period, int value) {
        return "{\"unit_id\":\"seller with a long name " + std::to_string(seller) + "\",\"group_id\":\"m" +
               std::to_string(manager) + "\",\"period\":" + std::to_string(period) +
               ",\"value\":" + std::to_string(value) + "}";
    };
    std::string first, later, between, corrected, removed;
    for (int seller = 0; seller < 9; ++seller)
        for (int period = 0; period < 12; ++period) {
            const std::string made = row(seller, (seller + period / 3) % 3, period, seller * 7 + period * period);
            std::string& to = period == 5 ? between : period > 9 ? later : first;
            to += (to.empty() ? "[" : ",") + made;
            if (period == 7) removed += (removed.empty() ? "[" : ",") + made;
        }
    corrected = "[" + row(3, 2, 8, -5) + "," + row(4, 0, 8, 99);
    const auto tables_of = [](const std::string& rows) {
        dtk_tables* tables = nullptr;
        EXPECT_EQ(dtk_tables_new(&tables, nullptr), DTK_OK);
        EXPECT_EQ(dtk_tables_add_json(tables, "panel", 5, rows.data(), rows.size(), nullptr), DTK_OK);
        return tables;
    };
    const std::pair<std::int32_t, std::string> changes[] = {{DTK_VALUE_ADDED_APPEND, first + "]"},
                                                            {DTK_VALUE_ADDED_APPEND, later + "]"},
                                                            {DTK_VALUE_ADDED_APPEND, between + "]"},
                                                            {DTK_VALUE_ADDED_CORRECT, corrected + "]"},
                                                            {DTK_VALUE_ADDED_REMOVE, removed + "]"}};
    for (const auto& [kind, rows] : changes) {
        const std::string before = saved(raw);
        for (long point = 0;; ++point) {
            dtk_tables* tables = tables_of(rows);
            for_good.store(GetParam());
            countdown.store(point);
            const dtk_status status = dtk_value_added_append(raw, kind, tables, nullptr, nullptr);
            countdown.store(-1);
            if (status == DTK_OK) {
                EXPECT_GT(point, 30) << "a sweep that sees no allocation proves nothing";
                break;
            }
            ASSERT_EQ(status, DTK_E_NO_MEMORY) << "allocation " << point;
            ASSERT_EQ(saved(raw), before) << "allocation " << point;
            ASSERT_LT(point, 20000);
        }
        EXPECT_NE(saved(raw), before);
    }
}

INSTANTIATE_TEST_SUITE_P(once_and_for_good, out_of_memory, testing::Bool());

} // namespace
