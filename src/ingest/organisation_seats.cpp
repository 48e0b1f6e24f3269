// Seats and who stands for them, and the tables that are read for one analysis alone.
#include <algorithm>
#include <tuple>

#include "ingest/organisation_build.hpp"

namespace dualtrack::ingest {

namespace {

/// Rows that hold the same two keys: the pair with the smallest input row. @pre sorted by both keys, then row
template <class Same> equal_rows first_double(std::span<const std::uint32_t> order, std::size_t n, Same&& same) {
    const auto row_of = [&](std::size_t i) { return order.empty() ? static_cast<std::int64_t>(i) : order[i]; };
    equal_rows found;
    for (std::size_t i = 1; i < n; ++i) {
        if (!same(i - 1, i) || (i > 1 && same(i - 2, i - 1))) continue;
        if (found.row < 0 || row_of(i - 1) < found.row) found = {row_of(i - 1), row_of(i)};
    }
    return found;
}

void flags_in_full(vec<std::uint8_t>& flags, std::size_t n, std::uint8_t standard, const run_context& run) {
    if (flags.empty()) place(flags, filled(n, standard, run));
}

} // namespace

result<void> read_vacancies(const reading& from) {
    org::vacancy_columns& vacancies = from.site.made.vacancies;
    const run_context& run = from.site.run;
    const std::size_t n = from.n_rows();
    DUALTRACK_TRYV(from.ids("vacancy_id", presence::required, vacancies.id));
    DUALTRACK_TRYV(from.categories("role", presence::required, vacancies.role));
    DUALTRACK_TRYV(from.categories("team", presence::optional, vacancies.team));
    DUALTRACK_TRYV(from.ids("manager_id", presence::optional, from.site.ids.vacancies_manager));
    DUALTRACK_TRYV(from.dates("opens", presence::required, vacancies.opens));
    if (from.has("reports")) {
        DUALTRACK_TRY(auto reports, read_integers(run, *from.table, "reports", presence::optional));
        place(vacancies.reports, std::move(reports));
        DUALTRACK_TRYV(from.refuse(
            "reports", "data.range", [&](std::size_t row) { return vacancies.reports.value[row] < 0; },
            [&](std::size_t row) {
                return say("expected a count of 0 or more, found ", vacancies.reports.value[row]);
            }));
    } else {
        place(vacancies.reports, column<std::int64_t>(n, 0, run.memory));
        vacancies.reports.valid.assign(n, 0);
    }
    DUALTRACK_TRYV(from.ids("filled_by", presence::optional, from.site.ids.vacancies_filled_by));
    DUALTRACK_TRYV(from.flags("external", presence::optional, vacancies.external));
    flags_in_full(vacancies.external, n, 0, run);
    for (std::uint8_t& flag : vacancies.external)
        if (flag == 2) flag = 0;
    return outcome::success();
}

result<void> key_vacancies(building& site) {
    const org::vacancy_columns& vacancies = site.made.vacancies;
    DUALTRACK_TRY(const equal_rows twice, site.vacancies.build(site.run, vacancies.id));
    if (twice.row < 0) return outcome::success();
    return fail(status::data, "data.duplicate_id",
                say("expected one row a vacancy, found ", quoted(vacancies.id[static_cast<std::size_t>(twice.row)]),
                    " again, also row ", twice.row_2),
                "vacancies.vacancy_id", twice.row);
}

result<void> link_vacancies(building& site) {
    org::vacancy_columns& vacancies = site.made.vacancies;
    const run_context& run = site.run;
    const std::size_t n = vacancies.id.size();
    DUALTRACK_TRY(auto managers, match_managers(site, site.ids.vacancies_manager, n, "vacancies", 2));
    place(vacancies.manager, std::move(managers));
    place(site.ids.vacancies_manager, text_column(run.memory));
    DUALTRACK_TRY(auto filled_by, match_people(site, site.ids.vacancies_filled_by, n, "vacancies", "filled_by"));
    place(vacancies.filled_by, std::move(filled_by));
    if (site.vacancies.ascends()) return outcome::success();
    vec<std::uint32_t> order(n, run.memory);
    for (std::uint32_t row = 0; row < n; ++row) order[row] = row;
    std::sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
        return site.vacancies.id(left) < site.vacancies.id(right);
    });
    text_builder ids(run.memory);
    for (const std::uint32_t row : order) ids.push(vacancies.id[row]);
    place(vacancies.id, text_builder::finish(std::move(ids)));
    DUALTRACK_TRYV(reorder(run, order, vacancies.role.code));
    DUALTRACK_TRYV(reorder(run, order, vacancies.team.code));
    DUALTRACK_TRYV(reorder(run, order, vacancies.manager));
    DUALTRACK_TRYV(reorder(run, order, vacancies.opens));
    DUALTRACK_TRYV(reorder(run, order, vacancies.reports.value));
    DUALTRACK_TRYV(reorder(run, order, vacancies.reports.valid));
    DUALTRACK_TRYV(reorder(run, order, vacancies.filled_by));
    DUALTRACK_TRYV(reorder(run, order, vacancies.external));
    DUALTRACK_TRY(const equal_rows none, site.vacancies.build(run, vacancies.id));
    static_cast<void>(none); // distinct in one order, distinct in any
    // Candidates were matched with the input order.
    vec<std::uint32_t> place_of(n, run.memory);
    for (std::uint32_t i = 0; i < n; ++i) place_of[order[i]] = i;
    for (std::uint32_t& vacancy : site.made.candidates.vacancy) vacancy = place_of[vacancy];
    return outcome::success();
}

