#include "rules/worker_cf.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "rules/resolve.h"
#include "rules/written.h"

namespace festina::rules {
namespace {

using namespace std::chrono_literals;
using policy::CacheDecision;
using policy::Reason;
using policy::WorkerOptions;

WorkerOptions asked_by_w() {
  WorkerOptions options;
  options.present = true;
  options.script = "w";
  options.asks = true;
  return options;
}

ZoneRules on_plan(Plan plan) { return {.plan = plan}; }

CacheDecision decide(
    std::string_view target, const WorkerOptions& worker, Plan plan = Plan::enterprise,
    const Settings& settings = {}
) {
  http::Request request;
  request.url = http::parse_url("http://example.com" + std::string(target)).value();
  ZoneRules rules = on_plan(plan);
  rules.settings = settings;
  return resolve(rules, request, {}, policy::UpstreamKind::origin, worker);
}

const policy::Step* aside(const CacheDecision& decision, Reason reason) {
  const auto found = std::ranges::find(decision.asides, reason, &policy::Step::reason);
  return found == decision.asides.end() ? nullptr : &*found;
}

TEST(WorkerCf, LeavesOtherRequestsAlone) {
  EXPECT_TRUE(decide("/a.css", policy::kNoWorkerOptions).asides.empty());
  EXPECT_TRUE(decide("/a.css", asked_by_w()).asides.empty());
}

TEST(WorkerCf, TakesOverWhatCounts) {  // reference §4.2
  WorkerOptions worker = asked_by_w();
  worker.cache_key = "k";
  worker.cache_tags = {{"a", "b"}};
  worker.cache_control = http::parse_cache_control("max-age=9");
  worker.vary = policy::VarySpec{.otherwise = policy::VaryAction::passthrough, .rules = {}};
  worker.respects_strong_etags = true;
  worker.wants_cache_reserve = true;

  const CacheDecision decision = decide("/a.css", worker);

  EXPECT_EQ(decision.key.instead, "k");
  EXPECT_EQ(decision.cache_tags, worker.cache_tags);
  EXPECT_EQ(decision.cache_control, worker.cache_control);
  EXPECT_EQ(decision.vary, worker.vary);
  EXPECT_TRUE(decision.respects_strong_etags);
  for (const Reason reason :
       {Reason::worker_cache_key,
        Reason::worker_cache_tags,
        Reason::worker_cache_control,
        Reason::worker_vary,
        Reason::worker_strong_etags}) {
    ASSERT_NE(aside(decision, reason), nullptr) << static_cast<int>(reason);
    EXPECT_EQ(aside(decision, reason)->name, "w");
    EXPECT_EQ(aside(decision, reason)->value, 1);
  }
  ASSERT_NE(aside(decision, Reason::cache_reserve_absent), nullptr);
  EXPECT_EQ(aside(decision, Reason::cache_reserve_absent)->value, 0) << "it has no effect";
}

TEST(WorkerCf, IgnoresWhatThePlanLacks) {
  WorkerOptions worker = asked_by_w();
  worker.cache_key = "k";
  for (const Plan plan : {Plan::free, Plan::pro, Plan::business}) {
    const CacheDecision decision = decide("/a.css", worker, plan);
    EXPECT_EQ(decision.key.instead, "");
    ASSERT_NE(aside(decision, Reason::plan_has_no_cache_key), nullptr);
    EXPECT_EQ(aside(decision, Reason::plan_has_no_cache_key)->name, "enterprise");
    EXPECT_EQ(aside(decision, Reason::plan_has_no_cache_key)->value, 0);
  }
}

TEST(WorkerCf, SaysThatAKeyLeavesNoRoomForAQuery) {
  WorkerOptions worker = asked_by_w();
  worker.cache_key = "k";
  const Settings sorting{.sort_query_string_for_cache = true};
  const CacheDecision decision = decide("/a.css?b&a", worker, Plan::enterprise, sorting);
  const auto says_sorted = [](const policy::Step& step) {
    return step.reason == Reason::query_string_sorted;
  };
  EXPECT_TRUE(std::ranges::none_of(decision.steps, says_sorted));
}

TEST(WorkerCf, SaysWhatNeedsEligibility) {  // reference §4.6: cacheTtlByStatus does not make it
  WorkerOptions worker = asked_by_w();
  worker.cache_ttl_by_status = {{{200, 299}, 60s}};
  EXPECT_NE(aside(decide("/page", worker), Reason::worker_needs_eligibility), nullptr);
  EXPECT_EQ(aside(decide("/a.css", worker), Reason::worker_needs_eligibility), nullptr);
  worker.cache_everything = true;
  const CacheDecision decision = decide("/page", worker);
  EXPECT_TRUE(decision.eligible);
  EXPECT_EQ(aside(decision, Reason::worker_needs_eligibility), nullptr);
}

TEST(WorkerCf, BeatsTheZoneOnlyByItsFlag) {  // reference §9.2, §9.3: F
  WorkerOptions worker = asked_by_w();
  worker.cache_everything = true;
  worker.cache_ttl = 60s;
  const Settings in_development{.development_mode = {.is_on = true, .since = {}}};
  EXPECT_TRUE(decide("/a.css", worker, Plan::pro, in_development).eligible);

  worker.overrides_rules = false;
  const CacheDecision refused = decide("/a.css", worker, Plan::pro, in_development);
  EXPECT_FALSE(refused.eligible);
  EXPECT_EQ(refused.steps[0].reason, Reason::development_mode);
  EXPECT_NE(aside(refused, Reason::worker_flag_lets_rules_win), nullptr);
  EXPECT_TRUE(decide("/page", worker).eligible) << "no rule, no difference";
}

TEST(WorkerCf, SaysWhereARuleBeatsItsSettings) {  // reference §9.1, §9.3
  const struct {
    const char* rule;  // of a Cache Rule
    void (*ask)(WorkerOptions&);
  } cases[] = {
      {R"("edge_ttl":{"mode":"override_origin","default":3600})",
       [](WorkerOptions& worker) { worker.cache_ttl = 60s; }},
      {R"("cache_key":{"cache_by_device_type":true})",
       [](WorkerOptions& worker) { worker.cache_key = "k"; }},
      {R"("cache_key":{"cache_deception_armor":true})",
       [](WorkerOptions& worker) { worker.deception_armor = false; }},
      {R"("respect_strong_etags":true)",
       [](WorkerOptions& worker) { worker.respects_strong_etags = false; }},
      {R"("vary":{"default":{"action":"bypass"}})",
       [](WorkerOptions& worker) { worker.vary = policy::VarySpec(); }},
  };
  http::Request request;
  request.url = http::parse_url("http://example.com/a.css").value();
  for (const auto& c : cases) {
    ZoneRules rules = on_plan(Plan::enterprise);
    rules.cache_rules = testing::cache_rules({{"r", c.rule}});
    const auto decided_for = [&](const WorkerOptions& worker) {
      return resolve(rules, request, {}, policy::UpstreamKind::origin, worker);
    };
    for (const bool overrides : {true, false}) {
      WorkerOptions worker = asked_by_w();
      worker.overrides_rules = overrides;
      const CacheDecision silent = decided_for(worker);
      EXPECT_EQ(aside(silent, Reason::worker_flag_lets_rules_win), nullptr) << c.rule;
      c.ask(worker);
      const CacheDecision decision = decided_for(worker);
      const bool is_said = aside(decision, Reason::worker_flag_lets_rules_win) != nullptr;
      EXPECT_EQ(is_said, !overrides) << c.rule;
    }
  }
}

TEST(WorkerCf, SaysWhatBecameOfTheConnection) {
  WorkerOptions worker = asked_by_w();
  worker.resolve_override = "img.example.com";
  worker.resolved = policy::Resolved::as_the_script_says;
  worker.dropped_port = 8080;
  const CacheDecision taken = decide("/page", worker);
  ASSERT_NE(aside(taken, Reason::worker_resolves), nullptr);
  EXPECT_EQ(aside(taken, Reason::worker_resolves)->name, "img.example.com");
  ASSERT_NE(aside(taken, Reason::worker_port_dropped), nullptr);
  EXPECT_EQ(aside(taken, Reason::worker_port_dropped)->name, "8080");
  worker.resolved = policy::Resolved::refused;
  EXPECT_NE(aside(decide("/page", worker), Reason::worker_may_not_resolve), nullptr);
}

TEST(WorkerCf, NamesWhatDoesNothing) {
  WorkerOptions worker = asked_by_w();
  worker.ignored = {
      {policy::IgnoredMember::Why::unknown, "cacheEveryting", "did you mean cacheEverything?"},
      {policy::IgnoredMember::Why::unusable, "cacheTtl", "it must be a whole number of seconds"},
      {policy::IgnoredMember::Why::unknown, "myOwn", ""}
  };
  const CacheDecision decision = decide("/page", worker);
  ASSERT_EQ(decision.asides.size(), 3U);
  EXPECT_EQ(decision.asides[0].name, "cacheEveryting (did you mean cacheEverything?)");
  EXPECT_EQ(decision.asides[1].reason, Reason::cf_member_unusable);
  EXPECT_EQ(decision.asides[2].name, "myOwn");
}

TEST(WorkerCf, SaysThatAnotherFrontDoorIgnoresIt) {
  WorkerOptions worker;
  worker.present = worker.is_of_another_zone = true;
  worker.script = "w";
  EXPECT_NE(aside(decide("/page", worker), Reason::worker_of_another_zone), nullptr);
}

TEST(WorkerCf, OfASnippetNeverBeatsTheZone) {  // reference §9.5
  WorkerOptions snippet = asked_by_w();
  snippet.cache_everything = true;
  snippet.overrides_rules = false;
  snippet.is_of_snippet = true;
  const Settings in_development{.development_mode = {.is_on = true, .since = {}}};
  const CacheDecision refused = decide("/a.css", snippet, Plan::pro, in_development);
  EXPECT_FALSE(refused.eligible);
  EXPECT_NE(aside(refused, Reason::snippet_lets_rules_win), nullptr);
  EXPECT_EQ(aside(refused, Reason::worker_flag_lets_rules_win), nullptr);
  EXPECT_TRUE(decide("/page", snippet).eligible) << "where no rule speaks";
}

TEST(WorkerCf, DoesNothingInFrontOfAnotherScript) {  // reference §0.3
  http::Request request;
  request.url = http::parse_url("http://example.com/page").value();
  WorkerOptions worker = asked_by_w();
  worker.cache_everything = true;
  const CacheDecision decision = resolve({}, request, {}, policy::UpstreamKind::worker, worker);
  EXPECT_FALSE(decision.eligible);
  ASSERT_NE(aside(decision, Reason::worker_meets_worker), nullptr);
  EXPECT_EQ(aside(decision, Reason::worker_meets_worker)->name, "w");
  worker.asks = false;
  EXPECT_TRUE(resolve({}, request, {}, policy::UpstreamKind::worker, worker).asides.empty());
}

TEST(DecisionOfOperation, TakesKeyLifetimeAndTags) {  // reference §5.3
  WorkerOptions worker = asked_by_w();
  worker.cache_key = "k";
  worker.cache_ttl = 60s;
  worker.cache_ttl_by_status = {{{404, 404}, 5s}};
  worker.cache_tags = {{"a"}};
  worker.strip_etags = true;

  const CacheDecision decision = decision_of_operation(worker, on_plan(Plan::enterprise));

  EXPECT_EQ(decision.key.instead, "k");
  EXPECT_EQ(policy::explicit_ttl(decision, 200), 60s);
  EXPECT_EQ(policy::explicit_ttl(decision, 404), 5s);
  EXPECT_EQ(decision.cache_tags, worker.cache_tags);
  EXPECT_FALSE(decision.strip_etags) << "of what is fetched only";
}

TEST(DecisionOfOperation, TakesNoteOfWhatDoesNothing) {
  WorkerOptions worker = asked_by_w();
  worker.cache_key = "k";
  worker.ignored = {
      {.why = policy::IgnoredMember::Why::unknown, .name = "cacheTttl", .hint = "did you mean x?"}
  };
  const CacheDecision decision = decision_of_operation(worker, on_plan(Plan::business));
  EXPECT_EQ(decision.key.instead, "") << "of the next plan";
  EXPECT_NE(aside(decision, Reason::plan_has_no_cache_key), nullptr);
  ASSERT_NE(aside(decision, Reason::cf_member_unknown), nullptr);
  EXPECT_EQ(aside(decision, Reason::cf_member_unknown)->name, "cacheTttl (did you mean x?)");
}

}  // namespace
}  // namespace festina::rules
