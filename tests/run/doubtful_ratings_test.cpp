// Ratings that cannot be used are told, not dropped.
#include <string>

#include <gtest/gtest.h>

#include "planted_rows.hpp"

namespace {

using namespace dualtrack;
using test::findings_of;
using test::row_lists;

std::string rating(const char* who, const char* rater, const char* source, const char* about, int score,
                   const char* date = "2023-05-01") {
    return test::row_text()
        .text("person_id", who)
        .text("rater_id", rater)
        .text("source", source)
        .text("competency", about)
        .number("score", score)
        .number("scale_min", 1)
        .number("scale_max", 5)
        .text("date", date)
        .done();
}

row_lists ratings_of_two() {
    return {{"people", {R"({"person_id":"a"})", R"({"person_id":"b"})", R"({"person_id":"m"})"}},
            {"ratings",
             {rating("a", "b", "peer", "organised", 4), rating("b", "a", "peer", "organised", 4),
              rating("a", "m", "manager", "organised", 2), rating("b", "m", "manager", "organised", 5),
              rating("a", "m", "manager", "curious", 5)}}};
}

TEST(ratings, that_tell_nobody_apart_are_counted_in_a_finding) {
    EXPECT_EQ(findings_of(ratings_of_two(), "readiness", "readiness.no_spread"),
              (std::vector<std::string>{
                  "all 2 ratings of the source peer about organised are the same and tell nobody apart; not used",
                  "the only rating of the source manager about curious cannot be compared; not used"}));
}

TEST(ratings, and_activities_of_the_future_are_refused_where_the_policy_says_so) {
    const auto refused = [](const row_lists& tables) {
        try {
            static_cast<void>(findings_of(tables, "readiness", "",
                                          R"({"version":1,"as_of":"2023-12-31","data":{"future_dated":"error"}})"));
        } catch (const std::runtime_error& said) {
            return std::string(said.what());
        }
        return std::string("accepted");
    };
    row_lists tables = ratings_of_two();
    EXPECT_EQ(refused(tables), "accepted");
    tables["activities"] = {R"({"actor_id":"m","kind":"mentoring","start":"2023-05-01"})",
                            R"({"actor_id":"a","kind":"mentoring","start":"2024-05-01"})"};
    EXPECT_EQ(refused(tables),
              "data.date at activities.start row 1: expected no date after as_of 2023-12-31, found 2024-05-01");
    EXPECT_EQ(findings_of(tables, "readiness", "data.future_dated"),
              std::vector<std::string>{"1 row is dated after as_of; left out"});
    tables.erase("activities");
    tables["ratings"].push_back(rating("b", "a", "peer", "curious", 1, "2024-01-01"));
    EXPECT_EQ(refused(tables),
              "data.date at ratings.date row 5: expected no date after as_of 2023-12-31, found 2024-01-01");
}

} // namespace
