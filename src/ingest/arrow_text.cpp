#include "ingest/arrow_text.hpp"

namespace dualtrack::ingest {

std::string shown(std::string_view observed, std::size_t longest) {
    constexpr std::string_view digits = "0123456789abcdef";
    const bool is_cut = observed.size() > longest;
    std::string text = "\"";
    for (const char letter : observed.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\') {
            text += '\\';
            text += letter;
        } else if (byte < 0x20U || byte >= 0x7FU) {
            text += "\\x";
            text += digits[byte >> 4U];
            text += digits[byte & 15U];
        } else {
            text += letter;
        }
    }
    text += is_cut ? "\"..." : "\"";
    return text;
}

std::string place(std::string_view table, std::string_view column) {
    std::string text(table);
    text += '.';
    text += column;
    return text;
}

bool is_ascii(const char* text, std::size_t bytes) noexcept {
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    std::size_t at = 0;
    while (bytes - at >= 32) {
        std::uint64_t word[4];
        std::memcpy(word, text + at, sizeof word);
        if (((word[0] | word[1] | word[2] | word[3]) & high_bits) != 0) return false;
        at += 32;
    }
    for (; at < bytes; ++at)
        if (static_cast<unsigned char>(text[at]) >= 0x80U) return false;
    return true;
}

bool is_utf8(const char* text, std::size_t bytes) noexcept {
    const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    std::size_t at = 0;
    while (at < bytes) {
        if (bytes - at >= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, text + at, sizeof word);
            if ((word & 0x8080808080808080U) == 0) {
                at += 8;
                continue;
            }
        }
        const unsigned lead = byte(at);
        if (lead < 0x80U) {
            ++at;
            continue;
        }
        // The second byte's range says all there is to say about overlong forms, surrogates and the upper end.
        std::size_t length = 0;
        unsigned low = 0x80U;
        unsigned high = 0xBFU;
        if (lead >= 0xC2U && lead <= 0xDFU) {
            length = 2;
        } else if (lead >= 0xE0U && lead <= 0xEFU) {
            length = 3;
            if (lead == 0xE0U) low = 0xA0U;
            if (lead == 0xEDU) high = 0x9FU;
        } else if (lead >= 0xF0U && lead <= 0xF4U) {
            length = 4;
            if (lead == 0xF0U) low = 0x90U;
            if (lead == 0xF4U) high = 0x8FU;
        } else {
            return false;
        }
        if (bytes - at < length || byte(at + 1) < low || byte(at + 1) > high) return false;
        for (std::size_t i = 2; i < length; ++i)
            if ((byte(at + i) & 0xC0U) != 0x80U) return false;
        at += length;
    }
    return true;
}

std::int64_t count_set(const std::uint8_t* bits, std::int64_t first, std::int64_t n) noexcept {
    std::int64_t count = 0;
    std::int64_t at = first;
    const std::int64_t end = first + n;
    for (; at < end && (at & 7) != 0; ++at) count += bit_at(bits, at) ? 1 : 0;
    for (; end - at >= 64; at += 64) {
        std::uint64_t word = 0;
        std::memcpy(&word, bits + (at >> 3), sizeof word);
        count += std::popcount(word);
    }
    for (; at < end; ++at) count += bit_at(bits, at) ? 1 : 0;
    return count;
}

} // namespace dualtrack::ingest
