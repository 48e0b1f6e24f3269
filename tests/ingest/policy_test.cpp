#include "ingest/policy.hpp"

#include <dualtrack/base/sha256.hpp>
#include <dualtrack/org/protected.hpp>

#include "ingest/json_reader.hpp"
#include "report/policy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace dualtrack;
using namespace dualtrack::ingest;
using org::field_kind;
using org::policy_field;

/// "ok", or "code|where".
std::string outcome_of(std::string_view json, std::span<const policy_field> fields = org::policy_fields) {
    const auto got = parse_policy(json, fields);
    return got ? "ok" : std::string(got.error().code) + "|" + got.error().where;
}

std::string message_of(std::string_view json) {
    const auto got = parse_policy(json);
    return got ? "ok" : got.error().message;
}

/// A policy text with one value at a JSON Pointer of any length.
std::string text_with(std::string_view path, std::string_view value) {
    std::string out = path == "/version" ? "{" : "{\"version\":1,";
    std::size_t depth = 1;
    for (std::size_t begin = 1, slash = 0; slash != std::string_view::npos; begin = slash + 1) {
        slash = path.find('/', begin);
        const std::size_t end = slash == std::string_view::npos ? path.size() : slash;
        out += "\"" + std::string(path.substr(begin, end - begin)) + "\":";
        if (slash == std::string_view::npos) break;
        out += "{";
        ++depth;
    }
    return out + std::string(value) + std::string(depth, '}');
}

std::string number_text(double value) {
    std::array<char, 64> digits;
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
}

TEST(policy, of_a_version_alone_is_all_defaults) {
    const auto got = parse_policy("{\"version\":1}");
    ASSERT_TRUE(got.has_value()) << got.error().message;
    EXPECT_EQ(got.value(), org::policy());
    const std::string json = report::policy_json(got.value());
    EXPECT_EQ(json.find("{\"as_of\":null,"), 0U);
    for (const char* part :
         {"\"currency\":null,\"data\":{\"future_dated\":\"exclude\",\"maximum_attainment\":5,"
          "\"nonpositive_quota\":\"error\",\"orphan_manager\":\"finding\",\"over_maximum\":\"keep\"},",
          "\"fiscal_year_start_month\":1,\"grid\":{"})
        EXPECT_NE(json.find(part), std::string::npos) << part;
    for (const char* part : {"\"performance\":{\"ramp_months\":5,\"top_share\":0.25}", "\"run_id\":null",
                             "\"manager\":0.52", "\"required\":[\"develops_others\",\"holds_accountable\"]",
                             "\"questions\":[{\"anchors\":[", "\"version\":1,\"window_months\":12}"})
        EXPECT_NE(json.find(part), std::string::npos) << part;
}

TEST(policy, reads_every_field_where_it_belongs) {
    const auto got = parse_policy(R"({
        "version": 1, "as_of": "2024-02-29", "currency": "EUR", "run_id": "r-7", "window_months": 24,
        "fiscal_year_start_month": 4,
        "data": {"nonpositive_quota": "exclude", "orphan_manager": "error", "future_dated": "error",
                 "maximum_attainment": 3.5, "over_maximum": "cap"},
        "seller": {"team_period": "window", "group": "all"},
        "performance": {"ramp_months": 3, "top_share": 0.1}, "pay": {"horizon_months": 24}})");
    ASSERT_TRUE(got.has_value()) << got.error().message;
    org::policy expected;
    expected.as_of = 19782;  // 2024-02-29
    expected.currency = "EUR";
    expected.run_id = "r-7";
    expected.window_months = 24;
    expected.fiscal_year_start_month = 4;
    expected.data = {org::quota_rule::exclude, org::orphan_rule::error, org::future_rule::error, 3.5,
                     org::maximum_rule::cap};
    expected.seller = {org::team_period::window, org::peer_group::all};
    expected.performance = {3.0, 0.1};
    expected.pay.horizon_months = 24;
    EXPECT_EQ(got.value(), expected);
}

