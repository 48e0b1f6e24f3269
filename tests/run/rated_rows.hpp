// Ratings and interview answers for a random organisation (planted_rows.hpp).
#pragma once

#include <string>

#include <dualtrack/assess/construct.hpp>

#include "planted_rows.hpp"

namespace dualtrack::test {

/// A rating as a row; an empty rater is nobody's name.
inline std::string rating_row(const std::string& person, const std::string& rater, const std::string& source,
                              const std::string& competency, double score, const std::string& date = "2023-11-01") {
    row_text row;
    row.text("person_id", person);
    if (!rater.empty()) row.text("rater_id", rater);
    return row.text("source", source)
        .text("competency", competency)
        .number("score", score)
        .number("scale_min", 1)
        .number("scale_max", 5)
        .text("date", date)
        .done();
}

/// Ratings of everybody by colleagues and a manager, answers of some.
inline void add_ratings(row_lists& to, std::uint64_t seed, int n_people, const std::string& prefix = "p") {
    random::stream draw(random::place{.seed = seed, .purpose = 11});
    const auto id = [&](int i) { return prefix + integer_text(1000 + i); };
    const auto below = [&](int n) { return static_cast<int>(random::below(draw, static_cast<std::uint64_t>(n))); };
    for (int i = 0; i < n_people; ++i) {
        for (int rater = 0; rater < 3; ++rater) {
            const int who = (i + 1 + below(n_people - 1)) % n_people;
            for (std::size_t c = 0; c < assess::n_constructs; ++c)
                to["ratings"].push_back(rating_row(id(i), id(who), rater == 0 ? "manager" : "peer",
                                                   std::string(assess::construct_words[c]), 1 + below(41) / 10.0));
        }
        if (below(3) == 0)
            to["answers"].push_back(row_text()
                                        .text("person_id", id(i))
                                        .text("question", "hard_conversation")
                                        .number("score", 1 + below(5))
                                        .raw("red_flag", below(4) == 0 ? "true" : "false")
                                        .text("interviewer_id", id((i + 1) % n_people))
                                        .text("date", "2023-11-15")
                                        .done());
    }
}

} // namespace dualtrack::test
