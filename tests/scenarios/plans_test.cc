// Plan x feature x era: what a plan offers counts, what it lacks is ignored and said so (reference §1.1, §1.3, §4.2,
// §6.2, §7.2, §7.5, §8.2, §13.2). The era has no say in it. Sizes and codings by plan: plan_features_test.cc.
#include <array>

#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using std::chrono::seconds;

constexpr std::array<const char*, 4> kPlans = {"free", "pro", "business", "enterprise"};
constexpr std::array<const char*, 2> kEras = {"2025", "2026"};

struct PlanZone {
  std::size_t plan;
  std::string era;
  std::string name;
};
std::vector<PlanZone> plan_zones() {
  std::vector<PlanZone> zones;
  for (std::size_t plan = 0; plan < kPlans.size(); ++plan) {
    for (const char* era : kEras)
      zones.push_back({plan, era, std::string(kPlans.at(plan)) + "-" + era + ".example"});
  }
  return zones;
}

std::string toml_of(const PlanZone& zone, const std::string& origin, const std::string& rules) {
  return zone_toml(
      zone.name,
      origin,
      "plan = \"" + std::string(kPlans.at(zone.plan)) + "\"\nera = \"" + zone.era + "\"\n" + rules
  );
}

std::string cache_rule(const std::string& path, const std::string& parameters) {
  return "[[zones.cache_rules]]\nexpression = 'starts_with(http.request.uri.path, \"" + path +
         "\")'\naction_parameters = { " + parameters + " }\n";
}
std::string page_rule(const std::string& pattern, const std::string& action) {
  return "[[zones.page_rules]]\ntargets = [{ target = \"url\", constraint = { operator = "
         "\"matches\", value = \"" +
         pattern + "\" } }]\nactions = [{ id = \"cache_level\", value = \"cache_everything\" }, " +
         action + "]\n";
}

constexpr std::string_view kScript = R"js(
export default {
  async fetch(request) {
    const { hostname, pathname } = new URL(request.url);
    if (pathname === "/w/client") return new Response(String(request.headers.get("True-Client-IP")));
    const cf = { cacheKey: "shared", cacheEverything: true };
    const response = await fetch(`http://${hostname}/kept${pathname.slice(2)}`, { cf });
    return new Response(response.headers.get("CF-Cache-Status"));
  },
};
)js";

class Plans : public testing::Test {
 protected:
  static std::string rules(const std::string& name) {
    return cache_rule(
               "/key/",
               R"(cache_key = { custom_key = { query_string = { include = { list = ["a"] } } } })"
           ) +
           cache_rule("/device/", "cache_key = { cache_by_device_type = true }") +
           cache_rule("/ports/", "additional_cacheable_ports = [8443]") +
           cache_rule("/heedless/", "origin_cache_control = false") +
           cache_rule("/heedful/", "origin_cache_control = true") +
           cache_rule("/errors/", "origin_error_page_passthru = true") +
           page_rule(name + "/cookie/*", R"({ id = "bypass_cache_on_cookie", value = "sid" })") +
           page_rule(
               name + "/status/*", R"({ id = "cache_ttl_by_status", value = { "404" = 5 } })"
           );
  }
  EdgeOptions prepared() const {
    EdgeOptions options;
    std::string routes;
    for (const PlanZone& zone : plan_zones()) {
      options.zones += toml_of(zone, origin.url(), rules(zone.name));
      routes += "{ pattern = \"" + zone.name + "/w/*\", zone_name = \"" + zone.name + "\" },\n";
    }
    files.write(
        "w/wrangler.toml",
        "name = \"w\"\nmain = \"index.js\"\ncompatibility_date = \"2026-11-17\"\nroutes = [\n" +
            routes + "]\n"
    );
    files.write("w/index.js", kScript);
    options.zones += "[[scripts]]\nwrangler = \"w/wrangler.toml\"\n";
    return options;
  }
  Answer get(const std::string& url, const Fields& fields = {}) const {
    return edge.get("http://" + url, {.method = "GET", .fields = fields, .body = {}});
  }
  std::string status(const std::string& url, const Fields& fields = {}) const {
    return get(url, fields).cache_status();
  }
  std::string explained(const std::string& url) const {
    return edge.api("GET", "/festina/v1/explain?url=http://" + url).body;
  }

