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
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include <dualtrack/base/column.hpp>

namespace dualtrack::decide {

/// One person who may be given one seat, and what that is worth in minor units.
struct seat_option {
    std::uint32_t seat = 0, person = 0;
    std::int64_t value = 0;
};

namespace detail {

/// One part of the problem: rows are seats, columns persons, then one way to stay empty a seat.
class slate_part {
  public:
    slate_part(std::size_t n_seats, std::size_t n_persons)
        : n_(n_seats), m_(n_persons), cost_(n_seats * n_persons, forbidden), u_(n_seats, 0), v_(n_persons + n_seats, 0),
          seat_of_(n_persons + n_seats, none), column_of_(n_seats, none) {}

    void allow(std::size_t seat, std::size_t person, std::int64_t value) { cost_[seat * m_ + person] = -value; }

    void solve() {
        for (std::size_t seat = 0; seat < n_; ++seat) place(seat);
        for (std::size_t seat = 0; seat < n_; ++seat) prefer_small(seat);
    }

    /// The person's column of a seat, or none when it stays empty.
    [[nodiscard]] std::size_t person_of(std::size_t seat) const {
        return column_of_[seat] < m_ ? column_of_[seat] : none;
    }

    static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  private:
    static constexpr std::int64_t forbidden = std::numeric_limits<std::int64_t>::max();
    static constexpr std::int64_t far = std::numeric_limits<std::int64_t>::max();

    [[nodiscard]] std::int64_t cost(std::size_t seat, std::size_t column) const {
        if (column < m_) return cost_[seat * m_ + column];
        return column - m_ == seat ? 0 : forbidden;
    }

    /// Shortest augmenting path from a seat to a free column.
    void place(std::size_t start) {
        const std::size_t columns = m_ + n_;
        std::vector<std::int64_t> distance(columns, far);
        std::vector<std::size_t> before(columns, none); // the seat a column was reached from
        std::vector<std::uint8_t> done(columns, 0);
        std::size_t seat = start;
        std::int64_t walked = 0;
        std::size_t last = none;
        std::vector<std::size_t> scanned;
        while (last == none) {
            for (std::size_t column = 0; column < columns; ++column) {
                const std::int64_t c = cost(seat, column);
                if (done[column] != 0 || c == forbidden) continue;
                const std::int64_t through = walked + c - u_[seat] - v_[column];
                if (through >= distance[column]) continue;
                distance[column] = through;
                before[column] = seat;
            }
            std::size_t next = none;
            for (std::size_t column = 0; column < columns; ++column)
                if (done[column] == 0 && distance[column] != far && (next == none || distance[column] < distance[next]))
                    next = column;
            walked = distance[next]; // there always is one: the seat's own way to stay empty
            done[next] = 1;
            if (seat_of_[next] == none)
                last = next;
            else {
                scanned.push_back(next);
                seat = seat_of_[next];
            }
        }
        u_[start] += walked;
        for (const std::size_t column : scanned) {
            u_[seat_of_[column]] += walked - distance[column];
            v_[column] -= walked - distance[column];
        }
        for (std::size_t column = last; column != none;) {
            const std::size_t from = before[column];
            seat_of_[column] = from;
            std::swap(column_of_[from], column);
            if (from == start) break;
        }
    }

    /// Gives a seat the smallest column it can have in any optimal slate that keeps the seats before it as they are.
    void prefer_small(std::size_t seat) {
        for (std::size_t wanted = 0; wanted < column_of_[seat]; ++wanted)
            if (is_tight(seat, wanted) && swap_into(seat, wanted)) return;
    }
    [[nodiscard]] bool is_tight(std::size_t seat, std::size_t column) const {
        const std::int64_t c = cost(seat, column);
        return c != forbidden && c == u_[seat] + v_[column];
    }
    /// A column may be left free only at a potential of zero; the column given up may be taken by whoever has to move.
    bool swap_into(std::size_t seat, std::size_t wanted) {
        const std::size_t given_up = column_of_[seat];
        const auto move = [&](std::size_t who, std::size_t column) {
            column_of_[who] = column;
            seat_of_[column] = who;
        };
        if (seat_of_[wanted] == none) {
            if (v_[given_up] != 0) return false;
            seat_of_[given_up] = none;
            move(seat, wanted);
            return true;
        }
        const std::size_t pushed = seat_of_[wanted];
        if (pushed < seat) return false;
        std::vector<std::size_t> from(m_ + n_, none); // the seat that would move to a column
        std::vector<std::size_t> queue{pushed};
        std::size_t end = none;
        for (std::size_t head = 0; head < queue.size() && end == none; ++head)
            for (std::size_t column = 0; column < m_ + n_; ++column) {
                if (column == wanted || from[column] != none || !is_tight(queue[head], column)) continue;
                const bool free = seat_of_[column] == none;
                if (free && v_[given_up] != 0) continue;
                if (!free && column != given_up && seat_of_[column] <= seat) continue;
                from[column] = queue[head];
                if (free || column == given_up) {
                    end = column;
                    break;
                }
                queue.push_back(seat_of_[column]);
            }
        if (end == none) return false;
        if (end != given_up) seat_of_[given_up] = none;
        for (std::size_t column = end;;) {
            const std::size_t who = from[column];
            const std::size_t left = column_of_[who];
            move(who, column);
            if (who == pushed) break;
            column = left;
        }
        move(seat, wanted);
        return true;
    }

    std::size_t n_, m_;
    std::vector<std::int64_t> cost_, u_, v_;
    std::vector<std::size_t> seat_of_, column_of_;
};

} // namespace detail

/// Who takes which seat: a person a seat, or no_index where it stays empty.
/// @param options one row a seat and person at most; @pre seats are below n_seats, |values| below 2^50
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
    std::vector<std::vector<std::size_t>> by_part(n_seats);
    for (std::size_t i = 0; i < options.size(); ++i) by_part[find(options[i].seat)].push_back(i);
    const auto place_in = [](const std::vector<std::size_t>& list, std::size_t what) {
        return static_cast<std::size_t>(std::lower_bound(list.begin(), list.end(), what) - list.begin());
    };
    for (std::size_t part = 0; part < n_seats; ++part) {
        if (by_part[part].empty()) continue;
        detail::slate_part problem(seats[part].size(), persons[part].size());
        for (const std::size_t i : by_part[part])
            problem.allow(place_in(seats[part], options[i].seat), place_in(persons[part], row_of(options[i].person)),
                          options[i].value);
        problem.solve();
        for (std::size_t seat = 0; seat < seats[part].size(); ++seat)
            if (const std::size_t column = problem.person_of(seat); column != detail::slate_part::none)
                out[seats[part][seat]] = people[persons[part][column]];
    }
    return out;
}

} // namespace dualtrack::decide
