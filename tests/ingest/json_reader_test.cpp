#include "ingest/json_reader.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/json_cases.hpp"
#include "ingest/json_oracle.hpp"

namespace {

using namespace dualtrack;
using namespace dualtrack::ingest;

result<json_document> read(std::string_view text) { return read_json(text, policy_json_limits, status::policy); }

/// "ok", or the code of the failure.
std::string code_of(std::string_view text) {
    const auto got = read(text);
    return got ? "ok" : std::string(got.error().code);
}

std::string message_of(std::string_view text) {
    const auto got = read(text);
    return got ? "ok" : got.error().message;
}

char oracle_kind(const json_node& node) {
    switch (node.kind) {
    case json_kind::null: return 'n';
    case json_kind::boolean: return node.truth ? 't' : 'f';
    case json_kind::number: return node.integral ? 'i' : 'r';
    case json_kind::text: break;
    case json_kind::list: return '[';
    case json_kind::object: return '{';
    }
    return 's';
}

/// Both readers take the text and see the same values at the same bytes, or both refuse it.
void expect_same_reading(std::string_view text) {
    std::vector<json_oracle::value> expected;
    const bool valid = json_oracle::read(text, &expected);
    const auto got = read(text);
    ASSERT_EQ(got.has_value(), valid) << text << " -> " << (got ? "ok" : got.error().message);
    if (!valid) return;
    const json_document& document = got.value();
    ASSERT_EQ(document.nodes.size(), expected.size()) << text;
    for (std::uint32_t i = 0; i < expected.size(); ++i) {
        const json_node& node = document.nodes[i];
        ASSERT_EQ(oracle_kind(node), expected[i].kind == 'k' ? 's' : expected[i].kind) << text;
        ASSERT_EQ(node.byte, expected[i].byte) << text;
        if (node.kind == json_kind::text) {
            ASSERT_EQ(text_of(document, i), expected[i].text) << text;
        }
        if (node.kind == json_kind::number && node.integral) {
            ASSERT_EQ(node.whole, expected[i].whole) << text;
        }
        if (node.kind == json_kind::number && !node.integral) {
            ASSERT_EQ(node.real, expected[i].real) << text;
        }
    }
}

constexpr std::string_view golden_policy =
    "{\"version\": 1, \"as_of\": \"2024-12-31\", \"run_id\": \"caf\xC3\xA9 \\u20ac \\ud83d\\ude00\",\r\n"
    " \"data\": {\"maximum_attainment\": 4.25e0, \"over_maximum\": \"cap\"},\n"
    " \"performance\": {\"ramp_months\": -0.5E+1},\n"
    " \"rules\": [1, 2.5, true, false, null, [], {}, [[-3]]]}";

TEST(json_reader, takes_every_valid_text) {
    EXPECT_GE(std::size(json_cases::accepted), 93U);
    for (const auto& each : json_cases::accepted) {
        EXPECT_EQ(code_of(each.text), "ok") << each.name << ": " << message_of(each.text);
        expect_same_reading(each.text);
    }
}

TEST(json_reader, refuses_every_invalid_text) {
    EXPECT_GE(std::size(json_cases::refused), 188U);
    for (const auto& each : json_cases::refused) {
        const auto got = read(each.text);
        ASSERT_FALSE(got.has_value()) << each.name;
        const std::string_view code = got.error().code;
        EXPECT_TRUE(code == "json.syntax" || code == "json.trailing" || code == "json.encoding") << each.name << code;
        EXPECT_EQ(got.error().kind, status::policy);
        EXPECT_NE(got.error().message.find(", byte "), std::string::npos) << got.error().message;
        EXPECT_FALSE(json_oracle::read(each.text)) << each.name;
    }
}

TEST(json_reader, pins_down_what_the_standard_leaves_open) {
    EXPECT_GE(std::size(json_cases::pinned), 35U);
    for (const auto& each : json_cases::pinned) {
        EXPECT_EQ(code_of(each.text), each.code) << each.name << ": " << message_of(each.text);
        EXPECT_FALSE(json_oracle::read(each.text)) << each.name;
    }
}

TEST(json_reader, knows_the_byte_of_a_fault) {
    EXPECT_EQ(message_of("[1,]"), "expected valid JSON, found ']', byte 3");
    EXPECT_EQ(message_of(""), "expected valid JSON, found the end of the text, byte 0");
    EXPECT_EQ(message_of(" \n "), "expected valid JSON, found the end of the text, byte 3");
    EXPECT_EQ(message_of("[1] x"), "expected the end of the text, found 'x', byte 4");
    EXPECT_EQ(message_of("[\"a\xFF\"]"), "expected UTF-8, found 0xFF, byte 3");
    EXPECT_EQ(message_of("[\"a\tb\"]"), "expected valid JSON, found 0x09, byte 3");
    EXPECT_EQ(message_of("[0, 1e400]"),
              "expected a number between 5e-324 and 1.8e308 in size, or 0, found one outside, byte 4");
    EXPECT_EQ(message_of("{\"a\":9223372036854775808}"),
              "expected an integer of at most 64 bits, found a larger one, byte 5");
    EXPECT_EQ(message_of("\xEF\xBB\xBF{}"),
              "expected JSON, found a byte order mark (write UTF-8 without it), byte 0");
}

TEST(json_reader, refuses_a_text_cut_at_any_byte) {
    ASSERT_EQ(code_of(golden_policy), "ok");
    for (std::size_t size = 0; size < golden_policy.size(); ++size) {
        const auto got = read(golden_policy.substr(0, size));
        ASSERT_FALSE(got.has_value()) << size;
        const std::string_view code = got.error().code;
        EXPECT_TRUE(code == "json.syntax" || code == "json.encoding") << size << " " << code;
        EXPECT_NE(got.error().message.find("byte " + std::to_string(code == "json.syntax" ? size : size - 1)),
                  std::string::npos) << size << " " << got.error().message;
    }
}

TEST(json_reader, agrees_with_a_second_reader_when_any_byte_is_replaced) {
    std::string text(golden_policy);
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char kept = text[at];
        for (int byte = 0; byte < 256; ++byte) {
            text[at] = static_cast<char>(byte);
            expect_same_reading(text);
            if (HasFatalFailure()) return;
        }
        text[at] = kept;
    }
}