result<void> read_candidates(const reading& from) {
    org::candidate_columns& candidates = from.site.made.candidates;
    const run_context& run = from.site.run;
    const std::size_t n = from.n_rows();
    DUALTRACK_TRYV(from.ids("vacancy_id", presence::required, from.site.ids.candidates_vacancy));
    DUALTRACK_TRYV(from.ids("person_id", presence::required, from.site.ids.candidates_person));
    DUALTRACK_TRYV(from.flags("interviewed", presence::optional, candidates.interviewed));
    flags_in_full(candidates.interviewed, n, 2, run);
    DUALTRACK_TRYV(from.flags("selected", presence::optional, candidates.selected));
    flags_in_full(candidates.selected, n, 2, run);
    DUALTRACK_TRYV(from.flags("consents", presence::optional, candidates.consents));
    flags_in_full(candidates.consents, n, 2, run);
    return outcome::success();
}

result<void> link_candidates(building& site) {
    org::candidate_columns& candidates = site.made.candidates;
    const run_context& run = site.run;
    const std::size_t n = candidates.selected.size();
    DUALTRACK_TRY(auto vacancies, match_ids(run, site.ids.candidates_vacancy, n, site.vacancies,
                                            {"candidates", "vacancy_id", "the id of a vacancy in vacancies"}));
    place(candidates.vacancy, std::move(vacancies));
    place(site.ids.candidates_vacancy, text_column(run.memory));
    DUALTRACK_TRY(auto people, match_people(site, site.ids.candidates_person, n, "candidates", "person_id"));
    place(candidates.person, std::move(people));
    // Vacancies are not in the order of their ids yet; their ranks are.
    const std::size_t n_vacancies = site.vacancies.size();
    vec<std::uint32_t> by_id(n_vacancies, run.memory);
    for (std::uint32_t i = 0; i < n_vacancies; ++i) by_id[i] = i;
    if (!site.vacancies.ascends())
        std::sort(by_id.begin(), by_id.end(), [&](std::uint32_t left, std::uint32_t right) {
            return site.vacancies.id(left) < site.vacancies.id(right);
        });
    vec<std::uint32_t> rank(n_vacancies, run.memory);
    for (std::uint32_t i = 0; i < n_vacancies; ++i) rank[by_id[i]] = i;
    vec<std::uint32_t> key(n, run.memory);
    for (std::size_t i = 0; i < n; ++i) key[i] = rank[candidates.vacancy[i]];
    DUALTRACK_TRY(const auto order, order_by_key(run, key, n_vacancies, [&](std::uint32_t left, std::uint32_t right) {
                      return candidates.person[left] < candidates.person[right];
                  }));
    DUALTRACK_TRYV(reorder(run, order, candidates.vacancy));
    DUALTRACK_TRYV(reorder(run, order, candidates.person));
    DUALTRACK_TRYV(reorder(run, order, candidates.interviewed));
    DUALTRACK_TRYV(reorder(run, order, candidates.selected));
    DUALTRACK_TRYV(reorder(run, order, candidates.consents));
    const equal_rows twice = first_double(order, n, [&](std::size_t left, std::size_t right) {
        return candidates.vacancy[left] == candidates.vacancy[right] &&
               candidates.person[left] == candidates.person[right];
    });
    if (twice.row < 0) return outcome::success();
    return fail(status::data, "data.duplicate_id",
                say("expected one row a vacancy and person, found another, also row ", twice.row_2),
                "candidates.person_id", twice.row);
}

result<void> read_exchange_rates(const reading& from) {
    org::exchange_rate_columns& rates = from.site.made.exchange_rates;
    DUALTRACK_TRYV(from.currencies(presence::required, rates.currency, from.site.rates_currencies));
    DUALTRACK_TRYV(from.dates("date", presence::required, rates.date));
    DUALTRACK_TRYV(from.numbers("rate", rates.rate));
    return from.refuse(
        "rate", "data.range", [&](std::size_t row) { return !(rates.rate[row] > 0.0); },
        [&](std::size_t row) { return say("expected a rate above 0, found ", rates.rate[row]); });
}

