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
constexpr std::size_t n_together = 4;

#if DUALTRACK_X86

/// What all organisations of a run share.
struct run_plan {
    std::uint64_t seed = 0;
    std::uint32_t round_key[10][2]{};
    float mean = 0, sd = 0, floor = 0, delta = 0, dismiss_below = 0;
    double share = 0, full = 0;
    std::int32_t retire_above = 0, periods_a_year = 1, warm_up = 0;
    std::size_t n_levels = 0, n_groups = 0, first_bottom_group = 0;
    std::size_t level_seats[most_levels]{}, first_group[most_levels + 1]{};
    float responsibility[most_levels]{};
    std::uint32_t seat_number[most_seats]{}, seat_in_level[most_seats]{}, seats_of_level[most_seats]{};
    std::array<std::uint32_t, 42> age_table{};
    float weight_of_group[most_groups + 1]{};
    // Vacancies: 64 seats of a level a word; word_at is its first byte among the bits of those who leave.
    std::size_t n_words = 0, first_bottom_word = 0, first_word[most_levels + 1]{}, word_at[most_words]{};
    std::uint64_t word_mask[most_words]{};

    [[nodiscard]] std::int32_t year_of(std::int32_t t) const noexcept {
        return periods_a_year == 1 ? t : t / periods_a_year;
    }
};

/// Seats of one organisation, each level padded to 16; a seat that is not held has competence 0. The columns of the
/// organisations that advance together lie in one piece of memory, next to each other.
struct organisation {
    float* competence = nullptr;
    std::uint16_t *leaves_at = nullptr, *retires_at = nullptr;
    std::uint32_t* person = nullptr;
    std::uint16_t *n_filled = nullptr, *choices_drawn = nullptr;
    std::uint32_t* leaving = nullptr; // [32 seats]: bits
    std::uint64_t* vacant = nullptr;  // [word]: bits
    float* hire_competence = nullptr;
    std::uint32_t* hire_age = nullptr;
    std::uint32_t *coin = nullptr, *pick = nullptr; // [seat x 16]: words of its next vacancies
    std::uint32_t n_persons = 0, replication = 0;
    std::int64_t n_weak = 0, n_dismissed = 0, n_exits = 0; // n_weak: ever scheduled to be dismissed
    hierarchy_counts counts;
};

struct alignas(64) line {
    std::byte bytes[64];
};

/// Who moves up in one step of the organisations that advance together.
struct alignas(64) moves {
    static constexpr std::size_t most = n_together * most_seats + 16;
    std::uint32_t person[most], replication[most], level[most], which[most], seat[most], retires[most];
    float competence[most];
    std::uint32_t n = 0;

    void add(std::uint32_t organisation_in, std::uint32_t to, std::uint32_t person_in, std::uint32_t replication_in,
             std::uint32_t level_in, std::uint32_t retires_in, float competence_in) noexcept {
        which[n] = organisation_in;
        seat[n] = to;
        person[n] = person_in;
        replication[n] = replication_in;
        level[n] = level_in;
        retires[n] = retires_in;
        competence[n] = competence_in;
        ++n;
    }
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

namespace of_sse2 {
#define DUALTRACK_SET 128
#include "simulate/hierarchy_kernel.inc"
#undef DUALTRACK_SET
} // namespace of_sse2

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt"))), apply_to = function)
#else
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
        plan.level_seats[level] = n;
        plan.responsibility[level] = static_cast<float>(rules.responsibility[level]);
        weight += static_cast<double>(n) * rules.responsibility[level];
        plan.first_bottom_group = plan.n_groups;
        for (std::size_t seat = 0; seat < n; ++seat) {
            const std::size_t at = plan.n_groups * 16 + seat;
            plan.seat_number[at] = number++;
            plan.seat_in_level[at] = static_cast<std::uint32_t>(seat);
            plan.seats_of_level[at] = static_cast<std::uint32_t>(n);
        }
        plan.first_bottom_word = plan.n_words;
        for (std::size_t seat = 0; seat < n; seat += 64, ++plan.n_words) {
            plan.word_at[plan.n_words] = plan.n_groups * 2 + seat / 8;
            const std::size_t here = std::min<std::size_t>(64, n - seat);
            plan.word_mask[plan.n_words] = here == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << here) - 1;
        }
        plan.first_word[level + 1] = plan.n_words;
        for (std::size_t g = plan.n_groups; g < plan.n_groups + (n + 15) / 16; ++g)
            plan.weight_of_group[g] = plan.responsibility[level];
        plan.n_groups += (n + 15) / 16;
        plan.first_group[level + 1] = plan.n_groups;
    }
    plan.full = static_cast<double>(highest_competence) * weight;
    plan.age_table = age_table(rules.age_mean, rules.age_sd);
}