TEST(json_reader, agrees_with_a_second_reader_when_bytes_go_missing_or_are_doubled) {
    const std::string text(golden_policy);
    for (std::size_t at = 0; at < text.size(); ++at)
        for (std::size_t n = 1; n < 4; ++n) {
            expect_same_reading(text.substr(0, at) + text.substr(std::min(text.size(), at + n)));
            expect_same_reading(text.substr(0, at) + text.substr(at, n) + text.substr(at));
            if (HasFatalFailure()) return;
        }
}

/// A random valid or nearly valid text.
struct random_text {
    std::mt19937_64 engine;
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine() % n); }
    void space(std::string& to) {
        while (below(5) == 0) to += " \n\t\r"[below(4)];
    }
    void text(std::string& to) {
        constexpr std::string_view pieces[] = {
            "a",   "b",        "key",           "\\n",             "\\\"",  "\\\\", "\\u0041",      "/",       "\\/",
            "\x7F", "\xC3\xA9", "\\ud83d\\ude00", "\xF0\x9F\x98\x80", "\\u0000", "0",    "\xE2\x82\xAC",
            "\\u00e9", "'"};
        to += '"';
        for (std::size_t i = below(6); i > 0; --i) to += pieces[below(std::size(pieces))];
        to += '"';
    }
    void number(std::string& to) {
        std::array<char, 64> digits;
        double real = 0;
        const std::uint64_t bits = engine();
        static_assert(sizeof bits == sizeof real);
        std::memcpy(&real, &bits, sizeof real);
        char* end = nullptr;
        if (below(3) == 0) end = std::to_chars(digits.data(), digits.data() + 64, static_cast<std::int64_t>(bits)).ptr;
        else if (real - real == 0) end = std::to_chars(digits.data(), digits.data() + 64, real).ptr;
        else end = std::to_chars(digits.data(), digits.data() + 64, 0.5).ptr;
        to.append(digits.data(), end);
    }
    void value(std::string& to, int depth) {
        space(to);
        switch (below(depth > 0 ? 8 : 5)) {
        case 0: to += "null"; break;
        case 1: to += below(2) == 0 ? "true" : "false"; break;
        case 2:
        case 3: number(to); break;
        case 4: text(to); break;
        case 5:
        case 6: list(to, depth - 1, false); break;
        default: list(to, depth - 1, true);
        }
        space(to);
    }
    void list(std::string& to, int depth, bool object) {
        to += object ? '{' : '[';
        for (std::size_t i = below(5); i > 0; --i) {
            if (object) {
                space(to);
                text(to);
                space(to);
                to += ':';
            }
            value(to, depth);
            if (i > 1) to += ',';
        }
        space(to);
        to += object ? '}' : ']';
    }
};

