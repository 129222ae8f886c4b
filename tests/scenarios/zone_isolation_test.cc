// Whose rules, whose cache and whose purge a Worker's request meets, row by row (reference §4.5), in the real workerd; and
// that what is set through the API for one zone is that zone's alone. What else a fetch() meets is in worker_fetch_test.
#include <gmock/gmock.h>

#include "base/json.h"
#include "harness/scenario.h"
#include "http/url.h"

namespace festina::harness {
namespace {

using testing::HasSubstr;
using testing::Not;

// Does what the query says, and answers what came of it.
constexpr std::string_view kScript = R"js(
export default {
  async fetch(request, env) {
    const asked = new URL(request.url).searchParams;
    const url = asked.get("url");
    switch (asked.get("do")) {
      case "put":
        await caches.default.put(url, new Response("put", { headers: { "Cache-Control": "max-age=3600" } }));
        return new Response("put");
      case "match": return new Response(await (await caches.default.match(url))?.text() ?? "nothing");
      case "fetch": {
        const answer = await fetch(url, { cf: JSON.parse(asked.get("cf") ?? "{}") });
        const shown = new Response(answer.body, answer);
        shown.headers.append("X-Ran", new URL(request.url).hostname);
        return shown;
      }
      default: return new Response(`ran for ${request.url}`);
    }
  },
};
)js";

constexpr const char* kEverything = R"({"cacheEverything":true,"cacheTtl":60})";

constexpr const char* kOwnRules = R"(
  [[zones.cache_rules]]
  description = "of the visitor's URL"
  expression = 'starts_with(http.request.uri.path, "/w/")'
  action_parameters = { cache = true }
  [[zones.cache_rules]]
  description = "of the fetched URL"
  expression = 'starts_with(http.request.uri.path, "/ruled")'
  action_parameters = { cache = true, edge_ttl = { mode = "override_origin", default = 3600 } }
  [[zones.cache_rules]]
  description = "of a host that is no zone"
  expression = 'http.host eq "127.0.0.1" and starts_with(http.request.uri.path, "/foreign")'
  action_parameters = { cache = true, edge_ttl = { mode = "override_origin", default = 3600 } }
  [[zones.response_rules]]
  expression = 'http.host eq "127.0.0.1"'
  action = "set_cache_tags"
  action_parameters = { operation = "set", values = ["abroad"] }
)";

constexpr const char* kTheirRules = R"(
  plan = "enterprise"
  [zones.settings]
  browser_cache_ttl = 86400
  [[zones.cache_rules]]
  expression = 'starts_with(http.request.uri.path, "/kept")'
  action_parameters = { cache = true, edge_ttl = { mode = "override_origin", default = 3600 } }
  [[zones.response_rules]]
  expression = 'true'
  action = "set_cache_tags"
  action_parameters = { operation = "set", values = ["theirs"] }
  [[zones.page_rules]]
  targets  = [{ target = "url", constraint = { operator = "matches", value = "their.example/paged*" } }]
  actions  = [{ id = "cache_level", value = "cache_everything" }]
)";

std::string asking(
    const std::string& by, const std::string& what, const std::string& url, const std::string& cf
) {
  std::string query = "?do=" + what + "&url=" + http::percent_encoded(url);
  if (!cf.empty()) query += "&cf=" + http::percent_encoded(cf);
  return by + query;
}

class ZoneIsolation : public testing::Test {
 protected:
  ZoneIsolation() : edge(files, prepared()) {}

  // What the Worker of own.example gets of the URL.
  Answer fetched(
      const std::string& url, const std::string& cf = {},
      const std::string& by = "http://own.example/w/", std::string_view colo = "FRA"
  ) const {
    return edge.get(asking(by, "fetch", url, cf), {}, colo);
  }
  std::string twice(const std::string& url, const std::string& cf = {}) const {
    const std::string first = fetched(url, cf).cache_status();
    return first + ", " + fetched(url, cf).cache_status();
  }
  json::Value told(const Answer& answer) const {
    return json::parse(edge.api("GET", "/festina/v1/explain/" + answer.field("CF-Ray")).body)
        .value();
  }
  std::string zone_path(const std::string& name) const {
    const json::Value zones =
        json::parse(edge.api("GET", "/client/v4/zones?name=" + name).body).value();
    return "/client/v4/zones/" + std::string(zones.at("result").at(0).at("id").as_string().c_str());
  }
  int purge(const std::string& zone, const std::string& body) const {
    return edge.api("POST", zone_path(zone) + "/purge_cache", body).status;
  }
  std::string foreign(const std::string& path) const { return origin.url() + path; }

