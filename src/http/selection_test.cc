#include "http/selection.h"

#include <gmock/gmock.h>

#include "http/date.h"

namespace festina::http {
namespace {

using testing::StartsWith;

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view kLater = "Sun, 06 Nov 1994 08:49:38 GMT";
constexpr TimePoint kNow = std::chrono::sys_days(std::chrono::year(2026) / 1 / 15);

struct Line {
  Name name;
  std::string_view value;
};
Headers with(const std::vector<Line>& lines) {
  Headers headers;
  for (const Line& line : lines) headers.add(line.name, line.value);
  return headers;
}

// 1000 bytes with both validators.
Representation whole() {
  return {
      .status = 200,
      .validators = {.etag = "\"a\"", .last_modified = parse_date(kDate, kNow)},
      .length = 1000,
      .is_coded = false
  };
}

struct Case {
  std::vector<Line> asked;
  Selected what;
  std::string_view why;
};
void expect_all(const Representation& representation, const std::vector<Case>& cases) {
  for (const Case& c : cases)
    EXPECT_EQ(select(with(c.asked), representation, kNow).what, c.what) << c.why;
}

TEST(Select, TakesThePartThatIsAskedFor) {  // reference §1.8
  expect_all(
      whole(),
      {{{}, Selected::whole, "nothing is asked"},
       {{{Name::range, "bytes=0-1"}}, Selected::part, "one range"},
       {{{Name::range, "bytes=0-1,5-6"}}, Selected::parts, "two"},
       {{{Name::range, "bytes=0-1,5000-"}}, Selected::part, "one of two is there"},
       {{{Name::range, "bytes=1000-"}}, Selected::unsatisfiable, "none is there"},
       {{{Name::range, "lines=0-1"}}, Selected::whole, "ignored"},
       {{{Name::range, "bytes=0-1"}, {Name::range, "bytes=0-1"}},
        Selected::whole,
        "two fields contradict each other"}}
  );
  const Selection part = select(with({{Name::range, "bytes=100-199"}}), whole(), kNow);
  EXPECT_EQ(part.ranges, (std::vector<ByteRange>{{100, 199}}));
  EXPECT_EQ(part.length, 1000U);
}

TEST(Select, JudgesConditionsBeforeRanges) {  // RFC 9110 §13.2.2, reference §1.8
  expect_all(
      whole(),
      {{{{Name::if_none_match, "\"a\""}, {Name::range, "bytes=0-1"}},
        Selected::not_modified,
        "the client's copy holds"},
       {{{Name::if_none_match, "\"b\""}, {Name::range, "bytes=0-1"}}, Selected::part, "it does not"
       },
       {{{Name::if_none_match, "\"a\""}, {Name::range, "bytes=5000-"}},
        Selected::not_modified,
        "nor is 416 better"},
       {{{Name::if_modified_since, kDate}, {Name::range, "bytes=0-1"}},
        Selected::not_modified,
        "by date"},
       {{{Name::if_match, "\"b\""}}, Selected::whole, "no cache evaluates it (§1.10)"},
       {{{Name::if_unmodified_since, "Sat, 05 Nov 1994 08:49:37 GMT"}},
        Selected::whole,
        "no cache evaluates it (§1.10)"}}
  );
}

TEST(Select, HeedsIfMatchForAnOrigin) {  // RFC 9110 §13.1.1, §13.1.4
  constexpr std::string_view before = "Sat, 05 Nov 1994 08:49:37 GMT";
  Representation original = whole();
  original.heeds_if_match = true;
  expect_all(
      original,
      {{{{Name::if_match, "\"a\""}}, Selected::whole, "it is meant"},
       {{{Name::if_match, "*"}}, Selected::whole, "any is"},
       {{{Name::if_match, "\"b\""}}, Selected::refused, "another is meant"},
       {{{Name::if_unmodified_since, before}}, Selected::refused, "changed since"},
       {{{Name::if_unmodified_since, kDate}}, Selected::whole, "not since"},
       {{{Name::if_match, "\"b\""}, {Name::if_none_match, "\"a\""}},
        Selected::refused,
        "before If-None-Match"},
       {{{Name::if_match, "\"b\""}, {Name::range, "bytes=5000-"}}, Selected::refused, "before Range"
       },
       {{{Name::if_match, "\"a\""}, {Name::range, "bytes=0-1"}}, Selected::part, "it holds"}}
  );
  original.status = 404;
  expect_all(original, {{{{Name::if_match, "\"b\""}}, Selected::whole, "of a success only"}});
}

TEST(Select, ServesRangesOfTheVeryRepresentationOnly) {  // RFC 9110 §13.1.5
  const auto range_if = [](std::string_view condition) {
    return std::vector<Line>{{Name::range, "bytes=0-1"}, {Name::if_range, condition}};
  };
  expect_all(
      whole(),
      {{range_if("\"a\""), Selected::part, "its entity tag"},
       {range_if("\"b\""), Selected::whole, "another"},
       {range_if("W/\"a\""), Selected::whole, "a weak one never"},
       {range_if("a"), Selected::whole, "no entity tag, no date"},
       {range_if("*"), Selected::whole, "no entity tag, no date"},
       {range_if(kDate), Selected::part, "its date"},
       {range_if(kLater), Selected::whole, "a later date is another"},
       {{{Name::if_range, "\"b\""}}, Selected::whole, "nothing without Range"}}
  );
  Representation weak = whole();
  weak.validators.etag = "W/\"a\"";
  expect_all(weak, {{range_if("W/\"a\""), Selected::whole, "a weak tag names no bytes"}});
  Representation bare = whole();
  bare.validators = {};
  expect_all(
      bare,
      {{range_if("\"a\""), Selected::whole, "no tag"}, {range_if(kDate), Selected::whole, "no date"}
      }
  );
}

TEST(Select, NarrowsNothingButA200) {  // reference §1.10, RFC 9110 §14.2
  Representation missing = whole();
  missing.status = 404;
  expect_all(
      missing,
      {{{{Name::if_none_match, "\"a\""}}, Selected::whole, "conditions"},
       {{{Name::range, "bytes=0-1"}}, Selected::whole, "ranges"},
       {{{Name::range, "bytes=5000-"}}, Selected::whole, "no 416 either"}}
  );
}

TEST(Select, ServesNoRangeWhoseLengthIsUnknown) {
  Representation growing = whole();
  growing.length.reset();
  expect_all(
      growing,
      {{{{Name::range, "bytes=0-1"}}, Selected::whole, "ignored"},
       {{{Name::if_none_match, "\"a\""}}, Selected::not_modified, "conditions need none"}}
  );
}

TEST(Select, OfACodedBody) {
  Representation coded = whole();
  coded.is_coded = true;
  expect_all(
      coded,
      {{{{Name::range, "bytes=0-1"}}, Selected::part, "its coded bytes"},
       {{{Name::range, "bytes=0-1,5-6"}}, Selected::whole, "a multipart is not coded"}}
  );
  coded.length = 0;
  expect_all(
      coded, {{{{Name::range, "bytes=0-1"}}, Selected::whole, "empty: 200 (reference §1.8)"}}
  );
  coded.is_coded = false;
  expect_all(coded, {{{{Name::range, "bytes=0-1"}}, Selected::unsatisfiable, "empty, not coded"}});
}

// The reply with ten digits, and what of it the request selects.
Reply narrowed(const std::vector<Line>& asked) {
  Representation ten = whole();
  ten.length = 10;
  Reply reply = text_reply(200, "text/plain", "0123456789");
  reply.response.headers.add(Name::etag, "\"a\"");
  reply.response.headers.add(Name::vary, "Accept-Encoding");
  const Selection selection = select(with(asked), ten, kNow);
  narrow_with(reply, selection, [](ByteRange range) {
    return Body::of(std::string("0123456789").substr(range.first, range.size()));
  });
  return reply;
}

TEST(Narrow, LeavesTheWholeAsItIs) {
  const Reply reply = narrowed({});
  EXPECT_EQ(reply.response.status, 200);
  EXPECT_EQ(reply.body.whole.view(), "0123456789");
  EXPECT_TRUE(reply.response.headers.has(Name::content_length));
}

TEST(Narrow, ToAPart) {  // RFC 9110 §15.3.7.1
  const Reply reply = narrowed({{Name::range, "bytes=2-4"}});
  EXPECT_EQ(reply.response.status, 206);
  EXPECT_EQ(reply.response.headers.get(Name::content_range), "bytes 2-4/10");
  EXPECT_EQ(reply.response.headers.get(Name::content_type), "text/plain");
  EXPECT_EQ(reply.response.headers.get(Name::etag), "\"a\"");
  EXPECT_FALSE(reply.response.headers.has(Name::content_length)) << "of the whole";
  EXPECT_EQ(reply.body.whole.view(), "234");
}

TEST(Narrow, ToParts) {  // RFC 9110 §15.3.7.2
  const Reply reply = narrowed({{Name::range, "bytes=0-1,5-7"}});
  EXPECT_EQ(reply.response.status, 206);
  EXPECT_FALSE(reply.response.headers.has(Name::content_range)) << "each part has its own";
  EXPECT_THAT(
      std::string(reply.response.headers.get(Name::content_type).value_or("")),
      StartsWith("multipart/byteranges; boundary=")
  );
  EXPECT_EQ(reply.response.headers.get(Name::etag), "\"a\"");
  EXPECT_TRUE(reply.body.size());
}

TEST(Narrow, ToNothingOfIt) {  // RFC 9110 §15.5.17
  const Reply reply = narrowed({{Name::range, "bytes=10-"}});
  EXPECT_EQ(reply.response.status, 416);
  EXPECT_EQ(reply.response.headers.get(Name::content_range), "bytes */10");
  EXPECT_EQ(reply.response.headers.size(), 1U);
  EXPECT_EQ(reply.body.size(), 0U);
}

TEST(Narrow, ToWhatACacheNeedsOfA304) {  // RFC 9110 §15.4.5
  const Reply reply = narrowed({{Name::if_none_match, "\"a\""}});
  EXPECT_EQ(reply.response.status, 304);
  EXPECT_EQ(reply.response.headers.get(Name::etag), "\"a\"");
  EXPECT_EQ(reply.response.headers.get(Name::vary), "Accept-Encoding");
  EXPECT_EQ(reply.response.headers.size(), 2U) << "nothing that describes a body";
  EXPECT_EQ(reply.body.size(), 0U);
}

}  // namespace
}  // namespace festina::http