TEST(json_reader, agrees_with_a_second_reader_on_random_texts) {
    random_text random{std::mt19937_64(1)};
    int n_valid = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string text;
        random.value(text, 5);
        if (random.below(4) == 0) text[random.below(text.size())] = static_cast<char>(random.below(256));
        expect_same_reading(text);
        if (HasFatalFailure()) return;
        if (json_oracle::read(text)) ++n_valid;
    }
    EXPECT_GT(n_valid, 10000);
}

TEST(json_reader, rounds_every_number_correctly) {
    std::mt19937_64 engine(2);
    std::array<char, 64> digits;
    for (int i = 0; i < 100000; ++i) {
        // 15 to 19 digits with an exponent in the range where Boost.JSON 1.81 is off by up to two units.
        const auto mantissa = static_cast<std::int64_t>(engine() >> (1 + engine() % 14));
        std::string text(digits.data(), std::to_chars(digits.data(), digits.data() + 64, mantissa).ptr);
        text.insert(1, text.size() > 1 ? "." : ".0");
        const auto exponent = static_cast<int>(engine() % 600) - 300;
        text += 'e';
        text.append(digits.data(), std::to_chars(digits.data(), digits.data() + 64, exponent).ptr);
        const auto got = read(text);
        ASSERT_TRUE(got.has_value()) << text;
        ASSERT_EQ(got.value().nodes[0].real, std::strtod(text.c_str(), nullptr)) << text;
    }
}

TEST(json_reader, keeps_integers_to_the_last_digit) {
    const auto got = read("[9223372036854775807, -9223372036854775808, 9007199254740993, -0, 0]");
    ASSERT_TRUE(got.has_value());
    const auto& nodes = got.value().nodes;
    EXPECT_EQ(nodes[1].whole, INT64_MAX);
    EXPECT_EQ(nodes[2].whole, INT64_MIN);
    EXPECT_EQ(nodes[3].whole, 9007199254740993);
    EXPECT_EQ(nodes[4].whole, 0);
    for (std::size_t i = 1; i < nodes.size(); ++i) EXPECT_TRUE(nodes[i].integral);
}

TEST(json_reader, tells_five_from_five_point_zero) {
    const auto got = read("[5, 5.0, 5e0]");
    ASSERT_TRUE(got.has_value());
    EXPECT_TRUE(got.value().nodes[1].integral);
    EXPECT_FALSE(got.value().nodes[2].integral);
    EXPECT_FALSE(got.value().nodes[3].integral);
    for (std::size_t i = 1; i <= 3; ++i) EXPECT_EQ(number_of(got.value().nodes[i]), 5.0);
}

TEST(json_reader, has_one_zero) {
    const auto got = read("[-0.0, -0e5, 0.0]");
    ASSERT_TRUE(got.has_value());
    for (std::size_t i = 1; i <= 3; ++i) {
        EXPECT_EQ(got.value().nodes[i].real, 0.0);
        EXPECT_FALSE(std::signbit(got.value().nodes[i].real));
    }
}

