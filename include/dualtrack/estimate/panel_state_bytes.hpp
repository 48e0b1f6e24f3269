// A kept panel as bytes and back: little-endian, with a version in front and a digest behind. Where values are kept,
// the same panel has the same bytes, in whatever order its rows came; where only spells are, rows in another order may
// leave another y0 and sums rounded otherwise. Bytes that are cut, damaged or of something else are an error.
//   "DTKPANEL", version, what is kept, n_units, n_groups, n_periods, n_rows;  a seller: n_spells and, with rows, y0,
//   sum (y - y0)^2, spells, values;  a period: D_t exactly;  SHA-256 of all that
#pragma once

#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <dualtrack/base/sha256.hpp>
#include <dualtrack/estimate/panel_state.hpp>

namespace dualtrack::estimate {

/// Numbers written one after the other.
struct byte_writer {
    std::string out;
    template <class T> void put(T value) {
        if constexpr (std::is_same_v<T, double>) {
            put(std::bit_cast<std::uint64_t>(value));
        } else {
            char bytes[sizeof(T)];
            const auto bits = static_cast<std::make_unsigned_t<T>>(value);
            for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = static_cast<char>((bits >> (8 * i)) & 0xFF);
            out.append(bytes, sizeof(T));
        }
    }
};

/// Numbers read one after the other; past the end everything is 0 and `failed` is set.
struct byte_reader {
    std::string_view in;
    bool failed = false;
    template <class T> T get() {
        if constexpr (std::is_same_v<T, double>) {
            return std::bit_cast<double>(get<std::uint64_t>());
        } else {
            using bits = std::make_unsigned_t<T>;
            if (in.size() < sizeof(T)) {
                failed = true;
                return T{};
            }
            bits value = 0;
            for (std::size_t i = 0; i < sizeof(T); ++i)
                value =
                    static_cast<bits>(value | static_cast<bits>(bits{static_cast<unsigned char>(in[i])} << (8 * i)));
            in.remove_prefix(sizeof(T));
            return static_cast<T>(value);
        }
    }
};

/// Bytes with their digest behind them.
inline std::string sealed_bytes(std::string bytes) {
    const sha256_digest digest = sha256_of(bytes);
    bytes.append(reinterpret_cast<const char*>(digest.data()), digest.size());
    return bytes;
}

/// What lies between `magic` with its version and the digest. Errors: state.foreign, state.damaged, state.version.
inline result<std::string_view> unsealed_bytes(std::string_view bytes, std::string_view magic, std::uint32_t version) {
    if (bytes.substr(0, magic.size()) != magic)
        return fail(status::data, "state.foreign", "expected the bytes of a kept panel, found something else");
    constexpr std::size_t n_digest = sizeof(sha256_digest);
    if (bytes.size() < magic.size() + 4 + n_digest)
        return fail(status::data, "state.damaged", "expected a whole kept panel, found its beginning");
    const std::string_view inside = bytes.substr(0, bytes.size() - n_digest);
    const sha256_digest digest = sha256_of(inside);
    if (std::memcmp(digest.data(), bytes.data() + inside.size(), n_digest) != 0)
        return fail(status::data, "state.damaged",
                    "expected a kept panel as it was saved, found one that was cut or "
                    "changed: its digest differs");
    byte_reader from{inside.substr(magic.size())};
    const auto found = from.get<std::uint32_t>();
    if (found != version)
        return fail(status::data, "state.version",
                    "expected a kept panel of version " + integer_text(version) + ", found version " +
                        integer_text(found));
    return from.in;
}

struct panel_state_bytes {
    static constexpr std::string_view magic = "DTKPANEL";
    static constexpr std::uint32_t version = 1;

