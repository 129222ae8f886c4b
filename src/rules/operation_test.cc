#include "rules/operation.h"

#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "rules/written.h"

namespace festina::rules {
namespace {

using namespace std::chrono_literals;
using policy::CacheDecision;
using policy::Reason;
using policy::Setter;
using policy::WorkerOptions;

enum class Flags : std::uint8_t { let_rules_win, override_rules };

WorkerOptions asked_by_w(Flags flags) {
  WorkerOptions worker;
  worker.present = true;
  worker.script = "w";
  worker.overrides_rules = flags == Flags::override_rules;
  return worker;
}

CacheDecision decide(
    const ZoneRules& rules, const WorkerOptions& worker,
    std::string_view url = "http://example.com/k?q", const policy::Visit& visit = {}
) {
  http::Request key;
  key.url = http::parse_url(url).value();
  key.headers.add("Cookie", "session=1");
  return resolve_operation(rules, key, visit, worker);
}

ZoneRules with(Settings settings) {
  ZoneRules rules;
  rules.settings = settings;
  return rules;
}
ZoneRules with_rule(std::string_view settings, std::string_view when = "true") {
  return {.cache_rules = testing::cache_rules({{"c", settings, when}})};
}
ZoneRules with_page_rule(std::string_view actions) {
  return {
      .plan = Plan::enterprise, .page_rules = testing::page_rules({{"example.com/*", actions}})
  };
}

const char* aside_name(const CacheDecision& decision, Reason reason) {
  for (const policy::Step& step : decision.asides) {
    if (step.reason == reason) return step.name.c_str();
  }
  return "";
}

TEST(ResolveOperation, ObeysWhatBypassesUnlessTheFlagsOverride) {  // reference §9.3
  const struct {
    ZoneRules rules;
    Setter setter;
    Reason reason;
    const char* name;
  } cases[] = {
      {with_rule(R"("cache":false)"), Setter::cache_rule, Reason::rule_bypasses, "c"},
      {with_page_rule(R"({"id":"cache_level","value":"bypass"})"),
       Setter::page_rule,
       Reason::cache_level_bypass,
       "example.com/*"},
      {with_page_rule(R"({"id":"bypass_cache_on_cookie","value":"session"})"),
       Setter::page_rule,
       Reason::cookie_bypasses,
       "example.com/*"},
      {with({.development_mode = {.is_on = true, .since = {}}}),
       Setter::zone_setting,
       Reason::development_mode,
       ""},
      {with({.cache_level = CacheLevel::basic}),
       Setter::zone_setting,
       Reason::query_string_refused,
       ""},
  };
  for (const auto& c : cases) {
    const CacheDecision refused = decide(c.rules, asked_by_w(Flags::let_rules_win));
    EXPECT_FALSE(refused.eligible || refused.may_use_cache) << c.name;
    ASSERT_EQ(refused.step_count, 1U);
    EXPECT_EQ(refused.steps[0].setter, c.setter) << c.name;
    EXPECT_EQ(refused.steps[0].reason, c.reason) << c.name;
    EXPECT_EQ(refused.steps[0].name, c.name);
    EXPECT_STREQ(aside_name(refused, Reason::cache_api_flags_let_rules_win), "w");

    const CacheDecision let = decide(c.rules, asked_by_w(Flags::override_rules));
    EXPECT_TRUE(let.eligible && let.may_use_cache) << c.name;
    ASSERT_EQ(let.step_count, 1U);
    EXPECT_EQ(let.steps[0].reason, Reason::cache_api_beats_rules);
    EXPECT_EQ(let.steps[0].name, "w");
    EXPECT_TRUE(let.asides.empty()) << "nothing of it is in vain";
  }
}

TEST(ResolveOperation, IsLetWhereNothingBypasses) {
  const ZoneRules all[] = {
      {},
      with_rule(R"("cache":true)"),
      with_rule(R"("edge_ttl":{"mode":"override_origin","default":60})"),
      with_rule(R"("cache":false)", R"(http.request.uri.path eq "/other")"),
      with_rule(R"("cache":false)", R"(http.request.method ne "GET")"),
      with_page_rule(R"({"id":"cache_level","value":"aggressive"})"),
  };
  for (const ZoneRules& rules : all) {
    for (const Flags flags : {Flags::let_rules_win, Flags::override_rules}) {
      const CacheDecision decision = decide(rules, asked_by_w(flags));
      EXPECT_TRUE(decision.eligible && decision.may_use_cache);
      EXPECT_EQ(decision.step_count, 0U) << "as ever: no news";
      EXPECT_TRUE(decision.asides.empty());
    }
  }
}

TEST(ResolveOperation, OfALaterRuleThatSaysEligibleIsLet) {  // reference §6.3
  const ZoneRules rules{
      .cache_rules = testing::cache_rules({{"no", R"("cache":false)"}, {"yes", R"("cache":true)"}})
  };
  EXPECT_TRUE(decide(rules, asked_by_w(Flags::let_rules_win)).eligible);
}

TEST(ResolveOperation, OfAKeyOfAnotherZoneOverridesNothing) {  // reference §9.2
  WorkerOptions worker = asked_by_w(Flags::override_rules);
  worker.is_of_another_zone = true;
  const CacheDecision refused =
      decide(with_rule(R"("cache":false)"), worker, "http://other.example/k");
  EXPECT_FALSE(refused.eligible);
  EXPECT_STREQ(aside_name(refused, Reason::cache_api_key_of_another_zone), "w");
  EXPECT_TRUE(decide({}, worker, "http://other.example/k").eligible);
}

TEST(ResolveOperation, OfASnippetBlamesNoFlag) {  // reference §9.5
  WorkerOptions snippet = asked_by_w(Flags::let_rules_win);
  snippet.is_of_snippet = true;
  const CacheDecision refused = decide(with_rule(R"("cache":false)"), snippet);
  EXPECT_FALSE(refused.eligible);
  EXPECT_STREQ(aside_name(refused, Reason::snippet_lets_rules_win), "w");
}

TEST(ResolveOperation, LooksAtWhoseRequestTheScriptServes) {
  const ZoneRules rules = with_rule(R"("cache":false)", R"(ip.src.country eq "DE")");
  policy::Visit visit;
  visit.country = visit.place.country = "DE";
  const WorkerOptions worker = asked_by_w(Flags::let_rules_win);
  EXPECT_FALSE(decide(rules, worker, "http://example.com/k", visit).eligible);
  EXPECT_TRUE(decide(rules, worker).eligible);
}

TEST(ResolveOperation, TakesTheScriptsCfBesides) {  // reference §5.3
  WorkerOptions worker = asked_by_w(Flags::override_rules);
  worker.cache_ttl = 60s;
  EXPECT_EQ(decide(with_rule(R"("cache":false)"), worker).edge_ttl, 60s);
}

}  // namespace
}  // namespace festina::rules
