// Joint effect: does the manager help, or merely join the deals that are won anyway? Deals with the manager are
// compared with deals of the same seller, in the same segment, of the same size, without; what is left is the
// Mantel-Haenszel difference of the win rates, with a variance that holds for many small strata as well as for a few
// large ones.
//
//   d = sum (a n0 - b n1) / N  /  W,  W = sum n1 n0 / N        (a of n1 won with the manager, b of n0 without, N both)
//   var d = (d sum P + sum Q) / W^2,  P = (n1^2 b - n0^2 a + n1 n0 (n0 - n1) / 2) / N^2,
//                                     Q = (a (n0 - b) + b (n1 - a)) / (2 N)
// Strata without deals of both kinds say nothing. Their deals go to the next coarser division: seller x segment x size,
// seller x size, segment x size, size; how many were matched how is listed. A deal the manager joined late counts as
// one without: whether somebody would come late was open while the deal was being won or lost (a landmark at that
// point of its life). Reference: Sato, Biometrics 45 (1989) 1323; Greenland and Robins, Biometrics 41 (1985) 55.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/diagnose/team_deals.hpp>

namespace dualtrack::diagnose {

inline constexpr std::size_t n_divisions = 4;

/// What one manager's deals say of joining.
struct joint_effect {
    std::int64_t n_with = 0, won_with = 0;       // joined at any time
    std::int64_t n_without = 0, won_without = 0; // never joined
    std::int64_t n_early = 0, won_early = 0, n_late = 0, won_late = 0;
    std::array<std::int64_t, n_divisions> matched{}; // deals by division, finest first
    std::int64_t unmatched = 0;
    double weight = 0.0; // W
    double difference = 0.0, variance = 0.0;
    bool is_known = false;
};

namespace detail {

struct stratum_deal {
    std::uint32_t seller, segment;
    std::uint8_t size_class;
    bool early, won;
};

/// Whether two deals fall into one stratum of a division, as an order.
inline bool stratum_less(const stratum_deal& a, const stratum_deal& b, std::size_t division) noexcept {
    if (division < 2 && a.seller != b.seller) return a.seller < b.seller;
    if (division % 2 == 0 && a.segment != b.segment) return a.segment < b.segment;
    return a.size_class < b.size_class;
}

struct mantel_haenszel_sums {
    double weight = 0.0, difference = 0.0, p = 0.0, q = 0.0;
    void add(std::int64_t a_whole, std::int64_t n1_whole, std::int64_t b_whole, std::int64_t n0_whole) noexcept {
        const auto a = static_cast<double>(a_whole), n1 = static_cast<double>(n1_whole);
        const auto b = static_cast<double>(b_whole), n0 = static_cast<double>(n0_whole);
        const double n = n1 + n0;
        weight += n1 * n0 / n;
        difference += (a * n0 - b * n1) / n;
        p += (n1 * n1 * b - n0 * n0 * a + 0.5 * n1 * n0 * (n0 - n1)) / (n * n);
        q += (a * (n0 - b) + b * (n1 - a)) / (2.0 * n);
    }
};

} // namespace detail

/// The effect of joining, of one manager's deals. @param credit_counts whether credit alone says that somebody joined
/// (false where only won deals carry credit: then it says nothing of helping)
[[nodiscard]] inline joint_effect joint_effect_of(std::span<const team_deal> deals, bool credit_counts) {
    joint_effect out;
    std::vector<detail::stratum_deal> open;
    open.reserve(deals.size());
    for (const team_deal& one : deals) {
        const bool early = one.joined && !one.late && (credit_counts || !one.by_credit_alone);
        const std::int64_t won = one.won ? 1 : 0;
        (one.joined ? out.n_with : out.n_without) += 1;
        (one.joined ? out.won_with : out.won_without) += won;
        if (early) {
            ++out.n_early;
            out.won_early += won;
        } else if (one.joined) {
            ++out.n_late;
            out.won_late += won;
        }
        open.push_back({one.seller, one.segment, one.size_class, early, one.won});
    }
    detail::mantel_haenszel_sums sums;
    std::vector<detail::stratum_deal> left;
    for (std::size_t division = 0; division < n_divisions && !open.empty(); ++division) {
        const auto less = [&](const auto& a, const auto& b) { return detail::stratum_less(a, b, division); };
        std::sort(open.begin(), open.end(), less);
        left.clear();
        for (std::size_t begin = 0; begin < open.size();) {
            std::size_t end = begin;
            std::int64_t a = 0, n1 = 0, b = 0, n0 = 0;
            for (; end < open.size() && !less(open[begin], open[end]); ++end) {
                (open[end].early ? n1 : n0) += 1;
                (open[end].early ? a : b) += open[end].won ? 1 : 0;
            }
            if (n1 > 0 && n0 > 0) {
                sums.add(a, n1, b, n0);
                out.matched[division] += n1 + n0;
            } else
                left.insert(left.end(), open.begin() + static_cast<std::ptrdiff_t>(begin),
                            open.begin() + static_cast<std::ptrdiff_t>(end));
            begin = end;
        }
        open.swap(left);
    }
    out.unmatched = static_cast<std::int64_t>(open.size());
    out.weight = sums.weight;
    if (!(sums.weight > 0.0)) return out;
    out.is_known = true;
    out.difference = sums.difference / sums.weight;
    // A handful of deals with the manager may show next to no variance: it is never taken for less than what the
    // team's win rate implies.
    const auto n = static_cast<double>(deals.size());
    const double rate = (static_cast<double>(out.won_with + out.won_without) + 1.0) / (n + 2.0);
    const double least = rate * (1.0 - rate) / sums.weight;
    out.variance = std::max(least, (out.difference * sums.p + sums.q) / (sums.weight * sums.weight));
    return out;
}

/// Win rate with the manager less win rate without, as it is. @pre both have deals
[[nodiscard]] inline double naive_difference(const joint_effect& of) noexcept {
    return static_cast<double>(of.won_with) / static_cast<double>(of.n_with) -
           static_cast<double>(of.won_without) / static_cast<double>(of.n_without);
}

} // namespace dualtrack::diagnose
