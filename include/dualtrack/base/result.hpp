// What can go wrong, said once. Everything that may fail returns `result<T>`: a value, or an `error` that names
// the thing (table.column and row, or a JSON Pointer), what was expected and what was found. Results cross stage
// borders; rows and numbers inside a stage never do. Codes are stable; messages are for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <boost/version.hpp>
#if BOOST_VERSION < 108100
#error "dualtrack needs Boost 1.81 or later"
#endif
#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/try.hpp>

#ifdef __FAST_MATH__
#error "dualtrack promises the same bytes everywhere: -ffast-math breaks that promise"
#endif

namespace dualtrack {

namespace outcome = BOOST_OUTCOME_V2_NAMESPACE;

/// The kind of a failure. The values are frozen: they are those of `dtk_status`.
enum class status : std::int32_t {
    ok = 0,
    argument = 1,  // a call was made wrongly
    policy = 2,    // the policy text or what it asks for
    schema = 3,    // a table or column is missing or has the wrong type
    data = 4,      // a cell, or how rows fit together
    cancelled = 5, // the host asked to stop
    no_memory = 6,
    internal = 7,
};

/// One failure, as it reaches the host.
struct error {
    status kind = status::internal;
    std::string_view code; // stable ASCII, "family.detail", static storage
    std::string message;   // one lower-case sentence: what was expected, what was found
    std::string where;     // "table.column", "table", a JSON Pointer, or ""
    std::int64_t row = -1; // 0-based row of the table across all batches, or -1
};

template <class T> using result = outcome::basic_result<T, error, outcome::policy::all_narrow>;

/// A failed result, for `return fail(...)` in any function that returns a `result`.
[[nodiscard]] inline auto fail(status kind, std::string_view code, std::string message, std::string where = {},
                               std::int64_t row = -1) {
    return outcome::failure(error{kind, code, std::move(message), std::move(where), row});
}

} // namespace dualtrack

/// Hands a failure on to the caller; on success evaluates to nothing.
#define DUALTRACK_TRYV(expression) BOOST_OUTCOME_TRYV(expression)
/// Hands a failure on to the caller; on success declares `name` with the value.
#define DUALTRACK_TRY(name, expression) BOOST_OUTCOME_TRY(name, expression)
