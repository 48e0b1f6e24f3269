#include "run/retention_actions.hpp"

#include <algorithm>

#include <dualtrack/org/organisation.hpp>

#include "run/policy_json.hpp"

namespace dualtrack::run {
namespace {

result<decide::retention_action> read_action(const structured_field& field, std::uint32_t node) {
    DUALTRACK_TRYV(field.object_of(
        node, {"motive", "action", "text", "minutes_week", "first_review_days", "review_every_days", "needs_relief"}));
    decide::retention_action out;
    DUALTRACK_TRY(const std::string motive, field.text(node, "motive"));
    const auto found = std::find(org::motive_words.begin(), org::motive_words.end(), motive);
    if (found == org::motive_words.end())
        return field.refuse(field.find(node, "motive"), "policy.range",
                            "expected a motive of the table motives, found \"" + motive.substr(0, 64) + "\"");
    out.motive = static_cast<std::uint8_t>(found - org::motive_words.begin());
    DUALTRACK_TRY(out.name, field.text(node, "action"));
    DUALTRACK_TRY(out.text, field.text(node, "text"));
    DUALTRACK_TRY(out.minutes_week, field.number(node, "minutes_week", 0.0, 10080.0));
    DUALTRACK_TRY(const std::int64_t first, field.count(node, "first_review_days", 1, 366));
    DUALTRACK_TRY(const std::int64_t every, field.count(node, "review_every_days", 1, 366));
    out.first_review_days = static_cast<std::int32_t>(first);
    out.review_every_days = static_cast<std::int32_t>(every);
    DUALTRACK_TRY(out.needs_relief, field.flag(node, "needs_relief", false));
    return out;
}

} // namespace

result<std::vector<decide::retention_action>> read_actions(std::string_view json) {
    std::vector<decide::retention_action> out;
    DUALTRACK_TRY(const ingest::json_document document,
                  ingest::read_json(json, ingest::policy_json_limits, status::policy));
    const structured_field field{document, "/retention/actions"};
    DUALTRACK_TRYV(field.list(0, "actions"));
    DUALTRACK_TRYV(field.each(0, [&](std::uint32_t node) -> result<void> {
        DUALTRACK_TRY(auto action, read_action(field, node));
        out.push_back(std::move(action));
        return outcome::success();
    }));
    for (std::size_t motive = 0; motive < org::motive_words.size(); ++motive)
        if (std::none_of(out.begin(), out.end(), [&](const auto& one) { return one.motive == motive; }))
            return field.refuse(0, "policy.range",
                                "expected an action for every motive, found none for " +
                                    std::string(org::motive_words[motive]));
    return out;
}

} // namespace dualtrack::run
