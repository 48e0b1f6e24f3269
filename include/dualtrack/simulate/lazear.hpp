// Why the promoted disappoint even when nobody lacks anything: whoever was promoted for a good year was partly lucky,
// and luck does not repeat (regression to the mean). Lazear's model says how much; Kane's earlier one shows the same as
// a flow of better and worse people through the levels of an organisation.
//     ability A ~ N(mu, sA^2), noise e ~ N(0, se^2) a period; promoted if A + e1 > A*; s^2 = sA^2 + se^2,
//     k = (A* - mu) / s, lam = phi(k) / (1 - Phi(k)):
//     share 1 - Phi(k);  before mu + s lam;  after mu + (sA^2 / s) lam;  decline (se^2 / s) lam;
//     losers' gain (se^2 / s) phi(k) / Phi(k);  optimal cut mu + (x - mu)(1 + se^2 / sA^2), x = (a - g) / (d - b)
// for jobs that pay a + b(A + e) (easy) and g + d(A + e) (hard).
// References: Lazear 2004, J. Political Economy 112:S141; Kane 1970, Management Science 16:B800.
#pragma once

#include <dualtrack/simulate/draws.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace dualtrack::simulate {

struct lazear_assumptions {
    double mean = 0.0, ability_sd = 1.0, noise_sd = 1.0;
    double cut = 1.0;                         // A*
    double easy_base = 1.0, easy_slope = 0.5; // a, b
    double hard_base = 0.0, hard_slope = 1.0; // g, d
    friend bool operator==(const lazear_assumptions&, const lazear_assumptions&) = default;
};

/// Output of those promoted and not, in the period before the decision and after it.
struct lazear_figures {
    double share = 0.0, before = 0.0, after = 0.0, decline = 0.0, losers_gain = 0.0;
};

[[nodiscard]] inline lazear_figures lazear_closed_form(const lazear_assumptions& l) {
    const double s = std::sqrt(l.ability_sd * l.ability_sd + l.noise_sd * l.noise_sd);
    const double k = (l.cut - l.mean) / s;
    const double promoted = numeric::normal_cdf(-k), density = numeric::normal_pdf(k);
    const double lam = density / promoted;
    lazear_figures out;
    out.share = promoted;
    out.before = l.mean + s * lam;
    out.after = l.mean + l.ability_sd * l.ability_sd / s * lam;
    out.decline = l.noise_sd * l.noise_sd / s * lam;
    out.losers_gain = l.noise_sd * l.noise_sd / s * density / numeric::normal_cdf(k);
    return out;
}

/// Ability at which both jobs pay the same.
[[nodiscard]] inline double indifferent_ability(const lazear_assumptions& l) {
    return (l.easy_base - l.hard_base) / (l.hard_slope - l.easy_slope);
}

/// The cut that loses nothing: higher than the indifferent ability, the more luck there is.
[[nodiscard]] inline double optimal_cut(const lazear_assumptions& l) {
    const double luck = l.noise_sd * l.noise_sd / (l.ability_sd * l.ability_sd);
    return l.mean + (indifferent_ability(l) - l.mean) * (1.0 + luck);
}

/// Output of three periods in total, if the job is assigned once ability is known (for the last period), or after one
/// period of output (for the last two).
struct waiting_figures {
    double wait = 0.0, early = 0.0;
};
[[nodiscard]] inline waiting_figures lazear_waiting(const lazear_assumptions& l) {
    const auto excess = [](double q) { return numeric::normal_pdf(q) - q * numeric::normal_cdf(-q); };
    const double easy = 3.0 * (l.easy_base + l.easy_slope * l.mean);
    const double gain = l.hard_slope - l.easy_slope;
    const double gap = indifferent_ability(l) - l.mean;
    const double known = l.ability_sd;
    const double guessed =
        l.ability_sd * l.ability_sd / std::sqrt(l.ability_sd * l.ability_sd + l.noise_sd * l.noise_sd);
    return {easy + gain * known * excess(gap / known), easy + 2.0 * gain * guessed * excess(gap / guessed)};
}

