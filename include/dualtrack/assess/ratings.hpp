// Ratings on one scale: 4 of 5 from a strict source is more than 4 of 5 from a mild one. Every rating is put on 0..1 by
// its own scale and then standardised among all ratings of the same source and construct; severity of raters is taken
// out where it can be told (severity.hpp). What comes back is one observation a source for each person and construct.
//
//   x = (score - scale_min) / (scale_max - scale_min);  u = (x - mean) / sd within source x construct, less the rater's
//   severity z of k raters = mean(u) / sqrt(rho + (1 - rho) / k): of unit variance over people with k raters
// The severity of raters without a name stays open altogether: hiding names makes nobody better known.
// Self-ratings are mild by about .32 sd (Heidemeier and Moser 2009). Centring them among themselves removes that; where
// fewer than `few_self_ratings` exist, they are centred on what others said plus the published leniency. Scores are
// held as multiples of 2^-30 of their scale, so that sums are exact and no row order can change them.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <dualtrack/assess/construct.hpp>
#include <dualtrack/assess/evidence.hpp>
#include <dualtrack/assess/severity.hpp>
#include <dualtrack/base/column.hpp>
#include <dualtrack/org/organisation.hpp>

namespace dualtrack::assess {

__extension__ typedef unsigned __int128 wide_sum; // exact sums of squares

inline constexpr double rating_units = org::score_units;
inline constexpr std::int64_t few_self_ratings = 30;

/// One rating, ready to be compared.
struct rating {
    std::uint32_t rater = no_index;
    std::uint32_t score = 0; // of its scale, in 2^-30
    std::uint8_t from = 0;   // assess::source
    std::uint8_t about = 0;  // assess::construct
};

/// Brings the ratings of one person into the order (source, rater, construct, score).
inline void sort_ratings(std::span<rating> rows) {
    const auto before = [](const rating& a, const rating& b) {
        const auto key = [](const rating& one) {
            return std::uint64_t{one.from} << 40U | std::uint64_t{one.rater} << 8U | one.about;
        };
        return key(a) != key(b) ? key(a) < key(b) : a.score < b.score;
    };
    constexpr std::size_t few = 48; // mostly in order already: people speak of one person at a time
    if (rows.size() > few) return std::sort(rows.begin(), rows.end(), before);
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const rating one = rows[i];
        std::size_t to = i;
        for (; to > 0 && before(one, rows[to - 1]); --to) rows[to] = rows[to - 1];
        rows[to] = one;
    }
}

/// How reliable one rater of a source is, and the rest of the measurement model.
struct measurement_model {
    std::array<double, n_rated_sources> reliability{}; // of one rater
    double shared = 0.65;
    double self_leniency = 0.32;
    double severity_sd = 0.30;
};

/// Mean and spread of the ratings of one source about one construct.
struct rating_norm {
    double mean = 0.0, sd = 0.0; // in 2^-30 of the scale; sd 0: the group tells nobody apart
    std::int64_t n = 0;
};
using rating_norms = std::array<std::array<rating_norm, n_constructs>, n_rated_sources>;

/// Whether a rating of the source is one person's, mild or severe about everything alike, and not a group's or a
/// test's.
[[nodiscard]] constexpr bool is_one_person(source from) noexcept {
    return from == source::peer || from == source::report || from == source::manager || from == source::interviewer;
}

/// Exact sums of ratings by source and construct: the same in any order.
struct rating_sums {
    struct cell {
        std::int64_t n = 0, total = 0;
        wide_sum squares = 0;
        void add(const cell& other) noexcept {
            n += other.n;
            total += other.total;
            squares += other.squares;
        }
    };
    std::array<std::array<cell, n_constructs>, n_rated_sources> of{};
    std::array<std::int64_t, n_rated_sources> nameless{}; // of each source

    void add(const rating& row) noexcept {
        of[row.from][row.about].add({1, row.score, std::uint64_t{row.score} * row.score});
        nameless[row.from] += row.rater == no_index ? 1 : 0;
    }
    void add(const rating_sums& other) noexcept {
        for (std::size_t from = 0; from < n_rated_sources; ++from) {
            for (std::size_t about = 0; about < n_constructs; ++about) of[from][about].add(other.of[from][about]);
            nameless[from] += other.nameless[from];
        }
    }
};

