#include "control/page_rules_api.h"

#include "control/api_fixture.h"

namespace festina::control {
namespace {

class PageRulesApi : public ApiTest {
 protected:
  const zone::Zone& zone() const { return *snapshots.get()->zones.all().front(); }
  std::string at(const std::string& rest = "") const {
    return "/client/v4/zones/" + zone().id + "/pagerules" + rest;
  }
  static std::string rule(const std::string& pattern, const std::string& more = "") {
    return R"({"targets":[{"target":"url","constraint":{"operator":"matches","value":")" + pattern +
           R"("}}],"actions":[{"id":"cache_level","value":"cache_everything"}])" + more + "}";
  }
  std::string add(const std::string& pattern, const std::string& more = "") {
    const Got got = call("POST", at(), rule(pattern, more));
    EXPECT_EQ(got.status, 200) << got.text;
    return got.body.at("result").at("id").as_string().c_str();
  }
};

TEST_F(PageRulesApi, AddsShowsChangesAndRemoves) {
  const std::string id = add("example.com/img/*");
  const json::Value shown = call("GET", at("/" + id)).body.at("result");
  EXPECT_EQ(shown.at("status"), "disabled");
  EXPECT_EQ(shown.at("priority"), 1);
  EXPECT_TRUE(shown.at("created_on").is_string());

  const Got patched = call("PATCH", at("/" + id), R"({"status":"active","priority":7})");
  EXPECT_EQ(patched.body.at("result").at("priority"), 7);
  EXPECT_EQ(patched.body.at("result").at("targets"), shown.at("targets"));
  ASSERT_EQ(zone().rules.page_rules.size(), 1U);
  EXPECT_TRUE(zone().rules.page_rules.front().is_active);

  const Got replaced = call("PUT", at("/" + id), rule("example.com/other/*"));
  EXPECT_EQ(replaced.body.at("result").at("status"), "disabled") << "PUT gives the whole rule";
  EXPECT_EQ(replaced.body.at("result").at("created_on"), shown.at("created_on"));

  EXPECT_EQ(call("DELETE", at("/" + id)).body.at("result").at("id"), json::Value(id));
  EXPECT_EQ(call("GET", at("/" + id)).status, 404);
  EXPECT_TRUE(zone().rules.page_rules.empty());
}

TEST_F(PageRulesApi, ListsTheMostImportantFirst) {
  add("example.com/a/*", R"(,"priority":1,"status":"active")");
  add("example.com/b/*", R"(,"priority":3)");
  add("example.com/c/*", R"(,"priority":2,"status":"active")");
  const auto priorities = [this](const std::string& query) {
    std::string text;
    const Got got = call("GET", at(query));
    for (const json::Value& each : got.body.at("result").as_array())
      text += std::to_string(each.at("priority").as_int64());
    return text;
  };
  EXPECT_EQ(priorities(""), "321");
  EXPECT_EQ(priorities("?direction=asc"), "123");
  EXPECT_EQ(priorities("?status=active"), "21");
  EXPECT_EQ(priorities("?order=status").back(), '3') << "disabled comes after active";
}

TEST_F(PageRulesApi, AWrongRuleChangesNothing) {
  const Got got = call("POST", at(), R"({"targets":[],"actions":[]})");
  EXPECT_EQ(got.status, 400);
  EXPECT_EQ(code(got), 1004);
  EXPECT_EQ(code(call("POST", at(), "[]")), 6007);
  EXPECT_EQ(call("PUT", at()).status, 405);
  EXPECT_EQ(log->head(), 0U);
}

TEST_F(PageRulesApi, OnlyShowsWhatTheFileDefines) {  // house.md §7
  auto filed = std::make_shared<zone::Zone>(zone());
  json::Value listed = json::parse("[" + rule("example.com/img/*") + "]").value();
  listed.as_array().at(0).as_object()["id"] = "a";
  filed->filed[std::string(zone::kPageRulesPart)] = json::to_text(listed);
  zones.use(std::make_shared<const zone::Snapshot>(
      zone::Snapshot{.zones = zone::ZoneTable({std::move(filed)})}
  ));
  EXPECT_EQ(call("GET", at("/a")).status, 200);
  for (const std::string_view method : {"PUT", "PATCH", "DELETE"})
    EXPECT_EQ(call(method, at("/a"), rule("example.com/*")).status, 403) << method;
  EXPECT_EQ(call("POST", at(), rule("example.com/*")).status, 403);
}

}  // namespace
}  // namespace festina::control
