// Who reports to whom must lead to somebody who reports to nobody, on every day. A new circle needs a new line, so only
// the days on which one begins are looked at, and on such a day only the chains above the people whose line begins:
// each chain is followed until it meets one already followed that day. Where chains are so long that this would cost
// too much, the lines are kept in a forest of splay trees instead, where the head of any chain is found in logarithmic
// time. Reference: D. D. Sleator, R. E. Tarjan, "A data structure for dynamic trees", J. Comput. Syst. Sci. 26 (1983).
#include <algorithm>
#include <utility>

#include "ingest/organisation_build.hpp"

namespace dualtrack::ingest {

namespace {

/// The person with the smallest index on any circle of `next`, or no_index.
std::uint32_t smallest_on_circle(std::span<const std::uint32_t> next, std::pmr::memory_resource* memory) {
    vec<std::uint32_t> walk(next.size(), memory); // the walk that met the person first, 0 = none
    std::uint32_t smallest = no_index;
    for (std::uint32_t start = 0; start < next.size(); ++start) {
        if (walk[start] != 0) continue;
        const std::uint32_t this_walk = start + 1;
        std::uint32_t at = start;
        while (at != no_index && walk[at] == 0) {
            walk[at] = this_walk;
            at = next[at];
        }
        if (at == no_index || walk[at] != this_walk) continue;
        const std::uint32_t entry = at;
        do {
            smallest = std::min(smallest, at);
            at = next[at];
        } while (at != entry);
    }
    return smallest;
}

/// "A -> B -> A", the first ten people of the circle and how many there are.
std::string circle_text(const building& site, std::span<const std::uint32_t> next, std::uint32_t start) {
    constexpr std::size_t shown = 10;
    std::string text;
    std::size_t n = 0;
    std::uint32_t at = start;
    do {
        if (n < shown) text += say(n == 0 ? "" : " -> ", quoted(site.made.people.id[at]));
        ++n;
        at = next[at];
    } while (at != start);
    if (n > shown) return text + say(" -> ... (", n, " people)");
    return text + say(" -> ", quoted(site.made.people.id[start]));
}

/// Rooted trees that are joined and cut while the root of any node stays quick to find.
class dynamic_forest {
  public:
    dynamic_forest(std::size_t n, std::pmr::memory_resource* memory)
        : up_(n, no_index, memory), left_(n, no_index, memory), right_(n, no_index, memory) {}

    std::uint32_t root(std::uint32_t node) {
        expose(node);
        while (left_[node] != no_index) node = left_[node];
        splay(node);
        return node;
    }
    /// Takes a node from the one above it.
    void cut(std::uint32_t node) {
        expose(node);
        const std::uint32_t above = left_[node];
        if (above == no_index) return;
        up_[above] = no_index;
        left_[node] = no_index;
    }
    /// Puts the root of a tree below a node of another tree.
    void join(std::uint32_t root, std::uint32_t above) {
        expose(root);
        up_[root] = above;
    }

  private:
    [[nodiscard]] bool tops_its_splay_tree(std::uint32_t node) const {
        const std::uint32_t above = up_[node];
        return above == no_index || (left_[above] != node && right_[above] != node);
    }
    void rotate(std::uint32_t node) {
        const std::uint32_t above = up_[node];
        const std::uint32_t two_above = up_[above];
        const bool tops = tops_its_splay_tree(above);
        const bool is_left = left_[above] == node;
        vec<std::uint32_t>& outer = is_left ? left_ : right_;
        vec<std::uint32_t>& inner = is_left ? right_ : left_;
        const std::uint32_t moved = inner[node];
        outer[above] = moved;
        if (moved != no_index) up_[moved] = above;
        inner[node] = above;
        up_[above] = node;
        up_[node] = two_above;
        if (tops) return;
        if (left_[two_above] == above)
            left_[two_above] = node;
        else
            right_[two_above] = node;
    }
    void splay(std::uint32_t node) {
        while (!tops_its_splay_tree(node)) {
            const std::uint32_t above = up_[node];
            if (!tops_its_splay_tree(above)) {
                const bool same_side = (left_[above] == node) == (left_[up_[above]] == above);
                rotate(same_side ? above : node);
            }
            rotate(node);
        }
    }
    void expose(std::uint32_t node) {
        std::uint32_t below = no_index;
        for (std::uint32_t at = node; at != no_index; at = up_[at]) {
            splay(at);
            right_[at] = below;
            below = at;
        }
        splay(node);
    }
    vec<std::uint32_t> up_, left_, right_;
};

/// Lines over time: rows of the assignments that name a manager, by their start.
class line_watch {
  public:
    explicit line_watch(const building& site) : site_(site), lines_(site.made.assignments), by_start_(site.run.memory) {
        for (std::uint32_t i = 0; i < lines_.person.size(); ++i)
            if (lines_.manager[i] != no_index) by_start_.push_back(i);
        if (!std::is_sorted(by_start_.begin(), by_start_.end(), [&](auto a, auto b) { return starts_before(a, b); }))
            std::sort(by_start_.begin(), by_start_.end(), [&](auto a, auto b) { return starts_before(a, b); });
    }

