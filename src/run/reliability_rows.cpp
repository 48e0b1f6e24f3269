// The table `reliability`: ratings and answers as they came in, by source and construct, analysed for how far raters
// agree. Made when somebody asks for it.
#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include <dualtrack/assess/reliability.hpp>

#include "run/readiness_tables.hpp"

namespace dualtrack::run {
namespace {

using assess::n_constructs;
using assess::n_rated_sources;

/// One rating of one item.
struct line {
    std::uint32_t person = 0, rater = no_index, item = 0;
    double x = 0.0; // of its scale, 0..1
};

struct group {
    std::vector<line> lines;
};

constexpr std::size_t place_of(std::size_t from, std::size_t about) noexcept {
    return from * n_constructs + about;
}

/// Everything that counts, by source and construct. Items are numbered in the order of their names.
std::vector<group> groups_of(const assessed& all, const std::vector<std::uint32_t>& item_of_competency,
                             const std::vector<std::uint32_t>& item_of_question) {
    const auto& ratings = all.data->organisation.ratings;
    const auto& answers = all.data->organisation.answers;
    std::vector<group> out(n_rated_sources * n_constructs);
    for (std::uint32_t person = 0; person + 1U < ratings.first.size(); ++person)
        for (std::size_t i = ratings.first[person]; i < ratings.first[person + 1U]; ++i) {
            if (use_of_rating(all, person, i) != rating_use::counts) continue;
            const std::size_t code = ratings.competency(i);
            out[place_of(ratings.source(i), all.competency_means[code])].lines.push_back(
                {person,
                 ratings.source(i) == static_cast<std::uint8_t>(assess::source::self) ? person : ratings.rater[i],
                 item_of_competency[code], static_cast<double>(ratings.score[i]) / assess::rating_units});
        }
    for (std::size_t i = 0; i < answers.person.size(); ++i) {
        if (answers.date[i] < all.start || answers.date[i] >= all.end) continue;
        const std::string_view name = answers.question.names[answers.question.code[i]];
        const auto asked = std::find_if(all.questions.begin(), all.questions.end(),
                                        [&](const interview_question& one) { return one.id == name; });
        out[place_of(static_cast<std::size_t>(assess::source::interviewer), static_cast<std::size_t>(asked->informs))]
            .lines.push_back({answers.person[i], answers.interviewer[i], item_of_question[answers.question.code[i]],
                              (answers.score[i] - 1.0) / 4.0});
    }
    for (group& one : out)
        std::sort(one.lines.begin(), one.lines.end(), [](const line& a, const line& b) {
            return std::tuple(a.person, a.rater, a.item, a.x) < std::tuple(b.person, b.rater, b.item, b.x);
        });
    return out;
}

/// One value for each rater of each person, and the whole answers of those who answered every item.
struct agreed {
    std::vector<assess::rated_pair> pairs;
    std::vector<double> answers; // rows x items
    bool all_named = true;
};

/// @param items ascending; lines of other items are passed over
agreed pairs_of(std::span<const line> lines, std::span<const std::uint32_t> items) {
    agreed out;
    std::vector<double> sum(items.size()), n(items.size());
    const auto item_of = [&](const line& one) {
        const auto at = std::lower_bound(items.begin(), items.end(), one.item);
        return at != items.end() && *at == one.item ? static_cast<std::size_t>(at - items.begin()) : items.size();
    };
    for (std::size_t begin = 0; begin < lines.size();) {
        std::size_t end = begin;
        std::fill(sum.begin(), sum.end(), 0.0);
        std::fill(n.begin(), n.end(), 0.0);
        for (; end < lines.size() && lines[end].person == lines[begin].person && lines[end].rater == lines[begin].rater;
             ++end)
            if (const std::size_t item = item_of(lines[end]); item < items.size()) {
                sum[item] += lines[end].x;
                n[item] += 1.0;
            }
        const bool is_named = lines[begin].rater != no_index;
        const bool repeated = std::any_of(n.begin(), n.end(), [](double count) { return count > 1.0; });
        if (!is_named && repeated) { // several people without a name: each rating stands alone
            out.all_named = false;
            if (items.size() == 1)
                for (std::size_t i = begin; i < end; ++i)
                    if (item_of(lines[i]) == 0) out.pairs.push_back({lines[i].person, no_index, lines[i].x, 1.0});
            begin = end;
            continue;
        }
        double total = 0.0, known = 0.0;
        for (std::size_t item = 0; item < items.size(); ++item)
            if (n[item] > 0.0) {
                total += sum[item] / n[item];
                known += 1.0;
            }
        if (known > 0.0) {
            out.pairs.push_back({lines[begin].person, lines[begin].rater, total / known, 1.0});
            out.all_named = out.all_named && is_named;
        }
        if (known == static_cast<double>(items.size()))
            for (std::size_t item = 0; item < items.size(); ++item) out.answers.push_back(sum[item] / n[item]);
        begin = end;
    }
    return out;
}

/// A row about some items of a group.
void add_row(assess::reliability_table& out, std::size_t from, std::size_t about, const std::string& competency,
             std::span<const line> lines, std::span<const std::uint32_t> items, std::uint32_t n_people,
             double assumed) {
    const agreed found = pairs_of(lines, items);
    std::vector<std::uint32_t> people, raters;
    std::int64_t n_ratings = 0, unnamed = 0;
    for (const line& one : lines) {
        if (!std::binary_search(items.begin(), items.end(), one.item)) continue;
        ++n_ratings;
        people.push_back(one.person);
    }
    for (const assess::rated_pair& pair : found.pairs)
        if (pair.rater != no_index)
            raters.push_back(pair.rater);
        else
            ++unnamed;
    const auto different = [](std::vector<std::uint32_t>& ids) {
        std::sort(ids.begin(), ids.end());
        return static_cast<std::int64_t>(std::unique(ids.begin(), ids.end()) - ids.begin());
    };
    out.source.code.push_back(static_cast<std::uint8_t>(from));
    out.construct.code.push_back(static_cast<std::uint8_t>(about));
    out.competency.emplace_back(competency);
    out.n_people.value.push_back(different(people));
    out.n_raters.value.push_back(different(raters) + unnamed);
    out.n_ratings.value.push_back(n_ratings);
    out.n_items.value.push_back(static_cast<std::int64_t>(items.size()));
    push(out.alpha, assess::cronbach_alpha(found.answers, items.size()));

    const auto groups = assess::groups_of(found.pairs);
    const bool second =
        std::any_of(groups.begin(), groups.end(), [](const assess::rated_group& one) { return one.n > 1.0; });
    const auto one_way = assess::analyse_one_way(groups);
    const auto of_two_way = assess::analyse_two_way(found.pairs, found.all_named && one_way ? n_people : 0);
    const bool two_way = of_two_way.has_value();
    const assess::two_way variances = of_two_way.value_or(assess::two_way{1.0, 0.0, 0.0});
    const assess::one_way between = one_way.value_or(assess::one_way{});
    const auto push_if = [](column<double>& to, bool known, double value) {
        push(to, known ? std::optional(value) : std::nullopt);
    };
    push_if(out.raters_a_person, one_way.has_value(), between.raters_a_person);
    push_if(out.icc_1, one_way.has_value(), between.icc_1);
    push_if(out.icc_1_sd, one_way.has_value(), between.icc_1_sd);
    push_if(out.icc_k, one_way.has_value(), between.icc_k);
    push(out.icc_reml, assess::likelihood_icc(groups, true));
    push(out.icc_ml, assess::likelihood_icc(groups, false));
    // Unbiased estimates stray outside 0 to 1 by chance; a share does not.
    const auto share = [](double estimate) { return std::clamp(estimate, 0.0, 1.0); };
    push_if(out.severity_share, two_way,
            share(variances.raters / (variances.people + variances.raters + variances.rest)));
    push_if(out.single_rater, one_way.has_value(), share(two_way ? variances.icc_3() : between.icc_1));
    push(out.assumed, assumed);
    using status = assess::reliability_status;
    const status how = two_way   ? status::two_way
                       : one_way ? status::one_way
                       : !second ? status::one_rater
                                 : status::no_spread;
    out.status.code.push_back(static_cast<std::uint8_t>(how));
}

/// What people did: the share of one half of the months that the other foretells, stepped up; the mean over peers.
void add_behaviour(assess::reliability_table& out, const assessed& all, std::size_t about) {
    double sum = 0.0;
    std::int64_t n = 0;
    for (const double reliability : all.behaviour_reliability[about])
        if (reliability > 0.0) {
            sum += reliability;
            ++n;
        }
    out.source.code.push_back(static_cast<std::uint8_t>(assess::source::behaviour));
    out.construct.code.push_back(static_cast<std::uint8_t>(about));
    out.competency.emplace_back("");
    out.n_people.value.push_back(n);
    for (auto* count : {&out.n_raters, &out.n_ratings}) count->value.push_back(0);
    out.n_items.value.push_back(
        std::count(assess::habit_of.begin(), assess::habit_of.end(), static_cast<assess::construct>(about)));
    for (auto* none : {&out.raters_a_person, &out.alpha, &out.icc_1, &out.icc_1_sd, &out.icc_k, &out.icc_reml,
                       &out.icc_ml, &out.severity_share, &out.assumed})
        push(*none, std::nullopt);
    push(out.single_rater, n > 0 ? std::optional<double>(sum / static_cast<double>(n)) : std::nullopt);
    out.status.code.push_back(static_cast<std::uint8_t>(n > 0 ? assess::reliability_status::split_half
                                                              : assess::reliability_status::no_two_halves));
}

/// Numbers of competencies and questions in the order of their names.
struct item_names {
    std::vector<std::string> names;
    std::vector<std::uint32_t> of_competency, of_question;
};
item_names items_of(const org::organisation& organisation) {
    item_names out;
    const auto& competencies = organisation.ratings.competencies;
    const auto& questions = organisation.answers.question.names;
    for (std::size_t i = 0; i < competencies.size(); ++i) out.names.emplace_back(competencies[i]);
    for (std::size_t i = 0; i < questions.size(); ++i) out.names.emplace_back(questions[i]);
    std::sort(out.names.begin(), out.names.end());
    out.names.erase(std::unique(out.names.begin(), out.names.end()), out.names.end());
    const auto number = [&](std::string_view name) {
        return static_cast<std::uint32_t>(std::lower_bound(out.names.begin(), out.names.end(), name) -
                                          out.names.begin());
    };
    for (std::size_t i = 0; i < competencies.size(); ++i) out.of_competency.push_back(number(competencies[i]));
    for (std::size_t i = 0; i < questions.size(); ++i) out.of_question.push_back(number(questions[i]));
    return out;
}

} // namespace

assess::reliability_table reliability_rows(const assessed& all, std::pmr::memory_resource* memory) {
    assess::reliability_table out(memory);
    const org::organisation& organisation = all.data->organisation;
    const item_names items = items_of(organisation);
    const auto groups = groups_of(all, items.of_competency, items.of_question);
    for (std::size_t from = 0; from < n_rated_sources; ++from)
        for (std::size_t about = 0; about < n_constructs; ++about) {
            const auto& lines = groups[place_of(from, about)].lines;
            if (lines.empty()) continue;
            std::vector<std::uint32_t> used;
            for (const line& one : lines) used.push_back(one.item);
            std::sort(used.begin(), used.end());
            used.erase(std::unique(used.begin(), used.end()), used.end());
            const double assumed = all.model.reliability[from];
            add_row(out, from, about, "", lines, used, organisation.n_people(), assumed);
            for (std::size_t i = 0; used.size() > 1 && i < used.size(); ++i)
                add_row(out, from, about, items.names[used[i]], lines, std::span(used).subspan(i, 1),
                        organisation.n_people(), assumed);
        }
    for (std::size_t about = 0; about < n_constructs; ++about)
        if (std::find(assess::habit_of.begin(), assess::habit_of.end(), static_cast<assess::construct>(about)) !=
            assess::habit_of.end())
            add_behaviour(out, all, about);
    return out;
}

} // namespace dualtrack::run
