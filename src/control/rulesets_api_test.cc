#include "control/rulesets_api.h"

#include "control/api_fixture.h"
#include "zone/ruleset.h"

namespace festina::control {
namespace {

constexpr std::string_view kPhase = "http_request_cache_settings";

class RulesetsApi : public ApiTest {
 protected:
  const zone::Zone& zone() const { return *snapshots.get()->zones.all().front(); }
  std::string at(const std::string& rest = "") const {
    return "/client/v4/zones/" + zone().id + "/rulesets" + rest;
  }
  std::string entrypoint() const { return at("/phases/" + std::string(kPhase) + "/entrypoint"); }
  static std::string rule(const std::string& description, const std::string& more = "") {
    return R"({"description":")" + description +
           R"(","expression":"true","action":"set_cache_settings",)" +
           R"("action_parameters":{"cache":true})" + more + "}";
  }
  Got put(const std::vector<std::string>& rules) {
    std::string list;
    for (const std::string& each : rules) list += (list.empty() ? "" : ",") + each;
    return call("PUT", entrypoint(), R"({"rules":[)" + list + "]}");
  }
  // The ruleset with rules of these descriptions.
  json::Value made_of(const std::vector<std::string>& descriptions) {
    std::vector<std::string> rules;
    rules.reserve(descriptions.size());
    for (const std::string& each : descriptions) rules.push_back(rule(each));
    const Got got = put(rules);
    EXPECT_EQ(got.status, 200) << got.text;
    return got.body.at("result");
  }
  static std::string id_of(const json::Value& ruleset, std::size_t index) {
    return ruleset.at("rules").at(index).at("id").as_string().c_str();
  }
  static std::string id_of(const json::Value& ruleset) {
    return ruleset.at("id").as_string().c_str();
  }
  static std::string order_of(const Got& got) {
    std::string text;
    for (const json::Value& each : got.body.at("result").at("rules").as_array())
      text += each.at("description").as_string().c_str();
    return text;
  }
};

TEST_F(RulesetsApi, HasNoneAtFirst) {  // api-v4.md §4.4
  const Got got = call("GET", entrypoint());
  EXPECT_EQ(got.status, 404);
  EXPECT_EQ(code(got), 10003);
  EXPECT_TRUE(call("GET", at()).body.at("result").as_array().empty());
  EXPECT_EQ(call("GET", at("/phases/http_ratelimit/entrypoint")).status, 404);
}

TEST_F(RulesetsApi, SaysWhatOfARuleDoesNothing) {
  const auto put = [this](std::string_view expression, std::string_view query) {
    return call(
        "PUT",
        entrypoint() + std::string(query),
        R"({"rules": [{"action": "set_cache_settings", "expression": ")" + std::string(expression) +
            R"(", "action_parameters": {"cache": true}}]})"
    );
  };
  for (const std::string_view query : {"?dry_run=true", ""}) {
    const Got told = put(R"(http.request.uri.path eq \"admin\")", query);
    ASSERT_EQ(told.status, 200);
    const json::Value& messages = told.body.at("messages");
    ASSERT_EQ(messages.as_array().size(), 1U) << query;
    EXPECT_EQ(messages.at(0).at("code"), 10006);
    EXPECT_EQ(messages.at(0).at("source").at("pointer"), "/rules/0/expression");
    const auto message = json::string_member(messages.at(0), "message").value_or("");
    EXPECT_NE(message.find("never matches"), std::string::npos) << message;
  }
  EXPECT_TRUE(
      put(R"(http.request.uri.path eq \"/admin\")", "").body.at("messages").as_array().empty()
  );
}

TEST_F(RulesetsApi, PutMakesAndReplaces) {
  const json::Value first = made_of({"a", "b"});
  EXPECT_EQ(first.at("version"), "1");
  EXPECT_EQ(first.at("kind"), "zone");
  EXPECT_EQ(first.at("phase"), json::Value(kPhase));
  const json::Value& rule = first.at("rules").at(0);
  EXPECT_EQ(rule.at("enabled"), true);
  EXPECT_EQ(rule.at("version"), "1");
  EXPECT_EQ(rule.at("ref"), rule.at("id"));
  EXPECT_EQ(rule.at("id").as_string().size(), 32U);
  ASSERT_EQ(zone().rules.cache_rules.size(), 2U);
  EXPECT_EQ(zone().rules.cache_rules.front().head.description, "a");

  const json::Value second = made_of({"c"});
  EXPECT_EQ(second.at("version"), "2");
  EXPECT_EQ(second.at("id"), first.at("id"));
  EXPECT_EQ(zone().rules.cache_rules.size(), 1U);
  EXPECT_EQ(call("GET", entrypoint()).body.at("result"), second);
  EXPECT_EQ(call("GET", at("/" + id_of(second))).body.at("result"), second);
  const json::Array listed = call("GET", at()).body.at("result").as_array();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_FALSE(listed.front().as_object().contains("rules"));
}

TEST_F(RulesetsApi, ARuleKeepsItsIdAndCountsItsChanges) {
  const json::Value first = made_of({"a", "b"});
  const auto with_id = [&](std::size_t index, const std::string& description) {
    return rule(description, R"(,"id":")" + id_of(first, index) + "\"");
  };
  const json::Value second = put({with_id(1, "b"), with_id(0, "other")}).body.at("result");
  EXPECT_EQ(id_of(second, 0), id_of(first, 1));
  EXPECT_EQ(second.at("rules").at(0).at("version"), "1") << "it only moved";
  EXPECT_EQ(second.at("rules").at(1).at("version"), "2");
}

