// Large organisations are computed in blocks of rows, on as many threads as the host allows, and the report must not
// depend on that number by a single bit. So block borders depend on the number of rows and the block size alone, and
// per-block values are combined in one fixed tree:
//     block b = rows [b * block_size, min(n, (b + 1) * block_size));   ((v0 + v1) + (v2 + v3)) + ...
// Threads live only within one call and are joined before it returns (so the host may fork at any other time); the
// calling thread works too, as worker 0. Blocks are handed out in ascending order, which makes failures deterministic
// as well: every block before a failing one is finished, and the failing block of the lowest number is reported.
// Cancelling is the one thing that depends on time: it is looked at between blocks, and wins over any other failure.
#pragma once

#include <dualtrack/base/result.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace dualtrack {

/// How a run may use the machine. Nothing in here ever changes a number of the result.
struct run_context {
    std::pmr::memory_resource* memory = std::pmr::new_delete_resource();
    int threads = 1;                                          // the calling thread included; 1 creates no thread
    const std::atomic<bool>* cancelled = nullptr;             // set by the host from any thread
    int (*progress)(void* user, double done_share) = nullptr; // on the calling thread; not 0 asks to stop
    void* progress_user = nullptr;
    double progress_from = 0.0; // the part of the whole run that the next loop stands for, in 0..1
    double progress_to = 1.0;
};

/// The same run, for a step that stands for the part [from, to) of what `context` stands for, each in 0..1.
[[nodiscard]] inline run_context part_of(run_context context, double from, double to) noexcept {
    const double width = context.progress_to - context.progress_from;
    context.progress_to = context.progress_from + width * to;
    context.progress_from += width * from;
    return context;
}

/// True once the host has asked to stop.
[[nodiscard]] inline bool is_cancelled(const run_context& context) noexcept {
    return context.cancelled != nullptr && context.cancelled->load(std::memory_order_relaxed);
}

/// The error of a run that the host has stopped.
[[nodiscard]] inline auto cancelled_failure() {
    return fail(status::cancelled, "cancelled", "stopped by the host");
}

/// How many blocks a loop over n rows has.
[[nodiscard]] constexpr std::int64_t count_blocks(std::int64_t n, std::int64_t block_size) noexcept {
    if (n <= 0) return 0;
    return block_size <= 1 ? n : (n - 1) / block_size + 1;
}

/// How many workers a loop over n rows uses at most: the bound of worker_index, for per-worker scratch memory.
[[nodiscard]] constexpr std::int64_t count_workers(const run_context& context, std::int64_t n,
                                                   std::int64_t block_size) noexcept {
    constexpr std::int64_t most_threads = 256;
    const std::int64_t wanted = std::clamp<std::int64_t>(context.threads, 1, most_threads);
    return std::max<std::int64_t>(1, std::min(wanted, count_blocks(n, block_size)));
}

namespace detail {

/// What the workers of one loop share.
class block_loop {
  public:
    block_loop(const run_context& context, std::int64_t n, std::int64_t block_size) noexcept
        : context_(context), n_(n), block_size_(std::max<std::int64_t>(1, block_size)),
          n_blocks_(count_blocks(n, block_size)) {}

    /// Takes blocks until none is left, a lower block has failed, or the host stops the run.
    template <class F> void work(F& f, std::int64_t worker_index) noexcept {
        const bool is_caller = worker_index == 0;
        for (;;) {
            if (stopped_.load(std::memory_order_relaxed)) return;
            if (is_cancelled(context_)) return stop();
            const std::int64_t block = next_.fetch_add(1, std::memory_order_relaxed);
            if (block >= n_blocks_ || block > lowest_failed_.load(std::memory_order_relaxed)) return;
            try {
                const std::int64_t begin = block * block_size_;
                const std::int64_t end = begin + std::min(block_size_, n_ - begin);
                if constexpr (std::is_void_v<
                                  std::invoke_result_t<F&, std::int64_t, std::int64_t, std::int64_t, std::int64_t>>) {
                    f(block, begin, end, worker_index);
                } else {
                    result<void> outcome = f(block, begin, end, worker_index);
                    if (!outcome) record(block, std::move(outcome).error());
                }
                const std::int64_t n_done = n_done_.fetch_add(1, std::memory_order_relaxed) + 1;
                if (is_caller) report(n_done);
            } catch (...) {
                record(block, std::current_exception());
            }
        }
    }

    /// The outcome, after all workers have returned; throws what the lowest failing block threw.
    result<void> finish() {
        if (stopped_.load(std::memory_order_relaxed)) return cancelled_failure();
        if (thrown_) std::rethrow_exception(thrown_);
        if (failed_) return outcome::failure(std::move(*failed_));
        report(n_blocks_);
        if (stopped_.load(std::memory_order_relaxed)) return cancelled_failure();
        return outcome::success();
    }

