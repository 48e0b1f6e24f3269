#include <dualtrack/base/parallel.hpp>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <mutex>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <sys/resource.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define DUALTRACK_CLANG_SANITIZER
#endif
#endif

using dualtrack::error;
using dualtrack::fail;
using dualtrack::for_blocks;
using dualtrack::map_reduce_blocks;
using dualtrack::result;
using dualtrack::run_context;
using dualtrack::status;

namespace {

run_context on_threads(int threads) {
    run_context context;
    context.threads = threads;
    return context;
}

result<void> success() {
    return dualtrack::outcome::success();
}

// A value per row whose sum depends on the order of additions.
double awkward(std::int64_t row) {
    return (row % 7 == 0 ? 1e12 : 1.0 / static_cast<double>(row + 3)) * (row % 2 == 0 ? 1.0 : -1.0);
}

double sum_on(int threads, std::int64_t n, std::int64_t block_size) {
    return map_reduce_blocks<double>(
               on_threads(threads), n, block_size,
               [](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                   double sum = 0;
                   for (std::int64_t row = begin; row < end; ++row) sum += awkward(row);
                   return sum;
               },
               [](double a, double b) { return a + b; })
        .value();
}

std::uint64_t bits(double value) {
    std::uint64_t pattern = 0;
    std::memcpy(&pattern, &value, sizeof pattern);
    return pattern;
}

TEST(parallel, visits_every_row_once_in_blocks_that_depend_on_the_rows_alone) {
    for (const int threads : {1, 2, 3, 8}) {
        for (const std::int64_t n : {1, 9, 10, 11, 1000}) {
            std::vector<int> visits(static_cast<std::size_t>(n), 0);
            ASSERT_TRUE(for_blocks(on_threads(threads), n, 10,
                                   [&](std::int64_t block, std::int64_t begin, std::int64_t end, std::int64_t worker) {
                                       EXPECT_EQ(begin, block * 10);
                                       EXPECT_EQ(end, std::min(n, begin + 10));
                                       EXPECT_LT(worker, dualtrack::count_workers(on_threads(threads), n, 10));
                                       for (std::int64_t row = begin; row < end; ++row) {
                                           ++visits[static_cast<std::size_t>(row)];
                                       }
                                   }));
            EXPECT_EQ(visits, std::vector<int>(visits.size(), 1));
        }
    }
}

TEST(parallel, no_rows_call_nothing_and_succeed) {
    for (const std::int64_t n : {std::int64_t{0}, std::int64_t{-5}}) {
        const auto never = [](std::int64_t, std::int64_t, std::int64_t, std::int64_t) { FAIL(); };
        EXPECT_TRUE(for_blocks(on_threads(8), n, 10, never));
        EXPECT_EQ(sum_on(8, n, 10), 0.0);
    }
}

TEST(parallel, a_block_size_below_one_is_one) {
    int n_calls = 0;
    ASSERT_TRUE(for_blocks(on_threads(1), 3, 0, [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        EXPECT_EQ(end, begin + 1);
        ++n_calls;
    }));
    EXPECT_EQ(n_calls, 3);
}

TEST(parallel, rows_near_the_end_of_int64_do_not_overflow) {
    constexpr std::int64_t n = std::numeric_limits<std::int64_t>::max();
    constexpr std::int64_t block_size = n / 2;
    std::int64_t last_end = 0;
    ASSERT_TRUE(
        for_blocks(on_threads(1), n, block_size, [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
            EXPECT_EQ(begin, last_end);
            last_end = end;
        }));
    EXPECT_EQ(last_end, n);
}

TEST(parallel, one_thread_means_the_calling_thread) {
    ASSERT_TRUE(for_blocks(on_threads(1), 100, 1, [](std::int64_t, std::int64_t, std::int64_t, std::int64_t worker) {
        EXPECT_EQ(worker, 0);
    }));
    const auto caller = std::this_thread::get_id();
    ASSERT_TRUE(for_blocks(on_threads(1), 100, 1, [caller](std::int64_t, std::int64_t, std::int64_t, std::int64_t) {
        EXPECT_EQ(std::this_thread::get_id(), caller);
    }));
}

TEST(parallel, several_threads_work_at_the_same_time) {
    // Two blocks that wait for each other can only finish on two threads.
    std::atomic<int> n_arrived{0};
    std::mutex mutex;
    std::set<std::thread::id> ids;
    ASSERT_TRUE(for_blocks(on_threads(2), 2, 1, [&](std::int64_t, std::int64_t, std::int64_t, std::int64_t) {
        ++n_arrived;
        while (n_arrived < 2) std::this_thread::yield();
        const std::lock_guard<std::mutex> lock(mutex);
        ids.insert(std::this_thread::get_id());
    }));
    EXPECT_EQ(ids.size(), 2U);
    EXPECT_EQ(ids.count(std::this_thread::get_id()), 1U) << "the calling thread works too";
}

TEST(parallel, sums_have_the_same_bits_for_any_number_of_threads) {
    for (const std::int64_t n : {1, 2, 3, 63, 64, 65, 100003}) {
        for (const std::int64_t block_size : {1, 7, 64, 1000}) {
            const double one = sum_on(1, n, block_size);
            EXPECT_EQ(bits(sum_on(2, n, block_size)), bits(one));
            EXPECT_EQ(bits(sum_on(8, n, block_size)), bits(one));
        }
    }
}

TEST(parallel, combines_neighbours_in_a_fixed_tree) {
    const auto shape = [](std::int64_t n, int threads) {
        return map_reduce_blocks<std::string>(
                   on_threads(threads), n, 1,
                   [](std::int64_t block, std::int64_t, std::int64_t, std::int64_t) { return std::to_string(block); },
                   [](std::string a, std::string b) { return "(" + a + b + ")"; })
            .value();
    };
    EXPECT_EQ(shape(0, 2), "");
    EXPECT_EQ(shape(1, 2), "0");
    EXPECT_EQ(shape(5, 1), "(((01)(23))4)");
    EXPECT_EQ(shape(7, 8), "(((01)(23))((45)6))");
}

TEST(parallel, the_lowest_failing_block_wins_on_every_run) {
    for (int repeat = 0; repeat < 50; ++repeat) {
        const auto outcome = for_blocks(
            on_threads(8), 1000, 1, [](std::int64_t block, std::int64_t, std::int64_t, std::int64_t) -> result<void> {
                if (block == 37) {
                    std::this_thread::yield();
                    return fail(status::data, "data.range", "first", "deals.amount", block);
                }
                if (block > 37) return fail(status::data, "data.nan", "later", "deals.amount", block);
                return success();
            });
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().row, 37);
        EXPECT_EQ(outcome.error().code, "data.range");
        EXPECT_EQ(outcome.error().kind, status::data);
    }
}

