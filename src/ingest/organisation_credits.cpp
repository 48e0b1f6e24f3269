#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "ingest/organisation_build.hpp"

namespace dualtrack::ingest {

namespace {

constexpr std::int64_t deals_per_block = 1 << 14;
constexpr double share_tolerance = 1e-6;
constexpr auto overlay = static_cast<std::uint8_t>(org::credit_kind::overlay);

/// Values to the places of their rows.
template <class T>
result<void> scatter(const run_context& run, std::span<const std::uint32_t> position, vec<T>& values) {
    if (position.empty() || values.empty()) return outcome::success();
    vec<T> moved(run.memory);
    resize_touched(run, moved, values.size());
    DUALTRACK_TRYV(for_blocks(run, static_cast<std::int64_t>(values.size()), column_block,
                              [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                                  constexpr std::size_t ahead = 24; // places in no order: asked for early
                                  for (auto row = static_cast<std::size_t>(begin); row < static_cast<std::size_t>(end);
                                       ++row) {
                                      if (row + ahead < position.size())
                                          __builtin_prefetch(&moved[position[row + ahead]], 1);
                                      moved[position[row]] = values[row];
                                  }
                              }));
    place(values, std::move(moved));
    return outcome::success();
}

/// Sorts a few rows in place; rows of one deal are seldom more than a handful.
template <class Row> void sort_rows(vec<Row>& rows) {
    if (rows.size() > 16) {
        std::sort(rows.begin(), rows.end());
        return;
    }
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const Row row = rows[i];
        std::size_t at = i;
        for (; at > 0 && row < rows[at - 1]; --at) rows[at] = rows[at - 1];
        rows[at] = row;
    }
}

struct credit_row {
    std::uint8_t kind;
    std::uint32_t person;
    double share;
    friend bool operator<(const credit_row& left, const credit_row& right) noexcept {
        if (left.kind != right.kind) return left.kind < right.kind;
        if (left.person != right.person) return left.person < right.person;
        return left.share < right.share;
    }
};

struct participant_row {
    std::uint32_t person;
    std::uint8_t part;
    std::int32_t joined;
    friend bool operator<(const participant_row& left, const participant_row& right) noexcept {
        return std::tie(left.person, left.part, left.joined) < std::tie(right.person, right.part, right.joined);
    }
};

/// Sorts the credits of one deal: in place where they are few and of one kind, as nearly all are.
void sort_credits_of(org::credit_columns& credits, std::size_t deal, vec<credit_row>& scratch) {
    const std::size_t from = credits.first[deal];
    const std::size_t to = credits.first[deal + 1];
    std::uint32_t* const person = credits.person.data();
    double* const share = credits.share.data();
    if (credits.kind.empty() && to - from <= 8) {
        for (std::size_t i = from + 1; i < to; ++i) {
            const std::uint32_t its_person = person[i];
            const double its_share = share[i];
            std::size_t at = i;
            for (; at > from &&
                   (its_person < person[at - 1] || (its_person == person[at - 1] && its_share < share[at - 1]));
                 --at) {
                person[at] = person[at - 1];
                share[at] = share[at - 1];
            }
            person[at] = its_person;
            share[at] = its_share;
        }
        return;
    }
    scratch.clear();
    for (std::size_t i = from; i < to; ++i)
        scratch.push_back({credits.kind.empty() ? std::uint8_t{0} : credits.kind[i], person[i], share[i]});
    sort_rows(scratch);
    for (std::size_t i = from; i < to; ++i) {
        person[i] = scratch[i - from].person;
        share[i] = scratch[i - from].share;
        if (!credits.kind.empty()) credits.kind[i] = scratch[i - from].kind;
    }
}

/// What the revenue shares of a deal add up to, and whether there are any. @pre rows of the deal are sorted
struct share_total {
    double total = 0.0;
    bool any = false;
};
share_total revenue_of(const org::credit_columns& credits, std::size_t deal) noexcept {
    share_total sum;
    for (std::size_t i = credits.first[deal]; i < credits.first[deal + 1]; ++i) {
        if (!credits.kind.empty() && credits.kind[i] == overlay) break;
        sum.total += credits.share[i];
        sum.any = true;
    }
    return sum;
}

bool is_whole(const share_total& sum) noexcept {
    return !sum.any || (sum.total >= 1.0 - share_tolerance && sum.total <= 1.0 + share_tolerance);
}

/// Names the deal whose first credit row comes first among those whose shares do not make a whole.
result<void> refuse_shares(const building& site, std::span<const std::uint32_t> position) {
    const org::credit_columns& credits = site.made.credits;
    for (std::size_t row = 0; row < credits.person.size(); ++row) {
        const std::uint32_t at = position.empty() ? static_cast<std::uint32_t>(row) : position[row];
        const auto after = std::upper_bound(credits.first.begin(), credits.first.end(), at);
        const auto deal = static_cast<std::size_t>(after - credits.first.begin()) - 1;
        const share_total sum = revenue_of(credits, deal);
        if (is_whole(sum)) continue;
        return fail(status::data, "data.shares",
                    say("expected revenue shares of deal ", quoted(site.made.deals.id[deal]), " that total 1, found ",
                        std::floor(sum.total * 1e9 + 0.5) / 1e9),
                    "credits.share", static_cast<std::int64_t>(row));
    }
    return outcome::success();
}

} // namespace

