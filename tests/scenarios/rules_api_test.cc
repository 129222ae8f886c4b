// Settings, Cache Rules and Page Rules over the REST API, and from the file, as a client of the zone meets them.
#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using std::chrono::seconds;

std::string zone_path(const Edge& edge) {
  const json::Value zones = json::parse(edge.api("GET", "/client/v4/zones").body).value();
  return "/client/v4/zones/" + std::string(zones.at("result").at(0).at("id").as_string().c_str());
}

constexpr std::string_view kEntrypoint = "/rulesets/phases/http_request_cache_settings/entrypoint";

class RulesOverRest : public SiteScenario {
 protected:
  Answer put_rules(const std::string& rules) const {
    return edge.api(
        "PUT", zone_path(edge) + std::string(kEntrypoint), R"({"rules":[)" + rules + "]}"
    );
  }
  Answer get(const std::string& path) const { return edge.get(kSite + path); }
  static std::string rule(const std::string& expression, const std::string& parameters) {
    return R"({"expression":")" + expression + R"(","action":"set_cache_settings",)" +
           R"("action_parameters":)" + parameters + "}";
  }
};

TEST_F(RulesOverRest, ARuleMakesHtmlCacheable) {
  origin.answers("/page", ok("p"));
  expect_answer(get("/page"), 200, "DYNAMIC", "p");
  const std::string seven =
      R"({"cache":true,"edge_ttl":{"mode":"override_origin","default":3600}})";
  EXPECT_EQ(put_rules(rule(R"(http.request.uri.path eq \"/page\")", seven)).status, 200);

  expect_answer(get("/page"), 200, "MISS", "p");
  expect_answer(get("/page"), 200, "HIT", "p");
  edge.advance(seconds(3700));
  expect_answer(get("/page"), 200, "EXPIRED", "p");
}

TEST_F(RulesOverRest, TheLastRuleWinsAndAnOldSetStaysWhenANewOneIsWrong) {
  origin.answers("/a.css", ok("a", "max-age=60"));
  const std::string both =
      rule("true", R"({"cache":true})") + "," + rule("true", R"({"cache":false})");
  EXPECT_EQ(put_rules(both).status, 200);
  expect_answer(get("/a.css"), 200, "DYNAMIC", "a");

  const Answer refused = put_rules(rule("http.host eq", R"({"cache":true})"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("Filter parsing error (1:"), std::string::npos) << refused.body;
  expect_answer(get("/a.css"), 200, "DYNAMIC", "a");
}

TEST_F(RulesOverRest, APageRuleCachesEverything) {
  origin.answers("/img/page", ok("p"));
  const std::string body =
      R"({"targets":[{"target":"url","constraint":{"operator":"matches","value":"example.com/img/*"}}],)"
      R"("actions":[{"id":"cache_level","value":"cache_everything"}],"status":"active"})";
  EXPECT_EQ(edge.api("POST", zone_path(edge) + "/pagerules", body).status, 200);
  expect_answer(get("/img/page"), 200, "MISS", "p");
  expect_answer(get("/img/page"), 200, "HIT", "p");
}

TEST_F(RulesOverRest, DevelopmentModeEndsAfterThreeHours) {  // reference §8.4
  origin.answers("/a.css", ok("a", "max-age=100000"));
  expect_answer(get("/a.css"), 200, "MISS", "a");
  const std::string mode = zone_path(edge) + "/settings/development_mode";
  EXPECT_EQ(edge.api("PATCH", mode, R"({"value":"on"})").status, 200);
  expect_answer(get("/a.css"), 200, "DYNAMIC", "a");
  edge.advance(seconds(10'799));
  expect_answer(get("/a.css"), 200, "DYNAMIC", "a");
  edge.advance(seconds(2));
  expect_answer(get("/a.css"), 200, "HIT", "a");
}

TEST_F(RulesOverRest, AResponseRuleForbidsToStore) {  // reference §6.4
  origin.answers("/a.css", ok("a", "max-age=60"));
  const std::string rules =
      R"({"rules":[{"expression":"http.response.code eq 200","action":"set_cache_control",)"
      R"("action_parameters":{"no-store":{"operation":"set"}}}]})";
  const std::string entrypoint =
      zone_path(edge) + "/rulesets/phases/http_response_cache_settings/entrypoint";
  const Answer set = edge.api("PUT", entrypoint, rules);
  EXPECT_EQ(set.status, 200) << set.body;
  expect_answer(get("/a.css"), 200, "BYPASS", "a");
  expect_answer(get("/a.css"), 200, "BYPASS", "a");
}

TEST_F(RulesOverRest, AResponseRuleTagsWhatIsStored) {
  origin.answers("/a.css", ok("a", "max-age=60"));
  const std::string rules = R"({"rules":[{"expression":"true","action":"set_cache_tags",)"
                            R"("action_parameters":{"operation":"set","values":["shoes"]}}]})";
  const std::string entrypoint =
      zone_path(edge) + "/rulesets/phases/http_response_cache_settings/entrypoint";
  EXPECT_EQ(edge.api("PUT", entrypoint, rules).status, 200);
  expect_answer(get("/a.css"), 200, "MISS", "a");
  expect_answer(get("/a.css"), 200, "HIT", "a");
  EXPECT_EQ(
      edge.api("POST", zone_path(edge) + "/purge_cache", R"({"tags":["shoes"]})").status, 200
  );
  expect_answer(get("/a.css"), 200, "MISS", "a");
}

TEST(RulesOverRestLater, WhatWasSetIsThereAfterARestart) {
  Origin origin;
  origin.answers("/page", ok("p", "max-age=60"));
  const TempDir files;
  const EdgeOptions options = edge_for(zone_toml("example.com", origin.url()));
  {
    const Edge edge(files, options);
    const std::string rules =
        R"({"rules":[{"expression":"true","action":"set_cache_settings","action_parameters":{"cache":true}}]})";
    EXPECT_EQ(edge.api("PUT", zone_path(edge) + std::string(kEntrypoint), rules).status, 200);
  }
  const Edge edge(files, options);
  expect_answer(edge.get(kSite + "/page"), 200, "MISS", "p");
  expect_answer(edge.get(kSite + "/page"), 200, "HIT", "p");
}

TEST(RulesOfTheFile, CountAndCannotBeSetOverTheApi) {  // house.md §7
  Origin origin;
  origin.answers("/page", ok("p", "max-age=60"));
  const TempDir files;
  const Edge edge(
      files,
      edge_for(zone_toml(
          "example.com",
          origin.url(),
          "[[zones.cache_rules]]\n"
          "description = \"all of it\"\n"
          "expression = 'starts_with(http.request.uri.path, \"/page\")'\n"
          "action_parameters = { cache = true }\n"
      ))
  );
  expect_answer(edge.get(kSite + "/page"), 200, "MISS", "p");
  expect_answer(edge.get(kSite + "/page"), 200, "HIT", "p");
  const std::string entrypoint = zone_path(edge) + std::string(kEntrypoint);
  EXPECT_NE(edge.api("GET", entrypoint).body.find("all of it"), std::string::npos);
  const Answer refused = edge.api("PUT", entrypoint, R"({"rules":[]})");
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.body.find("configuration file"), std::string::npos) << refused.body;
}

}  // namespace
}  // namespace festina::harness
