// Credit: whose sale was it? A won deal's amount is split among the people who were credited with it, in whole cents
// that add up to the amount again; a deal nobody was credited with is its owner's. Overlay credit (a specialist who is
// paid on the deal too) is worked out the same way and shown beside it, but it never adds to revenue.
//
//   exact_i = amount * share_i / sum(share);  credit_i = floor(exact_i), and the cents left over go one each to the
//   largest remainders, ties to the smaller id (largest-remainder method, Hamilton). A negative amount (clawback) is
//   split as its absolute value and given back its sign. Each credit belongs to the manager of that seller on the
//   closing day.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/base/numeric.hpp>
#include <dualtrack/org/organisation.hpp>

namespace dualtrack::measure {

namespace detail {

inline constexpr double same_cent = 1e-6; // remainders closer than this are a tie: shares are written in decimals

/// floor(amount * share / total) and what is left of it; amounts up to 2^53 keep the product exact enough that the
/// parts are off by at most one cent, which the leftover then puts right.
struct exact_part {
    std::int64_t whole;
    double remainder;
};

inline exact_part part_of(std::int64_t amount, double weight) noexcept {
    const double exact = static_cast<double>(amount) * weight;
    double whole = std::floor(exact);
    if (exact - whole > 1.0 - same_cent) whole += 1.0; // .1 of 3.70 is .37, although .1 is no binary fraction
    const double remainder = exact - whole;
    return {static_cast<std::int64_t>(whole), remainder > same_cent ? remainder : 0.0};
}

} // namespace detail

/// Splits an amount by shares so that no cent is lost: `parts` receives one amount a share, summing to `amount`.
/// @pre parts.size() == shares.size(), shares >= 0; when they are empty or sum to 0 every part is 0 and nothing is
/// split
inline void split_amount(std::int64_t amount, std::span<const double> shares, std::span<std::int64_t> parts) {
    const std::size_t n = shares.size();
    if (n == 1 && shares[0] > 0.0) {
        parts[0] = amount;
        return;
    }
    const double* const share = shares.data(); // deals come by the million: these loops are not bounds-checked
    std::int64_t* const part = parts.data();
    double total = 0.0;
    for (std::size_t i = 0; amount != 0 && i < n; ++i) total += share[i];
    if (!(total > 0.0)) {
        std::fill(parts.begin(), parts.end(), std::int64_t{0});
        return;
    }
    const bool negative = amount < 0;
    const std::int64_t magnitude = negative ? -amount : amount;
    constexpr std::size_t on_stack = 16;
    std::array<double, on_stack> few;
    std::vector<double> many(n > on_stack ? n : 0);
    double* const remainder = n > on_stack ? many.data() : few.data();
    std::int64_t left = magnitude;
    for (std::size_t i = 0; i < n; ++i) {
        const auto exact = detail::part_of(magnitude, share[i] / total);
        part[i] = exact.whole;
        remainder[i] = exact.remainder;
        left -= exact.whole;
    }
    for (; left > 0; --left) { // at most n times: the largest remainder first, the smaller index on ties
        std::size_t largest = 0;
        for (std::size_t i = 1; i < n; ++i)
            if (remainder[i] > remainder[largest] + detail::same_cent) largest = i;
        part[largest] += 1;
        remainder[largest] -= 1.0;
    }
    for (; left < 0; ++left) { // only where rounding of the product overshot
        std::size_t smallest = n;
        for (std::size_t i = 0; i < n; ++i)
            if (part[i] > 0 && (smallest == n || remainder[i] <= remainder[smallest])) smallest = i;
        part[smallest] -= 1;
        remainder[smallest] += 1.0;
    }
    if (negative)
        for (std::size_t i = 0; i < n; ++i) part[i] = -part[i];
}

/// The people credited with one deal and their amounts, in the order of `org::credit_columns`.
struct deal_credit {
    std::vector<std::uint32_t> person; // revenue credit, ascending id
    std::vector<std::int64_t> amount;  // minor units, summing to the deal's amount
    std::vector<std::uint32_t> overlay_person;
    std::vector<std::int64_t> overlay_amount; // share of the amount, rounded down; adds to nothing
    std::vector<double> shares;               // scratch
};

/// Rows of a deal's credits: revenue [begin, overlay), overlay [overlay, end).
struct credit_rows_of {
    std::uint32_t begin = 0, overlay = 0, end = 0;

    credit_rows_of(const org::credit_columns& credits, std::uint32_t deal) noexcept {
        if (credits.first.empty()) return;
        begin = credits.first[deal];
        overlay = end = credits.first[deal + 1];
        if (credits.kind.empty()) return;
        constexpr auto kind = static_cast<std::uint8_t>(org::credit_kind::overlay); // sorted behind revenue
        while (overlay > begin && credits.kind[overlay - 1] == kind) --overlay;
    }

    /// Whether the rows are revenue of different people (some, and none of them overlay), as those of nearly all deals.
    [[nodiscard]] bool are_plain(const org::credit_columns& credits) const noexcept {
        bool plain = begin < end && overlay == end;
        const std::uint32_t* const person = credits.person.data();
        for (std::uint32_t i = begin; i + 1 < end; ++i) plain = plain && person[i] != person[i + 1];
        return plain;
    }
};

/// Calls f(person) once for everybody with a revenue share of a deal, ascending; without any, for its owner.
template <class F> void each_credited(const org::organisation& organisation, std::uint32_t deal, F&& f) {
    const credit_rows_of rows(organisation.credits, deal);
    if (rows.begin == rows.overlay) f(organisation.deals.owner[deal]);
    const std::uint32_t* person = organisation.credits.person.data();
    for (std::uint32_t i = rows.begin; i < rows.overlay; ++i)
        if (i == rows.begin || person[i] != person[i - 1]) f(person[i]);
}

/// Works out the credit of one deal into `out` (reused from deal to deal). `amount` may be 0 (a lost deal): then the
/// people are listed with nothing. Several revenue rows of one person become one.
inline void credit_of_deal(const org::organisation& organisation, std::uint32_t deal, std::int64_t amount,
                           deal_credit& out) {
    const auto& credits = organisation.credits;
    const credit_rows_of rows(credits, deal);
    const std::uint32_t* const person = credits.person.data();
    const double* const share = credits.share.data();
    const std::size_t n_rows = std::max(rows.overlay - rows.begin, 1U);
    out.person.resize(n_rows);
    out.shares.resize(n_rows);
    std::uint32_t* const to_person = out.person.data();
    double* const to_share = out.shares.data();
    std::size_t n = 0;
    for (std::uint32_t i = rows.begin; i < rows.overlay; ++i) {
        if (n > 0 && to_person[n - 1] == person[i]) {
            to_share[n - 1] += share[i];
            continue;
        }
        to_person[n] = person[i];
        to_share[n++] = share[i];
    }
    if (n == 0) {
        to_person[n] = organisation.deals.owner[deal];
        to_share[n++] = 1.0;
    }
    out.person.resize(n);
    out.shares.resize(n);
    out.amount.resize(n);
    split_amount(amount, out.shares, out.amount);
    out.overlay_person.clear();
    out.overlay_amount.clear();
    for (std::uint32_t i = rows.overlay; i < rows.end; ++i) {
        out.overlay_person.push_back(person[i]);
        out.overlay_amount.push_back(
            static_cast<std::int64_t>(numeric::round_half_even(static_cast<double>(amount) * share[i])));
    }
}

} // namespace dualtrack::measure
