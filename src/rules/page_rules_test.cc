#include "rules/page_rules.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

ReadRules<PageRule> read(std::string_view text, Plan plan = Plan::enterprise) {
  return read_page_rules(json::parse(text).value(), plan);
}
std::string rule(std::string_view pattern, std::string_view actions, std::string_view more = "") {
  return R"({"targets": [{"target": "url", "constraint": {"operator": "matches", "value": ")" +
         std::string(pattern) + R"("}}], "actions": [)" + std::string(actions) +
         R"(], "status": "active")" + std::string(more) + "}";
}
ReadRules<PageRule> read_actions(std::string_view actions, Plan plan = Plan::enterprise) {
  return read("[" + rule("example.com/*", actions) + "]", plan);
}
Texts faults(const ReadRules<PageRule>& read) {
  Texts texts;
  for (const Fault& fault : read.faults) {
    EXPECT_EQ(fault.code, FaultCode::page_rule);
    texts.push_back(fault.pointer + ": " + fault.message);
  }
  return texts;
}
http::Url url(std::string_view text) { return http::parse_url(text).value(); }

TEST(PageRules, ReadTheirSettings) {  // reference §8.2
  const auto all = read_actions(R"(
      {"id": "cache_level", "value": "cache_everything"},
      {"id": "edge_cache_ttl", "value": 7200},
      {"id": "browser_cache_ttl", "value": 120},
      {"id": "cache_ttl_by_status", "value": {"200-299": 300, "404": 30, "500-599": 0,
          "400-403": -1, "100-149": "no-cache", "150-199": "no-store"}},
      {"id": "cache_key_fields", "value": {"query_string": {"exclude": "*"},
          "header": {"exclude": ["origin"]}, "user": {"lang": true}}},
      {"id": "bypass_cache_on_cookie", "value": "a=.*"},
      {"id": "cache_on_cookie", "value": "b=.*"},
      {"id": "cache_by_device_type", "value": "on"},
      {"id": "cache_deception_armor", "value": "off"},
      {"id": "respect_strong_etag", "value": "on"},
      {"id": "sort_query_string_for_cache", "value": "on"},
      {"id": "origin_error_page_pass_thru", "value": "on"},
      {"id": "explicit_cache_control", "value": "off"},
      {"id": "ssl", "value": "flexible"}, {"id": "always_use_https"})");
  EXPECT_EQ(faults(all), Texts{});
  ASSERT_EQ(all.rules.size(), 1U);
  const PageRule& rule = all.rules[0];
  EXPECT_EQ(rule.cache_level, PageCacheLevel::cache_everything);
  const EdgeTtl edge{
      .mode = EdgeTtl::Mode::override_origin,
      .ttl = 7200s,
      .by_status =
          {{{404, 404}, 30s},
           {{200, 299}, 300s},
           {{500, 599}, 0s},
           {{400, 403}, -1s},
           {{100, 149}, 0s},
           {{150, 199}, -1s}}
  };
  EXPECT_EQ(rule.wishes.edge_ttl, edge);
  const BrowserTtl browser{.mode = BrowserTtl::Mode::override_origin, .ttl = 120s};
  EXPECT_EQ(rule.wishes.browser_ttl, browser);
  const auto& key = rule.wishes.key;
  if (!key || !key->custom) FAIL();
  EXPECT_TRUE(key->without_query && key->by_language);
  EXPECT_TRUE(key->custom->excludes_origin);
  EXPECT_TRUE(rule.bypass_on_cookie && rule.cache_on_cookie);
  EXPECT_EQ(rule.wishes.by_device_type, true);
  EXPECT_EQ(rule.wishes.deception_armor, false);
  EXPECT_EQ(rule.wishes.respects_strong_etags, true);
  EXPECT_EQ(rule.wishes.sorted_query, true);
  EXPECT_EQ(rule.wishes.passes_error_pages, true);
  EXPECT_EQ(rule.wishes.origin_cache_control, false);
  EXPECT_EQ(rule.wishes.idle, (Texts{"ssl", "always_use_https"}));
}

TEST(PageRules, TakeZeroAsTheOriginsOwn) {  // reference §4.2, §8.2
  const auto zeros = read_actions(
      R"({"id": "edge_cache_ttl", "value": 0}, {"id": "browser_cache_ttl", "value": 0})", Plan::free
  );
  EXPECT_EQ(faults(zeros), Texts{});
  const Wishes& wishes = zeros.rules.at(0).wishes;
  if (!wishes.edge_ttl || !wishes.browser_ttl) FAIL();
  EXPECT_EQ(wishes.edge_ttl->mode, EdgeTtl::Mode::respect_origin);
  EXPECT_EQ(wishes.browser_ttl->mode, BrowserTtl::Mode::respect_origin);
}

