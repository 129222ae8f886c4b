#include "policy/stored_response.h"

#include <gtest/gtest.h>
#include <string_view>
#include <utility>

namespace festina::policy {
namespace {

using namespace std::chrono_literals;

using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

constexpr TimePoint kArrival{784111778s};  // Sun, 06 Nov 1994 08:49:38 GMT

http::Response response(Fields fields) {
  http::Response made;
  for (const auto& [name, value] : fields) made.headers.add(name, value);
  return made;
}

TEST(FactsOf, ReadsDatesAndValidators) {
  const auto facts = facts_of(
      response({
          {"Date", "Sun, 06 Nov 1994 08:49:37 GMT"},
          {"Last-Modified", "Sun, 06 Nov 1994 08:49:00 GMT"},
          {"Expires", "Sun, 06 Nov 1994 08:50:37 GMT"},
          {"ETag", "W/\"x\""},
          {"Age", "12"},
          {"Cache-Control", "max-age=60"},
      }),
      kArrival,
      Profile::cloudflare
  );
  EXPECT_EQ(facts.date, kArrival - 1s);
  EXPECT_EQ(facts.last_modified, kArrival - 38s);
  EXPECT_TRUE(facts.has_expires);
  EXPECT_EQ(facts.expires, kArrival + 59s);
  EXPECT_TRUE(facts.has_etag);
  EXPECT_EQ(facts.age, 12s);
  EXPECT_EQ(facts.edge.directives.max_age, 60s);
  EXPECT_EQ(facts.edge.source, http::DirectiveSource::cache_control);
}

TEST(FactsOf, TakesTheArrivalForAMissingDate) {  // RFC 9110 §6.6.1
  EXPECT_EQ(facts_of(response({}), kArrival, Profile::cloudflare).date, kArrival);
  EXPECT_EQ(
      facts_of(response({{"Date", "yesterday"}}), kArrival, Profile::cloudflare).date, kArrival
  );
}

TEST(FactsOf, ComparesTheDateWithTheWallInStandard) {  // apparent_age, RFC 9111 §4.2.3
  const auto apparent_age = [](Fields fields, Profile profile) {
    return facts_of(response(fields), kArrival + 999ms, profile).apparent_age;
  };
  EXPECT_EQ(apparent_age({{"Date", "Sun, 06 Nov 1994 08:48:38 GMT"}}, Profile::standard), 60s);
  EXPECT_EQ(apparent_age({{"Date", "Sun, 06 Nov 1994 08:48:38 GMT"}}, Profile::cloudflare), 0s);
  EXPECT_EQ(apparent_age({{"Date", "Sun, 06 Nov 1994 08:50:38 GMT"}}, Profile::standard), 0s)
      << "a clock that is ahead";
  EXPECT_EQ(apparent_age({{"Date", "yesterday"}}, Profile::standard), 0s);
  EXPECT_EQ(apparent_age({}, Profile::standard), 0s);
}

TEST(FactsOf, KeepsThatExpiresWasNoDate) {  // RFC 9111 §5.3
  for (const std::string_view text : {"0", "-1", "never", ""}) {
    const auto facts = facts_of(response({{"Expires", text}}), kArrival, Profile::cloudflare);
    EXPECT_TRUE(facts.has_expires) << text;
    EXPECT_EQ(facts.expires, std::nullopt) << text;
  }
}

TEST(FactsOf, IgnoresTwoExpiresLines) {  // reference §3.2
  const auto facts = facts_of(
      response({
          {"Expires", "Sun, 06 Nov 1994 08:50:37 GMT"},
          {"Expires", "Sun, 06 Nov 1994 08:51:37 GMT"},
      }),
      kArrival,
      Profile::cloudflare
  );
  EXPECT_FALSE(facts.has_expires);
}

TEST(FactsOf, ReadsAgeAsANumberOfSeconds) {  // RFC 9111 §5.1
  const struct {
    std::string_view text;
    std::chrono::seconds age;
    const char* why;
  } cases[] = {
      {"0", 0s, "zero"},
      {" 7 ", 7s, "white space around"},
      {"-7", 0s, "negative: none"},
      {"7.5", 0s, "no integer: none"},
      {"abc", 0s, "no number: none"},
      {"2147483648", 2147483647s, "beyond delta-seconds: the greatest (RFC 9111 §1.2.2)"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(facts_of(response({{"Age", c.text}}), kArrival, Profile::cloudflare).age, c.age)
        << c.why;
  }
}

TEST(FactsOf, AcceptsOnlyWellFormedEntityTags) {  // reference §1.9
  EXPECT_TRUE(facts_of(response({{"ETag", "\"x\""}}), kArrival, Profile::cloudflare).has_etag);
  EXPECT_FALSE(facts_of(response({{"ETag", "x"}}), kArrival, Profile::cloudflare).has_etag);
  EXPECT_FALSE(facts_of(response({}), kArrival, Profile::cloudflare).has_etag);
}

TEST(FactsOfPut, CountsFromThePutAndAllowsNoStaleUse) {  // reference §5.1, §5.3
  const auto facts = facts_of_put(
      response({
          {"Age", "50"},
          {"Cache-Control", "max-age=60, stale-while-revalidate=600, stale-if-error=600"},
      }),
      kArrival
  );
  EXPECT_EQ(facts.age, 0s);
  EXPECT_EQ(facts.edge.directives.max_age, 60s);
  EXPECT_EQ(facts.edge.directives.stale_while_revalidate, 0s);
  EXPECT_EQ(facts.edge.directives.stale_if_error, 0s);
}

TEST(CacheTags, AreListedInLowerCaseAndInvalidOnesDropped) {  // reference §10.3
  using Tags = std::vector<std::string>;
  const struct {
    Fields fields;
    Tags tags;
    const char* why;
  } cases[] = {
      {{}, {}, "no field"},
      {{{"Cache-Tag", "tag1,tag2,tag3"}}, {"tag1", "tag2", "tag3"}, "a list"},
      {{{"Cache-Tag", "A, b ,,c"}}, {"a", "b", "c"}, "trimmed, empty ones dropped, lower case"},
      {{{"Cache-Tag", "x y, z"}}, {"z"}, "a space inside is invalid"},
      {{{"Cache-Tag", "caf\xC3\xA9, z"}}, {"z"}, "not printable ASCII"},
      {{{"Cache-Tag", "a"}, {"X", "no"}, {"cache-tag", "b"}}, {"a", "b"}, "several lines"},
  };
  for (const auto& c : cases) EXPECT_EQ(cache_tags(response(c.fields).headers), c.tags) << c.why;
}

TEST(CacheTags, DropWhatExceedsTheLimitOfBytes) {
  const std::string half(kMaxCacheTagBytes / 2, 'a');
  const std::string rest(kMaxCacheTagBytes - half.size() - 1, 'b');  // one byte for the comma
  EXPECT_EQ(cache_tags(response({{"Cache-Tag", half + "," + rest}}).headers).size(), 2u);
  EXPECT_EQ(cache_tags(response({{"Cache-Tag", half + "," + rest + "b"}}).headers).size(), 1u);
  EXPECT_EQ(
      cache_tags(response({{"Cache-Tag", half}, {"Cache-Tag", rest + "b"}}).headers).size(), 1u
  ) << "lines count together";
}

TEST(CacheTags, DropWhatExceedsTheLimitOfTags) {
  std::string value;
  for (std::size_t i = 0; i <= kMaxCacheTags; ++i) value += "t,";
  EXPECT_EQ(cache_tags(response({{"Cache-Tag", value}}).headers).size(), kMaxCacheTags);
}

TEST(FactsOf, KnowsWhatCodingMayDo) {
  const auto what = [](const Fields& fields) {
    return facts_of(response(fields), kArrival, Profile::cloudflare).transformable;
  };
  EXPECT_EQ(what({}), Transformable::not_at_all);
  EXPECT_EQ(what({{"Content-Type", "text/css"}}), Transformable::by_coding);
  EXPECT_EQ(what({{"Content-Encoding", "br"}}), Transformable::by_decoding);
}

}  // namespace
}  // namespace festina::policy
