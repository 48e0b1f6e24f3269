#include "run/backfills.hpp"

#include <algorithm>

namespace dualtrack::run {
namespace {

/// What is lost until somebody new sells in a person's place.
std::int64_t cost_of_leaving(const decided& all, std::uint32_t person) {
    decide::case_facts facts;
    facts.own_monthly = std::max(0.0, all.expected[person].monthly);
    const auto terms = decide::case_terms_of(all.policy.promotion, facts);
    return decide::bounded_cents(terms.own_sales_lost) + decide::bounded_cents(terms.accounts);
}

/// Readiness of a person, or nullptr.
const assess::readiness* readiness_of(const assessed& all, std::uint32_t person) {
    const auto found = std::lower_bound(all.people.begin(), all.people.end(), person);
    if (found == all.people.end() || *found != person) return nullptr;
    return &all.verdict[static_cast<std::size_t>(found - all.people.begin())];
}

} // namespace

std::vector<seat_verdict>::const_iterator candidates_of(const decided& all, std::uint32_t vacancy) {
    return std::lower_bound(all.candidates.begin(), all.candidates.end(), vacancy,
                            [](const seat_verdict& one, std::uint32_t v) { return one.vacancy < v; });
}

std::vector<backfill> backfill_chains(const decided& all) {
    const measured& facts = *all.facts;
    const org::organisation& organisation = facts.data->organisation;
    std::vector<std::uint8_t> moves(organisation.n_people(), 0);
    for (const std::uint32_t person : all.slate)
        if (person != no_index) moves[person] = 1;
    const org::report_lists reports = org::report_lists_of(facts.lines, std::pmr::get_default_resource());
    std::vector<backfill> out;
    for (std::uint32_t vacancy = 0; vacancy < all.slate.size(); ++vacancy) {
        std::uint32_t leaver = all.slate[vacancy];
        for (std::int64_t step = 1; leaver != no_index; ++step) {
            backfill one{vacancy, step, leaver, 0, no_index, cost_of_leaving(all, leaver)};
            double best = 0.0;
            org::for_reports_on(organisation, reports, leaver, facts.window.as_of, [&](std::uint32_t report) {
                ++one.n_reports;
                const assess::readiness* known = readiness_of(*all.readiness, report);
                if (moves[report] != 0 || known == nullptr || known->status != assess::readiness_status::ready) return;
                // Ascending ids: of equally ready reports the smaller one stays.
                if (one.cover == no_index || known->z > best) {
                    one.cover = report;
                    best = known->z;
                }
            });
            if (one.cover != no_index) moves[one.cover] = 1;
            out.push_back(one);
            leaver = one.cover;
        }
    }
    return out;
}

} // namespace dualtrack::run
