#include "rules/heard.h"

#include <gtest/gtest.h>

#include "rules/asked.h"
#include "rules/value.h"
#include "rules/written.h"

namespace festina::rules {
namespace {

using namespace std::chrono_literals;
using policy::Reason;
using policy::Setter;
using testing::Asked;
using testing::cache_rules;
using testing::page_rules;

constexpr std::string_view kUrl = "http://example.com/a.css";

// "reason: what it speaks of" of each note.
std::vector<std::string> notes(const Heard& heard) {
  std::vector<std::string> texts;
  for (const policy::Step& step : heard.notes) {
    const char* reason = step.reason == Reason::overruled    ? "overruled: "
                         : step.reason == Reason::plan_lacks ? "plan: "
                         : step.reason == Reason::rule_idle  ? "idle: "
                                                             : "other: ";
    texts.push_back(reason + step.name);
  }
  return texts;
}
using Texts = std::vector<std::string>;

TEST(Hear, TakesTheLastThatSaysAThing) {  // reference §6.3
  const Asked asked(kUrl);
  const ZoneRules rules{
      .plan = Plan::enterprise,
      .cache_rules = cache_rules(
          {{"1", R"("cache": true, "edge_ttl": {"mode": "override_origin", "default": 3600})"},
           {"2", R"("browser_ttl": {"mode": "override_origin", "default": 60})"},
           {"3", R"("edge_ttl": {"mode": "override_origin", "default": 60})"},
           {"4", R"("cache": false)", "true", false},
           {"5", R"("cache": false)", "http.request.uri.path eq \"/other\""}}
      )
  };
  const Heard heard = hear(rules, asked.facts());
  ASSERT_TRUE(heard.cache && heard.edge_ttl && heard.browser_ttl);
  EXPECT_TRUE(*heard.cache) << "neither the disabled rule nor the one that does not match";
  EXPECT_EQ(heard.cache.voice.name, "1");
  EXPECT_EQ(heard.edge_ttl->ttl, 60s) << "the later";
  EXPECT_EQ(heard.edge_ttl.voice.name, "3");
  EXPECT_EQ(heard.browser_ttl->ttl, 60s) << "what the others do not mention stays";
  EXPECT_EQ(heard.edge_ttl.voice.setter, Setter::cache_rule);
  EXPECT_FALSE(heard.vary || heard.key || heard.read_timeout);
  EXPECT_EQ(notes(heard), Texts{});
}

TEST(Hear, PutsCacheRulesBeforeThePageRule) {  // reference §6.3, §9.1
  const Asked asked(kUrl);
  const ZoneRules rules{
      .plan = Plan::enterprise,
      .cache_rules = cache_rules({{"c", R"("edge_ttl": {"mode": "respect_origin"})"}}),
      .page_rules = page_rules(
          {{"example.com/*",
            R"({"id": "edge_cache_ttl", "value": 3600}, {"id": "browser_cache_ttl", "value": 60})"},
           {"example.com/a*", R"({"id": "browser_cache_ttl", "value": 90})"}}
      )
  };
  const Heard heard = hear(rules, asked.facts());
  EXPECT_EQ(heard.edge_ttl->mode, EdgeTtl::Mode::respect_origin);
  EXPECT_EQ(heard.browser_ttl->ttl, 60s) << "only the first Page Rule applies";
  EXPECT_EQ(heard.browser_ttl.voice.setter, Setter::page_rule);
  EXPECT_EQ(heard.browser_ttl.voice.name, "example.com/*");
  EXPECT_EQ(notes(heard), Texts{"overruled: the Page Rule \"example.com/*\""});
}

TEST(Hear, TakesTheKeyOfOneCacheRuleAsAWhole) {  // reference §6.3
  const Asked asked(kUrl);
  const auto by_two = cache_rules(
      {{"1", R"("cache_key": {"ignore_query_strings_order": true, "cache_deception_armor": true})"},
       {"2", R"("cache_key": {"cache_by_device_type": true})"},
       {"3", R"("cache_key": {})"}}
  );
  const auto page = page_rules({{"*", R"({"id": "sort_query_string_for_cache", "value": "on"},
                {"id": "cache_by_device_type", "value": "off"})"}});
  const ZoneRules rules{.plan = Plan::enterprise, .cache_rules = by_two, .page_rules = page};
  const Heard heard = hear(rules, asked.facts());
  EXPECT_TRUE(*heard.by_device_type);
  EXPECT_FALSE(heard.deception_armor) << "of the earlier rule nothing stays";
  ASSERT_TRUE(heard.sorted_query) << "a Page Rule's settings stand each for itself";
  EXPECT_EQ(heard.sorted_query.voice.setter, Setter::page_rule);
}

TEST(Hear, NotesWhatThePlanLacks) {  // reference §6.2, §8.2
  const Asked asked(kUrl);
  const auto rules = cache_rules(
      {{"c",
        R"("additional_cacheable_ports": [8443], "origin_cache_control": false,
           "origin_error_page_passthru": true, "cache_key": {"cache_by_device_type": true,
           "custom_key": {"query_string": {"include": ["a"]}}}, "cache_reserve": {"eligible": true})"
      }}
  );
  const auto page = page_rules({{"*", R"({"id": "bypass_cache_on_cookie", "value": "a=.*"},
                {"id": "cache_ttl_by_status", "value": {"200": 60}})"}});
  ZoneRules zone{.cache_rules = rules, .page_rules = page};
  const std::string by = ", of the Cache Rule \"c\"";
  const std::string ent = " (needs the plan enterprise)";
  const Texts of_rule = {
      "plan: custom cache keys" + ent + by,
      "plan: cache by device type" + ent + by,
      "plan: additional cacheable ports" + ent + by,
      "plan: switching origin cache control" + ent + by,
      "plan: the origin's own error pages" + ent + by,
      "idle: cache_reserve of the Cache Rule \"c\""
  };
  for (const Plan plan : {Plan::free, Plan::pro, Plan::business, Plan::enterprise}) {
    zone.plan = plan;
    const Heard heard = hear(zone, asked.facts());
    const bool has_all = plan == Plan::enterprise;
    EXPECT_EQ(static_cast<bool>(heard.ports), has_all);
    EXPECT_EQ(static_cast<bool>(heard.key), has_all);
    EXPECT_EQ(static_cast<bool>(heard.by_device_type), has_all);
    EXPECT_EQ(static_cast<bool>(heard.origin_cache_control), has_all);
    EXPECT_EQ(static_cast<bool>(heard.passes_error_pages), has_all);
    EXPECT_EQ(heard.heeds_cookies, plan >= Plan::business);
    EXPECT_EQ(heard.heeds_ttl_by_status, has_all);
    Texts expected = has_all ? Texts{of_rule.back()} : of_rule;
    if (plan < Plan::business)
      expected.push_back("plan: caching by cookie (needs the plan business), of the Page Rule \"*\""
      );
    if (!has_all)
      expected.push_back(
          "plan: edge TTL by status in Page Rules" + ent + ", of the Page Rule \"*\""
      );
    EXPECT_EQ(notes(heard), expected) << name(plan);
  }
}

TEST(Hear, LetsEveryPlanLeaveOutTheQueryAndSayWhatIsSo) {
  const Asked asked(kUrl);
  const ZoneRules zone{
      .plan = Plan::free,
      .cache_rules = cache_rules(
          {{"c", R"("origin_cache_control": true, "cache_key": {"ignore_query_strings_order": true,
                    "custom_key": {"query_string": {"exclude": "*"}}})"}}
      )
  };
  const Heard heard = hear(zone, asked.facts());
  EXPECT_TRUE(heard.key && heard.key->without_query);
  EXPECT_TRUE(heard.sorted_query && heard.origin_cache_control);
  EXPECT_EQ(notes(heard), Texts{});
}

TEST(Hear, TakesARuleThatCannotBeComputedAsNotMatching) {
  Asked asked(kUrl);
  asked.request.headers.add("Cookie", std::string(kMaxScratchBytes / 2, 'a'));
  const ZoneRules zone{
      .cache_rules = cache_rules(
          {{"c", R"("cache": false)", "len(concat(lower(http.cookie), upper(http.cookie))) gt 1"}}
      )
  };
  const Heard heard = hear(zone, asked.facts());
  EXPECT_FALSE(heard.cache);
  ASSERT_EQ(heard.notes.size(), 1U);
  EXPECT_EQ(heard.notes[0].reason, Reason::rule_failed);
  EXPECT_EQ(heard.notes[0].name, "c");
}

}  // namespace
}  // namespace festina::rules
