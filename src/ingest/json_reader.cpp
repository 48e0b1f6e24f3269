#include "ingest/json_reader.hpp"

#include <dualtrack/base/json_text.hpp>

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

namespace dualtrack::ingest {
namespace {

namespace bj = boost::json;

std::string at_byte(std::string message, std::size_t byte) {
    message.append(", byte ");
    append_integer(message, static_cast<std::int64_t>(byte));
    return message;
}

/// What stands at a place of the text, as a message shows it.
std::string found_at(std::string_view text, std::size_t byte) {
    if (byte >= text.size()) return "the end of the text";
    const auto c = static_cast<unsigned char>(text[byte]);
    if (c > 0x20 && c < 0x7F) return std::string("'") + text[byte] + "'";
    constexpr std::string_view hex = "0123456789ABCDEF";
    return std::string("0x") + hex[c >> 4U] + hex[c & 15U];
}

/// Offset of the first byte that is not UTF-8 (or is NUL), or npos.
std::size_t find_bad_byte(std::string_view text) noexcept {
    const std::size_t n = text.size();
    const auto byte = [&](std::size_t i) { return i < n ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    std::size_t i = 0;
    while (i < n) {
        if (n - i >= 8) {  // eight ASCII bytes other than NUL at once
            std::uint64_t word = 0;
            std::memcpy(&word, text.data() + i, sizeof word);
            constexpr std::uint64_t high = 0x8080808080808080U;
            if ((word & high) == 0 && ((word - 0x0101010101010101U) & high) == 0) {
                i += 8;
                continue;
            }
        }
        const unsigned lead = byte(i);
        const unsigned second = byte(i + 1);
        std::size_t size = 0;
        if (lead >= 0x01 && lead <= 0x7F) size = 1;
        else if (lead >= 0xC2 && lead <= 0xDF && follows(i + 1)) size = 2;
        else if (lead >= 0xE0 && lead <= 0xEF && follows(i + 1) && follows(i + 2)) {
            const bool overlong = lead == 0xE0 && second < 0xA0;
            const bool surrogate = lead == 0xED && second > 0x9F;
            if (!overlong && !surrogate) size = 3;
        } else if (lead >= 0xF0 && lead <= 0xF4 && follows(i + 1) && follows(i + 2) && follows(i + 3)) {
            const bool overlong = lead == 0xF0 && second < 0x90;
            const bool beyond = lead == 0xF4 && second > 0x8F;
            if (!overlong && !beyond) size = 4;
        }
        if (size == 0) return i;
        i += size;
    }
    return std::string_view::npos;
}

/// Whether the escape that ends at a place (or one character before it) is the first half of a surrogate pair: what
/// follows it is then not bad syntax but half a character.
bool after_leading_surrogate(std::string_view text, std::size_t byte) noexcept {
    if (byte >= text.size()) return false;
    if (byte > 0 && text[byte - 1] == '\\') --byte;
    if (byte < 6 || text[byte - 6] != '\\' || text[byte - 5] != 'u') return false;
    const char first = text[byte - 4];
    const char second = text[byte - 3];
    return (first == 'd' || first == 'D') && std::string_view("89abAB").find(second) != std::string_view::npos;
}

constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Turns the events of the parser into nodes. The parser tells no offsets, but every event ends a token, so a cursor
/// that moves on over the same tokens knows them; numbers are read again from their characters, exactly.
class handler {
public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

    handler(std::string_view text, const json_limits& limits, status kind, std::pmr::memory_resource* memory)
        : document(memory), text_(text), limits_(limits), kind_(kind), keys_(memory) {}

    bool on_document_begin(bj::error_code&) { return true; }
    bool on_document_end(bj::error_code&) { return true; }
    bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
    bool on_comment(bj::string_view, bj::error_code&) { return true; }
    bool on_number_part(bj::string_view, bj::error_code&) { return true; }

    bool on_array_begin(bj::error_code& ec) { return open(json_kind::list, ec); }
    bool on_object_begin(bj::error_code& ec) { return open(json_kind::object, ec); }
    bool on_array_end(std::size_t n, bj::error_code& ec) { return close(n, ec); }
    bool on_object_end(std::size_t n, bj::error_code& ec) { return check_keys(open_[depth_ - 1], ec) && close(n, ec); }

    bool on_string_part(bj::string_view s, std::size_t total, bj::error_code& ec) { return grow(s, total, ec); }
    bool on_key_part(bj::string_view s, std::size_t total, bj::error_code& ec) { return grow(s, total, ec); }
    bool on_key(bj::string_view s, std::size_t total, bj::error_code& ec) { return add_text(s, total, false, ec); }
    bool on_string(bj::string_view s, std::size_t total, bj::error_code& ec) { return add_text(s, total, true, ec); }

    bool on_int64(std::int64_t, bj::string_view, bj::error_code& ec) { return add_number(ec); }
    bool on_uint64(std::uint64_t, bj::string_view, bj::error_code& ec) { return add_number(ec); }
    bool on_double(double, bj::string_view, bj::error_code& ec) { return add_number(ec); }
    bool on_bool(bool truth, bj::error_code& ec) {
        json_node* node = add(json_kind::boolean, ec);
        if (node == nullptr) return false;
        node->truth = truth;
        cursor_ += truth ? 4 : 5;
        return true;
    }
    bool on_null(bj::error_code& ec) {
        if (add(json_kind::null, ec) == nullptr) return false;
        cursor_ += 4;
        return true;
    }

    json_document document;
    std::optional<error> failed;

private:
    bool stop(std::string_view code, std::string message, std::string where, bj::error_code& ec) {
        failed = error{kind_, code, std::move(message), std::move(where), -1};
        ec = bj::error::exception;
        return false;
    }

    /// Moves the cursor to the next token.
    void seek() noexcept {
        while (cursor_ < text_.size() && (is_space(text_[cursor_]) || text_[cursor_] == ',' || text_[cursor_] == ':'))
            ++cursor_;
    }

    json_node* add(json_kind kind, bj::error_code& ec, bool is_value = true) {
        seek();
        if (is_value && ++n_values_ > limits_.members) {
            std::string message("expected at most ");
            append_integer(message, static_cast<std::int64_t>(limits_.members));
            stop("limit.bytes", at_byte(message + " values, found more", cursor_), {}, ec);
            return nullptr;
        }
        json_node node;
        node.byte = static_cast<std::uint32_t>(cursor_);
        node.kind = kind;
        document.nodes.push_back(node);
        document.nodes.back().end = static_cast<std::uint32_t>(document.nodes.size());
        return &document.nodes.back();
    }

    bool open(json_kind kind, bj::error_code& ec) {
        if (add(kind, ec) == nullptr) return false;
        open_[depth_++] = static_cast<std::uint32_t>(document.nodes.size() - 1);
        ++cursor_;
        return true;
    }

    bool close(std::size_t n, bj::error_code&) {
        seek();
        ++cursor_;
        json_node& node = document.nodes[open_[--depth_]];
        node.size = static_cast<std::uint32_t>(n);
        node.end = static_cast<std::uint32_t>(document.nodes.size());
        return true;
    }

    bool grow(bj::string_view s, std::size_t total, bj::error_code& ec) {
        if (total > limits_.text_bytes) {
            seek();
            std::string message("expected a string of at most ");
            append_integer(message, static_cast<std::int64_t>(limits_.text_bytes));
            const std::string_view code = kind_ == status::data ? "limit.string" : "limit.bytes";
            return stop(code, at_byte(message + " bytes, found more", cursor_), {}, ec);
        }
        document.characters.insert(document.characters.end(), s.data(), s.data() + s.size());
        return true;
    }

    bool add_text(bj::string_view s, std::size_t total, bool is_value, bj::error_code& ec) {
        if (!grow(s, total, ec)) return false;
        json_node* node = add(json_kind::text, ec, is_value);
        if (node == nullptr) return false;
        node->size = static_cast<std::uint32_t>(total);
        node->text = document.characters.size() - total;
        // Without escapes the parser hands out the text itself, and the end is known.
        const char* first = text_.data();
        const char* last = first + text_.size();
        if (std::less_equal<>()(first, s.data()) && std::less<>()(s.data(), last)) {
            cursor_ = static_cast<std::size_t>(s.data() - first) + s.size() + 1;
            return true;
        }
        ++cursor_;
        while (cursor_ < text_.size() && text_[cursor_] != '"') cursor_ += text_[cursor_] == '\\' ? 2U : 1U;
        ++cursor_;
        return true;
    }

    bool add_number(bj::error_code& ec) {
        json_node* node = add(json_kind::number, ec);
        if (node == nullptr) return false;
        // The parser has seen a number end here or later; its grammar says where.
        std::size_t end = cursor_ + (text_[cursor_] == '-' ? 1U : 0U);
        bool zero = true;
        const auto digits = [&](bool in_mantissa) {
            for (; end < text_.size() && text_[end] >= '0' && text_[end] <= '9'; ++end)
                zero = zero && (text_[end] == '0' || !in_mantissa);
        };
        digits(true);
        const bool fraction = end < text_.size() && text_[end] == '.';
        if (fraction) {
            ++end;
            digits(true);
        }
        const bool exponent = end < text_.size() && (text_[end] == 'e' || text_[end] == 'E');
        if (exponent) {
            ++end;
            if (end < text_.size() && (text_[end] == '+' || text_[end] == '-')) ++end;
            digits(false);
        }
        const bool integral = !fraction && !exponent;
        const char* first = text_.data() + cursor_;
        const char* last = text_.data() + end;
        node->integral = integral;
        if (integral) {
            const auto read = std::from_chars(first, last, node->whole);
            if (read.ec != std::errc() || read.ptr != last)
                return stop("json.number_range",
                            at_byte("expected an integer of at most 64 bits, found a larger one", cursor_), {}, ec);
        } else {
            double real = 0;
            const auto read = std::from_chars(first, last, real);
            const bool infinite = !(real <= std::numeric_limits<double>::max()) ||
                                  !(real >= std::numeric_limits<double>::lowest());
            if (read.ec != std::errc() || read.ptr != last || infinite || (real == 0 && !zero))
                return stop("json.number_range",
                            at_byte("expected a number between 5e-324 and 1.8e308 in size, or 0, found one outside",
                                    cursor_), {}, ec);
            node->real = real == 0 ? 0.0 : real;
        }
        cursor_ = end;
        return true;
    }

    /// Refuses a key that stands twice in the object that ends here, whichever way it is written.
    bool check_keys(std::uint32_t object, bj::error_code& ec) {
        keys_.clear();
        for (std::size_t i = object + 1; i < document.nodes.size(); i = document.nodes[i + 1].end)
            keys_.push_back(static_cast<std::uint32_t>(i));
        std::uint32_t first = 0;
        std::uint32_t second = 0;
        if (keys_.size() <= 16) {
            for (std::size_t j = 1; j < keys_.size() && second == 0; ++j)
                for (std::size_t i = 0; i < j; ++i)
                    if (text_of(document, keys_[i]) == text_of(document, keys_[j])) {
                        first = keys_[i];
                        second = keys_[j];
                        break;
                    }
        } else {
            std::sort(keys_.begin(), keys_.end(), [&](std::uint32_t a, std::uint32_t b) {
                const int order = text_of(document, a).compare(text_of(document, b));
                return order != 0 ? order < 0 : a < b;
            });
            for (std::size_t i = 1; i < keys_.size(); ++i) {
                const bool same = text_of(document, keys_[i - 1]) == text_of(document, keys_[i]);
                if (same && (second == 0 || keys_[i] < second)) {
                    first = keys_[i - 1];
                    second = keys_[i];
                }
            }
        }
        if (second == 0) return true;
        // The path is only known once the open lists and objects have an end.
        const auto end = static_cast<std::uint32_t>(document.nodes.size());
        for (std::size_t i = 0; i < depth_; ++i) document.nodes[open_[i]].end = end;
        std::string message = at_byte("expected every key once, found one twice", document.nodes[first].byte);
        message.append(" and byte ");
        append_integer(message, document.nodes[second].byte);
        return stop("json.duplicate_key", std::move(message), pointer_of(document, second), ec);
    }

    std::string_view text_;
    json_limits limits_;
    status kind_;
    std::size_t cursor_ = 0;
    std::size_t n_values_ = 0;
    std::array<std::uint32_t, json_depth + 1> open_{};
    std::size_t depth_ = 0;
    vec<std::uint32_t> keys_;
};

}  // namespace

std::uint32_t find_member(const json_document& document, std::uint32_t object, std::string_view key) noexcept {
    for (std::uint32_t i = object + 1; i < document.nodes[object].end; i = document.nodes[i + 1].end)
        if (text_of(document, i) == key) return i + 1;
    return 0;
}

std::string pointer_of(const json_document& document, std::uint32_t node) {
    std::string out;
    std::uint32_t at = 0;
    while (at != node) {
        const json_node& parent = document.nodes[at];
        std::uint32_t child = at + 1;
        if (parent.kind == json_kind::object) {
            while (document.nodes[child + 1].end <= node) child = document.nodes[child + 1].end;
            out.push_back('/');
            for (const char c : text_of(document, child)) {
                if (c == '~') out.append("~0");
                else if (c == '/') out.append("~1");
                else out.push_back(c);
            }
            if (child == node) return out;
            at = child + 1;
        } else {
            std::int64_t place = 0;
            for (; document.nodes[child].end <= node; ++place) child = document.nodes[child].end;
            out.push_back('/');
            append_integer(out, place);
            at = child;
        }
    }
    return out;
}

result<json_document> read_json(std::string_view text, const json_limits& limits, status kind,
                                std::pmr::memory_resource* memory) {
    const std::size_t most = std::min<std::size_t>(limits.bytes, std::numeric_limits<std::uint32_t>::max());
    if (text.size() > most) {
        std::string message("expected at most ");
        append_integer(message, static_cast<std::int64_t>(most));
        message.append(" bytes of JSON, found ");
        append_integer(message, static_cast<std::int64_t>(text.size()));
        return fail(kind, "limit.bytes", at_byte(std::move(message), most));
    }
    if (text.starts_with("\xEF\xBB\xBF"))
        return fail(kind, "json.encoding",
                    at_byte("expected JSON, found a byte order mark (write UTF-8 without it)", 0));
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        return fail(kind, "json.encoding", at_byte("expected UTF-8, found the byte order mark of UTF-16", 0));
    const std::size_t bad = find_bad_byte(text);
    if (bad != std::string_view::npos)
        return fail(kind, "json.encoding", at_byte("expected UTF-8, found " + found_at(text, bad), bad));

    bj::parse_options options;
    options.max_depth = json_depth;
    bj::basic_parser<handler> parser(options, text, limits, kind, memory);
    bj::error_code ec;
    std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
    if (parser.handler().failed) return outcome::failure(std::move(*parser.handler().failed));
    if (ec == bj::error::too_deep)
        return fail(kind, "json.depth", at_byte("expected at most 64 levels of lists and objects, found more", used));
    if (ec == bj::error::exponent_overflow)
        return fail(kind, "json.number_range",
                    at_byte("expected a number between 5e-324 and 1.8e308 in size, found one outside", used));
    if (ec == bj::error::illegal_leading_surrogate || ec == bj::error::illegal_trailing_surrogate ||
        ec == bj::error::expected_utf16_escape || (ec && after_leading_surrogate(text, used)))
        return fail(kind, "json.encoding", at_byte("expected a pair of surrogates, found half of one", used));
    if (ec) return fail(kind, "json.syntax", at_byte("expected valid JSON, found " + found_at(text, used), used));
    while (used < text.size() && is_space(text[used])) ++used;
    if (used < text.size())
        return fail(kind, "json.trailing",
                    at_byte("expected the end of the text, found " + found_at(text, used), used));
    return std::move(parser.handler().document);
}

}  // namespace dualtrack::ingest
