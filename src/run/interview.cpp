#include "run/interview.hpp"

#include <algorithm>

#include "ingest/json_reader.hpp"

namespace dualtrack::run {
namespace {

using ingest::json_document;
using ingest::json_kind;

std::string below(std::string_view pointer) {
    return "/readiness/questions" + std::string(pointer);
}

/// The text under a key of an object.
result<std::string_view> text_member(const json_document& document, std::uint32_t object, std::string_view key) {
    const std::uint32_t member = find_member(document, object, key);
    if (member == 0)
        return fail(status::policy, "policy.missing_key", "expected the key " + std::string(key) + ", found none",
                    below(pointer_of(document, object)));
    if (document.nodes[member].kind != json_kind::text)
        return fail(status::policy, "policy.type", "expected a string", below(pointer_of(document, member)));
    return text_of(document, member);
}

result<interview_question> read_question(const json_document& document, std::uint32_t object) {
    if (document.nodes[object].kind != json_kind::object)
        return fail(status::policy, "policy.type", "expected an object", below(pointer_of(document, object)));
    interview_question out;
    DUALTRACK_TRY(out.id, text_member(document, object, "id"));
    DUALTRACK_TRY(out.text, text_member(document, object, "text"));
    DUALTRACK_TRY(const std::string_view construct, text_member(document, object, "construct"));
    const std::size_t found = find_construct(construct);
    if (found == assess::n_constructs)
        return fail(status::policy, "policy.range",
                    "expected a construct of readiness, found \"" + std::string(construct) + "\"",
                    below(pointer_of(document, find_member(document, object, "construct"))));
    out.informs = static_cast<assess::construct>(found);
    const std::uint32_t anchors = find_member(document, object, "anchors");
    if (anchors == 0 || document.nodes[anchors].kind != json_kind::list || document.nodes[anchors].size != 5)
        return fail(status::policy, "policy.range", "expected five anchors, for the scores 1 to 5",
                    below(pointer_of(document, anchors == 0 ? object : anchors)));
    const std::uint32_t flag = find_member(document, object, "red_flag");
    if (flag == 0) return out;
    const std::uint32_t cap = document.nodes[flag].kind == json_kind::object ? find_member(document, flag, "cap") : 0;
    if (cap == 0 || document.nodes[cap].kind != json_kind::number)
        return fail(status::policy, "policy.type", "expected a number cap in the red flag",
                    below(pointer_of(document, flag)));
    out.has_cap = true;
    out.cap = number_of(document.nodes[cap]);
    return out;
}

} // namespace

std::size_t find_construct(std::string_view name) noexcept {
    return static_cast<std::size_t>(std::find(assess::construct_words.begin(), assess::construct_words.end(), name) -
                                    assess::construct_words.begin());
}

result<std::vector<interview_question>> read_interview(std::string_view json) {
    std::vector<interview_question> out;
    if (json.empty()) return out;
    DUALTRACK_TRY(const json_document document, ingest::read_json(json, ingest::policy_json_limits, status::policy));
    if (document.nodes[0].kind != json_kind::list)
        return fail(status::policy, "policy.type", "expected an array of questions", below(""));
    for (std::uint32_t at = first_child(document, 0); at != document.nodes[0].end; at = document.nodes[at].end) {
        DUALTRACK_TRY(auto question, read_question(document, at));
        const bool twice =
            std::any_of(out.begin(), out.end(), [&](const interview_question& q) { return q.id == question.id; });
        if (twice)
            return fail(status::policy, "policy.duplicate_rule",
                        "expected different ids, found \"" + question.id + "\" twice", below(pointer_of(document, at)));
        out.push_back(std::move(question));
    }
    return out;
}

} // namespace dualtrack::run
