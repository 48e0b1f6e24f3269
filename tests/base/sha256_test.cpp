#include <dualtrack/base/sha256.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace dualtrack;

TEST(sha256, agrees_with_the_published_vectors) {
    // FIPS 180-4 examples and NIST CAVP short messages.
    EXPECT_EQ(hex_of(sha256_of("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex_of(sha256_of("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex_of(sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(hex_of(sha256_of("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopq"
                               "rlmnopqrsmnopqrstnopqrstu")),
              "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    EXPECT_EQ(hex_of(sha256_of(std::string(1000000, 'a'))),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    EXPECT_EQ(hex_of(sha256_of("\xd3")), "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1");
}

TEST(sha256, depends_on_the_bytes_and_not_on_how_they_come) {
    std::string text;
    for (int i = 0; i < 300; ++i) text += static_cast<char>(i * 37 + i / 7);
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const sha256_digest whole = sha256_of(std::string_view(text).substr(0, size));
        for (const std::size_t step : {1U, 3U, 63U, 64U, 65U, 127U}) {
            sha256 hash;
            for (std::size_t at = 0; at < size; at += step)
                hash.update(std::string_view(text).substr(at, std::min(step, size - at)));
            hash.update("");
            ASSERT_EQ(hash.finish(), whole) << size << " by " << step;
        }
    }
}

TEST(sha256, starts_afresh_after_its_end) {
    sha256 hash;
    hash.update("something else");
    static_cast<void>(hash.finish());
    hash.update("abc");
    EXPECT_EQ(hash.finish(), sha256_of("abc"));
}

TEST(sha256, takes_nothing_from_nowhere) {
    sha256 hash;
    hash.update(nullptr, 0);
    EXPECT_EQ(hash.finish(), sha256_of(""));
}

}  // namespace
