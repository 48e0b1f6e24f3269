// The same bytes from every compiler: one hash over a million evaluations, committed. It changes only when a function
// changes on purpose; then the CHANGELOG says so.
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/base/random.hpp>
#include <dualtrack/base/special.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "golden.hpp"

namespace numeric = dualtrack::numeric;
namespace random_numbers = dualtrack::random;
using golden::bit_hash;
using random_numbers::place;
using random_numbers::stream;

namespace {

struct golden_hash {
    const char* name;
    std::uint64_t value;
};

constexpr golden_hash golden_hashes[] = {
#include "../golden/numeric_hashes.inc"
};

std::uint64_t expected(std::string_view name) {
    for (const golden_hash& entry : golden_hashes) {
        if (name == entry.name) return entry.value;
    }
    return 0;
}

// Arguments of every size and sign: three quarters from the range that matters, one quarter any finite double.
double argument(stream& words_of, double low, double high) {
    if (random_numbers::below(words_of, 4) > 0) return low + (high - low) * random_numbers::uniform(words_of);
    const double any = std::bit_cast<double>(words_of.next_64());
    return any - any == 0.0 ? any : low;
}

template <class F> std::uint64_t hash_of(int n, std::uint32_t purpose, F f) {
    stream words_of(place{.seed = 2024, .purpose = purpose});
    bit_hash hash;
    for (int i = 0; i < n; ++i) hash.add(f(words_of));
    return hash.value();
}

TEST(bits, exp_and_log_are_the_same_everywhere) {
    const auto found = hash_of(100000, 1, [](stream& s) {
        bit_hash one;
        one.add(numeric::exp(argument(s, -745, 710)));
        one.add(numeric::expm1(argument(s, -2, 2)));
        one.add(numeric::log(argument(s, 0, 10)));
        one.add(numeric::log1p(argument(s, -1, 1)));
        return one.value();
    });
    EXPECT_EQ(found, expected("exp_log")) << "found 0x" << std::hex << found;
}

TEST(bits, the_normal_distribution_is_the_same_everywhere) {
    const auto found = hash_of(60000, 2, [](stream& s) {
        bit_hash one;
        one.add(numeric::erf(argument(s, -6, 6)));
        one.add(numeric::erfc(argument(s, -6, 28)));
        one.add(numeric::normal_pdf(argument(s, -38, 38)));
        one.add(numeric::normal_cdf(argument(s, -38, 9)));
        one.add(numeric::normal_quantile(argument(s, 0, 1)));
        return one.value();
    });
    EXPECT_EQ(found, expected("normal")) << "found 0x" << std::hex << found;
}

TEST(bits, the_gamma_function_is_the_same_everywhere) {
    const auto found = hash_of(40000, 3, [](stream& s) {
        bit_hash one;
        one.add(numeric::log_gamma(argument(s, 0, 20)));
        one.add(numeric::digamma(argument(s, 0, 20)));
        one.add(numeric::trigamma(argument(s, 0, 20)));
        const double a = argument(s, 0, 30);
        one.add(numeric::log_beta(a, argument(s, 0, 30)));
        return one.value();
    });
    EXPECT_EQ(found, expected("gamma")) << "found 0x" << std::hex << found;
}

TEST(bits, the_distributions_are_the_same_everywhere) {
    const auto found = hash_of(10000, 4, [](stream& s) {
        bit_hash one;
        const double a = numeric::exp(12.0 * random_numbers::uniform(s) - 4.0);
        const double b = numeric::exp(12.0 * random_numbers::uniform(s) - 4.0);
        const double p = random_numbers::uniform(s);
        one.add(numeric::gamma_p(a, a * (0.5 + p)));
        one.add(numeric::gamma_q(a, a * (0.5 + p)));
        one.add(numeric::gamma_quantile(p, a));
        one.add(numeric::beta_inc(a, b, p));
        one.add(numeric::beta_quantile(p, a, b));
        one.add(numeric::student_t_cdf(20 * p - 10, a));
        one.add(numeric::student_t_quantile(p, a));
        return one.value();
    });
    EXPECT_EQ(found, expected("distributions")) << "found 0x" << std::hex << found;
}

TEST(bits, sums_and_random_numbers_are_the_same_everywhere) {
    stream words_of(place{.seed = 2024, .purpose = 5});
    bit_hash hash;
    std::vector<double> values;
    for (int i = 0; i < 30000; ++i) {
        values.push_back(random_numbers::normal(words_of) * 1e6);
        values.push_back(random_numbers::exponential(words_of));
        values.push_back(random_numbers::gamma(words_of, 0.3 + i * 0.001));
        values.push_back(static_cast<double>(random_numbers::poisson(words_of, i * 0.01)));
        values.push_back(numeric::round_half_even(1000 * random_numbers::uniform(words_of)));
        hash.add(random_numbers::below(words_of, 1 + static_cast<std::uint64_t>(i)));
    }
    for (const double value : values) hash.add(value);
    for (std::size_t n = 0; n < 1000; ++n) hash.add(numeric::fixed_sum(std::span(values).first(n)));
    hash.add(numeric::fixed_sum(values));
    EXPECT_EQ(hash.value(), expected("sums_and_random")) << "found 0x" << std::hex << hash.value();
}

} // namespace
