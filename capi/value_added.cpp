// dtk_value_added_*: a panel that the host keeps between runs, and adds months to.
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include <dualtrack/base/numeric.hpp>

#include "dualtrack.h"
#include "fence.hpp"
#include "handles.hpp"
#include "run/value_added_state.hpp"

using namespace dualtrack;
using capi::guard;

struct dtk_value_added {
    run::value_added_state value;
};

namespace {

auto null_argument(std::string_view name) {
    return fail(status::argument, "argument.null", "expected " + std::string(name) + ", found NULL");
}

result<void> check_arithmetic() {
    if (numeric::arithmetic_is_exact()) return outcome::success();
    return fail(status::internal, "internal.arithmetic",
                "expected IEEE arithmetic without fusing or flushing; the library was built with flags that break it");
}

} // namespace

extern "C" {

dtk_status dtk_value_added_open(dtk_value_added** out, dtk_error** err) noexcept {
    return guard(err, [&]() -> result<void> {
        if (out == nullptr) return null_argument("out");
        *out = nullptr;
        *out = new dtk_value_added;
        return outcome::success();
    });
}

dtk_status dtk_value_added_append(dtk_value_added* state, int32_t change, dtk_tables* moved_in,
                                  const dtk_run_options* options, dtk_error** err) noexcept {
    const std::unique_ptr<dtk_tables> tables(moved_in); // taken, whatever comes
    return guard(err, [&]() -> result<void> {
        if (state == nullptr) return null_argument("state");
        if (tables == nullptr) return null_argument("tables");
        run::panel_change kind = run::panel_change::append;
        switch (change) {
        case DTK_VALUE_ADDED_APPEND:
            break;
        case DTK_VALUE_ADDED_CORRECT:
            kind = run::panel_change::correct;
            break;
        case DTK_VALUE_ADDED_REMOVE:
            kind = run::panel_change::remove;
            break;
        default:
            return fail(status::argument, "argument.unknown_option",
                        "expected DTK_VALUE_ADDED_APPEND, _CORRECT or _REMOVE, found another number");
        }
        DUALTRACK_TRYV(check_arithmetic());
        capi::run_setup setup;
        DUALTRACK_TRYV(capi::read_options(options, "check", setup));
        return state->value.change(setup.context, std::move(tables->set), kind);
    });
}

dtk_status dtk_value_added_solve(const dtk_value_added* state, const dtk_policy* policy, const dtk_run_options* options,
                                 dtk_result** out, dtk_error** err) noexcept {
    return guard(err, [&]() -> result<void> {
        if (out == nullptr) return null_argument("out");
        *out = nullptr;
        if (state == nullptr) return null_argument("state");
        DUALTRACK_TRYV(check_arithmetic());
        capi::run_setup setup;
        DUALTRACK_TRYV(capi::read_options(options, "value_added", setup));
        auto made = std::make_unique<dtk_result>();
        made->data_memory = made->memory = setup.memory;
        const org::policy defaults;
        DUALTRACK_TRY(made->value, state->value.solve(setup.context, policy == nullptr ? defaults : policy->value));
        *out = made.release();
        return outcome::success();
    });
}

dtk_status dtk_value_added_save(const dtk_value_added* state, char** out, size_t* out_bytes, dtk_error** err) noexcept {
    return guard(err, [&]() -> result<void> {
        if (out_bytes != nullptr) *out_bytes = 0;
        if (out == nullptr) return null_argument("out");
        *out = nullptr;
        if (out_bytes == nullptr) return null_argument("out_bytes");
        if (state == nullptr) return null_argument("state");
        const std::string bytes = state->value.save();
        char* kept = static_cast<char*>(::operator new(bytes.size() + 1));
        std::memcpy(kept, bytes.c_str(), bytes.size() + 1);
        *out = kept;
        *out_bytes = bytes.size();
        return outcome::success();
    });
}

dtk_status dtk_value_added_load(const char* bytes, size_t n_bytes, dtk_value_added** out, dtk_error** err) noexcept {
    return guard(err, [&]() -> result<void> {
        if (out == nullptr) return null_argument("out");
        *out = nullptr;
        if (bytes == nullptr) return null_argument("bytes");
        auto made = std::make_unique<dtk_value_added>();
        DUALTRACK_TRY(made->value, run::value_added_state::load(std::string_view(bytes, n_bytes)));
        *out = made.release();
        return outcome::success();
    });
}

void dtk_value_added_free(dtk_value_added* state) noexcept {
    delete state;
}

} // extern "C"
