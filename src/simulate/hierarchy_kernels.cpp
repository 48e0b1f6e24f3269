#include "simulate/hierarchy_kernels.hpp"

#include <bit>
#include <cstring>
#include <memory>

#if defined(__x86_64__) && defined(__GNUC__)
#define DUALTRACK_X86 1
#include <immintrin.h>
#else
#define DUALTRACK_X86 0
#endif

namespace dualtrack::simulate {
namespace {

constexpr std::size_t most_seats = 2048; // of the vector code, each level padded to 16
constexpr std::size_t most_groups = most_seats / 16;
constexpr std::size_t most_words = most_groups / 4 + most_levels;
constexpr std::size_t n_together = 16;

#if DUALTRACK_X86

/// What all organisations of a run share.
struct run_plan {
    std::uint64_t seed = 0;
    std::uint32_t round_key[10][2]{};
    float mean = 0, sd = 0, floor = 0, delta = 0, dismiss_below = 0;
    double share = 0, full = 0;
    std::int32_t retire_above = 0, periods_a_year = 1, warm_up = 0;
    std::size_t n_levels = 0, n_groups = 0;
    std::size_t first_group[most_levels + 1]{};
    std::uint32_t seat_number[most_seats]{}, seat_in_level[most_seats]{}, seats_of_level[most_seats]{};
    // An age is 18 + the number of entries < h; beyond the usual ones there is hardly anybody.
    std::uint32_t age_above[42]{};
    std::size_t n_usual_ages = 0;
    float weight_of_group[most_groups + 1]{};
    // Vacancies: 64 seats of a level a word; word_at is its first byte among the bits of those who leave.
    std::size_t n_words = 0, first_bottom_word = 0, first_word[most_levels + 1]{};
    std::size_t word_at[most_words]{}, seat_of_word[most_words]{};
    std::uint64_t word_mask[most_words]{};

