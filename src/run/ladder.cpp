#include "run/ladder.hpp"

#include <algorithm>
#include <vector>

#include <dualtrack/base/nearest.hpp>

#include "run/person_measures.hpp"
#include "run/policy_json.hpp"

namespace dualtrack::run {
namespace {

constexpr double most = 1e13;

result<decide::requirement> read_requirement(const structured_field& field, std::uint32_t node) {
    DUALTRACK_TRYV(field.object_of(node, {"measure", "at_least", "at_most", "months", "action"}));
    decide::requirement out;
    DUALTRACK_TRY(out.measure, field.text(node, "measure"));
    const auto measures = known_measures();
    const std::vector<std::string_view> known(measures.begin(), measures.end());
    if (std::find(known.begin(), known.end(), out.measure) == known.end())
        return field.refuse(field.find(node, "measure"), "policy.range",
                            "expected a column of a result table, found \"" + out.measure.substr(0, 64) +
                                "\" (nearest: " + std::string(nearest_word(out.measure.substr(0, 64), known)) + ")");
    out.at_least = field.find(node, "at_most") == 0;
    if (!out.at_least && field.find(node, "at_least") != 0)
        return field.refuse(node, "policy.range", "expected at_least or at_most, found both");
    DUALTRACK_TRY(out.need, field.number(node, out.at_least ? "at_least" : "at_most", -most, most));
    if (field.find(node, "months") != 0) {
        DUALTRACK_TRY(const std::int64_t months, field.count(node, "months", 1, 120));
        out.months = static_cast<std::int32_t>(months);
    }
    if (field.find(node, "action") != 0) {
        DUALTRACK_TRY(out.action, field.text(node, "action"));
    }
    return out;
}

/// What the entry and the levels share: title, other roles, points, pay.
result<decide::ladder_level> read_place(const structured_field& field, std::uint32_t node) {
    decide::ladder_level out;
    DUALTRACK_TRY(out.title, field.text(node, "title"));
    DUALTRACK_TRY(out.points, field.number(node, "points", 0.0, 1e9));
    if (const std::uint32_t roles = field.find(node, "roles"); roles != 0) {
        DUALTRACK_TRYV(field.list(roles, "names of roles"));
        DUALTRACK_TRYV(field.each(roles, [&](std::uint32_t role) -> result<void> {
            if (field.kind(role) != ingest::json_kind::text)
                return field.refuse(role, "policy.type", "expected a string");
            out.roles.emplace_back(text_of(field.document, role));
            return outcome::success();
        }));
    }
    const std::uint32_t pay = field.find(node, "pay");
    if (pay == 0) return out;
    DUALTRACK_TRYV(field.object_of(pay, {"low", "high"}));
    DUALTRACK_TRY(out.pay_low, field.number(pay, "low", 0.0, most));
    DUALTRACK_TRY(out.pay_high, field.number(pay, "high", out.pay_low, most));
    out.has_pay = true;
    return out;
}

result<decide::ladder_level> read_level(const structured_field& field, std::uint32_t node) {
    DUALTRACK_TRYV(field.object_of(node, {"title", "roles", "points", "pay", "requirements"}));
    DUALTRACK_TRY(auto out, read_place(field, node));
    const std::uint32_t requirements = field.find(node, "requirements");
    if (requirements == 0) return out;
    DUALTRACK_TRYV(field.list(requirements, "requirements"));
    DUALTRACK_TRYV(field.each(requirements, [&](std::uint32_t at) -> result<void> {
        DUALTRACK_TRY(auto one, read_requirement(field, at));
        out.requirements.push_back(std::move(one));
        return outcome::success();
    }));
    return out;
}

/// A role must name one place: else it is not known where somebody stands.
result<void> check_names(const structured_field& field, const decide::ladder& one) {
    std::vector<std::string_view> names;
    const auto add = [&](const decide::ladder_level& level) {
        names.push_back(level.title);
        names.insert(names.end(), level.roles.begin(), level.roles.end());
    };
    add(one.entry);
    for (const auto& levels : one.tracks)
        for (const auto& level : levels) add(level);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end())
        return field.refuse(0, "policy.duplicate_rule",
                            "expected every title and role once, found \"" + std::string(*twice) + "\" twice");
    return outcome::success();
}

} // namespace

result<decide::ladder> read_ladder(std::string_view json) {
    DUALTRACK_TRY(const ingest::json_document document,
                  ingest::read_json(json, ingest::policy_json_limits, status::policy));
    const structured_field field{document, "/paths/ladder"};
    DUALTRACK_TRYV(field.object_of(0, {"name", "pay_unit", "entry", "tracks"}));
    decide::ladder out;
    DUALTRACK_TRY(out.name, field.text(0, "name"));
    if (field.find(0, "pay_unit") != 0) {
        DUALTRACK_TRY(const std::string pay_unit, field.text(0, "pay_unit"));
        if (pay_unit != "entry" && pay_unit != "currency")
            return field.refuse(field.find(0, "pay_unit"), "policy.range", "expected one of \"entry\", \"currency\"");
        out.pay_in_entry_units = pay_unit == "entry";
    }
    DUALTRACK_TRY(const std::uint32_t entry, field.need(0, "entry"));
    DUALTRACK_TRYV(field.object_of(entry, {"title", "roles", "points", "pay"}));
    DUALTRACK_TRY(out.entry, read_place(field, entry));
    DUALTRACK_TRY(const std::uint32_t tracks, field.need(0, "tracks"));
    DUALTRACK_TRYV(field.object_of(tracks, {"expert", "management"}));
    for (std::size_t t = 0; t < out.tracks.size(); ++t) {
        DUALTRACK_TRY(const std::uint32_t levels, field.need(tracks, decide::track_words[t]));
        DUALTRACK_TRYV(field.list(levels, "levels"));
        DUALTRACK_TRYV(field.each(levels, [&](std::uint32_t at) -> result<void> {
            DUALTRACK_TRY(auto level, read_level(field, at));
            out.tracks[t].push_back(std::move(level));
            return outcome::success();
        }));
    }
    DUALTRACK_TRYV(check_names(field, out));
    return out;
}

} // namespace dualtrack::run
