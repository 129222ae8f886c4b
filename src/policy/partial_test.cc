#include "policy/partial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string_view>
#include <utility>
#include <vector>

namespace festina::policy {
namespace {

using testing::Eq;
using testing::Optional;

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

http::Headers headers(const Fields& fields) {
  http::Headers made;
  for (const auto& [name, value] : fields) made.add(name, value);
  return made;
}

http::Request get(const Fields& fields) {
  http::Request request;
  request.headers = headers(fields);
  return request;
}

http::Response part(std::string_view content_range, std::string_view etag) {
  return {.status = 206, .headers = headers({{"Content-Range", content_range}, {"ETag", etag}})};
}

TEST(PartOf, IsOfOneRangeWithAKnownLength) {
  const struct {
    http::Response response;
    std::optional<Part> expected;
    const char* why;
  } cases[] = {
      {part("bytes 2-4/10", "\"x\""), Part{{2, 4}, 10}, "one part"},
      {part("bytes 2-4/*", "\"x\""), std::nullopt, "of an unknown length"},
      {part("bytes */10", "\"x\""), std::nullopt, "no range"},
      {part("bytes 2-10/10", "\"x\""), std::nullopt, "beyond the end"},
      {part("seconds 2-4/10", "\"x\""), std::nullopt, "another unit"},
      {{206, headers({{"Content-Type", "multipart/byteranges; boundary=b"}})},
       std::nullopt,
       "several parts"},
      {{206, headers({{"Content-Range", "bytes 0-1/9"}, {"Content-Range", "bytes 2-3/9"}})},
       std::nullopt,
       "two that contradict"},
      {{200, headers({{"Content-Range", "bytes 2-4/10"}})}, std::nullopt, "no 206"},
  };
  for (const auto& c : cases) EXPECT_EQ(part_of(c.response), c.expected) << c.why;
}

TEST(HoldsWanted, WhenEveryWantedByteIsThere) {
  constexpr Part held{{4, 9}, 20};
  const struct {
    Fields asked;
    bool expected;
    const char* why;
  } cases[] = {
      {{{"Range", "bytes=4-9"}}, true, "all of it"},
      {{{"Range", "bytes=5-8"}}, true, "inside"},
      {{{"Range", "bytes=3-8"}}, false, "one byte before"},
      {{{"Range", "bytes=5-10"}}, false, "one byte after"},
      {{{"Range", "bytes=5-"}}, false, "to the end"},
      {{{"Range", "bytes=-5"}}, false, "the end"},
      {{{"Range", "bytes=4-5,7-8"}}, false, "several"},
      {{{"Range", "bytes=4-5"}, {"If-Range", "\"x\""}}, false, "of one response only"},
      {{}, false, "the whole"},
  };
  for (const auto& c : cases) EXPECT_EQ(holds_wanted(held, get(c.asked)), c.expected) << c.why;
  EXPECT_TRUE(holds_wanted({{4, 9}, 10}, get({{"Range", "bytes=-6"}}))) << "the end is there";
}

TEST(PartToAsk, IsTheClientsOwnWhereNothingIsHeld) {
  EXPECT_THAT(
      part_to_ask(get({{"Range", "bytes=-5"}}), nullptr), Optional(Eq(PartToAsk{"bytes=-5"}))
  );
  EXPECT_EQ(part_to_ask(get({}), nullptr), std::nullopt);
  EXPECT_EQ(part_to_ask(get({{"Range", "bytes=0-1,5-6"}}), nullptr), std::nullopt);
  EXPECT_EQ(part_to_ask(get({{"Range", "lines=0-1"}}), nullptr), std::nullopt);
  EXPECT_EQ(
      part_to_ask(get({{"Range", "bytes=0-1"}, {"If-Range", "\"x\""}}), nullptr), std::nullopt
  );
}

TEST(PartToAsk, IsTheRestOfWhatIsHeld) {
  const http::Response held = part("bytes 4-9/20", "\"x\"");
  const struct {
    Fields asked;
    PartToAsk expected;
    const char* why;
  } cases[] = {
      {{{"Range", "bytes=4-12"}}, {"bytes=10-12", "\"x\""}, "goes on"},
      {{{"Range", "bytes=10-12"}}, {"bytes=10-12", "\"x\""}, "follows"},
      {{{"Range", "bytes=6-"}}, {"bytes=10-", "\"x\""}, "to the end"},
      {{{"Range", "bytes=0-6"}}, {"bytes=0-3", "\"x\""}, "leads up to it"},
      {{{"Range", "bytes=1-3"}}, {"bytes=1-3", "\"x\""}, "comes right before"},
      {{{"Range", "bytes=11-12"}}, {"bytes=11-12"}, "apart from it: another part"},
      {{{"Range", "bytes=1-12"}}, {"bytes=1-12"}, "around it: two pieces are missing"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(part_to_ask(get(c.asked), &held), Optional(Eq(c.expected))) << c.why;
  }
  EXPECT_EQ(part_to_ask(get({}), &held), std::nullopt) << "two pieces of the whole are missing";
}

TEST(PartToAsk, CompletesABeginningOrAnEnd) {
  const http::Response beginning = part("bytes 0-4/10", "\"x\"");
  const http::Response end = part("bytes 5-9/10", "\"x\"");
  EXPECT_THAT(part_to_ask(get({}), &beginning), Optional(Eq(PartToAsk{"bytes=5-", "\"x\""})));
  EXPECT_THAT(part_to_ask(get({}), &end), Optional(Eq(PartToAsk{"bytes=0-4", "\"x\""})));
}

TEST(PartToAsk, JoinsNothingWithoutAStrongEntityTag) {  // RFC 9111 §3.4
  for (const char* etag : {"W/\"x\"", "x"}) {
    const http::Response held = part("bytes 0-4/10", etag);
    EXPECT_EQ(part_to_ask(get({}), &held), std::nullopt) << etag;
    EXPECT_THAT(
        part_to_ask(get({{"Range", "bytes=3-6"}}), &held), Optional(Eq(PartToAsk{"bytes=3-6"}))
    ) << etag;
  }
}

TEST(Joined, AreNeighboursOfOneRepresentation) {
  const struct {
    http::Response held;
    http::Response got;
    std::optional<Part> expected;
    const char* why;
  } cases[] = {
      {part("bytes 0-4/10", "\"x\""), part("bytes 5-9/10", "\"x\""), Part{{0, 9}, 10}, "whole"},
      {part("bytes 5-6/10", "\"x\""), part("bytes 2-4/10", "\"x\""), Part{{2, 6}, 10}, "before"},
      {part("bytes 0-4/10", "\"x\""), part("bytes 6-9/10", "\"x\""), std::nullopt, "a gap"},
      {part("bytes 0-4/10", "\"x\""), part("bytes 4-9/10", "\"x\""), std::nullopt, "not as asked"},
      {part("bytes 0-4/10", "\"x\""), part("bytes 5-9/10", "\"y\""), std::nullopt, "another one"},
      {part("bytes 0-4/10", "\"x\""), part("bytes 5-9/11", "\"x\""), std::nullopt, "another length"
      },
      {part("bytes 0-4/10", "W/\"x\""), part("bytes 5-9/10", "W/\"x\""), std::nullopt, "weak"},
      {part("bytes 0-4/10", "\"x\""), {200, headers({{"ETag", "\"x\""}})}, std::nullopt, "whole"},
  };
  for (const auto& c : cases) EXPECT_EQ(joined(c.held, c.got), c.expected) << c.why;
}

TEST(JoinedHead, HasTheNewFieldsAndSaysWhatThereIs) {  // RFC 9111 §3.4, §3.2
  http::Response held = part("bytes 0-4/10", "\"x\"");
  held.headers.add("A", "old");
  held.headers.add("B", "kept");
  http::Response got = part("bytes 5-6/10", "\"x\"");
  got.headers.add("A", "new");

  const http::Response some = joined_head(held, got, {{0, 6}, 10});
  EXPECT_EQ(some.status, 206);
  EXPECT_EQ(some.headers.get("A"), "new");
  EXPECT_EQ(some.headers.get("B"), "kept");
  EXPECT_EQ(some.headers.get(http::Name::content_range), "bytes 0-6/10");
  EXPECT_EQ(some.headers.count(http::Name::content_range), 1U);

  const http::Response all = joined_head(held, got, {{0, 9}, 10});
  EXPECT_EQ(all.status, 200);
  EXPECT_FALSE(all.headers.has(http::Name::content_range));
}

}  // namespace
}  // namespace festina::policy