/// Columns for organisations of n_groups x 16 seats, without anybody.
std::unique_ptr<line[]> lay_out(std::array<organisation, n_together>& all, std::size_t n_groups) {
    const std::size_t n = (n_groups + 1) / 2 * 32; // departures are looked up 32 at a time
    std::unique_ptr<line[]> memory;
    for (const bool is_measuring : {true, false}) {
        std::size_t n_lines = 0;
        const auto take = [&]<class T>(T*& to, std::size_t count) {
            if (!is_measuring) to = reinterpret_cast<T*>(memory.get() + n_lines);
            n_lines += (count * sizeof(T) + sizeof(line) - 1) / sizeof(line);
        };
        for (organisation& one : all) {
            take(one.competence, n);
            take(one.leaves_at, n);
            take(one.retires_at, n);
            take(one.person, n);
            take(one.n_filled, n);
            take(one.choices_drawn, n);
            take(one.leaving, n / 32 + 2); // read 64 bits at a time
            take(one.vacant, most_words);
            take(one.hire_competence, 16);
            take(one.hire_age, 16);
        }
        for (organisation& one : all) {
            take(one.coin, n * 16);
            take(one.pick, n * 16);
        }
        if (is_measuring) memory = std::make_unique_for_overwrite<line[]>(n_lines);
    }
    return memory;
}

/// An organisation before anybody is hired.
void clear_seats(organisation& one, std::size_t n_groups, std::uint32_t replication) {
    const std::size_t n = (n_groups + 1) / 2 * 32;
    std::fill_n(one.competence, n, 0.0F);
    std::fill_n(one.leaves_at, n, std::uint16_t{0xFFFF});
    std::fill_n(one.n_filled, n, std::uint16_t{0});
    std::fill_n(one.choices_drawn, n, std::uint16_t{0xFFFF});
    std::fill_n(one.leaving, n / 32 + 2, 0U);
    std::fill_n(one.vacant, most_words, std::uint64_t{0});
    one.n_persons = 0;
    one.n_weak = one.n_dismissed = one.n_exits = 0;
    one.replication = replication;
    one.counts = {};
}

std::size_t padded_groups(const hierarchy_rules& rules) {
    std::size_t n = 0;
    for (const std::int32_t seats : rules.level_seats) n += (static_cast<std::size_t>(seats) + 15) / 16;
    return n;
}

#endif

} // namespace

bool has(instruction_set which) noexcept {
    if (which == instruction_set::plain) return true;
#if DUALTRACK_X86
    if (which == instruction_set::sse2) return true;
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                      __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
    if (which == instruction_set::avx2) return avx2;
    return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}

instruction_set fastest_set() noexcept {
    for (const auto each : {instruction_set::avx512, instruction_set::avx2, instruction_set::sse2})
        if (has(each)) return each;
    return instruction_set::plain;
}

void simulate_hierarchies(const hierarchy_rules& rules, const hierarchy_policy& policy, std::uint64_t seed,
                          std::uint32_t first, std::size_t n, std::int32_t periods, std::span<double> efficiency,
                          std::span<hierarchy_counts> counts, instruction_set set) {
    const auto stride = static_cast<std::size_t>(periods) + 1;
#if DUALTRACK_X86
    const bool is_known = !rules.own_branch && !rules.redraws && rules.level_seats.size() <= most_levels &&
                          padded_groups(rules) <= most_groups && periods <= most_hierarchy_periods;
    if (set != instruction_set::plain && has(set) && is_known) {
        const auto plan = std::make_unique<run_plan>();
        set_plan(*plan, rules, policy, seed);
        std::array<organisation, n_together> all;
        const auto memory = lay_out(all, plan->n_groups);
        const auto moved = std::make_unique<moves>();
        for (std::size_t from = 0; from < n; from += n_together) {
            const std::size_t here = std::min(n_together, n - from);
            for (std::size_t i = 0; i < here; ++i)
                clear_seats(all[i], plan->n_groups, first + static_cast<std::uint32_t>(from + i));
            double* to = efficiency.data() + from * stride;
            if (set == instruction_set::avx512)
                of_avx512::advance_any(*plan, all.data(), here, periods, to, *moved, policy);
            else if (set == instruction_set::avx2)
                of_avx2::advance_any(*plan, all.data(), here, periods, to, *moved, policy);
            else
                of_sse2::advance_any(*plan, all.data(), here, periods, to, *moved, policy);
            for (std::size_t i = 0; i < here; ++i) counts[from + i] = all[i].counts;
        }
        return;
    }
#endif
    for (std::size_t i = 0; i < n; ++i)
        counts[i] = simulate_hierarchy(rules, policy, seed, first + static_cast<std::uint32_t>(i),
                                       efficiency.subspan(i * stride, stride));
}

} // namespace dualtrack::simulate