    static std::string save(const panel_state& state) {
        const panel_store& store = state.store();
        byte_writer to;
        to.out = magic;
        to.put(version);
        to.put(static_cast<std::uint32_t>(store.kept()));
        to.put(static_cast<std::uint64_t>(store.n_units()));
        to.put(store.n_groups());
        to.put(static_cast<std::uint32_t>(store.n_periods()));
        to.put(state.n_rows());
        seller_spells own;
        for (std::size_t unit = 0; unit < store.n_units(); ++unit) {
            store.read(unit, own);
            to.put(static_cast<std::uint32_t>(own.spell.size()));
            if (own.spell.empty()) continue;
            to.put(store.origin(unit));
            to.put(store.squares(unit));
            for (const panel_spell& s : own.spell) {
                to.put(s.group);
                to.put(s.first);
                to.put(s.length);
                to.put(s.sum);
            }
            for (const double value : own.value) to.put(value);
        }
        for (std::size_t t = 0; t < store.n_periods(); ++t)
            for (const std::int64_t digit : store.period_sum(t).settled()) to.put(digit);
        return sealed_bytes(std::move(to.out));
    }

    /// Errors: state.foreign, state.damaged, state.version.
    static result<panel_state> load(std::string_view bytes) {
        DUALTRACK_TRY(const auto inside, unsealed_bytes(bytes, magic, version));
        byte_reader from{inside};
        const auto kept = from.get<std::uint32_t>();
        const auto n_units = from.get<std::uint64_t>();
        const auto n_groups = from.get<std::uint32_t>();
        const auto n_periods = from.get<std::uint32_t>();
        const auto n_rows = from.get<std::uint64_t>();
        const std::uint64_t room = from.in.size();
        if (from.failed || kept > 1 || n_units > room / 4 || n_groups > room || n_periods > detail::most_kept_periods ||
            n_periods * sizeof(exact_sum::limbs) > room || n_rows > std::uint64_t{n_periods} * n_units)
            return damaged();
        panel_store store(static_cast<kept_rows>(kept));
        store.grow(n_units, n_groups, n_periods);
        std::uint64_t met = 0;
        seller_spells own;
        for (std::size_t unit = 0; unit < n_units; ++unit) {
            const auto n_spells = from.get<std::uint32_t>();
            if (n_spells == 0) continue;
            if (n_spells > from.in.size() / sizeof(panel_spell)) return damaged();
            const auto origin = from.get<double>();
            const auto squares = from.get<double>();
            bool is_sound = detail::can_be_kept(origin) && is_finite(squares);
            std::uint32_t own_rows = 0, end = 0;
            own.spell.clear();
            for (std::uint32_t k = 0; k < n_spells; ++k) {
                panel_spell s;
                s.group = from.get<std::uint32_t>();
                s.first = from.get<std::uint16_t>();
                s.length = from.get<std::uint16_t>();
                s.sum = from.get<double>();
                is_sound = is_sound && s.group < n_groups && s.first >= end && s.length > 0 && s.end() <= n_periods &&
                           is_finite(s.sum);
                end = s.end();
                own_rows += s.length;
                own.spell.push_back(s);
            }
            if (!is_sound || from.failed) return damaged();
            own.value.clear();
            for (std::uint32_t n = 0; n < own_rows && store.kept() == kept_rows::values; ++n) {
                own.value.push_back(from.get<double>());
                if (from.failed || !detail::can_be_kept(own.value.back())) return damaged();
            }
            store.set_level(unit, origin, squares);
            store.write(unit, own, own_rows);
            met += own_rows;
        }
        for (std::size_t t = 0; t < n_periods; ++t) {
            exact_sum::limbs digits{};
            for (std::size_t k = 0; k < digits.size(); ++k) {
                digits[k] = from.get<std::int64_t>();
                if (k + 1 < digits.size() && (digits[k] < 0 || digits[k] > 0xFFFFFFFF)) return damaged();
            }
            if (digits.back() > 0xFFFFFFFF || digits.back() < -0xFFFFFFFFLL) return damaged();
            store.set_period_sum(t, exact_sum::of(digits));
        }
        if (from.failed || !from.in.empty() || met != n_rows) return damaged();
        return panel_state(std::move(store));
    }

  private:
    static bool is_finite(double x) noexcept { return x - x == 0.0; }
    static result<panel_state> damaged() {
        return fail(status::data, "state.damaged", "expected a kept panel, found bytes that cannot be one");
    }
};

} // namespace dualtrack::estimate