TEST(policy, does_not_depend_on_the_order_or_spacing_of_its_text) {
    const auto one = parse_policy(R"({"version":1,"data":{"over_maximum":"cap","future_dated":"error"},"as_of":null})");
    const auto two = parse_policy(" {\r\n\"as_of\" : null , \"data\":{\"future_dated\":\"error\",\"over_maximum\":"
                                  "\"c\\u0061p\"},\t\"version\":1 } \n");
    ASSERT_TRUE(one.has_value() && two.has_value());
    EXPECT_EQ(one.value(), two.value());
    EXPECT_EQ(report::policy_json(one.value()), report::policy_json(two.value()));
}

/// A random policy within the bounds of the table.
org::policy random_policy(std::mt19937_64& engine) {
    const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(engine() % n); };
    org::policy out;
    for (const policy_field& field : org::policy_fields) {
        switch (field.kind) {
        case field_kind::number: {
            const double share = static_cast<double>(engine() >> 11U) / 9007199254740992.0;
            field.set(out, std::clamp(field.low + (field.high - field.low) * share, field.low, field.high));
            break;
        }
        case field_kind::integer:
            field.set(out, static_cast<std::int64_t>(field.low) +
                               below(static_cast<std::uint64_t>(field.high - field.low) + 1));
            break;
        case field_kind::choice: field.set(out, below(field.words.size())); break;
        case field_kind::boolean: field.set(out, below(2) == 1); break;
        case field_kind::date:
            if (below(4) == 0) field.set(out, std::monostate{});
            else field.set(out, static_cast<std::int64_t>(field.low) +
                                    below(static_cast<std::uint64_t>(field.high - field.low) + 1));
            break;
        case field_kind::text: {
            constexpr std::string_view pieces[] = {"a", "Z", "\"", "\\", "\n", "\x01", "\xC3\xA9", "\xE2\x82\xAC", "/"};
            std::string text;
            while (below(8) != 0 && text.size() + 4 < static_cast<std::size_t>(field.high))
                text += pieces[static_cast<std::size_t>(below(std::size(pieces)))];
            if (text.empty()) field.set(out, std::monostate{});
            else field.set(out, text);
            break;
        }
        case field_kind::text_list: {
            std::vector<std::string> texts;
            while (below(4) != 0 && static_cast<double>(texts.size()) < field.high)
                texts.push_back(below(2) == 0 ? "curious" : "a \"name\" = organised");
            field.set(out, texts);
            break;
        }
        case field_kind::structured: {
            constexpr std::string_view values[] = {"[]", R"([{"a":[1.5,null,true],"b":"x"}])", R"({"z":{}})", "7"};
            field.set(out, std::string(values[static_cast<std::size_t>(below(std::size(values)))]));
            break;
        }
        }
    }
    return out;
}

TEST(policy, survives_writing_and_reading) {
    std::mt19937_64 engine(7);
    std::set<std::string> texts;
    for (int i = 0; i < 2000; ++i) {
        const org::policy policy = random_policy(engine);
        const std::string text = report::policy_json(policy);
        const auto back = parse_policy(text);
        ASSERT_TRUE(back.has_value()) << text << " " << back.error().message;
        ASSERT_EQ(back.value(), policy) << text;
        ASSERT_EQ(report::policy_json(back.value()), text);
        texts.insert(text);
    }
    EXPECT_GT(texts.size(), 1990U);
}

TEST(policy, changes_its_text_with_every_field) {
    std::mt19937_64 engine(8);
    const std::string usual = report::policy_json(org::policy());
    for (const policy_field& field : org::policy_fields) {
        if (field.low == field.high && field.kind == field_kind::integer) continue;  // version
        bool changed = false;
        for (int i = 0; i < 50 && !changed; ++i) {
            const org::policy other = random_policy(engine);
            org::policy one;
            field.set(one, field.get(other));
            changed = report::policy_json(one) != usual && !(one == org::policy());
        }
        EXPECT_TRUE(changed) << field.path;
    }
}