TEST(json_reader, lays_out_a_document_flat) {
    const auto got = read(R"({"a": [1, {"b": "x"}], "c": null})");
    ASSERT_TRUE(got.has_value());
    const json_document& document = got.value();
    ASSERT_EQ(document.nodes.size(), 9U);  // {, a, [, 1, {, b, x, c, null
    EXPECT_EQ(document.nodes[0].end, 9U);
    EXPECT_EQ(document.nodes[0].size, 2U);
    EXPECT_EQ(document.nodes[2].end, 7U);
    EXPECT_EQ(document.nodes[2].size, 2U);
    EXPECT_EQ(text_of(document, 6), "x");
    EXPECT_EQ(find_member(document, 0, "c"), 8U);
    EXPECT_EQ(find_member(document, 0, "b"), 0U);
    EXPECT_EQ(find_member(document, 4, "b"), 6U);
    EXPECT_EQ(first_child(document, 0), 1U);
    EXPECT_EQ(pointer_of(document, 0), "");
    EXPECT_EQ(pointer_of(document, 1), "/a");
    EXPECT_EQ(pointer_of(document, 2), "/a");
    EXPECT_EQ(pointer_of(document, 3), "/a/0");
    EXPECT_EQ(pointer_of(document, 6), "/a/1/b");
    EXPECT_EQ(pointer_of(document, 8), "/c");
}

TEST(json_reader, escapes_pointers) {
    const auto got = read(R"({"a/b": {"m~n": 1}})");
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(pointer_of(got.value(), 4), "/a~1b/m~0n");
}

TEST(json_reader, names_both_places_of_a_duplicate_key) {
    const auto got = read(R"({"x": [0, {"key": 1, "other": 2, "k\u0065y": 3}]})");
    ASSERT_FALSE(got.has_value());
    EXPECT_EQ(got.error().code, "json.duplicate_key");
    EXPECT_EQ(got.error().message, "expected every key once, found one twice, byte 11 and byte 33");
    EXPECT_EQ(got.error().where, "/x/1/key");
}

TEST(json_reader, finds_the_same_duplicate_in_small_and_large_objects) {
    for (const int n : {2, 5, 15, 16, 17, 40, 1000}) {
        for (int first = 0; first < n; first += std::max(1, n / 7)) {
            for (int second = first + 1; second < n; second += std::max(1, n / 5)) {
                std::string text("{");
                std::size_t bytes[2] = {0, 0};
                for (int i = 0; i < n; ++i) {
                    if (i == first) bytes[0] = text.size();
                    if (i == second) bytes[1] = text.size();
                    text += "\"k" + std::to_string(i == second ? first : i) + "\":" + std::to_string(i) + ",";
                }
                text.back() = '}';
                ASSERT_EQ(message_of(text), "expected every key once, found one twice, byte " +
                                                std::to_string(bytes[0]) + " and byte " + std::to_string(bytes[1]));
            }
        }
    }
}

TEST(json_reader, reports_the_duplicate_that_comes_first_in_the_text) {
    std::string text("{");
    for (int i = 0; i < 30; ++i) text += "\"z" + std::to_string(i) + "\":1,";
    text += "\"z9\":1,\"z1\":1}";  // z9 again, then z1 again
    const auto got = read(text);
    ASSERT_FALSE(got.has_value());
    EXPECT_EQ(got.error().where, "/z9");
}

TEST(json_reader, goes_64_levels_deep_and_no_further) {
    for (const auto& [open, close] : {std::pair<std::string, std::string>{"[", "]"}, {"{\"a\":", "}"}}) {
        for (const int depth : {1, 63, 64, 65, 66, 500}) {
            std::string text;
            for (int i = 0; i < depth; ++i) text += open;
            text += "1";
            for (int i = 0; i < depth; ++i) text += close;
            EXPECT_EQ(code_of(text), depth <= 64 ? "ok" : "json.depth") << depth;
        }
    }
}

struct stack_job {
    std::vector<std::string> texts;
    std::vector<std::string> codes;
};

TEST(json_reader, needs_little_stack_whatever_the_text) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    constexpr std::size_t stack_bytes = 512 * 1024;  // instrumented frames are several times as large
#elif defined(__OPTIMIZE__)
    constexpr std::size_t stack_bytes = 64 * 1024;
#else
    constexpr std::size_t stack_bytes = 128 * 1024;
