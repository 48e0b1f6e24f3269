// A panel of value added that a host keeps between runs: months come in as the table `panel`, with the host's own ids
// and periods, and a solve gives the tables of the analysis. Values are kept as they were given, so that every solve
// may have a policy of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <dualtrack/estimate/panel_state.hpp>

#include "ingest/table.hpp"
#include "run/analysis.hpp"

namespace dualtrack::run {

/// What is done with the rows of a table.
enum class panel_change : std::uint8_t { append, correct, remove };

/// Ids in the order in which they were met.
class kept_ids {
  public:
    [[nodiscard]] std::size_t size() const noexcept { return id_.size(); }
    [[nodiscard]] const std::string& operator[](std::size_t code) const noexcept { return *id_[code]; }
    [[nodiscard]] std::uint32_t find(std::string_view id) const {
        const auto found = code_.find(id);
        return found == code_.end() ? no_index : found->second;
    }
    std::uint32_t add(std::string_view id) {
        const auto code = static_cast<std::uint32_t>(id_.size());
        id_.push_back(std::make_unique<const std::string>(id));
        code_.emplace(std::string_view(*id_.back()), code); // without memory for this: a code that is never used
        return code;
    }

  private:
    std::vector<std::unique_ptr<const std::string>> id_;
    std::unordered_map<std::string_view, std::uint32_t> code_; // looked up, never walked through
};

class value_added_state {
  public:
    value_added_state() = default;

    /// Takes the table `panel`. After an error nothing has changed.
    /// Errors: argument.table_name, schema.missing_table, argument.unknown_option (weights, controls), data.range
    /// (dates after numbers, values above 1e100 in size), data.duplicate_id, data.unknown_row, those of
    /// ingest::build_organisation.
    result<void> change(const run_context& run, ingest::table_set&& tables, panel_change kind);

    /// The analysis `value_added` of all rows that are there. Errors: those of the analysis; one about a row names its
    /// seller and period, since rows have no numbers that a host knows.
    [[nodiscard]] result<std::shared_ptr<analysis_result>> solve(const run_context& run,
                                                                 const org::policy& policy) const;

    /// Bytes with a version and a digest; the same rows have the same bytes.
    [[nodiscard]] std::string save() const;
    /// Errors: state.foreign, state.damaged, state.version.
    [[nodiscard]] static result<value_added_state> load(std::string_view bytes);

  private:
    [[nodiscard]] result<ingest::table_set> table() const;
    [[nodiscard]] error named(error from) const;

    estimate::panel_state panel_{estimate::kept_rows::values};
    kept_ids units_, groups_;
    std::vector<std::int32_t> periods_; // ascending; a code of the panel is a place in here
    bool has_dates_ = false;            // of the rows that are there
};

} // namespace dualtrack::run
