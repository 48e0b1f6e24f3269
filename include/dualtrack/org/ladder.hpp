// The career ladder: two tracks that start from the same job and are worth the same at the same level, so that nobody
// has to lead people to be paid and respected for selling well. It is data of the policy (/paths/ladder): titles,
// points (equal points: equal worth), pay bands, and requirements over any result column that has a row a person.
//
//   {"name", "pay_unit": "entry" | "currency", "entry": {"title", "points", "pay": {"low", "high"}, "roles": [..]},
//    "tracks": {"expert": [level, ..], "management": [level, ..]}}              levels from the first one up
//   level        {"title", "points", "pay", "roles": [other names of the role], "requirements": [requirement, ..]}
//   requirement  {"measure": "attainment", "at_least": 1.0, "months": 12}      or "at_most"; "action" closes the gap
// With pay_unit "entry" a band is a multiple of the median target pay of those at the entry.
//
// The titles are those of practitioners' articles; one to two years at or above quota a step and mentoring at every
// level follow a public sales ladder (sourcegraph/handbook, grade C); bands start from managers' pay of 1.66 to 1.85
// times that of sellers (Benson, Li, Shue 2019, table I, grade A); thresholds are this project's (J).
// Below it, what a company can do for somebody who was passed over, by the motive behind the wish to lead
// (/retention/actions): the families of practitioners' articles, minutes and dates this project's (J).
#pragma once

#include <string_view>

namespace dualtrack::org {

/// Canonical JSON.
inline constexpr std::string_view default_ladder =
    R"({"entry":{"pay":{"high":1.4,"low":0.7},"points":0,"roles":["Sales Representative","Sales Exe)"
    R"(cutive","Business Developer"],"title":"Account Executive"},"name":"sales","pay_unit":"entry")"
    R"(,"tracks":{"expert":[{"pay":{"high":2.1,"low":1.2},"points":100,"requirements":[{"at_least":)"
    R"(1,"measure":"attainment","months":12},{"at_least":12,"measure":"tenure_months"},{"at_least":)"
    R"(90,"measure":"mentoring_minutes","months":12}],"roles":["Senior Account Executive"],"title":)"
    R"("Senior Business Developer"},{"pay":{"high":2.9,"low":1.8},"points":200,"requirements":[{"at)"
    R"(_least":1,"measure":"attainment","months":24},{"at_least":36,"measure":"tenure_months"},{"at)"
    R"(_least":1,"measure":"collaborators_mean","months":12},{"at_least":240,"measure":"mentoring_m)"
    R"(inutes","months":12}],"roles":[],"title":"Strategic Account Director"},{"pay":{"high":4,"low)"
    R"(":2.5},"points":300,"requirements":[{"at_least":1,"measure":"attainment","months":24},{"at_l)"
    R"(east":0.5,"measure":"probability_top_quartile","months":12},{"at_least":60,"measure":"tenure)"
    R"(_months"},{"at_least":480,"measure":"mentoring_minutes","months":12}],"roles":[],"title":"Pr)"
    R"(incipal Client Manager"}],"management":[{"pay":{"high":2.1,"low":1.2},"points":100,"requirem)"
    R"(ents":[{"at_least":0.5,"measure":"probability_ready"},{"at_least":0,"measure":"develops_othe)"
    R"(rs"},{"at_least":0,"measure":"holds_accountable"},{"at_least":0.8,"measure":"attainment","mo)"
    R"(nths":12},{"at_least":12,"measure":"tenure_months"}],"roles":["Team Lead"],"title":"Sales Ma)"
    R"(nager"},{"pay":{"high":2.9,"low":1.8},"points":200,"requirements":[{"at_least":0.5,"measure")"
    R"(:"probability_ready"},{"at_least":18,"measure":"months_leading"},{"at_least":0.9,"measure":")"
    R"(team_attainment","months":12}],"roles":["Regional Sales Manager"],"title":"Regional Manager")"
    R"(},{"pay":{"high":4,"low":2.5},"points":300,"requirements":[{"at_least":0.5,"measure":"probab)"
    R"(ility_ready"},{"at_least":0.5,"measure":"thinks_in_systems"},{"at_least":48,"measure":"month)"
    R"(s_leading"},{"at_least":1,"measure":"team_attainment","months":24}],"roles":["Vice President)"
    R"( Sales","Chief Sales Officer"],"title":"Sales Director"}]}})";

/// Canonical JSON: [{"action", "first_review_days", "minutes_week", "motive", "needs_relief", "review_every_days",
/// "text"}].
inline constexpr std::string_view default_actions =
    R"([{"action":"access_to_decision_makers","first_review_days":30,"minutes_week":30,"motive":"vo)"
    R"(ice","needs_relief":false,"review_every_days":90,"text":"a regular meeting with those who de)"
    R"(cide, with what came of the last one on its agenda"},{"action":"paid_time_for_a_cause","firs)"
    R"(t_review_days":60,"minutes_week":60,"motive":"giving_back","needs_relief":true,"review_every)"
    R"(_days":90,"text":"paid time for a cause of the person's own choice"},{"action":"mentoring_wi)"
    R"(th_quota_relief","first_review_days":30,"minutes_week":80,"motive":"sharing_skill","needs_re)"
    R"(lief":true,"review_every_days":90,"text":"mentor colleagues who were assigned, against a quo)"
    R"(ta lowered for it"},{"action":"find_and_cut_the_source","first_review_days":14,"minutes_week)"
    R"(":0,"motive":"burnout","needs_relief":false,"review_every_days":30,"text":"name what takes t)"
    R"(he strength, drop or hand over the largest part of it, and look again"},{"action":"skills_tr)"
    R"(aining_conference","first_review_days":60,"minutes_week":60,"motive":"progress","needs_relie)"
    R"(f":true,"review_every_days":90,"text":"a skill to learn this half year, with training or a c)"
    R"(onference paid and time for it"},{"action":"pay_at_par_on_the_expert_track","first_review_da)"
    R"(ys":30,"minutes_week":0,"motive":"money","needs_relief":false,"review_every_days":180,"text")"
    R"(:"show the pay band of the expert track, which is that of management at equal points, and wh)"
    R"(ere the person stands in it"},{"action":"title_and_standing","first_review_days":30,"minutes)"
    R"(_week":15,"motive":"recognition","needs_relief":false,"review_every_days":90,"text":"the tit)"
    R"(le of the level that was reached, and credit by name when results are shared upward"},{"acti)"
    R"(on":"show_the_expert_ladder","first_review_days":14,"minutes_week":0,"motive":"only_path","n)"
    R"(eeds_relief":false,"review_every_days":90,"text":"go through the expert ladder: the level no)"
    R"(w, the next one, and what is missing for it"},{"action":"trial_assignments","first_review_da)"
    R"(ys":30,"minutes_week":120,"motive":"developing_people","needs_relief":true,"review_every_day)"
    R"(s":90,"text":"a trial of leading: a project, an acting role, or new colleagues to bring in; )"
    R"(rated afterwards"}])";

} // namespace dualtrack::org
