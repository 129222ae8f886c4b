// Switches that one sees through a Worker's Cache API and through purges, each alone in the era that has it otherwise
// (product.md §3, reference §5.1, §10, appendices A and B). Those of stale copies and labels: eras_test.cc.
#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

constexpr std::string_view kScript = R"js(
const shown = async (response) =>
  response === undefined ? "undefined" : `${await response.text()}|${response.headers.get("CF-Cache-Status")}`;

export default {
  async fetch(request) {
    const { hostname, pathname } = new URL(request.url);
    const key = `http://${hostname}/k`;
    switch (pathname) {
      case "/w/put":
        await caches.default.put(key, new Response("put", { headers: { "Cache-Tag": "t" } }));
        return new Response("stored");
      case "/w/match": return new Response(await shown(await caches.default.match(key)));
      default: return new Response(await shown(await fetch(key, { cf: { cacheEverything: true } })));
    }
  },
};
)js";

std::string json_member(const Answer& answer, std::string_view name) {
  const json::Value parsed = json::parse(answer.body).value();
  return std::string(parsed.at("result").at(0).at(name).as_string().c_str());
}

Answer purge(const Edge& edge, const std::string& zone, const std::string& body) {
  const std::string id = json_member(edge.api("GET", "/client/v4/zones?name=" + zone), "id");
  return edge.api("POST", "/client/v4/zones/" + id + "/purge_cache", body);
}

// Zones of both eras as they are, and of each with one switch against it.
class CacheApiSwitches : public testing::Test {
 protected:
  EdgeOptions prepared() const {
    const std::string older = "era = \"2025\"\n";
    const std::pair<std::string, std::string> zones[] = {
        {"new.example", ""},
        {"old.example", older},
        {"separate.example", "compat = { cache_api_namespace = \"separate\" }"},
        {"shared.example", older + "compat = { cache_api_namespace = \"shared\" }"},
        {"everything.example", "compat = { cache_api_purge = \"everything_only\" }"},
        {"all.example", older + "compat = { cache_api_purge = \"all\" }"},
        {"untold.example", "compat = { cache_api_status_header = false }"},
        {"told.example", older + "compat = { cache_api_status_header = true }"},
    };
    std::string routes;
    EdgeOptions options;
    for (const auto& [name, more] : zones) {
      options.zones += zone_toml(name, origin.url(), more);
      routes.append("{ pattern = \"").append(name).append("/w/*\", ");
      routes.append("zone_name = \"").append(name).append("\" },\n");
    }
    files.write(
        "api/wrangler.toml",
        "name = \"api\"\nmain = \"index.js\"\ncompatibility_date = \"2026-11-17\"\nroutes = [\n" +
            routes + "]\n"
    );
    files.write("api/index.js", kScript);
    options.zones += "[[scripts]]\nwrangler = \"api/wrangler.toml\"\n";
    return options;
  }
  std::string run(const std::string& zone, const std::string& what) const {
    return edge.get("http://" + zone + "/w/" + what).body;
  }

  Origin origin;
  TempDir files;
  Edge edge{files, prepared()};
};