result<void> link_exchange_rates(building& site) {
    org::exchange_rate_columns& rates = site.made.exchange_rates;
    const run_context& run = site.run;
    DUALTRACK_TRY(const auto order, order_by_key(run, rates.currency, site.made.currencies.size(),
                                                 [&](std::uint32_t left, std::uint32_t right) {
                                                     return rates.date[left] < rates.date[right];
                                                 }));
    DUALTRACK_TRYV(reorder(run, order, rates.currency));
    DUALTRACK_TRYV(reorder(run, order, rates.date));
    DUALTRACK_TRYV(reorder(run, order, rates.rate));
    const equal_rows twice = first_double(order, rates.rate.size(), [&](std::size_t left, std::size_t right) {
        return rates.currency[left] == rates.currency[right] && rates.date[left] == rates.date[right];
    });
    if (twice.row < 0) return outcome::success();
    return fail(status::data, "data.duplicate_id",
                say("expected one rate a currency and date, found another, also row ", twice.row_2),
                "exchange_rates.date", twice.row);
}

result<void> read_demographics(const reading& from) {
    return from.ids("person_id", presence::required, from.site.ids.demographics_person);
}

result<void> link_demographics(building& site) {
    DUALTRACK_TRY(const auto people, match_people(site, site.ids.demographics_person,
                                                  site.ids.demographics_person.size(), "demographics", "person_id"));
    static_cast<void>(people); // checked, and read by no analysis yet
    return outcome::success();
}

/// Ids that are few: read as categories, held to what every id is.
result<void> read_panel_ids(const reading& from, std::string_view column, category_column& to) {
    DUALTRACK_TRYV(from.categories(column, presence::required, to));
    for (std::uint32_t code = 0; code < to.names.size(); ++code) {
        const std::string_view id = to.names[code];
        const bool is_empty = id.empty();
        if (!is_empty && id.find('\0') == std::string_view::npos) continue;
        return from.refuse(
            column, is_empty ? "data.range" : "data.utf8", [&](std::size_t row) { return to.code[row] == code; },
            [&](std::size_t) {
                return std::string(is_empty ? "expected an id, found empty text"
                                            : "expected an id without a NUL byte, found one with it");
            });
    }
    return outcome::success();
}

result<void> read_panel(const reading& from) {
    org::panel_columns& panel = from.site.made.panel;
    const run_context& run = from.site.run;
    DUALTRACK_TRYV(read_panel_ids(from, "unit_id", panel.unit));
    DUALTRACK_TRYV(read_panel_ids(from, "group_id", panel.group));
    if (found_in(*from.table, "period") == found_cells::dates) {
        DUALTRACK_TRYV(from.dates("period", presence::required, panel.period));
    } else {
        DUALTRACK_TRY(const auto period, read_integers(run, *from.table, "period", presence::required));
        DUALTRACK_TRYV(from.refuse(
            "period", "data.range",
            [&](std::size_t row) { return period.value[row] < -2147483647 || period.value[row] > 2147483647; },
            [&](std::size_t row) { return say("expected a period number of 32 bits, found ", period.value[row]); }));
        place(panel.period, vec<std::int32_t>(from.n_rows(), run.memory));
        for (std::size_t row = 0; row < from.n_rows(); ++row)
            panel.period[row] = static_cast<std::int32_t>(period.value[row]);
    }
    DUALTRACK_TRYV(from.numbers("value", panel.value));
    DUALTRACK_TRYV(from.numbers("weight", presence::optional, panel.weight));
    DUALTRACK_TRYV(from.refuse(
        "weight", "data.range",
        [&](std::size_t row) { return panel.weight.size() > 0 && panel.weight.value[row] < 0.0; },
        [&](std::size_t row) { return say("expected a weight of 0 or more, found ", panel.weight.value[row]); }));
    vec<std::string_view> names(run.memory);
    for (std::int64_t i = 0; i < from.table->schema->n_children; ++i) {
        const std::string_view name = from.table->schema->children[i]->name;
        if (name.starts_with("x_")) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    place(panel.control_names, vec<std::pmr::string>(run.memory));
    place(panel.controls, vec<vec<double>>(run.memory));
    for (const std::string_view name : names) {
        vec<double> values(run.memory);
        DUALTRACK_TRYV(from.numbers(name, values));
        panel.control_names.emplace_back(name);
        panel.controls.push_back(std::move(values));
    }
    return outcome::success();
}

} // namespace dualtrack::ingest
