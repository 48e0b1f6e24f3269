#include "ingest/policy.hpp"

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/base/json_text.hpp>
#include <dualtrack/base/nearest.hpp>
#include <dualtrack/org/protected.hpp>

#include "ingest/json_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace dualtrack::ingest {
namespace {

using org::field_kind;
using org::field_value;
using org::policy_field;

// Sections in which a protected attribute may be named: they audit what was decided and never decide.
constexpr std::string_view audit_sections[] = {"adverse_impact"};

/// Text as a message shows it: escaped, at most 64 bytes, cut between characters.
std::string shown(std::string_view text) {
    constexpr std::size_t longest = 64;
    const bool cut = text.size() > longest;
    if (cut) {
        std::size_t size = longest;
        while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
        text = text.substr(0, size);
    }
    std::string out;
    append_json_text(out, text);
    if (cut) out.append(" and more");
    return out;
}

/// A value as a message shows it.
std::string shown(const json_document& document, std::uint32_t node) {
    const json_node& at = document.nodes[node];
    std::string out;
    switch (at.kind) {
    case json_kind::boolean: return at.truth ? "true" : "false";
    case json_kind::number:
        if (at.integral) append_integer(out, at.whole);
        else {
            append_json_number(out, at.real);
            if (out.find_first_of(".e") == std::string::npos) out.append(".0");
        }
        return out;
    case json_kind::text: return shown(text_of(document, node));
    default: return std::string(json_kind_words[static_cast<std::size_t>(at.kind)]);
    }
}

auto refuse(const json_document& document, std::uint32_t node, std::string_view code, std::string message) {
    message.append(", byte ");
    append_integer(message, document.nodes[node].byte);
    return fail(status::policy, code, std::move(message), pointer_of(document, node));
}

/// The known place whose last word is nearest to a key, places beside the key first; "" when none is near.
std::string nearest_place(std::string_view parent, std::string_view key, std::span<const policy_field> fields) {
    std::string best;
    std::size_t best_distance = std::numeric_limits<std::size_t>::max();
    if (key.size() > 64) return best;
    const auto offer = [&](std::string_view place) {
        const std::size_t slash = place.rfind('/');
        const std::size_t distance = 2 * edit_distance(key, place.substr(slash + 1)) +
                                     (place.substr(0, slash) == parent ? 0U : 1U);
        if (distance >= best_distance) return;
        best_distance = distance;
        best = place;
    };
    for (const policy_field& field : fields) {
        for (std::size_t slash = field.path.find('/', 1); slash != std::string_view::npos;
             slash = field.path.find('/', slash + 1))
            offer(field.path.substr(0, slash));
        offer(field.path);
    }
    const std::size_t most = std::max<std::size_t>(2, key.size() / 3);
    return best_distance / 2 <= most ? best : std::string();
}

void append_canonical(std::string& to, const json_document& document, std::uint32_t node) {
    const json_node& at = document.nodes[node];
    switch (at.kind) {
    case json_kind::null: to.append("null"); break;
    case json_kind::boolean: to.append(at.truth ? "true" : "false"); break;
    case json_kind::number: append_json_number(to, number_of(at)); break;
    case json_kind::text: append_json_text(to, text_of(document, node)); break;
    case json_kind::list:
        to.push_back('[');
        for (std::uint32_t i = node + 1; i < at.end; i = document.nodes[i].end) {
            if (i != node + 1) to.push_back(',');
            append_canonical(to, document, i);
        }
        to.push_back(']');
        break;
    case json_kind::object: {
        std::vector<std::uint32_t> keys;
        for (std::uint32_t i = node + 1; i < at.end; i = document.nodes[i + 1].end) keys.push_back(i);
        std::sort(keys.begin(), keys.end(), [&](std::uint32_t a, std::uint32_t b) {
            return canonical_key_less(text_of(document, a), text_of(document, b));
        });
        to.push_back('{');
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (i != 0) to.push_back(',');
            append_json_text(to, text_of(document, keys[i]));
            to.push_back(':');
            append_canonical(to, document, keys[i] + 1);
        }
        to.push_back('}');
        break;
    }
    }
}

