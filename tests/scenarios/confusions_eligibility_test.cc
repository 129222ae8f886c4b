// Confusions about what is cached at all: eligibility, and what of a response forbids it (reference §16.1-3, 6, 7, 18, 19).
#include "harness/confusion.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

TEST(ConfusionsPage, HasAPartForEachOfTheTwenty) {
  const std::string page = read_file(FESTINA_SOURCE_DIR "/docs/confusions.md");
  for (int number = 1; number <= 20; ++number) {
    const std::string text = std::to_string(number);
    std::string heading = "<!-- confusion " + text;
    heading.append(" -->\n### ").append(text).append(". ");
    EXPECT_NE(page.find(heading), std::string::npos) << number;
  }
}

TEST(Confusions, HtmlStaysDynamic) {
  Site site(cache_rule(
      "shop pages", R"(starts_with(http.request.uri.path, "/shop/"))", "{ cache = true }"
  ));
  site.origin.answers("/page", ok("<p>", "public, max-age=3600"));
  site.origin.answers("/shop/page", ok("<p>", "public, max-age=3600"));
  Reproduction told(
      site.edge,
      {.number = "1",
       .title = "HTML or JSON with a long `max-age` stays DYNAMIC",
       .expected =
           "`Cache-Control: public, max-age=3600` gets a page cached: the origin has said so.",
       .happens = "It is DYNAMIC for ever. The same page where a Cache Rule applies is a MISS, "
                  "then a HIT.",
       .why =
           "Whether a URL may be cached is settled by its extension, before the origin is asked. "
           "HTML, JSON and paths without an extension are not among those cached by default, and "
           "no header of a response can change what was settled before it came.",
       .remedy = "A Cache Rule with `cache = true` for these URLs, a Page Rule with \"cache "
                 "everything\", or `cf.cacheEverything` where a Worker fetches them."}
  );

  for (int i = 0; i < 2; ++i) EXPECT_EQ(told.get(kSite + "/page").cache_status(), "DYNAMIC");
  told.explains(
      kSite + "/page",
      {.cause = "a path without an extension is not among those cached by default",
       .remedy = "a Cache Rule that makes it eligible for cache"}
  );
  told.remarks("the rule \"shop pages\" makes /shop/ eligible");
  EXPECT_EQ(told.get(kSite + "/shop/page").cache_status(), "MISS");
  EXPECT_EQ(told.get(kSite + "/shop/page").cache_status(), "HIT");
  told.written();
}

TEST(Confusions, DynamicIsNotBypass) {
  EdgeOptions options;
  Site site(
      cache_rule("no images", R"(starts_with(http.request.uri.path, "/img/"))", "{ cache = false }")
  );
  site.origin.answers("/img/a.png", ok("png", "max-age=3600"));
  site.origin.answers("/a.css", ok("css", "private"));
  Reproduction told(
      site.edge,
      {.number = "2",
       .title = "DYNAMIC and BYPASS are taken for one another",
       .expected =
           "A rule that bypasses cache gives BYPASS, and DYNAMIC means that the page changes.",
       .happens = "The rule gives DYNAMIC; BYPASS comes of a response that forbids to be stored.",
       .why =
           "DYNAMIC is settled from the request alone: by its extension, method or port, by a rule "
           "that bypasses cache, by Development Mode. BYPASS is settled by the response: the "
           "request was eligible, and what came says `private`, `no-store`, sets a cookie, or is "
           "too large. Before 2026-05-26, and so in `era = \"2025\"`, many of these were called "
           "MISS.",
       .remedy =
           "Of a DYNAMIC look at the rules and the extension, of a BYPASS at the response's own "
           "header."}
  );

  const Answer dynamic = told.get(kSite + "/img/a.png");
  EXPECT_EQ(dynamic.cache_status(), "DYNAMIC");
  told.explains(
      dynamic,
      {.cause = "says \"bypass cache\": such a request is DYNAMIC",
       .remedy = "BYPASS is what an answer can lead to",
       .also = {"it was settled before there was a response"}}
  );
  const Answer bypass = told.get(kSite + "/a.css");
  EXPECT_EQ(bypass.cache_status(), "BYPASS");
  told.explains(
      bypass,
      {.cause = "the response says private",
       .remedy = "edge_ttl \"override_origin\" of a Cache Rule",
       .also = {"its answer may not be stored"}}
  );
  told.written();
}

