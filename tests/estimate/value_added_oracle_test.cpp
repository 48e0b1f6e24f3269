// Value added against whole matrices, on random panels with several components, bridges, gaps, weights and controls.
#include <gtest/gtest.h>

#include "estimate/dense_oracle.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::test;

struct setting {
    std::uint64_t seed;
    std::uint32_t n_units, n_groups, n_periods;
    double moves;
    bool weighted, with_periods;
    int n_controls;
};

std::vector<setting> settings() {
    std::vector<setting> out;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        out.push_back({seed, 14, 6, 8, 0.25, false, false, 0});
        out.push_back({seed, 14, 6, 8, 0.25, true, true, 0});
        out.push_back({seed, 12, 7, 6, 0.12, false, true, 0}); // falls apart
        out.push_back({seed, 16, 5, 7, 0.3, seed % 2 == 0, true, 2});
    }
    out.push_back({9, 10, 4, 1, 0.5, false, true, 0}); // one period
    return out;
}

panel_columns panel_of(const setting& s) {
    return random_panel(s.seed, s.n_units, s.n_groups, s.n_periods, s.moves, s.weighted, s.n_controls);
}
org::value_added_policy policy_of(const setting& s, org::effect_error se = org::effect_error::row_scale) {
    org::value_added_policy out;
    out.period_effects = s.with_periods ? org::period_effects::period : org::period_effects::none;
    out.se = se;
    return out;
}

/// S^+ from the definition: sellers swept out of the managers' normal equations.
matrix swept_inverse(const value_added_result& made) {
    const match_columns& matches = made.problem.matches;
    const std::size_t M = made.problem.graph.size();
    matrix S = zeros(M, M);
    for (std::size_t i = 0; i < matches.n_units(); ++i)
        for (std::size_t a = matches.first_match[i]; a < matches.first_match[i + 1]; ++a) {
            S[matches.group[a]][matches.group[a]] += matches.weight[a];
            for (std::size_t b = matches.first_match[i]; b < matches.first_match[i + 1]; ++b)
                S[matches.group[a]][matches.group[b]] -= matches.weight[a] * matches.weight[b] / matches.unit_weight[i];
        }
    return spectral(S).inverse();
}

TEST(value_added_oracle, effects_residuals_and_degrees_of_freedom) {
    for (const setting& s : settings()) {
        const panel_columns panel = panel_of(s);
        const auto made = estimated(panel, policy_of(s));
        const dense_fit dense(panel, s.with_periods);
        const auto N = static_cast<std::int64_t>(dense.N);
        EXPECT_EQ(made->fit.df_row, N - static_cast<std::int64_t>(dense.rank)) << s.seed;
        EXPECT_NEAR(made->fit.rss, dense.rss, 1e-10 * (1.0 + dense.rss));
        EXPECT_LE(made->fit.solve_error_bound, 1e-6);
        for (std::size_t j = 0; j < dense.M; ++j) {
            if (made->status[j] <= effect_status::not_converged) continue;
            const auto c = dense.contrast(*made, j);
            EXPECT_NEAR(made->effect[j], dense.value_of(c), 1e-10);
            if (made->fit.df_row > 0) {
                EXPECT_NEAR(made->se[j], std::sqrt(made->fit.sigma2_row * dense.variance_of(c)), 1e-10);
            }
        }
        for (std::size_t k = 0; k < dense.P; ++k) {
            std::vector<double> c(dense.X.front().size(), 0.0);
            c[dense.R + dense.M + dense.T + k] = 1.0;
            const double gamma =
                made->fit.gamma[made->problem.edge.n_periods + k] / made->problem.edge.control_scale[k];
            EXPECT_NEAR(gamma, dense.value_of(c), 1e-10);
        }
    }
}

