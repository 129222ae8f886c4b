#include "rules/eligibility.h"

#include <gtest/gtest.h>

#include "rules/asked.h"
#include "rules/written.h"

namespace festina::rules {
namespace {

using namespace std::chrono_literals;
using policy::Reason;
using policy::Setter;
using policy::WorkerOptions;
using testing::Asked;
using testing::cache_rules;
using testing::page_rules;

policy::Step judged(const ZoneRules& rules, const Asked& asked, const WorkerOptions& worker = {}) {
  return eligibility(rules, hear(rules, asked.facts()), asked.facts(), worker);
}

constexpr std::string_view kBypass = R"("cache": false)";
constexpr std::string_view kEligible = R"("cache": true)";
constexpr std::string_view kEverything = R"({"id": "cache_level", "value": "cache_everything"})";

TEST(Eligibility, IsSettledByWhoComesFirst) {  // reference §6.3, §8.2, §9.1, §9.2
  const Settings developing{.development_mode = {.is_on = true, .since = {}}};
  const Settings basic{.cache_level = CacheLevel::basic};
  WorkerOptions everything;
  everything.cache_everything = true;
  WorkerOptions meek = everything;
  meek.overrides_rules = false;
  WorkerOptions silent;
  silent.present = true;
  const auto bypass = cache_rules({{"c", kBypass}});
  const auto eligible = cache_rules({{"c", kEligible}});
  const auto page_bypass = page_rules({{"*", R"({"id": "cache_level", "value": "bypass"})"}});
  const auto page_all = page_rules({{"*", kEverything}});
  const struct {
    ZoneRules rules;
    const char* path;
    WorkerOptions worker;
    Reason reason;
    Setter setter;
    const char* why;
  } cases[] = {
      {{}, "/a.css", {}, Reason::default_extension, Setter::product_default, ""},
      {{.cache_rules = bypass}, "/a.css", {}, Reason::rule_bypasses, Setter::cache_rule, ""},
      {{.cache_rules = eligible}, "/p", {}, Reason::rule_eligible, Setter::cache_rule, ""},
      {{.cache_rules = bypass, .page_rules = page_all},
       "/p",
       {},
       Reason::rule_bypasses,
       Setter::cache_rule,
       "Cache Rules before Page Rules"},
      {{.cache_rules = eligible, .page_rules = page_bypass},
       "/p",
       {},
       Reason::rule_eligible,
       Setter::cache_rule,
       "either way"},
      {{.page_rules = page_all}, "/p", {}, Reason::cache_everything, Setter::page_rule, ""},
      {{.page_rules = page_bypass}, "/a.css", {}, Reason::cache_level_bypass, Setter::page_rule, ""
      },
      {{.settings = basic, .page_rules = page_all},
       "/p?x",
       {},
       Reason::cache_everything,
       Setter::page_rule,
       "Page Rules before the zone"},
      {{.settings = basic}, "/a.css?x", {}, Reason::query_string_refused, Setter::zone_setting, ""},
      {{.page_rules = page_rules({{"*", R"({"id": "cache_level", "value": "basic"})"}})},
       "/a.css?x",
       {},
       Reason::query_string_refused,
       Setter::page_rule,
       ""},
      {{.settings = basic,
        .page_rules = page_rules({{"*", R"({"id": "cache_level", "value": "aggressive"})"}})},
       "/a.css?x",
       {},
       Reason::default_extension,
       Setter::product_default,
       "the Page Rule's level in place of the zone's"},
      {{.settings = developing, .cache_rules = eligible},
       "/a.css",
       {},
       Reason::development_mode,
       Setter::zone_setting,
       "Development Mode before every rule"},
      {{.settings = developing},
       "/p",
       everything,
       Reason::worker_cache_everything,
       Setter::worker,
       ""},
      {{.settings = developing}, "/p", meek, Reason::development_mode, Setter::zone_setting, ""},
      {{.cache_rules = bypass},
       "/p",
       everything,
       Reason::worker_cache_everything,
       Setter::worker,
       ""},
      {{.cache_rules = bypass},
       "/p",
       meek,
       Reason::rule_bypasses,
       Setter::cache_rule,
       "its flags let the rule win"},
      {{.cache_rules = bypass},
       "/a.css",
       silent,
       Reason::rule_bypasses,
       Setter::cache_rule,
       "it says nothing that could override"},
      {{}, "/p", meek, Reason::worker_cache_everything, Setter::worker, "no rule speaks"},
      {{.cache_rules = eligible}, "/p", meek, Reason::rule_eligible, Setter::cache_rule, ""},
  };
  for (const auto& c : cases) {
    const auto step = judged(c.rules, Asked("http://example.com" + std::string(c.path)), c.worker);
    EXPECT_EQ(step.reason, c.reason) << c.path << " " << c.why;
    EXPECT_EQ(step.setter, c.setter) << c.path << " " << c.why;
  }
}

TEST(Eligibility, HeedsCookiesOfThePageRule) {  // reference §8.2
  const std::string bypass = R"({"id": "bypass_cache_on_cookie", "value": "sid=.*"})";
  const std::string cache = R"({"id": "cache_on_cookie", "value": "ok=.*"})";
  const std::string all(kEverything);
  const std::string both = all + "," + bypass + "," + cache;
  const struct {
    std::string actions;
    const char* cookies;
    Plan plan;
    Reason reason;
  } cases[] = {
      {all + "," + bypass, "Cookie: sid=1", Plan::business, Reason::cookie_bypasses},
      {all + "," + bypass, "Cookie: x=1", Plan::business, Reason::cache_everything},
      {all + "," + bypass, "Cookie: sid=1", Plan::pro, Reason::cache_everything},
      {all + "," + cache, "Cookie: ok=1", Plan::business, Reason::cache_everything},
      {all + "," + cache, "", Plan::business, Reason::cookie_missing},
      {both, "Cookie: ok=1; sid=1", Plan::business, Reason::cache_everything},
      {bypass, "Cookie: sid=1", Plan::business, Reason::cookie_bypasses},
      {bypass, "", Plan::business, Reason::default_extension},
  };
  for (const auto& c : cases) {
    const ZoneRules rules{.plan = c.plan, .page_rules = page_rules({{"*", c.actions}})};
    EXPECT_EQ(judged(rules, Asked("http://example.com/a.css", c.cookies)).reason, c.reason)
        << c.actions << " " << c.cookies;
  }
}

TEST(Eligibility, TakesMorePortsWhereARuleNamesThem) {  // reference §1.1, §6.2
  ZoneRules rules{
      .plan = Plan::enterprise,
      .cache_rules = cache_rules({{"c", R"("additional_cacheable_ports": [8443])"}})
  };
  EXPECT_EQ(judged(rules, Asked("https://e.com:8443/a.css")).reason, Reason::default_extension);
  EXPECT_EQ(judged(rules, Asked("https://e.com:2083/a.css")).reason, Reason::port_not_cacheable);
  rules.plan = Plan::business;
  EXPECT_EQ(judged(rules, Asked("https://e.com:8443/a.css")).reason, Reason::port_not_cacheable);
}

TEST(Eligibility, IsNoMatterOfRulesWhereTheRequestForbidsIt) {  // reference §1.1
  const ZoneRules rules{.cache_rules = cache_rules({{"c", kEligible}})};
  Asked post("http://example.com/p");
  post.request.method = http::Method::post;
  EXPECT_EQ(judged(rules, post).reason, Reason::method_not_cacheable);
}

}  // namespace
}  // namespace festina::rules