/// "expected a number from 1 to 120" for messages.
std::string expected_range(std::string_view what, const policy_field& field) {
    std::string out("expected ");
    out.append(what);
    out.append(" from ");
    append_json_number(out, field.low);
    out.append(" to ");
    append_json_number(out, field.high);
    return out;
}

result<field_value> read_value(const json_document& document, std::uint32_t node, const policy_field& field) {
    const json_node& at = document.nodes[node];
    const auto wrong_type = [&](std::string_view expected) {
        return refuse(document, node, "policy.type",
                      std::string("expected ").append(expected).append(", found ").append(shown(document, node)));
    };
    const auto out_of_range = [&](std::string expected) {
        return refuse(document, node, "policy.range", expected.append(", found ").append(shown(document, node)));
    };
    const auto outside = [&](double value) { return value < field.low || value > field.high; };

    switch (field.kind) {
    case field_kind::number:
        if (at.kind != json_kind::number) return wrong_type("a number");
        if (outside(number_of(at))) return out_of_range(expected_range("a number", field));
        return field_value(number_of(at));
    case field_kind::integer:
        if (at.kind != json_kind::number || !at.integral) return wrong_type("an integer");
        if (outside(number_of(at))) return out_of_range(expected_range("an integer", field));
        return field_value(at.whole);
    case field_kind::boolean:
        if (at.kind != json_kind::boolean) return wrong_type("true or false");
        return field_value(at.truth);
    case field_kind::choice: {
        if (at.kind != json_kind::text) return wrong_type("a string");
        std::string expected("expected one of ");
        for (std::size_t i = 0; i < field.words.size(); ++i) {
            if (field.words[i] == text_of(document, node)) return field_value(static_cast<std::int64_t>(i));
            if (i != 0) expected.append(", ");
            append_json_text(expected, field.words[i]);
        }
        return out_of_range(std::move(expected));
    }
    case field_kind::text:
        if (at.kind == json_kind::null && !field.required) return field_value();
        if (at.kind != json_kind::text) return wrong_type("a string or null");
        if (outside(static_cast<double>(at.size))) return out_of_range(expected_range("a string, in bytes,", field));
        return field_value(std::string(text_of(document, node)));
    case field_kind::date: {
        if (at.kind == json_kind::null && !field.required) return field_value();
        if (at.kind != json_kind::text) return wrong_type("a date \"YYYY-MM-DD\" or null");
        const auto day = calendar::parse_iso_date(text_of(document, node));
        if (!day || outside(*day)) return out_of_range("expected a date \"YYYY-MM-DD\"");
        return field_value(std::int64_t{*day});
    }
    case field_kind::text_list: {
        if (at.kind != json_kind::list) return wrong_type("an array of strings");
        if (outside(static_cast<double>(at.size))) return out_of_range(expected_range("an array, in entries,", field));
        std::vector<std::string> texts;
        for (std::uint32_t i = node + 1; i < at.end; i = document.nodes[i].end) {
            if (document.nodes[i].kind != json_kind::text)
                return refuse(document, i, "policy.type", "expected a string, found " + shown(document, i));
            texts.emplace_back(text_of(document, i));
        }
        return field_value(std::move(texts));
    }
    case field_kind::structured: break;
    }
    std::string canonical;
    append_canonical(canonical, document, node);
    return field_value(std::move(canonical));
}

bool in_audit_section(const json_document& document, std::uint32_t node) {
    for (const std::string_view section : audit_sections) {
        const std::uint32_t value = find_member(document, 0, section);
        if (value != 0 && node >= value - 1 && node < document.nodes[value].end) return true;
    }
    return false;
}