    [[nodiscard]] std::int32_t year_of(std::int32_t t) const noexcept {
        return periods_a_year == 1 ? t : t / periods_a_year;
    }
};

struct alignas(64) line {
    std::byte bytes[64];
};

/// What happens in a step: people about to take a seat, the moved before the hired (level 0), and words drawn.
/// A seat is numbered among those of all organisations that advance together.
struct alignas(64) lists {
    static constexpr std::size_t most = n_together * most_seats + 64; // whole registers, several at a time
    std::uint32_t seat[most], from[most], level[most], person[most], leaves[most], leaves_and_key[most];
    std::uint32_t entity[most], vacancy[most], first[most], second[most];
    float competence[most], fresh[most]; // before, and in the new post
    std::uint64_t weak[most / 64 + 1]; // bits
};

/// The organisations that advance together. Seats of each level are padded to 16; a seat that is not held after a step
/// has competence 0.
struct company {
    std::size_t n = 0;                      // organisations in use
    std::uint32_t shift = 0, seat_mask = 0; // 2^shift seats an organisation
    std::uint32_t replication = 0;          // of the first
    float* competence = nullptr;            // [organisation x seat]
    std::uint16_t *leaves_at = nullptr, *key = nullptr, *n_filled = nullptr;
    std::uint32_t* person = nullptr;
    std::size_t n_staying = 0;
    std::uint32_t* staying = nullptr; // [organisation x n_staying]: bits
    std::uint64_t* held = nullptr;    // [word x organisation]: bits of the seats that somebody holds
    lists* of = nullptr;
    std::size_t n_moved = 0;
    // [organisation]. n_weak: ever scheduled to be dismissed; n_open: seats above the lowest level, summed over periods
    std::uint32_t n_persons[n_together]{}, n_weak[n_together]{}, n_dismissed[n_together]{};
    std::int64_t n_open[n_together]{};
};

// The compiler's own headers start from registers that nobody has written.
#if !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#define DUALTRACK_INLINE [[gnu::always_inline]] inline
#if defined(__clang__)
#define DUALTRACK_UNROLL // does so by itself where the length is known
#else
#define DUALTRACK_UNROLL _Pragma("GCC unroll 8")
#endif

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("sse4.2,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("sse4.2,popcnt")
#endif
namespace of_sse4 {
#define DUALTRACK_SET 128
#include "simulate/hierarchy_kernel.inc"
#undef DUALTRACK_SET
} // namespace of_sse4
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt"))), apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,lzcnt,popcnt")
#endif
namespace of_avx2 {
#define DUALTRACK_SET 256
#include "simulate/hierarchy_kernel.inc"
#undef DUALTRACK_SET
} // namespace of_avx2
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl"))), \
                             apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")
#endif
namespace of_avx512 {
#define DUALTRACK_SET 512
#include "simulate/hierarchy_kernel.inc"
#undef DUALTRACK_SET
} // namespace of_avx512
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#pragma GCC diagnostic pop
#endif

void set_plan(run_plan& plan, const hierarchy_rules& rules, const hierarchy_policy& policy, std::uint64_t seed) {
    plan.seed = seed;
    auto k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
    for (auto& key : plan.round_key) {
        key[0] = k0;
        key[1] = k1;
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    plan.mean = static_cast<float>(rules.mean);
    plan.sd = static_cast<float>(rules.sd);
    plan.floor = static_cast<float>(rules.promoted_floor);
    plan.delta = static_cast<float>(rules.delta);
    plan.dismiss_below = static_cast<float>(rules.dismiss_below);
    plan.share = policy.share;
    plan.retire_above = rules.retire_above;
    plan.periods_a_year = rules.periods_a_year;
    plan.warm_up = rules.warm_up;
    plan.n_levels = rules.level_seats.size();
    double weight = 0.0;
    std::uint32_t number = 0;
    for (std::size_t level = 0; level < plan.n_levels; ++level) {
        const auto n = static_cast<std::size_t>(rules.level_seats[level]);
        weight += static_cast<double>(n) * rules.responsibility[level];
        for (std::size_t seat = 0; seat < n; ++seat) {
            const std::size_t at = plan.n_groups * 16 + seat;
            plan.seat_number[at] = number++;
            plan.seat_in_level[at] = static_cast<std::uint32_t>(seat);
            plan.seats_of_level[at] = static_cast<std::uint32_t>(n);
        }
        plan.first_bottom_word = plan.n_words;
        for (std::size_t seat = 0; seat < n; seat += 64, ++plan.n_words) {
            plan.word_at[plan.n_words] = plan.n_groups * 2 + seat / 8;
            plan.seat_of_word[plan.n_words] = plan.n_groups * 16 + seat;
            const std::size_t here = std::min<std::size_t>(64, n - seat);
            plan.word_mask[plan.n_words] = here == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << here) - 1;
        }
        plan.first_word[level + 1] = plan.n_words;
        for (std::size_t g = plan.n_groups; g < plan.n_groups + (n + 15) / 16; ++g)
            plan.weight_of_group[g] = static_cast<float>(rules.responsibility[level]);
        plan.n_groups += (n + 15) / 16;
        plan.first_group[level + 1] = plan.n_groups;
    }
    plan.full = static_cast<double>(highest_competence) * weight;
    const std::array<std::uint32_t, 42> ages = age_table(rules.age_mean, rules.age_sd);
    constexpr double usual = 0x1p24 * (1.0 - 0x1p-11);
    for (std::size_t i = 0; i < ages.size(); ++i) {
        plan.age_above[i] = ages[i] - 1;
        if (i == 0 || static_cast<double>(ages[i - 1]) < usual) plan.n_usual_ages = i + 1;
    }
}

/// Room for pyramids of that many groups of 16 seats.
std::unique_ptr<line[]> lay_out(company& all, std::size_t n_groups) {
    const std::size_t n_seats = std::bit_ceil(std::max<std::size_t>(n_groups * 16, 32));
    all.shift = static_cast<std::uint32_t>(std::countr_zero(n_seats));
    all.seat_mask = static_cast<std::uint32_t>(n_seats - 1);
    all.n_staying = n_seats / 32 + 2; // read 64 bits at a time
    const std::size_t n = n_together * n_seats;
    std::unique_ptr<line[]> memory;
    for (const bool is_measuring : {true, false}) {
        std::size_t n_lines = 0;
        const auto take = [&]<class T>(T*& to, std::size_t count) {
            if (!is_measuring) to = reinterpret_cast<T*>(memory.get() + n_lines);
            n_lines += (count * sizeof(T) + sizeof(line) - 1) / sizeof(line);
        };
        take(all.competence, n);
        take(all.leaves_at, n);
        take(all.key, n + 32); // read 32 at a time
        take(all.staying, n_together * all.n_staying);
        take(all.held, n_together * most_words);
        take(all.person, n);
        take(all.n_filled, n);
        take(all.of, 1);
        if (is_measuring) memory = std::make_unique_for_overwrite<line[]>(n_lines);
    }
    return memory;
}

/// Organisations before anybody is hired.
void clear_seats(company& all, std::size_t n, std::uint32_t replication) {
    const std::size_t n_seats = n_together << all.shift;
    std::fill_n(all.competence, n_seats, 0.0F);
    std::fill_n(all.leaves_at, n_seats, std::uint16_t{0xFFFF});
    std::fill_n(all.key, n_seats + 32, std::uint16_t{0});
    std::fill_n(all.n_filled, n_seats, std::uint16_t{0});
    std::fill_n(all.staying, n_together * all.n_staying, ~0U);
    for (std::size_t i = 0; i < n_together; ++i)
        all.n_persons[i] = all.n_weak[i] = all.n_dismissed[i] = 0, all.n_open[i] = 0;
    all.n = n;
    all.n_moved = 0;
    all.replication = replication;
}

/// What happened in the i-th of them, from who came, who is there and which seats were filled.
hierarchy_counts counts_of(const company& all, std::size_t i, std::int64_t n_seats_at_start) {
    hierarchy_counts out;
    const std::size_t first = i << all.shift;
    std::int64_t n_held = 0;
    for (std::size_t seat = first; seat <= first + all.seat_mask; ++seat) {
        n_held += all.competence[seat] > 0.0F ? 1 : 0;
        out.promotions += all.n_filled[seat];
    }
    out.hires = std::int64_t{all.n_persons[i]} - n_seats_at_start;
    out.dismissals = all.n_dismissed[i];
    out.retirements = std::int64_t{all.n_persons[i]} - n_held - out.dismissals;
    out.vacant_seat_periods = all.n_open[i];
    return out;
}

std::size_t padded_groups(const hierarchy_rules& rules) {
    std::size_t n = 0;
    for (const std::int32_t seats : rules.level_seats) n += (static_cast<std::size_t>(seats) + 15) / 16;
    return n;
}

#endif

} // namespace

