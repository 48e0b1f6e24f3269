#include "run/person_measures.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include <dualtrack/base/normal.hpp>
#include <dualtrack/measure/team.hpp>

#include "report/table_view.hpp"
#include "run/assessed.hpp"
#include "run/measured.hpp"

namespace dualtrack::run {
namespace {

constexpr std::string_view of_team = "team_";
constexpr double days_a_month = 30.4375;
constexpr std::array<std::string_view, 3> time_measures{"tenure_months", "months_in_role", "months_leading"};
constexpr std::array<std::string_view, 6> readiness_measures{"readiness_z",    "readiness_sd",      "readiness_low",
                                                             "readiness_high", "probability_ready", "n_sources"};
constexpr std::array<std::string_view, 3> counted_activities{"mentoring_minutes", "leads_shared", "recognition_count"};

template <class Words> bool is_in(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// A cell as a number, where the column holds numbers.
struct number_in {
    std::size_t row;
    using number = std::optional<double>;
    number operator()(const column<double>* c) const { return c->has(row) ? number(c->value[row]) : number(); }
    number operator()(const column<std::int64_t>* c) const {
        return c->has(row) ? number(static_cast<double>(c->value[row])) : number();
    }
    number operator()(const money_column* c) const {
        return c->minor[row] == no_money ? number() : number(static_cast<double>(c->minor[row]) / 100.0);
    }
    number operator()(const flag_column* c) const {
        return c->value[row] > 1 ? number() : number(static_cast<double>(c->value[row]));
    }
    template <class Other> number operator()(const Other*) const { return {}; }
};

bool holds_numbers(const report::column_pointer& data) {
    return std::holds_alternative<const column<double>*>(data) ||
           std::holds_alternative<const column<std::int64_t>*>(data) ||
           std::holds_alternative<const money_column*>(data) || std::holds_alternative<const flag_column*>(data);
}

const report::column_view* find_column(const report::table_view& table, std::string_view name) {
    for (const report::column_view& one : table.columns)
        if (one.name == name && holds_numbers(one.data)) return &one;
    return nullptr;
}

/// A column of a table whose row i speaks about people[i].
template <class People> void take(const report::column_view& from, const People& people, measure_values& to) {
    for (std::size_t row = 0; row < people.size(); ++row)
        if (const auto value = std::visit(number_in{row}, from.data)) {
            to.value[people[row]] = *value;
            to.known[people[row]] = 1;
        }
}

measure_values nobody(std::uint32_t n_people) {
    return {std::vector<double>(n_people, 0.0), std::vector<std::uint8_t>(n_people, 0)};
}

struct led_days {
    std::vector<double> months; // [n_people]
    std::vector<std::uint8_t> now;
};

/// For how long everybody has had anybody reporting to them, up to a day.
led_days led_until(const org::organisation& organisation, std::int32_t day, std::pmr::memory_resource* memory) {
    const org::reporting_lines lines = org::reporting_lines_of(organisation, memory);
    std::vector<std::vector<std::pair<std::int32_t, std::int32_t>>> spans(organisation.n_people());
    led_days out{std::vector<double>(organisation.n_people(), 0.0),
                 std::vector<std::uint8_t>(organisation.n_people(), 0)};
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        const auto employed = measure::employment_of(organisation, person);
        for (const org::reporting_span& span : lines.spans_of(person)) {
            if (span.manager == no_index || employed.from == std::numeric_limits<std::int32_t>::min()) continue;
            const auto own = measure::employment_of(organisation, span.manager);
            const std::int32_t from = std::max({span.start, employed.from, own.from});
            const std::int32_t to = std::min({span.end, employed.to, own.to, day + 1});
            if (from < to) spans[span.manager].emplace_back(from, to);
        }
    }
    for (std::uint32_t manager = 0; manager < spans.size(); ++manager) {
        auto& own = spans[manager];
        std::sort(own.begin(), own.end());
        std::int64_t days = 0;
        std::int32_t covered = std::numeric_limits<std::int32_t>::min();
        for (const auto& [from, to] : own) {
            if (to > covered) days += std::int64_t{to} - std::max(from, covered);
            covered = std::max(covered, to);
        }
        out.months[manager] = static_cast<double>(days) / days_a_month;
        out.now[manager] = covered == day + 1 ? 1 : 0;
    }
    return out;
}

/// Since when a person has had the role of a day, or no_date.
std::int32_t in_role_since(const org::organisation& organisation, std::uint32_t person, std::int32_t day) {
    const auto& assignments = organisation.assignments;
    const std::uint32_t last = measure::assignment_on(organisation, person, day);
    if (last == no_index) return measure::employment_of(organisation, person).from;
    const std::string_view role = measure::role_on(organisation, person, day);
    std::uint32_t first = last;
    while (first > assignments.first[person] &&
           measure::role_on(organisation, person, assignments.start[first - 1]) == role)
        --first;
    return assignments.start[first];
}

measure_values time_on(const org::organisation& organisation, std::string_view measure, std::int32_t day,
                       std::pmr::memory_resource* memory) {
    measure_values out = nobody(organisation.n_people());
    if (measure == "months_leading") {
        out.value = led_until(organisation, day, memory).months;
        std::fill(out.known.begin(), out.known.end(), std::uint8_t{1});
        return out;
    }
    for (std::uint32_t person = 0; person < organisation.n_people(); ++person) {
        const std::int32_t from = measure == "tenure_months" ? measure::employment_of(organisation, person).from
                                                             : in_role_since(organisation, person, day);
        if (from == no_date || from > day) continue;
        out.value[person] = static_cast<double>(day + 1 - from) / days_a_month;
        out.known[person] = 1;
    }
    return out;
}

/// What people sold, and their teams, over one window.
struct sales_view {
    std::shared_ptr<const measured> facts;
    measure::teams_table teams;

