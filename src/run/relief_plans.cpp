#include "run/relief_plans.hpp"

#include <algorithm>

#include <dualtrack/decide/relief.hpp>
#include <dualtrack/decide/relief_table.hpp>

#include "run/policy_json.hpp"

namespace dualtrack::run {
namespace {

constexpr double most_money = 1e13; // currency units

result<relief_plan> read_plan(const structured_field& field, std::uint32_t node) {
    DUALTRACK_TRYV(field.object_of(
        node, {"name", "quota", "quota_relief", "n_mentees", "gain_per_mentee", "gain_low", "gain_high", "mentor_id"}));
    relief_plan out;
    DUALTRACK_TRY(out.name, field.text(node, "name"));
    DUALTRACK_TRY(const double quota, field.number(node, "quota", 0.0, most_money));
    DUALTRACK_TRY(const double relief, field.number(node, "quota_relief", 0.0, quota));
    DUALTRACK_TRY(out.n_mentees, field.count(node, "n_mentees", 0, 1'000'000));
    DUALTRACK_TRY(const double gain, field.number(node, "gain_per_mentee", -most_money, most_money));
    out.quota_minor = decide::to_minor(100.0 * quota);
    out.relief_minor = decide::to_minor(100.0 * relief);
    out.gain_minor = 100.0 * gain;
    out.has_range = field.find(node, "gain_low") != 0 || field.find(node, "gain_high") != 0;
    if (out.has_range) {
        DUALTRACK_TRY(const double low, field.number(node, "gain_low", -most_money, gain));
        DUALTRACK_TRY(const double high, field.number(node, "gain_high", gain, most_money));
        out.gain_low_minor = 100.0 * low;
        out.gain_high_minor = 100.0 * high;
    }
    if (field.find(node, "mentor_id") != 0) {
        DUALTRACK_TRY(out.mentor_id, field.text(node, "mentor_id"));
    }
    return out;
}

} // namespace

result<std::vector<relief_plan>> read_relief_plans(std::string_view json) {
    std::vector<relief_plan> out;
    if (json.empty()) return out;
    DUALTRACK_TRY(const ingest::json_document document,
                  ingest::read_json(json, ingest::policy_json_limits, status::policy));
    const structured_field field{document, "/relief/plans"};
    DUALTRACK_TRYV(field.list(0, "plans"));
    DUALTRACK_TRYV(field.each(0, [&](std::uint32_t node) -> result<void> {
        DUALTRACK_TRY(auto plan, read_plan(field, node));
        if (plan.name == decide::best_plan || std::any_of(out.begin(), out.end(), [&](const relief_plan& other) {
                return other.name == plan.name && other.mentor_id == plan.mentor_id;
            }))
            return field.refuse(node, "policy.duplicate_rule",
                                "expected plans of different names or mentors, and none called best, found \"" +
                                    plan.name + "\"");
        out.push_back(std::move(plan));
        return outcome::success();
    }));
    return out;
}

} // namespace dualtrack::run
