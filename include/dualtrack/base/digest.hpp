// The fingerprint of a table: what a record keeps so that anybody can show later which figures a decision rested on. It
// speaks of values alone: not of batches, offsets, dictionaries, memory under nulls or the number of threads. Missing,
// "" and 0 differ; -0.0 is 0.0. There are two of them: `ordered` changes when two rows trade places, `set` does not.
//     cell    = 0                                   missing
//             | 1, bytes as 32 bits, bytes          a text
//             | 1, 64 bits                          a whole number (days, cents, yes/no), or a double by its bits
//     column  = SHA-256(name, kind, rows, SHA-256(cells of rows 0..65535), SHA-256(of the next 65536), ...)
//     ordered = SHA-256(table, rows, columns);   set = SHA-256(table, rows, columns' names, sorted SHA-256 of each row)
// Numbers are little-endian; row hashes are cut to 128 bits.
#pragma once

#include <dualtrack/base/column.hpp>
#include <dualtrack/base/parallel.hpp>
#include <dualtrack/base/result.hpp>
#include <dualtrack/base/sha256.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dualtrack {

struct column_digest {
    std::string name, kind;
    sha256_digest hash{};
    std::int64_t n_missing = 0;
};

struct table_digest {
    std::string name;
    std::int64_t n_rows = 0;
    std::vector<column_digest> columns;
    sha256_digest ordered{};
    std::optional<sha256_digest> set;  // not for results: their order is part of them
};

/// Canonical bytes of cells, one after the other.
class cell_bytes {
public:
    explicit cell_bytes(std::pmr::memory_resource* memory) : bytes_(memory) {}

    void missing() { bytes_.push_back(0); }
    void text(std::string_view text) {
        bytes_.push_back(1);
        raw_text(text);
    }
    void whole(std::int64_t value) { eight_bytes(static_cast<std::uint64_t>(value)); }
    void real(double value) { eight_bytes(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value)); }
    void raw(std::uint64_t value) { append(bytes_of(value).data(), 8); }
    void raw_text(std::string_view text) {
        append(bytes_of(text.size()).data(), 4);  // a text has less than 4 GiB
        append(text.data(), text.size());
    }
    void raw_digest(const sha256_digest& digest) { bytes_.insert(bytes_.end(), digest.begin(), digest.end()); }

    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), bytes_.size()}; }
    void clear() noexcept { bytes_.clear(); }

private:
    static std::array<char, 8> bytes_of(std::uint64_t value) noexcept {
        std::array<char, 8> out;
        for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<char>((value >> (8 * i)) & 0xFFU);
        return out;
    }
    void append(const char* from, std::size_t size) { bytes_.insert(bytes_.end(), from, from + size); }
    void eight_bytes(std::uint64_t value) {
        const std::array<char, 8> eight = bytes_of(value);
        std::array<char, 9> all{1};
        std::copy(eight.begin(), eight.end(), all.begin() + 1);
        append(all.data(), all.size());
    }

    vec<char> bytes_;
};

inline constexpr std::int64_t digest_block_rows = 65536;

/// The digest of a column whose cells append(bytes, row) writes; append is called from several threads.
template <class Append>
[[nodiscard]] result<column_digest> digest_column(const run_context& run, std::string_view name, std::string_view kind,
                                                  std::int64_t n_rows, const Append& append) {
    constexpr std::size_t flushed_at = 16384;
    const auto n_blocks = static_cast<std::size_t>(count_blocks(n_rows, digest_block_rows));
    vec<sha256_digest> hashes(n_blocks, run.memory);
    vec<std::int64_t> missing(n_blocks, run.memory);
    DUALTRACK_TRYV(for_blocks(run, n_rows, digest_block_rows,
                              [&](std::int64_t block, std::int64_t begin, std::int64_t end, std::int64_t) {
                                  sha256 hash;
                                  cell_bytes bytes(run.memory);
                                  std::int64_t n_missing = 0;
                                  for (std::int64_t row = begin; row < end; ++row) {
                                      const std::size_t cell = bytes.view().size();
                                      append(bytes, static_cast<std::size_t>(row));
                                      if (bytes.view()[cell] == 0) ++n_missing;
                                      if (bytes.view().size() < flushed_at) continue;
                                      hash.update(bytes.view());
                                      bytes.clear();
                                  }
                                  hash.update(bytes.view());
                                  hashes[static_cast<std::size_t>(block)] = hash.finish();
                                  missing[static_cast<std::size_t>(block)] = n_missing;
                              }));
    column_digest out{std::string(name), std::string(kind), {}, 0};
    cell_bytes all(run.memory);
    all.raw_text(name);
    all.raw_text(kind);
    all.raw(static_cast<std::uint64_t>(n_rows));
    for (const sha256_digest& hash : hashes) all.raw_digest(hash);
    for (const std::int64_t n : missing) out.n_missing += n;
    out.hash = sha256_of(all.view());
    return out;
}

/// Fills `ordered` from the name, rows and columns.
inline void digest_order(table_digest& table) {
    cell_bytes all(std::pmr::get_default_resource());
    all.raw_text(table.name);
    all.raw(static_cast<std::uint64_t>(table.n_rows));
    for (const column_digest& column : table.columns) all.raw_digest(column.hash);
    table.ordered = sha256_of(all.view());
}

/// Fills `set` from the rows, each as append(bytes, row) writes it: all columns in the order of `table.columns`.
template <class Append>
[[nodiscard]] result<void> digest_set(const run_context& run, table_digest& table, const Append& append) {
    using row_hash = std::array<std::uint8_t, 16>;
    vec<row_hash> hashes(static_cast<std::size_t>(table.n_rows), run.memory);
    DUALTRACK_TRYV(for_blocks(run, table.n_rows, digest_block_rows,
                              [&](std::int64_t, std::int64_t begin, std::int64_t end, std::int64_t) {
                                  cell_bytes bytes(run.memory);
                                  for (std::int64_t row = begin; row < end; ++row) {
                                      bytes.clear();
                                      append(bytes, static_cast<std::size_t>(row));
                                      const sha256_digest whole = sha256_of(bytes.view());
                                      std::copy_n(whole.begin(), 16, hashes[static_cast<std::size_t>(row)].begin());
                                  }
                              }));
    std::sort(hashes.begin(), hashes.end());
    cell_bytes header(run.memory);
    header.raw_text(table.name);
    header.raw(static_cast<std::uint64_t>(table.n_rows));
    for (const column_digest& column : table.columns) {
        header.raw_text(column.name);
        header.raw_text(column.kind);
    }
    sha256 hash;
    hash.update(header.view());
    hash.update(hashes.data(), hashes.size() * sizeof(row_hash));
    table.set = hash.finish();
    return outcome::success();
}

}  // namespace dualtrack
