// The library compiled as a host must not compile it: with products and sums fused. The canary has to notice.
#include <array>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <gtest/gtest.h>

#if defined(__x86_64__) && (!defined(__clang__) || defined(__OPTIMIZE__)) // clang fuses nothing at -O0

#if defined(__clang__)
#pragma clang fp contract(fast)
#pragma clang attribute push(__attribute__((target("fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("fma")
#pragma GCC optimize("O2", "fp-contract=fast")
#endif

// Another name, so that the linker cannot mix these functions with the sound ones.
#define dualtrack dualtrack_built_with_fused_products
#include <dualtrack/base/numeric.hpp>
#undef dualtrack

[[gnu::noinline]] static bool fused_build_is_exact() {
    return dualtrack_built_with_fused_products::numeric::arithmetic_is_exact();
}

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

TEST(numeric, the_canary_notices_fused_products) {
    if (!__builtin_cpu_supports("fma")) GTEST_SKIP() << "this processor cannot fuse";
    EXPECT_FALSE(fused_build_is_exact());
}

#endif
