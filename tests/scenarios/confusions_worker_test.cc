// Confusions about Workers and the cache, with the real workerd (reference §16.10-12, 14-17).
#include "harness/confusion.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using std::chrono::seconds;

// A Worker on these routes of example.com, of this date.
std::string wrangler(
    const std::string& name, const std::string& route, const std::string& date = "2026-11-17"
) {
  return "name = \"" + name + "\"\nmain = \"index.js\"\ncompatibility_date = \"" + date +
         "\"\nroutes = [{ pattern = \"example.com" + route + "\", zone_name = \"example.com\" }]\n";
}
std::string script_at(const std::string& directory) {
  return "[[scripts]]\nwrangler = \"" + directory + "/wrangler.toml\"\n";
}

// example.com with one Worker, `body` of its handler.
struct SiteWithWorker : Site {
  SiteWithWorker(
      const std::string& name, const std::string& route, const std::string& body,
      const std::string& zone = {}, EdgeOptions options = {}
  )
      : SiteWithWorker(
            zone, with_script(std::move(options)), wrangler(name, route),
            "export default { async fetch(request, env, ctx) {\n" + body + "\n} };\n"
        ) {}

 private:
  SiteWithWorker(
      const std::string& zone, const EdgeOptions& options, const std::string& wrangler,
      const std::string& script
  )
      : Site(zone, options, {{"w/wrangler.toml", wrangler}, {"w/index.js", script}}) {}
  static EdgeOptions with_script(EdgeOptions options) {
    options.zones = script_at("w") + options.zones;
    return options;
  }
};

TEST(Confusions, TheCacheApiIsOfOneDataCentre) {
  EdgeOptions options;
  options.colos = colos_toml({"FRA", "LHR"});
  SiteWithWorker site(
      "shop",
      "/w/*",
      R"js(
const key = "http://example.com/kept";
if (request.url.endsWith("/put")) {
  await caches.default.put(key, new Response("kept", { headers: { "Cache-Control": "max-age=3600" } }));
  return new Response("put");
}
if (request.url.endsWith("/delete")) return new Response(String(await caches.default.delete(key)));
const kept = await caches.default.match(key);
return new Response(kept ? await kept.text() : "nothing");
)js",
      "",
      options
  );
  Reproduction told(
      site.edge,
      {.number = "10",
       .title = "The Cache API is of one data centre",
       .expected =
           "What `cache.put` stores, every Worker of the site finds; `cache.delete` removes it "
           "everywhere.",
       .happens = "Another data centre finds nothing, and keeps its own when this one deletes.",
       .why =
           "`put`, `match` and `delete` speak to the cache of the data centre that the Worker runs "
           "in: no tier behind it, and no other one beside it.",
       .remedy = "Fill a miss where it happens; let `fetch()` with `cf` options do so, where the "
                 "content has a URL. What must be gone everywhere is purged by URL or tag."}
  );

  told.get(kSite + "/w/put");
  told.remarks("the Worker has put http://example.com/kept");
  const Answer here = told.get(kSite + "/w/match");
  EXPECT_EQ(here.body, "kept");
  told.shows_body(here);
  const Answer there = told.get(kSite + "/w/match", {}, "LHR");
  EXPECT_EQ(there.body, "nothing");
  told.shows_body(there);
  told.explains(
      there,
      {.cause = "each data centre has a Cache API of its own",
       .remedy = "a miss here is to be filled here"}
  );
  told.get(kSite + "/w/put", {}, "LHR");
  const Answer deleted = told.get(kSite + "/w/delete");
  const Answer still_there = told.get(kSite + "/w/match", {}, "LHR");
  EXPECT_EQ(still_there.body, "kept");
  told.shows_body(still_there);
  told.explains(
      deleted, {.cause = "other data centres keep theirs", .remedy = "which a purge reaches"}
  );
  told.written();
}

