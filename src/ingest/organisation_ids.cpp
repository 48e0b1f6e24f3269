#include "ingest/organisation_ids.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "ingest/organisation_columns.hpp"

namespace dualtrack::ingest {

namespace {

constexpr std::int64_t block_rows = 1 << 16;
constexpr std::size_t longest_probe = 512;
constexpr int seeds_tried = 3;

inline void prefetch(const void* address) noexcept {
    __builtin_prefetch(address);
}

} // namespace

result<bool> id_index::check_ascending(const run_context& run) const {
    std::atomic<bool> ascending{true};
    DUALTRACK_TRYV(for_blocks(run, static_cast<std::int64_t>(n_), block_rows,
                              [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                                  if (!ascending.load(std::memory_order_relaxed)) return;
                                  std::int64_t row = begin == 0 ? 0 : begin - 1;
                                  text_cursor cursor(*ids_, row);
                                  std::string_view before = canonical_id(cursor.at(row));
                                  for (++row; row < end; ++row) {
                                      const std::string_view here = canonical_id(cursor.at(row));
                                      if (before >= here) return ascending.store(false, std::memory_order_relaxed);
                                      before = here;
                                  }
                              }));
    return ascending.load(std::memory_order_relaxed);
}

result<equal_rows> id_index::build(const run_context& run, const text_column& ids, std::uint64_t seed) {
    ids_ = &ids;
    n_ = ids.size();
    seed_ = seed;
    place(text_, text_lookup(ids, run.memory));
    place(slots_, vec<std::uint32_t>(run.memory));
    place(order_, vec<std::uint32_t>(run.memory));
    place(keys_, vec<id_key>(run.memory));
    place(numbers_, numbered_ids());
    DUALTRACK_TRY(const bool ascending, check_ascending(run));
    ascends_ = ascending;
    DUALTRACK_TRY(const bool is_numbered, numbers_.recognise(run, ids));
    if (ascends_ || numbers_.count_through()) return equal_rows{};
    if (is_numbered) {
        DUALTRACK_TRY(const bool distinct, numbers_.keep_rows(run, ids));
        if (distinct) return equal_rows{};
        order_rows(run.memory);
        return equal_in_order();
    }
    DUALTRACK_TRYV(build_table(run, false));
    if (order_.empty()) return equal_rows{};
    return equal_in_order();
}

result<void> id_index::build_table(const run_context& run, bool with_keys) {
    if (n_ == 0 || is_numbered()) return outcome::success();
    if (numbers_.there()) {
        DUALTRACK_TRY(const bool distinct, numbers_.keep_rows(run, *ids_));
        static_cast<void>(distinct); // they ascend
        return outcome::success();
    }
    if (with_keys) {
        keys_.resize(n_);
        std::atomic<bool> long_ids{false};
        DUALTRACK_TRYV(for_blocks(run, static_cast<std::int64_t>(n_), block_rows,
                                  [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                                      text_cursor cursor(*ids_, begin);
                                      for (std::int64_t row = begin; row < end; ++row) {
                                          const std::string_view id = canonical_id(cursor.at(row));
                                          keys_[static_cast<std::size_t>(row)] = key_of(id);
                                          if (id.size() > 16) long_ids.store(true, std::memory_order_relaxed);
                                      }
                                  }));
        has_long_ids_ = long_ids.load(std::memory_order_relaxed);
    }
    if (!slots_.empty() || !order_.empty()) return outcome::success();
    row_mask_ = static_cast<std::uint32_t>(std::bit_ceil(static_cast<std::uint64_t>(n_) + 1) - 1);
    // A few people are looked up often, many deals once or twice: more room keeps most of the former at home.
    resize_touched(run, slots_, std::max<std::size_t>((with_keys ? 5 : 2) * n_, 8));
    for (int attempt = 0; attempt < seeds_tried; ++attempt) {
        std::atomic<bool> doubled{false};
        std::atomic<bool> crowded{false};
        DUALTRACK_TRYV(fill_table(run, doubled, crowded));
        if (!doubled.load() && !crowded.load()) return outcome::success();
        if (doubled.load()) break;
        std::fill(slots_.begin(), slots_.end(), 0U);
        seed_ = seed_ * 0x9E3779B97F4A7C15U + 0x243F6A8885A308D3U;
    }
    place(slots_, vec<std::uint32_t>(run.memory));
    order_rows(run.memory);
    return outcome::success();
}

result<void> id_index::fill_table(const run_context& run, std::atomic<bool>& doubled, std::atomic<bool>& crowded) {
    const auto insert = [&](std::uint32_t row, std::string_view id, const id_key& key, std::uint64_t hash) {
        const std::uint32_t word = tag(hash) | (row + 1);
        std::uint64_t slot = home(hash);
        for (std::size_t probe = 0; probe < longest_probe;) {
            const std::atomic_ref<std::uint32_t> cell(slots_[slot]);
            std::uint32_t there = cell.load(std::memory_order_relaxed);
            if (there == 0 && cell.compare_exchange_strong(there, word, std::memory_order_relaxed)) return;
            if (((there ^ word) & ~row_mask_) == 0 && is((there & row_mask_) - 1, id, key))
                return doubled.store(true, std::memory_order_relaxed);
            ++probe;
            if (++slot == slots_.size()) slot = 0;
        }
        crowded.store(true, std::memory_order_relaxed);
    };
    return for_blocks(
        run, static_cast<std::int64_t>(n_), block_rows,
        [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
            std::array<std::string_view, batch> id;
            std::array<id_key, batch> key;
            std::array<std::uint64_t, batch> hash;
            text_cursor cursor(*ids_, begin);
            for (std::int64_t row = begin; row < end;) {
                if (doubled.load(std::memory_order_relaxed) || crowded.load(std::memory_order_relaxed)) return;
                const auto n =
                    static_cast<std::size_t>(std::min<std::int64_t>(static_cast<std::int64_t>(batch), end - row));
                for (std::size_t i = 0; i < n; ++i) {
                    id[i] = canonical_id(cursor.at(row + static_cast<std::int64_t>(i)));
                    key[i] = key_of(id[i]);
                    hash[i] = hash_of(key[i], seed_);
                    prefetch(&slots_[home(hash[i])]);
                }
                for (std::size_t i = 0; i < n; ++i)
                    insert(static_cast<std::uint32_t>(row) + static_cast<std::uint32_t>(i), id[i], key[i], hash[i]);
                row += static_cast<std::int64_t>(n);
            }
        });
}

void id_index::order_rows(std::pmr::memory_resource* memory) {
    place(order_, vec<std::uint32_t>(n_, memory));
    for (std::size_t row = 0; row < n_; ++row) order_[row] = static_cast<std::uint32_t>(row);
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t left, std::uint32_t right) {
        const int compared = id(left).compare(id(right));
        return compared != 0 ? compared < 0 : left < right;
    });
}

