#include "ingest/cells_numbers.hpp"

#include <array>
#include <charconv>
#include <system_error>
#include <utility>

#include "ingest/first_touch.hpp"

namespace dualtrack::ingest {
namespace {

using outcome::success;

constexpr wide_int power_of_ten(std::int32_t exponent) noexcept {
    wide_int power = 1;
    for (std::int32_t i = 0; i < exponent; ++i) power *= 10;
    return power;
}

constexpr std::int32_t widest_power = 38; // 10^38 is the largest that fits

constexpr auto make_powers() noexcept {
    std::array<wide_int, widest_power + 1> powers{};
    for (std::int32_t i = 0; i <= widest_power; ++i) powers[static_cast<std::size_t>(i)] = power_of_ten(i);
    return powers;
}
constexpr auto powers = make_powers();

constexpr auto make_double_powers() noexcept {
    std::array<double, 23> doubles{};
    for (std::int32_t i = 0; i < 23; ++i)
        doubles[static_cast<std::size_t>(i)] = static_cast<double>(powers[static_cast<std::size_t>(i)]);
    return doubles;
}
constexpr auto double_powers = make_double_powers(); // exact up to 10^22

bool fits_int64(wide_int number) noexcept {
    return number <= std::numeric_limits<std::int64_t>::max() && number > std::numeric_limits<std::int64_t>::min();
}

/// number * 10^exponent when that is below 2^63.
bool scale_up(wide_int number, std::int32_t exponent, std::int64_t& to) noexcept {
    if (number == 0) {
        to = 0;
        return true;
    }
    if (exponent > 18 || !fits_int64(number)) return false;
    const wide_int product = number * powers[static_cast<std::size_t>(exponent)]; // below 2^63 * 10^18 < 2^127
    to = static_cast<std::int64_t>(product);
    return fits_int64(product);
}

/// Converts n cells. @returns the first that is wrong, or -1
template <physical kind, class Convert>
std::int64_t convert_run(const Convert& convert, const char* values, std::int64_t first, std::int64_t n,
                         typename Convert::out* to) noexcept {
    bool all_good = true;
    for (std::int64_t i = 0; i < n; ++i)
        all_good &= convert.template convert<kind>(load_cell<kind>(values, first + i), to[i]);
    if (all_good) return -1;
    for (std::int64_t i = 0; i < n; ++i) {
        const auto value = load_cell<kind>(values, first + i);
        if (convert.template convert<kind>(value, to[i])) continue;
        if constexpr (requires { convert.template convert_rare<kind>(value, to[i]); } && is_floating(kind)) {
            if (convert.template convert_rare<kind>(value, to[i])) continue;
        }
        return i;
    }
    return -1;
}

template <physical kind, class Convert>
cell_fault explain_cell(const Convert& convert, const char* values, std::int64_t i) {
    return convert.template explain<kind>(load_cell<kind>(values, i));
}

/// The loop over cells of one type, chosen once a column.
template <class Convert> struct kernel {
    std::int64_t (*run)(const Convert&, const char*, std::int64_t, std::int64_t,
                        typename Convert::out*) noexcept = nullptr;
    cell_fault (*explain)(const Convert&, const char*, std::int64_t) = nullptr;
};

/// The kernel of a type; without a loop when Convert does not read the type.
template <class Convert> kernel<Convert> kernel_of(physical kind) noexcept {
    kernel<Convert> found;
    const auto offer = [&](auto constant) {
        constexpr physical known = decltype(constant)::value;
        if constexpr (Convert::reads(known))
            if (kind == known) found = {&convert_run<known, Convert>, &explain_cell<known, Convert>};
    };
    const auto offer_all = [&]<std::size_t... numbers>(std::index_sequence<numbers...>) {
        (offer(std::integral_constant<physical, static_cast<physical>(numbers)>{}), ...);
    };
    offer_all(std::make_index_sequence<static_cast<std::size_t>(physical::utf8)>{});
    return found;
}

template <class Convert>
error explain_fault(const cell_column& column, const Convert& convert, const kernel<Convert>& loop,
                    const cell_window& window, std::int64_t i, std::int64_t row) {
    const cell_fault fault = loop.explain(convert, window.values(), window.start + i);
    return {status::data, fault.code, "expected " + fault.expected + ", found " + column.found(fault.found),
            column.where(), row};
}

template <class Convert>
result<void> read_plain(const run_context& run, const cell_column& column, const Convert& convert,
                        const kernel<Convert>& loop, const sink<typename Convert::out>& to) {
    return each_piece(
        run, column, [&](const cell_window& window, std::int64_t begin, std::int64_t end) -> result<void> {
            std::int64_t bad = -1;
            bool is_null = false;
            each_cell_run(window, begin, end, [&](std::int64_t from, std::int64_t stop, bool there) {
                if (there) {
                    bad = loop.run(convert, window.values(), window.start + from, stop - from,
                                   to.value + window.first_row + from);
                    if (bad >= 0) bad += from;
                } else if (!to.set_missing(window.first_row + from, stop - from)) {
                    bad = from;
                    is_null = true;
                }
                return bad < 0;
            });
            if (bad < 0) return success();
            if (is_null) return column.missing_at(window.first_row + bad);
            return outcome::failure(explain_fault(column, convert, loop, window, bad, window.first_row + bad));
        });
}

template <class Convert>
result<void> read_dictionary(const run_context& run, const cell_column& column, const Convert& convert,
                             const kernel<Convert>& loop, const sink<typename Convert::out>& to) {
    using out = typename Convert::out;
    vec<dictionary_entries<out>> all(run.memory);
    all.reserve(column.windows.size());
    for (const cell_window& window : column.windows) {
        const cell_window entries = entries_of(window);
        dictionary_entries<out>& into = all.emplace_back(run.memory);
        into.value.resize(static_cast<std::size_t>(entries.n_rows));
        into.states.resize(static_cast<std::size_t>(entries.n_rows), dictionary_entries<out>::missing);
        each_cell_run(entries, 0, entries.n_rows, [&](std::int64_t i, std::int64_t end, bool there) {
            for (; there && i < end; ++i) {
                const auto at = static_cast<std::size_t>(i);
                const bool good = loop.run(convert, entries.values(), entries.start + i, 1, &into.value[at]) < 0;
                into.states[at] = good ? dictionary_entries<out>::there : dictionary_entries<out>::wrong;
            }
            return true;
        });
    }
    return gather(run, column, all, to, [&](const cell_window& entries, std::int64_t entry, std::int64_t row) {
        return explain_fault(column, convert, loop, entries, entry, row);
    });
}

template <class Convert>
result<void> read_fixed(const run_context& run, const cell_column& column, const Convert& convert,
                        const sink<typename Convert::out>& to) {
    const physical kind = column.cell_type().kind;
    if (kind == physical::null) return fill_missing(column, to);
    const kernel<Convert> loop = kernel_of<Convert>(kind);
    if (loop.run == nullptr) return outcome::failure(wrong_type(column, Convert::expected));
    return column.plan.is_dictionary ? read_dictionary(run, column, convert, loop, to)
                                     : read_plain(run, column, convert, loop, to);
}

/// A reader whose missing cells have a value of their own.
template <class Convert>
result<vec<typename Convert::out>> read_marked(const run_context& run, const cell_column& column,
                                               const Convert& convert, typename Convert::out missing, presence need) {
    vec<typename Convert::out> values(run.memory);
    resize_touched(run, values, static_cast<std::size_t>(column.n_rows()));
    DUALTRACK_TRYV(read_fixed(run, column, convert, {values.data(), nullptr, missing, need}));
    return values;
}

/// A reader whose missing cells are told by `valid`.
template <class Convert>
result<column<typename Convert::out>> read_valid(const run_context& run, const cell_column& from,
                                                 const Convert& convert, presence need) {
    column<typename Convert::out> to(run.memory);
    resize_touched(run, to.value, static_cast<std::size_t>(from.n_rows()));
    if (has_missing(from)) to.valid.resize(to.value.size(), 1);
    DUALTRACK_TRYV(
        read_fixed(run, from, convert, {to.value.data(), to.valid.empty() ? nullptr : to.valid.data(), {}, need}));
    return to;
}

} // namespace

std::string wide_text(wide_int number) {
    if (number == 0) return "0";
    std::string text;
    const bool is_negative = number < 0;
    for (; number != 0; number /= 10) {
        const auto digit = static_cast<int>(number % 10);
        text.insert(text.begin(), static_cast<char>('0' + (digit < 0 ? -digit : digit)));
    }
    if (is_negative) text.insert(text.begin(), '-');
    return text;
}

std::string decimal_text(wide_int unscaled, std::int32_t scale) {
    std::string text = wide_text(unscaled);
    if (scale <= 0 || scale > 60) return scale == 0 ? text : text + "e" + integer_text(-std::int64_t{scale});
    const std::size_t sign = text.front() == '-' ? 1 : 0;
    const auto decimals = static_cast<std::size_t>(scale);
    if (text.size() - sign <= decimals) text.insert(sign, decimals + 1 - (text.size() - sign), '0');
    text.insert(text.size() - decimals, 1, '.');
    return text;
}

bool to_minor::convert_decimal(wide_int unscaled, out& minor) const noexcept {
    if (scale <= 2) return scale_up(unscaled, 2 - scale, minor);
    const std::int32_t places = scale - 2;
    if (places > widest_power) { // below half a cent, whatever the digits
        minor = 0;
        return true;
    }
    const wide_int divisor = powers[static_cast<std::size_t>(places)];
    wide_int quotient = 0;
    wide_int rest = 0;
    if (fits_int64(unscaled) && places <= 18) {
        const auto small = static_cast<std::int64_t>(unscaled);
        const auto by = static_cast<std::int64_t>(divisor);
        quotient = small / by;
        rest = small % by;
    } else {
        quotient = unscaled / divisor;
        rest = unscaled % divisor;
    }
    const wide_int magnitude = rest < 0 ? -rest : rest;
    const wide_int above = divisor - magnitude; // compares with half a unit without doubling
    if (magnitude > above || (magnitude == above && (quotient & 1) != 0)) quotient += unscaled < 0 ? -1 : 1;
    minor = static_cast<std::int64_t>(quotient);
    return fits_int64(quotient);
}

bool to_number::convert_decimal(wide_int unscaled, out& number) const noexcept {
    constexpr wide_int exact = wide_int{1} << 53;
    if (unscaled <= exact && unscaled >= -exact && scale >= -22 && scale <= 22) {
        // Both operands are exact, so one operation rounds once.
        const auto whole = static_cast<double>(static_cast<std::int64_t>(unscaled));
        const double power = double_powers[static_cast<std::size_t>(scale < 0 ? -scale : scale)];
        number = (scale < 0 ? whole * power : whole / power) + 0.0;
        return true;
    }
    char text[64];
    char* end = text;
    if (unscaled < 0) *end++ = '-';
    char digits[48];
    char* digit = digits;
    for (wide_int rest = unscaled; rest != 0; rest /= 10) {
        const auto last = static_cast<int>(rest % 10);
        *digit++ = static_cast<char>('0' + (last < 0 ? -last : last));
    }
    if (digit == digits) *digit++ = '0';
    while (digit != digits) *end++ = *--digit;
    *end++ = 'e';
    end = std::to_chars(end, text + sizeof text, -scale).ptr;
    const auto [stop, failed] = std::from_chars(text, end, number);
    return failed == std::errc{} && stop == end;
}

bool to_whole::convert_decimal(wide_int unscaled, out& number) const noexcept {
    if (scale <= 0) return scale_up(unscaled, -scale, number);
    if (scale > widest_power) {
        number = 0;
        return unscaled == 0;
    }
    const wide_int divisor = powers[static_cast<std::size_t>(scale)];
    number = static_cast<std::int64_t>(unscaled / divisor);
    return unscaled % divisor == 0 && fits_int64(unscaled / divisor);
}

result<vec<std::int32_t>> read_dates(const run_context& run, const input_table& table, std::string_view name,
                                     presence need) {
    DUALTRACK_TRY(const cell_column column, open_column(run, table, name));
    return read_marked(run, column, to_days{}, no_date, need);
}

result<vec<std::int64_t>> read_money(const run_context& run, const input_table& table, std::string_view name,
                                     presence need) {
    DUALTRACK_TRY(const cell_column column, open_column(run, table, name));
    return read_marked(run, column, to_minor{column.cell_type().scale}, no_money, need);
}

result<column<double>> read_numbers(const run_context& run, const input_table& table, std::string_view name,
                                    presence need) {
    DUALTRACK_TRY(const cell_column column, open_column(run, table, name));
    return read_valid(run, column, to_number{column.cell_type().scale}, need);
}

result<column<std::int64_t>> read_integers(const run_context& run, const input_table& table, std::string_view name,
                                           presence need) {
    DUALTRACK_TRY(const cell_column column, open_column(run, table, name));
    return read_valid(run, column, to_whole{column.cell_type().scale}, need);
}

result<vec<std::uint8_t>> read_flags(const run_context& run, const input_table& table, std::string_view name,
                                     presence need) {
    DUALTRACK_TRY(const cell_column column, open_column(run, table, name));
    return read_marked(run, column, to_flag{}, std::uint8_t{2}, need);
}

} // namespace dualtrack::ingest