TEST(Confusions, WhatAWorkerAnswersIsNotCached) {
  SiteWithWorker site(
      "greeter",
      "/hello",
      R"js(return new Response("hello", { headers: { "Cache-Control": "public, max-age=3600", "Cache-Tag": "hello" } });)js"
  );
  Reproduction told(
      site.edge,
      {.number = "11",
       .title = "What a Worker answers is not cached",
       .expected =
           "A Worker's response with `Cache-Control: public, max-age=3600` is cached at the "
           "edge, as an origin's would be.",
       .happens = "The Worker runs for every request, and the answer has no `CF-Cache-Status`.",
       .why =
           "A Worker runs before the cache. What it makes itself goes straight to the client; its "
           "`Cache-Control` is for browsers, its `Cache-Tag` for nobody.",
       .remedy =
           "Put the response with the Cache API, or set `cf` options on the `fetch()` that brings "
           "its content."}
  );

  const Answer answer = told.get(kSite + "/hello");
  told.shows(answer, "CF-Cache-Status");
  EXPECT_FALSE(answer.has("CF-Cache-Status"));
  told.explains(
      answer,
      {.cause = "Cache-Control of the Worker's answer reaches browsers alone",
       .remedy = "put it with the Cache API (caches.default.put)",
       .also = {"Cache-Tag of the Worker's answer has no effect"}}
  );
  told.written();
}

TEST(Confusions, APurgeOfThePageDoesNotReachWhatItsWorkerFetched) {
  SiteWithWorker site(
      "shop",
      "/shop",
      R"js(
const items = await fetch("http://example.com/api/items", { cf: { cacheTtl: 3600 } });
return new Response("items: " + await items.text());
)js"
  );
  site.origin.answers("/api/items", ok("old", ""));
  Reproduction told(
      site.edge,
      {.number = "12",
       .title = "The purge of a page does not purge what its Worker fetched",
       .expected = "A purge of the URL in the browser's address bar shows the page anew.",
       .happens = "The page stays as it was.",
       .why = "Nothing is stored under the page's URL: a Worker answers it. What the Worker "
              "fetched is "
              "stored under the URL it fetched, or under its `cf.cacheKey`.",
       .remedy =
           "Purge the URLs that the Worker fetches; `festina explain RAY` lists them. Easier: "
           "give them tags (`cf.cacheTags`), and purge the tag."}
  );

  told.get(kSite + "/shop");
  site.origin.answers("/api/items", ok("new", ""));
  told.purges(
      {"--url", kSite + "/shop"},
      {.cause = "nothing was stored under \"http://example.com/shop\"",
       .remedy = "what it fetches is stored under the URLs that it fetches: purge those"}
  );
  const Answer after = told.get(kSite + "/shop");
  EXPECT_EQ(after.body, "items: old");
  told.shows_body(after);
  told.explains(
      after,
      {.cause = "the Worker shop answers here, in front of the cache",
       .remedy = "purged under the URLs that it fetches",
       .also = {"fetch GET http://example.com/api/items"}}
  );
  told.purges({"--url", kSite + "/api/items"}, {.cause = "purged 1 URL", .remedy = "purged"});
  const Answer anew = told.get(kSite + "/shop");
  EXPECT_EQ(anew.body, "items: new");
  told.shows_body(anew);
  told.written();
}

