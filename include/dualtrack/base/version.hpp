// The version of the library, as records name it. It is the project's version in CMake and DTK_VERSION of the C header;
// a test compares the three.
#pragma once

#include <cstdint>
#include <string_view>

namespace dualtrack {

inline constexpr std::string_view library_version = "0.1.0";
inline constexpr std::int32_t abi_number = 0;

} // namespace dualtrack
