// Out of memory leaves a kept panel as it was: every allocation of every change fails once, and the next good call
// gives what it gives to a panel that never met a failure.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>

#include <dualtrack/estimate/panel_state_bytes.hpp>

#include "panels.hpp"

namespace {

thread_local long countdown = -1; // -1: not armed; 0: fails

} // namespace

[[gnu::noinline]] void* operator new(std::size_t bytes) {
    if (countdown >= 0 && countdown-- == 0) throw std::bad_alloc();
    void* memory = std::malloc(bytes == 0 ? 1 : bytes);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace {

using namespace dualtrack;
using namespace dualtrack::test;

panel_rows given(const panel_columns& columns) {
    panel_rows out = columns.rows();
    out.weight = {};
    return out;
}

/// Whether the call was made before its n-th allocation failed.
template <class F> bool is_done(long n, F&& call) {
    countdown = n;
    bool done = true;
    try {
        done = static_cast<bool>(call());
    } catch (const std::bad_alloc&) {
        done = false;
    }
    countdown = -1;
    return done;
}

/// Sellers [0, n) in one period; whole numbers, so that sums are exact in any order.
panel_columns month_of(std::uint32_t n, std::uint32_t period) {
    panel_columns out;
    for (std::uint32_t unit = 0; unit < n; ++unit)
        out.add(unit, (unit + period / 2) % 5, period, 1.0 * ((unit * 7 + period * 3) % 11));
    return out;
}

/// Makes every allocation of `change` fail once. A state of its own each, and one that meets them all.
template <class F> void sweep(const panel_state& before, F&& change) {
    panel_state fresh = before;
    ASSERT_TRUE(change(fresh));
    const std::string expected = panel_state_bytes::save(fresh);
    panel_state often = before;
    bool is_whole = false, is_often_whole = false;
    for (long n = 0; !is_whole; ++n) {
        ASSERT_LT(n, 10000);
        panel_state once = before;
        is_whole = is_done(n, [&] { return change(once); });
        if (!is_whole) {
            EXPECT_EQ(once.n_rows(), before.n_rows()) << n;
            ASSERT_TRUE(change(once)) << n;
        }
        EXPECT_EQ(panel_state_bytes::save(once), expected) << n;
        is_often_whole = is_often_whole || is_done(n, [&] { return change(often); });
    }
    ASSERT_TRUE(is_often_whole);
    EXPECT_EQ(panel_state_bytes::save(often), expected);
}

TEST(panel_state_memory, may_run_out_in_the_first_month) {
    for (const kept_rows kept : {kept_rows::spells, kept_rows::values})
        for (const std::uint32_t n : {3U, 5000U}) {
            const panel_columns month = month_of(n, 2);
            sweep(panel_state(kept), [&](panel_state& state) { return state.append(given(month)); });
        }
}

TEST(panel_state_memory, may_run_out_while_sellers_fill_a_part_of_the_lists) {
    for (const kept_rows kept : {kept_rows::spells, kept_rows::values}) {
        panel_state state(kept);
        ASSERT_TRUE(state.append(given(month_of(4090, 1))));
        ASSERT_TRUE(state.append(given(month_of(4090, 2))));
        for (const std::uint32_t period : {4U, 0U}) { // a month to come, and one that comes late
            const panel_columns month = month_of(4100, period);
            sweep(state, [&](panel_state& to) { return to.append(given(month)); });
        }
    }
}

TEST(panel_state_memory, may_run_out_in_a_correction_or_a_removal) {
    for (const kept_rows kept : {kept_rows::spells, kept_rows::values}) {
        panel_state state(kept);
        for (std::uint32_t t = 0; t < 9; ++t) ASSERT_TRUE(state.append(given(month_of(60, t))));
        const panel_columns gone = month_of(60, 4);
        sweep(state, [&](panel_state& to) { return to.remove(given(gone)); });
        panel_columns better = gone;
        for (double& value : better.value) value += 5.0;
        panel_state corrected = state;
        ASSERT_TRUE(corrected.correct(given(better), gone.value));
        for (long n = 0;; ++n) {
            panel_state once = state;
            if (is_done(n, [&] { return once.correct(given(better), gone.value); })) break;
            EXPECT_EQ(panel_state_bytes::save(once), panel_state_bytes::save(state)) << n;
        }
    }
}

} // namespace