TEST(Confusions, CfDoesNotReachIntoAnotherZone) {
  Origin other;
  EdgeOptions options;
  options.zones = zone_toml("other.example", other.url());
  SiteWithWorker site(
      "shop",
      "/w/*",
      R"js(
const path = new URL(request.url).pathname;
const url = path == "/w/other" ? "http://other.example/data" : "http://example.com/data";
return fetch(url, path == "/w/other" ? { cf: { cacheTtl: 3600 } } : {});
)js",
      cache_rule("what visitors see", R"(http.request.uri.path eq "/w/own")", "{ cache = true }"),
      options
  );
  other.answers("/data", ok("{}"));
  site.origin.answers("/data", ok("{}"));
  Reproduction told(
      site.edge,
      {.number = "14",
       .title =
           "`cf` stays behind at the door of another zone, and rules look at the subrequest's URL",
       .expected =
           "`cf: { cacheTtl: 3600 }` caches whatever the Worker fetches; a Cache Rule for the "
           "page's URL applies to what the page's Worker fetches.",
       .happens =
           "From another zone the answer is DYNAMIC, as its own rules have it. In the own zone "
           "the rule for the visitor's URL applies to nothing: the Worker fetches another one.",
       .why =
           "A request to another zone goes in by its front door, like a stranger's. And a rule is "
           "asked about the request that meets the cache, which is the `fetch()`.",
       .remedy =
           "A Cache Rule in the zone that is fetched from, whose expression matches the URL that "
           "is fetched."}
  );

  const Answer from_other = told.get(kSite + "/w/other");
  told.explains(
      from_other,
      {.cause = "whose own rules decide: the cf of the Worker shop is ignored",
       .remedy = "a Cache Rule of that zone can say the same",
       .also = {"fetch GET http://other.example/data"}}
  );
  const Answer from_own = told.get(kSite + "/w/own");
  EXPECT_EQ(from_own.cache_status(), "DYNAMIC");
  told.explains(
      from_own,
      {.cause = "a path without an extension is not among those cached by default",
       .remedy = "a Cache Rule that makes it eligible for cache",
       .also = {"fetch GET http://example.com/data"}}
  );
  told.written();
}

TEST(Confusions, TtlByStatusAloneCachesNoHtml) {
  SiteWithWorker site(
      "shop",
      "/w/*",
      R"js(
const by_status = { cacheTtlByStatus: { "200-299": 3600, "500-599": -1 } };
const whole = { cacheTtl: 3600 };
return fetch("http://example.com/page", { cf: request.url.endsWith("/whole") ? whole : by_status });
)js"
  );
  site.origin.answers("/page", ok("<p>"));
  Reproduction told(
      site.edge,
      {.number = "15",
       .title = "`cacheTtlByStatus` alone leaves HTML DYNAMIC",
       .expected = "`cacheTtlByStatus` is `cacheTtl`, only finer.",
       .happens = "With `cacheTtlByStatus` the page is DYNAMIC, with `cacheTtl` it is cached.",
       .why =
           "`cacheTtl` implies `cacheEverything`; `cacheTtlByStatus` only says how long, once the "
           "URL is eligible anyway.",
       .remedy = "Say `cacheEverything: true` with it."}
  );

  const Answer dynamic = told.get(kSite + "/w/by-status");
  EXPECT_EQ(dynamic.cache_status(), "DYNAMIC");
  told.explains(
      dynamic,
      {.cause = "says how to store, but not that",
       .remedy = "cf.cacheEverything, cf.cacheTtl or a Cache Rule makes the URL eligible"}
  );
  EXPECT_EQ(told.get(kSite + "/w/whole").cache_status(), "MISS");
  EXPECT_EQ(told.get(kSite + "/w/whole").cache_status(), "HIT");
  told.written();
}