result<void> read_credits(const reading& from) {
    org::credit_columns& credits = from.site.made.credits;
    DUALTRACK_TRYV(from.ids("deal_id", presence::required, from.site.ids.credits_deal));
    DUALTRACK_TRYV(from.ids("person_id", presence::required, from.site.ids.credits_person));
    DUALTRACK_TRYV(from.numbers("share", credits.share));
    DUALTRACK_TRYV(from.refuse(
        "share", "data.range",
        [&](std::size_t row) { return !(credits.share[row] >= 0.0 && credits.share[row] <= 1.0); },
        [&](std::size_t row) { return say("expected a share between 0 and 1, found ", credits.share[row]); }));
    if (!from.has("kind")) return outcome::success();
    DUALTRACK_TRYV(from.words_or("kind", org::credit_kind_words, static_cast<std::uint8_t>(org::credit_kind::revenue),
                                 credits.kind));
    if (std::find(credits.kind.begin(), credits.kind.end(), overlay) == credits.kind.end())
        place(credits.kind, vec<std::uint8_t>(from.site.run.memory)); // all revenue
    return outcome::success();
}

result<void> link_credits(building& site) {
    org::credit_columns& credits = site.made.credits;
    const run_context& run = site.run;
    DUALTRACK_TRY(auto rows,
                  group_by_deal(site, site.ids.credits_deal, {"credits", "deal_id", "the id of a deal in deals"}));
    place(site.ids.credits_deal, text_column(run.memory));
    place(credits.first, std::move(rows.first));
    DUALTRACK_TRYV(scatter(run, rows.position, credits.share));
    DUALTRACK_TRYV(scatter(run, rows.position, credits.kind));
    DUALTRACK_TRY(auto people,
                  match_people(site, site.ids.credits_person, credits.share.size(), "credits", "person_id"));
    place(credits.person, std::move(people));
    DUALTRACK_TRYV(scatter(run, rows.position, credits.person));

    std::atomic<bool> all_whole{true};
    const auto sort_block = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        vec<credit_row> scratch(run.memory);
        bool whole = true;
        for (auto deal = static_cast<std::size_t>(begin); deal < static_cast<std::size_t>(end); ++deal) {
            sort_credits_of(credits, deal, scratch);
            whole = whole && is_whole(revenue_of(credits, deal));
        }
        if (!whole) all_whole.store(false, std::memory_order_relaxed);
    };
    DUALTRACK_TRYV(for_blocks(run, static_cast<std::int64_t>(credits.first.size()) - 1, deals_per_block, sort_block));
    return all_whole.load() ? result<void>(outcome::success()) : refuse_shares(site, rows.position);
}

result<void> read_participants(const reading& from) {
    org::participant_columns& participants = from.site.made.participants;
    DUALTRACK_TRYV(from.ids("deal_id", presence::required, from.site.ids.participants_deal));
    DUALTRACK_TRYV(from.ids("person_id", presence::required, from.site.ids.participants_person));
    DUALTRACK_TRYV(
        from.words_or("part", org::part_words, static_cast<std::uint8_t>(org::part::seller), participants.part));
    DUALTRACK_TRYV(from.dates("joined", presence::optional, participants.joined));
    if (participants.joined.empty()) place(participants.joined, filled(from.n_rows(), no_date, from.site.run));
    return outcome::success();
}

result<void> link_participants(building& site) {
    org::participant_columns& participants = site.made.participants;
    const run_context& run = site.run;
    DUALTRACK_TRY(auto rows, group_by_deal(site, site.ids.participants_deal,
                                           {"participants", "deal_id", "the id of a deal in deals"}));
    place(site.ids.participants_deal, text_column(run.memory));
    place(participants.first, std::move(rows.first));
    DUALTRACK_TRYV(scatter(run, rows.position, participants.part));
    DUALTRACK_TRYV(scatter(run, rows.position, participants.joined));
    DUALTRACK_TRY(auto people, match_people(site, site.ids.participants_person, participants.part.size(),
                                            "participants", "person_id"));
    place(participants.person, std::move(people));
    DUALTRACK_TRYV(scatter(run, rows.position, participants.person));
    const auto sort_block = [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
        vec<participant_row> sorted(run.memory);
        for (auto deal = static_cast<std::size_t>(begin); deal < static_cast<std::size_t>(end); ++deal) {
            const std::size_t from = participants.first[deal];
            sorted.clear();
            for (std::size_t i = from; i < participants.first[deal + 1]; ++i)
                sorted.push_back({participants.person[i], participants.part[i], participants.joined[i]});
            sort_rows(sorted);
            for (std::size_t i = 0; i < sorted.size(); ++i) {
                participants.person[from + i] = sorted[i].person;
                participants.part[from + i] = sorted[i].part;
                participants.joined[from + i] = sorted[i].joined;
            }
        }
    };
    return for_blocks(run, static_cast<std::int64_t>(participants.first.size()) - 1, deals_per_block, sort_block);
}

} // namespace dualtrack::ingest
