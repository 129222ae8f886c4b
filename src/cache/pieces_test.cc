#include "cache/pieces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

namespace festina::cache {
namespace {

using testing::ElementsAreArray;

constexpr std::uint32_t kTwoNumbers = 0b11U << PackedFacts::kFirstNumber;
constexpr std::uint32_t kOwn = 1U << 31;

void expect_found_again(std::uint32_t bits, const Pieces& pieces) {
  const Layout layout(bits, pieces);
  std::vector<std::uint64_t> memory(pieces.size() / sizeof(std::uint64_t) + 1);
  char* const start = reinterpret_cast<char*>(memory.data());
  write(pieces, start);
  const Pieces found = layout.pieces_at(start);
  EXPECT_THAT(found.tags, ElementsAreArray(pieces.tags));
  EXPECT_THAT(found.numbers, ElementsAreArray(pieces.numbers));
  EXPECT_EQ(found.key, pieces.key);
  EXPECT_EQ(found.target, pieces.target);
  EXPECT_EQ(found.shown, pieces.shown);
  EXPECT_EQ(found.hidden, pieces.hidden);
  EXPECT_EQ(found.body, pieces.body);
  EXPECT_EQ(found.body.data() + found.body.size(), start + pieces.size()) << "nothing between them";
}

TEST(Pieces, AreFoundAgain) {
  const std::uint64_t tags[] = {1, ~std::uint64_t{0}};
  const std::int32_t numbers[] = {-1, 7};
  const Pieces all{
      .tags = tags,
      .numbers = numbers,
      .key = "http://h/a",
      .target = "h/b",
      .shown = "HTTP/1.1 200 OK\r\n",
      .hidden = "Age: 1\r\n",
      .body = "hello"
  };
  expect_found_again(kTwoNumbers, all);
  Pieces without = all;
  without.target = {};
  expect_found_again(kTwoNumbers | kOwn, without);
  without.tags = {};
  without.hidden = without.body = {};
  expect_found_again(kTwoNumbers, without);
  expect_found_again(0, {.key = "k"});
  expect_found_again(0, {});
}

TEST(Pieces, OfTheGreatestSizes) {
  const std::vector<std::uint64_t> tags(1000, 5);  // as many as a response can have
  const std::string body(std::size_t{32} * 1024, 'b');
  const std::string lines(std::size_t{128} * 1024, 'l');
  expect_found_again(
      0, {.tags = tags, .key = lines, .target = lines, .shown = lines, .body = body}
  );
}

TEST(Layout, KeepsTheBitsOfOthers) {
  EXPECT_EQ(Layout(kOwn, {}).bits(), kOwn);
  EXPECT_EQ(Layout(kOwn, {.target = "h/b"}).bits(), kOwn | Layout::kHasTarget);
  EXPECT_EQ(Layout(kOwn | Layout::kHasTarget, {}).bits(), kOwn) << "of another entry";
  EXPECT_EQ(sizeof(Layout), 20U);
}

TEST(LayoutDeathTest, NeedsTheNumbersThatTheFactsAnnounce) {
  EXPECT_DEATH(Layout(kTwoNumbers, {}), "as many numbers as announced");
}

}  // namespace
}  // namespace festina::cache
