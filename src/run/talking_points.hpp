// What to say to somebody who was passed over, in the order of the practitioners' articles, with the person's figures.
#pragma once

#include <array>
#include <string>

#include "run/retained.hpp"

namespace dualtrack::run {

/// The promise that is made only where it can be kept.
inline constexpr std::string_view promise = "we will consider you";

/// What managers do with their week, where it is on record.
struct week_of_managers {
    std::int64_t n_managers = 0;
    double coaching_hours = 0.0, admin_hours = 0.0, selling_hours = 0.0; // a week and manager
    std::vector<double> selling_of; // hours a week of each person; [n_people], negative: nothing on record
};
[[nodiscard]] week_of_managers week_on_record(const org::organisation& organisation, std::int32_t as_of,
                                              std::pmr::memory_resource* memory);

/// The six texts, in the order of decide::talking_steps.
[[nodiscard]] std::array<std::string, 6> talking_points(const retained& all, const retained_person& one,
                                                        const week_of_managers& week);

} // namespace dualtrack::run
