// Promotion: what is recommended for one candidate and one seat, and what would change it. The library recommends, with
// its reasons; a person decides, and may decide otherwise and say why.
//
//   promote        every gate is open: employed, consents, enough evidence, ready, harm <= .35, net loss <= .40
//   develop_first  consents, enough evidence, and every gate would be open with development_gain more readiness
//   expert_track   a strong seller (P(top share) >= .5) who is not willing, or judged and not to be promoted
//   not_now        everybody else
// Sales open no gate: a top seller who is not ready is never `promote`. Nobody is `promote` who was not asked, or of
// whom too little is known.
// What would change the answer: flip.hpp. human_review: when the readiness that would change it lies within
// review_deviations of its uncertainty, when harm or net loss alone decide and are within review_probability of their
// limit, or when too little is known.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <dualtrack/decide/business_case.hpp>
#include <dualtrack/decide/effect.hpp>
#include <dualtrack/org/policy_decide.hpp>

namespace dualtrack::decide {

enum class decision : std::uint8_t { promote, develop_first, expert_track, not_now };
inline constexpr std::array<std::string_view, 4> decision_words{"promote", "develop_first", "expert_track", "not_now"};

/// What stands between a candidate and the recommendation to promote.
enum class gate : std::uint8_t { employed, consent, evidence, readiness, harm, net_loss };
inline constexpr std::size_t n_gates = 6;
inline constexpr std::array<std::string_view, n_gates> gate_words{"employed",  "consent", "evidence",
                                                                  "readiness", "harm",    "net_loss"};

/// What the decision looks at.
struct candidate_facts {
    leader_record record;
    bool is_employed = true;
    answer consents = answer::unknown;
    bool has_evidence = false;     // enough independent sources about readiness
    double probability_top = -1.0; // of the best sellers; negative: not known
};

/// The limits of a policy.
struct decision_rules {
    org::effect_coefficients effect;
    double ready_at = 0.5, ready_probability = 0.5;
    double most_harm = 0.35, most_net_loss = 0.40;
    double strong_probability = 0.5;
    double development_gain = 0.5;
    double review_deviations = 0.5, review_probability = 0.05;
};

[[nodiscard]] inline decision_rules decision_rules_of(const org::promotion_policy& policy, double ready_at,
                                                      double ready_probability) noexcept {
    return {policy.effect,
            ready_at,
            ready_probability,
            policy.most_harm,
            policy.most_net_loss,
            policy.strong_probability,
            policy.development_gain,
            policy.review_deviations,
            policy.review_probability};
}

struct verdict {
    decision recommended = decision::not_now;
    predicted_effect effect;
    double probability_ready = 0.0;
    double probability_net_loss = 1.0;
    std::array<bool, n_gates> open{};
    [[nodiscard]] bool is_open(gate g) const noexcept { return open[static_cast<std::size_t>(g)]; }
};

namespace detail {

/// The gates that cost little to look at; net_loss stays closed.
inline verdict cheap_gates_of(const decision_rules& rules, const candidate_facts& facts) noexcept {
    verdict out;
    const recorded& readiness = facts.record[static_cast<std::size_t>(factor::readiness)];
    out.effect = predict(rules.effect, facts.record);
    if (readiness.known) out.probability_ready = 1.0 - probability_under(rules.ready_at, readiness.value, readiness.sd);
    out.open = {facts.is_employed,
                facts.consents == answer::yes,
                facts.has_evidence && readiness.known,
                out.probability_ready >= rules.ready_probability,
                out.effect.probability_harm <= rules.most_harm,
                false};
    return out;
}

/// Whether every gate is open.
inline bool may_promote(const decision_rules& rules, const verdict& cheap, const case_terms& terms) noexcept {
    for (std::size_t g = 0; g + 1 < n_gates; ++g)
        if (!cheap.open[g]) return false;
    return terms.net_loss.is_at_most(rules.most_net_loss, cheap.effect.mean, cheap.effect.sd);
}

/// The recommendation from the gates that cost little; the costly one is looked at where the others leave it to decide.
inline decision recommend(const decision_rules& rules, const candidate_facts& facts, const case_terms& terms,
                          const verdict& cheap) noexcept {
    if (may_promote(rules, cheap, terms)) return decision::promote;
    if (!facts.is_employed) return decision::not_now;
    const bool judged = cheap.is_open(gate::evidence);
    if (judged && facts.consents == answer::yes) {
        candidate_facts developed = facts;
        developed.record[static_cast<std::size_t>(factor::readiness)].value += rules.development_gain;
        if (may_promote(rules, cheap_gates_of(rules, developed), terms)) return decision::develop_first;
    }
    const bool strong = facts.probability_top >= rules.strong_probability;
    const bool not_leading = facts.consents == answer::no || (judged && facts.consents == answer::yes) ||
                             (judged && !cheap.is_open(gate::readiness));
    return strong && not_leading ? decision::expert_track : decision::not_now;
}

/// The recommendation alone.
inline decision recommend(const decision_rules& rules, const candidate_facts& facts, const case_terms& terms) noexcept {
    return recommend(rules, facts, terms, cheap_gates_of(rules, facts));
}

} // namespace detail

/// What is recommended. Total: every set of facts has an answer.
[[nodiscard]] inline verdict judge(const decision_rules& rules, const candidate_facts& facts,
                                   const case_terms& terms) noexcept {
    verdict out = detail::cheap_gates_of(rules, facts);
    out.recommended = detail::recommend(rules, facts, terms, out);
    out.probability_net_loss = probability_net_loss(terms, out.effect);
    out.open[static_cast<std::size_t>(gate::net_loss)] =
        terms.net_loss.is_at_most(rules.most_net_loss, out.effect.mean, out.effect.sd);
    return out;
}

/// Whether a person should look again before this recommendation is followed.
[[nodiscard]] inline bool needs_review(const decision_rules& rules, const candidate_facts& facts,
                                       const case_terms& terms, const verdict& now) noexcept {
    if (!facts.is_employed) return false;
    if (!now.is_open(gate::evidence)) return true;
    const auto k = static_cast<std::size_t>(factor::readiness);
    const double band = rules.review_deviations * facts.record[k].sd;
    // A rising readiness opens gates one after the other, so the ends of the band speak for all of it.
    for (const double by : {-band, band}) {
        candidate_facts moved = facts;
        moved.record[k].value += by;
        if (detail::recommend(rules, moved, terms) != now.recommended) return true;
    }
    for (const gate g : {gate::harm, gate::net_loss}) {
        bool decides = true;
        for (std::size_t other = 0; other < n_gates; ++other)
            decides = decides && (other == static_cast<std::size_t>(g) || now.open[other]);
        const double distance = g == gate::harm ? now.effect.probability_harm - rules.most_harm
                                                : now.probability_net_loss - rules.most_net_loss;
        if (decides && std::fabs(distance) <= rules.review_probability) return true;
    }
    return false;
}

/// Readiness nobody is expected to reach: one in 700 stands above 3.
inline constexpr double most_readiness = 3.0;

enum class break_even : std::uint8_t { reached, never_pays, always_pays, no_effect };
inline constexpr std::array<std::string_view, 4> break_even_words{"reached", "never_pays", "always_pays", "no_effect"};

struct break_even_point {
    break_even status = break_even::no_effect;
    std::optional<double> readiness; // where reached
};

/// The readiness_z at which the expected net value is zero, where somebody could have it.
[[nodiscard]] inline break_even_point break_even_readiness(const decision_rules& rules, const candidate_facts& facts,
                                                           const case_terms& terms) noexcept {
    candidate_facts tried = facts;
    recorded& readiness = tried.record[static_cast<std::size_t>(factor::readiness)];
    const auto net_at = [&](double z) {
        readiness.value = z;
        return expected_net(terms, predict(rules.effect, tried.record));
    };
    double low = -most_readiness;
    double high = most_readiness;
    const double net_low = net_at(low);
    const double net_high = net_at(high);
    if (net_low == net_high) return {};
    const bool rises = net_high > net_low;
    if ((net_low < 0.0) == (net_high < 0.0))
        return {net_low < 0.0 ? break_even::never_pays : break_even::always_pays, std::nullopt};
    for (int i = 0; i < 44; ++i) { // to 1e-12
        const double middle = 0.5 * (low + high);
        ((net_at(middle) < 0.0) == rises ? low : high) = middle;
    }
    return {break_even::reached, 0.5 * (low + high)};
}

} // namespace dualtrack::decide
