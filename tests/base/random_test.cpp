#include <dualtrack/base/random.hpp>

#include <dualtrack/base/numeric.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace random_numbers = dualtrack::random;
namespace numeric = dualtrack::numeric;
using random_numbers::place;
using random_numbers::stream;
using random_numbers::words;

namespace {

struct moments {
    double mean, variance;
};

template <class Draw> moments moments_of(int n, Draw draw) {
    stream words_of(place{.seed = 20240229, .entity = 17, .replication = 3, .time = 1, .purpose = 200});
    std::vector<double> values, squares;
    for (int i = 0; i < n; ++i) values.push_back(draw(words_of));
    const double mean = numeric::fixed_sum(values) / n;
    for (const double value : values) squares.push_back((value - mean) * (value - mean));
    return {mean, numeric::fixed_sum(squares) / (n - 1)};
}

// The vectors published with the Random123 library (kat_vectors, philox4x32 10).
TEST(random, philox_gives_the_published_answers) {
    using random_numbers::philox4x32_10;
    EXPECT_EQ(philox4x32_10({0, 0, 0, 0}, {0, 0}), (words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    EXPECT_EQ(philox4x32_10({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
              (words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(philox4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              (words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(random, a_place_fills_key_and_counter_as_documented) {
    const place at{.seed = 0x0123456789abcdef, .entity = 5, .replication = 7, .time = 3, .purpose = 1};
    EXPECT_EQ(random_numbers::block_of(at, 0), (words{0xc6012d41, 0x161534d2, 0x74d47c6e, 0xa27e4583}));
    EXPECT_EQ(random_numbers::block_of(at, 1), (words{0x04ae8966, 0x66bd8504, 0x7633cf8f, 0xaea0b703}));
    EXPECT_EQ(random_numbers::block_of({.seed = 2024, .purpose = 1}, 0),
              (words{0x33eab59f, 0x99bf2422, 0x081bbfbe, 0x4bbce495}));
}

TEST(random, works_at_compile_time) {
    constexpr place at{.seed = 2024, .purpose = 1};
    static_assert(random_numbers::block_of(at, 0)[0] == 0x33eab59f);
    static_assert([] {
        stream words_of(place{.seed = 2024, .purpose = 1});
        return words_of.next_64();
    }() == 0x99bf242233eab59f);
}

TEST(random, every_part_of_a_place_matters) {
    const place base{.seed = 1, .entity = 2, .replication = 3, .time = 4, .purpose = 5};
    std::set<words> seen{random_numbers::block_of(base, 0), random_numbers::block_of(base, 1)};
    for (place other : {place{2, 2, 3, 4, 5}, place{1ULL << 32 | 1, 2, 3, 4, 5}, place{1, 1, 3, 4, 5},
                        place{1, 2, 4, 4, 5}, place{1, 2, 3, 5, 5}, place{1, 2, 3, 4, 6}}) {
        EXPECT_TRUE(seen.insert(random_numbers::block_of(other, 0)).second);
    }
    EXPECT_EQ(seen.size(), 8U);
}

TEST(random, a_stream_hands_out_the_blocks_in_order_and_a_copy_repeats_it) {
    const place at{.seed = 99, .entity = 1, .purpose = 7};
    stream words_of(at);
    for (std::uint32_t block = 0; block < 256; ++block) {
        for (const std::uint32_t word : random_numbers::block_of(at, block)) ASSERT_EQ(words_of.next_word(), word);
    }
    EXPECT_EQ(words_of.n_used(), 1024U);
    stream copy = words_of;
    for (int i = 0; i < 100; ++i) EXPECT_EQ(words_of.next_word(), copy.next_word());
}

TEST(random, a_long_stream_does_not_run_into_the_next_purpose) {
    stream words_of(place{.seed = 99, .entity = 1, .purpose = 7});
    for (int i = 0; i < 1024; ++i) words_of.next_word();
    const words next_purpose = random_numbers::block_of({.seed = 99, .entity = 1, .purpose = 8}, 0);
    const words first = random_numbers::block_of({.seed = 99, .entity = 1, .purpose = 7}, 0);
    const place changed_key{.seed = 99 + (std::uint64_t{0x85EBCA6B} << 32), .entity = 1, .purpose = 7};
    const std::uint32_t word = words_of.next_word();
    EXPECT_NE(word, next_purpose[0]);
    EXPECT_NE(word, first[0]);
    EXPECT_EQ(word, random_numbers::block_of(changed_key, 0)[0]);
}

TEST(random, uniform_numbers_stay_inside_zero_and_one) {
    EXPECT_EQ(random_numbers::uniform_24(0), 0x1p-25);
    EXPECT_EQ(random_numbers::uniform_24(0xffffffff), 1.0 - 0x1p-25);
    stream words_of(place{.seed = 5});
    for (int i = 0; i < 100000; ++i) {
        const double u = random_numbers::uniform(words_of);
        ASSERT_GE(u, 0x1p-53);
        ASSERT_LE(u, 1.0 - 0x1p-53);
    }
    EXPECT_EQ(words_of.n_used(), 200000U) << "two words each";
}

// Tolerances are five standard errors of the moment.
TEST(random, uniform_numbers_have_mean_one_half_and_variance_one_twelfth) {
    const auto [mean, variance] = moments_of(200000, [](stream& s) { return random_numbers::uniform(s); });
    EXPECT_NEAR(mean, 0.5, 5 * 0.2887 / std::sqrt(200000.0));
    EXPECT_NEAR(variance, 1.0 / 12, 5 * 0.0745 / std::sqrt(200000.0));
}

TEST(random, uniform_numbers_fill_their_bins_evenly) {
    stream words_of(place{.seed = 6});
    std::array<int, 256> count{};
    constexpr int n = 256000;
    for (int i = 0; i < n; ++i) ++count[static_cast<std::size_t>(random_numbers::uniform(words_of) * 256)];
    double chi_square = 0.0;
    for (const int c : count) chi_square += (c - 1000.0) * (c - 1000.0) / 1000.0;
    EXPECT_GT(chi_square, 160.0);
    EXPECT_LT(chi_square, 370.0) << "255 degrees of freedom: five standard deviations either way";
}

TEST(random, normal_numbers_have_mean_zero_and_variance_one) {
    const auto [mean, variance] = moments_of(200000, [](stream& s) { return random_numbers::normal(s); });
    EXPECT_NEAR(mean, 0.0, 5 / std::sqrt(200000.0));
    EXPECT_NEAR(variance, 1.0, 5 * std::sqrt(2.0 / 200000.0));
}

TEST(random, exponential_numbers_have_mean_and_variance_one) {
    const auto [mean, variance] = moments_of(200000, [](stream& s) { return random_numbers::exponential(s); });
    EXPECT_NEAR(mean, 1.0, 5 / std::sqrt(200000.0));
    EXPECT_NEAR(variance, 1.0, 5 * std::sqrt(8.0 / 200000.0));
}

TEST(random, gamma_numbers_have_the_shape_as_mean_and_as_variance) {
    for (const double shape : {0.1, 0.5, 1.0, 2.5, 40.0}) {
        const auto [mean, variance] = moments_of(100000, [=](stream& s) { return random_numbers::gamma(s, shape); });
        EXPECT_NEAR(mean, shape, 5 * std::sqrt(shape / 100000.0)) << shape;
        EXPECT_NEAR(variance, shape, 5 * std::sqrt((2 * shape * shape + 6 * shape) / 100000.0)) << shape;
    }
}

TEST(random, gamma_without_a_shape_is_not_a_number) {
    stream words_of(place{});
    EXPECT_TRUE(std::isnan(random_numbers::gamma(words_of, 0.0)));
    EXPECT_TRUE(std::isnan(random_numbers::gamma(words_of, -1.0)));
    EXPECT_TRUE(std::isnan(random_numbers::gamma(words_of, numeric::not_a_number)));
    EXPECT_TRUE(std::isnan(random_numbers::gamma(words_of, numeric::infinity)));
    EXPECT_EQ(words_of.n_used(), 0U);
}

TEST(random, a_very_small_gamma_shape_ends_at_zero_and_not_in_nan) {
    stream words_of(place{.seed = 3});
    for (int i = 0; i < 1000; ++i) {
        const double x = random_numbers::gamma(words_of, 1e-300);
        ASSERT_TRUE(x >= 0.0 && x < 1e3);
    }
}

TEST(random, poisson_counts_have_the_mean_as_mean_and_as_variance) {
    for (const double rate : {0.01, 0.7, 4.0, 9.99, 10.0, 55.5, 3000.0, 1e9}) {
        const auto [mean, variance] =
            moments_of(100000, [=](stream& s) { return static_cast<double>(random_numbers::poisson(s, rate)); });
        EXPECT_NEAR(mean, rate, 5 * std::sqrt(rate / 100000.0)) << rate;
        EXPECT_NEAR(variance, rate, 5 * std::sqrt((2 * rate * rate + rate) / 100000.0)) << rate;
    }
}

TEST(random, poisson_counts_have_the_right_frequencies_either_side_of_the_change_of_method) {
    for (const double rate : {9.5, 10.5}) {
        stream words_of(place{.seed = 12});
        std::array<int, 24> count{};
        constexpr int n = 100000;
        for (int i = 0; i < n; ++i) {
            const auto drawn = static_cast<std::size_t>(random_numbers::poisson(words_of, rate));
            ++count[std::min<std::size_t>(drawn, 23)];
        }
        double chi_square = 0.0;
        double rest = n;
        for (int k = 0; k < 24; ++k) {
            const double expected =
                k == 23 ? rest : n * numeric::exp(k * numeric::log(rate) - rate - numeric::log_gamma(k + 1.0));
            rest -= expected;
            const double seen = count[static_cast<std::size_t>(k)];
            chi_square += (seen - expected) * (seen - expected) / expected;
        }
        EXPECT_LT(chi_square, 55.0) << "23 degrees of freedom, p = 2e-4";
    }
}

TEST(random, poisson_without_a_mean_is_minus_one) {
    stream words_of(place{});
    EXPECT_EQ(random_numbers::poisson(words_of, -0.1), -1);
    EXPECT_EQ(random_numbers::poisson(words_of, numeric::not_a_number), -1);
    EXPECT_EQ(random_numbers::poisson(words_of, numeric::infinity), -1);
    EXPECT_EQ(random_numbers::poisson(words_of, 0.0), 0);
}

TEST(random, whole_numbers_are_all_equally_likely) {
    stream words_of(place{.seed = 8});
    std::array<int, 6> count{};
    for (int i = 0; i < 60000; ++i) ++count[random_numbers::below(words_of, 6)];
    double chi_square = 0.0;
    for (const int c : count) chi_square += (c - 10000.0) * (c - 10000.0) / 10000.0;
    EXPECT_LT(chi_square, 25.7) << "5 degrees of freedom, p = 1e-4";
}

TEST(random, whole_numbers_show_no_modulo_bias) {
    // Two thirds of 2^32: word mod n would give the lower half of the numbers twice as often.
    constexpr std::uint64_t n = 2863311531;
    stream words_of(place{.seed = 9});
    int n_low = 0;
    for (int i = 0; i < 100000; ++i) n_low += random_numbers::below(words_of, n) < n / 2 ? 1 : 0;
    EXPECT_NEAR(n_low, 50000, 5 * 159);
    constexpr std::uint64_t large = 0xAAAAAAAAAAAAAAAB;
    n_low = 0;
    for (int i = 0; i < 100000; ++i) n_low += random_numbers::below(words_of, large) < large / 2 ? 1 : 0;
    EXPECT_NEAR(n_low, 50000, 5 * 159);
}

TEST(random, whole_numbers_keep_below_their_bound) {
    stream words_of(place{.seed = 10});
    EXPECT_EQ(random_numbers::below(words_of, 0), 0U);
    EXPECT_EQ(random_numbers::below(words_of, 1), 0U);
    EXPECT_EQ(words_of.n_used(), 0U);
    for (const std::uint64_t n : {2ULL, 3ULL, 0xFFFFFFFFULL, 0x100000000ULL, 0x100000001ULL, 0xFFFFFFFFFFFFFFFFULL}) {
        for (int i = 0; i < 1000; ++i) ASSERT_LT(random_numbers::below(words_of, n), n);
    }
    EXPECT_EQ(random_numbers::pick_32(0xFFFFFFFF, 7), 6U);
    EXPECT_EQ(random_numbers::pick_32(0, 7), 0U);
}

TEST(random, a_person_added_changes_nobody_elses_luck) {
    const auto luck = [](std::uint32_t person) {
        stream words_of(place{.seed = 4, .entity = person, .purpose = 2});
        return random_numbers::normal(words_of);
    };
    std::vector<double> forward, backward;
    for (std::uint32_t person = 0; person < 100; ++person) forward.push_back(luck(person));
    for (std::uint32_t person = 200; person-- > 0;) {
        if (person < 100) backward.push_back(luck(person));
    }
    std::reverse(backward.begin(), backward.end());
    EXPECT_EQ(forward, backward);
}

} // namespace
