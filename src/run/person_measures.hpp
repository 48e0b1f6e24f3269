// Any column of a result table that has a row a person, as of any day: what the requirements of a ladder are asked of.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <dualtrack/org/policy.hpp>

#include "ingest/organisation.hpp"

namespace dualtrack::run {

/// Every measure by name: the columns of sellers and readiness, the constructs, the columns of teams with team_ before
/// them, and tenure_months, months_in_role, months_leading.
[[nodiscard]] std::vector<std::string> known_measures();

/// Whether a measure speaks about leading people rather than about sales or time.
[[nodiscard]] bool is_about_leading(std::string_view measure);
/// Whether a measure grows with every month that passes.
[[nodiscard]] bool is_time(std::string_view measure);
/// Whether it is counted over a window of months.
[[nodiscard]] bool has_window(std::string_view measure);

struct measure_request {
    std::string_view measure;
    std::int32_t months = 0; // window; 0: that of the policy
    friend bool operator==(const measure_request&, const measure_request&) = default;
};

/// A measure of everybody. [n_people]
struct measure_values {
    std::vector<double> value;
    std::vector<std::uint8_t> known;
};

/// The measures that are wanted, as of a day, in their order; people without evidence are not known.
/// Errors: those of measure_organisation and assess_people.
[[nodiscard]] result<std::vector<measure_values>> measures_on(const run_context& run,
                                                              std::shared_ptr<const ingest::checked_data> data,
                                                              const org::policy& policy, std::int32_t as_of,
                                                              std::span<const measure_request> wanted);

/// Who leads anybody on a day. [n_people]
[[nodiscard]] std::vector<std::uint8_t> leaders_on(const org::organisation& organisation, std::int32_t day,
                                                   std::pmr::memory_resource* memory);

} // namespace dualtrack::run
