#include "run/policy_json.hpp"

#include <algorithm>
#include <vector>

#include <dualtrack/base/nearest.hpp>
#include <dualtrack/base/text.hpp>

namespace dualtrack::run {

using ingest::json_kind;

result<void> structured_field::object_of(std::uint32_t node, std::initializer_list<std::string_view> keys) const {
    if (kind(node) != json_kind::object) return refuse(node, "policy.type", "expected an object");
    for (std::uint32_t key = node + 1; key != document.nodes[node].end; key = document.nodes[key + 1].end) {
        const std::string_view found = text_of(document, key);
        if (std::find(keys.begin(), keys.end(), found) != keys.end()) continue;
        const std::vector<std::string_view> known(keys);
        return refuse(key, "policy.unknown_key",
                      "expected a known key, found \"" + std::string(found.substr(0, 64)) +
                          "\" (nearest: " + std::string(nearest_word(found.substr(0, 64), known)) + ")");
    }
    return outcome::success();
}

result<void> structured_field::list(std::uint32_t node, std::string_view of_what) const {
    if (kind(node) != json_kind::list)
        return refuse(node, "policy.type", "expected an array of " + std::string(of_what));
    return outcome::success();
}

std::uint32_t structured_field::find(std::uint32_t object, std::string_view key) const {
    const std::uint32_t member = find_member(document, object, key);
    return member == 0 || kind(member) == json_kind::null ? 0 : member;
}

result<std::uint32_t> structured_field::need(std::uint32_t object, std::string_view key) const {
    const std::uint32_t member = find(object, key);
    if (member == 0)
        return refuse(object, "policy.missing_key", "expected the key " + std::string(key) + ", found none");
    return member;
}

result<std::string> structured_field::text(std::uint32_t object, std::string_view key) const {
    DUALTRACK_TRY(const std::uint32_t member, need(object, key));
    if (kind(member) != json_kind::text || text_of(document, member).empty())
        return refuse(member, "policy.type", "expected a string that is not empty");
    return std::string(text_of(document, member));
}

result<double> structured_field::number(std::uint32_t object, std::string_view key, double low, double high) const {
    DUALTRACK_TRY(const std::uint32_t member, need(object, key));
    if (kind(member) != json_kind::number) return refuse(member, "policy.type", "expected a number");
    const double value = number_of(document.nodes[member]);
    if (value < low || value > high)
        return refuse(member, "policy.range",
                      "expected a number from " + number_text(low) + " to " + number_text(high) + ", found " +
                          number_text(value));
    return value;
}

result<std::int64_t> structured_field::count(std::uint32_t object, std::string_view key, std::int64_t low,
                                             std::int64_t high) const {
    DUALTRACK_TRY(const std::uint32_t member, need(object, key));
    const ingest::json_node& node = document.nodes[member];
    if (node.kind != json_kind::number || !node.integral) return refuse(member, "policy.type", "expected an integer");
    if (node.whole < low || node.whole > high)
        return refuse(member, "policy.range",
                      "expected an integer from " + integer_text(low) + " to " + integer_text(high) + ", found " +
                          integer_text(node.whole));
    return node.whole;
}

result<bool> structured_field::flag(std::uint32_t object, std::string_view key, bool otherwise) const {
    const std::uint32_t member = find(object, key);
    if (member == 0) return otherwise;
    if (kind(member) != json_kind::boolean) return refuse(member, "policy.type", "expected true or false");
    return document.nodes[member].truth;
}

} // namespace dualtrack::run
