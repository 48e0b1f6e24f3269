#include "ingest/organisation_keys.hpp"

#include <algorithm>

namespace dualtrack::ingest {

std::string_view plain_salesforce_id(std::string_view eighteen) noexcept {
    static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    for (std::size_t group = 0; group < 3; ++group) {
        unsigned upper = 0;
        for (std::size_t i = 0; i < 5; ++i) {
            const char c = eighteen[group * 5 + i];
            const bool is_upper = c >= 'A' && c <= 'Z';
            if (!is_upper && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) return eighteen;
            if (is_upper) upper |= 1U << i;
        }
        if (eighteen[15 + group] != letters[upper]) return eighteen;
    }
    return eighteen.substr(0, 15);
}

id_key key_of_long_id(std::string_view id) noexcept {
    id_key key{0x243F6A8885A308D3U ^ id.size(), 0x13198A2E03707344U};
    std::size_t at = 0;
    for (; at < id.size(); at += 8) {
        const std::uint64_t word = detail::load_short(id.data() + at, std::min<std::size_t>(8, id.size() - at));
        key.head = (key.head ^ word) * 0x9E3779B97F4A7C15U;
        key.head ^= key.head >> 29U;
        key.tail = (key.tail + word) * 0xD6E8FEB86659FD93U;
        key.tail ^= key.tail >> 31U;
    }
    return key;
}

text_lookup::text_lookup(const text_column& from, std::pmr::memory_resource* memory)
    : chunks_(from.chunks.data()), directory_(memory) {
    if (from.chunks.size() <= 1) return;
    directory_.resize((from.size() >> directory_shift) + 1);
    std::size_t chunk = 0;
    for (std::size_t i = 0; i < directory_.size(); ++i) {
        const auto row = static_cast<std::int64_t>(i << directory_shift);
        while (chunk + 1 < from.chunks.size() && from.chunks[chunk + 1].first_row <= row) ++chunk;
        directory_[i] = static_cast<std::uint32_t>(chunk);
    }
}

} // namespace dualtrack::ingest
