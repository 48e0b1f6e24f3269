// Slate: several seats, several candidates, nobody twice. Filling one seat after the other with its best candidate
// wastes people: where seat 1 is worth 100 with Ana and 90 with Ben, and seat 2 95 with Ana and nothing with Ben, going
// seat by seat brings 100, both together 90 + 95 = 185.
//
//   maximise sum of value(seat, person) over assignments; a seat may stay empty at 0; a person takes one seat at most
// Exact (shortest augmenting paths with potentials: Jonker and Volgenant 1987, after Kuhn 1955 and Munkres 1957), in
// whole minor units, so that nothing is rounded. Among equally good slates the one whose seats, in order, have the
// smallest persons (an empty seat counts as the largest) is taken: an optimal slate uses pairs without slack alone, and
// all that have none are searched. Seats that share no candidates are solved apart.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include <dualtrack/base/column.hpp>

namespace dualtrack::decide {

/// One person who may be given one seat, and what that is worth in minor units.
struct seat_option {
    std::uint32_t seat = 0, person = 0;
    std::int64_t value = 0;
};

namespace detail {

/// One part of the problem: rows are seats, columns persons, then one way to stay empty a seat. Only the pairs that are
/// allowed are stored, so ten thousand seats of ten candidates each are a small problem.
class slate_part {
  public:
    static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

    /// @param options of this part: seat and person are its own rows and columns; sorted by both
    slate_part(std::size_t n_seats, std::size_t n_persons, std::span<const seat_option> options)
        : n_(n_seats), m_(n_persons), first_(n_seats + 1, 0), u_(n_seats, 0), v_(n_persons + n_seats, 0),
          seat_of_(n_persons + n_seats, none), column_of_(n_seats, none), distance_(n_persons + n_seats, far),
          before_(n_persons + n_seats, none), done_(n_persons + n_seats, 0) {
        std::size_t i = 0;
        for (std::size_t seat = 0; seat < n_; ++seat) {
            for (; i < options.size() && options[i].seat == seat; ++i)
                pair_.push_back({options[i].person, -options[i].value});
            pair_.push_back({m_ + seat, 0}); // stays empty
            first_[seat + 1] = pair_.size();
        }
    }

    void solve() {
        for (std::size_t seat = 0; seat < n_; ++seat) place(seat);
        for (std::size_t seat = 0; seat < n_; ++seat) prefer_small(seat);
    }

    /// The person's column of a seat, or none when it stays empty.
    [[nodiscard]] std::size_t person_of(std::size_t seat) const {
        return column_of_[seat] < m_ ? column_of_[seat] : none;
    }

  private:
    static constexpr std::int64_t far = std::numeric_limits<std::int64_t>::max();

    struct pair {
        std::size_t column = 0;
        std::int64_t cost = 0;
    };
    [[nodiscard]] std::span<const pair> pairs_of(std::size_t seat) const {
        return std::span<const pair>(pair_).subspan(first_[seat], first_[seat + 1] - first_[seat]);
    }

    /// Shortest augmenting path from a seat to a free column (Dijkstra over reduced costs, nearest column first).
    void place(std::size_t start) {
        using entry = std::pair<std::int64_t, std::size_t>; // distance, column
        std::priority_queue<entry, std::vector<entry>, std::greater<>> next;
        std::vector<std::size_t> touched;
        std::vector<std::size_t> scanned;
        std::size_t seat = start;
        std::int64_t walked = 0;
        std::size_t last = none;
        while (last == none) {
            for (const pair& one : pairs_of(seat)) {
                const std::int64_t through = walked + one.cost - u_[seat] - v_[one.column];
                if (done_[one.column] != 0 || through >= distance_[one.column]) continue;
                if (distance_[one.column] == far) touched.push_back(one.column);
                distance_[one.column] = through;
                before_[one.column] = seat;
                next.push({through, one.column});
            }
            while (done_[next.top().second] != 0) next.pop(); // an older, longer way there
            const auto [nearest, column] = next.top();        // there always is one: the seat's own way to stay empty
            walked = nearest;
            done_[column] = 1;
            if (seat_of_[column] == none)
                last = column;
            else {
                scanned.push_back(column);
                seat = seat_of_[column];
            }
        }
        u_[start] += walked;
        for (const std::size_t column : scanned) {
            u_[seat_of_[column]] += walked - distance_[column];
            v_[column] -= walked - distance_[column];
        }
        for (std::size_t column = last;;) {
            const std::size_t from = before_[column];
            seat_of_[column] = from;
            std::swap(column_of_[from], column);
            if (from == start) break;
        }
        for (const std::size_t column : touched) {
            distance_[column] = far;
            before_[column] = none;
            done_[column] = 0;
        }
    }