    /// The first day with a circle, or no_date.
    [[nodiscard]] std::int32_t first_day_with_circle() const {
        const std::size_t n = site_.people.size();
        vec<std::uint32_t> line(n, no_index, site_.run.memory); // the latest line of each person
        vec<std::uint32_t> walk(n, site_.run.memory);
        std::uint32_t this_walk = 0;
        std::size_t steps_left = 32 * (n + by_start_.size()) + 1'000'000;
        for (std::size_t i = 0; i < by_start_.size();) {
            const std::int32_t day = lines_.start[by_start_[i]];
            const std::size_t first = i;
            for (; i < by_start_.size() && lines_.start[by_start_[i]] == day; ++i)
                line[lines_.person[by_start_[i]]] = by_start_[i];
            const std::uint32_t walks_before = this_walk;
            for (std::size_t k = first; k < i; ++k) {
                ++this_walk;
                std::uint32_t at = lines_.person[by_start_[k]];
                while (walk[at] <= walks_before) {
                    walk[at] = this_walk;
                    const std::uint32_t its_line = line[at];
                    if (its_line == no_index || lines_.end[its_line] <= day) break;
                    at = lines_.manager[its_line];
                    if (walk[at] == this_walk) return day;
                    if (steps_left-- == 0) return first_day_by_forest();
                }
            }
        }
        return no_date;
    }

    /// Who reports to whom on a day.
    [[nodiscard]] vec<std::uint32_t> lines_on(std::int32_t day) const {
        vec<std::uint32_t> next(site_.people.size(), no_index, site_.run.memory);
        for (const std::uint32_t i : by_start_)
            if (lines_.start[i] <= day && day < lines_.end[i]) next[lines_.person[i]] = lines_.manager[i];
        return next;
    }

  private:
    [[nodiscard]] bool starts_before(std::uint32_t a, std::uint32_t b) const noexcept {
        return lines_.start[a] != lines_.start[b] ? lines_.start[a] < lines_.start[b] : a < b;
    }

    [[nodiscard]] std::int32_t first_day_by_forest() const {
        vec<std::uint32_t> by_end(by_start_.begin(), by_start_.end(), site_.run.memory);
        std::sort(by_end.begin(), by_end.end(), [&](std::uint32_t a, std::uint32_t b) {
            return lines_.end[a] != lines_.end[b] ? lines_.end[a] < lines_.end[b] : a < b;
        });
        dynamic_forest forest(site_.people.size(), site_.run.memory);
        std::size_t ended = 0;
        for (std::size_t i = 0; i < by_start_.size();) {
            const std::int32_t day = lines_.start[by_start_[i]];
            for (; ended < by_end.size() && lines_.end[by_end[ended]] <= day; ++ended)
                forest.cut(lines_.person[by_end[ended]]);
            for (; i < by_start_.size() && lines_.start[by_start_[i]] == day; ++i) {
                const std::uint32_t person = lines_.person[by_start_[i]];
                const std::uint32_t manager = lines_.manager[by_start_[i]];
                if (manager == person || forest.root(manager) == person) return day;
                forest.join(person, manager);
            }
        }
        return no_date;
    }

    const building& site_;
    const org::assignment_columns& lines_;
    vec<std::uint32_t> by_start_;
};

} // namespace

result<void> check_lines_now(const building& site) {
    const org::people_columns& people = site.made.people;
    const std::uint32_t on_circle = smallest_on_circle(people.manager_now, site.run.memory);
    if (on_circle == no_index) return outcome::success();
    return fail(status::data, "data.cycle",
                say("expected reporting lines that end, found ", circle_text(site, people.manager_now, on_circle)),
                "people.manager_id", people.row[on_circle]);
}

result<void> check_lines_over_time(const building& site) {
    const org::assignment_columns& assignments = site.made.assignments;
    const line_watch watch(site);
    const std::int32_t day = watch.first_day_with_circle();
    if (day == no_date) return outcome::success();
    const vec<std::uint32_t> next = watch.lines_on(day);
    const std::uint32_t on_circle = smallest_on_circle(next, site.run.memory);
    std::size_t at = assignments.first[on_circle];
    while (assignments.end[at] <= day) ++at;
    return fail(
        status::data, "data.cycle",
        say("expected reporting lines that end, found ", circle_text(site, next, on_circle), " on ", day_text(day)),
        "assignments.manager_id", assignments.row[at]);
}

} // namespace dualtrack::ingest
