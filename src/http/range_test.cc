#include "http/range.h"

#include <gmock/gmock.h>

namespace festina::http {

void PrintTo(const ByteRange& range, std::ostream* out) {
  *out << range.first << "-" << range.last;
}

namespace {

using testing::ElementsAreArray;
using enum RangeVerdict;

constexpr std::uint64_t kLength = 1000;

struct Case {
  std::string_view field;
  RangeVerdict verdict;
  std::vector<ByteRange> ranges;
  std::string_view why;
};

void expect_all(const std::vector<Case>& cases, std::uint64_t length = kLength) {
  for (const Case& c : cases) {
    const RequestedRanges requested = requested_ranges(c.field, length);
    EXPECT_EQ(requested.verdict, c.verdict) << c.field << ": " << c.why;
    if (c.verdict == satisfiable)
      EXPECT_THAT(requested.ranges, ElementsAreArray(c.ranges)) << c.field << ": " << c.why;
  }
}

TEST(RequestedRanges, OfOneRange) {  // reference §1.8, RFC 9110 §14.1.2
  expect_all({
      {"bytes=100-199", satisfiable, {{100, 199}}, "both ends are included"},
      {"bytes=0-0", satisfiable, {{0, 0}}, "the first byte"},
      {"bytes=999-999", satisfiable, {{999, 999}}, "the last byte"},
      {"bytes=100-", satisfiable, {{100, 999}}, "to the end"},
      {"bytes=-100", satisfiable, {{900, 999}}, "the last 100"},
      {"bytes=-1000", satisfiable, {{0, 999}}, "all of them"},
      {"bytes=-5000", satisfiable, {{0, 999}}, "more than there are: the whole"},
      {"bytes=100-5000", satisfiable, {{100, 999}}, "the end is clipped"},
      {"bytes=0-18446744073709551615", satisfiable, {{0, 999}}, "the greatest number of 64 bits"},
      {"BYTES=1-2", satisfiable, {{1, 2}}, "a unit has no case"},
      {"bytes= 1-2 ", satisfiable, {{1, 2}}, "white space around a list's member"},
  });
}

TEST(RequestedRanges, UnsatisfiableWhenNoByteIsNamed) {  // reference §1.8
  expect_all({
      {"bytes=1000-", unsatisfiable, {}, "one past the last byte"},
      {"bytes=1000-1001", unsatisfiable, {}, "beyond the end"},
      {"bytes=", unsatisfiable, {}, "no range"},
      {"bytes= ", unsatisfiable, {}, "no range"},
      {"bytes=,", unsatisfiable, {}, "no range: empty members are dropped (RFC 9110 §5.6.1.2)"},
      {"bytes=-0", unsatisfiable, {}, "the last none"},
      {"bytes=9-3", unsatisfiable, {}, "ends before it begins"},
      {"bytes=9-3,2000-", unsatisfiable, {}, "neither of two"},
  });
}

TEST(RequestedRanges, OfSeveralRanges) {  // reference §1.8
  expect_all({
      {"bytes=0-1,5-6", satisfiable, {{0, 1}, {5, 6}}, "ascending, disjoint"},
      {"bytes=0-1 ,\t5-6,", satisfiable, {{0, 1}, {5, 6}}, "white space, an empty member"},
      {"bytes=0-1,2-3", satisfiable, {{0, 1}, {2, 3}}, "neighbours do not overlap"},
      {"bytes=0-1,-2", satisfiable, {{0, 1}, {998, 999}}, "first and last"},
      {"bytes=0-1,2000-,5-6", satisfiable, {{0, 1}, {5, 6}}, "one of them is not there"},
      {"bytes=2000-,5-6", satisfiable, {{5, 6}}, "one is left (RFC 9110 §15.3.7.2)"},
      {"bytes=0-5,5-6", ignored, {}, "one byte twice"},
      {"bytes=0-5,2-3", ignored, {}, "one within the other"},
      {"bytes=5-6,0-1", ignored, {}, "descending"},
      {"bytes=0-,-1", ignored, {}, "overlapping at the end"},
  });
}

TEST(RequestedRanges, IgnoresWhatItDoesNotUnderstand) {  // reference §1.8, RFC 9110 §14.2
  expect_all({
      {"", ignored, {}, "empty"},
      {"bytes", ignored, {}, "no ="},
      {"lines=1-2", ignored, {}, "another unit"},
      {"bytes =1-2", ignored, {}, "a unit is a token"},
      {"=1-2", ignored, {}, "no unit"},
      {"bytes=-", ignored, {}, "no number"},
      {"bytes=a-b", ignored, {}, "no numbers"},
      {"bytes=1", ignored, {}, "no -"},
      {"bytes=1-2-3", ignored, {}, "two -"},
      {"bytes=--1", ignored, {}, "two -"},
      {"bytes=+1-2", ignored, {}, "a sign"},
      {"bytes=0x1-2", ignored, {}, "hexadecimal"},
      {"bytes=1 - 2", ignored, {}, "white space within a range"},
      {"bytes=1-2;3-4", ignored, {}, "another separator"},
      {"bytes=1-2,x", ignored, {}, "one of two is no range"},
      {"bytes=18446744073709551616-", ignored, {}, "beyond 64 bits"},
      {"bytes=0-18446744073709551616", ignored, {}, "beyond 64 bits"},
      {"bytes=-99999999999999999999", ignored, {}, "beyond 64 bits"},
  });
}

TEST(RequestedRanges, CountsUpToItsLimit) {  // reference §1.8
  std::string field = "bytes=";
  for (std::size_t i = 0; i < kMaxRanges; ++i)
    field += std::to_string(3 * i) + "-" + std::to_string(3 * i) + ",";
  EXPECT_EQ(requested_ranges(field, kLength).ranges.size(), kMaxRanges);
  EXPECT_EQ(requested_ranges(field + "999-", kLength).verdict, ignored);
  EXPECT_EQ(requested_ranges(field + "2000-", kLength).verdict, ignored)
      << "though it is not there";
}

TEST(RequestedRanges, OfNothingAreUnsatisfiable) {
  expect_all({{"bytes=0-", unsatisfiable, {}, ""}, {"bytes=-1", unsatisfiable, {}, ""}}, 0);
}

TEST(ContentRange, IsWrittenAndRead) {  // RFC 9110 §14.4
  const struct {
    ContentRange content;
    std::string_view text;
  } cases[] = {
      {{ByteRange{42, 1233}, 1234}, "bytes 42-1233/1234"},
      {{ByteRange{42, 1233}, std::nullopt}, "bytes 42-1233/*"},
      {{std::nullopt, 1234}, "bytes */1234"},
      {{ByteRange{0, 0}, 1}, "bytes 0-0/1"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(content_range_text(c.content), c.text);
    EXPECT_EQ(parse_content_range(c.text), c.content) << c.text;
  }
  EXPECT_EQ(parse_content_range("Bytes 0-0/1"), (ContentRange{ByteRange{0, 0}, 1}));
}

TEST(ContentRange, RefusesWhatNamesNoPart) {
  for (const std::string_view text :
       {"",
        "bytes",
        "bytes ",
        "bytes 0-1",
        "bytes=0-1/2",
        "lines 0-1/2",
        "bytes 5-4/10",
        "bytes 0-10/10",
        "bytes 0-/10",
        "bytes -1/10",
        "bytes */*",
        "bytes */x",
        "bytes 0-1/x",
        "bytes 0-1/",
        "bytes 0-1/-2",
        "bytes a-b/2",
        "bytes 0-1/2/3",
        "bytes 0-18446744073709551616/*"}) {
    EXPECT_FALSE(parse_content_range(text)) << text;
  }
}

}  // namespace
}  // namespace festina::http
