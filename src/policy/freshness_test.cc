#include "policy/freshness.h"

#include <gtest/gtest.h>
#include <string_view>
#include <utility>
#include <vector>

namespace festina::policy {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

constexpr TimePoint kStored{784111777s};  // Sun, 06 Nov 1994 08:49:37 GMT
constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view kAMinuteLater = "Sun, 06 Nov 1994 08:50:37 GMT";
constexpr std::string_view kAMinuteEarlier = "Sun, 06 Nov 1994 08:48:37 GMT";

// A response with its facts, stored at kStored by a request sent at the same moment.
struct Sample {
  http::Response response;
  ResponseFacts facts;
  StoredResponse stored;

  explicit Sample(const Fields& fields, http::Status status = 200) {
    response.status = status;
    for (const auto& [name, value] : fields) response.headers.add(name, value);
    facts = facts_of(response, kStored, Profile::cloudflare);
    stored = {status, facts, kStored, kStored, std::nullopt};
  }
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;
};

CacheDecision decision(bool origin_cache_control = true) {
  CacheDecision made;
  made.origin_cache_control = origin_cache_control;
  return made;
}

TEST(DefaultTtl, IsOfTheStatus) {  // reference §1.5
  const struct {
    http::Status status;
    std::optional<seconds> ttl;
    const char* why;
  } cases[] = {
      {200, 7200s, "OK"},
      {203, std::nullopt, "not in the zone's table"},
      {204, std::nullopt, "not in the zone's table"},
      {206, std::nullopt, "only ever stored by range requests of our own (§1.8)"},
      {300, std::nullopt, "not in the zone's table"},
      {301, 7200s, "moved for good"},
      {302, 1200s, "moved for now"},
      {303, 1200s, "see other"},
      {304, std::nullopt, "no response of its own"},
      {307, std::nullopt, "any other"},
      {404, 180s, "not found"},
      {405, std::nullopt, "Workers Cache only"},
      {410, 180s, "gone"},
      {414, std::nullopt, "Workers Cache only"},
      {500, std::nullopt, "any other"},
      {501, std::nullopt, "Workers Cache only"},
      {503, std::nullopt, "any other"},
  };
  for (const auto& c : cases) EXPECT_EQ(default_ttl(c.status), c.ttl) << c.status << " " << c.why;
}

TEST(OriginLifetime, FollowsTheDirectivesInOrder) {  // RFC 9111 §4.2.1, reference §3.1, §3.2
  const struct {
    Fields fields;
    std::optional<seconds> lifetime;
    const char* why;
  } cases[] = {
      {{{"Cache-Control", "max-age=60"}}, 60s, "plain"},
      {{{"Cache-Control", "MAX-AGE=60"}}, 60s, "names have no case"},
      {{{"Cache-Control", "max-age=60, s-maxage=10"}}, 10s, "shared caches prefer s-maxage"},
      {{{"Cache-Control", "no-cache, max-age=60"}}, 0s, "never without asking"},
      {{{"Cache-Control", "no-cache=\"X-A\", max-age=60"}}, 60s, "that names fields: only them"},
      {{{"Cache-Control", "max-age=0"}}, 0s, "stale at once"},
      {{{"Cache-Control", "max-age=\"60\""}}, 60s, "a quoted number"},
      {{{"Cache-Control", "max-age=60; public"}}, 60s, "semicolons separate"},
      {{{"Cache-Control", "max-age=60, max-age=10"}}, 10s, "the last of two counts"},
      {{{"Cache-Control", "max-age=60"}, {"Cache-Control", "max-age=10"}}, 10s, "also by lines"},
      {{{"Cache-Control", "max-age=1.9"}}, 1s, "a fraction is rounded down"},
      {{{"Cache-Control", "max-age=99999999999"}}, 2147483647s, "the greatest (§1.2.2)"},
      {{{"Cache-Control", "max-age=-1"}}, 7200s, "no number: as if absent"},
      {{{"Cache-Control", "max-age=abc"}}, 7200s, "no number: as if absent"},
      {{{"Cache-Control", "max-age="}}, 7200s, "no number: as if absent"},
      {{{"Cache-Control", "public"}}, 7200s, "public is no TTL: default by status"},
      {{{"Cache-Control", "immutable"}}, 7200s, "no effect at the edge"},
      {{}, 7200s, "default by status"},
      {{{"Date", kDate}, {"Expires", kAMinuteLater}}, 60s, "Expires against Date"},
      {{{"Date", kAMinuteEarlier}, {"Expires", kAMinuteLater}}, 120s, "both by the origin's clock"},
      {{{"Expires", kAMinuteLater}}, 60s, "no Date: against the arrival"},
      {{{"Expires", kAMinuteEarlier}}, 0s, "past"},
      {{{"Expires", "0"}}, 0s, "no date: expired (§5.3)"},
      {{{"Expires", "-1"}}, 0s, "no date: expired (§5.3)"},
      {{{"Expires", kAMinuteLater}, {"Expires", kAMinuteLater}}, 7200s, "two Expires: none"},
      {{{"Cache-Control", "max-age=10"}, {"Expires", kAMinuteLater}}, 10s, "max-age wins (§5.3)"},
      {{{"Cache-Control", "public"}, {"Expires", kAMinuteLater}}, 60s, "no max-age: Expires"},
      {{{"Cache-Control", "max-age=14400, s-maxage=84000"},
        {"Cloudflare-CDN-Cache-Control", "max-age=24400"},
        {"CDN-Cache-Control", "max-age=18000"}},
       24400s,
       "the most specific field rules (reference §3.1)"},
      {{{"Cache-Control", "no-store"}, {"CDN-Cache-Control", "max-age=120"}}, 120s, "RFC 9213"},
      {{{"CDN-Cache-Control", "public"}, {"Cache-Control", "max-age=60"}}, 7200s, "no mixing"},
      {{{"CDN-Cache-Control", "public"}, {"Expires", kAMinuteLater}}, 7200s, "nor with Expires"},
      {{{"Surrogate-Control", ""}, {"Cache-Control", "max-age=60"}},
       7200s,
       "its presence silences Cache-Control"},
      {{{"Surrogate-Control", ""}, {"Expires", kAMinuteLater}}, 7200s, "and Expires"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(origin_lifetime(Sample(c.fields).facts, 200, Profile::cloudflare), c.lifetime)
        << c.why;
  }
  EXPECT_EQ(origin_lifetime(Sample({}).facts, 500, Profile::cloudflare), std::nullopt)
      << "no default: no freshness";
  EXPECT_EQ(
      origin_lifetime(Sample({{"Cache-Control", "max-age=5"}}).facts, 500, Profile::cloudflare), 5s
  ) << "a directive needs no default";
}

TEST(FreshnessLifetime, PrefersTheExplicitEdgeTtl) {  // reference §1.3 rule 2
  Sample sample({{"Cache-Control", "no-cache, max-age=10"}});
  sample.stored.explicit_ttl = 60s;
  EXPECT_EQ(freshness_lifetime(sample.stored, Profile::cloudflare), 60s);
  sample.stored.explicit_ttl = 0s;
  EXPECT_EQ(freshness_lifetime(sample.stored, Profile::cloudflare), 0s);
}

TEST(CurrentAge, CountsWhatTheUpstreamSaidTheWayAndTheStay) {  // RFC 9111 §4.2.3
  Sample sample({{"Age", "50"}, {"Cache-Control", "max-age=100"}});
  sample.stored.request_time = kStored - 3s;
  EXPECT_EQ(current_age(sample.stored, kStored, Profile::cloudflare), 53s);
  EXPECT_EQ(current_age(sample.stored, kStored + 10s, Profile::cloudflare), 63s);
}

TEST(CurrentAge, IsWholeSecondsAndNeverNegative) {
  const Sample sample({});
  EXPECT_EQ(current_age(sample.stored, kStored + 1999ms, Profile::cloudflare), 1s);
  EXPECT_EQ(current_age(sample.stored, kStored - 5s, Profile::cloudflare), 0s);
}

TEST(CurrentAge, LeavesOutTheOriginsClock) {  // the deviation in the header
  EXPECT_EQ(
      current_age(Sample({{"Date", kAMinuteEarlier}}).stored, kStored, Profile::cloudflare), 0s
  );
}

TEST(CurrentAge, CountsFromStoringUnderAnExplicitEdgeTtl) {  // reference §2.3
  Sample sample({{"Age", "50"}});
  sample.stored.request_time = kStored - 3s;
  sample.stored.explicit_ttl = 60s;
  EXPECT_EQ(current_age(sample.stored, kStored + 10s, Profile::cloudflare), 10s);
}

// The same response as the profile `standard` sees it.
StoredResponse standard(const Fields& fields, http::Status status = 200) {
  http::Response response{.status = status, .headers = {}};
  for (const auto& [name, value] : fields) response.headers.add(name, value);
  return {status, facts_of(response, kStored, Profile::standard), kStored, kStored, std::nullopt};
}

TEST(HeuristicLifetime, IsATenthOfTheTimeSinceTheLastChange) {  // RFC 9111 §4.2.2
  const struct {
    Fields fields;
    http::Status status;
    std::optional<seconds> lifetime;
    const char* why;
  } cases[] = {
      {{{"Last-Modified", kAMinuteEarlier}, {"Date", kDate}}, 200, 6s, "a minute unchanged"},
      {{{"Last-Modified", kAMinuteEarlier}}, 200, 6s, "without Date: until its arrival"},
      {{{"Last-Modified", kAMinuteLater}}, 200, 0s, "changed after it was generated"},
      {{{"Last-Modified", "Sat, 06 Nov 1993 08:49:37 GMT"}}, 200, 24h, "a year: the cap"},
      {{{"Last-Modified", "Thu, 27 Oct 1994 08:49:37 GMT"}}, 200, 24h, "ten days: just the cap"},
      {{{"Last-Modified", "Thu, 27 Oct 1994 08:49:47 GMT"}}, 200, 24h - 1s, "and just below"},
      {{{"Last-Modified", kAMinuteEarlier}}, 404, 6s, "a status that may be guessed about"},
      {{{"Last-Modified", kAMinuteEarlier}}, 403, std::nullopt, "one that may not"},
      {{{"Last-Modified", kAMinuteEarlier}, {"Cache-Control", "public"}}, 403, 6s, "but public"},
      {{{"Last-Modified", "yesterday"}}, 200, std::nullopt, "no date, no validator"},
      {{{"ETag", "\"x\""}}, 200, 0s, "to be validated each time"},
      {{}, 200, std::nullopt, "of no use to anybody"},
  };
  for (const auto& c : cases) {
    const StoredResponse stored = standard(c.fields, c.status);
    EXPECT_EQ(heuristic_lifetime(stored.facts, c.status), c.lifetime) << c.why;
    EXPECT_EQ(origin_lifetime(stored.facts, c.status, Profile::standard), c.lifetime) << c.why;
  }
}

TEST(HeuristicLifetime, IsForTheStatusesOfTheRfc) {  // RFC 9110 §15.1
  std::vector<http::Status> found;
  for (http::Status status = 100; status < 600; ++status) {
    if (is_heuristically_cacheable(status)) found.push_back(status);
  }
  const std::vector<http::Status> expected = {
      200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501
  };
  EXPECT_EQ(found, expected);
}

TEST(OriginLifetime, IsTheOriginsOwnInEitherProfile) {
  const struct {
    Fields fields;
    seconds cloudflare;
    seconds standard;
    const char* why;
  } cases[] = {
      {{{"Cache-Control", "max-age=60"}, {"Last-Modified", kAMinuteEarlier}}, 60s, 60s, "said"},
      {{{"Expires", kAMinuteLater}, {"Expires", kAMinuteLater}, {"Last-Modified", kAMinuteEarlier}},
       7200s,
       0s,
       "two Expires: none to the service, stale by RFC 9111 §4.2.1"},
      {{{"CDN-Cache-Control", "max-age=60, &"}, {"Cache-Control", "max-age=10"}},
       60s,
       10s,
       "no structured field: none by RFC 9213 §2.1"},
      {{{"Surrogate-Control", ""}, {"Cache-Control", "max-age=10"}}, 7200s, 10s, "in no RFC"},
      {{{"Cache-Control", "no-cache, max-age=10"}}, 0s, 0s, "never without asking"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(origin_lifetime(Sample(c.fields).facts, 200, Profile::cloudflare), c.cloudflare)
        << c.why;
    EXPECT_EQ(origin_lifetime(standard(c.fields).facts, 200, Profile::standard), c.standard)
        << c.why;
  }
}

TEST(HasExplicitLifetime, IsWhatTheOriginItselfSays) {
  EXPECT_TRUE(has_explicit_lifetime(standard({{"Cache-Control", "max-age=0"}}).facts));
  EXPECT_TRUE(has_explicit_lifetime(standard({{"Cache-Control", "s-maxage=1"}}).facts));
  EXPECT_TRUE(has_explicit_lifetime(standard({{"Expires", "0"}}).facts)) << "expired, but said";
  EXPECT_FALSE(has_explicit_lifetime(standard({{"Last-Modified", kAMinuteEarlier}}).facts));
  EXPECT_FALSE(has_explicit_lifetime(standard({{"Cache-Control", "public"}}).facts));
}

TEST(CurrentAge, CountsTheDateInStandard) {  // apparent_age, RFC 9111 §4.2.3
  const struct {
    Fields fields;
    seconds delay;
    seconds age;
    const char* why;
  } cases[] = {
      {{{"Date", kAMinuteEarlier}}, 0s, 60s, "generated a minute ago"},
      {{{"Date", kAMinuteEarlier}, {"Age", "50"}}, 3s, 60s, "more than its Age and the way"},
      {{{"Date", kAMinuteEarlier}, {"Age", "59"}}, 3s, 62s, "less than these"},
      {{{"Date", kAMinuteLater}}, 0s, 0s, "a clock that is ahead"},
      {{}, 3s, 3s, "no Date: it is that of its arrival"},
  };
  for (const auto& c : cases) {
    StoredResponse stored = standard(c.fields);
    stored.request_time = kStored - c.delay;
    EXPECT_EQ(current_age(stored, kStored, Profile::standard), c.age) << c.why;
    EXPECT_EQ(current_age(stored, kStored + 10s, Profile::standard), c.age + 10s) << c.why;
  }
}

// A clock that is set between the arrival and now moves the wall alone: dates keep to it, ages do not (base/clock).
TEST(CurrentAge, IsTheSameWhateverTheWallIsSetTo) {
  for (const seconds wrong : {seconds(std::chrono::years(1)), -seconds(std::chrono::years(1))}) {
    StoredResponse stored = standard({{"Date", kAMinuteEarlier}, {"Cache-Control", "max-age=100"}});
    stored.request_time = kStored + wrong;
    stored.response_time = kStored + wrong;
    EXPECT_EQ(current_age(stored, kStored + wrong, Profile::standard), 60s);
    EXPECT_EQ(resident_age(stored, kStored + wrong), 0s);
    EXPECT_TRUE(is_fresh(stored, kStored + wrong + 39s, Profile::standard));
    EXPECT_FALSE(is_fresh(stored, kStored + wrong + 40s, Profile::standard));
  }
}

TEST(AgeToSend, IsNoLessForARequestThatWaitedForTheResponse) {
  const StoredResponse stored = standard({{"Age", "30"}, {"Cache-Control", "max-age=100"}});
  const auto asked = stored.response_time - std::chrono::milliseconds(1);
  EXPECT_EQ(age_to_send(stored, asked, Profile::standard), 30s);
  EXPECT_EQ(age_to_send(stored, asked, Profile::cloudflare), 0s);
}

TEST(AgeToSend, IsTheWholeAgeInStandard) {
  const Sample sample({{"Age", "50"}});
  EXPECT_EQ(age_to_send(sample.stored, kStored + 10s, Profile::cloudflare), 10s);
  EXPECT_EQ(age_to_send(sample.stored, kStored + 10s, Profile::standard), 60s);
}

TEST(ResidentAge, CountsFromStoring) {  // reference §2.3
  Sample sample({{"Age", "50"}});
  sample.stored.request_time = kStored - 3s;
  EXPECT_EQ(resident_age(sample.stored, kStored + 10s), 10s);
  EXPECT_EQ(resident_age(sample.stored, kStored - 1s), 0s);
}

TEST(IsFresh, EndsWhenTheAgeReachesTheLifetime) {  // RFC 9111 §4.2; reference §5.2
  const Sample sample({{"Cache-Control", "max-age=60"}});
  EXPECT_TRUE(is_fresh(sample.stored, kStored, Profile::cloudflare));
  EXPECT_TRUE(is_fresh(sample.stored, kStored + 59999ms, Profile::cloudflare));
  EXPECT_FALSE(is_fresh(sample.stored, kStored + 60s, Profile::cloudflare));
}

TEST(StaleWindows, FollowTheDirectives) {  // reference §3.3, RFC 5861
  constexpr std::optional<seconds> unlimited;
  const struct {
    const char* value;
    seconds revalidate;
    std::optional<seconds> error;
    seconds revalidate_without;  // origin cache control off
    std::optional<seconds> error_without;
    const char* why;
  } cases[] = {
      {"max-age=9", 0s, unlimited, 0s, unlimited, "nothing said"},
      {"max-age=9, stale-while-revalidate=30", 30s, unlimited, 30s, unlimited, "SWR"},
      {"max-age=9, stale-if-error=60", 0s, 60s, 0s, 60s, "SIE"},
      {"max-age=9, stale-if-error=0", 0s, 0s, 0s, 0s, "SIE forbidden"},
      {"max-age=9, stale-while-revalidate=30, must-revalidate",
       0s,
       0s,
       30s,
       unlimited,
       "RFC 9111 §5.2.2.2"},
      {"max-age=9, stale-while-revalidate=30, proxy-revalidate",
       0s,
       0s,
       30s,
       unlimited,
       "RFC 9111 §5.2.2.8"},
      {"s-maxage=9, stale-while-revalidate=30, stale-if-error=60",
       0s,
       0s,
       30s,
       60s,
       "s-maxage implies proxy-revalidate (RFC 9111 §5.2.2.10)"},
      {"no-cache, stale-while-revalidate=30", 0s, 0s, 0s, 0s, "never stale"},
      {"no-store, stale-while-revalidate=30", 0s, 0s, 0s, 0s, "kept by an explicit TTL only"},
  };
  for (const auto& c : cases) {
    const Sample sample({{"Cache-Control", c.value}});
    const auto with = decision(true);
    const auto without = decision(false);
    EXPECT_EQ(stale_while_revalidate_window(sample.stored, with), c.revalidate) << c.why;
    EXPECT_EQ(stale_if_error_window(sample.stored, with), c.error) << c.why;
    EXPECT_EQ(stale_while_revalidate_window(sample.stored, without), c.revalidate_without) << c.why;
    EXPECT_EQ(stale_if_error_window(sample.stored, without), c.error_without) << c.why;
  }
}

TEST(StaleWindows, AreThoseOfTheFieldThatRules) {  // reference §3.1, §3.3
  const Sample errors(
      {{"Cache-Control", "max-age=14400, s-maxage=84000, stale-if-error=400"},
       {"Cloudflare-CDN-Cache-Control", "max-age=24400, stale-if-error=60"},
       {"CDN-Cache-Control", "max-age=18000, stale-if-error=200"}}
  );
  EXPECT_EQ(stale_if_error_window(errors.stored, decision()), 60s);

  const Sample both(
      {{"Cache-Control", "s-maxage=300"},
       {"CDN-Cache-Control", "max-age=300, stale-while-revalidate=3600"}}
  );
  EXPECT_EQ(stale_while_revalidate_window(both.stored, decision()), 3600s)
      << "s-maxage elsewhere does not count";
}

TEST(StaleWindows, HoldNoRefreshInTheBackgroundUnderAlwaysOnline) {  // reference §3.3
  const Sample sample({{"Cache-Control", "max-age=9, stale-while-revalidate=30"}});
  CacheDecision always_online = decision();
  always_online.always_online = true;
  EXPECT_EQ(stale_while_revalidate_window(sample.stored, always_online), 0s);
}

TEST(StaleWindows, HoldNoneWhileUpdatingWhereTheOwnerForbidsIt) {  // reference §3.3
  const Sample sample({{"Cache-Control", "max-age=9, stale-while-revalidate=30"}});
  CacheDecision strict = decision();
  strict.may_be_updating = false;
  EXPECT_EQ(stale_while_revalidate_window(sample.stored, strict), 0s);
  strict.compat.stale_while_revalidate = StaleWhileRevalidate::synchronous;
  EXPECT_EQ(stale_while_revalidate_window(sample.stored, strict), 0s);
  EXPECT_EQ(stale_if_error_window(sample.stored, strict), std::nullopt)
      << "a failure is another matter";
}

TEST(StaleWindows, AreWithoutLimitWhereNoDirectiveSpeaksInTheSynchronousWay) {  // reference §3.4
  CacheDecision synchronous = decision();
  synchronous.compat.stale_while_revalidate = StaleWhileRevalidate::synchronous;
  const Sample silent({{"Cache-Control", "max-age=9"}});
  EXPECT_EQ(stale_while_revalidate_window(silent.stored, decision()), 0s);
  EXPECT_EQ(stale_while_revalidate_window(silent.stored, synchronous), std::nullopt);
  const Sample said({{"Cache-Control", "max-age=9, stale-while-revalidate=30"}});
  EXPECT_EQ(stale_while_revalidate_window(said.stored, synchronous), 30s);
  synchronous.always_online = true;
  EXPECT_EQ(stale_while_revalidate_window(silent.stored, synchronous), 0s);
}

TEST(EdgeLastModified, StandsForValidatorsTheOriginDidNotSend) {  // reference §1.10
  const struct {
    Fields fields;
    http::Status status;
    bool expected;
    const char* why;
  } cases[] = {
      {{}, 200, true, "neither ETag nor Last-Modified"},
      {{{"ETag", "\"x\""}}, 200, false, "an ETag"},
      {{{"ETag", "W/\"x\""}}, 200, false, "a weak one"},
      {{{"ETag", "x"}}, 200, true, "what is no ETag is none (reference §1.9)"},
      {{{"Last-Modified", kDate}}, 200, false, "a date"},
      {{{"Last-Modified", "yesterday"}}, 200, true, "what is no date is none"},
      {{}, 404, false, "only 200 is answered 304"},
  };
  for (const auto& c : cases) {
    const Sample sample(c.fields, c.status);
    EXPECT_EQ(edge_last_modified(sample.stored, decision()).has_value(), c.expected) << c.why;
  }
}

TEST(EdgeLastModified, IsTheSecondOfStoring) {
  Sample sample({});
  sample.stored.response_time = kStored + 999ms;
  EXPECT_EQ(edge_last_modified(sample.stored, decision()), kStored);
}

TEST(EdgeLastModified, IsAbsentWhereValidatorsAreStripped) {  // reference §1.10
  const Sample sample({});
  CacheDecision no_etag = decision();
  no_etag.strip_etags = true;
  CacheDecision no_date = decision();
  no_date.strip_last_modified = true;
  EXPECT_EQ(edge_last_modified(sample.stored, no_etag), std::nullopt);
  EXPECT_EQ(edge_last_modified(sample.stored, no_date), std::nullopt);
}

TEST(BrowserCacheControl, IsTheLongerOfSettingAndOrigin) {  // reference §2.6
  constexpr std::optional<std::string> untouched;
  const struct {
    Fields fields;
    seconds setting;
    std::optional<std::string> sent;
    const char* why;
  } cases[] = {
      {{}, 14400s, "max-age=14400", "the origin says nothing"},
      {{}, 0s, untouched, "respect existing headers"},
      {{{"Cache-Control", "max-age=60"}}, 0s, untouched, "respect existing headers"},
      {{{"Cache-Control", "max-age=60"}}, 14400s, "public, max-age=14400", "lengthened"},
      {{{"Cache-Control", "max-age=14399"}}, 14400s, "public, max-age=14400", "just shorter"},
      {{{"Cache-Control", "max-age=14400"}}, 14400s, untouched, "equal"},
      {{{"Cache-Control", "max-age=86400"}}, 14400s, untouched, "longer: kept"},
      {{{"Cache-Control", "max-age=60"}, {"CDN-Cache-Control", "max-age=600"}},
       14400s,
       "public, max-age=14400",
       "browsers do not read the CDN's field"},
      {{{"CDN-Cache-Control", "max-age=600"}}, 14400s, "max-age=14400", "nor count it"},
      {{{"Cache-Control", "no-store"}, {"CDN-Cache-Control", "max-age=5"}},
       14400s,
       untouched,
       "nothing to lengthen"},
      {{{"Cache-Control", "no-cache, max-age=0"}}, 14400s, untouched, "nothing to lengthen"},
      {{{"Cache-Control", "public"}}, 14400s, untouched, "no max-age to compare with"},
      {{{"Date", kDate}, {"Expires", kAMinuteLater}}, 14400s, "public, max-age=14400", "Expires"},
      {{{"Date", kDate}, {"Expires", kAMinuteLater}}, 30s, untouched, "a longer Expires"},
      {{{"Expires", "0"}}, 30s, "public, max-age=30", "an Expires long past"},
  };
  for (const auto& c : cases) {
    const Sample sample(c.fields);
    CacheDecision chosen = decision();
    chosen.browser_ttl = c.setting;
    EXPECT_EQ(browser_cache_control(sample.response.headers, sample.facts, chosen), c.sent)
        << c.why;
  }
}

TEST(BrowserCacheControl, TellsBrowsersToKeepNothing) {  // reference §2.6
  const Sample silent({});
  const Sample speaking({{"Cache-Control", "max-age=60"}});
  const Sample expiring({{"Expires", "0"}});
  CacheDecision chosen = decision();
  chosen.browser_ttl = 14400s;
  const auto told = [&chosen](const Sample& sample) {
    const auto text = browser_cache_control(sample.response.headers, sample.facts, chosen);
    return text ? std::string(*text) : "as it was";
  };
  chosen.for_browsers = ForBrowsers::never;
  EXPECT_EQ(told(silent), "no-store");
  EXPECT_EQ(told(speaking), "no-store");
  chosen.for_browsers = ForBrowsers::as_by_origin;
  EXPECT_EQ(told(silent), "no-store");
  EXPECT_EQ(told(speaking), "as it was");
  EXPECT_EQ(told(expiring), "as it was");
}

TEST(OwnersTtl, StandsInPlaceOfTwoHours) {  // reference §8.4
  CacheDecision chosen = decision();
  chosen.default_ttl = 60s;
  const Sample silent({});
  const Sample speaking({{"Cache-Control", "max-age=5"}});
  const Sample asked_every_time({{"Cache-Control", "no-cache"}});
  EXPECT_EQ(owners_ttl(chosen, silent.stored.facts, 200), 60s);
  EXPECT_EQ(owners_ttl(chosen, silent.stored.facts, 301), 60s);
  EXPECT_EQ(owners_ttl(chosen, silent.stored.facts, 404), std::nullopt) << "three minutes";
  EXPECT_EQ(owners_ttl(chosen, silent.stored.facts, 500), std::nullopt) << "not stored at all";
  EXPECT_EQ(owners_ttl(chosen, speaking.stored.facts, 200), std::nullopt);
  EXPECT_EQ(owners_ttl(chosen, asked_every_time.stored.facts, 200), std::nullopt);
  chosen.edge_ttl = 7s;
  EXPECT_EQ(owners_ttl(chosen, silent.stored.facts, 200), 7s) << "an explicit one comes first";
  EXPECT_EQ(owners_ttl(decision(), silent.stored.facts, 200), std::nullopt);
}

TEST(BrowserCacheControl, KeepsTheOtherDirectivesUnderOriginCacheControl) {  // reference §1.3
  const struct {
    const char* value;
    const char* with;
    const char* without;
  } cases[] = {
      {"private, max-age=60", "private, max-age=14400", "public, max-age=14400"},
      {"max-age=60, immutable", "public, max-age=14400, immutable", "public, max-age=14400"},
      {"max-age=60, no-transform, must-revalidate",
       "public, max-age=14400, must-revalidate, no-transform",
       "public, max-age=14400"},
      {"max-age=60, proxy-revalidate",
       "public, max-age=14400, proxy-revalidate",
       "public, max-age=14400"},
  };
  for (const auto& c : cases) {
    const Sample sample({{"Cache-Control", c.value}});
    for (const bool on : {true, false}) {
      CacheDecision chosen = decision(on);
      chosen.browser_ttl = 14400s;
      EXPECT_EQ(
          browser_cache_control(sample.response.headers, sample.facts, chosen),
          on ? c.with : c.without
      ) << c.value;
    }
  }
}

}  // namespace
}  // namespace festina::policy