TEST(value_added_oracle, effects_of_sellers) {
    for (const setting& s : settings()) {
        if (s.n_controls > 0) continue;
        const panel_columns panel = panel_of(s);
        const auto made = estimated(panel, policy_of(s));
        const dense_fit dense(panel, s.with_periods);
        const auto sellers = effects_of_sellers(*made);
        for (std::size_t i = 0; i < dense.R; ++i) {
            if (sellers.status[i] <= effect_status::not_converged) continue;
            const std::size_t j = made->problem.matches.group[made->problem.matches.first_match[i]];
            // alpha_i under the component's average manager in the average period
            std::vector<double> c = dense.contrast(*made, j);
            for (double& x : c) x = -x;
            c[dense.R + j] += 1.0;
            c[i] += 1.0;
            double total = 0.0;
            for (const double w : dense.w) total += w;
            for (std::size_t r = 0; r < dense.N && dense.T > 0; ++r)
                c[dense.R + dense.M + panel.period[r]] += dense.w[r] / total;
            EXPECT_NEAR(sellers.effect[i], dense.value_of(c), 1e-9);
            if (s.with_periods || made->fit.df_match <= 0) continue;
            const double between = dense.variance_of(c) - 1.0 / made->problem.matches.unit_weight[i];
            EXPECT_NEAR(sellers.se[i] * sellers.se[i],
                        made->fit.sigma2_row * between + made->fit.sigma2_match / made->problem.matches.unit_weight[i],
                        1e-9);
        }
    }
}

TEST(value_added_oracle, leverages_of_matches_and_their_sum) {
    for (const setting& s : settings()) {
        const auto made = estimated(panel_of(s), policy_of(s));
        const matrix inverse = swept_inverse(*made);
        const match_columns& matches = made->problem.matches;
        double sum = 0.0;
        for (std::size_t i = 0; i < matches.n_units(); ++i)
            for (std::size_t m = matches.first_match[i]; m < matches.first_match[i + 1]; ++m) {
                std::vector<double> v(made->problem.graph.size(), 0.0);
                v[matches.group[m]] += 1.0;
                for (std::size_t k = matches.first_match[i]; k < matches.first_match[i + 1]; ++k)
                    v[matches.group[k]] -= matches.weight[k] / matches.unit_weight[i];
                double spread = 0.0;
                for (std::size_t a = 0; a < v.size(); ++a)
                    for (std::size_t b = 0; b < v.size(); ++b) spread += v[a] * inverse[a][b] * v[b];
                EXPECT_NEAR(made->leverage[m], matches.weight[m] * (1.0 / matches.unit_weight[i] + spread), 1e-10);
                sum += made->leverage[m];
            }
        const double rank = static_cast<double>(matches.n_units() + made->problem.graph.size()) -
                            static_cast<double>(made->problem.components.size());
        EXPECT_NEAR(sum, rank, 1e-9);
    }
}

