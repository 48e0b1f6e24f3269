// Credit: whose sale was it? A won deal's amount is split among the people who were credited with it, in whole cents that
// add up to the amount again; a deal nobody was credited with is its owner's. Overlay credit (a specialist who is paid on
// the deal too) is worked out the same way and shown beside it, but it never adds to revenue.
//
//   exact_i = amount * share_i / sum(share);  credit_i = floor(exact_i), and the cents left over go one each to the largest
//   remainders, ties to the smaller id (largest-remainder method, Hamilton). A negative amount (clawback) is split as its
//   absolute value and given back its sign. Each credit belongs to the manager of that seller on the closing day.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/org/organisation.hpp>

namespace dualtrack::measure {

namespace detail {

/// floor(amount * share / total) and what is left of it; amounts up to 2^53 keep the product exact enough that the parts
/// are off by at most one cent, which the leftover then puts right.
struct exact_part {
    std::int64_t whole;
    double remainder;
};

inline exact_part part_of(std::int64_t amount, double weight) noexcept {
    const double exact = static_cast<double>(amount) * weight;
    const double whole = std::floor(exact);
    return {static_cast<std::int64_t>(whole), exact - whole};
}

}  // namespace detail

/// Splits an amount by shares so that no cent is lost: `parts` receives one amount a share, summing to `amount`.
/// @pre parts.size() == shares.size(), shares >= 0; when they are empty or sum to 0 every part is 0 and nothing is split
inline void split_amount(std::int64_t amount, std::span<const double> shares, std::span<std::int64_t> parts) {
    const std::size_t n = shares.size();
    if (n == 1 && shares[0] > 0.0) {
        parts[0] = amount;
        return;
    }
    double total = 0.0;
    for (const double share : shares) total += share;
    if (!(total > 0.0)) {
        std::fill(parts.begin(), parts.end(), std::int64_t{0});
        return;
    }
    const bool negative = amount < 0;
    const std::int64_t magnitude = negative ? -amount : amount;
    constexpr std::size_t on_stack = 16;
    std::array<double, on_stack> stack_remainders{};
    std::vector<double> heap_remainders(n > on_stack ? n : 0);
    const std::span<double> remainders =
        n > on_stack ? std::span<double>(heap_remainders) : std::span<double>(stack_remainders).first(n);
    std::int64_t left = magnitude;
    for (std::size_t i = 0; i < n; ++i) {
        const auto part = detail::part_of(magnitude, shares[i] / total);
        parts[i] = part.whole;
        remainders[i] = part.remainder;
        left -= part.whole;
    }
    for (; left > 0; --left) {  // at most n times: the largest remainder first, the smaller index on ties
        const auto largest = std::max_element(remainders.begin(), remainders.end()) - remainders.begin();
        parts[static_cast<std::size_t>(largest)] += 1;
        remainders[static_cast<std::size_t>(largest)] -= 1.0;
    }
    for (; left < 0; ++left) {  // only where rounding of the product overshot
        std::size_t smallest = n;
        for (std::size_t i = 0; i < n; ++i)
            if (parts[i] > 0 && (smallest == n || remainders[i] <= remainders[smallest])) smallest = i;
        parts[smallest] -= 1;
        remainders[smallest] += 1.0;
    }
    if (negative)
        for (std::int64_t& part : parts) part = -part;
}

/// The people credited with one deal and their amounts, in the order of `org::credit_columns`.
struct deal_credit {
    std::vector<std::uint32_t> person;        // revenue credit, ascending id
    std::vector<std::int64_t> amount;         // minor units, summing to the deal's amount
    std::vector<std::uint32_t> overlay_person;
    std::vector<std::int64_t> overlay_amount; // share of the amount, rounded down; adds to nothing
    std::vector<double> shares;               // scratch
};

/// Works out the credit of one deal into `out` (reused from deal to deal). `amount` may be 0 (a lost deal): then the
/// people are listed with nothing. Several revenue rows of one person become one.
inline void credit_of_deal(const org::organisation& organisation, std::uint32_t deal, std::int64_t amount,
                           deal_credit& out) {
    out.person.clear();
    out.overlay_person.clear();
    out.overlay_amount.clear();
    out.shares.clear();
    const auto& credits = organisation.credits;
    if (!credits.first.empty()) {
        for (std::uint32_t i = credits.first[deal]; i < credits.first[deal + 1]; ++i) {
            const bool overlay =
                !credits.kind.empty() && credits.kind[i] == static_cast<std::uint8_t>(org::credit_kind::overlay);
            if (overlay) {
                out.overlay_person.push_back(credits.person[i]);
                out.overlay_amount.push_back(
                    static_cast<std::int64_t>(static_cast<double>(amount) * credits.share[i]));
            } else if (!out.person.empty() && out.person.back() == credits.person[i]) {
                out.shares.back() += credits.share[i];
            } else {
                out.person.push_back(credits.person[i]);
                out.shares.push_back(credits.share[i]);
            }
        }
    }
    if (out.person.empty()) {
        out.person.push_back(organisation.deals.owner[deal]);
        out.shares.push_back(1.0);
    }
    out.amount.resize(out.person.size());
    split_amount(amount, out.shares, out.amount);
}

}  // namespace dualtrack::measure
