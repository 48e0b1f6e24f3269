// What the tests of the sales model share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <dualtrack/simulate/sales_inputs.hpp>
#include <dualtrack/simulate/sales_metrics.hpp>
#include <dualtrack/simulate/statistics.hpp>

namespace dualtrack::simulate::sales_testing {

/// A rule by name; "readiness + dual_track" for that package.
inline sales_arm arm_named(std::string_view name) {
    sales_arm out;
    const auto plus = name.find(" + ");
    out.packages.dual_track = plus != std::string_view::npos;
    for (const rule_description& rule : built_in_rules)
        if (rule.name == name.substr(0, plus)) {
            out.rule.kind = rule.kind;
            out.rule.figures = rule.figures;
            out.rule.interviewed = rule.interviewed;
        }
    return out;
}

inline std::vector<sales_arm> arms_named(const std::vector<std::string>& names) {
    std::vector<sales_arm> out;
    for (const std::string& name : names) out.push_back(arm_named(name));
    return out;
}

inline std::size_t metric_named(std::string_view name) {
    for (std::size_t m = 0; m < sales_metrics.size(); ++m)
        if (sales_metrics[m].name == name) return m;
    return sales_metrics.size();
}

/// Many organisations under several rules.
struct sales_study {
    std::vector<moments> level, difference; // [arm x horizon x metric]; revenue in percent of the first arm
    std::vector<double> paired, apart;      // [arm x horizon]: variance of the difference of revenue to the first arm
    std::vector<double> slope;              // [arm]
    std::vector<double> value, negative, declined; // [arm], of all promotions together
    std::size_t n_horizons = 2;

    [[nodiscard]] const moments& of(std::size_t arm, std::string_view metric, std::size_t horizon = 0) const {
        return level[(arm * n_horizons + horizon) * sales_metrics.size() + metric_named(metric)];
    }
    [[nodiscard]] const moments& gain(std::size_t arm, std::size_t horizon = 0) const {
        return difference[(arm * n_horizons + horizon) * sales_metrics.size()];
    }
};

inline sales_study study(const sales_model& model, const std::vector<sales_arm>& arms, std::uint32_t n) {
    constexpr std::size_t n_metrics = sales_metrics.size();
    sales_study out;
    out.n_horizons = n_horizons(model.shape);
    const std::size_t n_arm = out.n_horizons * n_metrics;
    std::vector<double> figures(arms.size() * n_arm);
    out.level.resize(figures.size());
    out.difference.resize(figures.size());
    std::vector<moments> apart(arms.size() * out.n_horizons);
    std::vector<std::vector<sales_counts>> counts(arms.size());
    sales_worker worker;
    for (std::uint32_t replication = 0; replication < n; ++replication) {
        run_organisation(model, arms, replication, worker, figures, {});
        for (std::size_t i = 0; i < figures.size(); ++i) {
            if (figures[i] != figures[i]) continue;
            out.level[i].add(figures[i]);
            if (i % n_metrics == 0) out.difference[i].add(100 * (figures[i] / figures[i % n_arm] - 1));
        }
        for (std::size_t arm = 0; arm < arms.size(); ++arm) {
            counts[arm].push_back(worker.counts[arm]);
            for (std::size_t h = 0; h < out.n_horizons; ++h)
                apart[arm * out.n_horizons + h].add(figures[arm * n_arm + h * n_metrics] - figures[h * n_metrics]);
        }
    }
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
        out.slope.push_back(promoted_slope(counts[arm]));
        double promotions = 0, value = 0, negative = 0, declined = 0;
        for (const sales_counts& each : counts[arm]) {
            promotions += static_cast<double>(each.promotions);
            value += each.value;
            negative += static_cast<double>(each.negative);
            declined += static_cast<double>(each.declined);
        }
        out.value.push_back(value / promotions);
        out.negative.push_back(negative / promotions);
        out.declined.push_back(declined / promotions);
        for (std::size_t h = 0; h < out.n_horizons; ++h) {
            out.paired.push_back(apart[arm * out.n_horizons + h].variance());
            out.apart.push_back(out.level[arm * n_arm + h * n_metrics].variance() +
                                out.level[h * n_metrics].variance());
        }
    }
    return out;
}

inline sales_model model_named(std::string_view preset, std::uint64_t seed = 7) {
    const sales_preset values = preset_of(preset);
    return sales_model_of(values.assumptions, values.shape, seed);
}

} // namespace dualtrack::simulate::sales_testing