// From the definition: scores of each seller in managers and border at once, residuals adjusted by (I - H_i)^+; where
// I - H_i has eigenvalue 0, the noise of all matches in that direction.
TEST(value_added_oracle, leave_one_seller_out_errors) {
    int with_bridges = 0;
    for (const setting& s : settings()) {
        const panel_columns panel = panel_of(s);
        const auto made = estimated(panel, policy_of(s, org::effect_error::leave_seller_out));
        if (made->fit.df_match <= 0) continue;
        const dense_fit dense(panel, s.with_periods);
        const match_columns& matches = made->problem.matches;
        const std::size_t K = dense.M + dense.T + dense.P;
        const matrix inverse = swept_inverse(*made);
        // rows by seller, demeaned within the seller
        matrix H = zeros(K, K);
        matrix scores = zeros(dense.R, K);
        std::size_t n_open = 0;
        for (std::size_t i = 0; i < dense.R; ++i) {
            std::vector<std::size_t> own;
            for (std::size_t r = 0; r < dense.N; ++r)
                if (panel.unit[r] == i) own.push_back(r);
            std::vector<double> mean(K, 0.0);
            double W = 0.0;
            for (const std::size_t r : own) {
                W += dense.w[r];
                for (std::size_t k = 0; k < K; ++k) mean[k] += dense.w[r] * dense.X[r][dense.R + k];
            }
            for (double& x : mean) x /= W;
            const std::size_t first = matches.first_match[i], m = matches.matches_of(i);
            std::vector<double> shift(m, 0.0);
            std::vector<std::vector<double>> open;
            if (m > 1) {
                matrix I_H = zeros(m, m);
                std::vector<double> e(m);
                matrix v = zeros(m, dense.M);
                for (std::size_t a = 0; a < m; ++a) {
                    v[a][matches.group[first + a]] += 1.0;
                    for (std::size_t b = 0; b < m; ++b) v[a][matches.group[first + b]] -= matches.weight[first + b] / W;
                    for (const std::size_t r : own)
                        if (panel.group[r] == matches.group[first + a]) e[a] += dense.w[r] * dense.residual[r];
                    e[a] /= std::sqrt(matches.weight[first + a]);
                }
                for (std::size_t a = 0; a < m; ++a)
                    for (std::size_t b = 0; b < m; ++b) {
                        double h = 0.0;
                        for (std::size_t j = 0; j < dense.M; ++j)
                            for (std::size_t k = 0; k < dense.M; ++k) h += v[a][j] * inverse[j][k] * v[b][k];
                        I_H[a][b] =
                            (a == b ? 1.0 : 0.0) - std::sqrt(matches.weight[first + a] * matches.weight[first + b]) * h;
                    }
                const spectral parts(I_H);
                const matrix adjust = parts.inverse(1e-8);
                for (std::size_t c = 0; c < m; ++c) {
                    if (std::fabs(parts.values[c]) > 1e-8) continue;
                    std::vector<double>& d = open.emplace_back(m);
                    for (std::size_t a = 0; a < m; ++a)
                        d[a] = std::sqrt(made->fit.sigma2_match / matches.weight[first + a]) * parts.vectors[a][c];
                }
                n_open += open.size();
                for (std::size_t a = 0; a < m; ++a) {
                    double adjusted = 0.0;
                    for (std::size_t b = 0; b < m; ++b) adjusted += adjust[a][b] * e[b];
                    shift[a] = (adjusted - e[a]) / std::sqrt(matches.weight[first + a]);
                }
            }
            const std::size_t extra = scores.size();
            for (std::size_t c = 0; c < open.size(); ++c) scores.emplace_back(K, 0.0);
            for (const std::size_t r : own) {
                std::size_t a = 0;
                while (matches.group[first + a] != panel.group[r]) ++a;
                for (std::size_t k = 0; k < K; ++k) {
                    const double x = dense.X[r][dense.R + k] - mean[k];
                    scores[i][k] += dense.w[r] * x * (dense.residual[r] + shift[a]);
                    for (std::size_t c = 0; c < open.size(); ++c) scores[extra + c][k] += dense.w[r] * x * open[c][a];
                    for (std::size_t l = 0; l < K; ++l) H[k][l] += dense.w[r] * x * (dense.X[r][dense.R + l] - mean[l]);
                }
            }
        }
        const matrix Hi = spectral(H).inverse(1e-12);
        for (std::size_t j = 0; j < dense.M; ++j) {
            if (made->status[j] <= effect_status::not_converged) continue;
            const auto whole = dense.contrast(*made, j);
            double variance = 0.0;
            for (std::size_t i = 0; i < scores.size(); ++i) {
                double influence = 0.0;
                for (std::size_t k = 0; k < K; ++k)
                    for (std::size_t l = 0; l < K; ++l) influence += whole[dense.R + k] * Hi[k][l] * scores[i][l];
                variance += influence * influence;
            }
            EXPECT_NEAR(made->se[j], std::sqrt(variance), 1e-9) << s.seed << " manager " << j;
        }
        with_bridges += n_open > 0 ? 1 : 0;
    }
    EXPECT_GT(with_bridges, 2);
}

