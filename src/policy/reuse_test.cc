#include "policy/reuse.h"

#include <gtest/gtest.h>
#include <string_view>
#include <utility>
#include <vector>

namespace festina::policy {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr TimePoint kStored{784111777s};

CacheDecision eligible() {
  CacheDecision decision;
  decision.may_use_cache = true;
  decision.eligible = true;
  return decision;
}

// The verdict on a response stored at kStored with this Cache-Control and perhaps an ETag.
enum class Etag : bool { absent, present };
Reuse judge_after(
    seconds stay, std::string_view cache_control, Etag etag = Etag::absent,
    const CacheDecision& decision = eligible()
) {
  http::Response response;
  response.headers.add(http::Name::cache_control, cache_control);
  if (etag == Etag::present) response.headers.add(http::Name::etag, "\"x\"");
  const StoredResponse stored{
      200, facts_of(response, kStored, Profile::cloudflare), kStored, kStored, std::nullopt
  };
  return judge(&stored, decision, kStored + stay);
}

TEST(Judge, FetchesWhatIsAbsent) {
  const Reuse reuse = judge(nullptr, eligible(), kStored);
  EXPECT_EQ(reuse.action, Action::fetch);
  EXPECT_EQ(reuse.reason, Reason::absent);
  EXPECT_FALSE(reuse.found);
  EXPECT_EQ(reuse.stand_in, StandIn::never);
}

// The verdict in `standard` on a response of that age with this Cache-Control, for a client that asks so.
Reuse judge_asked(
    std::string_view asked, seconds stay, std::string_view cache_control, Etag etag = Etag::absent
) {
  CacheDecision decision = eligible();
  decision.profile = Profile::standard;
  decision.asked = http::parse_cache_control(asked);
  return judge_after(stay, cache_control, etag, decision);
}

TEST(Judge, HearsTheClientInStandard) {  // RFC 9111 §5.2.1
  const struct {
    std::string_view asked;
    seconds stay;
    std::string_view cache_control;
    Action action;
    Reason reason;
    StandIn stand_in;
    std::string_view why;
  } cases[] = {
      {"", 10s, "max-age=60", Action::serve, Reason::fresh, StandIn::never, "asks for nothing"},
      {"no-cache",
       10s,
       "max-age=60",
       Action::fetch,
       Reason::client_wants_newer,
       StandIn::never,
       "not without the origin"},
      {"no-store",
       10s,
       "max-age=60",
       Action::serve,
       Reason::fresh,
       StandIn::never,
       "speaks of storing (§5.2.1.5)"},
      {"max-age=10", 10s, "max-age=60", Action::serve, Reason::fresh, StandIn::never, "as old"},
      {"max-age=9",
       10s,
       "max-age=60",
       Action::fetch,
       Reason::client_wants_newer,
       StandIn::never,
       "older"},
      {"max-age=0, max-stale",
       10s,
       "max-age=60",
       Action::fetch,
       Reason::client_wants_newer,
       StandIn::never,
       "max-stale does not lift max-age"},
      {"max-age=100",
       70s,
       "max-age=60, stale-while-revalidate=60",
       Action::fetch,
       Reason::client_wants_newer,
       StandIn::never,
       "not stale either"},
      {"min-fresh=50", 10s, "max-age=60", Action::serve, Reason::fresh, StandIn::never, "just"},
      {"min-fresh=51",
       10s,
       "max-age=60",
       Action::fetch,
       Reason::client_wants_newer,
       StandIn::never,
       "not so long"},
      {"max-stale=10",
       70s,
       "max-age=60",
       Action::serve,
       Reason::client_takes_stale,
       StandIn::on_error,
       "stale for as long"},
      {"max-stale=9", 70s, "max-age=60", Action::fetch, Reason::stale, StandIn::on_error, "too long"
      },
      {"max-stale",
       7000s,
       "max-age=60",
       Action::serve,
       Reason::client_takes_stale,
       StandIn::on_error,
       "however long"},
      {"max-stale",
       70s,
       "max-age=60, must-revalidate",
       Action::fetch,
       Reason::must_revalidate,
       StandIn::never,
       "the origin forbids it (§4.2.4)"},
      {"max-stale",
       70s,
       "s-maxage=60",
       Action::fetch,
       Reason::s_maxage_forbids_stale,
       StandIn::never,
       "and so does s-maxage"},
      {"max-stale",
       0s,
       "no-cache",
       Action::fetch,
       Reason::must_revalidate,
       StandIn::never,
       "and no-cache"},
      {"only-if-cached", 10s, "max-age=60", Action::serve, Reason::fresh, StandIn::never, "is"},
      {"only-if-cached",
       70s,
       "max-age=60",
       Action::refuse,
       Reason::only_if_cached,
       StandIn::on_error,
       "stale"},
      {"only-if-cached, max-stale=10",
       70s,
       "max-age=60",
       Action::serve,
       Reason::client_takes_stale,
       StandIn::on_error,
       "but it takes that"},
      {"only-if-cached, no-cache",
       10s,
       "max-age=60",
       Action::refuse,
       Reason::only_if_cached,
       StandIn::never,
       "asks for the impossible"},
      {"max-age=abc, min-fresh=-1",
       10s,
       "max-age=60",
       Action::serve,
       Reason::fresh,
       StandIn::never,
       "what is no number is not there"},
  };
  for (const auto& c : cases) {
    const Reuse reuse = judge_asked(c.asked, c.stay, c.cache_control);
    EXPECT_EQ(reuse.action, c.action) << c.asked << ": " << c.why;
    EXPECT_EQ(reuse.reason, c.reason) << c.asked << ": " << c.why;
    EXPECT_EQ(reuse.stand_in, c.stand_in) << c.asked << ": " << c.why;
  }
  EXPECT_EQ(judge_asked("no-cache", 10s, "max-age=60", Etag::present).action, Action::validate);
}

TEST(Judge, RefusesWhatIsAbsentToWhoWantsOnlyThat) {  // RFC 9111 §5.2.1.7
  CacheDecision decision = eligible();
  decision.asked = http::parse_cache_control("only-if-cached");
  EXPECT_EQ(judge(nullptr, decision, kStored).action, Action::refuse);
  decision.asked = http::parse_cache_control("no-cache");
  EXPECT_EQ(judge(nullptr, decision, kStored).action, Action::fetch);
}

TEST(Judge, ServesWhatIsFresh) {  // RFC 9111 §4
  const Reuse reuse = judge_after(59s, "max-age=60");
  EXPECT_EQ(reuse.action, Action::serve);
  EXPECT_EQ(reuse.reason, Reason::fresh);
  EXPECT_TRUE(reuse.found);
  EXPECT_EQ(reuse.age, 59s);
  EXPECT_EQ(reuse.lifetime, 60s);
}

TEST(Judge, DecidesByAgeDirectivesAndValidators) {  // reference §2.2, §3.3, §3.4
  const struct {
    const char* cache_control;
    seconds stay;
    Etag etag;
    Action action;
    Reason reason;
    StandIn stand_in;
    const char* why;
  } cases[] = {
      {"max-age=60",
       60s,
       Etag::absent,
       Action::fetch,
       Reason::stale,
       StandIn::on_error,
       "age equals lifetime"},
      {"max-age=60",
       60s,
       Etag::present,
       Action::validate,
       Reason::stale,
       StandIn::on_error,
       "a validator"},
      {"max-age=600, stale-while-revalidate=30",
       599s,
       Etag::present,
       Action::serve,
       Reason::fresh,
       StandIn::never,
       "reference §3.4, t=599"},
      {"max-age=600, stale-while-revalidate=30",
       605s,
       Etag::present,
       Action::serve_and_refresh,
       Reason::stale_while_revalidate,
       StandIn::on_error,
       "reference §3.4, t=605"},
      {"max-age=600, stale-while-revalidate=30",
       629s,
       Etag::present,
       Action::serve_and_refresh,
       Reason::stale_while_revalidate,
       StandIn::on_error,
       "last second of the window"},
      {"max-age=600, stale-while-revalidate=30",
       630s,
       Etag::present,
       Action::validate,
       Reason::stale,
       StandIn::on_error,
       "the window is over"},
      {"s-maxage=300, stale-while-revalidate=3600",
       301s,
       Etag::present,
       Action::validate,
       Reason::s_maxage_forbids_stale,
       StandIn::never,
       "s-maxage forbids stale (reference §3.3)"},
      {"max-age=5, must-revalidate, stale-while-revalidate=60",
       6s,
       Etag::absent,
       Action::fetch,
       Reason::must_revalidate,
       StandIn::never,
       "RFC 9111 §5.2.2.2"},
      {"max-age=5, proxy-revalidate, stale-while-revalidate=60",
       6s,
       Etag::absent,
       Action::fetch,
       Reason::must_revalidate,
       StandIn::never,
       "RFC 9111 §5.2.2.8"},
      {"no-cache, stale-while-revalidate=60",
       0s,
       Etag::present,
       Action::validate,
       Reason::must_revalidate,
       StandIn::never,
       "RFC 9111 §5.2.2.4"},
      {"max-age=3600, stale-if-error=60",
       3610s,
       Etag::absent,
       Action::fetch,
       Reason::stale,
       StandIn::on_error,
       "reference §3.6, t=3610"},
      {"max-age=3600, stale-if-error=60",
       3700s,
       Etag::absent,
       Action::fetch,
       Reason::stale,
       StandIn::never,
       "reference §3.6, t=3700"},
      {"max-age=5, stale-if-error=0",
       6s,
       Etag::absent,
       Action::fetch,
       Reason::stale,
       StandIn::never,
       "forbidden"},
      {"max-age=0",
       0s,
       Etag::absent,
       Action::fetch,
       Reason::stale,
       StandIn::on_error,
       "stale at once"},
  };
  for (const auto& c : cases) {
    const Reuse reuse = judge_after(c.stay, c.cache_control, c.etag);
    EXPECT_EQ(reuse.action, c.action) << c.why;
    EXPECT_EQ(reuse.reason, c.reason) << c.why;
    EXPECT_EQ(reuse.stand_in, c.stand_in) << c.why;
    EXPECT_TRUE(reuse.found) << c.why;
  }
}

TEST(Judge, IgnoresMustRevalidateWithoutOriginCacheControl) {  // reference §1.3
  CacheDecision decision = eligible();
  decision.origin_cache_control = false;
  const auto reuse = judge_after(
      6s, "max-age=5, must-revalidate, stale-while-revalidate=60", Etag::absent, decision
  );
  EXPECT_EQ(reuse.action, Action::serve_and_refresh);
}

TEST(Judge, LetsTheFirstRequestWaitInTheSynchronousWay) {  // reference §3.4
  const struct {
    const char* cache_control;
    seconds stay;
    Action action;
    Meanwhile meanwhile;
    const char* why;
  } cases[] = {
      {"max-age=600, stale-while-revalidate=30", 599s, Action::serve, Meanwhile::wait, "fresh"},
      {"max-age=600, stale-while-revalidate=30",
       605s,
       Action::validate,
       Meanwhile::serve_stale,
       "inside the window"},
      {"max-age=600, stale-while-revalidate=30",
       629s,
       Action::validate,
       Meanwhile::serve_stale,
       "last second of the window"},
      {"max-age=600, stale-while-revalidate=30",
       630s,
       Action::validate,
       Meanwhile::wait,
       "the window is over"},
      {"max-age=600", 99999s, Action::validate, Meanwhile::serve_stale, "without the directive"},
      {"max-age=600, stale-while-revalidate=0",
       605s,
       Action::validate,
       Meanwhile::wait,
       "the origin's way out"},
      {"max-age=600, must-revalidate", 605s, Action::validate, Meanwhile::wait, "never stale"},
      {"s-maxage=600, stale-while-revalidate=30",
       605s,
       Action::validate,
       Meanwhile::wait,
       "never stale either"},
  };
  CacheDecision synchronous = eligible();
  synchronous.compat.stale_while_revalidate = StaleWhileRevalidate::synchronous;
  for (const auto& c : cases) {
    const Reuse reuse = judge_after(c.stay, c.cache_control, Etag::present, synchronous);
    EXPECT_EQ(reuse.action, c.action) << c.why;
    EXPECT_EQ(reuse.meanwhile, c.meanwhile) << c.why;
    const Reuse newest = judge_after(c.stay, c.cache_control, Etag::present);
    EXPECT_EQ(newest.meanwhile, Meanwhile::wait) << c.why;
  }
  synchronous.force_revalidate = true;
  EXPECT_EQ(
      judge_after(605s, "max-age=600", Etag::present, synchronous).meanwhile, Meanwhile::wait
  );
}

TEST(Judge, SaysWhetherTheFirstWaitsAndWhatForbidsStale) {
  CacheDecision synchronous = eligible();
  synchronous.compat.stale_while_revalidate = StaleWhileRevalidate::synchronous;
  const auto reason = [](const char* directives, const CacheDecision& decision) {
    return judge_after(605s, directives, Etag::present, decision).reason;
  };
  EXPECT_EQ(
      reason("max-age=600, stale-while-revalidate=30", synchronous),
      Reason::stale_while_revalidate_waits
  );
  EXPECT_EQ(reason("s-maxage=600", synchronous), Reason::s_maxage_forbids_stale);
  EXPECT_EQ(reason("s-maxage=600", eligible()), Reason::s_maxage_forbids_stale);
  EXPECT_EQ(reason("s-maxage=600, must-revalidate", eligible()), Reason::must_revalidate);
}

TEST(Judge, NeverServesWhatTheCacheApiStoredStaleInEitherWay) {  // reference §5.3
  http::Response response;
  response.headers.add(http::Name::cache_control, "max-age=60, stale-while-revalidate=60");
  const StoredResponse put{200, facts_of_put(response, kStored), kStored, kStored, std::nullopt};
  CacheDecision decision = eligible();
  EXPECT_EQ(judge(&put, decision, kStored + 61s).action, Action::fetch);
  decision.compat.stale_while_revalidate = StaleWhileRevalidate::synchronous;
  EXPECT_EQ(judge(&put, decision, kStored + 61s).meanwhile, Meanwhile::wait);
}

TEST(Judge, LetsTheOwnerSpareStaleRightsFromSMaxage) {  // reference §3.3
  constexpr const char* directives = "s-maxage=300, stale-while-revalidate=3600, stale-if-error=60";
  CacheDecision decision = eligible();
  EXPECT_FALSE(judge_after(301s, directives, Etag::present, decision).is_spared_by_switch);
  decision.compat.s_maxage_allows_stale = SMaxageAllowsStale::yes;
  const Reuse spared = judge_after(301s, directives, Etag::present, decision);
  EXPECT_EQ(spared.action, Action::serve_and_refresh);
  EXPECT_EQ(spared.stand_in, StandIn::on_error);
  EXPECT_TRUE(spared.is_spared_by_switch);

  const Reuse revalidated =
      judge_after(301s, "s-maxage=300, proxy-revalidate", Etag::present, decision);
  EXPECT_EQ(revalidated.reason, Reason::must_revalidate) << "said in so many words";
  EXPECT_FALSE(revalidated.is_spared_by_switch);
  EXPECT_FALSE(judge_after(301s, "max-age=300", Etag::present, decision).is_spared_by_switch);
  decision.origin_cache_control = false;
  EXPECT_FALSE(judge_after(301s, directives, Etag::present, decision).is_spared_by_switch)
      << "allowed anyway";
}

TEST(Judge, AsksTheUpstreamWhenAScriptForcesIt) {  // reference §4.4, cache: "no-cache"
  CacheDecision decision = eligible();
  decision.force_revalidate = true;
  const auto reuse = judge_after(1s, "max-age=60", Etag::present, decision);
  EXPECT_EQ(reuse.action, Action::validate);
  EXPECT_EQ(reuse.reason, Reason::revalidation_forced);
  EXPECT_EQ(reuse.stand_in, StandIn::never);
  EXPECT_EQ(judge_after(1s, "max-age=60", Etag::absent, decision).action, Action::fetch);
  EXPECT_EQ(judge(nullptr, decision, kStored).reason, Reason::absent);
}

TEST(Judge, LetsAlwaysOnlineRuleStaleCopies) {  // reference §3.3, §3.6
  CacheDecision decision = eligible();
  decision.always_online = true;
  for (const char* directives :
       {"max-age=5",
        "max-age=5, stale-while-revalidate=60",
        "max-age=5, stale-if-error=0",
        "max-age=5, stale-if-error=600",
        "max-age=5, must-revalidate",
        "s-maxage=5"}) {
    const Reuse reuse = judge_after(6s, directives, Etag::present, decision);
    EXPECT_EQ(reuse.action, Action::validate) << directives;
    EXPECT_EQ(reuse.stand_in, StandIn::when_unreachable) << directives;
  }
  EXPECT_EQ(judge_after(4s, "max-age=5", Etag::present, decision).action, Action::serve);
  decision.force_revalidate = true;
  EXPECT_EQ(judge_after(6s, "max-age=5", Etag::present, decision).stand_in, StandIn::never);
}

TEST(MayStandIn, DependsOnTheFailure) {  // reference §3.6
  const struct {
    http::Status failure;
    bool on_error;
    bool when_unreachable;
    const char* why;
  } cases[] = {
      {200, false, false, "no failure"},
      {404, false, false, "a normal answer"},
      {499, false, false, "the last that is none of the server's"},
      {500, true, false, "the origin is there"},
      {503, true, false, "the origin is there"},
      {504, true, false, "the origin is there"},
      {519, true, false, "below Always Online's statuses"},
      {520, true, true, "the first of them"},
      {522, true, true, "no connection"},
      {527, true, true, "the last of them"},
      {528, true, false, "above them"},
      {530, true, false, "no name: nothing to reach"},
  };
  for (const auto& c : cases) {
    Reuse reuse;
    EXPECT_FALSE(may_stand_in(reuse, c.failure)) << c.why;
    reuse.stand_in = StandIn::on_error;
    EXPECT_EQ(may_stand_in(reuse, c.failure), c.on_error) << c.why;
    reuse.stand_in = StandIn::when_unreachable;
    EXPECT_EQ(may_stand_in(reuse, c.failure), c.when_unreachable) << c.why;
  }
}

TEST(CacheStatus, FollowsFromVerdictAndOutcome) {  // reference §2.2
  const struct {
    Action action;
    bool found;
    StandIn stand_in;
    std::optional<FillOutcome> outcome;
    CacheStatus status;
    const char* why;
  } cases[] = {
      {Action::serve, true, StandIn::never, {}, CacheStatus::hit, "fresh"},
      {Action::serve_and_refresh,
       true,
       StandIn::on_error,
       {},
       CacheStatus::updating,
       "SWR window open"},
      {Action::validate,
       true,
       StandIn::on_error,
       FillOutcome::freshened,
       CacheStatus::revalidated,
       "304"},
      {Action::validate,
       true,
       StandIn::on_error,
       FillOutcome::stored,
       CacheStatus::expired,
       "a new 200"},
      {Action::fetch,
       true,
       StandIn::on_error,
       FillOutcome::stored,
       CacheStatus::expired,
       "no validator"},
      {Action::validate,
       true,
       StandIn::on_error,
       FillOutcome::not_stored,
       CacheStatus::bypass,
       "not storable"},
      {Action::validate,
       true,
       StandIn::on_error,
       FillOutcome::failed,
       CacheStatus::stale,
       "SIE allowed"},
      {Action::validate,
       true,
       StandIn::never,
       FillOutcome::failed,
       CacheStatus::none,
       "SIE forbidden"},
      {Action::fetch,
       false,
       StandIn::never,
       FillOutcome::stored,
       CacheStatus::miss,
       "absent, storable"},
      {Action::fetch,
       false,
       StandIn::never,
       FillOutcome::not_stored,
       CacheStatus::bypass,
       "not storable"},
      {Action::fetch,
       false,
       StandIn::never,
       FillOutcome::failed,
       CacheStatus::none,
       "absent, failed"},
      {Action::validate,
       true,
       StandIn::when_unreachable,
       FillOutcome::failed,
       CacheStatus::stale,
       "Always Online"},
      {Action::validate,
       true,
       StandIn::on_error,
       FillOutcome::under_way,
       CacheStatus::updating,
       "another asks, what is stored answers"},
      {Action::fetch, false, StandIn::never, {}, CacheStatus::none, "not yet known"},
  };
  for (const auto& c : cases) {
    Reuse reuse;
    reuse.action = c.action;
    reuse.found = c.found;
    reuse.stand_in = c.stand_in;
    EXPECT_EQ(cache_status(eligible(), reuse, c.outcome, Waited::for_own_fill), c.status) << c.why;
  }
}

TEST(CacheStatus, IsAHitForThoseWhoJoinedAnothersFill) {  // reference §2.1, §3.5
  const auto joined = [](const Reuse& reuse, FillOutcome outcome) {
    return cache_status(eligible(), reuse, outcome, Waited::for_anothers);
  };
  const Reuse absent = judge(nullptr, eligible(), kStored);
  const Reuse stale = judge_after(61s, "max-age=60");
  EXPECT_EQ(joined(absent, FillOutcome::stored), CacheStatus::stream_hit);
  EXPECT_EQ(joined(stale, FillOutcome::stored), CacheStatus::stream_hit);
  EXPECT_EQ(joined(stale, FillOutcome::freshened), CacheStatus::revalidated);
  EXPECT_EQ(joined(absent, FillOutcome::not_stored), CacheStatus::bypass);
  EXPECT_EQ(joined(stale, FillOutcome::failed), CacheStatus::stale);
}

TEST(CacheStatus, IsDynamicWhenTheRequestIsNotEligible) {  // reference §2.1
  EXPECT_EQ(cache_status(CacheDecision{}, {}, {}, Waited::for_own_fill), CacheStatus::dynamic);
  EXPECT_EQ(
      cache_status(CacheDecision{}, {}, FillOutcome::failed, Waited::for_own_fill),
      CacheStatus::dynamic
  );
}

TEST(CacheStatus, IsAbsentBehindAWorker) {  // reference §0.3
  CacheDecision decision;
  decision.announces_status = false;
  EXPECT_EQ(cache_status(decision, {}, {}, Waited::for_own_fill), CacheStatus::none);
}

TEST(Labelled, CallsTheUncacheableAsTheOwnerWants) {  // reference §0.2, §1.4
  const struct {
    Reason refusal;
    bool by_default;
    CacheStatus with_control;
    CacheStatus without;
    const char* why;
  } cases[] = {
      {Reason::is_private, true, CacheStatus::bypass, CacheStatus::miss, "vector 11"},
      {Reason::no_store, true, CacheStatus::bypass, CacheStatus::miss, "said by the origin"},
      {Reason::no_cache, true, CacheStatus::miss, CacheStatus::miss, "refused without it only"},
      {Reason::authorization, true, CacheStatus::bypass, CacheStatus::miss, "said by the request"},
      {Reason::set_cookie, true, CacheStatus::bypass, CacheStatus::miss, "of a static file"},
      {Reason::set_cookie, false, CacheStatus::miss, CacheStatus::miss, "of anything else"},
      {Reason::no_freshness, true, CacheStatus::miss, CacheStatus::miss, "reference §1.3 rule 7"},
      {Reason::too_large, true, CacheStatus::miss, CacheStatus::miss, "reference §1.3 rule 8"},
      {Reason::vary_star, true, CacheStatus::bypass, CacheStatus::bypass, "always"},
      {Reason::partial_content, true, CacheStatus::bypass, CacheStatus::bypass, "ours"},
  };
  for (const auto& c : cases) {
    CacheDecision decision = eligible();
    decision.eligible_by_default = c.by_default;
    decision.origin_cache_control = false;
    EXPECT_EQ(labelled(CacheStatus::bypass, decision, c.refusal), CacheStatus::bypass) << c.why;
    decision.compat.uncacheable_label = UncacheableLabel::miss;
    EXPECT_EQ(labelled(CacheStatus::bypass, decision, c.refusal), c.without) << c.why;
    EXPECT_EQ(labelled(CacheStatus::bypass, decision, std::nullopt), CacheStatus::bypass) << c.why;
    EXPECT_EQ(labelled(CacheStatus::dynamic, decision, c.refusal), CacheStatus::dynamic) << c.why;
    decision.origin_cache_control = true;
    EXPECT_EQ(labelled(CacheStatus::bypass, decision, c.refusal), c.with_control) << c.why;
  }
}

TEST(Labelled, CallsTheStaleThatIsRefreshedAsTheOwnerWants) {  // reference appendix A
  CacheDecision decision = eligible();
  EXPECT_EQ(labelled(CacheStatus::updating, decision, {}), CacheStatus::updating);
  decision.compat.swr_label = SwrLabel::stale;
  EXPECT_EQ(labelled(CacheStatus::updating, decision, {}), CacheStatus::stale);
  EXPECT_EQ(labelled(CacheStatus::hit, decision, {}), CacheStatus::hit);
}

TEST(CacheStatus, HasANameForClientsAndOneForLogs) {  // reference §2.1
  EXPECT_EQ(header_value(CacheStatus::none), "");
  EXPECT_EQ(log_value(CacheStatus::none), "unknown");
  const struct {
    CacheStatus status;
    std::string_view header;
    std::string_view log;
  } cases[] = {
      {CacheStatus::hit, "HIT", "hit"},
      {CacheStatus::miss, "MISS", "miss"},
      {CacheStatus::expired, "EXPIRED", "expired"},
      {CacheStatus::revalidated, "REVALIDATED", "revalidated"},
      {CacheStatus::updating, "UPDATING", "updating"},
      {CacheStatus::stale, "STALE", "stale"},
      {CacheStatus::bypass, "BYPASS", "bypass"},
      {CacheStatus::dynamic, "DYNAMIC", "dynamic"},
      {CacheStatus::stream_hit, "HIT", "stream_hit"},
      {CacheStatus::deferred, "BYPASS", "deferred"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(header_value(c.status), c.header);
    EXPECT_EQ(log_value(c.status), c.log);
  }
}

}  // namespace
}  // namespace festina::policy
