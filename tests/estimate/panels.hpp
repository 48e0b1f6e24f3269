// Panels for tests of value added: written by hand, drawn at random, and the generators whose figures are published
// with the design (easy = well connected, geo = territories, hard = weak chain, akm = short panel, many employers).
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <dualtrack/base/random.hpp>
#include <dualtrack/estimate/value_added.hpp>

namespace dualtrack::test {

using namespace dualtrack::estimate;

/// Columns of a panel; codes are made gapless by `rows`.
struct panel_columns {
    std::vector<std::uint32_t> unit, group, period;
    std::vector<double> value, weight;
    std::vector<std::vector<double>> controls;
    std::vector<double> true_effect; // by group, before gaps are closed
    std::uint32_t n_units = 0, n_groups = 0, n_periods = 0;

    void add(std::uint32_t i, std::uint32_t j, std::uint32_t t, double y, double w = 1.0) {
        unit.push_back(i);
        group.push_back(j);
        period.push_back(t);
        value.push_back(y);
        weight.push_back(w);
    }
    /// Codes without gaps; weights of mean 1, none where all are alike.
    void close() {
        const auto compact = [](std::vector<std::uint32_t>& codes, std::uint32_t& n, std::vector<double>* along) {
            std::vector<std::uint32_t> used(codes);
            std::sort(used.begin(), used.end());
            used.erase(std::unique(used.begin(), used.end()), used.end());
            for (std::uint32_t& code : codes)
                code = static_cast<std::uint32_t>(std::lower_bound(used.begin(), used.end(), code) - used.begin());
            if (along != nullptr && !along->empty()) {
                std::vector<double> kept;
                for (const std::uint32_t u : used) kept.push_back((*along)[u]);
                *along = kept;
            }
            n = static_cast<std::uint32_t>(used.size());
        };
        compact(unit, n_units, nullptr);
        compact(group, n_groups, &true_effect);
        compact(period, n_periods, nullptr);
        double sum = 0.0;
        bool alike = true;
        for (const double w : weight) {
            sum += w;
            alike = alike && w == weight.front();
        }
        for (double& w : weight) w *= static_cast<double>(weight.size()) / sum;
        if (alike) weight.clear();
    }
    [[nodiscard]] panel_rows rows() const {
        panel_rows out;
        out.unit = unit;
        out.group = group;
        out.period = period;
        out.value = value;
        out.weight = weight;
        out.controls.assign(controls.begin(), controls.end());
        out.n_units = n_units;
        out.n_groups = n_groups;
        out.n_periods = n_periods;
        return out;
    }
};

inline org::value_added_policy without_periods() {
    org::value_added_policy out;
    out.period_effects = org::period_effects::none;
    return out;
}

/// The result, together with the panel it looks at.
inline std::shared_ptr<const value_added_result> estimated(panel_columns panel,
                                                           const org::value_added_policy& policy = {},
                                                           const std::vector<std::uint32_t>& market = {},
                                                           const run_context& run = {}) {
    const auto kept = std::make_shared<const panel_columns>(std::move(panel));
    const auto made = estimate_value_added(run, kept->rows(), policy, market).value();
    return {made.get(), [kept, made](const value_added_result*) {}};
}

/// xoshiro256**, seeded by splitmix64; normal numbers by the polar method, the second kept for the next call.
class published_source {
  public:
    explicit published_source(std::uint64_t seed) {
        for (std::uint64_t& word : state_) {
            seed += 0x9E3779B97F4A7C15;
            std::uint64_t z = seed;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            word = z ^ (z >> 31);
        }
    }
    std::uint64_t next() {
        const auto turned = [](std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); };
        const std::uint64_t out = turned(state_[1] * 5, 7) * 9;
        const std::uint64_t t = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= t;
        state_[3] = turned(state_[3], 45);
        return out;
    }
    double u() { return static_cast<double>(next() >> 11) * 0x1p-53; }
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(((next() >> 32) * n) >> 32); }
    double normal() {
        if (has_kept_) {
            has_kept_ = false;
            return kept_;
        }
        for (;;) {
            const double a = 2.0 * u() - 1.0;
            const double b = 2.0 * u() - 1.0;
            const double q = a * a + b * b;
            if (!(q > 0.0 && q < 1.0)) continue;
            const double k = std::sqrt(-2.0 * std::log(q) / q);
            kept_ = k * b;
            has_kept_ = true;
            return k * a;
        }
    }

  private:
    std::array<std::uint64_t, 4> state_{};
    bool has_kept_ = false;
    double kept_ = 0.0;
};

enum class design { easy, geo, hard, akm };

