// Trial assignments: test-driving leadership before anybody is promoted. Somebody mentors a colleague, leads a project
// or stands in for a manager, others watch, and their ratings come back as evidence. The trial to propose is one that
// shows the construct with the lowest standing; among these the one that narrows the interval of readiness most,
// because it shows the most that is still unknown. What each shows is a judgement of this project from what
// practitioners' articles describe (J); a trial is believed as one structured interviewer is.
//
//   sd_then^2 = 1 / (precision + information of the trial) + what severity leaves open
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <dualtrack/assess/construct.hpp>
#include <dualtrack/assess/readiness.hpp>
#include <dualtrack/base/normal.hpp>

namespace dualtrack::assess {

enum class trial : std::uint8_t { mentor, project_lead, acting_manager };
inline constexpr std::size_t n_trials = 3;
inline constexpr std::array<std::string_view, n_trials> trial_words{"mentor", "project_lead", "acting_manager"};

/// Constructs a trial shows.
inline constexpr std::array<std::array<bool, n_constructs>, n_trials> shown_by_trial{{
    // develops, accountable, organised, systems, collaborates, regulates, influences, curious, emotional intelligence
    {true, false, false, false, true, false, false, true, true}, // mentor
    {false, false, true, true, true, false, true, false, false}, // project_lead
    {true, true, true, false, false, true, true, false, true},   // acting_manager
}};

struct trial_proposal {
    bool found = false; // false: no construct with a weight is shown by any trial
    trial what = trial::mentor;
    std::size_t about = n_constructs;   // the construct with the lowest standing
    double sd_now = 1.0, sd_then = 1.0; // of that construct
    double interval_reduction = 0.0;    // of readiness, all constructs it shows together
};

/// How much narrower the 95 % interval of readiness becomes by a trial.
[[nodiscard]] inline double trial_reduction(const readiness_rules& rules, const readiness& now,
                                            std::span<const judgement, n_constructs> judged, trial what,
                                            double reliability, double shared) noexcept {
    double gone = 0.0;
    for (std::size_t c = 0; c < n_constructs; ++c)
        if (shown_by_trial[static_cast<std::size_t>(what)][c])
            gone += rules.weight[c] * rules.weight[c] *
                    (judged[c].own_variance - 1.0 / (1.0 / judged[c].own_variance + information(reliability, shared)));
    return 2.0 * numeric::interval_95 * (now.sd - std::sqrt(std::max(0.0, now.sd * now.sd - gone)));
}

/// The trial to propose.
[[nodiscard]] inline trial_proposal propose_trial(const readiness_rules& rules, const readiness& now,
                                                  std::span<const judgement, n_constructs> judged, double reliability,
                                                  double shared) noexcept {
    trial_proposal out;
    const auto is_shown = [](std::size_t c) {
        bool shown = false;
        for (const auto& one : shown_by_trial) shown = shown || one[c];
        return shown;
    };
    for (std::size_t c = 0; c < n_constructs; ++c)
        if (is_shown(c) && rules.weight[c] > 0.0 &&
            (out.about == n_constructs || judged[c].mean < judged[out.about].mean))
            out.about = c;
    if (out.about == n_constructs) return out;
    for (std::size_t t = 0; t < n_trials; ++t) {
        if (!shown_by_trial[t][out.about]) continue;
        const double reduction = trial_reduction(rules, now, judged, static_cast<trial>(t), reliability, shared);
        if (out.found && reduction <= out.interval_reduction) continue;
        out.found = true;
        out.what = static_cast<trial>(t);
        out.interval_reduction = reduction;
    }
    const judgement& about = judged[out.about];
    out.sd_now = about.sd;
    out.sd_then = std::sqrt(about.sd * about.sd - about.own_variance +
                            1.0 / (1.0 / about.own_variance + information(reliability, shared)));
    return out;
}

} // namespace dualtrack::assess