equal_rows id_index::equal_in_order() const {
    equal_rows found;
    for (std::size_t i = 1; i < order_.size(); ++i) {
        if (i > 1 && id(order_[i - 2]) == id(order_[i])) continue; // not the first two of their id
        if (id(order_[i - 1]) != id(order_[i])) continue;
        if (found.row < 0 || order_[i - 1] < found.row) found = {order_[i - 1], order_[i]};
    }
    return found;
}

std::uint32_t id_index::find_by_order(std::string_view canonical, std::uint32_t near) const noexcept {
    // Gallops from the guess, then halves: cheap when the guess is close.
    std::size_t low = 0;   // ids before it are smaller
    std::size_t high = n_; // ids from it are not smaller
    std::size_t at = std::min<std::size_t>(near, n_ - 1);
    if (id(static_cast<std::uint32_t>(at)) < canonical) {
        low = at + 1;
        for (std::size_t step = 1; low + step < n_; step *= 2) {
            if (!(id(static_cast<std::uint32_t>(low + step)) < canonical)) {
                high = low + step;
                break;
            }
            low += step + 1;
        }
    } else {
        high = at;
        for (std::size_t step = 1; step <= high; step *= 2) {
            if (id(static_cast<std::uint32_t>(high - step)) < canonical) {
                low = high - step + 1;
                break;
            }
            high -= step;
        }
    }
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (id(static_cast<std::uint32_t>(middle)) < canonical)
            low = middle + 1;
        else
            high = middle;
    }
    if (low >= n_ || id(static_cast<std::uint32_t>(low)) != canonical) return no_index;
    return static_cast<std::uint32_t>(low);
}

