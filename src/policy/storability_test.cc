#include "policy/storability.h"

#include <gtest/gtest.h>
#include <string_view>
#include <utility>
#include <vector>

namespace festina::policy {
namespace {

using namespace std::chrono_literals;

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

constexpr TimePoint kArrival{784111777s};
constexpr std::uint64_t kLimit = 1000;

http::Headers headers(const Fields& fields) {
  http::Headers made;
  for (const auto& [name, value] : fields) made.add(name, value);
  return made;
}

enum class By : std::uint8_t { extension, script };  // who made the request eligible
enum class Occ : std::uint8_t { on, off };           // origin cache control

CacheDecision eligible(By by, Occ occ) {
  CacheDecision decision;
  decision.may_use_cache = true;
  decision.eligible = true;
  decision.eligible_by_default = by == By::extension;
  decision.origin_cache_control = occ == Occ::on;
  decision.max_size = kLimit;
  return decision;
}
CacheDecision with_ttl(CacheDecision decision, std::chrono::seconds ttl) {
  decision.edge_ttl = ttl;
  return decision;
}
CacheDecision by_extension(Occ occ = Occ::on) { return eligible(By::extension, occ); }
CacheDecision by_script(Occ occ = Occ::on) { return eligible(By::script, occ); }

Reason reason(
    const CacheDecision& decision, const Fields& fields, http::Status status = 200,
    const Fields& request_fields = {}, std::optional<std::uint64_t> length = std::nullopt
) {
  http::Request request;
  request.headers = headers(request_fields);
  const http::Response response{status, headers(fields)};
  const auto verdict = may_store(request, response, facts_of(response, kArrival), decision, length);
  EXPECT_EQ(verdict.may_store, verdict.reason == Reason::storable);
  return verdict.reason;
}

TEST(MayStore, ObeysTheDirectives) {  // reference §1.3: what the origin sends, OCC on and off
  const struct {
    Fields fields;
    Reason on;
    Reason off;
    const char* why;
  } cases[] = {
      {{}, Reason::storable, Reason::storable, "default TTL of 200"},
      {{{"Cache-Control", "max-age=60"}}, Reason::storable, Reason::storable, "plain"},
      {{{"Cache-Control", "no-store"}}, Reason::no_store, Reason::no_store, "RFC 9111 §5.2.2.5"},
      {{{"Cache-Control", "private"}}, Reason::is_private, Reason::is_private, "§5.2.2.7"},
      {{{"Cache-Control", "private=\"X\""}}, Reason::storable, Reason::is_private, "without X"},
      {{{"Cache-Control", "no-cache"}}, Reason::storable, Reason::no_cache, "asked every time"},
      {{{"Cache-Control", "no-cache=\"X\", max-age=9"}},
       Reason::storable,
       Reason::storable,
       "without X"},
      {{{"Cache-Control", "max-age=0"}}, Reason::storable, Reason::no_cache, "asked every time"},
      {{{"Cache-Control", "s-maxage=0"}}, Reason::storable, Reason::no_cache, "asked every time"},
      {{{"Cache-Control", "max-age=60, s-maxage=0"}},
       Reason::storable,
       Reason::no_cache,
       "s-maxage is what counts for us"},
      {{{"Cache-Control", "max-age=0, s-maxage=60"}},
       Reason::storable,
       Reason::storable,
       "s-maxage is what counts for us"},
      {{{"Cache-Control", "must-revalidate"}}, Reason::storable, Reason::storable, "never stale"},
      {{{"Vary", "*"}}, Reason::vary_star, Reason::vary_star, "RFC 9111 §4.1"},
      {{{"Vary", "Accept"}, {"Vary", "Origin, *"}},
       Reason::vary_star,
       Reason::vary_star,
       "anywhere in the list"},
      {{{"Vary", "Accept"}}, Reason::storable, Reason::storable, "ignored (reference §11.4)"},
      {{{"Cache-Control", "no-store"}, {"CDN-Cache-Control", "max-age=120"}},
       Reason::storable,
       Reason::storable,
       "the CDN's field rules (reference §3.1)"},
      {{{"Cache-Control", "max-age=600"}, {"CDN-Cache-Control", "no-store"}},
       Reason::no_store,
       Reason::no_store,
       "the CDN's field rules (reference §3.1)"},
      {{{"Cloudflare-CDN-Cache-Control", "private"}},
       Reason::is_private,
       Reason::is_private,
       "reference §3.1"},
      {{{"CDN-Cache-Control", "no-cache"}},
       Reason::storable,
       Reason::storable,
       "never BYPASS in a CDN field (reference §3.1)"},
      {{{"CDN-Cache-Control", "max-age=0"}},
       Reason::storable,
       Reason::storable,
       "never BYPASS in a CDN field (reference §3.1)"},
      {{{"Expires", "0"}}, Reason::storable, Reason::storable, "stored as stale"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(reason(by_extension(), c.fields), c.on) << c.why;
    EXPECT_EQ(reason(by_extension(Occ::off), c.fields), c.off) << c.why << ", OCC off";
  }
}

TEST(MayStore, LetsTheFirstRuleWin) {  // reference §1.3
  EXPECT_EQ(
      reason(by_extension(), {{"Vary", "*"}, {"Cache-Control", "no-store"}}), Reason::vary_star
  );
  EXPECT_EQ(
      reason(by_extension(), {{"Cache-Control", "no-store, private"}, {"Set-Cookie", "a=1"}}),
      Reason::no_store
  );
  EXPECT_EQ(
      reason(by_extension(), {{"Set-Cookie", "a=1"}}, 500, {{"Authorization", "x"}}),
      Reason::authorization
  );
}

TEST(MayStore, NeedsAWholeFinalResponseWithAFreshness) {
  const struct {
    http::Status status;
    Fields fields;
    Reason expected;
    const char* why;
  } cases[] = {
      {200, {}, Reason::storable, "default TTL"},
      {301, {}, Reason::storable, "default TTL"},
      {404, {}, Reason::storable, "default TTL"},
      {204, {}, Reason::no_freshness, "no default TTL (reference §1.5)"},
      {500, {}, Reason::no_freshness, "no default TTL (reference appendix D 31)"},
      {500, {{"Cache-Control", "max-age=5"}}, Reason::storable, "explicit freshness (RFC 9111 §3)"},
      {101, {{"Cache-Control", "max-age=5"}}, Reason::status_not_cacheable, "not final"},
      {304, {{"Cache-Control", "max-age=5"}}, Reason::status_not_cacheable, "reference §1.11"},
      {206, {{"Cache-Control", "max-age=5"}}, Reason::partial_content, "reference §1.8"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(reason(by_extension(), c.fields, c.status), c.expected) << c.why;
}

TEST(MayStore, KeepsAuthorizedResponsesOnlyWhenTheyAreForEverybody) {  // RFC 9111 §3.5
  const struct {
    const char* value;
    CacheDecision decision;
    Reason expected;
    const char* why;
  } cases[] = {
      {"max-age=60", by_extension(), Reason::authorization, "nothing allows it"},
      {"public, max-age=60", by_extension(), Reason::storable, "public"},
      {"must-revalidate, max-age=60", by_extension(), Reason::storable, "must-revalidate"},
      {"s-maxage=60", by_extension(), Reason::storable, "s-maxage"},
      {"max-age=60", by_extension(Occ::off), Reason::storable, "OCC off (reference §1.3 rule 4)"},
      {"max-age=60",
       with_ttl(by_script(), 60s),
       Reason::authorization,
       "an edge TTL does not lift it (reference §1.3 rule 2)"},
      {"public", with_ttl(by_script(), 60s), Reason::storable, "an edge TTL and public"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(
        reason(c.decision, {{"Cache-Control", c.value}}, 200, {{"Authorization", "Basic eA=="}}),
        c.expected
    ) << c.why;
  }
}

TEST(MayStore, JudgesSetCookieByTheMatrix) {  // reference §1.4
  const struct {
    CacheDecision decision;
    const char* cache_control;
    Reason expected;
    const char* why;
  } cases[] = {
      {by_extension(Occ::off), "max-age=9", Reason::storable, "default extension, OCC off: stripped"
      },
      {by_extension(), "max-age=9", Reason::set_cookie, "default extension, OCC on"},
      {by_script(), "max-age=9", Reason::set_cookie, "cache everything, OCC on"},
      {by_script(Occ::off), "max-age=9", Reason::set_cookie, "cache everything, OCC off"},
      {with_ttl(by_script(), 60s), "max-age=9", Reason::storable, "edge TTL, OCC on"},
      {with_ttl(by_script(Occ::off), 60s), "max-age=9", Reason::storable, "edge TTL, OCC off"},
      {with_ttl(by_extension(), 60s), "max-age=9", Reason::storable, "edge TTL, default extension"},
      {by_extension(), "private=\"Set-Cookie\", max-age=9", Reason::storable, "dropped as told"},
      {by_extension(), "no-cache=\"set-cookie\", max-age=9", Reason::storable, "dropped as told"},
      {by_script(), "private=\"X-A, Set-Cookie\"", Reason::storable, "one of several names"},
      {by_script(), "private=\"X-A\"", Reason::set_cookie, "another name"},
      {CacheDecision{}, "max-age=9", Reason::not_eligible, "not eligible: DYNAMIC"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(
        reason(c.decision, {{"Cache-Control", c.cache_control}, {"Set-Cookie", "a=1"}}), c.expected
    ) << c.why;
  }
}

TEST(MayStore, LetsAnExplicitTtlOverrideTheOrigin) {  // reference §1.3 rule 2, §4.2, §4.6
  CacheDecision by_status = by_script();
  by_status.edge_ttl_by_status = {{200, 299, 60s}, {404, 404, -1s}, {500, 599, 0s}};
  const struct {
    CacheDecision decision;
    http::Status status;
    Fields fields;
    Reason expected;
    const char* why;
  } cases[] = {
      {with_ttl(by_script(), 60s), 200, {{"Cache-Control", "no-store"}}, Reason::storable, "N > 0"},
      {with_ttl(by_script(), 60s), 200, {{"Cache-Control", "private"}}, Reason::storable, "N > 0"},
      {with_ttl(by_script(), 60s), 503, {}, Reason::storable, "any status"},
      {with_ttl(by_script(), 0s), 200, {}, Reason::storable, "0: stored, expired at once"},
      {with_ttl(by_script(), -1s), 200, {}, Reason::negative_ttl, "-1: not stored"},
      {with_ttl(by_script(), -5s), 200, {}, Reason::negative_ttl, "another negative: the same"},
      {with_ttl(by_script(), 60s), 200, {{"Vary", "*"}}, Reason::vary_star, "rule 1 comes first"},
      {with_ttl(by_script(), 60s), 206, {}, Reason::partial_content, "still a part"},
      {by_status, 204, {{"Cache-Control", "no-store"}}, Reason::storable, "status in a range"},
      {by_status, 500, {}, Reason::storable, "0: stored, expired at once"},
      {by_status, 404, {}, Reason::negative_ttl, "-1: not stored"},
      {by_status, 301, {{"Cache-Control", "no-store"}}, Reason::no_store, "in no range: origin"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(reason(c.decision, c.fields, c.status), c.expected) << c.why;
  }
}

TEST(MayStore, RefusesWhatIsTooLarge) {  // reference §1.6
  EXPECT_EQ(reason(by_extension(), {}, 200, {}, kLimit), Reason::storable);
  EXPECT_EQ(reason(by_extension(), {}, 200, {}, kLimit + 1), Reason::too_large);
  EXPECT_EQ(reason(with_ttl(by_extension(), 60s), {}, 200, {}, kLimit + 1), Reason::too_large);
  EXPECT_EQ(reason(by_extension(), {}, 200, {}, std::nullopt), Reason::storable)
      << "length unknown";
}

TEST(MayPut, FollowsTheCacheApi) {  // reference §5.3, §5.7
  const struct {
    http::Status status;
    Fields fields;
    Reason expected;
    const char* why;
  } cases[] = {
      {200, {}, Reason::storable, "default TTL"},
      {200, {{"Cache-Control", "max-age=1"}}, Reason::storable, "a freshness"},
      {404, {}, Reason::storable, "default TTL"},
      {418, {}, Reason::no_freshness, "no directive, no default"},
      {418, {{"Cache-Control", "max-age=1"}}, Reason::storable, "a freshness"},
      {200, {{"Cache-Control", "private, max-age=60"}}, Reason::is_private, "private"},
      {200, {{"Cache-Control", "no-store"}}, Reason::no_store, "no-store"},
      {200, {{"Cache-Control", "no-cache"}}, Reason::no_cache, "no-cache"},
      {200, {{"Cache-Control", "max-age=0"}}, Reason::no_cache, "max-age=0"},
      {200, {{"Cache-Control", "max-age=9"}, {"Set-Cookie", "a=1"}}, Reason::set_cookie, "cookie"},
      {200,
       {{"Cache-Control", "private=Set-Cookie, max-age=60"}, {"Set-Cookie", "a=1"}},
       Reason::storable,
       "dropped as told"},
      {304, {}, Reason::status_not_cacheable, "304 is dropped"},
      {206, {}, Reason::partial_content, "the runtime refuses it too"},
      {200, {{"Vary", "*"}}, Reason::vary_star, "the runtime refuses it too"},
      {200, {{"Vary", "Accept"}}, Reason::storable, "accepted, and ignored"},
  };
  for (const auto& c : cases) {
    const http::Response response{c.status, headers(c.fields)};
    const auto facts = facts_of_put(response, kArrival);
    EXPECT_EQ(may_put(response, facts, kLimit, 1).reason, c.expected) << c.why;
  }
  const http::Response response{200, {}};
  const auto facts = facts_of_put(response, kArrival);
  EXPECT_TRUE(may_put(response, facts, kLimit, kLimit).may_store);
  EXPECT_EQ(may_put(response, facts, kLimit, kLimit + 1).reason, Reason::too_large);
}

TEST(RemoveUnstoredFields, LeavesWhatEveryClientMaySee) {
  http::Response response{
      200,
      headers({
          {"Cache-Control", "private=\"X-A\", no-cache=\"X-B, X-C\", max-age=60"},
          {"Content-Type", "text/css"},
          {"Set-Cookie", "a=1"},
          {"Set-Cookie", "b=1"},
          {"Age", "7"},
          {"X-A", "1"},
          {"x-b", "1"},
          {"X-D", "1"},
          {"Connection", "close, X-Hop"},
          {"X-Hop", "1"},
          {"Cache-Tag", "t"},
      }),
  };
  remove_unstored_fields(response.headers, facts_of(response, kArrival));
  std::vector<std::string_view> names;
  for (const http::Field field : response.headers) names.push_back(field.name_text);
  EXPECT_EQ(
      names, (std::vector<std::string_view>{"Cache-Control", "Content-Type", "X-D", "Cache-Tag"})
  );
}

}  // namespace
}  // namespace festina::policy
