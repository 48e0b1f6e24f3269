// The best set of mentors and mentees among the sellers that were measured.
#pragma once

#include <cstdint>
#include <vector>

#include <dualtrack/decide/relief.hpp>
#include <dualtrack/org/findings.hpp>

#include "run/measured.hpp"

namespace dualtrack::run {

struct mentee_line {
    std::uint32_t person = 0;
    std::uint8_t tier = 0;                     // of decide::tier_words
    std::int64_t expected_sales = 0, gain = 0; // minor units a year
    double common = 0.0;                       // uncertainty shared with all mentees, minor units
};

struct mentor_line {
    std::uint32_t person = 0;
    std::int64_t quota = 0, relief = 0; // minor units a year
    std::vector<mentee_line> mentees;   // by person
};

struct mentoring_programme {
    std::vector<mentor_line> mentors; // by person
    std::int64_t n_could_mentor = 0, n_without_quota = 0, n_could_be_mentored = 0;
};

[[nodiscard]] mentoring_programme best_programme(const measured& facts);

} // namespace dualtrack::run
