// The fence: what every exported function stands behind. Nothing thrown gets past it, the host's floating-point
// settings are put aside for the call and put back after it, and a failure becomes an error object, also when there is
// no memory to make one.
#pragma once

#include <cfenv>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>
#include <utility>

#include <dualtrack/base/result.hpp>

#include "dualtrack.h"

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

/// One block of memory: the struct and its texts behind it.
struct dtk_error {
    dtk_status status;
    std::int64_t row;
    const char* code;
    const char* message;
    const char* where;
};

namespace dualtrack::capi {

/// The error of a call that found no memory: made at compile time, so that saying so needs none.
inline constexpr dtk_error no_memory{DTK_E_NO_MEMORY, -1, "no_memory", "expected memory to be available, found none",
                                     ""};

/// An error object, or the one above when there is no memory for it.
inline dtk_error* make_error(status kind, std::string_view code, std::string_view message, std::string_view where,
                             std::int64_t row) noexcept {
    auto* const out_of_memory = const_cast<dtk_error*>(&no_memory); // never written to, never freed
    if (kind == status::no_memory) return out_of_memory;
    void* block = ::operator new(sizeof(dtk_error) + code.size() + message.size() + where.size() + 3, std::nothrow);
    if (block == nullptr) return out_of_memory;
    char* text = static_cast<char*>(block) + sizeof(dtk_error);
    const auto put = [&](std::string_view from) {
        char* const start = text;
        if (!from.empty()) std::memcpy(start, from.data(), from.size());
        start[from.size()] = '\0';
        text += from.size() + 1;
        return start;
    };
    const char* const code_text = put(code);
    const char* const message_text = put(message);
    const char* const where_text = put(where);
    return new (block) dtk_error{static_cast<dtk_status>(kind), row, code_text, message_text, where_text};
}

inline dtk_status report(dtk_error** err, status kind, std::string_view code, std::string_view message,
                         std::string_view where = {}, std::int64_t row = -1) noexcept {
    if (err == nullptr) return static_cast<dtk_status>(kind);
    *err = make_error(kind, code, message, where, row);
    return (*err)->status;
}

/// Rounding to nearest, subnormals kept, no traps: for the length of a call, whatever the host has set.
class arithmetic_scope {
  public:
    arithmetic_scope() noexcept {
        std::fegetenv(&before_);
        std::fesetenv(FE_DFL_ENV);
#if defined(__SSE2__)
        control_before_ = _mm_getcsr();
        _mm_setcsr(0x1F80); // every exception masked, round to nearest, no flushing
#endif
    }
    ~arithmetic_scope() {
        std::fesetenv(&before_);
#if defined(__SSE2__)
        _mm_setcsr(control_before_);
#endif
    }
    arithmetic_scope(const arithmetic_scope&) = delete;
    arithmetic_scope& operator=(const arithmetic_scope&) = delete;

  private:
    std::fenv_t before_{};
#if defined(__SSE2__)
    unsigned control_before_ = 0;
#endif
};

/// Runs the body of an exported function; whatever happens becomes a status and an error object.
template <class Body> [[nodiscard]] dtk_status guard(dtk_error** err, Body&& body) noexcept {
    if (err != nullptr) *err = nullptr;
    const arithmetic_scope arithmetic;
    try {
        const result<void> done = std::forward<Body>(body)();
        if (done) return DTK_OK;
        const error& failed = done.error();
        return report(err, failed.kind, failed.code, failed.message, failed.where, failed.row);
    } catch (const std::bad_alloc&) {
        return report(err, status::no_memory, "no_memory", "");
    } catch (const std::exception& thrown) {
        return report(err, status::internal, "internal.exception", thrown.what());
    } catch (...) {
        return report(err, status::internal, "internal.exception", "expected no exception, found one of unknown type");
    }
}

/// For functions without a status: the value, or `otherwise` when it cannot be made.
template <class Value, class Body> [[nodiscard]] Value guard_value(Value otherwise, Body&& body) noexcept {
    const arithmetic_scope arithmetic;
    try {
        return std::forward<Body>(body)();
    } catch (...) {
        return otherwise;
    }
}

} // namespace dualtrack::capi