  Origin origin;
  Origin theirs;
  TempDir files;
  Edge edge;

 private:
  EdgeOptions prepared() const {
    const auto script = [this](const std::string& name, const std::string& more) {
      files.write(
          name + "/wrangler.toml",
          "name = \"" + name + "\"\nmain = \"index.js\"\ncompatibility_date = \"2026-11-17\"\n" +
              more
      );
      files.write(name + "/index.js", kScript);
      return "[[scripts]]\nwrangler = \"" + name + "\"\n";
    };
    EdgeOptions options;
    options.colos =
        "[[colos]]\nname = \"FRA\"\ncountry = \"DE\"\nlisten = [\"http://127.0.0.1:0\"]\n"
        "[[colos]]\nname = \"LHR\"\ncountry = \"GB\"\nlisten = [\"http://127.0.0.1:0\"]\n";
    options.zones = zone_toml("own.example", origin.url(), kOwnRules) +
                    zone_toml("their.example", theirs.url(), kTheirRules) +
                    script("own", "routes = [\"own.example/w/*\"]\n") +
                    script("their", "routes = [\"their.example/w/*\"]\n") +
                    script(
                        "strict",
                        "routes = [\"own.example/strict/*\"]\n"
                        "compatibility_flags = [\"global_fetch_strictly_public\"]\n"
                    ) +
                    script("alone", "workers_dev = true\n") +
                    script("lonely", "workers_dev = true\n");
    return options;
  }
};

// --- another zone of this edge ---

TEST_F(ZoneIsolation, AnotherZoneDecidesByItsOwnRules) {
  for (const char* path : {"/kept/a", "/paged/a", "/ruled/a", "/a.css"}) {
    origin.answers(path, ok("own", "max-age=60"));
    theirs.answers(path, ok("theirs", "max-age=60"));
  }
  EXPECT_EQ(twice("http://their.example/kept/a"), "MISS, HIT") << "its Cache Rule";
  EXPECT_EQ(twice("http://their.example/paged/a"), "MISS, HIT") << "its Page Rule";
  EXPECT_EQ(twice("http://their.example/ruled/a"), "DYNAMIC, DYNAMIC") << "ours is not heard";
  EXPECT_EQ(twice("http://own.example/kept/a"), "DYNAMIC, DYNAMIC") << "nor theirs at home";

  EXPECT_THAT(
      fetched("http://their.example/a.css").field("Cache-Control"), HasSubstr("max-age=86400")
  ) << "its Browser Cache TTL";
  EXPECT_THAT(
      fetched("http://own.example/a.css").field("Cache-Control"), HasSubstr("max-age=14400")
  );
  EXPECT_EQ(theirs.asked("/a.css", "True-Client-IP"), "2a06:98c0:3600::103") << "its plan";
  EXPECT_EQ(origin.asked("/a.css", "True-Client-IP"), "");
}

TEST_F(ZoneIsolation, AnotherZoneIsEnteredAsVisitorsEnterIt) {
  theirs.answers("/kept/a", ok("theirs"));
  EXPECT_EQ(fetched("http://their.example/kept/a").cache_status(), "MISS");
  EXPECT_EQ(edge.get("http://their.example/kept/a").cache_status(), "HIT") << "one cache";

  const Answer by_its_worker = fetched("http://their.example/w/x");
  EXPECT_EQ(by_its_worker.body, "ran for http://their.example/w/x");
  const json::Value visit = told(by_its_worker);
  EXPECT_EQ(visit.at("script"), "own");
  EXPECT_EQ(visit.at("made").at(0).at("script"), "their");
  EXPECT_EQ(visit.at("made").at(0).at("zone"), "their.example");
}

