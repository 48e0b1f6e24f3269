// The structured interview: four questions that tell how somebody would lead, each with anchors for the scores 1 to 5,
// the construct it informs, and the answer that is a red flag. They are data of the policy (/readiness/questions) and
// may be replaced; the answers come back as the table `answers`. A red flag caps its construct: somebody who would
// close their people's deals for them is not thereby holding them accountable. Structured interviews with anchors have
// a ceiling of .67, unstructured ones of .34 (Conway, Jako and Goodman 1995). The questions and anchors are this
// project's wording (J) of those in practitioners' articles.
#pragma once

#include <string_view>

namespace dualtrack::org {

/// Canonical JSON: [{"anchors": [5 texts], "construct", "id", "red_flag": {"cap", "text"}, "text"}].
inline constexpr std::string_view default_questions =
    R"([{"anchors":["avoids it, or complains to others","hints, without naming the gap","names the gap, leaves )"
    R"(the next step open","names the gap with facts and agrees a next step","names the gap with facts, agrees )"
    R"(a next step with a date, and followed )"
    R"(up"],"construct":"holds_accountable","id":"hard_conversation","red_flag":{"cap":-0.5,"text":"would )"
    R"(close their deals for them"},"text":"Tell me about a time you told a colleague that their work was not )"
    R"(good enough. What did you say, and what came of it?"},{"anchors":["would take over the deals","would )"
    R"(tell them what to do","would show them once","would find the missing skill and practise it with )"
    R"(them","would find the missing skill, practise it, and let them win or lose the next deal )"
    R"(themselves"],"construct":"develops_others","id":"struggling_rep","red_flag":{"cap":-0.5,"text":"sees no )"
    R"(use in people who do not sell as they do"},"text":"A rep on your team has missed quota two quarters in )"
    R"(a row. What do you do in the first two weeks?"},{"anchors":["names only own results","mentions others )"
    R"(as helpers","shares credit when asked","names what others did, unasked","names what others did, and )"
    R"(what changed because people worked )"
    R"(together"],"construct":"collaborates","id":"team_success","red_flag":{"cap":-0.5,"text":"takes the )"
    R"(credit for what others did"},"text":"Tell me about a success that was not yours alone. Who did )"
    R"(what?"},{"anchors":["thinks of this month's deals","thinks of this quarter's number","names a )"
    R"(bottleneck","names a bottleneck and a change of process","names a bottleneck, a change of process, what )"
    R"(it costs now, and how to see in three quarters whether it )"
    R"(worked"],"construct":"thinks_in_systems","id":"three_quarters_ahead","red_flag":{"cap":-0.5,"text":"woul)"
    R"(d simply push everybody harder"},"text":"What would you change now so that this team sells more three )"
    R"(quarters from today?"}])";

}  // namespace dualtrack::org