TEST_F(CacheApiSwitches, TheDefaultCacheIsThatOfFetchOrOneOfItsOwn) {
  origin.answers("/k", ok("of the origin", "max-age=60"));
  const struct {
    const char* zone;
    const char* fetched;
  } cases[] = {
      {"new.example", "put|HIT"},
      {"separate.example", "of the origin|MISS"},
      {"old.example", "of the origin|MISS"},
      {"shared.example", "put|HIT"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(run(c.zone, "put"), "stored");
    EXPECT_EQ(run(c.zone, "fetch"), c.fetched) << c.zone;
    EXPECT_TRUE(run(c.zone, "match").starts_with("put|")) << c.zone;
  }
}

TEST_F(CacheApiSwitches, WhatIsFoundHasAStatusOrNone) {
  const struct {
    const char* zone;
    const char* matched;
  } cases[] = {
      {"new.example", "put|HIT"},
      {"untold.example", "put|null"},
      {"old.example", "put|null"},
      {"told.example", "put|HIT"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(run(c.zone, "put"), "stored");
    EXPECT_EQ(run(c.zone, "match"), c.matched) << c.zone;
  }
}

TEST_F(CacheApiSwitches, EveryPurgeReachesWhatWasPutOrThatOfEverythingAlone) {
  const struct {
    std::string zone;
    bool is_reached;
  } cases[] = {
      {"new.example", true},
      {"everything.example", false},
      {"old.example", false},
      {"all.example", true},
  };
  for (const auto& c : cases) {
    for (const std::string& body :
         {std::string(R"({"tags":["t"]})"),
          R"({"hosts":[")" + c.zone + "\"]}",
          R"({"prefixes":[")" + c.zone + "/k\"]}"}) {
      EXPECT_EQ(run(c.zone, "put"), "stored");
      EXPECT_EQ(purge(edge, c.zone, body).status, 200);
      EXPECT_EQ(run(c.zone, "match") == "undefined", c.is_reached) << c.zone << body;
    }
    EXPECT_EQ(purge(edge, c.zone, R"({"purge_everything":true})").status, 200);
    EXPECT_EQ(run(c.zone, "match"), "undefined") << c.zone;
  }
}

// The same in both eras: neither ever had the other position.
class PurgeSwitches : public testing::Test {
 protected:
  static std::string zones(const std::string& origin) {
    return zone_toml("new.example", origin) + zone_toml("old.example", origin, "era = \"2025\"\n") +
           zone_toml("text.example", origin, "compat = { prefix_purge = \"text\" }") +
           zone_toml("strict.example", origin, "compat = { purge_mixed_kinds = \"refuse\" }");
  }
  std::string status(const std::string& host, const std::string& path) const {
    return edge.get("http://" + host + path).cache_status();
  }

  Origin origin;
  TempDir files;
  Edge edge{files, edge_for(zones(origin.url()))};
};

TEST_F(PurgeSwitches, APrefixCoversSegmentsOrAnyTextThatBeginsSo) {
  const struct {
    std::string zone;
    const char* of_longer_name;
  } cases[] = {{"new.example", "HIT"}, {"old.example", "HIT"}, {"text.example", "MISS"}};
  const std::string paths[] = {"/foo/a.css", "/foobar.css", "/fo.css"};
  for (const std::string& path : paths) origin.answers(path, ok("x", "max-age=600"));
  for (const auto& c : cases) {
    for (const std::string& path : paths) EXPECT_EQ(status(c.zone, path), "MISS");
    EXPECT_EQ(purge(edge, c.zone, R"({"prefixes":[")" + c.zone + "/foo\"]}").status, 200);
    EXPECT_EQ(status(c.zone, "/foo/a.css"), "MISS") << c.zone;
    EXPECT_EQ(status(c.zone, "/foobar.css"), c.of_longer_name) << c.zone;
    EXPECT_EQ(status(c.zone, "/fo.css"), "HIT") << c.zone;
  }
}

TEST_F(PurgeSwitches, SeveralKindsInOneCallArePurgedTogetherOrRefused) {
  const struct {
    std::string zone;
    int answer;
    const char* after;
  } cases[] = {
      {"new.example", 200, "MISS"}, {"old.example", 200, "MISS"}, {"strict.example", 400, "HIT"}
  };
  for (const char* path : {"/a.css", "/b.css"}) origin.answers(path, ok("x", "max-age=600"));
  for (const auto& c : cases) {
    EXPECT_EQ(status(c.zone, "/a.css"), "MISS");
    const std::string both = R"({"tags":["none"],"hosts":[")" + c.zone + "\"]}";
    EXPECT_EQ(purge(edge, c.zone, both).status, c.answer) << c.zone;
    EXPECT_EQ(status(c.zone, "/a.css"), c.after) << c.zone;
  }
}

}  // namespace
}  // namespace festina::harness