TEST(PageRules, RefuseWhatIsOutOfBounds) {  // reference §8.2
  const struct {
    const char* action;
    Plan plan;
    const char* fault;
  } cases[] = {
      {R"({"id": "cache_level", "value": "all"})",
       Plan::pro,
       "/0/actions/0/value: value must be \"aggressive\", \"basic\", \"simplified\", \"bypass\" or "
       "\"cache_everything\""},
      {R"({"id": "edge_cache_ttl", "value": 2419201})",
       Plan::enterprise,
       "/0/actions/0/value: value must be a whole number from 0 to 2419200"},
      {R"({"id": "edge_cache_ttl", "value": 3599})",
       Plan::pro,
       "/0/actions/0/value: value must be 0 or at least 3600 on this plan"},
      {R"({"id": "browser_cache_ttl", "value": 119})",
       Plan::business,
       "/0/actions/0/value: value must be 0 or at least 120 on this plan"},
      {R"({"id": "browser_cache_ttl", "value": 29})",
       Plan::enterprise,
       "/0/actions/0/value: value must be 0 or at least 30 on this plan"},
      {R"({"id": "browser_cache_ttl", "value": 31536001})",
       Plan::enterprise,
       "/0/actions/0/value: value must be a whole number from 0 to 31536000"},
      {R"({"id": "cache_ttl_by_status", "value": {"2xx": 1}})",
       Plan::enterprise,
       "/0/actions/0/value/2xx: must be a status or a range such as \"200-299\", with seconds, "
       "\"no-cache\" or \"no-store\""},
      {R"({"id": "bypass_cache_on_cookie", "value": "a||b"})",
       Plan::business,
       "/0/actions/0/value: value must name a cookie between two \"|\""},
      {R"({"id": "explicit_cache_control", "value": true})",
       Plan::enterprise,
       "/0/actions/0/value: value must be \"off\" or \"on\""},
      {R"({"id": "cache_levl", "value": "bypass"})",
       Plan::pro,
       "/0/actions/0/id: id is no known action, did you mean \"cache_level\"?"},
      {R"({"value": "bypass"})", Plan::pro, "/0/actions/0/id: id is missing"},
      {R"({"id": "ssl", "value": "off"}, {"id": "ssl", "value": "off"})",
       Plan::pro,
       "/0/actions/1/id: id stands twice"},
      {R"({"id": "forwarding_url", "value": {}}, {"id": "ssl", "value": "off"})",
       Plan::pro,
       R"(/0/actions: actions "forwarding_url" may not be used with "any setting")"},
      {"", Plan::pro, "/0/actions: must not be empty"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(faults(read_actions(c.action, c.plan)), Texts{c.fault}) << c.action;
}

TEST(PageRules, NeedATargetAndActions) {
  EXPECT_EQ(
      faults(read(R"([{"status": "on"}])")),
      (Texts{
          "/0/targets: targets is missing",
          "/0/status: status must be \"disabled\" or \"active\"",
          "/0/actions: actions is missing",
      })
  );
  EXPECT_EQ(
      faults(read(R"([{"targets": [{"target": "url", "constraint":
          {"operator": "contains", "value": "a*b*c*d*e*f"}}],
          "actions": [{"id": "ssl"}]}])")),
      (Texts{
          "/0/targets/0/constraint/operator: operator must be \"matches\"",
          "/0/targets/0/constraint/value: value must not have more than 4 \"*\"",
      })
  );
  EXPECT_TRUE(read(R"([{"status": "on"}])").rules.empty()) << "refused whole";
}

TEST(PageRules, ApplyByPriorityAndOnlyOne) {  // reference §8.1
  const auto rules = read(
      "[" + rule("example.com/*", R"({"id": "ssl"})", R"(, "priority": 1, "id": "low")") + "," +
      rule("example.com/a*", R"({"id": "ssl"})", R"(, "priority": 3, "id": "high")") + "," +
      rule("example.com/*", R"({"id": "ssl"})", R"(, "priority": 1, "id": "later")") + "]"
  );
  EXPECT_EQ(faults(rules), Texts{});
  ASSERT_EQ(rules.rules.size(), 3U);
  EXPECT_EQ(page_rule_for(rules.rules, url("http://example.com/ab"))->id, "high");
  EXPECT_EQ(page_rule_for(rules.rules, url("http://example.com/b"))->id, "low");
  EXPECT_EQ(page_rule_for(rules.rules, url("http://other.com/b")), nullptr);
  const auto behind = page_rules_behind(rules.rules, url("http://example.com/ab"));
  ASSERT_EQ(behind.size(), 2U);
  EXPECT_EQ(behind[0]->id, "low");
  EXPECT_EQ(behind[1]->id, "later");
  EXPECT_EQ(page_rules_behind(rules.rules, url("http://example.com/b")).size(), 1U);
  EXPECT_TRUE(page_rules_behind(rules.rules, url("http://other.com/b")).empty());
}

TEST(PageRules, AreDisabledUnlessTheySayOtherwise) {  // api-v4.md §4.5
  const auto rules = read(R"([{"targets": [{"target": "url", "constraint":
      {"operator": "matches", "value": "example.com/*"}}], "actions": [{"id": "ssl"}]}])");
  EXPECT_EQ(faults(rules), Texts{});
  EXPECT_EQ(page_rule_for(rules.rules, url("http://example.com/a")), nullptr);
}

TEST(PageRules, AreAsManyAsThePlanHas) {  // reference §8.1
  const auto many = [](std::size_t count) {
    std::string text = "[" + rule("example.com/*", R"({"id": "ssl"})");
    for (std::size_t i = 1; i < count; ++i) text += "," + rule("example.com/*", R"({"id": "ssl"})");
    return text + "]";
  };
  EXPECT_EQ(faults(read(many(3), Plan::free)), Texts{});
  EXPECT_EQ(faults(read(many(4), Plan::free)), Texts{": must not have more than 3 items"});
}

TEST(PageRules, AreGivenBackAsTheyCame) {  // api-v4.md §4.5
  const std::string given =
      rule("Example.com/*", R"({"id": "cache_level", "value": "bypass"})", R"(, "id": "x")");
  const auto rules = read("[" + given + "]");
  ASSERT_EQ(rules.rules.size(), 1U);
  json::Object expected = json::parse(given).value().as_object();
  expected["priority"] = 1;
  EXPECT_EQ(json::Value(to_json(rules.rules[0])), json::Value(expected));
}

}  // namespace
}  // namespace festina::rules
