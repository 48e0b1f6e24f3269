#include <dualtrack/assess/motive.hpp>

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include <dualtrack/base/calendar.hpp>

namespace {

using namespace dualtrack;
using assess::motives_on;

constexpr std::uint8_t voice = 0, sharing_skill = 2, money = 5;
constexpr std::int32_t as_of = 19'722; // 2023-12-31

struct word {
    std::uint32_t person;
    std::uint8_t motive;
    double strength;
    std::int32_t date;
    std::uint8_t wants_management = 2;
};

org::organisation with(const std::vector<word>& said) {
    org::organisation out;
    for (const word& one : said) {
        out.motives.person.push_back(one.person);
        out.motives.motive.push_back(one.motive);
        out.motives.strength.push_back(one.strength);
        out.motives.date.push_back(one.date);
        out.motives.wants_management.push_back(one.wants_management);
    }
    return out;
}

// By hand: of two words on voice the later one counts, though it is weaker; money is then the strongest.
TEST(motive, of_which_two_words_were_said_is_as_strong_as_the_latest) {
    const auto out = motives_on(
        with({{7, voice, 0.9, as_of - 200}, {7, voice, 0.3, as_of - 10}, {7, money, 0.5, as_of - 300}}), as_of, 24);
    ASSERT_EQ(out.people.size(), 1U);
    EXPECT_EQ(out.people[0].person, 7U);
    ASSERT_EQ(out.people[0].motives.size(), 2U);
    EXPECT_EQ(out.people[0].motives[0].motive, money);
    EXPECT_EQ(out.people[0].motives[0].strength, 0.5);
    EXPECT_EQ(out.people[0].motives[1].motive, voice);
    EXPECT_EQ(out.people[0].motives[1].strength, 0.3);
    EXPECT_EQ(out.people[0].wants_management, 2);
}

TEST(motive, of_equal_strength_keeps_the_order_of_the_words) {
    std::vector<assess::motive_strength> equals{{money, 0.5}, {voice, 0.5}, {sharing_skill, 0.7}};
    assess::sort_by_strength(equals);
    EXPECT_EQ(equals[0].motive, sharing_skill);
    EXPECT_EQ(equals[1].motive, voice);
    EXPECT_EQ(equals[2].motive, money);
}

TEST(motive, counts_from_the_first_to_the_last_day_of_the_look_back) {
    const std::int32_t first = calendar::add_months(as_of + 1, -12);
    EXPECT_EQ(motives_on(with({{1, voice, 0.5, first}}), as_of, 12).people.size(), 1U);
    EXPECT_TRUE(motives_on(with({{1, voice, 0.5, first - 1}}), as_of, 12).people.empty());
    EXPECT_EQ(motives_on(with({{1, voice, 0.5, as_of}}), as_of, 12).n_future, 0);
    const auto later = motives_on(with({{1, voice, 0.5, as_of + 1}}), as_of, 12);
    EXPECT_TRUE(later.people.empty());
    EXPECT_EQ(later.n_future, 1);
}

TEST(motive, wish_to_manage_is_the_latest_word_whatever_it_was_said_with) {
    const auto out =
        motives_on(with({{3, money, 0.2, as_of - 5, 0}, {3, voice, 0.9, as_of - 50, 1}, {3, voice, 0.8, as_of - 1, 2}}),
                   as_of, 12);
    ASSERT_EQ(out.people.size(), 1U);
    EXPECT_EQ(out.people[0].wants_management, 0); // "not said" takes nothing back
}

TEST(motive, of_somebody_who_left_is_not_on_record) {
    auto organisation = with({{0, voice, 0.5, as_of - 10}, {1, voice, 0.5, as_of - 10}, {2, voice, 0.5, as_of - 10}});
    organisation.people.left.assign({as_of, as_of + 1, no_date});
    const auto out = motives_on(organisation, as_of, 12);
    ASSERT_EQ(out.people.size(), 2U);
    EXPECT_EQ(out.people[0].person, 1U);
    EXPECT_EQ(out.people[1].person, 2U);
}

TEST(motive, ignores_row_order) {
    std::vector<word> said{{4, voice, 0.5, as_of - 3, 1},
                           {4, voice, 0.7, as_of - 3, 0},
                           {2, money, 0.1, as_of - 9, 1},
                           {4, money, 0.7, as_of - 3, 2},
                           {2, voice, 0.4, as_of - 8, 0}};
    const auto first = motives_on(with(said), as_of, 12);
    ASSERT_EQ(first.people.size(), 2U);
    EXPECT_EQ(first.people[1].motives[0].strength, 0.7); // of two words of one day the stronger
    for (int turn = 0; turn < 5; ++turn) {
        std::rotate(said.begin(), said.begin() + 1, said.end());
        if (turn % 2 == 1) std::reverse(said.begin(), said.end());
        const auto other = motives_on(with(said), as_of, 12);
        ASSERT_EQ(other.people.size(), first.people.size());
        for (std::size_t i = 0; i < first.people.size(); ++i) {
            EXPECT_EQ(other.people[i].person, first.people[i].person);
            EXPECT_EQ(other.people[i].wants_management, first.people[i].wants_management);
            ASSERT_EQ(other.people[i].motives.size(), first.people[i].motives.size());
            for (std::size_t m = 0; m < first.people[i].motives.size(); ++m) {
                EXPECT_EQ(other.people[i].motives[m].motive, first.people[i].motives[m].motive);
                EXPECT_EQ(other.people[i].motives[m].strength, first.people[i].motives[m].strength);
            }
        }
    }
}

TEST(motive, of_nobody_is_nothing) {
    EXPECT_TRUE(motives_on(org::organisation{}, as_of, 12).people.empty());
}

} // namespace