  // For each feature: does it count in this zone, as a visitor sees it?
  bool keys_by_one_parameter(const std::string& zone) const {
    status(zone + "/key/a.css?a=1&b=1");
    return status(zone + "/key/a.css?a=1&b=2") == "HIT";
  }
  bool keys_by_device(const std::string& zone) const {
    status(zone + "/device/a.css");
    const Fields phone = {{"User-Agent", "Mozilla/5.0 (iPhone; Mobile)"}};
    return status(zone + "/device/a.css", phone) == "MISS";
  }
  bool caches_on_the_port(const std::string& zone) const {
    return status(zone + ":8443/ports/a.css") == "MISS";
  }
  // Who has it on may switch it off, and the other way round: "no-cache" is stored where it is on (reference §1.3).
  bool switches_origin_cache_control(const std::string& zone) const {
    const auto is_stored = [&](const std::string& path) {
      status(zone + path);
      return status(zone + path) == "EXPIRED";
    };
    return is_stored("/heedless/a.css") != is_stored("/heedful/a.css");
  }
  bool heeds_cookies(const std::string& zone) const {
    status(zone + "/cookie/a.css");
    return status(zone + "/cookie/a.css", {{"Cookie", "sid=1"}}) == "DYNAMIC";
  }
  bool ends_by_status(const std::string& zone) const {
    status(zone + "/status/a.css");
    edge.advance(seconds(6));
    return status(zone + "/status/a.css") == "EXPIRED";
  }
  bool takes_the_scripts_key(const std::string& zone) const {
    get(zone + "/w/a.css");
    return get(zone + "/w/b.css").body == "HIT";
  }
  bool tells_the_true_client(const std::string& zone) const {
    return get(zone + "/w/client").body == "127.0.0.1";
  }

  Origin origin;
  TempDir files;
  Edge edge{files, prepared()};
};

struct Feature {
  const char* name;
  std::array<bool, 4> offered;  // by plan
  bool (Plans::*counts)(const std::string& zone) const;
  const char* path;  // to be explained; null: a Worker's
};

class PlanFeatures : public Plans {
 protected:
  static constexpr Feature kFeatures[] = {
      {"custom cache keys",
       {false, false, false, true},
       &PlanFeatures::keys_by_one_parameter,
       "/key/a.css"},
      {"cache by device type",
       {false, false, false, true},
       &PlanFeatures::keys_by_device,
       "/device/a.css"},
      {"additional cacheable ports",
       {false, false, false, true},
       &PlanFeatures::caches_on_the_port,
       "/ports/a.css"},
      {"caching by cookie",
       {false, false, true, true},
       &PlanFeatures::heeds_cookies,
       "/cookie/a.css"},
      {"edge TTL by status in Page Rules",
       {false, false, false, true},
       &PlanFeatures::ends_by_status,
       "/status/a.css"},
      {"switching origin cache control",
       {false, false, false, true},
       &PlanFeatures::switches_origin_cache_control,
       "/heedless/a.css"},
      {"cf.cacheKey", {false, false, false, true}, &PlanFeatures::takes_the_scripts_key, nullptr},
      {"True-Client-IP", {false, false, false, true}, &PlanFeatures::tells_the_true_client, nullptr
      },
  };
};

TEST_F(PlanFeatures, CountFromTheirPlanOnInBothEras) {
  for (const char* path :
       {"/key/a.css?a=1&b=1",
        "/key/a.css?a=1&b=2",
        "/device/a.css",
        "/ports/a.css",
        "/cookie/a.css",
        "/kept/a.css",
        "/kept/b.css"})
    origin.answers(path, ok("x", "max-age=60"));
  for (const char* path : {"/heedless/a.css", "/heedful/a.css"})
    origin.answers(path, ok("x", "no-cache"));
  for (const PlanZone& zone : plan_zones()) {
    for (const Feature& feature : kFeatures) {
      EXPECT_EQ((this->*feature.counts)(zone.name), feature.offered.at(zone.plan))
          << feature.name << " on " << zone.name;
    }
  }
}

TEST_F(PlanFeatures, AreIgnoredVisiblyOnAPlanThatLacksThem) {
  for (const PlanZone& zone : plan_zones()) {
    for (const Feature& feature : kFeatures) {
      if (feature.path == nullptr) continue;
      const std::string told = explained(zone.name + feature.path);
      const bool is_ignored = told.find("plan_lacks") != std::string::npos;
      EXPECT_EQ(is_ignored, !feature.offered.at(zone.plan)) << feature.name << " on " << zone.name;
      const auto least = std::ranges::find(feature.offered, true) - feature.offered.begin();
      const std::string sentence = "does not offer " + std::string(feature.name) +
                                   " (needs the plan " +
                                   kPlans.at(static_cast<std::size_t>(least)) + ")";
      EXPECT_EQ(told.find(sentence) != std::string::npos, is_ignored) << told;
    }
    const bool passes =
        explained(zone.name + "/errors/a.css").find("plan_lacks") == std::string::npos;
    EXPECT_EQ(passes, kPlans.at(zone.plan) == std::string("enterprise"));
  }
  status("free-2025.example/key/a.css?a=1");
  edge.await_log("rule.plan_lacks zone=free-2025.example");
  get("pro-2026.example/w/a.css");
  edge.await_log("plan_has_no_cache_key");
}

