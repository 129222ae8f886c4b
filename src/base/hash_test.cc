#include "base/hash.h"

#include <gtest/gtest.h>
#include <initializer_list>
#include <string>

namespace festina {
namespace {

TEST(KeyedHash, DependsOnTheSecret) {
  const KeyedHash one(1);
  const KeyedHash two(2);
  EXPECT_NE(one.hash64("https://example.com/"), two.hash64("https://example.com/"));
  EXPECT_NE(one.hash128("https://example.com/"), two.hash128("https://example.com/"));
}

TEST(KeyedHash, DependsOnEveryByte) {
  const KeyedHash hash(7);
  // 0 to 300 bytes cross every length class of XXH3.
  for (std::size_t length = 1; length <= 300; ++length) {
    std::string bytes(length, 'a');
    const auto before64 = hash.hash64(bytes);
    const auto before128 = hash.hash128(bytes);
    EXPECT_EQ(hash.hash128(bytes), before128) << length;
    bytes[length / 2] = 'b';
    EXPECT_NE(hash.hash64(bytes), before64) << length;
    EXPECT_NE(hash.hash128(bytes), before128) << length;
  }
}

TEST(KeyedHash, TakesNoBytes) {
  const KeyedHash hash(7);
  EXPECT_EQ(hash.hash64({}), hash.hash64(""));
  EXPECT_NE(hash.hash64(""), hash.hash64(std::string_view("\0", 1)));
}

// The published value of XXH3-64 for no input: a change would make files of other versions
// unreadable.
TEST(Checksum64, IsTheSameEverywhere) { EXPECT_EQ(checksum64(""), 0x2D06800538D394C2U); }

std::string fingerprint(std::initializer_list<std::string_view> parts) {
  Fingerprint all;
  for (const std::string_view part : parts) all.add(part);
  return all.text();
}

TEST(Fingerprint, IsEightHexDigitsThatNeverChange) {
  EXPECT_EQ(fingerprint({}), "2d068005");
  EXPECT_EQ(fingerprint({"a", "b"}), fingerprint({"a", "b"}));
}

TEST(Fingerprint, DependsOnEveryPartAndWhereItEnds) {
  EXPECT_NE(fingerprint({"ab", "c"}), fingerprint({"a", "bc"}));
  EXPECT_NE(fingerprint({"a", "b"}), fingerprint({"b", "a"}));
  EXPECT_NE(fingerprint({"a"}), fingerprint({"a", ""}));
  EXPECT_NE(fingerprint({"1:a"}), fingerprint({"a"}));
}

}  // namespace
}  // namespace festina