/// Mean and spread of every source and construct.
[[nodiscard]] inline rating_norms norms_of(const rating_sums& all, double self_leniency) {
    using sums = rating_sums::cell;
    const auto norm = [](const sums& own) {
        rating_norm out;
        out.n = own.n;
        if (own.n < 2) return out;
        const auto n = static_cast<double>(own.n);
        out.mean = static_cast<double>(own.total) / n;
        // n * squares - total^2 is exact in 128 bits: no cancellation
        const auto total = static_cast<wide_sum>(static_cast<std::uint64_t>(own.total));
        const auto spread = static_cast<wide_sum>(static_cast<std::uint64_t>(own.n)) * own.squares - total * total;
        out.sd = std::sqrt(static_cast<double>(spread) / n / (n - 1.0));
        return out;
    };
    rating_norms out{};
    for (std::size_t about = 0; about < n_constructs; ++about) {
        sums others;
        for (std::size_t from = 0; from < n_rated_sources; ++from) {
            out[from][about] = norm(all.of[from][about]);
            if (from != static_cast<std::size_t>(source::self)) others.add(all.of[from][about]);
        }
        rating_norm& self = out[static_cast<std::size_t>(source::self)][about];
        if (self.n >= few_self_ratings || self.n == 0) continue;
        const rating_norm reference = norm(others);
        const std::int64_t n = self.n;
        self = reference;
        self.mean += self_leniency * reference.sd;
        self.n = n;
    }
    return out;
}

/// What every rater said of one person through one source, averaged over constructs; appended by rater.
/// @param rows of the person, sorted
inline void append_pairs(std::span<const rating> rows, std::uint32_t person, const rating_norms& norms, source from,
                         std::vector<rated_pair>& out) {
    const std::size_t begin = out.size();
    for (const rating& row : rows) {
        const rating_norm& norm = norms[row.from][row.about];
        if (row.from != static_cast<std::uint8_t>(from) || row.rater == no_index || !(norm.sd > 0.0)) continue;
        const double u = (static_cast<double>(row.score) - norm.mean) / norm.sd;
        if (out.size() == begin || out.back().rater != row.rater) out.push_back({person, row.rater, 0.0, 0.0});
        out.back().mean += u;
        out.back().n += 1.0;
    }
    for (std::size_t i = begin; i < out.size(); ++i) out[i].mean /= out[i].n;
}

/// Observations of one person, sources in order within a construct: appended to `out`.
/// @param rows of the person, sorted, @param severity of every rater by source, empty where none is taken out,
/// @param rescale spread of the ratings of a source after severity is taken out, in standard deviations before it
inline void observe_ratings(std::span<const rating> rows, const rating_norms& norms, const measurement_model& model,
                            std::span<const severities> severity, std::span<const double> rescale, std::uint32_t person,
                            std::array<std::vector<observation>, n_constructs>& out) {
    struct seen {
        double sum = 0.0, n = 0.0;
        std::int64_t raters = 0, named = 0;
        std::uint32_t last = no_index;
    };
    for (std::size_t i = 0; i < rows.size();) {
        const std::uint8_t from = rows[i].from;
        const bool is_self = from == static_cast<std::uint8_t>(source::self);
        const severities& mild = severity[from];
        std::array<seen, n_constructs> all{};
        for (; i < rows.size() && rows[i].from == from; ++i) {
            const rating& row = rows[i];
            const rating_norm& norm = norms[from][row.about];
            if (!(norm.sd > 0.0)) continue;
            double u = (static_cast<double>(row.score) - norm.mean) / norm.sd;
            if (row.rater != no_index && !mild.of_rater.empty()) u -= mild.of_rater[row.rater];
            seen& own = all[row.about];
            own.sum += u / rescale[from];
            own.n += 1.0;
            // one's own opinion is one rater, however often one speaks
            if (is_self ? own.raters == 0 : row.rater == no_index || row.rater != own.last) {
                ++own.raters;
                own.named += row.rater != no_index ? 1 : 0;
            }
            own.last = row.rater;
        }
        const double rho = model.reliability[from];
        if (!(rho > 0.0)) continue;
        for (std::size_t about = 0; about < n_constructs; ++about) {
            const seen& own = all[about];
            if (own.raters == 0) continue;
            if (is_self && about == static_cast<std::size_t>(construct::emotional_intelligence))
                continue; // counted from others only: .59 from the same source, .12 from another (Harms and Crede 2010)
            const auto k = static_cast<double>(own.raters);
            const double named = static_cast<double>(own.named) / k;
            const double nameless = is_one_person(static_cast<source>(from)) ? (1.0 - named) / k : 0.0;
            const double left = (mild.of_mean.empty() ? 0.0 : mild.of_mean[person] * named * named) +
                                nameless * model.severity_sd * model.severity_sd;
            out[about].push_back({static_cast<source>(from), own.sum / own.n / std::sqrt(rho + (1.0 - rho) / k),
                                  spearman_brown(rho, k), own.raters, model.shared,
                                  left / (rescale[from] * rescale[from]) / (rho + (1.0 - rho) / k)});
        }
    }
}

} // namespace dualtrack::assess
