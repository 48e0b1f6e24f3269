// JSON as a host may send it: a policy, or the rows of a small table. Two readers of one text must never disagree, so
// whatever RFC 8259 leaves open is refused: duplicate keys (also when one is written with escapes), numbers that a
// double or int64 cannot hold, byte order marks, lone surrogates. Numbers are exact: integers to the last digit, the
// rest rounded correctly. Depth is limited, so that no text can use up the host's stack.
// Reference: RFC 8259, RFC 6901 (JSON Pointer); N. Seriot, JSONTestSuite.
//
// The document is one flat array of nodes in the order of the text: a list or object is followed by everything in it.
//     a list:                         for (auto i = at + 1; i != nodes[at].end; i = nodes[i].end)
//     an object, key i, value i + 1:  for (auto i = at + 1; i != nodes[at].end; i = nodes[i + 1].end)
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string>
#include <string_view>

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/result.hpp>

namespace dualtrack::ingest {

/// What a text may cost, checked before the memory is taken.
struct json_limits {
    std::size_t bytes = 16U << 20U;      // of the whole text; at most 4 GiB - 1
    std::size_t members = 100'000;       // values in all objects and lists together
    std::size_t text_bytes = 1U << 20U;  // of one string, unescaped
};
inline constexpr std::size_t json_depth = 64;
inline constexpr json_limits policy_json_limits{};
/// A table as JSON rows is for small tables: the large ones come as Arrow.
inline constexpr json_limits table_json_limits{1U << 30U, 50'000'000, 1U << 20U};

enum class json_kind : std::uint8_t { null, boolean, number, text, list, object };
inline constexpr std::string_view json_kind_words[] = {"null",     "a boolean", "a number",
                                                       "a string", "an array",  "an object"};

struct json_node {
    std::uint32_t byte = 0;  // offset of its first byte in the text
    std::uint32_t end = 0;   // the node after it and everything in it
    json_kind kind = json_kind::null;
    bool integral = false;   // a number written without fraction and exponent: `whole` holds it, else `real` does
    std::uint32_t size = 0;  // text: bytes; list: values; object: members
    union {
        bool truth;
        std::int64_t whole;
        double real;         // never -0, infinite or NaN
        std::uint64_t text;  // offset in the document's characters
    };
    json_node() noexcept : whole(0) {}
};

struct json_document {
    vec<json_node> nodes;  // [0] is the whole text
    vec<char> characters;  // of all strings and keys, unescaped UTF-8

    explicit json_document(std::pmr::memory_resource* memory) : nodes(memory), characters(memory) {}
};

/// Characters of a string or key. @pre its kind is text
[[nodiscard]] inline std::string_view text_of(const json_document& document, std::uint32_t node) noexcept {
    const json_node& at = document.nodes[node];
    return {document.characters.data() + at.text, at.size};
}

/// First value of a list or first key of an object; its `end` when there is none.
[[nodiscard]] inline std::uint32_t first_child(const json_document&, std::uint32_t node) noexcept { return node + 1; }

/// A number as double, rounded correctly. @pre its kind is number
[[nodiscard]] inline double number_of(const json_node& node) noexcept {
    return node.integral ? static_cast<double>(node.whole) : node.real;
}

/// The value of a key of an object, or 0 (which is the whole text and never a member).
[[nodiscard]] std::uint32_t find_member(const json_document& document, std::uint32_t object,
                                        std::string_view key) noexcept;

/// JSON Pointer to a node (for a key: to its member), "" for the whole text.
[[nodiscard]] std::string pointer_of(const json_document& document, std::uint32_t node);

/// Reads a whole text. `kind` is the status of its failures: status::policy, or status::data for rows of a table.
/// Errors: json.syntax, json.encoding, json.depth, json.duplicate_key, json.number_range, json.trailing, limit.bytes,
/// each with "byte N" in its message.
[[nodiscard]] result<json_document> read_json(
    std::string_view text, const json_limits& limits, status kind,
    std::pmr::memory_resource* memory = std::pmr::get_default_resource());

}  // namespace dualtrack::ingest
