// Canonical JSON: one value, one text, so that its hash speaks for the value. Keys in the order of their UTF-16 code
// units, no white space, numbers as ECMAScript prints them, texts with only the escapes that must be.
// Reference: RFC 8785.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dualtrack::report {

/// JSON that is canonical already and goes in as it is.
struct canonical_text {
    std::string json;
};

/// A small JSON value, built by hand: records, catalogs, schemas. Result tables are written directly.
struct json_value {
    using list = std::vector<json_value>;
    using object = std::vector<std::pair<std::string, json_value>>;  // distinct keys in any order

    std::variant<std::monostate, bool, std::int64_t, double, std::string, canonical_text, list, object> data;

    json_value() = default;  // null
    json_value(bool truth) : data(truth) {}
    json_value(std::int64_t whole) : data(whole) {}  // RFC 8785 reads numbers as doubles: exact up to 2^53
    json_value(int whole) : data(std::int64_t{whole}) {}
    json_value(double real) : data(real) {}  // finite
    json_value(std::string text) : data(std::move(text)) {}
    json_value(std::string_view text) : data(std::string(text)) {}
    json_value(const char* text) : data(std::string(text)) {}
    json_value(canonical_text text) : data(std::move(text)) {}
    json_value(list values) : data(std::move(values)) {}
    json_value(object members) : data(std::move(members)) {}

    /// The member of an object, added as null when there is none. @pre null or an object
    json_value& operator[](std::string_view key);
};

/// The one text of a value. Recursion is as deep as the value.
[[nodiscard]] std::string canonical_json(const json_value& value);

}  // namespace dualtrack::report