    /// Gives a seat the smallest column it can have in any optimal slate that keeps the seats before it as they are.
    void prefer_small(std::size_t seat) {
        for (const pair& wanted : pairs_of(seat)) {
            if (wanted.column >= column_of_[seat]) return;
            if (is_tight(seat, wanted) && swap_into(seat, wanted.column)) return;
        }
    }
    [[nodiscard]] bool is_tight(std::size_t seat, const pair& one) const {
        return one.cost == u_[seat] + v_[one.column];
    }
    void move(std::size_t seat, std::size_t column) {
        column_of_[seat] = column;
        seat_of_[column] = seat;
    }
    /// A column may be left free only at a potential of zero; the column given up may be taken by whoever has to move.
    bool swap_into(std::size_t seat, std::size_t wanted) {
        const std::size_t given_up = column_of_[seat];
        if (seat_of_[wanted] == none) {
            if (v_[given_up] != 0) return false;
            seat_of_[given_up] = none;
            move(seat, wanted);
            return true;
        }
        const std::size_t pushed = seat_of_[wanted];
        if (pushed < seat) return false;
        std::vector<std::size_t> queue{pushed};
        std::vector<std::size_t> touched;
        std::size_t end = none;
        for (std::size_t head = 0; head < queue.size() && end == none; ++head)
            for (const pair& one : pairs_of(queue[head])) {
                const std::size_t column = one.column;
                if (column == wanted || before_[column] != none || !is_tight(queue[head], one)) continue;
                const bool free = seat_of_[column] == none;
                if (free && v_[given_up] != 0) continue;
                if (!free && column != given_up && seat_of_[column] <= seat) continue;
                before_[column] = queue[head];
                touched.push_back(column);
                if (free || column == given_up) {
                    end = column;
                    break;
                }
                queue.push_back(seat_of_[column]);
            }
        if (end != none) {
            if (end != given_up) seat_of_[given_up] = none;
            for (std::size_t column = end;;) {
                const std::size_t who = before_[column];
                const std::size_t left = column_of_[who];
                move(who, column);
                if (who == pushed) break;
                column = left;
            }
            move(seat, wanted);
        }
        for (const std::size_t column : touched) before_[column] = none;
        return end != none;
    }

    std::size_t n_, m_;
    std::vector<std::size_t> first_; // pairs of a seat: [first_[seat], first_[seat + 1]), by column
    std::vector<pair> pair_;
    std::vector<std::int64_t> u_, v_; // potentials
    std::vector<std::size_t> seat_of_, column_of_;
    std::vector<std::int64_t> distance_; // scratch of one search, put back after it
    std::vector<std::size_t> before_;
    std::vector<std::uint8_t> done_;
};

} // namespace detail

/// Who takes which seat: a person a seat, or no_index where it stays empty.
/// @param options one row a seat and person at most; @pre seats are below n_seats, |values| below 2^53
[[nodiscard]] inline std::vector<std::uint32_t> best_slate(std::size_t n_seats, std::span<const seat_option> options) {
    std::vector<std::uint32_t> out(n_seats, no_index);
    std::vector<std::uint32_t> people;
    for (const seat_option& one : options) people.push_back(one.person);
    std::sort(people.begin(), people.end());
    people.erase(std::unique(people.begin(), people.end()), people.end());
    const auto row_of = [&](std::uint32_t person) {
        return static_cast<std::size_t>(std::lower_bound(people.begin(), people.end(), person) - people.begin());
    };
    // Parts that share no candidate: union of seats and persons.
    std::vector<std::size_t> root(n_seats + people.size());
    std::iota(root.begin(), root.end(), std::size_t{0});
    const auto find = [&](std::size_t i) {
        while (root[i] != i) i = root[i] = root[root[i]];
        return i;
    };
    for (const seat_option& one : options) {
        const std::size_t a = find(one.seat);
        const std::size_t b = find(n_seats + row_of(one.person));
        root[std::max(a, b)] = std::min(a, b);
    }
    std::vector<std::vector<std::size_t>> seats(n_seats), persons(n_seats); // by the part's smallest seat
    for (std::size_t seat = 0; seat < n_seats; ++seat) seats[find(seat)].push_back(seat);
    for (std::size_t row = 0; row < people.size(); ++row) persons[find(n_seats + row)].push_back(row);
    std::vector<std::vector<seat_option>> by_part(n_seats);
    for (const seat_option& one : options) by_part[find(one.seat)].push_back(one);
    const auto place_in = [](const std::vector<std::size_t>& list, std::size_t what) {
        return static_cast<std::uint32_t>(std::lower_bound(list.begin(), list.end(), what) - list.begin());
    };
    for (std::size_t part = 0; part < n_seats; ++part) {
        if (by_part[part].empty()) continue;
        for (seat_option& one : by_part[part]) {
            one.seat = place_in(seats[part], one.seat);
            one.person = place_in(persons[part], row_of(one.person));
        }
        std::sort(by_part[part].begin(), by_part[part].end(), [](const seat_option& a, const seat_option& b) {
            return a.seat != b.seat ? a.seat < b.seat : a.person < b.person;
        });
        detail::slate_part problem(seats[part].size(), persons[part].size(), by_part[part]);
        problem.solve();
        for (std::size_t seat = 0; seat < seats[part].size(); ++seat)
            if (const std::size_t column = problem.person_of(seat); column != detail::slate_part::none)
                out[seats[part][seat]] = people[persons[part][column]];
    }
    return out;
}

} // namespace dualtrack::decide
