#include "http/cache_control.h"

#include <gtest/gtest.h>

namespace festina::http {
namespace {

using namespace std::chrono_literals;

TEST(CacheControl, NumbersAreReadAsTheReferenceSays) {
  const struct {
    std::string_view value;
    std::optional<std::chrono::seconds> max_age;
    std::string_view why;
  } cases[] = {
      {"max-age=60", 60s, "plain"},
      {"MAX-Age=60", 60s, "directive names have no case (reference §3.2)"},
      {"public; max-age=60", 60s, "a semicolon separates too (reference §3.2)"},
      {" ,\tpublic ,, max-age=60 ", 60s, "optional white space and empty members"},
      {"max-age=\"60\"", 60s, "a quoted number is a number (reference §3.2)"},
      {"max-age=60, max-age=10", 10s, "of a repeated directive the last counts (reference §3.2)"},
      {"max-age=60, max-age=x", 60s, "a broken repetition is none"},
      {"max-age=-1", std::nullopt, "negative: absent (reference §3.2)"},
      {"max-age=abc", std::nullopt, "no number: absent (reference §3.2)"},
      {"max-age=", std::nullopt, "empty: absent (reference §3.2)"},
      {"max-age", std::nullopt, "no value: absent"},
      {"max-age=60s", std::nullopt, "something behind the number: absent"},
      {"max-age=+60", std::nullopt, "a sign: absent"},
      {"max-age= 60", std::nullopt, "white space behind the sign: absent (RFC 9111 §5.2)"},
      {"max-age =60", std::nullopt, "white space before the sign: another directive"},
      {"max-age='60'", std::nullopt, "single quotes quote nothing"},
      {"max-age=\"60", std::nullopt, "a quote never closed"},
      {"max-age=99999999999", kMaxDelta, "beyond the greatest (RFC 9111 §1.2.2)"},
      {"max-age=99999999999999999999999", kMaxDelta, "beyond any integer"},
      {"max-age=2147483647", kMaxDelta, "the greatest"},
      {"max-age=2147483646", kMaxDelta - 1s, "one below"},
      {"max-age=1.9", 1s, "a fraction is rounded down (reference §3.2)"},
      {"max-age=1.", std::nullopt, "no fraction behind the point"},
      {"max-age=.5", std::nullopt, "no number before the point"},
      {"max-age=0", 0s, "zero"},
      {"max-age=007", 7s, "leading zeros"},
      {"x-max-age=60", std::nullopt, "another directive"},
      {"a=\"max-age=60\"", std::nullopt, "within a quoted string"},
      {"a=\"\\\", max-age=60\"", std::nullopt, "within a quoted string with an escaped quote"},
      {"a=\"b, max-age=60", 60s, "a quote that is never closed hides nothing"},
      {"", std::nullopt, "nothing"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(parse_cache_control(c.value).max_age, c.max_age) << c.value << ": " << c.why;
}

TEST(CacheControl, EveryNumberHasItsPlace) {
  const CacheControl found = parse_cache_control(
      "max-age=1, s-maxage=2, stale-while-revalidate=3, stale-if-error=4, max-stale=5, min-fresh=6"
  );
  EXPECT_EQ(found.max_age, 1s);
  EXPECT_EQ(found.s_maxage, 2s);
  EXPECT_EQ(found.stale_while_revalidate, 3s);
  EXPECT_EQ(found.stale_if_error, 4s);
  EXPECT_EQ(found.max_stale, 5s);
  EXPECT_EQ(found.min_fresh, 6s);
}

TEST(CacheControl, MaxStaleAloneTakesAnyStaleness) {
  EXPECT_EQ(parse_cache_control("max-stale").max_stale, kMaxDelta);
  EXPECT_EQ(parse_cache_control("max-stale=x").max_stale, std::nullopt);
}

TEST(CacheControl, EveryFlagHasItsPlace) {
  const struct {
    std::string_view value;
    bool CacheControl::* flag;
  } cases[] = {
      {"no-store", &CacheControl::no_store},
      {"No-Cache", &CacheControl::no_cache},
      {"private", &CacheControl::is_private},
      {"PUBLIC", &CacheControl::is_public},
      {"must-revalidate", &CacheControl::must_revalidate},
      {"proxy-revalidate", &CacheControl::proxy_revalidate},
      {"must-understand", &CacheControl::must_understand},
      {"no-transform", &CacheControl::no_transform},
      {"immutable", &CacheControl::immutable},
      {"only-if-cached", &CacheControl::only_if_cached},
      {"no-store=whatever", &CacheControl::no_store
      },  // an argument nobody defined changes nothing (RFC 9111 §5.2)
      {"foo=\"a\"; no-store", &CacheControl::no_store},
  };
  for (const auto& c : cases) {
    CacheControl expected;
    expected.*c.flag = true;
    EXPECT_EQ(parse_cache_control(c.value), expected) << c.value;
  }
  EXPECT_EQ(parse_cache_control("no-stores, xpublic, foo, =, \"no-store\""), CacheControl());
}

TEST(CacheControl, PrivateAndNoCacheMayNameFields) {
  const struct {
    std::string_view value;
    bool whole;
    std::vector<std::string> fields;
    std::string_view why;
  } cases[] = {
      {"=\"X-A, X-B\"", false, {"X-A", "X-B"}, "a list (RFC 9111 §5.2.2.4, §5.2.2.7)"},
      {"=Set-Cookie", false, {"Set-Cookie"}, "a name without quotes (reference §5.7)"},
      {"", true, {}, "bare"},
      {"=\"\"", true, {}, "an empty list is no list"},
      {"=", true, {}, "nor is an empty value"},
      {"=\"a b\"", true, {}, "nor one without a name in it"},
      {"=\"X-A", true, {}, "nor a quote never closed"},
  };
  for (const auto& c : cases) {
    const CacheControl is_private =
        parse_cache_control("private" + std::string(c.value) + ", max-age=60");
    EXPECT_EQ(is_private.is_private, c.whole) << c.why;
    EXPECT_EQ(is_private.private_fields, c.fields) << c.why;
    EXPECT_EQ(is_private.max_age, 60s) << c.why;
    const CacheControl no_cache = parse_cache_control("no-cache" + std::string(c.value));
    EXPECT_EQ(no_cache.no_cache, c.whole) << c.why;
    EXPECT_EQ(no_cache.no_cache_fields, c.fields) << c.why;
  }
  const CacheControl both = parse_cache_control("private, private=\"X-A\"");
  EXPECT_TRUE(both.is_private) << "the bare one still counts";
}

struct Line {
  std::string_view name;
  std::string_view value;
};

TEST(EdgeDirectives, TheStrongestFieldSpeaksAlone) {
  constexpr std::string_view cc = "Cache-Control";
  constexpr std::string_view cdn = "CDN-Cache-Control";
  constexpr std::string_view own = "Cloudflare-CDN-Cache-Control";
  constexpr std::string_view surrogate = "Surrogate-Control";
  const struct {
    std::vector<Line> lines;
    DirectiveSource source;
    std::string_view directives;
    std::string_view why;
  } cases[] = {
      {{}, DirectiveSource::none, "", "nothing said"},
      {{{"Expires", "0"}}, DirectiveSource::none, "", "Expires is no directive"},
      {{{cc, "max-age=1"}}, DirectiveSource::cache_control, "max-age=1", "alone"},
      {{{cc, "max-age=1"}, {cc, "public, max-age=2"}},
       DirectiveSource::cache_control,
       "public, max-age=2",
       "two lines are joined in order (reference §3.2)"},
      {{{cc, ""}}, DirectiveSource::cache_control, "", "present, without directives"},
      {{{cc, "max-age=14400, s-maxage=84000"}, {own, "max-age=24400"}, {cdn, "max-age=18000"}},
       DirectiveSource::cloudflare_cdn_cache_control,
       "max-age=24400",
       "all three (reference §3.1, row 1)"},
      {{{cc, "stale-if-error=400"}, {own, "stale-if-error=60"}, {cdn, "stale-if-error=200"}},
       DirectiveSource::cloudflare_cdn_cache_control,
       "stale-if-error=60",
       "all three (reference §3.1, row 2)"},
      {{{cc, "no-store"}, {cdn, "max-age=120"}},
       DirectiveSource::cdn_cache_control,
       "max-age=120",
       "no mixing (reference §3.1, row 3)"},
      {{{cc, "max-age=600"}, {cdn, "no-store"}},
       DirectiveSource::cdn_cache_control,
       "no-store",
       "no mixing (reference §3.1, row 4)"},
      {{{cc, "public, max-age=600"}},
       DirectiveSource::cache_control,
       "public, max-age=600",
       "a rule's TTL is not ours to judge (reference §3.1, row 5)"},
      {{{cc, "max-age=1"}, {surrogate, ""}},
       DirectiveSource::surrogate_control,
       "",
       "Surrogate-Control, even empty (reference §3.1)"},
      {{{cdn, "max-age=1"}, {surrogate, "max-age=2"}},
       DirectiveSource::cdn_cache_control,
       "max-age=1",
       "Surrogate-Control outranks Cache-Control only"},
      {{{cc, "max-age=1"}, {cdn, " , "}, {own, ""}},
       DirectiveSource::cache_control,
       "max-age=1",
       "empty targeted fields are none (RFC 9213 §2.2)"},
  };
  for (const auto& c : cases) {
    Headers headers;
    for (const Line& line : c.lines) headers.add(line.name, line.value);
    const EdgeDirectives found = edge_directives(headers);
    EXPECT_EQ(found.source, c.source) << c.why;
    EXPECT_EQ(found.directives, parse_cache_control(c.directives)) << c.why;
  }
}

TEST(StandardEdgeDirectives, ReadTargetedFieldsAsStructuredOnes) {  // RFC 9213 §2.1, §2.2
  constexpr std::string_view cc = "Cache-Control";
  constexpr std::string_view cdn = "CDN-Cache-Control";
  constexpr std::string_view own = "Cloudflare-CDN-Cache-Control";
  const struct {
    std::vector<Line> lines;
    DirectiveSource source;
    std::string_view directives;
    std::string_view why;
  } cases[] = {
      {{{cc, "max-age=1"}, {cdn, "max-age=2, foo=\"x\""}},
       DirectiveSource::cdn_cache_control,
       "max-age=2",
       "unknown ones are left out"},
      {{{cc, "max-age=1"}, {cdn, "max-age=2"}, {own, "no-store"}},
       DirectiveSource::cloudflare_cdn_cache_control,
       "no-store",
       "the narrower target"},
      {{{cc, "max-age=1"}, {cdn, "max-age=2, &"}},
       DirectiveSource::cache_control,
       "max-age=1",
       "malformed: none"},
      {{{cc, "max-age=1"}, {cdn, "MaX-aGe=2"}},
       DirectiveSource::cache_control,
       "max-age=1",
       "keys are in lower case"},
      {{{cc, "max-age=1"}, {cdn, ""}}, DirectiveSource::cache_control, "max-age=1", "empty"},
      {{{cc, "max-age=1"}, {cdn, "max-age=\"2\""}},
       DirectiveSource::cdn_cache_control,
       "",
       "a text is no number"},
      {{{cdn, "max-age=2.5, s-maxage=-1"}},
       DirectiveSource::cdn_cache_control,
       "",
       "nor is a decimal one, or one below zero"},
      {{{cdn, "max-age=99999999999"}},
       DirectiveSource::cdn_cache_control,
       "max-age=2147483647",
       "the greatest (RFC 9111 §1.2.2)"},
      {{{cdn, "private=\"X-A\", no-cache, must-revalidate=?0"}},
       DirectiveSource::cdn_cache_control,
       "private=\"X-A\", no-cache",
       "qualified, bare, false"},
      {{{cdn, "no-store=1"}}, DirectiveSource::cdn_cache_control, "", "a number is no flag"},
      {{{cc, "max-age=1"}, {"Surrogate-Control", ""}},
       DirectiveSource::cache_control,
       "max-age=1",
       "in no RFC"},
      {{}, DirectiveSource::none, "", "nothing said"},
  };
  for (const auto& c : cases) {
    Headers headers;
    for (const Line& line : c.lines) headers.add(line.name, line.value);
    const EdgeDirectives found = standard_edge_directives(headers);
    EXPECT_EQ(found.source, c.source) << c.why;
    EXPECT_EQ(found.directives, parse_cache_control(c.directives)) << c.why;
  }
}

}  // namespace
}  // namespace festina::http
