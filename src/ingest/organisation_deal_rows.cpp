#include <atomic>
#include <utility>

#include "ingest/organisation_build.hpp"

namespace dualtrack::ingest {

namespace {

constexpr std::int64_t block_rows = 1 << 16;

/// Follows a column that usually goes through the deals as their table does: the deal of the row before, then the next
/// one, are compared first; only then the deal is looked up.
class deal_follower {
  public:
    explicit deal_follower(const id_index& deals) noexcept : deals_(deals) {}

    /// The deal of an id, or no_index.
    std::uint32_t follow(std::string_view id_as_given) noexcept {
        const std::string_view id = canonical_id(id_as_given);
        const id_key key = key_of(id);
        if (at_ != no_index && matches(here_, id, key)) return at_;
        if (next_.row != no_index && matches(next_, id, key)) {
            at_ = next_.row;
            here_ = next_;
        } else {
            ++n_lookups_;
            const std::uint32_t found = deals_.find(id, key, at_ == no_index ? 0 : at_);
            if (found == no_index) return no_index;
            at_ = found;
            here_ = {at_, deals_.id(at_), key};
        }
        const std::uint32_t following = at_ + 1;
        if (following < deals_.size()) {
            const std::string_view its_id = deals_.id(following);
            next_ = {following, its_id, key_of(its_id)};
        } else {
            next_.row = no_index;
        }
        return at_;
    }
    [[nodiscard]] std::int64_t n_lookups() const noexcept { return n_lookups_; }

  private:
    struct deal {
        std::uint32_t row = no_index;
        std::string_view id = {};
        id_key key = {};
    };
    [[nodiscard]] static bool matches(const deal& known, std::string_view id, const id_key& key) noexcept {
        return known.key == key && known.id.size() == id.size() && (id.size() <= 16 || known.id == id);
    }
    const id_index& deals_;
    std::uint32_t at_ = no_index;
    deal here_, next_;
    std::int64_t n_lookups_ = 0;
};

/// Whether a sample of the rows goes through the deals in their order, more or less.
bool follows_the_deals(const id_index& deals, const text_column& ids) {
    constexpr std::int64_t stretches = 64;
    constexpr std::int64_t stretch_rows = 64;
    const auto n = static_cast<std::int64_t>(ids.size());
    std::int64_t rows = 0;
    std::int64_t lookups = 0;
    for (std::int64_t i = 0; i < stretches; ++i) {
        const std::int64_t begin = n / stretches * i;
        const std::int64_t end = std::min(n, begin + stretch_rows);
        if (begin >= end) continue;
        deal_follower follower(deals);
        text_cursor cursor(ids, begin);
        for (std::int64_t row = begin; row < end; ++row) static_cast<void>(follower.follow(cursor.at(row)));
        rows += end - begin;
        lookups += follower.n_lookups() - 1;
    }
    return lookups * 8 <= rows;
}

/// Tries rows that are by deal already; false when they are not.
result<bool> borders_in_order(const run_context& run, const id_index& deals, const text_column& ids,
                              const id_reference& what, vec<std::uint32_t>& first) {
    std::atomic<bool> in_order{true};
    const auto n = static_cast<std::int64_t>(ids.size());
    const auto set = [&](std::size_t deal, std::int64_t row) {
        std::atomic_ref<std::uint32_t>(first[deal]).store(static_cast<std::uint32_t>(row), std::memory_order_relaxed);
    };
    const auto done = for_blocks(run, n, block_rows,
                                 [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) -> result<void> {
                                     if (!in_order.load(std::memory_order_relaxed)) return outcome::success();
                                     deal_follower follower(deals);
                                     const std::int64_t from = begin == 0 ? 0 : begin - 1;
                                     text_cursor cursor(ids, from);
                                     std::uint32_t before = 0;
                                     if (begin > 0) {
                                         before = follower.follow(cursor.at(from));
                                         if (before == no_index) return unknown_id(ids, from, what);
                                         ++before; // borders up to that deal are written by the block it lies in
                                     }
                                     for (std::int64_t row = begin; row < end; ++row) {
                                         const std::uint32_t deal = follower.follow(cursor.at(row));
                                         if (deal == no_index) return unknown_id(ids, row, what);
                                         if (deal + 1 < before) {
                                             in_order.store(false, std::memory_order_relaxed);
                                             return outcome::success();
                                         }
                                         for (; before <= deal; ++before) set(before, row);
                                     }
                                     if (end == n)
                                         for (; before < first.size(); ++before) set(before, n);
                                     return outcome::success();
                                 });
    if (!in_order.load()) return false;
    DUALTRACK_TRYV(done);
    return true;
}

/// The deal of every row, one after the other.
result<vec<std::uint32_t>> follow_rows(const run_context& run, const id_index& deals, const text_column& ids,
                                       const id_reference& what) {
    vec<std::uint32_t> deal_of_row(run.memory);
    resize_touched(run, deal_of_row, ids.size());
    DUALTRACK_TRYV(for_blocks(run, static_cast<std::int64_t>(ids.size()), block_rows,
                              [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) -> result<void> {
                                  deal_follower follower(deals);
                                  text_cursor cursor(ids, begin);
                                  for (std::int64_t row = begin; row < end; ++row) {
                                      const std::uint32_t deal = follower.follow(cursor.at(row));
                                      if (deal == no_index) return unknown_id(ids, row, what);
                                      deal_of_row[static_cast<std::size_t>(row)] = deal;
                                  }
                                  return outcome::success();
                              }));
    return deal_of_row;
}

} // namespace

result<deal_rows> group_by_deal(building& site, const text_column& deal_ids, const id_reference& what) {
    const std::size_t n_deals = site.deals.size();
    deal_rows rows{vec<std::uint32_t>(n_deals + 1, site.run.memory), vec<std::uint32_t>(site.run.memory)};
    if (deal_ids.size() == 0) return rows;
    const bool follows = follows_the_deals(site.deals, deal_ids);
    if (follows) {
        DUALTRACK_TRY(const bool in_order, borders_in_order(site.run, site.deals, deal_ids, what, rows.first));
        if (in_order) return rows;
    } else {
        DUALTRACK_TRYV(site.deals.build_table(site.run, false));
    }
    DUALTRACK_TRY(auto deal_of_row, follows ? follow_rows(site.run, site.deals, deal_ids, what)
                                            : match_ids(site.run, deal_ids, deal_ids.size(), site.deals, what));
    place(rows.first, vec<std::uint32_t>(n_deals + 2, site.run.memory));
    // Rows are in any order, so the counters are too: each is asked for a while before it is needed.
    constexpr std::size_t ahead = 24;
    const auto ask_ahead = [&](std::size_t row) {
        if (row + ahead < deal_of_row.size()) __builtin_prefetch(&rows.first[deal_of_row[row + ahead] + 1], 1);
    };
    for (std::size_t row = 0; row < deal_of_row.size(); ++row) {
        ask_ahead(row);
        ++rows.first[deal_of_row[row] + 2];
    }
    for (std::size_t deal = 2; deal < rows.first.size(); ++deal) rows.first[deal] += rows.first[deal - 1];
    for (std::size_t row = 0; row < deal_of_row.size(); ++row) {
        ask_ahead(row);
        deal_of_row[row] = rows.first[deal_of_row[row] + 1]++; // now the place of the row
    }
    rows.first.pop_back();
    place(rows.position, std::move(deal_of_row));
    return rows;
}

} // namespace dualtrack::ingest