TEST(parallel, an_error_in_a_mapped_block_is_returned) {
    const auto outcome = map_reduce_blocks<int>(
        on_threads(2), 10, 1,
        [](std::int64_t block, std::int64_t, std::int64_t, std::int64_t) -> result<int> {
            if (block >= 4) return fail(status::data, "data.range", "too far", "t.c", block);
            return 1;
        },
        [](int a, int b) { return a + b; });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().row, 4);
}

TEST(parallel, exceptions_of_workers_reach_the_caller) {
    for (const int threads : {1, 2, 8}) {
        const auto run = [threads](std::int64_t bad_block) {
            return for_blocks(on_threads(threads), 100, 1,
                              [bad_block](std::int64_t block, std::int64_t, std::int64_t, std::int64_t) {
                                  if (block == bad_block) throw std::bad_alloc();
                                  if (block > bad_block) throw std::runtime_error("later");
                              });
        };
        EXPECT_THROW((void)run(0), std::bad_alloc);
        EXPECT_THROW((void)run(57), std::bad_alloc);
        EXPECT_THROW((void)run(99), std::bad_alloc);
    }
}

TEST(parallel, an_exception_and_an_error_are_ranked_by_their_blocks) {
    const auto run = [](std::int64_t throwing, std::int64_t failing) {
        return for_blocks(on_threads(4), 100, 1,
                          [=](std::int64_t block, std::int64_t, std::int64_t, std::int64_t) -> result<void> {
                              if (block == throwing) throw std::runtime_error("thrown");
                              if (block == failing) return fail(status::data, "data.nan", "found");
                              return success();
                          });
    };
    EXPECT_THROW((void)run(20, 21), std::runtime_error);
    EXPECT_EQ(run(21, 20).error().code, "data.nan");
}

