// Where everybody stands on both tracks of the ladder as of one day, what is missing for the next level, and how long
// that takes. The tables of the analyses paths and retention are written from this.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <dualtrack/decide/path.hpp>
#include <dualtrack/decide/path_tables.hpp>
#include <dualtrack/org/findings.hpp>

#include "run/person_measures.hpp"

namespace dualtrack::run {

/// A requirement of the next level that is not met, or of which nothing is known.
struct career_gap {
    std::uint32_t requirement = 0; // of the level
    bool known = false;
    double have = 0.0;
};

struct track_standing {
    std::uint32_t level = 0; // highest held on this track; 0: the entry
    bool on_track = false;
    decide::path_status status = decide::path_status::top;
    std::uint32_t n_requirements = 0, n_met = 0;
    std::vector<career_gap> gaps;
    bool has_time = false;
    decide::closing_time time;
};

struct career {
    std::uint32_t person = 0;
    std::array<track_standing, 2> tracks;
};

struct careers {
    std::shared_ptr<const ingest::checked_data> data;
    org::policy policy; // with as_of
    decide::ladder ladder;
    text_column titles;         // [0] the entry, then the expert levels, then the management levels
    std::vector<career> people; // employed and on the ladder; ascending
    org::findings_table findings;

    /// Row of `titles`: level 0 is the entry.
    [[nodiscard]] std::uint32_t title(decide::track which, std::uint32_t level) const {
        if (level == 0) return 0;
        const auto n_expert = static_cast<std::uint32_t>(ladder.of(decide::track::expert).size());
        return which == decide::track::expert ? level : n_expert + level;
    }
    [[nodiscard]] const decide::ladder_level& level(decide::track which, std::uint32_t number) const {
        return number == 0 ? ladder.entry : ladder.of(which)[number - 1];
    }
    /// The career of a person, or nullptr.
    [[nodiscard]] const career* find(std::uint32_t person) const;
};

/// Errors: those of read_ladder, scope_of, measures_on; schema.missing_table; policy.missing_key (no day to look at).
[[nodiscard]] result<std::shared_ptr<const careers>>
careers_of(const run_context& run, std::shared_ptr<const ingest::checked_data> data, const org::policy& policy);

/// What closes a gap, or what to ask first where nothing is known.
[[nodiscard]] std::string gap_action(const careers& all, const decide::requirement& asked, const career_gap& gap);

} // namespace dualtrack::run