/// The published generators at N nominal rows; rows are by seller, then period. Codes are not closed.
inline panel_columns published_panel(design kind, std::uint32_t N) {
    published_source draw(12345 + N);
    const bool akm = kind == design::akm;
    const std::uint32_t T = akm ? 10 : 120;
    const std::uint32_t R = akm ? N / 10 : N / 100;
    const std::uint32_t M = akm ? std::max(50U, N / 20) : 20 * (std::max(40U, N / 1000) / 20);
    const std::uint32_t nd = M / 20;
    auto side = static_cast<std::uint32_t>(std::sqrt(static_cast<double>(nd)));
    panel_columns out;
    std::vector<double> phi(T);
    for (std::uint32_t j = 0; j < M; ++j) out.true_effect.push_back(0.2 * draw.normal());
    for (std::uint32_t t = 0; t < T; ++t)
        phi[t] = 0.1 * std::sin(2.0 * 3.14159265358979323846 * t / 12.0) + 0.002 * t + 0.03 * draw.normal();
    std::vector<double> alpha(R);
    for (double& a : alpha) a = 0.5 * draw.normal();
    std::vector<double> c;
    if (akm) {
        double sum = 0.0;
        for (std::uint32_t j = 0; j < M; ++j) c.push_back(sum += 1.0 / std::max(draw.u(), 1e-12));
        for (double& x : c) x /= sum;
    }
    const auto pick = [&](std::uint32_t ind) {
        for (;;) {
            const double x = draw.u();
            const auto j = static_cast<std::uint32_t>(std::lower_bound(c.begin(), c.end(), x) - c.begin());
            const double v = draw.u();
            if (j % 5 == ind || v < 0.0625) return std::min(j, M - 1);
        }
    };
    const double pm = kind == design::easy ? 0.04 : kind == design::geo ? 0.03 : kind == design::hard ? 0.01 : 0.1;
    for (std::uint32_t i = 0; i < R; ++i) {
        std::uint32_t a = 0, b = T, ind = 0, j = 0;
        if (akm) {
            ind = draw.below(5);
            j = pick(ind);
        } else {
            if (draw.u() < 0.2) a = draw.below(60);
            if (draw.u() < 0.25) b = std::min(T, a + 24 + draw.below(T - a));
            j = draw.below(M);
        }
        for (std::uint32_t t = a; t < b; ++t) {
            if (t > a && draw.u() < pm) {
                if (kind == design::easy) {
                    j = draw.below(M);
                } else if (akm) {
                    j = pick(ind);
                } else if (kind == design::geo) {
                    std::uint32_t d = j / 20;
                    const double x = draw.u();
                    if (x > 0.995) {
                        d = draw.below(nd);
                    } else if (x > 0.9) {
                        std::uint32_t X = d % side, Y = d / side;
                        const std::uint32_t rows = (nd + side - 1) / side;
                        switch (draw.below(4)) {
                        case 0:
                            X = (X + 1) % side;
                            break;
                        case 1:
                            X = (X + side - 1) % side;
                            break;
                        case 2:
                            Y = (Y + 1) % rows;
                            break;
                        default:
                            Y = (Y + rows - 1) % rows;
                            break;
                        }
                        if (Y * side + X < nd) d = Y * side + X;
                    }
                    j = 20 * d + draw.below(20);
                } else {
                    std::uint32_t d = j / 20;
                    if (draw.u() > 0.97) {
                        const std::int64_t moved = std::int64_t{d} + (draw.u() < 0.5 ? -1 : 1);
                        if (moved >= 0 && moved < nd) d = static_cast<std::uint32_t>(moved);
                    }
                    j = 20 * d + draw.below(20);
                }
            }
            if (!akm && draw.u() < 0.02) continue;
            out.add(i, j, t, alpha[i] + out.true_effect[j] + phi[t] + 0.6 * draw.normal());
        }
    }
    return out;
}

/// The example worked by hand: four sellers, three managers A, B, C; no periods.
inline panel_columns example_by_hand() {
    panel_columns out;
    const auto add = [&](std::uint32_t i, std::uint32_t j, std::initializer_list<double> values) {
        for (const double y : values) out.add(i, j, 0, y);
    };
    add(0, 0, {4, 6});
    add(0, 1, {6, 8});
    add(1, 1, {5});
    add(1, 2, {4});
    add(2, 0, {3});
    add(2, 2, {6});
    add(3, 0, {2, 3, 4});
    out.close();
    return out;
}

/// A small panel of a network drawn at random. @param moves share of periods in which a seller changes manager
inline panel_columns random_panel(std::uint64_t seed, std::uint32_t n_units, std::uint32_t n_groups,
                                  std::uint32_t n_periods, double moves, bool weighted = false, int n_controls = 0) {
    random::stream draw(random::place{.seed = seed, .purpose = 77});
    panel_columns out;
    std::vector<double> phi(n_periods);
    for (std::uint32_t j = 0; j < n_groups; ++j) out.true_effect.push_back(0.3 * random::normal(draw));
    for (double& p : phi) p = 0.2 * random::normal(draw);
    out.controls.resize(static_cast<std::size_t>(n_controls));
    for (std::uint32_t i = 0; i < n_units; ++i) {
        const double alpha = random::normal(draw);
        auto j = static_cast<std::uint32_t>(random::below(draw, n_groups));
        for (std::uint32_t t = 0; t < n_periods; ++t) {
            if (random::uniform(draw) < moves) j = static_cast<std::uint32_t>(random::below(draw, n_groups));
            if (random::uniform(draw) < 0.1) continue;
            double y = alpha + out.true_effect[j] + phi[t] + 0.5 * random::normal(draw);
            for (auto& control : out.controls) {
                control.push_back(random::normal(draw) + 0.3 * t);
                y += 0.1 * control.back();
            }
            out.add(i, j, t, y, weighted ? 0.2 + random::uniform(draw) : 1.0);
        }
    }
    out.close();
    return out;
}

} // namespace dualtrack::test