    sales_view(const run_context& run, std::shared_ptr<const measured> from)
        : facts(std::move(from)), teams(facts->data->organisation.people.id, run.memory) {}
};

result<sales_view> measure_window(const run_context& run, const std::shared_ptr<const ingest::checked_data>& data,
                                  org::policy policy, std::int32_t as_of, std::int32_t months, bool with_teams) {
    policy.as_of = as_of;
    if (months > 0) policy.window_months = months;
    policy.seller.team_period = org::team_period::window;
    policy.data.future_dated = org::future_rule::exclude; // a day of the past knows nothing of today
    policy.data.nonpositive_quota = org::quota_rule::exclude;
    DUALTRACK_TRY(auto facts, measure_organisation(run, data, policy));
    sales_view out(run, std::move(facts));
    if (!with_teams) return out;
    const measure::sellers_table& sellers = out.facts->sellers;
    std::vector<double> top(sellers.size(), -1.0);
    for (std::uint32_t person = 0; person < sellers.size(); ++person)
        if (sellers.probability_top_quartile.has(person)) top[person] = sellers.probability_top_quartile.value[person];
    out.teams = measure::measure_teams(run, data->organisation, out.facts->lines, out.facts->window, policy,
                                       out.facts->cells, top);
    return out;
}

void take_sales(const sales_view& from, std::string_view measure, measure_values& to) {
    if (measure.starts_with(of_team)) {
        const auto view = report::view_of(from.teams);
        if (const auto* found = find_column(view, measure.substr(of_team.size())))
            take(*found, from.teams.manager_id.index, to);
        return;
    }
    const measure::sellers_table& sellers = from.facts->sellers;
    const auto view = report::view_of(sellers);
    if (const auto* found = find_column(view, measure)) take(*found, sellers.person_id.index, to);
    const auto sells = [&](std::uint32_t person) {
        const auto status = static_cast<measure::seller_status>(sellers.status.code[person]);
        return status != measure::seller_status::not_a_seller && status != measure::seller_status::not_active;
    };
    for (std::uint32_t person = 0; person < sellers.size(); ++person)
        if (!sells(person)) to.known[person] = 0;
}

double of_verdict(const assess::readiness& verdict, std::string_view measure) {
    if (measure == "readiness_z") return verdict.z;
    if (measure == "readiness_sd") return verdict.sd;
    if (measure == "readiness_low") return verdict.z - numeric::interval_95 * verdict.sd;
    if (measure == "readiness_high") return verdict.z + numeric::interval_95 * verdict.sd;
    if (measure == "probability_ready") return verdict.probability_ready;
    return static_cast<double>(verdict.n_sources);
}

void take_readiness(const assessed& all, std::string_view measure, measure_values& to) {
    const std::size_t construct = find_construct(measure);
    person_judgement one;
    for (std::size_t i = 0; i < all.people.size(); ++i) {
        const std::uint32_t person = all.people[i];
        if (construct < assess::n_constructs) {
            judge_person(all, person, one);
            to.value[person] = one.judged[construct].mean;
            to.known[person] = one.n_sources[construct] > 0;
            continue;
        }
        to.value[person] = of_verdict(all.verdict[i], measure);
        to.known[person] = all.verdict[i].status != assess::readiness_status::insufficient_evidence;
    }
}

} // namespace

std::vector<std::string> known_measures() {
    const text_column none;
    auto* memory = std::pmr::get_default_resource();
    std::vector<std::string> out(time_measures.begin(), time_measures.end());
    const auto add = [&](const report::table_view& table, std::string_view before) {
        for (const report::column_view& one : table.columns)
            if (holds_numbers(one.data)) out.push_back(std::string(before) + std::string(one.name));
    };
    const measure::sellers_table sellers(none, none, 0, memory);
    const measure::teams_table teams(none, memory);
    add(report::view_of(sellers), "");
    out.insert(out.end(), readiness_measures.begin(), readiness_measures.end());
    for (const std::string_view construct : assess::construct_words) out.emplace_back(construct);
    add(report::view_of(teams), of_team);
    return out;
}

bool is_about_leading(std::string_view measure) {
    return is_in(assess::construct_words, measure) || is_in(readiness_measures, measure) ||
           is_in(counted_activities, measure) || measure.starts_with(of_team) || measure == "months_leading";
}

bool is_time(std::string_view measure) {
    return is_in(time_measures, measure);
}

bool has_window(std::string_view measure) {
    return !is_time(measure) && !is_in(assess::construct_words, measure) && !is_in(readiness_measures, measure);
}

result<std::vector<measure_values>> measures_on(const run_context& run,
                                                std::shared_ptr<const ingest::checked_data> data,
                                                const org::policy& policy, std::int32_t as_of,
                                                std::span<const measure_request> wanted) {
    const org::organisation& organisation = data->organisation;
    std::vector<measure_values> out(wanted.size(), nobody(organisation.n_people()));
    std::map<std::int32_t, std::pair<std::vector<std::size_t>, bool>> windows; // months: wanted, teams among them
    std::vector<std::size_t> of_readiness;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const std::string_view measure = wanted[i].measure;
        if (is_time(measure)) {
            out[i] = time_on(organisation, measure, as_of, run.memory);
        } else if (!has_window(measure)) {
            of_readiness.push_back(i);
        } else if (organisation.has_activities || !is_in(counted_activities, measure)) {
            auto& window = windows[wanted[i].months > 0 ? wanted[i].months : policy.window_months];
            window.first.push_back(i);
            window.second = window.second || measure.starts_with(of_team);
        }
    }
    if (organisation.has_deals || organisation.has_sales)
        for (const auto& [months, asked] : windows) {
            DUALTRACK_TRY(const auto view, measure_window(run, data, policy, as_of, months, asked.second));
            for (const std::size_t i : asked.first) take_sales(view, wanted[i].measure, out[i]);
        }
    if (!of_readiness.empty() &&
        (organisation.has_ratings || organisation.has_answers || organisation.has_activities)) {
        DUALTRACK_TRY(const auto all, assess_people(run, data, policy, as_of));
        for (const std::size_t i : of_readiness) take_readiness(*all, wanted[i].measure, out[i]);
    }
    return out;
}

std::vector<std::uint8_t> leaders_on(const org::organisation& organisation, std::int32_t day,
                                     std::pmr::memory_resource* memory) {
    return led_until(organisation, day, memory).now;
}

} // namespace dualtrack::run