// Any variance is a quadratic form b'Ab of the match regression; its noise is sum var_m n_m^2 x'S^+AS^+x.
TEST(value_added_oracle, corrected_variances) {
    for (const setting& s : settings()) {
        const auto made = estimated(panel_of(s), policy_of(s));
        const run_context run;
        const net_matches net = net_matches_of(run, made->problem, made->fit, made->in_leave_out_set);
        if (net.n_groups < 2) continue;
        const std::size_t R = net.matches.n_units(), M = net.n_groups, n = R + M;
        matrix A_S = zeros(n, n);
        std::vector<double> b(n, 0.0), N_j(M, 0.0);
        double N = 0.0;
        for (std::size_t i = 0; i < R; ++i)
            for (std::size_t m = net.matches.first_match[i]; m < net.matches.first_match[i + 1]; ++m) {
                const double w = net.matches.weight[m];
                const std::size_t j = R + net.matches.group[m];
                A_S[i][i] += w;
                A_S[j][j] += w;
                A_S[i][j] += w;
                A_S[j][i] += w;
                b[i] += w * net.level[m];
                b[j] += w * net.level[m];
                N_j[net.matches.group[m]] += w;
                N += w;
            }
        const matrix inverse = spectral(A_S).inverse(1e-11);
        std::vector<double> beta(n, 0.0);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t k = 0; k < n; ++k) beta[i] += inverse[i][k] * b[k];
        matrix Ap = zeros(n, n), Aa = zeros(n, n), Ac = zeros(n, n);
        for (std::size_t j = 0; j < M; ++j) {
            Ap[R + j][R + j] += N_j[j] / (N - 1);
            for (std::size_t k = 0; k < M; ++k) Ap[R + j][R + k] -= N_j[j] * N_j[k] / N / (N - 1);
            for (std::size_t i = 0; i < R; ++i) Ac[i][R + j] -= net.matches.unit_weight[i] * N_j[j] / N / (N - 1);
        }
        for (std::size_t i = 0; i < R; ++i) {
            Aa[i][i] += net.matches.unit_weight[i] / (N - 1);
            for (std::size_t k = 0; k < R; ++k)
                Aa[i][k] -= net.matches.unit_weight[i] * net.matches.unit_weight[k] / N / (N - 1);
            for (std::size_t m = net.matches.first_match[i]; m < net.matches.first_match[i + 1]; ++m)
                Ac[i][R + net.matches.group[m]] += net.matches.weight[m] / (N - 1);
        }
        double level = 0.0;
        for (std::size_t m = 0; m < net.level.size(); ++m) level += net.matches.weight[m] * net.level[m] / N;
        const auto corrected = [&](const matrix& A) {
            double plug = 0.0;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t k = 0; k < n; ++k) plug += beta[i] * A[i][k] * beta[k];
            const matrix B = product(product(inverse, A), inverse);
            double bias = 0.0;
            for (std::size_t i = 0; i < R; ++i)
                for (std::size_t m = net.matches.first_match[i]; m < net.matches.first_match[i + 1]; ++m) {
                    const std::size_t j = R + net.matches.group[m];
                    const double w = net.matches.weight[m];
                    const auto form = [&](const matrix& Z) { return Z[i][i] + Z[j][j] + Z[i][j] + Z[j][i]; };
                    const double P = w * form(inverse);
                    double variance = 0.0;
                    if (net.matches.matches_of(i) == 1) {
                        variance = net.within[m] / (net.matches.n_rows[m] - 1.0) / w;
                    } else {
                        const double e = net.level[m] - beta[i] - beta[j];
                        variance = (net.level[m] - level) * e / (1.0 - P);
                    }
                    bias += variance * w * w * form(B);
                }
            return std::pair(plug, plug - bias);
        };
        const auto [p, cp] = corrected(Ap);
        const auto [a, ca] = corrected(Aa);
        const auto [c, cc] = corrected(Ac);
        EXPECT_NEAR(made->variance.managers, p, 1e-10);
        EXPECT_NEAR(made->variance.sellers, a, 1e-10);
        EXPECT_NEAR(made->variance.covariance, c, 1e-10);
        EXPECT_NEAR(made->variance.managers_corrected, cp, 1e-9) << s.seed;
        EXPECT_NEAR(made->variance.sellers_corrected, ca, 1e-9) << s.seed;
        EXPECT_NEAR(made->variance.covariance_corrected, cc, 1e-9);
    }
}

