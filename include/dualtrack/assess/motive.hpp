// Motives: why somebody wants to lead. Nine reasons hide behind the same wish (a voice, giving back, sharing a skill,
// burnout, progress, money, recognition, no other way up, developing people); each calls for something else, and only
// some of them for a team. People say how strong a reason is and may say whether they want to manage at all. Neither is
// evidence of readiness: self-nominated managers cost their teams .1 sd (Weidmann and others, NBER w32699), so wanting
// to manage has weight 0 there.
//
//   of one person and motive, the latest word in [as_of + 1 - look back, as_of] counts; of two on one day the stronger;
//   wants_management: the latest word, whatever the motive it was said with
// The nine are those of practitioners' articles; no study of how well they sort people is known (grade J).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include <dualtrack/base/calendar.hpp>
#include <dualtrack/measure/panel.hpp>
#include <dualtrack/org/organisation.hpp>

namespace dualtrack::assess {

/// How strong a motive of one person is.
struct motive_strength {
    std::uint8_t motive = 0; // index into org::motive_words
    double strength = 0.0;   // 0..1
};

/// What one person has said of their motives.
struct person_motives {
    std::uint32_t person = 0;
    std::vector<motive_strength> motives; // strongest first, one entry a motive
    std::uint8_t wants_management = 2;    // 0, 1, 2: not said
};

struct motives_on_record {
    std::vector<person_motives> people; // ascending; who said something and is employed on the day
    std::int64_t n_future = 0;          // rows dated after as_of: left out
};

/// Strongest first, equals in the order of org::motive_words.
inline void sort_by_strength(std::span<motive_strength> motives) {
    std::sort(motives.begin(), motives.end(), [](const motive_strength& a, const motive_strength& b) {
        return std::tuple(-a.strength, a.motive) < std::tuple(-b.strength, b.motive);
    });
}

/// The latest word on each motive of everybody employed on the day; the order of rows has no part in it.
[[nodiscard]] inline motives_on_record motives_on(const org::organisation& organisation, std::int32_t as_of,
                                                  std::int32_t look_back_months) {
    motives_on_record out;
    const org::motive_columns& said = organisation.motives;
    const std::int32_t from = calendar::add_months(as_of + 1, -look_back_months);
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < said.person.size(); ++i) {
        const auto employed = measure::employment_of(organisation, said.person[i]);
        out.n_future += said.date[i] > as_of ? 1 : 0;
        if (said.date[i] < from || said.date[i] > as_of || as_of < employed.from || as_of >= employed.to) continue;
        rows.push_back(i);
    }
    const auto key = [&](std::size_t i) {
        return std::tuple(said.person[i], said.motive[i], said.date[i], said.strength[i], said.wants_management[i]);
    };
    std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    std::int32_t said_on = no_date;
    for (std::size_t at = 0; at < rows.size(); ++at) {
        const std::size_t i = rows[at];
        if (out.people.empty() || out.people.back().person != said.person[i]) {
            out.people.push_back({said.person[i], {}, 2});
            said_on = no_date;
        }
        person_motives& one = out.people.back();
        if (said.wants_management[i] != 2 && (said_on == no_date || said.date[i] >= said_on)) {
            said_on = said.date[i];
            one.wants_management = said.wants_management[i];
        }
        const bool last = at + 1 == rows.size() || said.person[rows[at + 1]] != said.person[i] ||
                          said.motive[rows[at + 1]] != said.motive[i];
        if (last) one.motives.push_back({said.motive[i], said.strength[i]});
    }
    for (person_motives& one : out.people) sort_by_strength(one.motives);
    return out;
}

} // namespace dualtrack::assess
