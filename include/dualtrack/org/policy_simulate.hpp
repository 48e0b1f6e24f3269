// What a simulation of promotion rules compares, and how far it goes. The numbers a model rests on belong to its
// preset; a company overrides single ones by name.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dualtrack::org {

/// Where a simulated organisation starts from.
enum class simulation_start : std::uint8_t { preset, data };
inline constexpr std::array<std::string_view, 2> simulation_start_words{"preset", "data"};

struct simulation_policy {
    std::vector<std::string> presets = {"bls2019", "lss2015"};
    std::vector<std::string> policies; // "rule" or "rule + package + ..."; none: those of the preset
    std::vector<std::string> packages; // for every rule
    std::string baseline;              // or "": the preset's
    std::string parameters = "{}";     // canonical JSON: name -> number or list of numbers
    simulation_start start = simulation_start::preset;
    std::int32_t periods = 0; // 0: the preset's
    std::int32_t replications = 2048;
    double absolute_tolerance = 0.0; // of a half-width, in the metric's unit
    double relative_tolerance = 0.0; // of a half-width, of the mean
    std::vector<std::string> stop_metrics;
    double max_seconds = 0.0; // of the clock; 0: none
    double confidence = 0.95;
    std::int64_t seed = 7;
    bool tornado = true;
    std::int32_t tornado_replications = 256;
    std::int32_t sobol_points = 0; // 0: no Sobol indices
    std::int32_t decision_replications = 0;
    friend bool operator==(const simulation_policy&, const simulation_policy&) = default;
};

} // namespace dualtrack::org