/// The same figures of n people drawn; NaN where nobody was promoted, or everybody.
[[nodiscard]] inline lazear_figures simulate_lazear(const lazear_assumptions& l, std::uint64_t seed,
                                                    std::uint32_t replication, std::uint32_t n) {
    double before = 0.0, after = 0.0, loser_before = 0.0, loser_after = 0.0;
    std::uint32_t n_promoted = 0;
    for (std::uint32_t person = 0; person < n; ++person) {
        const random::words words = draw(seed, replication, person, 0, purpose::person);
        const double ability = l.mean + l.ability_sd * normal_double_of(words[0]);
        const double first = ability + l.noise_sd * normal_double_of(words[1]);
        const double second = ability + l.noise_sd * normal_double_of(words[2]);
        if (first > l.cut) {
            ++n_promoted;
            before += first;
            after += second;
        } else {
            loser_before += first;
            loser_after += second;
        }
    }
    lazear_figures out;
    const double up = n_promoted, down = n - n_promoted;
    out.share = up / static_cast<double>(n);
    out.before = up > 0.0 ? before / up : numeric::not_a_number;
    out.after = up > 0.0 ? after / up : numeric::not_a_number;
    out.decline = out.before - out.after;
    out.losers_gain = down > 0.0 ? (loser_after - loser_before) / down : numeric::not_a_number;
    return out;
}

// ---- Kane: classes a, b, c of efficiency 100, 80, 60 in a pyramid without end

using kane_vector = std::array<double, 3>;
using kane_matrix = std::array<kane_vector, 3>; // [class next year][class now]

struct kane_assumptions {
    double alpha = 0.10; // share of the promotable who move up in a year
    kane_vector recruits{0.1, 0.7, 0.2};
    friend bool operator==(const kane_assumptions&, const kane_assumptions&) = default;
};
inline constexpr kane_vector kane_efficiency{100.0, 80.0, 60.0};

/// Yearly flows: promoted, staying, and leaving by class. The print shows .2 as the last entry of the promoted; its own
/// totals and its table 2 need .25.
struct kane_flows {
    kane_matrix promoted{}, staying{};
    kane_vector leaving{};
};
[[nodiscard]] constexpr kane_flows kane_flows_of(const kane_assumptions& k) noexcept {
    const double al = k.alpha;
    const double r = (1.0 - 1.7 * al) / 6.0, s = (1.0 - 0.9 * al) / 8.0, t = (1.0 - 0.25 * al) / 10.0;
    kane_flows out;
    out.promoted = {{{al, 0.1 * al, 0.0}, {0.6 * al, 0.5 * al, 0.0}, {0.1 * al, 0.3 * al, 0.25 * al}}};
    out.staying = {{{4.0 * r, 2.0 * s, 0.0}, {r, 5.0 * s, 2.0 * t}, {0.0, 0.5 * s, 6.0 * t}}};
    out.leaving = {r, 0.5 * s, 2.0 * t};
    return out;
}

[[nodiscard]] constexpr kane_vector times(const kane_matrix& m, const kane_vector& x) noexcept {
    kane_vector out{};
    for (std::size_t i = 0; i < 3; ++i) out[i] = m[i][0] * x[0] + m[i][1] * x[1] + m[i][2] * x[2];
    return out;
}

[[nodiscard]] constexpr kane_vector shares_of(const kane_vector& x) noexcept {
    const double sum = x[0] + x[1] + x[2];
    if (!(sum > 0.0)) return {numeric::not_a_number, numeric::not_a_number, numeric::not_a_number};
    return {x[0] / sum, x[1] / sum, x[2] / sum};
}

[[nodiscard]] constexpr double efficiency_of(const kane_vector& shares) noexcept {
    return shares[0] * kane_efficiency[0] + shares[1] * kane_efficiency[1] + shares[2] * kane_efficiency[2];
}

/// Composition of a level (from 1), summed over 40 years of one cohort of recruits.
[[nodiscard]] inline kane_vector kane_composition(const kane_assumptions& k, std::size_t level) {
    const kane_flows flows = kane_flows_of(k);
    constexpr std::size_t n_years = 40;
    std::array<kane_vector, n_years> here{}; // people of this level, by years since they were recruited
    here[0] = k.recruits;
    for (std::size_t at = 1;; ++at) {
        std::array<kane_vector, n_years> above{};
        for (std::size_t year = 1; year < n_years; ++year) {
            const kane_vector stay = times(flows.staying, here[year - 1]);
            for (std::size_t i = 0; i < 3; ++i) here[year][i] += stay[i];
        }
        for (std::size_t year = 1; year < n_years; ++year) above[year] = times(flows.promoted, here[year - 1]);
        if (at == level) break;
        here = above;
    }
    kane_vector sum{};
    for (const kane_vector& year : here)
        for (std::size_t i = 0; i < 3; ++i) sum[i] += year[i];
    return shares_of(sum);
}

/// Efficiency of the mix that a flow alone would settle in: of `staying` and of `promoted`. Where the stayers' is the
/// higher one, higher levels are worse: the Peter effect.
[[nodiscard]] inline double settled_efficiency(const kane_matrix& flow) {
    kane_vector x{1.0, 1.0, 1.0};
    for (int step = 0; step < 2000; ++step) x = shares_of(times(flow, x));
    return efficiency_of(x);
}

} // namespace dualtrack::simulate