TEST_F(ZoneIsolation, NoCfReachesIntoAnotherZone) {
  theirs.answers("/plain", ok("p"));
  theirs.answers("/kept/a", ok("a"));
  theirs.answers("/kept/b", ok("b"));
  const std::string cf =
      R"({"cacheEverything":true,"cacheTtl":60,"cacheKey":"k","cacheTags":["mine"]})";
  EXPECT_EQ(twice("http://their.example/plain", cf), "DYNAMIC, DYNAMIC");
  EXPECT_EQ(fetched("http://their.example/kept/a", cf).body, "a");
  const Answer other = fetched("http://their.example/kept/b", cf);
  expect_answer(other, 200, "MISS", "b");

  const json::Value subrequest = told(other).at("made").at(0);
  const std::string steps = json::to_text(subrequest.at("steps"));
  EXPECT_THAT(steps, HasSubstr("by the front door of this host"));
  EXPECT_THAT(steps, HasSubstr("\"http://their.example/kept/b\"")) << "the key";
  EXPECT_THAT(steps, Not(HasSubstr("worker_cache")));

  edge.advance(std::chrono::seconds(61));
  EXPECT_EQ(fetched("http://their.example/kept/b").cache_status(), "HIT") << "not our TTL";
  EXPECT_EQ(purge("their.example", R"({"tags":["mine"]})"), 200);
  EXPECT_EQ(fetched("http://their.example/kept/b").cache_status(), "HIT") << "not our tags";
  EXPECT_EQ(purge("their.example", R"({"tags":["theirs"]})"), 200);
  EXPECT_EQ(fetched("http://their.example/kept/b").cache_status(), "MISS");
}

TEST_F(ZoneIsolation, AnotherZoneIsPurgedFromItself) {
  theirs.answers("/kept/a", ok("a"));
  const std::string url = "http://their.example/kept/a";
  fetched(url);
  EXPECT_EQ(purge("own.example", R"({"purge_everything":true})"), 200);
  EXPECT_EQ(purge("own.example", R"({"tags":["theirs"]})"), 200);
  EXPECT_EQ(purge("own.example", R"({"files":[")" + url + "\"]}"), 400) << "it is another's";
  EXPECT_EQ(fetched(url).cache_status(), "HIT");
  EXPECT_EQ(purge("their.example", R"({"files":[")" + url + "\"]}"), 200);
  EXPECT_EQ(fetched(url).cache_status(), "MISS");
}

// --- a host that is no zone ---

TEST_F(ZoneIsolation, AForeignHostMeetsTheRulesOfTheOwnZone) {
  origin.answers("/foreign/a", ok("a"));
  EXPECT_EQ(twice(foreign("/foreign/a")), "MISS, HIT") << "they see its host and path";
  EXPECT_EQ(twice(foreign("/elsewhere")), "DYNAMIC, DYNAMIC");
  const json::Value subrequest = told(fetched(foreign("/foreign/a"))).at("made").at(0);
  EXPECT_EQ(subrequest.at("zone"), "own.example");
  EXPECT_THAT(json::to_text(subrequest), HasSubstr("of a host that is no zone"));
  EXPECT_EQ(fetched(foreign("/foreign/a"), {}, "http://their.example/w/").cache_status(), "DYNAMIC")
      << "another zone's Worker has its own rules and cache";
}

TEST_F(ZoneIsolation, AForeignHostIsPurgedFromTheOwnZone) {  // reference §10.5
  origin.answers("/foreign/a", ok("a"));
  const std::string url = foreign("/foreign/a");
  const std::string bodies[] = {
      R"({"files":[")" + url + "\"]}",
      R"({"tags":["abroad"]})",
      R"({"hosts":["127.0.0.1"]})",
      R"({"purge_everything":true})"
  };
  for (const std::string& body : bodies) {
    fetched(url);
    EXPECT_EQ(purge("their.example", body), 200) << body;
    EXPECT_EQ(fetched(url).cache_status(), "HIT") << "not from another zone: " << body;
    EXPECT_EQ(purge("own.example", body), 200) << body;
    EXPECT_EQ(fetched(url).cache_status(), "MISS") << body;
  }
}

// --- the own zone ---

TEST_F(ZoneIsolation, TheOwnZoneIsMetBehindItsWorker) {
  origin.answers("/w/x", ok("of the origin"));
  const Answer answer = fetched("http://own.example/w/x");
  EXPECT_EQ(answer.body, "of the origin") << "the Worker does not run again";
  EXPECT_EQ(answer.field("X-Ran"), "own.example");
}

TEST_F(ZoneIsolation, RulesSeeTheUrlThatIsFetchedNotTheVisitors) {  // reference §0.3
  origin.answers("/page", ok("p"));
  origin.answers("/ruled/a", ok("a"));
  EXPECT_EQ(twice("http://own.example/page"), "DYNAMIC, DYNAMIC")
      << "the rule that matches the visitor's /w/ has no effect";
  EXPECT_EQ(twice("http://own.example/ruled/a"), "MISS, HIT");
}

