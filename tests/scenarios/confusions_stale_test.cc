// Confusions about how long a response lives, and what becomes of it then (reference §16.4, 5, 9, 20).
#include "harness/confusion.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using std::chrono::seconds;

TEST(Confusions, SMaxageSwitchesStaleServingOff) {
  Site site;
  site.origin.answers("/a.css", ok("css", "s-maxage=300, stale-while-revalidate=3600"));
  site.origin.answers("/b.css", ok("css", "max-age=300, stale-while-revalidate=3600"));
  Reproduction told(
      site.edge,
      {.number = "4",
       .title = "`s-maxage` switches `stale-while-revalidate` and `stale-if-error` off",
       .expected = "`s-maxage=300, stale-while-revalidate=3600` is the recommended header: five "
                   "minutes fresh, then an hour stale while it is refreshed.",
       .happens = "After five minutes everybody waits for the origin, and an error of the origin "
                  "reaches the visitor. With `max-age` in its place nobody waits.",
       .why =
           "`s-maxage` implies `proxy-revalidate` (RFC 9111, section 5.2.2.10), and that forbids a "
           "shared cache to serve anything stale.",
       .remedy =
           "`max-age=300, stale-while-revalidate=3600`, with `CDN-Cache-Control` where browsers "
           "are to have another time; or `compat = { s_maxage_allows_stale = true }`."}
  );

  told.get(kSite + "/a.css");
  told.get(kSite + "/b.css");
  told.later(seconds(310));
  told.explains(
      kSite + "/a.css",
      {.cause = "s-maxage implies proxy-revalidate",
       .remedy = "max-age in its place, or CDN-Cache-Control with max-age, leaves them on"}
  );
  const Answer waited = told.get(kSite + "/a.css");
  EXPECT_EQ(waited.cache_status(), "EXPIRED");
  EXPECT_EQ(told.get(kSite + "/b.css").cache_status(), "UPDATING");
  told.explains(
      waited,
      {.cause = "which switches stale-while-revalidate and stale-if-error off",
       .remedy = "max-age in its place"}
  );
  told.written();
}

TEST(Confusions, StaleWhileRevalidateWasNotAsynchronous) {
  Site site("era = \"2025\"\n");
  site.origin.answers("/a.css", ok("css", "max-age=300, stale-while-revalidate=3600"));
  Reproduction told(
      site.edge,
      {.number = "5",
       .title = "`stale-while-revalidate` made the first visitor wait, until 2026",
       .expected = "With `stale-while-revalidate` nobody ever waits for the origin.",
       .happens = "In `era = \"2025\"`, as below, the first one after expiry waits; only who comes "
                  "while the origin is being asked gets the stale copy. From 2026-02-26 on nobody "
                  "waits, and the status is UPDATING.",
       .why = "The service changed it on 2026-02-26. Older articles describe the older way.",
       .remedy = "`era = \"2026\"`, which is the default, or the switch `stale_while_revalidate = "
                 "\"asynchronous\"` alone."}
  );

  EXPECT_EQ(told.get(kSite + "/a.css").cache_status(), "MISS");
  told.later(seconds(310));
  told.explains(
      kSite + "/a.css",
      {.cause = "the first who asks waits for the upstream",
       .remedy = "\"asynchronous\" lets nobody wait within stale-while-revalidate",
       .also = {"stale_while_revalidate = \"synchronous\""}}
  );
  EXPECT_EQ(told.get(kSite + "/a.css").cache_status(), "EXPIRED");
  told.written();
}

TEST(Confusions, BrowserCacheTtlRewritesMaxAge) {
  Site site;
  site.origin.answers("/a.css", ok("css", "max-age=60"));
  Reproduction told(
      site.edge,
      {.number = "9",
       .title = "Browsers keep it for four hours, though the origin says a minute",
       .expected = "The browser gets the origin's `max-age=60`.",
       .happens = "It gets `max-age=14400`, and no purge reaches what is in a browser.",
       .why = "Browser Cache TTL of a zone is four hours unless it is set, and replaces a shorter "
              "`max-age`. It only ever makes it longer: what the origin gives more, stays.",
       .remedy =
           "Set `browser_cache_ttl = 0`, \"respect existing headers\"; name files anew when they "
           "change."}
  );

  const Answer answer = told.get(kSite + "/a.css");
  told.shows(answer, "Cache-Control");
  EXPECT_EQ(answer.field("Cache-Control"), "public, max-age=14400");
  told.explains(
      kSite + "/a.css",
      {.cause = "Browser Cache TTL of the zone replaces a shorter max-age",
       .remedy = "0 leaves them what the origin says"}
  );
  told.written();
}

