// A small result table with one column of every kind, and a missing cell in each that can miss one.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <type_traits>

#include <dualtrack/base/describe.hpp>

#include "report/table_view.hpp"

namespace every_kind {

using namespace dualtrack;

inline constexpr std::array<std::string_view, 3> style_words{"hero", "mixed", "hero_maker"};

inline text_column texts(std::initializer_list<const char*> rows) {
    text_builder builder;
    for (const char* row : rows) {
        if (row == nullptr) builder.push_missing();
        else builder.push(row);
    }
    return text_builder::finish(std::move(builder));
}

/// The same rows, every row a chunk of its own at an offset.
inline text_column one_chunk_a_row(const text_column& whole) {
    text_column out;
    out.n_rows = whole.n_rows;
    out.owner = whole.owner;
    for (std::int64_t row = 0; row < whole.n_rows; ++row) {
        text_chunk chunk = whole.chunks.front();
        chunk.first_row = row;
        chunk.n_rows = 1;
        chunk.index = static_cast<const std::int64_t*>(whole.chunks.front().index) + row;
        chunk.validity_offset = row;
        out.chunks.push_back(chunk);
    }
    return out;
}

struct table {
    text_column ids = texts({"p1", "p2", "p \"3\""});
    text_column markets = texts({"north", "south"});
    id_column person{ids, std::pmr::get_default_resource()};
    money_column amount;
    date_column closed;
    flag_column review;
    word_column style{style_words, std::pmr::get_default_resource()};
    name_column market{markets, std::pmr::get_default_resource()};
    text_list reason;
    text_column note = texts({"", nullptr, "caf\xC3\xA9\n"});
    column<double> share;
    column<std::int64_t> n_deals;

    table() {
        person.index = {2, 0, no_index};
        amount.minor = {123456, no_money, -5};
        closed.day = {0, 19782, no_date};
        review.value = {1, 0, 2};
        style.code = {2, 255, 0};
        market.code = {1, no_index, 0};
        reason.emplace_back("why");
        reason.emplace_back("");
        reason.emplace_back("tab\there");
        share.value = {0.1, 1e-7, 0};
        share.set_missing(2);
        n_deals.value = {9007199254740993, -1, 0};
        n_deals.set_missing(1);
    }
    table(const table&) = delete;
    table& operator=(const table&) = delete;
};

template <class Visitor, class Table>
    requires std::same_as<std::remove_const_t<Table>, table>
void describe(Visitor& visit, Table& t) {
    visit.table("sellers", "one row a person");
    visit.column("person_id", unit::id, "who", t.person);
    visit.column("amount", unit::currency, "how much", t.amount);
    visit.column("closed", unit::date, "when", t.closed);
    visit.column("review", unit::flag, "to be looked at", t.review);
    visit.column("style", unit::text, "which style", t.style);
    visit.column("market", unit::text, "where", t.market);
    visit.column("reason", unit::text, "why", t.reason);
    visit.column("note", unit::text, "note", t.note);
    visit.column("share", unit::share, "which share", t.share);
    visit.column("n_deals", unit::count, "how many", t.n_deals);
}

}  // namespace every_kind