// What the plan limits is refused when it is saved, with the API's kind of error; the old rules stay.
class PlanLimits : public testing::Test {
 protected:
  static std::string zones(const std::string& origin) {
    std::string all;
    for (const PlanZone& zone : plan_zones()) all += toml_of(zone, origin, "");
    return all;
  }
  std::string path_of(const std::string& zone) const {
    const json::Value found =
        json::parse(edge.api("GET", "/client/v4/zones?name=" + zone).body).value();
    return "/client/v4/zones/" + std::string(found.at("result").at(0).at("id").as_string().c_str());
  }
  Answer put(const std::string& zone, const std::string& rules) const {
    return edge.api(
        "PUT",
        path_of(zone) + "/rulesets/phases/http_request_cache_settings/entrypoint",
        R"({"rules":[)" + rules + "]}"
    );
  }
  static std::string rule(const std::string& expression, const std::string& parameters) {
    return R"({"expression":")" + expression +
           R"(","action":"set_cache_settings","action_parameters":{)" + parameters + "}}";
  }
  static std::string times(std::size_t count, const std::string& rule) {
    std::string rules = rule;
    for (std::size_t i = 1; i < count; ++i) rules += "," + rule;
    return rules;
  }
  Answer post_page_rule(const std::string& zone, const std::string& action) const {
    return edge.api(
        "POST",
        path_of(zone) + "/pagerules",
        R"({"targets":[{"target":"url","constraint":{"operator":"matches","value":")" + zone +
            R"(/*"}}],"actions":[)" + action + R"(],"status":"active"})"
    );
  }

  Origin origin;
  TempDir files;
  Edge edge{files, edge_for(zones(origin.url()))};
};

TEST_F(PlanLimits, OfExpressionsAreToldWhenARuleIsSaved) {  // reference §7.2, §7.5
  const struct {
    const char* expression;
    std::array<bool, 4> offered;
    const char* why;
  } cases[] = {
      {R"(http.request.uri.path matches \"^/a\")",
       {false, false, true, true},
       "has no regular expressions in rules (needs the plan business)"},
      {R"(http.request.uri.path ~ \"^/a\")",
       {false, false, true, true},
       "has no regular expressions in rules (needs the plan business)"},
      {R"(http.request.cookies[\"a\"][0] eq \"b\")",
       {false, true, true, true},
       "has no http.request.cookies (needs the plan pro)"},
      {R"(http.cookie contains \"a=b\")", {true, true, true, true}, ""},
      {R"(http.request.uri.path wildcard \"/a/*\")", {true, true, true, true}, ""},
  };
  for (const PlanZone& zone : plan_zones()) {
    for (const auto& c : cases) {
      const Answer saved = put(zone.name, rule(c.expression, R"("cache":true)"));
      EXPECT_EQ(saved.status, c.offered.at(zone.plan) ? 200 : 400) << c.expression << zone.name;
      if (saved.status == 200) continue;
      EXPECT_NE(saved.body.find("Filter parsing error (1:"), std::string::npos) << saved.body;
      EXPECT_NE(saved.body.find(c.why), std::string::npos) << saved.body;
      EXPECT_NE(saved.body.find("/rules/0/expression"), std::string::npos) << saved.body;
    }
  }
}

TEST_F(PlanLimits, OfCacheRulesAreKept) {  // reference §1.5, §6.1
  constexpr std::array<std::size_t, 4> most = {10, 25, 50, 300};
  constexpr std::array<int, 4> least_ttl = {7200, 3600, 1, 1};
  const auto for_seconds = [](int ttl) {
    return rule(
        "true", R"("edge_ttl":{"mode":"override_origin","default":)" + std::to_string(ttl) + "}"
    );
  };
  for (const PlanZone& zone : plan_zones()) {
    const std::string plain = rule("true", R"("cache":true)");
    EXPECT_EQ(put(zone.name, times(most.at(zone.plan), plain)).status, 200) << zone.name;
    const Answer beyond = put(zone.name, times(most.at(zone.plan) + 1, plain));
    EXPECT_EQ(beyond.status, 400) << zone.name;
    EXPECT_NE(beyond.body.find(std::to_string(most.at(zone.plan))), std::string::npos);
    EXPECT_EQ(put(zone.name, for_seconds(least_ttl.at(zone.plan))).status, 200) << zone.name;
    const Answer shorter = put(zone.name, for_seconds(least_ttl.at(zone.plan) - 1));
    EXPECT_EQ(shorter.status, 400) << zone.name;
    EXPECT_NE(shorter.body.find("on this plan"), std::string::npos) << shorter.body;
  }
}

TEST_F(PlanLimits, OfPageRulesAreKept) {  // reference §2.6, §8.1
  constexpr std::array<int, 4> least_ttl = {120, 120, 120, 30};
  const auto for_browsers = [](int ttl) {
    return R"({"id":"browser_cache_ttl","value":)" + std::to_string(ttl) + "}";
  };
  for (const PlanZone& zone : plan_zones()) {
    const int least = least_ttl.at(zone.plan);
    EXPECT_EQ(post_page_rule(zone.name, for_browsers(least)).status, 200) << zone.name;
    EXPECT_EQ(post_page_rule(zone.name, for_browsers(least - 1)).status, 400) << zone.name;
  }
  for (int i = 1; i < 3; ++i)
    EXPECT_EQ(post_page_rule("free-2026.example", for_browsers(120)).status, 200);
  const Answer fourth = post_page_rule("free-2026.example", for_browsers(120));
  EXPECT_EQ(fourth.status, 400);
  EXPECT_NE(fourth.body.find('3'), std::string::npos) << fourth.body;
}

}  // namespace
}  // namespace festina::harness
