// How the section /simulation of a policy is read: rules with their figures, and numbers in the place of a preset's.
#include <algorithm>
#include <charconv>

#include <dualtrack/base/nearest.hpp>
#include <dualtrack/base/text.hpp>

#include "ingest/json_reader.hpp"
#include "run/simulation.hpp"

namespace dualtrack::run {
namespace {

using ingest::json_document;
using ingest::json_kind;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

auto refused(std::string_view where, std::string_view text) {
    return fail(status::policy, "policy.range",
                "expected \"rule\", \"rule(0.5)\" or \"rule + package(6, 2)\", found \"" +
                    std::string(text.substr(0, 64)) + "\"",
                std::string(where));
}

result<named_rule> read_rule(std::string_view text, std::string_view where) {
    named_rule out;
    const std::size_t open = text.find('(');
    out.name = std::string(trimmed(text.substr(0, open)));
    if (out.name.empty() || out.name.find(')') != std::string::npos) return refused(where, text);
    if (open == std::string_view::npos) return out;
    if (text.back() != ')') return refused(where, text);
    std::string_view figures = text.substr(open + 1, text.size() - open - 2);
    while (true) {
        const std::size_t comma = std::min(figures.find(','), figures.size());
        const std::string_view one = trimmed(figures.substr(0, comma));
        double value = 0.0;
        const auto read = std::from_chars(one.data(), one.data() + one.size(), value);
        if (one.empty() || read.ec != std::errc() || read.ptr != one.data() + one.size() || !(value - value == 0.0))
            return refused(where, text);
        out.figures.push_back(value);
        if (comma == figures.size()) return out;
        figures.remove_prefix(comma + 1);
    }
}

std::string below(std::string_view pointer) {
    return "/simulation/parameters" + std::string(pointer);
}

} // namespace

std::string place_in(std::string_view list, std::size_t index) {
    return "/simulation/" + std::string(list) + "/" + integer_text(static_cast<std::int64_t>(index));
}

std::string expected_name(std::string_view what, std::span<const std::string_view> known, std::string_view found) {
    std::string out = "expected " + std::string(what) + " (";
    for (std::size_t i = 0; i < known.size(); ++i) out.append(i == 0 ? "" : ", ").append(known[i]);
    out.append("), found \"").append(found.substr(0, 64)).append("\"");
    const std::string_view near = nearest_word(found, known);
    if (!near.empty() && 2 * edit_distance(found, near) <= near.size()) out.append(" (nearest: ").append(near) += ')';
    return out;
}

result<std::vector<named_rule>> read_rules(std::string_view text, std::string_view where) {
    std::vector<named_rule> out;
    std::string_view left = text;
    while (true) {
        const std::size_t plus = std::min(left.find('+'), left.size());
        const std::string_view one = trimmed(left.substr(0, plus));
        if (one.empty()) return refused(where, text);
        DUALTRACK_TRY(named_rule rule, read_rule(one, where));
        out.push_back(std::move(rule));
        if (plus == left.size()) return out;
        left.remove_prefix(plus + 1);
    }
}

result<std::vector<override_value>> read_overrides(std::string_view json) {
    std::vector<override_value> out;
    if (json.empty()) return out;
    DUALTRACK_TRY(const json_document document, ingest::read_json(json, ingest::policy_json_limits, status::policy));
    const auto& nodes = document.nodes;
    if (nodes[0].kind == json_kind::null) return out;
    if (nodes[0].kind != json_kind::object)
        return fail(status::policy, "policy.type", "expected an object of numbers", below(""));
    for (std::uint32_t key = first_child(document, 0); key != nodes[0].end; key = nodes[key + 1].end) {
        override_value& one = out.emplace_back();
        one.name = std::string(text_of(document, key));
        const std::uint32_t value = key + 1;
        one.is_list = nodes[value].kind == json_kind::list;
        const auto wrong = [&](std::uint32_t at) {
            return fail(status::policy, "policy.type", "expected a number or an array of numbers",
                        below(pointer_of(document, at)));
        };
        if (nodes[value].kind == json_kind::number)
            one.values.push_back(number_of(nodes[value]));
        else if (nodes[value].kind == json_kind::boolean)
            one.values.push_back(nodes[value].truth ? 1.0 : 0.0);
        else if (!one.is_list)
            return wrong(value);
        for (std::uint32_t at = value + 1; one.is_list && at != nodes[value].end; at = nodes[at].end) {
            if (nodes[at].kind != json_kind::number) return wrong(at);
            one.values.push_back(number_of(nodes[at]));
        }
    }
    return out;
}

result<void> apply_overrides(std::span<const override_value> overrides, std::span<simulate::assumption> assumptions) {
    for (const override_value& each : overrides)
        for (simulate::assumption& one : assumptions) {
            if (one.name != each.name) continue;
            if (each.is_list) return fail(status::policy, "policy.type", "expected a number", below("/" + each.name));
            one.value = each.values.front();
            one.value_from = "policy";
            one.grade = '4';
        }
    return outcome::success();
}

result<void> set_stopping(const org::simulation_policy& policy, simulate::experiment_plan& plan) {
    plan.stop = {policy.replications, policy.absolute_tolerance, policy.relative_tolerance, 1.0 - policy.confidence};
    plan.stop_metrics.clear();
    for (std::size_t m = 0; m < plan.metrics.size(); ++m)
        if (std::find(policy.stop_metrics.begin(), policy.stop_metrics.end(), plan.metrics[m].name) !=
            policy.stop_metrics.end())
            plan.stop_metrics.push_back(m);
    if (policy.stop_metrics.empty()) plan.stop_metrics.push_back(0);
    for (std::size_t i = 0; i < policy.stop_metrics.size(); ++i) {
        const bool known = std::any_of(plan.metrics.begin(), plan.metrics.end(), [&](const simulate::metric& metric) {
            return metric.name == policy.stop_metrics[i];
        });
        if (known) continue;
        std::vector<std::string_view> names;
        for (const simulate::metric& metric : plan.metrics)
            if (std::find(names.begin(), names.end(), metric.name) == names.end()) names.push_back(metric.name);
        return fail(status::policy, "policy.range",
                    expected_name("a metric of the model", names, policy.stop_metrics[i]), place_in("stop_metrics", i));
    }
    return outcome::success();
}

} // namespace dualtrack::run
