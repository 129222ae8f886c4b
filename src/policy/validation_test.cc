#include "policy/validation.h"

#include <gtest/gtest.h>
#include <string_view>
#include <utility>
#include <vector>

namespace festina::policy {
namespace {

using namespace std::chrono_literals;

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

constexpr TimePoint kStored{784111777s};
constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view kObsoleteDate = "Sunday, 06-Nov-94 08:49:37 GMT";

http::Headers headers(const Fields& fields) {
  http::Headers made;
  for (const auto& [name, value] : fields) made.add(name, value);
  return made;
}

std::string text(const http::Headers& of) {
  std::string made;
  for (const http::Field field : of) {
    made.append(field.name_text).append(": ").append(field.value).append("\n");
  }
  return made;
}

TEST(MakeConditional, AsksWithTheStoredValidators) {  // RFC 9111 §4.3.1
  const struct {
    Fields stored;
    bool has_one;
    const char* asked;
    const char* why;
  } cases[] = {
      {{}, false, "", "none"},
      {{{"ETag", "\"x\""}}, true, "If-None-Match: \"x\"\n", "strong"},
      {{{"ETag", "W/\"x\""}}, true, "If-None-Match: W/\"x\"\n", "weak"},
      {{{"ETag", "x"}}, false, "", "malformed"},
      {{{"Last-Modified", kDate}},
       true,
       "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\n",
       "a date"},
      {{{"Last-Modified", kObsoleteDate}},
       true,
       "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\n",
       "as the origin wrote it"},
      {{{"Last-Modified", "yesterday"}}, false, "", "no date"},
      {{{"ETag", "\"x\""}, {"Last-Modified", kDate}},
       true,
       "If-None-Match: \"x\"\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\n",
       "both"},
  };
  for (const auto& c : cases) {
    const http::Response response{200, headers(c.stored)};
    const StoredResponse stored{
        200, facts_of(response, kStored, Profile::cloudflare), kStored, kStored, std::nullopt
    };
    http::Request request;
    make_conditional(request, stored, response.headers);
    EXPECT_EQ(has_validator(stored), c.has_one) << c.why;
    EXPECT_EQ(text(request.headers), c.asked) << c.why;
  }
}

TEST(MakeUnconditional, RemovesRangeAndPreconditions) {  // reference §1.8
  auto asked = headers({
      {"Accept", "*/*"},
      {"Range", "bytes=0-1"},
      {"If-Range", "\"x\""},
      {"If-Match", "\"x\""},
      {"If-None-Match", "\"x\""},
      {"If-Modified-Since", kDate},
      {"If-Unmodified-Since", kDate},
      {"X-If", "kept"},
  });
  make_unconditional(asked);
  EXPECT_EQ(text(asked), "Accept: */*\nX-If: kept\n");
}

TEST(Freshened, TakesTheFieldsOfThe304) {  // RFC 9111 §3.2
  const auto merged = freshened(
      headers({
          {"Cache-Control", "max-age=5"},
          {"ETag", "\"x\""},
          {"X-List", "1"},
          {"X-List", "2"},
          {"X-Old", "kept"},
      }),
      headers({{"cache-control", "max-age=60"}, {"X-List", "3"}, {"X-New", "a"}, {"X-New", "b"}})
  );
  EXPECT_EQ(
      text(merged),
      "ETag: \"x\"\nX-Old: kept\ncache-control: max-age=60\nX-List: 3\nX-New: a\nX-New: b\n"
  );
}

TEST(Freshened, KeepsWhatDescribesTheStoredBody) {  // RFC 9111 §3.2
  const auto stored = headers({{"Content-Type", "text/css"}, {"Content-Encoding", "gzip"}});
  const auto merged = freshened(
      stored,
      headers({
          {"Content-Type", "text/html"},
          {"Content-Encoding", "br"},
          {"Content-Length", "0"},
          {"Content-Range", "bytes 0-1/2"},
          {"Connection", "X-Hop"},
          {"X-Hop", "1"},
      })
  );
  EXPECT_EQ(text(merged), text(stored));
}

TEST(Confirms, NeedsOneValidatorThatIsTheSameAndNoneThatIsNot) {  // RFC 9111 §4.3.5
  const Fields stored = {{"ETag", "\"x\""}, {"Last-Modified", kDate}};
  const struct {
    Fields told;
    http::Status status;
    bool confirms;
    std::string_view why;
  } cases[] = {
      {{{"ETag", "\"x\""}}, 200, true, "the same tag"},
      {{{"Last-Modified", kDate}}, 200, true, "the same date"},
      {{{"ETag", "\"x\""}, {"Content-Length", "5"}}, 200, true, "and the same length"},
      {{{"ETag", "\"x\""}, {"Content-Length", "6"}}, 200, false, "another length"},
      {{{"ETag", "\"y\""}, {"Last-Modified", kDate}}, 200, false, "another tag"},
      {{{"ETag", "\"x\""}, {"Last-Modified", kObsoleteDate}}, 200, false, "another date"},
      {{{"Content-Length", "5"}}, 200, false, "nothing says that it is the same"},
      {{{"ETag", "\"x\""}}, 404, false, "of another representation"},
  };
  for (const auto& c : cases) {
    const http::Response told{c.status, headers(c.told)};
    EXPECT_EQ(confirms(told, 200, headers(stored), 5), c.confirms) << c.why;
  }
  const http::Response same{200, headers({{"ETag", "\"x\""}, {"Content-Length", "6"}})};
  EXPECT_TRUE(confirms(same, 200, headers(stored), std::nullopt)) << "no length is known";
  EXPECT_FALSE(confirms(same, 404, headers(stored), std::nullopt)) << "what is stored is no 200";
}

}  // namespace
}  // namespace festina::policy
