#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <dualtrack/base/random.hpp>
#include <dualtrack/decide/slate.hpp>

namespace {

using namespace dualtrack;
using namespace dualtrack::decide;

std::int64_t value_of(const std::vector<seat_option>& options, const std::vector<std::uint32_t>& slate) {
    std::int64_t sum = 0;
    for (const seat_option& one : options)
        if (slate[one.seat] == one.person) sum += one.value;
    return sum;
}

/// Every slate tried, the smaller persons first, so that the first of the best is the one the ties should choose.
struct every_slate {
    const std::vector<seat_option>& options;
    std::size_t n_seats;
    std::vector<std::uint32_t> now, best;
    std::int64_t best_value = std::numeric_limits<std::int64_t>::min();

    every_slate(const std::vector<seat_option>& all, std::size_t n) : options(all), n_seats(n), now(n, no_index) {
        visit(0, 0);
    }
    void visit(std::size_t seat, std::int64_t value) {
        if (seat == n_seats) {
            if (value > best_value) {
                best_value = value;
                best = now;
            }
            return;
        }
        std::vector<seat_option> own;
        for (const seat_option& one : options)
            if (one.seat == seat) own.push_back(one);
        std::sort(own.begin(), own.end(), [](const auto& a, const auto& b) { return a.person < b.person; });
        for (const seat_option& one : own) {
            if (std::find(now.begin(), now.end(), one.person) != now.end()) continue;
            now[seat] = one.person;
            visit(seat + 1, value + one.value);
            now[seat] = no_index;
        }
        visit(seat + 1, value);
    }
};

std::vector<std::uint32_t> greedy(std::size_t n_seats, const std::vector<seat_option>& options) {
    std::vector<std::uint32_t> out(n_seats, no_index);
    for (std::uint32_t seat = 0; seat < n_seats; ++seat) {
        std::int64_t best = 0;
        for (const seat_option& one : options)
            if (one.seat == seat && one.value > best && std::find(out.begin(), out.end(), one.person) == out.end()) {
                best = one.value;
                out[seat] = one.person;
            }
    }
    return out;
}

// The example of the header: Ana (0) and Ben (1), two seats.
TEST(slate, beats_going_seat_by_seat) {
    const std::vector<seat_option> options{{0, 0, 100}, {0, 1, 90}, {1, 0, 95}};
    const auto out = best_slate(2, options);
    EXPECT_EQ(out, (std::vector<std::uint32_t>{1, 0}));
    EXPECT_EQ(value_of(options, out), 185);
    EXPECT_EQ(value_of(options, greedy(2, options)), 100);
}

TEST(slate, equals_every_slate_tried_and_breaks_ties_by_id) {
    random::stream draw(random::place{.seed = 7, .purpose = 3});
    int beaten = 0;
    for (int round = 0; round < 1000; ++round) {
        const std::size_t n_seats = 1 + random::below(draw, 5);
        const std::uint64_t n_people = 1 + random::below(draw, 5);
        const std::uint64_t spread = round % 2 == 0 ? 4 : 1000; // few values: many ties
        std::vector<seat_option> options;
        for (std::uint32_t seat = 0; seat < n_seats; ++seat)
            for (std::uint32_t person = 0; person < n_people; ++person)
                if (random::below(draw, 4) != 0)
                    options.push_back({seat, 10 + person, static_cast<std::int64_t>(random::below(draw, spread)) - 1});
        const every_slate tried(options, n_seats);
        const auto out = best_slate(n_seats, options);
        ASSERT_EQ(value_of(options, out), tried.best_value) << round;
        ASSERT_EQ(out, tried.best) << round;
        beaten += value_of(options, greedy(n_seats, options)) < tried.best_value ? 1 : 0;
    }
    EXPECT_GT(beaten, 50);
}

TEST(slate, ignores_the_order_of_the_options) {
    random::stream draw(random::place{.seed = 8, .purpose = 3});
    std::vector<seat_option> options;
    for (std::uint32_t seat = 0; seat < 30; ++seat)
        for (std::uint32_t person = 0; person < 40; ++person)
            if (random::below(draw, 3) == 0)
                options.push_back({seat, person, static_cast<std::int64_t>(random::below(draw, 50))});
    const auto out = best_slate(30, options);
    for (std::size_t i = options.size(); i > 1; --i) std::swap(options[i - 1], options[random::below(draw, i)]);
    EXPECT_EQ(best_slate(30, options), out);
}

TEST(slate, leaves_a_seat_empty_rather_than_lose) {
    EXPECT_EQ(best_slate(1, std::vector<seat_option>{{0, 3, -5}}), std::vector<std::uint32_t>{no_index});
    EXPECT_EQ(best_slate(1, std::vector<seat_option>{{0, 3, 0}}), std::vector<std::uint32_t>{3})
        << "a person who costs nothing comes before nobody";
    EXPECT_EQ(best_slate(2, std::vector<seat_option>{}), (std::vector<std::uint32_t>{no_index, no_index}));
    EXPECT_TRUE(best_slate(0, std::vector<seat_option>{}).empty());
}

TEST(slate, gives_nobody_two_seats_and_large_amounts_keep_every_cent) {
    constexpr std::int64_t large = std::int64_t{1} << 50;
    const std::vector<seat_option> options{{0, 1, large - 1}, {0, 2, large - 2}, {1, 1, large}, {1, 2, large - 2}};
    const auto out = best_slate(2, options);
    EXPECT_EQ(out, (std::vector<std::uint32_t>{2, 1})) << "one cent decides";
}

TEST(slate, solves_ten_thousand_seats_that_share_few_people) {
    random::stream draw(random::place{.seed = 9, .purpose = 3});
    std::vector<seat_option> options;
    for (std::uint32_t seat = 0; seat < 10000; ++seat)
        for (std::uint32_t k = 0; k < 10; ++k)
            options.push_back({seat, seat * 9 + k, static_cast<std::int64_t>(random::below(draw, 1000000))});
    const auto out = best_slate(10000, options); // one chain: each seat shares a person with the next
    std::vector<std::uint32_t> people(out);
    std::sort(people.begin(), people.end());
    EXPECT_EQ(std::adjacent_find(people.begin(), people.end()), people.end());
}

} // namespace