TEST(Confusions, EndlessMisses) {
  EdgeOptions options;
  options.colos = colos_toml({"FRA", "LHR", "SIN"});
  Site site("", options);
  site.origin.answers("/a.css", ok("css", "max-age=3600"));
  for (const char* noise : {"1", "2"})
    site.origin.answers("/a.css?click=" + std::string(noise), ok("css", "max-age=3600"));
  site.origin.answers("/b.css", with_field(ok("css", "max-age=3600"), "Set-Cookie", "id=1"));
  Reproduction told(
      site.edge,
      {.number = "3",
       .title = "MISS after MISS",
       .expected = "After the first MISS everybody gets a HIT.",
       .happens = "Every data centre has a first time of its own; every query string, and every "
                  "`Origin`, is another key; and what sets a cookie is not stored at all.",
       .why =
           "A response is stored in the data centre that fetched it, under the whole URL with its "
           "query as it stands, and `Origin`. Little traffic over many data centres, a tracking "
           "parameter, or a cookie that the origin sets on every response: each alone is enough.",
       .remedy = "Sort the query or leave it out of the key (a Cache Rule's `cache_key`); send no "
                 "cookie with static files, or give them an explicit edge TTL."}
  );

  EXPECT_EQ(told.get(kSite + "/a.css").cache_status(), "MISS");
  EXPECT_EQ(told.get(kSite + "/a.css", {}, "LHR").cache_status(), "MISS");
  told.explains(
      kSite + "/a.css",
      {.cause = "nothing is stored under this key in this data centre",
       .remedy = "each data centre keeps a cache of its own",
       .also = {"in FRA, LHR"}},
      {"--colo", "SIN"}
  );
  EXPECT_EQ(told.get(kSite + "/a.css?click=1").cache_status(), "MISS");
  EXPECT_EQ(told.get(kSite + "/a.css?click=2").cache_status(), "MISS");
  told.explains(
      kSite + "/a.css?click=3",
      {.cause = "another key for the same path", .remedy = "a Cache Rule's key can leave it out"}
  );
  told.get(kSite + "/b.css");
  const Answer with_cookie = told.get(kSite + "/b.css");
  EXPECT_EQ(with_cookie.cache_status(), "BYPASS");
  told.explains(
      with_cookie, {.cause = "the response sets a cookie", .remedy = "private=\"Set-Cookie\""}
  );
  told.written();
}

TEST(Confusions, CookiesAreLostOrKeepFromCaching) {
  Site site(cache_rule(
      "an hour for the account",
      R"(starts_with(http.request.uri.path, "/account/"))",
      "{ cache = true, edge_ttl = { mode = \"override_origin\", default = 3600 } }"
  ));
  site.origin.answers("/a.css", with_field(ok("css", "max-age=3600"), "Set-Cookie", "id=1"));
  site.origin.answers("/account/me", with_field(ok("Hello, Ada", ""), "Set-Cookie", "session=ada"));
  Reproduction told(
      site.edge,
      {.number = "6",
       .title = "`Set-Cookie` keeps a response out of the cache, or is silently removed",
       .expected =
           "A response that logs somebody in is never cached, or is cached with its cookie.",
       .happens =
           "Where the origin decides, it is not stored (BYPASS). Where an edge TTL overrides "
           "the origin, it is stored, its cookie is gone, and the next visitor gets the page "
           "of the one before.",
       .why = "An explicit edge TTL says: store it whatever the response says, and a cookie of one "
              "visitor must not go to all. So it is the cookie that goes.",
       .remedy = "Bypass cache for what is personal. Where the origin is right about caching, use "
                 "`respect_origin` in place of `override_origin`."}
  );

  EXPECT_EQ(told.get(kSite + "/a.css").cache_status(), "BYPASS");
  const Answer first = told.get(kSite + "/account/me");
  EXPECT_EQ(first.cache_status(), "MISS");
  EXPECT_FALSE(first.has("Set-Cookie"));
  told.shows(first, "Set-Cookie");
  const Answer other = told.get(kSite + "/account/me", with("Cookie", "session=bob"));
  EXPECT_EQ(other.cache_status(), "HIT");
  EXPECT_EQ(other.body, "Hello, Ada");
  told.shows_body(other);
  told.explains(
      first,
      {.cause = "Set-Cookie is removed, for the response is stored for everybody",
       .remedy = "bypass cache, or leave edge TTL and Set-Cookie to Origin Cache Control",
       .also = {"sets the edge TTL, whatever the origin says"}}
  );
  told.explains(
      kSite + "/a.css",
      {.cause = "the response sets a cookie", .remedy = "strip_set_cookie of a Cache Response Rule"}
  );
  told.written();
}

TEST(Confusions, AuthorizationPreventsCaching) {
  Site site;
  site.origin.answers("/a.css", ok("css", "max-age=3600"));
  site.origin.answers("/b.css", ok("css", "public, max-age=3600"));
  Reproduction told(
      site.edge,
      {.number = "7",
       .title = "A request with `Authorization` is not cached",
       .expected = "`max-age=3600` is enough, whoever asks.",
       .happens = "To a request with `Authorization` the same response is a BYPASS.",
       .why = "It may be for this one user (RFC 9111, section 3.5). Only `public`, `s-maxage` or "
              "`must-revalidate` in the response say that it is for everybody.",
       .remedy = "Say `public` where the response is the same for all users."}
  );

  const Ask authorized = with("Authorization", "Basic YWRhOng=");
  told.get(kSite + "/a.css", authorized);
  const Answer bypass = told.get(kSite + "/a.css", authorized);
  EXPECT_EQ(bypass.cache_status(), "BYPASS");
  told.explains(
      bypass,
      {.cause = "the request carries Authorization",
       .remedy = "none of public, must-revalidate and s-maxage"}
  );
  told.remarks("/b.css says public");
  EXPECT_EQ(told.get(kSite + "/b.css", authorized).cache_status(), "MISS");
  EXPECT_EQ(told.get(kSite + "/b.css", authorized).cache_status(), "HIT");
  told.written();
}

