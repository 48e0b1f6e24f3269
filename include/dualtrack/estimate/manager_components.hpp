// Which managers can be compared at all: those joined by a chain of sellers who had both. No data compare managers of
// different components. Levels are set within each: a weighted mean of 0.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <dualtrack/estimate/manager_graph.hpp>

namespace dualtrack::estimate {

/// Components of linked managers; number 0 is the largest by managers, then by rows, then by smallest manager.
struct manager_components {
    std::vector<std::uint32_t> of; // component of manager j; [n_groups]
    std::vector<std::uint32_t> n_groups;
    std::vector<double> group_weight; // N_j: sum of weights of the rows of manager j
    std::vector<double> weight;       // sum over the component
    [[nodiscard]] std::size_t size() const noexcept { return n_groups.size(); }

    /// Takes the weighted mean of each component off.
    void centre(std::span<double> x) const {
        std::vector<double> mean(size(), 0.0);
        for (std::size_t j = 0; j < of.size(); ++j) mean[of[j]] += group_weight[j] * x[j];
        for (std::size_t c = 0; c < size(); ++c) mean[c] /= weight[c];
        for (std::size_t j = 0; j < of.size(); ++j) x[j] -= mean[of[j]];
    }
    /// Takes the plain mean of each component off: round-off along what S cannot see.
    void project(std::span<double> x) const {
        std::vector<double> mean(size(), 0.0);
        for (std::size_t j = 0; j < of.size(); ++j) mean[of[j]] += x[j];
        for (std::size_t c = 0; c < size(); ++c) mean[c] /= static_cast<double>(n_groups[c]);
        for (std::size_t j = 0; j < of.size(); ++j) x[j] -= mean[of[j]];
    }
};

inline manager_components components_of(const manager_graph& graph, std::span<const double> group_weight,
                                        std::span<const std::uint64_t> group_rows) {
    const std::size_t n = graph.size();
    std::vector<std::uint32_t> parent(n);
    std::iota(parent.begin(), parent.end(), 0U);
    const auto root = [&](std::uint32_t j) {
        while (parent[j] != j) j = parent[j] = parent[parent[j]];
        return j;
    };
    const auto link = [&](std::uint32_t one, std::uint32_t other) {
        const std::uint32_t a = root(one);
        const std::uint32_t b = root(other);
        if (a != b) parent[std::max(a, b)] = std::min(a, b); // the root is the smallest manager
    };
    for (std::uint32_t j = 0; j < n; ++j)
        for (std::uint64_t l = graph.first[j]; l < graph.first[j + std::size_t{1}] && graph.to[l] < j; ++l)
            link(j, graph.to[l]);
    for (std::size_t i = 0; i < graph.n_hubs(); ++i)
        for (std::uint64_t k = graph.hub_first[i]; k < graph.hub_first[i + 1]; ++k)
            link(graph.hub_group[k], graph.hub_group[graph.hub_first[i]]);
    std::vector<std::uint32_t> roots;
    std::vector<std::uint32_t> size(n, 0);
    std::vector<std::uint64_t> rows(n, 0);
    for (std::uint32_t j = 0; j < n; ++j) {
        const std::uint32_t r = root(j);
        if (r == j) roots.push_back(j);
        ++size[r];
        rows[r] += group_rows[j];
    }
    std::sort(roots.begin(), roots.end(), [&](std::uint32_t a, std::uint32_t b) {
        if (size[a] != size[b]) return size[a] > size[b];
        if (rows[a] != rows[b]) return rows[a] > rows[b];
        return a < b;
    });
    std::vector<std::uint32_t> number(n, 0);
    manager_components out;
    for (std::uint32_t c = 0; c < roots.size(); ++c) {
        number[roots[c]] = c;
        out.n_groups.push_back(size[roots[c]]);
    }
    out.of.resize(n);
    out.group_weight.assign(group_weight.begin(), group_weight.end());
    out.weight.assign(roots.size(), 0.0);
    for (std::uint32_t j = 0; j < n; ++j) {
        out.of[j] = number[root(j)];
        out.weight[out.of[j]] += group_weight[j];
    }
    return out;
}

} // namespace dualtrack::estimate
