// A guard against a simulator that has become slow: half of what the benchmarks ask for (bench/gate.hpp), two fifths of
// it for the sales model, because a
// test machine does other things at the same time. Both programs run in turn; the best of each counts.
#include <algorithm>
#include <ctime>
#include <vector>

#include <dualtrack/simulate/pluchino.hpp>

#include <gtest/gtest.h>

#include "../../bench/pluchino_plain.hpp"
#include "plain_sales.hpp"
#include "sales_helpers.hpp"
#include "simulate/hierarchy_kernels.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::simulate;

#if defined(__has_feature) // how clang tells
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define DUALTRACK_SLOWED_DOWN
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) // how gcc tells
#define DUALTRACK_SLOWED_DOWN
#endif

#if defined(__OPTIMIZE__) && !defined(DUALTRACK_SLOWED_DOWN)
constexpr bool is_built_for_speed = true;
#else
constexpr bool is_built_for_speed = false;
#endif

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// How many times faster the first is, work for work.
template <class Fast, class Slow> double times_faster(double share_of_work, Fast&& fast, Slow&& slow) {
    double best_fast = 1e9, best_slow = 1e9;
    for (int turn = 0; turn < 5; ++turn) {
        double from = cpu_seconds();
        fast();
        best_fast = std::min(best_fast, cpu_seconds() - from);
        from = cpu_seconds();
        slow();
        best_slow = std::min(best_slow, cpu_seconds() - from);
    }
    return best_slow / (best_fast * share_of_work);
}

TEST(simulation_speed, pyramids_are_three_times_as_fast_as_the_straightforward_program) {
    if (!is_built_for_speed || fastest_set() == hierarchy_set::plain) GTEST_SKIP() << "not built for speed";
    constexpr std::size_t n_fast = 16, n_slow = 4;
    constexpr std::int32_t years = 200;
    const hierarchy_rules rules = rules_of(hierarchy_preset::prg2010_as_run);
    std::vector<double> efficiency(n_fast * (years + 1));
    std::vector<hierarchy_counts> counts(n_fast);
    for (const auto rule : {strategy::best, strategy::random}) {
        double sum = 0.0;
        const double ratio = times_faster(
            static_cast<double>(n_slow) / n_fast,
            [&] {
                simulate_hierarchies(rules, {rule, 0.0, transfer::peter}, 1, 0, n_fast, years, efficiency, counts,
                                     fastest_set());
            },
            [&] {
                for (std::size_t i = 0; i < n_slow; ++i) {
                    bench::plain_pyramid one(rule, transfer::peter, i);
                    for (std::int32_t t = 0; t < years; ++t) sum += one.year();
                }
            });
        EXPECT_GT(ratio, 3.0) << static_cast<int>(rule);
        EXPECT_GT(sum, 0.0);
    }
}

TEST(simulation_speed, sales_model_is_twice_as_fast_as_the_plain_program) {
    if (!is_built_for_speed || fastest_set() == hierarchy_set::plain) GTEST_SKIP() << "not built for speed";
    const sales_model model = sales_testing::model_named("bls2018");
    const std::vector<sales_arm> arms = sales_testing::arms_named({"best_seller", "readiness"});
    std::vector<double> figures(arms.size() * 2 * sales_metrics.size());
    sales_worker worker;
    double revenue = 0.0;
    // The burn-in is shared: 36 + 2 x 60 months here, 2 x (36 + 60) there.
    const double ratio = times_faster((36.0 + 60.0) * 2.0 / (36.0 + 2.0 * 60.0) * 2.0 / 8.0,
                                      [&] {
                                          for (std::uint32_t i = 0; i < 8; ++i)
                                              run_organisation(model, arms, i, worker, figures, {});
                                      },
                                      [&] {
                                          for (std::uint32_t i = 0; i < 2; ++i)
                                              for (const sales_arm& arm : arms) {
                                                  plain_model::firm firm(model.a, model.shape, model.seed, i);
                                                  revenue += firm.run(arm).revenue;
                                              }
                                      });
    EXPECT_GT(ratio, 2.0);
    EXPECT_GT(revenue, 0.0);
}

} // namespace
