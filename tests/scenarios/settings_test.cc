// The zone's settings, as a client sees them (reference §1.7, §2.6, §3.6, §8.4).
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using std::chrono::seconds;

class ZoneSettings : public testing::Test {
 protected:
  static std::string zone(
      const std::string& name, const std::string& origin, const std::string& settings
  ) {
    return zone_toml(name, origin, "[zones.settings]\n" + settings + "\n");
  }
  static std::string zones(const std::string& origin) {
    return zone("online.example", origin, "always_online = \"on\"") +
           zone("basic.example", origin, "cache_level = \"basic\"") +
           zone("simplified.example", origin, "cache_level = \"simplified\"") +
           zone("sorted.example", origin, "sort_query_string_for_cache = \"on\"") +
           zone("dev.example", origin, "development_mode = \"on\"") +
           zone("minute.example", origin, "edge_cache_ttl = 60") +
           zone("respecting.example", origin, "browser_cache_ttl = 0") +
           zone_toml("plain.example", origin) +
           zone_toml("ent.example", origin, "plan = \"enterprise\"\n");
  }
  Answer get(const std::string& url, const Ask& ask = {}) const {
    return edge.get("http://" + url, ask);
  }
  std::string status(const std::string& url) const { return get(url).cache_status(); }

  Origin origin;
  TempDir files;
  Edge edge{files, edge_for(zones(origin.url()))};
};

TEST_F(ZoneSettings, AlwaysOnlineStandsInForAnOriginThatCannotBeReached) {
  origin.answers("/a.css", ok("kept", "max-age=5, must-revalidate, stale-if-error=0"));
  get("online.example/a.css");
  edge.advance(seconds(6));

  origin.answers("/a.css", failing(Reaction::Fault::close_before_answer));
  expect_answer(get("online.example/a.css"), 200, "STALE", "kept");  // 520
  origin.answers("/a.css", {.status = 522, .fields = {}, .body = "timed out"});
  expect_answer(get("online.example/a.css"), 200, "STALE", "kept");
}

TEST_F(ZoneSettings, AlwaysOnlinePassesOnWhatTheOriginItselfSays) {
  origin.answers("/a.css", ok("kept", "max-age=5, stale-while-revalidate=60, stale-if-error=60"));
  get("online.example/a.css");
  edge.advance(seconds(6));

  for (const int status : {500, 503}) {
    origin.answers("/a.css", {.status = status, .fields = {}, .body = "down"});
    const Answer answer = get("online.example/a.css");
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.body, "down");
  }
}

TEST_F(ZoneSettings, EdgeCacheTtlIsForWhatSaysNothing) {
  origin.answers("/a.css", ok("silent", ""));
  origin.answers("/b.css", ok("speaking", "max-age=600"));
  get("minute.example/a.css");
  get("minute.example/b.css");
  edge.advance(seconds(59));
  EXPECT_EQ(status("minute.example/a.css"), "HIT");
  edge.advance(seconds(1));
  EXPECT_EQ(status("minute.example/a.css"), "EXPIRED");
  EXPECT_EQ(status("minute.example/b.css"), "HIT");
}

TEST_F(ZoneSettings, BasicCachesNoUrlWithAQuery) {
  origin.answers("/a.css", ok("x"));
  origin.answers("/a.css?v=1", ok("x"));

  EXPECT_EQ(status("basic.example/a.css"), "MISS");
  EXPECT_EQ(status("basic.example/a.css"), "HIT");
  EXPECT_EQ(status("basic.example/a.css?v=1"), "DYNAMIC");
}

TEST_F(ZoneSettings, SimplifiedIgnoresTheQueryOfStaticFiles) {
  origin.answers("/a.css?v=1", ok("one"));

  EXPECT_EQ(status("simplified.example/a.css?v=1"), "MISS");
  EXPECT_EQ(status("simplified.example/a.css?v=2"), "HIT");
  EXPECT_EQ(status("simplified.example/a.css"), "HIT");
  EXPECT_EQ(origin.requests(), 1U);
}

TEST_F(ZoneSettings, SortedQueriesAreOneKey) {
  origin.answers("/a.css?y=2&x=1", ok("one"));

  EXPECT_EQ(status("sorted.example/a.css?y=2&x=1"), "MISS");
  EXPECT_EQ(status("sorted.example/a.css?x=1&y=2"), "HIT");
}

