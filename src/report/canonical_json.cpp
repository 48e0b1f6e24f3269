#include "report/canonical_json.hpp"

#include <dualtrack/base/json_text.hpp>

#include <algorithm>

namespace dualtrack::report {
namespace {

struct writer {
    std::string& to;

    void operator()(std::monostate) const { to.append("null"); }
    void operator()(bool truth) const { to.append(truth ? "true" : "false"); }
    void operator()(std::int64_t whole) const { append_integer(to, whole); }
    void operator()(double real) const { append_json_number(to, real); }
    void operator()(const std::string& text) const { append_json_text(to, text); }
    void operator()(const canonical_text& text) const { to.append(text.json); }
    void operator()(const json_value::list& values) const {
        to.push_back('[');
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i != 0) to.push_back(',');
            std::visit(*this, values[i].data);
        }
        to.push_back(']');
    }
    void operator()(const json_value::object& members) const {
        std::vector<const std::pair<std::string, json_value>*> sorted;
        sorted.reserve(members.size());
        for (const auto& member : members) sorted.push_back(&member);
        std::sort(sorted.begin(), sorted.end(),
                  [](const auto* a, const auto* b) { return canonical_key_less(a->first, b->first); });
        to.push_back('{');
        for (std::size_t i = 0; i < sorted.size(); ++i) {
            if (i != 0) to.push_back(',');
            append_json_text(to, sorted[i]->first);
            to.push_back(':');
            std::visit(*this, sorted[i]->second.data);
        }
        to.push_back('}');
    }
};

}  // namespace

json_value& json_value::operator[](std::string_view key) {
    if (std::holds_alternative<std::monostate>(data)) data = object();
    auto& members = std::get<object>(data);
    for (auto& [name, value] : members)
        if (name == key) return value;
    return members.emplace_back(std::string(key), json_value()).second;
}

std::string canonical_json(const json_value& value) {
    std::string out;
    std::visit(writer{out}, value.data);
    return out;
}

}  // namespace dualtrack::report
