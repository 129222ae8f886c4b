#include "rules/resolve.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <utility>

#include "rules/written.h"

namespace festina::rules {
namespace {

using namespace std::chrono_literals;
using http::Method;
using policy::Aspect;
using policy::CacheDecision;
using policy::QueryInKey;
using policy::Reason;
using policy::Setter;
using policy::UpstreamKind;
using policy::WorkerOptions;

http::Request request(std::string_view target, Method method = Method::get) {
  http::Request made;
  made.method = method;
  made.url = http::parse_url("http://example.com" + std::string(target)).value();
  return made;
}

CacheDecision decide(
    const http::Request& asked, const ZoneRules& rules = {}, const WorkerOptions& worker = {},
    std::uint16_t port = 80
) {
  policy::Visit visit;
  visit.port = port;
  return resolve(rules, asked, visit, UpstreamKind::origin, worker);
}

const policy::Step* step(const CacheDecision& decision, Aspect aspect) {
  const auto end = decision.steps.begin() + static_cast<std::ptrdiff_t>(decision.step_count);
  const auto found = std::find_if(decision.steps.begin(), end, [aspect](const policy::Step& step) {
    return step.aspect == aspect;
  });
  return found == end ? nullptr : &*found;
}
Reason why_eligible(const CacheDecision& decision) {
  return step(decision, Aspect::eligible)->reason;
}

ZoneRules with(Settings settings) {
  ZoneRules rules;
  rules.settings = settings;
  return rules;
}

WorkerOptions asked_by(std::string script) {
  WorkerOptions options;
  options.present = true;
  options.script = std::move(script);
  return options;
}

TEST(Resolve, MakesStaticFilesEligible) {  // reference §1.1, §1.2
  const struct {
    const char* target;
    Reason reason;
    const char* why;
  } cases[] = {
      {"/a/logo.PNG?v=2", Reason::default_extension, "case and query do not matter"},
      {"/foo.tar.bz2", Reason::default_extension, "the last extension"},
      {"/.mp3", Reason::no_extension, "a dotfile has none"},
      {"/.foo.mp3", Reason::default_extension, "a dotfile with one"},
      {"/foo.", Reason::no_extension, "nothing behind the dot"},
      {"/index.html", Reason::not_default_extension, "not in the list"},
      {"/api/v1.js/users", Reason::no_extension, "not in the last segment"},
      {"/app.js;jsessionid=1", Reason::not_default_extension, "js;jsessionid=1"},
      {"/robots.txt", Reason::robots_txt, "by its path"},
      {"/a/robots.txt", Reason::not_default_extension, "only at the root"},
      {"/", Reason::no_extension, "a page"},
  };
  for (const auto& c : cases) {
    const auto decision = decide(request(c.target));
    const bool eligible =
        c.reason != Reason::not_default_extension && c.reason != Reason::no_extension;
    EXPECT_EQ(why_eligible(decision), c.reason) << c.why;
    EXPECT_EQ(decision.eligible, eligible) << c.why;
    EXPECT_EQ(decision.may_use_cache, eligible) << c.why;
    EXPECT_EQ(decision.eligible_by_default, eligible) << c.why;
    EXPECT_TRUE(decision.announces_status) << c.why;
  }
}

TEST(Resolve, NamesTheExtension) {
  EXPECT_EQ(step(decide(request("/a.CSS")), Aspect::eligible)->name, "css");
  EXPECT_EQ(step(decide(request("/a.html")), Aspect::eligible)->name, "html");
}

TEST(Resolve, NotesThatAClientsDirectivesDoNotCount) {  // reference §1.7
  const auto noted = [](std::string_view field,
                        std::string_view value,
                        const ZoneRules& rules = {},
                        const WorkerOptions& worker = {}) {
    http::Request asked = request("/a.css");
    asked.headers.add(field, value);
    const CacheDecision decision = decide(asked, rules, worker);
    return std::ranges::count(
        decision.asides, Reason::request_directives_ignored, &policy::Step::reason
    );
  };
  for (const char* value : {"no-cache", "no-store", "max-age=0"})
    EXPECT_EQ(noted("Cache-Control", value), 1) << value;
  EXPECT_EQ(noted("Pragma", "no-cache"), 1);
  EXPECT_EQ(noted("Cache-Control", "max-age=60"), 0) << "asks for nothing new";
  WorkerOptions revalidating = asked_by("w");
  revalidating.force_revalidate = true;
  EXPECT_EQ(noted("Cache-Control", "no-cache", {}, revalidating), 0) << "the Worker is heard";
  ZoneRules standard;
  standard.profile = policy::Profile::standard;
  EXPECT_EQ(noted("Cache-Control", "no-cache", standard), 0) << "there it counts";
}

TEST(Resolve, CachesOnlyGetAndHead) {  // reference §1.1, §4.6
  WorkerOptions worker;
  worker.cache_ttl = 60s;
  for (const Method method :
       {Method::post,
        Method::put,
        Method::patch,
        Method::del,
        Method::options,
        Method::purge,
        Method::other}) {
    EXPECT_EQ(why_eligible(decide(request("/a.css", method))), Reason::method_not_cacheable);
    EXPECT_EQ(
        why_eligible(decide(request("/a.css", method), {}, worker)), Reason::method_not_cacheable
    );
  }
  EXPECT_TRUE(decide(request("/a.css", Method::head)).eligible);
}

TEST(Resolve, RefusesSomePorts) {  // reference §1.1
  for (const int port : {2052, 2053, 2082, 2083, 2086, 2087, 2095, 2096, 8880, 8443}) {
    const auto decision = decide(request("/a.css"), {}, {}, static_cast<std::uint16_t>(port));
    EXPECT_EQ(why_eligible(decision), Reason::port_not_cacheable) << port;
  }
  for (const int port : {80, 443, 8080, 8787}) {
    EXPECT_TRUE(decide(request("/a.css"), {}, {}, static_cast<std::uint16_t>(port)).eligible);
  }
}

TEST(Resolve, RefusesWebSockets) {  // reference §1.1
  auto asked = request("/a.css");
  asked.headers.add("Connection", "Upgrade");
  asked.headers.add("Upgrade", "WebSocket");
  EXPECT_EQ(why_eligible(decide(asked)), Reason::upgrade_not_cacheable);
  asked.headers.set("Upgrade", "h2c");
  EXPECT_TRUE(decide(asked).eligible) << "another protocol for the same request";
}

TEST(Resolve, FollowsTheZonesSettings) {  // reference §1.1, §1.7, §8.4
  const struct {
    Settings settings;
    const char* target;
    Reason reason;
    QueryInKey query;
    const char* why;
  } cases[] = {
      {{}, "/a.css?x", Reason::default_extension, QueryInKey::whole, "standard"},
      {{.development_mode = {.is_on = true, .since = {}}},
       "/a.css",
       Reason::development_mode,
       QueryInKey::whole,
       ""},
      {{.cache_level = CacheLevel::basic},
       "/a.css?x",
       Reason::query_string_refused,
       QueryInKey::whole,
       "no query string"},
      {{.cache_level = CacheLevel::basic},
       "/a.css",
       Reason::default_extension,
       QueryInKey::whole,
       "without a query string"},
      {{.cache_level = CacheLevel::simplified},
       "/a.css?x",
       Reason::default_extension,
       QueryInKey::dropped,
       "ignore query string"},
      {{.cache_level = CacheLevel::simplified},
       "/robots.txt?x",
       Reason::robots_txt,
       QueryInKey::whole,
       "only of static extensions"},
      {{.sort_query_string_for_cache = true},
       "/a.css?x",
       Reason::default_extension,
       QueryInKey::sorted,
       ""},
  };
  for (const auto& c : cases) {
    const auto decision = decide(request(c.target), with(c.settings));
    EXPECT_EQ(why_eligible(decision), c.reason) << c.why;
    EXPECT_EQ(decision.key.query, c.query) << c.why;
    EXPECT_EQ(step(decision, Aspect::cache_key) != nullptr, c.query != QueryInKey::whole) << c.why;
  }
}

TEST(Resolve, LetsDevelopmentModeEndByItself) {  // reference §8.4
  const Settings settings{.development_mode = {.is_on = true, .since = TimePoint(100s)}};
  policy::Visit visit;
  for (const auto& [now, reason] :
       {std::pair(10'899s, Reason::development_mode), {10'900s, Reason::default_extension}}) {
    visit.now = TimePoint(now);
    const auto decision =
        resolve(with(settings), request("/a.css"), visit, UpstreamKind::origin, {});
    EXPECT_EQ(why_eligible(decision), reason) << now.count();
  }
}

TEST(Resolve, TakesFromThePlanWhatItSettles) {  // reference §1.3, §1.6, §11.7
  for (const Plan plan : {Plan::free, Plan::pro, Plan::business, Plan::enterprise}) {
    ZoneRules rules;
    rules.plan = plan;
    const auto decision = decide(request("/a.css"), rules);
    EXPECT_EQ(decision.origin_cache_control, plan != Plan::enterprise);
    EXPECT_EQ(decision.max_size, max_cacheable_bytes(plan));
    EXPECT_EQ(decision.codings, codings_of(plan));
  }
}

TEST(Resolve, TakesTheBrowserTtlFromTheZone) {  // reference §2.6
  const auto four_hours = decide(request("/a.css"));
  EXPECT_EQ(four_hours.browser_ttl, 14400s);
  EXPECT_EQ(step(four_hours, Aspect::browser_ttl)->reason, Reason::zone_browser_ttl);

  const auto respecting = decide(request("/a.css"), with({.browser_cache_ttl = 0s}));
  EXPECT_EQ(respecting.browser_ttl, 0s);
  EXPECT_EQ(step(respecting, Aspect::browser_ttl)->reason, Reason::browser_ttl_respects_origin);

  EXPECT_EQ(decide(request("/")).browser_ttl, 0s) << "never applied to DYNAMIC";
}

TEST(Resolve, LetsAWorkerDecide) {  // reference §4.2, §4.4, §4.6
  const WorkerOptions nothing = asked_by("w");
  WorkerOptions everything = nothing;
  everything.cache_everything = true;
  WorkerOptions ttl = nothing;
  ttl.cache_ttl = 60s;
  WorkerOptions negative = nothing;
  negative.cache_ttl = -1s;
  WorkerOptions by_status = nothing;
  by_status.cache_ttl_by_status = {{{200, 299}, 60s}};
  WorkerOptions both = by_status;
  both.cache_everything = true;
  WorkerOptions bypass = negative;
  bypass.bypass = true;
  const struct {
    WorkerOptions worker;
    const char* target;
    Reason reason;
    bool eligible;
    Reason ttl_reason;
    const char* why;
  } cases[] = {
      {nothing, "/p", Reason::no_extension, false, {}, "asks for nothing"},
      {nothing, "/a.css", Reason::default_extension, true, Reason::origin_decides, ""},
      {everything, "/p", Reason::worker_cache_everything, true, Reason::origin_decides, ""},
      {ttl, "/p", Reason::worker_cache_ttl, true, Reason::worker_sets_ttl, "cacheTtl implies it"},
      {negative,
       "/p",
       Reason::worker_cache_ttl,
       true,
       Reason::worker_sets_ttl,
       "eligible, but not stored: BYPASS"},
      {by_status, "/p", Reason::no_extension, false, {}, "by status does not imply it"},
      {by_status,
       "/a.css",
       Reason::default_extension,
       true,
       Reason::worker_sets_ttl_by_status,
       "but counts where eligible"},
      {both, "/p", Reason::worker_cache_everything, true, Reason::worker_sets_ttl_by_status, ""},
      {bypass, "/a.css", Reason::worker_bypass, false, {}, "cache: no-store"},
  };
  for (const auto& c : cases) {
    const auto decision = decide(request(c.target), {}, c.worker);
    EXPECT_EQ(why_eligible(decision), c.reason) << c.why;
    EXPECT_EQ(decision.eligible, c.eligible) << c.why;
    if (!c.eligible) continue;
    EXPECT_EQ(step(decision, Aspect::edge_ttl)->reason, c.ttl_reason) << c.why;
    EXPECT_EQ(decision.edge_ttl, c.worker.cache_ttl) << c.why;
    EXPECT_EQ(decision.edge_ttl_by_status, c.worker.cache_ttl_by_status) << c.why;
    EXPECT_EQ(decision.eligible_by_default, c.reason == Reason::default_extension) << c.why;
  }
}

TEST(Resolve, PrefersTheWorkerToTheSettings) {  // reference §9.1
  WorkerOptions worker = asked_by("w");
  worker.cache_everything = true;
  for (const Settings settings :
       {Settings{.development_mode = {.is_on = true, .since = {}}},
        Settings{.cache_level = CacheLevel::basic}}) {
    const auto decision = decide(request("/p?x"), with(settings), worker);
    EXPECT_EQ(why_eligible(decision), Reason::worker_cache_everything);
    EXPECT_EQ(step(decision, Aspect::eligible)->setter, Setter::worker);
    EXPECT_EQ(step(decision, Aspect::eligible)->name, "w");
  }
}

TEST(Resolve, PassesOnThatAScriptForcesRevalidation) {  // reference §4.4
  WorkerOptions worker = asked_by("w");
  worker.force_revalidate = true;
  EXPECT_TRUE(decide(request("/a.css"), {}, worker).force_revalidate);
  EXPECT_FALSE(decide(request("/a.css")).force_revalidate);
}

TEST(Resolve, SaysThatAlwaysOnlineRulesStaleCopies) {  // reference §3.6
  const auto online = decide(request("/a.css"), with({.always_online = true}));
  EXPECT_TRUE(online.always_online);
  ASSERT_NE(step(online, Aspect::stale_copies), nullptr);
  EXPECT_EQ(step(online, Aspect::stale_copies)->reason, Reason::always_online);
  const auto plain = decide(request("/a.css"));
  EXPECT_FALSE(plain.always_online);
  EXPECT_EQ(step(plain, Aspect::stale_copies), nullptr);
}

TEST(Resolve, PassesOnWhatAScriptWantsOfStoring) {  // reference §3.8, §4.2
  WorkerOptions worker = asked_by("w");
  worker.deception_armor = true;
  worker.strip_etags = true;
  const auto armored = decide(request("/a.css"), {}, worker);
  EXPECT_TRUE(armored.deception_armor);
  EXPECT_TRUE(armored.strip_etags);
  EXPECT_FALSE(armored.strip_last_modified);
  EXPECT_EQ(step(armored, Aspect::deception_armor)->name, "w");
  EXPECT_EQ(step(armored, Aspect::validators)->reason, Reason::worker_strips_validators);

  const auto plain = decide(request("/a.css"), {}, asked_by("w"));
  EXPECT_FALSE(plain.deception_armor || plain.strip_etags || plain.strip_last_modified);
  EXPECT_EQ(step(plain, Aspect::deception_armor), nullptr);
  EXPECT_EQ(step(plain, Aspect::validators), nullptr);
}

TEST(Resolve, HasRoomForEveryStep) {
  WorkerOptions worker = asked_by("w");
  worker.cache_ttl = 60s;
  worker.deception_armor = worker.strip_etags = worker.strip_last_modified = true;
  const Settings settings{.always_online = true, .sort_query_string_for_cache = true};
  ZoneRules rules = with(settings);
  rules.compat.worker_cache = policy::WorkerCache::zone;
  const auto decision = resolve(rules, request("/a.css?x"), {}, UpstreamKind::worker, worker);
  EXPECT_EQ(decision.step_count, policy::kMaxSteps);
}

TEST(Resolve, IgnoresTheClientsCacheControl) {  // reference §1.7
  auto asked = request("/a.css");
  asked.headers.add("Cache-Control", "no-cache, no-store, only-if-cached");
  asked.headers.add("Pragma", "no-cache");
  const auto decision = decide(asked);
  EXPECT_TRUE(decision.may_use_cache);
  EXPECT_FALSE(decision.force_revalidate);
  EXPECT_FALSE(decision.asked);
}

TEST(Resolve, PutsNoCacheBeforeAWorker) {  // reference §0.3
  const auto decision =
      resolve({}, request("/a.css"), {}, UpstreamKind::worker, policy::kNoWorkerOptions);
  EXPECT_FALSE(decision.may_use_cache);
  EXPECT_FALSE(decision.announces_status);
  EXPECT_EQ(why_eligible(decision), Reason::worker_in_front);
}

ZoneRules standard(Settings settings = {}) {
  ZoneRules rules = with(settings);
  rules.profile = policy::Profile::standard;
  rules.compat = policy::compat_of(policy::Era::of_2025);
  rules.plan = Plan::enterprise;
  return rules;
}

TEST(ResolveStandard, MakesEveryGetAndHeadEligible) {
  for (const std::string_view target : {"/", "/a.html?q", "/api/v1"}) {
    const auto decision = decide(request(target), standard(), {}, 8443);
    EXPECT_TRUE(decision.may_use_cache) << target;
    EXPECT_EQ(why_eligible(decision), Reason::standard_profile) << target;
  }
  EXPECT_TRUE(decide(request("/", Method::head), standard()).may_use_cache);
  EXPECT_FALSE(decide(request("/", Method::put), standard()).eligible);
}

TEST(ResolveStandard, LetsTheAnswerToAPostBeStoredButNoneAnswerIt) {  // RFC 9110 §9.3.3
  const auto decision = decide(request("/", Method::post), standard());
  EXPECT_FALSE(decision.may_use_cache);
  EXPECT_TRUE(decision.eligible);
  EXPECT_FALSE(decide(request("/", Method::post)).eligible) << "the service stores none";
  EXPECT_FALSE(decide(
                   request("/", Method::post),
                   standard({.development_mode = {.is_on = true, .since = {}}})
  ).eligible);
}

TEST(ResolveStandard, LeavesTheServicesHabitsOut) {
  const auto decision = decide(request("/"), standard());
  EXPECT_EQ(decision.compat, policy::Compat{}) << "no era";
  EXPECT_TRUE(decision.origin_cache_control) << "whatever the plan";
  EXPECT_EQ(decision.browser_ttl, 0s);
  EXPECT_EQ(step(decision, Aspect::browser_ttl)->reason, Reason::standard_browser_ttl);
  EXPECT_FALSE(decision.key.with_origin);
  if (!decision.vary) FAIL();
  EXPECT_EQ(decision.vary->otherwise, policy::VaryAction::equivalent);
  EXPECT_EQ(decision.asked, std::nullopt) << "the client asked for nothing";
}

TEST(ResolveStandard, HearsTheClientsCacheControl) {  // RFC 9111 §5.2.1
  auto asked = request("/");
  asked.headers.add("Cache-Control", "max-age=5");
  asked.headers.add("Cache-Control", "no-store");
  asked.headers.add("Pragma", "no-cache");
  const auto decision = decide(asked, standard());
  if (!decision.asked) FAIL();
  EXPECT_EQ(decision.asked->max_age, 5s);
  EXPECT_TRUE(decision.asked->no_store);
  EXPECT_FALSE(decision.asked->no_cache) << "Pragma is of the past (§5.4)";
}

TEST(ResolveStandard, KeepsTheOwnersSettings) {
  EXPECT_FALSE(decide(
                   request("/"), standard({.development_mode = {.is_on = true, .since = {}}})
  ).may_use_cache);
  EXPECT_FALSE(decide(request("/?a"), standard({.cache_level = CacheLevel::basic})).may_use_cache);
}

ZoneRules with_rule(std::string_view settings, Plan plan = Plan::enterprise) {
  return {.plan = plan, .cache_rules = testing::cache_rules({{"c", settings}})};
}
ZoneRules with_page_rule(std::string_view actions, Plan plan = Plan::enterprise) {
  return {.plan = plan, .page_rules = testing::page_rules({{"*", actions}})};
}
// Both say it; the Cache Rule comes first.
ZoneRules with_both(std::string_view settings, std::string_view actions) {
  ZoneRules rules = with_rule(settings);
  rules.page_rules = with_page_rule(actions).page_rules;
  return rules;
}

TEST(ResolvePrecedence, OfFlagsOfRulesPlansAndScripts) {  // reference §9.1, §9.2
  const auto meek = [](WorkerOptions worker) {
    worker.overrides_rules = false;
    return worker;
  };
  WorkerOptions strong = asked_by("w");
  strong.respects_strong_etags = true;
  WorkerOptions weak = asked_by("w");
  weak.respects_strong_etags = false;
  WorkerOptions armored = asked_by("w");
  armored.deception_armor = true;
  WorkerOptions bare = asked_by("w");
  bare.deception_armor = false;
  const auto occ = [](const CacheDecision& d) { return d.origin_cache_control; };
  const auto etags = [](const CacheDecision& d) { return d.respects_strong_etags; };
  const auto armor = [](const CacheDecision& d) { return d.deception_armor; };
  const auto updating = [](const CacheDecision& d) { return d.may_be_updating; };
  const auto pages = [](const CacheDecision& d) { return d.passes_error_pages; };
  ZoneRules zone_pages{.plan = Plan::enterprise, .settings = {.origin_error_page_pass_thru = true}};
  ZoneRules zone_pages_pro{.settings = {.origin_error_page_pass_thru = true}};
  ZoneRules rule_pages = with_rule(R"("origin_error_page_passthru": false)");
  rule_pages.settings = zone_pages.settings;
  constexpr std::string_view page_occ = R"({"id": "explicit_cache_control", "value": "on"})";
  constexpr std::string_view page_etags = R"({"id": "respect_strong_etag", "value": "on"})";
  constexpr std::string_view page_armor = R"({"id": "cache_deception_armor", "value": "on"})";
  constexpr std::string_view page_pages = R"({"id": "origin_error_page_pass_thru", "value": "on"})";
  constexpr std::string_view rule_no_armor = R"("cache_key": {"cache_deception_armor": false})";
  constexpr std::string_view rule_no_etags = R"("respect_strong_etags": false)";
  const struct {
    bool (*of)(const CacheDecision&);
    ZoneRules rules;
    WorkerOptions worker;
    bool expected;
    const char* why;
  } cases[] = {
      {occ, {}, {}, true, "pro obeys the origin"},
      {occ, {.plan = Plan::enterprise}, {}, false, "enterprise does not"},
      {occ, with_page_rule(page_occ), {}, true, "a Page Rule"},
      {occ, with_both(R"("origin_cache_control": false)", page_occ), {}, false, "a Cache Rule"},
      {occ, with_rule(R"("origin_cache_control": false)", Plan::pro), {}, true, "not on pro"},
      {etags, {}, {}, false, ""},
      {etags, with_page_rule(page_etags, Plan::free), {}, true, "a Page Rule"},
      {etags, with_both(rule_no_etags, page_etags), {}, false, "a Cache Rule"},
      {etags, with_rule(rule_no_etags), strong, true, "a Worker"},
      {etags, with_page_rule(page_etags), weak, false, "a Worker, either way"},
      {etags, with_rule(rule_no_etags), meek(strong), false, "one that lets rules win"},
      {etags, {}, meek(strong), true, "where they say nothing"},
      {armor, {}, {}, false, ""},
      {armor, with_page_rule(page_armor, Plan::free), {}, true, "a Page Rule"},
      {armor, with_both(rule_no_armor, page_armor), {}, false, "a Cache Rule"},
      {armor, with_rule(rule_no_armor), armored, true, "a Worker"},
      {armor, with_page_rule(page_armor), bare, false, "a Worker, either way"},
      {armor, with_rule(rule_no_armor), meek(armored), false, "one that lets rules win"},
      {armor, {}, meek(armored), true, "where they say nothing"},
      {updating, {}, {}, true, ""},
      {updating,
       with_rule(R"("serve_stale": {"disable_stale_while_updating": true})", Plan::free),
       {},
       false,
       "a Cache Rule"},
      {pages, {}, {}, false, ""},
      {pages, zone_pages, {}, true, "the zone"},
      {pages, zone_pages_pro, {}, false, "not on pro"},
      {pages, with_page_rule(page_pages), {}, true, "a Page Rule"},
      {pages, rule_pages, {}, false, "a Cache Rule"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(c.of(decide(request("/a.css"), c.rules, c.worker)), c.expected) << c.why;
}

TEST(ResolvePrecedence, OfVary) {  // reference §9.1, §11.4
  using policy::VaryAction;
  const ZoneRules ruled = with_rule(R"("vary": {"default": {"action": "passthrough"}})");
  WorkerOptions worker = asked_by("w");
  worker.vary = policy::VarySpec{.otherwise = VaryAction::bypass, .rules = {}};
  WorkerOptions meek = worker;
  meek.overrides_rules = false;
  const auto otherwise = [](const CacheDecision& decision) -> std::optional<VaryAction> {
    if (!decision.vary) return {};
    return decision.vary->otherwise;
  };
  EXPECT_EQ(decide(request("/a.css")).vary, std::nullopt);
  EXPECT_EQ(otherwise(decide(request("/a.css"), ruled)), VaryAction::passthrough);
  EXPECT_EQ(otherwise(decide(request("/a.css"), ruled, worker)), VaryAction::bypass);
  EXPECT_EQ(otherwise(decide(request("/a.css"), ruled, meek)), VaryAction::passthrough);
  EXPECT_EQ(otherwise(decide(request("/a.css"), {}, meek)), VaryAction::bypass);
  EXPECT_EQ(otherwise(decide(request("/"), standard(), asked_by("w"))), VaryAction::equivalent)
      << "a script that says nothing of it changes nothing";
}

TEST(ResolvePrecedence, OfTheKey) {  // reference §9.1
  const ZoneRules ruled =
      with_rule(R"("cache_key": {"custom_key": {"query_string": {"include": ["a"]}}})");
  WorkerOptions worker = asked_by("w");
  worker.cache_key = "k";
  WorkerOptions meek = worker;
  meek.overrides_rules = false;
  const auto by_rule = decide(request("/a.css?a"), ruled);
  ASSERT_TRUE(by_rule.key.custom);
  EXPECT_EQ(step(by_rule, Aspect::cache_key)->reason, Reason::rule_makes_key);
  EXPECT_EQ(step(by_rule, Aspect::cache_key)->name, "c");
  EXPECT_EQ(decide(request("/a.css"), ruled, worker).key.instead, "k");
  EXPECT_EQ(step(decide(request("/a.css"), ruled, worker), Aspect::cache_key), nullptr);
  EXPECT_EQ(decide(request("/a.css"), ruled, meek).key.instead, "");
  ZoneRules plain;
  plain.plan = Plan::enterprise;
  EXPECT_EQ(decide(request("/a.css"), plain, meek).key.instead, "k");
}

TEST(Resolve, TakesTheReadTimeoutOfARuleForWhatIsNotCachedToo) {  // reference §6.2
  const ZoneRules ruled = with_rule(R"("read_timeout": 900)");
  EXPECT_EQ(decide(request("/page"), ruled).read_timeout, 900s);
  EXPECT_FALSE(decide(request("/page"), ruled).eligible);
  EXPECT_EQ(decide(request("/page")).read_timeout, std::nullopt);
}

TEST(Resolve, TakesWhatTheZoneKeepsBeyondTheService) {  // reference §8.4
  const Settings minute{.edge_cache_ttl = 60s};
  EXPECT_EQ(decide(request("/a.css"), with(minute)).default_ttl, 60s);
  EXPECT_EQ(step(decide(request("/a.css"), with(minute)), Aspect::edge_ttl)->value, 60);
}

TEST(Resolve, SaysWhichRuleSettledWhat) {
  const auto decision = decide(
      request("/p"),
      with_rule(
          R"("cache": true, "edge_ttl": {"mode": "override_origin", "default": 60},
             "browser_ttl": {"mode": "bypass"}, "respect_strong_etags": true,
             "cache_reserve": {"eligible": true})"
      )
  );
  for (const Aspect aspect : {Aspect::eligible, Aspect::edge_ttl, Aspect::browser_ttl}) {
    ASSERT_NE(step(decision, aspect), nullptr);
    EXPECT_EQ(step(decision, aspect)->setter, Setter::cache_rule);
    EXPECT_EQ(step(decision, aspect)->name, "c");
  }
  EXPECT_FALSE(decision.eligible_by_default) << "as Cache Everything (reference §1.4)";
  ASSERT_EQ(decision.asides.size(), 2U);
  EXPECT_EQ(decision.asides[0].reason, Reason::rule_idle);
  EXPECT_EQ(decision.asides[1].aspect, Aspect::strong_etags);
}

TEST(Resolve, HasRoomForEveryStepOfRules) {
  const ZoneRules rules = with_rule(
      R"("cache": true, "edge_ttl": {"mode": "override_origin", "default": 60},
         "browser_ttl": {"mode": "bypass"},
         "cache_key": {"cache_by_device_type": true, "cache_deception_armor": true})"
  );
  ZoneRules online = rules;
  online.settings.always_online = true;
  online.compat.worker_cache = policy::WorkerCache::zone;
  WorkerOptions worker = asked_by("w");
  worker.strip_etags = true;
  const auto decision = resolve(online, request("/p?x"), {}, UpstreamKind::worker, worker);
  EXPECT_EQ(decision.step_count, policy::kMaxSteps);
}

TEST(Resolve, TakesAWorkerForAnOriginWhereTheOwnerWantsIt) {  // product.md §3
  for (const policy::Profile profile : {policy::Profile::cloudflare, policy::Profile::standard}) {
    ZoneRules rules = with_rule(R"("cache": true)");
    rules.profile = profile;
    rules.compat.worker_cache = policy::WorkerCache::zone;
    const auto decision = resolve(rules, request("/p"), {}, UpstreamKind::worker, {});
    EXPECT_TRUE(decision.may_use_cache);
    EXPECT_TRUE(decision.announces_status);
    EXPECT_EQ(decision.steps[0].reason, Reason::worker_as_an_origin);
    EXPECT_EQ(why_eligible(decision), Reason::rule_eligible);
    EXPECT_EQ(decision.compat.worker_cache, policy::WorkerCache::zone) << "explain names it";
    const auto of_origin = resolve(rules, request("/p"), {}, UpstreamKind::origin, {});
    EXPECT_NE(of_origin.steps[0].reason, Reason::worker_as_an_origin);
  }
}

TEST(Resolve, AsksNoRuleBeforeAWorker) {  // reference §0.3
  const auto decision =
      resolve(with_rule(R"("cache": true)"), request("/p"), {}, UpstreamKind::worker, {});
  EXPECT_FALSE(decision.may_use_cache);
  EXPECT_EQ(why_eligible(decision), Reason::worker_in_front);
}

TEST(Resolve, AsksNoRuleBeforeASnippet) {  // reference §0.3
  const auto decision =
      resolve(with_rule(R"("cache": true)"), request("/p"), {}, UpstreamKind::snippet, {});
  EXPECT_FALSE(decision.may_use_cache);
  EXPECT_FALSE(decision.announces_status);
  EXPECT_EQ(why_eligible(decision), Reason::snippet_in_front);
}

}  // namespace
}  // namespace festina::rules
