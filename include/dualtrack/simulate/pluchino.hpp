// The Peter principle as it was published: if the best are promoted and the new post asks for something else, the
// organisation loses twice. These presets reproduce the printed tables, so that the engine can be checked; they are no
// model of a sales team. Never read "promote the worst" as advice: it is what a fresh draw of competence implies, it
// vanishes when a hundredth of the people imitate whoever gets promoted (Fiedor 2015), and pay, effort and fairness are
// left out. Gains are percentage points of efficiency, never percent of it; rules are compared with `random`, never
// with the state at the start, because the first step alone moves efficiency by 1 to 4 points.
// Everybody starts at an age of 25 +- 5 years, so retirements come in waves: a window of 20 years says little without
// its phase, and the settled state is the mean of the last two fifths of a long run. A start drawn for some hundred
// organisations misjudges its own expectation (10 E[c] = 69.42) by .1 to .2. Measuring before seats are filled again
// would cost 2 to 3 points, redrawing competence (fetta2012) instead of clipping it 1.2 to 3.1.
//     prg2010_text     Pluchino, Rapisarda, Garofalo 2010 as printed: competence of the promoted is at least 1
//     prg2010_as_run   ... with the floor of 4 that reproduces their figures (inferred; it is not in print)
//     fetta2012        Fetta, Harper et al. 2012: normals outside [1, 10] are redrawn
//     prg2011          Pluchino, Rapisarda, Garofalo 2011: a tree, months, 1000 of them under `best` first
// References: Physica A 389:467; 391:2898; 390:3496; Fiedor 2015, JESTR 8:56.
#pragma once

#include <dualtrack/simulate/assumption.hpp>
#include <dualtrack/simulate/hierarchy.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace dualtrack::simulate {

enum class hierarchy_preset : std::uint8_t { prg2010_text, prg2010_as_run, fetta2012, prg2011 };
inline constexpr std::array<std::string_view, 4> hierarchy_preset_words{"prg2010_text", "prg2010_as_run", "fetta2012",
                                                                        "prg2011"};

/// A tree in which every seat has `branch` subordinates.
[[nodiscard]] inline std::vector<std::int32_t> tree_levels(std::int32_t n_levels, std::int32_t branch) {
    std::vector<std::int32_t> out;
    std::int32_t n = 1;
    for (std::int32_t level = 0; level < n_levels; ++level, n *= branch) out.push_back(n);
    return out;
}

[[nodiscard]] inline hierarchy_rules rules_of(hierarchy_preset preset) {
    hierarchy_rules out;
    if (preset == hierarchy_preset::prg2010_as_run) out.promoted_floor = 4.0;
    if (preset == hierarchy_preset::fetta2012) out.redraws = true;
    if (preset == hierarchy_preset::prg2011) {
        out.level_seats = tree_levels(5, 4);
        out.responsibility = {1.0, 0.8, 0.6, 0.4, 0.2};
        out.periods_a_year = 12;
        out.warm_up = 1000;
    }
    return out;
}

/// Periods that are simulated.
[[nodiscard]] constexpr std::int32_t periods_of(hierarchy_preset preset) noexcept {
    return preset == hierarchy_preset::prg2011 ? 2000 : 1000;
}

/// What the rules of a pyramid are called where a policy overrides them; lists (level_seats, responsibility) apart.
[[nodiscard]] inline std::vector<assumption> assumptions_of(const hierarchy_rules& r, hierarchy_preset preset) {
    const bool is_2011 = preset == hierarchy_preset::prg2011;
    const bool is_as_run = preset == hierarchy_preset::prg2010_as_run;
    const std::string_view print = is_2011                                 ? "Pluchino, Rapisarda, Garofalo 2011"
                                   : preset == hierarchy_preset::fetta2012 ? "Fetta, Harper et al. 2012"
                                                                           : "Pluchino, Rapisarda, Garofalo 2010";
    std::vector<assumption> out;
    const auto add = [&](std::string_view name, std::string_view unit, double value, std::string_view meaning) {
        out.push_back({name, unit, value, value, value, value, '1', print, meaning, "preset"});
    };
    add("competence_mean", "points of 10", r.mean, "competence of a hire, before clipping to 1..10");
    add("competence_sd", "points of 10", r.sd, "its standard deviation");
    add("promoted_floor", "points of 10", r.promoted_floor, "lowest competence in a new post");
    if (is_as_run) {
        out.back().grade = '4';
        out.back().low = 1.0;
        out.back().high = 4.0;
        out.back().source = "inferred: of 96 sets of rules it fits figure 2 best; it is not in print";
    }
    add("delta", "points of 10", r.delta, "largest change of competence by a promotion, if common sense holds");
    add("dismiss_below", "points of 10", r.dismiss_below, "who is below is dismissed");
    add("retire_above", "years", r.retire_above, "age above which people retire");
    add("age_mean", "years", r.age_mean, "age of a hire, within 18..60");
    add("age_sd", "years", r.age_sd, "its standard deviation");
    add("own_branch", "yes/no", r.own_branch ? 1.0 : 0.0, "candidates are the seat's own subordinates");
    if (is_2011) add("branch", "seats", 4.0, "subordinates of every seat");
    return out;
}

