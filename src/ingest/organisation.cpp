#include "ingest/organisation.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "ingest/organisation_build.hpp"
#include "ingest/seal.hpp"

namespace dualtrack::ingest {

namespace {

/// One table on its way: how it is read and how it is linked; by name, which is the order of errors.
struct table_steps {
    std::string_view name;
    result<void> (*read)(const reading&);
    result<void> (*link)(building&);
    bool org::organisation::*has;
};
result<void> nothing_to_link(building&) {
    return outcome::success();
}

using made = org::organisation;
constexpr std::array<table_steps, 17> steps{{
    {"activities", read_activities, link_activities, &made::has_activities},
    {"answers", read_answers, link_answers, &made::has_answers},
    {"assignments", read_assignments, link_assignments, &made::has_assignments},
    {"candidates", read_candidates, link_candidates, &made::has_candidates},
    {"credits", read_credits, link_credits, &made::has_credits},
    {"deals", read_deals, link_deals, &made::has_deals},
    {"demographics", read_demographics, link_demographics, &made::has_demographics},
    {"exchange_rates", read_exchange_rates, link_exchange_rates, &made::has_exchange_rates},
    {"motives", read_motives, link_motives, &made::has_motives},
    {"panel", read_panel, nothing_to_link, &made::has_panel},
    {"participants", read_participants, link_participants, &made::has_participants},
    {"pay", read_pay, link_pay, &made::has_pay},
    {"people", read_people, link_people, &made::has_people},
    {"quotas", read_quotas, link_quotas, &made::has_quotas},
    {"ratings", read_ratings, link_ratings, &made::has_ratings},
    {"sales", read_sales, link_sales, &made::has_sales},
    {"vacancies", read_vacancies, link_vacancies, &made::has_vacancies},
}};

/// Progress is told table by table, in proportion to their rows.
class progress_by_rows {
  public:
    progress_by_rows(const run_context& run, const table_set& tables) : run_(run) {
        for (const auto& table : tables.tables) total_ += 2.0 * static_cast<double>(table->n_rows) + 2.0;
    }
    [[nodiscard]] result<void> advance(std::int64_t rows) {
        done_ += static_cast<double>(rows) + 1.0;
        if (is_cancelled(run_)) return cancelled_failure();
        if (run_.progress == nullptr) return outcome::success();
        const double share = done_ / total_;
        if (run_.progress(run_.progress_user, run_.progress_from + (run_.progress_to - run_.progress_from) * share) !=
            0)
            return cancelled_failure();
        return outcome::success();
    }

  private:
    const run_context& run_;
    double total_ = 0.0;
    double done_ = 0.0;
};

} // namespace

result<void> join_currencies(building& site) {
    org::organisation& to = site.made;
    struct named_codes {
        const text_column* words;
        vec<std::uint32_t>* codes;
    };
    const std::array<named_codes, 4> all{{{&site.deals_currencies, &to.deals.currency},
                                          {&site.rates_currencies, &to.exchange_rates.currency},
                                          {&site.pay_currencies, &to.pay.currency},
                                          {&site.sales_currencies, &to.sales.currency}}};
    vec<std::string_view> met(site.run.memory);
    for (const named_codes& table : all)
        for (std::size_t i = 0; i < table.words->size(); ++i) met.push_back((*table.words)[i]);
    std::sort(met.begin(), met.end());
    met.erase(std::unique(met.begin(), met.end()), met.end());
    text_builder builder(site.run.memory);
    for (const std::string_view code : met) builder.push(code);
    for (const named_codes& table : all) {
        if (table.words->size() == 0 || table.words->size() == met.size()) continue; // the same list already
        vec<std::uint32_t> code_of(table.words->size(), site.run.memory);
        for (std::size_t i = 0; i < code_of.size(); ++i)
            code_of[i] =
                static_cast<std::uint32_t>(std::lower_bound(met.begin(), met.end(), (*table.words)[i]) - met.begin());
        for (std::uint32_t& code : *table.codes)
            if (code != no_index) code = code_of[code];
    }
    place(to.currencies, text_builder::finish(std::move(builder)));
    return outcome::success();
}

result<std::shared_ptr<const checked_data>> build_organisation(const run_context& run, table_set&& tables) {
    run_context quiet = run; // inner loops do not report: progress is told here
    quiet.progress = nullptr;
    auto data = std::allocate_shared<checked_data>(std::pmr::polymorphic_allocator<checked_data>(run.memory));
    data->tables = std::move(tables);
    place(data->findings, org::findings_table(run.memory));
    place(data->organisation.orphans, org::orphan_columns{vec<std::uint8_t>(run.memory), vec<std::int64_t>(run.memory),
                                                          vec<std::pmr::string>(run.memory)});
    DUALTRACK_TRYV(check_seals(data->tables));
    building site{quiet, data->tables, data->organisation, data->findings};
    progress_by_rows progress(run, data->tables);
    DUALTRACK_TRYV(check_schema(site));
    for (const table_steps& step : steps) {
        auto table = data->tables.find(step.name);
        if (!table) continue;
        data->organisation.*step.has = true;
        DUALTRACK_TRYV(step.read(reading{site, table}));
        DUALTRACK_TRYV(progress.advance(table->n_rows));
    }
    DUALTRACK_TRYV(join_currencies(site));
    if (data->organisation.has_deals) {
        DUALTRACK_TRYV(key_deals(site));
    }
    if (data->organisation.has_people) {
        DUALTRACK_TRYV(key_people(site));
    }
    if (data->organisation.has_vacancies) {
        DUALTRACK_TRYV(key_vacancies(site));
    }
    for (const table_steps& step : steps) {
        const auto table = data->tables.find(step.name);
        if (!table) continue;
        DUALTRACK_TRYV(step.link(site));
        DUALTRACK_TRYV(progress.advance(table->n_rows));
    }
    DUALTRACK_TRYV(check_seals(data->tables));
    return std::shared_ptr<const checked_data>(std::move(data));
}

} // namespace dualtrack::ingest