std::uint32_t id_index::find_in_table(std::string_view canonical, const id_key& its_key,
                                      std::uint64_t hash) const noexcept {
    const std::uint32_t wanted = tag(hash);
    for (std::uint64_t slot = home(hash);;) {
        const std::uint32_t there = slots_[slot];
        if (there == 0) return no_index;
        const std::uint32_t row = (there & row_mask_) - 1;
        if ((there & ~row_mask_) == wanted && is(row, canonical, its_key)) return row;
        if (++slot == slots_.size()) slot = 0;
    }
}

std::uint32_t id_index::find(std::string_view canonical, const id_key& its_key, std::uint32_t near) const noexcept {
    if (n_ == 0) return no_index;
    if (is_numbered()) return numbers_.find(canonical);
    if (!slots_.empty()) return find_in_table(canonical, its_key, hash_of(its_key, seed_));
    if (order_.empty()) return find_by_order(canonical, near);
    const auto found = std::lower_bound(order_.begin(), order_.end(), canonical,
                                        [&](std::uint32_t row, std::string_view wanted) { return id(row) < wanted; });
    return found != order_.end() && id(*found) == canonical ? *found : no_index;
}

void id_index::find_many(const std::string_view* canonical, const id_key* keys, std::size_t n,
                         std::uint32_t* rows) const noexcept {
    if (slots_.empty()) {
        for (std::size_t i = 0; i < n; ++i)
            rows[i] = find(canonical[i], keys[i], i == 0 || rows[i - 1] == no_index ? 0 : rows[i - 1]);
        return;
    }
    // Each pass asks for the memory that the next one reads: slot, then what tells the text of the row with its tag.
    std::array<std::uint64_t, batch> slot;
    std::array<std::uint32_t, batch> tags;
    std::array<std::uint32_t, batch> row;
    const std::uint32_t* const slots = slots_.data();
    const std::uint64_t n_slots = slots_.size();
    const auto seek = [&](std::size_t i) { // the next row with the tag, from slot[i] on
        for (;; slot[i] = slot[i] + 1 == n_slots ? 0 : slot[i] + 1) {
            const std::uint32_t there = slots[slot[i]];
            if (there != 0 && (there & ~row_mask_) != tags[i]) continue;
            row[i] = (there & row_mask_) - 1; // no_index for a free slot
            return;
        }
    };
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint64_t hash = hash_of(keys[i], seed_);
        tags[i] = tag(hash);
        slot[i] = ((hash >> 32U) * n_slots) >> 32U;
        prefetch(slots + slot[i]);
    }
    const bool is_keyed = !keys_.empty();
    for (std::size_t i = 0; i < n; ++i) {
        seek(i);
        if (row[i] == no_index) continue;
        if (is_keyed)
            prefetch(keys_.data() + row[i]);
        else
            text_.prefetch_index(row[i]);
    }
    if (!is_keyed) {
        for (std::size_t i = 0; i < n; ++i)
            if (row[i] != no_index) prefetch(text_.at(row[i]).data());
    }
    for (std::size_t i = 0; i < n; ++i) {
        while (row[i] != no_index && !is(row[i], canonical[i], keys[i])) {
            slot[i] = slot[i] + 1 == n_slots ? 0 : slot[i] + 1;
            seek(i);
        }
        rows[i] = row[i];
    }
}

} // namespace dualtrack::ingest