TEST(Confusions, AReloadDoesNotRefreshTheEdge) {
  Site site;
  site.origin.answers("/a.css", ok("old", "max-age=3600"));
  Reproduction told(
      site.edge,
      {.number = "18",
       .title = "A reload with `no-cache` does not refresh the edge",
       .expected =
           "Shift-reload, or a warm-up script that sends `Cache-Control: no-cache`, fetches "
           "the page anew.",
       .happens = "It is a HIT: the edge serves what it has.",
       .why =
           "The service does not heed what a client says of caching, or anybody could make every "
           "request cost the origin one. (The profile `standard` heeds it, as RFC 9111 has it.)",
       .remedy =
           "Purge the URL and ask again; in a Worker, `fetch(url, { cache: \"no-cache\" })` asks "
           "the origin whether what is stored still holds."}
  );

  EXPECT_EQ(told.get(kSite + "/a.css").cache_status(), "MISS");
  site.origin.answers("/a.css", ok("new", "max-age=3600"));
  const Answer reloaded = told.get(kSite + "/a.css", with("Cache-Control", "no-cache"));
  EXPECT_EQ(reloaded.cache_status(), "HIT");
  EXPECT_EQ(reloaded.body, "old");
  const Says says{
      .cause = "does not count at the edge",
      .remedy = "a purge refreshes it, or cache: \"no-cache\" of a Worker's fetch()"
  };
  told.explains(reloaded, says);
  told.explains(kSite + "/a.css", says, {"-H", "Cache-Control: no-cache"});
  told.written();
}

constexpr std::string_view kTwoPageRules = R"(
[[zones.page_rules]]
targets  = [{ target = "url", constraint = { operator = "matches", value = "example.com/docs/*" } }]
actions  = [{ id = "cache_level", value = "cache_everything" }]
priority = 2
[[zones.page_rules]]
targets  = [{ target = "url", constraint = { operator = "matches", value = "example.com/*" } }]
actions  = [{ id = "browser_cache_ttl", value = 86400 }]
priority = 1
)";

TEST(Confusions, PageRulesAndCacheRulesAddUpDifferently) {
  Site site(
      cache_rule("images", R"(starts_with(http.request.uri.path, "/img/"))", "{ cache = false }") +
      cache_rule("all of the shop", R"(http.host eq "example.com")", "{ cache = true }") +
      std::string(kTwoPageRules)
  );
  site.origin.answers("/admin", ok("the keys of the house", "max-age=3600"));
  site.origin.answers("/docs/a", ok("docs", "max-age=3600"));
  site.origin.answers("/img/a.png", ok("png", "max-age=3600"));
  Reproduction told(
      site.edge,
      {.number = "19",
       .title = "Of Page Rules the first match counts, of Cache Rules the last",
       .expected =
           "The more specific rule wins, in both kinds; and \"eligible for cache\" means the "
           "usual static files.",
       .happens =
           "The general Cache Rule below undoes the exception for images above it; it caches "
           "`/admin`; and the general Page Rule does nothing for `/docs/`, for another one "
           "matched first.",
       .why =
           "All Cache Rules that match count, and of each setting the last word. Of Page Rules "
           "only "
           "the one with the highest priority whose pattern matches counts at all. \"Eligible\" is "
           "what \"cache everything\" is: HTML too, whoever asked for it.",
       .remedy =
           "Put general Cache Rules first and exceptions below them; say in a Page Rule all that "
           "its URLs need."}
  );

  EXPECT_EQ(told.get(kSite + "/admin").cache_status(), "MISS");
  EXPECT_EQ(told.get(kSite + "/admin").cache_status(), "HIT");
  EXPECT_EQ(told.get(kSite + "/img/a.png").cache_status(), "MISS");
  told.explains(
      kSite + "/admin",
      {.cause = "whatever the extension, HTML too, as \"cache everything\" does",
       .remedy = "a later rule that bypasses cache takes an exception out"}
  );
  told.explains(
      kSite + "/docs/a",
      {.cause = "the Page Rule \"example.com/*\" matches too",
       .remedy = "of Page Rules the first that matches is the only one that counts"}
  );
  told.written();
}

}  // namespace
}  // namespace festina::harness
