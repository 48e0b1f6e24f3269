// The nearest known name: what an error offers to somebody who mistyped one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace dualtrack {

/// Single-character edits, swaps of neighbours included, that turn one word into the other (Damerau).
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> now(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = std::min(now[j], before_last[j - 2] + 1);
        }
        std::swap(before_last, last);
        std::swap(last, now);
    }
    return last[b.size()];
}

/// The word of a list that is nearest to `asked`, the first of several; "" for an empty list or an endless word.
[[nodiscard]] inline std::string_view nearest_word(std::string_view asked, std::span<const std::string_view> known) {
    constexpr std::size_t longest = 256;
    if (known.empty() || asked.size() > longest) return {};
    return *std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
        return edit_distance(asked, a) < edit_distance(asked, b);
    });
}

} // namespace dualtrack