TEST(parallel, no_block_starts_once_the_host_has_cancelled) {
    for (const int threads : {1, 4}) {
        std::atomic<bool> cancelled{false};
        std::atomic<int> n_calls{0};
        run_context context = on_threads(threads);
        context.cancelled = &cancelled;
        const auto outcome =
            for_blocks(context, 1000000, 1, [&](std::int64_t block, std::int64_t, std::int64_t, std::int64_t) {
                ++n_calls;
                if (block == 10) cancelled = true;
            });
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().kind, status::cancelled);
        EXPECT_EQ(outcome.error().code, "cancelled");
        EXPECT_LT(n_calls, 1000000);
        if (threads == 1) {
            EXPECT_EQ(n_calls, 11);
        }
        EXPECT_EQ(for_blocks(context, 0, 1, [](std::int64_t, std::int64_t, std::int64_t, std::int64_t) {}).error().code,
                  "cancelled");
    }
}

struct progress_log {
    std::vector<double> shares;
    std::thread::id thread = std::this_thread::get_id();
    double stop_at = 2.0;
};

int log_progress(void* user, double done_share) {
    auto& log = *static_cast<progress_log*>(user);
    EXPECT_EQ(std::this_thread::get_id(), log.thread);
    log.shares.push_back(done_share);
    return done_share >= log.stop_at ? 1 : 0;
}

TEST(parallel, progress_rises_to_the_end_of_its_part_on_the_calling_thread) {
    for (const int threads : {1, 4}) {
        progress_log log;
        run_context context = on_threads(threads);
        context.progress = log_progress;
        context.progress_user = &log;
        context.progress_from = 0.25;
        context.progress_to = 0.75;
        ASSERT_TRUE(for_blocks(context, 5000, 1, [](std::int64_t, std::int64_t, std::int64_t, std::int64_t) {}));
        ASSERT_FALSE(log.shares.empty());
        EXPECT_LE(log.shares.size(), 101U);
        EXPECT_GE(log.shares.front(), 0.25);
        EXPECT_EQ(log.shares.back(), 0.75);
        for (std::size_t i = 1; i < log.shares.size(); ++i) EXPECT_GT(log.shares[i], log.shares[i - 1]);
    }
}

TEST(parallel, a_progress_callback_can_stop_the_run) {
    for (const double stop_at : {0.5, 1.0}) {
        progress_log log;
        log.stop_at = stop_at;
        run_context context = on_threads(1);
        context.progress = log_progress;
        context.progress_user = &log;
        const auto outcome =
            for_blocks(context, 1000, 1, [](std::int64_t, std::int64_t, std::int64_t, std::int64_t) {});
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().kind, status::cancelled);
        EXPECT_EQ(log.shares.back(), stop_at);
    }
}

class refusing_memory final : public std::pmr::memory_resource {
    void* do_allocate(std::size_t, std::size_t) override { throw std::bad_alloc(); }
    void do_deallocate(void*, std::size_t, std::size_t) override {}
    bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

TEST(parallel, one_thread_allocates_nothing_and_the_allocator_of_the_host_is_used_otherwise) {
    refusing_memory refusing;
    run_context context = on_threads(1);
    context.memory = &refusing;
    const auto nothing = [](std::int64_t, std::int64_t, std::int64_t, std::int64_t) {};
    EXPECT_TRUE(for_blocks(context, 100, 1, nothing));
    context.threads = 2;
    EXPECT_THROW((void)for_blocks(context, 100, 1, nothing), std::bad_alloc);
}

// Runs in a child process, because it takes away the right to create threads for good.
TEST(parallel, finishes_on_the_calling_thread_when_threads_cannot_be_created) {
    const auto child = [] {
        // A thread needs its stack in address space; with none left, creating one fails.
        const rlimit none{1U << 20, 1U << 20};
        setrlimit(RLIMIT_AS, &none);
        bool created = true;
        try {
            std::thread([] {}).join();
        } catch (const std::system_error&) {
            created = false;
        }
        std::int64_t n_rows = 0;
        bool alone = true;
        const bool succeeded = static_cast<bool>(for_blocks(
            on_threads(4), 1000, 10, [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t worker) {
                n_rows += end - begin;
                alone = alone && worker == 0;
            }));
        std::_Exit(!created && succeeded && alone && n_rows == 1000 ? 0 : 1);
    };
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(DUALTRACK_CLANG_SANITIZER)
    GTEST_SKIP() << "sanitizers need address space of their own";
#endif
    testing::FLAGS_gtest_death_test_style = "threadsafe"; // a fresh process: no stack of an earlier thread to reuse
    EXPECT_EXIT(child(), testing::ExitedWithCode(0), "");
}

} // namespace