TEST_F(ZoneSettings, DevelopmentModeMakesAllDynamic) {
  origin.answers("/a.css", ok("x", "max-age=60"));

  EXPECT_EQ(status("dev.example/a.css"), "DYNAMIC");
  EXPECT_EQ(status("dev.example/a.css"), "DYNAMIC");
  EXPECT_EQ(get("dev.example/a.css").field("Cache-Control"), "max-age=60");
}

TEST_F(ZoneSettings, BrowserTtlFollowsTheExamples) {  // reference §2.6, first rule of each
  const struct {
    const char* path;
    Fields sent;
    const char* cache_control;
    const char* respected;
  } cases[] = {
      {"/nothing.css", {}, "max-age=14400", ""},
      {"/short.css", {{"Cache-Control", "max-age=60"}}, "public, max-age=14400", "max-age=60"},
      {"/long.css", {{"Cache-Control", "max-age=86400"}}, "max-age=86400", "max-age=86400"},
      {"/cdn.css",
       {{"Cache-Control", "max-age=60"}, {"CDN-Cache-Control", "max-age=600"}},
       "public, max-age=14400",
       "max-age=60"},
      {"/private.css",
       {{"Cache-Control", "private, max-age=60"}},
       "private, max-age=60",
       "private, max-age=60"},
  };
  for (const auto& c : cases) {
    origin.answers(c.path, {.status = 200, .fields = c.sent, .body = "x"});
    for (int i = 0; i < 2; ++i) {
      const Answer answer = get(std::string("plain.example") + c.path);
      EXPECT_EQ(answer.field("Cache-Control"), c.cache_control) << c.path;
      EXPECT_EQ(get(std::string("respecting.example") + c.path).field("Cache-Control"), c.respected)
          << c.path;
    }
  }
}

TEST_F(ZoneSettings, ExpiresAgreesWithTheRewrittenCacheControl) {
  Reaction reaction = ok("x", "max-age=60");
  reaction.fields.emplace_back("Expires", "Sun, 06 Nov 1994 08:49:37 GMT");
  origin.answers("/a.css", reaction);

  const Answer rewritten = get("plain.example/a.css");
  EXPECT_NE(rewritten.field("Expires"), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_NE(rewritten.field("Expires"), rewritten.field("Date"));
  EXPECT_EQ(get("respecting.example/a.css").field("Expires"), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_F(ZoneSettings, WithoutOriginCacheControlTheFinerDirectivesForbidOrDoNotCount) {
  const struct {
    const char* path;
    const char* cache_control;
    const char* without;
    const char* with;
  } cases[] = {
      {"/no-cache.css", "no-cache", "BYPASS", "EXPIRED"},
      {"/max-age-0.css", "max-age=0", "BYPASS", "EXPIRED"},
      {"/s-maxage-0.css", "s-maxage=0", "BYPASS", "EXPIRED"},
      {"/private-field.css", "private=\"X-A\", max-age=60", "BYPASS", "HIT"},
      {"/no-store.css", "no-store", "BYPASS", "BYPASS"},
      {"/private.css", "private", "BYPASS", "BYPASS"},
      {"/must.css", "must-revalidate, max-age=60", "HIT", "HIT"},
  };
  for (const auto& c : cases) {
    origin.answers(c.path, ok("x", c.cache_control));
    for (const char* host : {"ent.example", "plain.example"}) status(std::string(host) + c.path);
    EXPECT_EQ(status(std::string("ent.example") + c.path), c.without) << c.cache_control;
    EXPECT_EQ(status(std::string("plain.example") + c.path), c.with) << c.cache_control;
  }
}

TEST_F(ZoneSettings, WithoutOriginCacheControlImmutableGoesNoFurther) {
  origin.answers("/a.css", ok("x", "max-age=99999, immutable"));

  EXPECT_EQ(get("ent.example/a.css").field("Cache-Control"), "max-age=99999");
  EXPECT_EQ(get("plain.example/a.css").field("Cache-Control"), "max-age=99999, immutable");
}

}  // namespace
}  // namespace festina::harness
