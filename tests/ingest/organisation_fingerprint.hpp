// One number for everything an organisation says, whatever shape its tables came in: input rows are left out, deals and
// other tables in input order count as sets of rows.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include <dualtrack/org/organisation.hpp>

namespace dualtrack::testing {

class fingerprint {
  public:
    void add(std::uint64_t word) { state_ = mix(state_ ^ mix(word + 0x9E3779B97F4A7C15U)); }
    void add(std::string_view text) {
        add(text.size());
        for (const char c : text) add(static_cast<std::uint64_t>(static_cast<unsigned char>(c)));
    }
    void add(double number) { add(std::bit_cast<std::uint64_t>(number)); }
    [[nodiscard]] std::uint64_t value() const { return state_; }

  private:
    static std::uint64_t mix(std::uint64_t x) {
        x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
        x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
        return x ^ (x >> 31U);
    }
    std::uint64_t state_ = 0;
};

namespace print {

template <class T> void cell(fingerprint& to, const vec<T>& column, std::size_t row) {
    to.add(static_cast<std::uint64_t>(column.empty()));
    if (column.empty()) return;
    if constexpr (std::is_same_v<T, double>)
        to.add(column[row]);
    else
        to.add(static_cast<std::uint64_t>(column[row]));
}
inline void cell(fingerprint& to, const text_column& column, std::size_t row) {
    const bool there = column.size() > 0 && column.has(row);
    to.add(static_cast<std::uint64_t>(there));
    if (there) to.add(column[row]);
}
inline void cell(fingerprint& to, const category_column& column, std::size_t row) {
    to.add(static_cast<std::uint64_t>(column.has(row)));
    if (column.has(row)) to.add(column.names[column.code[row]]);
}
template <class T> void cell(fingerprint& to, const column<T>& values, std::size_t row) {
    to.add(static_cast<std::uint64_t>(values.has(row)));
    if (!values.has(row)) return;
    if constexpr (std::is_same_v<T, double>)
        to.add(values.value[row]);
    else
        to.add(static_cast<std::uint64_t>(values.value[row]));
}
/// A row of another table, by its id.
inline void cell_of(fingerprint& to, const text_column& ids, const vec<std::uint32_t>& column, std::size_t row) {
    to.add(static_cast<std::uint64_t>(column.empty()));
    if (column.empty()) return;
    to.add(static_cast<std::uint64_t>(column[row] == no_index));
    if (column[row] != no_index) to.add(ids[column[row]]);
}
template <class... Columns> void row_of(fingerprint& to, std::size_t row, const Columns&... columns) {
    (cell(to, columns, row), ...);
}

} // namespace print

/// Adds the rows of a table whose order means nothing.
template <class Row> void add_as_set(fingerprint& to, std::size_t n, Row&& row) {
    std::vector<std::uint64_t> rows;
    for (std::size_t i = 0; i < n; ++i) {
        fingerprint one;
        row(one, i);
        rows.push_back(one.value());
    }
    std::sort(rows.begin(), rows.end());
    to.add(n);
    for (const std::uint64_t one : rows) to.add(one);
}
template <class Row> void add_in_order(fingerprint& to, std::size_t n, Row&& row) {
    to.add(n);
    for (std::size_t i = 0; i < n; ++i) row(to, i);
}

/// @param with_rows whether the input rows count, as they must when the tables are the same row by row
inline std::uint64_t fingerprint_of(const org::organisation& o, bool with_rows = false) {
    using namespace print;
    fingerprint to;
    const auto row_number = [&](fingerprint& f, const vec<std::int64_t>& rows, std::size_t i) {
        if (with_rows) cell(f, rows, i);
    };
    add_in_order(to, o.people.id.size(), [&](fingerprint& f, std::size_t i) {
        row_of(f, i, o.people.id, o.people.name, o.people.hired, o.people.left, o.people.left_reason, o.people.role,
               o.people.market, o.people.manager_now, o.people.manager_unknown);
        row_number(f, o.people.row, i);
    });
    add_in_order(to, o.assignments.first.size(),
                 [&](fingerprint& f, std::size_t i) { cell(f, o.assignments.first, i); });
    add_in_order(to, o.assignments.person.size(), [&](fingerprint& f, std::size_t i) {
        row_of(f, i, o.assignments.person, o.assignments.manager, o.assignments.start, o.assignments.end,
               o.assignments.role, o.assignments.team, o.assignments.market);
        row_number(f, o.assignments.row, i);
    });
    add_as_set(to, o.deals.id.size(), [&](fingerprint& f, std::size_t i) {
        row_of(f, i, o.deals.id, o.deals.owner, o.deals.amount, o.deals.currency, o.deals.opened, o.deals.closed,
               o.deals.outcome, o.deals.segment, o.deals.account_id, o.deals.list_price);
        if (!o.credits.first.empty()) {
            for (std::size_t k = o.credits.first[i]; k < o.credits.first[i + 1]; ++k)
                row_of(f, k, o.credits.person, o.credits.share, o.credits.kind);
        }
        if (!o.participants.first.empty()) {
            for (std::size_t k = o.participants.first[i]; k < o.participants.first[i + 1]; ++k)
                row_of(f, k, o.participants.person, o.participants.part, o.participants.joined);
        }
    });
    for (const org::period_columns* periods : {&o.sales, &o.quotas})
        add_in_order(to, periods->person.size(), [&](fingerprint& f, std::size_t i) {
            row_of(f, i, periods->person, periods->start, periods->end, periods->amount, periods->currency,
                   periods->scope);
            row_number(f, periods->row, i);
        });
    add_in_order(to, o.activities.actor.size(), [&](fingerprint& f, std::size_t i) {
        row_of(f, i, o.activities.actor, o.activities.subject, o.activities.kind, o.activities.start,
               o.activities.minutes);
        cell_of(f, o.deals.id, o.activities.deal, i);
        row_number(f, o.activities.row, i);
    });
    add_in_order(to, o.ratings.first.empty() ? 0 : o.ratings.first.size() - 1, [&](fingerprint& f, std::size_t p) {
        const std::size_t first = o.ratings.first[p];
        add_as_set(f, o.ratings.first[p + 1] - first, [&](fingerprint& g, std::size_t i) {
            row_of(g, first + i, o.ratings.rater, o.ratings.score, o.ratings.date);
            g.add(static_cast<std::uint64_t>(o.ratings.source(first + i)));
            g.add(o.ratings.competencies[o.ratings.competency(first + i)]);
            if (with_rows) g.add(static_cast<std::uint64_t>(o.ratings.input_row(first + i)));
        });
    });
    add_as_set(to, o.answers.person.size(), [&](fingerprint& f, std::size_t i) {
        row_of(f, i, o.answers.person, o.answers.question, o.answers.score, o.answers.red_flag, o.answers.interviewer,
               o.answers.date);
    });
    add_as_set(to, o.motives.person.size(), [&](fingerprint& f, std::size_t i) {
        row_of(f, i, o.motives.person, o.motives.motive, o.motives.strength, o.motives.date,
               o.motives.wants_management);
    });
    add_in_order(to, o.pay.person.size(), [&](fingerprint& f, std::size_t i) {
        row_of(f, i, o.pay.person, o.pay.start, o.pay.end, o.pay.base, o.pay.target_variable, o.pay.paid_variable,
               o.pay.currency);
        row_number(f, o.pay.row, i);
    });
    add_in_order(to, o.vacancies.id.size(), [&](fingerprint& f, std::size_t i) {
        row_of(f, i, o.vacancies.id, o.vacancies.role, o.vacancies.team, o.vacancies.manager, o.vacancies.opens,
               o.vacancies.reports, o.vacancies.filled_by, o.vacancies.external);
    });
    add_in_order(to, o.candidates.vacancy.size(), [&](fingerprint& f, std::size_t i) {
        row_of(f, i, o.candidates.vacancy, o.candidates.person, o.candidates.interviewed, o.candidates.selected,
               o.candidates.consents);
    });
    add_in_order(to, o.exchange_rates.currency.size(), [&](fingerprint& f, std::size_t i) {
        row_of(f, i, o.exchange_rates.currency, o.exchange_rates.date, o.exchange_rates.rate);
    });
    add_as_set(to, o.panel.value.size(), [&](fingerprint& f, std::size_t i) {
        row_of(f, i, o.panel.unit, o.panel.group, o.panel.period, o.panel.value, o.panel.weight);
        for (const auto& control : o.panel.controls) cell(f, control, i);
    });
    add_as_set(to, o.orphans.id.size(), [&](fingerprint& f, std::size_t i) {
        f.add(std::string_view(o.orphans.id[i]));
        cell(f, o.orphans.table, i);
        row_number(f, o.orphans.row, i);
    });
    add_in_order(to, o.currencies.size(), [&](fingerprint& f, std::size_t i) { cell(f, o.currencies, i); });
    return to.value();
}

} // namespace dualtrack::testing