/// The lists of the rules as used, beside those of the preset; for show, and set by rules of their own.
[[nodiscard]] inline std::vector<assumption> levels_of(const hierarchy_rules& used, hierarchy_preset preset) {
    constexpr std::array<std::string_view, most_levels> seats{"level_seats/0", "level_seats/1", "level_seats/2",
                                                              "level_seats/3", "level_seats/4", "level_seats/5",
                                                              "level_seats/6", "level_seats/7"};
    constexpr std::array<std::string_view, most_levels> weights{
        "responsibility/0", "responsibility/1", "responsibility/2", "responsibility/3",
        "responsibility/4", "responsibility/5", "responsibility/6", "responsibility/7"};
    const hierarchy_rules printed = rules_of(preset);
    std::vector<assumption> out;
    for (std::size_t i = 0; i < used.level_seats.size(); ++i) {
        const bool is_printed = i < printed.level_seats.size();
        const double n = used.level_seats[i], r = used.responsibility[i];
        const double print_n = is_printed ? printed.level_seats[i] : n;
        const double print_r = is_printed ? printed.responsibility[i] : r;
        const auto add = [&](std::string_view name, std::string_view unit, double value, double before,
                             std::string_view meaning) {
            const bool same = value == before;
            out.push_back({name, unit, value, before, value, value, same ? '1' : '4', "the paper, as the others",
                           meaning, same ? "preset" : "policy"});
        };
        add(seats[i], "seats", n, print_n, "seats of the level, top first");
        add(weights[i], "weight", r, print_r, "responsibility of a seat of the level");
    }
    return out;
}

/// The rules with the values of assumptions put in.
inline void set_rules(hierarchy_rules& r, std::span<const assumption> values) {
    for (const assumption& each : values) {
        if (each.name == "competence_mean") r.mean = each.value;
        if (each.name == "competence_sd") r.sd = each.value;
        if (each.name == "promoted_floor") r.promoted_floor = each.value;
        if (each.name == "delta") r.delta = each.value;
        if (each.name == "dismiss_below") r.dismiss_below = each.value;
        if (each.name == "retire_above") r.retire_above = static_cast<std::int32_t>(each.value);
        if (each.name == "age_mean") r.age_mean = each.value;
        if (each.name == "age_sd") r.age_sd = each.value;
        if (each.name == "own_branch") r.own_branch = each.value != 0.0;
        if (each.name == "branch") r.level_seats = tree_levels(5, static_cast<std::int32_t>(each.value));
    }
}

/// Mean of efficiency after periods (from, to]; [0] is the start.
[[nodiscard]] inline double mean_efficiency(std::span<const double> efficiency, std::size_t from, std::size_t to) {
    return numeric::fixed_sum(efficiency.subspan(from + 1, to - from)) / static_cast<double>(to - from);
}

/// The state that a run settles in: the mean of its last two fifths, after a warm-up of its last half.
[[nodiscard]] inline double asymptote(std::span<const double> efficiency, std::int32_t warm_up = 0) {
    const std::size_t last = efficiency.size() - 1;
    const auto warm = static_cast<std::size_t>(warm_up);
    return mean_efficiency(efficiency, warm > 0 && warm < last ? (last + warm) / 2 : last * 3 / 5, last);
}

/// Gain of 2011: the last quarter of the run against the second half of the warm-up.
[[nodiscard]] inline double gain_over_warm_up(std::span<const double> efficiency, std::int32_t warm_up) {
    const std::size_t last = efficiency.size() - 1;
    const auto warm = static_cast<std::size_t>(warm_up);
    return mean_efficiency(efficiency, (last + warm) / 2, last) - mean_efficiency(efficiency, warm / 2, warm);
}

} // namespace dualtrack::simulate
