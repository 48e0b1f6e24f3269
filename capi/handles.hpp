// What stands behind the opaque handles, and how the host's options become a run context.
#pragma once

#include <atomic>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <string_view>

#include <dualtrack/base/parallel.hpp>
#include <dualtrack/base/result.hpp>
#include <dualtrack/org/policy.hpp>

#include "dualtrack.h"
#include "ingest/organisation.hpp"
#include "ingest/table.hpp"
#include "run/analysis.hpp"

namespace dualtrack::capi {

/// The host's allocator as a memory resource.
class host_memory final : public std::pmr::memory_resource {
  public:
    explicit host_memory(const dtk_allocator& host) noexcept : host_(host) {}

  private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        void* memory = host_.allocate(host_.user, bytes, alignment);
        if (memory == nullptr) throw std::bad_alloc();
        return memory;
    }
    void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override {
        host_.deallocate(host_.user, memory, bytes, alignment);
    }
    [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
        return this == &other;
    }

    dtk_allocator host_;
};

/// Memory first: whatever was made with it is destroyed before it.
using kept_memory = std::shared_ptr<host_memory>;

} // namespace dualtrack::capi

struct dtk_policy {
    dualtrack::org::policy value;
    std::string json, digest;
};

struct dtk_tables {
    dualtrack::ingest::table_set set;
};

struct dtk_data {
    dualtrack::capi::kept_memory memory;
    std::shared_ptr<const dualtrack::ingest::checked_data> value;
};

struct dtk_result {
    dualtrack::capi::kept_memory data_memory, memory;
    std::shared_ptr<const dualtrack::run::analysis_result> value;
    mutable std::mutex record_mutex;
    mutable std::optional<std::string> record;
};

struct dtk_cancel {
    std::atomic<bool> requested{false};
};

namespace dualtrack::capi {

/// What keeps the arrays of one exported table alive, also after dtk_result_free.
struct kept_table {
    kept_memory data_memory, memory;
    std::shared_ptr<const run::analysis_result> result;
    std::shared_ptr<const void> table;
};

/// The host's progress callback: shares never fall, whatever the loops behind it report.
struct progress_relay {
    dtk_progress host = nullptr;
    void* user = nullptr;
    const char* stage = "";
    double reported = -1.0;

    static int call(void* self, double done_share) {
        auto& relay = *static_cast<progress_relay*>(self);
        if (done_share <= relay.reported) return 0;
        relay.reported = done_share;
        return relay.host(relay.user, done_share, relay.stage);
    }
};

/// Options read into what a run needs. `relay` must outlive the context.
struct run_setup {
    kept_memory memory;
    progress_relay relay;
    run_context context;
};

/// Errors: argument.struct_size, argument.unknown_option, argument.null.
inline result<void> read_options(const dtk_run_options* options, const char* stage, run_setup& out) {
    if (options == nullptr) return outcome::success();
    dtk_run_options known{};
    if (options->struct_size < sizeof known)
        return fail(status::argument, "argument.struct_size",
                    "expected struct_size of at least sizeof(dtk_run_options)");
    const auto* bytes = reinterpret_cast<const unsigned char*>(options);
    for (std::size_t i = sizeof known; i < options->struct_size; ++i)
        if (bytes[i] != 0)
            return fail(status::argument, "argument.unknown_option",
                        "expected zeros beyond the options this library knows, found an option of a newer version");
    std::memcpy(&known, options, sizeof known);
    if (known.reserved != 0) return fail(status::argument, "argument.unknown_option", "expected reserved to be 0");
    if (known.threads < 0)
        return fail(status::argument, "argument.unknown_option",
                    "expected threads of 0 or more, found a negative number");
    if ((known.allocator.allocate == nullptr) != (known.allocator.deallocate == nullptr))
        return fail(status::argument, "argument.null", "expected both functions of the allocator, or neither");
    if (known.allocator.allocate != nullptr) {
        out.memory = std::make_shared<host_memory>(known.allocator);
        out.context.memory = out.memory.get();
    }
    out.context.threads = known.threads < 1 ? 1 : known.threads;
    if (known.cancel != nullptr) out.context.cancelled = &known.cancel->requested;
    if (known.progress != nullptr) {
        out.relay.host = known.progress;
        out.relay.user = known.progress_user;
        out.relay.stage = stage;
        out.context.progress = progress_relay::call;
        out.context.progress_user = &out.relay;
    }
    return outcome::success();
}

} // namespace dualtrack::capi
