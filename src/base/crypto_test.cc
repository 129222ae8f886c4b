#include "base/crypto.h"

#include <gtest/gtest.h>
#include <set>
#include <thread>

#include "base/text.h"

namespace festina {
namespace {

TEST(RandomBytes, AreAsManyAsAskedAndDiffer) {
  EXPECT_EQ(random_bytes(0), "");
  EXPECT_EQ(random_bytes(32).size(), 32U);
  EXPECT_NE(random_bytes(32), random_bytes(32));
}

TEST(RandomU64, DoesNotRepeat) {
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_u64());
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(RandomU64, DiffersBetweenThreads) {
  std::uint64_t other = 0;
  std::thread([&] { other = random_u64(); }).join();
  EXPECT_NE(random_u64(), other);
}

TEST(RandomHex, HasTheDigitsAskedFor) {
  for (const std::size_t digits : {0U, 2U, 16U, 18U, 64U}) {
    const std::string hex = random_hex(digits);
    EXPECT_EQ(hex.size(), digits);
    EXPECT_EQ(hex.find_first_not_of("0123456789abcdef"), std::string::npos) << hex;
  }
  EXPECT_NE(random_hex(16), random_hex(16));
}

// FIPS 180-4 test vectors.
TEST(Sha256, AgreesWithTheStandard) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(
      to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  );
}

TEST(EqualInConstantTime, ComparesLengthAndBytes) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secreT"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secre"));
}

}  // namespace
}  // namespace festina