bool has(hierarchy_set which) noexcept {
    if (which == hierarchy_set::plain) return true;
#if DUALTRACK_X86
    if (which == hierarchy_set::sse4) return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                      __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
    if (which == hierarchy_set::avx2) return avx2;
    return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}

hierarchy_set fastest_set() noexcept {
    for (const auto each : {hierarchy_set::avx512, hierarchy_set::avx2, hierarchy_set::sse4})
        if (has(each)) return each;
    return hierarchy_set::plain;
}

void simulate_hierarchies(const hierarchy_rules& rules, const hierarchy_policy& policy, std::uint64_t seed,
                          std::uint32_t first, std::size_t n, std::int32_t periods, std::span<double> efficiency,
                          std::span<hierarchy_counts> counts, hierarchy_set set) {
    const auto stride = static_cast<std::size_t>(periods) + 1;
#if DUALTRACK_X86
    const bool is_known = !rules.own_branch && !rules.redraws && rules.level_seats.size() <= most_levels &&
                          padded_groups(rules) <= most_groups && periods <= most_hierarchy_periods;
    if (set != hierarchy_set::plain && has(set) && is_known) {
        const auto plan = std::make_unique<run_plan>();
        set_plan(*plan, rules, policy, seed);
        company all;
        const auto memory = lay_out(all, plan->n_groups);
        std::int64_t n_seats = 0;
        for (const std::int32_t seats : rules.level_seats) n_seats += seats;
        for (std::size_t from = 0; from < n; from += n_together) {
            clear_seats(all, std::min(n_together, n - from), first + static_cast<std::uint32_t>(from));
            double* to = efficiency.data() + from * stride;
            if (set == hierarchy_set::avx512)
                of_avx512::advance_any(*plan, all, periods, to, policy);
            else if (set == hierarchy_set::avx2)
                of_avx2::advance_any(*plan, all, periods, to, policy);
            else
                of_sse4::advance_any(*plan, all, periods, to, policy);
            for (std::size_t i = 0; i < all.n; ++i) counts[from + i] = counts_of(all, i, n_seats);
        }
        return;
    }
#endif
    for (std::size_t i = 0; i < n; ++i)
        counts[i] = simulate_hierarchy(rules, policy, seed, first + static_cast<std::uint32_t>(i),
                                       efficiency.subspan(i * stride, stride));
}

} // namespace dualtrack::simulate
