#include "rules/lifetimes.h"

#include <gtest/gtest.h>

#include "rules/asked.h"
#include "rules/written.h"

namespace festina::rules {
namespace {

using namespace std::chrono_literals;
using policy::CacheDecision;
using policy::Reason;
using policy::Setter;
using policy::WorkerOptions;
using std::chrono::seconds;
using testing::Asked;
using testing::cache_rules;
using testing::page_rules;

CacheDecision with_edge_ttl(const ZoneRules& rules, const WorkerOptions& worker = {}) {
  const Asked asked("http://example.com/a.css");
  CacheDecision decision;
  decision.compat = rules.compat;
  settle_edge_ttl(decision, rules, hear(rules, asked.facts()), worker);
  return decision;
}
CacheDecision with_browser_ttl(const ZoneRules& rules) {
  const Asked asked("http://example.com/a.css");
  CacheDecision decision;
  settle_browser_ttl(decision, rules, hear(rules, asked.facts()));
  return decision;
}

WorkerOptions saying(std::optional<seconds> ttl, std::vector<policy::StatusTtl> by_status = {}) {
  WorkerOptions worker;
  worker.script = "w";
  worker.cache_ttl = ttl;
  worker.cache_ttl_by_status = std::move(by_status);
  return worker;
}
WorkerOptions meek(WorkerOptions worker) {
  worker.overrides_rules = false;
  return worker;
}

using Ttl = std::optional<seconds>;

TEST(EdgeTtl, IsSettledByWhoComesFirst) {  // reference §3.1, §6.3, §9.1, §9.2
  const auto rule = cache_rules(
      {{"c",
        R"("edge_ttl": {"mode": "override_origin", "default": 3600,
            "status_code_ttl": [{"status_code": 404, "value": 5}]})"}}
  );
  const auto respecting = cache_rules({{"c", R"("edge_ttl": {"mode": "respect_origin"})"}});
  const auto wanting = cache_rules({{"c", R"("edge_ttl": {"mode": "bypass_by_default"})"}});
  const auto statuses = cache_rules(
      {{"c",
        R"("edge_ttl": {"mode": "respect_origin",
            "status_code_ttl": [{"status_code": 404, "value": 5}]})"}}
  );
  const auto page = page_rules({{"*", R"({"id": "edge_cache_ttl", "value": 7200})"}});
  const auto page_zero = page_rules({{"*", R"({"id": "edge_cache_ttl", "value": 0})"}});
  const Settings minute{.edge_cache_ttl = 60s};
  const struct {
    ZoneRules rules;
    WorkerOptions worker;
    Ttl of_200;
    Ttl of_404;
    Ttl by_default;
    Reason reason;
    Setter setter;
    const char* why;
  } cases[] = {
      {{}, {}, {}, {}, {}, Reason::origin_decides, Setter::origin, "nobody"},
      {{.settings = minute}, {}, {}, {}, 60s, Reason::zone_edge_ttl, Setter::zone_setting, "zone"},
      {{.page_rules = page}, {}, 7200s, 7200s, {}, Reason::rule_sets_ttl, Setter::page_rule, ""},
      {{.settings = minute, .page_rules = page_zero},
       {},
       {},
       {},
       {},
       Reason::rule_respects_origin,
       Setter::page_rule,
       "Page Rules before the zone: as the origin says"},
      {{.cache_rules = rule, .page_rules = page},
       {},
       3600s,
       5s,
       {},
       Reason::rule_sets_ttl,
       Setter::cache_rule,
       "Cache Rules before Page Rules"},
      {{.cache_rules = respecting, .page_rules = page},
       {},
       {},
       {},
       {},
       Reason::rule_respects_origin,
       Setter::cache_rule,
       "respect_origin is a word too"},
      {{.cache_rules = statuses},
       {},
       {},
       5s,
       {},
       Reason::rule_sets_ttl_by_status,
       Setter::cache_rule,
       ""},
      {{.cache_rules = wanting},
       {},
       {},
       {},
       {},
       Reason::rule_wants_freshness,
       Setter::cache_rule,
       ""},
      {{.cache_rules = rule},
       saying(60s),
       60s,
       60s,
       {},
       Reason::worker_sets_ttl,
       Setter::worker,
       "a Worker's cacheTtl before all of a rule's"},
      {{.cache_rules = rule},
       saying({}, {{{200, 299}, 9s}}),
       9s,
       5s,
       {},
       Reason::worker_sets_ttl_by_status,
       Setter::worker,
       "what its statuses leave open is the rule's"},
      {{.cache_rules = rule},
       meek(saying(60s)),
       3600s,
       5s,
       {},
       Reason::rule_sets_ttl,
       Setter::cache_rule,
       "its flags let rules win"},
      {{.cache_rules = respecting},
       meek(saying(60s)),
       {},
       {},
       {},
       Reason::rule_respects_origin,
       Setter::cache_rule,
       "as a whole"},
      {{}, meek(saying(60s)), 60s, 60s, {}, Reason::worker_sets_ttl, Setter::worker, "no rule"},
      {{.settings = minute}, saying(9s), 9s, 9s, {}, Reason::worker_sets_ttl, Setter::worker, ""},
  };
  for (const auto& c : cases) {
    const CacheDecision decision = with_edge_ttl(c.rules, c.worker);
    EXPECT_EQ(explicit_ttl(decision, 200), c.of_200) << c.why;
    EXPECT_EQ(explicit_ttl(decision, 404), c.of_404) << c.why;
    EXPECT_EQ(decision.default_ttl, c.by_default) << c.why;
    EXPECT_EQ(decision.steps[0].reason, c.reason) << c.why;
    EXPECT_EQ(decision.steps[0].setter, c.setter) << c.why;
    EXPECT_EQ(decision.wants_freshness, c.reason == Reason::rule_wants_freshness) << c.why;
  }
}

TEST(EdgeTtl, YieldsToAWorkersOwnDirectives) {  // reference §4.2, §9.1
  WorkerOptions worker;
  worker.cache_control = http::parse_cache_control("max-age=9");
  const ZoneRules rules{
      .cache_rules =
          cache_rules({{"c", R"("edge_ttl": {"mode": "override_origin", "default": 3600})"}})
  };
  EXPECT_EQ(with_edge_ttl(rules, worker).edge_ttl, std::nullopt);
  EXPECT_EQ(with_edge_ttl(rules, worker).asides.at(0).reason, Reason::overruled);
  EXPECT_EQ(with_edge_ttl(rules, meek(worker)).edge_ttl, 3600s);
}

TEST(EdgeTtl, TakesStatusesOfAPageRuleOnTheirPlan) {  // reference §8.2
  ZoneRules rules{
      .plan = Plan::enterprise,
      .page_rules = page_rules({{"*", R"({"id": "cache_ttl_by_status", "value": {"404": 5}})"}})
  };
  EXPECT_EQ(explicit_ttl(with_edge_ttl(rules), 404), 5s);
  rules.plan = Plan::business;
  EXPECT_EQ(explicit_ttl(with_edge_ttl(rules), 404), std::nullopt);
}

TEST(EdgeTtl, OfZeroMeansWhatTheYearSaysInAScriptAlone) {  // reference §4.2
  ZoneRules rules;
  rules.compat.cache_ttl_by_status_zero = policy::CacheTtlByStatusZero::no_store;
  const WorkerOptions worker = saying(0s, {{{500, 599}, 0s}, {{200, 299}, 60s}});
  EXPECT_EQ(explicit_ttl(with_edge_ttl(rules, worker), 503), -1s);
  EXPECT_EQ(explicit_ttl(with_edge_ttl(rules, worker), 200), 60s);
  EXPECT_EQ(explicit_ttl(with_edge_ttl(rules, worker), 404), 0s) << "cacheTtl is another matter";
  EXPECT_EQ(explicit_ttl(with_edge_ttl({}, worker), 503), 0s);
  rules.cache_rules = cache_rules(
      {{"c",
        R"("edge_ttl": {"mode": "respect_origin",
            "status_code_ttl": [{"status_code": 500, "value": 0}]})"}}
  );
  EXPECT_EQ(explicit_ttl(with_edge_ttl(rules), 500), 0s) << "a rule's is no-cache";
}

TEST(BrowserTtl, IsSettledByWhoComesFirst) {  // reference §2.6, §9.1
  using How = policy::ForBrowsers;
  const auto rule = [](std::string_view mode) {
    return cache_rules({{"c", R"("browser_ttl": {"mode": ")" + std::string(mode) + "\"}"}});
  };
  const auto page = page_rules({{"*", R"({"id": "browser_cache_ttl", "value": 600})"}});
  const auto overriding =
      cache_rules({{"c", R"("browser_ttl": {"mode": "override_origin", "default": 60})"}});
  const auto zero =
      cache_rules({{"c", R"("browser_ttl": {"mode": "override_origin", "default": 0})"}});
  const policy::Profile standard = policy::Profile::standard;
  const struct {
    ZoneRules rules;
    How how;
    seconds ttl;
    Reason reason;
    Setter setter;
  } cases[] = {
      {{}, How::longer, 14400s, Reason::zone_browser_ttl, Setter::zone_setting},
      {{.settings = {.browser_cache_ttl = 0s}},
       How::longer,
       0s,
       Reason::browser_ttl_respects_origin,
       Setter::zone_setting},
      {{.profile = standard}, How::longer, 0s, Reason::standard_browser_ttl, Setter::zone_setting},
      {{.page_rules = page}, How::longer, 600s, Reason::rule_browser_ttl, Setter::page_rule},
      {{.cache_rules = overriding, .page_rules = page},
       How::longer,
       60s,
       Reason::rule_browser_ttl,
       Setter::cache_rule},
      {{.profile = standard, .cache_rules = overriding},
       How::longer,
       60s,
       Reason::rule_browser_ttl,
       Setter::cache_rule},
      {{.cache_rules = zero},
       How::longer,
       0s,
       Reason::rule_browser_ttl_respects_origin,
       Setter::cache_rule},
      {{.cache_rules = rule("respect_origin"), .page_rules = page},
       How::longer,
       0s,
       Reason::rule_browser_ttl_respects_origin,
       Setter::cache_rule},
      {{.cache_rules = rule("bypass")},
       How::never,
       0s,
       Reason::rule_keeps_from_browsers,
       Setter::cache_rule},
      {{.cache_rules = rule("bypass_by_default")},
       How::as_by_origin,
       0s,
       Reason::rule_wants_browser_freshness,
       Setter::cache_rule},
  };
  for (const auto& c : cases) {
    const CacheDecision decision = with_browser_ttl(c.rules);
    EXPECT_EQ(decision.for_browsers, c.how);
    EXPECT_EQ(decision.browser_ttl, c.ttl);
    EXPECT_EQ(decision.steps[0].reason, c.reason);
    EXPECT_EQ(decision.steps[0].setter, c.setter);
  }
}

}  // namespace
}  // namespace festina::rules
