#include "base/published.h"

#include <array>
#include <gtest/gtest.h>
#include <thread>

namespace festina {
namespace {

using Number = Published<int>;

TEST(Published, GivesTheLatestValue) {
  Number number(std::make_shared<const int>(1));
  EXPECT_EQ(*number.get(), 1);
  number.replace(std::make_shared<const int>(2));
  EXPECT_EQ(*number.get(), 2);
}

TEST(Published, LeavesAnEarlierValueToWhoHasIt) {
  Number number(std::make_shared<const int>(1));
  const auto kept = number.get();
  number.replace(std::make_shared<const int>(2));
  EXPECT_EQ(*number.get(), 2);
  EXPECT_EQ(*kept, 1);
}

TEST(Published, KeepsSeveralApart) {
  const Number one(std::make_shared<const int>(1));
  const Number two(std::make_shared<const int>(2));
  EXPECT_EQ(*one.get(), 1);
  EXPECT_EQ(*two.get(), 2);
  EXPECT_EQ(*one.get(), 1);
}

TEST(Published, LetsAReplacedValueGoWithTheNextGet) {
  const auto first = std::make_shared<const int>(1);
  Number number(first);
  EXPECT_EQ(*number.get(), 1);
  EXPECT_GT(first.use_count(), 1);
  number.replace(std::make_shared<const int>(2));
  EXPECT_EQ(*number.get(), 2);
  EXPECT_EQ(first.use_count(), 1);
}

constexpr int kLast = 1000;

void read_to_the_last(const Number& number) {
  int seen = 0;
  while (seen < kLast) {
    const int now = *number.get();
    ASSERT_GE(now, seen);
    seen = now;
  }
}

TEST(Published, NeverGoesBackOnAnyThread) {
  Number number(std::make_shared<const int>(0));
  std::array<std::jthread, 3> readers;
  for (std::jthread& reader : readers)
    reader = std::jthread([&number] { read_to_the_last(number); });
  for (int i = 1; i <= kLast; ++i) number.replace(std::make_shared<const int>(i));
}

}  // namespace
}  // namespace festina