TEST(policy, has_defaults_within_its_bounds) {
    for (const policy_field& field : org::policy_fields) {
        const org::field_value value = field.get(org::policy());
        if (field.kind == field_kind::number) {
            EXPECT_GE(std::get<double>(value), field.low) << field.path;
            EXPECT_LE(std::get<double>(value), field.high) << field.path;
        }
        if (field.kind == field_kind::integer) {
            EXPECT_GE(static_cast<double>(std::get<std::int64_t>(value)), field.low) << field.path;
            EXPECT_LE(static_cast<double>(std::get<std::int64_t>(value)), field.high) << field.path;
        }
        if (field.kind == field_kind::choice) {
            EXPECT_LT(static_cast<std::size_t>(std::get<std::int64_t>(value)), field.words.size()) << field.path;
        }
    }
}

TEST(policy, says_of_every_field_what_it_rests_on) {
    std::set<std::string_view> paths;
    for (const policy_field& field : org::policy_fields) {
        EXPECT_TRUE(paths.insert(field.path).second) << field.path;
        EXPECT_EQ(field.path.front(), '/') << field.path;
        EXPECT_FALSE(field.text.empty() || field.source.empty() || field.unit.empty() || field.since.empty());
        const std::set<std::string_view> grades{"A", "B", "C", "J", "standard"};
        EXPECT_EQ(grades.count(field.grade), 1U) << field.path;
        EXPECT_LE(field.low, field.high) << field.path;
        EXPECT_EQ(field.kind == field_kind::choice, !field.words.empty()) << field.path;
        const std::size_t slash = field.path.find('/', 1);
        if (slash == std::string_view::npos) continue;
        const std::string_view section = field.path.substr(1, slash - 1);
        EXPECT_TRUE(std::ranges::any_of(org::policy_sections, [&](const auto& each) { return each.name == section; }))
            << section;
    }
}

// ---- what a value may be --------------------------------------------------------------------------------------------

TEST(policy, takes_of_every_field_its_kind_and_nothing_else) {
    const std::vector<std::string> values{"null",  "true",   "false",      "\"\"",        "\"month\"", "\"2024-01-01\"",
                                          "7",     "7.0",    "0.2",        "-3",          "1e300",     "-1e300",
                                          "[]",    "[\"x\"]", "{}",        "{\"x\":1}",   "1000000",   "\"7\"",
                                          "\"\\u0000\"", "\"error\"", "\"all\"", "[1,[2]]", "\"keep\""};
    int n_cases = 0;
    for (const policy_field& field : org::policy_fields) {
        if (field.path == "/version") continue;
        for (const std::string& value : values) {
            const auto document = read_json(value, policy_json_limits, status::policy);
            ASSERT_TRUE(document.has_value());
            const json_node& node = document.value().nodes[0];
            const std::string_view text = node.kind == json_kind::text ? text_of(document.value(), 0) : "";
            const bool has_nul = text.find('\0') != std::string_view::npos;
            std::string expected = "policy.type|";
            const auto in_range = [&](double x) { return x >= field.low && x <= field.high; };
            const auto judge = [&](bool good) { expected = good && !has_nul ? "ok" : "policy.range|"; };
            if (has_nul) expected = "policy.range|";
            else if (field.kind == field_kind::number && node.kind == json_kind::number)
                judge(in_range(number_of(node)));
            else if (field.kind == field_kind::integer && node.kind == json_kind::number && node.integral)
                judge(in_range(number_of(node)));
            else if (field.kind == field_kind::choice && node.kind == json_kind::text)
                judge(std::ranges::count(field.words, text) == 1);
            else if (field.kind == field_kind::text || field.kind == field_kind::date) {
                if (node.kind == json_kind::null) judge(true);
                if (node.kind == json_kind::text && field.kind == field_kind::date) judge(text == "2024-01-01");
                if (node.kind == json_kind::text && field.kind == field_kind::text)
                    judge(in_range(static_cast<double>(text.size())));
            }
            if (field.kind == field_kind::boolean && node.kind == json_kind::boolean) expected = "ok";
            if (field.kind == field_kind::structured && !has_nul) expected = "ok";
            if (field.kind == field_kind::text_list && node.kind == json_kind::list) {
                if (value == "[1,[2]]") expected = "policy.type|" + std::string(field.path) + "/0";
                else judge(in_range(static_cast<double>(node.size)));
            }
            if (expected.back() == '|') expected += field.path;
            const std::string got = outcome_of(text_with(field.path, value));
            ASSERT_EQ(got, expected) << text_with(field.path, value);
            ++n_cases;
        }
    }
    EXPECT_GE(n_cases, 150);
}