TEST(Confusions, TheDateOfAWorkerDecidesAgainstARule) {
  const std::string script = R"js(
const page = "http://example.com/page";
export default {
  async fetch(request) {
    if (!request.url.endsWith("/put")) return fetch(page, { cf: { cacheTtl: 3600 } });
    await caches.default.put(page, new Response("put", { headers: { "Cache-Control": "max-age=60" } }));
    return (await caches.default.match(page)) ?? new Response("nothing");
  },
};
)js";
  const std::string older = wrangler("older", "/older*", "2025-04-01");
  const std::string newer = wrangler("newer", "/newer*", "2025-04-02");
  EdgeOptions options;
  options.zones = script_at("older") + script_at("newer");
  Site site(
      cache_rule("never pages", R"(http.request.uri.path eq "/page")", "{ cache = false }"),
      options,
      {{"older/wrangler.toml", older},
       {"older/index.js", script},
       {"newer/wrangler.toml", newer},
       {"newer/index.js", script}}
  );
  site.origin.answers("/page", ok("<p>"));
  Reproduction told(
      site.edge,
      {.number = "16",
       .title = "The same Worker behaves differently by its compatibility date",
       .expected = "The same script, the same `cf`, the same rule: the same result.",
       .happens = "Against a rule that bypasses cache, the `fetch()` of a Worker of 2025-04-01 "
                  "loses and that of 2025-04-02 wins, whose `cache.put()` still loses.",
       .why =
           "The flag `request_cf_overrides_cache_rules` is on from 2025-04-02. Without it the "
           "rules of the zone come first, with it the script does. The Cache API needs two flags: "
           "`cache_api_compat_flags`, on from 2025-04-19, and "
           "`cache_api_request_cf_overrides_cache_rules`, on from 2025-05-19.",
       .remedy =
           "Move the date, or name the flag in `compatibility_flags`; explain names the flag that "
           "decided."}
  );

  const Answer loses = told.get(kSite + "/older");
  EXPECT_EQ(loses.cache_status(), "DYNAMIC");
  told.explains(
      loses,
      {.cause = "says \"bypass cache\"",
       .remedy = "runs without the flag request_cf_overrides_cache_rules (on from 2025-04-02)"}
  );
  EXPECT_EQ(told.get(kSite + "/newer").cache_status(), "MISS");
  const Answer wins = told.get(kSite + "/newer");
  EXPECT_EQ(wins.cache_status(), "HIT");
  told.explains(
      wins,
      {.cause = "the Worker newer said cf.cacheTtl", .remedy = "the Worker newer said cf.cacheTtl"}
  );

  const Answer kept = told.get(kSite + "/newer/put");
  EXPECT_EQ(kept.body, "nothing");
  told.shows_body(kept);
  told.explains(
      kept,
      {.cause = "says \"bypass cache\"",
       .remedy = "cache_api_request_cf_overrides_cache_rules (on from 2025-05-19)"}
  );
  told.written();
}

TEST(Confusions, APutSucceedsAndStoresNothing) {
  SiteWithWorker site(
      "keeper",
      "/w/*",
      R"js(
const what = new URL(request.url).pathname.slice(3);
const key = "http://example.com/kept/" + what;
const headers = {
  cookie: { "Cache-Control": "max-age=3600", "Set-Cookie": "id=1" },
  private: { "Cache-Control": "private, max-age=3600" },
  stale: { "Cache-Control": "max-age=60, stale-while-revalidate=3600" },
}[what];
const kept = await caches.default.match(key);
if (kept) return kept;
await caches.default.put(key, new Response("kept", { headers }));
return new Response("put");
)js"
  );
  Reproduction told(
      site.edge,
      {.number = "17",
       .title = "`cache.put` succeeds, and nothing is stored",
       .expected =
           "A promise that resolves means that the response is stored; `stale-while-revalidate` "
           "in it works as for `fetch()`.",
       .happens =
           "`match` finds nothing, so that the Worker puts it time after time; and nothing once "
           "what was stored is stale.",
       .why =
           "A response that says `private` or `no-store`, sets a cookie or is too large is refused "
           "without a word (only a 206 and `Vary: *` throw). The Cache API knows no stale "
           "responses: the directives for them have no effect. `match` with a HEAD finds nothing "
           "either, unless `ignoreMethod` is given.",
       .remedy =
           "Put a copy without what forbids it: `new Response(body, response)`, then delete the "
           "header from it, for what is matched cannot be changed."}
  );

  for (const char* what : {"cookie", "private"}) {
    told.get(kSite + "/w/" + what);
    const Answer again = told.get(kSite + "/w/" + what);
    EXPECT_EQ(again.body, "put");
    told.shows_body(again);
    told.explains(
        again,
        {.cause = "put() resolved all the same",
         .remedy = "only a copy without what forbids it is stored"}
    );
  }
  told.get(kSite + "/w/stale");
  EXPECT_EQ(told.get(kSite + "/w/stale").body, "kept");
  told.later(seconds(70));
  const Answer stale = told.get(kSite + "/w/stale");
  EXPECT_EQ(stale.body, "put");
  told.shows_body(stale);
  told.explains(
      stale,
      {.cause = "the Cache API gives nothing stale", .remedy = "its age has reached its lifetime"}
  );
  told.written();
}

}  // namespace
}  // namespace festina::harness
