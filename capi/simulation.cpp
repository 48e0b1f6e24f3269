// dtk_sim_run: the simulation with rules of promotion that the host brings.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dualtrack/base/json_text.hpp>
#include <dualtrack/base/numeric.hpp>
#include <dualtrack/simulate/policies.hpp>

#include "dualtrack.h"
#include "fence.hpp"
#include "handles.hpp"
#include "run/simulation.hpp"

using namespace dualtrack;

namespace {

/// A rule of the host as the engine calls it.
struct relayed_rule {
    dtk_sim_policy_fn score = nullptr;
    void* user = nullptr;
    std::atomic<bool> is_impure{false};
};

bool call_host(const simulate::observed_candidates& from, float* score_out, void* self) {
    auto& rule = *static_cast<relayed_rule*>(self);
    dtk_sim_candidates seen{};
    seen.struct_size = sizeof seen;
    seen.n = static_cast<std::uint32_t>(from.n);
    seen.team = from.team;
    seen.period = from.period;
    seen.sales12 = from.sales12;
    seen.tenure = from.tenure;
    seen.collaboration = from.collaboration;
    seen.readiness = from.readiness;
    seen.trial = from.trial;
    seen.pay = from.pay;
    seen.flags = from.flags;
    seen.vacancy = from.vacancy;
    if (rule.score(&seen, score_out, rule.user) != DTK_OK) return false;
#ifndef NDEBUG
    if ((from.vacancy + from.period) % 100 == 7) {
        std::vector<float> again(from.n, 0.0F);
        if (rule.score(&seen, again.data(), rule.user) != DTK_OK) return false;
        const bool same = std::equal(again.begin(), again.end(), score_out,
                                     [](float a, float b) { return a == b || (a != a && b != b); });
        if (!same) rule.is_impure.store(true, std::memory_order_relaxed);
        return same;
    }
#endif
    return true;
}

auto refused(std::string_view code, const std::string& message, std::size_t index) {
    std::string text("rule ");
    append_json_number(text, static_cast<double>(index));
    return fail(status::argument, code, text + ": " + message);
}

bool is_plain(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    });
}

/// Reads the rules; `relays` has to outlive the run.
result<std::vector<run::host_rule>> read_host_rules(const dtk_sim_rule* rules, std::size_t n_rules,
                                                    std::vector<relayed_rule>& relays, bool& single_threaded) {
    std::vector<run::host_rule> out;
    const auto* at = reinterpret_cast<const unsigned char*>(rules);
    for (std::size_t i = 0; i < n_rules; ++i) {
        dtk_sim_rule known{};
        std::uint32_t size = 0;
        std::memcpy(&size, at, sizeof size);
        if (size < sizeof known || size > 65536)
            return refused("argument.struct_size", "expected struct_size of sizeof(dtk_sim_rule)", i);
        for (std::size_t byte = sizeof known; byte < size; ++byte)
            if (at[byte] != 0)
                return refused("argument.unknown_option",
                               "expected zeros beyond the members this library knows, found one of a newer version", i);
        std::memcpy(&known, at, sizeof known);
        at += size; // an array of the caller's structs, whatever their size
        if ((known.flags & ~(DTK_SIM_SINGLE_THREADED | DTK_SIM_INTERVIEWS | DTK_SIM_TRIES_EVERYBODY)) != 0)
            return refused("argument.unknown_option", "expected flags of this library", i);
        if (known.score == nullptr) return refused("argument.null", "expected a function, found NULL", i);
        if (known.name == nullptr) return refused("argument.null", "expected a name, found NULL", i);
        const std::string_view name(known.name);
        if (!is_plain(name))
            return refused("argument.rule_name", "expected a name of 1 to 64 letters, digits, '_' and '.'", i);
        const bool taken =
            std::any_of(simulate::built_in_rules.begin(), simulate::built_in_rules.end(),
                        [&](const auto& rule) { return rule.name == name; }) ||
            std::any_of(out.begin(), out.end(), [&](const run::host_rule& rule) { return rule.name == name; });
        if (taken) return refused("argument.rule_name", "expected a name of its own, found one that is taken", i);
        relays[i].score = known.score;
        relays[i].user = known.user;
        run::host_rule& rule = out.emplace_back();
        rule.name = std::string(name);
        rule.rule.kind = simulate::rule_kind::host;
        rule.rule.interviewed = (known.flags & DTK_SIM_INTERVIEWS) != 0;
        rule.rule.tries_everybody = (known.flags & DTK_SIM_TRIES_EVERYBODY) != 0;
        rule.rule.score = call_host;
        rule.rule.user = &relays[i];
        single_threaded = single_threaded || (known.flags & DTK_SIM_SINGLE_THREADED) != 0;
    }
    return out;
}

} // namespace

extern "C" dtk_status dtk_sim_run(const dtk_policy* policy, const dtk_sim_rule* rules, size_t n_rules,
                                  const dtk_run_options* options, dtk_result** out, dtk_error** err) noexcept {
    return capi::guard(err, [&]() -> result<void> {
        if (out == nullptr) return fail(status::argument, "argument.null", "expected out, found NULL");
        *out = nullptr;
        if (rules == nullptr && n_rules > 0)
            return fail(status::argument, "argument.null", "expected rules, found NULL");
        if (n_rules > 1000) return fail(status::argument, "argument.rule_name", "expected at most 1000 rules");
        if (!numeric::arithmetic_is_exact())
            return fail(status::internal, "internal.arithmetic",
                        "expected IEEE arithmetic without fusing or flushing; the library was built with flags that "
                        "break it");
        capi::run_setup setup;
        DUALTRACK_TRYV(capi::read_options(options, "simulation", setup));
        std::vector<relayed_rule> relays(n_rules);
        bool single_threaded = false;
        DUALTRACK_TRY(const auto host, read_host_rules(rules, n_rules, relays, single_threaded));
        auto made = std::make_unique<dtk_result>();
        made->data_memory = made->memory = setup.memory;
        DUALTRACK_TRY(auto none, ingest::build_organisation(setup.context, ingest::table_set{}));
        const org::policy defaults;
        auto found = run::run_simulation_with(setup.context, std::move(none),
                                              policy == nullptr ? defaults : policy->value, host, single_threaded);
        if (!found) {
            for (const relayed_rule& relay : relays)
                if (relay.is_impure.load())
                    return fail(status::argument, "simulation.rule_impure",
                                "expected a rule that depends on its arguments alone, found one that scored the same "
                                "candidates differently");
            return outcome::failure(std::move(found).error());
        }
        made->value = std::move(found).value();
        *out = made.release();
        return outcome::success();
    });
}