  private:
    void stop() noexcept { stopped_.store(true, std::memory_order_relaxed); }

    void report(std::int64_t n_done) {
        if (context_.progress == nullptr) return;
        const auto percent = static_cast<int>(100.0 * static_cast<double>(n_done) / static_cast<double>(n_blocks_));
        if (percent <= reported_percent_) return;
        reported_percent_ = percent;
        const double share = static_cast<double>(n_done) / static_cast<double>(n_blocks_);
        const double from = context_.progress_from;
        if (context_.progress(context_.progress_user, from + (context_.progress_to - from) * share) != 0) stop();
    }

    template <class Failure> void record(std::int64_t block, Failure&& failure) noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (block > lowest_failed_.load(std::memory_order_relaxed)) return;
        lowest_failed_.store(block, std::memory_order_relaxed);
        thrown_ = nullptr;
        failed_.reset();
        if constexpr (std::is_same_v<std::decay_t<Failure>, error>) {
            failed_.emplace(std::forward<Failure>(failure));
        } else {
            thrown_ = std::forward<Failure>(failure);
        }
    }

    const run_context& context_;
    const std::int64_t n_;
    const std::int64_t block_size_;
    const std::int64_t n_blocks_;
    std::atomic<std::int64_t> next_{0};
    std::atomic<std::int64_t> n_done_{0};
    std::atomic<std::int64_t> lowest_failed_{std::numeric_limits<std::int64_t>::max()};
    std::atomic<bool> stopped_{false};
    int reported_percent_ = -1; // calling thread only
    std::mutex mutex_;
    std::exception_ptr thrown_;
    std::optional<error> failed_;
};

} // namespace detail

/// Calls f(block_index, begin, end, worker_index) once for every block of n rows; f returns nothing or result<void>.
/// No two workers of one call share a worker_index, which is below count_workers(context, n, block_size).
/// @returns the error of the lowest failing block, or `cancelled`; rethrows an exception of that block
template <class F>
[[nodiscard]] result<void> for_blocks(const run_context& context, std::int64_t n, std::int64_t block_size, F&& f) {
    if (is_cancelled(context)) return cancelled_failure();
    if (n <= 0) return outcome::success();
    detail::block_loop loop(context, n, block_size);
    const std::int64_t n_workers = count_workers(context, n, block_size);
    std::pmr::vector<std::thread> threads(context.memory);
    if (n_workers > 1) {
        threads.reserve(static_cast<std::size_t>(n_workers - 1));
        try {
            for (std::int64_t worker = 1; worker < n_workers; ++worker) {
                threads.emplace_back([&loop, &f, worker]() noexcept { loop.work(f, worker); });
            }
        } catch (const std::exception&) {
            // No more threads or no memory for one: the workers there are, and this thread, do all blocks.
        }
    }
    loop.work(f, 0);
    for (std::thread& thread : threads) thread.join();
    return loop.finish();
}

/// Maps every block to a value and combines the values in a tree that depends on the number of blocks alone, so that
/// floating results are the same for any number of threads. f(block_index, begin, end, worker_index) returns T or
/// result<T>; combine(T&&, T&&) returns T and may assume that its first argument comes from earlier rows.
/// @returns T{} for no rows
template <class T, class F, class Combine>
[[nodiscard]] result<T> map_reduce_blocks(const run_context& context, std::int64_t n, std::int64_t block_size, F&& f,
                                          Combine&& combine) {
    struct cell {
        T value{};
    };
    std::pmr::vector<cell> values(static_cast<std::size_t>(count_blocks(n, block_size)), context.memory);
    const auto fill = [&](std::int64_t block, std::int64_t begin, std::int64_t end,
                          std::int64_t worker_index) -> result<void> {
        T& value = values[static_cast<std::size_t>(block)].value;
        if constexpr (std::is_convertible_v<
                          std::invoke_result_t<F&, std::int64_t, std::int64_t, std::int64_t, std::int64_t>, T>) {
            value = f(block, begin, end, worker_index);
        } else {
            result<T> mapped = f(block, begin, end, worker_index);
            if (!mapped) return outcome::failure(std::move(mapped).error());
            value = std::move(mapped).value();
        }
        return outcome::success();
    };
    DUALTRACK_TRYV(for_blocks(context, n, block_size, fill));
    for (std::size_t width = 1; width < values.size(); width *= 2) {
        for (std::size_t left = 0; left + width < values.size(); left += 2 * width) {
            values[left].value = combine(std::move(values[left].value), std::move(values[left + width].value));
        }
    }
    if (values.empty()) return T{};
    return std::move(values.front().value);
}

} // namespace dualtrack