#endif
    stack_job job;
    job.texts = {std::string(1000000, '['), std::string(1000000, '{'), std::string(64, '[') + std::string(64, ']')};
    std::string escaped;
    for (int i = 0; i < 64; ++i) escaped += "{\"\\u0061\":";
    escaped += "\"\\ud83d\\ude00" + std::string(10000, 'x') + "\\n\"";
    job.texts.push_back(escaped + std::string(64, '}'));
    job.texts.push_back(escaped + std::string(63, '}') + ",\"\\u0061\":1}");
    pthread_attr_t attributes;
    ASSERT_EQ(pthread_attr_init(&attributes), 0);
    ASSERT_EQ(pthread_attr_setstacksize(&attributes, stack_bytes), 0);
    pthread_t thread;
    const auto work = [](void* argument) -> void* {
        auto* todo = static_cast<stack_job*>(argument);
        for (const std::string& text : todo->texts) todo->codes.push_back(code_of(text));
        return nullptr;
    };
    ASSERT_EQ(pthread_create(&thread, &attributes, work, &job), 0);
    ASSERT_EQ(pthread_join(thread, nullptr), 0);
    pthread_attr_destroy(&attributes);
    EXPECT_EQ(job.codes,
              (std::vector<std::string>{"json.depth", "json.syntax", "ok", "ok", "json.duplicate_key"}));
}

TEST(json_reader, keeps_to_its_limits) {
    json_limits limits;
    limits.bytes = 20;
    limits.members = 4;
    limits.text_bytes = 5;
    const auto code = [&](std::string_view text, status kind = status::policy) {
        const auto got = read_json(text, limits, kind);
        return got ? std::string("ok") : std::string(got.error().code);
    };
    EXPECT_EQ(code("[1,2,3]"), "ok");
    EXPECT_EQ(code("[1,2,3,4]"), "limit.bytes");
    EXPECT_EQ(code("[[[[1]]]]"), "limit.bytes");
    EXPECT_EQ(code("\"12345\""), "ok");
    EXPECT_EQ(code("\"123456\""), "limit.bytes");
    EXPECT_EQ(code("\"123456\"", status::data), "limit.string");
    EXPECT_EQ(code("\"12345\\n\""), "limit.bytes");
    EXPECT_EQ(code("{\"123456\":1}"), "limit.bytes");
    EXPECT_EQ(code("                   1"), "ok");
    EXPECT_EQ(code("                    1"), "limit.bytes");
}

TEST(json_reader, takes_a_policy_of_16_mebibytes_and_no_more) {
    std::string text(policy_json_limits.bytes - 1, ' ');
    text += '1';
    EXPECT_EQ(code_of(text), "ok");
    text += ' ';
    const auto got = read(text);
    ASSERT_FALSE(got.has_value());
    EXPECT_EQ(got.error().code, "limit.bytes");
    EXPECT_EQ(got.error().message, "expected at most 16777216 bytes of JSON, found 16777217, byte 16777216");
}

TEST(json_reader, gives_the_status_it_is_asked_for) {
    for (const std::string_view text : {"[", "[1e400]", "{\"a\":1,\"a\":2}", "\xFF", "[] []"}) {
        const auto got = read_json(text, table_json_limits, status::data);
        ASSERT_FALSE(got.has_value());
        EXPECT_EQ(got.error().kind, status::data);
    }
}

TEST(json_reader, frees_and_counts_its_memory_through_the_given_resource) {
    struct counting : std::pmr::memory_resource {
        std::int64_t live = 0;
        std::int64_t total = 0;
        void* do_allocate(std::size_t bytes, std::size_t alignment) override {
            live += static_cast<std::int64_t>(bytes);
            ++total;
            return std::pmr::new_delete_resource()->allocate(bytes, alignment);
        }
        void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override {
            live -= static_cast<std::int64_t>(bytes);
            std::pmr::new_delete_resource()->deallocate(memory, bytes, alignment);
        }
        bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
    } memory;
    {
        const auto got = read_json(golden_policy, policy_json_limits, status::policy, &memory);
        ASSERT_TRUE(got.has_value());
        EXPECT_GT(memory.total, 0);
        EXPECT_EQ(got.value().nodes.get_allocator().resource(), &memory);
    }
    EXPECT_EQ(memory.live, 0);
    static_cast<void>(read_json("[1,2,{\"a\":[", policy_json_limits, status::policy, &memory));
    EXPECT_EQ(memory.live, 0);
}

}  // namespace