/// What no field may hold, wherever it stands: the name of a protected attribute, and NUL.
result<void> check_texts(const json_document& document) {
    for (std::uint32_t i = 0; i < document.nodes.size(); ++i) {
        if (document.nodes[i].kind != json_kind::text) continue;
        if (org::is_protected_name(text_of(document, i)) && !in_audit_section(document, i))
            return refuse(document, i, "policy.protected_field",
                          "expected no protected attribute outside of an audit, found [redacted]");
    }
    for (std::uint32_t i = 0; i < document.nodes.size(); ++i)
        if (document.nodes[i].kind == json_kind::text && text_of(document, i).find('\0') != std::string_view::npos)
            return refuse(document, i, "policy.range", "expected a string without NUL, found one");
    return outcome::success();
}

/// The version says what all other keys mean, so it is looked at first.
result<void> check_version(const json_document& document, const policy_field& field) {
    const std::uint32_t node = find_member(document, 0, field.path.substr(1));
    if (node == 0)
        return fail(status::policy, "policy.missing_key", "expected the key \"version\", found none",
                    std::string(field.path));
    const json_node& at = document.nodes[node];
    if (at.kind != json_kind::number || !at.integral)
        return refuse(document, node, "policy.type", "expected an integer, found " + shown(document, node));
    if (at.whole != static_cast<std::int64_t>(field.high))
        return refuse(document, node, "policy.version", "expected version 1, found " + shown(document, node));
    return outcome::success();
}

result<void> read_object(const json_document& document, std::uint32_t object, const std::string& parent,
                         std::span<const policy_field> fields, org::policy& out) {
    const std::uint32_t end = document.nodes[object].end;
    for (std::uint32_t key = object + 1; key < end; key = document.nodes[key + 1].end) {
        const std::string place = pointer_of(document, key);
        const auto field = std::ranges::find(fields, std::string_view(place), &policy_field::path);
        if (field != fields.end()) {
            DUALTRACK_TRY(const field_value value, read_value(document, key + 1, *field));
            field->set(out, value);
            continue;
        }
        const std::string inside = place + "/";
        const bool section = std::ranges::any_of(
            fields, [&](const policy_field& each) { return each.path.starts_with(inside); });
        if (!section) {
            std::string message("expected a known key, found " + shown(text_of(document, key)));
            const std::string near = nearest_place(parent, text_of(document, key), fields);
            if (!near.empty()) message.append(" (nearest: ").append(near).append(")");
            return refuse(document, key, "policy.unknown_key", std::move(message));
        }
        if (document.nodes[key + 1].kind != json_kind::object)
            return refuse(document, key + 1, "policy.type", "expected an object, found " + shown(document, key + 1));
        DUALTRACK_TRYV(read_object(document, key + 1, place, fields, out));
    }
    return outcome::success();
}

}  // namespace

result<org::policy> parse_policy(std::string_view json, std::span<const policy_field> fields) {
    DUALTRACK_TRY(const json_document document, read_json(json, policy_json_limits, status::policy));
    if (document.nodes[0].kind != json_kind::object)
        return refuse(document, 0, "policy.type", "expected an object, found " + shown(document, 0));
    const auto version = std::ranges::find(fields, std::string_view("/version"), &policy_field::path);
    if (version != fields.end()) {
        DUALTRACK_TRYV(check_version(document, *version));
    }
    DUALTRACK_TRYV(check_texts(document));
    org::policy out;
    DUALTRACK_TRYV(read_object(document, 0, {}, fields, out));
    for (const policy_field& field : fields) {
        if (!field.required) continue;
        std::uint32_t at = 0;
        for (std::size_t from = 1; from != 0;) {
            const std::size_t slash = field.path.find('/', from);
            at = find_member(document, at, field.path.substr(from, slash - from));
            from = slash == std::string_view::npos || at == 0 ? 0 : slash + 1;
        }
        if (at == 0)
            return fail(status::policy, "policy.missing_key", "expected the key, found none", std::string(field.path));
    }
    return out;
}

}  // namespace dualtrack::ingest