TEST(Confusions, AStaleCopyStandsInUnasked) {
  Site site;
  site.origin.answers("/a.css", ok("kept", "max-age=60"));
  Reproduction told(
      site.edge,
      {.number = "20",
       .title = "A stale copy is served when the origin fails, though nobody asked for it",
       .expected = "Without `stale-if-error` an error of the origin reaches the visitor.",
       .happens =
           "The visitor gets the expired copy, STALE and with status 200, for as long as it is "
           "stored.",
       .why =
           "No `stale-if-error` means: without limit. With Always Online neither it nor "
           "`stale-while-revalidate` counts: a copy stands in when the origin cannot be reached, "
           "and only then.",
       .remedy = "`stale-if-error=0`, or `must-revalidate`, in the responses that must not outlive "
                 "their time."}
  );

  EXPECT_EQ(told.get(kSite + "/a.css").cache_status(), "MISS");
  told.later(seconds(70));
  site.origin.answers("/a.css", {.status = 503, .fields = {}, .body = "down"});
  told.remarks("the origin answers 503 from now on");
  const Answer stale = told.get(kSite + "/a.css");
  EXPECT_EQ(stale.cache_status(), "STALE");
  EXPECT_EQ(stale.status, 200);
  told.explains(
      stale,
      {.cause = "stale, in place of the upstream's failure",
       .remedy = "stale-if-error=0 or must-revalidate in the response forbids it"}
  );
  told.explains(
      kSite + "/a.css",
      {.cause = "if it fails or answers 5xx", .remedy = "stale-if-error=0 or must-revalidate"}
  );
  told.written();
}

TEST(Confusions, AlwaysOnlineReplacesTheDirectives) {
  Site site("[zones.settings]\nalways_online = \"on\"\n");
  site.origin.answers("/a.css", ok("kept", "max-age=60, stale-while-revalidate=3600"));
  Reproduction told(
      site.edge,
      {.number = "a",
       .title = "Always Online switches `stale-while-revalidate` off",
       .expected =
           "Always Online adds to what `stale-while-revalidate` and `stale-if-error` allow.",
       .happens =
           "It replaces them: after expiry everybody waits, and a 503 that the origin itself "
           "sends is passed on.",
       .why =
           "The two directives do not count while it is on. A stored copy stands in for 520 to 527 "
           "alone: where the origin cannot be reached.",
       .remedy = "`always_online = \"off\"` where the directives are to count."}
  );

  EXPECT_EQ(told.get(kSite + "/a.css").cache_status(), "MISS");
  told.later(seconds(70));
  told.explains(
      kSite + "/a.css",
      {.cause = "stale-while-revalidate and stale-if-error do not count",
       .remedy = "always_online \"off\" lets them"}
  );
  EXPECT_EQ(told.get(kSite + "/a.css").cache_status(), "EXPIRED");
  told.written();
}

TEST(Confusions, AgeIsLargerThanMaxAge) {
  Site site(
      cache_rule(
          "an hour",
          R"(http.request.uri.path eq "/a.css")",
          "{ cache = true, edge_ttl = { mode = \"override_origin\", default = 3600 } }"
      ) +
      "[zones.settings]\nbrowser_cache_ttl = 0\n"
  );
  site.origin.answers("/a.css", ok("css", "max-age=60"));
  Reproduction told(
      site.edge,
      {.number = "b",
       .title = "`Age` is larger than `max-age`",
       .expected = "A cache never serves what is older than its `max-age`.",
       .happens = "A HIT has `Age: 600` beside `max-age=60`, and browsers take it for expired.",
       .why =
           "An edge TTL of the owner's counts at the edge alone; the header that browsers get is "
           "still the origin's.",
       .remedy =
           "Give browsers a time of their own (`browser_ttl` of the rule, or Browser Cache TTL), "
           "or leave the edge TTL to the origin."}
  );

  told.get(kSite + "/a.css");
  told.later(seconds(600));
  const Answer hit = told.get(kSite + "/a.css");
  EXPECT_EQ(hit.cache_status(), "HIT");
  EXPECT_GE(std::stoi(hit.field("Age")), 600);
  told.shows(hit, "Cache-Control");
  told.explains(
      hit,
      {.cause = "sets the edge TTL, whatever the origin says",
       .remedy = "\"respect_origin\" leaves it to the origin",
       .also = {"lifetime 3600 s", "the origin's headers reach the browser"}}
  );
  told.written();
}

TEST(Confusions, ErrorsAndRedirectsAreCached) {
  Site site;
  site.origin.answers(
      "/moved.css", {.status = 302, .fields = {{"Location", "/a.css"}}, .body = ""}
  );
  Reproduction told(
      site.edge,
      {.number = "c",
       .title = "A 404 stays for three minutes, a 302 for twenty",
       .expected = "Only a 200 is cached; a file that was missing a moment ago is there once it is "
                   "uploaded.",
       .happens = "The 404 is a HIT for three minutes, a temporary redirect for twenty.",
       .why = "Where the origin says nothing of freshness, there is a default time by status.",
       .remedy = "Say `Cache-Control` on such answers too, set an edge TTL by status "
                 "(`status_code_ttl`), or purge the URL after the upload."}
  );

  EXPECT_EQ(told.get(kSite + "/new.css").cache_status(), "MISS");
  site.origin.answers("/new.css", ok("css", "max-age=60"));
  told.remarks("the file is uploaded");
  const Answer missing = told.get(kSite + "/new.css");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.cache_status(), "HIT");
  EXPECT_EQ(told.get(kSite + "/moved.css").cache_status(), "MISS");
  EXPECT_EQ(told.get(kSite + "/moved.css").cache_status(), "HIT");
  told.explains(
      kSite + "/new.css",
      {.cause = "302, 303: 20 minutes; 404, 410: 3 minutes",
       .remedy = "edge TTL by status of a rule replaces",
       .also = {"lifetime 180 s"}}
  );
  told.explains(
      kSite + "/moved.css",
      {.cause = "lifetime 1200 s", .remedy = "edge TTL by status of a rule replaces"}
  );
  told.written();
}

}  // namespace
}  // namespace festina::harness