TEST_F(RulesetsApi, SingleRulesAreAddedWhereAsked) {
  const json::Value made = made_of({"a", "b"});
  const std::string rules = at("/" + id_of(made) + "/rules");
  EXPECT_EQ(order_of(call("POST", rules, rule("c"))), "abc");
  EXPECT_EQ(order_of(call("POST", rules, rule("d", R"(,"position":{"index":1})"))), "dabc");
  EXPECT_EQ(order_of(call("POST", rules, rule("e", R"(,"position":{"before":""})"))), "edabc");
  const std::string before_b = R"(,"position":{"before":")" + id_of(made, 1) + "\"}";
  EXPECT_EQ(order_of(call("POST", rules, rule("f", before_b))), "edafbc");
  const std::string after_b = R"(,"position":{"after":")" + id_of(made, 1) + "\"}";
  EXPECT_EQ(order_of(call("POST", rules, rule("g", after_b))), "edafbgc");
  EXPECT_EQ(call("GET", entrypoint()).body.at("result").at("version"), "6");
  for (const std::string position : {"1", "{}", R"({"index":0})", R"({"before":"x"})"}) {
    const Got got = call("POST", rules, rule("h", ",\"position\":" + position));
    EXPECT_EQ(got.status, 400) << position;
    EXPECT_EQ(got.body.at("errors").at(0).at("source").at("pointer"), "/position");
  }
}

TEST_F(RulesetsApi, SingleRulesAreChangedMovedAndRemoved) {
  const json::Value made = made_of({"a", "b", "c"});
  const std::string first = at("/" + id_of(made) + "/rules/" + id_of(made, 0));
  const Got changed = call("PATCH", first, rule("z"));
  EXPECT_EQ(order_of(changed), "zbc");
  EXPECT_EQ(changed.body.at("result").at("rules").at(0).at("version"), "2");
  const Got moved = call("PATCH", first, R"({"position":{"after":""}})");
  EXPECT_EQ(order_of(moved), "bcz");
  EXPECT_EQ(moved.body.at("result").at("rules").at(2).at("version"), "2");
  EXPECT_EQ(order_of(call("DELETE", first)), "bc");
  EXPECT_EQ(call("DELETE", first).status, 404);

  const Got gone = call("DELETE", at("/" + id_of(made)));
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.text, "");
  EXPECT_TRUE(zone().rules.cache_rules.empty());
  EXPECT_EQ(call("GET", entrypoint()).status, 404);
}

TEST_F(RulesetsApi, AWrongRuleRefusesTheWhole) {
  made_of({"a"});
  const std::string broken =
      R"({"expression":"http.host eq","action":"set_cache_settings","action_parameters":{"cache":true}})";
  const Got got = put({rule("b"), broken});
  EXPECT_EQ(got.status, 400);
  const json::Value error = got.body.at("errors").at(0);
  EXPECT_EQ(error.at("code"), 20021);
  EXPECT_EQ(error.at("source").at("pointer"), "/rules/1/expression");
  EXPECT_NE(got.text.find("Filter parsing error (1:"), std::string::npos) << got.text;
  EXPECT_EQ(zone().rules.cache_rules.front().head.description, "a") << "the old set stays";

  const std::string empty =
      R"({"expression":"true","action":"set_cache_settings","action_parameters":{}})";
  EXPECT_EQ(code(put({empty})), 20106);
  EXPECT_EQ(put(std::vector<std::string>(26, rule("a"))).status, 400) << "25 on this plan";
  EXPECT_EQ(put(std::vector<std::string>(25, rule("a"))).status, 200);
}

TEST_F(RulesetsApi, RefusesWhatIsNoRuleset) {
  EXPECT_EQ(call("PUT", entrypoint(), R"({"rules":[],"kind":"zone"})").status, 400);
  EXPECT_EQ(call("PUT", entrypoint(), R"({"rules":{}})").status, 400);
  EXPECT_EQ(code(call("PUT", entrypoint(), "[]")), 6007);
  EXPECT_EQ(call("PUT", at("/phases/http_ratelimit/entrypoint"), R"({"rules":[]})").status, 400);
  EXPECT_EQ(call("DELETE", entrypoint()).status, 405);
  EXPECT_EQ(call("GET", at("/" + std::string(32, '0'))).status, 404);
  EXPECT_EQ(log->head(), 0U);
}

TEST_F(RulesetsApi, CreatesOneOfEachPhase) {
  const std::string body =
      R"({"name":"mine","kind":"zone","phase":"http_request_cache_settings","rules":[)" +
      rule("a") + "]}";
  EXPECT_EQ(call("POST", at(), body).status, 200);
  const Got again = call("POST", at(), body);
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(code(again), 20217);
}

TEST_F(RulesetsApi, ADryRunKeepsNothing) {
  const std::string dry = entrypoint() + "?dry_run=true";
  EXPECT_TRUE(call("PUT", dry, R"({"rules":[)" + rule("a") + "]}").body.at("result").is_null());
  EXPECT_EQ(call("PUT", dry, R"({"rules":[{}]})").status, 400);
  EXPECT_EQ(call("GET", entrypoint()).status, 404);
}

TEST_F(RulesetsApi, OnlyShowsWhatTheFileDefines) {  // house.md §7
  auto filed = std::make_shared<zone::Zone>(zone());
  filed->filed[zone::ruleset_part(kPhase)] =
      json::to_text(zone::filed_ruleset(filed->id, kPhase, {}));
  zones.use(std::make_shared<const zone::Snapshot>(
      zone::Snapshot{.zones = zone::ZoneTable({std::move(filed)})}
  ));
  EXPECT_EQ(call("GET", entrypoint()).status, 200);
  EXPECT_EQ(put({rule("a")}).status, 403);
}

}  // namespace
}  // namespace festina::control