TEST(policy, takes_the_ends_of_a_range_and_nothing_beyond) {
    for (const policy_field& field : org::policy_fields) {
        if (field.path == "/version") continue;
        if (field.kind == field_kind::number) {
            EXPECT_EQ(outcome_of(text_with(field.path, number_text(field.low))), "ok") << field.path;
            EXPECT_EQ(outcome_of(text_with(field.path, number_text(field.high))), "ok") << field.path;
            const std::string refused = "policy.range|" + std::string(field.path);
            EXPECT_EQ(outcome_of(text_with(field.path, number_text(std::nextafter(field.low, -1e308)))), refused);
            EXPECT_EQ(outcome_of(text_with(field.path, number_text(std::nextafter(field.high, 1e308)))), refused);
        }
        if (field.kind == field_kind::integer) {
            const auto low = static_cast<std::int64_t>(field.low);
            const auto high = static_cast<std::int64_t>(field.high);
            EXPECT_EQ(outcome_of(text_with(field.path, std::to_string(low))), "ok") << field.path;
            EXPECT_EQ(outcome_of(text_with(field.path, std::to_string(high))), "ok") << field.path;
            const std::string refused = "policy.range|" + std::string(field.path);
            EXPECT_EQ(outcome_of(text_with(field.path, std::to_string(low - 1))), refused);
            EXPECT_EQ(outcome_of(text_with(field.path, std::to_string(high + 1))), refused);
        }
        if (field.kind == field_kind::text) {
            const auto high = static_cast<std::size_t>(field.high);
            EXPECT_EQ(outcome_of(text_with(field.path, "\"" + std::string(high, 'x') + "\"")), "ok");
            EXPECT_EQ(outcome_of(text_with(field.path, "\"" + std::string(high + 1, 'x') + "\"")),
                      "policy.range|" + std::string(field.path));
        }
    }
}

TEST(policy, takes_days_that_exist) {
    EXPECT_EQ(outcome_of(text_with("/as_of", "\"2024-02-29\"")), "ok");
    for (const std::string_view day : {"2023-02-29", "2024-13-01", "2024-00-10", "2024-1-1", "24-01-01",
                                       "2024-01-01T00:00", "2024/01/01", "today", "", "0000-01-01", "2024-04-31",
                                       " 2024-01-01"})
        EXPECT_EQ(outcome_of(text_with("/as_of", "\"" + std::string(day) + "\"")), "policy.range|/as_of") << day;
}

// ---- what a policy may not be ---------------------------------------------------------------------------------------

TEST(policy, needs_its_version) {
    EXPECT_EQ(outcome_of("{}"), "policy.missing_key|/version");
    EXPECT_EQ(outcome_of("{\"window_months\":3}"), "policy.missing_key|/version");
    EXPECT_EQ(outcome_of("{\"version\":2}"), "policy.version|/version");
    EXPECT_EQ(outcome_of("{\"version\":0}"), "policy.version|/version");
    EXPECT_EQ(outcome_of("{\"version\":-1}"), "policy.version|/version");
    EXPECT_EQ(outcome_of("{\"version\":1.0}"), "policy.type|/version");
    EXPECT_EQ(outcome_of("{\"version\":\"1\"}"), "policy.type|/version");
    EXPECT_EQ(outcome_of("{\"version\":null}"), "policy.type|/version");
    EXPECT_EQ(message_of("{\"version\":2,\"new_section\":{}}"), "expected version 1, found 2, byte 11");
}

TEST(policy, is_an_object) {
    for (const std::string_view text : {"[]", "1", "null", "\"x\"", "true", "[{\"version\":1}]"})
        EXPECT_EQ(outcome_of(text), "policy.type|") << text;
    for (const policy_field& field : org::policy_fields) {
        const std::size_t slash = field.path.find('/', 1);
        if (slash == std::string_view::npos) continue;
        const std::string section(field.path.substr(0, slash));
        for (const std::string_view value : {"1", "null", "[]", "\"x\""})
            EXPECT_EQ(outcome_of(text_with(section, value)), "policy.type|" + section);
        EXPECT_EQ(outcome_of(text_with(section, "{}")), "ok");
    }
}

