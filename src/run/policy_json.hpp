// Reading the structured fields of a policy: members of JSON objects by key, each error with its pointer below the
// field.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <dualtrack/base/result.hpp>

#include "ingest/json_reader.hpp"

namespace dualtrack::run {

/// A structured field that is being read.
struct structured_field {
    const ingest::json_document& document;
    std::string_view path; // "/relief/plans"

    [[nodiscard]] std::string place(std::uint32_t node) const { return std::string(path) + pointer_of(document, node); }
    [[nodiscard]] auto refuse(std::uint32_t node, std::string_view code, std::string message) const {
        return fail(status::policy, code, std::move(message), place(node));
    }
    [[nodiscard]] ingest::json_kind kind(std::uint32_t node) const { return document.nodes[node].kind; }

    /// Refuses anything but an object with these keys.
    [[nodiscard]] result<void> object_of(std::uint32_t node, std::initializer_list<std::string_view> keys) const;
    [[nodiscard]] result<void> list(std::uint32_t node, std::string_view of_what) const;
    /// The value under a key, or 0 when it is not there or null.
    [[nodiscard]] std::uint32_t find(std::uint32_t object, std::string_view key) const;
    [[nodiscard]] result<std::uint32_t> need(std::uint32_t object, std::string_view key) const;
    [[nodiscard]] result<std::string> text(std::uint32_t object, std::string_view key) const; // not empty
    [[nodiscard]] result<double> number(std::uint32_t object, std::string_view key, double low, double high) const;
    [[nodiscard]] result<std::int64_t> count(std::uint32_t object, std::string_view key, std::int64_t low,
                                             std::int64_t high) const;
    [[nodiscard]] result<bool> flag(std::uint32_t object, std::string_view key, bool otherwise) const;

    /// Calls f(node) -> result<void> for the values of a list.
    template <class F> [[nodiscard]] result<void> each(std::uint32_t list_node, F&& f) const {
        for (std::uint32_t at = first_child(document, list_node); at != document.nodes[list_node].end;
             at = document.nodes[at].end) {
            DUALTRACK_TRYV(f(at));
        }
        return outcome::success();
    }
};

} // namespace dualtrack::run
