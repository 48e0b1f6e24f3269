// One assumption of a model as it is shown to a reader: what it says, where it comes from and how far it can be
// trusted. A simulation is only as good as the weakest of them, so they stand beside every result.
#pragma once

#include <string>
#include <string_view>

namespace dualtrack::simulate {

/// Grades: 1 peer-reviewed, 2 working paper or industry study, 3 article, 4 assumption.
struct assumption {
    std::string_view name, unit;
    double value = 0.0, preset_value = 0.0;
    double low = 0.0, high = 0.0; // bounds of what is tried one at a time; equal: not varied
    char grade = '4';
    std::string_view source, meaning;
    std::string_view value_from = "preset"; // preset, policy or data
    bool is_whole = false;                  // takes whole numbers alone
};

} // namespace dualtrack::simulate