TEST(policy, passes_on_what_the_reader_refuses) {
    EXPECT_EQ(outcome_of("{\"version\":1"), "json.syntax|");
    EXPECT_EQ(outcome_of("{\"version\":1}}"), "json.trailing|");
    EXPECT_EQ(outcome_of("{\"version\":1,\"version\":1}"), "json.duplicate_key|/version");
    EXPECT_EQ(outcome_of("{\"version\":1,\"data\":{\"over_maximum\":\"cap\",\"over\\u005fmaximum\":\"keep\"}}"),
              "json.duplicate_key|/data/over_maximum");
    EXPECT_EQ(outcome_of("{\"version\":1,\"window_months\":1e400}"), "json.number_range|");
}

TEST(policy, names_the_nearest_key_it_knows) {
    EXPECT_EQ(message_of("{\"version\":1,\"windw_months\":3}"),
              "expected a known key, found \"windw_months\" (nearest: /window_months), byte 13");
    EXPECT_EQ(message_of("{\"version\":1,\"ramp_months\":3}"),
              "expected a known key, found \"ramp_months\" (nearest: /performance/ramp_months), byte 13");
    EXPECT_EQ(message_of("{\"version\":1,\"selelr\":{}}"),
              "expected a known key, found \"selelr\" (nearest: /seller), byte 13");
    EXPECT_EQ(message_of("{\"version\":1,\"zzzzzzzzz\":{}}"), "expected a known key, found \"zzzzzzzzz\", byte 13");
}

TEST(policy, finds_every_key_again_that_is_misspelt) {
    int n_cases = 0;
    int n_found = 0;
    for (const policy_field& field : org::policy_fields) {
        const std::size_t slash = field.path.rfind('/');
        const std::string parent(field.path.substr(0, slash));
        const std::string word(field.path.substr(slash + 1));
        std::vector<std::string> slips;
        for (std::size_t i = 0; i < word.size(); ++i) {
            slips.push_back(word.substr(0, i) + "#" + word.substr(i + 1));      // another character
            slips.push_back(word.substr(0, i) + word.substr(i + 1));            // one missing
            slips.push_back(word.substr(0, i) + "q" + word.substr(i));          // one too many
            if (i > 0 && word[i] != word[i - 1]) {                              // two swapped
                slips.push_back(word);
                std::swap(slips.back()[i], slips.back()[i - 1]);
            }
        }
        for (const std::string& slip : slips) {
            const std::string text = text_with(parent + "/" + slip, "1");
            const auto got = parse_policy(text);
            ASSERT_FALSE(got.has_value()) << text;
            ASSERT_EQ(got.error().code, "policy.unknown_key") << text;
            ASSERT_EQ(got.error().where, parent + "/" + slip) << text;
            // A slip of a short word may come nearer to another field; it is offered a field all the same.
            n_found +=
                got.error().message.find("(nearest: " + std::string(field.path) + ")") != std::string::npos ? 1 : 0;
            ++n_cases;
        }
    }
    EXPECT_GT(n_cases, 500);
    EXPECT_GT(n_found, n_cases * 98 / 100);
}

TEST(policy, does_not_take_sections_nobody_reads) {
    for (const std::string_view section : {"horoscope", "seniority", "promotions", "sellers"})
        EXPECT_EQ(outcome_of("{\"version\":1,\"" + std::string(section) + "\":{}}"),
                  "policy.unknown_key|/" + std::string(section));
}

TEST(policy, does_not_take_a_path_for_a_key) {
    EXPECT_EQ(outcome_of("{\"version\":1,\"data/over_maximum\":\"cap\"}"), "policy.unknown_key|/data~1over_maximum");
    EXPECT_EQ(outcome_of("{\"version\":1,\"\":1}"), "policy.unknown_key|/");
    EXPECT_EQ(outcome_of("{\"version\":1,\"Data\":{}}"), "policy.unknown_key|/Data");
    EXPECT_EQ(outcome_of("{\"version\":1,\"data\":{\"data\":{}}}"), "policy.unknown_key|/data/data");
}

