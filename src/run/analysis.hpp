// Analyses: the questions the library answers, by name. Each takes the checked data and a policy and gives result
// tables; tables that are large and not always wanted (credit) are made when somebody first asks for them.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <dualtrack/base/parallel.hpp>
#include <dualtrack/base/result.hpp>
#include <dualtrack/org/findings.hpp>
#include <dualtrack/org/policy.hpp>

#include "ingest/organisation.hpp"
#include "report/catalog.hpp"
#include "report/table_view.hpp"

namespace dualtrack::run {

/// One table of a result: made at once, or on the first request, by whoever asks first.
class result_table {
  public:
    struct made {
        std::shared_ptr<const void> owner;
        report::table_view view;
    };

    result_table(std::string_view name, std::function<made()> make) : name_(name), lazy_(std::make_shared<lazy>()) {
        lazy_->make = std::move(make);
    }
    /// A table that is there already.
    template <class Table>
    [[nodiscard]] static result_table of(std::string_view name, std::shared_ptr<const Table> table) {
        return result_table(name, [table] { return made{table, report::view_of(*table)}; });
    }

    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    /// The table and what keeps it alive. May throw bad_alloc; the next call then tries again.
    [[nodiscard]] const made& get() const {
        std::call_once(lazy_->once, [this] {
            lazy_->table = lazy_->make();
            lazy_->make = nullptr;
        });
        return lazy_->table;
    }

  private:
    struct lazy {
        std::once_flag once;
        std::function<made()> make;
        made table;
    };
    std::string_view name_;
    std::shared_ptr<lazy> lazy_;
};

/// What dtk_result holds.
struct analysis_result {
    std::string_view analysis;
    std::shared_ptr<const ingest::checked_data> data;
    org::policy policy;
    std::int32_t as_of = no_date;
    std::vector<std::string_view> tables_read; // input tables, in the order of the catalog
    std::vector<result_table> tables;          // "findings" last
};

/// An analysis as the catalog prints it, and the empty tables its views look at.
struct described_analysis {
    report::analysis_description text;
    std::vector<std::shared_ptr<const void>> empty_tables;

    template <class Table> void add(Table&& empty) {
        auto kept = std::make_shared<const std::decay_t<Table>>(std::forward<Table>(empty));
        text.tables.push_back(report::view_of(*kept));
        empty_tables.push_back(std::move(kept));
    }
};

/// One analysis: how it is called, what it needs, what it gives, and how it is run.
struct analysis {
    std::string_view name;
    result<std::shared_ptr<analysis_result>> (*run)(const run_context&, std::shared_ptr<const ingest::checked_data>,
                                                    const org::policy&);
    described_analysis (*describe)(); // for the catalog
};

/// Every analysis, in the order of the catalog.
[[nodiscard]] std::span<const analysis> analyses() noexcept;
/// The analysis of that name, or nullptr.
[[nodiscard]] const analysis* find_analysis(std::string_view name) noexcept;
/// The catalog as JSON, made anew.
[[nodiscard]] std::string catalog();

} // namespace dualtrack::run