TEST_F(ZoneIsolation, AStrictlyPublicWorkerEntersItsOwnZoneAsAVisitor) {  // reference §4.5
  const std::string strict = "http://own.example/strict/";
  origin.answers("/page", ok("p"));
  origin.answers("/ruled/a", ok("a"));
  EXPECT_EQ(fetched("http://own.example/w/x", {}, strict).body, "ran for http://own.example/w/x")
      << "the Worker of the URL runs";
  const Answer plain = fetched("http://own.example/page", kEverything, strict);
  EXPECT_EQ(plain.cache_status(), "DYNAMIC") << "its cf does not count";
  EXPECT_THAT(json::to_text(told(plain)), HasSubstr("by the front door of this host"));
  EXPECT_EQ(fetched("http://own.example/ruled/a", {}, strict).cache_status(), "MISS");
  EXPECT_EQ(fetched("http://own.example/ruled/a").cache_status(), "HIT") << "one cache";
}

// --- a script without a zone ---

TEST_F(ZoneIsolation, AScriptOnWorkersDevHasACacheAndNoRules) {
  origin.answers("/foreign/a", ok("a"));
  origin.answers("/ruled/a", ok("r"));
  const std::string alone = "http://alone.me.workers.dev/";
  const std::string url = foreign("/foreign/a");
  expect_answer(fetched(url, {}, alone), 200, "DYNAMIC", "a");  // no rule of a zone counts
  EXPECT_EQ(fetched(url, kEverything, alone).cache_status(), "MISS");
  EXPECT_EQ(fetched(url, kEverything, alone).cache_status(), "HIT");
  EXPECT_EQ(fetched(url, kEverything, "http://lonely.me.workers.dev/").cache_status(), "MISS")
      << "each has a cache of its own";
  EXPECT_EQ(fetched(url).cache_status(), "MISS") << "and so has the zone";

  EXPECT_EQ(fetched("http://own.example/ruled/a", {}, alone).cache_status(), "MISS");
  EXPECT_EQ(fetched("http://own.example/ruled/a", {}, alone).cache_status(), "HIT")
      << "a zone is entered by its front door";
  EXPECT_EQ(
      fetched("http://own.example/w/x", kEverything, alone).body, "ran for http://own.example/w/x"
  );
}

// --- the Cache API ---

TEST_F(ZoneIsolation, WhatIsPutUnderAnothersUrlStaysInTheOwnCache) {  // reference §5.1
  theirs.answers("/kept/a", ok("of the origin"));
  const std::string url = "http://their.example/kept/a";
  const auto in = [&](const std::string& zone, const std::string& what) {
    return edge.get(asking("http://" + zone + "/w/", what, url, {})).body;
  };
  EXPECT_EQ(in("own.example", "put"), "put");
  EXPECT_EQ(in("own.example", "match"), "put");
  EXPECT_EQ(in("their.example", "match"), "nothing");
  expect_answer(edge.get(url), 200, "MISS", "of the origin");
  EXPECT_EQ(in("their.example", "match"), "of the origin") << "theirs is shared with fetch()";

  EXPECT_EQ(purge("their.example", R"({"purge_everything":true})"), 200);
  EXPECT_EQ(in("own.example", "match"), "put");
  EXPECT_EQ(in("their.example", "match"), "nothing");
  EXPECT_EQ(purge("own.example", R"({"purge_everything":true})"), 200);
  EXPECT_EQ(in("own.example", "match"), "nothing");
}

// --- several data centres ---

TEST_F(ZoneIsolation, EveryColoHasACacheOfItsOwn) {
  theirs.answers("/kept/a", ok("t"));
  origin.answers("/foreign/a", ok("f"));
  origin.answers("/ruled/a", ok("o"));
  const std::string urls[] = {
      "http://their.example/kept/a", foreign("/foreign/a"), "http://own.example/ruled/a"
  };
  for (const std::string& url : urls) {
    EXPECT_EQ(twice(url), "MISS, HIT") << url;
    EXPECT_EQ(fetched(url, {}, "http://own.example/w/", "LHR").cache_status(), "MISS") << url;
    EXPECT_EQ(fetched(url, {}, "http://own.example/w/", "LHR").cache_status(), "HIT") << url;
  }
}

// --- the API ---