TEST(policy, shows_little_of_what_it_was_given) {
    const std::string long_key = "k" + std::string(5000, '\xC3');
    EXPECT_EQ(outcome_of("{\"version\":1,\"" + long_key + "\":1}"), "json.encoding|");
    std::string key("x");
    for (int i = 0; i < 1000; ++i) key += "\xC3\xA9";
    const std::string message = message_of("{\"version\":1,\"" + key + "\":1}");
    EXPECT_LT(message.size(), 140U);
    EXPECT_NE(message.find("\" and more, byte 13"), std::string::npos) << message;
    // The cut falls between characters.
    EXPECT_TRUE(read_json("\"" + message.substr(message.find("x\xC3"), 63) + "\"", policy_json_limits, status::policy));
}

TEST(policy, refuses_protected_attributes_by_any_spelling) {
    for (const std::string_view name : {"gender", "Gender", "GENDER", "sex", "race", "race_ethnicity", "Race/Ethnicity",
                                        "date of birth", "dateOfBirth", "date-of-birth", "D.O.B",
                                        "sexual orientation"}) {
        const std::string text(name);
        EXPECT_EQ(outcome_of("{\"version\":1,\"seller\":{\"group\":\"" + text + "\"}}"),
                  "policy.protected_field|/seller/group") << name;
        EXPECT_EQ(outcome_of("{\"version\":1,\"run_id\":\"" + text + "\"}"), "policy.protected_field|/run_id") << name;
        std::string pointer("/readiness/weights/");
        for (const char c : text) pointer += c == '/' ? std::string("~1") : std::string(1, c);
        EXPECT_EQ(outcome_of("{\"version\":1,\"readiness\":{\"weights\":{\"" + text + "\":0.2}}}"),
                  "policy.protected_field|" + pointer) << name;
    }
    EXPECT_EQ(message_of("{\"version\":1,\"seller\":{\"group\":\"gender\"}}"),
              "expected no protected attribute outside of an audit, found [redacted], byte 31");
}

TEST(policy, lets_an_audit_name_protected_attributes) {
    // The section is not there yet, so it is refused as unknown and not for what it names.
    EXPECT_EQ(outcome_of("{\"version\":1,\"adverse_impact\":{\"columns\":[\"sex\",\"race\"]}}"),
              "policy.unknown_key|/adverse_impact");
    EXPECT_EQ(outcome_of("{\"version\":1,\"adverse_impact\":{\"x\":1},\"run_id\":\"sex\"}"),
              "policy.protected_field|/run_id");
}

TEST(policy, does_not_take_ordinary_words_for_protected_ones) {
    for (const std::string_view name : {"average", "stage", "usage", "language", "sector", "trace", "gender7"})
        EXPECT_EQ(outcome_of("{\"version\":1,\"run_id\":\"" + std::string(name) + "\"}"), "ok") << name;
    for (const std::string_view name : org::protected_names) EXPECT_TRUE(org::is_protected_name(name)) << name;
}

TEST(policy, with_any_byte_replaced_is_refused_or_means_what_it_says) {
    std::mt19937_64 engine(9);
    org::policy policy = random_policy(engine);
    policy.readiness.questions = "[]";
    const std::string golden = report::policy_json(policy);
    ASSERT_EQ(outcome_of(golden), "ok");
    int n_taken = 0;
    for (std::size_t at = 0; at < golden.size(); ++at) {
        constexpr std::array<char, 7> bytes{'\0', '\xFF', '"', '{', '7', ' ', 'e'};
        for (const std::size_t turn : {0U, 3U}) { // two of them at each place, in turn: a policy has 15,000 places
            std::string text = golden;
            text[at] = bytes[(at + turn) % bytes.size()];
            const auto got = parse_policy(text);
            if (!got) {
                EXPECT_EQ(got.error().kind, status::policy);
                EXPECT_FALSE(got.error().code.empty() || got.error().message.empty());
                continue;
            }
            ++n_taken;
            const auto again = parse_policy(report::policy_json(got.value()));
            ASSERT_TRUE(again.has_value());
            EXPECT_EQ(again.value(), got.value());
        }
    }
    EXPECT_GT(n_taken, 0);
}