// The joint posterior with given prior variances, and the two routes to it.
TEST(value_added_oracle, posterior_of_the_joint_system) {
    for (const setting& s : settings()) {
        const auto made = estimated(panel_of(s), policy_of(s));
        if (made->fit.df_match <= 0 || !(made->fit.sigma2_match > 0)) continue;
        const run_context run;
        const auto equations = shrinkage_equations_of(run, made->problem, made->solver, made->fit, {});
        const linked_managers linked = linked_of(made->problem.components);
        const std::size_t m = linked.manager.size();
        std::vector<std::uint32_t> market(made->problem.graph.size());
        for (std::uint32_t j = 0; j < market.size(); ++j) market[j] = j % 2;
        for (const prior_kind kind : {prior_kind::exchangeable, prior_kind::market, prior_kind::network}) {
            shrinkage_system system =
                estimate::detail::system_of(run, equations, made->problem.graph, linked, kind, market);
            system.pattern = pattern_of(system.graph, minimum_degree(system.graph, 1e12).order, false);
            const double c =
                estimate::detail::shared_prior_of(run, made->problem, system, kind, linked, 1e12, 0, 1).value().c;
            const double tau2 = 0.04, omega2 = kind == prior_kind::exchangeable ? 0.0 : 0.07;
            estimate::detail::set_prior(system, tau2, omega2 > 0 ? omega2 : 1.0, c);
            const auto at =
                estimate::detail::posterior_of(system, equations, linked, tau2, omega2 > 0 ? omega2 : 1.0, c);
            // (S_h / sigma2 + G^-1)^-1 with G = tau2 I + omega2 R
            matrix G = zeros(m, m);
            if (omega2 > 0) {
                const auto R = estimate::detail::shared_part(made->problem.graph, linked, kind, market);
                for (std::size_t a = 0; a < m; ++a)
                    for (std::size_t b = 0; b < m; ++b) G[a][b] = omega2 * R[a * m + b];
            }
            for (std::size_t a = 0; a < m; ++a) G[a][a] += tau2;
            matrix A = spectral(G).inverse(1e-14);
            for (std::size_t a = 0; a < m; ++a) {
                const std::uint32_t j = linked.manager[a];
                A[a][a] += equations.graph.diagonal[j] / equations.sigma2;
                for (std::uint64_t l = equations.graph.first[j]; l < equations.graph.first[j + 1]; ++l)
                    A[a][linked.number[equations.graph.to[l]]] -= equations.graph.weight[l] / equations.sigma2;
            }
            const matrix V = spectral(A).inverse(1e-14);
            for (std::uint32_t a = 0; a < m; ++a) {
                double mean = 0.0;
                for (std::size_t b = 0; b < m; ++b) mean += V[a][b] * equations.b[linked.manager[b]] / equations.sigma2;
                EXPECT_NEAR(at.x[a], mean, 1e-9);
                EXPECT_NEAR(at.inverse.at(a, a), V[a][a], 1e-9);
            }
        }
    }
}

TEST(value_added_oracle, selected_inverse_and_its_rate_agree_with_whole_inverses) {
    const auto made = estimated(random_panel(5, 30, 12, 6, 0.3));
    const manager_graph& graph = made->problem.graph;
    const factor_pattern& pattern = made->solver.pattern;
    const std::size_t n = graph.size();
    const auto dense_of = [&](double epsilon) {
        matrix S = zeros(n, n);
        for (std::size_t j = 0; j < n; ++j) {
            S[j][j] = graph.diagonal[j] + epsilon * (1.0 + static_cast<double>(j));
            for (std::uint64_t l = graph.first[j]; l < graph.first[j + 1]; ++l) S[j][graph.to[l]] = -graph.weight[l];
            if (pattern.grounded[j] != 0)
                for (std::size_t k = 0; k < n; ++k) S[j][k] = S[k][j] = 0.0;
        }
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t k = 0; k < n; ++k)
                if (pattern.grounded[j] != 0 || pattern.grounded[k] != 0) S[j][k] = j == k ? 1.0 : 0.0;
        return spectral(S).inverse(1e-14);
    };
    const auto factor = factor_of<dual>(
        graph, pattern, [&](std::uint64_t l) { return dual(graph.weight[l]); },
        [&](std::uint32_t j) { return dual(graph.diagonal[j], 1.0 + j); });
    const auto both = selected_inverse_of(pattern, factor);
    const matrix at = dense_of(0.0);
    for (std::uint32_t j = 0; j < n; ++j) {
        if (pattern.grounded[j] != 0) continue;
        EXPECT_NEAR(both.at(j, j).value, at[j][j], 1e-12 * at[j][j]);
        double rate = 0.0; // -(Z K Z)_jj with K = diag(1 + k)
        for (std::size_t k = 0; k < n; ++k)
            if (pattern.grounded[k] == 0) rate -= at[j][k] * at[j][k] * (1.0 + static_cast<double>(k));
        EXPECT_NEAR(both.at(j, j).rate, rate, 1e-11 * std::fabs(rate));
    }
}

} // namespace