class ZonesOverRest : public testing::Test {
 protected:
  ZonesOverRest()
      : edge(
            files,
            edge_for(zone_toml("a.example", origin.url()) + zone_toml("b.example", origin.url()))
        ) {
    origin.answers("/page", ok("p"));
    origin.answers("/kept.css", with_tag(ok("k", "max-age=3600"), "shoes"));
  }
  static Reaction with_tag(Reaction reaction, const std::string& tag) {
    reaction.fields.emplace_back("Cache-Tag", tag);
    return reaction;
  }
  std::string zone_path(const std::string& name) const {
    const json::Value zones =
        json::parse(edge.api("GET", "/client/v4/zones?name=" + name).body).value();
    return "/client/v4/zones/" + std::string(zones.at("result").at(0).at("id").as_string().c_str());
  }
  void set(const std::string& method, const std::string& path, const std::string& body) const {
    const Answer answer = edge.api(method, zone_path("a.example") + path, body);
    EXPECT_EQ(answer.status, 200) << path << ": " << answer.body;
  }
  std::string statuses(const std::string& path) const {
    return edge.get("http://a.example" + path).cache_status() + ", " +
           edge.get("http://b.example" + path).cache_status();
  }

  Origin origin;
  TempDir files;
  Edge edge;
};

constexpr const char* kCacheRules = "/rulesets/phases/http_request_cache_settings/entrypoint";
constexpr const char* kResponseRules = "/rulesets/phases/http_response_cache_settings/entrypoint";

TEST_F(ZonesOverRest, ARuleIsOfOneZone) {
  set("PUT",
      kCacheRules,
      R"({"rules":[{"expression":"true","action":"set_cache_settings",)"
      R"("action_parameters":{"cache":true}}]})");
  EXPECT_EQ(statuses("/page"), "MISS, DYNAMIC");
  EXPECT_EQ(statuses("/page"), "HIT, DYNAMIC");
  EXPECT_EQ(edge.api("GET", zone_path("b.example") + kCacheRules).status, 404);

  set("PUT",
      kResponseRules,
      R"({"rules":[{"expression":"true","action":"set_cache_control",)"
      R"("action_parameters":{"no-store":{"operation":"set"}}}]})");
  EXPECT_EQ(statuses("/kept.css"), "BYPASS, MISS");
  EXPECT_EQ(statuses("/kept.css"), "BYPASS, HIT");
}

TEST_F(ZonesOverRest, APageRuleMatchesNothingOfAnotherZone) {
  set("POST",
      "/pagerules",
      R"({"targets":[{"target":"url","constraint":{"operator":"matches","value":"*.example/page"}}],)"
      R"("actions":[{"id":"cache_level","value":"cache_everything"}],"status":"active"})");
  EXPECT_EQ(statuses("/page"), "MISS, DYNAMIC");
  EXPECT_EQ(statuses("/page"), "HIT, DYNAMIC");
}

TEST_F(ZonesOverRest, ASettingIsOfOneZone) {
  EXPECT_EQ(statuses("/kept.css"), "MISS, MISS");
  set("PATCH", "/settings/development_mode", R"({"value":"on"})");
  EXPECT_EQ(statuses("/kept.css"), "DYNAMIC, HIT");
  set("PATCH", "/settings/browser_cache_ttl", R"({"value":86400})");
  set("PATCH", "/settings/development_mode", R"({"value":"off"})");
  const auto browsers = [this](const std::string& zone) {
    return edge.get("http://" + zone + "/kept.css").field("Cache-Control");
  };
  EXPECT_THAT(browsers("a.example"), HasSubstr("max-age=86400"));
  EXPECT_THAT(browsers("b.example"), HasSubstr("max-age=14400"));
}

TEST_F(ZonesOverRest, APurgeIsOfOneZone) {
  const struct {
    const char* body;
    int status;
    const char* then;  // in the zone, in the other one
  } cases[] = {
      {R"({"purge_everything":true})", 200, "MISS, HIT"},
      {R"({"tags":["shoes"]})", 200, "MISS, HIT"},
      {R"({"hosts":["a.example"]})", 200, "MISS, HIT"},
      {R"({"prefixes":["a.example/kept.css"]})", 200, "MISS, HIT"},
      {R"({"files":["http://a.example/kept.css"]})", 200, "MISS, HIT"},
      {R"({"hosts":["b.example"]})", 400, "HIT, HIT"},
      {R"({"prefixes":["b.example"]})", 400, "HIT, HIT"},
      {R"({"files":["http://b.example/kept.css"]})", 400, "HIT, HIT"},
      {R"({"files":["http://a.example/kept.css","http://b.example/kept.css"]})", 400, "HIT, HIT"},
  };
  statuses("/kept.css");
  for (const auto& c : cases) {
    const Answer purged = edge.api("POST", zone_path("a.example") + "/purge_cache", c.body);
    EXPECT_EQ(purged.status, c.status) << c.body;
    EXPECT_EQ(statuses("/kept.css"), c.then) << c.body;
  }
}

}  // namespace
}  // namespace festina::harness