// ---- the same table from the other side -----------------------------------------------------------------------------

TEST(policy_schema, describes_every_field) {
    const std::string schema = report::policy_schema();
    const auto document = read_json(schema, policy_json_limits, status::policy);
    ASSERT_TRUE(document.has_value()) << document.error().message;
    const json_document& read = document.value();
    for (const policy_field& field : org::policy_fields) {
        std::uint32_t at = 0;
        std::string_view rest = field.path;
        while (!rest.empty()) {
            rest.remove_prefix(1);
            const std::string_view word = rest.substr(0, rest.find('/'));
            at = find_member(read, at, "properties");
            ASSERT_NE(at, 0U) << field.path;
            at = find_member(read, at, word);
            ASSERT_NE(at, 0U) << field.path;
            rest.remove_prefix(word.size());
        }
        for (const std::string_view key : {"description", "default", "x-unit", "x-source", "x-grade", "x-since"})
            EXPECT_NE(find_member(read, at, key), 0U) << field.path << " " << key;
        EXPECT_EQ(text_of(read, find_member(read, at, "description")), field.text);
        EXPECT_EQ(text_of(read, find_member(read, at, "x-unit")), field.unit);
        EXPECT_EQ(text_of(read, find_member(read, at, "x-source")), field.source);
        EXPECT_EQ(text_of(read, find_member(read, at, "x-grade")), field.grade);
        const bool ranged = field.kind == field_kind::number || field.kind == field_kind::integer;
        EXPECT_EQ(find_member(read, at, "minimum") != 0, ranged) << field.path;
        if (ranged) {
            EXPECT_EQ(number_of(read.nodes[find_member(read, at, "minimum")]), field.low) << field.path;
            EXPECT_EQ(number_of(read.nodes[find_member(read, at, "maximum")]), field.high) << field.path;
        }
        if (field.kind == field_kind::choice) {
            EXPECT_EQ(read.nodes[find_member(read, at, "enum")].size, field.words.size());
        }
    }
    const std::uint32_t required = find_member(read, 0, "required");
    ASSERT_NE(required, 0U);
    EXPECT_EQ(read.nodes[required].size, 1U);
    EXPECT_EQ(text_of(read, required + 1), "version");
}

TEST(policy_table, has_one_row_a_field) {
    const std::string table = report::policy_table_markdown();
    EXPECT_EQ(std::ranges::count(table, '\n'), static_cast<std::ptrdiff_t>(org::policy_fields.size()) + 2);
    for (const policy_field& field : org::policy_fields)
        EXPECT_NE(table.find("| `" + std::string(field.path) + "` |"), std::string::npos) << field.path;
    EXPECT_NE(table.find("| `/window_months` | 12 | 1 to 120 | months |"), std::string::npos) << table;
    EXPECT_NE(table.find("| `/seller/group` | \"market\" | market, all |"), std::string::npos) << table;
}

// ---- kinds that later sections will use -----------------------------------------------------------------------------

struct later_values {
    bool flag = true;
    std::vector<std::string> names{"x"};
    std::string rules = "[]";
};
later_values later;  // the test's own fields keep their values here

constexpr auto later_fields = std::to_array<policy_field>({
    {"/version", field_kind::integer, "version", 1, 1, {}, "t", "s", "J", "0.1",
     [](const org::policy& p) { return org::field_value(std::int64_t{p.version}); },
     [](org::policy&, const org::field_value&) {}, true},
    {"/plan/flag", field_kind::boolean, "yes/no", 0, 0, {}, "t", "s", "J", "0.2",
     [](const org::policy&) { return org::field_value(later.flag); },
     [](org::policy&, const org::field_value& v) { later.flag = std::get<bool>(v); }},
    {"/plan/names", field_kind::text_list, "text", 1, 3, {}, "t", "s", "J", "0.2",
     [](const org::policy&) { return org::field_value(later.names); },
     [](org::policy&, const org::field_value& v) { later.names = std::get<std::vector<std::string>>(v); }},
    {"/plan/deep/rules", field_kind::structured, "text", 0, 0, {}, "t", "s", "J", "0.2",
     [](const org::policy&) { return org::field_value(later.rules); },
     [](org::policy&, const org::field_value& v) { later.rules = std::get<std::string>(v); }, true},
});

TEST(policy_kinds, lists_and_structures_keep_their_values) {
    later = {};
    EXPECT_EQ(outcome_of(R"({"version":1,"plan":{"flag":false,"names":["b","a"],)"
                         R"("deep":{"rules":{"z":[1.50,-0.0,1e3],"\u20ac":null,"a":{"d":"\/","c":true}}}}})",
                         later_fields), "ok");
    EXPECT_FALSE(later.flag);
    EXPECT_EQ(later.names, (std::vector<std::string>{"b", "a"}));
    EXPECT_EQ(later.rules, "{\"a\":{\"c\":true,\"d\":\"/\"},\"z\":[1.5,0,1000],\"\xE2\x82\xAC\":null}");
    const std::string text = report::policy_json(org::policy(), later_fields);
    EXPECT_EQ(text, "{\"plan\":{\"deep\":{\"rules\":{\"a\":{\"c\":true,\"d\":\"/\"},\"z\":[1.5,0,1000],"
                    "\"\xE2\x82\xAC\":null}},\"flag\":false,\"names\":[\"b\",\"a\"]},\"version\":1}");
    later = {};
    EXPECT_EQ(outcome_of(text, later_fields), "ok");
    EXPECT_EQ(report::policy_json(org::policy(), later_fields), text);
}

TEST(policy_kinds, lists_and_structures_refuse_what_they_are_not) {
    const auto outcome = [](std::string_view plan) {
        return outcome_of("{\"version\":1,\"plan\":" + std::string(plan) + "}", later_fields);
    };
    EXPECT_EQ(outcome(R"({"names":["a"]})"), "policy.missing_key|/plan/deep/rules");
    EXPECT_EQ(outcome(R"({"deep":{}})"), "policy.missing_key|/plan/deep/rules");
    EXPECT_EQ(outcome_of("{\"version\":1}", later_fields), "policy.missing_key|/plan/deep/rules");
    EXPECT_EQ(outcome(R"({"flag":1})"), "policy.type|/plan/flag");
    EXPECT_EQ(outcome(R"({"names":"a"})"), "policy.type|/plan/names");
    EXPECT_EQ(outcome(R"({"names":["a",1]})"), "policy.type|/plan/names/1");
    EXPECT_EQ(outcome(R"({"names":[]})"), "policy.range|/plan/names");
    EXPECT_EQ(outcome(R"({"names":["a","b","c","d"]})"), "policy.range|/plan/names");
    EXPECT_EQ(outcome(R"({"names":["Gender"]})"), "policy.protected_field|/plan/names/0");
    EXPECT_EQ(outcome(R"({"deep":{"rules":[{"column":"age"}]}})"), "policy.protected_field|/plan/deep/rules/0/column");
    EXPECT_EQ(outcome(R"({"deep":{"rules":[{"age":1}]}})"), "policy.protected_field|/plan/deep/rules/0/age");
    EXPECT_EQ(outcome(R"({"deep":{"rulez":1}})"), "policy.unknown_key|/plan/deep/rulez");
    EXPECT_EQ(outcome(R"({"deep":7})"), "policy.type|/plan/deep");
}

TEST(policy_kinds, stand_in_the_schema) {
    later = {};
    const std::string schema = report::policy_schema(later_fields);
    EXPECT_NE(schema.find("\"flag\":{\"default\":true,\"description\":\"t\",\"type\":\"boolean\""), std::string::npos);
    EXPECT_NE(schema.find("\"items\":{\"type\":\"string\"},\"maxItems\":3,\"minItems\":1,\"type\":\"array\""),
              std::string::npos) << schema;
    EXPECT_NE(schema.find("\"rules\":{\"default\":[],"), std::string::npos);
}

}  // namespace
